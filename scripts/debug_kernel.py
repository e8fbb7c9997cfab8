#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Builds a kernel that Debian does not package, from Debian's source.

    debug_kernel.py FRAGMENT [--arch ARCH] [--suite SUITE]
                                6.1, or the kernel of a suite, with allnoconfig and the
                                options in FRAGMENT

Prints a folder with vmlinuz, config, System.map, release and for 32-bit ARM headers/, the
folder for make -C to build modules with. The folder is kept in the cache of fetch.py, and
rebuilt only if the fragment changes. A build takes some minutes and 3 GB of disk, of
which 200 MB stay.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import apt, cache, cli, fetch, module, processes
from scripts.errors import SetupError

# The parts of a built kernel's source tree that a build of modules needs.
HEADERS = ("arch/arm", "include", "scripts")
NOT_HEADERS = ("arch/arm/boot",)


# For each architecture: names of machines that need no cross compiler, and the compiler's prefix.
COMPILERS = {"arm": (module.ARM_MACHINES, module.CROSS),
             "arm64": (("aarch64", "arm64"), "aarch64-linux-gnu")}


def make(source: Path, what: str, *arguments: str, arch: str = "arm") -> None:
    machines, prefix = COMPILERS[arch]
    cross = [] if os.uname().machine in machines else [f"CROSS_COMPILE={prefix}-"]
    processes.run(["make", "-s", "-C", str(source), f"-j{os.cpu_count() or 1}", f"ARCH={arch}",
                   "KBUILD_BUILD_USER=vgic-abi", "KBUILD_BUILD_HOST=localhost",
                   *cross, *arguments], what)


def configure(source: Path, fragment: Path, arch: str = "arm") -> None:
    """Raises SetupError if an option of the fragment is not in the configuration."""
    make(source, "configuring the kernel", f"KCONFIG_ALLCONFIG={fragment.absolute()}",
         "allnoconfig", arch=arch)
    got = set((source / ".config").read_text(encoding="utf-8").splitlines())
    wanted = [line for line in fragment.read_text(encoding="utf-8").splitlines()
              if line.startswith("CONFIG_") and not line.endswith("=n")]
    missing = [line for line in wanted if line not in got]
    if missing:
        raise SetupError(f"{fragment}: expected the configuration to have "
                         f"{', '.join(missing)}, it does not: an option on which that depends "
                         "is missing")


def unpack(source: Path, suite: str | None = None) -> None:
    """The source of a suite's kernel, or 6.1's."""
    def get(state: apt.Apt) -> None:
        package = fetch.kernel_source(state) if suite else fetch.KSRC_PACKAGE
        with tempfile.TemporaryDirectory(dir=source.parent) as scratch:
            deb = state.download(package, Path(scratch))
            processes.pipe(
                [["dpkg-deb", "--fsys-tarfile", str(deb)],
                 ["tar", "-x", "-O", f"./usr/src/{package}.tar.xz"],
                 ["tar", "-x", "-J", "-C", str(source), "--strip-components=1",
                  "--no-same-owner"]],
                f"unpacking {package}")

    apt.Apt(suite or fetch.KSRC_SUITE, "arm64").with_lists(get)


def keep_headers(source: Path) -> None:
    """Removes everything from a source tree that a build of modules does not need."""
    kept = {source / name for name in HEADERS}
    for path in source.iterdir():
        if path.is_dir() and path not in {source / Path(name).parts[0] for name in HEADERS}:
            shutil.rmtree(path)
    for path in (source / "arch").iterdir():
        if path.is_dir() and path not in kept:
            shutil.rmtree(path)
    for name in NOT_HEADERS:
        shutil.rmtree(source / name)
    for name in ("vmlinux", "vmlinux.o", "vmlinux.a"):
        (source / name).unlink(missing_ok=True)
    for path in (source / "arch/arm").rglob("*.[oa]"):
        path.unlink()


# The image of each architecture, and what else is built.
IMAGES = {"arm": ("zImage", "modules"), "arm64": ("Image",)}


def build(folder: Path, fragment: Path, arch: str, suite: str | None) -> None:
    source = folder / "headers"
    source.mkdir()
    unpack(source, suite)
    configure(source, fragment, arch)
    processes.say(f"building a kernel with {fragment.name} (some minutes, once)")
    make(source, "building the kernel", *IMAGES[arch], arch=arch)
    shutil.copy(source / "arch" / arch / "boot" / IMAGES[arch][0], folder / "vmlinuz")
    shutil.copy(source / ".config", folder / "config")
    shutil.copy(source / "System.map", folder)
    shutil.copy(source / "include/config/kernel.release", folder / "release")
    if arch == "arm":
        keep_headers(source)
    else:
        # No modules are built for such a kernel.
        shutil.rmtree(source)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fragment", type=Path)
    parser.add_argument("--arch", choices=sorted(IMAGES), default="arm")
    parser.add_argument("--suite", help="the suite of the kernel; default: 6.1")
    return parser.parse_args(arguments)


def run(fragment: Path, arch: str, suite: str | None) -> int:
    if not fragment.is_file():
        raise SetupError(f"expected a configuration in {fragment}, found none")
    digest = hashlib.sha256(fragment.read_bytes()).hexdigest()[:8]
    of_suite = f"-{suite}" if suite else ""
    print(cache.cached(f"kernels/{fragment.stem}-{arch}-{digest}{of_suite}",
                       lambda folder: build(folder, fragment, arch, suite)))
    return 0


def main(arguments: Sequence[str]) -> int:
    return cli.main("debug_kernel.py", lambda: run(**vars(parse(arguments))),
                    "no partial build is left")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
