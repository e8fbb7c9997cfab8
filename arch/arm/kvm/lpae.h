/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long-descriptor translation tables, ARM DDI 0406C, B3.6: three levels from 1
 * GiB down to pages of 4 KiB. HYP's own translation and stage 2 of each guest
 * use such tables, with different sizes and attributes.
 *
 *   lpae.c       allocation of tables
 *   lpae_walk.c  look-up and walks; pure logic
 */
#ifndef ARM_KVM_LPAE_H
#define ARM_KVM_LPAE_H

#include <linux/types.h>

#include <asm/page.h>

#define LPAE_VALID		(1ULL << 0)
#define LPAE_TABLE		(1ULL << 1)	/* or a page, at level 3 */
#define LPAE_SH_INNER		(3ULL << 8)
#define LPAE_AF			(1ULL << 10)
#define LPAE_XN			(1ULL << 54)
#define LPAE_ADDRESS		0x000000fffffff000ULL

/* HYP's: index into HMAIR; reads as one; read-only. */
#define LPAE_ATTR(index)	((u64)(index) << 2)
#define LPAE_HYP_AP1		(1ULL << 6)
#define LPAE_HYP_RO		(1ULL << 7)

/* Stage 2: memory attributes and access permissions. */
#define LPAE_S2_NORMAL		(0xfULL << 2)	/* write-back */
#define LPAE_S2_DEVICE		(0x1ULL << 2)
#define LPAE_S2_READ		(1ULL << 6)
#define LPAE_S2_WRITE		(2ULL << 6)

#define LPAE_ENTRIES		512	/* descriptors of a table */
#define LPAE_LEAF_LEVEL		3

struct mm_struct;

/**
 * struct lpae - a translation
 * @root:   the level 1 table, or several side by side
 * @bits:   width of the input address, 32 to 40
 * @tables: number of tables below @root
 * @mm:     the process that the tables are accounted to; NULL: the kernel
 *
 * Callers serialise changes. The hardware reads at any time.
 */
struct lpae {
	u64 *root;
	unsigned int bits;
	unsigned int tables;
	struct mm_struct *mm;
};

/* Tables that can be needed to map one page. */
#define LPAE_SPARE	2

/**
 * struct lpae_spare - tables set aside where sleeping is allowed, for use where
 * it is not
 */
struct lpae_spare {
	unsigned int count;
	u64 *table[LPAE_SPARE];
};

/* ---- lpae.c ---- */

/* @mm: see struct lpae; valid until lpae_destroy(). 0 or -ENOMEM; sleeps. */
int lpae_init(struct lpae *lpae, unsigned int bits, struct mm_struct *mm);
void lpae_destroy(struct lpae *lpae);

/* 0 or -ENOMEM; sleeps. */
int lpae_fill_spare(const struct lpae *lpae, struct lpae_spare *spare);
void lpae_free_spare(const struct lpae *lpae, struct lpae_spare *spare);

/* Frees a table that a walk has unlinked, and that no TLB has cached any more. */
void lpae_free_table(const struct lpae *lpae, u64 *table);

/* ---- lpae_walk.c ---- */

/* Address bits below those that index a table of this level. */
static inline unsigned int lpae_shift(unsigned int level)
{
	return PAGE_SHIFT + 9 * (LPAE_LEAF_LEVEL - level);
}

/* Number of descriptors of the root. */
static inline unsigned int lpae_root_entries(const struct lpae *lpae)
{
	return 1U << (lpae->bits - lpae_shift(1));
}

/* The table that a descriptor of level 1 or 2 refers to. */
u64 *lpae_next_table(u64 entry);

/*
 * The level 3 descriptor of an address, which must be within the width. Missing
 * tables are taken from @spare. NULL if a table is missing and @spare has none, or is NULL.
 */
u64 *lpae_entry(struct lpae *lpae, u64 addr, struct lpae_spare *spare);

/*
 * The number of tables below the root that can be needed to map @bytes of memory, at
 * @ranges different places.
 */
unsigned int lpae_tables_for(u64 bytes, unsigned int ranges);

/* Tables that one step of a walk can unlink. */
#define LPAE_UNLINKED	8

/**
 * struct lpae_walk - a walk over the pages of a range, in steps
 * @addr:     the next page; the caller sets it to the first one
 * @end:      end of the range
 * @budget:   descriptors that a step visits at most. A missing table counts as one
 * @visit:    called for each valid level 3 descriptor; returns true if it has changed it
 * @before:   NULL, or an array of @budget: the old values of descriptors that the last step changed
 * @prune:    unlink tables that are empty after the walk has visited them
 * @visited:  descriptors that the last step has visited
 * @changed:  descriptors that @visit has changed in the last step
 * @nr_unlinked, @unlinked: tables that the last step has unlinked. They may be freed when
 *            the TLBs have been flushed
 */
struct lpae_walk {
	u64 addr;
	u64 end;
	unsigned int budget;
	bool (*visit)(u64 *entry);
	u64 *before;
	bool prune;

	unsigned int visited;
	unsigned int changed;
	unsigned int nr_unlinked;
	u64 *unlinked[LPAE_UNLINKED];
};

/* Takes one step. Returns whether there is more to walk. */
bool lpae_step(struct lpae *lpae, struct lpae_walk *walk);

/* For struct lpae_walk.visit: makes the descriptor invalid. */
bool lpae_clear(u64 *entry);

/* For struct lpae_walk.visit: removes write permission. */
bool lpae_protect(u64 *entry);

#endif /* ARM_KVM_LPAE_H */
