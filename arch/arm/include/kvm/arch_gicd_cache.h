/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cache of the distributor's answers: reads that HYP mode answers without an exit to
 * the host. arch/arm/kvm/gicd_cache.c.
 */
#ifndef KVM_ARCH_GICD_CACHE_H
#define KVM_ARCH_GICD_CACHE_H

#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/types.h>

#include <kvm/vm.h>

#include "../../kvm/hyp.h"

/* Starts caching: the distributor is at page number @page. With vm->lock held. */
void arch_gicd_cache_enable(struct vcpu *vcpu, u64 page);

/*
 * Adds the value of a read. @in_lrs: list registers may hold part of it, and the guest is
 * halted. With vgic.lock held.
 */
void arch_gicd_cache_add(struct vcpu *vcpu, u32 offset, unsigned int len, u32 value,
			 bool in_lrs);

/* After a write to the distributor: invalidates all. With vgic.lock held. */
static inline void arch_gicd_cache_forget(struct vm *vm)
{
	struct hyp_gicd *gicd = vm->arch.gicd;

	lockdep_assert_held(&vm->vgic.lock);
	WRITE_ONCE(gicd->changes, gicd->changes + 1);
}

/*
 * After a change of a line or a list register: invalidates what list registers may hold.
 * With vgic.lock held.
 */
static inline void arch_gicd_cache_forget_lrs(struct vm *vm)
{
	struct hyp_gicd *gicd = vm->arch.gicd;

	lockdep_assert_held(&vm->vgic.lock);
	WRITE_ONCE(gicd->moves, gicd->moves + 1);
}

#endif /* KVM_ARCH_GICD_CACHE_H */
