/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GIC's device attributes, the registers that user space saves and restores through
 * them, and KVM_IRQ_LINE.
 */
#ifndef VGIC_ABI_VGIC_UAPI_H
#define VGIC_ABI_VGIC_UAPI_H

#include <stdint.h>

#include "abi.h"
#include "uapi.h"

/* Groups of attributes that are registers or lines. */
#define DIST_REGS	KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define CPU_REGS	KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define REDIST_REGS	KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS		KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define LEVEL_INFO	KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO

/*
 * The attribute of a register. Bits 39 to 32 hold the vCPU's index on a GICv2, bits 63 to
 * 32 its affinity on a GICv3, which is the same number for the first 16 vCPUs.
 */
static inline uint64_t vgic_reg_attr(unsigned int vcpu, uint32_t offset)
{
	return (uint64_t)vcpu << 32 | offset;
}

static inline int vgic_reg_get(int dev, uint32_t group, unsigned int vcpu,
			       uint32_t offset, uint32_t *value)
{
	return abi_attr_get(dev, group, vgic_reg_attr(vcpu, offset), value);
}

static inline int vgic_reg_set(int dev, uint32_t group, unsigned int vcpu,
			       uint32_t offset, uint32_t value)
{
	return abi_attr_set(dev, group, vgic_reg_attr(vcpu, offset), &value);
}

static inline int vgic_init(int dev)
{
	return abi_attr_set(dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
			    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

static inline int vgic_set_nr_irqs(int dev, uint32_t irqs)
{
	return abi_attr_set(dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
}

/* KVM_IRQ_LINE's irq field. */
#define VGIC_LINE(type, vcpu, intid)					\
	((uint32_t)(type) << KVM_ARM_IRQ_TYPE_SHIFT |			\
	 (uint32_t)(vcpu) << KVM_ARM_IRQ_VCPU_SHIFT | (intid))

static inline int vgic_irq_line(int vm, uint32_t irq, uint32_t level)
{
	struct kvm_irq_level line = { .irq = irq, .level = level };

	return abi_ioctl(vm, KVM_IRQ_LINE, &line);
}

#endif /* VGIC_ABI_VGIC_UAPI_H */
