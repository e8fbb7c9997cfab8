# SPDX-License-Identifier: GPL-2.0-only
"""Mutants of a C source: small changes that a good test notices, made from its syntax tree.

make() lists all mutants of a source; sample() shuffles them by a seed. Offsets count the
characters of a text that was decoded as latin-1, so that they are offsets of bytes, too.
"""

from __future__ import annotations

import bisect
import difflib
import fnmatch
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tools.results import aligned

# Operators.
CONSTANT, MASK, COMPARISON, CONDITION = "constant", "mask", "comparison", "condition"
STATEMENT, OPERANDS, INDEX, RETURN = "statement", "operands", "index", "return"

# Kinds of nodes that clang does not have: the expansion of a macro, and a node whose text is
# unknown, because only a part of it is in a macro.
MACRO, UNKNOWN = "MACRO", "UNKNOWN"

# Messages, tracepoints, debugfs, and run-time checks for bugs.
EXCLUDED = ("pr_", "dev_", "kvm_err", "kvm_info", "kvm_debug", "kvm_pr_", "vcpu_unimpl", "printk",
            "_printk", "trace_", "seq_", "debugfs_", "WARN", "BUG", "lockdep_", "might_",
            "BUILD_BUG", "static_assert", "MODULE_", "EXPORT_", "module_param", "__MODULE",
            "DEFINE_SHOW_ATTRIBUTE")

NEGATED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
MOVED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
# Operators whose result depends on the order of their operands.
ORDERED = {"-", "<<", ">>", "/", "%"}
MASKING = {"&", "|", "&=", "|="}

# Statements whose last children are statements.
BODIES = {"IF_STMT", "WHILE_STMT", "FOR_STMT", "DO_STMT", "SWITCH_STMT", "CASE_STMT",
          "DEFAULT_STMT", "LABEL_STMT"}
# Statements that are not dropped as a whole.
KEPT = BODIES - {"IF_STMT", "WHILE_STMT", "FOR_STMT", "DO_STMT", "SWITCH_STMT"} | {
    "COMPOUND_STMT", "DECL_STMT", "NULL_STMT", UNKNOWN}

# Verdicts.
BY_SUITE, BY_UNITS, SURVIVED = "suite", "unit tests only", "survived"
VERDICTS = (BY_SUITE, BY_UNITS, SURVIVED)


@dataclass(frozen=True)
class Token:
    """A token of the source as it is written; not a comment."""

    begin: int
    end: int
    text: str


@dataclass(frozen=True)
class Node:
    """A node of the syntax tree, with offsets in the source.

    kind: clang's name of the kind, or MACRO or UNKNOWN. name: of a function that is declared or
    called, or of a macro. type: int, bool, pointer, or "" for others; the type of a function's
    result. constant: the value does not depend on variables and functions.
    """

    kind: str
    begin: int
    end: int
    children: tuple[Node, ...] = ()
    name: str = ""
    type: str = ""
    constant: bool = False


@dataclass(frozen=True)
class Source:
    """A source file, and its functions and variables."""

    file: str
    text: str
    tokens: Sequence[Token]
    nodes: Sequence[Node]


@dataclass(frozen=True, order=True)
class Mutant:
    """`new` in place of the text from begin to end. function: the enclosing function, or ""."""

    file: str
    begin: int
    end: int
    new: str
    operator: str
    line: int
    function: str

    def text(self, source: str) -> str:
        """The source with the change. Its lines keep their numbers."""
        return source[:self.begin] + self.new + source[self.end:]


# ---- from a tree to mutants ----


@dataclass(frozen=True)
class _Around:
    """Where a node is: the function, the type of its result, and whether it is in a mask."""

    function: str = ""
    result: str = ""
    mask: bool = False


class _Maker:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._begins = [token.begin for token in source.tokens]
        self._lines = [i for i, c in enumerate(source.text) if c == "\n"]
        self.found: dict[tuple[int, int, str], Mutant] = {}

    def text(self, node: Node) -> str:
        return self._source.text[node.begin:node.end]

    def tokens(self, begin: int, end: int) -> list[Token]:
        first = bisect.bisect_left(self._begins, begin)
        last = bisect.bisect_left(self._begins, end)
        return list(self._source.tokens[first:last])

    def add(self, operator: str, begin: int, end: int, new: str, around: _Around) -> None:
        old = self._source.text[begin:end]
        new += "\n" * (old.count("\n") - new.count("\n"))
        if new == old:
            return
        line = bisect.bisect_left(self._lines, begin) + 1
        # A change is named after the first operator that makes it.
        self.found.setdefault((begin, end, new), Mutant(
            self._source.file, begin, end, new, operator, line, around.function))

    def change(self, operator: str, node: Node, new: str, around: _Around) -> None:
        if node.kind != UNKNOWN:
            self.add(operator, node.begin, node.end, new, around)

    # ---- the walk ----

    def walk(self, node: Node, around: _Around) -> None:
        if node.name.startswith(EXCLUDED):
            return
        if node.kind == "FUNCTION_DECL":
            around = _Around(node.name, node.type)
        if is_leaf(node):
            self.constant(node, around)
            return
        operator = self.operator_of(node)
        getattr(self, node.kind.lower(), lambda *_: None)(node, around, operator)
        self.statements(node, around)
        around = replace(around, mask=bool(operator and operator.text in MASKING) or
                         around.mask and node.kind in ("PAREN_EXPR", "UNARY_OPERATOR", MACRO))
        for child in node.children:
            self.walk(child, around)

    def operator_of(self, node: Node) -> Token | None:
        """The operator of an expression with one or two operands, as it is written."""
        children = node.children
        if UNKNOWN in (node.kind, *(child.kind for child in children)):
            return None
        if node.kind in ("BINARY_OPERATOR", "COMPOUND_ASSIGNMENT_OPERATOR") and len(children) == 2:
            between = self.tokens(children[0].end, children[1].begin)
        elif node.kind == "UNARY_OPERATOR" and len(children) == 1:
            between = self.tokens(node.begin, children[0].begin)
        else:
            return None
        return between[0] if len(between) == 1 else None

    # ---- constants ----

    def constant(self, node: Node, around: _Around) -> None:
        text = self.text(node)
        if node.type == "bool":
            self.change(CONSTANT, node, f"!{text}", around)
            return
        self.change(CONSTANT, node, f"({text} + 1)", around)
        self.change(CONSTANT, node, f"({text} - 1)", around)
        if around.mask:
            self.change(MASK, node, f"({text} & ({text} - 1))", around)
            self.change(MASK, node, f"({text} & ~(1ULL << (63 - __builtin_clzll({text}))))",
                        around)

    # ---- expressions ----

    def binary_operator(self, node: Node, around: _Around, operator: Token | None) -> None:
        if not operator:
            return
        left, right = node.children
        for table in (MOVED, NEGATED):
            if operator.text in table:
                self.add(COMPARISON, operator.begin, operator.end, table[operator.text], around)
        if operator.text in ORDERED:
            middle = self._source.text[left.end:right.begin]
            self.change(OPERANDS, node, self.text(right) + middle + self.text(left), around)
        if operator.text in ("&&", "||"):
            for child in (left, right):
                self.change(CONDITION, child, "1" if operator.text == "&&" else "0", around)
                self.negate(child, around)

    def negate(self, node: Node, around: _Around) -> None:
        """Negates a condition, unless a change of its operator does that."""
        operator = self.operator_of(node)
        if node.kind == "BINARY_OPERATOR" and operator and operator.text in NEGATED:
            return
        if node.kind == "UNARY_OPERATOR" and operator and operator.text == "!":
            self.change(CONDITION, node, self.text(node.children[0]), around)
        else:
            self.change(CONDITION, node, f"!({self.text(node)})", around)

    def conditional_operator(self, node: Node, around: _Around, _: Token | None) -> None:
        if len(node.children) == 3:
            self.condition(node.children[0], around)

    def condition(self, node: Node, around: _Around) -> None:
        for new in ("1", "0"):
            self.change(CONDITION, node, new, around)
        self.negate(node, around)

    def array_subscript_expr(self, node: Node, around: _Around, _: Token | None) -> None:
        if len(node.children) == 2:
            index = node.children[1]
            for step in ("+ 1", "- 1"):
                self.change(INDEX, index, f"({self.text(index)}) {step}", around)

    def call_expr(self, node: Node, around: _Around, _: Token | None) -> None:
        values = node.children[1:]
        for one, other in zip(values, values[1:]):
            if UNKNOWN in (one.kind, other.kind) or one.type != other.type:
                continue
            middle = self._source.text[one.end:other.begin]
            if [token.text for token in self.tokens(one.end, other.begin)] == [","]:
                self.add(OPERANDS, one.begin, other.end,
                         self.text(other) + middle + self.text(one), around)

    # ---- statements ----

    def begins_with(self, node: Node, word: str) -> bool:
        return self._source.text[node.begin:node.end].startswith(word)

    def if_stmt(self, node: Node, around: _Around, _: Token | None) -> None:
        if node.kind != UNKNOWN and self.begins_with(node, "if"):
            self.condition(node.children[0], around)

    def while_stmt(self, node: Node, around: _Around, _: Token | None) -> None:
        if self.begins_with(node, "while"):
            self.change(CONDITION, node.children[0], "0", around)

    def do_stmt(self, node: Node, around: _Around, _: Token | None) -> None:
        if self.begins_with(node, "do"):
            self.change(CONDITION, node.children[-1], "0", around)

    def for_stmt(self, node: Node, around: _Around, _: Token | None) -> None:
        """Finds the condition by its place, since clang has no child for a missing expression."""
        if not self.begins_with(node, "for"):
            return
        depth, ends = 0, []
        for token in self.tokens(node.begin, node.end):
            depth += (token.text in ("(", "{", "[")) - (token.text in (")", "}", "]"))
            if token.text == ";" and depth == 1:
                ends.append(token.begin)
            if token.text == ")" and depth == 0:
                break
        if len(ends) == 2:
            for child in node.children[:-1]:
                if ends[0] < child.begin < ends[1]:
                    self.change(CONDITION, child, "0", around)

    def return_stmt(self, node: Node, around: _Around, _: Token | None) -> None:
        if not node.children:
            return
        value = node.children[0]
        if around.result == "bool":
            self.negate(value, around)
        elif around.result == "int":
            self.change(RETURN, value, "0", around)
            if not value.constant:
                self.change(RETURN, value, f"({self.text(value)}) + 1", around)
        elif around.result == "pointer":
            self.change(RETURN, value, "0", around)

    def statements(self, node: Node, around: _Around) -> None:
        """Drops each statement in a block, or in another statement."""
        if node.kind == "COMPOUND_STMT":
            inner: Sequence[Node] = node.children
        elif node.kind == "IF_STMT":
            inner = node.children[1:]
        elif node.kind == "DO_STMT":
            inner = node.children[:1]
        elif node.kind in BODIES:
            inner = node.children[-1:]
        else:
            return
        for child in inner:
            if child.kind not in KEPT and not child.name.startswith(EXCLUDED):
                self.drop(child, around)

    def drop(self, node: Node, around: _Around) -> None:
        last = self.tokens(node.begin, node.end)[-1:]
        # An expression's semicolon is not a part of it, and remains.
        whole = last and last[0].text in (";", "}")
        self.change(STATEMENT, node, ";" if whole else "", around)


def is_leaf(node: Node) -> bool:
    """True for a constant that has no parts, or that a macro makes."""
    return (node.constant and node.type in ("int", "bool")
            and node.kind in ("INTEGER_LITERAL", "DECL_REF_EXPR", MACRO))


def make(source: Source) -> list[Mutant]:
    """All mutants of a source, in the order of their places."""
    maker = _Maker(source)
    for node in source.nodes:
        maker.walk(node, _Around())
    return sorted(maker.found.values())


# ---- which of them ----


def sample(mutants: Iterable[Mutant], seed: int) -> list[Mutant]:
    """All mutants, in an order that depends on the seed."""
    found = sorted(mutants)
    random.Random(seed).shuffle(found)
    return found


def matching(files: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """The files that match one of the patterns, sorted."""
    return [file for file in sorted(files)
            if any(fnmatch.fnmatchcase(file, pattern) for pattern in patterns)]


class Distinct:
    """Recognizes objects that equal those of the source or of an earlier mutant.

    counts: the number of mutants that were left out, by the reason.
    """

    FAILED, SAME, TWICE = "do not compile", "same object", "same object as another mutant"

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}
        self.counts = dict.fromkeys((self.FAILED, self.SAME, self.TWICE), 0)

    def original(self, file: str, digest: str) -> None:
        """Records the object of an unchanged source."""
        self._seen[file, digest] = self.SAME

    def is_new(self, file: str, digest: str | None) -> bool:
        """digest: of the mutant's object; None: it does not compile."""
        why = self.FAILED if digest is None else self._seen.get((file, digest), "")
        if why:
            self.counts[why] += 1
            return False
        self._seen[file, str(digest)] = self.TWICE
        return True


# ---- results ----


@dataclass
class Judged:
    """A mutant and its verdict.

    by: the first test of the suite that failed; why: its reason. units: the failed unit tests;
    None: the file has none. known: the suite's verdict is that of an earlier run.
    """

    mutant: Mutant
    diff: str
    by: str = ""
    why: str = ""
    units: list[str] | None = None
    time_s: float = 0.0
    known: bool = False

    @property
    def verdict(self) -> str:
        if self.by:
            return BY_SUITE
        return BY_UNITS if self.units else SURVIVED


def diff_of(mutant: Mutant, source: str) -> str:
    """A unified diff, which names the function."""
    lines = difflib.unified_diff(
        source.splitlines(), mutant.text(source).splitlines(), f"a/{mutant.file}",
        f"b/{mutant.file}", n=2, lineterm="")
    return "\n".join(f"{line} {mutant.function}()" if line.startswith("@@") and mutant.function
                     else line for line in lines)


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def table(judged: Sequence[Judged]) -> str:
    """The verdicts by file, and in all."""
    rows = [("file", "mutants", *VERDICTS, "suite alone", "with unit tests")]
    files = sorted({each.mutant.file for each in judged})
    for file in [*files, ""]:
        here = [each for each in judged if not file or each.mutant.file == file]
        counts = [sum(each.verdict == verdict for each in here) for verdict in VERDICTS]
        rows.append((file or "all", str(len(here)), *map(str, counts),
                     share(counts[0], len(here)), share(counts[0] + counts[1], len(here))))
    return aligned(rows, lambda heading: heading != "file")


def survivors(judged: Sequence[Judged]) -> Iterator[str]:
    """Each mutant that the suite lets pass, with its diff."""
    for each in sorted(judged, key=lambda each: each.mutant):
        if each.verdict != BY_SUITE:
            units = f" by {', '.join(each.units[:3])}" if each.units else ""
            yield (f"{each.mutant.file}:{each.mutant.line}: {each.mutant.operator}, "
                   f"{each.verdict}{units}\n{each.diff}\n")


def as_json(judged: Sequence[Judged], left_out: dict[str, int], **about: Any) -> dict[str, Any]:
    """The content of mutants.json."""
    return {
        **about, "left_out": left_out, "judged": len(judged),
        "counts": {verdict: sum(each.verdict == verdict for each in judged)
                   for verdict in VERDICTS},
        "mutants": [{
            "file": each.mutant.file, "line": each.mutant.line,
            "function": each.mutant.function, "operator": each.mutant.operator,
            "verdict": each.verdict, "by": each.by, "why": each.why, "units": each.units,
            "time_s": each.time_s, "diff": each.diff,
        } for each in sorted(judged, key=lambda each: each.mutant)],
    }
