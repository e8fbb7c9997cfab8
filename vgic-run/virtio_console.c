// SPDX-License-Identifier: GPL-2.0-only
#include "virtio_console.h"

#define DEVICE_CONSOLE	3

#define QUEUE_RECEIVE	0
#define QUEUE_TRANSMIT	1

static void notify(struct virtio *virtio, unsigned int queue)
{
	struct virtio_console *console = virtio->model.context;
	struct virtqueue_chain chain;
	unsigned int done, i;

	/* Receive buffers are taken when input arrives, not when the guest offers them. */
	if (queue != QUEUE_TRANSMIT)
		return;
	for (done = 0; done < VIRTQUEUE_MAX && virtio_take(virtio, queue, &chain); done++) {
		for (i = 0; i < chain.nr_out; i++)
			console->send(console->context, chain.out[i].iov_base,
				      chain.out[i].iov_len);
		virtio_give(virtio, queue, &chain, 0);
	}
	if (done)
		virtio_interrupt(virtio, queue);
}

size_t virtio_console_receive(struct virtio_console *console, const uint8_t *bytes,
			      size_t count)
{
	struct virtio *virtio = &console->virtio;
	struct virtqueue_chain chain;
	size_t done = 0;

	while (done < count && virtio_take(virtio, QUEUE_RECEIVE, &chain)) {
		uint64_t part = iov_write(chain.in, chain.nr_in, 0, bytes + done, count - done);

		virtio_give(virtio, QUEUE_RECEIVE, &chain, part);
		done += part;
	}
	if (done)
		virtio_interrupt(virtio, QUEUE_RECEIVE);
	return done;
}

void virtio_console_init(struct virtio_console *console)
{
	console->virtio.model = (struct virtio_model) {
		.id = DEVICE_CONSOLE,
		.nr_queues = 2,
		.notify = notify,
		.context = console,
	};
}
