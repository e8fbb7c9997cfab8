// SPDX-License-Identifier: GPL-2.0-only
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/wait.h>

#include <kvm/eventfd.h>
#include <kvm/irq_routing.h>
#include <kvm/vm.h>

static void signal_event(struct eventfd_ctx *event)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(event, 1);
#else
	eventfd_signal(event);
#endif
}

/* ---- irqfds ---- */

/* A limit, because irqfd_resample() searches the whole list of irqfds after guest exits. */
#define MAX_IRQFDS	IRQ_ROUTES_MAX

/**
 * struct irqfd - an eventfd that raises an interrupt
 * @link:     in vm->events.irqfds
 * @vm:       the VM
 * @gsi:      user space's number of the interrupt
 * @pin:      the SPI that @gsi is routed to, counted from 0; or IRQ_NO_PIN. Writers hold
 *            vm->events.irqfd_lock and the lock of @queue, readers one of them
 * @event:    the eventfd
 * @resample: NULL: each event is an edge. Otherwise an event raises the line, and the guest's
 *            deactivation lowers it and signals @resample
 * @queue:    the queue of @event
 * @wait:     our entry in @queue
 * @poll:     finds @queue
 * @closed:   the last file descriptor of @event was closed
 */
struct irqfd {
	struct list_head link;
	struct vm *vm;
	unsigned int gsi;
	unsigned int pin;
	struct eventfd_ctx *event;
	struct eventfd_ctx *resample;

	wait_queue_entry_t wait;
	wait_queue_head_t *queue;
	poll_table poll;
	bool closed;
};

static void take_event(struct irqfd *irqfd)
{
	u64 count;

	lockdep_assert_held(&irqfd->queue->lock);
	eventfd_ctx_do_read(irqfd->event, &count);
	if (!count)
		return;
	vgic_set_spi(irqfd->vm, irqfd->pin, true);
	if (!irqfd->resample)
		vgic_set_spi(irqfd->vm, irqfd->pin, false);
}

static int irqfd_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct irqfd *irqfd = container_of(wait, struct irqfd, wait);
	__poll_t flags = key_to_poll(key);

	if (flags & EPOLLIN)
		take_event(irqfd);
	/* Freeing takes a mutex, so a worker does it: the caller holds the queue's spinlock. */
	if (flags & EPOLLHUP) {
		WRITE_ONCE(irqfd->closed, true);
		schedule_work(&irqfd->vm->events.closed);
	}
	return 0;
}

static void irqfd_queue(struct file *file, wait_queue_head_t *queue, poll_table *poll)
{
	struct irqfd *irqfd = container_of(poll, struct irqfd, poll);

	irqfd->queue = queue;
	add_wait_queue(queue, &irqfd->wait);
}

/* Lowers the line when no irqfd resamples the SPI any more, as deactivations no longer lower it. */
static void set_eoi_notify(struct vm *vm, unsigned int pin, bool notify)
{
	if (vgic_set_eoi_notify(vm, pin, notify) && !notify)
		vgic_set_spi(vm, pin, false);
}

/* An SPI has EOI notification while an irqfd resamples it. */
static void update_eoi_notify(struct vm *vm)
{
	DECLARE_BITMAP(resampled, IRQ_PINS) = { };
	const struct irqfd *irqfd;
	unsigned int pin;

	lockdep_assert_held(&vm->events.irqfd_lock);
	list_for_each_entry(irqfd, &vm->events.irqfds, link)
		if (irqfd->resample && irqfd->pin != IRQ_NO_PIN)
			__set_bit(irqfd->pin, resampled);
	for (pin = 0; pin < IRQ_PINS; pin++)
		set_eoi_notify(vm, pin, test_bit(pin, resampled));
}

static void irqfd_free(struct irqfd *irqfd)
{
	u64 count;

	if (irqfd->queue)
		eventfd_ctx_remove_wait_queue(irqfd->event, &irqfd->wait, &count);
	eventfd_ctx_put(irqfd->event);
	if (irqfd->resample)
		eventfd_ctx_put(irqfd->resample);
	kfree(irqfd);
}

/* After this, the irqfd raises no line. Call update_eoi_notify() after the last removal. */
static void irqfd_remove(struct irqfd *irqfd)
{
	irqfd->vm->events.nr_irqfds--;
	list_del(&irqfd->link);
	irqfd_free(irqfd);
}

static void remove_closed(struct vm *vm)
{
	unsigned int before = vm->events.nr_irqfds;
	struct irqfd *irqfd, *next;

	list_for_each_entry_safe(irqfd, next, &vm->events.irqfds, link)
		if (READ_ONCE(irqfd->closed))
			irqfd_remove(irqfd);
	if (vm->events.nr_irqfds != before)
		update_eoi_notify(vm);
}

static void closed_work(struct work_struct *work)
{
	struct vm *vm = container_of(work, struct vm, events.closed);

	mutex_lock(&vm->events.irqfd_lock);
	remove_closed(vm);
	mutex_unlock(&vm->events.irqfd_lock);
}

static unsigned int pin_of(const struct vm *vm, unsigned int gsi)
{
	lockdep_assert_held(&vm->events.irqfd_lock);
	if (gsi >= IRQ_ROUTES_MAX)
		return IRQ_NO_PIN;
	return irq_routes_pin(vm->events.routes, array_index_nospec(gsi, IRQ_ROUTES_MAX));
}

static struct irqfd *irqfd_alloc(struct vm *vm, const struct kvm_irqfd *args,
				 struct file *file)
{
	struct irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	struct eventfd_ctx *ctx;

	if (!irqfd)
		return ERR_PTR(-ENOMEM);
	irqfd->vm = vm;
	irqfd->gsi = args->gsi;
	irqfd->pin = pin_of(vm, args->gsi);
	ctx = eventfd_ctx_fileget(file);
	if (IS_ERR(ctx))
		goto free;
	irqfd->event = ctx;
	if (args->flags & KVM_IRQFD_FLAG_RESAMPLE) {
		ctx = eventfd_ctx_fdget(args->resamplefd);
		if (IS_ERR(ctx))
			goto put_event;
		irqfd->resample = ctx;
	}
	return irqfd;

put_event:
	eventfd_ctx_put(irqfd->event);
free:
	kfree(irqfd);
	return ERR_CAST(ctx);
}

static bool is_assigned(const struct vm *vm, const struct eventfd_ctx *event)
{
	const struct irqfd *irqfd;

	list_for_each_entry(irqfd, &vm->events.irqfds, link)
		if (irqfd->event == event)
			return true;
	return false;
}

/* Also raises the interrupt if the eventfd was signalled before the assignment. */
static void irqfd_start(struct irqfd *irqfd, struct file *file)
{
	init_waitqueue_func_entry(&irqfd->wait, irqfd_wake);
	init_poll_funcptr(&irqfd->poll, irqfd_queue);
	if (vfs_poll(file, &irqfd->poll) & EPOLLIN) {
		spin_lock_irq(&irqfd->queue->lock);
		take_event(irqfd);
		spin_unlock_irq(&irqfd->queue->lock);
	}
}

/* The caller holds @file, so that it is not closed in the meantime. */
static long irqfd_assign_file(struct vm *vm, const struct kvm_irqfd *args,
			      struct file *file)
{
	struct irqfd *irqfd;

	if (vm->events.nr_irqfds == MAX_IRQFDS)
		return -ENOSPC;
	irqfd = irqfd_alloc(vm, args, file);
	if (IS_ERR(irqfd))
		return PTR_ERR(irqfd);
	if (is_assigned(vm, irqfd->event)) {
		irqfd_free(irqfd);
		return -EBUSY;
	}
	list_add(&irqfd->link, &vm->events.irqfds);
	vm->events.nr_irqfds++;
	update_eoi_notify(vm);
	irqfd_start(irqfd, file);
	return 0;
}

static long irqfd_assign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct file *file;
	long ret;

	if (!vgic_is_ready(vm))
		return -EAGAIN;
	file = fget(args->fd);
	if (!file)
		return -EBADF;
	ret = irqfd_assign_file(vm, args, file);
	fput(file);
	return ret;
}

static long irqfd_deassign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct eventfd_ctx *event = eventfd_ctx_fdget(args->fd);
	struct irqfd *irqfd, *next;

	if (IS_ERR(event))
		return PTR_ERR(event);
	list_for_each_entry_safe(irqfd, next, &vm->events.irqfds, link)
		if (irqfd->event == event && irqfd->gsi == args->gsi)
			irqfd_remove(irqfd);
	update_eoi_notify(vm);
	eventfd_ctx_put(event);
	return 0;
}

long irqfd_ioctl(struct vm *vm, const struct kvm_irqfd *args)
{
	long ret;

	if (args->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;
	mutex_lock(&vm->events.irqfd_lock);
	remove_closed(vm);
	if (args->flags & KVM_IRQFD_FLAG_DEASSIGN)
		ret = irqfd_deassign(vm, args);
	else
		ret = irqfd_assign(vm, args);
	mutex_unlock(&vm->events.irqfd_lock);
	return ret;
}

void irqfd_resample(struct vm *vm)
{
	unsigned int pin;

	while (vgic_next_deactivated_spi(vm, &pin)) {
		const struct irqfd *irqfd;

		mutex_lock(&vm->events.irqfd_lock);
		list_for_each_entry(irqfd, &vm->events.irqfds, link)
			if (irqfd->pin == pin && irqfd->resample)
				signal_event(irqfd->resample);
		mutex_unlock(&vm->events.irqfd_lock);
		cond_resched();
	}
}

/* ---- routes of irqfds ---- */

/* Takes the queue's lock so that no event raises the old pin after the change. */
static void irqfd_update_pin(struct irqfd *irqfd)
{
	unsigned int pin = pin_of(irqfd->vm, irqfd->gsi);

	spin_lock_irq(&irqfd->queue->lock);
	irqfd->pin = pin;
	spin_unlock_irq(&irqfd->queue->lock);
}

static void update_pins(struct vm *vm)
{
	struct irqfd *irqfd;

	lockdep_assert_held(&vm->events.irqfd_lock);
	list_for_each_entry(irqfd, &vm->events.irqfds, link) {
		irqfd_update_pin(irqfd);
		cond_resched();
	}
	update_eoi_notify(vm);
}

static int routes_fill(struct irq_routes *routes, u32 nr,
		       const struct kvm_irq_routing_entry __user *user)
{
	struct kvm_irq_routing_entry *entries;
	int ret = 0;
	u32 i;

	irq_routes_clear(routes);
	entries = vmemdup_user(user, array_size(nr, sizeof(*entries)));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	for (i = 0; i < nr && !ret; i++)
		ret = irq_routes_add(routes, &entries[i]);
	kvfree(entries);
	return ret;
}

long irq_routing_ioctl(struct vm *vm, const struct kvm_irq_routing *args,
		       const struct kvm_irq_routing_entry __user *user)
{
	struct irq_routes *routes;
	int ret;

	if (args->nr > IRQ_ROUTES_MAX || args->flags)
		return -EINVAL;
	routes = kvmalloc(sizeof(*routes), GFP_KERNEL_ACCOUNT);
	if (!routes)
		return -ENOMEM;
	ret = routes_fill(routes, args->nr, user);
	/* GIC initialisation resets routes, so none is kept before it [routing.before_init]. */
	if (!ret && vgic_is_ready(vm)) {
		mutex_lock(&vm->events.irqfd_lock);
		swap(routes, vm->events.routes);
		/* The memory of a replaced table is already accounted. */
		if (!routes)
			vm_account_memory(vm, sizeof(*routes));
		update_pins(vm);
		mutex_unlock(&vm->events.irqfd_lock);
	}
	kvfree(routes);
	return ret;
}

/* ---- ioeventfds ---- */

#define MAX_IOEVENTFDS	1000

#define IOEVENTFD_FLAGS	((1U << kvm_ioeventfd_flag_nr_max) - 1)

/* Address spaces that this architecture does not have: no guest writes there. */
#define IOEVENTFD_SPACE	(KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY)

/**
 * struct ioeventfd - an eventfd that a guest's writes signal
 * @link:  in vm->events.ioeventfds
 * @event: the eventfd
 * @addr:  guest physical address of the writes
 * @space: flags of IOEVENTFD_SPACE; 0: memory
 * @len:   length of the writes, in bytes; 0: any
 * @match: only writes of @value signal @event
 * @value: see @match
 */
struct ioeventfd {
	struct list_head link;
	struct eventfd_ctx *event;
	u64 addr;
	u32 space;
	u32 len;
	bool match;
	u64 value;
};

static void ioeventfd_from(struct ioeventfd *io, const struct kvm_ioeventfd *args,
			   struct eventfd_ctx *event)
{
	*io = (struct ioeventfd) {
		.event = event,
		.addr = args->addr,
		.space = args->flags & IOEVENTFD_SPACE,
		.len = args->len,
		.match = args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH,
		.value = args->datamatch,
	};
}

/* True if one write can signal both. */
static bool collide(const struct ioeventfd *a, const struct ioeventfd *b)
{
	if (a->space != b->space || a->addr != b->addr)
		return false;
	if (!a->len || !b->len)
		return true;
	return a->len == b->len && (!a->match || !b->match || a->value == b->value);
}

static bool equal(const struct ioeventfd *a, const struct ioeventfd *b)
{
	return a->event == b->event && a->space == b->space && a->addr == b->addr &&
	       a->len == b->len && a->match == b->match &&
	       (!a->match || a->value == b->value);
}

static void ioeventfd_free(struct ioeventfd *io)
{
	eventfd_ctx_put(io->event);
	kfree(io);
}

/* Takes over the reference to @event on success. */
static long ioeventfd_assign(struct vm *vm, const struct kvm_ioeventfd *args,
			     struct eventfd_ctx *event)
{
	struct vm_events *events = &vm->events;
	struct ioeventfd *io, *other;

	if (events->nr_ioeventfds == MAX_IOEVENTFDS)
		return -ENOSPC;
	io = kmalloc(sizeof(*io), GFP_KERNEL_ACCOUNT);
	if (!io)
		return -ENOMEM;
	ioeventfd_from(io, args, event);
	list_for_each_entry(other, &events->ioeventfds, link)
		if (collide(io, other)) {
			kfree(io);
			return -EEXIST;
		}
	list_add(&io->link, &events->ioeventfds);
	events->nr_ioeventfds++;
	return 0;
}

static long ioeventfd_deassign(struct vm *vm, const struct kvm_ioeventfd *args,
			       struct eventfd_ctx *event)
{
	struct vm_events *events = &vm->events;
	struct ioeventfd wanted, *io;

	ioeventfd_from(&wanted, args, event);
	list_for_each_entry(io, &events->ioeventfds, link)
		if (equal(io, &wanted)) {
			list_del(&io->link);
			events->nr_ioeventfds--;
			ioeventfd_free(io);
			eventfd_ctx_put(event);
			return 0;
		}
	return -ENOENT;
}

static long check_ioeventfd(const struct kvm_ioeventfd *args)
{
	if (args->flags & ~IOEVENTFD_FLAGS)
		return -EINVAL;
	if (args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN)
		return 0;
	if (args->len > 8 || (args->len & (args->len - 1)))
		return -EINVAL;
	if (args->addr + args->len < args->addr)
		return -EINVAL;
	if (!args->len && args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH)
		return -EINVAL;
	return 0;
}

long ioeventfd_ioctl(struct vm *vm, const struct kvm_ioeventfd *args)
{
	struct eventfd_ctx *event;
	long ret = check_ioeventfd(args);

	if (ret)
		return ret;
	event = eventfd_ctx_fdget(args->fd);
	if (IS_ERR(event))
		return PTR_ERR(event);
	down_write(&vm->events.io_lock);
	if (args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN)
		ret = ioeventfd_deassign(vm, args, event);
	else
		ret = ioeventfd_assign(vm, args, event);
	up_write(&vm->events.io_lock);
	if (ret)
		eventfd_ctx_put(event);
	return ret;
}

bool ioeventfd_write(struct vm *vm, u64 gpa, unsigned int len, u64 value)
{
	const struct ioeventfd *io;
	bool found = false;

	down_read(&vm->events.io_lock);
	list_for_each_entry(io, &vm->events.ioeventfds, link) {
		found = !io->space && io->addr == gpa && (!io->len || io->len == len) &&
			(!io->match || io->value == value);
		if (found) {
			signal_event(io->event);
			break;
		}
	}
	up_read(&vm->events.io_lock);
	return found;
}

/* ---- life ---- */

void events_init(struct vm_events *events)
{
	mutex_init(&events->irqfd_lock);
	INIT_LIST_HEAD(&events->irqfds);
	INIT_WORK(&events->closed, closed_work);
	init_rwsem(&events->io_lock);
	INIT_LIST_HEAD(&events->ioeventfds);
}

void events_destroy(struct vm *vm)
{
	struct irqfd *irqfd, *next_irqfd;
	struct ioeventfd *io, *next_io;

	mutex_lock(&vm->events.irqfd_lock);
	list_for_each_entry_safe(irqfd, next_irqfd, &vm->events.irqfds, link)
		irqfd_remove(irqfd);
	mutex_unlock(&vm->events.irqfd_lock);
	/* No irqfd is left that would schedule the work again. */
	cancel_work_sync(&vm->events.closed);
	if (vm->events.routes)
		vm_account_memory(vm, -(long)sizeof(*vm->events.routes));
	kvfree(vm->events.routes);
	list_for_each_entry_safe(io, next_io, &vm->events.ioeventfds, link)
		ioeventfd_free(io);
}
