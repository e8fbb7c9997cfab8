// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include <kvm/arch_mmu.h>
#include <kvm/debugfs.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

static struct dentry *root;

static int vcpu_show(struct seq_file *file, void *unused)
{
	const struct vcpu *vcpu = file->private;

#define SHOW(name)	seq_printf(file, #name " %u\n", READ_ONCE(vcpu->exits.name));
	SHOW(total)
	FOR_EACH_EXIT_REASON(SHOW)
#undef SHOW
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpu);

static int vgic_state_show(struct seq_file *file, void *unused)
{
	return vgic_show(file, file->private);
}
DEFINE_SHOW_ATTRIBUTE(vgic_state);

static int mmu_show(struct seq_file *file, void *unused)
{
	arch_mmu_show(file, file->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(mmu);

struct dentry *kvm_debugfs_init(void)
{
	root = debugfs_create_dir("kvm", NULL);
	return root;
}

void kvm_debugfs_exit(void)
{
	debugfs_remove(root);
}

static bool name_exists(const char *name)
{
	struct dentry *there = debugfs_lookup(name, root);

	dput(there);
	return there;
}

/*
 * A VM outlives its file descriptor while a vCPU's is open, so another VM may get the same
 * <pid>-<fd>. A third number distinguishes them.
 */
void kvm_debugfs_add_vm(struct vm *vm, int fd)
{
	char name[3 * sizeof("2147483647")];
	unsigned int i;

	snprintf(name, sizeof(name), "%d-%d", task_pid_nr(current), fd);
	for (i = 1; name_exists(name); i++)
		snprintf(name, sizeof(name), "%d-%d-%u", task_pid_nr(current), fd, i);
	vm->debugfs = debugfs_create_dir(name, root);
	debugfs_create_file("mmu", 0444, vm->debugfs, vm, &mmu_fops);
}

void kvm_debugfs_add_vgic(struct vm *vm)
{
	debugfs_create_file("vgic-state", 0444, vm->debugfs, vm, &vgic_state_fops);
}

/* Waits for readers: the vCPUs may be freed afterwards. */
void kvm_debugfs_remove_vm(struct vm *vm)
{
	debugfs_remove(vm->debugfs);
}

void kvm_debugfs_add_vcpu(struct vcpu *vcpu)
{
	char name[sizeof("vcpu") + 3];

	snprintf(name, sizeof(name), "vcpu%u", vcpu->id);
	debugfs_create_file(name, 0444, vcpu->vm->debugfs, vcpu, &vcpu_fops);
}
