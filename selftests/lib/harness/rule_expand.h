/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The harness's macros for a fixture whose name is a macro itself: one more level expands
 * RULE_FIXTURE before it is pasted.
 */
#ifndef VGIC_ABI_RULE_EXPAND_H
#define VGIC_ABI_RULE_EXPAND_H

#define EXPAND_FIXTURE(fixture)			FIXTURE(fixture)
#define EXPAND_FIXTURE_VARIANT(fixture)		FIXTURE_VARIANT(fixture)
#define EXPAND_FIXTURE_SETUP(fixture)		FIXTURE_SETUP(fixture)
#define EXPAND_FIXTURE_TEARDOWN(fixture)	FIXTURE_TEARDOWN(fixture)
#define EXPAND_VARIANT_ADD(fixture, variant)	FIXTURE_VARIANT_ADD(fixture, variant)
#define EXPAND_STRING_(fixture)			#fixture
#define EXPAND_STRING(fixture)			EXPAND_STRING_(fixture)

/* Features that the variants need. */
#define SEED_GICV2	(NEED_SEED | NEED_GICV2)
#define LEGACY_GICV2	(NEED_LEGACY | NEED_GICV2)
#define DEVATTR_GICV2	(NEED_DEVATTR | NEED_GICV2)
#define DEVATTR_GICV3	(NEED_DEVATTR | NEED_GICV3)

#endif /* VGIC_ABI_RULE_EXPAND_H */
