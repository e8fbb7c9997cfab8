/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line. Errors that need no look at a file or the host are found here.
 */
#ifndef VGIC_RUN_OPTIONS_H
#define VGIC_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CPUS	8
#define MAX_DISKS	4

/* By which call the GIC's addresses are set. */
enum dialect {
	DIALECT_AUTO,		/* devattr, legacy, seed: the first that there is */
	DIALECT_SEED,
	DIALECT_LEGACY,
	DIALECT_DEVATTR,
};

enum console_choice {
	CONSOLE_PL011,		/* what is typed goes to ttyAMA0 */
	CONSOLE_VIRTIO,		/* to hvc0 */
};

enum stats_choice {
	STATS_NONE,
	STATS_SHORT,		/* a line or two for each vCPU */
	STATS_FULL,		/* and each counter of the kernel's */
};

struct disk_option {
	const char *file;
	bool read_only;
};

/**
 * struct options - the options that the user gave, or their defaults
 * @memory:    bytes, a multiple of 2 MiB
 * @gic:       2, 3, or 0: what the host offers
 * @save:      where Ctrl-A s and SIGUSR2 save the guest to, or NULL
 * @restore:   a saved guest to continue instead of a kernel, or NULL
 * @no_reboot: a guest that wants to reboot ends
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

/* False if they make no sense: then @error says why. */
bool options_parse(struct options *options, int argc, char **argv,
		   char *error, size_t error_size);

void options_help(void);

extern const char *const dialect_names[];

#endif /* VGIC_RUN_OPTIONS_H */
