// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's view of its GIC, register by register: priorities, masks, pending and active
 * state, banked registers. The guest takes no exceptions but polls the CPU interface, so
 * that each step has one possible result. Most rules hold for a GICv3, too; rules.toml marks
 * those that are for a GICv2 only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_polling.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define SGI	5
#define PPI	21
#define SPI	45
#define OTHER	50	/* an SPI with a higher INTID */
#define MANY	16	/* SPIs from SPI on: more than there are list registers */

#define DEFAULT_NR_IRQS	256

/* ---- the host's side ---- */

#define RULE_FIXTURE	vgic
#define RULE_VARIANTS	(SEED_V2 | LEGACY_V2 | DEVATTR_V2 | DEVATTR_V3)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void prepare_guest(struct guest *guest)
{
	guest->on_request = drive_line;
}

/* ---- priorities ---- */

static void priority_order(void)
{
	start();
	prepare(SPI, 0x80);
	prepare(OTHER, 0x40);
	set_pending(SPI);
	set_pending(OTHER);
	ack_and_eoi("the more urgent of two, with the higher INTID", OTHER);
	ack_and_eoi("the less urgent of two, with the lower INTID", SPI);
	expect_none("when both were acknowledged");

	/* The same with the priorities exchanged: the order of the INTIDs does not matter. */
	set_priority(SPI, 0x40);
	set_priority(OTHER, 0x80);
	set_pending(OTHER);
	set_pending(SPI);
	ack_and_eoi("the more urgent of two, with the lower INTID", SPI);
	ack_and_eoi("the less urgent of two, with the higher INTID", OTHER);
	guest_done();
}

TEST_F(vgic, priority_order)
{
	EXPECT_GUEST(1, priority_order, "two interrupts of different priority");
}

static void priority_masked(void)
{
	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	gic_set_priority_mask(0x80);
	expect_none("with a mask of its priority");
	gic_set_priority_mask(0x40);
	expect_none("with a mask above its priority");
	guest_expect("pending while its priority is masked", true, gic_irq_is_pending(SPI));
	gic_set_priority_mask(0x88);
	ack_and_eoi("with a mask below its priority", SPI);
	guest_done();
}

TEST_F(vgic, priority_masked)
{
	EXPECT_GUEST(1, priority_masked, "GICC_PMR");
}

static void preemption(void)
{
	uint32_t first, second;

	start();
	prepare(SPI, 0x80);
	prepare(OTHER, 0x40);
	set_pending(SPI);
	first = gic_ack();
	guest_expect("the first interrupt", SPI, first & INTID_MASK);
	guest_expect("running priority", 0x80, cpu_read(GICC_RPR));
	set_pending(OTHER);
	second = gic_ack();
	guest_expect("a more urgent interrupt while the first is active", OTHER,
		     second & INTID_MASK);
	guest_expect("running priority of both", 0x40, cpu_read(GICC_RPR));
	gic_eoi(second);
	guest_expect("running priority after the second's EOI", 0x80, cpu_read(GICC_RPR));
	guest_expect("the first interrupt is still active", true, gic_irq_is_active(SPI));
	gic_eoi(first);
	guest_expect("running priority with none active", 0xff, cpu_read(GICC_RPR));
	guest_done();
}

TEST_F(vgic, preemption)
{
	EXPECT_GUEST(1, preemption, "a more urgent interrupt while one is active");
}

static void no_preemption(void)
{
	uint32_t first;

	start();
	prepare(SPI, 0x40);
	prepare(OTHER, 0x40);
	set_pending(SPI);
	first = gic_ack();
	guest_expect("the first interrupt", SPI, first & INTID_MASK);
	set_pending(OTHER);
	expect_none("an interrupt of the same priority while the first is active");
	set_priority(OTHER, 0x80);
	expect_none("a less urgent interrupt while the first is active");
	gic_eoi(first);
	ack_and_eoi("after the first's EOI", OTHER);
	guest_done();
}

TEST_F(vgic, no_preemption)
{
	EXPECT_GUEST(1, no_preemption, "interrupts that have to wait");
}

static void binary_point(void)
{
	uint32_t first;

	start();
	/* The group priority is bits 7 to 5, which are the same in 0x50 and 0x48. */
	cpu_write(GICC_BPR, bpr_of(3));
	guest_expect("GICC_BPR", bpr_of(3), cpu_read(GICC_BPR) & 7);
	prepare(SPI, 0x50);
	prepare(OTHER, 0x48);
	set_pending(SPI);
	first = gic_ack();
	guest_expect("the first interrupt", SPI, first & INTID_MASK);
	set_pending(OTHER);
	expect_none("an interrupt of the same group priority");
	set_priority(OTHER, 0x38);
	ack_and_eoi("an interrupt of a more urgent group priority", OTHER);
	gic_eoi(first);
	guest_done();
}

TEST_F(vgic, binary_point)
{
	EXPECT_GUEST(1, binary_point, "GICC_BPR");
}

static void highest_pending(void)
{
	start();
	prepare(SPI, 0x80);
	prepare(OTHER, 0x40);
	guest_expect("GICC_HPPIR with none", INTID_SPURIOUS, cpu_read(GICC_HPPIR) & INTID_MASK);
	set_pending(SPI);
	guest_expect("GICC_HPPIR with one", SPI, cpu_read(GICC_HPPIR) & INTID_MASK);
	set_pending(OTHER);
	guest_expect("GICC_HPPIR with two", OTHER, cpu_read(GICC_HPPIR) & INTID_MASK);
	guest_expect("pending after GICC_HPPIR was read", true, gic_irq_is_pending(OTHER));
	guest_expect("active after GICC_HPPIR was read", false, gic_irq_is_active(OTHER));
	ack_and_eoi("the more urgent of two", OTHER);
	guest_expect("GICC_HPPIR after its EOI", SPI, cpu_read(GICC_HPPIR) & INTID_MASK);
	guest_done();
}

TEST_F(vgic, highest_pending)
{
	EXPECT_GUEST(1, highest_pending, "GICC_HPPIR");
}

static void priority_field(void)
{
	unsigned int i;

	start();
	for (i = 0; i < 4; i++)
		set_priority(44 + i, 0x10 * (i + 1));
	guest_expect("four priorities, written as bytes", 0x40302010,
		     dist_read(GICD_IPRIORITYR(44)));
	dist_write(GICD_IPRIORITYR(44), 0xffffffff);
	guest_expect("bits of a priority: the highest five", 0xf8f8f8f8,
		     dist_read(GICD_IPRIORITYR(44)));
	set_priority(45, 0);
	guest_expect("priorities after one byte was written", 0xf8f800f8,
		     dist_read(GICD_IPRIORITYR(44)));
	set_priority(PPI, 0x20);
	guest_expect("priority of a PPI", 0x20, priority_of(PPI));
	guest_done();
}

TEST_F(vgic, priority_field)
{
	EXPECT_GUEST(1, priority_field, "GICD_IPRIORITYR");
}

/* ---- more interrupts than list registers ---- */

static void many_pending(void)
{
	unsigned int i;

	start();
	/*
	 * The last SPI is the most urgent: it is delivered first although it becomes pending
	 * last.
	 */
	for (i = 0; i < MANY; i++)
		prepare(SPI + i, 8 * (MANY - i));
	for (i = 0; i < MANY; i++)
		set_pending(SPI + i);
	for (i = MANY; i-- > 0; )
		ack_and_eoi("the most urgent of many", SPI + i);
	expect_none("when all were acknowledged");
	for (i = 0; i < MANY; i++)
		guest_expect("active after its EOI", false, gic_irq_is_active(SPI + i));
	guest_done();
}

TEST_F(vgic, many_pending)
{
	EXPECT_GUEST(1, many_pending, "more pending interrupts than list registers");
}

/* Each interrupt preempts the one before, so that all of them are active. */
static void many_nested(void)
{
	uint32_t ack[MANY];
	unsigned int i;

	start();
	for (i = 0; i < MANY; i++) {
		prepare(SPI + i, 8 * (MANY - i));
		set_pending(SPI + i);
		ack[i] = gic_ack();
		guest_expect("an interrupt that preempts all before it", SPI + i,
			     ack[i] & INTID_MASK);
	}
	for (i = 0; i < MANY; i++)
		guest_expect("active before the first EOI", true, gic_irq_is_active(SPI + i));
	for (i = MANY; i-- > 0; ) {
		gic_eoi(ack[i]);
		guest_expect("active after its EOI", false, gic_irq_is_active(SPI + i));
		guest_expect("running priority after its EOI", i ? 8 * (MANY - i + 1) : 0xff,
			     cpu_read(GICC_RPR));
	}
	set_pending(SPI);
	ack_and_eoi("an SPI that is pending again", SPI);
	guest_done();
}

TEST_F(vgic, many_nested)
{
	EXPECT_GUEST(1, many_nested, "more active interrupts than list registers");
}

#define EOI_FOUR(eoi, first)	do {					\
	eoi(ack[first]);						\
	eoi(ack[(first) - 1]);						\
	eoi(ack[(first) - 2]);						\
	eoi(ack[(first) - 3]);						\
} while (0)

#define EOI_EIGHT(eoi)	do {						\
	EOI_FOUR(eoi, 7);						\
	EOI_FOUR(eoi, 3);						\
} while (0)

#define EOI_V2(value)	guest_write(eoir, value)
#define EOI_V3(value)	gicv3_icc_write(ICC_EOIR1, value)

/*
 * The writes have no branch between them. At a branch, an emulator takes the maintenance interrupt,
 * and the kernel would refill the list registers before the EOIs of interrupts that are in none.
 */
static void eoi_eight_in_a_row(const uint32_t ack[8])
{
	const uint64_t eoir = guest_gic.cpu + GICC_EOIR;

	if (guest_gic.v3)
		EOI_EIGHT(EOI_V3);
	else
		EOI_EIGHT(EOI_V2);
}

static void expect_active_below(unsigned int end)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		guest_expect("active after the EOIs of the more urgent ones", i < end,
			     gic_irq_is_active(SPI + i));
}

static void many_ended(void)
{
	uint32_t ack[MANY];
	unsigned int i;

	start();
	for (i = 0; i < MANY; i++) {
		prepare(SPI + i, 8 * (MANY - i));
		set_pending(SPI + i);
		ack[i] = gic_ack();
		guest_expect("an interrupt that preempts all before it", SPI + i,
			     ack[i] & INTID_MASK);
	}
	eoi_eight_in_a_row(&ack[MANY - 8]);
	expect_active_below(MANY - 8);
	eoi_eight_in_a_row(&ack[MANY - 16]);
	expect_active_below(MANY - 16);
	guest_expect("running priority after all EOIs", 0xff, cpu_read(GICC_RPR));
	guest_done();
}

TEST_F(vgic, many_ended)
{
	EXPECT_GUEST(1, many_ended, "EOIs of many active interrupts in a row");
}

/*
 * Maximum number of reads of GICC_IAR until the kernel has put the next interrupt into a list
 * register; some kernels never do.
 */
#define MAX_READS	1000

/* EOI drops the priority only: all interrupts stay active. */
static void many_dropped(void)
{
	uint32_t ack[MANY];
	unsigned int i, reads;

	start();
	gic_split_eoi(true);
	for (i = 0; i < MANY; i++)
		prepare(SPI + i, 0x80);
	for (i = 0; i < MANY; i++)
		set_pending(SPI + i);
	for (i = 0; i < MANY; i++) {
		for (reads = 0; reads < MAX_READS; reads++) {
			ack[i] = gic_ack();
			if (ack[i] != INTID_SPURIOUS)
				break;
		}
		guest_expect("the next interrupt, while all before it are active", SPI + i, ack[i]);
		gic_eoi(ack[i]);
	}
	expect_none("when all were acknowledged");
	for (i = 0; i < MANY; i++)
		guest_expect("active before it is deactivated", true,
			     gic_irq_is_active(SPI + i));
	for (i = 0; i < MANY; i++)
		gic_deactivate(ack[i]);
	for (i = 0; i < MANY; i++)
		guest_expect("active after it is deactivated", false,
			     gic_irq_is_active(SPI + i));
	guest_done();
}

TEST_F(vgic, many_dropped)
{
	EXPECT_GUEST(1, many_dropped, "EOImode 1: more active interrupts than list registers");
}

/* ---- enables ---- */

static void enable_bits(void)
{
	start();
	write_bit(GICD_ISENABLER(SPI), SPI);
	write_bit(GICD_ISENABLER(OTHER), OTHER);
	guest_expect("enabled, the first SPI", true,
		     read_bit(GICD_ISENABLER(SPI), SPI));
	guest_expect("enabled, the second SPI", true, read_bit(GICD_ISENABLER(OTHER), OTHER));
	guest_expect("GICD_ICENABLER reads as GICD_ISENABLER", dist_read(GICD_ISENABLER(SPI)),
		     dist_read(GICD_ICENABLER(SPI)));
	write_bit(GICD_ICENABLER(SPI), SPI);
	guest_expect("enabled after GICD_ICENABLER", false, read_bit(GICD_ISENABLER(SPI), SPI));
	guest_expect("enabled, the SPI that was not disabled", true,
		     read_bit(GICD_ISENABLER(OTHER), OTHER));
	guest_done();
}

TEST_F(vgic, enable_bits)
{
	EXPECT_GUEST(1, enable_bits, "GICD_ISENABLER and GICD_ICENABLER");
}

static void disabled_pending(void)
{
	start();
	prepare(SPI, 0x80);
	write_bit(GICD_ICENABLER(SPI), SPI);
	set_pending(SPI);
	guest_expect("pending while disabled", true, gic_irq_is_pending(SPI));
	expect_none("while it is disabled");
	guest_expect("GICC_HPPIR while it is disabled", INTID_SPURIOUS,
		     cpu_read(GICC_HPPIR) & INTID_MASK);
	gic_irq_enable(SPI);
	guest_expect("GICC_HPPIR when it is enabled", SPI, cpu_read(GICC_HPPIR) & INTID_MASK);
	/* By now the SPI is in a list register. */
	write_bit(GICD_ICENABLER(SPI), SPI);
	expect_none("when it is disabled again");
	guest_expect("pending while disabled again", true, gic_irq_is_pending(SPI));
	gic_irq_enable(SPI);
	ack_and_eoi("when it is enabled again", SPI);
	guest_done();
}

TEST_F(vgic, disabled_pending)
{
	EXPECT_GUEST(1, disabled_pending, "an interrupt that is pending and disabled");
}

static void distributor_off(void)
{
	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	gic_disable();
	expect_none("with GICD_CTLR off");
	guest_expect("pending with GICD_CTLR off", true, gic_irq_is_pending(SPI));
	gic_enable();
	ack_and_eoi("with GICD_CTLR on again", SPI);
	gic_disable();
	set_pending(SPI);
	gic_enable();
	ack_and_eoi("an SPI that was made pending with GICD_CTLR off", SPI);
	if (!guest_gic.v3) {
		dist_write(GICD_CTLR, 0xfffffffd);
		guest_expect("writable bits of GICD_CTLR", 1, dist_read(GICD_CTLR));
	}
	guest_done();
}

TEST_F(vgic, distributor_off)
{
	EXPECT_GUEST(1, distributor_off, "GICD_CTLR off and on");
}

static void interface_off(void)
{
	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	cpu_set_enabled(false);
	expect_none("with GICC_CTLR off");
	guest_expect("pending with GICC_CTLR off", true, gic_irq_is_pending(SPI));
	cpu_set_enabled(true);
	ack_and_eoi("with GICC_CTLR on again", SPI);
	guest_done();
}

TEST_F(vgic, interface_off)
{
	EXPECT_GUEST(1, interface_off, "GICC_CTLR off and on");
}

/* ---- pending and active ---- */

static void pending_bits(void)
{
	start();
	prepare(SPI, 0x80);
	prepare(OTHER, 0x80);
	set_pending(SPI);
	set_pending(OTHER);
	guest_expect("GICD_ISPENDR of the first SPI", true, gic_irq_is_pending(SPI));
	guest_expect("GICD_ICPENDR reads the same", true, read_bit(GICD_ICPENDR(SPI), SPI));
	write_bit(GICD_ICPENDR(SPI), SPI);
	guest_expect("pending after it was cleared", false, gic_irq_is_pending(SPI));
	guest_expect("pending, the SPI that was not cleared", true, gic_irq_is_pending(OTHER));
	ack_and_eoi("the SPI that was not cleared", OTHER);
	expect_none("the SPI that was cleared");
	guest_done();
}

TEST_F(vgic, pending_bits)
{
	EXPECT_GUEST(1, pending_bits, "GICD_ISPENDR and GICD_ICPENDR");
}

static void pending_of_level(void)
{
	start();
	prepare(SPI, 0x80);
	gic_irq_set_edge(SPI, false);
	guest_request(RAISE(SPI));
	write_bit(GICD_ICPENDR(SPI), SPI);
	guest_expect("pending with the line high, though it was cleared", true,
		     gic_irq_is_pending(SPI));
	set_pending(SPI);
	guest_request(LOWER(SPI));
	guest_expect("pending with the line low, because it was set", true,
		     gic_irq_is_pending(SPI));
	ack_and_eoi("the SPI that was set pending", SPI);
	guest_expect("pending after it was acknowledged", false, gic_irq_is_pending(SPI));
	expect_none("after it was acknowledged");
	guest_done();
}

TEST_F(vgic, pending_of_level)
{
	EXPECT_GUEST(1, pending_of_level, "pending state of a level-sensitive interrupt");
}

static void edge_while_active(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	guest_request(RAISE(SPI));
	guest_request(LOWER(SPI));
	ack = gic_ack();
	guest_expect("the first edge", SPI, ack & INTID_MASK);
	guest_request(RAISE(SPI));
	guest_request(LOWER(SPI));
	guest_request(RAISE(SPI));
	guest_request(LOWER(SPI));
	guest_expect("pending while active", true, gic_irq_is_pending(SPI));
	guest_expect("active while pending", true, gic_irq_is_active(SPI));
	expect_none("while it is active");
	gic_eoi(ack);
	ack_and_eoi("the edges while it was active, as one", SPI);
	expect_none("a second interrupt for those edges");
	guest_done();
}

TEST_F(vgic, edge_while_active)
{
	EXPECT_GUEST(1, edge_while_active, "edges while the interrupt is active");
}

/*
 * The interrupt can be acknowledged again at once, not only after the next guest exit. The limit is
 * a number of reads: a time limit would fail on a slow or preempted CPU.
 */
static void level_again(void)
{
	unsigned int round, reads;
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	gic_irq_set_edge(SPI, false);
	guest_request(RAISE(SPI));
	for (round = 0; round < 20; round++) {
		for (reads = 0, ack = INTID_SPURIOUS; reads < 200; reads++) {
			ack = gic_ack();
			if ((ack & INTID_MASK) != INTID_SPURIOUS)
				break;
		}
		guest_expect("with its line high, repeatedly", SPI, ack & INTID_MASK);
		gic_eoi(ack);
	}
	guest_request(LOWER(SPI));
	expect_none("with its line low");
	guest_done();
}

TEST_F(vgic, level_again)
{
	EXPECT_GUEST(1, level_again, "a level-sensitive interrupt whose line stays high");
}

static void edge_line_high(void)
{
	start();
	prepare(SPI, 0x80);
	guest_request(RAISE(SPI));
	ack_and_eoi("the edge", SPI);
	guest_expect("pending with the line high still", false, gic_irq_is_pending(SPI));
	expect_none("with the line high still");
	guest_request(LOWER(SPI));
	expect_none("after the falling edge");
	guest_done();
}

TEST_F(vgic, edge_line_high)
{
	EXPECT_GUEST(1, edge_line_high, "an edge-triggered interrupt whose line stays high");
}

static void active_bits(void)
{
	start();
	prepare(SPI, 0x80);
	write_bit(GICD_ISACTIVER(SPI), SPI);
	guest_expect("active after it was set", true, gic_irq_is_active(SPI));
	guest_expect("GICD_ICACTIVER reads the same", true, read_bit(GICD_ICACTIVER(SPI), SPI));
	set_pending(SPI);
	expect_none("pending, and active already");
	write_bit(GICD_ICACTIVER(SPI), SPI);
	guest_expect("active after it was cleared", false, gic_irq_is_active(SPI));
	ack_and_eoi("pending, and no longer active", SPI);
	guest_done();
}

TEST_F(vgic, active_bits)
{
	EXPECT_GUEST(1, active_bits, "GICD_ISACTIVER and GICD_ICACTIVER");
}

/* EOImode 1: interrupts are deactivated out of order, one of them by GICD_ICACTIVER. */
static void deactivation(void)
{
	uint32_t first, second, third;

	start();
	gic_split_eoi(true);
	prepare(SPI, 0x80);
	prepare(SPI + 1, 0x80);
	prepare(OTHER, 0x80);
	set_pending(SPI);
	first = gic_ack();
	gic_eoi(first);
	set_pending(SPI + 1);
	second = gic_ack();
	gic_eoi(second);
	set_pending(OTHER);
	third = gic_ack();
	gic_eoi(third);
	guest_expect("the first interrupt", SPI, first & INTID_MASK);
	guest_expect("the second interrupt", SPI + 1, second & INTID_MASK);
	guest_expect("the third interrupt", OTHER, third & INTID_MASK);
	guest_expect("running priority with all dropped", 0xff, cpu_read(GICC_RPR));
	gic_deactivate(second);
	guest_expect("active, the SPI that was deactivated", false, gic_irq_is_active(SPI + 1));
	guest_expect("active, an SPI that was not deactivated", true, gic_irq_is_active(SPI));
	write_bit(GICD_ICACTIVER(OTHER), OTHER);
	guest_expect("active after GICD_ICACTIVER", false, gic_irq_is_active(OTHER));
	set_pending(SPI);
	expect_none("an SPI that is still active");
	gic_deactivate(first);
	ack_and_eoi("the SPI after its deactivation", SPI);
	gic_deactivate(SPI);
	guest_done();
}

TEST_F(vgic, deactivation)
{
	EXPECT_GUEST(1, deactivation, "EOImode 1, deactivated in another order");
}

static void end_deactivates(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	ack = gic_ack();
	guest_expect("the interrupt that is acknowledged", SPI, ack & INTID_MASK);
	guest_expect("active when it was acknowledged", true, gic_irq_is_active(SPI));
	guest_expect("pending when it was acknowledged", false, gic_irq_is_pending(SPI));
	gic_eoi(ack);
	guest_expect("active after its EOI", false, gic_irq_is_active(SPI));
	guest_done();
}

TEST_F(vgic, end_deactivates)
{
	EXPECT_GUEST(1, end_deactivates, "EOImode 0");
}

/* ---- state that is read repeatedly ---- */

static void expect_again(const char *what, bool expected, bool (*state)(unsigned int intid))
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		guest_expect(what, expected, state(SPI));
}

/* The SPI is disabled: its state is in no list register, but only in the kernel's own data. */
static void pending_follows_line(void)
{
	start();
	gic_irq_set_edge(SPI, false);
	expect_again("pending before its line is raised", false, gic_irq_is_pending);
	guest_request(RAISE(SPI));
	expect_again("pending with its line high", true, gic_irq_is_pending);
	guest_request(LOWER(SPI));
	expect_again("pending with its line low", false, gic_irq_is_pending);
	guest_done();
}

TEST_F(vgic, pending_follows_line)
{
	EXPECT_GUEST(1, pending_follows_line, "GICD_ISPENDR while the line moves");
}

/* Between the reads only the CPU interface changes. */
static void active_follows_guest(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	expect_again("active before it was acknowledged", false, gic_irq_is_active);
	set_pending(SPI);
	expect_again("active while it is pending", false, gic_irq_is_active);
	ack = gic_ack();
	guest_expect("the interrupt that is acknowledged", SPI, ack & INTID_MASK);
	expect_again("active after it was acknowledged", true, gic_irq_is_active);
	gic_eoi(ack);
	expect_again("active after its EOI", false, gic_irq_is_active);
	guest_done();
}

TEST_F(vgic, active_follows_guest)
{
	EXPECT_GUEST(1, active_follows_guest, "GICD_ISACTIVER while an interrupt is acknowledged");
}

static volatile unsigned int other_acked, other_may_eoi;

/*
 * At the first read, the interrupt is pending and the other vCPU cannot have acknowledged it. The
 * kernel must not answer later reads with the value of the first.
 */
static void active_of_other(void)
{
	uint32_t ack;

	start();
	if (guest_cpu() == FIRST) {
		guest_await("the other vCPU is in user space", &is_out, 1);
		prepare(SPI, 0x80);
		gic_irq_route(SPI, 1);
		set_pending(SPI);
		guest_expect("active before the other vCPU acknowledges it", false,
			     gic_irq_is_active(SPI));
		may_enter = 1;
		guest_await("the other vCPU acknowledges the SPI", &other_acked, 1);
		guest_expect("active when the other vCPU has acknowledged it", true,
			     gic_irq_is_active(SPI));
		other_may_eoi = 1;
	} else {
		guest_request(STAY_OUT);
		while (((ack = gic_ack()) & INTID_MASK) == INTID_SPURIOUS)
			guest_wfi();
		other_acked = 1;
		guest_await("the first vCPU sees it", &other_may_eoi, 1);
		gic_eoi(ack);
	}
	guest_done();
}

TEST_F(vgic, active_of_other)
{
	EXPECT_GUEST(2, active_of_other, "GICD_ISACTIVER of an interrupt of another vCPU");
}

#define PRIVATE_ROUNDS	8

/* Rounds in which the second vCPU has acknowledged its PPI, and the first has seen that. */
static volatile unsigned int ppi_acked, ppi_seen;

static bool ppi_of_second_is_active(void)
{
	return guest_read(guest_gic.cpu + (uint64_t)GICR_STRIDE * SECOND + GICR_SGI_FRAME +
			  GICD_ISACTIVER(PPI)) >> PPI & 1;
}

/*
 * The second vCPU does not exit between its acknowledgement and its EOI, except for a tick of the
 * host. A read that coincides with such an exit may miss the active state, so only most rounds have
 * to succeed.
 */
static void active_private_of_other(void)
{
	unsigned int i, seen = 0;
	uint32_t ack;

	start();
	if (guest_cpu() == SECOND)
		gic_irq_enable(PPI);
	for (i = 1; guest_cpu() == SECOND && i <= PRIVATE_ROUNDS; i++) {
		set_pending(PPI);
		ack = gic_ack();
		guest_expect("the PPI of this vCPU", PPI, ack & INTID_MASK);
		ppi_acked = i;
		guest_await("the first vCPU sees that the PPI is active", &ppi_seen, i);
		gic_eoi(ack);
	}
	for (i = 1; guest_cpu() == FIRST && i <= PRIVATE_ROUNDS; i++) {
		guest_await("the second vCPU acknowledges its PPI", &ppi_acked, i);
		seen += ppi_of_second_is_active() || ppi_of_second_is_active();
		guest_expect("the first vCPU's own PPI is active", false, gic_irq_is_active(PPI));
		ppi_seen = i;
	}
	if (guest_cpu() == FIRST)
		guest_expect("rounds with the PPI active in the other GICR_ISACTIVER0, most",
			     PRIVATE_ROUNDS, seen > PRIVATE_ROUNDS / 2 ? PRIVATE_ROUNDS : seen);
	guest_done();
}

TEST_F(vgic, active_private_of_other)
{
	EXPECT_GUEST(2, active_private_of_other, "GICR_ISACTIVER0 of another vCPU");
}

/* ---- SGIs ---- */

static volatile unsigned int sent;

static void sgi_filter_self(void)
{
	start();
	gic_irq_enable(SGI);
	if (guest_cpu() == FIRST) {
		dist_write(GICD_SGIR, GICD_SGIR_TO_SELF | 0xff << 16 | SGI);
		ack_and_eoi("an SGI to the sender, whatever the target list says", SGI);
		sent = 1;
	} else {
		guest_await("the first vCPU sends its SGI", &sent, 1);
	}
	gic_expect_none("other SGIs");
	guest_done();
}

TEST_F(vgic, sgi_filter_self)
{
	EXPECT_GUEST(2, sgi_filter_self, "GICD_SGIR to the sender");
}

static volatile unsigned int is_ready, arrived;

static void sgi_filter_others(void)
{
	uint32_t ack;

	start();
	gic_irq_enable(SGI);
	if (guest_cpu() == FIRST) {
		guest_await("the other vCPU is ready", &is_ready, 1);
		gic_send_sgi_to_others(SGI);
		gic_send_marker(SECOND);
		guest_await("the other vCPU acknowledges the SGI", &arrived, 1);
		gic_expect_none("an SGI to all others, at its sender");
	} else {
		gic_marker_enable();
		is_ready = 1;
		ack = gic_expect_before_marker("an SGI to all others", SGI);
		guest_expect("source of the SGI", FIRST, guest_gic.v3 ? FIRST : GICC_IAR_CPU(ack));
		arrived = 1;
	}
	guest_done();
}

TEST_F(vgic, sgi_filter_others)
{
	EXPECT_GUEST(2, sgi_filter_others, "GICD_SGIR to all but the sender");
}

/* The second vCPU is only the source of SGIs. */
static void sgi_pending_bits(void)
{
	uint32_t first, second;

	if (guest_cpu() == SECOND)
		guest_done();
	start();
	gic_irq_enable(SGI);
	guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(SGI), 1 << FIRST);
	guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(SGI), 1 << SECOND);
	guest_expect("sources that are pending", 1 << FIRST | 1 << SECOND,
		     dist_read(GICD_SPENDSGIR(SGI) & ~3U) >> (8 * (SGI % 4)) & 0xff);
	first = gic_ack();
	guest_expect("the SGI of one source", SGI, first & INTID_MASK);
	gic_eoi(first);
	second = gic_ack();
	guest_expect("the SGI of the other source", SGI, second & INTID_MASK);
	gic_eoi(second);
	guest_expect("sources of the two SGIs", 1 << FIRST | 1 << SECOND,
		     1 << GICC_IAR_CPU(first) | 1 << GICC_IAR_CPU(second));
	expect_none("an SGI of a third source");

	guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(SGI), 1 << FIRST | 1 << SECOND);
	guest_write_byte(guest_gic.dist + GICD_CPENDSGIR(SGI), 1 << FIRST);
	first = gic_ack();
	guest_expect("the SGI that was not cleared", SGI, first & INTID_MASK);
	guest_expect("source of the SGI that was not cleared", SECOND, GICC_IAR_CPU(first));
	gic_eoi(first);
	expect_none("the SGI that was cleared");
	guest_done();
}

TEST_F(vgic, sgi_pending_bits)
{
	EXPECT_GUEST(2, sgi_pending_bits, "GICD_SPENDSGIR and GICD_CPENDSGIR");
}

static void sgi_registers(void)
{
	start();
	guest_expect("GICD_ICFGR0: SGIs are edge-triggered", 0xaaaaaaaa,
		     dist_read(GICD_ICFGR(0)));
	dist_write(GICD_ICFGR(0), 0);
	guest_expect("GICD_ICFGR0 after a write", 0xaaaaaaaa, dist_read(GICD_ICFGR(0)));
	gic_irq_enable(SGI);
	set_pending(SGI);
	expect_none("an SGI that was written to GICD_ISPENDR0");
	guest_expect("GICD_SGIR, which is write-only", 0, dist_read(GICD_SGIR));
	guest_done();
}

TEST_F(vgic, sgi_registers)
{
	EXPECT_GUEST(1, sgi_registers, "GICD_ICFGR0 and GICD_ISPENDR0 for SGIs, and GICD_SGIR");
}

/* ---- the distributor's other registers ---- */

static void typer(void)
{
	uint32_t value = dist_read(GICD_TYPER);

	if (guest_cpu() == FIRST) {
		guest_expect("ITLinesNumber", DEFAULT_NR_IRQS / 32 - 1, value & 0x1f);
		guest_expect("CPUNumber", 2 - 1, value >> 5 & 7);
		guest_expect("GICD_IIDR's implementer: ARM", 0x43b,
			     dist_read(GICD_IIDR) & 0xfff);
		dist_write(GICD_TYPER, ~0U);
		guest_expect("GICD_TYPER after a write", value, dist_read(GICD_TYPER));
	}
	guest_done();
}

TEST_F(vgic, typer)
{
	EXPECT_GUEST(2, typer, "GICD_TYPER and GICD_IIDR");
}

#define ICPIDR2	0xfe8

static void identification(void)
{
	guest_expect("ICPIDR2.ArchRev", 2, dist_read(ICPIDR2) >> 4 & 0xf);
	guest_done();
}

TEST_F(vgic, identification)
{
	EXPECT_GUEST(1, identification, "the architecture's version");
}

static void absent_interrupts(void)
{
	static const struct {
		unsigned int offset;
		const char *name;
	} regs[] = {
		{ GICD_ISENABLER(DEFAULT_NR_IRQS), "GICD_ISENABLER of absent interrupts" },
		{ GICD_ISPENDR(DEFAULT_NR_IRQS), "GICD_ISPENDR" },
		{ GICD_ISACTIVER(DEFAULT_NR_IRQS), "GICD_ISACTIVER" },
		{ GICD_IPRIORITYR(DEFAULT_NR_IRQS), "GICD_IPRIORITYR" },
		{ GICD_ITARGETSR(DEFAULT_NR_IRQS), "GICD_ITARGETSR" },
		{ GICD_ICFGR(DEFAULT_NR_IRQS), "GICD_ICFGR" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		dist_write(regs[i].offset, ~0U);
		guest_expect(regs[i].name, 0, dist_read(regs[i].offset));
	}
	guest_done();
}

TEST_F(vgic, absent_interrupts)
{
	EXPECT_GUEST(1, absent_interrupts, "registers of interrupts that do not exist");
}

static void access_widths(void)
{
	start();
	write_bit(GICD_ISENABLER(SPI), SPI);
	guest_write_byte(guest_gic.dist + GICD_ICENABLER(SPI) + (SPI % 32) / 8,
			 1U << (SPI % 8));
	guest_expect("enabled after a byte was written to GICD_ICENABLER", true,
		     read_bit(GICD_ISENABLER(SPI), SPI));
	guest_write_half(guest_gic.dist + GICD_ICENABLER(32), 0xffff);
	guest_expect("enabled after a halfword was written to GICD_ICENABLER", true,
		     read_bit(GICD_ISENABLER(SPI), SPI));
	guest_done();
}

TEST_F(vgic, access_widths)
{
	EXPECT_GUEST(1, access_widths, "accesses of a width that a register does not support");
}

static void configuration(void)
{
	start();
	gic_irq_set_edge(SPI, true);
	guest_expect("an SPI that was made edge-triggered", 2,
		     dist_read(GICD_ICFGR(SPI)) >> 2 * (SPI % 16) & 3);
	gic_irq_set_edge(SPI, false);
	guest_expect("an SPI that was made level-sensitive", 0,
		     dist_read(GICD_ICFGR(SPI)) >> 2 * (SPI % 16) & 3);
	guest_done();
}

TEST_F(vgic, configuration)
{
	EXPECT_GUEST(1, configuration, "GICD_ICFGR");
}

static void targets(void)
{
	unsigned int own = 1U << guest_cpu();

	guest_expect("GICD_ITARGETSR0: the vCPU that reads", own * 0x01010101U,
		     dist_read(GICD_ITARGETSR(0)));
	dist_write(GICD_ITARGETSR(0), 0);
	guest_expect("GICD_ITARGETSR0 after a write", own * 0x01010101U,
		     dist_read(GICD_ITARGETSR(0)));
	guest_expect("GICD_ITARGETSR7", own * 0x01010101U, dist_read(GICD_ITARGETSR(28)));
	if (guest_cpu() == FIRST) {
		dist_write(GICD_ITARGETSR(SPI), 0xffffffff);
		guest_expect("targets of SPIs: vCPUs that exist", 0x03030303,
			     dist_read(GICD_ITARGETSR(SPI)));
	}
	guest_done();
}

TEST_F(vgic, targets)
{
	EXPECT_GUEST(2, targets, "GICD_ITARGETSR");
}

/* ---- banked registers ---- */

static volatile unsigned int first_wrote, second_wrote;

static void banked(void)
{
	bool first = guest_cpu() == FIRST;
	uint8_t own = first ? 0x20 : 0x40;

	if (first) {
		write_bit(GICD_ISENABLER(PPI), PPI);
		set_priority(PPI, own);
		first_wrote = 1;
		guest_await("the second vCPU writes", &second_wrote, 1);
	} else {
		guest_await("the first vCPU writes", &first_wrote, 1);
		guest_expect("enabled on the other vCPU only", false,
			     read_bit(GICD_ISENABLER(PPI), PPI));
		guest_expect("priority that only the other vCPU has set", 0, priority_of(PPI));
		set_priority(PPI, own);
		set_pending(PPI);
		guest_expect("pending on the vCPU that has set it", true, gic_irq_is_pending(PPI));
		second_wrote = 1;
	}
	guest_expect("priority of this vCPU's PPI", own, priority_of(PPI));
	guest_expect("enabled on this vCPU", first, read_bit(GICD_ISENABLER(PPI), PPI));
	guest_expect("pending on this vCPU", !first, gic_irq_is_pending(PPI));
	guest_done();
}

TEST_F(vgic, banked)
{
	EXPECT_GUEST(2, banked, "registers of PPIs, which are banked");
}

static volatile unsigned int acked, ready;

/* Both vCPUs poll until one acknowledges the SPI; then both check that nothing else is pending. */
static void one_of_many(void)
{
	uint32_t ack;

	start();
	__sync_fetch_and_add(&ready, 1);
	guest_await("both vCPUs are ready", &ready, 2);
	if (guest_cpu() == FIRST) {
		prepare(SPI, 0x80);
		dist_write(GICD_ITARGETSR(SPI), 0x03U << 8 * (SPI % 4));
		set_pending(SPI);
	}
	guest_await_that("one of the two vCPUs acknowledges the SPI",
			 ((ack = gic_ack()) & INTID_MASK) != INTID_SPURIOUS || acked, acked);
	if ((ack & INTID_MASK) != INTID_SPURIOUS) {
		guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
		__sync_fetch_and_add(&acked, 1);
		gic_eoi(ack);
	}
	__sync_fetch_and_add(&ready, 1);
	guest_await("both vCPUs have read GICC_IAR", &ready, 4);
	gic_expect_none("the SPI after one vCPU has acknowledged it");
	guest_expect("vCPUs that acknowledged the SPI", 1, acked);
	guest_done();
}

TEST_F(vgic, one_of_many)
{
	EXPECT_GUEST(2, one_of_many, "an SPI with two targets");
}

#include "harness/rule_main.h"
