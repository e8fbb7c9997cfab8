/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In later kernels, <linux/kvm_types.h> includes <asm/kvm_types.h> of every architecture with KVM.
 */
