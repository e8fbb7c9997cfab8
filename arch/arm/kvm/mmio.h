/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's MMIO load or store, as its syndrome describes it: ARM DDI 0406C, B3.13.6. Pure
 * logic, inline, because most exits to user space go through it.
 */
#ifndef ARM_KVM_MMIO_H
#define ARM_KVM_MMIO_H

#include <linux/swab.h>
#include <linux/types.h>

#include "hsr.h"

#define MMIO_SAS_WORD	2
#define MMIO_REG_PC	15

/*
 * True if the syndrome of a data abort describes the access: a load or store of one register,
 * without writeback. The checks of SAS and SRT exclude reserved encodings: a load to the pc has
 * no valid syndrome.
 */
static inline bool mmio_is_described(u32 hsr)
{
	return hsr & HSR_ABT_ISV && HSR_ABT_SAS(hsr) <= MMIO_SAS_WORD &&
	       HSR_ABT_SRT(hsr) != MMIO_REG_PC;
}

/* True if the access is described, and is a load or store to a page that is not mapped. */
static inline bool mmio_is_plain(u32 hsr)
{
	const u32 fixed = HSR_ABT_CM | HSR_ABT_S1PTW | FSC_TYPE(0x3f);

	return mmio_is_described(hsr) && (hsr & fixed) == FSC_TRANSLATION;
}

/* The length of a described access in bytes: 1, 2 or 4. */
static inline unsigned int mmio_len(u32 hsr)
{
	return 1U << HSR_ABT_SAS(hsr);
}

/* The number of a register's bits that are not part of an access of @len bytes. */
static inline unsigned int mmio_unused_bits(unsigned int len)
{
	return 32 - 8 * len;
}

/* The data of a store of @value, as a little-endian number of @len bytes. */
static inline u32 mmio_stored(unsigned int len, bool big, u32 value)
{
	unsigned int unused = mmio_unused_bits(len);

	return (big ? __swab32(value) : value << unused) >> unused;
}

/* The register's value after a load of @len bytes, which are a little-endian number. */
static inline u32 mmio_loaded(unsigned int len, bool sign, bool big, u32 bytes)
{
	unsigned int unused = mmio_unused_bits(len);
	u32 top = big ? __swab32(bytes) : bytes << unused;

	return sign ? (u32)((s32)top >> unused) : top >> unused;
}

#endif /* ARM_KVM_MMIO_H */
