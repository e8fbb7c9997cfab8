/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory with a virtqueue, as a driver sets it up. The allocation has exactly the size of
 * guest memory, so that the sanitizers detect any access outside.
 */
#ifndef TESTS_UNIT_RINGS_H
#define TESTS_UNIT_RINGS_H

#include <stdlib.h>
#include <string.h>

#include "../random.h"
#include "virtqueue.h"

#define BASE		0x80000000ULL
#define SIZE		0x10000U
#define RING		8U		/* descriptors */
#define DESC_AT		0x1000U
#define DRIVER_AT	0x2000U
#define DEVICE_AT	0x3000U
#define DATA_AT		0x4000U

#define NEXT	1
#define WRITE	2

static inline struct guest_memory memory_make(void)
{
	return (struct guest_memory) { BASE, SIZE, calloc(1, SIZE) };
}

static inline void put(struct guest_memory *m, unsigned int at, const void *bytes, size_t size)
{
	memcpy(m->host + at, bytes, size);
}

static inline void put_u16(struct guest_memory *m, unsigned int at, uint16_t value)
{
	put(m, at, &value, sizeof(value));
}

static inline uint16_t get_u16(const struct guest_memory *m, unsigned int at)
{
	uint16_t value;

	memcpy(&value, m->host + at, sizeof(value));
	return value;
}

static inline void put_desc(struct guest_memory *m, unsigned int index, uint64_t address,
			    uint32_t length, uint16_t flags, uint16_t next)
{
	put(m, DESC_AT + index * 16, &address, 8);
	put(m, DESC_AT + index * 16 + 8, &length, 4);
	put_u16(m, DESC_AT + index * 16 + 12, flags);
	put_u16(m, DESC_AT + index * 16 + 14, next);
}

/* Adds a chain to the available ring. */
static inline void offer(struct guest_memory *m, uint16_t head)
{
	uint16_t index = get_u16(m, DRIVER_AT + 2);

	put_u16(m, DRIVER_AT + 4 + index % RING * 2, head);
	put_u16(m, DRIVER_AT + 2, index + 1);
}

static inline struct virtqueue queue_make(void)
{
	return (struct virtqueue) {
		.size = RING, .ready = 1, .descriptors = BASE + DESC_AT,
		.driver = BASE + DRIVER_AT, .device = BASE + DEVICE_AT,
	};
}

#endif /* TESTS_UNIT_RINGS_H */
