/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers for tests that try many things: the same on every run and every
 * machine, so that a failure comes back.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <linux/types.h>

/* The state is never 0. Xorshift, G. Marsaglia 2003: 13, 7, 17. */
static inline u64 random_next(u64 *state)
{
	u64 x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x;
}

/* 0 to @limit - 1. */
static inline unsigned int random_below(u64 *state, unsigned int limit)
{
	return (random_next(state) >> 16) % limit;
}

#endif /* TESTS_UNIT_RANDOM_H */
