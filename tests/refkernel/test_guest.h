/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs for the tests of the module: their descriptors, vCPUs, registers, memory and GIC.
 */
#ifndef TESTS_REFKERNEL_GUEST_H
#define TESTS_REFKERNEL_GUEST_H

#include <sys/ioctl.h>

#include <linux/kvm.h>
#include <linux/kvm_device_address.h>

#include "host.h"

#define GICD_IPA	0x08000000U
#define GICC_IPA	0x08010000U
#define CODE_IPA	0x40000000U
#define EXIT_IPA	0x50000000U	/* neither memory nor a device: guests report there */

#define CORE_PC		15
#define CORE_CPSR	16

#define MAX_VCPUS	8

/* ---- a VM and its vCPUs, by their descriptors ---- */

static inline uint64_t core_id(unsigned int index)
{
	return KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | index;
}

static inline bool set_core_reg(int vcpu, unsigned int index, uint32_t value)
{
	struct kvm_one_reg reg = { .id = core_id(index), .addr = (uintptr_t)&value };

	return check(!ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

static inline bool set_region(int vm, uint32_t slot, uint64_t gpa, void *hva, uint64_t size,
			      uint32_t flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	return check(!ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region),
		     "KVM_SET_USER_MEMORY_REGION");
}

static inline bool set_gic_address(int vm, uint32_t type, uint64_t addr)
{
	struct kvm_device_address arg = { .id = type, .addr = addr };

	return check(!ioctl(vm, KVM_SET_DEVICE_ADDRESS, &arg), "KVM_SET_DEVICE_ADDRESS");
}

static inline bool set_gic_addresses(int vm)
{
	return set_gic_address(vm, KVM_VGIC_V2_ADDR_TYPE_DIST, GICD_IPA) &&
	       set_gic_address(vm, KVM_VGIC_V2_ADDR_TYPE_CPU, GICC_IPA);
}

/* @features: a bit for each feature, 1 << KVM_ARM_VCPU_*. Resets a vCPU that has run. */
static inline bool init_vcpu(int vm, int vcpu, uint32_t features)
{
	struct kvm_vcpu_init init = { 0 };

	if (!check(!ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET"))
		return false;
	init.features[0] = features;
	return check(!ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
}

/* ---- all of a VM ---- */

/**
 * struct vm - a VM that vm_create() made, for vm_destroy()
 * @memory: @memory_size bytes of vm_create_with_code(), which vm_destroy() unmaps
 */
struct vm {
	void *memory;
	size_t memory_size;
	int kvm, fd;
	unsigned int nr_vcpus;
	int vcpu[MAX_VCPUS];
	struct kvm_run *run[MAX_VCPUS];
};

/* @memory: of @size bytes, from CODE_IPA on. */
static inline bool vm_create(struct vm *vm, void *memory, size_t size)
{
	*vm = (struct vm) { .fd = -1 };
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (!check(vm->kvm >= 0, "open /dev/kvm"))
		return false;
	vm->fd = ioctl(vm->kvm, KVM_CREATE_VM, 0);
	return check(vm->fd >= 0, "KVM_CREATE_VM") &&
	       set_region(vm->fd, 0, CODE_IPA, memory, size, 0);
}

static inline bool vm_create_gic(const struct vm *vm)
{
	return check(!ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP") &&
	       set_gic_addresses(vm->fd);
}

/*
 * Creates a VM with a GIC and @size bytes of memory that begin with @code. Returns the memory, or
 * NULL.
 */
static inline void *vm_create_with_code(struct vm *vm, const void *code, size_t length,
					size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!check(memory != MAP_FAILED, "mmap"))
		return NULL;
	memcpy(memory, code, length);
	if (!vm_create(vm, memory, size) || !vm_create_gic(vm))
		return NULL;
	vm->memory = memory;
	vm->memory_size = size;
	return memory;
}

static inline bool vm_add_vcpu(struct vm *vm, uint32_t features)
{
	unsigned int i = vm->nr_vcpus;

	vm->vcpu[i] = ioctl(vm->fd, KVM_CREATE_VCPU, i);
	if (!check(vm->vcpu[i] >= 0, "KVM_CREATE_VCPU"))
		return false;
	vm->run[i] = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu[i], 0);
	vm->nr_vcpus++;
	return check(vm->run[i] != MAP_FAILED, "mmap of kvm_run") &&
	       init_vcpu(vm->fd, vm->vcpu[i], features);
}

/* A number of the file `mmu` of the VM's folder in debugfs, or -1. */
static inline long vm_mmu(const struct vm *vm, const char *name)
{
	char path[64], format[32];

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/mmu", getpid(), vm->fd);
	snprintf(format, sizeof(format), "%s %%ld", name);
	return access(path, R_OK) ? -1 : sum_in(path, format);
}

static inline void vm_destroy(const struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		munmap(vm->run[i], getpagesize());
		close(vm->vcpu[i]);
	}
	close(vm->fd);
	close(vm->kvm);
	if (vm->memory)
		munmap(vm->memory, vm->memory_size);
}

/* Defines a test for host_tests() that calls the program's with_guest(). */
#define ALONE(name)							\
	static bool name##_alone(void)					\
	{								\
		return with_guest(name);				\
	}

#endif /* TESTS_REFKERNEL_GUEST_H */
