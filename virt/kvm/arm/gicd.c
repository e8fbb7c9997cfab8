// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include <kvm/gicd.h>

/* Who made it: 0x43b is ARM's JEP106 code, which drivers know; the product is ours. */
#define IIDR_VALUE	(0x76U << 24 | 0x43b)

/* ARM's identification scheme, GICv2: 4.3.18 and appendix A of GIC-400's manual. */
static const u8 id_bytes[] = {
	0x04, 0x00, 0x00, 0x00,		/* ICPIDR4 to 7 */
	0x90, 0xb4, 0x2b, 0x00,		/* ICPIDR0 to 3: architecture 2 */
	0x0d, 0xf0, 0x05, 0xb1,		/* ICCIDR0 to 3 */
};

/* ---- what the registers do; words ---- */

static u32 read_ctlr(const struct gicd *gicd, u32 offset)
{
	return gicd->enabled ? GICD_CTLR_ENABLE : 0;
}

static void write_ctlr(struct gicd *gicd, u32 offset, u32 value)
{
	gicd->enabled = value & GICD_CTLR_ENABLE;
}

static u32 read_typer(const struct gicd *gicd, u32 offset)
{
	u32 lines = (gicd->nr_irqs + 31) / 32 - 1;

	return (gicd->nr_vcpus - 1) << 5 | lines;
}

static u32 read_iidr(const struct gicd *gicd, u32 offset)
{
	return IIDR_VALUE;
}

static u32 read_id(const struct gicd *gicd, u32 offset)
{
	return id_bytes[offset / 4];
}

/* ---- where they are ---- */

/**
 * struct gicd_region - registers that behave alike
 * @offset, @length: bytes; multiples of 4
 * @read:  of the word at an offset from the region's beginning; NULL reads as 0
 * @write: likewise; NULL ignores
 */
struct gicd_region {
	u32 offset;
	u32 length;
	u32 (*read)(const struct gicd *gicd, u32 offset);
	void (*write)(struct gicd *gicd, u32 offset, u32 value);
};

/* Sorted by offset. */
static const struct gicd_region regions[] = {
	{ GICD_CTLR, 4, read_ctlr, write_ctlr },
	{ GICD_TYPER, 4, read_typer, NULL },
	{ GICD_IIDR, 4, read_iidr, NULL },
	{ 0xfd0, sizeof(id_bytes) * 4, read_id, NULL },
};

static const struct gicd_region *find_region(u32 offset, unsigned int len)
{
	unsigned int i;

	/* All of these take whole words only. */
	if (len != 4 || offset & 3)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(regions); i++)
		if (offset - regions[i].offset < regions[i].length)
			return &regions[i];
	return NULL;
}

u32 gicd_read(const struct gicd *gicd, u32 offset, unsigned int len)
{
	const struct gicd_region *region = find_region(offset, len);

	return region && region->read ?
	       region->read(gicd, offset - region->offset) : 0;
}

void gicd_write(struct gicd *gicd, u32 offset, unsigned int len, u32 value)
{
	const struct gicd_region *region = find_region(offset, len);

	if (region && region->write)
		region->write(gicd, offset - region->offset, value);
}
