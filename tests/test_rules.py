# SPDX-License-Identifier: GPL-2.0-only
"""The rule table: its syntax, its agreement with the tests, and its C header."""

from __future__ import annotations

import fnmatch
import itertools
import os
import random
import re
import subprocess
import sys
import unittest
from pathlib import Path

from scripts import cache
from tools import own_tests, patterns, rules
from tools.results import split_name

VARIANT = re.compile(r'^FIXTURE_VARIANT_ADD\((\w+), \w+\)\s*\{\s*\.name = "(\w+)"', re.MULTILINE)

GOOD = """
[[rule]]
id = "errors.twice"
text = "Twice is once too often."
source = "seed"
dialects = ["seed", "legacy"]
expect = { "seed_*" = "EEXIST", "*" = "OK" }

[[rule.deviation]]
kernels = "5.10..6.1"
variants = "legacy_*"
does = "EINVAL"
kind = "bug"
reason = 'it says "no"'
"""


class Form(unittest.TestCase):
    def assert_refused(self, old: str, new: str, message: str) -> None:
        self.assertIn(old, GOOD, "the test itself is wrong")
        with self.assertRaises(rules.TableError) as raised:
            rules.parse_table(GOOD.replace(old, new))
        self.assertIn(message, str(raised.exception))

    def test_good(self) -> None:
        (rule,) = rules.parse_table(GOOD)
        self.assertEqual("errors.twice", rule.id)
        self.assertEqual({"seed_*": "EEXIST", "*": "OK"}, rule.expect)
        (deviation,) = rule.deviations
        self.assertEqual(((5, 10), (6, 1)), (deviation.first, deviation.last))

    def test_not_toml(self) -> None:
        self.assert_refused("[[rule]]", "[[rule", "not TOML")

    def test_unknown_key(self) -> None:
        self.assert_refused("source", "sauce", "unknown key 'sauce'")

    def test_missing_key(self) -> None:
        self.assert_refused('source = "seed"', "", "lacks 'source'")

    def test_id(self) -> None:
        self.assert_refused('id = "errors.twice"', 'id = "errors twice"', "expected an id")

    def test_sentence(self) -> None:
        self.assert_refused("too often.", "too often", "full stop")

    def test_dialect(self) -> None:
        self.assert_refused('"legacy"]', '"lagacy"]', "got 'lagacy'")

    def test_outcome(self) -> None:
        self.assert_refused('"EEXIST"', '"eexist"', "got 'eexist'")

    def test_kind(self) -> None:
        self.assert_refused('"bug"', '"feature"', "got 'feature'")

    def test_reach(self) -> None:
        self.assert_refused('source = "seed"', 'source = "seed"\nreach = "moon"', "got 'moon'")

    def test_mode(self) -> None:
        self.assert_refused('kind = "bug"', 'kind = "bug"\nmode = "fast"', "got 'fast'")

    def test_since(self) -> None:
        self.assert_refused('source = "seed"', 'source = "seed"\nsince = "next"', "got 'next'")

    def test_range_downwards(self) -> None:
        self.assert_refused("5.10..6.1", "6.1..5.10", "upwards")

    def test_range_of_words(self) -> None:
        self.assert_refused("5.10..6.1", "old..6.1", "got 'old'")

    def test_duplicate_rule(self) -> None:
        with self.assertRaises(rules.TableError) as raised:
            rules.parse_table(GOOD + GOOD)
        self.assertIn("two rules", str(raised.exception))


class Ranges(unittest.TestCase):
    def test_ends(self) -> None:
        self.assertEqual(((5, 10), (5, 10)), rules.parse_range("5.10"))
        self.assertEqual(((0, 0), (5, 10)), rules.parse_range("..5.10"))
        self.assertEqual((6, 3), rules.parse_range("6.3..")[0])

    def test_covers(self) -> None:
        (rule,) = rules.parse_table(GOOD)
        (deviation,) = rule.deviations
        for release, covered in (
            ("5.9.1", False),
            ("5.10.0-32-arm64", True),
            ("6.1.0", True),
            ("6.2", False),
            ("6.12.107+deb13-arm64", False),
        ):
            self.assertEqual(
                covered, deviation.covers(release, "aarch64", "legacy_v2_dist"), release
            )
        self.assertFalse(deviation.covers("6.1.0", "aarch64", "seed_v2_dist"))


class Modes(unittest.TestCase):
    """Rules and deviations of one mode of KVM."""

    def test_mode_is_shown(self) -> None:
        table = rules.parse_table(GOOD.replace('kind = "bug"', 'kind = "bug"\nmode = "protected"'))
        self.assertEqual("*", rules.parse_table(GOOD)[0].deviations[0].mode)
        self.assertEqual("protected", table[0].deviations[0].mode)
        self.assertIn('"aarch64", "protected",', rules.render_header(table))
        self.assertIn("kernels 5.10..6.1 in mode protected",
                      "\n".join(rules._reference_of(table[0])))

    def test_rule_of_a_mode(self) -> None:
        """A rule of one mode need not report, because no default target is in such a mode."""
        text = GOOD.replace('source = "seed"', 'source = "seed"\nmode = "nested"')
        summary = {"results": []}
        self.assertEqual(2, len(rules.uncovered(rules.parse_table(GOOD), [summary])))
        self.assertEqual([], rules.uncovered(rules.parse_table(text), [summary]))
        self.assertIn("only in mode nested", "\n".join(rules._reference_of(
            rules.parse_table(text)[0])))
        with self.assertRaisesRegex(rules.TableError, "got 'x'"):
            rules.parse_table(text.replace("nested", "x"))

    def test_header_for_a_kernel_tree(self) -> None:
        """Strings are not split, because checkpatch warns about split strings."""
        long = "word " * 40
        table = rules.parse_table(GOOD.replace("too often.", f"{long}too often."))
        whole = rules.render_header(table, whole_strings=True)
        self.assertIn(f"{long}too often.\",\n", whole)
        self.assertNotIn(f"{long}too often.", rules.render_header(table))


class BothWays(unittest.TestCase):
    def setUp(self) -> None:
        self.rules = rules.parse_table(GOOD)

    def test_agreement(self) -> None:
        self.assertEqual([], rules.compare(self.rules, {"a.c": "TEST_F(errors, twice)\n{"}))

    def test_rule_without_test(self) -> None:
        self.assertEqual(
            ["rule errors.twice has no test"],
            rules.compare(self.rules, {"a.c": "/* TEST_F(errors, twice) */"}),
        )

    def test_test_without_rule(self) -> None:
        source = "TEST_F(errors, twice)\nTEST_F(errors, thrice)\n"
        self.assertEqual(
            ["a.c: test errors.thrice has no rule"],
            rules.compare(self.rules, {"a.c": source}),
        )

    def test_same_test_twice(self) -> None:
        sources = {"a.c": "TEST_F(errors, twice)\n", "b.c": "TEST_F(errors, twice)\n"}
        self.assertEqual(
            ["b.c: test errors.twice is also in a.c"], rules.compare(self.rules, sources)
        )

    def test_dialect_without_result(self) -> None:
        summary = {"results": [{"rule": "errors.twice", "dialect": "seed"}]}
        self.assertEqual(
            ["rule errors.twice reports nothing in the dialect legacy"],
            rules.uncovered(self.rules, [summary]),
        )


class Since(unittest.TestCase):
    """Rules about a feature that older kernels lack."""

    TABLE = GOOD.replace('source = "seed"', 'source = "seed"\nsince = "6.4"')

    def uncovered(self, *kernels: str, target: str = "arm64-gicv2") -> list[str]:
        return rules.uncovered(
            rules.parse_table(self.TABLE),
            [{"target": target, "kernel": kernel, "results": []} for kernel in kernels])

    def test_needs_no_result_of_older_kernels(self) -> None:
        self.assertEqual([], self.uncovered("6.1.0-50-arm64", "5.10.0-32-arm64", ""))

    def test_needs_one_of_newer_kernels(self) -> None:
        for kernel in ("6.4.0", "6.12.107+deb13-arm64"):
            self.assertEqual(2, len(self.uncovered("6.1.0-50-arm64", kernel)), kernel)

    def test_needs_none_of_the_reference_kernel(self) -> None:
        """The features of the reference kernel do not depend on the kernel's version."""
        self.assertEqual([], self.uncovered("6.12.95+deb12-armmp-lpae", target="armv7-ref-6.12"))

    def test_page(self) -> None:
        self.assertIn("- since: 6.4", rules.render_reference(self.TABLE))


class Header(unittest.TestCase):
    def test_content(self) -> None:
        header = rules.render_header(rules.parse_table(GOOD))
        self.assertIn('{ "seed_*", "EEXIST" },', header)
        self.assertIn("RULE_KERNEL(5, 10), RULE_KERNEL(6, 1),", header)
        self.assertIn('"5.10..6.1 bug: it says \\"no\\""', header)


class Reference(unittest.TestCase):
    TABLE = "# ---- errors: EEXIST, \"twice\" ----\n" + GOOD

    def test_content(self) -> None:
        page = rules.render_reference(self.TABLE)
        for part in ('- [errors: EEXIST, "twice"](#errors-eexist-twice): 1\n',
                     '\n## errors: EEXIST, "twice"\n\n### `errors.twice`\n\n'
                     "Twice is once too often.\n\n- source: seed\n",
                     "- expected: EEXIST in `seed`; OK in `legacy`\n",
                     '- bug, kernels 5.10..6.1, `legacy_*`: EINVAL: it says "no"\n'):
            self.assertIn(part, page)

    def test_variants(self) -> None:
        text = self.TABLE.replace('"seed_*" = "EEXIST", "*" = "OK"',
                                  '"legacy_v2_cpu" = "E2BIG", "*_v3" = "EINVAL", "*" = "OK"')
        self.assertIn("- expected: EINVAL for `*_v3`, else OK in `seed`; E2BIG for "
                      "`legacy_v2_cpu`, EINVAL for `*_v3`, else OK in `legacy`\n",
                      rules.render_reference(text))

    def test_every_rule_is_in_it(self) -> None:
        text = rules.TABLE.read_text(encoding="utf-8")
        page = rules.render_reference(text)
        self.assertEqual([rule.id for rule in rules.parse_table(text)],
                         re.findall(r"^### `(.+)`$", page, re.MULTILINE))
        self.assertNotIn("## rules\n", page, "expected a heading above every rule")


class Reach(unittest.TestCase):
    """Rules about code that no emulated machine runs."""

    TABLE = GOOD.replace('source = "seed"', 'source = "seed"\nreach = "silicon"')

    def problems(self, outcome: str, rule: str = "errors.twice") -> list[str]:
        result = {"test": "errors.seed_v2.twice", "rule": rule, "outcome": outcome}
        return rules.passed_out_of_reach(rules.parse_table(self.TABLE),
                                         [{"target": "qemu", "results": [result]}])

    def test_is_not_passed(self) -> None:
        self.assertEqual(["errors.seed_v2.twice passed on qemu, which cannot reach it"],
                         self.problems("passed"))

    def test_may_be_skipped_or_fail(self) -> None:
        for outcome in ("skipped", "failed", "not_run"):
            self.assertEqual([], self.problems(outcome))

    def test_others_pass(self) -> None:
        self.assertEqual([], self.problems("passed", "errors.once"))

    def test_pages(self) -> None:
        (rule,) = rules.parse_table(self.TABLE)
        self.assertTrue(rules.text_with_reach(rule).endswith(" Only silicon reaches it."))
        self.assertIn("- reach: silicon", rules.render_reference(self.TABLE))
        self.assertIn("1 of the rules cannot be tested on emulated machines",
                      rules.render_counts([rule]))
        (other,) = rules.parse_table(GOOD)
        self.assertEqual(other.text, rules.text_with_reach(other))
        self.assertNotIn("reach", rules.render_reference(GOOD) + rules.render_counts([other]))


class Counts(unittest.TestCase):
    def test_counts_are_inserted(self) -> None:
        text = "before\n<!-- counts: x -->\nold\n<!-- end of counts -->\nafter\n"
        got = rules.with_counts(text, rules.parse_table(GOOD))
        self.assertIn("1 rules, of which 1 in `seed`, 1 in `legacy`, 0 in `devattr`;", got)
        self.assertIn("1 known deviations of released kernels, 1 of them bugs.", got)
        self.assertNotIn("old", got)
        self.assertTrue(got.startswith("before\n<!--") and got.endswith("-->\nafter\n"), got)

    def test_no_place_for_counts(self) -> None:
        with self.assertRaisesRegex(rules.TableError, "a place for the counts"):
            rules.with_counts("nothing", [])


class ThisProject(unittest.TestCase):
    def test_table_tests_and_header_agree(self) -> None:
        proc = subprocess.run(
            [sys.executable, "tools/rules.py", "check"],
            cwd=rules.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual("", proc.stderr)
        self.assertEqual(0, proc.returncode)

    def test_variants_name_a_dialect(self) -> None:
        """A result counts for a rule only if its variant begins with a dialect."""
        wrong = []
        for path in sorted((rules.ROOT / "selftests").glob("*.[ch]")):
            text = path.read_text(encoding="utf-8")
            if "RULE_SETUP(" not in text:
                continue
            for fixture, name in VARIANT.findall(text):
                if not split_name(f"{fixture}.{name}.test")[1]:
                    wrong.append(f"{path.name}: {fixture}.{name}")
        self.assertEqual([], wrong)


class Sources(unittest.TestCase):
    """The table refers to the kernel's documentation, but does not copy its text."""

    WORD = re.compile(r"\w+")
    RUN = 8
    # Quotations, in double quotation marks, may have up to QUOTED words.
    QUOTATION = re.compile(r'"[^"]*"')
    QUOTED = 12

    @staticmethod
    def documents() -> list[Path]:
        """The documentation of each kernel source in the cache, and of KSRC=."""
        trees = [*cache.CACHE.glob("linux-source-*"), Path(os.environ.get("KSRC") or "/nowhere")]
        return [path for tree in trees for path in (tree / "Documentation/virt/kvm").rglob("*")
                if path.is_file()]

    def runs(self, text: str) -> list[tuple[str, ...]]:
        words = self.WORD.findall(text.lower())
        return [tuple(words[n:n + self.RUN]) for n in range(len(words) - self.RUN + 1)]

    def common(self, text: str, kernel_runs: set[tuple[str, ...]]) -> list[str]:
        """The runs of words in `text`, outside of quotations, that the kernel's documents have."""
        return [" ".join(run) for part in self.QUOTATION.split(text)
                for run in self.runs(part) if run in kernel_runs]

    def runs_of_documents(self) -> set[tuple[str, ...]]:
        documents = self.documents()
        if not documents:
            self.skipTest("needs a kernel's documentation: scripts/fetch.py ksrc")
        kernel_runs = {run for path in documents
                       for run in self.runs(path.read_text(encoding="utf-8", errors="replace"))}
        self.assertGreater(len(kernel_runs), 10000)
        return kernel_runs

    def test_no_text_of_the_kernel(self) -> None:
        kernel_runs = self.runs_of_documents()
        for rule in rules.load():
            for text in (rule.text, rule.source, *(d.reason for d in rule.deviations)):
                self.assertEqual([], self.common(text, kernel_runs), f"{rule.id}: name the place")

    def test_quotations_are_short(self) -> None:
        for rule in rules.load():
            for quotation in self.QUOTATION.findall(rule.source):
                self.assertLessEqual(len(self.WORD.findall(quotation)), self.QUOTED, rule.id)

    def test_detects_a_copy(self) -> None:
        text = "one two three four five six seven eight nine"
        kernel_runs = set(self.runs(text))
        self.assertEqual(2, len(self.common(f"zero, One two; {text[8:]}", kernel_runs)))
        self.assertEqual([], self.common(f'a.rst 1: "{text}"', kernel_runs))
        self.assertEqual([], self.common("one two three four five six seven, no more", kernel_runs))


class OwnTests(unittest.TestCase):
    """Tests without a rule have a description, too."""

    def test_each_test_has_a_text(self) -> None:
        texts = rules.texts()
        found = set()
        for program, path in rules.programs().items():
            for name in rules.reported_by(path) or ():
                with self.subTest(program=program, test=name):
                    self.assertTrue(texts.get(name), f"{path.name}: expected a sentence about it "
                                    "in rules.toml or in tools/own_tests.py")
                found.add(name)
        self.assertGreater(len(found), 500)
        self.assertEqual([], sorted(set(own_tests.PROGRAMS) - found), "expected a test of each")
        self.assertTrue(texts["errors.output"])
        ids = {rule.id for rule in rules.load()}
        self.assertEqual(set(), ids & {*own_tests.LAB, *own_tests.PROGRAMS}, "one text is enough")
        for text in texts.values():
            self.assertTrue(text.endswith("."), text)

    def test_each_result_of_the_runner_has_a_text(self) -> None:
        for source in ("scripts/session.py", "tools/lava_log.py"):
            text = (rules.ROOT / source).read_text(encoding="utf-8")
            named = set(re.findall(r'"((?:target|kernel|lava)\.(?!py\b|json\b)[a-z]+)"', text))
            self.assertLessEqual(named, set(rules.texts()))
            self.assertTrue(named)


class Patterns(unittest.TestCase):
    RULES = ("errors.twice_same", "errors.at_limit", "at.cpu_side")

    def test_matches(self) -> None:
        for pattern in ("errors", "e*", "errors.twice_same", "errors.*", "*.at_limit", "at.*",
                        "errors.legacy_v2_dist.twice_same", "*.devattr_*", "errors.*dist*.twice_*",
                        "*same", "[a-e]*.cpu_side", "errors.seed.x.at_limit", "?t.any.cpu_side"):
            self.assertTrue(patterns.may_fit(pattern, "errors", self.RULES), pattern)

    def test_no_matches(self) -> None:
        for pattern in ("nosuch", "errors.nosuch", "errors.legacy_v2_dist.nosuch", "error",
                        "errors.twice_samex", "*.legacy.cpu", "smp.*", "", "errors.", "x*"):
            self.assertFalse(patterns.may_fit(pattern, "errors", self.RULES), pattern)
        self.assertTrue(patterns.may_fit("nosuch", "other", None), "its tests are not known")

    def test_meeting(self) -> None:
        """patterns.meet() agrees with a search for a short name that both patterns match."""
        names = ["".join(word) for length in range(7)
                 for word in itertools.product("ab.", repeat=length)]
        rng = random.Random(7)
        for _ in range(200):
            one, other = ("".join(rng.choices("ab.*?", k=rng.randrange(4))) for _ in range(2))
            common = any(fnmatch.fnmatchcase(name, one) and fnmatch.fnmatchcase(name, other)
                         for name in names)
            self.assertEqual(common, patterns.meet(one, other), (one, other))

    def test_nearest(self) -> None:
        programs = {"errors": self.RULES, "bench": None}
        for pattern, name in (("eror", "errors"), ("errors.twice_sam", "errors.twice_same"),
                              ("errors.legacy_v2_dist.twice_sme", "errors.twice_same"),
                              ("zzz", "")):
            self.assertEqual(name, patterns.nearest(pattern, programs))

    def test_each_program_of_the_suite_is_known(self) -> None:
        sources = rules.programs()
        unknown = {name for name, path in sources.items() if rules.reported_by(path) is None}
        self.assertLessEqual({"bench"}, unknown)
        self.assertEqual(set(), unknown - {"bench", "probe", "waits"})
        for name in ("errors.twice_same", "guest_linux.two"):
            self.assertIn(name, rules.reported_by(sources[name.split(".")[0]]))
        self.assertIsNone(rules.reported_by(sources.get("good")))


if __name__ == "__main__":
    unittest.main()
