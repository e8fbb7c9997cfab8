// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order in which the GIC, its addresses and the vCPUs may be set up before the first KVM_RUN,
 * and the state of a VM after a wrong order.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "harness/rule_harness.h"

/* Outcomes: the state of a VM. */
#define ALIVE	"ALIVE"		/* a correct call succeeds */
#define DEAD	"DEAD"		/* every ioctl fails with EIO */

#define RULE_FIXTURE	order
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#include "harness/gic_fixture.h"

#define VARIANT_IS_V3	(variant->dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3)

static int set_dist(struct abi_vm *vm, const struct abi_kind *dist)
{
	return abi_addr_set(vm, dist, ABI_DIST_IPA);
}

static int set_cpu(struct abi_vm *vm, const struct abi_kind *cpu)
{
	return abi_addr_set(vm, cpu, ABI_FREE_IPA);
}

static int init_gic(struct abi_vm *vm)
{
	return abi_attr_set(vm->dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
			    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

/* A GICv3 has to be initialized explicitly; a GICv2 is initialized by the first KVM_RUN. */
static int make_ready(struct abi_vm *vm, const struct abi_kind *kind)
{
	return kind->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3 ? init_gic(vm) : 0;
}

static const char *alive_or_dead(struct abi_vm *vm)
{
	int ret = abi_ioctl(vm->fd, KVM_CHECK_EXTENSION,
			    (void *)KVM_CAP_ARM_SET_DEVICE_ADDR);

	if (ret >= 0)
		return ALIVE;
	return ret == -EIO ? DEAD : rule_outcome(ret);
}

/* A VM with guest code in memory, without a GIC. */
#define OPEN_VM_WITH_CODE(vm) do {					\
	struct abi_vm *opened = vm;					\
									\
	abi_vm_open(opened, 0);						\
	ASSERT_OK(abi_vm_add_code(opened));				\
} while (0)

/* Sets up a VM in the usual order, ready for the first KVM_RUN. */
#define OPEN_WHOLE_VM(vm, vcpu) do {					\
	struct abi_vm *whole = vm;					\
									\
	OPEN_VM_WITH_CODE(whole);					\
	ASSERT_OK(abi_gic_create(whole, variant->dist));		\
	abi_vcpu_add(whole, 0, vcpu);					\
	ASSERT_OK(set_dist(whole, variant->dist));			\
	ASSERT_OK(set_cpu(whole, variant->cpu));			\
	ASSERT_OK(make_ready(whole, variant->dist));			\
} while (0)

/* ---- orders that work ---- */

TEST_F(order, gic_vcpu_addresses_run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_WHOLE_VM(&vm, &vcpu);
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN again");
}

TEST_F(order, vcpu_before_gic)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(abi_gic_create(&vm, variant->dist), "create the GIC");
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(set_cpu(&vm, variant->cpu));
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

TEST_F(order, addresses_before_vcpu)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	EXPECT_RULE(set_dist(&vm, variant->dist), "set the distributor");
	EXPECT_RULE(set_cpu(&vm, variant->cpu), "set the CPU side");
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

TEST_F(order, addresses_before_vcpu_init)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ASSERT_OK(abi_vcpu_create(&vm, 0, &vcpu));
	EXPECT_RULE(set_dist(&vm, variant->dist), "set the distributor");
	EXPECT_RULE(set_cpu(&vm, variant->cpu), "set the CPU side");
	ASSERT_OK(abi_vcpu_init(&vm, &vcpu));
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

TEST_F(order, addresses_between_vcpus)
{
	struct abi_vcpu first, second;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	EXPECT_RULE(set_dist(&vm, variant->dist), "set the distributor");
	abi_vcpu_add(&vm, 0, &first);
	EXPECT_RULE(set_cpu(&vm, variant->cpu), "set the CPU side");
	abi_vcpu_add(&vm, 1, &second);
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&second), "KVM_RUN of the second vCPU");
	EXPECT_RULE(abi_vcpu_run(&first), "KVM_RUN of the first vCPU");
}

TEST_F(order, cpu_before_dist)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(set_cpu(&vm, variant->cpu), "set the CPU side");
	EXPECT_RULE(set_dist(&vm, variant->dist), "set the distributor");
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

TEST_F(order, run_without_gic)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN of a VM without a GIC");
}

TEST_F(order, run_of_later_vcpu)
{
	struct abi_vcpu vcpu, later;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(abi_vcpu_run(&vcpu));
	abi_vcpu_add(&vm, 1, &later);
	EXPECT_RULE(abi_vcpu_run(&later), "KVM_RUN of a vCPU created after the first KVM_RUN");
	ASSERT_OK(abi_vcpu_run(&vcpu));
}

/* ---- creating the GIC at the wrong time ---- */

TEST_F(order, gic_twice)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	EXPECT_RULE(abi_gic_create(&vm, variant->dist), "create a second GIC");
	ASSERT_OK(set_dist(&vm, variant->dist));
	EXPECT_RULE(abi_gic_create(&vm, variant->dist),
		    "create a second GIC after the first has an address");
	ASSERT_OK(set_cpu(&vm, variant->cpu));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(make_ready(&vm, variant->dist));
	ASSERT_OK(abi_vm_add_code(&vm));
	ASSERT_OK(abi_vcpu_run(&vcpu));
	EXPECT_RULE(abi_gic_create(&vm, variant->dist), "create a second GIC after KVM_RUN");
}

/* One GIC by KVM_CREATE_DEVICE and one by KVM_CREATE_IRQCHIP, in either order. */
TEST_F(order, gic_twice_mixed)
{
	struct abi_vm vm;
	int ret;

	if (abi_missing(NEED_DEVATTR))
		rule_skip("no KVM_CREATE_DEVICE on this system");
	if (abi_missing(NEED_GICV2))
		rule_skip("this system cannot give a guest a GICv2, as KVM_CREATE_IRQCHIP does");
	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	if (variant->dist->dialect == DIALECT_DEVATTR)
		ret = abi_ioctl(vm.fd, KVM_CREATE_IRQCHIP, NULL);
	else
		ret = abi_device_create(&vm, variant->dist->dev_type, 0);
	EXPECT_RULE(ret, "create a second GIC by the other call");
	ASSERT_OK(set_dist(&vm, variant->dist));
}

TEST_F(order, gic_after_run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(abi_vcpu_run(&vcpu));
	EXPECT_RULE(abi_gic_create(&vm, variant->dist),
		    "create the GIC after KVM_RUN");
	ASSERT_OK(abi_vcpu_run(&vcpu));
}

/* ---- KVM_RUN too early ---- */

TEST_F(order, run_without_addresses)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN, no address set");
}

TEST_F(order, run_without_dist)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(set_cpu(&vm, variant->cpu));
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN, distributor not set");
}

TEST_F(order, run_without_cpu)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN, CPU side not set");
}

TEST_F(order, vm_after_run_without_cpu)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(make_ready(&vm, variant->dist));
	ASSERT_GT(0, abi_vcpu_run(&vcpu));
	EXPECT_RULE_WORD(alive_or_dead(&vm),
			 "VM after KVM_RUN without the CPU side's address");
}

TEST_F(order, repaired_after_run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(make_ready(&vm, variant->dist));
	ASSERT_GT(0, abi_vcpu_run(&vcpu));
	EXPECT_RULE(set_cpu(&vm, variant->cpu),
		    "set the CPU side after KVM_RUN failed without it");
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN with the CPU side set");
}

/* ---- regions on top of each other ---- */

TEST_F(order, overlap_is_accepted)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ASSERT_OK(set_dist(&vm, variant->dist));
	EXPECT_RULE(abi_addr_set(&vm, variant->cpu, ABI_DIST_IPA),
		    "set the CPU side on top of the distributor");
}

#define OPEN_OVERLAPPING_VM(vm, vcpu) do {				\
	struct abi_vm *whole = vm;					\
									\
	OPEN_VM_WITH_CODE(whole);					\
	ASSERT_OK(abi_gic_create(whole, variant->dist));		\
	abi_vcpu_add(whole, 0, vcpu);					\
	ASSERT_OK(set_dist(whole, variant->dist));			\
	ASSERT_OK(abi_addr_set(whole, variant->cpu, ABI_DIST_IPA));	\
} while (0)

#define RULE_FIXTURE	overlap
#define RULE_VARIANTS	(VM_GICS | DEVATTR_V2)
#include "harness/gic_fixture.h"

TEST_F(overlap, run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_OVERLAPPING_VM(&vm, &vcpu);
	EXPECT_RULE(abi_vcpu_run(&vcpu),
		    "KVM_RUN, CPU interface on top of the distributor");
}

TEST_F(overlap, vm_after_run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_OVERLAPPING_VM(&vm, &vcpu);
	ASSERT_GT(0, abi_vcpu_run(&vcpu));
	EXPECT_RULE_WORD(alive_or_dead(&vm),
			 "VM after KVM_RUN with overlapping regions");
}

/* The distributor lies within the CPU interface's second page. */
TEST_F(overlap, second_page)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(abi_addr_set(&vm, variant->cpu, ABI_DIST_IPA - 0x1000));
	EXPECT_RULE(abi_vcpu_run(&vcpu),
		    "KVM_RUN, distributor on the CPU interface's second page");
}

TEST_F(overlap, adjacent_is_none)
{
	static const int64_t offsets[] = { 0x1000, -0x2000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct abi_vcpu vcpu;
		struct abi_vm vm;

		OPEN_VM_WITH_CODE(&vm);
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		abi_vcpu_add(&vm, 0, &vcpu);
		ASSERT_OK(set_dist(&vm, variant->dist));
		ASSERT_OK(abi_addr_set(&vm, variant->cpu,
				       ABI_DIST_IPA + offsets[i]));
		EXPECT_RULE(abi_vcpu_run(&vcpu),
			    "KVM_RUN, CPU interface at the distributor %+lld",
			    (long long)offsets[i]);
		abi_vm_close(&vm);
	}
}

/* ---- too late ---- */

TEST_F(order, set_after_run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_WHOLE_VM(&vm, &vcpu);
	ASSERT_OK(abi_vcpu_run(&vcpu));
	EXPECT_RULE(set_dist(&vm, variant->dist),
		    "set the distributor after KVM_RUN");
	EXPECT_RULE(set_cpu(&vm, variant->cpu),
		    "set the CPU side after KVM_RUN");
	ASSERT_OK(abi_vcpu_run(&vcpu));
}

TEST_F(order, vcpu_after_run)
{
	struct abi_vcpu vcpu, second;
	struct abi_vm vm;

	OPEN_WHOLE_VM(&vm, &vcpu);
	ASSERT_OK(abi_vcpu_run(&vcpu));
	EXPECT_RULE(abi_vcpu_create(&vm, 1, &second),
		    "KVM_CREATE_VCPU after KVM_RUN");
	ASSERT_OK(abi_vcpu_run(&vcpu));
}

/* ---- other VMs, processes, threads, file descriptors ---- */

TEST_F(order, two_vms)
{
	struct abi_vcpu vcpu, other_vcpu;
	struct abi_vm vm, other;

	OPEN_WHOLE_VM(&vm, &vcpu);
	OPEN_VM_WITH_CODE(&other);
	EXPECT_RULE(abi_gic_create(&other, variant->dist), "GIC of a second VM");
	abi_vcpu_add(&other, 0, &other_vcpu);
	EXPECT_RULE(set_dist(&other, variant->dist),
		    "the distributor's address in a second VM");
	ASSERT_OK(abi_vcpu_run(&vcpu));
	EXPECT_RULE(set_cpu(&other, variant->cpu),
		    "the CPU side's address in a second VM");
	ASSERT_OK(make_ready(&other, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&other_vcpu), "KVM_RUN of the second VM");
	abi_vm_close(&vm);
	EXPECT_RULE(abi_vcpu_run(&other_vcpu),
		    "KVM_RUN of the second VM after the first is closed");
}

TEST_F(order, vm_fd_closed)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_WHOLE_VM(&vm, &vcpu);
	abi_vm_close(&vm);
	EXPECT_RULE(abi_vcpu_run(&vcpu),
		    "first KVM_RUN after the VM's file descriptor is closed");
	EXPECT_RULE(abi_vcpu_run(&vcpu), "second KVM_RUN");
}

TEST_F(order, other_process)
{
	struct abi_vm vm;
	int status;
	pid_t pid;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(-set_dist(&vm, variant->dist));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_RULE(-WEXITSTATUS(status), "set from another process");
	ASSERT_OK(set_dist(&vm, variant->dist));
}

struct set_in_thread {
	struct abi_vm *vm;
	const struct abi_kind *kind;
	int ret;
};

static void *set_in_thread(void *arg)
{
	struct set_in_thread *set = arg;

	set->ret = set_dist(set->vm, set->kind);
	return NULL;
}

TEST_F(order, other_thread)
{
	struct set_in_thread set = { .kind = variant->dist };
	struct abi_vcpu vcpu;
	pthread_t thread;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	set.vm = &vm;
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_EQ(0, pthread_create(&thread, NULL, set_in_thread, &set));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_RULE(set.ret, "set from another thread");
	ASSERT_OK(set_cpu(&vm, variant->cpu));
	ASSERT_OK(make_ready(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

#define EXPECT_DESCRIPTOR_ZERO(fd, call) do {				\
	ASSERT_EQ(STDIN_FILENO, fd);					\
	EXPECT_RULE(fcntl(STDIN_FILENO, F_GETFD) < 0 ? -errno : 0,	\
		    "fcntl(0) after " call);				\
	close(STDIN_FILENO);						\
} while (0)

/* The number 0 is free in a program without standard input. */
TEST_F(order, descriptor_zero)
{
	struct abi_vm vm;
	unsigned long type;

	abi_vm_open(&vm, 0);
	close(STDIN_FILENO);
	type = vm.ipa_bits == ABI_DEFAULT_IPA_BITS ? 0 : vm.ipa_bits;
	EXPECT_DESCRIPTOR_ZERO(abi_ioctl(vm.kvm, KVM_CREATE_VM, (void *)type), "KVM_CREATE_VM");
	EXPECT_DESCRIPTOR_ZERO(abi_ioctl(vm.fd, KVM_CREATE_VCPU, NULL), "KVM_CREATE_VCPU");
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	if (variant->dist->dialect == DIALECT_DEVATTR)
		EXPECT_DESCRIPTOR_ZERO(vm.dev, "KVM_CREATE_DEVICE");
}

/* ---- VM ioctls before KVM_CREATE_IRQCHIP ---- */

#define RULE_FIXTURE	before
#define RULE_VARIANTS	VM_GICS
#include "harness/gic_fixture.h"

TEST_F(before, set)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(set_dist(&vm, variant->dist),
		    "set the distributor before KVM_CREATE_IRQCHIP");
	EXPECT_RULE(set_cpu(&vm, variant->cpu),
		    "set the CPU interface before KVM_CREATE_IRQCHIP");
	/* The first attempt failed, so the right order still works. */
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(set_cpu(&vm, variant->cpu));
}

TEST_F(before, set_with_vcpu)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(set_dist(&vm, variant->dist),
		    "set the distributor before KVM_CREATE_IRQCHIP");
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ASSERT_OK(set_dist(&vm, variant->dist));
}

TEST_F(before, set_after_run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(abi_vcpu_run(&vcpu));
	EXPECT_RULE(set_dist(&vm, variant->dist),
		    "set the distributor of a VM without a GIC after KVM_RUN");
	ASSERT_OK(abi_vcpu_run(&vcpu));
}

/* ---- two dialects for one GIC ---- */

/* An address that was set in one dialect is also set in the other. */
TEST_F(before, mixed_with_devattr)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint64_t addr;

	if (abi_missing(NEED_DEVATTR))
		rule_skip("no KVM_CREATE_DEVICE on this system");
	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, &kind_devattr_v2_dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(set_dist(&vm, variant->dist),
		    "set the distributor of a GIC from KVM_CREATE_DEVICE");
	ASSERT_OK(abi_addr_get(&vm, &kind_devattr_v2_dist, &addr));
	EXPECT_EQ(ABI_DIST_IPA, addr);
	ASSERT_EQ(-EEXIST, set_dist(&vm, &kind_devattr_v2_dist));
	ASSERT_OK(set_cpu(&vm, &kind_devattr_v2_cpu));
	ASSERT_EQ(-EEXIST, set_cpu(&vm, variant->cpu));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

/* ---- a GICv2 has at most eight vCPUs ---- */

#define RULE_FIXTURE	vcpus
#define RULE_VARIANTS	(VM_GICS | DEVATTR_V2)
#include "harness/gic_fixture.h"

#define GICV2_VCPUS	8

TEST_F(vcpus, eight)
{
	struct abi_vcpu vcpu[GICV2_VCPUS];
	struct abi_vm vm;
	unsigned int i;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	for (i = 0; i < GICV2_VCPUS; i++) {
		EXPECT_RULE(abi_vcpu_create(&vm, i, &vcpu[i]), "vCPU %u", i);
		ASSERT_OK(abi_vcpu_init(&vm, &vcpu[i]));
	}
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(set_cpu(&vm, variant->cpu));
	for (i = GICV2_VCPUS; i--; )
		EXPECT_RULE(abi_vcpu_run(&vcpu[i]), "KVM_RUN of vCPU %u", i);
}

TEST_F(vcpus, ninth_after_gic)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	EXPECT_RULE(abi_vcpu_create(&vm, GICV2_VCPUS, &vcpu), "vCPU 8");
	ASSERT_OK(set_dist(&vm, variant->dist));
}

TEST_F(vcpus, nine_and_gic)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int i;
	int ret = 0;

	abi_vm_open(&vm, 0);
	for (i = 0; i <= GICV2_VCPUS && !ret; i++)
		ret = abi_vcpu_create(&vm, i, &vcpu);
	/* The architecture allows eight. */
	ASSERT_LE(GICV2_VCPUS, i - !!ret);
	if (!ret)
		ret = abi_gic_create(&vm, variant->dist);
	EXPECT_RULE_WORD(ret == -EINVAL || ret == -E2BIG ? "REFUSED" :
			 rule_outcome(ret), "nine vCPUs, then the GIC");
}

/* ---- lifetime of the device ---- */

#define RULE_FIXTURE	life
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

TEST_F(life, device_fd_closed)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_WHOLE_VM(&vm, &vcpu);
	ASSERT_EQ(0, close(vm.dev));
	EXPECT_RULE(abi_vcpu_run(&vcpu),
		    "KVM_RUN after the device's file descriptor is closed");
}

TEST_F(life, device_fd_closed_first)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ASSERT_EQ(0, close(vm.dev));
	EXPECT_RULE(abi_gic_create(&vm, variant->dist),
		    "create the GIC again after its file descriptor is closed");
}

TEST_F(life, init_twice)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(init_gic(&vm), "first initialization");
	EXPECT_RULE(init_gic(&vm), "second initialization");
}

TEST_F(life, set_after_init)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(init_gic(&vm));
	EXPECT_RULE(set_dist(&vm, variant->dist), "set the distributor");
	EXPECT_RULE(set_cpu(&vm, variant->cpu), "set the CPU side");
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN");
}

TEST_F(life, vcpu_after_init)
{
	struct abi_vcpu vcpu, second;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(init_gic(&vm));
	EXPECT_RULE(abi_vcpu_create(&vm, 1, &second),
		    "KVM_CREATE_VCPU after the GIC is initialized");
}

/* KVM_RUN cannot initialize a GICv3 by itself. */
#define RULE_FIXTURE	uninitialized
#define RULE_VARIANTS	DEVATTR_V3
#include "harness/gic_fixture.h"

TEST_F(uninitialized, run)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_CODE(&vm);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	ASSERT_OK(set_dist(&vm, variant->dist));
	ASSERT_OK(set_cpu(&vm, variant->cpu));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN, GIC not initialized");
}

#include "harness/rule_main.h"
