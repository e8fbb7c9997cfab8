// SPDX-License-Identifier: GPL-2.0-only
#include "errata.h"

/* Revision rXpY, as a number that can be compared. */
#define REV(x, y)	((x) << 4 | (y))

static u32 rev_of(u32 midr)
{
	return REV(MIDR_VARIANT(midr), MIDR_REVISION(midr));
}

enum branch_flush errata_branch_flush(u32 midr)
{
	if (MIDR_IMPLEMENTER(midr) != IMPLEMENTER_ARM)
		return BRANCH_NONE;
	switch (MIDR_PART(midr)) {
	case PART_CORTEX_A12:
	case PART_CORTEX_A17:
		return BRANCH_BPIALL;
	case PART_CORTEX_A15:
		return BRANCH_ICIALLU;
	default:
		return BRANCH_NONE;
	}
}

/* REVIDR bits of A15s: the first, incomplete fix of the erratum, and the second, complete one. */
#define REVIDR_FIRST_FIX	(1U << 4)
#define REVIDR_SECOND_FIX	(1U << 9)

enum tlb_sync errata_tlb_sync(u32 midr, u32 revidr)
{
	u32 rev = rev_of(midr);

	if (MIDR_IMPLEMENTER(midr) != IMPLEMENTER_ARM || MIDR_PART(midr) != PART_CORTEX_A15 ||
	    rev >= REV(4, 0))
		return TLB_SYNC_DSB;
	if (rev < REV(2, 2))
		return TLB_SYNC_IPI;
	if (rev >= REV(2, 4) && revidr & REVIDR_SECOND_FIX)
		return TLB_SYNC_DSB;
	return revidr & REVIDR_FIRST_FIX || rev >= REV(3, 3) ? TLB_SYNC_DUMMY : TLB_SYNC_IPI;
}
