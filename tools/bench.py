# SPDX-License-Identifier: GPL-2.0-only
"""Reads, summarizes, compares and plots measurements: of selftests/bench.c, and of workloads, by
scripts/plugin/instructions.c.

Pure: no files, no processes. scripts/run_bench.py runs the machines.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tools import page as pages
from tools.files import parse_json
from tools.page import text

MARK = "bench {"
MODES = ("deterministic", "tcg", "native")

# Per cent. Differences of up to LEAST instructions or nanoseconds do not count.
THRESHOLDS = {"deterministic": 1.0, "tcg": 10.0, "native": 10.0}
LEAST = 2.0

# The row whose multiples are shown where seconds mean nothing.
UNIT_ROW = "gicc_read_pmr"


@dataclass
class Row:
    """One benchmark on one target. rounds: nanoseconds for one operation."""

    target: str
    kernel: str
    mode: str
    name: str
    rounds: list[float]
    vcpus: int = 1
    slots: int = 0
    ops: int = 0
    loop_ns: float = 0
    exits: dict[str, float] = field(default_factory=dict)
    cycles: list[float] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, int, int]:
        return self.target, self.name, self.vcpus, self.slots

    @property
    def label(self) -> str:
        """The name of the operation for readers."""
        more = [f"{self.vcpus} vCPUs"] if self.vcpus > 1 else []
        more += [f"{self.slots} slots"] if self.slots else []
        return f"{self.name} ({', '.join(more)})" if more else self.name

    @property
    def ns(self) -> float:
        return median(self.rounds)

    @property
    def instructions(self) -> float | None:
        """With -icount shift=0, a nanosecond of the guest is an instruction."""
        return self.ns if self.mode == "deterministic" else None

    def as_json(self) -> dict[str, Any]:
        return {
            "target": self.target, "kernel": self.kernel, "mode": self.mode,
            "name": self.name, "vcpus": self.vcpus, "slots": self.slots, "ops": self.ops,
            "instructions": self.instructions, "ns": self.ns,
            "min": min(self.rounds), "median": self.ns, "max": max(self.rounds),
            "loop_ns": self.loop_ns, "exits": self.exits, "rounds": self.rounds,
            "cycles": self.cycles,
        }


# ---- reading ----

def _numbers(raw: dict[str, Any], key: str, least: int) -> list[float]:
    value = raw.get(key, [])
    if not isinstance(value, list) or len(value) < least or any(
            isinstance(n, bool) or not isinstance(n, (int, float)) for n in value):
        raise ValueError(f"{key}: expected a list of at least {least} numbers, got {value!r}")
    return [float(n) for n in value]


def _row(raw: Any, target: str, kernel: str, mode: str, rounds: str) -> Row:
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        raise ValueError(f"expected an object with a name, got {raw!r}"[:200])
    counts = {}
    for key in ("vcpus", "slots", "ops"):
        counts[key] = raw.get(key, 1 if key == "vcpus" else 0)
        if isinstance(counts[key], bool) or not isinstance(counts[key], int):
            raise ValueError(f"{raw['name']}: {key}: expected a whole number, got {counts[key]!r}")
    exits = raw.get("exits", {})
    if not isinstance(exits, dict):
        raise ValueError(f"{raw['name']}: exits: expected an object, got {exits!r}")
    return Row(target, kernel, mode, raw["name"], _numbers(raw, rounds, 1),
               loop_ns=float(raw.get("loop_ns", 0)), exits=exits,
               cycles=_numbers(raw, "cycles", 0), **counts)


def parse(text: str, target: str, kernel: str, mode: str) -> list[Row]:
    """Rows of a program's output. Raises ValueError for a malformed line."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        at = line.find(MARK)
        if at < 0:
            continue
        try:
            rows.append(_row(json.loads(line[at + len(MARK) - 1:]), target, kernel, mode, "ns"))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}: {line[:120]}") from error
    return rows


def load(data: bytes | str) -> list[Row]:
    """Rows of a bench.json. Raises ValueError if it is malformed."""
    raw = parse_json(data)
    if not isinstance(raw, list):
        raise ValueError("expected a list of rows")
    rows = []
    for entry in raw:
        if not isinstance(entry, dict) or entry.get("mode") not in MODES:
            raise ValueError(f"expected a row with a mode of {', '.join(MODES)}, "
                             f"got {entry!r}"[:200])
        rows.append(_row(entry, str(entry.get("target")), str(entry.get("kernel")),
                         entry["mode"], "rounds"))
    return rows


# ---- comparing ----

@dataclass
class Change:
    """The change of a row. before is None for a new row, after is None for a removed row."""

    row: Row
    before: float | None
    after: float | None
    threshold: float

    @property
    def percent(self) -> float:
        if not self.before or self.after is None:
            return 0.0
        return (self.after - self.before) / self.before * 100

    @property
    def word(self) -> str:
        if self.before is None:
            return "new"
        if self.after is None:
            return "missing"
        if abs(self.percent) <= self.threshold or abs(self.after - self.before) <= LEAST:
            return "same"
        return "slower" if self.percent > 0 else "faster"


def compare(before: Iterable[Row], after: Iterable[Row], threshold: float) -> list[Change]:
    """The changes of all rows, without rows of targets that were not run now."""
    old = {row.key: row for row in before}
    new = {row.key: row for row in after}
    ran = {row.target for row in new.values()}
    changes = [Change(row, old[key].ns if key in old else None, row.ns, threshold)
               for key, row in new.items()]
    changes += [Change(row, row.ns, None, threshold) for key, row in old.items()
                if key not in new and row.target in ran]
    return changes


# ---- showing ----

def _targets(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.target for row in rows))


def _labels(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.label for row in rows))


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def _shown(rows: Sequence[Row]) -> dict[tuple[str, str], float]:
    """The figure of a cell: instructions, nanoseconds, or multiples of UNIT_ROW."""
    units = {row.target: row.ns for row in rows if row.name == UNIT_ROW and row.ns > 0}
    return {(row.label, row.target): row.ns / units.get(row.target, 1.0)
            if row.mode == "tcg" else row.ns for row in rows}


def unit(rows: Sequence[Row]) -> str:
    mode = rows[0].mode if rows else MODES[0]
    return {"deterministic": "instructions", "native": "nanoseconds",
            "tcg": f"multiples of {UNIT_ROW}"}[mode]


def table(rows: Sequence[Row]) -> str:
    """Operations and targets; the median of the rounds."""
    targets, shown = _targets(rows), _shown(rows)
    width = max([len(label) for label in _labels(rows)] + [len("operation")])
    lines = ["  ".join([f"{'operation':{width}}", *(f"{t:>18}" for t in targets)])]
    for label in _labels(rows):
        cells = [f"{_number(shown[label, t]) if (label, t) in shown else '-':>18}"
                 for t in targets]
        lines.append("  ".join([f"{label:{width}}", *cells]))
    return "\n".join(lines) + "\n"


def details(rows: Sequence[Row]) -> str:
    """Minimum, median, maximum and exits of each row."""
    lines = []
    for row in rows:
        exits = " ".join(f"{name}={count:g}" for name, count in row.exits.items() if count)
        lines.append(f"{row.target:20} {row.label:34} {_number(min(row.rounds)):>10} "
                     f"{_number(row.ns):>10} {_number(max(row.rounds)):>10}  {exits}".rstrip())
    return "\n".join(lines) + "\n"


def differences(changes: Sequence[Change]) -> str:
    """One line for each row that differs, the worst first."""
    lines = []
    for change in sorted(changes, key=lambda c: -c.percent):
        if change.word == "same":
            continue
        then = "-" if change.before is None else _number(change.before)
        now = "-" if change.after is None else _number(change.after)
        percent = f"{change.percent:+.1f} %" if change.word in ("slower", "faster") else ""
        lines.append(f"{change.word:8} {change.row.target:20} {change.row.label:34} "
                     f"{then:>10} -> {now:>10} {percent}".rstrip())
    return "\n".join(lines) + "\n" if lines else ""


BAR, GAP, LEFT, WIDE = 11, 10, 250, 620

# Distinct on white and on black; they also differ in brightness, for colour-blind readers.
COLOURS = ("#2f6db5", "#c8553d", "#4a9a52", "#9a6fb8", "#a8861f", "#6f7f96")
PLOT_STYLE = """
.plot { --paper: #ffffff; --ink: #1c2024; --faint: #5d666f; --grid: #d4dae0; font-size: 11px;
  font-family: sans-serif; }
@media (prefers-color-scheme: dark) { .plot { --paper: #15181b; --ink: #e4e7ea;
  --faint: #9ba5ad; --grid: #3a4147; } }
.plot text { fill: var(--ink); } .plot .title { font-size: 13px; }
.plot .value { font-size: 9px; } .plot .scale { fill: var(--faint); }
.plot .paper { fill: var(--paper); } .plot line { stroke: var(--grid); }
"""


def svg(rows: Sequence[Row]) -> str:
    """Bars on a logarithmic scale, one for each target, in groups by operation."""
    targets, labels, shown = _targets(rows), _labels(rows), _shown(rows)
    top = max([*shown.values(), 10.0])
    decades = math.ceil(math.log10(top))
    group = BAR * len(targets) + GAP
    high = 60 + 16 * len(targets) + group * len(labels)

    def x(value: float) -> float:
        return LEFT + WIDE * math.log10(max(value, 1.0)) / decades

    begin = 40 + 16 * len(targets)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" '
             f'aria-label="the same figures as bars" width="{LEFT + WIDE + 90}" height="{high}">',
             f"<style>{PLOT_STYLE}</style>",
             '<rect class="paper" width="100%" height="100%"/>',
             f'<text class="title" x="10" y="18">{text(unit(rows))} for one '
             f"operation, logarithmic scale</text>"]
    for i, target in enumerate(targets):
        parts.append(f'<rect x="10" y="{28 + 16 * i}" width="11" height="11" '
                     f'fill="{COLOURS[i % len(COLOURS)]}"/><text x="27" y="{38 + 16 * i}">'
                     f"{text(target)}</text>")
    for decade in range(decades + 1):
        at = x(10.0 ** decade)
        parts.append(f'<line x1="{at:.1f}" y1="{begin - 4}" x2="{at:.1f}" y2="{high - 12}"/>'
                     f'<text class="scale" x="{at:.1f}" y="{high - 1}" '
                     f'text-anchor="middle">{10 ** decade:,}</text>')
    for i, label in enumerate(labels):
        y = begin + group * i
        parts.append(f'<text x="{LEFT - 6}" y="{y + group / 2:.1f}" text-anchor="end">'
                     f"{text(label)}</text>")
        for j, target in enumerate(targets):
            if (label, target) not in shown:
                continue
            value = shown[label, target]
            parts.append(f'<rect x="{LEFT}" y="{y + BAR * j}" height="{BAR - 1}" '
                         f'width="{max(x(value) - LEFT, 1.0):.1f}" '
                         f'fill="{COLOURS[j % len(COLOURS)]}"/><text class="value" '
                         f'x="{x(value) + 4:.1f}" y="{y + BAR * j + 9}">{_number(value)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def content(rows: Sequence[Row]) -> str:
    """The table and the plot, as a part of a page."""
    targets, shown = _targets(rows), _shown(rows)
    body = ("<tr>" + pages.row_head(text(label)) + "".join(
        f'<td class="number">{_number(shown[label, t]) if (label, t) in shown else "-"}</td>'
        for t in targets) + "</tr>" for label in _labels(rows))
    return (f"<p>{text(unit(rows))}, median of the rounds</p>\n"
            + pages.table("what operations cost", ["operation", *map(text, targets)], body,
                          numbers=map(text, targets))
            + f"<h3>The same as bars</h3>{pages.wide('plot', svg(rows))}")


def page(rows: Sequence[Row]) -> str:
    """A page in one file."""
    return pages.page("vgic-abi: what operations cost",
                      f"<main><h1>What operations cost</h1>{content(rows)}</main>")
