// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <kvm/arch.h>
#include <kvm/gic_host.h>
#include <kvm/timer.h>

#include "arch.h"
#include "cache.h"
#include "cp15.h"
#include "errata.h"

/* ---- the CPU ---- */

int arch_target(void)
{
	u32 midr = cp15_read_midr();

	if (MIDR_IMPLEMENTER(midr) != IMPLEMENTER_ARM)
		return -1;
	switch (MIDR_PART(midr)) {
	case PART_CORTEX_A7:
		return KVM_ARM_TARGET_CORTEX_A7;
	case PART_CORTEX_A15:
		return KVM_ARM_TARGET_CORTEX_A15;
	default:
		return -1;
	}
}

/* ---- module ---- */

int arch_init(void)
{
	int ret;

	if (arch_target() < 0) {
		pr_err("expected a Cortex-A15 or Cortex-A7, got MIDR 0x%08x\n",
		       cp15_read_midr());
		return -ENODEV;
	}
	ret = hyp_init();
	if (ret)
		return ret;
	ret = timer_host_init();
	if (ret) {
		hyp_exit();
		return ret;
	}
	gic_host_init();
	return 0;
}

void arch_exit(void)
{
	gic_host_exit();
	timer_host_exit();
	hyp_exit();
}

static ssize_t hyp_fault_write(struct file *file, const char __user *from,
			       size_t size, loff_t *at)
{
	static const char * const tests[] = { "host", "guest", "abort" };
	char word[8] = "";
	loff_t begin = 0;
	ssize_t got = simple_write_to_buffer(word, sizeof(word) - 1, &begin, from, size);
	int test;

	if (got < 0)
		return got;
	word[got] = '\0';
	/* tests[] is in the order of enum hyp_test. */
	test = sysfs_match_string(tests, word);
	if (test < 0)
		return test;
	hyp_test(test);
	return size;
}

static const struct file_operations hyp_fault_fops = {
	.owner = THIS_MODULE,
	.write = hyp_fault_write,
};

static int hyp_cpus_show(struct seq_file *file, void *unused)
{
	hyp_show_cpus(file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hyp_cpus);

void arch_debugfs_init(struct dentry *root)
{
	debugfs_create_file("cpus", 0400, root, NULL, &hyp_cpus_fops);
	debugfs_create_file("hyp_fault", 0200, root, NULL, &hyp_fault_fops);
}

int arch_check_extension(unsigned long capability)
{
	switch (capability) {
	case KVM_CAP_ARM_PSCI:
	case KVM_CAP_ARM_PSCI_0_2:
	case KVM_CAP_ARM_USER_IRQ:
		return 1;
	default:
		return 0;
	}
}

/* ---- memory ---- */

/* Data caches only: stage2_map() invalidates the instruction caches. */
void arch_page_to_guest(struct page *page)
{
	void *address = kmap_local_page(page);

	clean_invalidate_to_poc(address, PAGE_SIZE);
	kunmap_local(address);
}

/* ---- a VM ---- */

int arch_vm_init(struct vm *vm)
{
	spin_lock_init(&vm->arch.psci_lock);
	device_addresses_init(&vm->addresses, STAGE2_IPA_BITS);
	vm->arch.cntvoff = cp15_read_cntpct();
	return stage2_init(&vm->arch.stage2, vm->mm);
}

void arch_vm_destroy(struct vm *vm)
{
	stage2_destroy(&vm->arch.stage2);
}

/* Out of line, so that only this call pays for the structure on the stack. */
static noinline long preferred_target(struct kvm_vcpu_init __user *argp)
{
	struct kvm_vcpu_init init = { .target = arch_target() };

	return copy_to_user(argp, &init, sizeof(init)) ? -EFAULT : 0;
}

/* Sets the IRQ or FIQ line of a vCPU, in a VM without a GIC. */
static long cpu_line(struct vm *vm, u32 irq, bool level)
{
	unsigned int type = irq >> KVM_ARM_IRQ_TYPE_SHIFT & KVM_ARM_IRQ_TYPE_MASK;
	unsigned int index = irq >> KVM_ARM_IRQ_VCPU_SHIFT & KVM_ARM_IRQ_VCPU_MASK;
	unsigned int number = irq >> KVM_ARM_IRQ_NUM_SHIFT & KVM_ARM_IRQ_NUM_MASK;
	struct vcpu *vcpu = vm_vcpu(vm, index);
	unsigned long bit;

	if (type == KVM_ARM_IRQ_TYPE_PPI || type == KVM_ARM_IRQ_TYPE_SPI)
		return -ENXIO;
	if (type != KVM_ARM_IRQ_TYPE_CPU)
		return -EINVAL;
	if (!vcpu || number > KVM_ARM_IRQ_CPU_FIQ)
		return -EINVAL;

	bit = number == KVM_ARM_IRQ_CPU_IRQ ? ilog2(HCR_VI) : ilog2(HCR_VF);
	if (level)
		set_bit(bit, &vcpu->arch.irq_lines);
	else
		clear_bit(bit, &vcpu->arch.irq_lines);
	vcpu_kick(vcpu);
	return 0;
}

static long irq_line(struct vm *vm, const struct kvm_irq_level __user *argp)
{
	u32 irq, level;

	if (get_user(irq, &argp->irq) || get_user(level, &argp->level))
		return -EFAULT;
	return vgic_created(&vm->vgic) ? vgic_irq_line(vm, irq, level) :
					 cpu_line(vm, irq, level);
}

long arch_vm_ioctl(struct vm *vm, unsigned int call, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (call) {
	case KVM_ARM_PREFERRED_TARGET:
		return preferred_target(argp);
	case KVM_IRQ_LINE:
		return irq_line(vm, argp);
	default:
		return -ENOTTY;
	}
}
