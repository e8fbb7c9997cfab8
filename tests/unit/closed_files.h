/* SPDX-License-Identifier: GPL-2.0-only */
/* The standard files of a program that was started with some of them closed. */
#ifndef TESTS_UNIT_CLOSED_FILES_H
#define TESTS_UNIT_CLOSED_FILES_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool is_null_for_both(int fd, const struct stat *null)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_rdev == null->st_rdev &&
	       (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && !fcntl(fd, F_GETFD);
}

/*
 * Closes those of the descriptors 0 to 2 that are in the mask @closed, and calls @open_them.
 * Returns the next free descriptor, or -1 if @open_them failed or a closed descriptor is not
 * /dev/null for reading and writing.
 */
static inline int next_file(unsigned int closed, bool (*open_them)(void))
{
	int status, fd;
	pid_t child = fork();

	if (!child) {
		struct stat null;

		for (fd = 0; fd < 3; fd++)
			if (closed & 1U << fd)
				close(fd);
		if (!open_them() || stat("/dev/null", &null))
			_exit(99);
		for (fd = 0; fd < 3; fd++)
			if (closed & 1U << fd && !is_null_for_both(fd, &null))
				_exit(99);
		_exit(open("/", O_RDONLY));
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
}

#endif /* TESTS_UNIT_CLOSED_FILES_H */
