/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * virtio over MMIO, version 2 of the register layout (virtio 1.1, 4.2): the common part of all
 * virtio devices. A device has a struct virtio_model and state of its own.
 */
#ifndef VGIC_RUN_VIRTIO_MMIO_H
#define VGIC_RUN_VIRTIO_MMIO_H

#include "device.h"
#include "virtqueue.h"

#define VIRTIO_WINDOW		0x1000
#define VIRTIO_MAX_QUEUES	2
#define VIRTIO_F_VERSION_1	(1ULL << 32)

struct virtio;

/**
 * struct virtio_model - one kind of device
 * @id:          device type (virtio 1.1, 5)
 * @nr_queues:   of them
 * @features:    that it offers besides VIRTIO_F_VERSION_1
 * @config:      its configuration space, which a driver reads only
 * @config_size: bytes
 * @notify:      the driver has put something into a queue; takes VIRTQUEUE_MAX chains
 *               at the most, since a driver that offers more meanwhile notifies again,
 *               and one that never stops must not keep the machine
 * @context:     for @notify
 */
struct virtio_model {
	uint32_t id;
	unsigned int nr_queues;
	uint64_t features;
	const void *config;
	unsigned int config_size;
	void (*notify)(struct virtio *virtio, unsigned int queue);
	void *context;
};

/* Saved with a VM; numbers only. */
struct virtio_state {
	uint32_t status;
	uint32_t interrupts;
	uint32_t device_features_page, driver_features_page;
	uint64_t driver_features;
	uint32_t queue_chosen;
	uint32_t reserved;
	struct virtqueue queue[VIRTIO_MAX_QUEUES];
};

struct virtio {
	struct virtio_model model;
	struct virtio_state state;
	struct irq_line line;
	const struct guest_memory *memory;
};

/* As after a reset by the driver; @model, @line and @memory stay. */
void virtio_reset(struct virtio *virtio);

uint64_t virtio_read(void *virtio, uint64_t offset, unsigned int size);
void virtio_write(void *virtio, uint64_t offset, unsigned int size, uint64_t value);

/* ---- for devices ---- */

/*
 * The next chain of a queue; false if the queue is empty. Malformed rings stop the device until
 * the driver resets it (DEVICE_NEEDS_RESET).
 */
bool virtio_take(struct virtio *virtio, unsigned int queue, struct virtqueue_chain *chain);

/* Gives it back; virtio_interrupt() tells the driver, once for several. */
void virtio_give(struct virtio *virtio, unsigned int queue,
		 const struct virtqueue_chain *chain, uint32_t written);
void virtio_interrupt(struct virtio *virtio, unsigned int queue);

/* Stops the device after a malformed request of the driver. */
void virtio_break(struct virtio *virtio);

/* False if no such device ever was in such a state; otherwise it is in it. */
bool virtio_restore(struct virtio *virtio, const struct virtio_state *state);

#endif /* VGIC_RUN_VIRTIO_MMIO_H */
