/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device-address ABI in its three dialects, behind one set of calls.
 *
 * The calls work on bare file descriptors and return errors as negative errno values, because the
 * tests are about errors. The KVM selftests library, which ends the process on the first error, is
 * used only where guest code has to run.
 */
#ifndef VGIC_ABI_ABI_H
#define VGIC_ABI_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi.h"

/* Features that a test needs of the system under test; bits of a mask. */
enum abi_need {
	NEED_SEED	= 1 << 0,	/* capability 84: KVM_SET_DEVICE_ADDRESS */
	NEED_LEGACY	= 1 << 1,	/* capability 88: KVM_ARM_SET_DEVICE_ADDR */
	NEED_DEVATTR	= 1 << 2,	/* capability 89: KVM_CREATE_DEVICE */
	NEED_GICV2	= 1 << 3,	/* a GICv2 can be given to a guest */
	NEED_GICV3	= 1 << 4,	/* a GICv3 can be given to a guest */
	NEED_NO_GICV2	= 1 << 5,	/* no GICv2 can be given to a guest: the ENXIO rules */
	NEED_NO_SEED	= 1 << 6,	/* capability 84 answers 0 */
	NEED_PROTECTED	= 1 << 9,	/* KVM is in protected mode: VMs can be protected */
	NEED_NO_PROTECTED = 1 << 10,	/* KVM is in any other mode */
	NEED_EL2	= 1 << 11,	/* capability 240: a vCPU can have an EL2 */
	NEED_NO_EL2	= 1 << 12,	/* capability 240 answers 0 */
	NEED_IPA_SIZES	= 1 << 7,	/* KVM_CREATE_VM takes an IPA size */
	NEED_NO_GICV3	= 1 << 8,	/* no GICv3 can be given to a guest */
	NEED_ARMV7	= 1 << 13,	/* vCPUs are ARMv7 CPUs */
	NEED_NISV	= 1 << 14,	/* capability 177: exits without a syndrome */
	NEED_TIMER_IRQ	= 1 << 16,	/* PPIs of timers can be set */
	NEED_PMU	= 1 << 17,	/* capability 126: a vCPU with a PMU */
	NEED_STOLEN	= 1 << 18,	/* guests can read their stolen time */
	NEED_FILTER	= 1 << 19,	/* a VM can filter SMCCC calls */
	NEED_OFFSET	= 1 << 20,	/* capability 227: the offset of both counters can be set */
	NEED_USER_IRQ	= 1 << 21,	/* capability 144: output of timers without a GIC */
	NEED_SUSPEND	= 1 << 22,	/* capability 213: SYSTEM_SUSPEND is an exit */
	/* A vCPU's default PSCI version is at least this one. */
	NEED_PSCI_1_0	= 1 << 23,
	NEED_PSCI_1_1	= 1 << 24,
	NEED_PSCI_1_3	= 1 << 25,
	NEED_NO_PMU	= 1 << 26,	/* no vCPU can have a PMU */
	NEED_EL1_32	= 1 << 27,	/* capability 93: a vCPU in AArch32 */
	NEED_NO_GICV5	= 1 << 28,	/* no guest can have a GICv5 */
	NEED_MAINT_IRQ	= 1 << 29,	/* the maintenance interrupt can be set */
};

/**
 * struct abi_feature - a feature, with its name and description
 * @need:      bit of enum abi_need
 * @name:      its name in results
 * @of_system: a property of the machine and its kernel as a whole. If it is absent,
 *             tests that need it are not planned. If any other feature is absent,
 *             each test that needs it is skipped.
 * @missing:   message of abi_missing(); NULL if the message depends on the system
 */
struct abi_feature {
	unsigned int need;
	const char *name;
	bool of_system;
	const char *missing;
};

/* All features; the last entry has no name. */
extern const struct abi_feature abi_features[];

enum abi_dialect {
	DIALECT_SEED,
	DIALECT_LEGACY,
	DIALECT_DEVATTR,
};

/**
 * struct abi_kind - one address that can be set, in one dialect
 * @dialect:  the dialect of the call that sets it
 * @needs:    mask of enum abi_need: features without which the address does not exist
 * @dev_type: KVM_DEV_TYPE_ARM_VGIC_V2 or _V3, the GIC model it belongs to
 * @type:     address type: low half of the id, or the attribute's number
 * @size:     size of the region in bytes, or of one redistributor if the size depends on
 *            the number of vCPUs
 * @align:    alignment of the base address in bytes
 * @other:    a second address type of the same GIC model
 */
struct abi_kind {
	enum abi_dialect dialect;
	unsigned int needs;
	uint32_t dev_type;
	uint32_t type;
	uint64_t size;
	uint64_t align;
	uint32_t other;
};

extern const struct abi_kind kind_seed_v2_dist;
extern const struct abi_kind kind_seed_v2_cpu;
extern const struct abi_kind kind_legacy_v2_dist;
extern const struct abi_kind kind_legacy_v2_cpu;
extern const struct abi_kind kind_devattr_v2_dist;
extern const struct abi_kind kind_devattr_v2_cpu;
extern const struct abi_kind kind_devattr_v3_dist;
extern const struct abi_kind kind_devattr_v3_redist;
extern const struct abi_kind kind_devattr_v3_region;

/**
 * struct abi_vm - a VM, and its GIC device if the dialect has one
 * @kvm:      file descriptor of /dev/kvm
 * @fd:       file descriptor of the VM
 * @dev:      file descriptor from KVM_CREATE_DEVICE, or -1
 * @ipa_bits: width of the guest physical address space
 */
struct abi_vm {
	int kvm;
	int fd;
	int dev;
	unsigned int ipa_bits;
};

/**
 * struct abi_vcpu - a vCPU
 * @fd:  its file descriptor
 * @run: its mapped kvm_run
 */
struct abi_vcpu {
	int fd;
	struct kvm_run *run;
};

/* Page of the guest code of abi_vm_add_code(), and the address that the code stores to. */
#define ABI_CODE_IPA	0x40000000ULL
#define ABI_EXIT_IPA	0x50000000ULL

/* Addresses that are valid for every GIC model and IPA size. ABI_FREE_IPA is far from the rest. */
#define ABI_DIST_IPA	0x08000000ULL
#define ABI_CPU_IPA	0x08010000ULL
#define ABI_FREE_IPA	0x0a000000ULL

/*
 * The mode that the kernel's parameter kvm-arm.mode selects, or "" without it. KVM itself does not
 * report its mode.
 */
const char *abi_kvm_mode(void);

/* ioctl(); returns the result, or a negative errno. */
int abi_ioctl(int fd, unsigned long request, const void *arg);

/*
 * Finds out which features the system has. Called once before the tests, which inherit the
 * answers.
 */
void abi_probe(void);

/*
 * abi_probe() in a child process, so that the caller survives a crash or a hang in the kernel.
 * @limit_ms: time limit in milliseconds. Returns NULL, or an error message.
 */
const char *abi_probe_in_child(int limit_ms);

/* The first feature of @needs that is missing, as a sentence for SKIP, or NULL. */
const char *abi_missing(unsigned int needs);

/* The first feature of the whole system in @needs that is absent, or NULL. */
const struct abi_feature *abi_absent(unsigned int needs);

/* Largest width of the guest physical address space, in bits. */
unsigned int abi_max_ipa_bits(void);

/* The width of a VM for which @requested bits are requested. Protected mode ignores requests. */
unsigned int abi_ipa_bits_for(unsigned int requested);
#define ABI_MIN_IPA_BITS	32

/* KVM_ARM_VCPU_HAS_EL2 and its capability, which 6.1's headers lack. */
#define ABI_VCPU_HAS_EL2	7
#define ABI_CAP_EL2		240

/* Bit of KVM_CREATE_VM's type for a protected VM, which 6.1's headers lack. */
#define ABI_VM_PROTECTED	(1UL << 31)
#define ABI_DEFAULT_IPA_BITS	40

/*
 * Opens /dev/kvm and creates a VM with an address space of @ipa_bits (0: that of
 * KVM_CREATE_VM with type 0). Ends the test as failed if that fails.
 */
void abi_vm_open(struct abi_vm *vm, unsigned int ipa_bits);
void abi_vm_close(struct abi_vm *vm);

/* The first address beyond the guest physical address space. */
uint64_t abi_vm_limit(const struct abi_vm *vm);

/* Creates the GIC by the call of @kind's dialect. Returns 0 or a negative errno. */
int abi_gic_create(struct abi_vm *vm, const struct abi_kind *kind);

/* abi_addr_set() sets the address of @kind, abi_addr_set_type() an address of another type. */
int abi_addr_set(struct abi_vm *vm, const struct abi_kind *kind, uint64_t addr);
int abi_addr_set_type(struct abi_vm *vm, const struct abi_kind *kind,
		      uint32_t type, uint64_t addr);

/* Sets the other address of the same GIC to ABI_FREE_IPA. */
int abi_addr_set_other(struct abi_vm *vm, const struct abi_kind *kind);

/* Makes the dialect's call with the given argument, which may be a bad pointer. */
int abi_addr_set_raw(struct abi_vm *vm, const struct abi_kind *kind,
		     const void *arg);

/* Like abi_addr_set_raw(), on any file descriptor. */
int abi_addr_set_on(int fd, const struct abi_kind *kind, const void *arg);

/**
 * struct abi_arg - the argument of the dialect's call
 * @seed:   in the seed dialect
 * @legacy: in the legacy dialect
 * @attr:   in the devattr dialect, with attr.addr pointing to @value
 * @value:  the address, in the devattr dialect
 */
struct abi_arg {
	union {
		struct kvm_device_address seed;
		struct kvm_arm_device_addr legacy;
		struct kvm_device_attr attr;
	};
	uint64_t value;
};

/* Size of the argument that the kernel reads from the pointer. */
size_t abi_arg_size(const struct abi_kind *kind);

/* Fills in @arg. It must not be moved, because in the devattr dialect it points to itself. */
void abi_arg_fill(struct abi_arg *arg, const struct abi_kind *kind,
		  uint32_t type, uint64_t addr);

/* KVM_{SET,GET,HAS}_DEVICE_ATTR; @value is the user pointer, unchecked. */
int abi_attr_set(int dev, uint32_t group, uint64_t attr, const void *value);
int abi_attr_get(int dev, uint32_t group, uint64_t attr, void *value);
int abi_attr_has(int dev, uint32_t group, uint64_t attr);

/* Reads an address back. Only the devattr dialect has such a call. */
int abi_addr_get(struct abi_vm *vm, const struct abi_kind *kind, uint64_t *addr);

/*
 * KVM_CREATE_DEVICE with any flags; returns the file descriptor (0 with
 * KVM_CREATE_DEVICE_TEST) or a negative errno.
 */
int abi_device_create(struct abi_vm *vm, uint32_t type, uint32_t flags);

/* KVM_CREATE_VCPU, and maps kvm_run. 0 or a negative errno. */
int abi_vcpu_create(struct abi_vm *vm, unsigned long id, struct abi_vcpu *vcpu);

/* Unmaps kvm_run and closes the vCPU. The VM has to be open. */
void abi_vcpu_close(struct abi_vm *vm, struct abi_vcpu *vcpu);

/* KVM_ARM_VCPU_INIT with the preferred target; 0 or a negative errno. */
int abi_vcpu_init(struct abi_vm *vm, struct abi_vcpu *vcpu);

/* abi_vcpu_init() with a mask of KVM_ARM_VCPU_* in addition to PSCI 0.2. */
int abi_vcpu_init_with(struct abi_vm *vm, struct abi_vcpu *vcpu, uint32_t features);

/* Creates and initializes a vCPU. Ends the test as failed if that fails. */
void abi_vcpu_add(struct abi_vm *vm, unsigned long id, struct abi_vcpu *vcpu);
void abi_vcpu_add_with(struct abi_vm *vm, unsigned long id, struct abi_vcpu *vcpu,
		       uint32_t features);

/* KVM_{GET,SET}_ONE_REG; @value is the user pointer, unchecked. */
int abi_reg_get(const struct abi_vcpu *vcpu, uint64_t id, void *value);
int abi_reg_set(const struct abi_vcpu *vcpu, uint64_t id, const void *value);

/* KVM_SET_USER_MEMORY_REGION. @size of 0 deletes the slot. */
int abi_slot_set(int vm_fd, uint32_t slot, uint32_t flags, uint64_t ipa, uint64_t size,
		 const void *memory);

/* Puts guest code of @size bytes into a page of its own, as slot @slot at @ipa. */
int abi_vm_add_page(struct abi_vm *vm, uint32_t slot, uint64_t ipa, const void *code,
		    size_t size);

/* Adds guest code at ABI_CODE_IPA, as slot 0, that stores to ABI_EXIT_IPA forever. */
int abi_vm_add_code(struct abi_vm *vm);

/*
 * KVM_RUN of the guest code at ABI_CODE_IPA, from its beginning. 0 if the guest's store was an MMIO
 * exit at ABI_EXIT_IPA, a negative errno if KVM_RUN failed, -EPROTO for any other exit.
 */
int abi_vcpu_run(struct abi_vcpu *vcpu);

/*
 * Maps a page with nothing mapped after it; returns the address @size bytes before its
 * end.
 */
void *abi_edge_of_memory(size_t size);

#endif /* VGIC_ABI_ABI_H */
