/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtio disk (virtio 1.1, 5.2) backed by a file. Requests complete synchronously, in the
 * thread of the vCPU that notifies the queue.
 */
#ifndef VGIC_RUN_VIRTIO_BLOCK_H
#define VGIC_RUN_VIRTIO_BLOCK_H

#include "disk.h"
#include "virtio_mmio.h"

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
 * @virtio: the transport
 * @config: the configuration space
 * @disk:   the image; if it is read-only, write requests fail
 * @failed: an error of the image was reported
 */
struct virtio_block {
	struct virtio virtio;
	struct virtio_block_config config;
	struct disk disk;
	bool failed;
};

/*
 * Initialises a disk. The caller sets virtio.line and virtio.memory, and closes the image.
 */
void virtio_block_init(struct virtio_block *block, const struct disk *disk);

#endif /* VGIC_RUN_VIRTIO_BLOCK_H */
