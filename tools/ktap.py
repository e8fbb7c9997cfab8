# SPDX-License-Identifier: GPL-2.0-only
"""KTAP in both directions: one test program's output in, one document out.

ProgramJudge reads what a test program prints, line by line, and answers with
exactly one result for each planned test, even if the program, the kernel or the
machine fails. The program is not trusted: numbers, names, order, plan and exit
status all have to fit together.

document() writes the results of one target as one KTAP version 1 document,
which the kernel's kunit_parser.py and Perl's prove can both read.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tools.reproducers import Reproducers
from tools.results import (BAD, FAILED, NOT_RUN, PASSED, SKIPPED, WHILE_IT_RAN, XFAILED,
                           XPASSED, Result, count)

# Test names go into file formats and onto command lines.
NAME = r"[A-Za-z0-9_][A-Za-z0-9_.+-]*"
NAME_LINE = re.compile(NAME)

VERSION_LINE = re.compile(r"KTAP version (\d+)")
PLAN_LINE = re.compile(r"1\.\.(\d{1,9})(?: # SKIP ?(.*))?")
RESULT_LINE = re.compile(
    rf"(ok|not ok) (\d{{1,9}}) (?:- )?({NAME})(?: # (\w+)(?: (.*))?)?")
START_LINE = re.compile(rf"# start ({NAME})")
OWNED_LINE = re.compile(rf"# ({NAME}): (.*)")
# Tests that this system cannot support: their number, and their names in a list.
ABSENT_LINE = re.compile(rf"# absent: ({NAME}): (.*): (\d{{1,9}}) tests? not planned")
NOT_PLANNED_LINE = re.compile(rf"# not planned: ({NAME})")
# The result in place of these tests, one for each target and feature.
ABSENT_RESULT = "target.absent."

# The line that the harness prints after EXPECT_RULE()'s own, which already has the expected and the
# actual value: only the place in the source is new.
HARNESS_LINE = re.compile(r"(\S+\.c:\d+):\w+:Expected \S+ \(\S+\) != as_the_rule_says \(\S+\)")
SOURCE_LINE = re.compile(r"in \S+\.c:\d+")
# A test's message about a vCPU that it gives up: report_late() in selftests/lib/guest/guest.c.
LATE_LINE = re.compile(r"(vCPU \d+): expected the guest's code to end, .*: (waits for '.*)")

# The directives that a result may have. Other directives contradict the result.
OUTCOME_OF = {
    ("ok", None): PASSED,
    ("not ok", None): FAILED,
    ("not ok", "ERROR"): FAILED,
    ("not ok", "TIMEOUT"): FAILED,
    ("ok", "SKIP"): SKIPPED,
    ("ok", "XFAIL"): XFAILED,
    ("not ok", "XPASS"): XPASSED,
}

# Follows "# ERROR" in the line of a test that was not run. The line is a "not ok", because readers
# that do not know ERROR must not take it for a pass or a skip. LKFT's and the kernel's parser both
# get the test's name from such a line.
NOT_RUN_WORDS = "not run: "

# The diagnostic line before a skip has the test's name, this, and the reason: LKFT's parser
# takes text after "# SKIP" for part of the name.
SKIP_REASON = "skipped: "

# Exit statuses of a kselftest program that ended by itself.
STATUS_PASS = 0
STATUS_FAIL = 1
STATUS_SKIP = 4

# Further lines of a test's output are only in the raw log.
MAX_LOG_LINES = 200
MAX_LINE = 400
MAX_COMPLAINTS = 8


def shorten(text: str) -> str:
    """Returns text, cut to the length of one line."""
    if len(text) <= MAX_LINE:
        return text
    return f"{text[:MAX_LINE]}... ({len(text)} characters)"


def printable(text: str) -> str:
    """Returns text without anything that could end or corrupt a line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}"
                   for c in text.expandtabs(8))


def describe_status(status: int) -> str:
    """Returns a shell's exit status in words."""
    if status > 128:
        number = status - 128
        try:
            return f"killed by signal {number} ({signal.Signals(number).name})"
        except ValueError:
            pass
    known = {126: ": cannot be executed", 127: ": not found"}
    return f"exit status {status}{known.get(status, '')}"


# ---- a program's --list ----

@dataclass(frozen=True)
class Absence:
    """A dialect, a GIC or the like that a system lacks, and the tests that need it."""

    feature: str
    why: str
    tests: tuple[str, ...]


@dataclass
class Listing:
    """The output of a program's --list: names in their order, and tests that are not planned."""

    names: list[str] = field(default_factory=list)
    absent: list[Absence] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """True if this program has none of the requested tests."""
        return not self.names and not self.absent


def read_listing(lines: Iterable[str]) -> Listing:
    """Parses the output of --list. Raises ValueError for any other line."""
    listing = Listing()
    feature, why, tests = "", "", []

    def close() -> None:
        if feature:
            listing.absent.append(Absence(feature, why, tuple(tests)))

    for line in map(str.strip, lines):
        if absent := ABSENT_LINE.fullmatch(line):
            close()
            feature, why, tests = absent[1], absent[2], []
        elif feature and (name := NOT_PLANNED_LINE.fullmatch(line)):
            tests.append(name[1])
        elif NAME_LINE.fullmatch(line):
            listing.names.append(line)
        else:
            raise ValueError(f"expected names of tests, got {shorten(line)!r}")
    close()
    if len(set(listing.names)) != len(listing.names):
        raise ValueError("a name appears twice")
    return listing


def not_planned(count: int) -> str:
    return f"{count} test{'s' if count != 1 else ''} not planned"


class Absences:
    """The features that a target lacks, for all its programs; each test counts once."""

    def __init__(self) -> None:
        self._why: dict[str, str] = {}
        self._tests: dict[str, dict[str, None]] = {}

    def add(self, absent: Iterable[Absence]) -> None:
        for one in absent:
            self._why.setdefault(one.feature, one.why)
            self._tests.setdefault(one.feature, {}).update(dict.fromkeys(one.tests))

    @property
    def all(self) -> list[Absence]:
        return [Absence(feature, why, tuple(self._tests[feature]))
                for feature, why in self._why.items()]

    @property
    def results(self) -> list[Result]:
        """One result for each feature, with the reason."""
        return [Result(f"{ABSENT_RESULT}{one.feature}", "", SKIPPED,
                       f"{one.why}: {not_planned(len(one.tests))}") for one in self.all]


class ProgramJudge:
    """Turns the output of one test program into results.

    A program that dies is started again after the test in which it died, so its
    output comes in one or more parts: feed() takes the lines of a part, end()
    closes the part and returns where to continue. The results are in `results`,
    in the order of the output.

    names are the planned tests in their order, or None if the program could
    not list them; then its plan line is the only information.
    """

    def __init__(self, program: str, names: Sequence[str] | None) -> None:
        self.program = program
        self.names = list(names) if names is not None else None
        self.log: list[str] = []
        self.skip_reason: str | None = None
        self._by_name: dict[str, Result] = {}
        self._complaints: list[str] = []
        self._planned: int | None = None
        self._closing: Result | None = None
        self._abandoned = ""
        self._begin_part()

    def _begin_part(self) -> None:
        self._seen_version = False
        self._plan: int | None = None
        self._number = 0
        self._came = 0
        self._raw_failures = 0
        self._only_skips = True
        self.running: str | None = None
        self._started_at = 0.0
        self._test_log: list[str] = []
        self._test_complaints: list[str] = []
        self._reproducers: Reproducers | None = None
        self._end_requested = ""

    # ---- results so far ----

    @property
    def results(self) -> list[Result]:
        """All results so far; the program's own, if it has one, comes last."""
        found = list(self._by_name.values())
        if self._closing:
            found.append(self._closing)
        return found

    def replace(self, result: Result) -> None:
        """Puts the result of a repetition in place of a test's earlier result."""
        self._by_name[result.test] = result

    def _missing(self) -> list[str]:
        """Names of the planned tests without a result, if names are known."""
        return [name for name in self.names or () if name not in self._by_name]

    # ---- lines ----

    def feed(self, line: str, now: float) -> list[Result]:
        """Takes one line; returns the results that are new or have changed.

        now is in seconds, of any steady clock.
        """
        line = line.rstrip("\r\n")
        if not line.strip():
            return []
        for pattern, take in (
                (VERSION_LINE, self._take_version),
                (PLAN_LINE, self._take_plan),
                (START_LINE, self._take_start),
                (RESULT_LINE, self._take_result)):
            match = pattern.fullmatch(line)
            if match:
                return take(match, line, now)
        if line.startswith("#"):
            return self._take_diagnostic(line)
        self.complain(f"a line that is not KTAP: '{shorten(printable(line))}'")
        return []

    def end_requested(self, why: str) -> None:
        """Notes that the runner ends the running test, which may print more before its end."""
        self._end_requested = why

    def complain(self, what: str) -> None:
        """Notes a violation of the format, for the running test if there is one."""
        complaints = (self._test_complaints if self.running
                      else self._complaints)
        if len(complaints) < MAX_COMPLAINTS:
            complaints.append(what)
        elif len(complaints) == MAX_COMPLAINTS:
            complaints.append("and more of this kind, see channel.log")

    def _note(self, text: str) -> None:
        text = HARNESS_LINE.sub(r"in \1", text)
        log = self._test_log if self.running else self.log
        if len(log) < MAX_LOG_LINES:
            log.append(shorten(text))
        elif len(log) == MAX_LOG_LINES:
            log.append("... more lines, see channel.log")

    def _take_version(self, match: re.Match[str], line: str,
                      _now: float) -> list[Result]:
        if self._seen_version or match[1] != "1" or self._came:
            self.complain(f"expected one line 'KTAP version 1' at the start, "
                          f"got {line!r}")
        self._seen_version = True
        return []

    def _take_plan(self, match: re.Match[str], line: str,
                   _now: float) -> list[Result]:
        plan, reason = int(match[1]), match[2]
        if self._plan is not None or self._came:
            self.complain(f"expected one plan, before all results, got {line!r}")
            return []
        if reason is not None and plan:
            self.complain(f"expected '1..0 # SKIP reason', got {line!r}")
        self._plan = plan
        left = (len(self._missing()) if self.names is not None
                else self._planned and self._planned - len(self._by_name))
        if reason is not None and not plan:
            self.skip_reason = reason or "no reason given"
        elif left is not None and plan != left:
            self.complain(f"expected a plan for {left} tests, got {line!r}")
        if self._planned is None:
            self._planned = plan
        return []

    def _take_start(self, match: re.Match[str], _line: str,
                    now: float) -> list[Result]:
        changed = []
        if self.running:
            changed = self._finish(
                self.running, FAILED,
                f"no result: the next test, {match[1]}, started", now)
        self.running = match[1]
        self._started_at = now
        self._end_requested = ""
        self._test_log = []
        self._test_complaints = []
        self._reproducers = Reproducers(match[1])
        return changed

    def _take_diagnostic(self, line: str) -> list[Result]:
        owned = OWNED_LINE.fullmatch(line)
        if not self.running and ABSENT_LINE.fullmatch(line):
            # An absent feature: the runner reports it once for all programs.
            return []
        if owned and owned[1] == self.running and self._reproducers:
            text = self._reproducers.take(owned[2])
            if text is not None:
                self._note(text)
        elif line not in ("#", "# "):
            self._note(line[1:].removeprefix(" "))
        return []

    def _take_result(self, match: re.Match[str], line: str,
                     now: float) -> list[Result]:
        word, number, name = match[1], int(match[2]), match[3]
        directive, reason = match[4], match[5] or ""

        if not self._seen_version or self._plan is None:
            if self._came == 0:
                self.complain("expected 'KTAP version 1' and a plan before "
                              f"the first result, got {line!r}")
        expected = self._number + 1
        if number != expected:
            self.complain(f"expected result number {expected}, got {line!r}")
        # Continue from a wrong number, if possible, so that it causes only one complaint.
        absurd = self._plan is not None and number > self._plan
        self._number = expected if absurd else number
        self._came += 1

        outcome = OUTCOME_OF.get((word, directive))
        if outcome is None:
            outcome = FAILED
            self.complain("expected ok, not ok, ok # SKIP, ok # XFAIL, not ok # XPASS, "
                          f"not ok # ERROR or not ok # TIMEOUT, got {line!r}")
        elif outcome in BAD:
            self._raw_failures += 1
        if directive == "ERROR" and outcome and reason.startswith(NOT_RUN_WORDS):
            outcome, reason = NOT_RUN, reason.removeprefix(NOT_RUN_WORDS)
        elif outcome == FAILED and directive and reason:
            self._note(reason)
            reason = ""
        if outcome != SKIPPED:
            self._only_skips = False
        return self._finish(name, outcome, reason, now)

    def _finish(self, name: str, outcome: str, reason: str,
                now: float) -> list[Result]:
        """Adds the result of a test, unless something is wrong with it."""
        earlier = self._by_name.get(name)
        if earlier:
            earlier.fail(f"two results, {earlier.outcome} and then {outcome}; "
                         "expected one")
            if self.running == name:
                self.running = None
            return [earlier]

        time_s = now - self._started_at if self.running == name else 0.0
        result = Result(name, self.program, outcome, reason, round(time_s, 3))
        if outcome == SKIPPED and not reason:
            result.message = self._reason_of_skip(name)
        if self.running == name:
            log, complaints = self._test_log, self._test_complaints
            if self._reproducers:
                result.files = self._reproducers.files
            self.running = None
            self._test_log, self._test_complaints = [], []
        else:
            # No start line: the output since the last result belongs to this test.
            log, complaints = self.log, self._complaints
            if self.running:
                complaints = [f"its result appeared while {self.running} ran"]
                log = []
            else:
                self.log, self._complaints = [], []
        result.log = log
        if outcome == FAILED and not result.message:
            result.message = "\n".join(line for line in log if not SOURCE_LINE.fullmatch(line))
        if self._end_requested:
            result.outcome = FAILED
            waits = next(filter(None, map(LATE_LINE.fullmatch, log)), None)
            result.message = "\n".join(filter(None, (
                f"expected a result, got {self._end_requested}"
                + (f": {waits[1]} {waits[2]}" if waits else ""), result.message)))
            self._end_requested = ""
        for complaint in complaints:
            result.fail(complaint)
        if self.names is not None and name not in self.names:
            result.fail("no such test was planned")
        if outcome == FAILED and not result.message:
            result.message = "failed without a message"
        self._by_name[name] = result
        return [result]

    def _reason_of_skip(self, name: str) -> str:
        """Removes the reason of a skip from the test's output, and returns it."""
        log = self._test_log if self.running == name else self.log
        for place in reversed(range(len(log))):
            line = log[place].removeprefix(f"{name}: ")
            if line.startswith(SKIP_REASON):
                del log[place]
                return line.removeprefix(SKIP_REASON)
        return ""

    # ---- the end of a part ----

    def end(self, status: int | None, cause: str | None, now: float,
            log: Iterable[str] = ()) -> tuple[str | None, list[Result]]:
        """Closes a part of the output.

        status is the program's exit status, None if it has none. cause says
        what ended the program, None if it ended by itself; log is the end of
        the kernel log if that matters. Returns the test after which to start
        the program again, None if there is no need, and the results that are
        new or have changed.
        """
        natural = cause is None and status in (STATUS_PASS, STATUS_FAIL,
                                               STATUS_SKIP)
        why = cause or (describe_status(status) if status is not None
                        else "no exit status")
        changed: list[Result] = []
        after: str | None = None
        log = list(log)
        culprit_log = self.log

        if self.running:
            after = self.running
            changed = self._finish(
                after, FAILED, f"the program ended in this test: {why}", now)
        elif self._whole_skip(natural, status):
            self._check_status(status)
        elif self._missing():
            if self.skip_reason is not None:
                why = f"it skips: {self.skip_reason}; {why}"
            after = self._missing()[0]
            changed = self._finish(
                after, FAILED,
                f"the program ended before this test began: {why}", now)
        elif not natural:
            self.complain(f"expected exit status 0, 1 or 4, got: {why}")
            self.log += log
        else:
            self._check_status(status)
        if after:
            changed[-1].log = changed[-1].log or culprit_log
            changed[-1].log = changed[-1].log + log

        if self.names is not None:
            again = after if self._missing() else None
        else:
            left = (self._planned or 0) - len(self._by_name)
            again = after if after and left > 0 else None
            if not again and left > 0 and self.skip_reason is None:
                self.complain(f"expected {self._planned} results, got "
                              f"{len(self._by_name)}: {why}")
        self._begin_part()
        if again is None:
            changed += self._close()
        return again, changed

    def _whole_skip(self, natural: bool, status: int | None) -> bool:
        """True if the program printed '1..0 # SKIP' and nothing else, and has named no test."""
        return (self.skip_reason is not None and natural and not self.names
                and status in (STATUS_PASS, STATUS_SKIP) and not self._by_name)

    def _check_status(self, status: int | None) -> None:
        """Complains about an exit status that contradicts the results."""
        if self._plan is None and not self._by_name:
            self.complain("expected KTAP, got no plan and no result: "
                          f"{describe_status(status or 0)}")
            return
        if self._raw_failures:
            expected = {STATUS_FAIL}
        elif self._only_skips:
            expected = {STATUS_SKIP, STATUS_PASS}
        else:
            expected = {STATUS_PASS}
        if status not in expected:
            words = " or ".join(str(number) for number in sorted(expected))
            self.complain(f"expected exit status {words} after these results, "
                          f"got {status}")

    def abandon(self, why: str) -> list[Result]:
        """Marks each test without a result as not run, with the reason.

        This includes the running test, which was stopped and has not failed.
        """
        changed = []
        running, self.running = self.running, None
        for name in self._missing() if self.names is not None else [running]:
            if name is None:
                continue
            begun = name == running
            self._by_name[name] = Result(name, self.program, NOT_RUN,
                                         why + WHILE_IT_RAN if begun else why,
                                         log=self._test_log if begun else [])
            changed.append(self._by_name[name])
        if self.names is None:
            self._abandoned = why
        return changed + self._close()

    def _close(self) -> list[Result]:
        """The result of the program as a whole, if one is needed."""
        named = f"{self.program}.output" if self._by_name else self.program
        if self._complaints:
            self._closing = Result(named, self.program, FAILED,
                                   "\n".join(self._complaints), log=self.log)
        elif self._abandoned:
            self._closing = Result(named, self.program, NOT_RUN, self._abandoned, log=self.log)
        elif self.skip_reason is not None and not self._by_name:
            self._closing = Result(named, self.program, SKIPPED,
                                   self.skip_reason)
        elif not self._by_name and self.names is None:
            self._closing = Result(named, self.program, FAILED,
                                   "it produced no result", log=self.log)
        return [self._closing] if self._closing else []


# ---- the document ----

# These end the kernel's parser wherever they stand in a line.
PARSER_END = re.compile(r"(List of all partitions|"
                        r"Kernel panic - not syncing: VFS|"
                        r"reboot: System halted)")

DIRECTIVE = {SKIPPED: " # SKIP", XFAILED: " # XFAIL", XPASSED: " # XPASS",
             NOT_RUN: f" # ERROR {NOT_RUN_WORDS.strip()}"}


def _diagnostic(text: str) -> str:
    return PARSER_END.sub(lambda m: m[0].replace(" ", "_"), printable(text))


def _joined(message: str) -> str:
    return _diagnostic(" ".join(message.split("\n")))


def _result_lines(result: Result, number: int, indent: str) -> list[str]:
    lines = []
    if result.unexpected:
        for text in result.account:
            lines.append(f"{indent}# {result.test}: {_diagnostic(text)}")
    elif result.outcome == SKIPPED and result.message:
        lines.append(f"{indent}# {result.test}: {SKIP_REASON}{_joined(result.message)}")
    word = "not ok" if result.bad else "ok"
    # In KTAP, no name has a "#"; names of other projects' tests may.
    line = f"{indent}{word} {number} {result.test.replace('#', '_')}"
    if result.outcome in DIRECTIVE:
        reason = "" if result.outcome == SKIPPED else _joined(result.message)
        line += f"{DIRECTIVE[result.outcome]} {reason}".rstrip()
    return [*lines, line]


# The last line of a document, for tools/tap.py; other readers pass over it.
ABOUT_LINE = re.compile(r"# vgic-abi run: target=(\S+) kernel=(\S*) ended=(.*)")


def about_line(target: str, kernel: str, ended: str) -> str:
    """The line in which a document describes itself, for readers that have no other file."""
    target, kernel = (re.sub(r"\s", "_", printable(word)) for word in (target, kernel))
    return f"# vgic-abi run: target={target} kernel={kernel} ended={ended}"


# Forms of a document: KTAP version 1 with programs as nested subtests; nested by "# ", as the
# kernel's kselftest runner shows programs, with COLLECTION before their names; and all results at
# the top level, for readers that do not support nesting.
NESTED, KSELFTEST, FLAT = "nested", "kselftest", "flat"
FORMS = (NESTED, KSELFTEST, FLAT)
COLLECTION = "selftests: vgic-abi: "


def _groups(results: Iterable[Result], form: str) -> list[list[Result]]:
    """Groups adjacent results of one program; in the flat form, each result is a group."""
    groups: list[list[Result]] = []
    for result in results:
        if form != FLAT and groups and result.program and groups[-1][0].program == result.program:
            groups[-1].append(result)
        else:
            groups.append([result])
    return groups


def document(results: Iterable[Result], about: str = "", form: str = NESTED) -> str:
    """Returns the KTAP document of one target; about is its about_line(), form one of FORMS.

    Adjacent results of one program are a nested subtest. The runner's own results are at the top
    level, and so is the result of a program as a whole if it is the program's only result.
    """
    groups = _groups(results, form)
    indent = "# " if form == KSELFTEST else "  "
    version = "TAP version 13" if form == KSELFTEST else "KTAP version 1"
    lines = [version, f"1..{len(groups)}"]
    for number, group in enumerate(groups, 1):
        program = group[0].program
        if form == FLAT or not program or [r.test for r in group] == [program]:
            lines += _result_lines(group[0], number, "")
            continue
        name = program.replace("#", "_")
        if form == KSELFTEST:
            name = name if name.startswith("selftests: ") else f"{COLLECTION}{name}"
            lines.append(f"# {name}")
        lines.append(f"{indent}{version}")
        if form == NESTED:
            lines.append(f"{indent}# Subtest: {name}")
        lines.append(f"{indent}1..{len(group)}")
        for inner, result in enumerate(group, 1):
            lines += _result_lines(result, inner, indent)
        totals = " ".join(f"{word}:{n}" for word, n in count(group).items())
        lines.append(f"# {name.rpartition(': ')[2]}: {totals}")
        bad = any(result.bad for result in group)
        lines.append(f"{'not ok' if bad else 'ok'} {number} {name}"
                     f"{' # exit=1' * (bad and form == KSELFTEST)}")
    if about:
        lines.append(about)
    return "\n".join(lines) + "\n"
