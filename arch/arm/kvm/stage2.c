// SPDX-License-Identifier: GPL-2.0-only
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/smp.h>

#include <asm/lpae_entry.h>

#include <kvm/vm.h>

#include "cache.h"
#include "cache_state.h"
#include "hyp.h"
#include "stage2.h"

#define VTTBR_VMID_SHIFT	48
#define VMID_LAST		255

/* ---- VMIDs ---- */

/*
 * There can be more VMs than VMIDs. A VM has its VMID for one generation; when all VMIDs have been
 * assigned, the next generation begins with flushed TLBs.
 */
static DEFINE_SPINLOCK(vmid_lock);
atomic64_t vmid_generation = ATOMIC64_INIT(1);
static u32 vmid_last;

void stage2_new_vmid(struct stage2 *s2)
{
	u64 generation;

	spin_lock(&vmid_lock);
	generation = atomic64_read(&vmid_generation);
	if (s2->vmid_generation == generation)
		goto out;

	if (vmid_last == VMID_LAST) {
		generation++;
		atomic64_set(&vmid_generation, generation);
		/* After this, no CPU runs with an old VMID; then the TLBs are flushed. */
		cpus_leave_guest(cpu_online_mask);
		hyp_flush_tlb_all();
		vmid_last = 0;
	}
	vmid_last++;
	s2->vttbr = (u64)vmid_last << VTTBR_VMID_SHIFT | virt_to_phys(s2->tables.root);
	/* Pairs with stage2_vttbr(), which reads the generation first. */
	smp_wmb();
	WRITE_ONCE(s2->vmid_generation, generation);
out:
	spin_unlock(&vmid_lock);
}

/* ---- tables ---- */

int stage2_init(struct stage2 *s2, struct mm_struct *mm)
{
	int ret;

	spin_lock_init(&s2->lock);
	s2->vmid_generation = 0;
	ret = lpae_init(&s2->tables, STAGE2_IPA_BITS, mm);
	/* Only the upper word, which has the VMID, changes from here on. */
	if (!ret)
		s2->vttbr = virt_to_phys(s2->tables.root);
	stage2_set_limit(s2, 0, 0);
	return ret;
}

void stage2_flush_tlb(struct stage2 *s2)
{
	/* Redundant for a VMID of an old generation: the next generation began with a flush. */
	hyp_flush_tlb_vmid(s2->vttbr);
}

/* No vCPU runs any more. The next owner of the VMID must find no entry in the TLBs. */
void stage2_destroy(struct stage2 *s2)
{
	if (!s2->tables.root)
		return;
	stage2_flush_tlb(s2);
	lpae_destroy(&s2->tables);
}

/* ---- walks in steps ---- */

/*
 * Descriptors that a step visits with the lock held. On a Cortex-A15, clearing a descriptor takes
 * some 100 ns, and cleaning a page 5 us, so a step takes less than half a millisecond.
 */
#define STEP		512
#define FLUSH_STEP	64

/* Cleans and invalidates the page of a descriptor. */
static void clean_page(u64 entry)
{
	void *page = kmap_local_pfn((entry & LPAE_ADDRESS) >> PAGE_SHIFT);

	clean_invalidate_to_poc(page, PAGE_SIZE);
	kunmap_local(page);
}

static bool is_memory(u64 entry)
{
	return (entry & LPAE_S2_NORMAL) == LPAE_S2_NORMAL;
}

/*
 * Call before a descriptor is set and before unmapped pages or unlinked tables are reused. Do not
 * call it at each step of a walk: all CPUs take part in a flush, and a starved CPU of an emulated
 * machine delays each one.
 */
static void flush_if_stale(struct stage2 *s2)
{
	lockdep_assert_held(&s2->lock);
	if (!s2->stale)
		return;
	stage2_flush_tlb(s2);
	s2->tlb_flushes++;
	s2->stale = false;
}

/* Cleans the pages that the last step unmapped, before the host uses them. */
static void clean_unmapped(struct stage2 *s2, const struct lpae_walk *walk)
{
	unsigned int i;

	for (i = 0; walk->before && i < walk->changed; i++) {
		u64 entry = walk->before[i];

		if (!is_memory(entry) || !cache_unmap(entry & LPAE_S2_WRITE, true))
			continue;
		/* Guests must not write to pages that are being cleaned. */
		flush_if_stale(s2);
		clean_page(entry);
		s2->cleaned++;
	}
}

/* Takes one step of @walk. Adds the tables that it unlinks to @unlinked, by page->lru. */
static bool step(struct stage2 *s2, struct lpae_walk *walk, struct list_head *unlinked)
{
	u64 before[FLUSH_STEP];
	bool more;

	spin_lock(&s2->lock);
	if (walk->prune && s2->uncached) {
		walk->before = before;
		walk->budget = FLUSH_STEP;
	}
	more = lpae_step(&s2->tables, walk);
	s2->stale |= walk->prune && (walk->changed || walk->nr_unlinked);
	s2->longest_walk = max(s2->longest_walk, walk->visited);
	clean_unmapped(s2, walk);
	spin_unlock(&s2->lock);

	walk->before = NULL;
	while (walk->nr_unlinked)
		list_add(&virt_to_page(walk->unlinked[--walk->nr_unlinked])->lru, unlinked);
	return more;
}

/* Flushes the TLBs once for all steps, because a flush costs more than a step. */
static void finish(struct stage2 *s2, struct list_head *unlinked, bool may_sleep)
{
	struct page *page;

	spin_lock(&s2->lock);
	flush_if_stale(s2);
	spin_unlock(&s2->lock);
	while (!list_empty(unlinked)) {
		page = list_first_entry(unlinked, struct page, lru);
		list_del(&page->lru);
		lpae_free_table(&s2->tables, page_address(page));
		if (may_sleep)
			cond_resched();
	}
}

void stage2_unmap(struct stage2 *s2, u64 ipa, u64 size, bool may_sleep)
{
	struct lpae_walk walk = {
		.addr = ipa, .end = ipa + size, .budget = STEP,
		.visit = lpae_clear, .prune = true,
	};
	LIST_HEAD(unlinked);

	while (step(s2, &walk, &unlinked))
		if (may_sleep)
			cond_resched();
	finish(s2, &unlinked, may_sleep);
}

void stage2_protect(struct stage2 *s2, u64 ipa, u64 size)
{
	struct lpae_walk walk = {
		.addr = ipa, .end = ipa + size, .budget = STEP, .visit = lpae_protect,
	};
	LIST_HEAD(unlinked);

	while (step(s2, &walk, &unlinked))
		cond_resched();
}

void stage2_protect_page(struct stage2 *s2, u64 ipa)
{
	u64 *entry = lpae_entry(&s2->tables, ipa, NULL);

	lockdep_assert_held(&s2->lock);
	if (entry && *entry & LPAE_VALID)
		lpae_protect(entry);
}

/* ---- the number of tables ---- */

/* Besides memory, the CPU interface may be mapped, in at most two ranges. */
#define DEVICE_RANGES	2

void stage2_set_limit(struct stage2 *s2, u64 bytes, unsigned int ranges)
{
	WRITE_ONCE(s2->limit, lpae_tables_for(bytes, ranges + DEVICE_RANGES));
}

/*
 * Slots that share memory can need more tables than the limit. Then all tables are dropped, and the
 * guest's next accesses fault.
 */
int stage2_prepare(struct stage2 *s2, struct lpae_spare *spare)
{
	if (READ_ONCE(s2->tables.tables) >= READ_ONCE(s2->limit)) {
		spin_lock(&s2->lock);
		s2->drops++;
		spin_unlock(&s2->lock);
		stage2_unmap(s2, 0, 1ULL << STAGE2_IPA_BITS, true);
	}
	return lpae_fill_spare(&s2->tables, spare);
}

/* The instruction caches may have a page's previous contents. */
static void invalidate_icache(struct stage2 *s2, unsigned int pages)
{
	icialluis(0);
	dsb(ish);
	s2->icache += pages;
}

/* LPAE_XN or 0 for a page of memory; @old is the page's present descriptor. */
static u64 execution(struct stage2 *s2, u64 old, phys_addr_t pa, bool fetch)
{
	bool same = old & LPAE_VALID && (old & LPAE_ADDRESS) == pa;
	struct cache_page page = cache_map(fetch, same && !(old & LPAE_XN));

	if (page.icache)
		invalidate_icache(s2, 1);
	return page.executable ? 0 : LPAE_XN;
}

/* A descriptor of level 3 without address. Devices are not executable. */
static u64 page_entry(enum stage2_access access)
{
	const u64 entry = LPAE_VALID | LPAE_TABLE | LPAE_AF | LPAE_SH_INNER | LPAE_S2_READ;

	switch (access) {
	case STAGE2_READ_ONLY:
		return entry | LPAE_S2_NORMAL;
	case STAGE2_WRITE:
		return entry | LPAE_S2_NORMAL | LPAE_S2_WRITE;
	default:
		return entry | LPAE_S2_DEVICE | LPAE_S2_WRITE | LPAE_XN;
	}
}

bool stage2_map(struct stage2 *s2, u64 ipa, phys_addr_t pa,
		enum stage2_access access, bool fetch, struct lpae_spare *spare)
{
	u64 entry = pa | page_entry(access);
	bool was_mapped;
	u64 *at;

	/* Before lpae_entry(), which may link tables. */
	flush_if_stale(s2);
	at = lpae_entry(&s2->tables, ipa, spare);
	if (access != STAGE2_DEVICE)
		entry |= execution(s2, *at, pa, fetch);
	was_mapped = *at & LPAE_VALID;
	if (was_mapped) {
		lpae_clear(at);
		s2->stale = true;
		flush_if_stale(s2);
	}
	lpae_set(at, entry);
	return was_mapped;
}

void stage2_map_around(struct stage2 *s2, u64 ipa, phys_addr_t pa, unsigned int pages,
		       enum stage2_access access, bool fetch)
{
	u64 entry = page_entry(access) | (fetch ? 0 : LPAE_XN);
	u64 *at = lpae_entry(&s2->tables, ipa, NULL);

	/* The table has been unlinked in the meantime. */
	if (!at)
		return;
	flush_if_stale(s2);
	if (fetch)
		invalidate_icache(s2, pages);
	for (; pages; pages--, at++, pa += PAGE_SIZE)
		if (!(*at & LPAE_VALID))
			lpae_set(at, entry | pa);
}

/* ---- caches ---- */

static bool flush_page(u64 *entry)
{
	if (is_memory(*entry))
		clean_page(*entry);
	return false;
}

#define WIDTH	(1ULL << STAGE2_IPA_BITS)

/*
 * All flushes of a VM share one circular walk of its address space. A flush that begins in the
 * middle is complete when the walk returns there.
 */
u64 stage2_begin_flush(struct stage2 *s2)
{
	u64 mark;

	spin_lock(&s2->lock);
	mark = s2->flushed + WIDTH;
	spin_unlock(&s2->lock);
	return mark;
}

static void flush_step(struct stage2 *s2)
{
	u64 from = s2->flushed & (WIDTH - 1);
	struct lpae_walk walk = {
		.addr = from, .end = WIDTH, .budget = FLUSH_STEP, .visit = flush_page,
	};

	lockdep_assert_held(&s2->lock);
	lpae_step(&s2->tables, &walk);
	s2->flushed += walk.addr - from;
	s2->longest_flush = max(s2->longest_flush, walk.visited);
}

bool stage2_flush(struct stage2 *s2, u64 mark)
{
	for (;;) {
		bool done;

		spin_lock(&s2->lock);
		done = s2->flushed >= mark;
		if (!done)
			flush_step(s2);
		spin_unlock(&s2->lock);
		if (done)
			return true;
		if (signal_pending(current))
			return false;
		cond_resched();
	}
}

/* Under the lock: a step of stage2_unmap() either precedes the vCPU's writes or sees the mask. */
void stage2_set_uncached(struct stage2 *s2, unsigned int id, bool uncached)
{
	spin_lock(&s2->lock);
	if (uncached)
		s2->uncached |= 1UL << id;
	else
		s2->uncached &= ~(1UL << id);
	spin_unlock(&s2->lock);
}

void stage2_reset(struct stage2 *s2)
{
	spin_lock(&s2->lock);
	s2->resets++;
	spin_unlock(&s2->lock);
	stage2_unmap(s2, 0, WIDTH, true);
}

void stage2_count_set_way(struct stage2 *s2)
{
	spin_lock(&s2->lock);
	s2->set_way++;
	spin_unlock(&s2->lock);
}

/* ---- debugfs ---- */

void stage2_show(struct seq_file *file, struct stage2 *s2)
{
	unsigned int tables, limit, drops, walk, flush, resets, set_way, icache, cleaned, tlb;
	u64 flushed;

	spin_lock(&s2->lock);
	tables = s2->tables.tables;
	limit = s2->limit;
	drops = s2->drops;
	resets = s2->resets;
	set_way = s2->set_way;
	icache = s2->icache;
	cleaned = s2->cleaned;
	tlb = s2->tlb_flushes;
	flushed = s2->flushed;
	walk = s2->longest_walk;
	flush = s2->longest_flush;
	spin_unlock(&s2->lock);
	seq_printf(file, "tables %u\nlimit %u\ndrops %u\n", tables, limit, drops);
	seq_printf(file, "flushes %llu\n", flushed >> STAGE2_IPA_BITS);
	seq_printf(file, "longest_walk %u\nlongest_flush %u\n", walk, flush);
	seq_printf(file, "resets %u\nset_way %u\nicache %u\ncleaned %u\n", resets, set_way,
		   icache, cleaned);
	seq_printf(file, "tlb_flushes %u\n", tlb);
}
