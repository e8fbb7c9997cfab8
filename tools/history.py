# SPDX-License-Identifier: GPL-2.0-only
"""The outcomes of the last runs: history.json in the results folder.

A list, the oldest first, of at most MAX_RUNS objects:

    ended      time of the end, UTC
    seconds    duration
    command    the command that the user typed
    status     one of STATUSES
    targets    by name: kernel, a count for each outcome, and unexpected, the names of
               the first tests that failed or passed unexpectedly

The history is a convenience: a run never fails because of it. A malformed file is kept aside.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.files import parse_json, write_file
from tools.results import NOT_RUN, OUTCOMES, UNEXPECTED

NAME = "history.json"
MAX_RUNS = 40
MAX_NAMES = 40
# A run with all targets takes some kilobytes.
MAX_BYTES = 4 << 20

STATUSES = ("as expected", "unexpected", "interrupted", "broken")


def record(summaries: Sequence[dict[str, Any]], ended: str, seconds: float, command: str,
           status: str) -> dict[str, Any]:
    """The record of a run, with those of its targets that ran."""
    def names(summary: dict[str, Any]) -> list[str]:
        found = [r["test"] for r in summary["results"] if r["outcome"] in UNEXPECTED]
        return found[:MAX_NAMES]

    return {"ended": ended, "seconds": round(seconds, 1), "command": command, "status": status,
            "targets": {s["target"]: {"kernel": s["kernel"], **{w: s.get(w, 0) for w in OUTCOMES},
                                      "unexpected": names(s)}
                        for s in summaries if s["results"]}}


def _is_target(raw: Any) -> bool:
    return (isinstance(raw, dict) and isinstance(raw.get("kernel"), str)
            # Earlier versions counted tests that were not run among the failures.
            and all(type(number) is int and number >= 0 for number in (
                raw.get(word, 0 if word == NOT_RUN else None) for word in OUTCOMES))
            and isinstance(raw.get("unexpected"), list)
            and all(isinstance(name, str) for name in raw["unexpected"]))


def _is_record(raw: Any) -> bool:
    return (isinstance(raw, dict)
            and all(isinstance(raw.get(key), str) for key in ("ended", "command"))
            and type(raw.get("seconds")) in (int, float) and raw.get("status") in STATUSES
            and isinstance(raw.get("targets"), dict)
            and all(_is_target(target) for target in raw["targets"].values()))


def load(folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The runs, and the problem of the file, or ""."""
    path = folder / NAME
    try:
        if path.stat().st_size > MAX_BYTES:
            return [], f"expected at most {MAX_BYTES} bytes, got {path.stat().st_size}"
        raw = parse_json(path.read_bytes())
    except FileNotFoundError:
        return [], ""
    except OSError as error:
        return [], str(error.strerror)
    except ValueError as error:
        return [], str(error)
    if not isinstance(raw, list):
        return [], "expected a list of runs"
    runs = [run for run in raw if _is_record(run)]
    bad = len(raw) - len(runs)
    problem = f"{bad} of {len(raw)} entries are not valid runs" if bad else ""
    return runs[-MAX_RUNS:], problem


def add(folder: Path, run: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Adds a run. Returns all runs, and the problem that the file had, or "".

    Raises OSError if the file cannot be written.
    """
    runs, problem = load(folder)
    if problem:
        aside = folder / f"{NAME}.broken"
        try:
            os.replace(folder / NAME, aside)
            problem += f"; kept as {aside.name}"
        except OSError:
            pass
    runs = [*runs, run][-MAX_RUNS:]
    lines = ",\n".join(json.dumps(one) for one in runs)
    write_file(folder / NAME, f"[\n{lines}\n]\n".encode())
    return runs, problem
