// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest_power.h"
#include "processor.h"

/* SMC Calling Convention 1.0: the call may change r0 to r3. */
int guest_psci(uint32_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	register uint32_t r0 asm("r0") = function;
	register uint32_t r1 asm("r1") = arg1;
	register uint32_t r2 asm("r2") = arg2;
	register uint32_t r3 asm("r3") = arg3;

	asm volatile(".arch_extension virt\n\thvc #0"
		     : "+r" (r0), "+r" (r1), "+r" (r2), "+r" (r3) : : "memory");
	return r0;
}

bool guest_sctlr_is_off(uint64_t sctlr)
{
	return !(sctlr & (SCTLR_M | SCTLR_C));
}

struct kvm_vcpu *guest_arch_add_vcpu(struct guest *guest, unsigned int id, bool off,
				     void (*code)(void))
{
	return arm_vcpu_add(guest->vm, id, 1U << KVM_ARM_VCPU_PSCI_0_2 |
			    (off ? 1U << KVM_ARM_VCPU_POWER_OFF : 0), code);
}

/* processor.c has set up the registers of all vCPUs, even of those that are off. */
void guest_arch_fill_stub(struct guest *guest, struct boot_stub *data)
{
	static const uint64_t regs[] = {
		ARM_TTBR0, ARM_TTBCR, ARM_MAIR0, ARM_MAIR1, ARM_VBAR, ARM_SCTLR,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		data->regs[i] = arm_get_reg(guest->vcpus[0], regs[i]);
	for (i = 0; i < guest->nr_vcpus; i++)
		data->stack[i] = arm_get_reg(guest->vcpus[i],
					     ARM_CORE_REG(KVM_ARM_SVC_sp));
}
