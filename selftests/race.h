/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that several threads make at once, round after round:
 *
 *	struct race race;
 *
 *	race_begin(&race, variant->name, _metadata->name, 2);
 *	while (race_next(&race)) {
 *		(a VM of its own for each round)
 *		race_side(&race, 0, "set", call, &argument);
 *		race_side(&race, 1, "create", call, &argument);
 *		race_run(&race);
 *		(race.side[i].ret is what the call returned)
 *	}
 *	race_end(&race);
 *
 * The delay of each side before its call comes from a seed. It is a number of iterations of a
 * loop, because a sleep is not precise. A timer interrupts each side at a random time, for
 * emulators whose CPUs take turns. Environment variables, set on the kernel's command line, are
 *
 *	race_seed=	selects the sequence of delays
 *	race_rounds=	rounds of each test with two sides, and half as many with more sides; at
 *			least 4
 */
#ifndef VGIC_ABI_RACE_H
#define VGIC_ABI_RACE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define RACE_MAX_SIDES	8

/**
 * struct race_side - one of the calls
 * @name:  name for diagnostics
 * @call:  makes the call; returns 0 or above, or a negative errno
 * @arg:   argument of @call
 * @ret:   result of @call
 * @spins: iterations of the delay loop before the call
 * @jolt_ns: nanoseconds from the start of the round until a timer interrupts this side
 * @began: time of the call, in ns of a monotonic clock; 0 if it was not made
 * @ended: time of its return; 0 if it did not return
 */
struct race_side {
	const char *name;
	int (*call)(void *arg);
	void *arg;
	int ret;
	unsigned int spins;
	unsigned int jolt_ns;
	uint64_t began;
	uint64_t ended;
};

/**
 * struct race - all rounds of one test
 * @side:    the calls of this round
 * @rounds:  rounds so far
 * @overlap: rounds in which two calls overlapped
 * @first:   number of rounds in which each side was first
 */
struct race {
	struct race_side side[RACE_MAX_SIDES];
	unsigned int sides;
	unsigned int rounds;
	unsigned int overlap;
	unsigned int first[RACE_MAX_SIDES];

	/* private */
	unsigned int seed;
	unsigned int random;
	unsigned int wanted;
	bool stopped;
	bool first_is_set;
	bool threads;
	bool crowded;
	bool enough;
	unsigned int arrived;
	unsigned int number;
	int timer[RACE_MAX_SIDES];
	pthread_barrier_t start;
	pthread_barrier_t end;
};

/*
 * The names are part of the seed, so that tests differ in their delays. If an environment variable
 * is invalid, the test fails and the process ends.
 */
void race_begin(struct race *race, const char *variant, const char *test,
		unsigned int sides);

/* True if there is another round. */
bool race_next(struct race *race);

/* A random number below @below, for other differences between rounds. */
unsigned int race_chance(struct race *race, unsigned int below);

void race_side(struct race *race, unsigned int side, const char *name,
	       int (*call)(void *arg), void *arg);

/* Returns when all calls have returned. */
void race_run(struct race *race);

/*
 * Sets the side that was first, if the results show it. Without this call, the side whose call
 * returned first counts as first.
 */
void race_set_first(struct race *race, unsigned int side);

/* Ends the rounds, because the test has failed. */
void race_stop(struct race *race);

/* The number of calls that returned @ret. */
unsigned int race_count(const struct race *race, int ret);

/* "round 7 of race_seed=1: set OK, create EEXIST"; valid until the next call. */
const char *race_describe(const struct race *race);

/* Prints how often each side was first, and whether a side never was. */
void race_end(struct race *race);

#endif /* VGIC_ABI_RACE_H */
