// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses to the distributor at any offset and width, mixed with changes of lines, guest entries
 * and exits, acknowledges and EOIs on several vCPUs. Invariants are checked after each step: the
 * owner and the candidates of each interrupt, and what registers read.
 *
 *	python3 -m tests.test_pure --fuzz gic -max_total_time=600
 */
#include <kvm/gic_state.h>

#include "gic_hardware.h"

#define CPUS		3
#define NR_IRQS		96	/* three words, and more than the LRs of all vCPUs */
#define MAX_LRS		4

#define FOR_EACH_OUTCOME(do_)						\
	do_(READ_SOMETHING) do_(WRITE_CHANGES) do_(LINE_RISES)		\
	do_(LINE_FALLS) do_(ENTER_FULL) do_(ENTER_EMPTY) do_(ACK_SGI)	\
	do_(ACK_PPI) do_(ACK_SPI) do_(NESTED) do_(EOI_COUNTED)		\
	do_(EOI_IN_REGISTER) do_(OWNED_AND_CHANGED) do_(ENDED)		\
	do_(SAVED_REGISTER) do_(DEACTIVATED) do_(LEFT_OUT) do_(POWER)

#include "fuzz.h"

/* ---- the world ---- */

static struct gic_state gic;
static struct hardware hw[CPUS];
static bool running[CPUS];

/* ---- invariants ---- */

/* Returns the number of a vCPU's list registers that hold the interrupt. */
static unsigned int in_registers(unsigned int cpu, unsigned int intid)
{
	unsigned int i, n = 0;

	for (i = 0; running[cpu] && i < gic.cpu[cpu].nr_lrs; i++)
		n += HW_INTID(gic.cpu[cpu].lr[i]) == intid;
	return n;
}

static bool pending(const struct gic_irq *irq)
{
	if (irq->intid < 16)
		return irq->sources;
	return irq->latch || (!irq->edge && irq->line);
}

static bool is_deliverable(const struct gic_irq *irq)
{
	return irq->enabled && pending(irq) && gic.ctlr >> irq->group1 & 1;
}

static bool lets_through(unsigned int cpu, const struct gic_irq *irq)
{
	u32 vmcr = gic.cpu[cpu].vmcr;

	return !gic.cpu[cpu].off && vmcr >> irq->group1 & 1 && irq->priority < vmcr >> 27 << 3;
}

/* Returns the vCPU that an SPI without an owner is to be delivered to, or CPUS. */
static unsigned int target(const struct gic_irq *irq)
{
	unsigned int cpu, first = CPUS;

	if (irq->active && irq->cpu != GIC_NO_CPU)
		return irq->cpu;
	/* Backwards, so that the first match wins. */
	for (cpu = CPUS; cpu--; )
		if (irq->targets >> cpu & 1)
			first = cpu;
	for (cpu = CPUS; cpu--; )
		if (irq->targets >> cpu & 1 && lets_through(cpu, irq))
			first = cpu;
	return first;
}

static bool is_candidate(unsigned int cpu, unsigned int intid)
{
	return gic.cpu[cpu].candidates[intid / 32] >> intid % 32 & 1;
}

static void check_spi(unsigned int intid)
{
	const struct gic_irq *irq = gic_irq(&gic, 0, intid);
	bool wanted = irq->active || is_deliverable(irq);
	unsigned int cpu, owners = 0;

	for (cpu = 0; cpu < CPUS; cpu++) {
		unsigned int n = in_registers(cpu, intid);

		EXPECT("list registers of its owner, or none", irq->owner == cpu, n);
		owners += n;
		if (irq->owner == GIC_NO_CPU)
			EXPECT("candidate of its target if wanted",
			       wanted && target(irq) == cpu, is_candidate(cpu, intid));
	}
	EXPECT("owners", irq->owner != GIC_NO_CPU, owners);
	EXPECT("targets exist", 0, irq->targets >> CPUS);
}

static void check_private(unsigned int cpu, unsigned int intid)
{
	const struct gic_irq *irq = gic_irq(&gic, cpu, intid);
	bool owned = irq->owner != GIC_NO_CPU;

	EXPECT("vCPU of a private interrupt", cpu, irq->cpu);
	EXPECT("owner, if any", cpu, owned ? irq->owner : cpu);
	EXPECT("list registers of its owner, or none", owned, in_registers(cpu, intid));
	EXPECT("no other vCPU's sources", 0, irq->sources >> CPUS);
	if (!owned)
		EXPECT("candidate if wanted", irq->active || is_deliverable(irq),
		       is_candidate(cpu, intid));
}

static void check_cpu(unsigned int cpu)
{
	const struct gic_cpu *c = &gic.cpu[cpu];
	bool any = false;
	unsigned int intid;

	EXPECT("no more list registers than implemented", true, c->nr_lrs <= hw[cpu].max_lrs);
	for (intid = 0; intid < NR_IRQS; intid++) {
		const struct gic_irq *irq = gic_irq(&gic, cpu, intid);

		if (irq->owner == GIC_NO_CPU && is_deliverable(irq) && !irq->active &&
		    lets_through(cpu, irq))
			any |= intid < GIC_NR_PRIVATE || target(irq) == cpu;
	}
	/*
	 * Interrupts in list registers of other vCPUs become pending here only when those vCPUs
	 * exit.
	 */
	if (any)
		EXPECT("something is pending", true, gic_has_pending(&gic, cpu));
}

static void check(void)
{
	unsigned int cpu, intid;

	for (cpu = 0; cpu < CPUS; cpu++) {
		check_cpu(cpu);
		for (intid = 0; intid < GIC_NR_PRIVATE; intid++)
			check_private(cpu, intid);
	}
	for (intid = GIC_NR_PRIVATE; intid < NR_IRQS; intid++)
		check_spi(intid);
}

/* ---- steps ---- */

typedef void (*operation)(struct input *in);

/* Half of the offsets are in the first registers of each kind. */
static u32 take_offset(struct input *in, unsigned int *len)
{
	u8 how = take8(in);
	u32 offset = (take8(in) | (u32)take8(in) << 8) & (GICD_SIZE - 1);

	*len = 1U << how % 3;
	if (how & 0x80)
		offset = (offset & 0xf80) | (offset & 0xf);
	return how & 0x40 ? offset : offset & ~(*len - 1);
}

static void read_register(struct input *in)
{
	struct gic_state before = gic;
	unsigned int len, cpu = take8(in) % CPUS;
	u32 offset = take_offset(in, &len);
	u32 value = gicd_read(&gic, cpu, offset, len);

	EXPECT("a read changes nothing", 0, memcmp(&before, &gic, sizeof(gic)));
	if (len < 4)
		EXPECT("no bits beyond the access", 0, value >> 8 * len);
	reached[READ_SOMETHING] += !!value;
}

static void write_register(struct input *in)
{
	struct gic_state before = gic;
	unsigned int len, cpu = take8(in) % CPUS;
	u32 offset = take_offset(in, &len);
	u8 kick_mask = gicd_write(&gic, cpu, offset, len, take32(in));

	EXPECT("only vCPUs that exist are kicked", 0, kick_mask >> CPUS);
	EXPECT("limits", NR_IRQS << 8 | CPUS, gic.nr_irqs << 8 | gic.nr_vcpus);
	reached[WRITE_CHANGES] += !!memcmp(&before, &gic, sizeof(gic));
}

/* Writes GICD_SGIR, whose single offset a random write hardly ever finds. */
static void send_sgi(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	u32 value = (u32)take8(in) << 16 | (take8(in) & 0x0f);

	gicd_write(&gic, cpu, 0xf00, 4, value);
}

/* Returns the INTID of a PPI or SPI; half of the time one in a list register, if any. */
static unsigned int take_intid(struct input *in, unsigned int cpu)
{
	const struct gic_cpu *c = &gic.cpu[cpu];
	u8 which = take8(in);

	if (which & 0x80 && running[cpu] && c->nr_lrs) {
		unsigned int intid = HW_INTID(c->lr[which % c->nr_lrs]);

		if (intid >= GIC_NR_SGIS)
			return intid;
	}
	return GIC_NR_SGIS + which % (NR_IRQS - GIC_NR_SGIS);
}

static void set_line(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	unsigned int intid = take_intid(in, cpu);
	struct gic_irq *irq = gic_irq(&gic, cpu, intid);
	bool level = take8(in) & 1, owned = irq->owner != GIC_NO_CPU;
	u8 kick_mask;

	if (irq->line != level)
		reached[level ? LINE_RISES : LINE_FALLS]++;
	kick_mask = gic_set_line(&gic, cpu, intid, level);
	EXPECT("only vCPUs that exist are kicked", 0, kick_mask >> CPUS);
	EXPECT("the line", level, irq->line);
	if (owned && kick_mask) {
		EXPECT("its owner is kicked", 1U << irq->owner, kick_mask);
		reached[OWNED_AND_CHANGED]++;
	}
}

/* Returns whether a running vCPU has an active interrupt that is in no list register. */
static bool any_left_out(unsigned int cpu)
{
	unsigned int intid;

	for (intid = 0; intid < NR_IRQS; intid++) {
		const struct gic_irq *irq = gic_irq(&gic, cpu, intid);

		if (irq->active && irq->owner == GIC_NO_CPU && is_candidate(cpu, intid))
			return true;
	}
	return false;
}

/*
 * A trapped write to GICC_DIR deactivates only the interrupt that it names, if EOImode is 1 and
 * that interrupt is active on the vCPU.
 */
static void deactivate(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS, i;
	unsigned int intid = (unsigned int)take8(in) % (NR_IRQS + 2);
	u8 how = take8(in);
	bool active[NR_IRQS];

	if (running[cpu])
		return;
	/* Mostly sets EOImode 1, and often takes the next interrupt that is active at the vCPU. */
	if (how & 3)
		gic.cpu[cpu].vmcr |= 1U << 9;
	for (i = 0; how & 4 && i < NR_IRQS; i++)
		if (gic_irq(&gic, cpu, (intid + i) % NR_IRQS)->active &&
		    is_candidate(cpu, (intid + i) % NR_IRQS))
			break;
	if (how & 4)
		intid = (intid + i) % NR_IRQS;
	for (i = 0; i < NR_IRQS; i++)
		active[i] = gic_irq(&gic, cpu, i)->active;
	if (intid < NR_IRQS && is_candidate(cpu, intid) && gic.cpu[cpu].vmcr >> 9 & 1) {
		reached[DEACTIVATED] += active[intid];
		active[intid] = false;
	}
	EXPECT("only vCPUs that exist are kicked", 0,
	       gic_deactivate(&gic, cpu, (u32)take8(in) << 10 | intid) >> CPUS);
	for (i = 0; i < NR_IRQS; i++)
		EXPECT("active after GICC_DIR", active[i], gic_irq(&gic, cpu, i)->active);
}

static void power(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	bool on = take8(in) & 3;

	reached[POWER] += gic.cpu[cpu].off == on;
	EXPECT("only vCPUs that exist are kicked", 0, gic_set_power(&gic, cpu, on) >> CPUS);
}

/* No interrupt outside of the list registers is more urgent than a pending one in them. */
static void check_left_out(unsigned int cpu)
{
	const struct gic_cpu *c = &gic.cpu[cpu];
	u32 best = ~0U;
	unsigned int i;

	for (i = 0; i < c->nr_lrs; i++)
		if ((c->lr[i] & HW_STATE) == HW_PENDING && HW_PRIORITY(c->lr[i]) < best)
			best = HW_PRIORITY(c->lr[i]);
	for (i = 0; i < gic.nr_irqs && best != ~0U; i++) {
		const struct gic_irq *irq = gic_irq(&gic, cpu, i);

		if (irq->candidate_of == cpu && irq->owner != cpu && !irq->active &&
		    c->vmcr & (irq->group1 ? GICH_VMCR_GROUP1 : GICH_VMCR_GROUP0))
			EXPECT("an interrupt in no list register is not more urgent", true,
			       best <= irq->priority);
	}
}

static void enter(struct input *in)
{
	unsigned int i, cpu = take8(in) % CPUS;
	struct gic_cpu *c = &gic.cpu[cpu];

	if (running[cpu])
		return;
	gic_fill(&gic, cpu, hw[cpu].max_lrs);
	running[cpu] = true;
	for (i = 0; i < c->nr_lrs; i++) {
		EXPECT("a used list register is pending or active", true,
		       !!(c->lr[i] & HW_STATE));
	}
	check_left_out(cpu);
	EXPECT("the interface is on", 1, c->hcr & 1);
	reached[c->nr_lrs == hw[cpu].max_lrs ? ENTER_FULL : ENTER_EMPTY]++;
	EXPECT("active interrupts left out", any_left_out(cpu), c->active_left_out);
	reached[LEFT_OUT] += c->active_left_out;
}

static void leave(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	u8 kick_mask;

	if (!running[cpu])
		return;
	kick_mask = gic_fold(&gic, cpu);
	running[cpu] = false;
	EXPECT("only other vCPUs that exist are kicked", 0,
	       kick_mask >> CPUS | (kick_mask >> cpu & 1));
	EXPECT("no list register is in use", 0, gic.cpu[cpu].nr_lrs);
}

static void acknowledge(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	unsigned int nested = hw[cpu].nr_acked;
	u32 intid;

	if (!running[cpu] || nested == 32)
		return;
	intid = hw_ack(&gic, &hw[cpu]) & 0x3ff;
	if (intid == HW_SPURIOUS)
		return;
	EXPECT("an implemented INTID", true, intid < NR_IRQS);
	reached[intid < 16 ? ACK_SGI : intid < 32 ? ACK_PPI : ACK_SPI]++;
	reached[NESTED] += !!nested;
}

static void end_of_interrupt(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	u32 before = gic.cpu[cpu].hcr;

	if (!running[cpu] || !hw[cpu].nr_acked || before >> 27 == 31)
		return;
	hw_eoi(&gic, &hw[cpu]);
	reached[gic.cpu[cpu].hcr != before ? EOI_COUNTED : EOI_IN_REGISTER]++;
}

static void watch(struct input *in)
{
	unsigned int intid = GIC_NR_PRIVATE + take8(in) % (NR_IRQS - GIC_NR_PRIVATE);

	gic_irq(&gic, 0, intid)->eoi_notify = take8(in) & 1;
}

static void resample(struct input *in)
{
	unsigned int intid, n;
	u8 kick_mask = 0;

	for (n = 0; gic_next_deactivated(&gic, &intid, &kick_mask); n++) {
		EXPECT("an SPI", true, intid >= GIC_NR_PRIVATE && intid < NR_IRQS);
		EXPECT("its line is low", false, gic_irq(&gic, 0, intid)->line);
		EXPECT("the loop ends", true, n < NR_IRQS);
		reached[ENDED]++;
	}
	EXPECT("no deactivated interrupt is left", false, gic.any_deactivated);
}

/* GICC_CTLR, PMR, BPR, ABPR, APR. */
static const u32 saved[5] = { 0x00, 0x04, 0x08, 0x1c, 0xd0 };

static void saved_register(struct input *in)
{
	unsigned int cpu = take8(in) % CPUS;
	u8 which = take8(in);
	u32 offset = which & 1 ? which : saved[which % 5], value = take32(in);
	u32 before = gicc_saved_get(&gic, cpu, offset), others[5];
	unsigned int i;

	for (i = 0; i < 5; i++)
		others[i] = gicc_saved_get(&gic, cpu, saved[i]);
	gicc_saved_set(&gic, cpu, offset, value);
	EXPECT("bits that were not written, or do not exist", 0,
	       gicc_saved_get(&gic, cpu, offset) & ~value);
	for (i = 0; i < 5; i++)
		if (saved[i] != offset)
			EXPECT("another register", others[i],
			       gicc_saved_get(&gic, cpu, saved[i]));
	if (!gicc_saved_exists(offset))
		EXPECT("an unimplemented register", 0, before | gicc_saved_get(&gic, cpu, offset));
	else
		reached[SAVED_REGISTER]++;
}

/* Frequent operations have several entries. */
static const operation operations[] = {
	read_register, write_register, write_register, write_register, write_register,
	send_sgi, set_line, set_line, enter, enter, leave, leave, acknowledge, acknowledge,
	end_of_interrupt, end_of_interrupt, watch, resample, saved_register, deactivate, power,
};

/*
 * Enables all interrupts, with various targets and priorities, and EOI notification for half of
 * them. A fuzzer would hardly reach such a state by itself.
 */
static void switch_on(void)
{
	unsigned int cpu, offset;

	gicd_write(&gic, 0, 0x000, 4, 3);
	for (cpu = 0; cpu < CPUS; cpu++)
		gicc_saved_set(&gic, cpu, 0x04, 0x1f);
	/* The second vCPU has EOImode 1. */
	for (cpu = 0; cpu < CPUS; cpu++)
		gicc_saved_set(&gic, cpu, 0x00, cpu == 1 ? 0x203 : 3);
	for (cpu = 0; cpu < CPUS; cpu++)
		gicd_write(&gic, cpu, 0x100, 4, ~0U);
	for (offset = 4; offset < NR_IRQS / 8; offset += 4)
		gicd_write(&gic, 0, 0x100 + offset, 4, ~0U);
	for (offset = 32; offset < NR_IRQS; offset++)
		gicd_write(&gic, 0, 0x800 + offset, 1, 1 + offset % 7);
	for (cpu = 0; cpu < CPUS; cpu++)
		for (offset = 0; offset < NR_IRQS; offset++)
			gicd_write(&gic, cpu, 0x400 + offset, 1, offset * 88);
	for (offset = GIC_NR_PRIVATE; offset < NR_IRQS; offset += 2)
		gic_irq(&gic, 0, offset)->eoi_notify = true;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 how = take8(&in);
	unsigned int cpu;

	gic_reset(&gic, NR_IRQS);
	gic.nr_vcpus = CPUS;
	gic.cpus = (1U << CPUS) - 1;
	for (cpu = 0; cpu < CPUS; cpu++) {
		hw[cpu] = (struct hardware) {
			.cpu = cpu, .max_lrs = 1 + (how >> cpu) % MAX_LRS,
		};
		running[cpu] = false;
	}
	if (!(how & 0x80))
		switch_on();
	while (in.left) {
		operations[take8(&in) % COUNT(operations)](&in);
		check();
	}
	return 0;
}
