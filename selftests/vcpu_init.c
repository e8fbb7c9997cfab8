// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_ARM_VCPU_INIT, and a vCPU's registers after it, as KVM_GET_ONE_REG and KVM_GET_REG_LIST
 * return them.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "kvm_util.h"
#include "harness/rule_harness.h"

/* No kernel has features from this bit on. Linux 7.3 has nine; later kernels may have more. */
#define FIRST_FREE_FEATURE	16
#define NR_VCPUS		2

#ifndef KVM_ARM_VCPU_SVE
#define KVM_ARM_VCPU_SVE	4
#endif
#ifndef KVM_CAP_ARM_SVE
#define KVM_CAP_ARM_SVE		170
#endif

/* A vCPU that is created but not initialized. */
#define RULE_FIXTURE	vcpu_init
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu; struct kvm_vcpu_init init
#define RULE_PREPARE() do {						\
	abi_vm_open(&self->vm, 0);					\
	ASSERT_OK(abi_vcpu_create(&self->vm, 0, &self->vcpu));		\
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_ARM_PREFERRED_TARGET, &self->init)); \
	ASSERT_OK(abi_vm_add_code(&self->vm));				\
} while (0)
#include "harness/any_fixture.h"

static int init_vcpu(const struct abi_vcpu *vcpu, const struct kvm_vcpu_init *init)
{
	return abi_ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, init);
}

static int mp_state(const struct abi_vcpu *vcpu)
{
	struct kvm_mp_state state = { .mp_state = ~0U };
	int ret = abi_ioctl(vcpu->fd, KVM_GET_MP_STATE, &state);

	return ret ? ret : (int)state.mp_state;
}

/*
 * Completes the MMIO of abi_vcpu_run(), which is pending until the next KVM_RUN: api.rst 5. If the
 * vCPU were reset while the MMIO is pending, it would skip its first instruction.
 */
static int complete_exit(struct abi_vcpu *vcpu)
{
	int ret;

	vcpu->run->immediate_exit = 1;
	ret = abi_ioctl(vcpu->fd, KVM_RUN, NULL);
	vcpu->run->immediate_exit = 0;
	return ret;
}

/* ---- KVM_ARM_PREFERRED_TARGET ---- */

TEST_F(vcpu_init, preferred_target)
{
	EXPECT_RULE(init_vcpu(&self->vcpu, &self->init), "target %u", self->init.target);
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

/* User space chooses the features. */
TEST_F(vcpu_init, preferred_features)
{
	unsigned int i;

	memset(&self->init, 0xff, sizeof(self->init));
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_ARM_PREFERRED_TARGET, &self->init));
	for (i = 0; i < ARRAY_SIZE(self->init.features); i++)
		EXPECT_RULE_WORD(holds(self->init.features[i] == 0),
				 "features[%u] that KVM_ARM_PREFERRED_TARGET returns: 0x%x", i,
				 self->init.features[i]);
}

TEST_F(vcpu_init, preferred_bad_pointer)
{
	EXPECT_RULE(abi_ioctl(self->vm.fd, KVM_ARM_PREFERRED_TARGET, NULL), "get to NULL");
	EXPECT_RULE(abi_ioctl(self->vm.fd, KVM_ARM_PREFERRED_TARGET, abi_edge_of_memory(8)),
		    "get to 8 bytes");
}

/* ---- targets and features ---- */

TEST_F(vcpu_init, unknown_target)
{
	unsigned int bit;

	for (bit = 4; bit < 32; bit++) {
		struct kvm_vcpu_init init = self->init;

		init.target ^= 1U << bit;
		EXPECT_RULE(init_vcpu(&self->vcpu, &init), "target 0x%x", init.target);
	}
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
}

TEST_F(vcpu_init, unknown_feature)
{
	unsigned int bit;

	for (bit = FIRST_FREE_FEATURE; bit < 32 * ARRAY_SIZE(self->init.features); bit++) {
		struct kvm_vcpu_init init = self->init;

		init.features[bit / 32] |= 1U << bit % 32;
		EXPECT_RULE(init_vcpu(&self->vcpu, &init), "feature %u", bit);
	}
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
}

/* SVE: older kernels do not know the feature, and newer ones need a machine that has it. */
TEST_F(vcpu_init, absent_feature)
{
	int ret;

	if (abi_ioctl(self->vm.kvm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_ARM_SVE) > 0)
		rule_skip("vCPUs can have SVE here");
	self->init.features[0] |= 1U << KVM_ARM_VCPU_SVE;
	ret = init_vcpu(&self->vcpu, &self->init);
	EXPECT_RULE_WORD(ret == -EINVAL || ret == -ENOENT ? "REFUSED" : rule_outcome(ret),
			 "a vCPU with SVE");
	self->init.features[0] = 0;
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
}

TEST_F(vcpu_init, bad_pointer)
{
	EXPECT_RULE(init_vcpu(&self->vcpu, NULL), "an argument at NULL");
	EXPECT_RULE(init_vcpu(&self->vcpu, abi_edge_of_memory(sizeof(self->init) - 4)),
		    "an argument whose last word is not mapped");
}

TEST_F(vcpu_init, on_vm_fd)
{
	EXPECT_RULE(abi_ioctl(self->vm.fd, KVM_ARM_VCPU_INIT, &self->init), "call on a VM");
	EXPECT_RULE(abi_ioctl(self->vm.kvm, KVM_ARM_VCPU_INIT, &self->init), "call on /dev/kvm");
}

/* ---- a second call ---- */

TEST_F(vcpu_init, again)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		EXPECT_RULE(init_vcpu(&self->vcpu, &self->init), "call %u", i);
		ASSERT_OK(abi_vcpu_run(&self->vcpu));
		ASSERT_EQ(-EINTR, complete_exit(&self->vcpu));
	}
}

TEST_F(vcpu_init, again_other_features)
{
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	self->init.features[0] ^= 1U << KVM_ARM_VCPU_PSCI_0_2;
	EXPECT_RULE(init_vcpu(&self->vcpu, &self->init),
		    "a call with PSCI 0.2 after a call without it");
	self->init.features[0] ^= 1U << KVM_ARM_VCPU_PSCI_0_2;
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
}

TEST_F(vcpu_init, again_other_target)
{
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	self->init.target ^= 1;
	EXPECT_RULE(init_vcpu(&self->vcpu, &self->init), "target %u", self->init.target);
}

/* A call that fails leaves the vCPU uninitialized. */
TEST_F(vcpu_init, failed_leaves_uninitialized)
{
	struct kvm_vcpu_init init = self->init;

	init.features[0] |= 1U << 31;
	ASSERT_EQ(-ENOENT, init_vcpu(&self->vcpu, &init));
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_RUN, NULL), "KVM_RUN after a call that failed");
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
}

/* ---- before KVM_ARM_VCPU_INIT ---- */

#ifdef __aarch64__
#define CORE(reg)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(reg))
#define NR_GENERAL	31
#define GENERAL(n)	(CORE(regs.regs[0]) + 2 * (n))
#define PC		CORE(regs.pc)
#define STATUS		CORE(regs.pstate)
#define STATUS_AT_RESET	0x3c5	/* EL1h; D, A, I and F set */
#else
#define CORE(reg)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(reg))
#define NR_GENERAL	15
#define GENERAL(n)	(CORE(usr_regs.ARM_r0) + (n))
#define PC		CORE(usr_regs.ARM_pc)
#define STATUS		CORE(usr_regs.ARM_cpsr)
#define STATUS_AT_RESET	0x1d3	/* Supervisor mode; A, I and F set */
#endif

TEST_F(vcpu_init, run_before)
{
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_RUN, NULL), "KVM_RUN");
}

TEST_F(vcpu_init, registers_before)
{
	struct kvm_reg_list list = { .n = 0 };
	uint64_t value = 0;

	EXPECT_RULE(abi_reg_get(&self->vcpu, PC, &value), "KVM_GET_ONE_REG");
	EXPECT_RULE(abi_reg_set(&self->vcpu, PC, &value), "KVM_SET_ONE_REG");
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
}

/* ---- power ---- */

TEST_F(vcpu_init, power_off)
{
	self->init.features[0] |= 1U << KVM_ARM_VCPU_POWER_OFF;
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	EXPECT_RULE_WORD(mp_state(&self->vcpu) == KVM_MP_STATE_STOPPED ? "STOPPED" : "OTHER",
			 "state after a call with KVM_ARM_VCPU_POWER_OFF: %d",
			 mp_state(&self->vcpu));
}

TEST_F(vcpu_init, power_on)
{
	struct kvm_mp_state stopped = { .mp_state = KVM_MP_STATE_STOPPED };

	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	EXPECT_RULE_WORD(mp_state(&self->vcpu) == KVM_MP_STATE_RUNNABLE ? "RUNNABLE" : "OTHER",
			 "state after a call without KVM_ARM_VCPU_POWER_OFF: %d",
			 mp_state(&self->vcpu));
	ASSERT_OK(abi_ioctl(self->vcpu.fd, KVM_SET_MP_STATE, &stopped));
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	EXPECT_RULE_WORD(mp_state(&self->vcpu) == KVM_MP_STATE_RUNNABLE ? "RUNNABLE" : "OTHER",
			 "state of a stopped vCPU after a second call: %d",
			 mp_state(&self->vcpu));
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

/* ---- the list of registers ---- */

#define MAX_REGS	4096

/* A list with room for @n registers. */
static struct kvm_reg_list *new_list(uint64_t n)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + n * sizeof(list->reg[0]));

	if (list)
		list->n = n;
	return list;
}

static struct kvm_reg_list *list_registers(const struct abi_vcpu *vcpu)
{
	struct kvm_reg_list *list = new_list(MAX_REGS);
	int ret = list ? abi_ioctl(vcpu->fd, KVM_GET_REG_LIST, list) : -ENOMEM;

	TEST_ASSERT(!ret, "KVM_GET_REG_LIST: %s", strerror(-ret));
	return list;
}

/* ---- the state of a new vCPU ---- */

#define PATTERN	0x5a5a5a5aULL

TEST_F(vcpu_init, core_registers)
{
	unsigned int round, n;

	for (round = 0; round < 2; round++) {
		uint64_t value = 0;

		ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
		for (n = 0; n < NR_GENERAL; n++) {
			ASSERT_OK(abi_reg_get(&self->vcpu, GENERAL(n), &value));
			EXPECT_RULE_WORD(holds(value == 0), "round %u, general register %u: 0x%llx",
					 round, n, (unsigned long long)value);
			value = PATTERN + n;
			ASSERT_OK(abi_reg_set(&self->vcpu, GENERAL(n), &value));
			value = 0;
		}
		ASSERT_OK(abi_reg_get(&self->vcpu, PC, &value));
		EXPECT_RULE_WORD(holds(value == 0), "round %u, PC: 0x%llx", round,
				 (unsigned long long)value);
		value = ABI_CODE_IPA;
		ASSERT_OK(abi_reg_set(&self->vcpu, PC, &value));
	}
}

TEST_F(vcpu_init, status_register)
{
	uint64_t value = 0;

	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	ASSERT_OK(abi_reg_get(&self->vcpu, STATUS, &value));
	EXPECT_RULE_WORD(holds(value == STATUS_AT_RESET), "PSTATE or CPSR: 0x%llx",
			 (unsigned long long)value);
	value ^= 1U << 7;
	ASSERT_OK(abi_reg_set(&self->vcpu, STATUS, &value));
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	ASSERT_OK(abi_reg_get(&self->vcpu, STATUS, &value));
	EXPECT_RULE_WORD(holds(value == STATUS_AT_RESET),
			 "PSTATE or CPSR after a second call: 0x%llx",
			 (unsigned long long)value);
}

/*
 * Registers of the vCPU that its reset defines: on arm64, the architecture leaves other registers
 * unknown, and some hold choices of user space.
 */
static bool is_reset(uint64_t id)
{
	static const uint64_t counters[] = {
		KVM_REG_ARM_TIMER_CNT, KVM_REG_ARM_PTIMER_CNT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (id == counters[i])
			return false;
#ifdef __aarch64__
	if ((id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_CORE)
		return (id & 0xffff) < KVM_REG_ARM_CORE_REG(sp_el1) ||
		       (id & 0xffff) >= KVM_REG_ARM_CORE_REG(fp_regs);
	return id == KVM_REG_ARM_TIMER_CTL || id == KVM_REG_ARM_PTIMER_CTL;
#else
	return true;
#endif
}

/* @value: each has room for the largest register that is_reset() accepts. */
struct reg_values {
	uint8_t value[MAX_REGS][16];
};

static void read_registers(const struct abi_vcpu *vcpu, const struct kvm_reg_list *list,
			   struct reg_values *values)
{
	uint64_t i;
	int ret;

	memset(values, 0, sizeof(*values));
	for (i = 0; i < list->n; i++) {
		if (!is_reset(list->reg[i]))
			continue;
		ret = abi_reg_get(vcpu, list->reg[i], values->value[i]);
		TEST_ASSERT(!ret, "get register 0x%llx: %s", (unsigned long long)list->reg[i],
			    strerror(-ret));
	}
}

/* Sets the registers to other values, as far as KVM accepts these. */
static void change_registers(const struct abi_vcpu *vcpu, const struct kvm_reg_list *list,
			     const struct reg_values *values)
{
	uint64_t i, word;

	for (i = 0; i < list->n; i++) {
		uint8_t value[16];

		if (!is_reset(list->reg[i]))
			continue;
		memcpy(value, values->value[i], sizeof(value));
		memcpy(&word, value, sizeof(word));
		word ^= list->reg[i] == STATUS ? 1U << 7 : PATTERN;
		memcpy(value, &word, sizeof(word));
		abi_reg_set(vcpu, list->reg[i], value);
	}
}

TEST_F(vcpu_init, again_resets)
{
	static struct reg_values first, again;
	struct kvm_reg_list *list;
	uint64_t i;

	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	list = list_registers(&self->vcpu);
	read_registers(&self->vcpu, list, &first);
	change_registers(&self->vcpu, list, &first);
	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	read_registers(&self->vcpu, list, &again);
	for (i = 0; i < list->n; i++)
		EXPECT_RULE_WORD(holds(!memcmp(first.value[i], again.value[i], 16)),
				 "register 0x%llx after the second call, low byte 0x%x, not 0x%x",
				 (unsigned long long)list->reg[i], again.value[i][0],
				 first.value[i][0]);
}

/* Bits M, A, C, I, E0E and EE of SCTLR_EL1; all of ARMv7's SCTLR, where some bits are one. */
#ifdef __aarch64__
#define SCTLR		ARM64_SYS_REG(3, 0, 1, 0, 0)
#define SCTLR_MASK	0x03001007ULL
#define SCTLR_AT_RESET	0ULL
#else
#define SCTLR		ARM_CP15_REG32(0, 1, 0, 0)
#define SCTLR_MASK	0xffffffffULL
#define SCTLR_AT_RESET	0x00c50078ULL
#endif

TEST_F(vcpu_init, system_control)
{
	uint64_t value = 0;

	ASSERT_OK(init_vcpu(&self->vcpu, &self->init));
	ASSERT_OK(abi_reg_get(&self->vcpu, SCTLR, &value));
	EXPECT_RULE_WORD(holds((value & SCTLR_MASK) == SCTLR_AT_RESET), "SCTLR: 0x%llx",
			 (unsigned long long)value);
}

/* A reset does not change the registers of the next vCPU. */
TEST_F(vcpu_init, of_one_vcpu)
{
	struct abi_vcpu other;
	uint64_t value = PATTERN;

	abi_vcpu_add(&self->vm, 1, &other);
	ASSERT_OK(abi_vcpu_init(&self->vm, &self->vcpu));
	ASSERT_OK(abi_reg_set(&other, GENERAL(3), &value));
	ASSERT_OK(abi_vcpu_init(&self->vm, &self->vcpu));
	ASSERT_OK(abi_reg_get(&other, GENERAL(3), &value));
	EXPECT_RULE_WORD(holds((uint32_t)value == PATTERN), "a register of another vCPU: 0x%llx",
			 (unsigned long long)value);
}

/* ---- registers by number ---- */

#define RULE_FIXTURE	vcpu_reg
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#define RULE_PREPARE() do {						\
	abi_vm_open(&self->vm, 0);					\
	abi_vcpu_add(&self->vm, 0, &self->vcpu);			\
} while (0)
#include "harness/any_fixture.h"

TEST_F(vcpu_reg, list_too_small)
{
	struct kvm_reg_list *list = new_list(MAX_REGS);
	uint64_t n;

	ASSERT_NE(NULL, list);
	list->n = 0;
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, list),
		    "a list with room for no register");
	n = list->n;
	ASSERT_LT(0, n);
	ASSERT_GT(MAX_REGS, n);
	list->n = n - 1;
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, list),
		    "a list with room for all registers but one");
	ASSERT_EQ(n, list->n);
	ASSERT_OK(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, list));
	ASSERT_EQ(n, list->n);
}

/* value[] has room for the largest register, of 2048 bits. */
TEST_F(vcpu_reg, list_is_readable)
{
	struct kvm_reg_list *list = new_list(MAX_REGS);
	uint8_t value[256];
	uint64_t i;

	ASSERT_NE(NULL, list);
	ASSERT_OK(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, list));
	for (i = 0; i < list->n; i++)
		EXPECT_RULE(abi_reg_get(&self->vcpu, list->reg[i], value), "register 0x%llx",
			    (unsigned long long)list->reg[i]);
}

TEST_F(vcpu_reg, list_bad_pointer)
{
	static const struct kvm_reg_list constant;
	struct kvm_reg_list *edge = abi_edge_of_memory(sizeof(*edge));

	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, NULL), "a list at NULL");
	edge->n = MAX_REGS;
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, edge),
		    "a list whose registers are not mapped");
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, &constant),
		    "a list that is read-only");
}

#define EXPECT_REGISTERS(ids) do {					\
	uint64_t value_ = 0;						\
	unsigned int i_;						\
									\
	for (i_ = 0; i_ < ARRAY_SIZE(ids); i_++) {			\
		EXPECT_RULE(abi_reg_get(&self->vcpu, (ids)[i_], &value_), "get 0x%llx", \
			    (unsigned long long)(ids)[i_]);		\
		EXPECT_RULE(abi_reg_set(&self->vcpu, (ids)[i_], &value_), "set 0x%llx", \
			    (unsigned long long)(ids)[i_]);		\
	}								\
} while (0)

/* Ids of PowerPC and of RISC-V. */
TEST_F(vcpu_reg, of_other_architecture)
{
	static const uint64_t ids[] = { 0x1030000000100000ULL, 0x8030000000000000ULL };

	EXPECT_REGISTERS(ids);
}

/* An id with the highest coprocessor number, and an id beyond the last core register. */
TEST_F(vcpu_reg, unknown)
{
	static const uint64_t ids[] = {
		(PC & ~0x0fff0000ULL) | 0x0fff0000ULL, PC + 0x4000,
	};

	EXPECT_REGISTERS(ids);
}

/* Bits 55 to 52 of an id are the binary logarithm of its size in bytes. */
#define SIZE_SHIFT	52
#define SIZES		9
#define LOG_SIZE(id)	((id) >> SIZE_SHIFT & 0xf)
#define OTHER_SIZE(id, log)	(((id) & ~KVM_REG_SIZE_MASK) | (uint64_t)(log) << SIZE_SHIFT)

static bool is_listed(const struct kvm_reg_list *list, uint64_t id)
{
	uint64_t i;

	for (i = 0; i < list->n; i++)
		if (list->reg[i] == id)
			return true;
	return false;
}

static bool refused(int ret)
{
	return ret == -EINVAL || ret == -ENOENT;
}

TEST_F(vcpu_reg, other_size)
{
	struct kvm_reg_list *list = list_registers(&self->vcpu);
	uint8_t value[1 << SIZES] = { 0 };
	unsigned int log;
	uint64_t i, id;
	int get, set;

	for (i = 0; i < list->n; i++) {
		for (log = 0; log < SIZES; log++) {
			id = OTHER_SIZE(list->reg[i], log);
			/* cp15 has 32-bit and 64-bit registers with the same number. */
			if (is_listed(list, id))
				continue;
			get = abi_reg_get(&self->vcpu, id, value);
			set = abi_reg_set(&self->vcpu, id, value);
			if (!refused(get) || !refused(set))
				break;
		}
		EXPECT_RULE_WORD(log == SIZES ? "REFUSED" : "OTHER",
				 "register 0x%llx with another size",
				 (unsigned long long)list->reg[i]);
	}
}

/* The value is at the end of mapped memory, so KVM must not access bytes after it. */
TEST_F(vcpu_reg, value_bytes)
{
	struct kvm_reg_list *list = list_registers(&self->vcpu);
	unsigned int log;
	uint64_t i;

	for (log = 0; log < SIZES; log++) {
		uint8_t *value = abi_edge_of_memory(1 << log);

		for (i = 0; i < list->n; i++) {
			if (LOG_SIZE(list->reg[i]) != log)
				continue;
			EXPECT_RULE(abi_reg_get(&self->vcpu, list->reg[i], value),
				    "get 0x%llx to its %u bytes",
				    (unsigned long long)list->reg[i], 1U << log);
			EXPECT_RULE(abi_reg_set(&self->vcpu, list->reg[i], value),
				    "set 0x%llx from its %u bytes",
				    (unsigned long long)list->reg[i], 1U << log);
		}
	}
}

/* Registers that identify the CPU. */
static bool is_identity(uint64_t id)
{
#ifdef __aarch64__
	return id == ARM64_SYS_REG(3, 0, 0, 0, 0);	/* MIDR_EL1; kernels differ in others */
#else
	static const uint64_t vfp[] = {
		KVM_REG_ARM_VFP_FPSID, KVM_REG_ARM_VFP_MVFR0, KVM_REG_ARM_VFP_MVFR1,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfp); i++)
		if (id == (KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_VFP | vfp[i]))
			return true;
	/* c0 of op1 0; CLIDR; AIDR */
	return (id & ~(KVM_REG_ARM_CRM_MASK | KVM_REG_ARM_32_OPC2_MASK)) ==
	       ARM_CP15_REG32(0, 0, 0, 0) ||
	       id == ARM_CP15_REG32(1, 0, 0, 1) || id == ARM_CP15_REG32(1, 0, 0, 7);
#endif
}

TEST_F(vcpu_reg, identity)
{
	struct kvm_reg_list *list = list_registers(&self->vcpu);
	uint64_t i, value, other, after;

	for (i = 0; i < list->n; i++) {
		uint64_t id = list->reg[i];

		if (!is_identity(id))
			continue;
		value = 0;
		after = 0;
		ASSERT_OK(abi_reg_get(&self->vcpu, id, &value));
		other = value ^ 1;
		EXPECT_RULE(abi_reg_set(&self->vcpu, id, &other), "set 0x%llx, which is 0x%llx",
			    (unsigned long long)id, (unsigned long long)value);
		ASSERT_OK(abi_reg_get(&self->vcpu, id, &after));
		ASSERT_EQ(value, after);
	}
}

/* Modes that a vCPU without EL2 and EL3 can have. */
#ifdef __aarch64__
#define MODES	16U		/* those of AArch32 follow */
static const uint64_t modes[] = { PSR_MODE_EL0t, PSR_MODE_EL1t, PSR_MODE_EL1h };
#else
#define MODES	32U
static const uint64_t modes[] = { 0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f };
#endif

static bool is_mode(uint64_t mode)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i] == mode)
			return true;
	return false;
}

TEST_F(vcpu_reg, each_mode)
{
	uint64_t status, got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		status = (STATUS_AT_RESET & ~0x1fULL) | modes[i];
		got = 0;
		ASSERT_OK(abi_reg_set(&self->vcpu, STATUS, &status));
		ASSERT_OK(abi_reg_get(&self->vcpu, STATUS, &got));
		EXPECT_RULE_WORD(holds(got == status), "mode 0x%llx reads as 0x%llx",
				 (unsigned long long)modes[i], (unsigned long long)got & 0x1f);
	}
}

TEST_F(vcpu_reg, no_mode)
{
	uint64_t status, mode;

	for (mode = 0; mode < MODES; mode++) {
		status = (STATUS_AT_RESET & ~0x1fULL) | mode;
		if (!is_mode(mode))
			EXPECT_RULE(abi_reg_set(&self->vcpu, STATUS, &status), "mode 0x%llx",
				    (unsigned long long)mode);
	}
}

TEST_F(vcpu_reg, bad_pointer)
{
	EXPECT_RULE(abi_reg_get(&self->vcpu, PC, NULL), "get to NULL");
	EXPECT_RULE(abi_reg_set(&self->vcpu, PC, NULL), "set from NULL");
	EXPECT_RULE(abi_reg_get(&self->vcpu, PC, abi_edge_of_memory(2)), "get to 2 bytes");
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_GET_ONE_REG, NULL),
		    "KVM_GET_ONE_REG with an argument at NULL");
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_SET_ONE_REG, abi_edge_of_memory(8)),
		    "KVM_SET_ONE_REG with half an argument");
}

/* ---- AArch32 ---- */

#define RULE_FIXTURE	el1_32
#define RULE_NEEDS	NEED_EL1_32
#define RULE_STATE	struct abi_vm vm
#define RULE_PREPARE()	abi_vm_open(&self->vm, 0)
#include "harness/any_fixture.h"

#define EL1_32		(1U << KVM_ARM_VCPU_EL1_32BIT)
#define CPSR_AT_RESET	0x1d3

TEST_F(el1_32, status_register)
{
	struct abi_vcpu vcpu;
	uint64_t value = 0;

	abi_vcpu_add_with(&self->vm, 0, &vcpu, EL1_32);
	ASSERT_OK(abi_reg_get(&vcpu, STATUS, &value));
	EXPECT_RULE_WORD(holds(value == CPSR_AT_RESET), "CPSR: 0x%llx", (unsigned long long)value);
}

TEST_F(el1_32, mixed)
{
	struct abi_vcpu vcpu[NR_VCPUS];

	abi_vcpu_add_with(&self->vm, 0, &vcpu[0], EL1_32);
	ASSERT_OK(abi_vcpu_create(&self->vm, 1, &vcpu[1]));
	EXPECT_RULE(abi_vcpu_init(&self->vm, &vcpu[1]), "a vCPU in AArch64 beside one in AArch32");
	ASSERT_OK(abi_vcpu_init_with(&self->vm, &vcpu[1], EL1_32));
}

#include "harness/rule_main.h"
