/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2: the translation of a VM's guest physical (intermediate physical) addresses to physical
 * ones, and the VMID that tags its entries in the TLBs. ARM DDI 0406C, B3.6.
 */
#ifndef ARM_KVM_STAGE2_H
#define ARM_KVM_STAGE2_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "lpae.h"

struct seq_file;

/* Width of the guest physical address space, as in VTCR_VALUE. */
#define STAGE2_IPA_BITS	40

/**
 * struct stage2 - a VM's translation tables and VMID
 * @lock:     for all fields except @limit, @vttbr and @vmid_generation; a spinlock, because MMU
 *            notifiers take it. It is held for a bounded number of descriptors at a time
 * @tables:   translation tables
 * @limit:    number of tables at which all are dropped before the next page is mapped
 * @flushed:  bytes of the address space that flushes of caches have walked over since the
 *            VM's creation; modulo the space's width, the address at which flushes continue
 * @stale:    the TLBs may hold descriptors that walks have cleared
 * @vttbr:    VTTBR: the root of @tables, and a VMID from 1 to 255; 0 is the host's
 * @vmid_generation: @vttbr is valid while this is the current generation
 * @uncached: mask of vCPUs that write to memory without caches. While it is not 0, pages are
 *            cleaned when unmapped
 * @drops:    number of times that @limit was reached
 * @resets:   number of times that all pages were unmapped because a vCPU that had run was reset
 * @set_way:  trapped set/way operations
 * @icache:   pages that were made executable, with an invalidation of the instruction caches
 * @cleaned:  pages that were cleaned because they were unmapped
 * @tlb_flushes: flushes of TLBs because of @stale
 * @longest_walk, @longest_flush: highest number of descriptors that one step has visited
 */
struct stage2 {
	spinlock_t lock;
	struct lpae tables;
	unsigned int limit;
	u64 flushed;
	bool stale;
	u64 vttbr;
	u64 vmid_generation;

	unsigned long uncached;
	unsigned int drops;
	unsigned int resets;
	unsigned int set_way;
	unsigned int icache;
	unsigned int cleaned;
	unsigned int tlb_flushes;
	unsigned int longest_walk;
	unsigned int longest_flush;
};

enum stage2_access {
	STAGE2_READ_ONLY,
	STAGE2_WRITE,
	STAGE2_DEVICE,		/* writable, not executable */
};

/* @mm: of the VMM, which the tables are charged to. 0 or -ENOMEM. Sleeps. */
int stage2_init(struct stage2 *s2, struct mm_struct *mm);
void stage2_destroy(struct stage2 *s2);

/* Limits the number of tables to those that @bytes of memory in @ranges ranges need. */
void stage2_set_limit(struct stage2 *s2, u64 bytes, unsigned int ranges);

/*
 * Fills @spare with the tables that stage2_map() can need. If the limit is reached, it unmaps
 * all of the guest's memory, which faults in again. 0 or -ENOMEM. Sleeps.
 */
int stage2_prepare(struct stage2 *s2, struct lpae_spare *spare);

/*
 * Maps one page. The caller holds @s2->lock and has filled @spare. An earlier mapping is
 * flushed from all TLBs first. A page of memory is mapped executable if the access was a @fetch,
 * or if the same page was executable before: cache_map(). Returns whether there was an earlier
 * mapping.
 */
bool stage2_map(struct stage2 *s2, u64 ipa, phys_addr_t pa,
		enum stage2_access access, bool fetch, struct lpae_spare *spare);

/*
 * Maps @pages pages from @ipa on, which are contiguous at @pa and within one level 3 table, except
 * those that are already mapped. They are executable if the access was a @fetch. No effect without
 * the table. The caller holds @s2->lock.
 */
void stage2_map_around(struct stage2 *s2, u64 ipa, phys_addr_t pa, unsigned int pages,
		       enum stage2_access access, bool fetch);

/*
 * Unmaps all pages of a range, in bytes, and frees its tables; on return no guest can access the
 * pages. Takes @s2->lock for one step at a time, and reschedules between steps if @may_sleep.
 * Interrupts are on.
 */
void stage2_unmap(struct stage2 *s2, u64 ipa, u64 size, bool may_sleep);

/*
 * Makes all pages of a range read-only, in steps like stage2_unmap(). Reschedules between steps.
 * The caller flushes the TLBs by stage2_flush_tlb().
 */
void stage2_protect(struct stage2 *s2, u64 ipa, u64 size);

/* Makes one page read-only, with @s2->lock held. Takes effect when the TLBs are flushed. */
void stage2_protect_page(struct stage2 *s2, u64 ipa);

/* Flushes the VM's TLB entries on all CPUs. Interrupts are on. */
void stage2_flush_tlb(struct stage2 *s2);

/*
 * Clean and invalidate all of the guest's memory to the point of coherency, which emulates
 * set/way operations. stage2_begin_flush() returns the mark at which a flush that begins now is
 * complete. stage2_flush() walks towards it in steps, together with the other vCPUs that flush.
 * False if a signal is pending; a later call with the same mark continues.
 */
u64 stage2_begin_flush(struct stage2 *s2);
bool stage2_flush(struct stage2 *s2, u64 mark);

/*
 * Records whether vCPU @id writes to memory without caches. While any vCPU does, pages are
 * cleaned and invalidated when unmapped, so that the host reads no stale cache lines. Takes
 * @s2->lock.
 */
void stage2_set_uncached(struct stage2 *s2, unsigned int id, bool uncached);

/* Unmaps all pages, because a vCPU is reset. Takes @s2->lock in steps, and may sleep. */
void stage2_reset(struct stage2 *s2);

/* Counts a trapped set/way operation. Takes @s2->lock. */
void stage2_count_set_way(struct stage2 *s2);

/* Prints the state, "name number" in each line. Takes @s2->lock. */
void stage2_show(struct seq_file *file, struct stage2 *s2);

/* The current generation of VMIDs; see stage2.c. */
extern atomic64_t vmid_generation;

/*
 * The VTTBR for guest entry, with interrupts off. 0: the VMID is of an old generation; call
 * stage2_new_vmid() with interrupts on, and try again.
 */
static inline u64 stage2_vttbr(const struct stage2 *s2)
{
	/* A generation cannot end here: stage2_new_vmid() waits for this CPU. */
	if (READ_ONCE(s2->vmid_generation) != atomic64_read(&vmid_generation))
		return 0;
	/* Pairs with stage2_new_vmid(), which writes the generation last. */
	smp_rmb();
	return s2->vttbr;
}

void stage2_new_vmid(struct stage2 *s2);

#endif /* ARM_KVM_STAGE2_H */
