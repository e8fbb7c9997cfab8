#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The report: a page about a folder of results, in one file.

    report.py FOLDER        (such as build/results, with one folder for each target)

Writes FOLDER/index.html: the outcome of each target; each failure with the expected and the actual
outcome, the kernel's messages and the command that repeats it; all rules and targets; what
operations cost, if `make bench` left bench.json; and the last runs. `make run` writes the page at
its end, even if it is interrupted. The page names files that cannot be read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import bench, failures, history, kernel_log, matrix, page, rules
from tools.failures import Failure
from tools.files import write_file
from tools.matrix import Entry, Run
from tools.page import MARKS, MEANINGS, text
from tools.results import (FAILED, NOT_RUN, OUTCOMES, SKIPPED, UNEXPECTED, XPASSED, Unrun,
                           expected_got, many, not_run)

NAME = "index.html"

# Limits for readers; the files have the rest.
MAX_FAILURES = 100
MAX_PLACES = 8
MAX_NAMES = 400
MAX_TEXT = 4000
MAX_OPEN_LINES = 12
MAX_LOG_BYTES = 16 << 20


@dataclass(frozen=True)
class Problem:
    """A problem with the file or folder `where`.

    lost: results are missing because of the problem.
    """

    where: str
    why: str
    lost: bool = True


@dataclass
class Report:
    """The content of the page. current: the runs of the present command; None: all runs."""

    title: str
    runs: list[Run]
    texts: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    current: set[str] | None = None
    status: str = ""
    bench: list[bench.Row] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    # Columns of the table of rules, if there are too many runs for a column each.
    columns: list[Run] | None = None
    # Links are to files below this folder.
    folder: Path | None = None

    def is_current(self, run: Run) -> bool:
        return self.current is None or run.name in self.current


# ---- failures ----

def read_log(path: Path) -> list[str]:
    """The last lines of a log, if it exists."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MAX_LOG_BYTES))
            raw = file.read(MAX_LOG_BYTES)
    except OSError:
        return []
    return raw.decode("utf-8", errors="replace").replace("\r", "").split("\n")


def _cut(long: str) -> str:
    """Cuts the middle out of a long text."""
    half = MAX_TEXT // 2
    return long if len(long) <= MAX_TEXT else (
        f"{long[:half]}\n... {len(long) - MAX_TEXT} more characters ...\n{long[-half:]}")


class Logs:
    """Kernel logs of the runs, each read once, and only if something failed there."""

    def __init__(self) -> None:
        self._of: dict[Path, list[str]] = {}

    def excerpt(self, run: Run, entry: Entry) -> list[str]:
        """The result's own log, without its message, and the kernel's messages."""
        known = set(entry.message.split("\n"))
        lines = [line for line in entry.log if line not in known]
        if run.folder:
            if run.folder not in self._of:
                self._of[run.folder] = read_log(run.folder / "kernel.log")
            known.update(lines)
            lines += [line for line in kernel_log.of(self._of[run.folder], entry.test)
                      if line not in known and line.strip()]
        return lines


def _place(run: Run, entries: Sequence[Entry], logs: Logs, is_first: bool) -> str:
    shown = f"<b>{text(run.name)}</b> {text(run.kernel)}"
    command = failures.command(run, entries)
    if command:
        shown += f'<div><span class="quiet">repeat:</span> <code>{text(command)}</code></div>'
    files = " ".join(name for entry in entries for name in entry.files)
    if files:
        shown += (f'<div><span class="quiet">programs that show it, in {text(run.name)}/:</span> '
                  f"<code>{text(files)}</code></div>")
    lines = logs.excerpt(run, entries[0])
    if lines:
        shown += (f"<details{' open' if is_first else ''}><summary>log</summary>"
                  f"<pre>{text(_cut(chr(10).join(lines)))}</pre></details>")
    elif run.folder and entries[0].program:
        shown += '<div class="quiet">no kernel messages while it ran</div>'
    return f"<li>{shown}</li>"


def _failure(failure: Failure, texts: Mapping[str, str], logs: Logs) -> str:
    entry, tests = failure.entry, failure.tests
    about = texts.get(entry.rule, "")
    which = ""
    if len(tests) > 1:
        names = ", ".join(tests[:40]) + (", ..." if tests[40:] else "")
        which = f'<p class="quiet">in {len(tests)} variants: <code>{text(names)}</code></p>'
    pair = expected_got(entry.message) if entry.outcome == FAILED else None
    if entry.outcome == XPASSED:
        pair = ("the known deviation", "what the rule says")
    facts = "".join(f"<dt>{name}</dt><dd>{text(_cut(value))}</dd>"
                    for name, value in zip(("expected", "got"), pair or ()))
    # The original message, unless the pair has all of it.
    message = entry.message.strip()
    shown = f"<pre>{text(_cut(message))}</pre>" if message and (
        not pair or message.lower() != f"expected {pair[0]}, got {pair[1]}".lower()) else ""
    lines = message.count("\n") + 1
    if shown and pair and lines > MAX_OPEN_LINES:
        shown = f"<details><summary>its whole output, {lines} lines</summary>{shown}</details>"
    places = "".join(_place(run, entries, logs, not number) for number, (run, entries)
                     in enumerate(failure.places[:MAX_PLACES]))
    others = failure.places[MAX_PLACES:]
    if others:
        names = ", ".join(run.name for run, _ in others[:200])
        places += f"<li>and {len(others)} more: {text(names)}</li>"
    hint = failures.advice(entry, failure.places[0][0].kernel)
    todo = f"<p>{text(hint)}</p>" if hint else ""
    return (f'<article class="failure"><h3><span class="{entry.outcome}">{MARKS[entry.outcome]} '
            f"{MEANINGS[entry.outcome]}:</span> <code>{text(failure.name)}</code></h3>"
            f'{f"<p>{text(about)}</p>" if about else ""}{which}'
            f"{f'<dl>{facts}</dl>' if facts else ''}{shown}{todo}<ul>{places}</ul></article>")


def _failures(report: Report) -> str:
    """Failures of the present command's runs, which the first line and the table count."""
    return _failures_of([run for run in report.runs if report.is_current(run)], report.texts,
                        "failures", "Failures")


def _earlier(report: Report) -> str:
    """Failures of earlier runs, of targets that were not chosen now; they may have been fixed."""
    return _failures_of([run for run in report.runs if not report.is_current(run)],
                        report.texts, "earlier", "Failures of earlier runs")


def _failures_of(runs: Sequence[Run], texts: Mapping[str, str], place: str, title: str) -> str:
    found = failures.failures(runs)
    if not found:
        return ""
    logs = Logs()
    shown = "\n".join(_failure(failure, texts, logs) for failure in found[:MAX_FAILURES])
    rest = "".join(f"<li><code>{text(f.entry.test)}</code>: {text(f.places[0][0].name)}: "
                   f"{text(f.entry.message.split(chr(10))[0][:200])}</li>"
                   for f in found[MAX_FAILURES:MAX_FAILURES * 10])
    more = len(found) - MAX_FAILURES
    if more > 0:
        rest = f"<details><summary>{more} more</summary><ul>{rest}</ul></details>"
    return (f'<section id="{place}"><h2>{title} ({sum(f.results for f in found)})</h2>\n'
            f"{shown}{rest}</section>")


# ---- tests that were not run ----

def _not_run(report: Report) -> str:
    """One line for each run and reason, whose tests open on a click."""
    def line(run: Run, unrun: Unrun) -> str:
        listed = [*unrun.tests, *unrun.programs]
        names = "\n".join(listed[:MAX_NAMES])
        if listed[MAX_NAMES:]:
            names += f"\n... {len(listed) - MAX_NAMES} more, see summary.json"
        return (f"<li><details><summary><b>{text(run.name)}</b> {text(_cut(str(unrun)))}</summary>"
                f"<pre>{text(names)}</pre></details></li>")

    here = [run for run in report.runs if report.is_current(run)]
    items = "".join(line(run, unrun) for run in here for unrun in not_run(run.results))
    if not items:
        return ""
    total = sum(run.counts.get(NOT_RUN, 0) for run in here)
    return (f'<section id="not-run"><h2>Not run ({total})</h2>'
            f'<ul class="folded">{items}</ul></section>')


# ---- the other parts ----

def _verdict(report: Report) -> str:
    here = [run for run in report.runs if report.is_current(run)]
    counts = {word: sum(run.counts.get(word, 0) for run in here) for word in OUTCOMES}
    bad = sum(counts[word] for word in UNEXPECTED)
    lost = [run for run in here if not run.ran]
    incomplete = any(problem.lost for problem in report.problems)
    words = [many(bad, "unexpected result")] if bad else []
    unrun = counts[NOT_RUN]
    words += [f"{unrun} not run"] if unrun else []
    words += [f"{many(len(lost), 'run')} without a complete result"] if lost else []
    words += ["some files could not be read"] if incomplete else []
    if report.status in ("interrupted", "broken"):
        words.insert(0, {"interrupted": "interrupted",
                         "broken": "ended by an error"}[report.status])
    if not here or not sum(counts.values()):
        words.append("no results")
    good = not words
    return (f'<p class="verdict {"good" if good else "bad"}">'
            f'{"All as expected" if good else text("; ".join(words)).capitalize()}: '
            f"{many(sum(counts.values()), 'result')} of {many(len(here), 'run')}.</p>")


def _summary(report: Report) -> str:
    table = matrix.runs_table(report.runs, report.folder,
                              lambda run: not report.is_current(run))
    return f'<section id="summary"><h2>Runs</h2>{table}</section>'


def _problems(report: Report) -> str:
    if not report.problems:
        return ""
    items = "".join(f"<li><code>{text(p.where)}</code>: {text(_cut(p.why))}</li>"
                    for p in report.problems[:1000])
    more = len(report.problems) - 1000
    if more > 0:
        items += f"<li>and {more} more</li>"
    return (f'<section id="problems"><h2>Files with problems ({len(report.problems)})</h2>'
            f"<ul>{items}</ul></section>")


def different(runs: Sequence[Run]) -> set[str]:
    """Rules whose results differ between the runs."""
    found = set()
    for rule, here in matrix.tables(runs).items():
        outcomes = {matrix.worst(results) for results in here.values()} - {SKIPPED, NOT_RUN}
        if len(outcomes) > 1 or outcomes & set(UNEXPECTED):
            found.add(rule)
    return found


def _rules(report: Report) -> str:
    runs = [run for run in report.columns or report.runs if run.results]
    if not runs:
        return ""
    return (f'<section id="rules"><h2>Rules</h2><p>{page.LEGEND}. A rule with a known deviation '
            f"or a failure opens on a click.</p>{page.filter_form('only differences')}"
            f"{matrix.rules_table(runs, dict(report.texts), different(runs))}</section>")


def _bench(report: Report) -> str:
    if not report.bench:
        return ""
    return ('<section id="bench"><h2>What operations cost</h2>'
            f"{bench.content(report.bench)}</section>")


def _history(report: Report) -> str:
    if not report.history:
        return ""

    def row(run: Mapping[str, Any]) -> str:
        counts = {w: sum(t.get(w, 0) for t in run["targets"].values()) for w in OUTCOMES}
        names = [f"{name}: {test}" for name, target in run["targets"].items()
                 for test in target["unexpected"]]
        # Lists the unexpected tests, so that two runs can be compared by eye.
        shown = f'<code>{text(_cut(run["command"]))}</code>'
        if names:
            shown = (f"<details><summary>{shown}</summary>"
                     f"<pre>{text(_cut(chr(10).join(names)))}</pre></details>")
        good = run["status"] == "as expected"
        return (f'<tr>{page.row_head(text(run["ended"]))}<td>{shown}</td>'
                f'<td>{text(", ".join(run["targets"]))}</td>'
                f'<td class="{"passed" if good else "failed"}">{text(run["status"])}</td>'
                f"{page.count_cells(counts)}"
                f'<td class="number">{run["seconds"]:.0f} s</td></tr>')

    return ('<section id="history"><h2>The last runs</h2>' + page.table(
        "the last runs", ["ended (UTC)", "command", "targets", "came out", *page.HEADS, "took"],
        (row(run) for run in reversed(report.history)), numbers=(*page.HEADS, "took"),
        stack=True)
        + "</section>")


# ---- the page ----

STYLE = """
.verdict { font-size: 1.15em; font-weight: 600; padding: .5em .8em; border-radius: 4px; }
.verdict.good { background: var(--good-back); color: var(--good); }
.verdict.bad { background: var(--bad-back); color: var(--bad); }
nav { display: flex; gap: 1em; flex-wrap: wrap; }
.failure { border: 1px solid var(--line); border-left: 4px solid var(--bad);
  border-radius: 4px; padding: .6em .9em; margin: .8em 0; }
.failure h3 { margin: 0; } .failure p { margin: .3em 0; }
.failure ul { margin: .4em 0; padding-left: 1.2em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em .8em; margin: .4em 0; }
dt { color: var(--quiet); } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.folded { list-style: none; padding: 0; }
"""

PARTS = (("summary", "Runs", _summary), ("problems", "Problems", _problems),
         ("failures", "Failures", _failures), ("not-run", "Not run", _not_run),
         ("earlier", "Failures of earlier runs", _earlier),
         ("rules", "Rules", _rules),
         ("bench", "What operations cost", _bench), ("history", "The last runs", _history))


def as_page(report: Report) -> str:
    made = [(name, title, make(report)) for name, title, make in PARTS]
    made = [part for part in made if part[2]]
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title, _ in made)
    parts = "\n".join(content for _, _, content in made)
    has_rules = any(name == "rules" for name, _, _ in made)
    return page.page(report.title, f"""<header><h1>{text(report.title)}</h1>
{_verdict(report)}
<nav aria-label="parts of this page">{links}</nav></header>
<main>{parts}</main>""", STYLE, page.FILTER_SCRIPT if has_rules else "")


# ---- a folder of results ----

def rule_texts(problems: list[Problem]) -> dict[str, str]:
    try:
        return rules.texts()
    except rules.TableError as error:
        problems.append(Problem(rules.TABLE.name, str(error), lost=False))
        return {}


def collect(folder: Path) -> Report:
    """The content of a results folder, with a problem for each file that cannot be read."""
    problems: list[Problem] = []
    runs = []
    for path in sorted(folder.glob("*/summary.json")):
        name = path.parent.name
        run = Run(name, name, "", folder=path.parent)
        matrix.read_summary(run, path)
        if not run.results:
            problems.append(Problem(f"{name}/{path.name}", run.reason))
        runs.append(run)
    rows: list[bench.Row] = []
    measured = folder / "bench.json"
    try:
        rows = bench.load(measured.read_bytes())
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        problems.append(Problem(measured.name, str(error), lost=False))
    past, problem = history.load(folder)
    if problem:
        problems.append(Problem(history.NAME, problem, lost=False))
    return Report("vgic-abi: results", runs, rule_texts(problems), problems, bench=rows,
                  history=past, folder=folder)


def write(folder: Path, current: Iterable[str] | None = None, status: str = "",
          problem: str = "") -> Path:
    """Writes the page of a results folder. Raises OSError if that fails."""
    report = collect(folder)
    report.current = None if current is None else set(current)
    report.status = status
    if problem:
        report.problems.append(Problem(history.NAME, problem, lost=False))
    # Requested targets come first.
    report.runs.sort(key=lambda run: not report.is_current(run))
    write_file(folder / NAME, [as_page(report)])
    return folder / NAME


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        wants_help = "--help" in arguments or "-h" in arguments
        print(f"usage: report.py FOLDER\n\n{__doc__}",
              file=sys.stdout if wants_help else sys.stderr)
        return 0 if wants_help else 2
    try:
        print(write(Path(arguments[0])))
    except OSError as error:
        print(f"report: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
