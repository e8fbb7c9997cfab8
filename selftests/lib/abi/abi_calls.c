// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/psci.h>

#include "abi.h"
#include "in_child.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define SZ_4K	0x1000ULL
#define SZ_8K	0x2000ULL
#define SZ_64K	0x10000ULL
#define SZ_128K	0x20000ULL

/* ---- the addresses ---- */

#define V2_DIST	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V2,			\
	.type = KVM_VGIC_V2_ADDR_TYPE_DIST, .size = SZ_4K, .align = SZ_4K, \
	.other = KVM_VGIC_V2_ADDR_TYPE_CPU
#define V2_CPU	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V2,			\
	.type = KVM_VGIC_V2_ADDR_TYPE_CPU, .size = SZ_8K, .align = SZ_4K, \
	.other = KVM_VGIC_V2_ADDR_TYPE_DIST

const struct abi_kind kind_seed_v2_dist = {
	.dialect = DIALECT_SEED, .needs = NEED_SEED | NEED_GICV2, V2_DIST,
};

const struct abi_kind kind_seed_v2_cpu = {
	.dialect = DIALECT_SEED, .needs = NEED_SEED | NEED_GICV2, V2_CPU,
};

const struct abi_kind kind_legacy_v2_dist = {
	.dialect = DIALECT_LEGACY, .needs = NEED_LEGACY | NEED_GICV2, V2_DIST,
};

const struct abi_kind kind_legacy_v2_cpu = {
	.dialect = DIALECT_LEGACY, .needs = NEED_LEGACY | NEED_GICV2, V2_CPU,
};

const struct abi_kind kind_devattr_v2_dist = {
	.dialect = DIALECT_DEVATTR, .needs = NEED_DEVATTR | NEED_GICV2, V2_DIST,
};

const struct abi_kind kind_devattr_v2_cpu = {
	.dialect = DIALECT_DEVATTR, .needs = NEED_DEVATTR | NEED_GICV2, V2_CPU,
};

const struct abi_kind kind_devattr_v3_dist = {
	.dialect = DIALECT_DEVATTR, .needs = NEED_DEVATTR | NEED_GICV3,
	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V3,
	.type = KVM_VGIC_V3_ADDR_TYPE_DIST, .size = SZ_64K, .align = SZ_64K,
	.other = KVM_VGIC_V3_ADDR_TYPE_REDIST,
};

const struct abi_kind kind_devattr_v3_redist = {
	.dialect = DIALECT_DEVATTR, .needs = NEED_DEVATTR | NEED_GICV3,
	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V3,
	.type = KVM_VGIC_V3_ADDR_TYPE_REDIST, .size = SZ_128K, .align = SZ_64K,
	.other = KVM_VGIC_V3_ADDR_TYPE_DIST,
};

const struct abi_kind kind_devattr_v3_region = {
	.dialect = DIALECT_DEVATTR, .needs = NEED_DEVATTR | NEED_GICV3,
	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V3,
	.type = KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, .size = SZ_128K,
	.align = SZ_64K, .other = KVM_VGIC_V3_ADDR_TYPE_DIST,
};

/* ---- helpers ---- */

static void __attribute__((noreturn)) give_up(const char *what, int ret)
{
	fprintf(stderr, "%s: expected success, got %s\n", what, strerror(-ret));
	exit(1);
}

int abi_ioctl(int fd, unsigned long request, const void *arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

static int open_kvm(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up("open /dev/kvm", -errno);
	return fd;
}

/* ---- features of the system ---- */

const char *abi_kvm_mode(void)
{
	static const char parameter[] = "kvm-arm.mode=";
	static char line[4096];
	char *word, *next, *mode = "";
	FILE *file = fopen("/proc/cmdline", "re");
	size_t length;

	if (!file)
		return "";
	length = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[length] = '\0';

	/* The last such parameter takes effect. */
	line[strcspn(line, "\n")] = '\0';
	for (word = strtok_r(line, " ", &next); word; word = strtok_r(NULL, " ", &next))
		if (!strncmp(word, parameter, strlen(parameter)))
			mode = word + strlen(parameter);
	return mode;
}

/* In the order of precedence for abi_missing(). */
const struct abi_feature abi_features[] = {
	{ NEED_SEED, "seed", true, "no seed dialect: KVM_CHECK_EXTENSION(84) answers 0" },
	{ NEED_NO_SEED, "no-seed", true,
	  "for kernels without the seed dialect: KVM_CHECK_EXTENSION(84) answers 1 here" },
	{ NEED_LEGACY, "legacy", true, "no legacy dialect: KVM_CHECK_EXTENSION(88) answers 0" },
	{ NEED_DEVATTR, "devattr", true, "no devattr dialect: KVM_CHECK_EXTENSION(89) answers 0" },
	{ NEED_PROTECTED, "protected", true, "no protected VMs: kvm-arm.mode is not protected" },
	{ NEED_NO_PROTECTED, "no-protected", true,
	  "for a KVM that is not in protected mode; this KVM is" },
	{ NEED_EL2, "el2", true, "no vCPU with an EL2: KVM_CHECK_EXTENSION(240) answers 0" },
	{ NEED_NO_EL2, "no-el2", true,
	  "for a KVM whose vCPUs can have no EL2: KVM_CHECK_EXTENSION(240) answers 1 here" },
	{ NEED_IPA_SIZES, "ipa-sizes", false,
	  "the guest physical address space has one size: KVM_CHECK_EXTENSION(165) answers 0" },
	{ NEED_GICV2, "gicv2", true, NULL },
	{ NEED_NO_GICV2, "no-gicv2", true,
	  "for systems without GICv2 virtualization; this system has it" },
	{ NEED_GICV3, "gicv3", true, NULL },
	{ NEED_NO_GICV3, "no-gicv3", true,
	  "for systems without GICv3 virtualization; this system has it" },
	{ NEED_NO_GICV5, "no-gicv5", true,
	  "for systems without GICv5 virtualization; this system has it" },
	{ NEED_TIMER_IRQ, "timer-irq", true,
	  "a vCPU's timers have fixed PPIs: no KVM_ARM_VCPU_TIMER_CTRL" },
	{ NEED_PMU, "pmu", true, "no vCPU with a PMU: KVM_CHECK_EXTENSION(126) answers 0" },
	{ NEED_NO_PMU, "no-pmu", true,
	  "for systems whose vCPUs cannot have a PMU: KVM_CHECK_EXTENSION(126) answers 1 here" },
	{ NEED_STOLEN, "stolen-time", true, "no stolen time: no KVM_ARM_VCPU_PVTIME_CTRL" },
	{ NEED_FILTER, "smccc-filter", true, "no filter of SMCCC calls: no KVM_ARM_VM_SMCCC_CTRL" },
	{ NEED_OFFSET, "counter-offset", true,
	  "the offset of both counters cannot be set: KVM_CHECK_EXTENSION(227) answers 0" },
	{ NEED_USER_IRQ, "user-irq", true,
	  "no output of timers without a GIC: KVM_CHECK_EXTENSION(144) answers 0" },
	{ NEED_SUSPEND, "system-suspend", true,
	  "SYSTEM_SUSPEND is not an exit: KVM_CHECK_EXTENSION(213) answers 0" },
	{ NEED_PSCI_1_0, "psci-1.0", true, "PSCI is older than 1.0" },
	{ NEED_PSCI_1_1, "psci-1.1", true, "PSCI is older than 1.1" },
	{ NEED_PSCI_1_3, "psci-1.3", true, "PSCI is older than 1.3" },
	{ NEED_MAINT_IRQ, "maint-irq", true,
	  "the maintenance interrupt cannot be set: no KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ" },
	{ NEED_EL1_32, "el1-32bit", true, "no vCPU in AArch32: KVM_CHECK_EXTENSION(93) answers 0" },
	{ NEED_ARMV7, "armv7", true, "the vCPUs are not ARMv7" },
	{ NEED_NISV, "nisv", true,
	  "no exit for an access without a syndrome: KVM_CHECK_EXTENSION(177) answers 0" },
	{ 0 }
};

/* KVM_CHECK_EXTENSION on /dev/kvm; 0 if the answer is no. */
static int check_capability(unsigned long cap)
{
	int kvm = open_kvm();
	int ret = abi_ioctl(kvm, KVM_CHECK_EXTENSION, (void *)cap);

	close(kvm);
	return ret < 0 ? 0 : ret;
}

/**
 * struct offer - features of the system
 * @known:        the members below are valid
 * @has:          mask of enum abi_need
 * @max_ipa_bits: largest width of the guest physical address space
 * @one_ipa_size: KVM_CREATE_VM ignores the requested width; each VM gets the largest
 * @no_gicv2:     the reason why guests cannot have a GICv2
 * @no_gicv3:     the reason why guests cannot have a GICv3
 *
 * Probing creates VMs, so the answers are cached. Tests run in processes that are forked after
 * abi_probe(), and inherit the answers.
 */
static struct offer {
	bool known;
	unsigned int has;
	unsigned int max_ipa_bits;
	bool one_ipa_size;
	char no_gicv2[128];
	char no_gicv3[128];
} offer;

/*
 * Uses KVM_CREATE_IRQCHIP, because a kernel with only the seed dialect has no KVM_CREATE_DEVICE.
 */
static unsigned int probe_gicv2(void)
{
	struct abi_vm vm;
	int ret;

	abi_vm_open(&vm, 0);
	ret = abi_ioctl(vm.fd, KVM_CREATE_IRQCHIP, NULL);
	abi_vm_close(&vm);
	if (ret >= 0)
		return NEED_GICV2;
	snprintf(offer.no_gicv2, sizeof(offer.no_gicv2),
		 "this system cannot give a GICv2 to a guest: KVM_CREATE_IRQCHIP fails: %s",
		 strerror(-ret));
	return NEED_NO_GICV2;
}

static unsigned int probe_gicv3(void)
{
	struct abi_vm vm;
	int ret;

	abi_vm_open(&vm, 0);
	ret = abi_device_create(&vm, KVM_DEV_TYPE_ARM_VGIC_V3, KVM_CREATE_DEVICE_TEST);
	abi_vm_close(&vm);
	if (ret >= 0)
		return NEED_GICV3;
	snprintf(offer.no_gicv3, sizeof(offer.no_gicv3),
		 "this system cannot give a GICv3 to a guest: KVM_CREATE_DEVICE fails: %s",
		 strerror(-ret));
	return NEED_NO_GICV3;
}

/* If KVM_CREATE_VM accepts a width of 1 bit, which no VM can have, it ignores requested widths. */
static bool probe_one_ipa_size(void)
{
	int kvm = open_kvm();
	int vm = abi_ioctl(kvm, KVM_CREATE_VM, (void *)1UL);

	if (vm >= 0)
		close(vm);
	close(kvm);
	return vm >= 0;
}

/* KVM_REG_ARM_PSCI_VERSION; kernels without that register have PSCI 0.2. */
static uint32_t psci_version(const struct abi_vcpu *vcpu)
{
	uint64_t version;

	return abi_reg_get(vcpu, KVM_REG_ARM_PSCI_VERSION, &version) ? PSCI_VERSION(0, 2) :
								       (uint32_t)version;
}

/* Features of a VM and its vCPUs: attributes, capabilities, PSCI. */
static unsigned int probe_vcpu(void)
{
	static const struct {
		unsigned long cap;
		unsigned int need;
	} caps[] = {
		{ KVM_CAP_ARM_PMU_V3, NEED_PMU }, { KVM_CAP_COUNTER_OFFSET, NEED_OFFSET },
		{ KVM_CAP_ARM_USER_IRQ, NEED_USER_IRQ },
		{ KVM_CAP_ARM_SYSTEM_SUSPEND, NEED_SUSPEND },
		{ KVM_CAP_ARM_EL1_32BIT, NEED_EL1_32 },
		{ KVM_CAP_ARM_NISV_TO_USER, NEED_NISV },
	};
	static const struct {
		uint32_t version;
		unsigned int need;
	} versions[] = {
		{ PSCI_VERSION(1, 0), NEED_PSCI_1_0 }, { PSCI_VERSION(1, 1), NEED_PSCI_1_1 },
		{ PSCI_VERSION(1, 3), NEED_PSCI_1_3 },
	};
	unsigned int i, has = 0;
	struct abi_vcpu vcpu;
	struct abi_vm vm;

#ifndef __aarch64__
	has |= NEED_ARMV7;
#endif
	abi_vm_open(&vm, 0);
	abi_vcpu_add(&vm, 0, &vcpu);
	for (i = 0; i < ARRAY_SIZE(caps); i++)
		if (abi_ioctl(vm.fd, KVM_CHECK_EXTENSION, (void *)caps[i].cap) > 0)
			has |= caps[i].need;
	for (i = 0; i < ARRAY_SIZE(versions); i++)
		if (psci_version(&vcpu) >= versions[i].version)
			has |= versions[i].need;
	if (!abi_attr_has(vcpu.fd, KVM_ARM_VCPU_TIMER_CTRL, KVM_ARM_VCPU_TIMER_IRQ_VTIMER))
		has |= NEED_TIMER_IRQ;
	if (!abi_attr_has(vcpu.fd, KVM_ARM_VCPU_PVTIME_CTRL, KVM_ARM_VCPU_PVTIME_IPA))
		has |= NEED_STOLEN;
	if (!abi_attr_has(vm.fd, KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER))
		has |= NEED_FILTER;
	if (abi_device_create(&vm, KVM_DEV_TYPE_ARM_VGIC_V5, KVM_CREATE_DEVICE_TEST))
		has |= NEED_NO_GICV5;
	vm.dev = abi_device_create(&vm, KVM_DEV_TYPE_ARM_VGIC_V3, 0);
	if (vm.dev >= 0 && !abi_attr_has(vm.dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0))
		has |= NEED_MAINT_IRQ;
	abi_vcpu_close(&vm, &vcpu);
	abi_vm_close(&vm);
	return has & NEED_PMU ? has : has | NEED_NO_PMU;
}

void abi_probe(void)
{
	int bits;

	if (offer.known)
		return;
	offer.has = check_capability(KVM_CAP_SET_DEVICE_ADDR) ? NEED_SEED : NEED_NO_SEED;
	if (check_capability(KVM_CAP_ARM_SET_DEVICE_ADDR))
		offer.has |= NEED_LEGACY;
	if (check_capability(KVM_CAP_DEVICE_CTRL))
		offer.has |= NEED_DEVATTR;
	bits = check_capability(KVM_CAP_ARM_VM_IPA_SIZE);
	if (bits)
		offer.has |= NEED_IPA_SIZES;
	offer.max_ipa_bits = bits ?: ABI_DEFAULT_IPA_BITS;
	offer.one_ipa_size = probe_one_ipa_size();
	offer.has |= check_capability(ABI_CAP_EL2) ? NEED_EL2 : NEED_NO_EL2;
	offer.has |= strcmp(abi_kvm_mode(), "protected") ? NEED_NO_PROTECTED : NEED_PROTECTED;
	offer.has |= probe_gicv2();
	offer.has |= probe_gicv3();
	offer.has |= probe_vcpu();
	offer.known = true;
}

static void probe_into(void *answer)
{
	abi_probe();
	memcpy(answer, &offer, sizeof(offer));
}

const char *abi_probe_in_child(int limit_ms)
{
	const char *problem = call_in_child(probe_into, &offer, sizeof(offer), limit_ms);
	static char message[320];

	if (!problem)
		return NULL;
	snprintf(message, sizeof(message), "cannot find the features of this system: %s", problem);
	return message;
}

const char *abi_missing(unsigned int needs)
{
	const struct abi_feature *feature;

	abi_probe();
	for (feature = abi_features; feature->name; feature++) {
		if (!(needs & feature->need & ~offer.has))
			continue;
		if (feature->need == NEED_GICV2)
			return offer.no_gicv2;
		if (feature->need == NEED_GICV3)
			return offer.no_gicv3;
		return feature->missing;
	}
	return NULL;
}

const struct abi_feature *abi_absent(unsigned int needs)
{
	const struct abi_feature *feature;

	abi_probe();
	for (feature = abi_features; feature->name; feature++)
		if (feature->of_system && needs & feature->need & ~offer.has)
			return feature;
	return NULL;
}

unsigned int abi_max_ipa_bits(void)
{
	abi_probe();
	return offer.max_ipa_bits;
}

/* Does not call abi_probe(): abi_probe() opens VMs, for which it calls this function. */
unsigned int abi_ipa_bits_for(unsigned int requested)
{
	return offer.one_ipa_size ? offer.max_ipa_bits : requested;
}

/* ---- VM ---- */

/* Bits 7..0 of KVM_CREATE_VM's argument, Documentation/virt/kvm/api.rst 4.2. */
#define VM_TYPE_IPA_BITS(bits)	((bits) & 0xffUL)

void abi_vm_open(struct abi_vm *vm, unsigned int ipa_bits)
{
	unsigned long type = 0;

	/* Without KVM_CAP_ARM_VM_IPA_SIZE, KVM_CREATE_VM refuses a size. */
	if (ipa_bits && !abi_missing(NEED_IPA_SIZES))
		type = VM_TYPE_IPA_BITS(ipa_bits);

	vm->kvm = open_kvm();
	vm->dev = -1;
	vm->ipa_bits = abi_ipa_bits_for(ipa_bits ? ipa_bits : ABI_DEFAULT_IPA_BITS);
	vm->fd = abi_ioctl(vm->kvm, KVM_CREATE_VM, (void *)type);

	/* A host with fewer than the default bits cannot create a VM of type 0. */
	if (vm->fd == -EINVAL && !ipa_bits) {
		vm->ipa_bits = check_capability(KVM_CAP_ARM_VM_IPA_SIZE);
		type = VM_TYPE_IPA_BITS(vm->ipa_bits);
		vm->fd = abi_ioctl(vm->kvm, KVM_CREATE_VM, (void *)type);
	}
	if (vm->fd < 0)
		give_up("KVM_CREATE_VM", vm->fd);
}

void abi_vm_close(struct abi_vm *vm)
{
	if (vm->dev >= 0)
		close(vm->dev);
	close(vm->fd);
	close(vm->kvm);
}

uint64_t abi_vm_limit(const struct abi_vm *vm)
{
	return 1ULL << vm->ipa_bits;
}

int abi_device_create(struct abi_vm *vm, uint32_t type, uint32_t flags)
{
	struct kvm_create_device create = { .type = type, .flags = flags };
	int ret = abi_ioctl(vm->fd, KVM_CREATE_DEVICE, &create);

	if (ret < 0)
		return ret;
	return flags & KVM_CREATE_DEVICE_TEST ? 0 : (int)create.fd;
}

int abi_gic_create(struct abi_vm *vm, const struct abi_kind *kind)
{
	int ret;

	if (kind->dialect != DIALECT_DEVATTR)
		return abi_ioctl(vm->fd, KVM_CREATE_IRQCHIP, NULL);

	ret = abi_device_create(vm, kind->dev_type, 0);
	if (ret < 0)
		return ret;
	vm->dev = ret;
	return 0;
}

/* ---- setting an address ---- */

/* A redistributor region for one vCPU: bits 63 to 52 are the count, bits 11 to 0 the index. */
#define REGION_COUNT_ONE	(1ULL << 52)

static uint64_t attr_value(uint32_t type, uint64_t addr)
{
	/* Bits 51 to 16 are the base. Higher addresses are passed on, for the kernel to refuse. */
	if (type == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION && !(addr >> 52))
		return addr | REGION_COUNT_ONE;
	return addr;
}

size_t abi_arg_size(const struct abi_kind *kind)
{
	switch (kind->dialect) {
	case DIALECT_SEED:
		return sizeof(struct kvm_device_address);
	case DIALECT_LEGACY:
		return sizeof(struct kvm_arm_device_addr);
	case DIALECT_DEVATTR:
		return sizeof(struct kvm_device_attr);
	}
	return 0;
}

void abi_arg_fill(struct abi_arg *arg, const struct abi_kind *kind,
		  uint32_t type, uint64_t addr)
{
	memset(arg, 0, sizeof(*arg));
	switch (kind->dialect) {
	case DIALECT_SEED:
		arg->seed.id = type;
		arg->seed.addr = addr;
		break;
	case DIALECT_LEGACY:
		arg->legacy.id = type;
		arg->legacy.addr = addr;
		break;
	case DIALECT_DEVATTR:
		arg->value = attr_value(type, addr);
		arg->attr.group = KVM_DEV_ARM_VGIC_GRP_ADDR;
		arg->attr.attr = type;
		arg->attr.addr = (uintptr_t)&arg->value;
		break;
	}
}

static unsigned long set_request(const struct abi_kind *kind)
{
	switch (kind->dialect) {
	case DIALECT_SEED:
		return KVM_SET_DEVICE_ADDRESS;
	case DIALECT_LEGACY:
		return KVM_ARM_SET_DEVICE_ADDR;
	case DIALECT_DEVATTR:
		return KVM_SET_DEVICE_ATTR;
	}
	return 0;
}

int abi_addr_set_on(int fd, const struct abi_kind *kind, const void *arg)
{
	return abi_ioctl(fd, set_request(kind), arg);
}

int abi_addr_set_raw(struct abi_vm *vm, const struct abi_kind *kind,
		     const void *arg)
{
	return abi_addr_set_on(kind->dialect == DIALECT_DEVATTR ? vm->dev : vm->fd,
			       kind, arg);
}

int abi_addr_set_type(struct abi_vm *vm, const struct abi_kind *kind,
		      uint32_t type, uint64_t addr)
{
	struct abi_arg arg;

	abi_arg_fill(&arg, kind, type, addr);
	return abi_addr_set_raw(vm, kind, &arg);
}

int abi_addr_set(struct abi_vm *vm, const struct abi_kind *kind, uint64_t addr)
{
	return abi_addr_set_type(vm, kind, kind->type, addr);
}

int abi_addr_set_other(struct abi_vm *vm, const struct abi_kind *kind)
{
	return abi_addr_set_type(vm, kind, kind->other, ABI_FREE_IPA);
}

/* ---- device attributes ---- */

static int attr_ioctl(int dev, unsigned long request, uint32_t group,
		      uint64_t attr, const void *value)
{
	struct kvm_device_attr arg = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)value,
	};

	return abi_ioctl(dev, request, &arg);
}

int abi_attr_set(int dev, uint32_t group, uint64_t attr, const void *value)
{
	return attr_ioctl(dev, KVM_SET_DEVICE_ATTR, group, attr, value);
}

int abi_attr_get(int dev, uint32_t group, uint64_t attr, void *value)
{
	return attr_ioctl(dev, KVM_GET_DEVICE_ATTR, group, attr, value);
}

int abi_attr_has(int dev, uint32_t group, uint64_t attr)
{
	return attr_ioctl(dev, KVM_HAS_DEVICE_ATTR, group, attr, NULL);
}

int abi_addr_get(struct abi_vm *vm, const struct abi_kind *kind, uint64_t *addr)
{
	*addr = 0;	/* input for a region: its index */
	return abi_attr_get(vm->dev, KVM_DEV_ARM_VGIC_GRP_ADDR, kind->type, addr);
}

/* ---- vCPU ---- */

int abi_vcpu_create(struct abi_vm *vm, unsigned long id, struct abi_vcpu *vcpu)
{
	int size = abi_ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);

	if (size < 0)
		return size;
	vcpu->fd = abi_ioctl(vm->fd, KVM_CREATE_VCPU, (void *)id);
	if (vcpu->fd < 0)
		return vcpu->fd;
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	return vcpu->run == MAP_FAILED ? -errno : 0;
}

void abi_vcpu_close(struct abi_vm *vm, struct abi_vcpu *vcpu)
{
	/* A page that stays mapped would keep the vCPU alive, and so the VM. */
	munmap(vcpu->run, abi_ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL));
	close(vcpu->fd);
}

int abi_vcpu_init_with(struct abi_vm *vm, struct abi_vcpu *vcpu, uint32_t features)
{
	struct kvm_vcpu_init init;
	int ret;

	memset(&init, 0, sizeof(init));
	ret = abi_ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init);
	if (ret)
		return ret;
	init.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2 | features;
	return abi_ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init);
}

int abi_vcpu_init(struct abi_vm *vm, struct abi_vcpu *vcpu)
{
	return abi_vcpu_init_with(vm, vcpu, 0);
}

void abi_vcpu_add_with(struct abi_vm *vm, unsigned long id, struct abi_vcpu *vcpu,
		       uint32_t features)
{
	int ret = abi_vcpu_create(vm, id, vcpu);

	if (ret)
		give_up("KVM_CREATE_VCPU", ret);
	ret = abi_vcpu_init_with(vm, vcpu, features);
	if (ret)
		give_up("KVM_ARM_VCPU_INIT", ret);
}

void abi_vcpu_add(struct abi_vm *vm, unsigned long id, struct abi_vcpu *vcpu)
{
	abi_vcpu_add_with(vm, id, vcpu, 0);
}

static int one_reg(const struct abi_vcpu *vcpu, unsigned long call, uint64_t id,
		   const void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return abi_ioctl(vcpu->fd, call, &reg);
}

int abi_reg_get(const struct abi_vcpu *vcpu, uint64_t id, void *value)
{
	return one_reg(vcpu, KVM_GET_ONE_REG, id, value);
}

int abi_reg_set(const struct abi_vcpu *vcpu, uint64_t id, const void *value)
{
	return one_reg(vcpu, KVM_SET_ONE_REG, id, value);
}

/* ---- guest code ---- */

#if defined(__aarch64__)
static const uint32_t guest_code[] = {
	0xd2aa0000,	/* mov	x0, #ABI_EXIT_IPA	*/
	0xb900001f,	/* str	wzr, [x0]		*/
	0x17ffffff,	/* b	.-4			*/
};

#define PC_REG_SIZE	KVM_REG_SIZE_U64
#define PC_REG_ARCH	KVM_REG_ARM64
#define PC_TYPE		uint64_t
#define PC_REG_INDEX	KVM_REG_ARM_CORE_REG(regs.pc)
#elif defined(__arm__)
static const uint32_t guest_code[] = {
	0xe3a00205,	/* mov	r0, #ABI_EXIT_IPA	*/
	0xe5800000,	/* str	r0, [r0]		*/
	0xeafffffd,	/* b	.-4			*/
};

#define PC_REG_SIZE	KVM_REG_SIZE_U32
#define PC_REG_ARCH	KVM_REG_ARM
#define PC_TYPE		uint32_t
#define PC_REG_INDEX	KVM_REG_ARM_CORE_REG(usr_regs.ARM_pc)
#else
#error "KVM for ARM only"
#endif

int abi_slot_set(int vm_fd, uint32_t slot, uint32_t flags, uint64_t ipa, uint64_t size,
		 const void *memory)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	return abi_ioctl(vm_fd, KVM_SET_USER_MEMORY_REGION, &region);
}

int abi_vm_add_page(struct abi_vm *vm, uint32_t slot, uint64_t ipa, const void *code,
		    size_t size)
{
	size_t page_size = getpagesize();
	char *page = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return -errno;
	memcpy(page, code, size);
	/* The guest fetches with its caches off. */
	__builtin___clear_cache(page, page + page_size);
	return abi_slot_set(vm->fd, slot, 0, ipa, page_size, page);
}

int abi_vm_add_code(struct abi_vm *vm)
{
	return abi_vm_add_page(vm, 0, ABI_CODE_IPA, guest_code, sizeof(guest_code));
}

int abi_vcpu_run(struct abi_vcpu *vcpu)
{
	PC_TYPE pc = ABI_CODE_IPA;
	int ret = abi_reg_set(vcpu, PC_REG_ARCH | PC_REG_SIZE | KVM_REG_ARM_CORE | PC_REG_INDEX,
			      &pc);

	if (ret)
		return ret;
	ret = abi_ioctl(vcpu->fd, KVM_RUN, NULL);
	if (ret)
		return ret;
	if (vcpu->run->exit_reason != KVM_EXIT_MMIO ||
	    vcpu->run->mmio.phys_addr != ABI_EXIT_IPA ||
	    !vcpu->run->mmio.is_write) {
		fprintf(stderr, "KVM_RUN: expected an MMIO write at 0x%llx, got exit reason %u\n",
			ABI_EXIT_IPA, vcpu->run->exit_reason);
		return -EPROTO;
	}
	return 0;
}

/* ---- bad pointers ---- */

void *abi_edge_of_memory(size_t size)
{
	size_t page = getpagesize();
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (two == MAP_FAILED)
		give_up("mmap", -errno);
	if (munmap(two + page, page))
		give_up("munmap", -errno);
	return two + page - size;
}
