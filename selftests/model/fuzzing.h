/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the fuzzers: random numbers, and numbers in environment variables. */
#ifndef VGIC_ABI_FUZZING_H
#define VGIC_ABI_FUZZING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define DEFAULT_SEED	2012

static uint64_t chance_state;

/* The sequence is the same for the same seed, which is not 0. */
static inline void chance_begin(uint32_t seed)
{
	chance_state = seed * 0x9e3779b97f4a7c15ULL;
}

/* Xorshift, G. Marsaglia 2003: 13, 7, 17. 0 to @below - 1. */
static inline uint32_t chance(uint32_t below)
{
	uint64_t x = chance_state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	chance_state = x;
	return (uint32_t)(x >> 16) % below;
}

/* True once in @times. */
static inline bool once_in(uint32_t times)
{
	return !chance(times);
}

static inline unsigned long number_of(const char *name, unsigned long otherwise)
{
	const char *given = getenv(name);

	return given ? strtoul(given, NULL, 0) : otherwise;
}

/* The given seed, or a random one if that is 0. */
static inline uint32_t the_seed(void)
{
	uint32_t seed = number_of("fuzz_seed", DEFAULT_SEED);

	while (!seed)
		if (getrandom(&seed, sizeof(seed), 0) < 0)
			seed = time(NULL);
	return seed;
}

#endif /* VGIC_ABI_FUZZING_H */
