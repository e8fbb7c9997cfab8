// SPDX-License-Identifier: GPL-2.0-only
/* include/kvm/halt_poll.h: the poll limit adapts to a vCPU's waits. */
#include <kselftest_harness.h>

#include <kvm/halt_poll.h>

#include "loops.h"

#define POLL_MIN	10U
#define POLL_MAX	150U

static u32 next_limit(u32 limit, u64 waited)
{
	return halt_poll_next(limit, POLL_MIN, POLL_MAX, waited);
}

TEST(grows_if_a_longer_poll_would_suffice)
{
	static const u32 limits[] = { 0, 10, 20, 40, 80, 150, 150 };
	unsigned int i;

	EACH(i, ARRAY_SIZE(limits) - 1)
		EXPECT_EQ(limits[i + 1], next_limit(limits[i], POLL_MAX))
			TH_LOG("after %u", limits[i]);
}

TEST(is_kept_if_it_suffices)
{
	EXPECT_EQ(40, next_limit(40, 40));
	EXPECT_EQ(40, next_limit(40, 0));
	EXPECT_EQ(80, next_limit(40, 41));
}

TEST(drops_to_zero_if_no_poll_would_suffice)
{
	EXPECT_EQ(0, next_limit(150, POLL_MAX + 1));
	EXPECT_EQ(0, next_limit(0, POLL_MAX + 1));
	EXPECT_EQ(0, next_limit(10, 1ULL << 32)) TH_LOG("more than 32 bits");
}

/* The host's administrator may lower the maximum. */
TEST(maximum_is_never_exceeded)
{
	EXPECT_EQ(0, halt_poll_next(150, POLL_MIN, 0, 0));
	EXPECT_EQ(100, halt_poll_next(150, POLL_MIN, 100, 100));
	EXPECT_EQ(5, halt_poll_next(0, POLL_MIN, 5, 5));
	EXPECT_EQ(~0U, halt_poll_next(3U << 30, POLL_MIN, ~0U, ~0U)) TH_LOG("no overflow");
}

TEST_HARNESS_MAIN
