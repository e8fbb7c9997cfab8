/* SPDX-License-Identifier: GPL-2.0-only */
/* Random choices, by thread, from a seed; and for how long a test shall try them. */
#ifndef TESTS_REFKERNEL_CHANCE_H
#define TESTS_REFKERNEL_CHANCE_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "host.h"

static __thread unsigned int chance_state;

/* 0 to @below - 1; any word for 0. */
static inline uint32_t chance(uint32_t below)
{
	uint32_t value = (uint32_t)rand_r(&chance_state) << 16 ^ (uint32_t)rand_r(&chance_state);

	return below ? value % below : value;
}

#define CHOOSE(array)	((array)[chance(ARRAY_SIZE(array))])

/* From the kernel's command line, whose unknown words init passes on. */
static inline unsigned int number_of(const char *name, unsigned int otherwise)
{
	const char *given = getenv(name);

	return given ? strtoul(given, NULL, 0) : otherwise;
}

/*
 * `hostile_seed=` repeats a run, as far as threads let it. Printed, so that a run
 * that failed can be repeated.
 */
static inline unsigned int hostile_seed(void)
{
	unsigned int seed = 0;

	/* Not the time: a machine without a clock has the same at each boot. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed = time(NULL);
	seed = number_of("hostile_seed", seed);
	ksft_print_msg("hostile_seed=%u\n", seed);
	return seed;
}

/* `hostile=`: seconds for all tests of a program together. */
static inline unsigned int hostile_seconds(void)
{
	return number_of("hostile", 20);
}

/* A test that has to have done so much for what it expects asks for that as well. */
static inline bool time_is_left(time_t end)
{
	return !told_to_end && time(NULL) < end;
}

/* A word every ten seconds, so that nobody takes the machine for hung while there is time. */
static inline void say_progress(const char *what, unsigned long count, time_t end)
{
	static time_t said;
	time_t now = time(NULL);

	if (now - said < 10 || now > end)
		return;
	said = now;
	ksft_print_msg("%s: %lu so far, %ld s to go\n", what, count, (long)(end - now));
}

#endif /* TESTS_REFKERNEL_CHANCE_H */
