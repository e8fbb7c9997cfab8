#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Extracts reproducers of failures, which are programs that a test prints, into files.

A test prints the line `reproducer 1.c`, and then each line of that file after "| ".
tools/ktap.py extracts the files while a program runs. As a program, this module extracts them from
KTAP that was printed elsewhere, for example by `make kselftest`:

    reproducers.py KTAP FOLDER
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.files import write_file

HEADER = re.compile(r"reproducer ([a-z0-9]{1,20}\.(?:c|syz|txt))")
BAR = re.compile(r"\|(?: (.*))?", re.DOTALL)
# A line of KTAP that belongs to a test, `# errors.any.twice: text`, however deep it is nested.
OWNED = re.compile(r"[\s#]*# ([A-Za-z0-9_][A-Za-z0-9_.+-]*): (.*)")

# Limits for one test: the output of a program on a kernel under test is not trusted.
MAX_FILES = 20
MAX_LINES = 20000


class Reproducers:
    """The files of one test. files: the lines of each, by its name."""

    def __init__(self, test: str) -> None:
        self._test = test
        self._open: list[str] | None = None
        self._lines = 0
        self.files: dict[str, list[str]] = {}

    def take(self, line: str) -> str | None:
        """Takes one line of output. Returns the line for the test's log, or None."""
        header = HEADER.fullmatch(line)
        bar = BAR.fullmatch(line)
        if header:
            name = f"{self._test}-{header[1]}"
            if name not in self.files and len(self.files) == MAX_FILES:
                self._open = None
                return f"{line}: more than {MAX_FILES} files"
            self._open = self.files[name] = []
            return f"reproducer: {name}"
        if self._open is None or not bar:
            self._open = None
            return line
        if self._lines < MAX_LINES:
            self._open.append(bar[1] or "")
        self._lines += 1
        return None


def write(folder: Path, files: dict[str, list[str]]) -> None:
    """Writes the files. Raises OSError."""
    for name, lines in files.items():
        write_file(folder / name, "".join(f"{line}\n" for line in lines).encode(
            errors="backslashreplace"))


def found(ktap: Iterable[str]) -> dict[str, list[str]]:
    """The files in a KTAP document, by name."""
    tests: dict[str, Reproducers] = {}
    for line in ktap:
        owned = OWNED.fullmatch(line.rstrip("\r\n"))
        if owned:
            tests.setdefault(owned[1], Reproducers(owned[1])).take(owned[2])
    return {name: lines for one in tests.values() for name, lines in one.files.items()}


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2 or arguments[0].startswith("-"):
        wants_help = "--help" in arguments or "-h" in arguments
        print(f"usage: reproducers.py KTAP FOLDER\n\n{__doc__}",
              file=sys.stdout if wants_help else sys.stderr)
        return 0 if wants_help else 2
    ktap, folder = map(Path, arguments)
    try:
        with ktap.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            files = found(lines)
        folder.mkdir(parents=True, exist_ok=True)
        write(folder, files)
    except OSError as error:
        print(f"reproducers: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for name in files:
        print(folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
