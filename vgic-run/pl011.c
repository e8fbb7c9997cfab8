// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "pl011.h"

/* Offsets of registers (DDI 0183, table 3-1). */
#define UARTDR		0x000
#define UARTRSR		0x004
#define UARTFR		0x018
#define UARTIBRD	0x024
#define UARTFBRD	0x028
#define UARTLCR_H	0x02c
#define UARTCR		0x030
#define UARTIFLS	0x034
#define UARTIMSC	0x038
#define UARTRIS		0x03c
#define UARTMIS		0x040
#define UARTICR		0x044
#define UARTDMACR	0x048
#define IDENTIFICATION	0xfe0	/* eight registers of a byte each */

#define FR_TXFE		(1U << 7)
#define FR_RXFF		(1U << 6)
#define FR_RXFE		(1U << 4)

#define LCR_H_FEN	(1U << 4)

#define IRQ_RX		(1U << 4)
#define IRQ_TX		(1U << 5)
#define IRQ_TIMEOUT	(1U << 6)
#define IRQ_MASK	0x7ffU

#define FIFO_SIZE	16U

static const uint8_t identification[] = {
	0x11, 0x10, 0x34, 0x00,		/* part 0x011, made by ARM, revision r1p5 */
	0x0d, 0xf0, 0x05, 0xb1,		/* a PrimeCell */
};

/* ---- interrupts ---- */

/* The number of received bytes that raises IRQ_RX: UARTIFLS[5:3]. Reserved values act as 7/8. */
static uint32_t receive_level(const struct pl011_state *s)
{
	static const uint32_t levels[] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	return s->line_control & LCR_H_FEN ? levels[s->fifo_levels >> 3 & 7] : 1;
}

/*
 * The receive interrupts follow the state of the queue, so UARTICR does not clear them while the
 * queue holds bytes. The receive timeout interrupt is raised with the first byte, without a delay.
 */
static uint32_t raw_interrupts(const struct pl011_state *s)
{
	uint32_t raw = s->latched;

	if (s->count >= receive_level(s))
		raw |= IRQ_RX;
	if (s->count)
		raw |= IRQ_TIMEOUT;
	return raw;
}

static void update_line(struct pl011 *uart)
{
	irq_line_set(&uart->line, raw_interrupts(&uart->state) & uart->state.mask);
}

/* ---- the queue ---- */

size_t pl011_room(const struct pl011 *uart)
{
	return PL011_QUEUE - uart->state.count;
}

void pl011_receive(struct pl011 *uart, const uint8_t *bytes, size_t count)
{
	struct pl011_state *s = &uart->state;

	while (count-- && s->count < PL011_QUEUE)
		s->queue[(s->head + s->count++) % PL011_QUEUE] = *bytes++;
	update_line(uart);
}

static uint32_t take_byte(struct pl011_state *s)
{
	uint32_t byte;

	if (!s->count)
		return 0;
	byte = s->queue[s->head];
	s->head = (s->head + 1) % PL011_QUEUE;
	s->count--;
	return byte;
}

/* ---- registers ---- */

static uint32_t flags(const struct pl011_state *s)
{
	uint32_t size = s->line_control & LCR_H_FEN ? FIFO_SIZE : 1;

	return FR_TXFE | (s->count ? 0 : FR_RXFE) | (s->count >= size ? FR_RXFF : 0);
}

uint64_t pl011_read(void *device, uint64_t offset, unsigned int size)
{
	struct pl011 *uart = device;
	struct pl011_state *s = &uart->state;
	uint32_t byte;

	(void)size;
	if (offset >= IDENTIFICATION)
		return identification[(offset - IDENTIFICATION) / 4 % sizeof(identification)];
	switch (offset & ~3ULL) {
	case UARTDR:
		byte = take_byte(s);
		update_line(uart);
		return byte;
	case UARTFR:
		return flags(s);
	case UARTIBRD:
		return s->integer_baud;
	case UARTFBRD:
		return s->fractional_baud;
	case UARTLCR_H:
		return s->line_control;
	case UARTCR:
		return s->control;
	case UARTIFLS:
		return s->fifo_levels;
	case UARTIMSC:
		return s->mask;
	case UARTRIS:
		return raw_interrupts(s);
	case UARTMIS:
		return raw_interrupts(s) & s->mask;
	case UARTDMACR:
		return s->dma;
	default:
		return 0;
	}
}

void pl011_write(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pl011 *uart = device;
	struct pl011_state *s = &uart->state;

	(void)size;
	switch (offset & ~3ULL) {
	case UARTDR:
		uart->send(uart->context, value);
		/* The byte has been transmitted: the transmit FIFO is empty again. */
		s->latched |= IRQ_TX;
		break;
	case UARTIBRD:
		s->integer_baud = value & 0xffff;
		break;
	case UARTFBRD:
		s->fractional_baud = value & 0x3f;
		break;
	case UARTLCR_H:
		s->line_control = value & 0xff;
		break;
	case UARTCR:
		s->control = value & 0xffff;
		break;
	case UARTIFLS:
		s->fifo_levels = value & 0x3f;
		break;
	case UARTIMSC:
		s->mask = value & IRQ_MASK;
		break;
	case UARTICR:
		s->latched &= ~value;
		break;
	case UARTDMACR:
		s->dma = value & 7;
		break;
	default:
		break;
	}
	update_line(uart);
}

/* ---- reset, restore ---- */

void pl011_reset(struct pl011 *uart)
{
	/* Reset values of table 3-1: TXE and RXE set, FIFO levels 1/2. */
	uart->state = (struct pl011_state) { .control = 0x300, .fifo_levels = 0x12 };
	update_line(uart);
}

bool pl011_restore(struct pl011 *uart, const struct pl011_state *state)
{
	if (state->head >= PL011_QUEUE || state->count > PL011_QUEUE ||
	    state->mask & ~IRQ_MASK || state->latched & ~IRQ_MASK)
		return false;
	uart->state = *state;
	update_line(uart);
	return true;
}
