// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest_arch.h"
#include "error.h"
#include "fdt.h"
#include "loader.h"
#include "machine.h"
#include "map.h"
#include "terminal.h"

#define KVM	"/dev/kvm"

/* ---- VM and memory ---- */

static void open_vm(struct machine *m)
{
	int version;

	m->kvm = open(KVM, O_RDWR | O_CLOEXEC);
	if (m->kvm < 0)
		fail(KVM ": %s%s", strerror(errno),
		     errno == ENOENT ? "; this kernel has no KVM" :
		     errno == EACCES ? "; members of its group may open it" : "");
	version = ioctl(m->kvm, KVM_GET_API_VERSION, 0);
	if (version != KVM_API_VERSION)
		fail(KVM ": expected API version %d, got %d", KVM_API_VERSION,
		     version);
	m->fd = ioctl(m->kvm, KVM_CREATE_VM, 0);
	if (m->fd < 0)
		fail("KVM_CREATE_VM: %s", strerror(errno));
}

static void add_memory(struct machine *m)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = MEMORY_BASE,
		.memory_size = m->config.memory,
	};
	void *host = MAP_FAILED;

	if (m->config.memory <= SIZE_MAX)
		host = mmap(NULL, m->config.memory, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (host == MAP_FAILED)
		fail("--memory: mapping %llu MiB for the guest: %s",
		     (unsigned long long)m->config.memory >> 20, strerror(ENOMEM));
	region.userspace_addr = (uintptr_t)host;
	if (ioctl(m->fd, KVM_SET_USER_MEMORY_REGION, &region))
		fail("--memory: %llu MiB at 0x%llx: %s",
		     (unsigned long long)m->config.memory >> 20, MEMORY_BASE,
		     strerror(errno));
	m->memory = (struct guest_memory) {
		.base = MEMORY_BASE,
		.size = m->config.memory,
		.host = host,
	};
}

/* ---- vCPUs ---- */

static void add_vcpu(struct machine *m, unsigned int id)
{
	struct kvm_vcpu_init init = { 0 };
	struct vcpu *vcpu = &m->vcpus[id];

	*vcpu = (struct vcpu) { .machine = m, .id = id };
	vcpu->fd = ioctl(m->fd, KVM_CREATE_VCPU, id);
	if (vcpu->fd < 0)
		fail("--cpus: vCPU %u: KVM_CREATE_VCPU: %s", id, strerror(errno));
	vcpu->run = mmap(NULL, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		fail("vCPU %u: mmap of kvm_run: %s", id, strerror(errno));

	if (ioctl(m->fd, KVM_ARM_PREFERRED_TARGET, &init))
		fail("KVM_ARM_PREFERRED_TARGET: %s", strerror(errno));
	init.features[0] = 1U << KVM_ARM_VCPU_PSCI_0_2;
	/* Secondary vCPUs are off until PSCI CPU_ON. */
	if (id)
		init.features[0] |= 1U << KVM_ARM_VCPU_POWER_OFF;
	if (ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init))
		fail("vCPU %u: KVM_ARM_VCPU_INIT: %s", id, strerror(errno));
}

static void set_reg(const struct vcpu *vcpu, uint64_t id, uint64_t value)
{
	/* KVM reads 32 or 64 bits. On a little-endian host, both begin at the same address. */
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg))
		fail("vCPU %u: register 0x%llx: KVM_SET_ONE_REG: %s", vcpu->id,
		     (unsigned long long)id, strerror(errno));
}

static uint64_t get_reg(const struct vcpu *vcpu, uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg))
		fail("vCPU %u: register 0x%llx: KVM_GET_ONE_REG: %s", vcpu->id,
		     (unsigned long long)id, strerror(errno));
	return value;
}

/* ---- devices ---- */

static void set_line(void *context, unsigned int intid, bool level)
{
	struct machine *m = context;

	gic_set_line(m->fd, intid, level);
}

/* Ends the guest if its console cannot be written, because its output would be lost. */
static void send_bytes(void *context, const uint8_t *bytes, size_t count)
{
	struct machine *m = context;

	if (terminal_show(bytes, count, &m->end))
		return;
	say("standard output: %s", strerror(errno));
	machine_end(m, MACHINE_NO_OUTPUT);
}

static void send_byte(void *context, uint8_t byte)
{
	send_bytes(context, &byte, 1);
}

static void add_window(struct machine *m, struct mmio_window window)
{
	m->windows[m->nr_windows++] = window;
}

static void add_virtio(struct machine *m, struct virtio *virtio, const char *name)
{
	unsigned int n = m->nr_windows - 1;	/* without the UART */

	virtio->memory = &m->memory;
	virtio->line = (struct irq_line) {
		.set = set_line, .context = m, .intid = VIRTIO_INTID(n),
	};
	virtio_reset(virtio);
	add_window(m, (struct mmio_window) {
		.name = name, .base = VIRTIO_BASE(n), .size = VIRTIO_WINDOW,
		.read = virtio_read, .write = virtio_write, .device = virtio,
	});
}

static void add_devices(struct machine *m, const struct disk *disks, unsigned int nr_disks)
{
	static const char *const names[MAX_DISKS] = { "vda", "vdb", "vdc", "vdd" };
	unsigned int i;

	m->uart.line = (struct irq_line) { .set = set_line, .context = m, .intid = UART_INTID };
	m->uart.send = send_byte;
	m->uart.context = m;
	pl011_reset(&m->uart);
	add_window(m, (struct mmio_window) {
		.name = "pl011", .base = UART_BASE, .size = PL011_WINDOW,
		.read = pl011_read, .write = pl011_write, .device = &m->uart,
	});

	virtio_console_init(&m->console);
	m->console.send = send_bytes;
	m->console.context = m;
	add_virtio(m, &m->console.virtio, "console");

	m->nr_disks = nr_disks;
	for (i = 0; i < nr_disks; i++) {
		virtio_block_init(&m->disks[i], &disks[i]);
		add_virtio(m, &m->disks[i].virtio, names[i]);
	}
}

/* ---- creation, boot ---- */

void machine_create(struct machine *m, const struct machine_config *config,
		    const struct disk *disks, unsigned int nr_disks)
{
	unsigned int i;
	int size, most;

	*m = (struct machine) { .config = *config, .lock = PTHREAD_MUTEX_INITIALIZER };
	open_vm(m);
	gic_choose(m->fd, &m->config.gic, &m->config.dialect);
	add_memory(m);
	size = ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < (int)sizeof(struct kvm_run))
		fail("KVM_GET_VCPU_MMAP_SIZE: expected at least %zu, got %d",
		     sizeof(struct kvm_run), size);
	m->run_size = size;
	most = ioctl(m->fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	if (most > 0 && m->config.cpus > (unsigned int)most)
		fail("--cpus %u: expected at most %d, KVM's maximum here", m->config.cpus,
		     most);
	for (i = 0; i < m->config.cpus; i++)
		add_vcpu(m, i);
	gic_create(&m->gic, m->fd, m->config.gic, m->config.dialect);
	add_devices(m, disks, nr_disks);
	m->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->wake < 0)
		fail("eventfd: %s", strerror(errno));
}

void machine_destroy(struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->config.cpus; i++) {
		munmap(m->vcpus[i].run, m->run_size);
		close(m->vcpus[i].fd);
	}
	if (m->gic.device >= 0)
		close(m->gic.device);
	close(m->fd);
	close(m->kvm);
	close(m->wake);
	munmap(m->memory.host, m->memory.size);
}

static void dump_tree(const char *name, const void *dtb)
{
	char error[FILES_ERROR];
	struct output output;

	if (!output_begin(&output, "--dtb", name, FILE_REGULAR | FILE_STREAM, 0666, error))
		fail("%s", error);
	fwrite(dtb, DTB_SIZE, 1, output.file);
	if (!output_end(&output, error))
		fail("%s", error);
}

static struct guest_cpu guest_cpu_of(const struct vcpu *vcpu)
{
	struct guest_cpu cpu = { .is_64bit = ARCH_IS_64BIT };
#ifdef ARCH_REG_MMFR0
	struct kvm_one_reg reg = { .id = ARCH_REG_MMFR0, .addr = (uintptr_t)&cpu.mmfr0 };

	/* Before Linux 4.15, KVM does not show this register. */
	cpu.has_mmfr0 = !ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg);
#else
	(void)vcpu;
#endif
	return cpu;
}

void machine_boot(struct machine *m, const struct options *options)
{
	const struct guest_cpu cpu = guest_cpu_of(&m->vcpus[0]);
	struct fdt_machine tree = {
		.cpus = m->config.cpus,
		.memory = m->config.memory,
		.gic_version = m->config.gic,
		.nr_virtio = m->nr_windows - 1,
	};
	struct layout layout;
	char bootargs[4096];
	unsigned int i;
	void *dtb;

	load_guest(&m->memory, options->kernel, options->initrd, &cpu, &layout);
	for (i = 0; i < m->config.cpus; i++)
		tree.mpidr[i] = get_reg(&m->vcpus[i], ARCH_REG_MPIDR) & ARCH_MPIDR_AFFINITY;
	/* The last console= becomes /dev/console. */
	snprintf(bootargs, sizeof(bootargs), "console=ttyAMA0%s%s%s",
		 m->config.console == CONSOLE_VIRTIO ? " console=hvc0" : "",
		 *options->append ? " " : "", options->append);
	tree.bootargs = bootargs;
	tree.initrd = layout.initrd;
	tree.initrd_size = layout.initrd_size;
	dtb = guest_range(&m->memory, layout.dtb, DTB_SIZE);
	fdt_make(dtb, DTB_SIZE, &tree);
	if (options->dtb_dump)
		dump_tree(options->dtb_dump, dtb);

	const struct { uint64_t id, value; } regs[] = ARCH_BOOT_REGS(layout.dtb);

	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		set_reg(&m->vcpus[0], regs[i].id, regs[i].value);
	set_reg(&m->vcpus[0], ARCH_REG_PC, layout.entry);
}
