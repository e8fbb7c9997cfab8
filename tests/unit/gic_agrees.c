// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares two independent implementations of a GICv2: selftests/model/gic_model.c, the model of
 * fuzz_guest, and the reference kernel's logic with a model of the virtual CPU interface.
 */
#include <kselftest_harness.h>

#include <kvm/gic_state.h>
#include <kvm/gicd_regs.h>

#include "gic_hardware.h"
#include "model/gic_choice.h"

#define ACCESSES	300000
#define LRS		4

static struct gic_state gic;
static struct gic_model model;

/* The state of a CPU interface besides the list registers, which are in gic.cpu[]. */
static struct interface {
	u32 acked[GIC_MODEL_ACKED], priority[GIC_MODEL_ACKED];
	unsigned int nr_acked, bits, mask;
	bool enabled, eoimode;
} interfaces[GIC_MODEL_VCPUS];

static void enter(unsigned int cpu)
{
	struct interface *i = &interfaces[cpu];

	gic_set_vmcr(&gic, cpu, i->mask << 24 | i->enabled | (i->eoimode ? GICH_VMCR_EOIMODE : 0));
	gic_fill(&gic, cpu, LRS);
}

static u32 running_of(const struct interface *i)
{
	return i->nr_acked ? i->priority[i->nr_acked - 1] : HW_IDLE;
}

static u32 acknowledge(unsigned int cpu)
{
	struct interface *i = &interfaces[cpu];
	u32 *best = NULL, group = 0xff << (8 - i->bits) & 0xff;
	unsigned int n;

	for (n = 0; n < gic.cpu[cpu].nr_lrs; n++) {
		u32 *lr = &gic.cpu[cpu].lr[n];

		if ((*lr & HW_STATE) == HW_PENDING && !(*lr & GICH_LR_GROUP1) &&
		    (!best || HW_PRIORITY(*lr) < HW_PRIORITY(*best)))
			best = lr;
	}
	if (!best || !i->enabled || HW_PRIORITY(*best) >= i->mask ||
	    (HW_PRIORITY(*best) & group) >= running_of(i))
		return HW_SPURIOUS;
	*best = (*best & ~HW_STATE) | HW_ACTIVE;
	i->priority[i->nr_acked] = HW_PRIORITY(*best) & group;
	i->acked[i->nr_acked++] = HW_IAR(*best);
	return HW_IAR(*best);
}

static void deactivate(unsigned int cpu, u32 iar)
{
	struct hardware hw = { .cpu = cpu, .max_lrs = LRS };

	hw_deactivate(&gic, &hw, iar);
}

static void eoi(unsigned int cpu, u32 iar)
{
	struct interface *i = &interfaces[cpu];

	if (!i->nr_acked)
		return;
	i->nr_acked--;
	if (!i->eoimode)
		deactivate(cpu, iar);
}

static u32 offset_of(const struct gic_access *a)
{
	static const u16 offsets[GIC_MODEL_REGS] = {
		[GIC_MODEL_GROUP] = GICD_IGROUPR, [GIC_MODEL_SENABLE] = GICD_ISENABLER,
		[GIC_MODEL_CENABLE] = GICD_ICENABLER, [GIC_MODEL_SPEND] = GICD_ISPENDR,
		[GIC_MODEL_CPEND] = GICD_ICPENDR, [GIC_MODEL_SACTIVE] = GICD_ISACTIVER,
		[GIC_MODEL_CACTIVE] = GICD_ICACTIVER, [GIC_MODEL_PRIORITY] = GICD_IPRIORITYR,
		[GIC_MODEL_TARGET] = GICD_ITARGETSR, [GIC_MODEL_CONFIG] = GICD_ICFGR,
		[GIC_MODEL_SSGI] = GICD_SPENDSGIR, [GIC_MODEL_CSGI] = GICD_CPENDSGIR,
	};

	switch (a->reg) {
	case GIC_MODEL_PRIORITY:
	case GIC_MODEL_TARGET:
	case GIC_MODEL_SSGI:
	case GIC_MODEL_CSGI:
		return offsets[a->reg] + a->intid;
	case GIC_MODEL_CONFIG:
		return offsets[a->reg] + a->intid / 4;
	default:
		return offsets[a->reg] + a->intid / 8;
	}
}

static u32 make_access(const struct gic_access *a)
{
	struct interface *i = &interfaces[a->cpu];

	switch (a->reg) {
	case GIC_MODEL_LINE:
		gic_set_line(&gic, a->cpu, a->intid, a->value);
		return 0;
	case GIC_MODEL_CTLR:
		if (a->write)
			gicd_write(&gic, a->cpu, GICD_CTLR, 4, a->value);
		return gicd_read(&gic, a->cpu, GICD_CTLR, 4);
	case GIC_MODEL_SGI:
		gicd_write(&gic, a->cpu, GICD_SGIR, 4, a->value);
		return 0;
	case GIC_MODEL_ACK:
		return acknowledge(a->cpu);
	case GIC_MODEL_EOI:
		eoi(a->cpu, a->value);
		return 0;
	case GIC_MODEL_DEACTIVATE:
		deactivate(a->cpu, a->value);
		return 0;
	case GIC_MODEL_PMR:
		if (a->write)
			i->mask = a->value;
		return i->mask;
	case GIC_MODEL_RPR:
		return running_of(i) > 0xff ? 0xff : running_of(i);
	case GIC_MODEL_CPU_ENABLE:
		i->enabled = a->value;
		return 0;
	case GIC_MODEL_EOIMODE:
		i->eoimode = a->value;
		return 0;
	case GIC_MODEL_BPR:
		i->bits = a->value;
		return 0;
	}
	if (a->write) {
		gicd_write(&gic, a->cpu, offset_of(a), a->width, a->value);
		return 0;
	}
	return gicd_read(&gic, a->cpu, offset_of(a), a->width);
}

/* Initializes both implementations to the same state. No vCPU runs. */
static void init_both(void)
{
	unsigned int cpu, intid;

	gic_reset(&gic, GIC_MODEL_INTIDS);
	gic.nr_vcpus = GIC_MODEL_VCPUS;
	gic.cpus = (1U << GIC_MODEL_VCPUS) - 1;
	for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++)
		for (intid = 0; intid < 32; intid++)
			gic_irq(&gic, cpu, intid)->cpu = cpu;
	gicd_write(&gic, 0, GICD_CTLR, 4, 1);
	for (intid = 32; intid < 64; intid += 16)
		gicd_write(&gic, 0, GICD_ICFGR + intid / 4, 4, 0xaaaaaaaa);
	for (intid = 32; intid < GIC_MODEL_INTIDS; intid++)
		gicd_write(&gic, 0, GICD_ITARGETSR + intid, 1, 1);
	for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
		interfaces[cpu] = (struct interface) { .bits = 5, .mask = 0xf8, .enabled = true };
		gicd_write(&gic, cpu, GICD_ISENABLER, 4, 0xffff);
		enter(cpu);
		gic_fold(&gic, cpu);
	}
	gic_model_init(&model, false, 0);
}

/* Returns whether the access returns a value that the model predicts. */
static bool agrees(const struct gic_access *access)
{
	struct gic_answer answer = gic_model_predict(&model, access);
	unsigned int cpu;
	bool in_guest;
	u32 value;

	/* Accesses to the distributor cause a guest exit, those to the CPU interface do not. */
	in_guest = access->reg >= GIC_MODEL_ACK && access->reg < GIC_MODEL_GROUP;
	if (in_guest)
		enter(access->cpu);
	value = make_access(access);
	if (in_guest)
		gic_fold(&gic, access->cpu);
	if (gic_model_moves(access))
		for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
			enter(cpu);
			gic_fold(&gic, cpu);
		}
	if (!gic_model_agrees(&answer, value)) {
		fprintf(stderr, "vCPU %u: %s of INTID %u: expected 0x%x, got 0x%x\n",
			access->cpu, gic_model_names[access->reg], access->intid, answer.value,
			value);
		return false;
	}
	if (answer.nr_choices > 1)
		gic_model_resolve(&model, access, value);
	return true;
}

TEST(agree)
{
	unsigned long acks = 0, done;
	struct gic_access access;

	init_both();
	gic_choice_begin(2012);
	for (done = 0; done < ACCESSES; ) {
		access = gic_choose(false);
		if (!gic_model_fit(&model, &access))
			continue;
		ASSERT_TRUE(agrees(&access))
			TH_LOG("access %lu", done);
		acks += access.reg == GIC_MODEL_ACK && model.cpus[access.cpu].nr_acked > 1;
		done++;
	}
	ASSERT_LT(100, acks);
}

TEST_HARNESS_MAIN
