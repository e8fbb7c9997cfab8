/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which cache maintenance a VM needs, and when: ARM DDI 0406C, A3.5.7 and B2.2. Pure logic;
 * the callers carry it out.
 *
 * The host and its VMM have guest memory cached. So has a guest with M and C of SCTLR set:
 * both see one coherent memory. A vCPU without them, as after reset, reads and writes behind
 * the caches. What the host wrote has to be cleaned before such a vCPU reads it, and lines of
 * what it wrote itself, which the host may have fetched any time, invalidated before anybody
 * reads that through the caches. tests/unit/test_cache_state.c has a model of both views.
 *
 * HCR.TVM makes the guest's writes to SCTLR trap until its caches are on, and from its first
 * set/way operation on. A guest that turns its caches off without such an operation is noticed
 * when it exits for another reason.
 */
#ifndef ARM_KVM_CACHE_STATE_H
#define ARM_KVM_CACHE_STATE_H

#include <linux/types.h>

/* Whether the others of struct cache_vcpu leave something to do before a guest entry. */
enum cache_settled {
	CACHE_UNSETTLED,
	CACHE_SETTLED_OFF,	/* nothing, if the caches still are off */
	CACHE_SETTLED_ON,
};

/**
 * struct cache_vcpu - what is known of a vCPU's caches
 * @on:      M and C of SCTLR were set when the host last looked
 * @flushed: a loop of set/way operations has begun, and its first has been carried out
 * @entered: the vCPU has run since it was created
 * @uncached: it has run without caches, and not had memory flushed to turn them on since
 * @flushing: a flush has been asked for, and is not complete
 * @settled: a summary of the others, for guest entries
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

/* Work for the caller, on the pages that stage 2 maps as normal memory. */
enum cache_work {
	CACHE_NOTHING,
	CACHE_FLUSH,		/* clean and invalidate all, before the vCPU is entered again */
	CACHE_UNMAP,		/* unmap all: each page is cleaned when it is mapped again */
};

/* HCR.TVM: do writes to SCTLR and the other virtual memory registers trap? */
static inline bool cache_traps(const struct cache_vcpu *cpu)
{
	return !cpu->on || cpu->flushed;
}

/* The vCPU is reset, by its VMM or CPU_ON. */
void cache_reset(struct cache_vcpu *cpu);

/*
 * KVM_ARM_VCPU_INIT, besides cache_reset(): the VMM may rewrite memory, through its caches,
 * that stage 2 maps since before.
 */
enum cache_work cache_init(const struct cache_vcpu *cpu);

/* A trapped data cache operation by set/way. */
enum cache_work cache_set_way(struct cache_vcpu *cpu);

/*
 * After a trapped write to a virtual memory register, and before each guest entry: the vCPU's
 * caches are @on.
 */
enum cache_work cache_written(struct cache_vcpu *cpu, bool on);
enum cache_work cache_enter(struct cache_vcpu *cpu, bool on);

/* The flush that one of these asked for is complete. */
void cache_flushed(struct cache_vcpu *cpu);

/* Is there nothing to do before a guest entry? The common case. */
static inline bool cache_is_settled(const struct cache_vcpu *cpu, bool on)
{
	return cpu->settled == (on ? CACHE_SETTLED_ON : CACHE_SETTLED_OFF);
}

/**
 * struct cache_page - work on a page that is mapped, and that has been cleaned and invalidated
 *		       to the point of coherency
 * @icache: invalidate all instruction caches
 * @executable: the mapping is
 */
struct cache_page {
	bool icache;
	bool executable;
};

/*
 * A page is mapped for a fault, which was an instruction @fetch or not. @was_executable: it was
 * mapped before, with other permissions, and executable. Data pages are mapped without
 * permission to execute, because invalidating the instruction caches is expensive for all CPUs.
 */
struct cache_page cache_map(bool fetch, bool was_executable);

/*
 * A page that the guest could write, or not, was unmapped, and the TLBs do not have it any
 * more: is it cleaned and invalidated? @uncached: so is any vCPU of the VM.
 */
bool cache_unmap(bool writable, bool uncached);

#endif /* ARM_KVM_CACHE_STATE_H */
