/* SPDX-License-Identifier: GPL-2.0-only */
/* Asking the kernel something that may not come back, from a process of its own. */
#ifndef VGIC_ABI_APART_H
#define VGIC_ABI_APART_H

#include <stddef.h>

/*
 * Calls @ask in a child process, with memory for an answer of @size bytes, and copies
 * that to @answer. If the kernel crashes the child, or holds it for @limit_ms, the
 * caller goes on. Returns NULL, or what went wrong: what the child printed first, or
 * how it ended.
 */
const char *apart_ask(void (*ask)(void *answer), void *answer, size_t size, int limit_ms);

#endif /* VGIC_ABI_APART_H */
