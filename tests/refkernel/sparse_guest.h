/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that needs as many stage 2 tables as possible: it reads a word of each 2 MiB of its
 * memory.
 */
#ifndef TESTS_REFKERNEL_SPARSE_GUEST_H
#define TESTS_REFKERNEL_SPARSE_GUEST_H

#include "test_guest.h"

#define PAGE		4096U
#define GIB		(1UL << 30)
#define FIRST_GIB	4U

/*
 * Turns on the MMU, with long descriptors at CODE_IPA + PAGE, and the bits @sctlr of SCTLR. The
 * second descriptor maps the code's GiB to itself. The table's address is at label 3. Changes r0,
 * r2 and r3.
 */
#define TURN_ON(sctlr)							\
    "	mov r0, #0x44\n"						\
    "	mcr p15, 0, r0, c10, c2, 0\n"	/* MAIR0: normal, not cached */	\
    "	mov r0, #0x80000000\n"						\
    "	mcr p15, 0, r0, c2, c0, 2\n"	/* TTBCR.EAE */			\
    "	ldr r2, 3f\n"							\
    "	mov r3, #0\n"							\
    "	mcrr p15, 0, r2, r3, c2\n"	/* TTBR0 */			\
    "	isb\n"								\
    "	mcr p15, 0, r0, c8, c7, 0\n"	/* TLBIALL */			\
    "	dsb\n"								\
    "	isb\n"								\
    "	mrc p15, 0, r0, c1, c0, 0\n"					\
    "	orr r0, r0, #" #sctlr "\n"					\
    "	mcr p15, 0, r0, c1, c0, 0\n"					\
    "	isb\n"

/*
 * r4: first GiB, r5: the GiB after the last, r6: EXIT_IPA. Maps each GiB in turn at the virtual
 * address 2 GiB, and reads a word of each 2 MiB. Reports the number of each GiB, then ~0.
 */
extern const char sparse[], sparse_end[];

asm("	.pushsection .rodata\n"
    "	.arm\n"
    "	.balign 8\n"
    "sparse:\n"
    TURN_ON(1)
    "1:	lsl r0, r4, #30\n"
    "	orr r0, r0, #0x400\n"
    "	orr r0, r0, #1\n"
    "	lsr r1, r4, #2\n"
    "	strd r0, r1, [r2, #16]\n"
    "	dsb\n"
    "	mcr p15, 0, r0, c8, c7, 0\n"
    "	dsb\n"
    "	isb\n"
    "	mov r7, #0x80000000\n"
    "	mov r8, #512\n"
    "2:	ldr r9, [r7]\n"
    "	add r7, r7, #0x200000\n"
    "	subs r8, r8, #1\n"
    "	bne 2b\n"
    "	str r4, [r6]\n"
    "	add r4, r4, #1\n"
    "	cmp r4, r5\n"
    "	blo 1b\n"
    "	mvn r0, #0\n"
    "4:	str r0, [r6]\n"
    "	b 4b\n"
    "3:	.word 0x40001000\n"
    "sparse_end:\n"
    "	.popsection\n");

/* Private memory of @size bytes, without reserving it. */
static inline void *map_memory(size_t size, int prot)
{
	return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* A guest's memory of @pages pages: its code, and the table after it. */
static inline char *code_memory(const char *from, const char *end, unsigned int pages)
{
	static const uint64_t identity = 0x40000000 | 0x401;
	char *code = map_memory(pages * PAGE, PROT_READ | PROT_WRITE);

	memcpy(code, from, end - from);
	memcpy(code + PAGE + 8, &identity, sizeof(identity));
	__builtin___clear_cache(code, code + pages * PAGE);
	return code;
}

/* @gibs GiB of guest memory, all of it backed by @empty. Each 2 MiB that is read needs a table. */
static inline bool create_sparse(struct vm *vm, char *empty, unsigned int gibs)
{
	unsigned int i;

	if (!vm_create(vm, code_memory(sparse, sparse_end, 2), 2 * PAGE) || !vm_add_vcpu(vm, 0))
		return false;
	for (i = 0; i < gibs; i++)
		if (!set_region(vm->fd, 1 + i, (uint64_t)(FIRST_GIB + i) << 30, empty, GIB, 0))
			return false;
	return set_core_reg(vm->vcpu[0], 4, FIRST_GIB) &&
	       set_core_reg(vm->vcpu[0], 5, FIRST_GIB + gibs) &&
	       set_core_reg(vm->vcpu[0], 6, EXIT_IPA) &&
	       set_core_reg(vm->vcpu[0], CORE_PC, CODE_IPA);
}

#endif /* TESTS_REFKERNEL_SPARSE_GUEST_H */
