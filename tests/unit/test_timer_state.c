// SPDX-License-Identifier: GPL-2.0-only
/*
 * include/kvm/timer_state.h: a timer's condition and its interrupt, ARM DDI 0406C,
 * B8.1.5 and B4.1.22 to B4.1.31.
 */
#include <kselftest_harness.h>

#include <kvm/timer_state.h>

#include "loops.h"
#include "random.h"

#define ENABLE	1U
#define IMASK	2U
#define ISTATUS	4U

static const u64 values[] = {
	0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
	0x8000000000000000, ~0ULL - 1, ~0ULL,
};

/* The condition is met from CompareValue on; the output needs ENABLE set and IMASK clear. */
TEST(output)
{
	unsigned int v, n, ctl;

	EACH(v, ARRAY_SIZE(values))
	EACH(n, ARRAY_SIZE(values))
	EACH(ctl, 8) {
		u64 cval = values[v], now = values[n];
		bool met = now >= cval;

		EXPECT_EQ(met && (ctl & 3) == ENABLE, timer_output(ctl, cval, now))
			TH_LOG("control %u, value %llx, now %llx", ctl, cval, now);
	}
}

/* ISTATUS shows the condition regardless of IMASK, and 0 while ENABLE is 0. */
TEST(control)
{
	unsigned int v, n, ctl;

	EACH(v, ARRAY_SIZE(values))
	EACH(n, ARRAY_SIZE(values))
	EACH(ctl, 16) {
		u64 cval = values[v], now = values[n];
		u32 status = ctl & ENABLE && now >= cval ? ISTATUS : 0;

		EXPECT_EQ((ctl & 3) | status, timer_ctl(ctl, cval, now))
			TH_LOG("control %u, value %llx, now %llx", ctl, cval, now);
	}
}

/* The time until the output rises is exact, and none is given if it will not rise. */
TEST(will_fire)
{
	unsigned int v, n, ctl;

	EACH(v, ARRAY_SIZE(values))
	EACH(n, ARRAY_SIZE(values))
	EACH(ctl, 8) {
		u64 cval = values[v], now = values[n], ticks = 0;
		bool will = (ctl & 3) == ENABLE && now < cval;

		ASSERT_EQ(will, timer_will_fire(ctl, cval, now, &ticks))
			TH_LOG("control %u, value %llx, now %llx", ctl, cval, now);
		if (!will)
			continue;
		EXPECT_FALSE(timer_output(ctl, cval, now + ticks - 1));
		EXPECT_TRUE(timer_output(ctl, cval, now + ticks));
	}
}

/* TimerValue is signed, 32 bits wide and relative to the count. */
TEST(timer_value)
{
	EXPECT_EQ(1000, timer_cval_of(0, 1000));
	EXPECT_EQ(1100, timer_cval_of(100, 1000));
	EXPECT_EQ(999, timer_cval_of(~0U, 1000));
	EXPECT_EQ(0x80000000ULL - 1 + 5, timer_cval_of(0x7fffffff, 5));
	EXPECT_EQ(0x200000000ULL - 0x80000000ULL, timer_cval_of(0x80000000, 0x200000000ULL));

	EXPECT_EQ(100, timer_tval(1100, 1000));
	EXPECT_EQ(~0U, timer_tval(999, 1000)) TH_LOG("negative");
	EXPECT_EQ(0, timer_tval(1000, 1000));
}

/* A value reads back as written while the count does not change. */
TEST(timer_value_round_trip)
{
	u64 random = 4;
	unsigned int i;

	EACH(i, 10000) {
		u64 now = random_next(&random);
		u32 tval = random_next(&random);

		ASSERT_EQ(tval, timer_tval(timer_cval_of(tval, now), now));
	}
}

TEST_HARNESS_MAIN
