// SPDX-License-Identifier: GPL-2.0-only
/*
 * The constructor of the KVM selftests library calls this to query /dev/kvm for the modes that
 * guests can have; the linker redirects the call, see the Makefile.
 */
#include "without_kvm.h"

void __real_guest_modes_append_default(void);
void __wrap_guest_modes_append_default(void);

void __wrap_guest_modes_append_default(void)
{
	if (kvm_is_needed)
		__real_guest_modes_append_default();
}
