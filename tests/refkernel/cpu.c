// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU of the reference kernel, seen by its VMM and its guest: registers, PSCI, MMIO,
 * exceptions, timers, caches, VFP, ThumbEE, signals, debugfs, invalid calls. Guest code is
 * assembler, in most tests with the MMU off, so that no page tables of the guest and no guest
 * kernel affect the result.
 *
 *   cpu [--list] [--tests PATTERN] [--after TEST]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/keyctl.h>
#include <linux/psci.h>

#define HOST_TESTS_APART
#include "test_guest.h"

#define SECOND_IPA	(CODE_IPA + 0x800)
#define MEMORY_SIZE	0x8000U
#define MMIO_IPA	0x60000000U	/* unmapped, for tests of MMIO */

#define R(n)		(n)

/* ---- a VM with two vCPUs ---- */

struct guest {
	struct vm vm;
	volatile uint32_t *memory;
};

static int set_one(int vcpu, uint64_t id, const void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg) ? -errno : 0;
}

static int get_one(int vcpu, uint64_t id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vcpu, KVM_GET_ONE_REG, &reg) ? -errno : 0;
}

static void set_core(int vcpu, unsigned int index, uint32_t value)
{
	if (set_one(vcpu, core_id(index), &value))
		ksft_exit_fail_msg("core register %u: %s\n", index, strerror(errno));
}

static uint32_t get_core(int vcpu, unsigned int index)
{
	uint32_t value = 0;

	if (get_one(vcpu, core_id(index), &value))
		ksft_exit_fail_msg("core register %u: %s\n", index, strerror(errno));
	return value;
}

/* vCPU 1 is off until CPU_ON. */
static void create(struct guest *g)
{
	const uint32_t psci = 1U << KVM_ARM_VCPU_PSCI_0_2;

	g->memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!vm_create(&g->vm, (void *)g->memory, MEMORY_SIZE) ||
	    !vm_add_vcpu(&g->vm, psci) ||
	    !vm_add_vcpu(&g->vm, psci | 1U << KVM_ARM_VCPU_POWER_OFF))
		ksft_exit_fail_msg("no guest\n");
}

static void destroy(struct guest *g)
{
	vm_destroy(&g->vm);
	munmap((void *)g->memory, MEMORY_SIZE);
}

#define LOAD_CODE(g, name, ipa) do {					\
	extern const char name##_begin[], name##_end[];			\
									\
	memcpy((char *)(g)->memory + ((ipa) - CODE_IPA), name##_begin,	\
	       name##_end - name##_begin);				\
} while (0)

/* Defines guest code between two labels. */
#define GUEST_CODE(name, body)						\
	asm(".pushsection .rodata\n"					\
	    ".arm\n.arch armv7-a\n.arch_extension virt\n.arch_extension sec\n.fpu neon\n" \
	    ".align 3\n.global " #name "_begin\n" #name "_begin:\n"	\
	    body							\
	    "\n.ltorg\n.global " #name "_end\n" #name "_end:\n.popsection\n")

static bool expect(const char *what, uint64_t expected, uint64_t got)
{
	if (expected != got)
		ksft_print_msg("%s: expected 0x%llx, got 0x%llx\n", what,
			       (unsigned long long)expected, (unsigned long long)got);
	return expected == got;
}

/* Runs a vCPU until its guest stores to EXIT_IPA + @offset. */
static bool run_to(struct guest *g, unsigned int i, uint32_t offset, uint32_t *value)
{
	struct kvm_run *run = g->vm.run[i];

	if (ioctl(g->vm.vcpu[i], KVM_RUN, 0)) {
		ksft_print_msg("KVM_RUN: expected success, got %s\n", strerror(errno));
		return false;
	}
	if (run->exit_reason != KVM_EXIT_MMIO || !run->mmio.is_write ||
	    run->mmio.phys_addr != EXIT_IPA + offset) {
		ksft_print_msg("expected a store to 0x%x, got exit reason %u at 0x%llx, pc 0x%x\n",
			       EXIT_IPA + offset, run->exit_reason, run->mmio.phys_addr,
			       get_core(g->vm.vcpu[i], CORE_PC));
		return false;
	}
	if (value)
		memcpy(value, run->mmio.data, sizeof(*value));
	return true;
}

static void start(struct guest *g)
{
	set_core(g->vm.vcpu[0], CORE_PC, CODE_IPA);
	set_core(g->vm.vcpu[0], CORE_CPSR, 0x1d3);
}

/* ---- registers ---- */

/* True for the counters, which advance. */
static bool is_counter(uint64_t id)
{
	return id == ARM_CP15_REG64(1, 14) || id == ARM_CP15_REG64(0, 14);
}

/* 64-bit registers keep all their bits: TTBRn, PAR, the timers' CVAL, and d0 to d31. */
static bool wide_registers(int vcpu, const struct kvm_reg_list *list)
{
	uint64_t pattern, value;
	bool good = true;
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		uint64_t id = list->reg[i];

		if ((id & KVM_REG_SIZE_MASK) != KVM_REG_SIZE_U64 || is_counter(id))
			continue;
		pattern = 0xa5a5f00f5a5a0000ULL ^ (uint64_t)i << 40 ^ i;
		value = pattern;
		good &= expect("a register of 64 bits", 0, set_one(vcpu, id, &value)) &&
			expect("... read", 0, get_one(vcpu, id, &value)) &&
			expect("...", pattern, value);
	}
	return good;
}

/* KVM_GET_REG_LIST lists those of d0 to d31 that KVM_GET_ONE_REG can read, and no others. */
static bool vfp_registers(int vcpu, const struct kvm_reg_list *list)
{
	unsigned int i, n;
	bool good = true;
	uint64_t value;

	for (i = 0; i < 32; i++) {
		uint64_t id = KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_VFP | i;

		for (n = 0; n < list->n && list->reg[n] != id; n++)
			;
		if (!expect("a VFP register is listed", !get_one(vcpu, id, &value), n < list->n)) {
			ksft_print_msg("d%u\n", i);
			good = false;
		}
	}
	return good;
}

/* User space may set each mode that a guest can be in. */
static bool modes(int vcpu)
{
	static const uint8_t all[] = { 0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f };
	bool good = true;
	uint64_t value;
	unsigned int i;

	for (i = 0; i < sizeof(all); i++) {
		value = 0x1c0 | all[i];
		good &= expect("CPSR", 0, set_one(vcpu, core_id(CORE_CPSR), &value)) &&
			expect("...", 0x1c0 | all[i], get_core(vcpu, CORE_CPSR));
	}
	return good;
}

static bool registers(struct guest *g)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + 512 * sizeof(uint64_t));
	int vcpu = g->vm.vcpu[0];
	bool good = true;
	unsigned int i;
	uint64_t value, again;

	list->n = 1;
	good &= expect("KVM_GET_REG_LIST with no room", -1, ioctl(vcpu, KVM_GET_REG_LIST, list)) &&
		expect("... and errno", E2BIG, errno);
	good &= expect("KVM_GET_REG_LIST", 0, ioctl(vcpu, KVM_GET_REG_LIST, list));
	good &= expect("more than 100 registers", true, list->n > 100);
	for (i = 0; i < list->n; i++) {
		uint64_t id = list->reg[i];

		value = 0;
		if (get_one(vcpu, id, &value) || set_one(vcpu, id, &value) ||
		    get_one(vcpu, id, &again)) {
			ksft_print_msg("register 0x%llx: expected get and set to succeed, got %s\n",
				       (unsigned long long)id, strerror(errno));
			good = false;
		}
	}
	/* r0 to r15 and the banked registers keep all bits. Index 17 is ORIG_r0, not a register. */
	for (i = 0; i < 38; i++) {
		uint32_t pattern = 0x5a5a0000 | i;

		if (i == CORE_CPSR || i == 17)
			continue;
		set_core(vcpu, i, pattern);
		good &= expect("a core register", pattern, get_core(vcpu, i));
	}
	good &= wide_registers(vcpu, list);
	good &= vfp_registers(vcpu, list);
	good &= modes(vcpu);
	/* list->n is now the number of registers: just enough room. */
	good &= expect("KVM_GET_REG_LIST again", 0, ioctl(vcpu, KVM_GET_REG_LIST, list));
	value = 0x1fa;	/* HYP mode */
	good &= expect("CPSR of HYP mode", -EINVAL, set_one(vcpu, core_id(CORE_CPSR), &value));
	value = 0x1d6;	/* Monitor mode */
	good &= expect("CPSR of Monitor mode", -EINVAL, set_one(vcpu, core_id(CORE_CPSR), &value));
	good &= expect("core register 38", -ENOENT, get_one(vcpu, core_id(38), &value));
	good &= expect("an x86 register", -EINVAL,
		       get_one(vcpu, KVM_REG_X86 | KVM_REG_SIZE_U32, &value));
	free(list);
	return good;
}

/* ---- the world switch ---- */

/*
 * Registers that the world switch saves: name, operands of the guest's MRC and MCR (only for
 * cp15), id for KVM_GET_ONE_REG, and mask of the bits that exist. With the MMU off, in Supervisor
 * mode, any value is harmless.
 */
#define CP15_32(op1, crn, crm, op2)	ARM_CP15_REG32(op1, crn, crm, op2)
#define BANK(name)			core_id(KVM_REG_ARM_CORE_REG(name))
#define FOR_EACH_SWITCHED(do_)							\
	do_(csselr, "p15, 2, r0, c0, c0, 0", CP15_32(2, 0, 0, 0), 0xe)		\
	do_(cpacr, "p15, 0, r0, c1, c0, 2", CP15_32(0, 1, 0, 2), 0x00f00000)	\
	do_(ttbcr, "p15, 0, r0, c2, c0, 2", CP15_32(0, 2, 0, 2), 0x7)		\
	do_(ttbr0, "p15, 0, r0, c2, c0, 0", ARM_CP15_REG64(0, 2), 0xffffc000)	\
	do_(ttbr1, "p15, 0, r0, c2, c0, 1", ARM_CP15_REG64(1, 2), 0xffffc000)	\
	do_(dacr, "p15, 0, r0, c3, c0, 0", CP15_32(0, 3, 0, 0), ~0U)		\
	do_(dfsr, "p15, 0, r0, c5, c0, 0", CP15_32(0, 5, 0, 0), 0x1fff)		\
	do_(ifsr, "p15, 0, r0, c5, c0, 1", CP15_32(0, 5, 0, 1), 0x1fff)		\
	do_(dfar, "p15, 0, r0, c6, c0, 0", CP15_32(0, 6, 0, 0), ~0U)		\
	do_(ifar, "p15, 0, r0, c6, c0, 2", CP15_32(0, 6, 0, 2), ~0U)		\
	do_(par, "p15, 0, r0, c7, c4, 0", ARM_CP15_REG64(0, 7), 0xfffff000)	\
	do_(prrr, "p15, 0, r0, c10, c2, 0", CP15_32(0, 10, 2, 0), ~0U)		\
	do_(nmrr, "p15, 0, r0, c10, c2, 1", CP15_32(0, 10, 2, 1), ~0U)		\
	do_(vbar, "p15, 0, r0, c12, c0, 0", CP15_32(0, 12, 0, 0), 0xffffffe0)	\
	do_(contextidr, "p15, 0, r0, c13, c0, 1", CP15_32(0, 13, 0, 1), ~0U)	\
	do_(tpidrurw, "p15, 0, r0, c13, c0, 2", CP15_32(0, 13, 0, 2), ~0U)	\
	do_(tpidruro, "p15, 0, r0, c13, c0, 3", CP15_32(0, 13, 0, 3), ~0U)	\
	do_(tpidrprw, "p15, 0, r0, c13, c0, 4", CP15_32(0, 13, 0, 4), ~0U)	\
	do_(cntkctl, "p15, 0, r0, c14, c1, 0", CP15_32(0, 14, 1, 0), 0x3ff)

#define FOR_EACH_BANKED(do_)							\
	do_(sp_usr, BANK(usr_regs.ARM_sp), ~3U)					\
	do_(sp_abt, BANK(abt_regs[0]), ~3U) do_(lr_abt, BANK(abt_regs[1]), ~3U)	\
	do_(spsr_abt, BANK(abt_regs[2]), 0xf00f03c0)				\
	do_(sp_und, BANK(und_regs[0]), ~3U) do_(lr_und, BANK(und_regs[1]), ~3U)	\
	do_(spsr_und, BANK(und_regs[2]), 0xf00f03c0)				\
	do_(sp_irq, BANK(irq_regs[0]), ~3U) do_(lr_irq, BANK(irq_regs[1]), ~3U)	\
	do_(spsr_irq, BANK(irq_regs[2]), 0xf00f03c0)				\
	do_(r8_fiq, BANK(fiq_regs[0]), ~0U) do_(r9_fiq, BANK(fiq_regs[1]), ~0U)	\
	do_(r10_fiq, BANK(fiq_regs[2]), ~0U) do_(r11_fiq, BANK(fiq_regs[3]), ~0U)	\
	do_(r12_fiq, BANK(fiq_regs[4]), ~0U) do_(sp_fiq, BANK(fiq_regs[5]), ~3U)	\
	do_(lr_fiq, BANK(fiq_regs[6]), ~3U)					\
	do_(spsr_fiq, BANK(fiq_regs[7]), 0xf00f03c0)

/* Supervisor mode cannot access its own banked registers with MRS (banked). */
#define READ_SVC								\
	"str sp, [r9], #4\n" "str lr, [r9], #4\n" "mrs r0, spsr\n" "str r0, [r9], #4\n"
#define WRITE_SVC								\
	"ldr sp, [r9], #4\n" "ldr lr, [r9], #4\n" "ldr r0, [r9], #4\n" "msr spsr_cxsf, r0\n"

#define READ_CP15(name, how, id, mask)	"mrc " how "\n" "str r0, [r9], #4\n"
#define WRITE_CP15(name, how, id, mask)	"ldr r0, [r9], #4\n" "mcr " how "\n"
#define READ_BANK(name, id, mask)	"mrs r0, " #name "\n" "str r0, [r9], #4\n"
#define WRITE_BANK(name, id, mask)	"ldr r0, [r9], #4\n" "msr " #name ", r0\n"
#define READ_ALL	FOR_EACH_SWITCHED(READ_CP15) FOR_EACH_BANKED(READ_BANK) READ_SVC
#define WRITE_ALL	FOR_EACH_SWITCHED(WRITE_CP15) FOR_EACH_BANKED(WRITE_BANK) WRITE_SVC

/*
 * Offsets from 0x40001000: at 0 the values read at first, at 0x200 those read after an exit, at
 * 0x400 the values to write, at 0x600 those read after the write and one more exit.
 */
GUEST_CODE(switched,
	   "mov r10, #0x50000000\n"
	   "ldr r9, =0x40001000\n"
	   READ_ALL
	   "str r0, [r10]\n"		/* exit */
	   "ldr r9, =0x40001200\n"
	   READ_ALL
	   "ldr r9, =0x40001400\n"
	   WRITE_ALL
	   "str r0, [r10, #4]\n"	/* exit */
	   "ldr r9, =0x40001600\n"
	   READ_ALL
	   "str r0, [r10, #8]\n");

static bool switched(struct guest *g)
{
	static const struct {
		const char *name;
		uint64_t id;
		uint32_t mask;
	} regs[] = {
#define CP15_ROW(name, how, id, mask)	{ #name, id, mask },
#define BANK_ROW(name, id, mask)	{ #name, 0, mask },
		FOR_EACH_SWITCHED(CP15_ROW)
		FOR_EACH_BANKED(BANK_ROW)
		{ "sp_svc", 0, ~3U }, { "lr_svc", 0, ~3U }, { "spsr_svc", 0, 0xf00f03c0 },
	};
#define BANK_ID(name, id, mask)	id,
	const uint64_t banks[] = {
		FOR_EACH_BANKED(BANK_ID)
		BANK(svc_regs[0]), BANK(svc_regs[1]), BANK(svc_regs[2]),
	};
	const unsigned int first_bank = ARRAY_SIZE(regs) - ARRAY_SIZE(banks);
	volatile uint32_t *area = g->memory + 0x1000 / 4;
	uint32_t first[ARRAY_SIZE(regs)], second[ARRAY_SIZE(regs)];
	bool good = true;
	unsigned int i;

	LOAD_CODE(g, switched, CODE_IPA);
	start(g);
	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		uint64_t id = i < first_bank ? regs[i].id : banks[i - first_bank];
		uint64_t value = first[i] = (0x9e3779b9U * (i + 1)) & regs[i].mask;

		area[0x400 / 4 + i] = second[i] = ~first[i] & regs[i].mask;
		if (set_one(g->vm.vcpu[0], id, &value)) {
			ksft_print_msg("%s: expected KVM_SET_ONE_REG to succeed, got an error\n",
				       regs[i].name);
			return false;
		}
	}
	if (!run_to(g, 0, 0, NULL) || !run_to(g, 0, 4, NULL))
		return false;
	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		uint64_t id = i < first_bank ? regs[i].id : banks[i - first_bank];
		uint64_t value = 0;

		good &= !get_one(g->vm.vcpu[0], id, &value);
		if (area[i] != first[i] || area[0x200 / 4 + i] != first[i] ||
		    (uint32_t)value != second[i]) {
			ksft_print_msg("%s: expected 0x%x, then 0x%x; got 0x%x, 0x%x, 0x%x\n",
				       regs[i].name, first[i], second[i], area[i],
				       area[0x200 / 4 + i], (uint32_t)value);
			good = false;
		}
	}
	if (!run_to(g, 0, 8, NULL))
		return false;
	for (i = 0; i < ARRAY_SIZE(regs); i++)
		if (area[0x600 / 4 + i] != second[i]) {
			ksft_print_msg("%s: expected 0x%x after an exit, got 0x%x\n",
				       regs[i].name, second[i], area[0x600 / 4 + i]);
			good = false;
		}
	return good;
}

/* ---- MMIO ---- */

GUEST_CODE(mmio,
	   "mov r8, #0x60000000\n"
	   "ldr r1, =0x89abcdef\n"
	   "strb r1, [r8, #1]\n"	/* step 0 of mmio() */
	   "strh r1, [r8, #2]\n"
	   "str r1, [r8, #4]\n"
	   "ldrb r2, [r8, #1]\n"	/* step 3 */
	   "ldrh r3, [r8, #2]\n"
	   "ldr r4, [r8, #4]\n"
	   "ldrsb r5, [r8, #1]\n"
	   "ldrsh r6, [r8, #2]\n"
	   "ldr lr, [r8, #4]\n"
	   "setend be\n"
	   "str r1, [r8, #4]\n"		/* step 9 */
	   "ldr r7, [r8, #4]\n"
	   "ldrh r9, [r8, #2]\n"
	   "setend le\n"
	   "mov r10, #0x50000000\n"
	   "str r7, [r10]\n"
	   "mov r0, #1\n"
	   "cmp r0, #2\n"
	   "streq r0, [r10, #4]\n"	/* not taken */
	   "strne r0, [r10, #8]\n"
	   "ldmia r8, {r0, r1}\n");	/* no syndrome */

static bool mmio(struct guest *g)
{
	static const struct {
		uint32_t addr, data;
		uint8_t len;
		bool write;
	} steps[] = {
		{ MMIO_IPA + 1, 0xef, 1, true },
		{ MMIO_IPA + 2, 0xcdef, 2, true },
		{ MMIO_IPA + 4, 0x89abcdef, 4, true },
		{ MMIO_IPA + 1, 0x91, 1, false },
		{ MMIO_IPA + 2, 0x8182, 2, false },
		{ MMIO_IPA + 4, 0x71727374, 4, false },
		{ MMIO_IPA + 1, 0x91, 1, false },
		{ MMIO_IPA + 2, 0x8182, 2, false },
		{ MMIO_IPA + 4, 0x61626364, 4, false },
		{ MMIO_IPA + 4, 0xefcdab89, 4, true },
		{ MMIO_IPA + 4, 0x11223344, 4, false },
		{ MMIO_IPA + 2, 0x1122, 2, false },
	};
	static const struct {
		unsigned int reg;
		uint32_t value;
	} regs[] = {
		{ 2, 0x91 }, { 3, 0x8182 }, { 4, 0x71727374 }, { 5, 0xffffff91 },
		{ 6, 0xffff8182 }, { 7, 0x44332211 }, { 9, 0x2211 },
	};
	struct kvm_run *run = g->vm.run[0];
	uint32_t value = 0;
	bool good = true;
	unsigned int i;

	LOAD_CODE(g, mmio, CODE_IPA);
	start(g);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		value = 0;
		good &= expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0));
		good &= expect("exit reason", KVM_EXIT_MMIO, run->exit_reason);
		good &= expect("address", steps[i].addr, run->mmio.phys_addr);
		good &= expect("length", steps[i].len, run->mmio.len);
		good &= expect("direction", steps[i].write, run->mmio.is_write);
		memcpy(&value, run->mmio.data, run->mmio.len & 4 ? 4 : run->mmio.len & 3);
		if (steps[i].write)
			good &= expect("data", steps[i].data, value);
		memcpy(run->mmio.data, &steps[i].data, sizeof(value));
		if (!good) {
			ksft_print_msg("step %u failed\n", i);
			return false;
		}
	}
	good &= run_to(g, 0, 0, NULL) && run_to(g, 0, 8, NULL);
	for (i = 0; i < ARRAY_SIZE(regs); i++)
		good &= expect("register after the load", regs[i].value,
			       get_core(g->vm.vcpu[0], regs[i].reg));
	good &= expect("lr_svc", 0x61626364,
		       get_core(g->vm.vcpu[0], KVM_REG_ARM_CORE_REG(KVM_ARM_SVC_lr)));
	good &= expect("KVM_RUN after an access without syndrome", 0,
		       ioctl(g->vm.vcpu[0], KVM_RUN, 0));
	good &= expect("exit reason", KVM_EXIT_INTERNAL_ERROR, run->exit_reason);
	good &= expect("suberror", KVM_INTERNAL_ERROR_EMULATION, run->internal.suberror);
	return good;
}

/* ---- PSCI ---- */

GUEST_CODE(psci,
	   "mov r10, #0x50000000\n"
	   "1: hvc #0\n"
	   "str r0, [r10]\n"
	   "b 1b\n");

GUEST_CODE(secondary,
	   "mov r10, #0x50000000\n"
	   "str r0, [r10, #4]\n"
	   "mrc p15, 0, r1, c0, c0, 5\n"
	   "str r1, [r10, #8]\n"
	   "mov r0, #0x84000000\n"
	   "orr r0, r0, #2\n"		/* CPU_OFF */
	   "hvc #0\n"
	   "str r0, [r10, #12]\n");

static bool psci_call_of(struct guest *g, unsigned int i, uint32_t fn, uint32_t a, uint32_t b,
			 uint32_t c, int32_t expected)
{
	uint32_t value = 0;

	set_core(g->vm.vcpu[i], R(0), fn);
	set_core(g->vm.vcpu[i], R(1), a);
	set_core(g->vm.vcpu[i], R(2), b);
	set_core(g->vm.vcpu[i], R(3), c);
	if (run_to(g, i, 0, &value) && (int32_t)value == expected)
		return true;
	ksft_print_msg("vCPU %u: PSCI 0x%x(0x%x, 0x%x): expected %d, got %d\n", i, fn, a, b,
		       expected, (int32_t)value);
	return false;
}

static bool psci_call(struct guest *g, uint32_t fn, uint32_t a, uint32_t b, uint32_t c,
		      int32_t expected)
{
	return psci_call_of(g, 0, fn, a, b, c, expected);
}

/* TID of the thread in run_once(), set just before KVM_RUN. */
static volatile pid_t running_once;

static void *run_once(void *arg)
{
	int *vcpu = arg;

	running_once = gettid();
	return (void *)(intptr_t)(ioctl(*vcpu, KVM_RUN, 0) ? -errno : 0);
}

static bool psci(struct guest *g)
{
	pthread_t thread;
	void *ret = NULL;
	bool good = true;

	LOAD_CODE(g, psci, CODE_IPA);
	LOAD_CODE(g, secondary, SECOND_IPA);
	start(g);
	good &= psci_call(g, PSCI_0_2_FN_PSCI_VERSION, 0, 0, 0, 2);
	good &= psci_call(g, 0x84000077, 0, 0, 0, -1);
	good &= psci_call(g, PSCI_0_2_FN_AFFINITY_INFO, 0, 0, 0, 0);
	good &= psci_call(g, PSCI_0_2_FN_AFFINITY_INFO, 1, 0, 0, 1);
	good &= psci_call(g, PSCI_0_2_FN_AFFINITY_INFO, 7, 0, 0, -2);
	good &= psci_call(g, PSCI_0_2_FN_CPU_ON, 0, SECOND_IPA, 0, -4);
	good &= psci_call(g, PSCI_0_2_FN_CPU_ON, 5, SECOND_IPA, 0, -2);
	/* vCPU 1 sleeps in KVM_RUN until CPU_ON. */
	running_once = 0;
	if (pthread_create(&thread, NULL, run_once, &g->vm.vcpu[1]))
		return false;
	good &= thread_sleeps(&running_once, "vCPU 1 before CPU_ON");
	good &= psci_call(g, PSCI_0_2_FN_CPU_ON, 1, SECOND_IPA, 0x1234, 0);
	pthread_join(thread, &ret);
	good &= expect("KVM_RUN of the second vCPU", 0, (intptr_t)ret);
	good &= expect("its exit", EXIT_IPA + 4, g->vm.run[1]->mmio.phys_addr);
	good &= expect("its context id", 0x1234, *(uint32_t *)g->vm.run[1]->mmio.data);
	good &= psci_call(g, PSCI_0_2_FN_CPU_ON, 1, SECOND_IPA, 0, -4);
	good &= expect("KVM_RUN", 0, ioctl(g->vm.vcpu[1], KVM_RUN, 0)) &&
		expect("MPIDR", 0x80000001, *(uint32_t *)g->vm.run[1]->mmio.data);
	/* vCPU 1 calls CPU_OFF and is turned on a second time. */
	running_once = 0;
	if (pthread_create(&thread, NULL, run_once, &g->vm.vcpu[1]))
		return false;
	good &= thread_sleeps(&running_once, "vCPU 1 after CPU_OFF");
	good &= psci_call(g, PSCI_0_2_FN_AFFINITY_INFO, 1, 0, 0, 1);
	good &= psci_call(g, PSCI_0_2_FN_CPU_ON, 1, SECOND_IPA, 0x5678, 0);
	pthread_join(thread, NULL);
	good &= expect("its second context id", 0x5678, *(uint32_t *)g->vm.run[1]->mmio.data);
	return good;
}

/* A vCPU with PSCI 0.1 beside one with PSCI 0.2. */
static bool psci_mixed(struct guest *g)
{
	LOAD_CODE(g, psci, CODE_IPA);
	start(g);
	if (!expect("a third vCPU", true, vm_add_vcpu(&g->vm, 0)))
		return false;
	set_core(g->vm.vcpu[2], CORE_PC, CODE_IPA);
	return psci_call_of(g, 2, PSCI_0_2_FN_PSCI_VERSION, 0, 0, 0, -1) &
	       psci_call_of(g, 2, PSCI_0_2_FN_AFFINITY_INFO, 7, 0, 0, -1) &
	       psci_call_of(g, 2, KVM_PSCI_FN_CPU_ON, 0, SECOND_IPA, 0, -2) &
	       psci_call_of(g, 2, KVM_PSCI_FN_CPU_ON, 7, SECOND_IPA, 0, -2) &
	       psci_call_of(g, 0, PSCI_0_2_FN_CPU_ON, 2, SECOND_IPA, 0, -4) &
	       psci_call_of(g, 0, PSCI_0_2_FN_AFFINITY_INFO, 2, 0, 0, 0) &
	       psci_call_of(g, 0, PSCI_0_2_FN_AFFINITY_INFO, 7, 0, 0, -2) &
	       psci_call_of(g, 0, KVM_PSCI_FN_CPU_ON, 7, SECOND_IPA, 0, -1);
}

static bool system_event(struct guest *g, uint32_t fn, uint32_t type)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	bool good;

	LOAD_CODE(g, psci, CODE_IPA);
	start(g);
	set_core(g->vm.vcpu[0], R(0), fn);
	good = expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) &&
	       expect("exit reason", KVM_EXIT_SYSTEM_EVENT, g->vm.run[0]->exit_reason) &&
	       expect("type", type, g->vm.run[0]->system_event.type);
	ioctl(g->vm.vcpu[0], KVM_GET_MP_STATE, &state);
	return good && expect("MP state", KVM_MP_STATE_STOPPED, state.mp_state);
}

static bool shutdown(struct guest *g)
{
	return system_event(g, PSCI_0_2_FN_SYSTEM_OFF, KVM_SYSTEM_EVENT_SHUTDOWN);
}

static bool reset(struct guest *g)
{
	return system_event(g, PSCI_0_2_FN_SYSTEM_RESET, KVM_SYSTEM_EVENT_RESET);
}

/* ---- exceptions ---- */

/* Vectors for CODE_IPA. Each stores LR, fault registers or a constant at its own MMIO offset. */
GUEST_CODE(vectors,
	   "b .\n"
	   "b 1f\n"			/* undefined */
	   "b .\n"
	   "b 2f\n"			/* prefetch abort */
	   "b 3f\n"			/* data abort */
	   "b .\n b 4f\n b 5f\n"	/* IRQ, FIQ */
	   "1: mov r11, #0x50000000\n str lr, [r11, #0x10]\n movs pc, lr\n"
	   "2: mov r11, #0x50000000\n mrc p15, 0, r12, c6, c0, 2\n str r12, [r11, #0x14]\n"
	   "   mrc p15, 0, r12, c5, c0, 1\n str r12, [r11, #0x18]\n mov lr, r4\n movs pc, lr\n"
	   "3: mov r11, #0x50000000\n mrc p15, 0, r12, c6, c0, 0\n str r12, [r11, #0x1c]\n"
	   "   mrc p15, 0, r12, c5, c0, 0\n str r12, [r11, #0x20]\n sub lr, lr, #4\n movs pc, lr\n"
	   "4: mov r11, #0x50000000\n str r11, [r11, #0x24]\n subs pc, lr, #4\n"
	   "5: mov r11, #0x50000000\n str r11, [r11, #0x28]\n subs pc, lr, #4\n");

GUEST_CODE(trouble,
	   "mov r0, #0x40000000\n"
	   "mcr p15, 0, r0, c12, c0, 0\n"	/* VBAR */
	   "isb\n"
	   "mov r10, #0x50000000\n"
	   "mrc p15, 0, r1, c15, c0, 0\n"	/* implementation defined */
	   "smc #0\n"
	   "udf #1\n"
	   "mov r8, #0x70000000\n"
	   "adr r4, 1f\n"
	   "bx r8\n"				/* nothing there */
	   "1: mrc p15, 0, r1, c9, c12, 0\n"	/* PMCR reads as zero */
	   "str r1, [r10, #0x30]\n"
	   "mrc p15, 0, r1, c1, c0, 1\n"	/* ACTLR */
	   "mcr p15, 0, r1, c7, c14, 2\n"	/* DCCISW */
	   "mov r0, #1\n cmp r0, #2\n"
	   "smceq #0\n"				/* its condition fails */
	   "str r0, [r10, #0x34]\n");

#define UNDEFINED	0x10
#define IFAR		0x14
#define IFSR		0x18

static bool exceptions(struct guest *g)
{
	uint32_t value;
	bool good = true;
	unsigned int i;

	LOAD_CODE(g, vectors, CODE_IPA);
	LOAD_CODE(g, trouble, SECOND_IPA);
	set_core(g->vm.vcpu[0], CORE_CPSR, 0x1d3);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	/* c15, SMC, UDF: LR is the address after each. */
	for (i = 0; i < 3; i++)
		good &= run_to(g, 0, UNDEFINED, &value) &&
			expect("lr_und", SECOND_IPA + 4 * (5 + i), value);
	good &= run_to(g, 0, IFAR, &value) && expect("IFAR", 0x70000000, value);
	good &= run_to(g, 0, IFSR, &value) && expect("IFSR: external abort", 0x8, value);
	good &= run_to(g, 0, 0x30, &value) && expect("PMCR", 0, value);
	good &= run_to(g, 0, 0x34, &value) && expect("r0 after the exceptions", 1, value);
	return good;
}

/* ---- aborts with the MMU on ---- */

#define DFAR		0x1c
#define DFSR		0x20
#define MEMORY_END	(CODE_IPA + MEMORY_SIZE)
#define NO_MEMORY	0x60000000U	/* for tables that cannot be read */

#define SCTLR_MMU	0x00c50079U	/* no caches, no alignment checks */
#define SCTLR_C		(1U << 2)
#define TTBCR_EAE	(1U << 31)
#define REG_SCTLR	CP15_32(0, 1, 0, 0)
#define REG_TTBCR	CP15_32(0, 2, 0, 2)
#define REG_DACR	CP15_32(0, 3, 0, 0)
#define REG_MAIR0	CP15_32(0, 10, 2, 0)
#define REG_VBAR	CP15_32(0, 12, 0, 0)

/* Long descriptors map all addresses to themselves as normal memory, those of MMIO included. */
#define LONG_TABLE	0x7fe0U		/* offset in memory */
#define LONG_BLOCK	0x701U		/* AF, inner shareable */
/* Short descriptors: the first-level table, and the bits of a section's descriptor. */
#define SHORT_TABLE	0x4000U		/* offset in memory */
#define SHORT_SECTION	0xc02U

static bool set_cp15(struct guest *g, uint64_t id, uint64_t value)
{
	return expect("KVM_SET_ONE_REG of cp15", 0, set_one(g->vm.vcpu[0], id, &value));
}

static bool mmu_on(struct guest *g, uint32_t ttbcr, uint64_t ttbr0, uint64_t ttbr1)
{
	return set_cp15(g, REG_TTBCR, ttbcr) && set_cp15(g, ARM_CP15_REG64(0, 2), ttbr0) &&
	       set_cp15(g, ARM_CP15_REG64(1, 2), ttbr1) && set_cp15(g, REG_DACR, 3) &&
	       set_cp15(g, REG_MAIR0, 0xff) && set_cp15(g, REG_VBAR, CODE_IPA) &&
	       set_cp15(g, REG_SCTLR, SCTLR_MMU);
}

static void long_tables(struct guest *g)
{
	volatile uint64_t *table = (volatile uint64_t *)(g->memory + LONG_TABLE / 4);
	unsigned int i;

	for (i = 0; i < 4; i++)
		table[i] = (uint64_t)i << 30 | LONG_BLOCK;
}

#define ARM_STATE	0x1d3U
#define THUMB_STATE	0x1f3U
#define VALUE		0x81828384U

#define ARM_CARRY	(ARM_STATE | 1U << 29)

/*
 * Loads and stores of r1 at @offset from r0 or the sp; @index is in r2. The table has each form of
 * address without writeback, with positive and negative offsets if the form has both.
 */
static const struct {
	uint32_t code, cpsr;
	uint8_t len;
	bool write;
	int32_t offset;
	uint32_t index;
} accesses[] = {
	{ 0xe5901000, ARM_STATE, 4, false, 0, 0 },	/* ldr r1, [r0] */
	{ 0xe5801000, ARM_STATE, 4, true, 0, 0 },	/* str r1, [r0] */
	{ 0xe1d010b0, ARM_STATE, 2, false, 0, 0 },	/* ldrh r1, [r0] */
	{ 0xe1c010b0, ARM_STATE, 2, true, 0, 0 },	/* strh r1, [r0] */
	{ 0xe1d010f0, ARM_STATE, 2, false, 0, 0 },	/* ldrsh r1, [r0] */
	{ 0x6801, THUMB_STATE, 4, false, 0, 0 },	/* ldr r1, [r0] */
	{ 0x8001, THUMB_STATE, 2, true, 0, 0 },	/* strh r1, [r0] */
	{ 0x1000f8d0, THUMB_STATE, 4, false, 0, 0 },	/* ldr.w r1, [r0] */

	{ 0xe5901924, ARM_STATE, 4, false, 0x924, 0 },	/* ldr r1, [r0, #0x924] */
	{ 0xe5001924, ARM_STATE, 4, true, -0x924, 0 },	/* str r1, [r0, #-0x924] */
	{ 0xe1d012b4, ARM_STATE, 2, false, 0x24, 0 },	/* ldrh r1, [r0, #0x24] */
	{ 0xe14012b4, ARM_STATE, 2, true, -0x24, 0 },	/* strh r1, [r0, #-0x24] */
	{ 0xe15019f4, ARM_STATE, 2, false, -0x94, 0 },	/* ldrsh r1, [r0, #-0x94] */
	{ 0xe19010b2, ARM_STATE, 2, false, 0x48, 0x48 },	/* ldrh r1, [r0, r2] */
	{ 0xe10010b2, ARM_STATE, 2, true, -0x48, 0x48 },	/* strh r1, [r0, -r2] */
	{ 0xe7901002, ARM_STATE, 4, false, 0x48, 0x48 },	/* ldr r1, [r0, r2] */
	{ 0xe7001102, ARM_STATE, 4, true, -0x120, 0x48 },	/* str r1, [r0, -r2, lsl #2] */
	{ 0xe7901222, ARM_STATE, 4, false, 0x100, 0x1000 },	/* ldr r1, [r0, r2, lsr #4] */
	{ 0xe7901022, ARM_STATE, 4, false, 0, 0x1000 },	/* ldr r1, [r0, r2, lsr #32] */
	{ 0xe7901242, ARM_STATE, 4, false, -0x100, -0x1000U },	/* ldr r1, [r0, r2, asr #4] */
	{ 0xe7901042, ARM_STATE, 4, false, -1, -0x1000U },	/* ldr r1, [r0, r2, asr #32] */
	{ 0xe7901262, ARM_STATE, 4, false, 0x120, 0x1200 },	/* ldr r1, [r0, r2, ror #4] */
	{ 0xe7901062, ARM_CARRY, 4, false, 0x40 - 0x7fffffff - 1, 0x80 },	/* ... rrx */
	{ 0xe7901062, ARM_STATE, 4, false, 0x40, 0x80 },

	{ 0x6fc1, THUMB_STATE, 4, false, 0x7c, 0 },	/* ldr r1, [r0, #0x7c] */
	{ 0x8fc1, THUMB_STATE, 2, false, 0x3e, 0 },	/* ldrh r1, [r0, #0x3e] */
	{ 0x5881, THUMB_STATE, 4, false, 0x48, 0x48 },	/* ldr r1, [r0, r2] */
	{ 0x5081, THUMB_STATE, 4, true, -0x48, -0x48U },	/* str r1, [r0, r2] */
	{ 0x5281, THUMB_STATE, 2, true, 0x48, 0x48 },	/* strh r1, [r0, r2] */
	{ 0x5e81, THUMB_STATE, 2, false, 0x48, 0x48 },	/* ldrsh r1, [r0, r2] */
	{ 0x99ff, THUMB_STATE, 4, false, 0x3fc, 0 },	/* ldr r1, [sp, #0x3fc] */
	{ 0x91ff, THUMB_STATE, 4, true, 0x3fc, 0 },	/* str r1, [sp, #0x3fc] */
	{ 0x1924f8d0, THUMB_STATE, 4, false, 0x924, 0 },	/* ldr.w r1, [r0, #0x924] */
	{ 0x1924f8a0, THUMB_STATE, 2, true, 0x924, 0 },	/* strh.w r1, [r0, #0x924] */
	{ 0x1c94f850, THUMB_STATE, 4, false, -0x94, 0 },	/* ldr.w r1, [r0, #-0x94] */
	{ 0x1c94f820, THUMB_STATE, 2, true, -0x94, 0 },	/* strh.w r1, [r0, #-0x94] */
	{ 0x1032f850, THUMB_STATE, 4, false, 0x240, 0x48 },	/* ldr.w r1, [r0, r2, lsl #3] */
	{ 0x1012f820, THUMB_STATE, 2, true, -0x90, -0x48U },	/* strh.w r1, [r0, r2, lsl #1] */
};

static void access_from(struct guest *g, unsigned int i, uint32_t addr)
{
	uint32_t base = addr - accesses[i].offset;

	g->memory[0x800 / 4] = accesses[i].code;
	set_core(g->vm.vcpu[0], CORE_CPSR, accesses[i].cpsr);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	set_core(g->vm.vcpu[0], R(0), base);
	set_core(g->vm.vcpu[0], R(1), VALUE);
	set_core(g->vm.vcpu[0], R(2), accesses[i].index);
	set_core(g->vm.vcpu[0], KVM_REG_ARM_CORE_REG(KVM_ARM_SVC_sp), base);
}

static bool crosses(struct guest *g, unsigned int i, uint32_t addr)
{
	uint32_t dfar, dfsr, last = MEMORY_SIZE / 4 - 1;
	bool good;

	g->memory[last] = 0x5a5a5a5a;
	access_from(g, i, addr);
	good = run_to(g, 0, DFAR, &dfar) && run_to(g, 0, DFSR, &dfsr) &&
	       expect("DFSR: alignment fault", 0x221 | accesses[i].write << 11, dfsr) &&
	       expect("DFAR is in the access", true, dfar - addr < accesses[i].len) &&
	       expect("r1 after the abort", VALUE, get_core(g->vm.vcpu[0], R(1))) &&
	       expect("memory after the abort", 0x5a5a5a5a, g->memory[last]);
	if (!good)
		ksft_print_msg("access %u at 0x%x\n", i, addr);
	return good;
}

/* Access @i, just beyond the end of memory, is an MMIO exit. */
static bool is_mmio_beyond(struct guest *g, unsigned int i)
{
	struct kvm_run *run = g->vm.run[0];
	bool good;

	access_from(g, i, MEMORY_END);
	good = expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) &&
	       expect("exit reason", KVM_EXIT_MMIO, run->exit_reason) &&
	       expect("address", MEMORY_END, run->mmio.phys_addr) &&
	       expect("length", accesses[i].len, run->mmio.len) &&
	       expect("direction", accesses[i].write, run->mmio.is_write);
	if (good && !accesses[i].write) {
		uint32_t value = 0x11223344, mask = accesses[i].len == 4 ? ~0U : 0xffff;

		memcpy(run->mmio.data, &value, sizeof(value));
		run->immediate_exit = 1;
		good = expect("KVM_RUN", -1, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) &&
		       expect("r1", value & mask, get_core(g->vm.vcpu[0], R(1)));
		run->immediate_exit = 0;
	}
	if (!good)
		ksft_print_msg("access %u\n", i);
	return good;
}

static bool across_memory_end(struct guest *g)
{
	bool good = true;
	unsigned int i, before;

	long_tables(g);
	LOAD_CODE(g, vectors, CODE_IPA);
	if (!mmu_on(g, TTBCR_EAE, CODE_IPA + LONG_TABLE, 0))
		return false;
	for (i = 0; i < ARRAY_SIZE(accesses); i++) {
		for (before = 1; before < accesses[i].len; before++)
			good &= crosses(g, i, MEMORY_END - before);
		good &= is_mmio_beyond(g, i);
	}
	/* From one page without memory into the next. */
	access_from(g, 0, MEMORY_END + 0x1000 - 2);
	return good & run_to(g, 0, DFAR, NULL);
}

GUEST_CODE(load_or_branch,
	   "ldr r1, [r0]\n"
	   "bx r0\n");

/* A guest whose table at some level is at an address without memory. */
static bool walk_level(struct guest *g)
{
	volatile uint64_t *level1 = (volatile uint64_t *)(g->memory + LONG_TABLE / 4);
	volatile uint64_t *level2 = (volatile uint64_t *)(g->memory + 0x1000 / 4);
	volatile uint32_t *sections = g->memory + SHORT_TABLE / 4;
	static const struct {
		bool eae;
		uint32_t sizes, addr, status;
	} walks[] = {
		{ true, 1 << 16, 0x80000124, 0x215 },
		{ true, 0, 0x00000348, 0x216 },
		{ true, 0, 0xc000056c, 0x217 },
		{ false, 1, 0x80000124, 0x00c },
		{ false, 1, 0x00000348, 0x00e },
	};
	uint32_t value;
	bool good = true;
	unsigned int i;

	LOAD_CODE(g, vectors, CODE_IPA);
	LOAD_CODE(g, load_or_branch, SECOND_IPA);
	sections[CODE_IPA >> 20] = CODE_IPA | SHORT_SECTION;
	sections[EXIT_IPA >> 20] = EXIT_IPA | SHORT_SECTION;
	sections[0] = NO_MEMORY | 1;
	for (i = 0; i < ARRAY_SIZE(walks); i++) {
		uint32_t table = CODE_IPA + (walks[i].eae ? LONG_TABLE : SHORT_TABLE);

		if (walks[i].eae) {
			long_tables(g);
			level1[0] = NO_MEMORY | 3;
			level1[3] = (CODE_IPA + 0x1000) | 3;
			level2[0] = NO_MEMORY | 3;
		}
		good &= mmu_on(g, walks[i].sizes | (walks[i].eae ? TTBCR_EAE : 0), table,
			       NO_MEMORY);
		set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE);
		set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
		set_core(g->vm.vcpu[0], R(0), walks[i].addr);
		set_core(g->vm.vcpu[0], R(4), SECOND_IPA);
		good &= run_to(g, 0, DFAR, &value) && expect("DFAR", walks[i].addr, value);
		good &= run_to(g, 0, DFSR, &value) && expect("DFSR", walks[i].status, value);
		good &= run_to(g, 0, IFAR, &value) && expect("IFAR", walks[i].addr, value);
		good &= run_to(g, 0, IFSR, &value) && expect("IFSR", walks[i].status, value);
		if (!good) {
			ksft_print_msg("walk %u\n", i);
			return false;
		}
	}
	return true;
}

GUEST_CODE(store_twice,
	   "str r1, [r0]\n"
	   "mov r10, #0x50000000\n"
	   "str r1, [r10]\n");

GUEST_CODE(store_beside,
	   "adr r0, 1f\n"
	   "str r1, [r0]\n"
	   "mov r10, #0x50000000\n"
	   "str r1, [r10]\n"
	   "1: .word 0\n");

/* Code that stores to its own page, which dirty logging has write-protected. */
static bool store_beside_code(struct guest *g)
{
	uint32_t value;

	LOAD_CODE(g, store_beside, SECOND_IPA);
	if (!set_region(g->vm.fd, 0, CODE_IPA, (void *)g->memory, MEMORY_SIZE,
			KVM_MEM_LOG_DIRTY_PAGES))
		return false;
	set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	set_core(g->vm.vcpu[0], R(1), VALUE);
	return run_to(g, 0, 0, &value) && expect("the stored word", VALUE, value);
}

#define ROM_IPA		0x60000000U
#define ROM_SIZE	0x4000U		/* a table of the first level */

/* The walk of a store reads the guest's tables, which are in a read-only slot. */
static bool store_walks_rom(struct guest *g)
{
	volatile uint32_t *sections = g->memory + SHORT_TABLE / 4;
	uint32_t *rom = mmap(NULL, ROM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
	uint32_t value;
	bool good;

	LOAD_CODE(g, vectors, CODE_IPA);
	LOAD_CODE(g, store_twice, SECOND_IPA);
	sections[CODE_IPA >> 20] = CODE_IPA | SHORT_SECTION;
	sections[EXIT_IPA >> 20] = EXIT_IPA | SHORT_SECTION;
	/* TTBR1's half of the addresses. */
	rom[0x80000000 >> 20] = CODE_IPA | SHORT_SECTION;
	good = set_region(g->vm.fd, 1, ROM_IPA, rom, ROM_SIZE, KVM_MEM_READONLY) &&
	       mmu_on(g, 1, CODE_IPA + SHORT_TABLE, ROM_IPA);
	set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	set_core(g->vm.vcpu[0], R(0), 0x80001000);
	set_core(g->vm.vcpu[0], R(1), VALUE);
	return good && run_to(g, 0, 0, &value) && expect("the stored word", VALUE, value) &&
	       expect("the word in memory", VALUE, g->memory[0x1000 / 4]);
}

/* The guest can load from the CPU interface, but not execute it. */
static bool fetch_from_gicc(struct guest *g)
{
	uint32_t value;

	LOAD_CODE(g, vectors, CODE_IPA);
	LOAD_CODE(g, load_or_branch, SECOND_IPA);
	if (!vm_create_gic(&g->vm) || !set_cp15(g, REG_VBAR, CODE_IPA))
		return false;
	set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	set_core(g->vm.vcpu[0], R(0), GICC_IPA);
	set_core(g->vm.vcpu[0], R(4), SECOND_IPA);
	return run_to(g, 0, IFAR, &value) && expect("IFAR", GICC_IPA, value) &&
	       run_to(g, 0, IFSR, &value) && expect("IFSR: external abort", 0x8, value);
}

/* ---- each access, each exception ---- */

#define MODE_USR	0x10
#define MODE_FIQ	0x11
#define MODE_IRQ	0x12
#define MODE_SVC	0x13
#define MODE_ABT	0x17
#define MODE_UND	0x1b
#define MODE_SYS	0x1f

static const uint8_t guest_modes[] = {
	MODE_USR, MODE_FIQ, MODE_IRQ, MODE_SVC, MODE_ABT, MODE_UND, MODE_SYS,
};

#define CPSR_T		(1U << 5)
#define CPSR_F		(1U << 6)
#define CPSR_I		(1U << 7)
#define CPSR_A		(1U << 8)
#define CPSR_E		(1U << 9)
#define CPSR_GE		0x000f0000U
#define CPSR_Z		(1U << 30)
#define CPSR_NZCVQ	0xf8000000U
#define CPSR_MASKED	(CPSR_A | CPSR_I | CPSR_F)

/* The index in struct kvm_regs of a mode's sp; lr follows, then SPSR if the mode has one. */
static unsigned int bank_of(unsigned int mode)
{
	switch (mode) {
	case MODE_SVC:
		return KVM_REG_ARM_CORE_REG(svc_regs);
	case MODE_ABT:
		return KVM_REG_ARM_CORE_REG(abt_regs);
	case MODE_UND:
		return KVM_REG_ARM_CORE_REG(und_regs);
	case MODE_IRQ:
		return KVM_REG_ARM_CORE_REG(irq_regs);
	case MODE_FIQ:
		return KVM_REG_ARM_CORE_REG(fiq_regs) + 5;
	default:
		return 13;
	}
}

/* The index in struct kvm_regs of a mode's register, r0 to r14. */
static unsigned int core_of(unsigned int mode, unsigned int number)
{
	if (number >= 13)
		return bank_of(mode) + number - 13;
	if (number >= 8 && mode == MODE_FIQ)
		return KVM_REG_ARM_CORE_REG(fiq_regs) + number - 8;
	return number;
}

#define NR_CORE		38
#define PATTERN_OF(i)	(0xa5000000U | (i) << 16 | (0xff - (i)))

/* All registers except pc and CPSR. ORIG_r0 is not a register. */
static bool is_filled(unsigned int i)
{
	return i != CORE_PC && i != CORE_CPSR && i != 17;
}

static void fill_core(int vcpu)
{
	unsigned int i;

	for (i = 0; i < NR_CORE; i++)
		if (is_filled(i))
			set_core(vcpu, i, PATTERN_OF(i));
}

/* Runs one instruction. It has to make an MMIO access of @len bytes to MMIO_IPA. */
static bool access_once(struct guest *g, uint32_t code, uint32_t cpsr, unsigned int len,
			bool write)
{
	struct kvm_run *run = g->vm.run[0];

	g->memory[0x800 / 4] = code;
	set_core(g->vm.vcpu[0], CORE_CPSR, cpsr);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	return expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) &&
	       expect("exit reason", KVM_EXIT_MMIO, run->exit_reason) &&
	       expect("address", MMIO_IPA, run->mmio.phys_addr) &&
	       expect("length", len, run->mmio.len) &&
	       expect("direction", write, run->mmio.is_write);
}

/* Completes a load without executing another instruction. */
static bool complete(struct guest *g, const void *data, unsigned int len)
{
	struct kvm_run *run = g->vm.run[0];
	bool good;

	memcpy(run->mmio.data, data, len);
	run->immediate_exit = 1;
	good = expect("KVM_RUN with immediate_exit", -1, ioctl(g->vm.vcpu[0], KVM_RUN, 0));
	run->immediate_exit = 0;
	return good;
}

/* Each register of each mode is stored and loaded, without a change to other registers. */
static bool mmio_registers(struct guest *g)
{
	int vcpu = g->vm.vcpu[0];
	unsigned int m, number, i;
	uint32_t data;

	for (m = 0; m < ARRAY_SIZE(guest_modes); m++)
		for (number = 0; number < 15; number++) {
			unsigned int mode = guest_modes[m], core = core_of(mode, number);
			unsigned int base = number ? 0 : 1;
			uint32_t code = base << 16 | number << 12, value = 0x12345678 + number;
			bool good;

			fill_core(vcpu);
			set_core(vcpu, base, MMIO_IPA);
			good = access_once(g, 0xe5800000 | code, CPSR_MASKED | mode, 4, true);
			memcpy(&data, g->vm.run[0]->mmio.data, sizeof(data));
			good = good && expect("data", PATTERN_OF(core), data) &&
			       access_once(g, 0xe5900000 | code, CPSR_MASKED | mode, 4, false) &&
			       complete(g, &value, sizeof(value)) &&
			       expect("the register", value, get_core(vcpu, core)) &&
			       expect("pc", SECOND_IPA + 4, get_core(vcpu, CORE_PC)) &&
			       expect("CPSR", CPSR_MASKED | mode, get_core(vcpu, CORE_CPSR));
			for (i = 0; good && i < NR_CORE; i++)
				if (i != core && i != base && is_filled(i))
					good = expect("another register", PATTERN_OF(i),
						      get_core(vcpu, i));
			if (!good) {
				ksft_print_msg("mode 0x%x, r%u\n", mode, number);
				return false;
			}
		}
	return true;
}

/* Loads and stores of r1; r0 has the address. */
static const struct {
	uint32_t code;
	uint8_t len;
	bool write, sign;
} widths[] = {
	{ 0xe5901000, 4, false, false },	/* ldr */
	{ 0xe5d01000, 1, false, false },	/* ldrb */
	{ 0xe1d010b0, 2, false, false },	/* ldrh */
	{ 0xe1d010d0, 1, false, true },		/* ldrsb */
	{ 0xe1d010f0, 2, false, true },		/* ldrsh */
	{ 0xe5801000, 4, true, false },		/* str */
	{ 0xe5c01000, 1, true, false },		/* strb */
	{ 0xe1c010b0, 2, true, false },		/* strh */
};

/* The value of @len bytes of memory. */
static uint32_t bytes_as_number(const uint8_t *bytes, unsigned int len, bool big, bool sign)
{
	uint32_t value = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		value |= (uint32_t)bytes[big ? len - 1 - i : i] << 8 * i;
	if (sign && value >> (8 * len - 1))
		value |= ~0U << 8 * len;
	return value;
}

/* Lengths, sign extensions and byte orders, with the highest bit of each byte clear and set. */
static bool mmio_widths(struct guest *g)
{
	static const uint8_t bytes[][4] = {
		{ 0x12, 0x34, 0x56, 0x78 }, { 0x92, 0xb4, 0xd6, 0xf8 },
		{ 0x12, 0xb4, 0x56, 0xf8 }, { 0x92, 0x34, 0xd6, 0x78 },
	};
	int vcpu = g->vm.vcpu[0];
	unsigned int i, j, big;

	for (i = 0; i < ARRAY_SIZE(widths); i++)
		for (j = 0; j < ARRAY_SIZE(bytes); j++)
			for (big = 0; big < 2; big++) {
				uint32_t cpsr = CPSR_MASKED | MODE_SVC | (big ? CPSR_E : 0);
				unsigned int len = widths[i].len;
				bool good;

				set_core(vcpu, R(0), MMIO_IPA);
				set_core(vcpu, R(1), bytes_as_number(bytes[j], len, big, false) |
						     (len < 4 ? 0xab0000U << 8 * (len - 1) : 0));
				good = access_once(g, widths[i].code, cpsr, len, widths[i].write);
				if (good && widths[i].write)
					good = expect("stored bytes",
						      bytes_as_number(bytes[j], len, false, false),
						      bytes_as_number(g->vm.run[0]->mmio.data, len,
								false, false));
				else if (good)
					good = complete(g, bytes[j], len) &&
					       expect("loaded number",
						      bytes_as_number(bytes[j], len, big,
								widths[i].sign),
						      get_core(vcpu, R(1)));
				if (!good) {
					ksft_print_msg("instruction 0x%x, bytes %u, %s-endian\n",
						       widths[i].code, j, big ? "big" : "little");
					return false;
				}
			}
	return true;
}

#define LDR_THUMB	0x6801		/* ldr r1, [r0] */
#define CPSR_OF_IT(it)	(((it) & 0xfcU) << 8 | ((it) & 3U) << 25)

/* After the access the IT block continues, with the CPSR advanced: ITAdvance(), A2.5.2. */
static bool mmio_in_it_block(struct guest *g)
{
	const uint32_t cpsr = CPSR_MASKED | MODE_SVC | CPSR_T | CPSR_Z, value = 1;
	int vcpu = g->vm.vcpu[0];
	unsigned int it;

	for (it = 1; it < 16; it++) {
		/* Condition EQ, which holds. */
		uint32_t next = it & 7 ? it << 1 & 0x1f : 0;
		bool good;

		set_core(vcpu, R(0), MMIO_IPA);
		good = access_once(g, LDR_THUMB, cpsr | CPSR_OF_IT(it), 4, false) &&
		       complete(g, &value, sizeof(value)) &&
		       expect("CPSR after the access", cpsr | CPSR_OF_IT(next),
			      get_core(vcpu, CORE_CPSR)) &&
		       expect("pc after the access", SECOND_IPA + 2, get_core(vcpu, CORE_PC));
		if (!good) {
			ksft_print_msg("ITSTATE 0x%x\n", it);
			return false;
		}
	}
	return true;
}

static bool mmio_each(struct guest *g)
{
	return mmio_registers(g) & mmio_widths(g) & mmio_in_it_block(g);
}

#define ABOVE_4G	0x1c0000000ULL

/* The guest's tables map a virtual address to a physical address above 4 GiB. */
static bool mmio_high(struct guest *g)
{
	volatile uint64_t *table = (volatile uint64_t *)(g->memory + LONG_TABLE / 4);
	struct kvm_run *run = g->vm.run[0];
	unsigned int i;

	long_tables(g);
	table[2] = ABOVE_4G | LONG_BLOCK;
	if (!mmu_on(g, TTBCR_EAE, CODE_IPA + LONG_TABLE, 0))
		return false;
	for (i = 0; i < ARRAY_SIZE(accesses); i++) {
		access_from(g, i, 0x80000000 + 0x124 * i);
		if (!expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) ||
		    !expect("exit reason", KVM_EXIT_MMIO, run->exit_reason) ||
		    !expect("address", ABOVE_4G + 0x124 * i, run->mmio.phys_addr))
			return false;
	}
	return true;
}

#define HIGH_VECTORS	0xffff0000U
#define SCTLR_V		(1U << 13)
#define SCTLR_EE	(1U << 25)
#define SCTLR_TE	(1U << 30)
#define SCTLR_OFF	0x00c50078U
#define SMC_ARM		0xe1600070U
#define SMC_THUMB	0x8000f7f0U
#define STORE_ARM	0xe5800000U	/* str r0, [r0] */
#define STORE_THUMB	0x60006000U

/**
 * struct taken - the guest's expected state after it has taken an exception
 * @mode, @vector, @lr: the mode, the offset of the vector, and lr
 * @masks: which of A and F the exception sets in the CPSR, in addition to I
 */
struct taken {
	uint32_t mode, vector, lr, masks;
};

/* Each vector's first instruction is a store, whose exit ends KVM_RUN. */
static bool takes(struct guest *g, uint32_t *high, uint32_t sctlr, uint32_t cpsr, uint32_t pc,
		  const struct taken *taken)
{
	bool thumb = sctlr & SCTLR_TE;
	uint32_t base = sctlr & SCTLR_V ? HIGH_VECTORS : CODE_IPA;
	uint32_t kept = CPSR_NZCVQ | CPSR_GE | CPSR_A | CPSR_F, expected;
	volatile uint32_t *store = (sctlr & SCTLR_V ? high : g->memory) + taken->vector / 4;
	int vcpu = g->vm.vcpu[0];

	*store = thumb ? STORE_THUMB : STORE_ARM;
	if (!set_cp15(g, REG_SCTLR, SCTLR_OFF | sctlr) || !set_cp15(g, REG_VBAR, CODE_IPA))
		return false;
	set_core(vcpu, CORE_CPSR, cpsr);
	set_core(vcpu, CORE_PC, pc);
	set_core(vcpu, R(0), EXIT_IPA);
	expected = (cpsr & kept) | CPSR_I | taken->masks | taken->mode |
		   (thumb ? CPSR_T : 0) | (sctlr & SCTLR_EE ? CPSR_E : 0);
	return run_to(g, 0, 0, NULL) &&
	       expect("pc after the vector's first instruction",
		      base + taken->vector + (thumb ? 2 : 4), get_core(vcpu, CORE_PC)) &&
	       expect("CPSR", expected, get_core(vcpu, CORE_CPSR)) &&
	       expect("lr", taken->lr, get_core(vcpu, bank_of(taken->mode) + 1)) &&
	       expect("SPSR", cpsr, get_core(vcpu, bank_of(taken->mode) + 2));
}

#define NOWHERE		0x70000124U

static bool undefined_in(struct guest *g, uint32_t *high, uint32_t sctlr, uint32_t cpsr)
{
	bool thumb = cpsr & CPSR_T;
	const struct taken taken = {
		MODE_UND, 0x04, SECOND_IPA + (thumb ? 2 : 4), 0,
	};

	g->memory[0x800 / 4] = thumb ? SMC_THUMB : SMC_ARM;
	return takes(g, high, sctlr, cpsr, SECOND_IPA, &taken);
}

static bool fetch_abort_in(struct guest *g, uint32_t *high, uint32_t sctlr, uint32_t cpsr)
{
	const struct taken taken = { MODE_ABT, 0x0c, NOWHERE + 4, CPSR_A };
	uint64_t ifar = 0, ifsr = 0;

	return takes(g, high, sctlr, cpsr, NOWHERE, &taken) &&
	       expect("IFAR by user space", 0,
		      get_one(g->vm.vcpu[0], CP15_32(0, 6, 0, 2), &ifar)) &&
	       expect("IFAR", NOWHERE, ifar) &&
	       expect("IFSR by user space", 0,
		      get_one(g->vm.vcpu[0], CP15_32(0, 5, 0, 1), &ifsr)) &&
	       expect("IFSR: external abort", 0x8, ifsr);
}

/*
 * Exceptions from each mode, in ARM and Thumb state, with each setting of the SCTLR bits that
 * matter for exceptions.
 */
static bool exceptions_each(struct guest *g)
{
	static const uint32_t flags[] = {
		0, CPSR_NZCVQ | CPSR_GE, CPSR_A, CPSR_F, CPSR_I, CPSR_E | CPSR_Z,
	};
	struct kvm_userspace_memory_region region = {
		.slot = 7, .guest_phys_addr = HIGH_VECTORS, .memory_size = 0x1000,
	};
	uint32_t *high = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int bits, m, thumb;

	region.userspace_addr = (uintptr_t)high;
	if (!expect("memory for high vectors", 0,
		    ioctl(g->vm.fd, KVM_SET_USER_MEMORY_REGION, &region)))
		return false;
	for (bits = 0; bits < 8; bits++)
		for (m = 0; m < ARRAY_SIZE(guest_modes); m++)
			for (thumb = 0; thumb < 2; thumb++) {
				uint32_t sctlr = (bits & 1 ? SCTLR_V : 0) |
						 (bits & 2 ? SCTLR_EE : 0) |
						 (bits & 4 ? SCTLR_TE : 0);

				uint32_t cpsr = guest_modes[m] | (thumb ? CPSR_T : 0) |
						flags[(bits + m + thumb) % ARRAY_SIZE(flags)];

				/* SMC in User mode is UNDEFINED, and not trapped. */
				if ((guest_modes[m] != MODE_USR &&
				     !undefined_in(g, high, sctlr, cpsr)) ||
				    !fetch_abort_in(g, high, sctlr, cpsr)) {
					ksft_print_msg("CPSR 0x%x, SCTLR 0x%x\n", cpsr, sctlr);
					return false;
				}
			}
	return true;
}

#define MAX_REGS	512

/* Reads all registers of the list except the counters. */
static void all_registers(int vcpu, const struct kvm_reg_list *list, uint64_t *values)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		values[i] = 0;
		if (!is_counter(list->reg[i]))
			expect("KVM_GET_ONE_REG", 0, get_one(vcpu, list->reg[i], &values[i]));
	}
}

static bool equal_registers(int vcpu, const struct kvm_reg_list *list, const uint64_t *first)
{
	static uint64_t now[MAX_REGS];
	bool good = true;
	unsigned int i;

	all_registers(vcpu, list, now);
	for (i = 0; i < list->n; i++)
		if (!expect("a register after KVM_ARM_VCPU_INIT", first[i], now[i])) {
			ksft_print_msg("register 0x%llx\n", (unsigned long long)list->reg[i]);
			good = false;
		}
	return good;
}

/* KVM_ARM_VCPU_INIT of a vCPU with changed registers, and of a vCPU with a pending load. */
static bool init_again(struct guest *g)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + MAX_REGS * sizeof(uint64_t));
	const uint32_t psci = 1U << KVM_ARM_VCPU_PSCI_0_2, data = 0x12345678;
	static uint64_t first[MAX_REGS];
	int vcpu = g->vm.vcpu[0];
	unsigned int i, set = 0;
	uint64_t value;
	bool good;

	list->n = MAX_REGS;
	good = expect("KVM_GET_REG_LIST", 0, ioctl(vcpu, KVM_GET_REG_LIST, list));
	all_registers(vcpu, list, first);
	for (i = 0; good && i < list->n; i++) {
		/* ~CPSR has no valid mode. A refused value leaves its register unchanged. */
		value = list->reg[i] == core_id(CORE_CPSR) ? 0x111 : ~first[i];
		set += !is_counter(list->reg[i]) && !set_one(vcpu, list->reg[i], &value);
	}
	good = good && expect("more than 80 registers were set", true, set > 80) &&
	       init_vcpu(g->vm.fd, vcpu, psci) && equal_registers(vcpu, list, first);

	set_core(vcpu, R(0), MMIO_IPA);
	good = good && access_once(g, 0xe5901000, CPSR_MASKED | MODE_SVC, 4, false) &&
	       init_vcpu(g->vm.fd, vcpu, psci) && complete(g, &data, sizeof(data)) &&
	       equal_registers(vcpu, list, first);
	free(list);
	return good;
}

/* KVM_ARM_VCPU_INIT drops a CPU_ON that the vCPU has not carried out yet. */
static bool init_after_cpu_on(struct guest *g)
{
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	const int vcpu = g->vm.vcpu[1];
	uint32_t version;

	LOAD_CODE(g, psci, CODE_IPA);
	LOAD_CODE(g, secondary, SECOND_IPA);
	start(g);
	if (!psci_call(g, PSCI_0_2_FN_CPU_ON, 1, SECOND_IPA, 0, 0) ||
	    !init_vcpu(g->vm.fd, vcpu, 1U << KVM_ARM_VCPU_PSCI_0_2 | 1U << KVM_ARM_VCPU_POWER_OFF))
		return false;
	set_core(vcpu, CORE_PC, CODE_IPA);
	set_core(vcpu, R(0), PSCI_0_2_FN_PSCI_VERSION);
	return expect("KVM_SET_MP_STATE", 0, ioctl(vcpu, KVM_SET_MP_STATE, &runnable)) &&
	       run_to(g, 1, 0, &version) && expect("PSCI_VERSION", 2, version);
}

/* ---- CPU_ON and endianness ---- */

GUEST_CODE(secondary_state,
	   "mrs r1, cpsr\n"
	   "mrc p15, 0, r2, c1, c0, 0\n"
	   "mov r10, #0x50000000\n"
	   "1: str r0, [r10, #4]\n"
	   "b 1b\n");

/* Each combination of the caller's endianness for data and for exceptions. */
static bool cpu_on_endianness(struct guest *g)
{
	struct kvm_mp_state off = { .mp_state = KVM_MP_STATE_STOPPED };
	bool good = true;
	unsigned int i;

	LOAD_CODE(g, psci, CODE_IPA);
	LOAD_CODE(g, secondary_state, SECOND_IPA);
	for (i = 0; i < 4; i++) {
		uint32_t e = i & 1 ? CPSR_E : 0, ee = i & 2 ? SCTLR_EE : 0;

		start(g);
		set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE | e);
		good &= set_cp15(g, REG_SCTLR, 0x00c50078 | ee);
		good &= expect("KVM_SET_MP_STATE", 0,
			       ioctl(g->vm.vcpu[1], KVM_SET_MP_STATE, &off));
		good &= psci_call(g, PSCI_0_2_FN_CPU_ON, 1, SECOND_IPA, 0x1234, 0);
		good &= run_to(g, 1, 4, NULL);
		good &= expect("r0", 0x1234, get_core(g->vm.vcpu[1], R(0)));
		good &= expect("CPSR.E", e, get_core(g->vm.vcpu[1], R(1)) & CPSR_E);
		good &= expect("SCTLR.EE", ee, get_core(g->vm.vcpu[1], R(2)) & SCTLR_EE);
	}
	return good;
}

/* ---- timers ---- */

GUEST_CODE(read_timer,
	   "mov r10, #0x50000000\n"
	   "1: mrrc p15, 2, r2, r3, c14\n"	/* CNTP_CVAL */
	   "mrc p15, 0, r4, c14, c2, 1\n"	/* CNTP_CTL */
	   "mrrc p15, 0, r6, r7, c14\n"	/* CNTPCT */
	   "str r0, [r10]\n"
	   "b 1b\n");

/* TID of the main thread, set just before KVM_RUN. */
static volatile pid_t in_kvm_run;

#define PTIMER_CTL	CP15_32(0, 14, 2, 1)
#define PTIMER_CNT	ARM_CP15_REG64(0, 14)
#define PTIMER_CVAL	ARM_CP15_REG64(2, 14)
#define VTIMER_CNT	ARM_CP15_REG64(1, 14)
#define DAYS		(1ULL << 44)	/* ticks, more than the machine has been up */

static uint64_t get_counter(struct guest *g, unsigned int i)
{
	uint64_t value = 0;

	expect("KVM_GET_ONE_REG of the counter", 0, get_one(g->vm.vcpu[i], PTIMER_CNT, &value));
	return value;
}

static uint64_t core_pair(struct guest *g, unsigned int low)
{
	return (uint64_t)get_core(g->vm.vcpu[0], low + 1) << 32 |
	       get_core(g->vm.vcpu[0], low);
}

/* User space and the guest each see the values that the other has set. */
static bool physical_timer(struct guest *g)
{
	uint64_t host = get_counter(g, 0), cval = DAYS + 5, counter, value;
	bool good = expect("the counter is the host's at first", true, host && host < DAYS);

	LOAD_CODE(g, read_timer, CODE_IPA);
	start(g);
	good &= run_to(g, 0, 0, NULL);
	counter = core_pair(g, R(6));
	good &= expect("CNTPCT continues from there", true, counter >= host && counter < DAYS);

	good &= set_cp15(g, PTIMER_CVAL, cval) && set_cp15(g, PTIMER_CTL, ~0ULL);
	good &= run_to(g, 0, 0, NULL) && expect("CNTP_CVAL", cval, core_pair(g, R(2))) &&
		expect("CNTP_CTL before expiry", 3, get_core(g->vm.vcpu[0], R(4)));
	value = 0;
	good &= expect("PTIMER_CTL", 0, get_one(g->vm.vcpu[0], PTIMER_CTL, &value)) &&
		expect("... has no ISTATUS", 3, value);
	good &= expect("PTIMER_CVAL", 0, get_one(g->vm.vcpu[0], PTIMER_CVAL, &value)) &&
		expect("...", cval, value);

	good &= set_cp15(g, PTIMER_CNT, cval);
	good &= run_to(g, 0, 0, NULL) &&
		expect("CNTP_CTL after expiry", 7, get_core(g->vm.vcpu[0], R(4)));
	counter = core_pair(g, R(6));
	good &= expect("CNTPCT", true, counter >= cval && counter < 2 * DAYS);
	good &= expect("... of user space", true, get_counter(g, 0) >= counter);
	good &= expect("... of the other vCPU", true, get_counter(g, 1) >= counter);
	return good;
}

/* Enables PPIs 27 and 30, and waits for one. */
GUEST_CODE(wait_ppi,
	   "mov r8, #0x08000000\n"		/* GICD */
	   "add r9, r8, #0x10000\n"		/* GICC */
	   "mov r10, #0x50000000\n"
	   "mov r0, #0x48000000\n"
	   "str r0, [r8, #0x100]\n"
	   "mov r0, #1\n"
	   "str r0, [r8]\n"
	   "mov r1, #0xf0\n"
	   "str r1, [r9, #4]\n"
	   "str r0, [r9]\n"
	   "1: wfi\n"
	   "ldr r0, [r9, #0xc]\n"
	   "ldr r1, =1023\n"
	   "cmp r0, r1\n"
	   "beq 1b\n"			/* WFI may return without an interrupt */
	   "str r0, [r10]\n"
	   "b 1b\n");

/*
 * Restores the physical timer's registers in @order: 'l' is CTL, 'v' is CVAL, 't' is CNT. The
 * guest has a GIC, and waits for the timer's interrupt.
 */
static bool fires_restored(struct guest *g, const char *order)
{
	const uint64_t cval = DAYS + 1000000;
	uint32_t intid;
	bool good;

	LOAD_CODE(g, wait_ppi, CODE_IPA);
	good = vm_create_gic(&g->vm);
	start(g);
	for (; *order; order++)
		good &= *order == 'l' ? set_cp15(g, PTIMER_CTL, 1) :
			*order == 'v' ? set_cp15(g, PTIMER_CVAL, cval) :
					set_cp15(g, PTIMER_CNT, DAYS);
	return good && run_to(g, 0, 0, &intid) && expect("GICC_IAR", 30, intid) &&
	       expect("the counter has reached CVAL", true, get_counter(g, 0) >= cval);
}

/* A timer that had not fired when it was saved fires after the restore: CTL first, or CNT first. */
static bool physical_timer_saved(struct guest *g)
{
	return fires_restored(g, "lvt");
}

static bool physical_timer_saved_last(struct guest *g)
{
	return fires_restored(g, "tvl");
}

/* A timer's registers for KVM_SET_ONE_REG, and its PPI. */
struct timer_regs {
	uint64_t ctl, cval, counter;
	uint32_t ppi;
};

struct counter_setter {
	struct guest *g;
	uint64_t counter;
};

static void *set_counter(void *arg)
{
	const struct counter_setter *setter = arg;
	bool slept = thread_sleeps(&in_kvm_run, "a vCPU in WFI");
	uint64_t value = DAYS;

	return set_one(setter->g->vm.vcpu[1], setter->counter, &value) || !slept ? NULL : arg;
}

/* A vCPU in WFI waits for its timer, which expires when user space sets the VM's counter. */
static bool counter_set(struct guest *g, const struct timer_regs *timer)
{
	struct counter_setter setter = { g, timer->counter };
	pthread_t thread;
	void *set = NULL;
	uint32_t intid;
	bool good;

	LOAD_CODE(g, wait_ppi, CODE_IPA);
	good = vm_create_gic(&g->vm) && set_cp15(g, timer->cval, DAYS) &&
	       set_cp15(g, timer->ctl, 1);
	start(g);
	in_kvm_run = 0;
	if (!good || pthread_create(&thread, NULL, set_counter, &setter))
		return false;
	in_kvm_run = gettid();
	good = run_to(g, 0, 0, &intid) && expect("GICC_IAR", timer->ppi, intid);
	pthread_join(thread, &set);
	return good && expect("the counter was set", true, set != NULL);
}

static bool physical_counter_set(struct guest *g)
{
	static const struct timer_regs physical = { PTIMER_CTL, PTIMER_CVAL, PTIMER_CNT, 30 };

	return counter_set(g, &physical);
}

static bool virtual_counter_set(struct guest *g)
{
	static const struct timer_regs virtual = {
		CP15_32(0, 14, 3, 1), ARM_CP15_REG64(3, 14), VTIMER_CNT, 27,
	};

	return counter_set(g, &virtual);
}

/* A vCPU that is created after user space has set the virtual counter has the VM's counter. */
static bool counter_of_later_vcpu(struct guest *g)
{
	uint64_t value = 0;

	return set_cp15(g, VTIMER_CNT, DAYS) && vm_add_vcpu(&g->vm, 0) &&
	       expect("KVM_GET_ONE_REG of the counter", 0,
		      get_one(g->vm.vcpu[2], VTIMER_CNT, &value)) &&
	       expect("the counter is the VM's", true, value >= DAYS && value < 2 * DAYS);
}

#define LAST_VCPU	5

/* vCPUs 0, 1 and 5. vCPU 5's interrupt is pending and enabled before the distributor is enabled. */
static bool sparse_vcpus(struct guest *g)
{
	uint64_t enable = 1;
	uint32_t intid;
	unsigned int i;

	for (i = 2; i < LAST_VCPU; i++)
		g->vm.vcpu[i] = -1;
	g->vm.nr_vcpus = LAST_VCPU;
	LOAD_CODE(g, wait_ppi, CODE_IPA);
	if (!vm_add_vcpu(&g->vm, 0) || !vm_create_gic(&g->vm) ||
	    !expect("CNTP_CTL", 0, set_one(g->vm.vcpu[LAST_VCPU], PTIMER_CTL, &enable)))
		return false;
	set_core(g->vm.vcpu[LAST_VCPU], CORE_PC, CODE_IPA);
	return run_to(g, LAST_VCPU, 0, &intid) && expect("GICC_IAR", 30, intid);
}

GUEST_CODE(past,
	   "mov r10, #0x50000000\n"
	   "mvn r0, #0\n"
	   "mcr p15, 0, r0, c14, c2, 0\n"	/* CNTP_TVAL: one tick in the past */
	   "mov r1, #3\n"
	   "mcr p15, 0, r1, c14, c2, 1\n"	/* CNTP_CTL: ENABLE, IMASK */
	   "mrc p15, 0, r0, c14, c2, 1\n"
	   "str r0, [r10]\n"
	   "mvn r0, #0x80000000\n"
	   "mcr p15, 0, r0, c14, c2, 0\n"	/* the largest value in the future */
	   "mrc p15, 0, r0, c14, c2, 1\n"
	   "str r0, [r10, #4]\n");

/* TVAL is signed, B8.1.5. */
static bool timer_in_the_past(struct guest *g)
{
	uint32_t value;

	LOAD_CODE(g, past, CODE_IPA);
	start(g);
	return run_to(g, 0, 0, &value) && expect("CNTP_CTL in the past", 7, value) &&
	       run_to(g, 0, 4, &value) && expect("CNTP_CTL in the future", 3, value);
}

/* ---- caches ---- */

/* A count from the VM's file mmu in debugfs. */
static unsigned int mmu_count(struct guest *g, const char *name)
{
	char folder[64], text[1024], *at;
	size_t length = strlen(name);

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	snprintf(folder, sizeof(folder), "/sys/kernel/debug/kvm/%d-%d", getpid(), g->vm.fd);
	if (!text_in(folder, "mmu", text, sizeof(text)))
		ksft_exit_fail_msg("%s/mmu: expected a file\n", folder);
	for (at = strtok(text, "\n"); at; at = strtok(NULL, "\n"))
		if (!strncmp(at, name, length) && at[length] == ' ')
			return strtoul(at + length, NULL, 10);
	ksft_exit_fail_msg("%s/mmu: expected a line %s\n", folder, name);
	return 0;
}

/*
 * A loop of set/way operations, as an operating system executes it before it enables its caches;
 * then writes to virtual memory registers, which KVM traps after a set/way operation and while the
 * caches are off.
 */
GUEST_CODE(set_way,
	   "mov r10, #0x50000000\n"
	   "ldr r1, =20000\n"			/* SET_WAY_OPERATIONS */
	   "1: mcr p15, 0, r1, c7, c14, 2\n"	/* DCCISW */
	   "subs r1, r1, #1\n"
	   "bne 1b\n"
	   "str r0, [r10, #4]\n"
	   "mrc p15, 0, r0, c1, c0, 0\n"
	   "bic r0, r0, #5\n"
	   "mcr p15, 0, r0, c1, c0, 0\n"	/* MMU and caches off */
	   "isb\n"
	   "ldr r0, =0x11111000\n"
	   "mcr p15, 0, r0, c2, c0, 0\n"	/* TTBR0, 32 bits */
	   "ldr r2, =0x22222000\n mov r3, #0x12\n"
	   "mcrr p15, 1, r2, r3, c2\n"		/* TTBR1, 64 bits */
	   "ldr r0, =0x55555555\n"
	   "mcr p15, 0, r0, c3, c0, 0\n"	/* DACR */
	   "mrc p15, 0, r0, c1, c0, 0\n"
	   "orr r0, r0, #0x1000\n"
	   "mcr p15, 0, r0, c1, c0, 0\n"	/* SCTLR.I */
	   "isb\n"
	   "mrc p15, 0, r4, c1, c0, 0\n"
	   "mrc p15, 0, r5, c2, c0, 0\n"
	   "mrrc p15, 1, r6, r7, c2\n"
	   "mrc p15, 0, r8, c3, c0, 0\n"
	   "str r4, [r10]\n");

#define SET_WAY_OPERATIONS	20000

static bool set_way(struct guest *g)
{
	static const struct {
		unsigned int reg;
		uint32_t value;
	} regs[] = {
		{ 5, 0x11111000 }, { 6, 0x22222000 }, { 7, 0x12 }, { 8, 0x55555555 },
	};
	unsigned int i, flushes = mmu_count(g, "flushes"), set_way;
	uint32_t sctlr;
	bool good;

	long_tables(g);
	LOAD_CODE(g, set_way, CODE_IPA);
	good = mmu_on(g, TTBCR_EAE, CODE_IPA + LONG_TABLE, 0) &&
	       set_cp15(g, REG_SCTLR, SCTLR_MMU | SCTLR_C);
	start(g);
	good = good && run_to(g, 0, 4, NULL);
	/* The first guest entry has flushed, too, because the vCPU starts with caches on. */
	flushes++;
	set_way = mmu_count(g, "set_way");
	if (set_way) {
		good &= expect("trapped operations", SET_WAY_OPERATIONS, set_way) &&
			expect("flushes", flushes + 1, mmu_count(g, "flushes"));
	} else {
		skipped_because = "set/way operations do not trap on this CPU, as in QEMU";
	}
	good = run_to(g, 0, 0, &sctlr) & good && expect("SCTLR.I", 0x1000, sctlr & 0x1000);
	for (i = 0; i < ARRAY_SIZE(regs); i++)
		good &= expect("a register written while trapped", regs[i].value,
			       get_core(g->vm.vcpu[0], regs[i].reg));
	return good;
}

/* Writes to registers that trap only until caches are on; SCTLR comes from r1. */
GUEST_CODE(turn_caches_on,
	   "mov r10, #0x50000000\n"
	   "mcr p15, 0, r1, c1, c0, 0\n"
	   "isb\n"
	   "str r0, [r10]\n"
	   "mcr p15, 0, r2, c13, c0, 1\n"	/* CONTEXTIDR */
	   "str r0, [r10, #4]\n");

static uint32_t exits_for_cp15(struct guest *g)
{
	char folder[64], text[2048], *at;

	snprintf(folder, sizeof(folder), "/sys/kernel/debug/kvm/%d-%d", getpid(), g->vm.fd);
	at = text_in(folder, "vcpu0", text, sizeof(text)) ? strstr(text, "\ncp15 ") : NULL;
	if (!at)
		ksft_exit_fail_msg("%s/vcpu0: expected a line cp15\n", folder);
	return strtoul(at + strlen("\ncp15 "), NULL, 10);
}

/*
 * The write to SCTLR that turns caches on traps, and flushes memory once. Later writes trap only if
 * the module's parameter trap_vm_registers is set.
 */
static bool caches_turned_on(struct guest *g)
{
	uint32_t sctlr = SCTLR_MMU | SCTLR_C;
	unsigned int flushes, traps;
	bool good;

	long_tables(g);
	LOAD_CODE(g, turn_caches_on, CODE_IPA);
	good = mmu_on(g, TTBCR_EAE, CODE_IPA + LONG_TABLE, 0) &&
	       set_cp15(g, REG_SCTLR, 0x00c50078);
	start(g);
	set_core(g->vm.vcpu[0], R(1), sctlr);
	flushes = mmu_count(g, "flushes");
	traps = exits_for_cp15(g);
	good = good && run_to(g, 0, 0, NULL);
	good &= expect("flushes when caches are turned on", flushes + 1, mmu_count(g, "flushes"));
	good &= expect("traps of SCTLR", traps + 1, exits_for_cp15(g));
	good = good && run_to(g, 0, 4, NULL);
	good &= expect("traps with caches on", traps + 1 + vm_registers_trap(),
		       exits_for_cp15(g));
	good &= expect("flushes with caches on", flushes + 1, mmu_count(g, "flushes"));
	return good;
}

GUEST_CODE(store_forever,
	   "mov r10, #0x50000000\n"
	   "1: str r0, [r10]\n"
	   "b 1b\n");

/* A reset unmaps memory, so that what the VMM then writes is cleaned before the guest reads it. */
static bool reset_unmaps(struct guest *g)
{
	const uint32_t psci = 1U << KVM_ARM_VCPU_PSCI_0_2;
	unsigned int resets = mmu_count(g, "resets"), icache;
	bool good;

	LOAD_CODE(g, store_forever, CODE_IPA);
	start(g);
	good = run_to(g, 0, 0, NULL);
	good &= expect("resets so far", resets, mmu_count(g, "resets"));
	icache = mmu_count(g, "icache");
	good &= init_vcpu(g->vm.fd, g->vm.vcpu[0], psci);
	good &= expect("resets", resets + 1, mmu_count(g, "resets"));
	start(g);
	good &= run_to(g, 0, 0, NULL);
	good &= expect("pages of code mapped again", icache + 1, mmu_count(g, "icache"));
	/* Initialising a vCPU that has not run unmaps nothing. */
	good &= init_vcpu(g->vm.fd, g->vm.vcpu[1], psci | 1U << KVM_ARM_VCPU_POWER_OFF);
	return good & expect("resets at the end", resets + 1, mmu_count(g, "resets"));
}

GUEST_CODE(store_to_page,
	   "mov r10, #0x50000000\n"
	   "ldr r0, =0x40001000\n"
	   "1: str r1, [r0]\n"
	   "str r1, [r10]\n"
	   "b 1b\n");

/* A page that a guest wrote without caches is cleaned before the host uses it. */
static bool unmapped_is_cleaned(struct guest *g)
{
	char *page = (char *)g->memory + 0x1000;
	unsigned int cleaned, icache;
	bool good;

	LOAD_CODE(g, store_to_page, CODE_IPA);
	start(g);
	set_core(g->vm.vcpu[0], R(1), VALUE);
	good = run_to(g, 0, 0, NULL);
	cleaned = mmu_count(g, "cleaned");
	icache = mmu_count(g, "icache");
	good &= expect("mprotect", 0, mprotect(page, 0x1000, PROT_READ));
	good &= expect("pages cleaned", cleaned + 1, mmu_count(g, "cleaned"));
	good &= expect("memory", VALUE, *(volatile uint32_t *)page);
	mprotect(page, 0x1000, PROT_READ | PROT_WRITE);
	good &= run_to(g, 0, 0, NULL);
	/* A page of data needs no invalidation of the instruction caches. */
	good &= expect("pages of code", icache, mmu_count(g, "icache"));

	/* With caches on, memory is coherent. */
	long_tables(g);
	good &= mmu_on(g, TTBCR_EAE, CODE_IPA + LONG_TABLE, 0) &&
		set_cp15(g, REG_SCTLR, SCTLR_MMU | SCTLR_C);
	good = good && run_to(g, 0, 0, NULL);
	cleaned = mmu_count(g, "cleaned");
	good &= expect("mprotect", 0, mprotect(page, 0x1000, PROT_READ));
	good &= expect("pages cleaned with caches on", cleaned, mmu_count(g, "cleaned"));
	mprotect(page, 0x1000, PROT_READ | PROT_WRITE);
	return good;
}

/* ---- FCSE ---- */

GUEST_CODE(fcse,
	   "mov r10, #0x50000000\n"
	   "mov r0, #0x4000000\n"
	   "mcr p15, 0, r0, c13, c0, 0\n"	/* FCSEIDR */
	   "1: str r0, [r10]\n"
	   "b 1b\n");

/* QEMU's CPUs implement FCSEIDR. A host that ran with the guest's value would crash. */
static bool fcse_process_id(struct guest *g)
{
	LOAD_CODE(g, fcse, CODE_IPA);
	start(g);
	return run_to(g, 0, 0, NULL) & run_to(g, 0, 0, NULL);
}

/* ---- VFP ---- */

GUEST_CODE(vfp,
	   "mov r10, #0x50000000\n"
	   "mrc p15, 0, r0, c1, c0, 2\n"
	   "orr r0, r0, #0xf00000\n"		/* CPACR: cp10, cp11 */
	   "mcr p15, 0, r0, c1, c0, 2\n"
	   "isb\n"
	   "mov r0, #0x40000000\n"
	   "vmsr fpexc, r0\n"
	   "1: vmov d0, r2, r3\n"
	   "vmov d31, r3, r2\n"
	   "mov r0, #0x1000000\n"
	   "vmsr fpscr, r0\n"
	   "str r0, [r10]\n"			/* exit and entry */
	   "vmov r4, r5, d0\n"
	   "vmov r6, r7, d31\n"
	   "vmrs r8, fpscr\n"
	   "str r4, [r10, #4]\n"
	   "b 1b\n");

/* FPEXC.EX and FP2V are RAZ/WI: these CPUs have no FPINST and FPINST2. */
static bool vfp_exceptional(struct guest *g)
{
	uint64_t id = KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_VFP | KVM_REG_ARM_VFP_FPEXC;
	uint32_t value = ~0U;
	bool good = true;

	good &= expect("FPEXC by KVM_SET_ONE_REG", 0, set_one(g->vm.vcpu[0], id, &value));
	good &= expect("FPEXC by KVM_GET_ONE_REG", 0, get_one(g->vm.vcpu[0], id, &value));
	good &= expect("FPEXC", 0x40000000, value);
	LOAD_CODE(g, vfp, CODE_IPA);
	start(g);
	return good & run_to(g, 0, 0, NULL);
}

static bool vfp(struct guest *g)
{
	uint64_t host[2] = { 0x1111222233334444, 0x5555666677778888 }, after[2], d31;
	uint32_t fpscr, host_fpscr;
	bool good = true;
	unsigned int round;

	LOAD_CODE(g, vfp, CODE_IPA);
	start(g);
	for (round = 0; round < 50; round++) {
		set_core(g->vm.vcpu[0], R(2), 0x10000 + round);
		set_core(g->vm.vcpu[0], R(3), 0x20000 + round);
		asm volatile(".fpu neon\n"
			     "vldr d8, [%0]\n vldr d31, [%0, #8]\n"
			     : : "r" (host) : "d8", "memory");
		asm volatile("vmrs %0, fpscr" : "=r" (host_fpscr));
		good &= run_to(g, 0, 0, NULL);
		asm volatile(".fpu neon\n vstr d8, [%0]\n vstr d31, [%0, #8]\n"
			     : : "r" (after) : "memory");
		good &= expect("the host's d8", host[0], after[0]) &
			expect("the host's d31", host[1], after[1]);
		asm volatile("vmrs %0, fpscr" : "=r" (fpscr));
		good &= expect("the host's FPSCR", host_fpscr, fpscr);
		good &= run_to(g, 0, 4, NULL);
		good &= expect("the guest's d0", 0x10000 + round, get_core(g->vm.vcpu[0], R(4)));
		good &= expect("the guest's d31", 0x20000 + round, get_core(g->vm.vcpu[0], R(6)));
		good &= expect("the guest's FPSCR", 0x1000000, get_core(g->vm.vcpu[0], R(8)));
		get_one(g->vm.vcpu[0], KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_VFP | 31, &d31);
		good &= expect("d31 by KVM_GET_ONE_REG",
			       (uint64_t)(0x10000 + round) << 32 | (0x20000 + round), d31);
		if (!good)
			return false;
	}
	return true;
}

/* ---- signals ---- */

/* A loop that sets a flag in memory. */
GUEST_CODE(spin,
	   "ldr r0, =0x40001000\n"
	   "mov r1, #1\n"
	   "str r1, [r0]\n"
	   "1: b 1b\n");
GUEST_CODE(sleep_forever, "cpsid if\n 1: wfi\n b 1b\n");

#define SPINS(g)	((g)->memory[0x1000 / sizeof(uint32_t)])

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

/**
 * struct interruption - a signal for a thread in KVM_RUN
 * @to:    the thread
 * @spins: flag that the guest sets when it runs, or NULL if the vCPU is expected to sleep
 * @was_ready: the guest ran, or the vCPU slept, before the signal was sent
 */
struct interruption {
	pthread_t to;
	volatile uint32_t *spins;
	bool was_ready;
};

static bool guest_spins(volatile uint32_t *spins)
{
	struct patient_wait wait = wait_begin();
	const char *why;

	while (!*spins) {
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("expected the guest to run, waited %ld ms: %s\n",
				       wait_ms(&wait), why);
			return false;
		}
		usleep(1000);
	}
	return true;
}

/* Sends the signal even if the wait fails, because KVM_RUN does not return by itself. */
static void *send_signal(void *arg)
{
	struct interruption *i = arg;

	i->was_ready = i->spins ? guest_spins(i->spins) :
			     thread_sleeps(&in_kvm_run, "an idle vCPU");
	pthread_kill(i->to, SIGUSR1);
	return NULL;
}

static void count_signals_from_now(void)
{
	struct sigaction action = { .sa_handler = count_signal };

	sigaction(SIGUSR1, &action, NULL);
	signals = 0;
}

/* Calls KVM_RUN for a vCPU that spins or sleeps, and expects EINTR after a signal. */
static bool interrupted(struct guest *g, unsigned int vcpu, volatile uint32_t *spins)
{
	struct interruption i = { .to = pthread_self(), .spins = spins };
	pthread_t thread;
	bool good;

	count_signals_from_now();
	in_kvm_run = 0;
	if (pthread_create(&thread, NULL, send_signal, &i))
		return false;
	in_kvm_run = gettid();
	good = expect("KVM_RUN", -1, ioctl(g->vm.vcpu[vcpu], KVM_RUN, 0)) &&
	       expect("... and errno", EINTR, errno) &&
	       expect("exit reason", KVM_EXIT_INTR, g->vm.run[vcpu]->exit_reason);
	pthread_join(thread, NULL);
	return i.was_ready && good && expect("signals", 1, signals);
}

static bool signal_while_running(struct guest *g)
{
	LOAD_CODE(g, spin, CODE_IPA);
	start(g);
	return interrupted(g, 0, &SPINS(g));
}

static bool signal_while_asleep(struct guest *g)
{
	LOAD_CODE(g, sleep_forever, CODE_IPA);
	start(g);
	return interrupted(g, 0, NULL);
}

/* If SYSTEM_OFF stops a vCPU between CPU_ON and its first KVM_RUN, that KVM_RUN sleeps. */
static bool off_before_it_began(struct guest *g)
{
	bool good;

	LOAD_CODE(g, psci, CODE_IPA);
	start(g);
	good = psci_call(g, PSCI_0_2_FN_CPU_ON, 1, CODE_IPA, 0, 0);
	set_core(g->vm.vcpu[0], R(0), PSCI_0_2_FN_SYSTEM_OFF);
	good &= expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0));
	return good & interrupted(g, 1, NULL);
}

/* A vCPU that has run since CPU_ON also sleeps after SYSTEM_OFF. */
static bool off_after_it_began(struct guest *g)
{
	uint32_t version;
	bool good;

	LOAD_CODE(g, psci, CODE_IPA);
	start(g);
	good = psci_call(g, PSCI_0_2_FN_CPU_ON, 1, CODE_IPA, PSCI_0_2_FN_PSCI_VERSION, 0) &&
	       run_to(g, 1, 0, &version) && expect("PSCI_VERSION", 2, version);
	set_core(g->vm.vcpu[0], R(0), PSCI_0_2_FN_SYSTEM_OFF);
	good = good && expect("KVM_RUN", 0, ioctl(g->vm.vcpu[0], KVM_RUN, 0));
	return good && interrupted(g, 1, NULL);
}

/* Without a GIC, KVM_IRQ_LINE drives the vCPU's IRQ and FIQ inputs. */
GUEST_CODE(wait_irq,
	   "mov r0, #0x40000000\n"
	   "mcr p15, 0, r0, c12, c0, 0\n"
	   "isb\n"
	   "mov r10, #0x50000000\n"
	   "str r0, [r10]\n"
	   "cpsie if\n"
	   "1: wfi\n"
	   "b 1b\n");

static void *raise_line(void *arg)
{
	struct guest *g = arg;
	struct kvm_irq_level level = { .irq = KVM_ARM_IRQ_CPU_IRQ, .level = 1 };
	bool slept = thread_sleeps(&in_kvm_run, "a vCPU in WFI");

	ioctl(g->vm.fd, KVM_IRQ_LINE, &level);
	return slept ? arg : NULL;
}

static bool cpu_lines(struct guest *g)
{
	struct kvm_irq_level level = { .irq = KVM_ARM_IRQ_CPU_IRQ, .level = 0 };
	pthread_t thread;
	void *slept;
	bool good;

	LOAD_CODE(g, vectors, CODE_IPA);
	LOAD_CODE(g, wait_irq, SECOND_IPA);
	set_core(g->vm.vcpu[0], CORE_CPSR, 0x1d3);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	in_kvm_run = 0;
	if (!run_to(g, 0, 0, NULL) || pthread_create(&thread, NULL, raise_line, g))
		return false;
	in_kvm_run = gettid();
	good = run_to(g, 0, 0x24, NULL);
	pthread_join(thread, &slept);
	good &= slept != NULL;
	good &= expect("lower the IRQ line", 0, ioctl(g->vm.fd, KVM_IRQ_LINE, &level));
	level.irq = KVM_ARM_IRQ_CPU_FIQ;
	level.level = 1;
	good &= expect("raise the FIQ line", 0, ioctl(g->vm.fd, KVM_IRQ_LINE, &level));
	good &= run_to(g, 0, 0x28, NULL);
	level.level = 0;
	good &= expect("lower the FIQ line", 0, ioctl(g->vm.fd, KVM_IRQ_LINE, &level));
	good &= interrupted(g, 0, NULL);
	level.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | 40;
	good &= expect("an SPI without a GIC", -1, ioctl(g->vm.fd, KVM_IRQ_LINE, &level)) &&
		expect("... and errno", ENXIO, errno);
	return good;
}

/* ---- events in HYP mode ---- */

static bool write_debugfs(const char *name, const char *word)
{
	char path[64];
	int fd;
	bool good;

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%s", name);
	fd = open(path, O_WRONLY);
	good = check(fd >= 0, path) &&
	       check(write(fd, word, strlen(word)) == (ssize_t)strlen(word), word);
	close(fd);
	return good;
}

/*
 * The guest may store up to twice before it takes the abort, or not at all if an exit for another
 * reason, such as a host interrupt, has found the abort earlier.
 */
static bool takes_abort(struct guest *g)
{
	struct kvm_run *run = g->vm.run[0];
	unsigned int stores = 0;
	uint32_t dfsr;

	do {
		if (ioctl(g->vm.vcpu[0], KVM_RUN, 0) || run->exit_reason != KVM_EXIT_MMIO)
			return check(false, "KVM_RUN");
	} while (run->mmio.phys_addr == EXIT_IPA && ++stores < 3);
	return expect("an exit of the handler", EXIT_IPA + DFAR, run->mmio.phys_addr) &&
	       run_to(g, 0, DFSR, &dfsr) &&
	       expect("DFSR: asynchronous external abort", 0x406, dfsr & ~0x1000);
}

/*
 * An abort that is pending at a guest exit belongs to the guest, which takes it at the next
 * entry, or when it unmasks aborts. The host does not take the abort.
 */
static bool async_abort(struct guest *g)
{
	unsigned int i;
	cpu_set_t here;
	bool good;

	CPU_ZERO(&here);
	CPU_SET(0, &here);
	if (!check(!sched_setaffinity(0, sizeof(here), &here), "sched_setaffinity"))
		return false;
	LOAD_CODE(g, vectors, CODE_IPA);
	LOAD_CODE(g, store_forever, SECOND_IPA);
	good = set_cp15(g, REG_VBAR, CODE_IPA) && write_debugfs("hyp_fault", "abort");
	set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE & ~CPSR_A);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	good = good && takes_abort(g) && write_debugfs("hyp_fault", "abort");
	set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE);
	set_core(g->vm.vcpu[0], CORE_PC, SECOND_IPA);
	for (i = 0; i < 5; i++)
		good = good && run_to(g, 0, 0, NULL);
	set_core(g->vm.vcpu[0], CORE_CPSR, ARM_STATE & ~CPSR_A);
	return good && takes_abort(g);
}

/*
 * The file cpus in debugfs shows both CPUs, and that guest exits flush the branch predictor unless
 * the host's command line has mitigations=off.
 */
static bool errata(struct guest *g)
{
	char cpus[1024], cmdline[1024];
	bool hardened;

	(void)g;
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (!check(text_in("/sys/kernel/debug/kvm", "cpus", cpus, sizeof(cpus)), "kvm/cpus") ||
	    !check(text_in("/proc", "cmdline", cmdline, sizeof(cmdline)), "cmdline"))
		return false;
	hardened = !strstr(cmdline, "mitigations=off");
	if (strstr(cpus, "0: on, midr 0x41") && strstr(cpus, "1: on, midr 0x41") &&
	    !strstr(cpus, "branch predictor iciallu") == !hardened &&
	    !strstr(cpus, "branch predictor none") == hardened)
		return true;
	ksft_print_msg("kvm/cpus: expected two CPUs, their branch predictors %s, got:\n%s\n",
		       hardened ? "flushed by ICIALLU" : "not flushed", cpus);
	return false;
}

/* ---- debugfs ---- */

#define SPI	45

/* The GIC's state while the line of a disabled SPI is high. */
static bool vgic_state(struct guest *g)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | SPI,
		.level = 1,
	};
	char folder[64], state[4096];

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	snprintf(folder, sizeof(folder), "/sys/kernel/debug/kvm/%d-%d", getpid(), g->vm.fd);
	if (!vm_create_gic(&g->vm) ||
	    !check(!ioctl(g->vm.fd, KVM_IRQ_LINE, &line), "KVM_IRQ_LINE"))
		return false;
	if (!text_in(folder, "vgic-state", state, sizeof(state)))
		return check(false, "vgic-state");
	if (strstr(state, "distributor: CTLR 0x0, 2 vCPUs, 256 interrupts\n") &&
	    strstr(state, "vcpu 1: VMCR 0x00000000") && strstr(state, "    45 P--L- level"))
		return true;
	ksft_print_msg("vgic-state: expected SPI 45 pending by its line, got:\n%s\n", state);
	return false;
}

static bool immediate_exit(struct guest *g)
{
	bool good;

	LOAD_CODE(g, psci, CODE_IPA);
	start(g);
	g->vm.run[0]->immediate_exit = 1;
	good = expect("KVM_RUN", -1, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) &&
	       expect("... and errno", EINTR, errno) &&
	       expect("pc", CODE_IPA, get_core(g->vm.vcpu[0], CORE_PC));
	g->vm.run[0]->immediate_exit = 0;
	return good && psci_call(g, PSCI_0_2_FN_PSCI_VERSION, 0, 0, 0, 2);
}

/* A signal that the thread blocks, but KVM_SET_SIGNAL_MASK does not, interrupts only KVM_RUN. */
static bool signal_mask(struct guest *g)
{
	struct {
		struct kvm_signal_mask head;
		uint8_t set[8];
	} mask = { .head.len = 8 };
	sigset_t block, old;
	bool good;

	LOAD_CODE(g, spin, CODE_IPA);
	start(g);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &block, &old);
	mask.head.len = 4;
	good = expect("a mask of 4 bytes", -1, ioctl(g->vm.vcpu[0], KVM_SET_SIGNAL_MASK, &mask)) &&
	       expect("... and errno", EINVAL, errno);
	mask.head.len = 8;
	good &= expect("KVM_SET_SIGNAL_MASK", 0,
		       ioctl(g->vm.vcpu[0], KVM_SET_SIGNAL_MASK, &mask));
	count_signals_from_now();
	pthread_kill(pthread_self(), SIGUSR1);
	good &= expect("KVM_RUN", -1, ioctl(g->vm.vcpu[0], KVM_RUN, 0)) &&
		expect("... and errno", EINTR, errno);
	good &= expect("signals while they are blocked", 0, signals);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return good && expect("signals", 1, signals);
}

/* KVM_SET_SIGNAL_MASK blocks a pending real-time signal, which has a bit in the second word. */
static bool signal_mask_high(struct guest *g)
{
	struct {
		struct kvm_signal_mask head;
		uint8_t set[8];
	} mask = { .head.len = 8 };
	const struct timespec now = { 0 };
	sigset_t block, old;
	bool good;

	LOAD_CODE(g, psci, CODE_IPA);
	start(g);
	sigemptyset(&block);
	sigaddset(&block, SIGRTMIN);
	pthread_sigmask(SIG_BLOCK, &block, &old);
	pthread_kill(pthread_self(), SIGRTMIN);
	memset(mask.set, 0xff, sizeof(mask.set));
	good = expect("KVM_SET_SIGNAL_MASK", 0,
		      ioctl(g->vm.vcpu[0], KVM_SET_SIGNAL_MASK, &mask)) &&
	       psci_call(g, PSCI_0_2_FN_PSCI_VERSION, 0, 0, 0, 2);
	good &= expect("the pending signal", SIGRTMIN, sigtimedwait(&block, NULL, &now));
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return good;
}

/* ---- ThumbEE's registers ---- */

#define TEEHBR_OF_HOST	0x12340000U
#define TEEHBR_OF_GUEST	0x56780000U

GUEST_CODE(use_thumbee,
	   "mov r0, #1\n"
	   "mcr p14, 6, r0, c0, c0, 0\n"	/* TEECR: no access in User mode */
	   "mcr p14, 6, r1, c1, c0, 0\n"	/* TEEHBR */
	   "isb\n"
	   "mov r10, #0x50000000\n"
	   "str r1, [r10]\n"
	   "mrc p14, 6, r1, c1, c0, 0\n"
	   "str r1, [r10]\n");

/*
 * KVM_RUN preserves the program's own registers, and KVM_GET_ONE_REG returns the vCPU's. If the
 * host ran with the guest's TEECR, the program's read of TEEHBR would raise SIGILL.
 */
static bool thumbee(struct guest *g)
{
	const uint64_t teehbr = KVM_REG_ARM | KVM_REG_SIZE_U32 |
				14 << KVM_REG_ARM_COPROC_SHIFT | 1 << KVM_REG_ARM_32_CRN_SHIFT |
				6 << KVM_REG_ARM_OPC1_SHIFT;
	uint32_t base = 0, kept = 0;
	bool good = true;

	/* A kernel without ThumbEE does not switch TEEHBR, and lets no program access it. */
	if (!(getauxval(AT_HWCAP) & HWCAP_THUMBEE)) {
		skipped_because = "the host's kernel has no ThumbEE";
		return true;
	}
	LOAD_CODE(g, use_thumbee, CODE_IPA);
	start(g);
	set_core(g->vm.vcpu[0], R(1), TEEHBR_OF_GUEST);
	asm volatile("mcr p14, 6, %0, c1, c0, 0" : : "r" (TEEHBR_OF_HOST));
	good &= run_to(g, 0, 0, NULL);
	asm volatile("mrc p14, 6, %0, c1, c0, 0" : "=r" (base));
	good &= expect("TEEHBR of the host", TEEHBR_OF_HOST, base);
	good &= expect("KVM_GET_ONE_REG of TEEHBR", 0, get_one(g->vm.vcpu[0], teehbr, &kept)) &
		expect("TEEHBR of the vCPU", TEEHBR_OF_GUEST, kept);
	return good && run_to(g, 0, 0, &kept) &&
	       expect("TEEHBR of the guest, later", TEEHBR_OF_GUEST, kept);
}

/* ---- task work at an exit in which a timer's output rises ---- */

/**
 * struct rounds - shared by the test, a VMM, and a child of the VMM
 * @outputs: outputs of the guest's timer that KVM_RUN has reported
 * @keyrings: session keyrings that the child has given to the VMM
 * @failed: errno of the child's failure, or 0
 */
static volatile struct rounds {
	uint32_t outputs, keyrings;
	int failed;
} *rounds;

#define TIMER_ROUNDS	200	/* outputs, and keyrings */

/*
 * r7: the timer's TVAL, up to 65,535 ticks, so that in some rounds the timer fires while the host
 * does the task work. r9: address of a word that the VMM changes once it has seen the output; r4:
 * the last value of that word. r10: EXIT_IPA. At the store, the output is low again.
 */
GUEST_CODE(timer_rounds,
	   "1: mcr p15, 0, r7, c14, c3, 0\n"	/* CNTV_TVAL */
	   "mov r0, #1\n"
	   "mcr p15, 0, r0, c14, c3, 1\n"	/* CNTV_CTL: enable */
	   "isb\n"
	   "2: ldr r0, [r9]\n"
	   "cmp r0, r4\n"
	   "beq 2b\n"
	   "mov r4, r0\n"
	   "mov r0, #0\n"
	   "mcr p15, 0, r0, c14, c3, 1\n"
	   "isb\n"
	   "add r7, r7, #976\n"
	   "bfc r7, #16, #16\n"
	   "str r0, [r10]\n"
	   "b 1b\n");

static void run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		rounds->failed = errno;
		_exit(1);
	}
}

/*
 * Gives the parent new session keyrings, which the parent installs by task work. Runs on a
 * different CPU, so that the work arrives while the guest runs.
 */
static void give_keyrings(void)
{
	run_on(1);
	for (;; rounds->keyrings++)
		if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0) < 0 ||
		    syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT)) {
			rounds->failed = errno;
			_exit(1);
		}
}

/*
 * Runs a guest without a GIC. This process has only one thread, as KEYCTL_SESSION_TO_PARENT
 * requires.
 */
static void vmm_of_timer_rounds(void)
{
	struct guest g = { 0 };
	struct kvm_run *run;
	uint32_t keyrings = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(0);
	create(&g);
	run = g.vm.run[0];
	LOAD_CODE(&g, timer_rounds, CODE_IPA);
	start(&g);
	set_core(g.vm.vcpu[0], R(9), SECOND_IPA);
	set_core(g.vm.vcpu[0], R(10), EXIT_IPA);
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		give_keyrings();
	}
	for (;;) {
		ioctl(g.vm.vcpu[0], KVM_RUN, 0);
		if (run->exit_reason == KVM_EXIT_MMIO) {
			rounds->outputs++;
			/* If QEMU has one thread for all CPUs, a busy guest starves the child. */
			while (rounds->keyrings == keyrings)
				usleep(100);
			keyrings = rounds->keyrings;
		} else if (run->s.regs.device_irq_level & KVM_ARM_DEV_EL1_VTIMER) {
			g.memory[(SECOND_IPA - CODE_IPA) / 4] = rounds->outputs + 1;
		}
	}
}

/* KVM_RUN restarts after task work; it returns if a timer's output has changed meanwhile. */
static bool output_during_task_work(void)
{
	struct patient_wait wait = wait_begin();
	uint32_t shown = 0;
	pid_t vmm;
	bool good;

	rounds = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (!check(rounds != MAP_FAILED, "mmap"))
		return false;
	vmm = fork();
	if (!vmm)
		vmm_of_timer_rounds();
	if (!check(vmm > 0, "fork"))
		return false;
	do {
		usleep(1000);
		if (rounds->outputs >= shown + 50) {
			shown = rounds->outputs;
			ksft_print_msg("%u outputs, %u keyrings\n", shown, rounds->keyrings);
		}
		good = rounds->outputs >= TIMER_ROUNDS && rounds->keyrings >= TIMER_ROUNDS;
	} while (!good && !rounds->failed && !wait_gives_up(&wait));
	if (!good)
		ksft_print_msg("expected %u outputs and keyrings, got %u and %u (%s)\n",
			       TIMER_ROUNDS, rounds->outputs, rounds->keyrings,
			       strerror(rounds->failed));
	kill(vmm, SIGKILL);
	waitpid(vmm, NULL, 0);
	munmap((void *)rounds, getpagesize());
	return good;
}

/* ---- calls in the wrong order or with invalid arguments ---- */

static bool bad_calls(struct guest *g)
{
	struct kvm_vcpu_init init = { 0 };
	struct kvm_mp_state state = { .mp_state = 77 };
	int vcpu = ioctl(g->vm.fd, KVM_CREATE_VCPU, 2);
	bool good = true;

	good &= expect("KVM_RUN before init", -1, ioctl(vcpu, KVM_RUN, 0)) &
		expect("... and errno", ENOEXEC, errno);
	good &= expect("KVM_GET_MP_STATE before init", -1,
		       ioctl(vcpu, KVM_GET_MP_STATE, &state)) &
		expect("... and errno", ENOEXEC, errno);
	ioctl(g->vm.fd, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[6] = 1U << 31;
	good &= expect("an unknown feature", -1, ioctl(vcpu, KVM_ARM_VCPU_INIT, &init)) &
		expect("... and errno", ENOENT, errno);
	init.features[6] = 0;
	good &= expect("a CPSR in Jazelle state", -EINVAL,
		       set_one(g->vm.vcpu[0], core_id(CORE_CPSR), &(uint32_t){ 0x010001d3 }));
	init.target = 99;
	good &= expect("an unknown target", -1, ioctl(vcpu, KVM_ARM_VCPU_INIT, &init)) &
		expect("... and errno", EINVAL, errno);
	good &= expect("an unknown MP state", -1,
		       ioctl(g->vm.vcpu[0], KVM_SET_MP_STATE, &state)) &
		expect("... and errno", EINVAL, errno);
	good &= expect("a vCPU that exists", -1, ioctl(g->vm.fd, KVM_CREATE_VCPU, 2)) &
		expect("... and errno", EEXIST, errno);
	good &= expect("vCPU 8", -1, ioctl(g->vm.fd, KVM_CREATE_VCPU, 8)) &
		expect("... and errno", EINVAL, errno);
	good &= expect("KVM_RUN with an argument", -1, ioctl(g->vm.vcpu[0], KVM_RUN, 1)) &
		expect("... and errno", EINVAL, errno);
	good &= expect("KVM_CREATE_VM with a type", -1, ioctl(g->vm.kvm, KVM_CREATE_VM, 1)) &
		expect("... and errno", EINVAL, errno);
	good &= expect("an unknown ioctl", -1, ioctl(g->vm.fd, _IO(0x12, 1), 0)) &
		expect("... and errno", EINVAL, errno);
	close(vcpu);
	return good;
}

/* ---- main ---- */

/* Each test has its own VM. */
static bool with_guest(bool (*run)(struct guest *g))
{
	struct guest g = { 0 };
	bool good;

	create(&g);
	/* SIGTERM from the runner, or SIGALRM, ends a KVM_RUN that does not return. */
	alarm(20 * patience());
	good = run(&g);
	alarm(0);
	destroy(&g);
	return good;
}

ALONE(registers)
ALONE(switched)
ALONE(mmio)
ALONE(psci)
ALONE(psci_mixed)
ALONE(shutdown)
ALONE(reset)
ALONE(exceptions)
ALONE(mmio_each)
ALONE(mmio_high)
ALONE(exceptions_each)
ALONE(init_again)
ALONE(init_after_cpu_on)
ALONE(across_memory_end)
ALONE(walk_level)
ALONE(store_walks_rom)
ALONE(store_beside_code)
ALONE(fetch_from_gicc)
ALONE(cpu_on_endianness)
ALONE(physical_timer)
ALONE(physical_timer_saved)
ALONE(physical_timer_saved_last)
ALONE(physical_counter_set)
ALONE(virtual_counter_set)
ALONE(counter_of_later_vcpu)
ALONE(sparse_vcpus)
ALONE(timer_in_the_past)
ALONE(set_way)
ALONE(caches_turned_on)
ALONE(reset_unmaps)
ALONE(unmapped_is_cleaned)
ALONE(cpu_lines)
ALONE(fcse_process_id)
ALONE(vfp)
ALONE(vfp_exceptional)
ALONE(signal_while_running)
ALONE(signal_while_asleep)
ALONE(off_before_it_began)
ALONE(off_after_it_began)
ALONE(async_abort)
ALONE(errata)
ALONE(vgic_state)
ALONE(immediate_exit)
ALONE(signal_mask)
ALONE(signal_mask_high)
ALONE(bad_calls)
ALONE(thumbee)

static const struct host_test tests[] = {
	{ "cpu.any.registers", registers_alone },
	{ "cpu.any.switched", switched_alone },
	{ "cpu.any.mmio", mmio_alone },
	{ "cpu.any.psci", psci_alone },
	{ "cpu.any.psci_mixed", psci_mixed_alone },
	{ "cpu.any.shutdown", shutdown_alone },
	{ "cpu.any.reset", reset_alone },
	{ "cpu.any.exceptions", exceptions_alone },
	{ "cpu.any.mmio_each", mmio_each_alone },
	{ "cpu.any.mmio_high", mmio_high_alone },
	{ "cpu.any.exceptions_each", exceptions_each_alone },
	{ "cpu.any.init_again", init_again_alone },
	{ "cpu.any.init_after_cpu_on", init_after_cpu_on_alone },
	{ "cpu.any.across_memory_end", across_memory_end_alone },
	{ "cpu.any.walk_level", walk_level_alone },
	{ "cpu.any.store_walks_rom", store_walks_rom_alone },
	{ "cpu.any.store_beside_code", store_beside_code_alone },
	{ "cpu.any.fetch_from_gicc", fetch_from_gicc_alone },
	{ "cpu.any.cpu_on_endianness", cpu_on_endianness_alone },
	{ "cpu.any.physical_timer", physical_timer_alone },
	{ "cpu.any.physical_timer_saved", physical_timer_saved_alone },
	{ "cpu.any.physical_timer_saved_last", physical_timer_saved_last_alone },
	{ "cpu.any.physical_counter_set", physical_counter_set_alone },
	{ "cpu.any.virtual_counter_set", virtual_counter_set_alone },
	{ "cpu.any.counter_of_later_vcpu", counter_of_later_vcpu_alone },
	{ "cpu.any.sparse_vcpus", sparse_vcpus_alone },
	{ "cpu.any.timer_in_the_past", timer_in_the_past_alone },
	{ "cpu.any.set_way", set_way_alone },
	{ "cpu.any.caches_turned_on", caches_turned_on_alone },
	{ "cpu.any.reset_unmaps", reset_unmaps_alone },
	{ "cpu.any.unmapped_is_cleaned", unmapped_is_cleaned_alone },
	{ "cpu.any.cpu_lines", cpu_lines_alone },
	{ "cpu.any.fcse_process_id", fcse_process_id_alone },
	{ "cpu.any.vfp", vfp_alone },
	{ "cpu.any.vfp_exceptional", vfp_exceptional_alone },
	{ "cpu.any.signal_while_running", signal_while_running_alone },
	{ "cpu.any.signal_while_asleep", signal_while_asleep_alone },
	{ "cpu.any.off_before_it_began", off_before_it_began_alone },
	{ "cpu.any.off_after_it_began", off_after_it_began_alone },
	{ "cpu.any.async_abort", async_abort_alone },
	{ "cpu.any.errata", errata_alone },
	{ "cpu.any.vgic_state", vgic_state_alone },
	{ "cpu.any.immediate_exit", immediate_exit_alone },
	{ "cpu.any.signal_mask", signal_mask_alone },
	{ "cpu.any.signal_mask_high", signal_mask_high_alone },
	{ "cpu.any.thumbee", thumbee_alone },
	{ "cpu.any.output_during_task_work", output_during_task_work },
	{ "cpu.any.bad_calls", bad_calls_alone },
};

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_end };

	sigaction(SIGALRM, &action, NULL);
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
