// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU's file descriptor, and the loop of KVM_RUN.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kvm/arch.h>
#include <kvm/debugfs.h>
#include <kvm/guest_entry.h>
#include <kvm/vm.h>

/* ---- KVM_RUN ---- */

/*
 * kvm_run.immediate_exit, the byte after request_interrupt_window. Some kernels' headers rename
 * the field, to catch code that reads it twice.
 */
static bool immediate_exit(const struct kvm_run *run)
{
	return READ_ONCE(*(&run->request_interrupt_window + 1));
}

static long interrupted(struct vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	return -EINTR;
}

/*
 * Ends KVM_RUN for has_user_mode_work(): modules cannot call the functions that do the work.
 * For task work, KVM_RUN returns as if a signal were pending: the kernel does the work at the end
 * of the system call, and restarts the call unless a signal has a handler. Throttling needs a
 * return to user mode.
 */
static long exit_for_work(struct vcpu *vcpu)
{
	long ret = interrupted(vcpu);

	if (is_throttled())
		return ret;
	set_thread_flag(TIF_NOTIFY_SIGNAL);
	return -ERESTARTNOHAND;
}

static long run_loop(struct vcpu *vcpu)
{
	long ret;

	for (;;) {
		WRITE_ONCE(vcpu->kicked, false);
		/* Pairs with vcpu_kick(): later reads see the state that it announced. */
		smp_mb();
		if (READ_ONCE(vcpu->vm->dead))
			return -EIO;
		if (!vcpu->gic && timer_output_changed(vcpu))
			return interrupted(vcpu);
		ret = arch_vcpu_enter(vcpu);
		if (ret <= 0)
			return ret;
		/* Under each of these conditions, arch_vcpu_enter() does not enter the guest. */
		if (signal_pending(current))
			return interrupted(vcpu);
		if (has_user_mode_work())
			return exit_for_work(vcpu);
		cond_resched();
	}
}

static long vcpu_run(struct vcpu *vcpu)
{
	long ret = arch_vcpu_prepare(vcpu);

	if (ret)
		return ret;
	arch_vcpu_complete(vcpu);
	if (immediate_exit(vcpu->run))
		return -EINTR;

	if (vcpu->has_sigmask)
		sigprocmask(SIG_SETMASK, &vcpu->sigmask, &vcpu->old_sigmask);
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	WRITE_ONCE(vcpu->task, current);
	ret = run_loop(vcpu);
	WRITE_ONCE(vcpu->task, NULL);
	/*
	 * If the kernel restarts the call, user space does not see kvm_run, so a change of the
	 * output remains to be reported.
	 */
	if (!vcpu->gic && ret != -ERESTARTNOHAND)
		timer_update_run(vcpu);
	if (vcpu->has_sigmask)
		sigprocmask(SIG_SETMASK, &vcpu->old_sigmask, NULL);
	return ret;
}

/* Out of line, because inlining it would give every KVM_RUN a stack canary. */
static noinline long set_signal_mask(struct vcpu *vcpu, void __user *argp)
{
	struct kvm_signal_mask mask;
	sigset_t set;

	if (!argp) {
		vcpu->has_sigmask = false;
		return 0;
	}
	if (copy_from_user(&mask, argp, sizeof(mask)))
		return -EFAULT;
	if (mask.len != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, argp + offsetof(struct kvm_signal_mask, sigset),
			   sizeof(set)))
		return -EFAULT;
	sigdelsetmask(&set, sigmask(SIGKILL) | sigmask(SIGSTOP));
	vcpu->sigmask = set;
	vcpu->has_sigmask = true;
	return 0;
}

/* ---- ioctls ---- */

static long vcpu_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	struct vcpu *vcpu = file->private_data;
	long ret = vm_check_caller(vcpu->vm);

	if (ret)
		return ret;
	if (_IOC_TYPE(call) != KVMIO)
		return -EINVAL;
	/* trylock first: mutex_lock_killable() may reschedule, which run_loop() does anyway. */
	if (!mutex_trylock(&vcpu->mutex) && mutex_lock_killable(&vcpu->mutex))
		return -EINTR;
	switch (call) {
	case KVM_RUN:
		ret = arg ? -EINVAL : vcpu_run(vcpu);
		break;
	case KVM_SET_SIGNAL_MASK:
		ret = set_signal_mask(vcpu, (void __user *)arg);
		break;
	default:
		ret = arch_vcpu_ioctl(vcpu, call, arg);
		if (ret == -ENOTTY)
			ret = -EINVAL;
	}
	mutex_unlock(&vcpu->mutex);
	return ret;
}

static vm_fault_t vcpu_fault(struct vm_fault *vmf)
{
	struct vcpu *vcpu = vmf->vma->vm_file->private_data;

	if (vmf->pgoff)
		return VM_FAULT_SIGBUS;
	vmf->page = virt_to_page(vcpu->run);
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct vcpu_vm_ops = {
	.fault = vcpu_fault,
};

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &vcpu_vm_ops;
	return 0;
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct vcpu *vcpu = file->private_data;

	vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.release = vcpu_release,
	.llseek = noop_llseek,
};

/* ---- creation ---- */

static struct vcpu *vcpu_alloc(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!vcpu)
		return ERR_PTR(-ENOMEM);
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->running_on = VCPU_NOT_RUNNING;
	vcpu->off = true;
	vcpu->mmio_page = ~0ULL;
	mutex_init(&vcpu->mutex);
	rcuwait_init(&vcpu->wait);
	vcpu->run = (struct kvm_run *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vcpu->run) {
		kfree(vcpu);
		return ERR_PTR(-ENOMEM);
	}
	vm_account_memory(vm, VCPU_MEMORY);
	ret = arch_vcpu_create(vcpu);
	if (ret) {
		vcpu_free(vcpu);
		return ERR_PTR(ret);
	}
	return vcpu;
}

static int check_new_vcpu(struct vm *vm, unsigned long id)
{
	lockdep_assert_held(&vm->lock);
	if (vm->vgic.ready)
		return -EBUSY;
	if (id >= VM_MAX_VCPUS)
		return -EINVAL;
	return vm_vcpu(vm, id) ? -EEXIST : 0;
}

int vcpu_create(struct vm *vm, unsigned long id)
{
	struct file *file;
	struct vcpu *vcpu;
	int fd, ret;

	mutex_lock(&vm->lock);
	ret = check_new_vcpu(vm, id);
	if (ret)
		goto unlock;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		ret = fd;
		goto unlock;
	}
	vcpu = vcpu_alloc(vm, id);
	if (IS_ERR(vcpu)) {
		ret = PTR_ERR(vcpu);
		goto put_fd;
	}
	file = anon_inode_getfile("kvm-vcpu", &vcpu_fops, vcpu, O_RDWR);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		vcpu_free(vcpu);
		goto put_fd;
	}
	vm_get(vm);
	vm->nr_vcpus = max_t(unsigned int, vm->nr_vcpus, id + 1);
	/* Pairs with vm_vcpu(). */
	smp_store_release(&vm->vcpus[id], vcpu);
	kvm_debugfs_add_vcpu(vcpu);
	mutex_unlock(&vm->lock);
	fd_install(fd, file);
	return fd;

put_fd:
	put_unused_fd(fd);
unlock:
	mutex_unlock(&vm->lock);
	return ret;
}
