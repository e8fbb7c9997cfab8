# SPDX-License-Identifier: GPL-2.0-only
"""Finds, fetches and builds what each target needs, before any of them runs."""

from __future__ import annotations

import argparse
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from scripts import device_tree, guest_linux, initramfs, kernel_image, module, qemu, targets
from scripts.errors import SetupError
from scripts.session import PROBE, Plan, Program
from scripts.targets import Target

HERE = Path(__file__).resolve().parent
DEBIAN = "debian:"
DEBIAN_ARCH = {"arm64": "arm64", "arm": "armhf"}

# Of ELF files: where the machine is, and its number for each architecture.
ELF_MAGIC = b"\x7fELF"
ELF_MACHINE = slice(18, 20)
ELF_MACHINES = {b"\xb7\0": "arm64", b"\x28\0": "arm"}

Thing = TypeVar("Thing")


def read_programs(folder: Path) -> list[Program]:
    """Reads the file `programs` of a folder of test programs.

    A line holds a program's name and perhaps its time limit in seconds. The
    program `probe` is always there and is not a test.
    """
    path = folder / "programs"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SetupError(f"expected the list of test programs in {path}: "
                         f"{error.strerror}; 'make run' builds them") from error
    programs = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) > 2 or words[1:] and not words[1].isdigit():
            raise SetupError(f"{path}:{number}: expected 'NAME [SECONDS]', "
                             f"got '{line}'")
        limit_s = float(words[1]) if words[1:] else None
        programs.append(Program(words[0], limit_s))
    programs = [p for p in programs if p.name != PROBE]
    for name in [PROBE, *(program.name for program in programs)]:
        if not (folder / name).is_file():
            raise SetupError(f"expected the program '{name}' in {folder}, found "
                             "none; 'make run' builds it")
    if not programs:
        raise SetupError(f"{path}: expected names of test programs, got none")
    return programs


def elf_arch(path: Path, what: str) -> str:
    """The architecture of a program or module that a user named."""
    try:
        with path.open("rb") as file:
            header = file.read(ELF_MACHINE.stop)
    except OSError as error:
        raise SetupError(f"{what}={path}: cannot read it: {error.strerror}") from error
    arch = ELF_MACHINES.get(header[ELF_MACHINE])
    if not header.startswith(ELF_MAGIC) or arch is None:
        raise SetupError(f"{what}={path}: expected an ELF file for "
                         f"{' or '.join(ELF_MACHINES.values())}, got a file that starts "
                         f"with {header[:8].hex(' ') or 'nothing'}")
    return arch


def fetch(program: str, *arguments: str) -> Path:
    """Has a program of this folder get something; returns where it is."""
    done = subprocess.run([sys.executable, str(HERE / program), *arguments],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode < 0 or done.returncode >= 128:
        raise KeyboardInterrupt
    if done.returncode:
        raise SetupError(f"cannot get what is needed: '{program} "
                         f"{' '.join(arguments)}' failed, see above")
    return Path(done.stdout.strip())


class Files:
    """Finds kernels, modules and initramfs for targets; each is made once."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._made: dict[Any, Any] = {}

    def _once(self, key: tuple, make: Callable[[], Thing]) -> Thing:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _fetch(self, *arguments: str) -> Path:
        return self._once(arguments, lambda: fetch("fetch.py", *arguments))

    # ---- kernels that are built here ----

    def _built_kernel(self, target: Target) -> Path:
        config = str(HERE / target.kernel["config"])
        return self._once((config,), lambda: fetch("debug_kernel.py", config))

    # ---- Debian's kernels ----

    def _flavour(self, target: Target) -> list[str]:
        """What tells fetch.py which kernel a target has."""
        wanted = self._options.kernel or ""
        suite = wanted.removeprefix(DEBIAN) or target.kernel.get("suite", "")
        return ["--flavour", target.kernel["flavour"],
                *(["--suite", suite] if suite else [])]

    def _kernel_folder(self, target: Target) -> Path:
        if "config" in target.kernel:
            return self._built_kernel(target)
        if target.modules and not self._options.module:
            # First, because it may have to fetch the kernel again, to fit.
            self._fetch("headers", *self._flavour(target))
        return self._fetch("kernel", "--arch", DEBIAN_ARCH[target.arch],
                           *self._flavour(target))

    def kernel(self, target: Target) -> Path:
        """A target's kernel where KERNEL= names no file."""
        image, _ = kernel_image.prepare(self._kernel_folder(target) / "vmlinuz",
                                        self._options.build / "kernels")
        return image

    def module(self, target: Target, name: str) -> Path:
        """A module for a target's kernel; built, unless MODULE= names it."""
        if self._options.module:
            return self._options.module
        release = (self._kernel_folder(target) / "release").read_text().strip()
        headers = (self._built_kernel(target) / "headers" if "config" in target.kernel
                   else self._fetch("headers", *self._flavour(target)))

        def build() -> Path:
            print(f"building {name} for {release}", file=sys.stderr, flush=True)
            return module.build(name, self._options.sources, headers,
                                self._options.build / "module" / release)

        return self._once(("module", name, release), build)

    # ---- what runs there ----

    def programs(self, target: Target) -> list[Program]:
        return self._once(("programs", target.programs, target.arch),
                          lambda: read_programs(self._folder(target)))

    def _folder(self, target: Target) -> Path:
        return (self._options.programs_dir
                or self._options.build / target.programs / target.arch)

    def _busybox(self, target: Target) -> Path:
        given = self._options.busybox
        if given and self._once(("given",), lambda: elf_arch(
                given, "BUSYBOX")) == target.arch:
            return given
        return self._fetch("busybox", "--arch", DEBIAN_ARCH[target.arch])

    # ---- what runs in a VM there ----

    def _linux_guest(self, target: Target) -> dict[str, Path]:
        """A VMM, and what it boots: Debian's kernel, whatever the target's own is."""
        build, arch = self._options.build, DEBIAN_ARCH[target.arch]
        vmm = build / "vgic-run" / target.arch / "vgic-run"
        if not vmm.is_file():
            raise SetupError(f"expected the program {vmm}, found none; 'make vgic-run' "
                             "builds it")
        own = Path(self._options.kernel or DEBIAN)
        flavour = (self._flavour(target) if str(own).startswith(DEBIAN) else
                   ["--flavour", target.kernel["flavour"]])
        folder = self._fetch("kernel", "--arch", arch, *flavour, "--modules")
        # Unpacking itself takes a zImage longer than all else of a boot, so that only the
        # long form has guests that do.
        kernel = (folder / "vmlinuz" if target.arch == "arm" and target.programs == "guest_soak"
                  else kernel_image.prepare_for_guest(folder / "vmlinuz", build / "kernels"))
        return {"bin/vgic-run": vmm, "guest/kernel": kernel,
                "guest/initrd": guest_linux.initrd(build, self._busybox(target),
                                                   folder / "modules")}

    def initramfs(self, target: Target) -> Path:
        return self.initramfs_with(target, {name: self.module(target, name)
                                            for name in target.modules})

    def initramfs_with(self, target: Target, modules: dict[str, Path]) -> Path:
        """The same with modules from elsewhere, by their names."""
        folder = self._folder(target)
        names = [PROBE, *(p.name for p in self.programs(target))]
        files = initramfs.contents(self._busybox(target),
                                   {n: folder / n for n in names}, modules)
        if target.linux_guest:
            files |= self._linux_guest(target)
        return self._once(("initramfs", *files.items()), lambda:
                          initramfs.build(self._options.build / "initramfs",
                                          files))


def _choose(options: argparse.Namespace, say: Callable[[str], None]
            ) -> tuple[list[Target], Path | None]:
    """The targets to run, and the image that KERNEL= names, if it is one.

    Says which targets are left out because KERNEL= does not fit them.
    """
    chosen = targets.select(targets.load(options.targets), options.target)
    if not options.kernel:
        return chosen, None

    def leave_out(these: Sequence[Target], why: str) -> None:
        if these:
            say(f"left out: {', '.join(t.name for t in these)}: "
                f"KERNEL={options.kernel} {why}")

    image = None
    if not options.kernel.startswith(DEBIAN):
        image, arch = kernel_image.prepare(Path(options.kernel),
                                           options.build / "kernels")
        others = [t for t in chosen if t.arch != arch]
        chosen = [t for t in chosen if t.arch == arch]
        if not chosen:
            raise SetupError(f"KERNEL={options.kernel} is for {arch}: expected a target "
                             f"for {arch}, got {', '.join(t.name for t in others)}")
        leave_out(others, f"is for {arch}")
    if not options.target:
        # Their suite is all that sets them apart from another target.
        same = [t for t in chosen if {"suite", "config"} & set(t.kernel)]
        if len(same) < len(chosen):
            chosen = [t for t in chosen if t not in same]
            leave_out(same, "replaces the kernel they are for")
    return chosen, image


def _check_module(options: argparse.Namespace, chosen: Sequence[Target],
                  image: Path | None) -> None:
    """Raises SetupError if MODULE= is missing, or is not what it should be."""
    wanting = [t for t in chosen if t.modules]
    if not options.module:
        if image and wanting:
            raise SetupError(
                f"KERNEL={options.kernel}: expected {wanting[0].modules[0]} for this kernel "
                f"as well, for {', '.join(t.name for t in wanting)}: build it with "
                "'make -C <the kernel's build folder> M=<this folder>' and name it with "
                "MODULE=")
        return
    arch = elf_arch(options.module, "MODULE")
    if not any(t.arch == arch for t in wanting):
        raise SetupError(f"MODULE={options.module} is for {arch}: expected a target for "
                         f"{arch} that has a module, got {', '.join(t.name for t in chosen)}")


def build_modules(options: argparse.Namespace, say: Callable[[str], None]) -> list[Path]:
    """Builds the modules that the chosen targets need; returns each one once."""
    chosen, image = _choose(options, say)
    wanting = [t for t in chosen if t.modules]
    if not wanting:
        raise SetupError("expected a target that has a module, got "
                         f"{', '.join(t.name for t in chosen)}")
    _check_module(options, wanting, image)
    files = Files(options)
    return list(dict.fromkeys(files.module(target, name)
                              for target in wanting for name in target.modules))


def variables(options: argparse.Namespace) -> str:
    """What has to stand behind `make run TARGET=...` for the same run again."""
    seed = re.search(r"\brace_seed=(\d+)", options.append)
    chosen = (("KERNEL", options.kernel), ("MODULE", options.module),
              ("SEED", seed and seed[1]),
              ("ACCEL", options.accel if options.accel != "tcg" else None))
    return "".join(f" {name}={shlex.quote(str(value))}" for name, value in chosen if value)


def make(options: argparse.Namespace, say: Callable[[str], None]) -> list[Plan]:
    """Returns what to run. Raises SetupError if that is not possible."""
    chosen, image = _choose(options, say)
    chosen = [replace(t, append=f"{t.append} {options.append}".strip()) for t in chosen]
    _check_module(options, chosen, image)
    qemu.check_host(chosen, options.accel, platform.machine())
    accel = {target.name: options.accel if target.arch in qemu.ACCELERATORS[options.accel] else "tcg"
             for target in chosen}
    emulated = [name for name in accel if accel[name] != options.accel]
    if emulated:
        # Only if KVM was asked for.
        say(f"emulated: {', '.join(emulated)}: no 64-bit machine's KVM runs a 32-bit "
            "ARM kernel in HYP mode")
    files = Files(options)

    def images(target: Target) -> qemu.Images:
        return qemu.Images(image or files.kernel(target), files.initramfs(target),
                           device_tree.changed(target, options.build / "dtb"))

    return [Plan(target=target, images=images(target), accel=accel[target.name],
                 programs=files.programs(target), tests=options.tests,
                 results=options.results_dir,
                 command=f"make run TARGET={target.name}{variables(options)}")
            for target in chosen]
