// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that several threads make at once. The results have to be those of some sequential order of
 * the calls, and the VM has to be in the state that this order leaves.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/gic_regs.h"
#include "abi/vgic_uapi.h"
#include "guest_store.h"
#include "harness/rule_harness.h"
#include "race.h"

/* Outcomes of a round. */
#define ORDERED	"ORDERED"	/* results and state of one of the orders */
#define NEITHER	"NEITHER"	/* results or state of none of the orders */
#define LOST	"LOST"		/* an address was set without effect */
#define NONE	"NONE"		/* no call succeeded, although one should */
#define SEVERAL	"SEVERAL"	/* more than one call succeeded */

#define IS_V3(kind)	((kind)->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3)

#define RACE_BEGIN(race, sides)						\
	race_begin(race, variant->name, _metadata->name, sides)

/* Compares the outcome of a round with the rule. The first mismatch ends the test. */
#define EXPECT_RACE(race, word) do {					\
	bool as_the_rule_says = rule_check(&self->run, word, "%s",	\
					   race_describe(race));	\
									\
	EXPECT_TRUE(as_the_rule_says);					\
	if (!as_the_rule_says)						\
		race_stop(race);					\
} while (0)

/* ---- calls that race ---- */

/**
 * struct call - the call of one side
 * @vm:    a copy, because creating a GIC changes it
 * @kind:  the GIC, and the address to set
 * @addr:  value of the address
 * @vcpu:  the vCPU, for calls that have one; @id is its id
 * @value: value of the attribute that was read
 */
struct call {
	struct abi_vm vm;
	const struct abi_kind *kind;
	uint64_t addr;
	struct abi_vcpu vcpu;
	unsigned long id;
	uint64_t value;
};

static int call_set(void *arg)
{
	struct call *c = arg;

	return abi_addr_set(&c->vm, c->kind, c->addr);
}

static int call_get(void *arg)
{
	struct call *c = arg;

	return abi_addr_get(&c->vm, c->kind, &c->value);
}

static int call_create(void *arg)
{
	struct call *c = arg;

	return abi_gic_create(&c->vm, c->kind);
}

static int call_create_vcpu(void *arg)
{
	struct call *c = arg;

	return abi_vcpu_create(&c->vm, c->id, &c->vcpu);
}

static int call_run(void *arg)
{
	struct call *c = arg;

	return abi_vcpu_run(&c->vcpu);
}

/* 1 if the guest's store hits the distributor, 0 if it exits to user space. */
static int call_store(void *arg)
{
	struct call *c = arg;

	return guest_store(&c->vcpu, c->addr);
}

static int call_init(void *arg)
{
	struct call *c = arg;

	return vgic_init(c->vm.dev);
}

static int call_nr_irqs(void *arg)
{
	struct call *c = arg;

	return vgic_set_nr_irqs(c->vm.dev, c->value);
}

/* Adds the slot of the guest's code. */
static int call_add_slot(void *arg)
{
	struct call *c = arg;

	return abi_vm_add_code(&c->vm);
}

static int call_close_vm(void *arg)
{
	struct call *c = arg;

	return close(c->vm.fd) ? -errno : 0;
}

static int call_close_device(void *arg)
{
	struct call *c = arg;

	return close(c->vm.dev) ? -errno : 0;
}

static int call_exit(void *arg)
{
	_exit(*(int *)arg);
}

static int call_kill(void *arg)
{
	kill(getpid(), *(int *)arg);
	return 0;
}

/* ---- VMs ---- */

/* Addresses that are far enough apart for any region, below the other region's address. */
static uint64_t nth_address(unsigned int n)
{
	return ABI_DIST_IPA + n * 0x20000ULL;
}

/* A GICv3 has to be initialized explicitly; the first KVM_RUN initializes a GICv2. */
static int init_explicitly(struct abi_vm *vm, const struct abi_kind *kind)
{
	return IS_V3(kind) ? vgic_init(vm->dev) : 0;
}

/* The bits of a value's address; a region's value also has a count and an index. */
#define ADDRESS_BITS	0x000ffffffffff000ULL

/* True if the address of a GIC that another dialect has created can be read. */
static bool can_read_back(void)
{
	return !abi_missing(NEED_DEVATTR);
}

static const struct abi_kind *readable(const struct abi_kind *kind)
{
	if (kind->dialect == DIALECT_DEVATTR)
		return kind;
	return kind->type == KVM_VGIC_V2_ADDR_TYPE_DIST ?
	       &kind_devattr_v2_dist : &kind_devattr_v2_cpu;
}

static bool reads_as(struct abi_vm *vm, const struct abi_kind *kind, uint64_t addr)
{
	uint64_t value;

	return !abi_addr_get(vm, readable(kind), &value) &&
	       (value & ADDRESS_BITS) == addr;
}

/*
 * True if the guest accesses the GIC at @addr and not at @elsewhere. Both addresses are
 * set, and no vCPU has run yet.
 */
static bool guest_finds(struct abi_vm *vm, const struct abi_kind *kind,
			uint64_t addr, uint64_t elsewhere)
{
	struct abi_vcpu vcpu;
	bool found;

	abi_vcpu_add(vm, 0, &vcpu);
	found = !guest_store_add(vm) && !init_explicitly(vm, kind) &&
		guest_store(&vcpu, addr) == 1 &&
		guest_store(&vcpu, elsewhere) == 0;
	abi_vcpu_close(vm, &vcpu);
	return found;
}

/* ---- one address, set by several threads ---- */

#define RULE_FIXTURE	race_address
#define RULE_VARIANTS	(VM_ADDRESSES | DEVICE_ADDRESSES)
#include "harness/address_fixture.h"

/*
 * Creates the GIC. If *@reads and the kernel has KVM_CREATE_DEVICE, that call creates it, so that
 * its address can be read back. Otherwise @kind's own dialect creates it, *@reads becomes false,
 * and the guest has to look for the GIC.
 */
static int create_gic(struct abi_vm *vm, const struct abi_kind *kind, bool *reads)
{
	*reads = *reads && can_read_back();
	return abi_gic_create(vm, *reads ? readable(kind) : kind);
}

static bool counts(struct abi_vm *vm, const struct abi_kind *kind, bool reads,
		   uint64_t addr, uint64_t elsewhere)
{
	if (reads)
		return reads_as(vm, kind, addr);
	return !abi_addr_set_other(vm, kind) &&
	       guest_finds(vm, kind, addr, elsewhere);
}

#define GUEST_EVERY	8	/* rounds */

/*
 * The outcome of calls of which exactly one should have succeeded: the error of the other calls, if
 * they all have the same. @winner is the side that succeeded, or -1 unless exactly one did.
 */
static const char *one_of(struct race *race, int *winner)
{
	unsigned int i;
	int lost;

	*winner = -1;
	for (i = 0; i < race->sides && race->side[i].ret; i++)
		;
	if (i == race->sides)
		return NONE;
	if (race_count(race, 0) > 1)
		return SEVERAL;
	*winner = i;
	race_set_first(race, i);
	lost = race->side[!i].ret;
	return race_count(race, lost) == race->sides - 1 ?
	       rule_outcome(lost) : NEITHER;
}

static const char * const side_names[RACE_MAX_SIDES] = {
	"#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7",
};

/* One round. With @apart each side sets an address of its own. */
static const char *set_by_many(struct race *race, struct abi_vm *vm,
			       const struct abi_kind *kind, bool reads, bool apart)
{
	struct call calls[RACE_MAX_SIDES];
	const char *word;
	unsigned int i;
	int winner;

	for (i = 0; i < race->sides; i++) {
		calls[i] = (struct call){ .vm = *vm, .kind = kind,
					  .addr = nth_address(apart ? i : 0) };
		race_side(race, i, side_names[i], call_set, &calls[i]);
	}
	race_run(race);
	word = one_of(race, &winner);
	if (winner >= 0 && !counts(vm, kind, reads, calls[winner].addr,
				   nth_address(!apart || !winner)))
		return LOST;
	return word;
}

#define SET_BY(setters, apart) do {					\
	const struct abi_kind *kind = variant->kind;			\
	struct race race;						\
	struct abi_vm vm;						\
	bool reads;							\
									\
	RACE_BEGIN(&race, setters);					\
	while (race_next(&race)) {					\
		reads = race.rounds % GUEST_EVERY;			\
		abi_vm_open(&vm, 0);					\
		ASSERT_OK(create_gic(&vm, kind, &reads));		\
		EXPECT_RACE(&race, set_by_many(&race, &vm, kind, reads,	\
					       apart));			\
		abi_vm_close(&vm);					\
	}								\
	race_end(&race);						\
} while (0)

TEST_F(race_address, set_by_two)
{
	SET_BY(2, true);
}

TEST_F(race_address, set_by_four)
{
	SET_BY(4, true);
}

TEST_F(race_address, set_by_eight)
{
	SET_BY(8, true);
}

TEST_F(race_address, same_value)
{
	SET_BY(4, false);
}

TEST_F(race_address, set_and_bad_value)
{
	const struct abi_kind *kind = variant->kind;
	struct call good, bad;
	struct race race;
	struct abi_vm vm;
	bool reads;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		reads = race.rounds % GUEST_EVERY;
		abi_vm_open(&vm, 0);
		ASSERT_OK(create_gic(&vm, kind, &reads));
		good = (struct call){ .vm = vm, .kind = kind,
				      .addr = nth_address(0) };
		bad = good;
		bad.addr = nth_address(1) + kind->align / 2;
		race_side(&race, 0, "set", call_set, &good);
		race_side(&race, 1, "misaligned", call_set, &bad);
		race_run(&race);
		if (race.side[1].ret == -EEXIST)
			race_set_first(&race, 0);
		EXPECT_RACE(&race, race.side[0].ret ||
			    (race.side[1].ret != -EINVAL &&
			     race.side[1].ret != -EEXIST) ? NEITHER :
			    counts(&vm, kind, reads, good.addr, nth_address(1)) ?
			    ORDERED : LOST);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* ---- an address, read while it is set ---- */

#define RULE_FIXTURE	race_read
#define RULE_VARIANTS	DEVICE_ADDRESSES
#include "harness/address_fixture.h"

#define UNSET	(~0ULL)

/* Differs from UNSET in both words. */
#define WIDE_ADDRESS	(ABI_DIST_IPA | 0x1200000000ULL)

/* 0 for the old value, 1 for the new one, -1 for another. */
static int old_or_new(const struct race_side *get, uint64_t value)
{
	if (get->ret == -ENOENT || (!get->ret && value == UNSET))
		return 0;
	return !get->ret && (value & ADDRESS_BITS) == WIDE_ADDRESS ? 1 : -1;
}

TEST_F(race_read, set_and_get)
{
	const struct abi_kind *kind = variant->kind;
	struct call set, get;
	struct race race;
	struct abi_vm vm;
	int seen;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, kind));
		set = (struct call){ .vm = vm, .kind = kind, .addr = WIDE_ADDRESS };
		get = set;
		race_side(&race, 0, "set", call_set, &set);
		race_side(&race, 1, "get", call_get, &get);
		race_run(&race);
		seen = old_or_new(&race.side[1], get.value);
		if (seen >= 0)
			race_set_first(&race, !seen);
		EXPECT_RACE(&race, race.side[0].ret || seen < 0 ? NEITHER :
			    reads_as(&vm, kind, WIDE_ADDRESS) ? ORDERED : LOST);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* ---- the GIC ---- */

#define RULE_FIXTURE	race
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#include "harness/gic_fixture.h"

/* The CPU side's address in VMs that are set up completely. The distributor's is ABI_DIST_IPA. */
#define CPU_IPA		ABI_FREE_IPA

TEST_F(race, set_both)
{
	struct call dist, cpu;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		dist = (struct call){ .vm = vm, .kind = variant->dist,
				      .addr = ABI_DIST_IPA };
		cpu = (struct call){ .vm = vm, .kind = variant->cpu,
				     .addr = CPU_IPA };
		race_side(&race, 0, "distributor", call_set, &dist);
		race_side(&race, 1, "CPU side", call_set, &cpu);
		race_run(&race);
		EXPECT_RACE(&race, race_count(&race, 0) != 2 ? NEITHER :
			    guest_finds(&vm, variant->dist, ABI_DIST_IPA,
					ABI_DIST_IPA + 0x20000) ? ORDERED : LOST);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* The lowest free file descriptor, which is higher after a leak. */
static int free_fd(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

#define CREATE_BY(creators) do {					\
	struct call calls[RACE_MAX_SIDES];				\
	struct race race;						\
	struct abi_vm vm;						\
	unsigned int i;							\
	int winner, fd;							\
									\
	RACE_BEGIN(&race, creators);					\
	while (race_next(&race)) {					\
		abi_vm_open(&vm, 0);					\
		for (i = 0; i < race.sides; i++) {			\
			calls[i] = (struct call){ .vm = vm,		\
						  .kind = variant->dist }; \
			race_side(&race, i, side_names[i],		\
				  call_create, &calls[i]);		\
		}							\
		fd = free_fd();						\
		race_run(&race);					\
		EXPECT_RACE(&race, one_of(&race, &winner));		\
		if (winner >= 0) {					\
			vm = calls[winner].vm;				\
			/* Calls that failed must not leak a file. */		\
			EXPECT_GE(fd + (vm.dev >= 0), free_fd());	\
			ASSERT_OK(abi_addr_set(&vm, variant->dist,	\
					       ABI_DIST_IPA));		\
		}							\
		abi_vm_close(&vm);					\
	}								\
	race_end(&race);						\
} while (0)

TEST_F(race, create_by_two)
{
	CREATE_BY(2);
}

TEST_F(race, create_by_four)
{
	CREATE_BY(4);
}

/* Sets both addresses of a GIC and runs a vCPU: the GIC works. */
static bool runs(struct abi_vm *vm, const struct abi_kind *dist,
		 const struct abi_kind *cpu, struct abi_vcpu *vcpu)
{
	return !abi_addr_set(vm, dist, ABI_DIST_IPA) &&
	       !abi_addr_set(vm, cpu, CPU_IPA) && !init_explicitly(vm, dist) &&
	       !abi_vm_add_code(vm) && !abi_vcpu_run(vcpu);
}

TEST_F(race, create_and_vcpu)
{
	struct call create, vcpu;
	struct race race;
	struct abi_vm vm;
	int ret;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		create = (struct call){ .vm = vm, .kind = variant->dist };
		vcpu = (struct call){ .vm = vm };
		race_side(&race, 0, "create", call_create, &create);
		race_side(&race, 1, "vCPU", call_create_vcpu, &vcpu);
		race_run(&race);
		ret = race.side[0].ret;
		vm = create.vm;
		ASSERT_OK(race.side[1].ret);
		/* If creating the GIC was refused, it succeeds now. */
		if (ret) {
			ASSERT_OK(abi_gic_create(&vm, variant->dist));
		}
		ASSERT_OK(abi_vcpu_init(&vm, &vcpu.vcpu));
		EXPECT_RACE(&race, ret ? rule_outcome(ret) :
			    runs(&vm, variant->dist, variant->cpu, &vcpu.vcpu) ?
			    ORDERED : NEITHER);
		abi_vcpu_close(&vm, &vcpu.vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/*
 * Opens a VM with @vcpus vCPUs that is ready for KVM_RUN, except that the address @late is not set.
 * NULL: all addresses are set. @late is evaluated twice.
 */
#define OPEN_VM_WITHOUT(vm, vcpu, vcpus, late) do {			\
	unsigned int nr;						\
									\
	abi_vm_open(vm, 0);						\
	ASSERT_OK(abi_vm_add_code(vm));					\
	ASSERT_OK(abi_gic_create(vm, variant->dist));			\
	for (nr = 0; nr < (vcpus); nr++)				\
		abi_vcpu_add(vm, nr, &(vcpu)[nr]);			\
	ASSERT_OK(init_explicitly(vm, variant->dist));			\
	if ((late) != variant->dist) {					\
		ASSERT_OK(abi_addr_set(vm, variant->dist, ABI_DIST_IPA)); \
	}								\
	if ((late) != variant->cpu) {					\
		ASSERT_OK(abi_addr_set(vm, variant->cpu, CPU_IPA));	\
	}								\
} while (0)

static uint64_t address_of(const struct abi_kind *kind, const struct abi_kind *dist)
{
	return kind == dist ? ABI_DIST_IPA : CPU_IPA;
}

/*
 * The outcome of a race of the first KVM_RUN with the last address. KVM_RUN succeeds only if the
 * address was set before. Otherwise the address is set too late, or refused with EIO because the
 * VM is dead.
 */
static const char *set_or_run(struct race *race, struct call *set, struct call *run)
{
	int set_ret = race->side[0].ret, run_ret = race->side[1].ret;

	race_set_first(race, !!run_ret);
	if (!run_ret)
		return !set_ret && !abi_vcpu_run(&run->vcpu) &&
		       call_set(set) < 0 ? ORDERED : NEITHER;
	return run_ret == -ENXIO && (!set_ret || set_ret == -EIO) ? ORDERED : NEITHER;
}

TEST_F(race, set_and_run)
{
	const struct abi_kind *late;
	struct call set, run;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		late = race_chance(&race, 2) ? variant->dist : variant->cpu;
		OPEN_VM_WITHOUT(&vm, &vcpu, 1, late);
		set = (struct call){ .vm = vm, .kind = late,
				     .addr = address_of(late, variant->dist) };
		run = (struct call){ .vm = vm, .vcpu = vcpu };
		race_side(&race, 0, "set", call_set, &set);
		race_side(&race, 1, "run", call_run, &run);
		race_run(&race);
		EXPECT_RACE(&race, set_or_run(&race, &set, &run));
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

TEST_F(race, two_first_runs)
{
	struct abi_vcpu vcpu[2];
	struct call run[2];
	struct race race;
	struct abi_vm vm;
	unsigned int i;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		OPEN_VM_WITHOUT(&vm, vcpu, 2, NULL);
		for (i = 0; i < 2; i++) {
			run[i] = (struct call){ .vm = vm, .vcpu = vcpu[i] };
			race_side(&race, i, i ? "vCPU 1" : "vCPU 0", call_run, &run[i]);
		}
		race_run(&race);
		EXPECT_RACE(&race, race_count(&race, 0) == 2 ? ORDERED : NEITHER);
		for (i = 0; i < 2; i++)
			abi_vcpu_close(&vm, &vcpu[i]);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* The store of each vCPU has to hit the distributor. */
TEST_F(race, first_runs_find_gic)
{
	struct abi_vcpu vcpu[2];
	struct call store[2];
	struct race race;
	struct abi_vm vm;
	unsigned int i;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		OPEN_VM_WITHOUT(&vm, vcpu, 2, NULL);
		ASSERT_OK(guest_store_add(&vm));
		for (i = 0; i < 2; i++) {
			store[i] = (struct call){ .vm = vm, .vcpu = vcpu[i],
						  .addr = ABI_DIST_IPA };
			race_side(&race, i, i ? "vCPU 1" : "vCPU 0", call_store, &store[i]);
		}
		race_run(&race);
		EXPECT_RACE(&race, race_count(&race, 1) == 2 ? ORDERED :
			    race_count(&race, 0) ? LOST : NEITHER);
		for (i = 0; i < 2; i++)
			abi_vcpu_close(&vm, &vcpu[i]);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* The first call may leave the VM dead, which the second then reports. */
TEST_F(race, two_failing_runs)
{
	const struct abi_kind *late;
	struct abi_vcpu vcpu[2];
	struct call run[2];
	struct race race;
	struct abi_vm vm;
	unsigned int i;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		late = race_chance(&race, 2) ? variant->dist : variant->cpu;
		OPEN_VM_WITHOUT(&vm, vcpu, 2, late);
		for (i = 0; i < 2; i++) {
			run[i] = (struct call){ .vm = vm, .vcpu = vcpu[i] };
			race_side(&race, i, i ? "vCPU 1" : "vCPU 0", call_run, &run[i]);
		}
		race_run(&race);
		if (race_count(&race, -EIO) == 1)
			race_set_first(&race, race.side[0].ret == -EIO);
		EXPECT_RACE(&race, race_count(&race, -ENXIO) >= 1 &&
			    race_count(&race, -ENXIO) + race_count(&race, -EIO) == 2 ?
			    ORDERED : NEITHER);
		for (i = 0; i < 2; i++)
			abi_vcpu_close(&vm, &vcpu[i]);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* Without addresses only one of the two calls can succeed. */
TEST_F(race, create_and_run)
{
	struct call create, run;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;
	bool created;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_vm_add_code(&vm));
		abi_vcpu_add(&vm, 0, &vcpu);
		create = (struct call){ .vm = vm, .kind = variant->dist };
		run = (struct call){ .vm = vm, .vcpu = vcpu };
		race_side(&race, 0, "create", call_create, &create);
		race_side(&race, 1, "run", call_run, &run);
		race_run(&race);
		vm = create.vm;
		created = !race.side[0].ret;
		race_set_first(&race, !created);
		if (created)
			EXPECT_RACE(&race, race.side[1].ret == -ENXIO ? ORDERED : NEITHER);
		else
			EXPECT_RACE(&race, race.side[0].ret == -EBUSY &&
				    !race.side[1].ret && !abi_vcpu_run(&vcpu) ?
				    ORDERED : NEITHER);
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* Guest memory is added while the distributor's address is set. */
TEST_F(race, set_and_slot)
{
	struct call set, slot;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		abi_vcpu_add(&vm, 0, &vcpu);
		ASSERT_OK(abi_addr_set(&vm, variant->cpu, CPU_IPA));
		set = (struct call){ .vm = vm, .kind = variant->dist,
				     .addr = ABI_DIST_IPA };
		slot = (struct call){ .vm = vm };
		race_side(&race, 0, "set", call_set, &set);
		race_side(&race, 1, "slot", call_add_slot, &slot);
		race_run(&race);
		EXPECT_RACE(&race, race_count(&race, 0) == 2 &&
			    !init_explicitly(&vm, variant->dist) &&
			    !abi_vcpu_run(&vcpu) && call_set(&set) < 0 ?
			    ORDERED : NEITHER);
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* An address is set on a file descriptor while @call closes it. */
static void race_to_close(struct race *race, const struct abi_vm *vm,
			  const struct abi_kind *kind, int (*call)(void *arg))
{
	struct call set = { .vm = *vm, .kind = kind, .addr = CPU_IPA };
	struct call end = { .vm = *vm };

	race_side(race, 0, "set", call_set, &set);
	race_side(race, 1, "close", call, &end);
	race_run(race);
	if (race->side[0].ret)
		race_set_first(race, 1);
}

/*
 * The vCPU keeps the VM alive, so that KVM_RUN shows whether an address was set through a
 * file descriptor that was being closed.
 */
static const char *set_or_closed(const struct race *race, struct abi_vcpu *vcpu)
{
	int set = race->side[0].ret, run = abi_vcpu_run(vcpu);

	if (race->side[1].ret)
		return NEITHER;
	if (!set)
		return run ? LOST : ORDERED;
	return set == -EBADF && run == -ENXIO ? ORDERED : NEITHER;
}

/* Closing the VM does not affect the device's own file descriptor. */
TEST_F(race, set_and_close_vm)
{
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		OPEN_VM_WITHOUT(&vm, &vcpu, 1, variant->cpu);
		race_to_close(&race, &vm, variant->cpu, call_close_vm);
		EXPECT_RACE(&race, vm.dev >= 0 && race.side[0].ret ? NEITHER :
			    set_or_closed(&race, &vcpu));
		abi_vcpu_close(&vm, &vcpu);
		if (vm.dev >= 0)
			close(vm.dev);
		close(vm.kvm);
	}
	race_end(&race);
}

/*
 * Ends the process while its threads set addresses. @race is in shared memory, so that the parent
 * can read it afterwards. Does not return.
 */
static void set_and_end(struct race *race, const struct abi_kind *dist,
			const struct abi_kind *cpu, int (*end)(void *), int how)
{
	struct call set[2];
	struct abi_vm vm;

	/* The threads of the previous process have ended with it. */
	race->threads = false;
	abi_vm_open(&vm, 0);
	if (abi_gic_create(&vm, dist))
		_exit(1);
	set[0] = (struct call){ .vm = vm, .kind = dist, .addr = ABI_DIST_IPA };
	set[1] = (struct call){ .vm = vm, .kind = cpu, .addr = CPU_IPA };
	race_side(race, 0, "distributor", call_set, &set[0]);
	race_side(race, 1, "CPU side", call_set, &set[1]);
	race_side(race, 2, "end", end, &how);
	race_run(race);
	_exit(2);
}

TEST_F(race, set_and_exit)
{
	struct race *race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	int status, how;
	bool killed;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, race);
	RACE_BEGIN(race, 3);
	while (race_next(race)) {
		killed = race_chance(race, 2);
		how = killed ? SIGKILL : 42;
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			set_and_end(race, variant->dist, variant->cpu,
				    killed ? call_kill : call_exit, how);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		/* The call that ended the process never returned. */
		race_set_first(race, !race->side[0].ended ? 2 :
			       race->side[1].ended && race->side[1].ended < race->side[0].ended);
		EXPECT_RACE(race, (killed ? WIFSIGNALED(status) && WTERMSIG(status) == how :
			    WIFEXITED(status) && WEXITSTATUS(status) == how) ?
			    ORDERED : NEITHER);
	}
	race_end(race);

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RACE(race, runs(&vm, variant->dist, variant->cpu, &vcpu) ?
		    ORDERED : NEITHER);
}

#define TYPER_VCPUS(value)	(((value) >> 5 & 7) + 1)

/* True if a GICv2 reports @vcpus vCPUs, or the number cannot be read. */
static bool knows_vcpus(struct abi_vm *vm, const struct abi_kind *dist, unsigned int vcpus)
{
	uint32_t typer;

	if (vm->dev < 0 || IS_V3(dist))
		return true;
	return !vgic_reg_get(vm->dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0,
			     GICD_TYPER, &typer) && TYPER_VCPUS(typer) == vcpus;
}

/*
 * True if the VM runs its first vCPU, and its second vCPU if that was created (@ret is 0). If it
 * was not created, @ret has to be -EBUSY.
 */
static bool serves(struct abi_vm *vm, const struct abi_kind *dist,
		   struct abi_vcpu *first, int ret, struct abi_vcpu *second)
{
	if (ret)
		return ret == -EBUSY && !abi_vcpu_run(first) &&
		       knows_vcpus(vm, dist, 1);
	return !abi_vcpu_init(vm, second) && !abi_vcpu_run(second) &&
	       !abi_vcpu_run(first) && knows_vcpus(vm, dist, 2);
}

/* ---- a GIC that the first KVM_RUN initializes ---- */

#define RULE_FIXTURE	race_gicv2
#define RULE_VARIANTS	(VM_GICS | DEVATTR_V2)
#include "harness/gic_fixture.h"

/* The second vCPU is created before KVM_RUN and runs, or KVM refuses to create it. */
TEST_F(race_gicv2, vcpu_and_run)
{
	struct call second, run;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;
	int ret;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		OPEN_VM_WITHOUT(&vm, &vcpu, 1, NULL);
		second = (struct call){ .vm = vm, .id = 1 };
		run = (struct call){ .vm = vm, .vcpu = vcpu };
		race_side(&race, 0, "vCPU", call_create_vcpu, &second);
		race_side(&race, 1, "run", call_run, &run);
		race_run(&race);
		ret = race.side[0].ret;
		race_set_first(&race, !!ret);
		EXPECT_RACE(&race, race.side[1].ret ? rule_outcome(race.side[1].ret) :
			    serves(&vm, variant->dist, &vcpu, ret, &second.vcpu) ?
			    ORDERED : NEITHER);
		if (!ret)
			abi_vcpu_close(&vm, &second.vcpu);
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* ---- the dialects that are VM ioctls ---- */

#define RULE_FIXTURE	race_vm
#define RULE_VARIANTS	VM_GICS
#include "harness/gic_fixture.h"

/* @create_kind is the kind of the GIC that is created while an address is set. */
static const char *set_or_create(struct race *race, const struct abi_kind *kind,
				 const struct abi_kind *create_kind)
{
	struct call set, create;
	struct abi_vm vm;
	const char *word;
	int ret;

	abi_vm_open(&vm, 0);
	set = (struct call){ .vm = vm, .kind = kind, .addr = nth_address(1) };
	create = (struct call){ .vm = vm, .kind = create_kind };
	race_side(race, 0, "set", call_set, &set);
	race_side(race, 1, "create", call_create, &create);
	race_run(race);
	vm = create.vm;

	ret = race->side[0].ret;
	race_set_first(race, !ret);
	/* If setting the address was refused, it succeeds now; otherwise it fails with EEXIST. */
	if (race->side[1].ret)
		word = NEITHER;
	else if (!ret)
		word = abi_addr_set(&vm, kind, ABI_DIST_IPA) == -EEXIST ? ORDERED : LOST;
	else
		word = ret == -ENODEV && !call_set(&set) ? ORDERED : NEITHER;
	if (vm.dev >= 0 && !reads_as(&vm, kind, nth_address(1)))
		word = LOST;
	abi_vm_close(&vm);
	return word;
}

TEST_F(race_vm, set_and_create)
{
	struct race race;

	RACE_BEGIN(&race, 2);
	while (race_next(&race))
		EXPECT_RACE(&race, set_or_create(&race, race_chance(&race, 2) ?
						 variant->dist : variant->cpu,
						 variant->dist));
	race_end(&race);
}

TEST_F(race_vm, set_and_create_device)
{
	struct race race;

	if (!can_read_back())
		rule_skip("no KVM_CREATE_DEVICE on this system");
	RACE_BEGIN(&race, 2);
	while (race_next(&race))
		EXPECT_RACE(&race, set_or_create(&race, race_chance(&race, 2) ?
						 variant->dist : variant->cpu,
						 &kind_devattr_v2_dist));
	race_end(&race);
}

TEST_F(race_vm, create_by_both_calls)
{
	struct call by_vm, by_device;
	struct race race;
	struct abi_vm vm;
	int winner;

	if (!can_read_back())
		rule_skip("no KVM_CREATE_DEVICE on this system");
	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		by_vm = (struct call){ .vm = vm, .kind = variant->dist };
		by_device = (struct call){ .vm = vm, .kind = &kind_devattr_v2_dist };
		race_side(&race, 0, "CREATE_IRQCHIP", call_create, &by_vm);
		race_side(&race, 1, "CREATE_DEVICE", call_create, &by_device);
		race_run(&race);
		EXPECT_RACE(&race, one_of(&race, &winner));
		vm = by_device.vm;
		ASSERT_OK(abi_addr_set(&vm, variant->dist, ABI_DIST_IPA));
		abi_vm_close(&vm);
	}
	race_end(&race);
}

TEST_F(race_vm, set_by_both_calls)
{
	const struct abi_kind *kind;
	struct call by_vm, by_device;
	const char *word;
	struct race race;
	struct abi_vm vm;
	int winner;

	if (!can_read_back())
		rule_skip("no KVM_CREATE_DEVICE on this system");
	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		kind = race_chance(&race, 2) ? variant->dist : variant->cpu;
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, &kind_devattr_v2_dist));
		by_vm = (struct call){ .vm = vm, .kind = kind, .addr = nth_address(0) };
		by_device = (struct call){ .vm = vm, .kind = readable(kind),
					   .addr = nth_address(1) };
		race_side(&race, 0, "VM's call", call_set, &by_vm);
		race_side(&race, 1, "attribute", call_set, &by_device);
		race_run(&race);
		word = one_of(&race, &winner);
		if (winner >= 0 && !reads_as(&vm, kind, nth_address(winner)))
			word = LOST;
		EXPECT_RACE(&race, word);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* ---- the GIC as a device ---- */

#define RULE_FIXTURE	race_device
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

TEST_F(race_device, set_and_close)
{
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		OPEN_VM_WITHOUT(&vm, &vcpu, 1, variant->cpu);
		race_to_close(&race, &vm, variant->cpu, call_close_device);
		EXPECT_RACE(&race, set_or_closed(&race, &vcpu));
		abi_vcpu_close(&vm, &vcpu);
		vm.dev = -1;
		abi_vm_close(&vm);
	}
	race_end(&race);
}

#define NR_IRQS	96

static bool has_nr_irqs(struct abi_vm *vm, uint32_t irqs)
{
	uint32_t value = 0;

	return !abi_attr_get(vm->dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &value) &&
	       value == irqs;
}

TEST_F(race_device, set_and_nr_irqs)
{
	const struct abi_kind *kind;
	struct call set, irqs;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		kind = race_chance(&race, 2) ? variant->dist : variant->cpu;
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, kind));
		set = (struct call){ .vm = vm, .kind = kind, .addr = ABI_DIST_IPA };
		irqs = (struct call){ .vm = vm, .value = NR_IRQS };
		race_side(&race, 0, "set", call_set, &set);
		race_side(&race, 1, "NR_IRQS", call_nr_irqs, &irqs);
		race_run(&race);
		EXPECT_RACE(&race, race_count(&race, 0) != 2 ? NEITHER :
			    has_nr_irqs(&vm, NR_IRQS) &&
			    reads_as(&vm, kind, ABI_DIST_IPA) ? ORDERED : LOST);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

TEST_F(race_device, set_and_init)
{
	struct call set, init;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_vm_add_code(&vm));
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		abi_vcpu_add(&vm, 0, &vcpu);
		ASSERT_OK(abi_addr_set(&vm, variant->dist, ABI_DIST_IPA));
		set = (struct call){ .vm = vm, .kind = variant->cpu, .addr = CPU_IPA };
		init = (struct call){ .vm = vm };
		race_side(&race, 0, "set", call_set, &set);
		race_side(&race, 1, "init", call_init, &init);
		race_run(&race);
		EXPECT_RACE(&race, race_count(&race, 0) != 2 ? NEITHER :
			    reads_as(&vm, variant->cpu, CPU_IPA) &&
			    !abi_vcpu_run(&vcpu) ? ORDERED : LOST);
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

/* The number of interrupts, unless user space has set it. */
#define NR_IRQS_DEFAULT	256

TEST_F(race_device, nr_irqs_and_init)
{
	struct call irqs, init;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;
	bool in_time;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		abi_vcpu_add(&vm, 0, &vcpu);
		irqs = (struct call){ .vm = vm, .value = NR_IRQS };
		init = (struct call){ .vm = vm };
		race_side(&race, 0, "NR_IRQS", call_nr_irqs, &irqs);
		race_side(&race, 1, "init", call_init, &init);
		race_run(&race);
		in_time = !race.side[0].ret;
		race_set_first(&race, !in_time);
		EXPECT_RACE(&race, race.side[1].ret ||
			    (!in_time && race.side[0].ret != -EBUSY) ? NEITHER :
			    has_nr_irqs(&vm, in_time ? NR_IRQS : NR_IRQS_DEFAULT) ?
			    ORDERED : LOST);
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

TEST_F(race_device, vcpu_and_init)
{
	struct call second, init;
	struct abi_vcpu vcpu;
	struct race race;
	struct abi_vm vm;
	int ret;

	RACE_BEGIN(&race, 2);
	while (race_next(&race)) {
		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_vm_add_code(&vm));
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		abi_vcpu_add(&vm, 0, &vcpu);
		second = (struct call){ .vm = vm, .id = 1 };
		init = (struct call){ .vm = vm };
		race_side(&race, 0, "vCPU", call_create_vcpu, &second);
		race_side(&race, 1, "init", call_init, &init);
		race_run(&race);
		ret = race.side[0].ret;
		race_set_first(&race, !!ret);
		EXPECT_RACE(&race, race.side[1].ret ? rule_outcome(race.side[1].ret) :
			    !abi_addr_set(&vm, variant->dist, ABI_DIST_IPA) &&
			    !abi_addr_set(&vm, variant->cpu, CPU_IPA) &&
			    serves(&vm, variant->dist, &vcpu, ret, &second.vcpu) ?
			    ORDERED : NEITHER);
		if (!ret)
			abi_vcpu_close(&vm, &second.vcpu);
		abi_vcpu_close(&vm, &vcpu);
		abi_vm_close(&vm);
	}
	race_end(&race);
}

#include "harness/rule_main.h"
