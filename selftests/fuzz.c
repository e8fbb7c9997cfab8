// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
/*
 * Random sequences of calls on several VMs at once, with hostile arguments. Each result is
 * compared with an executable model of the ABI, model/model.h. A mismatch is repeated on
 * fresh VMs with fewer and fewer calls before it, and printed as a program in C and as one for
 * syzkaller.
 *
 * Environment variables, set on the kernel's command line:
 *
 *	fuzz_ops=	number of calls
 *	fuzz_seed=	selects the sequence; 0 for a random one
 *	fuzz_trace=1	prints each call before it is made, to find one that does not return
 */
#include <stdlib.h>
#include <time.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "harness/rule_harness.h"
#include "model/fuzzing.h"
#include "model/model.h"
#include "model/model_calls.h"
#include "model/model_syz.h"

/* Short enough for `make run`. */
#define DEFAULT_OPS	10000
#define LIMIT_S		3600

/* Calls after which all VMs are closed and the sequence starts over. */
#define EPOCH		4000
/*
 * After LONG_RUN calls, a run must have made all calls, seen all errors, and reached all rules but
 * RARE_RULES. These rules need five calls in the right order. After FULL_RUN calls, a run must have
 * reached all rules.
 */
#define LONG_RUN	100000
#define RARE_RULES	3
#define FULL_RUN	1000000

#define SHRINK_S	20
#define MISMATCHES	5	/* after which the run ends */

#define MIB		0x100000ULL

#define CHOOSE(array)	((array)[chance(ARRAY_SIZE(array))])

/* ---- the next call ---- */

/* Kinds of calls that are rare in each VM, as bits by enum model_kind. */
static uint32_t rare[MODEL_VMS];

/* The weight of each kind of call. */
static const uint8_t weights[MODEL_KINDS] = {
	[CALL_CREATE_IRQCHIP] = 4, [CALL_CREATE_DEVICE] = 8, [CALL_CLOSE_DEVICE] = 1,
	[CALL_CREATE_VCPU] = 8, [CALL_CLOSE_VCPU] = 1, [CALL_VCPU_INIT] = 10,
	[CALL_SET_SEED] = 14, [CALL_SET_LEGACY] = 14, [CALL_SET_ATTR] = 40,
	[CALL_GET_ATTR] = 20, [CALL_HAS_ATTR] = 10, [CALL_MEMORY] = 24,
	[CALL_IRQ_LINE] = 14, [CALL_CHECK_EXTENSION] = 5, [CALL_RUN] = 12,
	[CALL_SET_REG] = 5, [CALL_GET_REG] = 5, [CALL_ON_KVM] = 1, [CALL_ON_VCPU] = 2,
	[CALL_ON_DEVICE] = 2, [CALL_CLOSE_VM] = 1, [CALL_CLOSE_ITS] = 1,
	[CALL_SET_ITS] = 8, [CALL_GET_ITS] = 4, [CALL_HAS_ITS] = 4, [CALL_ROUTING] = 8,
	[CALL_IRQFD] = 12,
};

/* Calls without which a VM never changes its state. */
static const uint8_t steps[] = {
	CALL_CREATE_IRQCHIP, CALL_CREATE_DEVICE, CALL_CREATE_VCPU, CALL_VCPU_INIT,
	CALL_RUN, CALL_IRQ_LINE, CALL_SET_ATTR, CALL_SET_LEGACY, CALL_SET_SEED,
};

static unsigned int some_pointer(void)
{
	return once_in(16) ? chance(MODEL_POINTERS) : POINTER_GOOD;
}

static unsigned int bits_of(const struct model_vm *vm)
{
	return vm->ipa_bits ?: abi_ipa_bits_for(ABI_DEFAULT_IPA_BITS);
}

/* An address of a GICv2: one of few valid addresses, so that these collide, or an invalid one. */
static uint64_t some_v2_address(const struct model_vm *vm)
{
	static const uint64_t good[] = {
		0, ABI_DIST_IPA, ABI_DIST_IPA + 0x1000, ABI_CPU_IPA, ABI_FREE_IPA,
		0x2c000000, 0x2c002000, 0x60000000,
	};
	uint64_t limit = 1ULL << bits_of(vm);

	switch (chance(10)) {
	case 0:
		return CHOOSE(good) | 1ULL << chance(12);
	case 1:
		return CHOOSE(good) | 1ULL << (bits_of(vm) + chance(64 - bits_of(vm)));
	case 2:
		return limit - 0x1000 * chance(4);
	case 3:
		return -0x1000ULL * (1 + chance(3));
	case 4:
		return (limit << chance(3)) | 1ULL << chance(12);
	case 5:
		return 1ULL << (12 + chance(bits_of(vm) - 12));
	default:
		return CHOOSE(good);
	}
}

/* An address of a GICv3, within an area of its own. */
static uint64_t some_v3_address(const struct model_vm *vm, uint64_t area)
{
	uint64_t good = area + 0x40000 * chance(8);

	switch (chance(8)) {
	case 0:
		return good | 1ULL << chance(16);
	case 1:
		return good | 1ULL << (bits_of(vm) + chance(64 - bits_of(vm)));
	case 2:
		return 1ULL << bits_of(vm);
	case 3:
		return -0x10000ULL;
	case 4:
		return 1ULL << bits_of(vm) | 1ULL << chance(16);
	default:
		return good;
	}
}

static uint64_t some_region(const struct model_vm *vm)
{
	uint64_t base = some_v3_address(vm, 0x0c000000) & 0x000fffffffff0000ULL;

	return base | (uint64_t)(once_in(8) ? 0 : 1 + chance(2)) << 52 |
	       (once_in(12) ? 1ULL << (12 + chance(4)) : 0) |
	       (once_in(4) ? chance(4) : vm->nr_regions);
}

static void fill_attr(const struct model_vm *vm, struct model_call *call)
{
	static const uint8_t groups[] = {
		KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS,
		KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
	};
	static const uint32_t irqs[] = {
		0, 1, 31, 32, 33, 63, 64, 64, 65, 96, 128, 256, 512, 800, 992, 1000, 1023,
		1024, 1025, 1056, 0x10040, UINT32_MAX, INT32_MIN,
	};

	call->group = once_in(20) ? 16 + chance(4) : CHOOSE(groups);
	if (once_in(20))
		call->group = 1U << (4 + chance(28));
	call->pointer = some_pointer();
	call->inner = some_pointer();
	call->flags = once_in(4) ? chance(UINT32_MAX) : 0;
	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		call->id = vm->gic == GIC_V3 ? CHOOSE(((uint8_t[]) { 2, 2, 3, 3, 5, 5, 5, 0, 1 })) :
			   CHOOSE(((uint8_t[]) { 0, 0, 0, 1, 1, 1, 2, 3, 5 }));
		if (once_in(10))
			call->id = 1ULL << chance(64);
		switch (call->id) {
		case 2:
			call->value = some_v3_address(vm, 0x08000000);
			break;
		case 3:
			call->value = some_v3_address(vm, 0x0a000000);
			break;
		case 5:
			call->value = some_region(vm);
			break;
		default:
			call->value = some_v2_address(vm);
		}
		break;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		call->value = CHOOSE(irqs);
		break;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		call->id = once_in(2) ? 1ULL << chance(64) : 0;
		break;
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		call->id = (uint64_t)chance(MODEL_VCPUS + 2) << 32 | 4;
		call->inner = POINTER_GOOD;
		break;
	default:
		call->id = chance(4);
	}
}

static void fill_vm_address(const struct model_vm *vm, struct model_call *call)
{
	call->id = chance(2);
	if (once_in(8))
		call->id |= 1ULL << chance(64);
	if (call->kind == CALL_SET_SEED)
		call->id = (uint32_t)call->id;
	call->value = some_v2_address(vm);
	call->garbage = chance(256);
	call->pointer = some_pointer();
}

static void fill_memory(const struct model *m, const struct model_vm *vm,
			struct model_call *call)
{
	uint64_t limit = 1ULL << bits_of(vm);
	static const uint64_t addresses[] = {
		0x60000000, 0x60001000, 0x60002000, 0x60004000, 0x68000000, ABI_DIST_IPA,
		ABI_CPU_IPA, MODEL_CODE_IPA, MODEL_CODE_IPA - 0x1000, MODEL_CODE_IPA + 0x1000,
	};

	call->pointer = once_in(3) ? some_pointer() : POINTER_GOOD;
	if (once_in(3)) {	/* slot of the guest's code */
		call->value = MODEL_CODE_IPA;
		call->size = once_in(8) ? 0 : MODEL_PAGE;
		return;
	}
	call->id = 1 + chance(MODEL_SLOTS - 1);
	if (once_in(16))
		call->id = CHOOSE(((uint32_t[]) { m->host->nr_slots, m->host->nr_slots + 1,
						  0x10000, 0x7fffffff, UINT32_MAX }));
	call->value = CHOOSE(addresses);
	if (once_in(8))
		call->value = limit - MODEL_PAGE * chance(4);
	if (once_in(24))
		call->value = -MODEL_PAGE;
	if (once_in(24))
		call->value |= 1ULL << chance(12);
	call->size = MODEL_PAGE * (once_in(4) ? 0 : 1 + chance(3));
	if (once_in(24))
		call->size |= 1ULL << chance(12);
	call->garbage = MODEL_PAGE * (once_in(8) ? chance(4) : 0);
	if (once_in(24))
		call->garbage |= 1U << chance(12);
	call->flags = once_in(6) ? KVM_MEM_READONLY : 0;
	if (once_in(24))
		call->flags |= 1U << (8 + chance(24));
}

static void fill_line(const struct model_vm *vm, struct model_call *call)
{
	unsigned int type = once_in(16) ? chance(16) : chance(3);
	unsigned int number = chance(4) ? chance(40) : chance(1100);

	if (type == KVM_ARM_IRQ_TYPE_CPU)
		number = once_in(4) ? 1U << chance(16) : chance(2);
	if (once_in(16))
		number = 1U << chance(16);
	call->id = (uint32_t)type << KVM_ARM_IRQ_TYPE_SHIFT |
		   (once_in(4) ? chance(256) : chance(vm->nr_vcpus + 1)) << KVM_ARM_IRQ_VCPU_SHIFT |
		   number;
	if (once_in(16))
		call->id |= 1U << (28 + chance(4));
	call->value = once_in(8) ? chance(UINT32_MAX) : chance(2);
	call->pointer = some_pointer();
}

static void fill_its(const struct model_vm *vm, struct model_call *call)
{
	static const uint8_t groups[] = {
		KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_CTRL, 16,
	};

	call->group = CHOOSE(groups);
	call->pointer = some_pointer();
	call->inner = some_pointer();
	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		call->id = once_in(8) ? chance(8) : KVM_VGIC_ITS_ADDR_TYPE;
		call->value = some_v3_address(vm, 0x0e000000);
		break;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		call->id = once_in(8) ? 1ULL << chance(64) : chance(6);
		break;
	default:
		call->group = 1U << (4 + chance(28));
	}
}

static void fill_routes(struct model_call *call)
{
	call->pointer = some_pointer();
	call->size = once_in(24) ? MODEL_ROUTES + chance(2) : chance(4);
	call->id = call->size >= MODEL_ROUTES ? 0 : chance(64);
	if (once_in(16))
		call->id = once_in(2) ? MODEL_ROUTES - 1 : 1U << (12 + chance(20));
	call->value = once_in(16) ? 1U << (10 + chance(22)) : chance(988);
	call->group = once_in(16) ? CHOOSE(((uint8_t[]) { 0, 3, 4, 99 })) : KVM_IRQ_ROUTING_IRQCHIP;
	call->flags = once_in(16) ? 1U << chance(32) : 0;
	call->garbage = MODEL_ROUTE(once_in(16) ? 1 + chance(255) : 0,
				    once_in(16) ? 1 + chance(255) : 0, once_in(8));
}

static void fill_irqfd(struct model_call *call)
{
	call->pointer = some_pointer();
	call->id = once_in(8) ? chance(UINT32_MAX) : chance(4);
	call->flags = once_in(2) ? 0 : chance(4);
	if (once_in(16))
		call->flags |= 1U << (2 + chance(30));
	call->garbage = once_in(8) ? chance(MODEL_EVENTS) : chance(2);
	call->group = once_in(8) ? chance(MODEL_EVENTS) : chance(2);
}

/* Chooses the arguments of a call. */
static void fill(const struct model *m, struct model_call *call)
{
	static const uint32_t devices[] = {
		KVM_DEV_TYPE_ARM_VGIC_V2, KVM_DEV_TYPE_ARM_VGIC_V3, KVM_DEV_TYPE_ARM_VGIC_V2,
		KVM_DEV_TYPE_ARM_VGIC_V3, KVM_DEV_TYPE_ARM_VGIC_ITS, KVM_DEV_TYPE_ARM_VGIC_ITS,
		0, 3, 99, 0x10005, 0x80000007, UINT32_MAX,
	};
	const struct model_vm *vm = &m->vms[call->vm];

	call->vcpu = chance(vm->nr_vcpus + 1);
	switch (call->kind) {
	case CALL_CREATE_VM:
		if (once_in(4))
			call->id = 32 + chance(m->host->max_ipa_bits - 31);
		if (once_in(8))
			/* Not bit 31: it requests a protected VM, which the model does not have. */
			call->id = once_in(2) ? chance(64) : 1UL << chance(31);
		break;
	case CALL_CREATE_DEVICE:
		call->id = CHOOSE(devices);
		call->flags = once_in(4) ? 1 : once_in(8) ? chance(UINT32_MAX) : 0;
		call->pointer = some_pointer();
		break;
	case CALL_CREATE_VCPU:
		/* Mostly the next index, as VMMs do. */
		call->id = once_in(4) ? chance(8) : vm->nr_vcpus;
		if (once_in(6))
			call->id = CHOOSE(((uint32_t[]) { m->host->max_vcpus,
				m->host->max_vcpus + 1, 0x1000, INT32_MAX, UINT32_MAX }));
		if (once_in(16) && sizeof(long) == 8)
			call->id |= 1ULL << (32 + chance(32));
		break;
	case CALL_VCPU_INIT:
		call->flags = once_in(4) ? chance(4) : INIT_RIGHT;
		call->pointer = some_pointer();
		break;
	case CALL_SET_SEED:
	case CALL_SET_LEGACY:
		fill_vm_address(vm, call);
		break;
	case CALL_SET_ATTR:
	case CALL_GET_ATTR:
	case CALL_HAS_ATTR:
		fill_attr(vm, call);
		break;
	case CALL_MEMORY:
		fill_memory(m, vm, call);
		break;
	case CALL_IRQ_LINE:
		fill_line(vm, call);
		break;
	case CALL_SET_ITS:
	case CALL_GET_ITS:
	case CALL_HAS_ITS:
		fill_its(vm, call);
		break;
	case CALL_ROUTING:
		fill_routes(call);
		break;
	case CALL_IRQFD:
		fill_irqfd(call);
		break;
	case CALL_CHECK_EXTENSION:
		call->id = once_in(4) ? 0xffff : m->host->caps[chance(m->host->nr_caps)].number;
		call->flags = once_in(4);
		break;
	case CALL_RUN:
		call->flags = once_in(4);
		call->id = once_in(16);
		break;
	case CALL_SET_REG:
	case CALL_GET_REG:
		call->id = once_in(4) ? chance(3) : REG_GENERAL;
		call->value = chance(UINT32_MAX);
		call->pointer = some_pointer();
		call->inner = some_pointer();
		break;
	case CALL_ON_KVM:
	case CALL_ON_VCPU:
	case CALL_ON_DEVICE:
		call->id = chance(3);
		call->value = ABI_DIST_IPA;
		break;
	}
}

/* Chooses a kind of call by weight; kinds that are rare in this VM have less weight. */
static unsigned int some_kind(unsigned int vm)
{
	unsigned int kind, total = 0, at;

	for (kind = 0; kind < MODEL_KINDS; kind++)
		total += weights[kind];
	for (;;) {
		at = chance(total);
		for (kind = 0; at >= weights[kind]; kind++)
			at -= weights[kind];
		if (!(rare[vm] & 1U << kind) || once_in(40))
			return kind;
	}
}

static bool is_spent(const struct model_vm *vm)
{
	return vm->dead || vm->abandoned || !vm->open;
}

static void choose(const struct model *m, struct model_call *call)
{
	static const uint8_t closing[] = {
		CALL_CLOSE_VM, CALL_CLOSE_VCPU, CALL_CLOSE_DEVICE, CALL_CLOSE_ITS,
	};
	unsigned int i;

	do {
		memset(call, 0, sizeof(*call));
		call->vm = chance(MODEL_VMS);
		if (model_vm_is_gone(&m->vms[call->vm])) {
			call->kind = once_in(50) ? some_kind(call->vm) : CALL_CREATE_VM;
			rare[call->vm] = 0;
			for (i = 0; i < ARRAY_SIZE(steps); i++)
				rare[call->vm] |= once_in(3) ? 1U << steps[i] : 0;
		} else if (is_spent(&m->vms[call->vm]) && once_in(6)) {
			call->kind = CHOOSE(closing);
		} else {
			call->kind = some_kind(call->vm);
		}
		fill(m, call);
	} while (!model_allows(m, call) || (!model_has_file(m, call) && !once_in(40)));
}

/* ---- one call ---- */

/**
 * struct mismatch - a call whose result is not the model's
 * @at: index of the call in the sequence
 */
struct mismatch {
	unsigned int at;
	struct model_call call;
	struct model_answer answer;
	struct model_result result;
};

static bool agree(const struct model_answer *answer, const struct model_result *result)
{
	int ret = result->ret > 0 && !answer->exact ? 0 : result->ret;

	if (ret != answer->ret && (!answer->other || ret != answer->other))
		return false;
	return ret || !answer->has_value || result->value == answer->value;
}

static bool tracing;

static bool step(struct model *m, const struct model_call *call, struct mismatch *mismatch)
{
	if (tracing) {
		calls_print(stderr, call);
		fputc('\n', stderr);
	}
	mismatch->call = *call;
	mismatch->answer = model_predict(m, call);
	mismatch->result = calls_make(call);
	return agree(&mismatch->answer, &mismatch->result);
}

/* ---- the shortest sequence ---- */

static struct model replayed;

/* True if the sequence shows the mismatch @like; *@at is then the index of the call. */
static bool replay(const struct model_call *calls, unsigned int count,
		   const struct mismatch *like, unsigned int *at)
{
	struct mismatch now;
	unsigned int i;
	bool same = false;

	model_forget(&replayed);
	for (i = 0; i < count; i++) {
		if (!model_allows(&replayed, &calls[i]))
			continue;
		if (step(&replayed, &calls[i], &now))
			continue;
		same = now.call.kind == like->call.kind && now.result.ret == like->result.ret &&
		       now.answer.ret == like->answer.ret;
		*at = i;
		break;
	}
	calls_forget();
	return same;
}

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Removes @few calls from index @from on, if the mismatch persists without them. */
static bool drop(struct model_call *calls, unsigned int *count,
		 unsigned int from, unsigned int few, const struct mismatch *like)
{
	static struct model_call fewer[EPOCH + 1];
	unsigned int at;

	memcpy(fewer, calls, from * sizeof(*calls));
	memcpy(fewer + from, calls + from + few, (*count - from - few) * sizeof(*calls));
	if (!replay(fewer, *count - few, like, &at))
		return false;
	*count = at + 1;
	memcpy(calls, fewer, *count * sizeof(*calls));
	return true;
}

/* Replaces arguments that do not matter with simple ones. */
static void simplify(struct model_call *calls,
		     unsigned int count, const struct mismatch *like, time_t end)
{
	unsigned int i, field, at;

	for (i = 0; i < count && now_s() < end; i++)
		for (field = 0; field < 6; field++) {
			struct model_call old = calls[i];

			switch (field) {
			case 0:
				calls[i].garbage = 0;
				break;
			case 1:
				calls[i].pointer = POINTER_GOOD;
				break;
			case 2:
				calls[i].inner = POINTER_GOOD;
				break;
			case 3:
				calls[i].flags = 0;
				break;
			case 4:
				calls[i].id = 0;
				break;
			case 5:
				calls[i].value = ABI_DIST_IPA;
				break;
			}
			if (!memcmp(&old, &calls[i], sizeof(old)) ||
			    (replay(calls, count, like, &at) && at == count - 1))
				continue;
			calls[i] = old;
		}
}

/*
 * Delta debugging: leaves out smaller and smaller parts of the sequence for as long as the
 * mismatch persists. False if the sequence does not reproduce it at all.
 */
static bool shrink(struct model_call *calls,
		   unsigned int *count, const struct mismatch *like)
{
	static struct model_call own[EPOCH + 1];
	time_t end = now_s() + SHRINK_S;
	unsigned int i, at, chunk, owned = 0;

	for (i = 0; i < *count; i++)
		if (calls[i].vm == like->call.vm)
			own[owned++] = calls[i];
	if (replay(own, owned, like, &at)) {
		*count = at + 1;
		memcpy(calls, own, *count * sizeof(*calls));
	} else if (replay(calls, *count, like, &at)) {
		*count = at + 1;
	} else {
		return false;
	}
	for (chunk = *count / 2; chunk; chunk = chunk > 1 ? (chunk + 1) / 2 : 0) {
		bool fewer;

		do {
			fewer = false;
			for (i = 0; i + chunk < *count && now_s() < end; )
				if (drop(calls, count, i, chunk, like))
					fewer = true;
				else
					i += chunk;
		} while (fewer && chunk == 1);
	}
	simplify(calls, *count, like, end);
	return true;
}

/* ---- reports ---- */

static void print_outcome(char *text, size_t size, int ret, bool exact, bool has_value,
			  uint64_t value)
{
	int n = exact && ret >= 0 ? snprintf(text, size, "%d", ret) :
		snprintf(text, size, "%s", rule_outcome(ret));

	if (ret >= 0 && has_value)
		snprintf(text + n, size - n, " and 0x%llx", (unsigned long long)value);
}

static void print_mismatch(const struct mismatch *mm)
{
	char expected[64], got[64];

	print_outcome(expected, sizeof(expected), mm->answer.ret, mm->answer.exact,
		      mm->answer.has_value, mm->answer.value);
	print_outcome(got, sizeof(got), mm->result.ret, mm->answer.exact, mm->answer.has_value,
		      mm->result.value);
	fprintf(stderr, "%s: expected %s%s%s [%s], got %s\n", model_kind_names[mm->call.kind],
		expected, mm->answer.other ? " or " : "",
		mm->answer.other ? rule_outcome(mm->answer.other) : "", mm->answer.why, got);
}

static void print_c(FILE *out, const struct model_call *call, const struct model_answer *answer)
{
	calls_print(out, call);
	fputc('\n', out);
	calls_print_answer(out, call, answer);
}

/* syzkaller knows no KVM on 32-bit ARM. */
#ifdef __aarch64__
static void print_syz(FILE *out, const struct model_call *call, const struct model_answer *answer)
{
	(void)out;
	syz_print(call);
	syz_answer(call, answer);
}
#endif

/* A language that a sequence is printed in; @tail may be NULL. */
struct language {
	const char *suffix;
	void (*head)(FILE *out);
	void (*call)(FILE *out, const struct model_call *call, const struct model_answer *answer);
	void (*tail)(FILE *out);
};

static const struct language languages[] = {
	{ "c", calls_print_head, print_c, calls_print_tail },
#ifdef __aarch64__
	{ "syz", syz_begin, print_syz, NULL },
#endif
};

/* Prints the program as a file of the results, which tools/reproducers.py collects. */
static void print_program(const struct language *language, unsigned int number,
			  const struct model_call *calls, unsigned int count)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	unsigned int i;

	if (!out)
		return;
	model_forget(&replayed);
	language->head(out);
	for (i = 0; i < count; i++) {
		struct model_answer answer;

		if (!model_allows(&replayed, &calls[i]))
			continue;
		answer = model_predict(&replayed, &calls[i]);
		language->call(out, &calls[i], &answer);
	}
	if (language->tail)
		language->tail(out);
	fclose(out);
	fprintf(stderr, "reproducer %u.%s\n", number, language->suffix);
	for (rest = text; (line = strsep(&rest, "\n")) && rest; )
		fprintf(stderr, "| %s\n", line);
	free(text);
}

static void print_programs(unsigned int number, const struct model_call *calls, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(languages); i++)
		print_program(&languages[i], number, calls, count);
}

/* Calls and results, by kind. */
static struct {
	unsigned long calls, good;
	unsigned long errors[134];	/* by errno */
} histogram[MODEL_KINDS];

static void count_call(const struct mismatch *mm)
{
	histogram[mm->call.kind].calls++;
	if (mm->result.ret >= 0)
		histogram[mm->call.kind].good++;
	else if (-mm->result.ret < (int)ARRAY_SIZE(histogram[0].errors))
		histogram[mm->call.kind].errors[-mm->result.ret]++;
}

static void print_histogram(void)
{
	unsigned int kind, error;

	for (kind = 0; kind < MODEL_KINDS; kind++) {
		fprintf(stderr, "%lu %s: OK %lu", histogram[kind].calls, model_kind_names[kind],
			histogram[kind].good);
		for (error = 0; error < ARRAY_SIZE(histogram[0].errors); error++)
			if (histogram[kind].errors[error])
				fprintf(stderr, ", %s %lu", rule_outcome(-(int)error),
					histogram[kind].errors[error]);
		fputc('\n', stderr);
	}
}

/* ---- coverage of a long run ---- */

static bool never_made(const struct model_host *host, unsigned int kind)
{
	if (kind == CALL_SET_SEED && !(host->offers & OFFERS_SEED))
		return false;
	if (kind == CALL_SET_LEGACY && !(host->offers & OFFERS_V2))
		return false;	/* cannot succeed */
	if (kind == CALL_CREATE_IRQCHIP && !(host->offers & OFFERS_V2))
		return false;
	if (kind >= CALL_CLOSE_ITS && kind <= CALL_HAS_ITS && !(host->offers & OFFERS_ITS))
		return false;
	if (kind >= CALL_ON_KVM)
		return !histogram[kind].calls;
	return !histogram[kind].good;
}

static bool explored(const struct model *m, unsigned long ops)
{
	static const int errors[] = {
		EFAULT, EINVAL, ENODEV, EEXIST, EBUSY, E2BIG, ENXIO, ENOEXEC, EINTR, EBADF,
		ENOENT, EIO, EAGAIN,
	};
	unsigned int kind, i, rule = 0, missed = 0;
	const char *id;
	bool all = true;

	for (kind = 0; kind < MODEL_KINDS; kind++)
		if (never_made(m->host, kind)) {
			fprintf(stderr,
				"%s: expected some calls to succeed, got none of %lu\n",
				model_kind_names[kind], histogram[kind].calls);
			all = false;
		}
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		unsigned long seen = 0;

		for (kind = 0; kind < MODEL_KINDS; kind++)
			seen += histogram[kind].errors[errors[i]];
		/* No VM is ever dead on a kernel that accepts an address after a failed KVM_RUN. */
		if (seen || (errors[i] == EIO &&
			     !strcmp(rule_says("order.repaired_after_run", "legacy_v2"), "OK")))
			continue;
		fprintf(stderr, "%s: expected some call to return it, got none\n",
			rule_outcome(-errors[i]));
		all = false;
	}
	while ((id = model_uncited(m, &rule))) {
		fprintf(stderr, "%s: expected the calls to reach this rule, they did not\n", id);
		missed++;
	}
	return all && missed <= (ops < FULL_RUN ? RARE_RULES : 0);
}

/* ---- rules of the model that no other program tests ---- */

FIXTURE(vcpu_id)
{
	struct rule_run run;
};

FIXTURE_VARIANT(vcpu_id)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(vcpu_id, any)
{
	.name = "any",
};

FIXTURE_SETUP(vcpu_id)
{
	RULE_SETUP("vcpu_id");
}

FIXTURE_TEARDOWN(vcpu_id)
{
	rule_end(&self->run);
}

TEST_F(vcpu_id, high_bits)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	if (sizeof(long) < 8)
		rule_skip("the argument of an ioctl has 32 bits here, all of which are used");
	for (bit = 32; bit < 64; bit++) {
		abi_vm_open(&vm, 0);
		EXPECT_RULE(abi_vcpu_create(&vm, (unsigned long)(1ULL << bit), &vcpu),
			    "vCPU 0x%llx", 1ULL << bit);
		abi_vm_close(&vm);
	}
}

#define RULE_FIXTURE	sparse
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#include "harness/gic_fixture.h"

/* A VM with a GIC and one vCPU, whose id is 3 and whose index is 0. */
#define OPEN_SPARSE_VM(vm, vcpu) do {					\
	abi_vm_open(vm, 0);						\
	ASSERT_OK(abi_gic_create(vm, variant->dist));			\
	abi_vcpu_add(vm, 3, vcpu);					\
	if ((vm)->dev >= 0) {						\
		ASSERT_OK(vgic_init((vm)->dev));			\
	}								\
} while (0)

/* The outcome of two calls: one names the vCPU by its index, the other by its id. */
static const char *named_by(int by_index, int by_id)
{
	return by_id && !by_index ? "INDEX" : rule_outcome(by_id);
}

TEST_F(sparse, line_by_id)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	int by_index, by_id;

	OPEN_SPARSE_VM(&vm, &vcpu);
	by_index = vgic_irq_line(vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_PPI, 0, 20), 1);
	by_id = vgic_irq_line(vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_PPI, 3, 20), 1);
	EXPECT_RULE_WORD(named_by(by_index, by_id),
			 "PPI 20 of the only vCPU, whose index is 0 and whose id is 3");
}

/* Registers of a GICv3 name vCPUs by their affinity. */
#define RULE_FIXTURE	sparse_device
#define RULE_VARIANTS	DEVATTR_V2
#include "harness/gic_fixture.h"

TEST_F(sparse_device, register_by_id)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	int by_index, by_id;
	uint32_t typer;

	OPEN_SPARSE_VM(&vm, &vcpu);
	by_index = vgic_reg_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, 4, &typer);
	by_id = vgic_reg_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 3, 4, &typer);
	EXPECT_RULE_WORD(named_by(by_index, by_id),
			 "GICD_TYPER of the only vCPU, whose index is 0 and whose id is 3");
}

/* The word for each mask of targets that the rule knows; OTHER for any other mask. */
static const char *targets_of_two(uint32_t targets)
{
	switch (targets) {
	case 1 << 0 | 1 << 2:
		return "RAZ";
	case 1 << 0 | 1 << 1:
		return "INDEX";
	default:
		return "OTHER";
	}
}

#define ITARGETSR_OF_SPI	0x820

/* Two vCPUs, with ids 0 and 2. */
TEST_F(sparse_device, absent_targets)
{
	struct abi_vcpu vcpu[2];
	struct abi_vm vm;
	uint32_t targets;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	abi_vcpu_add(&vm, 0, &vcpu[0]);
	abi_vcpu_add(&vm, 2, &vcpu[1]);
	ASSERT_OK(vgic_init(vm.dev));
	ASSERT_OK(vgic_reg_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, ITARGETSR_OF_SPI, 0xff));
	ASSERT_OK(vgic_reg_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, ITARGETSR_OF_SPI,
			       &targets));
	EXPECT_RULE_WORD(targets_of_two(targets),
			 "GICD_ITARGETSR of an SPI is 0x%x after 0xff, with vCPUs 0 and 2",
			 targets);
}

#define RULE_FIXTURE	mixed_redists
#define RULE_VARIANTS	DEVATTR_V3
#include "harness/gic_fixture.h"

/* A region with index 1, of one redistributor. */
TEST_F(mixed_redists, region_after_base)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ASSERT_OK(abi_addr_set(&vm, &kind_devattr_v3_redist, ABI_FREE_IPA));
	EXPECT_RULE(abi_addr_set(&vm, &kind_devattr_v3_region, 0x0c000000 | 1),
		    "a region with index 1 after the redistributors' base");
}

FIXTURE(legacy_beside_v3)
{
	struct rule_run run;
};

FIXTURE_VARIANT(legacy_beside_v3)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(legacy_beside_v3, legacy)
{
	.name = "legacy",
	.needs = NEED_LEGACY | NEED_DEVATTR | NEED_GICV3,
};

FIXTURE_SETUP(legacy_beside_v3)
{
	RULE_SETUP("legacy_beside_v3");
}

FIXTURE_TEARDOWN(legacy_beside_v3)
{
	rule_end(&self->run);
}

TEST_F(legacy_beside_v3, set)
{
	const struct abi_kind *kinds[] = { &kind_devattr_v3_dist, &kind_devattr_v3_redist };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct abi_vm vm;

		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, kinds[i]));
		EXPECT_RULE(abi_addr_set_type(&vm, &kind_legacy_v2_dist, kinds[i]->type,
					      ABI_FREE_IPA),
			    "address type %u of a GICv3 by the VM's call", kinds[i]->type);
		abi_vm_close(&vm);
	}
}

/* ---- the test ---- */

FIXTURE(model)
{
	struct rule_run run;
	struct model_host host;
	struct model model;
};

FIXTURE_VARIANT(model)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(model, any)
{
	.name = "any",
};

FIXTURE_SETUP(model)
{
	static const struct {
		unsigned int need, offer;
	} offers[] = {
		{ NEED_SEED, OFFERS_SEED }, { NEED_LEGACY, OFFERS_LEGACY },
		{ NEED_DEVATTR, OFFERS_DEVATTR }, { NEED_GICV2, OFFERS_V2 },
		{ NEED_GICV3, OFFERS_V3 }, { NEED_IPA_SIZES, OFFERS_IPA_SIZES },
	};
	const char *unknown;
	unsigned int i;

	RULE_SETUP("model");
	/* The model describes a GIC in a VM; without a GIC there is nothing to compare. */
	if (abi_missing(NEED_GICV2) && abi_missing(NEED_GICV3))
		rule_skip("this system cannot give a GIC to a guest");
	self->host.says = rule_says;
	for (i = 0; i < ARRAY_SIZE(offers); i++)
		if (!abi_missing(offers[i].need))
			self->host.offers |= offers[i].offer;
	calls_open();
	calls_probe(&self->host);
	unknown = model_init(&self->model, &self->host) ?: model_init(&replayed, &self->host);
	if (unknown) {
		fprintf(stderr, "%s: expected this rule of the model in the rule table, got none\n",
			unknown);
		_exit(1);
	}
}

FIXTURE_TEARDOWN(model)
{
	rule_end(&self->run);
}

static void print_progress(unsigned long done, unsigned long ops, time_t began)
{
	static time_t printed;
	time_t now = now_s();

	if (!printed)
		printed = began;
	if (now - printed < 10)
		return;
	printed = now;
	fprintf(stderr, "%lu of %lu calls in %ld s\n", done, ops, (long)(now - began));
}

/* True if the same mismatch was reported before. */
static bool is_known(const struct mismatch *all, unsigned int count, const struct mismatch *new)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (all[i].call.kind == new->call.kind && all[i].answer.why == new->answer.why &&
		    all[i].result.ret == new->result.ret)
			return true;
	return false;
}

TEST_F_TIMEOUT(model, sequences, LIMIT_S)
{
	static struct model_call calls[EPOCH + 1];
	static struct mismatch found[MISMATCHES], now;
	unsigned long done, ops = env_number("fuzz_ops", DEFAULT_OPS), differ = 0;
	unsigned int count = 0, kinds = 0, length;
	uint32_t seed = fuzz_seed();
	time_t began = now_s();

	tracing = env_number("fuzz_trace", 0);
	ASSERT_LT(0, ops)
		TH_LOG("fuzz_ops: expected a number above 0, got %s", getenv("fuzz_ops"));
	chance_begin(seed);
	fprintf(stderr, "%lu calls, fuzz_seed=%u\n", ops, seed);
	for (done = 0; done < ops && kinds < MISMATCHES; done++) {
		choose(&self->model, &calls[count]);
		length = ++count;
		if (step(&self->model, &calls[count - 1], &now)) {
			count_call(&now);
			if (count == EPOCH) {
				calls_forget();
				model_forget(&self->model);
				count = 0;
			}
			if (done % 256 == 0)
				print_progress(done, ops, began);
			continue;
		}
		/* The sequence starts over, because the state is unknown after a mismatch. */
		differ++;
		if (!is_known(found, kinds, &now)) {
			found[kinds++] = now;
			print_mismatch(&now);
			fprintf(stderr, "call %lu, to repeat it: make fuzz SEED=%u OPS=%lu\n",
				done, seed, done + 1);
			calls_forget();
			if (shrink(calls, &length, &now))
				print_programs(kinds, calls, length);
			else
				fprintf(stderr,
					"the same %u calls on fresh VMs do not show the mismatch\n",
					length);
		}
		calls_forget();
		model_forget(&self->model);
		count = 0;
	}
	calls_forget();
	fprintf(stderr, "%lu calls in %ld s\n", done, (long)(now_s() - began));
	print_histogram();
	EXPECT_RULE_WORD(differ ? BROKEN : HELD,
			 "%lu calls of seed %u, of which %lu differed from the model",
			 done, seed, differ);
	if (!differ && ops >= LONG_RUN)
		ASSERT_TRUE(explored(&self->model, ops));
}

#include "harness/rule_main.h"
