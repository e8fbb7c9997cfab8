#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a branch of a kernel tree with the arm64 part of the tests; see usage().

set -eu

# shellcheck source=scripts/kernel_tree.sh
. "$(dirname "$0")/kernel_tree.sh"

usage() {
	cat <<END
usage: upstream.sh LINUX_TREE [BRANCH]

Makes the branch BRANCH (default: vgic-abi) of the git repository LINUX_TREE, on top of
what is checked out there: the tests of arm64's GIC addresses whose guests, if any, only
execute a store, as tests of KVM in tools/testing/selftests/kvm/arm64/vgic_abi. There is one
commit for each subject. This command makes patches of them:

  git -C LINUX_TREE format-patch HEAD..BRANCH

Neither the checked out files nor the index of LINUX_TREE are touched, and nothing is sent.
The commits are signed off by the user in that repository's git configuration.
END
}

check_arguments 2 "a kernel's git repository and perhaps a branch" "$@"

project=$(cd "$(dirname "$0")/.." && pwd)
tree=$1
branch=${2-vgic-abi}
kvm=tools/testing/selftests/kvm
place=$kvm/arm64/vgic_abi

git -C "$tree" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
	fail "expected a git repository with a commit in '$tree'"
for needed in $kvm/Makefile.kvm $kvm/lib/arm64/processor.c scripts/unifdef.c; do
	git -C "$tree" cat-file -e "HEAD:$needed" 2>/dev/null ||
		fail "expected a kernel with KVM's tests for arm64 in '$tree', HEAD has no $needed"
done
if git -C "$tree" rev-parse -q --verify "refs/heads/$branch" >/dev/null; then
	fail "expected to make the branch '$branch', it exists: git branch -D $branch"
fi
git -C "$tree" var GIT_COMMITTER_IDENT >/dev/null 2>&1 ||
	fail "expected user.name and user.email in the git configuration of '$tree'"

# A working tree of its own, with the folder that changes and no other.
scratch=$(mktemp -d)
work=$scratch/tree
cleanup() {
	git -C "$tree" worktree remove --force "$work" 2>/dev/null || :
	rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
git -C "$tree" worktree add -q --no-checkout --detach "$work" HEAD
git -C "$work" sparse-checkout set --no-cone "/$kvm/Makefile.kvm" "/$place/"
git -C "$work" checkout -q
[ ! -e "$work/$place" ] || fail "expected to make $place, HEAD of '$tree' has it"

git -C "$tree" show HEAD:scripts/unifdef.c >"$scratch/unifdef.c"
cc -w -o "$scratch/unifdef" "$scratch/unifdef.c"

# add FILE TO: adds one of our sources, without the code of 32-bit ARM, in the kernel's style.
add() {
	to=$work/$place/$2
	mkdir -p "$(dirname "$to")"
	# The exit status is 1 if something was left out.
	"$scratch/unifdef" -D__aarch64__ -U__arm__ -o "$to" "$project/$1" || [ $? -eq 1 ]
	python3 "$project/scripts/kernel_style.py" "$to"
}

add_all() {
	from=$1
	shift
	for name in "$@"; do
		add "selftests/lib/$from/$name" "$from/$name"
	done
}

# line LINE: adds a line to Makefile.kvm, after arm64's other tests.
line() {
	awk -v line="$1" '
		{ lines[NR] = $0 }
		/^TEST_GEN_PROGS(_EXTENDED)?_arm64 \+= / { last = NR }
		END { for (i = 1; i <= NR; i++) { print lines[i]; if (i == last) print line } }
	' "$work/$kvm/Makefile.kvm" >"$scratch/Makefile"
	cat "$scratch/Makefile" >"$work/$kvm/Makefile.kvm"
}

# program NAME: adds a test program, with the rules of all programs so far.
programs=
program() {
	programs=$programs${programs:+,}$1
	add "selftests/$1.c" "$1.c"
	python3 "$project/tools/rules.py" header --programs "$programs" --whole-strings \
		"$work/$place/rules.h" 2>/dev/null
	python3 "$project/scripts/kernel_style.py" "$work/$place/rules.h"
	line "TEST_GEN_PROGS_arm64 += arm64/vgic_abi/$1"
}

# Commits everything, with the message on standard input.
commit() {
	git -C "$work" add --sparse -A "$kvm"
	git -C "$work" commit -q -s -F -
}

# ---- the series ----

add_all abi abi.h abi_calls.c gic_regs.h in_child.c in_child.h open_standard_files.h patience.c \
	patience.h uapi.h vgic_uapi.h
add include/uapi/linux/kvm_device_address.h abi/kvm_device_address.h
sed -i 's|<linux/kvm_device_address.h>|"kvm_device_address.h"|' "$work/$place/abi/uapi.h"
add selftests/probe.c probe.c
line "TEST_GEN_PROGS_EXTENDED_arm64 += arm64/vgic_abi/probe"
# Before the rules for cscope, which are the last ones.
awk '/^cscope: include_paths/ { while ((getline line < file) > 0) print line } { print }' \
	file=/dev/stdin "$work/$kvm/Makefile.kvm" >"$scratch/Makefile" <<'END'
# The programs in arm64/vgic_abi make their calls themselves, and share the files in the
# folders there instead of libkvm.
VGIC_ABI_PROGS := $(filter $(OUTPUT)/arm64/vgic_abi/%,$(TEST_GEN_PROGS) $(TEST_GEN_PROGS_EXTENDED))
ifneq ($(VGIC_ABI_PROGS),)
VGIC_ABI_OBJS := $(patsubst %.c,$(OUTPUT)/%.o,$(wildcard arm64/vgic_abi/*/*.c))
$(shell mkdir -p $(sort $(dir $(VGIC_ABI_OBJS) $(VGIC_ABI_PROGS))))
$(VGIC_ABI_PROGS): LIBKVM_OBJS = $(VGIC_ABI_OBJS)
$(VGIC_ABI_PROGS): $(VGIC_ABI_OBJS)
$(VGIC_ABI_OBJS) $(VGIC_ABI_PROGS:%=%.o): CFLAGS += -Iarm64/vgic_abi
$(VGIC_ABI_OBJS): $(OUTPUT)/%.o: %.c $(GEN_HDRS)
	$(CC) $(CFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c $< -o $@
EXTRA_CLEAN += $(VGIC_ABI_OBJS) $(VGIC_ABI_OBJS:.o=.d)
-include $(VGIC_ABI_OBJS:.o=.d)
endif

END
cat "$scratch/Makefile" >"$work/$kvm/Makefile.kvm"
commit <<'END'
KVM: selftests: arm64: Add the calls that place a vGIC

User space places a virtual GIC in guest physical address space with
KVM_ARM_SET_DEVICE_ADDR, for a GICv2, or with KVM_DEV_ARM_VGIC_GRP_ADDR.
Add both as rows of one table, so that a test is written once and runs for
each call and each address that the host offers. The program probe prints
what the host offers.

The calls are made on bare file descriptors: tests of errors need invalid
arguments and a wrong order of calls, at which libkvm ends the program.
END

add_all harness address_fixture.h gic_fixture.h ktap.c ktap.h rule.c rule.h rule_expand.h \
	rule_fixture.h rule_harness.h rule_main.h without_kvm.c without_kvm.h
program errors
commit <<'END'
KVM: selftests: arm64: Test the errors of the vGIC's addresses

Misaligned addresses, those at and beyond the end of the guest's address
space for each IPA size, addresses that are set twice, unknown devices and
types, bad pointers.

The expected errors are in a table of rules, apart from the code. The table
lists the released kernels that are known to deviate. There, the test is an
expected failure, and fails if the deviation is gone, so that the table
stays correct.
END

program order
commit <<'END'
KVM: selftests: arm64: Test the order of calls that place a vGIC

Addresses before and after the GIC, vCPUs and the first KVM_RUN; addresses
that overlap, which only the first KVM_RUN notices; KVM_RUN without
addresses.
END

program precedence
commit <<'END'
KVM: selftests: arm64: Test which error of a vGIC's address comes first

An address may be wrong in several ways. User space that probes for one of
them depends on which error it gets.
END

program devices
commit <<'END'
KVM: selftests: arm64: Test the vGIC as a device

KVM_CREATE_DEVICE with flags and for types that exist or do not, attributes
on a wrong file descriptor, the number of interrupts, and initialization.
END

git -C "$work" branch -q "$branch"
base=$(git -C "$tree" rev-parse HEAD)
echo "$branch: $(git -C "$work" rev-list --count "$base..$branch") commits"
