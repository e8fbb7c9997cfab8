/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard input, output and error, which the caller of a program may have closed.
 */
#ifndef VGIC_ABI_OPEN_STANDARD_FILES_H
#define VGIC_ABI_OPEN_STANDARD_FILES_H

#include <fcntl.h>
#include <unistd.h>

/*
 * Opens /dev/null on each of the descriptors 0 to 2 that is closed, before any other file is
 * opened. Otherwise /dev/kvm, a VM or the kernel log could become standard output, and get the
 * program's output. Ends the program if opening fails.
 */
static inline void open_standard_files(void)
{
	int fd;

	/* open() returns the lowest free number, and all lower ones are in use. */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(1);
}

#endif /* VGIC_ABI_OPEN_STANDARD_FILES_H */
