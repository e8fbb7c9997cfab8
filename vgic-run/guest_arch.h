/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between arm64 and 32-bit ARM guests.
 */
#ifndef VGIC_RUN_GUEST_ARCH_H
#define VGIC_RUN_GUEST_ARCH_H

#include <linux/kvm.h>

#ifdef __aarch64__

#define ARCH_NAME		"arm64"
#define ARCH_IS_64BIT		true
#define ARCH_CPU		"arm,armv8"
#define ARCH_TIMER		"arm,armv8-timer"

#define CORE_REG(name)							\
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |		\
	 KVM_REG_ARM_CORE_REG(name))
#define ARCH_REG_PC		CORE_REG(regs.pc)
#define ARCH_REG_MPIDR		ARM64_SYS_REG(3, 0, 0, 0, 5)
#define ARCH_REG_MMFR0		ARM64_SYS_REG(3, 0, 0, 7, 0)
#define ARCH_MPIDR_AFFINITY	0xff00ffffffULL

/* x0: device tree; x1 to x3: 0. A reset clears x2 and x3 (Documentation/arm64/booting.rst). */
#define ARCH_BOOT_REGS(dtb)						\
	{ { CORE_REG(regs.regs[0]), (dtb) }, { CORE_REG(regs.regs[1]), 0 } }

#else

#define ARCH_NAME		"32-bit ARM"
#define ARCH_IS_64BIT		false
#define ARCH_CPU		"arm,cortex-a15"
#define ARCH_TIMER		"arm,armv7-timer"

#define CORE_REG(name)							\
	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE |		\
	 KVM_REG_ARM_CORE_REG(name))
#define ARCH_REG_PC		CORE_REG(usr_regs.uregs[15])
#define ARCH_REG_MPIDR		ARM_CP15_REG32(0, 0, 0, 5)
#define ARCH_MPIDR_AFFINITY	0xffffffULL

/* r0: 0; r1: no machine number; r2: device tree (Documentation/arm/booting.rst). */
#define ARCH_BOOT_REGS(dtb)						\
	{ { CORE_REG(usr_regs.uregs[0]), 0 },				\
	  { CORE_REG(usr_regs.uregs[1]), 0xffffffff },			\
	  { CORE_REG(usr_regs.uregs[2]), (dtb) } }

#endif

#endif /* VGIC_RUN_GUEST_ARCH_H */
