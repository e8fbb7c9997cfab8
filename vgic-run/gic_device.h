/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC, whose addresses are set in one of the ABI's three dialects.
 */
#ifndef VGIC_RUN_GIC_DEVICE_H
#define VGIC_RUN_GIC_DEVICE_H

#include <stdbool.h>

#include "options.h"

/**
 * struct gic - the GIC of a VM
 * @version: 2 or 3
 * @dialect: the dialect that has set the GIC's addresses, never DIALECT_AUTO
 * @device:  file descriptor from KVM_CREATE_DEVICE with DIALECT_DEVATTR, otherwise -1
 */
struct gic {
	unsigned int version;
	enum dialect dialect;
	int device;
};

/*
 * Replaces version 0 and DIALECT_AUTO by the first version and dialect that the host offers,
 * GICv2 before GICv3. Exits with a message if the host has no GIC that fits the request.
 */
void gic_choose(int vm, unsigned int *version, enum dialect *dialect);

/*
 * Creates the GIC of a VM and sets its addresses. The caller has created all vCPUs and run none
 * of them. Exits with a message if KVM refuses a call.
 */
void gic_create(struct gic *gic, int vm, unsigned int version, enum dialect dialect);

/* Drives the line of an SPI with KVM_IRQ_LINE. An error is printed and otherwise ignored. */
void gic_set_line(int vm, unsigned int intid, bool level);

#endif /* VGIC_RUN_GIC_DEVICE_H */
