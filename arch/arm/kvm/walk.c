// SPDX-License-Identifier: GPL-2.0-only
#include "walk.h"

#define TTBCR_EAE		(1U << 31)	/* long descriptors */
#define TTBCR_N(ttbcr)		((ttbcr) & 7)
#define TTBCR_T0SZ(ttbcr)	((ttbcr) & 7)
#define TTBCR_T1SZ(ttbcr)	((ttbcr) >> 16 & 7)

#define SHORT_TYPE(descriptor)	((descriptor) & 3)
#define SHORT_TABLE		1
#define LONG_TYPE(descriptor)	((descriptor) & 3)
#define LONG_TABLE		3

/* Address bits from @low to 39. */
#define BITS_FROM(low)		(0xffffffffffULL & ~0ULL << (low))

static void begin_short(struct guest_walk *walk, const struct cpu_cp15 *cp15)
{
	unsigned int n = TTBCR_N(cp15->ttbcr);
	u64 ttbr = cp15->ttbr0;

	/* TTBR0 translates addresses whose upper N bits are 0. */
	if (n && walk->va >> (32 - n)) {
		ttbr = cp15->ttbr1;
		n = 0;
	}
	walk->size = 4;
	walk->level = 1;
	walk->ipa = ((u32)ttbr & ~0U << (14 - n)) | (walk->va << n >> n >> 20) << 2;
}

/* B3.6.5: a region of 1 GiB or less begins at level 2. */
static void begin_long(struct guest_walk *walk, const struct cpu_cp15 *cp15)
{
	unsigned int t0 = TTBCR_T0SZ(cp15->ttbcr), t1 = TTBCR_T1SZ(cp15->ttbcr);
	bool in_0 = !t0 || !(walk->va >> (32 - t0));
	bool in_1 = t1 ? walk->va >> (32 - t1) == (1U << t1) - 1 : !in_0;
	unsigned int bits_out = in_1 ? t1 : t0;
	u64 ttbr = in_1 ? cp15->ttbr1 : cp15->ttbr0;
	u32 in_region = walk->va << bits_out >> bits_out;
	unsigned int shift;

	walk->size = 8;
	walk->level = bits_out > 1 ? 2 : 1;
	shift = walk->level == 1 ? 30 : 21;
	walk->ipa = (ttbr & BITS_FROM(32 - bits_out - shift + 3)) | (u64)(in_region >> shift) << 3;
}

void walk_begin(struct guest_walk *walk, const struct cpu_cp15 *cp15, u32 va)
{
	walk->va = va;
	if (cp15->ttbcr & TTBCR_EAE)
		begin_long(walk, cp15);
	else
		begin_short(walk, cp15);
}

bool walk_next(struct guest_walk *walk, u64 descriptor)
{
	unsigned int shift;

	if (walk->size == 4) {
		if (walk->level == 2 || SHORT_TYPE(descriptor) != SHORT_TABLE)
			return false;
		walk->level = 2;
		walk->ipa = ((u32)descriptor & ~0U << 10) | (walk->va >> 12 & 0xff) << 2;
		return true;
	}
	if (walk->level == 3 || LONG_TYPE(descriptor) != LONG_TABLE)
		return false;
	walk->level++;
	shift = walk->level == 2 ? 21 : 12;
	walk->ipa = (descriptor & BITS_FROM(12)) | (walk->va >> shift & 0x1ff) << 3;
	return true;
}
