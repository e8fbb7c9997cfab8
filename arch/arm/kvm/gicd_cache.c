// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads of the distributor that HYP mode answers without an exit to the host: see answer_gicd()
 * in hyp_switch.c. An answer is valid until a write to the distributor. If list registers hold
 * part of the state, a change of a line or a list register invalidates it, too.
 */
#include <kvm/arch_gicd_cache.h>
#include <kvm/vm.h>

#include "hyp.h"

void arch_gicd_cache_enable(struct vcpu *vcpu, u64 page)
{
	lockdep_assert_held(&vcpu->vm->lock);
	vcpu->arch.hyp->gicd_page = page;
}

void arch_gicd_cache_add(struct vcpu *vcpu, u32 offset, unsigned int len, u32 value,
			 bool in_lrs)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;
	u32 moves = in_lrs ? ~0U : 0;

	lockdep_assert_held(&vcpu->vm->vgic.lock);
	/* A load at the beginning of a page may have begun in the one before: crosses_pages(). */
	if (!offset)
		return;
	/* A memory slot may have been put there since the access was decoded. */
	if (!memory_is_mmio(vcpu, hyp->gicd_page))
		return;
	hyp->answers[hyp_gicd_place(offset)] = (struct hyp_gicd_answer) {
		.what = HYP_GICD_READ(offset, len),
		.moves = moves,
		.stamp = hyp_gicd_stamp(hyp->gicd, moves),
		.value = value,
	};
}
