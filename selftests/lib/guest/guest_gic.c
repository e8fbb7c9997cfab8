// SPDX-License-Identifier: GPL-2.0-only
#include "abi/vgic_uapi.h"
#include "guest_gic.h"

struct guest_gic guest_gic;

/* ---- the host's side ---- */

uint64_t guest_gic_dist_size(const struct abi_kind *dist)
{
	return dist->size;
}

uint64_t guest_gic_cpu_size(const struct guest *guest, const struct abi_kind *cpu)
{
	if (cpu->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3)
		return (uint64_t)GICR_STRIDE * guest->nr_vcpus;
	return cpu->size;
}

int guest_gic_place(struct guest *guest, const struct abi_kind *dist,
		    const struct abi_kind *cpu, uint64_t dist_addr,
		    uint64_t cpu_addr)
{
	return guest_gic_create(guest, dist, cpu, dist_addr, cpu_addr, 0);
}

int guest_gic_create(struct guest *guest, const struct abi_kind *dist,
		     const struct abi_kind *cpu, uint64_t dist_addr,
		     uint64_t cpu_addr, unsigned int nr_irqs)
{
	int ret = abi_gic_create(&guest->abi, dist);

	if (!ret && nr_irqs)
		ret = vgic_set_nr_irqs(guest->abi.dev, nr_irqs);
	if (!ret)
		ret = abi_addr_set(&guest->abi, dist, dist_addr);
	if (!ret)
		ret = abi_addr_set(&guest->abi, cpu, cpu_addr);
	guest_gic.v3 = dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3;
	if (!ret && guest_gic.v3)
		ret = abi_attr_set(guest->abi.dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
				   KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	if (ret)
		return ret;

	guest_gic.dist = guest_map_device(guest, dist_addr,
					  guest_gic_dist_size(dist));
	guest_gic.cpu = guest_map_device(guest, cpu_addr,
					 guest_gic_cpu_size(guest, cpu));
	sync_global_to_guest(guest->vm, guest_gic);
	return 0;
}

/* ---- the guest's side ---- */

#define PRIVATE_INTIDS	32

uint64_t gic_irq_base(unsigned int intid)
{
	if (guest_gic.v3 && intid < PRIVATE_INTIDS)
		return guest_gic.cpu + (uint64_t)GICR_STRIDE * guest_cpu() +
		       GICR_SGI_FRAME;
	return guest_gic.dist;
}

static void set_irq_bit(unsigned int offset, unsigned int intid)
{
	guest_write(gic_irq_base(intid) + offset, 1U << (intid % 32));
}

static bool test_irq_bit(unsigned int offset, unsigned int intid)
{
	return guest_read(gic_irq_base(intid) + offset) >> (intid % 32) & 1;
}

void gic_enable(void)
{
	/* GICv3: affinity routing (ARE) and non-secure group 1. */
	guest_write(guest_gic.dist + GICD_CTLR, guest_gic.v3 ? 0x12 : 1);
}

void gic_disable(void)
{
	guest_write(guest_gic.dist + GICD_CTLR, guest_gic.v3 ? 0x10 : 0);
}

bool gic_is_enabled(void)
{
	return guest_read(guest_gic.dist + GICD_CTLR) & (guest_gic.v3 ? 0x2 : 0x1);
}

void gic_cpu_enable(void)
{
	uint64_t redist = guest_gic.cpu + (uint64_t)GICR_STRIDE * guest_cpu();

	if (!guest_gic.v3) {
		guest_write(guest_gic.cpu + GICC_PMR, 0xff);
		guest_write(guest_gic.cpu + GICC_CTLR, GICC_CTLR_ENABLE);
		return;
	}
	guest_write(redist + GICR_WAKER, 0);
	guest_write(redist + GICR_SGI_FRAME + GICD_IGROUPR(0), ~0U);
	gicv3_icc_write(ICC_SRE, 7);
	gicv3_icc_write(ICC_PMR, 0xff);
	gicv3_icc_write(ICC_IGRPEN1, 1);
}

void gic_irq_enable(unsigned int intid)
{
	if (guest_gic.v3 && intid >= PRIVATE_INTIDS)
		guest_write(guest_gic.dist + GICD_IGROUPR(intid), ~0U);
	set_irq_bit(GICD_ISENABLER(intid), intid);
}

void gic_private_irqs_enable(uint32_t mask)
{
	guest_write(gic_irq_base(0) + GICD_ISENABLER(0), mask);
}

void gic_irq_disable(unsigned int intid)
{
	set_irq_bit(GICD_ICENABLER(intid), intid);
}

bool gic_irq_is_enabled(unsigned int intid)
{
	return test_irq_bit(GICD_ISENABLER(intid), intid);
}

void gic_irq_set_pending(unsigned int intid)
{
	set_irq_bit(GICD_ISPENDR(intid), intid);
}

void gic_irq_clear_pending(unsigned int intid)
{
	set_irq_bit(GICD_ICPENDR(intid), intid);
}

void gic_irq_set_active(unsigned int intid)
{
	set_irq_bit(GICD_ISACTIVER(intid), intid);
}

void gic_irq_clear_active(unsigned int intid)
{
	set_irq_bit(GICD_ICACTIVER(intid), intid);
}

bool gic_irq_is_pending(unsigned int intid)
{
	return test_irq_bit(GICD_ISPENDR(intid), intid);
}

bool gic_irq_is_active(unsigned int intid)
{
	return test_irq_bit(GICD_ISACTIVER(intid), intid);
}

void gic_irq_set_priority(unsigned int intid, uint8_t priority)
{
	guest_write_byte(gic_irq_base(intid) + GICD_IPRIORITYR(intid), priority);
}

void gic_irq_set_edge(unsigned int intid, bool edge)
{
	uint64_t reg = gic_irq_base(intid) + GICD_ICFGR(intid);
	unsigned int shift = 2 * (intid % 16);
	uint32_t value = guest_read(reg) & ~(3U << shift);

	guest_write(reg, value | (edge ? 2U << shift : 0));
}

void gic_irq_route(unsigned int intid, unsigned int cpu)
{
	uint64_t reg = guest_gic.dist + GICD_ITARGETSR(intid);
	unsigned int shift = 8 * (intid % 4);

	if (guest_gic.v3) {
		guest_write(guest_gic.dist + GICV3_GICD_IROUTER(intid), cpu);
		guest_write(guest_gic.dist + GICV3_GICD_IROUTER(intid) + 4, 0);
		return;
	}
	guest_write(reg, (guest_read(reg) & ~(0xffU << shift)) |
			 1U << cpu << shift);
}

void gic_send_sgi_to(unsigned int intid, unsigned int cpus)
{
	/* Earlier writes have to be visible to the vCPUs that are interrupted. */
	__sync_synchronize();
	if (guest_gic.v3)
		gicv3_icc_write(ICC_SGI1R, (uint64_t)intid << 24 | cpus);
	else
		guest_write(guest_gic.dist + GICD_SGIR, cpus << 16 | intid);
}

void gic_send_sgi(unsigned int intid, unsigned int cpu)
{
	gic_send_sgi_to(intid, 1U << cpu);
}

#define ICC_SGI1R_TO_OTHERS	(1ULL << 40)

void gic_send_sgi_to_others(unsigned int intid)
{
	__sync_synchronize();
	if (guest_gic.v3)
		gicv3_icc_write(ICC_SGI1R, (uint64_t)intid << 24 | ICC_SGI1R_TO_OTHERS);
	else
		guest_write(guest_gic.dist + GICD_SGIR, GICD_SGIR_TO_OTHERS | intid);
}

/* Number of markers that each vCPU has acknowledged; each vCPU writes its own entry. */
static volatile unsigned int marks[GUEST_MAX_VCPUS];

uint32_t gic_read_iar(void)
{
	if (guest_gic.v3)
		return gicv3_icc_read(ICC_IAR1);
	return guest_read(guest_gic.cpu + GICC_IAR);
}

uint32_t gic_intid(uint32_t ack)
{
	return ack & (guest_gic.v3 ? INTID_MASK_V3 : INTID_MASK);
}

uint32_t gic_ack(void)
{
	uint32_t ack = gic_read_iar();

	if (gic_intid(ack) != GIC_MARKER)
		return ack;
	gic_eoi(ack);
	marks[guest_cpu()]++;
	return INTID_SPURIOUS;
}

uint32_t gic_await_ack(const char *what)
{
	uint32_t ack;

	guest_await_that(what, gic_intid(ack = gic_ack()) != INTID_SPURIOUS, ack);
	return ack;
}

void gic_eoi(uint32_t ack)
{
	if (guest_gic.v3)
		gicv3_icc_write(ICC_EOIR1, ack);
	else
		guest_write(guest_gic.cpu + GICC_EOIR, ack);
}

void gic_deactivate(uint32_t ack)
{
	if (guest_gic.v3)
		gicv3_icc_write(ICC_DIR, ack);
	else
		guest_write(guest_gic.cpu + GICC_DIR, ack);
}

void gic_split_eoi(bool split)
{
	if (guest_gic.v3)
		gicv3_icc_write(ICC_CTLR, split ? 2 : 0);
	else
		guest_write(guest_gic.cpu + GICC_CTLR, GICC_CTLR_ENABLE |
			    (split ? GICC_CTLR_EOIMODE : 0));
}

void gic_set_priority_mask(uint32_t mask)
{
	if (guest_gic.v3)
		gicv3_icc_write(ICC_PMR, mask);
	else
		guest_write(guest_gic.cpu + GICC_PMR, mask);
}

uint32_t gic_priority_mask(void)
{
	if (guest_gic.v3)
		return gicv3_icc_read(ICC_PMR);
	return guest_read(guest_gic.cpu + GICC_PMR);
}

uint32_t gic_running_priority(void)
{
	if (guest_gic.v3)
		return gicv3_icc_read(ICC_RPR);
	return guest_read(guest_gic.cpu + GICC_RPR);
}

/* ---- the marker ---- */

/* With five bits of priority, a mask of 0xff acts as 0xf8, which does not mask 0xf0. */
#define MARKER_PRIORITY	0xf0

void gic_marker_enable(void)
{
	gic_irq_set_priority(GIC_MARKER, MARKER_PRIORITY);
	gic_irq_enable(GIC_MARKER);
}

void gic_send_marker(unsigned int cpu)
{
	gic_send_sgi(GIC_MARKER, cpu);
}

void gic_settle(void)
{
	unsigned int me = guest_cpu(), want = marks[me] + 1;

	gic_marker_enable();
	gic_send_marker(me);
	guest_await("the SGI of the lowest priority, sent to this vCPU", &marks[me], want);
}

/* Fails the guest if anything is delivered before the marker. */
static void expect_marker(const char *what, unsigned int want)
{
	struct guest_wait outer = guest_wait_begin("the SGI of the lowest priority");
	unsigned int me = guest_cpu();

	while (marks[me] < want) {
		guest_expect(what, INTID_SPURIOUS, gic_intid(gic_ack()));
		guest_relax();
	}
	guest_wait_end(outer);
}

void gic_expect_none(const char *what)
{
	unsigned int me = guest_cpu(), want = marks[me] + 1;

	gic_marker_enable();
	gic_send_marker(me);
	expect_marker(what, want);
}

uint32_t gic_expect_before_marker(const char *what, unsigned int intid)
{
	unsigned int me = guest_cpu(), want = marks[me] + 1;
	uint32_t ack;

	guest_await_that(what, gic_intid(ack = gic_ack()) != INTID_SPURIOUS ||
			 marks[me] >= want, ack);
	guest_expect(what, intid, gic_intid(ack));
	gic_eoi(ack);
	expect_marker("a second interrupt", want);
	return ack;
}
