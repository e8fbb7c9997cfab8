# SPDX-License-Identifier: GPL-2.0-only
"""Reads KTAP and TAP of any origin, and takes all results that it has.

tools/ktap.py judges the programs of this project and tolerates no errors. This one
is for files that come from elsewhere: nested by spaces, or by "# " as the kernel's
kselftest runner does it; with or without names, numbers and plans; with a kernel log's
time stamps; with other text between; and cut off at any place. What is missing is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tools.ktap import (ABOUT_LINE, ABSENT_LINE, ABSENT_RESULT, NOT_RUN_WORDS, not_planned,
                        printable, shorten)
from tools.matrix import Entry, entry
from tools.results import BAD, FAILED, NOT_RUN, PASSED, SKIPPED, UNEXPECTED, XFAILED, XPASSED

TIME_STAMP = re.compile(r"\[ *\d+\.\d+\] ?")
# The kselftest runner puts "# " before what a program prints.
NESTED = re.compile(r"(?:# )+(?=ok\b|not ok\b|1\.\.\d|K?TAP version )")
RESULT = re.compile(r"(ok|not ok)\b(?:\s+(\d{1,9})\b)?(?:\s+-)?\s*(.*)")
PLAN = re.compile(r"1\.\.(\d{1,9})\s*(?:#\s*skip\S*\s*(.*))?", re.IGNORECASE)
DIRECTIVE = re.compile(r"(?:^|\s)#\s*(SKIP|TODO|XFAIL|XPASS|TIMEOUT|ERROR|exit=\d+)\b\S*\s*(.*)",
                       re.IGNORECASE)
SUBTEST = re.compile(r"# Subtest: (.+)")
# Printed by a program of ours on a machine that lacks something, nested or not.
ABSENT = re.compile(rf"(?:# )*({ABSENT_LINE.pattern})")
LINUX = re.compile(r"Linux version (\d\S*)")

# Limits of a failure's message and log; the file has the rest.
MAX_SAID = 60
MAX_COMPLAINTS = 20


@dataclass
class Document:
    """The results of a file, and its description of itself.

    complaints: why it is not complete.
    """

    results: list[Entry] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    kernel: str = ""
    target: str = ""
    ended: str = ""

    def complain(self, why: str) -> None:
        if len(self.complaints) < MAX_COMPLAINTS and why not in self.complaints:
            self.complaints.append(why)


@dataclass
class Leaf:
    """A result without results below it; its parents' names become part of its name."""

    name: str
    outcome: str
    message: str
    program: str = ""


@dataclass
class Level:
    """Results with the same indentation, up to the one that they belong to."""

    indent: int
    plan: int | None = None
    skip: str | None = None
    came: int = 0
    subtest: str = ""
    leaves: list[Leaf] = field(default_factory=list)


def _outcome(word: str, directive: str) -> str:
    """The outcome, also by others' directives: TODO is TAP's word for an expected failure."""
    good = word == "ok"
    directive = directive.upper()
    if directive == "SKIP":
        return SKIPPED
    if directive == "XFAIL" or directive == "TODO" and not good:
        return XFAILED
    if directive in ("XPASS", "TODO"):
        return XPASSED
    return PASSED if good and not directive.startswith(("TIMEOUT", "ERROR", "EXIT")) else FAILED


class Reader:
    """feed() takes the lines, end() gives the document."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._document = Document()
        self._levels = [Level(0)]
        self._said: list[str] = []
        # By feature and reason: the number of tests that were not planned, in all programs.
        self._absent: dict[tuple[str, str], int] = {}

    def feed(self, line: str) -> None:
        line = line.rstrip()
        bare = line.lstrip(" ")
        if bare.startswith("["):
            stamp = TIME_STAMP.match(bare)
            if stamp:
                line = bare[stamp.end():]
                bare = line.lstrip(" ")
        indent = len(line) - len(bare)
        if bare.startswith("# "):
            nested = NESTED.match(bare)
            if nested:
                indent += nested.end()
                bare = bare[nested.end():]
        if bare.startswith(("ok", "not ok")):
            match = RESULT.fullmatch(bare)
            if match:
                self._take_result(indent, match)
                return
        if bare.startswith("1.."):
            match = PLAN.fullmatch(bare)
            if match:
                level = self._level(indent)
                if level.plan is None:
                    level.plan = int(match[1])
                    level.skip = match[2]
                return
        self._take_other(indent, bare)

    def end(self) -> Document:
        if len(self._levels) > 1:
            self._document.complain("it is cut off: the last results belong to nothing")
        while len(self._levels) > 1:
            level = self._levels.pop()
            self._check_plan(level)
            self._levels[-1].leaves += self._named(level, level.subtest)
        self._check_plan(self._levels[0])
        names: dict[str, int] = {}
        for leaf in self._levels[0].leaves:
            names[leaf.name] = names.get(leaf.name, 0) + 1
            self._document.results.append(
                entry(leaf.name, leaf.program, leaf.outcome, leaf.message))
        self._document.results += [
            entry(f"{ABSENT_RESULT}{feature}", "", SKIPPED, f"{why}: {not_planned(count)}")
            for (feature, why), count in self._absent.items()]
        twice = [name for name, times in names.items() if times > 1]
        if twice:
            self._document.complain(f"{len(twice)} tests have several results, the first: "
                                    f"{twice[0]}")
        if not names:
            self._document.complain("expected KTAP, got no result")
        return self._document

    # ---- lines ----

    def _level(self, indent: int) -> Level:
        """The level of a line that is a result or a plan.

        Levels further in stay open: they belong to the next result out here.
        """
        if indent > self._levels[-1].indent:
            self._levels.append(Level(indent))
        for level in reversed(self._levels):
            if level.indent <= indent:
                return level
        return self._levels[0]

    def _take_result(self, indent: int, match: re.Match[str]) -> None:
        word, number, rest = match.groups()
        level = self._level(indent)
        below: list[Leaf] = []
        inner: list[Level] = []
        while self._levels[-1] is not level:
            inner.append(self._levels.pop())
        level.came += 1

        directive = DIRECTIVE.search(rest)
        name = rest[:directive.start()] if directive else rest
        name = (shorten(printable(name.strip()))
                or f"{level.subtest or self._name}.{number or level.came}")
        for one in inner:
            self._check_plan(one)
            below += self._named(one, name)
        outcome = _outcome(word, directive[1] if directive else "")
        reason = directive[2].strip() if directive else ""
        if outcome == FAILED and reason.startswith(NOT_RUN_WORDS):
            outcome, reason = NOT_RUN, reason.removeprefix(NOT_RUN_WORDS)
        elif directive and outcome == FAILED:
            reason = f"{directive[1]} {reason}".strip()
        said, self._said = self._said, []
        if below:
            level.leaves += below
            if outcome == FAILED and not any(leaf.outcome in BAD for leaf in below):
                # It failed, although none of its tests did.
                level.leaves.append(Leaf(f"{name}.output", FAILED,
                                         self._message(name, reason, said), name))
            return
        message = self._message(name, reason, said) if outcome in UNEXPECTED else reason
        level.leaves.append(Leaf(name, outcome, message))

    def _take_other(self, indent: int, bare: str) -> None:
        absent = ABSENT.fullmatch(bare)
        if absent:
            feature, why, count = absent.groups()[1:]
            key = feature, shorten(printable(why))
            self._absent[key] = self._absent.get(key, 0) + int(count)
            return
        subtest = SUBTEST.fullmatch(bare)
        about = ABOUT_LINE.fullmatch(bare)
        if about:
            here = self._document
            here.target, here.kernel, here.ended = (printable(word) for word in about.groups())
        elif subtest:
            self._level(indent).subtest = shorten(printable(subtest[1]))
        elif bare.startswith("Bail out!"):
            self._document.complain(shorten(printable(bare)))
        elif bare and not bare.startswith(("KTAP version ", "TAP version ")):
            if not self._document.kernel and "Linux version " in bare:
                found = LINUX.search(bare)
                self._document.kernel = found[1] if found else ""
            self._said.append(shorten(bare.removeprefix("#").removeprefix(" ")))
            if len(self._said) > 2 * MAX_SAID:
                del self._said[:MAX_SAID]

    # ---- what they come to ----

    @staticmethod
    def _message(name: str, reason: str, said: list[str]) -> str:
        own = [line.removeprefix(f"{name}: ") for line in said[-MAX_SAID:]]
        return "\n".join([reason, *own] if reason else own) or "failed without a word"

    def _named(self, level: Level, parent: str) -> list[Leaf]:
        if not level.came and level.skip is not None:
            level.leaves.append(Leaf(parent or self._name, SKIPPED, level.skip))
        for leaf in level.leaves:
            if "." not in leaf.name and parent and leaf.name != parent:
                leaf.name = f"{parent}.{leaf.name}"
            leaf.program = leaf.program or parent
        return level.leaves

    def _check_plan(self, level: Level) -> None:
        if level.indent == 0 and not level.came and level.skip is not None and not level.leaves:
            level.leaves.append(Leaf(self._name, SKIPPED, level.skip))
        elif level.plan is not None and level.came != level.plan:
            self._document.complain(f"expected {level.plan} results"
                                    f"{f' of {level.subtest}' if level.subtest else ''}, "
                                    f"got {level.came}: it is cut off or mixed up")


def read(text: str, name: str = "") -> Document:
    """Reads a whole text; tests without a name are named after `name`."""
    reader = Reader(name)
    lines = text.split("\n")
    for line in lines:
        reader.feed(line)
    document = reader.end()
    if re.search(r"\b(ok|1\.\.\d*)\b", lines[-1]):
        # A result ends its line; the name may go on.
        document.complain("its last line has no end: it is cut off")
    return document
