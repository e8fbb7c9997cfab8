/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GIC's state, by the attributes of its device.
 */
#ifndef VGIC_RUN_GIC_SAVE_H
#define VGIC_RUN_GIC_SAVE_H

#include "machine.h"
#include "save_file.h"

#define GIC_MAX_REGS	2048

/*
 * Reads all registers into @regs, in the order in which they are restored. Returns how
 * many there are; 0 if one could not be read, with the reason said.
 */
unsigned int gic_save(const struct machine *machine, struct save_gic_reg *regs);

/*
 * Sets them in an unused GIC. Ends the program if they do not fit this GIC, or cannot be set.
 * Levels of lines are not set: devices raise them.
 */
void gic_restore(const struct machine *machine, const struct save_gic_reg *regs,
		 unsigned int count);

#endif /* VGIC_RUN_GIC_SAVE_H */
