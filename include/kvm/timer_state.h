/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A timer of the generic timer, ARM DDI 0406C, B8.1.5: a counter, a value that it
 * is compared with, and a control register. Pure logic.
 */
#ifndef KVM_TIMER_STATE_H
#define KVM_TIMER_STATE_H

#include <linux/types.h>

#define TIMER_ENABLE	(1U << 0)
#define TIMER_IMASK	(1U << 1)
#define TIMER_ISTATUS	(1U << 2)

/* Its condition, whether it is enabled or not: counters wrap in no one's life. */
static inline bool timer_met(u64 cval, u64 now)
{
	return now >= cval;
}

/* The level of its interrupt. */
static inline bool timer_output(u32 ctl, u64 cval, u64 now)
{
	return (ctl & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE &&
	       timer_met(cval, now);
}

/* Will its output rise by itself? If so, @ticks says when. */
static inline bool timer_will_fire(u32 ctl, u64 cval, u64 now, u64 *ticks)
{
	if ((ctl & (TIMER_ENABLE | TIMER_IMASK)) != TIMER_ENABLE ||
	    timer_met(cval, now))
		return false;
	*ticks = cval - now;
	return true;
}

/* What a read of the control register gives. */
static inline u32 timer_ctl(u32 ctl, u64 cval, u64 now)
{
	ctl &= TIMER_ENABLE | TIMER_IMASK;
	return ctl & TIMER_ENABLE && timer_met(cval, now) ? ctl | TIMER_ISTATUS : ctl;
}

/* TVAL counts down to the value, in 32 bits with a sign. */
static inline u32 timer_tval(u64 cval, u64 now)
{
	return cval - now;
}

static inline u64 timer_cval_of(u32 tval, u64 now)
{
	return now + (s64)(s32)tval;
}

#endif /* KVM_TIMER_STATE_H */
