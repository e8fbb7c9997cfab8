/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a vCPU, for tests in which user space sets registers, has the guest execute one or a
 * few instructions, and reads registers afterwards.
 */
#ifndef VGIC_ABI_VCPU_REGS_H
#define VGIC_ABI_VCPU_REGS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "kvm_util.h"

/* Modes of AArch32. */
#define MODE_USR	0x10U
#define MODE_FIQ	0x11U
#define MODE_IRQ	0x12U
#define MODE_SVC	0x13U
#define MODE_ABT	0x17U
#define MODE_UND	0x1bU
#define MODE_SYS	0x1fU

/* Numbers for aarch32_reg(), after r0 to r12. */
#define AARCH32_SP	13U
#define AARCH32_LR	14U
#define AARCH32_SPSR	15U

#ifdef __aarch64__
#define CORE(field)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(field))
#define PC		CORE(regs.pc)
#define FIRST_REG	CORE(regs.regs[0])
#define STATUS		CORE(regs.pstate)
#define GENERAL(n)	(FIRST_REG + 2 * (n))	/* ids count in units of 32 bits */

/* ARM DDI 0487, mapping of the general-purpose registers between the Execution states. */
static inline uint64_t aarch32_reg(unsigned int mode, unsigned int n)
{
	static const struct {
		unsigned int mode, sp, lr, spsr;
	} banks[] = {
		{ MODE_SVC, 19, 18, 0 }, { MODE_ABT, 21, 20, 1 }, { MODE_UND, 23, 22, 2 },
		{ MODE_IRQ, 17, 16, 3 }, { MODE_FIQ, 29, 30, 4 },
	};
	unsigned int i;

	if (mode == MODE_FIQ && n >= 8 && n < AARCH32_SP)
		return GENERAL(24 + n - 8);
	for (i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		if (banks[i].mode != mode || n < AARCH32_SP)
			continue;
		if (n == AARCH32_SPSR)
			return CORE(spsr[0]) + 2 * banks[i].spsr;
		return GENERAL(n == AARCH32_SP ? banks[i].sp : banks[i].lr);
	}
	return GENERAL(n);
}
#else
#define CORE(field)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(field))
#define PC		CORE(usr_regs.ARM_pc)
#define FIRST_REG	CORE(usr_regs.ARM_r0)
#define STATUS		CORE(usr_regs.ARM_cpsr)
#define GENERAL(n)	(FIRST_REG + (n))

static inline uint64_t aarch32_reg(unsigned int mode, unsigned int n)
{
	static const struct {
		unsigned int mode;
		uint64_t sp;	/* lr and SPSR follow */
	} banks[] = {
		{ MODE_SVC, CORE(KVM_ARM_SVC_sp) }, { MODE_FIQ, CORE(KVM_ARM_FIQ_sp) },
		{ MODE_IRQ, CORE(KVM_ARM_IRQ_sp) }, { MODE_ABT, CORE(KVM_ARM_ABT_sp) },
		{ MODE_UND, CORE(KVM_ARM_UND_sp) },
	};
	unsigned int i;

	if (mode == MODE_FIQ && n >= 8 && n < AARCH32_SP)
		return CORE(KVM_ARM_FIQ_r8) + n - 8;
	for (i = 0; i < sizeof(banks) / sizeof(banks[0]); i++)
		if (n >= AARCH32_SP && banks[i].mode == mode)
			return banks[i].sp + n - AARCH32_SP;
	return GENERAL(n);
}
#endif

/* reg_value() and reg_set() end the test as failed if KVM does not have the register. */
static inline uint64_t reg_value(const struct abi_vcpu *vcpu, uint64_t id)
{
	uint64_t value = 0;
	int ret = abi_reg_get(vcpu, id, &value);

	TEST_ASSERT(!ret, "get register 0x%llx: %s", (unsigned long long)id, strerror(-ret));
	return value;
}

static inline void reg_set(const struct abi_vcpu *vcpu, uint64_t id, uint64_t value)
{
	int ret = abi_reg_set(vcpu, id, &value);

	TEST_ASSERT(!ret, "set register 0x%llx: %s", (unsigned long long)id, strerror(-ret));
}

/* True if both values are equal; otherwise prints them on standard error. */
static inline bool same(const char *what, uint64_t expected, uint64_t got)
{
	if (expected != got)
		fprintf(stderr, "%s: expected 0x%llx, got 0x%llx\n", what,
			(unsigned long long)expected, (unsigned long long)got);
	return expected == got;
}

/* Completes the access that ended KVM_RUN, without executing another instruction of the guest. */
static inline bool complete_access(const struct abi_vcpu *vcpu)
{
	bool good;

	vcpu->run->immediate_exit = 1;
	good = same("KVM_RUN with immediate_exit", EINTR, -abi_ioctl(vcpu->fd, KVM_RUN, NULL));
	vcpu->run->immediate_exit = 0;
	return good;
}

/* KVM_RUN. True if it ends with a store (@write) or a load (!@write) at ABI_EXIT_IPA. */
static inline bool run_to_exit(const struct abi_vcpu *vcpu, bool write)
{
	return same("KVM_RUN", 0, -abi_ioctl(vcpu->fd, KVM_RUN, NULL)) &&
	       same("exit reason", KVM_EXIT_MMIO, vcpu->run->exit_reason) &&
	       same("address", ABI_EXIT_IPA, vcpu->run->mmio.phys_addr) &&
	       same("is_write", write, vcpu->run->mmio.is_write);
}

/*
 * For a test of gic_fixture.h whose RULE_STATE has vm and vcpu: opens a VM with a vCPU, a GIC that
 * is placed and, if it is a device, initialized, and the instructions of an array in a page at
 * ABI_CODE_IPA.
 */
#define OPEN_GIC_WITH_CODE(code) do {					\
	abi_vm_open(&self->vm, 0);					\
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));		\
	abi_vcpu_add(&self->vm, 0, &self->vcpu);			\
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA)); \
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));	\
	if (self->vm.dev >= 0)						\
		ASSERT_OK(vgic_init(self->vm.dev));			\
	ASSERT_OK(abi_vm_add_page(&self->vm, 0, ABI_CODE_IPA, code, sizeof(code))); \
} while (0)

#endif /* VGIC_ABI_VCPU_REGS_H */
