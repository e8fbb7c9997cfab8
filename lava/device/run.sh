#!/vgic-abi/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# Runs test programs on a machine in a LAVA lab, where all there is is its console.
#
#   run.sh [FOLDER]     the programs of one folder beside this file: selftests (the
#                       default), hostile, bench, fuzz
#
# In the environment:
#   TESTS      only these: names of programs, rules or tests, or shell patterns
#   FEATURES   what this machine has to have, as the program `probe` says it
#   LACKS      what it must not have
#   REFUSED    what loading the module has to say, where it has to fail
#   UNITS      of the benchmarks: instructions where time counts them
#
# A line for the console, by how it begins:
#   vgic-abi>  what this script says: program, name, begin, exit, timeout, ...
#   vgic-abi|  what a test program says; see cases.awk
#   vgic-abi%  the kernel's log, after each program
#   <LAVA_...  results as LAVA wants them
# tools/lava_log.py makes of them what `make run` leaves.

here=$(dirname "$0")
PATH=$here/bin
export PATH
LC_ALL=C
export LC_ALL
folder=$here/${1:-selftests}
restarts_limit=3
list_limit=60

# Files, because a pipe's end cannot tell its beginning anything.
state=/tmp/vgic-abi.$$
mkdir -p "$state" || exit 1
trap 'rm -rf "$state"' EXIT

say() {
	echo "vgic-abi> $*"
}

cases() {
	awk -v state="$state" -v program="$program_name" -v units="${UNITS:-ns}" "$@" -f "$here/cases.awk"
}

result() {
	echo "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=$1 RESULT=$2>"
}

# What the kernel has said since the last time. On the console it would fall into
# the middle of lines, so only an oops or a panic still goes there.
kernel_log() {
	dmesg -c >"$state/log"
	# The same words as in tools/kernel_log.py.
	if grep -Eq 'WARNING: |BUG: |Kernel panic|kernel BUG at|Oops|Internal error: |Unable to handle kernel|detected stalls|self-detected stall|new suspected memory leaks|possible recursive locking|blocked for more than [0-9]+ seconds|refcount_t: |KASAN: |UBSAN: ' "$state/log"; then
		alarm=1
	fi
	tr -c '\n\t -~' '?' <"$state/log" | sed 's/</(/g; s/^/vgic-abi% /'
}

# limited SECONDS COMMAND...: its status goes to the file `status`; `timeout` is
# there if it ran for too long
limited() {
	seconds=$1
	shift
	rm -f "$state/timeout"
	setsid "$@" </dev/null 2>&1 &
	program=$!
	(
		sleep "$seconds"
		: >"$state/timeout"
		kill -KILL -- "-$program"
	) >/dev/null 2>&1 &
	watcher=$!
	wait "$program"
	echo $? >"$state/status"
	kill "$watcher" 2>/dev/null
	# What it left running.
	kill -KILL -- "-$program" 2>/dev/null
}

load_module() {
	module=$here/modules/$(uname -r)/kvm_armv7.ko
	[ -e "$module" ] || return 0
	said=$(insmod "$module" 2>&1)
	status=$?
	say module "$status" "$said"
	if [ "$REFUSED" ]; then
		verdict=fail
		case $said in
		*"$REFUSED"*) [ "$status" = 0 ] || verdict=pass ;;
		esac
		result target.refused $verdict
	fi
}

check_features() {
	limited "$list_limit" "$folder/probe" >"$state/probe"
	sed 's/[^ -~]/?/g; s/</(/g; s/^/vgic-abi> probe /' "$state/probe"
	say probed "$(cat "$state/status")"
	verdict=pass
	[ "$(cat "$state/status")" = 0 ] || verdict=fail
	for feature in $FEATURES; do
		grep -qx "feature $feature" "$state/probe" || verdict=fail
	done
	for feature in $LACKS; do
		grep -qx "feature $feature" "$state/probe" && verdict=fail
	done
	result target.features $verdict
}

# run PROGRAM SECONDS; starts it again after a test in which it died
run() {
	program_name=$1
	limit=$2
	set -- "$folder/$program_name"
	[ -z "$TESTS" ] || set -- "$@" --tests "$TESTS"

	rm -f "$state/names" "$state/done"
	: >"$state/done"
	limited "$list_limit" "$@" --list >"$state/listed"
	listed=$(cat "$state/status")
	[ ! -e "$state/timeout" ] || listed=timeout
	say program "$program_name" "$limit"
	: >"$state/names"
	if [ "$listed" = 0 ]; then
		sed 's/[^ -~]/?/g; s/</(/g; s/^/vgic-abi> name /' "$state/listed"
		# What this machine cannot have is a comment there.
		grep -v '^#' "$state/listed" >"$state/names"
		sed -n 's/^# absent: \([a-z0-9-]*\): .*/\1/p' "$state/listed" >>"$state/absent"
		if [ ! -s "$state/names" ]; then
			say without "$program_name"
			return
		fi
	fi
	say listed "$listed"
	echo "vgic-abi: program $program_name" >/dev/kmsg

	after=
	restarts=0
	while :; do
		rm -f "$state/after"
		say begin "$after"
		limited "$limit" "$@" ${after:+--after "$after"} | cases
		kernel_log
		if [ -e "$state/timeout" ]; then
			say timeout
		else
			say exit "$(cat "$state/status")"
		fi
		[ -s "$state/after" ] || break
		read -r after <"$state/after"
		if [ "$restarts" -eq "$restarts_limit" ]; then
			say abandoned
			cases -v abandon=1 </dev/null
			break
		fi
		restarts=$((restarts + 1))
	done
	say "done" "$program_name"
}

alarm=
: >"$state/absent"
# Without a shell's patterns: they are for the programs.
set -f
dmesg -n 1
kernel_log
say kernel "$(uname -r)" "$(uname -m)"
say programs "$(sed 's/ .*//' "$folder/programs" | tr '\n' ' ')"
say expects "$FEATURES" without "$LACKS"
load_module
check_features
while read -r name limit; do
	run "$name" "${limit:-180}"
done <"$folder/programs"
kernel_log
awk '!seen[$1]++' "$state/absent" | while read -r feature; do
	result "target.absent.$feature" skip
done
if [ "$alarm" ]; then
	result kernel.log fail
else
	result kernel.log pass
fi
say end
dmesg -n 7
