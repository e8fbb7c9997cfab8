/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file in which a guest is saved: a header, sections, and a checksum of them all.
 * Numbers are little-endian.
 *
 *   header    magic, version, architecture, bytes in all
 *   sections  type, instance (a vCPU's number), bytes, then these, padded to 8
 *   checksum  CRC-32 of all before it
 *
 * The file may be hostile: nothing beyond its end is read, and its values about the machine
 * are checked where they are used.
 */
#ifndef VGIC_RUN_SAVE_FILE_H
#define VGIC_RUN_SAVE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SAVE_VERSION	1

enum save_type {
	SAVE_CONFIG = 1,	/* struct save_config */
	SAVE_VCPU,		/* struct save_vcpu, then its registers */
	SAVE_GIC,		/* struct save_gic_reg, one after the other */
	SAVE_UART,		/* struct pl011_state */
	SAVE_VIRTIO,		/* struct virtio_state */
	SAVE_TYPED,		/* bytes that wait for the guest */
	SAVE_MEMORY,		/* struct save_run, then so many bytes of memory */
};

/* The machine. */
struct save_config {
	uint64_t memory;
	uint32_t cpus, gic, console, nr_disks;
	uint64_t disk_size[4];
	uint32_t disk_read_only[4];
};

/* Then @nr_regs times struct save_reg. */
struct save_vcpu {
	uint32_t mp_state;
	uint32_t nr_regs;
};

/* From KVM_GET_ONE_REG; up to 64 bytes, as the id says, the rest 0. */
struct save_reg {
	uint64_t id;
	uint8_t value[64];
};

/* From KVM_GET_DEVICE_ATTR. */
struct save_gic_reg {
	uint64_t attr;
	uint64_t value;
	uint32_t group;
	uint32_t reserved;
};

/* Memory that is not all 0: where, from the beginning of the guest's. */
struct save_run {
	uint64_t offset;
	uint64_t size;
};

/* ---- writing ---- */

/**
 * struct save_writer - a file that grows
 * @crc:   of what is written so far
 * @bytes: so many
 * @good:  nothing has failed yet
 */
struct save_writer {
	FILE *file;
	uint32_t crc;
	uint64_t bytes;
	bool good;
};

void save_begin(struct save_writer *writer, FILE *file);

/* One section, of which @size bytes are to come by save_put(). */
void save_section(struct save_writer *writer, enum save_type type, uint32_t instance,
		  uint64_t size);
void save_put(struct save_writer *writer, const void *bytes, uint64_t size);

/* After the last byte of a section. */
void save_pad(struct save_writer *writer);

/* Completes it; false if something has failed: errno says what. */
bool save_end(struct save_writer *writer);

/* ---- reading ---- */

struct save_section {
	enum save_type type;
	uint32_t instance;
	const uint8_t *bytes;
	uint64_t size;
};

/**
 * struct save_reader - a file in memory
 * @at: where the next section begins
 */
struct save_reader {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t at;
};

/* NULL, or what is wrong with a file of @size bytes. */
const char *save_open(struct save_reader *reader, const void *bytes, uint64_t size);

/* The next section; false at the end. After save_open() each one is whole. */
bool save_next(struct save_reader *reader, struct save_section *section);

/* The only section of this type and instance; false if it is missing, or of another size. */
bool save_find(const struct save_reader *reader, enum save_type type, uint32_t instance,
	       struct save_section *section);
bool save_take(const struct save_reader *reader, enum save_type type, uint32_t instance,
	       void *to, uint64_t size);

uint32_t crc32_add(uint32_t crc, const void *bytes, uint64_t size);

#endif /* VGIC_RUN_SAVE_FILE_H */
