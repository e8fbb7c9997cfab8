/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtio MMIO transport, version 2 of the register layout (virtio 1.1, 4.2). A device
 * describes itself in a struct virtio_model. All functions run with the machine's lock held.
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
 * struct virtio_model - a type of device
 * @id:          device ID (virtio 1.1, 5)
 * @nr_queues:   number of queues, at most VIRTIO_MAX_QUEUES
 * @features:    features that the device offers besides VIRTIO_F_VERSION_1
 * @config:      configuration space, read-only for the driver
 * @config_size: bytes
 * @notify:      the driver has added to a queue. Handles at most VIRTQUEUE_MAX chains, so that
 *               a driver that keeps adding cannot hold the machine's lock forever; a driver
 *               notifies again after it has added more
 * @context:     the device, for @notify
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

/**
 * struct virtio_state - state that is saved with the guest; contains no pointers
 * @status:               device status (2.1)
 * @interrupts:           InterruptStatus
 * @device_features_page: DeviceFeaturesSel
 * @driver_features_page: DriverFeaturesSel
 * @driver_features:      features that the driver has accepted
 * @queue_chosen:         QueueSel, not checked
 * @reserved:             0
 * @queue:                the queues; model.nr_queues are in use
 */
struct virtio_state {
	uint32_t status;
	uint32_t interrupts;
	uint32_t device_features_page, driver_features_page;
	uint64_t driver_features;
	uint32_t queue_chosen;
	uint32_t reserved;
	struct virtqueue queue[VIRTIO_MAX_QUEUES];
};

/**
 * struct virtio - one device
 * @model:  type of the device
 * @state:  the state that the guest controls
 * @line:   interrupt line
 * @memory: the memory that holds the rings and the buffers
 */
struct virtio {
	struct virtio_model model;
	struct virtio_state state;
	struct irq_line line;
	const struct guest_memory *memory;
};

/* Resets the device as a write of 0 to Status does. @model, @line and @memory remain. */
void virtio_reset(struct virtio *virtio);

/* Callbacks of struct mmio_window. Writes that are not 32 bits wide are ignored. */
uint64_t virtio_read(void *virtio, uint64_t offset, unsigned int size);
void virtio_write(void *virtio, uint64_t offset, unsigned int size, uint64_t value);

/* ---- for devices ---- */

/*
 * Takes the next chain from a queue. Returns false if there is none, or if the rings are
 * invalid; invalid rings also break the device, see virtio_break().
 */
bool virtio_take(struct virtio *virtio, unsigned int queue, struct virtqueue_chain *chain);

/* Returns a chain to the driver; the device has written @written bytes to its buffers. */
void virtio_give(struct virtio *virtio, unsigned int queue,
		 const struct virtqueue_chain *chain, uint32_t written);

/* Interrupts the driver after virtio_give(), unless the driver has suppressed interrupts. */
void virtio_interrupt(struct virtio *virtio, unsigned int queue);

/*
 * Sets DEVICE_NEEDS_RESET after an invalid request. The device handles no queue until the
 * driver resets it.
 */
void virtio_break(struct virtio *virtio);

/* Loads a saved state. Returns false, and changes nothing, if it is not a valid state. */
bool virtio_restore(struct virtio *virtio, const struct virtio_state *state);

#endif /* VGIC_RUN_VIRTIO_MMIO_H */
