/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A factor for time limits, because the limits are chosen for hardware. It is the environment
 * variable `patience`, which the kernel sets from its command line. A runner that watches the
 * machine's progress sets so high a factor that its own limit always expires first.
 */
#ifndef VGIC_ABI_PATIENCE_H
#define VGIC_ABI_PATIENCE_H

#include <stdbool.h>

#define PATIENCE_MOST	1000

/* The factor, or 1. Ends the process with status 2 if it is invalid. */
unsigned int patience(void);

/* True if the variable is set: a runner then limits the time of tests. */
bool patience_is_given(void);

#endif /* VGIC_ABI_PATIENCE_H */
