/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code that polls the GIC step by step: accesses to its registers, and expectations of its
 * CPU interface. The caller masks exceptions, so that each acknowledgement has one correct result.
 * Registers are named as on a GICv2. On a GICv3, the register with the same function is accessed.
 */
#ifndef VGIC_ABI_GUEST_POLLING_H
#define VGIC_ABI_GUEST_POLLING_H

#include <stdbool.h>
#include <stdint.h>

#include "guest.h"
#include "guest_fixture.h"
#include "guest_gic.h"

/* Registers of the distributor. A GICv3's distributor has no registers of private interrupts. */
static inline uint32_t dist_read(unsigned int offset)
{
	return guest_read(guest_gic.dist + offset);
}

static inline void dist_write(unsigned int offset, uint32_t value)
{
	guest_write(guest_gic.dist + offset, value);
}

static inline enum gicv3_icc icc_of(unsigned int offset)
{
	switch (offset) {
	case GICC_PMR:
		return ICC_PMR;
	case GICC_BPR:
		return ICC_BPR1;
	case GICC_EOIR:
		return ICC_EOIR1;
	case GICC_RPR:
		return ICC_RPR;
	case GICC_HPPIR:
		return ICC_HPPIR1;
	}
	guest_expect("a register that both models have", 0, offset + 1);
	return 0;
}

static inline uint32_t cpu_read(unsigned int offset)
{
	if (guest_gic.v3)
		return gicv3_icc_read(icc_of(offset));
	return guest_read(guest_gic.cpu + offset);
}

static inline void cpu_write(unsigned int offset, uint32_t value)
{
	if (guest_gic.v3)
		gicv3_icc_write(icc_of(offset), value);
	else
		guest_write(guest_gic.cpu + offset, value);
}

/* Enables or disables the calling vCPU's interface. */
static inline void cpu_set_enabled(bool on)
{
	if (guest_gic.v3)
		gicv3_icc_write(ICC_IGRPEN1, on);
	else
		guest_write(guest_gic.cpu + GICC_CTLR, on ? GICC_CTLR_ENABLE : 0);
}

static inline bool cpu_is_enabled(void)
{
	return guest_gic.v3 ? gicv3_icc_read(ICC_IGRPEN1) & 1 :
			      guest_read(guest_gic.cpu + GICC_CTLR) & GICC_CTLR_ENABLE;
}

/*
 * The binary point for @group_bits bits of group priority. For the same number of bits, the values
 * of ICC_BPR1_EL1 and GICC_BPR differ by one.
 */
static inline unsigned int bpr_of(unsigned int group_bits)
{
	return (guest_gic.v3 ? 8 : 7) - group_bits;
}

static inline void write_bit(unsigned int offset, unsigned int intid)
{
	guest_write(gic_irq_base(intid) + offset, 1U << (intid % 32));
}

static inline bool read_bit(unsigned int offset, unsigned int intid)
{
	return guest_read(gic_irq_base(intid) + offset) >> (intid % 32) & 1;
}

static inline void set_priority(unsigned int intid, uint8_t priority)
{
	gic_irq_set_priority(intid, priority);
}

static inline uint8_t priority_of(unsigned int intid)
{
	return guest_read(gic_irq_base(intid) + (GICD_IPRIORITYR(intid) & ~3U)) >>
	       (8 * (intid % 4));
}

static inline void set_pending(unsigned int intid)
{
	write_bit(GICD_ISPENDR(intid), intid);
}

/* Makes @intid an enabled, edge-triggered SPI of the first vCPU, with @priority. */
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

/* Acknowledges the next interrupt, which has to be @intid, and writes its EOI. */
static inline void ack_and_eoi(const char *what, unsigned int intid)
{
	uint32_t ack = gic_ack();

	guest_expect(what, intid, ack & INTID_MASK);
	gic_eoi(ack);
}

#endif /* VGIC_ABI_GUEST_POLLING_H */
