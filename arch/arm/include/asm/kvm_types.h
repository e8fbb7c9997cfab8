/* SPDX-License-Identifier: GPL-2.0-only */
/* Later kernels' <linux/kvm_types.h> includes this header of every architecture with KVM. */
