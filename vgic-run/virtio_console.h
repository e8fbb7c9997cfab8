/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A console (virtio 1.1, 5.3) with one port: the guest's output goes on at once, typed input
 * waits until the guest has room for it.
 */
#ifndef VGIC_RUN_VIRTIO_CONSOLE_H
#define VGIC_RUN_VIRTIO_CONSOLE_H

#include <stddef.h>

#include "virtio_mmio.h"

/**
 * struct virtio_console - one of them
 * @send:    takes what the guest sends
 * @context: for @send
 */
struct virtio_console {
	struct virtio virtio;
	void (*send)(void *context, const uint8_t *bytes, size_t count);
	void *context;
};

/* The virtio part's line and memory, and @send, are the caller's to set. */
void virtio_console_init(struct virtio_console *console);

/* Hands over what the guest has room for; returns how many bytes that was. */
size_t virtio_console_receive(struct virtio_console *console, const uint8_t *bytes,
			      size_t count);

#endif /* VGIC_RUN_VIRTIO_CONSOLE_H */
