// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/input.c: rate limit of input. */
#include <string.h>

#include <kselftest_harness.h>

#include "input.h"

static struct input input;

static void fill(void)
{
	while (input_add(&input, 'y'))
		;
}

TEST(bounded)
{
	fill();
	EXPECT_EQ(INPUT_ROOM, input.count);
	EXPECT_FALSE(input_add(&input, 'z'));
	EXPECT_EQ('y', input.bytes[INPUT_ROOM - 1]);
}

TEST(first_key_at_once)
{
	EXPECT_FALSE(input_waits(&input));
	input_add(&input, 'a');
	EXPECT_TRUE(input_waits(&input));
	EXPECT_TRUE(input_may_pass(&input, true, 1000));
	input_passed(&input, 1, 1000);
	EXPECT_EQ(0, input.count);
	/* input.c waits until the guest has read the key. */
	EXPECT_TRUE(input_waits(&input));
	EXPECT_FALSE(input_may_pass(&input, false, 1020));
	EXPECT_TRUE(input_waits(&input));
	input_may_pass(&input, true, 1040);
	EXPECT_FALSE(input_waits(&input));
	/* A key a second later is not delayed. */
	input_add(&input, 'b');
	EXPECT_TRUE(input_may_pass(&input, true, 2000));
}

TEST(order)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		input_add(&input, 'a' + i);
	input_passed(&input, 2, 0);
	EXPECT_EQ(3, input.count);
	EXPECT_EQ('c', input.bytes[0]);
	EXPECT_EQ('e', input.bytes[2]);
}

/* If the console takes no input, input.c does not wait for a chunk to be read. */
TEST(console_takes_none)
{
	input_add(&input, 'a');
	ASSERT_TRUE(input_may_pass(&input, true, 0));
	input_passed(&input, 0, 0);
	EXPECT_FALSE(input.unread);
	EXPECT_EQ(1, input.count);
	EXPECT_TRUE(input_may_pass(&input, true, 20));
}

/*
 * Endless input for a guest that needs @byte_us microseconds for each byte, and does nothing else
 * while there is input. Returns the guest's time for other work in percent, and in @bytes the rate
 * in bytes per second.
 */
static unsigned int free_percent(unsigned int byte_us, unsigned int *bytes)
{
	uint64_t now_us, end_us = 100 * 1000000ULL, next_look_us = 0, free_us = 0;
	unsigned int queue = 0, work_us = 0;

	*bytes = 0;
	memset(&input, 0, sizeof(input));
	for (now_us = 0; now_us < end_us; now_us += 100) {
		fill();
		if (now_us >= next_look_us) {
			next_look_us = now_us + INPUT_TICK_MS * 1000;
			if (input_may_pass(&input, !queue, now_us / 1000)) {
				input_passed(&input, INPUT_CHUNK, now_us / 1000);
				queue += INPUT_CHUNK;
				*bytes += INPUT_CHUNK;
			}
		}
		if (!queue)
			free_us += 100;
		for (work_us += 100; queue && work_us >= byte_us; work_us -= byte_us)
			queue--;
		if (!queue)
			work_us = 0;
	}
	*bytes /= end_us / 1000000;
	return free_us * 100 / end_us;
}

TEST(guest_has_time_for_other_work)
{
	static const unsigned int speeds[] = { 1, 10, 50, 70, 100, 150, 300, 1000, 10000 };
	unsigned int i, bytes;

	for (i = 0; i < ARRAY_SIZE(speeds); i++) {
		unsigned int percent = free_percent(speeds[i], &bytes);

		EXPECT_GE(percent, 48) {
			TH_LOG("%u us for a byte: %u %% free, %u bytes/s", speeds[i], percent,
			       bytes);
		}
	}
	/* Text that a user pastes reaches a fast guest in reasonable time. */
	free_percent(1, &bytes);
	EXPECT_GE(bytes, 5000);
	EXPECT_LE(bytes, 13000);
}

TEST_HARNESS_MAIN
