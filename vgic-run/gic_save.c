// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "guest_arch.h"
#include "error.h"
#include "gic_save.h"
#include "map.h"

/* <asm/kvm.h> of 32-bit ARM does not define the GICv3's attributes. */
#ifndef KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define KVM_DEV_ARM_VGIC_GRP_REDIST_REGS	5
#define KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS	6
#define KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO		7
#endif

#define VGIC_SYSREG(op0, op1, crn, crm, op2)				\
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

#define DIST	KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define CPU	KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define REDIST	KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS	KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define LEVELS	KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO

#define NR_PRIVATE	32	/* SGIs and PPIs, banked for each vCPU */

#define GICD_CTLR	0x000
#define GICD_IIDR	0x008
#define GICD_ISPENDR	0x200
#define GICR_CTLR	0x000
#define GICR_WAKER	0x014
#define GICR_SGI_FRAME	0x10000

/* ---- the registers, in the order of restoring ---- */

/**
 * struct field - registers of the distributor with a field for each interrupt
 * @offset: offset of the first register
 * @bits:   width of the field
 * @from:   first INTID for which the field is saved
 * @v2:     a GICv2 has these registers
 * @v3:     a GICv3 has these registers
 */
struct field {
	uint32_t offset;
	unsigned int bits, from;
	bool v2, v3;
};

/* Configuration comes before state. */
static const struct field fields[] = {
	{ 0x080, 1, 0, true, true },		/* IGROUPR */
	{ 0xc00, 2, NR_PRIVATE, true, true },	/* ICFGR */
	{ 0x100, 1, 0, true, true },		/* ISENABLER */
	{ 0x400, 8, 0, true, true },		/* IPRIORITYR */
	{ 0x800, 8, NR_PRIVATE, true, false },	/* ITARGETSR */
	{ 0x6000, 64, NR_PRIVATE, false, true }, /* IROUTER */
	{ 0x300, 1, 0, true, true },		/* ISACTIVER */
	{ GICD_ISPENDR, 1, 0, true, true },	/* ISPENDR; GICv3: without line levels */
	{ 0xf20, 8, 0, true, false },		/* SPENDSGIR, for 16 SGIs */
};

#define NR_SGIS	16

/* GICC_CTLR, GICC_PMR, GICC_BPR, GICC_ABPR, GICC_APR0. */
static const uint32_t cpu_regs[] = { 0x00, 0x04, 0x08, 0x1c, 0xd0 };

static const uint32_t sysregs[] = {
	VGIC_SYSREG(3, 0, 12, 12, 5),	/* ICC_SRE_EL1 */
	VGIC_SYSREG(3, 0, 12, 12, 4),	/* ICC_CTLR_EL1 */
	VGIC_SYSREG(3, 0, 12, 12, 6),	/* ICC_IGRPEN0_EL1 */
	VGIC_SYSREG(3, 0, 12, 12, 7),	/* ICC_IGRPEN1_EL1 */
	VGIC_SYSREG(3, 0, 4, 6, 0),	/* ICC_PMR_EL1 */
	VGIC_SYSREG(3, 0, 12, 8, 3),	/* ICC_BPR0_EL1 */
	VGIC_SYSREG(3, 0, 12, 12, 3),	/* ICC_BPR1_EL1 */
	VGIC_SYSREG(3, 0, 12, 8, 4),	/* ICC_AP0R0_EL1 */
	VGIC_SYSREG(3, 0, 12, 9, 0),	/* ICC_AP1R0_EL1 */
};

/**
 * struct list - the registers of a machine's GIC
 * @machine: the machine
 * @regs:    room for GIC_MAX_REGS
 * @count:   number of registers; may exceed GIC_MAX_REGS
 */
struct list {
	const struct machine *machine;
	struct save_gic_reg *regs;
	unsigned int count;
};

/*
 * The upper half of the attribute is the vCPU's index (GICv2) or affinity (GICv3). Index and
 * affinity are equal, because MAX_CPUS vCPUs fit into one cluster.
 */
static void add(struct list *l, uint32_t group, uint64_t cpu, uint32_t offset)
{
	if (l->count < GIC_MAX_REGS)
		l->regs[l->count] = (struct save_gic_reg) {
			.group = group, .attr = cpu << 32 | offset,
		};
	l->count++;
}

static void add_field(struct list *l, const struct field *f, unsigned int cpu)
{
	bool v3 = l->machine->config.gic == 3;
	unsigned int to = f->offset == 0xf20 ? NR_SGIS : NR_INTIDS;
	uint32_t at;

	for (at = f->from * f->bits / 8; at < to * f->bits / 8; at += 4) {
		bool private = at * 8 / f->bits < NR_PRIVATE;

		/* SPIs were added with vCPU 0; for other vCPUs, add only banked registers. */
		if (cpu && !private)
			return;
		if (v3 && private)
			add(l, REDIST, cpu, GICR_SGI_FRAME + f->offset + at);
		else
			add(l, DIST, cpu, f->offset + at);
	}
}

static void add_all(struct list *l)
{
	bool v3 = l->machine->config.gic == 3;
	unsigned int cpu, i;

	/* Set GICD_IIDR first: it tells KVM that user space writes interrupt groups. */
	add(l, DIST, 0, GICD_IIDR);
	/* Set GICD_CTLR before any state: see the rule saved.enabled_last. */
	add(l, DIST, 0, GICD_CTLR);
	for (cpu = 0; cpu < l->machine->config.cpus; cpu++) {
		for (i = 0; v3 && i < 2; i++)
			add(l, REDIST, cpu, i ? GICR_WAKER : GICR_CTLR);
		for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			if (v3 ? fields[i].v3 : fields[i].v2)
				add_field(l, &fields[i], cpu);
	}
	for (cpu = 0; cpu < l->machine->config.cpus; cpu++) {
		for (i = 0; !v3 && i < sizeof(cpu_regs) / sizeof(cpu_regs[0]); i++)
			add(l, CPU, cpu, cpu_regs[i]);
		for (i = 0; v3 && i < sizeof(sysregs) / sizeof(sysregs[0]); i++)
			add(l, SYSREGS, cpu, sysregs[i]);
		for (i = 0; v3 && i < (cpu ? NR_PRIVATE : NR_INTIDS); i += 32)
			add(l, LEVELS, cpu, i);
	}
}

/* ---- access to registers ---- */

static int access_reg(const struct machine *m, unsigned long call,
		      const struct save_gic_reg *reg, uint64_t *value)
{
	struct kvm_device_attr attr = {
		.group = reg->group, .attr = reg->attr, .addr = (uintptr_t)value,
	};

	return ioctl(m->gic.device, call, &attr);
}

unsigned int gic_save(const struct machine *m, struct save_gic_reg *regs)
{
	struct list list = { .machine = m, .regs = regs };
	unsigned int i;

	add_all(&list);
	if (list.count > GIC_MAX_REGS) {
		say("GIC: expected at most %u registers, got %u", GIC_MAX_REGS, list.count);
		return 0;
	}
	for (i = 0; i < list.count; i++) {
		/* KVM writes 64 bits for a CPU system register, otherwise 32. */
		if (!access_reg(m, KVM_GET_DEVICE_ATTR, &regs[i], &regs[i].value))
			continue;
		say("GIC: register 0x%llx of group %u: %s",
		    (unsigned long long)regs[i].attr, regs[i].group, strerror(errno));
		return 0;
	}
	return list.count;
}

/* The timers use PPIs 26, 27, 29 and 30; the guest has no other PPI, see fdt.c. */
#define TIMER_PPIS	(1U << 26 | 1U << 27 | 1U << 29 | 1U << 30)

/*
 * A GICv2's ISPENDR includes the levels of the lines. Writing a level back would latch it, and the
 * interrupt would stay pending after the line has fallen. So the bits of devices and timers are
 * cleared; restored devices and KVM drive these lines again. SPENDSGIR restores SGIs with their
 * sources.
 */
static uint64_t value_to_set(const struct machine *m, const struct save_gic_reg *reg)
{
	uint32_t offset = reg->attr, word = (offset - GICD_ISPENDR) / 4;
	uint64_t value = reg->value;
	unsigned int i;

	if (m->config.gic != 2 || reg->group != DIST || word >= NR_INTIDS / 32)
		return value;
	if (!word)
		return value & 0xffff0000 & ~TIMER_PPIS;
	for (i = 0; i < m->nr_windows; i++) {
		unsigned int intid = i ? VIRTIO_INTID(i - 1) : UART_INTID;

		if (intid / 32 == word)
			value &= ~(1ULL << intid % 32);
	}
	return value;
}

void gic_restore(const struct machine *m, const struct save_gic_reg *saved,
		 unsigned int count)
{
	static struct save_gic_reg regs[GIC_MAX_REGS];
	struct list list = { .machine = m, .regs = regs };
	unsigned int i;

	/* Take only values from the file, and the registers from add_all(). */
	add_all(&list);
	if (list.count != count)
		fail("saved GIC: expected %u registers, got %u", list.count, count);
	for (i = 0; i < count; i++) {
		uint64_t value = value_to_set(m, &saved[i]);

		if (saved[i].group != regs[i].group || saved[i].attr != regs[i].attr)
			fail("saved GIC: expected register 0x%llx of group %u, got 0x%llx of %u",
			     (unsigned long long)regs[i].attr, regs[i].group,
			     (unsigned long long)saved[i].attr, saved[i].group);
		if (access_reg(m, KVM_SET_DEVICE_ATTR, &regs[i], &value))
			fail("saved GIC: setting register 0x%llx of group %u to 0x%llx: %s",
			     (unsigned long long)regs[i].attr, regs[i].group,
			     (unsigned long long)value, strerror(errno));
	}
}
