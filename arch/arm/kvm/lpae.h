/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long-descriptor translation tables, ARM DDI 0406C, B3.6: three levels from 1
 * GiB down to pages of 4 KiB. HYP's own translation and stage 2 of each guest
 * are both made of them; they differ in size and attributes.
 */
#ifndef ARM_KVM_LPAE_H
#define ARM_KVM_LPAE_H

#include <linux/list.h>
#include <linux/types.h>

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

/**
 * struct lpae - a translation
 * @root:  the level 1 table, or several side by side
 * @bits:  width of the input address, 32 to 40
 *
 * Callers serialise changes. Reading is the hardware's.
 */
struct lpae {
	u64 *root;
	unsigned int bits;
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

/* 0 or -ENOMEM; sleeps. */
int lpae_init(struct lpae *lpae, unsigned int bits);
void lpae_destroy(struct lpae *lpae);

/* 0 or -ENOMEM; sleeps. */
int lpae_fill_spare(struct lpae_spare *spare);
void lpae_free_spare(struct lpae_spare *spare);

/*
 * The level 3 descriptor of an address, which must be within the width. Missing
 * tables are taken out of @spare; with NULL, NULL is returned for them.
 */
u64 *lpae_entry(struct lpae *lpae, u64 addr, struct lpae_spare *spare);

/* Sets a descriptor so that the hardware sees it, wholly or not at all. */
void lpae_set(u64 *entry, u64 value);

/*
 * Clears the descriptors of a range of pages. True if there were any, and the
 * TLBs are to be flushed.
 */
bool lpae_clear(struct lpae *lpae, u64 addr, u64 size);

/*
 * Takes level 3 tables that have nothing in them out of a range, onto @empty,
 * linked by page->lru. They may be freed when the TLBs have been flushed.
 */
void lpae_prune(struct lpae *lpae, u64 addr, u64 size, struct list_head *empty);

/* Calls @visit for each valid descriptor of the translation. */
void lpae_for_each(struct lpae *lpae, void (*visit)(u64 *entry));

#endif /* ARM_KVM_LPAE_H */
