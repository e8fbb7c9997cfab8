// SPDX-License-Identifier: GPL-2.0-only
/*
 * System registers of cp15 and cp14: saved and restored by user space, and emulated where the
 * guest's accesses are trapped.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kvm.h>

#include <kvm/arch_timer.h>
#include <kvm/timer.h>
#include <kvm/timer_state.h>

#include "arch.h"
#include "caches.h"
#include "cp15.h"
#include "exception.h"
#include "hsr.h"
#include "psr.h"

#define CP14	14
#define CP15	15

/**
 * struct coproc_key - a register's name in MRC, MCR, MRRC and MCRR
 * @wide: 64 bits; @crn and @op2 are 0
 */
struct coproc_key {
	u8 cp, op1, crn, crm, op2;
	bool wide;
};

#define REG32(op1_, crn_, crm_, op2_) \
	.key = { .cp = CP15, .op1 = op1_, .crn = crn_, .crm = crm_, .op2 = op2_ }
#define REG64(op1_, crm_) \
	.key = { .cp = CP15, .op1 = op1_, .crm = crm_, .wide = true }

static bool same_key(const struct coproc_key *a, const struct coproc_key *b)
{
	return a->cp == b->cp && a->op1 == b->op1 && a->crn == b->crn &&
	       a->crm == b->crm && a->op2 == b->op2 && a->wide == b->wide;
}

static bool privileged(const struct vcpu *vcpu)
{
	return (vcpu->arch.hyp->cpu.gp.cpsr & PSR_MODE) != PSR_MODE_USR;
}

/* ---- state: for ONE_REG, and for the guest's writes that HCR.TVM traps ---- */

/* ID_PFR0.State3: some ARMv7 CPUs have no ThumbEE. */
static bool has_thumbee(void)
{
	return (cp15_read_id_pfr0() >> 12 & 0xf) == 1;
}

#define THUMBEE(crn_)	.key = { .cp = CP14, .op1 = 6, .crn = crn_ }

/**
 * struct state_reg - a register that the world switch exchanges
 * @offset: in struct cpu_cp15
 * @reset:  value after reset
 */
struct state_reg {
	struct coproc_key key;
	u16 offset;
	u32 reset;
};

#define STATE(name)	.offset = offsetof(struct cpu_cp15, name)

/* Only the bits that read as one: MMU, caches and alignment checks are off, B4.1.130. */
#define SCTLR_RESET	0x00c50078

static const struct state_reg state_regs[] = {
	{ REG32(0, 1, 0, 0), STATE(sctlr), SCTLR_RESET },
	{ REG32(0, 1, 0, 2), STATE(cpacr) },
	{ REG64(0, 2), STATE(ttbr0) },
	{ REG64(1, 2), STATE(ttbr1) },
	{ REG32(0, 2, 0, 2), STATE(ttbcr) },
	{ REG32(0, 3, 0, 0), STATE(dacr) },
	{ REG32(0, 5, 0, 0), STATE(dfsr) },
	{ REG32(0, 5, 0, 1), STATE(ifsr) },
	{ REG32(0, 5, 1, 0), STATE(adfsr) },
	{ REG32(0, 5, 1, 1), STATE(aifsr) },
	{ REG32(0, 6, 0, 0), STATE(dfar) },
	{ REG32(0, 6, 0, 2), STATE(ifar) },
	{ REG64(0, 7), STATE(par) },
	{ REG32(0, 10, 2, 0), STATE(prrr) },
	{ REG32(0, 10, 2, 1), STATE(nmrr) },
	{ REG32(0, 10, 3, 0), STATE(amair0) },
	{ REG32(0, 10, 3, 1), STATE(amair1) },
	{ REG32(0, 12, 0, 0), STATE(vbar) },
	{ REG32(0, 13, 0, 1), STATE(contextidr) },
	{ REG32(0, 13, 0, 2), STATE(tpidrurw) },
	{ REG32(0, 13, 0, 3), STATE(tpidruro) },
	{ REG32(0, 13, 0, 4), STATE(tpidrprw) },
	{ REG32(0, 14, 1, 0), STATE(cntkctl) },
	{ REG32(2, 0, 0, 0), STATE(csselr) },
	{ THUMBEE(0), STATE(teecr) },
	{ THUMBEE(1), STATE(teehbr) },
};

static bool is_implemented(const struct state_reg *reg)
{
	return reg->key.cp != CP14 || has_thumbee();
}

static void *state_of(struct vcpu *vcpu, const struct state_reg *reg)
{
	return (void *)&vcpu->arch.hyp->cpu.cp15 + reg->offset;
}

static u64 state_read(struct vcpu *vcpu, const struct state_reg *reg)
{
	void *state = state_of(vcpu, reg);

	return reg->key.wide ? *(u64 *)state : *(u32 *)state;
}

static void state_write(struct vcpu *vcpu, const struct state_reg *reg, u64 value)
{
	void *state = state_of(vcpu, reg);

	if (reg->key.wide)
		*(u64 *)state = value;
	else
		*(u32 *)state = value;
}

bool coproc_switch_thumbee(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;

	if (!(hyp->hstr & HSTR_TTEE) || !has_thumbee())
		return false;
	hyp->hstr &= ~HSTR_TTEE;
	return true;
}

void coproc_reset(struct vcpu *vcpu)
{
	unsigned int i;

	vcpu->arch.hyp->hstr = HSTR_T15 | HSTR_TTEE;
	for (i = 0; i < ARRAY_SIZE(state_regs); i++)
		state_write(vcpu, &state_regs[i], state_regs[i].reset);
}

/* ---- identification registers: constant ---- */

struct id_reg {
	struct coproc_key key;
	u32 (*read)(const struct vcpu *vcpu);
};

#define ID_REG(name, op1, crn, crm, op2)				\
	static u32 id_##name(const struct vcpu *vcpu)			\
	{								\
		u32 value;						\
									\
		asm volatile("mrc p15, " #op1 ", %0, c" #crn ", c" #crm ", " #op2 \
			     : "=r" (value));				\
		return value;						\
	}

#define FOR_EACH_ID_REG(do_)						\
	do_(ctr, 0, 0, 0, 1) do_(tcmtr, 0, 0, 0, 2)			\
	do_(tlbtr, 0, 0, 0, 3) do_(revidr, 0, 0, 0, 6)			\
	do_(pfr0, 0, 0, 1, 0) do_(pfr1, 0, 0, 1, 1)			\
	do_(dfr0, 0, 0, 1, 2) do_(afr0, 0, 0, 1, 3)			\
	do_(mmfr0, 0, 0, 1, 4) do_(mmfr1, 0, 0, 1, 5)			\
	do_(mmfr2, 0, 0, 1, 6) do_(mmfr3, 0, 0, 1, 7)			\
	do_(isar0, 0, 0, 2, 0) do_(isar1, 0, 0, 2, 1)			\
	do_(isar2, 0, 0, 2, 2) do_(isar3, 0, 0, 2, 3)			\
	do_(isar4, 0, 0, 2, 4) do_(isar5, 0, 0, 2, 5)			\
	do_(clidr, 1, 0, 0, 1) do_(aidr, 1, 0, 0, 7)

FOR_EACH_ID_REG(ID_REG)

static u32 id_midr(const struct vcpu *vcpu)
{
	return vcpu->arch.hyp->midr;
}

static u32 id_mpidr(const struct vcpu *vcpu)
{
	return vcpu->arch.hyp->vmpidr;
}

static const struct id_reg id_regs[] = {
	{ REG32(0, 0, 0, 0), id_midr },
	{ REG32(0, 0, 0, 5), id_mpidr },
#define ID_ENTRY(name, op1, crn, crm, op2) { REG32(op1, crn, crm, op2), id_##name },
	FOR_EACH_ID_REG(ID_ENTRY)
#undef ID_ENTRY
};

/* ---- timers ---- */

static bool timer_get(struct vcpu *vcpu, u64 id, u64 *value)
{
	const struct hyp_vcpu *hyp = vcpu->arch.hyp;

	switch (id) {
	case KVM_REG_ARM_TIMER_CTL:
		*value = timer_ctl(hyp->cpu.timer.ctl, hyp->cpu.timer.cval,
				   arch_virtual_counter(vcpu));
		return true;
	case KVM_REG_ARM_TIMER_CVAL:
		*value = hyp->cpu.timer.cval;
		return true;
	case KVM_REG_ARM_TIMER_CNT:
		*value = arch_virtual_counter(vcpu);
		return true;
	case KVM_REG_ARM_PTIMER_CTL:
		*value = timer_phys_ctl(vcpu);
		return true;
	case KVM_REG_ARM_PTIMER_CVAL:
		*value = timer_phys_cval(vcpu);
		return true;
	case KVM_REG_ARM_PTIMER_CNT:
		*value = arch_physical_counter(vcpu);
		return true;
	default:
		return false;
	}
}

/*
 * A VM has one virtual and one physical counter: setting one for a vCPU sets it for all vCPUs. All
 * are kicked, because a sleeping vCPU has to set its hrtimer again.
 */
static void set_virtual_counter(struct vm *vm, u64 value)
{
	u64 cntvoff = cp15_read_cntpct() - value;
	struct vcpu *vcpu;
	unsigned int i;

	mutex_lock(&vm->lock);
	vm->arch.cntvoff = cntvoff;
	for_each_vcpu(i, vcpu, vm) {
		vcpu->arch.hyp->cntvoff = cntvoff;
		vcpu_kick(vcpu);
	}
	mutex_unlock(&vm->lock);
}

static void set_physical_counter(struct vm *vm, u64 value)
{
	u64 cntpoff = cp15_read_cntpct() - value;
	struct vcpu *vcpu;
	unsigned int i;

	mutex_lock(&vm->lock);
	vm->arch.cntpoff = cntpoff;
	for_each_vcpu(i, vcpu, vm) {
		vcpu_set_cntpoff(vcpu, cntpoff);
		vcpu_kick(vcpu);
	}
	mutex_unlock(&vm->lock);
}

static bool timer_set(struct vcpu *vcpu, u64 id, u64 value)
{
	struct cpu_vtimer *timer = &vcpu->arch.hyp->cpu.timer;

	switch (id) {
	case KVM_REG_ARM_TIMER_CTL:
		timer->ctl = value & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
		return true;
	case KVM_REG_ARM_TIMER_CVAL:
		timer->cval = value;
		return true;
	case KVM_REG_ARM_TIMER_CNT:
		set_virtual_counter(vcpu->vm, value);
		return true;
	case KVM_REG_ARM_PTIMER_CTL:
		timer_set_phys_ctl(vcpu, value);
		return true;
	case KVM_REG_ARM_PTIMER_CVAL:
		timer_set_phys_cval(vcpu, value);
		return true;
	case KVM_REG_ARM_PTIMER_CNT:
		set_physical_counter(vcpu->vm, value);
		return true;
	default:
		return false;
	}
}

static const u64 timer_ids[] = {
	KVM_REG_ARM_TIMER_CTL, KVM_REG_ARM_TIMER_CNT, KVM_REG_ARM_TIMER_CVAL,
	KVM_REG_ARM_PTIMER_CTL, KVM_REG_ARM_PTIMER_CNT, KVM_REG_ARM_PTIMER_CVAL,
};

/* ---- ONE_REG ---- */

static u64 id_of(const struct coproc_key *key)
{
	u64 id = key->wide ? ARM_CP15_REG64(key->op1, key->crm) :
			     ARM_CP15_REG32(key->op1, key->crn, key->crm, key->op2);

	return (id & ~(u64)KVM_REG_ARM_COPROC_MASK) | (u64)key->cp << KVM_REG_ARM_COPROC_SHIFT;
}

static const struct state_reg *find_state(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(state_regs); i++)
		if (id_of(&state_regs[i].key) == id && is_implemented(&state_regs[i]))
			return &state_regs[i];
	return NULL;
}

static const struct id_reg *find_id(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(id_regs); i++)
		if (id_of(&id_regs[i].key) == id)
			return &id_regs[i];
	return NULL;
}

int coproc_get(struct vcpu *vcpu, u64 id, u64 *value)
{
	const struct state_reg *state = find_state(id);
	const struct id_reg *ident = find_id(id);

	if (state)
		*value = state_read(vcpu, state);
	else if (ident)
		*value = ident->read(vcpu);
	else if (!timer_get(vcpu, id, value))
		return -ENOENT;
	return 0;
}

int coproc_set(struct vcpu *vcpu, u64 id, u64 value)
{
	const struct state_reg *state = find_state(id);
	const struct id_reg *ident = find_id(id);

	if (state) {
		state_write(vcpu, state, value);
		/* A value of 0 need not be loaded before the guest's first access, which traps. */
		if (state->key.cp == CP14 && value)
			coproc_switch_thumbee(vcpu);
	} else if (ident) {
		return ident->read(vcpu) == value ? 0 : -EINVAL;
	} else if (!timer_set(vcpu, id, value)) {
		return -ENOENT;
	}
	return 0;
}

unsigned int coproc_ids(u64 *ids)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(state_regs); i++)
		if (is_implemented(&state_regs[i]))
			add_id(ids, &n, id_of(&state_regs[i].key));
	for (i = 0; i < ARRAY_SIZE(id_regs); i++)
		add_id(ids, &n, id_of(&id_regs[i].key));
	for (i = 0; i < ARRAY_SIZE(timer_ids); i++)
		add_id(ids, &n, timer_ids[i]);
	return n;
}

/* ---- trapped accesses ---- */

/**
 * struct trap - registers whose accesses are trapped
 * @key, @mask: a register matches if its fields, masked, are those of @key
 * @access: emulates the access; false: it is UNDEFINED
 */
struct trap {
	struct coproc_key key;
	struct coproc_key mask;
	bool (*access)(struct vcpu *vcpu, bool write, u64 *value);
};

#define ONLY	.mask = { 0xff, 0xff, 0xff, 0xff, 0xff, true }

static bool read_zero(struct vcpu *vcpu, bool write, u64 *value)
{
	if (!write)
		*value = 0;
	return true;
}

/* RAZ/WI, and UNDEFINED in User mode. */
static bool read_zero_privileged(struct vcpu *vcpu, bool write, u64 *value)
{
	return privileged(vcpu) && read_zero(vcpu, write, value);
}

/* Trapped while the guest's physical counter differs from the host's. */
static bool access_cntpct(struct vcpu *vcpu, bool write, u64 *value)
{
	if (write)
		return false;
	*value = arch_physical_counter(vcpu);
	return true;
}

/* Reads as the host's ACTLR, because guests check the SMP bit. */
static bool access_actlr(struct vcpu *vcpu, bool write, u64 *value)
{
	if (!write)
		*value = cp15_read_actlr();
	return true;
}

static bool access_cntp_ctl(struct vcpu *vcpu, bool write, u64 *value)
{
	if (write)
		timer_set_phys_ctl(vcpu, *value);
	else
		*value = timer_phys_ctl(vcpu);
	return true;
}

static bool access_cntp_tval(struct vcpu *vcpu, bool write, u64 *value)
{
	if (write)
		timer_set_phys_tval(vcpu, *value);
	else
		*value = timer_phys_tval(vcpu);
	return true;
}

static bool access_cntp_cval(struct vcpu *vcpu, bool write, u64 *value)
{
	if (write)
		timer_set_phys_cval(vcpu, *value);
	else
		*value = timer_phys_cval(vcpu);
	return true;
}

#define L2CTLR_CPUS(cpus)	(((cpus) - 1) << 24)
#define L2CTLR_CPUS_MASK	(3U << 24)

/* The cluster has as many CPUs as the VM has vCPUs, at most 4. UNDEFINED in User mode. */
static bool access_l2ctlr(struct vcpu *vcpu, bool write, u64 *value)
{
	unsigned int cpus = min(vcpu->vm->nr_vcpus, 4U);

	if (!privileged(vcpu))
		return false;
	if (!write)
		*value = (cp15_read_l2ctlr() & ~L2CTLR_CPUS_MASK) | L2CTLR_CPUS(cpus);
	return true;
}

static bool access_set_way(struct vcpu *vcpu, bool write, u64 *value)
{
	if (!write)
		return false;
	caches_set_way(vcpu);
	return true;
}

/* Carries out a write that was trapped by HCR.TVM. False if HCR.TVM does not trap the register. */
static bool vm_reg_write(struct vcpu *vcpu, const struct coproc_key *key, u64 value)
{
	const struct state_reg *reg;
	struct coproc_key wide = { .cp = CP15, .op1 = key->op2, .crm = 2, .wide = true };
	const struct coproc_key ttbr = { .cp = CP15, .crn = 2, .op2 = key->op2 };

	bool half = key->op2 < 2 && same_key(key, &ttbr);

	if (key->cp != CP15)
		return false;
	/* A 32-bit write to TTBR0 or TTBR1 does not change the upper half. */
	reg = find_state(id_of(half ? &wide : key));
	if (!reg)
		return false;
	if (half)
		value |= state_read(vcpu, reg) & ~0xffffffffULL;

	state_write(vcpu, reg, value);
	caches_written(vcpu);
	return true;
}

static const struct trap traps[] = {
	{ REG32(0, 1, 0, 1), ONLY, access_actlr },
	{ REG32(0, 7, 6, 2), ONLY, access_set_way },	/* DCISW */
	{ REG32(0, 7, 10, 2), ONLY, access_set_way },	/* DCCSW */
	{ REG32(0, 7, 14, 2), ONLY, access_set_way },	/* DCCISW */
	{ REG32(1, 9, 0, 2), ONLY, access_l2ctlr },
	{ REG32(1, 9, 0, 3), ONLY, read_zero_privileged },	/* L2ECTLR */
	/* The physical timer is emulated. CNTKCTL controls accesses of User mode. */
	{ REG32(0, 14, 2, 0), ONLY, access_cntp_tval },
	{ REG32(0, 14, 2, 1), ONLY, access_cntp_ctl },
	{ REG64(2, 14), ONLY, access_cntp_cval },
	{ REG64(0, 14), ONLY, access_cntpct },
	/* Performance monitors: none. */
	{ REG32(0, 9, 12, 0), .mask = { 0xff, 0xff, 0xff, 0xff, 0, true },
	  read_zero_privileged },
	{ REG32(0, 9, 13, 0), .mask = { 0xff, 0xff, 0xff, 0xff, 0, true },
	  read_zero_privileged },
	{ REG32(0, 9, 14, 0), .mask = { 0xff, 0xff, 0xff, 0xff, 0, true },
	  read_zero_privileged },
	/* Debug registers, opc1 0 of cp14: no breakpoints, no watchpoints. */
	{ .key = { .cp = CP14 }, .mask = { 0xff, 0xff, 0, 0, 0, true },
	  read_zero_privileged },
};

static bool matches(const struct trap *trap, const struct coproc_key *key)
{
	const struct coproc_key *mask = &trap->mask;
	const struct coproc_key masked = {
		key->cp & mask->cp, key->op1 & mask->op1, key->crn & mask->crn,
		key->crm & mask->crm, key->op2 & mask->op2, key->wide,
	};

	return same_key(&trap->key, &masked);
}

static const struct trap *find_trap(const struct coproc_key *key)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(traps); i++)
		if (matches(&traps[i], key))
			return &traps[i];
	return NULL;
}

static void decode(u32 hsr, struct coproc_key *key)
{
	unsigned int class = HSR_EC(hsr);

	*key = (struct coproc_key) {
		.cp = class == HSR_EC_CP15_32 || class == HSR_EC_CP15_64 ? CP15 : CP14,
		.crm = HSR_CP_CRM(hsr),
		.wide = class == HSR_EC_CP15_64 || class == HSR_EC_CP14_64,
	};
	if (key->wide) {
		key->op1 = HSR_CP_OPC1_64(hsr);
	} else {
		key->op1 = HSR_CP_OPC1(hsr);
		key->crn = HSR_CP_CRN(hsr);
		key->op2 = HSR_CP_OPC2(hsr);
	}
}

/* MRC to the pc sets the flags instead: A8.8.107. */
static void put_result(struct guest_cpu *cpu, unsigned int number, u32 value)
{
	u32 *reg = guest_reg(cpu, number);

	if (reg)
		*reg = value;
	else
		cpu->gp.cpsr = (cpu->gp.cpsr & 0x0fffffff) | (value & 0xf0000000);
}

/* An MCR from the pc is UNPREDICTABLE, and writes 0 here. */
static u32 get_operand(struct guest_cpu *cpu, unsigned int number)
{
	u32 *reg = guest_reg(cpu, number);

	return reg ? *reg : 0;
}

bool coproc_access(struct vcpu *vcpu, u32 hsr)
{
	struct guest_cpu *cpu = &vcpu->arch.hyp->cpu;
	bool write = !(hsr & HSR_CP_READ);
	const struct trap *trap;
	struct coproc_key key;
	u64 value = 0;

	decode(hsr, &key);
	if (write) {
		value = get_operand(cpu, HSR_CP_RT(hsr));
		if (key.wide)
			value |= (u64)get_operand(cpu, HSR_CP_RT2(hsr)) << 32;
		if (vcpu->arch.hyp->hcr & HCR_TVM && vm_reg_write(vcpu, &key, value))
			return true;
	}
	trap = find_trap(&key);
	if (!trap || !trap->access(vcpu, write, &value))
		return false;
	if (!write) {
		put_result(cpu, HSR_CP_RT(hsr), value);
		if (key.wide)
			put_result(cpu, HSR_CP_RT2(hsr), value >> 32);
	}
	return true;
}
