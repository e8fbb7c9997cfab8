/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM: its memory, vCPUs and devices, from KVM_CREATE_VM until it is closed.
 *
 * Each vCPU has a thread. The thread that calls machine_run() handles the terminal and
 * signals. Devices are called with the machine's lock held.
 */
#ifndef VGIC_RUN_MACHINE_H
#define VGIC_RUN_MACHINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/kvm.h>

#include "device.h"
#include "disk.h"
#include "gic_device.h"
#include "guest_memory.h"
#include "input.h"
#include "options.h"
#include "pl011.h"
#include "virtio_block.h"
#include "virtio_console.h"

#define MAX_WINDOWS	(2 + MAX_DISKS)

/* Makes KVM_RUN of a vCPU's thread return. No thread blocks this signal. */
#define KICK_SIGNAL	SIGRTMIN

/* Why the machine ended. */
enum machine_end {
	MACHINE_RUNS,
	MACHINE_OFF,		/* the guest called PSCI SYSTEM_OFF */
	MACHINE_RESET,		/* the guest called PSCI SYSTEM_RESET */
	MACHINE_QUIT,		/* Ctrl-A x */
	MACHINE_SAVE,		/* Ctrl-A s or SIGUSR2 */
	MACHINE_SIGNAL,		/* a fatal signal: machine.signal */
	MACHINE_FAILED,		/* KVM_RUN failed, and a message was printed */
	MACHINE_NO_OUTPUT,	/* standard output failed, and a message was printed */
};

/**
 * struct machine_config - configuration of a machine, saved with the guest
 * @cpus:    number of vCPUs, 1 to MAX_CPUS
 * @memory:  bytes of guest memory
 * @gic:     GIC version, 2 or 3; machine_create() replaces 0 by the version that it chooses
 * @dialect: call that sets the GIC's addresses; machine_create() replaces DIALECT_AUTO. Not saved
 * @console: console that gets keyboard input
 */
struct machine_config {
	unsigned int cpus;
	uint64_t memory;
	unsigned int gic;
	enum dialect dialect;
	enum console_choice console;
};

/**
 * struct exit_counts - number of returns from KVM_RUN, by reason
 * @total:       all exits
 * @mmio:        MMIO exits, for each window
 * @unmapped:    MMIO exits outside of all windows
 * @interrupted: EINTR, after a signal
 * @system:      system events: PSCI SYSTEM_OFF and SYSTEM_RESET
 */
struct exit_counts {
	uint64_t total, mmio[MAX_WINDOWS], unmapped, interrupted, system;
};

struct machine;

/**
 * struct vcpu - one vCPU
 * @machine: the VM of the vCPU
 * @id:      argument of KVM_CREATE_VCPU
 * @fd:      file descriptor of the vCPU
 * @run:     the vCPU's mapping of struct kvm_run, machine.run_size bytes
 * @thread:  runs the vCPU; valid within machine_run()
 * @exits:   written by @thread only
 */
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
 * @config:     configuration, with the GIC's version and dialect as chosen
 * @kvm:        file descriptor of /dev/kvm
 * @fd:         file descriptor of the VM
 * @run_size:   bytes of each vCPU's kvm_run mapping
 * @memory:     the guest's memory
 * @gic:        the virtual GIC
 * @vcpus:      config.cpus are in use
 * @uart:       the PL011, always in windows[0]
 * @console:    the virtio console, always in windows[1]
 * @disks:      the virtio disks, in the windows from windows[2] on
 * @nr_disks:   number of disks in use
 * @windows:    MMIO windows of all devices
 * @nr_windows: number of windows in use
 * @lock:       held around every call to a device
 * @end:        enum machine_end; changes once from MACHINE_RUNS, so the first reason counts
 * @wake:       eventfd, signalled when @end changes
 * @signal:     number of the signal, with MACHINE_SIGNAL
 * @input:      input that has not yet been passed to the guest's console
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
	struct input input;
};

/*
 * Creates a VM with vCPUs and devices in their reset state. @disks remain open and belong to
 * the caller. Exits with a message on error.
 */
void machine_create(struct machine *machine, const struct machine_config *config,
		    const struct disk *disks, unsigned int nr_disks);

/* Closes the VM and unmaps its memory. No vCPU thread runs. */
void machine_destroy(struct machine *machine);

/*
 * Loads a kernel, an initramfs and a device tree into memory and sets the boot CPU's registers.
 * Exits with a message on error.
 */
void machine_boot(struct machine *machine, const struct options *options);

/*
 * Runs the vCPUs until the machine ends, and returns why. All vCPU threads have then been joined,
 * and the machine may run again. @keys: standard input is a terminal, where Ctrl-A begins a key
 * for the VMM. @can_save: a request to save ends the machine; otherwise it is refused.
 */
enum machine_end machine_run(struct machine *machine, bool keys, bool can_save);

/* Ends machine_run(), from any thread. The first reason counts. */
void machine_end(struct machine *machine, enum machine_end reason);

/*
 * Blocks the signals that machine_run() reads from a signalfd, in this thread and in the threads
 * that it creates, and unblocks KICK_SIGNAL.
 */
void machine_block_signals(void);

/* ---- statistics ---- */

/*
 * Prints each vCPU's exits to this program, and to the kernel if debugfs is mounted. Reports if the
 * guest has made no exit. @full: all of the kernel's counters. Callable while vCPUs run.
 */
void stats_print(const struct machine *machine, bool full);

#endif /* VGIC_RUN_MACHINE_H */
