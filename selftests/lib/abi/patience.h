/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A factor for time limits, which are chosen for hardware: the environment variable `patience`,
 * which the kernel sets from its command line. A runner that watches the machine's progress sets
 * it so high that its own limit always expires first.
 */
#ifndef VGIC_ABI_PATIENCE_H
#define VGIC_ABI_PATIENCE_H

#include <stdbool.h>

#define PATIENCE_MOST	1000

/* The factor, or 1. Ends the process with status 2 if it is invalid. */
unsigned int patience(void);

/* True if it is set: a runner then limits the time of tests. */
bool patience_is_given(void);

#endif /* VGIC_ABI_PATIENCE_H */
