# SPDX-License-Identifier: GPL-2.0-only
"""The common parts of the pages of results: escaping, looks, the table of rules, its filter.

A page is one file that loads nothing else. It can be read where scripts do not
run; where they do, the table of rules has a filter whose state is kept in the address.
Nothing in a result is trusted: output of guests and kernels ends up in here.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import string
from collections.abc import Iterable, Mapping, Sequence

from tools.results import FAILED, NOT_RUN, OUTCOMES, PASSED, SKIPPED, XFAILED, XPASSED, word

# Sequences and characters that move a cursor, end a text, or change its direction.
ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e"
                      "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")

# Characters that need no encoding in the path of an address.
PLAIN = frozenset(string.ascii_letters + string.digits + "-._~/")

# A rule has the first of these outcomes that one of its variants has.
WORST_FIRST = (FAILED, XPASSED, NOT_RUN, XFAILED, PASSED, SKIPPED)
# Not an outcome: no test of the rule was planned there.
ABSENT = "absent"
SHOWN = (*WORST_FIRST, ABSENT)
MARKS = {FAILED: "✘", XPASSED: "!", NOT_RUN: "?", XFAILED: "≠", PASSED: "✔", SKIPPED: "–",
         ABSENT: "∅"}
MEANINGS = {FAILED: "fails", XPASSED: "keeps the rule unexpectedly", NOT_RUN: "not run",
            XFAILED: "known deviation", PASSED: "keeps the rule", SKIPPED: "skipped",
            ABSENT: "absent: the machine or its kernel lacks what the rule is about"}
HEADS = tuple(map(word, OUTCOMES))
DIALECTS = ("seed", "legacy", "devattr", "any")


def text(raw: object) -> str:
    """Escapes anything for use as text, or as an attribute in double quotes."""
    plain = ESCAPE_SEQUENCE.sub("", str(raw).replace("\r\n", "\n"))
    return html.escape(NOT_TEXT.sub("\ufffd", plain), quote=True)


def link(path: object) -> str:
    """The address of a file, as a value for href, percent-encoded where needed."""
    return "".join(chr(byte) if chr(byte) in PLAIN else f"%{byte:02X}"
                   for byte in str(path).encode("utf-8", "surrogateescape"))


# ---- looks ----

STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --fore: #1c2024; --soft: #f3f5f7;
  --line: #c9cfd6; --quiet: #5d666f; --good: #1b6e20; --bad: #b3161b; --known: #855000;
  --link: #0b57a4; --bad-back: #fdeceb; --good-back: #e9f5ea; }
@media (prefers-color-scheme: dark) { :root { --back: #15181b; --fore: #e4e7ea;
  --soft: #1f2428; --line: #41494f; --quiet: #9ba5ad; --good: #7bd67f; --bad: #ff938a;
  --known: #f5c469; --link: #8cc4ff; --bad-back: #3a1d1d; --good-back: #18301b; } }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--fore); background: var(--back);
  margin: 1.5em auto; max-width: 1500px; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0 0 .3em; }
h2 { font-size: 1.15em; margin: 2em 0 .6em; }
h3 { font-size: 1em; margin: 1.2em 0 .5em; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
code { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4em 0; padding: .5em .7em;
  background: var(--soft); border-radius: 4px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.wide { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .4em .6em; color: var(--quiet); font-size: .9em; }
th, td { border-bottom: 1px solid var(--line); padding: .3em .6em; text-align: left;
  vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; background: var(--soft); font-size: .85em; z-index: 1; }
tbody th { font-weight: normal; min-width: 9em; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.cell { text-align: center; white-space: nowrap; }
.passed { color: var(--good); }
.failed, .xpassed, .not_run { color: var(--bad); font-weight: bold; }
.xfailed { color: var(--known); } .skipped, .absent, .zero { color: var(--quiet); }
.text, .quiet { color: var(--quiet); font-size: .9em; }
.word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
td { position: relative; }
summary { cursor: pointer; }
#runs td:last-child a { white-space: nowrap; }
form { margin: 1em 0; display: flex; gap: .6em 1.2em; flex-wrap: wrap; align-items: center; }
form[hidden] { display: none; }
input, select { font: inherit; color: inherit; background: var(--back); padding: .15em .4em;
  border: 1px solid var(--quiet); border-radius: 4px; }
input[type=search] { width: 16em; max-width: 100%; }
tr[hidden] { display: none; }
@media (max-width: 600px) { body { margin: .8em auto; padding: 0 .6em; }
  th, td { padding: .25em .4em; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr, .stack tbody th { display: block; }
  .stack tr { padding: .4em .6em; border-bottom: 1px solid var(--line); }
  .stack tr:last-child { border-bottom: 0; }
  .stack tbody th, .stack td { border: 0; padding: 0; text-align: left; }
  .stack td { display: inline-block; margin-right: 1em; white-space: normal; }
  .stack td.zero, .stack td:empty { display: none; }
  .stack td::before { content: attr(data-head) " "; color: var(--quiet); font-weight: normal;
    font-size: .85em; } }
@media print { body { margin: 0; max-width: none; font-size: 10px; }
  .wide { overflow: visible; max-height: none; border: 0; } form { display: none; }
  thead th { position: static; } tr, article { break-inside: avoid; } }
"""


def page(title: str, body: str, style: str = "", script: str = "") -> str:
    """A whole page. Its policy allows only this script, and no fetching."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f"script-src 'sha256-{digest}'" if script else "script-src 'none'"
    policy = (f"default-src 'none'; style-src 'unsafe-inline'; {scripts}; base-uri 'none'; "
              "form-action 'none'")
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(title)}</title><style>{STYLE}{style}</style></head><body>
{body}
{f"<script>{script}</script>" if script else ""}</body></html>
"""


def wide(label: str, content: str) -> str:
    """Content that may be wider than the page; it has its own scroll bar, with keyboard focus."""
    return (f'<div class="wide" tabindex="0" role="region" aria-label="{text(label)}">'
            f"{content}</div>")


CELL = re.compile(r"<t[dh]\b")


def _named(row: str, heads: Sequence[str]) -> str:
    """A row whose cells have their headings as attributes, for narrow pages."""
    names = iter(heads)
    return CELL.sub(lambda match: f'{match[0]} data-head="{next(names)}"', row)


def table(label: str, heads: Sequence[str], rows: Iterable[str], attributes: str = "",
          numbers: Iterable[str] = HEADS, stack: bool = False) -> str:
    """A table. rows and heads are HTML; numbers are the heads above columns of numbers.

    stack: on a narrow page, each row is a paragraph, and the heads are plain words.
    """
    numbers = set(numbers)
    if stack:
        attributes += ' class="stack"'
        rows = (_named(row, heads) for row in rows)
    head = "".join(f'<th scope="col"{RIGHT if head in numbers else ""}>{head}</th>'
                   for head in heads)
    body = "\n".join(rows)
    return wide(label, f"<table{attributes}><thead><tr>{head}</tr></thead>"
                       f"<tbody>\n{body}</tbody></table>")


RIGHT = ' class="number"'


def row_head(content: str) -> str:
    return f'<th scope="row">{content}</th>'


def count_cells(counts: Mapping[str, int]) -> str:
    """A cell for each outcome; zeros are in a quiet colour."""
    return "".join(
        f'<td class="number {key if counts.get(key) else "zero"}">{counts.get(key, 0)}</td>'
        for key in OUTCOMES)


# ---- the table of rules, and its filter ----

CELLS = {key: f'<td class="cell {key}" title="{MEANINGS[key]}"><span aria-hidden="true">'
              f'{MARKS[key]}</span><span class="word">{word(key)}</span></td>'
         for key in SHOWN}
# For a target whose programs have no such test, or a run of a part of the tests (TESTS=).
NOTHING = "no such test there"
NO_CELL = f'<td class="cell" title="{NOTHING}"><span class="word">{NOTHING}</span></td>'

LEGEND = ", ".join([*(f'<span class="{key}">{MARKS[key]}</span> {MEANINGS[key]}'
                      for key in SHOWN), f"blank: {NOTHING}"])


def rule_row(rule: str, about: str, details: str, outcomes: Sequence[str | None],
             dialects: Iterable[str], different: bool) -> str:
    """A row of the table of rules; None where a run has no result of the rule."""
    shown = f'<code>{text(rule)}</code><div class="text">{text(about)}</div>'
    if details:
        shown = f"<details><summary>{shown}</summary><pre>{text(details)}</pre></details>"
    present = " ".join(key for key in SHOWN if key in outcomes)
    return (f'<tr data-rule="{text(rule)}" data-diff="{int(different)}" '
            f'data-outcome="{present}" data-dialect="{text(" ".join(sorted(dialects)))}">'
            f"{row_head(shown)}"
            + "".join(CELLS[word] if word else NO_CELL for word in outcomes) + "</tr>")


def filter_form(difference: str) -> str:
    """The filter's form, which is hidden unless the filter's script runs."""
    def choice(name: str, words: Sequence[str]) -> str:
        options = "".join(f'<option value="{one}">{word(one)}</option>' for one in words)
        return (f'<label>{name} <select name="{name}"><option value="">all</option>'
                f"{options}</select></label>")
    return ('<form id="filter" hidden role="search" aria-label="filter of the rules">'
            '<input name="q" type="search" placeholder="words" aria-label="words">'
            f'{choice("outcome", SHOWN)}{choice("dialect", DIALECTS)}'
            f'<label><input name="diff" type="checkbox" value="1"> {text(difference)}</label>'
            '<output id="count" aria-live="polite"></output></form>')


# A row fits a field if its data-<name> has the field's value among its words. The input is kept
# in the address, so that it can be sent on; an address without '=' is a
# place in the page, and leaves the filter as it is.
FILTER_SCRIPT = """
const form = document.getElementById('filter');
form.hidden = false;
const fields = [...form.elements].filter(field => field.name);
const rows = [...document.querySelectorAll('tr[data-rule]')];
const texts = new Map(rows.map(row => [row, row.cells[0].textContent.toLowerCase()]));
function value(field) {
  return field.type === 'checkbox' ? (field.checked ? field.value : '') : field.value;
}
function fits(row, field) {
  const wanted = value(field);
  if (field.type === 'search')
    return wanted.toLowerCase().split(/\\s+/).every(word => texts.get(row).includes(word));
  return !wanted || row.dataset[field.name].split(' ').includes(wanted);
}
function show() {
  let shown = 0;
  for (const row of rows) {
    row.hidden = !fields.every(field => fits(row, field));
    shown += !row.hidden;
  }
  document.getElementById('count').textContent = shown + ' of ' + rows.length + ' rules';
}
function save() {
  const kept = new URLSearchParams();
  for (const field of fields)
    if (value(field)) kept.set(field.name, value(field));
  history.replaceState(null, '', '#' + kept);
  show();
}
function load() {
  const hash = location.hash.slice(1);
  if (hash && !hash.includes('=')) return show();
  const kept = new URLSearchParams(hash);
  for (const field of fields) {
    const wanted = kept.get(field.name) || '';
    if (field.type === 'checkbox') field.checked = wanted === field.value;
    else field.value = wanted;
    if (field.tagName === 'SELECT' && field.selectedIndex < 0) field.value = '';
  }
  show();
}
form.addEventListener('input', save);
form.addEventListener('submit', event => event.preventDefault());
addEventListener('hashchange', load);
load();
"""
