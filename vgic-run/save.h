/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Save and restore of a stopped machine.
 */
#ifndef VGIC_RUN_SAVE_H
#define VGIC_RUN_SAVE_H

#include "machine.h"

/**
 * struct saved - an open file with a saved guest
 * @name: name of the file, for messages
 * @map:  content of the file, mapped read-only
 * @size: bytes
 */
struct saved {
	const char *name;
	void *map;
	uint64_t size;
};

/*
 * Saves a machine whose vCPUs do not run. The file is replaced atomically. Returns false
 * after a message on error; the previous file, if any, remains.
 */
bool save_machine(const struct machine *machine, const char *name);

/*
 * Opens a saved guest and reads its configuration into @config. Exits with a message if the
 * file is not a valid saved guest, or if number, size or access mode of @disks differ from
 * those at the time of saving.
 */
void saved_open(struct saved *saved, const char *name, struct machine_config *config,
		const struct disk *disks, unsigned int nr_disks);

/*
 * Loads the saved state into a machine that was created with saved_open()'s configuration and
 * has not run yet. Exits with a message on error.
 */
void saved_restore(const struct saved *saved, struct machine *machine);

void saved_close(struct saved *saved);

#endif /* VGIC_RUN_SAVE_H */
