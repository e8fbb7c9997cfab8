# SPDX-License-Identifier: GPL-2.0-only
"""Faults in the reference kernel: the table, the sources made of it, the verdicts."""

from __future__ import annotations

import fnmatch
import inspect
import re
import tempfile
import unittest
from pathlib import Path

from scripts import faults as program
from scripts import seeding
from scripts.errors import SetupError
from scripts.seeding import Fault
from scripts.session import Session
from tools import rules

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests/faults/faults.toml"

SOURCE = """\
int check(int a, int b)
{
	if (a > 3)
		return -EINVAL;
	if (b > 3)
		return -EINVAL;
	return a + b;
}
"""


def fault(name: str, old: str, new: str, **keys: object) -> Fault:
    return Fault(name=name, subject="s", file="f.c", old=old, new=new, rules=("r.*",), **keys)


class ThisTable(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.table = seeding.load(TABLE)

    def test_there_are_enough(self) -> None:
        self.assertGreaterEqual(len(self.table.faults), 80)

    def test_each_has_its_place(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            seeding.seed(self.table, ROOT, Path(name))
            made = Path(name, "virt/kvm/device_address.c").read_text(encoding="utf-8")
            self.assertIn("SEEDED(1)", made)
            hyp = Path(name, "arch/arm/kvm/hyp_switch.c").read_text(encoding="utf-8")
            self.assertIn("this->seeded ==", hyp)
            self.assertNotIn("SEEDED(", hyp)

    def test_no_change_is_there_twice(self) -> None:
        names: dict[tuple[str, str], str] = {}
        for each in dict.fromkeys((*self.table.faults, *self.table.units)):
            text = (ROOT / each.file).read_text(encoding="utf-8")
            begin, end = seeding.place_of(each, text)
            made = re.sub(r"\s+", "", text[:begin] + each.new + text[end:])
            other = names.setdefault((each.file, made), each.name)
            self.assertEqual(each.name, other, "expected one row, for the suite and unit tests")

    def test_units_exist(self) -> None:
        for each in self.table.units:
            self.assertTrue((ROOT / f"tests/unit/test_{each.unit}.c").is_file(), each.name)
        self.assertGreater(len(set(self.table.units) & set(self.table.faults)), 20)

    def test_rules_exist(self) -> None:
        known = [rule.id for rule in rules.load()]
        for each in self.table.faults:
            for pattern in each.rules:
                self.assertTrue(fnmatch.filter(known, pattern),
                                f"{each.name}: expected a rule that fits {pattern}, got none")

    def test_normal_sources_have_none(self) -> None:
        for path in seeding.sources(ROOT).values():
            text = path.read_text(encoding="utf-8")
            self.assertNotIn("SEEDED", text, str(path))
            self.assertNotIn("seeded_fault", text, str(path))


class Sources(unittest.TestCase):
    def made(self, *faults: Fault) -> str:
        return seeding.seeded("f.c", SOURCE, list(enumerate(faults, 1)))

    def test_expression(self) -> None:
        self.assertIn("if ((SEEDED(1) ? (a > 4) : (a > 3)))", self.made(fault("x", "a > 3", "a > 4")))

    def test_statement(self) -> None:
        made = self.made(fault("x", "return a + b;", ""))
        self.assertIn("if (SEEDED(1)) { ; } else { return a + b; }", made)

    def test_two_at_one_place(self) -> None:
        made = self.made(fault("x", "a + b", "a"), fault("y", "a + b", "b"))
        self.assertIn("return (SEEDED(1) ? (a) : ((SEEDED(2) ? (b) : (a + b))));", made)

    def test_one_within_another(self) -> None:
        made = self.made(fault("x", "if (a > 3)\n\t\treturn -EINVAL;", ""), fault("y", "a > 3", "0"))
        self.assertIn("if (SEEDED(1)) { ; } else { if ((SEEDED(2) ? (0) : (a > 3)))", made)

    def test_behind_something(self) -> None:
        made = self.made(fault("x", "return -EINVAL;", "return -EIO;", after="if (b > 3)"))
        self.assertIn("if (a > 3)\n\t\treturn -EINVAL;", made)
        self.assertIn("return -EIO;", made)

    def test_places_that_are_not_clear(self) -> None:
        for bad, words in ((fault("x", "return -EINVAL;", ""), "got 2 times"),
                           (fault("x", "nowhere", ""), "got 0 times"),
                           (fault("x", "a > 3", "", after="return -EINVAL;"), "after"),
                           (fault("x", "a > 3", "", after="if (b > 3)"), "got nowhere")):
            with self.assertRaisesRegex(SetupError, words):
                self.made(bad)
        with self.assertRaisesRegex(SetupError, "overlap"):
            self.made(fault("x", "a > 3)\n\t\treturn", ""), fault("y", "if (a > 3)", ""))

    def test_bad_tables(self) -> None:
        good = ('controls = ["c.*"]\n[[fault]]\nname = "n"\nsubject = "s"\nfile = "f"\n'
                'old = "o"\nnew = "n"\nrules = ["r"]\n')
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, "t.toml")
            path.write_text(good, encoding="utf-8")
            self.assertEqual("n", seeding.load(path).faults[0].name)
            for change, words in ((("subject", "sobject"), "expected one of"),
                                  (('new = "n"\n', ""), "a key 'new'"),
                                  (('rules = ["r"]', "rules = []"), "rules that notice"),
                                  (('rules = ["r"]', 'rules = "r"'), "rules: expected tuple"),
                                  (('old = "o"', 'old = " "'), "got nothing"),
                                  (('controls = ["c.*"]\n', ""), "controls"),
                                  (("[[fault]]", "[[fault"), "cannot read")):
                path.write_text(good.replace(*change), encoding="utf-8")
                with self.assertRaisesRegex(SetupError, words):
                    seeding.load(path)
            path.write_text(good + good.partition("\n")[2], encoding="utf-8")
            with self.assertRaisesRegex(SetupError, "twice"):
                seeding.load(path)


class Verdicts(unittest.TestCase):
    def outcome(self, **keys: object) -> program.Outcome:
        return program.Outcome(fault("x", "o", "n"), **keys)

    def test_only_a_rule_about_it_counts(self) -> None:
        self.assertEqual(program.CAUGHT, self.outcome(failed=["r.one"]).verdict)
        self.assertEqual(program.SURVIVED, self.outcome(failed=["other.one"]).verdict)
        self.assertEqual(program.SURVIVED, self.outcome().verdict)

    def test_not_if_everything_breaks(self) -> None:
        broke = self.outcome(failed=["r.one"], controls=["c.x.y"])
        self.assertEqual(program.BROKE, broke.verdict)

    def test_json(self) -> None:
        caught, survived = self.outcome(failed=["r.one", "other.two"]), self.outcome()
        data = program.as_json([caught, survived], [], 1.0)
        self.assertEqual((2, 1, 1), (data["total"], data["caught"], data["survived"]))
        self.assertEqual(["r.one"], data["faults"][0]["rules"])
        self.assertEqual(["other.two"], data["faults"][0]["other_rules"])

    def test_choice(self) -> None:
        table = seeding.load(TABLE)
        self.assertEqual(["guest_dacr_lost"],
                         [f.name for f in program.choose(table, "guest_dacr_lost")])
        self.assertTrue(program.choose(table, "memory slots, PSCI"))
        with self.assertRaisesRegex(SetupError, "fits none"):
            program.choose(table, "no such fault")


class OneMachine(unittest.TestCase):
    def test_methods_are_as_in_what_they_replace(self) -> None:
        """A name that both have by chance ends every run."""
        both = [name for name in vars(program.FaultSession)
                if name != "__init__" and hasattr(Session, name)]
        self.assertIn("tests_of", both)
        for name in both:
            own, other = getattr(program.FaultSession, name), getattr(Session, name)
            if not callable(own):
                continue
            self.assertEqual(list(inspect.signature(other).parameters),
                             list(inspect.signature(own).parameters), name)
            self.assertEqual(inspect.iscoroutinefunction(other),
                             inspect.iscoroutinefunction(own), name)


if __name__ == "__main__":
    unittest.main()
