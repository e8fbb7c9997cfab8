#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Builds a kernel, boots it, runs one rule: for `git bisect run`.

In the kernel's tree, with a good and a bad commit named:

    git bisect start BAD GOOD
    git bisect run .../scripts/bisect_rule.py --rule errors.twice_same

The kernel is built with `make` for arm64, with the tree's .config or, without one, `defconfig`;
--build-command replaces that. The kernel is bad if it breaks the rule in any dialect or variant,
even if that is a known deviation. To find the commit that fixed a rule:

    git bisect start --term-old=broken --term-new=mended NEW OLD
    git bisect run .../scripts/bisect_rule.py --rule sparse.line_by_id --find mended

Exit status, as git expects it:
    0     good: the rule is kept                (with --find mended: it is broken)
    1     bad: the rule is broken               (with --find mended: it is kept)
    125   no verdict: the kernel does not build or boot, or the rule skips
    128+  git stops: an error in the command line, a missing tool, or Ctrl-C
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.ktap import ABSENT_RESULT  # noqa: E402
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED  # noqa: E402

GOOD, BAD, SKIP, ABORT, INTERRUPTED = 0, 1, 125, 128, 130

RUNNER = ROOT / "scripts" / "run.py"
RUNNER_USAGE, RUNNER_INTERRUPTED = 2, 130
IMAGE = "arch/arm64/boot/Image"
# Results that are about the machine, and not about a rule.
MACHINE = ("target.boot", "target.features")
LOG_LINES = 15


class Stop(Exception):
    """Ends the script with a reason; status is the exit status for git."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def say(text: str) -> None:
    print(f"bisect: {text}", file=sys.stderr, flush=True)


# ---- build ----

def default_build(tree: Path) -> str:
    if not (tree / "Kconfig").is_file():
        raise Stop(ABORT, f"{tree}: expected a kernel's tree here, found no Kconfig; "
                          "or name another --build-command")
    cross = "" if platform.machine() in ("aarch64", "arm64") else "aarch64-linux-gnu-"
    make = f"make -s ARCH=arm64 CROSS_COMPILE={cross} -j{os.cpu_count() or 1}"
    config = "olddefconfig" if (tree / ".config").exists() else "defconfig"
    return f"{make} {config} && {make} Image"


def build(command: str, tree: Path, image: Path, limit_s: float | None) -> None:
    """Runs the build command. Raises Stop if it makes no kernel."""
    # An image of an earlier commit must not be used.
    if image.is_file() and not image.is_symlink():
        image.unlink()
    say(f"building: {command}")
    process = subprocess.Popen(["sh", "-c", command], cwd=tree, stdin=subprocess.DEVNULL,
                               stdout=sys.stderr, start_new_session=True)
    try:
        status = process.wait(limit_s)
    except subprocess.TimeoutExpired as error:
        raise Stop(SKIP, f"the build still ran after {limit_s:g} s") from error
    finally:
        if process.poll() is None:
            # The compilers that the build started are in this process group, too.
            os.killpg(process.pid, 9)
            process.wait()
    if status in (126, 127):
        raise Stop(ABORT, f"the build command cannot be run (status {status})")
    if status:
        raise Stop(SKIP, f"the build failed with status {status}")
    if not image.is_file():
        raise Stop(ABORT, f"expected the build to leave {image}, it did not; see --image")


# ---- run ----

def runner_command(options: argparse.Namespace, image: Path, results: str) -> list[str]:
    command = [sys.executable, str(RUNNER), "--target", options.target, "--tests", options.rule,
               "--kernel", str(image), "--results-dir", results]
    for name in ("build", "module", "busybox"):
        if getattr(options, name):
            command += [f"--{name}", str(Path(getattr(options, name)).absolute())]
    return command


def run_once(options: argparse.Namespace, image: Path) -> list[dict[str, Any]]:
    """The results of one boot. Raises Stop if the runner leaves none."""
    with tempfile.TemporaryDirectory(prefix="bisect.") as folder:
        done = subprocess.run(runner_command(options, image, folder), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False)
        if done.returncode == RUNNER_INTERRUPTED:
            raise KeyboardInterrupt
        try:
            text = Path(folder, options.target, "summary.json").read_text(encoding="utf-8")
        except OSError as error:
            output = (done.stderr or done.stdout).strip().splitlines()[-LOG_LINES:]
            raise Stop(ABORT, "the runner left no results:\n  " + "\n  ".join(output)) from error
    found = json.loads(text)
    say(f"booted: {found['kernel']}")
    return found["results"]


def judge(results: Sequence[dict[str, Any]], rule: str) -> tuple[str, str]:
    """Returns a verdict (good, bad, skip or "no machine") and the reason for it."""
    mine = [r for r in results if rule in (r["rule"], r["test"])]
    for result in mine:
        if result["outcome"] in (FAILED, XFAILED):
            return "bad", f"{result['test']}: {result['message'].splitlines()[0]}"
    for result in results:
        if result["test"] in MACHINE and result["outcome"] == FAILED:
            return "no machine", f"{result['test']}: {result['message'].splitlines()[0]}"
    for result in mine:
        if result["outcome"] == NOT_RUN:
            return "skip", f"{result['test']} was not run: {result['message'].splitlines()[0]}"
    kept = [r["test"] for r in mine if r["outcome"] in (PASSED, XPASSED)]
    if kept:
        return "good", f"{rule} is kept, in {len(kept)} of {len(mine)} variants; " \
                       "the others do not apply"
    absent = [r for r in results if r["test"].startswith(ABSENT_RESULT)]
    reasons = {r["message"].splitlines()[0] for r in mine or absent
               if r["outcome"] == SKIPPED and r["message"]}
    return "skip", f"{rule} does not apply: {'; '.join(sorted(reasons)) or 'no test ran'}"


def check_rule(rule: str) -> None:
    from tools import rules
    known = {one.id for one in rules.load()}
    name = rule if rule in known else ".".join(rule.split(".")[::len(rule.split(".")) - 1 or 1])
    if name not in known:
        raise Stop(ABORT, f"--rule {rule}: expected the id of a rule, or a test's name, as "
                          "Documentation/abi/rules.toml has them")


def answer(options: argparse.Namespace) -> int:
    check_rule(options.rule)
    tree = Path.cwd()
    image = (tree / options.image).absolute()
    command = options.build_command
    if command is None:
        command = default_build(tree)
    build(command, tree, image, options.build_limit)
    words = []
    for _ in range(options.repeat):
        word, why = judge(run_once(options, image), options.rule)
        say(f"{word}: {why}")
        words.append(word)
        if word != "good":
            break
    word = words[-1]
    if word == "no machine":
        word = options.no_boot
    if word == "skip":
        return SKIP
    bad = word == "bad"
    return BAD if bad != (options.find == "mended") else GOOD


# ---- the command line ----

def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--rule", required=True, metavar="ID", help="a rule, or one test of it")
    add("--target", default="arm64-gicv2", metavar="NAME", help="default: arm64-gicv2")
    add("--find", choices=("broken", "mended"), default="broken",
        help="the change to look for. Default: broken")
    add("--no-boot", choices=("skip", "bad"), default="skip",
        help="the verdict for a kernel that does not boot, or has no KVM. Default: skip")
    add("--repeat", type=int, default=1, metavar="N",
        help="boots of each kernel; the kernel is good if each boot is. Default: 1")
    add("--build-command", metavar="COMMAND",
        help="a shell command that makes the image, run in the current folder. The old image "
             "is removed first, unless it is a symbolic link: if the link leads to a finished "
             "image, the command can be `:`")
    add("--image", default=IMAGE, metavar="FILE",
        help=f"the image that the build makes. Default: {IMAGE}")
    add("--build-limit", type=float, metavar="SECONDS",
        help="time limit of the build. Default: none")
    add("--module", metavar="FILE", help="as for `make run`, for a 32-bit kernel")
    add("--busybox", metavar="FILE", help="as for `make run`")
    add("--build", default=os.environ.get("BUILD"), metavar="DIR",
        help="where the test programs are built. Default: $BUILD or build/")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as error:
        # argparse's 2 would be "bad" for git.
        raise SystemExit(ABORT if error.code else 0) from error
    if options.repeat < 1:
        raise Stop(ABORT, f"--repeat: expected 1 or more, got {options.repeat}")
    return options


def main(arguments: Sequence[str]) -> int:
    try:
        return answer(parse(arguments))
    except Stop as stop:
        say(str(stop))
        return stop.status
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except Exception as error:  # pylint: disable=broad-except
        # A bug in this script must not blame a commit.
        say(f"{shlex.join(arguments)}: {type(error).__name__}: {error}")
        return ABORT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
