/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which cache maintenance a VM needs, and when: ARM DDI 0406C, A3.5.7 and B2.2. Pure logic;
 * the callers carry it out.
 *
 * The host, the VMM, and a vCPU with SCTLR.M and SCTLR.C set access guest memory through coherent
 * caches. A vCPU with either bit clear, as after reset, bypasses the caches. Lines that the host
 * wrote have to be cleaned before such a vCPU reads them. Memory that such a vCPU wrote may have
 * stale lines, since the host can fetch lines at any time; they have to be invalidated before a
 * read through the caches. tests/unit/test_cache_state.c models both views.
 *
 * HCR.TVM traps the guest's writes to virtual memory registers, SCTLR among them, while its caches
 * are off, and from a set/way operation until the next such write. If a guest turns its caches off
 * without a set/way operation, KVM notices at the next exit.
 */
#ifndef ARM_KVM_CACHE_STATE_H
#define ARM_KVM_CACHE_STATE_H

#include <linux/types.h>

/* Summary of struct cache_vcpu: is work left for the next guest entry? */
enum cache_settled {
	CACHE_UNSETTLED,
	CACHE_SETTLED_OFF,	/* none, if the caches are still off */
	CACHE_SETTLED_ON,	/* none, if the caches are still on */
};

/**
 * struct cache_vcpu - the host's knowledge of a vCPU's caches
 * @on:      M and C of SCTLR were set when the host last looked
 * @flushed: a set/way operation has requested a flush, so the rest of its loop has no effect
 * @entered: the vCPU has run since it was created
 * @uncached: the vCPU has run without caches, and no flush has completed with caches on since
 * @flushing: a flush was requested and is not complete
 * @settled: summary of the other members, for guest entries
 *
 * For the vCPU's thread only.
 */
struct cache_vcpu {
	bool on;
	bool flushed;
	bool entered;
	bool uncached;
	bool flushing;
	enum cache_settled settled;
};

/* The caller's work on all pages that stage 2 maps as normal memory. */
enum cache_work {
	CACHE_NOTHING,
	CACHE_FLUSH,		/* clean and invalidate them before the next guest entry */
	CACHE_UNMAP,		/* unmap them; each is cleaned when it is mapped again */
};

/* HCR.TVM: true if writes to SCTLR and the other virtual memory registers have to trap. */
static inline bool cache_traps(const struct cache_vcpu *cpu)
{
	return !cpu->on || cpu->flushed;
}

/* The vCPU is reset, by its VMM or CPU_ON. */
void cache_reset(struct cache_vcpu *cpu);

/*
 * KVM_ARM_VCPU_INIT, in addition to cache_reset(): the VMM, which uses caches, may rewrite memory
 * that stage 2 still maps.
 */
enum cache_work cache_init(const struct cache_vcpu *cpu);

/* A trapped data cache operation by set/way. */
enum cache_work cache_set_way(struct cache_vcpu *cpu);

/*
 * cache_written() is called after a trapped write to a virtual memory register, cache_enter()
 * before each guest entry. @on: the vCPU's caches are on.
 */
enum cache_work cache_written(struct cache_vcpu *cpu, bool on);
enum cache_work cache_enter(struct cache_vcpu *cpu, bool on);

/* The flush that a CACHE_FLUSH requested is complete. */
void cache_flushed(struct cache_vcpu *cpu);

/* True if there is no work before a guest entry, the common case. */
static inline bool cache_is_settled(const struct cache_vcpu *cpu, bool on)
{
	return cpu->settled == (on ? CACHE_SETTLED_ON : CACHE_SETTLED_OFF);
}

/**
 * struct cache_page - how to map a page, after it was cleaned and invalidated to the point of
 *		       coherency
 * @icache: invalidate all instruction caches
 * @executable: map the page executable
 */
struct cache_page {
	bool icache;
	bool executable;
};

/*
 * How to map a page for a fault. @fetch: the fault was an instruction fetch.
 * @was_executable: the page was mapped executable before, with other permissions. Data pages are
 * mapped without permission to execute, because invalidating the instruction caches is expensive
 * for all CPUs.
 */
struct cache_page cache_map(bool fetch, bool was_executable);

/*
 * True if a page has to be cleaned and invalidated once it is unmapped and flushed from the TLBs.
 * @writable: the guest could write to the page; @uncached: some vCPU of the VM is @uncached.
 */
bool cache_unmap(bool writable, bool uncached);

#endif /* ARM_KVM_CACHE_STATE_H */
