/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest, on bare file descriptors, that stores one word to an address of the test's
 * choice, to find out what the address belongs to.
 */
#ifndef VGIC_ABI_GUEST_STORE_H
#define VGIC_ABI_GUEST_STORE_H

#include <stdint.h>

#include "abi/abi.h"

/* Address and slot of its code, one page. */
#define GUEST_STORE_IPA		0x48000000ULL
#define GUEST_STORE_SLOT	1

int guest_store_add(struct abi_vm *vm);

/*
 * Stores 0 to @addr by KVM_RUN. 1 if the store was handled in the kernel or hit memory; 0
 * if it was an MMIO exit; a negative errno if KVM_RUN failed, -EPROTO for any other exit.
 */
int guest_store(struct abi_vcpu *vcpu, uint64_t addr);

#endif /* VGIC_ABI_GUEST_STORE_H */
