// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>

#include "hsr.h"
#include "mmio.h"
#include "psr.h"

#define SAS_WORD	2
#define REG_PC		15

int mmio_decode(u32 hsr, u32 cpsr, struct mmio_access *access)
{
	if (!(hsr & HSR_ABT_ISV))
		return -ENOENT;
	/* Both encodings are reserved: a load to the pc has no valid syndrome. */
	if (HSR_ABT_SAS(hsr) > SAS_WORD || HSR_ABT_SRT(hsr) == REG_PC)
		return -ENOENT;

	access->len = 1U << HSR_ABT_SAS(hsr);
	access->reg = HSR_ABT_SRT(hsr);
	access->write = hsr & HSR_ABT_WNR;
	access->sign = hsr & HSR_ABT_SSE;
	access->big = cpsr & PSR_E;
	return 0;
}

/* Index in memory of byte @i of the value, counted from the lowest. */
static unsigned int place(const struct mmio_access *access, unsigned int i)
{
	return access->big ? access->len - 1 - i : i;
}

void mmio_store_bytes(const struct mmio_access *access, u32 value, u8 *data)
{
	unsigned int i;

	if (access->len == 4 && !access->big) {
		data[0] = value;
		data[1] = value >> 8;
		data[2] = value >> 16;
		data[3] = value >> 24;
		return;
	}
	for (i = 0; i < access->len; i++)
		data[place(access, i)] = value >> (8 * i);
}

u32 mmio_load_value(const struct mmio_access *access, const u8 *data)
{
	unsigned int bits = 8 * access->len;
	u32 value = 0;
	unsigned int i;

	if (access->len == 4 && !access->big)
		return data[0] | data[1] << 8 | data[2] << 16 | (u32)data[3] << 24;
	for (i = 0; i < access->len; i++)
		value |= (u32)data[place(access, i)] << (8 * i);
	if (access->sign && bits < 32 && value >> (bits - 1))
		value |= ~0U << bits;
	return value;
}
