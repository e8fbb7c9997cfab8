/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit counters of a vCPU. debugfs shows them as kvm/<pid>-<VM's file descriptor>/vcpu<id>,
 * a line "<reason> <count>" for each.
 */
#ifndef KVM_EXIT_STATS_H
#define KVM_EXIT_STATS_H

#include <linux/types.h>

#include <kvm/arch_exit_stats.h>

#define FOR_EACH_EXIT_REASON(do_)					\
	do_(irq)		/* an interrupt of the host */		\
	FOR_EACH_ARCH_EXIT_REASON(do_)					\
	do_(gicd)		/* an access to the distributor */	\
	do_(gicc)		/* an emulated access to GICC_DIR's page */ \
	do_(mmio_event)		/* a write that signals an ioeventfd */	\
	do_(mmio_user)		/* MMIO, completed by user space */	\
	do_(stage2_map)		/* memory that was not mapped */	\
	do_(stage2_perm)	/* memory that was mapped read-only */	\
	do_(other)

/**
 * struct exit_stats - exits of one vCPU
 *
 * Written by the vCPU's thread only. Readers never see a torn count.
 */
struct exit_stats {
	u32 total;
#define DECLARE(name)	u32 name;
	FOR_EACH_EXIT_REASON(DECLARE)
#undef DECLARE
};

#endif /* KVM_EXIT_STATS_H */
