// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/lpae_walk.c: look-up and walks in translation tables (ARM DDI 0406C, B3.6). A step
 * of a walk reads at most walk.budget descriptors, whatever is mapped, which limits the time for
 * which the kernel holds a lock.
 */
#include <linux/kernel.h>

#include <string.h>
#include <sys/mman.h>

#include <kselftest_harness.h>

#include <asm/lpae_entry.h>

#include "lpae.h"
#include "random.h"

#define PAGE		(1ULL << PAGE_SHIFT)
#define TABLE_BYTES	0x1000UL
#define LEAF		(1ULL << 21)	/* bytes that a level 3 table covers */
#define BRANCH		(1ULL << 30)	/* bytes that a level 2 table covers */
#define WIDTH		40
#define ROOT_PAGES	2

/* ---- tables ---- */

/* Addresses that a descriptor can hold. */
#define POOL		0x20000000UL
#define POOL_TABLES	8192

struct translation {
	struct lpae lpae;
	struct lpae_spare spare;
	unsigned int used;	/* tables of the pool */
};

FIXTURE(tables) {
	struct translation t;
};

FIXTURE_SETUP(tables)
{
	void *pool = mmap((void *)POOL, POOL_TABLES * TABLE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	ASSERT_EQ((void *)POOL, pool);
	self->t.lpae.root = pool;
	self->t.lpae.bits = WIDTH;
	self->t.used = ROOT_PAGES;
}

FIXTURE_TEARDOWN(tables)
{
	munmap((void *)POOL, POOL_TABLES * TABLE_BYTES);
}

static void fill_spare(struct translation *t)
{
	while (t->spare.count < LPAE_SPARE)
		t->spare.table[t->spare.count++] =
			(u64 *)(POOL + t->used++ * TABLE_BYTES);
}

static u64 page_entry(u64 addr)
{
	return (addr & LPAE_ADDRESS) | LPAE_VALID | LPAE_TABLE | LPAE_S2_WRITE | LPAE_S2_READ;
}

static void map(struct translation *t, u64 addr)
{
	fill_spare(t);
	lpae_set(lpae_entry(&t->lpae, addr, &t->spare), page_entry(addr));
}

static bool is_mapped(struct translation *t, u64 addr)
{
	u64 *entry = lpae_entry(&t->lpae, addr, NULL);

	return entry && *entry & LPAE_VALID;
}

/* Returns the number of tables that can be reached from the root. */
static unsigned int reachable(const struct translation *t)
{
	unsigned int i, j, count = 0;

	for (i = 0; i < lpae_root_entries(&t->lpae); i++) {
		u64 *level2 = lpae_next_table(t->lpae.root[i]);

		if (!(t->lpae.root[i] & LPAE_VALID))
			continue;
		count++;
		for (j = 0; j < LPAE_ENTRIES; j++)
			count += level2[j] & LPAE_VALID;
	}
	return count;
}

/* ---- recorded walks ---- */

static struct {
	unsigned int visits;	/* in this step */
	unsigned int all;
	u64 last;		/* the page visited last */
	bool in_order;
} seen;

static bool record_visit(u64 *entry)
{
	u64 addr = *entry & LPAE_ADDRESS;

	seen.in_order &= !seen.all || addr > seen.last;
	seen.last = addr;
	seen.visits++;
	seen.all++;
	return false;
}

static bool record_and_clear(u64 *entry)
{
	record_visit(entry);
	return lpae_clear(entry);
}

/* Walks to the end. Returns the number of steps. */
static unsigned int walk_all(struct __test_metadata *_metadata, struct translation *t,
			     struct lpae_walk *walk)
{
	unsigned int steps = 0;
	bool more = true;

	memset(&seen, 0, sizeof(seen));
	seen.in_order = true;
	for (; more; steps++) {
		u64 before = walk->addr;

		seen.visits = 0;
		more = lpae_step(&t->lpae, walk);
		ASSERT_LE(walk->visited, walk->budget);
		ASSERT_LE(seen.visits, walk->visited);
		ASSERT_LE(walk->changed, seen.visits);
		ASSERT_LE(walk->nr_unlinked, LPAE_UNLINKED);
		ASSERT_TRUE(before < walk->addr || !more);
	}
	return steps;
}

TEST_F(tables, no_table_without_spare)
{
	EXPECT_EQ(NULL, lpae_entry(&self->t.lpae, 0, NULL));
	EXPECT_EQ(NULL, lpae_entry(&self->t.lpae, 0, &self->t.spare));
	map(&self->t, BRANCH);
	EXPECT_EQ(NULL, lpae_entry(&self->t.lpae, 0, NULL));
	EXPECT_EQ(NULL, lpae_entry(&self->t.lpae, BRANCH + LEAF, NULL));
	EXPECT_NE(NULL, lpae_entry(&self->t.lpae, BRANCH + LEAF - PAGE, NULL));
}

TEST_F(tables, each_page_has_its_entry)
{
	static const u64 addrs[] = {
		0, PAGE, LEAF - PAGE, LEAF, BRANCH - PAGE, BRANCH, 4 * BRANCH - PAGE,
		4 * BRANCH, 512 * BRANCH - PAGE, 512 * BRANCH, 1023 * BRANCH,
		1024 * BRANCH - PAGE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++)
		map(&self->t, addrs[i]);
	for (i = 0; i < ARRAY_SIZE(addrs); i++)
		EXPECT_EQ(page_entry(addrs[i]), *lpae_entry(&self->t.lpae, addrs[i], NULL));
	EXPECT_FALSE(is_mapped(&self->t, 2 * PAGE));
	EXPECT_EQ(reachable(&self->t), self->t.lpae.tables);
}

TEST_F(tables, unmapped_range_takes_few_steps)
{
	struct lpae_walk walk = { .end = 1ULL << WIDTH, .budget = 64, .visit = record_visit };

	EXPECT_EQ(1024 / 64, walk_all(_metadata, &self->t, &walk));
	EXPECT_EQ(0, seen.all);
}

TEST_F(tables, a_full_table_takes_several_steps)
{
	static const unsigned int budgets[] = { 1, 7, 64, 511, 512, 513 };
	unsigned int i;

	for (i = 0; i < 2 * LPAE_ENTRIES; i++)
		map(&self->t, LEAF + i * PAGE);
	for (i = 0; i < ARRAY_SIZE(budgets); i++) {
		unsigned int budget = budgets[i];
		struct lpae_walk walk = {
			.addr = LEAF, .end = 3 * LEAF, .budget = budget, .visit = record_visit,
		};

		EXPECT_EQ((2 * LPAE_ENTRIES + budget - 1) / budget,
			  walk_all(_metadata, &self->t, &walk));
		EXPECT_EQ(2 * LPAE_ENTRIES, seen.all);
		EXPECT_TRUE(seen.in_order);
	}
}

TEST_F(tables, pages_of_an_empty_table_are_counted)
{
	struct lpae_walk walk = { .end = LEAF, .budget = 64, .visit = record_visit };

	map(&self->t, PAGE);
	lpae_clear(lpae_entry(&self->t.lpae, PAGE, NULL));
	EXPECT_EQ(LPAE_ENTRIES / 64, walk_all(_metadata, &self->t, &walk));
}

TEST_F(tables, prune_unlinks_empty_tables)
{
	struct lpae_walk one = {
		.end = PAGE, .budget = 512, .visit = lpae_clear, .prune = true,
	};
	struct lpae_walk rest = {
		.addr = PAGE, .end = LEAF, .budget = 512, .visit = lpae_clear, .prune = true,
	};

	map(&self->t, 0);
	map(&self->t, 5 * PAGE);
	EXPECT_EQ(2, self->t.lpae.tables);
	EXPECT_FALSE(lpae_step(&self->t.lpae, &one));
	EXPECT_EQ(0, one.nr_unlinked);
	EXPECT_FALSE(lpae_step(&self->t.lpae, &rest));
	EXPECT_EQ(2, rest.nr_unlinked);
	EXPECT_EQ(0, self->t.lpae.tables);
	EXPECT_EQ(0, reachable(&self->t));
}

TEST_F(tables, prune_keeps_tables_in_use)
{
	struct lpae_walk walk = {
		.end = BRANCH, .budget = 512, .visit = record_and_clear, .prune = true,
	};

	map(&self->t, BRANCH - PAGE);
	map(&self->t, BRANCH);
	walk_all(_metadata, &self->t, &walk);
	EXPECT_TRUE(is_mapped(&self->t, BRANCH));
	EXPECT_EQ(2, self->t.lpae.tables);
}

/* If the tables of a step do not fit in walk.unlinked, the step ends early. */
TEST_F(tables, many_small_tables)
{
	struct lpae_walk walk = {
		.end = 20 * BRANCH, .budget = 20 * LPAE_ENTRIES, .visit = lpae_clear,
		.prune = true,
	};
	unsigned int i, unlinked = 0, steps = 0;
	bool more = true;

	for (i = 0; i < 20; i++)
		map(&self->t, i * BRANCH);
	for (; more; steps++) {
		more = lpae_step(&self->t.lpae, &walk);
		unlinked += walk.nr_unlinked;
	}
	EXPECT_EQ(40, unlinked);
	EXPECT_LE(40 / LPAE_UNLINKED, steps);
	EXPECT_EQ(0, reachable(&self->t));
}

TEST_F(tables, protect_only_removes_write_permission)
{
	struct lpae_walk walk = { .end = LEAF, .budget = 512, .visit = lpae_protect };
	u64 *entry;

	map(&self->t, PAGE);
	entry = lpae_entry(&self->t.lpae, PAGE, NULL);
	lpae_step(&self->t.lpae, &walk);
	EXPECT_EQ(1, walk.changed);
	EXPECT_EQ(page_entry(PAGE) & ~LPAE_S2_WRITE, *entry);
	walk.addr = 0;
	lpae_step(&self->t.lpae, &walk);
	EXPECT_EQ(0, walk.changed);
}

/* ---- the number of tables ---- */

TEST_F(tables, enough_for_each_range)
{
	u64 state = 0x7ab1e5;
	unsigned int round;

	for (round = 0; round < 400; round++) {
		u64 pages = 1 + random_below(&state, 3 * LPAE_ENTRIES);
		u64 addr = (random_next(&state) % (1ULL << (WIDTH - 1))) & ~(PAGE - 1);
		struct lpae_walk walk = {
			.end = 1ULL << WIDTH, .budget = 512, .visit = lpae_clear, .prune = true,
		};
		u64 i;

		/* Often across the end of a table. */
		if (random_below(&state, 2))
			addr = (addr & ~(BRANCH - 1)) + BRANCH - PAGE;
		for (i = 0; i < pages; i++)
			map(&self->t, addr + i * PAGE);
		ASSERT_LE(self->t.lpae.tables, lpae_tables_for(pages * PAGE, 1));
		while (lpae_step(&self->t.lpae, &walk))
			;
		ASSERT_EQ(0, self->t.lpae.tables);
		memset((void *)(POOL + ROOT_PAGES * TABLE_BYTES), 0,
		       (self->t.used - ROOT_PAGES) * TABLE_BYTES);
		self->t.used = ROOT_PAGES;
		self->t.spare.count = 0;
	}
}

TEST(memory_bounds_the_tables)
{
	/* vm_memory.c counts at most TASK_SIZE, about 3 GiB, even if slots share memory. */
	EXPECT_GE(2048, lpae_tables_for(3ULL << 30, 1));
	EXPECT_LE(3 * 512 + 3, lpae_tables_for(3ULL << 30, 1));
	EXPECT_LE(4, lpae_tables_for(PAGE, 1));
	EXPECT_EQ(0, lpae_tables_for(0, 0));
}

/* ---- random changes, compared with a model ---- */

#define PLACES	96

TEST_F(tables, random_changes)
{
	static const u64 bases[] = {
		0, LEAF, BRANCH, BRANCH + LEAF, 700 * BRANCH, 1024 * BRANCH - 8 * PAGE,
	};
	bool mapped[PLACES] = { false };
	u64 place[PLACES], state = 0xca5cade;
	unsigned int i, round;

	/* A few pages on each side of a table's end. */
	for (i = 0; i < PLACES; i++)
		place[i] = bases[i / 16] + (i % 16) * PAGE - (i / 16 ? 8 * PAGE : 0);
	for (round = 0; round < 3000; round++) {
		unsigned int from = random_below(&state, PLACES);
		unsigned int to = from + random_below(&state, PLACES - from);
		bool clear = random_below(&state, 2);
		struct lpae_walk walk = {
			.addr = place[from], .end = place[to] + PAGE,
			.budget = 1 + random_below(&state, 4000),
			.visit = clear ? record_and_clear : record_visit, .prune = clear,
		};
		unsigned int expected = 0;

		if (random_below(&state, 3)) {
			map(&self->t, place[from]);
			mapped[from] = true;
		}
		for (i = from; i <= to; i++)
			expected += mapped[i];
		walk_all(_metadata, &self->t, &walk);
		ASSERT_EQ(expected, seen.all);
		ASSERT_TRUE(seen.in_order);
		for (i = from; clear && i <= to; i++)
			mapped[i] = false;
		for (i = 0; i < PLACES; i++)
			ASSERT_EQ(mapped[i], is_mapped(&self->t, place[i]));
		ASSERT_EQ(reachable(&self->t), self->t.lpae.tables);
	}
}

TEST_HARNESS_MAIN
