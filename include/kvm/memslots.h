/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory slots map parts of the guest physical address space to the VMM's memory. Pure
 * logic, no locking; virt/kvm/vm_memory.c has the pages.
 */
#ifndef KVM_MEMSLOTS_H
#define KVM_MEMSLOTS_H

#include <linux/kvm.h>
#include <linux/types.h>

#define MEMSLOTS_MAX	512	/* KVM_CAP_NR_MEMSLOTS; ids are below this */

/**
 * struct memslot - one region of guest memory
 * @id:    user space's number
 * @flags: KVM_MEM_READONLY, KVM_MEM_LOG_DIRTY_PAGES
 * @gpa:   guest physical address, bytes, aligned to pages
 * @size:  bytes, a multiple of the page size, not 0
 * @hva:   address in the VMM, aligned to pages
 */
struct memslot {
	u32 id;
	u32 flags;
	u64 gpa;
	u64 size;
	unsigned long hva;
};

/**
 * struct memslots - all slots of a VM, sorted by @gpa; they do not overlap
 * @count: number of slots
 * @size:  total size of the slots, in bytes
 * @slot:  the slots; entries from @count on are undefined
 */
struct memslots {
	u64 size;
	unsigned int count;
	struct memslot *slot[MEMSLOTS_MAX];
};

/**
 * struct memslot_limits - limits of a region
 * @page_size: bytes, a power of two
 * @gpa_end:   first guest physical address that does not exist
 * @hva_end:   first address that user space cannot have
 */
struct memslot_limits {
	u64 page_size;
	u64 gpa_end;
	u64 hva_end;
};

enum memslot_change {
	MEMSLOT_CREATE,
	MEMSLOT_DELETE,
	MEMSLOT_MOVE,		/* the flags may change, too */
	MEMSLOT_FLAGS,		/* only the flags change */
	MEMSLOT_NOTHING,	/* the slot is already as requested */
};

/*
 * Checks KVM_SET_USER_MEMORY_REGION, without changing anything. Returns enum memslot_change, or
 * -EINVAL (id, flags, alignment, too large, a range that wraps or leaves user space, nothing to
 * delete, or a change of an existing slot's size, hva or KVM_MEM_READONLY), -EFAULT (outside of the
 * guest physical address space), or -EEXIST (overlaps another slot). Source:
 * Documentation/virt/kvm/api.rst 4.35; if it names no error, the error of current kernels.
 */
int memslots_check(const struct memslots *slots,
		   const struct kvm_userspace_memory_region *region,
		   const struct memslot_limits *limits);

/* The slot with the id, or NULL. */
struct memslot *memslots_by_id(const struct memslots *slots, u32 id);

/* The slot that contains the guest physical address, or NULL. */
struct memslot *memslots_find(const struct memslots *slots, u64 gpa);

/* @slot must have passed memslots_check(). The array keeps the pointer. */
void memslots_insert(struct memslots *slots, struct memslot *slot);
void memslots_remove(struct memslots *slots, struct memslot *slot);

/* The VMM's address of a guest physical address in the slot. */
static inline unsigned long memslot_hva(const struct memslot *slot, u64 gpa)
{
	return slot->hva + (unsigned long)(gpa - slot->gpa);
}

#endif /* KVM_MEMSLOTS_H */
