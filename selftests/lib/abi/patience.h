/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A factor for time limits, which are chosen for hardware: the variable `patience` of the
 * environment, and so that word of the kernel's command line. A runner that observes the
 * machine's progress itself sets it so high that its own limit always comes first.
 */
#ifndef VGIC_ABI_PATIENCE_H
#define VGIC_ABI_PATIENCE_H

#include <stdbool.h>

#define PATIENCE_MOST	1000

/* The factor, or 1. Ends the process with status 2 if it is invalid. */
unsigned int patience(void);

/* True if it was given: then a runner limits the time of tests. */
bool patience_is_given(void);

#endif /* VGIC_ABI_PATIENCE_H */
