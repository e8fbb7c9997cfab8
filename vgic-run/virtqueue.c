// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "virtqueue.h"

/* Numbers in the rings are little-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "expected a little-endian host");

/* An entry of the descriptor table (2.6.5). */
struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

#define DESCRIPTOR_NEXT		1U
#define DESCRIPTOR_WRITE	2U	/* the device writes to the buffer */

/* Available and used ring (2.6.6, 2.6.8): 16 bits of flags, a 16-bit index, then the entries. */
#define RING_INDEX		2U
#define RING_ENTRIES		4U
#define DRIVER_NO_INTERRUPT	1U

/* An entry of the used ring (2.6.8). */
struct used {
	uint32_t id;
	uint32_t written;
};

/* ---- access to the rings, which vCPUs may change at any time ---- */

static bool read_u16(const struct guest_memory *memory, uint64_t address, uint16_t *value)
{
	uint16_t *there = guest_range(memory, address, sizeof(*there));

	if (!there || address % sizeof(*there))
		return false;
	*value = __atomic_load_n(there, __ATOMIC_ACQUIRE);
	return true;
}

static bool write_u16(const struct guest_memory *memory, uint64_t address, uint16_t value)
{
	uint16_t *there = guest_range(memory, address, sizeof(*there));

	if (!there || address % sizeof(*there))
		return false;
	__atomic_store_n(there, value, __ATOMIC_RELEASE);
	return true;
}

static bool read_descriptor(const struct virtqueue *queue, const struct guest_memory *memory,
			    uint16_t index, struct descriptor *copy)
{
	const void *there;

	if (index >= queue->size)
		return false;
	there = guest_range(memory, queue->descriptors + index * sizeof(*copy), sizeof(*copy));
	if (there)
		memcpy(copy, there, sizeof(*copy));
	return there;
}

/* ---- chains ---- */

/* False for a buffer outside guest memory, or a readable buffer after a writable one. */
static bool add_buffer(struct virtqueue_chain *chain, const struct guest_memory *memory,
		       const struct descriptor *d)
{
	struct iovec buffer = {
		.iov_base = guest_range(memory, d->address, d->length),
		.iov_len = d->length,
	};

	if (!buffer.iov_base)
		return false;
	if (d->flags & DESCRIPTOR_WRITE) {
		chain->in[chain->nr_in++] = buffer;
		chain->in_size += d->length;
		return true;
	}
	if (chain->nr_in)
		return false;
	chain->out[chain->nr_out++] = buffer;
	chain->out_size += d->length;
	return true;
}

static bool follow(const struct virtqueue *queue, const struct guest_memory *memory,
		   struct virtqueue_chain *chain)
{
	struct descriptor d = { .next = chain->head, .flags = DESCRIPTOR_NEXT };
	unsigned int length;

	/* A chain that is longer than the queue has a loop. */
	for (length = 0; d.flags & DESCRIPTOR_NEXT; length++) {
		if (length == queue->size ||
		    !read_descriptor(queue, memory, d.next, &d) ||
		    d.flags & ~(DESCRIPTOR_NEXT | DESCRIPTOR_WRITE) ||
		    !add_buffer(chain, memory, &d))
			return false;
	}
	return true;
}

enum virtqueue_next virtqueue_next(struct virtqueue *queue,
				   const struct guest_memory *memory,
				   struct virtqueue_chain *chain)
{
	uint16_t offered;

	if (!queue->ready)
		return VIRTQUEUE_EMPTY;
	if (!read_u16(memory, queue->driver + RING_INDEX, &offered))
		return VIRTQUEUE_BROKEN;
	if (offered == queue->taken)
		return VIRTQUEUE_EMPTY;
	if ((uint16_t)(offered - queue->taken) > queue->size)
		return VIRTQUEUE_BROKEN;

	chain->nr_out = chain->nr_in = 0;
	chain->out_size = chain->in_size = 0;
	if (!read_u16(memory, queue->driver + RING_ENTRIES +
		      queue->taken % queue->size * sizeof(uint16_t), &chain->head) ||
	    !follow(queue, memory, chain))
		return VIRTQUEUE_BROKEN;
	queue->taken++;
	return VIRTQUEUE_CHAIN;
}

bool virtqueue_give(struct virtqueue *queue, const struct guest_memory *memory,
		    uint16_t head, uint32_t written)
{
	struct used entry = { .id = head, .written = written };
	void *there = guest_range(memory, queue->device + RING_ENTRIES +
				  queue->given % queue->size * sizeof(entry), sizeof(entry));

	if (!there)
		return false;
	memcpy(there, &entry, sizeof(entry));
	queue->given++;
	return write_u16(memory, queue->device + RING_INDEX, queue->given);
}

bool virtqueue_wants_irq(const struct virtqueue *queue, const struct guest_memory *memory)
{
	uint16_t flags;

	/*
	 * Order the store of the used index before the load of the flags. A driver that enables
	 * interrupts reads the index afterwards, so one of the two sides sees the other's store.
	 */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !read_u16(memory, queue->driver, &flags) || !(flags & DRIVER_NO_INTERRUPT);
}

bool virtqueue_is_sane(const struct virtqueue *queue)
{
	return queue->size && queue->size <= VIRTQUEUE_MAX &&
	       !(queue->size & (queue->size - 1)) && queue->ready <= 1;
}

/* ---- bytes in buffers ---- */

static uint64_t iov_move(const struct iovec *iov, unsigned int count, uint64_t offset,
			 uint8_t *bytes, uint64_t size, bool to_iov)
{
	uint64_t done = 0;

	for (; count && done < size; iov++, count--) {
		uint64_t part = iov->iov_len;
		uint8_t *there = iov->iov_base;

		if (offset >= part) {
			offset -= part;
			continue;
		}
		there += offset;
		part -= offset;
		offset = 0;
		if (part > size - done)
			part = size - done;
		if (to_iov)
			memcpy(there, bytes + done, part);
		else
			memcpy(bytes + done, there, part);
		done += part;
	}
	return done;
}

uint64_t iov_read(const struct iovec *iov, unsigned int count, uint64_t offset,
		  void *bytes, uint64_t size)
{
	return iov_move(iov, count, offset, bytes, size, false);
}

uint64_t iov_write(const struct iovec *iov, unsigned int count, uint64_t offset,
		   const void *bytes, uint64_t size)
{
	return iov_move(iov, count, offset, (uint8_t *)bytes, size, true);
}
