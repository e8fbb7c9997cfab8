/* SPDX-License-Identifier: GPL-2.0-only */
/* A rule table for fake_suite.c, in the shape of selftests/rules.h. */

static const struct rule rules[] = {
	{
		.id = "plain.first",
		.expect = (const struct rule_expect[]) { { "*", "OK" }, { 0 } },
	},
	{
		.id = "plain.second",
		.expect = (const struct rule_expect[]) {
			{ "seed", "EIO" }, { "*", "OK" }, { 0 }
		},
	},
	{
		.id = "plain.third",
		.expect = (const struct rule_expect[]) { { "*", "OK" }, { 0 } },
	},
	{
		.id = "plain.expects_nothing",
		.expect = (const struct rule_expect[]) { { "seed", "OK" }, { 0 } },
	},
	{
		/* All kernels deviate: *_old returns OK where EIO is expected. */
		.id = "known.deviates",
		.expect = (const struct rule_expect[]) {
			{ "*_old", "EIO" }, { "*", "OK" }, { 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_old", "no such machine", "*", RULE_KERNEL(0, 0),
			  RULE_KERNEL(0xffff, 0xffff), "ENODEV", "other machine", false },
			{ "*_old", "*", "*", RULE_KERNEL(0, 0), RULE_KERNEL(0, 1),
			  "ENODEV", "older kernel", false },
			{ "*_old", "*", "*", RULE_KERNEL(0, 0),
			  RULE_KERNEL(0xffff, 0xffff), "OK", "seen", false },
			{ "*_new", "*", "*", RULE_KERNEL(0, 0),
			  RULE_KERNEL(0xffff, 0xffff), "ENXIO", "not seen", false },
			{ "*_maybe", "*", "*", RULE_KERNEL(0, 0),
			  RULE_KERNEL(0xffff, 0xffff), "ENXIO", "now and then", true },
			{ 0 }
		},
	},
	{ 0 }
};
