// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest_power.h"
#include "guest/kvm_library.h"
#include "processor.h"

#define SCTLR_MMU	(1U << 0)	/* MMU */
#define SCTLR_CACHE	(1U << 2)	/* data cache */

/* SMC Calling Convention 1.0: x4 to x17 may be lost. */
int guest_psci(uint32_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	register uint64_t x0 asm("x0") = function;
	register uint64_t x1 asm("x1") = arg1;
	register uint64_t x2 asm("x2") = arg2;
	register uint64_t x3 asm("x3") = arg3;

	asm volatile("hvc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
		     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		     "x13", "x14", "x15", "x16", "x17", "memory");
	return x0;
}

bool guest_sctlr_is_off(uint64_t sctlr)
{
	return !(sctlr & (SCTLR_MMU | SCTLR_CACHE));
}

struct kvm_vcpu *guest_arch_add_vcpu(struct guest *guest, unsigned int id, bool off,
				     void (*code)(void))
{
	struct kvm_vcpu_init init = {
		.target = -1,
		.features[0] = 1U << KVM_ARM_VCPU_PSCI_0_2 |
			       (off ? 1U << KVM_ARM_VCPU_POWER_OFF : 0),
	};

	return aarch64_vcpu_add(guest->vm, id, &init, code);
}

/* The library has set up the registers of each vCPU as if it were on. */
void guest_arch_fill_stub(struct guest *guest, struct boot_stub *data)
{
	static const uint64_t regs[] = {
		KVM_ARM64_SYS_REG(SYS_TTBR0_EL1),
		KVM_ARM64_SYS_REG(SYS_TCR_EL1),
		KVM_ARM64_SYS_REG(SYS_MAIR_EL1),
		KVM_ARM64_SYS_REG(SYS_VBAR_EL1),
		KVM_ARM64_SYS_REG(SYS_CPACR_EL1),
		KVM_ARM64_SYS_REG(SYS_SCTLR_EL1),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		data->regs[i] = library_get_reg(guest->vcpus[0], regs[i]);
	for (i = 0; i < guest->nr_vcpus; i++)
		data->stack[i] = library_get_reg(guest->vcpus[i], ARM64_CORE_REG(sp_el1));
}
