/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM: its memory, vCPUs and devices, from KVM_CREATE_VM to the guest's end.
 *
 * Each vCPU has a thread. The thread that calls machine_run() looks after the terminal
 * and signals. Devices are called with the machine's lock held.
 */
#ifndef VGIC_RUN_MACHINE_H
#define VGIC_RUN_MACHINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/kvm.h>

#include "device.h"
#include "gic.h"
#include "guest_memory.h"
#include "options.h"
#include "pl011.h"
#include "virtio_block.h"
#include "virtio_console.h"

#define MAX_WINDOWS	(2 + MAX_DISKS)

/* Stops a vCPU's thread in KVM_RUN; no thread blocks it. */
#define KICK_SIGNAL	SIGUSR1

/* Why a machine no longer runs. */
enum machine_end {
	MACHINE_RUNS,
	MACHINE_OFF,		/* the guest: PSCI SYSTEM_OFF */
	MACHINE_RESET,		/* the guest: PSCI SYSTEM_RESET */
	MACHINE_QUIT,		/* a key */
	MACHINE_SAVE,		/* a key, or a signal: save it */
	MACHINE_SIGNAL,		/* a signal: see machine.signal */
	MACHINE_FAILED,		/* KVM would not go on; said already */
};

/**
 * struct machine_config - what a machine is; what a saved one has to be, too
 * @gic:     2 or 3
 * @dialect: never DIALECT_AUTO, once the machine is there
 */
struct machine_config {
	unsigned int cpus;
	uint64_t memory;
	unsigned int gic;
	enum dialect dialect;
	enum console_choice console;
};

/**
 * struct disk - an open file
 * @size: bytes
 */
struct disk {
	int fd;
	uint64_t size;
	bool read_only;
};

/**
 * struct exit_counts - why KVM_RUN returned
 * @mmio:        for each window
 * @nowhere:     MMIO where nothing is
 * @interrupted: by a signal
 * @system:      PSCI: off, reset
 */
struct exit_counts {
	uint64_t total, mmio[MAX_WINDOWS], nowhere, interrupted, system;
};

struct machine;

struct vcpu {
	struct machine *machine;
	unsigned int id;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	struct exit_counts exits;
};

/**
 * struct machine - one VM
 * @lock:    of all devices
 * @end:     enum machine_end; the first reason is kept
 * @wake:    event descriptor: @end is no longer MACHINE_RUNS
 * @signal:  that ended it
 * @typed, @nr_typed: bytes from the terminal that the guest's console has no room for
 */
struct machine {
	struct machine_config config;
	int kvm, fd;
	size_t run_size;
	struct guest_memory memory;
	struct gic gic;
	struct vcpu vcpus[MAX_CPUS];
	struct pl011 uart;
	struct virtio_console console;
	struct virtio_block disks[MAX_DISKS];
	unsigned int nr_disks;
	struct mmio_window windows[MAX_WINDOWS];
	unsigned int nr_windows;
	pthread_mutex_t lock;
	volatile int end;
	int wake;
	int signal;
	uint8_t typed[256];
	unsigned int nr_typed;
};

/*
 * Creates it, with vCPUs and devices as after a reset. Ends the program if that is not
 * possible.
 */
void machine_create(struct machine *machine, const struct machine_config *config,
		    const struct disk *disks, unsigned int nr_disks);
void machine_destroy(struct machine *machine);

/* Gets a kernel ready: memory, device tree, the boot CPU's registers. */
void machine_boot(struct machine *machine, const struct options *options);

/*
 * Runs the vCPUs until the machine ends, and returns why. All vCPU threads have then been joined,
 * and the machine may run again. @keys: standard input is a terminal, where Ctrl-A begins a key
 * for the VMM. @can_save: a request to save ends the machine; otherwise it is refused.
 */
enum machine_end machine_run(struct machine *machine, bool keys, bool can_save);

/* Leaves signals to machine_run(), in all threads that there will be. */
void machine_block_signals(void);

/* ---- statistics ---- */

void stats_print(const struct machine *machine, bool full);

#endif /* VGIC_RUN_MACHINE_H */
