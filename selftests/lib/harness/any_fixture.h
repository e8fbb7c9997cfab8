/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture without a dialect, whose only variant is `any`. Included, as often as needed, after
 *
 *	#define RULE_FIXTURE	its name
 *	#define RULE_STATE	members of `self` besides `run`; optional
 *	#define RULE_NEEDS	features that its tests need, enum abi_need; optional
 *	#define RULE_PREPARE()	statements that come before each test; optional
 */
#include "rule_expand.h"

#ifndef RULE_NEEDS
#define RULE_NEEDS	0
#endif

EXPAND_FIXTURE_VARIANT(RULE_FIXTURE)
{
	const char *name;
	unsigned int needs;
};

#include "rule_fixture.h"

EXPAND_VARIANT_ADD(RULE_FIXTURE, any)
{
	.name = "any",
	.needs = RULE_NEEDS,
};

#undef RULE_FIXTURE
#undef RULE_NEEDS
