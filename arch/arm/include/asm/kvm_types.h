/* SPDX-License-Identifier: GPL-2.0-only */
/* Empty. The <linux/kvm.h> of later kernels includes this header through <linux/kvm_types.h>. */
