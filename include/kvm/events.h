/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM_IRQFD and KVM_IOEVENTFD: event descriptors that raise interrupts of a VM, and
 * that its writes to device memory signal. api.rst 4.75 and 4.59.
 */
#ifndef KVM_EVENTS_H
#define KVM_EVENTS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/types.h>

struct kvm_ioeventfd;
struct kvm_irqfd;
struct vm;

/**
 * struct vm_events - of a VM
 * @irqfd_lock: for @irqfds; no other lock is taken inside but the descriptors' own
 * @io_lock:    for @ioeventfds and @nr_ioeventfds, likewise
 */
struct vm_events {
	struct mutex irqfd_lock;
	struct list_head irqfds;

	struct rw_semaphore io_lock;
	struct list_head ioeventfds;
	unsigned int nr_ioeventfds;
};

void events_init(struct vm_events *events);

/* Nobody may use the VM any more. */
void events_destroy(struct vm *vm);

/*
 * KVM_IRQFD: assigns or takes away an event descriptor. Its GSI is an SPI, counted
 * from 0. 0, or:
 *   -EINVAL  unknown flag, or no event descriptor
 *   -EAGAIN  there is no GIC, or it is not initialised
 *   -EBADF   no descriptor
 *   -EBUSY   it raises an interrupt of this VM already
 *   -ENOMEM
 */
long irqfd_ioctl(struct vm *vm, const struct kvm_irqfd *args);

/*
 * Tells those who resample their lines that the guest has ended interrupts; to be
 * called whenever a vCPU has left the guest. Sleeps.
 */
void irqfd_resample(struct vm *vm);

/*
 * KVM_IOEVENTFD: likewise, for writes of the guest to where no memory is. 0, or:
 *   -EINVAL  unknown flag or length, a range that wraps, data to match with
 *            writes of any length, or no event descriptor
 *   -EBADF   no descriptor
 *   -EEXIST  another one would see the same writes
 *   -ENOENT  nothing of that kind is assigned
 *   -ENOSPC  too many
 *   -ENOMEM
 */
long ioeventfd_ioctl(struct vm *vm, const struct kvm_ioeventfd *args);

/* Most VMs have none. One that is assigned just now comes after the write. */
static inline bool ioeventfds_exist(const struct vm_events *events)
{
	return !list_empty(&events->ioeventfds);
}

/*
 * The guest has written @len bytes (1 to 8) at @gpa: signals whoever waits for
 * that, and says whether there was one. Sleeps.
 */
bool ioeventfd_write(struct vm *vm, u64 gpa, unsigned int len, u64 value);

#endif /* KVM_EVENTS_H */
