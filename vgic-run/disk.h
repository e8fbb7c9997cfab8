/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disk images: regular files and block devices.
 */
#ifndef VGIC_RUN_DISK_H
#define VGIC_RUN_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "files.h"

#define SECTOR_SIZE	512	/* bytes */

/**
 * struct disk - an open disk image
 * @name:      file name, for messages
 * @fd:        file descriptor
 * @size:      bytes, a multiple of SECTOR_SIZE and not 0
 * @read_only: the guest may not write to it
 */
struct disk {
	const char *name;
	int fd;
	uint64_t size;
	bool read_only;
};

/*
 * Opens and locks an image: several vgic-run may read it, or a single one may write to it. A
 * writable block device must be neither mounted nor part of another device.
 */
bool disk_open(struct disk *disk, const struct disk_option *option, char error[FILES_ERROR]);

/* Closes an image. Reports errors of delayed writes. */
bool disk_close(struct disk *disk, char error[FILES_ERROR]);

#endif /* VGIC_RUN_DISK_H */
