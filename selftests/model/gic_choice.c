// SPDX-License-Identifier: GPL-2.0-only
#include "fuzzing.h"
#include "gic_choice.h"

const char * const gic_model_names[GIC_MODEL_REGS] = {
	[GIC_MODEL_LINE] = "line",
	[GIC_MODEL_CTLR] = "CTLR",
	[GIC_MODEL_SGI] = "SGIR",
	[GIC_MODEL_ACK] = "IAR",
	[GIC_MODEL_EOI] = "EOIR",
	[GIC_MODEL_DEACTIVATE] = "DIR",
	[GIC_MODEL_PMR] = "PMR",
	[GIC_MODEL_RPR] = "RPR",
	[GIC_MODEL_CPU_ENABLE] = "enable of the CPU interface",
	[GIC_MODEL_EOIMODE] = "EOImode",
	[GIC_MODEL_BPR] = "bits of group priority",
	[GIC_MODEL_GROUP] = "IGROUPR",
	[GIC_MODEL_SENABLE] = "ISENABLER",
	[GIC_MODEL_CENABLE] = "ICENABLER",
	[GIC_MODEL_SPEND] = "ISPENDR",
	[GIC_MODEL_CPEND] = "ICPENDR",
	[GIC_MODEL_SACTIVE] = "ISACTIVER",
	[GIC_MODEL_CACTIVE] = "ICACTIVER",
	[GIC_MODEL_PRIORITY] = "IPRIORITYR",
	[GIC_MODEL_TARGET] = "ITARGETSR or IROUTER",
	[GIC_MODEL_CONFIG] = "ICFGR",
	[GIC_MODEL_SSGI] = "SPENDSGIR",
	[GIC_MODEL_CSGI] = "CPENDSGIR",
};

static unsigned int cpu;

void gic_choice_begin(uint32_t seed)
{
	chance_begin(seed);
	cpu = 0;
}

/* Relative frequency of accesses to each register, and the percentage of writes. */
static const struct {
	uint8_t weight, writes;
} regs[GIC_MODEL_REGS] = {
	[GIC_MODEL_LINE] = { 5, 100 },
	[GIC_MODEL_CTLR] = { 2, 50 },
	[GIC_MODEL_SGI] = { 6, 100 },
	[GIC_MODEL_ACK] = { 14, 0 },
	[GIC_MODEL_EOI] = { 12, 100 },
	[GIC_MODEL_DEACTIVATE] = { 6, 100 },
	[GIC_MODEL_PMR] = { 4, 60 },
	[GIC_MODEL_RPR] = { 3, 0 },
	[GIC_MODEL_CPU_ENABLE] = { 2, 100 },
	[GIC_MODEL_EOIMODE] = { 1, 100 },
	[GIC_MODEL_BPR] = { 1, 100 },
	[GIC_MODEL_GROUP] = { 2, 50 },
	[GIC_MODEL_SENABLE] = { 8, 80 },
	[GIC_MODEL_CENABLE] = { 4, 80 },
	[GIC_MODEL_SPEND] = { 10, 60 },
	[GIC_MODEL_CPEND] = { 5, 60 },
	[GIC_MODEL_SACTIVE] = { 3, 40 },
	[GIC_MODEL_CACTIVE] = { 3, 60 },
	[GIC_MODEL_PRIORITY] = { 10, 80 },
	[GIC_MODEL_TARGET] = { 2, 70 },
	[GIC_MODEL_CONFIG] = { 3, 70 },
	[GIC_MODEL_SSGI] = { 3, 50 },
	[GIC_MODEL_CSGI] = { 2, 50 },
};

static unsigned int some_reg(bool v3)
{
	unsigned int reg, total = 0, at;

	for (reg = 0; reg < GIC_MODEL_REGS; reg++)
		total += regs[reg].weight;
	do {
		at = chance(total);
		for (reg = 0; at >= regs[reg].weight; reg++)
			at -= regs[reg].weight;
	} while (v3 && (reg == GIC_MODEL_SSGI || reg == GIC_MODEL_CSGI));
	return reg;
}

/* Mostly a value with a few bits set. */
static uint32_t some_value(void)
{
	uint32_t value = 1U << chance(32);

	if (once_in(2))
		value |= 1U << chance(32) | 1U << chance(32);
	if (once_in(6))
		value = chance(UINT32_MAX);
	if (once_in(12))
		value = once_in(2) ? 0 : UINT32_MAX;
	return value;
}

/* Chooses the first INTID that is accessed, and the width of some accesses. */
static void choose_place(struct gic_access *access, bool v3)
{
	unsigned int step;

	switch (access->reg) {
	case GIC_MODEL_PRIORITY:
		access->intid = chance(GIC_MODEL_INTIDS);
		access->width = once_in(2) ? 1 : 4;
		break;
	case GIC_MODEL_TARGET:
		access->intid = 32 + chance(GIC_MODEL_SPIS);
		access->width = v3 || once_in(2) ? 4 : 1;
		break;
	case GIC_MODEL_SSGI:
	case GIC_MODEL_CSGI:
		access->intid = chance(16);
		access->width = once_in(2) ? 1 : 4;
		break;
	case GIC_MODEL_CONFIG:
		access->intid = 16 * chance(GIC_MODEL_INTIDS / 16);
		return;
	default:
		access->intid = 32 * chance(GIC_MODEL_INTIDS / 32);
		return;
	}
	step = v3 && access->reg == GIC_MODEL_TARGET ? 1 : access->width;
	access->intid -= access->intid % step;
}

struct gic_access gic_choose(bool v3)
{
	struct gic_access access = { .width = 4 };

	if (once_in(12))
		cpu = chance(GIC_MODEL_VCPUS);
	access.cpu = cpu;
	access.reg = some_reg(v3);
	access.write = chance(100) < regs[access.reg].writes;
	access.value = access.reg == GIC_MODEL_PRIORITY || access.reg == GIC_MODEL_TARGET ||
		       access.reg == GIC_MODEL_SGI || access.reg <= GIC_MODEL_CTLR ?
		       chance(UINT32_MAX) : some_value();
	access.frame = once_in(4) ? chance(GIC_MODEL_VCPUS) : cpu;
	switch (access.reg) {
	case GIC_MODEL_LINE:
		access.cpu = chance(GIC_MODEL_VCPUS);
		access.intid = once_in(3) ? 18 + chance(4) : 32 + chance(GIC_MODEL_SPIS);
		break;
	case GIC_MODEL_CTLR:	/* mostly enabled */
	case GIC_MODEL_CPU_ENABLE:
		access.value = !once_in(6);
		break;
	case GIC_MODEL_PMR:
		access.value = once_in(2) ? 0xf8 : access.value;
		break;
	case GIC_MODEL_BPR:
		access.value = once_in(2) ? 4 : access.value;	/* five bits, see gic_model_fit() */
		break;
	default:
		if (access.reg >= GIC_MODEL_GROUP)
			choose_place(&access, v3);
	}
	return access;
}
