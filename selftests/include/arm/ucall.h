/* SPDX-License-Identifier: GPL-2.0-only */
/* Needed by ucall_common.h of later kernels. */
#ifndef VGIC_ABI_ARM_UCALL_H
#define VGIC_ABI_ARM_UCALL_H

#include "kvm_util.h"

#endif /* VGIC_ABI_ARM_UCALL_H */
