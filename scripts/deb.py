#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Builds the Debian packages, for other machines than this one.

    deb.py [--arch ARCH]...     default: armhf and arm64

Leaves them in build/deb and prints their paths. They are made in a copy of the
sources, with the cross compilers of the tests and files from fetch.py. Programs that
`make selftests` and `make vgic-run` have built are not built again.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import apt, cache, cli, fetch, processes
from scripts.errors import SetupError

# The packages' sources. Files that a build left beside them are not copied.
PARTS = ("COPYING", "Documentation/man", "Kbuild", "arch", "debian", "dkms.conf", "include",
         "selftests", "scripts/vgic-abi", "vgic-run", "virt")
BUILT = ("*.o", "*.ko", "*.mod", "*.mod.c", ".*.cmd", "*.a", "__pycache__",
         # Left by a build of packages in the source tree.
         "built", "ksrc", ".debhelper", "*.substvars", "*.debhelper", "files")
# Debian's names of architectures, and the folders in which programs are built for them.
ARCHES = {"armhf": "arm", "arm64": "arm64"}
LIMIT_S = 1800


def copy_sources(folder: Path) -> None:
    for part in PARTS:
        source, to = ROOT / part, folder / part
        to.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, to, ignore=shutil.ignore_patterns(*BUILT))
        else:
            shutil.copy2(source, to)


def listed(package: str, suite: str, arch: str) -> tuple[str, str]:
    """A package's source and version, according to the lists that it was fetched with."""
    lists = apt.Apt(suite, arch)
    try:
        control = lists.show(package)
    except SetupError:
        control = lists.with_lists(lambda fresh: fresh.show(package))
    # "Source: name", or "Source: name (version)" if the versions differ.
    source = re.fullmatch(r"(\S+)(?: \((\S+)\))?", apt.field(control, "Source") or package)
    version = apt.field(control, "Version")
    if not source or not version:
        raise SetupError(f"expected the source of {package} in the list of packages of {suite}")
    return source[1], source[2] or version


def kernel_source(ksrc: Path) -> str:
    """The source package of the selftest library."""
    name, version = listed(fetch.KSRC_PACKAGE, fetch.KSRC_SUITE, "arm64")
    numbers = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)$",
                              (ksrc / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    upstream = ".".join(numbers.get(key, "") for key in ("VERSION", "PATCHLEVEL", "SUBLEVEL"))
    # The lists may be newer than what is in the cache.
    return f"{name} (= {version if version.startswith(f'{upstream}-') else f'{upstream}-1'})"


def c_library_source(arch: str) -> str:
    """The source package of the C library that the compiler for `arch` links with."""
    native = apt.machine_arch() == arch
    package = f"libc6-dev:{arch}" if native else f"libc6-dev-{arch}-cross"
    form = "${source:Package} (= ${source:Version}), ${Built-Using}"
    field = processes.run(["dpkg-query", "-W", "-f", form, package], f"querying {package}")
    # A cross compiler's library is built from cross-toolchain-base, whose Built-Using names glibc.
    found = re.search(r"\bglibc \(= [^)]+\)", field)
    if not found:
        raise SetupError(f"expected {package} to be built from glibc, got '{field.strip()}'")
    return found[0]


def built_using(arch: str, ksrc: Path) -> str:
    """The source packages of what the static programs contain: the field Built-Using."""
    libfdt, version = listed("libfdt-dev", apt.machine_suite(), arch)
    sources = [f"{libfdt} (= {version})", c_library_source(arch)]
    # A source that KSRC= names is not a package of Debian's.
    if not os.environ.get("KSRC"):
        sources.append(kernel_source(ksrc))
    return ", ".join(sources)


def build(arch: str, everything: bool, folder: Path) -> list[Path]:
    """The packages of one architecture, and with `everything` the architecture-independent ones."""
    work = folder / "work" / arch
    source = work / "vgic-abi"
    shutil.rmtree(work, ignore_errors=True)
    copy_sources(source)
    # The options and variables of the make that runs this script are not for dpkg-buildpackage.
    env = {name: value for name, value in os.environ.items()
           if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "OUTPUT", "ARCH",
                           "CROSS_COMPILE", "TESTS", "KERNEL", "MODULE")}
    ksrc = fetch.fetch_ksrc()
    env |= {"KSRC": str(ksrc), "LIBFDT": str(fetch.fetch_libfdt(arch)),
            "BUILT_USING": built_using(arch, ksrc),
            "SELFTESTS_OUTPUT": str(cache.BUILD / "selftests" / ARCHES[arch]),
            "VGIC_RUN_OUTPUT": str(cache.BUILD / "vgic-run" / ARCHES[arch]),
            "LC_ALL": "C",
            "DEB_BUILD_OPTIONS": f"nocheck noautodbgsym parallel={os.cpu_count() or 1}"}
    # -d: do not check build dependencies for `arch`, since a cross compiler is enough.
    command = ["timeout", str(LIMIT_S), "dpkg-buildpackage", f"-a{arch}", "-d", "-nc", "-us", "-uc",
               "-b" if everything else "-B"]
    processes.say(f"building the packages for {arch}")
    log = work / "build.log"
    with log.open("wb") as out:
        ran = subprocess.run(command, cwd=source, env=env, stdin=subprocess.DEVNULL,
                             stdout=out, stderr=out, check=False)
    if ran.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        raise SetupError("\n".join([*tail, f"expected dpkg-buildpackage to build the packages "
                                    f"for {arch}, it ended with status {ran.returncode}; "
                                    f"its output is in {log}"]))
    return sorted(work.glob("*.deb"))


def build_all(arches: Sequence[str], folder: Path) -> list[Path]:
    """Builds all packages in `folder`, and removes packages of earlier versions."""
    made = [deb for number, arch in enumerate(arches) for deb in build(arch, not number, folder)]
    for old in folder.glob("*.deb"):
        old.unlink()
    return [Path(shutil.move(deb, folder / deb.name)) for deb in made]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arch", action="append", choices=ARCHES)
    return parser.parse_args(arguments)


def run(arches: Sequence[str]) -> int:
    for deb in build_all(arches, cache.BUILD / "deb"):
        print(deb)
    return 0


def main(arguments: Sequence[str]) -> int:
    return cli.main("deb.py", lambda: run(parse(arguments).arch or list(ARCHES)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
