// SPDX-License-Identifier: GPL-2.0-only
/*
 * virt/kvm/arm/gicd.c: the distributor's registers, ARM IHI 0048B.b, 4.3.
 */
#include <kselftest_harness.h>

#include <kvm/gic_state.h>

#include "loops.h"
#include "random.h"

/* From the manual, because the kernel's headers are under test as well. */
#define CTLR		0x000
#define TYPER		0x004
#define IIDR		0x008
#define IGROUPR		0x080
#define ISENABLER	0x100
#define ICENABLER	0x180
#define ISPENDR		0x200
#define ICPENDR		0x280
#define ISACTIVER	0x300
#define ICACTIVER	0x380
#define IPRIORITYR	0x400
#define ITARGETSR	0x800
#define ICFGR		0xc00
#define SGIR		0xf00
#define CPENDSGIR	0xf10
#define SPENDSGIR	0xf20
#define PERIPHID	0xfd0

#define NR_VCPUS	4
#define NR_IRQS		128
#define SGI		5
#define PPI		27
#define SPI		77

static struct gic_state gic;

static void setup(unsigned int nr_vcpus, unsigned int nr_irqs)
{
	gic_reset(&gic, nr_irqs);
	gic.nr_vcpus = nr_vcpus;
	gic.cpus = (1U << nr_vcpus) - 1;
}

static u32 read_word(unsigned int cpu, u32 offset)
{
	return gicd_read(&gic, cpu, offset, 4);
}

static u8 write_word(unsigned int cpu, u32 offset, u32 value)
{
	return gicd_write(&gic, cpu, offset, 4, value);
}

/* The word and bit of an interrupt in registers with one bit for each. */
static u32 word_of(u32 base, unsigned int intid)
{
	return base + 4 * (intid / 32);
}

static u32 bit_of(unsigned int intid)
{
	return 1U << intid % 32;
}

static bool has_bit(unsigned int cpu, u32 base, unsigned int intid)
{
	return read_word(cpu, word_of(base, intid)) & bit_of(intid);
}

/* ---- single registers ---- */

/* 4.3.1: a distributor with GICD_IGROUPR has an enable bit for each group. */
TEST(ctlr)
{
	setup(NR_VCPUS, NR_IRQS);
	EXPECT_EQ(0, read_word(0, CTLR));
	write_word(1, CTLR, 1);
	EXPECT_EQ(1, read_word(0, CTLR));
	write_word(0, CTLR, ~1U);
	EXPECT_EQ(2, read_word(2, CTLR));
	write_word(0, CTLR, ~0U);
	EXPECT_EQ(3, read_word(0, CTLR));
	write_word(0, CTLR, 0);
	EXPECT_EQ(0, read_word(0, CTLR));
}

/* 4.3.2: CPUNumber in bits 7..5, ITLinesNumber in bits 4..0: 32 (N + 1) interrupts. */
TEST(typer)
{
	unsigned int vcpus, irqs;

	EACH_FROM(vcpus, 1, 9)
	EACH_FROM(irqs, 64, 1021) {
		u32 typer, most;

		gic.nr_vcpus = vcpus;
		gic.nr_irqs = irqs;
		typer = read_word(0, TYPER);
		most = 32 * ((typer & 0x1f) + 1);
		ASSERT_EQ(vcpus - 1, typer >> 5 & 7);
		ASSERT_LE(irqs, most) TH_LOG("%u interrupts", irqs);
		ASSERT_GT(irqs + 32, most) TH_LOG("%u interrupts", irqs);
		/* No security extensions, no lockable SPIs. */
		ASSERT_EQ(0, typer >> 8);
	}
}

/* Implementer ARM (0x43b), architecture version 2, and the component ID B105F00D. */
TEST(identification)
{
	u32 id = 0;
	unsigned int i;

	setup(NR_VCPUS, NR_IRQS);
	EXPECT_EQ(0x43b, read_word(0, IIDR) & 0xfff);
	EXPECT_EQ(2, read_word(0, 0xfe8) >> 4 & 0xf);
	EACH(i, 4)
		id |= read_word(0, 0xff0 + 4 * i) << 8 * i;
	EXPECT_EQ(0xb105f00d, id);
}

TEST(identification_cannot_be_written)
{
	u32 offset;

	setup(NR_VCPUS, NR_IRQS);
	for (offset = TYPER; offset < 0x1000; offset += 4) {
		u32 before = read_word(0, offset);

		if (offset > IIDR && offset < PERIPHID)
			continue;
		write_word(0, offset, ~before);
		EXPECT_EQ(before, read_word(0, offset)) TH_LOG("at 0x%x", offset);
	}
}

/* ---- offsets and widths ---- */

struct range {
	u32 begin, end;
};

/* 4.1.2, table 4-1, without the implementation-defined ranges and the gaps. */
static const struct range present[] = {
	{ 0x000, 0x00c }, { 0x080, 0x400 }, { 0x400, 0xc00 }, { 0xc00, 0xd00 },
	{ 0xf00, 0xf04 }, { 0xf10, 0xf30 }, { 0xfd0, 0x1000 },
};

/* 4.1.4: the byte-accessible ranges. */
static const struct range bytes[] = { { 0x400, 0xc00 }, { 0xf10, 0xf30 } };

static bool within(u32 offset, const struct range *ranges, unsigned int count)
{
	unsigned int i;

	EACH(i, count)
		if (offset >= ranges[i].begin && offset < ranges[i].end)
			return true;
	return false;
}

#define WITHIN(offset, ranges)	within(offset, ranges, ARRAY_SIZE(ranges))

TEST(exists)
{
	u32 offset;

	for (offset = 0; offset < GICD_SIZE; offset += 4)
		EXPECT_EQ(WITHIN(offset, present), gicd_exists(offset))
			TH_LOG("at 0x%x", offset);
	EXPECT_FALSE(gicd_exists(GICD_SIZE));
	gic_reset(&gic, 64);
	EXPECT_FALSE(gicd_is_empty(&gic, 0x104));	/* of interrupts 32 to 63 */
	EXPECT_TRUE(gicd_is_empty(&gic, 0x108));
	EXPECT_FALSE(gicd_is_empty(&gic, 0x43c));	/* 60 to 63 */
	EXPECT_TRUE(gicd_is_empty(&gic, 0x440));
	EXPECT_FALSE(gicd_is_empty(&gic, 0xc0c));	/* 48 to 63 */
	EXPECT_TRUE(gicd_is_empty(&gic, 0xc10));
	EXPECT_FALSE(gicd_is_empty(&gic, 0x004));	/* without fields of interrupts */
	EXPECT_FALSE(gicd_is_empty(&gic, 0x040));	/* no register */
}

/*
 * Unimplemented offsets, widths and unaligned accesses are RAZ/WI, even with all writable bits of
 * the state set.
 */
TEST(other_offsets_and_widths)
{
	static const unsigned int widths[] = { 1, 2, 4 };
	struct gic_state before;
	unsigned int i, w;
	u32 offset;

	setup(NR_VCPUS, NR_IRQS);
	for (offset = 0; offset < GICD_SIZE; offset += 4)
		write_word(1, offset, ~0U);
	before = gic;
	EACH(offset, GICD_SIZE)
	EACH(w, ARRAY_SIZE(widths)) {
		unsigned int len = widths[w];
		bool implemented = (len == 4 && WITHIN(offset, present)) ||
				   (len == 1 && WITHIN(offset, bytes));

		if (implemented && offset % len == 0)
			continue;
		EXPECT_EQ(0, gicd_read(&gic, 1, offset, len))
			TH_LOG("%u bytes at 0x%x", len, offset);
		EXPECT_EQ(0, gicd_write(&gic, 1, offset, len, 0x5a5a5a5a));
		i = memcmp(&before, &gic, sizeof(gic));
		ASSERT_EQ(0, i) TH_LOG("%u bytes at 0x%x", len, offset);
	}
}

/* No read has side effects, at any offset and in a random state. */
TEST(reads_change_nothing)
{
	struct gic_state before;
	u64 random = 1;
	unsigned int i;
	u32 offset;

	setup(NR_VCPUS, NR_IRQS);
	EACH(i, 20000)
		write_word(random_below(&random, NR_VCPUS),
			   4 * random_below(&random, GICD_SIZE / 4), random_next(&random));
	before = gic;
	EACH(offset, GICD_SIZE) {
		gicd_read(&gic, 2, offset, 1);
		gicd_read(&gic, 2, offset, 2);
		gicd_read(&gic, 2, offset, 4);
	}
	EXPECT_EQ(0, memcmp(&before, &gic, sizeof(gic)));
}

/* The fields of INTIDs from nr_irqs on are RAZ/WI, up to the architecture's maximum. */
TEST(beyond_last_interrupt)
{
	static const unsigned int counts[] = { 64, 96, 1000, 1020 };
	unsigned int c, intid;

	EACH(c, ARRAY_SIZE(counts)) {
		setup(NR_VCPUS, counts[c]);
		EACH(intid, 1024) {
			write_word(0, word_of(ISENABLER, intid), bit_of(intid));
			gicd_write(&gic, 0, IPRIORITYR + intid, 1, 0x80);
			EXPECT_EQ(intid < counts[c], has_bit(0, ISENABLER, intid))
				TH_LOG("%u of %u", intid, counts[c]);
			EXPECT_EQ(intid < counts[c] ? 0x80 : 0,
				  gicd_read(&gic, 0, IPRIORITYR + intid, 1))
				TH_LOG("%u of %u", intid, counts[c]);
		}
	}
}

/* ---- a bit for each interrupt ---- */

/* A pair of a W1S and a W1C register, which read the same. */
static void expect_pair(struct __test_metadata *_metadata, u32 set, u32 clear,
			unsigned int first)
{
	unsigned int intid, i;

	setup(NR_VCPUS, NR_IRQS);
	EACH_FROM(intid, first, NR_IRQS) {
		write_word(0, word_of(set, intid), bit_of(intid));
		EACH_FROM(i, first, NR_IRQS) {
			ASSERT_EQ(i == intid, has_bit(0, set, i))
				TH_LOG("%u, after %u was set", i, intid);
			ASSERT_EQ(i == intid, has_bit(0, clear, i))
				TH_LOG("%u, after %u was set", i, intid);
		}
		write_word(0, word_of(set, intid), 0);
		write_word(0, word_of(clear, intid), ~bit_of(intid));
		ASSERT_TRUE(has_bit(0, set, intid)) TH_LOG("zeroes change nothing");
		write_word(0, word_of(clear, intid), bit_of(intid));
		ASSERT_FALSE(has_bit(0, set, intid)) TH_LOG("%u, cleared", intid);
	}
}

TEST(enable)
{
	expect_pair(_metadata, ISENABLER, ICENABLER, GIC_NR_SGIS);
}

TEST(pending)
{
	expect_pair(_metadata, ISPENDR, ICPENDR, GIC_NR_SGIS);
}

TEST(active)
{
	expect_pair(_metadata, ISACTIVER, ICACTIVER, 0);
}

/* 4.3.5: in this implementation, SGIs are always enabled. */
TEST(sgis_stay_enabled)
{
	setup(NR_VCPUS, NR_IRQS);
	EXPECT_EQ(0xffff, read_word(0, ISENABLER));
	write_word(0, ICENABLER, ~0U);
	EXPECT_EQ(0xffff, read_word(0, ISENABLER));
}

/* 4.3.7, 4.3.8: pending SGIs have registers of their own. */
TEST(sgis_ignore_ispendr)
{
	setup(NR_VCPUS, NR_IRQS);
	write_word(0, ISPENDR, 0xffff);
	EXPECT_EQ(0, read_word(0, ISPENDR));
	gicd_write(&gic, 0, SPENDSGIR + SGI, 1, 4);
	write_word(0, ICPENDR, 0xffff);
	EXPECT_EQ(1U << SGI, read_word(0, ISPENDR));
	EXPECT_EQ(1U << SGI, read_word(0, ICPENDR));
}

/* The line alone makes a level-sensitive interrupt pending: 4.3.8 cannot clear that. */
TEST(pending_by_line)
{
	setup(NR_VCPUS, NR_IRQS);
	gic_set_line(&gic, 0, SPI, true);
	EXPECT_TRUE(has_bit(0, ISPENDR, SPI));
	write_word(0, word_of(ICPENDR, SPI), bit_of(SPI));
	EXPECT_TRUE(has_bit(0, ISPENDR, SPI));
	gic_set_line(&gic, 0, SPI, false);
	EXPECT_FALSE(has_bit(0, ISPENDR, SPI));

	write_word(0, word_of(ISPENDR, SPI), bit_of(SPI));
	gic_set_line(&gic, 0, SPI, true);
	gic_set_line(&gic, 0, SPI, false);
	EXPECT_TRUE(has_bit(0, ISPENDR, SPI)) TH_LOG("latched by its register");
}

TEST(groups)
{
	unsigned int intid;

	setup(NR_VCPUS, NR_IRQS);
	EACH(intid, NR_IRQS) {
		write_word(0, word_of(IGROUPR, intid), bit_of(intid));
		EXPECT_EQ(bit_of(intid), read_word(0, word_of(IGROUPR, intid)));
		write_word(0, word_of(IGROUPR, intid), 0);
		EXPECT_EQ(0, read_word(0, word_of(IGROUPR, intid)));
	}
}

/* The last register may have fields of absent interrupts, which are RAZ/WI. */
TEST(fields_of_absent_interrupts)
{
	static const u32 registers[] = { IGROUPR, ISENABLER, ISPENDR, ISACTIVER };
	unsigned int r;

	EACH(r, ARRAY_SIZE(registers)) {
		u32 offset = word_of(registers[r], 96);

		setup(NR_VCPUS, 100);
		write_word(0, offset, ~0U);
		EXPECT_EQ(0xf, read_word(0, offset)) TH_LOG("0x%x", registers[r]);
		gic.nr_irqs = NR_IRQS;
		EXPECT_EQ(0xf, read_word(0, offset)) TH_LOG("0x%x", registers[r]);
	}
}

/* ---- banks ---- */

TEST(private_interrupts_are_banked)
{
	static const u32 registers[] = { IGROUPR, ISENABLER, ISPENDR, ISACTIVER };
	unsigned int r;

	setup(NR_VCPUS, NR_IRQS);
	EACH(r, ARRAY_SIZE(registers)) {
		write_word(2, registers[r], 1U << PPI);
		EXPECT_TRUE(has_bit(2, registers[r], PPI)) TH_LOG("0x%x", registers[r]);
		EXPECT_FALSE(has_bit(1, registers[r], PPI)) TH_LOG("0x%x", registers[r]);
		write_word(2, registers[r] + 4, 2);
		EXPECT_EQ(2, read_word(1, registers[r] + 4)) TH_LOG("SPIs are shared");
	}
	gicd_write(&gic, 3, IPRIORITYR + PPI, 1, 0x50);
	EXPECT_EQ(0, gicd_read(&gic, 0, IPRIORITYR + PPI, 1));
	EXPECT_EQ(0x50, gicd_read(&gic, 3, IPRIORITYR + PPI, 1));
}

/* ---- a byte for each interrupt ---- */

/* 3.3: priorities have five bits, like those in list registers. */
TEST(priorities)
{
	unsigned int intid;
	u64 random = 2;

	setup(NR_VCPUS, NR_IRQS);
	EACH(intid, NR_IRQS) {
		u32 value = random_next(&random);
		u32 word = IPRIORITYR + (intid & ~3U);

		write_word(0, word, value);
		EXPECT_EQ(value & 0xf8f8f8f8, read_word(0, word));
		EXPECT_EQ(value >> 8 * (intid % 4) & 0xf8,
			  gicd_read(&gic, 0, IPRIORITYR + intid, 1));
		gicd_write(&gic, 0, IPRIORITYR + intid, 1, ~0U);
		EXPECT_EQ((value & 0xf8f8f8f8) | 0xf8U << 8 * (intid % 4),
			  read_word(0, word)) TH_LOG("byte %u", intid);
	}
}

/* 4.3.12: a private interrupt's byte has the bit of the CPU that reads it, and is read-only. */
TEST(targets_of_private_interrupts)
{
	unsigned int cpu, intid;

	setup(NR_VCPUS, NR_IRQS);
	EACH(cpu, NR_VCPUS)
	EACH(intid, GIC_NR_PRIVATE) {
		gicd_write(&gic, cpu, ITARGETSR + intid, 1, 0xff);
		EXPECT_EQ(1U << cpu, gicd_read(&gic, cpu, ITARGETSR + intid, 1));
	}
}

/* Bits of CPU interfaces that do not exist are RAZ/WI. */
TEST(targets_of_spis)
{
	setup(3, NR_IRQS);
	EXPECT_EQ(0, gicd_read(&gic, 0, ITARGETSR + SPI, 1));
	gicd_write(&gic, 2, ITARGETSR + SPI, 1, 0xff);
	EXPECT_EQ(7, gicd_read(&gic, 0, ITARGETSR + SPI, 1));
	write_word(0, ITARGETSR + 76, 0x02010402);
	EXPECT_EQ(0x02010402, read_word(1, ITARGETSR + 76));
	setup(8, NR_IRQS);
	gicd_write(&gic, 2, ITARGETSR + SPI, 1, 0xff);
	EXPECT_EQ(0xff, gicd_read(&gic, 0, ITARGETSR + SPI, 1));
}

/* 4.3.12: RAZ/WI with one CPU. */
TEST(targets_with_one_cpu)
{
	setup(1, NR_IRQS);
	write_word(0, ITARGETSR, ~0U);
	EXPECT_EQ(0, read_word(0, ITARGETSR));
	EXPECT_EQ(0, read_word(0, ITARGETSR + 76));
}

/* ---- configuration ---- */

/* 4.3.13: bit 1 of each field. SGIs are edge-triggered; PPIs are level-sensitive, read-only. */
TEST(configuration)
{
	unsigned int word;

	setup(NR_VCPUS, NR_IRQS);
	EACH(word, NR_IRQS / 16) {
		u32 fixed = word == 0 ? 0xaaaaaaaa : 0;

		EXPECT_EQ(fixed, read_word(0, ICFGR + 4 * word));
		write_word(0, ICFGR + 4 * word, ~0U);
		EXPECT_EQ(word == 1 ? 0 : 0xaaaaaaaa, read_word(0, ICFGR + 4 * word))
			TH_LOG("word %u", word);
		write_word(0, ICFGR + 4 * word, 0x55555555);
		EXPECT_EQ(fixed, read_word(0, ICFGR + 4 * word)) TH_LOG("word %u", word);
	}
	write_word(0, ICFGR + 4 * (SPI / 16), 2U << 2 * (SPI % 16));
	EXPECT_TRUE(gic_irq(&gic, 0, SPI)->edge);
	EXPECT_FALSE(gic_irq(&gic, 0, SPI - 1)->edge);
}

/* ---- SGIs ---- */

/* Sources of SGI @intid that are pending at @cpu. */
static u32 sources(unsigned int cpu, unsigned int intid)
{
	return gicd_read(&gic, cpu, SPENDSGIR + intid, 1);
}

/* 4.3.15: TargetListFilter in bits 25..24, CPUTargetList in 23..16, the SGI in 3..0. */
TEST(sgir_list)
{
	unsigned int cpu, sender, list;

	EACH(sender, NR_VCPUS)
	EACH(list, 256) {
		setup(NR_VCPUS, NR_IRQS);
		write_word(sender, SGIR, list << 16 | SGI);
		EACH(cpu, NR_VCPUS) {
			u32 expected = list >> cpu & 1 ? 1U << sender : 0;

			ASSERT_EQ(expected, sources(cpu, SGI))
				TH_LOG("from %u to 0x%x, at %u", sender, list, cpu);
			ASSERT_EQ(0, sources(cpu, SGI + 1));
		}
	}
}

TEST(sgir_others)
{
	unsigned int cpu;

	setup(NR_VCPUS, NR_IRQS);
	write_word(1, SGIR, 1U << 24 | 0xff << 16 | SGI);
	EACH(cpu, NR_VCPUS)
		EXPECT_EQ(cpu == 1 ? 0 : 2, sources(cpu, SGI));
}

TEST(sgir_self)
{
	unsigned int cpu;

	setup(NR_VCPUS, NR_IRQS);
	write_word(2, SGIR, 2U << 24 | 0xff << 16 | SGI);
	EACH(cpu, NR_VCPUS)
		EXPECT_EQ(cpu == 2 ? 4 : 0, sources(cpu, SGI));
}

TEST(sgir_reserved_filter)
{
	unsigned int cpu;

	setup(NR_VCPUS, NR_IRQS);
	write_word(2, SGIR, 3U << 24 | 0xff << 16 | SGI);
	EACH(cpu, NR_VCPUS)
		EXPECT_EQ(0, sources(cpu, SGI));
	EXPECT_EQ(0, read_word(0, SGIR)) TH_LOG("write-only");
}

/* 4.3.16, 4.3.17: a byte for each SGI, with a bit for each source CPU. */
TEST(sgi_pending_registers)
{
	setup(NR_VCPUS, NR_IRQS);
	write_word(1, SPENDSGIR + 4, 0x04030201);
	EXPECT_EQ(0x04030201, read_word(1, CPENDSGIR + 4));
	EXPECT_EQ(0, read_word(0, CPENDSGIR + 4)) TH_LOG("banked");
	EXPECT_EQ(0xf0, read_word(1, ISPENDR));
	gicd_write(&gic, 1, SPENDSGIR + 4, 1, 0xfe);
	EXPECT_EQ(0xf, gicd_read(&gic, 1, CPENDSGIR + 4, 1)) TH_LOG("bits of four CPUs");
	gicd_write(&gic, 1, CPENDSGIR + 4, 1, 0x6);
	EXPECT_EQ(0x04030209, read_word(1, SPENDSGIR + 4));
	write_word(1, CPENDSGIR + 4, ~0U);
	EXPECT_EQ(0, read_word(1, SPENDSGIR + 4));
	EXPECT_EQ(0, read_word(1, ISPENDR));
}

/* ---- numbers of vCPUs with gaps ---- */

#define SOME	0xa5U	/* vCPUs 0, 2, 5 and 7 */

static void setup_gaps(u8 cpus)
{
	setup(8, NR_IRQS);
	gic.cpus = cpus;
	write_word(0, CTLR, 3);
}

TEST(absent_vcpus_are_no_targets)
{
	setup_gaps(SOME);
	gicd_write(&gic, 0, ITARGETSR + SPI, 1, 0xff);
	EXPECT_EQ(SOME, gicd_read(&gic, 7, ITARGETSR + SPI, 1));
	write_word(2, ITARGETSR + 80, ~0U);
	EXPECT_EQ(SOME * 0x01010101U, read_word(5, ITARGETSR + 80));
	gicd_user_write(&gic, 0, ITARGETSR + 84, ~0U);
	EXPECT_EQ(SOME * 0x01010101U, read_word(5, ITARGETSR + 84)) TH_LOG("by user space");
	EXPECT_EQ(0x20, gicd_read(&gic, 5, ITARGETSR, 1)) TH_LOG("private interrupt");

	setup_gaps(1U << 3);
	gicd_write(&gic, 3, ITARGETSR + SPI, 1, 0xff);
	EXPECT_EQ(0, gicd_read(&gic, 3, ITARGETSR + SPI, 1)) TH_LOG("RAZ/WI with one vCPU");
	EXPECT_EQ(0, gicd_read(&gic, 3, ITARGETSR, 1));
}

TEST(absent_vcpus_send_and_get_no_sgis)
{
	unsigned int filter, cpu;

	EACH(filter, 2) {
		setup_gaps(SOME);
		EXPECT_EQ(0, write_word(5, SGIR, filter << 24 | 0xffU << 16 | SGI) & ~SOME)
			TH_LOG("an absent vCPU is kicked");
		EACH(cpu, 8)
			EXPECT_EQ(SOME >> cpu & 1 && (!filter || cpu != 5) ? 1U << 5 : 0,
				  gicd_read(&gic, cpu, SPENDSGIR + SGI, 1))
				TH_LOG("filter %u, vCPU %u", filter, cpu);
	}
	setup_gaps(SOME);
	gicd_write(&gic, 2, SPENDSGIR + SGI, 1, 0xff);
	EXPECT_EQ(SOME, gicd_read(&gic, 2, SPENDSGIR + SGI, 1));
}

/* ---- active on a vCPU ---- */

/*
 * A write to GICD_ICACTIVER also clears the vCPU on which an SPI was active. If GICD_ISACTIVER then
 * makes the SPI active again, it goes to its target's list registers.
 */
TEST(icactiver_clears_the_owner)
{
	struct gic_irq *irq = gic_irq(&gic, 0, SPI);

	setup(NR_VCPUS, NR_IRQS);
	gicd_write(&gic, 0, ITARGETSR + SPI, 1, 2);
	irq->active = true;
	irq->cpu = 3;
	gic_irq_changed(&gic, irq);
	EXPECT_EQ(3, irq->candidate_of);
	write_word(0, word_of(ICACTIVER, SPI), bit_of(SPI));
	write_word(0, word_of(ISACTIVER, SPI), bit_of(SPI));
	EXPECT_EQ(1, irq->candidate_of) TH_LOG("the SPI's target");
	write_word(0, ICACTIVER, ~0U);
	EXPECT_EQ(0, gic_irq(&gic, 0, PPI)->cpu) TH_LOG("a private interrupt belongs to its vCPU");
}

/* ---- restoring in any order ---- */

/*
 * QEMU writes GICD_ISPENDR before GICD_ISACTIVER, vgic-run after it, and devices may raise their
 * lines before or after both.
 */
TEST(level_state_in_any_order)
{
	unsigned int order;

	EACH(order, 6) {
		/* Two bits for each step, the first step in the lowest bits. */
		static const u8 orders[] = { 0x24, 0x18, 0x21, 0x09, 0x12, 0x06 };
		struct gic_irq *irq;
		unsigned int i;

		setup(NR_VCPUS, NR_IRQS);
		irq = gic_irq(&gic, 0, SPI);
		EACH(i, 3)
			switch (orders[order] >> 2 * i & 3) {
			case 0:
				gicd_user_write(&gic, 0, word_of(ISPENDR, SPI), bit_of(SPI));
				break;
			case 1:
				gicd_user_write(&gic, 0, word_of(ISACTIVER, SPI), bit_of(SPI));
				break;
			case 2:
				gic_set_line(&gic, 0, SPI, true);
				break;
			}
		EXPECT_TRUE(irq->latch && irq->active && irq->line) TH_LOG("order %u", order);
		gic_set_line(&gic, 0, SPI, false);
		EXPECT_TRUE(has_bit(0, ISPENDR, SPI)) TH_LOG("as on hardware: 4.3.7");
		gicd_user_write(&gic, 0, word_of(ICPENDR, SPI), bit_of(SPI));
		EXPECT_FALSE(has_bit(0, ISPENDR, SPI));
	}
}

/* ---- the kick mask ---- */

TEST(kick_mask_has_the_target)
{
	setup(NR_VCPUS, NR_IRQS);
	gic.cpu[3].vmcr = 0x1fU << 27 | 3;
	write_word(0, CTLR, 1);
	EXPECT_EQ(0, gicd_write(&gic, 0, ITARGETSR + SPI, 1, 4));
	EXPECT_EQ(0, write_word(0, word_of(ISPENDR, SPI), bit_of(SPI)));
	EXPECT_EQ(4, write_word(0, word_of(ISENABLER, SPI), bit_of(SPI)));
	EXPECT_EQ(8, gicd_write(&gic, 0, ITARGETSR + SPI, 1, 8));
	EXPECT_EQ(2, write_word(3, SGIR, 2 << 16 | SGI));
	EXPECT_EQ(0, write_word(0, CTLR, 1)) TH_LOG("nothing new");
	EXPECT_EQ(0, write_word(0, CTLR, 0));
	EXPECT_EQ(2 | 8, write_word(0, CTLR, 1));
	write_word(0, word_of(IGROUPR, SPI), bit_of(SPI));
	EXPECT_FALSE(gic_has_pending(&gic, 3)) TH_LOG("group 1 is off");
	EXPECT_EQ(2 | 8, write_word(0, CTLR, 3));
	EXPECT_TRUE(gic_has_pending(&gic, 3));
}

TEST_HARNESS_MAIN
