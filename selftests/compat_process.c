// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compat_process.h"

#define LOAD_ADDRESS	0x10000U

/* Exit statuses that are not errno values. */
#define NOT_STARTED	254
#define CANNOT_EXECUTE	255

/**
 * struct program - a complete ELF file, which is also its image in memory
 * @code:   makes the system call, and exits with its errno, or with 0
 * @number: number of the system call, with its arguments in @args
 */
struct program {
	Elf32_Ehdr header;
	Elf32_Phdr segment;
	uint32_t code[11];
	uint32_t number;
	uint32_t args[3];
	uint8_t data[COMPAT_DATA_MAX] __attribute__((aligned(256)));
};

_Static_assert(LOAD_ADDRESS + offsetof(struct program, data) == COMPAT_DATA,
	       "COMPAT_DATA is the address of the data");
_Static_assert(offsetof(struct program, number) - offsetof(struct program, code) == 0x2c,
	       "the code loads its operands from these offsets");

static const struct program program = {
	.header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_ARM,
		.e_version = EV_CURRENT,
		.e_entry = LOAD_ADDRESS + offsetof(struct program, code),
		.e_phoff = offsetof(struct program, segment),
		.e_flags = EF_ARM_EABI_VER5,
		.e_ehsize = sizeof(Elf32_Ehdr),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = 1,
	},
	.segment = {
		.p_type = PT_LOAD,
		.p_vaddr = LOAD_ADDRESS,
		.p_paddr = LOAD_ADDRESS,
		.p_filesz = sizeof(struct program),
		.p_memsz = sizeof(struct program),
		.p_flags = PF_R | PF_W | PF_X,
		.p_align = LOAD_ADDRESS,
	},
	.code = {
		0xe59f7024,	/* ldr	 r7, number	*/
		0xe59f0024,	/* ldr	 r0, args[0]	*/
		0xe59f1024,	/* ldr	 r1, args[1]	*/
		0xe59f2024,	/* ldr	 r2, args[2]	*/
		0xef000000,	/* svc	 0		*/
		0xe3500000,	/* cmp	 r0, #0		*/
		0xc3a00000,	/* movgt r0, #0		*/
		0xe2600000,	/* rsb	 r0, r0, #0	*/
		0xe3a07001,	/* mov	 r7, #1 (exit)	*/
		0xef000000,	/* svc	 0		*/
		0xeafffffe,	/* b	 .		*/
	},
};

static void __attribute__((noreturn)) give_up(const char *what)
{
	fprintf(stderr, "32-bit process: %s: expected success, got %s\n", what,
		strerror(errno));
	exit(1);
}

static int write_program(const struct program *p)
{
	int file = memfd_create("compat", MFD_CLOEXEC);

	if (file < 0)
		give_up("memfd_create");
	if (write(file, p, sizeof(*p)) != sizeof(*p))
		give_up("write");
	return file;
}

/* Returns the exit status. */
static int execute(int file, int fd)
{
	char *args[] = { (char *)"compat", NULL };
	char path[32];
	int status;
	pid_t pid;

	/* fexecve() failed with ENOENT on 5.10. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (!pid) {
		if (fd >= 0 && fcntl(fd, F_SETFD, 0) < 0)
			give_up("fcntl");
		execve(path, args, args + 1);
		if (errno == ENOEXEC)
			_exit(CANNOT_EXECUTE);
		perror("32-bit process: exec");
		_exit(NOT_STARTED);
	}
	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid");
	if (!WIFEXITED(status)) {
		fprintf(stderr, "32-bit process: expected it to exit, signal %d killed it\n",
			WTERMSIG(status));
		exit(1);
	}
	return WEXITSTATUS(status);
}

static int run_program(int fd, uint32_t number, const uint32_t args[3],
		       const void *data, size_t size)
{
	struct program p = program;
	int file, status;

	p.number = number;
	memcpy(p.args, args, sizeof(p.args));
	memcpy(p.data, data, size);
	file = write_program(&p);
	status = execute(file, fd);
	close(file);
	if (status == NOT_STARTED)
		exit(1);
	return status;
}

const char *compat_missing(void)
{
#ifdef __LP64__
	static const char null[] = "/dev/null";
	const uint32_t args[3] = { COMPAT_DATA, O_RDWR };

	switch (run_program(-1, COMPAT_OPEN, args, null, sizeof(null))) {
	case 0:
		return NULL;
	case CANNOT_EXECUTE:
		return "this machine or its kernel cannot run 32-bit programs";
	default:
		return "a 32-bit process cannot open /dev/null here";
	}
#else
	return "this kernel is 32-bit: it has no compat user space";
#endif
}

int compat_call(int fd, uint32_t number, const uint32_t args[3],
		const void *data, size_t size)
{
	int status;

	if (size > COMPAT_DATA_MAX) {
		fprintf(stderr, "32-bit process: expected up to %u bytes of data, got %zu\n",
			COMPAT_DATA_MAX, size);
		exit(1);
	}
	status = run_program(fd, number, args, data, size);
	if (status == CANNOT_EXECUTE) {
		fprintf(stderr, "32-bit process: expected it to start, it did not\n");
		exit(1);
	}
	return -status;
}
