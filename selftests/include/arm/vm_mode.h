/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Definitions that kvm_util.h of the KVM selftests library needs from each architecture. The
 * library has no hook for a new architecture, so -include puts this file before each source.
 */
#ifndef VGIC_ABI_ARM_VM_MODE_H
#define VGIC_ABI_ARM_VM_MODE_H

/*
 * No mode of the library has 32-bit virtual addresses: virt_arch_pgd_alloc() corrects the
 * width.
 */
#define VM_MODE_DEFAULT			VM_MODE_P40V48_4K
#define MIN_PAGE_SHIFT			12U
#define ptes_per_page(page_size)	((page_size) / 8)

#endif /* VGIC_ABI_ARM_VM_MODE_H */
