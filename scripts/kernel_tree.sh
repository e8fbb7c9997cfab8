# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Options and errors of scripts that take a kernel tree, which source this file. They have a
# function usage().

fail() {
	echo "${0##*/}: $*" >&2
	exit 2
}

# Handles options, and counts the arguments; the first must not be empty.
# $1: how many there may be, $2: what they are, $3...: those of the script.
check_arguments() {
	most=$1
	what=$2
	shift 2
	case ${1-} in
	-h | --help)
		usage
		exit 0
		;;
	-*)
		usage >&2
		fail "expected $what, got the option '$1'"
		;;
	esac
	if [ $# -lt 1 ] || [ $# -gt "$most" ] || [ -z "$1" ]; then
		usage >&2
		fail "expected $what, got $# arguments"
	fi
}
