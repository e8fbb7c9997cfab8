// SPDX-License-Identifier: GPL-2.0-only
#include "guest_pages.h"

/* The lowest page frame to allocate, as in the library. */
#define FIRST_PAGE	2

void guest_alloc_at(struct kvm_vm *vm, uint64_t va, uint64_t pages)
{
	struct userspace_mem_region *region = memslot2region(vm, 0);
	uint64_t page = va >> vm->page_shift, first;

	TEST_ASSERT(sparsebit_is_clear_num(vm->vpages_mapped, page, pages),
		    "expected room for %llu pages at 0x%llx, got none",
		    (unsigned long long)pages, (unsigned long long)va);
	first = sparsebit_next_set_num(region->unused_phy_pages, FIRST_PAGE - 1, pages);
	TEST_ASSERT(first, "expected %llu pages of memory in a row, got none",
		    (unsigned long long)pages);
	sparsebit_clear_num(region->unused_phy_pages, first, pages);
	sparsebit_set_num(vm->vpages_mapped, page, pages);
	virt_pgd_alloc(vm);
	guest_map_pages(vm, va, first << vm->page_shift, pages, false);
}

void guest_map_pages(struct kvm_vm *vm, uint64_t va, uint64_t pa, uint64_t pages, bool device)
{
	uint64_t entries = vm->page_size / sizeof(uint64_t), i, run;
	uint64_t *pte;

	for (; pages; pages -= run, va += run * vm->page_size, pa += run * vm->page_size) {
		run = entries - (va >> vm->page_shift) % entries;
		if (run > pages)
			run = pages;
		/*
		 * Creates the tables; the following descriptors differ in the address
		 * only.
		 */
		pte = guest_map_page(vm, va, pa, device);
		for (i = 1; i < run; i++)
			pte[i] = pte[0] + i * vm->page_size;
	}
}
