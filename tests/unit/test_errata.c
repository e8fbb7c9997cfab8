// SPDX-License-Identifier: GPL-2.0-only
/* arch/arm/kvm/errata.c: workarounds for each revision of each CPU. */
#include <kselftest_harness.h>

#include "errata.h"
#include "loops.h"

#define MIDR(part, x, y)	(0x410f0000U | (x) << 20 | (part) << 4 | (y))
#define A15(x, y)		MIDR(0xc0f, x, y)

#define FIRST			(1U << 4)
#define SECOND			(1U << 9)

TEST(branch_predictor)
{
	static const struct {
		u32 midr;
		enum branch_flush flush;
	} rows[] = {
		{ MIDR(0xc07, 0, 5), BRANCH_NONE },
		{ MIDR(0xc0f, 2, 1), BRANCH_ICIALLU },
		{ MIDR(0xc0f, 4, 0), BRANCH_ICIALLU },
		{ MIDR(0xc0d, 0, 1), BRANCH_BPIALL },
		{ MIDR(0xc0e, 1, 1), BRANCH_BPIALL },
		/* The same part number of another implementer. */
		{ 0x510fc0f0, BRANCH_NONE },
	};
	unsigned int i;

	EACH(i, ARRAY_SIZE(rows))
		EXPECT_EQ(rows[i].flush, errata_branch_flush(rows[i].midr))
			TH_LOG("MIDR 0x%08x", rows[i].midr);
}

/* sync: for a REVIDR with no fix, with the first, with the second, and with both. */
static const struct {
	u32 midr;
	enum tlb_sync sync[4];
} syncs[] = {
	{ A15(0, 0), { TLB_SYNC_IPI, TLB_SYNC_IPI, TLB_SYNC_IPI, TLB_SYNC_IPI } },
	{ A15(2, 1), { TLB_SYNC_IPI, TLB_SYNC_IPI, TLB_SYNC_IPI, TLB_SYNC_IPI } },
	/* REVIDR[9] is not defined yet. */
	{ A15(2, 2), { TLB_SYNC_IPI, TLB_SYNC_DUMMY, TLB_SYNC_IPI, TLB_SYNC_DUMMY } },
	{ A15(2, 3), { TLB_SYNC_IPI, TLB_SYNC_DUMMY, TLB_SYNC_IPI, TLB_SYNC_DUMMY } },
	{ A15(2, 4), { TLB_SYNC_IPI, TLB_SYNC_DUMMY, TLB_SYNC_DSB, TLB_SYNC_DSB } },
	{ A15(3, 0), { TLB_SYNC_IPI, TLB_SYNC_DUMMY, TLB_SYNC_DSB, TLB_SYNC_DSB } },
	{ A15(3, 2), { TLB_SYNC_IPI, TLB_SYNC_DUMMY, TLB_SYNC_DSB, TLB_SYNC_DSB } },
	/* REVIDR[4] is reserved: this revision has the first fix. */
	{ A15(3, 3), { TLB_SYNC_DUMMY, TLB_SYNC_DUMMY, TLB_SYNC_DSB, TLB_SYNC_DSB } },
	{ A15(4, 0), { TLB_SYNC_DSB, TLB_SYNC_DSB, TLB_SYNC_DSB, TLB_SYNC_DSB } },
	{ MIDR(0xc07, 0, 3), { TLB_SYNC_DSB, TLB_SYNC_DSB, TLB_SYNC_DSB, TLB_SYNC_DSB } },
	{ 0x510fc0f0, { TLB_SYNC_DSB, TLB_SYNC_DSB, TLB_SYNC_DSB, TLB_SYNC_DSB } },
};

TEST(tlb_invalidation)
{
	const u32 revidr[] = { ~(FIRST | SECOND), ~SECOND, ~FIRST, ~0U };
	unsigned int i, fix;

	EACH(i, ARRAY_SIZE(syncs))
	EACH(fix, 4)
		EXPECT_EQ(syncs[i].sync[fix], errata_tlb_sync(syncs[i].midr, revidr[fix]))
			TH_LOG("MIDR 0x%08x, REVIDR 0x%08x", syncs[i].midr, revidr[fix]);
}

TEST_HARNESS_MAIN
