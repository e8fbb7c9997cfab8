#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Statements of the kernel's documents and their rules: Documentation/abi/coverage.toml.

    statements.py check     is the list sound, does each statement have rules or a reason,
                            and is each rule that names a document listed at a statement?
    statements.py counts    how many statements there are, by document
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import rules as rule_table
from tools.rules import Rule, TableError

LIST = rule_table.ROOT / "Documentation/abi/coverage.toml"

# Documents of the kernel, in Documentation/virt/kvm or its subfolder devices.
DOCUMENTS = ("api.rst", "arm-vgic.rst", "arm-vgic-v3.rst", "arm-vgic-its.rst",
             "arm-vgic-v5.rst", "vcpu.rst", "vm.rst")
# A document's name in the source of a rule.
NAMED = re.compile(r"(?<![\w-])(" + "|".join(re.escape(name) for name in DOCUMENTS) + r")(?!\w)")
KEYS = {"file", "section", "text", "rules", "reason"}


@dataclass(frozen=True)
class Statement:
    """A statement of a document, and the rules that test it or the reason why none does."""

    file: str
    section: str
    text: str
    rules: tuple[str, ...]
    reason: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}, {self.section}"


def parse_statement(raw: dict) -> Statement:
    where = f"the statement '{raw.get('text', raw)}'"
    if unknown := set(raw) - KEYS:
        raise TableError(f"{where}: unknown key '{min(unknown)}'")
    if missing := {"file", "section", "text"} - set(raw):
        raise TableError(f"{where} lacks '{min(missing)}'")
    if raw["file"] not in DOCUMENTS:
        raise TableError(f"{where}: expected a file of {DOCUMENTS}, got '{raw['file']}'")
    if not raw["text"].endswith("."):
        raise TableError(f"{where}: expected its text to be a sentence, with a full stop")
    names = tuple(raw.get("rules", ()))
    if bool(names) == bool(raw.get("reason")):
        raise TableError(f"{where}: expected rules, or a reason why there are none")
    if len(set(names)) != len(names):
        raise TableError(f"{where} names a rule twice")
    return Statement(raw["file"], raw["section"], raw["text"], names, raw.get("reason", ""))


def parse(text: str) -> list[Statement]:
    """All statements, in the list's order."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"not TOML: {error}") from error
    if unknown := set(raw) - {"statement"}:
        raise TableError(f"unknown table '{min(unknown)}'")
    statements = [parse_statement(each) for each in raw.get("statement", [])]
    twice = [place for place, count in Counter((s.file, s.section, s.text)
                                               for s in statements).items() if count > 1]
    if twice:
        raise TableError(f"{', '.join(min(twice))}: expected the statement once")
    return statements


def load(path: Path = LIST) -> list[Statement]:
    return rule_table.read_table(path, parse)


def documents_of(rule: Rule) -> set[str]:
    """The documents that the rule's source names."""
    return set(NAMED.findall(rule.source))


def compare(statements: Iterable[Statement], rules: Sequence[Rule]) -> list[str]:
    """The differences between the list and the table of rules, one sentence for each."""
    by_id = {rule.id: rule for rule in rules}
    listed: dict[str, set[str]] = {}
    problems = []
    for statement in statements:
        for name in statement.rules:
            listed.setdefault(name, set()).add(statement.file)
            if name not in by_id:
                problems.append(f"{statement.place}: there is no rule {name}")
            elif statement.file not in documents_of(by_id[name]):
                problems.append(f"{statement.place}: the source of {name} does not name "
                                f"{statement.file}")
    for rule in rules:
        problems += [f"rule {rule.id} names {document}, but no statement of it names the rule"
                     for document in sorted(documents_of(rule) - listed.get(rule.id, set()))]
    return problems


def render_counts(statements: Iterable[Statement]) -> str:
    """A line for each document: its statements, and how many have a rule."""
    every, ruled = Counter(), Counter()
    for statement in statements:
        every[statement.file] += 1
        ruled[statement.file] += bool(statement.rules)
    lines = [f"{name}: {every[name]} statements, {ruled[name]} with rules"
             for name in DOCUMENTS if every[name]]
    lines.append(f"all: {every.total()} statements, {ruled.total()} with rules")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("check", "counts"))
    args = parser.parse_args()
    try:
        statements = load()
        problems = compare(statements, rule_table.load()) if args.command == "check" else []
    except TableError as error:
        print(f"statements.py: {error}", file=sys.stderr)
        return 2
    if args.command == "counts":
        print(render_counts(statements), end="")
    for problem in problems:
        print(f"statements.py: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
