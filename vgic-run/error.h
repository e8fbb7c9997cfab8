/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the user. Each is one line on standard error, prefixed with "vgic-run: ".
 */
#ifndef VGIC_RUN_ERROR_H
#define VGIC_RUN_ERROR_H

#define PRINTF_LIKE(f, a)	__attribute__((format(printf, f, a)))

/* Exit statuses other than 0. */
#define STATUS_VM	1	/* the VM failed while it ran */
#define STATUS_SETUP	2	/* the VM could not be started: an option, a file, the host */

/* Prints a message; callable from any thread. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);

/* Prints a message and exits with STATUS_SETUP; atexit() handlers run. */
void fail(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

#endif /* VGIC_RUN_ERROR_H */
