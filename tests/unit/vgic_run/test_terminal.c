// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/terminal.c: terminal_show(), with output that cannot be written. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "terminal.h"

static int not_ended;

/*
 * Shows text in a child whose standard output is @fd. Returns 0 if it was written, or the error
 * number, or 128 + n after signal n.
 */
static int show(int fd, size_t count, const int *give_up)
{
	static const char text[100000];
	int status;
	pid_t child = fork();

	if (!child) {
		dup2(fd, STDOUT_FILENO);
		/* Like vgic-run's main(). */
		signal(SIGPIPE, SIG_IGN);
		_exit(terminal_show(text, count, give_up) ? 0 : errno);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(reader_has_gone)
{
	int ends[2];

	ASSERT_EQ(0, pipe(ends));
	EXPECT_EQ(0, show(ends[1], 10, &not_ended));
	close(ends[0]);
	EXPECT_EQ(EPIPE, show(ends[1], 10, &not_ended));
	close(ends[1]);
}

TEST(no_space)
{
	int fd = open("/dev/full", O_WRONLY);

	EXPECT_EQ(ENOSPC, show(fd, 10, &not_ended));
	close(fd);
}

TEST(nothing_after_the_end)
{
	int fd = open("/dev/full", O_WRONLY), ended = 1;

	EXPECT_EQ(0, show(fd, 10, &ended));
	close(fd);
}

static int reader = -1;
static size_t bytes_read;

/* Replaces the C library's function: while the program waits for room, the reader reads. */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
	static char bytes[1000];

	(void)count; (void)ms;
	bytes_read += read(reader, bytes, sizeof(bytes));
	fds->revents = fds->events;
	return 1;
}

/* No byte is lost if another program has made the terminal non-blocking. */
TEST(no_room_for_a_while)
{
	int ends[2], before = dup(STDOUT_FILENO), left;
	static const char text[100000];
	bool shown;

	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(0, fcntl(ends[1], F_SETFL, O_NONBLOCK));
	reader = ends[0];
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	shown = terminal_show(text, sizeof(text), &not_ended);
	dup2(before, STDOUT_FILENO);
	EXPECT_TRUE(shown);
	EXPECT_LT(0, bytes_read);
	ASSERT_EQ(0, ioctl(ends[0], FIONREAD, &left));
	EXPECT_EQ(sizeof(text), bytes_read + left);
}

TEST_HARNESS_MAIN
