/* SPDX-License-Identifier: GPL-2.0-only */
/* Random choices for hostile tests, with a seed for each thread, and the tests' duration. */
#ifndef TESTS_REFKERNEL_CHANCE_H
#define TESTS_REFKERNEL_CHANCE_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "host.h"

static __thread unsigned int chance_state;

/* Returns a random number from 0 to @below - 1, or any 32-bit number if @below is 0. */
static inline uint32_t chance(uint32_t below)
{
	uint32_t value = (uint32_t)rand_r(&chance_state) << 16 ^ (uint32_t)rand_r(&chance_state);

	return below ? value % below : value;
}

#define CHOOSE(array)	((array)[chance(ARRAY_SIZE(array))])

/*
 * Returns a number from the kernel's command line: the kernel passes parameters that it does not
 * know to init as environment variables.
 */
static inline unsigned int env_number(const char *name, unsigned int fallback)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 0) : fallback;
}

/*
 * Returns the seed from `hostile_seed=`, or a random one, and prints it. The same seed repeats a
 * run, except for the timing of threads.
 */
static inline unsigned int hostile_seed(void)
{
	unsigned int seed = 0;

	/* The time is only a fallback: without an RTC it is the same at each boot. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed = time(NULL);
	seed = env_number("hostile_seed", seed);
	ksft_print_msg("hostile_seed=%u\n", seed);
	return seed;
}

/* Returns the duration of all tests of a program together, in seconds, from `hostile=`. */
static inline unsigned int hostile_seconds(void)
{
	return env_number("hostile", 20);
}

/*
 * False after @end or SIGTERM. On a slow machine little may have been done by @end, so tests that
 * need a minimum of work also check how much they have done.
 */
static inline bool time_is_left(time_t end)
{
	return !end_requested && time(NULL) < end;
}

/* Prints progress every ten seconds, so that the runner does not take the machine for hung. */
static inline void print_progress(const char *what, unsigned long count, time_t end)
{
	static time_t printed;
	time_t now = time(NULL);

	if (now - printed < 10 || now > end)
		return;
	printed = now;
	ksft_print_msg("%s: %lu done, %ld s left\n", what, count, (long)(end - now));
}

#endif /* TESTS_REFKERNEL_CHANCE_H */
