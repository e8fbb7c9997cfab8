# SPDX-License-Identifier: GPL-2.0-only
"""Seeded faults: the table, the sources generated from it, and the verdicts."""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import io
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from scripts import faults as program
from scripts import seeding
from scripts.errors import SetupError
from scripts.qemu import Images
from scripts.seeding import Fault, Table
from scripts.session import Ending, Plan, Program
from scripts.targets import Target
from tests import marks
from tools import kernel_log, rules
from tools.results import FAILED, NOT_RUN, PASSED, Result

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

    def test_number_of_faults(self) -> None:
        self.assertGreaterEqual(len(self.table.faults), 80)

    def test_all_faults_apply(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            seeding.seed(self.table, ROOT, Path(name))
            made = Path(name, "virt/kvm/device_address.c").read_text(encoding="utf-8")
            self.assertIn("SEEDED(1)", made)
            hyp = Path(name, "arch/arm/kvm/hyp_switch.c").read_text(encoding="utf-8")
            self.assertIn("->seeded ==", hyp)
            self.assertNotIn("SEEDED(", hyp)

    def test_no_fault_twice(self) -> None:
        names: dict[tuple[str, str], str] = {}
        for row in dict.fromkeys((*self.table.faults, *self.table.units)):
            text = (ROOT / row.file).read_text(encoding="utf-8")
            begin, end = seeding.place_of(row, text)
            made = re.sub(r"\s+", "", text[:begin] + row.new + text[end:])
            other = names.setdefault((row.file, made), row.name)
            self.assertEqual(row.name, other, "expected one row for the suite and unit tests")

    def test_units_exist(self) -> None:
        for row in self.table.units:
            folder, _, subject = row.unit.rpartition("/")
            self.assertTrue((ROOT / "tests/unit" / folder / f"test_{subject}.c").is_file(),
                            row.name)
        self.assertGreater(len(set(self.table.units) & set(self.table.faults)), 20)

    def test_rules_exist(self) -> None:
        known = [rule.id for rule in rules.load()]
        for row in self.table.faults:
            for pattern in row.rules:
                self.assertTrue(fnmatch.filter(known, pattern),
                                f"{row.name}: expected a rule that fits {pattern}, got none")

    def test_sources_have_no_faults(self) -> None:
        for path in seeding.sources(ROOT).values():
            text = path.read_text(encoding="utf-8")
            self.assertNotIn("SEEDED", text, str(path))
            self.assertNotIn("seeded_fault", text, str(path))


@marks.layer("build")
@marks.slow
class Built(unittest.TestCase):
    def test_all_in_one_module(self) -> None:
        proc = subprocess.run([sys.executable, "scripts/faults.py", "--build-only"], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        self.assertEqual(0, proc.returncode, proc.stdout + proc.stderr)


class Sources(unittest.TestCase):
    def made(self, *faults: Fault) -> str:
        return seeding.seeded("f.c", SOURCE, list(enumerate(faults, 1)))

    def test_expression(self) -> None:
        self.assertIn("if ((SEEDED(1) ? (a > 4) : (a > 3)))",
                      self.made(fault("x", "a > 3", "a > 4")))

    def test_statement(self) -> None:
        made = self.made(fault("x", "return a + b;", ""))
        self.assertIn("if (SEEDED(1)) { ; } else { return a + b; }", made)

    def test_two_faults_at_one_place(self) -> None:
        made = self.made(fault("x", "a + b", "a"), fault("y", "a + b", "b"))
        self.assertIn("return (SEEDED(1) ? (a) : ((SEEDED(2) ? (b) : (a + b))));", made)

    def test_nested_faults(self) -> None:
        made = self.made(fault("x", "if (a > 3)\n\t\treturn -EINVAL;", ""),
                         fault("y", "a > 3", "0"))
        self.assertIn("if (SEEDED(1)) { ; } else { if ((SEEDED(2) ? (0) : (a > 3)))", made)

    def test_place_after_a_text(self) -> None:
        made = self.made(fault("x", "return -EINVAL;", "return -EIO;", after="if (b > 3)"))
        self.assertIn("if (a > 3)\n\t\treturn -EINVAL;", made)
        self.assertIn("return -EIO;", made)

    def test_ambiguous_places(self) -> None:
        for bad, words in ((fault("x", "return -EINVAL;", ""), "got 2 times"),
                           (fault("x", "nowhere", ""), "got 0 times"),
                           (fault("x", "a > 3", "", after="return -EINVAL;"), "after"),
                           (fault("x", "a > 3", "", after="if (b > 3)"), "got nowhere")):
            with self.assertRaisesRegex(SetupError, words):
                self.made(bad)
        for part in ("turn a + b", "check(int a, in"):
            with self.assertRaisesRegex(SetupError, "whole words"):
                self.made(fault("x", part, ""))
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
                                  (('rules = ["r"]', "rules = []"), "'rules' or 'unit'"),
                                  (('rules = ["r"]', 'rules = "r"'), "rules: expected tuple"),
                                  (('old = "o"', 'old = " "'), "got nothing"),
                                  (('old = "o"', 'old = "if (o) f("'), "a part of one"),
                                  (('new = "n"', 'new = "n,"'), "a part of one"),
                                  (('new = "n"', 'new = "(n]"'), "a part of one"),
                                  (('old = "o"', 'old = "o ? n :"'), "a part of one"),
                                  (('new = "n"', 'new = ""'), "an expression, got none"),
                                  (('controls = ["c.*"]\n', ""), "controls"),
                                  (("[[fault]]", "[[fault"), "expected a table")):
                path.write_text(good.replace(*change), encoding="utf-8")
                with self.assertRaisesRegex(SetupError, words):
                    seeding.load(path)
            path.write_text(good + good.partition("\n")[2], encoding="utf-8")
            with self.assertRaisesRegex(SetupError, "twice"):
                seeding.load(path)


class Verdicts(unittest.TestCase):
    def outcome(self, **keys: object) -> program.Outcome:
        return program.Outcome(fault("x", "o", "n"), **keys)

    def test_only_its_own_rules_count(self) -> None:
        self.assertEqual(program.CAUGHT, self.outcome(failed=["r.one"]).verdict)
        self.assertEqual(program.SURVIVED, self.outcome(failed=["other.one"]).verdict)
        self.assertEqual(program.SURVIVED, self.outcome().verdict)

    def test_failed_controls(self) -> None:
        broken = self.outcome(failed=["r.one"], controls=["c.x.y"])
        self.assertEqual(program.BROKE, broken.verdict)

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
        with self.assertRaisesRegex(SetupError, "matches none"):
            program.choose(table, "no such fault")


class NoMachine:
    """Replaces a Session: records requests, and returns preset results."""

    def __init__(self, results: dict[str, str], refuses: str = "") -> None:
        self._results = results
        self._refuses = refuses
        self.machine: SimpleNamespace | None = None
        self.requests: list[str] = []
        self.work: program.FaultWork

    async def boot(self) -> None:
        self.requests.append("boot")
        self.machine = SimpleNamespace(console=[])
        await self.work.booted(self)

    async def end_machine(self) -> None:
        self.requests.append("end")
        self.machine = None

    async def command(self, command: str) -> Ending:
        self.requests.append(command.removeprefix("insmod /modules/kvm_armv7.ko "))
        return Ending(1 if self._refuses and self._refuses in command else 0)

    async def list_tests(self, _: str) -> list[str]:
        return list(self._results)

    async def run_program(self, planned: Program) -> list[Result]:
        self.requests.append(f"{planned.name} --tests {planned.tests}")
        return [Result(test, planned.name, outcome,
                       "expected 1, got 2" if outcome == FAILED else "")
                for test, outcome in self._results.items()]

    def take_alarms(self) -> list[kernel_log.Alarm]:
        return []


class OneMachine(unittest.TestCase):
    RESULTS = {"r.any.one": FAILED, "c.any.one": PASSED}

    def run_faults(self, session: NoMachine, *faults: Fault) -> list[program.Outcome]:
        table = Table(faults, (), ("c.*",), ())
        session.work = program.FaultWork([Program("p")], table, list(faults),
                                         program.Reporter(len(faults), False))
        with contextlib.redirect_stdout(io.StringIO()):
            asyncio.run(session.work.run(session))
        return session.work.outcomes

    def test_faults_in_sequence(self) -> None:
        session = NoMachine(self.RESULTS)
        found = self.run_faults(session, fault("x", "o", "n"), fault("y", "o", "n", reboot=True),
                                fault("z", "o", "n"))
        self.assertEqual([program.CAUGHT] * 3, [outcome.verdict for outcome in found])
        self.assertEqual(["expected 1, got 2"] * 3, [outcome.why for outcome in found])
        tests = "p --tests r.*,c.*"
        self.assertEqual(["boot", "fault=", "rmmod kvm_armv7", "fault=x", tests, "rmmod kvm_armv7",
                          "fault=y", tests, "rmmod kvm_armv7", "end",
                          "boot", "fault=z", tests, "rmmod kvm_armv7"], session.requests)

    def test_module_refused(self) -> None:
        session = NoMachine(self.RESULTS, refuses="fault=x")
        found = self.run_faults(session, fault("x", "o", "n"), fault("y", "o", "n"))
        self.assertEqual([program.BROKE, program.CAUGHT], [outcome.verdict for outcome in found])
        self.assertIn("exit status 1 of insmod", found[0].why)

    def test_controls(self) -> None:
        results = {"r.any.one": FAILED, "c.any.one": FAILED}
        self.assertEqual(program.BROKE,
                         self.run_faults(NoMachine(results), fault("x", "o", "n"))[0].verdict)
        self.assertEqual(program.CAUGHT, self.run_faults(NoMachine(results), fault(
            "x", "o", "n", breaks=("*",)))[0].verdict)

    def test_not_run_is_no_proof(self) -> None:
        results = {"r.any.one": NOT_RUN, "c.any.one": PASSED}
        self.assertEqual(program.SURVIVED,
                         self.run_faults(NoMachine(results), fault("x", "o", "n"))[0].verdict)

    def test_jobs_of_a_target(self) -> None:
        faults = [fault(str(number), "o", "n") for number in range(9)]
        for jobs, expected in ((1, 1), (2, 2), (4, 4)):
            self.assertEqual(expected, self.session_count(jobs, 1, faults))
        for jobs, expected in ((1, 1), (2, 1), (4, 2)):
            self.assertEqual(expected, self.session_count(jobs, 2, faults))

    def session_count(self, jobs: int, target_jobs: int, faults: list[Fault]) -> int:
        target = Target("t", "arm", "qemu", "virt", "max", {}, jobs=target_jobs)
        plan = Plan(target, Images(Path("k"), Path("i")), "tcg", (), None, Path("r"))
        return len(program.sessions_of({"t": plan}, Table((), (), (), ()), {"t": faults}, jobs,
                                       program.Reporter(1, False)))


if __name__ == "__main__":
    unittest.main()
