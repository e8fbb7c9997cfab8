/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines and vCPUs.
 *
 *   virt/kvm/kvm_main.c  the module, /dev/kvm
 *   virt/kvm/vm_ioctl.c  a VM's file descriptor, capabilities
 *   virt/kvm/vcpu.c      a vCPU's file descriptor, the loop of KVM_RUN
 *   virt/kvm/vm.c        creation and destruction of VMs
 *   virt/kvm/vm_memory.c a VM's memory
 *   virt/kvm/eventfd.c   KVM_IRQFD and KVM_IOEVENTFD
 *   virt/kvm/kick.c      kicks
 *
 * <kvm/arch.h> declares what an architecture provides.
 *
 * Lock order: a lock may be taken while its ancestors in this tree are held.
 *
 *   vcpu->mutex
 *   |- vm->events.irqfd_lock
 *   |  |- vm->lock
 *   |  |  |- vcpu->mutex         of all vCPUs, by mutex_trylock() only
 *   |  |  |- hyp_table_lock      arch/arm/kvm/hyp.c
 *   |  |  `- vm->vgic.lock       raw spinlock, interrupts off
 *   |  `- the eventfd's queue    interrupts off, except on PREEMPT_RT
 *   |     `- vm->vgic.lock
 *   |- vm->events.io_lock
 *   |  `- the eventfd's queue    with the same locks below it
 *   |- vm->slots_lock
 *   |  |- mmap_lock              the VMM's
 *   |  |  `- arch_mmu_lock()     the MMU notifiers take it
 *   |  `- arch_mmu_lock()
 *   |     |- vm->vgic.lock
 *   |     `- locks of set_page_dirty(), which are also taken under page table locks
 *   |- vmid_lock                 arch/arm/kvm/stage2.c
 *   `- psci_lock                 of struct arch_vm
 *      `- vm->vgic.lock
 *
 * vm->vgic.lock is the only raw spinlock. The others sleep on PREEMPT_RT, so none of them is taken
 * while interrupts or preemption are off.
 */
#ifndef KVM_VM_H
#define KVM_VM_H

#include <linux/kvm.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/rcuwait.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/signal_types.h>
#include <linux/types.h>

#include <kvm/device_address.h>
#include <kvm/eventfd.h>
#include <kvm/exit_stats.h>
#include <kvm/memslots.h>
#include <kvm/timer.h>
#include <kvm/vgic.h>

#include <kvm/arch_vm.h>

#define VM_MAX_VCPUS	8	/* CPU interfaces of a GICv2 */

#define VCPU_NOT_RUNNING	(-1)

struct dentry;
struct vcpu;

/**
 * struct vm - a virtual machine
 * @users:   file descriptors of the VM, its vCPUs and its GIC
 * @mm:      address space of the process that created the VM; no other process may use the VM
 * @dead:    after a fatal error: all ioctls return -EIO
 * @lock:    for @vcpus, @nr_vcpus, @has_run, @addresses, and @vgic's initialisation
 * @vcpus:   by id; set once, valid until the VM is freed. Without @lock, read by vm_vcpu()
 * @nr_vcpus: the highest id plus one
 * @has_run: a vCPU has been in KVM_RUN
 * @addresses: of the virtual GIC
 * @vgic:    see <kvm/vgic.h>
 * @slots_lock: for @slots; no lock is held while a fault waits for a page of the VMM
 * @slots:   memory slots
 * @slots_changes: changes of @slots so far; read without the lock
 * @slots_serial: the last serial number given to a slot, see virt/kvm/vm_memory.c
 * @events:  irqfds and ioeventfds, with locks of their own
 * @arch:    the architecture's part
 * @debugfs: the VM's folder
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
	u64 slots_serial;

	struct vm_events events;

	struct arch_vm arch;
	struct dentry *debugfs;
};

/**
 * struct vcpu - a virtual CPU
 * @vm:      the VM, to which the vCPU's file descriptor holds a reference
 * @id:      index in @vm->vcpus
 * @mutex:   held by every ioctl of the vCPU, KVM_RUN included
 * @run:     the page shared with user space, which may change at any time
 * @task:    the thread in KVM_RUN, or NULL
 * @wait:    the thread while the vCPU waits for an interrupt
 * @kicked:  the vCPU has to look at changed state before its next guest entry
 * @poll:    ticks for which its thread polls for an interrupt before it sleeps
 * @off:     the vCPU is turned off, or not initialised; under @vm->vgic.lock
 * @gic:     the vCPU's part of the VM's GIC, from vgic_map_resources() on; NULL without a GIC
 * @running_on: the CPU that runs the guest or is about to enter it, or VCPU_NOT_RUNNING
 * @mmio_page: mmio cache: number of the page in which the last access found no memory slot,
 *           or ~0
 * @mmio_since: value of @vm->slots_changes at that access
 * @has_sigmask, @sigmask: signals that are blocked during KVM_RUN
 * @old_sigmask: the thread's own mask during KVM_RUN
 * @exits:   exit counters
 * @timer:   see <kvm/timer.h>
 * @arch:    the architecture's part
 */
struct vcpu {
	struct vm *vm;
	unsigned int id;
	struct mutex mutex;
	struct kvm_run *run;

	struct task_struct *task;
	struct rcuwait wait;
	bool kicked;
	u32 poll;
	bool off;
	struct gic_cpu *gic;
	int running_on;

	u64 mmio_page;
	unsigned int mmio_since;

	bool has_sigmask;
	sigset_t sigmask;
	sigset_t old_sigmask;

	struct exit_stats exits;
	struct vcpu_timer timer;
	struct arch_vcpu arch;
};

/* Bytes that vm_account_memory() counts for a vCPU: the structure, and kvm_run. */
#define VCPU_MEMORY	((long)(sizeof(struct vcpu) + PAGE_SIZE))

/* ---- vm_ioctl.c ---- */

/* KVM_CREATE_VM: a file descriptor, or a negative errno. */
int vm_create(unsigned long type);

/* KVM_CHECK_EXTENSION, of /dev/kvm and of a VM. */
int vm_check_extension(unsigned long capability);

/* ---- vm.c ---- */

/* A VM of the calling process with one reference, or ERR_PTR(). */
struct vm *vm_alloc(void);
void vm_get(struct vm *vm);
void vm_put(struct vm *vm);

/*
 * Accounts @bytes of kernel memory of the VM, negative when freed, as page tables of the VMM. The
 * OOM killer counts page tables, but no other kernel memory.
 */
static inline void vm_account_memory(struct vm *vm, long bytes)
{
	atomic_long_add(bytes, &vm->mm->pgtables_bytes);
}

/* For a vCPU that was never added to its VM, or whose VM has no users left. */
void vcpu_free(struct vcpu *vcpu);

/* The vCPU with the id, or NULL. Needs no lock. */
static inline struct vcpu *vm_vcpu(struct vm *vm, unsigned int id)
{
	/* Pairs with smp_store_release() in vcpu_create(). */
	if (id >= VM_MAX_VCPUS)
		return NULL;
	return smp_load_acquire(&vm->vcpus[array_index_nospec(id, VM_MAX_VCPUS)]);
}

/* Returns the first vCPU whose id is at least *@id, and sets *@id to its id; or returns NULL. */
static inline struct vcpu *vm_next_vcpu(struct vm *vm, unsigned int *id)
{
	struct vcpu *vcpu = NULL;

	while (*id < VM_MAX_VCPUS && !(vcpu = vm_vcpu(vm, *id)))
		++*id;
	return vcpu;
}

/* Visits all vCPUs in the order of their ids. @i, an unsigned int, is the id. */
#define for_each_vcpu(i, vcpu, vm)					\
	for ((i) = 0; ((vcpu) = vm_next_vcpu(vm, &(i))) != NULL; (i)++)

/* ---- kick.c ---- */

/* Makes the vCPU exit or wake up and look at changed state. Any context. */
void vcpu_kick(struct vcpu *vcpu);

/* Kicks the vCPUs in a mask of ids, which is 0 most of the time. */
void vm_kick_some(struct vm *vm, unsigned long mask);
static inline void vm_kick(struct vm *vm, unsigned long mask)
{
	if (mask)
		vm_kick_some(vm, mask);
}

/* Returns once each of the CPUs has been out of guest mode. May sleep. */
void cpus_leave_guest(const struct cpumask *cpus);

/* From now on all ioctls return -EIO, and no vCPU runs. */
void vm_kill(struct vm *vm);

/* 0, or -EIO for a process other than the VM's and for a dead VM. */
static inline int vm_check_caller(const struct vm *vm)
{
	return vm->mm != current->mm || READ_ONCE(vm->dead) ? -EIO : 0;
}

/* ---- vcpu.c ---- */

/* KVM_CREATE_VCPU: a file descriptor, or a negative errno. */
int vcpu_create(struct vm *vm, unsigned long id);

/* ---- vm_memory.c ---- */

/* Removes all slots. The VM has no users left. */
void memory_destroy(struct vm *vm);

/* KVM_SET_USER_MEMORY_REGION. Errors of memslots_check(), -ENOMEM, and -EINTR if killed. */
int memory_set_region(struct vm *vm,
		      const struct kvm_userspace_memory_region *region);

/*
 * KVM_GET_DIRTY_LOG: copies the log of a slot to user space and clears it. -EINVAL: the id is out
 * of range; -ENOENT: the slot does not exist or has no KVM_MEM_LOG_DIRTY_PAGES; -EFAULT: the log
 * is kept; -ENOMEM, and -EINTR if killed. Sleeps. Source: Documentation/virt/kvm/api.rst 4.8.
 */
int memory_get_dirty_log(struct vm *vm, const struct kvm_dirty_log *args);

/* Outcome of memory_resolve(). */
enum memory_fault {
	MEMORY_MAPPED,		/* memory, which is mapped now */
	MEMORY_ABSENT,		/* no slot: MMIO */
	MEMORY_PROTECTED,	/* a write to a read-only slot: MMIO */
};

/* The mmio cache: true if the last access to page number @page found no memory slot. */
static inline bool memory_is_mmio(const struct vcpu *vcpu, u64 page)
{
	return page == vcpu->mmio_page &&
	       smp_load_acquire(&vcpu->vm->slots_changes) == vcpu->mmio_since;
}

/*
 * Resolves a stage 2 fault. Returns enum memory_fault; -EAGAIN if the guest has to repeat the
 * access or a signal is pending; -EFAULT if the VMM has no memory there; or -ENOMEM. Sleeps until
 * the VMM's page is available, which user space may delay without limit. SIGKILL ends the wait;
 * since kernel 6.2 any signal does.
 */
int memory_resolve(struct vcpu *vcpu, u64 gpa, bool write);

/*
 * Reads guest memory through the VMM's mapping, from a thread of the VMM. @size bytes, within one
 * page. 0, -EFAULT if there is no memory, or -EINTR if killed. Sleeps.
 */
int memory_read(struct vm *vm, u64 gpa, void *to, size_t size);

#endif /* KVM_VM_H */
