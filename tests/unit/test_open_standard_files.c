// SPDX-License-Identifier: GPL-2.0-only
/* selftests/lib/abi/open_standard_files.h: whichever of them are closed. */
#include <sys/stat.h>
#include <sys/wait.h>

#include <kselftest_harness.h>

#include "../../selftests/lib/abi/open_standard_files.h"

/*
 * Closes those of descriptors 0 to 2 that are in @closed, opens them, and returns the number that
 * the next file gets; -1 if a closed one is not /dev/null.
 */
static int next_file(unsigned int closed)
{
	int status, fd;
	pid_t child = fork();

	if (!child) {
		struct stat null, st;

		for (fd = 0; fd < 3; fd++)
			if (closed & 1U << fd)
				close(fd);
		open_standard_files();
		if (stat("/dev/null", &null))
			_exit(99);
		for (fd = 0; fd < 3; fd++)
			if (closed & 1U << fd && (fstat(fd, &st) || st.st_rdev != null.st_rdev))
				_exit(99);
		_exit(open("/", O_RDONLY));
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
}

TEST(closed)
{
	unsigned int closed;

	for (closed = 0; closed < 8; closed++)
		EXPECT_LE(3, next_file(closed));
}

TEST_HARNESS_MAIN
