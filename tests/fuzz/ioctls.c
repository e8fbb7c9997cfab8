// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sequences of ioctls and guest operations on the pure logic of the reference kernel, compared
 * with a model that does everything in the slow and obvious way. A difference or a broken
 * invariant ends the run. To build this fuzzer and run it for ten minutes:
 *
 *	python3 -m tests.test_pure --fuzz ioctls -max_total_time=600
 *
 * Further arguments are libFuzzer's; the name of an input file that it has saved runs that input
 * again. Where the model and the code differ, decide which of them is wrong.
 */
#include <linux/errno.h>

#include <kvm/device_address.h>
#include <kvm/memslots.h>

#include "exception.h"
#include "mmio.h"
#include "psci.h"

#define PAGE		0x1000ULL
#define HVA_END		0xbf000000ULL

/* Wide enough that no sum of two addresses can wrap. */
#define wide		unsigned __int128

#define FOR_EACH_OUTCOME(do_)						\
	do_(REGION_CREATE) do_(REGION_DELETE) do_(REGION_MOVE)		\
	do_(REGION_NOTHING) do_(REGION_EINVAL) do_(REGION_EEXIST)	\
	do_(REGION_EFAULT) do_(REGION_FLAGS)				\
	do_(ADDRESS_OK) do_(ADDRESS_ENODEV) do_(ADDRESS_ENXIO)		\
	do_(ADDRESS_EEXIST) do_(ADDRESS_EINVAL) do_(ADDRESS_E2BIG)	\
	do_(RUN_OK) do_(RUN_ENXIO) do_(RUN_EINVAL)			\
	do_(FOUND_SLOT) do_(FOUND_GIC) do_(FOUND_BOTH) do_(FOUND_NONE)	\
	do_(PSCI_VALUE) do_(PSCI_REFUSED) do_(PSCI_SUSPENDED)		\
	do_(PSCI_ONE_OFF) do_(PSCI_ONE_ON) do_(PSCI_ALL_OFF)		\
	do_(MMIO_STORE) do_(MMIO_LOAD) do_(MMIO_UNKNOWN)		\
	do_(TRAP_SKIPPED) do_(TRAP_IN_IT_BLOCK) do_(TRAP_INJECTED)

#include "fuzz.h"

/* ---- the machine and its model ---- */

struct model_slot {
	bool exists;
	u64 gpa, size, hva;
	u32 flags;
};

enum power { ABSENT, ON, OFF };

struct machine {
	bool gic_present;
	bool gic_created;
	unsigned int ipa_bits;

	struct memslots slots;
	struct device_addresses addresses;
	struct psci psci;
	struct guest_cpu cpu;

	/* The model. */
	struct model_slot model_slot[MEMSLOTS_MAX];
	unsigned int model_end;		/* no slot from this one on was ever created */
	bool base_set[DEVICE_ADDRESS_TYPES];
	u64 base[DEVICE_ADDRESS_TYPES];
	enum power power[PSCI_MAX_VCPUS];
	bool version_0_2[PSCI_MAX_VCPUS];
};

static const u64 region_bytes[] = { 0x1000, 0x2000 };

/* Returns one of a few pages, so that regions meet, or an edge case, or any address. */
static u64 take_address(const struct machine *m, struct input *in)
{
	const u64 edges[] = {
		0, 1ULL << m->ipa_bits, (1ULL << m->ipa_bits) - PAGE,
		(1ULL << m->ipa_bits) - 2 * PAGE, -PAGE, -2 * PAGE, HVA_END,
		HVA_END - PAGE, 1ULL << 32, 1ULL << 63, m->base[0], m->base[1],
	};
	u8 kind = take8(in);

	if (kind < 160)
		return (kind % 32) * PAGE;
	if (kind < 224)
		return edges[kind % COUNT(edges)];
	if (kind < 240)
		return edges[kind % COUNT(edges)] + (s8)take8(in);
	return (u64)take32(in) << 32 | take32(in);
}

/* ---- memory ---- */

static int model_set_region(const struct machine *m,
			    const struct kvm_userspace_memory_region *r)
{
	const wide one = 1, gpa = r->guest_phys_addr, size = r->memory_size;
	const wide hva = r->userspace_addr, gpa_end = gpa + size;
	const struct model_slot *old;
	unsigned int i;

	if (r->slot >= MEMSLOTS_MAX || (r->flags & ~3U) || gpa % PAGE || size % PAGE ||
	    hva % PAGE || size / PAGE > 0x7fffffff || gpa_end >= one << 64 ||
	    hva + size > HVA_END)
		return -EINVAL;
	old = &m->model_slot[r->slot];
	if (!size)
		return old->exists ? MEMSLOT_DELETE : -EINVAL;
	if (old->exists) {
		if (old->size != size || old->hva != hva ||
		    (old->flags & KVM_MEM_READONLY) != (r->flags & KVM_MEM_READONLY))
			return -EINVAL;
		if (old->gpa == gpa && old->flags == r->flags)
			return MEMSLOT_NOTHING;
		if (old->gpa == gpa)
			return MEMSLOT_FLAGS;
	}
	for (i = 0; i < m->model_end; i++) {
		const struct model_slot *other = &m->model_slot[i];

		if (other->exists && other != old && other->gpa < gpa_end &&
		    gpa < (wide)other->gpa + other->size)
			return -EEXIST;
	}
	if (gpa_end > one << m->ipa_bits)
		return -EFAULT;
	return old->exists ? MEMSLOT_MOVE : MEMSLOT_CREATE;
}

static struct memslot *new_slot(const struct kvm_userspace_memory_region *r)
{
	struct memslot *slot = malloc(sizeof(*slot));

	if (!slot)
		abort();
	*slot = (struct memslot) {
		.id = r->slot,
		.flags = r->flags,
		.gpa = r->guest_phys_addr,
		.size = r->memory_size,
		.hva = r->userspace_addr,
	};
	return slot;
}

/* Applies a change as virt/kvm/vm_memory.c does. */
static void apply_region(struct machine *m, int change,
			 const struct kvm_userspace_memory_region *r)
{
	struct memslot *slot = memslots_by_id(&m->slots, r->slot);
	struct model_slot *model = &m->model_slot[r->slot];

	switch (change) {
	case MEMSLOT_CREATE:
		memslots_insert(&m->slots, new_slot(r));
		*model = (struct model_slot) {
			true, r->guest_phys_addr, r->memory_size, r->userspace_addr,
			r->flags,
		};
		if (r->slot >= m->model_end)
			m->model_end = r->slot + 1;
		break;
	case MEMSLOT_DELETE:
		memslots_remove(&m->slots, slot);
		free(slot);
		model->exists = false;
		break;
	case MEMSLOT_MOVE:
		memslots_remove(&m->slots, slot);
		slot->gpa = r->guest_phys_addr;
		slot->flags = r->flags;
		memslots_insert(&m->slots, slot);
		model->gpa = r->guest_phys_addr;
		model->flags = r->flags;
		break;
	case MEMSLOT_FLAGS:
		slot->flags = r->flags;
		model->flags = r->flags;
		break;
	}
}

/* Slots are sorted, disjoint, within the limits, and the same as in the model. */
static void check_slots(const struct machine *m)
{
	unsigned int i, exists = 0;
	wide end = 0;

	for (i = 0; i < m->model_end; i++)
		exists += m->model_slot[i].exists;
	EXPECT("number of slots", exists, m->slots.count);
	for (i = 0; i < m->slots.count; i++) {
		const struct memslot *slot = m->slots.slot[i];
		const struct model_slot *model = &m->model_slot[slot->id];

		EXPECT("slots are sorted and apart", true, slot->gpa >= end);
		end = (wide)slot->gpa + slot->size;
		EXPECT("slot is in the model", true, model->exists);
		EXPECT("gpa", model->gpa, slot->gpa);
		EXPECT("size", model->size, slot->size);
		EXPECT("hva", model->hva, slot->hva);
		EXPECT("flags", model->flags, slot->flags);
		EXPECT("by id", true, memslots_by_id(&m->slots, slot->id) == slot);
	}
	EXPECT("slots end within the limit", true, end <= (wide)1 << m->ipa_bits);
}

static void set_region(struct machine *m, struct input *in)
{
	static const enum outcome outcomes[] = {
		[MEMSLOT_CREATE] = REGION_CREATE, [MEMSLOT_DELETE] = REGION_DELETE,
		[MEMSLOT_MOVE] = REGION_MOVE, [MEMSLOT_NOTHING] = REGION_NOTHING,
		[MEMSLOT_FLAGS] = REGION_FLAGS,
	};
	const struct memslot_limits limits = {
		.page_size = PAGE,
		.gpa_end = 1ULL << m->ipa_bits,
		.hva_end = HVA_END,
	};
	u8 how = take8(in);
	struct kvm_userspace_memory_region r = {
		.slot = how & 0x80 ? take8(in) * 257U : how & 7,
		.flags = how & 0x40 ? take8(in) : 0,
		.guest_phys_addr = take_address(m, in),
		.memory_size = how & 0x20 ? take_address(m, in) : take8(in) % 8 * PAGE,
		.userspace_addr = how & 0x10 ? take_address(m, in) : 0,
	};
	int expected, got;

	/* Many calls name an existing slot with its size and memory, so that slots move. */
	if (how & 8 && r.slot < MEMSLOTS_MAX && m->model_slot[r.slot].exists) {
		r.flags = m->model_slot[r.slot].flags ^ (how & 0x40 ? KVM_MEM_LOG_DIRTY_PAGES : 0);
		r.memory_size = m->model_slot[r.slot].size;
		r.userspace_addr = m->model_slot[r.slot].hva;
	}
	expected = model_set_region(m, &r);
	got = memslots_check(&m->slots, &r, &limits);
	EXPECT("KVM_SET_USER_MEMORY_REGION", expected, got);
	if (got >= 0) {
		apply_region(m, got, &r);
		reached[outcomes[got]]++;
	} else {
		reached[got == -EINVAL ? REGION_EINVAL :
			got == -EEXIST ? REGION_EEXIST : REGION_EFAULT]++;
	}
	check_slots(m);
}

/* ---- the GIC's addresses ---- */

/* Returns the error that comes first by the rules in include/kvm/device_address.h. */
static int model_set_address(const struct machine *m, u32 id, u64 addr)
{
	unsigned int type = id % 0x10000;

	if (id / 0x10000)
		return -ENODEV;
	if (!m->gic_present)
		return -ENXIO;
	if (!m->gic_created || type > 1)
		return -ENODEV;
	if (m->base_set[type])
		return -EEXIST;
	if (addr % PAGE)
		return -EINVAL;
	if ((wide)addr + region_bytes[type] > (wide)1 << m->ipa_bits)
		return -E2BIG;
	return 0;
}

static void check_addresses(const struct machine *m)
{
	unsigned int type;

	for (type = 0; type < DEVICE_ADDRESS_TYPES; type++) {
		EXPECT("base", m->base_set[type] ? m->base[type] : DEVICE_ADDRESS_UNSET,
		       m->addresses.base[type]);
		if (!m->base_set[type])
			continue;
		EXPECT("within the guest physical address space", true,
		       (wide)m->base[type] + region_bytes[type] <= (wide)1 << m->ipa_bits);
	}
}

/* The id has the format of the dialects seed and legacy. device_address_set() takes 32 bits. */
static void set_address(struct machine *m, struct input *in)
{
	const struct device_address_context context = {
		.present = m->gic_present, .created = m->gic_created,
	};
	u8 how = take8(in);
	u32 id = how & 0x80 ? take32(in) : how & 0x40 ? 1U << (how & 31) : how & 1;
	u64 addr = take_address(m, in);
	int expected = model_set_address(m, id, addr);
	int got = device_address_set(&m->addresses, &context, id, addr);

	EXPECT("set address", expected, got);
	switch (got) {
	case 0:
		m->base_set[id] = true;
		m->base[id] = addr;
		reached[ADDRESS_OK]++;
		break;
	case -ENODEV:
		reached[ADDRESS_ENODEV]++;
		break;
	case -ENXIO:
		reached[ADDRESS_ENXIO]++;
		break;
	case -EEXIST:
		reached[ADDRESS_EEXIST]++;
		break;
	case -EINVAL:
		reached[ADDRESS_EINVAL]++;
		break;
	case -E2BIG:
		reached[ADDRESS_E2BIG]++;
		break;
	}
	check_addresses(m);
}

static void create_irqchip(struct machine *m, struct input *in)
{
	(void)in;
	if (m->gic_present)
		m->gic_created = true;
}

static bool model_covers(const struct machine *m, unsigned int type, wide addr)
{
	return m->base_set[type] && addr >= m->base[type] &&
	       addr < (wide)m->base[type] + region_bytes[type];
}

/* Compares page by page, because both regions consist of whole pages. */
static int model_run(const struct machine *m)
{
	unsigned int page;

	if (!m->base_set[0] || !m->base_set[1])
		return -ENXIO;
	for (page = 0; page < 2; page++)
		if (model_covers(m, 0, (wide)m->base[1] + page * PAGE))
			return -EINVAL;
	return 0;
}

static void run_check(struct machine *m, struct input *in)
{
	int got = device_addresses_check(&m->addresses);

	(void)in;
	EXPECT("check whether the VM may run", model_run(m), got);
	reached[!got ? RUN_OK : got == -ENXIO ? RUN_ENXIO : RUN_EINVAL]++;
}

/* ---- look-up of addresses ---- */

static void look_up(struct machine *m, struct input *in)
{
	u64 addr = take_address(m, in) + take8(in) * 16;
	const struct memslot *slot = memslots_find(&m->slots, addr);
	bool gic = false, found = false;
	unsigned int i;

	for (i = 0; i < DEVICE_ADDRESS_TYPES; i++) {
		bool expected = model_covers(m, i, addr);

		/* A guest cannot access addresses beyond its IPA space. */
		if (!(addr >> m->addresses.ipa_bits))
			EXPECT("covers", expected,
			       device_address_covers(&m->addresses, i,
						     addr >> PAGE_SHIFT));
		gic |= expected;
	}
	for (i = 0; i < m->model_end; i++) {
		const struct model_slot *model = &m->model_slot[i];

		if (!model->exists || addr < model->gpa ||
		    addr >= (wide)model->gpa + model->size)
			continue;
		found = true;
		EXPECT("a slot is found", true, !!slot);
		EXPECT("which slot", i, slot->id);
		EXPECT("hva", model->hva + (addr - model->gpa), memslot_hva(slot, addr));
	}
	EXPECT("a slot is found", found, !!slot);
	reached[found && gic ? FOUND_BOTH : found ? FOUND_SLOT :
		gic ? FOUND_GIC : FOUND_NONE]++;
}

/* ---- vCPUs ---- */

static void check_power(const struct machine *m)
{
	static const enum psci_power same[] = {
		[ABSENT] = PSCI_ABSENT, [ON] = PSCI_ON, [OFF] = PSCI_OFF,
	};
	unsigned int i;

	for (i = 0; i < PSCI_MAX_VCPUS; i++)
		EXPECT("power", same[m->power[i]], m->psci.power[i]);
}

/* Like KVM_ARM_VCPU_INIT. */
static void init_vcpu(struct machine *m, unsigned int vcpu, bool version_0_2,
		      enum power power)
{
	m->psci.version_0_2[vcpu] = version_0_2;
	m->psci.power[vcpu] = power == OFF ? PSCI_OFF : PSCI_ON;
	m->version_0_2[vcpu] = version_0_2;
	m->power[vcpu] = power;
}

static void vcpu_init(struct machine *m, struct input *in)
{
	u8 how = take8(in);

	init_vcpu(m, how & 7, how & 8, how & 0x10 ? OFF : ON);
}

/* Returns the result that PSCI 0.2 specifies, or that of KVM's functions before PSCI 0.2. */
static struct psci_result model_psci(struct machine *m, unsigned int caller,
				     const u32 args[4])
{
	struct psci_result r = { .action = PSCI_NOTHING, .value = -1 };
	bool v2 = m->version_0_2[caller];
	u32 function = args[0];
	u32 target = args[1];
	unsigned int i;

	if (function == (v2 ? 0x84000002 : 0x95c1ba5f)) {
		m->power[caller] = OFF;
		r.action = PSCI_POWER_OFF;
	} else if (function == (v2 ? 0x84000003 : 0x95c1ba60)) {
		if (target >= PSCI_MAX_VCPUS || m->power[target] == ABSENT) {
			r.value = -2;
		} else if (m->power[target] == ON) {
			r.value = v2 ? -4 : -2;
		} else {
			m->power[target] = ON;
			r = (struct psci_result) {
				.action = PSCI_POWER_ON, .target = target,
				.entry = args[2], .context = args[3],
			};
		}
	} else if (v2 && function == 0x84000000) {
		r.value = 2;
	} else if (v2 && function == 0x84000001) {
		r.action = PSCI_SUSPEND;
		r.value = 0;
	} else if (v2 && function == 0x84000004) {
		r.value = -2;
		for (i = 0; i < PSCI_MAX_VCPUS && args[2] <= 3 && target < 1U << 24; i++) {
			/* Levels below args[2] are ignored; a vCPU's levels other than 0 are 0. */
			if ((wide)target >> 8 * args[2] != (wide)i >> 8 * args[2] ||
			    m->power[i] == ABSENT)
				continue;
			if (m->power[i] == ON)
				r.value = 0;
			else if (r.value)
				r.value = 1;
		}
	} else if (v2 && function == 0x84000006) {
		r.value = 2;
	} else if (v2 && function == 0x84000008) {
		r.action = PSCI_SYSTEM_OFF;
		r.value = -6;
	} else if (v2 && function == 0x84000009) {
		r.action = PSCI_SYSTEM_RESET;
		r.value = -6;
	}
	return r;
}

static void all_off(struct machine *m)
{
	unsigned int i;

	for (i = 0; i < PSCI_MAX_VCPUS; i++)
		if (m->power[i] == ON) {
			m->power[i] = OFF;
			m->psci.power[i] = PSCI_OFF;
		}
}

static void psci(struct machine *m, struct input *in)
{
	static const u32 bases[] = { 0x84000000, 0x95c1ba5e, 0xc4000000, 0x84010000 };
	u8 how = take8(in);
	unsigned int caller = how & 0x20 ? how & 7 : how & 1;
	u8 function = take8(in), kind = take8(in);
	/* Mostly a function of the caller's PSCI version. */
	u32 base = how & 0xc0 ? bases[!m->version_0_2[caller]] : bases[how >> 3 & 3];
	u32 args[4] = {
		base + function % (base == 0x95c1ba5e ? 4 : 10),
		kind < 128 ? kind % 3U : kind < 192 ? kind % 9U :
			kind < 224 ? 1U << (kind & 31) : take32(in),
		kind & 1 ? take8(in) % 5U : take32(in),
		take8(in),
	};
	struct psci_result expected, got;

	/* A vCPU that is off makes no calls. */
	if (m->power[caller] != ON)
		return;
	memset(&got, 0x5a, sizeof(got));
	psci_call(&m->psci, caller, args, &got);
	expected = model_psci(m, caller, args);
	EXPECT("PSCI action", expected.action, got.action);
	if (expected.action != PSCI_POWER_OFF)
		EXPECT("PSCI value", expected.value, got.value);
	if (expected.action == PSCI_POWER_ON) {
		EXPECT("PSCI target", expected.target, got.target);
		EXPECT("PSCI entry", expected.entry, got.entry);
		EXPECT("PSCI context", expected.context, got.context);
	}
	check_power(m);
	switch (got.action) {
	case PSCI_NOTHING:
		reached[(s32)got.value < 0 ? PSCI_REFUSED : PSCI_VALUE]++;
		break;
	case PSCI_SUSPEND:
		reached[PSCI_SUSPENDED]++;
		break;
	case PSCI_POWER_OFF:
		reached[PSCI_ONE_OFF]++;
		break;
	case PSCI_POWER_ON:
		reached[PSCI_ONE_ON]++;
		break;
	default:
		all_off(m);
		reached[PSCI_ALL_OFF]++;
		break;
	}
}

/* ---- traps ---- */

/* Sets the CPSR to an existing mode and any other bits. */
static void take_cpsr(struct machine *m, struct input *in)
{
	static const u32 modes[] = { 0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f, 0x13 };
	u32 raw = take32(in);

	m->cpu.gp.cpsr = (raw & ~0x1fU) | modes[raw & 7];
}

static bool mode_exists(u32 cpsr)
{
	return 1U << (cpsr & 0x1f) & (1U << 0x10 | 1U << 0x11 | 1U << 0x12 | 1U << 0x13 |
				      1U << 0x17 | 1U << 0x1b | 1U << 0x1f);
}

static void mmio(struct machine *m, struct input *in)
{
	u32 hsr, value, stored, *reg, expected = 0;
	unsigned int i, len;
	bool big;

	take_cpsr(m, in);
	hsr = take32(in);
	value = take32(in);
	if (!mmio_is_described(hsr)) {
		EXPECT("syndrome says nothing", true, !(hsr >> 24 & 1) ||
		       (hsr >> 22 & 3) == 3 || (hsr >> 16 & 15) == 15);
		EXPECT("an access that is not described is not plain", false, mmio_is_plain(hsr));
		reached[MMIO_UNKNOWN]++;
		return;
	}
	len = mmio_len(hsr);
	big = m->cpu.gp.cpsr >> 9 & 1;
	EXPECT("bytes", 1 << (hsr >> 22 & 3), len);
	EXPECT("at most a word", true, len <= 4);
	reg = guest_reg(&m->cpu, hsr >> 16 & 15);
	EXPECT("a register", true, !!reg);

	*reg = value;
	stored = mmio_stored(len, big, *reg);
	if (len < 4)
		EXPECT("bits above the stored bytes", 0, stored >> 8 * len);
	for (i = 0; i < len; i++)
		expected = expected * 256 + (stored >> 8 * (big ? i : len - 1 - i) & 0xff);
	if (len < 4)
		EXPECT("bytes of a store", value % (1U << 8 * len), expected);
	else
		EXPECT("bytes of a store", value, expected);
	reached[MMIO_STORE]++;

	if (hsr >> 6 & 1)
		return;
	if ((hsr >> 21 & 1) && len < 4 && expected >> (8 * len - 1))
		expected -= 1U << 8 * len;
	*reg = mmio_loaded(len, hsr >> 21 & 1, big, stored);
	EXPECT("value of a load", expected, *reg);
	reached[MMIO_LOAD]++;
}

static unsigned int it_of(u32 cpsr)
{
	return (cpsr >> 10 & 0x3f) << 2 | (cpsr >> 25 & 3);
}

static void skip(struct machine *m, u32 hsr)
{
	struct guest_cpu *cpu = &m->cpu;
	u32 cpsr = cpu->gp.cpsr, pc = cpu->gp.pc;
	unsigned int it = it_of(cpsr), expected = it;

	if (cpsr & 0x20)
		expected = it % 8 ? it / 32 * 32 + it % 16 * 2 : 0;
	skip_instruction(cpu, hsr);
	EXPECT("pc after a skipped instruction", pc + (hsr >> 25 & 1 ? 4 : 2), cpu->gp.pc);
	EXPECT("IT state", expected, it_of(cpu->gp.cpsr));
	EXPECT("other bits", cpsr & ~0x0600fc00U, cpu->gp.cpsr & ~0x0600fc00U);
	reached[TRAP_SKIPPED]++;
	reached[TRAP_IN_IT_BLOCK] += cpsr & 0x20 && it;
}

/* A trapped instruction is skipped or raises an exception. */
static void trap(struct machine *m, struct input *in)
{
	struct guest_cpu *cpu = &m->cpu;
	u8 how = take8(in);
	u32 hsr, cpsr, pc;

	take_cpsr(m, in);
	hsr = take32(in);
	cpu->cp15.sctlr = take32(in);
	cpu->cp15.ttbcr = how & 4 ? 1U << 31 : 0;
	cpsr = cpu->gp.cpsr;
	pc = cpu->gp.pc;
	if (!trapped_condition_holds(cpu, hsr) || how & 8) {
		skip(m, hsr);
		return;
	}
	switch (how & 3) {
	case 0:
		inject_undefined(cpu);
		EXPECT("lr", pc + (cpsr & 0x20 ? 2 : 4), cpu->banked.und.lr);
		EXPECT("spsr", cpsr, cpu->banked.und.spsr);
		break;
	case 1:
		inject_prefetch_abort(cpu, how & 0x10 ? ABORT_TABLE_WALK : ABORT_ACCESS,
				      1 + (how >> 5) % 3, hsr);
		EXPECT("lr", pc + 4, cpu->banked.abt.lr);
		EXPECT("spsr", cpsr, cpu->banked.abt.spsr);
		EXPECT("ifar", hsr, cpu->cp15.ifar);
		EXPECT("format of IFSR", how >> 2 & 1, cpu->cp15.ifsr >> 9 & 1);
		break;
	default:
		inject_data_abort(cpu, how & 0x10 ? ABORT_TABLE_WALK : ABORT_ACCESS,
				  1 + (how >> 5) % 3, hsr, how & 1);
		EXPECT("lr", pc + 8, cpu->banked.abt.lr);
		EXPECT("spsr", cpsr, cpu->banked.abt.spsr);
		EXPECT("dfar", hsr, cpu->cp15.dfar);
		EXPECT("direction", how & 1, cpu->cp15.dfsr >> 11 & 1);
		EXPECT("format of DFSR", how >> 2 & 1, cpu->cp15.dfsr >> 9 & 1);
		break;
	}
	EXPECT("mode exists", true, mode_exists(cpu->gp.cpsr));
	EXPECT("IRQs are masked", 1, cpu->gp.cpsr >> 7 & 1);
	EXPECT("Thumb state of the handler", cpu->cp15.sctlr >> 30 & 1, cpu->gp.cpsr >> 5 & 1);
	EXPECT("no IT block", 0, it_of(cpu->gp.cpsr));
	EXPECT("flags stay", cpsr >> 27, cpu->gp.cpsr >> 27);
	reached[TRAP_INJECTED]++;
}

/* ---- sequences ---- */

typedef void (*operation)(struct machine *m, struct input *in);

/* Frequent operations have several entries. */
static const operation operations[] = {
	set_region, set_region, set_region, set_address, set_address, create_irqchip,
	run_check, look_up, look_up, vcpu_init, psci, psci, mmio, trap,
};

static struct machine machine;

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct machine *m = &machine;
	u8 host = take8(&in);

	memset(m, 0, sizeof(*m));
	m->gic_present = host >> 5;
	m->ipa_bits = 32 + (host & 31) % 9;
	device_addresses_init(&m->addresses, m->ipa_bits);
	init_vcpu(m, 0, host & 1, ON);
	init_vcpu(m, 1, host & 1, OFF);
	while (in.left)
		operations[take8(&in) % COUNT(operations)](m, &in);
	while (m->slots.count) {
		struct memslot *slot = m->slots.slot[0];

		memslots_remove(&m->slots, slot);
		free(slot);
	}
	return 0;
}
