/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much longer than on hardware to wait. Limits on time in the test programs are
 * multiplied by the number `patience` of the environment, and so by that word of the
 * kernel's command line. A runner that watches the machine's progress by itself sets it
 * so high that its own limit is always the first.
 */
#ifndef VGIC_ABI_PATIENCE_H
#define VGIC_ABI_PATIENCE_H

#include <stdbool.h>

#define PATIENCE_MOST	1000

/* The number, or 1. Ends the process with status 2 if it makes no sense. */
unsigned int patience(void);

/* Whether it was given: a runner decides how long a test may take. */
bool patience_is_given(void);

#endif /* VGIC_ABI_PATIENCE_H */
