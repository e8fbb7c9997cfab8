// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "gic_model.h"

#define PRIVATE		32
#define SGIS		16
#define SPURIOUS	1023
#define IDLE		0xf8	/* running priority, in the five bits that every GIC has */
#define ALL_VCPUS	((1U << GIC_MODEL_VCPUS) - 1)

/* PPIs that no device of a vCPU uses. */
#define FIRST_PPI	18
#define LAST_PPI	21

static bool is_known(unsigned int intid)
{
	return intid < SGIS || (intid >= FIRST_PPI && intid <= LAST_PPI) ||
	       (intid >= PRIVATE && intid < GIC_MODEL_INTIDS);
}

static struct gic_model_irq *irq_of(const struct gic_model *m, unsigned int cpu,
				    unsigned int intid)
{
	struct gic_model *all = (struct gic_model *)m;

	return intid < PRIVATE ? &all->cpus[cpu].private[intid] : &all->spis[intid - PRIVATE];
}

/* On a GICv2, the registers of private interrupts are banked: each vCPU accesses its own. */
static unsigned int bank_of(const struct gic_model *m, const struct gic_access *access)
{
	return m->v3 ? access->frame : access->cpu;
}

/* On a GICv2, an SGI is pending once for each vCPU that has sent it. */
static bool has_sources(const struct gic_model *m, unsigned int intid)
{
	return !m->v3 && intid < SGIS;
}

static bool is_pending(const struct gic_model *m, const struct gic_model_irq *irq,
		       unsigned int intid)
{
	if (has_sources(m, intid))
		return irq->sources;
	return irq->latch || (!irq->edge && irq->line);
}

void gic_model_init(struct gic_model *m, bool v3, unsigned int omitted)
{
	unsigned int cpu, intid;

	memset(m, 0, sizeof(*m));
	m->v3 = v3;
	m->omitted = omitted;
	m->enabled = true;
	for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
		m->cpus[cpu].enabled = true;
		m->cpus[cpu].mask = 0xf8;
		m->cpus[cpu].bits = 5;
		for (intid = 0; intid < PRIVATE; intid++) {
			irq_of(m, cpu, intid)->edge = intid < SGIS;
			irq_of(m, cpu, intid)->enabled = intid < SGIS;
			irq_of(m, cpu, intid)->group_enabled = true;
			irq_of(m, cpu, intid)->target = cpu;
		}
	}
	for (intid = PRIVATE; intid < GIC_MODEL_INTIDS; intid++) {
		irq_of(m, 0, intid)->group_enabled = true;
		irq_of(m, 0, intid)->edge = intid < 2 * PRIVATE;
	}
}

/* ---- the fields of a register ---- */

/* Bits of each INTID's field. */
static unsigned int field_bits(unsigned int reg, bool v3)
{
	switch (reg) {
	case GIC_MODEL_CONFIG:
		return 2;
	case GIC_MODEL_TARGET:
		return v3 ? 32 : 8;
	case GIC_MODEL_PRIORITY:
	case GIC_MODEL_SSGI:
	case GIC_MODEL_CSGI:
		return 8;
	default:
		return 1;
	}
}

static uint32_t field_mask(unsigned int bits)
{
	return bits == 32 ? UINT32_MAX : (1U << bits) - 1;
}

static uint32_t read_field(const struct gic_model *m, unsigned int reg,
			   const struct gic_model_irq *irq, unsigned int intid)
{
	switch (reg) {
	case GIC_MODEL_GROUP:
		return m->v3 == irq->group_enabled;
	case GIC_MODEL_SENABLE:
	case GIC_MODEL_CENABLE:
		return irq->enabled;
	case GIC_MODEL_SPEND:
	case GIC_MODEL_CPEND:
		return is_pending(m, irq, intid);
	case GIC_MODEL_SACTIVE:
	case GIC_MODEL_CACTIVE:
		return irq->active;
	case GIC_MODEL_PRIORITY:
		return irq->priority;
	case GIC_MODEL_TARGET:
		return m->v3 ? irq->target : 1U << irq->target;
	case GIC_MODEL_CONFIG:
		return irq->edge ? 2 : 0;
	default:
		return irq->sources;
	}
}

static void write_field(const struct gic_model *m, unsigned int reg, struct gic_model_irq *irq,
			uint32_t value)
{
	switch (reg) {
	case GIC_MODEL_GROUP:
		irq->group_enabled = m->v3 == value;
		break;
	case GIC_MODEL_SENABLE:
		irq->enabled |= value;
		break;
	case GIC_MODEL_CENABLE:
		irq->enabled &= !value;
		break;
	case GIC_MODEL_SPEND:
		irq->latch |= value;
		break;
	case GIC_MODEL_CPEND:
		irq->latch &= !value;
		break;
	case GIC_MODEL_SACTIVE:
		irq->active |= value;
		break;
	case GIC_MODEL_CACTIVE:
		irq->active &= !value;
		break;
	case GIC_MODEL_PRIORITY:
		irq->priority = value;
		break;
	case GIC_MODEL_TARGET:
		irq->target = m->v3 ? value : (unsigned int)__builtin_ctz(value);
		break;
	case GIC_MODEL_CONFIG:
		irq->edge = value & 2;
		break;
	case GIC_MODEL_SSGI:
		irq->sources |= value;
		break;
	case GIC_MODEL_CSGI:
		irq->sources &= ~value;
		break;
	}
}

/* Loops over the known INTIDs whose fields are accessed; @shift is the field's lowest bit. */
#define FOR_EACH_FIELD(m, access, bits, intid, shift)				\
	for ((intid) = (access)->intid, (shift) = 0;				\
	     (shift) < 8U * (access)->width && (intid) < GIC_MODEL_INTIDS;	\
	     (intid)++, (shift) += (bits))					\
		if (is_known(intid))

static struct gic_answer access_fields(struct gic_model *m, const struct gic_access *access)
{
	unsigned int bits = field_bits(access->reg, m->v3), intid, shift;
	struct gic_answer answer = { 0 };
	uint32_t mask = field_mask(bits);

	FOR_EACH_FIELD(m, access, bits, intid, shift) {
		struct gic_model_irq *irq = irq_of(m, bank_of(m, access), intid);

		if (access->write) {
			write_field(m, access->reg, irq, access->value >> shift & mask);
			continue;
		}
		answer.value |= read_field(m, access->reg, irq, intid) << shift;
		answer.mask |= mask << shift;
		/* The low bit of a field of ICFGR is reserved. */
		if (access->reg == GIC_MODEL_CONFIG)
			answer.mask &= ~(1U << shift);
	}
	return answer;
}

/* ---- the CPU interface ---- */

static uint8_t group_mask(const struct gic_model_cpu *cpu)
{
	return 0xff << (8 - cpu->bits);
}

static unsigned int running(const struct gic_model_cpu *cpu)
{
	unsigned int i, lowest = IDLE;

	for (i = 0; i < cpu->nr_acked; i++)
		if (!cpu->acked[i].dropped && cpu->acked[i].group_priority < lowest)
			lowest = cpu->acked[i].group_priority;
	return lowest;
}

static bool is_delivered(const struct gic_model *m, unsigned int number, unsigned int intid)
{
	const struct gic_model_cpu *cpu = &m->cpus[number];
	const struct gic_model_irq *irq = irq_of(m, number, intid);

	return is_known(intid) && m->enabled && cpu->enabled && irq->enabled &&
	       irq->group_enabled && irq->target == number && !irq->active &&
	       is_pending(m, irq, intid) && irq->priority < cpu->mask &&
	       (irq->priority & group_mask(cpu)) < running(cpu);
}

/* All values that an acknowledgement may read: the GIC chooses among equal priorities. */
static struct gic_answer acknowledge(const struct gic_model *m, unsigned int cpu)
{
	struct gic_answer answer = { .value = SPURIOUS, .mask = 0x1fff };
	unsigned int intid, source, best = 0x100;

	for (intid = 0; intid < GIC_MODEL_INTIDS; intid++) {
		const struct gic_model_irq *irq = irq_of(m, cpu, intid);

		if (!is_delivered(m, cpu, intid) || irq->priority > best)
			continue;
		if (irq->priority < best)
			answer.nr_choices = 0;
		best = irq->priority;
		if (!has_sources(m, intid))
			answer.choices[answer.nr_choices++] = intid;
		for (source = 0; has_sources(m, intid) && source < GIC_MODEL_VCPUS; source++)
			if (irq->sources >> source & 1)
				answer.choices[answer.nr_choices++] = source << 10 | intid;
	}
	if (answer.nr_choices)
		answer.value = answer.choices[0];
	return answer;
}

void gic_model_resolve(struct gic_model *m, const struct gic_access *access, uint16_t chosen)
{
	struct gic_model_cpu *cpu = &m->cpus[access->cpu];
	unsigned int intid = chosen & 0x3ff;
	struct gic_model_irq *irq;

	if (intid == SPURIOUS)
		return;
	irq = irq_of(m, access->cpu, intid);
	irq->active = true;
	irq->latch = false;
	if (has_sources(m, intid))
		irq->sources &= ~(1U << (chosen >> 10));
	cpu->acked[cpu->nr_acked++] = (struct gic_model_acked) {
		.intid = intid, .value = chosen,
		.group_priority = irq->priority & group_mask(cpu),
	};
}

static void forget_acked(struct gic_model *m, unsigned int number, unsigned int place)
{
	struct gic_model_cpu *cpu = &m->cpus[number];

	irq_of(m, number, cpu->acked[place].intid)->active = false;
	cpu->nr_acked--;
	memmove(&cpu->acked[place], &cpu->acked[place + 1],
		(cpu->nr_acked - place) * sizeof(cpu->acked[0]));
}

/*
 * Index of the interrupt that was acknowledged last, among those whose priority was dropped
 * (@dropped) or those whose priority was not; -1 if there is none. An EOI has to name the last
 * interrupt whose priority was not dropped; any other order has no defined effect.
 */
static int place_of(const struct gic_model_cpu *cpu, bool dropped)
{
	int place;

	for (place = cpu->nr_acked - 1; place >= 0; place--)
		if (cpu->acked[place].dropped == dropped)
			break;
	return place;
}

static int place_named(const struct gic_model_cpu *cpu, const struct gic_access *access)
{
	int place;

	for (place = cpu->nr_acked - 1; place >= 0; place--)
		if (cpu->acked[place].value == access->value &&
		    cpu->acked[place].dropped == (access->reg == GIC_MODEL_DEACTIVATE))
			break;
	return place;
}

static void eoi_or_deactivate(struct gic_model *m, const struct gic_access *access)
{
	struct gic_model_cpu *cpu = &m->cpus[access->cpu];
	int place = place_named(cpu, access);

	if (place < 0)
		return;
	if (access->reg == GIC_MODEL_EOI && cpu->eoimode)
		cpu->acked[place].dropped = true;
	else
		forget_acked(m, access->cpu, place);
}

/* ---- SGIs and lines ---- */

static void send_sgi(struct gic_model *m, const struct gic_access *access)
{
	unsigned int filter = access->value >> 24, targets = access->value >> 16 & 0xff;
	unsigned int intid = access->value & 0xf, cpu;

	if (filter == 1)
		targets = ALL_VCPUS & ~(1U << access->cpu);
	if (filter == 2)
		targets = 1U << access->cpu;
	for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
		if (!(targets >> cpu & 1))
			continue;
		if (m->v3)
			irq_of(m, cpu, intid)->latch = true;
		else
			irq_of(m, cpu, intid)->sources |= 1U << access->cpu;
	}
}

static void set_line(struct gic_model *m, const struct gic_access *access)
{
	struct gic_model_irq *irq = irq_of(m, access->cpu, access->intid);

	if (irq->edge && access->value && !irq->line)
		irq->latch = true;
	irq->line = access->value;
}

/* ---- accesses ---- */

struct gic_answer gic_model_predict(struct gic_model *m, const struct gic_access *access)
{
	struct gic_model_cpu *cpu = &m->cpus[access->cpu];
	struct gic_answer answer = { 0 };

	switch (access->reg) {
	case GIC_MODEL_LINE:
		set_line(m, access);
		break;
	case GIC_MODEL_CTLR:
		if (access->write)
			m->enabled = access->value;
		else
			answer = (struct gic_answer) { .value = m->enabled, .mask = 1 };
		break;
	case GIC_MODEL_SGI:
		send_sgi(m, access);
		break;
	case GIC_MODEL_ACK:
		answer = acknowledge(m, access->cpu);
		if (answer.nr_choices == 1)
			gic_model_resolve(m, access, answer.value);
		break;
	case GIC_MODEL_EOI:
	case GIC_MODEL_DEACTIVATE:
		eoi_or_deactivate(m, access);
		break;
	case GIC_MODEL_PMR:
		if (access->write)
			cpu->mask = access->value;
		else
			answer = (struct gic_answer) { .value = cpu->mask, .mask = 0xff };
		break;
	case GIC_MODEL_RPR:
		/* It is not defined whether the bits below the group priority are kept. */
		answer = (struct gic_answer) { .value = running(cpu) & group_mask(cpu),
					       .mask = group_mask(cpu) };
		break;
	case GIC_MODEL_CPU_ENABLE:
		cpu->enabled = access->value;
		break;
	case GIC_MODEL_EOIMODE:
		cpu->eoimode = access->value;
		break;
	case GIC_MODEL_BPR:
		cpu->bits = access->value;
		break;
	default:
		return access_fields(m, access);
	}
	return answer;
}

bool gic_model_agrees(const struct gic_answer *answer, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < answer->nr_choices; i++)
		if (answer->choices[i] == (value & answer->mask))
			return true;
	return !answer->nr_choices && !((value ^ answer->value) & answer->mask);
}

bool gic_model_moves(const struct gic_access *access)
{
	return access->reg == GIC_MODEL_TARGET && access->write;
}

/* ---- accesses with a defined effect ---- */

static bool is_acked(const struct gic_model *m, unsigned int bank, unsigned int intid)
{
	unsigned int cpu, i;

	for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
		if (intid < PRIVATE && cpu != bank)
			continue;
		for (i = 0; i < m->cpus[cpu].nr_acked; i++)
			if (m->cpus[cpu].acked[i].intid == intid)
				return true;
	}
	return false;
}

/*
 * True if an interrupt may be in a list register although it cannot be acknowledged: a write made
 * it active, or its group is disabled. All vCPUs together have at most one such interrupt, see
 * GIC_MODEL_ACKED.
 */
static bool one_takes_room(const struct gic_model *m)
{
	unsigned int cpu, intid;

	for (intid = 0; intid < GIC_MODEL_INTIDS; intid++)
		for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
			const struct gic_model_irq *irq = irq_of(m, cpu, intid);

			if (!irq->group_enabled || (irq->active && !is_acked(m, cpu, intid)))
				return true;
		}
	return false;
}

/* True if a write of the value to this INTID's field has a defined effect. */
static bool fits_field(const struct gic_model *m, const struct gic_access *access,
		       unsigned int intid, uint32_t value)
{
	unsigned int bank = bank_of(m, access);
	const struct gic_model_irq *irq = irq_of(m, bank, intid);
	bool pending = is_pending(m, irq, intid);

	switch (access->reg) {
	case GIC_MODEL_GROUP:
		/*
		 * A GICv2 reads 1022 if the pending interrupt of highest priority is of the other
		 * group, even if that group is disabled.
		 */
		return m->v3 && !irq->active;
	case GIC_MODEL_SENABLE:
	case GIC_MODEL_CENABLE:
		/* Whether SGIs can be disabled is IMPLEMENTATION DEFINED. */
		return intid >= SGIS;
	case GIC_MODEL_SPEND:
		/* No rule says how long an active, level-sensitive interrupt keeps its latch. */
		return !has_sources(m, intid) &&
		       (irq->edge || (!irq->active && !(m->omitted & GIC_MODEL_NO_LATCH)));
	case GIC_MODEL_CPEND:
		return !has_sources(m, intid);
	case GIC_MODEL_SACTIVE:
		return intid >= SGIS && !irq->active && !irq->latch &&
		       !m->cpus[irq->target].nr_acked;
	case GIC_MODEL_CACTIVE:
		return intid >= SGIS && !is_acked(m, bank, intid);
	case GIC_MODEL_PRIORITY:
		/* It is IMPLEMENTATION DEFINED whether an EOI drops the old or the new priority. */
		return !irq->active;
	case GIC_MODEL_SSGI:
	case GIC_MODEL_CSGI:
		return true;
	case GIC_MODEL_TARGET:
		return intid >= PRIVATE && !irq->active;
	case GIC_MODEL_CONFIG:
		/*
		 * PPIs may have a fixed configuration. An SPI's may change only while the SPI is
		 * disabled and neither pending nor active.
		 */
		return intid >= PRIVATE && !irq->enabled && !pending && !irq->line && !irq->active;
	default:
		return value;
	}
}

/* Reduces a field's value to one with a defined meaning. */
static uint32_t plain_field(const struct gic_model *m, unsigned int reg, uint32_t value)
{
	switch (reg) {
	case GIC_MODEL_PRIORITY:
		return value & 0xf8;
	case GIC_MODEL_TARGET:
		/* The GIC chooses one of several targets. A mask without targets is not tested. */
		return m->v3 ? value % GIC_MODEL_VCPUS : 1U << (value % GIC_MODEL_VCPUS);
	case GIC_MODEL_CONFIG:
		return value & 2;
	case GIC_MODEL_SSGI:
	case GIC_MODEL_CSGI:
		return value & ALL_VCPUS;
	default:
		return value;
	}
}

/* True if a write of 0 may change a field. */
static bool is_plain(unsigned int reg)
{
	return reg == GIC_MODEL_GROUP || reg == GIC_MODEL_PRIORITY || reg == GIC_MODEL_TARGET ||
	       reg == GIC_MODEL_CONFIG;
}

/* True if a write changes at most one bit of the register, see one_takes_room(). */
static bool is_single(unsigned int reg)
{
	return reg == GIC_MODEL_GROUP || reg == GIC_MODEL_SACTIVE;
}

static bool fit_fields(const struct gic_model *m, struct gic_access *access)
{
	unsigned int bits = field_bits(access->reg, m->v3), intid, shift;
	uint32_t mask = field_mask(bits), wanted = access->value, value = 0;
	bool any = false, room = is_single(access->reg) && !one_takes_room(m);

	if (!access->write)
		return true;
	FOR_EACH_FIELD(m, access, bits, intid, shift) {
		const struct gic_model_irq *irq = irq_of(m, bank_of(m, access), intid);
		uint32_t old = read_field(m, access->reg, irq, intid);
		uint32_t new = plain_field(m, access->reg, wanted >> shift & mask);
		bool fits = fits_field(m, access, intid, new);

		/* Moves interrupts back to the enabled group, or one to the disabled group. */
		if (access->reg == GIC_MODEL_GROUP && !irq->group_enabled)
			new = !old;
		else if (is_single(access->reg) && (!room || any || !new))
			fits = false;
		else if (access->reg == GIC_MODEL_GROUP)
			new = !old;
		any |= fits;
		value |= (fits ? new : is_plain(access->reg) ? old : 0) << shift;
	}
	access->value = value;
	return any;
}

/*
 * If an interrupt is in no list register, the hypervisor does not learn that an EOI names it. So in
 * a sequence, a vCPU never has both an interrupt that a write made active and an acknowledged one.
 */
static bool has_written_active(const struct gic_model *m, unsigned int cpu)
{
	unsigned int intid;

	for (intid = 0; intid < GIC_MODEL_INTIDS; intid++)
		if (irq_of(m, cpu, intid)->active && irq_of(m, cpu, intid)->target == cpu &&
		    !is_acked(m, cpu, intid))
			return true;
	return false;
}

/*
 * The manual does not say if an active SGI of a GICv2 can be acknowledged for another source after
 * its priority was dropped.
 */
static bool is_open_choice(const struct gic_model *m, unsigned int cpu)
{
	unsigned int intid;

	for (intid = 0; intid < SGIS; intid++)
		if (irq_of(m, cpu, intid)->active && irq_of(m, cpu, intid)->sources)
			return true;
	return false;
}

bool gic_model_fit(const struct gic_model *m, struct gic_access *access)
{
	const struct gic_model_cpu *cpu = &m->cpus[access->cpu];
	int place;

	switch (access->reg) {
	case GIC_MODEL_LINE:
		access->value &= 1;
		return is_known(access->intid) && access->intid >= SGIS &&
		       irq_of(m, access->cpu, access->intid)->line != access->value;
	case GIC_MODEL_CTLR:
		access->value &= 1;
		return !access->write || access->value ||
		       !(m->omitted & GIC_MODEL_NO_DISABLE);
	case GIC_MODEL_CPU_ENABLE:
		access->value &= 1;
		return true;
	case GIC_MODEL_SGI:
		access->value = (access->value >> 24) % 3 << 24 | (access->value & 0x7000f);
		/* A GICv3 sends to a list or to all others. */
		if (m->v3 && access->value >> 24 == 2)
			access->value &= 0x7000f;
		return true;
	case GIC_MODEL_ACK:
		return cpu->nr_acked < GIC_MODEL_ACKED && !is_open_choice(m, access->cpu) &&
		       !has_written_active(m, access->cpu);
	case GIC_MODEL_EOI:
	case GIC_MODEL_DEACTIVATE:
		place = place_of(cpu, access->reg == GIC_MODEL_DEACTIVATE);
		if (place >= 0)
			access->value = cpu->acked[place].value;
		return place >= 0;
	case GIC_MODEL_PMR:
		access->value &= 0xf8;
		return true;
	case GIC_MODEL_RPR:
		return true;
	case GIC_MODEL_EOIMODE:
		access->value &= 1;
		return !cpu->nr_acked &&
		       !(access->value && m->omitted & GIC_MODEL_NO_EOIMODE);
	case GIC_MODEL_BPR:
		access->value = 1 + access->value % 5;
		return !cpu->nr_acked;
	default:
		return fit_fields(m, access);
	}
}
