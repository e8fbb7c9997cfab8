# SPDX-License-Identifier: GPL-2.0-only
"""Builds mutants of the reference kernel's module, and of the vgic in a kernel's source.

Each object of kbuild has a file .<name>.o.cmd beside it with the command that made it. A mutant
is compiled with that command, from a source elsewhere, so that its object equals the original's
unless the change matters.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import shlex
import shutil
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from scripts import debug_kernel, module, plans, qemu
from scripts.errors import SetupError
from scripts.processes import GROUP, run, say
from scripts.session import PROBE, Program
from scripts.syntax_tree import Clang, clang_words
from scripts.targets import Target
from tools.mutants import Source

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent

# Mutants that confuse numbers and pointers do not compile. Debug information is left out.
FLAGS = ("-g0", "-Werror=int-conversion", "-Werror=incompatible-pointer-types")

# Sources that only produce messages: tracepoints, debugfs.
MESSAGES = ("virt/kvm/trace.c", "virt/kvm/debugfs.c", "virt/kvm/arm/vgic_debug.c",
            "arch/arm64/kvm/vgic/vgic-debug.c")
# The small kernel for arm64, and the folder of its KVM.
FRAGMENT = HERE / "arm64-mutants.config"
ARM64 = "arm64"
KVM = "arch/arm64/kvm"

# Sources that are mutated by default, by architecture.
DEFAULT_FILES = {"arm": "virt/kvm/*.c", "arm64": "arch/arm64/kvm/vgic/*.c"}

# How long a test may be silent. It is shorter than in other runs, since endless loops are common.
SILENCE_S = 30.0


def digest_of(*parts: bytes | str) -> str:
    """A digest of several things, as a name."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d\0" % len(data) + data)
    return digest.hexdigest()[:24]


def recorded(object_: Path) -> list[str]:
    """The command with which kbuild made a file; its first one, if there are several."""
    record = object_.with_name(f".{object_.name}.cmd")
    try:
        text = record.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(f"expected kbuild's command for {object_.name} in {record}: "
                         f"{error.strerror}") from error
    line = text.partition("\n")[0].partition(" := ")[2]
    words = shlex.shlex(line, posix=True, punctuation_chars=";")
    words.whitespace_split = True
    return list(itertools.takewhile(lambda word: word != ";", words))


def compile_command(command: Sequence[str], source: Path, output: Path) -> list[str]:
    """kbuild's command for an object, for a copy of its source and an output elsewhere."""
    original = Path(command[-1])
    words = []
    rest = iter(command[1:-1])
    for word in rest:
        if word == "-o":
            next(rest)
        elif not word.startswith("-Wp,-MMD"):
            words.append(word)
    # The source's own folder is searched first, and __FILE__ is the same.
    return [command[0], *words, "-iquote", str(original.parent), *FLAGS,
            f"-fmacro-prefix-map={source}={original}", "-o", str(output), str(source)]


@dataclass(frozen=True)
class Object:
    """A compiled mutant, without debug information. text: its source."""

    file: str
    text: str
    path: Path
    digest: str


class Objects:
    """Compiles sources of one kbuild tree, with or without changes.

    tree: where the objects are. runs_in: where kbuild runs the compiler.
    """

    def __init__(self, tree: Path, runs_in: Path) -> None:
        self.tree = tree
        self.runs_in = runs_in
        self._clang: Clang | None = None

    def command(self, file: str) -> list[str]:
        return recorded((self.tree / file).with_suffix(".o"))

    def parse(self, file: str) -> Source:
        self._clang = self._clang or Clang()
        return self._clang.parse(file, self.tree / file,
                                 clang_words(self.command(file), self.runs_in))

    def compile(self, file: str, text: str, folder: Path) -> Object | None:
        """Returns the object, or None if the source does not compile."""
        source = folder / file
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text, encoding="latin-1")
        output = source.with_suffix(".o")
        command = compile_command(self.command(file), source, output)
        with GROUP.get().started(command, cwd=self.runs_in, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            status = process.wait()
        GROUP.get().check()
        if status:
            return None
        strip(command[0], output)
        return Object(file, text, output, digest_of(output.read_bytes()))


def tool(compiler: str, name: str) -> str:
    """A tool of binutils for the compiler's architecture."""
    return compiler.removesuffix("gcc") + name


def strip(compiler: str, path: Path) -> None:
    """Removes debug information, and the compiler's name."""
    run([tool(compiler, "objcopy"), "--strip-debug", "--remove-section=.comment", str(path)],
        f"stripping {path.name}")


def undefined(compiler: str, path: Path) -> set[str]:
    """Symbols that an object expects from others."""
    symbols = run([tool(compiler, "nm"), "--undefined-only", "--format=just-symbols", str(path)],
               f"reading {path.name}")
    return set(symbols.split())


class Builds(Protocol):
    """Mutants of one kernel.

    target: the machines that they run on. digest: changes with the kernel. has_units: whether
    there are unit tests of its sources.
    """

    target: Target
    objects: Objects
    programs: Sequence[Program]
    digest: str
    has_units: bool

    def files(self) -> list[str]:
        """Sources that mutants can be made of."""

    def images(self, changed: Object | None, folder: Path) -> qemu.Images | None:
        """The files that a machine boots, with or without a mutant; None if it cannot be linked.

        folder: the mutant's own.
        """

    def suite_digest(self) -> str:
        """A digest that changes with the programs, and with how they are run."""


# ---- the reference kernel ----


class ModuleBuilds:
    """Mutants of the module, for a target that loads it."""

    has_units = True

    def __init__(self, options: argparse.Namespace, target: Target) -> None:
        self.target = quick(target)
        self._options = plan_options(options, target.name)
        self._files = plans.Files(self._options)
        name = target.modules[0]
        # Use a separate tree, since other scripts may build the module meanwhile.
        separate = argparse.Namespace(**{**vars(self._options), "build": options.build / "mutants"})
        built = plans.Files(separate).module(target, name)
        self.objects = Objects(built.parent, module.State(built.parent).headers)
        self._name = name
        self.programs = self._files.programs(target)
        self._tree = plans.device_tree.changed(target, options.build / "dtb")
        self._kernel = self._files.kernel(target)
        self._compiler = recorded(built.parent / "virt/kvm/vcpu.o")[0]
        self._imports = undefined(self._compiler, built)
        self.digest = digest_of(built.read_bytes(), self._kernel.read_bytes())

    def suite_digest(self) -> str:
        return suite_digest(self._options, self.target, self.programs)

    def files(self) -> list[str]:
        names = (self.objects.tree / self._name).with_suffix(".mod").read_text().split()
        made = [Path(name).relative_to(self.objects.tree).with_suffix(".c") for name in names]
        return [str(name) for name in made
                if (self.objects.tree / name).is_file() and str(name) not in MESSAGES]

    def link(self, changed: Object | None, folder: Path) -> Path | None:
        """Links the module with `changed` in place of its own object; leaves out debug information.

        Returns None if the result needs a symbol of the kernel that the original module does not.
        """
        folder.mkdir(parents=True, exist_ok=True)
        tree, ending = self.objects.tree, self._name.removesuffix(".ko")
        listed = (tree / f"{ending}.mod").read_text().split()
        if changed:
            own = str((tree / changed.file).with_suffix(".o"))
            listed = [str(changed.path) if name == own else name for name in listed]
        (folder / f"{ending}.mod").write_text("".join(f"{name}\n" for name in listed))
        for output in (f"{ending}.o", f"{ending}.ko"):
            command = recorded(tree / output)
            moved = {str(tree / name): str(folder / name)
                     for name in (f"{ending}.o", f"{ending}.ko")}
            moved[f"@{tree / ending}.mod"] = f"@{folder / ending}.mod"
            run([moved.get(word, word) for word in command], f"linking {output}",
                self.objects.runs_in)
        made = folder / self._name
        strip(self._compiler, made)
        return made if undefined(self._compiler, made) <= self._imports else None

    def images(self, changed: Object | None, folder: Path) -> qemu.Images | None:
        made = self.link(changed, folder)
        if not made:
            return None
        archive = self._files.initramfs_with(self.target, {self._name: made})
        own = folder / "initramfs.cpio"
        # No later run needs the archive.
        archive.replace(own)
        return qemu.Images(self._kernel, own, self._tree)


# ---- arm64 ----


class KernelBuilds:
    """Mutants of arm64's KVM, in a kernel with a small configuration.

    The kernel's source is unpacked and built in a folder of its own, once, which takes some
    minutes. Mutants are compiled and linked there, one at a time.
    """

    has_units = False

    def __init__(self, options: argparse.Namespace, target: Target) -> None:
        self.target = quick(target)
        self._options = plan_options(options, target.name)
        files = plans.Files(self._options)
        self.programs = files.programs(target)
        self._initramfs = files.initramfs(target)
        top = options.build / "mutants" / f"linux-{digest_of(FRAGMENT.read_bytes())[:8]}"
        self._source = top / "source"
        self._originals = top / "originals"
        self._turn = threading.Lock()
        if not (top / "complete").is_file():
            self._build(top)
        self._restore()
        self.objects = Objects(self._source, self._source)
        self._make()
        self.digest = digest_of(*(path.read_bytes() for path in self._originals.rglob("*.c")),
                                (self._source / ".config").read_bytes())

    def _build(self, top: Path) -> None:
        shutil.rmtree(top, ignore_errors=True)
        self._source.mkdir(parents=True)
        debug_kernel.unpack(self._source)
        debug_kernel.configure(self._source, FRAGMENT, ARM64)
        say("building a small kernel for arm64 (some minutes, once)")
        self._make()
        shutil.copytree(self._source / KVM, self._originals / KVM,
                        ignore=lambda folder, names: [
                            name for name in names
                            if not name.endswith(".c") and not Path(folder, name).is_dir()])
        (top / "complete").touch()

    def _make(self) -> None:
        debug_kernel.make(self._source, "building the kernel", "Image", arch=ARM64)

    def _restore(self) -> None:
        """Undoes the changes of a run that was interrupted."""
        for original in self._originals.rglob("*.c"):
            here = self._source / original.relative_to(self._originals)
            if here.read_bytes() != original.read_bytes():
                shutil.copyfile(original, here)

    def files(self) -> list[str]:
        made = ((self._source / path.relative_to(self._originals))
                for path in self._originals.rglob("*.c"))
        return sorted(name for path in made if path.with_suffix(".o").is_file()
                      if (name := str(path.relative_to(self._source))) not in MESSAGES)

    def images(self, changed: Object | None, folder: Path) -> qemu.Images | None:
        folder.mkdir(parents=True, exist_ok=True)
        image = folder / "Image"
        with self._turn:
            try:
                if changed:
                    (self._source / changed.file).write_text(changed.text, encoding="latin-1")
                self._make()
                shutil.copyfile(self._source / "arch/arm64/boot/Image", image)
            except SetupError:
                return None
            finally:
                self._restore()
        return qemu.Images(image, self._initramfs)

    def suite_digest(self) -> str:
        return suite_digest(self._options, self.target, self.programs)


def for_target(options: argparse.Namespace, target: Target) -> Builds:
    """Raises SetupError for targets whose kernel cannot be changed."""
    if target.expect != "run" or target.programs != "selftests" or "suite" in target.kernel:
        raise SetupError(f"TARGET={target.name}: expected armv7-ref, arm64-gicv2 or arm64-gicv3")
    return ModuleBuilds(options, target) if target.modules else KernelBuilds(options, target)


# ---- for both kinds of builds ----


def suite_digest(options: argparse.Namespace, target: Target,
                 programs: Sequence[Program]) -> str:
    folder = options.build / target.programs / target.arch
    paths = [folder / name for name in (PROBE, *(program.name for program in programs))]
    return digest_of(repr(target), *(path.read_bytes() for path in paths))


def quick(target: Target) -> Target:
    """A target on which endless loops are noticed soon."""
    return replace(target, silence_limit=min(target.silence_limit, SILENCE_S), post=())


def plan_options(options: argparse.Namespace, target: str) -> argparse.Namespace:
    """Options as scripts/run.py has them."""
    return argparse.Namespace(
        target=[target], tests=None, kernel=None, module=None, append="", accel="tcg",
        sources=ROOT, busybox=options.busybox, targets=HERE / "targets.toml",
        build=options.build, results_dir=options.build / "mutants" / "results",
        programs_dir=None)
