// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

/* ---- opening ---- */

/**
 * struct file_kind - a kind of file
 * @type: value of st_mode's type bits
 * @kind: FILE_..., or 0 if no option takes it
 * @name: for messages
 */
static const struct file_kind {
	mode_t type;
	unsigned int kind;
	const char *name;
} file_kinds[] = {
	{ S_IFREG, FILE_REGULAR, "a regular file" },
	{ S_IFBLK, FILE_BLOCK, "a block device" },
	{ S_IFCHR, FILE_STREAM, "a character device" },
	{ S_IFIFO, FILE_STREAM, "a FIFO" },
	{ S_IFDIR, 0, "a directory" },
	{ S_IFSOCK, 0, "a socket" },
};

static const struct file_kind *kind_of(mode_t mode)
{
	static const struct file_kind unknown = { 0, 0, "another kind of file" };
	unsigned int i;

	for (i = 0; i < sizeof(file_kinds) / sizeof(file_kinds[0]); i++)
		if ((mode & S_IFMT) == file_kinds[i].type)
			return &file_kinds[i];
	return &unknown;
}

static bool is_of(unsigned int kinds, const char *option, const char *name, mode_t mode,
		  char error[FILES_ERROR])
{
	const struct file_kind *kind = kind_of(mode);

	if (kind->kind & kinds)
		return true;
	snprintf(error, FILES_ERROR, "%s %s: expected a regular file%s%s, got %s", option, name,
		 kinds & FILE_BLOCK ? " or a block device" : "",
		 kinds & FILE_STREAM ? ", a character device or a FIFO" : "", kind->name);
	return false;
}

static int refuse(int fd, const char *option, const char *name, char error[FILES_ERROR])
{
	snprintf(error, FILES_ERROR, "%s %s: %s", option, name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int file_open(const char *option, const char *name, int flags, unsigned int kinds,
	      struct stat *st, char error[FILES_ERROR])
{
	int fd;

	/* Check the kind before open(), which may block on a FIFO or act on a device. */
	if (stat(name, st))
		return refuse(-1, option, name, error);
	if (!is_of(kinds, option, name, st->st_mode, error))
		return -1;
	fd = open(name, flags | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st))
		return refuse(fd, option, name, error);
	/* The name may refer to another file by now. */
	if (!is_of(kinds, option, name, st->st_mode, error)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* ---- one file for two options ---- */

/**
 * struct named - a file that the program uses
 * @option:  the option that names the file
 * @name:    the file's name, or NULL
 * @written: the program changes or replaces the file
 * @exists:  the file exists, and @st is valid
 * @st:      status of the file
 */
struct named {
	const char *option, *name;
	bool written, exists;
	struct stat st;
};

static bool is_same(const struct named *a, const struct named *b)
{
	if (a->exists && b->exists)
		return a->st.st_dev == b->st.st_dev && a->st.st_ino == b->st.st_ino;
	return !a->exists && !b->exists && !strcmp(a->name, b->name);
}

/*
 * The file of standard output, to which the guest's console is written. Its name is unknown:
 * messages call it "standard output".
 */
static struct named standard_output(void)
{
	struct named file = {
		.option = "standard", .name = "output", .written = true,
	};

	file.exists = !fstat(STDOUT_FILENO, &file.st) && S_ISREG(file.st.st_mode);
	return file;
}

enum { SAVE, RESTORE, DTB, KERNEL, INITRD, STDOUT, FIRST_DISK };

static bool may_be_same(const struct named *files, const struct named *a, const struct named *b)
{
	if (!a->name || !b->name || !(a->written || b->written) || !is_same(a, b))
		return true;
	if (a == &files[SAVE] && b == &files[RESTORE])
		return true;
	/* A stream, such as /dev/null, may have several users without damage. */
	return a->exists && kind_of(a->st.st_mode)->kind == FILE_STREAM;
}

bool files_are_apart(const struct options *o, char error[FILES_ERROR])
{
	struct named files[FIRST_DISK + MAX_DISKS] = {
		[SAVE] = { .option = "--save", .name = o->save, .written = true },
		[RESTORE] = { .option = "--restore", .name = o->restore },
		[DTB] = { .option = "--dtb", .name = o->dtb_dump, .written = true },
		[KERNEL] = { .option = "--kernel", .name = o->kernel },
		[INITRD] = { .option = "--initrd", .name = o->initrd },
	};
	unsigned int count = FIRST_DISK + o->nr_disks, i, j;

	for (i = 0; i < o->nr_disks; i++)
		files[FIRST_DISK + i] = (struct named) {
			.option = "--disk", .name = o->disks[i].file,
			.written = !o->disks[i].read_only,
		};
	for (i = 0; i < count; i++)
		files[i].exists = files[i].name && !stat(files[i].name, &files[i].st);
	files[STDOUT] = standard_output();

	if (files[SAVE].exists &&
	    !is_of(FILE_REGULAR, "--save", o->save, files[SAVE].st.st_mode, error))
		return false;
	for (i = 0; i < count; i++) {
		for (j = i + 1; j < count; j++) {
			const struct named *a = &files[i], *b = &files[j];

			if (may_be_same(files, a, b))
				continue;
			snprintf(error, FILES_ERROR,
				 "%s %s: expected a file of its own, got that of %s %s", a->option,
				 a->name, b->option, b->name);
			return false;
		}
	}
	return true;
}

/* ---- writing ---- */

/* Makes a rename durable, which a power failure could otherwise undo. */
static bool sync_folder(const char *name)
{
	char *copy = strdup(name);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool good = fd >= 0;

	/* Not every file system supports this. */
	if (good && fsync(fd) && errno != EINVAL)
		good = false;
	if (fd >= 0)
		close(fd);
	free(copy);
	return good;
}

/* Chooses the names of a file and its replacement. Returns false if memory is short. */
static bool choose_names(struct output *o)
{
	o->target = realpath(o->name, NULL);
	if (!o->target)
		o->target = strdup(o->name);
	if (!o->target || asprintf(&o->unfinished, "%s.%d.new", o->target, getpid()) < 0)
		o->unfinished = NULL;
	return o->unfinished;
}

static void free_names(struct output *o)
{
	free(o->target);
	free(o->unfinished);
	*o = (struct output) { .option = o->option, .name = o->name };
}

bool output_begin(struct output *o, const char *option, const char *name, unsigned int kinds,
		  mode_t mode, char error[FILES_ERROR])
{
	struct stat st;
	int fd = -1;

	*o = (struct output) { .option = option, .name = name };
	if (!stat(name, &st) && !S_ISREG(st.st_mode)) {
		if (!is_of(kinds, option, name, st.st_mode, error))
			return false;
		fd = open(name, O_WRONLY | O_CLOEXEC);
	} else if (choose_names(o)) {
		fd = open(o->unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	}
	o->file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (o->file)
		return true;
	refuse(fd, option, name, error);
	free_names(o);
	return false;
}

bool output_end(struct output *o, char error[FILES_ERROR])
{
	bool good = !ferror(o->file) && !fflush(o->file) &&
		    (!o->unfinished || !fsync(fileno(o->file)));
	int why = errno;

	if (fclose(o->file) && good) {
		why = errno;
		good = false;
	}
	if (good && o->unfinished) {
		good = !rename(o->unfinished, o->target) && sync_folder(o->target);
		why = errno;
	}
	if (!good) {
		snprintf(error, FILES_ERROR, "%s %s: %s", o->option, o->name, strerror(why));
		if (o->unfinished)
			unlink(o->unfinished);
	}
	free_names(o);
	return good;
}

void output_abandon(struct output *o)
{
	fclose(o->file);
	if (o->unfinished)
		unlink(o->unfinished);
	free_names(o);
}
