/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest exits of a vCPU by reason, as the kernel counts them: in-tree kernels behind
 * KVM_GET_STATS_FD, the reference kernel in debugfs.
 */
#ifndef VGIC_ABI_EXIT_COUNTS_H
#define VGIC_ABI_EXIT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"

/**
 * struct exit_counts - values of the counters at one time
 * @total:      guest exits for any reason
 * @gicd:       MMIO handled in the kernel
 * @user:       MMIO handled by user space
 * @interrupts: guest exits for a host interrupt; on in-tree kernels, which do not count
 *              these, all interrupts of all host CPUs
 */
struct exit_counts {
	uint64_t total;
	uint64_t gicd;
	uint64_t user;
	uint64_t interrupts;
};

/* The source of a vCPU's counters. */
struct exit_counter {
	int stats;		/* file descriptor, or -1 */
	char file[64];		/* in debugfs, if stats is -1 */
};

/*
 * Finds the counters of the vCPU with file descriptor @vcpu, which was created as number
 * @index. Returns NULL, or why there are none.
 */
const char *exit_counter_open(struct exit_counter *counter, const struct abi_vm *vm,
			      int vcpu, unsigned int index);

/* Ends the test as failed if a counter cannot be read. */
void exit_counter_read(const struct exit_counter *counter,
		       struct exit_counts *counts);

/* Calls @each for every counter, with the kernel's name for it. */
typedef void (*exit_count_fn)(void *context, const char *name, uint64_t count);
void exit_counter_each(const struct exit_counter *counter, exit_count_fn each,
		       void *context);

/* The difference between two readings. */
struct exit_counts exit_counts_since(const struct exit_counts *from,
				     const struct exit_counts *to);

/* Exits that are neither an MMIO access nor a host interrupt. */
uint64_t exit_counts_unexplained(const struct exit_counts *counts);

#endif /* VGIC_ABI_EXIT_COUNTS_H */
