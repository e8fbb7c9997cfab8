// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/string.h>

#include <kvm/memslots.h>

#define FLAGS	(KVM_MEM_READONLY | KVM_MEM_LOG_DIRTY_PAGES)

/* The page count is a signed 32-bit number in every KVM. */
#define MEMSLOT_MAX_PAGES	0x7fffffffULL

/* Index of the first slot that begins above @gpa. */
static unsigned int upper_bound(const struct memslots *slots, u64 gpa)
{
	unsigned int low = 0, high = slots->count;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (slots->slot[mid]->gpa <= gpa)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct memslot *memslots_find(const struct memslots *slots, u64 gpa)
{
	unsigned int behind = upper_bound(slots, gpa);
	struct memslot *slot;

	if (!behind)
		return NULL;
	slot = slots->slot[behind - 1];
	return gpa - slot->gpa < slot->size ? slot : NULL;
}

struct memslot *memslots_by_id(const struct memslots *slots, u32 id)
{
	unsigned int i;

	for (i = 0; i < slots->count; i++)
		if (slots->slot[i]->id == id)
			return slots->slot[i];
	return NULL;
}

/* True if a slot other than @except overlaps the range. @size is not 0. */
static bool overlaps(const struct memslots *slots, u64 gpa, u64 size,
		     const struct memslot *except)
{
	unsigned int i = upper_bound(slots, gpa + size - 1);

	/*
	 * Slots are sorted and disjoint, so it is enough to check the last slot that begins before
	 * the end of the range, or the slot before it if the last one is @except.
	 */
	for (; i > 0; i--) {
		const struct memslot *slot = slots->slot[i - 1];

		if (slot == except)
			continue;
		return slot->gpa + slot->size > gpa;
	}
	return false;
}

int memslots_check(const struct memslots *slots,
		   const struct kvm_userspace_memory_region *region,
		   const struct memslot_limits *limits)
{
	u64 in_page = limits->page_size - 1;
	u64 gpa = region->guest_phys_addr;
	u64 hva = region->userspace_addr;
	u64 size = region->memory_size;
	const struct memslot *old;

	if (region->slot >= MEMSLOTS_MAX)
		return -EINVAL;
	if (region->flags & ~(u32)FLAGS)
		return -EINVAL;
	if ((gpa | hva | size) & in_page)
		return -EINVAL;
	if (size > MEMSLOT_MAX_PAGES * limits->page_size)
		return -EINVAL;
	if (gpa + size < gpa)
		return -EINVAL;
	if (hva > limits->hva_end || size > limits->hva_end - hva)
		return -EINVAL;

	old = memslots_by_id(slots, region->slot);
	if (!size)
		return old ? MEMSLOT_DELETE : -EINVAL;

	if (old) {
		if (old->size != size || old->hva != hva ||
		    (old->flags ^ region->flags) & KVM_MEM_READONLY)
			return -EINVAL;
		if (old->gpa == gpa)
			return old->flags == region->flags ? MEMSLOT_NOTHING : MEMSLOT_FLAGS;
	}
	if (overlaps(slots, gpa, size, old))
		return -EEXIST;
	if (gpa + size > limits->gpa_end)
		return -EFAULT;
	return old ? MEMSLOT_MOVE : MEMSLOT_CREATE;
}

void memslots_insert(struct memslots *slots, struct memslot *slot)
{
	unsigned int at = upper_bound(slots, slot->gpa);

	memmove(&slots->slot[at + 1], &slots->slot[at],
		(slots->count - at) * sizeof(slots->slot[0]));
	slots->slot[at] = slot;
	slots->count++;
	slots->size += slot->size;
}

void memslots_remove(struct memslots *slots, struct memslot *slot)
{
	unsigned int at = upper_bound(slots, slot->gpa) - 1;

	slots->count--;
	slots->size -= slot->size;
	memmove(&slots->slot[at], &slots->slot[at + 1],
		(slots->count - at) * sizeof(slots->slot[0]));
}
