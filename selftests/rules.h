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
		.text = "The argument's size, and the offset and size of each member, are the "
			"same on every kernel.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.request_number",
		.text = "The header defines the ioctl with the ABI's number.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.capability_number",
		.text = "The header defines the capability with the ABI's number.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "abi.call_by_number",
		.text = "A call that is made from numbers alone, without the header, sets the "
			"address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "abi.neighbouring_numbers",
		.text = "An ioctl number with another size, direction or type is unknown.",
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
		.text = "The answer of KVM_CHECK_EXTENSION does not depend on whether the VM has "
			"a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "padding.ignored",
		.text = "Padding and undefined flags in the argument are ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "wide_id.high_bits",
		.text = "Bits 63 to 32 of the legacy dialect's id are ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "ENODEV",
			  "5.10 difference: the mask of the device id is sign-extended, "
			  "so that bits 63 to 32 count as part of it", false },
			{ 0 }
		},
	},
	{
		.id = "no_seed.number_is_free",
		.text = "Where KVM_CAP_SET_DEVICE_ADDR answers 0, KVM_SET_DEVICE_ADDRESS is an "
			"unknown ioctl.",
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
		.text = "Address 0 is accepted like any other address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted_last",
		.text = "A region that ends where the guest physical address space ends is "
			"accepted, for every IPA size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.accepted_each_bit",
		.text = "Every address bit from the alignment up to the IPA size may be set.",
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
		.text = "Setting an address a second time fails, even with the same value.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "errors.twice_other",
		.text = "Setting an address again to another value fails, no matter how often it "
			"is tried.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "errors.unknown_type",
		.text = "An address type that no GIC has is refused, whichever bit makes it "
			"unknown.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "errors.type_of_other_gic",
		.text = "An address type of the other GIC model is refused like an unknown one.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "id.unknown_device",
		.text = "A device id (bits 31 to 16 of the id) other than KVM_ARM_DEVICE_VGIC_V2 "
			"is refused, whichever bit makes it unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "absent.create",
		.text = "KVM_CREATE_IRQCHIP fails where the host cannot provide a GICv2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "absent.set",
		.text = "A GICv2 address cannot be set where the host cannot provide a GICv2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "legacy_*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "ENODEV",
			  "5.10.. difference: only a host without any vGIC returns "
			  "ENXIO; beside a GICv3, the GICv2 counts as not created", false },
			{ 0 }
		},
	},
	{
		.id = "absent.set_beside_gicv3",
		.text = "A GICv2 address cannot be set in a VM with a GICv3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "legacy_*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "ENODEV",
			  "5.10.. difference: only a host without any vGIC returns "
			  "ENXIO; beside a GICv3, the GICv2 counts as not created", false },
			{ 0 }
		},
	},
	{
		.id = "absent_device.create",
		.text = "KVM_CREATE_DEVICE fails for a GIC that the host cannot provide, even "
			"with KVM_CREATE_DEVICE_TEST.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "errors.misaligned",
		.text = "A misaligned address is refused, whichever bit is at fault; GICv2 "
			"addresses are aligned to 4 KiB, GICv3 addresses to 64 KiB.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "errors.at_limit",
		.text = "The first address after the guest physical address space is refused, for "
			"every IPA size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "errors.beyond_limit",
		.text = "An address with any bit set above the IPA size is refused, for every IPA "
			"size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "errors.top_of_u64",
		.text = "The highest aligned 64-bit address is refused as out of range, like "
			"every address above the IPA size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: the region wraps around to 0, which is "
			  "checked before the limit", false },
			{ "devattr_v3_dist", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: the region wraps around to 0, which is "
			  "checked before the limit", false },
			{ 0 }
		},
	},
	{
		.id = "region.bad_index",
		.text = "The first redistributor region has index 0; any other index is refused, "
			"whichever of its 12 bits is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: the 12-bit index is stored in 8 bits, so that a "
			  "multiple of 256 becomes 0", false },
			{ 0 }
		},
	},
	{
		.id = "straddle.limit",
		.text = "A region that begins inside the guest physical address space and ends "
			"outside it is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is compared with "
			  "the limit", false },
			{ 0 }
		},
	},
	{
		.id = "errors.bad_pointer",
		.text = "An argument pointer that is NULL, unmapped or in the kernel's address "
			"range is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "errors.pointer_without_access",
		.text = "An argument in memory without read permission is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "errors.argument_runs_into_hole",
		.text = "A partly mapped argument is refused, however many of its bytes are "
			"mapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "errors.argument_ends_at_hole",
		.text = "The kernel reads nothing beyond the argument.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "errors.on_kvm_fd",
		.text = "/dev/kvm does not implement the call that sets an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "errors.on_vcpu_fd",
		.text = "A vCPU does not implement the call that sets an address; the device "
			"attributes of a vCPU are those of the PMU, which this vCPU lacks.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENODEV" },
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_*", "armv7l", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: vCPUs of the reference kernel have no "
			  "attributes, so the ioctl is unknown", false },
			{ 0 }
		},
	},
	{
		.id = "errors.on_foreign_fd",
		.text = "A file descriptor that is not KVM's does not implement the call that "
			"sets an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOTTY" },
			{ 0 }
		},
	},
	{
		.id = "errors.on_closed_fd",
		.text = "A file descriptor that is not open is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBADF" },
			{ 0 }
		},
	},
	{
		.id = "id.on_device_fd",
		.text = "A device from KVM_CREATE_DEVICE does not implement the VM ioctl.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOTTY" },
			{ 0 }
		},
	},
	{
		.id = "attr.has",
		.text = "KVM_HAS_DEVICE_ATTR reports the GIC's address types, sets nothing, and "
			"answers the same before and after an address is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "attr.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR reports no address type that the GIC does not have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "attr.unknown_high_bits",
		.text = "An address type that differs from a known one in bits 63 to 32 of attr "
			"is unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "attr.unknown_group",
		.text = "A group that the GIC does not have is refused, whichever bit makes it "
			"unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "attr.get_unset",
		.text = "An unset address reads as all ones; a redistributor region that does not "
			"exist cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "ENOENT" },
			{ "*", "UNSET" },
			{ 0 }
		},
	},
	{
		.id = "attr.get_returns_first",
		.text = "An address reads as first set, even after a second call was refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "attr.get_bad_pointer",
		.text = "KVM_GET_DEVICE_ATTR fails if the buffer cannot be written, in whole or "
			"in part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "attr.set_bad_pointer",
		.text = "KVM_SET_DEVICE_ATTR fails if the value cannot be read, in whole or in "
			"part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "attr.on_vm_fd",
		.text = "A VM does not accept the GIC's attributes; its own attributes have other "
			"meanings.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v2_dist", "EINVAL" },
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_cpu", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "5.10..6.1 difference: VMs have no attributes yet, so the "
			  "ioctl is unknown", false },
			{ "devattr_v3_*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "5.10..6.1 difference: VMs have no attributes yet, so the "
			  "ioctl is unknown", false },
			{ "devattr_v2_cpu", "armv7l", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.1.. difference: VMs of the reference kernel have no "
			  "attributes, so the ioctl is unknown", false },
			{ 0 }
		},
	},
	{
		.id = "device.unknown_type",
		.text = "KVM_CREATE_DEVICE refuses a type that no device has, whichever bit makes "
			"it unknown, even with KVM_CREATE_DEVICE_TEST.",
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
		.text = "KVM_CREATE_DEVICE with a partly mapped argument fails and creates "
			"nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_vcpu_addresses_run",
		.text = "The usual order works: GIC, vCPU, addresses, KVM_RUN.",
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
		.text = "The addresses may be set before a vCPU exists.",
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
		.text = "One address may be set before and the other after a vCPU is created; all "
			"vCPUs then run.",
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
		.text = "A VM without an in-kernel GIC runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.run_of_later_vcpu",
		.text = "Without an in-kernel GIC, a vCPU that is created after the VM's first "
			"KVM_RUN runs like the others.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "protected",
			  RULE_KERNEL(7, 3), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "7.3.. bug: in protected mode, a vCPU that is created after "
			  "the VM's first KVM_RUN cannot run", false },
			{ 0 }
		},
	},
	{
		.id = "order.gic_twice",
		.text = "A VM has at most one GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_twice_mixed",
		.text = "A VM has at most one GIC, whether KVM_CREATE_IRQCHIP or "
			"KVM_CREATE_DEVICE created it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "order.gic_after_run",
		.text = "A GIC cannot be created after a vCPU has run; the VM keeps running.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_addresses",
		.text = "KVM_RUN fails if the GIC has no address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_dist",
		.text = "KVM_RUN fails if the distributor has no address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "order.run_without_cpu",
		.text = "KVM_RUN fails if the CPU interface (GICv3: the redistributors) has no "
			"address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "order.vm_after_run_without_cpu",
		.text = "A VM whose KVM_RUN failed for lack of an address is dead: its ioctls "
			"fail with EIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DEAD" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "ALIVE",
			  "5.10 difference: KVM_RUN fails without further consequences, "
			  "and the VM's ioctls work as before", false },
			{ 0 }
		},
	},
	{
		.id = "order.repaired_after_run",
		.text = "After a KVM_RUN that failed for lack of an address, it is too late to "
			"set the address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 difference: KVM_RUN fails without further consequences: "
			  "the address is accepted, and the VM runs", false },
			{ 0 }
		},
	},
	{
		.id = "uninitialized.run",
		.text = "KVM_RUN fails if a GICv3 is not initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "order.overlap_is_accepted",
		.text = "An address that makes the GIC's regions overlap is accepted until "
			"KVM_RUN; only KVM_ARM_SET_DEVICE_ADDR refuses it at once.",
		.expect = (const struct rule_expect[]) {
			{ "legacy_*", "EBUSY" },
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "legacy_*", "*", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: KVM_ARM_SET_DEVICE_ADDR accepts an address that "
			  "overlaps, and KVM_RUN fails later; the reference kernel does "
			  "the same as every released kernel", false },
			{ 0 }
		},
	},
	{
		.id = "overlap.run",
		.text = "KVM_RUN fails if the CPU interface overlaps the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "overlap.second_page",
		.text = "KVM_RUN fails if the distributor overlaps the CPU interface's second "
			"page.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "overlap.vm_after_run",
		.text = "A VM whose KVM_RUN found overlapping regions is dead: its ioctls fail "
			"with EIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DEAD" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "ALIVE",
			  "5.10 difference: KVM_RUN fails without further consequences, "
			  "and the VM's ioctls work as before", false },
			{ 0 }
		},
	},
	{
		.id = "overlap.adjacent_is_none",
		.text = "Regions may be adjacent: the distributor directly before the CPU "
			"interface or directly after its second page.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.set_after_run",
		.text = "After KVM_RUN no address can be changed; the VM keeps running.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "order.vcpu_after_run",
		.text = "In a VM with a GIC, no vCPU can be created after KVM_RUN; the VM keeps "
			"running.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "order.two_vms",
		.text = "Addresses belong to one VM: another VM can have the same addresses, "
			"runs, and outlives the first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.vm_fd_closed",
		.text = "A vCPU's file descriptor keeps its VM alive, with the GIC's addresses.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "order.other_process",
		.text = "Only the process that created the VM can set an address.",
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
		.id = "order.descriptor_zero",
		.text = "KVM_CREATE_VM, KVM_CREATE_VCPU and KVM_CREATE_DEVICE may return any file "
			"descriptor that is free, including 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "before.set",
		.text = "An address cannot be set before KVM_CREATE_IRQCHIP, and can be set after "
			"that call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "before.set_with_vcpu",
		.text = "Creating a vCPU is not enough: an address cannot be set before "
			"KVM_CREATE_IRQCHIP.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "before.set_after_run",
		.text = "An address cannot be set in a VM that runs without a GIC; the VM keeps "
			"running.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "before.mixed_with_devattr",
		.text = "The VM ioctl and the device attribute set the same address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpus.eight",
		.text = "A GICv2 supports eight vCPUs, and all of them run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpus.ninth_after_gic",
		.text = "vCPU 8 cannot be created in a VM with a GICv2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpus.nine_and_gic",
		.text = "A VM cannot have nine vCPUs and a GICv2: either the ninth vCPU is "
			"refused, or the GIC is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "REFUSED" },
			{ 0 }
		},
	},
	{
		.id = "life.device_fd_closed",
		.text = "The GIC outlives the file descriptor of its device.",
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
		.text = "No vCPU can be created after KVM_DEV_ARM_VGIC_CTRL_INIT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "precedence.misaligned_beyond_limit",
		.text = "If an address is misaligned and out of range, the alignment is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ "devattr_v3_dist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ 0 }
		},
	},
	{
		.id = "precedence.misaligned_twice",
		.text = "If an address is already set and the new address is misaligned, the "
			"error is EEXIST, or EINVAL for a redistributor region.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ "devattr_v3_dist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ 0 }
		},
	},
	{
		.id = "precedence.beyond_limit_twice",
		.text = "If an address is already set and the new address is out of range, the "
			"error is EEXIST, or EINVAL for a redistributor region.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2_*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ "devattr_v3_dist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "E2BIG",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 difference: the limit is checked first, then the "
			  "alignment, then whether the address is set", false },
			{ 0 }
		},
	},
	{
		.id = "precedence.unknown_type_misaligned",
		.text = "If the type is unknown and the address is misaligned, the type is "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence.unknown_type_beyond_limit",
		.text = "If the type is unknown and the address is out of range, the type is "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "ENXIO" },
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence.bad_pointer_twice",
		.text = "If an address is already set and the pointer is bad, the pointer is "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "precedence.other_process_bad_pointer",
		.text = "If a process that did not create the VM calls with a bad pointer, the "
			"error is EIO, not EFAULT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIO" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.misaligned",
		.text = "If there is no GIC yet and the address is misaligned, the missing GIC is "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.beyond_limit",
		.text = "If there is no GIC yet and the address is out of range, the missing GIC "
			"is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.bad_pointer",
		.text = "If there is no GIC yet and the pointer is bad, the pointer is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "precedence_early.unknown_device",
		.text = "If there is no GIC yet, the device is unknown and the address is "
			"misaligned, the unknown device is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "precedence_attr.unknown_type_bad_pointer",
		.text = "If the type is unknown and the value cannot be read, the pointer is "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "precedence_attr.get_unknown_type_bad_pointer",
		.text = "If an unknown type is read into a buffer that cannot be written, the "
			"type is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EFAULT",
			  "5.10 difference: the buffer is read before the type is "
			  "checked, although the call only writes to it", false },
			{ 0 }
		},
	},
	{
		.id = "precedence_attr.unknown_group_bad_pointer",
		.text = "If the group is unknown and the value cannot be read, the group is "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "at.distributor",
		.text = "The guest finds the distributor at the address that was set, with valid "
			"identification registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.cpu_side",
		.text = "The guest finds the CPU interface (GICv3: the redistributor) at the "
			"address that was set, with valid identification registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.priority_mask",
		.text = "The guest writes the priority mask of its CPU interface and reads it "
			"back.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.second_part",
		.text = "The second part of the CPU side's region exists: GICC_DIR on the second "
			"page (GICv3: the redistributor's frame for SGIs and PPIs).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.each_vcpu",
		.text = "Two vCPUs find their own registers at the same address (GICv3: in "
			"adjacent redistributors, the second marked as the last).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "at.nothing_beside",
		.text = "Directly before and after each region there is no GIC: an access exits "
			"to user space, with its address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spurious",
		.text = "With no interrupt pending, the acknowledge register reads 1023.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.sgi_to_self",
		.text = "An SGI that a vCPU sends to itself is acknowledged once, with that vCPU "
			"as its source.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.sgi_to_other",
		.text = "An SGI from vCPU 0 to vCPU 1 is acknowledged once, by vCPU 1 only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.sgi_source",
		.text = "An SGI from vCPU 1 to vCPU 0 is acknowledged with vCPU 1 as its source "
			"(GICv2).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.ppi_level",
		.text = "A PPI raised by KVM_IRQ_LINE is acknowledged again after each EOI until "
			"its line is lowered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.ppi_of_second",
		.text = "KVM_IRQ_LINE raises a PPI of the vCPU that it names and of no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spi_level",
		.text = "A level-sensitive SPI raised by KVM_IRQ_LINE is acknowledged again after "
			"each EOI until its line is lowered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.pending_follows_line",
		.text = "Until it is acknowledged, a level-sensitive SPI is pending exactly while "
			"its line is high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spi_edge",
		.text = "An edge-triggered SPI is acknowledged once for each rising edge of its "
			"line.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.spi_to_second",
		.text = "An SPI is acknowledged by the vCPU that the distributor routes it to.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.split_eoi",
		.text = "With EOImode 1, an EOI drops the priority only: the interrupt stays "
			"active until a write to GICC_DIR (on the second page).",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq.active_of_other",
		.text = "A vCPU reads an SPI as active, and not as pending, while another, "
			"running vCPU handles the SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_fires",
		.text = "The virtual timer raises its interrupt, PPI 27, once and on time while "
			"the guest runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_fires",
		.text = "The physical timer raises its interrupt, PPI 30, once and on time while "
			"the guest runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_wakes_wfi",
		.text = "The virtual timer wakes a vCPU from WFI, even with interrupts masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_wakes_wfi",
		.text = "The physical timer wakes a vCPU from WFI, even with interrupts masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_masked",
		.text = "With IMASK set, the virtual timer sets ISTATUS and raises no interrupt; "
			"once IMASK is cleared, the timer raises its interrupt at once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_masked",
		.text = "With IMASK set, the physical timer sets ISTATUS and raises no interrupt; "
			"once IMASK is cleared, the timer raises its interrupt at once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_pending",
		.text = "The distributor shows the virtual timer's interrupt as pending exactly "
			"while the timer's output is high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_pending",
		.text = "The distributor shows the physical timer's interrupt as pending exactly "
			"while the timer's output is high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_active",
		.text = "The distributor shows the virtual timer's interrupt as active from its "
			"acknowledgement to its EOI, even if the timer is turned off in between.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_active",
		.text = "The distributor shows the physical timer's interrupt as active from its "
			"acknowledgement to its EOI, even if the timer is turned off in between.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_periodic",
		.text = "The handler can set the virtual timer again, and each expiry raises one "
			"interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_periodic",
		.text = "The handler can set the physical timer again, and each expiry raises one "
			"interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "BROKEN",
			  "5.10..6.1 bug: a physical timer that is set again while its "
			  "interrupt is pending does not fire until the vCPU's thread is "
			  "scheduled again", true },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_level",
		.text = "The virtual timer's interrupt is acknowledged again after each EOI until "
			"the timer lowers its output.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_level",
		.text = "The physical timer's interrupt is acknowledged again after each EOI "
			"until the timer lowers its output.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_held",
		.text = "The virtual timer's interrupt that has been signalled is acknowledged "
			"even if the guest exits in between, as long as the timer's output is "
			"high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_held",
		.text = "The physical timer's interrupt that has been signalled is acknowledged "
			"even if the guest exits in between, as long as the timer's output is "
			"high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_off_before_eoi",
		.text = "If the virtual timer is turned off before the EOI of its interrupt, the "
			"interrupt is not signalled again, even if the vCPU has exited to user "
			"space while the timer's output was high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the line's level is not sampled again at the EOI of "
			  "a mapped interrupt: the interrupt is signalled once more", false },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_off_before_eoi",
		.text = "If the physical timer is turned off before the EOI of its interrupt, the "
			"interrupt is not signalled again, even if the vCPU has exited to user "
			"space while the timer's output was high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the line's level is not sampled again at the EOI of "
			  "a mapped interrupt, which the physical timer has only with "
			  "VHE: the interrupt is signalled once more", true },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_withdrawn",
		.text = "If the virtual timer is turned off before its interrupt is acknowledged, "
			"the interrupt is no longer pending; the timer's next expiry raises it "
			"again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_withdrawn",
		.text = "If the physical timer is turned off before its interrupt is "
			"acknowledged, the interrupt is no longer pending; the timer's next "
			"expiry raises it again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_off_while_disabled",
		.text = "If the virtual timer expires and is turned off while its PPI is "
			"disabled, nothing is pending once the PPI is enabled; the timer's next "
			"expiry raises its interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_off_while_disabled",
		.text = "If the physical timer expires and is turned off while its PPI is "
			"disabled, nothing is pending once the PPI is enabled; the timer's next "
			"expiry raises its interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_active_written",
		.text = "The virtual timer's PPI is active after a write of ISACTIVER, and is not "
			"signalled while it is active; ICACTIVER deactivates it, after which the "
			"timer's next expiry raises its interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_active_written",
		.text = "The physical timer's PPI is active after a write of ISACTIVER, and is "
			"not signalled while it is active; ICACTIVER deactivates it, after which "
			"the timer's next expiry raises its interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.virtual_pending_written",
		.text = "ISPENDR makes the virtual timer's PPI pending while the timer is off, "
			"and ICPENDR takes that back; afterwards the timer's next expiry raises "
			"its interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.physical_pending_written",
		.text = "ISPENDR makes the physical timer's PPI pending while the timer is off, "
			"and ICPENDR takes that back; afterwards the timer's next expiry raises "
			"its interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer.each_vcpu",
		.text = "Each vCPU has its own virtual timer.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_on",
		.text = "PSCI CPU_ON starts a vCPU that is off: at the given address, with the "
			"given context id, and with MMU and caches off; AFFINITY_INFO shows its "
			"state before and after.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_on_errors",
		.text = "CPU_ON returns ALREADY_ON for a vCPU that is on; CPU_ON and "
			"AFFINITY_INFO return INVALID_PARAMETERS for a vCPU that does not exist.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_off_on",
		.text = "AFFINITY_INFO shows a vCPU that has called CPU_OFF as off, and CPU_ON "
			"restarts it, any number of times.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.cpu_on_race",
		.text = "If several vCPUs call CPU_ON for the same vCPU at once, one call "
			"succeeds and the vCPU starts once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_ring",
		.text = "Each vCPU sends an SGI to the next one, while all spin, and each SGI "
			"arrives once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_ring_asleep",
		.text = "Each vCPU sends an SGI to the next one, which wakes from WFI, and each "
			"SGI arrives once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_broadcast",
		.text = "An SGI to all other vCPUs (GICD_SGIR.TargetListFilter 1, "
			"ICC_SGI1R_EL1.IRM 1) arrives once at each vCPU but the sender.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_all_to_all",
		.text = "If all vCPUs send an SGI to all vCPUs at once, each SGI arrives once, "
			"and on a GICv2 with its sender as the source.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.sgi_sources",
		.text = "If the same SGI is pending from several vCPUs, a GICv2 delivers it once "
			"for each source; a GICv3 has no sources and delivers it once.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_*", "ONE" },
			{ "*", "EACH" },
			{ 0 }
		},
	},
	{
		.id = "smp.kick_spi",
		.text = "A vCPU that runs without exits acknowledges an SPI as soon as it is "
			"raised, not at the host's next timer tick.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.kick_sgi",
		.text = "A vCPU that runs without exits acknowledges another vCPU's SGI as soon "
			"as it is sent, not at the host's next timer tick.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_affinity",
		.text = "An SPI is delivered to the vCPU that GICD_ITARGETSR or GICD_IROUTER "
			"names at the time, and to no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_pending_of_other",
		.text = "An SPI that is pending for another vCPU, which runs with interrupts "
			"masked, reads as pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_ISPENDR does not show an edge-triggered "
			  "interrupt that is pending in the list register of a vCPU that "
			  "runs", true },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_moved_pending",
		.text = "An SPI that is pending for a vCPU that does not acknowledge it can be "
			"moved to another vCPU, which acknowledges it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.spi_moving",
		.text = "SPIs that are raised one by one while their route keeps changing are "
			"acknowledged once each, by some vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate",
		.text = "While the vCPUs' threads migrate between CPUs, VFP, banked and thread-id "
			"registers keep their values, and no SGI is lost or duplicated.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate_ring",
		.text = "While the vCPUs' threads migrate between CPUs, each SGI wakes its vCPU "
			"from WFI once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate_timer",
		.text = "While the vCPUs' threads migrate between CPUs, each virtual timer "
			"interrupts as often as it is set, and never early.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "smp.migrate_exclusives",
		.text = "While the vCPUs' threads migrate between CPUs, exclusive accesses of "
			"several vCPUs to one word remain atomic.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "exits.gicc_none",
		.text = "Accesses to the CPU interface cause no exits: 20,000 of them cost none "
			"beyond those that host interrupts explain.",
		.expect = (const struct rule_expect[]) {
			{ "*", "NONE" },
			{ 0 }
		},
	},
	{
		.id = "exits.gicd_each",
		.text = "Each access to the distributor is one exit, which the kernel handles.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ONE" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.edge",
		.text = "Each event of an assigned eventfd raises its edge-triggered SPI once; "
			"GSI 0 is SPI 32.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.event_taken",
		.text = "KVM consumes the event that raises an interrupt: a reader of the eventfd "
			"does not find it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 difference: the event remains for other readers", false },
			{ 0 }
		},
	},
	{
		.id = "irqfd.event_first",
		.text = "If an eventfd is signaled before it is assigned, the interrupt is raised "
			"on assignment.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.deassigned",
		.text = "An eventfd raises nothing after it has been deassigned, and keeps its "
			"events for its readers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.deassigned_other",
		.text = "KVM_IRQFD_FLAG_DEASSIGN removes an irqfd only if both its eventfd and "
			"its GSI are given.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample",
		.text = "With KVM_IRQFD_FLAG_RESAMPLE, an event raises the line of a "
			"level-sensitive SPI until the guest's EOI, which signals the resample "
			"eventfd once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_without_exit",
		.text = "The guest's EOI lowers the line and signals the resample eventfd even "
			"without a guest exit between acknowledgement and EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v3", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "7.2.. bug: KVM does not notice the EOI, and the line stays "
			  "high, if there was no guest exit since the acknowledgement; "
			  "seen on QEMU's GICv3", false },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_split",
		.text = "With EOImode 1, the deactivation signals the resample eventfd once and "
			"lowers the line; the EOI, which drops the priority, does neither.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_both",
		.text = "If the guest deactivates two SPIs in direct succession, the resample "
			"eventfd of each is signaled once, and both lines are low.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_left_out",
		.text = "With EOImode 1, the deactivation signals the resample eventfd once and "
			"lowers the line, even while many other interrupts of a higher priority "
			"are active.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_shared",
		.text = "If irqfds with KVM_IRQFD_FLAG_RESAMPLE share an SPI, each EOI signals "
			"the resample eventfd of each irqfd once; the deassignment of one irqfd "
			"does not affect the others.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_deassigned",
		.text = "The line that an irqfd with KVM_IRQFD_FLAG_RESAMPLE has raised falls "
			"when the irqfd is deassigned.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_closed",
		.text = "The line that an irqfd with KVM_IRQFD_FLAG_RESAMPLE has raised falls "
			"when its eventfd is closed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_fd_closed",
		.text = "An irqfd with KVM_IRQFD_FLAG_RESAMPLE works even after its resample "
			"eventfd has been closed: the line falls at the EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.resample_edge",
		.text = "With KVM_IRQFD_FLAG_RESAMPLE, each event raises its SPI once if the "
			"guest has made the SPI edge-triggered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.accepted",
		.text = "KVM_IRQFD accepts an eventfd once the GIC is initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.not_initialised",
		.text = "KVM_IRQFD is refused before the GIC is initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EAGAIN" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.no_gic",
		.text = "KVM_IRQFD is refused in a VM without a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EAGAIN" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.unknown_flag",
		.text = "KVM_IRQFD refuses undefined flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.no_descriptor",
		.text = "KVM_IRQFD refuses a number that is not an open file descriptor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBADF" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.other_descriptor",
		.text = "KVM_IRQFD refuses a file descriptor that is not an eventfd.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.twice",
		.text = "KVM_IRQFD refuses an eventfd that is already assigned, until it is "
			"deassigned.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.deassign_unknown",
		.text = "KVM_IRQFD succeeds in deassigning an eventfd that is not assigned.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irqfd.bad_pointer",
		.text = "KVM_IRQFD refuses an argument that cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "routing.connected",
		.text = "An irqfd raises the SPI that its GSI is routed to: pin 0 of irqchip 0 is "
			"SPI 32.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.replaced",
		.text = "A new table of routes replaces the old one, even for irqfds that are "
			"already assigned.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.unrouted",
		.text = "An event of a GSI without a route raises nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.msi_without_its",
		.text = "A GSI may be routed to an MSI in a VM without an ITS; its events "
			"interrupt no vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.emptied",
		.text = "After KVM_SET_GSI_ROUTING without entries, no GSI's event raises an "
			"interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.resample",
		.text = "The EOI of the SPI that a GSI is routed to signals the resample eventfd, "
			"and lowers the line.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.resample_moved",
		.text = "After a resampling GSI has been routed to another SPI, the EOI of the "
			"earlier SPI neither lowers that SPI's line nor signals the resample "
			"eventfd.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.resample_each_word",
		.text = "A resampling GSI may be routed to any SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.line_unrouted",
		.text = "Routes do not apply to KVM_IRQ_LINE.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.before_init",
		.text = "Initializing the GIC connects each GSI to the pin with the same number, "
			"whatever routes were set before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.each_gsi",
		.text = "An event raises the SPI of its GSI: the pin in the routing table, or "
			"without a table the pin of the same number; for GSIs up to 4095 and pins "
			"up to the last of 256 INTIDs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "routing.accepted",
		.text = "KVM_SET_GSI_ROUTING accepts as many entries as KVM_CAP_IRQ_ROUTING "
			"returns, for GSIs from 0 on, and pins 0 to 987 of irqchip 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "routing.unknown_flag",
		.text = "KVM_SET_GSI_ROUTING refuses flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.too_many",
		.text = "KVM_SET_GSI_ROUTING refuses more entries than KVM_CAP_IRQ_ROUTING "
			"returns.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.gsi_too_high",
		.text = "KVM_SET_GSI_ROUTING refuses GSIs from 4096 on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.pin_too_high",
		.text = "KVM_SET_GSI_ROUTING refuses pins beyond SPI 1019.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.unknown_chip",
		.text = "KVM_SET_GSI_ROUTING refuses irqchips other than 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.unknown_type",
		.text = "KVM_SET_GSI_ROUTING refuses entries of types other than "
			"KVM_IRQ_ROUTING_IRQCHIP and KVM_IRQ_ROUTING_MSI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.entry_flags",
		.text = "KVM_SET_GSI_ROUTING refuses flags of an entry for a pin.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.twice",
		.text = "A GSI has at most one route: to a pin of the GIC or to an MSI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.msi_flags",
		.text = "KVM_SET_GSI_ROUTING refuses flags of an entry for an MSI, other than "
			"KVM_MSI_VALID_DEVID.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "routing.bad_pointer",
		.text = "KVM_SET_GSI_ROUTING refuses an argument or entries that cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "routing.refused_keeps",
		.text = "A table that is refused changes no route.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.write",
		.text = "A guest's write to an ioeventfd's address, with the ioeventfd's length, "
			"signals the eventfd and does not exit to user space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.any_length",
		.text = "With an ioeventfd of length 0, writes of every length signal the eventfd.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.other_length",
		.text = "A write of another length than the ioeventfd's exits to user space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.match",
		.text = "With KVM_IOEVENTFD_FLAG_DATAMATCH, a write of the value in datamatch "
			"signals the eventfd.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.no_match",
		.text = "With KVM_IOEVENTFD_FLAG_DATAMATCH, a write of another value than "
			"datamatch exits to user space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.match_each_bit",
		.text = "With KVM_IOEVENTFD_FLAG_DATAMATCH, every bit of the written value is "
			"compared, for each length.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.match_beyond_length",
		.text = "An ioeventfd whose datamatch has a bit set beyond the ioeventfd's length "
			"matches no write.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.read",
		.text = "A read of an ioeventfd's address exits to user space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.pio",
		.text = "Port addresses (KVM_IOEVENTFD_FLAG_PIO) are not memory addresses: a "
			"write to memory does not signal an eventfd that is assigned to a port "
			"address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.several",
		.text = "A write signals only the eventfd that is assigned to the write's "
			"address, length and value.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.high_address",
		.text = "A write above 4 GiB signals the eventfd that is assigned there, and not "
			"one that is assigned to the low 32 bits of the address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EVENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.deassigned",
		.text = "After an ioeventfd is deassigned, a write to its address exits to user "
			"space again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EXIT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.unknown_flag",
		.text = "KVM_IOEVENTFD refuses undefined flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.bad_length",
		.text = "KVM_IOEVENTFD refuses lengths other than 0, 1, 2, 4 and 8.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.wraps",
		.text = "KVM_IOEVENTFD refuses a range that wraps around the end of the address "
			"space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.match_any_length",
		.text = "KVM_IOEVENTFD refuses KVM_IOEVENTFD_FLAG_DATAMATCH with length 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.no_descriptor",
		.text = "KVM_IOEVENTFD refuses a number that is not an open file descriptor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBADF" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.other_descriptor",
		.text = "KVM_IOEVENTFD refuses a file descriptor that is not an eventfd.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.twice",
		.text = "KVM_IOEVENTFD refuses an ioeventfd for writes that already signal an "
			"eventfd.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.deassign_unknown",
		.text = "KVM_IOEVENTFD fails to deassign an eventfd that is not assigned.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOENT" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.many_times",
		.text = "An ioeventfd may be assigned and deassigned any number of times.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "ioeventfd.bad_pointer",
		.text = "KVM_IOEVENTFD refuses an argument that cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_order",
		.text = "The pending interrupt with the highest priority is acknowledged first, "
			"whatever its number.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_masked",
		.text = "Only an interrupt with a higher priority than GICC_PMR is acknowledged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.preemption",
		.text = "An interrupt is acknowledged while another of lower priority is active; "
			"GICC_RPR reads as the highest priority of the active interrupts, and "
			"drops at the EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.no_preemption",
		.text = "An interrupt whose priority is not higher than that of the active "
			"interrupt waits for the EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.binary_point",
		.text = "Interrupts of the same group priority, as GICC_BPR defines it, do not "
			"preempt each other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.highest_pending",
		.text = "GICC_HPPIR returns the pending interrupt with the highest priority and "
			"has no side effect.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_field",
		.text = "GICD_IPRIORITYR has a byte for each interrupt, of which the upper five "
			"bits are implemented.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_pending",
		.text = "More interrupts can be pending than there are list registers, and they "
			"are delivered in order of priority.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_nested",
		.text = "More interrupts can be active than there are list registers, and each "
			"can be deactivated.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep all list registers, so "
			  "that an interrupt that preempts them is not presented until "
			  "one of them is deactivated", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_ended",
		.text = "GICC_EOIR also deactivates active interrupts that are in no list "
			"register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep all list registers, so "
			  "that an interrupt that preempts them is not presented until "
			  "one of them is deactivated", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_dropped",
		.text = "With EOImode 1, each pending interrupt is delivered while all earlier "
			"ones stay active, however many there are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ "*_v3", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "7.2.. difference: QEMU's GICv3 counts EOIs that only drop the "
			  "priority in ICH_HCR_EL2.EOIcount, so the kernel deactivates an "
			  "interrupt at its EOI", true },
			{ 0 }
		},
	},
	{
		.id = "vgic.enable_bits",
		.text = "GICD_ISENABLER is W1S and GICD_ICENABLER W1C; zeros have no effect.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.disabled_pending",
		.text = "A disabled interrupt can be pending, and is not acknowledged until it is "
			"enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.distributor_off",
		.text = "While GICD_CTLR is disabled, no interrupt is acknowledged and pending "
			"state is kept; on a GICv2, the bits of GICD_CTLR other than the enables "
			"read as zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that is pending while GICD_CTLR is "
			  "disabled is removed from the vCPU's list, and enabling "
			  "GICD_CTLR does not put it back", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.interface_off",
		.text = "While GICC_CTLR is disabled, no interrupt is acknowledged and pending "
			"state is kept.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_bits",
		.text = "GICD_ISPENDR is W1S and GICD_ICPENDR W1C; zeros have no effect.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_of_level",
		.text = "A level-sensitive interrupt is pending while its line is high, even "
			"after a write to GICD_ICPENDR; after a write to GICD_ISPENDR, it is "
			"pending until it is acknowledged, even if its line falls.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.edge_while_active",
		.text = "Any number of edges while an interrupt is active make it pending once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.level_again",
		.text = "While its line is high, a level-sensitive interrupt is pending again as "
			"soon as it is deactivated.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.edge_line_high",
		.text = "An edge-triggered interrupt becomes pending on the rising edge only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_bits",
		.text = "GICD_ISACTIVER and GICD_ICACTIVER set and clear the active state; an "
			"active interrupt is not acknowledged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.deactivation",
		.text = "With EOImode 1, interrupts can be deactivated in any order, by GICC_DIR "
			"or GICD_ICACTIVER.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.end_deactivates",
		.text = "With EOImode 0, GICC_EOIR deactivates the interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_follows_line",
		.text = "GICD_ISPENDR shows a level-sensitive interrupt as pending while its line "
			"is high, however often the register has been read before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_follows_guest",
		.text = "GICD_ISACTIVER shows an interrupt as active from its acknowledgement to "
			"its EOI, however often the register has been read before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_of_other",
		.text = "GICD_ISACTIVER shows an interrupt as active once another vCPU has "
			"acknowledged it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.active_private_of_other",
		.text = "GICR_ISACTIVER0 of a redistributor shows a PPI as active once the "
			"redistributor's vCPU has acknowledged it, also while that vCPU runs "
			"without exits.",
		.expect = (const struct rule_expect[]) {
			{ "*_v3", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_filter_self",
		.text = "GICD_SGIR with filter 2 sends to the sender only, whatever its target "
			"list is.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_filter_others",
		.text = "GICD_SGIR with filter 1 sends to all vCPUs but the sender.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_pending_bits",
		.text = "GICD_SPENDSGIR and GICD_CPENDSGIR set and clear an SGI for each source, "
			"and the sources are acknowledged one by one.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_registers",
		.text = "SGIs are edge-triggered, and no write to GICD_ISPENDR0 makes them "
			"pending.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.typer",
		.text = "GICD_TYPER has the number of interrupts and of vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.identification",
		.text = "ICPIDR2 identifies version 2 of the architecture.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the identification registers are missing "
			  "and read as zero", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.absent_interrupts",
		.text = "Registers of interrupts that are not implemented are RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.access_widths",
		.text = "Registers that require word accesses ignore narrower writes.",
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
		.text = "GICD_ITARGETSR0 to 7 name the vCPU that reads them; the registers of "
			"SPIs have a bit for each existing vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.banked",
		.text = "Registers of private interrupts are banked for each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.one_of_many",
		.text = "An SPI with several targets is acknowledged by exactly one of them.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.same_priority",
		.text = "Pending interrupts of one priority are acknowledged one by one, once "
			"each, after those of higher priority.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.private_and_shared",
		.text = "SGIs, PPIs and SPIs are delivered in one common order of priority.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.priority_changed",
		.text = "A new priority of a pending interrupt takes effect at once, even if the "
			"interrupt was already presented to the CPU interface.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.mask_all",
		.text = "With a GICC_PMR of 0, no interrupt is acknowledged, not even one of "
			"priority 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.lowest_priority",
		.text = "GICC_PMR implements the same bits as the priorities; the lowest priority "
			"is always masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.binary_point_field",
		.text = "GICC_BPR holds what is written, or its minimum for a lower value; the "
			"minimum is at most 3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.binary_point_7",
		.text = "With a GICC_BPR of 7 nothing preempts, but pending interrupts are "
			"delivered in order of priority.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.disabled_active",
		.text = "Disabling an active interrupt does not deactivate it; if the interrupt "
			"becomes pending again, it waits until it is enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_while_active",
		.text = "The pending state of an active interrupt can be set and cleared; the "
			"interrupt is acknowledged again after its EOI only if it is pending then.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.latch_acknowledged",
		.text = "A write to GICD_ISPENDR makes a level-sensitive interrupt pending until "
			"it is acknowledged: while the interrupt is active and its line is low, "
			"it is not pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: the latch stays until the interrupt is "
			  "deactivated; see vgic.level_set_while_active", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.level_set_while_active",
		.text = "A write to GICD_ISPENDR while a level-sensitive interrupt is active is "
			"latched: the interrupt is acknowledged once more after its EOI, whatever "
			"the level of its line.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: a latch set while the interrupt is active is lost "
			  "at its EOI", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.deactivated_any_order",
		.text = "With EOImode 1, active interrupts can be deactivated in any order, "
			"however many there are: each write to GICC_DIR deactivates the interrupt "
			"that it names, and no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.deactivated_on_last",
		.text = "With EOImode 1, the last of several vCPUs can also deactivate its active "
			"interrupts in any order, however many there are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.deactivated_beside_pending",
		.text = "With EOImode 1, any number of active interrupts are deactivated in any "
			"order while another interrupt is pending, which stays pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.deactivated_beside_others",
		.text = "With EOImode 1, a vCPU deactivates its own interrupts while another vCPU "
			"has more active interrupts than there are list registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.level_while_active",
		.text = "While a level-sensitive interrupt is active, its pending state follows "
			"its line.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.zeros_written",
		.text = "Zeros written to GICD_ISENABLER, ISPENDR, ISACTIVER and their clear "
			"registers change nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.many_levels",
		.text = "More lines can be high than there are list registers; interrupts are "
			"delivered in order of priority, each only while its line is high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.distributor_off_active",
		.text = "An active interrupt can be deactivated while GICD_CTLR is disabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_once",
		.text = "An SGI that is already pending from a source does not become pending "
			"from that source a second time.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_while_active",
		.text = "An SGI that is sent again while it is active is acknowledged again after "
			"its EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_pending_state",
		.text = "GICD_ISPENDR0 shows a pending SGI, and writes to GICD_ICPENDR0 do not "
			"affect it.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_disabled",
		.text = "A disabled SGI stays pending until it is enabled, if SGIs can be "
			"disabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_highest_pending",
		.text = "GICC_HPPIR names a pending SGI, and GICC_IAR also names its source.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_dropped",
		.text = "With EOImode 1, the priority drop of an SGI lets a less urgent interrupt "
			"be delivered, even if another source of the SGI is pending.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: while an SGI with several sources is active, "
			  "less urgent interrupts are withheld, even after its priority "
			  "drop", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgis_deactivated",
		.text = "With EOImode 1, each SGI is deactivated by GICC_DIR with the value that "
			"GICC_IAR returned, its source included, however many are active.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep their list registers, "
			  "so that the next interrupt finds none free; see "
			  "vgic.many_nested", false },
			{ "*_v3", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "7.2.. difference: QEMU's GICv3 counts EOIs that only drop the "
			  "priority in ICH_HCR_EL2.EOIcount, so the kernel deactivates an "
			  "interrupt at its EOI", true },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_lists",
		.text = "GICD_SGIR with a target list reaches exactly the existing vCPUs in it, "
			"and none with an empty list.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.sgi_pending_banked",
		.text = "GICD_SPENDSGIR and GICD_CPENDSGIR hold the SGIs for the vCPU that "
			"accesses them.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.no_target",
		.text = "An SPI without a target stays pending, and is delivered when it gets a "
			"target.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an SPI without a target goes to the first vCPU", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.open_target",
		.text = "If one target of an SPI masks the SPI, another target, which does not "
			"mask it, acknowledges it.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target masks it", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.disabled_target",
		.text = "If the GICC_CTLR of one target disables the group of an SPI, another "
			"target, whose GICC_CTLR enables it, acknowledges the SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target is off or disabled", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.disabled_while_pending",
		.text = "If an SPI is pending at a target whose GICC_CTLR is then disabled, "
			"another target acknowledges the SPI, whether that target is enabled "
			"already or only later.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target is off or disabled", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.target_turned_off",
		.text = "If one target of an SPI has been turned off by CPU_OFF, another target, "
			"which is on, acknowledges the SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target is off or disabled", false },
			{ 0 }
		},
	},
	{
		.id = "armv7_targets.pending_follows_masks",
		.text = "An SPI with several targets that stays pending goes to a target that "
			"does not mask it, even if another target had it before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "armv7_targets.pending_wakes",
		.text = "A pending SPI that its first target masks wakes another target from WFI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "armv7_targets.power_off_wakes",
		.text = "A pending SPI whose first target calls CPU_OFF wakes another target from "
			"WFI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.pending_target_turned_off",
		.text = "If CPU_OFF turns off a target at which an SPI is pending, another target "
			"acknowledges the SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target is off or disabled", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.target_turned_on",
		.text = "If the first target of an SPI masks it, another target, which CPU_ON has "
			"turned on, acknowledges the SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target is off or masks it", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.target_off_at_init",
		.text = "If user space stopped one target of an SPI before the GIC was "
			"initialized, another target, which is on, acknowledges the SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target is off or disabled", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.moved_active_at_once",
		.text = "If an active SPI gets another target and becomes pending again, the vCPU "
			"that acknowledged it does not acknowledge it again, not even right after "
			"its EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an edge that occurs while the SPI is active is "
			  "pending in the list register of the vCPU on which the SPI is "
			  "active", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.moved_active",
		.text = "An SPI that gets another target while active is deactivated by the vCPU "
			"that acknowledged it, and then acknowledged by the new target.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.private_of_each",
		.text = "Several vCPUs can have the same SGI and PPI pending at once, and each "
			"acknowledges its own.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.interface_banked",
		.text = "GICC_CTLR, GICC_PMR and GICC_BPR are banked for each vCPU.",
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
		.id = "vgic.active_written_by_other",
		.text = "Writes to GICD_ISACTIVER and GICD_ICACTIVER take effect for an SPI that "
			"is pending for another vCPU, which runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.distributor_off_for_all",
		.text = "If one vCPU disables or enables GICD_CTLR, this takes effect for all "
			"vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that is raised while GICD_CTLR is "
			  "disabled is lost; see vgic.distributor_off", false },
			{ 0 }
		},
	},
	{
		.id = "vgic.reserved_registers",
		.text = "Reserved registers of the distributor are RAZ/WI, and GICD_IIDR ignores "
			"writes.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vgic.byte_accesses",
		.text = "Each byte of GICD_IPRIORITYR, ITARGETSR, SPENDSGIR and CPENDSGIR can be "
			"read and written by itself.",
		.expect = (const struct rule_expect[]) {
			{ "*_v2", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.overlap",
		.text = "A slot can be neither created nor moved where it would share a page with "
			"another slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "slots.adjacent",
		.text = "Slots may be adjacent.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "slots.last_page",
		.text = "A slot may include the last page of the guest physical address space.",
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
		.text = "A slot whose address, size or memory is not page-aligned is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.wraps",
		.text = "A slot that wraps around the end of the 64-bit address space is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.unknown_flag",
		.text = "A slot with an undefined flag is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.delete_unknown",
		.text = "Deleting a slot that does not exist fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.resize",
		.text = "The size and the memory of a slot cannot be changed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.too_many",
		.text = "A slot's number has to be less than the value of KVM_CAP_NR_MEMSLOTS.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.each_page",
		.text = "Guest and VMM see the same data in each page of a slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.nothing_behind",
		.text = "The pages before and after a slot are not memory: accesses there are "
			"MMIO exits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.deleted_is_gone",
		.text = "The pages of a deleted slot are no longer memory, even for a vCPU that "
			"ran before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.moved",
		.text = "A moved slot is memory at its new address, and no longer at the old one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.added",
		.text = "A slot that is added where the guest has had MMIO exits is memory at the "
			"guest's next access.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.moved_onto_exits",
		.text = "A slot that is moved to where the guest has had MMIO exits is memory at "
			"the guest's next access.",
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
		.text = "VMs with memory at the same address do not see each other's memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.memory_changes",
		.text = "When the VMM has mapped other memory at a part of a slot's addresses, or "
			"has discarded the memory there, the guest finds the new memory in that "
			"part, and its own data in the rest of the slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.sparse_memory_changes",
		.text = "After the guest has used a few distant pages of a large slot, and the "
			"VMM has mapped other memory at some of the slot's addresses, the guest "
			"finds the new memory there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.changed_while_running",
		.text = "Once a call by which the VMM maps other memory has returned, a running "
			"vCPU finds the new memory, even without an exit in between.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.high_memory_changes",
		.text = "When the VMM has mapped other memory at a part of the addresses of a "
			"slot in the upper half of the guest physical address space, or has "
			"discarded the memory there, the guest finds the new memory in that part, "
			"and its own data in the rest of the slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.forked",
		.text = "After the VMM's fork(), the guest's writes reach the VMM's memory and "
			"not the child's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.kernel_memory",
		.text = "A slot's memory must be in the part of the address space that user space "
			"can have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.read_only_stays",
		.text = "KVM_MEM_READONLY of a slot cannot be changed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "slots.log_moved",
		.text = "The dirty log of a slot that is moved keeps its marks.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.log_bad_pointer",
		.text = "KVM_GET_DIRTY_LOG refuses a bitmap that cannot be written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "slots.dirty_log",
		.text = "KVM_GET_DIRTY_LOG returns exactly the pages that the guest has written "
			"to since the last call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.dirty_log_begun",
		.text = "A dirty log that is turned on while the guest runs has the pages that "
			"the guest writes to from then on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.long_dirty_log",
		.text = "KVM_GET_DIRTY_LOG returns exactly the pages that the guest has written "
			"to in each part of a slot of thousands of pages, even after earlier "
			"calls.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.logged_while_running",
		.text = "The log has the pages that a running vCPU has written to, without an "
			"exit, since the log was turned on or since the last call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slot_set.moved",
		.text = "A slot can be moved to any place where it overlaps no other slot, even "
			"onto part of its old place; elsewhere the call fails with EEXIST.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slot_set.created",
		.text = "A slot of any size can be created at any place where it overlaps no "
			"other slot; elsewhere the call fails with EEXIST.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slot_set.long_log",
		.text = "Each KVM_GET_DIRTY_LOG returns exactly the pages written since the "
			"previous one, even in a slot of more than a thousand pages.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "slots.log_flag",
		.text = "KVM_MEM_LOG_DIRTY_PAGES of an existing slot may be set and cleared.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "slots.no_log",
		.text = "KVM_GET_DIRTY_LOG of a slot that has no log, or does not exist, fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOENT" },
			{ 0 }
		},
	},
	{
		.id = "slots.log_unknown_id",
		.text = "KVM_GET_DIRTY_LOG of a slot id that is out of range fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "create.unknown_flag",
		.text = "Flags of KVM_CREATE_DEVICE other than KVM_CREATE_DEVICE_TEST are ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "create.test_when_created",
		.text = "KVM_CREATE_DEVICE_TEST queries the host: it succeeds even in a VM that "
			"already has its GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "create.failed_returns_nothing",
		.text = "A KVM_CREATE_DEVICE that fails does not change the fd in its argument.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "create.close_on_exec",
		.text = "The device's file descriptor is closed on exec.",
		.expect = (const struct rule_expect[]) {
			{ "*", "CLOSED" },
			{ 0 }
		},
	},
	{
		.id = "create.unknown_call",
		.text = "The device implements no ioctls but those for its attributes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOTTY" },
			{ 0 }
		},
	},
	{
		.id = "create.bad_attribute_pointer",
		.text = "KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR and KVM_HAS_DEVICE_ATTR refuse "
			"a struct kvm_device_attr that cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "has.nr_irqs",
		.text = "KVM_HAS_DEVICE_ATTR reports KVM_DEV_ARM_VGIC_GRP_NR_IRQS, even when it "
			"can no longer be set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "has.init",
		.text = "KVM_HAS_DEVICE_ATTR reports KVM_DEV_ARM_VGIC_CTRL_INIT and does not "
			"initialize.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "has.unknown_control",
		.text = "KVM_HAS_DEVICE_ATTR does not report controls that the GIC does not have, "
			"whichever bit makes them unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "has.address_is_ignored",
		.text = "KVM_HAS_DEVICE_ATTR ignores addr.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "has.group_of_other_device",
		.text = "Attribute groups of other GICs and of the ITS are unknown: they cannot "
			"be queried, read or set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.accepted",
		.text = "Every multiple of 32 from 64 to 992 is accepted as the number of "
			"interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.most",
		.text = "1024 is accepted as the number of interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "5.10.. bug: the number is compared with the highest interrupt "
			  "id, 1023, so that 992 is the maximum", false },
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
		.text = "A number of interrupts that is not a multiple of 32 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.reads_back",
		.text = "The number of interrupts reads back as set, before and after "
			"initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.unset",
		.text = "Before it is set and before initialization, the number of interrupts "
			"reads as 32, the number of private interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "PRIVATE" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.default_number",
		.text = "A GIC for which no number of interrupts was set has 256 from "
			"initialization on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DEFAULT" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.typer_follows",
		.text = "GICD_TYPER.ITLinesNumber shows the guest the number of interrupts that "
			"was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.twice",
		.text = "The number of interrupts can be set only once.",
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
		.text = "If the number of interrupts is already set and the new number is "
			"invalid, the invalid number is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.bad_pointer",
		.text = "The number of interrupts can be neither set nor read if its bytes in "
			"memory are not accessible, in whole or in part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "nr_irqs.four_bytes",
		.text = "The number of interrupts has 4 bytes: nothing beyond them is read or "
			"written.",
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
		.text = "KVM_DEV_ARM_VGIC_CTRL_INIT ignores addr.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "init.unknown_control",
		.text = "An unknown control is refused, whichever bit makes it unknown, and "
			"nothing is initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "init.get",
		.text = "KVM_DEV_ARM_VGIC_CTRL_INIT cannot be read, and the attempt does not "
			"initialize.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.accepted",
		.text = "KVM_IRQ_LINE accepts the first and the last SPI and PPI, at any level, "
			"repeatedly.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.spi_too_low",
		.text = "KVM_IRQ_LINE refuses interrupts 0 to 31 as SPIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.spi_too_high",
		.text = "KVM_IRQ_LINE refuses SPIs that the GIC does not have, whichever of the "
			"number's 16 bits is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "WARNS",
			  "5.10 bug: each such call writes a warning to the kernel log, "
			  "so the test does not make the call", false },
			{ 0 }
		},
	},
	{
		.id = "irq_line.spi_of_any_vcpu",
		.text = "For an SPI, KVM_IRQ_LINE ignores the vCPU's index.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_out_of_range",
		.text = "KVM_IRQ_LINE refuses interrupts other than 16 to 31 as PPIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_of_unknown_vcpu",
		.text = "KVM_IRQ_LINE refuses a PPI of a vCPU that does not exist.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_of_vcpu_256",
		.text = "With KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, bits 31 to 28 of KVM_IRQ_LINE's irq "
			"are part of the vCPU's index; without the capability, they must be zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.cpu_beside_gic",
		.text = "KVM_IRQ_LINE cannot drive a vCPU's IRQ and FIQ inputs in a VM with an "
			"in-kernel GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.unknown_type",
		.text = "KVM_IRQ_LINE refuses interrupt types other than the three defined ones.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.each_level",
		.text = "Every level other than 0 in KVM_IRQ_LINE raises a line, whichever bit is "
			"set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.bad_pointer",
		.text = "KVM_IRQ_LINE refuses an argument that cannot be read, in whole or in "
			"part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.not_initialized",
		.text = "The first KVM_IRQ_LINE initializes a GICv2; an uninitialized GICv3 "
			"refuses the call.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "EBUSY" },
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.first_initializes",
		.text = "The first KVM_IRQ_LINE initializes a GICv2, even if it is for a timer's "
			"PPI, so that no vCPU can be created after it; a GICv3 stays "
			"uninitialized.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "OK" },
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "irq_line.ppi_of_timer",
		.text = "Only a vCPU's timers drive their PPIs: KVM_IRQ_LINE for such a PPI "
			"succeeds and has no effect.",
		.expect = (const struct rule_expect[]) {
			{ "*", "IGNORED" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.interrupt",
		.text = "Without an in-kernel GIC, KVM_IRQ_LINE refuses SPIs and PPIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line",
		.text = "Without an in-kernel GIC, KVM_IRQ_LINE drives a vCPU's IRQ (0) and FIQ "
			"(1) inputs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.each_level",
		.text = "Without an in-kernel GIC, every level other than 0 in KVM_IRQ_LINE "
			"raises a vCPU's IRQ input, whichever bit is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line_taken",
		.text = "The guest takes an IRQ while KVM_IRQ_LINE holds the vCPU's IRQ input "
			"high and IRQs are not masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line_wakes",
		.text = "A vCPU in WFI without a GIC wakes up when its IRQ input is raised.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.fiq_line_wakes",
		.text = "A vCPU in WFI without a GIC wakes up when its FIQ input is raised, even "
			"if it masks FIQs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line_unknown",
		.text = "KVM_IRQ_LINE refuses inputs of a vCPU other than IRQ and FIQ.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.cpu_line_of_unknown_vcpu",
		.text = "KVM_IRQ_LINE refuses an input of a vCPU that does not exist.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "no_gic.type_counts_first",
		.text = "If there is no GIC and the interrupt's number or the vCPU is invalid, "
			"the missing GIC is reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "run_call.argument",
		.text = "KVM_RUN takes no argument: a value other than 0 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "run_call.other_process",
		.text = "The ioctls of a vCPU fail in a process that did not create the VM.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EIO" },
			{ 0 }
		},
	},
	{
		.id = "run_call.unknown_call",
		.text = "A vCPU refuses unknown ioctls, including those that are not KVM's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "run_call.immediate_exit",
		.text = "With immediate_exit set, KVM_RUN returns before the guest executes an "
			"instruction, each time.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINTR" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_unmasked",
		.text = "A pending signal that the mask of KVM_SET_SIGNAL_MASK lets through ends "
			"KVM_RUN, even if the thread blocks it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINTR" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_mask_stays",
		.text = "A signal mask applies to each KVM_RUN until another is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINTR" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_reason",
		.text = "If a signal ends KVM_RUN with EINTR, exit_reason is KVM_EXIT_INTR.",
		.expect = (const struct rule_expect[]) {
			{ "*", "INTR" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_masked",
		.text = "A pending signal that is blocked during KVM_RUN does not end it, and is "
			"not delivered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_mask_restored",
		.text = "When KVM_RUN has returned, the thread's own signal mask is in force "
			"again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "RESTORED" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_mask_bad_length",
		.text = "KVM_SET_SIGNAL_MASK accepts only a signal set of the kernel's size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "run_call.signal_mask_bad_pointer",
		.text = "KVM_SET_SIGNAL_MASK needs an argument that can be read to its end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "run_call.mp_state",
		.text = "KVM_SET_MP_STATE stops a vCPU and makes it runnable again, and "
			"KVM_GET_MP_STATE returns the state that was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "STOPPED" },
			{ 0 }
		},
	},
	{
		.id = "run_call.mp_state_unknown",
		.text = "KVM_SET_MP_STATE refuses states that a vCPU of ARM does not have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "run_call.version",
		.text = "KVM_GET_API_VERSION returns 12.",
		.expect = (const struct rule_expect[]) {
			{ "*", "TWELVE" },
			{ 0 }
		},
	},
	{
		.id = "run_call.system_argument",
		.text = "Calls of /dev/kvm without a parameter refuse values other than 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "run_call.mapping_end",
		.text = "The mapping of a vCPU has no pages beyond the bytes of "
			"KVM_GET_VCPU_MMAP_SIZE.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SIGBUS" },
			{ 0 }
		},
	},
	{
		.id = "together.one_counter",
		.text = "The vCPUs of a VM share one virtual counter: a vCPU never reads less "
			"than another one has read before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.comes_on_again",
		.text = "When PSCI turns a vCPU on, its timers are disabled and its virtual "
			"counter has continued.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.woken_by_one_write",
		.text = "One SGI wakes each of its targets from WFI, however many of them there "
			"are.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.psci_answers",
		.text = "PSCI_VERSION is 0.2 or later, no trusted OS needs migration, and unknown "
			"functions return NOT_SUPPORTED.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.affinity_info",
		.text = "AFFINITY_INFO shows whether a vCPU is on, or at a higher affinity level "
			"whether any vCPU of the group is on; for an affinity that no vCPU has, "
			"it returns INVALID_PARAMETERS.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.affinity_of_any",
		.text = "At a higher affinity level, AFFINITY_INFO returns ON if any vCPU of the "
			"target's group is on, whichever of them the target affinity names.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.affinity_bits",
		.text = "CPU_ON and AFFINITY_INFO return INVALID_PARAMETERS for a target affinity "
			"that differs from a vCPU's in any bit, reserved bits included.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: reserved bits of a target affinity are ignored", false },
			{ 0 }
		},
	},
	{
		.id = "together.system_ends_for_all",
		.text = "SYSTEM_OFF and SYSTEM_RESET turn off all vCPUs, whichever of them are on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.suspended",
		.text = "CPU_SUSPEND with an interrupt pending, even a masked one, returns "
			"SUCCESS, and the interrupt stays pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.woken_after_cpu_on",
		.text = "A vCPU that CPU_ON has turned on is woken from WFI by interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.psci_64_bit_numbers",
		.text = "A 64-bit function number that PSCI does not define returns "
			"NOT_SUPPORTED; in AArch32, every 64-bit function number does.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.load_completed_first",
		.text = "The next KVM_RUN completes a load that exited to user space, with the "
			"data in struct kvm_run at that time, even if immediate_exit prevents "
			"guest entry.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together.woken_by_earlier_timer",
		.text = "If the virtual and the physical timer are enabled, the earlier one wakes "
			"a vCPU from WFI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together_v2.first_access_to_cpu_side",
		.text = "The first read of a CPU interface register returns that register, "
			"whatever the distributor has at the same offset.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "together_device.guest_sees_writes",
		.text = "The guest's next read of a distributor register returns the value that "
			"user space has written to it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cap.irqchip",
		.text = "KVM_CAP_IRQCHIP is reported where the host can provide a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.irq_routing",
		.text = "KVM_CAP_IRQ_ROUTING is reported where the host can provide a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.irqfd",
		.text = "KVM_CAP_IRQFD and KVM_CAP_IRQFD_RESAMPLE are reported where the host can "
			"provide a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.ioeventfd",
		.text = "KVM_CAP_IOEVENTFD and KVM_CAP_IOEVENTFD_ANY_LENGTH are reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.memory",
		.text = "The capabilities of memory slots and KVM_CAP_CHECK_EXTENSION_VM are "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.vcpu",
		.text = "KVM_CAP_ONE_REG, KVM_CAP_MP_STATE, KVM_CAP_IMMEDIATE_EXIT and "
			"KVM_CAP_INTERNAL_ERROR_DATA are reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
	},
	{
		.id = "cap.irq_line_layout",
		.text = "KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 is reported: bits 31 to 28 of "
			"KVM_IRQ_LINE's irq are part of the vCPU's index.",
		.expect = (const struct rule_expect[]) {
			{ "*", "YES" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "armv7l", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "NO",
			  "6.1.. difference: the reference kernel's VMs have at most "
			  "eight vCPUs, for which the older layout suffices", false },
			{ 0 }
		},
	},
	{
		.id = "cap.of_others",
		.text = "Capabilities of other architectures' interrupt controllers are not "
			"reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "NO" },
			{ 0 }
		},
	},
	{
		.id = "cap.unknown",
		.text = "An unknown capability is not reported.",
		.expect = (const struct rule_expect[]) {
			{ "*", "NO" },
			{ 0 }
		},
	},
	{
		.id = "cap.max_vcpus",
		.text = "The last vCPU within KVM_CAP_MAX_VCPUS can be created, and the next one "
			"cannot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "cap.nr_vcpus",
		.text = "KVM_CAP_NR_VCPUS is the number of CPUs that are online, at most "
			"KVM_CAP_MAX_VCPUS.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
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
		.text = "KVM_CREATE_VM accepts every IPA size from 32 bits to the value of "
			"KVM_CAP_ARM_VM_IPA_SIZE.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "ipa.too_small",
		.text = "An IPA size below 32 bits is refused; where the size is fixed, every "
			"size is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "protected",
			  RULE_KERNEL(7, 3), RULE_KERNEL(65535, 65535),
			  "OK",
			  "7.3.. bug: in protected mode the IPA size is ignored: each VM "
			  "has the largest one", false },
			{ 0 }
		},
	},
	{
		.id = "ipa.too_large",
		.text = "An IPA size above the value of KVM_CAP_ARM_VM_IPA_SIZE is refused; where "
			"the size is fixed, every size is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "protected",
			  RULE_KERNEL(7, 3), RULE_KERNEL(65535, 65535),
			  "OK",
			  "7.3.. bug: in protected mode the IPA size is ignored: each VM "
			  "has the largest one", false },
			{ 0 }
		},
	},
	{
		.id = "ipa.unknown_bits",
		.text = "Undefined bits of the VM's type are refused; bit 31, "
			"KVM_VM_TYPE_ARM_PROTECTED, has rules of its own.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "ipa.default_size",
		.text = "A VM of type 0 has an IPA size of 40 bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "FORTY" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "protected",
			  RULE_KERNEL(7, 3), RULE_KERNEL(65535, 65535),
			  "OTHER",
			  "7.3.. bug: in protected mode the IPA size is ignored: each VM "
			  "has the largest one", false },
			{ 0 }
		},
	},
	{
		.id = "ipa.slot_at_limit",
		.text = "For every IPA size, memory may reach the end of the guest physical "
			"address space and no further.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "ipa.of_each_vm",
		.text = "Each VM has its own IPA size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OWN" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "protected",
			  RULE_KERNEL(7, 3), RULE_KERNEL(65535, 65535),
			  "SAME",
			  "7.3.. bug: in protected mode the IPA size is ignored: each VM "
			  "has the largest one", false },
			{ 0 }
		},
	},
	{
		.id = "unprotected.refused",
		.text = "KVM_VM_TYPE_ARM_PROTECTED is refused by a KVM that is not in protected "
			"mode.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "protected.accepted",
		.text = "A KVM in protected mode accepts KVM_VM_TYPE_ARM_PROTECTED, with the "
			"default IPA size and with every other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "protected.addresses",
		.text = "The GIC's addresses can be set once in a protected VM, as in any other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "protected.address_at_limit",
		.text = "The first address after the guest physical address space of a protected "
			"VM is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "protected.legacy_call",
		.text = "A protected VM does not have KVM_ARM_SET_DEVICE_ADDR.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "protected.slot_readonly",
		.text = "A protected VM has no read-only memory slots.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EPERM" },
			{ 0 }
		},
	},
	{
		.id = "protected.slot_logged",
		.text = "A protected VM does not support dirty logging, of a new slot or of an "
			"existing one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EPERM" },
			{ 0 }
		},
	},
	{
		.id = "protected.slot_before_run",
		.text = "The memory slots of a protected VM can be moved and deleted until the VM "
			"has started running.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "protected.runs",
		.text = "A protected VM runs guest code in anonymous memory, and a store to an "
			"address without memory exits with KVM_EXIT_MMIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "protected.slot_after_run",
		.text = "The memory slots of a protected VM can neither be moved nor deleted once "
			"the VM has started running.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EPERM" },
			{ 0 }
		},
	},
	{
		.id = "no_el2.refused",
		.text = "KVM_ARM_VCPU_HAS_EL2 is refused where KVM_CAP_ARM_EL2 answers 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "ENOENT",
			  "5.10..6.12 difference: the feature does not exist in these "
			  "kernels", false },
			{ 0 }
		},
	},
	{
		.id = "nested.feature",
		.text = "KVM_ARM_VCPU_INIT accepts KVM_ARM_VCPU_HAS_EL2 where KVM_CAP_ARM_EL2 "
			"answers 1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "nested.starts_in_el2",
		.text = "A vCPU with KVM_ARM_VCPU_HAS_EL2 starts in EL2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "nested.list_registers",
		.text = "A guest in EL2 has the virtual CPU interface: ICH_VTR_EL2 counts up to "
			"16 list registers, and ICH_LR0_EL2 holds what is written to it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.enable",
		.text = "Interrupt enables read back as set and cleared, in both the set and the "
			"clear register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.pending",
		.text = "Pending state that is set through the registers reads back.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.active",
		.text = "Active state that is set or cleared through the registers reads back.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.active_sgi",
		.text = "SGIs can be made active for one vCPU without being active for another.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.priority",
		.text = "Priorities of all interrupts read back as set, in the five implemented "
			"bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.configuration",
		.text = "The configuration (edge or level) of each SPI reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.route",
		.text = "The target of each SPI (GICv2: a mask of vCPUs, GICv3: an affinity) "
			"reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.interrupt_group",
		.text = "The group of each interrupt reads back as set, on a GICv2 after "
			"GICD_IIDR was written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.control",
		.text = "The enable bit of GICD_CTLR reads back as set, whichever vCPU is named.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.banked",
		.text = "The registers of private interrupts are banked for each vCPU.",
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
		.text = "GICD_TYPER has the number of interrupts and, on a GICv2, of vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.read_only",
		.text = "A write to a read-only register succeeds and changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.iidr_same",
		.text = "GICD_IIDR accepts the value that it reads as.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.iidr_other",
		.text = "GICD_IIDR refuses another implementation, and revisions later than that "
			"of a new GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "registers.iidr_revision",
		.text = "If GICD_IIDR accepts a revision, it reads as that revision.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "registers.beyond_nr_irqs",
		.text = "Registers of interrupts beyond the GIC's number of interrupts are RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers.has",
		.text = "KVM_HAS_DEVICE_ATTR reports each distributor register of the implemented "
			"interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.has_beyond_nr_irqs",
		.text = "KVM_HAS_DEVICE_ATTR does not report registers of interrupts that the GIC "
			"does not have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "registers.unknown_offset",
		.text = "Offsets without a distributor register can be neither read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: an offset without a register is RAZ/WI, although "
			  "KVM_HAS_DEVICE_ATTR does not report it", false },
			{ 0 }
		},
	},
	{
		.id = "registers.has_unknown_offset",
		.text = "KVM_HAS_DEVICE_ATTR does not report offsets without a distributor "
			"register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "registers.misaligned_offset",
		.text = "Offsets that are not multiples of 4 can be neither read nor set, and the "
			"attempt does not change the registers there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: an offset without a register is RAZ/WI, although "
			  "KVM_HAS_DEVICE_ATTR does not report it", false },
			{ 0 }
		},
	},
	{
		.id = "registers.has_misaligned_offset",
		.text = "KVM_HAS_DEVICE_ATTR does not report offsets that are not multiples of 4.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "registers.bad_pointer",
		.text = "A register can be neither set nor read if its value's bytes in memory "
			"are not accessible, in whole or in part.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "registers.four_bytes",
		.text = "A register value has 4 bytes: nothing beyond them is read or written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers.before_init",
		.text = "The first register access initializes a GICv2; an uninitialized GICv3 "
			"refuses the access.",
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
		.text = "Registers can be read and set once all vCPUs have left KVM_RUN.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.groups_without_iidr",
		.text = "User space cannot change the group of an interrupt before it has written "
			"GICD_IIDR.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.created_in_any_order",
		.text = "vCPUs may be created in any order: GICD_TYPER counts all of them, and "
			"each can be a target.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.private_targets",
		.text = "The target of a private interrupt is the vCPU that is named in the "
			"access.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.targets_of_absent_vcpus",
		.text = "Target bits of vCPUs that do not exist read as zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.sgi_pending_by_ispendr",
		.text = "GICD_ISPENDR0 cannot make SGIs pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: a write by user space to GICD_ISPENDR0 "
			  "makes SGIs pending as if the vCPU had sent them to itself", false },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.sgi_sources",
		.text = "The sources of pending SGIs, set and cleared one by one, read back for "
			"each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.unknown_vcpu",
		.text = "Accesses to registers of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.reserved_bits",
		.text = "Bits 63 to 40 of a register's attribute are ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.control",
		.text = "GICC_CTLR of each vCPU reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.priority_mask",
		.text = "GICC_PMR of each vCPU reads back as set, in the lower five bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.binary_points",
		.text = "GICC_BPR and GICC_ABPR of each vCPU read back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.apart",
		.text = "Setting one register of the CPU interface changes no other register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.active_priorities",
		.text = "GICC_APR0 of each vCPU reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.more_active_priorities",
		.text = "All four GICC_APRn exist; those beyond the GIC's priority levels are "
			"RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.iidr",
		.text = "GICC_IIDR can be read and identifies a GICv2 by ARM, as GICD_IIDR does.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.unknown_offset",
		.text = "Registers with side effects (GICC_IAR, EOIR), registers that are derived "
			"from other state (RPR, HPPIR) and offsets without a register are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: an offset without a register is RAZ/WI, although "
			  "KVM_HAS_DEVICE_ATTR does not report it", false },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.misaligned_offset",
		.text = "Offsets in the CPU interface that are not multiples of 4 can be neither "
			"read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: an offset without a register is RAZ/WI, although "
			  "KVM_HAS_DEVICE_ATTR does not report it", false },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.has_unknown_offset",
		.text = "KVM_HAS_DEVICE_ATTR does not report offsets in the CPU interface without "
			"a register to save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.has_dir",
		.text = "KVM_HAS_DEVICE_ATTR does not report GICC_DIR, which has no state to save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "OK",
			  "7.2.. difference: GICC_DIR is reported since the kernel can "
			  "emulate it", false },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.before_init",
		.text = "The first access to a CPU interface register initializes the GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cpu_regs.while_running",
		.text = "CPU interface registers cannot be read or set while any vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "cover.address_on_slot",
		.text = "An address inside a memory slot is accepted.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.slot_on_address",
		.text = "A memory slot over the GIC's regions is accepted.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.slot_moved_onto_address",
		.text = "A memory slot may be moved over the GIC's regions.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.run",
		.text = "A VM with memory slots over both regions runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_by_earlier_slot",
		.text = "If the distributor's address is set inside a memory slot, the guest "
			"finds the memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_by_later_slot",
		.text = "If a memory slot is set over the distributor before the first KVM_RUN, "
			"the guest finds the memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_while_used",
		.text = "If a memory slot is set over the distributor after the guest has used "
			"the distributor, the guest finds the memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_by_moved_slot",
		.text = "If a memory slot is moved over the distributor after the guest has used "
			"the distributor, the guest finds the memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "MEMORY" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_uncovered",
		.text = "After the memory slot over the distributor is deleted, the guest finds "
			"the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.distributor_left",
		.text = "After the memory slot over the distributor is moved away, the guest "
			"finds the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_by_earlier_slot",
		.text = "If the CPU side's address is set inside a memory slot, the guest finds "
			"the CPU interface (GICv3: the memory).",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_by_later_slot",
		.text = "If a memory slot is set over the CPU side before the first KVM_RUN, the "
			"guest finds the CPU interface (GICv3: the memory).",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_while_used",
		.text = "If a memory slot is set over the CPU side after the guest has used the "
			"CPU side, the guest finds the CPU interface (GICv3: the memory).",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_by_moved_slot",
		.text = "If a memory slot is moved over the CPU side after the guest has used the "
			"CPU side, the guest finds the CPU interface (GICv3: the memory).",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3", "MEMORY" },
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_uncovered",
		.text = "After the memory slot over the CPU side is deleted, the guest finds the "
			"CPU side.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "NOTHING",
			  "5.10..6.12 bug: the mapping of the CPU interface is removed "
			  "from stage 2 with the slot's pages and not restored: the "
			  "guest's accesses are MMIO exits from then on", false },
			{ 0 }
		},
	},
	{
		.id = "cover.cpu_side_left",
		.text = "After the memory slot over the CPU side is moved away, the guest finds "
			"the CPU side.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "NOTHING",
			  "5.10..6.12 bug: the mapping of the CPU interface is removed "
			  "from stage 2 with the slot's pages and not restored: the "
			  "guest's accesses are MMIO exits from then on", false },
			{ 0 }
		},
	},
	{
		.id = "cover_huge.cpu_interface",
		.text = "If a huge page of a memory slot is over the CPU interface, the guest "
			"finds the CPU interface, and the memory around it, whichever of the two "
			"it accesses first.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "cover.beside",
		.text = "Memory slots directly before and after a region of the GIC do not affect "
			"the region.",
		.expect = (const struct rule_expect[]) {
			{ "*", "GIC" },
			{ 0 }
		},
	},
	{
		.id = "redist.regions",
		.text = "Redistributor regions of any size can be set, in index order.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist.adjacent_regions",
		.text = "Redistributor regions may be adjacent.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist.without_redistributors",
		.text = "A region without redistributors is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.flags",
		.text = "The flags of a region must be zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.index_left_out",
		.text = "Redistributor regions are set in the order of their indices: an index "
			"can be neither skipped nor set twice.",
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
		.text = "A region whose last redistributor lies outside the guest physical "
			"address space is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is compared with "
			  "the limit", false },
			{ 0 }
		},
	},
	{
		.id = "redist.reads_back",
		.text = "Each region reads back as set, by its index.",
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
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST cannot be set after a region.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.region_after_base",
		.text = "A region cannot be set after KVM_VGIC_V3_ADDR_TYPE_REDIST.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.region_1_after_base",
		.text = "A base set by KVM_VGIC_V3_ADDR_TYPE_REDIST is not a region 0 that a "
			"region 1 can follow.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "OK",
			  "6.1.. bug: a single redistributor base counts as region 0, so "
			  "that a region 1 can follow it", false },
			{ 0 }
		},
	},
	{
		.id = "redist.get_base_of_region",
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST cannot be read if regions are set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: the call returns the first region's base", false },
			{ 0 }
		},
	},
	{
		.id = "redist.get_region_of_base",
		.text = "Regions cannot be read if KVM_VGIC_V3_ADDR_TYPE_REDIST is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: the call returns a region without "
			  "redistributors", false },
			{ 0 }
		},
	},
	{
		.id = "redist.too_few_for_vcpus",
		.text = "KVM_RUN fails if the regions have fewer redistributors than the VM has "
			"vCPUs.",
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
		.text = "KVM_RUN fails if a region overlaps the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.last_of_adjacent",
		.text = "Where one region follows another without a gap, GICR_TYPER.Last marks "
			"only the last redistributor of the two regions together.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: Last marks the last redistributor of each region "
			  "for the guest, and none for user space", false },
			{ 0 }
		},
	},
	{
		.id = "redist.guest_finds_regions",
		.text = "The guest finds its vCPUs' redistributors in the order of the regions, "
			"and GICR_TYPER.Last marks the last redistributor of each region.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.typer",
		.text = "GICR_TYPER of each vCPU has the vCPU's number and affinity, and says "
			"whether the redistributor is the last.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: user space reads GICR_TYPER.Last as zero, unlike "
			  "the guest", false },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.unknown_mpidr",
		.text = "Accesses to the redistributor of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.any_mpidr_for_distributor",
		.text = "The affinity is ignored for the distributor's registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.before_init",
		.text = "Redistributor registers of an uninitialized GICv3 cannot be accessed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.has",
		.text = "KVM_HAS_DEVICE_ATTR reports the redistributor's registers, in both "
			"frames.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not report offsets without a redistributor "
			"register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.lpi_tables",
		.text = "Addresses in GICR_PROPBASER and GICR_PENDBASER read back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.is_the_line",
		.text = "KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO shows the lines that KVM_IRQ_LINE "
			"raised, those of PPIs for each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.round_trip",
		.text = "Lines read back as set; those of SPIs do so with the mpidr of any vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.no_line",
		.text = "SGIs and interrupts beyond the last have no line: they are RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.misaligned",
		.text = "Lines are read and set 32 at a time: a vINTID that is not a multiple of "
			"32 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "level.unknown_info",
		.text = "Information other than VGIC_LEVEL_INFO_LINE_LEVEL is refused, whichever "
			"bit makes it unknown.",
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
		.text = "KVM_HAS_DEVICE_ATTR reports VGIC_LEVEL_INFO_LINE_LEVEL.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "level.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not report information about interrupts other "
			"than VGIC_LEVEL_INFO_LINE_LEVEL.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "level.latch_apart",
		.text = "GICD_ISPENDR of a GICv3 is the latch: the line does not affect it, and a "
			"write of zero clears the latch.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "level.icpendr_is_nothing",
		.text = "GICD_ICPENDR of a GICv3 is RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.priority_mask",
		.text = "ICC_PMR_EL1 of each vCPU reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.binary_points",
		.text = "ICC_BPR0_EL1 and ICC_BPR1_EL1 of each vCPU read back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.group_enables",
		.text = "ICC_IGRPEN0_EL1 and ICC_IGRPEN1_EL1 of each vCPU read back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.active_priorities",
		.text = "ICC_AP0R0_EL1 and ICC_AP1R0_EL1 of each vCPU read back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.control",
		.text = "CBPR and EOImode of ICC_CTLR_EL1 read back as set, and the other fields "
			"do not change.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.control_of_better_host",
		.text = "An ICC_CTLR_EL1 with more priority bits or interrupt id bits than the "
			"host has is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.system_registers_off",
		.text = "ICC_SRE_EL1 cannot turn off the system registers of a GICv3's CPU "
			"interface.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.unknown_register",
		.text = "Registers with side effects, and registers that are not the GIC's, can "
			"be neither read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "ENOENT",
			  "6.1.. difference: an unknown register is refused with ENOENT, "
			  "the error of KVM_GET_ONE_REG", false },
			{ 0 }
		},
	},
	{
		.id = "sysregs.has_unknown_register",
		.text = "KVM_HAS_DEVICE_ATTR does not report system registers that cannot be "
			"saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.has",
		.text = "KVM_HAS_DEVICE_ATTR reports the CPU interface's registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.unknown_mpidr",
		.text = "Accesses to system registers of a vCPU that does not exist are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.before_init",
		.text = "CPU interface registers of an uninitialized GICv3 cannot be accessed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.bad_pointer",
		.text = "A system register's value has 8 bytes, all of which must be accessible.",
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
		.id = "its.create_keeps_lpis",
		.text = "Creating another ITS does not change GICR_PROPBASER.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICR_PROPBASER is set to its reset value, so that "
			  "no more LPIs can be mapped", false },
			{ 0 }
		},
	},
	{
		.id = "its.accepted",
		.text = "Every aligned address inside the guest physical address space is "
			"accepted for an ITS.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.overlap",
		.text = "The regions of two ITSs are not compared: user space has to ensure that "
			"they do not overlap.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.twice",
		.text = "An ITS's address can be set only once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "its.misaligned",
		.text = "An ITS's address that is not a multiple of 64 KiB is refused, whichever "
			"bit is at fault.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its.beyond_limit",
		.text = "An ITS's address outside the guest physical address space is refused, "
			"whichever bit is at fault.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "its.over_limit",
		.text = "An ITS that begins inside the guest physical address space and ends "
			"outside it is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is compared with "
			  "the limit", false },
			{ 0 }
		},
	},
	{
		.id = "its.bad_pointer",
		.text = "An ITS's address can be neither set nor read if its bytes in memory are "
			"not accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its.unknown_type",
		.text = "An ITS has one address type, and any other is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "its.reads_back",
		.text = "An ITS's address reads as all ones until it is set, and then as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SAME" },
			{ 0 }
		},
	},
	{
		.id = "its.has",
		.text = "KVM_HAS_DEVICE_ATTR reports an ITS's address, controls and registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR does not report attributes that an ITS does not have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "its.init",
		.text = "An ITS can be initialized repeatedly, with any addr, and before its "
			"address is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.unknown_control",
		.text = "A control that an ITS does not have is refused, whichever bit makes it "
			"unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "OK",
			  "5.10..6.12 bug: an unknown control succeeds", false },
			{ 0 }
		},
	},
	{
		.id = "its.registers_without_address",
		.text = "Registers of an ITS without an address cannot be accessed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "its.misaligned_offset",
		.text = "Offsets that are not aligned to the size of an ITS register are refused, "
			"by KVM_HAS_DEVICE_ATTR, too.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its.unknown_offset",
		.text = "Offsets without an ITS register are refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "its.register_bad_pointer",
		.text = "An ITS register's value has 8 bytes, all of which must be accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its.command_queue",
		.text = "GITS_CBASER, GITS_CREADR and GITS_CWRITER read back as set, up to the "
			"last command of the largest queue, and setting GITS_CBASER clears "
			"GITS_CREADR.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.beyond_queue",
		.text = "GITS_CREADR and GITS_CWRITER do not take an offset beyond the queue's "
			"end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.creadr_while_enabled",
		.text = "GITS_CREADR of an ITS that is enabled cannot be set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.enabled_without_tables",
		.text = "GITS_CTLR.Enabled stays 0 while the queue or a table is not valid.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.tables_while_enabled",
		.text = "GITS_CBASER and GITS_BASER<n> do not change while the ITS is enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.read_only",
		.text = "A write to a read-only ITS register succeeds and changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.announces_lpis",
		.text = "In a VM with an ITS, GICD_TYPER.LPIS and each GICR_TYPER.PLPIS are 1, "
			"and GICD_TYPER.IDbits has room for LPIs. The upper word of GICR_TYPER is "
			"the vCPU's affinity.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.more_bits_than_typer",
		.text = "MAPD maps nothing if the DeviceID has more than GITS_TYPER.Devbits + 1 "
			"bits, or the EventIDs have more than GITS_TYPER.ID_bits + 1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its.iidr",
		.text = "GITS_IIDR accepts the value that it reads as.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its.iidr_unknown",
		.text = "GITS_IIDR with an unknown revision is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its.reset",
		.text = "After KVM_DEV_ARM_ITS_CTRL_RESET an ITS is disabled and quiescent, "
			"without tables and without a queue.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.delivered",
		.text = "INT makes the LPI of an event pending; the vCPU of the event's "
			"collection acknowledges it once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.pends_once",
		.text = "If an event occurs twice before its LPI is acknowledged, the LPI is "
			"pending only once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.again_before_eoi",
		.text = "An LPI that becomes pending again between acknowledgement and EOI is "
			"acknowledged after the EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.no_active_state",
		.text = "LPIs have no active state: with EOImode 1 they need no write to "
			"ICC_DIR_EL1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.each_vcpu",
		.text = "A collection's LPIs are delivered to the vCPU whose "
			"GICR_TYPER.Processor_Number the collection is mapped to, and to no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.every_intid_bit",
		.text = "An event can be mapped to each INTID from 8192 to 65535.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.every_event_bit",
		.text = "Events whose EventIDs differ in one bit are different events.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.every_device_bit",
		.text = "Events of devices whose DeviceIDs differ in one bit are different events.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.every_collection_bit",
		.text = "Collections whose ICIDs differ in one bit are different collections.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.interrupts_running",
		.text = "An LPI interrupts a vCPU that runs without guest exits of its own.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.wakes_wfi",
		.text = "An LPI wakes a vCPU that waits in WFI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.inv",
		.text = "INV makes a change of an LPI's enable bit take effect; an LPI that is "
			"pending while disabled is delivered once it is enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.mapped_disabled",
		.text = "An LPI whose configuration table entry is disabled when it is mapped is "
			"disabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.invall",
		.text = "INVALL makes changes of all LPIs of a collection take effect, enable "
			"bits and priorities.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.priorities",
		.text = "Pending LPIs are acknowledged in the order of their priorities in the "
			"configuration table; ICC_RPR_EL1 reads as the priority of the active LPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.masked",
		.text = "ICC_PMR_EL1 masks an LPI whose priority is equal to the mask, and not "
			"one whose priority is higher.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.clear",
		.text = "CLEAR removes the pending state of an event's LPI, and keeps the mapping.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.discard",
		.text = "DISCARD removes an event's mapping, and no other's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.discard_pending",
		.text = "DISCARD removes the pending state of the event's LPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: the LPI stays pending, and is delivered", false },
			{ 0 }
		},
	},
	{
		.id = "lpi.mapi",
		.text = "MAPI maps an event to the LPI whose INTID is the EventID.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.movi",
		.text = "MOVI moves an event to another collection, with the pending state of its "
			"LPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.movall",
		.text = "MOVALL moves the pending LPIs of a vCPU to another one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.mapc_again",
		.text = "After MAPC of a mapped collection to another vCPU, later events of the "
			"collection are delivered there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.unmapped_collection",
		.text = "An event of a collection that was unmapped makes nothing pending; other "
			"collections are not affected.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.collection_later",
		.text = "An event can be mapped to a collection that is not mapped yet, and is "
			"delivered once the collection is mapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.unmapped_device",
		.text = "MAPD without V removes all mappings of a device, and no other device's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.remapped",
		.text = "If a device is unmapped while its LPI is pending, the LPI is not pending "
			"twice when the device is mapped again.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.sync",
		.text = "The ITS executes SYNC, and GITS_CREADR moves past it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.malformed",
		.text = "A command with an error changes no mapping and makes nothing pending, "
			"and the commands after it are executed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.queue_wraps",
		.text = "Commands are executed in the order of the queue, which wraps around at "
			"the size that GITS_CBASER gives.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.disabled_its",
		.text = "A disabled ITS executes no commands and keeps its mappings; when it is "
			"enabled, it executes the commands in the queue.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.two_its",
		.text = "Two ITSs of a VM have mappings of their own: the same DeviceID and "
			"EventID stand for different LPIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.id_bits",
		.text = "An event cannot be mapped to an LPI beyond GICR_PROPBASER.IDbits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.id_bits_too_many",
		.text = "If GICR_PROPBASER.IDbits is larger than GICD_TYPER.IDbits, LPIs have as "
			"many bits as GICD_TYPER.IDbits says.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.tables_fixed",
		.text = "GICR_PROPBASER does not change while LPIs are enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.pending_table_fixed",
		.text = "GICR_PENDBASER does not change while LPIs are enabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.lpis_disabled",
		.text = "A vCPU whose GICR_CTLR.EnableLPIs is 0 gets no LPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.pending_table",
		.text = "Exactly the LPIs that are pending in the pending table are delivered, "
			"once each, whether they are mapped before LPIs are enabled or after.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.turned_off",
		.text = "After GICR_CTLR.EnableLPIs has been cleared, a vCPU gets no LPI, not "
			"even one that is pending; when the bit is set again, it gets LPIs. With "
			"GICR_CTLR.CES the bit can be cleared.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.turned_on_again",
		.text = "GICR_CTLR.EnableLPIs reads as 1 after it was set. Setting it again "
			"changes no pending state.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.invlpir",
		.text = "With GICR_CTLR.IR, a write to GICR_INVLPIR makes a change of the "
			"configuration table effective for the LPI. Writing an INTID that is not "
			"an LPI, or an unmapped LPI, changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.invallr",
		.text = "With GICR_CTLR.IR, a write to GICR_INVALLR makes changes of the "
			"configuration table effective for the LPIs of the vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.one_access",
		.text = "GICR_PROPBASER, GICR_PENDBASER and GITS_CWRITER can be written with one "
			"access of 64 bits. GICR_PENDBASER.PTZ reads as 0, and GITS_CREADR is "
			"read-only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.msi",
		.text = "KVM_SIGNAL_MSI to an ITS makes the LPI of the device's event pending, "
			"according to the mapping at that time.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.msi_interrupts_running",
		.text = "KVM_SIGNAL_MSI interrupts a vCPU that runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "lpi.pending_restored",
		.text = "LPIs that were pending when the pending tables and the ITS's tables were "
			"saved are delivered in another VM that restores the tables; the mappings "
			"work there.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi.delivered",
		.text = "KVM_SIGNAL_MSI of a mapped event returns a value above 0, even while the "
			"LPI is pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DELIVERED" },
			{ 0 }
		},
	},
	{
		.id = "msi.pending_at_vcpu",
		.text = "KVM_SIGNAL_MSI makes the LPI pending at the vCPU of its collection, and "
			"at no other.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi.unmapped_event",
		.text = "KVM_SIGNAL_MSI of an event that is not mapped returns 0, whichever bit "
			"distinguishes it from a mapped one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "BLOCKED" },
			{ 0 }
		},
	},
	{
		.id = "msi.unmapped_device",
		.text = "KVM_SIGNAL_MSI of a device that is not mapped returns 0, whichever bit "
			"distinguishes it from a mapped one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "BLOCKED" },
			{ 0 }
		},
	},
	{
		.id = "msi.unmapped_collection",
		.text = "KVM_SIGNAL_MSI of an event whose collection is not mapped returns 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "BLOCKED" },
			{ 0 }
		},
	},
	{
		.id = "msi.disabled_lpi",
		.text = "KVM_SIGNAL_MSI makes an LPI pending even if it is disabled.",
		.expect = (const struct rule_expect[]) {
			{ "*", "DELIVERED" },
			{ 0 }
		},
	},
	{
		.id = "msi.its_disabled",
		.text = "KVM_SIGNAL_MSI to an ITS that is disabled fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "msi.lpis_disabled",
		.text = "KVM_SIGNAL_MSI for a vCPU whose LPIs are disabled fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "msi.its_by_address",
		.text = "The address of an MSI says which of several ITSs translates it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi.without_device",
		.text = "KVM_SIGNAL_MSI to an ITS needs KVM_MSI_VALID_DEVID.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "msi.without_device_again",
		.text = "KVM_SIGNAL_MSI to an ITS needs KVM_MSI_VALID_DEVID even for an event "
			"that was delivered before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: the flag is not checked if the translation of "
			  "device and event is cached", false },
			{ 0 }
		},
	},
	{
		.id = "msi.unknown_flag",
		.text = "KVM_SIGNAL_MSI refuses undefined flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "msi.other_address",
		.text = "KVM_SIGNAL_MSI refuses an address that is not the GITS_TRANSLATER of an "
			"ITS, whichever of its 64 bits is wrong.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "msi.other_register",
		.text = "KVM_SIGNAL_MSI refuses addresses of an ITS other than that of "
			"GITS_TRANSLATER.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: each address of the ITS's 128 KiB counts "
			  "as GITS_TRANSLATER", false },
			{ 0 }
		},
	},
	{
		.id = "msi.without_address",
		.text = "KVM_SIGNAL_MSI is refused while the ITS has no address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "msi.bad_pointer",
		.text = "KVM_SIGNAL_MSI refuses an argument that cannot be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "msi.device_required",
		.text = "KVM_CAP_MSI_DEVID is 1 for a VM with an ITS, and 0 for other VMs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi.capability",
		.text = "KVM_CAP_SIGNAL_MSI is available.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "no_msi.without_gic",
		.text = "KVM_SIGNAL_MSI is refused in a VM without a GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "no_msi.without_its",
		.text = "KVM_SIGNAL_MSI is refused in a VM whose GIC has no ITS.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.delivered",
		.text = "If the GSI of an irqfd has a route of type KVM_IRQ_ROUTING_MSI, an event "
			"of the irqfd makes the LPI of the route's device and event pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.replaced",
		.text = "A new table replaces the route of a GSI to an MSI, even for irqfds that "
			"are already assigned.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.unmapped",
		.text = "An event of an irqfd that is routed to the MSI of an unmapped event "
			"makes nothing pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.other_address",
		.text = "An event of an irqfd that is routed to an address whose upper half is "
			"not that of the ITS makes nothing pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.without_device",
		.text = "An event of an irqfd whose route to an ITS lacks KVM_MSI_VALID_DEVID "
			"makes nothing pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.lowered",
		.text = "Lowering the level of a GSI that is routed to an MSI makes nothing "
			"pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.accepted",
		.text = "KVM_SET_GSI_ROUTING accepts routes to MSIs, beside those to pins.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.not_checked",
		.text = "KVM_SET_GSI_ROUTING accepts a route to an MSI without looking for the "
			"ITS or the device.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.unknown_flag",
		.text = "KVM_SET_GSI_ROUTING refuses flags of a route to an MSI other than "
			"KVM_MSI_VALID_DEVID.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.one_of_gsi",
		.text = "A GSI that has a route to an MSI has no other route.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "msi_route.not_of_irq_line",
		.text = "Routes to MSIs do not apply to KVM_IRQ_LINE.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.every_bit",
		.text = "Each bit of a command's opcode, DeviceID, EventID and ICID counts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.absent_vcpu",
		.text = "MAPC and MOVALL with a vCPU that does not exist change nothing, "
			"whichever bit of its number is wrong.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.event_beyond",
		.text = "MAPTI maps no EventID that has more bits than MAPD gave the device.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.collection_beyond",
		.text = "Neither MAPC nor MAPTI accepts an ICID that is beyond the collection "
			"table.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.movi_unmapped",
		.text = "MOVI moves no event to a collection that is not mapped, and none from "
			"such a collection.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.mapd_again",
		.text = "MAPD of a mapped device gives it the new ITT, without its earlier events.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.unmap_any_size",
		.text = "MAPD without V unmaps a device whatever its Size says.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_commands.configuration_outside",
		.text = "An event that was mapped while its LPI's configuration was outside of "
			"memory can be mapped again once the configuration is in memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.devices",
		.text = "KVM_DEV_ARM_ITS_SAVE_TABLES writes a device's entry at its DeviceID: V, "
			"the offset of the next device, the ITT's address, and the number of "
			"EventID bits minus one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.events",
		.text = "KVM_DEV_ARM_ITS_SAVE_TABLES writes an event's entry at its EventID in "
			"the ITT: the offset of the next event, the LPI and the ICID.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.collections",
		.text = "KVM_DEV_ARM_ITS_SAVE_TABLES writes an entry of each collection: V, the "
			"vCPU and the ICID.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.terminator",
		.text = "A save writes an invalid entry after the last collection, whatever was "
			"there before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.terminator_moves",
		.text = "If GITS_BASER<n> is changed to another collection table, a save writes "
			"an invalid entry after the last collection there, too.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.nothing_mapped",
		.text = "Tables of an ITS without devices and collections can be saved and "
			"restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.two_pages",
		.text = "A device table has GITS_BASER<n>.Size + 1 pages, and a device beyond "
			"them cannot be mapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.indirect",
		.text = "With a device table of two levels, entries are in its second level; an "
			"offset to the next device beyond 2^14 - 1 is saved as 2^14 - 1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.indirect_restored",
		.text = "Devices of a table of two levels are restored, even if the distance to "
			"the next device is too large for an entry's offset.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.no_second_level",
		.text = "A device cannot be mapped if its entry in the first level is not valid, "
			"or names a second level outside of memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.device_bits",
		.text = "A device can be mapped if its DeviceID has at most GITS_TYPER.Devbits + "
			"1 bits, and not if it has more, even where the table has room.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.event_bits",
		.text = "A device may have GITS_TYPER.ID_bits + 1 bits of EventIDs: the last "
			"event can be signalled, saved and restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.moved_event",
		.text = "An event belongs to the collection to which MOVI has moved it: a save "
			"writes that ICID, and the old collection can be unmapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.restored",
		.text = "An ITS that has restored the tables of another VM's ITS translates as "
			"that ITS did, to the same LPIs and vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.two_pages_restored",
		.text = "KVM_DEV_ARM_ITS_RESTORE_TABLES reads all pages of a device table.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.restored_sparse",
		.text = "KVM_DEV_ARM_ITS_RESTORE_TABLES follows the offsets of devices and events.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.reserved_bits",
		.text = "KVM_DEV_ARM_ITS_RESTORE_TABLES ignores the reserved bits of a "
			"collection's entry.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.restored_to_last",
		.text = "KVM_DEV_ARM_ITS_RESTORE_TABLES reads nothing after the last device, "
			"event and collection.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.discarded_event",
		.text = "An event that was discarded after it was saved is not restored from a "
			"later save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the event's entry stays in memory, and is restored", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.discarded_last_event",
		.text = "A device's last event, discarded after it was saved, is not restored "
			"from a later save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the event's entry stays in memory, and is restored", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.unmapped_device",
		.text = "A device that was unmapped after it was saved is not restored from a "
			"later save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the device's entry stays in memory, and is restored "
			  "with its events", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.unmapped_last_device",
		.text = "An ITS's only device, unmapped after it was saved, is not restored from "
			"a later save.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the device's entry stays in memory, and is restored "
			  "with its events", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.unmapped_collection",
		.text = "Tables can be saved while an event's collection is unmapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "OOPS",
			  "5.10..6.12 bug: the kernel dereferences NULL and crashes, so "
			  "the test is skipped", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.collection_never_mapped",
		.text = "Tables can be saved and restored while an event's collection was never "
			"mapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.intid_too_low",
		.text = "Tables with an event of an INTID below 8192 are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.intid_too_high",
		.text = "Tables with an event of an INTID beyond GICR_PROPBASER.IDbits are not "
			"restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: INTIDs are not compared with "
			  "GICR_PROPBASER.IDbits, and the configuration is read from "
			  "beyond the table", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.unknown_collection",
		.text = "Tables with an event of a collection that has no entry are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.unknown_vcpu",
		.text = "Tables with a collection of a vCPU that does not exist are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.collection_outside",
		.text = "Tables with a collection whose ICID is beyond the collection table are "
			"not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: restored ICIDs are not compared with the size of "
			  "the collection table", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.collection_twice",
		.text = "Tables with two entries for one collection are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EEXIST",
			  "5.10.. difference: a second entry is refused with EEXIST, "
			  "which the documentation does not name", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.event_bits_too_many",
		.text = "Tables with a device that has more EventID bits than GITS_TYPER allows "
			"are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: the number of bits is not checked", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.next_event_outside",
		.text = "Tables with an event whose offset to the next one leads out of the ITT "
			"are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.next_device_outside",
		.text = "Tables with a device whose offset to the next one leads out of the table "
			"are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: the restore ends at such a device, as at "
			  "the last one", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.itt_outside",
		.text = "Tables with an ITT outside of the guest's memory are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.lpi_tables_outside",
		.text = "Tables with an event are not restored if an LPI's configuration or "
			"pending state is outside of the guest's memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.table_outside",
		.text = "Tables outside of the guest's memory are not restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.second_level_outside",
		.text = "A device table is not restored if a second level is outside of the "
			"guest's memory, or if the first level names itself as a second level.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.save_devices_outside",
		.text = "A device table outside of the guest's memory is not saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "EINVAL",
			  "5.10..6.12 difference: an address without memory counts as a "
			  "DeviceID out of range", false },
			{ "*", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "OK",
			  "7.2.. difference: devices without memory for their entries "
			  "are left out", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.save_collections_outside",
		.text = "A collection table outside of the guest's memory is not saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.event_outside",
		.text = "An event whose entry in the ITT would be outside of the guest's memory "
			"cannot be mapped.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: the ITT's address is not checked, and the tables "
			  "cannot be saved afterwards", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.second_level_gone",
		.text = "A device whose second level the guest has made invalid is left out when "
			"tables are saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "EINVAL",
			  "5.10..6.12 difference: one such device prevents all devices "
			  "from being saved", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.usable_after_refusal",
		.text = "An ITS whose tables were refused can be reset and used.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.restored_after_refusal",
		.text = "A refused restore leaves nothing in the ITS: corrected tables are then "
			"restored, without a reset.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: collections and devices that were restored before "
			  "the error remain, and the next restore fails with EEXIST", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.invalid_table",
		.text = "A device table that is made invalid while the ITS is disabled unmaps all "
			"devices.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.invalid_collections",
		.text = "A collection table that is made invalid while the ITS is disabled unmaps "
			"all collections.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.reset",
		.text = "KVM_DEV_ARM_ITS_CTRL_RESET removes all devices, events and collections.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.reset_one",
		.text = "KVM_DEV_ARM_ITS_CTRL_RESET resets only the ITS that it is called on, not "
			"the VM's other ITSs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.reset_keeps_memory",
		.text = "KVM_DEV_ARM_ITS_CTRL_RESET leaves the tables in guest memory.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.reset_revision",
		.text = "KVM_DEV_ARM_ITS_CTRL_RESET does not change the revision of the tables' "
			"layout in GITS_IIDR.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.entry_sizes",
		.text = "GITS_TYPER and GITS_BASER<n> say that entries have 8 bytes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.without_tables",
		.text = "Where GITS_BASER<n> are not valid, no table is saved or restored, and "
			"the calls succeed: a VM can be saved before its guest uses the ITS.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.without_address",
		.text = "Tables of an ITS without an address cannot be saved or restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. difference: an ITS without an address has nothing to "
			  "save or restore, and the calls succeed", false },
			{ 0 }
		},
	},
	{
		.id = "its_tables.while_running",
		.text = "Tables cannot be saved or restored, nor an ITS reset, while any vCPU "
			"runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "its_tables.registers_while_running",
		.text = "Registers of an ITS cannot be accessed while any vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.while_running",
		.text = "Pending tables cannot be saved while any vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.saved",
		.text = "KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES writes the pending bit of each LPI "
			"into the table of its vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.cleared",
		.text = "KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES clears the bit of an LPI that is "
			"not pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.first_kilobyte",
		.text = "KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES does not change the first 1024 "
			"bytes of a table.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.first_and_last",
		.text = "The bits of LPI 8192 and of LPI 65535 are in the table.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.other_vcpu",
		.text = "If a vCPU's LPIs are enabled, LPIs of other vCPUs stay pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.not_initialized",
		.text = "Pending tables of a GIC that is not initialized cannot be saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: a GIC that is not initialized has nothing to save, "
			  "and the call succeeds", false },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.outside",
		.text = "Pending tables outside of the guest's memory cannot be saved.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "pending_tables.has",
		.text = "KVM_HAS_DEVICE_ATTR reports KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "saved.equal",
		.text = "All registers of a GIC that is restored in another VM read there as they "
			"did before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EQUAL" },
			{ 0 }
		},
	},
	{
		.id = "saved.each_vcpu",
		.text = "Each of eight vCPUs has its own enables and priorities of PPIs, priority "
			"mask and active priorities, and on a GICv2 its own bit in GICD_ITARGETSR.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EQUAL" },
			{ 0 }
		},
	},
	{
		.id = "saved.restored_over_other",
		.text = "State that is restored to a used GIC replaces all state of that GIC, and "
			"the saved VM's GIC does not change.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EQUAL" },
			{ 0 }
		},
	},
	{
		.id = "saved.pending",
		.text = "An SPI that was pending when saved is acknowledged once by the guest of "
			"the VM in which it is restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.enabled_last",
		.text = "A pending SPI is delivered even if GICD_CTLR is restored after "
			"everything else.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that was made pending while the "
			  "distributor was disabled is not delivered after the "
			  "distributor is enabled, until the interrupt changes again", false },
			{ 0 }
		},
	},
	{
		.id = "saved.irq_enabled_last",
		.text = "A pending SPI is delivered even if user space enables it, by "
			"GICD_ISENABLER, after everything else is restored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.active",
		.text = "An SPI that was active when saved holds back the next interrupt until "
			"the restored guest's EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.only_active",
		.text = "An SPI and a PPI that were active and not pending when saved are "
			"deactivated by the restored guest's EOIs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.active_on_other",
		.text = "Restored state replaces the state of a VM that has run: an SPI that is "
			"active in the restored state is deactivated by its target's EOI, even if "
			"the SPI was active on another vCPU before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: while a vCPU's list of interrupts has the SPI, a "
			  "change of GICD_ISACTIVER leaves the SPI in that list: the "
			  "target's EOI finds no active interrupt", false },
			{ 0 }
		},
	},
	{
		.id = "saved.level_active",
		.text = "The pending state of an active level-sensitive SPI is restored: "
			"GICD_ISPENDR of a GICv2 includes the line and is latched by the write; "
			"that of a GICv3 is the latch alone.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*_v2", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: a latch set while the interrupt is active is lost "
			  "at its EOI; see vgic.level_set_while_active", false },
			{ 0 }
		},
	},
	{
		.id = "saved.level_pending",
		.text = "A level-sensitive SPI that was pending because of its line when saved is "
			"acknowledged once by the guest of the VM in which it is restored, even "
			"if that VM's line is not raised.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.priority_mask",
		.text = "The saved priority mask and priorities decide what the restored guest "
			"acknowledges.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "armv7_saved.mask_moves_pending",
		.text = "If user space restores a GICC_PMR that masks a pending SPI, the SPI goes "
			"to another target that does not mask it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.seen_by_guest",
		.text = "A guest reads the value that user space restores, even if it has read "
			"the register before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "saved.sgi",
		.text = "An SGI that was pending when saved is acknowledged once in the VM in "
			"which it is restored, with its source.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_by_two",
		.text = "If two threads set one address at once to different values, one call "
			"succeeds and its value is kept.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_by_four",
		.text = "If four threads set one address at once to different values, one call "
			"succeeds and its value is kept.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_by_eight",
		.text = "If eight threads set one address at once to different values, one call "
			"succeeds and its value is kept.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.same_value",
		.text = "If four threads set one address at once to the same value, one call "
			"succeeds.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_v3_region", "EINVAL" },
			{ "*", "EEXIST" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_redist", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a second redistributor base is refused as a mix "
			  "with redistributor regions", false },
			{ 0 }
		},
	},
	{
		.id = "race_address.set_and_bad_value",
		.text = "A misaligned value that another thread sets at the same time does not "
			"prevent an address from being set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_read.set_and_get",
		.text = "An address that is read while it is set reads as unset or as set, never "
			"as a mix.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_both",
		.text = "If two threads set the GIC's two addresses at once, both calls succeed, "
			"and the guest finds the distributor where it was set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.create_by_two",
		.text = "If two threads create the GIC at once, one call succeeds, the other "
			"leaves no file descriptor, and the GIC accepts an address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race.create_by_four",
		.text = "If four threads create the GIC at once, one call succeeds, the others "
			"leave no file descriptor, and the GIC accepts an address.",
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
			{ "*", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "EBUSY",
			  "7.2.. difference: the GIC is refused while another thread is "
			  "in KVM_CREATE_VCPU, and can be created afterwards", true },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_run",
		.text = "If the last address is set while a vCPU enters its first KVM_RUN, "
			"KVM_RUN succeeds only if the address was set, and fails with ENXIO "
			"otherwise.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.two_first_runs",
		.text = "Two vCPUs of a complete VM that enter their first KVM_RUN at once both "
			"run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.first_runs_find_gic",
		.text = "Two vCPUs that enter the VM's first KVM_RUN at once both find the "
			"distributor where it was set, from their first instruction on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(6, 1),
			  "LOST",
			  "6.1 bug: the second vCPU can run before the first has "
			  "registered the distributor; until then, accesses to its "
			  "registers are MMIO exits", true },
			{ 0 }
		},
	},
	{
		.id = "race.two_failing_runs",
		.text = "If two vCPUs enter their first KVM_RUN at once while an address is "
			"missing, both calls fail: the first with ENXIO, the second with ENXIO or "
			"EIO.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.create_and_run",
		.text = "If the GIC is created while a vCPU enters the VM's first KVM_RUN, either "
			"the GIC is refused with EBUSY and the vCPU runs, or KVM_RUN fails for "
			"lack of addresses.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_slot",
		.text = "An address and a memory slot can be set at once, and a vCPU runs from "
			"that slot.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_close_vm",
		.text = "An address that is set while another thread closes the VM's file "
			"descriptor is either set in the VM, which its vCPU keeps alive, or "
			"refused with EBADF.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race.set_and_exit",
		.text = "A process may exit or be killed while its threads set addresses; the "
			"next VM has its GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_gicv2.vcpu_and_run",
		.text = "A vCPU that is created while another enters the VM's first KVM_RUN is "
			"refused with EBUSY, or runs, too.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EBUSY",
			  "5.10.. bug: the first KVM_RUN fails while another thread is in "
			  "KVM_CREATE_VCPU, although either order is valid; from 6.1 on, "
			  "a VM whose first KVM_RUN failed is dead", true },
			{ 0 }
		},
	},
	{
		.id = "race_vm.set_and_create",
		.text = "An address that is set during KVM_CREATE_IRQCHIP is either refused with "
			"ENODEV and can be set afterwards, or kept.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_vm.set_and_create_device",
		.text = "An address that the VM ioctl sets during KVM_CREATE_DEVICE is either "
			"refused with ENODEV and can be set afterwards, or kept.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_vm.create_by_both_calls",
		.text = "If KVM_CREATE_IRQCHIP and KVM_CREATE_DEVICE are called at once, one call "
			"succeeds, and the GIC accepts an address by the VM ioctl.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race_vm.set_by_both_calls",
		.text = "If the VM ioctl and the device attribute set one address at once, one "
			"call succeeds and its value is kept.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "race_device.set_and_close",
		.text = "An address that is set while another thread closes the device's file "
			"descriptor is either set in the VM, or refused with EBADF.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.set_and_nr_irqs",
		.text = "An address and the number of interrupts can be set at once, and both "
			"take effect.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.set_and_init",
		.text = "An address can be set while another thread initializes the GIC, and the "
			"VM runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.nr_irqs_and_init",
		.text = "A number of interrupts that is set while another thread initializes the "
			"GIC takes effect, or is refused with EBUSY and the GIC has 256 "
			"interrupts.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
	},
	{
		.id = "race_device.vcpu_and_init",
		.text = "A vCPU that is created while another thread initializes the GIC is "
			"refused with EBUSY, or runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ORDERED" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "EBUSY",
			  "5.10.. difference: initialization is refused while another "
			  "thread is in KVM_CREATE_VCPU, and succeeds afterwards", true },
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
		.text = "A 32-bit process that inherits an open /dev/kvm cannot use it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "compat.vcpu_calls",
		.text = "A 32-bit process that inherits a vCPU cannot run it; its owner can.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "compat_address.set",
		.text = "A 32-bit process that inherits a VM, or its GIC, cannot set an address; "
			"its owner can.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "model.sequences",
		.text = "After any sequence of calls, on any VMs, each call returns what these "
			"rules say.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "accesses.sequences",
		.text = "After any sequence of accesses to its GIC, each access of a guest reads "
			"what the architecture defines.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_id.high_bits",
		.text = "All bits of KVM_CREATE_VCPU's argument are significant: an id of more "
			"than 32 bits is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "OK",
			  "5.10..6.1 bug: bits 63 to 32 are lost: vCPU 0x100000000 is "
			  "vCPU 0", false },
			{ 0 }
		},
	},
	{
		.id = "sparse.line_by_id",
		.text = "KVM_IRQ_LINE names a vCPU by its id, even if ids have gaps and differ "
			"from the order of creation.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "INDEX",
			  "5.10 difference: the number is the vCPU's index, as documented", false },
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "6.1 bug: the vCPU is looked up by its index, and its id is "
			  "then used as an index; the vCPU's timer interrupt is lost in "
			  "the same way, with a warning in the kernel log", false },
			{ 0 }
		},
	},
	{
		.id = "sparse_device.register_by_id",
		.text = "Register attributes name a vCPU by its id, even if ids have gaps.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "sparse_device.absent_targets",
		.text = "GICD_ITARGETSR has no bits of vCPUs that do not exist, even if ids have "
			"gaps.",
		.expect = (const struct rule_expect[]) {
			{ "*", "RAZ" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "INDEX",
			  "5.10.. difference: the bits are those of the vCPUs' indices, "
			  "not of their ids", false },
			{ 0 }
		},
	},
	{
		.id = "mixed_redists.region_after_base",
		.text = "Redistributors are either at one base or in regions: once the base is "
			"set, every region is refused, whatever its index.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "OK",
			  "6.1.. bug: a single redistributor base counts as region 0, so "
			  "that a region 1 can follow it", false },
			{ 0 }
		},
	},
	{
		.id = "legacy_beside_v3.set",
		.text = "The VM ioctl sets addresses of a GICv2 only: it does not know the "
			"address types of a GICv3, not even in a VM with a GICv3.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: the call accepts every address type that a GIC "
			  "device has as an attribute", false },
			{ 0 }
		},
	},
	{
		.id = "fields.reset",
		.text = "Each register of the distributor and the redistributors has its reset "
			"value, for each vCPU and each INTID; fields of interrupts that do not "
			"exist are zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "fields.bits",
		.text = "Each bit that can be written is set and cleared as its register defines, "
			"for each INTID; all other bits are RAZ/WI or read-only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_gicd_ctlr_enablegrp1", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_CTLR.EnableGrp1 is RAZ/WI, and EnableGrp0 "
			  "enables both groups", false },
			{ "devattr_v2_gicd_spendsgir_absent", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_SPENDSGIR makes SGIs pending from vCPUs that "
			  "do not exist", false },
			{ 0 }
		},
	},
	{
		.id = "fields.banked",
		.text = "A vCPU's own registers of private interrupts are independent of another "
			"vCPU's, and registers of SPIs are the same for all.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_gicd_ctlr_enablegrp1", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_CTLR.EnableGrp1 is RAZ/WI, and EnableGrp0 "
			  "enables both groups", false },
			{ "devattr_v2_gicd_spendsgir_absent", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_SPENDSGIR makes SGIs pending from vCPUs that "
			  "do not exist", false },
			{ 0 }
		},
	},
	{
		.id = "fields.widths",
		.text = "An access of a width that a register supports reads or writes only its "
			"part of the register; accesses of other widths are RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_gicd_ctlr_enablegrp1", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_CTLR.EnableGrp1 is RAZ/WI, and EnableGrp0 "
			  "enables both groups", false },
			{ "devattr_v2_gicd_spendsgir_absent", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_SPENDSGIR makes SGIs pending from vCPUs that "
			  "do not exist", false },
			{ 0 }
		},
	},
	{
		.id = "fields.others",
		.text = "A write to a register changes no other register, except those that show "
			"the same state; a write to bits that cannot be written changes nothing.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "fields_cpu.reset",
		.text = "Each register of the CPU interface has its reset value on each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "fields_cpu.bits",
		.text = "Each bit of the CPU interface that can be written is set and cleared; "
			"all other bits are RAZ/WI or read-only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "fields_cpu.banked",
		.text = "Each vCPU has its own CPU interface.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "fields_user.reset",
		.text = "User space reads each register's reset value, for each vCPU and each "
			"INTID; fields of interrupts that do not exist are zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v3_gicr_typer", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: user space reads GICR_TYPER.Last as zero, unlike "
			  "the guest", false },
			{ 0 }
		},
	},
	{
		.id = "fields_user.bits",
		.text = "User space restores each bit that the register has, for each INTID; all "
			"other bits are RAZ/WI or read-only.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_gicd_ctlr_enablegrp1", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_CTLR.EnableGrp1 is RAZ/WI, and EnableGrp0 "
			  "enables both groups", false },
			{ "devattr_v2_gicd_spendsgir_absent", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_SPENDSGIR makes SGIs pending from vCPUs that "
			  "do not exist", false },
			{ 0 }
		},
	},
	{
		.id = "fields_user.banked",
		.text = "User space restores registers of private interrupts for each vCPU "
			"separately, and registers of SPIs for all vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "devattr_v2_gicd_ctlr_enablegrp1", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_CTLR.EnableGrp1 is RAZ/WI, and EnableGrp0 "
			  "enables both groups", false },
			{ "devattr_v2_gicd_spendsgir_absent", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_SPENDSGIR makes SGIs pending from vCPUs that "
			  "do not exist", false },
			{ 0 }
		},
	},
	{
		.id = "fields_views.agree",
		.text = "User space reads what the guest has written to a register, and the guest "
			"reads what user space has written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.each_sgi",
		.text = "Each of the 16 SGIs goes from each vCPU to each vCPU of a target list "
			"and to no other; on a GICv2, the acknowledgement names the sender.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.one_sgi",
		.text = "Each of the 16 SGIs, sent to all other vCPUs, reaches each of them with "
			"its INTID, and no other interrupt does.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.each_ppi",
		.text = "Each PPI that no timer uses is delivered to its vCPU alone, whether a "
			"register or its line makes it pending.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.ppi_of_eight",
		.text = "KVM_IRQ_LINE sets the line of a PPI for the vCPU that it names, for each "
			"of eight vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.each_spi",
		.text = "SPIs up to the last of 992 INTIDs are delivered to the vCPU that they "
			"are routed to: when set pending, once for an edge, and repeatedly while "
			"a level is high.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.all_spis",
		.text = "SPIs over the whole range that are pending at once are all delivered, "
			"each once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.each_priority",
		.text = "An interrupt is acknowledged if the priority mask is lower than its "
			"priority, not if the mask is equal or higher, so that the lowest of the "
			"32 priorities is always masked; the running priority is the interrupt's "
			"until its EOI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.all_priorities",
		.text = "Interrupts of all priorities but the lowest that are pending at once are "
			"acknowledged in the order of their priorities.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.wakes_all",
		.text = "An SGI to several vCPUs that sleep in WFI wakes all of them.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery.distributor_on",
		.text = "When GICD_CTLR is enabled, each vCPU gets its pending PPI, which wakes "
			"it from WFI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: an interrupt that is raised while GICD_CTLR is "
			  "disabled is lost; see vgic.distributor_off", false },
			{ 0 }
		},
	},
	{
		.id = "delivery_v2.each_target",
		.text = "An SPI goes to exactly one of the vCPUs in GICD_ITARGETSR, for each set "
			"of vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v2.equal_mask",
		.text = "If the GICC_PMR of one of an SPI's two targets equals the SPI's "
			"priority, the SPI goes to the other target.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target masks it", false },
			{ 0 }
		},
	},
	{
		.id = "delivery_v2.mask_moves",
		.text = "If the first of an SPI's two targets masks the SPI while it is pending "
			"there, the SPI goes to the second target.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: the SPI goes to the first of several "
			  "targets, even if that target masks it", false },
			{ 0 }
		},
	},
	{
		.id = "delivery_v2.one_vcpu_targets",
		.text = "With one vCPU, GICD_ITARGETSR is RAZ/WI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: GICD_ITARGETSR of a guest with one vCPU is "
			  "not RAZ/WI", false },
			{ 0 }
		},
	},
	{
		.id = "only_vcpu.interrupts",
		.text = "A VM's only vCPU, whatever its id, gets all interrupts: PPIs, SGIs to "
			"itself, and SPIs with all targets.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v2.each_group",
		.text = "GICC_IAR acknowledges an interrupt of group 0; for an interrupt of group "
			"1, GICC_IAR returns 1022 unless GICC_CTLR.AckCtl is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v2.distributor_groups",
		.text = "GICD_CTLR enables each group separately: an interrupt of a disabled "
			"group is pending and is not forwarded.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: GICD_CTLR.EnableGrp1 is RAZ/WI, and EnableGrp0 "
			  "enables both groups", false },
			{ 0 }
		},
	},
	{
		.id = "delivery_v3.each_route",
		.text = "An SPI goes to the vCPU of the affinity in GICD_IROUTER, and to none if "
			"no vCPU has it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v3.route_at_reset",
		.text = "An SPI whose GICD_IROUTER was never written goes to the vCPU of the "
			"affinity that the register reads as.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v3.two_clusters",
		.text = "With 18 vCPUs in two clusters, an SGI reaches exactly the vCPUs that "
			"ICC_SGI1R_EL1 names: one in either cluster, all in one cluster, or all "
			"but the sender; a vCPU that does not exist is ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v3.sgi_of_group0",
		.text = "With one security state, ICC_SGI0R_EL1 makes an SGI pending only if the "
			"SGI is in group 0 at the target.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "delivery_v3.redistributors_of_clusters",
		.text = "With 18 vCPUs in two clusters, each redistributor has its own state and "
			"its vCPU's affinity and number, and only the last one has "
			"GICR_TYPER.Last.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: user space reads GICR_TYPER.Last as zero, unlike "
			  "the guest", false },
			{ 0 }
		},
	},
	{
		.id = "delivery_v3.groups",
		.text = "ICC_IGRPEN1_EL1 and ICC_IGRPEN0_EL1 enable the groups separately; an "
			"interrupt of group 0 is acknowledged by ICC_IAR0_EL1, not by "
			"ICC_IAR1_EL1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter.shared",
		.text = "All vCPUs of a VM read one virtual counter: it does not go back from one "
			"vCPU to another, and a value that user space sets for one vCPU applies "
			"to all.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter.physical_apart",
		.text = "Setting the virtual counter does not move the physical one.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter.physical_of_all",
		.text = "Where user space can set the physical counter, it is set for all vCPUs, "
			"including later ones, and a reset keeps it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 12), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "6.12.. difference: the creation of a vCPU resets the VM's "
			  "counters", false },
			{ 0 }
		},
	},
	{
		.id = "counter.kept_by_reset",
		.text = "The virtual counter continues when a vCPU is reset by KVM_ARM_VCPU_INIT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.has",
		.text = "KVM_HAS_DEVICE_ATTR of a vCPU reports the interrupts of the virtual and "
			"the physical timer.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR of a vCPU reports no other timer, whichever bit of "
			"the attribute is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.unknown",
		.text = "A timer that does not exist, and a group that a vCPU does not have, can "
			"be neither set nor read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.by_default",
		.text = "The virtual timer's interrupt is PPI 27 and the physical timer's is PPI "
			"30, unless user space sets another.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.each_ppi",
		.text = "Each PPI, 16 to 31, can be a timer's interrupt, and reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.no_ppi",
		.text = "A number that is not a PPI is refused as a timer's interrupt, whichever "
			"bit is out of range, and the interrupt set before is kept.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.bad_pointer",
		.text = "The number of a timer's interrupt is an int; all of its bytes must be "
			"accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.of_all_vcpus",
		.text = "Setting a timer's interrupt on one vCPU sets it for all vCPUs created so "
			"far.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.last_counts",
		.text = "A timer's interrupt that is set on another vCPU replaces the earlier "
			"number on all vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.swapped",
		.text = "The two timers' PPIs may be exchanged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.same_for_two",
		.text = "A vCPU does not run while its timers have the same PPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.same_for_two_mended",
		.text = "KVM_RUN succeeds once timers that had the same PPI have different ones.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.physical_mended_after_run",
		.text = "If KVM_RUN has failed because both timers had the same PPI, it succeeds "
			"once the physical timer has another PPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 12), RULE_KERNEL(65535, 65535),
			  "EINVAL",
			  "6.12.. bug: the physical timer, which claims its PPI first, "
			  "keeps this claim after the KVM_RUN that failed, and also "
			  "after it was given another PPI", false },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.virtual_mended_after_run",
		.text = "If KVM_RUN has failed because both timers had the same PPI, it succeeds "
			"once the virtual timer has another PPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(6, 1),
			  "EINVAL",
			  "6.1 bug: the virtual timer, which claims its PPI first, keeps "
			  "this claim after the KVM_RUN that failed, and also after it "
			  "was given another PPI", false },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.after_run",
		.text = "A timer's interrupt cannot be set after the vCPU has run, and the "
			"earlier number is kept.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.after_run_of_other",
		.text = "A timer's interrupt cannot be set after any vCPU of the VM has run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "OK",
			  "5.10..6.1 bug: each vCPU has its own numbers, which can be "
			  "set until its own first KVM_RUN", false },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.after_init",
		.text = "A timer's interrupt can be set after the GIC's initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "timer_irq.kept_by_reset",
		.text = "KVM_ARM_VCPU_INIT does not change a timer's interrupt, neither before "
			"nor after KVM_RUN.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_moved.virtual_fires",
		.text = "The virtual timer raises the PPI that user space has set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_moved.physical_fires",
		.text = "The physical timer raises the PPI that user space has set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_moved.old_ppi_is_free",
		.text = "PPI 27 is an ordinary line if the virtual timer has another PPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_alone.set",
		.text = "Without an in-kernel GIC, the timers have no interrupts to set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu.has",
		.text = "KVM_HAS_DEVICE_ATTR of a vCPU with a PMU reports its interrupt and its "
			"initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "pmu.has_unknown",
		.text = "KVM_HAS_DEVICE_ATTR of a vCPU with a PMU reports no unknown attribute of "
			"the PMU's group.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "pmu.without_feature",
		.text = "Attributes of the PMU can be neither set nor read on a vCPU without a "
			"PMU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "pmu.has_without_feature",
		.text = "KVM_HAS_DEVICE_ATTR of a vCPU without a PMU reports no attribute of a "
			"PMU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "pmu.each_ppi",
		.text = "Each PPI, 16 to 31, can be the PMU's interrupt, and reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pmu.each_spi",
		.text = "SPIs up to 1019 can be the PMU's interrupt, and read back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "pmu.no_interrupt",
		.text = "SGIs and numbers beyond the last SPI are refused as the PMU's interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu.twice",
		.text = "The PMU's interrupt can be set only once; a second call fails and leaves "
			"it unchanged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "pmu.unset",
		.text = "The PMU's interrupt cannot be read before it is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "pmu.bad_pointer",
		.text = "The number of the PMU's interrupt is an int; all of its bytes must be "
			"accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "pmu.same_ppi",
		.text = "All vCPUs of a VM may have the same PPI for their PMUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "pmu.other_ppi",
		.text = "Two vCPUs cannot have different PPIs for their PMUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu.same_spi",
		.text = "Two vCPUs cannot have the same SPI for their PMUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu.ppi_beside_spi",
		.text = "A PMU cannot have a PPI while another vCPU's PMU has an SPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu.spi_beside_ppi",
		.text = "A PMU cannot have an SPI while another vCPU's PMU has a PPI.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "OK",
			  "5.10.. bug: KVM only checks that an SPI differs from the "
			  "other PMUs' interrupts, and accepts it beside a PPI", false },
			{ 0 }
		},
	},
	{
		.id = "pmu.init",
		.text = "A PMU with a PPI or an SPI is initialized after the GIC, on each vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "pmu.init_before_gic",
		.text = "A PMU cannot be initialized before the GIC.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENODEV" },
			{ 0 }
		},
	},
	{
		.id = "pmu.init_without_irq",
		.text = "A PMU cannot be initialized before its interrupt is set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "pmu.init_twice",
		.text = "A PMU is initialized only once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "pmu.irq_after_init",
		.text = "The PMU's interrupt cannot be set after its initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "pmu.irq_of_timer",
		.text = "KVM_RUN fails if a vCPU's PMU has claimed the PPI of its virtual timer.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu.run_without_init",
		.text = "KVM_RUN fails while a vCPU's PMU is not initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 difference: KVM_RUN does not check that the PMU is "
			  "initialized", false },
			{ 0 }
		},
	},
	{
		.id = "pmu_alone.irq",
		.text = "Without an in-kernel GIC, a PMU has no interrupt to set or to read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "pmu_alone.init",
		.text = "Without an in-kernel GIC, a PMU can be initialized without an interrupt, "
			"and the vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "no_pmu.init",
		.text = "A vCPU cannot have a PMU where KVM_CAP_ARM_PMU_V3 answers 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "REFUSED" },
			{ 0 }
		},
	},
	{
		.id = "stolen.accepted",
		.text = "The address of stolen time can be set for each vCPU separately, reads "
			"back as set, and the vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "stolen.misaligned",
		.text = "An address of stolen time that is not a multiple of 64 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "stolen.twice",
		.text = "The address of stolen time can be set only once for a vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "stolen.no_memory",
		.text = "An address of stolen time outside of memory slots is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "stolen.unknown",
		.text = "In the group of stolen time, attributes other than "
			"KVM_ARM_VCPU_PVTIME_IPA are unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "stolen.bad_pointer",
		.text = "The address of stolen time is a 64-bit number; all of its bytes must be "
			"accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.preferred_target",
		.text = "KVM_ARM_VCPU_INIT accepts what KVM_ARM_PREFERRED_TARGET returns, and the "
			"vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.preferred_features",
		.text = "KVM_ARM_PREFERRED_TARGET recommends no features, and writes its whole "
			"argument.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.preferred_bad_pointer",
		.text = "KVM_ARM_PREFERRED_TARGET needs an argument that can be written to its "
			"end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.unknown_target",
		.text = "A target that the host does not support is refused, whichever bit of its "
			"number is wrong.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.unknown_feature",
		.text = "A feature bit that no kernel defines is refused, in each of the seven "
			"words.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOENT" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.absent_feature",
		.text = "A feature whose capability answers 0 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "REFUSED" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.bad_pointer",
		.text = "KVM_ARM_VCPU_INIT needs an argument that can be read to its end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.on_vm_fd",
		.text = "KVM_ARM_VCPU_INIT is a call of a vCPU, not of a VM or of /dev/kvm.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.again",
		.text = "KVM_ARM_VCPU_INIT may be repeated with the same argument, even after "
			"KVM_RUN.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.again_other_features",
		.text = "A repeated KVM_ARM_VCPU_INIT cannot change the features.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.again_other_target",
		.text = "A repeated KVM_ARM_VCPU_INIT cannot change the target.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.failed_leaves_uninitialized",
		.text = "A vCPU whose KVM_ARM_VCPU_INIT failed is not initialized.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOEXEC" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.run_before",
		.text = "KVM_RUN of a vCPU that is not initialized fails.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOEXEC" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.registers_before",
		.text = "Registers of a vCPU that is not initialized can be neither read, set nor "
			"listed.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOEXEC" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.power_off",
		.text = "A vCPU with KVM_ARM_VCPU_POWER_OFF is stopped after KVM_ARM_VCPU_INIT.",
		.expect = (const struct rule_expect[]) {
			{ "*", "STOPPED" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.power_on",
		.text = "A vCPU without KVM_ARM_VCPU_POWER_OFF is runnable after "
			"KVM_ARM_VCPU_INIT, even if it was stopped before.",
		.expect = (const struct rule_expect[]) {
			{ "*", "RUNNABLE" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.core_registers",
		.text = "KVM_ARM_VCPU_INIT sets the general purpose registers and the PC to 0, "
			"each time.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.status_register",
		.text = "A vCPU begins at EL1h (AArch32: in Supervisor mode), with all exceptions "
			"masked and all other bits clear.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.again_resets",
		.text = "A second KVM_ARM_VCPU_INIT sets each register whose reset value is "
			"defined to its value after the first call.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.system_control",
		.text = "After KVM_ARM_VCPU_INIT, MMU, caches and alignment checks are off, and "
			"data and exceptions are little-endian.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_init.of_one_vcpu",
		.text = "KVM_ARM_VCPU_INIT resets one vCPU, and no register of another.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.list_too_small",
		.text = "KVM_GET_REG_LIST with room for too few registers fails and writes the "
			"number of registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.list_is_readable",
		.text = "Each register of KVM_GET_REG_LIST can be read.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.list_bad_pointer",
		.text = "KVM_GET_REG_LIST needs an argument that can be read, and room that can "
			"be written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.unknown",
		.text = "A register that does not exist can be neither read nor set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOENT" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.of_other_architecture",
		.text = "A register id of another architecture is invalid.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.other_size",
		.text = "A register id whose size field is not the register's size is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "REFUSED" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.value_bytes",
		.text = "KVM_GET_ONE_REG writes, and KVM_SET_ONE_REG reads, no byte beyond the "
			"register's size.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.identity",
		.text = "A register that identifies the CPU cannot be set to another value.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.each_mode",
		.text = "The status register can be set to each mode that a guest can have, and "
			"reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.no_mode",
		.text = "The status register cannot be set to a mode that does not exist or that "
			"a guest cannot have.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_reg.bad_pointer",
		.text = "KVM_GET_ONE_REG and KVM_SET_ONE_REG need an argument and a value whose "
			"bytes are all accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "el1_32.status_register",
		.text = "A vCPU with KVM_ARM_VCPU_EL1_32BIT begins in Supervisor mode, with A, I "
			"and F set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "el1_32.mixed",
		.text = "KVM_ARM_VCPU_INIT refuses an execution state other than that of the VM's "
			"other vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "psci_0_1.calls",
		.text = "A vCPU without KVM_ARM_VCPU_PSCI_0_2 has CPU_ON by its PSCI 0.1 function "
			"number and no function of PSCI 0.2; CPU_ON of a vCPU that is on returns "
			"INVALID_PARAMETERS, because PSCI 0.1 does not define ALREADY_ON.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "psci_0_1.of_0_2",
		.text = "A vCPU with KVM_ARM_VCPU_PSCI_0_2 does not implement the function "
			"numbers of PSCI 0.1.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "firmware.system_off",
		.text = "SYSTEM_OFF is an exit with KVM_SYSTEM_EVENT_SHUTDOWN and no flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SHUTDOWN" },
			{ 0 }
		},
	},
	{
		.id = "firmware.system_reset",
		.text = "SYSTEM_RESET is an exit with KVM_SYSTEM_EVENT_RESET and no flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "RESET" },
			{ 0 }
		},
	},
	{
		.id = "firmware.answer_after_end",
		.text = "If user space resumes the guest after SYSTEM_OFF or SYSTEM_RESET, the "
			"call returns INTERNAL_FAILURE to the guest.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "firmware.all_stop",
		.text = "SYSTEM_OFF and SYSTEM_RESET stop all vCPUs of the VM.",
		.expect = (const struct rule_expect[]) {
			{ "*", "STOPPED" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_0.features",
		.text = "PSCI_FEATURES reports the PSCI functions that KVM implements.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_0.features_of_absent",
		.text = "PSCI_FEATURES returns NOT_SUPPORTED for functions that KVM does not "
			"implement.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_1.reset2",
		.text = "SYSTEM_RESET2 with the architectural warm reset or a vendor-specific "
			"type is an exit with KVM_SYSTEM_EVENT_RESET.",
		.expect = (const struct rule_expect[]) {
			{ "*", "RESET" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_1.reset2_flag",
		.text = "The exit of SYSTEM_RESET2 has the flag "
			"KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_1.reset2_unknown_type",
		.text = "SYSTEM_RESET2 with an architectural type that is not defined returns "
			"INVALID_PARAMETERS, without an exit.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_3.off2",
		.text = "SYSTEM_OFF2 for hibernation is an exit with KVM_SYSTEM_EVENT_SHUTDOWN.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SHUTDOWN" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_3.off2_flag",
		.text = "The exit of SYSTEM_OFF2 has the flag "
			"KVM_SYSTEM_EVENT_SHUTDOWN_FLAG_PSCI_OFF2.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "psci_1_3.off2_unknown_type",
		.text = "SYSTEM_OFF2 with a type other than hibernation, or with a cookie, "
			"returns INVALID_PARAMETERS, without an exit.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "suspend.not_enabled",
		.text = "SYSTEM_SUSPEND returns NOT_SUPPORTED unless user space has enabled "
			"KVM_CAP_ARM_SYSTEM_SUSPEND.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "suspend.features",
		.text = "PSCI_FEATURES reports SYSTEM_SUSPEND only once user space has enabled "
			"KVM_CAP_ARM_SYSTEM_SUSPEND.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "suspend.event",
		.text = "If user space has enabled KVM_CAP_ARM_SYSTEM_SUSPEND, SYSTEM_SUSPEND is "
			"an exit with KVM_SYSTEM_EVENT_SUSPEND.",
		.expect = (const struct rule_expect[]) {
			{ "*", "SUSPEND" },
			{ 0 }
		},
	},
	{
		.id = "suspend.registers_kept",
		.text = "SYSTEM_SUSPEND leaves the guest's registers as they are: user space sets "
			"the return value.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "suspend.others_run",
		.text = "SYSTEM_SUSPEND does not stop other vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "suspend.enabled_again",
		.text = "KVM_CAP_ARM_SYSTEM_SUSPEND may be enabled twice.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "suspend.flags",
		.text = "KVM_ENABLE_CAP of KVM_CAP_ARM_SYSTEM_SUSPEND takes no flags.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "suspend.wakeup",
		.text = "A vCPU in KVM_MP_STATE_SUSPENDED with a pending interrupt exits with "
			"KVM_SYSTEM_EVENT_WAKEUP.",
		.expect = (const struct rule_expect[]) {
			{ "*", "WAKEUP" },
			{ 0 }
		},
	},
	{
		.id = "suspend.stays_suspended",
		.text = "A wakeup does not change KVM_MP_STATE_SUSPENDED: user space makes the "
			"vCPU runnable.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_reg.tval_sets_cval",
		.text = "A write to TVAL sets CVAL to the counter plus the sign-extended value.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_reg.tval_of_cval",
		.text = "TVAL reads as the low word of CVAL minus the counter.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_reg.cval_holds",
		.text = "CVAL holds all 64 bits that are written.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_reg.cval_far_ahead",
		.text = "A timer whose CVAL is farther ahead than TVAL can express has not "
			"expired.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_reg.due_at_once",
		.text = "A timer that is set to the present or the past expires at once.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_reg.control_bits",
		.text = "ENABLE and IMASK of a timer's CTL can be written; ISTATUS follows the "
			"counter, and other bits are RES0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "any_physical", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: if KVM emulates the physical timer, CNTP_CTL_EL0 "
			  "keeps reserved bits", true },
			{ 0 }
		},
	},
	{
		.id = "timer_user.numbers",
		.text = "The timers' registers have the ids in the UAPI headers; on arm64 the ids "
			"of the virtual CVAL and counter are exchanged.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_user.cval_holds",
		.text = "User space sets all 64 bits of a timer's CVAL, and reads them back.",
		.expect = (const struct rule_expect[]) {
			{ "any_virtual", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_user.control_holds",
		.text = "User space sets ENABLE and IMASK of a timer's CTL, and reads them back.",
		.expect = (const struct rule_expect[]) {
			{ "any_virtual", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "timer_user.status",
		.text = "When user space reads a timer's CTL, ISTATUS is computed from the "
			"counter.",
		.expect = (const struct rule_expect[]) {
			{ "any_virtual", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(7, 2), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "7.2.. bug: user space reads CTL as it was last written, "
			  "without ISTATUS", false },
			{ 0 }
		},
	},
	{
		.id = "timer_user.same_as_guests",
		.text = "User space and the guest read the same CVAL and CTL of a timer.",
		.expect = (const struct rule_expect[]) {
			{ "any_virtual", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter_moved.past_deadline",
		.text = "A timer fires when user space moves the counter past its CVAL.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter_moved.back_before_deadline",
		.text = "A timer is no longer expired after user space has moved the counter back "
			"below its CVAL.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter_moved.rolls_over",
		.text = "The counter rolls over to 0, and CVAL is compared with it as an unsigned "
			"number.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "user_irq.level",
		.text = "Without an in-kernel GIC, kvm_run reports the timer's output at each "
			"exit.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "user_irq.exit",
		.text = "Without an in-kernel GIC, KVM_RUN returns when the timer's output "
			"changes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter_offset.of_virtual",
		.text = "KVM_ARM_SET_COUNTER_OFFSET moves the virtual counter of all vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter_offset.of_physical",
		.text = "KVM_ARM_SET_COUNTER_OFFSET moves the physical counter of all vCPUs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "counter_offset.accepted",
		.text = "KVM_ARM_SET_COUNTER_OFFSET accepts any offset, and may be repeated.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "counter_offset.reserved",
		.text = "KVM_ARM_SET_COUNTER_OFFSET is refused unless its reserved word is 0.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "counter_offset.bad_pointer",
		.text = "KVM_ARM_SET_COUNTER_OFFSET needs an argument that can be read to its end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "counter_offset.counters_stay",
		.text = "After KVM_ARM_SET_COUNTER_OFFSET, writes to the counters' registers "
			"succeed and move no counter.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_boots.kvmtool",
		.text = "A guest boots two vCPUs after the calls of kvmtool: GIC, addresses, "
			"vCPUs, number of interrupts, initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_boots.qemu",
		.text = "A guest boots two vCPUs after the calls of QEMU: vCPUs, GIC, number of "
			"interrupts, initialization, routes, addresses.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_boots.crosvm",
		.text = "A guest boots two vCPUs after the calls of crosvm: GIC, addresses, "
			"number of interrupts, vCPUs, initialization, routes, irqfd.",
		.expect = (const struct rule_expect[]) {
			{ "devattr_*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_saved.qemu",
		.text = "A guest continues after QEMU has saved its GIC and restored it in "
			"another VM, in QEMU's order.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_saved.qemu_reset",
		.text = "After QEMU's reset, which writes each register's initial value, the "
			"guest finds its GIC in the reset state.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_snapshot.crosvm",
		.text = "crosvm's calls, which cover every offset, save and restore a GICv3's "
			"registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vmm_vcpu.qemu",
		.text = "Each register of KVM_GET_REG_LIST that QEMU reads in one VM can be set "
			"in another.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "filter.accepted",
		.text = "Ranges of SMCCC calls, up to the last function, can be handled, denied "
			"or forwarded, and the VM runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "filter.overlap",
		.text = "A range of SMCCC calls that shares a function with another is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "filter.reserved",
		.text = "No function in the ranges of Arm Architecture Calls can be filtered.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EEXIST" },
			{ 0 }
		},
	},
	{
		.id = "filter.wraps",
		.text = "A range of SMCCC calls cannot extend beyond the last function.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "filter.empty",
		.text = "An empty range of SMCCC calls is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "filter.unknown_action",
		.text = "An SMCCC filter with an action that does not exist is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "filter.padding",
		.text = "An SMCCC filter whose padding is not 0 is refused.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "filter.unknown",
		.text = "In the group of the SMCCC filter, attributes other than "
			"KVM_ARM_VM_SMCCC_FILTER are unknown.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENXIO" },
			{ 0 }
		},
	},
	{
		.id = "filter.bad_pointer",
		.text = "An SMCCC filter needs an argument that can be read to its end.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "filter.after_run",
		.text = "An SMCCC filter cannot be set after a vCPU has run.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "filter.denied",
		.text = "A denied call returns NOT_SUPPORTED to the guest, and KVM handles the "
			"other calls.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "filter.handled",
		.text = "KVM handles a call that is filtered with KVM_SMCCC_FILTER_HANDLE.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "filter.forwarded",
		.text = "A forwarded call is an exit with KVM_EXIT_HYPERCALL and the call's "
			"number, whether KVM implements the call or not.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "redist.region_onto_distributor",
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION is refused where a redistributor of "
			"an existing vCPU would overlap the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.base_on_distributor",
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST is refused where a redistributor of an "
			"existing vCPU would overlap the distributor.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "redist.set_after_refused",
		.text = "After a base or a region of redistributors was refused, another can be "
			"set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "EINVAL",
			  "5.10 bug: a region whose redistributors could not be "
			  "registered is kept", false },
			{ 0 }
		},
	},
	{
		.id = "redist.base_without_room",
		.text = "KVM_VGIC_V3_ADDR_TYPE_REDIST is refused where the redistributors of the "
			"existing vCPUs do not fit into the guest physical address space.",
		.expect = (const struct rule_expect[]) {
			{ "*", "E2BIG" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "OK",
			  "5.10 bug: only the first byte of the region is compared with "
			  "the limit", false },
			{ 0 }
		},
	},
	{
		.id = "redist.vcpu_without_redistributor",
		.text = "A vCPU can be created even if the regions have no redistributor left for "
			"it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.typer_before_address",
		.text = "GICR_TYPER can be read before the redistributors have an address; no "
			"redistributor has Last set then.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.last_is_created_last",
		.text = "GICR_TYPER.Last marks the redistributor of the vCPU that was created "
			"last, whatever the vCPU's id is.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 bug: with a base instead of regions, Last marks no "
			  "redistributor or the one with the highest vCPU id", false },
			{ 0 }
		},
	},
	{
		.id = "redist_regs.read_only",
		.text = "User space's writes to read-only registers of a redistributor are "
			"ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.before_init",
		.text = "GICD_IIDR and GICD_TYPER2 of a GICv3 can be read and written before its "
			"initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "EBUSY",
			  "5.10..6.12 difference: before 6.17 no register of a GICv3 can "
			  "be accessed before its initialization", false },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.older_revision",
		.text = "User space can set GICD_IIDR to an older revision, from 2 on; it reads "
			"back. GICR_CTLR.IR and CES are 1 from revision 3 on.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.others_before_init",
		.text = "Registers of a GICv3 other than GICD_IIDR and GICD_TYPER2, and the "
			"levels of its lines, cannot be accessed before its initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.typer2_kept_by_init",
		.text = "The GIC's initialization keeps GICD_TYPER2.nASSGIcap as user space has "
			"written it.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 difference: before 6.17 no register of a GICv3 can "
			  "be accessed before its initialization", false },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.typer2_after_init",
		.text = "GICD_TYPER2.nASSGIcap cannot be changed after the GIC's initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "EINVAL",
			  "5.10..6.12 difference: before 6.17 GICD_TYPER2 never changes, "
			  "and another value is invalid", false },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.typer2_of_better_host",
		.text = "A write to GICD_TYPER2 is refused if it sets a reserved bit, or "
			"nASSGIcap on a host without that feature.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "EBUSY",
			  "5.10..6.12 difference: before 6.17 no register of a GICv3 can "
			  "be accessed before its initialization", false },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.status",
		.text = "User space sets each bit of GICD_STATUSR and GICR_STATUSR to the value "
			"that it writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: both registers read as ones, and writes are "
			  "ignored", false },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.read_only",
		.text = "User space's writes to read-only registers of a GICv3's distributor are "
			"ignored.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "dist_v3.words_of_route",
		.text = "The two words of a 64-bit register are accessed separately, without "
			"effect on other registers.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "maint_irq.has",
		.text = "KVM_HAS_DEVICE_ATTR reports the maintenance interrupt's attribute, even "
			"when the interrupt can no longer be set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "OK" },
			{ 0 }
		},
	},
	{
		.id = "maint_irq.each_ppi",
		.text = "Each PPI can be the maintenance interrupt, and reads back as set.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "maint_irq.no_ppi",
		.text = "An interrupt that is not a PPI is refused as the maintenance interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "maint_irq.after_init",
		.text = "The maintenance interrupt cannot be set after the GIC's initialization.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "maint_irq.bad_pointer",
		.text = "The number of the maintenance interrupt has 4 bytes; all of them must be "
			"accessible.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EFAULT" },
			{ 0 }
		},
	},
	{
		.id = "registers_v2.no_vcpu",
		.text = "In a VM without vCPUs, the registers of a GICv2 can be neither queried, "
			"read nor set, not even the distributor's.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "level.no_lpis",
		.text = "LPIs have no line: KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO refuses their INTIDs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EINVAL" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.priority_bits",
		.text = "The number of ICC_AP0Rn_EL1 and ICC_AP1Rn_EL1 follows from the host's "
			"number of priority bits.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "sysregs.while_running",
		.text = "Registers of redistributors and of the CPU interface, and lines, cannot "
			"be accessed while any vCPU runs.",
		.expect = (const struct rule_expect[]) {
			{ "*", "EBUSY" },
			{ 0 }
		},
	},
	{
		.id = "icc_alone.undefined",
		.text = "In a VM without a GIC, the registers of a GICv3's CPU interface are "
			"UNDEFINED.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),
			  "BROKEN",
			  "5.10..6.1 bug: KVM does not trap the registers", false },
			{ 0 }
		},
	},
	{
		.id = "user_irq.version",
		.text = "KVM_CHECK_EXTENSION returns the version of KVM_CAP_ARM_USER_IRQ.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "wakes.rerouted",
		.text = "A pending SPI that its target masks wakes another vCPU from WFI when it "
			"is moved to that vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "wakes.behind_masked",
		.text = "An interrupt that is not masked wakes its vCPU from WFI, even if an "
			"earlier interrupt is pending and masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "wakes.deactivated",
		.text = "An SPI that is active and pending wakes its vCPU from WFI when another "
			"vCPU deactivates it by GICD_ICACTIVER, even if a later interrupt is "
			"pending and masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "wakes.distributor_on",
		.text = "A vCPU in WFI wakes up when another vCPU enables GICD_CTLR and one of "
			"its pending interrupts is not masked.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "deactivation.by_other",
		.text = "With EOImode 1, a vCPU can deactivate an SPI that another vCPU has "
			"acknowledged.",
		.expect = (const struct rule_expect[]) {
			{ "*_v3", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: KVM does not trap ICC_DIR_EL1, and the "
			  "hardware looks for the interrupt only in the list registers "
			  "of the vCPU that writes the register", false },
			{ 0 }
		},
	},
	{
		.id = "deactivation.level_by_other",
		.text = "A level-sensitive SPI that another vCPU has deactivated is acknowledged "
			"again while its line is high.",
		.expect = (const struct rule_expect[]) {
			{ "*_v3", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: KVM does not trap ICC_DIR_EL1, and the "
			  "hardware looks for the interrupt only in the list registers "
			  "of the vCPU that writes the register", false },
			{ 0 }
		},
	},
	{
		.id = "deactivation.many_by_other",
		.text = "A vCPU can deactivate SPIs that another vCPU has acknowledged, in any "
			"order, even if there are more of them than list registers.",
		.expect = (const struct rule_expect[]) {
			{ "*_v3", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: KVM does not trap ICC_DIR_EL1, and the "
			  "hardware looks for the interrupt only in the list registers "
			  "of the vCPU that writes the register", false },
			{ 0 }
		},
	},
	{
		.id = "deactivation.private_apart",
		.text = "A vCPU that deactivates a PPI deactivates its own PPI, and not that of "
			"another vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "deactivation.inactive",
		.text = "Deactivating an interrupt that is not active changes neither its pending "
			"state nor the state of another interrupt.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "deactivation.inactive_among_many",
		.text = "With more active SPIs than list registers, a pending SPI stays pending "
			"when it is deactivated, and each active SPI can be deactivated.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: active interrupts keep all list registers", false },
			{ 0 }
		},
	},
	{
		.id = "vcpu_state.read",
		.text = "User space reads from each register what the guest has put there: "
			"vector, banked, status and thread id registers, by their own ids.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_state.set",
		.text = "The guest finds in each register what user space has set: vector, "
			"banked, status and thread id registers, by their own ids.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "vcpu_state.turned_on",
		.text = "After CPU_ON, and before the KVM_RUN of the vCPU that was turned on, "
			"user space reads that vCPU's entry point, context id and initial status; "
			"on AArch32, bit 0 of the entry point selects Thumb state.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "mmio.store",
		.text = "A store outside of memory exits with its address, length and data, from "
			"each general register, for each width and both endiannesses.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "mmio.load",
		.text = "A load outside of memory writes user space's data, extended with zeros, "
			"to its general register and changes no other register, for each general "
			"register, each width and both endiannesses.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "mmio.signed_load",
		.text = "A sign-extending load outside of memory extends the sign of user space's "
			"data, for each width and each general register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(6, 12),
			  "BROKEN",
			  "5.10..6.12 bug: the value is extended with zeros", false },
			{ 0 }
		},
	},
	{
		.id = "mmio.fetch",
		.text = "An instruction fetch outside of memory is an external abort in the guest.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "mmio_gic.big_endian",
		.text = "A big-endian guest's words are swapped on their way to and from the "
			"distributor, whose registers are little-endian.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.set_way",
		.text = "Cache maintenance by set and way (clean, or clean and invalidate) of the "
			"first and the last set and way of each cache loses no data in memory, "
			"and the guest continues.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.counter_write",
		.text = "Writes to CNTPCT and CNTVCT are UNDEFINED, and the counters continue.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.moved_counter",
		.text = "The physical counter continues from the value that user space has set, "
			"is the same for two vCPUs, and never goes back.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.actlr",
		.text = "ACTLR can be read, and ignores writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.no_pmu",
		.text = "Registers of the performance monitors are UNDEFINED on a vCPU without "
			"KVM_ARM_VCPU_PMU_V3; on ARMv7, which has no such feature, they read as "
			"zero and ignore writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(5, 10),
			  "BROKEN",
			  "5.10 difference: the registers read as zero and ignore writes", false },
			{ 0 }
		},
	},
	{
		.id = "armv7.l2ctlr",
		.text = "On a Cortex-A7 or Cortex-A15, L2CTLR has the number of the VM's vCPUs, "
			"at most four, and ignores writes; L2ECTLR is zero.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "armv7.cp14",
		.text = "On ARMv7, the debug registers of cp14 read as zero and ignore writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "armv7.thumbee",
		.text = "On ARMv7 CPUs with ThumbEE, each vCPU has its own TEECR and TEEHBR, "
			"which keep what the guest writes.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.own_event",
		.text = "WFE returns after the vCPU's own SEV, even if there is no other vCPU.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "traps.others_event",
		.text = "WFE returns if another vCPU executes SEV, whether before or after the "
			"WFE begins.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "trapped.status",
		.text = "MMIO, WFI and HVC preserve the guest's flags, masks and mode.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "trapped.undescribed",
		.text = "KVM_RUN fails if the syndrome of an access outside of memory does not "
			"describe the access, and the guest's pc does not advance.",
		.expect = (const struct rule_expect[]) {
			{ "*", "ENOSYS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "armv7l", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "OK",
			  "6.1.. difference: KVM_RUN of the reference kernel ends with "
			  "KVM_EXIT_INTERNAL_ERROR, with the syndrome, the address and "
			  "the pc as its data", false },
			{ 0 }
		},
	},
	{
		.id = "undescribed.to_user",
		.text = "With KVM_CAP_ARM_NISV_TO_USER, an access outside of memory that the "
			"syndrome does not describe exits with KVM_EXIT_ARM_NISV and its address.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "trapped_gic.status",
		.text = "Accesses to the distributor preserve the guest's flags, masks and mode.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "aarch32.undefined",
		.text = "The Undefined Instruction exception for a register that a guest does not "
			"have is taken from each mode and state, even in an IT block, with the "
			"vector, CPSR, SPSR and lr of the architecture, and changes no other "
			"register.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "aarch32.smc",
		.text = "SMC in AArch32 is UNDEFINED, from each mode and state.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. difference: SMC is a call that returns NOT_SUPPORTED "
			  "in r0, and the guest continues", false },
			{ 0 }
		},
	},
	{
		.id = "aarch32.fetch_abort",
		.text = "A fetch outside of memory in AArch32 is a Prefetch Abort from each mode "
			"and state, with the status of an external abort in the format of the "
			"guest's descriptors, the address in IFAR, and the vector, CPSR, SPSR and "
			"lr of the architecture.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "aarch32.walk_abort",
		.text = "A load, store or fetch whose table walk in AArch32 leaves memory takes "
			"an external abort: the status has the level of the walk, WnR and the "
			"format of the guest's descriptors, and the address and lr are those of "
			"the architecture.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(5, 10), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "5.10.. bug: the status is that of an external abort on the "
			  "access, without WnR", false },
			{ 0 }
		},
	},
	{
		.id = "aarch32.conditional_access",
		.text = "A conditional load outside of memory is an exit if and only if its "
			"condition holds, in ARM state and in an IT block.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "aarch32.it_block",
		.text = "Instructions after an emulated one in the same IT block keep their "
			"conditions, and the block ends where it should.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{
		.id = "aarch32.ttbr_half",
		.text = "A write of 32 bits to TTBR0 or TTBR1 leaves the upper half unchanged, "
			"even with MMU and caches off.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
		.deviations = (const struct rule_deviation[]) {
			{ "*", "aarch64", "*",
			  RULE_KERNEL(6, 1), RULE_KERNEL(65535, 65535),
			  "BROKEN",
			  "6.1.. bug: a trapped write of 32 bits clears the upper half; "
			  "on CPUs with FEAT_S2FWB, KVM does not trap such writes", true },
			{ 0 }
		},
	},
	{
		.id = "armv7_read.to_flags",
		.text = "On ARMv7, MRC of a trapped register to APSR_nzcv sets N, Z, C and V, and "
			"no other bit, in each privileged mode.",
		.expect = (const struct rule_expect[]) {
			{ "*", "HOLDS" },
			{ 0 }
		},
	},
	{ 0 }
};

#endif /* VGIC_ABI_RULES_H */
