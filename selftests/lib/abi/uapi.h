/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of <linux/kvm.h> and <asm/kvm.h> that the headers of 32-bit ARM or of older
 * kernels lack. They are arm64's: 32-bit ARM has no GICv3, so the tests compile there
 * and find that the kernel refuses it.
 */
#ifndef VGIC_ABI_UAPI_H
#define VGIC_ABI_UAPI_H

#include <linux/kvm.h>
#include <linux/kvm_device_address.h>

#ifndef KVM_VGIC_V3_ADDR_TYPE_DIST
#define KVM_VGIC_V3_ADDR_TYPE_DIST		2
#define KVM_VGIC_V3_ADDR_TYPE_REDIST		3
#endif
#ifndef KVM_VGIC_ITS_ADDR_TYPE
#define KVM_VGIC_ITS_ADDR_TYPE			4
#endif
#ifndef KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION
#define KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION	5
#endif

#ifndef KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define KVM_DEV_ARM_VGIC_GRP_REDIST_REGS	5
#define KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS	6
#define KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO		7
#define KVM_DEV_ARM_VGIC_GRP_ITS_REGS		8
#endif
#ifndef KVM_DEV_ARM_ITS_CTRL_RESET
#define KVM_DEV_ARM_ITS_CTRL_RESET		4
#endif

#ifndef KVM_ARM_TARGET_GENERIC_V8
#define KVM_ARM_TARGET_GENERIC_V8		5
#endif

#ifndef KVM_CAP_ARM_IRQ_LINE_LAYOUT_2
#define KVM_CAP_ARM_IRQ_LINE_LAYOUT_2		174
#endif

#endif /* VGIC_ABI_UAPI_H */
