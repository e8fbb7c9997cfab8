/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device has a window of guest physical addresses and a line to the GIC. Calls of its
 * functions are serialized by the machine.
 */
#ifndef VGIC_RUN_DEVICE_H
#define VGIC_RUN_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct irq_line - a level-sensitive line to the GIC
 * @set:     tells the GIC; called when the level changes
 * @context: for @set
 * @intid:   of the shared interrupt
 * @level:   the level that the GIC knows
 */
struct irq_line {
	void (*set)(void *context, unsigned int intid, bool level);
	void *context;
	unsigned int intid;
	bool level;
};

static inline void irq_line_set(struct irq_line *line, bool level)
{
	if (line->level == level)
		return;
	line->level = level;
	line->set(line->context, line->intid, level);
}

/**
 * struct mmio_window - where a device is
 * @name:  for statistics
 * @base:  guest physical address; whole pages
 * @size:  bytes
 * @read:  @size 1, 2, 4 or 8 bytes at @offset, which with them is inside
 * @write: likewise
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
