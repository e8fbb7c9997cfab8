/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit reasons of ARMv7, for <kvm/exit_stats.h>. */
#ifndef KVM_ARCH_EXIT_STATS_H
#define KVM_ARCH_EXIT_STATS_H

#define FOR_EACH_ARCH_EXIT_REASON(do_)					\
	do_(fiq)							\
	do_(wfi)							\
	do_(wfe)							\
	do_(hvc)		/* a PSCI call */			\
	do_(smc)							\
	do_(cp15)		/* a trapped system register */		\
	do_(cp14)							\
	do_(vfp)		/* a VFP identification register */	\
	do_(dabt)		/* data abort, given to the guest */	\
	do_(iabt)		/* prefetch abort, given to the guest */ \
	do_(undef)		/* undefined instruction, given to the guest */

#endif /* KVM_ARCH_EXIT_STATS_H */
