// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/files.c, disk.c and standard_files.c: opening, replacing and locking files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/fs.h>

#include <kselftest_harness.h>

#include "../closed_files.h"
#include "disk.h"
#include "files.h"
#include "standard_files.h"

static char error[FILES_ERROR];

/* Each test has an empty folder as its working directory. */
FIXTURE(folder) {
	char name[32];
};

FIXTURE_SETUP(folder)
{
	strcpy(self->name, "/tmp/vgic-run-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->name));
	ASSERT_EQ(0, chdir(self->name));
	strcpy(error, "(no error)");
}

FIXTURE_TEARDOWN(folder)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", self->name);
	EXPECT_EQ(0, chdir("/"));
	EXPECT_EQ(0, system(command));
}

static void make_file(const char *name, const char *content, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (write(fd, content, size) != (ssize_t)size)
		abort();
	close(fd);
}

static const char *content_of(const char *name)
{
	static char text[2048];
	int fd = open(name, O_RDONLY);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[got < 0 ? 0 : got] = '\0';
	return text;
}

static bool error_has(const char *words)
{
	return strstr(error, words);
}

/* ---- standard files ---- */

TEST(closed_standard_files)
{
	unsigned int closed;

	for (closed = 0; closed < 8; closed++)
		EXPECT_LE(3, next_file(closed, standard_files_open));
}

/* ---- opening ---- */

TEST_F(folder, kinds)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	static const struct {
		const char *name, *words;
		unsigned int kinds;
	} wrong[] = {
		{ "nowhere", "--kernel nowhere: No such file or directory", FILE_REGULAR },
		{ ".", "--kernel .: expected a regular file, got a directory", FILE_REGULAR },
		{ ".", "expected a regular file or a block device, got a directory",
		  FILE_REGULAR | FILE_BLOCK },
		{ "/dev/null", "got a character device", FILE_REGULAR | FILE_BLOCK },
		{ "fifo", "got a FIFO", FILE_REGULAR },
		{ "socket", "got a socket", FILE_REGULAR | FILE_BLOCK | FILE_STREAM },
	};
	struct stat st;
	unsigned int i;
	int fd;

	ASSERT_EQ(0, mkfifo("fifo", 0600));
	ASSERT_EQ(0, bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, sizeof(address)));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-1, file_open("--kernel", wrong[i].name, O_RDONLY, wrong[i].kinds, &st,
					error));
		EXPECT_TRUE(error_has(wrong[i].words)) TH_LOG("got '%s'", error);
	}
	make_file("file", "text", 4);
	fd = file_open("--kernel", "file", O_RDONLY, FILE_REGULAR, &st, error);
	EXPECT_LE(3, fd);
	EXPECT_EQ(4, st.st_size);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	close(fd);
}

/* ---- the same file in two options ---- */

static struct options options_with(const char *save, const char *restore, const char *dtb,
				   const char *kernel, const char *disk, bool read_only)
{
	struct options o = {
		.save = save, .restore = restore, .dtb_dump = dtb, .kernel = kernel,
		.disks = { { .file = disk, .read_only = read_only } },
		.nr_disks = disk ? 1 : 0,
	};

	return o;
}

TEST_F(folder, files_are_apart)
{
	struct options o;

	make_file("a", "a", 1);
	make_file("b", "b", 1);
	ASSERT_EQ(0, link("a", "hard"));
	ASSERT_EQ(0, symlink("a", "soft"));

#define APART(...) (o = options_with(__VA_ARGS__), files_are_apart(&o, error))
	EXPECT_TRUE(APART("new", NULL, "tree", "a", "b", false));
	EXPECT_TRUE(APART(NULL, NULL, NULL, "a", "a", true));
	EXPECT_TRUE(APART("a", "a", NULL, NULL, "b", false));
	EXPECT_TRUE(APART(NULL, NULL, "/dev/null", "a", "b", false));

	EXPECT_FALSE(APART("hard", NULL, NULL, "b", "a", false));
	EXPECT_TRUE(error_has("--save hard: expected a file of its own, got that of --disk a"));
	EXPECT_FALSE(APART("b", NULL, NULL, "b", "a", false));
	EXPECT_FALSE(APART(NULL, NULL, "soft", "b", "a", true));
	EXPECT_FALSE(APART(NULL, NULL, "soft", "a", "b", true));
	EXPECT_FALSE(APART("new", NULL, "new", "a", "b", true));
	EXPECT_FALSE(APART(NULL, NULL, NULL, "soft", "a", false));
	EXPECT_FALSE(APART(NULL, "a", NULL, NULL, "a", false));
}

TEST_F(folder, two_disks_of_one_file)
{
	struct options o = options_with(NULL, NULL, NULL, "kernel", "a", false);

	make_file("a", "a", 1);
	o.disks[o.nr_disks++] = (struct disk_option) { "a", true };
	EXPECT_FALSE(files_are_apart(&o, error));
	o.disks[0].read_only = true;
	EXPECT_TRUE(files_are_apart(&o, error));
}

TEST_F(folder, no_device_is_replaced)
{
	struct options o = options_with("/dev/null", NULL, NULL, "kernel", NULL, false);

	EXPECT_FALSE(files_are_apart(&o, error));
	EXPECT_TRUE(error_has("--save /dev/null: expected a regular file, got a character device"));
}

/* `vgic-run --disk disk >disk` and `--dtb /dev/stdout >file`. */
TEST_F(folder, output_of_its_own)
{
	struct options o = options_with(NULL, NULL, NULL, "kernel", "a", false);
	int before = dup(STDOUT_FILENO), to;
	bool disk, tree;

	make_file("a", "a", 1);
	fflush(stdout);
	to = open("a", O_WRONLY);
	dup2(to, STDOUT_FILENO);
	disk = files_are_apart(&o, error);
	o = options_with(NULL, NULL, "/dev/stdout", "kernel", NULL, false);
	tree = files_are_apart(&o, error);
	dup2(before, STDOUT_FILENO);
	EXPECT_FALSE(disk);
	EXPECT_FALSE(tree);
	EXPECT_TRUE(error_has("standard output"));
}

/* ---- writing ---- */

static unsigned int count_files(void)
{
	FILE *pipe = popen("ls -A | wc -l", "r");
	unsigned int count = 0;

	if (fscanf(pipe, "%u", &count) != 1)
		abort();
	pclose(pipe);
	return count;
}

TEST_F(folder, written_as_a_whole)
{
	struct output output;
	struct stat st;

	umask(022);
	make_file("saved", "old", 3);
	ASSERT_TRUE(output_begin(&output, "--save", "saved", FILE_REGULAR, 0600, error));
	fputs("new", output.file);
	fflush(output.file);
	EXPECT_STREQ("old", content_of("saved"));
	ASSERT_TRUE(output_end(&output, error));
	EXPECT_STREQ("new", content_of("saved"));
	EXPECT_EQ(1, count_files());
	ASSERT_EQ(0, stat("saved", &st));
	EXPECT_EQ(0600, st.st_mode & 07777);

	ASSERT_TRUE(output_begin(&output, "--save", "saved", FILE_REGULAR, 0600, error));
	fputs("newer", output.file);
	output_abandon(&output);
	EXPECT_STREQ("new", content_of("saved"));
	EXPECT_EQ(1, count_files());
}

TEST_F(folder, behind_a_link)
{
	struct output output;
	struct stat st;

	ASSERT_EQ(0, mkdir("there", 0700));
	make_file("there/saved", "old", 3);
	ASSERT_EQ(0, symlink("there/saved", "link"));
	ASSERT_TRUE(output_begin(&output, "--save", "link", FILE_REGULAR, 0600, error));
	fputs("new", output.file);
	ASSERT_TRUE(output_end(&output, error));
	EXPECT_STREQ("new", content_of("there/saved"));
	ASSERT_EQ(0, lstat("link", &st));
	EXPECT_TRUE(S_ISLNK(st.st_mode));
}

TEST_F(folder, errors_of_writing)
{
	struct output output;

	EXPECT_FALSE(output_begin(&output, "--save", "no/such", FILE_REGULAR, 0600, error));
	EXPECT_TRUE(error_has("--save no/such: No such file or directory"));
	EXPECT_FALSE(output_begin(&output, "--save", ".", FILE_REGULAR, 0600, error));
	EXPECT_TRUE(error_has("got a directory"));
	EXPECT_FALSE(output_begin(&output, "--save", "/dev/null", FILE_REGULAR, 0600, error));

	/* A stream is written in place. */
	ASSERT_TRUE(output_begin(&output, "--dtb", "/dev/full", FILE_REGULAR | FILE_STREAM, 0600,
				 error));
	fputs("text", output.file);
	EXPECT_FALSE(output_end(&output, error));
	EXPECT_TRUE(error_has("--dtb /dev/full: No space left on device"));
	ASSERT_TRUE(output_begin(&output, "--dtb", "/dev/null", FILE_REGULAR | FILE_STREAM, 0600,
				 error));
	EXPECT_TRUE(output_end(&output, error));
	EXPECT_EQ(0, count_files());
}

/* ---- disks ---- */

static bool open_disk(struct disk *disk, const char *name, bool read_only)
{
	struct disk_option option = { name, read_only };

	return disk_open(disk, &option, error);
}

TEST_F(folder, disk_sizes)
{
	static const char zeros[1024];
	struct disk disk;

	make_file("empty", "", 0);
	make_file("odd", zeros, 100);
	make_file("large", zeros, 1023);
	make_file("disk", zeros, 1024);
	EXPECT_FALSE(open_disk(&disk, "empty", false));
	EXPECT_TRUE(error_has("--disk empty: expected a multiple of 512 bytes, got 0"));
	EXPECT_FALSE(open_disk(&disk, "odd", true));
	EXPECT_TRUE(error_has("got 100"));
	EXPECT_FALSE(open_disk(&disk, "large", false));
	EXPECT_FALSE(open_disk(&disk, ".", false));
	EXPECT_TRUE(error_has("expected a regular file or a block device, got a directory"));
	EXPECT_FALSE(open_disk(&disk, "/dev/zero", false));
	ASSERT_TRUE(open_disk(&disk, "disk", false)) TH_LOG("got '%s'", error);
	EXPECT_EQ(1024, disk.size);
	EXPECT_TRUE(disk_close(&disk, error));
}

/* Larger than 4 GiB: a 32-bit off_t would truncate the size. */
TEST_F(folder, large_disk)
{
	int fd = open("disk", O_WRONLY | O_CREAT, 0600);
	struct disk disk;

	ASSERT_EQ(0, ftruncate(fd, (5LL << 30) + 512));
	close(fd);
	ASSERT_TRUE(open_disk(&disk, "disk", true));
	EXPECT_EQ((5ULL << 30) + 512, disk.size);
	disk_close(&disk, error);
}

/*
 * The error message for missing write permission names ':ro'. The child is not root, because root
 * may write to all files.
 */
TEST_F(folder, disk_not_writable)
{
	static const char zeros[512];
	struct disk disk;
	int status;
	pid_t child;

	make_file("disk", zeros, 512);
	ASSERT_EQ(0, chmod("disk", 0444));
	ASSERT_EQ(0, chmod(".", 0755));
	child = fork();
	if (!child) {
		if (!geteuid() && setuid(65534))
			_exit(1);
		if (open_disk(&disk, "disk", false) ||
		    !error_has("Permission denied; ':ro' opens it read-only"))
			_exit(2);
		_exit(open_disk(&disk, "disk", true) ? 0 : 3);
	}
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
}

/* Opens the disk in another process. */
static bool other_process_opens(const char *name, bool read_only)
{
	struct disk disk;
	int status;
	pid_t child = fork();

	if (!child)
		_exit(open_disk(&disk, name, read_only) ? 0 :
		      error_has("is in use as another disk") ? 1 : 2);
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) == 2)
		abort();
	return !status;
}

TEST_F(folder, locks)
{
	static const char zeros[512];
	struct disk disk, second;

	make_file("disk", zeros, 512);
	ASSERT_TRUE(open_disk(&disk, "disk", false));
	EXPECT_FALSE(other_process_opens("disk", false));
	EXPECT_FALSE(other_process_opens("disk", true));
	EXPECT_FALSE(open_disk(&second, "disk", false));
	disk_close(&disk, error);

	ASSERT_TRUE(open_disk(&disk, "disk", true));
	EXPECT_TRUE(other_process_opens("disk", true));
	EXPECT_FALSE(other_process_opens("disk", false));
	EXPECT_TRUE(open_disk(&second, "disk", true));
	disk_close(&second, error);
	EXPECT_FALSE(other_process_opens("disk", false));
	disk_close(&disk, error);
	EXPECT_TRUE(other_process_opens("disk", false));
}

/* ---- block devices ---- */

/**
 * struct fake - while @on, files look like block devices
 * @claimed:   O_EXCL fails, as for a mounted device
 * @read_only: the result of BLKROGET
 * @flags:     the flags of the last open()
 * @size:      bytes
 */
static struct {
	bool on, claimed;
	int read_only, flags;
	uint64_t size;
} fake;

/* These functions replace those of the C library. */
int stat(const char *name, struct stat *st)
{
	int ret = fstatat(AT_FDCWD, name, st, 0);

	if (!ret && fake.on)
		st->st_mode = S_IFBLK | 0600;
	return ret;
}

int fstat(int fd, struct stat *st)
{
	int ret = fstatat(fd, "", st, AT_EMPTY_PATH);

	if (!ret && fake.on)
		st->st_mode = S_IFBLK | 0600;
	return ret;
}

int open(const char *name, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	fake.flags = flags;
	if (fake.on && fake.claimed && flags & O_EXCL) {
		errno = EBUSY;
		return -1;
	}
	return openat(AT_FDCWD, name, flags, mode);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *to;

	(void)fd;
	va_start(arguments, request);
	to = va_arg(arguments, void *);
	va_end(arguments);
	if (fake.on && request == BLKGETSIZE64)
		*(uint64_t *)to = fake.size;
	else if (fake.on && request == BLKROGET)
		*(int *)to = fake.read_only;
	else
		abort();
	return 0;
}

TEST_F(folder, block_device)
{
	struct disk disk;

	make_file("device", "", 0);
	fake.on = true;
	EXPECT_FALSE(open_disk(&disk, "device", false));
	EXPECT_TRUE(error_has("expected a multiple of 512 bytes, got 0"));
	fake.size = (5ULL << 30) + 512;
	ASSERT_TRUE(open_disk(&disk, "device", false)) TH_LOG("got '%s'", error);
	EXPECT_EQ(fake.size, disk.size);
	EXPECT_EQ(O_EXCL, fake.flags & O_EXCL);
	/* The device is locked like a file. */
	EXPECT_FALSE(other_process_opens("device", false));
	disk_close(&disk, error);
	fake.size++;
	EXPECT_FALSE(open_disk(&disk, "device", false));
}

TEST_F(folder, block_device_in_use)
{
	struct disk disk;

	make_file("device", "", 0);
	fake.on = fake.claimed = true;
	fake.size = 512;
	EXPECT_FALSE(open_disk(&disk, "device", false));
	EXPECT_TRUE(error_has("--disk device: Device or resource busy: it is mounted"));
	/* A device in use may be read. */
	EXPECT_TRUE(open_disk(&disk, "device", true));
	disk_close(&disk, error);
}

TEST_F(folder, block_device_read_only)
{
	struct disk disk;

	make_file("device", "", 0);
	fake.on = true;
	fake.size = 512;
	fake.read_only = 1;
	EXPECT_FALSE(open_disk(&disk, "device", false));
	EXPECT_TRUE(error_has("append ':ro' to its name"));
	EXPECT_TRUE(open_disk(&disk, "device", true));
	disk_close(&disk, error);
}

TEST_HARNESS_MAIN
