# SPDX-License-Identifier: GPL-2.0-only
"""`make mutants`: the mutants that are generated, those left out, verdicts and reports."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from scripts import mutant_builds, run_mutants
from scripts.errors import SetupError
from scripts.processes import side_by_side
from scripts.session import Program
from scripts.syntax_tree import Clang, clang_words
from tests import marks
from tools import mutants
from tools.mutants import Judged, Mutant, Node, Source, Token
from tools.results import FAILED, PASSED, Result

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()

CODE = """\
int f(int a, int b)
{
	if (a < MAX)
		g(a, b);
	return a & 0x0f;
}
"""


def node_of(text: str, kind: str, *children: Node, **kwargs: Any) -> Node:
    """A node for a part of CODE that occurs once."""
    assert CODE.count(text) == 1, text
    begin = CODE.index(text)
    return Node(kind, begin, begin + len(text), children, **kwargs)


def tokens(code: str) -> list[Token]:
    """A tokenizer that is good enough for CODE: words and single characters."""
    found, word = [], ""
    for place, char in enumerate(code + " "):
        if char.isalnum() or char == "_":
            word += char
            continue
        if word:
            found.append(Token(place - len(word), place, word))
            word = ""
        if not char.isspace():
            found.append(Token(place, place + 1, char))
    return found


def tree(*more: Node) -> Source:
    """CODE with a syntax tree like clang's, and additional top-level nodes."""
    test = CODE.index("a < MAX")
    a, b = CODE.index("(a, b)") + 1, CODE.index("(a, b)") + 4
    result = CODE.index("a & 0x0f")
    condition = node_of("a < MAX", "BINARY_OPERATOR",
                        Node("DECL_REF_EXPR", test, test + 1, type="int"),
                        node_of("MAX", mutants.MACRO, name="MAX", type="int", constant=True))
    call = node_of("g(a, b)", "CALL_EXPR",
                   Node("DECL_REF_EXPR", a - 2, a - 1, type="pointer"),
                   Node("DECL_REF_EXPR", a, a + 1, type="int"),
                   Node("DECL_REF_EXPR", b, b + 1, type="int"), name="g")
    returned = node_of("a & 0x0f", "BINARY_OPERATOR",
                       Node("DECL_REF_EXPR", result, result + 1, type="int"),
                       node_of("0x0f", "INTEGER_LITERAL", type="int", constant=True), type="int")
    body = node_of(CODE[CODE.index("{"):CODE.index("}") + 1], "COMPOUND_STMT",
                   node_of("if (a < MAX)\n\t\tg(a, b)", "IF_STMT", condition, call),
                   node_of("return a & 0x0f", "RETURN_STMT", returned))
    function = node_of(CODE[:-1], "FUNCTION_DECL", body, name="f", type="int")
    return Source("f.c", CODE, tokens(CODE), [function, *more])


def changes(source: Source) -> set[tuple[str, str, str]]:
    return {(each.operator, source.text[each.begin:each.end], each.new)
            for each in mutants.make(source)}


class Made(unittest.TestCase):
    """Mutants of CODE."""

    def test_all(self) -> None:
        statement = "if (a < MAX)\n\t\tg(a, b)"
        self.assertEqual({
            (mutants.COMPARISON, "<", "<="), (mutants.COMPARISON, "<", ">="),
            (mutants.CONSTANT, "MAX", "(MAX + 1)"), (mutants.CONSTANT, "MAX", "(MAX - 1)"),
            (mutants.CONDITION, "a < MAX", "1"), (mutants.CONDITION, "a < MAX", "0"),
            (mutants.OPERANDS, "a, b", "b, a"),
            (mutants.STATEMENT, "g(a, b)", ""), (mutants.STATEMENT, statement, "\n"),
            (mutants.STATEMENT, "return a & 0x0f", ""),
            (mutants.RETURN, "a & 0x0f", "0"), (mutants.RETURN, "a & 0x0f", "(a & 0x0f) + 1"),
            (mutants.CONSTANT, "0x0f", "(0x0f + 1)"), (mutants.CONSTANT, "0x0f", "(0x0f - 1)"),
            (mutants.MASK, "0x0f", "(0x0f & (0x0f - 1))"),
            (mutants.MASK, "0x0f", "(0x0f & ~(1ULL << (63 - __builtin_clzll(0x0f))))"),
        }, changes(tree()))

    def test_place(self) -> None:
        source = tree()
        found = {each.line: each.function for each in mutants.make(source)}
        self.assertEqual({3: "f", 4: "f", 5: "f"}, found)
        changed = next(m for m in mutants.make(source) if m.new == "<=")
        self.assertEqual(CODE.replace("a < MAX", "a <= MAX"), changed.text(CODE))

    def test_lines_keep_their_numbers(self) -> None:
        for each in mutants.make(tree()):
            self.assertEqual(CODE.count("\n"), each.text(CODE).count("\n"), each)

    def test_unknown_text_is_left_alone(self) -> None:
        inner = node_of("MAX", mutants.MACRO, name="MAX", type="int", constant=True)
        source = Source("f.c", CODE, tokens(CODE),
                        [Node(mutants.UNKNOWN, -1, -1, (inner,))])
        self.assertEqual({"(MAX + 1)", "(MAX - 1)"}, {m.new for m in mutants.make(source)})

    def test_messages_are_not_changed(self) -> None:
        value = node_of("0x0f", "INTEGER_LITERAL", type="int", constant=True)
        for name in ("pr_err", "trace_irq", "seq_printf", "WARN_ON"):
            call = node_of("g(a, b)", "CALL_EXPR", value, name=name)
            source = Source("f.c", CODE, tokens(CODE), [node_of("{", "COMPOUND_STMT", call)])
            self.assertEqual([], mutants.make(source), name)

    def test_sample(self) -> None:
        all_mutants = mutants.make(tree())
        one, other = mutants.sample(all_mutants, 1), mutants.sample(all_mutants, 2)
        self.assertEqual(one, mutants.sample(reversed(all_mutants), 1))
        self.assertNotEqual(one, other)
        self.assertEqual(sorted(one), sorted(other))

    def test_files(self) -> None:
        files = ["virt/kvm/vm.c", "virt/kvm/arm/gicd.c", "arch/arm/kvm/regs.c"]
        self.assertEqual(["virt/kvm/arm/gicd.c", "virt/kvm/vm.c"],
                         mutants.matching(files, ["virt/kvm/*.c"]))
        self.assertEqual([], mutants.matching(files, ["nothing*"]))


C_SOURCE = """\
#include "f.h"
#define MAX 31
#define LESS(a, b) ((a) < (b))
#define EACH(i) for (i = 0; i < 4; i++)

enum { FIRST = 2 };
_Bool odd(int);
void pr_info(int);

static _Bool test(unsigned int a, int *p, const unsigned int *list)
{
	int i;

	EACH(i)
		p[i] = 7;
	for (i = 0; i < 3; i++)
		if (LESS(list[i + FIRST], a - 1) && odd(3))
			return 1;
	pr_info(77);
	while (!odd(*p))
		odd(a & ~MAX);
	return odd(a) || p == 0;
}
"""


class Parsed(unittest.TestCase):
    """Mutants of C_SOURCE, which libclang parses."""

    found: set[tuple[str, str, str]]

    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "f.c").write_text(C_SOURCE, encoding="latin-1")
            (folder / "f.h").write_text("static inline int in_header(void) { return 99; }\n",
                                        encoding="latin-1")
            cls.source = Clang().parse("f.c", folder / "f.c", ["-std=gnu11"])
        cls.found = changes(cls.source)

    def assert_made(self, operator: str, old: str, *new: str) -> None:
        self.assertEqual(set(new), {n for op, o, n in self.found if (op, o) == (operator, old)})

    def test_constants(self) -> None:
        for old in ("7", "3", "FIRST"):
            self.assert_made(mutants.CONSTANT, old, f"({old} + 1)", f"({old} - 1)")
        self.assert_made(mutants.CONSTANT, "MAX", "(MAX + 1)", "(MAX - 1)")

    def test_masks(self) -> None:
        self.assert_made(mutants.MASK, "MAX", "(MAX & (MAX - 1))",
                         "(MAX & ~(1ULL << (63 - __builtin_clzll(MAX))))")

    def test_comparisons(self) -> None:
        self.assert_made(mutants.COMPARISON, "<", "<=", ">=")
        self.assert_made(mutants.COMPARISON, "==", "!=")
        self.assertEqual(1, sum(op == mutants.COMPARISON and new == "<="
                                for op, _, new in self.found))

    def test_conditions(self) -> None:
        both = "LESS(list[i + FIRST], a - 1) && odd(3)"
        self.assert_made(mutants.CONDITION, both, "1", "0", f"!({both})")
        self.assert_made(mutants.CONDITION, "odd(3)", "1", "!(odd(3))")
        self.assert_made(mutants.CONDITION, "p == 0", "0")
        self.assert_made(mutants.CONDITION, "odd(a)", "0", "!(odd(a))")
        self.assert_made(mutants.CONDITION, "i < 3", "0")
        # No mutant makes a loop endless: any test would detect that, but only at its time limit.
        self.assert_made(mutants.CONDITION, "!odd(*p)", "0")

    def test_statements(self) -> None:
        for old in ("p[i] = 7", "return 1", "odd(a & ~MAX)", "EACH(i)\n\t\tp[i] = 7"):
            self.assert_made(mutants.STATEMENT, old, "\n" * old.count("\n"))

    def test_others(self) -> None:
        self.assert_made(mutants.OPERANDS, "a - 1", "1 - a")
        self.assert_made(mutants.INDEX, "i + FIRST", "(i + FIRST) + 1", "(i + FIRST) - 1")
        self.assert_made(mutants.CONDITION, "odd(a) || p == 0", "!(odd(a) || p == 0)")

    def test_unchanged_parts(self) -> None:
        """Headers, messages and macro definitions are not changed."""
        for text in ("99", "77", "31", "4"):
            self.assertNotIn(text, {old for _, old, _ in self.found})

    @marks.slow
    def test_all_mutants_compile(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "f.h").write_text("", encoding="latin-1")
            for each in mutants.make(self.source):
                (folder / "f.c").write_text(each.text(C_SOURCE), encoding="latin-1")
                proc = subprocess.run(["gcc", "-w", "-fsyntax-only", "f.c"], cwd=folder, text=True,
                                      capture_output=True, check=False)
                self.assertEqual(0, proc.returncode, f"{each}\n{proc.stderr}")

    def test_words(self) -> None:
        command = ["/usr/bin/arm-linux-gnueabihf-gcc", "-Wp,-MMD,x.d", "-nostdinc", "-I./a",
                   "-include", "b.h", "-D__KERNEL__", "-fno-ipa-sra", "-O2", "-c", "x.c"]
        self.assertEqual(["--target=arm-linux-gnueabihf", "-nostdinc", "-I/t/a", "-include",
                          "/t/b.h", "-D__KERNEL__"], clang_words(command, Path("/t")))
        self.assertEqual([], clang_words(["gcc", "-c"], Path("/t")))

    def test_bad_source(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, "f.c")
            path.write_text('#include "none.h"\n')
            with self.assertRaisesRegex(SetupError, "f.c: expected clang to parse it"):
                Clang().parse("f.c", path, [])


def mutant(new: str = "2", line: int = 5, file: str = "f.c") -> Mutant:
    begin = CODE.index("0x0f")
    return Mutant(file, begin, begin + 4, new, mutants.CONSTANT, line, "f")


class LeftOut(unittest.TestCase):
    def test_equal_objects(self) -> None:
        distinct = mutants.Distinct()
        distinct.original("f.c", "0")
        self.assertTrue(distinct.is_new("f.c", "1"))
        self.assertFalse(distinct.is_new("f.c", "0"))
        self.assertFalse(distinct.is_new("f.c", "1"))
        self.assertFalse(distinct.is_new("f.c", None))
        self.assertTrue(distinct.is_new("g.c", "1"))
        self.assertEqual({distinct.SAME: 1, distinct.TWICE: 1, distinct.FAILED: 1},
                         distinct.counts)


class Results(unittest.TestCase):
    def setUp(self) -> None:
        diff = mutants.diff_of(mutant(), CODE)
        self.judged = [Judged(mutant(), diff, by="r.any.one"),
                       Judged(mutant("3"), diff, units=["u.one"]),
                       Judged(mutant("4"), diff, units=[]),
                       Judged(mutant(file="g.c"), diff, by="r.any.one", units=["u.one"])]

    def test_verdicts(self) -> None:
        self.assertEqual([mutants.BY_SUITE, mutants.BY_UNITS, mutants.SURVIVED, mutants.BY_SUITE],
                         [each.verdict for each in self.judged])

    def test_table(self) -> None:
        rows = [line.split() for line in mutants.table(self.judged).splitlines()]
        self.assertEqual(["f.c", "3", "1", "1", "1", "33", "%", "67", "%"], rows[1])
        self.assertEqual(["g.c", "1", "1", "0", "0", "100", "%", "100", "%"], rows[2])
        self.assertEqual(["all", "4", "2", "1", "1", "50", "%", "75", "%"], rows[3])

    def test_diff(self) -> None:
        lines = mutants.diff_of(mutant(), CODE).splitlines()
        self.assertEqual(["--- a/f.c", "+++ b/f.c"], lines[:2])
        self.assertRegex(lines[2], r"^@@ .* @@ f\(\)$")
        self.assertIn("-\treturn a & 0x0f;", lines)
        self.assertIn("+\treturn a & 2;", lines)

    def test_survivors(self) -> None:
        survivors = list(mutants.survivors(self.judged))
        self.assertEqual(2, len(survivors))
        self.assertIn("f.c:5: constant, unit tests only by u.one\n--- a/f.c\n", survivors[0])
        self.assertIn("f.c:5: constant, survived\n", survivors[1])

    def test_json(self) -> None:
        data = mutants.as_json(self.judged, {"same object": 7}, seed=1)
        self.assertEqual((1, 4, {"same object": 7}),
                         (data["seed"], data["judged"], data["left_out"]))
        self.assertEqual({mutants.BY_SUITE: 2, mutants.BY_UNITS: 1, mutants.SURVIVED: 1},
                         data["counts"])
        self.assertEqual([("f.c", mutants.BY_SUITE, None), ("f.c", mutants.BY_UNITS, ["u.one"]),
                          ("f.c", mutants.SURVIVED, []), ("g.c", mutants.BY_SUITE, ["u.one"])],
                         [(each["file"], each["verdict"], each["units"])
                          for each in data["mutants"]])


class Commands(unittest.TestCase):
    """Compile commands of kbuild, and their use for mutants."""

    def record(self, text: str) -> list[str]:
        with tempfile.TemporaryDirectory() as name:
            Path(name, ".f.o.cmd").write_text(text, encoding="utf-8")
            return mutant_builds.recorded(Path(name, "f.o"))

    def test_recorded(self) -> None:
        expected = ["gcc", '-DNAME="f"', "-o", "f.o", "f.c"]
        for name in ("cmd_f.o", "savedcmd_f.o"):
            self.assertEqual(expected, self.record(
                f"""{name} := gcc -DNAME='"f"' -o f.o f.c; objtool f.o\n\ndeps_f.o := \\\n"""))
        with self.assertRaisesRegex(SetupError, "kbuild's command for none.o"):
            mutant_builds.recorded(Path("/none/none.o"))

    def test_compile_command(self) -> None:
        command = mutant_builds.compile_command(
            ["gcc", "-Wp,-MMD,virt/.f.o.d", "-O2", "-c", "-o", "virt/f.o", "virt/f.c"],
            Path("/m/virt/f.c"), Path("/m/virt/f.o"))
        self.assertEqual(["gcc", "-O2", "-c", "-iquote", "virt"], command[:5])
        self.assertEqual(["-fmacro-prefix-map=/m/virt/f.c=virt/f.c", "-o", "/m/virt/f.o",
                          "/m/virt/f.c"], command[-4:])

    def test_objects(self) -> None:
        """Sources that differ only in spaces and comments have equal objects."""
        text = 'const char *f(int a) { return a > 3 ? __FILE__ : "x"; }\n'
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "f.c").write_text(text)
            (folder / ".f.o.cmd").write_text(
                f"cmd_f.o := gcc -g -O2 -c -o {folder}/f.o {folder}/f.c\n")
            objects = mutant_builds.Objects(folder, folder)
            compiled = [objects.compile("f.c", each, folder / str(number)) for number, each in
                        enumerate((text, text.replace(" a >", " /* */ a >"),
                                   text.replace("3", "4"), text.replace(";", "")))]
            self.assertEqual(compiled[0].digest, compiled[1].digest)
            self.assertNotEqual(compiled[0].digest, compiled[2].digest)
            self.assertIsNone(compiled[3])

    def test_targets(self) -> None:
        for target in ({"expect": "skip"}, {"programs": "hostile"}, {"kernel": {"suite": "sid"}}):
            keys = {"name": "t", "expect": "run", "programs": "selftests", "kernel": {}, **target}
            with self.assertRaisesRegex(SetupError, "TARGET=t: expected armv7-ref"):
                mutant_builds.for_target(Namespace(), SimpleNamespace(**keys))


class NoSession:
    """Replaces a Session: returns preset results."""

    results: dict[str, list[Result]] = {}
    started: list[list[str]] = []

    def __init__(self, plan: Any, listener: Any, _: Any) -> None:
        self._plan = plan
        self._listener = listener

    async def run(self) -> dict[str, Any]:
        self.started.append([program.name for program in self._plan.programs])
        found = self.results[str(self._plan.images)]
        with contextlib.suppress(asyncio.CancelledError):
            for result in found:
                self._listener.result(self._plan.target.name, result)
                await asyncio.sleep(0)
        return {"passed": sum(result.outcome == PASSED for result in found),
                "results": [{"program": result.program, "time_s": result.time_s}
                            for result in found]}


class NoBuilds:
    """Replaces Builds: a mutant's text is also its object and its image."""

    def __init__(self) -> None:
        self.target = SimpleNamespace(name="t")
        self.objects = self
        self.programs = [Program("slow"), Program("fast")]
        self.digest = "d"
        self.has_units = False

    def compile(self, file: str, text: str, folder: Path) -> mutant_builds.Object:
        folder.mkdir(parents=True, exist_ok=True)
        return mutant_builds.Object(file, text, folder / "f.o", text)

    def images(self, changed: mutant_builds.Object | None, _: Path) -> str:
        return changed.text if changed else "plain"


class Judging(unittest.TestCase):
    """Verdicts, without machines."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(mock.patch.object(run_mutants, "Session", NoSession))
        self.enterContext(mock.patch.object(run_mutants, "replace", lambda target, name: target))
        self.enterContext(mock.patch.object(
            run_mutants, "Plan", lambda **keys: SimpleNamespace(**keys)))
        NoSession.started = []
        ok = [Result("a.any.x", "slow", PASSED, time_s=9.0),
              Result("b.any.y", "fast", PASSED, time_s=0.1)]
        self.ok = ok
        self.bad = [Result("b.any.y", "fast", FAILED, "expected 1, got 2"),
                    Result("b.any.z", "fast", FAILED, "expected 3, got 4")]
        every = [m.text(CODE) for m in mutants.make(tree())]
        NoSession.results = {"plain": ok, **{text: self.bad for text in every}}

    def judged(self, number: int, suite: str = "s", jobs: int = 2) -> list[Judged]:
        builds = NoBuilds()
        with side_by_side() as group, contextlib.redirect_stdout(io.StringIO()) as output:
            sample = run_mutants.Sample(builds, {"f.c": tree()}, 1, number,
                                        self.folder / "work", group)
            judge = run_mutants.Judge(builds, run_mutants.Memory(self.folder / "known", False),
                                      self.folder / "results", False, group, suite, "u")
            reporter = run_mutants.Reporter(number)
            asyncio.run(run_mutants.judge_all(judge, sample, reporter, jobs))
        self.output = output.getvalue()
        return reporter.judged

    def test_stops_at_the_first_failure(self) -> None:
        found = self.judged(3)
        self.assertEqual(["b.any.y"] * 3, [each.by for each in found])
        self.assertEqual("expected 1, got 2", found[0].why)
        self.assertRegex(self.output, r"(?m)^\[1/3\] f.c:\d+ \w+: suite: b.any.y \(\d+ s\); 2 left")

    def test_sample_is_the_first_mutants(self) -> None:
        order = mutants.sample(mutants.make(tree()), 1)
        self.assertEqual(set(order[:5]), {each.mutant for each in self.judged(5)})
        self.assertEqual(set(order), {each.mutant for each in self.judged(1000)})

    def test_survivor(self) -> None:
        NoSession.results = dict.fromkeys(NoSession.results, self.ok)
        self.assertEqual({mutants.SURVIVED}, {each.verdict for each in self.judged(4)})

    def test_known_mutants_are_not_run_again(self) -> None:
        self.judged(3)
        count = len(NoSession.started)
        again = self.judged(3)
        self.assertEqual(count, len(NoSession.started))
        self.assertTrue(all(each.known for each in again))
        # A changed suite runs again, and starts with the program that failed.
        self.judged(3, suite="other")
        self.assertEqual(2 * count, len(NoSession.started))
        self.assertEqual(["fast"] * 3, [programs[0] for programs in NoSession.started[-3:]])

    def test_likely_programs_come_first(self) -> None:
        memory = run_mutants.Memory(self.folder / "m", False)
        programs = [Program("a"), Program("b"), Program("c")]
        memory.set("seconds", "a", 10)
        memory.killed("f.c", "c")
        self.assertEqual(["c", "b", "a"], [p.name for p in memory.order(programs, "f.c", "")])
        self.assertEqual("a", memory.order(programs, "f.c", "a")[0].name)

    def test_red_without_a_mutant(self) -> None:
        NoSession.results["plain"] = self.bad
        with self.assertRaisesRegex(SetupError, "without a mutant: .*, got b.any.y: expected 1"):
            self.judged(3)

    def test_nothing_ran(self) -> None:
        NoSession.results["plain"] = []
        with self.assertRaisesRegex(SetupError, "expected tests to run, got none"):
            self.judged(1)

    def test_cannot_be_linked(self) -> None:
        with mock.patch.object(NoBuilds, "images", lambda self, changed, _:
                               None if changed else "plain"):
            self.assertEqual({"target.boot"}, {each.by for each in self.judged(2)})


@marks.slow
class UnitTests(unittest.TestCase):
    """tests/test_pure.py --with."""

    def run_with_change(self, file: str,
                        change: tuple[str, str]) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as name:
            copy = Path(name, "copy.c")
            text = (ROOT / file).read_text(encoding="utf-8")
            self.assertIn(change[0], text)
            copy.write_text(text.replace(*change), encoding="utf-8")
            return subprocess.run([sys.executable, "tests/test_pure.py", "--with", file, str(copy)],
                                  cwd=ROOT, capture_output=True, text=True, check=False)

    @marks.slow
    def test_status(self) -> None:
        file = "virt/kvm/memslots.c"
        proc = self.run_with_change(file, ("return", "return"))
        self.assertEqual((0, "\n"), (proc.returncode, proc.stdout), proc.stderr)
        proc = self.run_with_change(file, ("{", "{ return 0;"))
        self.assertEqual(1, proc.returncode, proc.stderr)
        self.assertIn("memslots.", proc.stdout)
        self.assertEqual(run_mutants.NO_UNITS,
                         self.run_with_change("virt/kvm/vm.c", ("return", "return")).returncode)


@marks.layer("machines")
@marks.long
class OnTheModule(unittest.TestCase):
    """A sample on the reference kernel, as `make mutants` runs it."""

    SAMPLE = 20
    # Far below the real percentage, because a small sample varies much.
    LEAST_PERCENT = 60

    def test_sample(self) -> None:
        proc = subprocess.run([sys.executable, "scripts/run_mutants.py", "--number",
                               str(self.SAMPLE), "--least", str(self.LEAST_PERCENT)],
                              cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(0, proc.returncode, proc.stdout + proc.stderr)
        found = json.loads((BUILD / "results" / "mutants.json").read_text(encoding="utf-8"))
        self.assertEqual(self.SAMPLE, found["judged"])


if __name__ == "__main__":
    unittest.main()
