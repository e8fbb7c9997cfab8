/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of a GIC as a guest sees it: what each access reads, after any sequence of accesses by
 * several vCPUs. It follows the manuals alone, ARM IHI 0048B (GICv2) and ARM IHI 0069 (GICv3 with
 * one security state), shares no code with any kernel, and makes no system call.
 *
 * Where the manuals leave an answer open, gic_model_fit() takes the access out of the sequence
 * or gic_model_predict() compares nothing. Each such place has a comment.
 */
#ifndef VGIC_ABI_GIC_MODEL_H
#define VGIC_ABI_GIC_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_MODEL_VCPUS		3
#define GIC_MODEL_SPIS		64	/* from INTID 32 on */
#define GIC_MODEL_INTIDS	(32 + GIC_MODEL_SPIS)

/*
 * Maximum number of interrupts that a vCPU has acknowledged and not deactivated. Every GIC has at
 * least four list registers. Besides these two interrupts, one list register may hold an interrupt
 * that is active by a write or belongs to a disabled group, and one remains free. So no answer
 * depends on the number of list registers.
 */
#define GIC_MODEL_ACKED		2

/* The target of an access. The registers from GROUP on have fields by INTID. */
enum gic_model_reg {
	GIC_MODEL_LINE,		/* the VMM's KVM_IRQ_LINE; not an access of the guest */
	GIC_MODEL_CTLR,		/* of the distributor: enabled or not */
	GIC_MODEL_SGI,		/* GICD_SGIR or ICC_SGI1R, in the format of GICD_SGIR */
	GIC_MODEL_ACK,		/* the registers from ACK to BPR are in the CPU interface */
	GIC_MODEL_EOI,
	GIC_MODEL_DEACTIVATE,
	GIC_MODEL_PMR,
	GIC_MODEL_RPR,
	GIC_MODEL_CPU_ENABLE,	/* enables the vCPU's interface */
	GIC_MODEL_EOIMODE,
	GIC_MODEL_BPR,		/* as the number of bits of group priority, 1 to 5 */
	GIC_MODEL_GROUP,
	GIC_MODEL_SENABLE,
	GIC_MODEL_CENABLE,
	GIC_MODEL_SPEND,
	GIC_MODEL_CPEND,
	GIC_MODEL_SACTIVE,
	GIC_MODEL_CACTIVE,
	GIC_MODEL_PRIORITY,
	GIC_MODEL_TARGET,	/* ITARGETSR, IROUTER */
	GIC_MODEL_CONFIG,
	GIC_MODEL_SSGI,		/* SPENDSGIR, GICv2 */
	GIC_MODEL_CSGI,
	GIC_MODEL_REGS,
};

/**
 * struct gic_access - one access, as the model and the guest's code see it
 * @reg:   enum gic_model_reg
 * @cpu:   index of the vCPU that makes the access, or whose PPI's line changes
 * @frame: on a GICv3, index of the redistributor if @intid is a private interrupt
 * @width: bytes: 4, or 1 for registers with a byte for each INTID
 * @write: the access is a write
 * @intid: the first INTID whose field is accessed
 * @value: the value to write
 */
struct gic_access {
	uint8_t reg, cpu, frame, width;
	bool write;
	uint16_t intid;
	uint32_t value;
};

/**
 * struct gic_answer - what an access has to read
 * @value, @mask: the value under the mask; a mask of 0 compares nothing
 * @nr_choices, @choices: if there are any, the GIC chooses one of these instead of @value
 */
struct gic_answer {
	uint32_t value, mask;
	unsigned int nr_choices;
	uint16_t choices[GIC_MODEL_INTIDS];
};

struct gic_model_irq {
	bool enabled, group_enabled, latch, line, active, edge;
	uint8_t priority, target;
	uint8_t sources;	/* of an SGI: mask of vCPUs that have sent it, GICv2 only */
};

struct gic_model_acked {
	uint16_t intid, value;
	uint8_t group_priority;
	bool dropped;
};

struct gic_model_cpu {
	bool enabled, eoimode;
	uint8_t mask, bits;
	unsigned int nr_acked;
	struct gic_model_acked acked[GIC_MODEL_ACKED];	/* the oldest first */
	struct gic_model_irq private[32];
};

/* Accesses that a sequence omits, because the running kernel is known to break these rules. */
#define GIC_MODEL_NO_DISABLE	(1U << 0)	/* vgic.distributor_off */
#define GIC_MODEL_NO_EOIMODE	(1U << 1)	/* vgic.many_dropped, sgi_dropped */
#define GIC_MODEL_NO_LATCH	(1U << 2)	/* vgic.latch_acknowledged */

struct gic_model {
	bool v3, enabled;
	unsigned int omitted;
	struct gic_model_cpu cpus[GIC_MODEL_VCPUS];
	struct gic_model_irq spis[GIC_MODEL_SPIS];
};

/* The state after prepare_gic() in fuzz_guest.c. */
void gic_model_init(struct gic_model *m, bool v3, unsigned int omitted);

/*
 * Makes an access legal in this state: clears bits of its value, or fills the value in. False if
 * the access has to be omitted.
 */
bool gic_model_fit(const struct gic_model *m, struct gic_access *access);

/*
 * The answer to an access that gic_model_fit() has accepted. Changes the state, unless the GIC may
 * choose: then gic_model_resolve() changes it, according to the choice.
 */
struct gic_answer gic_model_predict(struct gic_model *m, const struct gic_access *access);
void gic_model_resolve(struct gic_model *m, const struct gic_access *access, uint16_t chosen);

/* True if @answer allows @value. */
bool gic_model_agrees(const struct gic_answer *answer, uint32_t value);

/* True if the access may move a pending interrupt to another vCPU. */
bool gic_model_moves(const struct gic_access *access);

#endif /* VGIC_ABI_GIC_MODEL_H */
