// SPDX-License-Identifier: GPL-2.0-only
#include <linux/compiler.h>
#include <linux/string.h>

#include <kvm/gic_state.h>

#define BIT_OF(cpu)	((u8)(1U << (cpu)))

#define GICC_DIR_INTID	0x3ffU

/* The lowest vCPU of a mask that is not 0. */
static unsigned int first_of(u8 mask)
{
	return __builtin_ctz(mask);
}

/* ---- interrupts ---- */

/* @irq is zeroed. */
static void reset_irq(struct gic_irq *irq, unsigned int intid, unsigned int cpu)
{
	irq->intid = intid;
	irq->cpu = cpu;
	irq->owner = GIC_NO_CPU;
	irq->candidate_of = GIC_NO_CPU;
}

/* SGIs are always enabled; 4.3.5 leaves this to the implementation. */
static void reset_sgi(struct gic_irq *irq)
{
	irq->edge = true;
	irq->enabled = true;
}

void gic_reset(struct gic_state *gic, unsigned int nr_irqs)
{
	unsigned int cpu, i;

	memset(gic, 0, sizeof(*gic));
	gic->nr_irqs = nr_irqs;
	for (cpu = 0; cpu < GIC_MAX_VCPUS; cpu++) {
		for (i = 0; i < GIC_NR_PRIVATE; i++)
			reset_irq(&gic->cpu[cpu].irq[i], i, cpu);
		for (i = 0; i < GIC_NR_SGIS; i++)
			reset_sgi(&gic->cpu[cpu].irq[i]);
	}
	for (i = GIC_NR_PRIVATE; i < GIC_MAX_IRQS; i++)
		reset_irq(&gic->spi[i - GIC_NR_PRIVATE], i, GIC_NO_CPU);
}

/* True if the interrupt is enabled, and GICD_CTLR forwards its group. */
static __always_inline bool passes(const struct gic_state *gic, const struct gic_irq *irq)
{
	u32 group = irq->group1 ? GICD_CTLR_GROUP1 : GICD_CTLR_GROUP0;

	return irq->enabled && gic->ctlr & group;
}

/* True if the interrupt is pending, and the distributor forwards it. */
static __always_inline bool forwarded(const struct gic_state *gic, const struct gic_irq *irq)
{
	return passes(gic, irq) && gic_irq_pending(irq);
}

static unsigned int priority_mask(const struct gic_cpu *cpu)
{
	return cpu->vmcr >> GICH_VMCR_PMR_SHIFT << 3;
}

static u32 group_of(const struct gic_irq *irq)
{
	return irq->group1 ? GICH_VMCR_GROUP1 : GICH_VMCR_GROUP0;
}

/* True if the vCPU is on and its CPU interface does not mask the interrupt. */
static bool can_acknowledge(const struct gic_cpu *cpu, const struct gic_irq *irq)
{
	return !cpu->off && cpu->vmcr & group_of(irq) && irq->priority < priority_mask(cpu);
}

static bool has_other_target(const struct gic_irq *irq, unsigned int cpu)
{
	return !gic_is_private(irq) && irq->targets & ~BIT_OF(cpu);
}

/*
 * The target of the next occurrence of an SPI. If the SPI has several targets (1-N model, 3.1.2),
 * this is the first that can acknowledge it, or the first if none can. For a running vCPU, the
 * state of its interface at the last entry counts; see spi_changed().
 */
static unsigned int next_target(const struct gic_state *gic, const struct gic_irq *irq)
{
	u8 targets = gic_has_one_cpu(gic) ? gic->cpus : irq->targets;
	unsigned int cpu, first;

	if (!targets)
		return GIC_NO_CPU;
	first = first_of(targets);
	/* The common case: one target. */
	if (!(targets & (targets - 1)))
		return first;
	for (cpu = first; targets >> cpu; cpu++)
		if (targets & BIT_OF(cpu) && can_acknowledge(&gic->cpu[cpu], irq))
			return cpu;
	return first;
}

/* The vCPU whose list registers get the SPI. An active SPI stays on its vCPU. */
static unsigned int target_of(const struct gic_state *gic, const struct gic_irq *irq)
{
	if (irq->active && irq->cpu != GIC_NO_CPU)
		return irq->cpu;
	return next_target(gic, irq);
}

/* ---- candidates for list registers ---- */

static __always_inline void add_candidate(struct gic_cpu *cpu, unsigned int intid)
{
	cpu->candidates[intid / 32] |= 1U << (intid % 32);
	cpu->words |= 1U << (intid / 32);
}

static __always_inline void remove_candidate(struct gic_cpu *cpu, unsigned int intid)
{
	u32 *word = &cpu->candidates[intid / 32];

	*word &= ~(1U << (intid % 32));
	if (!*word)
		cpu->words &= ~(1U << (intid / 32));
}

/* Makes the interrupt a candidate of vCPU @cpu only, or of no vCPU if @cpu is GIC_NO_CPU. */
static __always_inline void set_candidate(struct gic_state *gic, struct gic_irq *irq,
					  unsigned int cpu)
{
	if (irq->candidate_of != GIC_NO_CPU)
		remove_candidate(&gic->cpu[irq->candidate_of], irq->intid);
	if (cpu != GIC_NO_CPU)
		add_candidate(&gic->cpu[cpu], irq->intid);
	irq->candidate_of = cpu;
}

/* The first candidate from @from on, or GIC_MAX_IRQS. */
static unsigned int next_candidate(const struct gic_cpu *cpu, unsigned int from)
{
	unsigned int word = from / 32;
	u32 bits, words;

	if (from >= GIC_MAX_IRQS)
		return GIC_MAX_IRQS;
	bits = cpu->candidates[word] & ~0U << (from % 32);
	if (!bits) {
		words = cpu->words & ~1U << word;
		if (!words)
			return GIC_MAX_IRQS;
		word = __builtin_ctz(words);
		bits = cpu->candidates[word];
	}
	return 32 * word + __builtin_ctz(bits);
}

#define FOR_EACH_CANDIDATE_FROM(cpu, intid, from)			\
	for (intid = next_candidate(cpu, from); intid < GIC_MAX_IRQS;	\
	     intid = next_candidate(cpu, intid + 1))

#define FOR_EACH_CANDIDATE(cpu, intid)	FOR_EACH_CANDIDATE_FROM(cpu, intid, 0)

/*
 * Sets or clears the interrupt's bit in its @pending word. The bit stays set when gic_fill() moves
 * pending state to a list register.
 */
static __always_inline void mark_pending(struct gic_state *gic, const struct gic_irq *irq,
					 bool pending)
{
	u32 *word = gic_pending_word(gic, irq), bit = 1U << (irq->intid % 32);

	*word = pending ? *word | bit : *word & ~bit;
}

/* A private interrupt can be a candidate of one vCPU only. Returns a kick mask. */
static __always_inline u8 private_changed(struct gic_cpu *cpu, struct gic_irq *irq, bool candidate)
{
	if (!candidate) {
		irq->candidate_of = GIC_NO_CPU;
		remove_candidate(cpu, irq->intid % 32);
		return 0;
	}
	irq->candidate_of = irq->cpu;
	add_candidate(cpu, irq->intid % 32);
	return BIT_OF(irq->cpu);
}

static noinline u8 spi_changed(struct gic_state *gic, struct gic_irq *irq, bool candidate)
{
	unsigned int target = candidate ? target_of(gic, irq) : GIC_NO_CPU;
	u8 kick_mask;

	kick_mask = target != GIC_NO_CPU ? BIT_OF(target) : 0;
	if (irq->candidate_of == target)
		return kick_mask;
	set_candidate(gic, irq, target);
	/*
	 * No target could acknowledge the SPI at its last guest entry. A running target may have
	 * changed its interface since, which KVM sees after an exit.
	 */
	if (kick_mask && !irq->active && !can_acknowledge(&gic->cpu[target], irq))
		kick_mask |= irq->targets;
	return kick_mask;
}

u8 gic_irq_changed(struct gic_state *gic, struct gic_irq *irq)
{
	bool pending = gic_irq_pending(irq), candidate;

	mark_pending(gic, irq, pending);
	/* The owner's list register has the state, so the owner has to fold it first. */
	if (irq->owner != GIC_NO_CPU)
		return BIT_OF(irq->owner);
	candidate = irq->active || (pending && passes(gic, irq));
	/* The common case of a write to the distributor: the interrupt stays idle. */
	if (!candidate && irq->candidate_of == GIC_NO_CPU)
		return 0;
	return gic_is_private(irq) ? private_changed(&gic->cpu[irq->cpu], irq, candidate) :
				     spi_changed(gic, irq, candidate);
}

u8 gic_all_changed(struct gic_state *gic)
{
	u8 kick_mask = 0;
	unsigned int cpu, i;

	for (cpu = 0; cpu < gic->nr_vcpus; cpu++)
		for (i = 0; i < GIC_NR_PRIVATE; i++)
			kick_mask |= gic_irq_changed(gic, &gic->cpu[cpu].irq[i]);
	for (i = GIC_NR_PRIVATE; i < gic->nr_irqs; i++)
		kick_mask |= gic_irq_changed(gic, gic_irq(gic, 0, i));
	return kick_mask;
}

/*
 * Called when vCPU @cpu can acknowledge other interrupts than before. Only SPIs with several
 * targets, @cpu among them, can move to another vCPU, and only candidates need to. Returns a kick
 * mask.
 */
static u8 targets_changed(struct gic_state *gic, unsigned int cpu)
{
	unsigned int i, intid;
	u8 kick_mask = 0;

	for (i = 0; i < gic->nr_vcpus; i++)
		FOR_EACH_CANDIDATE_FROM(&gic->cpu[i], intid, GIC_NR_PRIVATE) {
			struct gic_irq *irq = gic_irq(gic, i, intid);

			if (irq->targets & BIT_OF(cpu) && has_other_target(irq, cpu))
				kick_mask |= gic_irq_changed(gic, irq);
		}
	return kick_mask;
}

u8 gic_set_vmcr(struct gic_state *gic, unsigned int cpu, u32 vmcr)
{
	bool changes = gic_vmcr_changes_mask(&gic->cpu[cpu], vmcr) && !gic_has_one_cpu(gic);

	gic->cpu[cpu].vmcr = vmcr;
	return changes ? targets_changed(gic, cpu) & ~BIT_OF(cpu) : 0;
}

u8 gic_set_power(struct gic_state *gic, unsigned int cpu, bool on)
{
	struct gic_cpu *c = &gic->cpu[cpu];
	u8 kick_mask;

	if (c->off == !on)
		return 0;
	c->off = !on;
	kick_mask = targets_changed(gic, cpu);
	/* Private interrupts and SPIs with one target may have waited for the vCPU, too. */
	return on && c->words ? kick_mask | BIT_OF(cpu) : kick_mask;
}

u8 gic_set_line(struct gic_state *gic, unsigned int cpu, unsigned int intid, bool level)
{
	struct gic_irq *irq = gic_irq(gic, cpu, intid);

	if (irq->line == level)
		return 0;
	irq->line = level;
	if (irq->edge) {
		if (!level)
			return 0;
		irq->latch = true;
	}
	return gic_irq_changed(gic, irq);
}

bool gic_has_pending(struct gic_state *gic, unsigned int cpu)
{
	unsigned int intid;

	FOR_EACH_CANDIDATE(&gic->cpu[cpu], intid) {
		const struct gic_irq *irq = gic_irq(gic, cpu, intid);

		if (!irq->active && can_acknowledge(&gic->cpu[cpu], irq) && forwarded(gic, irq))
			return true;
	}
	return false;
}

/* ---- list registers ---- */

/* True if @a takes precedence over @b for a list register. */
static bool more_urgent(const struct gic_irq *a, const struct gic_irq *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	/* An active interrupt needs a list register to receive its EOI. */
	if (a->active != b->active)
		return a->active;
	return a->intid < b->intid;
}

/*
 * True if an SPI with several targets waits for one of them to enable its group. The SPI is then
 * kept out of list registers, so that the first target that enables the group gets it at once.
 */
static bool waits_for_enable(const struct gic_cpu *c, const struct gic_irq *irq, unsigned int cpu)
{
	return has_other_target(irq, cpu) && !irq->active && !(c->vmcr & group_of(irq));
}

static unsigned int count_active(struct gic_state *gic, unsigned int cpu)
{
	unsigned int intid, n = 0;

	FOR_EACH_CANDIDATE(&gic->cpu[cpu], intid)
		n += gic_irq(gic, cpu, intid)->active;
	return n;
}

/*
 * Chooses the most urgent of more than @max candidates, in order of priority, and returns the
 * number of chosen ones. Sets the vCPU's @active_left_out, and enables in its @hcr the maintenance
 * interrupts that the other candidates need. If any candidate is pending, a pending one is among
 * the chosen: with EOImode 1 a guest may acknowledge it while other interrupts of the same priority
 * are active.
 */
static unsigned int choose(struct gic_state *gic, unsigned int cpu, u16 *chosen,
			   unsigned int max)
{
	struct gic_cpu *c = &gic->cpu[cpu];
	const struct gic_irq *pending = NULL;
	unsigned int intid, i, n = 0, all_pending = 0, has_pending = 0;

	c->hcr |= GICH_HCR_UIE | GICH_HCR_LRENPIE;
	FOR_EACH_CANDIDATE(c, intid) {
		struct gic_irq *irq = gic_irq(gic, cpu, intid);

		if (waits_for_enable(c, irq, cpu))
			continue;
		all_pending += !irq->active;
		if (!irq->active && (!pending || more_urgent(irq, pending)))
			pending = irq;
		for (i = n; i > 0; i--)
			if (!more_urgent(irq, gic_irq(gic, cpu, chosen[i - 1])))
				break;
		if (i == max)
			continue;
		if (n < max)
			n++;
		memmove(&chosen[i + 1], &chosen[i], (n - 1 - i) * sizeof(chosen[0]));
		chosen[i] = intid;
	}
	for (i = 0; i < n; i++)
		has_pending += !gic_irq(gic, cpu, chosen[i])->active;
	if (pending && !has_pending) {
		chosen[n - 1] = pending->intid;
		has_pending = 1;
	}
	/* NPIE: once no chosen candidate is pending any more, another one needs a list register. */
	if (all_pending > has_pending)
		c->hcr |= GICH_HCR_NPIE;
	c->active_left_out = count_active(gic, cpu) > n - has_pending;
	return n;
}

/*
 * True if the list register of an active edge-triggered interrupt may hold its next occurrence as
 * pending. The hardware signals this occurrence after the EOI, without an exit, so vCPU @cpu must
 * be its target.
 */
static bool may_follow(const struct gic_state *gic, unsigned int cpu,
		       const struct gic_irq *irq)
{
	return !irq->active || next_target(gic, irq) == cpu;
}

/* Moves an interrupt's state into the value of a list register of vCPU @cpu. */
static u32 to_lr(const struct gic_state *gic, unsigned int cpu, struct gic_irq *irq)
{
	u32 lr = irq->intid | (u32)(irq->priority >> 3) << GICH_LR_PRIORITY_SHIFT;
	bool pending = forwarded(gic, irq);

	irq->offered = false;
	if (irq->group1)
		lr |= GICH_LR_GROUP1;
	if (irq->active) {
		lr |= GICH_LR_ACTIVE;
		if (gic_is_sgi(irq))
			lr |= (u32)irq->active_source << GICH_LR_CPUID_SHIFT;
	}

	if (gic_is_sgi(irq)) {
		/* One source at a time. The EOI notification makes room for the next. */
		if (!irq->active && pending) {
			unsigned int source = first_of(irq->sources);

			irq->sources &= ~BIT_OF(source);
			lr |= GICH_LR_PENDING | source << GICH_LR_CPUID_SHIFT;
		}
		if (irq->sources)
			lr |= GICH_LR_EOI;
	} else if (irq->edge) {
		if (pending && !may_follow(gic, cpu, irq)) {
			lr |= GICH_LR_EOI;
		} else if (pending) {
			irq->latch = false;
			lr |= GICH_LR_PENDING;
		}
	} else {
		/*
		 * The line is sampled again after the EOI. If the interrupt were active and
		 * pending, it would be acknowledged again even if the line is low by then.
		 */
		irq->offered = !irq->active && pending;
		if (irq->offered)
			lr |= GICH_LR_PENDING;
		/* A mapped interrupt needs no notification, as the host's interrupt fires again. */
		lr |= irq->hw ? GICH_LR_HW | (u32)irq->hw << GICH_LR_HW_SHIFT :
				GICH_LR_EOI;
	}
	return lr;
}

/*
 * Returns the enable bit of the maintenance interrupt that makes the guest exit when it disables
 * the group of an SPI in its list registers, because the SPI may then go to another target.
 */
static u32 notify_disable(const struct gic_cpu *c, const struct gic_irq *irq, unsigned int cpu)
{
	if (!has_other_target(irq, cpu) || !(c->vmcr & group_of(irq)))
		return 0;
	return irq->group1 ? GICH_HCR_VGRP1DIE : GICH_HCR_VGRP0DIE;
}

static void put_in_lr(struct gic_state *gic, struct gic_cpu *c, unsigned int cpu,
		      struct gic_irq *irq)
{
	u32 lr = to_lr(gic, cpu, irq);

	if (!(lr & (GICH_LR_PENDING | GICH_LR_ACTIVE)))
		return;
	irq->owner = cpu;
	gic->holders |= BIT_OF(cpu);
	c->hcr |= notify_disable(c, irq, cpu);
	c->lr[c->nr_lrs++] = lr;
}

/* The only candidate, or GIC_MAX_IRQS if there are several or none. */
static unsigned int only_candidate(const struct gic_cpu *c)
{
	unsigned int word;
	u32 bits;

	if (!c->words || c->words & (c->words - 1))
		return GIC_MAX_IRQS;
	word = __builtin_ctz(c->words);
	bits = c->candidates[word];
	return bits & (bits - 1) ? GIC_MAX_IRQS : 32 * word + __builtin_ctz(bits);
}

/* gic_fill() with more candidates than list registers. */
static noinline void fill_with_most_urgent(struct gic_state *gic, unsigned int cpu,
					   unsigned int max_lrs)
{
	struct gic_cpu *c = &gic->cpu[cpu];
	u16 chosen[GIC_MAX_LRS] = { 0 };
	unsigned int i, n = choose(gic, cpu, chosen, max_lrs);

	for (i = 0; i < n; i++)
		put_in_lr(gic, c, cpu, gic_irq(gic, cpu, chosen[i]));
}

/* Out of line, like fill_with_most_urgent(): one candidate is the common case. */
static noinline void fill_with_several(struct gic_state *gic, unsigned int cpu,
				       unsigned int max_lrs)
{
	struct gic_cpu *c = &gic->cpu[cpu];
	unsigned int intid, n = 0;

	FOR_EACH_CANDIDATE(c, intid) {
		n += !waits_for_enable(c, gic_irq(gic, cpu, intid), cpu);
		if (n > max_lrs) {
			fill_with_most_urgent(gic, cpu, max_lrs);
			return;
		}
	}
	/* Not sorted, because the hardware finds the most urgent interrupt. */
	FOR_EACH_CANDIDATE(c, intid)
		if (!waits_for_enable(c, gic_irq(gic, cpu, intid), cpu))
			put_in_lr(gic, c, cpu, gic_irq(gic, cpu, intid));
}

void gic_fill(struct gic_state *gic, unsigned int cpu, unsigned int max_lrs)
{
	struct gic_cpu *c = &gic->cpu[cpu];
	unsigned int intid = only_candidate(c);
	struct gic_irq *irq;

	gic_fill_none(c);
	if (intid == GIC_MAX_IRQS) {
		fill_with_several(gic, cpu, max_lrs);
		return;
	}
	/* The common case: one interrupt. */
	irq = gic_irq(gic, cpu, intid);
	if (!waits_for_enable(c, irq, cpu))
		put_in_lr(gic, c, cpu, irq);
}

/* Records the deactivation of an interrupt with EOI notification: a level SPI. */
static void record_deactivated(struct gic_state *gic, const struct gic_irq *irq)
{
	if (!irq->eoi_notify || irq->edge)
		return;
	gic->deactivated[irq->intid / 32] |= 1U << (irq->intid % 32);
	gic->any_deactivated = true;
}

bool gic_set_eoi_notify(struct gic_state *gic, unsigned int intid, bool notify)
{
	struct gic_irq *irq = gic_irq(gic, 0, intid);
	bool before = irq->eoi_notify;

	irq->eoi_notify = notify;
	/* With an old record, gic_next_deactivated() could lower a line that was raised again. */
	if (!notify)
		gic->deactivated[intid / 32] &= ~(1U << (intid % 32));
	return before;
}

bool gic_next_deactivated(struct gic_state *gic, unsigned int *intid, u8 *kick_mask)
{
	unsigned int i;

	for (i = GIC_NR_PRIVATE; gic->any_deactivated && i < gic->nr_irqs; i++) {
		if (!(gic->deactivated[i / 32] >> (i % 32) & 1))
			continue;
		gic->deactivated[i / 32] &= ~(1U << (i % 32));
		*intid = i;
		*kick_mask = gic_set_line(gic, 0, i, false);
		return true;
	}
	gic->any_deactivated = false;
	return false;
}

static __always_inline u8 fold_one(struct gic_state *gic, unsigned int cpu, u32 lr)
{
	struct gic_irq *irq = gic_irq(gic, cpu, lr & GICH_LR_INTID);
	unsigned int source = (lr & GICH_LR_CPUID) >> GICH_LR_CPUID_SHIFT;

	irq->owner = GIC_NO_CPU;
	irq->active = lr & GICH_LR_ACTIVE;
	if (gic_is_sgi(irq)) {
		irq->active_source = source;
		if (lr & GICH_LR_PENDING)
			irq->sources |= BIT_OF(source);
	} else {
		if (!gic_is_private(irq))
			irq->cpu = irq->active ? cpu : GIC_NO_CPU;
		if (irq->edge)
			irq->latch |= !!(lr & GICH_LR_PENDING);
		else if (irq->offered && !(lr & GICH_LR_PENDING))
			irq->latch = false;	/* acknowledged */
		if (!(lr & (GICH_LR_PENDING | GICH_LR_ACTIVE)))
			record_deactivated(gic, irq);
	}
	return gic_irq_changed(gic, irq);
}

static u8 deactivate(struct gic_state *gic, struct gic_irq *irq)
{
	irq->active = false;
	record_deactivated(gic, irq);
	if (!gic_is_private(irq))
		irq->cpu = GIC_NO_CPU;
	return gic_irq_changed(gic, irq);
}

/*
 * Handles an EOI, with EOImode 0, of an interrupt that was in no list register: the most
 * urgent active one, because EOIs come in the reverse order of acknowledgements, 3.2.1.
 */
static noinline u8 deactivate_one(struct gic_state *gic, unsigned int cpu)
{
	struct gic_irq *found = NULL;
	unsigned int intid;

	FOR_EACH_CANDIDATE(&gic->cpu[cpu], intid) {
		struct gic_irq *irq = gic_irq(gic, cpu, intid);

		if (irq->active && irq->owner == GIC_NO_CPU &&
		    (!found || more_urgent(irq, found)))
			found = irq;
	}
	return found ? deactivate(gic, found) : 0;
}

u8 gic_deactivate(struct gic_state *gic, unsigned int cpu, u32 dir)
{
	unsigned int intid = dir & GICC_DIR_INTID;
	struct gic_irq *irq;

	if (!(gic->cpu[cpu].vmcr & GICH_VMCR_EOIMODE) || intid >= gic->nr_irqs)
		return 0;
	irq = gic_irq(gic, cpu, intid);
	/* An interrupt that is active on another vCPU is that vCPU's candidate. */
	return irq->active && irq->candidate_of == cpu ? deactivate(gic, irq) : 0;
}

bool gic_any_active_left_out(const struct gic_state *gic)
{
	unsigned int cpu;

	for (cpu = 0; cpu < gic->nr_vcpus; cpu++)
		if (gic->cpu[cpu].active_left_out)
			return true;
	return false;
}

u8 gic_fold(struct gic_state *gic, unsigned int cpu)
{
	struct gic_cpu *c = &gic->cpu[cpu];
	unsigned int eois = c->hcr >> GICH_HCR_EOICOUNT_SHIFT;
	u8 kick_mask = 0;
	unsigned int i;

	/* EOIs first, because deactivate_one() skips interrupts that a list register owns. */
	for (; eois; eois--)
		kick_mask |= deactivate_one(gic, cpu);
	for (i = 0; i < c->nr_lrs; i++)
		kick_mask |= fold_one(gic, cpu, c->lr[i]);
	c->nr_lrs = 0;
	c->hcr = 0;
	gic->holders &= ~BIT_OF(cpu);
	return kick_mask & ~BIT_OF(cpu);
}
