/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Save and restore of the GIC's registers through the attributes of its KVM device.
 */
#ifndef VGIC_RUN_GIC_SAVE_H
#define VGIC_RUN_GIC_SAVE_H

#include "machine.h"
#include "save_file.h"

#define GIC_MAX_REGS	2048

/*
 * Reads all registers into @regs, which has room for GIC_MAX_REGS, in the order in which they
 * have to be restored. The vCPUs must not run. Returns the number of registers, or 0 after a
 * message if a register could not be read.
 */
unsigned int gic_save(const struct machine *machine, struct save_gic_reg *regs);

/*
 * Writes @count registers to a GIC that no vCPU has used yet. Exits with a message if @regs
 * are not the registers of this GIC, or if KVM refuses a write. The levels of device lines are
 * left out: the devices drive their lines when they are restored.
 */
void gic_restore(const struct machine *machine, const struct save_gic_reg *regs,
		 unsigned int count);

#endif /* VGIC_RUN_GIC_SAVE_H */
