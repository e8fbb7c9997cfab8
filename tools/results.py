# SPDX-License-Identifier: GPL-2.0-only
"""The result of one test, as all modules here use it.

A result has one of six outcomes. Failed and xpassed are unexpected, and say something about the
kernel under test. "Not run" says nothing about the kernel: the run was interrupted, or the machine
or the program was given up before the test. With any of these three, the exit status is not 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"
XFAILED = "xfailed"
XPASSED = "xpassed"
NOT_RUN = "not_run"

OUTCOMES = (PASSED, FAILED, SKIPPED, XFAILED, XPASSED, NOT_RUN)
UNEXPECTED = (FAILED, XPASSED)
# Outcomes that make a run red.
BAD = (*UNEXPECTED, NOT_RUN)

# The ABI's dialects; "any" stands for tests that have none.
DIALECTS = ("seed", "legacy", "devattr", "any")

# Appended to the reason of a test that had begun.
WHILE_IT_RAN = " while it ran"

# The form of failure messages in this project; the last pair of a line counts.
EXPECTED_GOT = re.compile(r"\bexpected\s+(.+?)[,;:]?\s+got\s+(.+)", re.IGNORECASE)
# Output of a process under test, as tests/guest_linux/vmm.h shows it. The output may contain
# the words expected and got, too.
_CONSOLE = re.compile(r"\[[^\]]*\] \| ")


def reason(message: str) -> str:
    """The most helpful line of a message: the first with both `expected` and `got`."""
    lines = message.split("\n")
    own = [line for line in lines if not _CONSOLE.match(line)] or lines
    return next((line for line in own if EXPECTED_GOT.search(line)), own[0])


def expected_got(message: str) -> tuple[str, str] | None:
    """The values after `expected` and `got` in the line that reason() returns."""
    match = EXPECTED_GOT.search(reason(message))
    return (match[1].strip(" :"), match[2].strip(" :")) if match else None


def word(outcome: str) -> str:
    """The name of an outcome for readers."""
    return outcome.replace("_", " ")


def many(number: int, thing: str) -> str:
    """"1 run", "2 runs"."""
    return f"{number} {thing}{'s' if number != 1 else ''}"


def aligned(rows: Sequence[Sequence[str]], right: Callable[[str], bool]) -> str:
    """A table in columns. right: whether the column below a heading is flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (cell.rjust(width) if right(heading) else cell.ljust(width)
                 for cell, width, heading in zip(row, widths, rows[0]))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def alike(message: str) -> tuple[str, ...]:
    """The part of a message that is the same in all failures of a rule with one cause.

    This part is the values after `expected` and `got`, if the message has them, since other words
    may contain an address.
    """
    return expected_got(message) or (message,)


def split_name(test: str) -> tuple[str, str, str]:
    """Returns (rule, dialect, variant) of a test's name.

    "errors.legacy_v2_dist.set_twice" is the rule "errors.set_twice" in the
    dialect "legacy" and its variant "v2_dist". A name without a middle part is a rule without a
    dialect, and so is the name of a check of the runner or of another project.
    """
    parts = test.split(".")
    dialect, _, variant = ".".join(parts[1:-1]).partition("_")
    if dialect not in DIALECTS:
        return test, "", ""
    return f"{parts[0]}.{parts[-1]}", dialect, variant


class Named(Protocol):
    """A Result, or an entry of the matrix."""

    test: str
    program: str
    outcome: str
    message: str


@dataclass
class Result:
    """One test's result.

    program is "" for the runner's own checks. message has the reason of the
    outcome; log holds the test's own output and, if the machine died, the end
    of the kernel log. time_s: seconds, measured by the host. culprit: for a
    result without a program, the test or program that it is about.
    files: see tools/reproducers.py.
    """

    test: str
    program: str
    outcome: str
    message: str = ""
    time_s: float = 0.0
    log: list[str] = field(default_factory=list)
    culprit: str = ""
    files: dict[str, list[str]] = field(default_factory=dict)

    @property
    def unexpected(self) -> bool:
        return self.outcome in UNEXPECTED

    @property
    def bad(self) -> bool:
        return self.outcome in BAD

    @property
    def account(self) -> list[str]:
        """The message, then the log, line by line."""
        lines = self.message.split("\n") if self.message else []
        return lines + [line for line in self.log if line not in lines]

    def fail(self, why: str) -> None:
        """Turns the result into a failure, or adds one more reason to it."""
        if self.outcome == FAILED and self.message:
            self.message = f"{self.message}\n{why}"
        else:
            self.outcome = FAILED
            self.message = why


class Unrun(NamedTuple):
    """Tests that were not run for the same reason, and those of them that had begun.

    programs: programs of which no test is known.
    """

    why: str
    tests: list[str]
    programs: list[str]
    begun: list[str]

    def __str__(self) -> str:
        parts = [many(len(names), thing) for names, thing in
                 ((self.tests, "test"), (self.programs, "program")) if names]
        during = f", in {' and '.join(self.begun)}" if self.begun else ""
        return f"{' and '.join(parts)} not run: {self.why}{during}"


def not_run(results: Iterable[Named]) -> list[Unrun]:
    """The tests that were not run, one entry for each reason, in the order of the results."""
    found: dict[str, Unrun] = {}
    for result in results:
        if result.outcome != NOT_RUN:
            continue
        why = result.message.split("\n")[0]
        begun = why.endswith(WHILE_IT_RAN)
        why = why.removesuffix(WHILE_IT_RAN)
        one = found.setdefault(why, Unrun(why, [], [], []))
        (one.programs if result.test == result.program else one.tests).append(result.test)
        if begun:
            one.begun.append(result.test)
    return list(found.values())


def count(results: list[Result]) -> dict[str, int]:
    """Returns how many results there are of each outcome, zeros included."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for result in results:
        counts[result.outcome] += 1
    return counts
