/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree that describes the machine to the guest.
 */
#ifndef VGIC_RUN_FDT_H
#define VGIC_RUN_FDT_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct fdt_machine - the machine to describe
 * @cpus:        number of vCPUs
 * @mpidr:       affinity of each vCPU: MPIDR with only the affinity bits
 * @memory:      bytes of guest memory at MEMORY_BASE
 * @gic_version: 2 or 3
 * @nr_virtio:   number of virtio devices; the n-th is at VIRTIO_BASE(n)
 * @bootargs:    the kernel's command line
 * @initrd:      guest physical address of the initramfs
 * @initrd_size: bytes; 0 means no initramfs
 */
struct fdt_machine {
	unsigned int cpus;
	uint64_t mpidr[8];
	uint64_t memory;
	unsigned int gic_version;
	unsigned int nr_virtio;
	const char *bootargs;
	uint64_t initrd, initrd_size;
};

/* Writes the device tree to @tree. Exits with a message if @size bytes are not enough. */
void fdt_make(void *tree, size_t size, const struct fdt_machine *machine);

#endif /* VGIC_RUN_FDT_H */
