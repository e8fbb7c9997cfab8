#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measures the cost of a guest's operations: `make bench`.

Runs selftests/bench.c, leaves bench.json, bench.svg and bench.html in the results
folder, and prints a table. With --base, compares with an earlier bench.json.

    deterministic   QEMU counts instructions: the same in each run
    tcg             QEMU as fast as it can: only ratios mean something
    native          this ARM machine's own /dev/kvm, on one CPU

Exit status: 0; 1 something failed, or became slower than --base; 2 an error outside the
benchmarks; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, targets
from scripts.cli import log_message
from scripts.errors import SetupError
from tools import bench, report, summary
from tools.files import write_file

DETERMINISTIC = ("armv7-bench", "armv7-bench-6.12", "arm64-gicv2-bench", "arm64-gicv3-bench")
# Linux as a guest, measured by a plugin of QEMU 7.2: only on request, since it takes minutes.
WORKLOADS = ("armv7-workloads",)
AS_FAST_AS_CAN_BE = ("armv7-ref", "armv7-ref-6.12", "arm64-gicv2", "arm64-gicv3")
BASELINES = ROOT / "Documentation/bench"
ARM = ("aarch64", "arm64", "armv7l", "armv8l")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--mode", choices=bench.MODES, help="default: native on an ARM machine with /dev/kvm, "
        "else deterministic")
    add("--target", action="append", metavar="NAME", help="on this target; may be repeated")
    add("--kernel", metavar="FILE|debian:SUITE", help="as for `make run`")
    add("--module", metavar="FILE", help="as for `make run`")
    add("--sources", metavar="DIR", help="as for `make run`")
    add("--busybox", metavar="FILE", help="as for `make run`")
    add("--tests", metavar="PATTERN", default="bench.*", help="only these benchmarks")
    add("--base", type=Path, metavar="FILE", help="compare with this bench.json")
    add("--threshold", type=float, metavar="PERCENT",
        help="smaller changes do not count. Default: 1 in deterministic mode, else 10")
    add("--baseline", action="store_true",
        help="keep the result under Documentation/bench, one file for each target")
    add("--build", type=Path, default=cli.build_folder(), metavar="DIR",
        help="the build folder")
    add("--results-dir", type=Path, metavar="DIR", help="default: <build>/results")
    add("--program", type=Path, metavar="FILE", help="the program, in native mode")
    add("-v", "--verbose", action="store_true", help="minimum, median, maximum and exits, too")
    options = parser.parse_args(arguments)
    if options.mode is None:
        on_arm = platform.machine() in ARM and Path("/dev/kvm").exists()
        options.mode = "native" if on_arm else "deterministic"
    if options.threshold is None:
        options.threshold = bench.THRESHOLDS[options.mode]
    if options.threshold < 0:
        parser.error(f"--threshold: expected 0 or more, got {options.threshold:g}")
    if options.mode != "deterministic" and set(options.target or ()) & set(WORKLOADS):
        parser.error(f"--mode {options.mode}: expected deterministic for {WORKLOADS[0]}")
    options.build = options.build.resolve()
    options.results_dir = (options.results_dir or options.build / "results").resolve()
    return options


def read_rows(path: Path) -> list[bench.Row]:
    try:
        return bench.load(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SetupError(f"{path}: expected a bench.json of `make bench`: {error}") from error


# ---- emulated ----

def _runner(options: argparse.Namespace, target: str, folder: Path) -> list[str]:
    tests = "workloads.*" if target in WORKLOADS else options.tests
    command = [sys.executable, str(ROOT / "scripts/run.py"), "--target", target,
               "--tests", tests, "--build", str(options.build),
               "--results-dir", str(folder)]
    for name in ("kernel", "module", "sources", "busybox"):
        if getattr(options, name):
            command += [f"--{name}", getattr(options, name)]
    if options.mode == "tcg":
        arch = "arm" if target.startswith("armv7") else "arm64"
        command += ["--programs-dir", str(options.build / "bench" / arch)]
    return command


def emulator_with_plugin(options: argparse.Namespace, target: str, counts: Path) -> Path:
    """A program that starts the target's QEMU with scripts/plugin/, which writes to `counts`."""
    folder = options.build / "workloads"
    qemu = targets.load(ROOT / "scripts/targets.toml")[target].qemu
    program = folder / "qemu"
    words = shlex.join([qemu, "-plugin", f"{folder / 'instructions.so'},out={counts}"])
    write_file(program, f'#!/bin/sh\nexec {words} "$@"\n'.encode())
    program.chmod(0o755)
    return program


def emulate(options: argparse.Namespace) -> tuple[list[bench.Row], bool]:
    """Rows of all targets, and whether all went well."""
    chosen = options.target or (
        DETERMINISTIC if options.mode == "deterministic" else AS_FAST_AS_CAN_BE)
    folder = options.results_dir / "bench"
    rows: list[bench.Row] = []
    good = True
    for target in chosen:
        command = _runner(options, target, folder)
        log_path = folder / target / "channel.log"
        if target in WORKLOADS:
            log_path = options.build / "workloads/counts"
            log_path.unlink(missing_ok=True)
            command += ["--qemu", str(emulator_with_plugin(options, target, log_path))]
        ran = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        if ran.returncode == summary.EXIT_INTERRUPTED:
            raise KeyboardInterrupt
        good = good and not ran.returncode
        if ran.returncode == summary.EXIT_USAGE:
            raise SetupError(f"{target}: could not be run, see above")
        found = json.loads((folder / target / "summary.json").read_text(encoding="utf-8"))
        if target in WORKLOADS and not log_path.exists():
            raise SetupError(f"{target}: expected counts in {log_path}, got none: the plugin for "
                             "QEMU 7.2 could not be loaded, or the machine did not start; see "
                             f"{folder / target}")
        log = log_path.read_text(encoding="utf-8", errors="replace")
        try:
            rows += bench.parse(log, target, str(found.get("kernel", "")), options.mode)
        except ValueError as error:
            raise SetupError(f"{log_path}: {error}") from error
    return rows, good


# ---- this machine ----

def governors(folder: Path = Path("/sys/devices/system/cpu/cpufreq")) -> list[str]:
    """Governors under which a CPU's frequency changes while it is measured."""
    found = []
    for path in sorted(folder.glob("policy*/scaling_governor")):
        name = path.read_text(encoding="utf-8").strip()
        if name != "performance":
            found.append(f"{path.parent.name}: {name}")
    return found


def run_here(options: argparse.Namespace) -> tuple[list[bench.Row], bool]:
    """The program on this machine's KVM, on its last CPU."""
    program = options.program or options.build / "selftests/native/bench"
    if not os.access(program, os.X_OK):
        raise SetupError(f"{program}: expected the program, found none: `make bench` "
                         "builds it on an ARM machine")
    for governor in governors():
        log_message(f"bench: warning: frequencies change ({governor}): figures will not repeat; "
                    "set the governor `performance`")
    cpu = max(os.sched_getaffinity(0))
    ran = subprocess.run(
        ["taskset", "-c", str(cpu), str(program), "--tests", options.tests],
        env=dict(os.environ, BENCH_CYCLES="1"), check=False,
        stdout=subprocess.PIPE, text=True, errors="replace")
    try:
        rows = bench.parse(ran.stdout, platform.node() or "native", platform.release(),
                           options.mode)
    except ValueError as error:
        raise SetupError(f"{program}: {error}") from error
    return rows, not ran.returncode


# ---- results ----

def keep(rows: Sequence[bench.Row], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([row.as_json() for row in rows], indent=1)
    for name, content in (("bench.json", text + "\n"), ("bench.svg", bench.svg(rows)),
                          ("bench.html", bench.page(rows))):
        (folder / name).write_text(content, encoding="utf-8")


def keep_baselines(rows: Sequence[bench.Row], folder: Path = BASELINES) -> None:
    """One line for each row, so that a change reads well in a diff."""
    folder.mkdir(parents=True, exist_ok=True)
    for target in dict.fromkeys(row.target for row in rows):
        lines = [json.dumps({
            "target": row.target, "kernel": row.kernel, "mode": row.mode, "name": row.name,
            "vcpus": row.vcpus, "slots": row.slots, "rounds": [round(row.ns, 2)],
        }) for row in rows if row.target == target]
        path = folder / f"{target}.json"
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        log_message(f"bench: {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")


def run(options: argparse.Namespace) -> int:
    base = read_rows(options.base) if options.base else []
    rows, good = run_here(options) if options.mode == "native" else emulate(options)
    if not rows:
        raise SetupError(f"expected measurements, got none (TESTS={options.tests})")
    keep(rows, options.results_dir)
    report.write(options.results_dir)
    print(f"{bench.unit(rows)} for one operation\n")
    print(bench.table(rows))
    if options.verbose:
        print(bench.details(rows))
    if options.baseline and good:
        keep_baselines(rows)
    elif options.baseline:
        log_message("bench: no baseline is kept, because something failed")
    slower = False
    if options.base:
        changes = bench.compare(base, rows, options.threshold)
        slower = any(change.word == "slower" for change in changes)
        changed = bench.differences(changes)
        print(f"compared with {options.base}, changes over {options.threshold:g} %:")
        print(changed or "none\n")
    print(f"results: {options.results_dir}/bench.{{json,svg,html}}")
    return summary.EXIT_UNEXPECTED if slower or not good else 0


def main(arguments: Sequence[str]) -> int:
    return cli.main("bench", lambda: run(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
