// SPDX-License-Identifier: GPL-2.0-only
/* selftests/lib/abi/open_standard_files.h, with any of the standard files closed. */
#include <kselftest_harness.h>

#include <sys/resource.h>
#include <unistd.h>

/* The argument of _exit(). */
static int exit_status;

#define _exit(status)	(exit_status = (status))
#include "../../selftests/lib/abi/open_standard_files.h"
#undef _exit
#include "closed_files.h"

static bool open_them(void)
{
	open_standard_files();
	return true;
}

TEST(closed)
{
	unsigned int closed;

	for (closed = 0; closed < 8; closed++)
		EXPECT_LE(3, next_file(closed, open_them));
}

TEST(cannot_be_opened)
{
	struct rlimit limit, none;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = (struct rlimit) { .rlim_max = limit.rlim_max };
	close(STDIN_FILENO);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	open_standard_files();
	setrlimit(RLIMIT_NOFILE, &limit);
	EXPECT_EQ(1, exit_status);
}

TEST_HARNESS_MAIN
