/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code, and the host code that runs it with the KVM selftests library. Guest
 * functions are ordinary C: the library loads this program into the guest at its own
 * addresses, so that a pointer to a constant is valid on both sides. Guest functions do not
 * call the C library.
 */
#ifndef VGIC_ABI_GUEST_H
#define VGIC_ABI_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/abi.h"
#include "kvm_util.h"
#include "processor.h"

#define GUEST_MAX_VCPUS	8

/* ---- the guest's side ---- */

/*
 * Ends the guest's run as failed, with both values, if they differ. @what is a constant,
 * which the host prints.
 */
void guest_expect(const char *what, uint64_t expected, uint64_t got);

/* Exits to the host, which calls on_request() with @request. */
void guest_request(unsigned int request);

/* Ends the guest's run as passed. */
void guest_done(void);

/*
 * Yields the host's CPU: the vCPU exits to user space, its thread sleeps briefly, and it enters
 * the guest again.
 */
void guest_yield(void);

/*
 * Turns: one vCPU runs at a time, and the others wait in user space. Interrupts that a vCPU sends
 * are pending at the beginning of their targets' turns, because the targets enter the guest then.
 * guest_turns_begin() waits for the calling vCPU's first turn; the first vCPU has it at once.
 * guest_turn() passes the turn to the next vCPU that has not ended, and waits for the caller's
 * next turn. guest_done() passes the turn, too.
 */
void guest_turns_begin(void);
void guest_turn(void);

/*
 * Waits until *@count is at least @want. The wait has no time limit of its own, because a slow
 * machine is not a broken kernel: it ends at the limit of guest_run() or of the runner, and the
 * host then prints the event that each vCPU waits for. @what is a constant.
 */
void guest_await(const char *what, const volatile unsigned int *count, unsigned int want);

/* guest_await() until @condition is true. The host prints the value of @seen. */
#define guest_await_that(what, condition, seen)				\
	guest_await_within(what, condition, seen, GUEST_TURNS)

/*
 * Number of times that a waiting vCPU polls before it yields: many if vCPUs run in parallel, few
 * if there are more vCPUs than CPUs.
 */
#define GUEST_TURNS	50000U
#define GUEST_FEW_TURNS	500U

#define guest_await_within(what, condition, seen, turns) do {		\
	struct guest_wait outer_ = guest_wait_begin(what);		\
	unsigned int turn_ = 0;						\
									\
	while (!(condition)) {						\
		guest_wait_sees(seen);					\
		if (++turn_ % (turns))					\
			guest_relax();					\
		else							\
			guest_yield();					\
	}								\
	guest_wait_end(outer_);						\
} while (0)

/**
 * struct guest_wait - the event that a vCPU waits for
 * @what: in words, or NULL
 * @seen: the value seen last
 *
 * For loops that cannot use guest_await(). Waits nest, because an interrupt handler may wait, too:
 * guest_wait_end() takes the value that guest_wait_begin() has returned.
 */
struct guest_wait {
	const char *what;
	uint64_t seen;
};

struct guest_wait guest_wait_begin(const char *what);
void guest_wait_sees(uint64_t seen);
void guest_wait_end(struct guest_wait outer);

/* Provided for each architecture. */
uint64_t guest_ticks(void);		/* the virtual counter */
uint64_t guest_ticks_per_second(void);
bool guest_irq_is_signalled(void);	/* by the GIC, masked or not */

void guest_irqs_on(void);
void guest_irqs_off(void);
unsigned int guest_cpu(void);		/* index of the vCPU */

/*
 * For loops that wait for another CPU, in a guest or on the host. The instruction is a hint that
 * makes an emulator that runs one CPU at a time switch to the next. KVM does not trap it.
 */
static inline void guest_relax(void)
{
	asm volatile("yield" : : : "memory");
}

/*
 * Accesses to devices, at virtual addresses, by instructions that KVM can emulate. A compiler may
 * choose other instructions for accesses through a C pointer.
 */
static inline uint32_t guest_read(uint64_t va)
{
	return __raw_readl((void *)(uintptr_t)va);
}

static inline void guest_write(uint64_t va, uint32_t value)
{
	__raw_writel(value, (void *)(uintptr_t)va);
}

#ifdef __aarch64__
#define GUEST_STORE(insn, va, value)	\
	asm volatile(insn " %w0, [%1]" : : "r" (value), "r" (va) : "memory")
#define GUEST_LOAD(insn, va, value)	\
	asm volatile(insn " %w0, [%1]" : "=r" (value) : "r" (va) : "memory")
#else
#define GUEST_STORE(insn, va, value)	\
	asm volatile(insn " %0, [%1]" : : "r" (value), "r" ((uint32_t)(va)) : "memory")
#define GUEST_LOAD(insn, va, value)	\
	asm volatile(insn " %0, [%1]" : "=r" (value) : "r" ((uint32_t)(va)) : "memory")
#endif

static inline void guest_write_half(uint64_t va, uint16_t value)
{
	GUEST_STORE("strh", va, value);
}

static inline void guest_write_byte(uint64_t va, uint8_t value)
{
	GUEST_STORE("strb", va, value);
}

static inline uint16_t guest_read_half(uint64_t va)
{
	uint32_t value;

	GUEST_LOAD("ldrh", va, value);
	return value;
}

static inline uint8_t guest_read_byte(uint64_t va)
{
	uint32_t value;

	GUEST_LOAD("ldrb", va, value);
	return value;
}

/*
 * Access a 64-bit register; on 32-bit ARM with two accesses, because the abort of a doubleword
 * access has no syndrome.
 */
#ifdef __aarch64__
static inline void guest_write_double(uint64_t va, uint64_t value)
{
	asm volatile("str %0, [%1]" : : "r" (value), "r" (va) : "memory");
}

static inline uint64_t guest_read_double(uint64_t va)
{
	uint64_t value;

	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (va) : "memory");
	return value;
}
#else
static inline void guest_write_double(uint64_t va, uint64_t value)
{
	guest_write(va, value);
	guest_write(va + 4, value >> 32);
}

static inline uint64_t guest_read_double(uint64_t va)
{
	return guest_read(va) | (uint64_t)guest_read(va + 4) << 32;
}
#endif

/* ---- the host's side ---- */

/**
 * struct guest - a VM with guest code
 * @vm:       the library's description of the VM
 * @abi:      the description for the calls of abi.h
 * @vcpus:    the vCPUs, @nr_vcpus of them
 * @on_vm:    called when the VM has no vCPU yet
 * @on_request: serves guest_request(), in the calling vCPU's thread
 * @on_read:  returns the value of a read outside of memory and devices; without it such
 *            a read fails the test
 * @on_write: called for a write outside of memory and devices; without it such a write fails
 *            the test
 * @on_exit:  called first at each exit; true if it has served the exit
 * @context:  for these callbacks
 * @limit_s:  time limit of guest_run(), multiplied by patience(); 0: a default that
 *            suits most tests
 * @turn:     index of the vCPU whose turn it is
 * @ended:    mask of the vCPUs whose code has ended
 * @failed:   a vCPU has failed, and the others are stopped
 * @late:     all vCPUs are stopped because of the time limit or SIGTERM
 */
struct guest {
	struct kvm_vm *vm;
	struct abi_vm abi;
	struct kvm_vcpu *vcpus[GUEST_MAX_VCPUS];
	unsigned int nr_vcpus;
	void (*on_vm)(struct guest *guest);
	void (*on_request)(struct guest *guest, unsigned int request);
	uint32_t (*on_read)(struct guest *guest, uint64_t addr);
	void (*on_write)(struct guest *guest, const struct kvm_run *run);
	bool (*on_exit)(struct guest *guest, struct kvm_run *run);
	void *context;
	unsigned int limit_s;
	volatile unsigned int turn;
	unsigned int ended;
	volatile bool failed;
	volatile bool late;
};

/* The guest's variable `name`, in guest memory. */
#define GUEST_ADDR(guest, name)						\
	((typeof(name) *)addr_gva2hva((guest)->vm, (uintptr_t)&(name)))

/* Creates the VM and its vCPUs, which all run @code. */
void guest_create(struct guest *guest, unsigned int nr_vcpus, void (*code)(void));

/* guest_create() of a VM whose only vCPU has the id @id; guest_cpu() is @id, too. */
void guest_create_one(struct guest *guest, unsigned int id, void (*code)(void));

/*
 * guest_create(), with all vCPUs except the first turned off until guest code turns them on, see
 * guest_power.h.
 */
void guest_create_off(struct guest *guest, unsigned int nr_vcpus, void (*code)(void));

/* Calls @handler on interrupts in all vCPUs. */
void guest_on_irq(struct guest *guest, void (*handler)(void));

/*
 * Maps guest physical pages as device memory in the guest's stage 1. Returns the virtual address,
 * which on arm64 equals the physical one. Provided for each architecture.
 */
uint64_t guest_map_device(struct guest *guest, uint64_t addr, uint64_t size);

/* The first address beyond the guest physical address space. */
uint64_t guest_limit(const struct guest *guest);

/*
 * Runs all vCPUs, each in a thread, until their code calls guest_done(), the time limit is
 * over, or SIGTERM arrives. True if all vCPUs called guest_done(); otherwise standard error has
 * the first failure, or the event that each vCPU waited for.
 */
bool guest_run(struct guest *guest);

/* Provided for each architecture. */
struct kvm_vcpu *guest_arch_add_vcpu(struct guest *guest, unsigned int id, bool off,
				     void (*code)(void));	/* with PSCI 0.2 */
void guest_arch_dump(struct kvm_vcpu *vcpu);	/* to standard error */

#endif /* VGIC_ABI_GUEST_H */
