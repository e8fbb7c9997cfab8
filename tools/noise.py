# SPDX-License-Identifier: GPL-2.0-only
"""`make noise`: the schedule of each kind of noise, from a seed, and the table of a series.

A series is a number of runs. Each run is one target under one kind of noise, with a seed
of its own. The seed decides how long each span of noise lasts and what it hits; how far a
run gets within a span depends on the machine.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tools.results import aligned

BUSY, STOPS, STARVE, ONE_CPU = "busy", "stops", "starve", "one-cpu"
KINDS = (BUSY, STOPS, STARVE, ONE_CPU)

# Seconds. The host's own hiccups are of this order: a live migration's pause, a burst of
# writes, a CPU taken away by another guest.
STOPS_S = (0.020, 3.0)
STARVE_S = (0.050, 3.0)
TURN_S = (3.0, 12.0)

SEEDS = 1 << 32


@dataclass(frozen=True)
class Run:
    """One run of a series. number counts the runs of this target and kind, from 0."""

    target: str
    kind: str
    number: int
    seed: int

    @property
    def name(self) -> str:
        """Names its folder: the same run has the same name in each series."""
        return f"{self.target}-{self.kind}-{self.seed}"


def series(targets: Sequence[str], kinds: Sequence[str], runs: int, seed: int) -> list[Run]:
    """Returns all runs in their order.

    Neighbours differ in both target and kind, so that a series that is cut short has seen
    as many of both as possible. Run n of each target and kind has the seed of the series
    plus n: a series of one run repeats any of them.
    """
    columns, count = len(targets), len(kinds)
    # If there are fewer targets than kinds, begin with rows that cover each kind once.
    shifts = dict.fromkeys([*(row * columns % count for row in range(count)), *range(count)])
    return [Run(target, kinds[(shift + column) % count], number, (seed + number) % SEEDS)
            for number in range(runs)
            for shift in shifts
            for column, target in enumerate(targets)]


# ---- the schedule ----

@dataclass(frozen=True)
class Span:
    """Seconds of noise, then seconds of rest.

    choice, from 0 to below 1, selects what the noise acts on if there are several.
    """

    acts_s: float
    rests_s: float
    choice: float


def spans(seed: int, subject: str, limits: tuple[float, float]) -> Iterator[Span]:
    """Yields spans without end. subject distinguishes schedules of the same seed."""
    # random() alone gives the same numbers in all versions of Python.
    number = random.Random(f"{subject} {seed}").random
    least, most = limits
    while True:
        yield Span(least + number() * (most - least), least + number() * (most - least),
                   number())


def choose(among: Sequence[Any], choice: float) -> Any:
    """Returns the member that a span's choice selects."""
    return among[min(int(choice * len(among)), len(among) - 1)]


def counted(number: int, word: str) -> str:
    """A number and what it counts: "1 stop", "2 stops"."""
    return f"{number} {word}" + ("" if number == 1 else "s")


# ---- outcomes ----

@dataclass
class Outcome:
    """The outcome of a run.

    unexpected: the tests, or a sentence about a run without them. noise: a description of
    the noise. kept: the results folder, if it is kept.
    """

    run: Run
    seconds: float
    passed: int = 0
    unexpected: list[str] = field(default_factory=list)
    noise: str = ""
    kept: str = ""


def repeat(run: Run, tests: str | None) -> str:
    """The command that repeats one run."""
    only = f" TESTS='{tests}'" if tests else ""
    return f"make noise TARGET={run.target} KINDS={run.kind} RUNS=1 SEED={run.seed}{only}"


HEADINGS = ("target", "kind", "run", "seed", "time", "passed", "noise", "unexpected", "kept")
RIGHT = {"run", "seed", "time", "passed"}
TALLY = ("unexpected result", "target", "kind", "runs", "of")


def _cells(outcome: Outcome) -> tuple[str, ...]:
    run = outcome.run
    return (run.target, run.kind, str(run.number + 1), str(run.seed),
            f"{outcome.seconds:.1f} s", str(outcome.passed), outcome.noise,
            ", ".join(outcome.unexpected) or "-", outcome.kept or "-")


def tally(outcomes: Sequence[Outcome]) -> list[tuple[str, str, str, int, int]]:
    """The count of each unexpected result: result, target, kind, runs with it, runs."""
    runs = Counter((o.run.target, o.run.kind) for o in outcomes)
    found = Counter((test, o.run.target, o.run.kind)
                    for o in outcomes for test in dict.fromkeys(o.unexpected))
    return [(*key, number, runs[key[1:]])
            for key, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    marks = ["--:" if heading in RIGHT else "---" for heading in rows[0]]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n"
                   for row in (rows[0], marks, *rows[1:]))


def _tables(outcomes: Sequence[Outcome]) -> list[list[tuple[str, ...]]]:
    tables = [[HEADINGS, *map(_cells, outcomes)]]
    found = tally(outcomes)
    if found:
        tables.append([TALLY, *(tuple(map(str, row)) for row in found)])
    return tables


def text(outcomes: Sequence[Outcome]) -> str:
    """The table for a terminal, and how often each unexpected result occurred."""
    return "\n".join(aligned(rows, RIGHT.__contains__) for rows in _tables(outcomes))


def markdown(outcomes: Sequence[Outcome], heading: str) -> str:
    """The same tables as a page of Markdown."""
    return f"# {heading}\n\n" + "\n".join(map(_markdown, _tables(outcomes)))


def as_json(outcomes: Sequence[Outcome], planned: int, seed: int) -> str:
    """The outcomes for programs."""
    return json.dumps({
        "seed": seed, "planned": planned,
        "runs": [{**asdict(o.run), "seconds": round(o.seconds, 2), "passed": o.passed,
                  "noise": o.noise, "unexpected": o.unexpected, "kept": o.kept}
                 for o in outcomes],
    }, indent=1) + "\n"
