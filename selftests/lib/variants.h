/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The variants that most fixtures share: every address in every dialect, and
 * every GIC in every dialect.
 */
#ifndef VGIC_ABI_VARIANTS_H
#define VGIC_ABI_VARIANTS_H

#include "rule_harness.h"

/* ---- one address ---- */

#define ADDRESS_FIXTURE(fixture)					\
	FIXTURE(fixture) { };						\
	FIXTURE_VARIANT(fixture)					\
	{								\
		const char *name;					\
		unsigned int needs;					\
		const struct abi_kind *kind;				\
	};								\
	STATELESS_FIXTURE(fixture)

#define ADDRESS_VARIANT(fixture, variant, needed)			\
	RULE_VARIANT(fixture, variant, .needs = (needed),		\
		     .kind = &kind_##variant)

#define SEED_GICV2	(NEED_SEED | NEED_GICV2)
#define LEGACY_GICV2	(NEED_LEGACY | NEED_GICV2)
#define DEVATTR_GICV2	(NEED_DEVATTR | NEED_GICV2)
#define DEVATTR_GICV3	(NEED_DEVATTR | NEED_GICV3)

/* The dialects that are VM ioctls. */
#define VM_ADDRESS_VARIANTS(fixture)					\
	ADDRESS_VARIANT(fixture, seed_v2_dist, SEED_GICV2);		\
	ADDRESS_VARIANT(fixture, seed_v2_cpu, SEED_GICV2);		\
	ADDRESS_VARIANT(fixture, legacy_v2_dist, LEGACY_GICV2);		\
	ADDRESS_VARIANT(fixture, legacy_v2_cpu, LEGACY_GICV2)

/* The dialect that is attributes of a device. */
#define DEVICE_ADDRESS_VARIANTS(fixture)				\
	ADDRESS_VARIANT(fixture, devattr_v2_dist, DEVATTR_GICV2);	\
	ADDRESS_VARIANT(fixture, devattr_v2_cpu, DEVATTR_GICV2);	\
	ADDRESS_VARIANT(fixture, devattr_v3_dist, DEVATTR_GICV3);	\
	ADDRESS_VARIANT(fixture, devattr_v3_redist, DEVATTR_GICV3);	\
	ADDRESS_VARIANT(fixture, devattr_v3_region, DEVATTR_GICV3)

/*
 * Those whose region is larger than its alignment, so that it can straddle.
 * That of KVM_VGIC_V3_ADDR_TYPE_REDIST is as large as the VM has vCPUs, so its
 * size is not known when it is set.
 */
#define LARGE_ADDRESS_VARIANTS(fixture)					\
	ADDRESS_VARIANT(fixture, seed_v2_cpu, SEED_GICV2);		\
	ADDRESS_VARIANT(fixture, legacy_v2_cpu, LEGACY_GICV2);		\
	ADDRESS_VARIANT(fixture, devattr_v2_cpu, DEVATTR_GICV2);	\
	ADDRESS_VARIANT(fixture, devattr_v3_region, DEVATTR_GICV3)

/* ---- one GIC ---- */

/*
 * @dist is the address of the distributor, @cpu that of what stands beside it:
 * the CPU interface of a GICv2, the redistributors of a GICv3.
 */
#define GIC_FIXTURE(fixture)						\
	FIXTURE(fixture) { };						\
	FIXTURE_VARIANT(fixture)					\
	{								\
		const char *name;					\
		unsigned int needs;					\
		const struct abi_kind *dist;				\
		const struct abi_kind *cpu;				\
	};								\
	STATELESS_FIXTURE(fixture)

#define GIC_VARIANT(fixture, variant, needed, second)			\
	RULE_VARIANT(fixture, variant, .needs = (needed),		\
		     .dist = &kind_##variant##_dist,			\
		     .cpu = &kind_##variant##_##second)

#define VM_GIC_VARIANTS(fixture)					\
	GIC_VARIANT(fixture, seed_v2, SEED_GICV2, cpu);			\
	GIC_VARIANT(fixture, legacy_v2, LEGACY_GICV2, cpu)

#define DEVICE_GIC_VARIANTS(fixture)					\
	GIC_VARIANT(fixture, devattr_v2, DEVATTR_GICV2, cpu);		\
	GIC_VARIANT(fixture, devattr_v3, DEVATTR_GICV3, redist)

#endif /* VGIC_ABI_VARIANTS_H */
