// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in_child.h"

static char why[256];

/* Waits for the child's end; on kernels before 5.3 without a limit. */
static bool await_end(pid_t pid, int limit_ms, int *status)
{
	struct pollfd end = {
		.fd = syscall(SYS_pidfd_open, pid, 0),
		.events = POLLIN,
	};
	int ended = 1;

	if (end.fd >= 0) {
		do {
			ended = poll(&end, 1, limit_ms);
		} while (ended < 0 && errno == EINTR);
		close(end.fd);
	}
	return ended == 1 && waitpid(pid, status, 0) == pid;
}

/*
 * The reason for a missing answer: the signal that killed the child. If the child exited, the
 * first line of its output, or without output, its exit status.
 */
static const char *no_answer(int output, int status)
{
	ssize_t len = read(output, why, sizeof(why) - 1);

	why[len < 0 ? 0 : len] = '\0';
	why[strcspn(why, "\n")] = '\0';
	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else if (!*why)
		snprintf(why, sizeof(why), "ended with status %d", WEXITSTATUS(status));
	return why;
}

static const char *call_and_wait(void (*call)(void *answer), void *shared, int output[2],
				 int limit_ms)
{
	int status = 0;
	pid_t pid;

	/* The child must not print its copy of the caller's buffered output. */
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return strerror(errno);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(output[1], STDOUT_FILENO);
		dup2(output[1], STDERR_FILENO);
		call(shared);
		_exit(0);
	}
	if (!await_end(pid, limit_ms, &status)) {
		kill(pid, SIGKILL);
		snprintf(why, sizeof(why),
			 "hangs in the kernel: expected an answer within %d s, got none",
			 limit_ms / 1000);
		return why;
	}
	return status ? no_answer(output[0], status) : NULL;
}

const char *call_in_child(void (*call)(void *answer), void *answer, size_t size, int limit_ms)
{
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);
	const char *problem;
	int output[2];

	if (shared == MAP_FAILED)
		return strerror(errno);
	/*
	 * Non-blocking: a child that prints more than the pipe holds must not wait for a
	 * reader.
	 */
	if (pipe2(output, O_CLOEXEC | O_NONBLOCK)) {
		problem = strerror(errno);
		munmap(shared, size);
		return problem;
	}
	problem = call_and_wait(call, shared, output, limit_ms);
	if (!problem)
		memcpy(answer, shared, size);
	close(output[0]);
	close(output[1]);
	munmap(shared, size);
	return problem;
}
