// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "save_file.h"

#define MAGIC		"VGICRUN"	/* and a 0 */

#ifdef __aarch64__
#define ARCHITECTURE	64
#else
#define ARCHITECTURE	32
#endif

struct header {
	char magic[8];
	uint32_t version;
	uint32_t architecture;
	uint64_t size;		/* of the file, in bytes */
};

struct section_header {
	uint32_t type;
	uint32_t instance;
	uint64_t size;
};

struct trailer {
	uint32_t crc;
	uint32_t zero;
};

static uint64_t padding(uint64_t size)
{
	return -size & 7;
}

/* ---- checksum: CRC-32 as in IEEE 802.3, the low bit first ---- */

uint32_t crc32_add(uint32_t crc, const void *start, uint64_t size)
{
	static uint32_t table[256];
	const uint8_t *bytes = start;
	unsigned int i, bit;

	if (!table[1]) {
		for (i = 0; i < 256; i++) {
			uint32_t value = i;

			for (bit = 0; bit < 8; bit++)
				value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
			table[i] = value;
		}
	}
	crc = ~crc;
	while (size--)
		crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
	return ~crc;
}

/* ---- writing ---- */

void save_put(struct save_writer *w, const void *bytes, uint64_t size)
{
	if (w->good && fwrite(bytes, 1, size, w->file) != size)
		w->good = false;
	w->crc = crc32_add(w->crc, bytes, size);
	w->bytes += size;
}

void save_pad(struct save_writer *w)
{
	static const uint8_t zeros[8];

	save_put(w, zeros, padding(w->bytes));
}

void save_section(struct save_writer *w, enum save_type type, uint32_t instance, uint64_t size)
{
	struct section_header section = { .type = type, .instance = instance, .size = size };

	save_put(w, &section, sizeof(section));
}

/*
 * The header has the file's size, which is known only at the end, so the checksum covers the
 * header last.
 */
static void put_header(struct save_writer *w, uint64_t size)
{
	struct header header = {
		.magic = MAGIC, .version = SAVE_VERSION, .architecture = ARCHITECTURE,
		.size = size,
	};

	if (w->good && fwrite(&header, 1, sizeof(header), w->file) != sizeof(header))
		w->good = false;
	w->crc = crc32_add(w->crc, &header, sizeof(header));
}

void save_begin(struct save_writer *w, FILE *file)
{
	*w = (struct save_writer) { .file = file, .good = true };
	put_header(w, 0);
	w->crc = 0;
	w->bytes = sizeof(struct header);
}

bool save_end(struct save_writer *w)
{
	struct trailer trailer = { 0 };
	uint64_t size = w->bytes + sizeof(trailer);
	off_t end;

	end = ftello(w->file);
	if (end < 0 || fseeko(w->file, 0, SEEK_SET))
		return false;
	put_header(w, size);
	trailer.crc = w->crc;
	if (fseeko(w->file, end, SEEK_SET) ||
	    fwrite(&trailer, 1, sizeof(trailer), w->file) != sizeof(trailer) ||
	    fflush(w->file))
		return false;
	return w->good;
}

/* ---- reading ---- */

bool save_next(struct save_reader *r, struct save_section *section)
{
	struct section_header header;

	if (r->at == r->size)
		return false;
	memcpy(&header, r->bytes + r->at, sizeof(header));
	*section = (struct save_section) {
		.type = header.type,
		.instance = header.instance,
		.bytes = r->bytes + r->at + sizeof(header),
		.size = header.size,
	};
	r->at += sizeof(header) + header.size + padding(header.size);
	return true;
}

/* Returns whether the file consists of whole sections up to the checksum. */
static bool sections_fit(const struct save_reader *r)
{
	struct section_header header;
	uint64_t at = r->at;

	while (at < r->size) {
		if (r->size - at < sizeof(header))
			return false;
		memcpy(&header, r->bytes + at, sizeof(header));
		at += sizeof(header);
		if (header.size > r->size - at ||
		    padding(header.size) > r->size - at - header.size)
			return false;
		at += header.size + padding(header.size);
	}
	return true;
}

const char *save_open(struct save_reader *r, const void *bytes, uint64_t size)
{
	struct trailer trailer;
	struct header header;
	uint32_t crc;

	*r = (struct save_reader) { .bytes = bytes };
	if (size < sizeof(header))
		return "is not a saved guest: it is too short";
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.magic, MAGIC, sizeof(header.magic)))
		return "is not a saved guest: its magic number is wrong";
	if (header.version != SAVE_VERSION)
		return "was saved by another version of vgic-run";
	if (header.architecture != ARCHITECTURE)
		return "was saved on the other architecture";
	if (header.size != size || size < sizeof(header) + sizeof(trailer))
		return "is not whole: its length differs from that in its header";
	memcpy(&trailer, (const uint8_t *)bytes + size - sizeof(trailer), sizeof(trailer));
	crc = crc32_add(0, (const uint8_t *)bytes + sizeof(header),
			size - sizeof(header) - sizeof(trailer));
	if (crc32_add(crc, &header, sizeof(header)) != trailer.crc)
		return "is damaged: its checksum is wrong";
	r->at = sizeof(header);
	r->size = size - sizeof(trailer);
	return sections_fit(r) ? NULL : "is damaged: its sections do not fit together";
}

bool save_find(const struct save_reader *reader, enum save_type type, uint32_t instance,
	       struct save_section *found)
{
	struct save_reader r = *reader;
	struct save_section section;
	unsigned int count = 0;

	while (save_next(&r, &section)) {
		if (section.type != type || section.instance != instance)
			continue;
		*found = section;
		count++;
	}
	return count == 1;
}

bool save_take(const struct save_reader *reader, enum save_type type, uint32_t instance,
	       void *to, uint64_t size)
{
	struct save_section section;

	if (!save_find(reader, type, instance, &section) || section.size != size)
		return false;
	memcpy(to, section.bytes, size);
	return true;
}
