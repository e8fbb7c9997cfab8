/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An executable model of the ABI: the answer to each call, after any sequence of calls. It makes
 * no system calls and is the same for all kernels. Its answers are those of the rule table,
 * including the deviations of the running kernel. Each answer names its rule, or the document that
 * defines it.
 *
 * A model has several VMs, each with some vCPUs, one GIC and some memory slots. Numbers of
 * VMs and vCPUs are indices, not file descriptors.
 */
#ifndef VGIC_ABI_MODEL_H
#define VGIC_ABI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define MODEL_VMS	3
#define MODEL_VCPUS	5	/* of a VM */
#define MODEL_SLOTS	6	/* memory slots of a VM: the guest's code and five others */
#define MODEL_REGIONS	3	/* redistributor regions of a GICv3 */
#define MODEL_PAGE	((uint64_t)getpagesize())	/* the unit of memory slots */

/* The guest's code is in slot 0 and stores to an address outside of all slots. */
#define MODEL_CODE_IPA	0x40000000ULL
#define MODEL_EXIT_IPA	0x50000000ULL

enum model_kind {
	CALL_CREATE_VM,		/* id: the VM's type */
	CALL_CLOSE_VM,
	CALL_CREATE_IRQCHIP,
	CALL_CREATE_DEVICE,	/* id: its type; flags */
	CALL_CLOSE_DEVICE,
	CALL_CREATE_VCPU,	/* id */
	CALL_CLOSE_VCPU,	/* vcpu */
	CALL_VCPU_INIT,		/* vcpu; flags: enum model_init */
	CALL_SET_SEED,		/* id; value: the address; garbage: in the padding */
	CALL_SET_LEGACY,	/* id; value */
	CALL_SET_ATTR,		/* group; id: the attribute; value; flags */
	CALL_GET_ATTR,		/* the same; value: before the call */
	CALL_HAS_ATTR,		/* group; id; flags */
	/* id: slot; value: guest physical address; size; flags; garbage: offset of memory */
	CALL_MEMORY,
	CALL_IRQ_LINE,		/* id: irq; value: level */
	CALL_CLOSE_ITS,
	CALL_SET_ITS,		/* from here to HAS_ITS: like *_ATTR, on the ITS */
	CALL_GET_ITS,
	CALL_HAS_ITS,
	/*
	 * flags; size: number of entries; id: GSI of the first; value: pin; group: type; garbage:
	 * MODEL_ROUTE() of the last
	 */
	CALL_ROUTING,
	CALL_IRQFD,		/* id: GSI; flags; garbage, group: enum model_event */
	CALL_CHECK_EXTENSION,	/* id; flags: 1 on /dev/kvm */
	CALL_RUN,		/* vcpu; id: ioctl's argument; flags: 1 for immediate_exit */
	CALL_SET_REG,		/* vcpu; id: enum model_reg; value */
	CALL_GET_REG,		/* the same */
	CALL_ON_KVM,		/* id: enum model_dialect: the call on a file that is not a VM */
	CALL_ON_VCPU,		/* the same; vcpu */
	CALL_ON_DEVICE,		/* the same */
	MODEL_KINDS,
};

extern const char * const model_kind_names[MODEL_KINDS];

enum model_init {
	INIT_RIGHT,
	INIT_OTHER_TARGET,
	INIT_UNKNOWN_FEATURE,
	INIT_OTHER_FEATURES,	/* other than the vCPU's */
};

enum model_reg {
	REG_GENERAL,		/* x5, r5 */
	REG_UNKNOWN,		/* a core register beyond the last */
	REG_OF_OTHERS,		/* a register of another architecture */
};

/* The eventfd of KVM_IRQFD, and the resample eventfd. */
enum model_event {
	EVENT_FIRST,		/* the VM's first eventfd */
	EVENT_SECOND,
	EVENT_NONE,		/* -1 */
	EVENT_OTHER,		/* a file that is not an eventfd */
	MODEL_EVENTS,
};

/* The last route of a table: its irqchip, its flags, and whether it has the first route's GSI. */
#define MODEL_ROUTE(chip, flags, again)	((chip) | (flags) << 8 | (again) << 16)
#define MODEL_ROUTE_CHIP(garbage)	((garbage) & 0xff)
#define MODEL_ROUTE_FLAGS(garbage)	((garbage) >> 8 & 0xff)
#define MODEL_ROUTE_AGAIN(garbage)	((garbage) >> 16 & 1)
#define MODEL_ROUTES	4096	/* of a VM, at most */

enum model_dialect {
	MODEL_SEED,
	MODEL_LEGACY,
	MODEL_DEVATTR,
};

/* Address of an argument. Only at the first two can the kernel read more than 4 bytes. */
enum model_pointer {
	POINTER_GOOD,
	POINTER_READ_ONLY,
	POINTER_SHORT,		/* 4 bytes before an unmapped page */
	POINTER_NULL,
	POINTER_HOLE,
	POINTER_KERNEL,
	MODEL_POINTERS,
};

/**
 * struct model_call - a call and its arguments, see enum model_kind
 * @vm, @vcpu: indices
 * @pointer:   address of the argument
 * @inner:     address of the data that the argument points to
 */
struct model_call {
	uint8_t kind, vm, vcpu;
	uint8_t pointer, inner;
	uint32_t group, flags, garbage;
	uint64_t id, value, size;
};

/**
 * struct model_answer - the result that a call must have
 * @ret:       0, or a negative errno; with @exact, the number that the call returns. File
 *             descriptors count as 0.
 * @other:     another negative errno that is accepted, or 0. Only for errors: the
 *             state is the same after both.
 * @has_value: the call reads a number, which must be @value
 * @why:       id of a rule, or the document that defines the answer
 */
struct model_answer {
	int ret, other;
	bool exact, has_value;
	uint64_t value;
	const char *why;
};

/* Features of a system, for struct model_host. */
#define OFFERS_SEED		(1U << 0)
#define OFFERS_LEGACY		(1U << 1)
#define OFFERS_DEVATTR		(1U << 2)
#define OFFERS_V2		(1U << 3)
#define OFFERS_V3		(1U << 4)
#define OFFERS_IPA_SIZES	(1U << 5)
#define OFFERS_64_BITS		(1U << 6)	/* the argument of an ioctl has 64 bits */
#define OFFERS_LAYOUT_2		(1U << 7)	/* KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 */
#define OFFERS_ITS		(1U << 8)

#define MODEL_CAPS		12

/**
 * struct model_host - the system under test
 * @offers: mask of OFFERS_*
 * @caps:   capabilities and the answers of KVM_CHECK_EXTENSION on /dev/kvm
 * @says:   outcome of a rule for a variant on the running kernel; NULL if the table
 *          has no such rule
 */
struct model_host {
	unsigned int offers;
	unsigned int max_ipa_bits;
	unsigned int max_vcpus;
	unsigned int nr_slots;
	struct {
		unsigned int number;
		int answer;
	} caps[MODEL_CAPS];
	unsigned int nr_caps;
	const char *(*says)(const char *id, const char *variant);
};

enum model_gic {
	GIC_NONE,
	GIC_V2,
	GIC_V3,
};

#define ADDRESS_UNSET	UINT64_MAX
#define MODEL_UNASSIGNED	UINT64_MAX

struct model_vcpu {
	bool open, initialized, ran;
	uint64_t id, general;
};

struct model_slot {
	uint64_t id, gpa, size;
	uint32_t flags, offset;
};

struct model_region {
	uint64_t base;
	unsigned int count;
};

/**
 * struct model_vm - one VM
 * @open, @device_open, @its_open: the file descriptor is open
 * @dead:      every call fails with EIO
 * @abandoned: rules no longer define its answers; it has to be closed
 * @ready:     the GIC's addresses are final; set by the first KVM_RUN with a complete GIC
 * @by_device: the GIC was created by KVM_CREATE_DEVICE
 * @dist, @cpu, @redist: addresses, or ADDRESS_UNSET
 * @has_its:   the VM has an ITS, even if the ITS's file descriptor is closed
 * @its:       address of the ITS, or ADDRESS_UNSET
 * @assigned:  GSIs of the VM's two eventfds, or MODEL_UNASSIGNED
 * @irqs:      number of interrupts, or 0
 * @vcpus:     the vCPUs by index, which is the order of their creation
 * @vcpus_at_run: number of vCPUs at the first KVM_RUN, or 0
 */
struct model_vm {
	bool open, device_open, its_open, has_its;
	bool dead, abandoned;
	bool initialized, ready, by_device;
	enum model_gic gic;
	unsigned int ipa_bits, irqs;
	uint64_t dist, cpu, redist, its;
	uint64_t assigned[2];
	struct model_region regions[MODEL_REGIONS];
	unsigned int nr_regions;
	struct model_vcpu vcpus[MODEL_VCPUS];
	unsigned int nr_vcpus, vcpus_at_run;
	struct model_slot slots[MODEL_SLOTS];
	unsigned int nr_slots;
};

#define MODEL_RULES_MAX		144
#define MODEL_VARIANTS_MAX	9

/**
 * struct model - the state of the model
 * @outcomes: outcome of each rule and variant: 0, a negative errno, or OUTCOME_* of model.c
 * @cited:    number of answers that cited each rule
 */
struct model {
	const struct model_host *host;
	struct model_vm vms[MODEL_VMS];
	int outcomes[MODEL_RULES_MAX][MODEL_VARIANTS_MAX];
	unsigned long cited[MODEL_RULES_MAX];
};

/* Returns NULL, or the id of a rule that the model needs and the table lacks. */
const char *model_init(struct model *m, const struct model_host *host);

/* Back to the state after model_init(), without VMs. Counts of citations are kept. */
void model_forget(struct model *m);

/*
 * True if the model has an answer for the call. It has none for the few calls that no rule
 * covers; a comment names each of them.
 */
bool model_allows(const struct model *m, const struct model_call *call);

/* True if the file descriptor of the call is open. */
bool model_has_file(const struct model *m, const struct model_call *call);

/* The answer to a call that is allowed; changes the state accordingly. */
struct model_answer model_predict(struct model *m, const struct model_call *call);

/* True if nothing keeps the VM alive, so that another VM can take its place. */
bool model_vm_is_gone(const struct model_vm *vm);

/*
 * The first rule from index *@rule on that applies to the system and that no answer has cited, or
 * NULL. *@rule is set to the index after it.
 */
const char *model_uncited(const struct model *m, unsigned int *rule);

#endif /* VGIC_ABI_MODEL_H */
