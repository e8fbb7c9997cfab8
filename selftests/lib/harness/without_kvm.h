/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VGIC_ABI_WITHOUT_KVM_H
#define VGIC_ABI_WITHOUT_KVM_H

#include <stdbool.h>

/* False if the program's options do not need /dev/kvm. Set before main(). */
extern bool kvm_is_needed;

#endif /* VGIC_ABI_WITHOUT_KVM_H */
