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

EXPAND_FIXTURE_VARIANT(RULE_FIXTURE)
{
	const char *name;
	unsigned int needs;
	enum guest_timer timer;
};

#define RULE_STATE	struct guest guest
#define RULE_PREPARE()	(plan.timer = variant->timer)
#include "harness/rule_fixture.h"

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

#undef RULE_FIXTURE
#undef RULE_NEEDS
