/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory as the VMM accesses it. Addresses that come from the guest are untrusted;
 * only guest_range() turns them into pointers. vCPUs may write to the memory
 * at any time, so a value must be read once and then checked.
 */
#ifndef VGIC_RUN_GUEST_MEMORY_H
#define VGIC_RUN_GUEST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct guest_memory - one block of guest memory
 * @base: guest physical address
 * @size: bytes
 * @host: the mapping in the VMM
 */
struct guest_memory {
	uint64_t base;
	uint64_t size;
	uint8_t *host;
};

/* Returns a pointer to @size bytes at @address, or NULL if they are not all guest memory. */
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
