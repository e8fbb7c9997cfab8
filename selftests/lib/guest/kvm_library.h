/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the KVM selftests library of Linux 6.1 and of 6.12. No other file
 * depends on the version; the Makefile finds files by their names.
 */
#ifndef VGIC_ABI_KVM_LIBRARY_H
#define VGIC_ABI_KVM_LIBRARY_H

#include <stdint.h>

#include "kvm_util.h"

/* 6.12's vm_create() sets up calls from the guest, 6.1's leaves that to tests. */
#if __has_include("kvm_util_types.h")
#define KVM_LIBRARY_6_12
#endif

/*
 * Where calls from the guest, ucall(), exit: the guest physical address that the host
 * sees, and the guest's virtual address of it, mapped as a device.
 */
vm_paddr_t library_ucall_gpa(struct kvm_vm *vm);
void library_ucall_at(struct kvm_vm *vm, vm_paddr_t gpa, uint64_t va);

#endif /* VGIC_ABI_KVM_LIBRARY_H */
