// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "guest/guest.h"
#include "guest/guest_pages.h"
#include "guest/kvm_library.h"
#include "processor.h"

/* Index of device memory, nGnRE, in the library's MAIR_EL1. */
#define MAIR_DEVICE_NGNRE	1UL
#define DESC_ATTR_INDEX_SHIFT	2
#define DESC_ATTR_INDEX_MASK	(7UL << DESC_ATTR_INDEX_SHIFT)
#define DESC_ADDR_MASK		0x0000fffffffff000UL

/* ---- the guest's side ---- */

uint64_t guest_ticks(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

uint64_t guest_ticks_per_second(void)
{
	return read_sysreg(cntfrq_el0);
}

bool guest_irq_is_signalled(void)
{
	return read_sysreg(isr_el1) >> 7 & 1;	/* ISR_EL1.I */
}

/* ---- the host's side ---- */

/* Descriptor of one page in the guest's stage 1, for 4 KiB pages. */
static uint64_t *find_pte(struct kvm_vm *vm, uint64_t va)
{
	uint64_t table = library_mmu(vm)->pgd;
	unsigned int level = library_mmu(vm)->pgtable_levels;
	unsigned int bits = vm->page_shift - 3;
	uint64_t *pte;

	for (;;) {
		unsigned int shift = vm->page_shift + bits * --level;

		pte = (uint64_t *)addr_gpa2hva(vm, table) +
		      ((va >> shift) & ((1UL << bits) - 1));
		if (!level)
			return pte;
		table = *pte & DESC_ADDR_MASK;
	}
}

/* The library maps normal memory only, so the attribute is changed afterwards. */
uint64_t *guest_map_page(struct kvm_vm *vm, uint64_t va, uint64_t pa, bool device)
{
	uint64_t *pte;

	virt_pg_map(vm, va, pa);
	pte = find_pte(vm, va);
	if (device)
		*pte = (*pte & ~DESC_ATTR_INDEX_MASK) | MAIR_DEVICE_NGNRE << DESC_ATTR_INDEX_SHIFT;
	return pte;
}

uint64_t guest_map_device(struct guest *guest, uint64_t addr, uint64_t size)
{
	guest_map_pages(guest->vm, addr, addr, size >> guest->vm->page_shift, true);
	return addr;
}

void guest_arch_dump(struct kvm_vcpu *vcpu)
{
	static const struct {
		const char *name;
		uint64_t id;
	} regs[] = {
		{ "pc", ARM64_CORE_REG(regs.pc) },
		{ "pstate", ARM64_CORE_REG(regs.pstate) },
		{ "elr_el1", ARM64_CORE_REG(elr_el1) },
		{ "esr_el1", KVM_ARM64_SYS_REG(SYS_ESR_EL1) },
		{ "far_el1", KVM_ARM64_SYS_REG(SYS_FAR_EL1) },
		{ "sctlr_el1", KVM_ARM64_SYS_REG(SYS_SCTLR_EL1) },
		{ "tcr_el1", KVM_ARM64_SYS_REG(SYS_TCR_EL1) },
	};
	unsigned int i;
	uint64_t value;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		if (!__vcpu_get_reg(vcpu, regs[i].id, &value))
			fprintf(stderr, "  %s 0x%llx\n", regs[i].name,
				(unsigned long long)value);
}
