/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Split virtqueues (virtio 1.1, 2.6), the device's side. The rings are in guest memory and
 * the driver is untrusted: each address, index and length is read once and then checked.
 */
#ifndef VGIC_RUN_VIRTQUEUE_H
#define VGIC_RUN_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "guest_memory.h"

#define VIRTQUEUE_MAX	128	/* descriptors; a power of two */

/**
 * struct virtqueue - one queue; saved with the guest
 * @size:        number of descriptors, a power of two up to VIRTQUEUE_MAX
 * @ready:       QueueReady, 0 or 1
 * @descriptors: guest physical address of the descriptor table
 * @driver:      guest physical address of the available ring
 * @device:      guest physical address of the used ring
 * @taken:       free-running index of the next entry to take from the available ring
 * @given:       free-running index of the next entry to fill in the used ring
 * @reserved:    0
 */
struct virtqueue {
	uint32_t size;
	uint32_t ready;
	uint64_t descriptors;
	uint64_t driver;
	uint64_t device;
	uint16_t taken;
	uint16_t given;
	uint32_t reserved;
};

/**
 * struct virtqueue_chain - the buffers of one descriptor chain, mapped in the VMM
 * @head:     index of the first descriptor, which identifies the chain
 * @nr_out:   number of buffers that the device reads
 * @nr_in:    number of buffers that the device writes
 * @out:      the buffers that the device reads
 * @in:       the buffers that the device writes
 * @out_size: total bytes of @out
 * @in_size:  total bytes of @in
 */
struct virtqueue_chain {
	uint16_t head;
	unsigned int nr_out, nr_in;
	struct iovec out[VIRTQUEUE_MAX], in[VIRTQUEUE_MAX];
	uint64_t out_size, in_size;
};

/* Results of virtqueue_next(). */
enum virtqueue_next {
	VIRTQUEUE_EMPTY,	/* not ready, or no new chain */
	VIRTQUEUE_CHAIN,	/* a chain was taken */
	VIRTQUEUE_BROKEN,	/* invalid rings or descriptors; nothing was taken */
};

/* Takes the next chain from the available ring. */
enum virtqueue_next virtqueue_next(struct virtqueue *queue,
				   const struct guest_memory *memory,
				   struct virtqueue_chain *chain);

/*
 * Puts a chain into the used ring. @written: bytes that the device has written to its buffers.
 * Returns false if the used ring is not in guest memory.
 */
bool virtqueue_give(struct virtqueue *queue, const struct guest_memory *memory,
		    uint16_t head, uint32_t written);

/* Returns whether the driver wants an interrupt for entries in the used ring. */
bool virtqueue_wants_irq(const struct virtqueue *queue, const struct guest_memory *memory);

/* Returns whether size and ready of a restored queue are valid. Addresses are checked on use. */
bool virtqueue_is_sane(const struct virtqueue *queue);

/*
 * Copy up to @size bytes from or to the buffers of a chain, starting @offset bytes into them.
 * Return the number of bytes copied, which is less than @size if the buffers end.
 */
uint64_t iov_read(const struct iovec *iov, unsigned int count, uint64_t offset,
		  void *bytes, uint64_t size);
uint64_t iov_write(const struct iovec *iov, unsigned int count, uint64_t offset,
		   const void *bytes, uint64_t size);

#endif /* VGIC_RUN_VIRTQUEUE_H */
