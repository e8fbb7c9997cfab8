// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/save_file.c: reading a saved file, and refusal of invalid files. */
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "../random.h"
#include "save_file.h"

#define HEADER	24

/* A file with two sections, in an allocation of exactly its size. */
FIXTURE(file) {
	uint8_t *bytes;
	size_t size;
};

FIXTURE_SETUP(file)
{
	struct save_writer w;
	FILE *file = tmpfile();

	ASSERT_NE(NULL, file);
	save_begin(&w, file);
	save_section(&w, SAVE_CONFIG, 0, 5);
	save_put(&w, "hello", 5);
	save_pad(&w);
	save_section(&w, SAVE_VCPU, 3, 16);
	save_put(&w, "0123456789", 10);
	save_put(&w, "abcdef", 6);
	save_pad(&w);
	ASSERT_TRUE(save_end(&w));
	self->size = ftell(file);
	self->bytes = malloc(self->size);
	rewind(file);
	ASSERT_EQ(self->size, fread(self->bytes, 1, self->size, file));
	fclose(file);
}

FIXTURE_TEARDOWN(file)
{
	free(self->bytes);
}

TEST(checksum_is_crc32)
{
	EXPECT_EQ(0xcbf43926, crc32_add(0, "123456789", 9));
	EXPECT_EQ(0xcbf43926, crc32_add(crc32_add(0, "1234", 4), "56789", 5));
}

TEST_F(file, reads_back)
{
	struct save_section section;
	struct save_reader r;
	char text[16];

	ASSERT_EQ(NULL, save_open(&r, self->bytes, self->size));
	ASSERT_TRUE(save_take(&r, SAVE_CONFIG, 0, text, 5));
	EXPECT_EQ(0, memcmp(text, "hello", 5));
	EXPECT_FALSE(save_take(&r, SAVE_CONFIG, 0, text, 4));
	EXPECT_FALSE(save_take(&r, SAVE_CONFIG, 1, text, 5));
	ASSERT_TRUE(save_find(&r, SAVE_VCPU, 3, &section));
	EXPECT_EQ(16, section.size);
	EXPECT_EQ(0, memcmp(section.bytes, "0123456789abcdef", 16));
	EXPECT_FALSE(save_find(&r, SAVE_GIC, 0, &section));
}

TEST_F(file, shorter_or_longer)
{
	struct save_reader r;
	size_t size;

	for (size = 0; size < self->size; size++) {
		uint8_t *part = malloc(size + !size);

		memcpy(part, self->bytes, size);
		EXPECT_NE(NULL, save_open(&r, part, size)) TH_LOG("%zu bytes", size);
		free(part);
	}
	self->bytes = realloc(self->bytes, self->size + 8);
	memset(self->bytes + self->size, 0, 8);
	EXPECT_NE(NULL, save_open(&r, self->bytes, self->size + 8));
}

TEST_F(file, every_bit_is_checked)
{
	struct save_reader r;
	size_t bit;

	for (bit = 0; bit < self->size * 8 - 32; bit++) {
		self->bytes[bit / 8] ^= 1U << bit % 8;
		EXPECT_NE(NULL, save_open(&r, self->bytes, self->size)) TH_LOG("bit %zu", bit);
		self->bytes[bit / 8] ^= 1U << bit % 8;
	}
	EXPECT_EQ(NULL, save_open(&r, self->bytes, self->size));
}

static void correct_checksum(uint8_t *bytes, size_t size)
{
	uint32_t crc = crc32_add(0, bytes + HEADER, size - HEADER - 8);

	crc = crc32_add(crc, bytes, HEADER);
	memcpy(bytes + size - 8, &crc, 4);
}

/* Random files with a valid checksum: all sections of an accepted file are inside it. */
TEST_F(file, random_sections)
{
	unsigned int round, opened = 0;
	u64 seed = 3;

	for (round = 0; round < 100000; round++) {
		unsigned int changes = 1 + random_below(&seed, 3);
		uint8_t *copy = malloc(self->size);
		struct save_section section;
		struct save_reader r;
		uint32_t sum = 0;

		memcpy(copy, self->bytes, self->size);
		while (changes--)
			copy[HEADER + random_below(&seed, self->size - HEADER - 8)] =
				random_below(&seed, 2) ? random_next(&seed) :
				random_below(&seed, 64);
		correct_checksum(copy, self->size);
		if (!save_open(&r, copy, self->size)) {
			opened++;
			while (save_next(&r, &section))
				sum = crc32_add(sum, section.bytes, section.size);
		}
		free(copy);
	}
	EXPECT_GT(opened, 100);
	EXPECT_LT(opened, 100000);
}

TEST_F(file, sizes_that_wrap)
{
	static const uint64_t sizes[] = {
		UINT64_MAX, UINT64_MAX - 7, UINT64_MAX - 15, UINT64_MAX - 40, 1ULL << 63,
	};
	struct save_reader r;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memcpy(self->bytes + HEADER + 8, &sizes[i], 8);
		correct_checksum(self->bytes, self->size);
		EXPECT_NE(NULL, strstr(save_open(&r, self->bytes, self->size), "do not fit"));
	}
}

TEST_F(file, duplicate_section_is_not_found)
{
	struct save_section section;
	uint32_t vcpu = SAVE_VCPU, three = 3;
	struct save_reader r;

	memcpy(self->bytes + HEADER, &vcpu, 4);
	memcpy(self->bytes + HEADER + 4, &three, 4);
	correct_checksum(self->bytes, self->size);
	ASSERT_EQ(NULL, save_open(&r, self->bytes, self->size));
	EXPECT_FALSE(save_find(&r, SAVE_VCPU, 3, &section));
}

TEST_HARNESS_MAIN
