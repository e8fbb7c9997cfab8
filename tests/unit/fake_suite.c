// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test program without KVM: real ktap.c, real rule.c, and a harness that does
 * what its first argument (the environment variable FAKE) says. Its output is
 * what test_ktap.py looks at.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"
#include "ktap.h"
#include "rule.h"

/* What rule.c asks of abi.c. */
const char *abi_missing(unsigned int needs)
{
	return needs & NEED_SEED ? "no seed here" : NULL;
}

static struct ktap_names names;

/* One test as the harness runs it: a process, and a line for its result. */
static void run_test(unsigned int i, void (*body)(struct rule_run *run))
{
	char fixture[64], variant[64], test[64];
	int status;
	pid_t pid;

	sscanf(names.name[i], "%63[^.].%63[^.].%63s", fixture, variant, test);
	printf("#  RUN           %s ...\n", names.name[i]);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct rule_run run = { 0 };

		rule_begin(&run, fixture, variant, test,
			   strcmp(variant, "seed") ? 0 : NEED_SEED);
		body(&run);
		rule_end(&run);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		printf("#            OK  %s\nok %u %s\n", names.name[i], i + 1,
		       names.name[i]);
	else
		printf("#          FAIL  %s\nnot ok %u %s\n", names.name[i], i + 1,
		       names.name[i]);
	fflush(stdout);
}

static void check(struct rule_run *run, const char *outcome)
{
	if (!rule_check(run, outcome, "call %d", 7))
		_exit(1);
}

static void as_expected(struct rule_run *run)
{
	check(run, "OK");
}

static void checks_nothing(struct rule_run *run)
{
	(void)run;
}

static void wrong(struct rule_run *run)
{
	check(run, rule_outcome(-17));
}

static void crashes(struct rule_run *run)
{
	(void)run;
	raise(SIGSEGV);
}

static void noisy(struct rule_run *run)
{
	unsigned int i;

	printf("ok computer\n1..99\nnot a result\n\n");
	for (i = 0; i < 10000; i++)
		putchar('x');
	printf("\n\377\376 bytes\n");
	fflush(stdout);
	check(run, "OK");
}

static void leaves_child(struct rule_run *run)
{
	pid_t child = fork();

	if (!child) {
		pause();
		_exit(0);
	}
	printf("# stray child %d\n", child);
	fflush(stdout);
	check(run, "OK");
}

static void hangs(struct rule_run *run)
{
	(void)run;
	for (;;)
		pause();
}

static volatile sig_atomic_t told;

static void take_term(int signal)
{
	(void)signal;
	told = 1;
}

/* As guest_run() does it. */
static void waits(struct rule_run *run)
{
	struct sigaction action = { .sa_handler = take_term };

	(void)run;
	sigaction(SIGTERM, &action, NULL);
	while (!told)
		usleep(1000);
	printf("# gave up waiting\n");
	fflush(stdout);
	_exit(1);
}

static void deaf(struct rule_run *run)
{
	signal(SIGTERM, SIG_IGN);
	hangs(run);
}

/* With a harness that does not see the test's end, as if the kernel held both. */
static void stuck(struct rule_run *run)
{
	kill(getppid(), SIGSTOP);
	deaf(run);
}

static const struct {
	const char *name;
	void (*body)(struct rule_run *run);
} bodies[] = {
	{ "as_expected", as_expected },
	{ "checks_nothing", checks_nothing },
	{ "wrong", wrong },
	{ "crashes", crashes },
	{ "noisy", noisy },
	{ "leaves_child", leaves_child },
	{ "hangs", hangs },
	{ "waits", waits },
	{ "deaf", deaf },
	{ "stuck", stuck },
};

static int harness(int argc, char **argv)
{
	const char *fake = getenv("FAKE");
	unsigned int i, j;

	(void)argc;
	(void)argv;
	if (!strcmp(fake, "variants_skipped")) {
		ktap_skip_variant("plain", "any", "first reason");
		ktap_skip_variant("known", "legacy_new", "second reason");
	}
	printf("TAP version 13\n1..%u\n", names.count);
	for (i = 0; i < names.count; i++) {
		void (*body)(struct rule_run *run) = as_expected;

		if (!strcmp(fake, "variants_skipped") && (!i || i == 4))
			continue;
		/* The first test stays good, so that what follows is seen. */
		if (i == 1 && !strcmp(fake, "harness_dies"))
			raise(SIGKILL);
		if (i == 1 && !strcmp(fake, "harness_ends"))
			exit(3);
		for (j = 0; i == 1 && j < sizeof(bodies) / sizeof(bodies[0]); j++)
			if (!strcmp(fake, bodies[j].name))
				body = bodies[j].body;
		run_test(i, body);
	}
	printf("# Totals: whatever\n");
	return 0;
}

int main(int argc, char **argv)
{
	ktap_names_add(&names, "plain", "any", "first");
	ktap_names_add(&names, "plain", "legacy", "second");
	ktap_names_add(&names, "plain", "seed", "third");
	ktap_names_add(&names, "known", "legacy_old", "deviates");
	ktap_names_add(&names, "known", "legacy_new", "deviates");
	if (getenv("MAYBE"))
		ktap_names_add(&names, "known", "legacy_maybe", "deviates");
	if (getenv("EXTRA"))
		ktap_names_add(&names, "plain", "any", getenv("EXTRA"));
	return ktap_main(argc, argv, names, harness);
}
