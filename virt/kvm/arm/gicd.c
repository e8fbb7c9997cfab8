// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distributor's registers, ARM IHI 0048B.b, 4.3: a table of regions. Most regions
 * hold a field for each interrupt; their accessors read or write one interrupt's field.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/nospec.h>

#include <kvm/gic_state.h>
#include <kvm/gicd_regs.h>

#define GICD_SGIR_INTID		0xfU
#define GICD_SGIR_TARGETS(v)	((v) >> 16 & 0xff)
#define GICD_SGIR_FILTER(v)	((v) >> 24 & 3)
#define FILTER_LIST		0	/* CPUTargetList */
#define FILTER_OTHERS		1	/* all CPUs but the sender */
#define FILTER_SELF		2

/* 32 priority levels, as in list registers: bits 7 to 3. */
#define PRIORITY_BITS		0xf8U

#define ICFGR_EDGE		2U

/* ---- one interrupt's field ---- */

/* Setters of W1S and W1C fields are called only for values that are not 0. */

static u32 get_group(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->group1;
}

static void set_group(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->group1 = value;
}

/* User space that does not restore GICD_IIDR predates groups [registers_v2.groups_without_iidr]. */
static void user_set_group(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (gic->knows_groups)
		set_group(gic, irq, value);
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
	if (!gic_is_sgi(irq))
		irq->enabled = false;
}

static u32 get_pending(const struct gic_state *gic, const struct gic_irq *irq)
{
	return gic_irq_pending(irq);
}

/* SGIs become pending only by GICD_SGIR and GICD_SPENDSGIR, 4.3.7. */
static void set_pending(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!gic_is_sgi(irq))
		irq->latch = true;
}

static void clear_pending(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!gic_is_sgi(irq))
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
	if (!gic_is_private(irq))
		irq->cpu = GIC_NO_CPU;
}

static u32 get_priority(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->priority;
}

static void set_priority(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->priority = value & PRIORITY_BITS;
}

/* Reads of private interrupts return the CPU that reads, 4.3.12. */
static u32 get_targets(const struct gic_state *gic, const struct gic_irq *irq)
{
	if (gic_has_one_cpu(gic))
		return 0;
	return gic_is_private(irq) ? 1U << irq->cpu : irq->targets;
}

static void set_targets(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!gic_is_private(irq))
		irq->targets = value & gic->cpus;
}

static u32 get_config(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->edge ? ICFGR_EDGE : 0;
}

/* SGIs are edge-triggered. PPIs are level-sensitive: 4.3.13 lets the implementation choose. */
static void set_config(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	if (!gic_is_private(irq))
		irq->edge = value & ICFGR_EDGE;
}

static u32 get_sources(const struct gic_state *gic, const struct gic_irq *irq)
{
	return irq->sources;
}

static void set_sources(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->sources |= value & gic->cpus;
}

static void clear_sources(struct gic_state *gic, struct gic_irq *irq, u32 value)
{
	irq->sources &= ~value;
}

/* ---- the fields of a register ---- */

/*
 * Defines fields_ACCESSOR(), which returns the fields of @n interrupts from @irq on. Each field has
 * @bits bits. The compiler inlines the accessor.
 */
#define FIELDS_OF(accessor, bits)					\
static u32 fields_##accessor(struct gic_state *gic, const struct gic_irq *irq,	\
			     unsigned int n)				\
{									\
	u32 value = 0;							\
									\
	irq += n;							\
	_Pragma("GCC unroll 4")						\
	for (; n; n--)							\
		value = value << (bits) | accessor(gic, --irq);		\
	return value;							\
}

FIELDS_OF(get_group, 1)
FIELDS_OF(get_enabled, 1)
FIELDS_OF(get_active, 1)
FIELDS_OF(get_priority, 8)
FIELDS_OF(get_targets, 8)
FIELDS_OF(get_config, 2)
FIELDS_OF(get_sources, 8)

/* Looks only at interrupts that may be pending. @irq is the first of a word. */
static u32 fields_get_pending(struct gic_state *gic, const struct gic_irq *irq, unsigned int n)
{
	u32 value = 0, maybe = *gic_pending_word(gic, irq);

	for (; maybe; maybe &= maybe - 1) {
		unsigned int i = __builtin_ctz(maybe);

		if (i < n)
			value |= get_pending(gic, &irq[i]) << i;
	}
	return value;
}

/* ---- words ---- */

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

/* Implementer 0x43b is ARM, which drivers expect; the product id is our own. */
static u32 read_iidr(const struct gic_state *gic, unsigned int cpu, u32 offset)
{
	return 0x76U << 24 | 0x43b;
}

/*
 * State can be restored only to the same implementation. User space that writes this register
 * knows groups, and restores them.
 */
static int user_write_iidr(struct gic_state *gic, u32 value)
{
	if (value != read_iidr(gic, 0, 0))
		return -EINVAL;
	gic->knows_groups = true;
	return 0;
}

/* Out of line, so that gicd_write() needs fewer registers for the other writes. */
static noinline u8 write_sgir(struct gic_state *gic, unsigned int cpu, u32 value)
{
	u8 targets = 0, kick_mask = 0;

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
	targets &= gic->cpus;
	for (; targets; targets &= targets - 1) {
		struct gic_irq *irq = gic_irq(gic, __builtin_ctz(targets), value & GICD_SGIR_INTID);

		irq->sources |= 1U << cpu;
		kick_mask |= gic_irq_changed(gic, irq);
	}
	return kick_mask;
}

/* CoreSight identification, 4.3.18; values of a GIC-400, its manual, 3.3. */
static u32 read_id(const struct gic_state *gic, unsigned int cpu, u32 offset)
{
	static const u8 bytes[] = {
		0x04, 0x00, 0x00, 0x00,		/* ICPIDR4 to 7 */
		0x90, 0xb4, 0x2b, 0x00,		/* ICPIDR0 to 3: architecture 2 */
		0x0d, 0xf0, 0x05, 0xb1,		/* ICCIDR0 to 3 */
	};

	return bytes[offset / 4];
}

/* ---- the table ---- */

#define WORD	4
#define BYTE	1

/**
 * struct gicd_region - consecutive registers with the same accessors
 * @offset: in bytes, from the distributor's base
 * @length: in bytes
 * @widths: supported access widths: WORD, or WORD | BYTE
 * @bits:   width of an interrupt's field in bits, or 0 if the registers are words without such
 *          fields. The first field is that of INTID 0
 * @w1:     the fields are W1S or W1C: writing 0 to one has no effect
 * @get:    returns the fields of @n interrupts from @irq on
 * @set:    sets the field of one interrupt
 * @read:   returns a word; gets its offset within the region
 * @write:  writes a word; returns a kick mask
 * @user_set:   used instead of @set for user space, unless NULL
 * @user_write: used instead of @write for user space, unless NULL
 *
 * If an accessor is NULL, the registers are RAZ or WI.
 */
struct gicd_region {
	u16 offset;
	u16 length;
	u8 widths;
	u8 bits;
	bool w1;
	u32 (*get)(struct gic_state *gic, const struct gic_irq *irq, unsigned int n);
	void (*set)(struct gic_state *gic, struct gic_irq *irq, u32 value);
	u32 (*read)(const struct gic_state *gic, unsigned int cpu, u32 offset);
	u8 (*write)(struct gic_state *gic, unsigned int cpu, u32 value);
	void (*user_set)(struct gic_state *gic, struct gic_irq *irq, u32 value);
	int (*user_write)(struct gic_state *gic, u32 value);
};

#define WORDS(offset_, length_, read_, write_, ...) {			\
	.offset = offset_, .length = length_, .widths = WORD,		\
	.read = read_, .write = write_, __VA_ARGS__			\
}

#define FIELDS(offset_, length_, widths_, bits_, get_, set_, ...) {	\
	.offset = offset_, .length = length_, .widths = widths_,	\
	.bits = bits_, .get = fields_##get_, .set = set_, __VA_ARGS__		\
}

#define W1(...)	FIELDS(__VA_ARGS__, .w1 = true)

static const struct gicd_region regions[] = {
	WORDS(GICD_CTLR, WORD, read_ctlr, write_ctlr),
	WORDS(GICD_TYPER, WORD, read_typer, NULL),
	WORDS(GICD_IIDR, WORD, read_iidr, NULL, .user_write = user_write_iidr),
	FIELDS(GICD_IGROUPR, GICD_BITS_SIZE, WORD, 1, get_group, set_group,
	       .user_set = user_set_group),
	W1(GICD_ISENABLER, GICD_BITS_SIZE, WORD, 1, get_enabled, set_enabled),
	W1(GICD_ICENABLER, GICD_BITS_SIZE, WORD, 1, get_enabled, clear_enabled),
	W1(GICD_ISPENDR, GICD_BITS_SIZE, WORD, 1, get_pending, set_pending),
	W1(GICD_ICPENDR, GICD_BITS_SIZE, WORD, 1, get_pending, clear_pending),
	W1(GICD_ISACTIVER, GICD_BITS_SIZE, WORD, 1, get_active, set_active),
	W1(GICD_ICACTIVER, GICD_BITS_SIZE, WORD, 1, get_active, clear_active),
	FIELDS(GICD_IPRIORITYR, GICD_BYTES_SIZE, WORD | BYTE, 8, get_priority, set_priority),
	FIELDS(GICD_ITARGETSR, GICD_BYTES_SIZE, WORD | BYTE, 8, get_targets, set_targets),
	FIELDS(GICD_ICFGR, GICD_ICFGR_SIZE, WORD, 2, get_config, set_config),
	WORDS(GICD_SGIR, WORD, NULL, NULL),	/* gicd_write() */
	W1(GICD_CPENDSGIR, GICD_SGIS_SIZE, WORD | BYTE, 8, get_sources, clear_sources),
	W1(GICD_SPENDSGIR, GICD_SGIS_SIZE, WORD | BYTE, 8, get_sources, set_sources),
	WORDS(GICD_IDREGS, GICD_IDREGS_SIZE, read_id, NULL),
};

/*
 * For each part of the distributor's page, the index in regions[] of the first region that ends
 * after the beginning of the part. At most three regions have registers in a part.
 */
#define PART		0x80
#define REGIONS_IN_PART	3

static const u8 first_in_part[GICD_SIZE / PART] = {
	0, 3, 4, 5, 6, 7, 8, 9,			/* words, then one bit per interrupt */
	10, 10, 10, 10, 10, 10, 10, 10,		/* GICD_IPRIORITYR */
	11, 11, 11, 11, 11, 11, 11, 11,		/* GICD_ITARGETSR */
	12, 12, 13, 13, 13, 13, 13, 16,		/* GICD_ICFGR; none; SGIs; identification */
};

static const struct gicd_region *find_region(u32 offset, unsigned int len)
{
	const struct gicd_region *region, *end;

	if (offset & (len - 1) || offset >= GICD_SIZE)
		return NULL;
	region = &regions[first_in_part[array_index_nospec(offset / PART, GICD_SIZE / PART)]];
	end = min(region + REGIONS_IN_PART, &regions[ARRAY_SIZE(regions)]);
	for (; region < end; region++)
		if (offset - region->offset < region->length)
			return region->widths & len ? region : NULL;
	return NULL;
}

bool gicd_exists(u32 offset)
{
	return find_region(offset, WORD);
}

/* log2 of the width of an interrupt's field: shifts replace divisions, which the CPU may lack. */
static unsigned int bits_shift(const struct gicd_region *region)
{
	return __builtin_ctz(region->bits);
}

/* The interrupt whose field is at @offset. */
static unsigned int irq_at(const struct gicd_region *region, u32 offset)
{
	return (offset - region->offset) * 8 >> bits_shift(region);
}

bool gicd_is_empty(const struct gic_state *gic, u32 offset)
{
	const struct gicd_region *region = find_region(offset, WORD);

	return region && region->bits && irq_at(region, offset) >= gic->nr_irqs;
}

/*
 * The existing interrupts whose fields an access covers: @first to @end - 1. Their structures are
 * adjacent in memory.
 */
static void covered(const struct gic_state *gic, const struct gicd_region *region,
		    u32 offset, unsigned int len, unsigned int *first,
		    unsigned int *end)
{
	/* Registers also have fields for the INTIDs from GIC_MAX_IRQS on. */
	*first = array_index_nospec(irq_at(region, offset), 32U * GIC_IRQ_WORDS);
	*end = min(*first + (len * 8 >> bits_shift(region)), gic->nr_irqs);
}

u32 gicd_read(struct gic_state *gic, unsigned int cpu, u32 offset, unsigned int len)
{
	const struct gicd_region *region = find_region(offset, len);
	unsigned int first, end;

	if (!region)
		return 0;
	if (!region->bits)
		return region->read ?
		       region->read(gic, cpu, offset - region->offset) : 0;
	if (!region->get)
		return 0;
	covered(gic, region, offset, len, &first, &end);
	if (first >= end)
		return 0;
	return region->get(gic, gic_irq(gic, cpu, first), end - first);
}

typedef void (*field_setter)(struct gic_state *gic, struct gic_irq *irq, u32 value);

/*
 * Sets only the fields that change, most often a single one. In W1S and W1C registers, these are
 * the fields that are written as 1, in other registers those whose value differs.
 */
static u8 write_fields(struct gic_state *gic, const struct gicd_region *region,
		       field_setter set, unsigned int cpu, u32 offset, unsigned int len,
		       u32 value)
{
	unsigned int shift = bits_shift(region), first, end;
	u32 todo = value, mask = (1U << region->bits) - 1;
	struct gic_irq *irq;
	u8 kick_mask = 0;

	if (!set)
		return 0;
	covered(gic, region, offset, len, &first, &end);
	if (first >= end)
		return 0;
	irq = gic_irq(gic, cpu, first);
	if (!region->w1)
		todo ^= region->get(gic, irq, end - first);
	while (todo) {
		unsigned int i = __builtin_ctz(todo) >> shift, at = i << shift;

		if (first + i >= end)
			break;
		set(gic, &irq[i], value >> at & mask);
		kick_mask |= gic_irq_changed(gic, &irq[i]);
		todo &= ~(mask << at);
	}
	return kick_mask;
}

u8 gicd_write(struct gic_state *gic, unsigned int cpu, u32 offset,
	      unsigned int len, u32 value)
{
	const struct gicd_region *region;

	/* The most frequent writes are to GICD_SGIR. */
	if (offset == GICD_SGIR && len == WORD)
		return write_sgir(gic, cpu, value);
	region = find_region(offset, len);
	if (!region)
		return 0;
	if (!region->bits)
		return region->write ? region->write(gic, cpu, value) : 0;
	return write_fields(gic, region, region->set, cpu, offset, len, value);
}

/* ---- user space's view ---- */

u32 gicd_user_read(struct gic_state *gic, unsigned int cpu, u32 offset)
{
	return gicd_read(gic, cpu, offset, WORD);
}

/* No vCPU is running, so none has to be kicked. */
int gicd_user_write(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value)
{
	const struct gicd_region *region = find_region(offset, WORD);

	if (region && region->user_write)
		return region->user_write(gic, value);
	if (region && region->user_set)
		write_fields(gic, region, region->user_set, cpu, offset, WORD, value);
	else
		gicd_write(gic, cpu, offset, WORD, value);
	return 0;
}
