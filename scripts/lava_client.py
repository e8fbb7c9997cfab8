#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Submits jobs to a LAVA lab, and fetches their results.

    lava_client.py run FILE...       submit, wait for all of them, and fetch: one command
    lava_client.py submit FILE...    prints the number of each job
    lava_client.py cancel ID...
    lava_client.py fetch ID...       results of jobs that have ended
    lava_client.py read LOG...       the same from the output of `lava-run`, without a lab

FILE is a job definition of `make lava`. Each target and kernel gets a folder
<target>@<kernel>/ with the files of `make run`: results.ktap, junit.xml, summary.json,
kernel.log, channel.log; and lava.json about the jobs that they come from. All results in the
folder above are merged as by `make report`, into index.html, matrix.html, matrix.json and a
table on standard output.

The lab's address comes from --server or LAVA_SERVER, the token for its API from the
file --token-file or from LAVA_TOKEN.

Exit status: 0 all as expected; 1 unexpected results, or a job that did not finish; 2 an error
outside the tests; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli
from scripts.cli import log_message
from scripts.errors import SetupError
from tools import lava_log, matrix, report, summary
from tools.lava_log import Case, Entry, Job

POLL_S = 5.0
HTTP_LIMIT_S = 60
HTTP_TRIES = 5


# ---- the lab ----

class Server:
    """A LAVA server, accessed through its REST interface."""

    def __init__(self, server: str, token: str) -> None:
        if urllib.parse.urlsplit(server).scheme not in ("http", "https"):
            raise SetupError(f"expected the lab's address as http://... or https://..., got "
                           f"'{server}'; set LAVA_SERVER or --server")
        self._base = f"{server.rstrip('/')}/api/v0.2/"
        self._token = token

    def _request(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        """Tries again if the server cannot be reached, for example while it restarts."""
        url = path if path.startswith(self._base) else self._base + path
        request = urllib.request.Request(url, headers={"Accept": "*/*"})
        if self._token:
            request.add_header("Authorization", f"Token {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        # A job must not be submitted twice, and the request may have arrived.
        tries = HTTP_TRIES if body is None else 1
        for left in reversed(range(tries)):
            try:
                with urllib.request.urlopen(request, timeout=HTTP_LIMIT_S) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                body = error.read(2000).decode(errors="replace")
                if error.code < 500 or not left:
                    raise SetupError(f"{url}: {error.code} {error.reason}: {body}") from error
            except OSError as error:
                if not left:
                    why = getattr(error, "reason", error)
                    raise SetupError(f"{url}: {getattr(why, 'strerror', None) or why}") from error
            time.sleep(POLL_S)
        raise AssertionError("not reached")

    def _json(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            found = json.loads(self._request(path, body))
        except ValueError as error:
            raise SetupError(f"{path}: expected JSON from the lab, got something else") from error
        if not isinstance(found, dict):
            raise SetupError(f"{path}: expected an object, got {found!r:.80}")
        return found

    def submit(self, definition: str) -> list[str]:
        found = self._json("jobs/", {"definition": definition})
        return [str(number) for number in found.get("job_ids", [])]

    def cancel(self, number: str) -> None:
        self._request(f"jobs/{number}/cancel/")

    def job(self, number: str) -> dict[str, Any]:
        return self._json(f"jobs/{number}/")

    def cases(self, number: str) -> list[Case]:
        found: list[Case] = []
        suites = [s["id"] for s in self._pages(f"jobs/{number}/suites/?limit=100")
                  if str(s.get("name", "")).endswith(f"_{lava_log.SUITE}")]
        for suite in suites:
            for case in self._pages(f"jobs/{number}/suites/{suite}/tests/?limit=1000"):
                measurement = case.get("measurement")
                found.append(Case(str(case["name"]), str(case["result"]),
                                  float(measurement) if measurement else None,
                                  str(case.get("unit") or "")))
        return found

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        seen = 0
        while path:
            page = self._json(path)
            results = page.get("results", [])
            yield from results
            seen += len(results)
            following = str(page.get("next") or "")
            path = f"{path.partition('?')[0]}?{urllib.parse.urlsplit(following).query}" \
                if following and results else ""

    def log(self, number: str) -> list[Entry]:
        try:
            text = self._request(f"jobs/{number}/logs/").decode(errors="replace")
        except SetupError as error:
            # A job that never got a machine has no log.
            if " 404 " in str(error):
                return []
            raise
        return list(lava_log.entries(text))

    def fetch(self, number: str) -> Job:
        about = self.job(number)
        log = self.log(number)
        health = str(about.get("health"))
        ending = "" if health == "Complete" else lava_log.verdict(log) or health
        if health == "Canceled":
            ending = "the job was canceled"
        elif not log:
            ending = f"the job has no log: {about.get('failure_comment') or health}"
        kept = ("state", "health", "actual_device", "submit_time", "start_time", "end_time")
        return Job(number, str(about.get("description", "")), log, self.cases(number), ending,
                   health == "Canceled", {key: about.get(key) for key in kept})

    def wait(self, numbers: Sequence[str]) -> None:
        """Waits until all jobs have ended. LAVA's own time limits ensure that they end."""
        waiting = dict.fromkeys(numbers, "")
        while waiting:
            for number in list(waiting):
                about = self.job(number)
                state = str(about.get("state"))
                if state != waiting[number]:
                    waiting[number] = state
                    log_message(f"job {number}: {about.get('description')}: {state}"
                                + (f", {about.get('health')}" if state == "Finished" else
                                   f" on {about['actual_device']}"
                                   if about.get("actual_device") else ""))
                if state == "Finished":
                    del waiting[number]
            if waiting:
                time.sleep(POLL_S)


# ---- the command line ----

def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("run", "submit", "cancel", "fetch", "read"))
    parser.add_argument("what", nargs="+", metavar="FILE|ID|LOG")
    parser.add_argument("--server", default=os.environ.get("LAVA_SERVER", ""), metavar="URL")
    parser.add_argument("--token-file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: <build>/results/lava",
                        default=cli.build_folder() / "results/lava")
    return parser.parse_args(arguments)


def write(jobs: Sequence[Job], out: Path) -> int:
    """Writes and prints the results of jobs. Returns the exit status."""
    summaries, found = lava_log.write_runs(out, jobs)
    print(matrix.as_text(found.runs))
    print(f"\nresults of {len(jobs)} jobs: {out}/{report.NAME}, matrix.html, matrix.json, <run>/")
    return summary.exit_status(summaries)


def run(options: argparse.Namespace) -> int:
    if options.command == "read":
        return write([lava_log.read(Path(name)) for name in options.what], options.out)
    token = os.environ.get("LAVA_TOKEN", "")
    if options.token_file:
        token = options.token_file.read_text(encoding="utf-8").strip()
    lab = Server(options.server, token)
    numbers = options.what
    if options.command == "cancel":
        for number in numbers:
            lab.cancel(number)
        return 0
    if options.command in ("run", "submit"):
        # Read all files before the first is submitted.
        texts = [Path(name).read_text(encoding="utf-8") for name in options.what]
        numbers = [number for text in texts for number in lab.submit(text)]
        if options.command == "submit":
            print("\n".join(numbers))
            return 0
        log_message(f"submitted {len(numbers)} jobs: {' '.join(numbers)}")
        lab.wait(numbers)
    jobs = [lab.fetch(number) for number in numbers]
    return write(jobs, options.out) or int(any(job.ending for job in jobs))


def act(options: argparse.Namespace) -> int:
    try:
        return run(options)
    except lava_log.LogError as error:
        raise SetupError(str(error)) from error


def main(arguments: Sequence[str]) -> int:
    return cli.main("lava", lambda: act(parse(arguments)), "submitted jobs continue")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
