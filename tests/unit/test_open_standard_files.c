// SPDX-License-Identifier: GPL-2.0-only
/* selftests/lib/abi/open_standard_files.h: whichever of them are closed. */
#include <kselftest_harness.h>

#include "../../selftests/lib/abi/open_standard_files.h"
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

TEST_HARNESS_MAIN
