// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "terminal.h"

static struct termios before;
volatile sig_atomic_t terminal_is_raw;

/* ---- keys ---- */

enum terminal_key terminal_key(bool *escaped, uint8_t byte)
{
	if (!*escaped) {
		*escaped = byte == ESCAPE_BYTE;
		return *escaped ? KEY_NONE : KEY_GUEST;
	}
	*escaped = false;
	switch (byte) {
	case 'x': case 'X':
		return KEY_QUIT;
	case 's': case 'S':
		return KEY_SAVE;
	case 'i': case 'I':
		return KEY_INFO;
	case ESCAPE_BYTE:
		return KEY_GUEST;
	default:
		return KEY_HELP;
	}
}

/* ---- raw mode ---- */

void terminal_close(void)
{
	if (terminal_is_raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	terminal_is_raw = 0;
}

/* A crash of this program must not leave the terminal in raw mode. */
static void restore_and_die(int number)
{
	if (terminal_is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	raise(number);
}

bool terminal_open(void)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE };
	struct sigaction action = {
		.sa_handler = restore_and_die,
		.sa_flags = SA_RESETHAND | SA_NODEFER,
	};
	static bool registered;
	struct termios raw;
	unsigned int i;

	if (tcgetattr(STDIN_FILENO, &before))
		return false;
	if (!registered) {
		atexit(terminal_close);
		for (i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
			sigaction(deadly[i], &action, NULL);
		registered = true;
	}
	raw = before;
	cfmakeraw(&raw);
	/* In the background, tcsetattr() would stop the process with SIGTTOU. */
	if (tcgetpgrp(STDIN_FILENO) != getpgrp() ||
	    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return false;
	terminal_is_raw = 1;
	return true;
}

/* ---- output ---- */

/* Waits for room after EAGAIN: another program may have made the terminal non-blocking. */
static void wait_for_room(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	poll(&out, 1, -1);
}

bool terminal_show(const void *bytes, size_t count, const volatile int *give_up)
{
	const char *at = bytes;

	while (count && !*give_up) {
		ssize_t done = write(STDOUT_FILENO, at, count);

		if (done < 0 && errno == EAGAIN)
			wait_for_room();
		else if (done < 0 && errno != EINTR)
			return false;
		if (done < 0)
			continue;
		at += done;
		count -= done;
	}
	return true;
}
