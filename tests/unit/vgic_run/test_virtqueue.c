// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/virtqueue.c: chains of correct and hostile drivers. */
#include <kselftest_harness.h>

#include "rings.h"

TEST(memory_has_edges)
{
	struct guest_memory m = memory_make();

	EXPECT_EQ(m.host, guest_range(&m, BASE, SIZE));
	EXPECT_EQ(m.host + SIZE, guest_range(&m, BASE + SIZE, 0));
	EXPECT_EQ(NULL, guest_range(&m, BASE, SIZE + 1));
	EXPECT_EQ(NULL, guest_range(&m, BASE + SIZE - 1, 2));
	EXPECT_EQ(NULL, guest_range(&m, BASE - 1, 1));
	EXPECT_EQ(NULL, guest_range(&m, BASE + 1, UINT64_MAX));
	EXPECT_EQ(NULL, guest_range(&m, UINT64_MAX, 1));
	EXPECT_EQ(NULL, guest_range(&m, 0, UINT64_MAX));
	free(m.host);
}

TEST(chain_of_three)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	struct virtqueue_chain c;

	EXPECT_EQ(VIRTQUEUE_EMPTY, virtqueue_next(&q, &m, &c));
	put_desc(&m, 5, BASE + DATA_AT, 16, NEXT, 2);
	put_desc(&m, 2, BASE + DATA_AT + 100, 7, NEXT | WRITE, 0);
	put_desc(&m, 0, BASE + SIZE - 1, 1, WRITE, 5);
	offer(&m, 5);
	ASSERT_EQ(VIRTQUEUE_CHAIN, virtqueue_next(&q, &m, &c));
	EXPECT_EQ(5, c.head);
	EXPECT_EQ(1, c.nr_out);
	EXPECT_EQ(2, c.nr_in);
	EXPECT_EQ(16, c.out_size);
	EXPECT_EQ(8, c.in_size);
	EXPECT_EQ(m.host + DATA_AT, c.out[0].iov_base);
	EXPECT_EQ(m.host + SIZE - 1, c.in[1].iov_base);
	EXPECT_EQ(VIRTQUEUE_EMPTY, virtqueue_next(&q, &m, &c));
	free(m.host);
}

TEST(used_ring)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	uint32_t entry[2];

	q.given = 0xffff;
	ASSERT_TRUE(virtqueue_give(&q, &m, 3, 42));
	memcpy(entry, m.host + DEVICE_AT + 4 + 0xffff % RING * 8, sizeof(entry));
	EXPECT_EQ(3, entry[0]);
	EXPECT_EQ(42, entry[1]);
	EXPECT_EQ(0, get_u16(&m, DEVICE_AT + 2));
	EXPECT_TRUE(virtqueue_wants_irq(&q, &m));
	put_u16(&m, DRIVER_AT, 1);
	EXPECT_FALSE(virtqueue_wants_irq(&q, &m));
	free(m.host);
}

/* The 16-bit indices wrap, and each chain is used once. */
TEST(indices_wrap)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	struct virtqueue_chain c;
	unsigned int i;

	for (i = 0; i < 8; i++)
		put_desc(&m, i, BASE + DATA_AT, 1, 0, 0);
	for (i = 0; i < 70000; i++) {
		offer(&m, i % RING);
		ASSERT_EQ(VIRTQUEUE_CHAIN, virtqueue_next(&q, &m, &c));
		ASSERT_EQ(i % RING, c.head);
		ASSERT_EQ(VIRTQUEUE_EMPTY, virtqueue_next(&q, &m, &c));
	}
	free(m.host);
}

TEST(loop_ends)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	struct virtqueue_chain c;

	put_desc(&m, 0, BASE + DATA_AT, 1, NEXT, 1);
	put_desc(&m, 1, BASE + DATA_AT, 1, NEXT, 0);
	offer(&m, 0);
	EXPECT_EQ(VIRTQUEUE_BROKEN, virtqueue_next(&q, &m, &c));
	free(m.host);
}

/* A chain may be as long as the queue. */
TEST(longest_chain)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	struct virtqueue_chain c;
	unsigned int i;

	for (i = 0; i < RING; i++)
		put_desc(&m, i, BASE + DATA_AT, 1, i < RING - 1 ? NEXT : 0, i + 1);
	offer(&m, 0);
	ASSERT_EQ(VIRTQUEUE_CHAIN, virtqueue_next(&q, &m, &c));
	EXPECT_EQ(RING, c.nr_out);
	free(m.host);
}

TEST(invalid_descriptors_are_broken)
{
	static const struct {
		uint64_t address;
		uint32_t length;
		uint16_t flags, next, head;
	} bad[] = {
		{ BASE + DATA_AT, 1, 0, 0, RING },		/* no such descriptor */
		{ BASE + DATA_AT, 1, NEXT, RING, 0 },
		{ BASE + DATA_AT, 1, NEXT, 0xffff, 0 },
		{ BASE + SIZE, 1, 0, 0, 0 },			/* outside memory */
		{ BASE + SIZE - 1, 2, 0, 0, 0 },
		{ BASE - 1, 1, 0, 0, 0 },
		{ 0, 0xffffffff, 0, 0, 0 },
		{ UINT64_MAX, 0xffffffff, WRITE, 0, 0 },
		{ BASE + DATA_AT, 0xffffffff, 0, 0, 0 },
		{ BASE + DATA_AT, 16, 4, 0, 0 },		/* indirect: not offered */
	};
	struct virtqueue_chain c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct guest_memory m = memory_make();
		struct virtqueue q = queue_make();

		put_desc(&m, 0, bad[i].address, bad[i].length, bad[i].flags, bad[i].next);
		offer(&m, bad[i].head);
		EXPECT_EQ(VIRTQUEUE_BROKEN, virtqueue_next(&q, &m, &c))
			TH_LOG("row %u", i);
		free(m.host);
	}
}

TEST(read_after_write_is_broken)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	struct virtqueue_chain c;

	put_desc(&m, 0, BASE + DATA_AT, 1, WRITE | NEXT, 1);
	put_desc(&m, 1, BASE + DATA_AT, 1, 0, 0);
	offer(&m, 0);
	EXPECT_EQ(VIRTQUEUE_BROKEN, virtqueue_next(&q, &m, &c));
	free(m.host);
}

TEST(more_chains_than_descriptors)
{
	struct guest_memory m = memory_make();
	struct virtqueue q = queue_make();
	struct virtqueue_chain c;

	put_u16(&m, DRIVER_AT + 2, RING + 1);
	EXPECT_EQ(VIRTQUEUE_BROKEN, virtqueue_next(&q, &m, &c));
	free(m.host);
}

TEST(rings_outside_memory)
{
	static const uint64_t places[] = {
		0, BASE - 4, BASE + SIZE, BASE + SIZE - 1, BASE + SIZE - 3, UINT64_MAX,
		UINT64_MAX - 1, BASE + 1,
	};
	struct guest_memory m = memory_make();
	struct virtqueue_chain c;
	unsigned int i;

	put_u16(&m, DRIVER_AT + 2, 1);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct virtqueue q = queue_make();

		q.driver = places[i];
		EXPECT_NE(VIRTQUEUE_CHAIN, virtqueue_next(&q, &m, &c));
		q = queue_make();
		q.device = places[i];
		EXPECT_FALSE(virtqueue_give(&q, &m, 0, 0)) TH_LOG("row %u", i);
		q = queue_make();
		q.descriptors = places[i];
		q.taken = 0;
		(void)virtqueue_next(&q, &m, &c);
	}
	free(m.host);
}

/* With random rings, all buffers are in guest memory and fit into the arrays. */
TEST(random_rings)
{
	struct guest_memory m = memory_make();
	u64 state = 20121022;
	unsigned int round, i;

	for (round = 0; round < 20000; round++) {
		struct virtqueue q = queue_make();
		struct virtqueue_chain c;

		for (i = 0; i < RING; i++)
			put_desc(&m, i, BASE - 8 + random_below(&state, SIZE + 16),
				 random_below(&state, 4) ? random_below(&state, 64) :
				 random_next(&state), random_below(&state, 4),
				 random_below(&state, RING + 1));
		put_u16(&m, DRIVER_AT + 2, random_below(&state, RING + 2));
		for (i = 0; i < RING; i++)
			put_u16(&m, DRIVER_AT + 4 + i * 2, random_below(&state, RING + 1));
		while (virtqueue_next(&q, &m, &c) == VIRTQUEUE_CHAIN) {
			ASSERT_LE(c.nr_out + c.nr_in, RING);
			for (i = 0; i < c.nr_in; i++)
				memset(c.in[i].iov_base, 0x5a, c.in[i].iov_len);
			virtqueue_give(&q, &m, c.head, 0);
			put_u16(&m, DRIVER_AT + 2, q.taken);
		}
	}
	free(m.host);
}

TEST(queue_sizes)
{
	static const uint32_t sizes[] = { 1, 2, 128 }, bad[] = { 0, 3, 127, 129, 256, ~0U };
	struct virtqueue q = queue_make();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		q.size = sizes[i];
		EXPECT_TRUE(virtqueue_is_sane(&q));
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		q.size = bad[i];
		EXPECT_FALSE(virtqueue_is_sane(&q));
	}
}

TEST(bytes_across_buffers)
{
	char a[3] = "abc", b[2] = "de", c[4] = "fghi", out[16] = "";
	struct iovec iov[] = { { a, 3 }, { b, 0 }, { b, 2 }, { c, 4 } };

	EXPECT_EQ(9, iov_read(iov, 4, 0, out, sizeof(out)));
	EXPECT_EQ(0, memcmp(out, "abcdefghi", 9));
	EXPECT_EQ(4, iov_read(iov, 4, 2, out, 4));
	EXPECT_EQ(0, memcmp(out, "cdef", 4));
	EXPECT_EQ(0, iov_read(iov, 4, 9, out, 1));
	EXPECT_EQ(3, iov_write(iov, 4, 6, "XYZQ", 4));
	EXPECT_EQ(0, memcmp(c, "fXYZ", 4));
}

TEST_HARNESS_MAIN
