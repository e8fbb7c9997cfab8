/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's guest physical address space: stage 2, its lock, and the tables that a vCPU sets
 * aside for its next fault.
 */
#ifndef KVM_ARCH_MMU_H
#define KVM_ARCH_MMU_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include <kvm/vm.h>

#include "../../kvm/lpae.h"
#include "../../kvm/stage2.h"

/* For arch_mmu_map*() and arch_mmu_protect_page(). A spinlock, because MMU notifiers take it. */
static inline void arch_mmu_lock(struct vm *vm)
{
	spin_lock(&vm->arch.stage2.lock);
}

static inline void arch_mmu_unlock(struct vm *vm)
{
	spin_unlock(&vm->arch.stage2.lock);
}

/*
 * Limits the tables of the guest physical address space to those that @bytes of memory in @ranges
 * ranges need. Once the limit is reached, the next fault unmaps all of the guest's memory, which
 * faults in again.
 */
static inline void arch_mmu_set_limit(struct vm *vm, u64 bytes, unsigned int ranges)
{
	stage2_set_limit(&vm->arch.stage2, bytes, ranges);
}

/* Allocates the tables that the vCPU's next arch_mmu_map*() needs. 0 or -ENOMEM. Sleeps. */
static inline int arch_mmu_prepare(struct vcpu *vcpu)
{
	return stage2_prepare(&vcpu->vm->arch.stage2, &vcpu->arch.spare);
}

/*
 * Maps one page, with the lock held, after arch_mmu_prepare(). @gpa and @pa are aligned to
 * PAGE_SIZE. On return no TLB holds an earlier mapping. Returns whether there was one.
 */
static inline bool arch_mmu_map(struct vcpu *vcpu, u64 gpa, phys_addr_t pa, bool writable)
{
	return stage2_map(&vcpu->vm->arch.stage2, gpa, pa,
			  writable ? STAGE2_WRITE : STAGE2_READ_ONLY, vcpu->arch.fetch,
			  &vcpu->arch.spare);
}

/*
 * Maps @pages pages from @gpa on, contiguous at @pa, except those that are already mapped.
 * Called with the lock held, after a fault in another page of the same PMD_SIZE block. Needs no
 * arch_mmu_prepare(), and may map none of the pages.
 */
static inline void arch_mmu_map_around(struct vcpu *vcpu, u64 gpa, phys_addr_t pa,
				       unsigned int pages, bool writable)
{
	stage2_map_around(&vcpu->vm->arch.stage2, gpa, pa, pages,
			  writable ? STAGE2_WRITE : STAGE2_READ_ONLY, vcpu->arch.fetch);
}

static inline void arch_mmu_map_device(struct vcpu *vcpu, u64 gpa, phys_addr_t pa)
{
	stage2_map(&vcpu->vm->arch.stage2, gpa, pa, STAGE2_DEVICE, false, &vcpu->arch.spare);
}

/*
 * Unmaps a range, in bytes; on return no guest can access it. Takes the lock for one step at a
 * time. Between steps it reschedules if @may_sleep, which is false in MMU notifiers that must not
 * sleep.
 */
static inline void arch_mmu_unmap(struct vm *vm, u64 gpa, u64 size, bool may_sleep)
{
	stage2_unmap(&vm->arch.stage2, gpa, size, may_sleep);
}

/*
 * Makes a range read-only, in steps like arch_mmu_unmap(). Takes effect with the next
 * arch_mmu_flush_tlb(). May sleep.
 */
static inline void arch_mmu_protect(struct vm *vm, u64 gpa, u64 size)
{
	stage2_protect(&vm->arch.stage2, gpa, size);
}

/* Makes one page read-only, with the lock held. */
static inline void arch_mmu_protect_page(struct vm *vm, u64 gpa)
{
	stage2_protect_page(&vm->arch.stage2, gpa);
}

/* Called with interrupts on. */
static inline void arch_mmu_flush_tlb(struct vm *vm)
{
	stage2_flush_tlb(&vm->arch.stage2);
}

/* Prints the state for debugfs, "name number" on each line. */
static inline void arch_mmu_show(struct seq_file *file, struct vm *vm)
{
	stage2_show(file, &vm->arch.stage2);
}

#endif /* KVM_ARCH_MMU_H */
