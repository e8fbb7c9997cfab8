// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions to which compilers generate calls, for guest and host. The C library's versions may use
 * registers and tables that a guest has not set up. The KVM library's versions work byte by byte:
 * clearing the memory for a program took two thirds of the time of a test with a guest. No access
 * here is unaligned, because a guest may have its MMU off.
 *
 * Built with -ffreestanding, and with options that keep a loop from becoming a call of the function
 * itself.
 */
#include <stddef.h>
#include <stdint.h>

/* Words may alias objects of any type. */
typedef unsigned long __attribute__((may_alias)) word_t;

#define WORD	sizeof(word_t)

static size_t misaligned(const void *at)
{
	return (uintptr_t)at % WORD;
}

void *memset(void *memory, int value, size_t count)
{
	const word_t everywhere = (unsigned char)value * (~0UL / 0xff);
	unsigned char *at = memory;

	for (; count && misaligned(at); count--)
		*at++ = value;
	for (; count >= WORD; count -= WORD, at += WORD)
		*(word_t *)at = everywhere;
	for (; count; count--)
		*at++ = value;
	return memory;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	const unsigned char *source = from;
	unsigned char *at = to;

	if (misaligned(at) == misaligned(source)) {
		for (; count && misaligned(at); count--)
			*at++ = *source++;
		for (; count >= WORD; count -= WORD, at += WORD, source += WORD)
			*(word_t *)at = *(const word_t *)source;
	}
	for (; count; count--)
		*at++ = *source++;
	return to;
}

int memcmp(const void *left, const void *right, size_t count)
{
	const unsigned char *a = left, *b = right;

	if (misaligned(a) == misaligned(b)) {
		for (; count && misaligned(a) && *a == *b; count--)
			a++, b++;
		if (!misaligned(a))
			for (; count >= WORD && *(const word_t *)a == *(const word_t *)b;
			     count -= WORD, a += WORD, b += WORD)
				;
	}
	for (; count; count--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}
