/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accessors of translation tables for programs that run on the build machine. The tables are at
 * addresses that a descriptor can hold.
 */
#ifndef TESTS_UNIT_ASM_LPAE_ENTRY_H
#define TESTS_UNIT_ASM_LPAE_ENTRY_H

#include <linux/types.h>

static inline void lpae_set(u64 *entry, u64 value)
{
	*entry = value;
}

static inline void *phys_to_virt(u64 address)
{
	return (void *)(unsigned long)address;
}

static inline u64 virt_to_phys(const void *address)
{
	return (unsigned long)address;
}

#endif /* TESTS_UNIT_ASM_LPAE_ENTRY_H */
