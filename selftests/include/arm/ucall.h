/* SPDX-License-Identifier: GPL-2.0-only */
/* Needed by 6.12's ucall_common.h. */
#ifndef VGIC_ABI_ARM_UCALL_H
#define VGIC_ABI_ARM_UCALL_H

#include "kvm_util.h"

#endif /* VGIC_ABI_ARM_UCALL_H */
