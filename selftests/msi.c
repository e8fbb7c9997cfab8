// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSIs from user space: KVM_SIGNAL_MSI, and routes of GSIs to an ITS. Most tests run no vCPU:
 * KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES shows which LPIs are pending, and for which vCPU.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_its.h"
#include "harness/its_fixture.h"
#include "harness/rule_harness.h"

#define DEVICE		5U
#define EVENT		7U
#define OTHER_EVENT	9U
#define LPI		8200U
#define ICID(cpu)	(3 + (cpu))

/* The ITS has EVENT for the first vCPU and OTHER_EVENT for the second. */
#define MAP_EVENTS() do {						\
	MAP_DEVICE(DEVICE, 0);						\
	MAP_COLLECTION(ICID(0), 0);					\
	MAP_COLLECTION(ICID(1), 1);					\
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(0));				\
	MAP_EVENT(DEVICE, OTHER_EVENT, LPI + 1, ICID(1));		\
} while (0)

#define OPEN_WITH_EVENTS() do {						\
	OPEN_ITS_WITH_LPIS();						\
	MAP_EVENTS();							\
} while (0)

/* ---- KVM_SIGNAL_MSI ---- */

#define RULE_FIXTURE	msi
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct its its; uint8_t *memory
#include "harness/gic_fixture.h"

static const char *msi_outcome(int ret)
{
	return ret > 0 ? "DELIVERED" : ret ? rule_outcome(ret) : "BLOCKED";
}

#define EXPECT_MSI(device, event, what, ...)				\
	EXPECT_RULE_WORD(msi_outcome(its_signal(&self->its, device, event)), \
			 what, ##__VA_ARGS__)

TEST_F(msi, delivered)
{
	OPEN_WITH_EVENTS();
	EXPECT_MSI(DEVICE, EVENT, "event of the first vCPU");
	EXPECT_MSI(DEVICE, EVENT, "event of the first vCPU, while its LPI is pending");
	EXPECT_MSI(DEVICE, OTHER_EVENT, "event of the second vCPU");
}

TEST_F(msi, pending_at_vcpu)
{
	unsigned int cpu;

	OPEN_WITH_EVENTS();
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, OTHER_EVENT));
	SAVE_PENDING();
	for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++) {
		EXPECT_RULE_WORD(holds(lpi_is_pending(self->memory, cpu, LPI) == (cpu == 0)),
				 "the first vCPU's LPI at vCPU %u", cpu);
		EXPECT_RULE_WORD(holds(lpi_is_pending(self->memory, cpu, LPI + 1) == (cpu == 1)),
				 "the second vCPU's LPI at vCPU %u", cpu);
	}
}

/* KVM may cache the translation of an event that is signalled. */
#define CACHE_TRANSLATION()						\
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT))

TEST_F(msi, unmapped_event)
{
	unsigned int bit;

	OPEN_WITH_EVENTS();
	CACHE_TRANSLATION();
	EXPECT_MSI(DEVICE, EVENT + 1, "an event that is not mapped");
	for (bit = 11; bit < 32; bit++)
		EXPECT_MSI(DEVICE, 1U << bit | EVENT, "event 0x%x", 1U << bit | EVENT);
	ASSERT_COMMAND(its_of_event(ITS_DISCARD, DEVICE, EVENT));
	EXPECT_MSI(DEVICE, EVENT, "an event after DISCARD");
}

TEST_F(msi, unmapped_device)
{
	unsigned int bit;

	OPEN_WITH_EVENTS();
	CACHE_TRANSLATION();
	for (bit = 4; bit < 32; bit++)
		EXPECT_MSI(DEVICE | 1U << bit, EVENT, "device 0x%x", DEVICE | 1U << bit);
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	ASSERT_COMMAND(its_unmap_device(DEVICE));
	EXPECT_MSI(DEVICE, EVENT, "the device after MAPD without V");
}

TEST_F(msi, unmapped_collection)
{
	OPEN_WITH_EVENTS();
	MAP_EVENT(DEVICE, 20, LPI + 20, 100);
	EXPECT_MSI(DEVICE, 20, "a collection that was never mapped");
	/* Its LPI has no vCPU, and so no pending table. */
	SAVE_PENDING();
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	ASSERT_COMMAND(its_unmap_collection(ICID(0)));
	EXPECT_MSI(DEVICE, EVENT, "the collection after MAPC without V");
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, OTHER_EVENT));
	/* EVENT is still in the ITT, without a collection. */
	ASSERT_COMMAND(its_unmap_collection(ICID(1)));
	EXPECT_MSI(DEVICE, OTHER_EVENT, "another collection after MAPC without V");
}

TEST_F(msi, disabled_lpi)
{
	OPEN_WITH_EVENTS();
	lpi_configure(self->memory, LPI, LPI_PRIORITY);
	ASSERT_COMMAND(its_of_event(ITS_INV, DEVICE, EVENT));
	EXPECT_MSI(DEVICE, EVENT, "an LPI that is disabled");
	SAVE_PENDING();
	EXPECT_TRUE(lpi_is_pending(self->memory, 0, LPI));
}

TEST_F(msi, its_disabled)
{
	OPEN_WITH_EVENTS();
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, 0));
	EXPECT_MSI(DEVICE, EVENT, "an ITS that is disabled");
	ASSERT_OK(its_reg_set(self->its.fd, GITS_CTLR, GITS_CTLR_ENABLED));
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
}

TEST_F(msi, lpis_disabled)
{
	unsigned int i;
	uint32_t ctlr;

	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);
	ASSERT_OK(lpi_enable(&self->vm, 0));
	ASSERT_OK(lpi_place_tables(&self->vm, 1));
	ASSERT_OK(its_start(&self->its));
	MAP_DEVICE(DEVICE, 0);
	MAP_COLLECTION(ICID(1), 1);
	MAP_EVENT(DEVICE, EVENT, LPI, ICID(1));
	EXPECT_MSI(DEVICE, EVENT, "a vCPU whose LPIs are disabled");
	/* The translation of an event that was delivered may be cached. */
	for (i = 0; i < 2; i++) {
		ASSERT_OK(lpi_enable(&self->vm, 1));
		ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
		ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 1, GICR_CTLR, 0));
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 1, GICR_CTLR, &ctlr));
		ASSERT_EQ(0, ctlr & GICR_CTLR_ENABLE_LPIS);
		EXPECT_MSI(DEVICE, EVENT, "a vCPU whose LPIs are disabled again");
	}
}

/* Two ITSs: each has events of its own at its own address. */
TEST_F(msi, its_by_address)
{
	struct its second;

	self->memory = lpi_memory_map();
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);
	ASSERT_OK(its_add(&second, &self->vm, 1, self->memory));
	ENABLE_LPIS(&self->vm);
	ASSERT_OK(its_start(&self->its));
	ASSERT_OK(its_start(&second));
	MAP_EVENTS();
	ASSERT_OK(its_command(&second, its_mapd(DEVICE, its_ipa(ITS_ITT_AT(1, 0)),
						ITS_ITT_BITS)));
	ASSERT_OK(its_command(&second, its_mapc(ICID(0), 1)));
	ASSERT_OK(its_command(&second, its_mapti(DEVICE, EVENT, LPI + 7, ICID(0))));
	ASSERT_EQ(1, its_signal(&second, DEVICE, EVENT));
	SAVE_PENDING();
	EXPECT_RULE_WORD(holds(lpi_is_pending(self->memory, 1, LPI + 7) &&
			       !lpi_is_pending(self->memory, 0, LPI)),
			 "event %u of the second ITS", EVENT);
	ASSERT_EQ(0, its_signal(&second, DEVICE, OTHER_EVENT));
	ASSERT_EQ(1, its_signal(&self->its, DEVICE, EVENT));
	SAVE_PENDING();
	EXPECT_RULE_WORD(holds(lpi_is_pending(self->memory, 0, LPI)),
			 "event %u of the first ITS", EVENT);
}

/* ---- KVM_SIGNAL_MSI, errors ---- */

static int signal_to(const struct abi_vm *vm, uint64_t addr, uint32_t flags)
{
	struct kvm_msi msi = {
		.address_lo = addr, .address_hi = addr >> 32, .data = EVENT,
		.flags = flags, .devid = DEVICE,
	};

	return abi_ioctl(vm->fd, KVM_SIGNAL_MSI, &msi);
}

#define DOORBELL	(ITS_FRAME(0) + GITS_TRANSLATER)

TEST_F(msi, without_device)
{
	OPEN_WITH_EVENTS();
	EXPECT_RULE(signal_to(&self->vm, DOORBELL, 0), "flags without KVM_MSI_VALID_DEVID");
	ASSERT_EQ(1, signal_to(&self->vm, DOORBELL, KVM_MSI_VALID_DEVID));
}

TEST_F(msi, without_device_again)
{
	OPEN_WITH_EVENTS();
	CACHE_TRANSLATION();
	EXPECT_RULE(signal_to(&self->vm, DOORBELL, 0),
		    "flags without KVM_MSI_VALID_DEVID, for an event that was delivered");
}

TEST_F(msi, unknown_flag)
{
	unsigned int bit;

	OPEN_WITH_EVENTS();
	for (bit = 1; bit < 32; bit++)
		EXPECT_RULE(signal_to(&self->vm, DOORBELL, KVM_MSI_VALID_DEVID | 1U << bit),
			    "flag 0x%x", 1U << bit);
}

/* An address without memory. KVM has a device there that is not part of the GIC: an ioeventfd. */
#define EVENTFD_IPA	0x0b000000ULL

TEST_F(msi, other_address)
{
	static const uint64_t addrs[] = {
		0, ITS_FRAME(1) + GITS_TRANSLATER, ABI_DIST_IPA, ABI_FREE_IPA, LPI_MEMORY_IPA,
		DOORBELL + ITS_FRAME_SIZE, DOORBELL | 1ULL << 32, DOORBELL | 1ULL << 63,
		EVENTFD_IPA,
	};
	struct kvm_ioeventfd event = {
		.addr = EVENTFD_IPA, .len = 8, .fd = eventfd(0, EFD_NONBLOCK),
		.flags = KVM_IOEVENTFD_FLAG_DATAMATCH, .datamatch = 3,
	};
	unsigned int i;

	OPEN_WITH_EVENTS();
	CACHE_TRANSLATION();
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_IOEVENTFD, &event));
	for (i = 0; i < ARRAY_SIZE(addrs); i++)
		EXPECT_RULE(signal_to(&self->vm, addrs[i], KVM_MSI_VALID_DEVID),
			    "address 0x%llx", (unsigned long long)addrs[i]);
}

TEST_F(msi, other_register)
{
	static const uint32_t offsets[] = {
		GITS_CTLR, GITS_CWRITER, GITS_TRANSLATER - 4, GITS_TRANSLATER + 4, 0x1fffc,
	};
	unsigned int i;

	OPEN_WITH_EVENTS();
	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		EXPECT_RULE(signal_to(&self->vm, ITS_FRAME(0) + offsets[i], KVM_MSI_VALID_DEVID),
			    "offset 0x%x of the ITS", offsets[i]);
}

TEST_F(msi, without_address)
{
	self->memory = lpi_memory_map();
	OPEN_GIC_WITH_MEMORY(&self->vm, self->memory);
	ASSERT_LE(0, its_device_create(&self->vm));
	EXPECT_RULE(signal_to(&self->vm, DOORBELL, KVM_MSI_VALID_DEVID),
		    "an ITS without an address");
}

TEST_F(msi, bad_pointer)
{
	OPEN_WITH_EVENTS();
	EXPECT_RULE(abi_ioctl(self->vm.fd, KVM_SIGNAL_MSI, NULL), "an argument at NULL");
	EXPECT_RULE(abi_ioctl(self->vm.fd, KVM_SIGNAL_MSI,
			      abi_edge_of_memory(sizeof(struct kvm_msi) - 1)),
		    "an argument whose last byte is not mapped");
}

/* KVM_CHECK_EXTENSION of a VM. */
static int capability(const struct abi_vm *vm, unsigned long cap)
{
	return abi_ioctl(vm->fd, KVM_CHECK_EXTENSION, (void *)cap);
}

TEST_F(msi, device_required)
{
	struct abi_vm other;

	abi_vm_open(&self->vm, 0);
	SKIP_WITHOUT_ITS(&self->vm);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	EXPECT_RULE_WORD(holds(capability(&self->vm, KVM_CAP_MSI_DEVID) == 0),
			 "KVM_CAP_MSI_DEVID of a VM without an ITS");
	ASSERT_LE(0, its_device_create(&self->vm));
	EXPECT_RULE_WORD(holds(capability(&self->vm, KVM_CAP_MSI_DEVID) == 1),
			 "KVM_CAP_MSI_DEVID of a VM with an ITS");
	abi_vm_open(&other, 0);
	EXPECT_RULE_WORD(holds(capability(&other, KVM_CAP_MSI_DEVID) == 0),
			 "KVM_CAP_MSI_DEVID of another VM");
}

TEST_F(msi, capability)
{
	abi_vm_open(&self->vm, 0);
	SKIP_WITHOUT_ITS(&self->vm);
	EXPECT_RULE_WORD(holds(capability(&self->vm, KVM_CAP_SIGNAL_MSI) > 0),
			 "KVM_CAP_SIGNAL_MSI");
}

/* ---- VMs without an ITS ---- */

#define RULE_FIXTURE	no_msi
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_STATE	struct abi_vm vm
#include "harness/gic_fixture.h"

#define OPEN_VM() do {							\
	abi_vm_open(&self->vm, 0);					\
	if (capability(&self->vm, KVM_CAP_SIGNAL_MSI) <= 0)		\
		rule_skip("KVM_CAP_SIGNAL_MSI is not available");	\
} while (0)

TEST_F(no_msi, without_gic)
{
	OPEN_VM();
	EXPECT_RULE(signal_to(&self->vm, DOORBELL, 0), "a VM without a GIC");
}

TEST_F(no_msi, without_its)
{
	struct abi_vcpu vcpu;

	OPEN_VM();
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	abi_vcpu_add(&self->vm, 0, &vcpu);
	EXPECT_RULE(signal_to(&self->vm, DOORBELL, KVM_MSI_VALID_DEVID), "a GIC without an ITS");
}

/* ---- routes to an ITS ---- */

#define RULE_FIXTURE	msi_route
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct its its; uint8_t *memory; struct guest guest
#include "harness/gic_fixture.h"

#define GSI		100U	/* routed to SPI 132 until a test sets routes */

static struct kvm_irq_routing_entry msi_route(uint32_t gsi, uint32_t device, uint32_t event)
{
	return (struct kvm_irq_routing_entry){
		.gsi = gsi, .type = KVM_IRQ_ROUTING_MSI, .flags = KVM_MSI_VALID_DEVID,
		.u.msi = { .address_lo = DOORBELL, .data = event, .devid = device },
	};
}

/* KVM_SET_GSI_ROUTING of a table with @nr entries, at most two. */
static int set_routes(const struct abi_vm *vm, const struct kvm_irq_routing_entry *entries,
		      unsigned int nr)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entries[2];
	} table = { .head.nr = nr };

	memcpy(table.entries, entries, nr * sizeof(*entries));
	return abi_ioctl(vm->fd, KVM_SET_GSI_ROUTING, &table);
}

static int set_route(const struct abi_vm *vm, struct kvm_irq_routing_entry entry)
{
	return set_routes(vm, &entry, 1);
}

static int assign(const struct abi_vm *vm, int fd, uint32_t gsi)
{
	struct kvm_irqfd args = { .fd = fd, .gsi = gsi };

	return abi_ioctl(vm->fd, KVM_IRQFD, &args);
}

/*
 * Request: signals the event descriptor in guest->context. KVM may deliver the MSI at once, or
 * later from a worker thread, so guests wait for it.
 */
static void signal_fd(struct guest *guest, unsigned int request)
{
	const int *fds = guest->context;

	TEST_ASSERT(!eventfd_write(fds[request], 1), "write to an event descriptor: %s",
		    strerror(errno));
}

static void start(void)
{
	unsigned int event;

	gic_enable();
	gic_cpu_enable();
	gic_marker_enable();
	guest_lpis_enable();
	guest_its_start(0);
	guest_its_command(0, its_mapd(DEVICE, its_ipa(ITS_ITT_AT(0, 0)), ITS_ITT_BITS));
	guest_its_command(0, its_mapc(ICID(0), 0));
	for (event = 0; event < 4; event++) {
		guest_lpi_configure(LPI + event, LPI_PRIORITY | LPI_ENABLED);
		guest_its_command(0, its_mapti(DEVICE, EVENT + event, LPI + event, ICID(0)));
	}
}

static void await_lpi(const char *what, uint32_t intid)
{
	uint32_t ack = gic_await_ack(what);

	guest_expect(what, intid, gic_intid(ack));
	gic_eoi(ack);
}

static void ack_routed(void)
{
	unsigned int i;

	start();
	for (i = 0; i < 3; i++) {
		guest_request(0);
		await_lpi("the LPI of the first descriptor's route", LPI);
		guest_request(1);
		await_lpi("the LPI of the second descriptor's route", LPI + 1);
	}
	gic_expect_none("more LPIs than events");
	guest_done();
}

#define CREATE_ROUTED_GUEST(code, fds) do {				\
	guest_create(&self->guest, 1, code);				\
	SKIP_WITHOUT_ITS(&self->guest.abi);				\
	PLACE_GIC();							\
	ASSERT_OK(guest_its_add(&self->guest, &self->its, 1, lpi_memory_map())); \
	self->guest.on_request = signal_fd;				\
	self->guest.context = fds;					\
} while (0)

/* Assigns a descriptor to the GSI of each of two routes, and runs the guest. */
#define EXPECT_ROUTES(code, first, second, what) do {			\
	const struct kvm_irq_routing_entry routes_[] = { first, second };	\
	int fds_[2] = { eventfd(0, EFD_NONBLOCK), eventfd(0, EFD_NONBLOCK) }; \
									\
	CREATE_ROUTED_GUEST(code, fds_);				\
	ASSERT_OK(set_routes(&self->guest.abi, routes_, 2));		\
	ASSERT_OK(assign(&self->guest.abi, fds_[0], GSI));		\
	ASSERT_OK(assign(&self->guest.abi, fds_[1], GSI + 1));		\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

/* Each GSI is routed to one of the device's events. */
#define EXPECT_ROUTED(code, first, second, what)			\
	EXPECT_ROUTES(code, msi_route(GSI, DEVICE, first),		\
		      msi_route(GSI + 1, DEVICE, second), what)

TEST_F(msi_route, delivered)
{
	EXPECT_ROUTED(ack_routed, EVENT, EVENT + 1, "events of two GSIs that are routed to LPIs");
}

static void ack_changed(void)
{
	start();
	guest_request(0);
	await_lpi("the LPI of the route", LPI);
	guest_request(2);
	guest_request(0);
	await_lpi("the LPI of the route that replaced it", LPI + 2);
	gic_expect_none("the LPI of the old route");
	guest_done();
}

static void change_route(struct guest *guest, unsigned int request)
{
	if (!request)
		signal_fd(guest, 0);
	else
		TEST_ASSERT(!set_route(&guest->abi, msi_route(GSI, DEVICE, EVENT + request)),
			    "expected another route to be accepted");
}

TEST_F(msi_route, replaced)
{
	int fd = eventfd(0, EFD_NONBLOCK);

	CREATE_ROUTED_GUEST(ack_changed, &fd);
	self->guest.on_request = change_route;
	ASSERT_OK(set_route(&self->guest.abi, msi_route(GSI, DEVICE, EVENT)));
	ASSERT_OK(assign(&self->guest.abi, fd, GSI));
	EXPECT_GUEST_ENDS("a GSI that is routed to another event");
}

/* The second descriptor's event is delivered, the first descriptor's is not. */
static void ack_second(void)
{
	start();
	guest_request(0);
	guest_request(1);
	await_lpi("the LPI of the mapped event", LPI);
	gic_expect_none("the LPI of the first descriptor's event");
	guest_done();
}

TEST_F(msi_route, unmapped)
{
	EXPECT_ROUTED(ack_second, EVENT + 100, EVENT, "an event that is not mapped");
}

TEST_F(msi_route, other_address)
{
	struct kvm_irq_routing_entry route = msi_route(GSI, DEVICE, EVENT + 1);

	route.u.msi.address_hi = 1;
	EXPECT_ROUTES(ack_second, route, msi_route(GSI + 1, DEVICE, EVENT),
		      "an address whose upper half is not the ITS's");
}

TEST_F(msi_route, without_device)
{
	struct kvm_irq_routing_entry route = msi_route(GSI, DEVICE, EVENT + 1);

	route.flags = 0;
	EXPECT_ROUTES(ack_second, route, msi_route(GSI + 1, DEVICE, EVENT),
		      "a route without KVM_MSI_VALID_DEVID");
}

/* Deassigning a GSI's last eventfd with a resamplefd lowers the GSI before KVM_IRQFD returns. */
TEST_F(msi_route, lowered)
{
	struct kvm_irqfd irqfd = {
		.fd = eventfd(0, EFD_NONBLOCK), .resamplefd = eventfd(0, EFD_NONBLOCK),
		.gsi = GSI, .flags = KVM_IRQFD_FLAG_RESAMPLE,
	};

	OPEN_WITH_EVENTS();
	ASSERT_OK(set_route(&self->vm, msi_route(GSI, DEVICE, EVENT)));
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_IRQFD, &irqfd));
	irqfd.flags = KVM_IRQFD_FLAG_DEASSIGN;
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_IRQFD, &irqfd));
	SAVE_PENDING();
	EXPECT_RULE_WORD(holds(!lpi_is_pending(self->memory, 0, LPI)),
			 "the LPI of a GSI that was lowered");
}

/* ---- routes to an ITS, errors ---- */

TEST_F(msi_route, accepted)
{
	struct kvm_irq_routing_entry routes[2];

	OPEN_WITH_EVENTS();
	EXPECT_RULE(set_route(&self->vm, msi_route(GSI, DEVICE, EVENT)), "one route");
	EXPECT_RULE(set_route(&self->vm, msi_route(4095, ~0U, ~0U)), "the last GSI");
	routes[0] = msi_route(GSI, DEVICE, EVENT);
	routes[1] = msi_route(GSI + 1, DEVICE, EVENT);
	EXPECT_RULE(set_routes(&self->vm, routes, 2), "two GSIs of the same event");
	routes[1] = (struct kvm_irq_routing_entry){
		.gsi = 0, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = 3,
	};
	EXPECT_RULE(set_routes(&self->vm, routes, 2), "an event beside a pin");
}

/* Address and device are looked up when the event is signalled. */
TEST_F(msi_route, not_checked)
{
	struct kvm_irq_routing_entry route = msi_route(GSI, DEVICE, EVENT);

	OPEN_WITH_EVENTS();
	route.u.msi.address_lo = 0x1000;
	EXPECT_RULE(set_route(&self->vm, route), "an address without an ITS");
	route = msi_route(GSI, DEVICE, EVENT);
	route.flags = 0;
	EXPECT_RULE(set_route(&self->vm, route), "a route without KVM_MSI_VALID_DEVID");
}

TEST_F(msi_route, unknown_flag)
{
	unsigned int bit;

	OPEN_WITH_EVENTS();
	for (bit = 1; bit < 32; bit++) {
		struct kvm_irq_routing_entry route = msi_route(GSI, DEVICE, EVENT);

		route.flags |= 1U << bit;
		EXPECT_RULE(set_route(&self->vm, route), "flag 0x%x", 1U << bit);
	}
}

TEST_F(msi_route, one_of_gsi)
{
	struct kvm_irq_routing_entry routes[] = {
		msi_route(GSI, DEVICE, EVENT), msi_route(GSI, DEVICE, OTHER_EVENT),
	};

	OPEN_WITH_EVENTS();
	EXPECT_RULE(set_routes(&self->vm, routes, 2), "two events of a GSI");
	routes[1] = (struct kvm_irq_routing_entry){
		.gsi = GSI, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = 3,
	};
	EXPECT_RULE(set_routes(&self->vm, routes, 2), "an event and a pin of a GSI");
}

TEST_F(msi_route, not_of_irq_line)
{
	OPEN_WITH_EVENTS();
	/* Without routes, GSI 8 is SPI 40. */
	ASSERT_OK(set_route(&self->vm, msi_route(8, DEVICE, EVENT)));
	ASSERT_OK(vgic_irq_line(self->vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, 40), 1));
	SAVE_PENDING();
	EXPECT_RULE_WORD(holds(!lpi_is_pending(self->memory, 0, LPI)),
			 "KVM_IRQ_LINE of an SPI whose GSI is routed to an LPI");
}

#include "harness/rule_main.h"
