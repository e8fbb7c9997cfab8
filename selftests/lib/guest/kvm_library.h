/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The KVM selftests library as of Linux 6.1 and as of 6.12: what is not the same in
 * both. No other file of ours knows which one it is built with; the Makefile asks
 * for files by their names.
 */
#ifndef VGIC_ABI_KVM_LIBRARY_H
#define VGIC_ABI_KVM_LIBRARY_H

#include <stdint.h>

#include "kvm_util.h"

/* 6.12's vm_create() knows where calls from the guest go; 6.1's leaves it to tests. */
#if __has_include("kvm_util_types.h")
#define KVM_LIBRARY_6_12
#endif

/*
 * Where the host sees calls from the guest, ucall(), and where the guest makes them:
 * two addresses of one page that the guest has mapped as a device.
 */
vm_paddr_t library_ucall_gpa(struct kvm_vm *vm);
void library_ucall_at(struct kvm_vm *vm, vm_paddr_t gpa, uint64_t va);

#endif /* VGIC_ABI_KVM_LIBRARY_H */
