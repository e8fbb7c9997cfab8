/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KTAP from the output of the kselftest harness.
 *
 * The harness of Linux 6.1 prints TAP 13, loses the name of a test that skips, has no
 * expected failures, and shares its standard output with the tests and the KVM selftests
 * library. A parent process reads this output and prints KTAP version 1 with exactly one
 * result for each test, in the planned order, even if the harness dies.
 */
#ifndef VGIC_ABI_KTAP_H
#define VGIC_ABI_KTAP_H

/**
 * struct ktap_names - names of the tests, as <fixture>.<variant>.<test>
 * @name:  @count strings, never freed
 * @needs: for each, mask of enum abi_need
 */
struct ktap_names {
	char **name;
	unsigned int *needs;
	unsigned int count;
};

/* A bit in @needs: the rule of the test is not about this variant, so the test is not planned. */
#define KTAP_NOT_PLANNED	(1U << 31)

void ktap_names_add(struct ktap_names *names, const char *fixture,
		    const char *variant, const char *test, unsigned int needs);

/*
 * Parses the command line, runs @harness in a child process, and prints KTAP. Tests that
 * this system cannot have (abi_absent()) are not planned: a diagnostic line has their
 * number and the reason, and @harness must not run them. Returns the exit status: 0 if
 * nothing failed, KSFT_FAIL, KSFT_SKIP if every test was skipped or none is planned; 2 for
 * an invalid command line.
 */
int ktap_main(int argc, char **argv, struct ktap_names names,
	      int (*harness)(int argc, char **argv));

/*
 * Called first in each test, in its own process. Returns when the parent has announced the
 * test, in KTAP and in the kernel log, so that even a test that takes the machine down is
 * known by name. Ends the process if the test was not selected.
 */
void ktap_begin(const char *name);

/*
 * The running test's own verdict, for which the harness has no result. The last verdict
 * counts; a failure outweighs all verdicts.
 */
enum ktap_verdict {
	KTAP_NOTHING,
	KTAP_SKIP,	/* not possible on this system */
	KTAP_XFAIL,	/* the kernel shows a known deviation */
	KTAP_XPASS,	/* the kernel does not show a known deviation */
	KTAP_UNCHECKED,	/* the test has ended without a check */
};

void ktap_verdict(enum ktap_verdict verdict, const char *reason);

#endif /* VGIC_ABI_KTAP_H */
