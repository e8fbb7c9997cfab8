/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM_IRQFD and KVM_IOEVENTFD: eventfds that raise interrupts of a VM, and eventfds that a
 * guest's MMIO writes signal. api.rst 4.75 and 4.59. KVM_SET_GSI_ROUTING: api.rst 4.52.
 */
#ifndef KVM_EVENTFD_H
#define KVM_EVENTFD_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct kvm_ioeventfd;
struct irq_routes;
struct kvm_irq_routing;
struct kvm_irq_routing_entry;
struct kvm_irqfd;
struct vm;

/**
 * struct vm_events - a VM's irqfds and ioeventfds
 * @irqfd_lock: for @irqfds, @nr_irqfds and @routes; <kvm/vm.h> has the lock order
 * @routes:     set by KVM_SET_GSI_ROUTING; NULL: GSI n is connected to pin n
 * @closed:     frees irqfds whose eventfd was closed
 * @io_lock:    for @ioeventfds and @nr_ioeventfds
 */
struct vm_events {
	struct mutex irqfd_lock;
	struct list_head irqfds;
	unsigned int nr_irqfds;
	struct irq_routes *routes;
	struct work_struct closed;

	struct rw_semaphore io_lock;
	struct list_head ioeventfds;
	unsigned int nr_ioeventfds;
};

/* For a VM without irqfds, ioeventfds and routes. */
void events_init(struct vm_events *events);

/* The VM has no users left. */
void events_destroy(struct vm *vm);

/*
 * KVM_IRQFD: assigns or deassigns an eventfd. Events raise the SPI that the GSI is routed to;
 * without a route they raise nothing. 0, or:
 *   -EINVAL  unknown flag, or not an eventfd
 *   -EAGAIN  no GIC, or it is not initialised
 *   -EBADF   not a file descriptor
 *   -EBUSY   the eventfd is assigned already
 *   -ENOSPC  too many
 *   -ENOMEM
 */
long irqfd_ioctl(struct vm *vm, const struct kvm_irqfd *args);

/*
 * KVM_SET_GSI_ROUTING: replaces the table of routes by @user's @args->nr entries. The new routes
 * apply to assigned irqfds, too. Before vgic_init(), the entries are only checked. 0, or:
 *   -EINVAL  unknown flag, too many entries, or one that irq_routes_add() refuses
 *   -EFAULT
 *   -ENOMEM
 * After an error the old table stays in use.
 */
long irq_routing_ioctl(struct vm *vm, const struct kvm_irq_routing *args,
		       const struct kvm_irq_routing_entry __user *user);

/*
 * Signals the resample eventfds of interrupts that guests have deactivated. Called after
 * guest exits. Sleeps.
 */
void irqfd_resample(struct vm *vm);

/*
 * KVM_IOEVENTFD: assigns or deassigns an eventfd that MMIO writes signal. 0, or:
 *   -EINVAL  unknown flag or length, a range that wraps, DATAMATCH with length 0, or not an
 *            eventfd
 *   -EBADF   not a file descriptor
 *   -EEXIST  one write could signal both this eventfd and an assigned one
 *   -ENOENT  not assigned
 *   -ENOSPC  too many
 *   -ENOMEM
 */
long ioeventfd_ioctl(struct vm *vm, const struct kvm_ioeventfd *args);

/* Lockless: a write that races with an assignment may be handled as if the write came first. */
static inline bool ioeventfds_exist(const struct vm_events *events)
{
	return !list_empty(&events->ioeventfds);
}

/* The guest has written @len bytes (1 to 8) at @gpa. False if no eventfd matches. Sleeps. */
bool ioeventfd_write(struct vm *vm, u64 gpa, unsigned int len, u64 value);

#endif /* KVM_EVENTFD_H */
