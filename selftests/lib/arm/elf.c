// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads a program into the guest, in place of the library's elf.c, which knows
 * 64-bit programs only.
 */
#include <elf.h>
#include <sys/stat.h>

#include "kvm_util.h"

/* The whole file, read only. */
static const char *map_file(const char *filename, size_t *size)
{
	int fd = open(filename, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *file;

	TEST_ASSERT(fd >= 0 && !fstat(fd, &st), "%s: expected a program, got %s",
		    filename, strerror(errno));
	*size = st.st_size;
	file = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	TEST_ASSERT(file != MAP_FAILED, "%s: mmap: expected success, got %s",
		    filename, strerror(errno));
	close(fd);
	return file;
}

static const Elf32_Ehdr *find_header(const char *filename, const char *file,
				     size_t size)
{
	const Elf32_Ehdr *header = (const Elf32_Ehdr *)file;

	TEST_ASSERT(size >= sizeof(*header) &&
		    !memcmp(header->e_ident, ELFMAG, SELFMAG) &&
		    header->e_ident[EI_CLASS] == ELFCLASS32 &&
		    header->e_ident[EI_DATA] == ELFDATA2LSB &&
		    header->e_machine == EM_ARM,
		    "%s: expected a 32-bit little-endian ARM program", filename);
	TEST_ASSERT(header->e_phentsize == sizeof(Elf32_Phdr) &&
		    header->e_phoff <= size &&
		    header->e_phnum <= (size - header->e_phoff) / sizeof(Elf32_Phdr),
		    "%s: expected %u program headers of %zu bytes at 0x%x, within %zu bytes",
		    filename, header->e_phnum, sizeof(Elf32_Phdr),
		    header->e_phoff, size);
	return header;
}

/* Its pages get the addresses that it was linked for; what is not in the file is 0. */
static void load_segment(struct kvm_vm *vm, const char *file,
			 const Elf32_Phdr *segment)
{
	uint64_t begin = segment->p_vaddr & ~((uint64_t)vm->page_size - 1);
	uint64_t size = segment->p_vaddr + (uint64_t)segment->p_memsz - begin;
	vm_vaddr_t got = vm_vaddr_alloc(vm, size, begin);

	TEST_ASSERT(got == begin, "expected a segment at 0x%llx, got room at 0x%llx",
		    (unsigned long long)begin, (unsigned long long)got);
	memcpy(addr_gva2hva(vm, segment->p_vaddr), file + segment->p_offset,
	       segment->p_filesz);
}

void kvm_vm_elf_load(struct kvm_vm *vm, const char *filename)
{
	const Elf32_Ehdr *header;
	const Elf32_Phdr *segment;
	const char *file;
	unsigned int i;
	size_t size;

	file = map_file(filename, &size);
	header = find_header(filename, file, size);
	segment = (const Elf32_Phdr *)(file + header->e_phoff);
	for (i = 0; i < header->e_phnum; i++, segment++) {
		if (segment->p_type != PT_LOAD)
			continue;
		TEST_ASSERT(segment->p_filesz <= segment->p_memsz &&
			    segment->p_offset <= size &&
			    segment->p_filesz <= size - segment->p_offset,
			    "%s: expected segment %u to lie within the file",
			    filename, i);
		load_segment(vm, file, segment);
	}
	munmap((void *)file, size);
}
