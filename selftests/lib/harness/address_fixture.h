/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture whose variants are the addresses that can be set, in each dialect. Included,
 * as often as needed, after
 *
 *	#define RULE_FIXTURE	its name
 *	#define RULE_VARIANTS	mask of the variants below
 */
#include "rule_expand.h"

#ifndef VGIC_ABI_ADDRESS_FIXTURE_H
#define VGIC_ABI_ADDRESS_FIXTURE_H

#define SEED_V2_DIST		0x001
#define SEED_V2_CPU		0x002
#define LEGACY_V2_DIST		0x004
#define LEGACY_V2_CPU		0x008
#define DEVATTR_V2_DIST		0x010
#define DEVATTR_V2_CPU		0x020
#define DEVATTR_V3_DIST		0x040
#define DEVATTR_V3_REDIST	0x080
#define DEVATTR_V3_REGION	0x100

/* Dialects that are VM ioctls, and the dialect of device attributes. */
#define VM_ADDRESSES							\
	(SEED_V2_DIST | SEED_V2_CPU | LEGACY_V2_DIST | LEGACY_V2_CPU)
#define DEVICE_ADDRESSES						\
	(DEVATTR_V2_DIST | DEVATTR_V2_CPU | DEVATTR_V3_DIST |		\
	 DEVATTR_V3_REDIST | DEVATTR_V3_REGION)

/*
 * Regions that are larger than their alignment, so that one can begin within the address
 * space and end beyond it. The size of the region of KVM_VGIC_V3_ADDR_TYPE_REDIST depends
 * on the number of vCPUs, which is not known when the address is set.
 */
#define LARGE_ADDRESSES							\
	(SEED_V2_CPU | LEGACY_V2_CPU | DEVATTR_V2_CPU | DEVATTR_V3_REGION)

#endif /* VGIC_ABI_ADDRESS_FIXTURE_H */

EXPAND_FIXTURE_VARIANT(RULE_FIXTURE)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *kind;
};

#include "rule_fixture.h"

#if (RULE_VARIANTS) & SEED_V2_DIST
EXPAND_VARIANT_ADD(RULE_FIXTURE, seed_v2_dist)
{
	.name = "seed_v2_dist",
	.needs = SEED_GICV2,
	.kind = &kind_seed_v2_dist,
};
#endif

#if (RULE_VARIANTS) & SEED_V2_CPU
EXPAND_VARIANT_ADD(RULE_FIXTURE, seed_v2_cpu)
{
	.name = "seed_v2_cpu",
	.needs = SEED_GICV2,
	.kind = &kind_seed_v2_cpu,
};
#endif

#if (RULE_VARIANTS) & LEGACY_V2_DIST
EXPAND_VARIANT_ADD(RULE_FIXTURE, legacy_v2_dist)
{
	.name = "legacy_v2_dist",
	.needs = LEGACY_GICV2,
	.kind = &kind_legacy_v2_dist,
};
#endif

#if (RULE_VARIANTS) & LEGACY_V2_CPU
EXPAND_VARIANT_ADD(RULE_FIXTURE, legacy_v2_cpu)
{
	.name = "legacy_v2_cpu",
	.needs = LEGACY_GICV2,
	.kind = &kind_legacy_v2_cpu,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V2_DIST
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v2_dist)
{
	.name = "devattr_v2_dist",
	.needs = DEVATTR_GICV2,
	.kind = &kind_devattr_v2_dist,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V2_CPU
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v2_cpu)
{
	.name = "devattr_v2_cpu",
	.needs = DEVATTR_GICV2,
	.kind = &kind_devattr_v2_cpu,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V3_DIST
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v3_dist)
{
	.name = "devattr_v3_dist",
	.needs = DEVATTR_GICV3,
	.kind = &kind_devattr_v3_dist,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V3_REDIST
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v3_redist)
{
	.name = "devattr_v3_redist",
	.needs = DEVATTR_GICV3,
	.kind = &kind_devattr_v3_redist,
};
#endif

#if (RULE_VARIANTS) & DEVATTR_V3_REGION
EXPAND_VARIANT_ADD(RULE_FIXTURE, devattr_v3_region)
{
	.name = "devattr_v3_region",
	.needs = DEVATTR_GICV3,
	.kind = &kind_devattr_v3_region,
};
#endif

#undef RULE_FIXTURE
#undef RULE_VARIANTS
