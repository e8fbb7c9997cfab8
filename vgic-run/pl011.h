/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ARM PL011 UART (DDI 0183), as far as a console needs it. A byte is transmitted at once.
 * Received bytes wait in a queue, which the guest sees as a FIFO of 16 entries. There are
 * no modem lines, no DMA and no receive errors.
 */
#ifndef VGIC_RUN_PL011_H
#define VGIC_RUN_PL011_H

#include <stddef.h>

#include "device.h"

#define PL011_WINDOW	0x1000
#define PL011_QUEUE	4096	/* bytes of the receive queue */

/**
 * struct pl011_state - state that is saved with the guest; contains no pointers
 * @control:         UARTCR
 * @line_control:    UARTLCR_H
 * @fifo_levels:     UARTIFLS
 * @integer_baud:    UARTIBRD
 * @fractional_baud: UARTFBRD
 * @dma:             UARTDMACR
 * @mask:            UARTIMSC, a set bit enables the interrupt
 * @latched:         interrupts that stay pending until UARTICR clears them
 * @head:            index of the oldest byte in @queue
 * @count:           bytes in @queue
 * @queue:           ring of received bytes
 */
struct pl011_state {
	uint32_t control, line_control, fifo_levels;
	uint32_t integer_baud, fractional_baud, dma;
	uint32_t mask, latched;
	uint32_t head, count;
	uint8_t queue[PL011_QUEUE];
};

/**
 * struct pl011 - a PL011
 * @state:   the guest-visible state
 * @line:    interrupt line
 * @send:    receives each byte that the guest transmits
 * @context: first argument of @send
 */
struct pl011 {
	struct pl011_state state;
	struct irq_line line;
	void (*send)(void *context, uint8_t byte);
	void *context;
};

/* Resets the registers and the queue. @line, @send and @context remain. */
void pl011_reset(struct pl011 *uart);

/* Callbacks of struct mmio_window. The width of an access is ignored. */
uint64_t pl011_read(void *uart, uint64_t offset, unsigned int size);
void pl011_write(void *uart, uint64_t offset, unsigned int size, uint64_t value);

/* Returns how many bytes fit into the receive queue. */
size_t pl011_room(const struct pl011 *uart);

/* Puts @count bytes into the receive queue. Bytes beyond pl011_room() are dropped. */
void pl011_receive(struct pl011 *uart, const uint8_t *bytes, size_t count);

/* Loads a saved state. Returns false, and changes nothing, if it is not a valid state. */
bool pl011_restore(struct pl011 *uart, const struct pl011_state *state);

#endif /* VGIC_RUN_PL011_H */
