/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's memory, as the VMM sees it. Addresses come from the guest and may be
 * anything; guest_range() is the only way to a pointer. The guest's CPUs may change it at any
 * time, so a checked value must be read only once.
 */
#ifndef VGIC_RUN_GUEST_MEMORY_H
#define VGIC_RUN_GUEST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct guest_memory - one block of it
 * @base: guest physical address
 * @size: bytes
 * @host: where it is mapped here
 */
struct guest_memory {
	uint64_t base;
	uint64_t size;
	uint8_t *host;
};

/* Where @size bytes from @address on are, or NULL if not all of them are memory. */
static inline void *guest_range(const struct guest_memory *memory, uint64_t address,
				uint64_t size)
{
	uint64_t offset = address - memory->base;

	if (address < memory->base || offset > memory->size ||
	    size > memory->size - offset)
		return NULL;
	return memory->host + offset;
}

#endif /* VGIC_RUN_GUEST_MEMORY_H */
