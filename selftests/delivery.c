// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivery of interrupts of every kind and number: each SGI from each vCPU to each set of vCPUs,
 * each PPI, SPIs over the whole range, each priority with masks around it, groups, and each set
 * of targets. vCPUs take turns, so that interrupts for a vCPU are pending at its next turn.
 */
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/gic_regs.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define NR_VCPUS	3
#define THIRD		2U
#define NR_SGIS		16
#define NR_PRIVATE	32
#define MOST_IRQS	992	/* the largest number that all kernels accept */
#define SPI		45

/* PPIs that KVM connects to the hardware. */
static bool is_claimed(unsigned int intid)
{
	return intid == 25 || intid == 26 || intid == 27 || intid == 28 || intid == 30;
}

/* SPIs at the ends of many words of the registers, and the last SPI. */
static const uint16_t spis[] = {
	32, 33, 47, 48, 63, 64, 95, 96, 127, 128, 159, 223, 254, 255, 256, 257, 287, 383, 384,
	510, 511, 512, 513, 639, 767, 768, 895, 959, 960, 990, 991,
};

/* ---- the host's side ---- */

/* Request: the level of a line. */
#define LINE(intid, cpu, level)	((intid) << 8 | (cpu) << 4 | (level))

static void set_line(struct guest *guest, unsigned int request)
{
	unsigned int intid = request >> 8, cpu = request >> 4 & 0xf;

	guest_set_line(guest, VGIC_LINE(intid < NR_PRIVATE ? KVM_ARM_IRQ_TYPE_PPI :
							     KVM_ARM_IRQ_TYPE_SPI, cpu, intid),
		       request & 1);
}

#define EXPECT_DELIVERY(nr_vcpus, code, what) do {			\
	guest_create(&self->guest, nr_vcpus, code);			\
	self->guest.on_request = set_line;				\
	ASSERT_OK(guest_gic_create(&self->guest, variant->dist, variant->cpu, \
				   GUEST_DIST_IPA, GUEST_CPU_IPA, MOST_IRQS)); \
	EXPECT_GUEST_ENDS(what);					\
} while (0)

/* ---- the guest's side ---- */

static void start(void)
{
	guest_turns_begin();
	if (guest_cpu() == FIRST)
		gic_enable();
	gic_cpu_enable();
}

/* INTIDs that were acknowledged, a bit each. */
struct acked {
	uint32_t word[(MOST_IRQS + 31) / 32];
	unsigned int count;
};

static struct acked acked[NR_VCPUS];

static bool is_acked(const struct acked *t, unsigned int intid)
{
	return t->word[intid / 32] >> (intid % 32) & 1;
}

/*
 * Acknowledges the next interrupt. If more are pending than there are list registers, KVM may add
 * the next one only at a maintenance interrupt.
 */
static uint32_t await_iar(void)
{
	uint32_t ack;

	guest_await_that("the next of several interrupts",
			 ((ack = gic_read_iar()) & INTID_MASK) != INTID_SPURIOUS, ack);
	return ack;
}

/* Acknowledges @want interrupts and all that follow, with EOI. Each must be delivered only once. */
static struct acked *ack_all(unsigned int want)
{
	struct acked *t = &acked[guest_cpu()];
	unsigned int intid;
	uint32_t ack;

	memset(t, 0, sizeof(*t));
	for (;;) {
		ack = t->count < want ? await_iar() : gic_read_iar();
		intid = ack & INTID_MASK;
		if (intid >= MOST_IRQS)
			break;
		guest_expect("INTID that was delivered before, or 0",
			     0, is_acked(t, intid) ? intid : 0);
		t->word[intid / 32] |= 1U << (intid % 32);
		t->count++;
		gic_eoi(ack);
	}
	guest_expect("INTID after the last interrupt", INTID_SPURIOUS, intid);
	return t;
}

/* Acknowledges the next interrupt, which has to be @intid, with EOI. */
static void ack_one(const char *what, unsigned int intid)
{
	uint32_t ack = gic_read_iar();

	guest_expect(what, intid, ack & INTID_MASK);
	gic_eoi(ack);
}

static void expect_none(const char *what)
{
	guest_expect(what, INTID_SPURIOUS, gic_read_iar() & INTID_MASK);
}

static void prepare_spi(unsigned int intid, unsigned int cpu, bool edge)
{
	gic_irq_set_edge(intid, edge);
	gic_irq_route(intid, cpu);
	gic_irq_set_priority(intid, 0x80);
	gic_irq_enable(intid);
}

#define RULE_FIXTURE	delivery
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/* ---- SGIs ---- */

/* Acknowledges @want SGIs and all that follow, which have to come from @sender. */
static uint32_t ack_sgis(unsigned int sender, unsigned int want)
{
	unsigned int count, intid;
	uint32_t ack, got = 0;

	for (count = 0; ; count++) {
		ack = count < want ? await_iar() : gic_read_iar();
		intid = ack & INTID_MASK;
		if (intid == INTID_SPURIOUS)
			break;
		guest_expect("SGIs: the INTID is less than 16", true, intid < NR_SGIS);
		guest_expect("SGI that was delivered before, as a bit", 0, got & 1U << intid);
		if (!guest_gic.v3)
			guest_expect("source of the SGI", sender, GICC_IAR_CPU(ack));
		got |= 1U << intid;
		gic_eoi(ack);
	}
	return got;
}

static void each_sgi(void)
{
	unsigned int me = guest_cpu(), sender, targets, intid;
	bool is_target;

	start();
	gic_private_irqs_enable(0xffff);
	guest_turn();
	for (sender = 0; sender < NR_VCPUS; sender++)
		for (targets = 0; targets < 1U << NR_VCPUS; targets++) {
			for (intid = 0; me == sender && intid < NR_SGIS; intid++)
				gic_send_sgi_to(intid, targets);
			/* The turns of the other vCPUs come after the sender's. */
			guest_turn();
			is_target = targets >> me & 1;
			guest_expect("SGIs 0 to 15 of one sender, a bit each",
				     is_target ? 0xffff : 0,
				     ack_sgis(sender, is_target ? NR_SGIS : 0));
			guest_turn();
		}
	guest_done();
}

TEST_F(delivery, each_sgi)
{
	EXPECT_DELIVERY(NR_VCPUS, each_sgi, "each SGI from each vCPU to each set of vCPUs");
}

/* Sends one SGI at a time, so that no other SGI hides a wrong number. */
static void one_sgi(void)
{
	unsigned int me = guest_cpu(), intid;

	start();
	gic_private_irqs_enable(0xffff);
	guest_turn();
	for (intid = 0; intid < NR_SGIS; intid++) {
		if (me == FIRST)
			gic_send_sgi_to_others(intid);
		guest_turn();
		if (me != FIRST)
			ack_one("one SGI to all other vCPUs", intid);
		expect_none("other interrupts");
		guest_turn();
	}
	guest_done();
}

TEST_F(delivery, one_sgi)
{
	EXPECT_DELIVERY(NR_VCPUS, one_sgi, "each SGI alone, to all other vCPUs");
}

/* ---- PPIs ---- */

static void each_ppi(void)
{
	unsigned int me = guest_cpu(), intid, count = 0;
	uint32_t ack;

	start();
	for (intid = NR_SGIS; intid < NR_PRIVATE; intid++) {
		if (is_claimed(intid))
			continue;
		gic_irq_enable(intid);
		gic_irq_set_pending(intid);
		ack_one("a PPI that was set pending", intid);
		expect_none("one more interrupt");
		guest_request(LINE(intid, me, 1));
		ack = gic_read_iar();
		guest_expect("a PPI whose line is high", intid, ack & INTID_MASK);
		guest_request(LINE(intid, me, 0));
		gic_eoi(ack);
		expect_none("the PPI after its line was lowered");
	}
	for (intid = NR_SGIS; intid < NR_PRIVATE; intid++)
		if (!is_claimed(intid)) {
			gic_irq_set_pending(intid);
			count++;
		}
	/* While it is the turn of others, these PPIs are pending at this vCPU only. */
	guest_turn();
	for (intid = NR_SGIS; intid < NR_PRIVATE; intid++)
		if (!is_claimed(intid))
			guest_expect("a PPI is pending until this vCPU acknowledges it", true,
				     gic_irq_is_pending(intid));
	ack_all(count);
	for (intid = NR_SGIS; intid < NR_PRIVATE; intid++)
		guest_expect("PPIs of each vCPU, all at once",
			     is_claimed(intid) ? 0 : intid,
			     is_acked(&acked[me], intid) ? intid : 0);
	guest_done();
}

TEST_F(delivery, each_ppi)
{
	EXPECT_DELIVERY(2, each_ppi, "each PPI of each vCPU");
}

#define MOST_VCPUS	8

/* The PPI of a vCPU's line, which no timer uses. */
#define PPI_OF(cpu)	(NR_SGIS + (cpu))

static void ppi_of_eight(void)
{
	unsigned int me = guest_cpu(), cpu, intid;
	uint32_t ack;

	start();
	for (cpu = 0; me == FIRST && cpu < MOST_VCPUS; cpu++)
		guest_request(LINE(PPI_OF(cpu), cpu, 1));
	for (intid = PPI_OF(0); intid < PPI_OF(MOST_VCPUS); intid++) {
		guest_expect("the PPI is pending, only on the vCPU whose line is high",
			     intid == PPI_OF(me), gic_irq_is_pending(intid));
		gic_irq_enable(intid);
	}
	ack = gic_read_iar();
	guest_expect("the PPI of the vCPU's line", PPI_OF(me), ack & INTID_MASK);
	guest_request(LINE(PPI_OF(me), me, 0));
	gic_eoi(ack);
	expect_none("the PPI after its line was lowered");
	guest_done();
}

TEST_F(delivery, ppi_of_eight)
{
	EXPECT_DELIVERY(MOST_VCPUS, ppi_of_eight, "lines of PPIs of eight vCPUs");
}

/* ---- SPIs ---- */

static void each_spi(void)
{
	unsigned int me = guest_cpu(), target, i;
	uint32_t ack;

	start();
	for (target = 0; target < NR_VCPUS; target++) {
		for (i = 0; me == target && i < ARRAY_SIZE(spis); i++) {
			unsigned int intid = spis[i];

			prepare_spi(intid, me, true);
			gic_irq_set_pending(intid);
			ack_one("an SPI that was set pending", intid);
			guest_request(LINE(intid, 0, 1));
			ack_one("an SPI after an edge", intid);
			expect_none("the SPI again after the edge");
			guest_request(LINE(intid, 0, 0));
			gic_irq_set_edge(intid, false);
			guest_request(LINE(intid, 0, 1));
			ack = gic_read_iar();
			guest_expect("an SPI whose line is high", intid, ack & INTID_MASK);
			gic_eoi(ack);
			ack = gic_await_ack("the SPI again while its line is high");
			guest_expect("the SPI again while its line is high", intid,
				     ack & INTID_MASK);
			guest_request(LINE(intid, 0, 0));
			gic_eoi(ack);
			expect_none("the SPI after its line was lowered");
		}
		guest_turn();
		expect_none("SPIs of another vCPU");
		guest_turn();
	}
	guest_done();
}

TEST_F(delivery, each_spi)
{
	EXPECT_DELIVERY(NR_VCPUS, each_spi, "SPIs up to the last, to each vCPU");
}

/* The next vCPU gets all SPIs at once. */
static void all_spis(void)
{
	unsigned int me = guest_cpu(), sender, i;

	start();
	for (sender = 0; sender < NR_VCPUS; sender++) {
		unsigned int target = (sender + 1) % NR_VCPUS;

		for (i = 0; me == sender && i < ARRAY_SIZE(spis); i++) {
			prepare_spi(spis[i], target, true);
			gic_irq_set_pending(spis[i]);
		}
		guest_turn();
		ack_all(me == target ? ARRAY_SIZE(spis) : 0);
		guest_expect("SPIs that were routed here", me == target ? ARRAY_SIZE(spis) : 0,
			     acked[me].count);
		for (i = 0; me == target && i < ARRAY_SIZE(spis); i++)
			guest_expect("each SPI that was routed here", spis[i],
				     is_acked(&acked[me], spis[i]) ? spis[i] : 0);
		guest_turn();
	}
	guest_done();
}

TEST_F(delivery, all_spis)
{
	EXPECT_DELIVERY(NR_VCPUS, all_spis, "SPIs up to the last, all at once");
}

/* ---- priorities ---- */

#define LEVELS	32

static void pend(unsigned int intid)
{
	if (intid < NR_SGIS)
		gic_send_sgi(intid, guest_cpu());
	else
		gic_irq_set_pending(intid);
}

static void each_priority(void)
{
	static const unsigned int intids[] = { 9, 21, SPI };
	unsigned int i, level;
	uint32_t ack;

	start();
	prepare_spi(SPI, FIRST, true);
	for (i = 0; i < ARRAY_SIZE(intids); i++) {
		gic_irq_enable(intids[i]);
		for (level = 0; level < LEVELS; level++) {
			unsigned int priority = level << 3;

			gic_irq_set_priority(intids[i], priority);
			gic_set_priority_mask(priority);
			pend(intids[i]);
			expect_none("an interrupt with a mask equal to its priority");
			guest_expect("pending while masked", true, gic_irq_is_pending(intids[i]));
			if (level) {
				gic_set_priority_mask(priority - 8);
				expect_none("an interrupt with a mask of the next higher priority");
			}
			gic_set_priority_mask(priority + 8);
			if (level == LEVELS - 1) {
				/* The lowest priority is always masked. */
				gic_set_priority_mask(0xff);
				expect_none("an interrupt of the lowest priority");
				gic_irq_set_priority(intids[i], 0);
				ack_one("the interrupt with the highest priority instead",
					intids[i]);
				break;
			}
			ack = gic_read_iar();
			guest_expect("an interrupt with a mask of the next lower priority",
				     intids[i],
				     ack & INTID_MASK);
			guest_expect("the running priority", priority, gic_running_priority());
			gic_eoi(ack);
			guest_expect("the running priority after EOI", 0xff,
				     gic_running_priority() & 0xff);
		}
		gic_set_priority_mask(0xff);
	}
	guest_done();
}

TEST_F(delivery, each_priority)
{
	EXPECT_DELIVERY(1, each_priority, "each priority, with masks at, above and below it");
}

/* An SPI of each priority but the lowest, set pending in an order other than that of priorities. */
static void all_priorities(void)
{
	unsigned int i;

	start();
	for (i = 0; i < LEVELS - 1; i++) {
		prepare_spi(SPI + i, FIRST, true);
		gic_irq_set_priority(SPI + i, (i * 12 + 5) % (LEVELS - 1) << 3);
		gic_irq_set_pending(SPI + i);
	}
	for (i = 0; i < LEVELS - 1; i++) {
		uint32_t ack = await_iar();

		guest_expect("the running priority, in order", i << 3, gic_running_priority());
		gic_eoi(ack);
	}
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(delivery, all_priorities)
{
	EXPECT_DELIVERY(1, all_priorities, "an SPI of each priority, all at once");
}

/* ---- several vCPUs that sleep ---- */

#define WAKE_ROUNDS	8

static volatile unsigned int awake;

static void wake_all(void)
{
	unsigned int round;
	uint32_t ack;

	if (guest_cpu() == FIRST)
		gic_enable();
	gic_cpu_enable();
	gic_private_irqs_enable(0xffff);
	__sync_fetch_and_add(&awake, 1);
	guest_await("all vCPUs are ready", &awake, NR_VCPUS);
	for (round = 1; round <= WAKE_ROUNDS; round++) {
		if (guest_cpu() == FIRST) {
			/* Give the other vCPUs time to fall asleep; the test passes without it. */
			guest_yield();
			guest_yield();
			gic_send_sgi_to_others(round);
		} else {
			while (((ack = gic_read_iar()) & INTID_MASK) == INTID_SPURIOUS)
				guest_wfi();
			guest_expect("the SGI that wakes", round, ack & INTID_MASK);
			gic_eoi(ack);
			__sync_fetch_and_add(&awake, 1);
		}
		guest_await("the other vCPUs wake", &awake, NR_VCPUS + (NR_VCPUS - 1) * round);
	}
	guest_done();
}

TEST_F(delivery, wakes_all)
{
	EXPECT_DELIVERY(NR_VCPUS, wake_all, "an SGI to two vCPUs in WFI");
}

/*
 * All vCPUs but the first sleep until their PPI is delivered; there are more vCPUs than host CPUs.
 * The marker ends the test on a kernel that loses even the first vCPU's PPI.
 */
static void distributor_on(void)
{
	unsigned int me = guest_cpu();
	uint32_t ack;

	gic_cpu_enable();
	gic_irq_enable(PPI_OF(me));
	gic_irq_set_pending(PPI_OF(me));
	__sync_fetch_and_add(&awake, 1);
	if (me == FIRST) {
		gic_marker_enable();
		guest_await_within("all vCPUs are ready", awake == MOST_VCPUS, awake,
				   GUEST_FEW_TURNS);
		/* As in wake_all(). */
		guest_yield();
		guest_yield();
		gic_enable();
		gic_send_marker(FIRST);
		gic_expect_before_marker("the PPI of the first vCPU", PPI_OF(FIRST));
		guest_await_within("all other vCPUs have their PPI", awake == 2 * MOST_VCPUS - 1,
				   awake, GUEST_FEW_TURNS);
		guest_done();
	}
	while (((ack = gic_read_iar()) & INTID_MASK) == INTID_SPURIOUS)
		guest_wfi();
	guest_expect("the PPI of this vCPU", PPI_OF(me), ack & INTID_MASK);
	gic_eoi(ack);
	__sync_fetch_and_add(&awake, 1);
	guest_done();
}

TEST_F(delivery, distributor_on)
{
	EXPECT_DELIVERY(MOST_VCPUS, distributor_on,
			"GICD_CTLR enabled while eight vCPUs have a PPI");
}

/* ---- targets and groups of a GICv2 ---- */

#define RULE_FIXTURE	delivery_v2
#define RULE_VARIANTS	DEVATTR_V2
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void set_targets(unsigned int intid, uint8_t targets)
{
	guest_write_byte(guest_gic.dist + GICD_ITARGETSR(intid) + intid % 4, targets);
}

static unsigned int ack_mask;	/* vCPUs that have acknowledged the SPI */

static void each_target(void)
{
	unsigned int me = guest_cpu(), targets;

	start();
	if (me == FIRST)
		prepare_spi(SPI, FIRST, true);
	for (targets = 1; targets < 1U << NR_VCPUS; targets++) {
		if (me == FIRST) {
			ack_mask = 0;
			set_targets(SPI, targets);
			gic_irq_set_pending(SPI);
		}
		guest_turn();
		if (ack_all(0)->count)
			ack_mask |= 1U << me;
		guest_turn();
		if (me != FIRST)
			continue;
		guest_expect("vCPUs that acknowledge the SPI and are not targets", 0,
			     ack_mask & ~targets);
		guest_expect("a vCPU acknowledges the SPI", true, !!ack_mask);
		guest_expect("further vCPUs that acknowledge the SPI", 0,
			     ack_mask & (ack_mask - 1));
	}
	guest_done();
}

TEST_F(delivery_v2, each_target)
{
	EXPECT_DELIVERY(NR_VCPUS, each_target, "an SPI with each set of targets");
}

/* The first target's mask equals the SPI's priority, and so masks it. */
static void equal_mask(void)
{
	unsigned int me = guest_cpu();

	start();
	if (me == FIRST) {
		gic_set_priority_mask(0x80);
		prepare_spi(SPI, FIRST, true);
		set_targets(SPI, 1 << FIRST | 1 << SECOND);
	}
	guest_turn();
	if (me == FIRST)
		gic_irq_set_pending(SPI);
	guest_turn();
	if (me == FIRST)
		expect_none("the SPI at the target whose mask is its priority");
	else
		ack_one("the SPI at the target that does not mask it", SPI);
	guest_turn();
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(delivery_v2, equal_mask)
{
	EXPECT_DELIVERY(2, equal_mask, "two targets, one with a mask equal to the priority");
}

/*
 * An exit of the first vCPU, as after a tick of the host, may move the SPIs in its list registers.
 * MANY SPIs are far more than a few such exits can move.
 */
#define MANY	160

/* The SPIs are pending on the first target, which then masks all of them. */
static void mask_moves(void)
{
	unsigned int me = guest_cpu(), i, count = 0;

	start();
	for (i = 0; me == FIRST && i < MANY; i++) {
		prepare_spi(SPI + i, FIRST, true);
		set_targets(SPI + i, 1 << FIRST | 1 << SECOND);
	}
	guest_turn();
	for (i = 0; me == FIRST && i < MANY; i++)
		gic_irq_set_pending(SPI + i);
	if (me == FIRST) {
		guest_expect("an interrupt is pending at the first target", true,
			     (guest_read(guest_gic.cpu + GICC_HPPIR) & INTID_MASK) !=
			     INTID_SPURIOUS);
		gic_set_priority_mask(0);
	}
	guest_turn();
	/* Each guest entry fills the list registers; the first vCPU stays in user space. */
	for (i = 0; me == SECOND && i < MANY; i++) {
		count += ack_all(0)->count;
		guest_yield();
	}
	guest_expect("SPIs for the other target when the first masks them",
		     me == SECOND ? MANY : 0, count);
	guest_turn();
	gic_set_priority_mask(0xff);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(delivery_v2, mask_moves)
{
	EXPECT_DELIVERY(2, mask_moves, "two targets, of which one changes its mask");
}

/* The target mask registers of a guest with one vCPU are RAZ/WI. */
static void one_vcpu_targets(void)
{
	unsigned int intid;

	for (intid = 0; intid < 128; intid += 4) {
		guest_expect("GICD_ITARGETSR of one vCPU", 0,
			     guest_read(guest_gic.dist + GICD_ITARGETSR(intid)));
		guest_write(guest_gic.dist + GICD_ITARGETSR(intid), 0x01010101);
		guest_expect("GICD_ITARGETSR of one vCPU after a write", 0,
			     guest_read(guest_gic.dist + GICD_ITARGETSR(intid)));
	}
	guest_done();
}

TEST_F(delivery_v2, one_vcpu_targets)
{
	EXPECT_DELIVERY(1, one_vcpu_targets, "GICD_ITARGETSR of a guest with one vCPU");
}

/* An interrupt of each kind, and the last SPI. */
static const uint16_t kinds[] = { 3, 14, 21, 31, 32, SPI, 543, 991 };

#define INTID_OF_GROUP1	1022	/* read from GICC_IAR, ARM IHI 0048B 4.4.4 */

static void dist_control(uint32_t value)
{
	guest_write(guest_gic.dist + GICD_CTLR, value);
}

static void cpu_control(uint32_t value)
{
	guest_write(guest_gic.cpu + GICC_CTLR, value);
}

static void set_group1(unsigned int intid, bool group1)
{
	uint64_t reg = guest_gic.dist + GICD_IGROUPR(intid);
	uint32_t bit = 1U << (intid % 32), value = guest_read(reg);

	guest_write(reg, group1 ? value | bit : value & ~bit);
}

static void prepare_kind(unsigned int intid)
{
	if (intid >= NR_PRIVATE)
		prepare_spi(intid, FIRST, true);
	else
		gic_irq_enable(intid);
	set_group1(intid, false);
}

#define BOTH_GROUPS	(GICC_CTLR_ENABLE | GICC_CTLR_ENABLE1)

/*
 * GICC_IAR returns 1022 for a group 1 interrupt, and acknowledges it only with AckCtl. Some
 * emulators have no GICC_AIAR.
 */
static void ack_group1(const char *what, unsigned int intid)
{
	guest_expect("GICC_IAR of a group 1 interrupt", INTID_OF_GROUP1,
		     gic_read_iar() & INTID_MASK);
	cpu_control(BOTH_GROUPS | GICC_CTLR_ACKCTL);
	ack_one(what, intid);
	cpu_control(BOTH_GROUPS);
}

static void each_group(void)
{
	unsigned int i;

	start();
	dist_control(3);
	cpu_control(BOTH_GROUPS);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		prepare_kind(kinds[i]);
		pend(kinds[i]);
		ack_one("an interrupt of group 0", kinds[i]);
		set_group1(kinds[i], true);
		pend(kinds[i]);
		ack_group1("an interrupt of group 1", kinds[i]);
		guest_expect("active after its EOI", false, gic_irq_is_active(kinds[i]));
	}
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(delivery_v2, each_group)
{
	EXPECT_DELIVERY(1, each_group, "interrupts of group 0 and of group 1");
}

static void distributor_groups(void)
{
	unsigned int i;

	start();
	cpu_control(BOTH_GROUPS);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		prepare_kind(kinds[i]);
		dist_control(2);
		pend(kinds[i]);
		expect_none("an interrupt of group 0 with GICD_CTLR.EnableGrp1 alone");
		dist_control(1);
		ack_one("an interrupt of group 0 with GICD_CTLR.EnableGrp0", kinds[i]);
		set_group1(kinds[i], true);
		pend(kinds[i]);
		expect_none("an interrupt of group 1 with GICD_CTLR.EnableGrp0 alone");
		dist_control(2);
		ack_group1("an interrupt of group 1 with GICD_CTLR.EnableGrp1", kinds[i]);
	}
	guest_done();
}

TEST_F(delivery_v2, distributor_groups)
{
	EXPECT_DELIVERY(1, distributor_groups, "groups that GICD_CTLR disables");
}

/* ---- routes and groups of a GICv3 ---- */

#define RULE_FIXTURE	delivery_v3
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/* Affinities that no vCPU has; each field of the affinity differs in some of them. */
static const uint32_t absent[] = { NR_VCPUS, 0x7, 0xff, 0x100, 0x101, 0x10000, 0x10001, 0xffffff };

static void each_route(void)
{
	unsigned int me = guest_cpu(), i, target;

	start();
	if (me == FIRST)
		for (i = 0; i < ARRAY_SIZE(spis); i++)
			prepare_spi(spis[i], FIRST, true);
	for (target = 0; target < NR_VCPUS; target++) {
		for (i = 0; me == FIRST && i < ARRAY_SIZE(spis); i++) {
			gic_irq_route(spis[i], (target + i) % NR_VCPUS);
			gic_irq_set_pending(spis[i]);
		}
		guest_turn();
		ack_all(ARRAY_SIZE(spis) / NR_VCPUS);
		for (i = 0; i < ARRAY_SIZE(spis); i++)
			guest_expect("SPIs, of which each vCPU has its own",
				     (target + i) % NR_VCPUS == me ? spis[i] : 0,
				     is_acked(&acked[me], spis[i]) ? spis[i] : 0);
		guest_turn();
	}
	for (i = 0; i < ARRAY_SIZE(absent); i++) {
		if (me == FIRST) {
			gic_irq_route(SPI, absent[i]);
			gic_irq_enable(SPI);
			gic_irq_set_pending(SPI);
		}
		guest_turn();
		expect_none("an SPI with the affinity of no vCPU");
		guest_turn();
		if (me == FIRST) {
			guest_expect("pending without a vCPU", true, gic_irq_is_pending(SPI));
			gic_irq_clear_pending(SPI);
		}
	}
	guest_done();
}

TEST_F(delivery_v3, each_route)
{
	EXPECT_DELIVERY(NR_VCPUS, each_route, "each affinity in GICD_IROUTER");
}

/* The index of the vCPU that an SPI is routed to at first. Its affinity is the same number. */
static unsigned int first_route;

/* The reset value of GICD_IROUTER is UNKNOWN: the SPI goes where the register says. */
static void pend_at_first_route(unsigned int intid)
{
	uint64_t reg = guest_gic.dist + GICV3_GICD_IROUTER(intid);

	first_route = guest_read(reg);
	if (guest_read(reg + 4) || first_route >= NR_VCPUS) {
		first_route = SECOND;
		gic_irq_route(intid, SECOND);
	}
	gic_irq_set_edge(intid, true);
	gic_irq_set_priority(intid, 0x80);
	gic_irq_enable(intid);
	gic_irq_set_pending(intid);
}

static void route_at_reset(void)
{
	static const uint16_t intids[] = { 32, SPI, 511, 512, MOST_IRQS - 1 };
	unsigned int i;

	start();
	for (i = 0; i < ARRAY_SIZE(intids); i++) {
		if (guest_cpu() == FIRST)
			pend_at_first_route(intids[i]);
		guest_turn();
		if (guest_cpu() == first_route)
			ack_one("the SPI that GICD_IROUTER gives to this vCPU", intids[i]);
		expect_none("one more interrupt");
		guest_turn();
	}
	guest_done();
}

TEST_F(delivery_v3, route_at_reset)
{
	EXPECT_DELIVERY(NR_VCPUS, route_at_reset, "SPIs whose GICD_IROUTER was never written");
}

/* vCPUs of two clusters: affinity level 0 goes from 0 to 15. */
#define TWO_CLUSTERS	18U
#define CLUSTER		16U

#define AFFINITY(cpu)	((cpu) / CLUSTER << 8 | (cpu) % CLUSTER)

/* Value of ICC_SGI1R_EL1: the targets' affinity level 1, and a mask of their level 0. */
#define SGI_TO(sgi, aff1, list)						\
	((uint64_t)(sgi) << 24 | (uint64_t)(aff1) << 16 | (list))
#define SGI_AFF2(aff2)		((uint64_t)(aff2) << 32)
#define SGI_TO_OTHERS(sgi)	((uint64_t)(sgi) << 24 | 1ULL << 40)

/* SGIs to one vCPU, to all others, to a whole cluster, and to a cluster that does not exist. */
#define SGI_OF(cpu)	((cpu) % 8)
#define SGI_OTHERS	9
#define SGI_CLUSTER	10
#define SGI_ABSENT	11
#define SGI_GROUP0	12

/* All SGIs are masked, so they stay pending. */
static void send_to_clusters(void)
{
	unsigned int cpu;

	start();
	gic_set_priority_mask(0);
	for (cpu = 0; cpu < TWO_CLUSTERS; cpu++)
		gicv3_icc_write(ICC_SGI1R, SGI_TO(SGI_OF(cpu), cpu / CLUSTER,
						  1U << cpu % CLUSTER));
	gicv3_icc_write(ICC_SGI1R, SGI_TO_OTHERS(SGI_OTHERS));
	gicv3_icc_write(ICC_SGI1R, SGI_TO(SGI_CLUSTER, 1, 0xffff));
	gicv3_icc_write(ICC_SGI1R, SGI_TO(SGI_ABSENT, 2, 0xffff));
	gicv3_icc_write(ICC_SGI1R, SGI_TO(SGI_ABSENT, 1, 0xfffc));
	gicv3_icc_write(ICC_SGI1R, SGI_TO(SGI_ABSENT, 0, 0xffff) | SGI_AFF2(1));
	gicv3_icc_write(ICC_SGI1R, SGI_TO(SGI_ABSENT, 1, 0xffff) | SGI_AFF2(0x80));
	guest_done();
}

/*
 * Creates a guest of which only one vCPU runs. All its vCPUs have PSCI 0.2, because the vCPUs of a
 * VM have to have the same features.
 */
#define CREATE_CLUSTERS(code) do {					\
	static struct abi_vcpu others_[TWO_CLUSTERS];			\
	unsigned int cpu_;						\
									\
	guest_create_off(&self->guest, 1, code);			\
	for (cpu_ = 1; cpu_ < TWO_CLUSTERS; cpu_++)			\
		abi_vcpu_add(&self->guest.abi, cpu_, &others_[cpu_]);	\
	ASSERT_OK(guest_gic_create(&self->guest, variant->dist, variant->cpu, \
				   GUEST_DIST_IPA, GUEST_CPU_IPA, MOST_IRQS)); \
} while (0)

static uint64_t redist_attr(unsigned int cpu, uint32_t offset)
{
	return (uint64_t)AFFINITY(cpu) << 32 | offset;
}

TEST_F(delivery_v3, two_clusters)
{
	unsigned int cpu, wrong = 0;
	bool good;

	CREATE_CLUSTERS(send_to_clusters);
	good = guest_run(&self->guest);
	for (cpu = 0; cpu < TWO_CLUSTERS; cpu++) {
		uint32_t pending = 0, expected = 1U << SGI_OF(cpu) |
			(cpu ? 1U << SGI_OTHERS : 0) | (cpu >= CLUSTER ? 1U << SGI_CLUSTER : 0);

		ASSERT_OK(abi_attr_get(self->guest.abi.dev, REDIST_REGS,
				       redist_attr(cpu, GICR_SGI_FRAME + GICD_ISPENDR(0)),
				       &pending));
		if (pending == expected)
			continue;
		TH_LOG("vCPU %u: expected SGIs 0x%x, got 0x%x", cpu, expected, pending);
		wrong++;
	}
	EXPECT_RULE_WORD(holds(good && !wrong), "%u vCPUs of %u got other SGIs", wrong,
			 TWO_CLUSTERS);
}

static void sgi_of_group0(void)
{
	uint64_t groups = gic_irq_base(SGI_GROUP0) + GICD_IGROUPR(SGI_GROUP0);

	start();
	gic_set_priority_mask(0);
	gicv3_icc_write(ICC_SGI0R, SGI_TO(SGI_GROUP0, 0, 1));
	guest_expect("pending by ICC_SGI0R, in group 1", false, gic_irq_is_pending(SGI_GROUP0));
	guest_write(groups, ~(1U << SGI_GROUP0));
	gicv3_icc_write(ICC_SGI0R, SGI_TO(SGI_GROUP0, 0, 1));
	guest_expect("pending by ICC_SGI0R, in group 0", true, gic_irq_is_pending(SGI_GROUP0));
	guest_done();
}

TEST_F(delivery_v3, sgi_of_group0)
{
	EXPECT_DELIVERY(1, sgi_of_group0, "ICC_SGI0R for an SGI of each group");
}

#define GICR_TYPER_LAST		(1U << 4)
#define GICR_TYPER_NUMBER(t)	((t) >> 8 & 0xffff)

/* GICR_TYPER, and a register that is written for all vCPUs before it is read. */
TEST_F(delivery_v3, redistributors_of_clusters)
{
	unsigned int cpu, wrong = 0;
	int dev;

	CREATE_CLUSTERS(guest_done);
	dev = self->guest.abi.dev;
	for (cpu = 0; cpu < TWO_CLUSTERS; cpu++) {
		uint32_t priorities = 0x08080808U * (cpu + 1);

		ASSERT_OK(abi_attr_set(dev, REDIST_REGS,
				       redist_attr(cpu, GICR_SGI_FRAME + GICD_IPRIORITYR(16)),
				       &priorities));
	}
	for (cpu = 0; cpu < TWO_CLUSTERS; cpu++) {
		uint32_t low = 0, affinity = 0, priorities = 0;

		ASSERT_OK(abi_attr_get(dev, REDIST_REGS, redist_attr(cpu, GICR_TYPER), &low));
		ASSERT_OK(abi_attr_get(dev, REDIST_REGS, redist_attr(cpu, GICR_TYPER + 4),
				       &affinity));
		ASSERT_OK(abi_attr_get(dev, REDIST_REGS,
				       redist_attr(cpu, GICR_SGI_FRAME + GICD_IPRIORITYR(16)),
				       &priorities));
		if (affinity == AFFINITY(cpu) && GICR_TYPER_NUMBER(low) == cpu &&
		    !(low & GICR_TYPER_LAST) == (cpu < TWO_CLUSTERS - 1) &&
		    priorities == 0x08080808U * (cpu + 1))
			continue;
		TH_LOG("vCPU %u: GICR_TYPER 0x%08x%08x, GICR_IPRIORITYR4 0x%08x", cpu, affinity,
		       low, priorities);
		wrong++;
	}
	EXPECT_RULE_WORD(holds(!wrong), "%u redistributors of %u have wrong values", wrong,
			 TWO_CLUSTERS);
}

static void group_enable(void)
{
	start();
	prepare_spi(SPI, FIRST, true);
	gicv3_icc_write(ICC_IGRPEN1, 0);
	gic_irq_set_pending(SPI);
	expect_none("the SPI with ICC_IGRPEN1 off");
	guest_expect("pending with ICC_IGRPEN1 off", true, gic_irq_is_pending(SPI));
	gicv3_icc_write(ICC_IGRPEN1, 1);
	ack_one("the SPI with ICC_IGRPEN1 on", SPI);
	gic_irq_enable(SPI);
	guest_write(guest_gic.dist + GICD_CTLR, 0x13);
	gicv3_icc_write(ICC_IGRPEN0, 1);
	guest_write(guest_gic.dist + GICD_IGROUPR(SPI), 0);
	gic_irq_set_pending(SPI);
	expect_none("ICC_IAR1, of a group 0 interrupt");
	guest_expect("ICC_IAR0, of a group 0 interrupt", SPI, gicv3_icc_read(ICC_IAR0));
	gicv3_icc_write(ICC_EOIR0, SPI);
	guest_expect("active after ICC_EOIR0", false, gic_irq_is_active(SPI));
	gicv3_icc_write(ICC_IGRPEN0, 0);
	gic_irq_set_pending(SPI);
	guest_expect("ICC_IAR0, with ICC_IGRPEN0 off", INTID_SPURIOUS, gicv3_icc_read(ICC_IAR0));
	guest_done();
}

TEST_F(delivery_v3, groups)
{
	EXPECT_DELIVERY(1, group_enable, "interrupts of group 0 and of group 1");
}

/* ---- a VM whose only vCPU does not have id 0 ---- */

/*
 * Needs ARMv7: on arm64, KVM sometimes takes a vCPU's id for its index, which loses SGIs and makes
 * the host log warnings.
 */
#define RULE_FIXTURE	only_vcpu
#define RULE_VARIANTS	DEVATTR_V2
#define RULE_NEEDS	NEED_ARMV7
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/* With a single CPU interface, GICD_ITARGETSR is RAZ/WI or has only that interface's bit. */
static void only_vcpu(void)
{
	static const uint16_t intids[] = { 21, 32, SPI, MOST_IRQS - 1 };
	unsigned int i;

	gic_enable();
	gic_cpu_enable();
	for (i = 0; i < ARRAY_SIZE(intids); i++) {
		gic_irq_set_edge(intids[i], true);
		gic_irq_enable(intids[i]);
		if (intids[i] >= NR_PRIVATE)
			set_targets(intids[i], 0xff);
		gic_irq_set_pending(intids[i]);
		ack_one("an interrupt that was set pending", intids[i]);
	}
	guest_write(guest_gic.dist + GICD_SGIR, GICD_SGIR_TO_SELF | 3);
	ack_one("an SGI to the sender", 3);
	guest_request(LINE(SPI, 0, 1));
	ack_one("an edge of an SPI's line", SPI);
	expect_none("one more interrupt");
	guest_done();
}

TEST_F(only_vcpu, interrupts)
{
	unsigned int id;

	for (id = 1; id < GUEST_MAX_VCPUS; id += 3) {
		memset(&self->guest, 0, sizeof(self->guest));
		guest_create_one(&self->guest, id, only_vcpu);
		self->guest.on_request = set_line;
		ASSERT_OK(guest_gic_create(&self->guest, variant->dist, variant->cpu,
					   GUEST_DIST_IPA, GUEST_CPU_IPA, MOST_IRQS));
		EXPECT_GUEST_ENDS("the only vCPU has id %u", id);
		kvm_vm_free(self->guest.vm);
	}
}

#include "harness/rule_main.h"
