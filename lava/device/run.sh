#!/vgic-abi/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# Runs test programs on a machine in a LAVA lab. Its console is the only output.
#
#   run.sh [FOLDER]     runs the programs of one folder beside this file: selftests (the
#                       default), hostile, bench, fuzz
#
# Environment variables:
#   TESTS      names of programs, rules or tests, or shell patterns, separated by commas
#   FEATURES   features that the program `probe` must report
#   LACKS      features that it must not report
#   REFUSED    on machines that must refuse the module: part of insmod's error message
#   UNITS      unit of the benchmarks: ns, or `instructions` if the emulated clock counts them
#
# Prefixes of lines on the console:
#   vgic-abi>  messages of this script: program, name, begin, exit, timeout, ...
#   vgic-abi|  output of a test program, see cases.awk
#   vgic-abi%  the kernel's log, after each program
#   <LAVA_...  results in LAVA's syntax
# tools/lava_log.py converts them to the files that `make run` writes.

here=$(dirname "$0")
PATH=$here/bin
export PATH
LC_ALL=C
export LC_ALL
folder=$here/${1:-selftests}
restarts_limit=3
list_limit=60

# State is in files, because the stages of a pipeline run in subshells.
state=/tmp/vgic-abi.$$
mkdir -p "$state" || exit 1
trap 'rm -rf "$state"' EXIT

say() {
	echo "vgic-abi> $*"
}

cases() {
	awk -v state="$state" -v program="$program_name" -v units="${UNITS:-ns}" "$@" \
		-f "$here/cases.awk"
}

result() {
	echo "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=$1 RESULT=$2>"
}

# Prints the kernel's messages since the last call. Except for an oops or a panic, messages are
# kept off the console, where they would break other lines.
kernel_log() {
	dmesg -c >"$state/log"
	# The patterns of ALARMS in tools/kernel_log.py.
	if grep -Eq 'WARNING: |BUG: |Kernel panic|kernel BUG at|Oops|Internal error: |Unable to handle kernel|detected (expedited )?stalls|self-detected stall|soft lockup|new suspected memory leaks|possible recursive locking|blocked for more than [0-9]+ seconds|refcount_t: |KASAN: |UBSAN: ' "$state/log"; then
		alarm=1
	fi
	tr -c '\n\t -~' '?' <"$state/log" | sed 's/</(/g; s/^/vgic-abi% /'
}

# limited SECONDS COMMAND...: runs a command with a time limit. Writes its exit status to the
# file `status`, and creates the file `timeout` if the limit was exceeded.
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
	# Ends processes that the command left running.
	kill -KILL -- "-$program" 2>/dev/null
}

load_module() {
	module=$here/modules/$(uname -r)/kvm_armv7.ko
	[ -e "$module" ] || return 0
	message=$(insmod "$module" 2>&1)
	status=$?
	say module "$status" "$message"
	if [ "$REFUSED" ]; then
		verdict=fail
		case $message in
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

# run PROGRAM SECONDS: runs a program, and restarts it after a test in which it died.
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
		# Comments in the list name features that this machine lacks.
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
# No pathname expansion: patterns are for the programs.
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
