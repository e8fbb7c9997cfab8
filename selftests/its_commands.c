// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of an ITS, at the limits of their fields. No vCPU runs: KVM_SIGNAL_MSI shows which
 * events are mapped, and KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES which vCPU has which LPI pending.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/its_fixture.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	its_commands
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct its its; uint8_t *memory
#include "harness/gic_fixture.h"

#define DEVICE		5U
#define EVENT(cpu)	(7U + (cpu))
#define LPI(n)		(8200U + (n))	/* LPI(cpu) is that of EVENT(cpu) */
#define ICID(cpu)	(3 + (cpu))
#define OTHER_ICID	100	/* not mapped */
#define OUTSIDE		(1ULL << 36)	/* a guest physical address without memory */

/* Each vCPU has a collection with an event. */
#define OPEN_WITH_EVENTS() do {						\
	unsigned int event_cpu_;					\
									\
	OPEN_ITS_WITH_LPIS();						\
	MAP_DEVICE(DEVICE, 0);						\
	for (event_cpu_ = 0; event_cpu_ < LPI_NR_VCPUS; event_cpu_++) {	\
		MAP_COLLECTION(ICID(event_cpu_), event_cpu_);		\
		MAP_EVENT(DEVICE, EVENT(event_cpu_), LPI(event_cpu_), ICID(event_cpu_)); \
	}								\
} while (0)

/* KVM_SIGNAL_MSI of an event: 1 if it is mapped to a mapped collection, otherwise 0. */
#define EXPECT_SIGNAL(expected, device, event, what, ...) do {		\
	int got_ = its_signal(&self->its, device, event);		\
									\
	EXPECT_RULE_WORD(holds(got_ == (expected)), what ": expected %d, got %d", \
			 ##__VA_ARGS__, expected, got_);		\
} while (0)

/* @mask has a bit for each vCPU that should have the LPI pending. */
#define EXPECT_PENDING(mask, intid, what) do {				\
	unsigned int at_ = PENDING_AT(&self->vm, intid);		\
									\
	EXPECT_RULE_WORD(holds(at_ == (mask)),				\
			 what ": expected the vCPUs 0x%x, got 0x%x", mask, at_); \
} while (0)

/* ---- each bit of a field ---- */

/* Each command differs in one bit from a valid one for EVENT(0) or its collection. */
TEST_F(its_commands, every_bit)
{
	unsigned int bit;

	OPEN_WITH_EVENTS();
	for (bit = 4; bit < 8; bit++)
		ASSERT_COMMAND(its_of_event(ITS_INT | 1U << bit, DEVICE, EVENT(0)));
	for (bit = 0; bit < 32; bit++) {
		ASSERT_COMMAND(its_of_event(ITS_INT, DEVICE ^ 1U << bit, EVENT(0)));
		ASSERT_COMMAND(its_of_event(ITS_INT, DEVICE, EVENT(0) ^ 1U << bit));
	}
	EXPECT_PENDING(0U, LPI(0), "the LPI after INT with another opcode, DeviceID or EventID");
	for (bit = 0; bit < 16; bit++)
		ASSERT_COMMAND(its_unmap_collection(ICID(0) ^ 1U << bit));
	EXPECT_SIGNAL(1, DEVICE, EVENT(0), "an event after MAPC that unmaps other collections");
	EXPECT_SIGNAL(1, DEVICE, EVENT(1), "an event of another vCPU");
}

/* vCPU 2 is the first that does not exist, so each power of two from 2 on names an absent vCPU. */
TEST_F(its_commands, absent_vcpu)
{
	unsigned int bit, cpu;

	OPEN_WITH_EVENTS();
	for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++)
		ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT(cpu)));
	for (bit = 1; bit < 32; bit++) {
		for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++) {
			ASSERT_COMMAND(its_movall(1U << bit, cpu));
			ASSERT_COMMAND(its_movall(cpu, 1U << bit));
		}
		MAP_COLLECTION(OTHER_ICID + bit, 1U << bit);
		MAP_EVENT(DEVICE, 100 + bit, LPI(100 + bit), OTHER_ICID + bit);
		EXPECT_SIGNAL(0, DEVICE, 100 + bit, "an event of vCPU 0x%x", 1U << bit);
	}
	EXPECT_PENDING(1U, LPI(0), "the first vCPU's LPI after MOVALL of absent vCPUs");
	EXPECT_PENDING(2U, LPI(1), "the second vCPU's LPI after MOVALL of absent vCPUs");
}

TEST_F(its_commands, event_beyond)
{
	unsigned int bit;

	OPEN_WITH_EVENTS();
	for (bit = ITS_ITT_BITS; bit < 32; bit++) {
		MAP_EVENT(DEVICE, 1U << bit, LPI(100), ICID(0));
		EXPECT_SIGNAL(0, DEVICE, 1U << bit, "event 0x%x of 11 bits", 1U << bit);
		MAP_EVENT(DEVICE, 1U << bit | EVENT(0), LPI(100), ICID(0));
		EXPECT_SIGNAL(0, DEVICE, 1U << bit | EVENT(0), "event 0x%x of 11 bits",
			      1U << bit | EVENT(0));
	}
	ASSERT_COMMAND(its_mapd(DEVICE + 1, ITT_IPA(1), 1));
	MAP_EVENT(DEVICE + 1, 1, LPI(101), ICID(0));
	MAP_EVENT(DEVICE + 1, 2, LPI(102), ICID(0));
	EXPECT_SIGNAL(1, DEVICE + 1, 1, "event 1 of one bit");
	EXPECT_SIGNAL(0, DEVICE + 1, 2, "event 2 of one bit");
}

/* The event is not delivered, whether MAPC or MAPTI names the collection first. */
TEST_F(its_commands, collection_beyond)
{
	static const uint16_t icids[] = { ITS_TABLE_ENTRIES, 0x4000, 0x8000, 0xfffe };
	unsigned int i, event = 20;

	OPEN_WITH_EVENTS();
	for (i = 0; i < ARRAY_SIZE(icids); i++, event += 2) {
		MAP_COLLECTION(icids[i], 0);
		MAP_EVENT(DEVICE, event, LPI(event), icids[i]);
		EXPECT_SIGNAL(0, DEVICE, event, "MAPC, then MAPTI with ICID 0x%x", icids[i]);
		MAP_EVENT(DEVICE, event + 1, LPI(event + 1), icids[i] + 1);
		MAP_COLLECTION(icids[i] + 1, 0);
		EXPECT_SIGNAL(0, DEVICE, event + 1, "MAPTI, then MAPC with ICID 0x%x",
			      icids[i] + 1);
	}
	MAP_COLLECTION(ITS_TABLE_ENTRIES - 1, 0);
	MAP_EVENT(DEVICE, 19, LPI(19), ITS_TABLE_ENTRIES - 1);
	EXPECT_SIGNAL(1, DEVICE, 19, "the last ICID of the table");
}

/* ---- what is mapped already, or not mapped ---- */

TEST_F(its_commands, movi_unmapped)
{
	OPEN_WITH_EVENTS();
	MAP_EVENT(DEVICE, 20, LPI(20), OTHER_ICID);
	ASSERT_COMMAND(its_of_event_to(ITS_MOVI, DEVICE, EVENT(0), OTHER_ICID));
	EXPECT_SIGNAL(1, DEVICE, EVENT(0), "MOVI to a collection that is not mapped");
	EXPECT_PENDING(1U, LPI(0), "the LPI after MOVI to a collection that is not mapped");
	ASSERT_COMMAND(its_of_event_to(ITS_MOVI, DEVICE, 20, ICID(0)));
	EXPECT_SIGNAL(0, DEVICE, 20, "MOVI from a collection that is not mapped");
	MAP_COLLECTION(OTHER_ICID, 1);
	EXPECT_SIGNAL(1, DEVICE, 20, "MAPC of the event's collection");
	EXPECT_PENDING(2U, LPI(20), "the LPI after MAPC of the event's collection");
}

/* The new ITT is empty. */
TEST_F(its_commands, mapd_again)
{
	OPEN_WITH_EVENTS();
	MAP_DEVICE(DEVICE, 1);
	EXPECT_SIGNAL(0, DEVICE, EVENT(0), "an event from before the second MAPD");
	MAP_EVENT(DEVICE, EVENT(1), LPI(1), ICID(1));
	EXPECT_SIGNAL(1, DEVICE, EVENT(1), "an event that is mapped again");
	ASSERT_OK(its_control(self->its.fd, ITS_SAVE_TABLES));
	EXPECT_RULE_WORD(holds(*its_word(self->memory, ITS_DEVICES_AT(0) + 8 * DEVICE) ==
			       its_dte(0, ITT_IPA(1), ITS_ITT_BITS)),
			 "the device's entry has the second ITT");
	ASSERT_COMMAND(its_unmap_device(DEVICE));
	EXPECT_SIGNAL(0, DEVICE, EVENT(1), "an event of the unmapped device");
}

/*
 * The command's Size field means 32 EventID bits, more than GITS_TYPER allows. A MAPD that unmaps a
 * device does not use the field.
 */
TEST_F(its_commands, unmap_any_size)
{
	const struct its_command unmap = { { ITS_MAPD | (uint64_t)DEVICE << 32, 0x1f } };

	OPEN_WITH_EVENTS();
	ASSERT_COMMAND(unmap);
	EXPECT_SIGNAL(0, DEVICE, EVENT(0), "the device after MAPD without V");
}

/* KVM_SIGNAL_MSI may have any result as long as the LPI's configuration has not been read. */
TEST_F(its_commands, configuration_outside)
{
	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);
	ASSERT_OK(lpi_redist_set(&self->vm, 0, GICR_PROPBASER, OUTSIDE | (LPI_ID_BITS - 1)));
	ASSERT_OK(its_start(&self->its));
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTION(ICID(0), 0);
	MAP_EVENT(DEVICE, EVENT(0), LPI(0), ICID(0));
	ASSERT_OK(lpi_enable(&self->vm, 0));
	its_signal(&self->its, DEVICE, EVENT(0));
	ASSERT_COMMAND(its_of_event(ITS_INT, DEVICE, EVENT(0)));
	ASSERT_COMMAND(its_unmap_device(DEVICE));
	MAP_DEVICE(DEVICE, 1);
	MAP_EVENT(DEVICE, EVENT(0), LPI(0), ICID(0));
	EXPECT_SIGNAL(1, DEVICE, EVENT(0), "the event when its configuration can be read");
	EXPECT_PENDING(1U, LPI(0), "the LPI when its configuration can be read");
}

#include "harness/rule_main.h"
