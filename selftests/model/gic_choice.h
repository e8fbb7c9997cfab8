/* SPDX-License-Identifier: GPL-2.0-only */
/* Random accesses to a GIC, the same for the same seed; see gic_model.h. */
#ifndef VGIC_ABI_GIC_CHOICE_H
#define VGIC_ABI_GIC_CHOICE_H

#include "gic_model.h"

/* Names of the registers, by enum gic_model_reg. */
extern const char * const gic_model_names[GIC_MODEL_REGS];

/* Begins the sequence of @seed, which is not 0. */
void gic_choice_begin(uint32_t seed);

/* The next access, which is an argument for gic_model_fit(). */
struct gic_access gic_choose(bool v3);

#endif /* VGIC_ABI_GIC_CHOICE_H */
