/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture whose variants are the GIC models, in each dialect. Included, as often as
 * needed, after
 *
 *	#define RULE_FIXTURE	its name
 *	#define RULE_VARIANTS	mask of the variants below
 *	#define RULE_STATE	members of `self` besides `run`; optional
 *	#define RULE_NEEDS	features that all variants need, enum abi_need; optional
 */
#include "rule_expand.h"

#ifndef VGIC_ABI_GIC_FIXTURE_H
#define VGIC_ABI_GIC_FIXTURE_H

#define SEED_V2		1
#define LEGACY_V2	2
#define DEVATTR_V2	4
#define DEVATTR_V3	8

/* Dialects that are VM ioctls, and the dialect of device attributes. */
#define VM_GICS		(SEED_V2 | LEGACY_V2)
#define DEVICE_GICS	(DEVATTR_V2 | DEVATTR_V3)

#endif /* VGIC_ABI_GIC_FIXTURE_H */

#ifndef RULE_NEEDS
#define RULE_NEEDS	0
#endif

/*
 * @dist is the kind of the distributor's address. @cpu is the kind of the GIC's other address, that
 * of a GICv2's CPU interface or of a GICv3's redistributors.
 */
EXPAND_FIXTURE_VARIANT(RULE_FIXTURE)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *dist;
	const struct abi_kind *cpu;
};

#include "rule_fixture.h"

#if (RULE_VARIANTS) & SEED_V2
EXPAND_VARIANT_ADD(RULE_FIXTURE, seed_v2)
{
	.name = "seed_v2",
	.needs = SEED_GICV2 | (RULE_NEEDS),
	.dist = &kind_seed_v2_dist,
	.cpu = &kind_seed_v2_cpu,
};
#endif

#if (RULE_VARIANTS) & LEGACY_V2
EXPAND_VARIANT_ADD(RULE_FIXTURE, legacy_v2)
{
	.name = "legacy_v2",
	.needs = LEGACY_GICV2 | (RULE_NEEDS),
	.dist = &kind_legacy_v2_dist,
	.cpu = &kind_legacy_v2_cpu,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V2
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v2)
{
	.name = "devattr_v2",
	.needs = DEVATTR_GICV2 | (RULE_NEEDS),
	.dist = &kind_devattr_v2_dist,
	.cpu = &kind_devattr_v2_cpu,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V3
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v3)
{
	.name = "devattr_v3",
	.needs = DEVATTR_GICV3 | (RULE_NEEDS),
	.dist = &kind_devattr_v3_dist,
	.cpu = &kind_devattr_v3_redist,
};
#endif

#undef RULE_FIXTURE
#undef RULE_VARIANTS
#undef RULE_NEEDS
