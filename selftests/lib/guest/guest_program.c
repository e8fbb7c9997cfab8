// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads a program into the guest. The library's elf.c handles only 64-bit programs, and clears and
 * reads a megabyte, of which a guest needs a few pages. This file maps the pages of the program's
 * file instead, which are read when accessed.
 */
#include <elf.h>
#include <link.h>
#include <sys/stat.h>

#include "guest_pages.h"
#include "kvm_util.h"

#define PROGRAM_CLASS	(sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define PROGRAM_MACHINE	(sizeof(void *) == 8 ? EM_AARCH64 : EM_ARM)

/* The ELF class of the program is that of the machine. */
typedef ElfW(Ehdr) elf_header;
typedef ElfW(Phdr) elf_segment;

static void read_at(int fd, const char *filename, void *to, size_t size, off_t offset)
{
	ssize_t count = pread(fd, to, size, offset);

	TEST_ASSERT(count == (ssize_t)size, "%s: expected %zu bytes at 0x%llx, got %zd",
		    filename, size, (unsigned long long)offset, count);
}

static elf_header read_header(int fd, const char *filename)
{
	elf_header header;

	read_at(fd, filename, &header, sizeof(header), 0);
	TEST_ASSERT(!memcmp(header.e_ident, ELFMAG, SELFMAG) &&
		    header.e_ident[EI_CLASS] == PROGRAM_CLASS &&
		    header.e_ident[EI_DATA] == ELFDATA2LSB &&
		    header.e_machine == PROGRAM_MACHINE &&
		    header.e_phentsize == sizeof(elf_segment),
		    "%s: expected a little-endian ARM program of %zu bits", filename,
		    8 * sizeof(void *));
	return header;
}

static void check_segment(const struct kvm_vm *vm, const char *filename,
			  const elf_segment *segment, uint64_t file_size)
{
	TEST_ASSERT(segment->p_filesz <= segment->p_memsz &&
		    segment->p_offset <= file_size &&
		    segment->p_filesz <= file_size - segment->p_offset,
		    "%s: expected a segment to lie within the file, and to be no larger there "
		    "than in memory", filename);
	TEST_ASSERT((segment->p_offset ^ segment->p_vaddr) % vm->page_size == 0,
		    "%s: expected a segment to have the same offset within its page in the "
		    "file and in memory", filename);
}

/*
 * The segment is mapped at its link address; memory beyond the file's part is 0. Whole
 * pages are mapped from the file, unless the host's pages are larger than the guest's and
 * aligned differently.
 */
static void load_segment(struct kvm_vm *vm, int fd, const char *filename,
			 const elf_segment *segment)
{
	uint64_t begin = segment->p_vaddr & ~((uint64_t)vm->page_size - 1);
	uint64_t skipped = segment->p_vaddr - begin, mapped;
	uint64_t in_file = skipped + segment->p_filesz;
	uint64_t offset = segment->p_offset - skipped;
	uint64_t pages = (skipped + segment->p_memsz + vm->page_size - 1) / vm->page_size;
	char *at;

	guest_alloc_at(vm, begin, pages);
	at = addr_gva2hva(vm, begin);
	mapped = in_file - in_file % getpagesize();
	if ((offset | (uintptr_t)at) % getpagesize())
		mapped = 0;
	if (mapped)
		TEST_ASSERT(mmap(at, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
				 fd, offset) == at,
			    "%s: mmap: expected success, got %s", filename, strerror(errno));
	read_at(fd, filename, at + mapped, in_file - mapped, offset + mapped);
}

void kvm_vm_elf_load(struct kvm_vm *vm, const char *filename)
{
	int fd = open(filename, O_RDONLY | O_CLOEXEC);
	elf_header header;
	elf_segment segment;
	struct stat st;
	unsigned int i;

	TEST_ASSERT(fd >= 0 && !fstat(fd, &st), "%s: expected a program, got %s", filename,
		    strerror(errno));
	header = read_header(fd, filename);
	for (i = 0; i < header.e_phnum; i++) {
		read_at(fd, filename, &segment, sizeof(segment),
			header.e_phoff + i * sizeof(segment));
		if (segment.p_type != PT_LOAD)
			continue;
		check_segment(vm, filename, &segment, st.st_size);
		load_segment(vm, fd, filename, &segment);
	}
	close(fd);
}
