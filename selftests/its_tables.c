// SPDX-License-Identifier: GPL-2.0-only
/*
 * An ITS's tables in guest memory: what KVM_DEV_ARM_ITS_SAVE_TABLES writes, what
 * KVM_DEV_ARM_ITS_RESTORE_TABLES reads, and the pending tables of LPIs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_its.h"
#include "guest/guest_running.h"
#include "harness/its_fixture.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	its_tables
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm, other; struct its its, restored; uint8_t *memory
#include "harness/gic_fixture.h"

#define DEVICE		5U
#define EVENT		7U
#define LPI		8200U
#define ICID(cpu)	(3 + (cpu))
#define SZ_64K		0x10000ULL
#define OUTSIDE		(1ULL << 36)	/* guest physical addresses without memory */

/* Words of the tables. */
#define DTE(device)	(*its_word(self->memory, ITS_DEVICES_AT(0) + 8 * (device)))
#define CTE(n)		(*its_word(self->memory, ITS_COLLECTIONS_AT(0) + 8 * (n)))
#define ITE(itt, event)	(*its_word(self->memory, ITS_ITT_AT(0, itt) + 8 * (event)))

#define SAVE()		its_control(self->its.fd, ITS_SAVE_TABLES)
#define RESTORE()	its_control(self->restored.fd, ITS_RESTORE_TABLES)

#define MAP_COLLECTIONS() do {						\
	MAP_COLLECTION(ICID(0), 0);					\
	MAP_COLLECTION(ICID(1), 1);					\
} while (0)

/* A device with an event for each vCPU. */
#define OPEN_WITH_EVENTS() do {						\
	OPEN_ITS_WITH_LPIS();						\
	MAP_DEVICE(DEVICE, 0);						\
	MAP_COLLECTIONS();						\
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));				\
	MAP_EVENT(DEVICE, EVENT + 1, LPI + 1, ICID(1));			\
} while (0)

/* Another VM with the same memory, whose ITS has the same tables and has not read them. */
#define OPEN_OTHER() do {						\
	OPEN_IDLE_ITS(&self->other, &self->restored, self->memory);	\
	ENABLE_LPIS(&self->other);					\
	ASSERT_OK(its_place_tables(&self->restored));			\
} while (0)

/* For tests that write the tables themselves. */
#define OPEN_TO_RESTORE() do {						\
	self->memory = lpi_memory_map();				\
	OPEN_OTHER();							\
} while (0)

#define EXPECT_WORD(got, expected, what, ...) do {			\
	uint64_t got_ = got, expected_ = expected;			\
									\
	EXPECT_RULE_WORD(holds(got_ == expected_), what ": expected 0x%llx, got 0x%llx", \
			 ##__VA_ARGS__, (unsigned long long)expected_,	\
			 (unsigned long long)got_);			\
} while (0)

/* ---- saving ---- */

/* Devices are mapped in another order than the table's, with EventIDs of different sizes. */
TEST_F(its_tables, devices)
{
	OPEN_ITS_WITH_LPIS();
	ASSERT_COMMAND(its_mapd(5, ITT_IPA(1), 5));
	ASSERT_COMMAND(its_mapd(0x100, ITT_IPA(2), 1));
	ASSERT_COMMAND(its_mapd(2, ITT_IPA(0) + 0x700, 9));
	ASSERT_OK(SAVE());
	EXPECT_WORD(DTE(2), its_dte(3, ITT_IPA(0) + 0x700, 9), "device 2");
	EXPECT_WORD(DTE(5), its_dte(0xfb, ITT_IPA(1), 5), "device 5");
	EXPECT_WORD(DTE(0x100), its_dte(0, ITT_IPA(2), 1), "device 0x100, the last");
	EXPECT_WORD(DTE(3) >> 63, 0, "the valid bit of device 3, which is not mapped");
}

TEST_F(its_tables, events)
{
	OPEN_ITS_WITH_LPIS();
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTIONS();
	MAP_EVENT(DEVICE, 2047, LPI_LAST, ICID(0));
	MAP_EVENT(DEVICE, 0, LPI, ICID(1));
	MAP_EVENT(DEVICE, 7, LPI_FIRST, ICID(0));
	ASSERT_OK(SAVE());
	EXPECT_WORD(ITE(0, 0), its_ite(7, LPI, ICID(1)), "event 0");
	EXPECT_WORD(ITE(0, 7), its_ite(2040, LPI_FIRST, ICID(0)), "event 7");
	EXPECT_WORD(ITE(0, 2047), its_ite(0, LPI_LAST, ICID(0)), "event 2047, the last");
}

/* The order of the entries is not defined. */
TEST_F(its_tables, collections)
{
	unsigned int i, found = 0;

	OPEN_ITS_WITH_LPIS();
	MAP_COLLECTION(ICID(0), 1);
	MAP_COLLECTION(0, 0);
	MAP_COLLECTION(0x1fff, 1);
	ASSERT_OK(SAVE());
	for (i = 0; i < 3; i++) {
		found |= (CTE(i) == its_cte(1, ICID(0))) << 0;
		found |= (CTE(i) == its_cte(0, 0)) << 1;
		found |= (CTE(i) == its_cte(1, 0x1fff)) << 2;
	}
	EXPECT_RULE_WORD(holds(found == 7), "three collections: 0x%llx, 0x%llx, 0x%llx",
			 (unsigned long long)CTE(0), (unsigned long long)CTE(1),
			 (unsigned long long)CTE(2));
	EXPECT_WORD(CTE(3) >> 63, 0, "the valid bit after the last collection");
}

static void fill_with_collections(uint8_t *memory, uint64_t at)
{
	unsigned int i;

	for (i = 0; i < ITS_TABLE_ENTRIES; i++)
		*its_word(memory, at + 8 * i) = its_cte(0, 500 + i);
}

/* Old contents of the table must not count as collections. */
TEST_F(its_tables, terminator)
{
	OPEN_WITH_EVENTS();
	fill_with_collections(self->memory, ITS_COLLECTIONS_AT(0));
	ASSERT_OK(SAVE());
	EXPECT_WORD(CTE(1) >> 63, 1, "the valid bit of the second of two collections");
	EXPECT_WORD(CTE(2) >> 63, 0, "the valid bit after two collections");
	ASSERT_COMMAND(its_of_event(ITS_DISCARD, DEVICE, EVENT + 1));
	ASSERT_COMMAND(its_unmap_collection(ICID(1)));
	ASSERT_OK(SAVE());
	EXPECT_WORD(CTE(1) >> 63, 0, "the valid bit after one collection");
}

/* The collection table moves; the ITS is disabled while GITS_BASER<n> is written. */
TEST_F(its_tables, terminator_moves)
{
	OPEN_WITH_EVENTS();
	ASSERT_OK(SAVE());
	fill_with_collections(self->memory, ITS_SPARE_AT(0));
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, 0));
	ASSERT_OK(its_table_set(&self->its, ITS_COLLECTIONS, its_baser(ITS_SPARE_AT(0))));
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, GITS_CTLR_ENABLED));
	MAP_COLLECTIONS();
	ASSERT_OK(SAVE());
	EXPECT_WORD(*its_word(self->memory, ITS_SPARE_AT(0) + 8) >> 63, 1,
		    "the valid bit of the second of two collections");
	EXPECT_WORD(*its_word(self->memory, ITS_SPARE_AT(0) + 16) >> 63, 0,
		    "the valid bit after the last collection");
}

TEST_F(its_tables, nothing_mapped)
{
	OPEN_ITS_WITH_LPIS();
	fill_with_collections(self->memory, ITS_COLLECTIONS_AT(0));
	EXPECT_RULE(SAVE(), "save tables without devices and collections");
	EXPECT_EQ(0, CTE(0) >> 63);
	OPEN_OTHER();
	EXPECT_RULE(RESTORE(), "restore tables without devices and collections");
}

/* The device table's second page is where other tests have the collection table. */
#define SET_TWO_PAGES(its_) do {					\
	ASSERT_OK(its_table_set(its_, ITS_DEVICES, its_baser(ITS_DEVICES_AT(0)) | 1)); \
	ASSERT_OK(its_table_set(its_, ITS_COLLECTIONS, its_baser(ITS_SPARE_AT(0)))); \
} while (0)

TEST_F(its_tables, two_pages)
{
	OPEN_ITS_WITH_LPIS();
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, 0));
	SET_TWO_PAGES(&self->its);
	ASSERT_OK(its_enable(&self->its));
	MAP_COLLECTIONS();
	MAP_DEVICE(2 * ITS_TABLE_ENTRIES - 1, 0);
	MAP_EVENT(2 * ITS_TABLE_ENTRIES - 1, EVENT, LPI, ICID(0));
	MAP_DEVICE(2 * ITS_TABLE_ENTRIES, 1);
	MAP_EVENT(2 * ITS_TABLE_ENTRIES, EVENT, LPI + 1, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, 2 * ITS_TABLE_ENTRIES - 1, EVENT) == 1),
			 "the last device of two pages");
	EXPECT_RULE_WORD(holds(its_signal(&self->its, 2 * ITS_TABLE_ENTRIES, EVENT) == 0),
			 "the first device beyond two pages");
	ASSERT_OK(SAVE());
	EXPECT_WORD(DTE(2 * ITS_TABLE_ENTRIES - 1), its_dte(0, ITT_IPA(0), ITS_ITT_BITS),
		    "the last device's entry");
}

/* DeviceIDs of 16 bits need eight pages of the second level. Tests provide the first and fifth. */
#define L2_AT(n)	((n) ? ITS_ITT_AT(0, 8) : ITS_SPARE_AT(0))
#define L1(n)		DTE(n)
#define L1_ENTRY(n)	(GITS_BASER_VALID | its_ipa(L2_AT(n)))
#define L2_DTE(n, i)	(*its_word(self->memory, L2_AT(n) + 8 * (i)))

#define SET_INDIRECT(its_)						\
	ASSERT_OK(its_table_set(its_, ITS_DEVICES, GITS_BASER_INDIRECT |	\
				its_baser(ITS_DEVICES_AT(0))))

/* Devices 1 and 0x8001, each with an event. */
#define OPEN_INDIRECT() do {						\
	self->memory = lpi_memory_map();				\
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);		\
	ENABLE_LPIS(&self->vm);						\
	ASSERT_OK(its_place_tables(&self->its));			\
	SET_INDIRECT(&self->its);					\
	L1(0) = L1_ENTRY(0);						\
	L1(4) = L1_ENTRY(1);						\
	ASSERT_OK(its_enable(&self->its));				\
	MAP_COLLECTIONS();						\
	MAP_DEVICE(1, 0);						\
	MAP_DEVICE(0x8001, 1);						\
	MAP_EVENT(1, EVENT, LPI, ICID(0));				\
	MAP_EVENT(0x8001, EVENT, LPI + 1, ICID(1));			\
} while (0)

TEST_F(its_tables, indirect)
{
	OPEN_INDIRECT();
	ASSERT_OK(SAVE());
	EXPECT_WORD(L2_DTE(0, 1), its_dte(0x3fff, ITT_IPA(0), ITS_ITT_BITS),
		    "device 1, whose next device is beyond the range of the offset");
	EXPECT_WORD(L2_DTE(1, 1), its_dte(0, ITT_IPA(1), ITS_ITT_BITS), "device 0x8001");
}

TEST_F(its_tables, indirect_restored)
{
	OPEN_INDIRECT();
	ASSERT_OK(SAVE());
	OPEN_IDLE_ITS(&self->other, &self->restored, self->memory);
	ENABLE_LPIS(&self->other);
	ASSERT_OK(its_place_tables(&self->restored));
	SET_INDIRECT(&self->restored);
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 1, EVENT) == 1 &&
			       PENDING_AT(&self->other, LPI) == 1), "device 1");
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 0x8001, EVENT) == 1 &&
			       PENDING_AT(&self->other, LPI + 1) == 2), "device 0x8001");
}

/* A second level that OPEN_INDIRECT() has no entry for. */
#define SPARE_L2	ITT_IPA(12)

/* Expects that MAPD and MAPTI map an event of the device, or that they do not. */
#define EXPECT_DEVICE(mapped, device, what) do {				\
	MAP_DEVICE(device, 2);						\
	MAP_EVENT(device, EVENT, LPI + 2, ICID(0));			\
	EXPECT_RULE_WORD(holds(its_signal(&self->its, device, EVENT) == (mapped)), \
			 what ", 0x%x", device);			\
} while (0)

/* Fields of GITS_TYPER, both of 5 bits: the number of bits of an EventID and of a DeviceID. */
#define TYPER_ID_BITS	8
#define TYPER_DEVBITS	13

static unsigned int typer_bits(const struct its *its, unsigned int shift)
{
	uint64_t typer = 0;

	TEST_ASSERT(!its_reg_get(its->fd, GITS_TYPER, &typer), "GITS_TYPER can be read");
	return (typer >> shift & 0x1f) + 1;
}

/* A DeviceID without a second level cannot be mapped. */
TEST_F(its_tables, no_second_level)
{
	OPEN_INDIRECT();
	EXPECT_DEVICE(false, 0x2001, "a device without an entry of the first level");
	ASSERT_OK(SAVE());
	L1(1) = SPARE_L2;
	EXPECT_DEVICE(false, 0x2001, "a device whose entry of the first level has V = 0");
	L1(1) = GITS_BASER_VALID | OUTSIDE;
	EXPECT_DEVICE(false, 0x2001, "a device whose second level is outside of memory");
	ASSERT_EQ(1, its_signal(&self->its, 1, EVENT));
}

/* Both levels have room for one bit more than the ITS's DeviceIDs have. */
TEST_F(its_tables, device_bits)
{
	uint32_t beyond;

	OPEN_INDIRECT();
	if (typer_bits(&self->its, TYPER_DEVBITS) > 25)
		rule_skip("the first level has no entry for a DeviceID beyond the last");
	beyond = 1U << typer_bits(&self->its, TYPER_DEVBITS);
	L1(beyond / ITS_TABLE_ENTRIES - 1) = GITS_BASER_VALID | SPARE_L2;
	L1(beyond / ITS_TABLE_ENTRIES) = GITS_BASER_VALID | SPARE_L2;
	EXPECT_DEVICE(false, beyond, "the first device beyond the last");
	EXPECT_DEVICE(false, beyond + 1, "the second device beyond the last");
	EXPECT_DEVICE(true, beyond - 1, "the last device");
}

/* An ITT that is as large as the rest of the memory: 512 KiB. */
#define LARGE_ITT_AT	ITS_QUEUE_AT(1)
#define LARGE_ITT_BITS	16
#define LARGE_ITE(event)	(*its_word(self->memory, LARGE_ITT_AT + 8 * (event)))

/*
 * Only the first and the last EventID are mapped, so that the offset between them is the largest,
 * too.
 */
TEST_F(its_tables, event_bits)
{
	unsigned int bits, last;

	OPEN_ITS_WITH_LPIS();
	bits = typer_bits(&self->its, TYPER_ID_BITS);
	if (bits > LARGE_ITT_BITS)
		bits = LARGE_ITT_BITS;
	last = (1U << bits) - 1;
	MAP_COLLECTIONS();
	ASSERT_COMMAND(its_mapd(DEVICE, its_ipa(LARGE_ITT_AT), bits));
	MAP_EVENT(DEVICE, last, LPI + 1, ICID(1));
	MAP_EVENT(DEVICE, 0, LPI, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, last) == 1 &&
			       PENDING_AT(&self->vm, LPI + 1) == 2), "event %u, the last", last);
	ASSERT_OK(SAVE());
	EXPECT_WORD(LARGE_ITE(0), its_ite(last, LPI, ICID(0)), "event 0");
	EXPECT_WORD(LARGE_ITE(last), its_ite(0, LPI + 1, ICID(1)), "event %u", last);
	OPEN_OTHER();
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, last) == 1),
			 "event %u, restored", last);
}

/* MOVI changes the event's collection, not only the vCPU of its LPI. */
TEST_F(its_tables, moved_event)
{
	OPEN_WITH_EVENTS();
	ASSERT_COMMAND(its_of_event_to(ITS_MOVI, DEVICE, EVENT, ICID(1)));
	ASSERT_OK(SAVE());
	EXPECT_WORD(ITE(0, EVENT), its_ite(1, LPI, ICID(1)), "the event after MOVI");
	ASSERT_COMMAND(its_unmap_collection(ICID(0)));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 1 &&
			       PENDING_AT(&self->vm, LPI) == 2),
			 "the event without the collection that it had before");
}

/* ---- restoring ---- */

TEST_F(its_tables, restored)
{
	OPEN_WITH_EVENTS();
	ASSERT_OK(SAVE());
	OPEN_OTHER();
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, EVENT) <= 0),
			 "an MSI before the ITS is enabled");
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, EVENT) == 1 &&
			       PENDING_AT(&self->other, LPI) == 1),
			 "the first vCPU's event: LPI %u", LPI);
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, EVENT + 1) == 1 &&
			       PENDING_AT(&self->other, LPI + 1) == 2),
			 "the second vCPU's event: LPI %u", LPI + 1);
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, EVENT + 2) == 0),
			 "an event that was not mapped");
}

/* The only device is in the second of two pages. */
TEST_F(its_tables, two_pages_restored)
{
	const unsigned int last = 2 * ITS_TABLE_ENTRIES - 1;

	OPEN_TO_RESTORE();
	SET_TWO_PAGES(&self->restored);
	*its_word(self->memory, ITS_SPARE_AT(0)) = its_cte(0, ICID(0));
	DTE(last) = its_dte(0, ITT_IPA(0), ITS_ITT_BITS);
	ITE(0, EVENT) = its_ite(0, LPI, ICID(0));
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, last, EVENT) == 1),
			 "the last device of two pages");
}

/* Sparse tables, written by the test: the offsets skip invalid entries. */
TEST_F(its_tables, restored_sparse)
{
	OPEN_TO_RESTORE();
	CTE(0) = its_cte(1, ICID(1));
	DTE(3) = its_dte(4000, ITT_IPA(0), ITS_ITT_BITS);
	DTE(4003) = its_dte(0, ITT_IPA(1), ITS_ITT_BITS);
	ITE(0, 5) = its_ite(2000, LPI, ICID(1));
	ITE(0, 2005) = its_ite(0, LPI + 1, ICID(1));
	ITE(1, 2047) = its_ite(0, LPI + 2, ICID(1));
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 3, 5) == 1), "device 3, event 5");
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 3, 2005) == 1), "device 3, event 2005");
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 4003, 2047) == 1),
			 "device 4003, event 2047");
}

/* Bits 62 to 52 of a collection's entry are reserved. */
TEST_F(its_tables, reserved_bits)
{
	OPEN_TO_RESTORE();
	CTE(0) = its_cte(1, ICID(1)) | 0x7ffULL << 52;
	DTE(DEVICE) = its_dte(0, ITT_IPA(0), ITS_ITT_BITS);
	ITE(0, EVENT) = its_ite(0, LPI, ICID(1));
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, EVENT) == 1 &&
			       PENDING_AT(&self->other, LPI) == 2),
			 "an event of the collection");
}

/* Nothing after the last entry of a table is read. */
TEST_F(its_tables, restored_to_last)
{
	OPEN_TO_RESTORE();
	CTE(0) = its_cte(0, ICID(0));
	CTE(2) = its_cte(0, 0x7fff);
	DTE(3) = its_dte(0, ITT_IPA(0), ITS_ITT_BITS);
	DTE(4) = its_dte(0, OUTSIDE, ITS_ITT_BITS);
	ITE(0, 5) = its_ite(0, LPI, ICID(0));
	ITE(0, 6) = its_ite(0, LPI_FIRST - 1, 999);
	ASSERT_OK(RESTORE());
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 3, 5) == 1), "the last event");
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 3, 6) == 0),
			 "an event after the last");
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, 4, 5) == 0),
			 "a device after the last");
}

/*
 * After DISCARD or MAPD without V, memory still has the entries of an earlier SAVE_TABLES. A later
 * SAVE_TABLES has to remove them, so that they are not restored.
 */
#define EXPECT_GONE(device, event, what) do {				\
	ASSERT_OK(SAVE());						\
	OPEN_OTHER();							\
	ASSERT_OK(RESTORE());						\
	ASSERT_OK(its_enable(&self->restored));				\
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, device, event) == 0), what); \
} while (0)

TEST_F(its_tables, discarded_event)
{
	OPEN_WITH_EVENTS();
	ASSERT_OK(SAVE());
	ASSERT_COMMAND(its_of_event(ITS_DISCARD, DEVICE, EVENT));
	EXPECT_GONE(DEVICE, EVENT, "the first of two events, discarded");
	ASSERT_EQ(1, its_signal(&self->restored, DEVICE, EVENT + 1));
}

TEST_F(its_tables, discarded_last_event)
{
	OPEN_WITH_EVENTS();
	ASSERT_OK(SAVE());
	ASSERT_COMMAND(its_of_event(ITS_DISCARD, DEVICE, EVENT));
	ASSERT_COMMAND(its_of_event(ITS_DISCARD, DEVICE, EVENT + 1));
	EXPECT_GONE(DEVICE, EVENT + 1, "the last event of a device, discarded");
}

TEST_F(its_tables, unmapped_device)
{
	OPEN_WITH_EVENTS();
	MAP_DEVICE(DEVICE + 1, 1);
	MAP_EVENT(DEVICE + 1, EVENT, LPI + 2, ICID(0));
	ASSERT_OK(SAVE());
	ASSERT_COMMAND(its_unmap_device(DEVICE));
	EXPECT_GONE(DEVICE, EVENT, "the first of two devices, unmapped");
	ASSERT_EQ(1, its_signal(&self->restored, DEVICE + 1, EVENT));
}

TEST_F(its_tables, unmapped_last_device)
{
	OPEN_WITH_EVENTS();
	ASSERT_OK(SAVE());
	ASSERT_COMMAND(its_unmap_device(DEVICE));
	EXPECT_GONE(DEVICE, EVENT, "the only device, unmapped");
}

/* Skipped on kernels that oops in this test. */
TEST_F(its_tables, unmapped_collection)
{
	rule_skip_where_known(&self->run, "OOPS");
	OPEN_WITH_EVENTS();
	ASSERT_COMMAND(its_unmap_collection(ICID(0)));
	EXPECT_RULE(SAVE(), "save an event whose collection is not mapped");
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT + 1));
}

TEST_F(its_tables, collection_never_mapped)
{
	OPEN_WITH_EVENTS();
	MAP_EVENT(DEVICE, EVENT + 2, LPI + 2, 100);
	EXPECT_RULE(SAVE(), "save an event whose collection was never mapped");
	OPEN_OTHER();
	EXPECT_RULE(RESTORE(), "restore an event whose collection was never mapped");
	ASSERT_OK(its_enable(&self->restored));
	ASSERT_EQ(0, its_signal(&self->restored, DEVICE, EVENT + 2));
	ASSERT_OK(its_command(&self->restored, its_mapc(100, 1)));
	ASSERT_EQ(1, its_signal(&self->restored, DEVICE, EVENT + 2));
	ASSERT_EQ(2U, PENDING_AT(&self->other, LPI + 2));
}

/* ---- errors ---- */

/* Restores tables of one collection, device and event, with one wrong word. */
#define EXPECT_RESTORE_WITH(word, value, what, ...) do {			\
	OPEN_TO_RESTORE();						\
	CTE(0) = its_cte(0, ICID(0));					\
	DTE(DEVICE) = its_dte(0, ITT_IPA(0), ITS_ITT_BITS);		\
	ITE(0, EVENT) = its_ite(0, LPI, ICID(0));			\
	word = value;							\
	EXPECT_RULE(RESTORE(), what, ##__VA_ARGS__);			\
	abi_vm_close(&self->other);					\
} while (0)

TEST_F(its_tables, intid_too_low)
{
	EXPECT_RESTORE_WITH(ITE(0, EVENT), its_ite(0, LPI_FIRST - 1, ICID(0)), "INTID 8191");
	EXPECT_RESTORE_WITH(ITE(0, EVENT), its_ite(0, 40, ICID(0)), "INTID 40");
}

TEST_F(its_tables, intid_too_high)
{
	EXPECT_RESTORE_WITH(ITE(0, EVENT), its_ite(0, LPI_LAST + 1, ICID(0)), "INTID 65536");
}

TEST_F(its_tables, unknown_collection)
{
	EXPECT_RESTORE_WITH(ITE(0, EVENT), its_ite(0, LPI, ICID(1)), "a collection not saved");
}

TEST_F(its_tables, unknown_vcpu)
{
	EXPECT_RESTORE_WITH(CTE(0), its_cte(LPI_NR_VCPUS, ICID(0)), "vCPU 2 of two");
	EXPECT_RESTORE_WITH(CTE(0), its_cte(0xffff, ICID(0)), "vCPU 65535");
}

/* No event is in the collection, so that only its own entry is wrong. */
TEST_F(its_tables, collection_outside)
{
	EXPECT_RESTORE_WITH(CTE(1), its_cte(0, ITS_TABLE_ENTRIES), "ICID 0x%llx",
			    ITS_TABLE_ENTRIES);
	EXPECT_RESTORE_WITH(CTE(1), its_cte(0, 0xffff), "ICID 0xffff");
}

TEST_F(its_tables, collection_twice)
{
	EXPECT_RESTORE_WITH(CTE(1), its_cte(1, ICID(0)), "a collection with two entries");
}

/* GITS_TYPER.ID_bits says 16. */
TEST_F(its_tables, event_bits_too_many)
{
	EXPECT_RESTORE_WITH(DTE(DEVICE), its_dte(0, ITT_IPA(0), 17), "EventIDs of 17 bits");
	EXPECT_RESTORE_WITH(DTE(DEVICE), its_dte(0, ITT_IPA(0), 32), "EventIDs of 32 bits");
}

TEST_F(its_tables, next_event_outside)
{
	static const unsigned int next[] = { 1U << ITS_ITT_BITS, 0xffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(next); i++)
		EXPECT_RESTORE_WITH(ITE(0, EVENT), its_ite(next[i] - EVENT, LPI, ICID(0)),
				    "an offset to event 0x%x, beyond the ITT", next[i]);
}

TEST_F(its_tables, next_device_outside)
{
	EXPECT_RESTORE_WITH(DTE(DEVICE), its_dte(0x3fff, ITT_IPA(0), ITS_ITT_BITS),
			    "an offset to the next device that is beyond the table");
}

TEST_F(its_tables, itt_outside)
{
	EXPECT_RESTORE_WITH(DTE(DEVICE), its_dte(0, OUTSIDE, ITS_ITT_BITS),
			    "an ITT outside of memory");
}

/* Both tables of LPIs are read when an event is restored. */
TEST_F(its_tables, lpi_tables_outside)
{
	static const struct {
		const char *table;
		uint32_t offset;
		uint64_t value;
	} wrong[] = {
		{ "configuration", GICR_PROPBASER, OUTSIDE | (LPI_ID_BITS - 1) },
		{ "pending", GICR_PENDBASER, OUTSIDE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		self->memory = lpi_memory_map();
		OPEN_IDLE_ITS(&self->other, &self->restored, self->memory);
		ASSERT_OK(its_place_tables(&self->restored));
		ASSERT_OK(lpi_place_tables(&self->other, 0));
		ASSERT_OK(lpi_redist_set(&self->other, 0, wrong[i].offset, wrong[i].value));
		CTE(0) = its_cte(0, ICID(0));
		DTE(DEVICE) = its_dte(0, ITT_IPA(0), ITS_ITT_BITS);
		ITE(0, EVENT) = its_ite(0, LPI, ICID(0));
		EXPECT_RULE(RESTORE(), "restore with the %s table of LPIs outside of memory",
			    wrong[i].table);
		abi_vm_close(&self->other);
	}
}

TEST_F(its_tables, table_outside)
{
	static const unsigned int types[] = { ITS_DEVICES, ITS_COLLECTIONS };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		OPEN_TO_RESTORE();
		ASSERT_OK(its_table_set(&self->restored, types[i],
					GITS_BASER_VALID | GITS_BASER_64K_PAGES | OUTSIDE));
		EXPECT_RULE(RESTORE(), "restore a table of type %u outside of memory", types[i]);
	}
}

/* The first level refers to an address outside of memory, or to itself as the second level. */
TEST_F(its_tables, second_level_outside)
{
	OPEN_TO_RESTORE();
	SET_INDIRECT(&self->restored);
	L1(0) = GITS_BASER_VALID | OUTSIDE;
	EXPECT_RULE(RESTORE(), "a second level outside of memory");
	L1(0) = GITS_BASER_VALID | its_ipa(ITS_DEVICES_AT(0));
	EXPECT_RULE(RESTORE(),
		    "a first level that is also the second, with an ITT outside of memory");
}

/* KVM checks commands against the table, so the commands come before the table is moved outside. */
#define EXPECT_SAVED_OUTSIDE(type, what) do {				\
	OPEN_WITH_EVENTS();						\
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, 0));		\
	ASSERT_OK(its_table_set(&self->its, type,			\
				GITS_BASER_VALID | GITS_BASER_64K_PAGES | OUTSIDE)); \
	EXPECT_RULE(SAVE(), what);					\
} while (0)

TEST_F(its_tables, save_devices_outside)
{
	EXPECT_SAVED_OUTSIDE(ITS_DEVICES, "save a device table outside of memory");
}

TEST_F(its_tables, save_collections_outside)
{
	EXPECT_SAVED_OUTSIDE(ITS_COLLECTIONS, "save a collection table outside of memory");
}

TEST_F(its_tables, event_outside)
{
	OPEN_WITH_EVENTS();
	ASSERT_COMMAND(its_mapd(DEVICE + 1, OUTSIDE, ITS_ITT_BITS));
	MAP_EVENT(DEVICE + 1, EVENT, LPI + 2, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE + 1, EVENT) == 0),
			 "an event with its ITT outside of memory");
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	/* The memory ends after the first 0x200 entries of this ITT. */
	ASSERT_COMMAND(its_mapd(DEVICE + 2, its_ipa(LPI_MEMORY_SIZE - 8 * 0x200), ITS_ITT_BITS));
	MAP_EVENT(DEVICE + 2, 0x1ff, LPI + 3, ICID(0));
	MAP_EVENT(DEVICE + 2, 0x200, LPI + 4, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE + 2, 0x1ff) == 1),
			 "the last event with its entry inside of memory");
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE + 2, 0x200) == 0),
			 "the first event with its entry outside of memory");
}

TEST_F(its_tables, second_level_gone)
{
	OPEN_INDIRECT();
	L1(4) = 0;
	EXPECT_RULE(SAVE(), "save a device whose second level is no longer valid");
	L1(4) = L1_ENTRY(1);
	ASSERT_OK(SAVE());
}

/* Entries that were restored before the error must not remain after a reset. */
TEST_F(its_tables, usable_after_refusal)
{
	OPEN_TO_RESTORE();
	CTE(0) = its_cte(0, ICID(0));
	DTE(DEVICE) = its_dte(1, ITT_IPA(0), ITS_ITT_BITS);
	ITE(0, EVENT) = its_ite(1, LPI, ICID(0));
	ITE(0, EVENT + 1) = its_ite(0, LPI_FIRST - 1, ICID(0));
	DTE(DEVICE + 1) = its_dte(0, OUTSIDE, ITS_ITT_BITS);
	ASSERT_EQ(-EINVAL, RESTORE());
	ASSERT_OK(its_control(self->restored.fd, ITS_RESET));
	self->its = self->restored;
	ASSERT_OK(its_start(&self->its));
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTION(ICID(1), 1);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(1));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 1 &&
			       PENDING_AT(&self->other, LPI) == 2),
			 "an event that is mapped after a refusal and a reset");
}

/* If anything stayed from a refused restore, the next restore would find it a second time. */
TEST_F(its_tables, restored_after_refusal)
{
	OPEN_TO_RESTORE();
	CTE(0) = its_cte(0, ICID(0));
	CTE(1) = its_cte(LPI_NR_VCPUS, ICID(1));
	DTE(DEVICE) = its_dte(1, ITT_IPA(0), ITS_ITT_BITS);
	DTE(DEVICE + 1) = its_dte(0, OUTSIDE, ITS_ITT_BITS);
	ITE(0, EVENT) = its_ite(0, LPI, ICID(0));
	EXPECT_RULE_WORD(holds(RESTORE() == -EINVAL), "a collection of a vCPU that does not exist");
	CTE(1) = 0;
	EXPECT_RULE_WORD(holds(RESTORE() == -EFAULT), "then a device whose ITT is outside");
	DTE(DEVICE + 1) = its_dte(0, ITT_IPA(1), ITS_ITT_BITS);
	ITE(0, EVENT) = its_ite(0, LPI + 5, ICID(0));
	EXPECT_RULE_WORD(holds(RESTORE() == 0), "then tables without errors");
	ASSERT_OK(its_enable(&self->restored));
	EXPECT_RULE_WORD(holds(its_signal(&self->restored, DEVICE, EVENT) == 1 &&
			       PENDING_AT(&self->other, LPI + 5) == 1),
			 "the event of the last restore");
}

/* While the ITS is off, makes the table invalid and valid again. An event was delivered before. */
#define INVALIDATE_ONCE(table, at) do {					\
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));		\
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, 0));		\
	ASSERT_OK(its_table_set(&self->its, table, 0));			\
	ASSERT_OK(its_table_set(&self->its, table, its_baser(at)));	\
	ASSERT_OK(its_enable(&self->its));				\
} while (0)

TEST_F(its_tables, invalid_table)
{
	OPEN_WITH_EVENTS();
	INVALIDATE_ONCE(ITS_DEVICES, ITS_DEVICES_AT(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 0),
			 "an event of a device from before the device table was invalid");
	MAP_DEVICE(DEVICE, 0);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 1),
			 "the event when it is mapped again");
}

TEST_F(its_tables, invalid_collections)
{
	OPEN_WITH_EVENTS();
	INVALIDATE_ONCE(ITS_COLLECTIONS, ITS_COLLECTIONS_AT(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 0),
			 "an event of a collection from before the collection table was invalid");
	ASSERT_COMMAND(its_unmap_device(DEVICE));
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTION(ICID(0), 0);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 1),
			 "the event when device and collection are mapped again");
}

/* ---- controls ---- */

TEST_F(its_tables, reset)
{
	OPEN_WITH_EVENTS();
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	ASSERT_OK(its_control(self->its.fd, ITS_RESET));
	ASSERT_OK(its_start(&self->its));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 0),
			 "an event that was mapped before the reset");
	MAP_DEVICE(DEVICE, 0);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 0),
			 "an event in a collection that was mapped before the reset");
	MAP_COLLECTION(ICID(0), 0);
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 1),
			 "an event that is mapped again");
}

TEST_F(its_tables, reset_one)
{
	struct its second;
	uint64_t value;

	OPEN_WITH_EVENTS();
	ASSERT_OK(its_add(&second, &self->vm, 1, self->memory));
	ASSERT_OK(its_start(&second));
	ASSERT_OK(its_control(second.fd, ITS_RESET));
	ASSERT_OK(its_reg_get(self->its.fd, GITS_CTLR, &value));
	EXPECT_RULE_WORD(holds(value & GITS_CTLR_ENABLED), "the other ITS is enabled");
	EXPECT_RULE_WORD(holds(its_signal(&self->its, DEVICE, EVENT) == 1),
			 "the other ITS's event");
}

/* A reset does not change the tables in guest memory. */
TEST_F(its_tables, reset_keeps_memory)
{
	uint64_t dte, cte;

	OPEN_WITH_EVENTS();
	ASSERT_OK(SAVE());
	dte = DTE(DEVICE);
	cte = CTE(0);
	ASSERT_OK(its_control(self->its.fd, ITS_RESET));
	EXPECT_WORD(DTE(DEVICE), dte, "the device's entry");
	EXPECT_WORD(CTE(0), cte, "the collection's entry");
}

TEST_F(its_tables, reset_revision)
{
	uint64_t before, after;

	OPEN_WITH_EVENTS();
	ASSERT_OK(its_reg_get(self->its.fd, GITS_IIDR, &before));
	ASSERT_OK(its_control(self->its.fd, ITS_RESET));
	ASSERT_OK(its_reg_get(self->its.fd, GITS_IIDR, &after));
	EXPECT_WORD(after, before, "GITS_IIDR");
}

/* Entry sizes in GITS_TYPER and GITS_BASER<n>. */
TEST_F(its_tables, entry_sizes)
{
	unsigned int n;
	uint64_t value;

	OPEN_ITS_WITH_LPIS();
	ASSERT_OK(its_reg_get(self->its.fd, GITS_TYPER, &value));
	EXPECT_WORD((value >> 4 & 0xf) + 1, 8, "GITS_TYPER.ITT_entry_size");
	for (n = 0; n < GITS_NR_BASERS; n++) {
		ASSERT_OK(its_reg_get(self->its.fd, GITS_BASER(n), &value));
		if (GITS_BASER_TYPE(value))
			EXPECT_WORD((value >> 48 & 0x1f) + 1, 8, "GITS_BASER%u.Entry_Size", n);
	}
}

TEST_F(its_tables, without_tables)
{
	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);
	EXPECT_RULE(SAVE(), "save where GITS_BASER<n> have no table");
	self->restored = self->its;
	EXPECT_RULE(RESTORE(), "restore where GITS_BASER<n> have no table");
}

TEST_F(its_tables, without_address)
{
	int fd;

	self->memory = lpi_memory_map();
	OPEN_GIC_WITH_MEMORY(&self->vm, self->memory);
	fd = its_device_create(&self->vm);
	EXPECT_RULE(its_control(fd, ITS_SAVE_TABLES), "save, without an address");
	EXPECT_RULE(its_control(fd, ITS_RESTORE_TABLES), "restore, without an address");
}

/* ---- while a vCPU runs ---- */

struct attempts {
	struct its its;
	int save, restore, reset, pending, get, set;
};

static void attempt(struct guest *guest, unsigned int request)
{
	struct attempts *a = guest->context;
	uint64_t value;

	(void)request;
	a->save = its_control(a->its.fd, ITS_SAVE_TABLES);
	a->restore = its_control(a->its.fd, ITS_RESTORE_TABLES);
	a->reset = its_control(a->its.fd, ITS_RESET);
	a->pending = its_control(guest->abi.dev, GIC_SAVE_PENDING_TABLES);
	a->get = its_reg_get(a->its.fd, GITS_CBASER, &value);
	a->set = its_reg_set(a->its.fd, GITS_CBASER, 0);
}

#define RUN_WITH_CALLS(attempts_) do {					\
	struct guest guest_ = { .on_request = attempt, .context = attempts_ }; \
									\
	guest_create(&guest_, 2, request_while_running);		\
	SKIP_WITHOUT_ITS(&guest_.abi);					\
	ASSERT_OK(guest_gic_place(&guest_, variant->dist, variant->cpu,	\
				  GUEST_DIST_IPA, GUEST_CPU_IPA));	\
	ASSERT_OK(guest_its_add(&guest_, &(attempts_)->its, 1, lpi_memory_map())); \
	ASSERT_TRUE(guest_run(&guest_));				\
} while (0)

TEST_F(its_tables, while_running)
{
	struct attempts attempts;

	RUN_WITH_CALLS(&attempts);
	EXPECT_RULE(attempts.save, "KVM_DEV_ARM_ITS_SAVE_TABLES");
	EXPECT_RULE(attempts.restore, "KVM_DEV_ARM_ITS_RESTORE_TABLES");
	EXPECT_RULE(attempts.reset, "KVM_DEV_ARM_ITS_CTRL_RESET");
}

TEST_F(its_tables, registers_while_running)
{
	struct attempts attempts;

	RUN_WITH_CALLS(&attempts);
	EXPECT_RULE(attempts.get, "get GITS_CBASER");
	EXPECT_RULE(attempts.set, "set GITS_CBASER");
}

/* ---- pending tables ---- */

#define RULE_FIXTURE	pending_tables
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct its its; uint8_t *memory
#include "harness/gic_fixture.h"

#define PENDING_BYTE(cpu, intid)	self->memory[LPI_PENDING_AT(cpu) + (intid) / 8]

TEST_F(pending_tables, while_running)
{
	struct attempts attempts;

	RUN_WITH_CALLS(&attempts);
	EXPECT_RULE(attempts.pending, "KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES");
}

/* LPIs go to two vCPUs alternately, so that each byte has bits of both. */
TEST_F(pending_tables, saved)
{
	unsigned int i, cpu;

	OPEN_ITS_WITH_LPIS();
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTIONS();
	for (i = 0; i < 16; i++) {
		MAP_EVENT(DEVICE, i, LPI + i, ICID(i % 2));
		if (i != 5)
			ASSERT_EQ(1, its_signal(&self->its, DEVICE, i));
	}
	SAVE_PENDING();
	for (i = 0; i < 16; i++)
		for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++)
			EXPECT_RULE_WORD(holds(lpi_is_pending(self->memory, cpu, LPI + i) ==
					       (cpu == i % 2 && i != 5)),
					 "LPI %u at vCPU %u", LPI + i, cpu);
}

TEST_F(pending_tables, cleared)
{
	OPEN_WITH_EVENTS();
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	SAVE_PENDING();
	ASSERT_TRUE(lpi_is_pending(self->memory, 0, LPI));
	ASSERT_COMMAND(its_of_event(ITS_CLEAR, DEVICE, EVENT));
	SAVE_PENDING();
	EXPECT_RULE_WORD(holds(!lpi_is_pending(self->memory, 0, LPI)),
			 "an LPI that is no longer pending");
}

TEST_F(pending_tables, first_kilobyte)
{
	unsigned int i, kept = 0;

	OPEN_WITH_EVENTS();
	memset(self->memory + LPI_PENDING_AT(0), 0x5a, 1024);
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	SAVE_PENDING();
	for (i = 0; i < 1024; i++)
		kept += self->memory[LPI_PENDING_AT(0) + i] == 0x5a;
	EXPECT_RULE_WORD(holds(kept == 1024), "%u bytes of 1024 as they were", kept);
}

TEST_F(pending_tables, first_and_last)
{
	OPEN_WITH_EVENTS();
	MAP_EVENT(DEVICE, 20, LPI_FIRST, ICID(0));
	MAP_EVENT(DEVICE, 21, LPI_LAST, ICID(0));
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, 20));
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, 21));
	SAVE_PENDING();
	EXPECT_WORD(PENDING_BYTE(0, LPI_FIRST), 1, "the first LPI's byte");
	EXPECT_WORD(PENDING_BYTE(0, LPI_LAST), 0x80, "the last LPI's byte");
}

/* The second vCPU's table, which is empty, says nothing about the first vCPU's LPI. */
TEST_F(pending_tables, other_vcpu)
{
	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);
	ASSERT_OK(lpi_enable(&self->vm, 0));
	ASSERT_OK(its_start(&self->its));
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTION(ICID(0), 0);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	ASSERT_OK(lpi_enable(&self->vm, 1));
	EXPECT_RULE_WORD(holds(PENDING_AT(&self->vm, LPI) == 1),
			 "the first vCPU's LPI after the second vCPU's EnableLPIs");
}

TEST_F(pending_tables, not_initialized)
{
	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	EXPECT_RULE(its_control(self->vm.dev, GIC_SAVE_PENDING_TABLES),
		    "a GIC that is not initialized");
}

TEST_F(pending_tables, outside)
{
	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);
	ASSERT_OK(lpi_redist_set(&self->vm, 0, GICR_PROPBASER, lpi_propbaser(LPI_ID_BITS)));
	ASSERT_OK(lpi_redist_set(&self->vm, 0, GICR_PENDBASER, lpi_pendbaser(0)));
	ASSERT_OK(its_start(&self->its));
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTION(ICID(0), 0);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));
	/* Last, because MAPTI also reads the table. */
	ASSERT_OK(lpi_redist_set(&self->vm, 0, GICR_PENDBASER, OUTSIDE));
	EXPECT_RULE(its_control(self->vm.dev, GIC_SAVE_PENDING_TABLES),
		    "a pending table outside of memory");
}

TEST_F(pending_tables, has)
{
	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	EXPECT_RULE(abi_attr_has(self->vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
				 GIC_SAVE_PENDING_TABLES),
		    "KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES");
}

#include "harness/rule_main.h"
