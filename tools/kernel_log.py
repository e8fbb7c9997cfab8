# SPDX-License-Identifier: GPL-2.0-only
"""Divides a kernel log among the tests, and finds alarms in it.

The guest's init and the test programs write a line into the kernel log before
each program and each test. The lines up to the next such line belong to that program or test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# Names in place of a test's, before the first program and between programs.
BOOT, NO_PROGRAM = "boot", "(none)"
MARK = re.compile(r"\bvgic-abi: (?:program )?(\S+)\s*$")

# A healthy kernel prints none of these. Each begins a report of several lines.
ALARMS = re.compile(
    r"WARNING: |BUG: |Kernel panic|kernel BUG at|\bOops\b|Internal error: |"
    r"Unable to handle kernel|detected (?:expedited )?stalls|self-detected stall|"
    r"soft lockup|new suspected memory leaks|possible recursive locking|"
    r"blocked for more than \d+ seconds|refcount_t: |KASAN: |UBSAN: ")

# A CPU did not run for a long time, which the host may have caused.
STARVED = re.compile(r"detected (?:expedited )?stalls|self-detected stall|soft lockup|"
                     r"blocked for more than \d+ seconds")

# A CPU did not come online before a limit of one second (32-bit ARM) or five (arm64).
LATE_CPU = re.compile(r"\bCPU\d+: failed to come online")

# How the rest of a report is recognized: by its last line, by lines that occur nowhere else, and by
# the time within which the kernel prints the next line.
ACCOUNT_END = re.compile(r"---\[ end (?:trace|Kernel panic)")
OF_ACCOUNT = re.compile(
    r"\s|rcu: |CPU: \d|CPU \d|Hardware name: |Workqueue: |Call trace|Backtrace|Stack: |Code: |"
    r"Exception stack|Modules linked in: |Internal error: |Kernel panic|PC is at|LR is at|"
    r"(?:pc|lr|sp|ip|fp|psr|pstate) ?: |[rx]\d+ *: |Flags: |Control: |Register |Process |"
    r"Task dump|task:|Sending NMI|NMI backtrace|Mem abort|Data abort|user pgtable|pgd = |"
    r"\[[0-9a-f]{8,}\] |[0-9a-f]{4,}: |={8,}|-{8,}|---\[ end ")
STAMP = re.compile(r"\[ *(\d+\.\d+)\] ?")
SAME_ACCOUNT_S = 0.1

# The first alarms say most.
MAX_SHOWN = 10

# The first and last lines of a long excerpt say most.
EXCERPT_LINES = 80


def _start(lines: Sequence[str], test: str | None) -> int:
    """Index of the first line after the last mark of a test, or else after that of a program."""
    last = 0
    for index, line in enumerate(lines):
        mark = MARK.search(line)
        if mark and mark[1] == test:
            last = index + 1
    if last:
        return last
    for index in range(len(lines) - 1, -1, -1):
        if "vgic-abi: program " in lines[index]:
            return index + 1
    return 0


def before(lines: Sequence[str], test: str | None) -> Sequence[str]:
    """Returns the kernel's log before a test began."""
    return lines[:_start(lines, test)]


def since(lines: Sequence[str], test: str | None) -> list[str]:
    """Returns the kernel's log since a test began, shortened if long.

    If the log does not name the test, the result begins with the last program.
    """
    return _shortened(list(lines[_start(lines, test):]))


def _shortened(found: list[str]) -> list[str]:
    if len(found) <= EXCERPT_LINES:
        return found
    half = EXCERPT_LINES // 2
    return [*found[:half],
            f"... {len(found) - 2 * half} more lines, see kernel.log ...",
            *found[-half:]]


def of(lines: Sequence[str], test: str) -> list[str]:
    """Returns the kernel's log of the last run of a test; shortened if long."""
    start = 0
    for index, line in enumerate(lines):
        mark = MARK.search(line)
        if mark and mark[1] == test:
            start = index + 1
    found: list[str] = []
    for line in lines[start:] if start else ():
        if MARK.search(line):
            break
        found.append(line)
    return _shortened(found)


class Alarm(NamedTuple):
    """A kernel's report about something that a healthy kernel does not log.

    running: the test or program that ran then. lines: the report, which begins with the alarm.
    """

    running: str
    lines: list[str]

    def __str__(self) -> str:
        return f"{self.running}: {self.lines[0]}"

    @property
    def starved(self) -> bool:
        """True if the host may be the cause. If the alarm recurs, the kernel is the cause."""
        return bool(STARVED.search(self.lines[0]))

    @property
    def test(self) -> str:
        """The test or the program that ran, or ""."""
        return "" if self.running in (BOOT, NO_PROGRAM) else self.running


def _parts(line: str) -> tuple[float | None, str]:
    stamp = STAMP.match(line)
    return (float(stamp[1]), line[stamp.end():]) if stamp else (None, line)


def has_late_cpu(lines: Iterable[str]) -> bool:
    """True if a CPU did not come online in time, which the host may have caused."""
    return any(LATE_CPU.search(line) for line in lines)


def lacking_cpu(lines: Iterable[str]) -> set[str]:
    """The tests and programs that ran without a CPU which did not come online in time.

    Linux does not try that CPU again before the next boot.
    """
    found: set[str] = set()
    running, late = BOOT, False
    for line in lines:
        mark = MARK.search(line)
        if mark:
            running = mark[1]
        late = late or bool(LATE_CPU.search(line))
        if late:
            found.add(running)
    return found


def worse(line: str, first: str) -> bool:
    """True if a line in a report of starvation shows an error of the kernel itself."""
    return bool(STARVED.search(first) and ALARMS.search(line) and not STARVED.search(line))


def alarms(lines: Iterable[str]) -> Iterator[Alarm]:
    """Yields each alarm with its report, as far as the report's lines can be recognized."""
    running = BOOT
    account: list[str] = []
    last: float | None = None
    for line in lines:
        mark = MARK.search(line)
        time_s, words = _parts(line)
        near = None not in (time_s, last) and 0 <= time_s - last <= SAME_ACCOUNT_S
        if account and (mark or len(account) >= EXCERPT_LINES or ACCOUNT_END.search(account[-1])
                        or not (near or OF_ACCOUNT.match(words)) or worse(line, account[0])):
            yield Alarm(running, account)
            account = []
        if mark:
            running = mark[1]
        elif account or ALARMS.search(line):
            account.append(line)
            last = time_s
    if account:
        yield Alarm(running, account)


def accounts(found: Sequence[Alarm]) -> list[str]:
    """The reports of some alarms, each under the test or program that ran."""
    lines = [line for alarm in found[:MAX_SHOWN] for line in (str(alarm), *alarm.lines[1:])]
    if found[MAX_SHOWN:]:
        lines.append(f"... {len(found) - MAX_SHOWN} more, see kernel.log ...")
    return lines


def complaint(found: Sequence[Alarm]) -> str:
    """The message of a result about a log that has these alarms."""
    return (f"expected no warnings and no oopses in the kernel log, got {len(found)}; "
            f"the first: {found[0]}")


def culprit(found: Sequence[Alarm]) -> str:
    """The first test or program that has an alarm."""
    return next((alarm.test for alarm in found if alarm.test), "")
