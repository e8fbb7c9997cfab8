/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code, and the host's side of running it, on top of the KVM selftests
 * library. Guest functions are ordinary C: the library loads this program into
 * the guest at the addresses it has here, so that a pointer to a constant means
 * the same on both sides. They call nothing of the C library.
 */
#ifndef VGIC_ABI_GUEST_H
#define VGIC_ABI_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "kvm_util.h"
#include "processor.h"

#define GUEST_MAX_VCPUS	8

/* ---- the guest's side ---- */

/*
 * Ends the guest's run as failed, with both values, if they differ. @what is a
 * constant: it is printed by the host.
 */
void guest_expect(const char *what, uint64_t expected, uint64_t got);

/* Hands control to the host, which does what it was told for @request. */
void guest_request(unsigned int request);

/* Ends the guest's run as good. */
void guest_done(void);

/*
 * struct guest_patience - how long a guest has waited in a loop
 * @waited, @last: in ticks; 0 at the beginning
 *
 * Only the time counts in which the vCPU runs: on a busy machine it may be away for
 * longer than anybody would wait.
 */
struct guest_patience {
	uint64_t waited, last;
};

/*
 * To be asked in each turn of the loop, which it lets other CPUs go on in. False after
 * @ms milliseconds of waiting.
 */
bool guest_is_patient(struct guest_patience *patience, unsigned int ms);

/* The same by a clock that shows @now, of which a millisecond has @per_ms. */
bool guest_patience_lasts(struct guest_patience *patience, uint64_t now, uint64_t per_ms,
			  unsigned int ms);

/*
 * Waits until *@count is at least @want, and gives up after 600 ms of the vCPU's own
 * time. Returns what it is then.
 */
unsigned int guest_wait(const volatile unsigned int *count, unsigned int want);

/* Time for an interrupt that should not come: some milliseconds. */
void guest_linger(void);

/* Provided for each architecture. */
uint64_t guest_ticks(void);		/* the virtual counter */
uint64_t guest_ticks_per_second(void);
void guest_irqs_on(void);
void guest_irqs_off(void);
unsigned int guest_cpu(void);		/* index of the vCPU */

/*
 * In a loop that waits for another CPU, in a guest or on the host: an emulator that runs
 * one at a time goes on to the next. KVM does not trap it.
 */
static inline void guest_relax(void)
{
	asm volatile("yield" : : : "memory");
}

/*
 * Accesses to devices, at virtual addresses. By instructions that KVM can
 * emulate: of what a compiler makes from a C pointer, not all are.
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
#else
#define GUEST_STORE(insn, va, value)	\
	asm volatile(insn " %0, [%1]" : : "r" (value), "r" ((uint32_t)(va)) : "memory")
#endif

static inline void guest_write_half(uint64_t va, uint16_t value)
{
	GUEST_STORE("strh", va, value);
}

static inline void guest_write_byte(uint64_t va, uint8_t value)
{
	GUEST_STORE("strb", va, value);
}

static inline uint8_t guest_read_byte(uint64_t va)
{
	uint32_t value;

#ifdef __aarch64__
	asm volatile("ldrb %w0, [%1]" : "=r" (value) : "r" (va) : "memory");
#else
	asm volatile("ldrb %0, [%1]" : "=r" (value) : "r" ((uint32_t)va) : "memory");
#endif
	return value;
}

/* ---- the host's side ---- */

/**
 * struct guest - a VM with guest code
 * @vm:       the library's
 * @abi:      the same VM for abi.h
 * @vcpus:    @nr_vcpus of them
 * @on_request: called in the thread of the vCPU whose guest called
 *            guest_request()
 * @on_read:  answers a read that the guest made where nothing is, at the given
 *            address; without it such a read fails the test
 * @on_write: is told of a write there, likewise
 * @on_exit:  looks at each exit before anybody else; true if the guest can go on
 * @context:  for the four above
 * @limit_s:  how long guest_run() waits; if it is 0, as long as most tests need
 * @failed:   a vCPU has, and the others are stopped
 * @late:     the time is over
 */
struct guest {
	struct kvm_vm *vm;
	struct abi_vm abi;
	struct kvm_vcpu *vcpus[GUEST_MAX_VCPUS];
	unsigned int nr_vcpus;
	void (*on_request)(struct guest *guest, unsigned int request);
	uint32_t (*on_read)(struct guest *guest, uint64_t addr);
	void (*on_write)(struct guest *guest, const struct kvm_run *run);
	bool (*on_exit)(struct guest *guest, struct kvm_run *run);
	void *context;
	unsigned int limit_s;
	volatile bool failed;
	volatile bool late;
};

/* Creates the VM and its vCPUs, which will all run @code. */
void guest_create(struct guest *guest, unsigned int nr_vcpus, void (*code)(void));

/*
 * The same, with all vCPUs but the first turned off, until guest code turns them on:
 * guest_power.h.
 */
void guest_create_off(struct guest *guest, unsigned int nr_vcpus, void (*code)(void));

/* Calls @handler on interrupts, in all vCPUs. */
void guest_on_irq(struct guest *guest, void (*handler)(void));

/*
 * Maps guest physical pages as device memory in the guest's stage 1. Returns the
 * virtual address, which is the same where that has enough bits. Provided for
 * each architecture.
 */
uint64_t guest_map_device(struct guest *guest, uint64_t addr, uint64_t size);

/* The highest address that the guest can have, plus one. */
uint64_t guest_limit(const struct guest *guest);

/*
 * Runs all vCPUs, each in a thread, until their code calls guest_done(), or for
 * some seconds at the most. True if all did; otherwise standard error says what
 * came instead of the first that did not.
 */
bool guest_run(struct guest *guest);

/* Provided for each architecture. */
struct kvm_vcpu *guest_arch_add_vcpu(struct guest *guest, unsigned int id, bool off,
				     void (*code)(void));	/* with PSCI 0.2 */
void guest_arch_init(struct guest *guest);
void guest_arch_dump(struct kvm_vcpu *vcpu);	/* to standard error */

#endif /* VGIC_ABI_GUEST_H */
