/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kvm_util.h of the KVM selftests library asks of an architecture, and
 * has no place for another one to say: this comes before each of its files, by
 * -include.
 */
#ifndef VGIC_ABI_ARM_VM_MODE_H
#define VGIC_ABI_ARM_VM_MODE_H

/*
 * No mode of the library has 32-bit virtual addresses, so this one's width is
 * put right when the translation tables are made, by virt_arch_pgd_alloc().
 */
#define VM_MODE_DEFAULT			VM_MODE_P40V48_4K
#define MIN_PAGE_SHIFT			12U
#define ptes_per_page(page_size)	((page_size) / 8)

#endif /* VGIC_ABI_ARM_VM_MODE_H */
