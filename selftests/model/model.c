// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kvm.h>

#include "abi/gic_regs.h"
#include "abi/uapi.h"
#include "model.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* <asm/kvm.h> of 32-bit ARM has no definitions for a GICv3. */
#define SAVE_PENDING_TABLES	3	/* a control of GICv3s, not modelled */
#define ITS_RESET		4	/* the last control of an ITS */

#define PRIVATE_IRQS		32U
#define DEFAULT_IRQS		256U
#define V2_MAX_VCPUS		8U
#define KVM_VCPU_IDS		512U	/* vCPU ids of a VM on arm64 */

const char * const model_kind_names[MODEL_KINDS] = {
	[CALL_CREATE_VM] = "KVM_CREATE_VM",
	[CALL_CLOSE_VM] = "close of a VM",
	[CALL_CREATE_IRQCHIP] = "KVM_CREATE_IRQCHIP",
	[CALL_CREATE_DEVICE] = "KVM_CREATE_DEVICE",
	[CALL_CLOSE_DEVICE] = "close of a device",
	[CALL_CREATE_VCPU] = "KVM_CREATE_VCPU",
	[CALL_CLOSE_VCPU] = "close of a vCPU",
	[CALL_VCPU_INIT] = "KVM_ARM_VCPU_INIT",
	[CALL_SET_SEED] = "KVM_SET_DEVICE_ADDRESS",
	[CALL_SET_LEGACY] = "KVM_ARM_SET_DEVICE_ADDR",
	[CALL_SET_ATTR] = "KVM_SET_DEVICE_ATTR",
	[CALL_GET_ATTR] = "KVM_GET_DEVICE_ATTR",
	[CALL_HAS_ATTR] = "KVM_HAS_DEVICE_ATTR",
	[CALL_MEMORY] = "KVM_SET_USER_MEMORY_REGION",
	[CALL_IRQ_LINE] = "KVM_IRQ_LINE",
	[CALL_CLOSE_ITS] = "close of an ITS",
	[CALL_SET_ITS] = "KVM_SET_DEVICE_ATTR of an ITS",
	[CALL_GET_ITS] = "KVM_GET_DEVICE_ATTR of an ITS",
	[CALL_HAS_ITS] = "KVM_HAS_DEVICE_ATTR of an ITS",
	[CALL_ROUTING] = "KVM_SET_GSI_ROUTING",
	[CALL_IRQFD] = "KVM_IRQFD",
	[CALL_CHECK_EXTENSION] = "KVM_CHECK_EXTENSION",
	[CALL_RUN] = "KVM_RUN",
	[CALL_SET_REG] = "KVM_SET_ONE_REG",
	[CALL_GET_REG] = "KVM_GET_ONE_REG",
	[CALL_ON_KVM] = "an address set on /dev/kvm",
	[CALL_ON_VCPU] = "an address set on a vCPU",
	[CALL_ON_DEVICE] = "an address set on a device",
};

/* ---- rules ---- */

/* The kind of a rule's variants. */
enum scope {
	OF_ADDRESS,
	OF_GIC,
	OF_ANY,
};

enum address {
	SEED_V2_DIST, SEED_V2_CPU, LEGACY_V2_DIST, LEGACY_V2_CPU,
	DEVATTR_V2_DIST, DEVATTR_V2_CPU,
	DEVATTR_V3_DIST, DEVATTR_V3_REDIST, DEVATTR_V3_REGION,
};

enum gic_variant {
	SEED_V2, LEGACY_V2, DEVATTR_V2, DEVATTR_V3,
};

static const char * const address_variants[] = {
	"seed_v2_dist", "seed_v2_cpu", "legacy_v2_dist", "legacy_v2_cpu",
	"devattr_v2_dist", "devattr_v2_cpu",
	"devattr_v3_dist", "devattr_v3_redist", "devattr_v3_region",
};

static const char * const gic_variants[] = {
	"seed_v2", "legacy_v2", "devattr_v2", "devattr_v3",
};

/* Rules without variants are looked up under this name: some exist in the legacy dialect only. */
static const char * const any_variants[] = { "legacy" };

static const struct {
	const char * const *names;
	unsigned int count;
} scopes[] = {
	[OF_ADDRESS] = { address_variants, COUNT(address_variants) },
	[OF_GIC] = { gic_variants, COUNT(gic_variants) },
	[OF_ANY] = { any_variants, COUNT(any_variants) },
};

/* Beside OFFERS_*: the rule is about systems without a GICv2. */
#define WITHOUT_V2	(1U << 31)
/* The rule is not tried on 5.10: see model_allows(). */
#define AFTER_5_10	(1U << 30)
#define VM_CALLS	(OFFERS_LEGACY | OFFERS_V2)
#define DEVICES		OFFERS_DEVATTR

/*
 * Name, scope, id in the table, and the features of systems on which the rule can apply. If a long
 * run on such a system never reaches the rule, the run has explored too little.
 */
#define RULES(R) \
	R(CLOSED_FD,		OF_ADDRESS, "errors.on_closed_fd",	DEVICES) \
	R(ON_KVM_FD,		OF_ADDRESS, "errors.on_kvm_fd",		0) \
	R(ON_VCPU_FD,		OF_ADDRESS, "errors.on_vcpu_fd",	0) \
	R(ON_DEVICE_FD,		OF_ADDRESS, "id.on_device_fd",		DEVICES) \
	R(DEAD,			OF_GIC, "order.vm_after_run_without_cpu", AFTER_5_10) \
	R(DEAD_OVERLAP,		OF_GIC, "overlap.vm_after_run",		OFFERS_V2 | AFTER_5_10) \
	R(REPAIRED,		OF_GIC, "order.repaired_after_run",	AFTER_5_10) \
	R(ACCEPTED,		OF_ADDRESS, "errors.accepted",		0) \
	R(TWICE,		OF_ADDRESS, "errors.twice_other",	0) \
	R(UNKNOWN_TYPE,		OF_ADDRESS, "errors.unknown_type",	0) \
	R(TYPE_OF_OTHER,	OF_ADDRESS, "errors.type_of_other_gic",	DEVICES) \
	R(UNKNOWN_DEVICE,	OF_ADDRESS, "id.unknown_device",	OFFERS_LEGACY) \
	R(LEGACY_V3,		OF_ANY, "legacy_beside_v3.set",		\
	  OFFERS_LEGACY | OFFERS_V3 | AFTER_5_10)			\
	R(HIGH_BITS,		OF_ADDRESS, "wide_id.high_bits",	VM_CALLS) \
	R(MISALIGNED,		OF_ADDRESS, "errors.misaligned",	0) \
	R(BEYOND,		OF_ADDRESS, "errors.beyond_limit",	0) \
	R(TOP,			OF_ADDRESS, "errors.top_of_u64",	0) \
	R(STRADDLE,		OF_ADDRESS, "straddle.limit",		OFFERS_V2) \
	R(BAD_POINTER,		OF_ADDRESS, "errors.bad_pointer",	0) \
	R(MISALIGNED_BEYOND,	OF_ADDRESS, "precedence.misaligned_beyond_limit", 0) \
	R(MISALIGNED_TWICE,	OF_ADDRESS, "precedence.misaligned_twice", 0) \
	R(BEYOND_TWICE,		OF_ADDRESS, "precedence.beyond_limit_twice", 0) \
	R(MIXED_REDISTS,	OF_GIC, "mixed_redists.region_after_base", OFFERS_V3) \
	R(REGION_INDEX,		OF_ADDRESS, "region.bad_index",		OFFERS_V3) \
	R(BEFORE,		OF_GIC, "before.set",			VM_CALLS) \
	R(ABSENT_SET,		OF_GIC, "absent.set",			\
	  OFFERS_LEGACY | WITHOUT_V2)					\
	R(ABSENT_BESIDE_V3,	OF_GIC, "absent.set_beside_gicv3",	\
	  OFFERS_LEGACY | WITHOUT_V2 | OFFERS_V3)			\
	R(ABSENT_CREATE,	OF_GIC, "absent.create",		WITHOUT_V2) \
	R(ABSENT_DEVICE,	OF_GIC, "absent_device.create",		DEVICES) \
	R(UNKNOWN_DEVICE_TYPE,	OF_ANY, "device.unknown_type",		DEVICES) \
	R(TEST_ONLY,		OF_ANY, "device.test_only",		DEVICES) \
	R(CREATE_BAD_POINTER,	OF_ANY, "device.bad_pointer",		DEVICES) \
	R(GIC_TWICE,		OF_GIC, "order.gic_twice",		0) \
	R(GIC_AFTER_RUN,	OF_GIC, "order.gic_after_run",		0) \
	R(GIC_CREATED,		OF_GIC, "order.vcpu_before_gic",	0) \
	R(VCPU_AFTER_INIT,	OF_GIC, "life.vcpu_after_init",		0) \
	R(VCPU_HIGH_BITS,	OF_ANY, "vcpu_id.high_bits",		OFFERS_64_BITS) \
	R(VCPU_TOO_BIG,		OF_ANY, "cap.max_vcpus",		0) \
	R(NINTH_VCPU,		OF_GIC, "vcpus.ninth_after_gic",	OFFERS_V2) \
	R(RUN,			OF_GIC, "order.gic_vcpu_addresses_run",	0) \
	R(RUN_WITHOUT_GIC,	OF_GIC, "order.run_without_gic",	0) \
	R(RUN_OF_LATER,		OF_GIC, "order.run_of_later_vcpu",	0) \
	R(RUN_WITHOUT_ADDRESS,	OF_GIC, "order.run_without_addresses",	AFTER_5_10) \
	R(RUN_UNINITIALIZED,	OF_GIC, "uninitialized.run",		OFFERS_V3 | AFTER_5_10) \
	R(RUN_OVERLAP,		OF_GIC, "overlap.run",			OFFERS_V2 | AFTER_5_10) \
	R(ATTR_HAS,		OF_ADDRESS, "attr.has",			DEVICES) \
	R(ATTR_HAS_UNKNOWN,	OF_ADDRESS, "attr.has_unknown",		DEVICES) \
	R(ATTR_UNKNOWN_GROUP,	OF_GIC, "attr.unknown_group",		DEVICES) \
	R(ATTR_POINTER,		OF_GIC, "create.bad_attribute_pointer",	DEVICES) \
	R(ATTR_GET_UNSET,	OF_ADDRESS, "attr.get_unset",		DEVICES) \
	R(ATTR_GET,		OF_ADDRESS, "attr.get_returns_first",	DEVICES) \
	R(ATTR_GET_POINTER,	OF_ADDRESS, "attr.get_bad_pointer",	DEVICES) \
	R(ATTR_SET_POINTER,	OF_ADDRESS, "attr.set_bad_pointer",	DEVICES) \
	R(UNKNOWN_SET_POINTER,	OF_GIC, "precedence_attr.unknown_type_bad_pointer", DEVICES) \
	R(UNKNOWN_GET_POINTER,	OF_GIC, "precedence_attr.get_unknown_type_bad_pointer", DEVICES) \
	R(IRQS_SET,		OF_GIC, "nr_irqs.accepted",		DEVICES) \
	R(IRQS_MOST,		OF_GIC, "nr_irqs.most",			DEVICES) \
	R(IRQS_TOO_FEW,		OF_GIC, "nr_irqs.too_few",		DEVICES) \
	R(IRQS_TOO_MANY,	OF_GIC, "nr_irqs.too_many",		DEVICES) \
	R(IRQS_ODD,		OF_GIC, "nr_irqs.no_multiple_of_32",	DEVICES) \
	R(IRQS_TWICE,		OF_GIC, "nr_irqs.twice",		DEVICES) \
	R(IRQS_TWICE_BAD,	OF_GIC, "nr_irqs.twice_bad_number",	DEVICES) \
	R(IRQS_AFTER_INIT,	OF_GIC, "nr_irqs.after_init",		DEVICES) \
	R(IRQS_READ,		OF_GIC, "nr_irqs.reads_back",		DEVICES) \
	R(IRQS_UNSET,		OF_GIC, "nr_irqs.unset",		DEVICES) \
	R(IRQS_POINTER,		OF_GIC, "nr_irqs.bad_pointer",		DEVICES) \
	R(IRQS_HAS,		OF_GIC, "has.nr_irqs",			DEVICES) \
	R(INIT,			OF_GIC, "life.init_twice",		DEVICES) \
	R(INIT_UNKNOWN,		OF_GIC, "init.unknown_control",		DEVICES) \
	R(INIT_GET,		OF_GIC, "init.get",			DEVICES) \
	R(INIT_HAS,		OF_GIC, "has.init",			DEVICES) \
	R(INIT_HAS_UNKNOWN,	OF_GIC, "has.unknown_control",		DEVICES) \
	R(REGISTER_EARLY,	OF_GIC, "registers.before_init",	DEVICES) \
	R(REGISTER_TYPER,	OF_GIC, "registers.typer_vcpus",	DEVICES) \
	R(REGISTER_BY_ID,	OF_GIC, "sparse_device.register_by_id",	DEVICES | OFFERS_V2) \
	R(REGISTER_VCPU,	OF_GIC, "registers_v2.unknown_vcpu",	DEVICES | OFFERS_V2) \
	R(LINE,			OF_GIC, "irq_line.accepted",		0) \
	R(LINE_BY_ID,	OF_GIC, "sparse.line_by_id",		0) \
	R(LINE_POINTER,		OF_GIC, "irq_line.bad_pointer",		0) \
	R(LINE_SPI_LOW,		OF_GIC, "irq_line.spi_too_low",		0) \
	R(LINE_SPI_HIGH,	OF_GIC, "irq_line.spi_too_high",	AFTER_5_10) \
	R(LINE_PPI_RANGE,	OF_GIC, "irq_line.ppi_out_of_range",	0) \
	R(LINE_PPI_VCPU,	OF_GIC, "irq_line.ppi_of_unknown_vcpu",	0) \
	R(LINE_VCPU2,		OF_GIC, "irq_line.ppi_of_vcpu_256",	0) \
	R(LINE_CPU,		OF_GIC, "irq_line.cpu_beside_gic",	0) \
	R(LINE_TYPE,		OF_GIC, "irq_line.unknown_type",	0) \
	R(LINE_EARLY,		OF_GIC, "irq_line.not_initialized",	0) \
	R(NO_GIC_IRQ,		OF_ANY, "no_gic.interrupt",		0) \
	R(NO_GIC_LINE,		OF_ANY, "no_gic.cpu_line",		0) \
	R(NO_GIC_LINE_UNKNOWN,	OF_ANY, "no_gic.cpu_line_unknown",	0) \
	R(NO_GIC_LINE_VCPU,	OF_ANY, "no_gic.cpu_line_of_unknown_vcpu", 0) \
	R(ITS_CREATE,		OF_GIC, "its.create",			OFFERS_ITS) \
	R(ITS_ACCEPTED,		OF_GIC, "its.accepted",			OFFERS_ITS) \
	R(ITS_TWICE,		OF_GIC, "its.twice",			OFFERS_ITS) \
	R(ITS_MISALIGNED,	OF_GIC, "its.misaligned",		OFFERS_ITS) \
	R(ITS_BEYOND,		OF_GIC, "its.beyond_limit",		OFFERS_ITS) \
	R(ITS_POINTER,		OF_GIC, "its.bad_pointer",		OFFERS_ITS) \
	R(ITS_TYPE,		OF_GIC, "its.unknown_type",		OFFERS_ITS) \
	R(ITS_READS,		OF_GIC, "its.reads_back",		OFFERS_ITS) \
	R(ITS_HAS,		OF_GIC, "its.has",			OFFERS_ITS) \
	R(ITS_HAS_UNKNOWN,	OF_GIC, "its.has_unknown",		OFFERS_ITS) \
	R(ITS_INIT,		OF_GIC, "its.init",			OFFERS_ITS) \
	R(ITS_UNKNOWN,		OF_GIC, "its.unknown_control",		OFFERS_ITS) \
	R(ROUTES,		OF_GIC, "routing.accepted",		0) \
	R(ROUTES_FLAG,		OF_GIC, "routing.unknown_flag",		0) \
	R(ROUTES_TOO_MANY,	OF_GIC, "routing.too_many",		0) \
	R(ROUTES_GSI,		OF_GIC, "routing.gsi_too_high",		0) \
	R(ROUTES_PIN,		OF_GIC, "routing.pin_too_high",		0) \
	R(ROUTES_CHIP,		OF_GIC, "routing.unknown_chip",		0) \
	R(ROUTES_TYPE,		OF_GIC, "routing.unknown_type",		0) \
	R(ROUTES_ENTRY_FLAGS,	OF_GIC, "routing.entry_flags",		0) \
	R(ROUTES_TWICE,		OF_GIC, "routing.twice",		0) \
	R(ROUTES_POINTER,	OF_GIC, "routing.bad_pointer",		0) \
	R(IRQFD,		OF_GIC, "irqfd.accepted",		0) \
	R(IRQFD_EARLY,		OF_GIC, "irqfd.not_initialised",	0) \
	R(IRQFD_NO_GIC,		OF_GIC, "irqfd.no_gic",			0) \
	R(IRQFD_FLAG,		OF_GIC, "irqfd.unknown_flag",		0) \
	R(IRQFD_CLOSED,		OF_GIC, "irqfd.no_descriptor",		0) \
	R(IRQFD_OTHER,		OF_GIC, "irqfd.other_descriptor",	0) \
	R(IRQFD_TWICE,		OF_GIC, "irqfd.twice",			0) \
	R(IRQFD_DEASSIGN,	OF_GIC, "irqfd.deassign_unknown",	0) \
	R(IRQFD_POINTER,	OF_GIC, "irqfd.bad_pointer",		0) \
	R(SLOT_ADJACENT,	OF_ANY, "slots.adjacent",		0) \
	R(SLOT_OVERLAP,		OF_ANY, "slots.overlap",		0) \
	R(SLOT_BEYOND,		OF_ANY, "slots.beyond_limit",		0) \
	R(SLOT_MISALIGNED,	OF_ANY, "slots.misaligned",		0) \
	R(SLOT_WRAPS,		OF_ANY, "slots.wraps",			0) \
	R(SLOT_FLAG,		OF_ANY, "slots.unknown_flag",		0) \
	R(SLOT_DELETE,		OF_ANY, "slots.delete_unknown",		0) \
	R(SLOT_RESIZE,		OF_ANY, "slots.resize",			0) \
	R(SLOT_TOO_MANY,	OF_ANY, "slots.too_many",		0) \
	R(IPA_ACCEPTED,		OF_ANY, "ipa.accepted",			OFFERS_IPA_SIZES) \
	R(IPA_REFUSED,		OF_ANY, "ipa.too_large",		0) \
	R(IPA_UNKNOWN,		OF_ANY, "ipa.unknown_bits",		0)

enum rule_name {
#define R(name, scope, id, needs) R_##name,
	RULES(R)
#undef R
	NR_RULES,
};

static const struct {
	const char *id;
	enum scope scope;
	unsigned int needs;
} rule_list[NR_RULES] = {
#define R(name, scope, id, needs)					\
	[R_##name] = { id, scope, needs },
	RULES(R)
#undef R
};

_Static_assert(NR_RULES <= MODEL_RULES_MAX, "MODEL_RULES_MAX is too small");

/* Outcomes for words of the rule table other than OK and errnos. */
#define OUTCOME_WORD	1
#define OUTCOME_DEAD	2
#define OUTCOME_ALIVE	3
#define OUTCOME_BY_INDEX	4

static int outcome_of(const char *word)
{
	static const struct {
		const char *word;
		int outcome;
	} outcomes[] = {
		{ "OK", 0 }, { "DEAD", OUTCOME_DEAD }, { "ALIVE", OUTCOME_ALIVE },
		{ "INDEX", OUTCOME_BY_INDEX },
		{ "EIO", -EIO }, { "ENXIO", -ENXIO }, { "EBADF", -EBADF },
		{ "EFAULT", -EFAULT }, { "EBUSY", -EBUSY }, { "EEXIST", -EEXIST },
		{ "ENODEV", -ENODEV }, { "EINVAL", -EINVAL }, { "ENOTTY", -ENOTTY },
		{ "E2BIG", -E2BIG }, { "ENOENT", -ENOENT }, { "EAGAIN", -EAGAIN },
	};
	unsigned int i;

	for (i = 0; i < COUNT(outcomes); i++)
		if (!strcmp(word, outcomes[i].word))
			return outcomes[i].outcome;
	return OUTCOME_WORD;
}

void model_forget(struct model *m)
{
	memset(m->vms, 0, sizeof(m->vms));
}

const char *model_init(struct model *m, const struct model_host *host)
{
	unsigned int rule, variant;

	memset(m, 0, sizeof(*m));
	m->host = host;
	for (rule = 0; rule < NR_RULES; rule++)
		for (variant = 0; variant < scopes[rule_list[rule].scope].count; variant++) {
			const char *word = host->says(rule_list[rule].id,
				scopes[rule_list[rule].scope].names[variant]);

			if (!word)
				return rule_list[rule].id;
			m->outcomes[rule][variant] = outcome_of(word);
		}
	return NULL;
}

/* True if the outcome of the rule is an error in any variant. */
static bool is_refused(const struct model *m, enum rule_name rule)
{
	unsigned int i;

	for (i = 0; i < COUNT(m->outcomes[rule]); i++)
		if (m->outcomes[rule][i] < 0)
			return true;
	return false;
}

/*
 * 5.10 crashes at some calls, which no rule can express. It is the only kernel in the
 * table whose VMs survive a KVM_RUN without addresses.
 */
static bool is_5_10(const struct model *m)
{
	return m->outcomes[R_DEAD][LEGACY_V2] == OUTCOME_ALIVE;
}

const char *model_uncited(const struct model *m, unsigned int *rule)
{
	unsigned int offers = m->host->offers;

	if (!(offers & OFFERS_V2))
		offers |= WITHOUT_V2;
	if (!is_5_10(m))
		offers |= AFTER_5_10;
	for (; *rule < NR_RULES; (*rule)++) {
		unsigned int needs = rule_list[*rule].needs;

		/* The call is not made on kernels that break this rule. */
		if (((*rule) == R_LINE_BY_ID || (*rule) == R_REGISTER_BY_ID) &&
		    is_refused(m, *rule))
			continue;
		if ((offers & needs) == needs && !m->cited[*rule])
			return rule_list[(*rule)++].id;
	}
	return NULL;
}

/* ---- answers ---- */

/* The outcome of the rule for the variant. */
static struct model_answer says(struct model *m, enum rule_name rule, unsigned int variant)
{
	m->cited[rule]++;
	return (struct model_answer) {
		.ret = m->outcomes[rule][variant], .why = rule_list[rule].id,
	};
}

/* The answer @ret, with the rule that defines it. The rule's outcome in the table may be a word. */
static struct model_answer means(struct model *m, enum rule_name rule, int ret)
{
	m->cited[rule]++;
	return (struct model_answer) { .ret = ret, .why = rule_list[rule].id };
}

static struct model_answer reads(struct model *m, enum rule_name rule, uint64_t value)
{
	struct model_answer answer = means(m, rule, 0);

	answer.has_value = true;
	answer.value = value;
	return answer;
}

/* For calls that are not about the GIC: the document that defines the answer. */
static struct model_answer text(int ret, const char *why)
{
	return (struct model_answer) { .ret = ret, .why = why };
}

static const struct model_answer closed = { .ret = -EBADF, .why = "ioctl(2): EBADF" };

/* ---- the state ---- */

bool model_vm_is_gone(const struct model_vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpus[i].open)
			return false;
	return !vm->open && !vm->device_open && !vm->its_open;
}

static bool has_run(const struct model_vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpus[i].ran)
			return true;
	return false;
}

static enum gic_variant variant_of(const struct model_vm *vm)
{
	if (!vm->by_device)
		return LEGACY_V2;
	return vm->gic == GIC_V3 ? DEVATTR_V3 : DEVATTR_V2;
}

static struct model_vcpu *vcpu_at(struct model_vm *vm, unsigned int index)
{
	return index < vm->nr_vcpus ? &vm->vcpus[index] : NULL;
}

/* True if each vCPU's index is its id. */
static bool in_order(const struct model_vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpus[i].id != i)
			return false;
	return true;
}

/* True if a vCPU of this number exists; @rule decides between id and index. */
static bool vcpu_exists(const struct model *m, const struct model_vm *vm, enum rule_name rule,
			unsigned int number)
{
	int outcome = m->outcomes[rule][variant_of(vm)];
	unsigned int i;

	if (outcome == OUTCOME_BY_INDEX || outcome < 0)
		return number < vm->nr_vcpus;
	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpus[i].id == number)
			return true;
	return false;
}

/* True if the vCPUs' ids are not their indices, and the kernel mixes up both in some calls. */
static bool confuses(const struct model *m, const struct model_vm *vm, enum rule_name rule)
{
	return !in_order(vm) && m->outcomes[rule][variant_of(vm)] < 0;
}

static struct model_slot *slot_by_id(struct model_vm *vm, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < vm->nr_slots; i++)
		if (vm->slots[i].id == id)
			return &vm->slots[i];
	return NULL;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static bool has_code(const struct model_vm *vm)
{
	const struct model_slot *slot = slot_by_id((struct model_vm *)vm, 0);

	return slot && slot->gpa == MODEL_CODE_IPA;
}

/* Initialization, explicit or on demand, fills in the default number of interrupts. */
static void initialize(struct model_vm *vm)
{
	if (!vm->irqs)
		vm->irqs = DEFAULT_IRQS;
	vm->initialized = true;
}

static bool readable(enum model_pointer pointer, size_t size)
{
	return pointer <= POINTER_READ_ONLY || (pointer == POINTER_SHORT && size <= 4);
}

static bool writable(enum model_pointer pointer, size_t size)
{
	return pointer == POINTER_GOOD || (pointer == POINTER_SHORT && size <= 4);
}

/* ---- VMs ---- */

static struct model_answer create_vm(struct model *m, struct model_vm *vm,
				     const struct model_call *call)
{
	unsigned int bits = call->id ? call->id : 40;
	bool sizes = m->host->offers & OFFERS_IPA_SIZES;
	struct model_answer answer;

	if (call->id > UINT8_MAX)
		return says(m, R_IPA_UNKNOWN, 0);
	if (call->id && (!sizes || call->id < 32 || call->id > m->host->max_ipa_bits))
		answer = says(m, R_IPA_REFUSED, 0);
	else
		answer = call->id ? says(m, R_IPA_ACCEPTED, 0) : text(0, "api.rst 4.2");
	if (answer.ret)
		return answer;
	/* A kernel that refuses no size ignores the size. */
	if (!is_refused(m, R_IPA_REFUSED))
		bits = m->host->max_ipa_bits;
	memset(vm, 0, sizeof(*vm));
	vm->open = true;
	vm->ipa_bits = bits;
	vm->dist = vm->cpu = vm->redist = vm->its = ADDRESS_UNSET;
	vm->assigned[0] = vm->assigned[1] = MODEL_UNASSIGNED;
	return answer;
}

static struct model_answer close_fd(bool *open)
{
	bool was_open = *open;

	*open = false;
	return was_open ? text(0, "close(2)") : closed;
}

static struct model_answer check_extension(struct model *m, struct model_vm *vm,
					   const struct model_call *call)
{
	struct model_answer answer = { .exact = true, .why = "abi.capability_of_vm" };
	unsigned int i;

	for (i = 0; i < m->host->nr_caps; i++)
		if (m->host->caps[i].number == call->id)
			answer.ret = m->host->caps[i].answer;
	if (!call->flags && call->id == KVM_CAP_MAX_VCPUS && vm->gic == GIC_V2) {
		answer.ret = V2_MAX_VCPUS;
		answer.why = "cap.max_vcpus_of_gicv2";
	}
	return answer;
}

/* ---- the GIC ---- */

static struct model_answer create_gic(struct model *m, struct model_vm *vm, enum model_gic gic,
				      bool by_device)
{
	unsigned int variant = gic == GIC_V3 ? DEVATTR_V3 : by_device ? DEVATTR_V2 : LEGACY_V2;
	struct model_answer answer;

	if (gic == GIC_V2 && !(m->host->offers & OFFERS_V2)) {
		answer = says(m, R_ABSENT_CREATE, LEGACY_V2);
		/* The system lacks a GICv2, and the VM has a GIC: no rule says which error wins. */
		if (vm->gic)
			answer.other = m->outcomes[R_GIC_TWICE][variant];
		return answer;
	}
	if (vm->gic)
		return says(m, R_GIC_TWICE, variant);
	if (has_run(vm))
		return says(m, R_GIC_AFTER_RUN, variant);
	answer = says(m, R_GIC_CREATED, variant);
	vm->gic = gic;
	vm->by_device = by_device;
	vm->device_open = by_device;
	return answer;
}

/* A VM of the model has one ITS at most; its.several tests more. */
static struct model_answer create_its(struct model *m, struct model_vm *vm,
				      const struct model_call *call)
{
	if (call->flags & KVM_CREATE_DEVICE_TEST)
		return says(m, R_TEST_ONLY, 0);
	vm->its_open = vm->has_its = true;
	return says(m, R_ITS_CREATE, DEVATTR_V3);
}

static struct model_answer create_device(struct model *m, struct model_vm *vm,
					 const struct model_call *call)
{
	enum model_gic gic = call->id == KVM_DEV_TYPE_ARM_VGIC_V2 ? GIC_V2 :
			     call->id == KVM_DEV_TYPE_ARM_VGIC_V3 ? GIC_V3 : GIC_NONE;

	if (!readable(call->pointer, sizeof(struct kvm_create_device)))
		return says(m, R_CREATE_BAD_POINTER, 0);
	if (call->id == KVM_DEV_TYPE_ARM_VGIC_ITS)
		return create_its(m, vm, call);
	if (!gic)
		return says(m, R_UNKNOWN_DEVICE_TYPE, 0);
	if (!(m->host->offers & (gic == GIC_V2 ? OFFERS_V2 : OFFERS_V3)))
		return says(m, R_ABSENT_DEVICE, gic == GIC_V2 ? DEVATTR_V2 : DEVATTR_V3);
	if (call->flags & KVM_CREATE_DEVICE_TEST)
		return says(m, R_TEST_ONLY, 0);
	return create_gic(m, vm, gic, true);
}

/* ---- addresses ---- */

static uint64_t limit_of(const struct model_vm *vm)
{
	return 1ULL << vm->ipa_bits;
}

static uint64_t align_of(enum address address)
{
	return address >= DEVATTR_V3_DIST ? 0x10000 : 0x1000;
}

/* In bytes; @count is the number of redistributors. */
static uint64_t size_of(enum address address, unsigned int count)
{
	switch (address) {
	case DEVATTR_V3_DIST:
		return 0x10000;
	case DEVATTR_V3_REDIST:
	case DEVATTR_V3_REGION:
		return 0x20000ULL * count;
	default:
		return address % 2 ? 0x2000 : 0x1000;
	}
}

/* Sets one address, in any dialect. */
static struct model_answer set_address(struct model *m, struct model_vm *vm,
				       enum address address, uint64_t addr, unsigned int count,
				       bool is_set)
{
	uint64_t size = size_of(address, count), limit = limit_of(vm);
	bool misaligned = addr & (align_of(address) - 1);
	bool beyond = addr >= limit;
	struct model_answer answer;

	if (is_set && beyond)
		return says(m, R_BEYOND_TWICE, address);
	if (is_set && misaligned)
		return says(m, R_MISALIGNED_TWICE, address);
	if (is_set)
		return says(m, R_TWICE, address);
	if (misaligned && beyond)
		return says(m, R_MISALIGNED_BEYOND, address);
	if (misaligned)
		return says(m, R_MISALIGNED, address);
	if (beyond && addr + size < addr)
		return says(m, R_TOP, address);
	if (beyond)
		return says(m, R_BEYOND, address);
	if (addr + size > limit) {
		answer = says(m, R_STRADDLE, address);
		/* No rule says how such a region behaves when the guest runs. */
		vm->abandoned |= !answer.ret;
		return answer;
	}
	return says(m, R_ACCEPTED, address);
}

static struct model_answer set_v2(struct model *m, struct model_vm *vm, enum address address,
				  uint64_t addr)
{
	uint64_t *where = address % 2 ? &vm->cpu : &vm->dist;
	struct model_answer answer = set_address(m, vm, address, addr, 0,
						 *where != ADDRESS_UNSET);

	if (!answer.ret)
		*where = addr;
	return answer;
}

/* The address with the number @attr, or -1 if @gic has none; GIC_NONE stands for any GIC. */
static int address_of(enum model_gic gic, uint64_t attr)
{
	static const struct {
		uint64_t attr;
		enum model_gic gic;
		enum address address;
	} attrs[] = {
		{ KVM_VGIC_V2_ADDR_TYPE_DIST, GIC_V2, DEVATTR_V2_DIST },
		{ KVM_VGIC_V2_ADDR_TYPE_CPU, GIC_V2, DEVATTR_V2_CPU },
		{ KVM_VGIC_V3_ADDR_TYPE_DIST, GIC_V3, DEVATTR_V3_DIST },
		{ KVM_VGIC_V3_ADDR_TYPE_REDIST, GIC_V3, DEVATTR_V3_REDIST },
		{ KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, GIC_V3, DEVATTR_V3_REGION },
	};
	unsigned int i;

	for (i = 0; i < COUNT(attrs); i++)
		if (attrs[i].attr == attr && (!gic || attrs[i].gic == gic))
			return attrs[i].address;
	return -1;
}

static struct model_answer set_vm_address(struct model *m, struct model_vm *vm,
					  const struct model_call *call)
{
	bool seed = call->kind == CALL_SET_SEED;
	enum address dist = seed ? SEED_V2_DIST : LEGACY_V2_DIST;
	enum gic_variant variant = seed ? SEED_V2 : LEGACY_V2;
	uint32_t id = call->id, type = id & 0xffff;
	struct model_answer answer;
	bool high;

	if (seed && !(m->host->offers & OFFERS_SEED))
		return text(-EINVAL, "no_seed.number_is_free");
	if (!readable(call->pointer, 16))
		return says(m, R_BAD_POINTER, dist);
	high = !seed && call->id >> 32;
	if (high && m->outcomes[R_HIGH_BITS][dist])
		return says(m, R_HIGH_BITS, dist);
	if (id >> 16)
		return says(m, R_UNKNOWN_DEVICE, dist);
	if (!seed && vm->gic == GIC_V3 && address_of(GIC_V3, type) >= 0)
		return says(m, R_LEGACY_V3, 0);
	if (type > KVM_VGIC_V2_ADDR_TYPE_CPU)
		return says(m, R_UNKNOWN_TYPE, dist);
	if (!(m->host->offers & OFFERS_V2))
		return says(m, vm->gic ? R_ABSENT_BESIDE_V3 : R_ABSENT_SET, variant);
	if (vm->gic == GIC_V3)
		return says(m, R_ABSENT_BESIDE_V3, variant);
	if (!vm->gic)
		return says(m, R_BEFORE, variant);
	answer = set_v2(m, vm, dist + type, call->value);
	if (high && !answer.ret)
		return says(m, R_HIGH_BITS, dist);
	return answer;
}

/* The two ways to place redistributors exclude each other. */
static struct model_answer set_redist(struct model *m, struct model_vm *vm, uint64_t addr)
{
	struct model_answer answer;

	if (vm->nr_regions)
		return text(-EINVAL, "arm-vgic-v3.rst: KVM_VGIC_V3_ADDR_TYPE_REDIST cannot be "
				     "used with REDIST_REGION");
	answer = set_address(m, vm, DEVATTR_V3_REDIST, addr, vm->nr_vcpus,
			     vm->redist != ADDRESS_UNSET);
	if (!answer.ret)
		vm->redist = addr;
	return answer;
}

#define REGION_COUNT(value)	((unsigned int)((value) >> 52))
#define REGION_BASE(value)	((value) & 0x000fffffffff0000ULL)
#define REGION_FLAGS(value)	((value) >> 12 & 0xf)
#define REGION_INDEX(value)	((unsigned int)((value) & 0xfff))

static struct model_answer set_region(struct model *m, struct model_vm *vm, uint64_t value)
{
	unsigned int count = REGION_COUNT(value), index = REGION_INDEX(value);
	struct model_answer answer;
	unsigned int i;

	if (!count || REGION_FLAGS(value))
		return text(-EINVAL, "arm-vgic-v3.rst: count is at least 1, flags are 0");
	if (vm->redist != ADDRESS_UNSET) {
		answer = index == 1 ? says(m, R_MIXED_REDISTS, DEVATTR_V3) :
			 means(m, R_MIXED_REDISTS, -EINVAL);
		/* No rule says what a guest finds at a region beside ADDR_TYPE_REDIST. */
		if (!answer.ret)
			vm->abandoned = true;
		return answer;
	}
	if (index != vm->nr_regions)
		return means(m, R_REGION_INDEX, -EINVAL);
	for (i = 0; i < vm->nr_regions; i++)
		if (overlap(REGION_BASE(value), count * 0x20000ULL, vm->regions[i].base,
			    vm->regions[i].count * 0x20000ULL))
			return text(-EINVAL,
				    "arm-vgic-v3.rst: EINVAL, overlap with another region");
	answer = set_address(m, vm, DEVATTR_V3_REGION, REGION_BASE(value), count, false);
	if (!answer.ret) {
		vm->regions[vm->nr_regions].base = REGION_BASE(value);
		vm->regions[vm->nr_regions++].count = count;
	}
	return answer;
}

/* The variant of a rule about an address that the GIC does not have. */
static enum address some_address(const struct model_vm *vm)
{
	return vm->gic == GIC_V3 ? DEVATTR_V3_DIST : DEVATTR_V2_DIST;
}

static struct model_answer unknown_address(struct model *m, struct model_vm *vm, uint64_t attr)
{
	if (address_of(GIC_NONE, attr) >= 0)
		return says(m, R_TYPE_OF_OTHER, some_address(vm));
	return says(m, R_UNKNOWN_TYPE, some_address(vm));
}

static struct model_answer set_attr_address(struct model *m, struct model_vm *vm,
					    const struct model_call *call)
{
	int address = address_of(vm->gic, call->id);
	struct model_answer answer;

	if (!readable(call->inner, 8))
		return address < 0 ? says(m, R_UNKNOWN_SET_POINTER, variant_of(vm)) :
		       says(m, R_ATTR_SET_POINTER, address);
	switch (address) {
	case -1:
		return unknown_address(m, vm, call->id);
	case DEVATTR_V3_DIST:
		answer = set_address(m, vm, address, call->value, 0, vm->dist != ADDRESS_UNSET);
		if (!answer.ret)
			vm->dist = call->value;
		return answer;
	case DEVATTR_V3_REDIST:
		return set_redist(m, vm, call->value);
	case DEVATTR_V3_REGION:
		return set_region(m, vm, call->value);
	default:
		return set_v2(m, vm, address, call->value);
	}
}

static struct model_answer get_attr_address(struct model *m, struct model_vm *vm,
					    const struct model_call *call)
{
	int address = address_of(vm->gic, call->id);
	uint64_t value = ADDRESS_UNSET;
	unsigned int index = REGION_INDEX(call->value);
	struct model_answer answer;

	if (address < 0) {
		if (!readable(call->inner, 8)) {
			answer = says(m, R_UNKNOWN_GET_POINTER, variant_of(vm));
			/* The index of a region may be read before the GIC is checked. */
			if (call->id == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION)
				answer.other = -EFAULT;
			return answer;
		}
		return unknown_address(m, vm, call->id);
	}
	/* The value on input names the region. */
	if (address == DEVATTR_V3_REGION && !readable(call->inner, 8))
		return says(m, R_ATTR_GET_POINTER, address);
	if (address == DEVATTR_V3_REGION) {
		if (!index && vm->redist != ADDRESS_UNSET)
			value = vm->redist;	/* a region without a count */
		else if (index >= vm->nr_regions)
			return says(m, R_ATTR_GET_UNSET, address);
		else
			value = index | vm->regions[index].base |
				(uint64_t)vm->regions[index].count << 52;
	} else if (address == DEVATTR_V3_REDIST) {
		value = vm->nr_regions ? vm->regions[0].base : vm->redist;
	} else {
		value = address == DEVATTR_V2_CPU ? vm->cpu : vm->dist;
	}
	if (!writable(call->inner, 8))
		return says(m, R_ATTR_GET_POINTER, address);
	return reads(m, value == ADDRESS_UNSET ? R_ATTR_GET_UNSET : R_ATTR_GET, value);
}

/* ---- other attributes ---- */

static struct model_answer set_irqs(struct model *m, struct model_vm *vm,
				    const struct model_call *call)
{
	unsigned int variant = variant_of(vm);
	uint32_t irqs = call->value;
	bool fixed = vm->irqs || vm->initialized;
	enum rule_name bad = irqs < 64 ? R_IRQS_TOO_FEW : irqs > 1024 ? R_IRQS_TOO_MANY :
			     irqs % 32 ? R_IRQS_ODD : NR_RULES;
	struct model_answer answer;

	if (!readable(call->inner, 4))
		return says(m, R_IRQS_POINTER, variant);
	if (bad != NR_RULES)
		return says(m, fixed ? R_IRQS_TWICE_BAD : bad, variant);
	answer = says(m, irqs == 1024 ? R_IRQS_MOST : R_IRQS_SET, variant);
	if (answer.ret)
		return answer;
	if (fixed)
		return says(m, vm->initialized ? R_IRQS_AFTER_INIT : R_IRQS_TWICE, variant);
	vm->irqs = irqs;
	return answer;
}

static struct model_answer get_irqs(struct model *m, struct model_vm *vm,
				    const struct model_call *call)
{
	if (!writable(call->inner, 4))
		return says(m, R_IRQS_POINTER, variant_of(vm));
	return reads(m, vm->irqs ? R_IRQS_READ : R_IRQS_UNSET, vm->irqs ?: PRIVATE_IRQS);
}

/* Of the distributor's registers, the model has only GICD_TYPER; registers.c tests the others. */
static struct model_answer get_typer(struct model *m, struct model_vm *vm,
				     const struct model_call *call)
{
	unsigned int variant = variant_of(vm);
	struct model_answer answer;

	if (vm->gic == GIC_V2 &&
	    !vcpu_exists(m, vm, R_REGISTER_BY_ID, call->id >> 32 & 0xff))
		return says(m, R_REGISTER_VCPU, variant);
	if (!vm->initialized) {
		answer = says(m, R_REGISTER_EARLY, variant);
		if (answer.ret)
			return answer;
		initialize(vm);
	}
	/* No rule says how many CPU interfaces there are if vCPUs' ids are not their indices. */
	if (!in_order(vm))
		return means(m, R_REGISTER_BY_ID, 0);
	if (vm->gic == GIC_V3)
		return means(m, R_REGISTER_TYPER, 0);
	return reads(m, R_REGISTER_TYPER, (vm->nr_vcpus - 1) << 5 | (vm->irqs / 32 - 1));
}

static struct model_answer set_attr(struct model *m, struct model_vm *vm,
				    const struct model_call *call)
{
	struct model_answer answer;

	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return set_attr_address(m, vm, call);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return set_irqs(m, vm, call);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		if (call->id != KVM_DEV_ARM_VGIC_CTRL_INIT)
			return says(m, R_INIT_UNKNOWN, variant_of(vm));
		answer = says(m, R_INIT, variant_of(vm));
		initialize(vm);
		return answer;
	default:
		return says(m, R_ATTR_UNKNOWN_GROUP, variant_of(vm));
	}
}

static struct model_answer get_attr(struct model *m, struct model_vm *vm,
				    const struct model_call *call)
{
	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return get_attr_address(m, vm, call);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return get_irqs(m, vm, call);
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		return get_typer(m, vm, call);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return says(m, R_INIT_GET, variant_of(vm));
	default:
		return says(m, R_ATTR_UNKNOWN_GROUP, variant_of(vm));
	}
}

static struct model_answer has_attr(struct model *m, struct model_vm *vm,
				    const struct model_call *call)
{
	int address;

	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		address = address_of(vm->gic, call->id);
		return address < 0 ? says(m, R_ATTR_HAS_UNKNOWN, some_address(vm)) :
		       says(m, R_ATTR_HAS, address);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return says(m, R_IRQS_HAS, variant_of(vm));
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return says(m, call->id ? R_INIT_HAS_UNKNOWN : R_INIT_HAS, variant_of(vm));
	default:
		return says(m, R_ATTR_UNKNOWN_GROUP, variant_of(vm));
	}
}

/* ---- vCPUs ---- */

static struct model_answer create_vcpu(struct model *m, struct model_vm *vm,
				       const struct model_call *call)
{
	uint64_t max = vm->gic == GIC_V2 ? V2_MAX_VCPUS : m->host->max_vcpus;
	uint32_t id = call->id;
	struct model_answer answer;
	unsigned int i;

	if (call->id >> 32) {
		answer = says(m, R_VCPU_HIGH_BITS, 0);
		if (answer.ret)
			return answer;
	}
	if (id >= max) {
		answer = vm->gic == GIC_V2 ? says(m, R_NINTH_VCPU, variant_of(vm)) :
			 says(m, R_VCPU_TOO_BIG, 0);
		/* The id is too large and the GIC initialized: no rule says which error wins. */
		if (vm->initialized)
			answer.other = -EBUSY;
		return answer;
	}
	for (i = 0; i < vm->nr_vcpus && vm->vcpus[i].id != id; i++)
		;
	if (vm->initialized) {
		answer = says(m, R_VCPU_AFTER_INIT, variant_of(vm));
		/* The id exists and the GIC is initialized: no rule says which error wins. */
		if (i < vm->nr_vcpus)
			answer.other = -EEXIST;
		return answer;
	}
	if (i < vm->nr_vcpus)
		return text(-EEXIST, "api.rst 4.7: a second vCPU of that id");
	vm->vcpus[vm->nr_vcpus++] = (struct model_vcpu) { .open = true, .id = id };
	return text(0, "api.rst 4.7");
}

static struct model_answer vcpu_init(struct model_vcpu *vcpu, const struct model_call *call)
{
	if (!readable(call->pointer, sizeof(struct kvm_vcpu_init)))
		return text(-EFAULT, "ioctl(2): EFAULT");
	switch (call->flags) {
	case INIT_OTHER_TARGET:
		return text(-EINVAL, "api.rst 4.82: EINVAL, unknown target");
	case INIT_UNKNOWN_FEATURE:
		return text(-ENOENT, "api.rst 4.82: ENOENT, unknown feature");
	case INIT_OTHER_FEATURES:
		return text(-EINVAL, "api.rst 4.82: all calls have to have the same features");
	}
	vcpu->initialized = true;
	vcpu->general = 0;
	return text(0, "api.rst 4.82");
}

static struct model_answer access_reg(struct model_vcpu *vcpu, const struct model_call *call)
{
	bool set = call->kind == CALL_SET_REG;
	struct model_answer answer;

	if (!vcpu->initialized)
		return text(-ENOEXEC, "api.rst 4.82: ENOEXEC until the vCPU is initialized");
	if (!readable(call->pointer, sizeof(struct kvm_one_reg)))
		return text(-EFAULT, "ioctl(2): EFAULT");
	if (call->id != REG_GENERAL) {
		answer = text(-ENOENT, "api.rst 4.68: ENOENT or EINVAL, unknown register");
		/* "These error codes are indicative only.", api.rst */
		answer.other = -EINVAL;
		return answer;
	}
	if (set ? !readable(call->inner, sizeof(long)) : !writable(call->inner, sizeof(long)))
		return text(-EFAULT, "ioctl(2): EFAULT");
	answer = text(0, "api.rst 4.68");
	if (set) {
		vcpu->general = call->value;
		return answer;
	}
	answer.has_value = true;
	answer.value = vcpu->general;
	return answer;
}

/* The rule by which the first KVM_RUN fails, if the GIC is incomplete; otherwise NR_RULES. */
static enum rule_name missing_of_gic(const struct model_vm *vm)
{
	unsigned int i, redists = 0;
	bool v3 = vm->gic == GIC_V3;

	for (i = 0; i < vm->nr_regions; i++)
		redists += vm->regions[i].count;
	if (vm->dist == ADDRESS_UNSET || (!v3 && vm->cpu == ADDRESS_UNSET) ||
	    (v3 && vm->redist == ADDRESS_UNSET && redists < vm->nr_vcpus))
		return R_RUN_WITHOUT_ADDRESS;
	if (!v3 && overlap(vm->dist, 0x1000, vm->cpu, 0x2000))
		return R_RUN_OVERLAP;
	return v3 && !vm->initialized ? R_RUN_UNINITIALIZED : NR_RULES;
}

/* The rule for the VM's state after a KVM_RUN that failed by the rule @missing. */
static enum rule_name consequence_of(enum rule_name missing)
{
	return missing == R_RUN_OVERLAP ? R_DEAD_OVERLAP : R_DEAD;
}

static bool needs_gic(const struct model_vm *vm, const struct model_vcpu *vcpu)
{
	return vm->gic && !vm->ready && !vcpu->ran;
}

static struct model_answer run(struct model *m, struct model_vm *vm, struct model_vcpu *vcpu,
			       const struct model_call *call)
{
	enum rule_name missing;
	struct model_answer answer;

	if (call->id)
		return text(-EINVAL, "api.rst 4.10: KVM_RUN has no argument");
	if (!vcpu->initialized)
		return text(-ENOEXEC, "api.rst 4.10: ENOEXEC before KVM_ARM_VCPU_INIT");
	if (needs_gic(vm, vcpu)) {
		missing = missing_of_gic(vm);
		if (missing != NR_RULES) {
			means(m, consequence_of(missing), 0);
			vm->dead = true;
			return says(m, missing, variant_of(vm));
		}
		initialize(vm);
		vm->ready = true;
	}
	if (!vm->vcpus_at_run)
		vm->vcpus_at_run = vm->nr_vcpus;
	if (vcpu >= vm->vcpus + vm->vcpus_at_run) {
		answer = says(m, R_RUN_OF_LATER, LEGACY_V2);
		if (answer.ret)
			return answer;
	}
	vcpu->ran = true;
	if (call->flags)
		return text(-EINTR, "api.rst 5: immediate_exit ends KVM_RUN with EINTR");
	answer = vm->gic ? says(m, R_RUN, variant_of(vm)) : says(m, R_RUN_WITHOUT_GIC, LEGACY_V2);
	answer.has_value = true;
	answer.value = MODEL_EXIT_IPA;
	return answer;
}

/* ---- memory ---- */

static struct model_answer set_memory(struct model *m, struct model_vm *vm,
				      const struct model_call *call)
{
	struct model_slot *slot = slot_by_id(vm, call->id), new;
	unsigned int i;

	if (!readable(call->pointer, sizeof(struct kvm_userspace_memory_region)))
		return text(-EFAULT, "ioctl(2): EFAULT");
	if (call->flags & ~KVM_MEM_READONLY)
		return says(m, R_SLOT_FLAG, 0);
	if ((call->value | call->size | call->garbage) & (MODEL_PAGE - 1))
		return says(m, R_SLOT_MISALIGNED, 0);
	if (call->id >= m->host->nr_slots)
		return says(m, R_SLOT_TOO_MANY, 0);
	if (call->value + call->size < call->value)
		return says(m, R_SLOT_WRAPS, 0);
	if (!call->size) {
		if (!slot)
			return says(m, R_SLOT_DELETE, 0);
		*slot = vm->slots[--vm->nr_slots];
		return text(0, "api.rst 4.35: a size of 0 deletes the slot");
	}
	if (slot && (call->size != slot->size || call->garbage != slot->offset ||
		     (call->flags ^ slot->flags) & KVM_MEM_READONLY))
		return says(m, R_SLOT_RESIZE, 0);
	if (slot && slot->gpa == call->value)
		return text(0, "api.rst 4.35: an existing slot, as it is");
	for (i = 0; i < vm->nr_slots; i++)
		if (&vm->slots[i] != slot &&
		    overlap(call->value, call->size, vm->slots[i].gpa, vm->slots[i].size))
			return says(m, R_SLOT_OVERLAP, 0);
	if (call->value + call->size > limit_of(vm))
		return says(m, R_SLOT_BEYOND, 0);
	new = (struct model_slot) {
		.id = call->id, .gpa = call->value, .size = call->size,
		.flags = call->flags, .offset = call->garbage,
	};
	*(slot ?: &vm->slots[vm->nr_slots++]) = new;
	return says(m, R_SLOT_ADJACENT, 0);
}

/* ---- interrupt lines ---- */

#define LINE_TYPE(irq)	((unsigned int)((irq) >> KVM_ARM_IRQ_TYPE_SHIFT & 0xf))
#define LINE_VCPU(irq)	((unsigned int)((irq) >> KVM_ARM_IRQ_VCPU_SHIFT & 0xff))
#define LINE_VCPU2(irq)	((unsigned int)((irq) >> 28 & 0xf))
#define LINE_NUMBER(irq) ((unsigned int)((irq) & 0xffff))

static struct model_answer cpu_line(struct model *m, struct model_vm *vm, bool exists,
				    unsigned int number)
{
	if (vm->gic)
		return says(m, R_LINE_CPU, variant_of(vm));
	if (!exists)
		return says(m, R_NO_GIC_LINE_VCPU, 0);
	return says(m, number > KVM_ARM_IRQ_CPU_FIQ ? R_NO_GIC_LINE_UNKNOWN : R_NO_GIC_LINE, 0);
}

/* No VM of the model has a vCPU 256. */
static bool vcpu_of_line_exists(const struct model *m, const struct model_vm *vm, uint32_t line)
{
	return !LINE_VCPU2(line) && vcpu_exists(m, vm, R_LINE_BY_ID, LINE_VCPU(line));
}

/* The rule that refuses the SPI or PPI regardless of the number of SPIs, or NR_RULES. */
static enum rule_name line_refusal(unsigned int type, unsigned int number, bool vcpu_exists,
				   bool high_vcpu)
{
	if (type == KVM_ARM_IRQ_TYPE_SPI)
		return number < PRIVATE_IRQS ? R_LINE_SPI_LOW : NR_RULES;
	if (!vcpu_exists)
		return high_vcpu ? R_LINE_VCPU2 : R_LINE_PPI_VCPU;
	return number < 16 || number >= PRIVATE_IRQS ? R_LINE_PPI_RANGE : NR_RULES;
}

static struct model_answer irq_line(struct model *m, struct model_vm *vm,
				    const struct model_call *call)
{
	unsigned int type = LINE_TYPE(call->id), number = LINE_NUMBER(call->id);
	unsigned int variant = variant_of(vm);
	bool exists = vcpu_of_line_exists(m, vm, call->id);
	struct model_answer answer;
	enum rule_name refusal;

	if (!readable(call->pointer, sizeof(struct kvm_irq_level)))
		return says(m, R_LINE_POINTER, variant);
	/* With layout 2 these bits extend the vCPU's index; otherwise they have to be zero. */
	if (LINE_VCPU2(call->id) && !(m->host->offers & OFFERS_LAYOUT_2))
		return says(m, R_LINE_VCPU2, variant);
	switch (type) {
	case KVM_ARM_IRQ_TYPE_CPU:
		return cpu_line(m, vm, exists, number);
	case KVM_ARM_IRQ_TYPE_SPI:
	case KVM_ARM_IRQ_TYPE_PPI:
		break;
	default:
		return says(m, R_LINE_TYPE, variant);
	}
	if (!vm->gic)
		return says(m, R_NO_GIC_IRQ, 0);
	refusal = line_refusal(type, number, exists, LINE_VCPU2(call->id));
	if (refusal != NR_RULES) {
		answer = says(m, refusal, variant);
		/* An invalid line before initialization: no rule says which error wins. */
		if (!vm->initialized)
			answer.other = -EBUSY;
		return answer;
	}
	if (!vm->initialized) {
		answer = says(m, R_LINE_EARLY, variant);
		if (answer.ret)
			return answer;
		initialize(vm);
	}
	if (number >= vm->irqs)
		return says(m, R_LINE_SPI_HIGH, variant);
	if (type == KVM_ARM_IRQ_TYPE_PPI && !in_order(vm))
		return means(m, R_LINE_BY_ID, 0);
	return says(m, R_LINE, variant);
}

/* ---- the ITS ---- */

static struct model_answer set_its_address(struct model *m, struct model_vm *vm,
					   const struct model_call *call)
{
	bool misaligned = call->value & 0xffff, beyond = call->value >= limit_of(vm);
	struct model_answer answer;

	if (!readable(call->inner, 8))
		return says(m, R_ITS_POINTER, DEVATTR_V3);
	/* If an address breaks two rules, no rule says which error wins. */
	if (vm->its != ADDRESS_UNSET) {
		answer = says(m, R_ITS_TWICE, DEVATTR_V3);
		answer.other = misaligned ? -EINVAL : beyond ? -E2BIG : 0;
		return answer;
	}
	if (misaligned) {
		answer = says(m, R_ITS_MISALIGNED, DEVATTR_V3);
		answer.other = beyond ? -E2BIG : 0;
		return answer;
	}
	if (beyond)
		return says(m, R_ITS_BEYOND, DEVATTR_V3);
	vm->its = call->value;
	return says(m, R_ITS_ACCEPTED, DEVATTR_V3);
}

static struct model_answer access_its(struct model *m, struct model_vm *vm,
				      const struct model_call *call)
{
	bool is_address = call->id == KVM_VGIC_ITS_ADDR_TYPE;
	bool is_control = call->id <= ITS_RESET && call->id != SAVE_PENDING_TABLES;

	if (!readable(call->pointer, sizeof(struct kvm_device_attr)))
		return says(m, R_ATTR_POINTER, DEVATTR_V3);
	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		if (call->kind == CALL_HAS_ITS)
			return says(m, is_address ? R_ITS_HAS : R_ITS_HAS_UNKNOWN, DEVATTR_V3);
		if (!is_address)
			return says(m, R_ITS_TYPE, DEVATTR_V3);
		if (call->kind == CALL_SET_ITS)
			return set_its_address(m, vm, call);
		if (!writable(call->inner, 8))
			return says(m, R_ITS_POINTER, DEVATTR_V3);
		return reads(m, R_ITS_READS, vm->its);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		if (call->kind == CALL_HAS_ITS)
			return says(m, is_control ? R_ITS_HAS : R_ITS_HAS_UNKNOWN, DEVATTR_V3);
		if (call->id == KVM_DEV_ARM_VGIC_CTRL_INIT)
			return says(m, R_ITS_INIT, DEVATTR_V3);
		if (is_control)
			return text(0, "arm-vgic-its.rst: tables that GITS_BASER does not "
				       "point to are empty");
		return says(m, R_ITS_UNKNOWN, DEVATTR_V3);
	default:
		return call->kind == CALL_HAS_ITS ? says(m, R_ITS_HAS_UNKNOWN, DEVATTR_V3) :
		       text(-ENXIO, "arm-vgic-its.rst: ENXIO unknown attribute group");
	}
}

/* ---- GSI routing and irqfds ---- */

#define PINS	(1020U - PRIVATE_IRQS)

static struct model_answer set_routes(struct model *m, struct model_vm *vm,
				      const struct model_call *call)
{
	unsigned int variant = variant_of(vm);
	uint64_t last = call->id + (MODEL_ROUTE_AGAIN(call->garbage) ? 0 : call->size - 1);

	/* The table's header has 8 bytes. */
	if (!readable(call->pointer, 8))
		return says(m, R_ROUTES_POINTER, variant);
	if (call->size > MODEL_ROUTES)
		return says(m, R_ROUTES_TOO_MANY, variant);
	if (call->flags)
		return says(m, R_ROUTES_FLAG, variant);
	if (!call->size)
		return says(m, R_ROUTES, variant);
	if (call->group != KVM_IRQ_ROUTING_IRQCHIP)
		return says(m, R_ROUTES_TYPE, variant);
	if (MODEL_ROUTE_FLAGS(call->garbage))
		return says(m, R_ROUTES_ENTRY_FLAGS, variant);
	if (MODEL_ROUTE_CHIP(call->garbage))
		return says(m, R_ROUTES_CHIP, variant);
	if (call->id >= MODEL_ROUTES || last >= MODEL_ROUTES)
		return says(m, R_ROUTES_GSI, variant);
	if (call->value >= PINS)
		return says(m, R_ROUTES_PIN, variant);
	if (MODEL_ROUTE_AGAIN(call->garbage) && call->size > 1)
		return says(m, R_ROUTES_TWICE, variant);
	return says(m, R_ROUTES, variant);
}

static struct model_answer assign(struct model *m, struct model_vm *vm,
				  const struct model_call *call)
{
	unsigned int variant = variant_of(vm);
	bool resamples = call->flags & KVM_IRQFD_FLAG_RESAMPLE;

	if (!vm->initialized)
		return says(m, vm->gic ? R_IRQFD_EARLY : R_IRQFD_NO_GIC, variant);
	if (call->garbage == EVENT_NONE || (resamples && call->group == EVENT_NONE))
		return says(m, R_IRQFD_CLOSED, variant);
	if (call->garbage == EVENT_OTHER || (resamples && call->group == EVENT_OTHER))
		return says(m, R_IRQFD_OTHER, variant);
	if (vm->assigned[call->garbage] != MODEL_UNASSIGNED)
		return says(m, R_IRQFD_TWICE, variant);
	vm->assigned[call->garbage] = call->id;
	return says(m, R_IRQFD, variant);
}

static struct model_answer irqfd(struct model *m, struct model_vm *vm,
				 const struct model_call *call)
{
	unsigned int variant = variant_of(vm);

	if (!readable(call->pointer, sizeof(struct kvm_irqfd)))
		return says(m, R_IRQFD_POINTER, variant);
	if (call->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return says(m, R_IRQFD_FLAG, variant);
	if (!(call->flags & KVM_IRQFD_FLAG_DEASSIGN))
		return assign(m, vm, call);
	if (call->garbage == EVENT_NONE)
		return says(m, R_IRQFD_CLOSED, variant);
	if (call->garbage == EVENT_OTHER)
		return says(m, R_IRQFD_OTHER, variant);
	/* An eventfd of another GSI stays assigned. */
	if (vm->assigned[call->garbage] == call->id)
		vm->assigned[call->garbage] = MODEL_UNASSIGNED;
	return says(m, R_IRQFD_DEASSIGN, variant);
}

/* ---- calls on the wrong file descriptor ---- */

static struct model_answer on_wrong_fd(struct model *m, const struct model_vcpu *vcpu,
				       const struct model_call *call)
{
	static const enum address addresses[] = {
		[MODEL_SEED] = SEED_V2_DIST,
		[MODEL_LEGACY] = LEGACY_V2_DIST,
		[MODEL_DEVATTR] = DEVATTR_V2_DIST,
	};
	enum rule_name rule = call->kind == CALL_ON_KVM ? R_ON_KVM_FD :
			      call->kind == CALL_ON_VCPU ? R_ON_VCPU_FD : R_ON_DEVICE_FD;
	struct model_answer answer;

	answer = says(m, rule, addresses[call->id]);
	/*
	 * The legacy call has the number of a vCPU's KVM_GET_ONE_REG: the register is unknown, and
	 * the vCPU is not initialized. No rule says which error wins.
	 */
	if (vcpu && !vcpu->initialized)
		answer.other = -ENOEXEC;
	return answer;
}

/* ---- calls ---- */

enum on {
	ON_NOTHING, ON_VM, ON_VCPU, ON_DEVICE, ON_ITS,
};

static const uint8_t made_on[MODEL_KINDS] = {
	[CALL_CREATE_IRQCHIP] = ON_VM, [CALL_CREATE_DEVICE] = ON_VM,
	[CALL_CREATE_VCPU] = ON_VM, [CALL_SET_SEED] = ON_VM, [CALL_SET_LEGACY] = ON_VM,
	[CALL_MEMORY] = ON_VM, [CALL_IRQ_LINE] = ON_VM, [CALL_CHECK_EXTENSION] = ON_VM,
	[CALL_SET_ATTR] = ON_DEVICE, [CALL_GET_ATTR] = ON_DEVICE,
	[CALL_HAS_ATTR] = ON_DEVICE, [CALL_ON_DEVICE] = ON_DEVICE,
	[CALL_SET_ITS] = ON_ITS, [CALL_GET_ITS] = ON_ITS, [CALL_HAS_ITS] = ON_ITS,
	[CALL_ROUTING] = ON_VM, [CALL_IRQFD] = ON_VM,
	[CALL_VCPU_INIT] = ON_VCPU, [CALL_RUN] = ON_VCPU, [CALL_SET_REG] = ON_VCPU,
	[CALL_GET_REG] = ON_VCPU, [CALL_ON_VCPU] = ON_VCPU,
};

static struct model_answer on_closed_fd(struct model *m, const struct model_call *call)
{
	switch (call->kind) {
	case CALL_SET_SEED:
		return says(m, R_CLOSED_FD, SEED_V2_DIST);
	case CALL_SET_LEGACY:
		return says(m, R_CLOSED_FD, LEGACY_V2_DIST);
	case CALL_SET_ATTR:
		return says(m, R_CLOSED_FD, DEVATTR_V2_DIST);
	default:
		return closed;
	}
}

static enum on file_of(const struct model_call *call)
{
	if (call->kind == CALL_CHECK_EXTENSION && call->flags)
		return ON_NOTHING;
	return made_on[call->kind];
}

bool model_has_file(const struct model *m, const struct model_call *call)
{
	const struct model_vm *vm = &m->vms[call->vm];

	switch (file_of(call)) {
	case ON_VM:
		return vm->open;
	case ON_DEVICE:
		return vm->device_open;
	case ON_ITS:
		return vm->its_open;
	case ON_VCPU:
		return call->vcpu < vm->nr_vcpus && vm->vcpus[call->vcpu].open;
	default:
		return true;
	}
}

struct model_answer model_predict(struct model *m, const struct model_call *call)
{
	struct model_vm *vm = &m->vms[call->vm];
	struct model_vcpu *vcpu = vcpu_at(vm, call->vcpu);

	if (!model_has_file(m, call))
		return on_closed_fd(m, call);
	if (file_of(call) && vm->dead)
		return says(m, R_REPAIRED, variant_of(vm));

	switch (call->kind) {
	case CALL_CREATE_VM:
		return create_vm(m, vm, call);
	case CALL_CLOSE_VM:
		return close_fd(&vm->open);
	case CALL_CREATE_IRQCHIP:
		return create_gic(m, vm, GIC_V2, false);
	case CALL_CREATE_DEVICE:
		return create_device(m, vm, call);
	case CALL_CLOSE_DEVICE:
		return close_fd(&vm->device_open);
	case CALL_CREATE_VCPU:
		return create_vcpu(m, vm, call);
	case CALL_CLOSE_VCPU:
		return close_fd(&vcpu->open);
	case CALL_VCPU_INIT:
		return vcpu_init(vcpu, call);
	case CALL_SET_SEED:
	case CALL_SET_LEGACY:
		return set_vm_address(m, vm, call);
	case CALL_SET_ATTR:
	case CALL_GET_ATTR:
	case CALL_HAS_ATTR:
		if (!readable(call->pointer, sizeof(struct kvm_device_attr)))
			return says(m, R_ATTR_POINTER, variant_of(vm));
		return call->kind == CALL_SET_ATTR ? set_attr(m, vm, call) :
		       call->kind == CALL_GET_ATTR ? get_attr(m, vm, call) :
		       has_attr(m, vm, call);
	case CALL_MEMORY:
		return set_memory(m, vm, call);
	case CALL_IRQ_LINE:
		return irq_line(m, vm, call);
	case CALL_CLOSE_ITS:
		return close_fd(&vm->its_open);
	case CALL_SET_ITS:
	case CALL_GET_ITS:
	case CALL_HAS_ITS:
		return access_its(m, vm, call);
	case CALL_ROUTING:
		return set_routes(m, vm, call);
	case CALL_IRQFD:
		return irqfd(m, vm, call);
	case CALL_CHECK_EXTENSION:
		return check_extension(m, vm, call);
	case CALL_RUN:
		return run(m, vm, vcpu, call);
	case CALL_SET_REG:
	case CALL_GET_REG:
		return access_reg(vcpu, call);
	default:
		return on_wrong_fd(m, call->kind == CALL_ON_VCPU ? vcpu : NULL, call);
	}
}

/* ---- calls without an answer ---- */

/* True if the range overlaps the guest's code, or the page that the guest stores to. */
static bool is_guests(uint64_t addr, uint64_t size)
{
	return overlap(addr, size, MODEL_CODE_IPA, MODEL_PAGE) ||
	       overlap(addr, size, MODEL_EXIT_IPA, MODEL_PAGE);
}

static bool allows_address(const struct model_vm *vm, const struct model_call *call)
{
	int address = address_of(vm->gic, call->id);
	uint64_t value = call->value;

	if (call->group != KVM_DEV_ARM_VGIC_GRP_ADDR || address < DEVATTR_V3_DIST)
		return !is_guests(value, 0x2000);
	/*
	 * The number of vCPUs decides whether the redistributors of a GICv3 overlap another region
	 * or extend beyond the limit. So regions are kept in separate areas of 16 MiB, and
	 * redistributors away from the limit.
	 */
	if (address == DEVATTR_V3_DIST)
		return !is_guests(value, 0x10000) && (value >> 24 == 0x08 || value >> 32);
	if (address == DEVATTR_V3_REDIST)
		return value >> 24 == 0x0a || (value >= limit_of(vm) && value + 0x1000000 > value);
	/* A region beside ADDR_TYPE_REDIST is an error, so its base must not be a second error. */
	if (vm->redist != ADDRESS_UNSET && REGION_BASE(value) >> 24 != 0x0c)
		return false;
	return vm->nr_regions < MODEL_REGIONS && REGION_COUNT(value) <= 4 &&
	       (REGION_INDEX(value) & 0xff) == REGION_INDEX(value) &&
	       (REGION_BASE(value) >> 24 == 0x0c || REGION_BASE(value) >= limit_of(vm));
}

static bool allows_attr(const struct model *m, const struct model_vm *vm,
			const struct model_call *call)
{
	switch (call->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return call->kind == CALL_HAS_ATTR || allows_address(vm, call);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return !call->id;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return call->id != SAVE_PENDING_TABLES;
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		/* registers.c tests bad pointers to registers. */
		return call->kind == CALL_GET_ATTR && call->inner == POINTER_GOOD &&
		       (uint32_t)call->id == GICD_TYPER && vm->nr_vcpus &&
		       (vm->gic == GIC_V2 || !(call->id >> 32)) &&
		       !confuses(m, vm, R_REGISTER_BY_ID);
	default:
		/* Some lower groups belong to other devices or later kernels. */
		return call->group > 15;
	}
}

static bool allows_line(const struct model *m, const struct model_vm *vm,
			const struct model_call *call)
{
	unsigned int type = LINE_TYPE(call->id), number = LINE_NUMBER(call->id);
	bool private = type == KVM_ARM_IRQ_TYPE_CPU || type == KVM_ARM_IRQ_TYPE_PPI;

	/* The vCPU's number is ignored for SPIs; with layout 2, so are its upper bits. */
	if (!private && LINE_VCPU2(call->id))
		return false;
	/* 5.10 warns, Documentation/findings/irq-line-warns.md. */
	if (is_5_10(m) && vm->gic && type == KVM_ARM_IRQ_TYPE_SPI &&
	    number >= (vm->irqs ?: DEFAULT_IRQS))
		return false;
	/* No rule says whether an invalid line initializes a GICv2. */
	if (vm->gic == GIC_V2 && !vm->initialized &&
	    (type == KVM_ARM_IRQ_TYPE_SPI || type == KVM_ARM_IRQ_TYPE_PPI) &&
	    (number >= (vm->irqs ?: DEFAULT_IRQS) ||
	     line_refusal(type, number, vcpu_of_line_exists(m, vm, call->id),
			  LINE_VCPU2(call->id)) != NR_RULES))
		return call->pointer > POINTER_READ_ONLY;
	return !private || !confuses(m, vm, R_LINE_BY_ID);
}

/*
 * True if the VM has addresses of redistributors. On 5.10, a refused vCPU stays on the bus of such
 * a VM, see Documentation/findings/refused-vcpu-used-after-free.md.
 */
static bool has_redists(const struct model_vm *vm)
{
	return vm->redist != ADDRESS_UNSET || vm->nr_regions;
}

static bool allows_run(const struct model *m, const struct model_vm *vm,
		       const struct model_vcpu *vcpu, const struct model_call *call)
{
	enum rule_name missing;

	/* KVM_RUN of a guest without code may not return. */
	if (!call->flags && !has_code(vm))
		return false;
	/* Kernels that mix up id and index warn at each timer interrupt. */
	if (vm->gic && confuses(m, vm, R_LINE_BY_ID))
		return false;
	/*
	 * On 5.10 the VM continues with half a GIC after its first KVM_RUN has failed. No rule
	 * covers that, and closing the VM can hang the kernel.
	 */
	missing = vcpu && needs_gic(vm, vcpu) ? missing_of_gic(vm) : NR_RULES;
	return missing == NR_RULES || !vcpu->initialized || call->id ||
	       m->outcomes[consequence_of(missing)][variant_of(vm)] == OUTCOME_DEAD;
}

static bool allows_its(const struct model_vm *vm, const struct model_call *call)
{
	uint64_t value = call->value;

	/* The ITS is in an area of its own, and not where the sum of address and size wraps. */
	if (call->kind == CALL_SET_ITS && call->group == KVM_DEV_ARM_VGIC_GRP_ADDR)
		return (value >> 24 == 0x0e ||
			(value >= limit_of(vm) && value + 0x1000000 > value)) &&
		       (call->id == KVM_VGIC_ITS_ADDR_TYPE || readable(call->inner, 8));
	if (call->kind == CALL_GET_ITS)
		return call->group > 15 || (call->group == KVM_DEV_ARM_VGIC_GRP_ADDR &&
					    (call->id == KVM_VGIC_ITS_ADDR_TYPE ||
					     writable(call->inner, 8)));
	return call->group == KVM_DEV_ARM_VGIC_GRP_ADDR ||
	       call->group == KVM_DEV_ARM_VGIC_GRP_CTRL || call->group > 15;
}

static bool allows_irqfd(const struct model_vm *vm, const struct model_call *call)
{
	bool good = call->garbage <= EVENT_SECOND && call->group <= EVENT_SECOND;

	if (!readable(call->pointer, sizeof(struct kvm_irqfd)))
		return true;
	/* No rule covers an eventfd that is its own resample eventfd, or two errors at once. */
	if (!good && call->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return false;
	if (call->flags & KVM_IRQFD_FLAG_RESAMPLE &&
	    (call->garbage == call->group || (call->garbage > EVENT_SECOND &&
					      call->group > EVENT_SECOND)))
		return false;
	/* No rule says if KVM_IRQFD succeeds between initialization and the first KVM_RUN. */
	return vm->ready || (!vm->initialized && good && !(call->flags & KVM_IRQFD_FLAG_DEASSIGN));
}

bool model_allows(const struct model *m, const struct model_call *call)
{
	const struct model_vm *vm = &m->vms[call->vm];
	struct model_vcpu *vcpu = vcpu_at((struct model_vm *)vm, call->vcpu);
	unsigned int i;

	/* An abandoned VM is only closed, so that another VM can take its place. */
	if (vm->abandoned && call->kind != CALL_CLOSE_VM && call->kind != CALL_CLOSE_DEVICE &&
	    call->kind != CALL_CLOSE_ITS && call->kind != CALL_CLOSE_VCPU &&
	    call->kind != CALL_CREATE_VM)
		return false;
	switch (call->kind) {
	case CALL_CREATE_VM:
		return model_vm_is_gone(vm);
	case CALL_CLOSE_VM:
		return vm->open;
	case CALL_CLOSE_DEVICE:
		return vm->device_open;
	case CALL_CLOSE_VCPU:
		return vcpu && vcpu->open;
	case CALL_CREATE_VCPU:
		/* A new vCPU needs room in the model's table, and an id that a GICv2 allows. */
		for (i = 0; i < vm->nr_vcpus; i++)
			if (vm->vcpus[i].id == (uint32_t)call->id)
				return !(is_5_10(m) && has_redists(vm));
		return (uint32_t)call->id >= m->host->max_vcpus ||
		       (vm->nr_vcpus < MODEL_VCPUS && (uint32_t)call->id < V2_MAX_VCPUS);
	case CALL_CREATE_DEVICE:
		/*
		 * The kernel writes to the argument, so the argument is not read-only. Not
		 * modelled: VFIO devices, ITSs without a GICv3, and a VM's second ITS.
		 */
		return call->pointer != POINTER_READ_ONLY && call->id != 4 &&
		       (call->id != KVM_DEV_TYPE_ARM_VGIC_ITS ||
			(vm->gic == GIC_V3 && m->host->offers & OFFERS_ITS && !vm->has_its));
	case CALL_CLOSE_ITS:
		return vm->its_open;
	case CALL_SET_ITS:
	case CALL_GET_ITS:
	case CALL_HAS_ITS:
		return m->host->offers & OFFERS_ITS &&
		       (call->pointer > POINTER_READ_ONLY || allows_its(vm, call));
	case CALL_ROUTING:
		return vm->initialized;
	case CALL_IRQFD:
		return allows_irqfd(vm, call);
	case CALL_VCPU_INIT:
		return call->flags != INIT_OTHER_FEATURES || (vcpu && vcpu->initialized);
	case CALL_SET_SEED:
	case CALL_SET_LEGACY:
		/* No rule covers kernels on which the call sets a GICv3's addresses. */
		if (vm->gic == GIC_V3 && address_of(GIC_V3, call->id & 0xffff) >= 0 &&
		    !m->outcomes[R_LEGACY_V3][0])
			return call->pointer > POINTER_READ_ONLY;
		return !is_guests(call->value, 0x2000);
	case CALL_SET_ATTR:
	case CALL_GET_ATTR:
	case CALL_HAS_ATTR:
		return call->pointer > POINTER_READ_ONLY || allows_attr(m, vm, call);
	case CALL_MEMORY:
		/*
		 * Slot 0 has the guest's code or is deleted. No slot covers the page that the
		 * guest stores to.
		 */
		if (overlap(call->value, call->size, MODEL_EXIT_IPA, MODEL_PAGE))
			return false;
		if (!call->id)
			return call->value == MODEL_CODE_IPA && call->garbage == 0;
		return vm->nr_slots < MODEL_SLOTS || call->id >= m->host->nr_slots ||
		       slot_by_id((struct model_vm *)vm, call->id);
	case CALL_IRQ_LINE:
		return allows_line(m, vm, call);
	case CALL_RUN:
		return allows_run(m, vm, vcpu, call);
	case CALL_ON_KVM:
	case CALL_ON_VCPU:
		return true;
	case CALL_ON_DEVICE:
		return call->id != MODEL_DEVATTR;
	default:
		return true;
	}
}
