/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a kernel, its initramfs and its device tree go in guest memory.
 */
#ifndef VGIC_RUN_LOADER_H
#define VGIC_RUN_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "guest_memory.h"

/* Room for a device tree, far more than any of ours takes. */
#define DTB_SIZE	0x10000ULL

/**
 * struct image - what a kernel image says of itself
 * @is_64bit: an Image for arm64; otherwise a zImage
 * @offset:   bytes from the start of memory to where it is put
 * @need:     bytes from there that it takes before it knows what memory there is
 */
struct image {
	bool is_64bit;
	uint64_t offset;
	uint64_t need;
};

/**
 * struct layout - guest physical addresses
 * @entry: where the boot CPU begins
 */
struct layout {
	uint64_t entry;
	uint64_t dtb;
	uint64_t initrd, initrd_size;
};

/*
 * Looks at an image of @size bytes by the first 64 of them. NULL, or what is wrong
 * with it.
 */
const char *image_parse(struct image *image, const void *bytes, size_t size);

/* Finds room for everything. NULL, or what is wrong. */
const char *layout_make(struct layout *layout, const struct image *image,
			uint64_t image_size, uint64_t initrd_size, uint64_t base,
			uint64_t memory);

/* Both, from files into memory; ends the program with a message if that fails. */
void load_guest(const struct guest_memory *memory, const char *kernel, const char *initrd,
		bool is_64bit, struct layout *layout);

#endif /* VGIC_RUN_LOADER_H */
