# SPDX-License-Identifier: GPL-2.0-only
"""Reads KTAP and TAP of any origin, and takes all of its results.

tools/ktap.py judges the programs of this project and tolerates no errors. This reader is for
files from elsewhere: nested by spaces, or by "# " as by the kernel's kselftest runner; with or
without names, numbers and plans; with several documents, with additions of a console or a lab to
each line (tools/console.py), and with other text between the lines; cut off anywhere. Missing
parts are reported.

Four questions, and where they are answered:

- What is a result? Text can look like one: "# ok to go on". A result has a number, or gets the
  next free number; and after "# " it is part of a document (Level.results(), _is_document()).
- What is a document? A version line, a plan or the number 1 after a complete document begin
  another one (_new_document()).
- What is a result's name? The names of all parents, then its own name or its number (_nest()).
- What is a prefix? See tools/console.py.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from tools.console import BEGINS, Lines, split
from tools.ktap import (ABOUT_LINE, ABSENT_LINE, ABSENT_RESULT, COLLECTION, MAX_LINE,
                        NOT_RUN_WORDS, SKIP_REASON, not_planned, printable, shorten)
from tools.matrix import Entry, entry
from tools.results import (BAD, FAILED, NOT_RUN, PASSED, SKIPPED, UNEXPECTED, XFAILED, XPASSED,
                           many, split_name)

# Nesting: spaces, and what the kselftest runner puts before a program's lines.
PATH = re.compile(r"(?: +|# )*")
RESULT = re.compile(r"(ok|not ok)(?:\s+(\d{1,9}))?(?:\s+(?:-(?:\s+|$))?(.*))?")
# Kernels before 5.2 print number and plan together, and the outcome at the end; kernels before
# 4.18 print only the outcome.
OLD_RESULT = re.compile(r"(?:(ok|not ok) 1\.\.(\d{1,9}) )?(selftests: .*?) +"
                        r"\[(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR|TIMEOUT)\]\s*(.*)")
PLAN = re.compile(r"1\.\.(\d{1,9})\s*(?:#\s*skip\w*\b:?\s*(.*)|#.*)?", re.IGNORECASE)
VERSION = re.compile(r"K?TAP version \d{1,4}", re.IGNORECASE)
# A word with "_", "=" or "-" after it is a key of something else.
DIRECTIVE = re.compile(
    r"#\s*(SKIP(?:P?ED|PING)?|TODO|XFAIL|XPASS|TIMEOUT|ERROR|exit=\d+)(?![\w=-]):?\s*(.*)",
    re.IGNORECASE)
# The first "#" that no backslash escapes and that begins a directive or, between spaces, any
# other comment.
COMMENT = re.compile(r"(?:^|\s)#\s|(?:^|\s)(?=#)")
ESCAPED = re.compile(r"\\([\\#])")
SUBTEST, HEADER = "Subtest: ", "selftests: "
# Below the header of an old kernel's runner.
RULER = re.compile("={9,}")
# Programs that are not of this project, and whose names may look like ours.
OTHERS = re.compile(f"{HEADER}(?!vgic-abi: |kvm: )[^:]+: ")
BAIL_OUT = re.compile("Bail out!", re.IGNORECASE)
YAML_BEGIN, YAML_END = "---", "..."
LINUX = re.compile(r"Linux version (\d\S*)")

SILENT = "failed without a message"
AFTER_IT = "after the result: "
NOTHING_PLANNED = "no tests planned"

# Limits of a failure's message and log; the file has the rest.
MAX_MESSAGE_LINES = 60
MAX_COMPLAINTS = 20
# Text that is indented more, or nested in more documents, is not KTAP.
MAX_COLUMN, MAX_DEPTH = 200, 24


@dataclass
class Document:
    """The results of a file, and what it states about the run.

    complaints: why the file is not complete.
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
class After:
    """A failure, and whether comments came after it."""

    leaf: Leaf
    commented: bool = False

    def add(self, comment: str) -> None:
        _add(self.leaf, comment if self.commented else f"{AFTER_IT}{comment}")
        self.commented = True


@dataclass
class Item:
    """A result line: its number or None, and the results that it stands for."""

    number: int | None
    leaves: list[Leaf]


@dataclass
class Level:
    """Documents with the same nesting, up to the result that they belong to.

    path: the prefix of each of their lines. name: from a header or, if subtest, from a subtest
    line. sure: the lines are known not to be diagnostics. flat: the lines are those of a program
    that an old kernel's runner printed between its own, without nesting. done: results of the
    level's earlier documents. The other fields describe the current document. number: its place
    among the level's documents. numbered: how many of its items have a number. again: the plan of
    the document before it, if this one began with just a plan.
    """

    path: str
    name: str = ""
    subtest: bool = False
    sure: bool = True
    flat: bool = False
    done: list[Leaf] = field(default_factory=list)
    number: int = 1
    version: bool = False
    again: int | None = None
    plan: int | None = None
    skip: str | None = None
    items: list[Item] = field(default_factory=list)
    numbered: int = 0

    @property
    def column(self) -> int:
        return len(self.path)

    @property
    def is_empty(self) -> bool:
        return not (self.done or self.items or self.version or self.plan is not None)

    @property
    def is_complete(self) -> bool:
        """True if the document has as many results as its plan says."""
        return self.plan is not None and len(self.results()) >= self.plan > 0

    def results(self) -> list[tuple[int, Item]]:
        """The results with their numbers.

        A line without a number gets the next number if no other line has that number and the
        plan has room for it; otherwise it is text. Without a plan, it is always text at a level
        at which the kselftest runner also shows a program's other output.
        """
        taken = {item.number for item in self.items}
        found: list[tuple[int, Item]] = []
        last = 0
        for item in self.items:
            number = item.number
            if number is None:
                if (last + 1 in taken or self.plan is not None and last >= self.plan
                        or self.plan is None and (self.flat or "#" in self.path)):
                    continue
                number = last + 1
            found.append((number, item))
            last = number
        return found


def _outcome(word: str, directive: str) -> str:
    """The outcome, including directives of other programs: TODO is TAP's expected failure."""
    good = word == "ok"
    directive = directive.upper()
    if directive.startswith("SKIP"):
        return SKIPPED
    if directive == "XFAIL" or directive == "TODO" and not good:
        return XFAILED
    if directive in ("XPASS", "TODO"):
        return XPASSED
    if directive == "EXIT=0":
        directive = ""
    return PASSED if good and not directive.startswith(("TIMEOUT", "ERROR", "EXIT")) else FAILED


def _parts(rest: str) -> tuple[str, str, str]:
    """Name, directive and reason of a result line, from the text after its number."""
    for found in COMMENT.finditer(rest):
        mark = rest.index("#", found.start())
        directive = DIRECTIVE.match(rest, mark)
        if directive:
            return _name(rest[:found.start()]), directive[1], directive[2].strip()
        if not rest[mark + 1:mark + 2].strip():
            return _name(rest[:found.start()]), "", rest[mark + 1:].strip()
    return _name(rest), "", ""


def _name(text: str) -> str:
    """A test's name of at most MAX_LINE characters; different texts have different names."""
    name = printable(ESCAPED.sub(r"\1", text.strip()))
    if len(name) <= MAX_LINE:
        return name
    mark = f"...{zlib.crc32(name.encode(errors='replace')):08x}"
    return name[:MAX_LINE - len(mark)] + mark


def _add(leaf: Leaf, line: str) -> None:
    """Adds a line that came after a result to its message."""
    if leaf.message.count("\n") < MAX_MESSAGE_LINES:
        message = leaf.message.removeprefix(SILENT)
        leaf.message = f"{message}\n{shorten(line)}" if message else shorten(line)


def _nest(leaves: Iterable[Leaf], parent: str) -> list[Leaf]:
    """Puts results below a parent, whose name becomes part of their names.

    The names of this project's tests are complete without the parent's, and so are names that
    begin with their program's name.
    """
    found = list(leaves)
    for leaf in found:
        has_it = (not leaf.program and leaf.name.startswith(f"{parent.removeprefix(COLLECTION)}.")
                  or split_name(leaf.name)[1] and not OTHERS.match(parent))
        if parent and not has_it:
            leaf.name = f"{parent}.{leaf.name}"
            leaf.program = leaf.program and f"{parent}.{leaf.program}"
        leaf.program = leaf.program or parent
    return found


class Reader:
    """feed() takes the lines, end() gives the document."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._lines = Lines()
        self._document = Document()
        self._levels = [Level("")]
        self._output: list[str] = []
        # The path of a subtest line and the name in it, until its document begins.
        self._pending: tuple[str, str] | None = None
        # Results that ended with "{", with their paths: their subtests follow, up to a "}".
        self._braces: list[tuple[str, Item]] = []
        # The indentation of the current YAML block; and the result that it belongs to.
        self._yaml: int | None = None
        self._last: Leaf | None = None
        # Whether the last line of KTAP was in the kernel's log; None before the first.
        self._by_kernel: bool | None = None
        # The header of an old kernel's runner, until the line below it.
        self._header = ""
        # The last result, if it is a failure whose message may come after it.
        self._after: After | None = None
        # By feature and reason: the number of tests that were not planned, in all programs.
        self._absent: dict[tuple[str, str], int] = {}

    def feed(self, line: str) -> None:
        for part in split(line):
            for bare in self._lines.feed(part):
                self._take(bare)

    def end(self) -> Document:
        for line in self._lines.end():
            self._take(line)
        headless = "# " * self._levels[0].is_empty
        self._levels[1:] = [one for one in self._levels[1:] if self._is_document(one, headless)]
        for level in self._levels:
            level.sure = True
        if (len(self._levels) > 1 and self._levels[0].is_empty
                and not self._levels[1].path.strip(" ") and not self._levels[1].flat):
            # The whole document is indented.
            del self._levels[0]
        if len(self._levels) > 1:
            self._document.complain("it is cut off: the last results belong to nothing")
        top = self._levels[0]
        while len(self._levels) > 1:
            self._lose(self._levels.pop())
        if top.version and top.done and not top.items and top.plan is None:
            self._document.complain("it is cut off after a version line")
        self._new_document(top)
        names: dict[str, int] = {}
        for leaf in top.done:
            names[leaf.name] = names.get(leaf.name, 0) + 1
            self._document.results.append(
                entry(leaf.name, leaf.program, leaf.outcome, leaf.message))
        self._document.results += [
            entry(f"{ABSENT_RESULT}{feature}", "", SKIPPED, f"{why}: {not_planned(count)}")
            for (feature, why), count in self._absent.items()]
        twice = [name for name, times in names.items() if times > 1]
        if twice:
            self._document.complain(f"{many(len(twice), 'name')} with several results, the first: "
                                    f"{twice[0]}")
        if not names:
            self._document.complain("expected KTAP, got no result")
        return self._document

    # ---- lines ----

    def _take(self, line: str) -> None:
        path = PATH.match(line)[0]
        core = line[len(path):]
        if self._lines.by_kernel and self._by_kernel is False and not BEGINS.match(line):
            # The kernel's log, between the lines of a program.
            self._take_other(path, core)
            return
        if self._is_yaml(path, core):
            return
        taken = False
        header, self._header = self._header, ""
        if len(path) > MAX_COLUMN:
            pass
        elif core.startswith(("ok", "not ok")):
            old = OLD_RESULT.fullmatch(core)
            match = RESULT.fullmatch(core)
            if old:
                taken = self._take_old_result(path, old)
            elif match:
                taken = self._take_result(path, match[1], match[2], match[3] or "")
        elif core.startswith("1.."):
            match = PLAN.fullmatch(core)
            taken = match is not None and self._take_plan(path, match)
        elif core.startswith(HEADER):
            old = OLD_RESULT.fullmatch(core)
            taken = (self._take_old_result(path, old) if old
                     else self._take_header(path, core))
        elif path.endswith("# ") and core.startswith(SUBTEST):
            self._take_subtest(path[:-2], _name(core.removeprefix(SUBTEST)))
            taken = True
        elif core == "}" and self._braces and self._braces[-1][0] == path:
            self._take_brace(*self._braces.pop())
            taken = True
        elif VERSION.fullmatch(core):
            self._take_version(path)
            taken = True
        elif header and RULER.fullmatch(core):
            self._take_old_header(path, header)
            taken = True
        if not taken:
            if core and not self._is_comment(path):
                self._last = None
            self._take_other(path, core)
            return
        self._by_kernel = self._lines.by_kernel
        if not RESULT.match(core):
            self._after = None

    def _is_comment(self, path: str) -> bool:
        return "#" in path[self._levels[-1].column:]

    def _is_yaml(self, path: str, core: str) -> bool:
        """True if a line is part of the YAML block after a result, and so of its message.

        The block is indented more than its result, and ends with its end marker or a line that is
        indented less.
        """
        if self._yaml is None:
            if core == YAML_BEGIN and self._last and len(path) > self._levels[-1].column:
                self._yaml = len(path)
                return True
            return False
        if core and len(path) < self._yaml:
            self._yaml = None
            return False
        if core == YAML_END and len(path) == self._yaml:
            self._yaml = None
        elif self._last and self._last.outcome in UNEXPECTED:
            _add(self._last, core)
        return True

    def _find(self, path: str) -> Level | None:
        """The open level with just this nesting."""
        for level in reversed(self._levels):
            if level.path == path:
                return level
            if level.column < len(path):
                return None
        return None

    def _open(self, path: str, sure: bool = True) -> Level:
        """The level of a line that is KTAP. Deeper levels stay open: they belong to the next
        result at this one."""
        place = len(self._levels)
        while place > 1 and self._levels[place - 1].column > len(path):
            place -= 1
        level = self._levels[place - 1]
        if level.column == len(path):
            level.sure = level.sure or sure
            return level
        level = Level(path, sure=sure)
        if self._pending and len(self._pending[0]) < len(path):
            level.name = self._pending[1]
            self._pending = None
        self._levels.insert(place, level)
        return level

    def _may_be_nested(self, path: str) -> bool:
        """True if a result after "# " can begin a document here, inside all others."""
        top = self._levels[-1]
        return path.startswith(top.path) and len(path) > top.column

    def _is_announced(self, path: str) -> bool:
        """True if a subtest line or a "{" says that results come here."""
        before = self._braces[-1:] + [self._pending] * bool(self._pending)
        return any(len(one[0]) < len(path) for one in before)

    def _take_version(self, path: str) -> None:
        self._lose_inner(path)
        level = self._open(path)
        if not (level.version or level.numbered or level.plan is not None):
            # Lines before a document are text, unless they have subtests.
            level.items = [one for one in level.items if one.leaves[0].program]
        if level.items or level.plan is not None:
            if level.subtest and path:
                # The result of the previous document is lost.
                self._levels.remove(level)
                self._lose(level)
                level = self._open(path)
            else:
                self._new_document(level)
        level.version = True
        self._last = None

    def _take_subtest(self, path: str, name: str) -> None:
        level = self._find(path)
        if level is None and len(path) > self._levels[-1].column:
            level = self._open(path)
        if level and path and not level.name and not level.items and level.plan is None:
            level.name, level.subtest = name, True
        else:
            # The name of the next document at this level or at a deeper one.
            self._pending = path, name

    def _take_header(self, path: str, core: str) -> bool:
        """The runner's header of a program, whose lines follow; old kernels do not nest them."""
        name = _name(core)
        if "Warning:" in name:
            return False
        if path.endswith("# "):
            self._lose_inner(path, inclusive=True)
            self._open(path).name = name
            return True
        self._header = "" if path else name
        self._by_kernel = self._lines.by_kernel
        return False

    def _take_old_header(self, path: str, name: str) -> None:
        while len(self._levels) > 1:
            self._lose(self._levels.pop())
        self._levels.append(Level(path, name, flat=True))

    def _take_plan(self, path: str, match: re.Match[str]) -> bool:
        if "#" in path and not self._find(path) and not self._may_be_nested(path):
            return False
        level = self._open(path)
        if self._pending and self._pending[0] == path == level.path:
            name = self._pending[1]
            self._pending = None
            if level.items or level.plan is not None:
                if level is self._levels[0]:
                    self._new_document(level)
                else:
                    self._levels.remove(level)
                    self._lose(level)
                    level = self._open(path)
            level.name, level.subtest = name, True
        elif level.plan is not None:
            before = level.plan
            self._new_document(level)
            level.again = before
        level.plan = int(match[1])
        level.skip = match[2] if level.plan else match[2] or NOTHING_PLANNED
        return True

    def _take_old_result(self, path: str, match: re.Match[str]) -> bool:
        word, number, name, verdict, rest = match.groups()
        word = "ok" if verdict in ("PASS", "SKIP", "XFAIL") else "not ok"
        directive = "" if verdict in ("PASS", "FAIL") else f"# {verdict}"
        name = " ".join(name.split())
        return self._take_result(path, word, number, f"{name} {directive} {rest}".strip())

    def _take_result(self, path: str, word: str, number: str | None, rest: str) -> bool:
        """Takes a line that looks like a result. True if it is one, or may be one."""
        name, directive, reason = _parts(rest.removesuffix(" {"))
        brace = rest.endswith(" {") or name.endswith(" {")
        name = name.removesuffix(" {")
        if name.startswith(HEADER):
            # The runner's result of a program whose own results are not nested.
            for flat in self._levels:
                if flat.flat:
                    flat.path = f"{path} "
        level = self._find(path)
        if level is None and (number is None and not self._is_announced(path)
                              or "#" in path and not self._may_be_nested(path)
                              or len(self._levels) > MAX_DEPTH):
            # Only a result with a number, or without nesting, can begin a document.
            return False
        inner = [one for one in self._levels if one.column > len(path)]
        if number is None and inner and not name.startswith(HEADER) and not all(
                one.is_complete or one.name == name for one in inner):
            return False
        self._levels = [one for one in self._levels if one.column <= len(path)]
        level = self._open(path, sure="#" not in path or level is not None and level.sure)
        self._pending = None
        if number and int(number) == 1 and level.is_complete:
            self._new_document(level)

        # The runner's header is lost where a stream begins in the middle.
        headless = name.startswith(HEADER) and level.is_empty
        inner = [one for one in inner if self._is_document(one, f"{path}# " * headless)]
        fallback = next((one.name for one in inner if one.name), "")
        if not name:
            name = fallback or str(number or len(level.items) + 1)
            if level.number > 1 and not fallback:
                # Equal numbers in two documents are two tests.
                name += f" ({level.number})"
            if level is self._levels[0] and self._name and not fallback:
                name = f"{self._name}.{name}"

        outcome = _outcome(word, directive)
        if outcome == FAILED and reason.startswith(NOT_RUN_WORDS):
            outcome, reason = NOT_RUN, reason.removeprefix(NOT_RUN_WORDS)
        elif directive and outcome == FAILED:
            reason = f"{directive} {reason}".strip()
        elif not directive and outcome == PASSED:
            reason = ""
        output = list(self._output)
        if outcome == SKIPPED and not reason:
            mark = f"{name}: {SKIP_REASON}"
            reason = next((line.removeprefix(mark) for line in reversed(output)
                           if line.startswith(mark)), "")
        if level.sure and (number or not level.numbered):
            self._output = []
        else:
            self._say(f"{word} {number or ''} {rest}")
        own = Leaf(name, outcome, self._message(name, reason, output)
                   if outcome == FAILED else reason)
        self._last = own
        # KTAP has a failure's messages before its result, Perl's TAP after it.
        unclear = own.message == SILENT or self._after and self._after.commented
        self._after = After(own) if outcome == FAILED and unclear else None
        leaves = self._with_inner(own, inner)
        level.items.append(Item(int(number) if number else None, leaves))
        level.numbered += bool(number)
        if brace and leaves == [own]:
            self._braces = [one for one in self._braces if len(one[0]) < len(path)]
            self._braces.append((path, level.items[-1]))
        return True

    def _take_brace(self, path: str, item: Item) -> None:
        """The end of the subtests of a result that TAP 14 prints before them."""
        inner = [one for one in self._levels if one.column > len(path)]
        self._levels = [one for one in self._levels if one.column <= len(path)]
        item.leaves = self._with_inner(item.leaves[0], inner)

    def _take_other(self, path: str, core: str) -> None:
        # Our programs print this line, nested or not, on a machine that lacks a feature.
        absent = ABSENT_LINE.fullmatch(f"# {core}") if path.endswith("# ") else None
        if absent:
            feature, why, count = absent.groups()
            key = feature, shorten(printable(why))
            self._absent[key] = self._absent.get(key, 0) + int(count)
            return
        about = ABOUT_LINE.fullmatch(path + core)
        if about:
            here = self._document
            here.target, here.kernel, here.ended = (printable(word) for word in about.groups())
        elif BAIL_OUT.match(core) and ("#" not in path or self._find(path)):
            self._document.complain(shorten(printable(core)))
        elif core:
            if not self._document.kernel and "Linux version " in core:
                found = LINUX.search(core)
                self._document.kernel = found[1] if found else ""
            self._say(core.removeprefix("#").removeprefix(" "))
            if self._after and self._is_comment(path):
                self._after.add(core)

    def _say(self, text: str) -> None:
        self._output.append(shorten(text))
        if len(self._output) > 2 * MAX_MESSAGE_LINES:
            del self._output[:MAX_MESSAGE_LINES]

    # ---- results of documents ----

    @staticmethod
    def _message(name: str, reason: str, output: list[str]) -> str:
        own = [line.removeprefix(f"{name}: ") for line in output[-MAX_MESSAGE_LINES:]]
        return "\n".join([reason, *own] if reason else own) or SILENT

    @staticmethod
    def _is_document(level: Level, headless: str = "") -> bool:
        """True if the level's lines are results, and not diagnostics that look like results.

        headless: nesting of a program's lines whose header is lost.
        """
        return level.sure or level.path == headless

    def _with_inner(self, own: Leaf, inner: list[Level]) -> list[Leaf]:
        """The result itself, or instead of it the results of the levels inside it."""
        name = own.name
        skip = next((one.skip for one in inner if one.skip is not None), None)
        below = _nest(self._belonging(inner), name)
        if not below:
            if skip is not None:
                own.program = name
                own.outcome = SKIPPED if own.outcome == PASSED else own.outcome
                own.message = skip if own.message in ("", SILENT) else own.message
            return [own]
        own.name, own.program = f"{name}.output", name
        if own.outcome == XFAILED:
            for leaf in below:
                if leaf.outcome == FAILED:
                    leaf.outcome = XFAILED
                    leaf.message = own.message or leaf.message
        # The parent failed, although none of its tests did.
        alone = own.outcome == FAILED and not any(leaf.outcome in BAD for leaf in below)
        return below + [own] * alone

    def _belonging(self, inner: list[Level]) -> list[Leaf]:
        """The results of the levels inside a level that has a result now, outermost first."""
        below: list[Leaf] = []
        name = ""
        for level in reversed(inner):
            if below and not level.is_empty:
                self._document.complain("some results belong to nothing: it is mixed up")
                below = _nest(below, name)
            self._new_document(level)
            below = level.done + below
            name = level.name
        return below

    def _lose_inner(self, path: str, inclusive: bool = False) -> None:
        """Closes the levels below a path, whose parent's result will not come any more.

        inclusive: closes the level of the path, too.
        """
        while len(self._levels) > 1 and (self._levels[-1].column > len(path)
                                         or inclusive and self._levels[-1].path == path):
            self._lose(self._levels.pop())

    def _lose(self, level: Level) -> None:
        """Keeps the results of a level although their parent's result did not come."""
        if level.is_empty or not self._is_document(level):
            return
        self._new_document(level)
        if level.done:
            self._document.complain(f"the results of {level.name or 'a document'} belong to "
                                    "nothing: it is cut off or mixed up")
        outer = [one for one in self._levels if one.column <= level.column]
        into = outer[-1] if outer else self._levels[0]
        # Keeps the file's order. The last result counts only with a number: it may be text.
        last = into.items[-1] if into.items and into.items[-1].number else None
        (last.leaves if last else into.done).extend(_nest(level.done, level.name))

    def _new_document(self, level: Level) -> None:
        """Ends a level's document; the next line may begin another one."""
        found = level.results()
        self._check(level, [number for number, _ in found])
        leaves = [leaf for _, item in found for leaf in item.leaves]
        top = level is self._levels[0]
        if top and not leaves and level.skip is not None and level.again != level.plan:
            number = f" ({level.number})" if level.number > 1 else ""
            leaves = [Leaf(self._name + number, SKIPPED, level.skip)]
        if top and level.name:
            leaves = _nest(leaves, level.name)
            level.name = ""
        level.done += leaves
        level.items = []
        level.numbered = 0
        level.plan = level.again = level.skip = None
        level.version = False
        level.number += 1

    def _check(self, level: Level, numbers: list[int]) -> None:
        came, plan = len(numbers), level.plan
        if not came and level.again == plan:
            # A plan at the beginning and the same one at the end.
            return
        of = f" of {level.name}" if level.name else ""
        if plan is not None and came != plan:
            self._document.complain(f"expected {many(plan, 'result')}{of}, got {came}: it is cut "
                                    "off or mixed up")
            return
        numbers = sorted(numbers)
        for place, number in enumerate(numbers, 1):
            if number != place:
                got = f"{number} twice" if number in numbers[:place - 1] else \
                    f"{number} without {place}"
                self._document.complain(f"expected results{of} with the numbers 1 to "
                                        f"{plan or numbers[-1]}, got {got}: it is mixed up")
                return


def read(text: str, name: str = "") -> Document:
    """Reads a whole text; tests without a name are named after `name`."""
    reader = Reader(name)
    lines = split(text)
    for line in lines:
        reader.feed(line)
    document = reader.end()
    if re.search(r"\b(ok|1\.\.\d*)\b", lines[-1].rpartition("\r")[2]):
        # The last line is a result, whose name may be incomplete.
        document.complain("its last line has no end: it is cut off")
    return document
