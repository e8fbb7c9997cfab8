/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the KVM selftests libraries of kernels from 6.1 on. Only this header,
 * kvm_library.c and the Makefile know of them. They check what the library has, not its version:
 * the Makefile defines LIBRARY_HAS_* for names that it finds in the library's headers.
 *
 * Addresses are uint64_t in all of them, under different type names.
 */
#ifndef VGIC_ABI_KVM_LIBRARY_H
#define VGIC_ABI_KVM_LIBRARY_H

#include <stdint.h>

#include "kvm_util.h"

/* Description of the guest's stage 1: pgd, pgd_created and pgtable_levels. */
#ifdef LIBRARY_HAS_STRUCT_MMU
#define library_mmu(vm)		(&(vm)->mmu)
#else
#define library_mmu(vm)		(vm)
#endif

/* Allocates guest memory at a free guest virtual address from @min on. Returns the address. */
static inline uint64_t library_alloc(struct kvm_vm *vm, size_t size, uint64_t min)
{
#ifdef LIBRARY_HAS_VM_ALLOC
	return vm_alloc(vm, size, min);
#else
	return vm_vaddr_alloc(vm, size, min);
#endif
}

/* vm_create() for tests that create and place the GIC themselves. */
struct kvm_vm *library_create_vm(unsigned int nr_vcpus);

/* KVM_GET_ONE_REG of a 64-bit register, which has to exist. */
uint64_t library_get_reg(struct kvm_vcpu *vcpu, uint64_t id);

/*
 * Where calls from the guest, ucall(), exit: the guest physical address that the host
 * sees, and the guest's virtual address of it, mapped as a device.
 */
uint64_t library_ucall_gpa(struct kvm_vm *vm);
void library_ucall_at(struct kvm_vm *vm, uint64_t gpa, uint64_t va);

#endif /* VGIC_ABI_KVM_LIBRARY_H */
