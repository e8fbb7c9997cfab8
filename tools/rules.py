#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The rule table: reads, checks and renders Documentation/abi/rules.toml.

    rules.py check              check the table, and that each rule has a test and each test a rule
    rules.py header [FILE]      selftests/rules.h, what the tests expect
    rules.py reference [FILE]   Documentation/abi/reference.md, for people
    rules.py readme             brings the counts in README.md up to date
    rules.py covered SUMMARY..  does every rule report in each of its dialects?
    rules.py counts             how many rules and tests there are
"""

from __future__ import annotations

import argparse
import os
import fnmatch
import json
import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import own_tests
from tools.results import DIALECTS

ROOT = Path(__file__).resolve().parent.parent
TABLE_NAME = "Documentation/abi/rules.toml"
TABLE = ROOT / TABLE_NAME
HEADER = ROOT / "selftests/rules.h"
REFERENCE = ROOT / "Documentation/abi/reference.md"
README = ROOT / "README.md"

KINDS = ("bug", "difference")
# Machines to which the code that a rule is about may be limited.
REACHES = ("silicon",)
RULE_KEYS = {"id", "text", "source", "dialects", "expect", "by", "reach", "mode", "since",
             "deviation"}
DEVIATION_KEYS = {"kernels", "arch", "mode", "variants", "does", "kind", "reason", "sometimes"}
# KVM's modes as the kernel's command line names them: kvm-arm.mode=.
MODES = ("nvhe", "protected", "nested")

RULE_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
OUTCOME = re.compile(r"[A-Z][A-Z0-9]*")
VERSION = re.compile(r"(\d+)\.(\d+)")
# Programs that do not test rules: `bench` measures, and `waits` tests selftests/lib/.
WITHOUT_RULES = {"bench.c", "waits.c"}
RULE_TEST = re.compile(r"^TEST_F(?:_TIMEOUT)?\((\w+),\s*(\w+)", re.MULTILINE)

# The architecture on which released kernels have KVM; 5.7 removed it for 32-bit ARM.
IN_TREE_ARCH = "aarch64"

T = TypeVar("T")

# Open ends of a range of kernels, as (major, minor).
FIRST_KERNEL = (0, 0)
LAST_KERNEL = (0xFFFF, 0xFFFF)


class TableError(Exception):
    """The table, or a file that is compared with it, is wrong."""


@dataclass(frozen=True)
class Deviation:
    """A range of released kernels that are known to deviate from a rule."""

    first: tuple[int, int]
    last: tuple[int, int]
    kernels: str
    arch: str
    variants: str
    does: str
    kind: str
    reason: str
    sometimes: bool = False
    mode: str = "*"

    def covers(self, release: str, arch: str, variant: str) -> bool:
        """True if the deviation applies to `variant` on `release`, in some mode of KVM."""
        return (
            self.first <= version_of(release) <= self.last
            and fnmatch.fnmatchcase(arch, self.arch)
            and fnmatch.fnmatchcase(variant, self.variants)
        )


@dataclass(frozen=True)
class Rule:
    """One rule; `expect` maps fnmatch patterns of variants to outcomes."""

    id: str
    text: str
    source: str
    dialects: tuple[str, ...]
    expect: dict[str, str]
    by: str = "selftests"
    deviations: tuple[Deviation, ...] = field(default=())
    reach: str = ""
    # The only mode of KVM to which the rule applies, or "".
    mode: str = ""
    since: str = ""


def version_of(release: str) -> tuple[int, int]:
    """Major and minor number of a kernel release such as 6.1.0-50-arm64."""
    match = VERSION.match(release)
    if not match:
        raise TableError(f"expected a kernel release such as 6.1.0, got '{release}'")
    return int(match[1]), int(match[2])


def parse_range(text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Parses '5.10..6.1', '..5.15', '6.3..' or '6.1'; both ends are inclusive."""
    first, dots, last = text.partition("..")
    low = version_of(first) if first else FIRST_KERNEL
    if not dots:
        return low, low
    high = version_of(last) if last else LAST_KERNEL
    if low > high:
        raise TableError(f"expected a range of kernels that goes upwards, got '{text}'")
    return low, high


def parse_deviation(raw: dict, where: str) -> Deviation:
    unknown = set(raw) - DEVIATION_KEYS
    if unknown:
        raise TableError(f"{where}: unknown key '{min(unknown)}' in a deviation")
    missing = {"kernels", "does", "kind", "reason"} - set(raw)
    if missing:
        raise TableError(f"{where}: a deviation lacks '{min(missing)}'")
    if raw["kind"] not in KINDS:
        raise TableError(f"{where}: expected kind to be one of {KINDS}, got '{raw['kind']}'")
    if not isinstance(raw.get("sometimes", False), bool):
        raise TableError(f"{where}: expected sometimes to be true or false, "
                         f"got '{raw['sometimes']}'")
    if raw.get("mode", MODES[0]) not in MODES:
        raise TableError(f"{where}: expected mode to be one of {MODES}, got '{raw['mode']}'")
    if not OUTCOME.fullmatch(raw["does"]):
        raise TableError(f"{where}: expected does to be an outcome such as EINVAL, "
                         f"got '{raw['does']}'")
    first, last = parse_range(raw["kernels"])
    return Deviation(
        first,
        last,
        raw["kernels"],
        raw.get("arch", IN_TREE_ARCH),
        raw.get("variants", "*"),
        raw["does"],
        raw["kind"],
        raw["reason"],
        raw.get("sometimes", False),
        raw.get("mode", "*"),
    )


def parse_rule(raw: dict) -> Rule:
    where = raw.get("id", "a rule without id")
    unknown = set(raw) - RULE_KEYS
    if unknown:
        raise TableError(f"{where}: unknown key '{min(unknown)}'")
    missing = {"id", "text", "source", "dialects", "expect"} - set(raw)
    if missing:
        raise TableError(f"{where}: lacks '{min(missing)}'")
    if not RULE_ID.fullmatch(raw["id"]):
        raise TableError(f"{where}: expected an id such as errors.twice_same")
    if not raw["text"].endswith("."):
        raise TableError(f"{where}: expected its text to be a sentence, with a full stop")
    for dialect in raw["dialects"]:
        if dialect not in DIALECTS:
            raise TableError(f"{where}: expected dialects of {DIALECTS}, got '{dialect}'")
    expect = raw["expect"]
    if isinstance(expect, str):
        expect = {"*": expect}
    for outcome in expect.values():
        if not OUTCOME.fullmatch(outcome):
            raise TableError(f"{where}: expected an outcome such as EINVAL, got '{outcome}'")
    if "reach" in raw and raw["reach"] not in REACHES:
        raise TableError(f"{where}: expected reach to be one of {REACHES}, got '{raw['reach']}'")
    if "mode" in raw and raw["mode"] not in MODES:
        raise TableError(f"{where}: expected mode to be one of {MODES}, got '{raw['mode']}'")
    if "since" in raw and not VERSION.fullmatch(raw["since"]):
        raise TableError(f"{where}: expected since to be a kernel such as 6.4, "
                         f"got '{raw['since']}'")
    deviations = tuple(parse_deviation(d, where) for d in raw.get("deviation", []))
    return Rule(
        raw["id"],
        raw["text"],
        raw["source"],
        tuple(raw["dialects"]),
        expect,
        raw.get("by", "selftests"),
        deviations,
        raw.get("reach", ""),
        raw.get("mode", ""),
        raw.get("since", ""),
    )


def parse_table(text: str) -> list[Rule]:
    """All rules, in the table's order."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"not TOML: {error}") from error
    rules = [parse_rule(r) for r in raw.get("rule", [])]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise TableError(f"{rule.id}: there are two rules with this id")
        seen.add(rule.id)
    return rules


def read_table(path: Path, parse: Callable[[str], list[T]]) -> list[T]:
    """Parses a file with `parse`. Error messages name the file."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}") from error
    except TableError as error:
        raise TableError(f"{path}: {error}") from error


def load(path: Path = TABLE) -> list[Rule]:
    return read_table(path, parse_table)


def texts() -> dict[str, str]:
    """The sentence of each rule and of all other tests, for pages that show results."""
    output = {f"{program}.output": own_tests.OUTPUT for program in programs()}
    return {**own_tests.LAB, **own_tests.PROGRAMS, **output,
            **{rule.id: text_with_reach(rule) for rule in load()}}


def text_with_reach(rule: Rule) -> str:
    """The sentence of a rule, with a note if emulated machines cannot test it."""
    return f"{rule.text} Only {rule.reach} reaches it." if rule.reach else rule.text


def passed_out_of_reach(rules: list[Rule], summaries: list[dict]) -> list[str]:
    """Results that passed on emulated machines although these cannot run the rule's code."""
    beyond = {rule.id for rule in rules if rule.reach}
    return [f"{result['test']} passed on {summary['target']}, which cannot reach it"
            for summary in summaries for result in summary["results"]
            if result["rule"] in beyond and result["outcome"] == "passed"]


# ---- the test programs ----

# Folders of their sources.
PROGRAM_FOLDERS = ("selftests", "tests/guest_linux", "tests/refkernel")
# Sources without one of these are helpers.
MAIN = re.compile(r"^int main\(|/rule_main\.h\"$", re.MULTILINE)
# Programs outside selftests/ name their tests in full.
NAMED_TEST = re.compile(r'"(\w+)\.any\.(\w+)"')


def programs(root: Path = ROOT) -> dict[str, Path]:
    """The source of each program, by its name."""
    return {path.stem: path for folder in PROGRAM_FOLDERS
            for path in sorted((root / folder).glob("*.c"))
            if MAIN.search(path.read_text(encoding="utf-8"))}


def reported_by(source: Path | None) -> list[str] | None:
    """Ids of all tests that a program reports; None if it has no source that names them."""
    if not source or source.name in WITHOUT_RULES:
        return None
    text = source.read_text(encoding="utf-8")
    if source.parent.name == "selftests":
        return tests_in(text) or None
    return [".".join(found) for found in NAMED_TEST.findall(text)] or None


# ---- places in the table ----

@lru_cache(maxsize=1)
def _parsed(text: str) -> list[Rule]:
    return parse_table(text)


def deviation_message(deviation: Deviation) -> str:
    """The message of a test that found the deviation, or should have found it."""
    return f"{deviation.kernels} {deviation.kind}: {deviation.reason}"


def place_of_deviation(rule_id: str, message: str,
                       text: str | None = None) -> tuple[int, Deviation] | None:
    """The deviation that a test reported, and its first line in the table; None if unknown."""
    if text is None:
        try:
            text = TABLE.read_text(encoding="utf-8")
        except OSError as error:
            raise TableError(f"{TABLE}: {error.strerror}") from error
    rule = next((rule for rule in _parsed(text) if rule.id == rule_id), None)
    if not rule:
        return None
    here, number = False, -1
    for line, words in enumerate(text.splitlines(), 1):
        if match := ID_LINE.fullmatch(words):
            here = match[1] == rule_id
        elif here and words == "[[rule.deviation]]":
            number += 1
            if deviation_message(rule.deviations[number]) == message:
                return line, rule.deviations[number]
    return None


# ---- rules and tests, both ways ----


def tests_in(source: str) -> list[str]:
    """Ids of the rules that a test program's source names."""
    return [f"{fixture}.{test}" for fixture, test in RULE_TEST.findall(source)]


def compare(rules: list[Rule], sources: dict[str, str], root: Path = ROOT) -> list[str]:
    """Rules without a test and tests without a rule, as sentences."""
    problems = []
    tests: dict[str, str] = {}
    for name, source in sources.items():
        for test in tests_in(source):
            if test in tests:
                problems.append(f"{name}: test {test} is also in {tests[test]}")
            tests[test] = name
    by_selftests = {rule.id for rule in rules if rule.by == "selftests"}
    problems += [f"rule {r} has no test" for r in sorted(by_selftests - set(tests))]
    problems += [
        f"{tests[t]}: test {t} has no rule" for t in sorted(set(tests) - by_selftests)
    ]
    for rule in rules:
        if rule.by == "selftests":
            continue
        path = root / rule.by
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        # Programs outside selftests/ name their tests in full.
        if not any(f'"{name}"' in text for name in (rule.id, rule.id.replace(".", ".any."))):
            problems.append(f"rule {rule.id} is not reported by {rule.by}")
    return problems


def selftest_sources(root: Path = ROOT) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in sorted((root / "selftests").glob("*.c"))
        if path.name not in WITHOUT_RULES
    }


def is_newer(rule: Rule, summaries: list[dict]) -> bool:
    """True if the rule is about a feature that is newer than every KVM that ran. On 32-bit ARM,
    KVM is the reference kernel, so the kernel's version does not count."""
    if not rule.since:
        return False
    ran = [version_of(summary["kernel"]) for summary in summaries
           if summary.get("kernel") and summary["target"].startswith("arm64")]
    return max(ran, default=FIRST_KERNEL) < version_of(rule.since)


def uncovered(rules: list[Rule], summaries: list[dict]) -> list[str]:
    """Rules and dialects without any result. Rules about a mode of KVM are left out, since no
    default target is in such a mode."""
    reported = {
        (result["rule"], result["dialect"])
        for summary in summaries
        for result in summary["results"]
    }
    return [
        f"rule {rule.id} reports nothing in the dialect {dialect}"
        for rule in rules
        for dialect in rule.dialects
        if rule.by == "selftests" and not rule.mode and (rule.id, dialect) not in reported
        and not is_newer(rule, summaries)
    ]


# ---- the C header ----


def c_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_strings(prefix: str, text: str, suffix: str) -> list[str]:
    """Lines of at most 100 columns with one C string, which is split between words."""
    columns = len(prefix.expandtabs(8))
    indent = "\t" * (columns // 8) + " " * (columns % 8)
    words = re.findall(r"\S+\s*", text)
    parts = [""]
    for word in words:
        longer = f"{prefix}{c_string(parts[-1] + word)}{suffix}"
        if parts[-1] and len(longer.expandtabs(8)) > 100:
            parts.append("")
        parts[-1] += word
    lines = [f"{indent}{c_string(part)}" for part in parts]
    lines[0] = f"{prefix}{c_string(parts[0])}"
    lines[-1] += suffix
    return lines


def c_whole(text: str) -> str:
    """A string in one piece, on a line of its own, so that it can be found with grep."""
    return f"\n\t\t\t{c_string(text)}"


def c_kernel(version: tuple[int, int]) -> str:
    return f"RULE_KERNEL({version[0]}, {version[1]})"


def render_header(rules: list[Rule], whole_strings: bool = False) -> str:
    """selftests/rules.h, the table that rule.c reads. whole_strings: do not split strings."""
    lines = [
        "/* SPDX-License-Identifier: GPL-2.0-only */",
        *(["/* The rules that the tests check, and the kernels that deviate from them. */"]
          if whole_strings else
          ["/*",
           " * Made by `tools/rules.py header` from Documentation/abi/rules.toml: change",
           " * that, and run `make rules`.",
           " */"]),
        "#ifndef VGIC_ABI_RULES_H",
        "#define VGIC_ABI_RULES_H",
        "",
        "static const struct rule rules[] = {",
    ]
    for rule in rules:
        if rule.by != "selftests":
            continue
        lines += ["\t{", f"\t\t.id = {c_string(rule.id)},"]
        lines += ([f"\t\t.text ={c_whole(rule.text)},"] if whole_strings else
                  c_strings("\t\t.text = ", rule.text, ","))
        lines.append("\t\t.expect = (const struct rule_expect[]) {")
        lines += [
            f"\t\t\t{{ {c_string(variants)}, {c_string(outcome)} }},"
            for variants, outcome in rule.expect.items()
        ]
        lines += ["\t\t\t{ 0 }", "\t\t},"]
        if rule.deviations:
            lines.append("\t\t.deviations = (const struct rule_deviation[]) {")
            for d in rule.deviations:
                lines.append(f"\t\t\t{{ {c_string(d.variants)}, {c_string(d.arch)}, "
                             f"{c_string(d.mode)},")
                lines.append(f"\t\t\t  {c_kernel(d.first)}, {c_kernel(d.last)},")
                lines.append(f"\t\t\t  {c_string(d.does)},")
                sometimes = "true" if d.sometimes else "false"
                lines += ([f"{c_whole(deviation_message(d))[1:]},", f"\t\t\t  {sometimes} }},"]
                          if whole_strings else
                          c_strings("\t\t\t  ", deviation_message(d), f", {sometimes} }},"))
            lines += ["\t\t\t{ 0 }", "\t\t},"]
        lines.append("\t},")
    lines += ["\t{ 0 }", "};", "", "#endif /* VGIC_ABI_RULES_H */", ""]
    return "\n".join(lines)


# ---- the reference page ----

SUBJECT = re.compile(r"# ---- (.+) ----")
ID_LINE = re.compile(r'id = "([^"]+)"')


def subjects(text: str) -> dict[str, str]:
    """The subject of each rule, by its id: the nearest heading in the comments above it."""
    found, here = {}, "rules"
    for line in text.splitlines():
        heading, rule = SUBJECT.fullmatch(line), ID_LINE.fullmatch(line)
        if heading:
            here = heading[1]
        elif rule:
            found[rule[1]] = here
    return found


def in_dialect(rule: Rule, dialect: str) -> str:
    """The outcome that a rule expects in a dialect, with exceptions for variants."""
    parts = []
    for pattern, outcome in rule.expect.items():
        start = re.split(r"[*?\[]", pattern)[0]
        if not f"{dialect}_".startswith(start) and not start.startswith(f"{dialect}_"):
            continue
        if pattern in ("*", f"{dialect}_*"):
            return ", ".join([*parts, f"else {outcome}" if parts else outcome])
        parts.append(f"{outcome} for `{pattern}`")
    return ", ".join(parts)


def anchor(heading: str) -> str:
    """The anchor of a heading in Markdown."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _reference_of(rule: Rule) -> list[str]:
    lines = [f"### `{rule.id}`", "", rule.text, "", f"- source: {rule.source}"]
    expected = {dialect: in_dialect(rule, dialect) for dialect in rule.dialects}
    if expected:
        lines.append("- expected: " + "; ".join(
            f"{what} in `{dialect}`" if dialect != "any" else what
            for dialect, what in expected.items()))
    else:
        lines.append(f"- expected: {', '.join(rule.expect.values())}")
    for d in rule.deviations:
        where = "" if d.variants == "*" else f", `{d.variants}`"
        arch = "" if d.arch == IN_TREE_ARCH else f" on {d.arch}"
        mode = "" if d.mode == "*" else f" in mode {d.mode}"
        lines.append(f"- {d.kind}, kernels {d.kernels}{arch}{mode}{where}: {d.does}"
                     f"{' at times' if d.sometimes else ''}: {d.reason}")
    if rule.mode:
        lines.append(f"- only in mode {rule.mode}: Documentation/targets.md")
    if rule.reach:
        lines.append(f"- reach: {rule.reach}; skipped where its code cannot run")
    if rule.since:
        lines.append(f"- since: {rule.since}; not planned on kernels without it")
    if rule.by != "selftests":
        lines.append(f"- reported by `{rule.by}`")
    return [*lines, ""]


def render_reference(text: str) -> str:
    """The table of rules for people, by subject, from its text."""
    rules = parse_table(text)
    subject_of = subjects(text)
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(subject_of[rule.id], []).append(rule)
    lines = [
        "<!-- SPDX-License-Identifier: GPL-2.0-only -->",
        "<!-- Made by `make rules` from rules.toml: change that. -->",
        "# The ABI, rule by rule", "",
        render_counts(rules).rstrip(), "",
        "`README.md` beside this page explains the terms. A test that finds a rule",
        "broken names it by its id; `make run TESTS=<id>` runs the tests of one rule.", "",
    ]
    lines += [f"- [{subject}](#{anchor(subject)}): {len(here)}"
              for subject, here in groups.items()]
    for subject, here in groups.items():
        lines += ["", f"## {subject}", ""]
        for rule in here:
            lines += _reference_of(rule)
        lines.pop()
    return "\n".join(lines) + "\n"


# ---- the counts in README.md ----

COUNTS = re.compile(r"(<!-- counts: [^\n]*-->\n).*?(<!-- end of counts -->\n)", re.DOTALL)


def render_counts(rules: list[Rule]) -> str:
    """A sentence for README.md."""
    in_dialect = ", ".join(
        f"{sum(dialect in rule.dialects for rule in rules)} in `{dialect}`"
        for dialect in DIALECTS
        if dialect != "any"
    )
    deviations = [d for rule in rules for d in rule.deviations if d.arch == IN_TREE_ARCH]
    bugs = sum(d.kind == "bug" for d in deviations)
    beyond = sum(bool(rule.reach) for rule in rules)
    return (
        f"{len(rules)} rules, of which {in_dialect};\n"
        f"{len(deviations)} known deviations of released kernels, {bugs} of them bugs.\n"
        + (f"{beyond} of the rules cannot be tested on emulated machines.\n" if beyond else "")
    )


def with_counts(text: str, rules: list[Rule]) -> str:
    """README.md's text with its counts brought up to date."""
    if not COUNTS.search(text):
        raise TableError("expected README.md to have a place for the counts, found none")
    return COUNTS.sub(lambda match: match[1] + render_counts(rules) + match[2], text)


# ---- commands ----


def status_of(name: str, command: Callable[[], list[str]]) -> int:
    """The exit status of a command, whose problems are printed after the program's name."""
    try:
        problems = command()
    except OSError as error:
        print(f"{name}: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except (TableError, ValueError, KeyError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"{name}: {problem}", file=sys.stderr)
    return 1 if problems else 0


def command_check(_args: argparse.Namespace) -> list[str]:
    rules = load()
    problems = compare(rules, selftest_sources())
    if not HEADER.is_file() or HEADER.read_text(encoding="utf-8") != render_header(rules):
        problems.append("selftests/rules.h does not match the table: run 'make rules'")
    if not REFERENCE.is_file() or REFERENCE.read_text(encoding="utf-8") != render_reference(
            TABLE.read_text(encoding="utf-8")):
        problems.append("Documentation/abi/reference.md does not match the table: "
                        "run 'make rules'")
    readme = README.read_text(encoding="utf-8")
    if readme != with_counts(readme, rules):
        problems.append("README.md's counts do not match the table: run 'make rules'")
    return problems


def write(text: str, path: Path) -> None:
    """Writes the file if its content changes, so that nothing is rebuilt otherwise.
    """
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
    print(f"rules: {path.name} regenerated", file=sys.stderr)


def put(text: str, file: str) -> None:
    if file == "-":
        sys.stdout.write(text)
    else:
        write(text, Path(file))


def command_header(args: argparse.Namespace) -> list[str]:
    table = load()
    if args.programs:
        sources = programs()
        ids = {rule for name in args.programs.split(",")
               for rule in reported_by(sources.get(name)) or ()}
        table = [rule for rule in table if rule.id in ids]
    put(render_header(table, args.whole_strings), args.file)
    return []


def command_reference(args: argparse.Namespace) -> list[str]:
    put(render_reference(TABLE.read_text(encoding="utf-8")), args.file)
    return []


def command_covered(args: argparse.Namespace) -> list[str]:
    summaries = [json.loads(Path(path).read_text(encoding="utf-8")) for path in args.summary]
    return uncovered(load(), summaries) + passed_out_of_reach(load(), summaries)


def command_readme(_args: argparse.Namespace) -> list[str]:
    text = with_counts(README.read_text(encoding="utf-8"), load())
    write(text, README)
    return []


def command_counts(_args: argparse.Namespace) -> list[str]:
    print(render_counts(load()), end="")
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("check").set_defaults(run=command_check)
    header = commands.add_parser("header")
    header.add_argument("file", nargs="?", default="-")
    header.add_argument("--programs", metavar="NAME[,NAME...]", help="only the rules of these")
    header.add_argument("--whole-strings", action="store_true", help="do not split strings")
    header.set_defaults(run=command_header)
    reference = commands.add_parser("reference")
    reference.add_argument("file", nargs="?", default="-")
    reference.set_defaults(run=command_reference)
    covered = commands.add_parser("covered")
    covered.add_argument("summary", nargs="+")
    covered.set_defaults(run=command_covered)
    commands.add_parser("readme").set_defaults(run=command_readme)
    commands.add_parser("counts").set_defaults(run=command_counts)
    args = parser.parse_args()
    return status_of("rules.py", lambda: args.run(args))


if __name__ == "__main__":
    sys.exit(main())
