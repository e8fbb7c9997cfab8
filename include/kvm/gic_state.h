/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a VM's GICv2, and what goes into the list registers: ARM IHI
 * 0048B.b, chapters 3 to 5. Pure logic; the caller serialises all of it for one
 * VM. The distributor's registers are in gicd.c, everything else in gic_irq.c.
 */
#ifndef KVM_GIC_STATE_H
#define KVM_GIC_STATE_H

#include <linux/types.h>

#define GIC_MAX_VCPUS		8
#define GIC_NR_SGIS		16
#define GIC_NR_PRIVATE		32	/* SGIs and PPIs */
#define GIC_MAX_IRQS		1020
#define GIC_MAX_LRS		64
#define GIC_IRQ_WORDS		32	/* of 32 bits, for GIC_MAX_IRQS */

#define GIC_NOBODY		0xff

/**
 * struct gic_irq - one interrupt of the VM, or of one vCPU if it is private
 * @intid:    0 to 1019
 * @priority: 0 is most urgent; the lowest three bits are 0
 * @targets:  vCPUs that it may go to, as a mask (SPIs)
 * @sources:  vCPUs whose request is pending, as a mask (SGIs)
 * @active_source: whose request is active (SGIs)
 * @cpu:      private: whose it is. SPI: who has it active, or GIC_NOBODY
 * @owner:    vCPU whose list registers it is in, or GIC_NOBODY: @latch, @sources
 *            and @active are then there, too, and these are what is left
 * @candidate_of: vCPU among whose candidates it is, or GIC_NOBODY
 * @enabled:  GICD_ISENABLER
 * @group1:   GICD_IGROUPR
 * @edge:     GICD_ICFGR; SGIs always are
 * @line:     the level of its line
 * @latch:    pending by an edge or by GICD_ISPENDR
 * @active:   taken and not deactivated
 * @offered:  its list register asked the guest to take it
 * @hw:       interrupt of the host that ends with it; 0: none
 * @watched:  somebody wants to know when the guest has ended it (level SPIs)
 */
struct gic_irq {
	u16 intid;
	u8 priority;
	u8 targets;
	u8 sources;
	u8 active_source;
	u8 cpu;
	u8 owner;
	u8 candidate_of;
	bool enabled;
	bool group1;
	bool edge;
	bool line;
	bool latch;
	bool active;
	bool offered;
	bool watched;
	u16 hw;
};

/**
 * struct gic_cpu - a vCPU's part
 * @irq:        private interrupts
 * @candidates: a bit for each interrupt that a list register may be needed for
 * @words:      a bit for each word of @candidates that is not 0
 * @lr:         list registers, as the hardware has them
 * @nr_lrs:     how many of them are in use, from the first on
 * @hcr:        GICH_HCR: which maintenance interrupts are wanted
 * @vmcr, @apr: GICH_VMCR, GICH_APR: the CPU interface's own state
 */
struct gic_cpu {
	struct gic_irq irq[GIC_NR_PRIVATE];
	u32 candidates[GIC_IRQ_WORDS];
	u32 words;
	u32 lr[GIC_MAX_LRS];
	unsigned int nr_lrs;
	u32 hcr;
	u32 vmcr;
	u32 apr;
};

/**
 * struct gic_state - a VM's GIC
 * @ctlr:     GICD_CTLR: group 0 and group 1 are forwarded
 * @nr_vcpus: CPU interfaces, 1 to 8
 * @nr_irqs:  64 to 1020
 * @ended:    a bit for each watched interrupt that has been ended since
 *            gic_next_ended()
 * @any_ended: one of them is set; may be read without the caller's lock
 * @knows_groups: user space has written GICD_IIDR, as one does that restores groups
 */
struct gic_state {
	u32 ctlr;
	unsigned int nr_vcpus;
	unsigned int nr_irqs;
	u32 ended[GIC_IRQ_WORDS];
	bool any_ended;
	bool knows_groups;
	struct gic_cpu cpu[GIC_MAX_VCPUS];
	struct gic_irq spi[GIC_MAX_IRQS - GIC_NR_PRIVATE];
};

/* What of GICD_CTLR there is. */
#define GICD_CTLR_GROUP0	(1U << 0)
#define GICD_CTLR_GROUP1	(1U << 1)

/* List registers, 5.3.8. */
#define GICH_LR_INTID		0x3ffU
#define GICH_LR_CPUID_SHIFT	10	/* SGIs: who asked for it */
#define GICH_LR_CPUID		(7U << GICH_LR_CPUID_SHIFT)
#define GICH_LR_EOI		(1U << 19)	/* maintenance interrupt on EOI */
#define GICH_LR_HW_SHIFT	10	/* with GICH_LR_HW: the host's interrupt */
#define GICH_LR_PRIORITY_SHIFT	23
#define GICH_LR_PENDING		(1U << 28)
#define GICH_LR_ACTIVE		(1U << 29)
#define GICH_LR_GROUP1		(1U << 30)
#define GICH_LR_HW		(1U << 31)

/* GICH_VMCR, 5.3.3: GICC_PMR is in the highest bits. */
#define GICH_VMCR_PMR_SHIFT	27

/* GICH_HCR, 5.3.1. */
#define GICH_HCR_EN		(1U << 0)
#define GICH_HCR_UIE		(1U << 1)	/* at most one is in use */
#define GICH_HCR_LRENPIE	(1U << 2)	/* EOI of what is in none */
#define GICH_HCR_NPIE		(1U << 3)	/* none in use is pending */
#define GICH_HCR_EOICOUNT_SHIFT	27

/* After reset: nothing enabled, nothing pending. */
void gic_reset(struct gic_state *gic, unsigned int nr_irqs);

/* Interrupt @intid as vCPU @cpu sees it. @intid must be below @nr_irqs. */
static inline struct gic_irq *gic_irq(struct gic_state *gic, unsigned int cpu,
				      unsigned int intid)
{
	return intid < GIC_NR_PRIVATE ? &gic->cpu[cpu].irq[intid] :
					&gic->spi[intid - GIC_NR_PRIVATE];
}

/* Is it pending, apart from what a list register knows? */
bool gic_irq_pending(const struct gic_irq *irq);

/*
 * To be called after any change of an interrupt's state. Returns a mask of the
 * vCPUs that have to look at it: out of the guest, or out of their sleep.
 */
u8 gic_irq_changed(struct gic_state *gic, struct gic_irq *irq);

/* As the former, for everything: the distributor was turned on or off. */
u8 gic_all_changed(struct gic_state *gic);

/* The line of a PPI (of vCPU @cpu) or SPI; returns as gic_irq_changed(). */
u8 gic_set_line(struct gic_state *gic, unsigned int cpu, unsigned int intid, bool level);

/*
 * Before the guest is entered: fills in lr[], nr_lrs and hcr of a vCPU, whose
 * hardware has @max_lrs list registers, in the order of priority.
 */
void gic_fill(struct gic_state *gic, unsigned int cpu, unsigned int max_lrs);

/* As the former, for a vCPU without candidates, which most are. */
static inline void gic_fill_none(struct gic_cpu *cpu)
{
	cpu->hcr = GICH_HCR_EN;
	cpu->nr_lrs = 0;
}

/*
 * After the guest was left: takes lr[] and hcr back. Returns as
 * gic_irq_changed(), without @cpu.
 */
u8 gic_fold(struct gic_state *gic, unsigned int cpu);

/*
 * GICH_VMCR as the guest has left it. If that changes the priority mask, an SPI with
 * several targets may have to go elsewhere; returns as gic_fold(), after which it is
 * to be called.
 */
static inline bool gic_mask_changes(const struct gic_cpu *cpu, u32 vmcr)
{
	return (cpu->vmcr ^ vmcr) >> GICH_VMCR_PMR_SHIFT;
}

u8 gic_set_vmcr(struct gic_state *gic, unsigned int cpu, u32 vmcr);

/*
 * A watched interrupt that a guest has ended: its line is low from now on. Returns
 * false if there is none. @concerned: as gic_irq_changed().
 */
bool gic_next_ended(struct gic_state *gic, unsigned int *intid, u8 *concerned);

/*
 * Is there an interrupt that would wake vCPU @cpu, which is not running? Not one that
 * it has active already, or that its priority mask keeps away.
 */
bool gic_has_pending(struct gic_state *gic, unsigned int cpu);

/* ---- gicd.c ---- */

#define GICD_SIZE		0x1000

/*
 * An access of vCPU @cpu: @len bytes (1, 2 or 4) at @offset below GICD_SIZE. What
 * is not there, or not in that width (4.1.4), reads as zero and ignores writes. A
 * write returns as gic_irq_changed().
 */
u32 gicd_read(struct gic_state *gic, unsigned int cpu, u32 offset, unsigned int len);
u8 gicd_write(struct gic_state *gic, unsigned int cpu, u32 offset,
	      unsigned int len, u32 value);

/* Is there a register at that offset, which is a multiple of 4? */
bool gicd_exists(u32 offset);

/* Is it one of interrupts of which there are none? */
bool gicd_is_empty(const struct gic_state *gic, u32 offset);

/* ---- gicc_saved.c ---- */

/*
 * A register of the CPU interface (GICC_CTLR, PMR, BPR, ABPR, APR) of vCPU @cpu,
 * which is not running, for user space to save and restore.
 */
bool gicc_saved_exists(u32 offset);
u32 gicc_saved_get(struct gic_state *gic, unsigned int cpu, u32 offset);
void gicc_saved_set(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value);

#endif /* KVM_GIC_STATE_H */
