/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of <linux/kvm.h> and arm64's <asm/kvm.h> that the headers of 32-bit ARM or of older
 * kernels lack. With them, GICv3 tests also compile for 32-bit ARM, whose kernel then refuses to
 * create a GICv3.
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
#ifndef KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ
#define KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ		9
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

#ifndef KVM_CAP_ARM_NISV_TO_USER
#define KVM_CAP_ARM_NISV_TO_USER		177
#define KVM_EXIT_ARM_NISV			28
#endif
#ifndef KVM_CAP_ARM_SYSTEM_SUSPEND
#define KVM_CAP_ARM_SYSTEM_SUSPEND		213
#endif
#ifndef KVM_CAP_COUNTER_OFFSET
#define KVM_CAP_COUNTER_OFFSET			227
#endif

#ifndef KVM_ARM_VCPU_PMU_V3
#define KVM_ARM_VCPU_EL1_32BIT			1
#define KVM_ARM_VCPU_PMU_V3			3
#endif

/* Groups of a vCPU's attributes: Documentation/virt/kvm/devices/vcpu.rst. */
#ifndef KVM_ARM_VCPU_PMU_V3_CTRL
#define KVM_ARM_VCPU_PMU_V3_CTRL		0
#define KVM_ARM_VCPU_PMU_V3_IRQ			0
#define KVM_ARM_VCPU_PMU_V3_INIT		1
#endif
#ifndef KVM_ARM_VCPU_TIMER_CTRL
#define KVM_ARM_VCPU_TIMER_CTRL			1
#define KVM_ARM_VCPU_TIMER_IRQ_VTIMER		0
#define KVM_ARM_VCPU_TIMER_IRQ_PTIMER		1
#endif
#ifndef KVM_ARM_VCPU_PVTIME_CTRL
#define KVM_ARM_VCPU_PVTIME_CTRL		2
#define KVM_ARM_VCPU_PVTIME_IPA			0
#endif

/* A VM's attributes: vm.rst. */
#ifndef KVM_ARM_VM_SMCCC_CTRL
#define KVM_ARM_VM_SMCCC_CTRL			0
#define KVM_ARM_VM_SMCCC_FILTER			0
#endif

/* A firmware register: the version of PSCI. */
#ifndef KVM_REG_ARM_PSCI_VERSION
#define KVM_REG_ARM_PSCI_VERSION		0x6030000000140000ULL
#endif

#ifndef KVM_DEV_TYPE_ARM_VGIC_V5
#define KVM_DEV_TYPE_ARM_VGIC_V5		16
#endif

#endif /* VGIC_ABI_UAPI_H */
