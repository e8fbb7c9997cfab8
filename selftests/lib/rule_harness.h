/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests and the rules that they stand for.
 *
 * A test is written once, with RULE_F(), and runs for every variant of its
 * fixture. `<fixture>.<test>` is the id of its rule in Documentation/abi/, from
 * which rules.h is made: what the rule expects for each variant, and which
 * released kernels are known to do something else. A test hands what came to
 * EXPECT_RULE(), and everything that only prepares the ground to ASSERT_OK().
 *
 * A variant is named <dialect>_<rest>, or <dialect>.
 */
#ifndef VGIC_ABI_RULE_HARNESS_H
#define VGIC_ABI_RULE_HARNESS_H

/* kselftest_harness.h needs these before it, and leaves them to its users. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <linux/types.h>

#include "kselftest_harness.h"

#include "abi.h"
#include "ktap.h"
#include "rule.h"

/**
 * RULE_F() - a test of one rule, in every variant of a fixture
 *
 * As TEST_F(), with `run` besides `self` and `variant`. The fixture's variants
 * have the members `name` (as RULE_VARIANT() sets it) and `needs`.
 */
#define RULE_F(fixture, test)						\
	static void fixture##_##test##_rule(				\
		struct __test_metadata *_metadata,			\
		FIXTURE_DATA(fixture) *self,				\
		const FIXTURE_VARIANT(fixture) *variant,		\
		struct rule_run *run);					\
	TEST_F(fixture, test)						\
	{								\
		struct rule_run run;					\
		const char *missing;					\
									\
		rule_begin(&run, #fixture, variant->name, #test);	\
		missing = abi_missing(variant->needs);			\
		if (missing)						\
			SKIP(return, "%s", missing);			\
		ASSERT_NE(NULL, run.rule);				\
		ASSERT_NE(NULL, run.expected);				\
		fixture##_##test##_rule(_metadata, self, variant, &run); \
		if (!ktap_skipped())					\
			EXPECT_TRUE(rule_end(&run));			\
	}								\
	static void fixture##_##test##_rule(				\
		struct __test_metadata __attribute__((unused)) *_metadata, \
		FIXTURE_DATA(fixture) __attribute__((unused)) *self,	\
		const FIXTURE_VARIANT(fixture)				\
			__attribute__((unused)) *variant,		\
		struct rule_run __attribute__((unused)) *run)

/* FIXTURE_VARIANT_ADD() that also tells the variant its own name. */
#define RULE_VARIANT(fixture, variant, ...)				\
	FIXTURE_VARIANT_ADD(fixture, variant)				\
	{								\
		.name = #variant,					\
		__VA_ARGS__						\
	}

/* SKIP() from within a RULE_F(), for what only the test itself finds out. */
#define RULE_SKIP(fmt, ...) do {					\
	ktap_set_skipped();						\
	SKIP(return, fmt, ##__VA_ARGS__);				\
} while (0)

/*
 * The rule's subject, an outcome that is a word. The variable's name is what
 * the harness prints, after rule_check() has said what was expected and came.
 */
#define EXPECT_RULE_WORD(word, fmt, ...) do {				\
	bool as_the_rule_says = rule_check(run, word, fmt, ##__VA_ARGS__); \
									\
	EXPECT_TRUE(as_the_rule_says);					\
} while (0)

/* The same for an ioctl's result: 0 or above, or a negative errno. */
#define EXPECT_RULE(ret, fmt, ...)					\
	EXPECT_RULE_WORD(rule_outcome(ret), fmt, ##__VA_ARGS__)

/* What has to work before, and after, the rule's subject. */
#define ASSERT_OK(ret)	ASSERT_STREQ("OK", rule_outcome(ret))

/* The fixtures here have no state of their own: each test is a process. */
#define STATELESS_FIXTURE(fixture)					\
	FIXTURE_SETUP(fixture) { }					\
	FIXTURE_TEARDOWN(fixture) { }

/* Names of all the program's tests, in the order in which they will run. */
static inline struct ktap_names rule_test_names(void)
{
	static struct __fixture_variant_metadata no_variant = { .name = "" };
	struct ktap_names names = { 0 };
	struct __fixture_variant_metadata *v;
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	for (f = __fixture_list; f; f = f->next)
		for (v = f->variant ?: &no_variant; v; v = v->next)
			for (t = f->tests; t; t = t->next)
				ktap_names_add(&names, f->name, v->name, t->name);
	return names;
}

#endif /* VGIC_ABI_RULE_HARNESS_H */
