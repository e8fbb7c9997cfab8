# SPDX-License-Identifier: GPL-2.0-only
"""The outcome of a run: the JSON summary of a target, and the table of all targets.

Run as a program, prints the table of the results that already exist:

    summary.py FOLDER        (such as build/results, with one folder for each target)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.files import parse_json
from tools.ktap import Absence
from tools.results import BAD, OUTCOMES, Result, aligned, count, split_name, word

EXIT_GREEN = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

COLUMNS = ("target", *map(word, OUTCOMES), "wall", "kernel")
LEFT = ("target", "kernel")


def now() -> str:
    """The present time, in the form of summaries and of the history."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def summarize(target: str, kernel: str, wall_s: float,
              results: Sequence[Result], interrupted: bool = False, command: str = "",
              absent: Sequence[Absence] = ()) -> dict[str, Any]:
    """Returns the content of summary.json; command runs the target again.

    Only unexpected results have their log. absent: tests that were not planned, with the reason.
    """
    listed = []
    for result in results:
        rule, dialect, variant = split_name(result.test)
        more: dict[str, Any] = {}
        if result.unexpected and result.log:
            more["log"] = result.log
        if result.culprit:
            more["culprit"] = result.culprit
        if result.files:
            more["files"] = list(result.files)
        listed.append({
            "rule": rule, "dialect": dialect, "variant": variant,
            "outcome": result.outcome, "message": result.message,
            "test": result.test, "program": result.program,
            "time_s": result.time_s, **more,
        })
    return {"target": target, "kernel": kernel, **count(list(results)),
            "wall_s": round(wall_s, 2), "interrupted": interrupted,
            "ended": now(), "command": command,
            "absent": {one.feature: {"why": one.why, "tests": list(one.tests)}
                       for one in absent},
            "results": listed}


def never_ran(target: str, command: str = "") -> dict[str, Any]:
    """The summary of a target that was interrupted before it began."""
    return summarize(target, "", 0.0, [], True, command)


def exit_status(summaries: Sequence[dict[str, Any]]) -> int:
    """Returns 0 if all tests ran, none failed, and none passed that should have failed.

    A run without results is not a success.
    """
    if any(summary["interrupted"] for summary in summaries):
        return EXIT_INTERRUPTED
    if not any(summary["results"] for summary in summaries):
        return EXIT_UNEXPECTED
    # A summary of an earlier version may lack an outcome.
    bad = any(summary.get(outcome, 0) for summary in summaries for outcome in BAD)
    return EXIT_UNEXPECTED if bad else EXIT_GREEN


def table(summaries: Sequence[dict[str, Any]]) -> str:
    """Returns the summary table, one line for each target."""
    rows = [COLUMNS]
    for summary in summaries:
        kernel = summary["kernel"] or "-"
        if summary["interrupted"]:
            kernel += "  (interrupted)"
        rows.append((summary["target"],
                     *(str(summary.get(outcome, 0)) for outcome in OUTCOMES),
                     f"{summary['wall_s']:.1f} s", kernel))
    if len(summaries) > 1:
        sums = (str(sum(summary.get(outcome, 0) for summary in summaries))
                for outcome in OUTCOMES)
        rows.append(("all", *sums, "", ""))
    return aligned(rows, lambda column: column not in LEFT)


# Keys of a summary that the table needs.
KEYS = {"target": str, "kernel": str, "wall_s": (int, float), "interrupted": bool,
        "results": list}


def _checked(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict) or not all(
            isinstance(raw.get(key), kind) for key, kind in KEYS.items()) or not all(
            isinstance(raw.get(outcome, 0), int) for outcome in OUTCOMES):
        raise ValueError(f"expected an object with {', '.join(KEYS)}, got something else")
    return raw


def load(folder: Path) -> list[dict[str, Any]]:
    """Reads the summaries of all targets below a results folder.

    Raises ValueError with a message of one line if a summary cannot be read.
    """
    summaries = []
    for path in sorted(folder.glob("*/summary.json")):
        try:
            summaries.append(_checked(parse_json(path.read_bytes())))
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    return summaries


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        wants_help = "--help" in arguments or "-h" in arguments
        print(f"usage: summary.py FOLDER\n\n{__doc__}",
              file=sys.stdout if wants_help else sys.stderr)
        return EXIT_GREEN if wants_help else EXIT_USAGE
    try:
        summaries = load(Path(arguments[0]))
    except ValueError as error:
        print(f"summary: {error}", file=sys.stderr)
        return EXIT_USAGE
    if not summaries:
        print(f"summary: expected <target>/summary.json in '{arguments[0]}', "
              "found none; 'make run' makes them", file=sys.stderr)
        return EXIT_USAGE
    print(table(summaries), end="")
    return exit_status(summaries)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
