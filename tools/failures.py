# SPDX-License-Identifier: GPL-2.0-only
"""Unexpected results, for a terminal and for the report; equal results are combined.

A rule that fails for one reason does so in each dialect and for each address, on several
targets. That is one failure, with its number of variants and one command that repeats it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools import rules
from tools.ktap import printable, shorten
from tools.matrix import Entry, Run
from tools.results import UNEXPECTED, XPASSED, alike, many, not_run, reason

# An earlier choice of tests in a command.
CHOICE = re.compile(r" TESTS=(?:'[^']*'|\S+)")

# The number of targets of one failure that are named on a terminal.
MAX_NAMES = 6


@dataclass
class Failure:
    """A rule with the same result, for the same reason, in some variants and runs."""

    entry: Entry
    places: list[tuple[Run, list[Entry]]]

    @property
    def results(self) -> int:
        return sum(len(entries) for _, entries in self.places)

    @property
    def tests(self) -> list[str]:
        return list(dict.fromkeys(e.test for _, entries in self.places for e in entries))

    @property
    def name(self) -> str:
        """The name of the test, or of the rule if there are several tests."""
        return self.entry.rule if len(self.tests) > 1 else self.entry.test


def failures(runs: Iterable[Run]) -> list[Failure]:
    """All unexpected results, by rule and reason, in the order of the runs."""
    found: dict[tuple[str, ...], Failure] = {}
    for run in runs:
        if not run.unexpected:
            continue
        for entry in run.results:
            if entry.outcome in UNEXPECTED:
                key = (entry.rule, entry.outcome, *alike(entry.message))
                places = found.setdefault(key, Failure(entry, [])).places
                if not places or places[-1][0] is not run:
                    places.append((run, []))
                places[-1][1].append(entry)
    return list(found.values())


# ---- the command that runs it again ----

def choice(entries: Sequence[Entry]) -> str:
    """The TESTS= that runs these tests of one rule again; "": all tests of the run."""
    first = entries[0]
    if not first.program:
        return first.culprit
    if first.test in (first.program, f"{first.program}.output"):
        return first.program
    return first.test if len(entries) == 1 else first.rule


def command(run: Run, entries: Sequence[Entry]) -> str:
    """The command that runs these tests of one rule again; "" if it is not known."""
    tests = choice(entries)
    if not run.command or not tests:
        return run.command
    return f"{CHOICE.sub('', run.command)} TESTS={shlex.quote(tests)}"


def advice(entry: Entry, kernel: str) -> str:
    """The change to make where a known deviation did not occur; "" for all other results."""
    if entry.outcome != XPASSED:
        return ""
    try:
        place = rules.place_of_deviation(entry.rule, entry.message)
    except rules.TableError:
        place = None
    if not place:
        return ("the known deviation of this kernel did not occur: see the rule's "
                f"entry in {rules.TABLE_NAME}")
    line, deviation = place
    return (f'{rules.TABLE_NAME}:{line}: the deviation with kernels = "{deviation.kernels}" did '
            f"not occur. If this kernel ({kernel or 'unknown'}) has been fixed, end that range "
            "before it; if it depends on timing, add sometimes = true. Then: make rules")


# ---- on a terminal ----

def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if names[MAX_NAMES:] else ""
    return ", ".join(names[:MAX_NAMES]) + more


def line(failure: Failure) -> str:
    """One failure, with the command that repeats it on its first target."""
    run, entries = failure.places[0]
    word = "XPASSED" if failure.entry.outcome == XPASSED else "FAILED"
    number = len(failure.tests)
    variants = f" ({many(number, 'variant')})" if number > 1 else ""
    again = command(run, entries)
    return (f"{_names([run.name for run, _ in failure.places])}: {word} {failure.name}{variants}: "
            f"{shorten(printable(reason(failure.entry.message)))}"
            + (f" [{again}]" if again else ""))


def as_text(runs: Sequence[Run]) -> str:
    """The number of unexpected results, each failure, and tests that were not run.

    An interrupted run has already named its tests that were not run.
    """
    found = failures(runs)
    results = sum(failure.results for failure in found)
    lines = [f"{many(results, 'unexpected result')}:"] if found else []
    for failure in found:
        lines.append(line(failure))
        hint = advice(failure.entry, failure.places[0][0].kernel)
        lines += [f"    {hint}"] if hint else []
        for run, entries in failure.places:
            files = [name for entry in entries for name in entry.files]
            lines += [f"    programs that show it, in {run.name}/: {' '.join(files)}"] * bool(files)
    lines += [f"{run.name}: {unrun}" for run in runs if run.ran for unrun in not_run(run.results)]
    return "\n".join(lines)


def repeat_first(runs: Sequence[Run]) -> str:
    """The command that repeats the first failure, or the first incomplete run."""
    for failure in failures(runs):
        return command(*failure.places[0])
    return next((run.command for run in runs if run.ran and run.bad), "")
