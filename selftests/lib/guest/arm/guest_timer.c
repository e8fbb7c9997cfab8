// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest_timer.h"
#include "processor.h"

uint64_t guest_timer_now(enum guest_timer timer)
{
	uint64_t ticks;

	isb();
	if (timer == TIMER_VIRTUAL)
		asm volatile("mrrc p15, 1, %Q0, %R0, c14" : "=r" (ticks));
	else
		asm volatile("mrrc p15, 0, %Q0, %R0, c14" : "=r" (ticks));
	return ticks;
}

void guest_timer_set(enum guest_timer timer, uint64_t cval)
{
	if (timer == TIMER_VIRTUAL)
		asm volatile("mcrr p15, 3, %Q0, %R0, c14" : : "r" (cval));
	else
		asm volatile("mcrr p15, 2, %Q0, %R0, c14" : : "r" (cval));
	isb();
}

uint64_t guest_timer_cval(enum guest_timer timer)
{
	uint64_t cval;

	isb();
	if (timer == TIMER_VIRTUAL)
		asm volatile("mrrc p15, 3, %Q0, %R0, c14" : "=r" (cval));
	else
		asm volatile("mrrc p15, 2, %Q0, %R0, c14" : "=r" (cval));
	return cval;
}

void guest_timer_set_tval(enum guest_timer timer, int32_t tval)
{
	if (timer == TIMER_VIRTUAL)
		asm volatile("mcr p15, 0, %0, c14, c3, 0" : : "r" (tval));
	else
		asm volatile("mcr p15, 0, %0, c14, c2, 0" : : "r" (tval));
	isb();
}

int32_t guest_timer_tval(enum guest_timer timer)
{
	isb();
	return timer == TIMER_VIRTUAL ? read_cp15(0, 14, 3, 0) :
					read_cp15(0, 14, 2, 0);
}

uint32_t guest_timer_ctl(enum guest_timer timer)
{
	isb();
	return timer == TIMER_VIRTUAL ? read_cp15(0, 14, 3, 1) :
					read_cp15(0, 14, 2, 1);
}

void guest_timer_set_ctl(enum guest_timer timer, uint32_t ctl)
{
	if (timer == TIMER_VIRTUAL)
		asm volatile("mcr p15, 0, %0, c14, c3, 1" : : "r" (ctl));
	else
		asm volatile("mcr p15, 0, %0, c14, c2, 1" : : "r" (ctl));
	isb();
}

void guest_wfi(void)
{
	asm volatile("dsb\n\twfi" : : : "memory");
}
