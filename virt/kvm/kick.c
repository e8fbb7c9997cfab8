// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forces vCPUs and CPUs out of guest mode. Calls no other file of the module.
 */
#include <linux/bits.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include <kvm/trace.h>
#include <kvm/vm.h>

void vcpu_kick(struct vcpu *vcpu)
{
	struct task_struct *task;

	trace_vcpu_kick(vcpu->id);
	/*
	 * A full barrier, which pairs with those in run_loop(), vgic_enter() and vcpu_sleep(). The
	 * vCPU clears the flag before it looks for changes. If the flag is set, another kick is on
	 * its way, and the vCPU will see this change, too.
	 */
	if (xchg(&vcpu->kicked, true))
		return;
	/*
	 * A thread that is not waiting yet checks the flag before it sleeps. vcpu->wait is not a
	 * wait queue, whose lock would sleep on PREEMPT_RT: callers may have interrupts off.
	 */
	if (rcuwait_active(&vcpu->wait))
		rcuwait_wake_up(&vcpu->wait);
	/* A vCPU in the host checks the flag before its next entry. */
	if (READ_ONCE(vcpu->running_on) == VCPU_NOT_RUNNING)
		return;

	/* A task_struct stays valid for a grace period after its thread has exited. */
	rcu_read_lock();
	task = READ_ONCE(vcpu->task);
	if (task)
		kick_process(task);
	rcu_read_unlock();
}

void vm_kick_some(struct vm *vm, unsigned long mask)
{
	for (; mask; mask &= mask - 1) {
		struct vcpu *vcpu = vm_vcpu(vm, __ffs(mask));

		if (vcpu)
			vcpu_kick(vcpu);
	}
}

static void leave_guest(void *unused)
{
}

/* The IPI itself makes a CPU exit from its guest. */
void cpus_leave_guest(const struct cpumask *cpus)
{
	on_each_cpu_mask(cpus, leave_guest, NULL, true);
}

void vm_kill(struct vm *vm)
{
	WRITE_ONCE(vm->dead, true);
	vm_kick(vm, GENMASK(VM_MAX_VCPUS - 1, 0));
}
