// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test program without KVM for tests/test_ktap.py: the real ktap.c and rule.c with a harness
 * whose behaviour the environment variable FAKE selects. PROBE and LACKS select the result of the
 * probe; MAYBE, EXTRA and NOT_PLANNED add tests.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/in_child.h"
#include "harness/ktap.h"
#include "harness/rule.h"

/* The parts of abi.c that rule.c and ktap.c call. */
const struct abi_feature abi_features[] = {
	{ NEED_SEED, "seed", true, "no seed here" },
	{ NEED_IPA_SIZES, "sizes", false, "one size here" },
	{ NEED_GICV3, "gicv3", true, "no GICv3 here" },
	{ 0 }
};

static unsigned int lacks;	/* mask of enum abi_need */

const char *abi_kvm_mode(void)
{
	return "nvhe";
}

const char *abi_missing(unsigned int needs)
{
	const struct abi_feature *feature;

	for (feature = abi_features; feature->name; feature++)
		if (needs & feature->need & lacks)
			return feature->missing;
	return NULL;
}

const struct abi_feature *abi_absent(unsigned int needs)
{
	const struct abi_feature *feature;

	for (feature = abi_features; feature->name; feature++)
		if (feature->of_system && needs & feature->need & lacks)
			return feature;
	return NULL;
}

/* PROBE selects a failure; otherwise, the probe returns the mask in LACKS. */
static void probe(void *answer)
{
	const char *fake = getenv("PROBE") ?: "";
	const char *number = getenv("LACKS");
	unsigned int i, found = number ? strtoul(number, NULL, 0) : NEED_IPA_SIZES;

	if (!strcmp(fake, "crashes"))
		raise(SIGKILL);
	if (!strcmp(fake, "hangs"))
		for (;;)
			pause();
	if (!strcmp(fake, "fails")) {
		fprintf(stderr, "KVM_CREATE_VM: expected success\nand more\n");
		exit(1);
	}
	if (!strcmp(fake, "ends"))
		exit(3);
	if (!strcmp(fake, "chats"))
		for (i = 0; i < 10000; i++)
			puts("more than a pipe holds, before the answer");
	memcpy(answer, &found, sizeof(found));
}

const char *abi_probe_in_child(int limit_ms)
{
	return call_in_child(probe, &lacks, sizeof(lacks), limit_ms);
}

static struct ktap_names names;

/* Runs a test like the harness: in a child process, with a result line. */
static void run_test(unsigned int i, void (*body)(struct rule_run *run))
{
	char fixture[64], variant[64], test[64];
	unsigned int needs = names.needs[i];
	int status;
	pid_t pid;

	sscanf(names.name[i], "%63[^.].%63[^.].%63s", fixture, variant, test);
	printf("#  RUN           %s ...\n", names.name[i]);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct rule_run run = { 0 };

		rule_begin(&run, fixture, variant, test, needs);
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

/* Tells test_ktap.py that SIGTERM may be sent. */
static void signal_ready(void)
{
	const char *file = getenv("READY");

	if (file)
		close(creat(file, 0600));
}

static void hangs(struct rule_run *run)
{
	(void)run;
	signal_ready();
	for (;;)
		pause();
}

static volatile sig_atomic_t terminated;

static void handle_sigterm(int signal)
{
	(void)signal;
	terminated = 1;
}

/* Like guest_run(), handles SIGTERM and reports that it gave up. */
static void waits(struct rule_run *run)
{
	struct sigaction action = { .sa_handler = handle_sigterm };

	(void)run;
	sigaction(SIGTERM, &action, NULL);
	signal_ready();
	while (!terminated)
		usleep(1000);
	printf("# gave up waiting\n");
	fflush(stdout);
	_exit(1);
}

static void ignores_sigterm(struct rule_run *run)
{
	signal(SIGTERM, SIG_IGN);
	hangs(run);
}

/* Stops the harness, so that it does not notice the test's end, as if both hung in the kernel. */
static void stuck(struct rule_run *run)
{
	kill(getppid(), SIGSTOP);
	ignores_sigterm(run);
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
	{ "ignores_sigterm", ignores_sigterm },
	{ "stuck", stuck },
};

static int harness(int argc, char **argv)
{
	const char *fake = getenv("FAKE");
	unsigned int i, j;

	(void)argc;
	(void)argv;
	printf("TAP version 13\n1..%u\n", names.count);
	for (i = 0; i < names.count; i++) {
		void (*body)(struct rule_run *run) = as_expected;

		if (abi_absent(names.needs[i]))
			continue;
		/* The first test passes, so that its result precedes the failure. */
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
	ktap_names_add(&names, "plain", "any", "first", NEED_SEED);
	ktap_names_add(&names, "plain", "legacy", "second", 0);
	ktap_names_add(&names, "plain", "sizes", "third", NEED_IPA_SIZES);
	ktap_names_add(&names, "known", "legacy_old", "deviates", 0);
	ktap_names_add(&names, "known", "legacy_new", "deviates", NEED_SEED | NEED_GICV3);
	if (getenv("MAYBE"))
		ktap_names_add(&names, "known", "legacy_maybe", "deviates", 0);
	if (getenv("EXTRA"))
		ktap_names_add(&names, "plain", "any", getenv("EXTRA"), 0);
	if (getenv("NOT_PLANNED"))
		ktap_names_add(&names, "plain", "any", getenv("NOT_PLANNED"), KTAP_NOT_PLANNED);
	return ktap_main(argc, argv, names, harness);
}
