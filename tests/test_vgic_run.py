# SPDX-License-Identifier: GPL-2.0-only
"""Unit tests of vgic-run, under ASan and UBSan, and the choice of its guest's modules.

Subjects are rows of SUBJECTS: `tests/unit/vgic_run/test_<subject>.c` tests the row's sources.
tests/guest_linux tests the whole program on the targets.

For each fault of tests/faults/faults.toml with `unit = "vgic_run/<subject>"`, a unit test of that
subject has to fail.
"""

from __future__ import annotations

import functools
import lzma
import tempfile
import unittest
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts import guest_linux
from scripts.errors import SetupError
from scripts.seeding import Fault
from tests import marks
from tests.test_pure import (BUILD, FAULTY, ROOT, SAMPLE, SANITIZERS, TABLE, TESTED, Results,
                             compile_to, kernel_source, run_limited, tests_in, with_fault)

HERE = ROOT / "tests/unit/vgic_run"
VIRTIO = ("virtqueue", "virtio_mmio", "virtio_block", "virtio_console", "error", "terminal")
SUBJECTS = {
    "virtqueue": ("virtqueue",),
    "virtio_mmio": VIRTIO,
    "pl011": ("pl011",),
    "options": ("options", "terminal"),
    "terminal": ("terminal",),
    "loader": ("loader", "image"),
    "input": ("input",),
    "files": ("files", "disk", "standard_files"),
    "save_file": ("save_file",),
    "save": ("save", "save_file", "files"),
}


def source_of(subject: str) -> Path:
    return HERE / f"test_{subject}.c"


def built(program: Path, options: Sequence[str], subject: str,
          replaced: dict[str, str]) -> Results:
    """Compiles and runs the tests of a subject. `replaced`: files in place of some sources."""
    tools = f"{kernel_source()}/tools"
    sources = [f"vgic-run/{name}.c" for name in SUBJECTS[subject]]
    compile_to(program, ["gcc", *options, "-Ivgic-run", "-Itests/unit/include",
                         "-Iarch/arm/include/uapi", "-Iinclude/uapi",
                         "-isystem", f"{tools}/include",
                         "-isystem", f"{tools}/testing/selftests",
                         str(source_of(subject).relative_to(ROOT)),
                         *(replaced.get(source, source) for source in sources)])
    return Results(run_limited([str(program)], 60)[1])


@functools.cache
def results_of(subject: str) -> Results:
    return built(BUILD / f"unit/vgic_run_{subject}", TESTED, subject, {})


def unit_test(subject: str, name: str) -> Callable[[unittest.TestCase], None]:
    def test(self: unittest.TestCase) -> None:
        results = results_of(subject)
        if name not in results.passed:
            self.fail(f"expected a result of {name}, got none; the end of the output:\n"
                      + "\n".join(results.lines[-20:]))
        if not results.passed[name]:
            self.fail("\n".join([f"expected {name} to pass, got:", *results.messages[name]]))

    return test


class Rows(unittest.TestCase):
    def test_every_source_has_a_row(self) -> None:
        on_disk = {path.stem.removeprefix("test_") for path in HERE.glob("test_*.c")}
        self.assertEqual(set(SUBJECTS), on_disk)


for _subject in SUBJECTS:
    _tests = {f"test_{name.removeprefix('global.').replace('.', '_')}":
              unit_test(_subject, name) for name in tests_in(source_of(_subject))}
    _name = f"Unit_{_subject}"
    globals()[_name] = type(_name, (unittest.TestCase,), {"__module__": __name__, **_tests})


# ---- seeded faults ----


def subject_of(fault: Fault) -> str:
    return fault.unit.removeprefix("vgic_run/")


FAULTS = sorted((fault for fault in TABLE.units if fault.unit.startswith("vgic_run/")),
                key=lambda fault: fault.unit)


def fault_test(fault: Fault) -> Callable[[unittest.TestCase], None]:
    def test(self: unittest.TestCase) -> None:
        subject = subject_of(fault)
        self.assertTrue(all(results_of(subject).passed.values()),
                        "expected no test to fail without the fault")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source, copy = with_fault(fault, folder)
            results = built(folder / "program", (*FAULTY, *SANITIZERS), subject, {source: copy})
        failed = [name for name in tests_in(source_of(subject)) if not results.passed.get(name)]
        self.assertTrue(failed, f"expected a test of {subject} to fail, got none, with\n"
                                f"  {fault.new!r}\nfor\n  {fault.old!r}")

    return test


class Faults(unittest.TestCase):
    """A unit test finds each seeded fault."""


# As in test_pure.py, `make check` tries every SAMPLE-th fault, and at least one of each subject.
for _number, _fault in enumerate(FAULTS):
    _test = fault_test(_fault)
    if _number % SAMPLE and _fault.unit == FAULTS[_number - 1].unit:
        _test = marks.long(_test)
    setattr(Faults, f"test_{_fault.name}", _test)


class GuestModules(unittest.TestCase):
    """The modules that a guest gets, in the order in which it loads them."""

    def in_order(self, files: dict[str, bytes], *wanted: str) -> list[str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "kernel").mkdir()
            for file, content in files.items():
                (folder / "kernel" / file).write_bytes(content)
            return list(guest_linux.in_order(folder, wanted))

    def test_dependencies_first(self) -> None:
        files = {"a.ko": b"x\0depends=b-two,c\0y", "b-two.ko": b"depends=c\0",
                 "c.ko": b"\0depends=\0"}
        self.assertEqual(["c", "b_two", "a"], self.in_order(files, "a"))

    def test_packed(self) -> None:
        files = {"a.ko.xz": lzma.compress(b"\0depends=b\0"), "b.ko": b"\0depends=\0"}
        self.assertEqual(["b", "a"], self.in_order(files, "a"))

    def test_builtin_modules(self) -> None:
        files = {"a.ko": b"\0depends=gone\0"}
        self.assertEqual(["a"], self.in_order(files, "a", "other"))

    def test_circular_dependency(self) -> None:
        files = {"a.ko": b"\0depends=b\0", "b.ko": b"\0depends=a\0"}
        self.assertEqual(["b", "a"], self.in_order(files, "a"))

    def test_no_modules(self) -> None:
        with self.assertRaises(SetupError):
            self.in_order({}, "a")


if __name__ == "__main__":
    unittest.main()
