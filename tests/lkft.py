# SPDX-License-Identifier: GPL-2.0-only
"""Reads a kselftest log as LKFT's parser does.

A stand-in for automated/linux/kselftest/parse-output.py of Linaro's test-definitions, which
uses python3-tap. It reads lines without indentation. Lines that begin with "#" belong to the
program whose result follows, and are read in the same way without the "#". Indented lines are
ignored.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A description ends at the first "#"; a directive is what follows.
LINE = re.compile(r"(ok|not ok)\b\s*(\d+)?\s*([^#]*)#?\s*(.*)")


class Seen(NamedTuple):
    """One result, with its name in LKFT."""

    name: str
    result: str


def slug(text: str) -> str:
    """A name as LKFT stores it: all but letters, digits and "-" becomes "_"."""
    text = re.sub(r"\[\d{1,5}\]", "", text)
    return re.sub(r"_-", "_", re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_"))


def _parse(line: str) -> Seen | None:
    match = LINE.fullmatch(line)
    if not match:
        return None
    good = match[1] == "ok"
    skipped = match[4].lower().startswith("skip")
    name = match[3].strip().removeprefix("- ").removeprefix("selftests:")
    # LKFT's parser takes the reason of a skip for a part of the name.
    more = match[4][4:] if good and skipped else ""
    return Seen(slug(f"{name} {more}".strip() or "<unknown>"),
                "fail" if not good else "skip" if skipped else "pass")


def read(text: str) -> list[Seen]:
    """All results; the results of a program follow the program's own."""
    found: list[Seen] = []
    inner: list[str] = []
    for line in text.split("\n"):
        if line.startswith("#"):
            inner.append(line[1:].strip())
            continue
        outer = _parse(line)
        if outer:
            found.append(outer)
            found += [Seen(f"{outer.name}.{result.name}", result.result)
                      for result in map(_parse, inner) if result]
            inner = []
    return found
