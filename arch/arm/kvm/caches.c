// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out the cache maintenance that cache_state.c decides on. For the vCPU's thread.
 */
#include <linux/moduleparam.h>

#include <kvm/arch.h>

#include "arch.h"
#include "caches.h"

static bool trap_vm_registers;
module_param(trap_vm_registers, bool, 0444);
MODULE_PARM_DESC(trap_vm_registers,
		 "Trap all writes to virtual memory registers, for tests (default: N)");

static struct stage2 *stage2_of(struct vcpu *vcpu)
{
	return &vcpu->vm->arch.stage2;
}

static void carry_out(struct vcpu *vcpu, enum cache_work work)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;

	switch (work) {
	case CACHE_FLUSH:
		vcpu->arch.flush_mark = stage2_begin_flush(stage2_of(vcpu));
		break;
	case CACHE_UNMAP:
		stage2_reset(stage2_of(vcpu));
		break;
	case CACHE_NOTHING:
		break;
	}
	hyp->hcr &= ~HCR_TVM;
	if (cache_traps(&vcpu->arch.caches) || trap_vm_registers)
		hyp->hcr |= HCR_TVM;
}

void caches_init(struct vcpu *vcpu)
{
	carry_out(vcpu, cache_init(&vcpu->arch.caches));
}

void caches_reset(struct vcpu *vcpu)
{
	cache_reset(&vcpu->arch.caches);
	carry_out(vcpu, CACHE_NOTHING);
}

void caches_set_way(struct vcpu *vcpu)
{
	stage2_count_set_way(stage2_of(vcpu));
	carry_out(vcpu, cache_set_way(&vcpu->arch.caches));
}

void caches_written(struct vcpu *vcpu)
{
	carry_out(vcpu, cache_written(&vcpu->arch.caches, caches_on(vcpu)));
}

/* Tells stage 2 whether the vCPU writes without caches. If so, unmapped pages need cleaning. */
static void publish(struct vcpu *vcpu)
{
	stage2_set_uncached(stage2_of(vcpu), vcpu->id, vcpu->arch.caches.uncached);
}

bool caches_settle(struct vcpu *vcpu)
{
	struct cache_vcpu *caches = &vcpu->arch.caches;

	carry_out(vcpu, cache_enter(caches, caches_on(vcpu)));
	publish(vcpu);
	if (!caches->flushing)
		return true;
	if (!stage2_flush(stage2_of(vcpu), vcpu->arch.flush_mark))
		return false;
	cache_flushed(caches);
	publish(vcpu);
	return true;
}
