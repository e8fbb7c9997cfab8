// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's memory: pages of the VMM behind memory slots.
 *
 * Pages are not pinned. Each slot has an MMU interval notifier: before the VMM or the kernel
 * changes that part of the VMM's address space (munmap, mremap, copy-on-write after fork,
 * swapping, migration), the pages are unmapped from stage 2, and the guest's next access
 * maps the new ones.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kvm/arch.h>
#include <kvm/arch_mmu.h>
#include <kvm/vm.h>

/**
 * struct backed_slot - a slot and the notifier of its part of the VMM's address space
 * @slot:     the slot
 * @vm:       its VM
 * @notifier: of @slot.hva to @slot.hva + @slot.size
 */
struct backed_slot {
	struct memslot slot;
	struct vm *vm;
	struct mmu_interval_notifier notifier;
};

static struct backed_slot *backed(struct memslot *slot)
{
	return container_of(slot, struct backed_slot, slot);
}

/* ---- MMU notifier ---- */

/* Never sleeps, so it need not check whether it may. */
static bool slot_invalidate(struct mmu_interval_notifier *notifier,
			    const struct mmu_notifier_range *range,
			    unsigned long sequence)
{
	struct backed_slot *b = container_of(notifier, struct backed_slot, notifier);
	u64 slot_end = (u64)b->slot.hva + b->slot.size;
	u64 start = max_t(u64, range->start, b->slot.hva);
	u64 end = min_t(u64, range->end, slot_end);

	arch_mmu_lock(b->vm);
	mmu_interval_set_seq(notifier, sequence);
	if (start < end)
		arch_mmu_unmap(b->vm, b->slot.gpa + (start - b->slot.hva), end - start);
	arch_mmu_unlock(b->vm);
	return true;
}

static const struct mmu_interval_notifier_ops slot_ops = {
	.invalidate = slot_invalidate,
};

/* ---- slots ---- */

static int create_slot(struct vm *vm,
		       const struct kvm_userspace_memory_region *region)
{
	struct backed_slot *b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!b)
		return -ENOMEM;
	b->vm = vm;
	b->slot = (struct memslot) {
		.id = region->slot,
		.flags = region->flags,
		.gpa = region->guest_phys_addr,
		.size = region->memory_size,
		.hva = region->userspace_addr,
	};
	ret = mmu_interval_notifier_insert(&b->notifier, vm->mm, b->slot.hva,
					   b->slot.size, &slot_ops);
	if (ret) {
		kfree(b);
		return ret;
	}
	memslots_insert(&vm->slots, &b->slot);
	return 0;
}

static void delete_slot(struct vm *vm, struct memslot *slot)
{
	struct backed_slot *b = backed(slot);

	memslots_remove(&vm->slots, slot);
	arch_mmu_remove(vm, slot->gpa, slot->size);
	/* Waits for running invalidations. */
	mmu_interval_notifier_remove(&b->notifier);
	kfree(b);
}

static void move_slot(struct vm *vm, struct memslot *slot, u64 gpa)
{
	memslots_remove(&vm->slots, slot);
	arch_mmu_remove(vm, slot->gpa, slot->size);
	/* slot_invalidate() reads it. */
	arch_mmu_lock(vm);
	slot->gpa = gpa;
	arch_mmu_unlock(vm);
	memslots_insert(&vm->slots, slot);
}

int memory_set_region(struct vm *vm,
		      const struct kvm_userspace_memory_region *region)
{
	const struct memslot_limits limits = {
		.page_size = PAGE_SIZE,
		.gpa_end = 1ULL << vm->addresses.ipa_bits,
		.hva_end = TASK_SIZE,
	};
	struct memslot *slot;
	int ret;

	down_write(&vm->slots_lock);
	ret = memslots_check(&vm->slots, region, &limits);
	slot = memslots_by_id(&vm->slots, region->slot);
	switch (ret) {
	case MEMSLOT_CREATE:
		ret = create_slot(vm, region);
		break;
	case MEMSLOT_DELETE:
		delete_slot(vm, slot);
		ret = 0;
		break;
	case MEMSLOT_MOVE:
		move_slot(vm, slot, region->guest_phys_addr);
		ret = 0;
		break;
	case MEMSLOT_NOTHING:
		ret = 0;
		break;
	}
	/* Pairs with memory_is_mmio(), which does not take the lock. */
	smp_store_release(&vm->slots_changes, vm->slots_changes + 1);
	up_write(&vm->slots_lock);
	vgic_forget_reads(vm);
	return ret;
}

/* ---- faults ---- */

/*
 * Gets a reference to the page behind @hva. @writable: may the guest write to the slot? On
 * return: may it be mapped writable? A page that is read is mapped writable if the VMM has
 * it writable already, which saves a second fault.
 */
static int get_page_behind(unsigned long hva, bool write, bool *writable,
			   struct page **page)
{
	int got;

	if (*writable && !write &&
	    get_user_pages_fast_only(hva, 1, FOLL_WRITE, page) == 1)
		return 0;
	*writable = write;
	got = get_user_pages_fast(hva, 1, write ? FOLL_WRITE : 0, page);
	return got == 1 ? 0 : got < 0 ? got : -EFAULT;
}

static int map_page(struct vcpu *vcpu, struct memslot *slot, u64 gpa, bool write)
{
	struct vm *vm = vcpu->vm;
	struct mmu_interval_notifier *notifier = &backed(slot)->notifier;
	unsigned long hva = memslot_hva(slot, gpa & PAGE_MASK);
	bool writable = !(slot->flags & KVM_MEM_READONLY);
	unsigned long sequence;
	struct page *page;
	int ret;

	ret = arch_mmu_prepare(vcpu);
	if (ret)
		return ret;
	sequence = mmu_interval_read_begin(notifier);
	ret = get_page_behind(hva, write, &writable, &page);
	if (ret)
		return ret;
	arch_page_to_guest(page);

	arch_mmu_lock(vm);
	if (mmu_interval_read_retry(notifier, sequence))
		ret = -EAGAIN;
	else
		arch_mmu_map(vcpu, gpa & PAGE_MASK, page_to_phys(page), writable);
	arch_mmu_unlock(vm);
	/* The guest's writes leave no dirty bit in the VMM's page tables. */
	if (!ret && writable)
		set_page_dirty_lock(page);
	/* The notifier keeps stage 2 consistent; no reference is needed. */
	put_page(page);
	return ret ? ret : MEMORY_MAPPED;
}

int memory_resolve(struct vcpu *vcpu, u64 gpa, bool write)
{
	struct vm *vm = vcpu->vm;
	struct memslot *slot;
	int ret;

	down_read(&vm->slots_lock);
	slot = memslots_find(&vm->slots, gpa);
	if (!slot) {
		vcpu->mmio_page = gpa >> PAGE_SHIFT;
		vcpu->mmio_since = vm->slots_changes;
		ret = MEMORY_ABSENT;
	} else if (write && slot->flags & KVM_MEM_READONLY) {
		ret = MEMORY_PROTECTED;
	} else {
		ret = map_page(vcpu, slot, gpa, write);
	}
	up_read(&vm->slots_lock);
	return ret;
}

/* ---- life ---- */

void memory_destroy(struct vm *vm)
{
	while (vm->slots.count)
		delete_slot(vm, vm->slots.slot[0]);
}
