# SPDX-License-Identifier: GPL-2.0-only
"""A Debian for ARM in QEMU, whose process 1 runs a list of steps and reports their results.

check_deb.py and check_arm.py use it. The root file system is made with mmdebstrap, once, and
kept in the cache; writes to it are lost when the machine ends. Process 1 is a script of
scripts/guest, which comes on a second disk with the files that it needs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import apt, cache, processes
from scripts.errors import SetupError

IMAGE_SIZE = "4G"  # mostly holes
ROOT_LIMIT_S = 3600

BINFMT = Path("/proc/sys/fs/binfmt_misc")
BINFMT_RULES = Path("/usr/lib/binfmt.d")
# By Debian's name of the architecture.
USER_EMULATORS = {"armhf": "qemu-arm", "arm64": "qemu-aarch64"}
GUEST = Path(__file__).resolve().parent / "guest"
# The scripts that become process 1 source this file.
COMMON = GUEST / "steps.sh"
# Making an initramfs with all modules takes a quarter of an hour under emulation. It is made when
# the kernel is installed, so this configuration has to be written before that.
SMALL_INITRAMFS = """set -e
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
echo MODULES=list >"$1/etc/initramfs-tools/conf.d/emulated"
printf '%s\\n' virtio_pci virtio_blk ext4 >"$1/usr/share/initramfs-tools/modules.d/emulated"
"""
# Runs the script on the second disk, so that the image does not depend on the script.
INIT = """#!/bin/sh
tar -x -f /dev/vdb -C /srv && exec sh /srv/init
"""


@dataclass(frozen=True)
class Debian:
    """A root file system, and the machine that boots it.

    `packages` are installed without recommended packages. `machine` has arguments of
    qemu-system-aarch64. The machine is ended after `limit_s` seconds. `folder` is the folder of
    console.log, relative to the build folder.
    """

    name: str
    folder: str
    arch: str
    packages: tuple[str, ...]
    machine: tuple[str, ...]
    limit_s: int


# ---- the root file system ----


@contextlib.contextmanager
def foreign_programs(arch: str) -> Iterator[None]:
    """Lets this machine run ARM programs in QEMU, unless it already can."""
    if not subprocess.run(["arch-test", arch], capture_output=True, check=False).returncode:
        yield
        return
    processes.say(f"temporarily making programs for {arch} run on this machine")
    emulator = USER_EMULATORS[arch]
    mounted = not (BINFMT / "register").exists()
    if mounted:
        processes.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT)],
                      "mounting binfmt_misc")
    try:
        rule = (BINFMT_RULES / f"{emulator}.conf").read_bytes()
        (BINFMT / "register").write_bytes(rule.strip())
        try:
            yield
        finally:
            (BINFMT / emulator).write_text("-1")
    finally:
        if mounted:
            subprocess.run(["umount", str(BINFMT)], check=False)


def make_root(folder: Path, debian: Debian, suite: str) -> None:
    """Makes a disk image, and puts its kernel and initramfs into the same folder."""
    if os.geteuid():
        raise SetupError("expected to run as root, which making a root file system needs")
    mirror = apt.machine_mirror()
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        sources, tree = Path(scratch, "suite.sources"), Path(scratch, "tree")
        sources.write_text("\n".join(["Types: deb", f"URIs: {mirror.site}", f"Suites: {suite}",
                                      "Components: main", *mirror.options]) + "\n")
        with foreign_programs(debian.arch):
            processes.run(["timeout", str(ROOT_LIMIT_S), "mmdebstrap", "--mode=root",
                           f"--architectures={debian.arch}", "--variant=minbase",
                           f"--include={','.join(debian.packages)}",
                           "--aptopt=APT::Install-Recommends \"false\"",
                           "--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/doc/*",
                           "--dpkgopt=path-exclude=/usr/share/man/*",
                           f"--essential-hook={SMALL_INITRAMFS}",
                           suite, str(tree), str(sources)],
                          f"installing a Debian for {debian.arch}: some minutes, once")
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


def fetch_root(debian: Debian) -> Path:
    suite = apt.machine_suite()
    return cache.cached(f"debian/{suite}-{debian.arch}-{debian.name}",
                        lambda folder: make_root(folder, debian, suite))


# ---- the machine ----


def boot(debian: Debian, root: Path, files: Mapping[str, Path], folder: Path,
         verbose: bool) -> list[str]:
    """Boots with `files`: files or folders, by their names in /srv. `init` becomes process 1.

    Returns the reports of the steps, and writes console.log to `folder`.
    """
    disk = folder / "files.tar"
    with tarfile.open(disk, "w") as tar:
        for name, path in {COMMON.name: COMMON, **files}.items():
            tar.add(path, name)
    command = [
        "timeout", str(debian.limit_s), "qemu-system-aarch64",
        "-nodefaults", "-no-user-config", "-display", "none",
        "-net", "none", "-no-reboot", "-accel", "tcg,thread=multi", *debian.machine,
        "-serial", "stdio",
        "-kernel", str(root / "vmlinuz"), "-initrd", str(root / "initrd.img"),
        "-append", "console=ttyAMA0 root=/dev/vda rw init=/sbin/vgic-check panic=-1 "
                   "mitigations=off cryptomgr.notests",
        # Writes go to a temporary file of QEMU's.
        "-drive", f"if=none,id=root,format=raw,snapshot=on,file={root / 'root.img'}",
        "-device", "virtio-blk-pci,drive=root",
        "-drive", f"if=none,id=files,format=raw,readonly=on,file={disk}",
        "-device", "virtio-blk-pci,drive=files"]
    began = time.monotonic()
    reports = []
    with (folder / "console.log").open("w", encoding="utf-8") as log, \
            processes.GROUP.get().started(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        assert process.stdout
        for line in process.stdout:
            line = line.rstrip()
            print(line, file=log, flush=True)
            if verbose:
                processes.say(line)
            if "@check " in line:
                reports.append(line.partition("@check ")[2])
                print(f"{reports[-1]} ({time.monotonic() - began:.0f} s)", flush=True)
    return reports


def judge(reports: Sequence[str], steps: Sequence[str]) -> list[str]:
    """Problems that the reports show: steps that failed, and steps without a report."""
    wrong = [line for line in reports if line.startswith("failed ")]
    return wrong + [f"{step}: expected a result, got none" for step in steps
                    if not any(line.split()[1:2] in ([step], [f"{step}:"]) for line in reports)]


# ---- the frame of check_deb.py and check_arm.py ----


def _parse(about: str, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--verbose", action="store_true", help="show the console")
    parser.add_argument("--root", action="store_true", help="make the root file system only")
    return parser.parse_args(arguments)


def check(about: str, arguments: Sequence[str], debian: Debian, steps: Sequence[str],
          files: Callable[[Path], Mapping[str, Path]]) -> int:
    """Boots with the files that `files` makes in a folder; returns the exit status."""
    options = _parse(about, arguments)
    folder = cache.BUILD / debian.folder
    folder.mkdir(parents=True, exist_ok=True)
    root = fetch_root(debian)
    if options.root:
        print(root)
        return 0
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        reports = boot(debian, root, files(Path(scratch)), folder, options.verbose)
    wrong = judge(reports, steps)
    for line in wrong:
        print(f"FAILED {line}; see {folder / 'console.log'}")
    print(f"{len(steps)} steps, {len(wrong)} failed")
    return 1 if wrong else 0
