/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls to the kernel that may not return, made in a child process. */
#ifndef VGIC_ABI_IN_CHILD_H
#define VGIC_ABI_IN_CHILD_H

#include <stddef.h>

/*
 * Calls @call in a child process with a buffer of @size bytes, which is then copied to @answer. If
 * the kernel kills the child, or does not return for @limit_ms milliseconds, the caller
 * continues. Returns NULL, or an error message: that the child hangs, the signal that killed it,
 * the first line that it printed, or its exit status.
 */
const char *call_in_child(void (*call)(void *answer), void *answer, size_t size, int limit_ms);

#endif /* VGIC_ABI_IN_CHILD_H */
