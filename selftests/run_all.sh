#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs all test programs of a folder on this machine's /dev/kvm. Prints one KTAP document on
# standard output, with a subtest for each program. $TESTS selects tests, as in the programs.
# Exits with 0 if nothing failed, 1 if something failed, 4 if everything was skipped.
#
#   run_all.sh [FOLDER]

set -u
folder=${1:-$(dirname "$0")}

if [ ! -r "$folder/programs" ]; then
	echo "run_all.sh: expected the built tests in '$folder'," \
		"found no file 'programs' there: run make first" >&2
	exit 2
fi

trap 'exit 130' INT
trap 'exit 143' TERM

# Line by line, so that results appear at once; not every sed can do that.
indent() {
	while IFS= read -r line; do
		printf '  %s\n' "$line"
	done
}

failed=0
ran=0
number=0

echo "KTAP version 1"
echo "1..$(wc -l <"$folder/programs")"
while read -r program limit; do
	number=$((number + 1))
	status=$(
		exec 3>&1
		{
			timeout -k 10 "$limit" "$folder/$program" </dev/null 2>&1 3>&-
			echo $? >&3
		} | indent >&4
	) 4>&1
	case $status in
	0)
		ran=1
		echo "ok $number $program"
		;;
	4)
		echo "ok $number $program # SKIP"
		;;
	124 | 137)
		failed=1
		echo "# $program: expected it to end within $limit s, it still ran"
		echo "not ok $number $program # TIMEOUT $limit s"
		;;
	*)
		failed=1
		echo "not ok $number $program"
		;;
	esac
done <"$folder/programs"

[ "$failed" -eq 0 ] || exit 1
[ "$ran" -eq 1 ] || exit 4
