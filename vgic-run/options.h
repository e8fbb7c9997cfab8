/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parsing of the command line, with all checks that need neither a file nor the host.
 */
#ifndef VGIC_RUN_OPTIONS_H
#define VGIC_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CPUS	8
#define MAX_DISKS	4

/* The call that sets the GIC's addresses. */
enum dialect {
	DIALECT_AUTO,		/* the first of devattr, legacy and seed that the host has */
	DIALECT_SEED,
	DIALECT_LEGACY,
	DIALECT_DEVATTR,
};

enum console_choice {
	CONSOLE_PL011,		/* ttyAMA0 gets keyboard input */
	CONSOLE_VIRTIO,		/* hvc0 gets keyboard input */
};

enum stats_choice {
	STATS_NONE,
	STATS_SHORT,		/* a line or two for each vCPU */
	STATS_FULL,		/* with all of the kernel's counters */
};

/**
 * struct disk_option - one --disk
 * @file:      name of the image
 * @read_only: ":ro" was given
 */
struct disk_option {
	const char *file;
	bool read_only;
};

/**
 * struct options - the parsed command line
 * @kernel:    kernel image, or NULL with @restore
 * @initrd:    initramfs, or NULL
 * @append:    additional words for the guest kernel's command line, never NULL
 * @dtb_dump:  file to which the device tree is written, or NULL
 * @save:      file to which Ctrl-A s and SIGUSR2 save the guest, or NULL
 * @restore:   saved guest to continue, or NULL
 * @cpus:      number of vCPUs, 1 to MAX_CPUS
 * @memory:    bytes, a multiple of 2 MiB
 * @gic:       GIC version, 2 or 3; 0: a version that the host offers
 * @dialect:   call that sets the GIC's addresses
 * @console:   console that gets keyboard input
 * @stats:     exit counts to print at the end
 * @disks:     in the order of the command line
 * @nr_disks:  number of disks
 * @no_reboot: end the program when the guest resets the machine
 * @help:      print the options and do nothing else
 */
struct options {
	const char *kernel, *initrd, *append, *dtb_dump;
	const char *save, *restore;
	unsigned int cpus;
	uint64_t memory;
	unsigned int gic;
	enum dialect dialect;
	enum console_choice console;
	enum stats_choice stats;
	struct disk_option disks[MAX_DISKS];
	unsigned int nr_disks;
	bool no_reboot;
	bool help;
};

/*
 * Parses the command line. Returns false if it is invalid, with a message of at most @error_size
 * bytes in @error. The strings in @options stay valid as long as @argv.
 */
bool options_parse(struct options *options, int argc, char **argv,
		   char *error, size_t error_size);

/* Prints all options to standard output. */
void options_help(void);

/* Names of enum dialect, ending with NULL. */
extern const char *const dialect_names[];

#endif /* VGIC_RUN_OPTIONS_H */
