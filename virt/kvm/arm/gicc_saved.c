// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU interface's registers for user space. Their state is in the saved GICH_VMCR and GICH_APR
 * of a vCPU, which is not running. ARM IHI 0048B.b, 4.4 and 5.3.3.
 */
#include <linux/kernel.h>

#include <kvm/gic_state.h>

#define GICC_CTLR		0x00
#define GICC_PMR		0x04
#define GICC_BPR		0x08
#define GICC_ABPR		0x1c
#define GICC_APR		0xd0	/* first of four; the others have no bits */
#define GICC_IIDR		0xfc

/* Implementer ARM, architecture version 2, our own product id: 4.4.14. */
#define IIDR_VALUE		(0x076U << 20 | 2U << 16 | 0x43b)

/* GICC_CTLR: group enables, AckCtl, FIQEn, CBPR, EOImode. GICH_VMCR has the same layout. */
#define CTLR_BITS		0x21fU

/**
 * struct saved_reg - a register, and the field that holds its state
 * @offset: in the CPU interface
 * @apr:    the field is in GICH_APR, not in GICH_VMCR
 * @shift:  lowest bit of the field
 * @mask:   of the field, shifted right by @shift; 0: there is no field
 * @fixed:  value of a read-only register
 */
struct saved_reg {
	u16 offset;
	bool apr;
	u8 shift;
	u32 mask;
	u32 fixed;
};

/* User space's GICC_PMR is shifted right by three bits: a bug of the first KVM, and ABI since. */
static const struct saved_reg regs[] = {
	{ .offset = GICC_CTLR, .mask = CTLR_BITS },
	{ .offset = GICC_PMR, .mask = 0x1f, .shift = 27 },
	{ .offset = GICC_BPR, .mask = 0x7, .shift = 21 },
	{ .offset = GICC_ABPR, .mask = 0x7, .shift = 18 },
	{ .offset = GICC_APR, .mask = ~0U, .apr = true },
	{ .offset = GICC_APR + 4 },
	{ .offset = GICC_APR + 8 },
	{ .offset = GICC_APR + 12 },
	{ .offset = GICC_IIDR, .fixed = IIDR_VALUE },
};

static const struct saved_reg *find(u32 offset)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		if (regs[i].offset == offset)
			return &regs[i];
	return NULL;
}

bool gicc_saved_exists(u32 offset)
{
	return find(offset);
}

u32 gicc_saved_get(struct gic_state *gic, unsigned int cpu, u32 offset)
{
	const struct saved_reg *reg = find(offset);
	const struct gic_cpu *c = &gic->cpu[cpu];

	if (!reg)
		return 0;
	return reg->fixed | ((reg->apr ? c->apr : c->vmcr) >> reg->shift & reg->mask);
}

void gicc_saved_set(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value)
{
	const struct saved_reg *reg = find(offset);
	struct gic_cpu *c = &gic->cpu[cpu];
	u32 word;

	if (!reg)
		return;
	word = ((reg->apr ? c->apr : c->vmcr) & ~(reg->mask << reg->shift)) |
	       (value & reg->mask) << reg->shift;
	if (reg->apr)
		c->apr = word;
	else	/* No vCPU is running, so none has to be kicked. */
		gic_set_vmcr(gic, cpu, word);
}
