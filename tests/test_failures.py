# SPDX-License-Identifier: GPL-2.0-only
"""Reports of failures: on the terminal, with the command that repeats them and the kernel log."""

from __future__ import annotations

import argparse
import contextlib
import io
import unittest
from typing import Any

from scripts import plans
from scripts.compiler_words import Words
from scripts.run import Console
from tools import failures, kernel_log, matrix, rules, summary
from tools.results import FAILED, NOT_RUN, PASSED, XPASSED, Result

MESSAGE = "set {} again: expected EEXIST, got EINVAL"
VARIANTS = [f"{dialect}_v2_{which}" for dialect in ("seed", "legacy", "devattr")
            for which in ("dist", "cpu")]
COMMAND = "make run TARGET=t TESTS='errors,order' KERNEL=debian:sid SEED=7"


def twice(rule: str = "errors.twice_same") -> list[Result]:
    """Failures of one rule in all variants, each with a different address in its message."""
    fixture, test = rule.split(".")
    return [Result(f"{fixture}.{variant}.{test}", fixture, FAILED, MESSAGE.format(hex(number)))
            for number, variant in enumerate(VARIANTS)]


def runs_of(*results: Result, targets: tuple[str, ...] = ("t",), command: str = COMMAND,
            kernel: str = "6.13.1") -> list[matrix.Run]:
    return matrix.runs_of([
        summary.summarize(target, kernel, 1.0, list(results),
                          command=command.replace("TARGET=t", f"TARGET={target}"))
        for target in targets])


class Grouped(unittest.TestCase):
    def test_one_line_per_rule(self) -> None:
        results = [*twice(), *twice("order.gic_twice"), Result("abi.any.x", "abi", PASSED)]
        lines = failures.as_text(runs_of(*results, targets=("t", "u"))).splitlines()
        self.assertEqual([
            "24 unexpected results:",
            "t, u: FAILED errors.twice_same (6 variants): set 0x0 again: expected EEXIST, got "
            "EINVAL [make run TARGET=t KERNEL=debian:sid SEED=7 TESTS=errors.twice_same]",
            "t, u: FAILED order.gic_twice (6 variants): set 0x0 again: expected EEXIST, got "
            "EINVAL [make run TARGET=t KERNEL=debian:sid SEED=7 TESTS=order.gic_twice]"], lines)

    def test_other_causes_stay_apart(self) -> None:
        first, second, *_ = twice()
        second.message = "set 0x1 again: expected EEXIST, got E2BIG"
        self.assertEqual(2, len(failures.failures(runs_of(first, second))))

    def test_nothing_unexpected(self) -> None:
        runs = runs_of(Result("abi.any.x", "abi", PASSED))
        self.assertEqual(("", ""), (failures.as_text(runs), failures.repeat_first(runs)))

    def test_abandoned_machine(self) -> None:
        runs = runs_of(*(Result(f"a.any.t{n}", "a", NOT_RUN, "no machine") for n in range(3)),
                       Result("b", "b", NOT_RUN, "its time is over"))
        self.assertEqual("t: 3 tests not run: no machine\nt: 1 program not run: its time is over",
                         failures.as_text(runs))
        self.assertEqual(COMMAND, failures.repeat_first(runs))

    def test_live_output_has_each_rule_once(self) -> None:
        console = Console(verbose=False)
        console.commands = {"t": COMMAND}
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            for result in [*twice(), *twice()]:
                console.result("t", result)
            console.result("u", twice()[0])
        lines = output.getvalue().splitlines()
        self.assertEqual(
            ["t: FAILED errors.seed_v2_dist.twice_same",
             "u: FAILED errors.seed_v2_dist.twice_same"],
            [": ".join(line.split(": ")[:2]) for line in lines])
        self.assertTrue(lines[0].endswith("TESTS=errors.seed_v2_dist.twice_same]"), lines[0])


class Progress(unittest.TestCase):
    """Long programs show progress, without flooding the terminal."""

    def setUp(self) -> None:
        self.now = 0.0
        self.console = Console(verbose=False, clock=lambda: self.now)

    def after(self, seconds: float, test: str, outcome: str = PASSED, program: str = "p") -> str:
        """Returns the lines printed for a test that took this long."""
        self.now += seconds
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            self.console.result("t", Result(test, program, outcome, "no", time_s=seconds))
        return output.getvalue()

    def test_slow_tests_are_all_shown(self) -> None:
        self.console.plan("t", "guest_linux", 3)
        self.assertEqual("t: guest_linux 1 of 3: boot_2 passed in 12.3 s\n",
                         self.after(12.3, "guest_linux.any.boot_2", program="guest_linux"))
        self.assertIn("FAILED guest_linux.any.load", output := self.after(
            40, "guest_linux.any.load", FAILED, "guest_linux"))
        self.assertIn("t: guest_linux 2 of 3: load failed in 40.0 s", output)
        self.assertIn(" 3 of 3: two ", self.after(10, "guest_linux.any.two",
                                                  program="guest_linux"))

    def test_fast_tests_are_sampled(self) -> None:
        self.console.plan("t", "p", 1000)
        printed = [line for number in range(1000) if (line := self.after(0.1, f"p.x.t{number}"))]
        self.assertIn(len(printed), (8, 9), "expected one line every 10 s, in 100 s")
        self.assertRegex(printed[0], r"^t: p 1\d\d of 1000: x\.t1\d\d passed in 0\.1 s\n$")

    def test_short_programs_show_no_progress(self) -> None:
        for program in ("p", "q"):
            self.console.plan("t", program, 90)
            self.assertEqual("", "".join(self.after(0.1, f"{program}.x.t{number}", program=program)
                                         for number in range(90)))

    def test_parts_of_a_program_add_up(self) -> None:
        for _ in range(2):
            self.console.plan("t", "p", 2)
        self.assertIn("p 1 of 4: ", self.after(11, "p.x.a"))

    def test_program_without_plan(self) -> None:
        self.console.plan("t", "p", 0)
        self.assertIn("p 1: x.a ", self.after(11, "p.x.a"))

    def test_results_without_progress(self) -> None:
        self.console.plan("t", "p", 9)
        self.now = 60
        for result in (Result("p.x.a", "p", NOT_RUN, "interrupted"),
                       Result("target.post", "", PASSED)):
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                self.console.result("t", result)
            self.assertEqual("", output.getvalue())


class Repeating(unittest.TestCase):
    """The command that repeats a failure is complete, and runs only the failed tests."""

    def again(self, *results: Result, command: str = COMMAND) -> str:
        return failures.repeat_first(runs_of(*results, command=command))

    def test_choice_of_tests(self) -> None:
        other = "make run TARGET=t KERNEL=debian:sid SEED=7"
        log = Result("kernel.log", "", FAILED, "a stall", culprit="smp.any.sgi")
        for result, tests in ((twice()[0], "errors.seed_v2_dist.twice_same"),
                              (Result("errors.output", "errors", FAILED, "died"), "errors"),
                              (Result("errors", "errors", FAILED, "died"), "errors"),
                              (log, "smp.any.sgi")):
            self.assertEqual(f"{other} TESTS={tests}", self.again(result), result.test)
        # Without a failed test, the command repeats the whole run.
        self.assertEqual(COMMAND, self.again(Result("target.boot", "", FAILED, "no")))
        self.assertEqual("", self.again(twice()[0], command=""))

    def options(self, **kwargs: Any) -> argparse.Namespace:
        return argparse.Namespace(**{
            "tests": None, "kernel": None, "module": None, "append": "", "accel": "tcg",
            "busybox": None, **kwargs})

    def test_all_options(self) -> None:
        options = self.options(tests="errors.twice_*", kernel="my kernels/Image", module="k.ko",
                               append="race_seed=7 more", accel="kvm", busybox="bb", qemu="/q")
        command = plans.command(["t"], options)
        self.assertEqual("make run TARGET=t TESTS='errors.twice_*' KERNEL='my kernels/Image' "
                         "MODULE=k.ko SEED=7 BUSYBOX=bb QEMU=/q ACCEL=kvm", command)
        self.assertEqual(command.replace(" TESTS='errors.twice_*'", "")
                         + " TESTS=errors.seed_v2_dist.twice_same",
                         self.again(twice()[0], command=command))
        self.assertEqual("make run TARGET='a b'", plans.command(["a", "b"], self.options()))


TABLE = '''
[[rule]]
id = "a.first"
text = "One."
source = "seed"
dialects = ["any"]
expect = "OK"

[[rule.deviation]]
kernels = "..5.15"
does = "EINVAL"
kind = "bug"
reason = "one"

[[rule]]
id = "a.second"
text = "Two."
source = "seed"
dialects = ["any"]
expect = "OK"

[[rule.deviation]]
kernels = "5.10..5.12"
does = "EINVAL"
kind = "bug"
reason = "other"

[[rule.deviation]]
kernels = "6.1.."
does = "EINVAL"
kind = "bug"
reason = "one"
'''


class Deviations(unittest.TestCase):
    def test_place_in_the_table(self) -> None:
        line, deviation = rules.place_of_deviation("a.second", "6.1.. bug: one", TABLE)
        self.assertEqual("[[rule.deviation]]", TABLE.splitlines()[line - 1])
        self.assertEqual('kernels = "6.1.."', TABLE.splitlines()[line])
        self.assertEqual("6.1..", deviation.kernels)
        for rule, message in (("a.second", "..5.15 bug: one"), ("a.third", "6.1.. bug: one")):
            self.assertIsNone(rules.place_of_deviation(rule, message, TABLE))

    def test_place_in_the_real_table(self) -> None:
        lines = rules.TABLE.read_text(encoding="utf-8").splitlines()
        found = 0
        for rule in rules.load():
            for deviation in rule.deviations[:1]:
                line, same = rules.place_of_deviation(rule.id, rules.deviation_message(deviation))
                self.assertEqual(deviation, same)
                self.assertEqual(f'kernels = "{deviation.kernels}"', lines[line])
                found += 1
        self.assertGreater(found, 10)

    def test_advice(self) -> None:
        rule = next(rule for rule in rules.load() if rule.deviations)
        deviation = rule.deviations[0]
        name = rule.id.replace(".", f".{rule.dialects[0]}_v2.")
        lines = failures.as_text(runs_of(Result(name, "p", XPASSED,
                                                rules.deviation_message(deviation)))).splitlines()
        self.assertIn(f": XPASSED {name}: {deviation.kernels} {deviation.kind}: ", lines[1])
        self.assertRegex(lines[2], rf"^    Documentation/abi/rules\.toml:\d+: the deviation with "
                         rf'kernels = "{deviation.kernels}" did not occur\. If this kernel \(6\.13')
        self.assertTrue(lines[2].endswith("Then: make rules"))
        self.assertIn("see the rule's entry in Documentation/abi/rules.toml",
                      failures.advice(matrix.entry("x.y.z", "x", XPASSED, "5.1: gone"), ""))


def stamped(*lines: str, step: float = 0.001) -> list[str]:
    return [f"[{9 + number * step:12.6f}] {line}" for number, line in enumerate(lines)]


class KernelLog(unittest.TestCase):
    WARNING = (
        "------------[ cut here ]------------", "WARNING: CPU: 1 PID: 9 at arch/arm64/kvm/a.c:1",
        "Modules linked in: a b", "CPU: 1 PID: 9 Comm: vgic Not tainted 6.1.0",
        "pstate: 60400005 (nZCv daif +PAN)", "pc : kvm_vgic_map+0x10/0x20", "lr : other+0x1/0x2",
        "x29: ffff80000a3b3c00 x28: 0000000000000000", "Call trace:", " kvm_vgic_map+0x10/0x20",
        "---[ end trace 0000000000000000 ]---")

    def test_alarm_ends_with_its_trace(self) -> None:
        for step in (0.001, 0.5):
            lines = stamped("vgic-abi: vgic.any.x", *self.WARNING, "kvm: something else",
                            "vgic-abi: vgic.any.y", step=step)
            (alarm,) = kernel_log.alarms(lines)
            self.assertEqual("vgic.any.x", alarm.running)
            self.assertEqual(lines[2:12], alarm.lines, f"{step} s from line to line")

    def test_two_alarms(self) -> None:
        lines = stamped("vgic-abi: program vgic", *self.WARNING, *self.WARNING,
                        "vgic-abi: program (none)", "BUG: sleeping function", step=0.2)
        alarms = list(kernel_log.alarms(lines))
        self.assertEqual(["vgic", "vgic", "(none)"], [alarm.running for alarm in alarms])
        self.assertEqual("vgic", kernel_log.culprit(alarms))
        self.assertIn("got 3; the first: vgic: [", kernel_log.complaint(alarms))
        self.assertEqual(sum(len(alarm.lines) for alarm in alarms),
                         len(kernel_log.accounts(alarms)))

    def test_alarm_of_one_line(self) -> None:
        (alarm,) = kernel_log.alarms(stamped("BUG: at boot", "kvm: something", step=1))
        self.assertEqual((1, ""), (len(alarm.lines), alarm.test))

    def test_no_end(self) -> None:
        """A log that only has alarms, and one without timestamps."""
        flood = list(kernel_log.alarms(stamped(*["BUG: again"] * 5000)))
        self.assertEqual(5000, sum(len(alarm.lines) for alarm in flood))
        self.assertLess(len(kernel_log.accounts(flood)), 1000)
        lines = ["BUG: x", " a+0x1/0x2", "other", "WARNING: y"]
        self.assertEqual([["BUG: x", " a+0x1/0x2"], ["WARNING: y"]],
                         [alarm.lines for alarm in kernel_log.alarms(lines)])


HEADER_WARNING = """In file included from ./include/linux/a.h:9,
                 from /src/{}.c:3:
./include/linux/b.h: In function 'f':
./include/linux/b.h:7:5: warning: comparison is always true [-Wtype-limits]
    7 |         if (x >= 0)
      |             ^~
./include/linux/b.h:2:1: note: declared here
    2 | unsigned x;
""".splitlines()


class Compiler(unittest.TestCase):
    """Repeated warnings in a header, from each file that includes it, are printed once."""

    def words(self, *lines: str) -> tuple[list[str], Words]:
        printed: list[str] = []
        words = Words(printed.append)
        for line in lines:
            words.feed(line)
        words.end()
        return printed, words

    def test_each_warning_once(self) -> None:
        warning = ["/src/two.c: In function 'g':", "/src/two.c:9:2: warning: unused variable 'x'",
                   "    9 |  int x;", "      |      ^"]
        one, two, three = ([line.format(name) for line in HEADER_WARNING]
                           for name in ("one", "two", "three"))
        printed, words = self.words(*one, *two, *warning, *three, "LD [M] k.o")
        self.assertEqual([*one, *warning, "LD [M] k.o",
                          "2 repeated warnings left out; V=1 shows all"], printed)
        self.assertEqual("", words.error)

    def test_errors_always(self) -> None:
        error = "/src/one.c:4:8: error: 'nothing' undeclared"
        printed, words = self.words(*HEADER_WARNING, *HEADER_WARNING, error,
                                    "    4 | nothing;", error)
        self.assertEqual(2, printed.count(error))
        self.assertIn("    4 | nothing;", printed)
        self.assertEqual(error, words.error)


if __name__ == "__main__":
    unittest.main()
