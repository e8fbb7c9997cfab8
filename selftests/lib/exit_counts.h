/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often a vCPU has left its guest, and why, as the host's kernel counts it:
 * in-tree kernels in what KVM_GET_STATS_FD gives, the reference kernel in debugfs.
 */
#ifndef VGIC_ABI_EXIT_COUNTS_H
#define VGIC_ABI_EXIT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"

/**
 * struct exit_counts - counts since some time before
 * @total:      exits for any reason
 * @gicd:       MMIO that the kernel has answered
 * @user:       MMIO that went to user space
 * @interrupts: interrupts of the host: those that ended a stay in the guest, or
 *              where these are not counted, all of them on any of its CPUs
 */
struct exit_counts {
	uint64_t total;
	uint64_t gicd;
	uint64_t user;
	uint64_t interrupts;
};

/* Where the counters are; for exit_counts_read(). */
struct exit_counter {
	int stats;		/* file descriptor, or -1 */
	char file[64];		/* in debugfs, if not */
};

/* Finds the counters. Returns NULL, or why there are none. */
const char *exit_counter_open(struct exit_counter *counter,
			      const struct guest *guest, unsigned int vcpu);

/* Ends the test as failed if the counters are not as they should be. */
void exit_counter_read(const struct exit_counter *counter,
		       struct exit_counts *counts);

/* Tells of each counter that there is, by the kernel's own name for it. */
typedef void (*exit_count_fn)(void *context, const char *name, uint64_t count);
void exit_counter_each(const struct exit_counter *counter, exit_count_fn each,
		       void *context);

/* What was counted from @from to @to. */
struct exit_counts exit_counts_since(const struct exit_counts *from,
				     const struct exit_counts *to);

/* Exits that no access is behind, nor an interrupt of the host. */
uint64_t exit_counts_unexplained(const struct exit_counts *counts);

#endif /* VGIC_ABI_EXIT_COUNTS_H */
