// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that KVM traps, emulates or answers with an exception, as the guest sees them:
 * system registers, cache maintenance by set/way, WFE and WFI, conditions, flags, exceptions. Part
 * of them is about AArch32, which vCPUs of some arm64 machines have, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/exit_counts.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_timer.h"
#include "guest/guest_undefined.h"
#include "guest/vcpu_regs.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	traps
#define RULE_STATE	struct guest guest
#include "harness/any_fixture.h"

#define EXPECT_CODE(nr_vcpus, code, what) do {				\
	guest_create(&self->guest, nr_vcpus, code);			\
	guest_take_undefined(&self->guest);				\
	EXPECT_RULE_WORD(holds(guest_run(&self->guest)), what);		\
} while (0)

/* ---- cache maintenance by set/way ---- */

#define NR_LEVELS	7
#define CACHE_DATA	2U	/* the first kind in CLIDR with data */

/* Sets and ways of a cache, counted from 0, and log2 of the bytes of a line. */
struct geometry {
	unsigned int last_set, last_way, line_shift;
};

#ifdef __aarch64__
#define CLEAN(operand)		asm volatile("dc csw, %0" : : "r" (operand) : "memory")
#define CLEAN_INVALIDATE(operand) asm volatile("dc cisw, %0" : : "r" (operand) : "memory")

static uint64_t cache_levels(void)
{
	return read_sysreg(clidr_el1);
}

/* ID_AA64MMFR2_EL1.CCIDX selects the format of CCSIDR_EL1. */
static struct geometry geometry_of(unsigned int level)
{
	bool wide = read_sysreg(s3_0_c0_c7_2) >> 20 & 0xf;
	uint64_t id;

	write_sysreg((uint64_t)level << 1, csselr_el1);
	isb();
	id = read_sysreg(ccsidr_el1);
	return (struct geometry) {
		.last_set = wide ? id >> 32 & 0xffffff : id >> 13 & 0x7fff,
		.last_way = wide ? id >> 3 & 0x1fffff : id >> 3 & 0x3ff,
		.line_shift = (id & 7) + 4,
	};
}
#else
#define CLEAN(operand)		write_cp15(0, 7, 10, 2, operand)
#define CLEAN_INVALIDATE(operand) write_cp15(0, 7, 14, 2, operand)

static uint64_t cache_levels(void)
{
	return read_cp15(1, 0, 0, 1);	/* CLIDR */
}

static struct geometry geometry_of(unsigned int level)
{
	uint32_t id;

	write_cp15(2, 0, 0, 0, level << 1);	/* CSSELR */
	isb();
	id = read_cp15(1, 0, 0, 0);		/* CCSIDR */
	return (struct geometry) {
		.last_set = id >> 13 & 0x7fff,
		.last_way = id >> 3 & 0x3ff,
		.line_shift = (id & 7) + 4,
	};
}
#endif

static volatile uint32_t in_caches[4096];

static void fill_caches(uint32_t seed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(in_caches); i++)
		in_caches[i] = (seed + i) * 0x9e3779b1U;
}

static void check_memory(uint32_t seed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(in_caches); i++)
		guest_expect("memory after set/way", (seed + i) * 0x9e3779b1U, in_caches[i]);
}

/* The operand has the way in its highest bits. */
static uint32_t operand_of(const struct geometry *g, unsigned int level, bool set, bool way)
{
	uint32_t operand = level << 1 | (set ? g->last_set << g->line_shift : 0);

	return way && g->last_way ? operand | g->last_way << __builtin_clz(g->last_way) : operand;
}

static void maintain_level(unsigned int level)
{
	const struct geometry g = geometry_of(level);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		uint32_t operand = operand_of(&g, level, i & 1, i & 2);

		fill_caches(level << 8 | i);
		CLEAN(operand);
		check_memory(level << 8 | i);
		fill_caches(~(level << 8 | i));
		CLEAN_INVALIDATE(operand);
		check_memory(~(level << 8 | i));
	}
}

static void maintain_caches(void)
{
	uint64_t levels = cache_levels();
	unsigned int level;

	for (level = 0; level < NR_LEVELS && levels >> 3 * level & 7; level++)
		if ((levels >> 3 * level & 7) >= CACHE_DATA)
			maintain_level(level);
	guest_done();
}

TEST_F(traps, set_way)
{
	EXPECT_CODE(1, maintain_caches, "the first and the last set and way of each cache");
}

/* ---- the counters ---- */

#ifdef __aarch64__
/* Assemblers refuse to write to these registers by their names. */
#define WRITE_COUNTER(value)						\
	asm volatile("msr s3_3_c14_c0_1, %0" : : "r" ((uint64_t)(value)))
#define WRITE_VIRTUAL_COUNTER(value)					\
	asm volatile("msr s3_3_c14_c0_2, %0" : : "r" ((uint64_t)(value)))
#else
#define WRITE_COUNTER(value)						\
	asm volatile("mcrr p15, 0, %Q0, %R0, c14" : : "r" ((uint64_t)(value)))
#define WRITE_VIRTUAL_COUNTER(value)					\
	asm volatile("mcrr p15, 1, %Q0, %R0, c14" : : "r" ((uint64_t)(value)))
#endif

/* Ticks that no test takes. */
#define MANY_TICKS	(1ULL << 45)

static void expect_counts(enum guest_timer counter, uint64_t *last)
{
	uint64_t now = guest_timer_now(counter);

	guest_expect("ticks since the last read, at most 2^45", true, now - *last < MANY_TICKS);
	*last = now;
}

static void write_counters(void)
{
	uint64_t physical = guest_timer_now(TIMER_PHYSICAL);
	uint64_t virtual = guest_timer_now(TIMER_VIRTUAL);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		GUEST_EXPECT_UNDEFINED("a write of CNTPCT", WRITE_COUNTER(i ? ~0ULL >> 1 : 0));
		expect_counts(TIMER_PHYSICAL, &physical);
		GUEST_EXPECT_UNDEFINED("a write of CNTVCT",
				       WRITE_VIRTUAL_COUNTER(i ? ~0ULL >> 1 : 0));
		expect_counts(TIMER_VIRTUAL, &virtual);
	}
	guest_done();
}

TEST_F(traps, counter_write)
{
	EXPECT_CODE(1, write_counters, "writes of the counters");
}

#define NR_READS	1000
#define PHYSICAL_START	0x123456789abcdULL	/* both halves differ from the host's */

static uint64_t latest;	/* value read, or 0 */

/* The two vCPUs read the one counter in turns. */
static void read_counter(void)
{
	unsigned int i;

	guest_turns_begin();
	for (i = 0; i < NR_READS; i++) {
		uint64_t before = READ_ONCE(latest), now = guest_timer_now(TIMER_PHYSICAL);

		guest_expect("ticks since the latest read, at most 2^45", true,
			     !before || now - before < MANY_TICKS);
		WRITE_ONCE(latest, now);
		if (i % 100 == 99)
			guest_turn();
	}
	guest_done();
}

/* Kernels without KVM_REG_ARM_PTIMER_CNT cannot move it, and in others it may not be writable. */
TEST_F(traps, moved_counter)
{
	const uint64_t start = PHYSICAL_START;
	struct abi_vcpu vcpu;
	uint64_t now;

	guest_create(&self->guest, 2, read_counter);
	vcpu.fd = self->guest.vcpus[0]->fd;
	if (!abi_reg_set(&vcpu, KVM_REG_ARM_PTIMER_CNT, &start) &&
	    !abi_reg_get(&vcpu, KVM_REG_ARM_PTIMER_CNT, &now) && now - start < MANY_TICKS)
		latest = start;
	sync_global_to_guest(self->guest.vm, latest);
	EXPECT_RULE_WORD(holds(guest_run(&self->guest)), "the physical counter of two vCPUs");
}

/* ---- registers of the implementation ---- */

#ifdef __aarch64__
#define READ_ACTLR()		read_sysreg(actlr_el1)
#define WRITE_ACTLR(value)	write_sysreg((uint64_t)(value), actlr_el1)
#else
#define READ_ACTLR()		read_cp15(0, 1, 0, 1)
#define WRITE_ACTLR(value)	write_cp15(0, 1, 0, 1, value)
#endif

static void use_actlr(void)
{
	uint64_t value = READ_ACTLR();

	WRITE_ACTLR(~value);
	isb();
	guest_expect("ACTLR after a write", value, READ_ACTLR());
	guest_done();
}

TEST_F(traps, actlr)
{
	EXPECT_CODE(1, use_actlr, "ACTLR");
}

#ifdef __aarch64__
#define EXPECT_NO_PMU_REGISTER(name) do {				\
	GUEST_EXPECT_UNDEFINED("a read of " #name, read_sysreg(name));	\
	GUEST_EXPECT_UNDEFINED("a write of " #name, write_sysreg(~0UL, name)); \
} while (0)

static void use_pmu(void)
{
	EXPECT_NO_PMU_REGISTER(pmcr_el0);
	EXPECT_NO_PMU_REGISTER(pmcntenset_el0);
	EXPECT_NO_PMU_REGISTER(pmselr_el0);
	EXPECT_NO_PMU_REGISTER(pmccntr_el0);
	EXPECT_NO_PMU_REGISTER(pmxevtyper_el0);
	EXPECT_NO_PMU_REGISTER(pmuserenr_el0);
	EXPECT_NO_PMU_REGISTER(pmintenset_el1);
	guest_done();
}
#else
#define EXPECT_ZERO(name, crm, op2) do {				\
	guest_expect(name, 0, read_cp15(0, 9, crm, op2));		\
	write_cp15(0, 9, crm, op2, ~0U);				\
	guest_expect(name " after a write", 0, read_cp15(0, 9, crm, op2)); \
} while (0)

static void use_pmu(void)
{
	EXPECT_ZERO("PMCR", 12, 0);
	EXPECT_ZERO("PMCNTENSET", 12, 1);
	EXPECT_ZERO("PMSELR", 12, 5);
	EXPECT_ZERO("PMCCNTR", 13, 0);
	EXPECT_ZERO("PMXEVTYPER", 13, 1);
	EXPECT_ZERO("PMUSERENR", 14, 0);
	EXPECT_ZERO("PMINTENSET", 14, 1);
	guest_expect("exceptions", 0, undefined);
	guest_done();
}
#endif

TEST_F(traps, no_pmu)
{
	EXPECT_CODE(1, use_pmu, "seven registers of the performance monitors");
}

/* ---- registers of 32-bit ARM that KVM answers itself ---- */

#ifndef __aarch64__
#define PART_OF(midr)	((midr) >> 4 & 0xfff)
#define CORTEX_A7	0xc07
#define CORTEX_A15	0xc0f

#define NR_IN_L2CTLR(value)	(((value) >> 24 & 3) + 1)
#define MOST_IN_L2CTLR		4U

static uint32_t expected_cpus;	/* set by the host */

static void read_l2ctlr(void)
{
	uint32_t value = read_cp15(1, 9, 0, 2);

	guest_expect("CPUs in L2CTLR", expected_cpus, NR_IN_L2CTLR(value));
	write_cp15(1, 9, 0, 2, ~value);
	guest_expect("L2CTLR after a write", value, read_cp15(1, 9, 0, 2));
	guest_expect("L2ECTLR", 0, read_cp15(1, 9, 0, 3));
	guest_expect("exceptions", 0, undefined);
	guest_done();
}

static void count_cp15(void *context, const char *name, uint64_t count)
{
	if (!strcmp(name, "cp15"))
		*(uint64_t *)context = count;
}

/* The first vCPU runs. True if its accesses to cp15 were exits. */
static bool run_traps(struct guest *guest, bool *good)
{
	struct exit_counter counter;
	const char *missing = exit_counter_open(&counter, &guest->abi, guest->vcpus[0]->fd, 0);
	uint64_t before = 0, after = 0;

	if (missing)
		rule_skip(missing);
	exit_counter_each(&counter, count_cp15, &before);
	*good = guest_run(guest);
	exit_counter_each(&counter, count_cp15, &after);
	return after > before;
}

TEST_F(traps, l2ctlr)
{
	static const unsigned int numbers[] = { 1, 2, 3, 4, 5, GUEST_MAX_VCPUS };
	unsigned int i, part;
	bool good;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct guest guest = { 0 };
		struct abi_vcpu vcpu;

		guest_create(&guest, numbers[i], read_l2ctlr);
		guest_take_undefined(&guest);
		vcpu.fd = guest.vcpus[0]->fd;
		part = PART_OF(reg_value(&vcpu, ARM_CP15_REG32(0, 0, 0, 0)));
		if (part != CORTEX_A7 && part != CORTEX_A15)
			rule_skip("the CPU is neither a Cortex-A7 nor a Cortex-A15");
		/* The first vCPU looks. */
		guest.nr_vcpus = 1;
		expected_cpus = numbers[i] < MOST_IN_L2CTLR ? numbers[i] : MOST_IN_L2CTLR;
		sync_global_to_guest(guest.vm, expected_cpus);
		if (!run_traps(&guest, &good))
			rule_skip("L2CTLR does not trap on this machine, as in QEMU");
		EXPECT_RULE_WORD(holds(good), "L2CTLR with %u vCPUs", numbers[i]);
		kvm_vm_free(guest.vm);
	}
}

#define READ_CP14(op1, crn, crm, op2) ({				\
	uint32_t value_;						\
									\
	asm volatile("mrc p14, " #op1 ", %0, c" #crn ", c" #crm ", " #op2 \
		     : "=r" (value_));					\
	value_;								\
})

#define WRITE_CP14(op1, crn, crm, op2, value)				\
	asm volatile("mcr p14, " #op1 ", %0, c" #crn ", c" #crm ", " #op2 \
		     : : "r" ((uint32_t)(value)))

#define EXPECT_ZERO_CP14(name, op1, crn, crm, op2) do {			\
	WRITE_CP14(op1, crn, crm, op2, ~0U);				\
	guest_expect(name, 0, READ_CP14(op1, crn, crm, op2));		\
} while (0)

static void use_cp14(void)
{
	guest_expect("DBGDIDR", 0, READ_CP14(0, 0, 0, 0));
	EXPECT_ZERO_CP14("DBGBVR0", 0, 0, 0, 4);
	EXPECT_ZERO_CP14("DBGBCR0", 0, 0, 0, 5);
	EXPECT_ZERO_CP14("DBGWVR0", 0, 0, 0, 6);
	EXPECT_ZERO_CP14("DBGWCR0", 0, 0, 0, 7);
	EXPECT_ZERO_CP14("TEECR", 6, 0, 0, 0);
	EXPECT_ZERO_CP14("TEEHBR", 6, 1, 0, 0);
	guest_expect("exceptions", 0, undefined);
	guest_done();
}

TEST_F(traps, cp14)
{
	EXPECT_CODE(1, use_cp14, "registers of debug and ThumbEE");
}
#endif

/* ---- WFE ---- */

#define NR_EVENTS	200

static void wait_for_own_events(void)
{
	unsigned int i;

	for (i = 0; i < NR_EVENTS; i++)
		asm volatile("sev\n\twfe" : : : "memory");
	guest_done();
}

TEST_F(traps, own_event)
{
	EXPECT_CODE(1, wait_for_own_events, "200 times SEV and WFE of the only vCPU");
}

#define NR_PASSED	100U

/* The number of the vCPU that may go on. */
static volatile unsigned int baton;

/* The event of a SEV before the WFE is in the event register. */
static void pass_baton(void)
{
	unsigned int i, me = guest_cpu();

	for (i = 0; i < NR_PASSED; i++) {
		struct guest_wait outer = guest_wait_begin("the other vCPU's SEV");

		while (baton != me)
			asm volatile("wfe" : : : "memory");
		guest_wait_end(outer);
		asm volatile("dmb ish" : : : "memory");
		baton = !me;
		asm volatile("dsb ishst\n\tsev" : : : "memory");
	}
	guest_done();
}

TEST_F(traps, others_event)
{
	EXPECT_CODE(2, pass_baton, "two vCPUs that wake each other from WFE 100 times");
}

/* ---- flags and masks around an emulated instruction ---- */

#define RULE_FIXTURE	trapped
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/any_fixture.h"

#define PSCI_VERSION_CALL	0x84000000U

/* PSCI calls may change the first four registers. */
#define EXIT_REG	4
#define DEVICE_REG	5

#ifdef __aarch64__
#define LOAD		0xb9400086	/* ldr w6, [x4] */
#define LOAD_DEVICE	0xb94000a6	/* ldr w6, [x5] */
#define STORE_DEVICE	0xb90000a6	/* str w6, [x5] */
#define HVC		0xd4000002
#define WFI		0xd503207f
#define STORE		0xb9000080	/* str w0, [x4] */
#define LOAD_TWO	0x29401c86	/* ldp w6, w7, [x4] */
#define STORE_TWO	0x29001c86	/* stp w6, w7, [x4] */

/* EL1h, with N, Z, C, V and the masks. */
static const uint64_t statuses[] = {
	0x000003c5, 0x800003c5, 0x400003c5, 0x200003c5, 0x100003c5, 0xf00003c5, 0xf0000285,
};
#else
#define LOAD		0xe5946000	/* ldr r6, [r4] */
#define LOAD_DEVICE	0xe5956000	/* ldr r6, [r5] */
#define STORE_DEVICE	0xe5856000	/* str r6, [r5] */
#define HVC		0xe1400070
#define WFI		0xe320f003
#define STORE		0xe5840000	/* str r0, [r4] */
#define LOAD_TWO	0xe89400c0	/* ldm r4, {r6, r7} */
#define STORE_TWO	0xe88400c0	/* stm r4, {r6, r7} */

/* Supervisor mode, with N, Z, C, V, Q, GE, E and the masks. */
static const uint64_t statuses[] = {
	0x000001d3, 0x800001d3, 0x400001d3, 0x200001d3, 0x100001d3, 0x080001d3, 0x000501d3,
	0x000a01d3, 0xf80f01d3, 0xf80f03d3, 0x580a0193,
};
#endif

/* Runs the guest until it accesses ABI_EXIT_IPA. */
static bool run_to_exit(const struct abi_vcpu *vcpu, bool write)
{
	return same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, vcpu->run->exit_reason) &&
	       same("address", ABI_EXIT_IPA, vcpu->run->mmio.phys_addr) &&
	       same("is_write", write, vcpu->run->mmio.is_write);
}

/* The code at ABI_CODE_IPA has @nr_loads loads of ABI_EXIT_IPA, and ends with a store there. */
static bool keeps_status(const struct abi_vcpu *vcpu, unsigned int nr_loads, uint64_t status)
{
	unsigned int i;

	reg_set(vcpu, STATUS, status);
	reg_set(vcpu, PC, ABI_CODE_IPA);
	reg_set(vcpu, GENERAL(0), PSCI_VERSION_CALL);
	reg_set(vcpu, GENERAL(EXIT_REG), ABI_EXIT_IPA);
	reg_set(vcpu, GENERAL(DEVICE_REG), ABI_DIST_IPA);
	for (i = 0; i < nr_loads; i++)
		if (!run_to_exit(vcpu, false))
			return false;
	return run_to_exit(vcpu, true) && complete_access(vcpu) &&
	       same("status register", status, reg_value(vcpu, STATUS));
}

/* An interrupt that the guest masks ends WFI. */
TEST_F(trapped, status)
{
	static const uint32_t code[] = { LOAD, WFI, HVC, LOAD, WFI, STORE };
	const uint32_t line = VGIC_LINE(KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ);
	unsigned int i;

	abi_vm_open(&self->vm, 0);
	abi_vcpu_add(&self->vm, 0, &self->vcpu);
	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, code, sizeof(code)));
	ASSERT_OK(vgic_irq_line(self->vm.fd, line, 1));
	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		EXPECT_RULE_WORD(holds(keeps_status(&self->vcpu, 2, statuses[i])),
				 "MMIO, WFI and HVC with status 0x%llx",
				 (unsigned long long)statuses[i]);
}

/* ---- accesses of several registers ---- */

#define CAP_NISV_TO_USER	177
#define EXIT_NISV		28

static void prepare_undescribed(struct abi_vm *vm, struct abi_vcpu *vcpu)
{
	static const uint32_t code[] = { LOAD_TWO, STORE_TWO };
	int ret;

	abi_vm_open(vm, 0);
	abi_vcpu_add(vm, 0, vcpu);
	ret = abi_vm_add_page(vm, 0, ABI_CODE_IPA, code, sizeof(code));
	TEST_ASSERT(!ret, "memory slot: %s", strerror(-ret));
	reg_set(vcpu, GENERAL(EXIT_REG), ABI_EXIT_IPA);
}

TEST_F(trapped, undescribed)
{
	unsigned int i;

	prepare_undescribed(&self->vm, &self->vcpu);
	for (i = 0; i < 2; i++) {
		uint64_t pc = ABI_CODE_IPA + 4 * i;

		reg_set(&self->vcpu, PC, pc);
		EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_RUN, NULL), "%s of two registers",
			    i ? "a store" : "a load");
		ASSERT_TRUE(same("PC", pc, reg_value(&self->vcpu, PC)));
	}
}

TEST_F(trapped, undescribed_to_user)
{
	struct kvm_enable_cap cap = { .cap = CAP_NISV_TO_USER };
	unsigned int i;

	prepare_undescribed(&self->vm, &self->vcpu);
	if (abi_ioctl(self->vm.fd, KVM_CHECK_EXTENSION, (void *)(long)CAP_NISV_TO_USER) <= 0)
		rule_skip("no exit for such an access: KVM_CHECK_EXTENSION(177) answers 0");
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	for (i = 0; i < 2; i++) {
		const struct kvm_run *run = self->vcpu.run;
		uint64_t pc = ABI_CODE_IPA + 4 * i, addr;
		bool good;

		reg_set(&self->vcpu, PC, pc);
		good = same("KVM_RUN", 0, -abi_ioctl(self->vcpu.fd, KVM_RUN, NULL)) &&
		       same("exit reason", EXIT_NISV, run->exit_reason);
		/* arm_nisv of struct kvm_run: esr_iss, and fault_ipa behind it. */
		memcpy(&addr, &run->padding[sizeof(uint64_t)], sizeof(addr));
		EXPECT_RULE_WORD(holds(good && same("fault_ipa", ABI_EXIT_IPA, addr) &&
				       same("PC", pc, reg_value(&self->vcpu, PC))),
				 "%s of two registers", i ? "a store" : "a load");
	}
}

/* ---- flags around an access to the distributor ---- */

#define RULE_FIXTURE	trapped_gic
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/gic_fixture.h"

TEST_F(trapped_gic, status)
{
	static const uint32_t code[] = {
		LOAD_DEVICE, STORE_DEVICE, LOAD, STORE_DEVICE, LOAD_DEVICE, STORE,
	};
	unsigned int i;

	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	abi_vcpu_add(&self->vm, 0, &self->vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	if (self->vm.dev >= 0)
		ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, code, sizeof(code)));
	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		EXPECT_RULE_WORD(holds(keeps_status(&self->vcpu, 1, statuses[i])),
				 "accesses to the distributor with status 0x%llx",
				 (unsigned long long)statuses[i]);
}

/* ---- AArch32 ---- */

#ifdef __aarch64__
#define AARCH32_NEEDS	NEED_EL1_32
#define AARCH32_FEATURE	(1U << KVM_ARM_VCPU_EL1_32BIT)
#define SCTLR		ARM64_SYS_REG(3, 0, 1, 0, 0)
#define TTBCR		ARM64_SYS_REG(3, 0, 2, 0, 2)
#define VBAR		ARM64_SYS_REG(3, 0, 12, 0, 0)
#define IFSR		ARM64_SYS_REG(3, 4, 5, 0, 1)
#define IFAR		ARM64_SYS_REG(3, 0, 6, 0, 0)	/* its upper half; DFAR is the lower */
#define IFAR_OF(far)	((far) >> 32)
#else
#define AARCH32_NEEDS	0
#define AARCH32_FEATURE	0
#define SCTLR		ARM_CP15_REG32(0, 1, 0, 0)
#define TTBCR		ARM_CP15_REG32(0, 2, 0, 2)
#define VBAR		ARM_CP15_REG32(0, 12, 0, 0)
#define IFSR		ARM_CP15_REG32(0, 5, 0, 1)
#define IFAR		ARM_CP15_REG32(0, 6, 0, 2)
#define IFAR_OF(far)	(far)
#endif

#define RULE_FIXTURE	aarch32
#define RULE_NEEDS	AARCH32_NEEDS
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#define RULE_PREPARE() do {						\
	abi_vm_open(&self->vm, 0);					\
	abi_vcpu_add_with(&self->vm, 0, &self->vcpu, AARCH32_FEATURE);	\
} while (0)
#include "harness/any_fixture.h"

#define SCTLR_EE	(1U << 25)	/* exceptions are big-endian */
#define SCTLR_TE	(1U << 30)	/* exceptions are taken in Thumb state */
#define TTBCR_LONG	(1U << 31)	/* EAE: long descriptors */

#define CPSR_T		(1U << 5)
#define CPSR_F		(1U << 6)
#define CPSR_I		(1U << 7)
#define CPSR_A		(1U << 8)
#define CPSR_E		(1U << 9)
#define CPSR_GE		0x000f0000U
#define CPSR_IT		0x0600fc00U
#define CPSR_Z		(1U << 30)
#define CPSR_NZCVQ	0xf8000000U
#define CPSR_MASKS	(CPSR_A | CPSR_I | CPSR_F)
#define CPSR_DEFINED	0xff0fffffU	/* without those that ARMv8 has added */
#define CPSR_OF_IT(it)	(((it) & 0xfcU) << 8 | ((it) & 3U) << 25)

/* mrc p15, 4, r1, c15, c0, 0: CBAR of Cortex CPUs. KVM has no register of c15. */
#define C15_ARM		0xee9f1f10U
#define C15_THUMB	0x1f10ee9fU
#define SMC_ARM		0xe1600070U
#define SMC_THUMB	0x8000f7f0U

#define VECTOR_UND	0x04U
#define VECTOR_PABT	0x0cU

/*
 * Vectors in ARM state, and after them in Thumb state; then their handlers, each of which stores
 * its SPSR to what r0 points to, at the vector's offset. The next instructions are those that take
 * the exceptions.
 */
#define ARM_VECTOR(n)		(0xea00001eU + (n))
#define THUMB_VECTOR(n)		(0xbf00e04eU + 2 * (n))
#define ARM_HANDLER(n)		0xe14f1000U, 0xe5801000U | 4 * (n)	/* mrs r1, spsr; str r1 */
#define THUMB_HANDLER(n)	0x8100f3ffU, 0xbf006001U | (n) << 6
#define EIGHT(one)	one(0), one(1), one(2), one(3), one(4), one(5), one(6), one(7)

#define THUMB_VECTORS_AT	0x20U
#define ARM_HANDLER_END(vector)	(0x80U + 2 * (vector) + 8)
#define THUMB_HANDLER_END(vector) (0xc0U + 2 * (vector) + 6)

enum exception_code {
	AT_ARM_HANDLERS = 0x80 / 4,
	AT_THUMB_HANDLERS = 0xc0 / 4,
	AT_C15_ARM = 0x100 / 4,
	AT_C15_THUMB,
	AT_SMC_ARM,
	AT_SMC_THUMB,
};

static const uint32_t exception_code[] = {
	EIGHT(ARM_VECTOR), EIGHT(THUMB_VECTOR),
	[AT_ARM_HANDLERS] = EIGHT(ARM_HANDLER),
	[AT_THUMB_HANDLERS] = EIGHT(THUMB_HANDLER),
	[AT_C15_ARM] = C15_ARM,
	[AT_C15_THUMB] = C15_THUMB,
	[AT_SMC_ARM] = SMC_ARM,
	[AT_SMC_THUMB] = SMC_THUMB,
};

#define CODE_AT(index)	(ABI_CODE_IPA + 4 * (index))

static const unsigned int aarch32_modes[] = {
	MODE_USR, MODE_FIQ, MODE_IRQ, MODE_SVC, MODE_ABT, MODE_UND, MODE_SYS,
};

/* The mode whose register an instruction in @mode uses, of those that share it. */
static unsigned int owner_of(unsigned int mode, unsigned int n)
{
	if (mode == MODE_SYS || n < 8 || (n < AARCH32_SP && mode != MODE_FIQ))
		return MODE_USR;
	return mode;
}

/* Each register has its own value. Those of SPSRs are possible, and those of sp aligned. */
static uint32_t pattern_of(unsigned int mode, unsigned int n)
{
	if (n == AARCH32_SPSR)
		return mode << 28 | CPSR_MASKS | MODE_SVC;
	return (0x9e3779b1U * (owner_of(mode, n) * 16 + n + 1)) & ~3U;
}

static bool has_register(unsigned int mode, unsigned int n)
{
	return owner_of(mode, n) == mode && (n != AARCH32_SPSR || mode != MODE_USR);
}

static void fill_registers(const struct abi_vcpu *vcpu)
{
	unsigned int m, n;

	for (m = 0; m < ARRAY_SIZE(aarch32_modes); m++)
		for (n = 0; n <= AARCH32_SPSR; n++)
			if (has_register(aarch32_modes[m], n))
				reg_set(vcpu, aarch32_reg(aarch32_modes[m], n),
					pattern_of(aarch32_modes[m], n));
}

/*
 * The SPSR of an exception, which the guest has read as @read. QEMU 7.2 keeps the SPSR of the
 * current mode from a hypervisor in AArch64: the guest reads the right value if the CPU has taken
 * the exception, and user space reads it if KVM has written it.
 */
static uint32_t spsr_of(const struct abi_vcpu *vcpu, unsigned int mode, uint32_t read)
{
#ifdef __aarch64__
	uint32_t status = reg_value(vcpu, aarch32_reg(mode, AARCH32_SPSR));

	if (status != pattern_of(mode, AARCH32_SPSR))
		return status & CPSR_DEFINED;
#else
	(void)vcpu;
	(void)mode;
#endif
	return read & CPSR_DEFINED;
}

#ifdef __aarch64__
#define LAST_KEPT	AARCH32_LR	/* see above */
#else
#define LAST_KEPT	AARCH32_SPSR
#endif

/* All but r0 and r1, and those that the exception sets, lr and SPSR of @mode. */
static bool registers_are_kept(const struct abi_vcpu *vcpu, unsigned int taken)
{
	unsigned int m, n;

	for (m = 0; m < ARRAY_SIZE(aarch32_modes); m++)
		for (n = 2; n <= LAST_KEPT; n++) {
			unsigned int mode = aarch32_modes[m];

			if (!has_register(mode, n) || (mode == taken && n >= AARCH32_LR))
				continue;
			if (!same("another register", pattern_of(mode, n),
				  (uint32_t)reg_value(vcpu, aarch32_reg(mode, n)))) {
				fprintf(stderr, "register %u of mode 0x%x\n", n, mode);
				return false;
			}
		}
	return true;
}

/**
 * struct exception - an exception that the guest has to take
 * @mode, @vector: where it is taken
 * @lr:            the return address
 * @masks:         bits that it sets in the CPSR besides I
 */
struct exception {
	unsigned int mode, vector;
	uint32_t lr, masks;
};

/* Runs from @pc with @cpsr; the first exit has to be the store of the vector's handler. */
static bool takes(const struct abi_vcpu *vcpu, uint32_t sctlr, uint32_t cpsr, uint32_t pc,
		  const struct exception *e)
{
	const uint32_t kept = CPSR_NZCVQ | CPSR_GE | CPSR_A | CPSR_F;
	bool thumb = sctlr & SCTLR_TE;
	uint32_t vbar = ABI_CODE_IPA + (thumb ? THUMB_VECTORS_AT : 0);
	uint32_t expected = (cpsr & kept) | CPSR_I | e->masks | e->mode | (thumb ? CPSR_T : 0) |
			    (sctlr & SCTLR_EE ? CPSR_E : 0);
	uint32_t end = ABI_CODE_IPA + (thumb ? THUMB_HANDLER_END(e->vector) :
					       ARM_HANDLER_END(e->vector));
	uint32_t spsr;
	bool good;

	reg_set(vcpu, SCTLR, sctlr);
	reg_set(vcpu, VBAR, vbar);
	fill_registers(vcpu);
	reg_set(vcpu, STATUS, cpsr);
	reg_set(vcpu, PC, pc);
	reg_set(vcpu, GENERAL(0), ABI_EXIT_IPA);
	good = same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, vcpu->run->exit_reason) &&
	       same("vector", e->vector, vcpu->run->mmio.phys_addr - ABI_EXIT_IPA);
	memcpy(&spsr, vcpu->run->mmio.data, sizeof(spsr));
	if (sctlr & SCTLR_EE)
		spsr = __builtin_bswap32(spsr);
	good = good && complete_access(vcpu) &&
	       same("PC", end, reg_value(vcpu, PC)) &&
	       same("CPSR", expected, reg_value(vcpu, STATUS) & CPSR_DEFINED) &&
	       same("lr", e->lr, (uint32_t)reg_value(vcpu, aarch32_reg(e->mode, AARCH32_LR))) &&
	       same("SPSR", cpsr, spsr_of(vcpu, e->mode, spsr)) &&
	       registers_are_kept(vcpu, e->mode);
	if (!good)
		fprintf(stderr, "from CPSR 0x%x with SCTLR 0x%x\n", cpsr, sctlr);
	return good;
}

typedef bool (*take_one)(const struct abi_vcpu *vcpu, uint32_t sctlr, uint32_t cpsr);

/* From each mode, in both states, in an IT block, with different flags and masks. */
static bool takes_each(const struct abi_vcpu *vcpu, take_one take)
{
	static const uint32_t flags[] = {
		0, CPSR_NZCVQ | CPSR_GE, CPSR_A, CPSR_F, CPSR_I, CPSR_E | CPSR_Z, CPSR_MASKS,
	};
	const uint32_t reset = reg_value(vcpu, SCTLR) & ~(SCTLR_TE | SCTLR_EE);
	unsigned int bits, m;

	for (bits = 0; bits < 8; bits++)
		for (m = 0; m < ARRAY_SIZE(aarch32_modes); m++) {
			uint32_t sctlr = reset | (bits & 1 ? SCTLR_TE : 0) |
					 (bits & 2 ? SCTLR_EE : 0);
			uint32_t cpsr = aarch32_modes[m] | flags[(bits + m) % ARRAY_SIZE(flags)];

			if (bits & 4)
				cpsr |= CPSR_T;
			if (!take(vcpu, sctlr, cpsr))
				return false;
			/* The first of two instructions with condition EQ, which holds. */
			if (bits & 4 && !take(vcpu, sctlr, cpsr | CPSR_Z | CPSR_OF_IT(0x04)))
				return false;
		}
	return true;
}

static bool take_undefined_at(const struct abi_vcpu *vcpu, uint32_t sctlr, uint32_t cpsr,
			      enum exception_code at)
{
	uint32_t lr = CODE_AT(at) + (cpsr & CPSR_T ? 2 : 4);
	const struct exception e = { MODE_UND, VECTOR_UND, lr, 0 };

	return takes(vcpu, sctlr, cpsr, CODE_AT(at), &e);
}

static bool take_undefined(const struct abi_vcpu *vcpu, uint32_t sctlr, uint32_t cpsr)
{
	return take_undefined_at(vcpu, sctlr, cpsr, cpsr & CPSR_T ? AT_C15_THUMB : AT_C15_ARM);
}

/* QEMU 7.2 forgets the IT block of an SMC that traps. */
static bool take_smc(const struct abi_vcpu *vcpu, uint32_t sctlr, uint32_t cpsr)
{
	if (cpsr & CPSR_IT)
		return true;
	return take_undefined_at(vcpu, sctlr, cpsr, cpsr & CPSR_T ? AT_SMC_THUMB : AT_SMC_ARM);
}

TEST_F(aarch32, undefined)
{
	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, exception_code,
				  sizeof(exception_code)));
	EXPECT_RULE_WORD(holds(takes_each(&self->vcpu, take_undefined)),
			 "MRC of c15 from each mode and state");
}

TEST_F(aarch32, smc)
{
	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, exception_code,
				  sizeof(exception_code)));
	EXPECT_RULE_WORD(holds(takes_each(&self->vcpu, take_smc)),
			 "SMC from each mode and state");
}

/* Fault status of an external abort, by the format of descriptors. */
#define STATUS_MASK	0x63fU
#define SHORT_EXTERNAL	0x008U
#define LONG_EXTERNAL	0x210U

static uint32_t expected_status;

static bool take_fetch_abort(const struct abi_vcpu *vcpu, uint32_t sctlr, uint32_t cpsr)
{
	const struct exception e = { MODE_ABT, VECTOR_PABT, ABI_FREE_IPA + 4, CPSR_A };

	return takes(vcpu, sctlr, cpsr, ABI_FREE_IPA, &e) &&
	       same("IFAR", ABI_FREE_IPA, IFAR_OF(reg_value(vcpu, IFAR))) &&
	       same("IFSR", expected_status, reg_value(vcpu, IFSR) & STATUS_MASK);
}

TEST_F(aarch32, fetch_abort)
{
	unsigned int eae;

	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, exception_code,
				  sizeof(exception_code)));
	for (eae = 0; eae < 2; eae++) {
		reg_set(&self->vcpu, TTBCR, eae ? TTBCR_LONG : 0);
		expected_status = eae ? LONG_EXTERNAL : SHORT_EXTERNAL;
		EXPECT_RULE_WORD(holds(takes_each(&self->vcpu, take_fetch_abort)),
				 "fetches without memory, %s descriptors", eae ? "long" : "short");
	}
}

/* ---- conditions ---- */

#define NR_CONDITIONS	15U		/* the last one is AL, always */
#define NR_FLAGS	16U		/* values of N, Z, C and V */

/* The conditions of ARM DDI 0406C A8.3, by their numbers. */
static bool condition_holds(unsigned int condition, unsigned int nzcv)
{
	bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1;
	const bool holds[NR_CONDITIONS] = {
		z, !z, c, !c, n, !n, v, !v, c && !z, !(c && !z), n == v, n != v,
		!z && n == v, !(!z && n == v), true,
	};

	return holds[condition];
}

/* Loads of r1 from r0 in each condition, and after each a store to r2. */
#define CONDITIONAL(n)	((n) << 28 | 0x05901000U), 0xe5820000U	/* ldr<c> r1, [r0]; str r0, [r2] */
#define IN_BLOCK(n)	(0x6801bf08U | (n) << 4), 0xbf006010U	/* it <c>; ldr; str; nop */
#define CONDITIONS(one)							\
	one(0U), one(1U), one(2U), one(3U), one(4U), one(5U), one(6U), one(7U), one(8U),	\
	one(9U), one(10U), one(11U), one(12U), one(13U), one(14U)

#define STORED_AT	(ABI_EXIT_IPA + 0x100)

static const uint32_t conditional_code[] = { CONDITIONS(CONDITIONAL), CONDITIONS(IN_BLOCK) };

static bool try_condition(const struct abi_vcpu *vcpu, bool thumb, unsigned int condition,
			  unsigned int nzcv)
{
	uint32_t cpsr = MODE_SVC | CPSR_MASKS | (thumb ? CPSR_T : 0) | nzcv << 28;
	uint32_t pc = CODE_AT(2 * (condition + (thumb ? NR_CONDITIONS : 0)));
	const uint32_t data = 0x12345678;
	bool good = true;

	reg_set(vcpu, STATUS, cpsr);
	reg_set(vcpu, PC, pc);
	reg_set(vcpu, GENERAL(0), ABI_EXIT_IPA);
	reg_set(vcpu, GENERAL(1), 0);
	reg_set(vcpu, GENERAL(2), STORED_AT);
	if (condition_holds(condition, nzcv)) {
		good = run_to_exit(vcpu, false);
		memcpy(vcpu->run->mmio.data, &data, sizeof(data));
	}
	good = good && same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, vcpu->run->exit_reason) &&
	       same("address", STORED_AT, vcpu->run->mmio.phys_addr) &&
	       complete_access(vcpu) &&
	       same("r1", condition_holds(condition, nzcv) ? data : 0,
		    reg_value(vcpu, GENERAL(1))) &&
	       same("CPSR", cpsr, reg_value(vcpu, STATUS) & CPSR_DEFINED);
	if (!good)
		fprintf(stderr, "condition %u, NZCV 0x%x, %s state\n", condition, nzcv,
			thumb ? "Thumb" : "ARM");
	return good;
}

TEST_F(aarch32, conditional_access)
{
	unsigned int thumb, condition, nzcv;
	bool good = true;

	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, conditional_code,
				  sizeof(conditional_code)));
	for (thumb = 0; thumb < 2; thumb++)
		for (condition = 0; good && condition < NR_CONDITIONS; condition++)
			for (nzcv = 0; good && nzcv < NR_FLAGS; nzcv++)
				good = try_condition(&self->vcpu, thumb, condition, nzcv);
	EXPECT_RULE_WORD(holds(good), "loads outside of memory in each condition, with all flags");
}

/* ---- a Thumb IT block ---- */

/* Stores at different offsets from r0, each an instruction of the block, and some behind it. */
#define NR_STORES	6U

static const uint16_t block_code[NR_STORES] = {
	0x6000, 0x6040, 0x6080, 0x60c0, 0x6100, 0x6140,	/* str r0, [r0, #4 * i] */
};

/* ITAdvance(), ARM DDI 0406C A2.5.2. */
static unsigned int advanced(unsigned int it)
{
	return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

static uint32_t status_in_block(unsigned int it, bool z)
{
	return MODE_SVC | CPSR_MASKS | CPSR_T | (z ? CPSR_Z : 0) | CPSR_OF_IT(it);
}

/* @it: condition EQ or NE in bits 7..4. Each store whose condition holds is an exit. */
static bool try_block(const struct abi_vcpu *vcpu, unsigned int it, bool z)
{
	const unsigned int first = it;
	unsigned int i;
	bool good = true;

	reg_set(vcpu, STATUS, status_in_block(it, z));
	reg_set(vcpu, PC, ABI_CODE_IPA);
	reg_set(vcpu, GENERAL(0), ABI_EXIT_IPA);
	for (i = 0; good && i < NR_STORES; i++) {
		bool executed = !it || (it >> 4 & 1) != z;

		it = advanced(it);
		if (!executed)
			continue;
		good = same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
		       same("exit reason", KVM_EXIT_MMIO, vcpu->run->exit_reason) &&
		       same("address", ABI_EXIT_IPA + 4 * i, vcpu->run->mmio.phys_addr) &&
		       complete_access(vcpu) &&
		       same("PC", ABI_CODE_IPA + 2 * (i + 1), reg_value(vcpu, PC)) &&
		       same("CPSR", status_in_block(it, z),
			    reg_value(vcpu, STATUS) & CPSR_DEFINED);
	}
	if (!good)
		fprintf(stderr, "ITSTATE 0x%x with Z %u\n", first, z);
	return good;
}

TEST_F(aarch32, it_block)
{
	unsigned int it, z;
	bool good = true;

	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, block_code, sizeof(block_code)));
	/* Without its lowest four bits, ITSTATE would not be that of a block. */
	for (it = 0; it < 0x20; it++)
		for (z = 0; good && z < 2; z++)
			if (it & 0xf)
				good = try_block(&self->vcpu, it, z);
	EXPECT_RULE_WORD(holds(good), "IT blocks of stores outside of memory");
}

/* ---- system registers of AArch32 ---- */

#define TTBR0_LOW	0x11114000U
#define TTBR1_LOW	0x22228000U
#define TTBR0_HIGH	0x12U
#define TTBR1_HIGH	0x34U
#define NEW_LOW		0x5554c000U

/* With MMU and caches off, KVM may trap these writes. */
static const uint32_t ttbr_code[] = {
	0xec421f02,	/* mcrr p15, 0, r1, r2, c2: TTBR0 */
	0xec443f12,	/* mcrr p15, 1, r3, r4, c2: TTBR1 */
	0xec576f02,	/* mrrc p15, 0, r6, r7, c2 */
	0xec598f12,	/* mrrc p15, 1, r8, r9, c2 */
	0xe5800000,	/* str r0, [r0] */
	0xee025f10,	/* mcr p15, 0, r5, c2, c0, 0: TTBR0 */
	0xee025f30,	/* mcr p15, 0, r5, c2, c0, 1: TTBR1 */
	0xec576f02,
	0xec598f12,
	0xe5800000,
};

static bool halves_are(const struct abi_vcpu *vcpu, uint32_t low0, uint32_t low1)
{
	return run_to_exit(vcpu, true) &&
	       same("TTBR0", low0, reg_value(vcpu, GENERAL(6))) &&
	       same("upper half of TTBR0", TTBR0_HIGH, reg_value(vcpu, GENERAL(7))) &&
	       same("TTBR1", low1, reg_value(vcpu, GENERAL(8))) &&
	       same("upper half of TTBR1", TTBR1_HIGH, reg_value(vcpu, GENERAL(9)));
}

TEST_F(aarch32, ttbr_half)
{
	static const uint32_t values[] = {
		ABI_EXIT_IPA, TTBR0_LOW, TTBR0_HIGH, TTBR1_LOW, TTBR1_HIGH, NEW_LOW,
	};
	unsigned int i;

	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, ttbr_code, sizeof(ttbr_code)));
	reg_set(&self->vcpu, PC, ABI_CODE_IPA);
	for (i = 0; i < ARRAY_SIZE(values); i++)
		reg_set(&self->vcpu, GENERAL(i), values[i]);
	EXPECT_RULE_WORD(holds(halves_are(&self->vcpu, TTBR0_LOW, TTBR1_LOW)),
			 "writes of 64 bits");
	EXPECT_RULE_WORD(holds(halves_are(&self->vcpu, NEW_LOW, NEW_LOW)), "writes of 32 bits");
}

#ifndef __aarch64__
/* MRC to the pc writes the flags: PMCR and L2ECTLR are zero here. */
static const uint32_t flags_code[] = {
	0xee19ff1c,	/* mrc p15, 0, APSR_nzcv, c9, c12, 0 */
	0xe5800000,	/* str r0, [r0] */
	0xee39ff70,	/* mrc p15, 1, APSR_nzcv, c9, c0, 3 */
	0xe5800000,
};

TEST_F(aarch32, read_to_flags)
{
	const uint32_t cpsr = MODE_SVC | CPSR_MASKS | CPSR_GE;
	unsigned int i;

	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, flags_code, sizeof(flags_code)));
	reg_set(&self->vcpu, GENERAL(0), ABI_EXIT_IPA);
	for (i = 0; i < 2; i++) {
		reg_set(&self->vcpu, STATUS, cpsr | CPSR_NZCVQ);
		reg_set(&self->vcpu, PC, CODE_AT(2 * i));
		EXPECT_RULE_WORD(holds(run_to_exit(&self->vcpu, true) &&
				       same("CPSR", cpsr | (CPSR_NZCVQ & ~0xf0000000U),
					    reg_value(&self->vcpu, STATUS))),
				 "MRC of a register that is zero, to APSR_nzcv");
	}
}
#endif

#include "harness/rule_main.h"
