# SPDX-License-Identifier: GPL-2.0-only
#
# Reads what a test program prints, on its way to the console of a machine in a LAVA
# lab. Each result also becomes a line that LAVA takes for one test case, and each
# row of a benchmark a measurement.
#
#   state    a folder: names (the planned tests, one a line), done (those that have
#            a result, of earlier parts, too); gets after (where to go on)
#   program  its name, which is the case of one that skips as a whole
#   units    of the benchmarks' figures
#   abandon  not 0: reads nothing; what has no result was not run
#
# The program's own words go out with a prefix, and with everything written as \xNN
# that could end a line, or that LAVA could take for a word of its own; tools/lava_log.py
# turns that back. Only names made of harmless characters get into LAVA's lines.

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
	running = skips = ""
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

# The row's name, and the median of its rounds.
function measurement(row,    name, more, list, n, figure, i, j, x) {
	if (!match(row, /"name":"[A-Za-z0-9_.-]+"/))
		return
	name = "bench." substr(row, RSTART + 8, RLENGTH - 9)
	if (match(row, /"vcpus":[0-9]+/) && (more = substr(row, RSTART + 8, RLENGTH - 8)) > 1)
		name = name ".vcpus-" more
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
		# A test that gave no result, and yet the next one begins.
		if (running != "" && !(running in done))
			testcase(running, "fail")
		running = substr(line, 9)
	} else if (line ~ /^1\.\.0 # SKIP/) {
		skips = 1
	} else if (line ~ /^(not )?ok [0-9]+ (- )?[^ #]+/) {
		came++
		bad = line ~ /^not /
		name = line
		sub(/^(not )?ok [0-9]+ (- )?/, "", name)
		rest = name
		sub(/ .*/, "", name)
		sub(/^[^ ]+ ?/, "", rest)
		# A contradiction ("not ok # SKIP") is a failure, here as everywhere.
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
	if (!count && !came)
		testcase(program, skips ? "skip" : "fail")
	if (running != "") {
		testcase(running, "fail")
		after = running
	} else {
		for (i = 1; i <= count; i++) {
			if (names[i] in done)
				continue
			# If the program skips now: it has named tests that it can run.
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
