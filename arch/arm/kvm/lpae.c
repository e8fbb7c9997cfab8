// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation of translation tables. A guest's tables are accounted as page tables of its VMM, which
 * is the only counter for tables that the OOM killer considers.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "cache.h"
#include "lpae.h"

/* Concatenated tables are aligned to their size, as pages of that order are. */
static unsigned int root_order(const struct lpae *lpae)
{
	return get_order(lpae_root_entries(lpae) * sizeof(u64));
}

/* @pages: number of pages allocated; negative: freed. */
static void account(const struct lpae *lpae, long pages)
{
	if (lpae->mm)
		atomic_long_add(pages * (long)PAGE_SIZE, &lpae->mm->pgtables_bytes);
}

/* The kernel's own tables are charged to no process. */
static gfp_t gfp_of(const struct lpae *lpae)
{
	return (lpae->mm ? GFP_KERNEL_ACCOUNT : GFP_KERNEL) | __GFP_ZERO;
}

int lpae_init(struct lpae *lpae, unsigned int bits, struct mm_struct *mm)
{
	*lpae = (struct lpae) { .bits = bits, .mm = mm };
	lpae->root = (u64 *)__get_free_pages(gfp_of(lpae), root_order(lpae));
	if (!lpae->root)
		return -ENOMEM;
	account(lpae, 1L << root_order(lpae));
	clean_to_poc(lpae->root, PAGE_SIZE << root_order(lpae));
	return 0;
}

void lpae_free_table(const struct lpae *lpae, u64 *table)
{
	free_page((unsigned long)table);
	account(lpae, -1);
}

void lpae_destroy(struct lpae *lpae)
{
	unsigned int i, j;

	if (!lpae->root)
		return;
	for (i = 0; i < lpae_root_entries(lpae); i++) {
		u64 *level2;

		if (!(lpae->root[i] & LPAE_VALID))
			continue;
		level2 = lpae_next_table(lpae->root[i]);
		for (j = 0; j < LPAE_ENTRIES; j++)
			if (level2[j] & LPAE_VALID)
				lpae_free_table(lpae, lpae_next_table(level2[j]));
		lpae_free_table(lpae, level2);
		cond_resched();
	}
	free_pages((unsigned long)lpae->root, root_order(lpae));
	account(lpae, -(1L << root_order(lpae)));
	lpae->root = NULL;
}

int lpae_fill_spare(const struct lpae *lpae, struct lpae_spare *spare)
{
	while (spare->count < LPAE_SPARE) {
		void *table = (void *)__get_free_page(gfp_of(lpae));

		if (!table)
			return -ENOMEM;
		account(lpae, 1);
		clean_to_poc(table, PAGE_SIZE);
		spare->table[spare->count++] = table;
	}
	return 0;
}

void lpae_free_spare(const struct lpae *lpae, struct lpae_spare *spare)
{
	while (spare->count)
		lpae_free_table(lpae, spare->table[--spare->count]);
}
