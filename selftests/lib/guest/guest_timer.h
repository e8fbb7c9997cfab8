/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual and the physical timer of a vCPU. All functions are guest code, and are provided for
 * each architecture; the registers are CNTV_* and CNTP_* of ARM DDI 0487 and ARM DDI 0406C.
 */
#ifndef VGIC_ABI_GUEST_TIMER_H
#define VGIC_ABI_GUEST_TIMER_H

#include <stdbool.h>
#include <stdint.h>

enum guest_timer {
	TIMER_VIRTUAL,
	TIMER_PHYSICAL,
};

/* The timers' PPIs in KVM. */
#define TIMER_VIRTUAL_PPI	27
#define TIMER_PHYSICAL_PPI	30

#define TIMER_CTL_ENABLE	(1U << 0)
#define TIMER_CTL_IMASK		(1U << 1)
#define TIMER_CTL_ISTATUS	(1U << 2)

/* The counter that the timer is compared with. */
uint64_t guest_timer_now(enum guest_timer timer);

/* Sets the compare value, in ticks of that counter. */
void guest_timer_set(enum guest_timer timer, uint64_t cval);
uint64_t guest_timer_cval(enum guest_timer timer);

/* TVAL: the deadline as a signed number of ticks from now. */
void guest_timer_set_tval(enum guest_timer timer, int32_t tval);
int32_t guest_timer_tval(enum guest_timer timer);

uint32_t guest_timer_ctl(enum guest_timer timer);
void guest_timer_set_ctl(enum guest_timer timer, uint32_t ctl);

/* Sleeps until an interrupt is pending, masked at the CPU or not. */
void guest_wfi(void);

#endif /* VGIC_ABI_GUEST_TIMER_H */
