// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "guest/guest.h"
#include "harness/rule.h"
#include "race.h"

#define DEFAULT_SEED	1

/*
 * For two sides. With more there are half as many rounds: more sides take longer to meet, and each
 * round covers more orders.
 */
#define DEFAULT_ROUNDS	10
#define MIN_ROUNDS	4

/*
 * Delays are below a random power of two, because some calls take a microsecond and others a
 * millisecond, and machines differ in speed.
 */
#define DELAY_BITS	18

/* Every other round has almost no delay, because some race windows are very short. */
#define CLOSE_BITS	5

/*
 * An emulator with one thread for all CPUs switches to another CPU only when the current CPU waits
 * or is interrupted. Without interrupts, each call would complete before the next began. So a timer
 * interrupts each side at a random time after the sides met: a number of ns up to a random power of
 * two.
 */
#define JOLT_MIN_BITS	13
#define JOLT_MAX_BITS	19

/*
 * The sides meet until a meeting is shorter than AWAKE_NS, but at most MEETINGS_MAX times: on a
 * slow machine, the race may have to run without a short meeting.
 */
#define AWAKE_NS	20000
#define MEETINGS_MAX	100

/* ---- numbers ---- */

static unsigned int env_number(const char *name, unsigned int fallback)
{
	const char *value = getenv(name);
	unsigned long number;
	char *end;

	if (!value)
		return fallback;
	errno = 0;
	number = strtoul(value, &end, 0);
	if (errno || end == value || *end || value[0] == '-' || number > UINT32_MAX) {
		fprintf(stderr, "%s: expected a number from 0 to %u, got '%s'\n",
			name, UINT32_MAX, value);
		exit(1);
	}
	return number;
}

/* xorshift32: the same sequence everywhere, unlike rand(). */
static uint32_t next_random(struct race *race)
{
	uint32_t x = race->random;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return race->random = x;
}

unsigned int race_chance(struct race *race, unsigned int below)
{
	return next_random(race) % below;
}

/* The side that was first most often is delayed, so that all orders occur. */
static bool leads(const struct race *race, unsigned int side)
{
	bool behind = false;
	unsigned int i;

	for (i = 0; i < race->sides; i++) {
		if (race->first[i] > race->first[side])
			return false;
		behind |= race->first[i] < race->first[side];
	}
	return behind;
}

static unsigned int random_delay(struct race *race, unsigned int side)
{
	unsigned int bits = race_chance(race, DELAY_BITS / 2 + 1);

	if (race->number % 2)
		bits = CLOSE_BITS;
	else if (leads(race, side))
		bits += DELAY_BITS / 2;
	return next_random(race) & ((1U << bits) - 1);
}

static unsigned int random_jolt(struct race *race)
{
	unsigned int bits = JOLT_MIN_BITS +
			    race_chance(race, JOLT_MAX_BITS - JOLT_MIN_BITS + 1);

	return 1 + (next_random(race) & ((1U << bits) - 1));
}

/* FNV-1a. */
static uint32_t mix(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619U;
	return hash;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* ---- threads ---- */

struct runner {
	struct race *race;
	unsigned int side;
};

/*
 * Each side gets a CPU of its own if there are enough: two threads that spin for each other on one
 * CPU would meet only after a time slice.
 */
static bool bind_to_cpu(unsigned int side)
{
	unsigned int cpu, nth;
	cpu_set_t all, one;

	if (sched_getaffinity(0, sizeof(all), &all))
		return false;
	nth = side % CPU_COUNT(&all);
	for (cpu = 0; !CPU_ISSET(cpu, &all) || nth; cpu++)
		nth -= !!CPU_ISSET(cpu, &all);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return !sched_setaffinity(0, sizeof(one), &one);
}

/* Waits for the other sides without sleeping; @passed counts the meetings. */
static void meet(struct race *race, unsigned int *passed)
{
	unsigned int all = race->sides * ++*passed;

	__atomic_add_fetch(&race->arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&race->arrived, __ATOMIC_SEQ_CST) < all)
		if (race->crowded)
			sched_yield();
		else
			guest_relax();
}

/*
 * On virtual CPUs one side often does not run while another does. All sides are running only if
 * they meet in almost no time.
 */
static void meet_awake(struct race *race, bool decides, unsigned int *passed)
{
	unsigned int meetings = 0;
	uint64_t before;

	meet(race, passed);
	if (race->crowded)
		return;
	do {
		before = now_ns();
		meet(race, passed);
		if (decides)
			race->enough = now_ns() - before < AWAKE_NS ||
				       ++meetings == MEETINGS_MAX;
		meet(race, passed);
	} while (!race->enough);
}

static void make_call(struct race *race, struct race_side *side)
{
	volatile unsigned int spins = side->spins;
	struct itimerspec jolt = { .it_value.tv_nsec = side->jolt_ns };
	unsigned int passed = 0;

	meet_awake(race, side == race->side, &passed);
	/* Without a timer, calls still overlap on real CPUs. */
	timerfd_settime(race->timer[side - race->side], 0, &jolt, NULL);
	/* Setting the timer takes a different time on each side: meet once more. */
	meet(race, &passed);
	while (spins)
		spins--;
	side->began = now_ns();
	side->ret = side->call(side->arg);
	side->ended = now_ns();
}

static void *run_side(void *arg)
{
	struct runner *runner = arg;
	struct race *race = runner->race;

	bind_to_cpu(runner->side);
	for (;;) {
		pthread_barrier_wait(&race->start);
		make_call(race, &race->side[runner->side]);
		pthread_barrier_wait(&race->end);
	}
	return NULL;
}

/* The threads exist until the process ends. */
static void start_threads(struct race *race)
{
	static struct runner runners[RACE_MAX_SIDES];
	cpu_set_t cpus;
	pthread_t thread;
	unsigned int i;
	int ret;

	race->crowded = sched_getaffinity(0, sizeof(cpus), &cpus) ||
			(unsigned int)CPU_COUNT(&cpus) < race->sides;
	pthread_barrier_init(&race->start, NULL, race->sides + 1);
	pthread_barrier_init(&race->end, NULL, race->sides + 1);
	for (i = 0; i < race->sides; i++) {
		runners[i] = (struct runner){ race, i };
		ret = pthread_create(&thread, NULL, run_side, &runners[i]);
		if (ret) {
			fprintf(stderr, "thread %u: expected success, got %s\n",
				i, strerror(ret));
			exit(1);
		}
	}
	race->threads = true;
}

/* ---- rounds ---- */

void race_begin(struct race *race, const char *variant, const char *test,
		unsigned int sides)
{
	unsigned int i;

	memset(race, 0, sizeof(*race));
	race->sides = sides;
	/* Only the timers' interrupts matter; expirations are not read. */
	for (i = 0; i < sides; i++)
		race->timer[i] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	race->seed = env_number("race_seed", DEFAULT_SEED);
	/* xorshift needs a state other than 0. */
	race->random = mix(mix(2166136261U ^ race->seed, variant), test) ?: 1;
	race->wanted = env_number("race_rounds", DEFAULT_ROUNDS);
	if (sides > 2)
		race->wanted /= 2;
	if (race->wanted < MIN_ROUNDS)
		race->wanted = MIN_ROUNDS;
}

/* True if @a was called before @b had returned. */
static bool before_end(const struct race_side *a, const struct race_side *b)
{
	return a->began && (!b->ended || a->began < b->ended);
}

static bool overlapped(const struct race *race)
{
	const struct race_side *side = race->side;
	unsigned int i, j;

	for (i = 0; i < race->sides; i++)
		for (j = 0; j < i; j++)
			if (before_end(&side[i], &side[j]) &&
			    before_end(&side[j], &side[i]))
				return true;
	return false;
}

static unsigned int first_by_time(const struct race *race)
{
	unsigned int i, first = 0;

	for (i = 1; i < race->sides; i++)
		if (race->side[i].ended < race->side[first].ended)
			first = i;
	return first;
}

static void count_round(struct race *race)
{
	race->rounds++;
	if (overlapped(race))
		race->overlap++;
	if (!race->first_is_set)
		race->first[first_by_time(race)]++;
}

bool race_next(struct race *race)
{
	if (race->number) {
		count_round(race);
		race->first_is_set = false;
	}
	if (race->stopped || race->rounds >= race->wanted)
		return false;
	race->number++;
	return true;
}

void race_side(struct race *race, unsigned int side, const char *name,
	       int (*call)(void *arg), void *arg)
{
	race->side[side] = (struct race_side){
		.name = name, .call = call, .arg = arg,
		.spins = random_delay(race, side),
		.jolt_ns = random_jolt(race),
	};
}

void race_run(struct race *race)
{
	if (!race->threads)
		start_threads(race);
	race->arrived = 0;
	pthread_barrier_wait(&race->start);
	pthread_barrier_wait(&race->end);
}

void race_set_first(struct race *race, unsigned int side)
{
	race->first_is_set = true;
	race->first[side]++;
}

void race_stop(struct race *race)
{
	race->stopped = true;
}

unsigned int race_count(const struct race *race, int ret)
{
	unsigned int i, count = 0;

	for (i = 0; i < race->sides; i++)
		count += race->side[i].ret == ret;
	return count;
}

/* ---- words ---- */

const char *race_describe(const struct race *race)
{
	static char text[512];
	size_t used;
	unsigned int i;

	used = snprintf(text, sizeof(text), "round %u of race_seed=%u:",
			race->number, race->seed);
	for (i = 0; i < race->sides && used < sizeof(text); i++)
		used += snprintf(text + used, sizeof(text) - used, "%s %s %s",
				 i ? "," : "", race->side[i].name,
				 rule_outcome(race->side[i].ret));
	return text;
}

void race_end(struct race *race)
{
	unsigned int i, never = 0;

	for (i = 0; i < race->sides; i++)
		if (race->timer[i] >= 0)
			close(race->timer[i]);
	printf("%u rounds of race_seed=%u, %u with calls at once; first:",
	       race->rounds, race->seed, race->overlap);
	for (i = 0; i < race->sides; i++) {
		printf("%s %s %u", i ? "," : "", race->side[i].name, race->first[i]);
		never += !race->first[i];
	}
	putchar('\n');
	if (never)
		printf("NOTE: of %u sides, %u were never first: this run says little about that "
		       "order\n",
		       race->sides, never);
	if (!race->overlap)
		puts("NOTE: no two calls overlapped: this run says little about races");
}
