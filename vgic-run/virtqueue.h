/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Split virtqueues of virtio 1.1 (2.6), the device's side. The rings are in guest
 * memory and belong to a driver that may be hostile: each address, index and length is
 * read once and then checked.
 */
#ifndef VGIC_RUN_VIRTQUEUE_H
#define VGIC_RUN_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "guest_memory.h"

#define VIRTQUEUE_MAX	128	/* descriptors; a power of two */

/**
 * struct virtqueue - one queue; saved with a VM
 * @size:    descriptors, a power of two up to VIRTQUEUE_MAX
 * @ready:   the driver has set it up
 * @descriptors, @driver, @device: guest physical addresses of its three parts
 * @taken:   index in the driver's ring of the next chain
 * @given:   index in the device's ring, likewise
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
 * struct virtqueue_chain - buffers that belong together
 * @head:      index of the first descriptor, which names the chain
 * @nr_out:    buffers with what the driver wrote
 * @nr_in:     buffers for the device to write to
 * @out, @in:  where they are, in this process
 * @out_size, @in_size: bytes in all
 */
struct virtqueue_chain {
	uint16_t head;
	unsigned int nr_out, nr_in;
	struct iovec out[VIRTQUEUE_MAX], in[VIRTQUEUE_MAX];
	uint64_t out_size, in_size;
};

enum virtqueue_next {
	VIRTQUEUE_EMPTY,	/* the driver has nothing more */
	VIRTQUEUE_CHAIN,	/* there is a chain */
	VIRTQUEUE_BROKEN,	/* the rings make no sense */
};

/* Takes the next chain that the driver offers. */
enum virtqueue_next virtqueue_next(struct virtqueue *queue,
				   const struct guest_memory *memory,
				   struct virtqueue_chain *chain);

/* Puts the chain taken last back, as if it had not been taken. */
void virtqueue_put_back(struct virtqueue *queue);

/*
 * Gives a chain back, @written bytes of whose buffers the device has written to.
 * False if the device's ring is no memory.
 */
bool virtqueue_give(struct virtqueue *queue, const struct guest_memory *memory,
		    uint16_t head, uint32_t written);

/* Does the driver want to be interrupted for what it was given? */
bool virtqueue_wants_irq(const struct virtqueue *queue, const struct guest_memory *memory);

/* Is it one that a driver could have set up? */
bool virtqueue_is_sane(const struct virtqueue *queue);

/*
 * Moves up to @size bytes between a chain's buffers, from @offset on, and @bytes.
 * Returns how many there were.
 */
uint64_t iov_read(const struct iovec *iov, unsigned int count, uint64_t offset,
		  void *bytes, uint64_t size);
uint64_t iov_write(const struct iovec *iov, unsigned int count, uint64_t offset,
		   const void *bytes, uint64_t size);

#endif /* VGIC_RUN_VIRTQUEUE_H */
