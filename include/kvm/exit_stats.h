/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a vCPU left its guest, counted. Shown in debugfs, as kvm/<pid>-<VM's file
 * descriptor>/vcpu<id>: a line "<reason> <count>" for each.
 */
#ifndef KVM_EXIT_STATS_H
#define KVM_EXIT_STATS_H

#include <linux/types.h>

#define FOR_EACH_EXIT_REASON(do_)					\
	do_(irq)		/* the host was interrupted */		\
	do_(fiq)							\
	do_(wfi)							\
	do_(wfe)							\
	do_(hvc)		/* PSCI, mostly */			\
	do_(smc)							\
	do_(cp15)		/* a trapped system register */		\
	do_(cp14)							\
	do_(vfp)		/* a VFP identification register */	\
	do_(gicd)		/* the distributor answered */		\
	do_(mmio_event)		/* a write that signals an ioeventfd */	\
	do_(mmio_user)		/* user space has to answer */		\
	do_(stage2_map)		/* memory that was not mapped yet */	\
	do_(stage2_perm)	/* memory that was mapped read-only */	\
	do_(dabt)		/* data abort, given to the guest */	\
	do_(iabt)		/* prefetch abort, given to the guest */ \
	do_(undef)		/* undefined instruction, likewise */	\
	do_(other)

/**
 * struct exit_stats - exits of one vCPU
 *
 * Written by the vCPU's thread only; readers see each count whole.
 */
struct exit_stats {
	u32 total;
#define DECLARE(name)	u32 name;
	FOR_EACH_EXIT_REASON(DECLARE)
#undef DECLARE
};

#endif /* KVM_EXIT_STATS_H */
