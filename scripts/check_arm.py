#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make check-arm`: `make kselftest` on an ARM machine, as the README describes it.

    check_arm.py [--verbose] [--root]

The machine is a Debian for arm64 that QEMU emulates. It has /dev/kvm and a compiler, but no cross
compilers, no QEMU and no network. It clones this tree, uncommitted changes included, builds the
suite and runs it on its own KVM. It gets the kernel's source on a disk, because it cannot fetch
it. --root only makes the root file system. The console's output goes to
build/check-arm/console.log.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, emulated_debian, fetch, processes

DEBIAN = emulated_debian.Debian(
    name="kselftest", folder="check-arm", arch="arm64",
    packages=("gcc", "git", "kmod", "libc6-dev", "linux-image-arm64", "make", "python3",
              "xz-utils"),
    # The machine of the target arm64-gicv3.
    machine=("-machine", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a76",
             "-smp", "2", "-m", "2G"),
    # The suite is compiled under emulation.
    limit_s=5400)
STEPS = ("clone", "packages", "one", "results", "all", "programs")


def clone(folder: Path) -> Path:
    """A bare repository whose `main` is this tree, uncommitted changes included."""
    git = ["git", "-C", str(ROOT)]
    now = processes.run([*git, "stash", "create"], "looking for uncommitted changes").strip()
    bare = folder / "vgic-abi.git"
    processes.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], "making a clone")
    processes.run([*git, "push", "-q", str(bare), f"{now or 'HEAD'}:refs/heads/main"],
                  "making a clone")
    return bare


def files(folder: Path) -> dict[str, Path]:
    # The machine looks for the source by its name in the cache. KSRC= may have any name.
    os.environ.pop("KSRC", None)
    source = fetch.fetch_ksrc()
    return {"init": emulated_debian.GUEST / "arm-check", "vgic-abi.git": clone(folder),
            f"cache/{source.name}": source}


def main(arguments: Sequence[str]) -> int:
    return cli.main("check_arm.py", lambda: emulated_debian.check(
        __doc__, arguments, DEBIAN, STEPS, files))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
