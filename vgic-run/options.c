// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define MIB		(1ULL << 20)
#define MEMORY_STEP	(2 * MIB)
#define MEMORY_LEAST	(64 * MIB)
#define MEMORY_MOST	(64ULL << 30)
#define APPEND_MOST	2047	/* bytes: arm64's COMMAND_LINE_SIZE without the 0 */

const char *const dialect_names[] = { "auto", "seed", "legacy", "devattr", NULL };
static const char *const console_names[] = { "pl011", "virtio", NULL };
static const char *const stats_names[] = { "none", "short", "full", NULL };
static const char *const gic_names[] = { "auto", "2", "3", NULL };
static const unsigned int gic_versions[] = { 0, 2, 3 };

/* ---- values: each function returns NULL, or the words after "expected" ---- */

/* Looks @value up in @names, which end with NULL. Returns false if @value is not found. */
static bool take_word(const char *const *names, const char *value, unsigned int *index)
{
	for (*index = 0; names[*index]; (*index)++)
		if (!strcmp(names[*index], value))
			return true;
	return false;
}

static const char *take_file(struct options *o, const char *value, const char **file)
{
	(void)o;
	if (!*value)
		return "the name of a file";
	if (*file)
		return "at most one such option";
	*file = value;
	return NULL;
}

static const char *take_kernel(struct options *o, const char *value)
{
	return take_file(o, value, &o->kernel);
}

static const char *take_initrd(struct options *o, const char *value)
{
	return take_file(o, value, &o->initrd);
}

static const char *take_save(struct options *o, const char *value)
{
	return take_file(o, value, &o->save);
}

static const char *take_restore(struct options *o, const char *value)
{
	return take_file(o, value, &o->restore);
}

static const char *take_dtb_dump(struct options *o, const char *value)
{
	return take_file(o, value, &o->dtb_dump);
}

static const char *take_append(struct options *o, const char *value)
{
	const char *c;

	if (strlen(value) > APPEND_MOST)
		return "at most 2047 bytes";
	for (c = value; *c; c++)
		if ((unsigned char)*c < ' ')
			return "text without control characters";
	o->append = value;
	return NULL;
}

/*
 * Parses leading decimal digits into *@number. Returns the first character after them, or NULL
 * if there are none or the number is too large.
 */
static const char *take_digits(const char *value, uint64_t *number)
{
	const char *c;

	*number = 0;
	for (c = value; *c >= '0' && *c <= '9'; c++) {
		if (*number > UINT64_MAX / 10 - 1)
			return NULL;
		*number = *number * 10 + (*c - '0');
	}
	return c == value ? NULL : c;
}

static const char *take_cpus(struct options *o, const char *value)
{
	uint64_t number;
	const char *end = take_digits(value, &number);

	if (!end || *end || !number || number > MAX_CPUS)
		return "a number from 1 to 8";
	o->cpus = number;
	return NULL;
}

static const char *take_memory(struct options *o, const char *value)
{
	static const char expected[] =
		"a size such as 256M or 1G, from 64M to 64G and a multiple of 2M";
	uint64_t number, unit = 1;
	const char *end = take_digits(value, &number);

	if (!end)
		return expected;
	switch (*end) {
	case 'K': case 'k':
		unit = 1ULL << 10;
		break;
	case 'M': case 'm':
		unit = MIB;
		break;
	case 'G': case 'g':
		unit = 1ULL << 30;
		break;
	case '\0':
		break;
	default:
		return expected;
	}
	if ((*end && end[1]) || number > MEMORY_MOST / unit)
		return expected;
	number *= unit;
	if (number < MEMORY_LEAST || number % MEMORY_STEP)
		return expected;
	o->memory = number;
	return NULL;
}

static const char *take_disk(struct options *o, const char *value)
{
	static const char suffix[] = ":ro";
	size_t length = strlen(value), end = strlen(suffix);
	struct disk_option *disk;

	if (o->nr_disks == MAX_DISKS)
		return "at most 4 disks";
	disk = &o->disks[o->nr_disks];
	disk->read_only = length > end && !strcmp(value + length - end, suffix);
	disk->file = disk->read_only ? strndup(value, length - end) : value;
	if (!disk->file || !*disk->file)
		return "the name of a file";
	o->nr_disks++;
	return NULL;
}

static const char *take_dialect(struct options *o, const char *value)
{
	unsigned int index;

	if (!take_word(dialect_names, value, &index))
		return "auto, seed, legacy or devattr";
	o->dialect = index;
	return NULL;
}

static const char *take_gic(struct options *o, const char *value)
{
	unsigned int index;

	if (!take_word(gic_names, value, &index))
		return "auto, 2 or 3";
	o->gic = gic_versions[index];
	return NULL;
}

static const char *take_console(struct options *o, const char *value)
{
	unsigned int index;

	if (!take_word(console_names, value, &index))
		return "pl011 or virtio";
	o->console = index;
	return NULL;
}

static const char *take_stats(struct options *o, const char *value)
{
	unsigned int index;

	if (!take_word(stats_names, value, &index))
		return "none, short or full";
	o->stats = index;
	return NULL;
}

static const char *take_no_reboot(struct options *o, const char *value)
{
	(void)value;
	o->no_reboot = true;
	return NULL;
}

static const char *take_help(struct options *o, const char *value)
{
	(void)value;
	o->help = true;
	return NULL;
}

/**
 * struct option_row - one option
 * @name:  with its dashes
 * @value: name of the option's value in --help; NULL: the option takes no value
 * @take:  checks and stores the value
 * @boots: configures a guest that boots, so the option excludes --restore
 * @help:  lines for --help
 */
static const struct option_row {
	const char *name, *value;
	const char *(*take)(struct options *o, const char *value);
	bool boots;
	const char *help;
} rows[] = {
	{ "--kernel", "FILE", take_kernel, true,
	  "the kernel to boot: a 32-bit zImage or a 64-bit Image" },
	{ "--initrd", "FILE", take_initrd, true, "the guest's initramfs" },
	{ "--append", "WORDS", take_append, true,
	  "added to the guest kernel's command line" },
	{ "--cpus", "N", take_cpus, true, "number of vCPUs, 1 to 8. Default: 1" },
	{ "--memory", "SIZE", take_memory, true,
	  "the guest's memory, with the suffix K, M or G. Default: 256M" },
	{ "--gic", "VERSION", take_gic, true,
	  "the guest's GIC: 2, 3, or auto for 2 if the host offers it, and\n"
	  "otherwise 3. Default: auto" },
	{ "--dialect", "DIALECT", take_dialect, true,
	  "the call that sets the GIC's addresses: seed, legacy, devattr, or\n"
	  "auto for the first of devattr, legacy and seed that the host has.\n"
	  "Default: auto" },
	{ "--disk", "FILE[:ro]", take_disk, false,
	  "a virtio disk; up to four, /dev/vda to /dev/vdd" },
	{ "--console", "CONSOLE", take_console, true,
	  "the console that gets keyboard input: pl011 (ttyAMA0) or virtio\n"
	  "(hvc0). The output of both is shown. Default: pl011" },
	{ "--stats", "HOW", take_stats, false,
	  "exit counts at the end: none, short or full. Default: short" },
	{ "--no-reboot", NULL, take_no_reboot, false,
	  "end when the guest reboots" },
	{ "--save", "FILE", take_save, false,
	  "file to which Ctrl-A s or SIGUSR2 saves the guest, which then ends" },
	{ "--restore", "FILE", take_restore, false,
	  "continue a saved guest, with the same disks" },
	{ "--dtb", "FILE", take_dtb_dump, true,
	  "also write the guest's device tree to FILE" },
	{ "--help", NULL, take_help, false, "show this help" },
};

#define NR_ROWS	(sizeof(rows) / sizeof(rows[0]))

void options_help(void)
{
	unsigned int i;

	puts("usage: vgic-run --kernel FILE [OPTION...]\n"
	     "       vgic-run --restore FILE [OPTION...]\n"
	     "\n"
	     "Boots Linux in a VM of this machine's KVM, with its console on this terminal.\n");
	for (i = 0; i < NR_ROWS; i++) {
		const char *line = rows[i].help, *end;
		char name[40];

		snprintf(name, sizeof(name), "%s %s", rows[i].name,
			 rows[i].value ? rows[i].value : "");
		while ((end = strchr(line, '\n'))) {
			printf("  %-20s %.*s\n", name, (int)(end - line), line);
			name[0] = '\0';
			line = end + 1;
		}
		printf("  %-20s %s\n", name, line);
	}
	puts("\n"
	     "Keys: Ctrl-A x ends the guest at once, Ctrl-A s saves it (see --save), Ctrl-A i\n"
	     "shows exit counts, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A h shows help. All other\n"
	     "keys, including Ctrl-C, go to the guest. If standard input is not a terminal,\n"
	     "all bytes go to the guest.\n"
	     "\n"
	     "SIGUSR1 shows exit counts, too, and says if the guest has made none.\n"
	     "\n"
	     "A disk is a file or a block device. While it is in use, no other vgic-run can\n"
	     "write to it.\n"
	     "\n"
	     "Exit status: 0 if the guest powered off, was saved, or was ended by key; 1 if the\n"
	     "VM or standard output failed; 2 if the VM could not be started; 128 + n if\n"
	     "signal n ended it.");
}

/* ---- the command line ---- */

static const struct option_row *find_row(const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < NR_ROWS; i++)
		if (strlen(rows[i].name) == length && !strncmp(rows[i].name, name, length))
			return &rows[i];
	return NULL;
}

/* Checks combinations of options. @boots: an option that --restore excludes, or NULL. */
static bool check_whole(const struct options *o, const char *boots, char *error, size_t size)
{
	if (!o->kernel && !o->restore)
		snprintf(error, size, "expected --kernel FILE or --restore FILE; see --help");
	else if (o->restore && boots)
		snprintf(error, size, "%s: expected no such option with --restore %s", boots,
			 o->restore);
	else if (o->gic == 3 && o->dialect != DIALECT_AUTO && o->dialect != DIALECT_DEVATTR)
		snprintf(error, size,
			 "--dialect %s: expected devattr, the only dialect for a GICv3",
			 dialect_names[o->dialect]);
	else if (o->save && o->dialect != DIALECT_AUTO && o->dialect != DIALECT_DEVATTR)
		snprintf(error, size,
			 "--dialect %s: expected devattr, the only dialect that --save supports",
			 dialect_names[o->dialect]);
	else
		return true;
	return false;
}

bool options_parse(struct options *o, int argc, char **argv, char *error, size_t error_size)
{
	const char *boots = NULL, *expected, *value;
	const struct option_row *row;
	size_t length;
	int arg;

	*o = (struct options) { .cpus = 1, .memory = 256 * MIB, .append = "",
				.stats = STATS_SHORT };
	for (arg = 1; arg < argc; arg++) {
		length = strcspn(argv[arg], "=");
		row = find_row(argv[arg], length);
		if (!row) {
			snprintf(error, error_size,
				 "%s: expected one of the options that --help lists", argv[arg]);
			return false;
		}
		value = argv[arg][length] ? argv[arg] + length + 1 : NULL;
		if (!row->value && value) {
			snprintf(error, error_size, "%s: expected no value", row->name);
			return false;
		}
		if (row->value && !value)
			value = argv[++arg];	/* argv ends with NULL */
		if (row->value && !value) {
			snprintf(error, error_size, "%s: expected %s after it", row->name,
				 row->value);
			return false;
		}
		expected = row->take(o, value);
		if (expected) {
			snprintf(error, error_size, "%s: expected %s, got '%s'", row->name,
				 expected, value);
			return false;
		}
		if (row->boots)
			boots = row->name;
	}
	return o->help || check_whole(o, boots, error, error_size);
}
