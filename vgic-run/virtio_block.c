// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "virtio_block.h"

#define DEVICE_BLOCK	2

#define F_SEG_MAX	(1ULL << 2)
#define F_RO		(1ULL << 5)
#define F_FLUSH		(1ULL << 9)

/* The header of a request (5.2.6). Data follows, then a status byte that the device writes. */
struct request {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};

#define REQUEST_READ	0
#define REQUEST_WRITE	1
#define REQUEST_FLUSH	4
#define REQUEST_ID	8

#define STATUS_OK		0
#define STATUS_IO_ERROR		1
#define STATUS_UNSUPPORTED	2

#define ID_SIZE		20

/* Positions in an image are 64-bit numbers, even in a 32-bit program: see the Makefile. */
_Static_assert(sizeof(off_t) == sizeof(uint64_t), "expected _FILE_OFFSET_BITS=64");

/* The header and the status use one descriptor each. */
#define SEG_MAX		(VIRTQUEUE_MAX - 2)

/* ---- data ---- */

/*
 * Copies @size bytes between the file at @position and the buffers, starting @skip bytes into
 * the buffers. Returns false and sets errno on an error, or if the file is too short.
 */
static bool move_data(int file, uint64_t position, const struct iovec *iov,
		      unsigned int count, uint64_t skip, uint64_t size, bool to_file)
{
	for (; size && count; iov++, count--) {
		uint64_t part = iov->iov_len;
		uint8_t *bytes = iov->iov_base;

		if (skip >= part) {
			skip -= part;
			continue;
		}
		bytes += skip;
		part -= skip;
		skip = 0;
		if (part > size)
			part = size;
		size -= part;
		while (part) {
			ssize_t done = to_file ? pwrite(file, bytes, part, position) :
						 pread(file, bytes, part, position);

			if (done < 0 && errno == EINTR)
				continue;
			if (!done)
				errno = EIO;
			if (done <= 0)
				return false;
			bytes += done;
			part -= done;
			position += done;
		}
	}
	return !size;
}

static bool is_on_disk(const struct virtio_block *block, uint64_t sector, uint64_t size)
{
	return size % SECTOR_SIZE == 0 && sector <= block->config.capacity &&
	       size / SECTOR_SIZE <= block->config.capacity - sector;
}

/* ---- requests ---- */

/* Prints the cause of the disk's first error, because the guest gets only the returned status. */
static uint8_t io_error(struct virtio_block *block, const char *what)
{
	if (!block->failed)
		say("--disk %s: %s: %s; the guest gets an I/O error", block->disk.name, what,
		    strerror(errno));
	block->failed = true;
	return STATUS_IO_ERROR;
}

static uint8_t read_id(const struct virtqueue_chain *chain, uint64_t size, uint32_t *written)
{
	static const char id[ID_SIZE] = "vgic-run";

	*written = iov_write(chain->in, chain->nr_in, 0, id, size < ID_SIZE ? size : ID_SIZE);
	return STATUS_OK;
}

/* Returns the status. Sets @written to the number of data bytes that the driver gets, if any. */
static uint8_t carry_out(struct virtio_block *block, const struct request *request,
			 const struct virtqueue_chain *chain, uint32_t *written)
{
	uint64_t in = chain->in_size - 1, out = chain->out_size - sizeof(*request);

	switch (request->type) {
	case REQUEST_READ:
		if (!is_on_disk(block, request->sector, in))
			return STATUS_IO_ERROR;
		if (!move_data(block->disk.fd, request->sector * SECTOR_SIZE, chain->in,
			       chain->nr_in, 0, in, false))
			return io_error(block, "reading");
		*written = in;
		return STATUS_OK;
	case REQUEST_WRITE:
		if (block->disk.read_only || !is_on_disk(block, request->sector, out))
			return STATUS_IO_ERROR;
		if (!move_data(block->disk.fd, request->sector * SECTOR_SIZE, chain->out,
			       chain->nr_out, sizeof(*request), out, true))
			return io_error(block, "writing");
		return STATUS_OK;
	case REQUEST_FLUSH:
		return fdatasync(block->disk.fd) ? io_error(block, "flushing") : STATUS_OK;
	case REQUEST_ID:
		return read_id(chain, in, written);
	default:
		return STATUS_UNSUPPORTED;
	}
}

static void notify(struct virtio *virtio, unsigned int queue)
{
	struct virtio_block *block = virtio->model.context;
	struct virtqueue_chain chain;
	struct request request;
	unsigned int done;

	for (done = 0; done < VIRTQUEUE_MAX && virtio_take(virtio, queue, &chain); done++) {
		uint32_t written = 0;
		uint8_t status;

		/* Without a byte for the status, the request cannot be completed. */
		if (!chain.in_size || chain.in_size > UINT32_MAX ||
		    iov_read(chain.out, chain.nr_out, 0, &request, sizeof(request)) !=
		    sizeof(request)) {
			virtio_break(virtio);
			return;
		}
		status = carry_out(block, &request, &chain, &written);
		iov_write(chain.in, chain.nr_in, chain.in_size - 1, &status, 1);
		virtio_give(virtio, queue, &chain, written + 1);
	}
	if (done)
		virtio_interrupt(virtio, queue);
}

void virtio_block_init(struct virtio_block *block, const struct disk *disk)
{
	block->disk = *disk;
	block->failed = false;
	block->config = (struct virtio_block_config) {
		.capacity = disk->size / SECTOR_SIZE,
		.seg_max = SEG_MAX,
	};
	block->virtio.model = (struct virtio_model) {
		.id = DEVICE_BLOCK,
		.nr_queues = 1,
		.features = F_SEG_MAX | F_FLUSH | (disk->read_only ? F_RO : 0),
		.config = &block->config,
		.config_size = sizeof(block->config),
		.notify = notify,
		.context = block,
	};
}
