// SPDX-License-Identifier: GPL-2.0-only
/* Reads the files of a guest into the places that loader.c chooses. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "files.h"
#include "loader.h"

/**
 * struct file - an open file
 * @option: the option that named it, for messages
 * @name:   file name
 * @fd:     file descriptor
 * @size:   bytes, more than 0
 */
struct file {
	const char *option, *name;
	int fd;
	uint64_t size;
};

static struct file open_file(const char *option, const char *name)
{
	struct file file = { .option = option, .name = name };
	char error[FILES_ERROR];
	struct stat st;

	file.fd = file_open(option, name, O_RDONLY, FILE_REGULAR, &st, error);
	if (file.fd < 0)
		fail("%s", error);
	if (!st.st_size)
		fail("%s %s: is empty", option, name);
	file.size = st.st_size;
	return file;
}

static void read_all(const struct file *file, void *to)
{
	uint64_t done = 0;

	while (done < file->size) {
		ssize_t part = pread(file->fd, (char *)to + done, file->size - done, done);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			fail("%s %s: %s", file->option, file->name, strerror(errno));
		if (!part)
			fail("%s %s: was truncated while it was read", file->option,
			     file->name);
		done += part;
	}
	close(file->fd);
}

/* Parses the kernel and checks that the vCPUs can run it. Exits with a message if not. */
static void check_kernel(const char *name, struct image *image, const void *bytes, size_t size,
			 const struct guest_cpu *cpu)
{
	const char *wrong = image_parse(image, bytes, size);

	if (wrong)
		fail("--kernel %s: %s", name, wrong);
	if (image->is_64bit != cpu->is_64bit)
		fail("--kernel %s: is for %s: expected a kernel for %s, like this host's KVM", name,
		     image->is_64bit ? "arm64" : "32-bit ARM",
		     cpu->is_64bit ? "arm64" : "32-bit ARM");
	wrong = cpu->has_mmfr0 ? image_check_cpu(image, cpu->mmfr0) : NULL;
	if (wrong)
		fail("--kernel %s: %s", name, wrong);
}

void load_guest(const struct guest_memory *memory, const char *kernel, const char *initrd,
		const struct guest_cpu *cpu, struct layout *layout)
{
	struct file image_file = open_file("--kernel", kernel), initrd_file = { .fd = -1 };
	struct image image;
	const char *wrong;
	void *bytes;

	if (initrd)
		initrd_file = open_file("--initrd", initrd);
	/* The headers may refer to any part of the file, so all of it is read. */
	bytes = image_file.size <= IMAGE_MOST ? malloc(image_file.size) : NULL;
	if (!bytes)
		fail("--kernel %s: expected a kernel image, got %llu MiB", kernel,
		     (unsigned long long)image_file.size >> 20);
	read_all(&image_file, bytes);
	check_kernel(kernel, &image, bytes, image_file.size, cpu);
	wrong = layout_make(layout, &image, image_file.size, initrd_file.size, memory->base,
			    memory->size);
	if (wrong)
		fail("--kernel %s: %s", kernel, wrong);
	memcpy(guest_range(memory, layout->entry, image_file.size), bytes, image_file.size);
	free(bytes);
	if (initrd)
		read_all(&initrd_file, guest_range(memory, layout->initrd, initrd_file.size));
}
