// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/virtio_mmio.c, virtio_block.c, virtio_console.c, through their registers and rings. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "rings.h"
#include "virtio_block.h"
#include "virtio_console.h"

#define R32(v, at)		((uint32_t)virtio_read(v, at, 4))
#define W32(v, at, value)	virtio_write(v, at, 4, value)

static unsigned int line_changes;

static void count_changes(void *context, unsigned int intid, bool level)
{
	(void)context; (void)intid; (void)level;
	line_changes++;
}

/* A disk of four sectors; the n-th is filled with 'a' + n. */
FIXTURE(disk) {
	struct guest_memory memory;
	struct virtio_block block;
	struct virtio *virtio;
	int file;
};

static void set_up(struct virtio *v, struct guest_memory *memory)
{
	v->memory = memory;
	v->line = (struct irq_line) { .set = count_changes };
	virtio_reset(v);
}

static void set_up_queue(struct virtio *v, unsigned int queue)
{
	W32(v, 0x030, queue);
	W32(v, 0x038, RING);
	W32(v, 0x080, BASE + DESC_AT);
	W32(v, 0x090, BASE + DRIVER_AT);
	W32(v, 0x0a0, BASE + DEVICE_AT);
	W32(v, 0x044, 1);
}

static void start(struct virtio *v)
{
	W32(v, 0x070, 3);
	W32(v, 0x024, 1);
	W32(v, 0x020, 1);
	W32(v, 0x070, 0xb);
	W32(v, 0x070, 0xf);
}

FIXTURE_SETUP(disk)
{
	char sector[512];
	int i;

	self->file = memfd_create("disk", 0);
	for (i = 0; i < 4; i++) {
		memset(sector, 'a' + i, sizeof(sector));
		ASSERT_EQ(512, write(self->file, sector, sizeof(sector)));
	}
	self->memory = memory_make();
	virtio_block_init(&self->block, &(struct disk) {
		.name = "test", .fd = self->file, .size = 4 * 512,
	});
	self->virtio = &self->block.virtio;
	set_up(self->virtio, &self->memory);
	set_up_queue(self->virtio, 0);
	start(self->virtio);
}

FIXTURE_TEARDOWN(disk)
{
	free(self->memory.host);
	close(self->file);
}

/* Makes a request. Returns its status, or 0xee if the device has written none. */
static uint8_t request(struct virtio *v, struct guest_memory *m, uint32_t type,
		       uint64_t sector, uint32_t size, bool to_device)
{
	uint8_t *status = m->host + DATA_AT + 0x8000;

	*status = 0xee;
	put(m, DATA_AT, &type, 4);
	put(m, DATA_AT + 8, &sector, 8);
	put_desc(m, 0, BASE + DATA_AT, 16, NEXT, size ? 1 : 2);
	put_desc(m, 1, BASE + DATA_AT + 0x1000, size, NEXT | (to_device ? 0 : WRITE), 2);
	put_desc(m, 2, BASE + DATA_AT + 0x8000, 1, WRITE, 0);
	offer(m, 0);
	W32(v, 0x050, 0);
	return *status;
}

TEST_F(disk, identifies)
{
	EXPECT_EQ(0x74726976, R32(self->virtio, 0));
	EXPECT_EQ(2, R32(self->virtio, 4));
	EXPECT_EQ(2, R32(self->virtio, 8));
	EXPECT_EQ(4, R32(self->virtio, 0x100));
	EXPECT_EQ(0, R32(self->virtio, 0xff0));
	EXPECT_EQ(VIRTQUEUE_MAX, R32(self->virtio, 0x34));
	W32(self->virtio, 0x030, 1);
	EXPECT_EQ(0, R32(self->virtio, 0x34));
	W32(self->virtio, 0x030, 0xffffffff);
	EXPECT_EQ(0, R32(self->virtio, 0x34));
	EXPECT_EQ(0xf, R32(self->virtio, 0x070));
}

TEST_F(disk, refuses_absent_features)
{
	W32(self->virtio, 0x070, 0);
	EXPECT_EQ(0, R32(self->virtio, 0x070));
	W32(self->virtio, 0x070, 3);
	W32(self->virtio, 0x024, 0);
	W32(self->virtio, 0x020, 1U << 28);
	W32(self->virtio, 0x024, 1);
	W32(self->virtio, 0x020, 1);
	W32(self->virtio, 0x070, 0xb);
	EXPECT_EQ(3, R32(self->virtio, 0x070));
}

TEST_F(disk, reads)
{
	EXPECT_EQ(0, request(self->virtio, &self->memory, 0, 1, 1024, false));
	EXPECT_EQ('b', self->memory.host[DATA_AT + 0x1000]);
	EXPECT_EQ('c', self->memory.host[DATA_AT + 0x1000 + 1023]);
	EXPECT_EQ(1, R32(self->virtio, 0x060));
	EXPECT_TRUE(self->virtio->line.level);
	W32(self->virtio, 0x064, 1);
	EXPECT_FALSE(self->virtio->line.level);
}

TEST_F(disk, writes)
{
	char sector[512];

	memset(self->memory.host + DATA_AT + 0x1000, 'z', 512);
	EXPECT_EQ(0, request(self->virtio, &self->memory, 1, 3, 512, true));
	EXPECT_EQ(512, pread(self->file, sector, 512, 3 * 512));
	EXPECT_EQ('z', sector[511]);
	EXPECT_EQ(0, request(self->virtio, &self->memory, 4, 0, 0, false));
}

TEST_F(disk, refuses_access_beyond_the_disk)
{
	static const struct {
		uint64_t sector;
		uint32_t size;
	} bad[] = {
		{ 4, 512 }, { 3, 1024 }, { UINT64_MAX, 512 }, { 0, 100 }, { 1ULL << 55, 512 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(1, request(self->virtio, &self->memory, 0, bad[i].sector,
				     bad[i].size, false));
		EXPECT_EQ(1, request(self->virtio, &self->memory, 1, bad[i].sector,
				     bad[i].size, true));
	}
	EXPECT_EQ(2 * 1024, lseek(self->file, 0, SEEK_END));
	EXPECT_EQ(2, request(self->virtio, &self->memory, 99, 0, 0, false));
}

TEST_F(disk, read_only)
{
	self->block.disk.read_only = true;
	EXPECT_EQ(1, request(self->virtio, &self->memory, 1, 0, 512, true));
}

/* A request without header or status sets DEVICE_NEEDS_RESET; a reset clears that. */
TEST_F(disk, stops_at_invalid_request)
{
	put_desc(&self->memory, 0, BASE + DATA_AT, 3, 0, 0);
	offer(&self->memory, 0);
	W32(self->virtio, 0x050, 0);
	EXPECT_EQ(0x4f, R32(self->virtio, 0x070));
	EXPECT_EQ(2, R32(self->virtio, 0x060));
	EXPECT_EQ(0xee, request(self->virtio, &self->memory, 0, 0, 512, false));
	W32(self->virtio, 0x070, 0);
	EXPECT_FALSE(self->virtio->line.level);
	memset(self->memory.host + DRIVER_AT, 0, 64);
	set_up_queue(self->virtio, 0);
	start(self->virtio);
	EXPECT_EQ(0, request(self->virtio, &self->memory, 0, 0, 512, false));
}

TEST_F(disk, queue_in_use_does_not_change)
{
	W32(self->virtio, 0x038, 16);
	W32(self->virtio, 0x080, 0);
	EXPECT_EQ(RING, self->virtio->state.queue[0].size);
	EXPECT_EQ(BASE + DESC_AT, self->virtio->state.queue[0].descriptors);
	W32(self->virtio, 0x044, 0);
	W32(self->virtio, 0x038, 3);
	EXPECT_EQ(RING, self->virtio->state.queue[0].size);
	W32(self->virtio, 0x038, 16);
	EXPECT_EQ(16, self->virtio->state.queue[0].size);
}

TEST_F(disk, restores_valid_state)
{
	struct virtio_state state = self->virtio->state;

	EXPECT_TRUE(virtio_restore(self->virtio, &state));
	state.queue[1].size = 77;
	EXPECT_FALSE(virtio_restore(self->virtio, &state));
	state = self->virtio->state;
	state.status = 0x100;
	EXPECT_FALSE(virtio_restore(self->virtio, &state));
	state = self->virtio->state;
	state.driver_features |= 1ULL << 50;
	EXPECT_FALSE(virtio_restore(self->virtio, &state));
	state = self->virtio->state;
	state.interrupts = 1;
	EXPECT_TRUE(virtio_restore(self->virtio, &state));
	EXPECT_TRUE(self->virtio->line.level);
}

/* Random writes to random registers, with random bytes in the rings. */
TEST_F(disk, random_driver)
{
	u64 seed = 2012;
	unsigned int round, i;

	for (round = 0; round < 300; round++) {
		for (i = 0; i < SIZE; i += 2)
			if (!random_below(&seed, 8))
				put_u16(&self->memory, i, random_below(&seed, 12));
		for (i = 0; i < 4; i++)
			put_desc(&self->memory, i, BASE + random_below(&seed, SIZE),
				 random_below(&seed, 2048), random_below(&seed, 4),
				 random_below(&seed, 9));
		set_up_queue(self->virtio, 0);
		start(self->virtio);
		for (i = 0; i < 40; i++) {
			unsigned int at = random_below(&seed, 0x110);

			virtio_write(self->virtio, random_below(&seed, 3) ? 0x050 : at,
				     1U << random_below(&seed, 4), random_next(&seed) &
				     (random_below(&seed, 2) ? 1 : ~0ULL));
			virtio_read(self->virtio, at, 1U << random_below(&seed, 4));
		}
		W32(self->virtio, 0x070, 0);
	}
	EXPECT_EQ(4 * 512, lseek(self->file, 0, SEEK_END));
}

/* ---- the console ---- */

static char sent[64];
static size_t nr_sent;

static void on_send(void *context, const uint8_t *bytes, size_t count)
{
	(void)context;
	if (count > sizeof(sent) - nr_sent)
		count = sizeof(sent) - nr_sent;
	memcpy(sent + nr_sent, bytes, count);
	nr_sent += count;
}

TEST(console_both_ways)
{
	struct virtio_console console = { .send = on_send };
	struct guest_memory m = memory_make();

	virtio_console_init(&console);
	set_up(&console.virtio, &m);
	EXPECT_EQ(0, virtio_console_receive(&console, (const uint8_t *)"x", 1));
	set_up_queue(&console.virtio, 1);
	start(&console.virtio);
	put(&m, DATA_AT, "hello", 5);
	put_desc(&m, 0, BASE + DATA_AT, 5, 0, 0);
	offer(&m, 0);
	W32(&console.virtio, 0x050, 1);
	EXPECT_EQ(5, nr_sent);
	EXPECT_EQ(0, memcmp(sent, "hello", 5));

	/* Both queues use the same memory. Input beyond the buffers remains with the caller. */
	memset(m.host + DRIVER_AT, 0, 64);
	set_up_queue(&console.virtio, 0);
	put_desc(&m, 0, BASE + DATA_AT, 3, WRITE, 0);
	offer(&m, 0);
	EXPECT_EQ(3, virtio_console_receive(&console, (const uint8_t *)"typed", 5));
	EXPECT_EQ(0, memcmp(m.host + DATA_AT, "typ", 3));
	EXPECT_EQ(0, virtio_console_receive(&console, (const uint8_t *)"ed", 2));
	W32(&console.virtio, 0x050, 0);
	W32(&console.virtio, 0x050, 2);
	free(m.host);
}

TEST_HARNESS_MAIN
