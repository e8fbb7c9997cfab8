# SPDX-License-Identifier: GPL-2.0-only
"""The suite's 32-bit ARM backend: its build, and unit tests of code that guests use."""

from __future__ import annotations

import os
import platform
import re
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests import marks
from tests.test_pure import TESTED, compile_to, includes, run_limited
from tests.test_static import kernel_source

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
CROSS = "" if platform.machine() in ("armv7l", "armv8l") else "arm-linux-gnueabihf-"

# Floating-point and vector instructions. Guests run with the VFP off; only
# guest_state.c enables it.
VECTOR_CODE = re.compile(
    r"\t(v[a-z0-9]+\.\S+|vmov|vldr|vstr|vldm\w*|vstm\w*|vpush|vpop|vmrs|vmsr)\t")


def run(command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload]
        command, capture_output=True, text=True, check=False, **kwargs
    )


class Build(unittest.TestCase):
    """The programs that `make check` has built."""

    output = BUILD / "selftests/arm"

    def programs(self) -> list[str]:
        return [line.split()[0] for line in (self.output / "programs").read_text().splitlines()]

    @marks.long
    def test_builds_silently(self) -> None:
        """A complete build prints nothing."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        with tempfile.TemporaryDirectory() as folder:
            proc = run(["make", "-s", "-j2", "-C", str(ROOT / "selftests"), "ARCH=arm",
                        f"CROSS_COMPILE={CROSS}", f"KSRC={kernel_source()}", f"OUTPUT={folder}"],
                       env=env)
        self.assertEqual((0, ""), (proc.returncode, proc.stderr), proc.stdout)

    def test_same_programs_as_on_arm64(self) -> None:
        makefile = (ROOT / "selftests/Makefile").read_text(encoding="utf-8")
        named = re.search(r"^TEST_GEN_PROGS := (.*)$", makefile.replace("\\\n", " "),
                          re.MULTILINE)
        assert named
        self.assertEqual(named[1].split(), self.programs())

    def test_static_and_32_bit(self) -> None:
        for program in self.programs() + ["probe"]:
            with self.subTest(program):
                kind = run(["readelf", "-hl", str(self.output / program)]).stdout
                self.assertRegex(kind, r"Machine:\s+ARM")
                self.assertIn("ELF32", kind)
                self.assertNotIn("INTERP", kind)

    def test_guest_code_does_not_use_the_vfp(self) -> None:
        objects = sorted(self.output.glob("lib/**/*.o")) + sorted(self.output.glob("libkvm/**/*.o"))
        self.assertGreater(len(objects), 15)
        for path in objects:
            if path.name == "guest_state.c.o":  # enables the VFP and fills its registers
                continue
            code = run([f"{CROSS}objdump", "-d", str(path)]).stdout
            with self.subTest(path.name):
                self.assertIsNone(VECTOR_CODE.search(code), VECTOR_CODE.search(code))

    def test_detects_vector_code(self) -> None:
        code = run([f"{CROSS}objdump", "-d", str(self.output / "errors")]).stdout
        self.assertIsNotNone(VECTOR_CODE.search(code), "expected some in the C library")

    def test_alignment_of_vectors(self) -> None:
        symbols = run([f"{CROSS}nm", str(self.output / "guest_map")]).stdout
        vectors = re.search(r"^([0-9a-f]+) [Tt] arm_vectors$", symbols, re.MULTILINE)
        assert vectors, symbols
        self.assertEqual(0, int(vectors[1], 16) % 32)


class Parts(unittest.TestCase):
    """Parts of the suite that the build machine can run: tests/unit/<name>.c."""

    def check(self, name: str, tests: int, *more: str) -> None:
        program = BUILD / f"unit/{name}"
        compile_to(program, ["gcc", *TESTED, *includes(), f"tests/unit/{name}.c", *more])
        status, output = run_limited([str(program)])
        self.assertEqual(0, status, output)
        self.assertIn(f"pass:{tests} fail:0", output)

    def test_guest_strings(self) -> None:
        self.check("guest_strings", 3, "-fno-builtin")

    def test_model_allows(self) -> None:
        self.check("model_allows", 2, "-Iselftests", "-Iselftests/lib",
                   "selftests/model/model.c")

    def test_gic_models_agree(self) -> None:
        self.check("gic_agrees", 1, "-Iselftests", "virt/kvm/arm/gicd.c", "virt/kvm/arm/gic_irq.c",
                   "selftests/model/gic_model.c", "selftests/model/gic_choice.c")


class OtherMachines(unittest.TestCase):
    def test_unsupported_architecture(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            proc = run(["make", "-C", str(ROOT / "selftests"), "ARCH=mips", f"OUTPUT={folder}",
                        f"KSRC={kernel_source()}"])
        self.assertEqual(2, proc.returncode)
        self.assertIn("not for 'mips': set ARCH=arm64 or ARCH=arm", proc.stderr)


def elf_program(machine: int = 183, klass: int = 2, offset: int = 0xFFC, filesz: int = 8) -> bytes:
    """A program with one segment: 8 bytes of data at 0x10ffc, then 8 zero bytes."""
    ident = b"\x7fELF" + bytes([klass, 1, 1]) + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0x10000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, offset, 0x10FFC, 0x10FFC, filesz, 16, 0x1000)
    data = struct.pack("<II", 0x11223344, 0x55667788)
    return (ident + header + segment).ljust(0xFFC, b"\0") + data


class Logic(unittest.TestCase):
    """Page tables and the program loader, compiled for the build machine."""

    program = BUILD / "unit/arm_backend"

    @classmethod
    def setUpClass(cls) -> None:
        cls.program.parent.mkdir(parents=True, exist_ok=True)
        tools = Path(kernel_source(), "tools")
        library = tools / "testing/selftests/kvm"
        command = [
            "gcc", "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror",
            "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
            f"-I{ROOT}/selftests/lib",
            "-isystem", str(ROOT / "selftests/include/arm"), "-isystem", str(library / "include"),
            "-isystem", str(tools / "include"), "-isystem", str(library.parent),
            str(ROOT / "tests/unit/arm_backend.c"),
            str(ROOT / "selftests/lib/guest/arm/page_table.c"),
            str(ROOT / "selftests/lib/guest/guest_program.c"),
            str(ROOT / "selftests/lib/guest/guest_pages.c"),
            "-o", f"{cls.program}.new",
        ]
        # A file of the kernel's library: no warnings, no sanitizers.
        sparsebit = f"{cls.program}.sparsebit.o"
        proc = run([*[c for c in command[:-6] if not c.startswith(("-W", "-f"))], "-w", "-c",
                    str(library / "lib/sparsebit.c"), "-o", sparsebit])
        assert proc.returncode == 0, proc.stderr
        proc = run([*command, sparsebit])
        assert proc.returncode == 0, proc.stderr
        os.replace(f"{cls.program}.new", cls.program)

    def test_tables(self) -> None:
        proc = run([str(self.program), "tables"])
        self.assertEqual((0, "", ""), (proc.returncode, proc.stdout, proc.stderr))

    def load(self, content: bytes, address: int = 0x10FFC) -> subprocess.CompletedProcess[str]:
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            return run([str(self.program), "load", file.name, hex(address)])

    def test_segment(self) -> None:
        for address, expected in ((0x10FFC, 0x11223344), (0x11000, 0x55667788), (0x11004, 0)):
            proc = self.load(elf_program(), address)
            self.assertEqual((f"0x{expected:08x}\n", ""), (proc.stdout, proc.stderr), hex(address))

    def test_not_a_program_for_arm(self) -> None:
        """The loader accepts only ARM programs as wide as its own pointers, here 64 bits."""
        for content in (elf_program(machine=40), elf_program(klass=1), b"#!/bin/sh\n".ljust(100)):
            proc = self.load(content)
            self.assertEqual(3, proc.returncode)
            self.assertIn("expected a little-endian ARM program of 64 bits", proc.stderr)

    def test_segment_beyond_end_of_file(self) -> None:
        for content in (elf_program(offset=0x1FFC), elf_program(offset=0xFFFFFFF0),
                        elf_program(filesz=9), elf_program(filesz=17)):
            proc = self.load(content)
            self.assertEqual(3, proc.returncode)
            self.assertIn("expected a segment to lie within the file", proc.stderr)

    def test_misaligned_segment(self) -> None:
        proc = self.load(elf_program(offset=0xFF8))
        self.assertEqual(3, proc.returncode)
        self.assertIn("expected a segment to have the same offset", proc.stderr)

    def test_headers_beyond_end_of_file(self) -> None:
        for size, bytes_ in ((100, 56), (60, 64), (1, 64)):
            proc = self.load(elf_program()[:size])
            self.assertEqual(3, proc.returncode)
            self.assertIn(f"expected {bytes_} bytes at ", proc.stderr)

    def test_no_file(self) -> None:
        proc = run([str(self.program), "load", str(BUILD / "unit/none"), "0"])
        self.assertEqual(3, proc.returncode)
        self.assertIn("No such file", proc.stderr)


if __name__ == "__main__":
    unittest.main()
