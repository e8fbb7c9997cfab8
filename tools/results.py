# SPDX-License-Identifier: GPL-2.0-only
"""The result of one test, as every other module here passes it on.

A result has one of five outcomes. Failed and xpassed are the unexpected ones:
they alone turn an exit status into 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"
XFAILED = "xfailed"
XPASSED = "xpassed"

OUTCOMES = (PASSED, FAILED, SKIPPED, XFAILED, XPASSED)
UNEXPECTED = (FAILED, XPASSED)

# How every test here says what is wrong; the last pair of a line counts.
EXPECTED_GOT = re.compile(r"\bexpected\s+(.+?)[,;:]?\s+got\s+(.+)", re.IGNORECASE)
# What a process that a test drives has printed, as tests/guest_linux/vmm.h shows it:
# it may expect and get things, too.
_CONSOLE = re.compile(r"\[[^\]]*\] \| ")


def reason(message: str) -> str:
    """The line of a message that says best why: the first that has both expected and got."""
    lines = message.split("\n")
    own = [line for line in lines if not _CONSOLE.match(line)] or lines
    return next((line for line in own if EXPECTED_GOT.search(line)), own[0])


def expected_got(message: str) -> tuple[str, str] | None:
    """What the line that reason() returns expected, and what it got."""
    match = EXPECTED_GOT.search(reason(message))
    return (match[1].strip(" :"), match[2].strip(" :")) if match else None


def tests_word(program: str, test: str) -> str:
    """The TESTS= that runs a test again; nothing for what the runner checks itself."""
    if not program:
        return ""
    of_program = test in (program, f"{program}.output")
    return f" TESTS={program if of_program else test}"


def split_name(test: str) -> tuple[str, str, str]:
    """Returns (rule, dialect, variant) of a test's name.

    "errors.legacy_v2_dist.set_twice" is the rule "errors.set_twice" in the
    dialect "legacy" and its variant "v2_dist". A name without a middle part is
    a rule of its own, without dialect; and so is one of the runner's own checks.
    """
    parts = test.split(".")
    if len(parts) < 3 or parts[0] == "target":
        return test, "", ""
    dialect, _, variant = ".".join(parts[1:-1]).partition("_")
    return f"{parts[0]}.{parts[-1]}", dialect, variant


@dataclass
class Result:
    """One test's result.

    program is "" for what the runner itself checks. message says why the
    outcome is what it is; log holds the test's own output and, if the machine
    died, the end of the kernel log. time_s is in seconds, as the host saw it.
    """

    test: str
    program: str
    outcome: str
    message: str = ""
    time_s: float = 0.0
    log: list[str] = field(default_factory=list)

    @property
    def unexpected(self) -> bool:
        return self.outcome in UNEXPECTED

    @property
    def account(self) -> list[str]:
        """All there is to say about it, line by line: the message, then the log."""
        said = self.message.split("\n") if self.message else []
        return said + [line for line in self.log if line not in said]

    def fail(self, why: str) -> None:
        """Turns the result into a failure, or adds one more reason to it."""
        if self.outcome == FAILED and self.message:
            self.message = f"{self.message}\n{why}"
        else:
            self.outcome = FAILED
            self.message = why


def count(results: list[Result]) -> dict[str, int]:
    """Returns how many results there are of each outcome, zeros included."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for result in results:
        counts[result.outcome] += 1
    return counts
