// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/pl011.c: registers and interrupts, as a driver sees them. */
#include <string.h>

#include <kselftest_harness.h>

#include "../random.h"
#include "pl011.h"

#define DR	0x00
#define FR	0x18
#define LCR_H	0x2c
#define IFLS	0x34
#define IMSC	0x38
#define RIS	0x3c
#define MIS	0x40
#define ICR	0x44

#define RXFE	0x10
#define RXFF	0x40
#define TXFE	0x80
#define RX	0x10
#define TX	0x20
#define RT	0x40

static char sent[16];
static unsigned int nr_sent;

static void on_send(void *context, uint8_t byte)
{
	(void)context;
	sent[nr_sent++ % sizeof(sent)] = byte;
}

static void set_line(void *context, unsigned int intid, bool level)
{
	(void)intid;
	*(bool *)context = level;
}

FIXTURE(uart) {
	struct pl011 uart;
	bool level;
};

FIXTURE_SETUP(uart)
{
	self->uart.send = on_send;
	self->uart.line.set = set_line;
	self->uart.line.context = &self->level;
	pl011_reset(&self->uart);
}

FIXTURE_TEARDOWN(uart)
{
}

#define READ(at)		pl011_read(&self->uart, at, 4)
#define WRITE(at, value)	pl011_write(&self->uart, at, 4, value)
#define TYPE(text)		pl011_receive(&self->uart, (const uint8_t *)(text), strlen(text))

TEST_F(uart, identifies)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x34, 0, 0x0d, 0xf0, 0x05, 0xb1 };
	unsigned int i;

	for (i = 0; i < 8; i++)
		EXPECT_EQ(id[i], READ(0xfe0 + i * 4));
	EXPECT_EQ(0x300, READ(0x30));
	EXPECT_EQ(TXFE | RXFE, READ(FR));
}

TEST_F(uart, sends)
{
	EXPECT_EQ(0, READ(RIS));
	WRITE(DR, 0x100 | 'x');
	EXPECT_EQ(1, nr_sent);
	EXPECT_EQ('x', sent[0]);
	EXPECT_EQ(TX, READ(RIS));
	EXPECT_FALSE(self->level);
	WRITE(IMSC, TX);
	EXPECT_TRUE(self->level);
	EXPECT_EQ(TX, READ(MIS));
	WRITE(ICR, TX);
	EXPECT_FALSE(self->level);
}

TEST_F(uart, receives)
{
	WRITE(IMSC, RX | RT);
	TYPE("ab");
	EXPECT_TRUE(self->level);
	EXPECT_EQ(TXFE | RXFF, READ(FR));	/* with FIFOs disabled, one byte is full */
	EXPECT_EQ('a', READ(DR));
	EXPECT_TRUE(self->level);
	/* UARTICR does not clear the receive interrupts while the queue has bytes. */
	WRITE(ICR, 0x7ff);
	EXPECT_TRUE(self->level);
	EXPECT_EQ('b', READ(DR));
	EXPECT_FALSE(self->level);
	EXPECT_EQ(TXFE | RXFE, READ(FR));
	EXPECT_EQ(0, READ(DR));
}

TEST_F(uart, levels_of_the_fifo)
{
	WRITE(LCR_H, 0x10);
	WRITE(IFLS, 0x12);	/* level 1/2: 8 bytes */
	TYPE("1234567");
	EXPECT_EQ(RT, READ(RIS));
	TYPE("8");
	EXPECT_EQ(RX | RT, READ(RIS));
	TYPE("90123456");
	EXPECT_EQ(TXFE | RXFF, READ(FR));
	READ(DR);
	EXPECT_EQ(TXFE, READ(FR));
}

TEST_F(uart, queue_has_an_end)
{
	static const uint8_t many[PL011_QUEUE + 10] = "first";
	unsigned int i;

	EXPECT_EQ(PL011_QUEUE, pl011_room(&self->uart));
	pl011_receive(&self->uart, many, sizeof(many));
	EXPECT_EQ(0, pl011_room(&self->uart));
	EXPECT_EQ('f', READ(DR));
	TYPE("z");
	for (i = 1; i < PL011_QUEUE; i++)
		READ(DR);
	EXPECT_EQ('z', READ(DR));
	EXPECT_EQ(TXFE | RXFE, READ(FR));
}

TEST_F(uart, any_access)
{
	u64 seed = 1;
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		unsigned int at = random_below(&seed, 0x1000);

		if (random_below(&seed, 2))
			pl011_write(&self->uart, at, 1U << random_below(&seed, 4),
				    random_next(&seed));
		else
			pl011_read(&self->uart, at, 1U << random_below(&seed, 4));
		if (!random_below(&seed, 50))
			TYPE("some text");
		ASSERT_EQ(!!(READ(RIS) & READ(IMSC)), self->level);
	}
}

TEST_F(uart, restores_valid_state)
{
	struct pl011_state state;

	WRITE(IMSC, RT);
	TYPE("kept");
	state = self->uart.state;
	pl011_reset(&self->uart);
	EXPECT_FALSE(self->level);
	EXPECT_TRUE(pl011_restore(&self->uart, &state));
	EXPECT_TRUE(self->level);
	EXPECT_EQ('k', READ(DR));
	state.head = PL011_QUEUE;
	EXPECT_FALSE(pl011_restore(&self->uart, &state));
	state.head = 0;
	state.count = PL011_QUEUE + 1;
	EXPECT_FALSE(pl011_restore(&self->uart, &state));
	state.count = 0;
	state.mask = 0x800;
	EXPECT_FALSE(pl011_restore(&self->uart, &state));
}

TEST_HARNESS_MAIN
