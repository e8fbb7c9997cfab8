# SPDX-License-Identifier: GPL-2.0-only
#
# Filters the output of a test program for the console of a machine in a LAVA lab. For each
# result, a line is added that LAVA parses as a test case, and for each benchmark row a line
# that LAVA parses as a measurement.
#
#   state    a folder with two files, one test per line: `names`, the planned tests, and `done`,
#            those that have a result, from earlier runs as well. The filter adds to `done`, and
#            writes the test after which the program has to continue to the file `after`.
#   program  the program's name, which is the test case if the program plans and reports no test
#   units    unit of the benchmarks' measurements
#   abandon  if not 0, no output is read, and all tests without a result are reported as not run
#
# The program's output is printed with a prefix. Characters that could end a line or form
# LAVA's own syntax are escaped as \xNN, which tools/lava_log.py decodes. Only names made of
# safe characters are used in LAVA's lines.

BEGIN {
	for (i = 0; i < 256; i++)
		code[sprintf("%c", i)] = sprintf("\\x%02x", i)
	while ((getline name <(state "/names")) > 0)
		if (!(name in planned)) {
			planned[name] = 1
			names[++count] = name
		}
	while ((getline name <(state "/done")) > 0)
		done[name] = 1
	running = skipped = ""
	if (abandon + 0) {
		for (i = 1; i <= count; i++)
			if (!(names[i] in done))
				testcase(names[i], "unknown")
		exit
	}
}

function testcase(name, result) {
	if (length(name) < 200 && name ~ /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)
		printf "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s RESULT=%s>\n", name, result
	if (!(name in done))
		print name >>(state "/done")
	done[name] = 1
}

function escaped(text,    i, out, c) {
	if (text !~ /[^ -~]|[\\<>]/)
		return text
	out = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		out = out (c ~ /[ -~]/ && c !~ /[\\<>]/ ? c : code[c])
	}
	return out
}

# Prints a benchmark row's name and the median of its rounds.
function measurement(row,    name, vcpus, n, figure, i, j, x) {
	if (!match(row, /"name":"[A-Za-z0-9_.-]+"/))
		return
	name = "bench." substr(row, RSTART + 8, RLENGTH - 9)
	if (match(row, /"vcpus":[0-9]+/) && (vcpus = substr(row, RSTART + 8, RLENGTH - 8)) > 1)
		name = name ".vcpus-" vcpus
	if (match(row, /"slots":[0-9]+/))
		name = name ".slots-" substr(row, RSTART + 8, RLENGTH - 8)
	if (!match(row, /"ns":\[[-0-9.,]+\]/))
		return
	n = split(substr(row, RSTART + 6, RLENGTH - 7), figure, ",")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && figure[j - 1] + 0 > figure[j] + 0; j--) {
			x = figure[j]
			figure[j] = figure[j - 1]
			figure[j - 1] = x
		}
	x = (figure[int((n + 1) / 2)] + figure[int(n / 2) + 1]) / 2
	printf "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s RESULT=pass UNITS=%s MEASUREMENT=%.3f>\n", \
		name, units, x
}

{
	line = $0
	sub(/\r$/, "", line)
	print "vgic-abi| " escaped(line)
	if (line ~ /^# start [^ ]+$/) {
		# The previous test has ended without a result.
		if (running != "" && !(running in done))
			testcase(running, "fail")
		running = substr(line, 9)
	} else if (line ~ /^1\.\.0 # SKIP/) {
		skipped = 1
	} else if (line ~ /^(not )?ok [0-9]+ (- )?[^ #]+/) {
		results++
		bad = line ~ /^not /
		name = line
		sub(/^(not )?ok [0-9]+ (- )?/, "", name)
		rest = name
		sub(/ .*/, "", name)
		sub(/^[^ ]+ ?/, "", rest)
		# The contradiction "not ok # SKIP" is a failure, as in tools/ktap.py.
		if (bad && rest ~ /^# ERROR not run: /)
			testcase(name, "unknown")
		else if (bad)
			testcase(name, "fail")
		else if (rest ~ /^# SKIP( |$)/)
			testcase(name, "skip")
		else if (rest == "" || rest ~ /^# XFAIL( |$)/)
			testcase(name, "pass")
		else
			testcase(name, "fail")
		if (name == running)
			running = ""
	} else if (line ~ /^# .*bench [{].*[}]$/) {
		measurement(line)
	}
	fflush()
}

END {
	if (abandon + 0)
		exit
	after = ""
	if (!count && !results)
		testcase(program, skipped ? "skip" : "fail")
	if (running != "") {
		testcase(running, "fail")
		after = running
	} else {
		for (i = 1; i <= count; i++) {
			if (names[i] in done)
				continue
			# A program that skips as a whole fails, too: --list names only tests
			# that can run.
			testcase(names[i], "fail")
			after = names[i]
			break
		}
	}
	left = 0
	for (i = 1; i <= count; i++)
		left += !(names[i] in done)
	if (after != "" && left)
		print after >(state "/after")
}
