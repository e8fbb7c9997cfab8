/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Program status registers, ARM DDI 0406C, B1.3.3. The kernel's own definitions are not used,
 * because the pure logic is also built for other machines.
 */
#ifndef ARM_KVM_PSR_H
#define ARM_KVM_PSR_H

#define PSR_MODE		0x1fU
#define PSR_T			(1U << 5)	/* Thumb */
#define PSR_F			(1U << 6)
#define PSR_I			(1U << 7)
#define PSR_A			(1U << 8)
#define PSR_E			(1U << 9)	/* big-endian data */
#define PSR_IT			0x0600fc00U
#define PSR_J			(1U << 24)
#define PSR_V			(1U << 28)
#define PSR_C			(1U << 29)
#define PSR_Z			(1U << 30)
#define PSR_N			(1U << 31)

#define PSR_MODE_USR		0x10
#define PSR_MODE_FIQ		0x11
#define PSR_MODE_IRQ		0x12
#define PSR_MODE_SVC		0x13
#define PSR_MODE_MON		0x16
#define PSR_MODE_ABT		0x17
#define PSR_MODE_HYP		0x1a
#define PSR_MODE_UND		0x1b
#define PSR_MODE_SYS		0x1f

#endif /* ARM_KVM_PSR_H */
