// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes over HYP mode from the kernel's stub on each CPU that comes online, and returns it on each
 * that goes offline. Also HYP mode's translation tables, and the kernel's calls into HYP mode: TLB
 * flushes, tests, and reports of faults.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>

#include <asm/lpae_entry.h>
#include <asm/memory.h>

#include <kvm/gic_host.h>

#include "cache.h"
#include "cp15.h"
#include "errata.h"
#include "hyp.h"
#include "lpae.h"
#include "stage2.h"

/* hyp_entry.S, hyp_init.S */
extern char hyp_text_begin[], hyp_text_end[], hyp_host_vectors[];
extern char hyp_guest_vectors[], hyp_guest_vectors_bpiall[], hyp_guest_vectors_iciallu[];
extern const char hyp_init_begin[], hyp_init_on[], hyp_init_end[];
u32 hyp_call_stub(u32 call, u32 a, u32 b);
u64 *hyp_recover(struct hyp_cpu *this);	/* hyp_switch.c */

static_assert(offsetof(struct guest_cpu, gp) == 0);
static_assert(offsetof(struct cpu_gp, lr) == GP_LR);
static_assert(offsetof(struct cpu_gp, pc) == GP_PC);
static_assert(offsetof(struct cpu_gp, cpsr) == GP_CPSR);
static_assert(offsetof(struct cpu_vfp, d[16]) == VFP_D16);
static_assert(offsetof(struct cpu_vfp, fpscr) == VFP_FPSCR);
static_assert(offsetof(struct cpu_vfp, fpexc) == VFP_FPEXC);
static_assert(offsetof(struct cpu_vfp, fpinst) == VFP_FPINST);
static_assert(offsetof(struct cpu_vfp, fpinst2) == VFP_FPINST2);
static_assert(offsetof(struct hyp_vcpu, cpu) == 0);
static_assert(offsetof(struct hyp_cpu, stub_vectors) == HYP_CPU_STUB_VECTORS);
static_assert(offsetof(struct hyp_cpu, init_pa) == HYP_CPU_INIT_PA);
static_assert(offsetof(struct hyp_cpu, recover) == HYP_CPU_RECOVER);
static_assert(offsetof(struct hyp_cpu, fault) == HYP_CPU_FAULT);
static_assert(offsetof(struct hyp_fault, vector) == HYP_FAULT_VECTOR);
static_assert(offsetof(struct hyp_fault, elr) == HYP_FAULT_ELR);
static_assert(offsetof(struct hyp_fault, spsr) == HYP_FAULT_SPSR);
static_assert(offsetof(struct hyp_boot, stack) == HYP_BOOT_STACK);
static_assert(offsetof(struct hyp_boot, vectors) == HYP_BOOT_VECTORS);
static_assert(offsetof(struct hyp_boot, this_cpu) == HYP_BOOT_THIS_CPU);
static_assert(offsetof(struct hyp_boot, htcr) == HYP_BOOT_HTCR);
static_assert(offsetof(struct hyp_boot, vtcr) == HYP_BOOT_VTCR);
static_assert(offsetof(struct hyp_boot, hmair0) == HYP_BOOT_HMAIR0);
static_assert(offsetof(struct hyp_boot, hmair1) == HYP_BOOT_HMAIR1);
static_assert(offsetof(struct hyp_boot, httbr) == HYP_BOOT_HTTBR);

/* ---- HYP's translation ---- */

/* HMAIR0: one attribute, normal memory, write-back and allocating, inner and outer. */
#define HMAIR0_VALUE	0x000000ffU
#define ATTR_NORMAL	0

/* HTCR and VTCR: walks are cacheable and inner shareable. */
#define TCR_RES1	(1U << 31)
#define HTCR_RES1	(1U << 23)
#define TCR_IRGN_WBWA	(1U << 8)
#define TCR_ORGN_WBWA	(1U << 10)
#define TCR_SH_INNER	(3U << 12)
#define TCR_WALK	(TCR_RES1 | TCR_IRGN_WBWA | TCR_ORGN_WBWA | TCR_SH_INNER)
#define HTCR_VALUE	(TCR_WALK | HTCR_RES1)	/* T0SZ 0: all 32 bits */

/* 40 bits: T0SZ is -8, in four bits and the sign bit S; walks begin at level 1. */
#define VTCR_T0SZ_40	(8U | 1U << 4)
#define VTCR_SL0_1	(1U << 6)
#define VTCR_VALUE	(TCR_WALK | VTCR_T0SZ_40 | VTCR_SL0_1)

#define HYP_PAGE	(LPAE_VALID | LPAE_TABLE | LPAE_ATTR(ATTR_NORMAL) | \
			 LPAE_HYP_AP1 | LPAE_SH_INNER | LPAE_AF)
#define HYP_DATA	(HYP_PAGE | LPAE_XN)
#define HYP_CODE	(HYP_PAGE | LPAE_HYP_RO)

static struct lpae hyp_table;
static DEFINE_MUTEX(hyp_table_lock);	/* for changes of hyp_table */

static int map_page(unsigned long va, phys_addr_t pa, u64 attributes)
{
	struct lpae_spare spare = { 0 };
	u64 *entry;
	int ret;

	lockdep_assert_held(&hyp_table_lock);
	ret = lpae_fill_spare(&hyp_table, &spare);
	if (!ret) {
		entry = lpae_entry(&hyp_table, va, &spare);
		lpae_set(entry, pa | attributes);
	}
	lpae_free_spare(&hyp_table, &spare);
	return ret;
}

/*
 * Lowmem pages keep their kernel addresses, so mappings never change before hyp_exit(),
 * and no TLB maintenance is needed.
 */
int hyp_map(const void *from, size_t size)
{
	unsigned long va = (unsigned long)from & PAGE_MASK;
	int ret = 0;

	mutex_lock(&hyp_table_lock);
	for (; !ret && va < (unsigned long)from + size; va += PAGE_SIZE)
		ret = map_page(va, virt_to_phys((void *)va), HYP_DATA);
	mutex_unlock(&hyp_table_lock);
	return ret;
}

/* The module's code is in vmalloc space: its pages are not contiguous. */
static int map_code(void)
{
	unsigned long va = (unsigned long)hyp_text_begin & PAGE_MASK;
	int ret = 0;

	mutex_lock(&hyp_table_lock);
	for (; !ret && va < (unsigned long)hyp_text_end; va += PAGE_SIZE)
		ret = map_page(va, page_to_phys(vmalloc_to_page((void *)va)),
			       HYP_CODE);
	mutex_unlock(&hyp_table_lock);
	return ret;
}

/* ---- the page that turns the MMU on ---- */

static void *init_page;

/*
 * HYP maps the page at its physical address, which must not collide with a kernel address that is
 * mapped for HYP.
 */
static int make_init_page(void)
{
	phys_addr_t pa;
	int ret;

	init_page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!init_page)
		return -ENOMEM;
	memcpy(init_page, hyp_init_begin, hyp_init_end - hyp_init_begin);
	clean_to_poc(init_page, PAGE_SIZE);
	/* The instruction caches may have the page's previous contents. */
	icialluis(0);
	dsb(ish);

	pa = virt_to_phys(init_page);
	if (pa >= min_t(unsigned long, MODULES_VADDR, PAGE_OFFSET)) {
		pr_err("expected memory below 0x%lx for an identity mapping, got page %pa\n",
		       min_t(unsigned long, MODULES_VADDR, PAGE_OFFSET), &pa);
		return -ENODEV;
	}
	mutex_lock(&hyp_table_lock);
	ret = map_page(pa, pa, HYP_CODE);
	mutex_unlock(&hyp_table_lock);
	return ret;
}

/* Physical address at which a symbol of hyp_init.S runs. */
static u32 init_pa(const char *symbol)
{
	return virt_to_phys(init_page) + (symbol - hyp_init_begin);
}

/* ---- one CPU ---- */

/**
 * struct hyp_percpu - state of a possible CPU
 * @hyp:   HYP mode's part
 * @boot:  values that hyp_init.S loads
 * @on:    HYP mode runs the module's code
 * @midr:  the CPU's MIDR, once HYP mode has been on
 * @branch: kind of branch predictor flush at guest exits
 * @sync:  how TLB invalidations from this CPU are completed
 */
struct hyp_percpu {
	struct hyp_cpu *hyp;
	struct hyp_boot *boot;
	bool on;
	u32 midr;
	enum branch_flush branch;
	enum tlb_sync sync;
};

static DEFINE_PER_CPU(struct hyp_percpu, hyp_percpu);
static struct cpumask hyp_cpus;	/* those that are on */

bool hyp_ready(void)
{
	return __this_cpu_read(hyp_percpu.on);
}

/*
 * Guest exits flush the branch predictor where the host kernel does so for its own processes. The
 * kernel does not export that decision, so its conditions are repeated here.
 */
static enum branch_flush branch_flush_of(u32 midr)
{
	if (!IS_ENABLED(CONFIG_HARDEN_BRANCH_PREDICTOR) || cpu_mitigations_off())
		return BRANCH_NONE;
	return errata_branch_flush(midr);
}

static void find_errata(struct hyp_percpu *this)
{
	this->midr = cp15_read_midr();
	this->branch = branch_flush_of(this->midr);
	this->sync = errata_tlb_sync(this->midr, cp15_read_revidr());
	switch (this->branch) {
	case BRANCH_NONE:
		this->hyp->guest_vectors = (u32)hyp_guest_vectors;
		break;
	case BRANCH_BPIALL:
		this->hyp->guest_vectors = (u32)hyp_guest_vectors_bpiall;
		break;
	case BRANCH_ICIALLU:
		this->hyp->guest_vectors = (u32)hyp_guest_vectors_iciallu;
		break;
	}
}

void hyp_show_cpus(struct seq_file *file)
{
	static const char * const branch[] = { "none", "bpiall", "iciallu" };
	static const char * const sync[] = { "dsb", "dummy", "ipi" };
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct hyp_percpu *p = per_cpu_ptr(&hyp_percpu, cpu);

		seq_printf(file, "%u: %s, midr 0x%08x, branch predictor %s, tlb %s\n", cpu,
			   p->on ? "on" : "off", p->midr, branch[p->branch], sync[p->sync]);
	}
}

/* A call that neither the stub nor HYP mode implements. */
#define STUB_PROBE	0x7f

static int hyp_cpu_on(void)
{
	struct hyp_percpu *this = this_cpu_ptr(&hyp_percpu);
	u32 answer;

	if (this->on)
		return 0;
	answer = hyp_call_stub(STUB_PROBE, 0, 0);
	if (answer != HVC_STUB_UNKNOWN) {
		pr_err("CPU %u: expected the kernel's stub in HYP mode to answer 0x%x, got 0x%x\n",
		       smp_processor_id(), HVC_STUB_UNKNOWN, answer);
		return -ENODEV;
	}
	find_errata(this);
	this->hyp->stub_vectors = hyp_call_stub(HVC_STUB_SOFT_RESTART,
						init_pa(hyp_init_on),
						virt_to_phys(this->boot));
	this->on = true;
	hyp_call(hyp_save_host_fixed);
	/* VMIDs may have changed owners while the CPU was offline; its TLBs are stale. */
	hyp_call(hyp_flush_here);
	cpumask_set_cpu(smp_processor_id(), &hyp_cpus);
	return 0;
}

static void hyp_cpu_off(void)
{
	struct hyp_percpu *this = this_cpu_ptr(&hyp_percpu);

	if (!this->on)
		return;
	cpumask_clear_cpu(smp_processor_id(), &hyp_cpus);
	this->on = false;
	hyp_call_stub(HVC_STUB_RESET_VECTORS, 0, 0);
}

static int hyp_cpu_online(unsigned int cpu)
{
	unsigned long flags;
	int ret;

	local_irq_save(flags);
	ret = hyp_cpu_on();
	local_irq_restore(flags);
	return ret;
}

static int hyp_cpu_offline(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	hyp_cpu_off();
	local_irq_restore(flags);
	return 0;
}

static DEFINE_PER_CPU(bool, was_on);

/* A CPU that has lost its state in an idle or sleep state resumes with the kernel's stub. */
static int hyp_cpu_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case CPU_PM_ENTER:
		__this_cpu_write(was_on, hyp_ready());
		hyp_cpu_off();
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		if (__this_cpu_read(was_on))
			hyp_cpu_on();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block hyp_cpu_pm_block = { .notifier_call = hyp_cpu_pm };

static int make_percpu(unsigned int cpu)
{
	struct hyp_percpu *p = per_cpu_ptr(&hyp_percpu, cpu);

	p->hyp = kzalloc(sizeof(*p->hyp), GFP_KERNEL);
	p->boot = kzalloc(sizeof(*p->boot), GFP_KERNEL);
	if (!p->hyp || !p->boot)
		return -ENOMEM;
	/* The stub takes 32-bit addresses. */
	if ((u64)virt_to_phys(p->boot) >> 32) {
		pr_err("expected memory below 4 GiB, which the kernel's stub in HYP mode needs\n");
		return -ENODEV;
	}

	p->hyp->init_pa = virt_to_phys(init_page);
	p->hyp->recover = (u32)hyp_recover;
	p->hyp->abort_probe = p->hyp;
	*p->boot = (struct hyp_boot) {
		.stack = (u32)(p->hyp->stack + ARRAY_SIZE(p->hyp->stack)),
		.vectors = (u32)hyp_host_vectors,
		.this_cpu = (u32)p->hyp,
		.htcr = HTCR_VALUE,
		.vtcr = VTCR_VALUE,
		.hmair0 = HMAIR0_VALUE,
		.httbr = virt_to_phys(hyp_table.root),
	};
	clean_to_poc(p->boot, sizeof(*p->boot));
	return hyp_map(p->hyp, sizeof(*p->hyp));
}

/* ---- calls ---- */

void hyp_report_fault(void)
{
	struct hyp_cpu *hyp = __this_cpu_read(hyp_percpu.hyp);
	struct hyp_fault fault = hyp->fault;

	hyp->fault.vector = 0;
	pr_err("CPU %u: HYP fault, vector 0x%02x at %pS, SPSR 0x%08x\n",
	       smp_processor_id(), fault.vector, (void *)fault.elr, fault.spsr);
	pr_err("HSR 0x%08x HDFAR 0x%08x HIFAR 0x%08x HPFAR 0x%08x ELR_hyp 0x%08x\n",
	       fault.hsr, fault.hdfar, fault.hifar, fault.hpfar, fault.elr);
}

void hyp_test(enum hyp_test test)
{
	struct hyp_cpu *hyp;

	preempt_disable();
	if (!hyp_ready())
		goto out;
	hyp = __this_cpu_read(hyp_percpu.hyp);
	switch (test) {
	case HYP_TEST_FAULT_NOW:
		if (hyp_call(hyp_provoke) == HYP_CALL_FAULTED)
			hyp_report_fault();
		break;
	case HYP_TEST_FAULT_IN_GUEST:
		hyp->test_fault = true;
		break;
	case HYP_TEST_ABORT:
		hyp->abort_probe = HYP_UNMAPPED;
		break;
	}
out:
	preempt_enable();
}

static void barrier_here(void *unused)
{
	dmb(ish);
}

/* Called after a broadcast invalidation and its barrier, for Cortex-A15 erratum 798181. */
static void complete_flush(void)
{
	enum tlb_sync sync = __this_cpu_read(hyp_percpu.sync);

	if (likely(sync == TLB_SYNC_DSB))
		return;
	tlbimvais(0);
	dsb(ish);
	/* The IPI makes guests exit, too. */
	if (sync == TLB_SYNC_IPI)
		smp_call_function(barrier_here, NULL, 1);
}

static void flush_vmid_here(void *vttbr)
{
	u64 value = *(u64 *)vttbr;

	if (hyp_call(hyp_flush_vmid, (u32)value, (u32)(value >> 32)) ==
	    HYP_CALL_FAULTED)
		hyp_report_fault();
}

static void flush_all_here(void *unused)
{
	if (hyp_call(hyp_flush_all_vmids) == HYP_CALL_FAULTED)
		hyp_report_fault();
}

/*
 * TLB maintenance is broadcast, so the function may run on any CPU whose HYP mode is on. This CPU's
 * is off while it comes online or goes offline.
 */
static void on_a_hyp_cpu(void (*function)(void *), void *arg)
{
	preempt_disable();
	if (hyp_ready())
		function(arg);
	else
		smp_call_function_any(&hyp_cpus, function, arg, 1);
	complete_flush();
	preempt_enable();
}

void hyp_flush_tlb_vmid(u64 vttbr)
{
	on_a_hyp_cpu(flush_vmid_here, &vttbr);
}

void hyp_flush_tlb_all(void)
{
	on_a_hyp_cpu(flush_all_here, NULL);
}

/* ---- all CPUs ---- */

static enum cpuhp_state hyp_cpuhp;

/* Executes no HVC, which is UNDEFINED unless the kernel was booted in HYP mode. */
static int check_hyp_mode(void)
{
	if (!ID_PFR1_VIRT(cp15_read_id_pfr1())) {
		pr_err("this CPU has no virtualization extensions\n");
		return -ENODEV;
	}
	if (ID_MMFR0_VMSA(cp15_read_id_mmfr0()) < ID_MMFR0_LPAE) {
		pr_err("this CPU has no long-descriptor translation tables\n");
		return -ENODEV;
	}
	return gic_host_in_hyp_mode() ? 0 : -ENODEV;
}

static void free_all(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		kfree(per_cpu(hyp_percpu.hyp, cpu));
		kfree(per_cpu(hyp_percpu.boot, cpu));
	}
	lpae_destroy(&hyp_table);
	free_page((unsigned long)init_page);
}

int hyp_init(void)
{
	unsigned int cpu;
	int ret = check_hyp_mode();

	if (ret)
		return ret;
	ret = lpae_init(&hyp_table, 32, NULL);
	if (!ret)
		ret = make_init_page();
	if (!ret)
		ret = map_code();
	for_each_possible_cpu(cpu)
		if (!ret)
			ret = make_percpu(cpu);
	if (ret)
		goto fail;

	/* Register the notifier first: once HYP mode is on, a CPU may lose it by going idle. */
	cpu_pm_register_notifier(&hyp_cpu_pm_block);
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm/armv7:online",
				hyp_cpu_online, hyp_cpu_offline);
	if (ret < 0)
		goto fail_pm;
	hyp_cpuhp = ret;
	return 0;

fail_pm:
	cpu_pm_unregister_notifier(&hyp_cpu_pm_block);
fail:
	free_all();
	return ret;
}

void hyp_exit(void)
{
	cpuhp_remove_state(hyp_cpuhp);
	cpu_pm_unregister_notifier(&hyp_cpu_pm_block);
	free_all();
}
