/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture whose variants are the two timers of a vCPU without a GIC. Included by timer.c, as
 * often as needed, after
 *
 *	#define RULE_FIXTURE	its name
 *	#define RULE_NEEDS	features that its tests need, enum abi_need; optional
 */
#include "harness/rule_expand.h"

#ifndef RULE_NEEDS
#define RULE_NEEDS	0
#endif

EXPAND_FIXTURE(RULE_FIXTURE)
{
	struct rule_run run;
	struct guest guest;
};

EXPAND_FIXTURE_VARIANT(RULE_FIXTURE)
{
	const char *name;
	unsigned int needs;
	enum guest_timer timer;
};

EXPAND_VARIANT_ADD(RULE_FIXTURE, any_virtual)
{
	.name = "any_virtual",
	.needs = RULE_NEEDS,
	.timer = TIMER_VIRTUAL,
};

EXPAND_VARIANT_ADD(RULE_FIXTURE, any_physical)
{
	.name = "any_physical",
	.needs = RULE_NEEDS,
	.timer = TIMER_PHYSICAL,
};

EXPAND_FIXTURE_SETUP(RULE_FIXTURE)
{
	RULE_SETUP(EXPAND_STRING(RULE_FIXTURE));
	plan.timer = variant->timer;
}

EXPAND_FIXTURE_TEARDOWN(RULE_FIXTURE)
{
	rule_end(&self->run);
}

#undef RULE_FIXTURE
#undef RULE_NEEDS
