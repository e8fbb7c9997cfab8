/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Placement of the kernel, the initramfs and the device tree in guest memory.
 */
#ifndef VGIC_RUN_LOADER_H
#define VGIC_RUN_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "guest_memory.h"

/* Bytes reserved for the device tree, far more than fdt_make() needs. */
#define DTB_SIZE	0x10000ULL

/**
 * struct image - a kernel image, from its header
 * @is_64bit: an Image for arm64; otherwise a zImage for 32-bit ARM
 * @offset:   load offset from the start of memory, in bytes
 * @need:     bytes from @offset on that the kernel uses before it parses its device tree
 */
struct image {
	bool is_64bit;
	uint64_t offset;
	uint64_t need;
};

/**
 * struct layout - guest physical addresses of the loaded parts
 * @entry:       the kernel image, and the first instruction of the boot CPU
 * @dtb:         the device tree, DTB_SIZE bytes
 * @initrd:      the initramfs
 * @initrd_size: bytes; 0 means no initramfs
 */
struct layout {
	uint64_t entry;
	uint64_t dtb;
	uint64_t initrd, initrd_size;
};

/*
 * Parses the header of an image of @size bytes. @bytes holds the first 64 of them, with
 * zeros after the end of a shorter image. Returns NULL, or the error as words that follow
 * the file's name.
 */
const char *image_parse(struct image *image, const void *bytes, size_t size);

/*
 * Places everything in @memory bytes from guest physical address @base on. Returns NULL, or
 * the error as words that follow the kernel's file name.
 */
const char *layout_make(struct layout *layout, const struct image *image,
			uint64_t image_size, uint64_t initrd_size, uint64_t base,
			uint64_t memory);

/*
 * Parses, places and reads the files into guest memory. @initrd may be NULL. @is_64bit: the
 * architecture of the vCPUs. Exits with a message on error.
 */
void load_guest(const struct guest_memory *memory, const char *kernel, const char *initrd,
		bool is_64bit, struct layout *layout);

#endif /* VGIC_RUN_LOADER_H */
