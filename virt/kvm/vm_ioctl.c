// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's file descriptor: its ioctls, and the capabilities.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <linux/kvm_device_address.h>
#include <linux/uaccess.h>

#include <kvm/arch.h>
#include <kvm/debugfs.h>
#include <kvm/gic_host.h>
#include <kvm/irq_routing.h>
#include <kvm/vm.h>

/* ---- capabilities ---- */

int vm_check_extension(unsigned long capability)
{
	switch (capability) {
	case KVM_CAP_USER_MEMORY:
	case KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
	case KVM_CAP_JOIN_MEMORY_REGIONS_WORKS:
	case KVM_CAP_READONLY_MEM:
	case KVM_CAP_SYNC_MMU:
	case KVM_CAP_ONE_REG:
	case KVM_CAP_MP_STATE:
	case KVM_CAP_IMMEDIATE_EXIT:
	case KVM_CAP_CHECK_EXTENSION_VM:
	case KVM_CAP_INTERNAL_ERROR_DATA:
	case KVM_CAP_IOEVENTFD:
	case KVM_CAP_IOEVENTFD_ANY_LENGTH:
		return 1;
	case KVM_CAP_NR_MEMSLOTS:
		return MEMSLOTS_MAX;
	case KVM_CAP_NR_VCPUS:
		return min_t(unsigned int, num_online_cpus(), VM_MAX_VCPUS);
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID:
		return VM_MAX_VCPUS;
	case KVM_CAP_SET_DEVICE_ADDR:
	case KVM_CAP_ARM_SET_DEVICE_ADDR:
	case KVM_CAP_DEVICE_CTRL:
		return 1;
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_IRQFD:
	case KVM_CAP_IRQFD_RESAMPLE:
		return gic_host.present;
	case KVM_CAP_IRQ_ROUTING:
		return gic_host.present ? IRQ_ROUTES_MAX : 0;
	default:
		return arch_check_extension(capability);
	}
}

/* ---- the virtual GIC ---- */

/* The seed and legacy dialects. @id: device id in bits 31..16, address type in bits 15..0. */
static long set_device_address(struct vm *vm, u32 id, u64 addr)
{
	struct device_address_context context;
	long ret;

	mutex_lock(&vm->lock);
	context.present = gic_host.present;
	context.created = vgic_created(&vm->vgic);
	ret = device_address_set(&vm->addresses, &context, id, addr);
	mutex_unlock(&vm->lock);
	return ret;
}

static noinline long seed_set_device_address(struct vm *vm,
					     const struct kvm_device_address __user *argp)
{
	u64 addr;
	u32 id;

	if (get_user(id, &argp->id) || get_user(addr, &argp->addr))
		return -EFAULT;
	return set_device_address(vm, id, addr);
}

static noinline long legacy_set_device_address(struct vm *vm,
					       const struct kvm_arm_device_addr __user *argp)
{
	u64 id, addr;

	if (get_user(id, &argp->id) || get_user(addr, &argp->addr))
		return -EFAULT;
	/* Bits 63 to 32 are ignored [wide_id.high_bits]. */
	return set_device_address(vm, (u32)id, addr);
}

/* ---- ioctls ---- */

/*
 * These functions copy the ioctl's argument. Out of line, because a structure on the stack of
 * vm_ioctl() would make the compiler protect that stack in each KVM_IRQ_LINE.
 */
static noinline long set_region(struct vm *vm, void __user *argp)
{
	struct kvm_userspace_memory_region region;

	if (copy_from_user(&region, argp, sizeof(region)))
		return -EFAULT;
	return memory_set_region(vm, &region);
}

static noinline long get_dirty_log(struct vm *vm, void __user *argp)
{
	struct kvm_dirty_log log;

	if (copy_from_user(&log, argp, sizeof(log)))
		return -EFAULT;
	return memory_get_dirty_log(vm, &log);
}

static noinline long set_irqfd(struct vm *vm, void __user *argp)
{
	struct kvm_irqfd irqfd;

	if (copy_from_user(&irqfd, argp, sizeof(irqfd)))
		return -EFAULT;
	return irqfd_ioctl(vm, &irqfd);
}

static noinline long set_routing(struct vm *vm, struct kvm_irq_routing __user *argp)
{
	struct kvm_irq_routing routing;

	if (copy_from_user(&routing, argp, sizeof(routing)))
		return -EFAULT;
	return irq_routing_ioctl(vm, &routing, argp->entries);
}

static noinline long set_ioeventfd(struct vm *vm, void __user *argp)
{
	struct kvm_ioeventfd ioeventfd;

	if (copy_from_user(&ioeventfd, argp, sizeof(ioeventfd)))
		return -EFAULT;
	return ioeventfd_ioctl(vm, &ioeventfd);
}

static long vm_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	struct vm *vm = file->private_data;
	void __user *argp = (void __user *)arg;
	long ret = vm_check_caller(vm);

	if (ret)
		return ret;
	switch (call) {
	case KVM_CHECK_EXTENSION:
		return vm_check_extension(arg);
	case KVM_CREATE_VCPU:
		return vcpu_create(vm, arg);
	case KVM_SET_USER_MEMORY_REGION:
		return set_region(vm, argp);
	case KVM_GET_DIRTY_LOG:
		return get_dirty_log(vm, argp);
	case KVM_CREATE_IRQCHIP:
		return vgic_create(vm);
	case KVM_CREATE_DEVICE:
		return vgic_create_device(vm, argp);
	case KVM_SET_DEVICE_ADDRESS:
		return seed_set_device_address(vm, argp);
	case KVM_ARM_SET_DEVICE_ADDR:
		return legacy_set_device_address(vm, argp);
	case KVM_IRQFD:
		return set_irqfd(vm, argp);
	case KVM_SET_GSI_ROUTING:
		return set_routing(vm, argp);
	case KVM_IOEVENTFD:
		return set_ioeventfd(vm, argp);
	default:
		ret = arch_vm_ioctl(vm, call, arg);
		/* The seed returns EINVAL for unknown calls [abi.neighbouring_numbers]. */
		return ret == -ENOTTY ? -EINVAL : ret;
	}
}

static int vm_release(struct inode *inode, struct file *file)
{
	vm_put(file->private_data);
	return 0;
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vm_ioctl,
	.release = vm_release,
	.llseek = noop_llseek,
};

/* The only type is 0: the guest physical address space has one size. */
int vm_create(unsigned long type)
{
	struct file *file;
	struct vm *vm;
	int fd, ret;

	if (type)
		return -EINVAL;
	vm = vm_alloc();
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		ret = fd;
		goto fail;
	}
	file = anon_inode_getfile("kvm-vm", &vm_fops, vm, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		ret = PTR_ERR(file);
		goto fail;
	}
	kvm_debugfs_add_vm(vm, fd);
	fd_install(fd, file);
	return fd;

fail:
	vm_put(vm);
	return ret;
}
