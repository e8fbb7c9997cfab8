/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A timer of the generic timer, ARM DDI 0406C, B8.1.5: a counter, a comparator and a
 * control register. Pure logic.
 */
#ifndef KVM_TIMER_STATE_H
#define KVM_TIMER_STATE_H

#include <linux/types.h>

#define TIMER_ENABLE	(1U << 0)
#define TIMER_IMASK	(1U << 1)
#define TIMER_ISTATUS	(1U << 2)

/* The timer condition, enabled or not. A 64-bit counter does not wrap. */
static inline bool timer_condition_met(u64 cval, u64 now)
{
	return now >= cval;
}

/* The level of the timer's interrupt. */
static inline bool timer_output(u32 ctl, u64 cval, u64 now)
{
	return (ctl & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE &&
	       timer_condition_met(cval, now);
}

/* True if the output is low and will rise as the counter advances, in @ticks. */
static inline bool timer_will_fire(u32 ctl, u64 cval, u64 now, u64 *ticks)
{
	if ((ctl & (TIMER_ENABLE | TIMER_IMASK)) != TIMER_ENABLE ||
	    timer_condition_met(cval, now))
		return false;
	*ticks = cval - now;
	return true;
}

/* Value of a read of the control register. */
static inline u32 timer_ctl(u32 ctl, u64 cval, u64 now)
{
	ctl &= TIMER_ENABLE | TIMER_IMASK;
	return ctl & TIMER_ENABLE && timer_condition_met(cval, now) ? ctl | TIMER_ISTATUS : ctl;
}

/* TVAL, a signed 32-bit number, counts down, and is 0 when the condition becomes met. */
static inline u32 timer_tval(u64 cval, u64 now)
{
	return cval - now;
}

/* The comparator after a write of @tval to TVAL. */
static inline u64 timer_cval_of(u32 tval, u64 now)
{
	return now + (s64)(s32)tval;
}

#endif /* KVM_TIMER_STATE_H */
