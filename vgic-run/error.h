/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the user: each is one line on standard error, "vgic-run: ...".
 */
#ifndef VGIC_RUN_ERROR_H
#define VGIC_RUN_ERROR_H

#define PRINTF_LIKE(f, a)	__attribute__((format(printf, f, a)))

/* How the program ends, besides 0. */
#define STATUS_VM	1	/* the VM came to a bad end */
#define STATUS_SETUP	2	/* it could not be started: an option, a file, the host */

void say(const char *format, ...) PRINTF_LIKE(1, 2);

/* The same, and the program ends with STATUS_SETUP; exit handlers run. */
void fail(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

#endif /* VGIC_RUN_ERROR_H */
