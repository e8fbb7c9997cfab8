/* SPDX-License-Identifier: GPL-2.0-only */
/* Needed by 6.12's kvm_util.h. */
#ifndef VGIC_ABI_ARM_KVM_UTIL_ARCH_H
#define VGIC_ABI_ARM_KVM_UTIL_ARCH_H

struct kvm_vm_arch {};

#endif /* VGIC_ABI_ARM_KVM_UTIL_ARCH_H */
