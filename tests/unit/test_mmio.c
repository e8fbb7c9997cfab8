// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/mmio.c: decoding of a syndrome (ARM DDI 0406C, B3.13.6), and conversion between
 * bytes and register values in both endiannesses (A3.3.1).
 */
#include <linux/errno.h>

#include <kselftest_harness.h>

#include "loops.h"
#include "mmio.h"

/* Positions from the manual, because hsr.h is under test as well. */
#define ISV		(1U << 24)
#define SAS(n)		((u32)(n) << 22)
#define SSE		(1U << 21)
#define SRT(n)		((u32)(n) << 16)
#define WNR		(1U << 6)
#define CPSR_E		(1U << 9)

/* A data abort from the guest, a translation fault at level 3. */
#define BASE		(0x24U << 26 | 0x7)

static const u32 sizes[] = { 1, 2, 4 };

/* ---- decode ---- */

/* Bits without influence on the access: IL, bit 20 (reserved), EA, CM, S1PTW, FSC. */
static const u32 noise[] = { 0, 1U << 25, 1U << 20, 1U << 9, 1U << 8, 1U << 7, 0x3f };

/* The same in the CPSR: modes, masks, flags, Thumb, IT, GE, Q. */
static const u32 cpsr_noise[] = { 0, 0x1f, 0x1c0, 0xf8000000, 0x20, 0x0600fc00, 0xf0000 };

TEST(decode_every_valid_syndrome)
{
	unsigned int sas, reg, sign, write, big, n, c;

	EACH(sas, 3)
	EACH(reg, 15)
	EACH(sign, 2)
	EACH(write, 2)
	EACH(big, 2)
	EACH(n, ARRAY_SIZE(noise))
	EACH(c, ARRAY_SIZE(cpsr_noise)) {
		u32 hsr = BASE | ISV | SAS(sas) | SRT(reg) | (sign ? SSE : 0) |
			  (write ? WNR : 0) | noise[n];
		u32 cpsr = (big ? CPSR_E : 0) | cpsr_noise[c];
		struct mmio_access a;

		memset(&a, 0x5a, sizeof(a));
		ASSERT_EQ(0, mmio_decode(hsr, cpsr, &a))
			TH_LOG("HSR 0x%08x, CPSR 0x%08x", hsr, cpsr);
		ASSERT_EQ(sizes[sas], a.len);
		ASSERT_EQ(reg, a.reg);
		ASSERT_EQ(sign, a.sign);
		ASSERT_EQ(write, a.write);
		ASSERT_EQ(big, a.big);
	}
}

TEST(decode_without_isv)
{
	unsigned int sas, reg;
	struct mmio_access a;

	for (sas = 0; sas < 4; sas++)
		for (reg = 0; reg < 16; reg++) {
			u32 hsr = BASE | SAS(sas) | SRT(reg);

			ASSERT_EQ(-ENOENT, mmio_decode(hsr, 0, &a)) TH_LOG("HSR 0x%08x", hsr);
			ASSERT_EQ(-ENOENT, mmio_decode(hsr | SSE | WNR, CPSR_E, &a));
		}
}

/* A size of eight bytes is reserved in ARMv7. */
TEST(decode_reserved_size)
{
	unsigned int reg;
	struct mmio_access a;

	for (reg = 0; reg < 16; reg++)
		EXPECT_EQ(-ENOENT, mmio_decode(BASE | ISV | SAS(3) | SRT(reg), 0, &a));
}

TEST(decode_pc)
{
	unsigned int sas;
	struct mmio_access a;

	for (sas = 0; sas < 4; sas++) {
		EXPECT_EQ(-ENOENT, mmio_decode(BASE | ISV | SAS(sas) | SRT(15), 0, &a));
		EXPECT_EQ(-ENOENT, mmio_decode(BASE | ISV | SAS(sas) | SRT(15) | WNR, 0, &a));
	}
}

/* ---- bytes ---- */

static const u32 values[] = {
	0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
	0x80000000, 0xffffffff, 0x01020304, 0x89abcdef, 0x00ff00ff, 0xff00ff00,
};

#define CANARY		0xa5

TEST(store_every_size_and_endianness)
{
	static const struct {
		u8 len;
		bool big;
		u8 bytes[4];	/* of 0x89abcdef, lowest address first */
	} cases[] = {
		{ 1, false, { 0xef } },
		{ 1, true, { 0xef } },
		{ 2, false, { 0xef, 0xcd } },
		{ 2, true, { 0xcd, 0xef } },
		{ 4, false, { 0xef, 0xcd, 0xab, 0x89 } },
		{ 4, true, { 0x89, 0xab, 0xcd, 0xef } },
	};
	unsigned int i, sign, k;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (sign = 0; sign < 2; sign++) {
			struct mmio_access a = {
				.len = cases[i].len, .write = true,
				.big = cases[i].big, .sign = sign,
			};
			u8 data[8];

			memset(data, CANARY, sizeof(data));
			mmio_store_bytes(&a, 0x89abcdef, data);
			for (k = 0; k < sizeof(data); k++) {
				const u8 *bytes = cases[i].bytes;

				EXPECT_EQ(k < a.len ? bytes[k] : CANARY, data[k])
					TH_LOG("%u bytes, %s: byte %u", a.len,
					       a.big ? "big" : "little", k);
			}
		}
}

/* The register after a load, computed arithmetically instead of by bit operations. */
static u32 model_load(const u8 *data, unsigned int len, bool sign, bool big)
{
	s64 number = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		number = number * 256 + data[big ? i : len - 1 - i];
	if (sign && number >= 1LL << (8 * len - 1))
		number -= 1LL << (8 * len);
	return (u32)number;
}

TEST(load_every_byte)
{
	unsigned int sign, big, i;

	EACH(sign, 2)
	EACH(big, 2)
	EACH(i, 0x100) {
		struct mmio_access a = { .len = 1, .sign = sign, .big = big };
		u8 data[1] = { i };

		ASSERT_EQ(model_load(data, 1, sign, big), mmio_load_value(&a, data))
			TH_LOG("0x%02x, sign %u, big %u", i, sign, big);
	}
}

TEST(load_every_halfword)
{
	unsigned int sign, big, i;

	EACH(sign, 2)
	EACH(big, 2)
	EACH(i, 0x10000) {
		struct mmio_access a = { .len = 2, .sign = sign, .big = big };
		u8 data[2] = { i >> 8, i };

		ASSERT_EQ(model_load(data, 2, sign, big), mmio_load_value(&a, data))
			TH_LOG("0x%02x%02x, sign %u, big %u", data[0], data[1], sign, big);
	}
}

TEST(load_words)
{
	unsigned int sign, big, i;

	EACH(sign, 2)
	EACH(big, 2)
	EACH(i, ARRAY_SIZE(values)) {
		struct mmio_access a = { .len = 4, .sign = sign, .big = big };
		u32 v = values[i];
		u8 data[4] = { v >> 24, v >> 16, v >> 8, v };

		ASSERT_EQ(model_load(data, 4, sign, big), mmio_load_value(&a, data))
			TH_LOG("0x%08x, sign %u, big %u", v, sign, big);
	}
}

/* Constants worked out by hand, in case the model has the same error as the code. */
TEST(load_by_hand)
{
	static const struct {
		struct mmio_access access;
		u8 data[4];
		u32 expected;
	} cases[] = {
		{ { .len = 1 }, { 0x80 }, 0x80 },
		{ { .len = 1, .sign = true }, { 0x80 }, 0xffffff80 },
		{ { .len = 1, .sign = true }, { 0x7f }, 0x7f },
		{ { .len = 2 }, { 0x34, 0x12 }, 0x1234 },
		{ { .len = 2, .big = true }, { 0x12, 0x34 }, 0x1234 },
		{ { .len = 2, .sign = true }, { 0x00, 0x80 }, 0xffff8000 },
		{ { .len = 2, .sign = true, .big = true }, { 0x00, 0x80 }, 0x80 },
		{ { .len = 2, .sign = true, .big = true }, { 0x80, 0x00 }, 0xffff8000 },
		{ { .len = 4 }, { 0x78, 0x56, 0x34, 0x92 }, 0x92345678 },
		{ { .len = 4, .sign = true }, { 0x78, 0x56, 0x34, 0x92 }, 0x92345678 },
		{ { .len = 4, .big = true }, { 0x92, 0x34, 0x56, 0x78 }, 0x92345678 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_EQ(cases[i].expected, mmio_load_value(&cases[i].access, cases[i].data))
			TH_LOG("case %u", i);
}

TEST(what_is_stored_is_loaded)
{
	unsigned int s, big, i;

	EACH(s, ARRAY_SIZE(sizes))
	EACH(big, 2)
	EACH(i, ARRAY_SIZE(values)) {
		struct mmio_access a = { .len = sizes[s], .big = big };
		u32 mask = a.len == 4 ? ~0U : (1U << 8 * a.len) - 1;
		u8 data[4];

		mmio_store_bytes(&a, values[i], data);
		ASSERT_EQ(values[i] & mask, mmio_load_value(&a, data))
			TH_LOG("0x%08x, %u bytes, big %u", values[i], a.len, big);
	}
}

TEST_HARNESS_MAIN
