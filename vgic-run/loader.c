// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "loader.h"

#define MIB		(1ULL << 20)
#define ALIGN_UP(x, a)	(((x) + (a) - 1) & ~((uint64_t)(a) - 1))

/* zImage: Documentation/arm/booting.rst, and the header in arch/arm's head.S. */
#define ZIMAGE_MAGIC_AT	0x24
#define ZIMAGE_MAGIC	0x016f2818U
#define ZIMAGE_HEADER	0x30

/*
 * A zImage decompresses the kernel to the start of memory, rounded down to 128 MiB. At 32 MiB it
 * does not have to relocate itself, unless the kernel is larger than that.
 */
#define ZIMAGE_OFFSET	(32 * MIB)

/* arm64 Image: Documentation/arm64/booting.rst. */
#define IMAGE_MAGIC_AT	56
#define IMAGE_MAGIC	"ARM\x64"
#define IMAGE_OFFSET_AT	8
#define IMAGE_SIZE_AT	16
#define IMAGE_HEADER	64
#define IMAGE_ALIGN	(2 * MIB)

/*
 * The device tree and the initramfs go to the end of the memory that every kernel has mapped
 * early: a 32-bit kernel's low memory.
 */
#define REACH		(512 * MIB)
#define DTB_ALIGN	(2 * MIB)
#define PAGE		4096ULL

static uint32_t word_at(const uint8_t *bytes, size_t offset)
{
	uint32_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

static uint64_t double_at(const uint8_t *bytes, size_t offset)
{
	return word_at(bytes, offset) | (uint64_t)word_at(bytes, offset + 4) << 32;
}

const char *image_parse(struct image *image, const void *start, size_t size)
{
	const uint8_t *bytes = start;

	*image = (struct image) { 0 };
	if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
		return "is packed with gzip: expected the unpacked image";
	if (size >= 4 && !memcmp(bytes, "\x7f" "ELF", 4))
		return "is an ELF file: expected arch/arm/boot/zImage or arch/arm64/boot/Image";
	if (size >= IMAGE_HEADER && !memcmp(bytes + IMAGE_MAGIC_AT, IMAGE_MAGIC, 4)) {
		image->is_64bit = true;
		image->offset = double_at(bytes, IMAGE_OFFSET_AT);
		image->need = double_at(bytes, IMAGE_SIZE_AT);
		if (image->offset >= IMAGE_ALIGN || image->need > 1024 * MIB)
			return "has an invalid header: text_offset or image_size is too large";
		if (image->need < size)
			image->need = size;
		return NULL;
	}
	if (size >= ZIMAGE_HEADER && word_at(bytes, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC) {
		image->offset = ZIMAGE_OFFSET;
		/* The decompressor's stack and heap follow the image. */
		image->need = size + MIB;
		return NULL;
	}
	return "is neither a zImage for 32-bit ARM nor an Image for arm64";
}

const char *layout_make(struct layout *layout, const struct image *image,
			uint64_t image_size, uint64_t initrd_size, uint64_t base,
			uint64_t memory)
{
	uint64_t reach = memory < REACH ? memory : REACH;
	uint64_t top = reach - DTB_ALIGN;
	uint64_t end = image->offset + image->need;

	*layout = (struct layout) { .entry = base + image->offset, .dtb = base + top };
	if (image_size > reach || end > top)
		return "does not fit into the guest's memory: expected a larger --memory";
	if (initrd_size > top - end)
		return "leaves no room for the initramfs: expected a larger --memory";
	layout->initrd_size = initrd_size;
	layout->initrd = base + ((top - initrd_size) & ~(PAGE - 1));
	if (layout->initrd < base + end)
		return "leaves no room for the initramfs: expected a larger --memory";
	return NULL;
}
