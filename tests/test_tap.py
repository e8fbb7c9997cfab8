# SPDX-License-Identifier: GPL-2.0-only
"""tools/tap.py reads KTAP and TAP of other programs, from consoles and labs."""

from __future__ import annotations

import textwrap
import unittest

from tests import marks
from tools import console, tap
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED


class Case(unittest.TestCase):
    def read(self, text: str, name: str = "x") -> tap.Document:
        return tap.read(textwrap.dedent(text), name)

    def expect(self, text: str, results: dict[str, str], *complaints: str,
               name: str = "x") -> tap.Document:
        """Expects these results in this order, and one complaint for each of the words."""
        found = self.read(text, name)
        self.assertEqual(list(results.items()), [(e.test, e.outcome) for e in found.results])
        self.assertEqual(len(complaints), len(found.complaints), found.complaints)
        for words, complaint in zip(complaints, found.complaints):
            self.assertIn(words, complaint)
        return found


class Results(Case):
    """Lines that are results, and lines that only look like one."""

    def test_text_that_looks_like_a_result(self) -> None:
        self.expect("""\
            TAP version 13
            1..2
            # selftests: net: fib
            # TAP version 13
            # 1..2
            # ok 1 add
            # ok to go on
            # # not ok yet, trying again
            # not ok: one more time
            # ok 2 delete
            ok 1 selftests: net: fib
            # not ok yet, trying again
            # not ok 1 yet
            # ok 2 more
            okay
            ok, then
            ok 2 selftests: net: route
            """, {"selftests: net: fib.add": PASSED, "selftests: net: fib.delete": PASSED,
                  "selftests: net: route": PASSED})

    def test_text_between_numbered_results(self) -> None:
        self.expect("""\
            1..2
            ok 1 a
            ok to go on
            not ok yet, trying again
            ok 2 b
            ok that was it
            """, {"a": PASSED, "b": PASSED})
        self.expect("""\
            1..1
                ok 1 a
                not ok for now
            ok so far
                ok 2 b
                1..2
            ok 1 x
            """, {"x.a": PASSED, "x.b": PASSED})

    def test_text_before_a_document(self) -> None:
        for text in ("ok\n", "not ok yet\nok to boot\n"):
            self.expect(text + "TAP version 13\n1..1\nok 1 a\n", {"a": PASSED})
        self.expect("ok a\n1..1\nTAP version 13\n1..1\nok 1 b\n", {"a": PASSED, "b": PASSED})
        self.expect("# Subtest: s\n    ok 1 a\nok s\nTAP version 13\n1..1\nok 1 b\n",
                    {"s.a": PASSED, "b": PASSED})

    def test_messages_after_results(self) -> None:
        """Perl and bats print messages after the result."""
        found = self.expect("""\
            1..4
            not ok 1 - a
            #   Failed test 'a'
            #   at t/a.t line 4.
            not ok 2 - b
            #   Failed test 'b'
            ok 3 - c
            # c was good
            not ok 4 - d
            [    1.0] of the kernel
            """, {"a": FAILED, "b": FAILED, "c": PASSED, "d": FAILED})
        self.assertEqual(
            ["after the result: Failed test 'a'\nat t/a.t line 4.",
             "Failed test 'a'\nat t/a.t line 4.\nafter the result: Failed test 'b'",
             "", "c was good"], [e.message for e in found.results])
        (sub, *_) = self.expect("""\
            # Subtest: s
                not ok 1 - a
                #   Failed test 'a'
                1..1
            not ok 1 - s
            1..1
            """, {"s.a": FAILED}).results
        self.assertEqual("after the result: Failed test 'a'", sub.message)
        (first, *_) = self.expect("""\
            # selftests: a: b
            not ok 1 selftests: a: b
            # selftests: a: c
            # # of the next program
            ok 2 selftests: a: c
            """, {"selftests: a: b": FAILED, "selftests: a: c": PASSED}).results
        self.assertNotIn("next", first.message)

    def test_tests_of_an_expected_failure(self) -> None:
        for parent in ("not ok 1 - s # TODO later", "ok 1 s # XFAIL later"):
            found = self.expect("    not ok 1 a\n    ok 2 b\n    not ok 3 c # SKIP\n"
                                f"    1..3\n{parent}\n1..1\n",
                                {"s.a": XFAILED, "s.b": PASSED, "s.c": SKIPPED})
            self.assertEqual("later", found.results[0].message)

    def test_numbers_are_optional(self) -> None:
        self.expect("ok a\nnot ok b\nok\n1..3\n", {"a": PASSED, "b": FAILED, "x.3": PASSED})
        self.expect("1..3\nok 1 a\nnot ok b\nok 3 c\n", {"a": PASSED, "b": FAILED, "c": PASSED})
        self.expect("""\
            1..1
                1..2
                ok
                not ok - b
            not ok - s
            """, {"s.1": PASSED, "s.b": FAILED})
        self.expect("# Subtest: s\n    ok a\n    not ok b\n    1..2\nnot ok - s\n"
                    "ok t { # time=1ms\n    ok a\n    1..1\n}\n1..2\n",
                    {"s.a": PASSED, "s.b": FAILED, "t.a": PASSED})

    def test_yaml(self) -> None:
        for nested in ("", "# "):
            found = self.expect("\n".join(nested + line for line in """\
TAP version 14
1..3
ok 1 a
  ---
  got: |
    not ok 3 x
    1..9
  not ok 4 y
  ...
not ok 2 b
  ---
  ok: 2 c
  ...
ok 3 c
""".splitlines()) + ("\nnot ok 1 p\n" if nested else "\n"),
                {f"p.{n}" if nested else n: o
                 for n, o in (("a", PASSED), ("b", FAILED), ("c", PASSED))})
            self.assertEqual("ok: 2 c", found.results[1].message)

    def test_yaml_after_a_comment(self) -> None:
        for nested in ("", "# "):
            self.expect("".join(f"{nested}{line}\n" for line in (
                "1..2", "not ok 1 a", "# Failed test 'a'", "  ---", "  not ok 2 z", "  ...",
                "ok 2 b")) + "not ok 1 p\n" * bool(nested),
                {f"p.{n}" if nested else n: o for n, o in (("a", FAILED), ("b", PASSED))})

    def test_yaml_without_an_end(self) -> None:
        self.expect("""\
            1..3
            ok 1 a
              ---
              not ok 2 x
            ok 2 b
            text
              ---
                ok 1 c
            ok 3 d
            """, {"a": PASSED, "b": PASSED, "d.c": PASSED})

    def test_skips(self) -> None:
        lines = ["a # SKIP why", "a # skip why", "a # Skip: why", "a # Skipped: why",
                 "a # SKIPPED why", "a # skipping why", "a #skip why", "- a # SKIP - why",
                 "a # SKIP: why"]
        for word in ("ok", "not ok"):
            for line in lines:
                found = tap.read(f"1..1\n{word} 1 {line}\n")
                self.assertEqual([("a", SKIPPED, "why")],
                                 [(e.test, e.outcome, e.message.removeprefix("- "))
                                  for e in found.results], line)
        for line in ("1..0 # SKIP why", "1..0 # skip why", "1..0 # Skipped: why"):
            self.assertEqual([("x", SKIPPED, "why")],
                             [(e.test, e.outcome, e.message)
                              for e in tap.read(f"{line}\n", "x").results])

    def test_no_directives(self) -> None:
        self.expect("""\
            1..6
            not ok 1 a # skipped_frames=12
            not ok 2 b # skip-list: wrong
            not ok 3 hash \\# SKIP it
            not ok 4 c # time=12ms
            ok 5 case #3
            not ok 6 d#skip
            """, {"a": FAILED, "b": FAILED, "hash # SKIP it": FAILED, "c": FAILED,
                  "case #3": PASSED, "d#skip": FAILED})

    def test_empty_comments(self) -> None:
        found = self.expect("1..3\nok 1 a #\nnot ok 2 b # \nok 3 c # XPASS\n",
                            {"a": PASSED, "b": FAILED, "c": XPASSED})
        self.assertEqual("", found.results[2].message)

    def test_directives(self) -> None:
        found = self.expect("""\
            1..9
            not ok 1 a # TODO later
            ok 2 b # todo: later
            ok 3 c # XFAIL known
            not ok 4 d # XPASS known
            not ok 5 e # TIMEOUT 45 seconds
            not ok 6 f # exit=1
            not ok 7 g # ERROR not run: no machine
            ok 8 h # exit=0
            ok 9 i # TIMEOUT
            """, {"a": XFAILED, "b": XPASSED, "c": XFAILED, "d": XPASSED, "e": FAILED,
                  "f": FAILED, "g": NOT_RUN, "h": PASSED, "i": FAILED})
        self.assertEqual("TIMEOUT 45 seconds", found.results[4].message)

    def test_kernels_4_20_to_5_1(self) -> None:
        self.expect("""\
            TAP version 13
            selftests: bpf: test_lru_map
            ========================================
            ok to go on
            ok 1..1 selftests: bpf: test_lru_map [PASS]
            selftests: bpf: test_verifier
            ========================================
            TAP version 13
            ok 1 add
            ok 2 # skip no JIT
            # Pass 1 Fail 0 Xfail 0 Xpass 0 Skip 1 Error 0
            1..2
            not ok 1..2 selftests: bpf: test_verifier [SKIP]
            selftests: bpf: test_tag
            ========================================
            not ok 1..3 selftests: bpf: test_tag [FAIL]
            """, {"selftests: bpf: test_lru_map": PASSED,
                  "selftests: bpf: test_verifier.add": PASSED,
                  "selftests: bpf: test_verifier.2": SKIPPED, "selftests: bpf: test_tag": FAILED})

    def test_kernels_before_4_18(self) -> None:
        self.expect("""\
            selftests: breakpoint_test
            ========================================
            ok 1 one
            not ok 2 two
            1..2
            selftests: breakpoint_test [FAIL]
            selftests: step_after_suspend_test
            ========================================
            selftests: step_after_suspend_test [SKIP]
            selftests:  other [PASS]
            """, {"selftests: breakpoint_test.one": PASSED,
                  "selftests: breakpoint_test.two": FAILED,
                  "selftests: step_after_suspend_test": SKIPPED, "selftests: other": PASSED})
        self.expect("1..1\nselftests: this is text\nok 1 a\n", {"a": PASSED})

    def test_kernels_5_2_to_5_7(self) -> None:
        self.expect("""\
            TAP version 13
            1..2
            # selftests: timers: posix_timers
            # Testing posix timers. ok
            not ok 1 selftests: timers: posix_timers # SKIP
            # selftests: timers: nanosleep
            # Warning: file nanosleep is missing!
            not ok 2 selftests: timers: nanosleep
            """, {"selftests: timers: posix_timers": SKIPPED,
                  "selftests: timers: nanosleep": FAILED})


class Names(Case):
    """A result's full name is the names of all parents, then its own."""

    def test_two_programs_without_names(self) -> None:
        self.expect("""\
            TAP version 13
            1..2
            # selftests: kvm: a
            # 1..2
            # ok 1 one
            # ok 2 # SKIP reason
            ok 1 selftests: kvm: a
            # selftests: kvm: b
            # 1..2
            # ok 1 one
            # ok 2 # SKIP reason
            ok 2 selftests: kvm: b
            """, {"selftests: kvm: a.one": PASSED, "selftests: kvm: a.2": SKIPPED,
                  "selftests: kvm: b.one": PASSED, "selftests: kvm: b.2": SKIPPED})

    def test_two_documents_without_names(self) -> None:
        self.expect("1..2\nok 1\nok 2 # SKIP no\n1..2\nok 1\nnot ok 2\n",
                    {"x.1": PASSED, "x.2": SKIPPED, "x.1 (2)": PASSED, "x.2 (2)": FAILED})

    def test_parameters_of_kunit(self) -> None:
        self.expect("""\
            KTAP version 1
            1..2
                KTAP version 1
                # Subtest: a
                # module: a_test
                1..1
                    KTAP version 1
                    # Subtest: params
                    ok 1 v=1
                    not ok 2 v=1.5
                # params: pass:1 fail:1 skip:0 total:2
                # params.speed: slow
                not ok 1 params
            not ok 1 a
                KTAP version 1
                # Subtest: b
                1..1
                    KTAP version 1
                    # Subtest: params
                    ok 1 v=1
                    ok 2 v=2.5 # SKIP no
                ok 1 params
            # b: pass:1 fail:0 skip:1 total:2
            # Totals: pass:2 fail:1 skip:1 total:4
            ok 2 b
            """, {"a.params.v=1": PASSED, "a.params.v=1.5": FAILED, "b.params.v=1": PASSED,
                  "b.params.v=2.5": SKIPPED})

    def test_dots_in_names(self) -> None:
        """Names of kselftest_harness.h are the same in many programs."""
        self.expect("""\
            TAP version 13
            1..2
            # selftests: mm: a
            # 1..1
            # ok 1 global.maps
            ok 1 selftests: mm: a
            # selftests: mm: b
            # 1..1
            # ok 1 global.maps
            ok 2 selftests: mm: b
            """, {"selftests: mm: a.global.maps": PASSED, "selftests: mm: b.global.maps": PASSED})

    def test_dialects_in_names_of_others(self) -> None:
        self.expect("".join(f"# selftests: net: {p}\n# 1..1\n# ok 1 route.legacy.add\n"
                            f"ok {n} selftests: net: {p}\n" for n, p in enumerate("ab", 1)),
                    {"selftests: net: a.route.legacy.add": PASSED,
                     "selftests: net: b.route.legacy.add": PASSED})

    def test_long_names(self) -> None:
        one, two = tap.read(f"ok 1 {'x' * 900}a\nok 2 {'x' * 900}b\n").results
        self.assertNotEqual(one.test, two.test)
        self.assertEqual(one.test, tap.read(f"ok 1 {one.test}\n").results[0].test)

    def test_program(self) -> None:
        """The program has the names of all parents, so that JUnit separates the tests of suites."""
        (found,) = self.expect("""\
            1..1
                # Subtest: a
                1..1
                    # Subtest: params
                    ok 1 v=1.5
                ok 1 params
            ok 1 a
            """, {"a.params.v=1.5": PASSED}).results
        self.assertEqual("a.params", found.program)

    def test_rules_of_others(self) -> None:
        """Names of other suites are not split into rule, dialect and variant."""
        (one, two) = self.expect("    ok 1 v=1.5\n    ok 2 v=2.5\nok 1 a\n",
                                 {"a.v=1.5": PASSED, "a.v=2.5": PASSED}).results
        self.assertEqual(("a.v=1.5", "", ""), (one.rule, one.dialect, one.variant))
        self.assertNotEqual(one.rule, two.rule)

    def test_subtests_of_tap_14(self) -> None:
        """The "# Subtest" line is indented like the parent, whose result may have no name."""
        self.expect("""\
            TAP version 14
            1..2
            # Subtest: first
                ok 1 - a
                1..1
            ok 1 - first
            # Subtest: second
                # Subtest: inner
                    1..1
                    not ok 1 - a
                not ok 1 - inner
                1..1
            not ok 2
            """, {"first.a": PASSED, "second.inner.a": FAILED})

    def test_results_before_their_tests(self) -> None:
        self.expect("""\
            TAP version 14
            ok 1 - first {
                ok 1 - a
                not ok 2 - b {
                    not ok 1 - c
                    1..1
                }
                1..2
            }
            not ok 2 - second {
                ok 1 - a
                1..1
            } # time=1ms
            }
            ok 3 - third
            1..3
            """, {"first.a": PASSED, "first.b.c": FAILED, "second.a": PASSED,
                  "second.output": FAILED,
                  "third": PASSED})

    def test_kunit_before_ktap(self) -> None:
        self.expect("""\
            TAP version 14
            1..2
                # Subtest: a
                1..1
                ok 1 - x
            ok 1 - a
                # Subtest: b
                1..1
                ok 1 - x
            ok 2 - b
            """, {"a.x": PASSED, "b.x": PASSED})

    def test_lost_result(self) -> None:
        """If a result is lost, its subtests get its name from "# Subtest" or "# selftests:"."""
        for version in ("    KTAP version 1\n", ""):
            self.expect("1..2\n"
                        f"{version}    # Subtest: a\n    1..1\n    ok 1 x\n"
                        f"{version}    # Subtest: b\n    1..1\n    ok 1 x\n"
                        "ok 2 b\n", {"a.x": PASSED, "b.x": PASSED},
                        "the results of a belong to nothing", "expected 2 results, got 1")
        self.expect("""\
            1..2
            # selftests: kvm: a
            # 1..1
            # ok 1 x
            # selftests: kvm: b
            # 1..1
            # ok 1 x
            ok 2 selftests: kvm: b
            """, {"selftests: kvm: a.x": PASSED, "selftests: kvm: b.x": PASSED},
            "the results of selftests: kvm: a belong to nothing", "expected 2 results, got 1")

    def test_separators(self) -> None:
        self.expect("1..4\nok 1 - a\nok 2 -b\nok 3 1x\nok 4 - # SKIP no\n",
                    {"a": PASSED, "-b": PASSED, "1x": PASSED, "x.4": SKIPPED})


class Documents(Case):
    """Where documents and their levels begin and end."""

    def test_two_in_one_stream(self) -> None:
        collections = """\
            TAP version 13
            1..1
            # selftests: {0}: one
            # 1..1
            # ok 1 a
            ok 1 selftests: {0}: one
            """
        self.expect(textwrap.dedent(collections.format("kvm"))
                    + textwrap.dedent(collections.format("vgic")),
                    {"selftests: kvm: one.a": PASSED, "selftests: vgic: one.a": PASSED})
        for one, two in (("TAP version 13\nok 1 a\nok 2 b\n1..2\n",
                          "TAP version 13\nok 1 c\n1..1\n"),
                         ("1..2\nok 1 a\nok 2 b\n", "1..1\nok 1 c\n"),
                         ("ok 1 a\nok 2 b\n1..2\n", "ok 1 c\n1..1\n"),
                         ("1..2\nok 1 a\nok 2 b\n", "ok 1 c\n1..1\n"),
                         ("KTAP version 1\n1..2\nok 1 a\nok 2 b\n",
                          "some text\n\nTAP version 14\n1..1\nok 1 c\n")):
            self.expect(one + two, {"a": PASSED, "b": PASSED, "c": PASSED})

    def test_last_document_cut_off(self) -> None:
        self.expect("1..1\nok 1 a\nTAP version 13\n", {"a": PASSED}, "cut off after a version")

    def test_first_document_cut_off(self) -> None:
        self.expect("TAP version 13\n1..3\nok 1 a\nTAP version 13\n1..1\nok 1 b\n",
                    {"a": PASSED, "b": PASSED}, "expected 3 results, got 1")

    def test_plans_at_the_end_of_each_level(self) -> None:
        self.expect("""\
            TAP version 13
                    ok 1 a
                    not ok 2 b
                    1..2
                not ok 1 inner
                    ok 1 c
                    1..1
                ok 2 second
                1..2
            not ok 1 outer
            1..1
            """, {"outer.inner.a": PASSED, "outer.inner.b": FAILED, "outer.second.c": PASSED})

    def test_plan_between_levels(self) -> None:
        """A plan stands between the inner results and the result they belong to."""
        self.expect("""\
            1..1
                    ok 1 a
              1..1
                    ok 2 b
              ok 1 m
            ok 1 t
            """, {"t.m.a": PASSED, "t.m.b": PASSED})

    def test_plan_twice(self) -> None:
        self.expect("1..2\nok 1 a\nok 2 b\n1..2\n", {"a": PASSED, "b": PASSED})

    def test_any_indentation(self) -> None:
        for width in (1, 2, 3, 4, 8):
            text = "KTAP version 1\n1..1\n" + textwrap.indent(
                "KTAP version 1\n1..1\n" + textwrap.indent("1..1\nok 1 a\n", " " * width)
                + "ok 1 b\n", " " * width) + "ok 1 c\n"
            self.expect(text, {"c.b.a": PASSED})
        self.expect("   1..1\n     ok 1 a\n     1..1\n   ok 1 b\n\n", {"b.a": PASSED})
        tabs = "1..1\n\t1..1\n\t\tok 1 a\n\t\t1..1\n\tok 1 b\nok 1 c\n"
        self.expect(tabs, {"c.b.a": PASSED})

    def test_nested_in_kselftest_output(self) -> None:
        self.expect("""\
            TAP version 13
            1..1
            # selftests: kunit: all
            # KTAP version 1
            # 1..1
            #     KTAP version 1
            #     # Subtest: suite
            #     1..2
            #     ok 1 a
            #     # ok 2 no result
            #     not ok 2 b # SKIP no
            # ok 1 suite
            ok 1 selftests: kunit: all
            """, {"selftests: kunit: all.suite.a": PASSED,
                  "selftests: kunit: all.suite.b": SKIPPED})

    def test_lost_beginning(self) -> None:
        self.expect("""\
            # ok 5 e
            # not ok 6 f
            not ok 7 selftests: kvm: a # exit=1
            ok 8 selftests: kvm: b
            """, {"selftests: kvm: a.e": PASSED, "selftests: kvm: a.f": FAILED,
                  "selftests: kvm: b": PASSED},
            "numbers 1 to 6, got 5 without 1", "numbers 1 to 8, got 7 without 1")

    def test_numbers(self) -> None:
        for numbers, plan, complaint in (
                ((1, 1, 2), "1..3", "with the numbers 1 to 3, got 1 twice"),
                ((1, 2, 4), "1..3", "got 4 without 3"), ((1, 3), "", "got 3 without 2"),
                ((2, 1, 3), "1..3", ""), ((0,), "1..1", "got 0 without 1"),
                ((1, 2, 3, 4), "1..3", "expected 3 results, got 4")):
            text = f"{plan}\n" + "".join(f"ok {n} t{i}\n" for i, n in enumerate(numbers))
            self.expect(text, {f"t{i}": PASSED for i in range(len(numbers))},
                        *([complaint] if complaint else []))
        self.expect("""\
            1..1
            # selftests: kvm: a
            # 1..3
            # ok 1 x
            # ok 1 y
            # ok 2 z
            ok 1 selftests: kvm: a
            """, {f"selftests: kvm: a.{n}": PASSED for n in "xyz"},
            "results of selftests: kvm: a with the numbers 1 to 3, got 1 twice")

    def test_bail_out(self) -> None:
        self.expect("1..1\n# selftests: kvm: a\n# 1..1\n# Bail out! no /dev/kvm\n"
                    "not ok 1 selftests: kvm: a # exit=1\n",
                    {"selftests: kvm: a": FAILED}, "Bail out! no /dev/kvm",
                    "expected 1 result of selftests: kvm: a, got 0")
        self.expect("1..2\nok 1 a\nbail out! no disk\n", {"a": PASSED}, "bail out! no disk",
                    "expected 2 results, got 1")
        self.expect("pragma +strict\n1..1\nok 1 a\n# Bail out! was not said\n", {"a": PASSED})

    def test_skip_of_all(self) -> None:
        found = self.expect("1..1\n# selftests: kvm: a\n# TAP version 13\n"
                            "# 1..0 # SKIP no /dev/kvm\nok 1 selftests: kvm: a # SKIP\n",
                            {"selftests: kvm: a": SKIPPED})
        self.assertEqual("no /dev/kvm", found.results[0].message)
        self.expect("1..0\n", {"x": SKIPPED})
        self.expect("1..2\n    1..0\nok 1 a\nok 2 - b {\n    1..0 # SKIP no\n}\n",
                    {"a": SKIPPED, "b": SKIPPED})
        found = self.expect("1..1\n    1..0 # SKIP no disk\nnot ok 1 a\n", {"a": FAILED})
        self.assertEqual("no disk", found.results[0].message)
        self.expect("TAP version 13\n1..0 # SKIP no\nTAP version 13\n1..1\nok 1 a\n"
                    "TAP version 13\n1..0 # SKIP no\n",
                    {"x": SKIPPED, "a": PASSED, "x (3)": SKIPPED})

    def test_result_within_text(self) -> None:
        self.expect("1..1\nok 1 a\nok so far\n    1..2\n    ok 1 b\n",
                    {"b": PASSED, "a": PASSED}, "cut off", "expected 2 results",
                    "belong to nothing")

    def test_order(self) -> None:
        self.expect("1..3\nok 1 a\n    1..2\n    ok 1 b\n", {"a": PASSED, "b": PASSED},
                    "cut off", "expected 2 results", "belong to nothing", "expected 3 results")


# A document that the tests below decorate or damage, and its results.
DOCUMENT = """\
KTAP version 1
1..2
    KTAP version 1
    # Subtest: a
    1..2
    ok 1 x: y
    # ok to go on
    not ok 2 z # SKIP no [    1.0] foo
ok 1 a
not ok 2 - b: c # TIMEOUT
"""
EXPECTED = {"a.x: y": PASSED, "a.z": SKIPPED, "b: c": FAILED}


class Prefixes(Case):
    """Prefixes that kernels, log daemons and labs put before each line."""

    def test_prefixes(self) -> None:
        for prefix in (
                "[    1.100000] ", "[ 12345.678901] ", "[    1.1][    T1] ",
                "[    1.100000][   C0] ", "[   T123] ", "<6>[    1.100000] ", "<14>",
                "<6>[ 1.1][    T1] ", "6,1234,5678901,-;", "6,1,5678901,-,caller=T1;",
                "kern  :info  : [    1.100000] ", "[Sun Nov 29 05:37:20 2026] ",
                "[Nov29 05:37] ", "[  +0.000123] ",
                # journalctl -o short, short-precise, short-iso, short-iso-precise, short-full,
                # short-monotonic, short-unix, short-delta
                "Nov 29 05:37:20 board kernel: ", "Nov  9 05:37:20.123456 board run.sh[123]: ",
                "2026-11-29T05:37:20+0000 board kernel: ",
                "2026-11-29T05:37:20.123456+01:00 board-7.lab kernel: ",
                "Sun 2026-11-29 05:37:20 UTC board kernel: ", "[    1.100000] board kernel: ",
                "1764394640.123456 board test[7]: ", "[    1.100000 <    0.000001 >] b kernel: ",
                "Nov 29 05:37:20 board root: ", "Nov 29 05:37:20 ",
                "<14>1 2026-11-29T05:37:20Z board app: ",
                # LAVA, tuxrun, CI systems, terminals
                "2026-11-29T05:37:20 ", "2026-11-29T05:37:20.123456 ", "2026-11-29 05:37:20,123 ",
                "2026-11-29T05:37:20.1234567Z ", "2026-11-29T05:37:20.123456Z 01O ",
                "[2026-11-29T05:37:20.000Z] ", "[2026-11-29 05:37:20.123] ", "05:37:20.123456  ",
                "[05:37:20] ", "05:37:20 ", "[1764394640.123456] ",
                # several
                "2026-11-29T05:37:20 [    1.100000] ", "05:37:20 <6>[    1.1][    T1] ",
                # unknown: learned from the version line
                "board7| ", "ttyS0 12> ", "(target 3) : ", "pod-1  | ", "> ", "root@board:~$ ",
                "build\tRun tests\t2026-11-29T05:37:20.1234567Z "):
            for noise in ("", "\x1b[32m", "\x1b[0;1;31m"):
                with self.subTest(prefix, noise=noise):
                    self.expect("".join(f"{prefix}{noise}{line}\n"
                                        for line in DOCUMENT.splitlines()), EXPECTED)

    def test_tabs_after_a_prefix(self) -> None:
        for prefix in ("[    1.1][    T1] ", "board| ", " "):
            self.expect("".join(f"{prefix}{line}\n" for line in
                                DOCUMENT.replace("    ", "\t").splitlines()), EXPECTED)

    def test_tabs_in_a_program(self) -> None:
        self.expect("# selftests: k: u\n# 1..1\n# \t# Subtest: s\n# \t1..1\n# \tok 1 a\n"
                    "# ok 1 s\nok 1 selftests: k: u\n", {"selftests: k: u.s.a": PASSED})

    def test_progress_of_a_program(self) -> None:
        self.expect("1..1\n# selftests: a: b\n# 1..2\n# 10 %\r90 %\rok 1 x\r\n# ok 2 y\n"
                    "ok 1 selftests: a: b\n",
                    {"selftests: a: b.x": PASSED, "selftests: a: b.y": PASSED})

    def test_numbers_in_a_prefix_differ(self) -> None:
        self.expect("".join(f"board| {n:3} > {line}\n" for n, line in
                            enumerate(DOCUMENT.splitlines(), 95)), EXPECTED)

    def test_a_sentence_is_no_prefix(self) -> None:
        self.expect("we expected KTAP version 1\nwe expected ok 1 c\n# see: TAP version 13\n"
                    "1..1\nok 1 a\n", {"a": PASSED})

    def test_lines_and_characters(self) -> None:
        for text in (DOCUMENT.replace("\n", "\r\n"), DOCUMENT.replace("\n", "\r\r\n"),
                     DOCUMENT.replace("\n", "\r") + "\n", "\ufeff" + DOCUMENT,
                     DOCUMENT.replace("\n", "^M\n"), DOCUMENT.replace("ok", "o\0k"),
                     DOCUMENT.replace("not ok 2 -", "\ufffd\x07\x01not ok 2 -"),
                     DOCUMENT.replace("ok 1 a", "10 %\r90 %\rok 1 a"),
                     DOCUMENT.replace("ok", "\x1b[1mok\x1b[0m"),
                     DOCUMENT.replace("ok 1 a\n", "^[[32mok 1 a^[[0m\n"),
                     DOCUMENT.replace("ok 1 a\n", "#033[32mok 1 a#033[0m\n"),
                     DOCUMENT.replace("ok 1 a\n", "[32mok 1 a[0m\n"),
                     "\x1b]0;title\x07" + DOCUMENT + "\x1b[?25h\n",
                     DOCUMENT.replace("    ", "\t")):
            with self.subTest(text[:60]):
                self.expect(text, EXPECTED)

    def test_encodings(self) -> None:
        for name in ("utf-8", "utf-8-sig", "utf-16"):
            self.assertEqual(DOCUMENT, console.decode(DOCUMENT.encode(name)))
        self.assertEqual("ok \ufffd", console.decode(b"ok \xff"))

    def test_log_of_a_lava_job(self) -> None:
        lines = "".join(
            f'- {{"dt": "2026-11-29T05:37:20.123456", "lvl": "target", "msg": "\\e[0m{line}"}}\n'
            for line in DOCUMENT.splitlines())
        self.expect('- {"dt": "2026-11-29T05:37:20", "lvl": "debug", "msg": "ok 1 none"}\n' + lines
                    + '- {"dt": "2026-11-29T05:37:20", "lvl": "results", "msg": {"case": "x"}}\n',
                    EXPECTED)

    def test_messages_of_the_kernel_within_a_line(self) -> None:
        log = "[   12.345678] random: crng init done"
        for old, new in (
                ("ok 1 a\n", f"ok 1 a{log}\n\n"), ("ok 1 a\n", f"ok{log}\n 1 a\n"),
                ("ok 1 a\n", f"o{log}\nk 1 a\n"), ("ok 1 a\n", f"o{log}\nk{log}\n 1 a\n"),
                ("ok 1 a\n", f"ok 1 a<6>{log}\n\n"), ("not ok 2 - b", f"not {log}\nok 2 - b"),
                ("not ok 2 - b", f"not ok 2 - {log}\n[   12.345679] usb 1-1: new\nb"),
                ("1..2\n    KTAP", f"1..{log}\n2\n    KTAP"),
                ("KTAP version 1\n1", f"KTAP ver{log}\nsion 1\n1"),
                ("not ok 2 z", f"not ok{log.replace('] ', '][    T1] ')}\n 2 z"),
                ("ok 1 a\n", f"{log}\nok 1 a\n{log}\n")):
            with self.subTest(new):
                self.assertIn(old, DOCUMENT)
                text = DOCUMENT.replace(old, new, 1)
                self.expect(text, EXPECTED)
                # The same with a lab's timestamps.
                self.expect("".join(f"2026-11-29T05:37:20 {line}\n"
                                    for line in text.splitlines()), EXPECTED)

    def test_messages_of_the_kernel_between_lines(self) -> None:
        """Kernel messages between any two lines, also within YAML, change nothing."""
        for text in ("1..2\nnot ok 1 a\n  ---\n  ok 2 z\n  ...\nok 2 b\n",
                     "1..2\nnot ok 1 a\n# why\n  ---\n  ok 2 z\n  ...\nok 2 b\n",
                     "1..1\n  1..2\n  not ok 1 a\n   ---\n   ok 2 z\n  ok 2 b\nnot ok 1 s\n",
                     "selftests: s: s\n=========\nok 1 a\nnot ok 2 b\nnot ok 1..1 selftests: s: s "
                     "[FAIL]\n"):
            whole = [(e.test, e.outcome) for e in tap.read(text).results]
            self.assertEqual(2, len(whole))
            log = text.replace("\n", "\n[   12.345678] usb 1-1: new\n")
            self.assertEqual(whole, [(e.test, e.outcome) for e in tap.read(log).results])

    def test_diagnostic_that_quotes_the_log(self) -> None:
        self.expect("1..1\n# the log: [   12.345678] Oops\nnot ok 1 a\n", {"a": FAILED})

    def test_boot_log_around_it(self) -> None:
        found = self.expect("[    0.000000][    T0] Linux version 6.12.1-lab (me@there)\r\n"
                            "[    0.100000][    T1] foo: ok\r\n\r\nlogin: root\r\n"
                            + DOCUMENT.replace("\n", "\r\n") + "[    9.1] reboot: Power down\r\n",
                            EXPECTED)
        self.assertEqual("6.12.1-lab", found.kernel)


class Hostile(Case):
    @marks.slow
    def test_size(self) -> None:
        """Reading takes linear time. With quadratic time, each text would take over a minute."""
        count = 20000
        for text in ("ok\n" * count, "not ok 1 x\n" * count, "1..2\n" * count,
                     "".join(" " * (n % 190) + f"ok 1 t{n}\n" for n in range(count)),
                     "".join("# " * (n % 90) + f"ok {n} t\n" for n in range(count)),
                     "# " * count + "ok 1 a\n", "ok 1 " + "# " * count,
                     "KTAP version 1\n" * count, "x: KTAP version 1\n" * count,
                     "# Subtest: a\n" * count, "ok 1 x[    1.000000] y\n" * count,
                     "[" * count + "\n" + "\x1b[" * count, "- {" + '"lvl"' * count + "}"):
            self.assertTrue(tap.read(text).complaints or text)


if __name__ == "__main__":
    unittest.main()
