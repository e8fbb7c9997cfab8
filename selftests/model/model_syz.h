/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the model's calls as a program for syzkaller. */
#ifndef VGIC_ABI_MODEL_SYZ_H
#define VGIC_ABI_MODEL_SYZ_H

#include <stdio.h>

#include "model.h"
#include "model_calls.h"

/* Begins a program on @out, which the functions below continue. */
void syz_begin(FILE *out);

/* Prints one call. */
void syz_print(const struct model_call *call);

/* Prints the expected result of a call as a comment, after the call. */
void syz_answer(const struct model_call *call, const struct model_answer *answer);

#endif /* VGIC_ABI_MODEL_SYZ_H */
