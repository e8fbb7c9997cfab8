// SPDX-License-Identifier: GPL-2.0-only
#include "guest_gic.h"
#include "guest_its.h"
#include "guest_pages.h"

/* ---- the host's side ---- */

int guest_its_add(struct guest *guest, struct its *its, unsigned int nr, uint8_t *memory)
{
	int ret = lpi_memory_add(&guest->abi, memory);
	unsigned int i;

	for (i = 0; !ret && i < nr; i++) {
		ret = its_add(&its[i], &guest->abi, i, memory);
		guest_map_device(guest, ITS_FRAME(i), ITS_FRAME_SIZE);
	}
	guest_map_pages(guest->vm, LPI_MEMORY_IPA, LPI_MEMORY_IPA,
			LPI_MEMORY_SIZE / guest->vm->page_size, false);
	return ret;
}

/* ---- the guest's side ---- */

/* Number of commands in the queue after GITS_CWRITER. */
static uint32_t put[ITS_MAX];

static void write_pair(uint64_t va, uint64_t value)
{
	guest_write(va, value);
	guest_write(va + 4, value >> 32);
}

uint64_t guest_redistributor(void)
{
	return guest_gic.cpu + (uint64_t)GICR_STRIDE * guest_cpu();
}

void guest_lpi_tables_set_bits(unsigned int bits)
{
	write_pair(guest_redistributor() + GICR_PROPBASER, lpi_propbaser(bits));
	write_pair(guest_redistributor() + GICR_PENDBASER, lpi_pendbaser(guest_cpu()));
}

void guest_lpis_turn_on(void)
{
	guest_write(guest_redistributor() + GICR_CTLR, GICR_CTLR_ENABLE_LPIS);
}

void guest_lpis_enable(void)
{
	guest_lpi_tables_set_bits(LPI_ID_BITS);
	guest_lpis_turn_on();
}

void guest_lpi_configure(uint32_t intid, uint8_t config)
{
	lpi_configure((uint8_t *)(uintptr_t)LPI_MEMORY_IPA, intid, config);
}

uint64_t guest_its_read(unsigned int its, unsigned int offset)
{
	uint64_t va = ITS_FRAME(its) + offset;

	return guest_read(va) | (uint64_t)guest_read(va + 4) << 32;
}

void guest_its_write(unsigned int its, unsigned int offset, uint64_t value)
{
	write_pair(ITS_FRAME(its) + offset, value);
}

static void set_table(unsigned int its, unsigned int type, uint64_t baser)
{
	unsigned int n = 0;

	while (n < GITS_NR_BASERS && GITS_BASER_TYPE(guest_its_read(its, GITS_BASER(n))) != type)
		n++;
	guest_expect("the ITS has a table of the type", true, n < GITS_NR_BASERS);
	guest_its_write(its, GITS_BASER(n), baser);
}

void guest_its_start(unsigned int its)
{
	guest_its_write(its, GITS_CBASER, its_cbaser(its));
	guest_its_write(its, GITS_CWRITER, 0);
	put[its] = 0;
	set_table(its, ITS_DEVICES, its_baser(ITS_DEVICES_AT(its)));
	set_table(its, ITS_COLLECTIONS, its_baser(ITS_COLLECTIONS_AT(its)));
	guest_write(ITS_FRAME(its) + GITS_CTLR, GITS_CTLR_ENABLED);
}

/* Offset of the queue's first free entry. The lower half of GITS_CWRITER holds the whole offset. */
static uint32_t queue_end(unsigned int its)
{
	return (guest_read(ITS_FRAME(its) + GITS_CWRITER) +
		put[its] * sizeof(struct its_command)) % ITS_QUEUE_SIZE;
}

void guest_its_queue(unsigned int its, struct its_command command)
{
	uint64_t va = its_ipa(ITS_QUEUE_AT(its)) + queue_end(its);

	*(struct its_command *)(uintptr_t)va = command;
	put[its]++;
}

uint32_t guest_its_set_cwriter(unsigned int its)
{
	uint32_t end = queue_end(its);

	/* The write of GITS_CWRITER makes the ITS read the queue and the tables. */
	__sync_synchronize();
	put[its] = 0;
	guest_write(ITS_FRAME(its) + GITS_CWRITER, end);
	return end;
}

void guest_its_run(unsigned int its)
{
	uint32_t end = guest_its_set_cwriter(its), read;

	guest_await_that("GITS_CREADR reaches GITS_CWRITER",
			 (read = guest_read(ITS_FRAME(its) + GITS_CREADR)) == end, read);
}

void guest_its_command(unsigned int its, struct its_command command)
{
	guest_its_queue(its, command);
	guest_its_run(its);
}
