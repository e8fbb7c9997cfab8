/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code that executes UNDEFINED instructions, which have to be 32 bits wide and, on 32-bit
 * ARM, in ARM state. The handler counts and skips them.
 */
#ifndef VGIC_ABI_GUEST_UNDEFINED_H
#define VGIC_ABI_GUEST_UNDEFINED_H

#include "guest.h"

/* ---- the guest's side ---- */

static volatile unsigned int undefined;

/* Executes a statement, one instruction of which has to be UNDEFINED. @what is a constant. */
#define GUEST_EXPECT_UNDEFINED(what, statement) do {			\
	unsigned int before_ = undefined;				\
									\
	statement;							\
	guest_expect(what, before_ + 1, undefined);			\
} while (0)

#define UNDEFINED_BYTES	4

static void skip_undefined(struct ex_regs *regs)
{
	undefined++;
	regs->pc += UNDEFINED_BYTES;
}

/* ---- the host's side ---- */

/* Called after guest_create(). */
static inline void guest_take_undefined(struct guest *guest)
{
#ifdef __aarch64__
	vm_install_sync_handler(guest->vm, VECTOR_SYNC_CURRENT, 0, skip_undefined);
#else
	vm_install_exception_handler(guest->vm, VECTOR_UNDEFINED, skip_undefined);
#endif
}

#endif /* VGIC_ABI_GUEST_UNDEFINED_H */
