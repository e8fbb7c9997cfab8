// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/loader.c: recognition of images, and the layout of guest memory. */
#include <string.h>

#include <kselftest_harness.h>

#include "../random.h"
#include "loader.h"

#define MIB	(1ULL << 20)
#define BASE	0x80000000ULL

static const uint32_t zimage_magic = 0x016f2818;

static void make_zimage(uint8_t head[64])
{
	memset(head, 0, 64);
	memcpy(head + 0x24, &zimage_magic, 4);
}

static void make_image(uint8_t head[64], uint64_t offset, uint64_t size)
{
	memset(head, 0, 64);
	memcpy(head + 8, &offset, 8);
	memcpy(head + 16, &size, 8);
	memcpy(head + 56, "ARM\x64", 4);
}

TEST(kinds)
{
	struct image image;
	uint8_t head[64];

	make_zimage(head);
	EXPECT_EQ(NULL, image_parse(&image, head, 5 * MIB));
	EXPECT_FALSE(image.is_64bit);
	make_image(head, 0x80000, 30 * MIB);
	EXPECT_EQ(NULL, image_parse(&image, head, 20 * MIB));
	EXPECT_TRUE(image.is_64bit);
	EXPECT_EQ(0x80000, image.offset);
	EXPECT_EQ(30 * MIB, image.need);
	EXPECT_EQ(NULL, image_parse(&image, head, 40 * MIB));
	EXPECT_EQ(40 * MIB, image.need);
}

TEST(hostile_headers)
{
	struct image image;
	uint8_t head[64];

	make_image(head, 2 * MIB, MIB);
	EXPECT_NE(NULL, image_parse(&image, head, MIB));
	make_image(head, UINT64_MAX, MIB);
	EXPECT_NE(NULL, image_parse(&image, head, MIB));
	make_image(head, 0, UINT64_MAX);
	EXPECT_NE(NULL, image_parse(&image, head, MIB));
	memset(head, 0, 64);
	EXPECT_NE(NULL, image_parse(&image, head, MIB));
	memcpy(head, "\x1f\x8b", 2);
	EXPECT_NE(NULL, strstr(image_parse(&image, head, MIB), "gzip"));
	memcpy(head, "\x7f" "ELF", 4);
	EXPECT_NE(NULL, strstr(image_parse(&image, head, MIB), "ELF"));
}

/* Nothing after the end of a file shorter than the header is read. */
TEST(short_files)
{
	struct image image;
	unsigned int size;
	uint8_t head[64];

	make_image(head, 0, MIB);
	for (size = 1; size < 64; size++) {
		uint8_t *copy = malloc(size);

		memcpy(copy, head, size);
		EXPECT_NE(NULL, image_parse(&image, copy, size));
		free(copy);
	}
}

TEST(small_machine)
{
	struct layout layout;
	struct image image;
	uint8_t head[64];

	make_zimage(head);
	ASSERT_EQ(NULL, image_parse(&image, head, 6 * MIB));
	EXPECT_EQ(NULL, layout_make(&layout, &image, 6 * MIB, 20 * MIB, BASE, 64 * MIB));
	EXPECT_NE(NULL, layout_make(&layout, &image, 6 * MIB, 30 * MIB, BASE, 64 * MIB));
	EXPECT_NE(NULL, layout_make(&layout, &image, 6 * MIB, UINT64_MAX, BASE, 64 * MIB));
}

/* In a valid layout, all parts are inside memory and do not overlap. */
TEST(nothing_overlaps)
{
	unsigned int round, fits = 0;
	u64 seed = 7;

	for (round = 0; round < 100000; round++) {
		uint64_t memory = (64 + 2 * random_below(&seed, 400)) * MIB;
		uint64_t size = 1 + random_next(&seed) % (600 * MIB);
		uint64_t initrd = random_next(&seed) % (600 * MIB);
		struct image image;
		struct layout l;
		uint8_t head[64];

		if (random_below(&seed, 2))
			make_zimage(head);
		else
			make_image(head, random_next(&seed) % (2 * MIB),
				   random_next(&seed) % (700 * MIB));
		if (image_parse(&image, head, size) ||
		    layout_make(&l, &image, size, initrd, BASE, memory))
			continue;
		fits++;
		ASSERT_GE(l.entry, BASE);
		ASSERT_LE(l.dtb + DTB_SIZE, BASE + memory);
		ASSERT_LE(l.entry + size, l.dtb);
		ASSERT_LE(l.entry + image.need, l.dtb);
		ASSERT_LE(l.initrd + initrd, l.dtb);
		ASSERT_GE(l.initrd, l.entry + image.need);
	}
	EXPECT_GT(fits, 1000);
}

TEST_HARNESS_MAIN
