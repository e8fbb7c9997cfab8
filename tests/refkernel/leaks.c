// SPDX-License-Identifier: GPL-2.0-only
/*
 * The resources of a VM are freed with it: memory, and references to the module.
 *
 *   leaks [--list] [--tests PATTERN] [--after TEST]
 */
#define _GNU_SOURCE
#include <sys/eventfd.h>
#include <sys/resource.h>

#define HOST_TESTS_APART
#include "test_guest.h"

#define VMS		300
#define WARM_UP		60
#define VCPUS		2
#define PAGES		32

/* Noise in a measurement of free memory. A leak of one page in each VM would be 1,200 KiB. */
#define SLACK_KIB	500L
/* Measurements; noise of 800 KiB was seen once, while the host did other work. */
#define TRIES		3

/* Writes to each page, then to an unmapped address. */
static const uint32_t code[] = {
	0xe3a01205,	/* mov r1, #0x50000000 */
	0xe3a02101,	/* mov r2, #0x40000000 */
	0xe3a03020,	/* mov r3, #32: PAGES */
	0xe5823004,	/* 1: str r3, [r2, #4] */
	0xe2822a01,	/* add r2, r2, #0x1000 */
	0xe2533001,	/* subs r3, r3, #1 */
	0x1afffffb,	/* bne 1b */
	0xe5810000,	/* str r0, [r1] */
};

static uint8_t *ram;

static bool add_memory(int vm)
{
	memcpy(ram, code, sizeof(code));
	return set_region(vm, 0, CODE_IPA, ram, PAGES * 0x1000, 0);
}

static bool add_gic(int vm, int *device)
{
	struct kvm_create_device create = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	bool good = check(!ioctl(vm, KVM_CREATE_DEVICE, &create), "KVM_CREATE_DEVICE");

	*device = good ? (int)create.fd : -1;
	return good && set_gic_addresses(vm);
}

static bool start_vcpu(int vm, int vcpu)
{
	return init_vcpu(vm, vcpu, 0) && set_core_reg(vcpu, CORE_PC, CODE_IPA);
}

/* Assigns an irqfd and an ioeventfd, which remain assigned when the VM is closed. */
static bool add_events(int vm)
{
	int event = eventfd(0, 0), resample = eventfd(0, 0);
	struct kvm_irqfd irqfd = {
		.fd = event, .gsi = 3, .flags = KVM_IRQFD_FLAG_RESAMPLE, .resamplefd = resample,
	};
	struct kvm_ioeventfd io = { .fd = event, .addr = EXIT_IPA + 0x1000, .len = 4 };
	bool good = check(!ioctl(vm, KVM_IRQFD, &irqfd), "KVM_IRQFD") &&
		    check(!ioctl(vm, KVM_IOEVENTFD, &io), "KVM_IOEVENTFD");

	close(event);
	close(resample);
	return good;
}

/* Creates, runs and closes a VM with all features. @order permutes the close() calls. */
static bool one_vm(unsigned int order, bool events)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int fds[2 + VCPUS] = { -1, -1 };	/* VM, GIC, vCPUs */
	struct kvm_run *run;
	unsigned int i;
	bool good;

	fds[0] = ioctl(kvm, KVM_CREATE_VM, 0);
	good = check(fds[0] >= 0, "KVM_CREATE_VM") && add_memory(fds[0]) &&
	       add_gic(fds[0], &fds[1]);
	for (i = 0; good && i < VCPUS; i++) {
		fds[2 + i] = ioctl(fds[0], KVM_CREATE_VCPU, i);
		good = check(fds[2 + i] >= 0, "KVM_CREATE_VCPU") &&
		       start_vcpu(fds[0], fds[2 + i]);
	}
	if (good) {
		run = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fds[2], 0);
		good = check(!ioctl(fds[2], KVM_RUN, 0), "KVM_RUN") &&
		       check(run->exit_reason == KVM_EXIT_MMIO, "MMIO exit of the guest");
		munmap(run, getpagesize());
	}
	if (good && events)
		good = add_events(fds[0]);
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[(i + order) % (ARRAY_SIZE(fds))]);
	close(kvm);
	return good;
}

static bool rounds(unsigned int count, bool events)
{
	unsigned int i;
	bool good = true;

	for (i = 0; good && i < count; i++)
		good = one_vm(i, events);
	return good;
}

/* ---- small objects ---- */

#define MAX_CACHES	128

/**
 * struct objects - use of the slab caches from which a VM allocates
 * @count: number of caches
 * @cache: name of each and its number of active objects
 */
struct objects {
	unsigned int count;
	struct {
		char name[32];
		long used;
	} cache[MAX_CACHES];
};

static void count_objects(struct objects *o)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[256];

	o->count = 0;
	while (file && o->count < MAX_CACHES && fgets(line, sizeof(line), file))
		if ((!strncmp(line, "kmalloc-", 8) || !strncmp(line, "mm_struct ", 10)) &&
		    sscanf(line, "%31s %ld", o->cache[o->count].name,
			   &o->cache[o->count].used) == 2)
			o->count++;
	if (file)
		fclose(file);
	if (!o->count)
		ksft_print_msg("/proc/slabinfo: expected caches named kmalloc-*, got none\n");
}

/* Allows half an object for each VM: objects in per-CPU caches count as active. */
static bool objects_are_kept(const struct objects *before, int vms)
{
	struct objects after;
	bool good = before->count > 0;
	unsigned int i;

	count_objects(&after);
	for (i = 0; i < before->count && i < after.count; i++) {
		long grown = after.cache[i].used - before->cache[i].used;

		if (strcmp(before->cache[i].name, after.cache[i].name) || grown < vms / 2)
			continue;
		ksft_print_msg("%s: expected fewer than %d new objects after %d VMs, got %ld\n",
			       after.cache[i].name, vms / 2, vms, grown);
		good = false;
	}
	return good;
}

/* ---- the tests ---- */

/*
 * Measures the memory that use(@count) loses, up to TRIES times: a leak repeats, allocations by
 * other work of the host do not.
 */
static bool keeps(bool (*use)(unsigned int count), unsigned int count)
{
	bool good = use(WARM_UP) && module_is_unused();
	struct objects objects;
	unsigned int try;
	bool kept = false;
	long before;

	for (try = 0; good && !kept && !end_requested && try < TRIES; try++) {
		before = free_memory();
		count_objects(&objects);
		good = use(count) && module_is_unused();
		kept = good && memory_is_kept(before, SLACK_KIB) &&
		       objects_are_kept(&objects, count);
	}
	return kept;
}

static bool use_vms(unsigned int count)
{
	return rounds(count, false);
}

static bool vms(void)
{
	return keeps(use_vms, VMS);
}

static bool use_events(unsigned int count)
{
	return rounds(count, true);
}

static bool events(void)
{
	return keeps(use_events, VMS);
}

/* Each VM has its own pages, which munmap() frees after the VM is closed. */
static bool use_pages(unsigned int count)
{
	size_t size = PAGES * 0x1000;
	uint8_t *always = ram;
	bool good = true;
	unsigned int i;

	for (i = 0; good && i < count; i++) {
		ram = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		good = one_vm(i, false);
		munmap(ram, size);
	}
	ram = always;
	return good;
}

static bool pages(void)
{
	return keeps(use_pages, VMS / 4);
}

static bool use_processes(unsigned int count)
{
	unsigned int i;
	int status = 0;

	for (i = 0; i < count && !status; i++) {
		pid_t child = fork();

		if (!child)
			_exit(!one_vm(i, false));
		waitpid(child, &status, 0);
	}
	return check(!status, "VM in a child process");
}

/* A VM holds a reference to its process's address space. The reference must end with the VM. */
static bool processes(void)
{
	return keeps(use_processes, VMS / 2);
}

/* Makes a call that creates a file descriptor while the limit leaves none. Expects EMFILE. */
static bool refused(int fd, unsigned long call, void *arg, const char *what)
{
	struct rlimit before, limit;
	int next = dup(fd), ret, error;

	close(next);
	getrlimit(RLIMIT_NOFILE, &before);
	limit = before;
	limit.rlim_cur = next;
	setrlimit(RLIMIT_NOFILE, &limit);
	ret = ioctl(fd, call, arg);
	error = errno;
	setrlimit(RLIMIT_NOFILE, &before);
	if (ret < 0 && error == EMFILE)
		return true;
	ksft_print_msg("%s without a free descriptor: expected EMFILE, got %s\n", what,
		       ret < 0 ? strerror(error) : "success");
	return false;
}

static bool use_no_descriptor(unsigned int count)
{
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, vcpu;
	bool good = true;

	for (; good && count; count--) {
		good = refused(kvm, KVM_CREATE_VM, NULL, "KVM_CREATE_VM");
		vm = ioctl(kvm, KVM_CREATE_VM, 0);
		good = good && check(vm >= 0, "KVM_CREATE_VM") &&
		       refused(vm, KVM_CREATE_VCPU, NULL, "KVM_CREATE_VCPU") &&
		       refused(vm, KVM_CREATE_DEVICE, &gic, "KVM_CREATE_DEVICE");
		vcpu = good ? ioctl(vm, KVM_CREATE_VCPU, 0) : -1;
		good = good && check(vcpu >= 0, "KVM_CREATE_VCPU after one that failed");
		close(vcpu);
		close(vm);
	}
	close(kvm);
	return good;
}

static bool no_descriptor(void)
{
	return keeps(use_no_descriptor, VMS);
}

/* ---- irqfds ---- */

#define MOST_IRQFDS	4096	/* KVM_CAP_IRQ_ROUTING's value */

static bool init_gic(int device)
{
	struct kvm_device_attr init = {
		.group = KVM_DEV_ARM_VGIC_GRP_CTRL, .attr = KVM_DEV_ARM_VGIC_CTRL_INIT,
	};

	return check(!ioctl(device, KVM_SET_DEVICE_ATTR, &init), "KVM_DEV_ARM_VGIC_CTRL_INIT");
}

/* Returns 0 or the errno of KVM_IRQFD. */
static int assign(int vm, int event, unsigned int gsi, int resample)
{
	struct kvm_irqfd irqfd = {
		.fd = event, .gsi = gsi, .flags = KVM_IRQFD_FLAG_RESAMPLE, .resamplefd = resample,
	};

	return ioctl(vm, KVM_IRQFD, &irqfd) ? errno : 0;
}

/* Assigns irqfds until the module refuses one; then closes the first eventfd, and tries again. */
static bool fills(int vm, int *event, int resample)
{
	unsigned int n = 0;
	int ret = 0;

	while (!ret && n <= MOST_IRQFDS) {
		event[n] = eventfd(0, 0);
		if (!check(event[n] >= 0, "eventfd"))
			return false;
		ret = assign(vm, event[n], n % 64, resample);
		n++;
	}
	if (ret != ENOSPC || n != MOST_IRQFDS + 1) {
		ksft_print_msg("expected ENOSPC after %d irqfds, got %s from irqfd %u\n",
			       MOST_IRQFDS, strerror(ret), n);
		return false;
	}
	close(event[0]);
	return check(!assign(vm, event[n - 1], 0, resample), "KVM_IRQFD in the place of another");
}

/* The number of irqfds is bounded, because the kernel searches lists of them. */
static bool irqfds_bounded(void)
{
	struct rlimit files = { .rlim_cur = 2 * MOST_IRQFDS, .rlim_max = 2 * MOST_IRQFDS };
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm = ioctl(kvm, KVM_CREATE_VM, 0);
	static int event[MOST_IRQFDS + 1];
	int device, resample = eventfd(0, 0);
	unsigned int i;
	bool good;

	memset(event, -1, sizeof(event));
	good = check(!setrlimit(RLIMIT_NOFILE, &files), "setrlimit") && add_gic(vm, &device) &&
	       init_gic(device) && fills(vm, event, resample);
	/* The module's worker frees the irqfds of eventfds that are closed before the VM. */
	for (i = 0; i < MOST_IRQFDS / 2; i++)
		close(event[i]);
	close(vm);
	close(device);
	close(kvm);
	for (; i < ARRAY_SIZE(event); i++)
		close(event[i]);
	close(resample);
	return good && module_is_unused();
}

static const struct host_test tests[] = {
	{ "leaks.any.vms", vms },
	{ "leaks.any.events", events },
	{ "leaks.any.pages", pages },
	{ "leaks.any.no_descriptor", no_descriptor },
	{ "leaks.any.processes", processes },
	{ "leaks.any.irqfds_bounded", irqfds_bounded },
};

int main(int argc, char **argv)
{
	ram = mmap(NULL, PAGES * 0x1000, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
