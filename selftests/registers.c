// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC's registers as user space saves and restores them: registers that both GIC versions have,
 * and registers that only a GICv2 has. gicv3.c tests those that only a GICv3 has.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_gic.h"
#include "guest/guest_running.h"
#include "harness/register_fixture.h"
#include "harness/rule_harness.h"

#define NR_PRIVATE	32
#define NR_SGIS		16

/* The implemented bits of the four priorities in a word, with 32 priority levels. */
#define PRIORITY_MASK	0xf8f8f8f8U
#define IIDR_REVISION	0x0000f000U
#define IIDR_REVISION_1	0x00001000U
#define IIDR_IMPLEMENTER	0x00000fffU
#define IMPLEMENTER_ARM		0x43b

#define SAME	"SAME"
#define OTHER	"OTHER"

#define VARIANT_IS_V3	(variant->dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3)

/* ---- the registers of an interrupt ---- */

/* A GICv3 has the registers of private interrupts in the redistributor's second frame. */
static uint32_t group_of(bool v3, unsigned int intid)
{
	return v3 && intid < NR_PRIVATE ? REDIST_REGS : DIST_REGS;
}

static uint32_t offset_of(bool v3, unsigned int intid, uint32_t offset)
{
	return v3 && intid < NR_PRIVATE ? GICR_SGI_FRAME + offset : offset;
}

/* @offset: the offset of the interrupt's word in a GICv2's distributor. */
static int irq_reg_get(const struct abi_vm *vm, bool v3, unsigned int vcpu,
		       unsigned int intid, uint32_t offset, uint32_t *value)
{
	return vgic_reg_get(vm->dev, group_of(v3, intid), vcpu,
			    offset_of(v3, intid, offset), value);
}

static int irq_reg_set(const struct abi_vm *vm, bool v3, unsigned int vcpu,
		       unsigned int intid, uint32_t offset, uint32_t value)
{
	return vgic_reg_set(vm->dev, group_of(v3, intid), vcpu,
			    offset_of(v3, intid, offset), value);
}

/* ---- a GIC that is initialized, with vCPUs that have not run ---- */

#define RULE_FIXTURE	registers
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

#define IRQ_GET(vcpu, intid, reg, value)	\
	ASSERT_OK(irq_reg_get(&self->vm, VARIANT_IS_V3, vcpu, intid, reg, value))
#define IRQ_SET(vcpu, intid, reg, value)	\
	ASSERT_OK(irq_reg_set(&self->vm, VARIANT_IS_V3, vcpu, intid, reg, value))

/* Compares the bits of @mask in the register of @intid, for one vCPU, with @expected. */
#define EXPECT_HOLDS(vcpu, intid, reg, mask, expected, what) do {	\
	uint32_t got_ = 0;						\
									\
	IRQ_GET(vcpu, intid, reg, &got_);				\
	EXPECT_RULE_WORD(holds((got_ & (mask)) == ((expected) & (mask))),	\
			 "%s, interrupts from %u on, vCPU %u: expected 0x%08x of 0x%08x, " \
			 "got 0x%08x",						\
			 what, intid, vcpu, (uint32_t)(expected) & (mask), \
			 (uint32_t)(mask), got_);			\
} while (0)

/* XORed with an index, so that words differ. Each bit is tested as 0 and as 1. */
static const uint32_t patterns[] = { 0xa5c30ff1, 0x5a3cf00e, 0xffffffff, 0x00000000 };

/* Leaves out SGIs, which have no line and may be always enabled. */
static uint32_t mask_of(unsigned int intid)
{
	return intid < NR_PRIVATE ? 0xffff0000 : ~0U;
}

/*
 * One bit for each interrupt, in a W1S and a W1C register: all interrupts are set to a
 * pattern by both registers and read through the W1S register, then set to another pattern.
 */
#define CHECK_SET_CLEAR(SET, CLEAR, what) do {				\
	unsigned int p_, n_;						\
									\
	for (p_ = 0; p_ < ARRAY_SIZE(patterns); p_++) {			\
		for (n_ = 0; n_ < NR_IRQS; n_ += 32) {			\
			IRQ_SET(0, n_, CLEAR(n_), mask_of(n_));		\
			IRQ_SET(0, n_, SET(n_), (patterns[p_] ^ n_) & mask_of(n_)); \
		}							\
		for (n_ = 0; n_ < NR_IRQS; n_ += 32)			\
			EXPECT_HOLDS(0, n_, SET(n_), mask_of(n_),	\
				     patterns[p_] ^ n_, what);		\
	}								\
} while (0)

TEST_F(registers, enable)
{
	unsigned int n;

	OPEN_WHOLE_GIC();
	CHECK_SET_CLEAR(GICD_ISENABLER, GICD_ICENABLER, "GICD_ISENABLER");
	for (n = 0; n < NR_IRQS; n += 32) {
		IRQ_SET(0, n, GICD_ICENABLER(n), ~0U);
		IRQ_SET(0, n, GICD_ISENABLER(n), 0x00f0f000 & mask_of(n));
		IRQ_SET(0, n, GICD_ISENABLER(n), 0);
		EXPECT_HOLDS(0, n, GICD_ICENABLER(n), mask_of(n), 0x00f0f000,
			     "GICD_ICENABLER");
	}
}

TEST_F(registers, pending)
{
	OPEN_WHOLE_GIC();
	if (VARIANT_IS_V3) {
		/* On a GICv3 GICD_ISPENDR is the latch: see gicv3.c. */
		unsigned int p, n;

		for (p = 0; p < ARRAY_SIZE(patterns); p++)
			for (n = 0; n < NR_IRQS; n += 32) {
				IRQ_SET(0, n, GICD_ISPENDR(n), (patterns[p] ^ n) & mask_of(n));
				EXPECT_HOLDS(0, n, GICD_ISPENDR(n), mask_of(n),
					     patterns[p] ^ n, "GICD_ISPENDR");
			}
		return;
	}
	CHECK_SET_CLEAR(GICD_ISPENDR, GICD_ICPENDR, "GICD_ISPENDR");
}

TEST_F(registers, active)
{
	OPEN_WHOLE_GIC();
	CHECK_SET_CLEAR(GICD_ISACTIVER, GICD_ICACTIVER, "GICD_ISACTIVER");
}

/* SGIs become active like other interrupts. On a GICv2, an SGI made active has no source. */
TEST_F(registers, active_sgi)
{
	OPEN_WHOLE_GIC();
	IRQ_SET(1, 0, GICD_ICACTIVER(0), 0xffff);
	IRQ_SET(1, 0, GICD_ISACTIVER(0), 0x8421);
	EXPECT_HOLDS(1, 0, GICD_ISACTIVER(0), 0xffff, 0x8421, "GICD_ISACTIVER0");
	EXPECT_HOLDS(0, 0, GICD_ISACTIVER(0), 0xffff, 0, "GICD_ISACTIVER0");
}

TEST_F(registers, priority)
{
	unsigned int p, n;

	OPEN_WHOLE_GIC();
	for (p = 0; p < ARRAY_SIZE(patterns); p++) {
		for (n = 0; n < NR_IRQS; n += 4)
			IRQ_SET(0, n, GICD_IPRIORITYR(n), patterns[p] ^ n << 3);
		for (n = 0; n < NR_IRQS; n += 4)
			EXPECT_HOLDS(0, n, GICD_IPRIORITYR(n), PRIORITY_MASK,
				     patterns[p] ^ n << 3, "GICD_IPRIORITYR");
	}
}

/* The lower bit of each pair is reserved. */
TEST_F(registers, configuration)
{
	unsigned int p, n;

	OPEN_WHOLE_GIC();
	for (p = 0; p < ARRAY_SIZE(patterns); p++) {
		for (n = NR_PRIVATE; n < NR_IRQS; n += 16)
			IRQ_SET(0, n, GICD_ICFGR(n), (patterns[p] ^ n) & 0xaaaaaaaa);
		for (n = NR_PRIVATE; n < NR_IRQS; n += 16)
			EXPECT_HOLDS(0, n, GICD_ICFGR(n), 0xaaaaaaaa, patterns[p] ^ n,
				     "GICD_ICFGR");
	}
}

/* The target: a mask of vCPUs, or an affinity. */
TEST_F(registers, route)
{
	unsigned int n;

	OPEN_WHOLE_GIC();
	for (n = NR_PRIVATE; n < NR_IRQS && !VARIANT_IS_V3; n += 4)
		IRQ_SET(0, n, GICD_ITARGETSR(n), 0x03020100 ^ (n & 4 ? 0x03030303 : 0));
	for (n = NR_PRIVATE; n < NR_IRQS && !VARIANT_IS_V3; n += 4)
		EXPECT_HOLDS(0, n, GICD_ITARGETSR(n), ~0U,
			     0x03020100 ^ (n & 4 ? 0x03030303 : 0), "GICD_ITARGETSR");
	for (n = NR_PRIVATE; n < NR_IRQS && VARIANT_IS_V3; n++)
		IRQ_SET(0, n, GICV3_GICD_IROUTER(n), n & 1);
	for (n = NR_PRIVATE; n < NR_IRQS && VARIANT_IS_V3; n++)
		EXPECT_HOLDS(0, n, GICV3_GICD_IROUTER(n), ~0U, n & 1, "GICD_IROUTER");
}

/* A GICv2 needs a write to GICD_IIDR first: rule registers_v2.groups_without_iidr. */
TEST_F(registers, interrupt_group)
{
	unsigned int p, n;
	uint32_t iidr;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &iidr);
	IRQ_SET(0, NR_PRIVATE, GICD_IIDR, iidr);
	for (p = 0; p < ARRAY_SIZE(patterns); p++) {
		for (n = 0; n < NR_IRQS; n += 32)
			IRQ_SET(0, n, GICD_IGROUPR(n), patterns[p] ^ n);
		for (n = 0; n < NR_IRQS; n += 32)
			EXPECT_HOLDS(0, n, GICD_IGROUPR(n), ~0U, patterns[p] ^ n,
				     "GICD_IGROUPR");
	}
}

/* The enable of group 0 on a GICv2, and of group 1 on a GICv3, which has affinity routing. */
TEST_F(registers, control)
{
	uint32_t enable = VARIANT_IS_V3 ? 0x2 : 0x1, value;
	unsigned int i;

	OPEN_WHOLE_GIC();
	for (i = 0; i < 4; i++) {
		value = i & 1 ? 0 : enable;
		IRQ_SET(0, NR_PRIVATE, GICD_CTLR, value);
		EXPECT_HOLDS(0, NR_PRIVATE, GICD_CTLR, enable, value, "GICD_CTLR");
		EXPECT_HOLDS(1, NR_PRIVATE, GICD_CTLR, enable, value, "GICD_CTLR");
	}
}

/* ---- shared and banked registers ---- */

TEST_F(registers, banked)
{
	unsigned int vcpu;

	OPEN_WHOLE_GIC();
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		IRQ_SET(vcpu, 0, GICD_ICENABLER(0), 0xffff0000);
		IRQ_SET(vcpu, 0, GICD_ISENABLER(0), 0x05a00000 << vcpu);
		IRQ_SET(vcpu, 0, GICD_ISPENDR(0), 0x00c30000 << vcpu);
		IRQ_SET(vcpu, 0, GICD_ISACTIVER(0), 0x10810000 << vcpu);
		IRQ_SET(vcpu, 20, GICD_IPRIORITYR(20), 0x10203040 << vcpu);
	}
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		EXPECT_HOLDS(vcpu, 0, GICD_ISENABLER(0), 0xffff0000, 0x05a00000 << vcpu,
			     "GICD_ISENABLER0");
		EXPECT_HOLDS(vcpu, 0, GICD_ISPENDR(0), 0xffff0000, 0x00c30000 << vcpu,
			     "GICD_ISPENDR0");
		EXPECT_HOLDS(vcpu, 0, GICD_ISACTIVER(0), 0xffff0000, 0x10810000 << vcpu,
			     "GICD_ISACTIVER0");
		EXPECT_HOLDS(vcpu, 20, GICD_IPRIORITYR(20), PRIORITY_MASK,
			     0x10203040 << vcpu, "GICD_IPRIORITYR5");
	}
}

TEST_F(registers, not_banked)
{
	OPEN_WHOLE_GIC();
	IRQ_SET(0, 64, GICD_ISENABLER(64), 0x00ff00f0);
	EXPECT_HOLDS(1, 64, GICD_ISENABLER(64), ~0U, 0x00ff00f0, "GICD_ISENABLER2");
	IRQ_SET(1, 64, GICD_ICENABLER(64), 0x00f00000);
	EXPECT_HOLDS(0, 64, GICD_ISENABLER(64), ~0U, 0x000f00f0, "GICD_ISENABLER2");
	IRQ_SET(1, 64, GICD_IPRIORITYR(64), 0x80604020);
	EXPECT_HOLDS(0, 64, GICD_IPRIORITYR(64), PRIORITY_MASK, 0x80604020,
		     "GICD_IPRIORITYR16");
}

/* ---- identification registers ---- */

TEST_F(registers, typer_vcpus)
{
	uint32_t typer;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, NR_PRIVATE, GICD_TYPER, &typer);
	EXPECT_RULE_WORD(holds((typer & 0x1f) == NR_IRQS / 32 - 1 &&
			       (VARIANT_IS_V3 || (typer >> 5 & 7) == NR_VCPUS - 1)),
			 "GICD_TYPER of %u interrupts and %u vCPUs: 0x%x",
			 NR_IRQS, NR_VCPUS, typer);
}

TEST_F(registers, read_only)
{
	uint32_t before, after;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, NR_PRIVATE, GICD_TYPER, &before);
	EXPECT_RULE(irq_reg_set(&self->vm, VARIANT_IS_V3, 0, NR_PRIVATE, GICD_TYPER, ~before),
		    "write to GICD_TYPER");
	IRQ_GET(0, NR_PRIVATE, GICD_TYPER, &after);
	EXPECT_EQ(before, after);
}

TEST_F(registers, iidr_same)
{
	uint32_t before, after;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &before);
	EXPECT_RULE(irq_reg_set(&self->vm, VARIANT_IS_V3, 0, NR_PRIVATE, GICD_IIDR, before),
		    "GICD_IIDR written with its own value, 0x%x", before);
	IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &after);
	EXPECT_EQ(before, after);
}

TEST_F(registers, iidr_other)
{
	uint32_t iidr, later, after;
	unsigned int bit;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &iidr);
	for (bit = 0; bit < 32; bit++) {
		if (IIDR_REVISION & 1U << bit)
			continue;
		EXPECT_RULE(irq_reg_set(&self->vm, VARIANT_IS_V3, 0, NR_PRIVATE, GICD_IIDR,
					iidr ^ 1U << bit),
			    "GICD_IIDR 0x%x written as 0x%x", iidr, iidr ^ 1U << bit);
	}
	/* A new GIC has the latest revision. */
	for (later = iidr; (later & IIDR_REVISION) != IIDR_REVISION; ) {
		later += IIDR_REVISION_1;
		EXPECT_RULE(irq_reg_set(&self->vm, VARIANT_IS_V3, 0, NR_PRIVATE, GICD_IIDR, later),
			    "GICD_IIDR 0x%x written as 0x%x, a later revision", iidr, later);
	}
	IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &after);
	EXPECT_EQ(iidr, after);
}

/* Kernels may accept earlier revisions, so that VMs of earlier kernels can be restored. */
TEST_F(registers, iidr_revision)
{
	uint32_t iidr, revision, after;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &iidr);
	for (revision = 0; revision <= (iidr & IIDR_REVISION); revision += IIDR_REVISION_1) {
		uint32_t value = (iidr & ~IIDR_REVISION) | revision;

		if (irq_reg_set(&self->vm, VARIANT_IS_V3, 0, NR_PRIVATE, GICD_IIDR, value))
			continue;
		IRQ_GET(0, NR_PRIVATE, GICD_IIDR, &after);
		EXPECT_RULE_WORD(after == value ? SAME : OTHER,
				 "GICD_IIDR accepted 0x%x, and reads as 0x%x", value, after);
	}
}

/* ---- interrupts beyond the last ---- */

TEST_F(registers, beyond_nr_irqs)
{
	unsigned int n;

	OPEN_WHOLE_GIC();
	for (n = NR_IRQS; n < 1024; n += 32) {
		IRQ_SET(0, n, GICD_ISENABLER(n), ~0U);
		EXPECT_HOLDS(0, n, GICD_ISENABLER(n), ~0U, 0, "GICD_ISENABLER");
		IRQ_SET(0, n, GICD_ISPENDR(n), ~0U);
		EXPECT_HOLDS(0, n, GICD_ISPENDR(n), ~0U, 0, "GICD_ISPENDR");
		IRQ_SET(0, n, GICD_ISACTIVER(n), ~0U);
		EXPECT_HOLDS(0, n, GICD_ISACTIVER(n), ~0U, 0, "GICD_ISACTIVER");
		IRQ_SET(0, n, GICD_IPRIORITYR(n), ~0U);
		EXPECT_HOLDS(0, n, GICD_IPRIORITYR(n), ~0U, 0, "GICD_IPRIORITYR");
		IRQ_SET(0, n, GICD_ICFGR(n), ~0U);
		EXPECT_HOLDS(0, n, GICD_ICFGR(n), 0xaaaaaaaa, 0, "GICD_ICFGR");
	}
}

/* ---- errors ---- */

/* Registers of existing interrupts. */
TEST_F(registers, has)
{
	static const uint32_t bits[] = { 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380 };
	unsigned int i, n;

	OPEN_WHOLE_GIC();
	EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_CTLR), "GICD_CTLR");
	EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_TYPER), "GICD_TYPER");
	EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_IIDR), "GICD_IIDR");
	for (n = 0; n < NR_IRQS; n += 32)
		for (i = 0; i < ARRAY_SIZE(bits); i++)
			EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, bits[i] + n / 8),
				    "register 0x%x", bits[i] + n / 8);
	for (n = 0; n < NR_IRQS; n += 4)
		EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_IPRIORITYR(n)),
			    "register 0x%x", GICD_IPRIORITYR(n));
	for (n = 0; n < NR_IRQS; n += 16)
		EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_ICFGR(n)),
			    "register 0x%x", GICD_ICFGR(n));
}

TEST_F(registers, has_beyond_nr_irqs)
{
	unsigned int n;

	OPEN_WHOLE_GIC();
	for (n = NR_IRQS; n < 1024; n += 32) {
		EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_ISENABLER(n)),
			    "register 0x%x", GICD_ISENABLER(n));
		EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_IPRIORITYR(n)),
			    "register 0x%x", GICD_IPRIORITYR(n));
		EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, GICD_ICFGR(n)),
			    "register 0x%x", GICD_ICFGR(n));
	}
}

static const uint32_t unknown_v2[] = {
	0x00c, 0x040, 0x07c, 0xd00, 0xe00, 0xf04, 0xf30, 0xfc0, 0x1000, 0x2000, 0x10000,
	0x80000000,
};

static const uint32_t unknown_v3[] = {
	0x0e00, 0x2000, 0x5ffc, 0x8000, 0xf000, 0x10000, 0x20000, 0x80000000,
};

static const uint32_t misaligned[] = { 0x001, 0x006, 0x083, 0x101, 0x402, 0x403, 0xc02 };

#define FOR_EACH_UNKNOWN(i, offset)					\
	for (i = 0; i < (VARIANT_IS_V3 ? ARRAY_SIZE(unknown_v3) :	\
			 ARRAY_SIZE(unknown_v2)) &&			\
	     (offset = VARIANT_IS_V3 ? unknown_v3[i] : unknown_v2[i], true); i++)

TEST_F(registers, unknown_offset)
{
	uint32_t offset;
	unsigned int i;

	OPEN_WHOLE_GIC();
	FOR_EACH_UNKNOWN(i, offset)
		EXPECT_EACH_CALL(DIST_REGS, 0, offset, "register 0x%x", offset);
}

TEST_F(registers, has_unknown_offset)
{
	uint32_t offset;
	unsigned int i;

	OPEN_WHOLE_GIC();
	FOR_EACH_UNKNOWN(i, offset)
		EXPECT_RULE(abi_attr_has(self->vm.dev, DIST_REGS, offset),
			    "register 0x%x", offset);
}

/* Whether or not the write is refused, the two words that it would be part of keep their values. */
#define EXPECT_WRITE_HAS_NO_EFFECT(offset, value) do {			\
	uint32_t word_ = (offset) & ~3U, before_[2], after_[2];		\
									\
	IRQ_GET(0, NR_PRIVATE, word_, &before_[0]);			\
	IRQ_GET(0, NR_PRIVATE, word_ + 4, &before_[1]);			\
	irq_reg_set(&self->vm, VARIANT_IS_V3, 0, NR_PRIVATE, offset, value); \
	IRQ_GET(0, NR_PRIVATE, word_, &after_[0]);			\
	IRQ_GET(0, NR_PRIVATE, word_ + 4, &after_[1]);			\
	if (before_[0] != after_[0] || before_[1] != after_[1])		\
		TH_LOG("0x%x written to 0x%x: words from 0x%x on: expected 0x%08x 0x%08x, " \
		       "got 0x%08x 0x%08x", value, offset, word_, before_[0], before_[1], \
		       after_[0], after_[1]);				\
	EXPECT_EQ(before_[0], after_[0]);				\
	EXPECT_EQ(before_[1], after_[1]);				\
} while (0)

/* In registers of SPIs. */
static const uint32_t misaligned_writes[] = { 0x109, 0x10a, 0x10b, 0x441, 0x442, 0x443, 0xc12 };

TEST_F(registers, misaligned_offset)
{
	unsigned int i;

	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL_OF(DIST_REGS, misaligned);
	for (i = 0; i < ARRAY_SIZE(misaligned_writes); i++) {
		EXPECT_WRITE_HAS_NO_EFFECT(misaligned_writes[i], ~0U);
		EXPECT_WRITE_HAS_NO_EFFECT(misaligned_writes[i], 0);
	}
}

TEST_F(registers, has_misaligned_offset)
{
	OPEN_WHOLE_GIC();
	EXPECT_HAS_EACH_OF(DIST_REGS, misaligned);
}

TEST_F(registers, bad_pointer)
{
	uint64_t attr = vgic_reg_attr(0, GICD_CTLR);

	OPEN_WHOLE_GIC();
	EXPECT_RULE(abi_attr_get(self->vm.dev, DIST_REGS, attr, NULL), "get to NULL");
	EXPECT_RULE(abi_attr_set(self->vm.dev, DIST_REGS, attr, NULL), "set from NULL");
	EXPECT_RULE(abi_attr_get(self->vm.dev, DIST_REGS, attr, abi_edge_of_memory(2)),
		    "get to 2 bytes");
	EXPECT_RULE(abi_attr_set(self->vm.dev, DIST_REGS, attr, abi_edge_of_memory(2)),
		    "set from 2 bytes");
}

/* The page after the value may be unmapped, and the bytes after it are not written. */
TEST_F(registers, four_bytes)
{
	uint32_t *edge = abi_edge_of_memory(sizeof(*edge)), value[2] = { 0, 0xc0dec0de };
	uint64_t attr = vgic_reg_attr(0, GICD_TYPER);

	OPEN_WHOLE_GIC();
	EXPECT_RULE(abi_attr_get(self->vm.dev, DIST_REGS, attr, edge),
		    "get to the last 4 bytes before a hole");
	EXPECT_RULE(abi_attr_set(self->vm.dev, DIST_REGS, attr, edge),
		    "set from the last 4 bytes before a hole");
	ASSERT_OK(abi_attr_get(self->vm.dev, DIST_REGS, attr, value));
	EXPECT_EQ(0xc0dec0de, value[1]);
	EXPECT_EQ(*edge, value[0]);
}

/* A GICv2 is initialized on demand, a GICv3 only explicitly. */
TEST_F(registers, before_init)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_EACH_CALL(DIST_REGS, 0, GICD_CTLR, "GICD_CTLR");
	EXPECT_EACH_CALL(DIST_REGS, 1, GICD_ISENABLER(64), "GICD_ISENABLER2");
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_CTLR, 0));
}

/* ---- while a vCPU runs ---- */

/* Results of the calls made while a vCPU runs. */
struct attempts {
	uint32_t group;
	int get, set;
};

static void attempt(struct guest *guest, unsigned int request)
{
	struct attempts *a = guest->context;
	uint32_t value;

	(void)request;
	a->get = vgic_reg_get(guest->abi.dev, a->group, 0, GICD_CTLR, &value);
	a->set = vgic_reg_set(guest->abi.dev, a->group, 0, GICD_CTLR, 0);
}

#define RUN_WITH_CALLS(guest, attempts) do {				\
	guest_create(guest, NR_VCPUS, request_while_running);		\
	ASSERT_OK(guest_gic_place(guest, variant->dist, variant->cpu,	\
				  ABI_DIST_IPA, ABI_FREE_IPA));		\
	(guest)->on_request = attempt;					\
	(guest)->context = attempts;					\
	ASSERT_TRUE(guest_run(guest));					\
} while (0)

TEST_F(registers, while_running)
{
	struct attempts attempts = { .group = DIST_REGS };
	struct guest guest = { 0 };

	RUN_WITH_CALLS(&guest, &attempts);
	EXPECT_RULE(attempts.get, "get GICD_CTLR while the other vCPU runs");
	EXPECT_RULE(attempts.set, "set GICD_CTLR while the other vCPU runs");
}

TEST_F(registers, after_running)
{
	struct attempts attempts = { .group = DIST_REGS };
	struct guest guest = { 0 };
	uint32_t value;

	RUN_WITH_CALLS(&guest, &attempts);
	EXPECT_RULE(vgic_reg_get(guest.abi.dev, DIST_REGS, 0, GICD_CTLR, &value),
		    "get GICD_CTLR after all vCPUs have left KVM_RUN");
	EXPECT_RULE(vgic_reg_set(guest.abi.dev, DIST_REGS, 0, GICD_CTLR, value),
		    "set GICD_CTLR after all vCPUs have left KVM_RUN");
}

/* ---- a GICv2 only ---- */

#define RULE_FIXTURE	registers_v2
#define RULE_VARIANTS	DEVATTR_V2
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

TEST_F(registers_v2, groups_without_iidr)
{
	uint32_t before;

	OPEN_WHOLE_GIC();
	IRQ_GET(0, 64, GICD_IGROUPR(64), &before);
	IRQ_SET(0, 64, GICD_IGROUPR(64), ~before);
	EXPECT_HOLDS(0, 64, GICD_IGROUPR(64), ~0U, before, "GICD_IGROUPR2");
}

/* The vCPU with the highest number is created first. */
TEST_F(registers_v2, created_in_any_order)
{
	static const unsigned int order[] = { 3, 1, 0, 2 };
	struct abi_vcpu vcpu[ARRAY_SIZE(order)];
	uint32_t typer;
	unsigned int i;

	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	for (i = 0; i < ARRAY_SIZE(order); i++)
		abi_vcpu_add(&self->vm, order[i], &vcpu[i]);
	ASSERT_OK(vgic_init(self->vm.dev));
	IRQ_GET(0, 40, GICD_TYPER, &typer);
	EXPECT_RULE_WORD(holds((typer >> 5 & 7) == ARRAY_SIZE(order) - 1),
			 "GICD_TYPER of vCPUs 3, 1, 0 and 2: 0x%x", typer);
	IRQ_SET(0, 40, GICD_ITARGETSR(40), 0xffffffff);
	EXPECT_HOLDS(0, 40, GICD_ITARGETSR(40), ~0U, 0x0f0f0f0f, "GICD_ITARGETSR10");
}

TEST_F(registers_v2, private_targets)
{
	unsigned int vcpu, n;

	OPEN_WHOLE_GIC();
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		for (n = 0; n < NR_PRIVATE; n += 4)
			EXPECT_HOLDS(vcpu, n, GICD_ITARGETSR(n), ~0U, 0x01010101U << vcpu,
				     "GICD_ITARGETSR");
}

TEST_F(registers_v2, targets_of_absent_vcpus)
{
	OPEN_WHOLE_GIC();
	IRQ_SET(0, 40, GICD_ITARGETSR(40), 0xff84fc02);
	EXPECT_HOLDS(0, 40, GICD_ITARGETSR(40), ~0U, 0x03000002, "GICD_ITARGETSR10");
}

/* SGIs become pending only by GICD_SGIR and GICD_SPENDSGIR, which name the source. */
TEST_F(registers_v2, sgi_pending_by_ispendr)
{
	OPEN_WHOLE_GIC();
	IRQ_SET(0, 0, GICD_ISPENDR(0), 0xffff);
	EXPECT_HOLDS(0, 0, GICD_ISPENDR(0), 0xffff, 0, "GICD_ISPENDR0");
}

TEST_F(registers_v2, sgi_sources)
{
	unsigned int n;

	OPEN_WHOLE_GIC();
	for (n = 0; n < NR_SGIS; n += 4) {
		IRQ_SET(1, n, GICD_CPENDSGIR(n), ~0U);
		IRQ_SET(1, n, GICD_SPENDSGIR(n), 0x03020100 ^ (n & 4 ? 0x03030303 : 0));
	}
	for (n = 0; n < NR_SGIS; n += 4) {
		uint32_t sources = 0x03020100 ^ (n & 4 ? 0x03030303 : 0);

		EXPECT_HOLDS(1, n, GICD_SPENDSGIR(n), ~0U, sources, "GICD_SPENDSGIR");
		EXPECT_HOLDS(1, n, GICD_CPENDSGIR(n), ~0U, sources, "GICD_CPENDSGIR");
		EXPECT_HOLDS(0, n, GICD_SPENDSGIR(n), ~0U, 0, "GICD_SPENDSGIR");
		IRQ_SET(1, n, GICD_CPENDSGIR(n), 0x01010101);
		EXPECT_HOLDS(1, n, GICD_SPENDSGIR(n), ~0U, sources & 0x02020202,
			     "GICD_SPENDSGIR");
	}
	/* SGIs that have a source are pending in GICD_ISPENDR. */
	EXPECT_HOLDS(1, 0, GICD_ISPENDR(0), 0xffff, 0x3c3c, "GICD_ISPENDR0");
}

TEST_F(registers_v2, unknown_vcpu)
{
	unsigned int bit;

	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL_AND_HAS(DIST_REGS, NR_VCPUS, GICD_CTLR, "GICD_CTLR of vCPU 2 of two");
	EXPECT_EACH_CALL_AND_HAS(CPU_REGS, NR_VCPUS, GICC_CTLR, "GICC_CTLR of vCPU 2 of two");
	for (bit = 1; bit < 8; bit++) {
		EXPECT_EACH_CALL_AND_HAS(DIST_REGS, 1U << bit, GICD_CTLR,
					 "GICD_CTLR of vCPU %u of two", 1U << bit);
		EXPECT_EACH_CALL_AND_HAS(CPU_REGS, 1U << bit, GICC_CTLR,
					 "GICC_CTLR of vCPU %u of two", 1U << bit);
	}
}

/* In a VM without vCPUs, the distributor's registers cannot be accessed either. */
TEST_F(registers_v2, no_vcpu)
{
	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	EXPECT_EACH_CALL_AND_HAS(DIST_REGS, 0, GICD_CTLR, "GICD_CTLR without a vCPU");
	EXPECT_EACH_CALL_AND_HAS(CPU_REGS, 0, GICC_CTLR, "GICC_CTLR without a vCPU");
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_EACH_CALL_AND_HAS(DIST_REGS, 0, GICD_TYPER, "GICD_TYPER without a vCPU");
	EXPECT_EACH_CALL_AND_HAS(CPU_REGS, 0, GICC_PMR, "GICC_PMR without a vCPU");
}

/* Reserved bits of the attribute are not part of the vCPU's index. */
TEST_F(registers_v2, reserved_bits)
{
	unsigned int bit;
	uint32_t value;

	OPEN_WHOLE_GIC();
	for (bit = 40; bit < 64; bit++)
		EXPECT_RULE(abi_attr_get(self->vm.dev, DIST_REGS, 1ULL << bit | GICD_CTLR, &value),
			    "get GICD_CTLR with bit %u of the attribute set", bit);
}

/* ---- the CPU interface of a GICv2 ---- */

#define RULE_FIXTURE	cpu_regs
#define RULE_VARIANTS	DEVATTR_V2
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

#define NR_APRS		4

/* Checks that each vCPU's register keeps the value that was written to it last. */
static const char *cpu_reg_holds(int dev, uint32_t offset, uint32_t mask,
				 const uint32_t *values, unsigned int count)
{
	unsigned int i, vcpu;

	for (i = 0; i < count; i++) {
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
			if (vgic_reg_set(dev, CPU_REGS, vcpu, offset,
					 values[(i + vcpu) % count]))
				return "REFUSED";
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
			uint32_t expected = values[(i + vcpu) % count] & mask, got;

			if (vgic_reg_get(dev, CPU_REGS, vcpu, offset, &got))
				return "UNREADABLE";
			if ((got & mask) == expected)
				continue;
			fprintf(stderr, "register 0x%x of vCPU %u: expected 0x%x, got 0x%x\n",
				offset, vcpu, expected, got);
			return BROKEN;
		}
	}
	return HELD;
}

#define EXPECT_CPU_REG_HOLDS(offset, mask, ...) do {			\
	static const uint32_t values_[] = { __VA_ARGS__ };		\
									\
	EXPECT_RULE_WORD(cpu_reg_holds(self->vm.dev, offset, mask, values_, \
				       ARRAY_SIZE(values_)),		\
			 "register 0x%x", offset);			\
} while (0)

TEST_F(cpu_regs, control)
{
	OPEN_WHOLE_GIC();
	EXPECT_CPU_REG_HOLDS(GICC_CTLR, 0x21f, 0x000, 0x001, 0x201, 0x003, 0x21f, 0x200, 0x010);
}

/* User space's GICC_PMR has the format of GICH_VMCR: the mask is shifted right by 3. */
TEST_F(cpu_regs, priority_mask)
{
	OPEN_WHOLE_GIC();
	EXPECT_CPU_REG_HOLDS(GICC_PMR, 0xff, 0x00, 0x1f, 0x10, 0x0f, 0x15, 0x0a);
}

TEST_F(cpu_regs, binary_points)
{
	OPEN_WHOLE_GIC();
	EXPECT_CPU_REG_HOLDS(GICC_BPR, 0x7, 2, 7, 3, 5, 4);
	EXPECT_CPU_REG_HOLDS(GICC_ABPR, 0x7, 3, 7, 4, 5, 6);
}

/* Writes to one register do not change the others. */
TEST_F(cpu_regs, apart)
{
	uint32_t value;

	OPEN_WHOLE_GIC();
	ASSERT_OK(vgic_reg_set(self->vm.dev, CPU_REGS, 0, GICC_CTLR, 0x201));
	ASSERT_OK(vgic_reg_set(self->vm.dev, CPU_REGS, 0, GICC_PMR, 0x15));
	ASSERT_OK(vgic_reg_set(self->vm.dev, CPU_REGS, 0, GICC_BPR, 3));
	ASSERT_OK(vgic_reg_set(self->vm.dev, CPU_REGS, 0, GICC_ABPR, 5));
	ASSERT_OK(vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_CTLR, &value));
	EXPECT_RULE_WORD(holds(value == 0x201), "GICC_CTLR: 0x%x", value);
	ASSERT_OK(vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_PMR, &value));
	EXPECT_RULE_WORD(holds(value == 0x15), "GICC_PMR: 0x%x", value);
	ASSERT_OK(vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_BPR, &value));
	EXPECT_RULE_WORD(holds(value == 3), "GICC_BPR: 0x%x", value);
	ASSERT_OK(vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_ABPR, &value));
	EXPECT_RULE_WORD(holds(value == 5), "GICC_ABPR: 0x%x", value);
}

/* GICC_APR0 has a bit for each of the 32 priority levels. */
TEST_F(cpu_regs, active_priorities)
{
	OPEN_WHOLE_GIC();
	EXPECT_CPU_REG_HOLDS(GICC_APR(0), ~0U, 0, 0xffffffff, 0x80000001, 0x00010000);
}

TEST_F(cpu_regs, more_active_priorities)
{
	static const uint32_t active = 0x80000001;
	unsigned int i;
	uint32_t value;

	OPEN_WHOLE_GIC();
	for (i = 0; i < NR_APRS; i++)
		EXPECT_EACH_CALL_AND_HAS(CPU_REGS, 0, GICC_APR(i), "GICC_APR%u", i);
	ASSERT_OK(vgic_reg_set(self->vm.dev, CPU_REGS, 0, GICC_APR(0), active));
	for (i = 1; i < NR_APRS; i++) {
		if (!vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_APR(i), &value))
			EXPECT_EQ(0, value);
		vgic_reg_set(self->vm.dev, CPU_REGS, 0, GICC_APR(i), 0);
	}
	ASSERT_OK(vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_APR(0), &value));
	EXPECT_EQ(active, value);
}

TEST_F(cpu_regs, iidr)
{
	uint32_t iidr = 0;

	OPEN_WHOLE_GIC();
	EXPECT_RULE(vgic_reg_get(self->vm.dev, CPU_REGS, 0, GICC_IIDR, &iidr), "get GICC_IIDR");
	EXPECT_EQ(2, iidr >> 16 & 0xf);
	EXPECT_EQ(IMPLEMENTER_ARM, iidr & IIDR_IMPLEMENTER);
}

static const uint32_t unknown_cpu_regs[] = {
	GICC_IAR, GICC_EOIR, GICC_RPR, GICC_HPPIR, 0x020, 0x024, 0x028, 0x040, 0x0cc, 0x100,
	0x800, 0x2000, 0x80000000,
};

static const uint32_t misaligned_cpu_regs[] = { 0x01, 0x02, 0x05, 0x0a, 0xd1, 0xd2 };

TEST_F(cpu_regs, unknown_offset)
{
	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL_OF(CPU_REGS, unknown_cpu_regs);
}

TEST_F(cpu_regs, misaligned_offset)
{
	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL_OF(CPU_REGS, misaligned_cpu_regs);
}

TEST_F(cpu_regs, has_unknown_offset)
{
	OPEN_WHOLE_GIC();
	EXPECT_HAS_EACH_OF(CPU_REGS, unknown_cpu_regs);
	EXPECT_HAS_EACH_OF(CPU_REGS, misaligned_cpu_regs);
}

/* GICC_DIR is on the second page and has no state to save. */
TEST_F(cpu_regs, has_dir)
{
	OPEN_WHOLE_GIC();
	EXPECT_RULE(abi_attr_has(self->vm.dev, CPU_REGS, GICC_DIR), "GICC_DIR");
}

TEST_F(cpu_regs, before_init)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_EACH_CALL(CPU_REGS, 0, GICC_CTLR, "GICC_CTLR");
	EXPECT_EACH_CALL(CPU_REGS, 1, GICC_PMR, "GICC_PMR");
}

TEST_F(cpu_regs, while_running)
{
	struct attempts attempts = { .group = CPU_REGS };
	struct guest guest = { 0 };

	RUN_WITH_CALLS(&guest, &attempts);
	EXPECT_RULE(attempts.get, "get GICC_CTLR while the other vCPU runs");
	EXPECT_RULE(attempts.set, "set GICC_CTLR while the other vCPU runs");
}

#include "harness/rule_main.h"
