// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "image.h"

#define KIB		1024ULL
#define MIB		(1024 * KIB)

/* ---- reading ---- */

/**
 * struct file - the content of the file
 * @bytes: the content
 * @size:  bytes
 */
struct file {
	const uint8_t *bytes;
	size_t size;
};

/* Returns whether the file has @count bytes from @offset on. */
static bool has(const struct file *file, uint64_t offset, uint64_t count)
{
	return offset <= file->size && count <= file->size - offset;
}

/* The headers are little-endian. A halfword that extends beyond the file reads as 0. */
static uint16_t half_at(const struct file *file, uint64_t offset)
{
	uint16_t half = 0;

	if (has(file, offset, sizeof(half)))
		memcpy(&half, file->bytes + offset, sizeof(half));
	return half;
}

static uint32_t word_at(const struct file *file, uint64_t offset)
{
	return half_at(file, offset) | (uint32_t)half_at(file, offset + 2) << 16;
}

static uint64_t double_at(const struct file *file, uint64_t offset)
{
	return word_at(file, offset) | (uint64_t)word_at(file, offset + 4) << 32;
}

static bool begins_with(const struct file *file, uint64_t offset, const char *text)
{
	return has(file, offset, strlen(text)) &&
	       !memcmp(file->bytes + offset, text, strlen(text));
}

/* ---- zImage: Documentation/arm/booting.rst, and the header in arch/arm's head.S ---- */

#define ZIMAGE_MAGIC_AT		0x24
#define ZIMAGE_MAGIC		0x016f2818U
#define ZIMAGE_START_AT		0x28
#define ZIMAGE_END_AT		0x2c
#define ZIMAGE_HEADER		0x30

/* Since Linux 4.15: tags, each with its length in words, its type and its values. */
#define ZIMAGE_TAGS_MAGIC_AT	0x34
#define ZIMAGE_TAGS_MAGIC	0x45454545U
#define ZIMAGE_TAGS_AT		0x38
#define ZIMAGE_TAGS_MOST	16
#define TAG_KERNEL		0x5a534c4bU	/* "KLSZ" */

/*
 * A zImage decompresses the kernel to the start of memory, rounded down to a multiple of 128 MiB. A
 * zImage at 32 MiB relocates itself only if the kernel is larger than 32 MiB.
 */
#define ZIMAGE_OFFSET		(32 * MIB)
#define TEXT_OFFSET		0x8000U

/* Room for the decompressor's stack, heap and copy of the device tree. */
#define ZIMAGE_ROOM		MIB

/*
 * Returns the offset from the start of memory at which the decompressed kernel ends, with its
 * BSS, or 0 if the file has no such tag.
 */
static uint64_t zimage_kernel_end(const struct file *file)
{
	uint64_t at = word_at(file, ZIMAGE_TAGS_AT);
	unsigned int i;

	if (word_at(file, ZIMAGE_TAGS_MAGIC_AT) != ZIMAGE_TAGS_MAGIC)
		return 0;
	for (i = 0; i < ZIMAGE_TAGS_MOST; i++) {
		uint32_t words = word_at(file, at);
		uint64_t text = TEXT_OFFSET;

		if (!words)
			return 0;
		if (word_at(file, at + 4) != TAG_KERNEL) {
			at += 4ULL * words;
			continue;
		}
		/* Before Linux 5.10, the tag does not have TEXT_OFFSET. */
		if (words >= 5)
			text = word_at(file, at + 16);
		/* The values are the offset of the kernel's size, and the size of the BSS. */
		return text + word_at(file, word_at(file, at + 8)) + word_at(file, at + 12);
	}
	return 0;
}

static const char *parse_zimage(struct image *image, const struct file *file)
{
	/* Without CONFIG_ZBOOT_ROM, the start is 0. */
	uint64_t whole = (uint32_t)(word_at(file, ZIMAGE_END_AT) -
				    word_at(file, ZIMAGE_START_AT));
	uint64_t kernel_end = zimage_kernel_end(file);
	uint64_t end = ZIMAGE_OFFSET + file->size + ZIMAGE_ROOM;

	if (whole <= ZIMAGE_HEADER)
		return "has an invalid header: its end is not after its start";
	/* The file may be longer than the zImage: a device tree may be appended. */
	if (file->size < whole)
		return "is truncated: its header has a larger size than the file";
	/* A decompressor that the kernel would overwrite moves itself behind the kernel. */
	if (kernel_end > ZIMAGE_OFFSET)
		end = kernel_end + file->size + ZIMAGE_ROOM;
	image->offset = ZIMAGE_OFFSET;
	image->need = end - ZIMAGE_OFFSET;
	return NULL;
}

/* ---- arm64 Image: Documentation/arm64/booting.rst ---- */

#define IMAGE_MAGIC_AT		56
#define IMAGE_MAGIC		"ARM\x64"
#define IMAGE_OFFSET_AT		8
#define IMAGE_SIZE_AT		16
#define IMAGE_FLAGS_AT		24
#define IMAGE_HEADER		64
#define IMAGE_ALIGN		(2 * MIB)
#define IMAGE_OLD_OFFSET	0x80000U
#define IMAGE_NEED_MOST		(1024 * MIB)

#define FLAG_BIG_ENDIAN		1U
#define FLAGS_PAGES(flags)	((flags) >> 1 & 3)

/* The headers for EFI: the PE format of Microsoft, chapters "COFF File Header" and following. */
#define PE_AT			60
#define PE_MAGIC_SIZE		4
#define COFF_NR_SECTIONS	2
#define COFF_OPTIONAL_SIZE	16
#define COFF_HEADER		20
#define SECTION_RAW_SIZE	16
#define SECTION_RAW_AT		20
#define SECTION_HEADER		40

/*
 * Returns the offset at which the last section ends in the file, or 0 without headers for EFI.
 * image_size in the Image's header cannot be used: it includes the BSS.
 */
static uint64_t pe_end(const struct file *file)
{
	uint64_t coff = (uint64_t)word_at(file, PE_AT) + PE_MAGIC_SIZE, at, end = 0;
	unsigned int i, count;

	if (!begins_with(file, 0, "MZ") || !begins_with(file, coff - PE_MAGIC_SIZE, "PE"))
		return 0;
	count = half_at(file, coff + COFF_NR_SECTIONS);
	at = coff + COFF_HEADER + half_at(file, coff + COFF_OPTIONAL_SIZE);
	for (i = 0; i < count; i++, at += SECTION_HEADER) {
		uint64_t section = (uint64_t)word_at(file, at + SECTION_RAW_AT) +
				   word_at(file, at + SECTION_RAW_SIZE);

		if (section > end)
			end = section;
	}
	return end;
}

static const char *parse_image(struct image *image, const struct file *file)
{
	uint64_t flags = double_at(file, IMAGE_FLAGS_AT);

	image->is_64bit = true;
	image->offset = double_at(file, IMAGE_OFFSET_AT);
	image->need = double_at(file, IMAGE_SIZE_AT);
	if (!image->need) {
		/* Before Linux 3.17, there are no flags, and the offset's byte order is unknown. */
		image->offset = IMAGE_OLD_OFFSET;
	} else {
		image->big_endian = flags & FLAG_BIG_ENDIAN;
		image->pages = FLAGS_PAGES(flags);
	}
	if (image->offset >= IMAGE_ALIGN || image->need > IMAGE_NEED_MOST)
		return "has an invalid header: text_offset or image_size is too large";
	if (pe_end(file) > file->size)
		return "is truncated: its header has a section that ends after the file";
	if (image->need < file->size)
		image->need = file->size;
	return NULL;
}

/* ---- either ---- */

const char *image_parse(struct image *image, const void *bytes, size_t size)
{
	const struct file file = { .bytes = bytes, .size = size };

	*image = (struct image) { 0 };
	if (size > IMAGE_MOST)
		return "is too large: expected at most 512 MiB";
	if (begins_with(&file, 0, "\x1f\x8b"))
		return "is packed with gzip: expected the unpacked image";
	if (begins_with(&file, 0, "\x7f" "ELF"))
		return "is an ELF file: expected arch/arm/boot/zImage or arch/arm64/boot/Image";
	if (begins_with(&file, 0, "MZ") && begins_with(&file, 4, "zimg"))
		return "is packed for EFI (vmlinuz.efi): expected arch/arm64/boot/Image";
	if (size >= IMAGE_HEADER && begins_with(&file, IMAGE_MAGIC_AT, IMAGE_MAGIC))
		return parse_image(image, &file);
	if (size >= ZIMAGE_HEADER && word_at(&file, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC)
		return parse_zimage(image, &file);
	return "is neither a zImage for 32-bit ARM nor an Image for arm64";
}

/* ---- the CPU ---- */

#define MMFR0_BIG_END(mmfr0)	((mmfr0) >> 8 & 0xf)
#define MMFR0_TGRAN16(mmfr0)	((mmfr0) >> 20 & 0xf)
#define MMFR0_TGRAN64(mmfr0)	((mmfr0) >> 24 & 0xf)
#define MMFR0_TGRAN4(mmfr0)	((mmfr0) >> 28 & 0xf)
#define TGRAN_NOT		0xf	/* no pages of 4 or 64 KiB; 0 means none of 16 KiB */

const char *image_check_cpu(const struct image *image, uint64_t mmfr0)
{
	if (image->big_endian && !MMFR0_BIG_END(mmfr0))
		return "is big-endian, which the vCPU's ID_AA64MMFR0_EL1 excludes";
	switch (image->pages) {
	case IMAGE_PAGES_4K:
		if (MMFR0_TGRAN4(mmfr0) == TGRAN_NOT)
			return "has 4K pages, which the vCPU's ID_AA64MMFR0_EL1 excludes";
		return NULL;
	case IMAGE_PAGES_16K:
		if (!MMFR0_TGRAN16(mmfr0))
			return "has 16K pages, which the vCPU's ID_AA64MMFR0_EL1 excludes";
		return NULL;
	case IMAGE_PAGES_64K:
		if (MMFR0_TGRAN64(mmfr0) == TGRAN_NOT)
			return "has 64K pages, which the vCPU's ID_AA64MMFR0_EL1 excludes";
		return NULL;
	default:
		return NULL;
	}
}
