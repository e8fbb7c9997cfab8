/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal: every key goes to the guest but Ctrl-A, which begins a key for the VMM.
 */
#ifndef VGIC_RUN_TERMINAL_H
#define VGIC_RUN_TERMINAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum terminal_key {
	KEY_NONE,	/* the first half of a key for the VMM */
	KEY_GUEST,	/* for the guest */
	KEY_QUIT,
	KEY_SAVE,
	KEY_INFO,
	KEY_HELP,
};

#define ESCAPE_BYTE	0x01	/* Ctrl-A */

/* Tells a byte for the guest from a Ctrl-A command; *@escaped remembers Ctrl-A between calls. */
enum terminal_key terminal_key(bool *escaped, uint8_t byte);

/*
 * Makes it raw if standard input is a terminal, and so that it is restored however
 * the program ends, but for SIGKILL. Returns whether it is one.
 */
bool terminal_open(void);
void terminal_close(void);

extern volatile sig_atomic_t terminal_is_raw;

/*
 * Writes the guest's output. Waits until it is written, but not once *@give_up is set, since it
 * may have no reader any more.
 */
void terminal_show(const void *bytes, size_t count, const volatile int *give_up);

#endif /* VGIC_RUN_TERMINAL_H */
