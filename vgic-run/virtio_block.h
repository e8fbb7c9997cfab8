/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtio disk (virtio 1.1, 5.2) backed by a file. Requests complete synchronously, in the
 * thread of the vCPU that notifies the queue.
 */
#ifndef VGIC_RUN_VIRTIO_BLOCK_H
#define VGIC_RUN_VIRTIO_BLOCK_H

#include "virtio_mmio.h"

#define SECTOR_SIZE	512

/**
 * struct virtio_block_config - the start of the configuration space (5.2.4)
 * @capacity: sectors
 * @size_max: 0, the feature is not offered
 * @seg_max:  the most data buffers in one request
 */
struct virtio_block_config {
	uint64_t capacity;
	uint32_t size_max;
	uint32_t seg_max;
};

/**
 * struct virtio_block - one disk
 * @virtio:    the transport
 * @config:    the configuration space
 * @file:      file descriptor; the file's size is a multiple of SECTOR_SIZE
 * @read_only: write requests fail
 */
struct virtio_block {
	struct virtio virtio;
	struct virtio_block_config config;
	int file;
	bool read_only;
};

/* Initialises a disk of @size bytes. The caller sets virtio.line and virtio.memory. */
void virtio_block_init(struct virtio_block *block, int file, uint64_t size, bool read_only);

#endif /* VGIC_RUN_VIRTIO_BLOCK_H */
