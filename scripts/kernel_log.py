# SPDX-License-Identifier: GPL-2.0-only
"""Finds out what in a kernel log belongs to which test, and what is alarming.

The guest's init and the test programs write a line into the kernel log before
each program and each test; everything up to the next such line is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MARK = re.compile(r"\bvgic-abi: (?:program )?(\S+)\s*$")

# What a healthy kernel does not say. Each begins an account of several lines.
ALARMS = re.compile(
    r"WARNING: |BUG: |Kernel panic|kernel BUG at|\bOops\b|Internal error: |"
    r"Unable to handle kernel|detected stalls|self-detected stall|"
    r"new suspected memory leaks|possible recursive locking|"
    r"blocked for more than \d+ seconds|refcount_t: |KASAN: |UBSAN: ")

# Of a long excerpt, the first and last lines say most.
EXCERPT_LINES = 80


def _start(lines: Sequence[str], test: str | None) -> int:
    """Index of the first line after the last mark of a test, or of any."""
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
    """Returns what the kernel said before a test began."""
    return lines[:_start(lines, test)]


def since(lines: Sequence[str], test: str | None) -> list[str]:
    """Returns what the kernel said since a test began, shortened if long.

    If the log knows nothing of the test, that is since the program began.
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
    """Returns what the kernel said while a test ran, the last time; shortened if long."""
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


def alarms(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yields (what ran, line) for each line that a healthy kernel does not say."""
    running = "boot"
    for line in lines:
        mark = MARK.search(line)
        if mark:
            running = mark[1]
        elif ALARMS.search(line):
            yield running, line
