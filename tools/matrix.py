# SPDX-License-Identifier: GPL-2.0-only
"""Many runs side by side: the results of each rule on each kernel.

Makes a matrix from each run's summary.json (tools/summary.py) and from the rule table: as data, as
text, and as a page in one file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tools import page
from tools.files import parse_json
from tools.ktap import ABSENT_RESULT
from tools.page import ABSENT, MEANINGS, WORST_FIRST
from tools.results import (BAD, FAILED, NOT_RUN, OUTCOMES, PASSED, SKIPPED, UNEXPECTED, XFAILED,
                           XPASSED, not_run, split_name, word)

SIGNS = {FAILED: "F", XPASSED: "X", NOT_RUN: "?", XFAILED: "d", PASSED: ".", SKIPPED: " ",
         ABSENT: "-"}


class Entry(NamedTuple):
    """One test's result in one run. log: only of unexpected results.

    culprit: see tools/results.py. files: names of its reproducers.
    """

    test: str
    rule: str
    dialect: str
    variant: str
    program: str
    outcome: str
    message: str
    log: tuple[str, ...] = ()
    culprit: str = ""
    files: tuple[str, ...] = ()


# Most results of most runs are equal, so one object is shared by all of them, and a thousand runs
# fit into memory.
@lru_cache(maxsize=1 << 16)
def entry(test: str, program: str, outcome: str, message: str,
          log: tuple[str, ...] = (), culprit: str = "", files: tuple[str, ...] = ()) -> Entry:
    return Entry(test, *split_name(test), program, outcome, message, log, culprit, files)


class ByRun(dict[str, list[Entry]]):
    """The results of one rule, by the name of the run."""

    @cached_property
    def needs(self) -> set[frozenset[str]]:
        """The features that each test needs, as far as its name contains them: <dialect>_<GIC>.

        For runs of which only KTAP is left, which does not name tests that were not planned.
        """
        return {frozenset((test.dialect, f"gic{test.variant.partition('_')[0]}"))
                for results in self.values() for test in results}

    @cached_property
    def programs(self) -> set[str]:
        return {test.program for results in self.values() for test in results}


@dataclass
class Run:
    """One target on one kernel. reason: why the run has no results or not all, or "".

    modes: the suite whose modes of KVM are compared, if the run is in one of them.
    folder: has the run's other files. command: repeats the run. ended: the time of its end.
    """

    name: str
    target: str
    suite: str
    modes: str = ""
    kernel: str = ""
    reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    results: list[Entry] = field(default_factory=list)
    folder: Path | None = None
    command: str = ""
    ended: str = ""
    wall_s: float = 0.0
    # The target's name in summary.json. `name` and `target` may differ from it.
    summary_target: str = ""
    # The features that the run's system lacks, with the reason; and rules whose tests need them.
    absent: dict[str, str] = field(default_factory=dict)
    not_planned: frozenset[str] = frozenset()
    # Programs that skip as a whole, as all do without /dev/kvm.
    skipped: frozenset[str] = frozenset()

    @property
    def ran(self) -> bool:
        return not self.reason

    @property
    def unexpected(self) -> int:
        return sum(self.counts.get(word, 0) for word in UNEXPECTED)

    @property
    def bad(self) -> int:
        """The number of results that keep a run from being green."""
        return sum(self.counts.get(outcome, 0) for outcome in BAD)

    def take(self, results: Sequence[Entry]) -> None:
        self.results = list(results)
        outcomes = [result.outcome for result in results]
        self.counts = {word: outcomes.count(word) for word in OUTCOMES}
        self.absent = {result.test.removeprefix(ABSENT_RESULT): result.message
                       for result in results if result.test.startswith(ABSENT_RESULT)}
        self.skipped = frozenset(
            result.program for result in results
            if result.outcome == SKIPPED and result.test == result.program != "")

    def lacks(self, rule: str, results: ByRun) -> bool:
        """True if the run's system lacks a rule's features, while other runs have results of the
        rule."""
        return rule in self.not_planned or bool(self.absent and results.needs) and all(
            need & self.absent.keys() for need in results.needs)


KEYS = ("test", "rule", "outcome", "message", "program")


def _entry_of(raw: Any) -> Entry:
    if not isinstance(raw, dict) or not all(isinstance(raw.get(key), str) for key in KEYS):
        raise ValueError(f"expected results with {', '.join(KEYS)}, got {raw!r:.80}")
    if raw["outcome"] not in OUTCOMES:
        raise ValueError(f"expected an outcome, got '{raw['outcome']}'")
    log, files = (tuple(map(str, raw[key])) if isinstance(raw.get(key), list) else ()
                  for key in ("log", "files"))
    return entry(raw["test"], raw["program"], raw["outcome"], raw["message"], log,
                 str(raw.get("culprit", "")), files)


# Runs on equal systems share one set.
@lru_cache(maxsize=256)
def _rules_of(tests: tuple[str, ...]) -> frozenset[str]:
    return frozenset(split_name(test)[0] for test in tests)


def _not_planned(raw: Any) -> frozenset[str]:
    tests = [one.get("tests") for one in raw.values() if isinstance(one, dict)] \
        if isinstance(raw, dict) else []
    return frozenset().union(*(_rules_of(tuple(map(str, names))) for names in tests
                               if isinstance(names, list)))


def take_summary(run: Run, data: bytes | str) -> None:
    """Fills a run in from its summary.json. Raises ValueError with the problem if it is
    malformed."""
    take_raw(run, parse_json(data))


def take_raw(run: Run, raw: Any) -> None:
    """take_summary() for parsed JSON."""
    if not isinstance(raw, dict) or not isinstance(raw.get("results"), list):
        raise ValueError("expected an object with 'results', got something else")
    run.take([_entry_of(result) for result in raw["results"]])
    run.not_planned = _not_planned(raw.get("absent"))
    run.kernel = str(raw.get("kernel", ""))
    run.command = str(raw.get("command", ""))
    run.summary_target = str(raw.get("target", ""))
    run.ended = str(raw.get("ended", ""))
    wall_s = raw.get("wall_s")
    run.wall_s = float(wall_s) if isinstance(wall_s, (int, float)) else 0.0
    if raw.get("interrupted"):
        run.reason = "interrupted"
    elif not run.results:
        run.reason = "it produced no result"


def runs_of(summaries: Iterable[dict[str, Any]]) -> list[Run]:
    """The runs of summaries that this process made, and that are therefore well-formed."""
    runs = []
    for one in summaries:
        run = Run(one["target"], one["target"], "")
        take_raw(run, one)
        runs.append(run)
    return runs


def read_summary(run: Run, path: Path) -> None:
    """Reads a run from a file; a problem becomes the run's reason."""
    try:
        take_summary(run, path.read_bytes())
    except (OSError, ValueError) as error:
        run.reason = f"{path.name}: {error}"


# ---- the matrix ----


def by_rule(run: Run) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for result in run.results:
        # Absent features belong to the run, not to a rule.
        if not result.test.startswith(ABSENT_RESULT):
            found.setdefault(result.rule, []).append(result)
    return found


def worst(results: Iterable[Entry]) -> str:
    outcomes = {result.outcome for result in results}
    return next((word for word in WORST_FIRST if word in outcomes), SKIPPED)


def compared(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Groups of runs to compare: the kernels of a target, and the modes of a kernel."""
    targets: dict[str, list[Run]] = {}
    modes: dict[str, list[Run]] = {}
    for run in runs:
        if run.ran:
            targets.setdefault(run.target, []).append(run)
            if run.modes:
                modes.setdefault(f"modes of {run.modes}", []).append(run)
    alone = [target for target, here in targets.items() if here[0].modes and not here[1:]]
    return {target: here for target, here in targets.items() if target not in alone} | modes


def differences(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Rules whose results differ between the runs of a comparison."""
    found = []
    for title, here in compared(runs).items():
        # Tests that were not run do not count as a difference. Between modes, neither do tests
        # that one of the modes skips, or whose dialect or GIC it lacks.
        ignored = {NOT_RUN} if title in (run.target for run in here) else {NOT_RUN, ABSENT, SKIPPED}
        for rule, table in tables(here).items():
            outcome = {run.name: word for run in here if (word := outcome_in(run, rule, table))}
            if len(set(outcome.values()) - ignored) > 1 or FAILED in outcome.values():
                reasons = {name: first_message(table[name]) for name in outcome
                           if outcome[name] not in (PASSED, ABSENT)}
                found.append({"target": title, "rule": rule, "outcomes": outcome,
                              "reasons": reasons})
    return found


def absences(runs: Iterable[Run]) -> dict[str, list[str]]:
    """Features that systems lack, with the reason, and the names of their runs."""
    found: dict[str, list[str]] = {}
    for run in runs:
        for feature, why in run.absent.items():
            found.setdefault(f"{feature}: {why}", []).append(run.name)
    return found


def first_message(results: Iterable[Entry]) -> str:
    kept = sorted((r for r in results if r.outcome != PASSED),
                  key=lambda r: WORST_FIRST.index(r.outcome))
    return kept[0].message.split("\n")[0] if kept else ""


def tables(runs: Iterable[Run]) -> dict[str, ByRun]:
    """Results by rule and by the name of the run; rules in the order of their ids."""
    found: dict[str, ByRun] = {}
    for run in runs:
        for rule in run.not_planned:
            found.setdefault(rule, ByRun())
        for rule, results in by_rule(run).items():
            found.setdefault(rule, ByRun())[run.name] = results
    return {rule: found[rule] for rule in sorted(found)}


def outcome_in(run: Run, rule: str, here: ByRun) -> str | None:
    """The worst outcome of a rule's tests in a run; ABSENT, or None if the run has none of
    them."""
    if run.name in here:
        return worst(here[run.name])
    if run.lacks(rule, here):
        return ABSENT
    return SKIPPED if here and here.programs <= run.skipped else None


def _rule_data(runs: Sequence[Run], rule: str, text: str, here: ByRun) -> dict[str, Any]:
    return {"text": text, "runs": {
        run.name: {"outcome": word,
                   "tests": [{"test": r.test, "outcome": r.outcome, "message": r.message}
                             for r in here.get(run.name, ())]}
        for run in runs if (word := outcome_in(run, rule, here))}}


def _run_data(run: Run) -> dict[str, Any]:
    return {"name": run.name, "target": run.target, "suite": run.suite, "kernel": run.kernel,
            "status": "ran" if run.ran else "skipped", "reason": run.reason,
            "counts": run.counts, "absent": run.absent}


def as_json(runs: Sequence[Run], texts: dict[str, str]) -> Iterator[str]:
    """matrix.json, one line for each run, rule and difference.

    Documentation/matrix.md says what each key means. Yields pieces, because a thousand runs make
    some fifty megabytes.
    """
    def listed(values: Iterable[str]) -> Iterator[str]:
        separator = ""
        for value in values:
            yield f"{separator}\n{value}"
            separator = ","

    yield '{"runs": ['
    yield from listed(json.dumps(_run_data(run)) for run in runs)
    yield '\n],\n"rules": {'
    yield from listed(
        f"{json.dumps(rule)}: {json.dumps(_rule_data(runs, rule, texts.get(rule, ''), here))}"
        for rule, here in tables(runs).items())
    yield '\n},\n"differences": ['
    yield from listed(json.dumps(found) for found in differences(runs))
    yield "\n]}\n"


# ---- text ----


def _table(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) if i < left else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
            for row in rows]


def as_text(runs: Sequence[Run]) -> str:
    """Text for a terminal: the outcome of each run, and where kernels differ."""
    rows = [("run", "kernel", *map(word, OUTCOMES))]
    rows += [(run.name, run.kernel, *(str(run.counts.get(w, 0)) for w in OUTCOMES))
             for run in runs if run.ran]
    lines = _table(rows, 2)
    lines += [f"{run.name}: {one}" for run in runs for one in not_run(run.results)]
    lines += [f"left out: {run.name}: {run.reason}" for run in runs if not run.ran]
    lines += [f"absent: {what}: {', '.join(names)}" for what, names in absences(runs).items()]

    found = differences(runs)
    for title, here in compared(runs).items():
        rules = [d for d in found if d["target"] == title]
        if len(here) < 2 or not rules:
            continue
        legend = ", ".join([*(f"{SIGNS[w]} {MEANINGS[w]}" for w in
                              (PASSED, XFAILED, FAILED, XPASSED, NOT_RUN, ABSENT)),
                            "blank: skipped, or no such test there"])
        of_target = title in (run.target for run in here)
        lines += ["", f"{title}: where {'kernels' if of_target else 'they'} differ ({legend})"]
        rows = [("rule", *(run.suite or run.kernel if of_target else run.target for run in here))]
        rows += [(d["rule"], *(SIGNS[d["outcomes"].get(run.name, SKIPPED)] for run in here))
                 for d in rules]
        lines += _table(rows, 1)
    return "\n".join(lines)


# ---- a page ----

# Limits of a rule's row; matrix.json has the rest.
MAX_DETAILS = 60
MAX_MESSAGE = 600


def details(here: ByRun) -> str:
    """Unusual results, by run; of variants with equal results, only the first."""
    lines = []
    for name, results in here.items():
        alike: dict[tuple[str, str], list[str]] = {}
        for result in results:
            if result.outcome in (FAILED, XPASSED, XFAILED):
                alike.setdefault((result.outcome, result.message), []).append(result.test)
        for (outcome, message), tests in alike.items():
            more = f" and {len(tests) - 1} more" if tests[1:] else ""
            if len(message) > MAX_MESSAGE:
                message = f"{message[:MAX_MESSAGE]}..."
            lines.append(f"{name}: {tests[0]}{more}: {MEANINGS[outcome]}: {message}")
    if len(lines) > MAX_DETAILS:
        lines[MAX_DETAILS:] = [f"... {len(lines) - MAX_DETAILS} more, see matrix.json ..."]
    return "\n".join(lines)


def rules_table(runs: Sequence[Run], texts: dict[str, str], different: set[str]) -> str:
    """The table of rules and runs, with the attributes that its filter reads."""
    def row(rule: str, here: ByRun) -> str:
        outcomes = [outcome_in(run, rule, here) for run in runs]
        dialects = {r.dialect for results in here.values() for r in results
                    if r.dialect and r.outcome != SKIPPED}
        return page.rule_row(rule, texts.get(rule, ""), details(here), outcomes, dialects,
                             rule in different)

    heads = ["rule", *(f"{page.text(run.target)}<br>{page.text(run.suite)}" if run.suite
                       else page.text(run.target) for run in runs)]
    return page.table("rules and runs", heads,
                      (row(rule, here) for rule, here in tables(runs).items()), ' id="matrix"')


# Files of a run that a page links to.
FILES = ("results.ktap", "junit.xml", "summary.json", "kernel.log", "channel.log")


def links(run: Run, folder: Path | None) -> str:
    """Links to the files of a run, from a page in a folder above them."""
    if not (folder and run.folder and run.folder.is_relative_to(folder)):
        return ""
    there = run.folder.relative_to(folder)
    return " ".join(f'<a href="{page.link(there / name)}">'
                    f'{name.partition(".")[0]}</a>' for name in FILES
                    if (run.folder / name).is_file())


def runs_table(runs: Iterable[Run], folder: Path | None,
               earlier: Callable[[Run], bool] = lambda run: False) -> str:
    """The outcome of each run. earlier: true if a run is older than the present one."""
    def row(run: Run) -> str:
        why = f'<div class="failed">{page.text(run.reason)}</div>' if run.reason else ""
        why += "".join(f'<div class="quiet">absent: {page.text(what)}: {page.text(message)}</div>'
                       for what, message in run.absent.items())
        command = (f'<div class="text"><code>{page.text(run.command)}</code></div>'
                   if run.command else "")
        when = page.text(run.ended)
        if earlier(run):
            when = f'{when or "unknown"} <span class="quiet">(an earlier run)</span>'
        return (f"<tr>{page.row_head(f'<b>{page.text(run.name)}</b>{command}{why}')}"
                f"<td>{page.text(run.kernel)}</td>{page.count_cells(run.counts)}"
                f'<td class="number">{run.wall_s:.1f} s</td><td>{when}</td>'
                f"<td>{links(run, folder)}</td></tr>")

    return page.table("runs", ["run", "kernel", *page.HEADS, "wall", "ended (UTC)", "files"],
                      map(row, runs), ' id="runs"', (*page.HEADS, "wall"), stack=True)


@dataclass
class About:
    """The head of a page: the command that made it, the time, and other files.

    Links are to files below `folder`.
    """

    command: str = ""
    ended: str = ""
    files: Sequence[str] = ()
    folder: Path | None = None

    @property
    def line(self) -> str:
        parts = [f"<code>{page.text(self.command)}</code>"] if self.command else []
        parts += [f"{page.text(self.ended)} UTC"] if self.ended else []
        parts += [f'<a href="{page.link(name)}">{page.text(name)}</a>'
                  for name in self.files]
        return f'<p class="quiet">{" · ".join(parts)}</p>' if parts else ""


def as_page(runs: Sequence[Run], texts: dict[str, str], about: About | None = None) -> str:
    """A page of HTML, which is readable without scripts, and has a filter with them."""
    about = about or About()
    ran = [run for run in runs if run.ran]
    left_out = "".join(f"<li>{page.text(run.name)}: {page.text(run.reason)}</li>"
                       for run in runs if not run.ran)
    absent = "".join(f"<li>{page.text(what)} ({page.text(', '.join(names))})</li>"
                     for what, names in absences(runs).items())
    return page.page("vgic-abi: rules and kernels", f"""<main>
<h1>The KVM/ARM device-address ABI: rules and kernels</h1>
{about.line}
{runs_table(ran, about.folder)}
{f"<h2>Left out</h2><ul>{left_out}</ul>" if left_out else ""}
{f"<h2>Absent</h2><ul>{absent}</ul>" if absent else ""}
<h2>Rules</h2><p>{page.LEGEND}. A rule with a known deviation or a failure opens on a click.</p>
{page.filter_form("only where kernels differ")}
{rules_table(ran, texts, {d["rule"] for d in differences(runs)})}
</main>""", script=page.FILTER_SCRIPT)
