// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's guest physical address space, for neutral code: stage 2, its lock, and the tables
 * that a vCPU sets aside for its next fault.
 */
#include <linux/highmem.h>

#include <kvm/arch.h>

#include "cache.h"
#include "cp15.h"
#include "lpae.h"
#include "stage2.h"

void arch_mmu_lock(struct vm *vm)
{
	spin_lock(&vm->arch.stage2.lock);
}

void arch_mmu_unlock(struct vm *vm)
{
	spin_unlock(&vm->arch.stage2.lock);
}

int arch_mmu_prepare(struct vcpu *vcpu)
{
	return lpae_fill_spare(&vcpu->arch.spare);
}

void arch_mmu_map(struct vcpu *vcpu, u64 gpa, phys_addr_t pa, bool writable)
{
	stage2_map(&vcpu->vm->arch.stage2, gpa, pa,
		   writable ? STAGE2_WRITE : STAGE2_READ_ONLY, &vcpu->arch.spare);
}

void arch_mmu_map_device(struct vcpu *vcpu, u64 gpa, phys_addr_t pa)
{
	stage2_map(&vcpu->vm->arch.stage2, gpa, pa, STAGE2_DEVICE, &vcpu->arch.spare);
}

void arch_mmu_unmap(struct vm *vm, u64 gpa, u64 size)
{
	stage2_unmap(&vm->arch.stage2, gpa, size);
}

void arch_mmu_remove(struct vm *vm, u64 gpa, u64 size)
{
	stage2_remove(&vm->arch.stage2, gpa, size);
}

/* The instruction caches, too: the guest may execute the page before any maintenance. */
void arch_page_to_guest(struct page *page)
{
	void *address = kmap_local_page(page);

	clean_invalidate_to_poc(address, PAGE_SIZE);
	kunmap_local(address);
	icialluis(0);
	dsb(ish);
}
