// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's memory: the VMM's pages behind memory slots.
 *
 * Pages are not pinned. Each slot has an interval notifier: whatever the VMM or
 * the kernel does to that part of the VMM's address space (munmap, mremap,
 * copy-on-write after fork, swapping, migration) first takes the pages out of
 * stage 2, and the guest's next access finds what is there by then.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kvm/vm.h>

/**
 * struct backed_slot - a slot, and what watches the memory behind it
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

/* ---- what the VMM's address space does ---- */

/* Sleeps nowhere, so it does not matter whether it may. */
static bool slot_invalidate(struct mmu_interval_notifier *notifier,
			    const struct mmu_notifier_range *range,
			    unsigned long sequence)
{
	struct backed_slot *b = container_of(notifier, struct backed_slot, notifier);
	struct stage2 *s2 = &b->vm->arch.stage2;
	u64 slot_end = (u64)b->slot.hva + b->slot.size;
	u64 start = max_t(u64, range->start, b->slot.hva);
	u64 end = min_t(u64, range->end, slot_end);

	spin_lock(&s2->lock);
	mmu_interval_set_seq(notifier, sequence);
	if (start < end)
		stage2_unmap(s2, b->slot.gpa + (start - b->slot.hva), end - start);
	spin_unlock(&s2->lock);
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
	stage2_remove(&vm->arch.stage2, slot->gpa, slot->size);
	/* Waits for those that are at it. */
	mmu_interval_notifier_remove(&b->notifier);
	kfree(b);
}

static void move_slot(struct vm *vm, struct memslot *slot, u64 gpa)
{
	memslots_remove(&vm->slots, slot);
	stage2_remove(&vm->arch.stage2, slot->gpa, slot->size);
	spin_lock(&vm->arch.stage2.lock);
	slot->gpa = gpa;
	spin_unlock(&vm->arch.stage2.lock);
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
	/* Before it is unlocked: who sees the new number sees the new slots. */
	smp_store_release(&vm->slots_changes, vm->slots_changes + 1);
	up_write(&vm->slots_lock);
	vgic_forget_reads(vm);
	return ret;
}

/* ---- faults ---- */

/*
 * The page behind @hva, held. On return @writable says whether the guest may
 * write to it: for a read, if the VMM could right now, which saves a second
 * fault.
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
	struct stage2 *s2 = &vcpu->vm->arch.stage2;
	struct mmu_interval_notifier *notifier = &backed(slot)->notifier;
	unsigned long hva = memslot_hva(slot, gpa & PAGE_MASK);
	bool writable = !(slot->flags & KVM_MEM_READONLY);
	unsigned long sequence;
	struct page *page;
	int ret;

	ret = lpae_fill_spare(&vcpu->arch.spare);
	if (ret)
		return ret;
	sequence = mmu_interval_read_begin(notifier);
	ret = get_page_behind(hva, write, &writable, &page);
	if (ret)
		return ret;
	arch_page_to_guest(page);

	spin_lock(&s2->lock);
	if (mmu_interval_read_retry(notifier, sequence))
		ret = -EAGAIN;
	else
		stage2_map(s2, gpa & PAGE_MASK, page_to_phys(page),
			   writable ? STAGE2_WRITE : STAGE2_READ_ONLY,
			   &vcpu->arch.spare);
	spin_unlock(&s2->lock);
	/* Nobody will see the guest's writes in the VMM's page tables. */
	if (!ret && writable)
		set_page_dirty_lock(page);
	/* From here on the notifier keeps stage 2 right. */
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
		vcpu->absent_page = gpa >> PAGE_SHIFT;
		vcpu->absent_since = vm->slots_changes;
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
