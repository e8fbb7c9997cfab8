// SPDX-License-Identifier: GPL-2.0-only
#include "loader.h"

#define MIB		(1ULL << 20)

/*
 * The device tree and the initramfs go to the end of the first REACH bytes of memory, or of all
 * memory if it is smaller. Every kernel maps these bytes early; in a 32-bit kernel they are low
 * memory.
 */
#define REACH		(512 * MIB)
#define DTB_ALIGN	(2 * MIB)
#define PAGE		4096ULL

/* Returns the message for a part that does not fit into @memory bytes. */
static const char *no_room(uint64_t memory, const char *too_little, const char *too_large)
{
	return memory < REACH ? too_little : too_large;
}

const char *layout_make(struct layout *layout, const struct image *image,
			uint64_t image_size, uint64_t initrd_size, uint64_t base,
			uint64_t memory)
{
	uint64_t reach = memory < REACH ? memory : REACH;
	uint64_t top = reach - DTB_ALIGN;
	uint64_t end = image->offset + image->need;

	*layout = (struct layout) { .entry = base + image->offset, .dtb = base + top };
	if (reach < DTB_ALIGN || image_size > image->need || end > top)
		return no_room(memory,
			       "does not fit into the guest's memory: expected a larger --memory",
			       "does not fit into the guest's first 512 MiB: it is too large");
	layout->initrd_size = initrd_size;
	layout->initrd = base + ((top - initrd_size) & ~(PAGE - 1));
	if (initrd_size > top - end || layout->initrd < base + end)
		return no_room(memory,
			       "leaves no room for the initramfs: expected a larger --memory",
			       "leaves no room for the initramfs in the guest's first 512 MiB");
	return NULL;
}
