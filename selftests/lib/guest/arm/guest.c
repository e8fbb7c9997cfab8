// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "guest/guest.h"
#include "processor.h"

/* ---- the guest's side ---- */

uint64_t guest_ticks(void)
{
	uint64_t ticks;

	isb();
	asm volatile("mrrc p15, 1, %Q0, %R0, c14" : "=r" (ticks));	/* CNTVCT */
	return ticks;
}

uint64_t guest_ticks_per_second(void)
{
	return read_cp15(0, 14, 0, 0);	/* CNTFRQ */
}

bool guest_irq_is_signalled(void)
{
	return read_cp15(0, 12, 1, 0) >> 7 & 1;	/* ISR.I */
}

/* ---- the host's side ---- */

uint64_t guest_map_device(struct guest *guest, uint64_t addr, uint64_t size)
{
	return virt_map_device(guest->vm, addr, size);
}

void guest_arch_dump(struct kvm_vcpu *vcpu)
{
	static const struct {
		const char *name;
		uint64_t id;
	} regs[] = {
		{ "pc", ARM_CORE_REG(usr_regs.ARM_pc) },
		{ "cpsr", ARM_CORE_REG(usr_regs.ARM_cpsr) },
		{ "sp_svc", ARM_CORE_REG(KVM_ARM_SVC_sp) },
		{ "lr_svc", ARM_CORE_REG(KVM_ARM_SVC_lr) },
		{ "lr_abt", ARM_CORE_REG(KVM_ARM_ABT_lr) },
		{ "lr_und", ARM_CORE_REG(KVM_ARM_UND_lr) },
		{ "lr_irq", ARM_CORE_REG(KVM_ARM_IRQ_lr) },
		{ "dfsr", ARM_DFSR },
		{ "dfar", ARM_DFAR },
		{ "ifsr", ARM_IFSR },
		{ "ifar", ARM_IFAR },
		{ "sctlr", ARM_SCTLR },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		uint32_t value;
		struct kvm_one_reg reg = {
			.id = regs[i].id,
			.addr = (uintptr_t)&value,
		};

		if (!abi_ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg))
			fprintf(stderr, "  %s 0x%x\n", regs[i].name, value);
	}
}
