// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "its_calls.h"
#include "vgic_uapi.h"

/* A slot number that guests do not use. */
#define LPI_MEMORY_SLOT	20

int its_device_create(struct abi_vm *vm)
{
	return abi_device_create(vm, KVM_DEV_TYPE_ARM_VGIC_ITS, 0);
}

int its_set_addr(int fd, uint64_t addr)
{
	return abi_attr_set(fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &addr);
}

int its_control(int fd, enum its_control control)
{
	return abi_attr_set(fd, KVM_DEV_ARM_VGIC_GRP_CTRL, control, NULL);
}

int its_reg_get(int fd, uint64_t offset, uint64_t *value)
{
	return abi_attr_get(fd, ITS_REGS, offset, value);
}

int its_reg_set(int fd, uint64_t offset, uint64_t value)
{
	return abi_attr_set(fd, ITS_REGS, offset, &value);
}

uint8_t *lpi_memory_map(void)
{
	/* Shared, because a test may add the memory to VMs of two processes. */
	uint8_t *memory = mmap(NULL, LPI_MEMORY_SIZE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		fprintf(stderr, "tables of LPIs: expected %llu bytes, got %s\n",
			(unsigned long long)LPI_MEMORY_SIZE, strerror(errno));
		exit(1);
	}
	return memory;
}

int lpi_memory_add(const struct abi_vm *vm, const uint8_t *memory)
{
	return abi_slot_set(vm->fd, LPI_MEMORY_SLOT, 0, LPI_MEMORY_IPA, LPI_MEMORY_SIZE, memory);
}

int its_add(struct its *its, struct abi_vm *vm, unsigned int index, uint8_t *memory)
{
	int ret = its_device_create(vm);

	*its = (struct its){ .vm = vm, .fd = ret, .index = index, .memory = memory };
	if (ret >= 0)
		ret = its_set_addr(its->fd, ITS_FRAME(index));
	if (!ret)
		ret = its_control(its->fd, ITS_INIT);
	return ret;
}

int its_table_set(const struct its *its, unsigned int type, uint64_t baser)
{
	unsigned int n;
	uint64_t value;

	for (n = 0; n < GITS_NR_BASERS; n++) {
		int ret = its_reg_get(its->fd, GITS_BASER(n), &value);

		if (ret)
			return ret;
		if (GITS_BASER_TYPE(value) == type)
			return its_reg_set(its->fd, GITS_BASER(n), baser);
	}
	return -ENOENT;
}

int its_place_tables(const struct its *its)
{
	int ret = its_reg_set(its->fd, GITS_CBASER, its_cbaser(its->index));

	if (!ret)
		ret = its_table_set(its, ITS_DEVICES, its_baser(ITS_DEVICES_AT(its->index)));
	if (!ret)
		ret = its_table_set(its, ITS_COLLECTIONS,
				    its_baser(ITS_COLLECTIONS_AT(its->index)));
	return ret;
}

int its_enable(const struct its *its)
{
	return its_reg_set(its->fd, GITS_CTLR, GITS_CTLR_ENABLED);
}

int its_start(const struct its *its)
{
	return its_place_tables(its) ?: its_enable(its);
}

int its_command(const struct its *its, struct its_command command)
{
	uint64_t at;
	int ret = its_reg_get(its->fd, GITS_CWRITER, &at);

	if (ret)
		return ret;
	memcpy(its->memory + ITS_QUEUE_AT(its->index) + at, &command, sizeof(command));
	return its_reg_set(its->fd, GITS_CWRITER, (at + sizeof(command)) % ITS_QUEUE_SIZE);
}

int its_signal(const struct its *its, uint32_t device, uint32_t event)
{
	struct kvm_msi msi = {
		.address_lo = ITS_FRAME(its->index) + GITS_TRANSLATER,
		.data = event,
		.flags = KVM_MSI_VALID_DEVID,
		.devid = device,
	};

	return abi_ioctl(its->vm->fd, KVM_SIGNAL_MSI, &msi);
}

int lpi_redist_set(const struct abi_vm *vm, unsigned int cpu, uint32_t offset, uint64_t value)
{
	int ret = vgic_reg_set(vm->dev, REDIST_REGS, cpu, offset, value);

	return ret ?: vgic_reg_set(vm->dev, REDIST_REGS, cpu, offset + 4, value >> 32);
}

int lpi_place_tables(const struct abi_vm *vm, unsigned int cpu)
{
	int ret = lpi_redist_set(vm, cpu, GICR_PROPBASER, lpi_propbaser(LPI_ID_BITS));

	return ret ?: lpi_redist_set(vm, cpu, GICR_PENDBASER, lpi_pendbaser(cpu));
}

int lpi_enable(const struct abi_vm *vm, unsigned int cpu)
{
	int ret = lpi_place_tables(vm, cpu);

	return ret ?: vgic_reg_set(vm->dev, REDIST_REGS, cpu, GICR_CTLR, GICR_CTLR_ENABLE_LPIS);
}
