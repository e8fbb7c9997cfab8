/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of a CPU's virtual interface: list registers, acknowledgement, EOI and deactivation (ARM
 * IHI 0048B.b, chapter 5), without a priority mask. Written from the manual, independently of the
 * code that fills the list registers.
 */
#ifndef TESTS_UNIT_GIC_HARDWARE_H
#define TESTS_UNIT_GIC_HARDWARE_H

#include <kvm/gic_state.h>

#define HW_MAX_LRS	16
#define HW_SPURIOUS	1023U
#define HW_IDLE		0x100U	/* running priority without an active interrupt */

/* Fields of a list register, 5.3.8. */
#define HW_INTID(lr)	((lr) & 0x3ff)
#define HW_SOURCE(lr)	((lr) >> 10 & 7)
#define HW_PRIORITY(lr)	(((lr) >> 23 & 0x1f) << 3)
#define HW_STATE	(3U << 28)
#define HW_PENDING	(1U << 28)
#define HW_ACTIVE	(2U << 28)
#define HW_EOI		(1U << 19)
#define HW_HW		(1U << 31)

/* The value of GICC_IAR. */
#define HW_IAR(lr)	(HW_INTID(lr) | (HW_INTID(lr) < 16 ? HW_SOURCE(lr) << 10 : 0))

/**
 * struct hardware - one CPU's virtual interface
 * @cpu:            number of the vCPU
 * @max_lrs:        number of list registers
 * @acked:          values of GICC_IAR that have had no EOI yet; the latest is the last
 * @acked_priority: priorities of the interrupts in @acked
 * @nr_acked:       number of values in @acked
 */
struct hardware {
	unsigned int cpu;
	unsigned int max_lrs;
	u32 acked[64];
	u32 acked_priority[64];
	unsigned int nr_acked;
};

static inline u32 hw_running_priority(const struct hardware *hw)
{
	return hw->nr_acked ? hw->acked_priority[hw->nr_acked - 1] : HW_IDLE;
}

/* Returns the list register that a read of GICC_IAR would acknowledge, or NULL. */
static inline u32 *hw_best(struct gic_cpu *c, const struct hardware *hw)
{
	u32 *best = NULL;
	unsigned int i;

	for (i = 0; i < c->nr_lrs; i++) {
		u32 *lr = &c->lr[i];

		if ((*lr & HW_STATE) != HW_PENDING)
			continue;
		if (HW_PRIORITY(*lr) >= hw_running_priority(hw))
			continue;
		if (!best || HW_PRIORITY(*lr) < HW_PRIORITY(*best))
			best = lr;
	}
	return best;
}

/* Reads GICC_IAR. */
static inline u32 hw_ack(struct gic_state *gic, struct hardware *hw)
{
	u32 *lr = hw_best(&gic->cpu[hw->cpu], hw);

	if (!lr)
		return HW_SPURIOUS;
	*lr = (*lr & ~HW_STATE) | HW_ACTIVE;
	hw->acked_priority[hw->nr_acked] = HW_PRIORITY(*lr);
	hw->acked[hw->nr_acked++] = HW_IAR(*lr);
	return HW_IAR(*lr);
}

/*
 * Writes the last acknowledged interrupt to GICC_EOIR: drops the priority, and deactivates the
 * interrupt if it is in a list register, otherwise increments EOICount. Returns whether that
 * raises a maintenance interrupt.
 */
static inline bool hw_eoi(struct gic_state *gic, struct hardware *hw)
{
	struct gic_cpu *c = &gic->cpu[hw->cpu];
	u32 iar = hw->acked[--hw->nr_acked];
	unsigned int i;

	for (i = 0; i < c->nr_lrs; i++) {
		u32 *lr = &c->lr[i];

		if (!(*lr & HW_ACTIVE) || HW_IAR(*lr) != iar)
			continue;
		*lr &= ~HW_ACTIVE;
		return !(*lr & HW_HW) && *lr & HW_EOI;
	}
	c->hcr += 1U << 27;	/* EOICount */
	return c->hcr & 1U << 2;	/* LRENPIE */
}

/* Writes the last acknowledged interrupt to GICC_EOIR with EOImode 1: drops the priority only. */
static inline u32 hw_drop(struct hardware *hw)
{
	return hw->acked[--hw->nr_acked];
}

/*
 * Writes @iar to GICC_DIR, with EOImode 1: deactivates the interrupt if it is in a list register,
 * otherwise increments EOICount. Returns whether that raises a maintenance interrupt.
 */
static inline bool hw_deactivate(struct gic_state *gic, struct hardware *hw, u32 iar)
{
	struct gic_cpu *c = &gic->cpu[hw->cpu];
	unsigned int i;

	for (i = 0; i < c->nr_lrs; i++) {
		u32 *lr = &c->lr[i];

		if (!(*lr & HW_ACTIVE) || HW_INTID(*lr) != (iar & 0x3ff))
			continue;
		*lr &= ~HW_ACTIVE;
		return !(*lr & (HW_STATE | HW_HW)) && *lr & HW_EOI;
	}
	c->hcr += 1U << 27;	/* EOICount */
	return c->hcr & 1U << 2;	/* LRENPIE */
}

/*
 * Returns whether GICC_CTLR @ctlr raises a maintenance interrupt: VGrp0EIE, VGrp0DIE, VGrp1EIE,
 * VGrp1DIE in bits 4 to 7, 5.3.1.
 */
static inline bool hw_group_notified(const struct gic_cpu *c, u32 ctlr)
{
	return (c->hcr & 1U << 4 && ctlr & 1) || (c->hcr & 1U << 5 && !(ctlr & 1)) ||
	       (c->hcr & 1U << 6 && ctlr & 2) || (c->hcr & 1U << 7 && !(ctlr & 2));
}

/* Returns whether the underflow maintenance interrupt is asserted (UIE, 5.3.1). */
static inline bool hw_underflow(const struct gic_cpu *c)
{
	unsigned int i, valid = 0;

	for (i = 0; i < c->nr_lrs; i++)
		valid += !!(c->lr[i] & HW_STATE);
	return c->hcr & 1U << 1 && valid <= 1;
}

/* Returns whether the "no pending" maintenance interrupt is asserted (NPIE, 5.3.1). */
static inline bool hw_none_pending(const struct gic_cpu *c)
{
	unsigned int i;

	for (i = 0; i < c->nr_lrs; i++)
		if (c->lr[i] & HW_PENDING)
			return false;
	return c->hcr & 1U << 3;
}

#endif /* TESTS_UNIT_GIC_HARDWARE_H */
