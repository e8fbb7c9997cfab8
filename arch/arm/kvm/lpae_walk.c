// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look-up in translation tables, and walks over them in steps of bounded length. Pure logic:
 * <asm/lpae_entry.h> has the stores and the conversion of addresses.
 */
#include <linux/kernel.h>

#include <asm/lpae_entry.h>

#include "lpae.h"

static unsigned int index_of(u64 addr, unsigned int level)
{
	return addr >> lpae_shift(level) & (LPAE_ENTRIES - 1);
}

/* The first address after the block that one descriptor of this level covers. */
static u64 end_of(u64 addr, unsigned int level)
{
	return (addr | ((1ULL << lpae_shift(level)) - 1)) + 1;
}

u64 *lpae_next_table(u64 entry)
{
	return phys_to_virt(entry & LPAE_ADDRESS);
}

static u64 *root_entry(struct lpae *lpae, u64 addr)
{
	return &lpae->root[addr >> lpae_shift(1) & (lpae_root_entries(lpae) - 1)];
}

u64 *lpae_entry(struct lpae *lpae, u64 addr, struct lpae_spare *spare)
{
	u64 *entry = root_entry(lpae, addr);
	unsigned int level;

	for (level = 2; level <= LPAE_LEAF_LEVEL; level++) {
		if (!(*entry & LPAE_VALID)) {
			u64 *new;

			if (!spare || !spare->count)
				return NULL;
			new = spare->table[--spare->count];
			lpae_set(entry, virt_to_phys(new) | LPAE_TABLE | LPAE_VALID);
			lpae->tables++;
		}
		entry = &lpae_next_table(*entry)[index_of(addr, level)];
	}
	return entry;
}

/* A range may begin and end within a table of each level. */
unsigned int lpae_tables_for(u64 bytes, unsigned int ranges)
{
	return (bytes >> lpae_shift(1)) + (bytes >> lpae_shift(2)) + 4 * ranges;
}

/* ---- walks ---- */

bool lpae_clear(u64 *entry)
{
	lpae_set(entry, 0);
	return true;
}

bool lpae_protect(u64 *entry)
{
	if (!(*entry & LPAE_S2_WRITE))
		return false;
	lpae_set(entry, *entry & ~LPAE_S2_WRITE);
	return true;
}

static bool is_empty(const u64 *table)
{
	unsigned int i;

	for (i = 0; i < LPAE_ENTRIES; i++)
		if (table[i])
			return false;
	return true;
}

/* Unlinks the table that @entry refers to if it is empty. */
static bool unlink_empty(struct lpae *lpae, struct lpae_walk *walk, u64 *entry)
{
	u64 *table = lpae_next_table(*entry);

	if (!is_empty(table))
		return false;
	lpae_set(entry, 0);
	walk->unlinked[walk->nr_unlinked++] = table;
	lpae->tables--;
	return true;
}

/* Unlinks @addr's level 3 table if it is empty, and then its level 2 table if that is empty. */
static void prune(struct lpae *lpae, struct lpae_walk *walk, u64 addr)
{
	u64 *level1 = root_entry(lpae, addr);
	u64 *level2 = &lpae_next_table(*level1)[index_of(addr, 2)];

	if (unlink_empty(lpae, walk, level2))
		unlink_empty(lpae, walk, level1);
}

static void visit_entry(struct lpae_walk *walk, u64 *entry)
{
	u64 before = *entry;

	if (!(before & LPAE_VALID) || !walk->visit(entry))
		return;
	if (walk->before)
		walk->before[walk->changed] = before;
	walk->changed++;
}

/* Walks the part of the range that the level 3 table of walk->addr covers. */
static void step_table(struct lpae *lpae, struct lpae_walk *walk)
{
	u64 end = min(walk->end, end_of(walk->addr, 2));
	u64 *entry = lpae_entry(lpae, walk->addr, NULL);

	if (!entry) {
		bool level2 = *root_entry(lpae, walk->addr) & LPAE_VALID;

		walk->visited++;
		walk->addr = end_of(walk->addr, level2 ? 2 : 1);
		return;
	}
	for (; walk->addr < end && walk->visited < walk->budget; walk->visited++) {
		visit_entry(walk, entry++);
		walk->addr += 1ULL << lpae_shift(LPAE_LEAF_LEVEL);
	}
	if (walk->prune && walk->addr >= end)
		prune(lpae, walk, end - 1);
}

bool lpae_step(struct lpae *lpae, struct lpae_walk *walk)
{
	walk->visited = 0;
	walk->changed = 0;
	walk->nr_unlinked = 0;
	while (walk->addr < walk->end && walk->visited < walk->budget &&
	       walk->nr_unlinked + 2 <= LPAE_UNLINKED)
		step_table(lpae, walk);
	return walk->addr < walk->end;
}
