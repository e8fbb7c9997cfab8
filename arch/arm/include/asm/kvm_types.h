/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kvm_types.h> includes this header of every architecture with KVM. */
