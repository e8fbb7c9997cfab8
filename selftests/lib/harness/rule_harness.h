/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of rules.
 *
 * A test is an ordinary TEST_F() of the kselftest harness, which runs for every variant of its
 * fixture. `<fixture>.<test>` is the id of its rule in Documentation/abi/, from which rules.h is
 * generated. EXPECT_RULE() checks the call that the rule is about, ASSERT_OK() all others.
 *
 * A variant is named <dialect>_<rest>, or <dialect>. Fixtures come from
 * address_fixture.h and gic_fixture.h, or are written like this:
 *
 *	FIXTURE(absent)
 *	{
 *		struct rule_run run;
 *	};
 *	FIXTURE_VARIANT(absent)
 *	{
 *		const char *name;	(as in struct rule_variant)
 *		unsigned int needs;
 *		...
 *	};
 *	FIXTURE_SETUP(absent)
 *	{
 *		RULE_SETUP("absent");
 *	}
 *	FIXTURE_TEARDOWN(absent)
 *	{
 *		rule_end(&self->run);
 *	}
 *
 * Nothing has to be freed, because each test runs in its own process.
 */
#ifndef VGIC_ABI_RULE_HARNESS_H
#define VGIC_ABI_RULE_HARNESS_H

/* kselftest_harness.h needs these and does not include them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <linux/types.h>

#include "kselftest_harness.h"

#include "abi/abi.h"
#include "abi/patience.h"
#include "ktap.h"
#include "rule.h"

/**
 * struct rule_variant - the first members of each fixture's variants
 * @name:  the variant's name as a string
 * @needs: mask of enum abi_need. If one of these features is missing, the tests are not planned or
 *         are skipped, see struct abi_feature
 */
struct rule_variant {
	const char *name;
	unsigned int needs;
};

/*
 * For the fixture's setup. A skip ends the process: 6.1's harness would run the test after
 * SKIP() in the setup.
 */
#define RULE_SETUP(fixture)						\
	rule_begin(&self->run, fixture, variant->name, _metadata->name,	\
		   variant->needs)

/*
 * Compares an outcome, as a word, with the rule's. If they differ and this is not the known
 * deviation, rule_check() prints both, and then the harness prints the variable's name as the
 * expectation that failed.
 */
#define EXPECT_RULE_WORD(word, fmt, ...) do {				\
	bool as_the_rule_says = rule_check(&self->run, word, fmt,	\
					   ##__VA_ARGS__);		\
									\
	EXPECT_TRUE(as_the_rule_says);					\
} while (0)

/* Compares an ioctl's result with the rule's outcome: 0 or above, or a negative errno. */
#define EXPECT_RULE(ret, fmt, ...)					\
	EXPECT_RULE_WORD(rule_outcome(ret), fmt, ##__VA_ARGS__)

/* The outcomes of a rule that is kept, and of a rule that is not. */
#define HELD	"HOLDS"
#define BROKEN	"BROKEN"

static inline const char *holds(bool good)
{
	return good ? HELD : BROKEN;
}

/* For other calls, which have to succeed. */
#define ASSERT_OK(ret)	ASSERT_STREQ("OK", rule_outcome(ret))

static inline unsigned int rule_needs(const struct __fixture_variant_metadata *v)
{
	const struct rule_variant *variant = v->data;

	return variant ? variant->needs : 0;
}

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
				ktap_names_add(&names, f->name, v->name, t->name, rule_needs(v) |
					       (rule_is_about(f->name, v->name, t->name) ?
						0 : KTAP_NOT_PLANNED));
	return names;
}

/* Removes variants that this system cannot have from the harness's list. */
static inline void rule_drop_absent(void)
{
	struct __fixture_variant_metadata *v, **link;
	struct __fixture_metadata *f;

	for (f = __fixture_list; f; f = f->next) {
		if (!f->variant)
			continue;
		for (link = &f->variant; (v = *link); ) {
			if (abi_absent(rule_needs(v)))
				*link = v->next;
			else
				link = &v->next;
		}
		/* The harness would run a fixture without variants once. */
		if (!f->variant)
			f->tests = NULL;
	}
}

/* Extends the harness's time limit of each test. */
static inline void rule_extend_limits(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next)
			t->timeout *= patience();
}

#endif /* VGIC_ABI_RULE_HARNESS_H */
