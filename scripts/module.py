# SPDX-License-Identifier: GPL-2.0-only
"""Builds the reference kernel's module for one kernel, away from its sources.

kbuild leaves what it makes beside the sources, so it is shown a folder of links
to them, one for each kernel: the source tree stays clean, a file that was not
touched is not compiled again, and modules for several kernels are kept apart.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.compiler_words import Words
from scripts.errors import SetupError

# What a module is built from, below the top of the sources.
KBUILD = "Kbuild"
FOLDERS = ("arch", "include", "virt")
# So that what a native build left in the source tree is not taken for a source.
SUFFIXES = (".c", ".h", ".S")
NAMES = ("Kbuild", "Makefile")

CROSS = "arm-linux-gnueabihf"
ARM_MACHINES = ("arm", "armv7l", "armv8l")

# Far beyond what any build takes; and what make has to clean up.
LIMIT_S = 3600
KILL_AFTER_S = 10

# Variables of kbuild that are a user's business.
HANDED_ON = ("V", "C", "W", "CF", "CHECK", "KCFLAGS")


def sources(root: Path) -> dict[str, Path]:
    """The files that the module is built from, by their path below root.

    Raises SetupError if there is no module to build.
    """
    if not (root / KBUILD).is_file():
        raise SetupError(f"expected the module's {KBUILD} in {root}, found none; "
                         "give a module that is built already with MODULE=")
    found = {KBUILD: root / KBUILD}
    for top in FOLDERS:
        for folder, _, names in os.walk(root / top):
            for name in names:
                if name in NAMES or name.endswith(SUFFIXES):
                    path = Path(folder, name)
                    found[str(path.relative_to(root))] = path
    return found


def mirror(files: Mapping[str, Path], folder: Path) -> None:
    """Makes a folder's links those to `files`; what kbuild made stays, if it can.

    It cannot after a file was removed, because kbuild takes no notice of a header
    that is gone; and not if links led to another tree, because kbuild compares
    times, and that tree's files may be newer than these.
    """
    there = {str(path.relative_to(folder)): Path(os.readlink(path))
             for path in folder.rglob("*") if path.is_symlink()}
    if any(files.get(name) != source for name, source in there.items()):
        shutil.rmtree(folder)
        there = {}
    for name in files.keys() - there.keys():
        link = folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(files[name])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two builds in one folder would spoil each other's files."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".lock-{folder.name}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def command(headers: Path, folder: Path, environment: Mapping[str, str],
            machine: str) -> list[str]:
    """The make command; machine is this host's name of uname(2)."""
    cross = [] if machine in ARM_MACHINES else [
        # Debian's headers look at these to find out that they are used elsewhere;
        # the build machine's name need not be right, only another one.
        "DEB_BUILD_ARCH=build", "DEB_HOST_ARCH=armhf",
        f"DEB_HOST_GNU_TYPE={CROSS}", f"CC={CROSS}-gcc",
        # ... and those of a kernel that was built from source at these.
        "ARCH=arm", f"CROSS_COMPILE={CROSS}-"]
    handed_on = [f"{name}={environment[name]}" for name in HANDED_ON
                 if environment.get(name)]
    quiet = [] if environment.get("V") else ["-s"]
    # In one piece, what is said of one file: others are compiled at the same time.
    return ["make", *quiet, "--no-print-directory", "--output-sync=target",
            f"-j{os.cpu_count() or 1}", "-C", str(headers), f"M={folder}", *cross, *handed_on,
            "modules"]


def _run(make: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Runs make to its end, or until this program's, however that comes about.

    Returns its status, and the first error that it told.
    """
    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    words = Words(say)
    # A compiler may outlive the shell that make started it by. timeout has a process
    # group of its own and ends all of it, the deaf ones by SIGKILL.
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "--",
         "timeout", "--kill-after", str(KILL_AFTER_S), str(LIMIT_S), *make],
        env=environment, stdin=subprocess.DEVNULL, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for line in process.stdout:
            if environment.get("V"):
                say(line.rstrip("\n"))
            else:
                words.feed(line.rstrip("\n"))
        words.end()
        return process.wait(), words.error
    except BaseException:
        process.terminate()
        process.wait()
        raise


def build(name: str, root: Path, headers: Path, folder: Path) -> Path:
    """Returns the module `name` of the sources in root, built in folder.

    headers is what fetch.py has for the kernel. What make says goes to standard
    error. Raises SetupError if it does not come to a module.
    """
    # Of the kernel's own Makefile; it names a line of it, and no reason.
    for path in (headers, folder):
        if any(c in str(path) for c in " :\t"):
            raise SetupError(f"expected a path without spaces and colons to build {name} "
                             f"in, got {path}; point BUILD= or VGIC_ABI_CACHE= elsewhere")
    for tool, package in (("make", "make"), ("setpriv", "util-linux"),
                          ("timeout", "coreutils")):
        if not shutil.which(tool):
            raise SetupError(f"expected the command {tool} to build {name}, found none; "
                             f"apt-get install {package}")
    # Options and variables of the make that runs this are not for the kernel's.
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES",
                                  "KBUILD_OUTPUT", "O", "M", "ARCH", "CROSS_COMPILE")}
    files = sources(root.absolute())
    try:
        with _alone(folder):
            mirror(files, folder)
            status, error = _run(command(headers, folder, os.environ, os.uname().machine),
                                 environment)
    except OSError as error:
        raise SetupError(f"cannot build {name} in {folder}: {error.filename or ''}: "
                         f"{error.strerror}") from error
    if status:
        raise SetupError(f"cannot build {name}: make ended with status {status}"
                         + (f": {error}" if error else ", see above"))
    if not (folder / name).is_file():
        raise SetupError(f"expected {KBUILD} to build {name}, it did not")
    return folder / name
