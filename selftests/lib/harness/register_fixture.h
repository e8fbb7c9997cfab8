/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of registers that user space accesses as device attributes. The fixture comes from
 * gic_fixture.h, with
 *
 *	#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
 */
#ifndef VGIC_ABI_REGISTER_FIXTURE_H
#define VGIC_ABI_REGISTER_FIXTURE_H

#include "abi/gic_regs.h"
#include "abi/vgic_uapi.h"

#define NR_VCPUS	2
#define NR_IRQS		160	/* not a default */

/* A GIC with both addresses set, not initialized. */
#define OPEN_UNINITIALIZED_GIC_OF(irqs) do {				\
	unsigned int vcpu_;						\
									\
	abi_vm_open(&self->vm, 0);					\
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));		\
	for (vcpu_ = 0; vcpu_ < NR_VCPUS; vcpu_++)			\
		abi_vcpu_add(&self->vm, vcpu_, &self->vcpu[vcpu_]);	\
	ASSERT_OK(vgic_set_nr_irqs(self->vm.dev, irqs));		\
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA)); \
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));	\
} while (0)

#define OPEN_WHOLE_GIC_UNINITIALIZED()	OPEN_UNINITIALIZED_GIC_OF(NR_IRQS)

/* A GIC that is initialized, in a VM of which no vCPU has run. */
#define OPEN_GIC_OF(irqs) do {						\
	OPEN_UNINITIALIZED_GIC_OF(irqs);				\
	ASSERT_OK(vgic_init(self->vm.dev));				\
} while (0)

#define OPEN_WHOLE_GIC()	OPEN_GIC_OF(NR_IRQS)

/* Checks the calls that the rule is about: a read of a register, and a write of the value read. */
#define EXPECT_EACH_CALL(group, vcpu, offset, what, ...) do {		\
	uint64_t value_ = 0;						\
									\
	EXPECT_RULE(abi_attr_get(self->vm.dev, group, vgic_reg_attr(vcpu, offset), &value_), \
		    "get " what, ##__VA_ARGS__);			\
	EXPECT_RULE(abi_attr_set(self->vm.dev, group, vgic_reg_attr(vcpu, offset), &value_), \
		    "set " what, ##__VA_ARGS__);			\
} while (0)

/* EXPECT_EACH_CALL() for each register of an array. */
#define EXPECT_EACH_CALL_OF(group, offsets) do {				\
	unsigned int i_;						\
									\
	for (i_ = 0; i_ < ARRAY_SIZE(offsets); i_++)			\
		EXPECT_EACH_CALL(group, 0, (offsets)[i_], "register 0x%x", \
				 (offsets)[i_]);			\
} while (0)

/* KVM_HAS_DEVICE_ATTR for each register of an array. */
#define EXPECT_HAS_EACH_OF(group, offsets) do {				\
	unsigned int i_;						\
									\
	for (i_ = 0; i_ < ARRAY_SIZE(offsets); i_++)			\
		EXPECT_RULE(abi_attr_has(self->vm.dev, group, (offsets)[i_]), \
			    "register 0x%x", (offsets)[i_]);		\
} while (0)

/* EXPECT_EACH_CALL() and KVM_HAS_DEVICE_ATTR. */
#define EXPECT_EACH_CALL_AND_HAS(group, vcpu, offset, what, ...) do {	\
	EXPECT_EACH_CALL(group, vcpu, offset, what, ##__VA_ARGS__);	\
	EXPECT_RULE(abi_attr_has(self->vm.dev, group, vgic_reg_attr(vcpu, offset)), \
		    "has " what, ##__VA_ARGS__);			\
} while (0)

#endif /* VGIC_ABI_REGISTER_FIXTURE_H */
