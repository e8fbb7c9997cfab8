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

/* The same seed, which must not be 0, gives the same sequence. */
static inline void chance_begin(uint32_t seed)
{
	chance_state = seed * 0x9e3779b97f4a7c15ULL;
}

/* Returns a number from 0 to @below - 1. Xorshift (G. Marsaglia 2003) with shifts 13, 7, 17. */
static inline uint32_t chance(uint32_t below)
{
	uint64_t x = chance_state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	chance_state = x;
	return (uint32_t)(x >> 16) % below;
}

/* True with a probability of 1 in @times. */
static inline bool once_in(uint32_t times)
{
	return !chance(times);
}

static inline unsigned long env_number(const char *name, unsigned long fallback)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 0) : fallback;
}

/* The environment variable fuzz_seed, or DEFAULT_SEED if it is not set; 0 means a random seed. */
static inline uint32_t fuzz_seed(void)
{
	uint32_t seed = env_number("fuzz_seed", DEFAULT_SEED);

	while (!seed)
		if (getrandom(&seed, sizeof(seed), 0) < 0)
			seed = time(NULL);
	return seed;
}

#endif /* VGIC_ABI_FUZZING_H */
