// SPDX-License-Identifier: GPL-2.0-only
/*
 * selftests/model/model.c: the calls that the model allows, in states that a short run of make fuzz
 * does not reach.
 */
#include <kselftest_harness.h>

#include <linux/kvm.h>

#include "model/model.h"

/* A kernel that accepts all calls. */
static const char *accepts(const char *id, const char *variant)
{
	(void)id;
	(void)variant;
	return "OK";
}

FIXTURE(model)
{
	struct model_host host;
	struct model model;
	struct model_vm *vm;
};

FIXTURE_SETUP(model)
{
	self->host = (struct model_host) {
		.offers = OFFERS_LEGACY | OFFERS_V2 | OFFERS_LAYOUT_2, .says = accepts,
		.max_ipa_bits = 40, .max_vcpus = 512,
	};
	ASSERT_EQ(NULL, model_init(&self->model, &self->host));
	self->vm = &self->model.vms[0];
}

FIXTURE_TEARDOWN(model)
{
}

/* Regression test: with all VMs abandoned, make fuzz searched forever for a possible call. */
TEST_F(model, abandoned_vm_frees_its_slot)
{
	const struct model_call create = { .kind = CALL_CREATE_VM };
	const struct model_call address = { .kind = CALL_SET_LEGACY };

	self->vm->abandoned = true;
	self->vm->vcpus[0].open = true;
	self->vm->nr_vcpus = 1;
	EXPECT_FALSE(model_allows(&self->model, &create));
	EXPECT_FALSE(model_allows(&self->model, &address));
	self->vm->vcpus[0].open = false;
	EXPECT_TRUE(model_allows(&self->model, &create));
	model_predict(&self->model, &create);
	EXPECT_FALSE(self->vm->abandoned);
}

/* No rule says whether KVM_IRQ_LINE for a vCPU that does not exist initializes a GICv2. */
TEST_F(model, irq_line_of_absent_vcpu_before_init)
{
	struct model_call line = {
		.kind = CALL_IRQ_LINE,
		.id = KVM_ARM_IRQ_TYPE_PPI << KVM_ARM_IRQ_TYPE_SHIFT |
		      1 << KVM_ARM_IRQ_VCPU_SHIFT | 29,
	};

	self->vm->open = true;
	self->vm->gic = GIC_V2;
	self->vm->nr_vcpus = 2;
	self->vm->vcpus[1].id = 1;
	EXPECT_TRUE(model_allows(&self->model, &line));
	line.id |= 1U << 28;	/* vcpu2_index */
	EXPECT_FALSE(model_allows(&self->model, &line));
	self->vm->initialized = true;
	EXPECT_TRUE(model_allows(&self->model, &line));
}

TEST_HARNESS_MAIN
