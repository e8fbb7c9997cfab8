// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/psci.c: PSCI 0.2 (ARM DEN 0022) and KVM's older functions.
 */
#include <kselftest_harness.h>

#include <asm/kvm.h>

#include "loops.h"
#include "psci.h"
#include "random.h"

/* From the standard, because psci.h is under test as well. */
#define VERSION			0x84000000U
#define CPU_SUSPEND		0x84000001U
#define CPU_OFF			0x84000002U
#define CPU_ON			0x84000003U
#define AFFINITY_INFO		0x84000004U
#define MIGRATE			0x84000005U
#define MIGRATE_INFO_TYPE	0x84000006U
#define MIGRATE_INFO_UP_CPU	0x84000007U
#define SYSTEM_OFF		0x84000008U
#define SYSTEM_RESET		0x84000009U

#define SUCCESS			0
#define NOT_SUPPORTED		(-1)
#define INVALID_PARAMETERS	(-2)
#define ALREADY_ON		(-4)
#define INTERNAL_FAILURE	(-6)

/* KVM's older functions, from its documentation of 2013: 0x95c1ba5e + 0 to 3. */
#define OLD_CPU_SUSPEND		0x95c1ba5eU
#define OLD_CPU_OFF		0x95c1ba5fU
#define OLD_CPU_ON		0x95c1ba60U
#define OLD_MIGRATE		0x95c1ba61U

#define CALLER			1U

/* vCPU 0 is off, 1 calls, 2 is on, 3 is absent, 4 to 7 are off. */
static struct psci some_vm(bool version_0_2)
{
	struct psci vm = {
		.power = { PSCI_OFF, PSCI_ON, PSCI_ON, PSCI_ABSENT,
			   PSCI_OFF, PSCI_OFF, PSCI_OFF, PSCI_OFF },
	};
	unsigned int i;

	for (i = 0; i < PSCI_MAX_VCPUS; i++)
		vm.version_0_2[i] = version_0_2;
	return vm;
}

static struct psci_result call(struct psci *vm, unsigned int caller, u32 function,
			       u32 arg1, u32 arg2, u32 arg3)
{
	const u32 args[4] = { function, arg1, arg2, arg3 };
	struct psci_result result;

	/* psci_call() must set all fields. */
	memset(&result, 0x5a, sizeof(result));
	psci_call(vm, caller, args, &result);
	return result;
}

static void expect_refused(struct __test_metadata *_metadata, bool version_0_2,
			   s32 expected, u32 function, u32 arg1, u32 arg2)
{
	struct psci vm = some_vm(version_0_2);
	const struct psci before = vm;
	struct psci_result r = call(&vm, CALLER, function, arg1, arg2, 0);

	EXPECT_EQ(expected, r.value)
		TH_LOG("0x%08x(0x%x, 0x%x)", function, arg1, arg2);
	EXPECT_EQ(PSCI_NOTHING, r.action)
		TH_LOG("0x%08x(0x%x, 0x%x)", function, arg1, arg2);
	EXPECT_EQ(0, memcmp(&before, &vm, sizeof(vm)))
		TH_LOG("0x%08x(0x%x, 0x%x) changes nothing", function, arg1, arg2);
}

/* ---- function numbers ---- */

static const u32 functions_0_2[] = {
	VERSION, CPU_SUSPEND, CPU_OFF, CPU_ON, AFFINITY_INFO, MIGRATE_INFO_TYPE,
	SYSTEM_OFF, SYSTEM_RESET,
};

static const u32 functions_0_1[] = { OLD_CPU_OFF, OLD_CPU_ON };

static bool known(bool version_0_2, u32 function)
{
	const u32 *list = version_0_2 ? functions_0_2 : functions_0_1;
	unsigned int count = version_0_2 ? ARRAY_SIZE(functions_0_2) :
					   ARRAY_SIZE(functions_0_1);
	unsigned int i;

	for (i = 0; i < count; i++)
		if (list[i] == function)
			return true;
	return false;
}

/* Function numbers of both versions, their neighbours, SMC64 and other services. */
TEST(unknown_functions)
{
	static const u32 bases[] = {
		0, 0x04000000, 0x80000000, 0x84000000, 0x84010000, 0x95c1ba00, 0x95c1ba5e,
		0xc4000000, 0xffffffe0,
	};
	unsigned int version, b, n;

	for (version = 0; version < 2; version++)
		for (b = 0; b < ARRAY_SIZE(bases); b++)
			for (n = 0; n < 0x100; n++) {
				u32 function = bases[b] + n - 0x10;

				if (!known(version, function))
					expect_refused(_metadata, version, NOT_SUPPORTED,
						       function, 0, 0);
			}
}

/* All bits of a function number are compared. */
TEST(function_with_one_bit_wrong)
{
	unsigned int version, i, bit;

	for (version = 0; version < 2; version++) {
		unsigned int count = version ? ARRAY_SIZE(functions_0_2) :
					       ARRAY_SIZE(functions_0_1);

		for (i = 0; i < count; i++)
			for (bit = 0; bit < 32; bit++) {
				u32 function = (version ? functions_0_2 : functions_0_1)[i] ^
					       1U << bit;

				if (!known(version, function))
					expect_refused(_metadata, version, NOT_SUPPORTED,
						       function, 0, 0);
			}
	}
}

/* The PSCI version is that of the calling vCPU. */
TEST(version_is_the_callers)
{
	struct psci vm = some_vm(false);

	vm.version_0_2[2] = true;
	EXPECT_EQ(0x2, call(&vm, 2, VERSION, 0, 0, 0).value);
	EXPECT_EQ(NOT_SUPPORTED, call(&vm, 1, VERSION, 0, 0, 0).value);
	EXPECT_EQ(NOT_SUPPORTED, call(&vm, 2, OLD_CPU_ON, 0, 0, 0).value);
	EXPECT_EQ(SUCCESS, call(&vm, 1, OLD_CPU_ON, 0, 0, 0).value);
	EXPECT_EQ(SUCCESS, call(&vm, 2, CPU_ON, 4, 0, 0).value);
}

/* ---- functions whose arguments are ignored ---- */

TEST(without_arguments)
{
	static const struct {
		u32 function;
		enum psci_action action;
		s32 value;
	} cases[] = {
		{ VERSION, PSCI_NOTHING, 0x00000002 },
		{ CPU_SUSPEND, PSCI_SUSPEND, SUCCESS },
		{ MIGRATE_INFO_TYPE, PSCI_NOTHING, 2 },
		/* The guest sees the result only if the VMM runs it again. */
		{ SYSTEM_OFF, PSCI_SYSTEM_OFF, INTERNAL_FAILURE },
		{ SYSTEM_RESET, PSCI_SYSTEM_RESET, INTERNAL_FAILURE },
	};
	static const u32 args[] = { 0, 1, 0x10000, 0xffffffff };
	unsigned int i, a;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (a = 0; a < ARRAY_SIZE(args); a++) {
			struct psci vm = some_vm(true);
			const struct psci before = vm;
			struct psci_result r = call(&vm, CALLER, cases[i].function, args[a],
						    args[a], args[a]);

			EXPECT_EQ(cases[i].value, r.value)
				TH_LOG("0x%08x(0x%x)", cases[i].function, args[a]);
			EXPECT_EQ(cases[i].action, r.action)
				TH_LOG("0x%08x(0x%x)", cases[i].function, args[a]);
			EXPECT_EQ(0, memcmp(&before, &vm, sizeof(vm)))
				TH_LOG("0x%08x(0x%x)", cases[i].function, args[a]);
		}
}

TEST(cpu_off)
{
	unsigned int version, caller, i;

	for (version = 0; version < 2; version++)
		for (caller = 1; caller <= 2; caller++) {
			struct psci vm = some_vm(version);
			const struct psci before = vm;
			struct psci_result r = call(&vm, caller,
						    version ? CPU_OFF : OLD_CPU_OFF,
						    0, 0, 0);

			EXPECT_EQ(PSCI_POWER_OFF, r.action);
			for (i = 0; i < PSCI_MAX_VCPUS; i++)
				EXPECT_EQ(i == caller ? PSCI_OFF : before.power[i],
					  vm.power[i])
					TH_LOG("vCPU %u after CPU_OFF of %u", i, caller);
		}
}

/* ---- CPU_ON ---- */

TEST(cpu_on_of_each_vcpu)
{
	unsigned int version, target, i;

	for (version = 0; version < 2; version++)
		for (target = 0; target < PSCI_MAX_VCPUS; target++) {
			struct psci vm = some_vm(version);
			const struct psci before = vm;
			struct psci_result r;

			if (vm.power[target] != PSCI_OFF)
				continue;
			r = call(&vm, CALLER, version ? CPU_ON : OLD_CPU_ON, target,
				 0x80008001, 0xfeedc0de);
			EXPECT_EQ(SUCCESS, r.value) TH_LOG("vCPU %u", target);
			EXPECT_EQ(PSCI_POWER_ON, r.action) TH_LOG("vCPU %u", target);
			EXPECT_EQ(target, r.target);
			EXPECT_EQ(0x80008001, r.entry);
			EXPECT_EQ(0xfeedc0de, r.context);
			for (i = 0; i < PSCI_MAX_VCPUS; i++)
				EXPECT_EQ(i == target ? PSCI_ON : before.power[i],
					  vm.power[i])
					TH_LOG("vCPU %u after CPU_ON of %u", i, target);

			/* A second call, before the vCPU has run. */
			r = call(&vm, 2, version ? CPU_ON : OLD_CPU_ON, target, 0, 0);
			EXPECT_EQ(version ? ALREADY_ON : INVALID_PARAMETERS, r.value);
			EXPECT_EQ(PSCI_NOTHING, r.action);
		}
}

TEST(cpu_on_of_vcpu_that_is_on)
{
	expect_refused(_metadata, true, ALREADY_ON, CPU_ON, 2, 0);
	expect_refused(_metadata, false, INVALID_PARAMETERS, OLD_CPU_ON, 2, 0);
}

TEST(cpu_on_of_the_caller)
{
	expect_refused(_metadata, true, ALREADY_ON, CPU_ON, CALLER, 0);
	expect_refused(_metadata, false, INVALID_PARAMETERS, OLD_CPU_ON, CALLER, 0);
}

TEST(cpu_on_of_absent_vcpu)
{
	expect_refused(_metadata, true, INVALID_PARAMETERS, CPU_ON, 3, 0);
	expect_refused(_metadata, false, INVALID_PARAMETERS, OLD_CPU_ON, 3, 0);
}

/* Each wrong bit is refused, even if the rest is the MPIDR of a vCPU. */
TEST(cpu_on_of_hostile_mpidrs)
{
	unsigned int version, bit, vcpu;

	for (version = 0; version < 2; version++) {
		u32 function = version ? CPU_ON : OLD_CPU_ON;

		for (bit = 3; bit < 32; bit++)
			for (vcpu = 0; vcpu < PSCI_MAX_VCPUS; vcpu++)
				expect_refused(_metadata, version, INVALID_PARAMETERS,
					       function, 1U << bit | vcpu, 0);
		for (vcpu = PSCI_MAX_VCPUS; vcpu < 0x200; vcpu++)
			expect_refused(_metadata, version, INVALID_PARAMETERS, function,
				       vcpu, 0);
		expect_refused(_metadata, version, INVALID_PARAMETERS, function, ~0U, 0);
		expect_refused(_metadata, version, INVALID_PARAMETERS, function, 0x00ffffff, 0);
		expect_refused(_metadata, version, INVALID_PARAMETERS, function, 0x7fffffff, 0);
	}
}

TEST(mpidr)
{
	unsigned int i;

	/* Bit 31: multiprocessing extensions; bit 30 (U) is 0. */
	for (i = 0; i < PSCI_MAX_VCPUS; i++)
		EXPECT_EQ(0x80000000U + i, psci_mpidr(i));
}

/* ---- AFFINITY_INFO ---- */

/* A model that compares field by field, as the standard has it. vCPU n has affinity 0.0.n. */
static s32 model_affinity_info(const struct psci *vm, u32 affinity, u32 lowest)
{
	bool any_on = false, any = false;
	unsigned int i, level;

	if (lowest > 3 || affinity >> 24)
		return INVALID_PARAMETERS;
	for (i = 0; i < PSCI_MAX_VCPUS; i++) {
		const unsigned int field[3] = { i, 0, 0 };
		bool match = true;

		for (level = lowest; level < 3; level++)
			if ((affinity >> 8 * level & 0xff) != field[level])
				match = false;
		if (!match || vm->power[i] == PSCI_ABSENT)
			continue;
		any = true;
		if (vm->power[i] == PSCI_ON)
			any_on = true;
	}
	return any_on ? 0 : any ? 1 : INVALID_PARAMETERS;
}

/*
 * All power states of four vCPUs. The other four are absent; in the second half of the states,
 * the last of them is off.
 */
TEST(affinity_info_of_every_state)
{
	static const u32 affinities[] = {
		0, 1, 2, 3, 4, 7, 8, 9, 0xff, 0x100, 0x102, 0xff00, 0x10000, 0xff0000,
		0xffffff, 0x1000000, 0x1000002, 0x40000000, 0x80000000, 0x80000001, ~0U,
	};
	static const u32 levels[] = { 0, 1, 2, 3, 4, 5, 31, 32, 0x80000000, ~0U };
	unsigned int state, a, l, i;

	EACH(state, 2 * 81)
	EACH(a, ARRAY_SIZE(affinities))
	EACH(l, ARRAY_SIZE(levels)) {
		struct psci vm = { 0 }, before;
		unsigned int digits = state;
		struct psci_result r;

		for (i = 0; i < 4; i++, digits /= 3)
			vm.power[i] = (enum psci_power)(digits % 3);
		if (digits)
			vm.power[PSCI_MAX_VCPUS - 1] = PSCI_OFF;
		vm.version_0_2[0] = true;
		before = vm;
		r = call(&vm, 0, AFFINITY_INFO, affinities[a], levels[l], 0);
		ASSERT_EQ(model_affinity_info(&vm, affinities[a], levels[l]), r.value)
			TH_LOG("AFFINITY_INFO(0x%x, %u), states %u%u%u%u", affinities[a],
			       levels[l], vm.power[0], vm.power[1], vm.power[2],
			       vm.power[3]);
		ASSERT_EQ(PSCI_NOTHING, r.action);
		ASSERT_EQ(0, memcmp(&before, &vm, sizeof(vm)));
	}
}

TEST(affinity_info_by_hand)
{
	struct psci vm = some_vm(true);

	EXPECT_EQ(1, call(&vm, CALLER, AFFINITY_INFO, 0, 0, 0).value);
	EXPECT_EQ(0, call(&vm, CALLER, AFFINITY_INFO, 2, 0, 0).value);
	EXPECT_EQ(INVALID_PARAMETERS, call(&vm, CALLER, AFFINITY_INFO, 3, 0, 0).value);
	EXPECT_EQ(INVALID_PARAMETERS, call(&vm, CALLER, AFFINITY_INFO, 8, 0, 0).value);
	EXPECT_EQ(0, call(&vm, CALLER, AFFINITY_INFO, 0, 1, 0).value);
	EXPECT_EQ(INVALID_PARAMETERS, call(&vm, CALLER, AFFINITY_INFO, 0x100, 1, 0).value);
	EXPECT_EQ(0, call(&vm, CALLER, AFFINITY_INFO, 0x100, 2, 0).value);
	vm.power[1] = PSCI_OFF;
	vm.power[2] = PSCI_OFF;
	EXPECT_EQ(1, call(&vm, CALLER, AFFINITY_INFO, 0, 1, 0).value);
	EXPECT_EQ(1, call(&vm, CALLER, AFFINITY_INFO, 0, 3, 0).value);
}

TEST(no_affinity_info_in_version_0_1)
{
	expect_refused(_metadata, false, NOT_SUPPORTED, AFFINITY_INFO, 0, 0);
}

/* ---- random sequences of CPU_ON and CPU_OFF ---- */

TEST(random_sequences)
{
	u64 state = 0x95c1;
	unsigned int on_count[PSCI_MAX_VCPUS + 1] = { 0 };
	unsigned int round, step, i;

	for (round = 0; round < 200; round++) {
		bool on[PSCI_MAX_VCPUS] = { false };
		struct psci vm = { 0 };
		unsigned int present = 1 + random_below(&state, PSCI_MAX_VCPUS);
		bool version = random_below(&state, 2);

		for (i = 0; i < present; i++) {
			on[i] = !i;
			vm.power[i] = on[i] ? PSCI_ON : PSCI_OFF;
			vm.version_0_2[i] = version;
		}
		for (step = 0; step < 200; step++) {
			unsigned int caller = random_below(&state, present);
			unsigned int target = random_below(&state, PSCI_MAX_VCPUS + 1);
			bool turn_on = random_below(&state, 3);
			struct psci_result r;
			unsigned int count = 0;

			/* A vCPU that is off cannot call. If all are off, the VMM turns one on. */
			if (!on[caller]) {
				for (i = 0; i < present; i++)
					count += on[i];
				if (count)
					continue;
				on[caller] = true;
				vm.power[caller] = PSCI_ON;
			}
			if (turn_on)
				r = call(&vm, caller, version ? CPU_ON : OLD_CPU_ON, target,
					 step, round);
			else
				r = call(&vm, caller, version ? CPU_OFF : OLD_CPU_OFF, 0, 0,
					 0);
			if (!turn_on) {
				ASSERT_EQ(PSCI_POWER_OFF, r.action);
				on[caller] = false;
			} else if (target >= present) {
				ASSERT_EQ(INVALID_PARAMETERS, r.value);
				ASSERT_EQ(PSCI_NOTHING, r.action);
			} else if (on[target]) {
				ASSERT_EQ(version ? ALREADY_ON : INVALID_PARAMETERS, r.value);
				ASSERT_EQ(PSCI_NOTHING, r.action);
			} else {
				ASSERT_EQ(PSCI_POWER_ON, r.action);
				ASSERT_EQ(target, r.target);
				on[target] = true;
			}
			count = 0;
			for (i = 0; i < PSCI_MAX_VCPUS; i++) {
				ASSERT_EQ(i >= present ? PSCI_ABSENT :
					  on[i] ? PSCI_ON : PSCI_OFF, vm.power[i])
					TH_LOG("round %u, step %u: vCPU %u", round, step, i);
				count += on[i];
			}
			on_count[count]++;
		}
	}
	for (i = 0; i <= PSCI_MAX_VCPUS; i++)
		ASSERT_LT(0, on_count[i]) TH_LOG("never %u vCPUs on", i);
}

TEST_HARNESS_MAIN
