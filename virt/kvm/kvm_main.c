// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module, and /dev/kvm.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include <kvm/arch.h>
#include <kvm/debugfs.h>
#include <kvm/vm.h>

static long kvm_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	switch (call) {
	case KVM_GET_API_VERSION:
		return arg ? -EINVAL : KVM_API_VERSION;
	case KVM_CHECK_EXTENSION:
		return vm_check_extension(arg);
	case KVM_CREATE_VM:
		return vm_create(arg);
	case KVM_GET_VCPU_MMAP_SIZE:
		return arg ? -EINVAL : PAGE_SIZE;
	default:
		return -EINVAL;
	}
}

static const struct file_operations kvm_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = kvm_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice kvm_device = {
	.minor = KVM_MINOR,
	.name = "kvm",
	.fops = &kvm_fops,
	.mode = 0660,
};

static int __init kvm_init(void)
{
	int ret = arch_init();

	if (ret)
		return ret;
	arch_debugfs_init(kvm_debugfs_init());
	ret = misc_register(&kvm_device);
	if (ret) {
		pr_err("expected to register /dev/kvm, got error %d\n", ret);
		kvm_debugfs_exit();
		arch_exit();
	}
	return ret;
}

/* No VM exists here, because each file descriptor of a VM holds a reference to the module. */
static void __exit kvm_exit(void)
{
	misc_deregister(&kvm_device);
	kvm_debugfs_exit();
	arch_exit();
}

module_init(kvm_init);
module_exit(kvm_exit);

MODULE_DESCRIPTION("KVM for 32-bit ARM: reference for the device-address ABI");
MODULE_LICENSE("GPL");
