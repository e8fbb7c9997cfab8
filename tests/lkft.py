# SPDX-License-Identifier: GPL-2.0-only
"""LKFT's view of a kselftest log, by the format of its parser and of python3-tap.

A stand-in for Linaro's test-definitions, automated/linux/kselftest/parse-output.py. It takes
lines without indentation. Lines that begin with "#" before a result belong to that program, and
are read in the same way without the "#". Indented lines are ignored.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A description ends at the first "#"; a directive is what follows.
LINE = re.compile(r"(ok|not ok)\b\s*(\d+)?\s*([^#]*)#?\s*(.*)")


class Seen(NamedTuple):
    """One result, with its name as it is in LKFT."""

    name: str
    result: str


def slug(text: str) -> str:
    """A name as the lab stores it: everything but letters, digits and "-" becomes "_"."""
    text = re.sub(r"\[\d{1,5}\]", "", text)
    return re.sub(r"_-", "_", re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_"))


def _seen(line: str) -> Seen | None:
    match = LINE.fullmatch(line)
    if not match:
        return None
    good = match[1] == "ok"
    skipped = match[4].lower().startswith("skip")
    name = match[3].strip().removeprefix("- ").removeprefix("selftests:")
    # The reason of a skip is a part of the name, which is what this reader is here for.
    more = match[4][4:] if good and skipped else ""
    return Seen(slug(f"{name} {more}".strip() or "<unknown>"),
                "fail" if not good else "skip" if skipped else "pass")


def read(text: str) -> list[Seen]:
    """All results; those of a program follow its name."""
    found: list[Seen] = []
    inner: list[str] = []
    for line in text.split("\n"):
        if line.startswith("#"):
            inner.append(line[1:].strip())
            continue
        outer = _seen(line)
        if outer:
            found.append(outer)
            found += [Seen(f"{outer.name}.{one.name}", one.result)
                      for one in map(_seen, inner) if one]
            inner = []
    return found
