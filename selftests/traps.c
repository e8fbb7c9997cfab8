// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that KVM traps, emulates or answers with an exception, as the guest sees them:
 * system registers, cache maintenance by set/way, counters, WFE and WFI, flags.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/exit_counts.h"
#include "abi/vgic_uapi.h"
#include "guest/counter_offset.h"
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

/* The last set and way of a cache, counted from 0, and log2 of its line size in bytes. */
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

/* More ticks than any test takes. */
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

/* Two vCPUs read the same counter in turns. */
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

/* Moves the counter if KVM_REG_ARM_PTIMER_CNT exists and is writable. */
TEST_F(traps, moved_counter)
{
	const uint64_t start = PHYSICAL_START;
	struct abi_vcpu vcpu;
	uint64_t now;

	guest_create(&self->guest, 2, read_counter);
	vcpu.fd = self->guest.vcpus[0]->fd;
	if (!cntpoff_is_ignored() && !abi_reg_set(&vcpu, KVM_REG_ARM_PTIMER_CNT, &start) &&
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
	guest_expect("exceptions", 0, undefined);
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

/* The index of the vCPU that may continue. */
static volatile unsigned int baton;

/* No SEV is missed: the event register keeps the event of a SEV until the next WFE. */
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

/* ---- registers of ARMv7 whose accesses KVM emulates ---- */

#define RULE_FIXTURE	armv7
#define RULE_NEEDS	NEED_ARMV7
#define RULE_STATE	struct guest guest
#include "harness/any_fixture.h"

#define MOST_IN_L2CTLR		4U

static uint32_t expected_cpus;	/* set by the host */

#ifdef __aarch64__
static bool has_l2ctlr(const struct abi_vcpu *vcpu)
{
	(void)vcpu;
	return false;
}

static void read_l2ctlr(void)
{
	guest_done();
}

static void use_cp14(void)
{
	guest_done();
}

static bool has_thumbee(const struct abi_vcpu *vcpu)
{
	(void)vcpu;
	return false;
}

static void keep_thumbee(void)
{
	guest_done();
}
#else
#define PART_OF(midr)	((midr) >> 4 & 0xfff)
#define CORTEX_A7	0xc07
#define CORTEX_A15	0xc0f

static bool has_l2ctlr(const struct abi_vcpu *vcpu)
{
	unsigned int part = PART_OF(reg_value(vcpu, ARM_CP15_REG32(0, 0, 0, 0)));

	return part == CORTEX_A7 || part == CORTEX_A15;
}

#define NR_IN_L2CTLR(value)	(((value) >> 24 & 3) + 1)

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

#define EXPECT_ZERO_CP14(name, op1, crn, crm, op2) do {			\
	write_coproc(p14, op1, crn, crm, op2, ~0U);			\
	guest_expect(name, 0, read_coproc(p14, op1, crn, crm, op2));	\
} while (0)

static void use_cp14(void)
{
	guest_expect("DBGDIDR", 0, read_coproc(p14, 0, 0, 0, 0));
	EXPECT_ZERO_CP14("DBGBVR0", 0, 0, 0, 4);
	EXPECT_ZERO_CP14("DBGBCR0", 0, 0, 0, 5);
	EXPECT_ZERO_CP14("DBGBVR1", 0, 0, 1, 4);
	EXPECT_ZERO_CP14("DBGWVR0", 0, 0, 0, 6);
	EXPECT_ZERO_CP14("DBGWCR0", 0, 0, 0, 7);
	guest_expect("exceptions", 0, undefined);
	guest_done();
}

/* ID_PFR0.State3 */
static bool has_thumbee(const struct abi_vcpu *vcpu)
{
	return (reg_value(vcpu, ARM_CP15_REG32(0, 0, 1, 0)) >> 12 & 0xf) == 1;
}

#define THUMBEE_ROUNDS	8

/* TEECR has one bit. TEEHBR is the address of a word. */
static void keep_thumbee(void)
{
	uint32_t base = 0x1000 * (guest_cpu() + 1), round;

	guest_turns_begin();
	write_coproc(p14, 6, 0, 0, 0, guest_cpu() & 1);
	write_coproc(p14, 6, 1, 0, 0, base);
	for (round = 0; round < THUMBEE_ROUNDS; round++) {
		guest_expect("TEECR", guest_cpu() & 1, read_coproc(p14, 6, 0, 0, 0));
		guest_expect("TEEHBR", base + 4 * round, read_coproc(p14, 6, 1, 0, 0));
		write_coproc(p14, 6, 1, 0, 0, base + 4 * (round + 1));
		guest_turn();
	}
	guest_done();
}
#endif

static void count_cp15(void *context, const char *name, uint64_t count)
{
	if (!strcmp(name, "cp15"))
		*(uint64_t *)context = count;
}

/* Runs the guest. Returns true if an access of the first vCPU to cp15 caused an exit. */
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

TEST_F(armv7, l2ctlr)
{
	static const unsigned int numbers[] = { 1, 2, 3, 4, 5, GUEST_MAX_VCPUS };
	unsigned int i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct guest guest = { 0 };
		struct abi_vcpu vcpu;

		guest_create(&guest, numbers[i], read_l2ctlr);
		guest_take_undefined(&guest);
		vcpu.fd = guest.vcpus[0]->fd;
		if (!has_l2ctlr(&vcpu))
			rule_skip("the CPU is neither a Cortex-A7 nor a Cortex-A15");
		/* Only the first vCPU runs. */
		guest.nr_vcpus = 1;
		expected_cpus = numbers[i] < MOST_IN_L2CTLR ? numbers[i] : MOST_IN_L2CTLR;
		sync_global_to_guest(guest.vm, expected_cpus);
		if (!run_traps(&guest, &good))
			rule_skip("L2CTLR does not trap on this machine, as in QEMU");
		EXPECT_RULE_WORD(holds(good), "L2CTLR with %u vCPUs", numbers[i]);
		kvm_vm_free(guest.vm);
	}
}

TEST_F(armv7, cp14)
{
	EXPECT_CODE(1, use_cp14, "debug registers of cp14");
}

TEST_F(armv7, thumbee)
{
	struct abi_vcpu vcpu;

	guest_create(&self->guest, 4, keep_thumbee);
	guest_take_undefined(&self->guest);
	vcpu.fd = self->guest.vcpus[0]->fd;
	if (!has_thumbee(&vcpu))
		rule_skip("the CPU has no ThumbEE");
	EXPECT_RULE_WORD(holds(guest_run(&self->guest)), "TEECR and TEEHBR of four vCPUs");
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

#define RULE_FIXTURE	undescribed
#define RULE_NEEDS	NEED_NISV
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/any_fixture.h"

TEST_F(undescribed, to_user)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_NISV_TO_USER };
	unsigned int i;

	prepare_undescribed(&self->vm, &self->vcpu);
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	for (i = 0; i < 2; i++) {
		const struct kvm_run *run = self->vcpu.run;
		uint64_t pc = ABI_CODE_IPA + 4 * i, addr;
		bool good;

		reg_set(&self->vcpu, PC, pc);
		good = same("KVM_RUN", 0, -abi_ioctl(self->vcpu.fd, KVM_RUN, NULL)) &&
		       same("exit reason", KVM_EXIT_ARM_NISV, run->exit_reason);
		/* arm_nisv of struct kvm_run: esr_iss, followed by fault_ipa. */
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

	OPEN_GIC_WITH_CODE(code);
	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		EXPECT_RULE_WORD(holds(keeps_status(&self->vcpu, 1, statuses[i])),
				 "accesses to the distributor with status 0x%llx",
				 (unsigned long long)statuses[i]);
}

#include "harness/rule_main.h"
