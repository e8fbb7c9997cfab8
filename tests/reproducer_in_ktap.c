// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a test program from a reproducer that the suite has printed. The program's only test passes
 * if the mismatch shows. REPRODUCER is the name of the reproducer's file, in quotes.
 */
#define _GNU_SOURCE
#define main	reproducer
#include REPRODUCER
#undef main

#define TEST	"reproducer.any.shows"

/* Prints the reproducer's lines, each after "# ". */
static int run_quoted(void)
{
	int own = dup(1), said = memfd_create("said", 0), status, at_start = 1;
	char c;

	dup2(said, 1);
	status = reproducer();
	fflush(stdout);
	dup2(own, 1);
	lseek(said, 0, SEEK_SET);
	while (read(said, &c, 1) == 1) {
		if (at_start)
			fputs("# ", stdout);
		putchar(c);
		at_start = c == '\n';
	}
	return status;
}

int main(int argc, char **argv)
{
	int shows;

	if (argc > 1 && !strcmp(argv[1], "--list")) {
		puts(TEST);
		return 0;
	}
	puts("KTAP version 1\n1..1\n# start " TEST);
	fflush(stdout);
	shows = run_quoted();
	printf("%s 1 " TEST "\n", shows ? "ok" : "not ok");
	return !shows;
}
