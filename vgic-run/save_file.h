/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file format of a saved guest: a header, sections, and a checksum. Numbers are
 * little-endian.
 *
 *   header    magic, version, architecture, size of the file in bytes
 *   sections  type, instance (for example the vCPU), size in bytes, content, padding to 8
 *   checksum  CRC-32 of the sections and then the header
 *
 * The file is untrusted. The reader keeps all accesses inside the file; users of a section
 * check its content.
 */
#ifndef VGIC_RUN_SAVE_FILE_H
#define VGIC_RUN_SAVE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SAVE_VERSION	1

/* Types of sections, each with its content. */
enum save_type {
	SAVE_CONFIG = 1,	/* struct save_config */
	SAVE_VCPU,		/* struct save_vcpu, then an array of struct save_reg */
	SAVE_GIC,		/* an array of struct save_gic_reg */
	SAVE_UART,		/* struct pl011_state */
	SAVE_VIRTIO,		/* struct virtio_state; instance 0 is the console */
	SAVE_TYPED,		/* terminal input that the guest has not received yet */
	SAVE_MEMORY,		/* struct save_run, then the bytes of memory */
};

/**
 * struct save_config - configuration of the machine
 * @memory:         bytes
 * @cpus:           number of vCPUs
 * @gic:            GIC version, 2 or 3
 * @console:        enum console_choice
 * @nr_disks:       number of disks
 * @disk_size:      bytes
 * @disk_read_only: 0 or 1
 */
struct save_config {
	uint64_t memory;
	uint32_t cpus, gic, console, nr_disks;
	uint64_t disk_size[4];
	uint32_t disk_read_only[4];
};

/**
 * struct save_vcpu - one vCPU; its registers follow
 * @mp_state: value of KVM_GET_MP_STATE
 * @nr_regs:  number of struct save_reg that follow
 */
struct save_vcpu {
	uint32_t mp_state;
	uint32_t nr_regs;
};

/**
 * struct save_reg - one register of a vCPU
 * @id:    id for KVM_GET_ONE_REG, which encodes the size
 * @value: the value, zero-padded
 */
struct save_reg {
	uint64_t id;
	uint8_t value[64];
};

/**
 * struct save_gic_reg - one register of the GIC
 * @attr:     attribute for KVM_GET_DEVICE_ATTR
 * @value:    32 bits, or 64 for a CPU system register
 * @group:    group of the attribute
 * @reserved: 0
 */
struct save_gic_reg {
	uint64_t attr;
	uint64_t value;
	uint32_t group;
	uint32_t reserved;
};

/**
 * struct save_run - a run of pages that are not all zero
 * @offset: bytes from the start of guest memory
 * @size:   bytes
 */
struct save_run {
	uint64_t offset;
	uint64_t size;
};

/* ---- writing ---- */

/**
 * struct save_writer - a file that is being written
 * @file:  the caller opens and closes it
 * @crc:   checksum of the bytes so far, without the header
 * @bytes: bytes so far, with the header
 * @good:  no write has failed
 */
struct save_writer {
	FILE *file;
	uint32_t crc;
	uint64_t bytes;
	bool good;
};

/* Writes a provisional header. Errors are reported by save_end(). */
void save_begin(struct save_writer *writer, FILE *file);

/* Begins a section. Exactly @size bytes by save_put() and then save_pad() have to follow. */
void save_section(struct save_writer *writer, enum save_type type, uint32_t instance,
		  uint64_t size);

/* Appends to the section. */
void save_put(struct save_writer *writer, const void *bytes, uint64_t size);

/* Ends the section. */
void save_pad(struct save_writer *writer);

/* Writes the final header and the checksum. Returns false with errno if any write failed. */
bool save_end(struct save_writer *writer);

/* ---- reading ---- */

/**
 * struct save_section - one section of a file
 * @type:     enum save_type, or any other value from the file
 * @instance: distinguishes sections of the same type
 * @bytes:    the content, inside the file; not aligned
 * @size:     bytes
 */
struct save_section {
	enum save_type type;
	uint32_t instance;
	const uint8_t *bytes;
	uint64_t size;
};

/**
 * struct save_reader - a file in memory, while it is read
 * @bytes: the whole file; must outlive the reader and its sections
 * @size:  bytes up to the checksum
 * @at:    offset of the next section
 */
struct save_reader {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t at;
};

/*
 * Checks header, checksum and section sizes of a file of @size bytes. Returns NULL, or the
 * error as words that follow the file's name.
 */
const char *save_open(struct save_reader *reader, const void *bytes, uint64_t size);

/* Returns the next section, whose size save_open() has checked; false at the end. */
bool save_next(struct save_reader *reader, struct save_section *section);

/*
 * Finds the section of a type and instance, from the position of @reader on, which does not
 * change. Returns false unless there is exactly one.
 */
bool save_find(const struct save_reader *reader, enum save_type type, uint32_t instance,
	       struct save_section *section);

/* Copies the content of save_find()'s section. False without a section or if the size differs. */
bool save_take(const struct save_reader *reader, enum save_type type, uint32_t instance,
	       void *to, uint64_t size);

/* Extends a CRC-32 (IEEE 802.3) by @size bytes; the first call takes @crc 0. */
uint32_t crc32_add(uint32_t crc, const void *bytes, uint64_t size);

#endif /* VGIC_RUN_SAVE_FILE_H */
