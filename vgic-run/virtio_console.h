/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtio console (virtio 1.1, 5.3) with one port. Output of the guest is passed on at once;
 * input waits with the caller until the guest has offered buffers.
 */
#ifndef VGIC_RUN_VIRTIO_CONSOLE_H
#define VGIC_RUN_VIRTIO_CONSOLE_H

#include <stddef.h>

#include "virtio_mmio.h"

/**
 * struct virtio_console - one console
 * @virtio:  the transport
 * @send:    receives the guest's output
 * @context: first argument of @send
 */
struct virtio_console {
	struct virtio virtio;
	void (*send)(void *context, const uint8_t *bytes, size_t count);
	void *context;
};

/* Initialises a console. The caller sets virtio.line, virtio.memory, send and context. */
void virtio_console_init(struct virtio_console *console);

/* Copies input to the guest's buffers. Returns how many of the @count bytes were copied. */
size_t virtio_console_receive(struct virtio_console *console, const uint8_t *bytes,
			      size_t count);

#endif /* VGIC_RUN_VIRTIO_CONSOLE_H */
