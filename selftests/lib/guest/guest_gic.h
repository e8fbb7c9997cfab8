/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's driver for the GIC that the ABI has placed: as much of a GICv2 (ARM
 * IHI 0048B) and of a GICv3 (ARM IHI 0069) as the tests need, behind one set of
 * calls. All but guest_gic_place() is guest code.
 */
#ifndef VGIC_ABI_GUEST_GIC_H
#define VGIC_ABI_GUEST_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/gic_regs.h"
#include "guest.h"

/**
 * struct guest_gic - where the guest's GIC is, in virtual addresses
 * @dist: the distributor
 * @cpu:  the CPU interface, or the first redistributor
 * @v3:   which model it is
 */
struct guest_gic {
	uint64_t dist;
	uint64_t cpu;
	bool v3;
};

/* Of the guest's GIC; set by the host with guest_gic_place(). */
extern struct guest_gic guest_gic;

/*
 * Creates the GIC in the dialect of @dist and @cpu, sets both addresses, maps
 * the regions for the guest, and makes it ready to run. 0 or a negative errno.
 */
int guest_gic_place(struct guest *guest, const struct abi_kind *dist,
		    const struct abi_kind *cpu, uint64_t dist_addr,
		    uint64_t cpu_addr);

/* Bytes of each region, for the guest's number of vCPUs. */
uint64_t guest_gic_dist_size(const struct abi_kind *dist);
uint64_t guest_gic_cpu_size(const struct guest *guest, const struct abi_kind *cpu);

/* Enables the distributor; once, before anything else. */
void gic_enable(void);

/* Enables the calling vCPU's interface, and lets all priorities through. */
void gic_cpu_enable(void);

void gic_irq_enable(unsigned int intid);
void gic_private_irqs_enable(uint32_t mask);	/* of the calling vCPU, by their numbers */
bool gic_irq_is_pending(unsigned int intid);
bool gic_irq_is_active(unsigned int intid);
void gic_irq_set_priority(unsigned int intid, uint8_t priority);
void gic_irq_set_edge(unsigned int intid, bool edge);
void gic_irq_route(unsigned int intid, unsigned int cpu);
void gic_send_sgi(unsigned int intid, unsigned int cpu);
void gic_send_sgi_to_others(unsigned int intid);	/* all vCPUs but the caller's */

/*
 * Acknowledges; the register's value, of which INTID_MASK is the interrupt. The marker,
 * see below, is ended here, and INTID_SPURIOUS returned.
 */
uint32_t gic_ack(void);
/* The register alone, for those who count instructions. */
uint32_t gic_read_iar(void);
void gic_eoi(uint32_t ack);
void gic_deactivate(uint32_t ack);

/* EOImode 1: gic_eoi() drops the priority only. */
void gic_split_eoi(bool split);

void gic_set_priority_mask(uint32_t mask);
uint32_t gic_priority_mask(void);

/* Acknowledges what comes, for as long as that takes. @what is a constant. */
uint32_t gic_await_ack(const char *what);

/*
 * The marker: an SGI of the lowest priority that a mask of 0xff lets through. Whatever was
 * pending for a vCPU before the marker was sent to it comes first; so once the marker has
 * come, what has not come never will. That takes no time that somebody would have to
 * choose, but a GIC that lets the marker through: enabled, without an interrupt whose
 * priority is active, and not with EOImode 1.
 */
#define GIC_MARKER	15

/* For the calling vCPU, before another one sends it markers. */
void gic_marker_enable(void);
void gic_send_marker(unsigned int cpu);

/* With interrupts on: all that is pending for the calling vCPU is taken. */
void gic_settle(void);

/* With interrupts masked: nothing is pending for the calling vCPU. */
void gic_expect_none(const char *what);

/*
 * With interrupts masked: @intid comes, is ended, and is all that comes before a marker
 * that another vCPU has sent, or is going to send. Returns what was acknowledged.
 */
uint32_t gic_expect_before_marker(const char *what, unsigned int intid);

/* GICv3 CPU interface, provided for each architecture that has it. */
enum gicv3_icc { ICC_IAR1, ICC_EOIR1, ICC_DIR, ICC_PMR, ICC_CTLR, ICC_SRE, ICC_IGRPEN1, ICC_SGI1R };
uint64_t gicv3_icc_read(enum gicv3_icc reg);
void gicv3_icc_write(enum gicv3_icc reg, uint64_t value);

#endif /* VGIC_ABI_GUEST_GIC_H */
