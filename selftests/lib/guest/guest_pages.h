/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of pages for the guest. The library maps pages one by one, and for each searches its
 * tables and its sets of pages. For the 220 pages of a program, this took a third of the time to
 * create a guest.
 */
#ifndef VGIC_ABI_GUEST_PAGES_H
#define VGIC_ABI_GUEST_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "kvm_util.h"

/* Maps @pages pages in the guest's stage 1, as memory or as a device. */
void guest_map_pages(struct kvm_vm *vm, uint64_t va, uint64_t pa, uint64_t pages, bool device);

/* Allocates @pages pages of the guest's memory and maps them at @va. */
void guest_alloc_at(struct kvm_vm *vm, uint64_t va, uint64_t pages);

/* Maps one page. Returns its descriptor, in which only the address depends on the page. */
uint64_t *guest_map_page(struct kvm_vm *vm, uint64_t va, uint64_t pa, bool device);

#endif /* VGIC_ABI_GUEST_PAGES_H */
