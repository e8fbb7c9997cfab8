// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "virtio_mmio.h"

/* Registers (virtio 1.1, 4.2.2). */
#define MAGIC_VALUE		0x000
#define VERSION			0x004
#define DEVICE_ID		0x008
#define VENDOR_ID		0x00c
#define DEVICE_FEATURES		0x010
#define DEVICE_FEATURES_SEL	0x014
#define DRIVER_FEATURES		0x020
#define DRIVER_FEATURES_SEL	0x024
#define QUEUE_SEL		0x030
#define QUEUE_NUM_MAX		0x034
#define QUEUE_NUM		0x038
#define QUEUE_READY		0x044
#define QUEUE_NOTIFY		0x050
#define INTERRUPT_STATUS	0x060
#define INTERRUPT_ACK		0x064
#define STATUS			0x070
#define QUEUE_DESC_LOW		0x080
#define QUEUE_DESC_HIGH		0x084
#define QUEUE_DRIVER_LOW	0x090
#define QUEUE_DRIVER_HIGH	0x094
#define QUEUE_DEVICE_LOW	0x0a0
#define QUEUE_DEVICE_HIGH	0x0a4
#define CONFIG_GENERATION	0x0fc
#define CONFIG			0x100

#define MAGIC			0x74726976	/* "virt" */
#define LAYOUT			2
#define VENDOR			0x63696776	/* "vgic" */

#define STATUS_FEATURES_OK	8U
#define STATUS_DRIVER_OK	4U
#define STATUS_NEEDS_RESET	64U

#define INTERRUPT_QUEUE		1U
#define INTERRUPT_CONFIG	2U

/* ---- interrupts ---- */

static void set_interrupts(struct virtio *virtio, uint32_t interrupts)
{
	virtio->state.interrupts = interrupts;
	irq_line_set(&virtio->line, interrupts);
}

void virtio_interrupt(struct virtio *virtio, unsigned int queue)
{
	if (virtqueue_wants_irq(&virtio->state.queue[queue], virtio->memory))
		set_interrupts(virtio, virtio->state.interrupts | INTERRUPT_QUEUE);
}

void virtio_break(struct virtio *virtio)
{
	virtio->state.status |= STATUS_NEEDS_RESET;
	if (virtio->state.status & STATUS_DRIVER_OK)
		set_interrupts(virtio, virtio->state.interrupts | INTERRUPT_CONFIG);
}

/* ---- queues ---- */

static bool is_running(const struct virtio *virtio)
{
	uint32_t wanted = STATUS_DRIVER_OK | STATUS_NEEDS_RESET;

	return (virtio->state.status & wanted) == STATUS_DRIVER_OK;
}

bool virtio_take(struct virtio *virtio, unsigned int queue, struct virtqueue_chain *chain)
{
	if (!is_running(virtio))
		return false;
	switch (virtqueue_next(&virtio->state.queue[queue], virtio->memory, chain)) {
	case VIRTQUEUE_CHAIN:
		return true;
	case VIRTQUEUE_BROKEN:
		virtio_break(virtio);
		return false;
	default:
		return false;
	}
}

void virtio_give(struct virtio *virtio, unsigned int queue,
		 const struct virtqueue_chain *chain, uint32_t written)
{
	if (!virtqueue_give(&virtio->state.queue[queue], virtio->memory, chain->head, written))
		virtio_break(virtio);
}

/* The queue that QueueSel selects, or NULL. */
static struct virtqueue *chosen(struct virtio *virtio)
{
	return virtio->state.queue_chosen < virtio->model.nr_queues ?
	       &virtio->state.queue[virtio->state.queue_chosen] : NULL;
}

static void set_low(uint64_t *address, uint32_t value)
{
	*address = (*address & ~0xffffffffULL) | value;
}

static void set_high(uint64_t *address, uint32_t value)
{
	*address = (*address & 0xffffffffULL) | (uint64_t)value << 32;
}

/* The registers of a queue that is ready cannot be written (4.2.2.2). */
static void write_queue(struct virtqueue *queue, uint64_t offset, uint32_t value)
{
	if (offset == QUEUE_READY) {
		if (!(value & 1)) {
			queue->ready = 0;
		} else if (!queue->ready) {
			queue->taken = queue->given = 0;
			queue->ready = 1;
		}
		return;
	}
	if (queue->ready)
		return;
	switch (offset) {
	case QUEUE_NUM:
		if (value && value <= VIRTQUEUE_MAX && !(value & (value - 1)))
			queue->size = value;
		break;
	case QUEUE_DESC_LOW:
		set_low(&queue->descriptors, value);
		break;
	case QUEUE_DESC_HIGH:
		set_high(&queue->descriptors, value);
		break;
	case QUEUE_DRIVER_LOW:
		set_low(&queue->driver, value);
		break;
	case QUEUE_DRIVER_HIGH:
		set_high(&queue->driver, value);
		break;
	case QUEUE_DEVICE_LOW:
		set_low(&queue->device, value);
		break;
	case QUEUE_DEVICE_HIGH:
		set_high(&queue->device, value);
		break;
	default:
		break;
	}
}

/* ---- registers ---- */

static uint64_t offered_features(const struct virtio *virtio)
{
	return virtio->model.features | VIRTIO_F_VERSION_1;
}

static uint64_t read_config(const struct virtio *virtio, uint64_t offset, unsigned int size)
{
	uint64_t value = 0;

	if (offset < virtio->model.config_size && size <= virtio->model.config_size - offset)
		memcpy(&value, (const uint8_t *)virtio->model.config + offset, size);
	return value;
}

uint64_t virtio_read(void *device, uint64_t offset, unsigned int size)
{
	struct virtio *virtio = device;
	struct virtio_state *s = &virtio->state;
	struct virtqueue *queue = chosen(virtio);

	if (offset >= CONFIG)
		return read_config(virtio, offset - CONFIG, size);
	switch (offset) {
	case MAGIC_VALUE:
		return MAGIC;
	case VERSION:
		return LAYOUT;
	case DEVICE_ID:
		return virtio->model.id;
	case VENDOR_ID:
		return VENDOR;
	case DEVICE_FEATURES:
		return s->device_features_page > 1 ? 0 :
		       (uint32_t)(offered_features(virtio) >> 32 * s->device_features_page);
	case QUEUE_NUM_MAX:
		return queue ? VIRTQUEUE_MAX : 0;
	case QUEUE_READY:
		return queue ? queue->ready : 0;
	case INTERRUPT_STATUS:
		return s->interrupts;
	case STATUS:
		return s->status;
	default:
		return 0;
	}
}

static void write_status(struct virtio *virtio, uint32_t value)
{
	struct virtio_state *s = &virtio->state;

	if (!value) {
		virtio_reset(virtio);
		return;
	}
	/* FEATURES_OK stays 0 without VERSION_1, or with a feature that was not offered (3.1.1). */
	if (s->driver_features & ~offered_features(virtio) ||
	    !(s->driver_features & VIRTIO_F_VERSION_1))
		value &= ~STATUS_FEATURES_OK;
	/* The driver can clear status bits only all at once, by a reset. */
	s->status |= value & 0xff & ~STATUS_NEEDS_RESET;
}

static void write_driver_features(struct virtio_state *s, uint32_t value)
{
	if (s->status & STATUS_FEATURES_OK)
		return;
	if (s->driver_features_page == 0)
		set_low(&s->driver_features, value);
	else if (s->driver_features_page == 1)
		set_high(&s->driver_features, value);
}

void virtio_write(void *device, uint64_t offset, unsigned int size, uint64_t wide)
{
	struct virtio *virtio = device;
	struct virtio_state *s = &virtio->state;
	uint32_t value = wide;

	if (size != 4)
		return;
	switch (offset) {
	case DEVICE_FEATURES_SEL:
		s->device_features_page = value;
		break;
	case DRIVER_FEATURES:
		write_driver_features(s, value);
		break;
	case DRIVER_FEATURES_SEL:
		s->driver_features_page = value;
		break;
	case QUEUE_SEL:
		s->queue_chosen = value;
		break;
	case QUEUE_NOTIFY:
		if (value < virtio->model.nr_queues && is_running(virtio))
			virtio->model.notify(virtio, value);
		break;
	case INTERRUPT_ACK:
		set_interrupts(virtio, s->interrupts & ~value);
		break;
	case STATUS:
		write_status(virtio, value);
		break;
	default:
		if (chosen(virtio))
			write_queue(chosen(virtio), offset, value);
		break;
	}
}

/* ---- reset, restore ---- */

void virtio_reset(struct virtio *virtio)
{
	unsigned int i;

	virtio->state = (struct virtio_state) { 0 };
	for (i = 0; i < VIRTIO_MAX_QUEUES; i++)
		virtio->state.queue[i].size = VIRTQUEUE_MAX;
	set_interrupts(virtio, 0);
}

bool virtio_restore(struct virtio *virtio, const struct virtio_state *state)
{
	unsigned int i;

	if (state->status > 0xff || state->interrupts > (INTERRUPT_QUEUE | INTERRUPT_CONFIG) ||
	    (state->status & STATUS_FEATURES_OK &&
	     state->driver_features & ~offered_features(virtio)))
		return false;
	for (i = 0; i < VIRTIO_MAX_QUEUES; i++)
		if (!virtqueue_is_sane(&state->queue[i]))
			return false;
	virtio->state = *state;
	set_interrupts(virtio, state->interrupts);
	return true;
}
