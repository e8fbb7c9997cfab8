#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Results and known deviations in the formats that labs take; see Documentation/labs.md.

Results, from folders and files as `make report FROM=` takes them (-: standard input):

    flat        KTAP, all results at the top level
    kselftest   TAP 13, nested by "# ", as the kernel's kselftest runner shows programs
    kcidb       a KCIDB report, schema 5.3; takes a bench.json of `make bench`, too

From the rules alone:

    deviations  JSON: known deviations of released kernels, by range (--kernel: of one kernel)
    skipfile    the same as YAML for skipgen
    list        kselftest-list.txt: the programs

Writes to standard output. Exit status: 0; 1 if results are missing, which standard error
names; 2 if nothing was written.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import bench, deviations, kcidb, ktap, rules
from tools.matrix import Run
from tools.merge import Files, Unreadable, merge, read_bytes
from tools.results import Result

RESULTS = (ktap.FLAT, ktap.KSELFTEST, "kcidb")
FORMS = (*RESULTS, "deviations", "skipfile", "list")
BENCH = "bench.json"
ORIGIN = "vgic_abi"
# Programs that kselftest builds and runs.
PROGRAMS = re.compile(r"^TEST_GEN_PROGS := ((?:.*\\\n)*.*)$", re.MULTILINE)


def results_of(run: Run) -> list[Result]:
    return [Result(e.test, e.program, e.outcome, e.message, log=list(e.log), culprit=e.culprit)
            for e in run.results]


def benchmarks(places: Sequence[str]) -> tuple[list[str], list[bench.Row]]:
    """Splits places into those other than bench.json, and the rows of all bench.json files.

    Raises ValueError if a bench.json cannot be read.
    """
    rows: list[bench.Row] = []
    rest = []
    for place in places:
        if Path(place).name != BENCH:
            rest.append(place)
            continue
        try:
            rows += bench.load(read_bytes(Path(place))[0])
        except (Unreadable, ValueError) as error:
            raise ValueError(f"{place}: {error}") from error
    return rest, rows


def of_results(options: argparse.Namespace) -> tuple[str, bool]:
    """The text, and whether it has all results. Raises ValueError if there are none."""
    rest, rows = benchmarks(options.where) if options.form == "kcidb" else (options.where, [])
    merged = merge([Files(rest)])
    for problem in merged.problems:
        print(f"export: {problem.where}: {problem.why}", file=sys.stderr)
    if not merged.runs and not rows:
        raise ValueError("expected results, got none: name a folder of `make run` or a file")
    complete = not any(problem.lost for problem in merged.problems)
    if options.form == "kcidb":
        about = kcidb.About(options.origin or ORIGIN, options.build)
        return kcidb.as_text(kcidb.report(about, merged.runs, rules.load(), rows)), complete
    return "".join(ktap.document(results_of(run), ktap.about_line(
        run.target or run.name, run.kernel, run.ended), options.form)
        for run in merged.runs), complete


def of_rules(options: argparse.Namespace) -> str:
    if options.form == "deviations":
        return deviations.as_json(rules.load(), options.kernel)
    if options.form == "skipfile":
        return deviations.as_skipfile(rules.load())
    makefile = (rules.ROOT / "selftests/Makefile").read_text(encoding="utf-8")
    return deviations.as_list(PROGRAMS.search(makefile)[1].replace("\\", " ").split())


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("form", choices=FORMS, metavar="FORM", help=", ".join(FORMS))
    parser.add_argument("where", nargs="*", metavar="WHERE", help="folders and files of results")
    parser.add_argument("--origin", default="",
                        help=f"kcidb: the name of your CI system. Default: {ORIGIN}")
    parser.add_argument("--build", default="", metavar="ID",
                        help="kcidb: the build that was tested. Default: <origin>:<kernel>")
    parser.add_argument("--kernel", default="", metavar="RELEASE",
                        help="deviations: only those of this kernel, such as 6.6")
    options = parser.parse_intermixed_args(arguments)
    if bool(options.where) != (options.form in RESULTS):
        parser.error(f"{options.form}: expected "
                     f"{'a folder or a file' if options.form in RESULTS else 'no place'}, got "
                     f"{' '.join(options.where) or 'none'}")
    for option, form in (("origin", "kcidb"), ("build", "kcidb"), ("kernel", "deviations")):
        if getattr(options, option) and options.form != form:
            parser.error(f"--{option}: only for {form}, got {options.form}")
    return options


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    try:
        text, complete = of_results(options) if options.form in RESULTS else (
            of_rules(options), True)
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except (ValueError, rules.TableError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"export: {error.filename or 'standard output'}: {error.strerror}",
              file=sys.stderr)
        return 2
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
