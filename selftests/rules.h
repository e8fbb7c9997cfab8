/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Made by `tools/rules.py header` from Documentation/abi/rules.toml: change
 * that, and run `make rules`.
 */
#ifndef VGIC_ABI_RULES_H
#define VGIC_ABI_RULES_H

static const struct rule rules[] = {
	{
		.id = "abi.layout",
		.text = "The argument's size, and the offset and size of each member, are the same on every kernel.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.request_number",
		.text = "The number of the ioctl in the header is the ABI's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.capability_number",
		.text = "The number of the capability in the header is the ABI's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.call_by_number",
		.text = "The ioctl, made from numbers alone, sets the address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "abi.neighbouring_numbers",
		.text = "An ioctl whose number differs in size, direction or type is another one, and unknown.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENOTTY" },
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "abi.capability_of_vm",
		.text = "KVM_CHECK_EXTENSION gives the same answer on a VM as on /dev/kvm.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.capability_with_gic",
		.text = "The answer of KVM_CHECK_EXTENSION does not depend on whether the VM has a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "padding.ignored",
		.text = "Bytes of the argument that have no meaning (padding, flags that are not defined) are not looked at.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "wide_id.high_bits",
		.text = "Bits 63 to 32 of the legacy dialect's id are not looked at.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "ENODEV",
			  "5.10 difference: the mask of the device id is sign-extended, so that bits 63 to 32 count as part of it", false },
			{ 0 }
		},
	},
	{
		.id = "no_seed.number_is_free",
		.text = "Where KVM_CAP_SET_DEVICE_ADDR answers 0, KVM_SET_DEVICE_ADDRESS is an unknown ioctl.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted",
		.text = "An aligned address within the guest physical address space is accepted.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted_zero",
		.text = "Address 0 is an address like any other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted_last",
		.text = "A region that ends where the guest physical address space ends is accepted, for every size of it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted_each_bit",
		.text = "Every bit from the alignment up to the address space's size may be set in an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted_read_only_argument",
		.text = "The argument is only read, so it may be in read-only memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.twice_same",
		.text = "Setting an address that is set fails, even with the same value.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "errors.twice_other",
		.text = "Setting an address that is set to another value fails, however often it is tried.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "errors.unknown_type",
		.text = "An address type that no GIC has is refused, whatever bit makes it unknown.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "errors.type_of_other_gic",
		.text = "An address type that belongs to the other GIC model is refused as an unknown one is.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "id.unknown_device",
		.text = "A device id (bits 31 to 16 of the id) other than KVM_ARM_DEVICE_VGIC_V2 is refused, whatever bit makes it unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "absent.create",
		.text = "Where the system cannot give a GICv2 to a guest, KVM_CREATE_IRQCHIP fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "absent.set",
		.text = "Where the system cannot give a GICv2 to a guest, its addresses cannot be set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "legacy_*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "ENODEV",
			  "5.10.. difference: ENXIO is left to hosts without any vGIC; beside a GICv3 the GICv2 counts as not created", false },
			{ 0 }
		},
	},
	{
		.id = "absent.set_beside_gicv3",
		.text = "The GICv2's addresses cannot be set for a VM that has a GICv3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "legacy_*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "ENODEV",
			  "5.10.. difference: ENXIO is left to hosts without any vGIC; beside a GICv3 the GICv2 counts as not created", false },
			{ 0 }
		},
	},
	{
		.id = "absent_device.create",
		.text = "KVM_CREATE_DEVICE fails for a GIC that the system cannot give to a guest, also when it is only asked whether it could.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "errors.misaligned",
		.text = "An address that is not aligned is refused, whatever bit is at fault: 4 KiB for a GICv2, 64 KiB for a GICv3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "errors.at_limit",
		.text = "The first address after the guest physical address space is refused, for every size of it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "errors.beyond_limit",
		.text = "An address with any bit set above the guest physical address space is refused, for every size of it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "errors.top_of_u64",
		.text = "The highest aligned address is outside of the guest physical address space like any other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: the end of the region wraps around to 0, and is found before the limit is looked at", false },
			{ "devattr_v3_dist", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: the end of the region wraps around to 0, and is found before the limit is looked at", false },
			{ 0 }
		},
	},
	{
		.id = "region.bad_index",
		.text = "The first redistributor region has index 0; any other is refused, whichever of its 12 bits is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: the 12-bit index is stored in 8 bits, so that index 256 is taken for 0", false },
			{ 0 }
		},
	},
	{
		.id = "straddle.limit",
		.text = "A region that begins within the guest physical address space and ends outside of it is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is held against the limit", false },
			{ 0 }
		},
	},
	{
		.id = "errors.bad_pointer",
		.text = "An argument at NULL, at an unmapped address or in the kernel's half fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "errors.pointer_without_access",
		.text = "An argument in memory that may not be read fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "errors.argument_runs_into_hole",
		.text = "An argument of which only the first bytes are mapped fails, however many they are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "errors.argument_ends_at_hole",
		.text = "Nothing behind the argument is read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.on_kvm_fd",
		.text = "/dev/kvm does not know the call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "errors.on_vcpu_fd",
		.text = "A vCPU does not know the call; its own device attributes have the PMU in the GIC's place, which this vCPU lacks.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENODEV" },
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_*", "armv7l",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: the reference kernel's vCPUs have no attributes, so the ioctl is unknown", false },
			{ 0 }
		},
	},
	{
		.id = "errors.on_foreign_fd",
		.text = "A file descriptor that is not KVM's does not know the call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOTTY" },
			{ 0 }
		},
	},
	{
		.id = "errors.on_closed_fd",
		.text = "A file descriptor that is not open is no VM.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBADF" },
			{ 0 }
		},
	},
	{
		.id = "id.on_device_fd",
		.text = "A device made by KVM_CREATE_DEVICE does not know the VM's call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOTTY" },
			{ 0 }
		},
	},
	{
		.id = "attr.has",
		.text = "KVM_HAS_DEVICE_ATTR knows the GIC's address types, sets nothing, and answers the same before and after they are set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "attr.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not know any other address type.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "attr.unknown_high_bits",
		.text = "All 64 bits of the attribute's number count.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "attr.unknown_group",
		.text = "A group that the GIC does not have is refused, whatever bit makes it unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "attr.get_unset",
		.text = "An address that is not set reads as all ones; a redistributor region that does not exist cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "ENOENT" },
			{ "*", "UNSET" },
			{ 0 }
		},
	},
	{
		.id = "attr.get_returns_first",
		.text = "An address reads as it was first set, also after a second call was refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "attr.get_bad_pointer",
		.text = "KVM_GET_DEVICE_ATTR fails where the address cannot be written to, wholly or in part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "attr.set_bad_pointer",
		.text = "KVM_SET_DEVICE_ATTR fails where the address cannot be read, wholly or in part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "attr.on_vm_fd",
		.text = "A VM does not take the GIC's attributes: its own have other meanings.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v2_dist", "EINVAL" },
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_cpu", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "5.10..6.1 difference: VMs have no attributes yet, so the ioctl is unknown", false },
			{ "devattr_v3_*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "5.10..6.1 difference: VMs have no attributes yet, so the ioctl is unknown", false },
			{ "devattr_v2_cpu", "armv7l",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: the reference kernel's VMs have no attributes, so the ioctl is unknown", false },
			{ 0 }
		},
	},
	{
		.id = "device.unknown_type",
		.text = "KVM_CREATE_DEVICE refuses a type that no device has, whatever bit makes it unknown, also when it is only asked whether it could.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "device.test_only",
		.text = "KVM_CREATE_DEVICE with KVM_CREATE_DEVICE_TEST creates nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "device.bad_pointer",
		.text = "KVM_CREATE_DEVICE with an argument that is not wholly mapped fails and creates nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_vcpu_addresses_run",
		.text = "GIC, vCPU, addresses, KVM_RUN: the usual order works.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.vcpu_before_gic",
		.text = "The GIC may be created after a vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.addresses_before_vcpu",
		.text = "The addresses may be set before there is a vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.addresses_before_vcpu_init",
		.text = "The addresses may be set before KVM_ARM_VCPU_INIT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.addresses_between_vcpus",
		.text = "One address may be set before, and the other after, a vCPU is created; all vCPUs then run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.cpu_before_dist",
		.text = "The CPU side's address may be set before the distributor's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_gic",
		.text = "A VM without a GIC in the kernel runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_twice",
		.text = "A VM has one GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_twice_mixed",
		.text = "A VM has one GIC, whichever of the two calls created it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_after_run",
		.text = "A GIC cannot be created once a vCPU has run; the VM goes on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_addresses",
		.text = "KVM_RUN fails where the GIC has no address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_dist",
		.text = "KVM_RUN fails where the distributor has no address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_cpu",
		.text = "KVM_RUN fails where the CPU interface (GICv3: the redistributors) has no address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "order.vm_after_run_without_cpu",
		.text = "A VM whose KVM_RUN failed for want of an address is dead: its ioctls fail with EIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DEAD" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "ALIVE",
			  "5.10 difference: KVM_RUN fails without further consequences, and the VM takes ioctls as before", false },
			{ 0 }
		},
	},
	{
		.id = "order.repaired_after_run",
		.text = "After a KVM_RUN that failed for want of an address, setting it is too late.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 difference: KVM_RUN fails without further consequences: the address is accepted, and the VM runs", false },
			{ 0 }
		},
	},
	{
		.id = "uninitialized.run",
		.text = "KVM_RUN fails where a GICv3 was not initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "order.overlap_is_accepted",
		.text = "Setting an address so that the GIC's regions overlap is not noticed at once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "overlap.run",
		.text = "KVM_RUN fails where the CPU interface lies on the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "overlap.second_page",
		.text = "KVM_RUN fails where the distributor lies on the CPU interface's second page.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "overlap.vm_after_run",
		.text = "A VM whose KVM_RUN found overlapping regions is dead: its ioctls fail with EIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DEAD" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "ALIVE",
			  "5.10 difference: KVM_RUN fails without further consequences, and the VM takes ioctls as before", false },
			{ 0 }
		},
	},
	{
		.id = "overlap.adjacent_is_none",
		.text = "Regions may touch: the distributor right before the CPU interface, or right behind its second page.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.set_after_run",
		.text = "After KVM_RUN no address can be changed; the VM goes on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "order.vcpu_after_run",
		.text = "With a GIC, no vCPU can be added after KVM_RUN; the VM goes on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "order.two_vms",
		.text = "Addresses belong to one VM: another takes the same ones, runs, and outlives the first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.vm_fd_closed",
		.text = "A vCPU's file descriptor keeps its VM, with the GIC's addresses, alive.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.other_process",
		.text = "A process other than the one that created the VM cannot set an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIO" },
			{ 0 }
		},
	},
	{
		.id = "order.other_thread",
		.text = "Any thread of the process may set an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "before.set",
		.text = "An address cannot be set before KVM_CREATE_IRQCHIP; afterwards it can.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "before.set_with_vcpu",
		.text = "A vCPU does not stand in for KVM_CREATE_IRQCHIP.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "before.set_after_run",
		.text = "An address cannot be set for a VM that runs without a GIC; the VM goes on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "before.mixed_with_devattr",
		.text = "The VM's call and the device's attribute set one and the same address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpus.eight",
		.text = "A GICv2 takes eight vCPUs, and all of them run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpus.ninth_after_gic",
		.text = "A VM with a GICv2 has no vCPU 8.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpus.nine_and_gic",
		.text = "A VM cannot have nine vCPUs and a GICv2: either the ninth vCPU is refused, or the GIC is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "REFUSED" },
			{ 0 }
		},
	},
	{
		.id = "life.device_fd_closed",
		.text = "The GIC stays when its device's file descriptor is closed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "life.device_fd_closed_first",
		.text = "Closing the device's file descriptor does not make room for another GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "life.init_twice",
		.text = "KVM_DEV_ARM_VGIC_CTRL_INIT may be repeated.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "life.set_after_init",
		.text = "Addresses may be set after KVM_DEV_ARM_VGIC_CTRL_INIT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "life.vcpu_after_init",
		.text = "No vCPU can be added after KVM_DEV_ARM_VGIC_CTRL_INIT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "precedence.misaligned_beyond_limit",
		.text = "Misaligned and outside: which error wins.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ "devattr_v3_dist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ 0 }
		},
	},
	{
		.id = "precedence.misaligned_twice",
		.text = "Already set and misaligned: which error wins.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ "devattr_v3_dist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ 0 }
		},
	},
	{
		.id = "precedence.beyond_limit_twice",
		.text = "Already set and outside: which error wins.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ "devattr_v3_dist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is looked at first, then the alignment, then whether the address is set", false },
			{ 0 }
		},
	},
	{
		.id = "precedence.unknown_type_misaligned",
		.text = "Unknown type and misaligned: the type counts first.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence.unknown_type_beyond_limit",
		.text = "Unknown type and outside: the type counts first.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence.bad_pointer_twice",
		.text = "Already set and a bad pointer: the pointer counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "precedence.other_process_bad_pointer",
		.text = "Another process and a bad pointer: the process counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIO" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.misaligned",
		.text = "Too early and misaligned: too early counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.beyond_limit",
		.text = "Too early and outside: too early counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.bad_pointer",
		.text = "Too early and a bad pointer: the pointer counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.unknown_device",
		.text = "Too early, unknown device and misaligned: refused as unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence_attr.unknown_type_bad_pointer",
		.text = "Unknown type and a value that cannot be read: which error wins.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "precedence_attr.get_unknown_type_bad_pointer",
		.text = "Reading an unknown type to where nothing can be written: the type counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EFAULT",
			  "5.10 difference: the value is read before the type is looked at, although it will only be written", false },
			{ 0 }
		},
	},
	{
		.id = "precedence_attr.unknown_group_bad_pointer",
		.text = "Unknown group and a value that cannot be read: the group counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "at.distributor",
		.text = "The guest finds the distributor at the address that was set, with sane identification registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.cpu_side",
		.text = "The guest finds the CPU interface (GICv3: the redistributor) at the address that was set, with sane identification registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.priority_mask",
		.text = "The guest writes the priority mask of its CPU interface and reads it back.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.second_part",
		.text = "The second part of the CPU side's region is there: GICC_DIR on the second page (GICv3: the redistributor's frame for SGIs and PPIs).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.each_vcpu",
		.text = "Two vCPUs find their own registers at the one address (GICv3: two redistributors side by side, the second marked as the last).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.nothing_beside",
		.text = "Right before and right behind each region there is no GIC: an access goes to user space, with its address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spurious",
		.text = "With nothing pending, the acknowledge register reads 1023.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.sgi_to_self",
		.text = "An SGI to oneself is taken once, with one's own number as its source.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.sgi_to_other",
		.text = "An SGI from vCPU 0 is taken by vCPU 1, once, and by nobody else.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.sgi_source",
		.text = "An SGI from vCPU 1 is taken by vCPU 0, with 1 as its source (GICv2).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.ppi_level",
		.text = "A PPI raised by KVM_IRQ_LINE is taken again after each EOI until its line is lowered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.ppi_of_second",
		.text = "KVM_IRQ_LINE raises a PPI of the vCPU that it names, and of no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spi_level",
		.text = "A level-sensitive SPI raised by KVM_IRQ_LINE is taken again after each EOI until its line is lowered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.pending_follows_line",
		.text = "Until it is taken, a level-sensitive SPI is pending exactly while its line is high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spi_edge",
		.text = "An edge-triggered SPI is taken once for each rise of its line.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spi_to_second",
		.text = "An SPI is taken by the vCPU that the distributor routes it to.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.split_eoi",
		.text = "With EOImode 1 an EOI drops the priority only: the interrupt stays active until GICC_DIR (on the second page) is written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.active_of_other",
		.text = "The distributor tells a vCPU the state of an interrupt that another one is handling in its guest at that time.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_fires",
		.text = "The virtual timer's interrupt, PPI 27, comes when it is due, once, while the guest runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_fires",
		.text = "The physical timer's interrupt, PPI 30, comes when it is due, once, while the guest runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_wakes_wfi",
		.text = "The virtual timer wakes a vCPU that sleeps in WFI, also with interrupts masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_wakes_wfi",
		.text = "The physical timer wakes a vCPU that sleeps in WFI, also with interrupts masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_masked",
		.text = "With IMASK set, the virtual timer shows its status and interrupts nobody; without, it does at once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_masked",
		.text = "With IMASK set, the physical timer shows its status and interrupts nobody; without, it does at once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_pending",
		.text = "The distributor shows the virtual timer's interrupt as pending while the timer's output is high, and not before or after.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_pending",
		.text = "The distributor shows the physical timer's interrupt as pending while the timer's output is high, and not before or after.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_periodic",
		.text = "The virtual timer can be set anew by its handler, and each time interrupts once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_periodic",
		.text = "The physical timer can be set anew by its handler, and each time interrupts once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "BROKEN",
			  "5.10..6.1 bug: a physical timer that is set anew while its interrupt is pending is not watched until the vCPU's thread is scheduled again", true },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_level",
		.text = "The virtual timer's interrupt is taken again after each EOI until the timer is dealt with.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_level",
		.text = "The physical timer's interrupt is taken again after each EOI until the timer is dealt with.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.each_vcpu",
		.text = "Each vCPU has a virtual timer of its own.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_on",
		.text = "PSCI's CPU_ON turns on a vCPU that is off: at the address, with the context id, MMU and caches off; AFFINITY_INFO shows it before and after.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_on_errors",
		.text = "CPU_ON answers ALREADY_ON for a vCPU that is on, and INVALID_PARAMETERS, as AFFINITY_INFO, for one that is not there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_off_on",
		.text = "A vCPU that has called CPU_OFF is off, as AFFINITY_INFO says, and CPU_ON starts it from the beginning, time after time.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_on_race",
		.text = "If several vCPUs call CPU_ON for the same vCPU at once, one succeeds, and the vCPU comes on once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_ring",
		.text = "An SGI that each vCPU sends to the next one, while all spin, comes each time once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_ring_asleep",
		.text = "An SGI that each vCPU sends to the next one wakes it from WFI each time, and comes once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_broadcast",
		.text = "An SGI to all others (GICD_SGIR.TargetListFilter 1, ICC_SGI1R_EL1.IRM 1) comes once to each other vCPU, and not to the sender.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_all_to_all",
		.text = "If each vCPU sends an SGI to each vCPU at the same time, all come, once, and a GICv2 names the sender of each.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_sources",
		.text = "The same SGI from several vCPUs, pending at once: a GICv2 delivers that of each source; a GICv3 does not know sources, and delivers one.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_*", "ONE" },
			{ "*", "EACH" },
			{ 0 }
		},
	},
	{
		.id = "smp.kick_spi",
		.text = "A vCPU that runs and never leaves the guest takes an SPI when it is raised, and not when the host's timer ticks.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.kick_sgi",
		.text = "A vCPU that runs and never leaves the guest takes another vCPU's SGI when it is sent, and not when the host's timer ticks.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_affinity",
		.text = "An SPI comes to the vCPU that GICD_ITARGETSR or GICD_IROUTER names at the time, and to no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_pending_of_other",
		.text = "An SPI that is pending at another vCPU, which runs with interrupts masked, reads as pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_ISPENDR does not show an edge-triggered interrupt that is pending in the list register of a vCPU that runs", true },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_moved_pending",
		.text = "An SPI that is pending at a vCPU that does not take it can be moved to another, which takes it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_moving",
		.text = "Of SPIs that are raised one by one while their route changes all the time, each is taken once, by some vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate",
		.text = "While the vCPUs' threads move between CPUs, VFP, banked and thread-id registers keep their values, and no SGI is lost or doubled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate_ring",
		.text = "While the vCPUs' threads move between CPUs, SGIs wake their vCPUs from WFI, each time and once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate_timer",
		.text = "While the vCPUs' threads move between CPUs, the virtual timer of each interrupts as often as it is set, and never early.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate_exclusives",
		.text = "While the vCPUs' threads move between CPUs, exclusive accesses of several vCPUs to one word stay atomic.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "exits.gicc_none",
		.text = "An access to the CPU interface causes no exit: 100,000 of them cost none beyond what interrupts of the host explain.",
		.expect = (const struct rule_expect[]) {
			{ "*", "NONE" },
			{ 0 }
		},
	},
	{
		.id = "exits.gicd_each",
		.text = "An access to the distributor is one exit, which the kernel answers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ONE" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.edge",
		.text = "Each event of an assigned descriptor raises its edge-triggered SPI once; GSI 0 is SPI 32.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.event_first",
		.text = "An event from before the descriptor was assigned raises the interrupt when it is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.deassigned",
		.text = "A descriptor that was taken away raises nothing, and keeps its events for who reads it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample",
		.text = "With KVM_IRQFD_FLAG_RESAMPLE an event raises the line of a level-sensitive SPI until the guest's EOI, which signals the other descriptor once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_edge",
		.text = "Each event of a descriptor that is assigned with KVM_IRQFD_FLAG_RESAMPLE raises its SPI once if the guest has made that edge-triggered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.accepted",
		.text = "KVM_IRQFD takes an event descriptor once the GIC is initialised.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.not_initialised",
		.text = "KVM_IRQFD before the GIC is initialised is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EAGAIN" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.no_gic",
		.text = "KVM_IRQFD on a VM without a GIC is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EAGAIN" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.unknown_flag",
		.text = "Flags of KVM_IRQFD that do not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.no_descriptor",
		.text = "KVM_IRQFD refuses a number that is no open file.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBADF" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.other_descriptor",
		.text = "KVM_IRQFD refuses a file that is no event descriptor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.twice",
		.text = "A descriptor raises one interrupt of a VM only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.deassign_unknown",
		.text = "To take away what was not assigned is no error.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.bad_pointer",
		.text = "An argument that cannot be read is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.write",
		.text = "A guest's write to the address, in the length that was given, signals the descriptor instead of an exit.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.any_length",
		.text = "With length 0, writes of every length do.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.other_length",
		.text = "A write of another length is an exit as ever.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.match",
		.text = "With KVM_IOEVENTFD_FLAG_DATAMATCH a write of that value signals the descriptor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.no_match",
		.text = "With KVM_IOEVENTFD_FLAG_DATAMATCH a write of another value is an exit as ever.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.read",
		.text = "A read of the address is an exit as ever.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.pio",
		.text = "Port addresses are no memory: their descriptor is not signalled by a write to memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.deassigned",
		.text = "After the descriptor was taken away, a write is an exit again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.unknown_flag",
		.text = "Flags of KVM_IOEVENTFD that do not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.bad_length",
		.text = "Lengths other than 0, 1, 2, 4 and 8 are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.wraps",
		.text = "A range beyond the end of all addresses is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.match_any_length",
		.text = "A value cannot be waited for in writes of any length.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.no_descriptor",
		.text = "KVM_IOEVENTFD refuses a number that is no open file.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBADF" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.other_descriptor",
		.text = "KVM_IOEVENTFD refuses a file that is no event descriptor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.twice",
		.text = "A write signals one descriptor: another one for the same writes is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.deassign_unknown",
		.text = "To take away what was not assigned is an error.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.bad_pointer",
		.text = "An argument that cannot be read is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_order",
		.text = "Of several pending interrupts the most urgent is acknowledged first, whatever its number.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_masked",
		.text = "Only an interrupt that is more urgent than GICC_PMR is acknowledged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.preemption",
		.text = "A more urgent interrupt is acknowledged while another is active; GICC_RPR is the priority of the most urgent active one, and drops at the end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.no_preemption",
		.text = "An interrupt that is not more urgent than the active one waits for its end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.binary_point",
		.text = "Within a group priority, as GICC_BPR splits it off, there is no preemption.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.highest_pending",
		.text = "GICC_HPPIR names the most urgent pending interrupt and changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_field",
		.text = "GICD_IPRIORITYR has bytes, of which the highest five bits are implemented.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_pending",
		.text = "More interrupts than the CPU interface has list registers can be pending, and come in the order of their priority.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_nested",
		.text = "More interrupts than there are list registers can be active, and each is ended.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep all list registers, so that one that preempts them is not presented until one of them has ended", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_ended",
		.text = "Active interrupts that are in no list register are ended by GICC_EOIR like all others.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep all list registers, so that one that preempts them is not presented until one of them has ended", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_dropped",
		.text = "With EOImode 1, pending interrupts come one after the other while all those before them stay active, however many these are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: interrupts that are active keep their list registers, and none is left for the next, see vgic.many_nested", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.enable_bits",
		.text = "Ones written to GICD_ISENABLER and GICD_ICENABLER enable and disable, zeros do nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.disabled_pending",
		.text = "A disabled interrupt may be pending, and is not acknowledged until it is enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.distributor_off",
		.text = "With GICD_CTLR off nothing is acknowledged, and pending state stays; its other bits are zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that is pending while GICD_CTLR is off is taken off the vCPU's list, and turning GICD_CTLR on does not put it back", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.interface_off",
		.text = "With GICC_CTLR off nothing is acknowledged, and pending state stays.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_bits",
		.text = "Ones written to GICD_ISPENDR and GICD_ICPENDR set and clear pending state, zeros do nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_of_level",
		.text = "A level-sensitive interrupt is pending while its line is high, whatever is cleared, and when it was set, until it is taken.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.edge_while_active",
		.text = "Edges while the interrupt is active make it pending once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.level_again",
		.text = "While its line is high, a level-sensitive interrupt is pending again as soon as it has been ended.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.edge_line_high",
		.text = "Of an edge-triggered interrupt, only the rising edge makes it pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_bits",
		.text = "GICD_ISACTIVER and GICD_ICACTIVER set and clear active state; what is active is not acknowledged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.deactivation",
		.text = "With EOImode 1, interrupts may be deactivated in any order, by GICC_DIR or GICD_ICACTIVER.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.end_deactivates",
		.text = "With EOImode 0, GICC_EOIR ends the active state.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_follows_line",
		.text = "GICD_ISPENDR shows a level-sensitive interrupt as pending while its line is high, however often it has been read before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_follows_guest",
		.text = "GICD_ISACTIVER shows an interrupt as active from GICC_IAR to GICC_EOIR, however often it has been read before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_of_other",
		.text = "GICD_ISACTIVER shows an interrupt as active that another vCPU takes meanwhile.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_filter_self",
		.text = "GICD_SGIR with filter 2 sends to the sender only, whatever its list says.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_filter_others",
		.text = "GICD_SGIR with filter 1 sends to all but the sender.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_pending_bits",
		.text = "GICD_SPENDSGIR and GICD_CPENDSGIR set and clear an SGI for each source, which are taken one by one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_registers",
		.text = "SGIs are edge-triggered, and made pending by no write to GICD_ISPENDR0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.typer",
		.text = "GICD_TYPER tells the number of interrupts and vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.identification",
		.text = "ICPIDR2 names version 2 of the architecture.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: there are no identification registers: they read as zero", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.absent_interrupts",
		.text = "Registers of interrupts that are not implemented read as zero and ignore writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.access_widths",
		.text = "Registers that have to be accessed as words ignore narrower writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.configuration",
		.text = "GICD_ICFGR of SPIs holds what is written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.targets",
		.text = "GICD_ITARGETSR0 to 7 name the vCPU that reads them; those of SPIs have the vCPUs that there are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.banked",
		.text = "Registers of private interrupts are another one on each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.one_of_many",
		.text = "An SPI with several targets is taken by one of them.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.same_priority",
		.text = "Pending interrupts of one priority are taken one after the other, each once, behind those that are more urgent.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.private_and_shared",
		.text = "SGIs, PPIs and SPIs come in one order of priorities.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_changed",
		.text = "A new priority of a pending interrupt counts at once, also when it has been offered to the CPU interface.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.mask_all",
		.text = "A GICC_PMR of 0 lets no interrupt through, not even of priority 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.lowest_priority",
		.text = "GICC_PMR has the bits that priorities have; the lowest priority is masked always.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.binary_point_field",
		.text = "GICC_BPR holds what is written, and its least value for anything below; that is at most 3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.binary_point_7",
		.text = "With a GICC_BPR of 7 nothing preempts, but priorities order what is pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.disabled_active",
		.text = "Disabling an active interrupt does not end it; what becomes pending meanwhile waits until it is enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_while_active",
		.text = "An active interrupt can be made pending and not pending; it is taken again after its end only if it is pending then.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.level_while_active",
		.text = "While a level-sensitive interrupt is active, its pending state is its line.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.zeros_written",
		.text = "Zeros written to GICD_ISENABLER, ISPENDR, ISACTIVER and their clearing registers change nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_levels",
		.text = "More lines than there are list registers can be high; each interrupt comes in the order of priority, and none when its line is low.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.distributor_off_active",
		.text = "An active interrupt is ended while GICD_CTLR is off.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_once",
		.text = "An SGI that is pending already from the same source does not become pending twice.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_while_active",
		.text = "An SGI that is sent while it is active is taken after its end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_pending_state",
		.text = "GICD_ISPENDR0 shows that an SGI is pending; writes to GICD_ICPENDR0 do nothing to it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_disabled",
		.text = "An SGI that is disabled stays pending until it is enabled, if SGIs can be disabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_highest_pending",
		.text = "GICC_HPPIR names an SGI that is pending, GICC_IAR names its source, too.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_lists",
		.text = "GICD_SGIR with a list reaches just the vCPUs in it that there are; with an empty list none.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_pending_banked",
		.text = "GICD_SPENDSGIR and GICD_CPENDSGIR are of SGIs to the vCPU that accesses them.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.no_target",
		.text = "An SPI without a target stays pending, and is taken when it has one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an SPI without a target goes to the first vCPU", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.open_target",
		.text = "An SPI with several targets is taken by one that lets it through, while another masks it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: of several targets the first is taken, whatever it masks", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.moved_active",
		.text = "An SPI that gets another target while it is active is ended where it was taken, and taken there next.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.private_of_each",
		.text = "vCPUs have the same SGI and PPI pending at once, and each takes its own.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.interface_banked",
		.text = "GICC_CTLR, GICC_PMR and GICC_BPR are another one for each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.not_banked",
		.text = "Registers of SPIs are the same for all vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.distributor_off_for_all",
		.text = "GICD_CTLR, turned off and on by one vCPU, holds for all.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that came while GICD_CTLR was off is lost, see vgic.distributor_off", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.reserved_registers",
		.text = "Reserved registers of the distributor read as zero and ignore writes, GICD_IIDR ignores them.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.byte_accesses",
		.text = "GICD_IPRIORITYR, ITARGETSR, SPENDSGIR and CPENDSGIR have bytes, each read and written by itself.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.overlap",
		.text = "A slot that shares a page with another is refused, also one that would be moved there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "slots.adjacent",
		.text = "Slots may touch each other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "slots.last_page",
		.text = "A slot may have the last page of the guest physical address space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "slots.beyond_limit",
		.text = "A slot that is not within the guest physical address space is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "slots.misaligned",
		.text = "Address, size and memory of a slot are multiples of a page.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.wraps",
		.text = "A slot may not go around the end of 64 bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.unknown_flag",
		.text = "A flag that is not defined is an error.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.delete_unknown",
		.text = "A slot that does not exist cannot be deleted.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.resize",
		.text = "Size and memory of a slot cannot be changed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.too_many",
		.text = "The number of a slot is below what KVM_CAP_NR_MEMSLOTS answers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.each_page",
		.text = "Each page of a slot is the page of the memory behind it, for guest and VMM.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.nothing_behind",
		.text = "The pages before and behind a slot are no memory: accesses there are MMIO exits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.deleted_is_gone",
		.text = "From its deletion on, a slot's pages are no memory any more, for a vCPU that ran before, too.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.moved",
		.text = "A slot that is moved is memory at its new address, and no more at the old one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.added",
		.text = "A slot that is added where the guest has had MMIO exits is there for its next access.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.read_only",
		.text = "Writes to a read-only slot are MMIO exits and change nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.two_vms",
		.text = "VMs with memory at the same address do not see each other's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "create.unknown_flag",
		.text = "Flags of KVM_CREATE_DEVICE besides KVM_CREATE_DEVICE_TEST are not looked at.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "create.test_when_created",
		.text = "KVM_CREATE_DEVICE_TEST asks about the system, and succeeds in a VM that has its GIC already.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "create.failed_returns_nothing",
		.text = "KVM_CREATE_DEVICE that fails leaves the fd of its argument alone.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "create.close_on_exec",
		.text = "The device's file descriptor is closed by exec.",
		.expect = (const struct rule_expect[]) {
			{ "*", "CLOSED" },
			{ 0 }
		},
	},
	{
		.id = "create.unknown_call",
		.text = "The device knows no calls but those for its attributes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOTTY" },
			{ 0 }
		},
	},
	{
		.id = "create.bad_attribute_pointer",
		.text = "A struct kvm_device_attr that cannot be read is refused by each of the three calls.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "has.nr_irqs",
		.text = "KVM_HAS_DEVICE_ATTR knows KVM_DEV_ARM_VGIC_GRP_NR_IRQS, also when it can no longer be set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "has.init",
		.text = "KVM_HAS_DEVICE_ATTR knows KVM_DEV_ARM_VGIC_CTRL_INIT, and does not do it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "has.unknown_control",
		.text = "KVM_HAS_DEVICE_ATTR does not know controls that the GIC does not have, whichever bit it is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "has.address_is_ignored",
		.text = "KVM_HAS_DEVICE_ATTR does not look at addr.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "has.group_of_other_device",
		.text = "Groups of attributes that other GICs and the ITS have are unknown: they cannot be asked for, read or set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.accepted",
		.text = "Every multiple of 32 from 64 to 992 can be the number of interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.most",
		.text = "The number of interrupts can be 1024.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "5.10.. bug: the number is held against the highest interrupt's, 1023, so that 992 are the most", false },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.too_few",
		.text = "Fewer than 64 interrupts are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.too_many",
		.text = "More than 1024 interrupts are refused, whichever of the 32 bits is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.no_multiple_of_32",
		.text = "A number of interrupts that is no multiple of 32 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.reads_back",
		.text = "The number of interrupts reads as it was set, before and after initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.unset",
		.text = "Before it is set, and before initialization, the number of interrupts reads as that of the private ones, 32.",
		.expect = (const struct rule_expect[]) {
			{ "*", "PRIVATE" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.default_number",
		.text = "A GIC for which no number of interrupts was set has 256 from its initialization on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DEFAULT" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.typer_follows",
		.text = "GICD_TYPER.ITLinesNumber tells the guest the number of interrupts that was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.twice",
		.text = "The number of interrupts can be set once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.after_init",
		.text = "The number of interrupts cannot be set after initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.twice_bad_number",
		.text = "Already set and a number that cannot be: which error wins.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.bad_pointer",
		.text = "A number of interrupts that cannot be read or written, wholly or in part, is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.four_bytes",
		.text = "The number of interrupts has 4 bytes: nothing behind them is read or written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "init.without_vcpu",
		.text = "KVM_DEV_ARM_VGIC_CTRL_INIT succeeds in a VM without vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "init.argument_is_ignored",
		.text = "KVM_DEV_ARM_VGIC_CTRL_INIT does not look at addr.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "init.unknown_control",
		.text = "A control that does not exist is refused, whichever bit makes it unknown, and nothing is initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "init.get",
		.text = "KVM_DEV_ARM_VGIC_CTRL_INIT cannot be read, and to try it does not initialize.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.accepted",
		.text = "KVM_IRQ_LINE takes the first and the last SPI and PPI, at any level, again and again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.spi_too_low",
		.text = "Interrupts 0 to 31 are no SPIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.spi_too_high",
		.text = "SPIs that the GIC does not have are refused, whichever of the number's 16 bits is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "WARNS",
			  "5.10 bug: each such call writes a warning into the kernel log, so it is not tried", false },
			{ 0 }
		},
	},
	{
		.id = "irq_line.spi_of_any_vcpu",
		.text = "For an SPI the index of the vCPU is not looked at.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_out_of_range",
		.text = "PPIs are interrupts 16 to 31, and no others.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_of_unknown_vcpu",
		.text = "A PPI of a vCPU that does not exist is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_of_vcpu_256",
		.text = "Bits 31 to 28 count: as more of the vCPU's index with KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, else they must be zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.cpu_beside_gic",
		.text = "A vCPU's IRQ and FIQ inputs cannot be driven where the kernel has the GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.unknown_type",
		.text = "A type that is none of the three is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.bad_pointer",
		.text = "An argument of KVM_IRQ_LINE that cannot be read, wholly or in part, is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.not_initialized",
		.text = "The first KVM_IRQ_LINE initializes a GICv2; a GICv3 that is not initialized takes none.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "EBUSY" },
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.first_initializes",
		.text = "The first KVM_IRQ_LINE initializes a GICv2, that of a timer's PPI too: no vCPU can be added after it.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "OK" },
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_of_timer",
		.text = "The PPI of a vCPU's virtual timer is driven by the timer alone: KVM_IRQ_LINE takes it, and it has no effect.",
		.expect = (const struct rule_expect[]) {
			{ "*", "IGNORED" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.interrupt",
		.text = "Without a GIC in the kernel there are no SPIs and no PPIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line",
		.text = "Without a GIC in the kernel, KVM_IRQ_LINE drives a vCPU's IRQ (0) and FIQ (1).",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line_unknown",
		.text = "A vCPU has no inputs but IRQ and FIQ.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line_of_unknown_vcpu",
		.text = "A vCPU that does not exist has no inputs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.type_counts_first",
		.text = "No GIC, and a number or a vCPU that cannot be: that there is no GIC counts first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "cap.irqchip",
		.text = "KVM_CAP_IRQCHIP is there where a GIC can be given to a guest.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.irqfd",
		.text = "KVM_CAP_IRQFD and KVM_CAP_IRQFD_RESAMPLE are there where a GIC can be given to a guest.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.ioeventfd",
		.text = "KVM_CAP_IOEVENTFD and KVM_CAP_IOEVENTFD_ANY_LENGTH are there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.memory",
		.text = "The capabilities of memory slots are there, and that of asking a VM.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.irq_line_layout",
		.text = "KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 is there: bits 31 to 28 of KVM_IRQ_LINE's irq are the vCPU's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "armv7l",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "NO",
			  "6.1.. difference: the reference kernel's VMs have eight vCPUs, for which the older layout has room", false },
			{ 0 }
		},
	},
	{
		.id = "cap.of_others",
		.text = "Capabilities of other architectures' interrupt controllers are not there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "NO" },
			{ 0 }
		},
	},
	{
		.id = "cap.unknown",
		.text = "A capability that is not known is not there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "NO" },
			{ 0 }
		},
	},
	{
		.id = "cap.max_vcpus",
		.text = "The last vCPU that KVM_CAP_MAX_VCPUS allows can be created, and the next one cannot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "cap.max_vcpus_of_gicv2",
		.text = "KVM_CAP_MAX_VCPUS of a VM with a GICv2 is 8.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIGHT" },
			{ 0 }
		},
	},
	{
		.id = "ipa.accepted",
		.text = "KVM_CREATE_VM takes every size from 32 bits to what KVM_CAP_ARM_VM_IPA_SIZE answers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "ipa.too_small",
		.text = "A size below 32 bits is refused; so is any where the size is fixed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ipa.too_large",
		.text = "A size above what KVM_CAP_ARM_VM_IPA_SIZE answers is refused; so is any where the size is fixed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ipa.unknown_bits",
		.text = "Bits of the VM's type that have no meaning are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ipa.default_size",
		.text = "A VM of type 0 has 40 bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "FORTY" },
			{ 0 }
		},
	},
	{
		.id = "ipa.slot_at_limit",
		.text = "For every size, memory may reach to the end of the guest physical address space and no further.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "ipa.of_each_vm",
		.text = "Each VM has its own size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.enable",
		.text = "Enables of interrupts read as they were set and cleared, in both registers that show them.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.pending",
		.text = "What was made pending through the registers reads as that.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.active",
		.text = "What was made active or inactive through the registers reads as that.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.active_sgi",
		.text = "SGIs can be made active for one vCPU, and are not for the other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.priority",
		.text = "Priorities of all interrupts read as they were set, in the five bits that there are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.configuration",
		.text = "Edge or level of each SPI reads as it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.route",
		.text = "The target of each SPI (GICv2: a mask of vCPUs, GICv3: an affinity) reads as it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.interrupt_group",
		.text = "The group of each interrupt reads as it was set, of a GICv2 after GICD_IIDR was written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.control",
		.text = "The enable bit of GICD_CTLR reads as it was set, whichever vCPU is named.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.banked",
		.text = "Each vCPU's private interrupts have registers of their own.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.not_banked",
		.text = "Registers of SPIs are the same whichever vCPU is named.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.typer_vcpus",
		.text = "GICD_TYPER tells the number of interrupts and, of a GICv2, of vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.read_only",
		.text = "To write to a register that is read-only succeeds and changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.iidr_same",
		.text = "GICD_IIDR may be written with what it reads as.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.iidr_other",
		.text = "GICD_IIDR of another implementation, or of a revision that is not known, is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "registers.beyond_nr_irqs",
		.text = "Registers of interrupts that the GIC does not have read as zero and ignore writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.has",
		.text = "KVM_HAS_DEVICE_ATTR knows each of the distributor's registers, of all interrupts that there are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.has_beyond_nr_irqs",
		.text = "KVM_HAS_DEVICE_ATTR does not know registers of interrupts that the GIC does not have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "registers.unknown_offset",
		.text = "Offsets at which the distributor has no register can be neither read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: what is no register reads as zero and ignores writes, although KVM_HAS_DEVICE_ATTR does not know it", false },
			{ 0 }
		},
	},
	{
		.id = "registers.has_unknown_offset",
		.text = "KVM_HAS_DEVICE_ATTR does not know offsets at which the distributor has no register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "registers.misaligned_offset",
		.text = "Offsets that are no multiple of 4 are those of no register: they can be neither read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: what is no register reads as zero and ignores writes, although KVM_HAS_DEVICE_ATTR does not know it", false },
			{ 0 }
		},
	},
	{
		.id = "registers.has_misaligned_offset",
		.text = "KVM_HAS_DEVICE_ATTR does not know offsets that are no multiple of 4.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "registers.bad_pointer",
		.text = "A register's value that cannot be read or written, wholly or in part, is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "registers.four_bytes",
		.text = "A register's value has 4 bytes: nothing behind them is read or written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.before_init",
		.text = "The first access to a register initializes a GICv2; a GICv3 that is not initialized has none.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "EBUSY" },
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.while_running",
		.text = "Registers cannot be read or set while any vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "registers.after_running",
		.text = "Registers can be read and set when all vCPUs have left KVM_RUN.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.groups_without_iidr",
		.text = "Unless GICD_IIDR was written, user space cannot change the group of an interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.private_targets",
		.text = "A private interrupt's target is the vCPU that asks.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.targets_of_absent_vcpus",
		.text = "Targets that are no vCPU read as zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.sgi_pending_by_ispendr",
		.text = "SGIs cannot be made pending by GICD_ISPENDR0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: written by user space, GICD_ISPENDR0 makes SGIs pending as if the vCPU had sent them to itself", false },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.sgi_sources",
		.text = "The sources of pending SGIs, set and cleared one by one, read as that, for each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.unknown_vcpu",
		.text = "Registers of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.reserved_bits",
		.text = "Bits 63 to 40 of a register's attribute are not looked at.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.control",
		.text = "GICC_CTLR of each vCPU reads as it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.priority_mask",
		.text = "GICC_PMR of each vCPU reads as it was set, in the lower five bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.binary_points",
		.text = "GICC_BPR and GICC_ABPR of each vCPU read as they were set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.apart",
		.text = "To set one register of the CPU interface changes no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.active_priorities",
		.text = "GICC_APR0 of each vCPU reads as it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.more_active_priorities",
		.text = "All four GICC_APRn are there; those beyond the GIC's levels of priority read as zero and ignore writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.iidr",
		.text = "GICC_IIDR can be read, and says GICv2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.unknown_offset",
		.text = "Registers whose access has a side effect (GICC_IAR, EOIR), those that show what others hold (RPR, HPPIR), and offsets without a register are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: what is no register reads as zero and ignores writes, although KVM_HAS_DEVICE_ATTR does not know it", false },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.misaligned_offset",
		.text = "Offsets in the CPU interface that are no multiple of 4 are those of no register: they can be neither read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: what is no register reads as zero and ignores writes, although KVM_HAS_DEVICE_ATTR does not know it", false },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.has_unknown_offset",
		.text = "KVM_HAS_DEVICE_ATTR does not know offsets in the CPU interface that are those of no register to save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.has_dir",
		.text = "KVM_HAS_DEVICE_ATTR does not know GICC_DIR, in which there is nothing to save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "OK",
			  "7.2.. difference: GICC_DIR is among the registers since the kernel can emulate it", false },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.before_init",
		.text = "The first access to a register of the CPU interface initializes the GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.while_running",
		.text = "Registers of the CPU interface cannot be read or set while any vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "cover.address_on_slot",
		.text = "An address within a memory slot is accepted.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.slot_on_address",
		.text = "A memory slot on the GIC's regions is accepted.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.slot_moved_onto_address",
		.text = "A memory slot may be moved onto the GIC's regions.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.run",
		.text = "A VM with memory slots on both regions runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_by_earlier_slot",
		.text = "What the guest finds where the distributor's address was set on a memory slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_by_later_slot",
		.text = "What the guest finds where a memory slot was set on the distributor, before the first KVM_RUN.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_while_used",
		.text = "What the guest finds after a memory slot was set on the distributor, which it has used before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_by_moved_slot",
		.text = "What the guest finds after a memory slot was moved onto the distributor, which it has used before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_uncovered",
		.text = "When the memory slot on the distributor is deleted, the guest finds the distributor there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_left",
		.text = "When the memory slot on the distributor is moved away, the guest finds the distributor there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_by_earlier_slot",
		.text = "What the guest finds where the CPU side's address was set on a memory slot.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_by_later_slot",
		.text = "What the guest finds where a memory slot was set on the CPU side, before the first KVM_RUN.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_while_used",
		.text = "What the guest finds after a memory slot was set on the CPU side, which it has used before.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_by_moved_slot",
		.text = "What the guest finds after a memory slot was moved onto the CPU side, which it has used before.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_uncovered",
		.text = "When the memory slot on the CPU side is deleted, the guest finds the CPU side there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "NOTHING",
			  "5.10..6.12 bug: with the slot's pages the mapping of the CPU interface is taken from stage 2, and nothing brings it back: the guest's accesses are MMIO exits from then on", false },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_left",
		.text = "When the memory slot on the CPU side is moved away, the guest finds the CPU side there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "NOTHING",
			  "5.10..6.12 bug: with the slot's pages the mapping of the CPU interface is taken from stage 2, and nothing brings it back: the guest's accesses are MMIO exits from then on", false },
			{ 0 }
		},
	},
	{
		.id = "cover.beside",
		.text = "Memory slots right before and right behind a region of the GIC do not touch it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "redist.regions",
		.text = "Redistributor regions of any size can be set one after the other, in the order of their indices.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist.adjacent_regions",
		.text = "Redistributor regions may touch each other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist.without_redistributors",
		.text = "A region has at least one redistributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.flags",
		.text = "The flags of a region are zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.index_left_out",
		.text = "No index is left out, and none is set twice.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.overlap",
		.text = "A region that shares a redistributor with another is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.count_beyond_limit",
		.text = "A region whose last redistributor is outside of the guest physical address space is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is held against the limit", false },
			{ 0 }
		},
	},
	{
		.id = "redist.reads_back",
		.text = "Each region reads as it was set, with the index that was asked for.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "redist.get_unknown",
		.text = "A region that was not set cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOENT" },
			{ 0 }
		},
	},
	{
		.id = "redist.base_after_region",
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST cannot be set where there are regions.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.region_after_base",
		.text = "Regions cannot be set where KVM_VGIC_V3_ADDR_TYPE_REDIST is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.region_1_after_base",
		.text = "What KVM_VGIC_V3_ADDR_TYPE_REDIST has set is no region 0, to which region 1 could be added.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "OK",
			  "6.1.. bug: a single redistributor base counts as a region 0, so that a region 1 can be added to it", false },
			{ 0 }
		},
	},
	{
		.id = "redist.get_base_of_region",
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST cannot be read where there are regions.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: the first region's base is read", false },
			{ 0 }
		},
	},
	{
		.id = "redist.get_region_of_base",
		.text = "Regions cannot be read where KVM_VGIC_V3_ADDR_TYPE_REDIST is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: a region with no redistributors is read", false },
			{ 0 }
		},
	},
	{
		.id = "redist.too_few_for_vcpus",
		.text = "KVM_RUN fails where the regions have fewer redistributors than the VM has vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "redist.more_than_vcpus",
		.text = "Regions may have more redistributors than the VM has vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist.region_on_distributor",
		.text = "KVM_RUN fails where a region lies on the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.guest_finds_regions",
		.text = "The guest finds its vCPUs' redistributors in the order of the regions, and the last of each marked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.typer",
		.text = "GICR_TYPER of each vCPU tells its number, its affinity, and whether it is the last.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: user space reads GICR_TYPER.Last as zero, unlike the guest", false },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.unknown_mpidr",
		.text = "Redistributors of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.any_mpidr_for_distributor",
		.text = "For the distributor's registers the affinity is not looked at.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.before_init",
		.text = "Redistributors of a GICv3 that is not initialized have no registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.has",
		.text = "KVM_HAS_DEVICE_ATTR knows the redistributor's registers, in both frames.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not know offsets at which the redistributor has no register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.lpi_tables",
		.text = "Addresses in GICR_PROPBASER and GICR_PENDBASER read as they were set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.is_the_line",
		.text = "KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO shows the lines that KVM_IRQ_LINE raised, of PPIs for each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.round_trip",
		.text = "Lines read as they were set, SPIs with every vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.no_line",
		.text = "SGIs and interrupts beyond the last have no line: they read as zero and ignore writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.misaligned",
		.text = "Lines are read and set 32 at a time, from a multiple of 32 on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "level.unknown_info",
		.text = "No information but VGIC_LEVEL_INFO_LINE_LEVEL is there, whichever bit makes it unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "level.unknown_mpidr",
		.text = "Lines of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "level.has",
		.text = "KVM_HAS_DEVICE_ATTR knows VGIC_LEVEL_INFO_LINE_LEVEL.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "level.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not know other information about interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "level.latch_apart",
		.text = "GICD_ISPENDR of a GICv3 is the latch, which the line does not touch, and which a write of zero clears.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.icpendr_is_nothing",
		.text = "GICD_ICPENDR of a GICv3 reads as zero and ignores writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.priority_mask",
		.text = "ICC_PMR_EL1 of each vCPU reads as it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.binary_points",
		.text = "ICC_BPR0_EL1 and ICC_BPR1_EL1 of each vCPU read as they were set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.group_enables",
		.text = "ICC_IGRPEN0_EL1 and ICC_IGRPEN1_EL1 of each vCPU read as they were set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.active_priorities",
		.text = "ICC_AP0R0_EL1 and ICC_AP1R0_EL1 of each vCPU read as they were set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.control",
		.text = "CBPR and EOImode of ICC_CTLR_EL1 read as they were set, and the rest as it was.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.control_of_better_host",
		.text = "ICC_CTLR_EL1 of a host with more bits of priority or of interrupt numbers is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.system_registers_off",
		.text = "The CPU interface of a GICv3 cannot be made one of a GICv2 by ICC_SRE_EL1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.unknown_register",
		.text = "Registers whose access has a side effect, and those that are none of the GIC's, cannot be read or set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "ENOENT",
			  "6.1.. difference: what is no register is refused as KVM_GET_ONE_REG refuses it", false },
			{ 0 }
		},
	},
	{
		.id = "sysregs.has_unknown_register",
		.text = "KVM_HAS_DEVICE_ATTR does not know system registers that cannot be saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.has",
		.text = "KVM_HAS_DEVICE_ATTR knows the CPU interface's registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.unknown_mpidr",
		.text = "System registers of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.before_init",
		.text = "The CPU interface of a GICv3 that is not initialized has no registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.bad_pointer",
		.text = "A system register has 8 bytes, all of which must be there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its.create",
		.text = "An ITS can be created beside a GICv3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.several",
		.text = "A VM may have several ITSs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.accepted",
		.text = "Every aligned address within the guest physical address space can be an ITS's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.twice",
		.text = "An ITS's address can be set once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "its.misaligned",
		.text = "An ITS's address is a multiple of 64 KiB, whatever bit is at fault.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its.beyond_limit",
		.text = "An ITS's address is within the guest physical address space, whatever bit is at fault.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "its.over_limit",
		.text = "An ITS that begins within the guest physical address space and ends outside of it is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is held against the limit", false },
			{ 0 }
		},
	},
	{
		.id = "its.bad_pointer",
		.text = "An ITS's address that cannot be read or written is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its.unknown_type",
		.text = "An ITS has one type of address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "its.reads_back",
		.text = "An ITS's address reads as all ones until it is set, and then as it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "its.has",
		.text = "KVM_HAS_DEVICE_ATTR knows an ITS's address, controls and registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not know what an ITS does not have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "its.init",
		.text = "An ITS can be initialized, more than once, with any addr, and before its address is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.unknown_control",
		.text = "A control that an ITS does not have is refused, whichever bit makes it unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "OK",
			  "5.10..6.12 bug: a control that is not known is taken for done", false },
			{ 0 }
		},
	},
	{
		.id = "its.registers_without_address",
		.text = "An ITS without an address has no registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "its.misaligned_offset",
		.text = "Offsets of an ITS's registers that are no multiple of 8 are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its.unknown_offset",
		.text = "Offsets at which an ITS has no register are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "its.register_bad_pointer",
		.text = "An ITS's register has 8 bytes, all of which must be there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its.command_queue",
		.text = "GITS_CBASER, GITS_CREADR and GITS_CWRITER read as they were set, and to set the first makes the second zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.read_only",
		.text = "To write to a register of an ITS that is read-only succeeds and changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.iidr",
		.text = "GITS_IIDR may be written with what it reads as.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.iidr_unknown",
		.text = "GITS_IIDR with a revision that is not known is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its.reset",
		.text = "After KVM_DEV_ARM_ITS_CTRL_RESET an ITS is disabled and quiescent, without tables and without a queue.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.equal",
		.text = "All registers of a GIC, set in another VM's, read there as they did.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EQUAL" },
			{ 0 }
		},
	},
	{
		.id = "saved.restored_over_other",
		.text = "A fresh GIC restored over a used one leaves nothing of that, and one VM's registers are no other's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EQUAL" },
			{ 0 }
		},
	},
	{
		.id = "saved.pending",
		.text = "An SPI that was pending when it was saved is taken, once, by the guest of the VM in which it is restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.enabled_last",
		.text = "An SPI that was pending is taken also if GICD_CTLR is restored after everything else.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that was made pending while the distributor was disabled stays unseen when it is enabled, until something else about the interrupt changes", false },
			{ 0 }
		},
	},
	{
		.id = "saved.active",
		.text = "An SPI that was active when it was saved holds back the next until the restored guest's EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.priority_mask",
		.text = "The priority mask and priorities that were saved decide what the restored guest takes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.seen_by_guest",
		.text = "A register that user space restores is read by a guest that has read it before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.sgi",
		.text = "An SGI that was pending when it was saved is taken, once, in the VM in which it is restored, from its source.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_by_two",
		.text = "Of two threads that set one address at once to different values, one succeeds, and its value counts.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_by_four",
		.text = "Of four threads that set one address at once to different values, one succeeds, and its value counts.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_by_eight",
		.text = "Of eight threads that set one address at once to different values, one succeeds, and its value counts.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.same_value",
		.text = "Of four threads that set one address at once to the same value, one succeeds.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is taken for a mix with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_and_bad_value",
		.text = "A misaligned value that another thread tries to set at the same time does not keep an address from being set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_read.set_and_get",
		.text = "An address that is read while it is set reads as unset or as it is set, never as a mix.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_both",
		.text = "Two threads set the GIC's two addresses at once, both succeed, and the guest finds the distributor where it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.create_by_two",
		.text = "Of two threads that create the GIC at once one succeeds, the other leaves no file descriptor behind, and the GIC takes an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race.create_by_four",
		.text = "Of four threads that create the GIC at once one succeeds, the others leave no file descriptor behind, and the GIC takes an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race.create_and_vcpu",
		.text = "The GIC and a vCPU can be created at once, and the vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "EBUSY",
			  "7.2.. difference: the GIC is refused while another thread is in the middle of KVM_CREATE_VCPU, and can be created afterwards", true },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_run",
		.text = "The last address, set while a vCPU enters its first KVM_RUN: KVM_RUN succeeds only if it was set, and fails with ENXIO otherwise.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.two_first_runs",
		.text = "Two vCPUs of a whole VM that enter their first KVM_RUN at once both run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.first_runs_find_gic",
		.text = "Two vCPUs that enter the VM's first KVM_RUN at once both find the distributor where it was set, from their first instruction on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(6, 1),
			  "LOST",
			  "6.1 bug: the second vCPU may be in its guest before the first has registered the distributor, whose registers are MMIO exits until then", true },
			{ 0 }
		},
	},
	{
		.id = "race.two_failing_runs",
		.text = "Two vCPUs that enter their first KVM_RUN at once without one of the addresses both fail: with ENXIO, the second perhaps with EIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.create_and_run",
		.text = "The GIC, created while a vCPU enters the VM's first KVM_RUN: either it is refused with EBUSY and the vCPU runs, or KVM_RUN fails for want of addresses.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_slot",
		.text = "An address and a memory slot can be set at once, and a vCPU runs from that slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_close_vm",
		.text = "An address that is set while the VM's file descriptor is closed is set for the VM, which lives on in its vCPU, or is not, with EBADF.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_exit",
		.text = "A process may exit, or be killed, while its threads set addresses; the next VM has its GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_gicv2.vcpu_and_run",
		.text = "A vCPU, created while another enters the VM's first KVM_RUN, is refused with EBUSY, or runs as well.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EBUSY",
			  "5.10.. bug: the first KVM_RUN fails while another thread is in the middle of KVM_CREATE_VCPU, although either order is right; from 6.1 on a VM whose first KVM_RUN failed is dead", true },
			{ 0 }
		},
	},
	{
		.id = "race_vm.set_and_create",
		.text = "An address that is set while KVM_CREATE_IRQCHIP is under way is refused with ENODEV, and can be set then, or stays.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_vm.set_and_create_device",
		.text = "An address that is set by the VM's call while KVM_CREATE_DEVICE is under way is refused with ENODEV, and can be set then, or stays.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_vm.create_by_both_calls",
		.text = "Of KVM_CREATE_IRQCHIP and KVM_CREATE_DEVICE at once one succeeds, and the GIC takes an address by the VM's call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race_vm.set_by_both_calls",
		.text = "Of the VM's call and the device's attribute, setting one address at once, one succeeds, and its value counts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race_device.set_and_close",
		.text = "An address that is set while the device's file descriptor is closed is set for the VM, or is not, with EBADF.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.set_and_nr_irqs",
		.text = "An address and the number of interrupts can be set at once, and both count.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.set_and_init",
		.text = "An address can be set while the GIC is initialized, and the VM runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.nr_irqs_and_init",
		.text = "A number of interrupts that is set while the GIC is initialized counts, or is refused with EBUSY, and the GIC has 256.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.vcpu_and_init",
		.text = "A vCPU that is created while the GIC is initialized is refused with EBUSY, or runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EBUSY",
			  "5.10.. difference: initialization is refused while another thread is in the middle of KVM_CREATE_VCPU, and can be done afterwards", true },
			{ 0 }
		},
	},
	{
		.id = "compat.open",
		.text = "A 32-bit process cannot open /dev/kvm of a 64-bit kernel.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "compat.system_calls",
		.text = "A 32-bit process that has inherited an open /dev/kvm gets nothing of it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "compat.vcpu_calls",
		.text = "A 32-bit process that has inherited a vCPU cannot run it; its owner can.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "compat_address.set",
		.text = "A 32-bit process that has inherited a VM, or its GIC, cannot set an address; its owner can.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "model.sequences",
		.text = "Whatever calls came before, on whichever VMs, each call answers as the rules here say.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_id.high_bits",
		.text = "All bits of KVM_CREATE_VCPU's argument count: an id beyond 32 bits is too big.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "OK",
			  "5.10..6.1 bug: bits 63 to 32 are lost: vCPU 0x100000000 is vCPU 0", false },
			{ 0 }
		},
	},
	{
		.id = "sparse.line_by_id",
		.text = "KVM_IRQ_LINE names a vCPU by the id that it was created with, also where ids have gaps: there its index in the order of creation is another number.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "INDEX",
			  "5.10 difference: the number is the vCPU's index, as the documentation calls it", false },
			{ "*", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "6.1 bug: the vCPU is looked up by its index, and its id then taken for another index; the vCPU's timer is lost in the same way, with a warning in the kernel log", false },
			{ 0 }
		},
	},
	{
		.id = "sparse_device.register_by_id",
		.text = "Attributes of registers name a vCPU by the id that it was created with, also where ids have gaps.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "mixed_redists.region_after_base",
		.text = "Redistributors are either at one base or in regions: after the base is set, no region can be, whatever its index is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "OK",
			  "6.1.. bug: a region with index 1 is taken for the next one after the base, as if that were region 0", false },
			{ 0 }
		},
	},
	{
		.id = "legacy_beside_v3.set",
		.text = "The VM's call sets addresses of a GICv2 only: the address types of a GICv3 are unknown to it, beside a GICv3 as well.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: the call takes every address type that a GIC device has as an attribute", false },
			{ 0 }
		},
	},
	{ 0 }
};

#endif /* VGIC_ABI_RULES_H */
