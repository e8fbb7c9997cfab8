/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree that tells the guest what machine it is on.
 */
#ifndef VGIC_RUN_FDT_H
#define VGIC_RUN_FDT_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct fdt_machine - what the tree says
 * @mpidr:       affinity of each vCPU
 * @gic_version: 2 or 3
 * @nr_virtio:   devices, the first at VIRTIO_BASE(0)
 * @bootargs:    the kernel's command line
 * @initrd:      guest physical address, with @initrd_size 0 none
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

/* Makes it at @tree. Ends the program if @size bytes are too few. */
void fdt_make(void *tree, size_t size, const struct fdt_machine *machine);

#endif /* VGIC_RUN_FDT_H */
