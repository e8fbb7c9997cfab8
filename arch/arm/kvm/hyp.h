/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HYP mode: its code, and the calls into it.
 *
 *   hyp_init.S    turns the HYP MMU on and off; runs at its physical address
 *   hyp_entry.S   vectors, host calls, guest entry and exit
 *   hyp_switch.c  the world switch and TLB maintenance, in C
 *   hyp.c         in PL1: installs HYP mode on each CPU
 *
 * HYP mode has its own translation regime. It maps HYP code and the memory given to
 * hyp_map(), at their kernel addresses, and nothing else. HYP code calls only HYP code.
 */
#ifndef ARM_KVM_HYP_H
#define ARM_KVM_HYP_H

#include "cpu_state.h"

/*
 * Calls that the kernel's stub handles, in r0 of `hvc #0`. HYP code has to implement them:
 * arch/arm/include/asm/virt.h. Larger values of r0 are addresses of HYP functions.
 */
#define HVC_STUB_SET_VECTORS	0
#define HVC_STUB_SOFT_RESTART	1
#define HVC_STUB_RESET_VECTORS	2
#define HVC_STUB_UNKNOWN	0xbadca11

/* Reason of a guest exit: the vector. */
#define HYP_EXIT_TRAP		0	/* see the syndrome */
#define HYP_EXIT_IRQ		1
#define HYP_EXIT_FIQ		2
#define HYP_EXIT_ABORT		3	/* an asynchronous external abort */

/* Result of a host call that faulted; struct hyp_fault has the syndrome. */
#define HYP_CALL_FAULTED	0xfa171ed

/* Offsets that the assembler needs; hyp.c checks them. */
#define HYP_CPU_STUB_VECTORS	0
#define HYP_CPU_INIT_PA		4
#define HYP_CPU_RECOVER		8
#define HYP_CPU_FAULT		12
#define HYP_FAULT_VECTOR	0
#define HYP_FAULT_ELR		4
#define HYP_FAULT_SPSR		8
#define HYP_BOOT_STACK		0
#define HYP_BOOT_VECTORS	4
#define HYP_BOOT_THIS_CPU	8
#define HYP_BOOT_HTCR		12
#define HYP_BOOT_VTCR		16
#define HYP_BOOT_HMAIR0		20
#define HYP_BOOT_HMAIR1		24
#define HYP_BOOT_HTTBR		32

#ifndef __ASSEMBLY__

struct seq_file;

/* Attribute of functions that run in HYP mode. */
#define __hyp	__section(".hyp.text") notrace noinline

/* Never mapped for HYP. */
#define HYP_UNMAPPED	((const u32 *)0xfffffffcU)

/* Not the number of any guest's page. */
#define HYP_NO_PAGE	(~0U)

/**
 * struct hyp_vcpu - HYP mode's part of a vCPU
 * @cpu:     the guest's registers
 * @vttbr:   stage 2 tables and VMID
 * @cntvoff: ticks by which the virtual counter is behind the host's physical counter
 * @cntpoff: ticks by which the physical counter is behind the host's
 * @cnthctl: CNTHCTL_PL1PCTEN if @cntpoff is 0, so that reads of CNTPCT are not trapped; else 0
 * @hcr:     traps, and the interrupts of a VM without a GIC (VI, VF)
 * @hstr:    traps of coprocessor registers. Without HSTR_TTEE, ThumbEE's registers are switched
 * @vmpidr:  the guest's MPIDR
 * @midr:    the guest's MIDR
 * @hsr, @hdfar, @hifar, @hpfar: syndrome of the exit. For aborts, @hpfar is filled in where the
 *             CPU leaves it invalid
 * @hpfar_valid: false if the address is unknown, because the guest's tables have changed. The
 *             guest then repeats the access
 * @pc_page: valid after an abort at the beginning of a page. Number of the instruction's page if
 *           the access may have begun in the page before the faulting one; else HYP_NO_PAGE
 * @psci_0_2: the guest has PSCI 0.2, so HYP mode answers calls with a constant result
 * @answered_hvc: exits that HYP mode has handled since the last exit to the host
 *
 * HYP mode accesses the structure at its kernel address, so it is in lowmem and was passed to
 * hyp_map().
 */
struct hyp_vcpu {
	struct guest_cpu cpu;
	u64 vttbr;
	u64 cntvoff;
	u64 cntpoff;
	u32 cnthctl;
	u32 hcr;
	u32 hstr;
	u32 vmpidr;
	u32 midr;
	u32 hsr;
	u32 hdfar;
	u32 hifar;
	u32 hpfar;
	bool hpfar_valid;
	u32 pc_page;

	bool psci_0_2;
	u32 answered_hvc;
};

/**
 * struct hyp_fault - an exception that HYP mode took from itself
 * @vector: offset of the vector; 0 if there was none
 * @elr, @spsr: address of the instruction, and CPSR
 * @hsr, @hdfar, @hifar, @hpfar: the syndrome
 */
struct hyp_fault {
	u32 vector;
	u32 elr;
	u32 spsr;
	u32 hsr;
	u32 hdfar;
	u32 hifar;
	u32 hpfar;
};

/* Registers that the world switch loads on demand. */
#define HYP_HAS_VFP	(1U << 0)
#define HYP_HAS_THUMBEE	(1U << 1)

/**
 * struct hyp_cpu - HYP mode's part of a physical CPU; HTPIDR points to it
 * @stub_vectors: physical address of the vectors of the kernel's stub, which hyp_init_off restores
 * @init_pa:   physical address of the code of hyp_init.S
 * @recover:   address of hyp_recover(), so that the vectors need no symbol of hyp_switch.c
 * @fault:     the last exception that HYP mode took from itself
 * @host:      the host's registers: those of hyp_save_host_fixed() once the CPU is online, the
 *             others while a guest runs
 * @host_cnthctl, @host_hdcr: the host's CNTHCTL and HDCR, saved by hyp_save_host_fixed()
 * @guest:     the vCPU whose registers are loaded, or NULL
 * @guest_has: HYP_HAS_*: registers loaded on demand that hold the guest's values
 * @guest_vectors: for HVBAR while a guest runs
 * @test_fault: fault once when the next guest is loaded
 * @abort_probe: read at guest exits, see hyp_take_abort(); HYP_UNMAPPED for a test
 * @stack:     stack of HYP mode
 */
struct hyp_cpu {
	u32 stub_vectors;
	u32 init_pa;
	u32 recover;
	struct hyp_fault fault;

	struct guest_cpu host;
	u32 host_cnthctl;
	u32 host_hdcr;
	struct hyp_vcpu *guest;
	u32 guest_has;
	u32 guest_vectors;
	bool test_fault;
	const void *abort_probe;

	u64 stack[256];
};

/**
 * struct hyp_boot - values that hyp_init.S loads, with the MMU off
 */
struct hyp_boot {
	u32 stack;	/* the initial sp: the stack's end */
	u32 vectors;
	u32 this_cpu;
	u32 htcr;
	u32 vtcr;
	u32 hmair0;
	u32 hmair1;
	u32 unused;	/* explicit padding: not all tools align the next member to 8 bytes */
	u64 httbr;
};

/* ---- HYP functions, for hyp_call() ---- */

/* Runs the guest until an exit; HYP_EXIT_*. */
u32 hyp_run_guest(struct hyp_vcpu *vcpu);

/*
 * Saves the registers of this CPU that the host sets only when the CPU comes online. Called before
 * the first hyp_run_guest().
 */
u32 hyp_save_host_fixed(void);

/* Flushes the VMID in @vttbr from all CPUs' TLBs. */
u32 hyp_flush_vmid(u32 vttbr_low, u32 vttbr_high);

/* Flushes all guests from all CPUs' TLBs, and invalidates all instruction caches. */
u32 hyp_flush_all_vmids(void);

/* Flushes all guests from this CPU's TLBs, and its instruction caches. */
u32 hyp_flush_here(void);

/* Faults, for tests. */
u32 hyp_provoke(void);

/*
 * Calls a HYP function on this CPU, with preemption off and hyp_ready() true. Returns the
 * function's result, or HYP_CALL_FAULTED.
 */
u32 hyp_call(void *function, ...);

/* ---- PL1's side, hyp.c ---- */

/* 0, -ENODEV (with a message) if HYP mode is not available, or -ENOMEM. */
int hyp_init(void);
void hyp_exit(void);

/* True if hyp_call() works on this CPU. Stable while interrupts are off. */
bool hyp_ready(void);

/* Maps kernel memory (lowmem) for HYP until hyp_exit(). 0 or -ENOMEM. Sleeps. */
int hyp_map(const void *from, size_t size);

/*
 * Events in HYP mode on this CPU, for tests. A fault, at once or at the next guest entry, is fatal
 * for the guest, not for the host. An asynchronous abort becomes pending at the next guest exit,
 * and is taken by the guest.
 */
enum hyp_test {
	HYP_TEST_FAULT_NOW,
	HYP_TEST_FAULT_IN_GUEST,
	HYP_TEST_ABORT,
};

/* Causes the event on this CPU, or sets it up for the next guest. For debugfs. */
void hyp_test(enum hyp_test test);

/* Prints each CPU's MIDR and errata workarounds, one line per CPU. */
void hyp_show_cpus(struct seq_file *file);

/* Reports the last HYP fault of this CPU in the kernel log. */
void hyp_report_fault(void);

/* Flush one VMID, or all guests, from all CPUs' TLBs. Any context with interrupts on. */
void hyp_flush_tlb_vmid(u64 vttbr);
void hyp_flush_tlb_all(void);

#endif /* __ASSEMBLY__ */

#endif /* ARM_KVM_HYP_H */
