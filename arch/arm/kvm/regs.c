// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET/SET_ONE_REG and KVM_GET_REG_LIST: core registers, VFP and Advanced SIMD. System registers
 * are in coproc.c.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/vfp.h>

#include "arch.h"
#include "psr.h"

#define KIND(id)	((id) & KVM_REG_ARM_COPROC_MASK)
#define SIZE_BYTES(id) \
	(1U << (((id) & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT))

/* The id of another architecture's register. */
#define IS_FOREIGN(id) \
	(((id) & ~KVM_REG_SIZE_MASK) >> 32 != KVM_REG_ARM >> 32)

/* ---- core ---- */

#define NR_CORE_REGS	(sizeof(struct kvm_regs) / sizeof(u32))
#define CORE_INDEX(id)	((u32)(id) & 0xffff)
#define CORE_ID(index)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | (index))

#define USR_LAST_R	12
#define USR_SP		13
#define USR_LR		14
#define USR_PC		15
#define USR_CPSR	16
#define USR_ORIG_R0	17	/* a field of struct pt_regs, not a register */

static u32 *bank_word(struct cpu_bank *bank, unsigned int i)
{
	return i == 0 ? &bank->sp : i == 1 ? &bank->lr : &bank->spsr;
}

/* The register of a field of struct kvm_regs; NULL for ORIG_r0. */
static u32 *core_reg(struct guest_cpu *cpu, unsigned int index)
{
	struct cpu_bank *banks[] = { &cpu->banked.svc, &cpu->banked.abt,
				     &cpu->banked.und, &cpu->banked.irq };
	const unsigned int first_bank = KVM_REG_ARM_CORE_REG(svc_regs);
	const unsigned int fiq = KVM_REG_ARM_CORE_REG(fiq_regs);

	index = array_index_nospec(index, NR_CORE_REGS);
	if (index <= USR_LAST_R)
		return &cpu->gp.r[index];
	switch (index) {
	case USR_SP:
		return &cpu->banked.sp_usr;
	case USR_LR:
		return &cpu->gp.lr;
	case USR_PC:
		return &cpu->gp.pc;
	case USR_CPSR:
		return &cpu->gp.cpsr;
	case USR_ORIG_R0:
		return NULL;
	}
	if (index < fiq)
		return bank_word(banks[(index - first_bank) / 3],
				 (index - first_bank) % 3);
	index -= fiq;
	return index < 5 ? &cpu->banked.fiq_r[index] :
			   bank_word(&cpu->banked.fiq, index - 5);
}

/* HYP mode returns to the mode in the CPSR, so it must be one that a guest can have. */
static bool valid_cpsr(u32 cpsr)
{
	if (cpsr & PSR_J)
		return false;
	switch (cpsr & PSR_MODE) {
	case PSR_MODE_USR:
	case PSR_MODE_FIQ:
	case PSR_MODE_IRQ:
	case PSR_MODE_SVC:
	case PSR_MODE_ABT:
	case PSR_MODE_UND:
	case PSR_MODE_SYS:
		return true;
	default:
		return false;
	}
}

static int core_get(struct vcpu *vcpu, u64 id, u64 *value)
{
	unsigned int index = CORE_INDEX(id);
	u32 *reg;

	if (index >= NR_CORE_REGS || id != CORE_ID(index))
		return -ENOENT;
	reg = core_reg(&vcpu->arch.hyp->cpu, index);
	*value = reg ? *reg : 0;
	return 0;
}

static int core_set(struct vcpu *vcpu, u64 id, u64 value)
{
	unsigned int index = CORE_INDEX(id);
	u32 *reg;

	if (index >= NR_CORE_REGS || id != CORE_ID(index))
		return -ENOENT;
	if (index == USR_CPSR && !valid_cpsr(value))
		return -EINVAL;
	reg = core_reg(&vcpu->arch.hyp->cpu, index);
	if (reg)
		*reg = value;
	return 0;
}

/* ---- VFP and Advanced SIMD ---- */

#define VFP_ID32(number)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_VFP | (number))
#define VFP_ID64(number)	(KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_VFP | (number))
#define VFP_NUMBER(id)		((u32)(id) & KVM_REG_ARM_VFP_MASK)

#define MVFR0_D32		2	/* 32 doubleword registers */

#define READ_VFP(name) ({						\
	u32 value_;							\
									\
	asm volatile(".fpu neon\n\tvmrs %0, " #name : "=r" (value_));	\
	value_;								\
})

/* Readable while VFP is disabled, B1.11.3. */
static u32 vfp_identity(u32 number)
{
	switch (number) {
	case KVM_REG_ARM_VFP_FPSID:
		return READ_VFP(fpsid);
	case KVM_REG_ARM_VFP_MVFR0:
		return READ_VFP(mvfr0);
	default:
		return READ_VFP(mvfr1);
	}
}

#define NR_D_REGS	ARRAY_SIZE(((struct cpu_vfp *)NULL)->d)

static unsigned int nr_d_regs(void)
{
	return (READ_VFP(mvfr0) & 0xf) == MVFR0_D32 ? 32 : 16;
}

static const u32 vfp_control[] = {
	KVM_REG_ARM_VFP_FPSCR, KVM_REG_ARM_VFP_FPEXC,
	KVM_REG_ARM_VFP_FPINST, KVM_REG_ARM_VFP_FPINST2,
};

static const u32 vfp_identities[] = {
	KVM_REG_ARM_VFP_FPSID, KVM_REG_ARM_VFP_MVFR0, KVM_REG_ARM_VFP_MVFR1,
};

static u32 *vfp_control_reg(struct cpu_vfp *vfp, u32 number)
{
	switch (number) {
	case KVM_REG_ARM_VFP_FPSCR:
		return &vfp->fpscr;
	case KVM_REG_ARM_VFP_FPEXC:
		return &vfp->fpexc;
	case KVM_REG_ARM_VFP_FPINST:
		return &vfp->fpinst;
	case KVM_REG_ARM_VFP_FPINST2:
		return &vfp->fpinst2;
	default:
		return NULL;
	}
}

static bool is_vfp_identity(u32 number)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfp_identities); i++)
		if (vfp_identities[i] == number)
			return true;
	return false;
}

static int vfp_get(struct vcpu *vcpu, u64 id, u64 *value)
{
	struct cpu_vfp *vfp = &vcpu->arch.hyp->cpu.vfp;
	u32 number = VFP_NUMBER(id);
	u32 *control = vfp_control_reg(vfp, number);

	if (number < nr_d_regs() && id == VFP_ID64(number))
		*value = vfp->d[array_index_nospec(number, NR_D_REGS)];
	else if (control && id == VFP_ID32(number))
		*value = *control;
	else if (is_vfp_identity(number) && id == VFP_ID32(number))
		*value = vfp_identity(number);
	else
		return -ENOENT;
	return 0;
}

static int vfp_set(struct vcpu *vcpu, u64 id, u64 value)
{
	struct cpu_vfp *vfp = &vcpu->arch.hyp->cpu.vfp;
	u32 number = VFP_NUMBER(id);
	u32 *control = vfp_control_reg(vfp, number);

	if (number < nr_d_regs() && id == VFP_ID64(number))
		vfp->d[array_index_nospec(number, NR_D_REGS)] = value;
	else if (number == KVM_REG_ARM_VFP_FPEXC && id == VFP_ID32(number))
		/* With EX set, HYP mode would access FPINST, which supported CPUs lack. */
		vfp->fpexc = value & FPEXC_EN;
	else if (control && id == VFP_ID32(number))
		*control = value;
	else if (is_vfp_identity(number) && id == VFP_ID32(number))
		return vfp_identity(number) == value ? 0 : -EINVAL;
	else
		return -ENOENT;
	return 0;
}

static unsigned int vfp_ids(u64 *ids)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_d_regs(); i++)
		add_id(ids, &n, VFP_ID64(KVM_REG_ARM_VFP_BASE_REG + i));
	for (i = 0; i < ARRAY_SIZE(vfp_control); i++)
		add_id(ids, &n, VFP_ID32(vfp_control[i]));
	for (i = 0; i < ARRAY_SIZE(vfp_identities); i++)
		add_id(ids, &n, VFP_ID32(vfp_identities[i]));
	return n;
}

/* ---- all ---- */

static unsigned int core_ids(u64 *ids)
{
	unsigned int i;

	for (i = 0; ids && i < NR_CORE_REGS; i++)
		ids[i] = CORE_ID(i);
	return NR_CORE_REGS;
}

static const struct {
	unsigned int (*ids)(u64 *ids);
} groups[] = { { core_ids }, { coproc_ids }, { vfp_ids } };

long regs_get_list(struct vcpu *vcpu, struct kvm_reg_list __user *list)
{
	unsigned int i, count = 0;
	u64 *ids, room;
	long ret = 0;

	if (copy_from_user(&room, &list->n, sizeof(room)))
		return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		count += groups[i].ids(NULL);
	if (copy_to_user(&list->n, &(u64) { count }, sizeof(u64)))
		return -EFAULT;
	if (room < count)
		return -E2BIG;

	ids = kcalloc(count, sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return -ENOMEM;
	count = 0;
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		count += groups[i].ids(ids + count);
	if (copy_to_user(list->reg, ids, count * sizeof(*ids)))
		ret = -EFAULT;
	kfree(ids);
	return ret;
}

static int reg_value(struct vcpu *vcpu, u64 id, u64 *value)
{
	if (IS_FOREIGN(id))
		return -EINVAL;
	switch (KIND(id)) {
	case KVM_REG_ARM_CORE:
		return core_get(vcpu, id, value);
	case KVM_REG_ARM_VFP:
		return vfp_get(vcpu, id, value);
	default:
		return coproc_get(vcpu, id, value);
	}
}

/* The kernel is little-endian, so the first bytes of @value are its low ones. */
long regs_get(struct vcpu *vcpu, const struct kvm_one_reg *reg)
{
	void __user *to = (void __user *)(unsigned long)reg->addr;
	u64 value = 0;
	int ret = reg_value(vcpu, reg->id, &value);

	if (ret)
		return ret;
	return copy_to_user(to, &value, SIZE_BYTES(reg->id)) ? -EFAULT : 0;
}

/* The error of an unknown register takes precedence over that of a bad address. */
long regs_set(struct vcpu *vcpu, const struct kvm_one_reg *reg)
{
	const void __user *from = (void __user *)(unsigned long)reg->addr;
	u64 value = 0;
	int ret = reg_value(vcpu, reg->id, &value);

	if (ret)
		return ret;
	value = 0;
	if (copy_from_user(&value, from, SIZE_BYTES(reg->id)))
		return -EFAULT;
	switch (KIND(reg->id)) {
	case KVM_REG_ARM_CORE:
		return core_set(vcpu, reg->id, value);
	case KVM_REG_ARM_VFP:
		return vfp_set(vcpu, reg->id, value);
	default:
		return coproc_set(vcpu, reg->id, value);
	}
}
