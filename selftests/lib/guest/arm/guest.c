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

void guest_irqs_on(void)
{
	local_irq_enable();
}

void guest_irqs_off(void)
{
	local_irq_disable();
}

bool guest_irq_is_signalled(void)
{
	return read_cp15(0, 12, 1, 0) >> 7 & 1;	/* ISR.I */
}

unsigned int guest_cpu(void)
{
	return guest_get_vcpuid();
}

/* Set by the host before the guest runs. */
static void (*irq_handler)(void);

static void take_irq(struct ex_regs *regs)
{
	(void)regs;
	irq_handler();
}

/* ---- the host's side ---- */

void guest_arch_init(struct guest *guest)
{
	unsigned int i;

	vm_init_descriptor_tables(guest->vm);
	for (i = 0; i < guest->nr_vcpus; i++)
		vcpu_init_descriptor_tables(guest->vcpus[i]);
}

void guest_on_irq(struct guest *guest, void (*handler)(void))
{
	irq_handler = handler;
	sync_global_to_guest(guest->vm, irq_handler);
	vm_install_exception_handler(guest->vm, VECTOR_IRQ, take_irq);
}

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
