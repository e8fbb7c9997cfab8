/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code that polls a GICv2 step by step: accesses to its registers, and expectations
 * of its CPU interface. The caller takes no exceptions, so that each read of GICC_IAR has
 * one right result.
 */
#ifndef VGIC_ABI_GUEST_GICV2_H
#define VGIC_ABI_GUEST_GICV2_H

#include <stdbool.h>
#include <stdint.h>

#include "guest.h"
#include "guest_fixture.h"
#include "guest_gic.h"

static inline uint32_t dist_read(unsigned int offset)
{
	return guest_read(guest_gic.dist + offset);
}

static inline void dist_write(unsigned int offset, uint32_t value)
{
	guest_write(guest_gic.dist + offset, value);
}

static inline uint32_t cpu_read(unsigned int offset)
{
	return guest_read(guest_gic.cpu + offset);
}

static inline void cpu_write(unsigned int offset, uint32_t value)
{
	guest_write(guest_gic.cpu + offset, value);
}

static inline void write_bit(unsigned int offset, unsigned int intid)
{
	dist_write(offset, 1U << (intid % 32));
}

static inline bool read_bit(unsigned int offset, unsigned int intid)
{
	return dist_read(offset) >> (intid % 32) & 1;
}

static inline void set_priority(unsigned int intid, uint8_t priority)
{
	gic_irq_set_priority(intid, priority);
}

static inline uint8_t priority_of(unsigned int intid)
{
	return dist_read(GICD_IPRIORITYR(intid) & ~3U) >> (8 * (intid % 4));
}

static inline void set_pending(unsigned int intid)
{
	write_bit(GICD_ISPENDR(intid), intid);
}

/* An edge-triggered SPI of the first vCPU, enabled. */
static inline void prepare(unsigned int intid, uint8_t priority)
{
	gic_irq_set_edge(intid, true);
	gic_irq_route(intid, FIRST);
	set_priority(intid, priority);
	gic_irq_enable(intid);
}

static inline void start(void)
{
	gic_enable();
	gic_cpu_enable();
}

static inline void expect_ack(const char *what, unsigned int intid)
{
	guest_expect(what, intid, gic_ack() & INTID_MASK);
}

static inline void expect_none(const char *what)
{
	expect_ack(what, INTID_SPURIOUS);
}

/* Acknowledges the next interrupt, which has to be @intid, and ends it. */
static inline void take(const char *what, unsigned int intid)
{
	uint32_t ack = gic_ack();

	guest_expect(what, intid, ack & INTID_MASK);
	gic_eoi(ack);
}

#endif /* VGIC_ABI_GUEST_GICV2_H */
