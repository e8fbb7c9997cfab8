/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk (virtio 1.1, 5.2) that is a file. Requests are carried out at once, by the
 * thread of the vCPU that notifies.
 */
#ifndef VGIC_RUN_VIRTIO_BLOCK_H
#define VGIC_RUN_VIRTIO_BLOCK_H

#include "virtio_mmio.h"

#define SECTOR_SIZE	512

struct virtio_block_config {
	uint64_t capacity;	/* sectors */
	uint32_t size_max;	/* not offered */
	uint32_t seg_max;	/* buffers of one request */
};

/**
 * struct virtio_block - one disk
 * @file:      open, its size a multiple of SECTOR_SIZE
 * @read_only: the guest must not write
 */
struct virtio_block {
	struct virtio virtio;
	struct virtio_block_config config;
	int file;
	bool read_only;
};

/* @size in bytes; the virtio part's line and memory are the caller's to set. */
void virtio_block_init(struct virtio_block *block, int file, uint64_t size, bool read_only);

#endif /* VGIC_RUN_VIRTIO_BLOCK_H */
