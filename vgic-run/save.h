/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine that does not run, to a file and back.
 */
#ifndef VGIC_RUN_SAVE_H
#define VGIC_RUN_SAVE_H

#include "machine.h"

/**
 * struct saved - a file that has been checked to be a saved guest
 * @name: of the file
 */
struct saved {
	const char *name;
	void *map;
	uint64_t size;
};

/*
 * Writes it to a file, at once: the file is complete, or as it was before. Returns false after
 * a message with the reason.
 */
bool save_machine(const struct machine *machine, const char *name);

/*
 * Opens a file and says what machine it is of. Ends the program if it is not one, or if
 * it had other disks.
 */
void saved_open(struct saved *saved, const char *name, struct machine_config *config,
		const struct disk *disks, unsigned int nr_disks);

/* Puts its state into a machine of that config; ends the program if that fails. */
void saved_restore(const struct saved *saved, struct machine *machine);
void saved_close(struct saved *saved);

#endif /* VGIC_RUN_SAVE_H */
