/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC, and where it is: set in one of the three dialects of the ABI that
 * this project is about.
 */
#ifndef VGIC_RUN_GIC_H
#define VGIC_RUN_GIC_H

#include <stdbool.h>

#include "options.h"

/**
 * struct gic - the GIC of a VM
 * @version: 2 or 3
 * @dialect: never DIALECT_AUTO
 * @device:  file descriptor of KVM_CREATE_DEVICE, -1 in the other dialects
 */
struct gic {
	unsigned int version;
	enum dialect dialect;
	int device;
};

/*
 * Chooses the version and dialect that the options leave open, as this host allows. Ends the
 * program with the reason if the host has no such GIC.
 */
void gic_choose(int vm, unsigned int *version, enum dialect *dialect);

/* Creates it and sets its addresses. All vCPUs exist, and none has run. */
void gic_create(struct gic *gic, int vm, unsigned int version, enum dialect dialect);

/* The output of a device: a shared interrupt. */
void gic_set_line(int vm, unsigned int intid, bool level);

#endif /* VGIC_RUN_GIC_H */
