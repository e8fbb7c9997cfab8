# SPDX-License-Identifier: GPL-2.0-only
"""Finds, fetches and builds what the targets need, in parallel."""

from __future__ import annotations

import argparse
import functools
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from scripts import (cache, device_tree, guest_linux, initramfs, kernel_image, module, packages,
                     qemu, targets)
from scripts.building import Once, Turns
from scripts.building import make as make_goal
from scripts.errors import SetupError
from scripts.fetch import (fetch_busybox, fetch_headers, fetch_kernel, fetch_ksrc,
                           fetch_libfdt, fetch_qemu)
from scripts.processes import GROUP, side_by_side
from scripts.session import PROBE, Plan, Program
from scripts.targets import Target
from tools import patterns, rules

HERE = Path(__file__).resolve().parent
DEBIAN = "debian:"
DEBIAN_ARCH = {"arm64": "arm64", "arm": "armhf"}
MODULE = "kvm_armv7.ko"
# The list of the suite's programs.
PROGRAM_LIST = "selftests/Makefile"

# The offset of e_machine in an ELF header, and its value for each architecture.
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


def chosen_programs(target: Target, programs: Sequence[Program]) -> list[Program]:
    """The programs of a folder that run on the target. Raises SetupError if one is missing."""
    missing = set(target.only) - {program.name for program in programs}
    if missing:
        raise SetupError(f"target {target.name}: only: expected some of the programs in "
                         f"build/{target.programs}/{target.arch}, got '{min(missing)}'")
    return [program for program in programs if not target.only or program.name in target.only]


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


def fetch(program: str, *arguments: str, folder: Path = HERE) -> Path:
    """Runs a program of this folder that fetches something; returns its path.

    Its standard error is shown as it comes, except for the line with the reason of a failure:
    the SetupError has that line, so that reports have it, too.
    """
    group = GROUP.get()
    last = ""
    with group.started([sys.executable, str(folder / program), *arguments], text=True,
                       errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE) as process:
        for line in process.stderr:
            if line.startswith(f"{program}: "):
                last = line.removeprefix(f"{program}: ").strip()
            else:
                print(line, end="", file=sys.stderr, flush=True)
        path = process.stdout.read().strip()
        status = process.wait()
    group.check()
    if status < 0 or status >= 128:
        raise KeyboardInterrupt
    if status:
        raise SetupError(f"cannot get what is needed: '{program} {' '.join(arguments)}' failed"
                         + (f": {last}" if last else ", see above"))
    return Path(path)


class Files:
    """Finds kernels, modules and initramfs for targets; each is made once."""

    def __init__(self, options: argparse.Namespace, chosen: Sequence[Target] = ()) -> None:
        self._options = options
        self._once = Once()
        self._turns = Turns()
        # The needs of the first targets are built first.
        self._ranks = {target.name: rank for rank, target in enumerate(chosen)}

    def _turn(self, target: Target) -> AbstractContextManager[None]:
        return self._turns.turn(self._ranks.get(target.name, 0))

    # ---- tools and downloads ----

    def installed(self) -> None:
        """Installs missing programs, if that is requested."""
        def install() -> None:
            if why := packages.ensure("run"):
                raise SetupError(why)

        if vars(self._options).get("install"):
            self._once(("installed",), install)

    def _fetched(self, what: str, get: Callable[..., Path], *arguments: Any) -> Path:
        def fetched() -> Path:
            try:
                return get(*arguments)
            except OSError as error:
                raise SetupError(f"cannot fetch {what}: {cache.problem(error)}") from error

        return self._once((what, *arguments), fetched)

    def with_emulator(self, target: Target) -> Target:
        """The target with the path of its emulator, if that comes from another suite."""
        if not target.qemu_suite:
            return target
        path = self._fetched("QEMU", fetch_qemu, target.qemu_suite, target.qemu)
        return replace(target, qemu=str(path), qemu_suite="")

    # ---- kernels that are built here ----

    def _built_kernel(self, target: Target) -> Path:
        words = [str(HERE / target.kernel["config"]), "--arch", target.arch]
        if suite := target.kernel.get("suite"):
            words += ["--suite", suite]
        return self._once(tuple(words), lambda: fetch("debug_kernel.py", *words))

    # ---- Debian's kernels ----

    def _flavour(self, target: Target) -> tuple[str, str | None]:
        """Flavour and suite of a target's Debian kernel."""
        wanted = self._options.kernel or ""
        suite = wanted.removeprefix(DEBIAN) or target.kernel.get("suite")
        return target.kernel["flavour"], suite

    def _headers(self, target: Target) -> Path:
        return self._fetched("headers", fetch_headers, *self._flavour(target))

    def _kernel_folder(self, target: Target) -> Path:
        if "config" in target.kernel:
            return self._built_kernel(target)
        if target.modules and not self._options.module:
            # Fetch the headers first, since that may replace the kernel by one that fits.
            self._headers(target)
        return self._fetched("a kernel", fetch_kernel, DEBIAN_ARCH[target.arch],
                             *self._flavour(target), False)

    def kernel(self, target: Target) -> Path:
        """A target's kernel, unless KERNEL= names a file."""
        return self._image(self._kernel_folder(target) / "vmlinuz")

    def _image(self, path: Path) -> Path:
        """The file that QEMU loads for a kernel."""
        def unpacked() -> Path:
            self.installed()
            return kernel_image.prepare(path, self._options.build / "kernels")[0]

        return self._once(("image", path), unpacked)

    def module(self, target: Target, name: str) -> Path:
        """A module for a target's kernel; built, unless MODULE= names it."""
        if self._options.module:
            return self._options.module
        release = (self._kernel_folder(target) / "release").read_text().strip()
        headers = (self._built_kernel(target) / "headers" if "config" in target.kernel
                   else self._headers(target))

        def build() -> Path:
            self.installed()
            with self._turn(target):
                return module.build(name, self._options.sources, headers,
                                    self._options.build / "module" / release)

        return self._once(("module", name, release), build)

    # ---- programs ----

    def _source(self) -> Path:
        """The kernel's source that programs are built with."""
        return self._fetched("a kernel's source", fetch_ksrc)

    def _build_programs(self, target: Target) -> None:
        """Builds a target's programs, if that is requested."""
        command = vars(self._options).get("make")
        if not command or self._options.programs_dir:
            return
        source = self._source()
        self.installed()
        goal = f"{target.programs}-{target.arch}"

        def build() -> None:
            with self._turn(target):
                make_goal(command, f"KSRC={source}", goal)

        self._once(("goal", goal), build)

    def programs(self, target: Target) -> list[Program]:
        self._build_programs(target)
        return chosen_programs(target, self._once(
            ("programs", target.programs, target.arch),
            lambda: read_programs(self._folder(target))))

    def program_names(self, target: Target) -> list[str]:
        """The names of a target's programs; possible names if they have to be built first."""
        if target.only:
            return list(target.only)
        built = self._folder(target) / "programs"
        listed = (HERE.parent / PROGRAM_LIST).stat().st_mtime
        if built.is_file() and (target.programs != "selftests" or built.stat().st_mtime >= listed):
            return [program.name for program in read_programs(self._folder(target))]
        return list(rules.programs())

    def _folder(self, target: Target) -> Path:
        return (self._options.programs_dir
                or self._options.build / target.programs / target.arch)

    def _busybox(self, target: Target) -> Path:
        given = self._options.busybox
        if given and self._once(("given",), lambda: elf_arch(
                given, "BUSYBOX")) == target.arch:
            return given
        return self._fetched("BusyBox", fetch_busybox, DEBIAN_ARCH[target.arch])

    # ---- guests ----

    def _linux_guest(self, target: Target) -> dict[str, Path]:
        """A VMM, and Debian's kernel for its guests, whatever the target's own kernel is."""
        build = self._options.build
        self._build_programs(target)
        vmm = build / "vgic-run" / target.arch / "vgic-run"
        if not vmm.is_file():
            raise SetupError(f"expected the program {vmm}, found none; 'make vgic-run' "
                             "builds it")
        folder = self._guest_kernel(target)
        # A zImage takes longer to unpack itself than to boot, so only the kernel of guest_soak's
        # guests has to.
        packed = target.arch == "arm" and target.programs == "guest_soak"
        kernel = folder / "vmlinuz" if packed else self._once(
            ("guest", folder), lambda: kernel_image.prepare_for_guest(
                folder / "vmlinuz", build / "kernels"))
        initrd = self._once(("initrd", folder), lambda: guest_linux.initrd(
            build, self._busybox(target), folder / "modules"))
        return {"bin/vgic-run": vmm, "guest/kernel": kernel, "guest/initrd": initrd}

    def _guest_kernel(self, target: Target) -> Path:
        own = str(self._options.kernel or DEBIAN)
        flavour, suite = self._flavour(target)
        if own.startswith(DEBIAN):
            # The guest's kernel is the target's, whose package also has the guest's modules.
            self._kernel_folder(target)
        else:
            suite = None
        return self._fetched("a guest's kernel", fetch_kernel, DEBIAN_ARCH[target.arch],
                             flavour, suite, True)

    def initramfs(self, target: Target) -> Path:
        return self.initramfs_with(target, {name: self.module(target, name)
                                            for name in target.modules})

    def initramfs_with(self, target: Target, modules: dict[str, Path]) -> Path:
        """The initramfs with the given modules, by their names."""
        folder = self._folder(target)
        names = [PROBE, *(p.name for p in self.programs(target))]
        files = initramfs.contents(self._busybox(target),
                                   {n: folder / n for n in names}, modules)
        if target.linux_guest:
            files |= self._linux_guest(target)
        return self._once(("initramfs", *files.items()), lambda:
                          initramfs.build(self._options.build / "initramfs",
                                          files))

    # ---- all of it ----

    def images(self, target: Target, kernel: Path | None) -> qemu.Images:
        """The files that a target boots, made in parallel."""
        def tree() -> Path | None:
            self.installed()
            return device_tree.changed(target, self._options.build / "dtb")

        needed: list[Callable[[], Any]] = [
            lambda: self.programs(target), lambda: self._busybox(target),
            *(functools.partial(self.module, target, name) for name in target.modules)]
        if target.linux_guest:
            # Fetched while the target's programs are built.
            needed += [lambda: self._guest_kernel(target), lambda: self._linux_guest(target)]
            if vars(self._options).get("make"):
                needed.append(lambda: self._libfdt(target))
        start = GROUP.get().thread
        kernels, trees = start(lambda: kernel or self.kernel(target)), start(tree)
        finished([kernels, trees, *map(start, needed)])
        return qemu.Images(kernels.result(), self.initramfs(target), trees.result())

    def _libfdt(self, target: Target) -> Path:
        return self._fetched("libfdt", fetch_libfdt, DEBIAN_ARCH[target.arch])

    def fetched(self, target: Target) -> None:
        """Fetches what a target needs, and builds nothing."""
        needed = [lambda: self._busybox(target), lambda: self.with_emulator(target)]
        if not self._options.kernel or self._options.kernel.startswith(DEBIAN):
            if "config" not in target.kernel:
                needed.append(lambda: self._kernel_folder(target))
        if target.linux_guest:
            needed += [lambda: self._guest_kernel(target), lambda: self._libfdt(target)]
        if not self._options.programs_dir:
            needed.append(self._source)
        finished([GROUP.get().thread(need) for need in needed])


def finished(futures: Sequence[Future[Thing]]) -> list[Thing]:
    """Waits for all results. Raises the first error."""
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    for future in futures:
        if future in done and (error := future.exception()):
            raise error
    return [future.result() for future in futures]


@dataclass(frozen=True)
class Pending:
    """A target whose files are being made.

    command runs it again. The plan raises SetupError if a file cannot be made.
    """

    target: Target
    command: str
    plan: Future[Plan]


def ready(plan: Plan) -> Pending:
    """A plan that is complete already."""
    future: Future[Plan] = Future()
    future.set_result(plan)
    return Pending(plan.target, plan.command, future)


def _choose(options: argparse.Namespace, say: Callable[[str], None]
            ) -> tuple[list[Target], Path | None]:
    """The targets to run, and the image that KERNEL= names, if it names an image.

    Prints the targets that are left out because KERNEL= does not fit them.
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
        # These targets differ from others only by their kernel.
        same = [t for t in chosen if {"suite", "config"} & set(t.kernel)]
        if len(same) < len(chosen):
            chosen = [t for t in chosen if t not in same]
            leave_out(same, "replaces the kernel that they are about")
    return chosen, image


def _check_module(options: argparse.Namespace, chosen: Sequence[Target],
                  image: Path | None) -> None:
    """Raises SetupError if MODULE= is missing or does not fit."""
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
    """Builds the modules that the chosen targets need; returns each path once."""
    chosen, image = _choose(options, say)
    wanting = [t for t in chosen if t.modules]
    if not wanting:
        raise SetupError("expected a target that has a module, got "
                         f"{', '.join(t.name for t in chosen)}")
    _check_module(options, wanting, image)
    files = Files(options)
    with side_by_side() as group:
        return list(dict.fromkeys(finished([
            group.thread(functools.partial(files.module, target, name))
            for target in wanting for name in target.modules])))


def fetch_all(options: argparse.Namespace, say: Callable[[str], None]) -> None:
    """Fetches what the chosen targets need, and builds nothing."""
    chosen, _ = _choose(options, say)
    files = Files(options)
    with side_by_side() as group:
        finished([group.thread(functools.partial(files.fetched, target)) for target in chosen])


def built_at(path: Path) -> float:
    """When a file was written; 0 if another build has removed it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def needs(options: argparse.Namespace) -> list[str]:
    """The chosen targets' programs and modules, as goals of build.mk."""
    chosen, image = _choose(options, lambda text: None)
    goals = {f"{target.programs}-{target.arch}" for target in chosen}
    # A present module is checked again when it is used.
    kernels = {} if options.module or image else {
        str(target.kernel): target for target in reversed(chosen)
        if target.modules and "config" not in target.kernel}
    made = list((options.build / "module").glob(f"*/{MODULE}"))
    newest = max(path.stat().st_mtime for path in module.sources(options.sources).values())
    if len(made) < len(kernels) or any(built_at(path) < newest for path in made):
        goals |= {f"module-{target.name}" for target in kernels.values()}
    return sorted(goals)


def check_tests(options: argparse.Namespace, chosen: Sequence[Target], files: Files) -> None:
    """Raises SetupError for a pattern of TESTS= that cannot match a test on these targets.

    Tests of programs that were built elsewhere are unknown until the machine lists them.
    """
    if not options.tests or options.programs_dir:
        return
    sources = rules.programs()
    known = {name: rules.reported_by(sources.get(name))
             for target in chosen for name in files.program_names(target)}
    for pattern in options.tests.split(","):
        if any(patterns.may_fit(pattern, program, ids) for program, ids in known.items()):
            continue
        others = [name for name, source in sources.items() if name not in known
                  and (ids := rules.reported_by(source)) and patterns.may_fit(pattern, name, ids)]
        near = patterns.nearest(pattern, known)
        if others:
            remedy = f"it is in {others[0]}, which these targets do not run"
        elif near:
            remedy = f"did you mean '{near}'?"
        else:
            remedy = "Documentation/abi/reference.md lists the rules"
        raise SetupError(
            f"TESTS={options.tests}: expected programs, rules or tests, or patterns of them; "
            f"'{pattern}' fits none of {', '.join(target.name for target in chosen)}: {remedy}")


def variables(options: argparse.Namespace) -> str:
    """The variables besides TARGET= and TESTS= with which `make run` repeats the run."""
    seed = re.search(r"\brace_seed=(\d+)", options.append)
    chosen = (("KERNEL", options.kernel), ("MODULE", options.module),
              ("SEED", seed and seed[1]), ("BUSYBOX", options.busybox),
              ("QEMU", vars(options).get("qemu")),
              ("ACCEL", options.accel if options.accel != "tcg" else None))
    return "".join(f" {name}={shlex.quote(str(value))}" for name, value in chosen if value)


def command(targets: Sequence[str], options: argparse.Namespace) -> str:
    """The command that repeats the run on these targets, or on the default ones if empty."""
    chosen = {"TARGET": " ".join(targets), "TESTS": options.tests}
    words = "".join(f" {name}={shlex.quote(value)}" for name, value in chosen.items() if value)
    return f"make run{words}{variables(options)}"


@contextmanager
def prepare(options: argparse.Namespace, say: Callable[[str], None]
            ) -> Iterator[list[Pending]]:
    """The targets to run, each with a plan that completes when the target's own files do.
    Leaving the context ends all builds and downloads.

    Raises SetupError for problems that are known at once.
    """
    install = packages.missing("run") if vars(options).get("install") else []
    if install:
        if why := packages.problem(install):
            raise SetupError(why)
        if options.kernel and not options.kernel.startswith(DEBIAN):
            # Unpacking the image may need one of these programs.
            Files(options).installed()
            install = []
    chosen, image = _choose(options, say)
    chosen = [replace(t, append=f"{t.append} {options.append}".strip()) for t in chosen]
    if own := vars(options).get("qemu"):
        chosen = [replace(t, qemu=own, qemu_suite="") for t in chosen]
    _check_module(options, chosen, image)
    if not install:
        qemu.check_host(chosen, options.accel, platform.machine())
    able = qemu.ACCELERATORS[options.accel]
    accel = {target.name: options.accel if target.arch in able else "tcg"
             for target in chosen}
    emulated = [name for name in accel if accel[name] != options.accel]
    if emulated:
        # KVM was requested, and these targets cannot use it.
        say(f"emulated: {', '.join(emulated)}: no 64-bit machine's KVM runs a 32-bit "
            "ARM kernel in HYP mode")
    files = Files(options, chosen)
    check_tests(options, chosen, files)

    def plan(target: Target, again: str) -> Plan:
        target = files.with_emulator(target)
        images = files.images(target, image)
        if install:
            qemu.check_host([target], options.accel, platform.machine())
        return Plan(target=target, images=images, accel=accel[target.name],
                    programs=files.programs(target), tests=options.tests,
                    results=options.results_dir, command=again)

    with side_by_side() as group:
        yield [Pending(target, again, group.thread(functools.partial(plan, target, again)))
               for target in chosen
               for again in [command([target.name], options)]]


def make(options: argparse.Namespace, say: Callable[[str], None]) -> list[Plan]:
    """Returns the plans of all targets. Raises SetupError if one cannot be made."""
    with prepare(options, say) as pending:
        return finished([each.plan for each in pending])
