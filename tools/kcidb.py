# SPDX-License-Identifier: GPL-2.0-only
"""Results as a KCIDB report, schema 5.3: Documentation/kcidb-5.3.json has the parts used here.

A test that fails in a known way is FAIL with an incident of the deviation's issue, so that a
dashboard counts it as known. A test that passes unexpectedly is PASS with an incident that says
the issue is absent.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tools import rules
from tools.bench import Row
from tools.matrix import Entry, Run
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED

VERSION = {"major": 5, "minor": 3}
STATUS = {PASSED: "PASS", FAILED: "FAIL", SKIPPED: "SKIP", XFAILED: "FAIL", XPASSED: "PASS",
          NOT_RUN: "MISS"}
# The root of the tests' paths.
SUITE = "vgic-abi"
ORIGIN = re.compile(r"[a-z0-9_]+")
# Limits of the schema.
NOT_IN_PATH = re.compile(r"[^a-zA-Z0-9_.-]")
MAX_EXCERPT = 16384


@dataclass(frozen=True)
class About:
    """The CI system that reports, and the ID of the build that it has tested, "" if unknown."""

    origin: str
    build: str = ""

    def __post_init__(self) -> None:
        if not ORIGIN.fullmatch(self.origin):
            raise ValueError("expected the origin to be of lower-case letters, digits and _, "
                             f"got '{self.origin}'")
        if self.build and not re.fullmatch(rf"{ORIGIN.pattern}:.+", self.build):
            raise ValueError(f"expected a build such as {self.origin}:1234, got '{self.build}'")


def _text(text: str) -> str:
    """Escapes zero bytes, and characters that UTF-8 cannot encode."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def _path(*names: str) -> str:
    return ".".join([SUITE, *(NOT_IN_PATH.sub("_", name) for name in names)])


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode("utf-8", "replace")).hexdigest()[:16]


def status(result: Entry) -> str:
    """KCIDB's word for the outcome. A program that broke off says nothing about the kernel."""
    broke_off = (result.test in (result.program, f"{result.program}.output")
                 or result.message.startswith(("ERROR", "TIMEOUT")))
    return "ERROR" if result.outcome == FAILED and broke_off else STATUS[result.outcome]


# ---- known deviations ----

def _issue_id(about: About, rule: rules.Rule, deviation: rules.Deviation) -> str:
    """An id made of rule, range, architecture, mode and variants: the reason may be reworded."""
    mode = () if deviation.mode == "*" else (deviation.mode,)
    digest = _digest(deviation.kernels, deviation.arch, deviation.variants, *mode)
    return f"{about.origin}:{SUITE}-{rule.id}-{digest}"


def issue(about: About, rule: rules.Rule, deviation: rules.Deviation) -> dict[str, Any]:
    return {"id": _issue_id(about, rule, deviation), "version": 1, "origin": about.origin,
            "report_subject": _text(f"{rule.id}: {deviation.reason}"),
            "culprit": {"code": True, "tool": False, "harness": False},
            "comment": _text(f"Kernels {deviation.kernels}: {deviation.reason}. "
                             f"The rule: {rule.text}"),
            "misc": {"kernels": deviation.kernels, "arch": deviation.arch,
                     "mode": deviation.mode, "variants": deviation.variants,
                     "kind": deviation.kind,
                     "does": deviation.does, "sometimes": deviation.sometimes}}


class Known:
    """Finds the deviation that a result names in its message."""

    def __init__(self, table: Iterable[rules.Rule]) -> None:
        self._found = {(rule.id, rules.deviation_message(deviation)): (rule, deviation)
                       for rule in table for deviation in rule.deviations}

    def of(self, result: Entry) -> tuple[rules.Rule, rules.Deviation] | None:
        if result.outcome not in (XFAILED, XPASSED):
            return None
        return self._found.get((result.rule, result.message.split("\n")[0]))


# ---- tests ----

def _test(about: About, run: Run, build: str, identity: str, result: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": identity, "origin": about.origin, "build_id": build, "path": _path(result.test),
        "status": status(result),
        "environment": {"comment": _text(run.target or run.name),
                        "misc": {"target": _text(run.target), "kernel": _text(run.kernel)}},
        "misc": {"outcome": result.outcome, "program": _text(result.program)}}
    if run.ended:
        found["misc"]["ended"] = _text(run.ended)
    if result.message:
        found["comment"] = _text(result.message.split("\n")[0])
    excerpt = _text("\n".join([result.message, *result.log]).strip("\n"))
    if excerpt:
        # The last lines say most; a character has up to four bytes.
        found["log_excerpt"] = excerpt[-MAX_EXCERPT:]
    return found


def _figures(about: About, build: str, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Rows of `make bench` as tests with status DONE and a number, seconds or instructions."""
    for row in rows:
        more = [f"vcpus_{row.vcpus}"] * (row.vcpus > 1) + [f"slots_{row.slots}"] * (row.slots > 0)
        path = _path("bench", row.name, *more)
        number = ({"value": row.instructions, "unit": "instructions"}
                  if row.instructions is not None
                  else {"value": row.ns / 1e9, "unit": "s", "prefix": "metric"})
        digest = _digest(row.target, row.kernel, row.mode, build)
        yield {"id": f"{about.origin}:{digest}.{path}", "origin": about.origin,
               "build_id": build or f"{about.origin}:{_text(row.kernel) or 'unknown'}",
               "path": path, "status": "DONE", "number": number,
               "environment": {"comment": _text(row.target),
                               "misc": {"target": _text(row.target),
                                        "kernel": _text(row.kernel)}},
               "misc": {"mode": row.mode}}


def report(about: About, runs: Sequence[Run], table: Sequence[rules.Rule],
           rows: Iterable[Row] = ()) -> dict[str, Any]:
    """The report of some runs and benchmarks, with the issues that they met."""
    known = Known(table)
    tests: list[dict[str, Any]] = []
    issues: dict[str, dict[str, Any]] = {}
    incidents: list[dict[str, Any]] = []
    used: dict[str, int] = {}
    for run in runs:
        build = about.build or f"{about.origin}:{_text(run.kernel) or 'unknown'}"
        digest = _digest(run.name, run.target, run.kernel, run.ended, build)
        for result in run.results:
            identity = f"{about.origin}:{digest}.{_path(result.test)}"
            times = used[identity] = used.get(identity, 0) + 1
            identity += f".{times}" * (times > 1)
            tests.append(_test(about, run, build, identity, result))
            met = known.of(result)
            if met:
                one = issues.setdefault(_issue_id(about, *met), issue(about, *met))
                incidents.append({
                    "id": f"{identity}.{one['id'].rpartition('-')[2]}", "origin": about.origin,
                    "issue_id": one["id"], "issue_version": one["version"],
                    "test_id": identity, "present": result.outcome == XFAILED})
    tests += _figures(about, about.build, rows)
    return {"version": VERSION, "checkouts": [], "builds": [], "tests": tests,
            "issues": list(issues.values()), "incidents": incidents}


def as_text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
