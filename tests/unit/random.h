/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pseudorandom numbers for tests, the same in each run and on each machine, so that failures are
 * reproducible.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <linux/types.h>

/* Xorshift with the shifts 13, 7, 17 (G. Marsaglia, 2003). The state must not be 0. */
static inline u64 random_next(u64 *state)
{
	u64 x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x;
}

/* Returns a number from 0 to @limit - 1. */
static inline unsigned int random_below(u64 *state, unsigned int limit)
{
	return (random_next(state) >> 16) % limit;
}

#endif /* TESTS_UNIT_RANDOM_H */
