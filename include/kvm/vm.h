/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines and vCPUs.
 *
 *   virt/kvm/main.c    the module, /dev/kvm
 *   virt/kvm/vm.c      a VM's file descriptor
 *   virt/kvm/vcpu.c    a vCPU's file descriptor, and the loop of KVM_RUN
 *   virt/kvm/memory.c  the VM's memory
 *   virt/kvm/events.c  KVM_IRQFD and KVM_IOEVENTFD
 *
 * What an architecture adds is declared at the end.
 *
 * Locks, outer ones first: vcpu->mutex, vm->lock, vm->slots_lock, mmap_lock,
 * vm->stage2.lock. vm->vgic.lock is a leaf. Those of vm->events are alone: an event
 * takes vgic.lock and vcpu->wait's inside of its descriptor's.
 */
#ifndef KVM_VM_H
#define KVM_VM_H

#include <linux/kvm.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/signal_types.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <kvm/device_address.h>
#include <kvm/events.h>
#include <kvm/exit_stats.h>
#include <kvm/memslots.h>
#include <kvm/timer.h>
#include <kvm/vgic.h>

#include <kvm/arch_vm.h>

#define VM_MAX_VCPUS	8	/* what a GICv2 can have */

#define VCPU_OUTSIDE	(-1)

struct dentry;
struct vcpu;

/**
 * struct vm - a virtual machine
 * @users:   file descriptors of it and of its vCPUs
 * @mm:      the process that created it, the only one that may use it
 * @dead:    an error that the guest cannot survive: all calls give -EIO
 * @lock:    for @vcpus, @nr_vcpus, @has_run, @addresses, @vgic's creation
 * @vcpus:   by id; set once, and valid as long as the VM is. Other than under
 *           @lock, read with vm_vcpu()
 * @nr_vcpus: the highest id, plus one
 * @has_run: a vCPU has been in KVM_RUN
 * @addresses: where the virtual GIC is
 * @slots_lock: for @slots; held for reading while a fault is resolved
 * @slots_changes: how often @slots have been changed; read without the lock
 * @events:  event descriptors; it has locks of its own
 * @arch:    what the architecture needs
 * @debugfs: folder with the exit counters
 */
struct vm {
	refcount_t users;
	struct mm_struct *mm;
	bool dead;

	struct mutex lock;
	struct vcpu *vcpus[VM_MAX_VCPUS];
	unsigned int nr_vcpus;
	bool has_run;
	struct device_addresses addresses;
	struct vgic vgic;

	struct rw_semaphore slots_lock;
	struct memslots slots;
	unsigned int slots_changes;

	struct vm_events events;

	struct arch_vm arch;
	struct dentry *debugfs;
};

/**
 * struct vcpu - a virtual CPU
 * @vm:      it holds a reference
 * @id:      index in @vm->vcpus
 * @mutex:   held by every ioctl of the vCPU, KVM_RUN included
 * @run:     the page shared with user space, which may change at any time
 * @task:    who is in KVM_RUN, or NULL; for kicks
 * @wait:    where the thread sleeps while the vCPU has nothing to do
 * @gic:     its part of the VM's GIC, from vgic_map() on; NULL without one
 * @inside:  the CPU on which it is in its guest or about to enter, or VCPU_OUTSIDE
 * @kicked:  something changed that the vCPU has to look at
 * @absent_page: where the vCPU's last fault found no memory: guest physical address
 *           in pages, or ~0; when @vm->slots_changes was @absent_since
 * @has_sigmask, @sigmask: signals that are blocked during KVM_RUN
 * @arch:    what the architecture needs
 */
struct vcpu {
	struct vm *vm;
	unsigned int id;
	struct mutex mutex;
	struct kvm_run *run;

	struct task_struct *task;
	wait_queue_head_t wait;
	bool kicked;
	struct gic_cpu *gic;
	int inside;

	u32 absent_page;
	unsigned int absent_since;

	bool has_sigmask;
	sigset_t sigmask;

	struct exit_stats exits;
	struct vcpu_timer timer;
	struct arch_vcpu arch;
};

/* ---- vm.c ---- */

/* KVM_CREATE_VM; the new file descriptor, or a negative errno. */
int vm_create(unsigned long type);

void vm_get(struct vm *vm);
void vm_put(struct vm *vm);

/* KVM_CHECK_EXTENSION, the same on /dev/kvm and on a VM. */
int vm_check_extension(unsigned long capability);

/* The vCPU with that id, or NULL. Takes no lock. */
static inline struct vcpu *vm_vcpu(struct vm *vm, unsigned int id)
{
	/* Pairs with smp_store_release() in vcpu_create(). */
	return id < VM_MAX_VCPUS ? smp_load_acquire(&vm->vcpus[id]) : NULL;
}

/* From now on every call gives -EIO, and no vCPU runs. */
void vm_kill(struct vm *vm);

/* 0, or -EIO for another process than the VM's and for a dead VM. */
int vm_check_caller(struct vm *vm);

/* ---- vcpu.c ---- */

/* KVM_CREATE_VCPU: file descriptor or negative errno. */
int vcpu_create(struct vm *vm, unsigned long id);

/* When the last reference to the VM has gone. */
void vcpu_free(struct vcpu *vcpu);

/*
 * Has the vCPU's thread look at what has changed: out of the guest, or out of
 * its sleep. From any context with interrupts on.
 */
void vcpu_kick(struct vcpu *vcpu);

/* Sleeps until a kick, until arch_vcpu_runnable(), or (-EINTR) until a signal. */
int vcpu_sleep(struct vcpu *vcpu);

/* ---- memory.c ---- */

void memory_destroy(struct vm *vm);

/* KVM_SET_USER_MEMORY_REGION; errors as memslots_check(), and -ENOMEM. */
int memory_set_region(struct vm *vm,
		      const struct kvm_userspace_memory_region *region);

/* What is behind a guest physical address. */
enum memory_fault {
	MEMORY_MAPPED,		/* memory, and now it is mapped */
	MEMORY_ABSENT,		/* no slot: a device, or nothing */
	MEMORY_PROTECTED,	/* a write to a slot that is read-only */
};

/*
 * Is the page known to be absent? A device is accessed again and again, and mostly
 * no slot has changed since.
 */
static inline bool memory_is_absent(const struct vcpu *vcpu, u32 page)
{
	return page == vcpu->absent_page &&
	       smp_load_acquire(&vcpu->vm->slots_changes) == vcpu->absent_since;
}

/*
 * Resolves a guest's fault. enum memory_fault, or -EFAULT if the VMM has no such
 * memory, -EINTR, -ENOMEM, -EAGAIN. Sleeps.
 */
int memory_resolve(struct vcpu *vcpu, u64 gpa, bool write);

/* ---- provided by the architecture ---- */

int arch_init(void);
void arch_exit(void);

/* Provokes an error that has to be survived; see <kvm/debugfs.h>. */
void arch_test_fault(bool in_guest);

int arch_vm_init(struct vm *vm);
void arch_vm_destroy(struct vm *vm);
int arch_check_extension(unsigned long capability);

/* Called with vm->lock held. */
int arch_vcpu_create(struct vcpu *vcpu);
void arch_vcpu_free(struct vcpu *vcpu);

/* Calls of a VM and of a vCPU that neutral code does not know; -ENOTTY. */
long arch_vm_ioctl(struct vm *vm, unsigned int call, unsigned long arg);
long arch_vcpu_ioctl(struct vcpu *vcpu, unsigned int call, unsigned long arg);

/*
 * May KVM_RUN begin? Before the first time, all that cannot change afterwards is
 * settled. 0 or a negative errno.
 */
int arch_vcpu_prepare(struct vcpu *vcpu);

/* The guest, whose caches may be off, is about to see the page. */
void arch_page_to_guest(struct page *page);

/*
 * Takes the answer to an exit from vcpu->run, e.g. the data of an MMIO read.
 */
void arch_vcpu_complete(struct vcpu *vcpu);

/* Is there something for the vCPU to do besides waiting? */
bool arch_vcpu_runnable(struct vcpu *vcpu);

/*
 * Runs the guest until it has to be asked something. 1: go on; 0: back to user
 * space with vcpu->run filled in; or a negative errno.
 */
int arch_vcpu_enter(struct vcpu *vcpu);

#endif /* KVM_VM_H */
