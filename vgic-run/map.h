/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest physical address map and the INTIDs of the devices.
 */
#ifndef VGIC_RUN_MAP_H
#define VGIC_RUN_MAP_H

#define GICD_BASE	0x08000000ULL
#define GICC_BASE	0x08010000ULL
#define GICR_BASE	0x080a0000ULL
#define UART_BASE	0x09000000ULL
#define VIRTIO_BASE(n)	(0x0a000000ULL + (n) * 0x10000ULL)
#define MEMORY_BASE	0x80000000ULL

#define GICD_SIZE	0x1000ULL	/* GICv2 */
#define GICD_V3_SIZE	0x10000ULL
#define GICC_SIZE	0x2000ULL
#define GICR_SIZE	0x20000ULL	/* of each vCPU */

/* INTIDs. The device tree counts SPIs from INTID 32 and PPIs from INTID 16. */
#define UART_INTID	33
#define VIRTIO_INTID(n)	(48 + (n))
#define NR_INTIDS	96

#endif /* VGIC_RUN_MAP_H */
