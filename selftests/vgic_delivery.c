// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivery of interrupts to vCPUs: order, masks, changes of state while an interrupt is pending
 * or active, SGIs, targets, banked registers. Continues vgic.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_polling.h"
#include "guest/guest_power.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define SGI	5
#define PPI	21
#define SPI	45
#define OTHER	50	/* an SPI with a higher INTID */
#define NR_SGIS	16
#define MANY	16	/* SPIs from SPI on: more than there are list registers */

/* Maximum number of reads of GICC_IAR until the kernel has filled a list register again. */
#define MAX_READS	1000

#define LOWEST_PRIORITY	0xf8	/* of five bits of priority */

/* ---- the host's side ---- */

#define RULE_FIXTURE	vgic
#define RULE_VARIANTS	(SEED_V2 | LEGACY_V2 | DEVATTR_V2 | DEVATTR_V3)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void prepare_guest(struct guest *guest)
{
	guest->on_request = drive_line;
}

/* ---- several vCPUs ---- */

static volatile unsigned int steps;

/* Both vCPUs wait for each other; the n-th meeting has number @n. */
static void meet(unsigned int n)
{
	__sync_fetch_and_add(&steps, 1);
	/* The count may be higher: a vCPU may reach the next meeting before the other reads it. */
	guest_await("both vCPUs reach the same step", &steps, 2 * n);
}

/*
 * Marks the end of one vCPU's interrupts to another: if an interrupt is lost, as on some kernels,
 * the marker ends the other vCPU's wait. That vCPU calls gic_marker_enable() before the meeting.
 */
static void mark(unsigned int cpu)
{
	gic_send_marker(cpu);
}

static void send_to_self(unsigned int intid)
{
	if (guest_gic.v3)
		gic_send_sgi(intid, guest_cpu());
	else
		dist_write(GICD_SGIR, GICD_SGIR_TO_SELF | intid);
}

/* Mask of the vCPUs whose SGI is pending. On a GICv3, which records no source: the first vCPU. */
static uint8_t sgi_sources(unsigned int intid)
{
	if (guest_gic.v3)
		return gic_irq_is_pending(intid) << FIRST;
	return dist_read(GICD_SPENDSGIR(intid) & ~3U) >> (8 * (intid % 4));
}

/* ---- order and masks ---- */

static void same_priority(void)
{
	unsigned int i, intid, seen = 0;
	uint32_t ack;

	start();
	for (i = 0; i < 3; i++) {
		prepare(SPI + i, 0x80);
		set_pending(SPI + i);
	}
	prepare(OTHER, 0x78);
	set_pending(OTHER);
	ack_and_eoi("the most urgent interrupt", OTHER);
	for (i = 0; i < 3; i++) {
		ack = gic_ack();
		intid = ack & INTID_MASK;
		guest_expect("an INTID of the three", true, intid >= SPI && intid < SPI + 3);
		seen |= 1 << (intid - SPI);
		gic_eoi(ack);
	}
	guest_expect("mask of the three, each acknowledged once", 7, seen);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, same_priority)
{
	EXPECT_GUEST(1, same_priority, "three interrupts of one priority");
}

static void private_and_shared(void)
{
	start();
	prepare(SPI, 0x80);
	prepare(OTHER, 0x20);
	set_priority(SGI, 0x60);
	set_priority(PPI, 0x40);
	gic_irq_enable(SGI);
	gic_irq_enable(PPI);
	set_pending(SPI);
	send_to_self(SGI);
	set_pending(PPI);
	set_pending(OTHER);
	ack_and_eoi("the most urgent, an SPI", OTHER);
	ack_and_eoi("the second, a PPI", PPI);
	ack_and_eoi("the third, an SGI", SGI);
	ack_and_eoi("the least urgent, an SPI", SPI);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, private_and_shared)
{
	EXPECT_GUEST(1, private_and_shared, "interrupts of all kinds in one order");
}

static void priority_changed(void)
{
	start();
	prepare(SPI, 0x40);
	prepare(OTHER, 0x80);
	set_pending(SPI);
	set_pending(OTHER);
	guest_expect("GICC_HPPIR at first", SPI, cpu_read(GICC_HPPIR) & INTID_MASK);
	/* By now both interrupts are in list registers. */
	set_priority(SPI, 0xc0);
	guest_expect("GICC_HPPIR when the first interrupt is less urgent", OTHER,
		     cpu_read(GICC_HPPIR) & INTID_MASK);
	set_priority(SPI, 0x20);
	guest_expect("GICC_HPPIR when it is more urgent again", SPI,
		     cpu_read(GICC_HPPIR) & INTID_MASK);
	set_priority(SPI, 0xc0);
	ack_and_eoi("the more urgent of two", OTHER);
	ack_and_eoi("the less urgent of two", SPI);
	guest_done();
}

TEST_F(vgic, priority_changed)
{
	EXPECT_GUEST(1, priority_changed, "the priority of a pending interrupt");
}

static void mask_all(void)
{
	start();
	prepare(SPI, 0);
	set_pending(SPI);
	gic_set_priority_mask(0);
	expect_none("the highest priority with a mask of 0");
	gic_set_priority_mask(8);
	ack_and_eoi("the highest priority with the next mask", SPI);
	guest_done();
}

TEST_F(vgic, mask_all)
{
	EXPECT_GUEST(1, mask_all, "GICC_PMR of 0");
}

static void lowest_priority(void)
{
	start();
	gic_set_priority_mask(0xff);
	guest_expect("GICC_PMR after 0xff", LOWEST_PRIORITY, gic_priority_mask());
	prepare(SPI, LOWEST_PRIORITY);
	set_pending(SPI);
	expect_none("an interrupt of the lowest priority, with the widest mask");
	guest_expect("pending with the lowest priority", true, gic_irq_is_pending(SPI));
	set_priority(SPI, LOWEST_PRIORITY - 8);
	ack_and_eoi("an interrupt of the second lowest priority", SPI);
	guest_done();
}

TEST_F(vgic, lowest_priority)
{
	EXPECT_GUEST(1, lowest_priority, "the lowest priority");
}

static void binary_point_field(void)
{
	unsigned int i, least;

	start();
	cpu_write(GICC_BPR, 0);
	least = cpu_read(GICC_BPR);
	guest_expect("the least binary point is at most 3", true, least <= 3);
	for (i = 0; i < 8; i++) {
		cpu_write(GICC_BPR, i);
		guest_expect("GICC_BPR after a write", i < least ? least : i,
			     cpu_read(GICC_BPR));
	}
	guest_done();
}

TEST_F(vgic, binary_point_field)
{
	EXPECT_GUEST(1, binary_point_field, "values of GICC_BPR");
}

static void binary_point_7(void)
{
	uint32_t first;

	start();
	cpu_write(GICC_BPR, 7);
	prepare(SPI, 0xf0);
	prepare(OTHER, 0);
	set_pending(SPI);
	first = gic_ack();
	guest_expect("the first interrupt", SPI, first & INTID_MASK);
	set_pending(OTHER);
	expect_none("the highest priority, which cannot preempt");
	gic_eoi(first);
	set_pending(SPI);
	ack_and_eoi("the more urgent of two", OTHER);
	ack_and_eoi("the less urgent of two", SPI);
	guest_done();
}

TEST_F(vgic, binary_point_7)
{
	EXPECT_GUEST(1, binary_point_7, "GICC_BPR of 7");
}

/* ---- changes of state while an interrupt is pending or active ---- */

static void disabled_active(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	ack = gic_ack();
	guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
	write_bit(GICD_ICENABLER(SPI), SPI);
	guest_expect("active while disabled", true, gic_irq_is_active(SPI));
	guest_expect("running priority while disabled", 0x80, cpu_read(GICC_RPR));
	set_pending(SPI);
	gic_eoi(ack);
	guest_expect("active after its EOI", false, gic_irq_is_active(SPI));
	guest_expect("pending after its EOI", true, gic_irq_is_pending(SPI));
	expect_none("while it is disabled");
	gic_irq_enable(SPI);
	ack_and_eoi("when it is enabled again", SPI);
	guest_done();
}

TEST_F(vgic, disabled_active)
{
	EXPECT_GUEST(1, disabled_active, "an interrupt that is active and disabled");
}

static void pending_while_active(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	ack = gic_ack();
	guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
	set_pending(SPI);
	guest_expect("pending again", true, gic_irq_is_pending(SPI));
	guest_expect("active when pending again", true, gic_irq_is_active(SPI));
	expect_none("while it is active");
	write_bit(GICD_ICPENDR(SPI), SPI);
	guest_expect("pending after GICD_ICPENDR", false, gic_irq_is_pending(SPI));
	guest_expect("active after GICD_ICPENDR", true, gic_irq_is_active(SPI));
	gic_eoi(ack);
	expect_none("the SPI whose pending bit was cleared");

	set_pending(SPI);
	ack = gic_ack();
	guest_expect("acknowledged INTID, second round", SPI, ack & INTID_MASK);
	set_pending(SPI);
	gic_eoi(ack);
	ack_and_eoi("the SPI whose pending bit was not cleared", SPI);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, pending_while_active)
{
	EXPECT_GUEST(1, pending_while_active, "GICD_ISPENDR and GICD_ICPENDR of an active SPI");
}

static void level_while_active(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	gic_irq_set_edge(SPI, false);
	guest_request(RAISE(SPI));
	ack = gic_ack();
	guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
	guest_expect("pending with the line high", true, gic_irq_is_pending(SPI));
	guest_expect("active with the line high", true, gic_irq_is_active(SPI));
	guest_request(LOWER(SPI));
	guest_expect("pending with the line low", false, gic_irq_is_pending(SPI));
	guest_expect("active with the line low", true, gic_irq_is_active(SPI));
	guest_request(RAISE(SPI));
	guest_expect("pending with the line high again", true, gic_irq_is_pending(SPI));
	guest_request(LOWER(SPI));
	gic_eoi(ack);
	expect_none("after its EOI, with the line low");
	guest_expect("active after its EOI", false, gic_irq_is_active(SPI));
	guest_done();
}

TEST_F(vgic, level_while_active)
{
	EXPECT_GUEST(1, level_while_active, "the line of an active level-sensitive interrupt");
}

static void zeros_written(void)
{
	static const unsigned int regs[] = {
		GICD_ISENABLER(SPI), GICD_ICENABLER(SPI), GICD_ISPENDR(SPI),
		GICD_ICPENDR(SPI), GICD_ISACTIVER(SPI), GICD_ICACTIVER(SPI),
	};
	uint32_t before[6];
	unsigned int i;

	/* All SPIs are disabled, so that none is delivered. */
	write_bit(GICD_ISENABLER(SPI), SPI);
	write_bit(GICD_ISPENDR(OTHER), OTHER);
	write_bit(GICD_ISACTIVER(SPI + 1), SPI + 1);
	for (i = 0; i < 6; i++)
		before[i] = dist_read(regs[i]);
	guest_expect("GICD_ISENABLER before", 1U << (SPI % 32), before[0]);
	guest_expect("GICD_ISPENDR before", 1U << (OTHER % 32), before[2]);
	guest_expect("GICD_ISACTIVER before", 1U << ((SPI + 1) % 32), before[4]);
	for (i = 0; i < 6; i++)
		dist_write(regs[i], 0);
	for (i = 0; i < 6; i++)
		guest_expect("a register after zeros", before[i], dist_read(regs[i]));
	guest_done();
}

TEST_F(vgic, zeros_written)
{
	EXPECT_GUEST(1, zeros_written, "zeros written to set and clear registers");
}

static void many_levels(void)
{
	unsigned int i;
	uint32_t ack;

	start();
	for (i = 0; i < MANY; i++) {
		prepare(SPI + i, 8 * (MANY - i));
		gic_irq_set_edge(SPI + i, false);
		guest_request(RAISE(SPI + i));
	}
	for (i = MANY; i-- > 0; ) {
		ack = gic_ack();
		guest_expect("the most urgent of many lines", SPI + i, ack & INTID_MASK);
		guest_request(LOWER(SPI + i));
		gic_eoi(ack);
	}
	expect_none("with all lines low");
	for (i = 0; i < MANY; i++)
		guest_expect("pending with all lines low", false, gic_irq_is_pending(SPI + i));
	guest_done();
}

TEST_F(vgic, many_levels)
{
	EXPECT_GUEST(1, many_levels, "more lines that are high than list registers");
}

static void distributor_off_active(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	set_pending(SPI);
	ack = gic_ack();
	guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
	gic_disable();
	guest_expect("active while GICD_CTLR is off", true, gic_irq_is_active(SPI));
	gic_eoi(ack);
	guest_expect("active after its EOI", false, gic_irq_is_active(SPI));
	guest_expect("running priority after its EOI", 0xff, cpu_read(GICC_RPR));
	gic_enable();
	expect_none("when GICD_CTLR is on again");
	set_pending(SPI);
	ack_and_eoi("an SPI that becomes pending later", SPI);
	guest_done();
}

TEST_F(vgic, distributor_off_active)
{
	EXPECT_GUEST(1, distributor_off_active, "EOI of an active interrupt with GICD_CTLR off");
}

static void latch_acknowledged(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	gic_irq_set_edge(SPI, false);
	set_pending(SPI);
	ack = gic_ack();
	guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
	guest_expect("pending once it was acknowledged", false, gic_irq_is_pending(SPI));
	guest_expect("active once it was acknowledged", true, gic_irq_is_active(SPI));
	gic_eoi(ack);
	guest_expect("pending after its EOI", false, gic_irq_is_pending(SPI));
	expect_none("after its EOI");
	guest_done();
}

TEST_F(vgic, latch_acknowledged)
{
	EXPECT_GUEST(1, latch_acknowledged, "a level-sensitive interrupt made pending by software");
}

/* GICD_ISPENDR sets the latch, although the line is low. */
static void level_set_while_active(void)
{
	uint32_t ack;

	start();
	prepare(SPI, 0x80);
	gic_irq_set_edge(SPI, false);
	guest_request(RAISE(SPI));
	ack = gic_ack();
	guest_expect("acknowledged INTID", SPI, ack & INTID_MASK);
	guest_request(LOWER(SPI));
	set_pending(SPI);
	guest_expect("pending, set with the line low", true, gic_irq_is_pending(SPI));
	expect_none("while it is active");
	gic_eoi(ack);
	guest_expect("pending after its EOI", true, gic_irq_is_pending(SPI));
	ack_and_eoi("the SPI that was set pending", SPI);
	expect_none("one more interrupt");
	guest_expect("pending after the second EOI", false, gic_irq_is_pending(SPI));
	guest_done();
}

TEST_F(vgic, level_set_while_active)
{
	EXPECT_GUEST(1, level_set_while_active,
		     "GICD_ISPENDR of a level-sensitive interrupt that is active");
}

/* ---- deactivation ---- */

#define DROPPED		6	/* SPIs from SPI on: more than there are list registers */
#define ACTIVE_WORD	(((1U << DROPPED) - 1) << SPI % 32)

/* EOImode 1: makes the SPIs active one after the other, and drops the priority of each. */
static void drop_each(void)
{
	unsigned int i;

	for (i = 0; i < DROPPED; i++) {
		set_pending(SPI + i);
		expect_ack("the next SPI, while all before it are active", SPI + i);
		gic_eoi(SPI + i);
	}
	guest_expect("active before the first deactivation", ACTIVE_WORD,
		     dist_read(GICD_ISACTIVER(SPI)));
}

/* Deactivates all the SPIs: the one with index @first, then each @step further, modulo DROPPED. */
static void deactivate_each(unsigned int first, unsigned int step)
{
	uint32_t active = ACTIVE_WORD;
	unsigned int k, intid;

	for (k = 0; k < DROPPED; k++) {
		intid = SPI + (first + k * step) % DROPPED;
		gic_deactivate(intid);
		active &= ~(1U << intid % 32);
		guest_expect("active after an SPI was deactivated", active,
			     dist_read(GICD_ISACTIVER(SPI)));
	}
}

/* In ascending and in descending order, starting at each SPI. */
static void deactivated_any_order(void)
{
	unsigned int i, first;

	start();
	gic_split_eoi(true);
	for (i = 0; i < DROPPED; i++)
		prepare(SPI + i, 0x80);
	for (first = 0; first < DROPPED; first++) {
		drop_each();
		deactivate_each(first, 1);
		drop_each();
		deactivate_each(first, DROPPED - 1);
	}
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, deactivated_any_order)
{
	EXPECT_GUEST(1, deactivated_any_order,
		     "EOImode 1: active interrupts deactivated in several orders");
}

#define LAST_OF_FOUR	3U

/* The last vCPU has more active SPIs than list registers. */
static void deactivated_on_last(void)
{
	unsigned int i;

	start();
	if (guest_cpu() == LAST_OF_FOUR) {
		gic_split_eoi(true);
		for (i = 0; i < DROPPED; i++) {
			prepare(SPI + i, 0x80);
			gic_irq_route(SPI + i, LAST_OF_FOUR);
		}
		drop_each();
		deactivate_each(DROPPED / 2, 1);
		drop_each();
		deactivate_each(DROPPED - 1, DROPPED - 1);
		expect_none("one more interrupt");
	}
	guest_done();
}

TEST_F(vgic, deactivated_on_last)
{
	EXPECT_GUEST(LAST_OF_FOUR + 1, deactivated_on_last,
		     "EOImode 1: active interrupts of the last vCPU deactivated in several orders");
}

/* For each number of active interrupts, the next one is pending and has a list register. */
static void deactivated_beside_pending(void)
{
	unsigned int i, n;

	start();
	gic_split_eoi(true);
	for (i = 0; i < DROPPED; i++)
		prepare(SPI + i, 0x80);
	for (n = 1; n < DROPPED; n++) {
		for (i = 0; i < n; i++) {
			set_pending(SPI + i);
			expect_ack("the next SPI, while all before it are active", SPI + i);
			gic_eoi(SPI + i);
		}
		set_pending(SPI + n);
		for (i = n; i--; ) {
			gic_deactivate(SPI + i);
			guest_expect("active after the last SPI was deactivated",
				     ((1U << i) - 1) << SPI % 32, dist_read(GICD_ISACTIVER(SPI)));
		}
		expect_ack("the pending SPI", SPI + n);
		gic_eoi(SPI + n);
		gic_deactivate(SPI + n);
	}
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, deactivated_beside_pending)
{
	EXPECT_GUEST(1, deactivated_beside_pending,
		     "EOImode 1: active SPIs deactivated while another is pending");
}

/* The second vCPU deactivates its PPI while the first has more active SPIs than list registers. */
static void deactivated_beside_others(void)
{
	unsigned int i;

	start();
	gic_split_eoi(true);
	gic_irq_enable(PPI);
	if (guest_cpu() == FIRST) {
		for (i = 0; i < DROPPED; i++)
			prepare(SPI + i, 0x80);
		drop_each();
	}
	meet(1);
	if (guest_cpu() == SECOND) {
		set_pending(PPI);
		expect_ack("the second vCPU's PPI", PPI);
		gic_eoi(PPI);
		guest_expect("active before the PPI's deactivation", true, gic_irq_is_active(PPI));
		gic_deactivate(PPI);
		guest_expect("active after the PPI's deactivation", false, gic_irq_is_active(PPI));
		guest_expect("active SPIs of the first vCPU", ACTIVE_WORD,
			     dist_read(GICD_ISACTIVER(SPI)));
	}
	meet(2);
	if (guest_cpu() == FIRST)
		deactivate_each(DROPPED - 1, DROPPED - 1);
	guest_done();
}

TEST_F(vgic, deactivated_beside_others)
{
	EXPECT_GUEST(2, deactivated_beside_others,
		     "EOImode 1: a vCPU deactivates while another has many active interrupts");
}

/* ---- SGIs ---- */

static void sgi_once(void)
{
	start();
	gic_irq_enable(SGI);
	gic_set_priority_mask(0);
	send_to_self(SGI);
	send_to_self(SGI);
	send_to_self(SGI);
	gic_set_priority_mask(0xff);
	ack_and_eoi("an SGI that was sent three times", SGI);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, sgi_once)
{
	EXPECT_GUEST(1, sgi_once, "an SGI that is pending already");
}

static void sgi_while_active(void)
{
	uint32_t ack;

	start();
	gic_irq_enable(SGI);
	send_to_self(SGI);
	ack = gic_ack();
	guest_expect("acknowledged INTID", SGI, ack & INTID_MASK);
	send_to_self(SGI);
	guest_expect("pending sources of an active SGI", 1 << FIRST, sgi_sources(SGI));
	expect_none("while it is active");
	gic_eoi(ack);
	ack_and_eoi("after its EOI", SGI);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, sgi_while_active)
{
	EXPECT_GUEST(1, sgi_while_active, "an SGI that is active");
}

static void sgi_pending_state(void)
{
	start();
	gic_irq_enable(SGI);
	gic_set_priority_mask(0);
	guest_expect("pending before", false, gic_irq_is_pending(SGI));
	send_to_self(SGI);
	guest_expect("GICD_ISPENDR0 while it is pending", true, gic_irq_is_pending(SGI));
	write_bit(GICD_ICPENDR(SGI), SGI);
	guest_expect("pending after a write to GICD_ICPENDR0", true, gic_irq_is_pending(SGI));
	gic_set_priority_mask(0xff);
	ack_and_eoi("the SGI, which GICD_ICPENDR0 does not clear", SGI);
	guest_expect("pending after it was acknowledged", false, gic_irq_is_pending(SGI));
	guest_done();
}

TEST_F(vgic, sgi_pending_state)
{
	EXPECT_GUEST(1, sgi_pending_state, "GICD_ISPENDR0 and GICD_ICPENDR0 of an SGI");
}

static void sgi_disabled(void)
{
	start();
	write_bit(GICD_ICENABLER(SGI), SGI);
	send_to_self(SGI);
	if (!read_bit(GICD_ISENABLER(SGI), SGI)) {
		expect_none("an SGI that is disabled");
		guest_expect("pending sources of a disabled SGI", 1 << FIRST, sgi_sources(SGI));
		gic_irq_enable(SGI);
	}
	ack_and_eoi("an SGI that is enabled", SGI);
	guest_done();
}

TEST_F(vgic, sgi_disabled)
{
	EXPECT_GUEST(1, sgi_disabled, "an SGI that is disabled");
}

/* The second vCPU is only the source of SGIs. */
static void sgi_highest_pending(void)
{
	if (guest_cpu() == SECOND)
		guest_done();
	start();
	gic_irq_enable(SGI);
	guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(SGI), 1 << SECOND);
	/* GICC_HPPIR also has the source, but not in every emulator's GICV. */
	guest_expect("GICC_HPPIR", SGI, cpu_read(GICC_HPPIR) & INTID_MASK);
	guest_expect("GICC_IAR, with its source", SGI | SECOND << 10, gic_ack());
	gic_eoi(SGI | SECOND << 10);
	expect_none("after its EOI");
	guest_done();
}

TEST_F(vgic, sgi_highest_pending)
{
	EXPECT_GUEST(2, sgi_highest_pending, "an SGI in GICC_HPPIR, and its source in GICC_IAR");
}

/* Like many_dropped() in vgic.c, with SGIs, of which each has a source vCPU. */
static void sgis_deactivated(void)
{
	unsigned int i, reads;
	uint32_t ack[NR_SGIS];

	if (guest_cpu() == SECOND)
		guest_done();
	start();
	gic_split_eoi(true);
	for (i = 0; i < NR_SGIS; i++) {
		set_priority(i, 0x80);
		gic_irq_enable(i);
		if (guest_gic.v3)
			gic_send_sgi(i, FIRST);
		else
			guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(i), 1 << SECOND);
	}
	for (i = 0; i < NR_SGIS; i++) {
		for (reads = 0; reads < MAX_READS; reads++) {
			ack[i] = gic_read_iar();
			if ((ack[i] & INTID_MASK) != INTID_SPURIOUS)
				break;
		}
		guest_expect("an SGI is acknowledged while all before it are active", true,
			     (ack[i] & INTID_MASK) < NR_SGIS);
		guest_expect("source of the SGI", guest_gic.v3 ? 0 : SECOND, GICC_IAR_CPU(ack[i]));
		gic_eoi(ack[i]);
	}
	for (i = 0; i < NR_SGIS; i++) {
		guest_expect("active before it is deactivated", true,
			     gic_irq_is_active(ack[i] & INTID_MASK));
		gic_deactivate(ack[i]);
		guest_expect("active after it is deactivated", false,
			     gic_irq_is_active(ack[i] & INTID_MASK));
	}
	guest_done();
}

TEST_F(vgic, sgis_deactivated)
{
	EXPECT_GUEST(2, sgis_deactivated, "EOImode 1: all SGIs active, sent by another vCPU");
}

/*
 * It is IMPLEMENTATION DEFINED whether the SGI is acknowledged for its other source before it is
 * deactivated.
 */
static void sgi_dropped(void)
{
	unsigned int reads, acked = 0;
	uint32_t ack;

	if (guest_cpu() == SECOND)
		guest_done();
	start();
	gic_split_eoi(true);
	set_priority(SGI, 0x40);
	gic_irq_enable(SGI);
	prepare(SPI, 0x80);
	gic_set_priority_mask(0);
	guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(SGI), 1 << FIRST | 1 << SECOND);
	set_pending(SPI);
	gic_set_priority_mask(0xff);
	for (reads = 0; reads < MAX_READS; reads++) {
		ack = gic_read_iar();
		if ((ack & INTID_MASK) == SPI)
			break;
		if ((ack & INTID_MASK) == INTID_SPURIOUS)
			continue;
		guest_expect("the most urgent interrupt", SGI, ack & INTID_MASK);
		acked++;
		gic_eoi(ack);
	}
	guest_expect("the SGI was acknowledged before the SPI", true, acked > 0);
	guest_expect("the less urgent SPI after its priority drop", SPI, ack & INTID_MASK);
	guest_done();
}

TEST_F(vgic, sgi_dropped)
{
	EXPECT_GUEST(2, sgi_dropped, "EOImode 1: an SPI behind an SGI that two vCPUs have sent");
}

static void sgi_lists(void)
{
	uint32_t ack;

	start();
	gic_irq_enable(SGI);
	gic_marker_enable();
	meet(1);
	if (guest_cpu() == FIRST)
		gic_send_sgi_to(SGI, 0);
	meet(2);
	gic_expect_none("an SGI to an empty list");
	meet(3);
	if (guest_cpu() == FIRST) {
		gic_send_sgi_to(SGI, 1U << FIRST | 1U << SECOND);
		mark(FIRST);
		mark(SECOND);
	}
	ack = gic_expect_before_marker("an SGI to both", SGI);
	guest_expect("source of the SGI", FIRST, guest_gic.v3 ? FIRST : GICC_IAR_CPU(ack));
	meet(4);
	/* The second is the only listed vCPU that exists. */
	if (guest_cpu() == FIRST) {
		gic_send_sgi_to(SGI, 0xfcU | 1U << SECOND);
		mark(SECOND);
	} else {
		gic_expect_before_marker("an SGI to a list with absent vCPUs", SGI);
	}
	meet(5);
	gic_expect_none("other interrupts");
	guest_done();
}

TEST_F(vgic, sgi_lists)
{
	EXPECT_GUEST(2, sgi_lists, "GICD_SGIR with lists of targets");
}

static void sgi_pending_banked(void)
{
	start();
	gic_irq_enable(SGI);
	gic_marker_enable();
	gic_set_priority_mask(0);
	meet(1);
	if (guest_cpu() == FIRST) {
		gic_send_sgi(SGI, SECOND);
		mark(SECOND);
	}
	meet(2);
	guest_expect("sources that are pending on this vCPU",
		     guest_cpu() == SECOND ? 1 << FIRST : 0, sgi_sources(SGI));
	meet(3);
	/* The first vCPU has no source to clear. */
	if (guest_cpu() == FIRST)
		guest_write_byte(guest_gic.dist + GICD_CPENDSGIR(SGI), 0xff);
	meet(4);
	gic_set_priority_mask(0xff);
	if (guest_cpu() == SECOND)
		gic_expect_before_marker("the SGI that another vCPU could not clear", SGI);
	gic_expect_none("other interrupts");
	guest_done();
}

TEST_F(vgic, sgi_pending_banked)
{
	EXPECT_GUEST(2, sgi_pending_banked, "GICD_SPENDSGIR and GICD_CPENDSGIR of each vCPU");
}

/* ---- targets of SPIs ---- */

static void set_targets(unsigned int intid, uint8_t targets)
{
	guest_write_byte(guest_gic.dist + GICD_ITARGETSR(intid) + intid % 4, targets);
}

static void no_target(void)
{
	start();
	gic_marker_enable();
	if (guest_cpu() == FIRST) {
		prepare(SPI, 0x80);
		set_targets(SPI, 0);
		set_pending(SPI);
	}
	meet(1);
	gic_expect_none("an SPI without a target");
	meet(2);
	if (guest_cpu() == FIRST) {
		guest_expect("pending without a target", true, gic_irq_is_pending(SPI));
		set_targets(SPI, 1 << SECOND);
		mark(SECOND);
	} else {
		gic_expect_before_marker("the SPI when it has a target", SPI);
	}
	meet(3);
	gic_expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, no_target)
{
	EXPECT_GUEST(2, no_target, "an SPI without a target");
}

/* Each of the two targets masks the SPI in turn. */
static void open_target(void)
{
	unsigned int me = guest_cpu(), open, step = 1;

	start();
	gic_marker_enable();
	if (me == FIRST) {
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
	}
	for (open = FIRST; open <= SECOND; open++) {
		gic_set_priority_mask(me == open ? 0xff : 0);
		meet(step++);
		if (me == FIRST) {
			set_pending(SPI);
			mark(open);
		}
		if (me == open)
			gic_expect_before_marker("the SPI at the target that does not mask it",
						 SPI);
		meet(step++);
		expect_none("one more interrupt");
	}
	guest_done();
}

TEST_F(vgic, open_target)
{
	EXPECT_GUEST(2, open_target, "an SPI with two targets, of which one masks it");
}

static void disable_interface(void)
{
	cpu_write(GICC_CTLR, 0);
}

/* Like open_target(), but each target in turn disables its interface in GICC_CTLR. */
static void disabled_target(void)
{
	unsigned int me = guest_cpu(), open, step = 1;

	start();
	gic_marker_enable();
	if (me == FIRST) {
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
	}
	for (open = FIRST; open <= SECOND; open++) {
		if (me == open)
			gic_cpu_enable();
		else
			disable_interface();
		meet(step++);
		if (me == FIRST) {
			set_pending(SPI);
			mark(open);
		}
		if (me == open)
			gic_expect_before_marker("the SPI at the target that is enabled", SPI);
		meet(step++);
		expect_none("one more interrupt");
	}
	guest_done();
}

TEST_F(vgic, disabled_target)
{
	EXPECT_GUEST(2, disabled_target, "an SPI with two targets, of which one is disabled");
}

/* The first target of a pending SPI is disabled: at first while the second is disabled, too. */
static void disabled_while_pending(void)
{
	unsigned int me = guest_cpu();

	start();
	gic_marker_enable();
	if (me == SECOND)
		disable_interface();
	meet(1);
	if (me == FIRST) {
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
		set_pending(SPI);
		guest_expect("GICC_HPPIR of the first target", SPI,
			     cpu_read(GICC_HPPIR) & INTID_MASK);
		disable_interface();
	}
	meet(2);
	/* Neither target can acknowledge the SPI until the second is enabled. */
	if (me == SECOND) {
		gic_cpu_enable();
		mark(SECOND);
		gic_expect_before_marker("the SPI at the second target, when that is enabled", SPI);
	}
	meet(3);
	if (me == FIRST)
		gic_cpu_enable();
	gic_expect_none("one more interrupt");
	meet(4);
	if (me == FIRST) {
		set_pending(SPI);
		guest_expect("GICC_HPPIR of the first target again", SPI,
			     cpu_read(GICC_HPPIR) & INTID_MASK);
		disable_interface();
		mark(SECOND);
	} else {
		gic_expect_before_marker("the SPI at the second target, when the first is disabled",
					 SPI);
	}
	guest_done();
}

TEST_F(vgic, disabled_while_pending)
{
	EXPECT_GUEST(2, disabled_while_pending,
		     "an SPI with two targets, pending at the target that is then disabled");
}

/* EXPECT_GUEST() with two vCPUs, of which the second is off at first. */
#define EXPECT_FIRST_ON(code, what) do {				\
	guest_create_off(&self->guest, 2, code);			\
	prepare_guest(&self->guest);					\
	PLACE_GIC();							\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

#define ON_AGAIN	7	/* context id */

/* On the second vCPU: an SPI has both vCPUs as targets, but only this one can acknowledge it. */
static void expect_spi_of_both(const char *what)
{
	prepare(SPI, 0x80);
	set_targets(SPI, 1 << FIRST | 1 << SECOND);
	set_pending(SPI);
	mark(SECOND);
	gic_expect_before_marker(what, SPI);
	gic_expect_none("one more interrupt");
}

/* The first of two targets turns itself off; the second turns it on at the end. */
static void target_turned_off(void)
{
	if (guest_cpu() == FIRST) {
		if (guest_boot().context == ON_AGAIN)
			guest_done();
		start();
		guest_expect("CPU_ON of the second", 0, guest_cpu_on(GUEST_MPIDR_OF(SECOND), 0));
		guest_cpu_off();
	}
	gic_cpu_enable();
	gic_marker_enable();
	guest_await_that("the first vCPU is off",
			 guest_affinity_info(GUEST_MPIDR_OF(FIRST)) == PSCI_IS_OFF, FIRST);
	expect_spi_of_both("the SPI at the target that is on");
	guest_expect("CPU_ON of the first", 0, guest_cpu_on(GUEST_MPIDR_OF(FIRST), ON_AGAIN));
	guest_done();
}

TEST_F(vgic, target_turned_off)
{
	EXPECT_FIRST_ON(target_turned_off,
			"an SPI with two targets, of which the first is turned off");
}

/*
 * The SPI is pending at the first of two targets when that vCPU turns itself off. From then on, the
 * second vCPU does not change its interface.
 */
static void pending_target_turned_off(void)
{
	if (guest_cpu() == FIRST) {
		if (guest_boot().context == ON_AGAIN)
			guest_done();
		start();
		guest_expect("CPU_ON of the second", 0, guest_cpu_on(GUEST_MPIDR_OF(SECOND), 0));
		guest_await("the second target is ready", &steps, 1);
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
		set_pending(SPI);
		guest_expect("GICC_HPPIR of the first", SPI, cpu_read(GICC_HPPIR) & INTID_MASK);
		guest_cpu_off();
	}
	gic_cpu_enable();
	gic_marker_enable();
	steps = 1;
	guest_await_that("the first vCPU is off",
			 guest_affinity_info(GUEST_MPIDR_OF(FIRST)) == PSCI_IS_OFF, FIRST);
	mark(SECOND);
	gic_expect_before_marker("the SPI at the target that is on", SPI);
	gic_expect_none("one more interrupt");
	guest_expect("CPU_ON of the first", 0, guest_cpu_on(GUEST_MPIDR_OF(FIRST), ON_AGAIN));
	guest_done();
}

TEST_F(vgic, pending_target_turned_off)
{
	EXPECT_FIRST_ON(pending_target_turned_off,
			"an SPI that is pending at the target that is turned off");
}

/* CPU_ON makes the second vCPU a target, as if it had been on from the beginning. */
static void target_turned_on(void)
{
	if (guest_cpu() == FIRST) {
		start();
		gic_set_priority_mask(0);
		guest_expect("CPU_ON of the second", 0, guest_cpu_on(GUEST_MPIDR_OF(SECOND), 0));
		guest_done();
	}
	gic_cpu_enable();
	gic_marker_enable();
	expect_spi_of_both("the SPI at the target that does not mask it");
	guest_done();
}

TEST_F(vgic, target_turned_on)
{
	EXPECT_FIRST_ON(target_turned_on,
			"an SPI with two targets, of which the second was turned on");
}

/* On the second vCPU; the first never runs. */
static void target_off_at_init(void)
{
	start();
	gic_marker_enable();
	expect_spi_of_both("the SPI at the target that is on");
	guest_done();
}

/* Enables the vCPU's interface and unmasks all priorities, as a restore does. */
static int restore_interface(int dev, unsigned int vcpu)
{
	return vgic_reg_set(dev, KVM_DEV_ARM_VGIC_GRP_CPU_REGS, vcpu, GICC_CTLR,
			    GICC_CTLR_ENABLE) ?:
	       vgic_reg_set(dev, KVM_DEV_ARM_VGIC_GRP_CPU_REGS, vcpu, GICC_PMR, 0x1f);
}

/* The first vCPU is stopped before the GIC is initialized. */
TEST_F(vgic, target_off_at_init)
{
	struct kvm_mp_state off = { .mp_state = KVM_MP_STATE_STOPPED };

	guest_create(&self->guest, 2, target_off_at_init);
	prepare_guest(&self->guest);
	ASSERT_OK(abi_ioctl(self->guest.vcpus[FIRST]->fd, KVM_SET_MP_STATE, &off));
	PLACE_GIC();
	if (self->guest.abi.dev >= 0)
		ASSERT_OK(restore_interface(self->guest.abi.dev, FIRST));
	self->guest.vcpus[FIRST] = self->guest.vcpus[SECOND];
	self->guest.nr_vcpus = 1;
	EXPECT_GUEST_ENDS("an SPI with two targets, of which the first was never on");
}

/* The SPI becomes pending again, and the first vCPU must not acknowledge it after its EOI. */
static void moved_active_at_once(void)
{
	unsigned int me = guest_cpu();
	uint32_t ack;

	start();
	gic_marker_enable();
	if (me == FIRST) {
		prepare(SPI, 0x80);
		set_pending(SPI);
		ack = gic_ack();
		guest_expect("the first interrupt", SPI, ack & INTID_MASK);
		gic_irq_route(SPI, SECOND);
		set_pending(SPI);
		gic_eoi(ack);
		expect_none("the SPI at the vCPU that it was moved from");
		mark(SECOND);
	} else {
		gic_expect_before_marker("the SPI at the vCPU that it was moved to", SPI);
	}
	meet(1);
	gic_expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, moved_active_at_once)
{
	EXPECT_GUEST(2, moved_active_at_once,
		     "an SPI that is moved and pending while it is active");
}

static void moved_active(void)
{
	unsigned int me = guest_cpu();
	uint32_t ack = INTID_SPURIOUS;

	start();
	gic_marker_enable();
	if (me == FIRST) {
		prepare(SPI, 0x80);
		set_pending(SPI);
		ack = gic_ack();
		guest_expect("the first interrupt", SPI, ack & INTID_MASK);
		gic_irq_route(SPI, SECOND);
		set_pending(SPI);
		guest_expect("active after it was moved", true, gic_irq_is_active(SPI));
	}
	meet(1);
	/* Until the EOI, the first vCPU's running priority would mask the marker. */
	if (me == SECOND)
		gic_expect_none("while it is active");
	else
		expect_none("while it is active");
	meet(2);
	if (me == FIRST) {
		gic_eoi(ack);
		guest_expect("active after its EOI", false, gic_irq_is_active(SPI));
		gic_expect_none("the SPI at the vCPU that it was moved from");
		mark(SECOND);
	}
	/* Wait until the first vCPU has read the state: acknowledging activates the SPI again. */
	meet(3);
	if (me == SECOND)
		gic_expect_before_marker("the SPI at the vCPU that it was moved to", SPI);
	meet(4);
	gic_expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, moved_active)
{
	EXPECT_GUEST(2, moved_active, "an SPI that is moved while it is active");
}

/* ---- banked and shared registers ---- */

static void private_of_each(void)
{
	start();
	gic_irq_enable(PPI);
	gic_irq_enable(SGI);
	gic_set_priority_mask(0);
	meet(1);
	set_priority(PPI, 0x40);
	set_priority(SGI, 0x80);
	set_pending(PPI);
	send_to_self(SGI);
	meet(2);
	gic_set_priority_mask(0xff);
	ack_and_eoi("this vCPU's PPI", PPI);
	ack_and_eoi("this vCPU's SGI", SGI);
	gic_expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, private_of_each)
{
	EXPECT_GUEST(2, private_of_each, "the same private interrupts of two vCPUs at once");
}

static void interface_banked(void)
{
	bool first = guest_cpu() == FIRST;
	uint32_t mask = first ? 0x40 : 0xc0, point = first ? 4 : 6;

	start();
	gic_set_priority_mask(mask);
	cpu_write(GICC_BPR, point);
	cpu_set_enabled(first);
	meet(1);
	guest_expect("GICC_PMR of this vCPU", mask, gic_priority_mask());
	guest_expect("GICC_BPR of this vCPU", point, cpu_read(GICC_BPR));
	guest_expect("the enable of this vCPU's interface", first, cpu_is_enabled());
	gic_irq_enable(PPI);
	set_priority(PPI, 0x20);
	set_pending(PPI);
	if (first)
		ack_and_eoi("the PPI at the vCPU whose interface is on", PPI);
	expect_none("the PPI at the vCPU whose interface is off, or one more interrupt");
	guest_expect("pending on this vCPU", !first, gic_irq_is_pending(PPI));
	guest_done();
}

TEST_F(vgic, interface_banked)
{
	EXPECT_GUEST(2, interface_banked, "the CPU interface of each vCPU");
}

static void not_banked(void)
{
	bool first = guest_cpu() == FIRST;

	if (first) {
		write_bit(GICD_ISENABLER(SPI), SPI);
		set_priority(SPI, 0x58);
		gic_irq_set_edge(SPI, true);
		gic_irq_route(SPI, SECOND);
		set_pending(SPI);
		write_bit(GICD_ISACTIVER(OTHER), OTHER);
	}
	meet(1);
	guest_expect("enabled, for all vCPUs", true, read_bit(GICD_ISENABLER(SPI), SPI));
	guest_expect("priority, for all vCPUs", 0x58, priority_of(SPI));
	guest_expect("edge-triggered, for all vCPUs", 2,
		     dist_read(GICD_ICFGR(SPI)) >> 2 * (SPI % 16) & 3);
	guest_expect("target, for all vCPUs", guest_gic.v3 ? SECOND : 1 << SECOND,
		     guest_gic.v3 ? dist_read(GICV3_GICD_IROUTER(SPI)) :
		     dist_read(GICD_ITARGETSR(SPI)) >> 8 * (SPI % 4) & 0xff);
	guest_expect("pending, for all vCPUs", true, gic_irq_is_pending(SPI));
	guest_expect("active, for all vCPUs", true, gic_irq_is_active(OTHER));
	meet(2);
	/*
	 * When a vCPU exits, KVM reads its list registers back; 6.1 can then lose a write to
	 * GICD_ICACTIVER. So the vCPU with the active interrupt waits in user space.
	 */
	if (first) {
		guest_request(STAY_OUT);
	} else {
		guest_await("the first vCPU is in user space", &is_out, 1);
		write_bit(GICD_ICENABLER(SPI), SPI);
		write_bit(GICD_ICPENDR(SPI), SPI);
		write_bit(GICD_ICACTIVER(OTHER), OTHER);
		may_enter = 1;
	}
	meet(3);
	guest_expect("disabled, for all vCPUs", false, read_bit(GICD_ISENABLER(SPI), SPI));
	guest_expect("no longer pending, for all vCPUs", false, gic_irq_is_pending(SPI));
	guest_expect("no longer active, for all vCPUs", false, gic_irq_is_active(OTHER));
	guest_done();
}

TEST_F(vgic, not_banked)
{
	EXPECT_GUEST(2, not_banked, "registers of SPIs, which all vCPUs share");
}

#define WRITES	20

/* Turns of the second vCPU's loop, in which it does not exit; the first vCPU ends the loop. */
static volatile unsigned int spins, may_end;

/* An access halts the second vCPU, which then takes a while to enter the guest again. */
static void await_spinning(void)
{
	unsigned int before = spins;

	guest_await_that("the second vCPU runs", spins != before, before);
}

/*
 * The first vCPU changes whether the SPI is active, which is pending in a list register of the
 * second. 6.1 loses a write that coincides with another exit of the second vCPU, so most writes
 * have to succeed, not all.
 */
static void active_written_by_other(void)
{
	unsigned int i, sets = 0, clears = 0;

	start();
	if (guest_cpu() == SECOND) {
		guest_await_that("the SPI is signalled, while interrupts are masked",
				 guest_irq_is_signalled(), SPI);
		while (!may_end) {
			spins++;
			guest_relax();
		}
		guest_done();
	}
	prepare(SPI, 0x80);
	gic_irq_route(SPI, SECOND);
	set_pending(SPI);
	for (i = 0; i < WRITES; i++) {
		await_spinning();
		gic_irq_set_active(SPI);
		sets += gic_irq_is_active(SPI);
		await_spinning();
		gic_irq_clear_active(SPI);
		clears += !gic_irq_is_active(SPI);
	}
	guest_expect("writes to GICD_ISACTIVER, of which most take effect", WRITES,
		     sets > WRITES / 2 ? WRITES : sets);
	guest_expect("writes to GICD_ICACTIVER, of which most take effect", WRITES,
		     clears > WRITES / 2 ? WRITES : clears);
	may_end = 1;
	guest_done();
}

TEST_F(vgic, active_written_by_other)
{
	EXPECT_GUEST(2, active_written_by_other,
		     "GICD_ISACTIVER and GICD_ICACTIVER of an interrupt of a vCPU that runs");
}

static void distributor_off_for_all(void)
{
	bool first = guest_cpu() == FIRST;

	start();
	gic_irq_enable(PPI);
	gic_marker_enable();
	meet(1);
	if (first)
		gic_disable();
	meet(2);
	if (!first)
		set_pending(PPI);
	/*
	 * A marker would not be delivered while the distributor is off. guest_yield() exits to
	 * user space instead: on the return, KVM delivers all pending interrupts of the vCPU.
	 */
	guest_yield();
	expect_none("with GICD_CTLR off, on each vCPU");
	guest_expect("GICD_CTLR, for all vCPUs", false, gic_is_enabled());
	meet(3);
	if (first) {
		gic_enable();
		mark(SECOND);
	} else {
		gic_expect_before_marker("the PPI when another vCPU turns GICD_CTLR on", PPI);
	}
	gic_expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, distributor_off_for_all)
{
	EXPECT_GUEST(2, distributor_off_for_all, "GICD_CTLR turned off by another vCPU");
}

/* ---- accesses ---- */

static void reserved_registers(void)
{
	static const unsigned int regs[] = {
		0x00c, 0x010, 0x01c, 0x040, 0x07c, 0x7fc, 0xbfc, 0xf04, 0xf0c, 0xf30,
		0xfcc,
	};
	uint32_t iidr = dist_read(GICD_IIDR);
	unsigned int i;

	start();
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		guest_expect("a reserved register", 0, dist_read(regs[i]));
		dist_write(regs[i], ~0U);
		guest_expect("a reserved register after ones", 0, dist_read(regs[i]));
	}
	dist_write(GICD_IIDR, 0);
	guest_expect("GICD_IIDR after a write", iidr, dist_read(GICD_IIDR));
	guest_expect("GICD_CTLR after writes to reserved registers", 1, dist_read(GICD_CTLR));
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(vgic, reserved_registers)
{
	EXPECT_GUEST(1, reserved_registers, "reserved registers of the distributor");
}

static uint8_t dist_read_byte(unsigned int offset)
{
	return guest_read_byte(guest_gic.dist + offset);
}

static void byte_accesses(void)
{
	unsigned int i;

	if (guest_cpu() == SECOND)
		guest_done();
	dist_write(GICD_IPRIORITYR(44), 0x80604020);
	for (i = 0; i < 4; i++)
		guest_expect("a byte of GICD_IPRIORITYR", 0x20 * (i + 1),
			     dist_read_byte(GICD_IPRIORITYR(44) + i));
	guest_expect("the first byte of GICD_IPRIORITYR again", 0x20,
		     dist_read_byte(GICD_IPRIORITYR(44)));
	guest_expect("GICD_IPRIORITYR after its first byte was read", 0x80604020,
		     dist_read(GICD_IPRIORITYR(44)));
	dist_write(GICD_ITARGETSR(44), 0x03020103);
	for (i = 0; i < 4; i++)
		guest_expect("a byte of GICD_ITARGETSR", 0x03020103U >> 8 * i & 0xff,
			     dist_read_byte(GICD_ITARGETSR(44) + i));
	set_targets(46, 1 << FIRST);
	guest_expect("GICD_ITARGETSR after one byte was written", 0x03010103,
		     dist_read(GICD_ITARGETSR(44)));
	guest_write_byte(guest_gic.dist + GICD_SPENDSGIR(SGI), 1 << SECOND);
	guest_expect("a byte of GICD_SPENDSGIR", 1 << SECOND,
		     dist_read_byte(GICD_SPENDSGIR(SGI)));
	guest_expect("GICD_SPENDSGIR of the next SGI", 0, dist_read_byte(GICD_SPENDSGIR(SGI + 1)));
	guest_expect("a byte of GICD_CPENDSGIR", 1 << SECOND,
		     dist_read_byte(GICD_CPENDSGIR(SGI)));
	guest_done();
}

TEST_F(vgic, byte_accesses)
{
	EXPECT_GUEST(2, byte_accesses, "bytes of registers that have them");
}

/* ---- targets that mask a pending SPI ---- */

/* On arm64, the SPI stays at the first target, and these vCPUs would wait forever. */
#define RULE_FIXTURE	armv7_targets
#define RULE_VARIANTS	(SEED_V2 | LEGACY_V2 | DEVATTR_V2)
#define RULE_NEEDS	NEED_ARMV7
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/*
 * Both targets of a pending SPI mask it. The SPI goes to @leaver when @leaver unmasks it, and to
 * the other target when @leaver has masked it again and is in user space.
 */
static void move_from(unsigned int leaver)
{
	unsigned int me = guest_cpu();
	uint32_t seen;

	start();
	gic_set_priority_mask(0);
	meet(1);
	if (me == FIRST) {
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
		set_pending(SPI);
	}
	meet(2);
	if (me == leaver) {
		/* Maps the memory of a request, so that the next request is one exit. */
		guest_yield();
		gic_set_priority_mask(0xff);
		guest_await_that("GICC_HPPIR of the target that does not mask it",
				 ((seen = cpu_read(GICC_HPPIR)) & INTID_MASK) == SPI, seen);
		gic_set_priority_mask(0);
		guest_request(STAY_OUT);
		guest_done();
	}
	guest_await("the other vCPU is in user space", &is_out, 1);
	gic_set_priority_mask(0xff);
	guest_await_that("the SPI, at the target that does not mask it now",
			 ((seen = gic_ack()) & INTID_MASK) == SPI, seen);
	gic_eoi(seen);
	may_enter = 1;
	guest_done();
}

static void move_from_first(void)
{
	move_from(FIRST);
}

static void move_from_second(void)
{
	move_from(SECOND);
}

TEST_F(armv7_targets, pending_follows_masks)
{
	EXPECT_GUEST(2, move_from_first, "a pending SPI that moves from the first target");
	kvm_vm_free(self->guest.vm);
	memset(&self->guest, 0, sizeof(self->guest));
	EXPECT_GUEST(2, move_from_second, "a pending SPI that moves from the second target");
}

#define WAKES	20

/* The last round in which the second target went to sleep, and in which it woke up. */
static volatile unsigned int asleep, woken;

/* A pending SPI whose first target masks it, while the second one waits for it in WFI. */
static void wake_by_mask(void)
{
	unsigned int i;
	uint32_t seen;

	start();
	if (guest_cpu() == FIRST) {
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
	}
	meet(1);
	for (i = 1; guest_cpu() == SECOND && i <= WAKES; i++) {
		asleep = i;
		do {
			guest_wfi();
			seen = gic_ack();
		} while ((seen & INTID_MASK) != SPI);
		gic_eoi(seen);
		woken = i;
	}
	for (i = 1; guest_cpu() == FIRST && i <= WAKES; i++) {
		gic_set_priority_mask(0xff);
		guest_await("the second target goes to sleep", &asleep, i);
		set_pending(SPI);
		guest_await_that("GICC_HPPIR of the first target",
				 ((seen = cpu_read(GICC_HPPIR)) & INTID_MASK) == SPI, seen);
		gic_set_priority_mask(0);
		/* This read makes KVM see the mask, unless another exit has done so. */
		gic_irq_is_pending(SPI);
		guest_await("the second target acknowledges the SPI", &woken, i);
	}
	guest_done();
}

TEST_F(armv7_targets, pending_wakes)
{
	EXPECT_GUEST(2, wake_by_mask, "a pending SPI that the first target masks");
}

/* A pending SPI whose first target turns itself off, while the second one waits for it in WFI. */
static void wake_by_power_off(void)
{
	unsigned int i;
	uint32_t seen;

	start();
	if (guest_cpu() == FIRST) {
		i = guest_boot().context + 1;
		if (i > WAKES)
			guest_done();
		if (i == 1)
			guest_expect("CPU_ON of the second", 0,
				     guest_cpu_on(GUEST_MPIDR_OF(SECOND), 0));
		guest_await("the second target goes to sleep", &asleep, i);
		prepare(SPI, 0x80);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
		set_pending(SPI);
		guest_expect("GICC_HPPIR of the first", SPI, cpu_read(GICC_HPPIR) & INTID_MASK);
		guest_cpu_off();
	}
	for (i = 1; i <= WAKES; i++) {
		asleep = i;
		do {
			guest_wfi();
			seen = gic_ack();
		} while ((seen & INTID_MASK) != SPI);
		gic_eoi(seen);
		guest_await_that("the first vCPU is off",
				 guest_affinity_info(GUEST_MPIDR_OF(FIRST)) == PSCI_IS_OFF, FIRST);
		guest_expect("CPU_ON of the first", 0, guest_cpu_on(GUEST_MPIDR_OF(FIRST), i));
	}
	guest_done();
}

TEST_F(armv7_targets, power_off_wakes)
{
	EXPECT_FIRST_ON(wake_by_power_off, "a pending SPI whose first target is turned off");
}

#include "harness/rule_main.h"
