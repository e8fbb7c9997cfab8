/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ARM PL011 UART (DDI 0183), as far as a console needs it: sent bytes leave at once, received
 * bytes wait in a queue that looks to the guest like a FIFO of 16.
 * No modem lines, no DMA, no errors.
 */
#ifndef VGIC_RUN_PL011_H
#define VGIC_RUN_PL011_H

#include <stddef.h>

#include "device.h"

#define PL011_WINDOW	0x1000
#define PL011_QUEUE	4096	/* bytes typed that the guest has not read yet */

/* Saved with a VM; numbers only. */
struct pl011_state {
	uint32_t control, line_control, fifo_levels;
	uint32_t integer_baud, fractional_baud, dma;
	uint32_t mask, latched;		/* interrupts: enabled, and those that stay */
	uint32_t head, count;		/* of the queue */
	uint8_t queue[PL011_QUEUE];
};

/**
 * struct pl011 - one of them
 * @send:    takes what the guest sends
 * @context: for @send
 */
struct pl011 {
	struct pl011_state state;
	struct irq_line line;
	void (*send)(void *context, uint8_t byte);
	void *context;
};

/* As after a reset; @line, @send and @context stay. */
void pl011_reset(struct pl011 *uart);

uint64_t pl011_read(void *uart, uint64_t offset, unsigned int size);
void pl011_write(void *uart, uint64_t offset, unsigned int size, uint64_t value);

/* How many bytes pl011_receive() would take. */
size_t pl011_room(const struct pl011 *uart);
void pl011_receive(struct pl011 *uart, const uint8_t *bytes, size_t count);

/* False if no PL011 ever was in such a state; otherwise it is in it. */
bool pl011_restore(struct pl011 *uart, const struct pl011_state *state);

#endif /* VGIC_RUN_PL011_H */
