/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic timer, ARM DDI 0406C, B8.1. A vCPU's accessors may be called only by its thread,
 * between guest exit and entry.
 */
#ifndef KVM_ARCH_TIMER_H
#define KVM_ARCH_TIMER_H

#include <linux/types.h>

#include <kvm/vm.h>

#include "../../kvm/cp15.h"
#include "../../kvm/hyp.h"

/* The rate of all counters, in Hz. */
static inline u32 arch_counter_rate(void)
{
	return cp15_read_cntfrq();
}

/* The vCPU's physical counter, in ticks. */
static inline u64 arch_physical_counter(const struct vcpu *vcpu)
{
	return cp15_read_cntpct() - vcpu->arch.hyp->cntpoff;
}

/* The vCPU's virtual counter, in ticks. */
static inline u64 arch_virtual_counter(const struct vcpu *vcpu)
{
	return cp15_read_cntpct() - vcpu->arch.hyp->cntvoff;
}

/* CNTV_CTL and CNTV_CVAL of the vCPU. */
static inline u32 arch_vtimer_ctl(const struct vcpu *vcpu)
{
	return vcpu->arch.hyp->cpu.timer.ctl;
}

static inline u64 arch_vtimer_cval(const struct vcpu *vcpu)
{
	return vcpu->arch.hyp->cpu.timer.cval;
}

#endif /* KVM_ARCH_TIMER_H */
