# SPDX-License-Identifier: GPL-2.0-only
"""The reference kernel's layers, see Documentation/reference-kernel.md; other rules for sources."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from pathlib import Path

from scripts import module
from tests import marks
from tests.test_imports import cycle
from tests.test_static import BUILD, ROOT, tracked

NM = f"{module.CROSS}-nm"


def dependencies_of(folder: Path) -> dict[str, set[str]]:
    """For each object file below a folder, the files that define its undefined symbols."""
    defined: dict[str, str] = {}
    undefined: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*/**/*.o")):
        name = str(path.relative_to(folder))
        undefined[name] = set()
        listed = subprocess.run([NM, "--format=posix", path], capture_output=True, text=True,
                                check=True).stdout
        for line in listed.splitlines():
            symbol, kind = line.split()[:2]
            if kind == "U":
                undefined[name].add(symbol)
            elif kind.isupper():
                defined[symbol] = name
    return {name: {defined[symbol] for symbol in symbols if symbol in defined} - {name}
            for name, symbols in undefined.items()}


class Sources(unittest.TestCase):
    def search(self, pattern: str, *names: str) -> list[str]:
        return [f"{name}:{number}: {line.strip()}" for name in tracked(*names)
                for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
                if re.search(pattern, line)]

    def test_neutral_code_does_not_reach_into_the_architecture(self) -> None:
        for pattern in (r"#include .*(\.\./|arch/)", r"->arch\.", r"\bcp15_", r"\bstage2\b",
                        r"\blpae_", r"\bhyp_(?!fault)"):
            self.assertEqual([], self.search(pattern, "virt/*.c", "virt/*.h"), pattern)

    def test_shared_headers_name_no_coprocessor(self) -> None:
        self.assertEqual([], self.search(r"\bcp1[45]\b", "include/kvm/*.h"))

    def test_registers_of_the_distributor_have_names(self) -> None:
        self.assertEqual([], self.search(r"offset\W+0x", "virt/*.c", "arch/*.c"))

    def test_page_shift(self) -> None:
        self.assertEqual([], self.search(r"(>>|<<) 12\b", "virt/*.c", "include/kvm/*.h"))

    # Functions that get an index from a guest or user space, by file.
    INDEXED = {
        "include/kvm/vm.h": ("vm_vcpu",),
        "arch/arm/kvm/psci.c": ("by_affinity",),
        "arch/arm/kvm/regs.c": ("core_reg", "vfp_get", "vfp_set"),
        "virt/kvm/device_address.c": ("device_address_set",),
        "virt/kvm/eventfd.c": ("pin_of",),
        "virt/kvm/irq_routing.c": ("irq_routes_add",),
        "virt/kvm/arm/gicd.c": ("find_region", "covered"),
        "virt/kvm/arm/vgic.c": ("set_line", "vgic_irq_line", "vgic_set_spi",
                                "vgic_set_eoi_notify"),
        "virt/kvm/arm/vgic_device.c": ("addr_get", "reg_access", "device_ioctl"),
    }

    def test_indices_are_bounded_for_speculation(self) -> None:
        page = (ROOT / "Documentation/on-silicon.md").read_text(encoding="utf-8")
        for name, functions in self.INDEXED.items():
            text = (ROOT / name).read_text(encoding="utf-8")
            for function in functions:
                body = re.search(rf"^[\w \*]*\b{function}\((?:[^;{{]*)\)\n{{\n(.*?)^}}", text,
                                 re.MULTILINE | re.DOTALL)
                self.assertIsNotNone(body, f"{name}: no function {function}")
                self.assertIn("array_index_nospec(", body[1], f"{name}: {function}")
                self.assertIn(f"`{function}()`", page)

    def test_kicks_take_no_lock_that_sleeps(self) -> None:
        """Kicks happen with interrupts disabled, and a wait queue's lock sleeps on PREEMPT_RT."""
        self.assertEqual([], self.search(
            r"\b(wake_up\w*|wait_event\w*|init_waitqueue_head|local_lock)\(",
            "virt/*.c", "arch/*.c", "include/kvm/*.h"))

    def test_lines(self) -> None:
        long = [f"{name}:{number}: {len(line)} columns"
                for name in tracked("*.c", "*.h", "*.S", "*.py")
                for number, line in enumerate(
                    (ROOT / name).read_text().expandtabs(8).splitlines(), 1) if len(line) > 100]
        self.assertEqual([], long)


@marks.layer("build")
@marks.apart
class Objects(unittest.TestCase):
    def test_no_dependency_cycle(self) -> None:
        proc = subprocess.run(
            [sys.executable, "scripts/run.py", "--modules", "--build", BUILD,
             "--target", "armv7-ref"],
            cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(0, proc.returncode, proc.stderr)
        dependencies = dependencies_of(Path(proc.stdout.strip()).parent)
        self.assertLess(20, sum(len(others) for others in dependencies.values()))
        self.assertEqual([], cycle(dependencies))


if __name__ == "__main__":
    unittest.main()
