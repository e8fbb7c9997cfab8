#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The table of registers, and the header generated from it."""

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import registers, rules

GOOD = """
[[register]]
name = "GICD_ISENABLER"
gic = 2
frame = "GICD"
offset = 0x100
bits = 1
clear = 0x180
source = "somewhere"
fields = [
	{ of = "SGI", access = "FREE" },
	{ of = "PPI TIMER SPI", access = "W1S", reset = 0 },
]

[[register]]
name = "GICD_ICENABLER"
gic = 2
frame = "GICD"
offset = 0x180
bits = 1
set = 0x100
source = "somewhere"
fields = [{ of = "SPI", access = "W1C", reset = 0 }]

[[register]]
name = "ICC_PMR"
gic = 3
frame = "ICC"
offset = [3, 0, 4, 6, 0]
source = "somewhere"
fields = [
	{ mask = 0xf8, access = "RW", reset = 0 },
	{ mask = 0x07, access = "RO", user = "READ" },
]
"""


class Parsing(unittest.TestCase):
    def test_good(self) -> None:
        enable, _, mask = registers.parse_table(GOOD)
        self.assertEqual(("v2_gicd_isenabler", 1, 1020, ("guest", "user")),
                         (enable.id, enable.bits, enable.end, enable.views))
        self.assertEqual(("SGI",), enable.fields[0].of)
        self.assertEqual((1, None), (enable.fields[0].mask, enable.fields[0].reset))
        self.assertEqual(3 << 14 | 4 << 7 | 6 << 3, mask.offset)
        self.assertEqual(("RO", "READ"), (mask.fields[1].access, mask.fields[1].user))

    def refused(self, old: str, new: str, message: str) -> None:
        self.assertIn(old, GOOD)
        with self.assertRaisesRegex(rules.TableError, message):
            registers.parse_table(GOOD.replace(old, new, 1))

    def test_not_toml(self) -> None:
        self.refused("gic = 2", "gic = ", "not TOML")

    def test_keys(self) -> None:
        self.refused("bits = 1", "bit = 1", "unknown key 'bit'")
        self.refused('source = "somewhere"\n', "", "lacks 'source'")
        self.refused('of = "SGI", ', 'off = "SGI", ', "unknown key 'off'")
        self.refused(', access = "FREE"', "", "lacks 'access'")

    def test_words(self) -> None:
        self.refused("gic = 2", "gic = 4", "expected gic")
        self.refused('"GICD"', '"GICX"', "expected frame")
        self.refused('"FREE"', '"OPEN"', "expected access")
        self.refused('"SGI"', '"LPI"', "expected of")
        self.refused("bits = 1", "bits = 3", "expected bits")
        self.refused("mask = 0x07", 'mask = "SOME"', "expected mask")

    def test_classes_of_intids(self) -> None:
        """Only fields of interrupts have 'of', the classes of INTIDs."""
        self.refused('of = "SGI", ', "", "to have 'of'")
        self.refused("mask = 0xf8", 'of = "SPI", mask = 0xf8', "only then")

    def test_masks(self) -> None:
        self.refused("mask = 0x07", "mask = 0x0f", "two fields have bits")
        self.refused("mask = 0x07", "mask = 0x700000000", "expected a mask within")
        self.refused('"RW", reset = 0', '"RW", reset = 1', "within the mask, got 0x1")

    def test_partners(self) -> None:
        self.refused("clear = 0x180", "clear = 0x184", "no register at 0x184")
        self.refused("clear = 0x180", "", "a W1S register needs 'clear'")

    def test_encoding(self) -> None:
        self.refused("[3, 0, 4, 6, 0]", "[3, 0, 4, 6]", "expected an offset")
        self.refused("[3, 0, 4, 6, 0]", "[3, 0, 4, 16, 0]", "expected an offset")

    def test_twice(self) -> None:
        self.refused('"GICD_ICENABLER"', '"GICD_ISENABLER"', "two registers of this name")


class Table(unittest.TestCase):
    table = registers.load()

    def test_header_is_up_to_date(self) -> None:
        self.assertEqual([], registers.problems())

    def test_outdated_header(self) -> None:
        self.assertNotEqual([], registers.problems(rules.ROOT / "selftests/rules.h"))

    def test_each_register_is_a_variant(self) -> None:
        header = registers.render_header(self.table)
        lists = {name: set(re.findall(r"X\((\w+), ", text)) for name, text in re.findall(
            r"^#define (\w+_REGISTERS)\(X\)((?:.*\\\n)*.*)", header, re.MULTILINE)}
        ids = {register.id for register in self.table}
        guest = lists["TRAPPED_REGISTERS"] | lists["CPU_REGISTERS"]
        self.assertEqual(ids, guest | lists["USER_REGISTERS"])
        self.assertEqual(set(), lists["TRAPPED_REGISTERS"] & lists["CPU_REGISTERS"])
        self.assertEqual(guest & lists["USER_REGISTERS"], lists["SHARED_REGISTERS"])

    def test_frames_of_both_models(self) -> None:
        for gic, frames in registers.FRAMES.items():
            self.assertEqual(set(frames), {r.frame for r in self.table if r.gic == gic})

    def test_deviations_are_of_variants(self) -> None:
        """A deviation without a register's variant would hide faults of all registers."""
        variants = {f"devattr_{register.id}" for register in self.table}
        for rule in rules.load():
            if rule.id.startswith("fields"):
                for deviation in rule.deviations:
                    self.assertIn(deviation.variants, variants, rule.id)


if __name__ == "__main__":
    unittest.main()
