/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's caches: see cache_state.h. For the vCPU's thread. */
#ifndef ARM_KVM_CACHES_H
#define ARM_KVM_CACHES_H

#include <linux/types.h>

#include <kvm/vm.h>

#include "cp15.h"
#include "hyp.h"

/* True if M and C of the guest's SCTLR are set, as of its last exit. */
static inline bool caches_on(const struct vcpu *vcpu)
{
	const u32 both = SCTLR_M | SCTLR_C;

	return (vcpu->arch.hyp->cpu.cp15.sctlr & both) == both;
}

/* KVM_ARM_VCPU_INIT, before the vCPU is reset. May sleep. */
void caches_init(struct vcpu *vcpu);

/* The vCPU's registers have been reset. */
void caches_reset(struct vcpu *vcpu);

/* A trapped set/way operation. */
void caches_set_way(struct vcpu *vcpu);

/* A trapped write to a virtual memory register has been carried out. */
void caches_written(struct vcpu *vcpu);

/*
 * Completes cache maintenance before a guest entry. False if a signal is pending, which ends
 * KVM_RUN; the next call continues. May sleep.
 */
bool caches_settle(struct vcpu *vcpu);

/* True if caches_settle() has no work, the common case. */
static inline bool caches_are_settled(const struct vcpu *vcpu)
{
	return cache_is_settled(&vcpu->arch.caches, caches_on(vcpu));
}

#endif /* ARM_KVM_CACHES_H */
