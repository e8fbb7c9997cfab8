/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that stores one word where the test says, on bare file descriptors: to
 * find out what is at an address.
 */
#ifndef VGIC_ABI_GUEST_STORE_H
#define VGIC_ABI_GUEST_STORE_H

#include <stdint.h>

#include "abi/abi.h"

/* Where its code is, one page, behind the slot of this number. */
#define GUEST_STORE_IPA		0x48000000ULL
#define GUEST_STORE_SLOT	1

int guest_store_add(struct abi_vm *vm);

/*
 * KVM_RUN of a store of 0 to @addr. 1 if KVM, or memory, has taken it; 0 if it came
 * out as an MMIO exit; a negative errno if KVM_RUN failed, and -EPROTO for any
 * other exit.
 */
int guest_store(struct abi_vcpu *vcpu, uint64_t addr);

#endif /* VGIC_ABI_GUEST_STORE_H */
