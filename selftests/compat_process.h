/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One system call of a 32-bit ARM process, on a 64-bit kernel.
 *
 * The process is a program of eleven instructions that is made here, so that no
 * compiler for 32-bit ARM is needed where the tests are built for 64 bits.
 */
#ifndef VGIC_ABI_COMPAT_PROCESS_H
#define VGIC_ABI_COMPAT_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/* Numbers of system calls, which differ from those of arm64. */
#define COMPAT_OPEN	5
#define COMPAT_IOCTL	54

/* Where the process finds the call's data; no more than so many bytes. */
#define COMPAT_DATA	0x10100U
#define COMPAT_DATA_MAX	256

/* Why no 32-bit process can be had here, or NULL. */
const char *compat_missing(void);

/*
 * The process inherits the file descriptor @fd (-1: none) and makes the call with
 * three arguments; those that are pointers are to what is at @data here, and at
 * COMPAT_DATA there. Returns 0 if the call succeeded, or a negative errno. Ends the
 * test as failed if the process cannot be had.
 */
int compat_call(int fd, uint32_t number, const uint32_t args[3],
		const void *data, size_t size);

#endif /* VGIC_ABI_COMPAT_PROCESS_H */
