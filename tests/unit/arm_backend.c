// SPDX-License-Identifier: GPL-2.0-only
/*
 * The logic of selftests/lib/guest/arm on the build machine. Guest memory is an array, and simple
 * functions replace those of the kernel's library.
 *
 *	arm_backend tables		checks the translation tables
 *	arm_backend load FILE ADDRESS	loads FILE, prints the word at ADDRESS
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/guest_pages.h"
#include "kvm_util.h"
#include "processor.h"

#define PAGE		0x1000U
#define MEMORY_PAGES	64U

/* ---- replacements for the library and the rest of the backend ---- */

static _Alignas(4096) unsigned char memory[MEMORY_PAGES * PAGE];
static unsigned int tables = MEMORY_PAGES / 2;
/* The program's pages; the translation tables follow. */
static struct userspace_mem_region region;

void test_assert(bool good, const char *expression, const char *file,
		 unsigned int line, const char *fmt, ...)
{
	va_list args;

	(void)expression;
	(void)file;
	(void)line;
	if (good)
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(3);
}

void *addr_gpa2hva(struct kvm_vm *vm, vm_paddr_t gpa)
{
	(void)vm;
	TEST_ASSERT(gpa < sizeof(memory), "no memory at 0x%llx",
		    (unsigned long long)gpa);
	return memory + gpa;
}

void *addr_gva2hva(struct kvm_vm *vm, vm_vaddr_t gva)
{
	return addr_gpa2hva(vm, addr_arch_gva2gpa(vm, gva));
}

vm_paddr_t vm_alloc_page_table(struct kvm_vm *vm)
{
	(void)vm;
	TEST_ASSERT(tables < MEMORY_PAGES, "no room for another table");
	return tables++ * PAGE;
}

struct userspace_mem_region *memslot2region(struct kvm_vm *vm, uint32_t memslot)
{
	(void)vm;
	TEST_ASSERT(!memslot, "no slot %u", memslot);
	return &region;
}

/* The state after ____vm_create() in the backend's mode. */
static struct kvm_vm new_vm(void)
{
	struct kvm_vm vm = {
		.pa_bits = 40,
		.va_bits = 48,
		.page_size = PAGE,
		.page_shift = 12,
		.max_gfn = (1ULL << 28) - 1,
		.vpages_valid = sparsebit_alloc(),
		.vpages_mapped = sparsebit_alloc(),
	};

	sparsebit_set_num(vm.vpages_valid, 0, 1ULL << 35);
	region.unused_phy_pages = sparsebit_alloc();
	sparsebit_set_num(region.unused_phy_pages, 0, MEMORY_PAGES / 2);
	return vm;
}

static void free_vm(struct kvm_vm *vm)
{
	sparsebit_free(&vm->vpages_valid);
	sparsebit_free(&vm->vpages_mapped);
	sparsebit_free(&region.unused_phy_pages);
}

/* ---- checks ---- */

static unsigned int failures;

static void expect(const char *what, uint64_t expected, uint64_t got)
{
	if (expected == got)
		return;
	printf("%s: expected 0x%llx, got 0x%llx\n", what,
	       (unsigned long long)expected, (unsigned long long)got);
	failures++;
}

/*
 * Walks the translation tables and returns the last descriptor. The indices are VA[31:30],
 * VA[29:21] and VA[20:12] (ARM DDI 0406C, B3.6.6).
 */
static uint64_t walk(struct kvm_vm *vm, uint32_t va)
{
	const uint64_t *l1 = (uint64_t *)(memory + vm->pgd), *l2, *l3;
	uint64_t entry = l1[va >> 30];

	expect("type of the level 1 entry", 3, entry & 3);
	l2 = (uint64_t *)(memory + (entry & 0xfffffff000ULL));
	entry = l2[va >> 21 & 0x1ff];
	expect("type of the level 2 entry", 3, entry & 3);
	l3 = (uint64_t *)(memory + (entry & 0xfffffff000ULL));
	return l3[va >> 12 & 0x1ff];
}

static void check_tables(struct kvm_vm *vm)
{
	/* Bits 1:0 type, 4:2 AttrIndx, 9:8 SH, 10 AF, 54 XN. */
	const uint64_t normal = 3 | 4 << 2 | 3 << 8 | 1 << 10;
	const uint64_t device = 3 | 1 << 2 | 1 << 10 | 1ULL << 54;
	static const uint32_t vas[] = {
		0x00000000, 0x00010000, 0x3ffff000, 0x40000000, 0xfffff000,
	};
	vm_vaddr_t one, two;
	unsigned int i;

	virt_arch_pgd_alloc(vm);
	expect("width of virtual addresses", 32, vm->va_bits);
	expect("page 0xfffff is valid", true,
	       sparsebit_is_set(vm->vpages_valid, 0xfffff));
	expect("page 0x100000 is valid", false,
	       sparsebit_is_set(vm->vpages_valid, 0x100000));
	expect("the first table is aligned", 0, vm->pgd % PAGE);

	for (i = 0; i < ARRAY_SIZE(vas); i++)
		virt_arch_pg_map(vm, vas[i], 0xfffffff000ULL - i * PAGE);
	for (i = 0; i < ARRAY_SIZE(vas); i++) {
		expect("page of normal memory", (0xfffffff000ULL - i * PAGE) | normal,
		       walk(vm, vas[i]));
		expect("translated address", 0xfffffff123ULL - i * PAGE,
		       addr_arch_gva2gpa(vm, vas[i] + 0x123));
	}

	one = virt_map_device(vm, 0x2a0000000ULL, 2 * PAGE);
	two = virt_map_device(vm, 0x140070000ULL, PAGE);
	expect("first page of a device", 0x2a0000000ULL | device, walk(vm, one));
	expect("second page of a device", 0x2a0001000ULL | device,
	       walk(vm, one + PAGE));
	expect("page of another device", 0x140070000ULL | device, walk(vm, two));
	expect("devices have 32-bit addresses", 0, one >> 32 | two >> 32);

	/* Across the end of a level 3 table in which pages are mapped already. */
	guest_alloc_at(vm, 0x001fe000, 4);
	for (i = 0; i < 4; i++)
		expect("page of memory in a row", (2 + i) * PAGE | normal,
		       walk(vm, 0x001fe000 + i * PAGE));
	guest_alloc_at(vm, 0x00300000, 1);
	expect("the next page of memory", 6 * PAGE | normal, walk(vm, 0x00300000));
	expect("pages are marked mapped", true, sparsebit_is_set_num(vm->vpages_mapped, 0x1fe, 4));
	expect("the next page is not", true, sparsebit_is_clear(vm->vpages_mapped, 0x202));
}

int main(int argc, char **argv)
{
	struct kvm_vm vm = new_vm();
	int status = 2;

	if (argc == 2 && !strcmp(argv[1], "tables")) {
		check_tables(&vm);
		status = failures ? 1 : 0;
	} else if (argc == 4 && !strcmp(argv[1], "load")) {
		kvm_vm_elf_load(&vm, argv[2]);
		printf("0x%08x\n", *(uint32_t *)addr_gva2hva(&vm, strtoul(argv[3], NULL, 0)));
		status = 0;
	} else {
		fputs("usage: arm_backend tables | load FILE ADDRESS\n", stderr);
	}
	free_vm(&vm);
	return status;
}
