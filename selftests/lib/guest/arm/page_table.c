// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's translation tables: ARMv7 long descriptors (ARM DDI 0406C, B3.6),
 * 4 KiB pages, three levels, the whole 32-bit address space through TTBR0.
 */
#include "guest/guest_pages.h"
#include "guest/kvm_library.h"
#include "processor.h"

#define VA_BITS		32
#define FIRST_LEVEL	1
#define LAST_LEVEL	3
#define ENTRIES		512U	/* of a page; the first level uses four */

#define DESC_VALID	(1ULL << 0)
#define DESC_TABLE	(3ULL << 0)	/* the next level's table */
#define DESC_PAGE	(3ULL << 0)	/* or, at the last level, a page */
#define DESC_ATTR(n)	((uint64_t)(n) << 2)
#define DESC_INNER	(3ULL << 8)	/* inner shareable */
#define DESC_ACCESSED	(1ULL << 10)
#define DESC_XN		(1ULL << 54)
#define DESC_ADDR_MASK	0xfffffff000ULL

/* Device memory is mapped from here on, away from everything else. */
#define DEVICE_WINDOW	0xd0000000U

static uint64_t *find_entry(struct kvm_vm *vm, uint64_t table, uint64_t va,
			    unsigned int level)
{
	unsigned int shift = vm->page_shift + 9 * (LAST_LEVEL - level);

	return (uint64_t *)addr_gpa2hva(vm, table) + (va >> shift) % ENTRIES;
}

/* The page's descriptor. A missing table is created if @make is set; otherwise NULL is returned. */
static uint64_t *find_page(struct kvm_vm *vm, uint64_t va, bool make)
{
	uint64_t table = library_mmu(vm)->pgd;
	unsigned int level;
	uint64_t *entry;

	for (level = FIRST_LEVEL; level < LAST_LEVEL; level++) {
		entry = find_entry(vm, table, va, level);
		if (!(*entry & DESC_VALID)) {
			if (!make)
				return NULL;
			*entry = vm_alloc_page_table(vm) | DESC_TABLE;
		}
		table = *entry & DESC_ADDR_MASK;
	}
	return find_entry(vm, table, va, LAST_LEVEL);
}

/* Called by the library before it allocates any virtual address. */
void virt_arch_pgd_alloc(struct kvm_vm *vm)
{
	uint64_t pages = (1ULL << VA_BITS) >> vm->page_shift;

	if (library_mmu(vm)->pgd_created)
		return;
	vm->va_bits = VA_BITS;
	library_mmu(vm)->pgtable_levels = LAST_LEVEL - FIRST_LEVEL + 1;
	/* The library has marked both ends of a 48-bit address space as valid. */
	sparsebit_clear_all(vm->vpages_valid);
	sparsebit_set_num(vm->vpages_valid, 0, pages);
	library_mmu(vm)->pgd = vm_alloc_page_table(vm);
	library_mmu(vm)->pgd_created = true;
}

static uint64_t *map_page(struct kvm_vm *vm, uint64_t va, uint64_t pa, uint64_t attrs)
{
	uint64_t *page;

	TEST_ASSERT(va % vm->page_size == 0 && pa % vm->page_size == 0,
		    "expected addresses of pages, got va 0x%llx, pa 0x%llx",
		    (unsigned long long)va, (unsigned long long)pa);
	TEST_ASSERT(va >> VA_BITS == 0, "expected a 32-bit virtual address, got 0x%llx",
		    (unsigned long long)va);
	TEST_ASSERT(pa >> vm->page_shift <= vm->max_gfn,
		    "expected a physical address of %u bits, got 0x%llx",
		    vm->pa_bits, (unsigned long long)pa);

	page = find_page(vm, va, true);
	*page = pa | attrs | DESC_PAGE | DESC_ACCESSED;
	return page;
}

uint64_t *guest_map_page(struct kvm_vm *vm, uint64_t va, uint64_t pa, bool device)
{
	return map_page(vm, va, pa, device ? DESC_ATTR(MAIR_DEVICE) | DESC_XN :
			DESC_ATTR(MAIR_NORMAL) | DESC_INNER);
}

void virt_arch_pg_map(struct kvm_vm *vm, uint64_t vaddr, uint64_t paddr)
{
	guest_map_page(vm, vaddr, paddr, false);
}

uint64_t virt_map_device(struct kvm_vm *vm, uint64_t gpa, uint64_t size)
{
	uint64_t pages = size >> vm->page_shift;
	uint64_t page = sparsebit_next_clear_num(vm->vpages_mapped,
						 (DEVICE_WINDOW >> vm->page_shift) - 1,
						 pages);
	uint64_t va = page << vm->page_shift;

	sparsebit_set_num(vm->vpages_mapped, page, pages);
	guest_map_pages(vm, va, gpa, pages, true);
	return va;
}

uint64_t addr_arch_gva2gpa(struct kvm_vm *vm, uint64_t gva)
{
	uint64_t *page = NULL;

	if (library_mmu(vm)->pgd_created && gva >> VA_BITS == 0)
		page = find_page(vm, gva, false);
	if (!page || !(*page & DESC_VALID))
		TEST_FAIL("expected a virtual address that is mapped, got 0x%llx",
			  (unsigned long long)gva);
	return (*page & DESC_ADDR_MASK) + gva % vm->page_size;
}

static void dump_table(FILE *stream, struct kvm_vm *vm, unsigned int indent,
		       uint64_t table, unsigned int level)
{
	uint64_t *entries = addr_gpa2hva(vm, table);
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		if (!(entries[i] & DESC_VALID))
			continue;
		fprintf(stream, "%*slevel %u, entry %u: 0x%llx\n", indent, "",
			level, i, (unsigned long long)entries[i]);
		if (level < LAST_LEVEL)
			dump_table(stream, vm, indent + 1,
				   entries[i] & DESC_ADDR_MASK, level + 1);
	}
}

void virt_arch_dump(FILE *stream, struct kvm_vm *vm, uint8_t indent)
{
	if (library_mmu(vm)->pgd_created)
		dump_table(stream, vm, indent, library_mmu(vm)->pgd, FIRST_LEVEL);
}
