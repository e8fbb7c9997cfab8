/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kvm.h> of later kernels wants this of every architecture with KVM. */
