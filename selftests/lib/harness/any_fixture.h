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

EXPAND_FIXTURE(RULE_FIXTURE)
{
	struct rule_run run;
#ifdef RULE_STATE
	RULE_STATE;
#endif
};

EXPAND_FIXTURE_VARIANT(RULE_FIXTURE)
{
	const char *name;
	unsigned int needs;
};

EXPAND_VARIANT_ADD(RULE_FIXTURE, any)
{
	.name = "any",
	.needs = RULE_NEEDS,
};

EXPAND_FIXTURE_SETUP(RULE_FIXTURE)
{
	RULE_SETUP(EXPAND_STRING(RULE_FIXTURE));
#ifdef RULE_PREPARE
	RULE_PREPARE();
#endif
}

EXPAND_FIXTURE_TEARDOWN(RULE_FIXTURE)
{
	rule_end(&self->run);
}

#undef RULE_FIXTURE
#undef RULE_STATE
#undef RULE_NEEDS
#undef RULE_PREPARE
