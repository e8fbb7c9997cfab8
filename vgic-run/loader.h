/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Placement of the kernel, the initramfs and the device tree in guest memory.
 */
#ifndef VGIC_RUN_LOADER_H
#define VGIC_RUN_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "guest_memory.h"
#include "image.h"

/* Bytes reserved for the device tree, far more than fdt_make() needs. */
#define DTB_SIZE	0x10000ULL

/**
 * struct layout - guest physical addresses of the loaded parts
 * @entry:       the kernel image, which begins with the boot CPU's first instruction
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
 * Places everything in @memory bytes from guest physical address @base on. Returns NULL, or
 * an error message that follows the kernel's file name.
 */
const char *layout_make(struct layout *layout, const struct image *image,
			uint64_t image_size, uint64_t initrd_size, uint64_t base,
			uint64_t memory);

/**
 * struct guest_cpu - properties of the vCPUs that decide whether a kernel can run
 * @is_64bit:  the vCPUs are arm64 CPUs
 * @has_mmfr0: @mmfr0 is known
 * @mmfr0:     ID_AA64MMFR0_EL1
 */
struct guest_cpu {
	bool is_64bit;
	bool has_mmfr0;
	uint64_t mmfr0;
};

/*
 * Parses, places and reads the files into guest memory. @initrd may be NULL. Exits with a
 * message on error.
 */
void load_guest(const struct guest_memory *memory, const char *kernel, const char *initrd,
		const struct guest_cpu *cpu, struct layout *layout);

#endif /* VGIC_RUN_LOADER_H */
