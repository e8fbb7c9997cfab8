/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels of a few instructions, for tests of vgic-run that need no Linux: one that never exits,
 * and one that writes to the console and powers off.
 */
#ifndef TESTS_GUEST_LINUX_SMALL_KERNEL_H
#define TESTS_GUEST_LINUX_SMALL_KERNEL_H

#include "host.h"

#define HEADER_WORDS	16
#define COUNT_WORD	9	/* in loud_code: how many characters; 0: 2^32 */

#ifdef __arm__

#define IDLE	0xeafffffe	/* b . */

static const uint32_t loud_code[] = {
	0xe3a00409,		/* mov r0, #0x09000000: the PL011's data register */
	0xe3a01078,		/* mov r1, #'x' */
	0xe59f2014,		/* ldr r2, the count */
	0xe5801000,		/* 1: str r1, [r0] */
	0xe2522001,		/* subs r2, r2, #1 */
	0x1afffffc,		/* bne 1b */
	0xe59f0008,		/* ldr r0, PSCI's SYSTEM_OFF */
	0xe1400070,		/* hvc #0 */
	IDLE,
	0, 0x84000008,
};

/* A zImage of @size bytes (Documentation/arm/booting.rst). */
static inline void fill_header(uint32_t header[HEADER_WORDS], uint32_t size)
{
	header[0] = 0xea00000e;	/* b 0x40 */
	header[9] = 0x016f2818;
	header[11] = size;
}

#else

#define IDLE	0x14000000	/* b . */

static const uint32_t loud_code[] = {
	0xd2a12000,		/* mov x0, #0x09000000: the PL011's data register */
	0x52800f01,		/* mov w1, #'x' */
	0x180000e2,		/* ldr w2, the count */
	0xb9000001,		/* 1: str w1, [x0] */
	0x71000442,		/* subs w2, w2, #1 */
	0x54ffffc1,		/* b.ne 1b */
	0x18000080,		/* ldr w0, PSCI's SYSTEM_OFF */
	0xd4000002,		/* hvc #0 */
	IDLE,
	0, 0x84000008,
};

/* An Image of @size bytes (Documentation/arm64/booting.rst). */
static inline void fill_header(uint32_t header[HEADER_WORDS], uint32_t size)
{
	header[0] = 0x14000010;	/* b 0x40 */
	header[4] = size;
	header[6] = 0xa;	/* little-endian, 4K pages, anywhere in memory */
	header[14] = 0x644d5241;
}

#endif

static inline bool write_kernel(const char *path, const uint32_t *code, unsigned int words)
{
	uint32_t image[1024] = { 0 };
	FILE *file = fopen(path, "w");
	bool good;

	fill_header(image, sizeof(image));
	memcpy(image + HEADER_WORDS, code, words * sizeof(code[0]));
	good = file && fwrite(image, sizeof(image), 1, file) == 1;
	if (file && fclose(file))
		good = false;
	return check(good, path);
}

/* Makes a kernel that never exits. */
static inline bool make_silent_kernel(const char *path)
{
	static const uint32_t code[] = { IDLE };

	return write_kernel(path, code, ARRAY_SIZE(code));
}

/* Makes a kernel that writes 'x' to the PL011 @count times (0: 2^32 times) and powers off. */
static inline bool make_loud_kernel(const char *path, uint32_t count)
{
	uint32_t code[ARRAY_SIZE(loud_code)];

	memcpy(code, loud_code, sizeof(code));
	code[COUNT_WORD] = count;
	return write_kernel(path, code, ARRAY_SIZE(code));
}

#endif /* TESTS_GUEST_LINUX_SMALL_KERNEL_H */
