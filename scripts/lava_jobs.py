#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes everything that a LAVA lab needs to run the suite: `make lava`.

Leaves in build/lava/:

    files/            for machines to download: kernels, device trees, a root file system,
                      and the overlays with the test programs
    jobs/             job definitions, one for each target, kernel and set of tests;
                      board-arm64.yaml and board-armv7.yaml for real machines
    health-checks/    a job that only boots and looks for KVM, for each kind of machine
    vgic-abi.yaml     the test definition by itself

Documentation/lava.md describes the next steps. Exit status: 0 success, 2 error.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shlex
import shutil
import string
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import apt, cli, device_tree, initramfs, kernel_image, plans, qemu, targets
from scripts.errors import SetupError
from scripts.session import PROBE
from scripts.targets import Target
from tools.files import write_file

HERE = ROOT / "lava"

PROMPT = "vgic-abi# "
# The applets of the overlay's BusyBox that the machine uses.
APPLETS = ("awk", "cat", "cp", "dirname", "dmesg", "grep", "insmod", "kill", "mkdir", "rm",
           "sed", "setsid", "sh", "sleep", "tr", "uname")
# Folders beside the tests, with programs and their limit in seconds; as in build.mk.
EXTRA = {"bench": (("bench",), 900), "fuzz": (("fuzz", "fuzz_guest"), 3600)}
FOLDERS = ("selftests", "hostile", *EXTRA)
STRIP = {"arm64": "aarch64-linux-gnu-strip", "arm": "arm-linux-gnueabihf-strip"}

# Boards of a lab: the target whose kernel and programs fit, an example of a device type, which the
# user replaces, and the type of the kernel image.
BOARDS = {
    "board-arm64": ("arm64-gicv2", "juno", "image"),
    "board-armv7": ("armv7-ref", "jetson-tk1", "zimage"),
}

SET = re.compile(r"([A-Za-z0-9-]+)=(.+)")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


@dataclass(frozen=True)
class Wanted:
    """One job: a target on a kernel, with a set of tests. set_name: "" for all tests."""

    target: Target
    kernel: str
    set_name: str = ""
    tests: str = ""

    @property
    def run(self) -> str:
        """The name of the job's results, as in the matrix."""
        return f"{self.target.name}@{self.label}"

    @property
    def label(self) -> str:
        """The part of the name that distinguishes the kernels of a target."""
        if self.kernel.startswith(plans.DEBIAN):
            return self.kernel.removeprefix(plans.DEBIAN)
        if self.kernel:
            return re.sub(r"[^A-Za-z0-9_.-]", "-", Path(self.kernel).name)
        return self.target.kernel.get("suite") or apt.machine_suite()

    @property
    def name(self) -> str:
        return self.run + (f"+{self.set_name}" if self.set_name else "")


# ---- templates ----

def quoted(value: object) -> str:
    """A value as YAML, of which JSON is a subset."""
    return json.dumps(value)


def chosen_lines(text: str, words: set[str]) -> str:
    """Leaves out lines between `#if <word>` and `#end`, unless words has the word."""
    lines, open_words = [], []
    for line in text.splitlines(keepends=True):
        if line.startswith("#if "):
            open_words.append(line.split()[1])
        elif line.strip() == "#end":
            open_words.pop()
        elif all(word in words for word in open_words):
            lines.append(line)
    return "".join(lines)


def filled_in(name: str, values: Mapping[str, object], words: set[str]) -> str:
    """Fills values into a template of lava/. `definition` is inserted as it is."""
    text = chosen_lines((HERE / name).read_text(encoding="utf-8"), words)
    given = {key: value if key == "definition" else quoted(value)
             for key, value in values.items()}
    try:
        return string.Template(text).substitute(given)
    except KeyError as error:
        raise SetupError(f"lava/{name}: expected a value for ${error.args[0]}, got none") from error


def without_comment(text: str) -> str:
    """Removes the comment at the top, which describes the template."""
    lines = text.splitlines(keepends=True)
    while lines and lines[0].startswith("#"):
        lines.pop(0)
    return "".join(lines)


def definition(options: argparse.Namespace, target: Target | None, tests: str,
               by_itself: bool = False) -> str:
    """The test definition for a target; None: for any machine with KVM.

    by_itself: the definition has parameters. In a job it has none, because the server refuses
    parameters there; the step contains the values.
    """
    values = {
        "PROGRAMS": target.programs if target else options.programs,
        "TESTS": tests,
        "FEATURES": " ".join(target.features) if target else "kvm",
        "LACKS": " ".join(target.lacks) if target else "",
        "REFUSED": next(iter(target.refused.values()), "") if target else "",
        "UNITS": "instructions" if target and target.icount else "ns",
    }
    words = {key: f'"${{{key}}}"' if by_itself else shlex.quote(value)
             for key, value in values.items()}
    step = " ".join(f"{key}={word}" for key, word in words.items() if key != "PROGRAMS")
    return filled_in("definition.yaml", {
        **{key.lower(): value for key, value in values.items()},
        "step": f"{step} /vgic-abi/run.sh {words['PROGRAMS']}",
    }, {"params"} if by_itself else set())


# ---- files for machines ----

class Files:
    """The files that machines download, in one folder; each file once."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._folder = options.out / "files"
        self._sources: dict[str, plans.Files] = {}
        self._modules: dict[str, dict[str, Path]] = {"arm64": {}, "arm": {}}

    def url(self, name: str) -> str:
        return f"{self._options.url.rstrip('/')}/{name}"

    def _put(self, source: Path, name: str) -> str:
        path = self._folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
        return self.url(name)

    def _source(self, kernel: str) -> plans.Files:
        """The files for a kernel, as for `make run`."""
        if kernel not in self._sources:
            self._sources[kernel] = plans.Files(argparse.Namespace(
                kernel=kernel or None, module=self._options.module, sources=ROOT,
                busybox=self._options.busybox, build=self._options.build,
                programs_dir=None))
        return self._sources[kernel]

    def kernel(self, job: Wanted) -> str:
        if job.kernel and not job.kernel.startswith(plans.DEBIAN):
            image, arch = kernel_image.prepare(Path(job.kernel), self._options.build / "kernels")
            if arch != job.target.arch:
                raise SetupError(f"KERNEL={job.kernel} is for {arch}, the target "
                                 f"{job.target.name} is for {job.target.arch}")
        else:
            image = self._source(job.kernel).kernel(job.target)
        return self._put(image, f"kernel-{job.target.arch}-{job.label}")

    def module(self, job: Wanted) -> None:
        """Builds the module for this kernel, for the overlay."""
        if not job.target.modules:
            return
        for name in job.target.modules:
            module = self._source(job.kernel).module(job.target, name)
            self._modules[job.target.arch][f"{vermagic(module)}/{name}"] = module

    def device_tree(self, target: Target) -> str | None:
        tree = device_tree.changed(target, self._options.build / "dtb")
        return self._put(tree, f"{target.name}.dtb") if tree else None

    def given(self, path: Path, name: str) -> str:
        """A file that the user named."""
        if not path.is_file():
            raise SetupError(f"{name}={path}: expected a file, found none")
        return self._put(path, path.name)

    def _busybox(self, arch: str) -> Path:
        given = self._options.busybox
        if given and plans.elf_arch(given, "BUSYBOX") == arch:
            return given
        return plans.fetch("fetch.py", "busybox", "--arch", plans.DEBIAN_ARCH[arch])

    def root(self, arch: str) -> str:
        """The smallest root file system that LAVA can work with: BusyBox and a shell."""
        name = f"rootfs-{arch}.cpio.gz"
        if not (self._folder / name).exists():
            archive = initramfs.build(self._options.build / "initramfs", {
                "init": HERE / "device" / "init", "bin/busybox": self._busybox(arch),
            }, ("bin", "sbin", "root", "dev", "proc", "sys", "tmp"))
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(self._folder / name,
                       gzip.compress(archive.read_bytes(), compresslevel=6, mtime=0))
        return self.url(name)

    def overlay(self, arch: str) -> str:
        return self.url(f"vgic-abi-{plans.DEBIAN_ARCH[arch]}.tar.gz")

    # ---- the overlays ----

    def write_overlay(self, arch: str) -> Path:
        """The test programs, the modules and the runner, to be unpacked at /."""
        path = self._folder / f"vgic-abi-{plans.DEBIAN_ARCH[arch]}.tar.gz"
        build = self._options.build
        tests = build / "selftests" / arch
        with tempfile.TemporaryDirectory(dir=build, prefix="overlay.") as scratch:
            top = Path(scratch) / "vgic-abi"
            take_programs(tests, top / "selftests", arch)
            for folder, (programs, limit_s) in EXTRA.items():
                (top / folder).mkdir()
                (top / folder / "programs").write_text(
                    "".join(f"{program} {limit_s}\n" for program in programs), encoding="utf-8")
                for program in programs:
                    copy_stripped(tests / program, top / folder / program, arch)
                (top / folder / PROBE).symlink_to(f"../selftests/{PROBE}")
            if (build / "hostile" / arch / "programs").exists():
                take_programs(build / "hostile" / arch, top / "hostile", arch)
            for name, module in self._modules[arch].items():
                (top / "modules" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(module, top / "modules" / name)
            for name in ("run.sh", "cases.awk"):
                shutil.copyfile(HERE / "device" / name, top / name)
            (top / "run.sh").chmod(0o755)
            (top / "bin").mkdir()
            shutil.copyfile(self._busybox(arch), top / "bin" / "busybox")
            (top / "bin" / "busybox").chmod(0o755)
            for applet in APPLETS:
                (top / "bin" / applet).symlink_to("busybox")
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(path, packed(Path(scratch)))
        return path


def vermagic(module: Path) -> str:
    """The release of the kernel that a module is for."""
    found = re.search(rb"\0vermagic=(\S+) ", module.read_bytes())
    if not found:
        raise SetupError(f"{module}: expected a kernel module, found no vermagic in it")
    return found[1].decode()


def copy_stripped(source: Path, to: Path, arch: str) -> None:
    """Copies a program without debugging information, to keep the machines' downloads small."""
    strip = shutil.which(STRIP[arch]) or shutil.which("strip")
    done = subprocess.run([strip or "strip", "-o", to, source], check=False,
                          capture_output=True) if strip else None
    if not done or done.returncode:
        shutil.copyfile(source, to)
    to.chmod(0o755)


def take_programs(source: Path, to: Path, arch: str) -> None:
    to.mkdir(parents=True)
    lines = []
    for program in plans.read_programs(source):
        copy_stripped(source / program.name, to / program.name, arch)
        lines.append(f"{program.name} {program.limit_s or 180:g}\n")
    copy_stripped(source / PROBE, to / PROBE, arch)
    (to / "programs").write_text("".join(lines), encoding="utf-8")


def packed(folder: Path) -> bytes:
    """A tar archive of a folder, the same for the same content."""
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = "root"
        return entry

    with tempfile.TemporaryFile() as scratch:
        with tarfile.open(fileobj=scratch, mode="w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.add(path, path.relative_to(folder), recursive=False, filter=plain)
        scratch.seek(0)
        return gzip.compress(scratch.read(), compresslevel=6, mtime=0)


# ---- jobs ----

def minutes(seconds: float) -> int:
    return max(1, -(-int(seconds) // 60))


def common_values(options: argparse.Namespace, job: Wanted, files: Files,
                  text: str) -> dict[str, object]:
    limits = (options.boot_limit or 2 * job.target.boot_limit,
              options.test_limit or job.target.target_limit)
    boot, test = map(minutes, limits)
    tries = 2
    rootfs = files.given(options.rootfs, "ROOTFS") if options.rootfs else files.root(
        job.target.arch)
    return {
        "job_name": f"vgic-abi {job.name}", "priority": options.priority,
        "tags": options.tags, "run": job.run, "set": job.set_name, "tests": job.tests,
        "boot_minutes": boot, "boot_tries": tries, "test_minutes": test,
        "job_minutes": tries * boot + test + 10,
        "kernel": files.kernel(job), "rootfs": rootfs,
        "overlay": files.overlay(job.target.arch), "prompt": options.prompt,
        "definition": "".join(f"        {line}\n" for line in
                              without_comment(text).splitlines()).rstrip("\n"),
    }


def command_line(target: Target) -> str:
    return f"console={target.console} {qemu.APPEND} {target.kernel_words}".strip()


def qemu_job(options: argparse.Namespace, job: Wanted, files: Files) -> str:
    target = job.target
    files.module(job)
    dtb = files.device_tree(target)
    # A lab's root file system does not bring up late CPUs.
    emulation = " ".join(qemu.emulated(target, late_cpus=False))
    values = common_values(options, job, files, definition(options, target, job.tests))
    values |= {
        "device_type": options.qemu_type, "cpu": target.cpu, "machine": target.machine,
        "memory": target.memory, "dtb": dtb or "",
        "extra_options": [f"-smp {target.smp}", emulation, "-no-reboot"],
        "kernel_arg": f'-kernel {{kernel}} -append "{command_line(target)}"',
    }
    words = {"qemu"} | ({"dtb"} if dtb else set()) | ({"tags"} if options.tags else set())
    return filled_in("job.yaml", values, words)


def board_job(options: argparse.Namespace, name: str, kernel: str, files: Files,
              tests: str) -> str:
    """A job for a real machine, which is chosen by its device type."""
    like, device_type, kernel_type = BOARDS[name]
    target = replace(targets.load(options.targets)[like], name=name)
    job = Wanted(target, kernel, "", tests)
    files.module(job)
    dtb = files.given(options.dtb, "DTB") if options.dtb else ""
    values = common_values(options, job, files,
                           definition(options, None, tests))
    values |= {"device_type": options.board_type or device_type,
               "kernel_type": kernel_type, "dtb": dtb}
    words = {"board"} | ({"dtb"} if dtb else set()) | ({"tags"} if options.tags else set())
    return filled_in("job.yaml", values, words)


def wanted(options: argparse.Namespace) -> list[Wanted]:
    everything = targets.load(options.targets)
    # Kernels that are built here take a quarter of an hour, so they are built only on request.
    chosen = (targets.select(everything, options.target) if options.target else
              [t for t in everything.values()
               if "config" not in t.kernel and t.programs in FOLDERS])
    for target in chosen:
        if target.programs not in FOLDERS:
            raise SetupError(f"{target.name}: expected a target whose programs are of "
                             f"{', '.join(FOLDERS)}; the overlay has no {target.programs}")
    jobs = []
    for target in chosen:
        for kernel in options.kernel or [""]:
            if (kernel and not kernel.startswith(plans.DEBIAN) and not options.module
                    and target.modules):
                continue
            for set_name, tests in options.sets or [("", options.tests or "")]:
                jobs.append(Wanted(target, kernel, set_name, tests))
    return jobs


def run(options: argparse.Namespace) -> int:
    jobs = wanted(options)
    shutil.rmtree(options.out, ignore_errors=True)
    for folder in ("jobs", "health-checks"):
        (options.out / folder).mkdir(parents=True)
    files = Files(options)
    health: dict[str, str] = {}
    for job in jobs:
        print(f"lava: {job.name}", file=sys.stderr, flush=True)
        text = qemu_job(options, job, files)
        write_file(options.out / "jobs" / f"{job.name}.yaml", text.encode())
        check = Wanted(job.target, job.kernel, "health", "none")
        health.setdefault(job.target.arch, qemu_job(
            argparse.Namespace(**{**vars(options), "test_limit": 120, "priority": "high"}),
            check, files))
    for arch, text in health.items():
        write_file(options.out / "health-checks" / f"qemu-{arch}.yaml", text.encode())
    if not options.target:
        for name in BOARDS:
            text = board_job(options, name, "", files, options.tests or "")
            write_file(options.out / "jobs" / f"{name}.yaml", text.encode())
            text = board_job(argparse.Namespace(**{
                **vars(options), "test_limit": 120, "priority": "high"}), name, "", files, "none")
            write_file(options.out / "health-checks" / f"{name}.yaml", text.encode())
    write_file(options.out / "vgic-abi.yaml", definition(
        options, None, options.tests or "", by_itself=True).encode())
    arches = {job.target.arch for job in jobs} | (set() if options.target else {"arm64", "arm"})
    for arch in sorted(arches):
        path = files.write_overlay(arch)
        print(f"lava: {path.name}: {path.stat().st_size / 2**20:.1f} MiB", file=sys.stderr)
    print(f"{len(jobs)} jobs for QEMU"
          + ("" if options.target else f", {len(BOARDS)} for boards")
          + f": {options.out}/jobs/; they download from {options.url}")
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--target", action="append", default=[], metavar="NAME[,NAME...]",
        help="only these machines of targets.toml. Default: all whose kernel is Debian's")
    add("--kernel", action="append", default=[], metavar="FILE|debian:SUITE",
        help="with this kernel; may be repeated")
    add("--module", type=Path, metavar="FILE", help="as for `make run`")
    add("--dtb", type=Path, metavar="FILE", help="a board's device tree")
    add("--rootfs", type=Path, metavar="FILE",
        help="a root file system, as a newc archive packed with gzip. Default: BusyBox")
    add("--prompt", default=PROMPT,
        help="the prompt of the root file system's shell. Default: that of lava/device/init")
    add("--tests", metavar="PATTERN[,...]", help="only these tests")
    add("--set", action="append", default=[], metavar="NAME=PATTERN[,...]", dest="sets",
        help="a job for these tests; may be repeated")
    add("--url", metavar="URL", help="where machines find files/. Default: file://, "
        "for workers on this machine")
    add("--qemu-type", default="qemu", metavar="NAME", help="the lab's device type for QEMU")
    add("--board-type", metavar="NAME", help="the lab's device type for boards")
    add("--programs", default="selftests", choices=FOLDERS,
        help="the folder of the overlay to run on boards")
    add("--tags", action="append", default=[], metavar="TAG",
        help="run only on devices with this tag; may be repeated")
    add("--priority", default="medium", choices=("low", "medium", "high"))
    add("--boot-limit", type=int, metavar="SECONDS", help="from power-on to the prompt")
    add("--test-limit", type=int, metavar="SECONDS", help="for all tests of a job")
    add("--busybox", type=Path, metavar="FILE", help="as for `make run`")
    add("--targets", type=Path, default=ROOT / "scripts" / "targets.toml", metavar="FILE")
    add("--build", type=Path, metavar="DIR", help="the build folder",
        default=cli.build_folder())
    add("--out", type=Path, metavar="DIR", help="default: <build>/lava")
    options = parser.parse_args(arguments)
    options.target = [name for names in options.target for name in cli.words(names)]
    options.kernel = [name for names in options.kernel for name in names.split()]
    found = [SET.fullmatch(text) for text in options.sets]
    if not all(found):
        parser.error("--set: expected NAME=PATTERN, with letters, digits and - in the name")
    options.sets = [(match[1], match[2]) for match in found if match]
    options.build = options.build.absolute()
    options.out = (options.out or options.build / "lava").absolute()
    options.url = options.url or f"file://{options.out}/files"
    return options


def main(arguments: Sequence[str]) -> int:
    return cli.main("lava", lambda: run(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
