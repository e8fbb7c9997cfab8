// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each register of Documentation/abi/registers.toml, as the guest and as user space see it:
 * reset values, each bit of each interrupt, the first interrupts that do not exist, widths of
 * accesses, banked registers, and that a write changes no other register.
 *
 * No interrupt is delivered, because the CPU interface is off while an interrupt is pending and
 * enabled. Guest and host run the same checks, but access registers differently.
 *
 * One guest checks all properties of a register, since a VM costs more than the checks. The
 * first test of a register runs the guest, and keeps its findings for the other tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "abi/gic_regs.h"
#include "abi/its_calls.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_its.h"
#include "harness/rule_expand.h"
#include "harness/rule_harness.h"

#include "fields.h"
#include "fields_table.h"

#define NR_VCPUS	2
#define NR_IRQS		288	/* between the default and the maximum */
#define NR_SGIS		16
#define NR_PRIVATE	32

/* PPIs that KVM connects to the hardware's timers. */
#define IS_TIMER(intid)	((intid) == 26 || (intid) == 27 || (intid) == 28 || (intid) == 30)

/* ---- a word of the table ---- */

/**
 * struct word - 32 bits of a register
 * @offset: offset in the frame, or encoding of a system register
 * @rw, @ro, @w1s, @w1c, @free: masks of bits by enum field_access; all other bits are RAZ/WI
 * @read:   the word must not be written
 * @known:  mask of the bits that have a reset value
 * @reset:  reset value, for each vCPU
 * @banked: each vCPU has its own copy
 */
struct word {
	uint32_t offset;
	uint32_t rw, ro, w1s, w1c, free;
	bool read;
	uint32_t known;
	uint32_t reset[NR_VCPUS];
	bool banked;
};

static uint8_t class_of(unsigned int intid)
{
	if (intid < NR_SGIS)
		return OF_SGI;
	if (intid >= NR_PRIVATE)
		return OF_SPI;
	return IS_TIMER(intid) ? OF_TIMER : OF_PPI;
}

static uint64_t reset_value(const struct gic_field *field, unsigned int cpu)
{
	uint64_t value = 0;

	switch (field->reset) {
	case RESET_VALUE:
		return field->value;
	case RESET_CPU_MASK:
		value = 1ULL << cpu;
		break;
	case RESET_CPU:
		value = cpu;
		break;
	case RESET_LAST:
		value = cpu == NR_VCPUS - 1;
		break;
	case RESET_LINES:
		value = NR_IRQS / 32 - 1;
		break;
	case RESET_CPUS:
		value = NR_VCPUS - 1;
		break;
	}
	return value << __builtin_ctzll(field->of ? 1 : field->mask);
}

#define ALL_VCPUS	((1U << NR_VCPUS) - 1)

static uint64_t mask_of(const struct gic_field *field)
{
	if (field->of && field->mask == FIELD_CPUS)
		return ALL_VCPUS;
	if (field->of && field->mask == FIELD_ABSENT)
		return 0xff & ~ALL_VCPUS;
	return field->mask;
}

/* Adds a field whose bit 0 is bit @at of the word; @at may be negative. */
static void add_field(struct word *word, const struct gic_field *field, bool user, int at)
{
	uint64_t mask = mask_of(field);
	uint32_t here = at < 0 ? mask >> -at : mask << at;
	unsigned int cpu;

	switch (user ? field->user : field->access) {
	case FIELD_NONE:
		return;
	case FIELD_READ:
		word->read = true;
		word->free |= here;
		break;
	case FIELD_FREE:
		word->free |= here;
		break;
	case FIELD_RO:
		word->ro |= here;
		break;
	case FIELD_RW:
		word->rw |= here;
		break;
	case FIELD_W1S:
		word->w1s |= here;
		break;
	case FIELD_W1C:
		word->w1c |= here;
		break;
	}
	if (field->reset == RESET_ANY) {
		word->known &= ~here;
		return;
	}
	for (cpu = 0; cpu < NR_VCPUS; cpu++) {
		uint64_t value = reset_value(field, cpu);

		word->reset[cpu] |= (at < 0 ? value >> -at : value << at) & here;
	}
}

/* The word of a register at @index, for the guest or for user space. */
static struct word word_at(const struct gic_register *reg, unsigned int index, bool user)
{
	struct word word = { .offset = reg->offset + 4 * index, .known = ~0U };
	unsigned int i, bit = 32 * index, part;
	bool private = false;

	if (!reg->bits) {
		for (i = 0; i < reg->nr_fields; i++)
			add_field(&word, &reg->fields[i], user, -(int)bit);
	}
	for (part = 0; reg->bits && 32 * index + 32 > bit; part++) {
		unsigned int intid = 32 * index / reg->bits + part;
		int at = (int)(intid * reg->bits) - (int)(32 * index);

		private |= intid < NR_PRIVATE;
		for (i = 0; i < reg->nr_fields && intid < reg->end && intid < NR_IRQS; i++)
			if (reg->fields[i].of & class_of(intid))
				add_field(&word, &reg->fields[i], user, at);
		bit = (intid + 1) * reg->bits;
	}
	word.banked = reg->frame == FRAME_GICD ? private : reg->frame != FRAME_GITS;
	return word;
}

/* ---- the register under test, for guest and host ---- */

/* A register may have more words than this; then only some of them are tested. */
#define MANY_WORDS	40
#define MAX_WORDS	(MANY_WORDS + 3)

/**
 * struct subject - a register and its words that are tested
 * @words: the words, @nr_words of them, as the guest or as user space sees them
 * @first: the words' values before the test, for each vCPU
 * @model: the expected value of the writable bits, for each vCPU
 * @seen:  values that the guest has read, or should read
 * @compare: mask of the bits that are compared between the views, see set_compare()
 */
struct subject {
	const struct gic_register *reg;
	unsigned int nr_words;
	struct word words[MAX_WORDS];
	uint32_t first[NR_VCPUS][MAX_WORDS];
	uint32_t model[NR_VCPUS][MAX_WORDS];
	uint32_t seen[MAX_WORDS];
	uint32_t compare[MAX_WORDS];
};

static struct subject subject;

static void add_word(const struct gic_register *reg, unsigned int index, bool user)
{
	TEST_ASSERT(subject.nr_words < MAX_WORDS, "expected at most %u words of %s", MAX_WORDS,
		    reg->name);
	subject.words[subject.nr_words++] = word_at(reg, index, user);
}

/*
 * Selects words of existing interrupts, including the last of these; the first word beyond them;
 * and the register's last word.
 */
static void set_subject(const struct gic_register *reg, bool user)
{
	unsigned int all = reg->bits ? (reg->end * reg->bits + 31) / 32 : reg->size / 4;
	unsigned int exist = reg->bits ? NR_IRQS * reg->bits / 32 : all, i, step;

	memset(&subject, 0, sizeof(subject));
	subject.reg = reg;
	if (exist > all)
		exist = all;
	/* Odd, so that both words of a register of 64 bits are tested. */
	step = (exist / MANY_WORDS) | 1;
	while (exist / step > MANY_WORDS)
		step += 2;
	for (i = 0; i + 1 < exist; i += step)
		add_word(reg, i, user);
	add_word(reg, exist - 1, user);
	if (exist < all) {
		add_word(reg, exist, user);
		add_word(reg, all - 1, user);
	}
}

/* ---- findings ---- */

/**
 * struct finding - a word with a wrong value
 * @what: when the word was read; a constant string
 */
struct finding {
	const char *what;
	const struct gic_register *reg;
	uint32_t offset;
	unsigned int cpu;
	uint32_t mask, expected, got;
};

/* Properties of a register, each of which has a test. */
enum property {
	RESET,
	BITS,
	BANKED_BITS,
	WIDTHS,
	OTHERS,
	VIEWS,
	PROPERTIES,
};

/* At most this many findings per property are printed. */
#define MAX_FINDINGS	6

struct findings {
	unsigned int count;
	struct finding first[MAX_FINDINGS];
};

/**
 * struct verdict - the findings about a register
 * @known: all checks were made
 * @about: the property that is being checked
 */
struct verdict {
	bool known;
	enum property about;
	struct findings of[PROPERTIES];
};

static struct verdict verdict;

static void now(enum property about)
{
	verdict.about = about;
}

/* Compares the bits of @mask. */
static void compare(const char *what, const struct gic_register *reg, uint32_t offset,
		    unsigned int cpu, uint32_t mask, uint32_t expected, uint32_t got)
{
	struct findings *found = &verdict.of[verdict.about];

	if (!((expected ^ got) & mask))
		return;
	if (found->count < MAX_FINDINGS)
		found->first[found->count] = (struct finding){
			what, reg, offset, cpu, mask, expected & mask, got & mask
		};
	found->count++;
}

static void report(const struct finding *f)
{
	unsigned int bit = __builtin_ctz(f->expected ^ f->got);
	unsigned int from = f->offset - f->reg->offset;

	fprintf(stderr, "%s", f->reg->name);
	if (f->reg->bits)
		fprintf(stderr, " of INTID %u, bit %u", (8 * from + bit) / f->reg->bits,
			(8 * from + bit) % f->reg->bits);
	else
		fprintf(stderr, ", bit %u", 8 * from + bit);
	fprintf(stderr,
		", vCPU %u, %s: expected 0x%08x of 0x%08x in the word at 0x%x, got 0x%08x\n",
		f->cpu, f->what, f->expected, f->mask, f->offset, f->got);
}

static bool none_found(const struct findings *all)
{
	unsigned int i;

	for (i = 0; i < all->count && i < MAX_FINDINGS; i++)
		report(&all->first[i]);
	if (all->count > MAX_FINDINGS)
		fprintf(stderr, "and %u more\n", all->count - MAX_FINDINGS);
	return !all->count;
}

/* ---- two views ---- */

/**
 * struct view - how registers are accessed
 * @get: reads the word at @offset in the frame of @reg, of vCPU @cpu
 * @set: writes that word
 */
struct view {
	uint32_t (*get)(const struct gic_register *reg, unsigned int cpu, uint32_t offset);
	void (*set)(const struct gic_register *reg, unsigned int cpu, uint32_t offset,
		    uint32_t value);
};

static uint64_t guest_va(const struct gic_register *reg, unsigned int cpu, uint32_t offset)
{
	switch (reg->frame) {
	case FRAME_GICD:
		return guest_gic.dist + offset;
	case FRAME_RD:
		return guest_gic.cpu + (uint64_t)GICR_STRIDE * cpu + offset;
	case FRAME_SGI:
		return guest_gic.cpu + (uint64_t)GICR_STRIDE * cpu + GICR_SGI_FRAME + offset;
	case FRAME_GITS:
		return ITS_FRAME(0) + offset;
	default:
		return guest_gic.cpu + offset;
	}
}

static uint32_t guest_get(const struct gic_register *reg, unsigned int cpu, uint32_t offset)
{
	if (reg->frame == FRAME_ICC)
		return gicv3_icc_read(offset);
	return guest_read(guest_va(reg, cpu, offset));
}

static void guest_set(const struct gic_register *reg, unsigned int cpu, uint32_t offset,
		      uint32_t value)
{
	if (reg->frame == FRAME_ICC)
		gicv3_icc_write(offset, value);
	else
		guest_write(guest_va(reg, cpu, offset), value);
}

static const struct view guest_view = { guest_get, guest_set };

/* The file descriptors of the GIC and of its ITS. */
static int user_dev, user_its;

static uint32_t user_group(const struct gic_register *reg)
{
	switch (reg->frame) {
	case FRAME_GICD:
		return DIST_REGS;
	case FRAME_GICC:
		return CPU_REGS;
	case FRAME_ICC:
		return SYSREGS;
	case FRAME_GITS:
		return ITS_REGS;
	default:
		return REDIST_REGS;
	}
}

/* An ITS's registers of 64 bits are accessed as a whole, and belong to no vCPU. */
static uint64_t user_attr(const struct gic_register *reg, unsigned int cpu, uint32_t offset)
{
	if (reg->frame == FRAME_GITS)
		return reg->offset;
	return vgic_reg_attr(cpu, reg->frame == FRAME_SGI ? GICR_SGI_FRAME + offset : offset);
}

static void user_called(const char *what, const struct gic_register *reg, unsigned int cpu,
			uint32_t offset, int ret)
{
	if (!ret)
		return;
	fprintf(stderr, "%s of the word at 0x%x of %s, vCPU %u: expected success, got %s\n", what,
		offset, reg->name, cpu, rule_outcome(ret));
	verdict.of[verdict.about].count++;
}

static int user_fd(const struct gic_register *reg)
{
	return reg->frame == FRAME_GITS ? user_its : user_dev;
}

/* Values of system registers and of an ITS's registers have 64 bits, others 32. */
static uint64_t user_get_wide(const struct gic_register *reg, unsigned int cpu, uint32_t offset)
{
	uint64_t value = 0;
	int ret = abi_attr_get(user_fd(reg), user_group(reg), user_attr(reg, cpu, offset), &value);

	user_called("get", reg, cpu, offset, ret);
	return value;
}

static bool is_high_word(const struct gic_register *reg, uint32_t offset)
{
	return reg->frame == FRAME_GITS && offset != reg->offset;
}

static uint32_t user_get(const struct gic_register *reg, unsigned int cpu, uint32_t offset)
{
	uint64_t value = user_get_wide(reg, cpu, offset);

	return is_high_word(reg, offset) ? value >> 32 : value << reg->shift;
}

static void user_set(const struct gic_register *reg, unsigned int cpu, uint32_t offset,
		     uint32_t value)
{
	uint64_t wide = value >> reg->shift, was;
	int ret;

	if (reg->frame == FRAME_GITS && reg->size == 8) {
		was = user_get_wide(reg, cpu, offset);
		wide = is_high_word(reg, offset) ? (uint64_t)value << 32 | (uint32_t)was :
						   (was & ~0xffffffffULL) | value;
	}
	ret = abi_attr_set(user_fd(reg), user_group(reg), user_attr(reg, cpu, offset), &wide);
	user_called("set", reg, cpu, offset, ret);
}

static const struct view user_view = { user_get, user_set };

/* ---- checks, for both views ---- */

/* Two values for each word: pattern() and its inverse. Different words have different values. */
static uint32_t pattern(unsigned int word)
{
	return 0xa5c3f00f ^ word * 0x9e3779b9;
}

static void read_first(const struct view *view, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < subject.nr_words; i++)
		subject.first[cpu][i] = view->get(subject.reg, cpu, subject.words[i].offset);
}

/* All words of the subject, or only the banked ones. */
enum which { ALL, BANKED };

/* Sets the expected value of a word: for all vCPUs, unless the word is banked. */
static void set_model(unsigned int cpu, unsigned int i, uint32_t value)
{
	unsigned int other;

	for (other = 0; other < NR_VCPUS; other++)
		if (other == cpu || !subject.words[i].banked)
			subject.model[other][i] = value;
}

/* Clears the W1S bits and sets the W1C bits. */
static void prime(const struct view *view, unsigned int cpu, enum which which)
{
	const struct gic_register *reg = subject.reg;
	unsigned int i;

	for (i = 0; i < subject.nr_words; i++) {
		const struct word *word = &subject.words[i];
		uint32_t at = word->offset - reg->offset;

		if (which == BANKED && !word->banked)
			continue;
		if (word->w1s)
			view->set(reg, cpu, reg->clear + at, ~0U);
		if (word->w1c)
			view->set(reg, cpu, reg->set + at, ~0U);
		set_model(cpu, i, word->w1c);
	}
}

/* The value of the writable bits after @value is written over @before. */
static uint32_t written(const struct word *word, uint32_t before, uint32_t value)
{
	return (value & word->rw) | ((before | value) & word->w1s) |
	       (before & ~value & word->w1c);
}

/* Writes the words' patterns, XORed with @flip and masked with @mask. */
static void write_words(const struct view *view, unsigned int cpu, uint32_t flip, uint32_t mask,
			enum which which)
{
	unsigned int i;

	for (i = 0; i < subject.nr_words; i++) {
		const struct word *word = &subject.words[i];
		uint32_t value = (pattern(i) ^ flip) & mask;

		if (word->read || (which == BANKED && !word->banked))
			continue;
		set_model(cpu, i, written(word, subject.model[cpu][i], value));
		if (subject.reg->keep && view->get == user_get)
			value = (value & word->rw) | (subject.first[cpu][i] & ~word->rw);
		/* Emulators may treat RES0 bits as part of a field. */
		if (subject.reg->frame == FRAME_ICC && view->get == guest_get)
			value &= word->rw;
		view->set(subject.reg, cpu, word->offset, value);
	}
}

/* The value that a word should read as. */
static uint32_t expected(unsigned int cpu, unsigned int i)
{
	return subject.model[cpu][i] | (subject.first[cpu][i] & subject.words[i].ro);
}

/*
 * The value that is expected where @value was written. The binary point's minimum is implementation
 * defined: the guest may read @got instead, up to the register's @least.
 */
static uint32_t raised(const struct view *view, uint32_t value, uint32_t got)
{
	uint32_t least = subject.reg->least;

	return view->get == guest_get && value < got && got <= least ? got : value;
}

static void check_words(const struct view *view, unsigned int cpu, const char *what)
{
	unsigned int i;

	for (i = 0; i < subject.nr_words; i++) {
		const struct word *word = &subject.words[i];
		uint32_t got = view->get(subject.reg, cpu, word->offset);

		compare(what, subject.reg, word->offset, cpu, ~word->free,
			raised(view, expected(cpu, i), got), got);
	}
}

static void check_reset(const struct view *view, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < subject.nr_words; i++) {
		const struct word *word = &subject.words[i];

		compare("at reset", subject.reg, word->offset, cpu, word->known, word->reset[cpu],
			view->get(subject.reg, cpu, word->offset));
	}
}

static void check_bits(const struct view *view, unsigned int cpu)
{
	read_first(view, cpu);
	prime(view, cpu, ALL);
	write_words(view, cpu, 0, ~0U, ALL);
	check_words(view, cpu, "after a pattern");
	write_words(view, cpu, 0, 0, ALL);
	check_words(view, cpu, "after zeros");
	write_words(view, cpu, ~0U, ~0U, ALL);
	check_words(view, cpu, "after the inverse pattern");
	prime(view, cpu, ALL);
	write_words(view, cpu, ~0U, ~0U, ALL);
	check_words(view, cpu, "after the inverse pattern alone");
}

/*
 * One of BANK_STEPS steps. Step 0 reads all words. Step 1 writes them; the second vCPU writes only
 * the banked ones. Step 2 checks all words. The second vCPU takes each step before the first.
 */
static void bank(const struct view *view, unsigned int cpu, unsigned int step)
{
	switch (step) {
	case 0:
		read_first(view, cpu);
		break;
	case 1:
		prime(view, cpu, cpu == FIRST ? ALL : BANKED);
		write_words(view, cpu, cpu == FIRST ? 0 : ~0U, ~0U, cpu == FIRST ? ALL : BANKED);
		break;
	case 2:
		check_words(view, cpu, "after both vCPUs have written");
		break;
	}
}

#define BANK_STEPS	3

/* ---- widths of accesses ---- */

/* The approximate number of words whose access widths are checked. */
#define WIDTH_WORDS	8

static uint32_t read_part(uint64_t va, unsigned int width)
{
	return width == 1 ? guest_read_byte(va) : guest_read_half(va);
}

static void write_part(uint64_t va, unsigned int width, uint32_t value)
{
	if (width == 1)
		guest_write_byte(va, value);
	else
		guest_write_half(va, value);
}

/* Reads and writes a word in parts. Parts of an unsupported width are RAZ/WI. */
static void check_parts(unsigned int i, unsigned int width)
{
	const struct word *word = &subject.words[i];
	uint64_t va = guest_va(subject.reg, FIRST, word->offset);
	bool exists = subject.reg->widths & width;
	unsigned int at;

	for (at = 0; at < 4; at += width) {
		uint32_t mask = width == 1 ? 0xffU << 8 * at : 0xffffU << 8 * at;
		uint32_t value = ~expected(FIRST, i), want;

		want = exists ? ~value & mask : 0;
		compare(width == 1 ? "read as a byte" : "read as a halfword", subject.reg,
			word->offset, FIRST, ~word->free & mask, want,
			read_part(va + at, width) << 8 * at);
		write_part(va + at, width, value >> 8 * at);
		if (exists)
			subject.model[FIRST][i] =
				(written(word, subject.model[FIRST][i], value) & mask) |
				(subject.model[FIRST][i] & ~mask);
		compare(width == 1 ? "written as a byte" : "written as a halfword", subject.reg,
			word->offset, FIRST, ~word->free, expected(FIRST, i),
			guest_read(va));
	}
}

#ifdef __aarch64__
/* Reads and writes two words at once. Registers of 32 bits do not support that. */
static void check_double(unsigned int i)
{
	const struct word *low = &subject.words[i], *high = &subject.words[i + 1];
	uint64_t va = guest_va(subject.reg, FIRST, low->offset), value;
	bool exists = subject.reg->widths & 8;

	if (va % 8 || i + 1 >= subject.nr_words || high->offset != low->offset + 4)
		return;
	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (va) : "memory");
	compare("read as a doubleword", subject.reg, low->offset, FIRST, ~low->free,
		exists ? expected(FIRST, i) : 0, value);
	compare("read as a doubleword", subject.reg, high->offset, FIRST, ~high->free,
		exists ? expected(FIRST, i + 1) : 0, value >> 32);
	value = ~((uint64_t)expected(FIRST, i + 1) << 32 |
		  expected(FIRST, i));
	asm volatile("str %0, [%1]" : : "r" (value), "r" (va) : "memory");
	if (exists) {
		set_model(FIRST, i, written(low, subject.model[FIRST][i], value));
		set_model(FIRST, i + 1, written(high, subject.model[FIRST][i + 1], value >> 32));
	}
	compare("written as a doubleword", subject.reg, low->offset, FIRST, ~low->free,
		expected(FIRST, i), guest_read(va));
	compare("written as a doubleword", subject.reg, high->offset, FIRST, ~high->free,
		expected(FIRST, i + 1), guest_read(va + 4));
}
#else
/* A doubleword access to a device cannot be emulated: its abort has no syndrome. */
static void check_double(unsigned int i)
{
	(void)i;
}
#endif

static void check_widths(void)
{
	unsigned int i, step = subject.nr_words / WIDTH_WORDS + 1;

	read_first(&guest_view, FIRST);
	prime(&guest_view, FIRST, ALL);
	write_words(&guest_view, FIRST, 0, ~0U, ALL);
	for (i = 0; i < subject.nr_words; i += step) {
		check_parts(i, 1);
		check_parts(i, 2);
		check_double(i);
	}
}

/* ---- all other registers ---- */

/**
 * struct watch - a word of another register
 * @mask:    the bits with a stable value
 * @related: the word shows the same state as the subject
 */
struct watch {
	const struct gic_register *reg;
	uint32_t offset, mask, before;
	bool related;
};

#define MAX_WATCHES	128

static struct watch watches[MAX_WATCHES];
static unsigned int nr_watches;

static void watch_word(const struct gic_register *reg, unsigned int index)
{
	struct word word = word_at(reg, index, false);

	TEST_ASSERT(nr_watches < MAX_WATCHES, "expected at most %u words to watch", MAX_WATCHES);
	watches[nr_watches++] = (struct watch){
		.reg = reg, .offset = word.offset, .mask = ~word.free,
		.related = reg->state && reg->state == subject.reg->state,
	};
}

/* Watches words of private interrupts, of the first SPIs and of the last SPIs. */
static void set_watches(void)
{
	unsigned int i;

	nr_watches = 0;
	for (i = 0; i < ARRAY_SIZE(all_registers); i++) {
		const struct gic_register *reg = all_registers[i];

		/* A guest has an ITS only if the subject is an ITS's register. */
		if (reg->gic != subject.reg->gic || !reg->guest ||
		    (reg->frame == FRAME_GITS && subject.reg->frame != FRAME_GITS) ||
		    (reg->frame == subject.reg->frame && reg->offset == subject.reg->offset))
			continue;
		watch_word(reg, 0);
		if (!reg->bits || reg->end <= NR_PRIVATE)
			continue;
		watch_word(reg, NR_PRIVATE * reg->bits / 32);
		watch_word(reg, (NR_IRQS - 1) * reg->bits / 32);
	}
}

static void note_others(void)
{
	unsigned int i;

	for (i = 0; i < nr_watches; i++)
		watches[i].before = guest_get(watches[i].reg, FIRST, watches[i].offset);
}

static void check_others(const char *what, bool related)
{
	unsigned int i;

	for (i = 0; i < nr_watches; i++)
		if (related || !watches[i].related)
			compare(what, watches[i].reg, watches[i].offset, FIRST, watches[i].mask,
				watches[i].before,
				guest_get(watches[i].reg, FIRST, watches[i].offset));
}

static void check_all_others(void)
{
	unsigned int i;

	note_others();
	for (i = 0; i < subject.nr_words; i++) {
		const struct word *word = &subject.words[i];

		if (!(word->rw | word->w1s | word->w1c | word->free))
			guest_set(subject.reg, FIRST, word->offset, ~0U);
	}
	check_others("after ones to read-only bits", true);
	read_first(&guest_view, FIRST);
	prime(&guest_view, FIRST, ALL);
	write_words(&guest_view, FIRST, 0, ~0U, ALL);
	write_words(&guest_view, FIRST, ~0U, ~0U, ALL);
	check_others("after writes to the whole register", false);
}

/* ---- both views ---- */

/* Finds the bits to compare: stable in both views, and not writable by the guest alone. */
static void set_compare(void)
{
	unsigned int i;

	for (i = 0; i < subject.nr_words; i++) {
		const struct word *guest = &subject.words[i];
		struct word user = word_at(subject.reg,
					   (guest->offset - subject.reg->offset) / 4, true);
		uint32_t stored = guest->rw | guest->w1s | guest->w1c;

		subject.compare[i] = ~(guest->free | user.free) &
				     ~(stored & ~(user.rw | user.w1s | user.w1c));
	}
}

/* The guest's request to call compare_views(). */
#define COMPARE_VIEWS	0

/*
 * In the host: compares the registers with the values that the guest read, then writes the inverse
 * patterns to the registers.
 */
static void compare_views(struct guest *guest, unsigned int request)
{
	struct subject *shown = GUEST_ADDR(guest, subject);
	struct verdict *all = GUEST_ADDR(guest, verdict);
	struct subject guests = *shown;
	unsigned int i;

	(void)request;
	verdict = *all;
	set_subject(guests.reg, true);
	read_first(&user_view, FIRST);
	for (i = 0; i < subject.nr_words; i++)
		compare("read by user space, written by the guest", subject.reg,
			subject.words[i].offset, FIRST, guests.compare[i], guests.seen[i],
			subject.first[FIRST][i]);
	prime(&user_view, FIRST, ALL);
	write_words(&user_view, FIRST, ~0U, ~0U, ALL);
	for (i = 0; i < subject.nr_words; i++) {
		const struct word *word = &subject.words[i];

		if (word->read)
			guests.compare[i] = 0;
		shown->compare[i] = guests.compare[i] & (word->rw | word->w1s | word->w1c);
		shown->seen[i] = expected(FIRST, i);
	}
	*all = verdict;
	subject = guests;
}

static void check_views(void)
{
	const struct gic_register *reg = subject.reg;
	unsigned int i;

	read_first(&guest_view, FIRST);
	prime(&guest_view, FIRST, ALL);
	write_words(&guest_view, FIRST, 0, ~0U, ALL);
	for (i = 0; i < subject.nr_words; i++)
		subject.seen[i] = guest_get(reg, FIRST, subject.words[i].offset);
	guest_request(COMPARE_VIEWS);
	for (i = 0; i < subject.nr_words; i++) {
		uint32_t got = guest_get(reg, FIRST, subject.words[i].offset);

		compare("read by the guest, written by user space", reg,
			subject.words[i].offset, FIRST, subject.compare[i],
			raised(&guest_view, subject.seen[i], got), got);
	}
}

/* ---- the guest's program ---- */

static bool is_trapped(const struct gic_register *reg)
{
	return reg->frame != FRAME_GICC && reg->frame != FRAME_ICC;
}

/* The checks that the first vCPU makes alone. */
static void check_alone(void)
{
	now(BITS);
	check_bits(&guest_view, FIRST);
	if (!is_trapped(subject.reg))
		return;
	now(WIDTHS);
	check_widths();
	now(OTHERS);
	check_all_others();
}

static void guest_checks(void)
{
	bool first = guest_cpu() == FIRST;
	unsigned int step;

	guest_turns_begin();
	now(RESET);
	check_reset(&guest_view, guest_cpu());
	/*
	 * QEMU's GICv3 derives ICH_MISR_EL2.VGrp0D from the enable of group 1. Kernels from 7.2 on
	 * use VGrp0D, and make no progress with a guest that has enabled group 0 alone.
	 */
	if (subject.reg->frame == FRAME_ICC && subject.reg->offset != ICC_IGRPEN1)
		gicv3_icc_write(ICC_IGRPEN1, 1);
	guest_turn();
	if (first) {
		check_alone();
		now(BANKED_BITS);
	}
	guest_turn();
	/* The second vCPU takes each step before the first. */
	if (first)
		guest_turn();
	for (step = 0; step < BANK_STEPS; step++) {
		bank(&guest_view, guest_cpu(), step);
		guest_turn();
	}
	/* The second vCPU is in user space by now. */
	if (first && subject.reg->user) {
		now(VIEWS);
		check_views();
	}
	guest_done();
}

/* ---- the host's side ---- */

/*
 * User space that saves and restores GICD_IIDR may write the groups of a GICv2
 * [registers_v2.groups_without_iidr].
 */
static int allow_groups(int dev)
{
	uint32_t iidr;
	int ret = vgic_reg_get(dev, DIST_REGS, 0, GICD_IIDR, &iidr);

	return ret ? ret : vgic_reg_set(dev, DIST_REGS, 0, GICD_IIDR, iidr);
}

static bool is_v3(const struct gic_register *reg)
{
	return reg->gic == 3;
}

static const struct abi_kind *kind_of_dist(const struct gic_register *reg)
{
	return is_v3(reg) ? &kind_devattr_v3_dist : &kind_devattr_v2_dist;
}

static const struct abi_kind *kind_of_cpu(const struct gic_register *reg)
{
	return is_v3(reg) ? &kind_devattr_v3_redist : &kind_devattr_v2_cpu;
}

/* Reports an error of a call that prepares the GIC; true on success. */
static bool is_prepared(const struct gic_register *reg, int ret)
{
	if (ret)
		fprintf(stderr, "a GICv%u with %u interrupts: expected success, got %s\n", reg->gic,
			NR_IRQS, rule_outcome(ret));
	return !ret;
}

/* Makes a guest check the register; false if a call failed or the guest did not end. */
static bool check_in_guest(const struct gic_register *reg)
{
	struct guest guest = { .on_request = compare_views };
	struct its its = { .fd = -1 };
	int ret;

	set_subject(reg, false);
	set_compare();
	set_watches();
	guest_create(&guest, NR_VCPUS, guest_checks);
	ret = guest_gic_create(&guest, kind_of_dist(reg), kind_of_cpu(reg), GUEST_DIST_IPA,
			       GUEST_CPU_IPA, NR_IRQS);
	if (!ret)
		ret = allow_groups(guest.abi.dev);
	if (!ret && reg->frame == FRAME_GITS)
		ret = guest_its_add(&guest, &its, 1, lpi_memory_map());
	if (!is_prepared(reg, ret))
		return false;
	user_dev = guest.abi.dev;
	user_its = its.fd;
	sync_global_to_guest(guest.vm, subject);
	sync_global_to_guest(guest.vm, watches);
	sync_global_to_guest(guest.vm, nr_watches);
	ret = guest_run(&guest);
	verdict = *GUEST_ADDR(&guest, verdict);
	return ret;
}

/* Checks the register from user space, with vCPUs that have not run. */
static bool check_as_user(const struct gic_register *reg)
{
	struct abi_vcpu vcpu[NR_VCPUS];
	struct its its = { .fd = -1 };
	struct abi_vm vm;
	unsigned int cpu, step;
	int ret;

	abi_vm_open(&vm, 0);
	ret = abi_gic_create(&vm, kind_of_dist(reg));
	for (cpu = 0; cpu < NR_VCPUS; cpu++)
		abi_vcpu_add(&vm, cpu, &vcpu[cpu]);
	if (!ret)
		ret = vgic_set_nr_irqs(vm.dev, NR_IRQS);
	if (!ret)
		ret = abi_addr_set(&vm, kind_of_dist(reg), ABI_DIST_IPA);
	if (!ret)
		ret = abi_addr_set(&vm, kind_of_cpu(reg), ABI_FREE_IPA);
	if (!ret)
		ret = vgic_init(vm.dev);
	if (!ret)
		ret = allow_groups(vm.dev);
	if (!ret && reg->frame == FRAME_GITS)
		ret = its_add(&its, &vm, 0, NULL);
	if (!is_prepared(reg, ret))
		return false;
	user_dev = vm.dev;
	user_its = its.fd;
	set_subject(reg, true);
	for (cpu = 0; cpu < NR_VCPUS; cpu++) {
		now(RESET);
		check_reset(&user_view, cpu);
	}
	for (cpu = 0; cpu < NR_VCPUS; cpu++) {
		now(BITS);
		check_bits(&user_view, cpu);
	}
	now(BANKED_BITS);
	for (step = 0; step < BANK_STEPS; step++)
		for (cpu = NR_VCPUS; cpu-- > 0; )
			bank(&user_view, cpu, step);
	return true;
}

/* Verdicts of the guest's checks and of user space's, shared by the processes of all tests. */
static struct verdict (*kept)[ARRAY_SIZE(all_registers)];

static __attribute__((constructor)) void share_verdicts(void)
{
	kept = mmap(NULL, 2 * sizeof(*kept), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
	if (kept == MAP_FAILED) {
		perror("memory that tests share");
		exit(1);
	}
}

static unsigned int index_of(const struct gic_register *reg)
{
	unsigned int i = 0;

	while (all_registers[i] != reg)
		i++;
	return i;
}

/* True if the register has the property. Later tests reuse the findings of complete checks. */
static bool has(const struct gic_register *reg, bool user, enum property property)
{
	struct verdict *was = &kept[user][index_of(reg)];

	if (was->known) {
		verdict = *was;
	} else {
		if (!(user ? check_as_user(reg) : check_in_guest(reg))) {
			none_found(&verdict.of[property]);
			return false;
		}
		verdict.known = true;
		*was = verdict;
	}
	return none_found(&verdict.of[property]);
}

#define FIELDS_FIXTURE(fixture)						\
FIXTURE(fixture)							\
{									\
	struct rule_run run;						\
};									\
FIXTURE_VARIANT(fixture)						\
{									\
	const char *name;						\
	unsigned int needs;						\
	const struct gic_register *reg;					\
};									\
FIXTURE_SETUP(fixture)							\
{									\
	RULE_SETUP(#fixture);						\
}									\
FIXTURE_TEARDOWN(fixture)						\
{									\
	rule_end(&self->run);						\
}

#define ADD_REGISTER(fixture, register, gic)				\
FIXTURE_VARIANT_ADD(fixture, devattr_##register)			\
{									\
	.name = "devattr_" #register,					\
	.needs = gic,							\
	.reg = &register,						\
};

#define EXPECT_HAS(user, property)					\
	EXPECT_RULE_WORD(holds(has(variant->reg, user, property)), "%s", variant->reg->name)

/* ---- distributor and redistributors, seen by the guest ---- */

FIELDS_FIXTURE(fields)
#define ADD_FIELDS(register, gic)	ADD_REGISTER(fields, register, gic)
TRAPPED_REGISTERS(ADD_FIELDS)

TEST_F(fields, reset)
{
	EXPECT_HAS(false, RESET);
}

TEST_F(fields, bits)
{
	EXPECT_HAS(false, BITS);
}

TEST_F(fields, banked)
{
	EXPECT_HAS(false, BANKED_BITS);
}

TEST_F(fields, widths)
{
	EXPECT_HAS(false, WIDTHS);
}

TEST_F(fields, others)
{
	EXPECT_HAS(false, OTHERS);
}

/* ---- the CPU interface, seen by the guest ---- */

FIELDS_FIXTURE(fields_cpu)
#define ADD_FIELDS_CPU(register, gic)	ADD_REGISTER(fields_cpu, register, gic)
CPU_REGISTERS(ADD_FIELDS_CPU)

TEST_F(fields_cpu, reset)
{
	EXPECT_HAS(false, RESET);
}

TEST_F(fields_cpu, bits)
{
	EXPECT_HAS(false, BITS);
}

TEST_F(fields_cpu, banked)
{
	EXPECT_HAS(false, BANKED_BITS);
}

/* ---- all registers that user space sees ---- */

FIELDS_FIXTURE(fields_user)
#define ADD_FIELDS_USER(register, gic)	ADD_REGISTER(fields_user, register, gic)
USER_REGISTERS(ADD_FIELDS_USER)

TEST_F(fields_user, reset)
{
	EXPECT_HAS(true, RESET);
}

TEST_F(fields_user, bits)
{
	EXPECT_HAS(true, BITS);
}

TEST_F(fields_user, banked)
{
	EXPECT_HAS(true, BANKED_BITS);
}

/* ---- all registers that both the guest and user space see ---- */

FIELDS_FIXTURE(fields_views)
#define ADD_FIELDS_VIEWS(register, gic)	ADD_REGISTER(fields_views, register, gic)
SHARED_REGISTERS(ADD_FIELDS_VIEWS)

TEST_F(fields_views, agree)
{
	EXPECT_HAS(false, VIEWS);
}

#include "harness/rule_main.h"
