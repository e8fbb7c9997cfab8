#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Copies the tests into a kernel tree, as one of its selftests; see usage().

set -eu

# shellcheck source=scripts/kernel_tree.sh
. "$(dirname "$0")/kernel_tree.sh"

name=vgic-abi
usage() {
	cat <<END
usage: into_kernel_tree.sh LINUX_TREE

Copies the tests into LINUX_TREE/tools/testing/selftests/$name, and changes nothing
else there. If run again, it copies files that have changed, and removes those that no
longer exist here.
Then, in that tree:

  make -C tools/testing/selftests TARGETS=$name             builds them
  make -C tools/testing/selftests TARGETS=$name run_tests   builds and runs them
  make -C tools/testing/selftests TARGETS=$name gen_tar     packs them for another machine

On a machine other than ARM, add ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- or similar. The
tests are for arm64 and 32-bit ARM, and need a tree of Linux 6.1 or later.
END
}

check_arguments 1 "the folder of a kernel's source and nothing else" "$@"

project=$(cd "$(dirname "$0")/.." && pwd)
tree=$1
selftests=$tree/tools/testing/selftests
library=$selftests/kvm
folder=$selftests/$name
# The copied files, which the next run removes if they no longer exist here.
list=$folder/.copied

[ -d "$tree" ] || fail "expected the folder of a kernel's source, there is no folder '$tree'"
for needed in Makefile tools/testing/selftests/Makefile tools/testing/selftests/lib.mk \
	tools/testing/selftests/kvm/lib/kvm_util.c; do
	[ -f "$tree/$needed" ] ||
		fail "expected a kernel's source in '$tree', there is no $needed"
done

# Calls and files of the library that the tests need. The Makefile and lib/guest/kvm_library.h
# detect other differences between versions.
version=$(sed -n 's/^VERSION *= *//p; s/^PATCHLEVEL *= */./p' "$tree/Makefile" | tr -d '\n')
unfit() {
	fail "expected the KVM selftests library of Linux 6.1 or later in '$tree'," \
		"the one there, of Linux ${version:-unknown}, $*"
}
[ -f "$library/lib/arm64/processor.c" ] || [ -f "$library/lib/aarch64/processor.c" ] ||
	unfit "has neither lib/arm64/processor.c nor lib/aarch64/processor.c"
for call in vm_create vm_vcpu_add __vcpu_get_reg vcpu_run_complete_io; do
	grep -rqsw "$call" "$library/include" || unfit "has no $call()"
done

if [ -e "$folder" ] && [ ! -f "$list" ]; then
	fail "expected to make '$folder', something else is there: move it away"
fi
[ -w "$selftests" ] || fail "expected '$selftests' to be writable, it is not"

# Sources only, without files that were built beside them.
sources() {
	cd "$project"
	find selftests -type f \( -name '*.[chS]' -o -name '*.sh' -o -name Makefile \
		-o -name config -o -name settings -o -name .gitignore \) | LC_ALL=C sort
	find include/uapi arch/arm/include/uapi -type f -name '*.h' | LC_ALL=C sort
}

# The place of a source in $folder. Headers are copied, because no kernel tree has the seed's
# <linux/kvm_device_address.h>, nor 32-bit ARM's <asm/kvm.h> since 5.7.
place() {
	case $1 in
	selftests/*) echo "${1#selftests/}" ;;
	include/uapi/*) echo "uapi/${1#include/uapi/}" ;;
	arch/arm/include/uapi/*) echo "uapi/arm/${1#arch/arm/include/uapi/}" ;;
	esac
}

mkdir -p "$folder"
# Created first, so that an interrupted copy can be repeated.
touch "$list"
new=$list.new
trap 'rm -f "$new"' EXIT
: >"$new"
count=0
changed=0
for file in $(sources); do
	to=$(place "$file")
	echo "$to" >>"$new"
	count=$((count + 1))
	# Unchanged files keep their times, and are not built again.
	if ! cmp -s "$project/$file" "$folder/$to"; then
		mkdir -p "$(dirname "$folder/$to")"
		cp -p "$project/$file" "$folder/$to"
		changed=$((changed + 1))
	fi
done

while read -r old; do
	if ! grep -qxF "$old" "$new"; then
		rm -f "$folder/$old"
		changed=$((changed + 1))
	fi
done <"$list"
mv "$new" "$list"

echo "$folder: $count files, $changed of them changed"
