# SPDX-License-Identifier: GPL-2.0-only
"""Compiles faults into the reference kernel, one of which is chosen at load time.

tests/faults/faults.toml says what each fault changes in which source. seed() writes a copy
of the sources, in which each place with a fault has both the original and the faulty code, and
selects one of them at run time. If no fault is chosen, the module behaves as usual.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from scripts.errors import SetupError
from scripts.module import sources

# The module knows faults by number, users by name. Number 0: no fault.
HEADER = "include/kvm/seeded.h"
SOURCE = "virt/kvm/seeded.c"

BRACKETS = {"(": ")", "[": "]", "{": "}"}

# A piece of code that begins or ends in the middle of an expression or list.
CUT = re.compile(r"[-+*/%&|^<>=!?:,~]$|^[?:,%/|^<>=]")
# Two adjacent characters of a word.
WORD = re.compile(r"\w\w")

# HYP mode cannot access the module's variables, so its own structure has a copy of the number.
HYP_SOURCES = ("arch/arm/kvm/hyp_switch.c",)


@dataclass(frozen=True)
class Fault:
    """One fault; faults.toml explains the keys."""

    name: str
    file: str
    old: str
    new: str
    subject: str = ""
    unit: str = ""
    rules: tuple[str, ...] = ()
    after: str = ""
    tests: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    target: str = "armv7-ref"
    reboot: bool = False


@dataclass(frozen=True)
class Table:
    """The content of faults.toml: faults for the suite, for unit tests, or for both."""

    faults: tuple[Fault, ...]
    units: tuple[Fault, ...]
    controls: tuple[str, ...]
    support: tuple[Fault, ...]


@dataclass(frozen=True)
class Span:
    """A place in a source, and the faults that change exactly this place."""

    begin: int
    end: int
    faults: tuple[tuple[int, Fault], ...]


# ---- the table ----


def _fault(row: dict[str, Any], where: str, extra: dict[str, Any]) -> Fault:
    known = {field.name: field for field in fields(Fault)}
    row = {**extra, **row}
    for key in row:
        if key not in known:
            raise SetupError(f"{where}: expected one of {', '.join(known)}, got '{key}'")
    for key in ("name", "file", "old", "new"):
        if key not in row:
            raise SetupError(f"{where}: expected a key '{key}', got none")
    values = {key: tuple(value) if isinstance(value, list) else value
              for key, value in row.items()}
    for key, value in values.items():
        kind = str(known[key].type)
        fits = (isinstance(value, bool) if kind == "bool" else
                isinstance(value, tuple) and all(isinstance(v, str) for v in value)
                if kind.startswith("tuple") else isinstance(value, str))
        if not fits:
            raise SetupError(f"{where}: {key}: expected {kind}, got {value!r}")
    if not values["old"].strip():
        raise SetupError(f"{where}: old: expected a piece of the source, got nothing")
    return Fault(**values)


def _is_whole(piece: str) -> bool:
    """True if the piece may be put into brackets: it is not a part of an expression or list."""
    opened = []
    for char in re.sub(r"'\\?.'|\"(?:\\.|[^\"\\])*\"", "", piece):
        if char in BRACKETS:
            opened.append(BRACKETS[char])
        elif char in BRACKETS.values() and (not opened or opened.pop() != char):
            return False
    return not opened and not CUT.search(piece.strip())


def load(path: Path) -> Table:
    """Reads the table. Raises SetupError if it is malformed."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SetupError(f"{path}: expected a table of faults: {error}") from error
    faults = [_fault(row, f"{path}: fault {row.get('name', number)}", {})
              for number, row in enumerate(raw.get("fault", ()), 1)]
    support = [_fault(row, f"{path}: support {number}",
                      {"name": f"support{number}"})
               for number, row in enumerate(raw.get("support", ()), 1)]
    names = [fault.name for fault in faults]
    for fault in faults:
        if names.count(fault.name) > 1:
            raise SetupError(f"{path}: expected each name once, got '{fault.name}' twice")
        if not fault.rules and not fault.unit:
            raise SetupError(f"{path}: fault {fault.name}: expected a key 'rules' or 'unit', "
                             "got none")
        if fault.rules and not fault.subject:
            raise SetupError(f"{path}: fault {fault.name}: expected a key 'subject', got none")
        for key in ("old", "new"):
            if fault.rules and not _is_whole(piece := getattr(fault, key)):
                raise SetupError(f"{path}: fault {fault.name}: {key}: expected an expression or "
                                 f"statements, got a part of one: {piece!r}")
        if fault.rules and not fault.new and not _is_statement(fault.old):
            raise SetupError(f"{path}: fault {fault.name}: new: expected an expression, got none")
    suite = tuple(fault for fault in faults if fault.rules)
    if not suite or not raw.get("controls"):
        raise SetupError(f"{path}: expected faults and controls, got none")
    return Table(suite, tuple(fault for fault in faults if fault.unit), tuple(raw["controls"]),
                 tuple(support))


# ---- the sources ----


def place_of(fault: Fault, text: str) -> tuple[int, int]:
    """The place of a fault in its source. Raises SetupError unless it is unique."""
    begin = 0
    if fault.after:
        if text.count(fault.after) != 1:
            raise SetupError(f"fault {fault.name}: after: expected once in {fault.file}, "
                             f"got {text.count(fault.after)} times: {fault.after!r}")
        begin = text.index(fault.after) + len(fault.after)
    elif text.count(fault.old) != 1:
        raise SetupError(f"fault {fault.name}: old: expected once in {fault.file}, got "
                         f"{text.count(fault.old)} times; 'after' tells them apart: "
                         f"{fault.old!r}")
    found = text.find(fault.old, begin)
    if found < 0:
        raise SetupError(f"fault {fault.name}: old: expected after {fault.after!r} in "
                         f"{fault.file}, got nowhere: {fault.old!r}")
    return found, found + len(fault.old)


def _spans(faults: Sequence[tuple[int, Fault]], text: str) -> list[Span]:
    """The places where the source changes: outer spans before those within them."""
    by_place: dict[tuple[int, int], list[tuple[int, Fault]]] = {}
    for number, fault in faults:
        begin, end = place_of(fault, text)
        for place in (begin, end):
            if WORD.fullmatch(text[place - 1:place + 1]):
                raise SetupError(f"fault {fault.name}: old: expected whole words, got a part of "
                                 f"one in {fault.file}: {fault.old!r}")
        by_place.setdefault((begin, end), []).append((number, fault))
    found = [Span(*place, tuple(rows)) for place, rows in by_place.items()]
    return sorted(found, key=lambda span: (span.begin, -span.end))


def _is_statement(piece: str) -> bool:
    return piece.rstrip().endswith((";", "}"))


def _either(span: Span, original: str, is_chosen: str) -> str:
    """C code that runs a fault of the span if it is chosen, or else the original."""
    text = original
    for number, fault in reversed(span.faults):
        condition = is_chosen.format(number)
        if _is_statement(fault.old):
            text = f"if ({condition}) {{ {fault.new or ';'} }} else {{ {text} }}"
        else:
            text = f"({condition} ? ({fault.new}) : ({text}))"
    return text


def _rewrite(text: str, begin: int, end: int, spans: list[Span], is_chosen: str) -> str:
    out = []
    while spans:
        span = spans.pop(0)
        inner = [other for other in spans if other.begin < span.end]
        for other in inner:
            if other.end > span.end:
                names = ", ".join(f.name for s in (span, other) for _, f in s.faults)
                raise SetupError(f"faults {names}: expected nested or separate places, got "
                                 "places that overlap")
        spans = spans[len(inner):]
        out.append(text[begin:span.begin])
        out.append(_either(span, _rewrite(text, span.begin, span.end, inner, is_chosen),
                           is_chosen))
        begin = span.end
    out.append(text[begin:end])
    return "".join(out)


def seeded(name: str, text: str, faults: Sequence[tuple[int, Fault]]) -> str:
    """Returns a source with the given faults, which are numbered."""
    is_chosen = "this_hyp_cpu()->seeded == {}" if name in HYP_SOURCES else "SEEDED({})"
    return _rewrite(text, 0, len(text), _spans(faults, text), is_chosen)


HEADER_TEXT = """\
/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/seeding.py: the number of the fault chosen at load time; 0: none. */
#ifndef KVM_SEEDED_H
#define KVM_SEEDED_H
extern unsigned int seeded_fault;
#define SEEDED(number) (*(volatile unsigned int *)&seeded_fault == (number))
#endif
"""

SOURCE_TEXT = """\
// SPDX-License-Identifier: GPL-2.0-only
/* Made by scripts/seeding.py: the parameter `fault`. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

unsigned int seeded_fault;

static const char * const names[] = {{ "", {names} }};

static int set(const char *value, const struct kernel_param *kp)
{{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (sysfs_streq(value, names[i])) {{
			seeded_fault = i;
			return 0;
		}}
	return -EINVAL;
}}

static int get(char *buffer, const struct kernel_param *kp)
{{
	return scnprintf(buffer, PAGE_SIZE, "%s\\n", names[seeded_fault]);
}}

static const struct kernel_param_ops ops = {{ .set = set, .get = get }};

module_param_cb(fault, &ops, NULL, 0444);
MODULE_PARM_DESC(fault, "name of a fault in tests/faults/faults.toml");
"""

KBUILD_TEXT = f"""
# Made by scripts/seeding.py.
kvm_armv7-y += {SOURCE.removesuffix('.c')}.o
ccflags-y += -include $(src)/{HEADER} -Wno-parentheses -Wno-dangling-else
"""


def _write(path: Path, text: str) -> None:
    """Writes a file only if its content changes, so that unchanged files are not recompiled."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def seed(table: Table, root: Path, folder: Path) -> None:
    """Writes the sources of the module in root with all faults into folder.

    Raises SetupError if a fault's place in its source is missing or ambiguous.
    """
    found = sources(root)
    by_file: dict[str, list[tuple[int, Fault]]] = {}
    for number, fault in enumerate(table.faults, 1):
        by_file.setdefault(fault.file, []).append((number, fault))
    for name in [*by_file, *(s.file for s in table.support)]:
        if name not in found:
            raise SetupError(f"expected a source of the module, got '{name}'")

    wanted = {Path(HEADER), Path(SOURCE), *map(Path, found)}
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        if path.relative_to(folder) not in wanted:
            path.unlink()
    for name, path in found.items():
        text = seeded(name, path.read_text(encoding="utf-8"), by_file.get(name, ()))
        for support in table.support:
            if support.file == name:
                begin, end = place_of(support, text)
                text = text[:begin] + support.new + text[end:]
        _write(folder / name, text + (KBUILD_TEXT if name == "Kbuild" else ""))
    _write(folder / HEADER, HEADER_TEXT)
    names = ", ".join(f'"{fault.name}"' for fault in table.faults)
    _write(folder / SOURCE, SOURCE_TEXT.format(names=names))


def remove(folder: Path) -> None:
    """Removes the copy."""
    shutil.rmtree(folder, ignore_errors=True)
