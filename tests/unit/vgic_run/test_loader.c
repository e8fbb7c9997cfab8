// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/image.c, which recognizes images, and loader.c, which lays out guest memory. */
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "../random.h"
#include "loader.h"

#define MIB	(1ULL << 20)
#define BASE	0x80000000ULL

/* ---- files ---- */

/* The allocation has exactly the file's size, so that the sanitizers detect any access outside. */
struct file {
	uint8_t *bytes;
	size_t size;
};

static struct file make_file(size_t size)
{
	return (struct file) { calloc(1, size), size };
}

static void put(struct file *f, size_t at, uint64_t value, size_t size)
{
	memcpy(f->bytes + at, &value, size);
}

static const char *parse(struct image *image, const struct file *f)
{
	return image_parse(image, f->bytes, f->size);
}

/* Parses the first @size bytes of a file. */
static const char *parse_part(struct image *image, const struct file *f, size_t size)
{
	uint8_t *copy = malloc(size);
	const char *wrong;

	memcpy(copy, f->bytes, size);
	wrong = image_parse(image, copy, size);
	free(copy);
	return wrong;
}

/* A zImage without tags, as of Linux before 4.15. */
static struct file make_zimage(size_t size)
{
	struct file f = make_file(size);

	put(&f, 0x24, 0x016f2818, 4);
	put(&f, 0x2c, size, 4);
	return f;
}

/* Adds the tags of Linux 5.10. */
static void add_tags(struct file *f, uint32_t text_offset, uint32_t kernel, uint32_t bss)
{
	put(f, 0x30, 0x04030201, 4);
	put(f, 0x34, 0x45454545, 4);
	put(f, 0x38, 0x1000, 4);
	put(f, 0x1000, 3, 4);			/* an unknown tag before the kernel's */
	put(f, 0x1004, 0x12345678, 4);
	put(f, 0x100c, 6, 4);
	put(f, 0x1010, 0x5a534c4b, 4);
	put(f, 0x1014, f->size - 4, 4);
	put(f, 0x1018, bss, 4);
	put(f, 0x101c, text_offset, 4);
	put(f, 0x1020, 0x10000, 4);
	put(f, f->size - 4, kernel, 4);
}

#define FLAGS_4K	2
#define FLAGS_16K	4
#define FLAGS_64K	6
#define FLAG_BE		1

static struct file make_image(size_t file_size, uint64_t offset, uint64_t size, uint64_t flags)
{
	struct file f = make_file(file_size);

	put(&f, 8, offset, 8);
	put(&f, 16, size, 8);
	put(&f, 24, flags, 8);
	memcpy(f.bytes + 56, "ARM\x64", 4);
	return f;
}

/* Adds EFI headers with sections that end at @text and @end. */
static void add_pe(struct file *f, uint32_t text, uint32_t end)
{
	memcpy(f->bytes, "MZ", 2);
	put(f, 60, 64, 4);
	memcpy(f->bytes + 64, "PE\0\0", 4);
	put(f, 64 + 6, 2, 2);
	put(f, 64 + 20, 0xa0, 2);
	put(f, 64 + 24 + 0xa0 + 16, text - 0x10000, 4);
	put(f, 64 + 24 + 0xa0 + 20, 0x10000, 4);
	put(f, 64 + 24 + 0xa0 + 40 + 16, end - text, 4);
	put(f, 64 + 24 + 0xa0 + 40 + 20, text, 4);
}

TEST(kinds)
{
	struct file f = make_zimage(5 * MIB);
	struct image image;

	EXPECT_EQ(NULL, parse(&image, &f));
	EXPECT_FALSE(image.is_64bit);
	EXPECT_EQ(32 * MIB, image.offset);
	free(f.bytes);

	f = make_image(20 * MIB, 0x80000, 30 * MIB, 0);
	EXPECT_EQ(NULL, parse(&image, &f));
	EXPECT_TRUE(image.is_64bit);
	EXPECT_FALSE(image.big_endian);
	EXPECT_EQ(0x80000, image.offset);
	EXPECT_EQ(30 * MIB, image.need);
	EXPECT_EQ(IMAGE_PAGES_ANY, image.pages);
	put(&f, 16, 10 * MIB, 8);
	EXPECT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(20 * MIB, image.need);
	/* Before Linux 3.17: text_offset in either byte order, no flags. */
	put(&f, 8, 0x0000080000000000, 8);
	put(&f, 16, 0, 8);
	put(&f, 24, 7, 8);
	EXPECT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(0x80000, image.offset);
	EXPECT_FALSE(image.big_endian);
	free(f.bytes);
}

TEST(other_files)
{
	static const struct {
		const char *start, *words;
	} others[] = {
		{ "\x1f\x8b", "gzip" }, { "\x7f" "ELF", "ELF" }, { "MZ\0\0zimg", "vmlinuz.efi" },
		{ "text", "is neither" },
	};
	struct image image;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		struct file f = make_file(4096);

		memcpy(f.bytes, others[i].start, i == 2 ? 8 : strlen(others[i].start));
		EXPECT_NE(NULL, strstr(parse(&image, &f), others[i].words));
		free(f.bytes);
	}
	EXPECT_NE(NULL, strstr(image_parse(&image, "", IMAGE_MOST + 1), "too large"));
}

TEST(truncated_zimage)
{
	struct file f = make_zimage(MIB);
	struct image image;

	EXPECT_NE(NULL, strstr(parse_part(&image, &f, MIB - 1), "is truncated"));
	EXPECT_NE(NULL, strstr(parse_part(&image, &f, 0x30), "is truncated"));
	/* Built to run at an address of its own (CONFIG_ZBOOT_ROM). */
	put(&f, 0x28, 0xfff00000, 4);
	put(&f, 0x2c, 0xfff00000 + MIB, 4);
	EXPECT_EQ(NULL, parse(&image, &f));
	EXPECT_NE(NULL, parse_part(&image, &f, MIB - 1));
	/* With a device tree after the image. */
	put(&f, 0x2c, 0xfff00000 + MIB / 2, 4);
	EXPECT_EQ(NULL, parse(&image, &f));
	put(&f, 0x2c, 0xfff00000, 4);
	EXPECT_NE(NULL, strstr(parse(&image, &f), "invalid header"));
	free(f.bytes);
}

TEST(truncated_image)
{
	struct file f = make_image(3 * MIB, 0, 4 * MIB, FLAGS_4K | 8);
	struct image image;

	add_pe(&f, 2 * MIB, 3 * MIB - 1000);
	EXPECT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(NULL, parse_part(&image, &f, 3 * MIB - 1000));
	EXPECT_NE(NULL, strstr(parse_part(&image, &f, 3 * MIB - 1001), "is truncated"));
	EXPECT_NE(NULL, strstr(parse_part(&image, &f, MIB), "is truncated"));
	free(f.bytes);
}

TEST(hostile_headers)
{
	struct file f = make_image(MIB, 2 * MIB, MIB, 0);
	struct image image;

	EXPECT_NE(NULL, parse(&image, &f));
	put(&f, 8, UINT64_MAX, 8);
	EXPECT_NE(NULL, parse(&image, &f));
	put(&f, 8, 0, 8);
	put(&f, 16, UINT64_MAX, 8);
	EXPECT_NE(NULL, parse(&image, &f));
	/* EFI headers outside the file, or with sections outside the file. */
	put(&f, 16, MIB, 8);
	add_pe(&f, MIB / 2, MIB);
	EXPECT_EQ(NULL, parse(&image, &f));
	put(&f, 60, MIB - 4, 4);
	memcpy(f.bytes + MIB - 4, "PE\0\0", 4);
	EXPECT_EQ(NULL, parse(&image, &f));
	put(&f, 60, UINT32_MAX, 4);
	EXPECT_EQ(NULL, parse(&image, &f));
	put(&f, 60, 64, 4);
	put(&f, 64 + 6, UINT16_MAX, 2);
	put(&f, 64 + 20, UINT16_MAX, 2);
	parse(&image, &f);
	put(&f, 64 + 20, 0xa0, 2);
	put(&f, 64 + 24 + 0xa0 + 20, UINT32_MAX, 4);
	EXPECT_NE(NULL, parse(&image, &f));
	free(f.bytes);
}

TEST(hostile_tags)
{
	struct file f = make_zimage(MIB);
	struct image image;
	unsigned int i;
	u64 seed = 11;

	add_tags(&f, 0x8000, 20 * MIB, MIB);
	for (i = 0; i < 10000; i++) {
		uint8_t saved[64];
		size_t at = random_below(&seed, 2) ? 0x30 : 0x1000;

		memcpy(saved, f.bytes + at, sizeof(saved));
		put(&f, at + 4 * random_below(&seed, 12),
		    random_below(&seed, 3) ? random_next(&seed) : MIB - random_below(&seed, 8),
		    4);
		EXPECT_EQ(NULL, parse(&image, &f));
		ASSERT_GE(image.need, f.size);
		memcpy(f.bytes + at, saved, sizeof(saved));
	}
	free(f.bytes);
}

/* Nothing is read beyond the end of a file of any size. */
TEST(short_files)
{
	struct file zimage = make_zimage(0x1100), image_file = make_image(0x200, 0, MIB, 0);
	struct image image;
	unsigned int size;

	add_tags(&zimage, 0x8000, 20 * MIB, MIB);
	for (size = 1; size < zimage.size; size++)
		EXPECT_NE(NULL, parse_part(&image, &zimage, size));
	add_pe(&image_file, 0x20000, 0x20000);
	for (size = 1; size < image_file.size; size++)
		EXPECT_EQ(size < 64 || size >= 64 + 24 + 0xa0 + 20,
			  !!parse_part(&image, &image_file, size));
	free(zimage.bytes);
	free(image_file.bytes);
}

/* ---- the CPU ---- */

/* ID_AA64MMFR0_EL1 of a Cortex-A72: 4K and 64K pages but not 16K, both byte orders. */
#define MMFR0_A72	0x00001124ULL
#define WITH(field, value) \
	((MMFR0_A72 & ~(0xfULL << (field))) | (uint64_t)(value) << (field))
#define BIG_END		8
#define TGRAN16		20
#define TGRAN64		24
#define TGRAN4		28

static const char *check(uint64_t flags, uint64_t mmfr0)
{
	struct file f = make_image(MIB, 0, MIB, flags);
	struct image image;
	const char *wrong = parse(&image, &f);

	if (wrong)
		abort();
	free(f.bytes);
	return image_check_cpu(&image, mmfr0);
}

TEST(page_sizes)
{
	EXPECT_EQ(NULL, check(0, MMFR0_A72));
	EXPECT_EQ(NULL, check(FLAGS_4K, MMFR0_A72));
	EXPECT_EQ(NULL, check(FLAGS_4K, WITH(TGRAN4, 1)));
	EXPECT_NE(NULL, strstr(check(FLAGS_4K, WITH(TGRAN4, 0xf)), "4K pages"));
	EXPECT_NE(NULL, strstr(check(FLAGS_16K, MMFR0_A72), "16K pages"));
	EXPECT_EQ(NULL, check(FLAGS_16K, WITH(TGRAN16, 1)));
	EXPECT_EQ(NULL, check(FLAGS_16K, WITH(TGRAN16, 2)));
	EXPECT_EQ(NULL, check(FLAGS_64K, MMFR0_A72));
	EXPECT_NE(NULL, strstr(check(FLAGS_64K, WITH(TGRAN64, 0xf)), "64K pages"));
}

TEST(byte_order)
{
	EXPECT_EQ(NULL, check(FLAGS_4K | FLAG_BE, MMFR0_A72));
	EXPECT_NE(NULL, strstr(check(FLAGS_4K | FLAG_BE, WITH(BIG_END, 0)), "big-endian"));
	EXPECT_EQ(NULL, check(FLAGS_4K, WITH(BIG_END, 0)));
}

/* ---- layout ---- */

TEST(small_machine)
{
	struct file f = make_zimage(6 * MIB);
	struct layout layout;
	struct image image;

	ASSERT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(NULL, layout_make(&layout, &image, 6 * MIB, 20 * MIB, BASE, 64 * MIB));
	EXPECT_NE(NULL, layout_make(&layout, &image, 6 * MIB, 30 * MIB, BASE, 64 * MIB));
	EXPECT_NE(NULL, layout_make(&layout, &image, 6 * MIB, UINT64_MAX, BASE, 64 * MIB));
	EXPECT_NE(NULL, layout_make(&layout, &image, 6 * MIB, 0, BASE, MIB));
	/* The initramfs begins at a page, so it needs up to a page more than its size. */
	image.need = 10 * MIB + 1;
	EXPECT_EQ(NULL, layout_make(&layout, &image, 6 * MIB, 20 * MIB - 4096, BASE, 64 * MIB));
	EXPECT_NE(NULL, layout_make(&layout, &image, 6 * MIB, 20 * MIB - 1, BASE, 64 * MIB));
	free(f.bytes);
}

/* The initramfs is after the decompressed kernel, its BSS and a moved decompressor. */
TEST(decompressed_kernel)
{
	struct file f = make_zimage(6 * MIB);
	struct layout layout;
	struct image image;

	add_tags(&f, 0x208000, 22 * MIB, MIB);
	ASSERT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(39 * MIB, image.offset + image.need);
	add_tags(&f, 0x208000, 40 * MIB, 5 * MIB);
	ASSERT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(0x208000 + 52 * MIB, image.offset + image.need);
	EXPECT_EQ(NULL, layout_make(&layout, &image, f.size, 5 * MIB, BASE, 64 * MIB));
	EXPECT_GE(layout.initrd, BASE + 0x208000 + 52 * MIB);
	EXPECT_NE(NULL, layout_make(&layout, &image, f.size, 10 * MIB, BASE, 64 * MIB));
	/* Before Linux 5.10, the tag does not have TEXT_OFFSET. */
	put(&f, 0x100c, 4, 4);
	ASSERT_EQ(NULL, parse(&image, &f));
	EXPECT_EQ(0x8000 + 52 * MIB, image.offset + image.need);
	free(f.bytes);
}

/* The message advises more memory only where that helps. */
TEST(advice)
{
	struct image image = { .is_64bit = true, .need = 600 * MIB };
	struct layout layout;
	const char *wrong = layout_make(&layout, &image, 100 * MIB, 0, BASE, 256 * MIB);

	EXPECT_NE(NULL, strstr(wrong, "larger --memory"));
	wrong = layout_make(&layout, &image, 100 * MIB, 0, BASE, 1024 * MIB);
	EXPECT_NE(NULL, strstr(wrong, "512 MiB"));
	image.need = 200 * MIB;
	wrong = layout_make(&layout, &image, 100 * MIB, 400 * MIB, BASE, 1024 * MIB);
	EXPECT_NE(NULL, strstr(wrong, "512 MiB"));
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
		struct image image = {
			.offset = random_next(&seed) % (40 * MIB),
			.need = size + random_next(&seed) % (100 * MIB),
		};
		struct layout l;

		if (layout_make(&l, &image, size, initrd, BASE, memory))
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
