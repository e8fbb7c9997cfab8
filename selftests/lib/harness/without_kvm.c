// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"

#include "abi/open_standard_files.h"
#include "without_kvm.h"

bool kvm_is_needed = true;

/*
 * The KVM selftests library opens /dev/kvm in a constructor, and if that fails, ends the program
 * without KTAP. This constructor runs before the library's, because it has a priority.
 */
static void __attribute__((constructor(101))) skip_without_kvm(int argc,
							       char **argv)
{
	int i, fd;

	open_standard_files();
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "--list-all")) {
			kvm_is_needed = false;
			return;
		}
	}

	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		printf("KTAP version 1\n1..0 # SKIP no /dev/kvm: %s\n",
		       strerror(errno));
		fflush(stdout);
		/* exit() would run destructors whose constructors have not run. */
		_exit(KSFT_SKIP);
	}
	close(fd);
}
