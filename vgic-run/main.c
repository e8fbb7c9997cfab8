// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgic-run: boots Linux in a VM and sets the addresses of its GIC in a dialect of the
 * user's choice. See --help.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "machine.h"
#include "options.h"
#include "save.h"
#include "standard_files.h"
#include "terminal.h"

/* The program's exit status. */
static int status_of(const struct machine *machine, enum machine_end end)
{
	switch (end) {
	case MACHINE_SIGNAL:
		return 128 + machine->signal;
	case MACHINE_FAILED:
	case MACHINE_NO_OUTPUT:
		return STATUS_VM;
	default:
		return 0;
	}
}

static const char *words_for(enum machine_end end)
{
	static const char *const words[] = {
		[MACHINE_RUNS] = "?",
		[MACHINE_OFF] = "the guest has powered off",
		[MACHINE_RESET] = "the guest wants to reboot",
		[MACHINE_QUIT] = "ended by key",
		[MACHINE_SAVE] = "stopped for saving",
		[MACHINE_SIGNAL] = "ended by a signal",
		[MACHINE_FAILED] = "the VM failed",
		[MACHINE_NO_OUTPUT] = "ended: the guest's console cannot be written",
	};

	return words[end];
}

static void greet(const struct machine *m, bool keys)
{
	say("%u vCPU%s, %llu MiB, GICv%u placed by %s%s", m->config.cpus,
	    m->config.cpus == 1 ? "" : "s", (unsigned long long)m->config.memory >> 20,
	    m->config.gic, dialect_names[m->config.dialect],
	    keys ? "; Ctrl-A x ends it, Ctrl-A h shows help" : "");
}

/* Runs until the machine ends; resumes it if saving fails. @save: the file, or NULL. */
static enum machine_end run_or_save(struct machine *m, const char *save)
{
	enum machine_end end;
	bool keys;

	do {
		keys = terminal_open();
		greet(m, keys);
		end = machine_run(m, keys, save);
		terminal_close();
		say("%s", words_for(end));
	} while (end == MACHINE_SAVE && !save_machine(m, save));
	return end;
}

/*
 * Parses the command line and does all checks that do not need KVM. Exits with a message on error,
 * or after --help.
 */
static void prepare(struct options *options, int argc, char **argv, struct disk *disks)
{
	char error[FILES_ERROR];
	unsigned int i;

	if (!options_parse(options, argc, argv, error, sizeof(error)))
		fail("%s", error);
	if (options->help) {
		options_help();
		if (fflush(stdout) || ferror(stdout))
			fail("standard output: %s", strerror(errno));
		exit(0);
	}
	if (!files_are_apart(options, error))
		fail("%s", error);
	for (i = 0; i < options->nr_disks; i++)
		if (!disk_open(&disks[i], &options->disks[i], error))
			fail("%s", error);
}

/* Returns false after a message. */
static bool close_disks(struct disk *disks, unsigned int count)
{
	char error[FILES_ERROR];
	bool good = true;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (disk_close(&disks[i], error))
			continue;
		say("%s", error);
		good = false;
	}
	return good;
}

int main(int argc, char **argv)
{
	static struct machine machine;
	struct disk disks[MAX_DISKS];
	struct machine_config config;
	struct options options;
	struct saved saved;
	enum machine_end end;

	if (!standard_files_open())
		return STATUS_SETUP;
	prepare(&options, argc, argv, disks);
	/* terminal_show() reports a reader that has closed the pipe. */
	signal(SIGPIPE, SIG_IGN);
	config = (struct machine_config) {
		.cpus = options.cpus, .memory = options.memory, .gic = options.gic,
		.dialect = options.dialect, .console = options.console,
	};
	/* Only a GIC from KVM_CREATE_DEVICE lets user space read its state. */
	if (options.save)
		config.dialect = DIALECT_DEVATTR;

	if (options.restore)
		saved_open(&saved, options.restore, &config, disks, options.nr_disks);

	machine_block_signals();
	do {
		machine_create(&machine, &config, disks, options.nr_disks);
		if (options.restore) {
			saved_restore(&saved, &machine);
			saved_close(&saved);
		} else {
			machine_boot(&machine, &options);
		}
		end = run_or_save(&machine, options.save);
		if (options.stats != STATS_NONE)
			stats_print(&machine, options.stats == STATS_FULL);
		machine_destroy(&machine);
		/* A restored guest cannot be rebooted: its kernel file is unknown. */
	} while (end == MACHINE_RESET && !options.no_reboot && !options.restore);
	if (!close_disks(disks, options.nr_disks) && end != MACHINE_SIGNAL)
		return STATUS_VM;
	return status_of(&machine, end);
}
