// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers and MMIO data pass between a guest and user space: each register by its own id, and
 * MMIO of each width through each general register. Also a vCPU's registers after CPU_ON,
 * instruction fetches without memory, and a big-endian guest's accesses to its GIC.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_power.h"
#include "guest/guest_state.h"
#include "guest/vcpu_regs.h"
#include "harness/rule_harness.h"

/* ---- registers that guest code does not use ---- */

#define RULE_FIXTURE	vcpu_state
#define RULE_STATE	struct guest guest
#include "harness/any_fixture.h"

/* Seeds of the values. */
#define OF_GUEST	1
#define OF_USER		2

static uint32_t expected_seed;	/* set by the host */

static void keep_state(void)
{
	guest_irqs_off();
	guest_state_fill(OF_GUEST);
	guest_request(expected_seed == OF_USER);
	guest_state_check(expected_seed);
	guest_done();
}

/* The value of a register, in one or two words. */
struct words {
	uint64_t word[2];
};

static struct words value_of(const struct guest_state_reg *reg, uint32_t seed)
{
	bool two = (reg->id & KVM_REG_SIZE_MASK) == KVM_REG_SIZE_U128;
	struct words value = {
		.word[0] = (guest_state_value(seed, reg->index) & reg->mask) | reg->fixed,
	};

	if (two)
		value.word[1] = guest_state_value(seed, reg->index + 1);
	return value;
}

static bool has_guest_value(const struct abi_vcpu *vcpu, const struct guest_state_reg *reg)
{
	struct words want = value_of(reg, OF_GUEST), got = { 0 };
	int ret = abi_reg_get(vcpu, reg->id, &got);

	got.word[0] &= reg->mask | reg->fixed;
	if (!ret && !memcmp(&want, &got, sizeof(got)))
		return true;
	fprintf(stderr, "%s, id 0x%llx: expected 0x%llx, got 0x%llx, %s\n", reg->name,
		(unsigned long long)reg->id, (unsigned long long)want.word[0],
		(unsigned long long)got.word[0], rule_outcome(ret));
	return false;
}

static bool set_user_value(const struct abi_vcpu *vcpu, const struct guest_state_reg *reg)
{
	struct words value = value_of(reg, OF_USER);
	int ret = abi_reg_set(vcpu, reg->id, &value);

	if (ret)
		fprintf(stderr, "%s, id 0x%llx: expected to set it, got %s\n", reg->name,
			(unsigned long long)reg->id, rule_outcome(ret));
	return !ret;
}

/* Handles the guest's request to set all registers, or, if @set is 0, to check them. */
static void handle_registers(struct guest *guest, unsigned int set)
{
	const struct abi_vcpu vcpu = { .fd = guest->vcpus[0]->fd };
	unsigned int *wrong = guest->context, i;
	struct guest_state_reg reg;

	for (i = 0; guest_state_reg(i, &reg); i++)
		*wrong += !(set ? set_user_value(&vcpu, &reg) : has_guest_value(&vcpu, &reg));
}

#define EXPECT_STATE(seed, what) do {					\
	unsigned int wrong_ = 0;					\
									\
	guest_create(&self->guest, 1, keep_state);			\
	self->guest.on_request = handle_registers;			\
	self->guest.context = &wrong_;					\
	expected_seed = seed;						\
	sync_global_to_guest(self->guest.vm, expected_seed);		\
	EXPECT_RULE_WORD(holds(guest_run(&self->guest) && !wrong_), what); \
} while (0)

TEST_F(vcpu_state, read)
{
	EXPECT_STATE(OF_GUEST, "registers that the guest has set");
}

TEST_F(vcpu_state, set)
{
	EXPECT_STATE(OF_USER, "registers that user space has set");
}

/* ---- a vCPU that another vCPU has turned on ---- */

/* Where CPU_ON enters: number 1 is Thumb code that is not aligned to a word. */
#define ON_ENTRY(number)	(0x40001008U + 2 * (number))
#define ON_CONTEXT	0x89abcdefU

#ifdef __aarch64__
#define STATUS_OF(entry)	0x3c5ULL	/* EL1h; D, A, I and F set */
#define NR_ENTRIES	1
#else
#define STATUS_OF(entry)	(0x1d3U | ((entry) & 1) << 5)	/* Supervisor mode; T */
#define NR_ENTRIES	2	/* the second entry is Thumb code */
#endif

static void turn_on_twice(void)
{
	unsigned int i;

	for (i = 0; i < NR_ENTRIES; i++) {
		guest_expect("the answer to CPU_ON", PSCI_RET_SUCCESS,
			     guest_psci(PSCI_0_2_FN_CPU_ON, GUEST_MPIDR_OF(1), ON_ENTRY(i) | i,
					ON_CONTEXT ^ i));
		guest_request(i);
	}
	guest_done();
}

/* Reads the registers of the vCPU, which has not been in KVM_RUN, and turns it off again. */
static void check_target(struct guest *guest, unsigned int number)
{
	const struct abi_vcpu target = { .fd = guest->vcpus[1]->fd };
	struct kvm_mp_state off = { .mp_state = KVM_MP_STATE_STOPPED };
	unsigned int *wrong = guest->context;
	int ret;

	*wrong += !same("PC", ON_ENTRY(number), reg_value(&target, PC));
	*wrong += !same("first register", ON_CONTEXT ^ number, reg_value(&target, FIRST_REG));
	*wrong += !same("status register", STATUS_OF(number), reg_value(&target, STATUS));
	ret = abi_ioctl(target.fd, KVM_SET_MP_STATE, &off);
	TEST_ASSERT(!ret, "KVM_SET_MP_STATE: %s", strerror(-ret));
}

TEST_F(vcpu_state, turned_on)
{
	unsigned int wrong = 0;

	guest_create_off(&self->guest, 2, turn_on_twice);
	self->guest.nr_vcpus = 1;
	self->guest.on_request = check_target;
	self->guest.context = &wrong;
	EXPECT_RULE_WORD(holds(guest_run(&self->guest) && !wrong),
			 "a vCPU after CPU_ON and before KVM_RUN");
}

/* ---- MMIO of each general register ---- */

#define RULE_FIXTURE	mmio
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/any_fixture.h"

/**
 * struct access - a load or store of register Rt at the address in register Rn
 * @name:  its mnemonic
 * @insn:  its code, with 0 for both registers
 * @len:   bytes of memory
 * @width: bits of the register that a load writes; all higher bits become 0
 * @load:  the instruction is a load
 * @sign:  the load extends the sign
 */
struct access {
	const char *name;
	uint32_t insn;
	unsigned int len, width;
	bool load, sign;
};

#ifdef __aarch64__
#define SCTLR		ARM64_SYS_REG(3, 0, 1, 0, 0)
#define SCTLR_EE	(1U << 25)
#define NR_REGS		31U
#define NR_RT		32U		/* the last one is the zero register */
#define ENCODE(insn, rn, rt)	((insn) | (rn) << 5 | (rt))

static const struct access accesses[] = {
	{ "str x", 0xf9000000, 8, 64, false, false },
	{ "str w", 0xb9000000, 4, 32, false, false },
	{ "strh", 0x79000000, 2, 32, false, false },
	{ "strb", 0x39000000, 1, 32, false, false },
	{ "ldr x", 0xf9400000, 8, 64, true, false },
	{ "ldr w", 0xb9400000, 4, 32, true, false },
	{ "ldrh", 0x79400000, 2, 32, true, false },
	{ "ldrb", 0x39400000, 1, 32, true, false },
	{ "ldrsw", 0xb9800000, 4, 64, true, true },
	{ "ldrsh x", 0x79800000, 2, 64, true, true },
	{ "ldrsh w", 0x79c00000, 2, 32, true, true },
	{ "ldrsb x", 0x39800000, 1, 64, true, true },
	{ "ldrsb w", 0x39c00000, 1, 32, true, true },
};

static const unsigned int modes[] = { 0 };

static uint64_t general_id(unsigned int mode, unsigned int n)
{
	(void)mode;
	return GENERAL(n);
}

static int set_mode(const struct abi_vcpu *vcpu, unsigned int mode, bool big)
{
	uint64_t sctlr;
	int ret = abi_reg_get(vcpu, SCTLR, &sctlr);

	(void)mode;
	sctlr = big ? sctlr | SCTLR_EE : sctlr & ~(uint64_t)SCTLR_EE;
	return ret ?: abi_reg_set(vcpu, SCTLR, &sctlr);
}
#else
#define MASKED		0x1c0		/* A, I and F */
#define BIG_ENDIAN_DATA	0x200
#define NR_REGS		15U
#define NR_RT		15U
#define ENCODE(insn, rn, rt)	((insn) | (rn) << 16 | (rt) << 12)

static const struct access accesses[] = {
	{ "str", 0xe5800000, 4, 32, false, false },
	{ "strh", 0xe1c000b0, 2, 32, false, false },
	{ "strb", 0xe5c00000, 1, 32, false, false },
	{ "ldr", 0xe5900000, 4, 32, true, false },
	{ "ldrh", 0xe1d000b0, 2, 32, true, false },
	{ "ldrb", 0xe5d00000, 1, 32, true, false },
	{ "ldrsh", 0xe1d000f0, 2, 32, true, true },
	{ "ldrsb", 0xe1d000d0, 1, 32, true, true },
};

static const unsigned int modes[] = {
	MODE_SVC, MODE_USR, MODE_FIQ, MODE_IRQ, MODE_ABT, MODE_UND, MODE_SYS,
};

static uint64_t general_id(unsigned int mode, unsigned int n)
{
	return aarch32_reg(mode, n);
}

static int set_mode(const struct abi_vcpu *vcpu, unsigned int mode, bool big)
{
	uint32_t cpsr = mode | MASKED | (big ? BIG_ENDIAN_DATA : 0);

	return abi_reg_set(vcpu, CORE(usr_regs.ARM_cpsr), &cpsr);
}
#endif

#define REG_BITS	(8 * sizeof(long))
#define LOW_BITS(value, bits) \
	((bits) == 64 ? (value) : (value) & ((1ULL << ((bits) % 64)) - 1))

/* Each register and each byte has its own value; the sign of loads alternates. */
#define VALUE(n)	LOW_BITS(0x9182a3b4c5d6e7f8ULL ^ (n) * 0x0101010101010101ULL, REG_BITS)
#define LOADED(n)	(0xf1e2d3c4b5a69788ULL ^ ((n) & 1 ? ~0ULL : 0) ^ (n))

/* The lowest @len bytes of @value, in memory order. */
static void to_bytes(uint64_t value, unsigned int len, bool big, uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		bytes[i] = value >> 8 * (big ? len - 1 - i : i);
}

/* The register's value after a load. */
static uint64_t extended(const struct access *a, uint64_t value)
{
	unsigned int bits = 8 * a->len;

	value = LOW_BITS(value, bits);
	if (a->sign && value >> (bits - 1) & 1)
		value |= ~0ULL << (bits - 1);
	return LOW_BITS(value, a->width);
}

/* Runs the instruction at @pc, which accesses register @rt, and completes it. */
static bool try_register(const struct abi_vcpu *vcpu, const struct access *a, unsigned int mode,
			 bool big, unsigned int rt, uint64_t pc)
{
	const unsigned int rn = rt == 1 ? 2 : 1;
	struct kvm_run *run = vcpu->run;
	uint64_t value = rt < NR_REGS ? VALUE(rt) : 0;
	uint8_t bytes[8] = { 0 };
	bool good;

	reg_set(vcpu, general_id(mode, rn), ABI_EXIT_IPA);
	reg_set(vcpu, PC, pc);
	good = same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, run->exit_reason);
	if (!good)
		return false;
	good &= same("address", ABI_EXIT_IPA, run->mmio.phys_addr);
	good &= same("length", a->len, run->mmio.len);
	good &= same("is_write", !a->load, run->mmio.is_write);
	to_bytes(a->load ? LOADED(rt) : value, a->len, big, bytes);
	if (a->load) {
		memset(run->mmio.data, 0xcc, sizeof(run->mmio.data));
		memcpy(run->mmio.data, bytes, a->len);
		value = extended(a, LOADED(rt));
	} else if (memcmp(bytes, run->mmio.data, a->len)) {
		good = same("first byte", bytes[0], run->mmio.data[0]) &&
		       same("last byte", bytes[a->len - 1], run->mmio.data[a->len - 1]);
	}
	good &= complete_access(vcpu);
	good &= same("PC", pc + 4, reg_value(vcpu, PC));
	if (rt < NR_REGS) {
		good &= same("register", value, reg_value(vcpu, general_id(mode, rt)));
		reg_set(vcpu, general_id(mode, rt), VALUE(rt));
	}
	reg_set(vcpu, general_id(mode, rn), VALUE(rn));
	return good;
}

/* Tries the access with each register. The other registers keep their values. */
static bool try_registers(const struct abi_vcpu *vcpu, const struct access *a, unsigned int mode,
			  bool big)
{
	uint64_t pc = ABI_CODE_IPA + 4 * NR_RT * (a - accesses);
	bool good = true;
	unsigned int n;
	int ret = set_mode(vcpu, mode, big);

	TEST_ASSERT(!ret, "set the mode: %s", strerror(-ret));
	for (n = 0; n < NR_REGS; n++)
		reg_set(vcpu, general_id(mode, n), VALUE(n));
	for (n = 0; good && n < NR_RT; n++) {
		good = try_register(vcpu, a, mode, big, n, pc + 4 * n);
		if (!good)
			fprintf(stderr, "%s of register %u\n", a->name, n);
	}
	for (n = 0; good && n < NR_REGS; n++)
		good = same("another register", VALUE(n), reg_value(vcpu, general_id(mode, n)));
	return good;
}

static int add_accesses(struct abi_vm *vm)
{
	static uint32_t code[ARRAY_SIZE(accesses)][NR_RT];
	unsigned int i, rt;

	for (i = 0; i < ARRAY_SIZE(accesses); i++)
		for (rt = 0; rt < NR_RT; rt++)
			code[i][rt] = ENCODE(accesses[i].insn, rt == 1 ? 2U : 1U, rt);
	return abi_vm_add_page(vm, 0, ABI_CODE_IPA, code, sizeof(code));
}

/* Tries the accesses in each mode, and in the first mode also with big-endian data. */
#define EXPECT_ACCESSES(is_load, extends_sign) do {					\
	unsigned int i_, m_;						\
									\
	abi_vm_open(&self->vm, 0);					\
	abi_vcpu_add(&self->vm, 0, &self->vcpu);			\
	ASSERT_OK(add_accesses(&self->vm));				\
	for (i_ = 0; i_ < ARRAY_SIZE(accesses); i_++) {			\
		const struct access *a_ = &accesses[i_];		\
									\
		if (a_->load != (is_load) || a_->sign != (extends_sign)) \
			continue;					\
		for (m_ = 0; m_ < ARRAY_SIZE(modes); m_++)		\
			EXPECT_RULE_WORD(holds(try_registers(&self->vcpu, a_, modes[m_], false)), \
					 "%s in mode 0x%x", a_->name, modes[m_]); \
		EXPECT_RULE_WORD(holds(try_registers(&self->vcpu, a_, modes[0], true)), \
				 "%s with big-endian data", a_->name);	\
	}								\
} while (0)

TEST_F(mmio, store)
{
	EXPECT_ACCESSES(false, false);
}

TEST_F(mmio, load)
{
	EXPECT_ACCESSES(true, false);
}

TEST_F(mmio, signed_load)
{
	EXPECT_ACCESSES(true, true);
}

/* ---- instructions ---- */

/* The vector of an aborted instruction fetch, and the registers that describe the abort. */
#ifdef __aarch64__
#define VBAR		ARM64_SYS_REG(3, 0, 12, 0, 0)
#define FETCH_VECTOR	0x200
#define STORE		0xb9000020	/* str w0, [x1] */
#define RETURN		CORE(elr_el1)
#define RETURN_OFFSET	0
#define SYNDROME	ARM64_SYS_REG(3, 0, 5, 2, 0)	/* ESR_EL1 */
#define SYNDROME_MASK	0xfc00003fULL
#define SYNDROME_WANTED	(0x21ULL << 26 | 0x10)	/* from EL1; synchronous external abort */
#define FAULT_ADDRESS	ARM64_SYS_REG(3, 0, 6, 0, 0)	/* FAR_EL1 */
#else
#define VBAR		ARM_CP15_REG32(0, 12, 0, 0)
#define FETCH_VECTOR	0x0c
#define STORE		0xe5810000	/* str r0, [r1] */
#define RETURN		CORE(KVM_ARM_ABT_lr)
#define RETURN_OFFSET	4
#define SYNDROME	ARM_CP15_REG32(0, 5, 0, 1)	/* IFSR */
#define SYNDROME_MASK	0x40fULL
#define SYNDROME_WANTED	0x008ULL	/* synchronous external abort */
#define FAULT_ADDRESS	ARM_CP15_REG32(0, 6, 0, 2)	/* IFAR */
#endif

TEST_F(mmio, fetch)
{
	static uint32_t code[FETCH_VECTOR / 4 + 1] = { [FETCH_VECTOR / 4] = STORE };
	struct kvm_run *run;
	bool good;

	abi_vm_open(&self->vm, 0);
	abi_vcpu_add(&self->vm, 0, &self->vcpu);
	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, code, sizeof(code)));
	run = self->vcpu.run;
	reg_set(&self->vcpu, VBAR, ABI_CODE_IPA);
	reg_set(&self->vcpu, general_id(modes[0], 1), ABI_EXIT_IPA);
	reg_set(&self->vcpu, PC, ABI_FREE_IPA);
	good = same("KVM_RUN", 0, -abi_ioctl(self->vcpu.fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, run->exit_reason) &&
	       same("address", ABI_EXIT_IPA, run->mmio.phys_addr);
	good = good && same("return address", ABI_FREE_IPA + RETURN_OFFSET,
			    reg_value(&self->vcpu, RETURN));
	good = good && same("syndrome", SYNDROME_WANTED,
			    reg_value(&self->vcpu, SYNDROME) & SYNDROME_MASK);
	good = good && same("fault address", ABI_FREE_IPA, reg_value(&self->vcpu, FAULT_ADDRESS));
	EXPECT_RULE_WORD(holds(good), "a fetch from an address without memory");
}

/* ---- the distributor, in big-endian ---- */

#define RULE_FIXTURE	mmio_gic
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/gic_fixture.h"

/* A word with the priorities of SPIs 32 to 35, a byte each. */
#define PRIORITIES	0x08101820U
#define FIRST_BYTE	3		/* the register that gets the first byte */
#define WHOLE_WORD	7

#ifdef __aarch64__
#define LDRB(n)		(0x39400020 | (n) << 10 | (FIRST_BYTE + (n)))
static const uint32_t swap_code[] = {
	0xb9000020,		/* str w0, [x1] */
	LDRB(0), LDRB(1), LDRB(2), LDRB(3),
	0xb9400027,		/* ldr w7, [x1] */
	0xb9000040,		/* str w0, [x2] */
};
#else
#define LDRB(n)		(0xe5d10000 | (FIRST_BYTE + (n)) << 12 | (n))
static const uint32_t swap_code[] = {
	0xe5810000,		/* str r0, [r1] */
	LDRB(0), LDRB(1), LDRB(2), LDRB(3),
	0xe5917000,		/* ldr r7, [r1] */
	0xe5820000,		/* str r0, [r2] */
};
#endif

static uint64_t low_word(const struct abi_vcpu *vcpu, unsigned int n)
{
	return (uint32_t)reg_value(vcpu, general_id(modes[0], n));
}

/* A GIC's registers are little-endian: the first byte belongs to the first interrupt. */
TEST_F(mmio_gic, big_endian)
{
	bool good;
	unsigned int i;

	OPEN_GIC_WITH_CODE(swap_code);
	ASSERT_OK(set_mode(&self->vcpu, modes[0], true));
	reg_set(&self->vcpu, general_id(modes[0], 0), PRIORITIES);
	reg_set(&self->vcpu, general_id(modes[0], 1), ABI_DIST_IPA + 0x420);
	reg_set(&self->vcpu, general_id(modes[0], 2), ABI_EXIT_IPA);
	reg_set(&self->vcpu, PC, ABI_CODE_IPA);
	good = same("KVM_RUN", 0, -abi_ioctl(self->vcpu.fd, KVM_RUN, NULL)) &&
	       same("address of the exit", ABI_EXIT_IPA, self->vcpu.run->mmio.phys_addr);
	for (i = 0; good && i < 4; i++)
		good = same("a byte", PRIORITIES >> (24 - 8 * i) & 0xff,
			    low_word(&self->vcpu, FIRST_BYTE + i));
	good = good && same("the word", PRIORITIES, low_word(&self->vcpu, WHOLE_WORD));
	EXPECT_RULE_WORD(holds(good), "priorities written and read by a big-endian guest");
}

#include "harness/rule_main.h"
