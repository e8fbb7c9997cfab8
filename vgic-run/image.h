/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Headers of kernel images: whether a file is a complete kernel, and what the kernel needs.
 */
#ifndef VGIC_RUN_IMAGE_H
#define VGIC_RUN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest file that image_parse() accepts, in bytes. */
#define IMAGE_MOST	(512ULL << 20)

/* Page size of an arm64 kernel, as its header encodes it. */
enum image_pages {
	IMAGE_PAGES_ANY,	/* not specified */
	IMAGE_PAGES_4K,
	IMAGE_PAGES_16K,
	IMAGE_PAGES_64K,
};

/**
 * struct image - a kernel image, from its headers
 * @is_64bit:   an Image for arm64; otherwise a zImage for 32-bit ARM
 * @big_endian: the kernel of an Image runs big-endian. Not set for a zImage: each 32-bit CPU
 *              with the virtualization extensions can switch to either byte order
 * @pages:      page size of the kernel of an Image
 * @offset:     load offset from the start of memory, in bytes
 * @need:       bytes that the kernel uses before it parses its device tree, from @offset on
 */
struct image {
	bool is_64bit;
	bool big_endian;
	enum image_pages pages;
	uint64_t offset;
	uint64_t need;
};

/*
 * Parses the headers of a file of @size bytes, which is untrusted. Returns NULL, or the error as
 * words that follow the file's name.
 */
const char *image_parse(struct image *image, const void *bytes, size_t size);

/*
 * Returns NULL if an arm64 CPU can run the kernel, or the error as words that follow the file's
 * name. @mmfr0: ID_AA64MMFR0_EL1 of the vCPU (ARM DDI 0487, D24.2).
 */
const char *image_check_cpu(const struct image *image, uint64_t mmfr0);

#endif /* VGIC_RUN_IMAGE_H */
