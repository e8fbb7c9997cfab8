/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs with an ITS for tests of user space's calls. The fixture comes from gic_fixture.h, with
 *
 *	#define RULE_STATE	struct abi_vm vm; struct its its; uint8_t *memory
 */
#ifndef VGIC_ABI_ITS_FIXTURE_H
#define VGIC_ABI_ITS_FIXTURE_H

#include "abi/its_calls.h"
#include "abi/vgic_uapi.h"

#define LPI_NR_VCPUS	2

/* A KVM with a GICv3 need not have an ITS. */
#define SKIP_WITHOUT_ITS(vm) do {					\
	if (abi_device_create(vm, KVM_DEV_TYPE_ARM_VGIC_ITS,		\
			      KVM_CREATE_DEVICE_TEST))			\
		rule_skip("this system cannot give a guest an ITS");	\
} while (0)

/* A VM with memory for the tables of LPIs, two vCPUs, and a GICv3 that is initialized. */
#define OPEN_GIC_WITH_MEMORY(vm_, memory_) do {				\
	struct abi_vcpu vcpu_;						\
	unsigned int cpu_;						\
									\
	abi_vm_open(vm_, 0);						\
	SKIP_WITHOUT_ITS(vm_);						\
	ASSERT_OK(abi_gic_create(vm_, variant->dist));			\
	ASSERT_OK(lpi_memory_add(vm_, memory_));			\
	for (cpu_ = 0; cpu_ < LPI_NR_VCPUS; cpu_++)			\
		abi_vcpu_add(vm_, cpu_, &vcpu_);			\
	ASSERT_OK(abi_addr_set(vm_, variant->dist, ABI_DIST_IPA));	\
	ASSERT_OK(abi_addr_set(vm_, variant->cpu, ABI_FREE_IPA));	\
	ASSERT_OK(vgic_init((vm_)->dev));				\
} while (0)

/* OPEN_GIC_WITH_MEMORY() with an ITS, whose queue and tables are not set. */
#define OPEN_IDLE_ITS(vm_, its_, memory_) do {				\
	uint8_t *idle_memory_ = memory_;				\
									\
	OPEN_GIC_WITH_MEMORY(vm_, idle_memory_);			\
	ASSERT_OK(its_add(its_, vm_, 0, idle_memory_));			\
} while (0)

/* Enables the LPIs of each vCPU. */
#define ENABLE_LPIS(vm_) do {						\
	unsigned int lpi_cpu_;						\
									\
	for (lpi_cpu_ = 0; lpi_cpu_ < LPI_NR_VCPUS; lpi_cpu_++)		\
		ASSERT_OK(lpi_enable(vm_, lpi_cpu_));			\
} while (0)

/* A VM whose ITS and LPIs are in use. */
#define OPEN_ITS_WITH_LPIS() do {					\
	self->memory = lpi_memory_map();				\
	OPEN_IDLE_ITS(&self->vm, &self->its, self->memory);		\
	ENABLE_LPIS(&self->vm);						\
	ASSERT_OK(its_start(&self->its));				\
} while (0)

/* Guest physical address of an ITT. */
#define ITT_IPA(n)	its_ipa(ITS_ITT_AT(0, n))

#define ASSERT_COMMAND(...)	ASSERT_OK(its_command(&self->its, __VA_ARGS__))

/* Map a device with EventIDs of ITS_ITT_BITS bits, an event, and a collection. */
#define MAP_DEVICE(device, itt)						\
	ASSERT_COMMAND(its_mapd(device, ITT_IPA(itt), ITS_ITT_BITS))
#define MAP_EVENT(device, event, intid, icid)				\
	ASSERT_COMMAND(its_mapti(device, event, intid, icid))
#define MAP_COLLECTION(icid, cpu)					\
	ASSERT_COMMAND(its_mapc(icid, cpu))

/* Saves the pending LPIs, which lpi_is_pending() then finds. */
#define SAVE_PENDING()	ASSERT_OK(its_control(self->vm.dev, GIC_SAVE_PENDING_TABLES))

/* The mask of the vCPUs that have the LPI pending. */
#define PENDING_AT(vm_, intid) ({					\
	unsigned int cpu_, mask_ = 0;					\
									\
	ASSERT_OK(its_control((vm_)->dev, GIC_SAVE_PENDING_TABLES));	\
	for (cpu_ = 0; cpu_ < LPI_NR_VCPUS; cpu_++)			\
		mask_ |= lpi_is_pending(self->memory, cpu_, intid) << cpu_; \
	mask_;								\
})

#endif /* VGIC_ABI_ITS_FIXTURE_H */
