// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls as a program for syzkaller, with the names of its sys/linux/dev_kvm.txt. syzkaller does
 * not describe the seed dialect's call, and has no KVM on 32-bit ARM.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "kselftest.h"
#include "model_syz.h"

/* syzkaller's data area, and places in it. */
#define AREA		0x7f0000000000ULL
#define ARGUMENT	(AREA + 0x1000)
#define INNER		(AREA + 0x2000)
#define CODE		(AREA + 0x400000)
#define MEMORY		(AREA + 0x500000)

#define NO_FILE		"0xffffffffffffffff"
#define MAX_NAME	20

/* Files have the names of syzkaller's resources, r0 and so on; "" before they are open. */
struct syz_vm {
	char fd[MAX_NAME], device[MAX_NAME], its[MAX_NAME], vcpus[MODEL_VCPUS + 1][MAX_NAME];
	unsigned int nr_vcpus;
};

static struct {
	FILE *out;
	unsigned int files;
	char *opened;	/* name of the device that the last call created, or NULL */
	char events[MODEL_VMS + 1][2][MAX_NAME];	/* last row: resamplers */
	struct syz_vm vms[MODEL_VMS];
} syz;

static const char *name_of(const char *file)
{
	return *file ? file : NO_FILE;
}

static void new_name(char *file)
{
	snprintf(file, MAX_NAME, "r%u", syz.files++);
}

/*
 * @value is at address @where, unless @pointer is bad. A pointer of syzkaller refers to its data
 * area, or is NULL, or one of two addresses that no program can use.
 */
static void print_pointer(char *text, size_t size, unsigned int pointer, uint64_t where,
			  const char *value)
{
	switch (pointer) {
	case POINTER_GOOD:
	case POINTER_READ_ONLY:
		snprintf(text, size, "&(0x%llx)=%s", (unsigned long long)where, value);
		break;
	case POINTER_NULL:
		snprintf(text, size, "0x0");
		break;
	default:
		snprintf(text, size, NO_FILE);
	}
}

/* The number that the call reads or writes. */
static const char *inner_of(const struct model_call *call)
{
	static char text[80];
	char value[24];

	snprintf(value, sizeof(value), "0x%llx", (unsigned long long)call->value);
	print_pointer(text, sizeof(text), call->inner, INNER, value);
	return text;
}

/* ioctl$NAME(FILE, REQUEST, ARGUMENT) with a structure, whose members follow. */
static __attribute__((format(printf, 5, 6)))
void print_ioctl(const char *name, const char *file, unsigned long request, unsigned int pointer,
		 const char *members, ...)
{
	char value[240], argument[300];
	va_list ap;

	va_start(ap, members);
	vsnprintf(value, sizeof(value), members, ap);
	va_end(ap);
	print_pointer(argument, sizeof(argument), pointer, ARGUMENT, value);
	fprintf(syz.out, "ioctl$%s(%s, 0x%lx, %s)\n", name, name_of(file), request, argument);
}

static void print_plain(const char *name, const char *file, unsigned long request, uint64_t arg)
{
	fprintf(syz.out, "ioctl$%s(%s, 0x%lx, 0x%llx)\n", name, name_of(file), request,
		(unsigned long long)arg);
}

static void print_attr(const char *name, const char *file, unsigned long request,
		       const struct model_call *call)
{
	print_ioctl(name, file, request, call->pointer, "{0x%x, 0x%x, 0x%llx, %s}", call->flags,
		    call->group, (unsigned long long)call->id, inner_of(call));
}

/* The argument has the same layout in the seed's and the legacy call. */
static void print_address(const char *file, unsigned long request, const struct model_call *call)
{
	print_ioctl("KVM_ARM_SET_DEVICE_ADDR", file, request, call->pointer, "{0x%llx, 0x%llx}",
		    (unsigned long long)call->id, (unsigned long long)call->value);
}

static void print_on(const char *file, const struct model_call *call)
{
	const struct model_call plain = { .value = call->value };

	switch (call->id) {
	case MODEL_SEED:
		print_address(file, KVM_SET_DEVICE_ADDRESS, &plain);
		break;
	case MODEL_LEGACY:
		print_address(file, KVM_ARM_SET_DEVICE_ADDR, &plain);
		break;
	default:
		print_attr("KVM_SET_DEVICE_ATTR", file, KVM_SET_DEVICE_ATTR, &plain);
	}
}

static void print_reg(const char *name, const char *file, unsigned long request, uint64_t id,
		      const struct model_call *call)
{
	print_ioctl(name, file, request, call->pointer, "@other={0x%llx, %s}",
		    (unsigned long long)id, inner_of(call));
}

static void print_run(const char *file, const struct model_call *call)
{
	const struct model_call pc = { .value = MODEL_CODE_IPA };

	print_reg("KVM_SET_ONE_REG", file, KVM_SET_ONE_REG,
		  calls_register(REG_PROGRAM_COUNTER), &pc);
	if (call->flags)
		fputs("# with immediate_exit = 1 in struct kvm_run\n", syz.out);
	print_plain("KVM_RUN", file, KVM_RUN, call->id);
}

static void print_memory(const char *file, const struct model_call *call)
{
	if (call->garbage)
		fprintf(syz.out, "# the memory begins 0x%x bytes after the next line's address\n",
			call->garbage);
	print_ioctl("KVM_SET_USER_MEMORY_REGION", file, KVM_SET_USER_MEMORY_REGION, call->pointer,
		    "{0x%llx, 0x%x, 0x%llx, 0x%llx, &(0x%llx/0x1000)=nil}",
		    (unsigned long long)call->id, call->flags, (unsigned long long)call->value,
		    (unsigned long long)call->size, call->id ? MEMORY : CODE);
}

static void print_create_device(struct syz_vm *vm, const struct model_call *call)
{
	char *device = call->id == KVM_DEV_TYPE_ARM_VGIC_ITS ? vm->its : vm->device;
	bool opens = call->pointer == POINTER_GOOD && !(call->flags & KVM_CREATE_DEVICE_TEST) &&
		     !*device;

	if (opens) {
		syz.opened = device;
		new_name(device);
	}
	print_ioctl("KVM_CREATE_DEVICE", vm->fd, KVM_CREATE_DEVICE, call->pointer,
		    "{0x%llx, %s%s%s" NO_FILE ", 0x%x}", (unsigned long long)call->id,
		    opens ? "<" : "", opens ? device : "", opens ? "=>" : "", call->flags);
}

static void print_vcpu_init(const char *file, const struct model_call *call)
{
	struct kvm_vcpu_init init = calls_vcpu_init(call);

	print_ioctl("KVM_ARM_VCPU_INIT", file, KVM_ARM_VCPU_INIT, call->pointer,
		    "{0x%x, 0x%x, [0x0, 0x0, 0x0, 0x0, 0x0, 0x%x]}", init.target, init.features[0],
		    init.features[6]);
}

static void print_routes(const struct syz_vm *vm, const struct model_call *call)
{
	unsigned int i;

	if (call->size > 8 || call->pointer > POINTER_READ_ONLY) {
		fprintf(syz.out, "# a table of %llu entries\n", (unsigned long long)call->size);
		fprintf(syz.out, "ioctl$KVM_SET_GSI_ROUTING(%s, 0x%x, %s)\n", name_of(vm->fd),
			(unsigned int)KVM_SET_GSI_ROUTING,
			call->pointer == POINTER_NULL ? "0x0" : NO_FILE);
		return;
	}
	fprintf(syz.out, "ioctl$KVM_SET_GSI_ROUTING(%s, 0x%x, &(0x%llx)={0x%llx, 0x%x, [",
		name_of(vm->fd), (unsigned int)KVM_SET_GSI_ROUTING, ARGUMENT,
		(unsigned long long)call->size, call->flags);
	for (i = 0; i < call->size; i++) {
		bool last = i == call->size - 1;

		fprintf(syz.out, "%s{0x%x, 0x%x, 0x%x, 0x0, @irqchip={0x%x, 0x%llx}}",
			i ? ", " : "", calls_gsi(call, i), call->group,
			last ? MODEL_ROUTE_FLAGS(call->garbage) : 0,
			last ? MODEL_ROUTE_CHIP(call->garbage) : 0,
			(unsigned long long)call->value);
	}
	fputs("]})\n", syz.out);
}

/* The name of an eventfd, which is created at its first use. */
static const char *event_name(unsigned int row, unsigned int event)
{
	if (event == EVENT_OTHER)
		return "r0";
	if (event == EVENT_NONE)
		return NO_FILE;
	if (!*syz.events[row][event]) {
		new_name(syz.events[row][event]);
		fprintf(syz.out, "%s = eventfd2(0x0, 0x0)\n", syz.events[row][event]);
	}
	return syz.events[row][event];
}

static void print_irqfd(const struct syz_vm *vm, const struct model_call *call)
{
	const char *event = event_name(call->vm, call->garbage);
	const char *resample = call->flags & KVM_IRQFD_FLAG_RESAMPLE ?
			       event_name(MODEL_VMS, call->group) : NO_FILE;

	print_ioctl("KVM_IRQFD", vm->fd, KVM_IRQFD, call->pointer, "{%s, 0x%llx, 0x%x, %s}", event,
		    (unsigned long long)call->id, call->flags, resample);
}

static void print_close(char *file)
{
	fprintf(syz.out, "close(%s)\n", name_of(file));
	*file = 0;
}

void syz_begin(FILE *out)
{
	const uint8_t *code;
	size_t size, i;

	memset(&syz, 0, sizeof(syz));
	syz.out = out;
	syz.files = 1;
	code = calls_guest_code(&size);
	fprintf(out, "# requires: arch=arm64\n"
		"r0 = openat$kvm(0xffffffffffffff9c, &(0x%llx)='/dev/kvm\\x00', 0x2, 0x0)\n"
		"# the guest's code, into the memory of slot 0\n"
		"write(" NO_FILE ", &(0x%llx)=\"", AREA, CODE);
	for (i = 0; i < size; i++)
		fprintf(out, "%02x", code[i]);
	fprintf(out, "\", 0x%zx)\n", size);
}

void syz_print(const struct model_call *call)
{
	struct syz_vm *vm = &syz.vms[call->vm];
	char *vcpu = vm->vcpus[call->vcpu];

	switch (call->kind) {
	case CALL_CREATE_VM:
		memset(vm, 0, sizeof(*vm));
		new_name(vm->fd);
		fprintf(syz.out, "%s = ", vm->fd);
		print_plain("KVM_CREATE_VM", "r0", KVM_CREATE_VM, call->id);
		break;
	case CALL_CLOSE_VM:
		print_close(vm->fd);
		break;
	case CALL_CREATE_IRQCHIP:
		fprintf(syz.out, "ioctl$KVM_CREATE_IRQCHIP(%s, 0x%x)\n", name_of(vm->fd),
			KVM_CREATE_IRQCHIP);
		break;
	case CALL_CREATE_DEVICE:
		print_create_device(vm, call);
		break;
	case CALL_CLOSE_DEVICE:
		print_close(vm->device);
		break;
	case CALL_CREATE_VCPU:
		if (vm->nr_vcpus < MODEL_VCPUS) {
			new_name(vm->vcpus[vm->nr_vcpus]);
			fprintf(syz.out, "%s = ", vm->vcpus[vm->nr_vcpus]);
		}
		print_plain("KVM_CREATE_VCPU", vm->fd, KVM_CREATE_VCPU, call->id);
		break;
	case CALL_CLOSE_VCPU:
		print_close(vcpu);
		break;
	case CALL_VCPU_INIT:
		print_vcpu_init(vcpu, call);
		break;
	case CALL_SET_SEED:
		print_address(vm->fd, KVM_SET_DEVICE_ADDRESS, call);
		break;
	case CALL_SET_LEGACY:
		print_address(vm->fd, KVM_ARM_SET_DEVICE_ADDR, call);
		break;
	case CALL_SET_ATTR:
		print_attr("KVM_SET_DEVICE_ATTR", vm->device, KVM_SET_DEVICE_ATTR, call);
		break;
	case CALL_GET_ATTR:
		print_attr("KVM_GET_DEVICE_ATTR", vm->device, KVM_GET_DEVICE_ATTR, call);
		break;
	case CALL_HAS_ATTR:
		print_attr("KVM_HAS_DEVICE_ATTR", vm->device, KVM_HAS_DEVICE_ATTR, call);
		break;
	case CALL_MEMORY:
		print_memory(vm->fd, call);
		break;
	case CALL_IRQ_LINE:
		print_ioctl("KVM_IRQ_LINE", vm->fd, KVM_IRQ_LINE, call->pointer,
			    "{0x%llx, 0x%llx}", (unsigned long long)call->id,
			    (unsigned long long)call->value);
		break;
	case CALL_CLOSE_ITS:
		print_close(vm->its);
		break;
	case CALL_SET_ITS:
		print_attr("KVM_SET_DEVICE_ATTR", vm->its, KVM_SET_DEVICE_ATTR, call);
		break;
	case CALL_GET_ITS:
		print_attr("KVM_GET_DEVICE_ATTR", vm->its, KVM_GET_DEVICE_ATTR, call);
		break;
	case CALL_HAS_ITS:
		print_attr("KVM_HAS_DEVICE_ATTR", vm->its, KVM_HAS_DEVICE_ATTR, call);
		break;
	case CALL_ROUTING:
		print_routes(vm, call);
		break;
	case CALL_IRQFD:
		print_irqfd(vm, call);
		break;
	case CALL_CHECK_EXTENSION:
		print_plain(call->flags ? "KVM_CHECK_EXTENSION" : "KVM_CHECK_EXTENSION_VM",
			    call->flags ? "r0" : vm->fd, KVM_CHECK_EXTENSION, call->id);
		break;
	case CALL_RUN:
		print_run(vcpu, call);
		break;
	case CALL_SET_REG:
		print_reg("KVM_SET_ONE_REG", vcpu, KVM_SET_ONE_REG, calls_register(call->id), call);
		break;
	case CALL_GET_REG:
		print_reg("KVM_GET_ONE_REG", vcpu, KVM_GET_ONE_REG, calls_register(call->id), call);
		break;
	case CALL_ON_KVM:
		print_on("r0", call);
		break;
	case CALL_ON_VCPU:
		print_on(vcpu, call);
		break;
	case CALL_ON_DEVICE:
		print_on(vm->device, call);
		break;
	}
}

void syz_answer(const struct model_call *call, const struct model_answer *answer)
{
	struct syz_vm *vm = &syz.vms[call->vm];

	fprintf(syz.out, "# %d: %s\n", answer->ret, answer->why);
	if (call->kind == CALL_CREATE_VCPU && !answer->ret)
		vm->nr_vcpus++;
	if (syz.opened && answer->ret)
		*syz.opened = 0;
	syz.opened = NULL;
}
