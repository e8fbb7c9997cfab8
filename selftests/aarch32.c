// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions, conditions, IT blocks and system registers of AArch32 where KVM takes part. The guest
 * is a vCPU of ARMv7, or one of an arm64 machine with KVM_ARM_VCPU_EL1_32BIT.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "guest/vcpu_regs.h"
#include "harness/rule_harness.h"

#ifdef __aarch64__
#define AARCH32_NEEDS	NEED_EL1_32
#define AARCH32_FEATURE	(1U << KVM_ARM_VCPU_EL1_32BIT)
#define SCTLR		ARM64_SYS_REG(3, 0, 1, 0, 0)
#define TTBCR		ARM64_SYS_REG(3, 0, 2, 0, 2)
#define TTBR0		ARM64_SYS_REG(3, 0, 2, 0, 0)
#define TTBR1		ARM64_SYS_REG(3, 0, 2, 0, 1)
#define DACR		ARM64_SYS_REG(3, 4, 3, 0, 0)
#define MAIR0		ARM64_SYS_REG(3, 0, 10, 2, 0)
#define DFSR		ARM64_SYS_REG(3, 0, 5, 2, 0)
#define VBAR		ARM64_SYS_REG(3, 0, 12, 0, 0)
#define IFSR		ARM64_SYS_REG(3, 4, 5, 0, 1)
#define IFAR		ARM64_SYS_REG(3, 0, 6, 0, 0)	/* FAR_EL1: DFAR is its lower half */
#define DFAR		IFAR
#define IFAR_OF(far)	((far) >> 32)
#else
#define AARCH32_NEEDS	0
#define AARCH32_FEATURE	0
#define SCTLR		ARM_CP15_REG32(0, 1, 0, 0)
#define TTBCR		ARM_CP15_REG32(0, 2, 0, 2)
#define TTBR0		ARM_CP15_REG64(0, 2)
#define TTBR1		ARM_CP15_REG64(1, 2)
#define DACR		ARM_CP15_REG32(0, 3, 0, 0)
#define MAIR0		ARM_CP15_REG32(0, 10, 2, 0)
#define DFSR		ARM_CP15_REG32(0, 5, 0, 0)
#define DFAR		ARM_CP15_REG32(0, 6, 0, 0)
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

#define SCTLR_M		(1U << 0)
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
#define CPSR_NZCV	0xf0000000U
#define CPSR_Q		0x08000000U
#define CPSR_NZCVQ	(CPSR_NZCV | CPSR_Q)
#define CPSR_MASKS	(CPSR_A | CPSR_I | CPSR_F)
#define CPSR_DEFINED	0xff0fffffU	/* without the bits that ARMv8 has added */
#define CPSR_OF_IT(it)	(((it) & 0xfcU) << 8 | ((it) & 3U) << 25)

/* mrc p15, 4, r1, c15, c0, 0: CBAR of Cortex CPUs. KVM has no register of c15. */
#define C15_ARM		0xee9f1f10U
#define C15_THUMB	0x1f10ee9fU
#define SMC_ARM		0xe1600070U
#define SMC_THUMB	0x8000f7f0U

#define VECTOR_UND	0x04U
#define VECTOR_PABT	0x0cU
#define VECTOR_DABT	0x10U

/*
 * Vectors in ARM state, then in Thumb state; then their handlers, each of which stores its SPSR to
 * the array at r0, at the vector's offset. A vector in Thumb state stores to the same place before
 * it branches: if the exception wrongly kept the IT block, the branch alone would end that block
 * unnoticed. The instructions after the handlers cause the exceptions.
 */
#define ARM_VECTOR(n)		(0xea00001eU + (n))	/* b */
#define THUMB_VECTOR(n)		((0xe04dU + 2 * (n)) << 16 | 0x6000U | (n) << 6) /* str r0; b */
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

#define VECTORS_IPA	(ABI_CODE_IPA + 0x100000)

/* Adds code whose r0 points to ABI_EXIT_IPA. An exception shows as a store at another address. */
static int add_code(struct abi_vm *vm, const struct abi_vcpu *vcpu, const void *code, size_t size)
{
	reg_set(vcpu, VBAR, VECTORS_IPA);
	reg_set(vcpu, GENERAL(0), ABI_EXIT_IPA);
	return abi_vm_add_page(vm, 0, ABI_CODE_IPA, code, size) ?:
	       abi_vm_add_page(vm, 1, VECTORS_IPA, exception_code, sizeof(exception_code));
}

#define CODE_AT(index)	(ABI_CODE_IPA + 4 * (index))

static const unsigned int aarch32_modes[] = {
	MODE_USR, MODE_FIQ, MODE_IRQ, MODE_SVC, MODE_ABT, MODE_UND, MODE_SYS,
};

/* The mode whose bank has register @n of @mode; User mode for registers that are not banked. */
static unsigned int owner_of(unsigned int mode, unsigned int n)
{
	if (mode == MODE_SYS || n < 8 || (n < AARCH32_SP && mode != MODE_FIQ))
		return MODE_USR;
	return mode;
}

/* Each register has its own value. Values of SPSRs are valid, and values of sp are aligned. */
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
 * The SPSR of an exception, which the guest has read as @read. QEMU 7.2 hides the SPSR of the
 * current mode from a hypervisor in AArch64: if the CPU has taken the exception, only the guest
 * reads the right value; if KVM has written the SPSR, only user space does.
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
#define LAST_KEPT	AARCH32_LR	/* no SPSRs, see spsr_of() */
#else
#define LAST_KEPT	AARCH32_SPSR
#endif

/* Compares all registers but r0, r1, and those that the exception sets: lr and SPSR of @taken. */
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
 * @masks:         bits that the exception sets in the CPSR besides I
 */
struct exception {
	unsigned int mode, vector;
	uint32_t lr, masks;
};

/* Runs to the next exit, which has to be MMIO at the vector's offset from ABI_EXIT_IPA. */
static bool run_to_vector(const struct abi_vcpu *vcpu, unsigned int vector)
{
	return same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, vcpu->run->exit_reason) &&
	       same("vector", vector, vcpu->run->mmio.phys_addr - ABI_EXIT_IPA);
}

/* Runs from @pc with @cpsr to the end of the vector's handler. */
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
	good = run_to_vector(vcpu, e->vector);
	if (good && thumb)
		good = complete_access(vcpu) &&
		       same("PC at the vector", vbar + e->vector + 2, reg_value(vcpu, PC)) &&
		       same("CPSR", expected, reg_value(vcpu, STATUS) & CPSR_DEFINED) &&
		       run_to_vector(vcpu, e->vector);
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

/* Takes the exception from each mode, in both states, in an IT block, with several CPSRs. */
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
			/* The first of four instructions with condition EQ, which holds. */
			if (bits & 4 && !take(vcpu, sctlr, cpsr | CPSR_Z | CPSR_OF_IT(0x01)))
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

/* Fault status of an external abort, for each format of descriptors. */
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

/* ---- aborts of a walk of the guest's tables ---- */

/*
 * Tables at TABLES_IPA: 8 KiB of short descriptors, two tables of long ones, and 16 KiB of short
 * descriptors for TTBR1.
 */
#define TABLES_IPA	(ABI_CODE_IPA + 0x200000)
#define TABLES_SIZE	0x10000U
#define LONG_1		0x2000U
#define LONG_2		0x3000U
#define SHORT_1		0x4000U

/* Entries that map memory at its own address: a section of 1 MiB, and a block of 1 GiB. */
#define SECTION		0xc02U
#define BLOCK		0x701U
#define SHORT_TABLE	1U
#define LONG_TABLE	3U

#define STATUS_WRITE	(1U << 11)	/* WnR of DFSR */

/**
 * struct walk - a table walk that reaches a table outside of memory
 * @ttbcr:  format and sizes of the regions
 * @va:     the address that the guest accesses
 * @status: fault status: external abort on a walk, for the format and the level
 * @ttbr1:  table of the upper region
 */
static const struct walk {
	uint32_t ttbcr, va, status, ttbr1;
} walks[] = {
	{ TTBCR_LONG | 1 << 16, 0x80000124, 0x215, ABI_FREE_IPA },
	{ TTBCR_LONG | 2 << 16, 0xc0000124, 0x216, ABI_FREE_IPA },
	{ TTBCR_LONG | 2 << 16, 0xc0000124, 0x217, TABLES_IPA + LONG_2 },
	{ TTBCR_LONG, 0x00000348, 0x216, ABI_FREE_IPA },
	{ TTBCR_LONG, 0xc000056c, 0x217, ABI_FREE_IPA },
	{ 1, 0x80000124, 0x00c, ABI_FREE_IPA },
	{ 1, 0xc0000124, 0x00e, TABLES_IPA + SHORT_1 },
	{ 1, 0x00000348, 0x00e, ABI_FREE_IPA },
};

static const uint32_t walk_code[] = {
	0xe5923000,	/* ldr r3, [r2] */
	0xe5823000,	/* str r3, [r2] */
};

enum walker { BY_LOAD, BY_STORE, BY_FETCH };

/* Descriptors are big-endian with SCTLR.EE. */
static uint64_t long_entry(bool big, uint64_t entry)
{
	return big ? __builtin_bswap64(entry) : entry;
}

static uint32_t short_entry(bool big, uint32_t entry)
{
	return big ? __builtin_bswap32(entry) : entry;
}

/* Fills in the tables of walks[]. For each @va, they refer to a table outside of memory. */
static void fill_tables(void *memory, bool big)
{
	static const uint32_t mapped[] = { ABI_CODE_IPA, VECTORS_IPA, ABI_EXIT_IPA };
	uint64_t *long_1 = memory + LONG_1, *long_2 = memory + LONG_2;
	uint32_t *sections = memory, *upper = memory + SHORT_1;
	unsigned int i;

	for (i = 0; i < 4; i++)
		long_1[i] = long_entry(big, (uint64_t)i << 30 | BLOCK);
	long_1[0] = long_entry(big, ABI_FREE_IPA | LONG_TABLE);
	long_1[3] = long_entry(big, (TABLES_IPA + LONG_2) | LONG_TABLE);
	long_2[0] = long_entry(big, ABI_FREE_IPA | LONG_TABLE);
	sections[0] = short_entry(big, ABI_FREE_IPA | SHORT_TABLE);
	for (i = 0; i < ARRAY_SIZE(mapped); i++)
		sections[mapped[i] >> 20] = short_entry(big, mapped[i] | SECTION);
	upper[0xc0000000 >> 20] = short_entry(big, ABI_FREE_IPA | SHORT_TABLE);
	/* The guest's walks do not use caches. */
	__builtin___clear_cache(memory, memory + TABLES_SIZE);
}

/* Returns NULL on failure. */
static void *add_tables(struct abi_vm *vm)
{
	void *memory = mmap(NULL, TABLES_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED ||
	    abi_slot_set(vm->fd, 2, 0, TABLES_IPA, TABLES_SIZE, memory))
		return NULL;
	return memory;
}

static bool aborts(const struct abi_vcpu *vcpu, const struct walk *walk, enum walker by)
{
	uint32_t pc = by == BY_FETCH ? walk->va : CODE_AT(by == BY_STORE);
	uint32_t status = walk->status | (by == BY_STORE ? STATUS_WRITE : 0);
	uint64_t tables = TABLES_IPA + (walk->ttbcr & TTBCR_LONG ? LONG_1 : 0);
	uint32_t far;
	bool good;

	reg_set(vcpu, TTBCR, walk->ttbcr);
	reg_set(vcpu, TTBR0, tables);
	reg_set(vcpu, TTBR1, walk->ttbr1);
	reg_set(vcpu, STATUS, MODE_SVC | CPSR_MASKS);
	reg_set(vcpu, PC, pc);
	reg_set(vcpu, GENERAL(0), ABI_EXIT_IPA);
	reg_set(vcpu, GENERAL(2), walk->va);
	good = run_to_vector(vcpu, by == BY_FETCH ? VECTOR_PABT : VECTOR_DABT) &&
	       complete_access(vcpu) &&
	       same("lr", pc + (by == BY_FETCH ? 4 : 8),
		    (uint32_t)reg_value(vcpu, aarch32_reg(MODE_ABT, AARCH32_LR)));
	far = by == BY_FETCH ? IFAR_OF(reg_value(vcpu, IFAR)) : reg_value(vcpu, DFAR);
	good = good && same("address", walk->va, far) &&
	       same("status", status, reg_value(vcpu, by == BY_FETCH ? IFSR : DFSR) &
		    (STATUS_MASK | STATUS_WRITE));
	if (!good)
		fprintf(stderr, "walk for 0x%x, TTBCR 0x%x\n", walk->va, walk->ttbcr);
	return good;
}

static bool all_abort(const struct abi_vcpu *vcpu)
{
	static const char *const names[] = { "load", "store", "fetch" };
	unsigned int i, by;

	for (i = 0; i < ARRAY_SIZE(walks); i++)
		for (by = 0; by < ARRAY_SIZE(names); by++)
			if (!aborts(vcpu, &walks[i], by)) {
				fprintf(stderr, "a %s, expected status 0x%x\n", names[by],
					walks[i].status);
				return false;
			}
	return true;
}

TEST_F(aarch32, walk_abort)
{
	const uint32_t sctlr = reg_value(&self->vcpu, SCTLR) & ~SCTLR_EE;
	unsigned int big;
	void *tables;

	ASSERT_OK(add_code(&self->vm, &self->vcpu, walk_code, sizeof(walk_code)));
	tables = add_tables(&self->vm);
	ASSERT_NE(NULL, tables);
	reg_set(&self->vcpu, DACR, 3);		/* domain 0: no permission checks */
	reg_set(&self->vcpu, MAIR0, 0xff);
	for (big = 0; big < 2; big++) {
		fill_tables(tables, big);
		reg_set(&self->vcpu, SCTLR, sctlr | SCTLR_M | (big ? SCTLR_EE : 0));
		EXPECT_RULE_WORD(holds(all_abort(&self->vcpu)), "walks of %s tables",
				 big ? "big-endian" : "little-endian");
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

/* A load of r1 from [r0] for each condition, and a store to [r2] after each. */
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

	ASSERT_OK(add_code(&self->vm, &self->vcpu, conditional_code, sizeof(conditional_code)));
	for (thumb = 0; thumb < 2; thumb++)
		for (condition = 0; good && condition < NR_CONDITIONS; condition++)
			for (nzcv = 0; good && nzcv < NR_FLAGS; nzcv++)
				good = try_condition(&self->vcpu, thumb, condition, nzcv);
	EXPECT_RULE_WORD(holds(good), "loads outside of memory in each condition, with all flags");
}

/* ---- a Thumb IT block ---- */

/* Stores at different offsets from r0: the IT block's instructions, and some after the block. */
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

	ASSERT_OK(add_code(&self->vm, &self->vcpu, block_code, sizeof(block_code)));
	/* An ITSTATE with 0 in its lowest four bits is outside of IT blocks. */
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

/* KVM may trap these writes while MMU and caches are off. */
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

	ASSERT_OK(add_code(&self->vm, &self->vcpu, ttbr_code, sizeof(ttbr_code)));
	reg_set(&self->vcpu, PC, ABI_CODE_IPA);
	for (i = 0; i < ARRAY_SIZE(values); i++)
		reg_set(&self->vcpu, GENERAL(i), values[i]);
	EXPECT_RULE_WORD(holds(halves_are(&self->vcpu, TTBR0_LOW, TTBR1_LOW)),
			 "writes of 64 bits");
	EXPECT_RULE_WORD(holds(halves_are(&self->vcpu, NEW_LOW, NEW_LOW)), "writes of 32 bits");
}

/* ---- registers that read as zero on ARMv7 ---- */

#define RULE_FIXTURE	armv7_read
#define RULE_NEEDS	NEED_ARMV7
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/any_fixture.h"

/* MRC to the pc writes the flags: PMCR and L2ECTLR are zero here. */
static const uint32_t flags_code[] = {
	0xee19ff1c,	/* mrc p15, 0, APSR_nzcv, c9, c12, 0 */
	0xe5800000,	/* str r0, [r0] */
	0xee39ff70,	/* mrc p15, 1, APSR_nzcv, c9, c0, 3 */
	0xe5800000,
};

static bool reads_to_flags(const struct abi_vcpu *vcpu, unsigned int mode, unsigned int at)
{
	const uint32_t cpsr = mode | CPSR_MASKS | CPSR_GE | CPSR_Q;

	reg_set(vcpu, STATUS, cpsr | CPSR_NZCV);
	reg_set(vcpu, PC, CODE_AT(at));
	return run_to_exit(vcpu, true) && same("CPSR", cpsr, reg_value(vcpu, STATUS));
}

TEST_F(armv7_read, to_flags)
{
	unsigned int m;

	abi_vm_open(&self->vm, 0);
	abi_vcpu_add(&self->vm, 0, &self->vcpu);
	ASSERT_OK(add_code(&self->vm, &self->vcpu, flags_code, sizeof(flags_code)));
	for (m = 0; m < ARRAY_SIZE(aarch32_modes); m++) {
		if (aarch32_modes[m] == MODE_USR)
			continue;
		EXPECT_RULE_WORD(holds(reads_to_flags(&self->vcpu, aarch32_modes[m], 0) &&
				       reads_to_flags(&self->vcpu, aarch32_modes[m], 2)),
				 "two registers that are zero, in mode 0x%x", aarch32_modes[m]);
	}
}

#include "harness/rule_main.h"
