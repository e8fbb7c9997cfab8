/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture of rules, without its variants. Included, as often as needed, after
 *
 *	#define RULE_FIXTURE	its name; stays defined
 *	#define RULE_STATE	members of `self` besides `run`; optional
 *	#define RULE_PREPARE()	statements that come before each test; optional
 *
 * and after the definition of EXPAND_FIXTURE_VARIANT(RULE_FIXTURE).
 */
EXPAND_FIXTURE(RULE_FIXTURE)
{
	struct rule_run run;
#ifdef RULE_STATE
	RULE_STATE;
#endif
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

#undef RULE_STATE
#undef RULE_PREPARE
