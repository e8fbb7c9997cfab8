/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between a device and the machine: a window of guest physical addresses
 * and an interrupt line. All callbacks run with the machine's lock held, so a device needs
 * no locking of its own.
 */
#ifndef VGIC_RUN_DEVICE_H
#define VGIC_RUN_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct irq_line - a level-sensitive interrupt line to the GIC
 * @set:     drives the line in the GIC; called when the level changes
 * @context: first argument of @set
 * @intid:   INTID of the SPI
 * @level:   the level that @set was last called with
 */
struct irq_line {
	void (*set)(void *context, unsigned int intid, bool level);
	void *context;
	unsigned int intid;
	bool level;
};

/* Drives the line to @level. Calls @set only if the level changes. */
static inline void irq_line_set(struct irq_line *line, bool level)
{
	if (line->level == level)
		return;
	line->level = level;
	line->set(line->context, line->intid, level);
}

/**
 * struct mmio_window - the MMIO region of a device
 * @name:   name in the exit counts
 * @base:   guest physical address, page-aligned
 * @size:   bytes, a multiple of the page size
 * @read:   handles a load of 1, 2, 4 or 8 bytes at an offset into the window; the whole access is
 *          inside the window. Returns the value.
 * @write:  handles a store, with the same guarantees
 * @device: first argument of @read and @write
 */
struct mmio_window {
	const char *name;
	uint64_t base;
	uint64_t size;
	uint64_t (*read)(void *device, uint64_t offset, unsigned int size);
	void (*write)(void *device, uint64_t offset, unsigned int size, uint64_t value);
	void *device;
};

#endif /* VGIC_RUN_DEVICE_H */
