// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/walk.c: descriptors of short (ARM DDI 0406C, B3.5) and long format (B3.6).
 */
#include <kselftest_harness.h>

#include "loops.h"
#include "walk.h"

#define EAE		(1U << 31)
#define T0SZ(n)		(n)
#define T1SZ(n)		((n) << 16)

/* Addresses of tables, aligned for each of their sizes; the low bits are attributes. */
#define TTBR0		0x8765c04aULL
#define TTBR1		0x1234404aULL

static struct guest_walk begin(u32 ttbcr, u64 ttbr0, u64 ttbr1, u32 va)
{
	const struct cpu_cp15 cp15 = { .ttbcr = ttbcr, .ttbr0 = ttbr0, .ttbr1 = ttbr1 };
	struct guest_walk walk;

	walk_begin(&walk, &cp15, va);
	return walk;
}

static void expect_at(struct __test_metadata *_metadata, const struct guest_walk *walk,
		      unsigned int level, u64 ipa, const char *what)
{
	EXPECT_EQ(level, walk->level)
		TH_LOG("%s", what);
	EXPECT_EQ(ipa, walk->ipa)
		TH_LOG("%s", what);
}

/* ---- short descriptors ---- */

TEST(short_first_level)
{
	static const struct {
		unsigned int n;
		u32 va;
		u64 ipa;
	} rows[] = {
		{ 0, 0x00000000, 0x8765c000 },
		{ 0, 0x80412345, 0x8765c000 | 0x804 << 2 },
		{ 0, 0xffffffff, 0x8765c000 | 0xfff << 2 },
		/* N 2: TTBR0 has 1024 entries, for addresses below 1 GiB. */
		{ 2, 0x3ff00000, 0x8765c000 | 0x3ff << 2 },
		{ 2, 0x40000000, 0x12344000 | 0x400 << 2 },
		{ 2, 0xc0100000, 0x12344000 | 0xc01 << 2 },
		/* N 7: 32 entries, and an alignment of 128 bytes. */
		{ 7, 0x01f00000, 0x8765c000 | 0x1f << 2 },
		{ 7, 0x02000000, 0x12344000 | 0x020 << 2 },
	};
	unsigned int i;

	EACH(i, ARRAY_SIZE(rows)) {
		struct guest_walk walk = begin(rows[i].n, TTBR0, TTBR1, rows[i].va);

		EXPECT_EQ(4, walk.size);
		expect_at(_metadata, &walk, 1, rows[i].ipa, "short descriptors");
	}
}

TEST(short_second_level)
{
	struct guest_walk walk = begin(0, TTBR0, TTBR1, 0x804a5123);

	EXPECT_TRUE(walk_next(&walk, 0x9abcdfe1));
	expect_at(_metadata, &walk, 2, 0x9abcdc00 | 0xa5 << 2, "a table");
	EXPECT_FALSE(walk_next(&walk, 0x11111001));
	expect_at(_metadata, &walk, 2, 0x9abcdc00 | 0xa5 << 2, "there is no third level");
}

TEST(short_sections_end_the_walk)
{
	unsigned int type;

	EACH(type, 4) {
		struct guest_walk walk = begin(0, TTBR0, TTBR1, 0x804a5123);

		EXPECT_EQ(type == 1, walk_next(&walk, 0x9ab00000 | type));
	}
}

/* ---- long descriptors ---- */

TEST(long_first_descriptor)
{
	const u64 low = 0xab8765c0e0ULL, high = 0xcd12340000ULL;
	static const char * const what = "long descriptors";
	static const struct {
		u32 sizes, va;
		bool high;
		unsigned int level;
		u32 index;
	} rows[] = {
		/* All in TTBR0: 4 entries of 1 GiB. */
		{ 0, 0x00000000, false, 1, 0 },
		{ 0, 0xc0000000, false, 1, 3 },
		/* T0SZ 1: 2 GiB, and the rest in TTBR1. */
		{ T0SZ(1), 0x7fffffff, false, 1, 1 },
		{ T0SZ(1), 0x80000000, true, 1, 2 },
		/* T0SZ 2 and above begin at level 2. */
		{ T0SZ(2), 0x3fffffff, false, 2, 0x1ff },
		{ T0SZ(2), 0x40000000, true, 1, 1 },
		{ T0SZ(7), 0x01ffffff, false, 2, 0xf },
		{ T0SZ(7), 0x02000000, true, 1, 0 },
		/* T1SZ alone: the top is in TTBR1. */
		{ T1SZ(1), 0x7fffffff, false, 1, 1 },
		{ T1SZ(1), 0xc0000000, true, 1, 1 },
		{ T1SZ(2), 0xbfffffff, false, 1, 2 },
		{ T1SZ(2), 0xc0200000, true, 2, 1 },
		{ T1SZ(7), 0xfe400000, true, 2, 2 },
		/* Both. */
		{ T0SZ(2) | T1SZ(3), 0xe0600000, true, 2, 3 },
		{ T0SZ(2) | T1SZ(3), 0x00600000, false, 2, 3 },
	};
	unsigned int i;

	EACH(i, ARRAY_SIZE(rows)) {
		/* Level 1 tables are aligned to 32 bytes, level 2 tables to up to a page. */
		u64 base = rows[i].high ? high : rows[i].level == 1 ? low : low & ~0xfffULL;
		struct guest_walk walk = begin(EAE | rows[i].sizes,
					       rows[i].level == 1 ? low : low & ~0xfffULL, high,
					       rows[i].va);

		EXPECT_EQ(8, walk.size);
		expect_at(_metadata, &walk, rows[i].level, base + 8 * rows[i].index, what);
	}
}

TEST(long_following_levels)
{
	struct guest_walk walk = begin(EAE, 0xab87650000ULL, 0, 0x80867123);

	EXPECT_TRUE(walk_next(&walk, 0x80000012345677ffULL));
	expect_at(_metadata, &walk, 2, 0x1234567000ULL + 8 * 4, "from level 1");
	EXPECT_TRUE(walk_next(&walk, 0x000000abcdef0003ULL));
	expect_at(_metadata, &walk, 3, 0xabcdef0000ULL + 8 * 0x67, "from level 2");
	EXPECT_FALSE(walk_next(&walk, 0x000000abcdef0003ULL));
	expect_at(_metadata, &walk, 3, 0xabcdef0000ULL + 8 * 0x67, "there is no fourth level");
}

TEST(long_blocks_end_the_walk)
{
	unsigned int type;

	EACH(type, 4) {
		struct guest_walk walk = begin(EAE, 0xab87650000ULL, 0, 0x80867123);

		EXPECT_EQ(type == 3, walk_next(&walk, 0x1234567000ULL | type));
	}
}

TEST_HARNESS_MAIN
