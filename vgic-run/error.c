// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "terminal.h"

/* Makes one stdio call, so that lines of several threads do not mix. */
static void say_line(const char *format, va_list arguments)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, arguments);
	/* In raw mode, the terminal does not add a carriage return to a newline. */
	fprintf(stderr, "vgic-run: %s%s\n", text, terminal_is_raw ? "\r" : "");
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line(format, arguments);
	va_end(arguments);
}

void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line(format, arguments);
	va_end(arguments);
	exit(STATUS_SETUP);
}
