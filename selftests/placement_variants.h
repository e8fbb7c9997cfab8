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

#define ADD_PLACEMENT(gic, side, need)					\
EXPAND_VARIANT_ADD(RULE_FIXTURE, PASTE(gic##_, PLACEMENT))		\
{									\
	.name = #gic "_" EXPAND_STRING(PLACEMENT),			\
	.needs = need,							\
	.dist = &kind_##gic##_dist,					\
	.cpu = &kind_##gic##_##side,					\
	.place = PASTE(place_, PLACEMENT),				\
}

ADD_PLACEMENT(seed_v2, cpu, SEED_GICV2);
ADD_PLACEMENT(legacy_v2, cpu, LEGACY_GICV2);
ADD_PLACEMENT(devattr_v2, cpu, DEVATTR_GICV2);
ADD_PLACEMENT(devattr_v3, redist, DEVATTR_GICV3);

#undef ADD_PLACEMENT
#undef PASTE_
#undef PASTE
#undef PLACEMENT
