/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rule of Documentation/abi/ while its test runs: the outcome that it expects of the
 * variant, and the known deviation of the running kernel.
 */
#ifndef VGIC_ABI_RULE_H
#define VGIC_ABI_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* One line of a rule's expectation; the first line whose pattern matches counts. */
struct rule_expect {
	const char *variants;	/* fnmatch(3) pattern; NULL ends the list */
	const char *outcome;	/* "OK", the name of an errno, or a word */
};

/* Released kernels that are known not to follow the rule. */
struct rule_deviation {
	const char *variants;	/* fnmatch(3) pattern */
	const char *arch;	/* machine of uname(2), or "*" */
	const char *mode;	/* of the kernel's parameter kvm-arm.mode, or "*" */
	unsigned int first;	/* RULE_KERNEL(), inclusive */
	unsigned int last;	/* inclusive */
	const char *outcome;	/* outcome on these kernels */
	const char *reason;	/* "5.10..5.14 bug: ..." */
	bool sometimes;		/* the kernel may also follow the rule */
};

#define RULE_KERNEL(major, minor)	((major) << 16 | (minor))

struct rule {
	const char *id;
	const char *text;
	const struct rule_expect *expect;
	const struct rule_deviation *deviations;	/* may be NULL */
};

/**
 * struct rule_run - a rule while its test runs
 * @rule:      never NULL
 * @expected:  outcome that the rule expects of this variant
 * @deviation: the deviation of the running kernel, or NULL
 * @checks:    how often the test compared something with the rule
 * @deviated:  how often the known deviation was seen
 */
struct rule_run {
	const struct rule *rule;
	const char *expected;
	const struct rule_deviation *deviation;
	unsigned int checks;
	unsigned int deviated;
};

/*
 * Begins a test: announces it and looks up its rule. Does not return if the test was not
 * requested, if the system lacks something that it @needs (enum abi_need), or if the table
 * has no such rule or no expectation for the variant.
 */
void rule_begin(struct rule_run *run, const char *fixture, const char *variant,
		const char *test, unsigned int needs);

/* Ends a test: reports a test that checked nothing, or whether the known deviation was seen. */
void rule_end(struct rule_run *run);

/* Ends the test as skipped, for a reason found while it runs. */
void rule_skip(const char *reason) __attribute__((noreturn));

/*
 * Ends the test as skipped if @outcome is the known deviation of the running kernel. For tests
 * whose further steps have no meaning after that outcome.
 */
void rule_skip_where_known(const struct rule_run *run, const char *outcome);

/*
 * Compares @outcome with the rule. True if they agree, or if the difference is the known deviation;
 * otherwise prints the expected and the actual outcome.
 */
bool rule_check(struct rule_run *run, const char *outcome, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The outcome of rule @id for the variant on the running kernel, known deviations included. NULL
 * if the table has no such rule, or no expectation for the variant.
 */
const char *rule_says(const char *id, const char *variant);

/*
 * False if the rule of the test is about other variants only: no pattern of its expectation matches
 * @variant.
 */
bool rule_is_about(const char *fixture, const char *variant, const char *test);

/* "OK" for 0 and above, else the name of the errno. */
const char *rule_outcome(int ret);

#endif /* VGIC_ABI_RULE_H */
