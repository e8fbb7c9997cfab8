// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"

#include "abi/abi.h"
#include "abi/patience.h"
#include "ktap.h"

#define USAGE_STATUS	2

/* The kernel log, for marks that show which test its lines belong to. */
#ifndef KMSG
#define KMSG		"/dev/kmsg"
#endif

/*
 * The harness kills a test after 30 seconds. A test that still exists after STUCK_MS hangs in the
 * kernel and cannot be killed. Both times are multiplied by patience().
 */
#ifndef STUCK_MS
#define STUCK_MS	45000
#endif

/*
 * A line from a test to the parent begins with this control character, which no test prints, and
 * a character for its kind: MARK_BEGIN, or MARK_VERDICT plus an enum ktap_verdict.
 */
#define MARK		0x01
#define MARK_BEGIN	'B'
#define MARK_VERDICT	'0'

enum outcome {
	PASSED,
	FAILED,
	SKIPPED,
	XFAILED,
	XPASSED,
	OUTCOMES,
};

static const char * const outcome_words[OUTCOMES] = {
	"pass", "fail", "skip", "xfail", "xpass",
};

/**
 * struct absence - a requested test that this system cannot have
 * @name:    its name
 * @feature: the feature that is absent
 */
struct absence {
	const char *name;
	const struct abi_feature *feature;
};

/**
 * struct writer - state of the parent
 * @names:    all tests that the harness knows
 * @selected: for each, whether it was requested
 * @absent:   requested tests that are not among @names, @nr_absent of them
 * @problem:  the reason why no test can run, or NULL
 * @next:     index of the test whose result comes next
 * @number:   KTAP number of the last result
 * @harness:  process of the harness
 * @test:     process of the running test, or 0
 * @ends:     number of SIGTERMs since the last result
 * @last:     no further test begins
 * @terms:    signalfd for SIGTERM
 * @verdict:  the running test's own verdict, with @reason
 * @counts:   results so far, by outcome
 * @kmsg:     the kernel log, or -1
 */
struct writer {
	struct ktap_names names;
	bool *selected;
	struct absence *absent;
	unsigned int nr_absent;
	const char *problem;
	unsigned int next;
	unsigned int number;
	pid_t harness;
	pid_t test;
	unsigned int ends;
	bool last;
	int terms;
	enum ktap_verdict verdict;
	char reason[1024];
	unsigned int counts[OUTCOMES];
	int kmsg;
};

/* The tests' ends of both pipes, which start_harness() sets in the harness's process. */
static int mark_fd = -1;	/* to the parent */
static int ack_fd = -1;		/* from the parent */

/* The tests that this system can have, and whether each was requested; set before the fork. */
static struct ktap_names all_names;
static bool *all_selected;

void ktap_names_add(struct ktap_names *names, const char *fixture,
		    const char *variant, const char *test, unsigned int needs)
{
	unsigned int i = names->count++;

	names->name = realloc(names->name, names->count * sizeof(*names->name));
	names->needs = realloc(names->needs, names->count * sizeof(*names->needs));
	if (!names->name || !names->needs ||
	    asprintf(&names->name[i], "%s%s%s.%s", fixture, *variant ? "." : "",
		     variant, test) < 0) {
		perror("list of tests");
		exit(KSFT_FAIL);
	}
	names->needs[i] = needs;
}

/* ---- the tests' end ---- */

static void send_mark(char kind, const char *text)
{
	char line[1200];
	int len = snprintf(line, sizeof(line), "%c%c%.1100s\n", MARK, kind, text);

	/* Shorter than PIPE_BUF, so it arrives in one piece. */
	if (write(mark_fd, line, len) != len)
		_exit(KSFT_FAIL);
}

void ktap_begin(const char *name)
{
	char mark[256], ack;
	unsigned int i;

	for (i = 0; i < all_names.count; i++)
		if (!strcmp(all_names.name[i], name))
			break;
	if (i < all_names.count && !all_selected[i])
		_exit(0);

	fflush(stdout);
	/* The process id, because the parent may have to kill the test. */
	snprintf(mark, sizeof(mark), "%d %s", getpid(), name);
	send_mark(MARK_BEGIN, mark);
	if (read(ack_fd, &ack, 1) != 1)
		_exit(KSFT_FAIL);
}

void ktap_verdict(enum ktap_verdict verdict, const char *reason)
{
	send_mark(MARK_VERDICT + verdict, reason);
}

/* ---- the parent's end ---- */

static const char *current_name(const struct writer *w)
{
	return w->next < w->names.count ? w->names.name[w->next] : NULL;
}

/*
 * Flushes all output, because the next test may bring the machine down.
 */
static void flush_results(void)
{
	fflush(stdout);
	if (isatty(STDOUT_FILENO))
		tcdrain(STDOUT_FILENO);
}

static void diagnostic(const struct writer *w, const char *fmt, ...)
{
	const char *name = current_name(w);
	va_list ap;

	printf("# %s: ", name ? name : "program");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* @what was sent by ktap_begin(): the process id and the name of the test. */
static void begin_test(struct writer *w, int ack, const char *what)
{
	char *name, mark[256];
	int len;

	/* Without an answer, the test waits until this program has ended. */
	if (w->last)
		return;
	w->test = strtol(what, &name, 10);
	name += strspn(name, " ");
	len = snprintf(mark, sizeof(mark), "<6>vgic-abi: %s\n", name);

	printf("# start %s\n", name);
	flush_results();
	if (w->kmsg >= 0 && write(w->kmsg, mark, len) != len)
		diagnostic(w, "cannot write to %s: %s", KMSG, strerror(errno));
	if (write(ack, "", 1) != 1)
		diagnostic(w, "cannot answer the test: %s", strerror(errno));
}

/* Prints the result of the next test, if it was requested. */
static void end_test(struct writer *w, enum outcome result, const char *reason)
{
	const char *name = current_name(w);

	if (w->selected[w->next]) {
		w->number++;
		w->counts[result]++;
		/*
		 * The reason of a skip is printed before it: LKFT's parser takes text after
		 * SKIP for part of the test's name.
		 */
		if (result == SKIPPED && *reason)
			printf("# %s: skipped: %s\n", name, reason);
		printf("%s %u %s",
		       result == FAILED || result == XPASSED ? "not ok" : "ok",
		       w->number, name);
		if (result == SKIPPED)
			printf(" # SKIP");
		else if (result == XFAILED)
			printf(" # XFAIL %s", reason);
		else if (result == XPASSED)
			printf(" # XPASS %s", reason);
		putchar('\n');
		fflush(stdout);
	}
	w->next++;
	w->test = 0;
	w->ends = 0;
	w->verdict = KTAP_NOTHING;
}

static void handle_mark(struct writer *w, int ack, const char *line)
{
	switch (line[1]) {
	case MARK_BEGIN:
		begin_test(w, ack, line + 2);
		break;
	default:
		w->verdict = line[1] - MARK_VERDICT;
		snprintf(w->reason, sizeof(w->reason), "%s", line + 2);
	}
}

/*
 * True if @line is the harness's result of the next test, such as "ok 12 name". The name has to
 * match, because a test may print anything. The number is ignored, because the harness numbers only
 * the tests that it runs.
 */
static bool is_result(const struct writer *w, const char *line,
		      const char *word)
{
	const char *name = current_name(w);
	size_t len = strlen(word);
	char *rest;

	if (!name || strncmp(line, word, len) || line[len] != ' ')
		return false;
	strtoul(line + len, &rest, 10);
	len = strlen(name);
	return *rest == ' ' && !strncmp(rest + 1, name, len) &&
	       (!rest[1 + len] || rest[1 + len] == ' ');
}

/* The harness has reported "ok"; the test's own verdict overrides it. */
static void handle_ok(struct writer *w)
{
	switch (w->verdict) {
	case KTAP_NOTHING:
		end_test(w, PASSED, NULL);
		break;
	case KTAP_SKIP:
		end_test(w, SKIPPED, w->reason);
		break;
	case KTAP_XFAIL:
		end_test(w, XFAILED, w->reason);
		break;
	case KTAP_XPASS:
		end_test(w, XPASSED, w->reason);
		break;
	default:
		diagnostic(w, "%s", w->reason);
		end_test(w, FAILED, NULL);
	}
}

/* The harness's messages about its progress, which KTAP replaces. */
static bool is_progress(const char *line)
{
	static const char * const prefixes[] = {
		"TAP version ", "KTAP version ", "1..", "#  RUN  ",
		"#            OK  ", "#          FAIL  ", "#      SKIP  ",
		"# Starting ", "# PASSED: ", "# FAILED: ", "# Totals: ",
		"# Planned tests != ",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(line, prefixes[i], strlen(prefixes[i])))
			return true;
	return !*line;
}

static void handle_line(struct writer *w, int ack, char *line)
{
	if (line[0] == MARK) {
		handle_mark(w, ack, line);
		return;
	}
	if (is_result(w, line, "ok")) {
		handle_ok(w);
	} else if (is_result(w, line, "not ok")) {
		end_test(w, FAILED, NULL);
	} else if (!is_progress(line)) {
		line += strspn(line, "# ");
		diagnostic(w, "%s", line);
	}
}

/* Signals the test and its children: the harness gives it a process group. */
static void kill_test(const struct writer *w)
{
	if (w->test > 0)
		kill(getpgid(w->test) == w->test ? -w->test : w->test, SIGKILL);
}

/*
 * The first SIGTERM is forwarded to the running test, which prints what it waits for and fails. At
 * the second SIGTERM, the test is killed. At the third, or if no test is running, the harness is
 * killed and the program ends. With a runner that sets `patience`, SIGTERM is about one test; other
 * runners, such as kselftest's, want the program to end.
 */
static void handle_sigterm(struct writer *w)
{
	struct signalfd_siginfo info;

	if (read(w->terms, &info, sizeof(info)) != sizeof(info))
		return;
	w->last |= !patience_is_given();
	w->ends++;
	if (w->test > 0 && w->ends == 1) {
		diagnostic(w, "expected its end, got nothing within the runner's limit: SIGTERM");
		fflush(stdout);
		if (!kill(w->test, SIGTERM))
			return;
	} else if (w->test > 0 && w->ends == 2) {
		diagnostic(w, "expected its end after SIGTERM, got nothing: SIGKILL");
		fflush(stdout);
		kill_test(w);
		return;
	}
	kill(w->harness, SIGKILL);
}

/*
 * Reads the harness's output. Returns true at its end, or when no more results are expected; false
 * after a silence so long that the test must hang in the kernel.
 */
static bool read_harness(struct writer *w, int from, int ack)
{
	struct pollfd fds[] = {
		{ .fd = from, .events = POLLIN },
		{ .fd = w->terms, .events = POLLIN },
	};
	static char buf[4096];
	size_t have = 0;
	ssize_t n;
	int ready;

	/* Do not wait for the end of file: a child that a test left may hold the pipe open. */
	while (w->next < w->names.count && (!w->last || w->test)) {
		char *line = buf, *end;

		ready = poll(fds, ARRAY_SIZE(fds), STUCK_MS * patience());
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return false;
		if (fds[1].revents)
			handle_sigterm(w);
		if (!fds[0].revents)
			continue;

		n = read(from, buf + have, sizeof(buf) - 1 - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += n;
		buf[have] = '\0';

		while ((end = memchr(line, '\n', have - (line - buf)))) {
			*end = '\0';
			handle_line(w, ack, line);
			line = end + 1;
		}
		have -= line - buf;
		memmove(buf, line, have);
		if (have == sizeof(buf) - 1) {
			/* A line that is too long is split; nothing is lost. */
			buf[have] = '\0';
			handle_line(w, ack, buf);
			have = 0;
		}
	}
	if (have) {
		buf[have] = '\0';
		handle_line(w, ack, buf);
	}
	return true;
}

/* Fails all tests that have no result yet. */
static void fail_rest(struct writer *w, const char *first_why)
{
	const char *why = first_why;

	while (w->next < w->names.count) {
		if (w->selected[w->next]) {
			diagnostic(w, "%s", why);
			why = "not run: the program ended before";
		}
		end_test(w, FAILED, NULL);
	}
}

static pid_t start_harness(int (*harness)(int argc, char **argv), char *program,
			   const int out[2], const int ack[2], const sigset_t *signals)
{
	pid_t pid = fork();

	if (pid)
		return pid;

	sigprocmask(SIG_SETMASK, signals, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Closed here, so that a test that waits for its acknowledgement ends with the parent. */
	close(out[0]);
	close(ack[1]);
	mark_fd = out[1];
	ack_fd = ack[0];
	if (dup2(mark_fd, STDOUT_FILENO) < 0 || dup2(mark_fd, STDERR_FILENO) < 0)
		_exit(KSFT_FAIL);
	/* Tests end by _exit(), which does not flush stdio. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	exit(harness(1, (char *[]) { program, NULL }));
}

/*
 * A line for each absent feature, with the number of tests that are not planned for lack of it;
 * with @with_names, also their names.
 */
static void write_absent(const struct writer *w, bool with_names)
{
	const struct abi_feature *feature;
	unsigned int i, count;

	for (feature = abi_features; feature->name; feature++) {
		count = 0;
		for (i = 0; i < w->nr_absent; i++)
			count += w->absent[i].feature == feature;
		if (!count)
			continue;
		printf("# absent: %s: %s: %u test%s not planned\n", feature->name,
		       abi_missing(feature->need), count, count == 1 ? "" : "s");
		for (i = 0; with_names && i < w->nr_absent; i++)
			if (w->absent[i].feature == feature)
				printf("# not planned: %s\n", w->absent[i].name);
	}
}

static void write_totals(const struct writer *w)
{
	unsigned int i;

	printf("# Totals:");
	for (i = 0; i < OUTCOMES; i++)
		printf(" %s:%u", outcome_words[i], w->counts[i]);
	putchar('\n');
	flush_results();
}

static int write_results(struct writer *w, char *program,
			 int (*harness)(int argc, char **argv))
{
	unsigned int i, planned = 0;
	int out[2], ack[2], status = 0;
	sigset_t term, before;
	char why[128];

	for (i = 0; i < w->names.count; i++)
		planned += w->selected[i];

	printf("KTAP version 1\n");
	write_absent(w, false);
	if (!planned) {
		printf("1..0 # SKIP %s\n", w->nr_absent ?
		       abi_missing(w->absent[0].feature->need) :
		       "no test of this program was requested");
		return KSFT_SKIP;
	}
	printf("1..%u\n", planned);
	flush_results();
	if (w->problem) {
		fail_rest(w, w->problem);
		write_totals(w);
		return KSFT_FAIL;
	}

	if (pipe2(out, O_CLOEXEC) || pipe2(ack, O_CLOEXEC)) {
		printf("Bail out! no pipe: %s\n", strerror(errno));
		return KSFT_FAIL;
	}
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	w->terms = signalfd(-1, &term, SFD_CLOEXEC);
	if (w->terms < 0) {
		printf("Bail out! no signalfd: %s\n", strerror(errno));
		return KSFT_FAIL;
	}
	w->kmsg = open(KMSG, O_WRONLY | O_CLOEXEC);
	w->harness = start_harness(harness, program, out, ack, &before);
	if (w->harness < 0) {
		printf("Bail out! no process: %s\n", strerror(errno));
		return KSFT_FAIL;
	}
	close(out[1]);
	close(ack[0]);
	/* An answer to a harness that has died fails, and must not kill this process. */
	signal(SIGPIPE, SIG_IGN);

	if (read_harness(w, out[0], ack[1])) {
		/* Ends the harness once all results are in, or no more are needed. */
		if (w->next == w->names.count || w->last)
			kill(w->harness, SIGKILL);
		waitpid(w->harness, &status, 0);
		if (w->test > 0 && w->ends)
			snprintf(why, sizeof(why), "expected its end after SIGKILL, got nothing");
		else if (w->last || w->ends)
			snprintf(why, sizeof(why),
				 "not run: SIGTERM ended the program");
		else if (WIFSIGNALED(status))
			snprintf(why, sizeof(why), "the harness was killed by signal %d (%s)",
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
		else
			snprintf(why, sizeof(why), "the harness ended with status %d",
				 WEXITSTATUS(status));
	} else {
		kill(w->harness, SIGKILL);
		kill_test(w);
		snprintf(why, sizeof(why),
			 "hangs in the kernel: expected a result within %d s, got none, and the "
			 "test cannot be killed",
			 STUCK_MS * patience() / 1000);
	}
	fail_rest(w, why);
	write_totals(w);

	if (w->counts[FAILED] || w->counts[XPASSED])
		return KSFT_FAIL;
	return w->counts[SKIPPED] == planned ? KSFT_SKIP : KSFT_PASS;
}

/* ---- the plan ---- */

/* Keeps the tests of @names that this system can have; records the others as absent. */
static void drop_absent(struct writer *w, const struct ktap_names *names)
{
	const struct abi_feature *absent;
	unsigned int i;

	w->names.count = 0;
	for (i = 0; i < names->count; i++) {
		absent = abi_absent(names->needs[i]);
		if (!absent) {
			w->names.name[w->names.count] = names->name[i];
			w->selected[w->names.count++] = w->selected[i];
		} else if (w->selected[i]) {
			w->absent[w->nr_absent].name = names->name[i];
			w->absent[w->nr_absent++].feature = absent;
		}
	}
}

static int write_list(const struct writer *w, const char *program)
{
	unsigned int i;

	if (w->problem) {
		fprintf(stderr, "%s: %s\n", program, w->problem);
		return KSFT_FAIL;
	}
	for (i = 0; i < w->names.count; i++)
		if (w->selected[i])
			puts(w->names.name[i]);
	write_absent(w, true);
	return KSFT_PASS;
}

/* ---- the command line ---- */

/*
 * A pattern matches a test in one variant, a rule (all its variants), or a whole program.
 */
static bool matches(const char *pattern, const char *program, const char *name)
{
	const char *variant = strchr(name, '.');
	const char *test = strrchr(name, '.');
	char rule[256];

	if (!fnmatch(pattern, program, 0) || !fnmatch(pattern, name, 0))
		return true;
	if (!variant || variant == test)
		return false;
	snprintf(rule, sizeof(rule), "%.*s%s", (int)(variant - name), name, test);
	return !fnmatch(pattern, rule, 0);
}

static bool matches_any(const char *patterns, const char *program,
			const char *name)
{
	char *copy = strdup(patterns), *save = NULL, *pattern;
	bool found = false;

	for (pattern = strtok_r(copy, ", ", &save); pattern && !found;
	     pattern = strtok_r(NULL, ", ", &save))
		found = matches(pattern, program, name);
	free(copy);
	return found;
}

static void print_usage(FILE *to, const char *program)
{
	fprintf(to,
		"usage: %s [--tests PATTERN[,PATTERN...]] [--after TEST] [--list|--list-all]\n"
		"Tests the KVM device-address ABI of this machine's /dev/kvm; KTAP on standard "
		"output.\n"
		"  --tests  only these: a program, a rule (fixture.test), or a test\n"
		"           (fixture.variant.test); shell patterns. Default: $TESTS, else all\n"
		"  --after  only tests after this one\n"
		"  --list   print the names of the tests that would run here, and why others\n"
		"           would not; run none\n"
		"  --list-all  print the names of all tests, on any machine\n",
		program);
}

int ktap_main(int argc, char **argv, struct ktap_names names,
	      int (*harness)(int argc, char **argv))
{
	static const struct option options[] = {
		{ "tests", required_argument, NULL, 't' },
		{ "after", required_argument, NULL, 'a' },
		{ "list", no_argument, NULL, 'l' },
		{ "list-all", no_argument, NULL, 'L' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *program = basename(argv[0]);
	const char *tests = getenv("TESTS");
	const char *after = NULL;
	static struct writer w;
	unsigned int i, first = 0;
	bool list = false, all = false;
	int opt;

	/* Ends the program now if the environment variable is invalid. */
	patience();
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 't':
			tests = optarg;
			break;
		case 'a':
			after = optarg;
			break;
		case 'l':
			list = true;
			break;
		case 'L':
			list = true;
			all = true;
			break;
		case 'h':
			print_usage(stdout, program);
			return 0;
		default:
			print_usage(stderr, program);
			return USAGE_STATUS;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: expected options only, got '%s'\n", program,
			argv[optind]);
		print_usage(stderr, program);
		return USAGE_STATUS;
	}

	if (after) {
		while (first < names.count && strcmp(names.name[first], after))
			first++;
		if (first == names.count) {
			fprintf(stderr,
				"%s: --after: expected the name of a test (see --list), got '%s'\n",
				program, after);
			return USAGE_STATUS;
		}
		first++;
	}

	w.names.count = names.count;
	w.names.name = calloc(names.count + 1, sizeof(*w.names.name));
	w.selected = calloc(names.count + 1, sizeof(*w.selected));
	w.absent = calloc(names.count + 1, sizeof(*w.absent));
	if (!w.names.name || !w.selected || !w.absent) {
		perror("list of tests");
		return KSFT_FAIL;
	}
	memcpy(w.names.name, names.name, names.count * sizeof(*names.name));
	for (i = first; i < names.count; i++)
		w.selected[i] = !(names.needs[i] & KTAP_NOT_PLANNED) &&
				(!tests || !*tests ||
				 matches_any(tests, program, names.name[i]));
	if (!all) {
		w.problem = abi_probe_in_child(STUCK_MS);
		if (!w.problem)
			drop_absent(&w, &names);
	}
	if (list)
		return write_list(&w, program);

	/* The harness's process inherits these: they select what it runs. */
	all_names = w.names;
	all_selected = w.selected;
	return write_results(&w, argv[0], harness);
}
