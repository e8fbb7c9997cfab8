#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make check-deb`: installs the packages in a Debian for 32-bit ARM that QEMU emulates.

    check_deb.py [--verbose] [--root]

Makes a root file system with mmdebstrap, once (it is kept in the cache), boots Debian's
kernel with the virtualization extensions on it, and has DKMS build the module there.
--root makes the root file system only. The console's output goes to build/check-deb/console.log.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import apt, cache, cli, deb, processes
from scripts.errors import SetupError

ARCH = "armhf"
# Without recommended packages, dkms does not depend on a compiler.
PACKAGES = ("adduser", "dkms", "gcc", "kmod", "libc6-dev", "linux-headers-armmp-lpae",
            "linux-image-armmp-lpae", "make", "udev")
IMAGE_SIZE = "4G"  # mostly holes
ROOT_LIMIT_S = 3600
# DKMS compiles under emulation: four minutes alone, and far more on a busy machine.
BOOT_LIMIT_S = 3000

BINFMT = Path("/proc/sys/fs/binfmt_misc")
BINFMT_RULE = Path("/usr/lib/binfmt.d/qemu-arm.conf")
GUEST = ROOT / "scripts/guest/deb-check"
# An initramfs with all that might be needed takes a quarter of an hour to collect, under
# emulation. It is made when the kernel is installed, so this has to be there before.
SMALL_INITRAMFS = """set -e
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
echo MODULES=list >"$1/etc/initramfs-tools/conf.d/check-deb"
printf '%s\\n' virtio_pci virtio_blk ext4 >"$1/usr/share/initramfs-tools/modules.d/check-deb"
"""
# Finds the rest on the second disk, so that the image need not change with it.
INIT = """#!/bin/sh
# /run is noexec.
tar -x -f /dev/vdb -C /run && exec sh /run/deb-check
"""
STEPS = ("install", "group", "modprobe", "device", "tests", "run", "vgic-run", "rmmod",
         "gone", "remove", "removed")


@contextlib.contextmanager
def foreign_programs() -> Iterator[None]:
    """Lets this machine run ARM programs, by QEMU, if it cannot do so already."""
    if not subprocess.run(["arch-test", ARCH], capture_output=True, check=False).returncode:
        yield
        return
    processes.say(f"having this machine run programs for {ARCH}, for now")
    mounted = not (BINFMT / "register").exists()
    if mounted:
        processes.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT)],
                      "mounting binfmt_misc")
    try:
        (BINFMT / "register").write_bytes(BINFMT_RULE.read_bytes().strip())
        try:
            yield
        finally:
            (BINFMT / "qemu-arm").write_text("-1")
    finally:
        if mounted:
            subprocess.run(["umount", str(BINFMT)], check=False)


def make_root(folder: Path, suite: str) -> None:
    """A disk image, with its kernel and initramfs beside it."""
    if os.geteuid():
        raise SetupError("expected to be root, to make a root file system")
    mirror = apt.machine_mirror()
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        sources, tree = Path(scratch, "suite.sources"), Path(scratch, "tree")
        sources.write_text("\n".join(["Types: deb", f"URIs: {mirror.site}", f"Suites: {suite}",
                                      "Components: main", *mirror.options]) + "\n")
        with foreign_programs():
            processes.run(["timeout", str(ROOT_LIMIT_S), "mmdebstrap", "--mode=root",
                           f"--architectures={ARCH}", "--variant=minbase",
                           f"--include={','.join(PACKAGES)}",
                           "--aptopt=APT::Install-Recommends \"false\"",
                           "--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/doc/*",
                           "--dpkgopt=path-exclude=/usr/share/man/*",
                           f"--essential-hook={SMALL_INITRAMFS}",
                           suite, str(tree), str(sources)],
                          f"installing a Debian for {ARCH}: some minutes, once")
        finish_root(tree, folder)


def finish_root(tree: Path, folder: Path) -> None:
    for name in ("vmlinuz", "initrd.img"):
        found = list(tree.glob(f"boot/{name}-*"))
        if len(found) != 1:
            raise SetupError(f"expected one {name} in a Debian with a kernel, got {len(found)}")
        shutil.copy(found[0], folder / name)
    (tree / "sbin/vgic-check").write_text(INIT)
    (tree / "sbin/vgic-check").chmod(0o755)
    processes.run(["mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(folder / "root.img"),
                   IMAGE_SIZE], "making the disk image")


def fetch_root() -> Path:
    suite = apt.machine_suite()
    return cache.cached(f"deb-root/{suite}-{ARCH}", lambda folder: make_root(folder, suite))


def boot(root: Path, debs: list[Path], folder: Path, verbose: bool) -> list[str]:
    """The lines of the guest's console that are about checks."""
    disk = folder / "debs.tar"
    with tarfile.open(disk, "w") as tar:
        for path in [*debs, GUEST]:
            tar.add(path, path.name)
    command = [
        "setpriv", "--pdeathsig", "KILL", "--", "timeout", str(BOOT_LIMIT_S),
        # As for the target armv7-ref; targets.toml says why this emulator.
        "qemu-system-aarch64", "-nodefaults", "-no-user-config", "-display", "none",
        "-net", "none", "-no-reboot", "-accel", "tcg,thread=multi",
        "-machine", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a15",
        "-smp", "2", "-m", "1G", "-serial", "stdio",
        "-kernel", str(root / "vmlinuz"), "-initrd", str(root / "initrd.img"),
        "-append", "console=ttyAMA0 root=/dev/vda rw init=/sbin/vgic-check panic=-1 "
                   "mitigations=off cryptomgr.notests",
        # Writes go to a temporary file of QEMU's.
        "-drive", f"if=none,id=root,format=raw,snapshot=on,file={root / 'root.img'}",
        "-device", "virtio-blk-pci,drive=root",
        "-drive", f"if=none,id=debs,format=raw,readonly=on,file={disk}",
        "-device", "virtio-blk-pci,drive=debs"]
    began = time.monotonic()
    said = []
    with (folder / "console.log").open("w", encoding="utf-8") as log, \
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        try:
            for line in process.stdout:
                line = line.rstrip()
                print(line, file=log, flush=True)
                if verbose:
                    processes.say(line)
                if "@check " in line:
                    said.append(line.partition("@check ")[2])
                    print(f"{said[-1]} ({time.monotonic() - began:.0f} s)", flush=True)
        finally:
            process.kill()
    return said


def judge(said: list[str]) -> list[str]:
    """Problems that the lines about checks show."""
    wrong = [line for line in said if line.startswith("failed ")]
    wrong += [f"{step}: expected a result, got none" for step in STEPS
              if not any(line.split()[1:2] in ([step], [f"{step}:"]) for line in said)]
    return wrong


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--verbose", action="store_true", help="show the console")
    parser.add_argument("--root", action="store_true", help="make the root file system only")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    folder = cache.BUILD / "check-deb"
    folder.mkdir(parents=True, exist_ok=True)
    root = fetch_root()
    if options.root:
        print(root)
        return 0
    wrong = judge(boot(root, deb.build_all([ARCH], folder), folder, options.verbose))
    for line in wrong:
        print(f"FAILED {line}; see {folder / 'console.log'}")
    print(f"{len(STEPS)} steps, {len(wrong)} failed")
    return 1 if wrong else 0


def main(arguments: Sequence[str]) -> int:
    return cli.main("check_deb.py", lambda: run(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
