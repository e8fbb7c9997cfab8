#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Converts our C sources to the style that checkpatch.pl --strict requires in a kernel tree.

    kernel_style.py FILE...     rewrites them in place

The tests use integer types and attributes of the C library and of the compiler, because they are
built with headers of 6.1 as well. The kernel's types, attributes and BIT() replace them. Lines
that continue a parenthesis stay aligned with it. Split strings are joined, so that grep finds them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli
from scripts.errors import SetupError

TAB = 8

# Text that is replaced, its replacement, and the header that the replacement needs.
REPLACED = (
    (re.compile(r"\bu?int(?:8|16|32|64)_t\b"),
     lambda match: f"{'u' if match[0][0] == 'u' else 's'}{re.sub(r'[^0-9]', '', match[0])}",
     "linux/types.h"),
    (re.compile(r"__attribute__\(\(noreturn\)\)"), lambda _: "__noreturn", "linux/compiler.h"),
    (re.compile(r"__attribute__\(\(format\(printf, (\d+), (\d+)\)\)\)"),
     lambda match: f"__printf({match[1]}, {match[2]})", "linux/compiler.h"),
    (re.compile(r"\(1U?L? << (\d+)\)|\b1U?L? << (\d+)(?= *[,;/])"),
     lambda match: f"BIT({match[1] or match[2]})", "linux/bits.h"),
    (re.compile(r"\b1ULL << (\w+(?:->\w+|\([^()]*\))?)"), lambda match: f"BIT_ULL({match[1]})",
     "linux/bits.h"),
)
# Headers of the C library whose types are replaced.
INSTEAD = {"stdint.h": "linux/types.h"}
INCLUDE = re.compile(r"#include <([^>]+)>\n")


def _columns(text: str) -> int:
    return len(text.expandtabs(TAB))


def _opened(line: str, already: Sequence[int]) -> list[int]:
    """The columns after the parentheses that are open at the end of a line."""
    stack = list(already)
    # Parentheses in strings, character constants and comments do not count.
    code = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?(?:\*/|$)',
                  lambda match: "_" * len(match[0]), line)
    for place, character in enumerate(code):
        if character == "(":
            stack.append(_columns(line[:place + 1]))
        elif character == ")" and stack:
            stack.pop()
    return stack


def _moved(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The new lines. Lines that continue a parenthesis are aligned with its new column."""
    before: list[int] = []
    after: list[int] = []
    for old, new in lines:
        indent = _columns(old[:len(old) - len(old.lstrip())])
        if before and after and before[-1] == indent and old.strip():
            new = "\t" * (after[-1] // TAB) + " " * (after[-1] % TAB) + new.lstrip()
        before, after = _opened(old, before), _opened(new, after)
        yield new


def _tail(line: str) -> tuple[str, str]:
    """Splits off the backslash at the end of a macro's line."""
    if line.endswith("\\"):
        return line[:-1].rstrip(), "\\"
    return line, ""


def _with_tail(line: str, tail: str, column: int) -> str:
    if not tail:
        return line
    gap = max(column - _columns(line), 1)
    tabs = (column + TAB - 1) // TAB - _columns(line) // TAB
    return line + ("\t" * tabs if gap > 1 else " ") + tail


COLUMNS = 100
SPLIT = re.compile(r'(?<!\\n)"\n[ \t]*"(?! *PRI)')
ALONE = re.compile(r'([ \t]*)"(?:\\.|[^"\\])*"[,;) ]*(?:\\?)')


def joined(text: str) -> str:
    """Joins split strings, and puts long ones on lines of their own."""
    lines = []
    for line in SPLIT.sub("", text).split("\n"):
        start = re.search(r'[(,=?:] "|\("', line)
        if _columns(line) > COLUMNS and start and not ALONE.fullmatch(line):
            place = start.end() - 1
            inside = _opened(line[:place], [])
            column = inside[-1] if inside else 2 * TAB
            lines.append(line[:place].rstrip())
            lines.append("\t" * (column // TAB) + " " * (column % TAB) + line[place:])
        else:
            lines.append(line)
    return "\n".join(lines)


def converted(text: str) -> str:
    """Returns a source in the kernel's style."""
    needed: set[str] = set()
    pairs = []
    tails = []
    for line in text.splitlines():
        body, tail = _tail(line)
        new = body
        for pattern, replacement, header in REPLACED:
            new, count = pattern.subn(replacement, new)
            if count:
                needed.add(header)
        pairs.append((body, new))
        tails.append((tail, _columns(line[:-1]) if tail else 0))
    made = "\n".join(_with_tail(new, *tail) for new, tail in
                     zip(_moved(pairs), tails, strict=True)) + "\n"
    return joined(re.sub(r"\n{3,}", "\n\n", _with_includes(made, needed)))


def _with_includes(text: str, needed: set[str]) -> str:
    """Replaces headers of the C library, and adds the kernel's that are needed."""
    for old, new in INSTEAD.items():
        if f"#include <{old}>\n" in text:
            text = text.replace(f"#include <{old}>\n", "")
            needed.add(new)
    missing = "".join(f"#include <{name}>\n" for name in sorted(needed)
                      if f"#include <{name}>\n" not in text)
    if not missing:
        return text
    found = list(INCLUDE.finditer(text))
    if found:
        place = found[-1].end()
        return text[:place] + missing + text[place:]
    # A header without includes: after its guard, or before the first of our own.
    first = re.search(r"(?m)^#define \w+_H\n|^(?=#include \")", text)
    place = first.end() if first else 0
    gap = "\n" if first and first[0] else ""
    return text[:place] + gap + missing + text[place:]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="+", help="a source, which is rewritten")
    return parser.parse_args(arguments)


def run(files: Sequence[Path]) -> int:
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise SetupError(f"{path}: expected a source in UTF-8, got other bytes") from error
        path.write_text(converted(text), encoding="utf-8")
    return 0


def main(arguments: Sequence[str]) -> int:
    return cli.main("kernel_style.py", lambda: run(parse(arguments).file))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
