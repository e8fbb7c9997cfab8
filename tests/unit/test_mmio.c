// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/mmio.h: decoding of a syndrome (ARM DDI 0406C, B3.13.6), and conversion between
 * bytes and register values in both endiannesses (A3.3.1).
 */
#include <kselftest_harness.h>

#include "loops.h"
#include "mmio.h"

/* Positions from the manual, because hsr.h is under test as well. */
#define ISV		(1U << 24)
#define SAS(n)		((u32)(n) << 22)
#define SSE		(1U << 21)
#define SRT(n)		((u32)(n) << 16)
#define WNR		(1U << 6)

/* A data abort from the guest, a translation fault at level 3. */
#define BASE		(0x24U << 26 | 0x7)

static const u32 sizes[] = { 1, 2, 4 };

/* ---- decode ---- */

/* Bits without influence on the access: SSE, IL, bit 20 (reserved), EA, WnR, level. */
static const u32 noise[] = { 0, SSE, 1U << 25, 1U << 20, 1U << 9, WNR, 0x3 };

TEST(decode_every_valid_syndrome)
{
	unsigned int sas, reg, n;

	EACH(sas, 3)
	EACH(reg, 15)
	EACH(n, ARRAY_SIZE(noise)) {
		u32 hsr = BASE | ISV | SAS(sas) | SRT(reg) | noise[n];

		ASSERT_TRUE(mmio_is_described(hsr)) TH_LOG("HSR 0x%08x", hsr);
		ASSERT_TRUE(mmio_is_plain(hsr)) TH_LOG("HSR 0x%08x", hsr);
		ASSERT_EQ(sizes[sas], mmio_len(hsr));
	}
}

TEST(decode_without_isv)
{
	unsigned int sas, reg;

	EACH(sas, 4)
	EACH(reg, 16) {
		u32 hsr = BASE | SAS(sas) | SRT(reg);

		ASSERT_FALSE(mmio_is_described(hsr)) TH_LOG("HSR 0x%08x", hsr);
		ASSERT_FALSE(mmio_is_plain(hsr | SSE | WNR));
	}
}

/* A size of eight bytes is reserved in ARMv7. */
TEST(decode_reserved_size)
{
	unsigned int reg;

	EACH(reg, 16) {
		EXPECT_FALSE(mmio_is_described(BASE | ISV | SAS(3) | SRT(reg)));
		EXPECT_FALSE(mmio_is_plain(BASE | ISV | SAS(3) | SRT(reg)));
	}
}

TEST(decode_pc)
{
	unsigned int sas;

	EACH(sas, 4) {
		EXPECT_FALSE(mmio_is_described(BASE | ISV | SAS(sas) | SRT(15)));
		EXPECT_FALSE(mmio_is_plain(BASE | ISV | SAS(sas) | SRT(15) | WNR));
	}
}

/* Table B3-23: the status without the level, CM in bit 8, S1PTW in bit 7. */
TEST(plain_is_an_access_to_an_absent_page)
{
	const u32 hsr = (0x24U << 26) | ISV | SAS(2);
	unsigned int status;

	EACH(status, 64)
		EXPECT_EQ(status >> 2 == 1, mmio_is_plain(hsr | status)) TH_LOG("0x%x", status);
	EXPECT_FALSE(mmio_is_plain(hsr | 0x7 | 1U << 8)) TH_LOG("cache maintenance");
	EXPECT_FALSE(mmio_is_plain(hsr | 0x7 | 1U << 7)) TH_LOG("a walk of the guest's tables");
}

/* ---- bytes ---- */

static const u32 values[] = {
	0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
	0x80000000, 0xffffffff, 0x01020304, 0x89abcdef, 0x00ff00ff, 0xff00ff00,
};

/* The bytes of a store, lowest address first. */
static void store(unsigned int len, bool big, u32 value, u8 *data)
{
	u32 stored = mmio_stored(len, big, value);
	unsigned int i;

	EACH(i, 4)
		data[i] = stored >> 8 * i;
}

/* The register after a load of the bytes, lowest address first. */
static u32 load(unsigned int len, bool sign, bool big, const u8 *data)
{
	u32 bytes = 0;
	unsigned int i;

	EACH(i, len)
		bytes |= (u32)data[i] << 8 * i;
	return mmio_loaded(len, sign, big, bytes);
}

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
	unsigned int i, k;

	EACH(i, ARRAY_SIZE(cases)) {
		bool big = cases[i].big;
		u8 data[4];

		store(cases[i].len, big, 0x89abcdef, data);
		EACH(k, 4)
			EXPECT_EQ(cases[i].bytes[k], data[k])
				TH_LOG("%u bytes, big-endian %d: byte %u", cases[i].len, big,
				       k);
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
		u8 data[1] = { i };

		ASSERT_EQ(model_load(data, 1, sign, big), load(1, sign, big, data))
			TH_LOG("0x%02x, sign %u, big %u", i, sign, big);
	}
}

TEST(load_every_halfword)
{
	unsigned int sign, big, i;

	EACH(sign, 2)
	EACH(big, 2)
	EACH(i, 0x10000) {
		u8 data[2] = { i >> 8, i };

		ASSERT_EQ(model_load(data, 2, sign, big), load(2, sign, big, data))
			TH_LOG("0x%02x%02x, sign %u, big %u", data[0], data[1], sign, big);
	}
}

TEST(load_words)
{
	unsigned int sign, big, i;

	EACH(sign, 2)
	EACH(big, 2)
	EACH(i, ARRAY_SIZE(values)) {
		u32 v = values[i];
		u8 data[4] = { v >> 24, v >> 16, v >> 8, v };

		ASSERT_EQ(model_load(data, 4, sign, big), load(4, sign, big, data))
			TH_LOG("0x%08x, sign %u, big %u", v, sign, big);
	}
}

/* Constants computed by hand, in case the model has the same error as the code. */
TEST(load_by_hand)
{
	static const struct {
		struct {
			u8 len;
			bool sign, big;
		} access;
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

	EACH(i, ARRAY_SIZE(cases))
		EXPECT_EQ(cases[i].expected, load(cases[i].access.len, cases[i].access.sign,
						  cases[i].access.big, cases[i].data))
			TH_LOG("case %u", i);
}

TEST(load_returns_the_stored_value)
{
	unsigned int s, big, i;

	EACH(s, ARRAY_SIZE(sizes))
	EACH(big, 2)
	EACH(i, ARRAY_SIZE(values)) {
		unsigned int len = sizes[s];
		u32 mask = len == 4 ? ~0U : (1U << 8 * len) - 1;
		u8 data[4];

		store(len, big, values[i], data);
		ASSERT_EQ(values[i] & mask, load(len, false, big, data))
			TH_LOG("0x%08x, %u bytes, big %u", values[i], len, big);
	}
}

TEST_HARNESS_MAIN
