// SPDX-License-Identifier: GPL-2.0-only
/*
 * LPIs in the guest, which gives an ITS its tables and commands, and acknowledges the LPIs.
 */
#include <stdlib.h>
#include <string.h>

#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_its.h"
#include "guest/guest_timer.h"
#include "harness/its_fixture.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	lpi
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct guest guest; struct its its[ITS_MAX]; uint8_t *memory
#include "harness/gic_fixture.h"

/* The event of most tests, and another event of the same device. */
#define DEVICE		5U
#define EVENT		7U
#define OTHER_EVENT	9U
#define LPI		8200U
#define OTHER_LPI	8201U
#define ICID(cpu)	(3 + (cpu))	/* the collection of a vCPU */
#define ABSENT_ICID	100

#define CREATE_LPI_GUEST(nr_vcpus, nr_its, code) do {			\
	guest_create(&self->guest, nr_vcpus, code);			\
	SKIP_WITHOUT_ITS(&self->guest.abi);				\
	PLACE_GIC();							\
	self->memory = lpi_memory_map();				\
	ASSERT_OK(guest_its_add(&self->guest, self->its, nr_its, self->memory)); \
} while (0)

#define EXPECT_LPIS(nr_vcpus, code, what) do {				\
	CREATE_LPI_GUEST(nr_vcpus, 1, code);				\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

/* ---- guest code that the tests share ---- */

/* Lets the calling vCPU acknowledge LPIs. */
static void accept_lpis(void)
{
	gic_cpu_enable();
	gic_marker_enable();
	guest_lpis_enable();
}

static void map_device(uint32_t device, unsigned int itt)
{
	guest_its_command(0, its_mapd(device, its_ipa(ITS_ITT_AT(0, itt)), ITS_ITT_BITS));
}

/* Maps an event to an LPI, which is enabled in the configuration table. */
static void map_event(uint32_t device, uint32_t event, uint32_t intid, uint16_t icid)
{
	guest_lpi_configure(intid, LPI_PRIORITY | LPI_ENABLED);
	guest_its_command(0, its_mapti(device, event, intid, icid));
}

static void command(enum its_opcode op, uint32_t event)
{
	guest_its_command(0, its_of_event(op, DEVICE, event));
}

/* Enables GIC and ITS, and maps EVENT to the calling vCPU. */
static void start(void)
{
	gic_enable();
	accept_lpis();
	guest_its_start(0);
	map_device(DEVICE, 0);
	guest_its_command(0, its_mapc(ICID(guest_cpu()), guest_cpu()));
	map_event(DEVICE, EVENT, LPI, ICID(guest_cpu()));
}

/* Expects the LPI to be the only interrupt that is pending for the calling vCPU. */
static void expect_lpi(const char *what, uint32_t intid)
{
	gic_send_marker(guest_cpu());
	gic_expect_before_marker(what, intid);
}

/* Expects EVENT to be mapped as start() maps it. */
static void expect_usable(const char *what)
{
	command(ITS_INT, EVENT);
	expect_lpi(what, LPI);
}

/*
 * For two vCPUs, which take turns: both enable LPIs. Then the first maps EVENT to itself, and
 * ICID(SECOND) to the second.
 */
static void start_pair(void)
{
	guest_turns_begin();
	if (guest_cpu() == FIRST) {
		start();
		guest_its_command(0, its_mapc(ICID(SECOND), SECOND));
	} else {
		accept_lpis();
	}
	guest_turn();
}

/* ---- delivery ---- */

static void interrupts(void)
{
	unsigned int i;

	start();
	gic_expect_none("interrupts before the first");
	for (i = 0; i < 3; i++)
		expect_usable("the LPI of the event");
	gic_expect_none("interrupts after the last");
	guest_done();
}

TEST_F(lpi, delivered)
{
	EXPECT_LPIS(1, interrupts, "INT of a mapped event");
}

static void pends_once(void)
{
	start();
	command(ITS_INT, EVENT);
	command(ITS_INT, EVENT);
	expect_lpi("the LPI of two events", LPI);
	guest_done();
}

TEST_F(lpi, pends_once)
{
	EXPECT_LPIS(1, pends_once, "two events before the LPI is acknowledged");
}

/* Until the EOI, the running priority equals the LPI's priority, and so masks the LPI. */
static void again_before_eoi(void)
{
	uint32_t ack;

	start();
	command(ITS_INT, EVENT);
	ack = gic_await_ack("the LPI");
	guest_expect("acknowledged INTID", LPI, gic_intid(ack));
	command(ITS_INT, EVENT);
	guest_expect("acknowledged before the EOI", INTID_SPURIOUS, gic_intid(gic_ack()));
	gic_eoi(ack);
	expect_lpi("the LPI that became pending before the EOI", LPI);
	guest_done();
}

TEST_F(lpi, again_before_eoi)
{
	EXPECT_LPIS(1, again_before_eoi, "an event between acknowledgement and EOI");
}

/* With EOImode 1 an EOI drops the priority only. */
static void not_deactivated(void)
{
	unsigned int i;

	start();
	gic_split_eoi(true);
	for (i = 0; i < 3; i++) {
		uint32_t ack;

		command(ITS_INT, EVENT);
		ack = gic_await_ack("the LPI, which was not deactivated");
		guest_expect("acknowledged INTID", LPI, gic_intid(ack));
		gic_eoi(ack);
	}
	guest_done();
}

TEST_F(lpi, no_active_state)
{
	EXPECT_LPIS(1, not_deactivated, "LPIs that are not deactivated");
}

#define NR_VCPUS	4

/* The LPI of vCPU n is LPI + n. */
static void each_vcpu(void)
{
	unsigned int cpu;

	guest_turns_begin();
	if (guest_cpu() == FIRST)
		gic_enable();
	accept_lpis();
	guest_turn();
	if (guest_cpu() == FIRST) {
		guest_its_start(0);
		map_device(DEVICE, 0);
		for (cpu = 0; cpu < NR_VCPUS; cpu++) {
			guest_its_command(0, its_mapc(ICID(cpu), cpu));
			map_event(DEVICE, cpu, LPI + cpu, ICID(cpu));
			command(ITS_INT, cpu);
		}
	}
	guest_turn();
	expect_lpi("the LPI of the vCPU's collection", LPI + guest_cpu());
	guest_done();
}

TEST_F(lpi, each_vcpu)
{
	EXPECT_LPIS(NR_VCPUS, each_vcpu, "collections of four vCPUs");
}

/* One LPI at a time, so that none waits for the EOI of another. */
static void intids(void)
{
	uint32_t bit;

	start();
	/* Each LPI may be mapped to one event only. */
	command(ITS_DISCARD, EVENT);
	for (bit = 1; bit <= LPI_LAST; bit <<= 1) {
		uint32_t intid = bit < LPI_FIRST ? LPI_FIRST + bit : bit;

		map_event(DEVICE, OTHER_EVENT, intid, ICID(FIRST));
		command(ITS_INT, OTHER_EVENT);
		expect_lpi("the LPI with one bit", intid);
		command(ITS_DISCARD, OTHER_EVENT);
	}
	map_event(DEVICE, OTHER_EVENT, LPI_LAST, ICID(FIRST));
	command(ITS_INT, OTHER_EVENT);
	expect_lpi("the last LPI", LPI_LAST);
	guest_done();
}

TEST_F(lpi, every_intid_bit)
{
	EXPECT_LPIS(1, intids, "INTIDs of one bit, and the last");
}

/* EventID 0 is mapped as well: if KVM loses the bit, the LPI of EventID 0 becomes pending. */
static void event_ids(void)
{
	unsigned int bit;

	start();
	map_event(DEVICE, 0, OTHER_LPI, ICID(FIRST));
	for (bit = 0; bit < ITS_ITT_BITS; bit++)
		map_event(DEVICE, 1U << bit, LPI + 100 + bit, ICID(FIRST));
	for (bit = 0; bit < ITS_ITT_BITS; bit++) {
		command(ITS_INT, 1U << bit);
		expect_lpi("the LPI of the EventID with one bit", LPI + 100 + bit);
	}
	command(ITS_INT, 0);
	expect_lpi("the LPI of EventID 0", OTHER_LPI);
	guest_done();
}

TEST_F(lpi, every_event_bit)
{
	EXPECT_LPIS(1, event_ids, "EventIDs of one bit");
}

/* Bits of DeviceIDs and ICIDs that fit into tables of one page. */
#define TABLE_BITS	13

static void device_ids(void)
{
	unsigned int bit;

	start();
	for (bit = 0; bit < TABLE_BITS; bit++) {
		map_device(1U << bit, 1 + bit);
		map_event(1U << bit, EVENT, LPI + 100 + bit, ICID(FIRST));
	}
	for (bit = 0; bit < TABLE_BITS; bit++) {
		guest_its_command(0, its_of_event(ITS_INT, 1U << bit, EVENT));
		expect_lpi("the LPI of the DeviceID with one bit", LPI + 100 + bit);
	}
	guest_done();
}

TEST_F(lpi, every_device_bit)
{
	EXPECT_LPIS(1, device_ids, "DeviceIDs of one bit");
}

/* Collections are mapped to the first and the second vCPU alternately. */
static void collection_ids(void)
{
	unsigned int bit;

	start_pair();
	if (guest_cpu() != FIRST)
		guest_done();
	for (bit = 0; bit < TABLE_BITS; bit++) {
		guest_its_command(0, its_mapc(1U << bit, bit % 2 ? SECOND : FIRST));
		map_event(DEVICE, 100 + bit, LPI + 100 + bit, 1U << bit);
	}
	for (bit = 0; bit < TABLE_BITS; bit += 2) {
		command(ITS_INT, 100 + bit);
		expect_lpi("the LPI in the collection with one bit", LPI + 100 + bit);
	}
	for (bit = 1; bit < TABLE_BITS; bit += 2)
		command(ITS_INT, 100 + bit);
	gic_expect_none("LPIs in collections of another vCPU");
	guest_done();
}

TEST_F(lpi, every_collection_bit)
{
	EXPECT_LPIS(2, collection_ids, "ICIDs of one bit");
}

static volatile unsigned int taken, ready;
static volatile uint32_t last_intid;

static void handle_interrupt(void)
{
	uint32_t ack = gic_ack();

	if (gic_intid(ack) == INTID_SPURIOUS)
		return;
	last_intid = gic_intid(ack);
	gic_eoi(ack);
	taken++;
}

/*
 * The first vCPU runs without exits until an LPI interrupts it. The second vCPU makes the LPI
 * pending by a command or, if @by_msi, by a request for KVM_SIGNAL_MSI.
 */
static void interrupt(bool by_msi)
{
	if (guest_cpu() == FIRST) {
		start();
		guest_irqs_on();
		ready = 1;
		guest_await("an LPI while code runs", &taken, 1);
		guest_expect("acknowledged INTID", LPI, last_intid);
	} else {
		guest_await("the first vCPU runs", &ready, 1);
		if (by_msi)
			guest_request(EVENT);
		else
			command(ITS_INT, EVENT);
	}
	guest_done();
}

static void interrupt_running(void)
{
	interrupt(false);
}

TEST_F(lpi, interrupts_running)
{
	CREATE_LPI_GUEST(2, 1, interrupt_running);
	guest_on_irq(&self->guest, handle_interrupt);
	EXPECT_GUEST_ENDS("INT by another vCPU");
}

static void wake(void)
{
	if (guest_cpu() == FIRST) {
		start();
		ready = 1;
		while (!taken) {
			guest_wfi();
			guest_irqs_on();
			guest_irqs_off();
		}
		guest_expect("acknowledged INTID", LPI, last_intid);
	} else {
		guest_await("the first vCPU sleeps soon", &ready, 1);
		command(ITS_INT, EVENT);
	}
	guest_done();
}

TEST_F(lpi, wakes_wfi)
{
	CREATE_LPI_GUEST(2, 1, wake);
	guest_on_irq(&self->guest, handle_interrupt);
	EXPECT_GUEST_ENDS("a vCPU in WFI");
}

/* ---- configuration: enable and priority ---- */

static void configure(uint32_t intid, uint32_t event, uint8_t config)
{
	guest_lpi_configure(intid, config);
	command(ITS_INV, event);
}

static void inv(void)
{
	start();
	configure(LPI, EVENT, LPI_PRIORITY);
	command(ITS_INT, EVENT);
	gic_expect_none("the LPI while disabled");
	configure(LPI, EVENT, LPI_PRIORITY | LPI_ENABLED);
	expect_lpi("the LPI that is pending when it is enabled", LPI);
	guest_done();
}

TEST_F(lpi, inv)
{
	EXPECT_LPIS(1, inv, "an LPI disabled and enabled");
}

static void mapped_disabled(void)
{
	start();
	guest_lpi_configure(OTHER_LPI, LPI_PRIORITY);
	guest_its_command(0, its_mapti(DEVICE, OTHER_EVENT, OTHER_LPI, ICID(FIRST)));
	command(ITS_INT, OTHER_EVENT);
	gic_expect_none("an LPI that is disabled when it is mapped");
	command(ITS_INT, EVENT);
	expect_lpi("only the LPI that is enabled", LPI);
	guest_done();
}

TEST_F(lpi, mapped_disabled)
{
	EXPECT_LPIS(1, mapped_disabled, "an LPI that is disabled when it is mapped");
}

/* The first vCPU maps four LPIs of the second, which are pending before they are enabled. */
static void invall(void)
{
	unsigned int i;

	start_pair();
	if (guest_cpu() == FIRST) {
		for (i = 0; i < 4; i++) {
			guest_lpi_configure(LPI + 10 + i, LPI_PRIORITY);
			guest_its_command(0, its_mapti(DEVICE, 10 + i, LPI + 10 + i,
						       ICID(SECOND)));
			command(ITS_INT, 10 + i);
		}
	}
	guest_turn();
	gic_expect_none("LPIs while disabled");
	guest_turn();
	if (guest_cpu() == FIRST) {
		for (i = 0; i < 4; i++)
			guest_lpi_configure(LPI + 10 + i, (0x20 * i + 0x10) | LPI_ENABLED);
		guest_its_command(0, its_invall(ICID(SECOND)));
	}
	guest_turn();
	/* In the order of their priorities. */
	for (i = 0; guest_cpu() == SECOND && i < 4; i++) {
		uint32_t ack = gic_await_ack("the next LPI");

		guest_expect("INTID in the order of priorities", LPI + 10 + i, gic_intid(ack));
		guest_expect("priority of the LPI", 0x20 * i + 0x10, gic_running_priority());
		gic_eoi(ack);
	}
	gic_expect_none("more LPIs than are mapped");
	guest_done();
}

TEST_F(lpi, invall)
{
	EXPECT_LPIS(2, invall, "four LPIs enabled by one INVALL");
}

/* A GICv3 has at least five bits of priority; the marker has 0xf0. */
#define PRIORITY_STEP	8
#define PRIORITIES	(0xf0 / PRIORITY_STEP)

/* The LPIs become pending in another order than that of their priorities. */
static void priorities(void)
{
	unsigned int i, scrambled;

	start();
	for (i = 0; i < PRIORITIES; i++) {
		scrambled = i * 7 % PRIORITIES;
		guest_lpi_configure(LPI + 100 + scrambled, scrambled * PRIORITY_STEP | LPI_ENABLED);
		guest_its_command(0, its_mapti(DEVICE, 100 + i, LPI + 100 + scrambled,
					       ICID(FIRST)));
	}
	gic_set_priority_mask(0);
	for (i = 0; i < PRIORITIES; i++)
		command(ITS_INT, 100 + i);
	gic_set_priority_mask(0xff);
	for (i = 0; i < PRIORITIES; i++) {
		uint32_t ack = gic_await_ack("the LPI of the next priority");

		guest_expect("INTID in the order of priorities", LPI + 100 + i, gic_intid(ack));
		guest_expect("ICC_RPR", i * PRIORITY_STEP, gic_running_priority());
		gic_eoi(ack);
	}
	gic_expect_none("more LPIs than events");
	guest_done();
}

TEST_F(lpi, priorities)
{
	EXPECT_LPIS(1, priorities, "LPIs of all priorities at once");
}

/* The LPI is signalled before it is masked, so that it is known to be pending. */
static void masked(void)
{
	unsigned int priority;

	start();
	for (priority = 0; priority < 0xf0; priority += PRIORITY_STEP) {
		configure(LPI, EVENT, priority | LPI_ENABLED);
		command(ITS_INT, EVENT);
		guest_await_that("the LPI is signalled", guest_irq_is_signalled(), priority);
		gic_set_priority_mask(priority);
		guest_expect("acknowledged with its priority masked", INTID_SPURIOUS,
			     gic_intid(gic_ack()));
		gic_set_priority_mask(priority + PRIORITY_STEP);
		guest_expect("acknowledged with its priority just unmasked", LPI,
			     gic_intid(gic_ack()));
		gic_eoi(LPI);
		gic_set_priority_mask(0xff);
	}
	guest_done();
}

TEST_F(lpi, masked)
{
	EXPECT_LPIS(1, masked, "the priority mask at an LPI's priority and below");
}

/* ---- commands ---- */

static void clear(void)
{
	start();
	gic_set_priority_mask(0);
	command(ITS_INT, EVENT);
	command(ITS_CLEAR, EVENT);
	gic_set_priority_mask(0xff);
	gic_expect_none("the LPI after CLEAR");
	expect_usable("the LPI of an event after CLEAR");
	guest_done();
}

TEST_F(lpi, clear)
{
	EXPECT_LPIS(1, clear, "CLEAR of a pending LPI");
}

static void discard(void)
{
	start();
	map_event(DEVICE, OTHER_EVENT, OTHER_LPI, ICID(FIRST));
	command(ITS_DISCARD, EVENT);
	command(ITS_INT, EVENT);
	gic_expect_none("an event after DISCARD");
	command(ITS_INT, OTHER_EVENT);
	expect_lpi("the LPI of the other event", OTHER_LPI);
	map_event(DEVICE, EVENT, LPI, ICID(FIRST));
	gic_expect_none("the LPI when it is mapped again");
	expect_usable("the LPI that is mapped again");
	guest_done();
}

TEST_F(lpi, discard)
{
	EXPECT_LPIS(1, discard, "DISCARD of an event");
}

static void discard_pending(void)
{
	start();
	gic_set_priority_mask(0);
	command(ITS_INT, EVENT);
	command(ITS_DISCARD, EVENT);
	gic_set_priority_mask(0xff);
	gic_expect_none("the pending LPI after DISCARD");
	guest_done();
}

TEST_F(lpi, discard_pending)
{
	EXPECT_LPIS(1, discard_pending, "DISCARD of a pending LPI");
}

/* MAPI makes the EventID the INTID, so EventIDs need more bits than in other tests. */
static void mapi(void)
{
	start();
	guest_its_command(0, its_unmap_device(DEVICE));
	guest_its_command(0, its_mapd(DEVICE, its_ipa(ITS_ITT_AT(0, 0)), 14));
	guest_lpi_configure(OTHER_LPI, LPI_PRIORITY | LPI_ENABLED);
	guest_its_command(0, its_of_event_to(ITS_MAPI, DEVICE, OTHER_LPI, ICID(FIRST)));
	command(ITS_INT, OTHER_LPI);
	expect_lpi("the LPI with the EventID's number", OTHER_LPI);
	guest_done();
}

TEST_F(lpi, mapi)
{
	EXPECT_LPIS(1, mapi, "MAPI");
}

/*
 * The first vCPU masks EVENT's LPI, makes it pending and executes @move; then the LPI has to arrive
 * at the second vCPU. If not @moves_pending, the LPI becomes pending after @move. @moves_mapping:
 * later LPIs of EVENT go to the second vCPU, too.
 */
static void move_event(struct its_command move, bool moves_pending, bool moves_mapping)
{
	start_pair();
	if (guest_cpu() == FIRST) {
		gic_set_priority_mask(0);
		if (moves_pending)
			command(ITS_INT, EVENT);
		guest_its_command(0, move);
		if (!moves_pending)
			command(ITS_INT, EVENT);
		gic_set_priority_mask(0xff);
		gic_expect_none("the LPI at the vCPU that had it before");
	}
	guest_turn();
	if (guest_cpu() == SECOND)
		expect_lpi("the LPI at the other vCPU", LPI);
	guest_turn();
	if (guest_cpu() == FIRST && moves_mapping) {
		command(ITS_INT, EVENT);
		gic_expect_none("a later LPI at the vCPU that had it before");
	}
	guest_turn();
	if (guest_cpu() == SECOND && moves_mapping)
		expect_lpi("a later LPI at the other vCPU", LPI);
	guest_done();
}

static void movi(void)
{
	move_event(its_of_event_to(ITS_MOVI, DEVICE, EVENT, ICID(SECOND)), true, true);
}

TEST_F(lpi, movi)
{
	EXPECT_LPIS(2, movi, "MOVI of a pending LPI");
}

static void movall(void)
{
	move_event(its_movall(FIRST, SECOND), true, false);
}

TEST_F(lpi, movall)
{
	EXPECT_LPIS(2, movall, "MOVALL with a pending LPI");
}

static void mapc_again(void)
{
	move_event(its_mapc(ICID(FIRST), SECOND), false, true);
}

TEST_F(lpi, mapc_again)
{
	EXPECT_LPIS(2, mapc_again, "MAPC of a collection to another vCPU");
}

static void unmapped_collection(void)
{
	start();
	guest_its_command(0, its_unmap_collection(ICID(FIRST)));
	command(ITS_INT, EVENT);
	gic_expect_none("an event of an unmapped collection");
	guest_its_command(0, its_mapc(ICID(FIRST) + 1, FIRST));
	map_event(DEVICE, OTHER_EVENT, OTHER_LPI, ICID(FIRST) + 1);
	command(ITS_INT, OTHER_EVENT);
	expect_lpi("the LPI of another collection", OTHER_LPI);
	guest_done();
}

TEST_F(lpi, unmapped_collection)
{
	EXPECT_LPIS(1, unmapped_collection, "MAPC that unmaps a collection");
}

/* The collection is mapped after its event. */
static void collection_later(void)
{
	start();
	map_event(DEVICE, OTHER_EVENT, OTHER_LPI, ABSENT_ICID);
	command(ITS_INT, OTHER_EVENT);
	gic_expect_none("an event of a collection that is not mapped yet");
	guest_its_command(0, its_mapc(ABSENT_ICID, FIRST));
	command(ITS_INT, OTHER_EVENT);
	expect_lpi("the LPI when its collection is mapped", OTHER_LPI);
	guest_done();
}

TEST_F(lpi, collection_later)
{
	EXPECT_LPIS(1, collection_later, "MAPTI before MAPC");
}

static void unmapped_device(void)
{
	start();
	map_device(DEVICE + 1, 1);
	map_event(DEVICE + 1, EVENT, OTHER_LPI, ICID(FIRST));
	guest_its_command(0, its_unmap_device(DEVICE));
	command(ITS_INT, EVENT);
	gic_expect_none("an event of an unmapped device");
	/* MAPD has unmapped the device's events, too. */
	map_device(DEVICE, 0);
	command(ITS_INT, EVENT);
	gic_expect_none("an event from before the device was mapped again");
	guest_its_command(0, its_of_event(ITS_INT, DEVICE + 1, EVENT));
	expect_lpi("the LPI of the other device", OTHER_LPI);
	map_event(DEVICE, EVENT, LPI, ICID(FIRST));
	expect_usable("the LPI of the device that is mapped again");
	guest_done();
}

TEST_F(lpi, unmapped_device)
{
	EXPECT_LPIS(1, unmapped_device, "MAPD that unmaps a device");
}

static void pending_unmapped(void)
{
	start();
	gic_set_priority_mask(0);
	command(ITS_INT, EVENT);
	guest_its_command(0, its_unmap_device(DEVICE));
	map_device(DEVICE, 0);
	map_event(DEVICE, EVENT, LPI, ICID(FIRST));
	gic_set_priority_mask(0xff);
	expect_usable("the LPI after its device was mapped again, once");
	guest_done();
}

TEST_F(lpi, remapped)
{
	EXPECT_LPIS(1, pending_unmapped, "a device unmapped and mapped with a pending LPI");
}

static void synchronized(void)
{
	start();
	guest_its_queue(0, its_of_event(ITS_INT, DEVICE, EVENT));
	guest_its_queue(0, its_sync(FIRST));
	guest_its_run(0);
	expect_lpi("the LPI after SYNC", LPI);
	guest_done();
}

TEST_F(lpi, sync)
{
	EXPECT_LPIS(1, synchronized, "SYNC");
}

/*
 * Each command has one parameter that does not exist or is out of range. After each of them, INT of
 * EVENT has to work as before, and no other LPI may become pending.
 */
static void malformed(void)
{
	const struct its_command commands[] = {
		/* unmapped device, event, collection */
		its_of_event(ITS_INT, DEVICE + 1, EVENT),
		its_of_event(ITS_INT, DEVICE | 0x10000, EVENT),
		its_of_event(ITS_INT, DEVICE, OTHER_EVENT),
		its_of_event(ITS_INT, DEVICE, EVENT | 0x10000),
		its_of_event(ITS_INT, DEVICE, EVENT | 0x80000000),
		its_of_event(ITS_CLEAR, DEVICE, OTHER_EVENT),
		its_of_event(ITS_DISCARD, DEVICE, EVENT | 0x10000),
		its_of_event(ITS_DISCARD, DEVICE + 1, EVENT),
		its_of_event(ITS_INV, DEVICE, OTHER_EVENT),
		its_invall(ABSENT_ICID),
		its_of_event_to(ITS_MOVI, DEVICE, OTHER_EVENT, ICID(FIRST)),
		its_of_event_to(ITS_MOVI, DEVICE, EVENT, ABSENT_ICID),
		its_mapti(DEVICE + 1, EVENT, OTHER_LPI, ICID(FIRST)),
		/* an INTID that is not an LPI, or has too many bits */
		its_mapti(DEVICE, OTHER_EVENT, 0, ICID(FIRST)),
		its_mapti(DEVICE, OTHER_EVENT, 40, ICID(FIRST)),
		its_mapti(DEVICE, OTHER_EVENT, INTID_SPURIOUS, ICID(FIRST)),
		its_mapti(DEVICE, OTHER_EVENT, LPI_FIRST - 1, ICID(FIRST)),
		its_mapti(DEVICE, OTHER_EVENT, LPI_LAST + 1, ICID(FIRST)),
		its_mapti(DEVICE, OTHER_EVENT, 0x80000000 | OTHER_LPI, ICID(FIRST)),
		its_of_event_to(ITS_MAPI, DEVICE, OTHER_EVENT, ICID(FIRST)),
		/* an EventID beyond the device's */
		its_mapti(DEVICE, 1 << ITS_ITT_BITS | EVENT, OTHER_LPI, ICID(FIRST)),
		/* vCPUs and tables that do not exist */
		its_mapc(ICID(FIRST), 1),
		its_mapc(ICID(FIRST), 0xffff),
		its_mapc(ITS_TABLE_ENTRIES, FIRST),
		its_movall(FIRST, 1),
		its_movall(1, FIRST),
		its_mapd(DEVICE, its_ipa(ITS_ITT_AT(0, 1)), 17),
		its_mapd(ITS_TABLE_ENTRIES, its_ipa(ITS_ITT_AT(0, 1)), ITS_ITT_BITS),
		/* unknown opcodes */
		{ { 0x00 } }, { { 0x02 } }, { { 0x06 } }, { { 0x07 } }, { { 0x7f } },
		{ { 0xff } },
	};
	unsigned int i;

	start();
	guest_lpi_configure(OTHER_LPI, LPI_PRIORITY | LPI_ENABLED);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		guest_its_command(0, commands[i]);
		gic_expect_none("after a malformed command");
		command(ITS_INT, EVENT);
		gic_send_marker(guest_cpu());
		gic_expect_before_marker("the LPI after a malformed command", LPI);
	}
	/* No command has mapped OTHER_EVENT. */
	command(ITS_INT, OTHER_EVENT);
	gic_expect_none("an event that no command has mapped");
	guest_done();
}

TEST_F(lpi, malformed)
{
	EXPECT_LPIS(1, malformed, "commands with errors");
}

/* ---- the queue ---- */

#define QUEUE_COMMANDS	(ITS_QUEUE_SIZE / sizeof(struct its_command))

/* Each round begins at a different place in the queue, and the third wraps. */
static void queue_wraps(void)
{
	const unsigned int batch = QUEUE_COMMANDS / 3 + 1;
	unsigned int round, i;

	start();
	map_event(DEVICE, OTHER_EVENT, OTHER_LPI, ICID(FIRST));
	for (round = 0; round < 7; round++) {
		for (i = 0; i < batch - 1; i++)
			guest_its_queue(0, its_of_event(ITS_INT, DEVICE, OTHER_EVENT));
		guest_its_queue(0, its_of_event(ITS_CLEAR, DEVICE, OTHER_EVENT));
		guest_its_queue(0, its_of_event(ITS_INT, DEVICE, EVENT));
		gic_set_priority_mask(0);
		guest_its_run(0);
		gic_set_priority_mask(0xff);
		expect_lpi("only the last command's LPI", LPI);
	}
	guest_done();
}

TEST_F(lpi, queue_wraps)
{
	EXPECT_LPIS(1, queue_wraps, "a queue that wraps round");
}

static void disabled_its(void)
{
	uint64_t read;

	start();
	guest_write(ITS_FRAME(0) + GITS_CTLR, 0);
	read = guest_its_read(0, GITS_CREADR);
	guest_its_queue(0, its_of_event(ITS_INT, DEVICE, EVENT));
	guest_its_set_cwriter(0);
	gic_expect_none("a command while the ITS is disabled");
	guest_expect("GITS_CREADR of a disabled ITS", read, guest_its_read(0, GITS_CREADR));
	guest_write(ITS_FRAME(0) + GITS_CTLR, GITS_CTLR_ENABLED);
	expect_lpi("the command when the ITS is enabled", LPI);
	guest_expect("GITS_CREADR of an enabled ITS", guest_its_read(0, GITS_CWRITER),
		     guest_its_read(0, GITS_CREADR));
	expect_usable("the mapping from before the ITS was disabled");
	guest_done();
}

TEST_F(lpi, disabled_its)
{
	EXPECT_LPIS(1, disabled_its, "a disabled ITS");
}

/* ---- two ITSs ---- */

static void two_its(void)
{
	unsigned int its;

	start();
	guest_its_start(1);
	guest_its_command(1, its_mapd(DEVICE, its_ipa(ITS_ITT_AT(1, 0)), ITS_ITT_BITS));
	guest_its_command(1, its_of_event(ITS_INT, DEVICE, EVENT));
	gic_expect_none("an event that only the other ITS has");
	guest_its_command(1, its_mapc(ICID(FIRST), FIRST));
	guest_lpi_configure(OTHER_LPI, LPI_PRIORITY | LPI_ENABLED);
	guest_its_command(1, its_mapti(DEVICE, EVENT, OTHER_LPI, ICID(FIRST)));
	for (its = 0; its < 2; its++) {
		guest_its_command(its, its_of_event(ITS_INT, DEVICE, EVENT));
		expect_lpi("the LPI of the ITS", its ? OTHER_LPI : LPI);
	}
	guest_its_command(1, its_unmap_device(DEVICE));
	expect_usable("the first ITS's mapping without the second's");
	guest_done();
}

TEST_F(lpi, two_its)
{
	CREATE_LPI_GUEST(1, 2, two_its);
	EXPECT_GUEST_ENDS("two ITSs with the same device and event");
}

/* ---- the redistributor's side ---- */

/* GICR_PROPBASER.IDbits is for INTIDs of @bits bits; LPIs exist up to those of @valid bits. */
static void expect_id_bits(unsigned int bits, unsigned int valid)
{
	gic_enable();
	gic_cpu_enable();
	gic_marker_enable();
	guest_lpi_tables_set_bits(bits);
	guest_lpis_turn_on();
	guest_its_start(0);
	map_device(DEVICE, 0);
	guest_its_command(0, its_mapc(ICID(FIRST), FIRST));
	map_event(DEVICE, EVENT, (1U << valid) - 1, ICID(FIRST));
	map_event(DEVICE, OTHER_EVENT, 1U << valid, ICID(FIRST));
	command(ITS_INT, EVENT);
	expect_lpi("the last LPI", (1U << valid) - 1);
	command(ITS_INT, OTHER_EVENT);
	gic_expect_none("the first INTID with too many bits");
	guest_done();
}

/* The configuration table has LPIs up to 16383. */
static void id_bits(void)
{
	expect_id_bits(14, 14);
}

TEST_F(lpi, id_bits)
{
	EXPECT_LPIS(1, id_bits, "INTIDs with fewer bits than the ITS has");
}

/* The page of the configuration table also has room for the byte of the INTID after LPI_LAST. */
static void id_bits_too_many(void)
{
	unsigned int bits = (guest_read(guest_gic.dist + GICD_TYPER) >> 19 & 0x1f) + 1;

	/*
	 * If the GIC has more INTIDs than the tables have room for, the test uses only as many as
	 * fit.
	 */
	if (bits > LPI_ID_BITS)
		expect_id_bits(LPI_ID_BITS, LPI_ID_BITS);
	expect_id_bits(bits + 4, bits);
}

TEST_F(lpi, id_bits_too_many)
{
	EXPECT_LPIS(1, id_bits_too_many, "INTIDs with more bits than the GIC has");
}

static void tables_fixed(void)
{
	start();
	guest_lpi_tables_set_bits(14);
	map_event(DEVICE, OTHER_EVENT, 1U << 14, ICID(FIRST));
	command(ITS_INT, OTHER_EVENT);
	expect_lpi("an LPI of more bits than GICR_PROPBASER was set to", 1U << 14);
	guest_done();
}

TEST_F(lpi, tables_fixed)
{
	EXPECT_LPIS(1, tables_fixed, "GICR_PROPBASER written while LPIs are enabled");
}

static void pending_table_fixed(void)
{
	uint64_t va = guest_redistributor() + GICR_PENDBASER, before;

	start();
	before = guest_read_double(va);
	guest_write_double(va, lpi_pendbaser(SECOND));
	guest_expect("GICR_PENDBASER", before, guest_read_double(va));
	guest_done();
}

TEST_F(lpi, pending_table_fixed)
{
	EXPECT_LPIS(1, pending_table_fixed, "GICR_PENDBASER written while LPIs are enabled");
}

/* start(), but without GICR_CTLR.EnableLPIs, and without EVENT. */
static void start_without_lpis(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_marker_enable();
	guest_lpi_tables_set_bits(LPI_ID_BITS);
	guest_its_start(0);
	map_device(DEVICE, 0);
	guest_its_command(0, its_mapc(ICID(FIRST), FIRST));
}

static void lpis_disabled(void)
{
	start_without_lpis();
	map_event(DEVICE, EVENT, LPI, ICID(FIRST));
	command(ITS_INT, EVENT);
	gic_expect_none("an LPI where GICR_CTLR.EnableLPIs is 0");
	guest_done();
}

TEST_F(lpi, lpis_disabled)
{
	EXPECT_LPIS(1, lpis_disabled, "a vCPU without LPIs");
}

/*
 * Masks of LPIs: bit n is LPI + n, of event n. LPIs that are pending share a byte of the pending
 * table with LPIs that are not.
 */
#define NR_MASKED	12
#define MAPPED_FIRST	0x80fU
#define MAPPED_LATER	0x070U
#define PENDING		0x85aU

/* Maps LPIs, which are disabled. */
static void map_masked(uint32_t mask)
{
	unsigned int n;

	for (n = 0; n < NR_MASKED; n++) {
		if (!(mask >> n & 1))
			continue;
		guest_lpi_configure(LPI + n, LPI_PRIORITY);
		guest_its_command(0, its_mapti(DEVICE, n, LPI + n, ICID(FIRST)));
	}
}

/* Enables the LPIs one at a time, so that each is acknowledged alone. */
static void expect_pending(uint32_t mask)
{
	unsigned int n;

	for (n = 0; n < NR_MASKED; n++) {
		if (!(mask >> n & 1))
			continue;
		configure(LPI + n, n, LPI_PRIORITY | LPI_ENABLED);
		if (PENDING >> n & 1)
			expect_lpi("an LPI that is pending in the table", LPI + n);
		else
			gic_expect_none("an LPI that is not pending in the table");
	}
}

static void pending_table(void)
{
	uint8_t *table = (uint8_t *)(uintptr_t)its_ipa(LPI_PENDING_AT(FIRST));
	unsigned int n;

	start_without_lpis();
	map_masked(MAPPED_FIRST);
	for (n = 0; n < NR_MASKED; n++)
		if (PENDING >> n & 1)
			table[(LPI + n) / 8] |= 1U << ((LPI + n) % 8);
	guest_lpis_turn_on();
	expect_pending(MAPPED_FIRST);
	map_masked(MAPPED_LATER);
	expect_pending(MAPPED_LATER);
	/* LPI + 4 is no longer pending, so it is not pending when it is mapped again. */
	command(ITS_DISCARD, 4);
	map_event(DEVICE, 4, LPI + 4, ICID(FIRST));
	gic_expect_none("an LPI of the table that was acknowledged, and is mapped again");
	guest_done();
}

TEST_F(lpi, pending_table)
{
	EXPECT_LPIS(1, pending_table, "LPIs that are pending in the table");
}

/* Clears EnableLPIs and returns true, or returns false where that is not supported. */
static bool turn_off(void)
{
	uint64_t va = guest_redistributor() + GICR_CTLR;
	uint32_t ctlr;

	guest_write(va, 0);
	guest_await_that("GICR_CTLR.RWP is 0", !((ctlr = guest_read(va)) & GICR_CTLR_RWP), ctlr);
	if (ctlr & GICR_CTLR_CES)
		guest_expect("GICR_CTLR.EnableLPIs after it was cleared", 0,
			     ctlr & GICR_CTLR_ENABLE_LPIS);
	return !(ctlr & GICR_CTLR_ENABLE_LPIS);
}

static void turned_off(void)
{
	start();
	gic_set_priority_mask(0);
	command(ITS_INT, EVENT);
	if (!turn_off())
		guest_done();
	gic_set_priority_mask(0xff);
	gic_expect_none("an LPI that was pending when GICR_CTLR.EnableLPIs was cleared");
	command(ITS_INT, EVENT);
	gic_expect_none("an LPI after GICR_CTLR.EnableLPIs was cleared");
	guest_lpis_turn_on();
	expect_usable("the LPI when GICR_CTLR.EnableLPIs is set again");
	guest_done();
}

TEST_F(lpi, turned_off)
{
	EXPECT_LPIS(1, turned_off, "GICR_CTLR.EnableLPIs cleared, and set again");
}

/* Only the change from 0 to 1 makes the redistributor read the pending table. */
static void turned_on_again(void)
{
	uint64_t va = guest_redistributor() + GICR_CTLR;

	start();
	guest_expect("GICR_CTLR.EnableLPIs", GICR_CTLR_ENABLE_LPIS,
		     guest_read(va) & GICR_CTLR_ENABLE_LPIS);
	gic_set_priority_mask(0);
	command(ITS_INT, EVENT);
	guest_lpis_turn_on();
	gic_set_priority_mask(0xff);
	expect_lpi("the LPI that was pending when EnableLPIs was written again", LPI);
	guest_done();
}

TEST_F(lpi, turned_on_again)
{
	EXPECT_LPIS(1, turned_on_again, "GICR_CTLR.EnableLPIs written as 1 where it is 1");
}

/* ---- registers of the redistributor that invalidate ---- */

static void await_sync(void)
{
	uint64_t va = guest_redistributor() + GICR_SYNCR;
	uint32_t busy;

	guest_await_that("GICR_SYNCR.Busy is 0", !((busy = guest_read(va)) & 1), busy);
}

/* Writes @value to @reg, after a change of the configuration. */
static void invalidate(unsigned int reg, uint64_t value)
{
	__sync_synchronize();
	guest_write_double(guest_redistributor() + reg, value);
	await_sync();
}

/* Disables and enables the LPI in its configuration, with a write to @reg after each change. */
static void invalidate_by(unsigned int reg, uint64_t value)
{
	start();
	if (!(guest_read(guest_redistributor() + GICR_CTLR) & GICR_CTLR_IR))
		guest_done();
	guest_lpi_configure(LPI, LPI_PRIORITY);
	invalidate(reg, value);
	command(ITS_INT, EVENT);
	gic_expect_none("the LPI while disabled");
	guest_lpi_configure(LPI, LPI_PRIORITY | LPI_ENABLED);
	/* INTIDs that are not LPIs, and an LPI that is not mapped. */
	invalidate(GICR_INVLPIR, 5);
	invalidate(GICR_INVLPIR, 40);
	invalidate(GICR_INVLPIR, LPI_FIRST - 1);
	invalidate(GICR_INVLPIR, LPI_LAST);
	invalidate(reg, value);
	expect_lpi("the LPI that is pending when it is enabled", LPI);
	guest_lpi_configure(LPI, LPI_PRIORITY);
	invalidate(reg, value);
	command(ITS_INT, EVENT);
	gic_expect_none("the LPI while disabled again");
	guest_done();
}

static void invlpir(void)
{
	invalidate_by(GICR_INVLPIR, LPI);
}

TEST_F(lpi, invlpir)
{
	EXPECT_LPIS(1, invlpir, "an LPI disabled and enabled by GICR_INVLPIR");
}

static void invallr(void)
{
	invalidate_by(GICR_INVALLR, 0);
}

TEST_F(lpi, invallr)
{
	EXPECT_LPIS(1, invallr, "an LPI disabled and enabled by GICR_INVALLR");
}

/* ---- registers of 64 bits ---- */

#define PROPBASER_FIELDS	0x000ffffffffff01fULL	/* without the memory's attributes */
#define PENDBASER_FIELDS	0x000fffffffff0000ULL

static void one_access(void)
{
	uint64_t rd = guest_redistributor(), its = ITS_FRAME(0), end;
	struct its_command *queue = (struct its_command *)(uintptr_t)its_ipa(ITS_QUEUE_AT(0));

	start_without_lpis();
	guest_write_double(rd + GICR_PROPBASER, 0x0000000a54321000ULL | (LPI_ID_BITS - 1));
	guest_expect("GICR_PROPBASER", 0x0000000a54321000ULL | (LPI_ID_BITS - 1),
		     guest_read_double(rd + GICR_PROPBASER) & PROPBASER_FIELDS);
	guest_write_double(rd + GICR_PENDBASER, 0x0000000b98760000ULL | GICR_PENDBASER_PTZ);
	guest_expect("GICR_PENDBASER, whose PTZ reads as 0", 0x0000000b98760000ULL,
		     guest_read_double(rd + GICR_PENDBASER) &
		     (PENDBASER_FIELDS | GICR_PENDBASER_PTZ));
	guest_lpis_enable();
	map_event(DEVICE, EVENT, LPI, ICID(FIRST));
	end = guest_read_double(its + GITS_CWRITER);
	guest_expect("GITS_CREADR", end, guest_read_double(its + GITS_CREADR));
	queue[end / sizeof(*queue)] = its_of_event(ITS_INT, DEVICE, EVENT);
	__sync_synchronize();
	end += sizeof(*queue);
	guest_write_double(its + GITS_CWRITER, end);
	expect_lpi("the LPI of a command after GITS_CWRITER was written", LPI);
	guest_write_double(its + GITS_CREADR, 0);
	guest_expect("GITS_CREADR, which is read-only", end, guest_read_double(its + GITS_CREADR));
	guest_done();
}

TEST_F(lpi, one_access)
{
	EXPECT_LPIS(1, one_access, "registers of 64 bits, each in one access");
}

/* ---- KVM_SIGNAL_MSI ---- */

/* A guest request: signals event @event by KVM_SIGNAL_MSI. */
static void signal_event(struct guest *guest, unsigned int event)
{
	int ret = its_signal(guest->context, DEVICE, event);

	if (ret <= 0)
		fprintf(stderr, "KVM_SIGNAL_MSI of event %u: expected above 0, got %d\n", event,
			ret);
}

#define CREATE_MSI_GUEST(nr_vcpus, code) do {				\
	CREATE_LPI_GUEST(nr_vcpus, 1, code);				\
	self->guest.on_request = signal_event;				\
	self->guest.context = &self->its[0];				\
} while (0)

static void ack_msis(void)
{
	unsigned int i;

	start();
	map_event(DEVICE, OTHER_EVENT, OTHER_LPI, ICID(FIRST));
	for (i = 0; i < 3; i++) {
		guest_request(EVENT);
		expect_lpi("the LPI of the MSI", LPI);
		guest_request(OTHER_EVENT);
		expect_lpi("the LPI of another MSI", OTHER_LPI);
	}
	/* If KVM caches translations, it has to notice changes. */
	map_event(DEVICE, OTHER_EVENT + 1, OTHER_LPI + 1, ICID(FIRST));
	command(ITS_DISCARD, OTHER_EVENT);
	map_event(DEVICE, OTHER_EVENT, OTHER_LPI + 2, ICID(FIRST));
	guest_request(OTHER_EVENT);
	expect_lpi("the LPI of the MSI that is mapped again", OTHER_LPI + 2);
	guest_request(OTHER_EVENT + 1);
	expect_lpi("the LPI of an MSI that was mapped later", OTHER_LPI + 1);
	guest_done();
}

TEST_F(lpi, msi)
{
	CREATE_MSI_GUEST(1, ack_msis);
	EXPECT_GUEST_ENDS("KVM_SIGNAL_MSI");
}

/* The second vCPU's thread signals while the first runs. */
static void msi_to_running(void)
{
	interrupt(true);
}

TEST_F(lpi, msi_interrupts_running)
{
	CREATE_MSI_GUEST(2, msi_to_running);
	guest_on_irq(&self->guest, handle_interrupt);
	EXPECT_GUEST_ENDS("KVM_SIGNAL_MSI by another thread");
}

/* ---- LPIs of a VM that was saved ---- */

static void ack_restored(void)
{
	guest_turns_begin();
	gic_cpu_enable();
	gic_marker_enable();
	/* One LPI of each vCPU is pending, and one is not. */
	expect_lpi("the LPI that was pending", LPI + guest_cpu());
	guest_turn();
	if (guest_cpu() == FIRST) {
		command(ITS_INT, 10 + FIRST);
		command(ITS_INT, 10 + SECOND);
	}
	guest_turn();
	expect_lpi("an LPI not pending, through its restored mapping", LPI + 10 + guest_cpu());
	guest_done();
}

/* Affinity routing, and group 1 enabled. */
#define GICD_CTLR_V3_ON	0x12

#define RESTORE_GITS(reg) do {						\
	ASSERT_OK(its_reg_get(old.fd, reg, &value));			\
	ASSERT_OK(its_reg_set(self->its[0].fd, reg, value));		\
} while (0)

/* In the order of arm-vgic-its.rst, ITS Restore Sequence. */
TEST_F(lpi, pending_restored)
{
	struct abi_vm vm;
	struct its old;
	unsigned int cpu, n;
	uint64_t value;

	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&vm, &old, self->memory);
	ASSERT_OK(its_start(&old));
	ASSERT_OK(its_command(&old, its_mapd(DEVICE, its_ipa(ITS_ITT_AT(0, 0)), ITS_ITT_BITS)));
	for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++) {
		ASSERT_OK(lpi_enable(&vm, cpu));
		lpi_configure(self->memory, LPI + cpu, LPI_PRIORITY | LPI_ENABLED);
		lpi_configure(self->memory, LPI + 10 + cpu, LPI_PRIORITY | LPI_ENABLED);
		ASSERT_OK(its_command(&old, its_mapc(ICID(cpu), cpu)));
		ASSERT_OK(its_command(&old, its_mapti(DEVICE, cpu, LPI + cpu, ICID(cpu))));
		ASSERT_OK(its_command(&old, its_mapti(DEVICE, 10 + cpu, LPI + 10 + cpu,
						      ICID(cpu))));
		ASSERT_EQ(1, its_signal(&old, DEVICE, cpu));
	}
	ASSERT_OK(its_control(old.fd, ITS_SAVE_TABLES));
	ASSERT_OK(its_control(vm.dev, GIC_SAVE_PENDING_TABLES));

	guest_create(&self->guest, LPI_NR_VCPUS, ack_restored);
	PLACE_GIC();
	ASSERT_OK(guest_its_add(&self->guest, self->its, 1, self->memory));
	ASSERT_OK(vgic_reg_set(self->guest.abi.dev, DIST_REGS, 0, GICD_CTLR, GICD_CTLR_V3_ON));
	for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++)
		ASSERT_OK(lpi_enable(&self->guest.abi, cpu));
	RESTORE_GITS(GITS_CBASER);
	RESTORE_GITS(GITS_CREADR);
	RESTORE_GITS(GITS_CWRITER);
	for (n = 0; n < GITS_NR_BASERS; n++)
		RESTORE_GITS(GITS_BASER(n));
	ASSERT_OK(its_control(self->its[0].fd, ITS_RESTORE_TABLES));
	RESTORE_GITS(GITS_CTLR);
	EXPECT_GUEST_ENDS("two vCPUs' LPIs, restored in another VM");
}

#include "harness/rule_main.h"
