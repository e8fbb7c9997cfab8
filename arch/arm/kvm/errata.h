/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Errata workarounds, by part number and revision. Pure logic; the sources are ARM's errata
 * notices and the host kernel's handling of the same CPUs. Documentation/on-silicon.md has the
 * full list.
 */
#ifndef ARM_KVM_ERRATA_H
#define ARM_KVM_ERRATA_H

#include <linux/types.h>

#define MIDR_IMPLEMENTER(midr)	((midr) >> 24)
#define MIDR_VARIANT(midr)	((midr) >> 20 & 0xf)
#define MIDR_PART(midr)		((midr) >> 4 & 0xfff)
#define MIDR_REVISION(midr)	((midr) & 0xf)
#define IMPLEMENTER_ARM		0x41
#define PART_CORTEX_A7		0xc07
#define PART_CORTEX_A12		0xc0d
#define PART_CORTEX_A17		0xc0e
#define PART_CORTEX_A15		0xc0f

/* Flush of the branch predictor, which a guest may have trained: Spectre v2. */
enum branch_flush {
	BRANCH_NONE,		/* the CPU does not need it */
	BRANCH_BPIALL,
	BRANCH_ICIALLU,		/* invalidates the branch predictor only with ACTLR.IBE */
};

/* The flush that guest exits need on a CPU with this MIDR. */
enum branch_flush errata_branch_flush(u32 midr);

/*
 * Cortex-A15 erratum 798181: after a broadcast TLB invalidation, accesses that other CPUs had
 * under way may still use the old translation.
 */
enum tlb_sync {
	TLB_SYNC_DSB,		/* not affected: DSB waits for these accesses */
	TLB_SYNC_DUMMY,		/* DSB waits only after a second, arbitrary invalidation */
	TLB_SYNC_IPI,		/* the other CPUs have to execute a barrier, too */
};

/* How a CPU with this MIDR and REVIDR completes TLB invalidations. */
enum tlb_sync errata_tlb_sync(u32 midr, u32 revidr);

#endif /* ARM_KVM_ERRATA_H */
