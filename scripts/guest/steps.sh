# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions for process 1 of an emulated Debian. They report each step on the console, in lines that
# emulated_debian.py reads:
#
#   @check ok NAME              @check failed NAME: WHY              @check end

export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C DEBIAN_FRONTEND=noninteractive
here=$(dirname "$0")

# check NAME COMMAND...: runs a step, which has to succeed; its output is shown at once
check() {
	name=$1
	shift
	{
		"$@" </dev/null 2>&1
		echo $? >"$here/status"
	} | sed 's/^/  /'
	read -r status <"$here/status"
	if [ "$status" -eq 0 ]; then
		echo "@check ok $name"
	else
		echo "@check failed $name: status $status"
	fi
}

# expect NAME EXPECTED GOT
expect() {
	if [ "$2" = "$3" ]; then
		echo "@check ok $1"
	else
		echo "@check failed $1: expected '$2', got '$3'"
	fi
}

# Powers the machine off. There is no init that could shut it down.
end() {
	echo '@check end'
	sync
	echo o >/proc/sysrq-trigger
	sleep 30
}
