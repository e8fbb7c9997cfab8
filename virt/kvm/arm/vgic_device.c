// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC as a device of KVM_CREATE_DEVICE: the devattr dialect.
 * Documentation/virt/kvm/devices/arm-vgic.rst of the kernel.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

/* Values of KVM_DEV_ARM_VGIC_GRP_NR_IRQS: arm-vgic.rst. */
#define NR_IRQS_MIN	(GIC_NR_PRIVATE + 32)
#define NR_IRQS_MAX	1024

static void __user *user_of(const struct kvm_device_attr *attr)
{
	return (void __user *)(unsigned long)attr->addr;
}

/* ---- addresses ---- */

static long addr_has(struct vm *vm, const struct kvm_device_attr *attr)
{
	return attr->attr < DEVICE_ADDRESS_TYPES ? 0 : -ENXIO;
}

static long addr_set(struct vm *vm, const struct kvm_device_attr *attr)
{
	const struct device_address_context context = {
		.present = true, .created = true,
	};
	long ret;
	u64 addr;

	/* [precedence_attr.unknown_type_bad_pointer] */
	if (copy_from_user(&addr, user_of(attr), sizeof(addr)))
		return -EFAULT;
	if (addr_has(vm, attr))
		return -ENXIO;
	mutex_lock(&vm->lock);
	ret = device_address_set(&vm->addresses, &context, attr->attr, addr);
	mutex_unlock(&vm->lock);
	return ret;
}

static long addr_get(struct vm *vm, const struct kvm_device_attr *attr)
{
	unsigned int type;
	u64 addr;

	if (addr_has(vm, attr))
		return -ENXIO;
	type = array_index_nospec((unsigned int)attr->attr, DEVICE_ADDRESS_TYPES);
	mutex_lock(&vm->lock);
	addr = vm->addresses.base[type];
	mutex_unlock(&vm->lock);
	return copy_to_user(user_of(attr), &addr, sizeof(addr)) ? -EFAULT : 0;
}

/* ---- number of interrupts ---- */

static long irqs_has(struct vm *vm, const struct kvm_device_attr *attr)
{
	return 0;
}

static long irqs_set(struct vm *vm, const struct kvm_device_attr *attr)
{
	struct vgic *vgic = &vm->vgic;
	long ret = 0;
	u32 irqs;

	if (copy_from_user(&irqs, user_of(attr), sizeof(irqs)))
		return -EFAULT;
	if (irqs < NR_IRQS_MIN || irqs > NR_IRQS_MAX || irqs % 32)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vgic->irqs_set || vgic->ready) {
		ret = -EBUSY;
	} else {
		vgic->irqs_set = true;
		WRITE_ONCE(vgic->gic->nr_irqs, min_t(u32, irqs, GIC_MAX_IRQS));
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static long irqs_get(struct vm *vm, const struct kvm_device_attr *attr)
{
	const struct vgic *vgic = &vm->vgic;
	/* INTIDs 1020 to 1023 are special: 1020 interrupts are reported as 1024. */
	u32 irqs = round_up(READ_ONCE(vgic->gic->nr_irqs), 32);

	/* [nr_irqs.unset] */
	if (!READ_ONCE(vgic->irqs_set) && !READ_ONCE(vgic->ready))
		irqs = GIC_NR_PRIVATE;
	return copy_to_user(user_of(attr), &irqs, sizeof(irqs)) ? -EFAULT : 0;
}

/* ---- control ---- */

static long ctrl_has(struct vm *vm, const struct kvm_device_attr *attr)
{
	return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ? 0 : -ENXIO;
}

static long ctrl_set(struct vm *vm, const struct kvm_device_attr *attr)
{
	if (ctrl_has(vm, attr))
		return -ENXIO;
	mutex_lock(&vm->lock);
	vgic_init(vm);
	mutex_unlock(&vm->lock);
	return 0;
}

/* ---- registers, for save and restore ---- */

static unsigned int reg_cpu(const struct kvm_device_attr *attr)
{
	return (attr->attr & KVM_DEV_ARM_VGIC_CPUID_MASK) >> KVM_DEV_ARM_VGIC_CPUID_SHIFT;
}

static u32 reg_offset(const struct kvm_device_attr *attr)
{
	return attr->attr & KVM_DEV_ARM_VGIC_OFFSET_MASK;
}

/*
 * User space may access registers only while no vCPU is in KVM_RUN. Keeps all vCPUs out of KVM_RUN
 * until unlock_vcpus(), or returns -EBUSY if one is in it.
 */
static int lock_vcpus(struct vm *vm)
{
	struct vcpu *vcpu;
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	for_each_vcpu(i, vcpu, vm)
		if (!mutex_trylock(&vcpu->mutex))
			goto busy;
	return 0;

busy:
	while (i-- > 0)
		if (vm->vcpus[i])
			mutex_unlock(&vm->vcpus[i]->mutex);
	return -EBUSY;
}

static void unlock_vcpus(struct vm *vm)
{
	struct vcpu *vcpu;
	unsigned int i;

	for_each_vcpu(i, vcpu, vm)
		mutex_unlock(&vcpu->mutex);
}

/**
 * struct reg_group - registers of an attribute group
 * @has:   true if there is a register at the offset
 * @empty: true if the register has only fields of absent interrupts. May be NULL
 * @get:   reads the register
 * @set:   writes the register; 0, or -EINVAL for an impossible value
 */
struct reg_group {
	bool (*has)(u32 offset);
	bool (*empty)(const struct gic_state *gic, u32 offset);
	u32 (*get)(struct gic_state *gic, unsigned int cpu, u32 offset);
	int (*set)(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value);
};

static int cpu_word_set(struct gic_state *gic, unsigned int cpu, u32 offset, u32 value)
{
	gicc_saved_set(gic, cpu, offset, value);
	return 0;
}

static const struct reg_group dist_regs = {
	gicd_exists, gicd_is_empty, gicd_user_read, gicd_user_write,
};

static const struct reg_group cpu_regs = {
	gicc_saved_exists, NULL, gicc_saved_get, cpu_word_set,
};

static long reg_has(const struct reg_group *group, struct vm *vm,
		    const struct kvm_device_attr *attr)
{
	if (!vm_vcpu(vm, reg_cpu(attr)))
		return -EINVAL;
	if (reg_offset(attr) % sizeof(u32) || !group->has(reg_offset(attr)))
		return -ENXIO;
	return 0;
}

/*
 * KVM_HAS_DEVICE_ATTR fails for some registers that can be accessed
 * [registers.has_beyond_nr_irqs].
 */
static long reg_reports(const struct reg_group *group, struct vm *vm,
			const struct kvm_device_attr *attr)
{
	long ret = reg_has(group, vm, attr);

	if (!ret && group->empty && group->empty(vm->vgic.gic, reg_offset(attr)))
		ret = -ENXIO;
	return ret;
}

static long reg_access(const struct reg_group *group, struct vm *vm,
		       const struct kvm_device_attr *attr, bool write, u32 *value)
{
	unsigned int cpu = array_index_nospec(reg_cpu(attr), GIC_MAX_VCPUS);
	struct vgic *vgic = &vm->vgic;
	long ret = reg_has(group, vm, attr);

	/* Calls that fail before this point do not initialise the GIC. */
	if (ret)
		return ret;
	mutex_lock(&vm->lock);
	vgic_init(vm);
	ret = lock_vcpus(vm);
	if (!ret) {
		raw_spin_lock_irq(&vgic->lock);
		if (write)
			ret = group->set(vgic->gic, cpu, reg_offset(attr), *value);
		else
			*value = group->get(vgic->gic, cpu, reg_offset(attr));
		raw_spin_unlock_irq(&vgic->lock);
		unlock_vcpus(vm);
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static long reg_get(const struct reg_group *group, struct vm *vm,
		    const struct kvm_device_attr *attr)
{
	u32 value;
	long ret = reg_access(group, vm, attr, false, &value);

	if (ret)
		return ret;
	return copy_to_user(user_of(attr), &value, sizeof(value)) ? -EFAULT : 0;
}

static long reg_set(const struct reg_group *group, struct vm *vm,
		    const struct kvm_device_attr *attr)
{
	u32 value;

	if (copy_from_user(&value, user_of(attr), sizeof(value)))
		return -EFAULT;
	return reg_access(group, vm, attr, true, &value);
}

#define REG_GROUP(name)							\
	static long name##_has(struct vm *vm, const struct kvm_device_attr *attr) \
	{								\
		return reg_reports(&name##_regs, vm, attr);		\
	}								\
	static long name##_get(struct vm *vm, const struct kvm_device_attr *attr) \
	{								\
		return reg_get(&name##_regs, vm, attr);			\
	}								\
	static long name##_set(struct vm *vm, const struct kvm_device_attr *attr) \
	{								\
		return reg_set(&name##_regs, vm, attr);			\
	}

REG_GROUP(dist)
REG_GROUP(cpu)

/* ---- ioctls ---- */

typedef long (*attr_call)(struct vm *vm, const struct kvm_device_attr *attr);

enum { ATTR_HAS, ATTR_GET, ATTR_SET };

/* By group and ATTR_*. If there is no function, the ioctl fails with -ENXIO. */
static const attr_call groups[][3] = {
	[KVM_DEV_ARM_VGIC_GRP_ADDR] = { addr_has, addr_get, addr_set },
	[KVM_DEV_ARM_VGIC_GRP_DIST_REGS] = { dist_has, dist_get, dist_set },
	[KVM_DEV_ARM_VGIC_GRP_CPU_REGS] = { cpu_has, cpu_get, cpu_set },
	[KVM_DEV_ARM_VGIC_GRP_NR_IRQS] = { irqs_has, irqs_get, irqs_set },
	[KVM_DEV_ARM_VGIC_GRP_CTRL] = { ctrl_has, NULL, ctrl_set },
};

static long device_ioctl(struct file *file, unsigned int call, unsigned long arg)
{
	struct vm *vm = file->private_data;
	struct kvm_device_attr attr;
	long ret = vm_check_caller(vm);
	unsigned int op;
	attr_call group_call;

	if (ret)
		return ret;
	switch (call) {
	case KVM_HAS_DEVICE_ATTR:
		op = ATTR_HAS;
		break;
	case KVM_GET_DEVICE_ATTR:
		op = ATTR_GET;
		break;
	case KVM_SET_DEVICE_ATTR:
		op = ATTR_SET;
		break;
	default:
		return -ENOTTY;
	}
	if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return -EFAULT;
	if (attr.group >= ARRAY_SIZE(groups))
		return -ENXIO;
	group_call = groups[array_index_nospec(attr.group, ARRAY_SIZE(groups))][op];
	return group_call ? group_call(vm, &attr) : -ENXIO;
}

static int device_release(struct inode *inode, struct file *file)
{
	vm_put(file->private_data);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.release = device_release,
	.llseek = noop_llseek,
};

long vgic_create_device(struct vm *vm, struct kvm_create_device __user *argp)
{
	struct kvm_create_device device;
	struct file *file;
	long ret;
	int fd;

	if (copy_from_user(&device, argp, sizeof(device)))
		return -EFAULT;
	if (device.type != KVM_DEV_TYPE_ARM_VGIC_V2 || !gic_host.present)
		return -ENODEV;
	if (device.flags & KVM_CREATE_DEVICE_TEST)
		return 0;

	/* Creating the GIC cannot be undone, so a bad pointer has to fail first. */
	if (copy_to_user(argp, &device, sizeof(device)))
		return -EFAULT;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = anon_inode_getfile("kvm-vgic", &device_fops, vm, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	vm_get(vm);	/* for the file */
	ret = vgic_create(vm);
	/* On failure user space's struct is unchanged [create.failed_returns_nothing]. */
	device.fd = fd;
	if (!ret && copy_to_user(argp, &device, sizeof(device)))
		ret = -EFAULT;
	if (ret) {
		put_unused_fd(fd);
		fput(file);
		return ret;
	}
	fd_install(fd, file);
	return 0;
}
