/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages in a row for the guest. The library takes them one by one, each with a walk of its
 * tables and of its sets of pages: for the 220 of a program, a third of a guest's creation.
 */
#ifndef VGIC_ABI_GUEST_PAGES_H
#define VGIC_ABI_GUEST_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "kvm_util.h"

/* Maps them in the guest's stage 1, as memory or as a device. */
void guest_map_pages(struct kvm_vm *vm, uint64_t va, uint64_t pa, uint64_t pages, bool device);

/* Takes so many pages of the guest's memory, and maps them there. */
void guest_alloc_at(struct kvm_vm *vm, uint64_t va, uint64_t pages);

/* Maps one; its descriptor is that of the next in the same table, but for the address. */
uint64_t *guest_map_page(struct kvm_vm *vm, uint64_t va, uint64_t pa, bool device);

#endif /* VGIC_ABI_GUEST_PAGES_H */
