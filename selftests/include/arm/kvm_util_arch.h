/* SPDX-License-Identifier: GPL-2.0-only */
/* Needed by kvm_util.h of later kernels. */
#ifndef VGIC_ABI_ARM_KVM_UTIL_ARCH_H
#define VGIC_ABI_ARM_KVM_UTIL_ARCH_H

struct kvm_vm_arch {};
struct kvm_mmu_arch {};

#endif /* VGIC_ABI_ARM_KVM_UTIL_ARCH_H */
