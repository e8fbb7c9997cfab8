// SPDX-License-Identifier: GPL-2.0-only
#include <linux/io.h>
#include <linux/kvm.h>
#include <linux/mm.h>

#include <kvm/gic_host.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

/* SGIs, PPIs, and as many SPIs as make up what KVM has offered from the start. */
#define NR_IRQS_DEFAULT	128

int vgic_map(struct vm *vm)
{
	int ret = device_addresses_check(&vm->addresses);

	if (ret)
		return ret;
	vm->vgic.gicd.nr_vcpus = vm->nr_vcpus;
	vm->vgic.gicd.nr_irqs = NR_IRQS_DEFAULT;
	vm->vgic.mapped = true;
	return 0;
}

/* ---- CPU interface ---- */

int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa)
{
	struct vm *vm = vcpu->vm;
	struct stage2 *s2 = &vm->arch.stage2;
	u64 base = vm->addresses.base[KVM_VGIC_V2_ADDR_TYPE_CPU];
	u64 page = gpa & PAGE_MASK;
	int ret;

	if (!vm->vgic.mapped ||
	    !device_address_covers(&vm->addresses, KVM_VGIC_V2_ADDR_TYPE_CPU, gpa))
		return 0;
	ret = lpae_fill_spare(&vcpu->arch.spare);
	if (ret)
		return ret;
	spin_lock(&s2->lock);
	stage2_map(s2, page, gic_host.gicv + (page - base), STAGE2_DEVICE,
		   &vcpu->arch.spare);
	spin_unlock(&s2->lock);
	return 1;
}

void vgic_load(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;
	unsigned int i;

	if (!vcpu->vm->vgic.mapped)
		return;
	for (i = 0; i < gic_host.nr_lrs; i++)
		writel_relaxed(0, gich + GICH_LR(i));
	writel_relaxed(vcpu->vgic.vmcr, gich + GICH_VMCR);
	writel_relaxed(vcpu->vgic.apr, gich + GICH_APR);
	writel_relaxed(GICH_HCR_EN, gich + GICH_HCR);
}

void vgic_put(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;

	if (!vcpu->vm->vgic.mapped)
		return;
	vcpu->vgic.vmcr = readl_relaxed(gich + GICH_VMCR);
	vcpu->vgic.apr = readl_relaxed(gich + GICH_APR);
	writel_relaxed(0, gich + GICH_HCR);
}

/* ---- distributor ---- */

bool vgic_dist_access(struct vcpu *vcpu, u64 gpa, unsigned int len, bool write,
		      u8 *data)
{
	struct vm *vm = vcpu->vm;
	u64 base = vm->addresses.base[KVM_VGIC_V2_ADDR_TYPE_DIST];
	u32 value = 0;
	unsigned int i;

	if (!vm->vgic.mapped ||
	    !device_address_covers(&vm->addresses, KVM_VGIC_V2_ADDR_TYPE_DIST, gpa))
		return false;

	/* The GIC is little-endian. */
	mutex_lock(&vm->lock);
	if (write) {
		for (i = 0; i < len; i++)
			value |= (u32)data[i] << (8 * i);
		gicd_write(&vm->vgic.gicd, gpa - base, len, value);
	} else {
		value = gicd_read(&vm->vgic.gicd, gpa - base, len);
		for (i = 0; i < len; i++)
			data[i] = value >> (8 * i);
	}
	mutex_unlock(&vm->lock);
	return true;
}
