// SPDX-License-Identifier: GPL-2.0-only
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include <kvm/vm.h>

#include "cache.h"
#include "hyp.h"
#include "stage2.h"

#define VTTBR_VMID_SHIFT	48
#define VMID_LAST		255

/* ---- VMIDs ---- */

/*
 * VMs outnumber VMIDs. A VM has its VMID for one generation; when all VMIDs are in use, the
 * next generation begins with flushed TLBs.
 */
static DEFINE_SPINLOCK(vmid_lock);
static atomic64_t vmid_generation = ATOMIC64_INIT(1);
static u32 vmid_last;

/* Interrupts are off, so that the generation cannot end: that waits for this CPU. */
u64 stage2_vttbr(struct stage2 *s2)
{
	if (READ_ONCE(s2->vmid_generation) != atomic64_read(&vmid_generation))
		return 0;
	/* Pairs with stage2_new_vmid(), which writes the generation last. */
	smp_rmb();
	return s2->vttbr;
}

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
		/* No CPU runs with an old VMID, and the TLBs hold none. */
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

int stage2_init(struct stage2 *s2)
{
	int ret;

	spin_lock_init(&s2->lock);
	s2->vmid_generation = 0;
	ret = lpae_init(&s2->tables, STAGE2_IPA_BITS);
	/* Only the upper word, which has the VMID, changes from here on. */
	if (!ret)
		s2->vttbr = virt_to_phys(s2->tables.root);
	return ret;
}

static void flush_vmid(struct stage2 *s2)
{
	/* A VMID of an old generation is flushed with the generation. */
	hyp_flush_tlb_vmid(s2->vttbr);
}

/* No vCPU runs any more. The next owner of the VMID must find no entry in the TLBs. */
void stage2_destroy(struct stage2 *s2)
{
	if (!s2->tables.root)
		return;
	flush_vmid(s2);
	lpae_destroy(&s2->tables);
}

void stage2_unmap(struct stage2 *s2, u64 ipa, u64 size)
{
	lockdep_assert_held(&s2->lock);
	if (lpae_clear(&s2->tables, ipa, size))
		flush_vmid(s2);
}

/* Bytes that are unmapped without dropping the lock. */
#define REMOVE_STEP	(64ULL << 20)

void stage2_remove(struct stage2 *s2, u64 ipa, u64 size)
{
	struct page *page, *next;
	LIST_HEAD(empty);
	u64 done, step;

	for (done = 0; done < size; done += step) {
		step = min(size - done, REMOVE_STEP);
		spin_lock(&s2->lock);
		stage2_unmap(s2, ipa + done, step);
		lpae_prune(&s2->tables, ipa + done, step, &empty);
		spin_unlock(&s2->lock);
		cond_resched();
	}
	if (list_empty(&empty))
		return;
	/* Table walks may have cached the tables. */
	flush_vmid(s2);
	list_for_each_entry_safe(page, next, &empty, lru)
		__free_page(page);
}

void stage2_map(struct stage2 *s2, u64 ipa, phys_addr_t pa,
		enum stage2_access access, struct lpae_spare *spare)
{
	u64 entry = pa | LPAE_VALID | LPAE_TABLE | LPAE_AF | LPAE_SH_INNER |
		    LPAE_S2_READ;

	switch (access) {
	case STAGE2_READ_ONLY:
		entry |= LPAE_S2_NORMAL;
		break;
	case STAGE2_WRITE:
		entry |= LPAE_S2_NORMAL | LPAE_S2_WRITE;
		break;
	case STAGE2_DEVICE:
		entry |= LPAE_S2_DEVICE | LPAE_S2_WRITE | LPAE_XN;
		break;
	}
	stage2_unmap(s2, ipa, PAGE_SIZE);
	lpae_set(lpae_entry(&s2->tables, ipa, spare), entry);
}

/* ---- caches ---- */

static void flush_page(u64 *entry)
{
	void *page;

	if ((*entry & LPAE_S2_NORMAL) != LPAE_S2_NORMAL)
		return;
	page = kmap_local_pfn((*entry & LPAE_ADDRESS) >> PAGE_SHIFT);
	clean_invalidate_to_poc(page, PAGE_SIZE);
	kunmap_local(page);
}

void stage2_flush_caches(struct stage2 *s2)
{
	spin_lock(&s2->lock);
	lpae_for_each(&s2->tables, flush_page);
	spin_unlock(&s2->lock);
}
