// SPDX-License-Identifier: GPL-2.0-only
/* Reads the files of a guest into the places that loader.c chooses. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "loader.h"

/**
 * struct file - an open file
 * @option: the option that named it, for messages
 * @name:   its name
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
	struct stat st;

	file.fd = open(name, O_RDONLY | O_CLOEXEC);
	if (file.fd < 0 || fstat(file.fd, &st))
		fail("%s %s: %s", option, name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		fail("%s %s: expected a regular file", option, name);
	if (!st.st_size)
		fail("%s %s: is empty", option, name);
	file.size = st.st_size;
	return file;
}

static void read_all(const struct file *file, void *to, uint64_t size)
{
	uint64_t done = 0;

	while (done < size) {
		ssize_t part = pread(file->fd, (char *)to + done, size - done, done);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			fail("%s %s: %s", file->option, file->name, strerror(errno));
		if (!part)
			fail("%s %s: was truncated while it was read", file->option,
			     file->name);
		done += part;
	}
}

void load_guest(const struct guest_memory *memory, const char *kernel, const char *initrd,
		bool is_64bit, struct layout *layout)
{
	struct file image_file = open_file("--kernel", kernel), initrd_file = { .fd = -1 };
	struct image image;
	uint8_t head[64] = { 0 };
	const char *wrong;

	if (initrd)
		initrd_file = open_file("--initrd", initrd);
	read_all(&image_file, head,
		 image_file.size < sizeof(head) ? image_file.size : sizeof(head));
	wrong = image_parse(&image, head, image_file.size);
	if (wrong)
		fail("--kernel %s: %s", kernel, wrong);
	if (image.is_64bit != is_64bit)
		fail("--kernel %s: is for %s: expected one for %s, like this host's KVM", kernel,
		     image.is_64bit ? "arm64" : "32-bit ARM", is_64bit ? "arm64" : "32-bit ARM");
	wrong = layout_make(layout, &image, image_file.size, initrd_file.size, memory->base,
			    memory->size);
	if (wrong)
		fail("--kernel %s: %s", kernel, wrong);
	read_all(&image_file, guest_range(memory, layout->entry, image_file.size),
		 image_file.size);
	close(image_file.fd);
	if (!initrd)
		return;
	read_all(&initrd_file, guest_range(memory, layout->initrd, initrd_file.size),
		 initrd_file.size);
	close(initrd_file.fd);
}
