/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a VM's GICv2 and the contents of its list registers: ARM IHI 0048B.b, chapters 3
 * to 5. Pure logic; the caller serialises all calls for one VM. The distributor's registers are
 * in gicd.c, the CPU interface's registers for user space in gicc_saved.c, and everything else in
 * gic_irq.c.
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

#define GIC_NO_CPU		0xff

/**
 * struct gic_irq - one interrupt of the VM, or of one vCPU if it is private
 * @intid:    0 to 1019
 * @priority: 0 is most urgent; the lowest three bits are 0
 * @targets:  target vCPUs, as a mask (SPIs)
 * @sources:  vCPUs whose SGI is pending, as a mask (SGIs)
 * @active_source: vCPU whose SGI is active (SGIs)
 * @cpu:      private: the vCPU that it belongs to. SPI: the vCPU on which it is active,
 *            or GIC_NO_CPU
 * @owner:    vCPU that has it in a list register, or GIC_NO_CPU. The list register then
 *            holds part of @latch, @sources and @active
 * @candidate_of: vCPU whose list registers it is a candidate for, or GIC_NO_CPU
 * @enabled:  GICD_ISENABLER
 * @group1:   GICD_IGROUPR
 * @edge:     edge-triggered (GICD_ICFGR), as all SGIs are
 * @line:     the level of its line
 * @latch:    pending by an edge or by GICD_ISPENDR
 * @active:   acknowledged and not deactivated
 * @offered:  level-sensitive: gic_fill() made it pending in a list register
 * @hw:       host interrupt that is deactivated with it (mapped interrupt); 0: none
 * @eoi_notify: its deactivation is recorded (level SPIs)
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
	bool eoi_notify;
	u16 hw;
};

/**
 * struct gic_cpu - a vCPU's part
 * @irq:        private interrupts
 * @candidates: a bit for each interrupt that may need a list register
 * @words:      a bit for each word of @candidates that is not 0
 * @pending:    a bit for each private interrupt for which gic_irq_pending() may be true
 * @lr:         list registers, in the hardware's format
 * @nr_lrs:     number in use, from the first on
 * @hcr:        GICH_HCR: enabled maintenance interrupts
 * @vmcr, @apr: GICH_VMCR, GICH_APR: state of the CPU interface. While the vCPU runs, the values
 *              at its entry
 * @off:        the vCPU is turned off and cannot acknowledge interrupts
 * @active_left_out: gic_fill() has left an active interrupt out of the list registers: writes to
 *              GICC_DIR have to be emulated by gic_deactivate()
 */
struct gic_cpu {
	struct gic_irq irq[GIC_NR_PRIVATE];
	u32 candidates[GIC_IRQ_WORDS];
	u32 words;
	u32 pending;
	u32 lr[GIC_MAX_LRS];
	unsigned int nr_lrs;
	u32 hcr;
	u32 vmcr;
	u32 apr;
	bool off;
	bool active_left_out;
};

/**
 * struct gic_state - a VM's GIC
 * @ctlr:     GICD_CTLR: enables of group 0 and group 1
 * @nr_vcpus: the highest number of a vCPU plus one, at most 8
 * @cpus:     vCPUs that exist, as a mask: their numbers may have gaps
 * @nr_irqs:  number of interrupts, 64 to 1020
 * @holders:  mask of the vCPUs whose list registers hold part of the interrupts' state
 * @pending:  a bit for each SPI for which gic_irq_pending() may be true; the first word is unused
 * @deactivated: a bit for each interrupt with @eoi_notify that was deactivated and that
 *            gic_next_deactivated() has not returned yet
 * @any_deactivated: a bit of @deactivated is set; may be read without the caller's lock
 * @knows_groups: user space has written GICD_IIDR, so it saves and restores groups
 */
struct gic_state {
	u32 ctlr;
	unsigned int nr_vcpus;
	u8 cpus;
	unsigned int nr_irqs;
	u8 holders;
	u32 pending[GIC_IRQ_WORDS];
	u32 deactivated[GIC_IRQ_WORDS];
	bool any_deactivated;
	bool knows_groups;
	struct gic_cpu cpu[GIC_MAX_VCPUS];
	struct gic_irq spi[GIC_MAX_IRQS - GIC_NR_PRIVATE];
};

/* GICD_CTLR, 4.3.1. */
#define GICD_CTLR_GROUP0	(1U << 0)
#define GICD_CTLR_GROUP1	(1U << 1)

/* List registers, 5.3.8. */
#define GICH_LR_INTID		0x3ffU
#define GICH_LR_CPUID_SHIFT	10	/* SGIs: source CPU */
#define GICH_LR_CPUID		(7U << GICH_LR_CPUID_SHIFT)
#define GICH_LR_EOI		(1U << 19)	/* maintenance interrupt on EOI */
#define GICH_LR_HW_SHIFT	10	/* with GICH_LR_HW: physical INTID */
#define GICH_LR_PRIORITY_SHIFT	23
#define GICH_LR_PENDING		(1U << 28)
#define GICH_LR_ACTIVE		(1U << 29)
#define GICH_LR_GROUP1		(1U << 30)
#define GICH_LR_HW		(1U << 31)

/* GICH_VMCR, 5.3.3: GICC_CTLR's bits, and the priority mask in bits 31 to 27. */
#define GICH_VMCR_GROUP0	(1U << 0)
#define GICH_VMCR_GROUP1	(1U << 1)
#define GICH_VMCR_EOIMODE	(1U << 9)
#define GICH_VMCR_PMR_SHIFT	27

/* GICH_HCR, 5.3.1. */
#define GICH_HCR_EN		(1U << 0)
#define GICH_HCR_UIE		(1U << 1)	/* at most one list register is in use */
#define GICH_HCR_LRENPIE	(1U << 2)	/* EOI of an interrupt in no list register */
#define GICH_HCR_NPIE		(1U << 3)	/* no list register has a pending interrupt */
#define GICH_HCR_VGRP0EIE	(1U << 4)	/* GICC_CTLR enables group 0 */
#define GICH_HCR_VGRP0DIE	(1U << 5)	/* GICC_CTLR disables group 0 */
#define GICH_HCR_VGRP1EIE	(1U << 6)	/* GICC_CTLR enables group 1 */
#define GICH_HCR_VGRP1DIE	(1U << 7)	/* GICC_CTLR disables group 1 */
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

/* True for INTIDs 0 to 15. */
static inline bool gic_is_sgi(const struct gic_irq *irq)
{
	return irq->intid < GIC_NR_SGIS;
}

/* An SGI or PPI: each vCPU has its own. */
static inline bool gic_is_private(const struct gic_irq *irq)
{
	return irq->intid < GIC_NR_PRIVATE;
}

/* True if there is only one vCPU: it gets all SPIs, and GICD_ITARGETSR is RAZ/WI, 4.3.12. */
static inline bool gic_has_one_cpu(const struct gic_state *gic)
{
	return !(gic->cpus & (gic->cpus - 1));
}

/* True if the interrupt is pending, not counting the state in its list register. */
static inline bool gic_irq_pending(const struct gic_irq *irq)
{
	if (gic_is_sgi(irq))
		return irq->sources;
	return irq->latch || (!irq->edge && irq->line);
}

/* The @pending word with the interrupt's bit, bit INTID % 32. */
static inline u32 *gic_pending_word(struct gic_state *gic, const struct gic_irq *irq)
{
	return gic_is_private(irq) ? &gic->cpu[irq->cpu].pending : &gic->pending[irq->intid / 32];
}

/*
 * Must follow each change of an interrupt's state. Returns a kick mask: the vCPUs that have to
 * exit or wake up to see the change.
 */
u8 gic_irq_changed(struct gic_state *gic, struct gic_irq *irq);

/* gic_irq_changed() for all interrupts, after a change of GICD_CTLR or a CPU interface. */
u8 gic_all_changed(struct gic_state *gic);

/*
 * Turns vCPU @cpu on or off. An SPI with several targets goes to a target that is on. Returns a
 * kick mask.
 */
u8 gic_set_power(struct gic_state *gic, unsigned int cpu, bool on);

/* Sets the line of an SPI, or of vCPU @cpu's PPI. Returns a kick mask. */
u8 gic_set_line(struct gic_state *gic, unsigned int cpu, unsigned int intid, bool level);

/*
 * Before guest entry: fills in lr[], nr_lrs, hcr and active_left_out of a vCPU. @max_lrs is the
 * number of list registers of the hardware. If there are more candidates, the most urgent ones get
 * them, and at least one of these is pending if any candidate is.
 */
void gic_fill(struct gic_state *gic, unsigned int cpu, unsigned int max_lrs);

/*
 * GICH_HCR of a vCPU without candidates. The guest exits when it enables a group in GICC_CTLR,
 * because an SPI with several targets may be waiting for that.
 */
static inline u32 gic_idle_hcr(const struct gic_cpu *cpu)
{
	return GICH_HCR_EN | (cpu->vmcr & GICH_VMCR_GROUP0 ? 0 : GICH_HCR_VGRP0EIE) |
	       (cpu->vmcr & GICH_VMCR_GROUP1 ? 0 : GICH_HCR_VGRP1EIE);
}

/* gic_fill() for a vCPU without candidates, the common case. */
static inline void gic_fill_none(struct gic_cpu *cpu)
{
	cpu->hcr = gic_idle_hcr(cpu);
	cpu->nr_lrs = 0;
	cpu->active_left_out = false;
}

/* After guest exit: folds lr[] and hcr into the state. Returns a kick mask without @cpu. */
u8 gic_fold(struct gic_state *gic, unsigned int cpu);

/*
 * True if @vmcr differs from the stored GICH_VMCR in the priority mask or the group enables, and
 * so masks different interrupts.
 */
static inline bool gic_vmcr_changes_mask(const struct gic_cpu *cpu, u32 vmcr)
{
	return (cpu->vmcr ^ vmcr) & (~0U << GICH_VMCR_PMR_SHIFT | GICH_VMCR_GROUP0 |
				     GICH_VMCR_GROUP1);
}

/*
 * After gic_fold(): stores GICH_VMCR. If it masks different interrupts, an SPI with several
 * targets may go to another vCPU. Returns a kick mask without @cpu.
 */
u8 gic_set_vmcr(struct gic_state *gic, unsigned int cpu, u32 vmcr);

/*
 * After gic_fold(): vCPU @cpu has written @dir to GICC_DIR, which was trapped. Deactivates the
 * interrupt if it is active on that vCPU and EOImode is 1, 4.4.15. Returns a kick mask.
 */
u8 gic_deactivate(struct gic_state *gic, unsigned int cpu, u32 dir);

/* True if any vCPU has @active_left_out set. */
bool gic_any_active_left_out(const struct gic_state *gic);

/*
 * Sets @eoi_notify of an SPI, and returns its previous value. If @notify is false, forgets a
 * recorded deactivation.
 */
bool gic_set_eoi_notify(struct gic_state *gic, unsigned int intid, bool notify);

/*
 * Finds an interrupt with @eoi_notify that the guest has deactivated, and lowers its
 * line. False if there is none.
 */
bool gic_next_deactivated(struct gic_state *gic, unsigned int *intid, u8 *kick_mask);

/*
 * True if an interrupt should wake vCPU @cpu, which is not running. Interrupts that are active
 * there or masked by its CPU interface do not count.
 */
bool gic_has_pending(struct gic_state *gic, unsigned int cpu);

/* ---- gicd.c ---- */

#define GICD_SIZE		0x1000

/*
 * A guest's access on vCPU @cpu: @len bytes (1, 2 or 4) at @offset below GICD_SIZE. RAZ/WI where
 * there is no register, and for widths that a register does not support (4.1.4). A write returns
 * a kick mask.
 */
u32 gicd_read(struct gic_state *gic, unsigned int cpu, u32 offset, unsigned int len);
u8 gicd_write(struct gic_state *gic, unsigned int cpu, u32 offset,
	      unsigned int len, u32 value);

/* True if there is a register at @offset, a multiple of 4. */
bool gicd_exists(u32 offset);

/* True if all fields of the register belong to INTIDs from nr_irqs on. */
bool gicd_is_empty(const struct gic_state *gic, u32 offset);

/*
 * User space's access to a register, in vCPU @cpu's bank. gicd_exists() is true for @offset, and no
 * vCPU is running. A write returns 0, or -EINVAL for a value that the register cannot have in this
 * GIC.
 */
u32 gicd_user_read(struct gic_state *gic, unsigned int cpu, u32 offset);
int gicd_user_write(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value);

/* ---- gicc_saved.c ---- */

/*
 * User space's access to a register of vCPU @cpu's CPU interface: GICC_CTLR, PMR, BPR,
 * ABPR, APR, IIDR. The vCPU is not running.
 */
bool gicc_saved_exists(u32 offset);
u32 gicc_saved_get(struct gic_state *gic, unsigned int cpu, u32 offset);
void gicc_saved_set(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value);

#endif /* KVM_GIC_STATE_H */
