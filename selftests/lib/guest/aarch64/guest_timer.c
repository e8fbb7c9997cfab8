// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest_timer.h"
#include "processor.h"

uint64_t guest_timer_now(enum guest_timer timer)
{
	isb();
	return timer == TIMER_VIRTUAL ? read_sysreg(cntvct_el0) :
					read_sysreg(cntpct_el0);
}

void guest_timer_set(enum guest_timer timer, uint64_t cval)
{
	if (timer == TIMER_VIRTUAL)
		write_sysreg(cval, cntv_cval_el0);
	else
		write_sysreg(cval, cntp_cval_el0);
	isb();
}

uint64_t guest_timer_cval(enum guest_timer timer)
{
	isb();
	return timer == TIMER_VIRTUAL ? read_sysreg(cntv_cval_el0) :
					read_sysreg(cntp_cval_el0);
}

void guest_timer_set_tval(enum guest_timer timer, int32_t tval)
{
	if (timer == TIMER_VIRTUAL)
		write_sysreg((uint64_t)(uint32_t)tval, cntv_tval_el0);
	else
		write_sysreg((uint64_t)(uint32_t)tval, cntp_tval_el0);
	isb();
}

int32_t guest_timer_tval(enum guest_timer timer)
{
	isb();
	return timer == TIMER_VIRTUAL ? read_sysreg(cntv_tval_el0) :
					read_sysreg(cntp_tval_el0);
}

uint32_t guest_timer_ctl(enum guest_timer timer)
{
	isb();
	return timer == TIMER_VIRTUAL ? read_sysreg(cntv_ctl_el0) :
					read_sysreg(cntp_ctl_el0);
}

void guest_timer_set_ctl(enum guest_timer timer, uint32_t ctl)
{
	if (timer == TIMER_VIRTUAL)
		write_sysreg((uint64_t)ctl, cntv_ctl_el0);
	else
		write_sysreg((uint64_t)ctl, cntp_ctl_el0);
	isb();
}

void guest_wfi(void)
{
	asm volatile("dsb sy\n\twfi" : : : "memory");
}
