# SPDX-License-Identifier: GPL-2.0-only
"""Many runs side by side: which rule does what on which kernel.

Takes the summary.json of each run (tools/summary.py) and the rule table, and makes
one matrix of them: as data, as text, and as a page that needs nothing but itself.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.results import FAILED, OUTCOMES, PASSED, SKIPPED, UNEXPECTED, XFAILED, XPASSED

# Of several variants of a rule, what counts for the rule.
WORST_FIRST = (FAILED, XPASSED, XFAILED, PASSED, SKIPPED)
SIGNS = {FAILED: "F", XPASSED: "X", XFAILED: "d", PASSED: ".", SKIPPED: " "}
MEANINGS = {FAILED: "fails", XPASSED: "keeps the rule unexpectedly",
            XFAILED: "known deviation", PASSED: "keeps the rule", SKIPPED: "skipped"}


@dataclass
class Run:
    """One target on one kernel. reason: why there is nothing, if there is nothing."""

    name: str
    target: str
    suite: str
    kernel: str = ""
    reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ran(self) -> bool:
        return not self.reason

    @property
    def unexpected(self) -> int:
        return sum(self.counts.get(word, 0) for word in UNEXPECTED)


KEYS = {"test": str, "rule": str, "outcome": str, "message": str, "program": str}


def take_summary(run: Run, text: str) -> None:
    """Fills a run in from its summary.json. ValueError says what is wrong with that."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ValueError(f"expected JSON: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("results"), list):
        raise ValueError("expected an object with 'results', got something else")
    for result in raw["results"]:
        if not isinstance(result, dict) or any(
                not isinstance(result.get(key), kind) for key, kind in KEYS.items()):
            raise ValueError(f"expected results with {', '.join(KEYS)}, got {result!r:.80}")
        if result["outcome"] not in OUTCOMES:
            raise ValueError(f"expected an outcome, got '{result['outcome']}'")
    run.kernel = str(raw.get("kernel", ""))
    run.results = [{key: result[key] for key in (*KEYS, "dialect", "variant")
                    if key in result} for result in raw["results"]]
    run.counts = {word: sum(r["outcome"] == word for r in run.results) for word in OUTCOMES}
    if raw.get("interrupted"):
        run.reason = "interrupted"
    elif not run.results:
        run.reason = "no result came out of it"


def read_summary(run: Run, path: Path) -> None:
    """The same from a file; what is wrong with it becomes the run's reason."""
    try:
        take_summary(run, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        run.reason = f"{path.name}: {error}"


# ---- the matrix ----


def by_rule(run: Run) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for result in run.results:
        found.setdefault(result["rule"], []).append(result)
    return found


def worst(results: Iterable[dict[str, Any]]) -> str:
    outcomes = {result["outcome"] for result in results}
    return next((word for word in WORST_FIRST if word in outcomes), SKIPPED)


def comparable(run: Run) -> str:
    """Runs that differ by their kernel only: the same target, but for its suite."""
    return run.target


def differences(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Rules that do not come out alike on all kernels of one target."""
    found = []
    for target in dict.fromkeys(comparable(run) for run in runs if run.ran):
        here = [run for run in runs if run.ran and comparable(run) == target]
        tables = {run.name: by_rule(run) for run in here}
        rules = dict.fromkeys(rule for table in tables.values() for rule in table)
        for rule in rules:
            outcome = {name: worst(table[rule]) for name, table in tables.items()
                       if rule in table}
            if len(set(outcome.values())) > 1 or FAILED in outcome.values():
                reasons = {name: first_message(tables[name][rule]) for name in outcome
                           if outcome[name] != PASSED}
                found.append({"target": target, "rule": rule, "outcomes": outcome,
                              "reasons": reasons})
    return found


def first_message(results: Iterable[dict[str, Any]]) -> str:
    kept = sorted((r for r in results if r["outcome"] not in (PASSED,)),
                  key=lambda r: WORST_FIRST.index(r["outcome"]))
    return kept[0]["message"].split("\n")[0] if kept else ""


def as_data(runs: Sequence[Run], texts: dict[str, str]) -> dict[str, Any]:
    """What goes into matrix.json; Documentation/matrix.md says what each key means."""
    rules: dict[str, dict[str, Any]] = {}
    for run in runs:
        for rule, results in by_rule(run).items():
            entry = rules.setdefault(rule, {"text": texts.get(rule, ""), "runs": {}})
            entry["runs"][run.name] = {
                "outcome": worst(results),
                "tests": [{"test": r["test"], "outcome": r["outcome"],
                           "message": r["message"]} for r in results],
            }
    return {
        "runs": [{"name": r.name, "target": r.target, "suite": r.suite, "kernel": r.kernel,
                  "status": "ran" if r.ran else "skipped", "reason": r.reason,
                  "counts": r.counts} for r in runs],
        "rules": {rule: rules[rule] for rule in sorted(rules)},
        "differences": differences(runs),
    }


# ---- text ----


def _table(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) if i < left else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
            for row in rows]


def as_text(runs: Sequence[Run]) -> str:
    """For a terminal: how each run went, and where kernels differ."""
    rows = [("run", "kernel", *OUTCOMES)]
    rows += [(run.name, run.kernel, *(str(run.counts.get(w, 0)) for w in OUTCOMES))
             for run in runs if run.ran]
    lines = _table(rows, 2)
    lines += [f"skipped: {run.name}: {run.reason}" for run in runs if not run.ran]

    found = differences(runs)
    for target in dict.fromkeys(d["target"] for d in found):
        here = [run for run in runs if run.ran and comparable(run) == target]
        if len(here) < 2:
            continue
        legend = ", ".join(f"{SIGNS[w]} {MEANINGS[w]}" for w in (PASSED, XFAILED, FAILED, XPASSED))
        lines += ["", f"{target}: where kernels differ ({legend})"]
        rows = [("rule", *(run.suite for run in here))]
        rows += [(d["rule"], *(SIGNS[d["outcomes"].get(run.name, SKIPPED)] for run in here))
                 for d in found if d["target"] == target]
        lines += _table(rows, 1)
    return "\n".join(lines)


# ---- a page ----

STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #2a7d2e; --bad: #c62828;
  --known: #b26a00; --quiet: #8888; }
@media (prefers-color-scheme: dark) { :root { --good: #7bd67f; --bad: #ff8a80;
  --known: #ffcc66; } }
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5em auto; max-width: 1500px;
  padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25em .5em; text-align: left;
  vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; font-size: .85em; }
td.cell { text-align: center; white-space: nowrap; }
.passed { color: var(--good); } .failed, .xpassed { color: var(--bad); font-weight: bold; }
.xfailed { color: var(--known); } .skipped { color: var(--quiet); }
.text { opacity: .8; font-size: .9em; }
details pre { white-space: pre-wrap; font-size: .85em; margin: .3em 0; }
form { margin: 1em 0; display: flex; gap: 1em; flex-wrap: wrap; align-items: center; }
tr[hidden] { display: none; }
"""

# The filter; what is typed is kept in the address, so that it can be sent on.
SCRIPT = """
const form = document.getElementById('filter');
form.hidden = false;
const rows = [...document.querySelectorAll('tr[data-rule]')];
function show() {
  const words = form.q.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const fits = words.every(w => row.dataset.find.includes(w)) &&
      (!form.diff.checked || row.dataset.diff === '1') &&
      (!form.dialect.value || row.dataset.dialects.split(' ').includes(form.dialect.value));
    row.hidden = !fits;
    shown += fits;
  }
  document.getElementById('count').textContent = shown + ' of ' + rows.length + ' rules';
}
function save() {
  const kept = new URLSearchParams();
  if (form.q.value) kept.set('q', form.q.value);
  if (form.diff.checked) kept.set('diff', '1');
  if (form.dialect.value) kept.set('dialect', form.dialect.value);
  history.replaceState(null, '', '#' + kept);
  show();
}
function load() {
  const kept = new URLSearchParams(location.hash.slice(1));
  form.q.value = kept.get('q') || '';
  form.diff.checked = kept.get('diff') === '1';
  form.dialect.value = kept.get('dialect') || '';
  show();
}
form.addEventListener('input', save);
addEventListener('hashchange', load);
load();
"""

MARKS = {FAILED: "✘", XPASSED: "!", XFAILED: "≠", PASSED: "✔", SKIPPED: "–"}


def _cell(outcome: str) -> str:
    return (f'<td class="cell {outcome}" title="{MEANINGS[outcome]}">{MARKS[outcome]}'
            f'<span hidden> {outcome}</span></td>')


def _details(entry: dict[str, Any], runs: Sequence[Run]) -> str:
    """What is not as usual, by run; the first of a run's variants that are alike."""
    lines = []
    for run in runs:
        here = entry["runs"].get(run.name)
        if not here:
            continue
        said = {}
        for test in here["tests"]:
            if test["outcome"] in (FAILED, XPASSED, XFAILED):
                key = (test["outcome"], test["message"])
                said.setdefault(key, []).append(test["test"])
        for (outcome, message), tests in said.items():
            more = f" and {len(tests) - 1} more" if tests[1:] else ""
            lines.append(f"{run.name}: {tests[0]}{more}: {MEANINGS[outcome]}: {message}")
    return "\n".join(lines)


def _row(rule: str, entry: dict[str, Any], runs: Sequence[Run], different: set[str]) -> str:
    dialects = {t["test"].split(".")[1].partition("_")[0]
                for here in entry["runs"].values() for t in here["tests"]
                if t["test"].count(".") > 1 and t["outcome"] != SKIPPED}
    details = _details(entry, runs)
    text = html.escape(entry["text"])
    shown = f'<code>{html.escape(rule)}</code><div class="text">{text}</div>'
    if details:
        shown = (f"<details><summary>{shown}</summary>"
                 f"<pre>{html.escape(details)}</pre></details>")
    cells = "".join(_cell(entry["runs"][run.name]["outcome"])
                    if run.name in entry["runs"] else '<td class="cell skipped"></td>'
                    for run in runs)
    find = html.escape(f"{rule} {entry['text']} {details}".lower(), quote=True)
    return (f'<tr data-rule="{html.escape(rule, quote=True)}" data-find="{find}" '
            f'data-diff="{int(rule in different)}" '
            f'data-dialects="{html.escape(" ".join(sorted(dialects)), quote=True)}">'
            f"<td>{shown}</td>{cells}</tr>")


def as_page(data: dict[str, Any], runs: Sequence[Run]) -> str:
    """A page of HTML: readable as it is, with a filter where scripts run."""
    ran = [run for run in runs if run.ran]
    different = {d["rule"] for d in data["differences"]}
    summary = "".join(
        f"<tr><th>{html.escape(run.name)}</th><td>{html.escape(run.kernel)}</td>"
        + "".join(f'<td class="{word if run.counts.get(word) else SKIPPED}">'
                  f"{run.counts.get(word, 0)}</td>" for word in OUTCOMES)
        + "</tr>" for run in ran)
    skipped = "".join(f"<li>{html.escape(run.name)}: {html.escape(run.reason)}</li>"
                      for run in runs if not run.ran)
    heads = "".join(f"<th>{html.escape(run.target)}<br>{html.escape(run.suite)}</th>"
                    for run in ran)
    rows = "\n".join(_row(rule, entry, ran, different)
                     for rule, entry in data["rules"].items())
    options = "".join(f"<option>{d}</option>" for d in ("", "seed", "legacy", "devattr", "any"))
    legend = ", ".join(f'<span class="{w}">{MARKS[w]}</span> {MEANINGS[w]}'
                       for w in WORST_FIRST)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>vgic-abi: rules and kernels</title><style>{STYLE}</style></head><body>
<h1>The KVM/ARM device-address ABI: rules and kernels</h1>
<table><thead><tr><th>run</th><th>kernel</th>{"".join(f"<th>{w}</th>" for w in OUTCOMES)}
</tr></thead><tbody>{summary}</tbody></table>
{f"<h2>Skipped</h2><ul>{skipped}</ul>" if skipped else ""}
<h2>Rules</h2><p>{legend}. A rule with a known deviation or a failure opens on a click.</p>
<form id="filter" hidden><input name="q" type="search" placeholder="words" aria-label="words">
<label><input name="diff" type="checkbox"> only where kernels differ</label>
<label>dialect <select name="dialect">{options}</select></label> <output id="count"></output>
</form>
<table id="matrix"><thead><tr><th>rule</th>{heads}</tr></thead><tbody>
{rows}
</tbody></table><script>{SCRIPT}</script></body></html>
"""
