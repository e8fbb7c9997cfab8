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

/* For arch_mmu_map*() and arch_mmu_unmap(). A spinlock: MMU notifiers take it. */
static inline void arch_mmu_lock(struct vm *vm)
{
	spin_lock(&vm->arch.stage2.lock);
}

static inline void arch_mmu_unlock(struct vm *vm)
{
	spin_unlock(&vm->arch.stage2.lock);
}

/* Allocates what the vCPU's next arch_mmu_map*() needs. 0 or -ENOMEM. Sleeps. */
static inline int arch_mmu_prepare(struct vcpu *vcpu)
{
	return lpae_fill_spare(&vcpu->arch.spare);
}

/*
 * Map one page, with the lock held, after arch_mmu_prepare(). @gpa and @pa are aligned to
 * PAGE_SIZE. The TLBs have no trace of an earlier mapping afterwards.
 */
static inline void arch_mmu_map(struct vcpu *vcpu, u64 gpa, phys_addr_t pa, bool writable)
{
	stage2_map(&vcpu->vm->arch.stage2, gpa, pa,
		   writable ? STAGE2_WRITE : STAGE2_READ_ONLY, &vcpu->arch.spare);
}

static inline void arch_mmu_map_device(struct vcpu *vcpu, u64 gpa, phys_addr_t pa)
{
	stage2_map(&vcpu->vm->arch.stage2, gpa, pa, STAGE2_DEVICE, &vcpu->arch.spare);
}

/* With the lock held and interrupts on: no guest reaches the range, in bytes, afterwards. */
static inline void arch_mmu_unmap(struct vm *vm, u64 gpa, u64 size)
{
	stage2_unmap(&vm->arch.stage2, gpa, size);
}

/* The same for a range that does not come back. Takes the lock in steps, and may sleep. */
static inline void arch_mmu_remove(struct vm *vm, u64 gpa, u64 size)
{
	stage2_remove(&vm->arch.stage2, gpa, size);
}

#endif /* KVM_ARCH_MMU_H */
