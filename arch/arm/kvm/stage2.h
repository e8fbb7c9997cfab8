/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2: a VM's guest physical (intermediate physical) addresses to physical
 * ones, and the VMID that tags them in the TLBs. ARM DDI 0406C, B3.6.
 */
#ifndef ARM_KVM_STAGE2_H
#define ARM_KVM_STAGE2_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "lpae.h"

/* Width of the guest physical address space; HYP's VTCR says the same. */
#define STAGE2_IPA_BITS	40

/**
 * struct stage2 - of one VM
 * @lock:     for @tables; a spinlock, because MMU notifiers take it
 * @tables:   translation tables
 * @vttbr:    VTTBR: the root of @tables, and a VMID from 1 to 255; 0 is the host's
 * @vmid_generation: @vttbr is valid while this is the current generation
 */
struct stage2 {
	spinlock_t lock;
	struct lpae tables;
	u64 vttbr;
	u64 vmid_generation;
};

enum stage2_access {
	STAGE2_READ_ONLY,
	STAGE2_WRITE,
	STAGE2_DEVICE,		/* writable, not executable */
};

/* 0 or -ENOMEM. Sleeps. */
int stage2_init(struct stage2 *s2);
void stage2_destroy(struct stage2 *s2);

/*
 * Maps one page. The caller holds @s2->lock and has filled @spare. An earlier mapping is
 * flushed from all TLBs first.
 */
void stage2_map(struct stage2 *s2, u64 ipa, phys_addr_t pa,
		enum stage2_access access, struct lpae_spare *spare);

/*
 * Unmaps all pages of a range; on return no guest can reach them. The caller
 * holds @s2->lock, with interrupts on.
 */
void stage2_unmap(struct stage2 *s2, u64 ipa, u64 size);

/*
 * Unmaps a range that does not come back, and frees its tables. Takes @s2->lock in steps,
 * and may sleep.
 */
void stage2_remove(struct stage2 *s2, u64 ipa, u64 size);

/*
 * Cleans and invalidates the guest's memory to the point of coherency, which emulates
 * set/way operations. Takes @s2->lock.
 */
void stage2_flush_caches(struct stage2 *s2);

/*
 * The VTTBR for guest entry, with interrupts off. 0: the VMID is of an old generation; call
 * stage2_new_vmid() with interrupts on, and try again.
 */
u64 stage2_vttbr(struct stage2 *s2);
void stage2_new_vmid(struct stage2 *s2);

#endif /* ARM_KVM_STAGE2_H */
