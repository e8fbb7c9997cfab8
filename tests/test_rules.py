# SPDX-License-Identifier: GPL-2.0-only
"""The rule table: its form, its two-way check with the tests, its C header."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest

from tools import rules

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
    def assert_refused(self, old: str, new: str, because: str) -> None:
        self.assertIn(old, GOOD, "the test itself is wrong")
        with self.assertRaises(rules.TableError) as caught:
            rules.parse_table(GOOD.replace(old, new))
        self.assertIn(because, str(caught.exception))

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

    def test_range_downwards(self) -> None:
        self.assert_refused("5.10..6.1", "6.1..5.10", "upwards")

    def test_range_of_words(self) -> None:
        self.assert_refused("5.10..6.1", "old..6.1", "got 'old'")

    def test_two_of_a_kind(self) -> None:
        with self.assertRaises(rules.TableError) as caught:
            rules.parse_table(GOOD + GOOD)
        self.assertIn("two rules", str(caught.exception))


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


class BothWays(unittest.TestCase):
    def setUp(self) -> None:
        self.rules = rules.parse_table(GOOD)

    def test_agree(self) -> None:
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


class Counts(unittest.TestCase):
    def test_are_put_in_their_place(self) -> None:
        text = "before\n<!-- counts: x -->\nold\n<!-- end of counts -->\nafter\n"
        got = rules.with_counts(text, rules.parse_table(GOOD))
        self.assertIn("1 rules, of which 1 in `seed`, 1 in `legacy`, 0 in `devattr`;", got)
        self.assertIn("1 known deviations of released kernels, 1 of them bugs.", got)
        self.assertNotIn("old", got)
        self.assertTrue(got.startswith("before\n<!--") and got.endswith("-->\nafter\n"), got)

    def test_place_is_missing(self) -> None:
        with self.assertRaisesRegex(rules.TableError, "a place for the counts"):
            rules.with_counts("nothing", [])


class ThisProject(unittest.TestCase):
    def test_table_tests_and_header_agree(self) -> None:
        ran = subprocess.run(
            [sys.executable, "tools/rules.py", "check"],
            cwd=rules.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual("", ran.stderr)
        self.assertEqual(0, ran.returncode)


if __name__ == "__main__":
    unittest.main()
