// SPDX-License-Identifier: GPL-2.0-only
/*
 * virt/kvm/arm/gic_irq.c: the states of an interrupt from its line to the guest's EOI, ARM IHI
 * 0048B.b, chapters 3 and 5.
 */
#include <kselftest_harness.h>

#include <kvm/gic_state.h>

#include "gic_hardware.h"
#include "loops.h"
#include "random.h"

#define SPI		77
#define OTHER_SPI	90
#define SGI		5
#define PPI		27

static struct gic_state gic;

/* GICH_VMCR: GICC_PMR in bits 31 to 27, GICC_CTLR's EOImode in bit 9, group enables in 1 and 0. */
#define UNMASKED	(0x1fU << 27 | 3)
#define EOI_MODE	(1U << 9)

/* A GIC that forwards everything. */
static void setup(unsigned int nr_vcpus)
{
	unsigned int cpu;

	gic_reset(&gic, 128);
	gic.nr_vcpus = nr_vcpus;
	gic.cpus = (1U << nr_vcpus) - 1;
	gic.ctlr = GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1;
	for (cpu = 0; cpu < nr_vcpus; cpu++)
		gic.cpu[cpu].vmcr = UNMASKED;
}

static struct gic_irq *irq_of(unsigned int cpu, unsigned int intid)
{
	return gic_irq(&gic, cpu, intid);
}

/* Configures and enables an interrupt. An SPI targets vCPU 0. */
static struct gic_irq *enable(unsigned int cpu, unsigned int intid, bool edge, u8 priority)
{
	struct gic_irq *irq = irq_of(cpu, intid);

	irq->enabled = true;
	irq->edge = edge;
	irq->priority = priority;
	if (intid >= GIC_NR_PRIVATE)
		irq->targets = 1;
	gic_irq_changed(&gic, irq);
	return irq;
}

static void pulse(unsigned int cpu, unsigned int intid)
{
	gic_set_line(&gic, cpu, intid, true);
	gic_set_line(&gic, cpu, intid, false);
}

static void send(unsigned int from, unsigned int to, unsigned int intid)
{
	struct gic_irq *irq = irq_of(to, intid);

	irq->sources |= 1U << from;
	gic_irq_changed(&gic, irq);
}

static void enter_guest(struct hardware *hw)
{
	gic_fill(&gic, hw->cpu, hw->max_lrs);
}

static u8 exit_guest(struct hardware *hw)
{
	return gic_fold(&gic, hw->cpu);
}

/* Runs a vCPU that acknowledges one interrupt, if any, and writes its EOI. Returns GICC_IAR. */
static u32 ack_eoi(struct hardware *hw)
{
	u32 iar;

	enter_guest(hw);
	iar = hw_ack(&gic, hw);
	if (iar != HW_SPURIOUS)
		hw_eoi(&gic, hw);
	exit_guest(hw);
	return iar;
}

static struct hardware cpu_with(unsigned int cpu, unsigned int max_lrs)
{
	return (struct hardware) { .cpu = cpu, .max_lrs = max_lrs };
}

/* ---- one interrupt ---- */

TEST(edge_is_delivered_once)
{
	struct hardware hw = cpu_with(0, 4);

	setup(2);
	enable(0, SPI, true, 0x80);
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	EXPECT_EQ(1, gic_set_line(&gic, 0, SPI, true)) TH_LOG("vCPU 0 is kicked");
	EXPECT_TRUE(gic_has_pending(&gic, 0));
	EXPECT_FALSE(gic_has_pending(&gic, 1));
	EXPECT_EQ(SPI, ack_eoi(&hw));
	EXPECT_FALSE(gic_has_pending(&gic, 0)) TH_LOG("the line is still high");
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
	gic_set_line(&gic, 0, SPI, false);
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	pulse(0, SPI);
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* 3.2.4: an edge while the interrupt is active makes it active and pending. */
TEST(edge_while_active)
{
	struct hardware hw = cpu_with(0, 4);

	setup(1);
	enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw);
	EXPECT_EQ(SPI, hw_ack(&gic, &hw));
	pulse(0, SPI);
	exit_guest(&hw);
	enter_guest(&hw);
	EXPECT_EQ(1, gic.cpu[0].nr_lrs);
	EXPECT_EQ(HW_ACTIVE | HW_PENDING, gic.cpu[0].lr[0] & HW_STATE);
	EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw)) TH_LOG("not before the EOI");
	hw_eoi(&gic, &hw);
	EXPECT_EQ(SPI, hw_ack(&gic, &hw));
	hw_eoi(&gic, &hw);
	exit_guest(&hw);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* Other vCPUs have to exit only if list registers hold part of the state. */
TEST(holders)
{
	struct hardware first = cpu_with(0, 4), second = cpu_with(1, 4);

	setup(2);
	enable(0, SPI, true, 0x80);
	enter_guest(&first);
	EXPECT_EQ(0, gic.holders) TH_LOG("no interrupt is pending");
	exit_guest(&first);
	pulse(0, SPI);
	send(0, 1, SGI);
	EXPECT_EQ(0, gic.holders) TH_LOG("no vCPU runs");
	enter_guest(&first);
	EXPECT_EQ(1, gic.holders);
	enter_guest(&second);
	EXPECT_EQ(3, gic.holders);
	exit_guest(&first);
	EXPECT_EQ(2, gic.holders);
	exit_guest(&second);
	EXPECT_EQ(0, gic.holders);
}

TEST(level_until_line_falls)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int i;

	setup(1);
	enable(0, SPI, false, 0x80);
	gic_set_line(&gic, 0, SPI, true);
	EACH(i, 3)
		EXPECT_EQ(SPI, ack_eoi(&hw)) TH_LOG("the line is high");
	gic_set_line(&gic, 0, SPI, false);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* A level-sensitive interrupt whose line falls before the acknowledgement is no longer pending. */
TEST(level_falls_in_list_register)
{
	struct hardware hw = cpu_with(0, 4);

	setup(1);
	enable(0, SPI, false, 0x80);
	gic_set_line(&gic, 0, SPI, true);
	enter_guest(&hw);
	EXPECT_EQ(1, gic_set_line(&gic, 0, SPI, false)) TH_LOG("vCPU 0 is kicked");
	exit_guest(&hw);
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* The list register must not be active and pending: the line may be low at the EOI. */
TEST(level_is_sampled_after_eoi)
{
	struct hardware hw = cpu_with(0, 4);

	setup(1);
	enable(0, SPI, false, 0x80);
	gic_set_line(&gic, 0, SPI, true);
	enter_guest(&hw);
	hw_ack(&gic, &hw);
	exit_guest(&hw);
	enter_guest(&hw);
	EXPECT_EQ(HW_ACTIVE, gic.cpu[0].lr[0] & HW_STATE);
	EXPECT_TRUE(gic.cpu[0].lr[0] & HW_EOI) TH_LOG("maintenance interrupt on EOI");
	EXPECT_TRUE(hw_eoi(&gic, &hw));
	gic_set_line(&gic, 0, SPI, false);
	exit_guest(&hw);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* A level-sensitive interrupt that a write to GICD_ISPENDR has made pending. */
static struct gic_irq *latched_level(void)
{
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, false, 0x80);
	irq->latch = true;
	gic_irq_changed(&gic, irq);
	return irq;
}

/* The interrupt stays pending until the acknowledgement. */
TEST(latch_of_level_is_cleared_by_ack)
{
	struct hardware hw = cpu_with(0, 4);

	latched_level();
	enter_guest(&hw);
	exit_guest(&hw);
	EXPECT_TRUE(gic_has_pending(&gic, 0)) TH_LOG("in a list register, but not acknowledged");
	EXPECT_EQ(SPI, ack_eoi(&hw));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* 3.2.4: the latch is cleared by the acknowledgement, not by the EOI that follows. */
TEST(latch_of_active_level_is_clear)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq = latched_level();

	enter_guest(&hw);
	EXPECT_EQ(SPI, hw_ack(&gic, &hw));
	exit_guest(&hw);
	EXPECT_TRUE(irq->active);
	EXPECT_FALSE(irq->latch);
}

/* 4.3.7: GICD_ISPENDR makes an active interrupt active and pending, whatever its line is. */
TEST(latch_of_level_while_active)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;
	unsigned int falls;

	EACH(falls, 2) {
		setup(1);
		irq = enable(0, SPI, false, 0x80);
		gic_set_line(&gic, 0, SPI, true);
		enter_guest(&hw);
		hw_ack(&gic, &hw);
		exit_guest(&hw);
		irq->latch = true;
		gic_irq_changed(&gic, irq);
		if (falls)
			gic_set_line(&gic, 0, SPI, false);
		EXPECT_FALSE(gic_has_pending(&gic, 0)) TH_LOG("the SPI is active");
		enter_guest(&hw);
		EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw));
		hw_eoi(&gic, &hw);
		gic_set_line(&gic, 0, SPI, false);
		exit_guest(&hw);
		EXPECT_EQ(SPI, ack_eoi(&hw));
		EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw)) TH_LOG("delivered once");
	}
}

TEST(disabled)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	irq->enabled = false;
	gic_irq_changed(&gic, irq);
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
	irq->enabled = true;
	EXPECT_EQ(1, gic_irq_changed(&gic, irq));
	EXPECT_EQ(SPI, ack_eoi(&hw)) TH_LOG("the SPI is still pending");
}

/* An interrupt that is disabled while in a list register is withdrawn at the next exit. */
TEST(disabled_in_list_register)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw);
	irq->enabled = false;
	EXPECT_EQ(1, gic_irq_changed(&gic, irq)) TH_LOG("vCPU 0 is kicked");
	exit_guest(&hw);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
	irq->enabled = true;
	gic_irq_changed(&gic, irq);
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* An active interrupt can be deactivated while it is disabled. */
TEST(disabled_while_active)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw);
	hw_ack(&gic, &hw);
	exit_guest(&hw);
	irq->enabled = false;
	gic_irq_changed(&gic, irq);
	enter_guest(&hw);
	EXPECT_EQ(HW_ACTIVE, gic.cpu[0].lr[0] & HW_STATE);
	hw_eoi(&gic, &hw);
	exit_guest(&hw);
	EXPECT_FALSE(irq->active);
	enter_guest(&hw);
	EXPECT_EQ(0, gic.cpu[0].nr_lrs);
}

TEST(group_enables)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, true, 0x80);
	gic.ctlr = GICD_CTLR_GROUP1;
	pulse(0, SPI);
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	irq->group1 = true;
	EXPECT_EQ(1, gic_irq_changed(&gic, irq));
	enter_guest(&hw);
	EXPECT_TRUE(gic.cpu[0].lr[0] & 1U << 30) TH_LOG("Grp1, bit 30");
	exit_guest(&hw);
	gic.ctlr = 0;
	EXPECT_EQ(0, gic_all_changed(&gic));
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	gic.ctlr = GICD_CTLR_GROUP1;
	EXPECT_EQ(1, gic_all_changed(&gic));
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* ---- targets ---- */

TEST(private_to_each)
{
	struct hardware hw0 = cpu_with(0, 4), hw1 = cpu_with(1, 4);

	setup(2);
	enable(0, PPI, false, 0x80);
	enable(1, PPI, false, 0x80);
	EXPECT_EQ(2, gic_set_line(&gic, 1, PPI, true));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw0));
	EXPECT_EQ(PPI, ack_eoi(&hw1));
}

TEST(no_target)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	irq->targets = 0;
	gic_irq_changed(&gic, irq);
	EXPECT_EQ(0, gic_set_line(&gic, 0, SPI, true));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
	irq->targets = 1;
	EXPECT_EQ(1, gic_irq_changed(&gic, irq));
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* 4.3.12: with one CPU, GICD_ITARGETSR is RAZ/WI, and all SPIs target that CPU. */
TEST(no_target_with_one_cpu)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, true, 0x80);
	irq->targets = 0;
	gic_irq_changed(&gic, irq);
	EXPECT_EQ(1, gic_set_line(&gic, 0, SPI, true));
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* Sets the upper five bits of GICC_PMR: 0 masks all interrupts, 0x1f none. */
static u8 set_mask(unsigned int cpu, u32 mask)
{
	return gic_set_vmcr(&gic, cpu, mask << 27 | 3);
}

/* 1-N: the interrupt goes to the target whose GICC_PMR does not mask it. */
TEST(target_that_masks)
{
	struct hardware hw[2] = { cpu_with(0, 4), cpu_with(1, 4) };
	struct gic_irq *irq;
	unsigned int open;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	irq->targets = 3;
	EACH(open, 2) {
		set_mask(!open, 0x10);
		set_mask(open, 0x11);
		EXPECT_EQ(1U << open, gic_set_line(&gic, 0, SPI, true));
		gic_set_line(&gic, 0, SPI, false);
		enter_guest(&hw[!open]);
		EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw[!open]));
		exit_guest(&hw[!open]);
		EXPECT_EQ(SPI, ack_eoi(&hw[open]));
	}

	/* If all targets mask the SPI, it is pending at the first one until another unmasks it. */
	set_mask(0, 0);
	set_mask(1, 0);
	pulse(0, SPI);
	EXPECT_FALSE(gic_vmcr_changes_mask(&gic.cpu[1], 0x7ffffffU)) TH_LOG("no bit of PMR");
	EXPECT_TRUE(gic_vmcr_changes_mask(&gic.cpu[1], UNMASKED));
	EXPECT_EQ(0, set_mask(1, 0x1f)) TH_LOG("the vCPU itself needs no kick");
	EXPECT_EQ(SPI, ack_eoi(&hw[1]));
	pulse(0, SPI);
	EXPECT_EQ(1, set_mask(1, 0)) TH_LOG("the SPI goes back to vCPU 0");
	EXPECT_EQ(0, set_mask(1, 0)) TH_LOG("nothing changes");
	enter_guest(&hw[1]);
	EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw[1]));
	exit_guest(&hw[1]);
	EXPECT_EQ(SPI, ack_eoi(&hw[0]));
}

/* Reasons why a target cannot acknowledge an SPI. */
enum obstacle { MASKED, GROUP_DISABLED, POWERED_OFF, OBSTACLES };

/* Turns an obstacle on or off. Returns the kick mask. */
static u8 obstruct(unsigned int cpu, enum obstacle obstacle, const struct gic_irq *irq, bool on)
{
	switch (obstacle) {
	case MASKED:
		return set_mask(cpu, on ? 0x10 : 0x1f);
	case GROUP_DISABLED:
		return gic_set_vmcr(&gic, cpu, on ? UNMASKED & ~(1U << irq->group1) : UNMASKED);
	default:
		return gic_set_power(&gic, cpu, !on);
	}
}

/*
 * The SPI goes to the target without an obstacle, even if the other target's obstacle appears while
 * the SPI is pending there. If both targets have one, the SPI waits until one of them has none.
 */
TEST(target_with_obstacle)
{
	struct hardware hw[2] = { cpu_with(0, 4), cpu_with(1, 4) };
	unsigned int obstacle, group, cpu;
	struct gic_irq *irq;

	EACH(obstacle, OBSTACLES)
	EACH(group, 2)
	EACH(cpu, 2) {
		setup(2);
		irq = enable(0, SPI, true, 0x80);
		irq->targets = 3;
		irq->group1 = group;
		obstruct(cpu, obstacle, irq, true);
		EXPECT_EQ(2U >> cpu, gic_set_line(&gic, 0, SPI, true))
			TH_LOG("obstacle %u, group %u, vCPU %u", obstacle, group, cpu);
		gic_set_line(&gic, 0, SPI, false);
		EXPECT_EQ(SPI, ack_eoi(&hw[!cpu]));

		/* The SPI is pending at vCPU 0, which can then no longer acknowledge it. */
		obstruct(cpu, obstacle, irq, false);
		pulse(0, SPI);
		EXPECT_EQ(2, obstruct(0, obstacle, irq, true)) TH_LOG("vCPU 1 is kicked");
		EXPECT_FALSE(gic_has_pending(&gic, 0));
		EXPECT_EQ(SPI, ack_eoi(&hw[1]));

		/* Neither vCPU can acknowledge it, until vCPU 1 can again. */
		obstruct(1, obstacle, irq, true);
		EXPECT_EQ(3, gic_set_line(&gic, 0, SPI, true) & 3)
			TH_LOG("all targets are kicked: one may have changed while it ran");
		gic_set_line(&gic, 0, SPI, false);
		EXPECT_FALSE(gic_has_pending(&gic, 0));
		EXPECT_FALSE(gic_has_pending(&gic, 1));
		EXPECT_EQ(obstacle == POWERED_OFF ? 2 : 0, obstruct(1, obstacle, irq, false))
			TH_LOG("the vCPU itself needs no kick");
		EXPECT_TRUE(gic_has_pending(&gic, 1));
		EXPECT_EQ(SPI, ack_eoi(&hw[1]));
	}
}

/* With a single target, there is no choice: the SPI waits until this vCPU is turned on. */
TEST(only_target_is_off)
{
	struct hardware hw = cpu_with(0, 4);

	setup(2);
	enable(0, SPI, true, 0x80);
	gic_set_power(&gic, 0, false);
	EXPECT_EQ(0, gic_set_power(&gic, 0, false)) TH_LOG("no change");
	pulse(0, SPI);
	EXPECT_FALSE(gic_has_pending(&gic, 0));
	EXPECT_FALSE(gic_has_pending(&gic, 1));
	EXPECT_EQ(1, gic_set_power(&gic, 0, true));
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/*
 * A new priority mask of vCPU 2 kicks no vCPU for an interrupt that cannot go to vCPU 2: a private
 * one, one with a single target, or one whose targets do not include vCPU 2.
 */
TEST(mask_changes_without_choice)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int runs;
	struct gic_irq *irq;

	EACH(runs, 2) {
		setup(3);
		enable(0, PPI, false, 0x80);
		enable(0, SPI, true, 0x80);
		irq = enable(0, OTHER_SPI, true, 0x80);
		irq->targets = 3;
		gic_set_line(&gic, 0, PPI, true);
		pulse(0, SPI);
		pulse(0, OTHER_SPI);
		if (runs)
			enter_guest(&hw);
		EXPECT_EQ(0, set_mask(2, 0x10)) TH_LOG("list registers: %u", runs);
		EXPECT_EQ(0, set_mask(2, 0x1f));
		if (runs)
			exit_guest(&hw);
		irq->targets = 7;
		gic_irq_changed(&gic, irq);
		EXPECT_EQ(1, set_mask(2, 0x10)) TH_LOG("vCPU 2 is a target");
	}
}

/* A running target disables the group of the SPI that is in its list register. */
TEST(group_disabled_while_running)
{
	struct hardware hw[2] = { cpu_with(0, 4), cpu_with(1, 4) };
	struct gic_irq *irq;
	unsigned int group;

	EACH(group, 2) {
		u32 disabled = UNMASKED & ~(1U << group);

		setup(2);
		irq = enable(0, SPI, true, 0x80);
		irq->targets = 3;
		irq->group1 = group;
		pulse(0, SPI);
		enter_guest(&hw[0]);
		EXPECT_FALSE(hw_group_notified(&gic.cpu[0], UNMASKED)) TH_LOG("nothing changed");
		EXPECT_TRUE(hw_group_notified(&gic.cpu[0], disabled)) TH_LOG("the vCPU exits");
		exit_guest(&hw[0]);
		EXPECT_EQ(2, gic_set_vmcr(&gic, 0, disabled)) TH_LOG("vCPU 1 is kicked");
		EXPECT_EQ(SPI, ack_eoi(&hw[1]));
	}
}

/* Both targets disable the SPI's group. The second target enables the group while it runs. */
TEST(group_enabled_while_running)
{
	struct hardware hw[2] = { cpu_with(0, 4), cpu_with(1, 4) };
	struct gic_irq *irq;
	unsigned int group;

	EACH(group, 2) {
		u32 disabled = UNMASKED & ~(1U << group);

		setup(2);
		irq = enable(0, SPI, true, 0x80);
		irq->targets = 3;
		irq->group1 = group;
		gic_set_vmcr(&gic, 0, disabled);
		gic_set_vmcr(&gic, 1, disabled);
		enter_guest(&hw[0]);
		enter_guest(&hw[1]);
		EXPECT_FALSE(hw_group_notified(&gic.cpu[1], disabled)) TH_LOG("nothing changed");
		EXPECT_EQ(3, gic_set_line(&gic, 0, SPI, true));
		EXPECT_TRUE(hw_group_notified(&gic.cpu[1], UNMASKED)) TH_LOG("the vCPU exits");
		exit_guest(&hw[0]);
		enter_guest(&hw[0]);
		EXPECT_EQ(0, gic.cpu[0].nr_lrs) TH_LOG("vCPU 0 has disabled the group");
		exit_guest(&hw[1]);
		EXPECT_EQ(0, gic_set_vmcr(&gic, 1, UNMASKED)) TH_LOG("vCPU 0 need not exit first");
		EXPECT_EQ(SPI, ack_eoi(&hw[1]));
		exit_guest(&hw[0]);
		gic_set_vmcr(&gic, 1, disabled);

		/* The same, but the first target enables the group. */
		gic_set_line(&gic, 0, SPI, false);
		pulse(0, SPI);
		EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw[1]));
		gic_set_vmcr(&gic, 0, UNMASKED);
		EXPECT_EQ(SPI, ack_eoi(&hw[0]));
	}
}

/*
 * The most urgent SPI belongs to a group that vCPU 0 has disabled. It must not take a list register
 * from any of @others SPIs of the enabled group.
 */
static void disabled_group_beside(struct __test_metadata *_metadata, unsigned int others)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int i, held = others < 4 ? others : 4;
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0);
	irq->targets = 3;
	irq->group1 = true;
	gic_set_vmcr(&gic, 0, UNMASKED & ~2U);
	gic_set_vmcr(&gic, 1, UNMASKED & ~2U);
	pulse(0, SPI);
	for (i = 1; i <= others; i++) {
		enable(0, SPI + i, true, 8 * i);
		pulse(0, SPI + i);
	}
	enter_guest(&hw);
	EXPECT_EQ(held, gic.cpu[0].nr_lrs);
	for (i = 1; i <= held; i++) {
		EXPECT_EQ(SPI + i, hw_ack(&gic, &hw)) TH_LOG("beside %u others", others);
		hw_eoi(&gic, &hw);
	}
	exit_guest(&hw);
}

TEST(disabled_group_beside_others)
{
	disabled_group_beside(_metadata, 1);
	disabled_group_beside(_metadata, 3);
	disabled_group_beside(_metadata, 6);
}

/* An SPI with one target, and a private interrupt, need no notification. */
TEST(no_group_notification_without_choice)
{
	struct hardware hw = cpu_with(0, 4);

	setup(2);
	enable(0, SPI, true, 0x80);
	enable(0, PPI, false, 0x80);
	pulse(0, SPI);
	gic_set_line(&gic, 0, PPI, true);
	enter_guest(&hw);
	EXPECT_EQ(2, gic.cpu[0].nr_lrs);
	EXPECT_FALSE(hw_group_notified(&gic.cpu[0], 0));
	exit_guest(&hw);
}

/* The SPI waits in a list register of vCPU 0, which masks it. */
TEST(owner_that_masks_releases_it)
{
	struct hardware hw[2] = { cpu_with(0, 4), cpu_with(1, 4) };
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	irq->targets = 3;
	set_mask(0, 0);
	set_mask(1, 0);
	pulse(0, SPI);
	enter_guest(&hw[0]);
	EXPECT_EQ(1, set_mask(1, 0x1f)) TH_LOG("vCPU 0, the owner, is kicked");
	EXPECT_EQ(2, exit_guest(&hw[0])) TH_LOG("vCPU 1 is kicked");
	EXPECT_EQ(SPI, ack_eoi(&hw[1]));
}

/* Numbers of vCPUs may have gaps. */
TEST(only_vcpu_is_not_the_first)
{
	struct hardware hw = cpu_with(3, 4);
	struct gic_irq *irq;

	setup(4);
	gic.cpus = 1U << 3;
	irq = enable(0, SPI, true, 0x80);
	irq->targets = 0;
	EXPECT_EQ(1U << 3, gic_set_line(&gic, 0, SPI, true)) TH_LOG("the only vCPU is the target");
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* 1-N: exactly one of several targets acknowledges the interrupt. */
TEST(several_targets)
{
	struct hardware hw[3] = { cpu_with(0, 4), cpu_with(1, 4), cpu_with(2, 4) };
	unsigned int i, acked = 0;
	struct gic_irq *irq;

	setup(3);
	irq = enable(0, SPI, true, 0x80);
	irq->targets = 6;
	pulse(0, SPI);
	EACH(i, 3)
		enter_guest(&hw[i]);
	EACH(i, 3) {
		u32 iar = hw_ack(&gic, &hw[i]);

		EXPECT_TRUE(iar == HW_SPURIOUS || i > 0) TH_LOG("vCPU 0 is not a target");
		acked += iar == SPI;
	}
	EXPECT_EQ(1, acked);
}

TEST(retargeted_while_pending)
{
	struct hardware hw0 = cpu_with(0, 4), hw1 = cpu_with(1, 4);
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	irq->targets = 2;
	EXPECT_EQ(2, gic_irq_changed(&gic, irq));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw0));
	EXPECT_EQ(SPI, ack_eoi(&hw1));
}

TEST(retargeted_in_list_register)
{
	struct hardware hw0 = cpu_with(0, 4), hw1 = cpu_with(1, 4);
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw0);
	irq->targets = 2;
	EXPECT_EQ(1, gic_irq_changed(&gic, irq)) TH_LOG("vCPU 0 is kicked first");
	enter_guest(&hw1);
	EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw1)) TH_LOG("the SPI is in vCPU 0's list register");
	exit_guest(&hw1);
	EXPECT_EQ(2, exit_guest(&hw0)) TH_LOG("vCPU 1 is kicked");
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw0));
	EXPECT_EQ(SPI, ack_eoi(&hw1));
}

/* The vCPU that acknowledged the SPI deactivates it. The next occurrence goes to the new target. */
TEST(retargeted_while_active)
{
	struct hardware hw0 = cpu_with(0, 4), hw1 = cpu_with(1, 4);
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw0);
	hw_ack(&gic, &hw0);
	exit_guest(&hw0);
	irq->targets = 2;
	gic_irq_changed(&gic, irq);
	pulse(0, SPI);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw1)) TH_LOG("active on vCPU 0");
	enter_guest(&hw0);
	EXPECT_TRUE(gic.cpu[0].lr[0] & HW_ACTIVE);
	hw_eoi(&gic, &hw0);
	EXPECT_EQ(2, exit_guest(&hw0));
	EXPECT_EQ(SPI, ack_eoi(&hw1));
}

/*
 * The same, but the guest acknowledges without an exit after its EOI: the list register must not be
 * active and pending, because the next occurrence is for the other vCPU.
 */
TEST(retargeted_while_active_and_pulsed)
{
	struct hardware hw0 = cpu_with(0, 4), hw1 = cpu_with(1, 4);
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw0);
	hw_ack(&gic, &hw0);
	exit_guest(&hw0);
	irq->targets = 2;
	gic_irq_changed(&gic, irq);
	pulse(0, SPI);
	enter_guest(&hw0);
	EXPECT_EQ(HW_ACTIVE, gic.cpu[0].lr[0] & HW_STATE);
	EXPECT_TRUE(hw_eoi(&gic, &hw0)) TH_LOG("maintenance interrupt on EOI");
	EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw0)) TH_LOG("vCPU 0 is no longer a target");
	EXPECT_EQ(2, exit_guest(&hw0));
	EXPECT_EQ(SPI, ack_eoi(&hw1));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw0));
}

/* A pulse, then a new target, while the SPI is active and pending in a list register. */
TEST(pulsed_while_active_and_retargeted)
{
	struct hardware hw0 = cpu_with(0, 4), hw1 = cpu_with(1, 4);
	struct gic_irq *irq;

	setup(2);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	enter_guest(&hw0);
	hw_ack(&gic, &hw0);
	exit_guest(&hw0);
	pulse(0, SPI);
	enter_guest(&hw0);
	EXPECT_EQ(HW_STATE, gic.cpu[0].lr[0] & HW_STATE) TH_LOG("active and pending");
	irq->targets = 2;
	EXPECT_EQ(1, gic_irq_changed(&gic, irq)) TH_LOG("vCPU 0 is kicked");
	exit_guest(&hw0);
	enter_guest(&hw0);
	hw_eoi(&gic, &hw0);
	EXPECT_EQ(HW_SPURIOUS, hw_ack(&gic, &hw0));
	EXPECT_EQ(2, exit_guest(&hw0));
	EXPECT_EQ(SPI, ack_eoi(&hw1));
}

/* ---- SGIs ---- */

/* 3.2.3: the same SGI from two CPUs is two interrupts. */
TEST(sgi_of_each_source)
{
	struct hardware hw = cpu_with(2, 4);
	u32 seen = 0;
	unsigned int i;

	setup(4);
	send(0, 2, SGI);
	send(3, 2, SGI);
	send(0, 2, SGI);
	EACH(i, 2) {
		u32 iar = ack_eoi(&hw);

		EXPECT_EQ(SGI, iar & 0x3ff);
		seen |= 1U << (iar >> 10);
	}
	EXPECT_EQ(9, seen);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* The SGI of a second source is delivered directly after the EOI of the first, not before. */
TEST(sgi_sources_wait_for_eoi)
{
	struct hardware hw = cpu_with(0, 4);

	setup(4);
	send(1, 0, SGI);
	enter_guest(&hw);
	EXPECT_EQ(SGI | 1 << 10, hw_ack(&gic, &hw));
	send(2, 0, SGI);
	exit_guest(&hw);
	enter_guest(&hw);
	EXPECT_EQ(1, gic.cpu[0].nr_lrs);
	EXPECT_EQ(HW_ACTIVE, gic.cpu[0].lr[0] & HW_STATE);
	EXPECT_EQ(1, HW_SOURCE(gic.cpu[0].lr[0])) TH_LOG("source of the active SGI");
	EXPECT_TRUE(hw_eoi(&gic, &hw)) TH_LOG("maintenance interrupt for the next");
	exit_guest(&hw);
	EXPECT_EQ(SGI | 2 << 10, ack_eoi(&hw));
}

TEST(sgi_not_acknowledged_before_exit)
{
	struct hardware hw = cpu_with(0, 4);

	setup(4);
	send(1, 0, SGI);
	enter_guest(&hw);
	exit_guest(&hw);
	EXPECT_EQ(SGI | 1 << 10, ack_eoi(&hw));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* ---- several interrupts ---- */

TEST(most_urgent_first)
{
	struct hardware hw = cpu_with(0, 2);
	unsigned int i, last = 0;

	setup(1);
	EACH(i, 16) {
		enable(0, 40 + i, true, (i * 7 % 16) << 4);
		pulse(0, 40 + i);
	}
	EACH(i, 16) {
		u32 iar = ack_eoi(&hw);

		ASSERT_NE(HW_SPURIOUS, iar) TH_LOG("%u of 16", i);
		EXPECT_LE(last, irq_of(0, iar)->priority);
		last = irq_of(0, iar)->priority;
	}
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/* 5.3.8: a list register has the upper five bits of a priority. */
TEST(priority_in_list_register)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int priority;

	for (priority = 0; priority < 256; priority += 8) {
		setup(1);
		enable(0, SPI, true, priority);
		pulse(0, SPI);
		enter_guest(&hw);
		EXPECT_EQ(priority, HW_PRIORITY(gic.cpu[0].lr[0]));
		exit_guest(&hw);
	}
}

/* 3.2.1: among equal priorities, the lowest INTID is first. */
TEST(lowest_number_first)
{
	struct hardware hw = cpu_with(0, 1);
	unsigned int i;

	setup(1);
	for (i = 127; i >= 120; i--) {
		enable(0, i, true, 0x80);
		pulse(0, i);
	}
	EACH(i, 8)
		EXPECT_EQ(120 + i, ack_eoi(&hw));
}

/* With more interrupts than list registers, an underflow interrupt causes an exit. */
TEST(overflow)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int i;

	setup(1);
	EACH(i, 4) {
		enable(0, 40 + i, true, 0x80);
		pulse(0, 40 + i);
	}
	enter_guest(&hw);
	EXPECT_EQ(4, gic.cpu[0].nr_lrs);
	EXPECT_EQ(1, gic.cpu[0].hcr) TH_LOG("all fit: En alone");
	exit_guest(&hw);
	enable(0, 44, true, 0x80);
	pulse(0, 44);
	enter_guest(&hw);
	EXPECT_EQ(4, gic.cpu[0].nr_lrs);
	EXPECT_EQ(15, gic.cpu[0].hcr) TH_LOG("En, UIE, LRENPIE, NPIE");
	EACH(i, 3) {
		EXPECT_FALSE(hw_underflow(&gic.cpu[0]));
		hw_ack(&gic, &hw);
		hw_eoi(&gic, &hw);
	}
	EXPECT_TRUE(hw_underflow(&gic.cpu[0]));
	exit_guest(&hw);
	EXPECT_EQ(0, gic.cpu[0].hcr);
	EXPECT_EQ(43, ack_eoi(&hw));
	EXPECT_EQ(44, ack_eoi(&hw));
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

/*
 * With one list register, a preempting interrupt displaces the active one, whose EOI then only
 * increments EOICount.
 */
TEST(nested_in_one_list_register)
{
	struct hardware hw = cpu_with(0, 1);

	setup(1);
	enable(0, SPI, true, 0x80);
	enable(0, OTHER_SPI, true, 0x40);
	pulse(0, SPI);
	enter_guest(&hw);
	EXPECT_EQ(SPI, hw_ack(&gic, &hw));
	exit_guest(&hw);
	pulse(0, OTHER_SPI);
	enter_guest(&hw);
	EXPECT_EQ(1, gic.cpu[0].nr_lrs);
	EXPECT_EQ(OTHER_SPI, hw_ack(&gic, &hw));
	hw_eoi(&gic, &hw);
	EXPECT_TRUE(hw_eoi(&gic, &hw)) TH_LOG("maintenance interrupt: LRENP");
	exit_guest(&hw);
	EXPECT_FALSE(irq_of(0, SPI)->active);
	EXPECT_FALSE(irq_of(0, OTHER_SPI)->active);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
	pulse(0, SPI);
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/*
 * With EOImode 1, all list registers may hold active interrupts whose priority was dropped. The
 * next pending interrupt must still be delivered.
 */
TEST(pending_beside_active_ones)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int i;

	setup(1);
	EACH(i, 6) {
		enable(0, 40 + i, true, 0x80);
		pulse(0, 40 + i);
		enter_guest(&hw);
		ASSERT_EQ(40 + i, hw_ack(&gic, &hw)) TH_LOG("%u others are active", i);
		hw.nr_acked--;	/* priority drop, and no deactivation */
		exit_guest(&hw);
		ASSERT_TRUE(irq_of(0, 40 + i)->active);
	}
}

/* The same, but the guest exits only for the maintenance interrupt that NPIE enables. */
TEST(pending_left_out)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int i;

	setup(1);
	EACH(i, 8) {
		enable(0, 40 + i, true, 0x80);
		pulse(0, 40 + i);
	}
	enter_guest(&hw);
	EACH(i, 8) {
		if (hw_none_pending(&gic.cpu[0])) {
			exit_guest(&hw);
			enter_guest(&hw);
		}
		ASSERT_EQ(40 + i, hw_ack(&gic, &hw)) TH_LOG("%u others are active", i);
		hw.nr_acked--;
	}
	exit_guest(&hw);
	enter_guest(&hw);
	EXPECT_FALSE(gic.cpu[0].hcr & 1U << 3) TH_LOG("no interrupt is left out");
}

/* ---- GICC_DIR ---- */

/* Makes SPIs 40 to 40 + @count - 1 active, with their priority dropped. */
static void make_active(struct __test_metadata *_metadata, struct hardware *hw,
			unsigned int count)
{
	unsigned int i;

	gic_set_vmcr(&gic, hw->cpu, UNMASKED | EOI_MODE);
	EACH(i, count) {
		enable(0, 40 + i, true, 0x80)->targets = 1U << hw->cpu;
		gic_irq_changed(&gic, irq_of(0, 40 + i));
		pulse(0, 40 + i);
		enter_guest(hw);
		ASSERT_EQ(40 + i, hw_ack(&gic, hw));
		hw_drop(hw);
		exit_guest(hw);
	}
}

/* A running guest writes GICC_DIR, which traps only while an active interrupt is left out. */
static void deactivate(struct hardware *hw, u32 iar)
{
	if (gic.cpu[hw->cpu].active_left_out) {
		exit_guest(hw);
		gic_deactivate(&gic, hw->cpu, iar);
		enter_guest(hw);
	} else if (hw_deactivate(&gic, hw, iar)) {
		exit_guest(hw);
		enter_guest(hw);
	}
}

#define ACTIVE	6
#define ORDERS	720

/* The @k-th interrupt in permutation number @order. Both count from 0. */
static unsigned int permuted(unsigned int order, unsigned int k)
{
	unsigned int remaining[ACTIVE], i, j;

	EACH(i, ACTIVE)
		remaining[i] = i;
	for (i = 0; ; i++) {
		unsigned int n = ACTIVE - i, pick = order % n;

		if (i == k)
			return remaining[pick];
		order /= n;
		for (j = pick; j + 1 < n; j++)
			remaining[j] = remaining[j + 1];
	}
}

/* 4.4.15: each write deactivates one interrupt, and no other. */
static void deactivate_in_order(struct __test_metadata *_metadata, unsigned int lrs,
				unsigned int order)
{
	struct hardware hw = cpu_with(0, lrs);
	u32 active = (1U << ACTIVE) - 1;
	unsigned int k, i;

	setup(1);
	make_active(_metadata, &hw, ACTIVE);
	enter_guest(&hw);
	ASSERT_EQ(lrs < ACTIVE, gic.cpu[0].active_left_out);
	EACH(k, ACTIVE) {
		unsigned int pick = permuted(order, k);

		deactivate(&hw, 40 + pick);
		active &= ~(1U << pick);
		exit_guest(&hw);
		EACH(i, ACTIVE)
			ASSERT_EQ(active >> i & 1, irq_of(0, 40 + i)->active)
				TH_LOG("order %u, after %u: %u", order, 40 + pick, 40 + i);
		enter_guest(&hw);
	}
	ASSERT_FALSE(gic.cpu[0].active_left_out);
	ASSERT_EQ(0, gic.cpu[0].nr_lrs);
	exit_guest(&hw);
}

TEST(deactivated_in_any_order)
{
	unsigned int order, lrs;

	EACH_FROM(lrs, 1, ACTIVE + 1)
	EACH(order, ORDERS)
		deactivate_in_order(_metadata, lrs, order);
}

/* GICC_DIR traps only while an active interrupt is in no list register. */
TEST(dir_is_trapped_if_any_is_left_out)
{
	struct hardware hw = cpu_with(1, 4);

	setup(2);
	make_active(_metadata, &hw, 4);
	enter_guest(&hw);
	EXPECT_FALSE(gic.cpu[1].active_left_out) TH_LOG("four active, four list registers");
	EXPECT_FALSE(gic_any_active_left_out(&gic));
	exit_guest(&hw);
	enable(0, 50, true, 0x80)->targets = 2;
	pulse(0, 50);
	enter_guest(&hw);
	EXPECT_TRUE(gic.cpu[1].active_left_out) TH_LOG("a pending one displaces an active one");
	EXPECT_TRUE(gic_any_active_left_out(&gic));
	exit_guest(&hw);
	EXPECT_TRUE(gic_any_active_left_out(&gic)) TH_LOG("until the next guest entry");
	gic_deactivate(&gic, 1, 41);
	enter_guest(&hw);
	EXPECT_FALSE(gic_any_active_left_out(&gic));
	exit_guest(&hw);
}

TEST(none_active_none_left_out)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int i;

	setup(1);
	EACH(i, 6) {
		enable(0, 40 + i, true, 0x80);
		pulse(0, 40 + i);
	}
	enter_guest(&hw);
	EXPECT_FALSE(gic.cpu[0].active_left_out) TH_LOG("six pending, none active");
	exit_guest(&hw);
	EACH(i, 6)
		irq_of(0, 40 + i)->latch = false;
	gic.cpu[0].active_left_out = true;
	gic_fill_none(&gic.cpu[0]);
	EXPECT_FALSE(gic.cpu[0].active_left_out);
}

TEST(dir_without_effect)
{
	struct hardware hw1 = cpu_with(1, 4);
	struct gic_irq *irq;

	setup(2);
	make_active(_metadata, &hw1, 2);
	gic_set_vmcr(&gic, 0, UNMASKED | EOI_MODE);
	gic_deactivate(&gic, 0, 40);
	EXPECT_TRUE(irq_of(0, 40)->active) TH_LOG("active on the other vCPU");
	gic_deactivate(&gic, 1, 42);
	gic_deactivate(&gic, 1, 127);
	gic_deactivate(&gic, 1, 128);
	gic_deactivate(&gic, 1, 1023);
	EXPECT_TRUE(irq_of(0, 40)->active && irq_of(0, 41)->active) TH_LOG("other INTIDs");
	gic_set_vmcr(&gic, 1, UNMASKED);
	gic_deactivate(&gic, 1, 40);
	EXPECT_TRUE(irq_of(0, 40)->active) TH_LOG("no effect with EOImode 0");
	gic_set_vmcr(&gic, 1, UNMASKED | EOI_MODE);
	gic_deactivate(&gic, 1, ~0x3ffU | 40);
	EXPECT_FALSE(irq_of(0, 40)->active) TH_LOG("the INTID is in bits 9 to 0");

	/* An SPI made active by GICD_ISACTIVER has no vCPU: its target's list registers get it. */
	irq = enable(0, 50, true, 0x80);
	irq->active = true;
	gic_irq_changed(&gic, irq);
	gic_deactivate(&gic, 1, 50);
	EXPECT_TRUE(irq->active);
	gic_deactivate(&gic, 0, 50);
	EXPECT_FALSE(irq->active);
}

/* After the deactivation, the next target is kicked and the deactivation recorded. */
TEST(dir_deactivates)
{
	struct hardware hw = cpu_with(0, 1);
	unsigned int intid = 0;
	u8 kick_mask = 0;

	setup(2);
	make_active(_metadata, &hw, 2);
	pulse(0, 40);
	irq_of(0, 40)->targets = 2;
	EXPECT_EQ(2, gic_deactivate(&gic, 0, 40)) TH_LOG("vCPU 1 is the next target");
	irq_of(0, 41)->edge = false;
	irq_of(0, 41)->eoi_notify = true;
	gic_deactivate(&gic, 0, 41);
	EXPECT_TRUE(gic_next_deactivated(&gic, &intid, &kick_mask));
	EXPECT_EQ(41, intid);

	/* A write to GICC_DIR names an SGI's source. Only one source is active at a time here. */
	enable(0, SGI, true, 0x80);
	send(1, 0, SGI);
	enter_guest(&hw);
	EXPECT_EQ(SGI | 1 << 10, hw_ack(&gic, &hw));
	hw_drop(&hw);
	exit_guest(&hw);
	gic_deactivate(&gic, 0, SGI | 1 << 10);
	EXPECT_FALSE(irq_of(0, SGI)->active);
}

/* ---- wake-up ---- */

TEST(active_wakes_no_vcpu)
{
	struct hardware hw = cpu_with(0, 4);

	setup(1);
	enable(0, SPI, false, 0x80);
	gic_set_line(&gic, 0, SPI, true);
	EXPECT_TRUE(gic_has_pending(&gic, 0));
	enter_guest(&hw);
	hw_ack(&gic, &hw);
	exit_guest(&hw);
	EXPECT_FALSE(gic_has_pending(&gic, 0)) TH_LOG("active, its line still high");
}

/* 4.4.2: only an interrupt of higher priority than the mask is signalled. */
TEST(masked_wakes_no_vcpu)
{
	setup(1);
	enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	gic.cpu[0].vmcr = 0x10U << 27 | 3;
	EXPECT_FALSE(gic_has_pending(&gic, 0)) TH_LOG("0x80, masked by 0x80");
	gic.cpu[0].vmcr = 0x11U << 27 | 3;
	EXPECT_TRUE(gic_has_pending(&gic, 0)) TH_LOG("0x80, and a mask of 0x88");
	gic.cpu[0].vmcr = 3;
	EXPECT_FALSE(gic_has_pending(&gic, 0));
}

/* 4.4.1: interrupts of a group that GICC_CTLR disables are not signalled. */
TEST(disabled_group_wakes_no_vcpu)
{
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, SPI, true, 0x80);
	pulse(0, SPI);
	gic.cpu[0].vmcr = UNMASKED & ~1U;
	EXPECT_FALSE(gic_has_pending(&gic, 0)) TH_LOG("group 0; only group 1 is enabled");
	irq->group1 = true;
	EXPECT_TRUE(gic_has_pending(&gic, 0));
	gic.cpu[0].vmcr = UNMASKED & ~2U;
	EXPECT_FALSE(gic_has_pending(&gic, 0)) TH_LOG("group 1; only group 0 is enabled");
}

/* An EOI without an active interrupt has no effect on later interrupts. */
TEST(eoi_without_active)
{
	struct hardware hw = cpu_with(0, 4);

	setup(1);
	enable(0, SPI, true, 0x80);
	enter_guest(&hw);
	hw.nr_acked = 1;
	hw_eoi(&gic, &hw);
	pulse(0, SPI);
	exit_guest(&hw);
	EXPECT_EQ(SPI, ack_eoi(&hw));
}

/* ---- mapped (HW) interrupts ---- */

TEST(hardware_interrupt)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;

	setup(1);
	irq = enable(0, PPI, false, 0x80);
	irq->hw = 27;
	gic_set_line(&gic, 0, PPI, true);
	enter_guest(&hw);
	EXPECT_TRUE(gic.cpu[0].lr[0] & HW_HW);
	EXPECT_EQ(27, gic.cpu[0].lr[0] >> 10 & 0x3ff) TH_LOG("PhysicalID");
	EXPECT_EQ(PPI, hw_ack(&gic, &hw));
	EXPECT_FALSE(hw_eoi(&gic, &hw)) TH_LOG("the hardware deactivates the PPI");
	exit_guest(&hw);
}

/* ---- EOI notification ---- */

TEST(eoi_notify)
{
	struct hardware hw = cpu_with(0, 4);
	struct gic_irq *irq;
	unsigned int intid = 0;
	u8 kick_mask = 0;

	setup(1);
	irq = enable(0, SPI, false, 0x80);
	irq->eoi_notify = true;
	gic_set_line(&gic, 0, SPI, true);
	enter_guest(&hw);
	hw_ack(&gic, &hw);
	exit_guest(&hw);
	EXPECT_FALSE(gic_next_deactivated(&gic, &intid, &kick_mask)) TH_LOG("still active");
	enter_guest(&hw);
	hw_eoi(&gic, &hw);
	exit_guest(&hw);
	EXPECT_TRUE(gic.any_deactivated);
	EXPECT_TRUE(gic_next_deactivated(&gic, &intid, &kick_mask));
	EXPECT_EQ(SPI, intid);
	EXPECT_FALSE(irq->line) TH_LOG("the line is low until the device raises it again");
	EXPECT_FALSE(gic_next_deactivated(&gic, &intid, &kick_mask)) TH_LOG("reported once");
	EXPECT_FALSE(gic.any_deactivated);
	EXPECT_EQ(HW_SPURIOUS, ack_eoi(&hw));
}

TEST(eoi_notify_in_no_list_register)
{
	struct hardware hw = cpu_with(0, 1);
	unsigned int intid = 0;
	u8 kick_mask = 0;

	setup(1);
	enable(0, SPI, false, 0x80)->eoi_notify = true;
	enable(0, OTHER_SPI, true, 0x40);
	gic_set_line(&gic, 0, SPI, true);
	enter_guest(&hw);
	hw_ack(&gic, &hw);
	exit_guest(&hw);
	pulse(0, OTHER_SPI);
	enter_guest(&hw);
	hw_ack(&gic, &hw);
	hw_eoi(&gic, &hw);
	hw_eoi(&gic, &hw);
	exit_guest(&hw);
	EXPECT_TRUE(gic_next_deactivated(&gic, &intid, &kick_mask));
	EXPECT_EQ(SPI, intid);
}

TEST(no_eoi_notify)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int intid = 0;
	u8 kick_mask = 0;

	setup(1);
	enable(0, SPI, false, 0x80);
	enable(0, OTHER_SPI, true, 0x80)->eoi_notify = true;
	gic_set_line(&gic, 0, SPI, true);
	gic_set_line(&gic, 0, OTHER_SPI, true);
	EXPECT_EQ(SPI, ack_eoi(&hw));
	gic_set_line(&gic, 0, SPI, false);
	EXPECT_EQ(OTHER_SPI, ack_eoi(&hw));
	EXPECT_FALSE(gic.any_deactivated);
	EXPECT_FALSE(gic_next_deactivated(&gic, &intid, &kick_mask));
}

TEST(eoi_notify_turned_off)
{
	struct hardware hw = cpu_with(0, 4);
	unsigned int intid = 0;
	u8 kick_mask = 0;

	setup(1);
	enable(0, SPI, false, 0x80);
	EXPECT_FALSE(gic_set_eoi_notify(&gic, SPI, true));
	gic_set_line(&gic, 0, SPI, true);
	EXPECT_EQ(SPI, ack_eoi(&hw));
	EXPECT_TRUE(gic.any_deactivated);
	EXPECT_TRUE(gic_set_eoi_notify(&gic, SPI, false));
	EXPECT_FALSE(gic_set_eoi_notify(&gic, SPI, true));
	EXPECT_FALSE(gic_next_deactivated(&gic, &intid, &kick_mask)) TH_LOG("not reported");
	EXPECT_TRUE(irq_of(0, SPI)->line) TH_LOG("the line is as the device has set it");
}

/* ---- random sequences ---- */

#define CPUS	3
#define SPIS	6
#define FIRST	40

/*
 * Edges, SGIs, guest entries and exits in random order, on vCPUs that have few list registers and
 * nest interrupts. No interrupt may be lost, duplicated or delivered to the wrong vCPU.
 */
struct world {
	struct hardware hw[CPUS];
	bool running[CPUS];
	unsigned int requested[SPIS], delivered[SPIS];
	unsigned int sgis_sent[CPUS][CPUS], sgis_acked[CPUS][CPUS];
};

static void world_ack(struct __test_metadata *_metadata, struct world *w, unsigned int cpu)
{
	u32 iar = hw_ack(&gic, &w->hw[cpu]);
	unsigned int intid = iar & 0x3ff;

	if (iar == HW_SPURIOUS)
		return;
	if (intid == SGI) {
		unsigned int from = iar >> 10;

		w->sgis_acked[cpu][from]++;
		ASSERT_LE(w->sgis_acked[cpu][from], w->sgis_sent[cpu][from]);
		return;
	}
	ASSERT_LE(FIRST, intid);
	ASSERT_LT(intid, FIRST + SPIS);
	w->delivered[intid - FIRST]++;
	ASSERT_LE(w->delivered[intid - FIRST], w->requested[intid - FIRST]);
	ASSERT_TRUE(irq_of(0, intid)->targets >> cpu & 1);
}

static void world_run(struct world *w, unsigned int cpu, bool run)
{
	if (w->running[cpu] == run)
		return;
	w->running[cpu] = run;
	if (run)
		enter_guest(&w->hw[cpu]);
	else
		exit_guest(&w->hw[cpu]);
}

static void world_step(struct __test_metadata *_metadata, struct world *w, u64 *random)
{
	unsigned int cpu = random_below(random, CPUS);
	unsigned int spi = random_below(random, SPIS);
	unsigned int from = random_below(random, CPUS);

	switch (random_below(random, 6)) {
	case 0:
		w->requested[spi]++;
		pulse(0, FIRST + spi);
		break;
	case 1:
		w->sgis_sent[cpu][from]++;
		send(from, cpu, SGI);
		break;
	case 2:
	case 3:
		if (w->running[cpu] && w->hw[cpu].nr_acked < 8)
			world_ack(_metadata, w, cpu);
		break;
	case 4:
		if (w->running[cpu] && w->hw[cpu].nr_acked)
			hw_eoi(&gic, &w->hw[cpu]);
		break;
	case 5:
		world_run(w, cpu, !w->running[cpu]);
		break;
	}
}

/* Deactivates all active interrupts and acknowledges all that are still pending. */
static void world_drain(struct __test_metadata *_metadata, struct world *w)
{
	unsigned int cpu, i;

	EACH(i, 60)
	EACH(cpu, CPUS) {
		world_run(w, cpu, false);
		world_run(w, cpu, true);
		while (w->hw[cpu].nr_acked)
			hw_eoi(&gic, &w->hw[cpu]);
		world_ack(_metadata, w, cpu);
		while (w->hw[cpu].nr_acked)
			hw_eoi(&gic, &w->hw[cpu]);
		world_run(w, cpu, false);
	}
}

TEST(none_lost_none_duplicated)
{
	u64 random = 3;
	unsigned int run, i, cpu;

	EACH(run, 1000) {
		struct world w = { 0 };
		unsigned int steps = random_below(&random, 80);

		setup(CPUS);
		EACH(cpu, CPUS) {
			w.hw[cpu] = cpu_with(cpu, 1 + random_below(&random, 4));
			enable(cpu, SGI, true, random_below(&random, 32) << 3);
		}
		EACH(i, SPIS) {
			enable(0, FIRST + i, true, random_below(&random, 32) << 3);
			irq_of(0, FIRST + i)->targets = 1 + random_below(&random, 7);
		}
		EACH(i, steps)
			world_step(_metadata, &w, &random);
		world_drain(_metadata, &w);

		EACH(i, SPIS)
			ASSERT_EQ(!!w.requested[i], !!w.delivered[i])
				TH_LOG("run %u, SPI %u", run, i);
		EACH(cpu, CPUS)
		EACH(i, CPUS)
			ASSERT_EQ(!!w.sgis_sent[cpu][i], !!w.sgis_acked[cpu][i])
				TH_LOG("run %u, SGI from %u to %u", run, i, cpu);
		EACH(cpu, CPUS) {
			ASSERT_FALSE(gic_has_pending(&gic, cpu)) TH_LOG("run %u", run);
			enter_guest(&w.hw[cpu]);
			ASSERT_EQ(0, gic.cpu[cpu].nr_lrs) TH_LOG("run %u: none may be left", run);
		}
	}
}

TEST_HARNESS_MAIN
