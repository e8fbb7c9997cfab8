/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the KVM selftests libraries of kernels from 6.1 on. Only this header,
 * kvm_library.c and the Makefile depend on these differences. These files check what the library
 * has, not its version: the Makefile defines LIBRARY_HAS_* for names that it finds in the library's
 * headers.
 *
 * All these libraries use uint64_t for addresses, under different type names.
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
 * ucall() exits to the host by a store to an address without memory. library_ucall_gpa() returns
 * the guest physical address to use. library_ucall_at() sets this address, and the guest virtual
 * address @va at which it is mapped as a device.
 */
uint64_t library_ucall_gpa(struct kvm_vm *vm);
void library_ucall_at(struct kvm_vm *vm, uint64_t gpa, uint64_t va);

#endif /* VGIC_ABI_KVM_LIBRARY_H */
