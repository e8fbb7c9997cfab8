# SPDX-License-Identifier: GPL-2.0-only
"""The reference kernel's module: its HYP code, tests/refkernel, and hosts that lack something."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scripts import initramfs, targets
from scripts.device_tree import changed
from tests import marks
from tests.test_static import kernel_source
from tools import rules

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
FOLDER = ROOT / "tests/refkernel"
CROSS = "" if platform.machine() in ("armv7l", "armv8l") else "arm-linux-gnueabihf-"

# Symbols elsewhere to which HYP code may refer: an unwinder's marker, which is never called.
HARMLESS = {"__aeabi_unwind_cpp_pr0"}
HYP_OBJECTS = ("hyp_entry", "hyp_switch", "hyp_end")

# Wall-clock time after which a hanging machine is killed.
BOOT_LIMIT_S = 1800


def run(command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload]
        command, capture_output=True, text=True, check=False, **kwargs
    )


def run_targets(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "scripts/run.py", *arguments], cwd=ROOT)


def modules() -> list[Path]:
    """Builds the module for each kernel; returns the paths."""
    proc = run_targets("--modules")
    if proc.returncode:
        raise AssertionError(f"expected the modules to be built, got:\n{proc.stderr}")
    return [Path(line) for line in proc.stdout.split()]


@marks.layer("build")
@marks.slow
class HypCode(unittest.TestCase):
    """Code in HYP mode cannot call the kernel, which is not mapped there."""

    folders: list[Path]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folders = [module.parent / "arch/arm/kvm" for module in modules()]

    def symbols(self, path: Path) -> dict[str, str]:
        lines = run([f"{CROSS}nm", str(path)]).stdout.splitlines()
        return {line.split()[-1]: line.split()[-2] for line in lines}

    def test_no_calls_outside(self) -> None:
        self.assertTrue(self.folders)
        for folder in self.folders:
            defined: set[str] = set()
            undefined: set[str] = set()
            for name in HYP_OBJECTS:
                symbols = self.symbols(folder / f"{name}.o")
                self.assertTrue(symbols, f"no symbols in {folder}/{name}.o")
                undefined |= {s for s, kind in symbols.items() if kind == "U"}
                defined |= {s for s, kind in symbols.items() if kind != "U"}
            # Symbols of the page that HYP mode enters by its physical address; only their distance
            # is used.
            defined |= {"hyp_init_begin", "hyp_init_off"}
            self.assertEqual(set(), undefined - defined - HARMLESS, folder)

    def test_hyp_switch_has_only_hyp_text(self) -> None:
        for folder in self.folders:
            sections = run([f"{CROSS}objdump", "-h", str(folder / "hyp_switch.o")]).stdout
            sizes = {m[1]: int(m[2], 16) for m in re.finditer(
                r"^ *\d+ (\S+) +([0-9a-f]{8}) ", sections, re.MULTILINE)}
            self.assertGreater(sizes[".hyp.text"], 500, sections)
            for name in (".text", ".data", ".bss", ".rodata"):
                self.assertEqual(0, sizes.get(name, 0), f"{folder}: {name}\n{sections}")

    def test_hyp_text_is_contiguous(self) -> None:
        """Only hyp_text_begin to hyp_text_end is mapped."""
        for module in modules():
            table = run([f"{CROSS}objdump", "-t", str(module)]).stdout
            addresses = {line.split()[-1]: int(line.split()[0], 16)
                         for line in table.splitlines() if " .hyp.text\t" in line}
            for name in ("hyp_run_guest", "hyp_recover", "hyp_flush_vmid",
                         "hyp_enter_guest", "hyp_host_vectors"):
                self.assertLess(addresses[name], addresses["hyp_text_end"], name)
                self.assertLessEqual(addresses["hyp_text_begin"], addresses[name], name)
            self.assertEqual(addresses["hyp_text_end"], max(addresses.values()))


@marks.apart
class OnTheModule(unittest.TestCase):
    """Programs that test the module's own code: tests/refkernel/*.c."""

    # The programs of each target: name on the target, and source. Only the older kernel runs the
    # long lifecycle test. The hostile programs are part of `make run`.
    RUNS = {
        "lifecycle": {"lifecycle": "lifecycle", "memory": "memory", "cpu": "cpu",
                      "leaks": "leaks", "hotplug": "hotplug"},
        "lifecycle-6.12": {"lifecycle_short": "lifecycle", "memory": "memory", "cpu": "cpu",
                      "leaks": "leaks", "hotplug": "hotplug"},
        "lifecycle-tvm": {"memory": "memory", "cpu": "cpu"},
        "lifecycle-rt": {"memory": "memory", "cpu": "cpu", "hotplug": "hotplug"},
    }
    # A sample of each program's tests.
    SAMPLE = ("memory", "cpu", "lifecycle.any.unload", "lifecycle.any.hyp_fault",
              "lifecycle.any.kill_vmm", "leaks.any.vms", "hotplug.any.while_running")

    def test_sample(self) -> None:
        self.check("lifecycle-6.12", self.SAMPLE)

    @marks.long
    def test_on_6_1(self) -> None:
        self.check("lifecycle")

    @marks.long
    def test_on_6_12(self) -> None:
        self.check("lifecycle-6.12")

    @marks.long
    def test_with_traps_of_vm_registers(self) -> None:
        self.check("lifecycle-tvm")

    @marks.long
    def test_on_preempt_rt(self) -> None:
        # A kernel with PREEMPT_RT has no transparent huge pages.
        self.check("lifecycle-rt", skipped=("memory.any.huge_page_reversed",
                                            "memory.any.huge_page_cut"))

    def check(self, target: str, selected: Sequence[str] = (), skipped: Sequence[str] = ()) -> None:
        programs = self.RUNS[target]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            proc = run(self.command(folder, target, programs)
                       + (["--tests", ",".join(selected)] if selected else []), cwd=ROOT)
            self.assertEqual(0, proc.returncode, proc.stdout + proc.stderr)
            summary = json.loads((folder / "results" / target / "summary.json").read_text())
        outcome = {r["test"]: r["outcome"] for r in summary["results"]}
        passed = {test for test, result in outcome.items() if result == "passed"}
        for source in set(programs.values()):
            code = (FOLDER / f"{source}.c").read_text(encoding="utf-8")
            tests = set(re.findall(rf'"({source}\.any\.\w+)"', code))
            self.assertGreater(len(tests), 1)
            if selected and source not in selected:
                tests &= set(selected)
            self.assertNotEqual(set(), tests)
            # In QEMU, tests of code that only silicon reaches are skipped.
            unreachable = {test for test in tests if test in skipped
                           or test.replace(".any.", ".") in self.silicon()}
            self.assertEqual({"skipped"}, {outcome[test] for test in unreachable} or {"skipped"})
            self.assertLessEqual(tests - unreachable, passed)

    @staticmethod
    def silicon() -> set[str]:
        return {rule.id for rule in rules.load() if rule.reach == "silicon"}

    @staticmethod
    def command(folder: Path, target: str, programs: dict[str, str]) -> list[str]:
        proc = run(["make", "-s", "-C", str(FOLDER), f"OUTPUT={folder}", f"CROSS_COMPILE={CROSS}",
                    f"KSRC={kernel_source()}", f"PROBE={BUILD}/selftests/arm/probe",
                    f"PROGRAMS={' '.join(programs.values())}"])
        if proc.returncode:
            raise AssertionError(f"expected the programs to compile, got:\n{proc.stderr}")
        for name, source in programs.items():
            if name != source:
                (folder / source).rename(folder / name)
        (folder / "programs").write_text(
            "".join(f"{name} 420\n" for name in programs), encoding="utf-8")
        return [sys.executable, "scripts/run.py", "--targets", str(FOLDER / "targets.toml"),
                "--target", target, "--programs-dir", str(folder),
                "--results-dir", str(folder / "results")]


@marks.apart
class Hosts(unittest.TestCase):
    """Messages of insmod on machines that cannot run guests, or have no GIC for guests."""

    # The regions of QEMU's GIC, and one `reg` with a GICC of another size.
    GICD, GICC = "0 8000000 0 10000", "0 8010000 0 10000"
    GICH, GICV = "0 8030000 0 10000", "0 8040000 0 10000"
    REG = "/intc@8000000 reg"
    SHORT_GICC = {REG: f"{GICD} 0 8010000 0 1000 {GICH} {GICV}"}

    def boot(self, append: str = "", device_tree: dict[str, str] | None = None,
             before: Sequence[Path] = (), **machine: str) -> str:
        """Boots armv7-ref with these changes and returns the console, with insmod's output.

        before: binaries that are put before the kernel in its image, and run first.
        """
        target = replace(targets.load(ROOT / "scripts/targets.toml")["armv7-ref"],
                         device_tree=device_tree or {}, name=self.id().rpartition(".")[2],
                         **machine)
        fetch = [sys.executable, str(ROOT / "scripts/fetch.py")]
        kernel = Path(run([*fetch, "kernel", "--arch", "armhf"]).stdout.strip())
        busybox = Path(run([*fetch, "busybox", "--arch", "armhf"]).stdout.strip())
        release = (kernel / "release").read_text(encoding="utf-8").strip()
        module = next(m for m in modules() if m.parent.name == release)
        files = initramfs.contents(busybox, {}, {"kvm_armv7.ko": module})
        files["init"] = FOLDER / "init"
        archive = initramfs.build(BUILD / "initramfs", files)
        tree = changed(target, BUILD / "dtb")
        with tempfile.TemporaryDirectory() as name:
            image = Path(name, "kernel")
            image.write_bytes(b"".join(part.read_bytes()
                                       for part in (*before, kernel / "vmlinuz")))
            output = run(["timeout", "--signal=KILL", str(BOOT_LIMIT_S),
                          # QEMU is killed with its parent, timeout.
                          "setpriv", "--pdeathsig", "KILL", "--", target.qemu,
                          "-machine", target.machine, "-cpu", target.cpu,
                          "-smp", str(target.smp), "-m", target.memory, "-net", "none",
                          "-display", "none", "-no-reboot", "-serial", "stdio",
                          *(["-dtb", str(tree)] if tree else []),
                          "-kernel", str(image), "-initrd", str(archive),
                          "-append", f"console=ttyAMA0 panic=-1 loglevel=4 {append}"],
                         stdin=subprocess.DEVNULL).stdout
        self.assertIn("still alive", output)
        self.assertNotRegex(output, r"Oops|undefined instruction|Internal error")
        return str(output)

    def assert_refused(self, output: str, *words: str) -> None:
        for word in ("No such device", *words):
            self.assertIn(word, output)
        self.assertNotIn("there is a /dev/kvm", output)

    def assert_without_gic(self, output: str, *words: str) -> None:
        for word in ("insmod: status 0", "there is a /dev/kvm", "no GIC for guests", *words):
            self.assertIn(word, output)
        self.assertNotIn("list registers", output)

    def test_kernel_booted_in_svc_mode(self) -> None:
        """The module must not use hvc, which would be an undefined instruction."""
        with tempfile.TemporaryDirectory() as folder:
            for command in (
                [f"{CROSS}gcc", "-c", str(FOLDER / "svc_boot.S"), "-o", f"{folder}/o"],
                [f"{CROSS}objcopy", "-O", "binary", f"{folder}/o", f"{folder}/boot"],
            ):
                proc = run(command)
                self.assertEqual(0, proc.returncode, proc.stderr)
            output = self.boot(before=[Path(folder, "boot")])
        self.assert_refused(output, "not booted in HYP mode", "boot loader",
                            "which the kernel uses")

    def test_short_gicc(self) -> None:
        """The kernel is in HYP mode, but does not split priority drop and deactivation."""
        output = self.boot(device_tree=self.SHORT_GICC)
        self.assert_refused(output, "/intc@8000000: expected a GICC of 8 KiB",
                            "irqchip.gicv2_force_probe=1", "found GICC of 0x1000 bytes")
        self.assertNotIn("not booted in HYP mode", output)

    def test_short_gicc_with_the_remedy(self) -> None:
        output = self.boot("irqchip.gicv2_force_probe=1", self.SHORT_GICC)
        for word in ("insmod: status 0", "there is a /dev/kvm", "list registers"):
            self.assertIn(word, output)

    @marks.long
    def test_gicv_within_a_page(self) -> None:
        output = self.boot(device_tree={
            self.REG: f"{self.GICD} {self.GICC} {self.GICH} 0 8040800 0 2000"})
        self.assert_without_gic(output, "begins at a page", "0x2000 bytes at 0x8040800")

    @marks.long
    def test_short_gicv(self) -> None:
        output = self.boot(device_tree={
            self.REG: f"{self.GICD} {self.GICC} {self.GICH} 0 8040000 0 1000"})
        self.assert_without_gic(output, "expected a GICV of 8 KiB", "GICV of 0x1000 bytes")

    def test_no_gicv(self) -> None:
        output = self.boot(device_tree={self.REG: f"{self.GICD} {self.GICC}"})
        self.assert_without_gic(output, "expected GICH and GICV")

    def test_no_maintenance_interrupt(self) -> None:
        output = self.boot(device_tree={"/intc@8000000 interrupts": ""})
        self.assert_without_gic(output, "expected a maintenance interrupt",
                                "found maintenance interrupt 0")

    @marks.long
    def test_maintenance_interrupt_is_an_spi(self) -> None:
        output = self.boot(device_tree={"/intc@8000000 interrupts": "0 9 4"})
        self.assert_without_gic(output, "to be a free PPI")

    @marks.long
    def test_no_virtual_timer(self) -> None:
        output = self.boot(device_tree={"/timer interrupts": "1 d 104 1 e 104"})
        self.assert_refused(output, "expected the virtual timer's interrupt",
                            "correct the device tree")

    @marks.long
    def test_gicv3(self) -> None:
        output = self.boot(machine="virt,virtualization=on,gic-version=3")
        self.assert_refused(output, "expected a GICv2, got a GICv3")
