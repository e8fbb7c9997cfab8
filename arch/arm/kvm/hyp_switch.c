// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world switch, in HYP mode. Everything here is in .hyp.text, is mapped for
 * HYP, and calls nothing outside of it; see hyp.h.
 */
#include <linux/kernel.h>

#include <asm/barrier.h>

#include "cp15.h"
#include "hsr.h"
#include "hyp.h"

/* hyp_entry.S */
extern char hyp_host_vectors[], hyp_guest_vectors[];
u32 hyp_enter_guest(struct guest_cpu *cpu);
void hyp_save_vfp(struct cpu_vfp *vfp);
void hyp_load_vfp(const struct cpu_vfp *vfp);
u64 *hyp_recover(struct hyp_cpu *this);

static __always_inline struct hyp_cpu *this_hyp_cpu(void)
{
	return (struct hyp_cpu *)cp15_read_htpidr();
}

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

#define SAVE_BANK(bank, mode) do {					\
	(bank).sp = READ_BANKED(sp_##mode);				\
	(bank).lr = READ_BANKED(lr_##mode);				\
	(bank).spsr = READ_BANKED(spsr_##mode);				\
} while (0)

#define LOAD_BANK(bank, mode) do {					\
	WRITE_BANKED(sp_##mode, (bank).sp);				\
	WRITE_BANKED(lr_##mode, (bank).lr);				\
	WRITE_BANKED(spsr_##mode, (bank).spsr);				\
} while (0)

static __always_inline void save_banked(struct cpu_banked *banked)
{
	banked->sp_usr = READ_BANKED(sp_usr);
	SAVE_BANK(banked->svc, svc);
	SAVE_BANK(banked->abt, abt);
	SAVE_BANK(banked->und, und);
	SAVE_BANK(banked->irq, irq);
	SAVE_BANK(banked->fiq, fiq);
	banked->fiq_r[0] = READ_BANKED(r8_fiq);
	banked->fiq_r[1] = READ_BANKED(r9_fiq);
	banked->fiq_r[2] = READ_BANKED(r10_fiq);
	banked->fiq_r[3] = READ_BANKED(r11_fiq);
	banked->fiq_r[4] = READ_BANKED(r12_fiq);
}

static __always_inline void load_banked(const struct cpu_banked *banked)
{
	WRITE_BANKED(sp_usr, banked->sp_usr);
	LOAD_BANK(banked->svc, svc);
	LOAD_BANK(banked->abt, abt);
	LOAD_BANK(banked->und, und);
	LOAD_BANK(banked->irq, irq);
	LOAD_BANK(banked->fiq, fiq);
	WRITE_BANKED(r8_fiq, banked->fiq_r[0]);
	WRITE_BANKED(r9_fiq, banked->fiq_r[1]);
	WRITE_BANKED(r10_fiq, banked->fiq_r[2]);
	WRITE_BANKED(r11_fiq, banked->fiq_r[3]);
	WRITE_BANKED(r12_fiq, banked->fiq_r[4]);
}

/* ---- PL1&0 system registers ---- */

#define FOR_EACH_CP15(do_)						\
	do_(csselr) do_(cpacr) do_(ttbcr) do_(ttbr0) do_(ttbr1)		\
	do_(dacr) do_(dfsr) do_(ifsr) do_(adfsr) do_(aifsr)		\
	do_(dfar) do_(ifar) do_(par) do_(prrr) do_(nmrr)		\
	do_(amair0) do_(amair1) do_(vbar) do_(contextidr)		\
	do_(tpidrurw) do_(tpidruro) do_(tpidrprw) do_(cntkctl)		\
	do_(sctlr)

static __always_inline void save_cp15(struct cpu_cp15 *cp15)
{
#define SAVE(name)	cp15->name = cp15_read_##name();
	FOR_EACH_CP15(SAVE)
#undef SAVE
}

static __always_inline void load_cp15(const struct cpu_cp15 *cp15)
{
#define LOAD(name)	cp15_write_##name(cp15->name);
	FOR_EACH_CP15(LOAD)
#undef LOAD
}

/* ---- virtual timer ---- */

static __always_inline void save_timer(struct cpu_vtimer *timer)
{
	timer->ctl = cp15_read_cntv_ctl();
	timer->cval = cp15_read_cntv_cval();
	/* Nobody may be interrupted by a timer that is not theirs. */
	cp15_write_cntv_ctl(0);
}

static __always_inline void load_timer(const struct cpu_vtimer *timer)
{
	cp15_write_cntv_cval(timer->cval);
	isb();
	cp15_write_cntv_ctl(timer->ctl);
}

/* ---- the switch ---- */

#define HSTR_GUEST	(HSTR_T15 | HSTR_TTEE)
#define HCPTR_GUEST	(HCPTR_TTA | HCPTR_OTHERS)
#define HDCR_GUEST	(HDCR_TPM | HDCR_TPMCR | HDCR_TDRA | HDCR_TDOSA | HDCR_TDA)

/* Everything but the general-purpose registers, and VFP, which follows on demand. */
static __hyp void load_guest(struct hyp_cpu *this, struct hyp_vcpu *vcpu)
{
	save_banked(&this->host.banked);
	save_cp15(&this->host.cp15);
	this->host_cnthctl = cp15_read_cnthctl();
	this->host_hdcr = cp15_read_hdcr();
	this->guest_has_vfp = false;
	/* From here on there is something to put back. */
	this->guest = vcpu;
	barrier();

	cp15_write_hvbar((u32)hyp_guest_vectors);
	cp15_write_hcr(vcpu->hcr);
	cp15_write_hstr(HSTR_GUEST);
	cp15_write_hcptr(HCPTR_GUEST | HCPTR_VFP);
	cp15_write_hdcr(this->host_hdcr | HDCR_GUEST);
	cp15_write_vttbr(vcpu->vttbr);
	cp15_write_vpidr(vcpu->midr);
	cp15_write_vmpidr(vcpu->vmpidr);
	cp15_write_cntvoff(vcpu->cntvoff);
	cp15_write_cnthctl((this->host_cnthctl & ~CNTHCTL_PL1PCEN) | CNTHCTL_PL1PCTEN);
	isb();

	load_banked(&vcpu->cpu.banked);
	load_cp15(&vcpu->cpu.cp15);
	load_timer(&vcpu->cpu.timer);
	isb();
}

static __hyp void load_host(struct hyp_cpu *this)
{
	struct hyp_vcpu *vcpu = this->guest;

	save_timer(&vcpu->cpu.timer);
	save_cp15(&vcpu->cpu.cp15);
	save_banked(&vcpu->cpu.banked);
	if (this->guest_has_vfp) {
		hyp_save_vfp(&vcpu->cpu.vfp);
		hyp_load_vfp(&this->host.vfp);
	}

	/* VA is the CPU's to clear, when the guest takes the abort. */
	vcpu->hcr = cp15_read_hcr();
	cp15_write_hcr(0);
	cp15_write_hstr(0);
	cp15_write_hcptr(0);
	cp15_write_hdcr(this->host_hdcr);
	cp15_write_vttbr(0);
	/* HYP itself reads the real ones. */
	cp15_write_vpidr(cp15_read_midr());
	cp15_write_vmpidr(cp15_read_mpidr());
	cp15_write_cntvoff(0);
	cp15_write_cnthctl(this->host_cnthctl);
	cp15_write_hvbar((u32)hyp_host_vectors);

	load_banked(&this->host.banked);
	load_cp15(&this->host.cp15);
	/*
	 * No trap for it alone. CPUs with LPAE need not have it, QEMU's do, and all of a
	 * host's user space would be elsewhere.
	 */
	cp15_write_fcseidr(0);
	this->guest = NULL;
	isb();
}

/* The guest's first use of VFP since it was entered. */
static __hyp void load_guest_vfp(struct hyp_cpu *this, struct hyp_vcpu *vcpu)
{
	cp15_write_hcptr(HCPTR_GUEST);
	isb();
	hyp_save_vfp(&this->host.vfp);
	/* Before, so that the host's comes back even if the guest's cannot be loaded. */
	this->guest_has_vfp = true;
	barrier();
	hyp_load_vfp(&vcpu->cpu.vfp);
}

static __always_inline bool is_vfp_trap(u32 hsr)
{
	u32 number = HSR_CP_NUMBER(hsr);

	return HSR_EC(hsr) == HSR_EC_CP0_13 &&
	       (hsr & HSR_CP_TA || number == 10 || number == 11);
}

/*
 * HPFAR is not valid after a stage 2 permission fault of an access (B3.13.7), so
 * the guest's own translation is asked. It may fail by now, or with it off.
 */
static __hyp void complete_hpfar(struct hyp_vcpu *vcpu)
{
	u32 addr = HSR_EC(vcpu->hsr) == HSR_EC_IABT ? vcpu->hifar : vcpu->hdfar;
	u64 guest_par, par;

	vcpu->hpfar_valid = true;
	if (vcpu->hsr & HSR_ABT_S1PTW ||
	    FSC_TYPE(HSR_ABT_FSC(vcpu->hsr)) != FSC_PERMISSION)
		return;

	guest_par = cp15_read_par();
	ats1cpr(addr);
	isb();
	par = cp15_read_par();
	cp15_write_par(guest_par);
	if (par & PAR_FAULT)
		vcpu->hpfar_valid = false;
	else
		vcpu->hpfar = HPFAR_OF_PAR(par);
}

__hyp u32 hyp_run_guest(struct hyp_vcpu *vcpu)
{
	struct hyp_cpu *this = this_hyp_cpu();
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
		if (this->guest_has_vfp || !is_vfp_trap(vcpu->hsr))
			break;
		load_guest_vfp(this, vcpu);
	}
	if (exit == HYP_EXIT_TRAP &&
	    (HSR_EC(vcpu->hsr) == HSR_EC_IABT || HSR_EC(vcpu->hsr) == HSR_EC_DABT)) {
		vcpu->hdfar = cp15_read_hdfar();
		vcpu->hifar = cp15_read_hifar();
		vcpu->hpfar = cp15_read_hpfar();
		complete_hpfar(vcpu);
	}
	load_host(this);
	return exit;
}

/* ---- faults ---- */

/* From hyp_fault_entry. Returns the end of the stack. */
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

/* HYP maps nothing there, whatever the kernel does. */
#define UNMAPPED	((const u32 *)0xfffffffcU)

__hyp u32 hyp_provoke(void)
{
	return READ_ONCE(*UNMAPPED);
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

__hyp u32 hyp_flush_all_vmids(void)
{
	dsb(ish);
	tlbiallnsnhis(0);
	icialluis(0);
	dsb(ish);
	isb();
	return 0;
}
