// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual CPU interface of a GICv2: list registers in GICH, and GICV in the guest's
 * physical address space. ARM IHI 0048B.b, chapter 5.
 */
#include <linux/io.h>
#include <linux/mm.h>

#include <kvm/arch_gicd_cache.h>
#include <kvm/arch_mmu.h>
#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/trace.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa)
{
	struct vm *vm = vcpu->vm;
	u64 base = vm->addresses.base[KVM_VGIC_V2_ADDR_TYPE_CPU];
	u64 page = gpa & PAGE_MASK;
	int ret = arch_mmu_prepare(vcpu);

	if (ret)
		return ret;
	arch_mmu_lock(vm);
	arch_mmu_map_device(vcpu, page, gic_host.gicv + (page - base));
	arch_mmu_unlock(vm);
	return 1;
}

/* Fills list registers. Out of line: most entries have no interrupt. */
static noinline void load_interrupts(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	struct gic_cpu *cpu = vcpu->gic;
	unsigned int i, n;

	raw_spin_lock(&vgic->lock);
	gic_fill(vgic->gic, vcpu->id, gic_host.nr_lrs);
	/* And nothing is added to the cache before gic_fold(). */
	arch_gicd_cache_forget_lrs(vcpu->vm);
	raw_spin_unlock(&vgic->lock);
	for (i = 0, n = cpu->nr_lrs; i < n; i++) {
		trace_vgic_inject(vcpu->id, i, cpu->lr[i]);
		writel_relaxed(cpu->lr[i], gic_host.gich + GICH_LR(i));
	}
}

void vgic_load(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;

	if (!cpu)
		return;
	/* An interrupt that is added from here on comes with a kick. */
	if (READ_ONCE(cpu->words))
		load_interrupts(vcpu);
	else
		gic_fill_none(cpu);
	writel_relaxed(cpu->vmcr, gich + GICH_VMCR);
	writel_relaxed(cpu->apr, gich + GICH_APR);
	writel_relaxed(cpu->hcr, gich + GICH_HCR);
}

/* Folds list registers and another priority mask. Out of line, as load_interrupts(). */
static noinline void put_interrupts(struct vcpu *vcpu, u32 vmcr)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;
	unsigned int i, n = cpu->nr_lrs;
	u8 kick_mask;

	for (i = 0; i < n; i++) {
		cpu->lr[i] = readl_relaxed(gich + GICH_LR(i));
		writel_relaxed(0, gich + GICH_LR(i));
	}
	raw_spin_lock(&vgic->lock);
	kick_mask = gic_fold(vgic->gic, vcpu->id);
	kick_mask |= gic_set_vmcr(vgic->gic, vcpu->id, vmcr);
	raw_spin_unlock(&vgic->lock);
	vm_kick(vcpu->vm, kick_mask);
}

void vgic_put(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;
	u32 vmcr;

	if (!cpu)
		return;
	vmcr = readl_relaxed(gich + GICH_VMCR);
	cpu->apr = readl_relaxed(gich + GICH_APR);
	if (cpu->nr_lrs)
		cpu->hcr = readl_relaxed(gich + GICH_HCR);
	writel_relaxed(0, gich + GICH_HCR);
	if (cpu->nr_lrs || gic_mask_changes(cpu, vmcr))
		put_interrupts(vcpu, vmcr);
	else
		cpu->vmcr = vmcr;
}
