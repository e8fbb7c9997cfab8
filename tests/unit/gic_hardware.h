/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU's virtual interface for tests: list registers, acknowledge and EOI as ARM
 * IHI 0048B.b, chapter 5 has them, EOImode 0, all priorities unmasked. Written
 * from the manual, apart from the code that fills the registers.
 */
#ifndef TESTS_UNIT_GIC_HARDWARE_H
#define TESTS_UNIT_GIC_HARDWARE_H

#include <kvm/gic_state.h>

#define HW_MAX_LRS	16
#define HW_SPURIOUS	1023U
#define HW_IDLE		0x100U	/* running priority while nothing is active */

/* Fields of a list register, 5.3.8. */
#define HW_INTID(lr)	((lr) & 0x3ff)
#define HW_SOURCE(lr)	((lr) >> 10 & 7)
#define HW_PRIORITY(lr)	(((lr) >> 23 & 0x1f) << 3)
#define HW_STATE	(3U << 28)
#define HW_PENDING	(1U << 28)
#define HW_ACTIVE	(2U << 28)
#define HW_EOI		(1U << 19)
#define HW_HW		(1U << 31)

/* What GICC_IAR gives. */
#define HW_IAR(lr)	(HW_INTID(lr) | (HW_INTID(lr) < 16 ? HW_SOURCE(lr) << 10 : 0))

/**
 * struct hardware - one CPU's interface, and what its guest is about
 * @taken: what the guest has acknowledged and not ended, innermost last
 * @taken_priority: with which priorities
 */
struct hardware {
	unsigned int cpu;
	unsigned int max_lrs;
	u32 taken[64];
	u32 taken_priority[64];
	unsigned int nr_taken;
};

static inline u32 hw_running_priority(const struct hardware *hw)
{
	return hw->nr_taken ? hw->taken_priority[hw->nr_taken - 1] : HW_IDLE;
}

/* The list register that GICC_IAR would acknowledge, or NULL. */
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

/* A read of GICC_IAR. */
static inline u32 hw_ack(struct gic_state *gic, struct hardware *hw)
{
	u32 *lr = hw_best(&gic->cpu[hw->cpu], hw);

	if (!lr)
		return HW_SPURIOUS;
	*lr = (*lr & ~HW_STATE) | HW_ACTIVE;
	hw->taken_priority[hw->nr_taken] = HW_PRIORITY(*lr);
	hw->taken[hw->nr_taken++] = HW_IAR(*lr);
	return HW_IAR(*lr);
}

/*
 * A write of what was acknowledged last to GICC_EOIR: priority drop, and the end of
 * the interrupt if a list register has it; otherwise it is only counted. True if a
 * maintenance interrupt is to follow.
 */
static inline bool hw_eoi(struct gic_state *gic, struct hardware *hw)
{
	struct gic_cpu *c = &gic->cpu[hw->cpu];
	u32 iar = hw->taken[--hw->nr_taken];
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

/* Would a maintenance interrupt end the guest's stay now? For want of others, 5.3.1. */
static inline bool hw_underflow(const struct gic_cpu *c)
{
	unsigned int i, valid = 0;

	for (i = 0; i < c->nr_lrs; i++)
		valid += !!(c->lr[i] & HW_STATE);
	return c->hcr & 1U << 1 && valid <= 1;
}

/* The same for NPIE: nothing is pending, as far as the registers know. */
static inline bool hw_none_pending(const struct gic_cpu *c)
{
	unsigned int i;

	for (i = 0; i < c->nr_lrs; i++)
		if (c->lr[i] & HW_PENDING)
			return false;
	return c->hcr & 1U << 3;
}

#endif /* TESTS_UNIT_GIC_HARDWARE_H */
