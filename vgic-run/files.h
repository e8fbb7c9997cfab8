/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user's files: checks before a file is used, and files that are written as a whole.
 *
 * Functions that can fail write one line to @error, with the option and the file's name. None of
 * them prints or ends the program.
 */
#ifndef VGIC_RUN_FILES_H
#define VGIC_RUN_FILES_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "options.h"

/* Bytes of an error message, with its 0. */
#define FILES_ERROR	512

/* Kinds of files, as a mask. */
#define FILE_REGULAR	1U
#define FILE_BLOCK	2U	/* a block device */
#define FILE_STREAM	4U	/* a character device or a FIFO */

/*
 * Opens a file with open()'s @flags and O_CLOEXEC if its kind is in @kinds, and gets its status.
 * Does not wait for the other end of a FIFO that it refuses. Returns the descriptor or -1.
 */
int file_open(const char *option, const char *name, int flags, unsigned int kinds,
	      struct stat *st, char error[FILES_ERROR]);

/*
 * True if no file that the program writes has a second use: the files of --save and --dtb and
 * writable disks are neither files of other options nor standard output. Also checks that --save
 * does not replace a device. Exceptions: a stream, such as /dev/null, may have several uses, and a
 * guest may be saved to the file from which it is restored.
 */
bool files_are_apart(const struct options *options, char error[FILES_ERROR]);

/**
 * struct output - a file that is being written
 * @option:     the option that named the file
 * @name:       file name
 * @file:       open for writing
 * @target:     the name without symbolic links; NULL for a stream, which is written in place
 * @unfinished: name of @file until it is complete; NULL for a stream
 */
struct output {
	const char *option, *name;
	FILE *file;
	char *target, *unfinished;
};

/*
 * Begins to write a file, which replaces @name in output_end(). Until then a previous file remains.
 * @kinds: kinds that an existing file may have, FILE_REGULAR and FILE_STREAM. @mode: permissions,
 * as for open().
 */
bool output_begin(struct output *output, const char *option, const char *name,
		  unsigned int kinds, mode_t mode, char error[FILES_ERROR]);

/* Writes all data to the disk and renames the file. On error, the file is removed. */
bool output_end(struct output *output, char error[FILES_ERROR]);

/* Removes an unfinished file. */
void output_abandon(struct output *output);

#endif /* VGIC_RUN_FILES_H */
