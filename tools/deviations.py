# SPDX-License-Identifier: GPL-2.0-only
"""Known deviations of released kernels, for labs that judge results themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tools import rules

# Kernels for which a list is made: those that the table's ranges were tested on, and stable series.
KERNELS = ("5.10", "5.15", "6.1", "6.6", "6.12", "6.18", "7.2", "7.3")


def tests_of(rule: rules.Rule, deviation: rules.Deviation) -> str:
    """A pattern of the tests that meet a deviation, for TESTS= and --tests.

    A variant's name begins with its dialect, so that "legacy_*" is one dialect.
    """
    fixture, _, test = rule.id.partition(".")
    return f"{fixture}.{deviation.variants}.{test}"


def _version(of: tuple[int, int]) -> str:
    return f"{of[0]}.{of[1]}"


def as_data(table: Iterable[rules.Rule], kernel: str = "") -> list[dict[str, Any]]:
    """One entry for each deviation, or for those of one kernel. last: None if it has no end.

    Raises rules.TableError for a kernel that is not a release.
    """
    version = rules.version_of(kernel) if kernel else None
    found = []
    for rule in table:
        for one in rule.deviations:
            if version and not one.first <= version <= one.last:
                continue
            found.append({
                "rule": rule.id, "tests": tests_of(rule, one), "first": _version(one.first),
                "last": None if one.last == rules.LAST_KERNEL else _version(one.last),
                "arch": one.arch, "mode": None if one.mode == "*" else one.mode,
                "kind": one.kind, "does": one.does, "sometimes": one.sometimes,
                "reason": one.reason})
    return found


def as_json(table: Iterable[rules.Rule], kernel: str = "") -> str:
    return json.dumps({"kernel": kernel or None, "deviations": as_data(table, kernel)},
                      indent=1) + "\n"


def _yaml(text: str) -> str:
    """A text in double quotes, which YAML reads as JSON does."""
    return json.dumps(text, ensure_ascii=True)


def as_skipfile(table: Iterable[rules.Rule], kernels: Sequence[str] = KERNELS) -> str:
    """The deviations as a file for skipgen, whose branches are versions such as 6.1.

    The reference kernel has no branch, so its deviations are left out, and so are those of a mode
    of KVM: a lab that boots with kvm-arm.mode= makes its own list, see as_data().
    """
    lines = ["# Known deviations of released kernels; made by tools/export.py skipfile.",
             "skiplist:"]
    for rule in table:
        for one in rule.deviations:
            here = [name for name in kernels if one.arch == rules.IN_TREE_ARCH
                    and one.mode == "*" and one.first <= rules.version_of(name) <= one.last]
            if not here:
                continue
            lines += [f"  - reason: {_yaml(f'{one.kind}: {one.reason}')}",
                      f"    url: {_yaml(f'{rules.TABLE_NAME}: {rule.id}')}",
                      "    environments: all",
                      "    boards:", "      - all",
                      "    branches:", *(f"      - {_yaml(name)}" for name in here),
                      "    tests:", f"      - {_yaml(tests_of(rule, one))}"]
    return "\n".join(lines) + "\n"


def as_list(programs: Iterable[str], collection: str = "vgic-abi") -> str:
    """kselftest-list.txt, as run_kselftest.sh reads it: one collection and program per line."""
    return "".join(f"{collection}:{name}\n" for name in programs)
