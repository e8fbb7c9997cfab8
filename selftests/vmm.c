// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls by which kvmtool, QEMU and crosvm create, place, initialize, reset, save and restore a
 * GIC. Order and arguments follow kvmtool's arm/gic.c, QEMU's hw/intc/arm_gic_kvm.c,
 * arm_gicv3_kvm.c and hw/arm/virt.c, and crosvm's devices/src/irqchip/kvm/aarch64.rs.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_power.h"
#include "harness/rule_harness.h"

#define NR_VCPUS	2
#define NR_PRIVATE	32
#define SGI		7
#define SPI		40

#define ADDR	KVM_DEV_ARM_VGIC_GRP_ADDR
#define CONTROL	KVM_DEV_ARM_VGIC_GRP_CTRL
#define NR_IRQS	KVM_DEV_ARM_VGIC_GRP_NR_IRQS
#define INIT	KVM_DEV_ARM_VGIC_CTRL_INIT

/* ---- the three programs ---- */

/**
 * struct vmm - how a VMM sets up a GIC
 * @name:       the VMM's name
 * @dist, @cpu: addresses of the distributor and of a GICv2's CPU interface
 * @redist:     address of the redistributors
 * @nr_irqs:    interrupts of the GIC
 * @regions:    the redistributors are in a region, not at a base
 * @gic_first:  the GIC is created and placed before the vCPUs
 * @placed_after_init: the GIC is placed after its initialization
 * @queries:    calls KVM_HAS_DEVICE_ATTR before it sets an attribute
 * @routes:     sets a route for each SPI
 */
struct vmm {
	const char *name;
	uint64_t dist, cpu, redist;
	uint32_t nr_irqs;
	bool regions, gic_first, placed_after_init, queries, routes;
};

static const struct vmm kvmtool = {
	.name = "kvmtool",
	.dist = 0x3fff0000,
	.cpu = 0x3fff0000 - 0x20000,
	.redist = 0x3fff0000 - NR_VCPUS * GICR_STRIDE,
	.nr_irqs = 64,
	.gic_first = true,
	.queries = true,
};

static const struct vmm qemu = {
	.name = "QEMU",
	.dist = 0x08000000,
	.cpu = 0x08010000,
	.redist = 0x080a0000,
	.nr_irqs = 288,
	.regions = true,
	.placed_after_init = true,
	.queries = true,
	.routes = true,
};

static const struct vmm crosvm = {
	.name = "crosvm",
	.dist = 0x3fff0000,
	.cpu = 0x3fff0000 - 0x20000,
	.redist = 0x3fff0000 - NR_VCPUS * GICR_STRIDE,
	.nr_irqs = 64,
	.gic_first = true,
	.routes = true,
};

/* The number of redistributors for which QEMU's memory map has room. */
#define QEMU_REDISTS	123ULL

/* ---- the calls ---- */

#define MUST(call, what) do {						\
	int ret_ = (call);						\
									\
	TEST_ASSERT(ret_ >= 0, "%s: expected success, got %s", what, rule_outcome(ret_)); \
} while (0)

/* The VMM under test and its GIC. They can be static because each test has its own process. */
static const struct vmm *vmm;
static const struct abi_kind *gic;

static bool is_v3(void)
{
	return gic->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3;
}

static uint64_t cpu_side(void)
{
	return is_v3() ? vmm->redist : vmm->cpu;
}

static void set_attr(const struct guest *guest, uint32_t group, uint64_t attr, const void *value,
		     const char *what)
{
	if (vmm->queries)
		MUST(abi_attr_has(guest->abi.dev, group, attr), what);
	MUST(abi_attr_set(guest->abi.dev, group, attr, value), what);
}

static void place_cpu_side(const struct guest *guest)
{
	uint64_t region = QEMU_REDISTS << 52 | vmm->redist, addr = cpu_side();

	if (is_v3() && vmm->regions)
		set_attr(guest, ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, &region,
			 "a redistributor region");
	else
		set_attr(guest, ADDR, is_v3() ? KVM_VGIC_V3_ADDR_TYPE_REDIST :
						KVM_VGIC_V2_ADDR_TYPE_CPU, &addr,
			 "the CPU side's address");
}

static void place_dist(const struct guest *guest)
{
	set_attr(guest, ADDR, is_v3() ? KVM_VGIC_V3_ADDR_TYPE_DIST : KVM_VGIC_V2_ADDR_TYPE_DIST,
		 &vmm->dist, "the distributor's address");
}

/* Places the GIC by the VM ioctl, for kernels without KVM_CREATE_DEVICE: the distributor first. */
static void place_by_vm(const struct guest *guest)
{
	struct kvm_arm_device_addr dist = {
		.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT |
		      KVM_VGIC_V2_ADDR_TYPE_DIST,
		.addr = vmm->dist,
	};
	struct kvm_arm_device_addr cpu = {
		.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT |
		      KVM_VGIC_V2_ADDR_TYPE_CPU,
		.addr = vmm->cpu,
	};

	MUST(abi_ioctl(guest->abi.fd, KVM_ARM_SET_DEVICE_ADDR, &dist), "the distributor");
	MUST(abi_ioctl(guest->abi.fd, KVM_ARM_SET_DEVICE_ADDR, &cpu), "the CPU interface");
}

static void create_gic(struct guest *guest)
{
	MUST(abi_gic_create(&guest->abi, gic), "the GIC");
	if (gic->dialect == DIALECT_LEGACY) {
		if (!vmm->placed_after_init)
			place_by_vm(guest);
		return;
	}
	if (vmm->placed_after_init)
		return;
	place_cpu_side(guest);
	place_dist(guest);
	if (!vmm->queries)
		set_attr(guest, NR_IRQS, 0, &vmm->nr_irqs, "the number of interrupts");
}

static void set_routes(const struct guest *guest)
{
	unsigned int i, nr = vmm->nr_irqs - NR_PRIVATE;
	struct kvm_irq_routing *routing = calloc(1, sizeof(*routing) +
						 nr * sizeof(routing->entries[0]));

	TEST_ASSERT(routing, "no memory for %u routes", nr);
	routing->nr = nr;
	for (i = 0; i < nr; i++) {
		routing->entries[i].gsi = i;
		routing->entries[i].type = KVM_IRQ_ROUTING_IRQCHIP;
		routing->entries[i].u.irqchip.pin = i;
	}
	MUST(abi_ioctl(guest->abi.fd, KVM_SET_GSI_ROUTING, routing), "a route for each SPI");
	free(routing);
}

/* The calls that follow the creation of the vCPUs. */
static void finish_gic(struct guest *guest)
{
	if (!vmm->gic_first)
		create_gic(guest);
	if (gic->dialect == DIALECT_DEVATTR) {
		if (vmm->queries)
			set_attr(guest, NR_IRQS, 0, &vmm->nr_irqs, "the number of interrupts");
		set_attr(guest, CONTROL, INIT, NULL, "the initialization");
	}
	if (vmm->routes && gic->dialect == DIALECT_DEVATTR)
		set_routes(guest);
	if (vmm->placed_after_init && gic->dialect == DIALECT_DEVATTR) {
		place_dist(guest);
		place_cpu_side(guest);
	} else if (vmm->placed_after_init) {
		place_by_vm(guest);
	}
}

/* Creates the program's VM. Secondary vCPUs are off. */
static void make_vm(struct guest *guest, void (*code)(void))
{
	if (vmm->gic_first)
		guest->on_vm = create_gic;
	guest_create_off(guest, NR_VCPUS, code);
	finish_gic(guest);
	guest_gic.v3 = is_v3();
	guest_gic.dist = guest_map_device(guest, vmm->dist, gic->size);
	guest_gic.cpu = guest_map_device(guest, cpu_side(),
					 is_v3() ? NR_VCPUS * GICR_STRIDE : 0x2000);
	sync_global_to_guest(guest->vm, guest_gic);
}

/* ---- a guest that uses its GIC ---- */

static volatile unsigned int second_is_up;

static void boot_second(void)
{
	uint32_t ack;

	gic_cpu_enable();
	gic_irq_enable(SGI);
	second_is_up = 1;
	ack = gic_await_ack("an SGI");
	guest_expect("the SGI", SGI, ack & INTID_MASK);
	gic_eoi(ack);
	guest_done();
}

/* The SPI is edge-triggered if the VMM signals an eventfd, otherwise level-sensitive. */
static volatile bool by_event;

static void boot(void)
{
	uint32_t ack;

	if (guest_cpu())
		boot_second();
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_edge(SPI, by_event);
	gic_irq_route(SPI, FIRST);
	gic_irq_enable(SPI);
	guest_expect("CPU_ON", PSCI_RET_SUCCESS, guest_cpu_on(GUEST_MPIDR_OF(SECOND), 0));
	guest_await("the second vCPU is up", &second_is_up, 1);
	gic_send_sgi(SGI, SECOND);
	guest_request(RAISE(SPI));
	ack = gic_await_ack("the SPI of a device");
	guest_expect("the SPI", SPI, ack & INTID_MASK);
	guest_request(LOWER(SPI));
	gic_eoi(ack);
	guest_expect("acknowledged after the SPI", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

static int event_fd;

static void signal_event(struct guest *guest, unsigned int request)
{
	uint64_t one = 1;

	(void)guest;
	if (request & 1)
		TEST_ASSERT(write(event_fd, &one, sizeof(one)) == sizeof(one), "no event");
}

static void assign_event(struct guest *guest)
{
	struct kvm_irqfd irqfd = { .gsi = SPI - NR_PRIVATE };

	event_fd = eventfd(0, EFD_CLOEXEC);
	irqfd.fd = event_fd;
	MUST(event_fd, "an eventfd");
	MUST(abi_ioctl(guest->abi.fd, KVM_IRQFD, &irqfd), "an irqfd");
	*GUEST_ADDR(guest, by_event) = true;
	guest->on_request = signal_event;
}

/* ---- boot ---- */

#define RULE_FIXTURE	vmm_boots
#define RULE_VARIANTS	(LEGACY_V2 | DEVATTR_V2 | DEVATTR_V3)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

#define MAKE_VM(program, code) do {					\
	vmm = &(program);						\
	gic = variant->dist;						\
	make_vm(&self->guest, code);					\
	self->guest.on_request = drive_line;				\
} while (0)

#define EXPECT_BOOT(what)						\
	EXPECT_GUEST_ENDS("%s: " what, vmm->name)

TEST_F(vmm_boots, kvmtool)
{
	MAKE_VM(kvmtool, boot);
	EXPECT_BOOT("a guest with two vCPUs");
}

TEST_F(vmm_boots, qemu)
{
	MAKE_VM(qemu, boot);
	EXPECT_BOOT("a guest with two vCPUs");
}

/* crosvm's devices signal an eventfd. crosvm needs KVM_CREATE_DEVICE. */
TEST_F(vmm_boots, crosvm)
{
	MAKE_VM(crosvm, boot);
	assign_event(&self->guest);
	EXPECT_BOOT("a guest with two vCPUs");
}

/* ---- registers, as QEMU saves and restores them ---- */

/**
 * struct saved_word - a register that is saved
 * @group, @vcpu, @offset: its attribute
 * @clear: register that clears the same state; @zap is written to it first
 * @size:  bytes of the value
 */
struct saved_word {
	uint32_t group, vcpu, offset, clear, zap;
	unsigned int size;
	uint64_t value;
};

#define MAX_WORDS	2048

static struct saved_gic {
	unsigned int count;
	struct saved_word words[MAX_WORDS];
} saved;

static void add_word(struct saved_word word)
{
	TEST_ASSERT(saved.count < MAX_WORDS, "expected at most %d registers", MAX_WORDS);
	saved.words[saved.count++] = word;
}

static void add(uint32_t group, uint32_t vcpu, uint32_t offset, uint32_t clear, uint32_t zap)
{
	add_word((struct saved_word){
		.group = group, .vcpu = vcpu, .offset = offset, .clear = clear, .zap = zap,
		.size = group == SYSREGS ? 8 : 4,
	});
}

/* A field of @bits for each interrupt of a GICv2; for private interrupts, one per vCPU. */
static void add_v2_field(uint32_t set, uint32_t clear, unsigned int bits, unsigned int irqs)
{
	uint32_t offset, vcpu;

	for (offset = 0; offset < irqs * bits / 8; offset += 4)
		for (vcpu = 0; vcpu < (offset * 8 / bits < NR_PRIVATE ? NR_VCPUS : 1); vcpu++)
			add(DIST_REGS, vcpu, set + offset, clear ? clear + offset : 0, ~0U);
}

static void list_v2(void)
{
	static const uint32_t cpu_words[] = {
		GICC_CTLR, GICC_PMR, GICC_BPR, GICC_ABPR, GICC_APR(0), GICC_APR(1), GICC_APR(2),
		GICC_APR(3),
	};
	uint32_t vcpu, i;

	add(DIST_REGS, 0, GICD_CTLR, 0, 0);
	add_v2_field(0x100, 0x180, 1, vmm->nr_irqs);
	add_v2_field(0x080, 0, 1, vmm->nr_irqs);
	add_v2_field(0x800, 0, 8, vmm->nr_irqs);
	add_v2_field(0xc00, 0, 2, vmm->nr_irqs);
	add_v2_field(0x200, 0x280, 1, vmm->nr_irqs);
	add_v2_field(0x300, 0x380, 1, vmm->nr_irqs);
	add_v2_field(0x400, 0, 8, vmm->nr_irqs);
	add_v2_field(0xf20, 0xf10, 8, 16);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		for (i = 0; i < ARRAY_SIZE(cpu_words); i++)
			add(CPU_REGS, vcpu, cpu_words[i], 0, 0);
}

/* A field of @bits for each SPI. The clear registers get 0, which clears nothing. */
static void add_v3_field(uint32_t set, uint32_t clear, unsigned int bits)
{
	uint32_t offset;

	for (offset = NR_PRIVATE * bits / 8; offset < vmm->nr_irqs * bits / 8; offset += 4)
		add(DIST_REGS, 0, set + offset, clear ? clear + offset : 0, 0);
}

static void list_v3_redist(uint32_t vcpu)
{
	static const uint32_t words[][2] = {
		/* GICR_CTLR, STATUSR, WAKER, IGROUPR0, ISENABLER0, ICFGR1 */
		{ 0x0000 }, { 0x0010 }, { GICR_WAKER }, { 0x10080 }, { 0x10100, 0x10180 },
		{ 0x10c04 },
	};
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		add(REDIST_REGS, vcpu, words[i][0], words[i][1], ~0U);
	add(LEVEL_INFO, vcpu, 0, 0, 0);
	add(REDIST_REGS, vcpu, 0x10200, 0x10280, ~0U);
	add(REDIST_REGS, vcpu, 0x10300, 0x10380, ~0U);
	for (i = 0; i < NR_PRIVATE; i += 4)
		add(REDIST_REGS, vcpu, 0x10400 + i, 0, 0);
}

static void list_v3(void)
{
	static const enum gicv3_icc cpu_words[] = {
		ICC_SRE, ICC_CTLR, ICC_IGRPEN0, ICC_IGRPEN1, ICC_PMR, ICC_BPR0, ICC_BPR1,
		ICC_REGISTER(12, 8, 4), ICC_REGISTER(12, 9, 0),	/* ICC_AP0R0, ICC_AP1R0 */
	};
	uint32_t vcpu, i;

	add(DIST_REGS, 0, GICD_CTLR, 0, 0);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		list_v3_redist(vcpu);
	add(DIST_REGS, 0, 0x010, 0, 0);		/* GICD_STATUSR */
	add_v3_field(0x100, 0x180, 1);
	add_v3_field(0x080, 0, 1);
	for (i = NR_PRIVATE; i < vmm->nr_irqs; i++) {
		add(DIST_REGS, 0, GICV3_GICD_IROUTER(i), 0, 0);
		add(DIST_REGS, 0, GICV3_GICD_IROUTER(i) + 4, 0, 0);
	}
	add_v3_field(0xc00, 0, 2);
	for (i = NR_PRIVATE; i < vmm->nr_irqs; i += 32)
		add(LEVEL_INFO, 0, i, 0, 0);
	add_v3_field(0x200, 0x280, 1);
	add_v3_field(0x300, 0x380, 1);
	add_v3_field(0x400, 0, 8);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		for (i = 0; i < ARRAY_SIZE(cpu_words); i++)
			add(SYSREGS, vcpu, cpu_words[i], 0, 0);
}

static int save_words(const struct guest *guest)
{
	unsigned int i;
	int ret;

	for (i = 0; i < saved.count; i++) {
		struct saved_word *w = &saved.words[i];

		w->value = 0;
		ret = abi_attr_get(guest->abi.dev, w->group, vgic_reg_attr(w->vcpu, w->offset),
				   &w->value);
		if (ret) {
			fprintf(stderr, "group %u, vCPU %u, register 0x%x: %s\n", w->group,
				w->vcpu, w->offset, rule_outcome(ret));
			return ret;
		}
	}
	return 0;
}

static int restore_words(const struct guest *guest)
{
	unsigned int i;
	int ret;

	for (i = 0; i < saved.count; i++) {
		struct saved_word *w = &saved.words[i];

		ret = w->clear ? abi_attr_set(guest->abi.dev, w->group,
					      vgic_reg_attr(w->vcpu, w->clear), &w->zap) : 0;
		if (!ret)
			ret = abi_attr_set(guest->abi.dev, w->group,
					   vgic_reg_attr(w->vcpu, w->offset), &w->value);
		if (ret) {
			fprintf(stderr, "group %u, vCPU %u, register 0x%x set to 0x%llx: %s\n",
				w->group, w->vcpu, w->offset, (unsigned long long)w->value,
				rule_outcome(ret));
			return ret;
		}
	}
	return 0;
}

static void list_for_qemu(void)
{
	saved.count = 0;
	if (is_v3())
		list_v3();
	else
		list_v2();
}

/* QEMU saves a GICv3's pending tables when the VM stops. Without LPIs, nothing is written. */
static void stop_vm(const struct guest *guest)
{
	if (is_v3())
		MUST(abi_attr_set(guest->abi.dev, CONTROL, 3, NULL), "the pending tables");
}

/* ---- save and restore ---- */

#define RULE_FIXTURE	vmm_saved
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_STATE	struct guest guest, other
#include "harness/gic_fixture.h"

#define PRIORITY	0x48

/* Leaves one SPI active, the next SPI pending, and a priority mask. */
static void leave_state(void)
{
	unsigned int i;

	gic_enable();
	gic_cpu_enable();
	for (i = SPI; i < SPI + 2; i++) {
		gic_irq_set_edge(i, true);
		gic_irq_route(i, FIRST);
		gic_irq_set_priority(i, PRIORITY);
		gic_irq_enable(i);
	}
	gic_irq_set_pending(SPI);
	guest_expect("the SPI that is left active", SPI, gic_ack() & INTID_MASK);
	gic_irq_set_pending(SPI + 1);
	gic_set_priority_mask(0xb0);
	guest_done();
}

/* Writes no enable: the restored state has to be sufficient. */
static void find_state(void)
{
	guest_expect("priority mask", 0xb0, gic_priority_mask());
	guest_expect("the first SPI is active", true, gic_irq_is_active(SPI));
	guest_expect("the second SPI is pending", true, gic_irq_is_pending(SPI + 1));
	guest_expect("the second SPI waits for the first", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	gic_eoi(SPI);
	guest_expect("the second SPI", SPI + 1, gic_ack() & INTID_MASK);
	gic_eoi(SPI + 1);
	guest_expect("acknowledged after both SPIs", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

/* Only the first vCPU runs. */
#define MAKE_SINGLE(guest, code) do {					\
	make_vm(guest, code);						\
	(guest)->nr_vcpus = 1;						\
} while (0)

TEST_F(vmm_saved, qemu)
{
	vmm = &qemu;
	gic = variant->dist;
	MAKE_SINGLE(&self->guest, leave_state);
	ASSERT_TRUE(guest_run(&self->guest));
	stop_vm(&self->guest);
	list_for_qemu();
	EXPECT_RULE_WORD(holds(!save_words(&self->guest)), "QEMU saves %u registers",
			 saved.count);
	MAKE_SINGLE(&self->other, find_state);
	EXPECT_RULE_WORD(holds(!restore_words(&self->other)),
			 "QEMU restores the registers in another VM");
	EXPECT_RULE_WORD(holds(guest_run(&self->other)), "the guest continues in the other VM");
}

/* QEMU resets a GIC by writing the initial values of its registers. */
static void find_reset(void)
{
	guest_expect("the distributor is disabled", false, gic_is_enabled());
	guest_expect("priority mask", 0, gic_priority_mask());
	guest_expect("the first SPI is active", false, gic_irq_is_active(SPI));
	guest_expect("the second SPI is pending", false, gic_irq_is_pending(SPI + 1));
	guest_expect("the SPI is enabled", false, gic_irq_is_enabled(SPI));
	leave_state();
}

/*
 * QEMU writes 0 to W1C registers of a GICv3's SPIs, so the reset is tested on a GIC in reset state.
 */
TEST_F(vmm_saved, qemu_reset)
{
	vmm = &qemu;
	gic = variant->dist;
	MAKE_SINGLE(&self->other, find_reset);
	list_for_qemu();
	ASSERT_OK(save_words(&self->other));
	EXPECT_RULE_WORD(holds(!restore_words(&self->other)),
			 "QEMU resets the GIC of a VM that has not run");
	EXPECT_RULE_WORD(holds(guest_run(&self->other)), "the guest finds its GIC in reset state");
}

/* ---- crosvm ---- */

#define RULE_FIXTURE	vmm_snapshot
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct guest guest, other
#include "harness/gic_fixture.h"

/* crosvm saves each word of the ranges in parts[], even reserved words. */
static void list_for_crosvm(void)
{
	static const struct {
		uint32_t group, first, end;
	} parts[] = {
		{ REDIST_REGS, 0x00000, 0x00100 }, { REDIST_REGS, 0x10000, 0x10d00 },
		{ DIST_REGS, 0x0000, 0x0d00 }, { DIST_REGS, 0x6000, 0x6200 },
		{ DIST_REGS, 0xff00, 0x10000 },
	};
	static const enum gicv3_icc cpu_words[] = {
		/* In the order of their numbers. */
		ICC_PMR, ICC_BPR0, ICC_REGISTER(12, 8, 4), ICC_REGISTER(12, 9, 0), ICC_BPR1,
		ICC_CTLR, ICC_SRE, ICC_IGRPEN0, ICC_IGRPEN1,
	};
	uint32_t i, offset;

	saved.count = 0;
	for (i = 0; i < ARRAY_SIZE(cpu_words); i++)
		add(SYSREGS, 0, cpu_words[i], 0, 0);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		for (offset = parts[i].first; offset < parts[i].end; offset += 4)
			add(parts[i].group, 0, offset, 0, 0);
}

/*
 * After a W1S register, crosvm writes the W1C register with the value that it has read. This clears
 * the state again, so no enabled or active state is expected here.
 */
static void find_snapshot(void)
{
	guest_expect("priority mask", 0xb0, gic_priority_mask());
	guest_expect("the distributor is enabled", true, gic_is_enabled());
	guest_expect("an SPI's priority", PRIORITY,
		     guest_read(guest_gic.dist + GICD_IPRIORITYR(SPI)) & 0xff);
	guest_expect("the SPI's route", 0, guest_read(guest_gic.dist + GICV3_GICD_IROUTER(SPI)));
	guest_expect("the SPI is pending", true, gic_irq_is_pending(SPI + 1));
	guest_done();
}

TEST_F(vmm_snapshot, crosvm)
{
	vmm = &crosvm;
	gic = variant->dist;
	MAKE_SINGLE(&self->guest, leave_state);
	ASSERT_TRUE(guest_run(&self->guest));
	stop_vm(&self->guest);
	list_for_crosvm();
	EXPECT_RULE_WORD(holds(!save_words(&self->guest)), "crosvm saves %u registers",
			 saved.count);
	MAKE_SINGLE(&self->other, find_snapshot);
	EXPECT_RULE_WORD(holds(!restore_words(&self->other)), "crosvm restores the registers");
	EXPECT_RULE_WORD(holds(guest_run(&self->other)), "the guest continues in the other VM");
}

/* ---- a vCPU's registers ---- */

#define RULE_FIXTURE	vmm_vcpu
#define RULE_STATE	struct abi_vm vm[2]; struct abi_vcpu vcpu[2]
#define RULE_PREPARE() do {						\
	unsigned int vm_;						\
									\
	for (vm_ = 0; vm_ < 2; vm_++) {					\
		abi_vm_open(&self->vm[vm_], 0);				\
		abi_vcpu_add(&self->vm[vm_], 0, &self->vcpu[vm_]);	\
		ASSERT_OK(abi_vm_add_code(&self->vm[vm_]));		\
	}								\
} while (0)
#include "harness/any_fixture.h"

#define MAX_REGS	4096
#define MAX_REG_BYTES	256

/* QEMU migrates a vCPU: it reads each register of the list in one VM and sets it in another. */
TEST_F(vmm_vcpu, qemu)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + MAX_REGS * sizeof(list->reg[0]));
	uint8_t value[MAX_REG_BYTES];
	unsigned int i;

	ASSERT_NE(NULL, list);
	list->n = MAX_REGS;
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
	ASSERT_OK(abi_ioctl(self->vcpu[0].fd, KVM_GET_REG_LIST, list));
	for (i = 0; i < list->n; i++) {
		ASSERT_OK(abi_reg_get(&self->vcpu[0], list->reg[i], value));
		EXPECT_RULE(abi_reg_set(&self->vcpu[1], list->reg[i], value),
			    "set register 0x%llx", (unsigned long long)list->reg[i]);
	}
	ASSERT_OK(abi_vcpu_run(&self->vcpu[1]));
}

#include "harness/rule_main.h"
