// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <asm/barrier.h>
#include <asm/memory.h>

#include "cache.h"
#include "lpae.h"

#define ENTRIES		512
#define LEAF_LEVEL	3

/* Address bits below those that index a table of this level. */
static unsigned int level_shift(unsigned int level)
{
	return PAGE_SHIFT + 9 * (LEAF_LEVEL - level);
}

static unsigned int root_entries(const struct lpae *lpae)
{
	return 1U << (lpae->bits - level_shift(1));
}

/* Concatenated tables are aligned to their size, as pages of that order are. */
static unsigned int root_order(const struct lpae *lpae)
{
	return get_order(root_entries(lpae) * sizeof(u64));
}

int lpae_init(struct lpae *lpae, unsigned int bits)
{
	lpae->bits = bits;
	lpae->root = (u64 *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
					     root_order(lpae));
	if (!lpae->root)
		return -ENOMEM;
	clean_to_poc(lpae->root, PAGE_SIZE << root_order(lpae));
	return 0;
}

static u64 *next_table(u64 entry)
{
	return phys_to_virt(entry & LPAE_ADDRESS);
}

void lpae_destroy(struct lpae *lpae)
{
	unsigned int i, j;

	if (!lpae->root)
		return;
	for (i = 0; i < root_entries(lpae); i++) {
		u64 *level2;

		if (!(lpae->root[i] & LPAE_VALID))
			continue;
		level2 = next_table(lpae->root[i]);
		for (j = 0; j < ENTRIES; j++)
			if (level2[j] & LPAE_VALID)
				free_page((unsigned long)next_table(level2[j]));
		free_page((unsigned long)level2);
		cond_resched();
	}
	free_pages((unsigned long)lpae->root, root_order(lpae));
	lpae->root = NULL;
}

int lpae_fill_spare(struct lpae_spare *spare)
{
	while (spare->count < LPAE_SPARE) {
		void *table = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

		if (!table)
			return -ENOMEM;
		clean_to_poc(table, PAGE_SIZE);
		spare->table[spare->count++] = table;
	}
	return 0;
}

void lpae_free_spare(struct lpae_spare *spare)
{
	while (spare->count)
		free_page((unsigned long)spare->table[--spare->count]);
}

void lpae_set(u64 *entry, u64 value)
{
	/* One doubleword store is single-copy atomic with LPAE: A3.5.3. */
	asm volatile("strd %Q1, %R1, [%0]" : : "r" (entry), "r" (value) : "memory");
	clean_to_poc(entry, sizeof(*entry));
	dsb(ishst);
}

u64 *lpae_entry(struct lpae *lpae, u64 addr, struct lpae_spare *spare)
{
	u64 *table = lpae->root;
	unsigned int entries = root_entries(lpae);
	unsigned int level;

	for (level = 1; ; level++) {
		u64 *entry = &table[addr >> level_shift(level) & (entries - 1)];

		if (level == LEAF_LEVEL)
			return entry;
		if (!(*entry & LPAE_VALID)) {
			u64 *new;

			if (!spare || !spare->count)
				return NULL;
			new = spare->table[--spare->count];
			lpae_set(entry, virt_to_phys(new) | LPAE_TABLE | LPAE_VALID);
		}
		table = next_table(*entry);
		entries = ENTRIES;
	}
}

bool lpae_clear(struct lpae *lpae, u64 addr, u64 size)
{
	u64 end = addr + size;
	bool cleared = false;

	while (addr < end) {
		u64 *entry = lpae_entry(lpae, addr, NULL);

		if (!entry) {
			/* No table: skip the range that it would cover. */
			addr = (addr | ((1ULL << level_shift(2)) - 1)) + 1;
			continue;
		}
		if (*entry & LPAE_VALID) {
			lpae_set(entry, 0);
			cleared = true;
		}
		addr += PAGE_SIZE;
	}
	return cleared;
}

static bool is_empty(const u64 *table)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (table[i])
			return false;
	return true;
}

void lpae_prune(struct lpae *lpae, u64 addr, u64 size, struct list_head *empty)
{
	u64 step = 1ULL << level_shift(2);
	u64 end = addr + size;

	for (addr &= ~(step - 1); addr < end; addr += step) {
		u64 level1 = lpae->root[addr >> level_shift(1)];
		u64 *level2, *table;

		if (!(level1 & LPAE_VALID))
			continue;
		level2 = &next_table(level1)[addr >> level_shift(2) & (ENTRIES - 1)];
		if (!(*level2 & LPAE_VALID))
			continue;
		table = next_table(*level2);
		if (!is_empty(table))
			continue;
		lpae_set(level2, 0);
		list_add(&virt_to_page(table)->lru, empty);
	}
}

void lpae_for_each(struct lpae *lpae, void (*visit)(u64 *entry))
{
	u64 step = 1ULL << level_shift(2);
	u64 addr;
	unsigned int i;

	for (addr = 0; addr < 1ULL << lpae->bits; addr += step) {
		u64 *entry;

		if (!(lpae->root[addr >> level_shift(1)] & LPAE_VALID)) {
			addr |= (1ULL << level_shift(1)) - step;
			continue;
		}
		entry = lpae_entry(lpae, addr, NULL);
		for (i = 0; entry && i < ENTRIES; i++)
			if (entry[i] & LPAE_VALID)
				visit(&entry[i]);
	}
}
