/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One system call of a 32-bit ARM process, on a 64-bit kernel.
 *
 * The process is a program of eleven instructions that is assembled by hand, so that
 * building the tests for arm64 needs no compiler for 32-bit ARM.
 */
#ifndef VGIC_ABI_COMPAT_PROCESS_H
#define VGIC_ABI_COMPAT_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/* System call numbers of 32-bit ARM; arm64's differ. */
#define COMPAT_OPEN	5
#define COMPAT_IOCTL	54

/* Address of the call's data in the process, and its largest size in bytes. */
#define COMPAT_DATA	0x10100U
#define COMPAT_DATA_MAX	256

/* The reason why 32-bit processes do not run here, or NULL. */
const char *compat_missing(void);

/*
 * The process inherits the file descriptor @fd (-1: none) and makes the call with three
 * arguments. It has a copy of @data at COMPAT_DATA, to which pointers in @args have to
 * point. Returns 0 if the call succeeded, or a negative errno. Fails the test if the
 * process cannot be started.
 */
int compat_call(int fd, uint32_t number, const uint32_t args[3],
		const void *data, size_t size);

#endif /* VGIC_ABI_COMPAT_PROCESS_H */
