/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's driver for its LPIs and ITSs (ARM IHI 0069, 5). All but guest_its_add() is guest
 * code. The guest sees the block of memory of abi/its_calls.h at its guest physical address.
 */
#ifndef VGIC_ABI_GUEST_ITS_H
#define VGIC_ABI_GUEST_ITS_H

#include "abi/its_calls.h"
#include "guest.h"

/*
 * Adds the block @memory and @nr ITSs to the guest, and fills in @its. The guest's GICv3 must
 * already be placed. 0 or a negative errno.
 */
int guest_its_add(struct guest *guest, struct its *its, unsigned int nr, uint8_t *memory);

/* Virtual address of the calling vCPU's redistributor. */
uint64_t guest_redistributor(void);

/* Set the calling vCPU's tables of LPIs, for INTIDs of @bits bits, and GICR_CTLR.EnableLPIs. */
void guest_lpi_tables_set_bits(unsigned int bits);
void guest_lpis_turn_on(void);

/* Sets tables for all LPIs, and GICR_CTLR.EnableLPIs. */
void guest_lpis_enable(void);

/* Sets the LPI's byte in the configuration table, which the ITS reads at INV or INVALL. */
void guest_lpi_configure(uint32_t intid, uint8_t config);

/* Sets queue and tables of an ITS, and enables it. */
void guest_its_start(unsigned int its);

/* Puts a command into the queue of an ITS. Does not change GITS_CWRITER. */
void guest_its_queue(unsigned int its, struct its_command command);

/*
 * Set GITS_CWRITER to the queue's end. guest_its_set_cwriter() returns that offset;
 * guest_its_run() waits until the commands have been executed.
 */
uint32_t guest_its_set_cwriter(unsigned int its);
void guest_its_run(unsigned int its);

/* Executes a command. */
void guest_its_command(unsigned int its, struct its_command command);

/* Access a 64-bit register of an ITS with two accesses of 32 bits. */
uint64_t guest_its_read(unsigned int its, unsigned int offset);
void guest_its_write(unsigned int its, unsigned int offset, uint64_t value);

#endif /* VGIC_ABI_GUEST_ITS_H */
