// SPDX-License-Identifier: GPL-2.0-only
/*
 * virt/kvm/arm/gicc_saved.c: the CPU interface's registers for save and restore, and their
 * fields in GICH_VMCR, ARM IHI 0048B.b, 4.4 and 5.3.3.
 */
#include <kselftest_harness.h>

#include <kvm/gic_state.h>

#include "loops.h"
#include "random.h"

#define CTLR	0x00
#define PMR	0x04
#define BPR	0x08
#define ABPR	0x1c
#define APR	0xd0
#define IIDR	0xfc

#define CPU	2

static struct gic_state gic;

/* Bits of registers and their bits in GICH_VMCR. */
static const struct bit {
	u32 offset;
	unsigned int bit, vmcr;
} bits[] = {
	{ CTLR, 0, 0 }, { CTLR, 1, 1 }, { CTLR, 2, 2 }, { CTLR, 3, 3 }, { CTLR, 4, 4 },
	{ CTLR, 9, 9 },
	{ ABPR, 0, 18 }, { ABPR, 1, 19 }, { ABPR, 2, 20 },
	{ BPR, 0, 21 }, { BPR, 1, 22 }, { BPR, 2, 23 },
	/* KVM's format of GICC_PMR has the five bits shifted down by three. */
	{ PMR, 0, 27 }, { PMR, 1, 28 }, { PMR, 2, 29 }, { PMR, 3, 30 }, { PMR, 4, 31 },
};

TEST(each_bit)
{
	unsigned int i;

	EACH(i, ARRAY_SIZE(bits)) {
		const struct bit *b = &bits[i];

		gic_reset(&gic, 128);
		gicc_saved_set(&gic, CPU, b->offset, 1U << b->bit);
		EXPECT_EQ(1U << b->vmcr, gic.cpu[CPU].vmcr)
			TH_LOG("register 0x%x, bit %u", b->offset, b->bit);
		EXPECT_EQ(1U << b->bit, gicc_saved_get(&gic, CPU, b->offset));
		EXPECT_EQ(0, gic.cpu[0].vmcr) TH_LOG("each vCPU has its own");
	}
}

/* Unimplemented bits are ignored and do not spill into other fields. */
TEST(other_bits)
{
	static const u32 offsets[] = { CTLR, PMR, BPR, ABPR };
	unsigned int o, i;

	EACH(o, ARRAY_SIZE(offsets)) {
		u32 value = 0, vmcr = 0;

		EACH(i, ARRAY_SIZE(bits)) {
			if (bits[i].offset != offsets[o])
				continue;
			value |= 1U << bits[i].bit;
			vmcr |= 1U << bits[i].vmcr;
		}
		gic_reset(&gic, 128);
		gicc_saved_set(&gic, CPU, offsets[o], ~0U);
		EXPECT_EQ(vmcr, gic.cpu[CPU].vmcr) TH_LOG("register 0x%x", offsets[o]);
		EXPECT_EQ(value, gicc_saved_get(&gic, CPU, offsets[o]));
	}
}

/* Setting a register does not change others, and it can be cleared. */
TEST(independent)
{
	static const u32 offsets[] = { CTLR, PMR, BPR, ABPR, APR };
	unsigned int o, i;

	gic_reset(&gic, 128);
	EACH(o, ARRAY_SIZE(offsets))
		gicc_saved_set(&gic, CPU, offsets[o], ~0U);
	EACH(o, ARRAY_SIZE(offsets)) {
		u32 before[ARRAY_SIZE(offsets)];

		EACH(i, ARRAY_SIZE(offsets))
			before[i] = gicc_saved_get(&gic, CPU, offsets[i]);
		gicc_saved_set(&gic, CPU, offsets[o], 0);
		EACH(i, ARRAY_SIZE(offsets))
			EXPECT_EQ(i == o ? 0 : before[i], gicc_saved_get(&gic, CPU, offsets[i]))
				TH_LOG("0x%x, after 0x%x was cleared", offsets[i], offsets[o]);
	}
}

TEST(active_priorities)
{
	gic_reset(&gic, 128);
	gicc_saved_set(&gic, CPU, APR, 0x80000001);
	EXPECT_EQ(0x80000001, gic.cpu[CPU].apr);
	EXPECT_EQ(0, gic.cpu[CPU].vmcr);
	EXPECT_EQ(0x80000001, gicc_saved_get(&gic, CPU, APR));
	EXPECT_EQ(0, gicc_saved_get(&gic, 0, APR));
}

TEST(existing_registers)
{
	struct gic_state before;
	u32 offset;

	gic_reset(&gic, 128);
	gic.cpu[CPU].vmcr = ~0U;
	gic.cpu[CPU].apr = ~0U;
	before = gic;
	EACH(offset, 0x2004) {
		bool state = offset == CTLR || offset == PMR || offset == BPR ||
			     offset == ABPR || offset == APR;
		bool no_state = offset == APR + 4 || offset == APR + 8 ||
				offset == APR + 12 || offset == IIDR;

		EXPECT_EQ(state || no_state, gicc_saved_exists(offset)) TH_LOG("0x%x", offset);
		if (state)
			continue;
		EXPECT_EQ(offset == IIDR ? 0x0762043b : 0, gicc_saved_get(&gic, CPU, offset))
			TH_LOG("0x%x", offset);
		gicc_saved_set(&gic, CPU, offset, ~0U);
		gicc_saved_set(&gic, CPU, offset, 0);
	}
	EXPECT_EQ(0, memcmp(&before, &gic, sizeof(gic)));
}

TEST_HARNESS_MAIN
