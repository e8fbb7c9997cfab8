/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal. All keys go to the guest, except that Ctrl-A begins a key for the VMM.
 */
#ifndef VGIC_RUN_TERMINAL_H
#define VGIC_RUN_TERMINAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum terminal_key {
	KEY_NONE,	/* Ctrl-A: the next byte decides */
	KEY_GUEST,	/* goes to the guest */
	KEY_QUIT,
	KEY_SAVE,
	KEY_INFO,
	KEY_HELP,
};

#define ESCAPE_BYTE	0x01	/* Ctrl-A */

/* Returns the meaning of an input byte. *@escaped is true after Ctrl-A, false at the start. */
enum terminal_key terminal_key(bool *escaped, uint8_t byte);

/*
 * Switches standard input to raw mode, and arranges for its settings to be restored when the
 * program exits or crashes. Returns false if standard input is not a terminal, or if the process
 * is in the background.
 */
bool terminal_open(void);

/* Restores the terminal's settings. */
void terminal_close(void);

/* Standard input is a terminal in raw mode; a newline needs a carriage return. */
extern volatile sig_atomic_t terminal_is_raw;

/*
 * Writes @count bytes of the guest's console to standard output. Blocks until they are written or
 * *@give_up is not 0: a reader that has stopped must not keep the VM from ending. Returns false
 * with errno if the write fails.
 */
bool terminal_show(const void *bytes, size_t count, const volatile int *give_up);

#endif /* VGIC_RUN_TERMINAL_H */
