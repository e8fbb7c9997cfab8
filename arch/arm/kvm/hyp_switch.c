// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world switch, and TLB maintenance, in HYP mode. Everything here is in .hyp.text, is mapped
 * for HYP, and calls nothing outside of .hyp.text; see hyp.h.
 */
#include <linux/kernel.h>

#include <asm/barrier.h>

#include "cp15.h"
#include "hsr.h"
#include "hyp.h"
#include "psci.h"
#include "psr.h"

/* hyp_entry.S */
extern char hyp_host_vectors[];
u32 hyp_enter_guest(struct guest_cpu *cpu);
u32 hyp_take_abort(const void *probe);
void hyp_save_vfp(struct cpu_vfp *vfp);
void hyp_load_vfp(const struct cpu_vfp *vfp);
u64 *hyp_recover(struct hyp_cpu *this);

static __always_inline struct hyp_cpu *this_hyp_cpu(void)
{
	return (struct hyp_cpu *)cp15_read_htpidr();
}

/* ---- several registers at a time ---- */

/*
 * Most of a world switch moves registers to memory and back. Registers that are adjacent in their
 * struct are moved by one STM or LDM, most of them eight words at a time.
 *
 * EIGHT(name, ...) defines save_NAME(to) and load_NAME(from). The system registers in its list pass
 * through r2 to r9, in that order; those of FIVE pass through r2 to r6.
 */
#define EIGHT(name, ...)	MOVED(name, r9, __VA_ARGS__)
#define FIVE(name, ...)		MOVED(name, r6, __VA_ARGS__, NONE, NONE)

#define MOVED(name, last, ...)						\
	static __always_inline void save_##name(void *to)		\
	{								\
		asm volatile(".arch_extension virt\n\t" LIST(GET, __VA_ARGS__) \
			     "stm %0, {r2 - " #last "}" : : "r" (to)	\
			     : "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", \
			       "memory");				\
	}								\
	static __always_inline void load_##name(const void *from)	\
	{								\
		asm volatile(".arch_extension virt\n\t"			\
			     "ldm %0, {r2 - " #last "}\n\t" LIST(SET, __VA_ARGS__) "" \
			     : : "r" (from)				\
			     : "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", \
			       "memory");				\
	}

#define LIST(way, ...)	LIST_(way, __VA_ARGS__, NONE, NONE)
#define LIST_(way, a, b, c, d, e, f, g, h, ...)				\
	way##_##a way##_##b way##_##c way##_##d way##_##e way##_##f way##_##g way##_##h

/* Arguments: the core register(s), then the banked register's name or the operands for cp15. */
#define GET_BANKED(reg, name)			"mrs " #reg ", " #name "\n\t"
#define SET_BANKED(reg, name)			"msr " #name ", " #reg "\n\t"
#define GET_SYS(reg, op1, crn, crm, op2)				\
	"mrc p15, " #op1 ", " #reg ", " #crn ", " #crm ", " #op2 "\n\t"
#define SET_SYS(reg, op1, crn, crm, op2)				\
	"mcr p15, " #op1 ", " #reg ", " #crn ", " #crm ", " #op2 "\n\t"
#define GET_SYS_64(low, high, op1, crm)				\
	"mrrc p15, " #op1 ", " #low ", " #high ", " #crm "\n\t"
#define SET_SYS_64(low, high, op1, crm)				\
	"mcrr p15, " #op1 ", " #low ", " #high ", " #crm "\n\t"
#define GET_NONE
#define SET_NONE

/* ---- banked registers ---- */

#define READ_BANKED(name) ({						\
	u32 value_;							\
									\
	asm volatile(".arch_extension virt\n\tmrs %0, " #name		\
		     : "=r" (value_));					\
	value_;								\
})

#define WRITE_BANKED(name, value)					\
	asm volatile(".arch_extension virt\n\tmsr " #name ", %0"	\
		     : : "r" (value))

EIGHT(banked_1, BANKED(r2, sp_usr), BANKED(r3, sp_svc), BANKED(r4, lr_svc),
      BANKED(r5, spsr_svc), BANKED(r6, sp_abt), BANKED(r7, lr_abt),
      BANKED(r8, spsr_abt), BANKED(r9, sp_und))
FIVE(banked_2, BANKED(r2, lr_und), BANKED(r3, spsr_und), BANKED(r4, sp_irq),
     BANKED(r5, lr_irq), BANKED(r6, spsr_irq))
EIGHT(fiq, BANKED(r2, sp_fiq), BANKED(r3, lr_fiq), BANKED(r4, spsr_fiq),
      BANKED(r5, r8_fiq), BANKED(r6, r9_fiq), BANKED(r7, r10_fiq),
      BANKED(r8, r11_fiq), BANKED(r9, r12_fiq))

static __always_inline void save_guest_banked(struct cpu_banked *banked)
{
	save_banked_1(&banked->sp_usr);
	save_banked_2(&banked->und.lr);
	save_fiq(&banked->fiq);
}

static __always_inline void load_guest_banked(const struct cpu_banked *banked)
{
	load_banked_1(&banked->sp_usr);
	load_banked_2(&banked->und.lr);
	load_fiq(&banked->fiq);
}

/*
 * The host calls from SVC mode. Of its other exception modes, only sp is live between exceptions,
 * and is set when the CPU comes online; lr and SPSR are dead. So are r8 to r12 of FIQ mode: only
 * set_fiq_regs() sets them, and no driver of a GICv2 machine calls it.
 */
static __always_inline void save_host_banked(struct cpu_banked *banked)
{
	banked->sp_usr = READ_BANKED(sp_usr);
	banked->svc.sp = READ_BANKED(sp_svc);
	banked->svc.lr = READ_BANKED(lr_svc);
}

static __always_inline void load_host_banked(const struct cpu_banked *banked)
{
	WRITE_BANKED(sp_usr, banked->sp_usr);
	WRITE_BANKED(sp_svc, banked->svc.sp);
	WRITE_BANKED(lr_svc, banked->svc.lr);
	WRITE_BANKED(sp_abt, banked->abt.sp);
	WRITE_BANKED(sp_und, banked->und.sp);
	WRITE_BANKED(sp_irq, banked->irq.sp);
	WRITE_BANKED(sp_fiq, banked->fiq.sp);
}

/* ---- PL1&0 system registers ---- */

/* TTBR0, TTBCR, DACR, CONTEXTIDR, TPIDRURW, TPIDRURO, CNTKCTL. */
EIGHT(running, SYS_64(r2, r3, 0, c2), SYS(r4, 0, c2, c0, 2), SYS(r5, 0, c3, c0, 0),
      SYS(r6, 0, c13, c0, 1), SYS(r7, 0, c13, c0, 2), SYS(r8, 0, c13, c0, 3),
      SYS(r9, 0, c14, c1, 0))

/* TTBR1, CPACR, PRRR, NMRR, AMAIR0, AMAIR1, SCTLR. */
EIGHT(fixed, SYS_64(r2, r3, 1, c2), SYS(r4, 0, c1, c0, 2), SYS(r5, 0, c10, c2, 0),
      SYS(r6, 0, c10, c2, 1), SYS(r7, 0, c10, c3, 0), SYS(r8, 0, c10, c3, 1),
      SYS(r9, 0, c1, c0, 0))

/* PAR, DFSR, IFSR, ADFSR, AIFSR, DFAR, IFAR. */
EIGHT(passing, SYS_64(r2, r3, 0, c7), SYS(r4, 0, c5, c0, 0), SYS(r5, 0, c5, c0, 1),
      SYS(r6, 0, c5, c1, 0), SYS(r7, 0, c5, c1, 1), SYS(r8, 0, c6, c0, 0),
      SYS(r9, 0, c6, c0, 2))

static __always_inline void save_guest_cp15(struct cpu_cp15 *cp15)
{
	save_running(&cp15->ttbr0);
	save_fixed(&cp15->ttbr1);
	cp15->vbar = cp15_read_vbar();
	cp15->tpidrprw = cp15_read_tpidrprw();
	save_passing(&cp15->par);
	cp15->csselr = cp15_read_csselr();
}

static __always_inline void load_guest_cp15(const struct cpu_cp15 *cp15)
{
	cp15_write_csselr(cp15->csselr);
	load_passing(&cp15->par);
	load_running(&cp15->ttbr0);
	cp15_write_vbar(cp15->vbar);
	cp15_write_tpidrprw(cp15->tpidrprw);
	load_fixed(&cp15->ttbr1);
}

/*
 * The host's "running" registers change with the process, and in some kernels with the protection
 * of user memory. The others need not be saved: the host writes the "fixed" ones only when a CPU
 * comes online, and reads the "passing" ones right after the exception or instruction that sets
 * them, with interrupts off.
 */
static __always_inline void save_host_cp15(struct cpu_cp15 *cp15)
{
	save_running(&cp15->ttbr0);
}

static __always_inline void load_host_cp15(const struct cpu_cp15 *cp15)
{
	load_running(&cp15->ttbr0);
	cp15_write_vbar(cp15->vbar);
	cp15_write_tpidrprw(cp15->tpidrprw);
	load_fixed(&cp15->ttbr1);
}

__hyp u32 hyp_save_host_fixed(void)
{
	struct hyp_cpu *this = this_hyp_cpu();
	struct cpu_cp15 *cp15 = &this->host.cp15;

	save_fixed(&cp15->ttbr1);
	cp15->vbar = cp15_read_vbar();
	cp15->tpidrprw = cp15_read_tpidrprw();
	this->host.banked.abt.sp = READ_BANKED(sp_abt);
	this->host.banked.und.sp = READ_BANKED(sp_und);
	this->host.banked.irq.sp = READ_BANKED(sp_irq);
	this->host.banked.fiq.sp = READ_BANKED(sp_fiq);
	this->host_cnthctl = cp15_read_cnthctl();
	this->host_hdcr = cp15_read_hdcr();
	return 0;
}

/* ---- ThumbEE, of vCPUs that have used it ---- */

static __always_inline void save_thumbee(struct cpu_cp15 *cp15)
{
	cp15->teecr = cp14_read_teecr();
	cp15->teehbr = cp14_read_teehbr();
}

static __always_inline void load_thumbee(const struct cpu_cp15 *cp15)
{
	cp14_write_teecr(cp15->teecr);
	cp14_write_teehbr(cp15->teehbr);
}

/* ---- virtual timer ---- */

static __always_inline void save_timer(struct cpu_vtimer *timer)
{
	timer->ctl = cp15_read_cntv_ctl();
	timer->cval = cp15_read_cntv_cval();
	/* The host must not get the guest's timer interrupt. */
	cp15_write_cntv_ctl(0);
}

static __always_inline void load_timer(const struct cpu_vtimer *timer)
{
	cp15_write_cntv_cval(timer->cval);
	isb();
	cp15_write_cntv_ctl(timer->ctl);
}

/* ---- the switch ---- */

static __hyp void load_guest_thumbee(struct hyp_cpu *this, struct hyp_vcpu *vcpu)
{
	save_thumbee(&this->host.cp15);
	/* Set first, so that the host's registers are restored if an access below faults. */
	this->guest_has |= HYP_HAS_THUMBEE;
	barrier();
	load_thumbee(&vcpu->cpu.cp15);
}

/* Registers that few guests have loaded at an exit. */
static __hyp void load_host_rest(struct hyp_cpu *this, struct hyp_vcpu *vcpu)
{
	if (this->guest_has & HYP_HAS_VFP) {
		hyp_save_vfp(&vcpu->cpu.vfp);
		hyp_load_vfp(&this->host.vfp);
	}
	if (this->guest_has & HYP_HAS_THUMBEE) {
		save_thumbee(&vcpu->cpu.cp15);
		load_thumbee(&this->host.cp15);
	}
}

#define HCPTR_GUEST	(HCPTR_TTA | HCPTR_OTHERS)
#define HDCR_GUEST	(HDCR_TPM | HDCR_TPMCR | HDCR_TDRA | HDCR_TDOSA | HDCR_TDA)

/* ARMv7 cannot offset the physical counter: accesses are trapped if the guest's differs. */
static __always_inline u32 guest_cnthctl(const struct hyp_cpu *this,
					 const struct hyp_vcpu *vcpu)
{
	return (this->host_cnthctl & ~(CNTHCTL_PL1PCEN | CNTHCTL_PL1PCTEN)) | vcpu->cnthctl;
}

/* Loads all registers but the general-purpose ones and VFP, which is loaded on demand. */
static __hyp void load_guest(struct hyp_cpu *this, struct hyp_vcpu *vcpu)
{
	save_host_banked(&this->host.banked);
	save_host_cp15(&this->host.cp15);
	this->guest_has = 0;
	/* From here on hyp_recover() has to load the host. */
	this->guest = vcpu;
	barrier();

	cp15_write_hvbar(this->guest_vectors);
	cp15_write_hcr(vcpu->hcr);
	cp15_write_hstr(vcpu->hstr);
	cp15_write_hcptr(HCPTR_GUEST | HCPTR_VFP);
	cp15_write_hdcr(this->host_hdcr | HDCR_GUEST);
	cp15_write_vttbr(vcpu->vttbr);
	cp15_write_vpidr(vcpu->midr);
	cp15_write_vmpidr(vcpu->vmpidr);
	cp15_write_cntvoff(vcpu->cntvoff);
	cp15_write_cnthctl(guest_cnthctl(this, vcpu));
	isb();

	load_guest_banked(&vcpu->cpu.banked);
	load_guest_cp15(&vcpu->cpu.cp15);
	if (!(vcpu->hstr & HSTR_TTEE))
		load_guest_thumbee(this, vcpu);
	load_timer(&vcpu->cpu.timer);
	isb();
}

static __hyp void load_host(struct hyp_cpu *this)
{
	struct hyp_vcpu *vcpu = this->guest;

	save_timer(&vcpu->cpu.timer);
	save_guest_cp15(&vcpu->cpu.cp15);
	save_guest_banked(&vcpu->cpu.banked);
	if (this->guest_has)
		load_host_rest(this, vcpu);

	/* The CPU clears VA when the guest takes the abort. */
	vcpu->hcr = cp15_read_hcr();
	cp15_write_hcr(0);
	cp15_write_hstr(0);
	cp15_write_hcptr(0);
	cp15_write_hdcr(this->host_hdcr);
	cp15_write_vttbr(0);
	/* In HYP mode, MIDR and MPIDR read as the CPU's own. */
	cp15_write_vpidr(cp15_read_midr());
	cp15_write_vmpidr(cp15_read_mpidr());
	cp15_write_cntvoff(0);
	cp15_write_cnthctl(this->host_cnthctl);
	cp15_write_hvbar((u32)hyp_host_vectors);

	load_host_banked(&this->host.banked);
	load_host_cp15(&this->host.cp15);
	/*
	 * The guest's writes to FCSEIDR cannot be trapped, and would relocate the host's user
	 * space. CPUs with LPAE may lack this register; QEMU's have it.
	 */
	cp15_write_fcseidr(0);
	this->guest = NULL;
	isb();
}

/* Called when the guest first uses VFP after hyp_run_guest() has begun. */
static __hyp void load_guest_vfp(struct hyp_cpu *this, struct hyp_vcpu *vcpu)
{
	cp15_write_hcptr(HCPTR_GUEST);
	isb();
	hyp_save_vfp(&this->host.vfp);
	/* Set first, so that the host's registers are restored if an access below faults. */
	this->guest_has |= HYP_HAS_VFP;
	barrier();
	hyp_load_vfp(&vcpu->cpu.vfp);
}

static __always_inline bool is_vfp_trap(u32 hsr)
{
	u32 number = HSR_CP_NUMBER(hsr);

	return HSR_EC(hsr) == HSR_EC_CP0_13 &&
	       (hsr & HSR_CP_TA || number == 10 || number == 11);
}

/* PAR after an address translation operation. Preserves the guest's PAR. */
static __always_inline u64 translation(void (*operation)(u32), u32 addr)
{
	u64 guest_par = cp15_read_par();
	u64 par;

	operation(addr);
	isb();
	par = cp15_read_par();
	cp15_write_par(guest_par);
	return par;
}

/* The guest's own translation of an address, in HPFAR's format. False if it faults. */
static __hyp bool guest_translates(u32 addr, u32 *hpfar)
{
	u64 par = translation(ats1cpr, addr);

	if (par & PAR_FAULT)
		return false;
	*hpfar = HPFAR_OF_PAR(par);
	return true;
}

/*
 * HPFAR is not valid after a stage 2 permission fault of an access (B3.13.7), so the address is
 * translated through the guest's tables. That fails if they have changed.
 */
static __hyp void complete_hpfar(struct hyp_vcpu *vcpu)
{
	u32 addr = HSR_EC(vcpu->hsr) == HSR_EC_IABT ? vcpu->hifar : vcpu->hdfar;

	vcpu->hpfar_valid = guest_translates(addr, &vcpu->hpfar);
}

/*
 * An access that crosses into the faulting page did not fault in the page before. So the host needs
 * the instruction, which shows where the access begins, only if the page before is readable.
 */
static __always_inline void record_crossing(struct hyp_vcpu *vcpu)
{
	u32 sctlr = cp15_read_sctlr();
	u32 hpfar = 0;

	vcpu->pc_page = HYP_NO_PAGE;
	/* Unaligned accesses fault in stage 1 with the MMU off and with alignment checks on. */
	if (!(vcpu->hsr & HSR_ABT_ISV) || !(sctlr & SCTLR_M) || sctlr & SCTLR_A ||
	    translation(ats12nsopr, vcpu->hdfar - 1) & PAR_FAULT)
		return;
	/* Fails if the guest's tables have changed. The guest then repeats the access. */
	vcpu->hpfar_valid = guest_translates(vcpu->cpu.gp.pc, &hpfar);
	vcpu->pc_page = HPFAR_PAGE(hpfar);
}

/* ---- exits that HYP mode handles itself ---- */

/* PSCI calls with a constant result. */
static __always_inline bool answer_hvc(struct hyp_vcpu *vcpu, u32 hsr)
{
	u32 *r0 = &vcpu->cpu.gp.r[0];

	if (HSR_EC(hsr) != HSR_EC_HVC || !psci_constant(vcpu->psci_0_2, *r0, r0))
		return false;
	vcpu->answered_hvc++;
	return true;
}

__hyp u32 hyp_run_guest(struct hyp_vcpu *vcpu)
{
	struct hyp_cpu *this = this_hyp_cpu();
	bool aborted;
	u32 exit;

	load_guest(this, vcpu);
	if (unlikely(this->test_fault)) {
		this->test_fault = false;
		hyp_provoke();
	}
	for (;;) {
		exit = hyp_enter_guest(&vcpu->cpu);
		if (exit != HYP_EXIT_TRAP)
			break;
		vcpu->hsr = cp15_read_hsr();
		if (answer_hvc(vcpu, vcpu->hsr))
			continue;
		if (this->guest_has & HYP_HAS_VFP || !is_vfp_trap(vcpu->hsr))
			break;
		load_guest_vfp(this, vcpu);
	}
	if (exit == HYP_EXIT_TRAP &&
	    (HSR_EC(vcpu->hsr) == HSR_EC_IABT || HSR_EC(vcpu->hsr) == HSR_EC_DABT)) {
		vcpu->hdfar = cp15_read_hdfar();
		vcpu->hifar = cp15_read_hifar();
		vcpu->hpfar = cp15_read_hpfar();
		vcpu->hpfar_valid = true;
		if (FSC_TYPE(HSR_ABT_FSC(vcpu->hsr)) == FSC_PERMISSION &&
		    !(vcpu->hsr & HSR_ABT_S1PTW))
			complete_hpfar(vcpu);
		if (!(vcpu->hdfar & 0xfff) && vcpu->hpfar_valid)
			record_crossing(vcpu);
	}
	aborted = hyp_take_abort(this->abort_probe);
	load_host(this);
	/* Asynchronous aborts cannot be attributed: the guest gets them. */
	if (unlikely(aborted || exit == HYP_EXIT_ABORT)) {
		this->abort_probe = this;
		vcpu->hcr |= HCR_VA;
	}
	return exit;
}

/* ---- faults ---- */

/* Called by hyp_fault_entry, through struct hyp_cpu. Returns the end of the stack. */
__hyp u64 *hyp_recover(struct hyp_cpu *this)
{
	this->fault.hsr = cp15_read_hsr();
	this->fault.hdfar = cp15_read_hdfar();
	this->fault.hifar = cp15_read_hifar();
	this->fault.hpfar = cp15_read_hpfar();
	if (this->guest)
		load_host(this);
	return this->stack + ARRAY_SIZE(this->stack);
}

__hyp u32 hyp_provoke(void)
{
	return READ_ONCE(*HYP_UNMAPPED);
}

/* ---- TLBs ---- */

__hyp u32 hyp_flush_vmid(u32 vttbr_low, u32 vttbr_high)
{
	dsb(ish);
	cp15_write_vttbr((u64)vttbr_high << 32 | vttbr_low);
	isb();
	tlbiallis(0);
	dsb(ish);
	cp15_write_vttbr(0);
	isb();
	return 0;
}

__hyp u32 hyp_flush_here(void)
{
	tlbiallnsnh(0);
	iciallu(0);
	dsb(nsh);
	isb();
	return 0;
}

__hyp u32 hyp_flush_all_vmids(void)
{
	dsb(ish);
	tlbiallnsnhis(0);
	icialluis(0);
	dsb(ish);
	isb();
	return 0;
}
