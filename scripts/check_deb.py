#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make check-deb`: installs the packages in a Debian for 32-bit ARM that QEMU emulates.

    check_deb.py [--verbose] [--root]

Boots Debian's kernel with the virtualization extensions, and has DKMS build the module there.
--root makes the root file system only. The console's output goes to build/check-deb/console.log.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, deb, emulated_debian

DEBIAN = emulated_debian.Debian(
    name="dkms", folder="check-deb", arch="armhf",
    # Without recommended packages, dkms does not depend on a compiler.
    packages=("adduser", "dkms", "gcc", "kmod", "libc6-dev", "linux-headers-armmp-lpae",
              "linux-image-armmp-lpae", "make", "udev"),
    # The machine of the target armv7-ref; targets.toml says why this emulator is used.
    machine=("-machine", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a15",
             "-smp", "2", "-m", "1G"),
    # DKMS compiles under emulation: for four minutes on an idle host, far longer on a busy one.
    limit_s=3000)
STEPS = ("install", "group", "modprobe", "device", "tests", "run", "vgic-run", "rmmod",
         "gone", "remove", "removed")


def files(folder: Path) -> dict[str, Path]:
    packages = {path.name: path for path in deb.build_all([DEBIAN.arch], folder)}
    return {"init": emulated_debian.GUEST / "deb-check", **packages}


def main(arguments: Sequence[str]) -> int:
    return cli.main("check_deb.py", lambda: emulated_debian.check(
        __doc__, arguments, DEBIAN, STEPS, files))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
