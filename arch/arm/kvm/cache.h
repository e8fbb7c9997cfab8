/* SPDX-License-Identifier: GPL-2.0-only */
/* Data cache maintenance by address, ARM DDI 0406C, B2.2. */
#ifndef ARM_KVM_CACHE_H
#define ARM_KVM_CACHE_H

#include <asm/barrier.h>

#include "cp15.h"

/* Shortest line of any data cache, in bytes. */
static inline unsigned long dcache_line(void)
{
	return 4UL << CTR_DMINLINE(cp15_read_ctr());
}

/* Cleans to the point of coherency. @from is a kernel address; @size is in bytes. */
static inline void clean_to_poc(const void *from, size_t size)
{
	unsigned long line = dcache_line();
	unsigned long addr = (unsigned long)from & ~(line - 1);

	for (; addr < (unsigned long)from + size; addr += line)
		dccmvac(addr);
	dsb();
}

/* Cleans and invalidates to the point of coherency; arguments as for clean_to_poc(). */
static inline void clean_invalidate_to_poc(const void *from, size_t size)
{
	unsigned long line = dcache_line();
	unsigned long addr = (unsigned long)from & ~(line - 1);

	for (; addr < (unsigned long)from + size; addr += line)
		dccimvac(addr);
	dsb();
}

#endif /* ARM_KVM_CACHE_H */
