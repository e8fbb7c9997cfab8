/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds one placement, in each dialect, to the variants of a fixture. Included after
 *
 *	#define RULE_FIXTURE	the fixture's name; stays defined
 *	#define PLACEMENT	the placement's name
 */
#include "harness/rule_expand.h"

#define PASTE_(dialect, placement)	dialect##placement
#define PASTE(dialect, placement)	PASTE_(dialect, placement)

EXPAND_VARIANT_ADD(RULE_FIXTURE, PASTE(seed_v2_, PLACEMENT))
{
	.name = "seed_v2_" EXPAND_STRING(PLACEMENT),
	.needs = SEED_GICV2,
	.dist = &kind_seed_v2_dist,
	.cpu = &kind_seed_v2_cpu,
	.place = PASTE(place_, PLACEMENT),
};

EXPAND_VARIANT_ADD(RULE_FIXTURE, PASTE(legacy_v2_, PLACEMENT))
{
	.name = "legacy_v2_" EXPAND_STRING(PLACEMENT),
	.needs = LEGACY_GICV2,
	.dist = &kind_legacy_v2_dist,
	.cpu = &kind_legacy_v2_cpu,
	.place = PASTE(place_, PLACEMENT),
};

EXPAND_VARIANT_ADD(RULE_FIXTURE, PASTE(devattr_v2_, PLACEMENT))
{
	.name = "devattr_v2_" EXPAND_STRING(PLACEMENT),
	.needs = DEVATTR_GICV2,
	.dist = &kind_devattr_v2_dist,
	.cpu = &kind_devattr_v2_cpu,
	.place = PASTE(place_, PLACEMENT),
};

EXPAND_VARIANT_ADD(RULE_FIXTURE, PASTE(devattr_v3_, PLACEMENT))
{
	.name = "devattr_v3_" EXPAND_STRING(PLACEMENT),
	.needs = DEVATTR_GICV3,
	.dist = &kind_devattr_v3_dist,
	.cpu = &kind_devattr_v3_redist,
	.place = PASTE(place_, PLACEMENT),
};

#undef PASTE_
#undef PASTE
#undef PLACEMENT
