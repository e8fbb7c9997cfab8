// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/patience.h"
#include "kselftest.h"
#include "model_calls.h"

#define PAGE		MODEL_PAGE
#define RUN_LIMIT_S	5
#define MEMORY_PAGES	8	/* backs the slots other than slot 0 */

/* The guest's code. It works also if it is started at its second or third instruction. */
#if defined(__aarch64__)
static const uint32_t guest_code[] = {
	0xd503201f,	/* nop				*/
	0xd503201f,	/* nop				*/
	0xd2aa0000,	/* mov	x0, #MODEL_EXIT_IPA	*/
	0xb900001f,	/* str	wzr, [x0]		*/
	0x17fffffc,	/* b	.-16			*/
};
#define REG_SIZE	KVM_REG_SIZE_U64
#define REG_ARCH	KVM_REG_ARM64
#define REG_ARCH_NAME	"KVM_REG_ARM64"
#define REG_SIZE_NAME	"KVM_REG_SIZE_U64"
#define REG_PC		KVM_REG_ARM_CORE_REG(regs.pc)
#define REG_FIVE	KVM_REG_ARM_CORE_REG(regs.regs[5])
#define FOREIGN_ARCH	KVM_REG_X86
#elif defined(__arm__)
static const uint32_t guest_code[] = {
	0xe320f000,	/* nop				*/
	0xe320f000,	/* nop				*/
	0xe3a00205,	/* mov	r0, #MODEL_EXIT_IPA	*/
	0xe5800000,	/* str	r0, [r0]		*/
	0xeafffffa,	/* b	.-16			*/
};
#define REG_SIZE	KVM_REG_SIZE_U32
#define REG_ARCH	KVM_REG_ARM
#define REG_ARCH_NAME	"KVM_REG_ARM"
#define REG_SIZE_NAME	"KVM_REG_SIZE_U32"
#define REG_PC		KVM_REG_ARM_CORE_REG(usr_regs.ARM_pc)
#define REG_FIVE	KVM_REG_ARM_CORE_REG(usr_regs.ARM_r5)
#define FOREIGN_ARCH	KVM_REG_X86
#else
#error "KVM for ARM only"
#endif

#define CORE_REG(index)	(REG_ARCH | REG_SIZE | KVM_REG_ARM_CORE | (index))
#define UNKNOWN_CORE	0xfff0ULL

struct calls_vcpu {
	int fd;
	struct kvm_run *run;
};

struct calls_vm {
	int fd, device, its;
	struct calls_vcpu vcpus[MODEL_VCPUS];
	unsigned int nr_vcpus;
};

/**
 * struct places - addresses for an argument, by enum model_pointer
 * @alias: writable mapping of @read_only's memory
 */
struct places {
	char *good, *alias, *read_only, *edge, *hole;
};

static struct {
	int kvm;
	int run_size;
	struct calls_vm vms[MODEL_VMS];
	struct places outer, inner;
	char *code, *memory;
	struct kvm_vcpu_init target;
	/* events: each VM has its own, because an eventfd raises the interrupt of one VM only. */
	int events[MODEL_VMS][2], resample[2];
} calls;

#define NO_VM	((struct calls_vm) { .fd = -1, .device = -1, .its = -1 })

const uint8_t *calls_guest_code(size_t *size)
{
	*size = sizeof(guest_code);
	return (const uint8_t *)guest_code;
}

/* ---- before the first call ---- */

static void __attribute__((noreturn)) give_up(const char *what, int error)
{
	fprintf(stderr, "%s: expected success, got %s\n", what, strerror(error));
	exit(1);
}

static char *map(size_t size, int prot, int flags, int fd)
{
	void *memory = mmap(NULL, size, prot, flags, fd, 0);

	if (memory == MAP_FAILED)
		give_up("mmap", errno);
	return memory;
}

static void find_places(struct places *p)
{
	int fd = memfd_create("read-only", MFD_CLOEXEC);
	char *two;

	if (fd < 0 || ftruncate(fd, PAGE))
		give_up("memfd_create", errno);
	p->alias = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	p->read_only = map(PAGE, PROT_READ, MAP_SHARED, fd);
	close(fd);
	/* The second page stays reserved, so that mmap() puts nothing there. */
	two = map(2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (mprotect(two, PAGE, PROT_READ | PROT_WRITE))
		give_up("mprotect", errno);
	p->good = two;
	p->edge = two + PAGE - 4;
	p->hole = two + PAGE;
}

static void *place(const struct places *p, unsigned int pointer, const void *arg, size_t size)
{
	switch (pointer) {
	case POINTER_GOOD:
		return memcpy(p->good, arg, size);
	case POINTER_READ_ONLY:
		memcpy(p->alias, arg, size);
		return p->read_only;
	case POINTER_SHORT:
		return memcpy(p->edge, arg, 4);
	case POINTER_HOLE:
		return p->hole;
	case POINTER_KERNEL:
		return (void *)-(uintptr_t)PAGE;
	default:
		return NULL;
	}
}

static void interrupted(int signal)
{
	(void)signal;
}

static int new_event(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		give_up("eventfd", errno);
	return fd;
}

void calls_open(void)
{
	struct sigaction on_alarm = { .sa_handler = interrupted };
	unsigned int i;
	int vm;

	sigaction(SIGALRM, &on_alarm, NULL);
	calls.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (calls.kvm < 0)
		give_up("open /dev/kvm", errno);
	calls.run_size = ioctl(calls.kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (calls.run_size < 0)
		give_up("KVM_GET_VCPU_MMAP_SIZE", errno);
	vm = ioctl(calls.kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || ioctl(vm, KVM_ARM_PREFERRED_TARGET, &calls.target))
		give_up("KVM_ARM_PREFERRED_TARGET", errno);
	close(vm);
	calls.target.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;
	for (i = 0; i < MODEL_VMS; i++) {
		calls.vms[i] = NO_VM;
		calls.events[i][0] = new_event();
		calls.events[i][1] = new_event();
	}
	calls.resample[0] = new_event();
	calls.resample[1] = new_event();

	find_places(&calls.outer);
	find_places(&calls.inner);
	calls.memory = map(MEMORY_PAGES * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	calls.code = map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	memcpy(calls.code, guest_code, sizeof(guest_code));
	/* The guest fetches with its caches off. */
	__builtin___clear_cache(calls.code, calls.code + PAGE);
}

static bool has_its(void)
{
	struct kvm_create_device test = {
		.type = KVM_DEV_TYPE_ARM_VGIC_ITS, .flags = KVM_CREATE_DEVICE_TEST,
	};
	int vm = ioctl(calls.kvm, KVM_CREATE_VM, 0);
	bool found = !ioctl(vm, KVM_CREATE_DEVICE, &test);

	close(vm);
	return found;
}

/*
 * Fills in capabilities and limits, with the answers of /dev/kvm, and OFFERS_LAYOUT_2, OFFERS_ITS
 * and OFFERS_64_BITS.
 */
void calls_probe(struct model_host *host)
{
	static const unsigned int numbers[MODEL_CAPS] = {
		KVM_CAP_IRQCHIP, KVM_CAP_USER_MEMORY, KVM_CAP_NR_MEMSLOTS,
		KVM_CAP_MAX_VCPUS, KVM_CAP_SET_DEVICE_ADDR, KVM_CAP_ARM_SET_DEVICE_ADDR,
		KVM_CAP_DEVICE_CTRL, KVM_CAP_ARM_PSCI_0_2, KVM_CAP_READONLY_MEM,
		KVM_CAP_ARM_VM_IPA_SIZE, KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, KVM_CAP_IRQ_MPIC,
	};
	unsigned int i;
	int answer;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		answer = ioctl(calls.kvm, KVM_CHECK_EXTENSION, (unsigned long)numbers[i]);
		if (answer < 0)
			give_up("KVM_CHECK_EXTENSION", errno);
		host->caps[i].number = numbers[i];
		host->caps[i].answer = answer;
		if (numbers[i] == KVM_CAP_MAX_VCPUS)
			host->max_vcpus = answer;
		if (numbers[i] == KVM_CAP_NR_MEMSLOTS)
			host->nr_slots = answer;
		if (numbers[i] == KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 && answer)
			host->offers |= OFFERS_LAYOUT_2;
	}
	host->nr_caps = ARRAY_SIZE(numbers);
	if (has_its())
		host->offers |= OFFERS_ITS;
	host->max_ipa_bits = abi_max_ipa_bits();
	if (sizeof(long) == 8)
		host->offers |= OFFERS_64_BITS;
}

/* ---- file descriptors ---- */

static struct calls_vcpu *vcpu_of(const struct model_call *call)
{
	static struct calls_vcpu none = { .fd = -1 };
	struct calls_vm *vm = &calls.vms[call->vm];

	return call->vcpu < vm->nr_vcpus ? &vm->vcpus[call->vcpu] : &none;
}

static int close_fd(int *fd)
{
	int ret = close(*fd);

	*fd = -1;
	return ret ? -errno : 0;
}

/* The mapping also keeps the vCPU alive. */
static int close_vcpu(struct calls_vcpu *vcpu)
{
	if (vcpu->run)
		munmap(vcpu->run, calls.run_size);
	vcpu->run = NULL;
	return close_fd(&vcpu->fd);
}

void calls_forget(void)
{
	unsigned int i, j;

	for (i = 0; i < MODEL_VMS; i++) {
		struct calls_vm *vm = &calls.vms[i];

		for (j = 0; j < vm->nr_vcpus; j++)
			if (vm->vcpus[j].fd >= 0)
				close_vcpu(&vm->vcpus[j]);
		if (vm->its >= 0)
			close(vm->its);
		if (vm->device >= 0)
			close(vm->device);
		if (vm->fd >= 0)
			close(vm->fd);
		*vm = NO_VM;
	}
}

/* ---- calls ---- */

static int create_vm(const struct model_call *call)
{
	int fd = abi_ioctl(calls.kvm, KVM_CREATE_VM, (void *)(uintptr_t)call->id);

	if (fd < 0)
		return fd;
	calls.vms[call->vm] = NO_VM;
	calls.vms[call->vm].fd = fd;
	return 0;
}

static int create_vcpu(const struct model_call *call)
{
	struct calls_vm *vm = &calls.vms[call->vm];
	struct calls_vcpu *vcpu = &vm->vcpus[vm->nr_vcpus];
	int fd = abi_ioctl(vm->fd, KVM_CREATE_VCPU, (void *)(uintptr_t)call->id);

	if (fd < 0)
		return fd;
	if (vm->nr_vcpus == MODEL_VCPUS) {	/* not expected by the model */
		close(fd);
		return 0;
	}
	vcpu->fd = fd;
	vcpu->run = (void *)map(calls.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	vm->nr_vcpus++;
	return 0;
}

static int create_device(const struct model_call *call)
{
	struct calls_vm *vm = &calls.vms[call->vm];
	struct kvm_create_device create = {
		.type = call->id, .fd = call->garbage, .flags = call->flags,
	};
	struct kvm_create_device *arg = place(&calls.outer, call->pointer, &create,
					      sizeof(create));
	int *device = call->id == KVM_DEV_TYPE_ARM_VGIC_ITS ? &vm->its : &vm->device;
	int ret = abi_ioctl(vm->fd, KVM_CREATE_DEVICE, arg);

	if (ret < 0 || call->flags & KVM_CREATE_DEVICE_TEST)
		return ret;
	if (*device >= 0)			/* not expected by the model */
		close(arg->fd);
	else
		*device = arg->fd;
	return 0;
}

struct kvm_vcpu_init calls_vcpu_init(const struct model_call *call)
{
	struct kvm_vcpu_init init = calls.target;

	if (call->flags == INIT_OTHER_TARGET)
		init.target = 0xffff;
	if (call->flags == INIT_UNKNOWN_FEATURE)
		init.features[6] |= 1U << 31;
	if (call->flags == INIT_OTHER_FEATURES)
		init.features[0] &= ~(1U << KVM_ARM_VCPU_PSCI_0_2);
	return init;
}

static int init_vcpu(const struct model_call *call)
{
	struct kvm_vcpu_init init = calls_vcpu_init(call);

	return abi_ioctl(vcpu_of(call)->fd, KVM_ARM_VCPU_INIT,
			 place(&calls.outer, call->pointer, &init, sizeof(init)));
}

static int set_seed(int fd, const struct model_call *call)
{
	struct kvm_device_address address;

	memset(&address, call->garbage, sizeof(address));
	address.id = call->id;
	address.addr = call->value;
	return abi_ioctl(fd, KVM_SET_DEVICE_ADDRESS,
			 place(&calls.outer, call->pointer, &address, sizeof(address)));
}

static int set_legacy(int fd, const struct model_call *call)
{
	struct kvm_arm_device_addr address = { .id = call->id, .addr = call->value };

	return abi_ioctl(fd, KVM_ARM_SET_DEVICE_ADDR,
			 place(&calls.outer, call->pointer, &address, sizeof(address)));
}

static int access_attr(int fd, unsigned long request, const struct model_call *call,
		       uint64_t *value)
{
	uint64_t *inner = place(&calls.inner, call->inner, &call->value, sizeof(call->value));
	struct kvm_device_attr attr = {
		.flags = call->flags, .group = call->group, .attr = call->id,
		.addr = (uintptr_t)inner,
	};
	int ret = abi_ioctl(fd, request, place(&calls.outer, call->pointer, &attr, sizeof(attr)));

	*value = 0;
	if (!ret && request == KVM_GET_DEVICE_ATTR)
		memcpy(value, inner, call->group == KVM_DEV_ARM_VGIC_GRP_ADDR ? 8 : 4);
	return ret;
}

static int set_memory(const struct model_call *call)
{
	struct kvm_userspace_memory_region region = {
		.slot = call->id, .flags = call->flags, .guest_phys_addr = call->value,
		.memory_size = call->size,
		.userspace_addr = (uintptr_t)(call->id ? calls.memory : calls.code) + call->garbage,
	};

	return abi_ioctl(calls.vms[call->vm].fd, KVM_SET_USER_MEMORY_REGION,
			 place(&calls.outer, call->pointer, &region, sizeof(region)));
}

static int irq_line(const struct model_call *call)
{
	struct kvm_irq_level line = { .irq = call->id, .level = call->value };

	return abi_ioctl(calls.vms[call->vm].fd, KVM_IRQ_LINE,
			 place(&calls.outer, call->pointer, &line, sizeof(line)));
}

uint32_t calls_gsi(const struct model_call *call, unsigned int index)
{
	bool is_last = index == call->size - 1;

	return is_last && MODEL_ROUTE_AGAIN(call->garbage) ? call->id : call->id + index;
}

static int set_routes(const struct model_call *call)
{
	static struct {
		struct kvm_irq_routing table;
		struct kvm_irq_routing_entry entries[MODEL_ROUTES + 1];
	} routes;
	unsigned int i;
	void *arg = &routes;

	routes.table = (struct kvm_irq_routing) { .nr = call->size, .flags = call->flags };
	for (i = 0; i < call->size; i++)
		routes.entries[i] = (struct kvm_irq_routing_entry) {
			.gsi = calls_gsi(call, i), .type = call->group,
			.u.irqchip.pin = call->value,
		};
	if (i) {
		routes.entries[i - 1].flags = MODEL_ROUTE_FLAGS(call->garbage);
		routes.entries[i - 1].u.irqchip.irqchip = MODEL_ROUTE_CHIP(call->garbage);
	}
	/* Only the table's header is at the bad address, which suffices for EFAULT. */
	if (call->pointer > POINTER_READ_ONLY)
		arg = place(&calls.outer, call->pointer, &routes.table, sizeof(routes.table));
	return abi_ioctl(calls.vms[call->vm].fd, KVM_SET_GSI_ROUTING, arg);
}

static int event_of(const int own[2], unsigned int event)
{
	return event <= EVENT_SECOND ? own[event] : event == EVENT_OTHER ? calls.kvm : -1;
}

static int assign_event(const struct model_call *call)
{
	struct kvm_irqfd irqfd = {
		.fd = event_of(calls.events[call->vm], call->garbage), .gsi = call->id,
		.flags = call->flags, .resamplefd = event_of(calls.resample, call->group),
	};

	return abi_ioctl(calls.vms[call->vm].fd, KVM_IRQFD,
			 place(&calls.outer, call->pointer, &irqfd, sizeof(irqfd)));
}

uint64_t calls_register(unsigned int reg)
{
	switch (reg) {
	case REG_PROGRAM_COUNTER:
		return CORE_REG(REG_PC);
	case REG_GENERAL:
		return CORE_REG(REG_FIVE);
	case REG_UNKNOWN:
		return CORE_REG(UNKNOWN_CORE);
	default:
		return (CORE_REG(REG_FIVE) & ~(uint64_t)REG_ARCH) | FOREIGN_ARCH;
	}
}

static int access_reg(const struct model_call *call, uint64_t *value)
{
	unsigned long number = call->kind == CALL_SET_REG ? call->value : 0;
	unsigned long *inner = place(&calls.inner, call->inner, &number, sizeof(number));
	struct kvm_one_reg reg = { .id = calls_register(call->id), .addr = (uintptr_t)inner };
	int ret = abi_ioctl(vcpu_of(call)->fd,
			    call->kind == CALL_SET_REG ? KVM_SET_ONE_REG : KVM_GET_ONE_REG,
			    place(&calls.outer, call->pointer, &reg, sizeof(reg)));

	if (!ret && call->kind == CALL_GET_REG)
		*value = *inner;
	return ret;
}

/* KVM_RUN from the beginning of the guest's code. */
static int run(const struct model_call *call, uint64_t *value)
{
	struct calls_vcpu *vcpu = vcpu_of(call);
	unsigned long pc = MODEL_CODE_IPA;
	struct kvm_one_reg reg = { .id = CORE_REG(REG_PC), .addr = (uintptr_t)&pc };
	int ret;

	if (vcpu->fd >= 0) {
		/* If this fails, KVM_RUN fails, too. */
		ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg);
		vcpu->run->immediate_exit = call->flags;
	}
	/* If the guest never exits, the alarm makes KVM_RUN return EINTR. */
	alarm(RUN_LIMIT_S * patience());
	ret = abi_ioctl(vcpu->fd, KVM_RUN, (void *)(uintptr_t)call->id);
	alarm(0);
	if (!ret)
		*value = vcpu->run->exit_reason == KVM_EXIT_MMIO && vcpu->run->mmio.is_write ?
			 vcpu->run->mmio.phys_addr : 0;
	return ret;
}

/* Sets an address on a file descriptor that does not have this call. */
static int set_on(int fd, const struct model_call *call)
{
	uint64_t value;

	switch (call->id) {
	case MODEL_SEED:
		return set_seed(fd, &(struct model_call) { .value = call->value });
	case MODEL_LEGACY:
		return set_legacy(fd, &(struct model_call) { .value = call->value });
	default:
		return access_attr(fd, KVM_SET_DEVICE_ATTR,
				   &(struct model_call) { .value = call->value }, &value);
	}
}

struct model_result calls_make(const struct model_call *call)
{
	struct calls_vm *vm = &calls.vms[call->vm];
	struct model_result r = { 0 };

	switch (call->kind) {
	case CALL_CREATE_VM:
		r.ret = create_vm(call);
		break;
	case CALL_CLOSE_VM:
		r.ret = close_fd(&vm->fd);
		break;
	case CALL_CREATE_IRQCHIP:
		r.ret = abi_ioctl(vm->fd, KVM_CREATE_IRQCHIP, NULL);
		break;
	case CALL_CREATE_DEVICE:
		r.ret = create_device(call);
		break;
	case CALL_CLOSE_DEVICE:
		r.ret = close_fd(&vm->device);
		break;
	case CALL_CREATE_VCPU:
		r.ret = create_vcpu(call);
		break;
	case CALL_CLOSE_VCPU:
		r.ret = close_vcpu(vcpu_of(call));
		break;
	case CALL_VCPU_INIT:
		r.ret = init_vcpu(call);
		break;
	case CALL_SET_SEED:
		r.ret = set_seed(vm->fd, call);
		break;
	case CALL_SET_LEGACY:
		r.ret = set_legacy(vm->fd, call);
		break;
	case CALL_SET_ATTR:
		r.ret = access_attr(vm->device, KVM_SET_DEVICE_ATTR, call, &r.value);
		break;
	case CALL_GET_ATTR:
		r.ret = access_attr(vm->device, KVM_GET_DEVICE_ATTR, call, &r.value);
		break;
	case CALL_HAS_ATTR:
		r.ret = access_attr(vm->device, KVM_HAS_DEVICE_ATTR, call, &r.value);
		break;
	case CALL_MEMORY:
		r.ret = set_memory(call);
		break;
	case CALL_IRQ_LINE:
		r.ret = irq_line(call);
		break;
	case CALL_CLOSE_ITS:
		r.ret = close_fd(&vm->its);
		break;
	case CALL_SET_ITS:
		r.ret = access_attr(vm->its, KVM_SET_DEVICE_ATTR, call, &r.value);
		break;
	case CALL_GET_ITS:
		r.ret = access_attr(vm->its, KVM_GET_DEVICE_ATTR, call, &r.value);
		break;
	case CALL_HAS_ITS:
		r.ret = access_attr(vm->its, KVM_HAS_DEVICE_ATTR, call, &r.value);
		break;
	case CALL_ROUTING:
		r.ret = set_routes(call);
		break;
	case CALL_IRQFD:
		r.ret = assign_event(call);
		break;
	case CALL_CHECK_EXTENSION:
		r.ret = abi_ioctl(call->flags ? calls.kvm : vm->fd, KVM_CHECK_EXTENSION,
				  (void *)(uintptr_t)call->id);
		break;
	case CALL_RUN:
		r.ret = run(call, &r.value);
		break;
	case CALL_SET_REG:
	case CALL_GET_REG:
		r.ret = access_reg(call, &r.value);
		break;
	case CALL_ON_KVM:
		r.ret = set_on(calls.kvm, call);
		break;
	case CALL_ON_VCPU:
		r.ret = set_on(vcpu_of(call)->fd, call);
		break;
	case CALL_ON_DEVICE:
		r.ret = set_on(vm->device, call);
		break;
	}
	return r;
}

/* ---- calls as C ---- */

void calls_print_head(FILE *out)
{
	unsigned int i;

	fputs("/*\n"
	      " * Exit status 1: the last call does not do what the model says. For 32-bit ARM,\n"
	      " * compile this program with -isystem <vgic-abi>/arch/arm/include/uapi.\n"
	      " */\n"
	      "#include <errno.h>\n"
	      "#include <fcntl.h>\n"
	      "#include <signal.h>\n"
	      "#include <stdint.h>\n"
	      "#include <stdio.h>\n"
	      "#include <stdlib.h>\n"
	      "#include <string.h>\n"
	      "#include <unistd.h>\n"
	      "#include <sys/eventfd.h>\n"
	      "#include <sys/ioctl.h>\n"
	      "#include <sys/mman.h>\n"
	      "#include <linux/kvm.h>\n"
	      "\n"
	      "struct seed_address { __u32 id; __u64 addr; };\n"
	      "#define SEED_SET_ADDRESS _IOW(KVMIO, 0xaa, struct seed_address)\n"
	      "#define PAGE ((unsigned long)getpagesize())\n"
	      "#define KERNEL ((void *)-PAGE)\n"
	      "#define HOLE (mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))\n"
	      "#define PC (", out);
	fprintf(out, "%s | %s | KVM_REG_ARM_CORE | %u)\n", REG_ARCH_NAME, REG_SIZE_NAME,
		(unsigned int)REG_PC);
	fprintf(out, "#define R5 (%s | %s | KVM_REG_ARM_CORE | %u)\n", REG_ARCH_NAME,
		REG_SIZE_NAME, (unsigned int)REG_FIVE);
	fputs("\n"
	      "/* 4 bytes of @arg before an inaccessible page, or all of it in a read-only "
	      "page. */\n"
	      "static void *place(const void *arg, size_t size, int is_short)\n"
	      "{\n"
	      "\tchar *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,\n"
	      "\t\t\t MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n"
	      "\n"
	      "\tmprotect(two + PAGE, PAGE, PROT_NONE);\n"
	      "\tif (is_short)\n"
	      "\t\treturn memcpy(two + PAGE - 4, arg, 4);\n"
	      "\tmemcpy(two, arg, size);\n"
	      "\tmprotect(two, PAGE, PROT_READ);\n"
	      "\treturn two;\n"
	      "}\n"
	      "#define SHORT(arg) place(arg, 4, 1)\n"
	      "#define READ_ONLY(arg) place(arg, sizeof(*(arg)), 0)\n"
	      "\n"
	      "static const uint32_t code[] = {", out);
	for (i = 0; i < ARRAY_SIZE(guest_code); i++)
		fprintf(out, " 0x%08x,", guest_code[i]);
	fputs(" };\n"
	      "static int result, error, line, differs;\n"
	      "#define CALL(...) do {\t\t\t\t\\\n"
	      "\tresult = __VA_ARGS__;\t\t\t\\\n"
	      "\terror = result < 0 ? errno : 0;\t\t\\\n"
	      "} while (0)\n"
	      "\n"
	      "/* The expected result of the last call: 0, a number, or one of two errors. */\n"
	      "static void expect(int ret, int other, int exact)\n"
	      "{\n"
	      "\tint got = error ? -error : exact ? result : 0;\n"
	      "\n"
	      "\tdiffers = got != ret && (!other || got != other);\n"
	      "\tprintf(\"%d: %d (%s)\", ++line, got, error ? strerror(error) : \"OK\");\n"
	      "\tif (differs)\n"
	      "\t\tprintf(\", expected %d (%s)\", ret, ret < 0 ? strerror(-ret) : \"OK\");\n"
	      "\tputchar('\\n');\n"
	      "}\n"
	      "\n"
	      "/* The value that the call should have read, unless it failed. */\n"
	      "static void expect_value(uint64_t value, uint64_t got)\n"
	      "{\n"
	      "\tdiffers |= !error && got != value;\n"
	      "\tprintf(\"\\tvalue 0x%llx, expected 0x%llx\\n\", (unsigned long long)got,\n"
	      "\t       (unsigned long long)value);\n"
	      "}\n"
	      "\n"
	      "/* The address of the store by which the guest exited, or 0. */\n"
	      "static uint64_t stored_to(const struct kvm_run *shared)\n"
	      "{\n"
	      "\tif (shared->exit_reason == KVM_EXIT_MMIO && shared->mmio.is_write)\n"
	      "\t\treturn shared->mmio.phys_addr;\n"
	      "\treturn 0;\n"
	      "}\n"
	      "\n"
	      "static void interrupted(int signal)\n"
	      "{\n"
	      "\t(void)signal;\n"
	      "}\n"
	      "\n"
	      "static int run(int vcpu, struct kvm_run *shared, int immediate_exit, long arg)\n"
	      "{\n"
	      "\tunsigned long pc = 0x40000000;\n"
	      "\tstruct kvm_one_reg reg = { .id = PC, .addr = (uintptr_t)&pc };\n"
	      "\tint ret;\n"
	      "\n"
	      "\tif (vcpu >= 0) {\n"
	      "\t\tioctl(vcpu, KVM_SET_ONE_REG, &reg);\n"
	      "\t\tshared->immediate_exit = immediate_exit;\n"
	      "\t}\n"
	      "\talarm(60);\n"
	      "\tret = ioctl(vcpu, KVM_RUN, arg);\n"
	      "\talarm(0);\n"
	      "\treturn ret;\n"
	      "}\n"
	      "\n"
	      "int main(void)\n"
	      "{\n"
	      "\tint kvm = open(\"/dev/kvm\", O_RDWR), vm[3], device[3], its[3], vcpu[3][6];\n"
	      "\tint event[3][4], resample[4], vcpus[3] = { 0 }, i;\n"
	      "\tint size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);\n"
	      "\tchar *memory = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,\n"
	      "\t\t\t    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n"
	      "\tstruct sigaction on_alarm = { .sa_handler = interrupted };\n"
	      "\tstruct kvm_create_device create = { 0 };\n"
	      "\tstruct kvm_vcpu_init init = { 0 };\n"
	      "\tstruct kvm_irq_routing *routes = NULL;\n"
	      "\tstruct kvm_run *shared[3][6] = { 0 };\n"
	      "\tunsigned long reg = 0;\n"
	      "\tuint64_t value = 0;\n"
	      "\n"
	      "\t(void)shared, (void)create, (void)init, (void)reg, (void)value, (void)vcpus;\n"
	      "\t(void)routes, (void)its, (void)event, (void)resample, (void)size;\n"
	      "\tsigaction(SIGALRM, &on_alarm, NULL);\n"
	      "\tmemset(vm, -1, sizeof(vm));\n"
	      "\tmemset(device, -1, sizeof(device));\n"
	      "\tmemset(its, -1, sizeof(its));\n"
	      "\tfor (i = 0; i < 16; i++)\t/* two eventfds each, none, and another file */\n"
	      "\t\t(i < 12 ? event[i / 4] : resample)[i % 4] =\n"
	      "\t\t\ti % 4 < 2 ? eventfd(0, 0) : i % 4 == 2 ? -1 : kvm;\n"
	      "\tmemset(vcpu, -1, sizeof(vcpu));\n"
	      "\tmemcpy(memory + 15 * PAGE, code, sizeof(code));\n"
	      "\t__builtin___clear_cache(memory, memory + 16 * PAGE);\n"
	      "\n", out);
}

void calls_print_tail(FILE *out)
{
	fputs("\treturn differs;\n}\n", out);
}

/* The pointer as a C expression; @arg is its good value. The next call overwrites the text. */
static const char *pointer_text(unsigned int pointer, const char *arg)
{
	static const char * const formats[MODEL_POINTERS] = {
		[POINTER_GOOD] = "%s",
		[POINTER_READ_ONLY] = "READ_ONLY(%s)",
		[POINTER_SHORT] = "SHORT(%s)",
		[POINTER_NULL] = "NULL",
		[POINTER_HOLE] = "HOLE",
		[POINTER_KERNEL] = "KERNEL",
	};
	static char text[640];
	const char *hole = strstr(formats[pointer], "%s");

	snprintf(text, sizeof(text), "%.*s%s%s", hole ? (int)(hole - formats[pointer]) : 64,
		 formats[pointer], hole ? arg : "", hole ? hole + 2 : "");
	return text;
}

static void print_pointer(FILE *out, unsigned int pointer, const char *arg)
{
	fputs(pointer_text(pointer, arg), out);
}

static void print_address(FILE *out, const char *fd, unsigned int dialect,
			  const struct model_call *call)
{
	static const struct {
		const char *request, *type;
	} dialects[] = {
		[MODEL_SEED] = { "SEED_SET_ADDRESS", "seed_address" },
		[MODEL_LEGACY] = { "KVM_ARM_SET_DEVICE_ADDR", "kvm_arm_device_addr" },
	};
	bool on_other = call->kind >= CALL_ON_KVM;
	char arg[160];

	snprintf(arg, sizeof(arg), "(&(struct %s) { .id = 0x%llx, .addr = 0x%llx })",
		 dialects[dialect].type, on_other ? 0ULL : (unsigned long long)call->id,
		 (unsigned long long)call->value);
	fprintf(out, "CALL(ioctl(%s, %s, ", fd, dialects[dialect].request);
	print_pointer(out, on_other ? POINTER_GOOD : call->pointer, arg);
	fputs("));", out);
	if (call->garbage && dialect == MODEL_SEED && !on_other)
		fprintf(out, " /* its padding: bytes 0x%02x */", call->garbage & 0xff);
}

static void print_attr(FILE *out, const char *fd, const char *request,
		       const struct model_call *call)
{
	char arg[512];

	snprintf(arg, sizeof(arg),
		 "(&(struct kvm_device_attr) { .flags = 0x%x, .group = %u, .attr = 0x%llx, "
		 ".addr = (uintptr_t)%s })",
		 call->flags, call->group, (unsigned long long)call->id,
		 pointer_text(call->inner, "(&value)"));
	fprintf(out, "value = 0x%llx;\n\tCALL(ioctl(%s, %s, ", (unsigned long long)call->value,
		fd, request);
	print_pointer(out, call->pointer, arg);
	fputs("));", out);
}

static void print_on(FILE *out, const char *fd, const struct model_call *call)
{
	if (call->id == MODEL_DEVATTR)
		print_attr(out, fd, "KVM_SET_DEVICE_ATTR",
			   &(struct model_call) { .value = call->value });
	else
		print_address(out, fd, call->id, call);
}

static void print_routes(FILE *out, const char *vm, const struct model_call *call)
{
	fprintf(out,
		"routes = calloc(1, sizeof(*routes) + %llu * sizeof(routes->entries[0]));\n"
		"\troutes->nr = %llu;\n"
		"\troutes->flags = 0x%x;\n"
		"\tfor (i = 0; i < %llu; i++)\n"
		"\t\troutes->entries[i] = (struct kvm_irq_routing_entry) { .gsi = 0x%llx + i, "
		".type = %u, .u.irqchip.pin = 0x%llx };\n",
		(unsigned long long)call->size, (unsigned long long)call->size, call->flags,
		(unsigned long long)call->size, (unsigned long long)call->id, call->group,
		(unsigned long long)call->value);
	if (call->size)
		fprintf(out,
			"\troutes->entries[%llu].gsi = 0x%x;\n"
			"\troutes->entries[%llu].flags = 0x%x;\n"
			"\troutes->entries[%llu].u.irqchip.irqchip = 0x%x;\n",
			(unsigned long long)call->size - 1, calls_gsi(call, call->size - 1),
			(unsigned long long)call->size - 1, MODEL_ROUTE_FLAGS(call->garbage),
			(unsigned long long)call->size - 1, MODEL_ROUTE_CHIP(call->garbage));
	fprintf(out, "\tCALL(ioctl(%s, KVM_SET_GSI_ROUTING, ", vm);
	print_pointer(out, call->pointer == POINTER_READ_ONLY ? POINTER_GOOD : call->pointer,
		      "(routes)");
	fputs("));\n\tfree(routes);", out);
}

/* The value that the call has read, as a C expression; NULL if it was read to a bad address. */
static const char *value_text(const struct model_call *call)
{
	static char text[32];

	if (call->kind == CALL_RUN) {
		snprintf(text, sizeof(text), "stored_to(shared[%u][%u])", call->vm, call->vcpu);
		return text;
	}
	if (call->inner != POINTER_GOOD)
		return NULL;
	if (call->kind == CALL_GET_REG)
		return "reg";
	return call->group == KVM_DEV_ARM_VGIC_GRP_ADDR ? "value" : "(uint32_t)value";
}

void calls_print_answer(FILE *out, const struct model_call *call, const struct model_answer *answer)
{
	const char *value = value_text(call);

	fprintf(out, "\texpect(%d, %d, %d);\t/* %s */\n", answer->ret, answer->other,
		answer->exact, answer->why);
	if (answer->has_value && !answer->ret && value)
		fprintf(out, "\texpect_value(0x%llx, %s);\n",
			(unsigned long long)answer->value, value);
}

void calls_print(FILE *out, const struct model_call *call)
{
	static const char * const inits[] = {
		[INIT_RIGHT] = "",
		[INIT_OTHER_TARGET] = "\tinit.target = 0xffff;\n",
		[INIT_UNKNOWN_FEATURE] = "\tinit.features[6] |= 1U << 31;\n",
		[INIT_OTHER_FEATURES] = "\tinit.features[0] &= ~(1U << KVM_ARM_VCPU_PSCI_0_2);\n",
	};
	static const char * const regs[] = {
		[REG_GENERAL] = "R5",
		[REG_UNKNOWN] = "R5 | 0xfff0",
		[REG_OF_OTHERS] = "(R5 & ~KVM_REG_ARCH_MASK) | KVM_REG_X86",
	};
	unsigned int v = call->vm, c = call->vcpu;
	unsigned long long id = call->id, value = call->value;
	char vm[16], device[16], its[16], vcpu[24], arg[320];

	snprintf(its, sizeof(its), "its[%u]", v);
	snprintf(vm, sizeof(vm), "vm[%u]", v);
	snprintf(device, sizeof(device), "device[%u]", v);
	snprintf(vcpu, sizeof(vcpu), "vcpu[%u][%u]", v, c);
	fputc('\t', out);
	switch (call->kind) {
	case CALL_CREATE_VM:
		fprintf(out, "CALL(%s = ioctl(kvm, KVM_CREATE_VM, 0x%llxUL));\n"
			"\tvcpus[%u] = 0;", vm, id, v);
		break;
	case CALL_CLOSE_VM:
		fprintf(out, "CALL(close(%s));\n\t%s = -1;", vm, vm);
		break;
	case CALL_CREATE_IRQCHIP:
		fprintf(out, "CALL(ioctl(%s, KVM_CREATE_IRQCHIP, 0));", vm);
		break;
	case CALL_CREATE_DEVICE:
		fprintf(out, "create = (struct kvm_create_device) { .type = 0x%llx, .flags = "
			     "0x%x };\n"
			"\tCALL(ioctl(%s, KVM_CREATE_DEVICE, ", id, call->flags, vm);
		print_pointer(out, call->pointer, "(&create)");
		fprintf(out, "));\n\tif (!result && !(create.flags & 1))\n"
			"\t\t%s = create.fd;", id == KVM_DEV_TYPE_ARM_VGIC_ITS ? its : device);
		break;
	case CALL_CLOSE_DEVICE:
		fprintf(out, "CALL(close(%s));\n\t%s = -1;", device, device);
		break;
	case CALL_CREATE_VCPU:
		fprintf(out, "CALL(ioctl(%s, KVM_CREATE_VCPU, 0x%llxUL));\n"
			"\tif (result >= 0) {\n"
			"\t\tshared[%u][vcpus[%u]] = mmap(NULL, size, PROT_READ | PROT_WRITE, "
			"MAP_SHARED, result, 0);\n"
			"\t\tvcpu[%u][vcpus[%u]++] = result;\n"
			"\t}", vm, id, v, v, v, v);
		break;
	case CALL_CLOSE_VCPU:
		fprintf(out, "munmap(shared[%u][%u], size);\n\tCALL(close(%s));\n\t%s = -1;", v, c,
			vcpu, vcpu);
		break;
	case CALL_VCPU_INIT:
		fprintf(out, "ioctl(vm[%u], KVM_ARM_PREFERRED_TARGET, &init);\n"
			"\tinit.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;\n%s\tCALL(ioctl(%s, "
			"KVM_ARM_VCPU_INIT, ",
			v, inits[call->flags], vcpu);
		print_pointer(out, call->pointer, "(&init)");
		fputs("));", out);
		break;
	case CALL_SET_SEED:
		print_address(out, vm, MODEL_SEED, call);
		break;
	case CALL_SET_LEGACY:
		print_address(out, vm, MODEL_LEGACY, call);
		break;
	case CALL_SET_ATTR:
		print_attr(out, device, "KVM_SET_DEVICE_ATTR", call);
		break;
	case CALL_GET_ATTR:
		print_attr(out, device, "KVM_GET_DEVICE_ATTR", call);
		break;
	case CALL_HAS_ATTR:
		print_attr(out, device, "KVM_HAS_DEVICE_ATTR", call);
		break;
	case CALL_MEMORY:
		snprintf(arg, sizeof(arg),
			 "(&(struct kvm_userspace_memory_region) { .slot = 0x%llx, .flags = 0x%x, "
			 ".guest_phys_addr = 0x%llx, .memory_size = 0x%llx, "
			 ".userspace_addr = (uintptr_t)memory + 0x%llx })",
			 id, call->flags, value, (unsigned long long)call->size,
			 call->garbage + (id ? 0ULL : 15 * PAGE));
		fprintf(out, "CALL(ioctl(%s, KVM_SET_USER_MEMORY_REGION, ", vm);
		print_pointer(out, call->pointer, arg);
		fputs("));", out);
		break;
	case CALL_IRQ_LINE:
		snprintf(arg, sizeof(arg),
			 "(&(struct kvm_irq_level) { .irq = 0x%llx, .level = 0x%llx })",
			 id, value);
		fprintf(out, "CALL(ioctl(%s, KVM_IRQ_LINE, ", vm);
		print_pointer(out, call->pointer, arg);
		fputs("));", out);
		break;
	case CALL_CLOSE_ITS:
		fprintf(out, "CALL(close(%s));\n\t%s = -1;", its, its);
		break;
	case CALL_SET_ITS:
		print_attr(out, its, "KVM_SET_DEVICE_ATTR", call);
		break;
	case CALL_GET_ITS:
		print_attr(out, its, "KVM_GET_DEVICE_ATTR", call);
		break;
	case CALL_HAS_ITS:
		print_attr(out, its, "KVM_HAS_DEVICE_ATTR", call);
		break;
	case CALL_ROUTING:
		print_routes(out, vm, call);
		break;
	case CALL_IRQFD:
		snprintf(arg, sizeof(arg),
			 "(&(struct kvm_irqfd) { .fd = event[%u][%u], .gsi = 0x%llx, "
			 ".flags = 0x%x, .resamplefd = resample[%u] })",
			 v, call->garbage, id, call->flags, call->group);
		fprintf(out, "CALL(ioctl(%s, KVM_IRQFD, ", vm);
		print_pointer(out, call->pointer, arg);
		fputs("));", out);
		break;
	case CALL_CHECK_EXTENSION:
		fprintf(out, "CALL(ioctl(%s, KVM_CHECK_EXTENSION, 0x%llxUL));",
			call->flags ? "kvm" : vm, id);
		break;
	case CALL_RUN:
		fprintf(out, "CALL(run(%s, shared[%u][%u], %u, %llu));", vcpu, v, c, call->flags,
			id);
		break;
	case CALL_SET_REG:
	case CALL_GET_REG:
		fprintf(out, "reg = 0x%llx;\n\tCALL(ioctl(%s, KVM_%s_ONE_REG, ", value, vcpu,
			call->kind == CALL_SET_REG ? "SET" : "GET");
		snprintf(arg, sizeof(arg),
			 "(&(struct kvm_one_reg) { .id = %s, .addr = (uintptr_t)%s })", regs[id],
			 pointer_text(call->inner, "(&reg)"));
		print_pointer(out, call->pointer, arg);
		fputs("));", out);
		break;
	case CALL_ON_KVM:
		print_on(out, "kvm", call);
		break;
	case CALL_ON_VCPU:
		print_on(out, vcpu, call);
		break;
	case CALL_ON_DEVICE:
		print_on(out, device, call);
		break;
	}
}
