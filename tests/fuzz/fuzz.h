/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the fuzzers: input, differences, and outcomes that were reached.
 *
 * A fuzzer defines FOR_EACH_OUTCOME(do_), a list of names, before it includes this header.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* ---- outcomes that were reached: they show whether a run stays shallow ---- */

enum outcome {
#define NAME(name)	name,
	FOR_EACH_OUTCOME(NAME)
#undef NAME
	NR_OUTCOMES
};

static const char *const outcome_names[NR_OUTCOMES] = {
#define NAME(name)	#name,
	FOR_EACH_OUTCOME(NAME)
#undef NAME
};

static unsigned long reached[NR_OUTCOMES];

static void print_reached(void)
{
	unsigned int i;

	for (i = 0; i < NR_OUTCOMES; i++)
		fprintf(stderr, "reached %s %lu\n", outcome_names[i], reached[i]);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return atexit(print_reached);
}

/* ---- differences ---- */

#define EXPECT(what, expected, got) do {				\
	long long e_ = (long long)(expected), g_ = (long long)(got);	\
									\
	if (e_ != g_) {							\
		fprintf(stderr, "%s:%d: %s: expected %lld (0x%llx), got %lld (0x%llx)\n", \
			__FILE__, __LINE__, what, e_, (unsigned long long)e_, g_, \
			(unsigned long long)g_);			\
		abort();						\
	}								\
} while (0)

/* ---- input ---- */

struct input {
	const u8 *data;
	size_t left;
};

/* Returns 0 after the end of the input. */
static inline u8 take8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static inline u32 take32(struct input *in)
{
	u32 value = take8(in);

	value |= (u32)take8(in) << 8;
	value |= (u32)take8(in) << 16;
	return value | (u32)take8(in) << 24;
}

#endif /* TESTS_FUZZ_FUZZ_H */
