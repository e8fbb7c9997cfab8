# SPDX-License-Identifier: GPL-2.0-only
"""Builds the reference kernel's module for one kernel, away from its sources.

kbuild writes its output beside the sources, so it gets a copy of them for each kernel: the
source tree stays clean, unchanged files are not compiled again, and modules for several
kernels are kept apart.

kbuild takes a second or more to find that there is nothing to do, compares modification times,
and does not notice a different compiler. So the inputs of a module are recorded beside it, and
compared by content.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.compiler_words import Words
from scripts.errors import SetupError
from scripts.processes import GROUP, locked_file, say

# A module's sources, below the top of the tree.
KBUILD = "Kbuild"
FOLDERS = ("arch", "include", "virt")
# A native build may have left other files in the source tree.
SUFFIXES = (".c", ".h", ".S")
NAMES = ("Kbuild", "Makefile")

CROSS = "arm-linux-gnueabihf"
ARM_MACHINES = ("arm", "armv7l", "armv8l")

# Limit of a build, far longer than any takes, and the time that make has to clean up.
LIMIT_S = 3600
KILL_AFTER_S = 10

# Variables of kbuild that users may set.
HANDED_ON = ("V", "C", "W", "CF", "CHECK", "KCFLAGS")
# With one of these, the user wants the output of the build.
SHOWN = ("V", "C", "W")

# In the folder of a build: its inputs.
STATE = ".built-from"
# Build tools, besides the kernel's own programs.
TOOLS = ("gcc", "as", "ld")
# A dependency of an object file, in kbuild's record of it.
DEPENDENCY = re.compile(r"^(?:source_\S+ := | +)([^\s$]\S*)", re.MULTILINE)


def sources(root: Path) -> dict[str, Path]:
    """The files that the module is built from, by their path below root.

    Raises SetupError if there is no module to build.
    """
    if not (root / KBUILD).is_file():
        raise SetupError(f"expected the module's {KBUILD} in {root}, found none; "
                         "name a built module with MODULE=")
    found = {KBUILD: root / KBUILD}
    for top in FOLDERS:
        for folder, _, names in os.walk(root / top):
            for name in names:
                if name in NAMES or name.endswith(SUFFIXES):
                    path = Path(folder, name)
                    found[str(path.relative_to(root))] = path
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(files: Mapping[str, Path]) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files.items()}


def copy(contents: Mapping[str, bytes], folder: Path) -> None:
    """Writes files that are missing or differ.

    A written file is newer than all objects, so that make rebuilds its dependents.
    """
    for name, content in contents.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


# ---- the inputs of a build ----


def _signature(path: Path) -> list[int] | None:
    """Attributes that change with a file's content; None if the file does not exist."""
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_ino, status.st_size, status.st_mtime_ns]


def _tools(machine: str) -> dict[str, list[Any]]:
    prefix = "" if machine in ARM_MACHINES else f"{CROSS}-"
    found = {}
    for tool in TOOLS:
        path = shutil.which(prefix + tool)
        real = Path(path).resolve() if path else Path()
        found[prefix + tool] = [str(real), _signature(real)]
    return found


def _dependencies(headers: Path, folder: Path) -> Iterable[Path]:
    """Files outside of `folder` that objects in it depend on."""
    names: set[str] = set()
    for path in folder.rglob(".*.cmd"):
        names.update(DEPENDENCY.findall(path.read_text(encoding="utf-8", errors="replace")))
    # Relative to where kbuild runs.
    found = {headers / name for name in names}
    for name in ("Makefile", ".config", "Module.symvers", "include/config/auto.conf"):
        found.add(headers / name)
    found.update(path for path in (headers / "scripts").glob("*"))
    return (path for path in found if not path.is_relative_to(folder) and path.is_file())


class State:
    """The inputs that the folder of a build was made from, as far as they are known.

    If `kernel` changes, all is rebuilt, since kbuild would not notice.
    `sources` are digests. `module` and `command` are those of the last build that
    succeeded.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / STATE
        try:
            self.recorded = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.recorded = {}

    def write(self, **what: Any) -> None:
        self.recorded = what
        new = self._path.with_name(f"{STATE}.new")
        new.write_text(json.dumps(what), encoding="utf-8")
        os.replace(new, self._path)

    @property
    def headers(self) -> Path:
        """The folder that kbuild ran in."""
        return Path(self.recorded["kernel"]["headers"])

    def sources(self) -> dict[str, str]:
        return self.recorded.get("sources", {})

    def same_kernel(self, headers: Path, tools: dict[str, list[Any]]) -> bool:
        """True if headers and compiler are those of the earlier build."""
        kernel = self.recorded.get("kernel", {})
        return (kernel.get("headers") == str(headers) and kernel.get("tools") == tools
                and all(_signature(Path(path)) == there
                        for path, there in kernel["files"].items()))


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    """Waits for other builds in the folder, which would overwrite the same files."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked_file(folder.parent / f".lock-{folder.name}",
                     f"waiting for another process that builds in {folder}"):
        yield


def command(headers: Path, folder: Path, environment: Mapping[str, str],
            machine: str) -> list[str]:
    """The make command; machine is the machine name of uname(2) on this host."""
    cross = [] if machine in ARM_MACHINES else [
        # Debian's headers read these to notice a cross build; the build machine's name need not
        # be right, only different.
        "DEB_BUILD_ARCH=build", "DEB_HOST_ARCH=armhf",
        f"DEB_HOST_GNU_TYPE={CROSS}", f"CC={CROSS}-gcc",
        # Headers of a kernel that was built from source read these.
        "ARCH=arm", f"CROSS_COMPILE={CROSS}-"]
    handed_on = [f"{name}={environment[name]}" for name in HANDED_ON
                 if environment.get(name)]
    quiet = [] if environment.get("V") else ["-s"]
    # --output-sync keeps the messages about one file together, in a parallel build.
    return ["make", *quiet, "--no-print-directory", "--output-sync=target",
            f"-j{os.cpu_count() or 1}", "-C", str(headers), f"M={folder}", *cross, *handed_on,
            "modules"]


def _run(make: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Runs make, which ends with this program at the latest.

    Returns its status and its first error message.
    """
    def print_line(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    words = Words(print_line)
    # A compiler may outlive the shell that make started it by. timeout has a process group of its
    # own and ends the whole group, with SIGKILL if necessary.
    group = GROUP.get()
    with group.started(["timeout", "--kill-after", str(KILL_AFTER_S), str(LIMIT_S), *make],
                       env=environment, stdin=subprocess.DEVNULL, text=True, errors="replace",
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for line in process.stdout:
            if environment.get("V"):
                print_line(line.rstrip("\n"))
            else:
                words.feed(line.rstrip("\n"))
        words.end()
        status = process.wait()
    group.check()
    return status, words.error


def build(name: str, root: Path, headers: Path, folder: Path) -> Path:
    """Returns the module `name` of the sources in root, built in folder.

    headers is the folder that fetch.py has for the kernel. make's output goes to standard
    error. Raises SetupError if the build fails.
    """
    # The kernel's own Makefile would fail with the number of a line and no reason.
    for path in (headers, folder):
        if any(c in str(path) for c in " :\t"):
            raise SetupError(f"expected a path without spaces and colons to build {name} "
                             f"in, got {path}; point BUILD= or VGIC_ABI_CACHE= elsewhere")
    for tool, package in (("make", "make"), ("setpriv", "util-linux"),
                          ("timeout", "coreutils")):
        if not shutil.which(tool):
            raise SetupError(f"expected the command {tool} to build {name}, found none; "
                             f"apt-get install {package}")
    files = sources(root.absolute())
    try:
        with _exclusive(folder):
            return _built(name, files, headers, folder)
    except OSError as error:
        raise SetupError(f"cannot build {name} in {folder}: {error.filename or ''}: "
                         f"{error.strerror}") from error


def _built(name: str, files: Mapping[str, Path], headers: Path, folder: Path) -> Path:
    machine = os.uname().machine
    make = command(headers, folder, os.environ, machine)
    contents = read(files)
    digests = {path: _digest(content) for path, content in contents.items()}
    tools = _tools(machine)
    state = State(folder)
    built = folder / name
    same = state.same_kernel(headers, tools)
    if (same and state.sources() == digests and state.recorded.get("command") == make
            and not any(os.environ.get(variable) for variable in SHOWN)
            and built.is_file() and state.recorded.get("module") == _digest(built.read_bytes())):
        return built

    # kbuild does not notice a removed header, or a new one that hides another.
    if not same or state.sources().keys() != digests.keys() or (
            state.sources()[KBUILD] != digests[KBUILD]):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        state = State(folder)
    say(f"building {name} for {folder.name}")
    copy(contents, folder)
    kernel = {"headers": str(headers), "tools": tools, "files": {}}
    # Record the inputs before the build, which may be interrupted.
    state.write(kernel={**kernel, "files": state.recorded.get("kernel", kernel)["files"]},
                sources=digests)
    # Options and variables of the make that runs this script are not for kbuild.
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES",
                                  "KBUILD_OUTPUT", "O", "M", "ARCH", "CROSS_COMPILE")}
    status, error = _run(make, environment)
    if status:
        raise SetupError(f"cannot build {name}: make ended with status {status}"
                         + (f": {error}" if error else ", see above"))
    if not built.is_file():
        raise SetupError(f"expected {KBUILD} to build {name}, it did not")
    kernel["files"] = {str(path): _signature(path) for path in _dependencies(headers, folder)}
    state.write(kernel=kernel, sources=digests, command=make,
                module=_digest(built.read_bytes()))
    return built
