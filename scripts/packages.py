#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Installs the Debian packages that a command needs.

    packages.py [--dry-run] python|native|run|check|debug|mutants|deb|check-deb|check-arm|lava

`python` needs no packages and only checks Python's version. For root, this program installs the
missing packages. For other users it prints the command to install them; the exit status is then 2.
"""

import sys

# This file has to be valid syntax for older versions, too, or they could not print this message.
if sys.version_info < (3, 11):
    sys.exit("expected Python 3.11 or newer, got %d.%d: Debian 12 has it as python3"
             % sys.version_info[:2])

import argparse
import glob
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli
from scripts.errors import SetupError

BUILD = cli.build_folder()
TAIL_LINES = 15

# A command, or a pattern of a file's path, and the package that contains it.
NATIVE_COMPILER = [
    ("gcc", "gcc"),
    ("/usr/lib/*-linux-gnu*/libc.a", "libc6-dev"),
]
# By architecture that the tests are built for, with the machine names that uname(2) has for it.
CROSS_COMPILERS = [
    (("aarch64", "arm64"), [
        ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
        ("/usr/aarch64-linux-gnu/lib/libc.a", "libc6-dev-arm64-cross"),
    ]),
    (("armv7l", "armv8l", "arm"), [
        ("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf"),
        ("/usr/arm-linux-gnueabihf/lib/libc.a", "libc6-dev-armhf-cross"),
    ]),
]
COMPILERS = [entry for machines, cross in CROSS_COMPILERS
             for entry in (NATIVE_COMPILER if os.uname().machine in machines else cross)]
# Needed to fetch sources and to build.
BUILD_TOOLS = [
    ("make", "make"),
    ("xz", "xz-utils"),
    ("tar", "tar"),
    ("dpkg-deb", "dpkg"),
    ("timeout", "coreutils"),
]
# Needed by `make kselftest`, which tests this machine.
NATIVE = NATIVE_COMPILER + BUILD_TOOLS
RUN = COMPILERS + BUILD_TOOLS + [
    ("qemu-system-aarch64", "qemu-system-arm"),
    ("qemu-system-arm", "qemu-system-arm"),
    ("fdtput", "device-tree-compiler"),
    ("cpio", "cpio"),
    ("zstd", "zstd"),
]
# Needed to build packages.
DEB = RUN + [
    ("dh", "debhelper"),
    ("dh_dkms", "dh-dkms"),
    ("dpkg-buildpackage", "dpkg-dev"),
    ("fakeroot", "fakeroot"),
]
# Needed to make a root file system of another architecture.
FOREIGN_ROOT = [
    ("mmdebstrap", "mmdebstrap"),
    ("arch-test", "arch-test"),
    ("qemu-arm-static", "qemu-user-static"),
    ("mke2fs", "e2fsprogs"),
]
CHECK_DEB = DEB + FOREIGN_ROOT
CHECK_ARM = RUN + FOREIGN_ROOT + [("git", "git")]
YAML = ("/usr/lib/python3/dist-packages/yaml/__init__.py", "python3-yaml")
# Python's bindings of libclang; the package depends on libclang itself.
LIBCLANG = ("/usr/lib/python3/dist-packages/clang/cindex.py", "python3-clang")
CHECK = DEB + NATIVE_COMPILER + [
    YAML,
    # The name of the package that contains this file changes with gcc's version. gcc depends on it.
    ("/usr/lib/gcc/*/*/libasan.so", "gcc"),
    # libFuzzer. Its path contains clang's version.
    ("clang", "clang"),
    ("/usr/lib/llvm-*/lib/clang/*/lib/*/libclang_rt.fuzzer*.a", "libclang-rt-dev"),
    ("readelf", "binutils"),
    ("sparse", "sparse"),
    ("perl", "perl"),
    ("prove", "perl"),
    ("lintian", "lintian"),
    ("mandoc", "mandoc"),
    ("shellcheck", "shellcheck"),
    # Finds undefined names, even in code that only long runs execute.
    ("pyflakes3", "pyflakes3"),
    # Finds calls that lack an argument, even in such code.
    ("mypy", "mypy"),
    # The Makefiles of the kernel's selftests install with it.
    ("rsync", "rsync"),
    ("git", "git"),
    LIBCLANG,
    # Renders the generated pages, without a display.
    ("chromium", "chromium"),
]
# Needed to build a kernel.
DEBUG = RUN + NATIVE_COMPILER + [
    ("flex", "flex"),
    ("bison", "bison"),
    ("bc", "bc"),
    ("perl", "perl"),
]
# Needed to change C sources by their syntax trees.
MUTANTS = DEBUG + [LIBCLANG]
# Needed to make a Debian tree with LAVA, run LAVA isolated from this machine, and read its logs.
# LAVA's own packages are installed in that tree, not on this machine: see scripts/lava_lab.py.
LAVA = RUN + [
    ("mmdebstrap", "mmdebstrap"),
    ("unshare", "util-linux"),
    ("ip", "iproute2"),
    YAML,
]
GROUPS = {
    "python": [], "native": NATIVE, "run": RUN, "check": CHECK, "debug": DEBUG,
    "mutants": MUTANTS, "deb": DEB, "check-deb": CHECK_DEB, "check-arm": CHECK_ARM, "lava": LAVA,
}


def is_there(wanted: str) -> bool:
    if wanted.startswith("/"):
        return bool(glob.glob(wanted))
    return shutil.which(wanted) is not None


def missing(group: str) -> list[str]:
    """Packages that have the missing files; each once, in the table's order."""
    return list(dict.fromkeys(
        package for wanted, package in GROUPS[group] if not is_there(wanted)))


def install(packages: list[str]) -> str:
    """Installs packages with this machine's apt; returns the reason of a failure, or ""."""
    log = BUILD / "packages.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"installing {' '.join(packages)} (log: {log})", file=sys.stderr, flush=True)
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    apt = ["apt-get", "-y", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]
    with log.open("wb") as out:
        def run(*words: str) -> int:
            return subprocess.run([*apt, *words], stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=out, env=env, check=False).returncode

        # The first attempt fails if apt's package lists are missing or too old.
        install_ = ("--no-install-recommends", "install", *packages)
        status = run(*install_)
        if status:
            status = run("update") or run(*install_)
    if not status:
        return ""
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    return (f"expected apt-get to install {' '.join(packages)}, it ended with status {status}; "
            f"its output is in {log}, which ends:\n" + "\n".join(tail))


def line(packages: list[str]) -> str:
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"


def problem(packages: list[str]) -> str:
    """Why this program cannot install packages, and what to do; empty if it can."""
    if shutil.which("apt-get") is None:
        return ("expected apt-get, which installs missing packages, but found none. "
                f"Install this system's equivalents of {' '.join(packages)}.")
    if os.geteuid() != 0:
        return f"some packages are missing. As root:\n  {line(packages)}"
    return ""


def ensure(group: str) -> str:
    """Installs missing packages; returns the reason of a failure, or ""."""
    packages = missing(group)
    if not packages:
        return ""
    try:
        why = problem(packages) or install(packages)
    except OSError as error:
        return f"{error.filename or BUILD}: {error.strerror}"
    still = [] if why else missing(group)
    return why or (f"expected {' '.join(still)} to install the missing files, it did not"
                   if still else "")


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("group", choices=sorted(GROUPS))
    parser.add_argument("--dry-run", action="store_true",
                        help="print what would be installed, and install nothing")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    if options.dry_run:
        packages = missing(options.group)
        if packages:
            print(line(packages))
        return 0
    if why := ensure(options.group):
        raise SetupError(why)
    return 0


def main(arguments: list[str]) -> int:
    return cli.main("packages.py", lambda: run(parse(arguments)),
                    "the next run continues from there")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
