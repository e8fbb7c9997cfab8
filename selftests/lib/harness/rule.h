/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rule of Documentation/abi/ at the time when its test runs: what it expects
 * of the variant, and whether the running kernel is known to do something else.
 */
#ifndef VGIC_ABI_RULE_H
#define VGIC_ABI_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* One line of a rule's expectation: the first whose pattern fits counts. */
struct rule_expect {
	const char *variants;	/* fnmatch(3) pattern; NULL ends the list */
	const char *outcome;	/* "OK", the name of an errno, or a word */
};

/* A released kernel that is known not to follow the rule. */
struct rule_deviation {
	const char *variants;	/* as above */
	const char *arch;	/* machine of uname(2), or "*" */
	unsigned int first;	/* RULE_KERNEL(), inclusive */
	unsigned int last;	/* inclusive */
	const char *outcome;	/* what it does instead */
	const char *reason;	/* "5.10..5.14 bug: ..." */
	bool sometimes;		/* it may keep the rule as well */
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
 * @expected:  what the rule says for this variant
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
 * Begins a test: announces it, and finds the rule. Does not return if the test
 * is not among those that were asked for, if something is missing of what it
 * @needs (enum abi_need), or if the table has no such rule.
 */
void rule_begin(struct rule_run *run, const char *fixture, const char *variant,
		const char *test, unsigned int needs);

/* Ends a test: says whether the known deviation was seen. */
void rule_end(struct rule_run *run);

/* Ends the test as skipped, for a reason that only the test finds out. */
void rule_skip(const char *reason) __attribute__((noreturn));

/*
 * Ends the test as skipped where the running kernel is known for @outcome, which is
 * such that what comes after could not be judged any more.
 */
void rule_skip_where_known(const struct rule_run *run, const char *outcome);

/*
 * Compares @outcome with the rule, and says what was expected and what came if
 * they differ. True if they agree, or differ as it is known of this kernel.
 */
bool rule_check(struct rule_run *run, const char *outcome, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * What the rule @id says of the variant on the running kernel, known deviations
 * included; NULL if the table has no such rule, or it expects nothing.
 */
const char *rule_says(const char *id, const char *variant);

/* "OK" for 0 and above, else the name of the errno. */
const char *rule_outcome(int ret);

#endif /* VGIC_ABI_RULE_H */
