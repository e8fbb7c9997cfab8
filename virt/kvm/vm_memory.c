// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's memory: pages of the VMM behind memory slots.
 *
 * Pages are not pinned. Each slot has an MMU interval notifier: before the VMM or the kernel
 * changes that part of the VMM's address space (munmap, mremap, copy-on-write after fork,
 * swapping, migration), the pages are unmapped from stage 2, and the guest's next access
 * maps the new ones.
 *
 * User space can delay a page without limit (userfaultfd, FUSE, swap). So no lock is held while a
 * page is faulted in, and it is mapped only if neither the slot nor its memory has changed.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#include <kvm/arch.h>
#include <kvm/arch_mmu.h>
#include <kvm/vm.h>

/**
 * struct backed_slot - a slot and the notifier of its part of the VMM's address space
 * @slot:     the slot
 * @vm:       its VM
 * @serial:   unique among the VM's slots, and changed with the slot
 * @dirty:    pages written since the last KVM_GET_DIRTY_LOG, one bit each, or NULL; under
 *            arch_mmu_lock()
 * @notifier: of @slot.hva to @slot.hva + @slot.size
 */
struct backed_slot {
	struct memslot slot;
	struct vm *vm;
	u64 serial;
	unsigned long *dirty;
	struct mmu_interval_notifier notifier;
};

static struct backed_slot *backed(struct memslot *slot)
{
	return container_of(slot, struct backed_slot, slot);
}

/* ---- MMU notifier ---- */

/*
 * arch_mmu_unmap() does not sleep for a non-blockable range. map_pages() checks the sequence and
 * maps no page until the invalidation ends. If the slot moves at the same time, move_slot() unmaps
 * all of it.
 */
static bool slot_invalidate(struct mmu_interval_notifier *notifier,
			    const struct mmu_notifier_range *range,
			    unsigned long sequence)
{
	struct backed_slot *b = container_of(notifier, struct backed_slot, notifier);
	u64 slot_end = (u64)b->slot.hva + b->slot.size;
	u64 start = max_t(u64, range->start, b->slot.hva);
	u64 end = min_t(u64, range->end, slot_end);
	u64 gpa;

	arch_mmu_lock(b->vm);
	mmu_interval_set_seq(notifier, sequence);
	gpa = b->slot.gpa;
	arch_mmu_unlock(b->vm);
	if (start < end)
		arch_mmu_unmap(b->vm, gpa + (start - b->slot.hva), end - start,
			       mmu_notifier_range_blockable(range));
	return true;
}

static const struct mmu_interval_notifier_ops slot_ops = {
	.invalidate = slot_invalidate,
};

/* ---- dirty pages ---- */

static size_t dirty_bytes(const struct memslot *slot)
{
	return BITS_TO_LONGS(slot->size >> PAGE_SHIFT) * sizeof(unsigned long);
}

static int alloc_dirty(struct backed_slot *b)
{
	b->dirty = kvzalloc(dirty_bytes(&b->slot), GFP_KERNEL_ACCOUNT);
	if (!b->dirty)
		return -ENOMEM;
	vm_account_memory(b->vm, dirty_bytes(&b->slot));
	return 0;
}

static void free_dirty(struct backed_slot *b)
{
	if (!b->dirty)
		return;
	vm_account_memory(b->vm, -(long)dirty_bytes(&b->slot));
	kvfree(b->dirty);
	b->dirty = NULL;
}

/* Called with arch_mmu_lock() held when a page is mapped writable. */
static void mark_dirty(struct backed_slot *b, u64 gpa)
{
	if (b->dirty)
		__set_bit((gpa - b->slot.gpa) >> PAGE_SHIFT, b->dirty);
}

/* ---- slots ---- */

static void free_slot(struct backed_slot *b)
{
	free_dirty(b);
	kfree(b);
}

static int create_slot(struct vm *vm,
		       const struct kvm_userspace_memory_region *region)
{
	struct backed_slot *b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	int ret = 0;

	if (!b)
		return -ENOMEM;
	b->vm = vm;
	b->serial = ++vm->slots_serial;
	b->slot = (struct memslot) {
		.id = region->slot,
		.flags = region->flags,
		.gpa = region->guest_phys_addr,
		.size = region->memory_size,
		.hva = region->userspace_addr,
	};
	if (region->flags & KVM_MEM_LOG_DIRTY_PAGES)
		ret = alloc_dirty(b);
	if (!ret)
		ret = mmu_interval_notifier_insert(&b->notifier, vm->mm, b->slot.hva,
						   b->slot.size, &slot_ops);
	if (ret) {
		free_slot(b);
		return ret;
	}
	memslots_insert(&vm->slots, &b->slot);
	return 0;
}

static void delete_slot(struct vm *vm, struct memslot *slot)
{
	struct backed_slot *b = backed(slot);

	memslots_remove(&vm->slots, slot);
	arch_mmu_unmap(vm, slot->gpa, slot->size, true);
	/* Waits for running invalidations. */
	mmu_interval_notifier_remove(&b->notifier);
	free_slot(b);
}

static void move_slot(struct vm *vm, struct memslot *slot, u64 gpa)
{
	memslots_remove(&vm->slots, slot);
	arch_mmu_unmap(vm, slot->gpa, slot->size, true);
	/* slot_invalidate() reads the address. */
	arch_mmu_lock(vm);
	slot->gpa = gpa;
	arch_mmu_unlock(vm);
	memslots_insert(&vm->slots, slot);
}

/* Turns logging on or off, and gives the slot the address @gpa. */
static int change_slot(struct vm *vm, struct memslot *slot, u64 gpa, u32 flags)
{
	struct backed_slot *b = backed(slot);
	bool log = flags & KVM_MEM_LOG_DIRTY_PAGES;
	int ret = 0;

	if (log && !b->dirty)
		ret = alloc_dirty(b);
	if (ret)
		return ret;
	/* The new serial keeps faults in progress from mapping pages without a mark. */
	b->serial = ++vm->slots_serial;
	slot->flags = flags;
	if (slot->gpa != gpa) {
		move_slot(vm, slot, gpa);
	} else if (log) {
		arch_mmu_protect(vm, slot->gpa, slot->size);
		arch_mmu_flush_tlb(vm);
	}
	if (!log)
		free_dirty(b);
	return 0;
}

/* Slots may share memory, but the VMM has no more than TASK_SIZE of it. */
static void bound_tables(struct vm *vm)
{
	arch_mmu_set_limit(vm, min_t(u64, vm->slots.size, TASK_SIZE), vm->slots.count);
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

	if (down_write_killable(&vm->slots_lock))
		return -EINTR;
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
	case MEMSLOT_FLAGS:
		ret = change_slot(vm, slot, region->guest_phys_addr, region->flags);
		break;
	case MEMSLOT_NOTHING:
		ret = 0;
		break;
	}
	bound_tables(vm);
	/* Pairs with memory_is_mmio(), which does not take the lock. */
	smp_store_release(&vm->slots_changes, vm->slots_changes + 1);
	up_write(&vm->slots_lock);
	return ret;
}

/* ---- KVM_GET_DIRTY_LOG ---- */

/* Pages of the log that take_marks() handles at a time, with arch_mmu_lock() held. */
#define LOG_STEP	512

/*
 * Takes the marks of one step, from page @from on, and makes the marked pages read-only. The TLBs
 * may allow writes to these pages until arch_mmu_flush_tlb().
 */
static void take_marks(struct backed_slot *b, unsigned long from, unsigned long *bitmap)
{
	unsigned long pages = b->slot.size >> PAGE_SHIFT;
	unsigned long end = min(from + LOG_STEP, pages);
	unsigned long first = BIT_WORD(from), words = BITS_TO_LONGS(end - from);
	unsigned long page = from;

	arch_mmu_lock(b->vm);
	memcpy(&bitmap[first], &b->dirty[first], words * sizeof(*bitmap));
	memset(&b->dirty[first], 0, words * sizeof(*bitmap));
	for_each_set_bit_from(page, bitmap, end)
		arch_mmu_protect_page(b->vm, b->slot.gpa + ((u64)page << PAGE_SHIFT));
	arch_mmu_unlock(b->vm);
}

/* With slots_lock held. -ENOENT: there is no such slot, or it has no log. */
static int find_logged(struct vm *vm, u32 id, struct backed_slot **b)
{
	struct memslot *slot = memslots_by_id(&vm->slots, id);

	if (id >= MEMSLOTS_MAX)
		return -EINVAL;
	if (!slot || !backed(slot)->dirty)
		return -ENOENT;
	*b = backed(slot);
	return 0;
}

/**
 * struct taken_log - the marks of a slot, taken out of its log
 * @bitmap: one bit for each page; the caller has to kvfree() it
 * @bytes:  size of @bitmap
 */
struct taken_log {
	unsigned long *bitmap;
	size_t bytes;
};

/*
 * Restores marks that could not be copied to user space. If another slot has taken the slot's
 * place meanwhile, its log gets marks of pages that were not written, which is harmless.
 */
static void restore_marks(struct vm *vm, u32 id, const struct taken_log *log)
{
	struct backed_slot *b;
	unsigned long i;

	down_read(&vm->slots_lock);
	if (!find_logged(vm, id, &b) && dirty_bytes(&b->slot) == log->bytes) {
		arch_mmu_lock(vm);
		for (i = 0; i < log->bytes / sizeof(*log->bitmap); i++)
			b->dirty[i] |= log->bitmap[i];
		arch_mmu_unlock(vm);
	}
	up_read(&vm->slots_lock);
}

/* Returns 0, or a negative errno without a bitmap. */
static int take_log(struct vm *vm, u32 id, struct taken_log *log)
{
	struct backed_slot *b;
	unsigned long page;
	int ret;

	if (down_read_killable(&vm->slots_lock))
		return -EINTR;
	ret = find_logged(vm, id, &b);
	if (ret)
		goto out;
	log->bytes = dirty_bytes(&b->slot);
	log->bitmap = kvmalloc(log->bytes, GFP_KERNEL_ACCOUNT);
	if (!log->bitmap) {
		ret = -ENOMEM;
		goto out;
	}
	for (page = 0; page < b->slot.size >> PAGE_SHIFT; page += LOG_STEP) {
		take_marks(b, page, log->bitmap);
		cond_resched();
	}
	arch_mmu_flush_tlb(vm);
out:
	up_read(&vm->slots_lock);
	return ret;
}

/* Holds no lock while it writes to user space, because a page fault there may take a long time. */
int memory_get_dirty_log(struct vm *vm, const struct kvm_dirty_log *args)
{
	struct taken_log log;
	int ret = take_log(vm, args->slot, &log);

	if (ret)
		return ret;
	if (copy_to_user(args->dirty_bitmap, log.bitmap, log.bytes)) {
		restore_marks(vm, args->slot, &log);
		ret = -EFAULT;
	}
	kvfree(log.bitmap);
	return ret;
}

/* ---- faults ---- */

/**
 * struct fault_slot - a fault's copy of its slot, which may change once slots_lock is released
 * @serial:   see struct backed_slot
 * @sequence: of its notifier
 * @hva:      the page's address in the VMM
 * @writable: the page may be mapped writable although the guest only reads it
 * @was_mapped: set by map_locked(): the page was mapped already
 * @slot_gpa, @slot_size: the slot's address and size, in bytes
 */
struct fault_slot {
	u64 serial;
	unsigned long sequence;
	unsigned long hva;
	bool writable, was_mapped;
	u64 slot_gpa;
	u64 slot_size;
};

/* Returns enum memory_fault, or -EINTR. Fills in @found if it returns MEMORY_MAPPED. */
static int find_slot(struct vcpu *vcpu, u64 gpa, bool write, struct fault_slot *found)
{
	struct vm *vm = vcpu->vm;
	int ret = MEMORY_MAPPED;
	struct memslot *slot;

	if (down_read_killable(&vm->slots_lock))
		return -EINTR;
	slot = memslots_find(&vm->slots, gpa);
	if (!slot) {
		vcpu->mmio_page = gpa >> PAGE_SHIFT;
		vcpu->mmio_since = vm->slots_changes;
		ret = MEMORY_ABSENT;
	} else if (write && slot->flags & KVM_MEM_READONLY) {
		ret = MEMORY_PROTECTED;
	} else {
		*found = (struct fault_slot) {
			.serial = backed(slot)->serial,
			.hva = memslot_hva(slot, gpa & PAGE_MASK),
			.writable = !slot->flags,
			.slot_gpa = slot->gpa,
			.slot_size = slot->size,
		};
		/* Waits for a running invalidation to end, which does not wait for user space. */
		found->sequence = mmu_interval_read_begin(&backed(slot)->notifier);
	}
	up_read(&vm->slots_lock);
	return ret;
}

/* Since 6.2 any signal can end the wait for a page; before, only SIGKILL. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define FOLL_SIGNALS	0
#else
#define FOLL_SIGNALS	FOLL_INTERRUPTIBLE
#endif

/*
 * Gets a reference to the page behind @hva. @writable: see struct fault_slot; on return, whether
 * the page may be mapped writable. A page that is only read is mapped writable if the VMM's
 * mapping is, which saves a second fault.
 */
static int get_page_behind(unsigned long hva, bool write, bool *writable,
			   struct page **page)
{
	unsigned int flags = write ? FOLL_WRITE : 0;
	long got;

	if (*writable && !write &&
	    get_user_pages_fast_only(hva, 1, FOLL_WRITE, page) == 1)
		return 0;
	*writable = write;
	if (get_user_pages_fast_only(hva, 1, flags, page) == 1)
		return 0;
	got = get_user_pages_unlocked(hva, 1, page, flags | FOLL_SIGNALS);
	return got == 1 ? 0 : got < 0 ? got : -EFAULT;
}

/* Maps @page at @gpa. If @around is not 0: maps @around pages from @page on, except mapped ones. */
static void map_locked(struct vcpu *vcpu, struct backed_slot *b, u64 gpa,
		       struct fault_slot *found, struct page *page, unsigned int around,
		       bool writable)
{
	if (around)
		arch_mmu_map_around(vcpu, gpa, page_to_phys(page), around, writable);
	else
		found->was_mapped = arch_mmu_map(vcpu, gpa, page_to_phys(page), writable);
	if (!writable)
		return;
	mark_dirty(b, gpa);
	/*
	 * The guest's writes do not set dirty bits in the VMM's page tables. The page cannot be
	 * truncated here, because the VMM's page tables still map it.
	 */
	set_page_dirty(page);
}

/* Calls map_locked() if the slot and the memory at @gpa have not changed since @found. */
static int map_pages(struct vcpu *vcpu, u64 gpa, struct fault_slot *found,
		     struct page *page, unsigned int around, bool writable)
{
	struct vm *vm = vcpu->vm;
	int ret = MEMORY_MAPPED;
	struct memslot *slot;

	if (down_read_killable(&vm->slots_lock))
		return -EINTR;
	slot = memslots_find(&vm->slots, gpa);
	if (!slot || backed(slot)->serial != found->serial) {
		up_read(&vm->slots_lock);
		return -EAGAIN;
	}
	arch_mmu_lock(vm);
	if (mmu_interval_read_retry(&backed(slot)->notifier, found->sequence))
		ret = -EAGAIN;
	else
		map_locked(vcpu, backed(slot), gpa, found, page, around, writable);
	arch_mmu_unlock(vm);
	up_read(&vm->slots_lock);
	return ret;
}

/* ---- huge pages of the host ---- */

/* Pages that map_around() maps at a time, with arch_mmu_lock() held. */
#define BATCH	64

/*
 * Gets references to at most @most pages that the VMM has mapped from @hva on, and returns their
 * number. Stops at the first page that does not continue the page frames from @pfn on: with
 * mremap() and mmap(), a VMM can map the pages of a huge page in any order.
 */
static unsigned int get_batch(unsigned long hva, unsigned int most, unsigned long pfn,
			      bool writable, struct page **pages)
{
	int got = get_user_pages_fast_only(hva, most, writable ? FOLL_WRITE : 0, pages);
	unsigned int i = 0;

	while (got > 0 && i < got && page_to_pfn(pages[i]) == pfn + i)
		i++;
	for (most = i; got > 0 && most < got; most++)
		put_page(pages[most]);
	return i;
}

/*
 * Sets @before and @after to the numbers of pages before @gpa and from @gpa on that may be mapped
 * together: those in the same huge page, the same slot, and the same PMD_SIZE block of guest and
 * VMM addresses. False if the CPU interface, which takes precedence over memory, is among them.
 */
static bool find_block(const struct vm *vm, u64 gpa, const struct fault_slot *found,
		       struct page *page, unsigned int *before, unsigned int *after)
{
	struct page *head = compound_head(page);
	unsigned int in_head = page_to_pfn(page) - page_to_pfn(head);
	u64 in_slot = gpa - found->slot_gpa, in_hva = found->hva % PMD_SIZE;
	u64 number = gpa >> PAGE_SHIFT;

	*before = min3(in_slot, gpa % PMD_SIZE, in_hva) >> PAGE_SHIFT;
	*before = min(*before, in_head);
	*after = min3(found->slot_size - in_slot, PMD_SIZE - gpa % PMD_SIZE,
		      PMD_SIZE - in_hva) >> PAGE_SHIFT;
	*after = min_t(unsigned int, *after, compound_nr(head) - in_head);
	return !device_address_overlaps(&vm->addresses, KVM_VGIC_V2_ADDR_TYPE_CPU,
					number - *before, number + *after);
}

/*
 * Maps the rest of the huge page that @page is part of, so that the guest does not fault for
 * each of its pages. Out of line, so that other faults need no stack for @pages.
 */
static noinline void map_around(struct vcpu *vcpu, u64 gpa, struct fault_slot *found,
				struct page *page, bool writable)
{
	unsigned int before, after, at, got, i;
	struct page *pages[BATCH];
	unsigned long hva, pfn;

	if (!find_block(vcpu->vm, gpa, found, page, &before, &after))
		return;
	gpa -= (u64)before << PAGE_SHIFT;
	hva = found->hva - ((unsigned long)before << PAGE_SHIFT);
	pfn = page_to_pfn(page) - before;
	for (at = 0; at < before + after && !signal_pending(current); at += BATCH) {
		unsigned long offset = (unsigned long)at << PAGE_SHIFT;

		got = get_batch(hva + offset, min_t(unsigned int, BATCH, before + after - at),
				pfn + at, writable, pages);
		for (i = 0; i < got; i++)
			arch_page_to_guest(pages[i]);
		if (got)
			map_pages(vcpu, gpa + offset, found, pages[0], got, writable);
		for (i = 0; i < got; i++)
			put_page(pages[i]);
		cond_resched();
	}
}

static int fault_in(struct vcpu *vcpu, u64 gpa, bool write, struct fault_slot *found)
{
	bool writable = found->writable;
	struct page *page;
	int ret;

	gpa &= PAGE_MASK;
	ret = arch_mmu_prepare(vcpu);
	if (ret)
		return ret;
	ret = get_page_behind(found->hva, write, &writable, &page);
	if (ret)
		return ret;
	arch_page_to_guest(page);
	ret = map_pages(vcpu, gpa, found, page, 0, writable);
	/*
	 * Dirty pages are logged one by one. If the page was mapped before, this fault is the
	 * guest's first execution of the page or its first write to it, and unmapped pages around
	 * it have their own faults.
	 */
	if (ret == MEMORY_MAPPED && found->writable && !found->was_mapped &&
	    PageCompound(page))
		map_around(vcpu, gpa, found, page, writable);
	/* The notifier keeps stage 2 consistent; no reference is needed. */
	put_page(page);
	return ret;
}

int memory_resolve(struct vcpu *vcpu, u64 gpa, bool write)
{
	struct fault_slot found;
	int ret = find_slot(vcpu, gpa, write, &found);

	if (ret == MEMORY_MAPPED)
		ret = fault_in(vcpu, gpa, write, &found);
	/* With a signal pending, KVM_RUN ends before the guest repeats the access. */
	return ret == -EINTR ? -EAGAIN : ret;
}

int memory_read(struct vm *vm, u64 gpa, void *to, size_t size)
{
	unsigned long hva = 0;
	struct memslot *slot;

	if (down_read_killable(&vm->slots_lock))
		return -EINTR;
	slot = memslots_find(&vm->slots, gpa);
	if (slot)
		hva = memslot_hva(slot, gpa);
	up_read(&vm->slots_lock);
	/* Without the lock, as a page fault may be slow. A stale address is still the VMM's. */
	return slot && !copy_from_user(to, (void __user *)hva, size) ? 0 : -EFAULT;
}

/* ---- life ---- */

void memory_destroy(struct vm *vm)
{
	while (vm->slots.count)
		delete_slot(vm, vm->slots.slot[0]);
}
