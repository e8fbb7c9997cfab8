// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distributor's registers, ARM IHI 0048B.b, 4.3: a table of regions. Most
 * regions hold a field for each interrupt, so most of what follows is a pair of
 * functions for one interrupt's field.
 */
#include <linux/kernel.h>

#include <kvm/gic_state.h>

#define GICD_SGIR_INTID		0xfU
#define GICD_SGIR_TARGETS(v)	((v) >> 16 & 0xff)
#define GICD_SGIR_FILTER(v)	((v) >> 24 & 3)
#define FILTER_LIST		0	/* to those in the list */
#define FILTER_OTHERS		1	/* to all but the sender */
#define FILTER_SELF		2

/* The highest five bits of a priority are there: 32 levels, as GICH has. */
#define PRIORITY_BITS		0xf8U

#define ICFGR_EDGE		2U

static bool is_sgi(const struct gic_irq *irq)
{
	return irq->intid < GIC_NR_SGIS;
}

static u8 all_cpus(const struct gic_state *gic)
{
	return (1U << gic->nr_vcpus) - 1;
}

/* ---- one interrupt's field ---- */

/* Of registers of which only ones mean something, none is called with 0. */

static u32 get_group(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->group1;
}

static void set_group(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->group1 = value;
}

static u32 get_enabled(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->enabled;
}

static void set_enabled(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->enabled = true;
}

static void clear_enabled(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!is_sgi(irq))
		irq->enabled = false;
}

static u32 get_pending(const struct gic_state *gic, const struct gic_irq *irq)
{
	return gic_irq_pending(irq);
}

/* SGIs are made pending by GICD_SGIR and GICD_SPENDSGIR only: 4.3.7. */
static void set_pending(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!is_sgi(irq))
		irq->latch = true;
}

static void clear_pending(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!is_sgi(irq))
		irq->latch = false;
}

static u32 get_active(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->active;
}

static void set_active(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->active = true;
}

static void clear_active(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->active = false;
}

static u32 get_priority(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->priority;
}

static void set_priority(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->priority = value & PRIORITY_BITS;
}

/* A private interrupt has the vCPU that asks: 4.3.12. */
static u32 get_targets(const struct gic_state *gic, const struct gic_irq *irq)
{
	if (gic->nr_vcpus == 1)
		return 0;
	return irq->intid < GIC_NR_PRIVATE ? 1U << irq->cpu : irq->targets;
}

static void set_targets(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (irq->intid >= GIC_NR_PRIVATE)
		irq->targets = value & all_cpus(gic);
}

static u32 get_config(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->edge ? ICFGR_EDGE : 0;
}

/* Of PPIs it is up to the implementation, which has level-sensitive ones. */
static void set_config(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (irq->intid >= GIC_NR_PRIVATE)
		irq->edge = value & ICFGR_EDGE;
}

static u32 get_sources(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->sources;
}

static void set_sources(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->sources |= value & all_cpus(gic);
}

static void clear_sources(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->sources &= ~value;
}

/* ---- words of their own ---- */

static u32 read_ctlr(const struct gic_state *gic, unsigned int cpu, u32 offset)
{
	return gic->ctlr;
}

static u8 write_ctlr(struct gic_state *gic, unsigned int cpu, u32 value)
{
	u32 old = gic->ctlr;

	gic->ctlr = value & (GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1);
	return gic->ctlr != old ? gic_all_changed(gic) : 0;
}

static u32 read_typer(const struct gic_state *gic, unsigned int cpu, u32 offset)
{
	u32 lines = (gic->nr_irqs + 31) / 32 - 1;

	return (gic->nr_vcpus - 1) << 5 | lines;
}

/* Who made it: 0x43b is ARM, which drivers know; the product is this one. */
static u32 read_iidr(const struct gic_state *gic, unsigned int cpu, u32 offset)
{
	return 0x76U << 24 | 0x43b;
}

static u8 write_sgir(struct gic_state *gic, unsigned int cpu, u32 value)
{
	u8 targets = 0, concerned = 0;
	unsigned int i;

	switch (GICD_SGIR_FILTER(value)) {
	case FILTER_LIST:
		targets = GICD_SGIR_TARGETS(value);
		break;
	case FILTER_OTHERS:
		targets = ~(1U << cpu);
		break;
	case FILTER_SELF:
		targets = 1U << cpu;
		break;
	}
	for (i = 0; i < gic->nr_vcpus; i++) {
		struct gic_irq *irq = gic_irq(gic, i, value & GICD_SGIR_INTID);

		if (!(targets >> i & 1))
			continue;
		irq->sources |= 1U << cpu;
		concerned |= gic_irq_changed(gic, irq);
	}
	return concerned;
}

/* ARM's identification scheme: 4.3.18, and GIC-400's manual, 3.3. */
static u32 read_id(const struct gic_state *gic, unsigned int cpu, u32 offset)
{
	static const u8 bytes[] = {
		0x04, 0x00, 0x00, 0x00,		/* ICPIDR4 to 7 */
		0x90, 0xb4, 0x2b, 0x00,		/* ICPIDR0 to 3: architecture 2 */
		0x0d, 0xf0, 0x05, 0xb1,		/* ICCIDR0 to 3 */
	};

	return bytes[offset / 4];
}

/* ---- where they are ---- */

#define WORD	4
#define BYTE	1

/**
 * struct gicd_region - registers that behave alike
 * @offset, @length: bytes, multiples of 4
 * @widths: accesses that it takes, as a mask of lengths
 * @bits:   width of an interrupt's field, from interrupt 0 on; 0 for words
 * @ones:   fields that are written as 0 stay what they are
 * @get, @set: an interrupt's field
 * @read, @write: a word; @read gets the offset from the region's beginning
 *
 * A function that is not there: reads as zero, ignores writes.
 */
struct gicd_region {
	u16 offset;
	u16 length;
	u8 widths;
	u8 bits;
	bool ones;
	u32 (*get)(const struct gic_state *gic, const struct gic_irq *irq);
	void (*set)(struct gic_state *gic, struct gic_irq *irq, u32 value);
	u32 (*read)(const struct gic_state *gic, unsigned int cpu, u32 offset);
	u8 (*write)(struct gic_state *gic, unsigned int cpu, u32 value);
};

#define WORDS(offset_, length_, read_, write_) {			\
	.offset = offset_, .length = length_, .widths = WORD,		\
	.read = read_, .write = write_,					\
}

#define ONES(offset_, length_, widths_, bits_, get_, set_) {		\
	.offset = offset_, .length = length_, .widths = widths_,	\
	.bits = bits_, .ones = true, .get = get_, .set = set_,		\
}

#define FIELDS(offset_, length_, widths_, bits_, get_, set_) {		\
	.offset = offset_, .length = length_, .widths = widths_,	\
	.bits = bits_, .get = get_, .set = set_,			\
}

static const struct gicd_region regions[] = {
	WORDS(0x000, 0x004, read_ctlr, write_ctlr),
	WORDS(0x004, 0x004, read_typer, NULL),
	WORDS(0x008, 0x004, read_iidr, NULL),
	FIELDS(0x080, 0x080, WORD, 1, get_group, set_group),		/* IGROUPR */
	ONES(0x100, 0x080, WORD, 1, get_enabled, set_enabled),	/* ISENABLER */
	ONES(0x180, 0x080, WORD, 1, get_enabled, clear_enabled),	/* ICENABLER */
	ONES(0x200, 0x080, WORD, 1, get_pending, set_pending),	/* ISPENDR */
	ONES(0x280, 0x080, WORD, 1, get_pending, clear_pending),	/* ICPENDR */
	ONES(0x300, 0x080, WORD, 1, get_active, set_active),		/* ISACTIVER */
	ONES(0x380, 0x080, WORD, 1, get_active, clear_active),	/* ICACTIVER */
	FIELDS(0x400, 0x400, WORD | BYTE, 8, get_priority, set_priority), /* IPRIORITYR */
	FIELDS(0x800, 0x400, WORD | BYTE, 8, get_targets, set_targets),	/* ITARGETSR */
	FIELDS(0xc00, 0x100, WORD, 2, get_config, set_config),		/* ICFGR */
	WORDS(0xf00, 0x004, NULL, write_sgir),
	ONES(0xf10, 0x010, WORD | BYTE, 8, get_sources, clear_sources), /* CPENDSGIR */
	ONES(0xf20, 0x010, WORD | BYTE, 8, get_sources, set_sources),	/* SPENDSGIR */
	WORDS(0xfd0, 0x030, read_id, NULL),
};

static const struct gicd_region *find_region(u32 offset, unsigned int len)
{
	unsigned int i;

	if (offset & (len - 1))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(regions); i++)
		if (offset - regions[i].offset < regions[i].length)
			return regions[i].widths & len ? &regions[i] : NULL;
	return NULL;
}

bool gicd_exists(u32 offset)
{
	return find_region(offset, WORD);
}

bool gicd_is_empty(const struct gic_state *gic, u32 offset)
{
	const struct gicd_region *region = find_region(offset, WORD);

	return region && region->bits &&
	       (offset - region->offset) * 8 / region->bits >= gic->nr_irqs;
}

/* The interrupts whose fields an access covers, as far as they exist. */
static void covered(const struct gic_state *gic, const struct gicd_region *region,
		    u32 offset, unsigned int len, unsigned int *first,
		    unsigned int *end)
{
	*first = (offset - region->offset) * 8 / region->bits;
	*end = min(*first + len * 8 / region->bits, gic->nr_irqs);
}

u32 gicd_read(struct gic_state *gic, unsigned int cpu, u32 offset, unsigned int len)
{
	const struct gicd_region *region = find_region(offset, len);
	unsigned int intid, first, end;
	u32 value = 0;

	if (!region)
		return 0;
	if (!region->bits)
		return region->read ?
		       region->read(gic, cpu, offset - region->offset) : 0;
	if (!region->get)
		return 0;
	covered(gic, region, offset, len, &first, &end);
	for (intid = first; intid < end; intid++)
		value |= region->get(gic, gic_irq(gic, cpu, intid)) <<
			 (intid - first) * region->bits;
	return value;
}

u8 gicd_write(struct gic_state *gic, unsigned int cpu, u32 offset,
	      unsigned int len, u32 value)
{
	const struct gicd_region *region = find_region(offset, len);
	unsigned int intid, first, end;
	u8 concerned = 0;

	if (!region)
		return 0;
	if (!region->bits)
		return region->write ? region->write(gic, cpu, value) : 0;
	if (!region->set)
		return 0;
	covered(gic, region, offset, len, &first, &end);
	for (intid = first; intid < end; intid++, value >>= region->bits) {
		struct gic_irq *irq = gic_irq(gic, cpu, intid);
		u32 field = value & ((1U << region->bits) - 1);

		if (region->ones && !value)
			break;
		if (region->ones && !field)
			continue;
		region->set(gic, irq, field);
		concerned |= gic_irq_changed(gic, irq);
	}
	return concerned;
}
