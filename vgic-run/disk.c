// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "disk.h"

static bool refuse(const struct disk *disk, const char *why, char error[FILES_ERROR])
{
	snprintf(error, FILES_ERROR, "--disk %s: %s", disk->name, why);
	return false;
}

/* Returns advice on an image that cannot be opened, or "". */
static const char *advice(const struct disk *disk, int number)
{
	if (disk->read_only)
		return "";
	switch (number) {
	case EACCES: case EPERM: case EROFS: case ETXTBSY:
		return "; ':ro' opens it read-only";
	case EBUSY:
		return ": it is mounted, part of another device, or open elsewhere";
	default:
		return "";
	}
}

static bool find_size(struct disk *disk, const struct stat *st, char error[FILES_ERROR])
{
	int read_only = 0;

	disk->size = st->st_size;
	if (S_ISBLK(st->st_mode)) {
		if (ioctl(disk->fd, BLKGETSIZE64, &disk->size) ||
		    ioctl(disk->fd, BLKROGET, &read_only))
			return refuse(disk, strerror(errno), error);
		if (read_only && !disk->read_only)
			return refuse(disk, "is a read-only device: append ':ro' to its name",
				      error);
	}
	if (!disk->size || disk->size % SECTOR_SIZE) {
		snprintf(error, FILES_ERROR, "--disk %s: expected a multiple of %d bytes, got %llu",
			 disk->name, SECTOR_SIZE, (unsigned long long)disk->size);
		return false;
	}
	return true;
}

/*
 * Locks the whole image. The lock also excludes other descriptors of this process, so an image
 * cannot be two disks unless both are read-only.
 */
static bool lock(const struct disk *disk, char error[FILES_ERROR])
{
	struct flock whole = {
		.l_type = disk->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET,
	};

	if (!fcntl(disk->fd, F_OFD_SETLK, &whole))
		return true;
	if (errno == EAGAIN || errno == EACCES)
		return refuse(disk, "is in use as another disk, here or in another process", error);
	/* For example, a lock on a network file system may fail with ENOLCK. */
	return disk->read_only ||
	       refuse(disk, "cannot be locked, and two guests must not write to it", error);
}

bool disk_open(struct disk *disk, const struct disk_option *option, char error[FILES_ERROR])
{
	int flags = option->read_only ? O_RDONLY : O_RDWR;
	struct stat st;

	*disk = (struct disk) { .name = option->file, .read_only = option->read_only };
	/* O_EXCL claims a block device, as a mounted file system does. */
	if (!disk->read_only && !stat(disk->name, &st) && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	errno = 0;
	disk->fd = file_open("--disk", disk->name, flags, FILE_REGULAR | FILE_BLOCK, &st, error);
	if (disk->fd < 0) {
		strncat(error, advice(disk, errno), FILES_ERROR - 1 - strlen(error));
		return false;
	}
	if (find_size(disk, &st, error) && lock(disk, error))
		return true;
	close(disk->fd);
	return false;
}

bool disk_close(struct disk *disk, char error[FILES_ERROR])
{
	return !close(disk->fd) || refuse(disk, strerror(errno), error);
}
