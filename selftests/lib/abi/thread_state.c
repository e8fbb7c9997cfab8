// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread_state.h"

pid_t thread_self(void)
{
	return syscall(SYS_gettid);
}

bool thread_sleeps(pid_t thread)
{
	char path[64], state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/stat", (long)thread);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(file);
	return state == 'S';
}
