/* SPDX-License-Identifier: GPL-2.0-only */
/* Stores to long-descriptor translation tables; the unit tests have a header of their own. */
#ifndef ARM_ASM_LPAE_ENTRY_H
#define ARM_ASM_LPAE_ENTRY_H

#include <linux/types.h>

#include <asm/barrier.h>
#include <asm/page.h>

#include "../../kvm/cache.h"

/* Sets a descriptor so that the hardware sees it, wholly or not at all. */
static inline void lpae_set(u64 *entry, u64 value)
{
	/* One doubleword store is single-copy atomic with LPAE: A3.5.3. */
	asm volatile("strd %Q1, %R1, [%0]" : : "r" (entry), "r" (value) : "memory");
	clean_to_poc(entry, sizeof(*entry));
	dsb(ishst);
}

#endif /* ARM_ASM_LPAE_ENTRY_H */
