// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares selftests/lib/guest/guest_string.c with the C library, at every alignment and length.
 * The sanitizers check that no other byte is accessed.
 */
#include <kselftest_harness.h>

#include "loops.h"
#include "random.h"

#define memset	guest_memset
#define memcpy	guest_memcpy
#define memcmp	guest_memcmp
#include "../../selftests/lib/guest/guest_string.c"
#undef memset
#undef memcpy
#undef memcmp

/* Enough for bytes at both ends and whole words between them, at any alignment. */
#define LONGEST		(4 * WORD + 3)
#define SIZE		(LONGEST + 3 * WORD)

struct buffers {
	_Alignas(16) unsigned char ours[SIZE], libc[SIZE];
};

static void fill(struct buffers *b, u64 *state)
{
	unsigned int i;

	EACH(i, SIZE)
		b->ours[i] = b->libc[i] = random_next(state);
}

TEST(sets)
{
	static const int values[] = { 0, 0xff, 0x5a, 0x180, -2 };
	unsigned int at, count, i;
	struct buffers b;
	u64 state = 1;

	EACH(at, 2 * WORD)
	EACH(count, LONGEST + 1)
	EACH(i, ARRAY_SIZE(values)) {
		fill(&b, &state);
		memset(b.libc + at, values[i], count);
		ASSERT_EQ(b.ours + at, guest_memset(b.ours + at, values[i], count));
		ASSERT_EQ(0, memcmp(b.ours, b.libc, SIZE))
			TH_LOG("%u bytes at %u, value 0x%x", count, at, values[i]);
	}
}

TEST(copies)
{
	unsigned int to, from, count;
	unsigned char source[SIZE];
	struct buffers b;
	u64 state = 2;

	EACH(to, 2 * WORD)
	EACH(from, 2 * WORD)
	EACH(count, LONGEST + 1) {
		fill(&b, &state);
		memcpy(source, b.ours, SIZE);
		fill(&b, &state);
		memcpy(b.libc + to, source + from, count);
		ASSERT_EQ(b.ours + to, guest_memcpy(b.ours + to, source + from, count));
		ASSERT_EQ(0, memcmp(b.ours, b.libc, SIZE))
			TH_LOG("%u bytes from %u to %u", count, from, to);
	}
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

/* Compares equal buffers, and buffers that differ in one or two bytes. */
TEST(compares)
{
	unsigned int left, right, count, i, k;
	unsigned char a[SIZE], b[SIZE];
	u64 state = 3;

	EACH(left, WORD)
	EACH(right, WORD)
	EACH(count, LONGEST + 1)
	EACH(i, 4) {
		EACH(k, SIZE)
			a[k] = random_next(&state);
		memcpy(b + right, a + left, count);
		if (count && i)
			b[right + random_below(&state, count)] = random_next(&state);
		if (count && i > 1)
			b[right + random_below(&state, count)] ^= 0x80;
		ASSERT_EQ(sign(memcmp(a + left, b + right, count)),
			  sign(guest_memcmp(a + left, b + right, count)))
			TH_LOG("%u bytes at %u and %u", count, left, right);
	}
}

TEST_HARNESS_MAIN
