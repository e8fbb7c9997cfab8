// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GIC that is saved in one VM and restored in another has the same state for user space and for
 * the guest.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	saved
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

#define NR_VCPUS	2
#define NR_IRQS		96
#define NR_PRIVATE	32
#define NR_SGIS		16

/* ---- registers, in the order in which they are restored ---- */

/**
 * struct saved_field - a field of each interrupt, in the distributor's layout
 * @set:     offset of the register of interrupt 0
 * @clear:   offset of the W1C register of the same field, or 0
 * @bits:    width of the field in bits
 * @from, @to: range of the interrupts that have the field
 * @v2, @v3: GIC models that have the field
 */
struct saved_field {
	uint32_t set, clear;
	unsigned int bits;
	unsigned int from, to;
	bool v2, v3;
};

static const struct saved_field fields[] = {
	{ 0x080, 0, 1, 0, NR_IRQS, true, true },		/* IGROUPR */
	{ 0xc00, 0, 2, NR_PRIVATE, NR_IRQS, true, true },	/* ICFGR */
	{ 0x100, 0x180, 1, 0, NR_IRQS, true, true },		/* ISENABLER */
	{ 0x400, 0, 8, 0, NR_IRQS, true, true },		/* IPRIORITYR */
	{ 0x800, 0, 8, NR_PRIVATE, NR_IRQS, true, false },	/* ITARGETSR */
	{ 0x6000, 0, 64, NR_PRIVATE, NR_IRQS, false, true },	/* IROUTER */
	{ 0x300, 0x380, 1, 0, NR_IRQS, true, true },		/* ISACTIVER */
	{ 0x200, 0x280, 1, 0, NR_IRQS, true, false },		/* ISPENDR */
	{ 0x200, 0, 1, 0, NR_IRQS, false, true },		/* the latch */
	{ 0xf20, 0xf10, 8, 0, NR_SGIS, true, false },		/* SPENDSGIR */
};

/* System registers of a GICv3: Op0 15..14, Op1 13..11, CRn 10..7, CRm 6..3, Op2 2..0. */
#define INSTR(crn, crm, op2)	(3U << 14 | (crn) << 7 | (crm) << 3 | (op2))

static const uint32_t sysregs[] = {
	INSTR(12, 12, 5),	/* ICC_SRE_EL1 */
	INSTR(12, 12, 4),	/* ICC_CTLR_EL1 */
	INSTR(12, 12, 6),	/* ICC_IGRPEN0_EL1 */
	INSTR(12, 12, 7),	/* ICC_IGRPEN1_EL1 */
	INSTR(4, 6, 0),		/* ICC_PMR_EL1 */
	INSTR(12, 8, 3),	/* ICC_BPR0_EL1 */
	INSTR(12, 12, 3),	/* ICC_BPR1_EL1 */
	INSTR(12, 8, 4),	/* ICC_AP0R0_EL1 */
	INSTR(12, 9, 0),	/* ICC_AP1R0_EL1 */
};

/* GICC_CTLR, GICC_PMR, GICC_BPR, GICC_ABPR, GICC_APR0. */
static const uint32_t cpu_regs[] = { 0x00, 0x04, 0x08, 0x1c, 0xd0 };

/**
 * struct saved_reg - one register of one vCPU
 * @clear: offset of a W1C register to which ~0 is written first, or 0
 * @mask:  mask of the bits that are written
 */
struct saved_reg {
	uint32_t group, vcpu, offset, clear, mask;
	uint64_t value;
};

#define MAX_SAVED	1024

/**
 * struct saved_gic - a GIC's registers
 * @v3:          the GIC is a GICv3, not a GICv2
 * @enable_last: GICD_CTLR is restored last, not first
 */
struct saved_gic {
	bool v3, enable_last;
	unsigned int count;
	struct saved_reg reg[MAX_SAVED];
};

static void list_reg(struct saved_gic *gic, struct saved_reg reg)
{
	TEST_ASSERT(gic->count < MAX_SAVED, "expected at most %d registers", MAX_SAVED);
	gic->reg[gic->count++] = reg;
}

static void list_field(struct saved_gic *gic, const struct saved_field *f, unsigned int vcpu)
{
	uint32_t first = f->from * f->bits / 8, end = f->to * f->bits / 8, offset;

	for (offset = first; offset < end; offset += 4) {
		bool private = offset * 8 / f->bits < NR_PRIVATE;
		bool redist = gic->v3 && private;
		uint32_t frame = redist ? GICR_SGI_FRAME : 0;

		/* The second vCPU adds only banked registers. */
		if (vcpu && !private)
			continue;
		list_reg(gic, (struct saved_reg){
			.group = redist ? REDIST_REGS : DIST_REGS,
			.vcpu = vcpu,
			.offset = frame + f->set + offset,
			.clear = f->clear ? frame + f->clear + offset : 0,
			/* Pending SGIs are restored with their sources, by GICD_SPENDSGIR. */
			.mask = f->set == 0x200 && !gic->v3 && !offset ? 0xffff0000 : ~0U,
		});
	}
}

/* Lists the registers in the order in which they are restored. */
static void list_registers(struct saved_gic *gic, bool v3)
{
	unsigned int vcpu, i;

	gic->v3 = v3;
	gic->count = 0;
	list_reg(gic, (struct saved_reg){ DIST_REGS, 0, GICD_IIDR, 0, ~0U, 0 });
	if (!gic->enable_last)
		list_reg(gic, (struct saved_reg){ DIST_REGS, 0, GICD_CTLR, 0, ~0U, 0 });
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		for (i = 0; i < ARRAY_SIZE(fields); i++)
			if (v3 ? fields[i].v3 : fields[i].v2)
				list_field(gic, &fields[i], vcpu);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		for (i = 0; !v3 && i < ARRAY_SIZE(cpu_regs); i++)
			list_reg(gic, (struct saved_reg){ CPU_REGS, vcpu, cpu_regs[i], 0, ~0U, 0 });
		for (i = 0; v3 && i < ARRAY_SIZE(sysregs); i++)
			list_reg(gic, (struct saved_reg){ SYSREGS, vcpu, sysregs[i], 0, ~0U, 0 });
		for (i = 0; v3 && i < (vcpu ? NR_PRIVATE : NR_IRQS); i += 32)
			list_reg(gic, (struct saved_reg){ LEVEL_INFO, vcpu, i, 0, ~0U, 0 });
	}
	if (gic->enable_last)
		list_reg(gic, (struct saved_reg){ DIST_REGS, 0, GICD_CTLR, 0, ~0U, 0 });
}

static int save(int dev, struct saved_gic *gic, bool v3)
{
	unsigned int i;
	int ret;

	list_registers(gic, v3);
	for (i = 0; i < gic->count; i++) {
		struct saved_reg *r = &gic->reg[i];

		/* KVM writes 64 bits for a system register, and 32 bits for all others. */
		r->value = 0;
		ret = abi_attr_get(dev, r->group, vgic_reg_attr(r->vcpu, r->offset), &r->value);
		if (ret) {
			fprintf(stderr,
				"group %u, vCPU %u, register 0x%x: expected to read it, got %s\n",
				r->group, r->vcpu, r->offset, rule_outcome(ret));
			return ret;
		}
	}
	return 0;
}

static int restore(int dev, const struct saved_gic *gic)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < gic->count && !ret; i++) {
		const struct saved_reg *r = &gic->reg[i];
		uint64_t value = r->group == SYSREGS ? r->value : r->value & r->mask;

		if (r->clear)
			ret = vgic_reg_set(dev, r->group, r->vcpu, r->clear, ~0U);
		if (!ret)
			ret = abi_attr_set(dev, r->group, vgic_reg_attr(r->vcpu, r->offset),
					   &value);
		if (ret)
			fprintf(stderr, "group %u, vCPU %u, register 0x%x: expected to set it to "
					"0x%llx, got %s\n",
				r->group, r->vcpu, r->offset, (unsigned long long)value,
				rule_outcome(ret));
	}
	return ret;
}

/* Prints each register that differs, with both values. */
static const char *compare(const struct saved_gic *before, const struct saved_gic *after)
{
	const char *outcome = "EQUAL";
	unsigned int i;

	for (i = 0; i < before->count; i++) {
		const struct saved_reg *b = &before->reg[i], *a = &after->reg[i];

		if (a->value == b->value)
			continue;
		fprintf(stderr, "group %u, vCPU %u, register 0x%x: expected 0x%llx, got 0x%llx\n",
			b->group, b->vcpu, b->offset, (unsigned long long)b->value,
			(unsigned long long)a->value);
		outcome = "DIFFERENT";
	}
	return outcome;
}

static bool differ(const struct saved_gic *a, const struct saved_gic *b)
{
	unsigned int i;

	for (i = 0; i < a->count; i++)
		if (a->reg[i].value != b->reg[i].value)
			return true;
	return false;
}

/* ---- VMs that have not run ---- */

#define VARIANT_IS_V3	(variant->dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3)

#define OPEN_GIC(vm, vcpu) do {						\
	unsigned int vcpu_;						\
									\
	abi_vm_open(vm, 0);						\
	ASSERT_OK(abi_gic_create(vm, variant->dist));			\
	for (vcpu_ = 0; vcpu_ < NR_VCPUS; vcpu_++)			\
		abi_vcpu_add(vm, vcpu_, &(vcpu)[vcpu_]);		\
	ASSERT_OK(vgic_set_nr_irqs((vm)->dev, NR_IRQS));		\
	ASSERT_OK(abi_addr_set(vm, variant->dist, ABI_DIST_IPA));	\
	ASSERT_OK(abi_addr_set(vm, variant->cpu, ABI_FREE_IPA));	\
	ASSERT_OK(vgic_init((vm)->dev));				\
} while (0)

/*
 * Gives the registers of interrupts and the priority masks pseudo-random values, and inverts the
 * enable bit of GICD_CTLR. Routes name existing vCPUs, and priority masks have implemented bits
 * only. The other registers keep their values.
 */
static void scramble(struct saved_gic *gic)
{
	uint32_t seed = 0x13572468;
	unsigned int i;

	for (i = 0; i < gic->count; i++) {
		struct saved_reg *r = &gic->reg[i];

		seed = seed * 1664525 + 1013904223;
		if (r->group == DIST_REGS && r->offset == GICD_IIDR)
			continue;
		if (r->group == DIST_REGS && r->offset == GICD_CTLR)
			r->value ^= gic->v3 ? 2 : 1;
		else if (r->group == DIST_REGS && r->offset >= 0x6000 && r->offset < 0x8000)
			r->value = r->offset & 4 ? 0 : seed >> 31;
		else if (r->group == SYSREGS && r->offset == INSTR(4, 6, 0))
			r->value = seed >> 24 & 0xf8;
		else if (r->group == CPU_REGS && r->offset == GICC_PMR)
			r->value = seed >> 27;
		else if (r->group == DIST_REGS || r->group == REDIST_REGS)
			r->value = seed;
	}
}

TEST_F(saved, equal)
{
	static struct saved_gic first, second, scrambled;
	struct abi_vcpu vcpu[2][NR_VCPUS];
	struct abi_vm vm[2];

	OPEN_GIC(&vm[0], vcpu[0]);
	OPEN_GIC(&vm[1], vcpu[1]);
	ASSERT_OK(save(vm[0].dev, &scrambled, VARIANT_IS_V3));
	scramble(&scrambled);
	ASSERT_OK(restore(vm[0].dev, &scrambled));
	ASSERT_OK(save(vm[0].dev, &first, VARIANT_IS_V3));
	/* The two GICs must differ by now. */
	ASSERT_OK(save(vm[1].dev, &second, VARIANT_IS_V3));
	ASSERT_TRUE(differ(&first, &second));
	ASSERT_OK(restore(vm[1].dev, &first));
	ASSERT_OK(save(vm[1].dev, &second, VARIANT_IS_V3));
	EXPECT_RULE_WORD(compare(&first, &second), "%u registers saved and restored elsewhere",
			 first.count);
}

/*
 * The second GIC is restored twice: to other values, which must not change the first GIC, and then
 * to the first GIC's values.
 */
TEST_F(saved, restored_over_other)
{
	static struct saved_gic first, second, used, fresh;
	struct abi_vcpu vcpu[2][NR_VCPUS];
	struct abi_vm vm[2];

	OPEN_GIC(&vm[0], vcpu[0]);
	OPEN_GIC(&vm[1], vcpu[1]);
	ASSERT_OK(save(vm[0].dev, &fresh, VARIANT_IS_V3));
	second = fresh;
	scramble(&second);
	ASSERT_OK(restore(vm[1].dev, &second));
	/* The used GIC must differ from a fresh one. */
	ASSERT_OK(save(vm[1].dev, &used, VARIANT_IS_V3));
	ASSERT_TRUE(differ(&fresh, &used));
	ASSERT_OK(save(vm[0].dev, &first, VARIANT_IS_V3));
	EXPECT_RULE_WORD(compare(&fresh, &first), "a GIC after another GIC was restored");
	ASSERT_OK(restore(vm[1].dev, &fresh));
	ASSERT_OK(save(vm[1].dev, &second, VARIANT_IS_V3));
	EXPECT_RULE_WORD(compare(&fresh, &second), "a fresh GIC restored over a used one");
}

#define MOST_VCPUS	8

/* Priorities of the first four PPIs. */
static uint32_t priorities_of(unsigned int vcpu)
{
	return 0x08080808U * (vcpu + 1);
}

/* A priority mask, which is in bits 7 to 3 of ICC_PMR_EL1, or bits 4 to 0 of saved GICC_PMR. */
static uint64_t mask_of(unsigned int vcpu, bool v3)
{
	return v3 ? 0x10 * vcpu + 8 : 2 * vcpu + 1;
}

/* The registers of all vCPUs are written before the first is read. */
TEST_F(saved, each_vcpu)
{
	/* ICC_AP1R0_EL1, GICC_APR0 */
	const uint32_t active = VARIANT_IS_V3 ? INSTR(12, 9, 0) : 0xd0;
	const uint32_t private = VARIANT_IS_V3 ? REDIST_REGS : DIST_REGS;
	const uint32_t frame = VARIANT_IS_V3 ? GICR_SGI_FRAME : 0;
	const uint32_t cpu_side = VARIANT_IS_V3 ? SYSREGS : CPU_REGS;
	const uint32_t mask = VARIANT_IS_V3 ? INSTR(4, 6, 0) : GICC_PMR;
	struct abi_vcpu vcpu[MOST_VCPUS];
	const char *outcome = "EQUAL";
	uint32_t priorities, enabled, targets;
	uint64_t value, actives;
	struct abi_vm vm;
	unsigned int i;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	for (i = 0; i < MOST_VCPUS; i++)
		abi_vcpu_add(&vm, i, &vcpu[i]);
	ASSERT_OK(abi_addr_set(&vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set(&vm, variant->cpu, ABI_FREE_IPA));
	ASSERT_OK(vgic_init(vm.dev));
	for (i = 0; i < MOST_VCPUS; i++) {
		value = mask_of(i, VARIANT_IS_V3);
		ASSERT_OK(vgic_reg_set(vm.dev, private, i, frame + GICD_IPRIORITYR(16),
				       priorities_of(i)));
		ASSERT_OK(vgic_reg_set(vm.dev, private, i, frame + GICD_ISENABLER(16),
				       1U << (16 + i)));
		ASSERT_OK(abi_attr_set(vm.dev, cpu_side, vgic_reg_attr(i, mask), &value));
		value = 1U << i;
		ASSERT_OK(abi_attr_set(vm.dev, cpu_side, vgic_reg_attr(i, active), &value));
	}
	for (i = 0; i < MOST_VCPUS; i++) {
		targets = 0x01010101U << i;
		if (!VARIANT_IS_V3)
			ASSERT_OK(vgic_reg_get(vm.dev, private, i, GICD_ITARGETSR(16), &targets));
		actives = 0;
		ASSERT_OK(abi_attr_get(vm.dev, cpu_side, vgic_reg_attr(i, active), &actives));
		value = 0;
		ASSERT_OK(vgic_reg_get(vm.dev, private, i, frame + GICD_IPRIORITYR(16),
				       &priorities));
		ASSERT_OK(vgic_reg_get(vm.dev, private, i, frame + GICD_ISENABLER(16),
				       &enabled));
		ASSERT_OK(abi_attr_get(vm.dev, cpu_side, vgic_reg_attr(i, mask), &value));
		if (priorities == priorities_of(i) && enabled >> 16 == 1U << i &&
		    value == mask_of(i, VARIANT_IS_V3) && actives == 1U << i &&
		    targets == 0x01010101U << i)
			continue;
		TH_LOG("vCPU %u: expected priorities 0x%x, enables 0x%x, mask 0x%llx", i,
		       priorities_of(i), 1U << (16 + i),
		       (unsigned long long)mask_of(i, VARIANT_IS_V3));
		TH_LOG("got 0x%x, 0x%x, 0x%llx; active priorities 0x%llx, targets 0x%x", priorities,
		       enabled, (unsigned long long)value, (unsigned long long)actives, targets);
		outcome = "DIFFERENT";
	}
	EXPECT_RULE_WORD(outcome, "registers of %u vCPUs", MOST_VCPUS);
}

/* ---- VMs that have run ---- */

#define SPI	40
#define OTHER_SPI	41
#define PPI	20

static void place_gic(struct guest *guest, void (*code)(void), const struct abi_kind *dist,
		      const struct abi_kind *cpu)
{
	int ret;

	guest_create(guest, NR_VCPUS, code);
	ret = guest_gic_place(guest, dist, cpu, ABI_DIST_IPA, ABI_FREE_IPA);
	TEST_ASSERT(!ret, "placing the GIC: expected OK, got %s", rule_outcome(ret));
}

/* Saves the GIC of the first guest, which has ended, and restores it for the second. */
static void hand_over(struct guest *from, struct guest *to, bool enable_last)
{
	static struct saved_gic gic, again;

	gic.enable_last = again.enable_last = enable_last;
	TEST_ASSERT(!save(from->abi.dev, &gic, guest_gic.v3), "the GIC cannot be saved");
	TEST_ASSERT(!restore(to->abi.dev, &gic), "the GIC cannot be restored");
	TEST_ASSERT(!save(to->abi.dev, &again, guest_gic.v3), "the GIC cannot be saved again");
	TEST_ASSERT(!strcmp(compare(&gic, &again), "EQUAL"),
		    "expected the restored GIC to equal the saved one");
}

static void prepare(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_edge(SPI, true);
	gic_irq_route(SPI, 0);
	gic_irq_enable(SPI);
}

static void set_pending(unsigned int intid)
{
	guest_write(guest_gic.dist + GICD_ISPENDR(intid), 1U << (intid % 32));
}

/* Ends with the SPI pending, interrupts masked. */
static void leave_pending(void)
{
	if (!guest_cpu()) {
		prepare();
		set_pending(SPI);
		guest_expect("the SPI is pending", true, gic_irq_is_pending(SPI));
	}
	guest_done();
}

/* Writes no enable, because the enables are part of the restored state. */
static void ack_pending(void)
{
	uint32_t ack;

	if (guest_cpu())
		guest_done();
	guest_expect("the SPI is pending where it was restored", true, gic_irq_is_pending(SPI));
	ack = gic_ack();
	guest_expect("the interrupt that is acknowledged", SPI, ack & INTID_MASK);
	gic_eoi(ack);
	guest_expect("acknowledged after that interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

static const char *run_pair(void (*first)(void), void (*second)(void),
			    const struct abi_kind *dist, const struct abi_kind *cpu,
			    bool enable_last)
{
	struct guest from = { 0 }, to = { 0 };

	place_gic(&from, first, dist, cpu);
	from.on_request = to.on_request = drive_line;
	TEST_ASSERT(guest_run(&from), "expected the first VM's guest to succeed");
	place_gic(&to, second, dist, cpu);
	hand_over(&from, &to, enable_last);
	return holds(guest_run(&to));
}

TEST_F(saved, pending)
{
	EXPECT_RULE_WORD(run_pair(leave_pending, ack_pending, variant->dist, variant->cpu, false),
			 "a pending SPI in another VM");
}

/* Pending interrupts are delivered once the distributor is enabled. */
TEST_F(saved, enabled_last)
{
	EXPECT_RULE_WORD(run_pair(leave_pending, ack_pending, variant->dist, variant->cpu, true),
			 "a pending SPI in another VM, whose distributor is enabled last");
}

/* Ends with the SPI pending and disabled. */
static void leave_pending_disabled(void)
{
	if (!guest_cpu()) {
		prepare();
		gic_irq_disable(SPI);
		set_pending(SPI);
		guest_expect("the SPI is pending", true, gic_irq_is_pending(SPI));
	}
	guest_done();
}

/* User space enables the SPI only when everything else is restored. */
TEST_F(saved, irq_enabled_last)
{
	struct guest from = { 0 }, to = { 0 };

	place_gic(&from, leave_pending_disabled, variant->dist, variant->cpu);
	ASSERT_TRUE(guest_run(&from));
	place_gic(&to, ack_pending, variant->dist, variant->cpu);
	hand_over(&from, &to, false);
	ASSERT_OK(vgic_reg_set(to.abi.dev, DIST_REGS, 0, GICD_ISENABLER(SPI), 1U << SPI % 32));
	EXPECT_RULE_WORD(holds(guest_run(&to)), "a pending SPI that is enabled last");
}

/* Ends with the SPI active. */
static void leave_active(void)
{
	if (!guest_cpu()) {
		prepare();
		set_pending(SPI);
		guest_expect("the interrupt that is acknowledged", SPI, gic_ack() & INTID_MASK);
	}
	guest_done();
}

static void eoi_active(void)
{
	if (guest_cpu())
		guest_done();
	guest_expect("the SPI is active where it was restored", true, gic_irq_is_active(SPI));
	set_pending(SPI);
	guest_expect("acknowledged while it is active", INTID_SPURIOUS,
		     gic_ack() & INTID_MASK);
	gic_eoi(SPI);
	guest_expect("the SPI is active after its EOI", false, gic_irq_is_active(SPI));
	guest_expect("acknowledged after the EOI", SPI, gic_ack() & INTID_MASK);
	gic_eoi(SPI);
	guest_done();
}

TEST_F(saved, active)
{
	EXPECT_RULE_WORD(run_pair(leave_active, eoi_active, variant->dist, variant->cpu, false),
			 "an active SPI in another VM");
}

/* Ends with an SPI and, at a higher priority, a PPI active, and neither pending. */
static void leave_two_active(void)
{
	if (!guest_cpu()) {
		prepare();
		gic_irq_set_priority(SPI, 0x80);
		gic_irq_set_priority(PPI, 0x40);
		gic_irq_enable(PPI);
		set_pending(SPI);
		guest_expect("the interrupt that is acknowledged", SPI, gic_ack() & INTID_MASK);
		gic_irq_set_pending(PPI);
		guest_expect("the interrupt that preempts it", PPI, gic_ack() & INTID_MASK);
		/* The PPI is level-sensitive: KVM may keep its latch. */
		gic_irq_clear_pending(PPI);
	}
	guest_done();
}

/* Nothing makes the interrupts pending before their EOIs. */
static void eoi_only_active(void)
{
	if (guest_cpu())
		guest_done();
	guest_expect("the SPI is active where it was restored", true, gic_irq_is_active(SPI));
	guest_expect("the PPI is active where it was restored", true, gic_irq_is_active(PPI));
	gic_eoi(PPI);
	guest_expect("the PPI is active after its EOI", false, gic_irq_is_active(PPI));
	guest_expect("the SPI is active after the PPI's EOI", true, gic_irq_is_active(SPI));
	gic_eoi(SPI);
	guest_expect("the SPI is active after its EOI", false, gic_irq_is_active(SPI));
	set_pending(SPI);
	guest_expect("acknowledged after the EOI", SPI, gic_ack() & INTID_MASK);
	gic_eoi(SPI);
	guest_done();
}

TEST_F(saved, only_active)
{
	EXPECT_RULE_WORD(run_pair(leave_two_active, eoi_only_active, variant->dist, variant->cpu,
				  false),
			 "an SPI and a PPI in another VM, active and not pending");
}

/* The GIC of the first VM, with the SPI active on the first vCPU. */
static struct saved_gic active_on_first;

#define RESTORE		1	/* not a request of drive_line() */

static void restore_or_stay(struct guest *guest, unsigned int request)
{
	if (request == RESTORE)
		TEST_ASSERT(!restore(guest->abi.dev, &active_on_first),
			    "the GIC cannot be restored");
	else
		drive_line(guest, request);
}

/*
 * The SPI becomes active on the second vCPU, which then stays in user space. In the restored state
 * it is active on the first vCPU, which deactivates it.
 */
static void eoi_restored(void)
{
	if (guest_cpu()) {
		prepare();
		gic_irq_route(SPI, SECOND);
		set_pending(SPI);
		guest_expect("the interrupt that is acknowledged", SPI, gic_ack() & INTID_MASK);
		guest_request(STAY_OUT);
		guest_done();
	}
	guest_await("the SPI to be active on the other vCPU", &is_out, 1);
	guest_request(RESTORE);
	guest_expect("the SPI is active where it was restored", true, gic_irq_is_active(SPI));
	gic_eoi(SPI);
	guest_expect("the SPI is active after its EOI", false, gic_irq_is_active(SPI));
	set_pending(SPI);
	guest_expect("acknowledged after the EOI", SPI, gic_ack() & INTID_MASK);
	gic_eoi(SPI);
	may_enter = 1;
	guest_done();
}

TEST_F(saved, active_on_other)
{
	struct guest from = { 0 }, to = { 0 };

	place_gic(&from, leave_active, variant->dist, variant->cpu);
	ASSERT_TRUE(guest_run(&from));
	ASSERT_OK(save(from.abi.dev, &active_on_first, guest_gic.v3));
	place_gic(&to, eoi_restored, variant->dist, variant->cpu);
	to.on_request = restore_or_stay;
	EXPECT_RULE_WORD(holds(guest_run(&to)),
			 "an active SPI that was active on another vCPU before");
}

/* The host raises the line of a level-sensitive SPI. */
static void prepare_level(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_edge(SPI, false);
	gic_irq_route(SPI, 0);
	gic_irq_enable(SPI);
	guest_request(RAISE(SPI));
}

/* Ends with the SPI active and its line high. */
static void leave_level_active(void)
{
	if (!guest_cpu()) {
		prepare_level();
		guest_expect("the interrupt that is acknowledged", SPI, gic_ack() & INTID_MASK);
		guest_expect("pending with the line high", true, gic_irq_is_pending(SPI));
	}
	guest_done();
}

/*
 * GICD_ISPENDR of a GICv2 includes the level of the line, and writing it back sets the latch.
 * GICD_ISPENDR of a GICv3 does not include the level, which is saved and restored separately.
 */
static void eoi_level_active(void)
{
	if (guest_cpu())
		guest_done();
	guest_expect("the SPI is active where it was restored", true, gic_irq_is_active(SPI));
	guest_expect("the SPI is pending where it was restored", true, gic_irq_is_pending(SPI));
	guest_request(LOWER(SPI));
	guest_expect("pending with the line low", !guest_gic.v3, gic_irq_is_pending(SPI));
	gic_eoi(SPI);
	if (!guest_gic.v3) {
		guest_expect("the restored latch after the EOI", SPI, gic_ack() & INTID_MASK);
		gic_eoi(SPI);
	}
	guest_expect("acknowledged after that interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

TEST_F(saved, level_active)
{
	EXPECT_RULE_WORD(run_pair(leave_level_active, eoi_level_active, variant->dist, variant->cpu,
				  false),
			 "an active SPI in another VM, whose line was high");
}

/* Ends with the SPI pending by its line. In the other VM, the host does not raise the line. */
static void leave_level_pending(void)
{
	if (!guest_cpu()) {
		prepare_level();
		guest_expect("pending with the line high", true, gic_irq_is_pending(SPI));
	}
	guest_done();
}

static void ack_level_pending(void)
{
	if (guest_cpu())
		guest_done();
	guest_expect("the SPI is pending where it was restored", true, gic_irq_is_pending(SPI));
	guest_expect("the interrupt that is acknowledged", SPI, gic_ack() & INTID_MASK);
	guest_request(LOWER(SPI));
	gic_eoi(SPI);
	guest_expect("acknowledged after that interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

TEST_F(saved, level_pending)
{
	EXPECT_RULE_WORD(run_pair(leave_level_pending, ack_level_pending, variant->dist,
				  variant->cpu, false),
			 "a level-sensitive SPI in another VM, pending by its line");
}

/* GICC_PMR lets one of two pending SPIs through. */
static void leave_masked(void)
{
	if (!guest_cpu()) {
		prepare();
		gic_irq_set_edge(OTHER_SPI, true);
		gic_irq_route(OTHER_SPI, 0);
		gic_irq_enable(OTHER_SPI);
		guest_write_byte(guest_gic.dist + 0x400 + SPI, 0x80);
		guest_write_byte(guest_gic.dist + 0x400 + OTHER_SPI, 0x40);
		set_pending(SPI);
		set_pending(OTHER_SPI);
		gic_set_priority_mask(0x60);
	}
	guest_done();
}

static void ack_masked(void)
{
	if (guest_cpu())
		guest_done();
	guest_expect("the priority mask", 0x60, gic_priority_mask());
	guest_expect("the interrupt that is acknowledged", OTHER_SPI, gic_ack() & INTID_MASK);
	gic_eoi(OTHER_SPI);
	guest_expect("acknowledged after that interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	gic_set_priority_mask(0xf0);
	guest_expect("acknowledged without the mask", SPI, gic_ack() & INTID_MASK);
	gic_eoi(SPI);
	guest_done();
}

TEST_F(saved, priority_mask)
{
	EXPECT_RULE_WORD(run_pair(leave_masked, ack_masked, variant->dist, variant->cpu, false),
			 "two SPIs and a priority mask in another VM");
}

/* vCPU 1 has sent its SGI to vCPU 0, which does not acknowledge it. */
static volatile unsigned int sent;

static void leave_sgi(void)
{
	if (guest_cpu()) {
		gic_cpu_enable();
		gic_send_sgi(3, 0);
		sent = 1;
	} else {
		prepare();
		gic_irq_enable(3);
		guest_await("vCPU 1 sends its SGI", &sent, 1);
		guest_expect("the SGI is pending", true, gic_irq_is_pending(3));
	}
	guest_done();
}

static void ack_sgi(void)
{
	uint32_t ack;

	if (guest_cpu())
		guest_done();
	ack = gic_ack();
	guest_expect("the SGI that is acknowledged", 3, ack & INTID_MASK);
	if (!guest_gic.v3)
		guest_expect("source of the SGI", 1, GICC_IAR_CPU(ack));
	gic_eoi(ack);
	guest_expect("acknowledged after that interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

TEST_F(saved, sgi)
{
	EXPECT_RULE_WORD(run_pair(leave_sgi, ack_sgi, variant->dist, variant->cpu, false),
			 "an SGI from vCPU 1 in another VM");
}

/* ---- a register that is restored between two reads of the guest ---- */

#define OLD_PRIORITY	0x40
#define NEW_PRIORITY	0x90

static void read_twice(void)
{
	const uint64_t reg = guest_gic.dist + 0x400 + SPI;	/* GICD_IPRIORITYR */

	if (guest_cpu())
		guest_done();
	guest_write_byte(reg, OLD_PRIORITY);
	guest_expect("priority that was written", OLD_PRIORITY, guest_read_byte(reg));
	guest_expect("priority, read again", OLD_PRIORITY, guest_read_byte(reg));
	guest_request(0);
	guest_expect("priority that was restored", NEW_PRIORITY, guest_read_byte(reg));
	guest_done();
}

/* Registers can only be set while no vCPU runs, so wait until the second vCPU has ended. */
static void restore_priority(struct guest *guest, unsigned int request)
{
	int ret;

	(void)request;
	do {
		sched_yield();
		ret = vgic_reg_set(guest->abi.dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0,
				   0x400 + SPI, NEW_PRIORITY);
	} while (ret == -EBUSY && !guest->late && !guest->failed);
	TEST_ASSERT(!ret, "GICD_IPRIORITYR: expected OK, got %s", rule_outcome(ret));
}

TEST_F(saved, seen_by_guest)
{
	struct guest guest = { 0 };

	place_gic(&guest, read_twice, variant->dist, variant->cpu);
	guest.on_request = restore_priority;
	EXPECT_RULE_WORD(holds(guest_run(&guest)),
			 "a register that the guest has read is restored");
}

/* ---- a mask that is restored while an SPI is pending ---- */

/* Not for arm64, where the SPI stays at the first target. */
#define RULE_FIXTURE	armv7_saved
#define RULE_VARIANTS	DEVATTR_V2
#define RULE_NEEDS	NEED_ARMV7
#include "harness/gic_fixture.h"

#define MASK_FIRST	1	/* not a request of drive_line() */

static volatile unsigned int acknowledged;

/* The first vCPU does not run between MASK_FIRST and the other one's acknowledgement. */
static void mask_first_or_stay(struct guest *guest, unsigned int request)
{
	if (request != MASK_FIRST) {
		drive_line(guest, request);
		return;
	}
	TEST_ASSERT(!vgic_reg_set(guest->abi.dev, CPU_REGS, FIRST, GICC_PMR, 0),
		    "GICC_PMR of the first vCPU cannot be restored");
	*GUEST_ADDR(guest, may_enter) = 1;
	stay_until(guest, GUEST_ADDR(guest, acknowledged));
}

/* The SPI is pending at the first of two targets when user space masks it there. */
static void ack_on_other(void)
{
	if (guest_cpu()) {
		gic_cpu_enable();
		gic_marker_enable();
		guest_request(STAY_OUT);
		gic_send_marker(SECOND);
		gic_expect_before_marker("the SPI at the target that does not mask it", SPI);
		acknowledged = 1;
		guest_done();
	}
	prepare();
	guest_write_byte(guest_gic.dist + GICD_ITARGETSR(0) + SPI, 1 << FIRST | 1 << SECOND);
	guest_await("the other target is in user space", &is_out, 1);
	set_pending(SPI);
	guest_expect("the SPI is pending", true, gic_irq_is_pending(SPI));
	guest_request(MASK_FIRST);
	guest_done();
}

TEST_F(armv7_saved, mask_moves_pending)
{
	struct guest guest = { 0 };

	place_gic(&guest, ack_on_other, variant->dist, variant->cpu);
	guest.on_request = mask_first_or_stay;
	EXPECT_RULE_WORD(holds(guest_run(&guest)),
			 "GICC_PMR restored while an SPI with two targets is pending");
}

#include "harness/rule_main.h"
