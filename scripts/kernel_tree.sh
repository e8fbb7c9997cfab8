# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Options and errors, for scripts whose argument is a kernel tree. A script that sources this file
# has a function usage().

fail() {
	echo "${0##*/}: $*" >&2
	exit 2
}

# Handles options and checks the number of arguments; the first must not be empty.
# $1: the maximum number, $2: their description, $3...: the script's arguments.
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
