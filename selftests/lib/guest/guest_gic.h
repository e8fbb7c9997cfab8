/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's driver for its GIC: the parts of a GICv2 (ARM IHI 0048B) and of a GICv3 (ARM IHI
 * 0069) that the tests need, behind one set of calls. The functions guest_gic_*() run on the
 * host, all others in the guest.
 */
#ifndef VGIC_ABI_GUEST_GIC_H
#define VGIC_ABI_GUEST_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/gic_regs.h"
#include "guest.h"

/**
 * struct guest_gic - the guest's GIC
 * @dist: virtual address of the distributor
 * @cpu:  virtual address of the CPU interface, or of the first redistributor
 * @v3:   the GIC is a GICv3, not a GICv2
 */
struct guest_gic {
	uint64_t dist;
	uint64_t cpu;
	bool v3;
};

/* The guest's GIC; set by guest_gic_place(). */
extern struct guest_gic guest_gic;

/*
 * Creates the GIC in the dialect of @dist and @cpu, sets both addresses, maps the regions
 * for the guest, and initializes a GICv3. 0 or a negative errno.
 */
int guest_gic_place(struct guest *guest, const struct abi_kind *dist,
		    const struct abi_kind *cpu, uint64_t dist_addr,
		    uint64_t cpu_addr);

/*
 * guest_gic_place() with @nr_irqs interrupts, which only the devattr dialect can set; 0: the
 * default.
 */
int guest_gic_create(struct guest *guest, const struct abi_kind *dist,
		     const struct abi_kind *cpu, uint64_t dist_addr,
		     uint64_t cpu_addr, unsigned int nr_irqs);

/* Bytes of each region, for the guest's number of vCPUs. */
uint64_t guest_gic_dist_size(const struct abi_kind *dist);
uint64_t guest_gic_cpu_size(const struct guest *guest, const struct abi_kind *cpu);

/* Enables the distributor; called before all other functions. */
void gic_enable(void);
void gic_disable(void);
bool gic_is_enabled(void);

/* Enables the calling vCPU's interface, with no priority masked. */
void gic_cpu_enable(void);

/*
 * Virtual address of the frame with the registers of an interrupt. For private interrupts of a
 * GICv3, this is a frame of the calling vCPU's redistributor.
 */
uint64_t gic_irq_base(unsigned int intid);

void gic_irq_enable(unsigned int intid);
void gic_private_irqs_enable(uint32_t mask);	/* of the calling vCPU */
void gic_irq_disable(unsigned int intid);
bool gic_irq_is_enabled(unsigned int intid);
void gic_irq_set_pending(unsigned int intid);	/* not for SGIs of a GICv2 */
void gic_irq_clear_pending(unsigned int intid);
bool gic_irq_is_pending(unsigned int intid);
void gic_irq_set_active(unsigned int intid);
void gic_irq_clear_active(unsigned int intid);
bool gic_irq_is_active(unsigned int intid);
void gic_irq_set_priority(unsigned int intid, uint8_t priority);
void gic_irq_set_edge(unsigned int intid, bool edge);
void gic_irq_route(unsigned int intid, unsigned int cpu);
void gic_send_sgi(unsigned int intid, unsigned int cpu);
void gic_send_sgi_to(unsigned int intid, unsigned int cpus);	/* a mask */
void gic_send_sgi_to_others(unsigned int intid);	/* all vCPUs but the caller's */

/*
 * Acknowledges an interrupt and returns the value of GICC_IAR or, on a GICv3, of ICC_IAR1_EL1.
 * Handles the marker, see below, and returns INTID_SPURIOUS for it.
 */
uint32_t gic_ack(void);
/* The INTID in gic_ack()'s value. On a GICv3 it may be the INTID of an LPI. */
uint32_t gic_intid(uint32_t ack);
/* Like gic_ack(), but does not handle the marker. */
uint32_t gic_read_iar(void);
void gic_eoi(uint32_t ack);
void gic_deactivate(uint32_t ack);

/* EOImode 1: gic_eoi() drops the priority only. */
void gic_split_eoi(bool split);

void gic_set_priority_mask(uint32_t mask);
uint32_t gic_priority_mask(void);
uint32_t gic_running_priority(void);

/* Waits for an interrupt and acknowledges it. @what is a constant. */
uint32_t gic_await_ack(const char *what);

/*
 * The marker: an SGI of the lowest priority that a mask of 0xff does not mask. Interrupts that
 * were pending for a vCPU before the marker are acknowledged before it. An interrupt that was not
 * delivered before the marker is never delivered, so tests need no time limit. For the marker to
 * be delivered, the GIC has to be enabled, without active priorities, and in EOImode 0.
 */
#define GIC_MARKER	15

/* Called by a vCPU before another vCPU sends markers to it. */
void gic_marker_enable(void);
void gic_send_marker(unsigned int cpu);

/*
 * With interrupts on: returns when all pending interrupts of the calling vCPU have been handled.
 */
void gic_settle(void);

/* With interrupts masked: checks that nothing is pending for the calling vCPU. */
void gic_expect_none(const char *what);

/*
 * With interrupts masked: checks that @intid is delivered, and nothing else before a marker that
 * another vCPU sends. Writes the EOI of @intid, and returns the value of gic_ack().
 */
uint32_t gic_expect_before_marker(const char *what, unsigned int intid);

/*
 * System registers of a GICv3's CPU interface, with the numbers of
 * KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS.
 */
#define ICC_REGISTER(crn, crm, op2)	(3 << 14 | (crn) << 7 | (crm) << 3 | (op2))

enum gicv3_icc {
	ICC_PMR		= ICC_REGISTER(4, 6, 0),
	ICC_IAR0	= ICC_REGISTER(12, 8, 0),
	ICC_EOIR0	= ICC_REGISTER(12, 8, 1),
	ICC_BPR0	= ICC_REGISTER(12, 8, 3),
	ICC_DIR		= ICC_REGISTER(12, 11, 1),
	ICC_RPR		= ICC_REGISTER(12, 11, 3),
	ICC_SGI1R	= ICC_REGISTER(12, 11, 5),
	ICC_SGI0R	= ICC_REGISTER(12, 11, 7),
	ICC_IAR1	= ICC_REGISTER(12, 12, 0),
	ICC_EOIR1	= ICC_REGISTER(12, 12, 1),
	ICC_HPPIR1	= ICC_REGISTER(12, 12, 2),
	ICC_BPR1	= ICC_REGISTER(12, 12, 3),
	ICC_CTLR	= ICC_REGISTER(12, 12, 4),
	ICC_SRE		= ICC_REGISTER(12, 12, 5),
	ICC_IGRPEN0	= ICC_REGISTER(12, 12, 6),
	ICC_IGRPEN1	= ICC_REGISTER(12, 12, 7),
};

/* On an architecture without these registers, the guest fails. */
uint64_t gicv3_icc_read(enum gicv3_icc reg);
void gicv3_icc_write(enum gicv3_icc reg, uint64_t value);

#endif /* VGIC_ABI_GUEST_GIC_H */
