# SPDX-License-Identifier: GPL-2.0-only
"""The list of statements of the kernel's documents, and its agreement with the rules."""

from __future__ import annotations

import re
import unittest

from tests.test_rules import Sources
from tools import rules, statements
from tools.rules import TableError

GOOD = """
[[statement]]
file = "vcpu.rst"
section = "2.1"
text = "A timer's interrupt is a PPI."
rules = ["timer_irq.no_ppi"]
"""

RULE = """
[[rule]]
id = "timer_irq.no_ppi"
text = "An interrupt that is not a PPI is refused."
source = "UAPI: vcpu.rst 2.1: EINVAL"
dialects = ["devattr"]
expect = "EINVAL"
"""


class Form(unittest.TestCase):
    def assert_refused(self, old: str, new: str, message: str) -> None:
        self.assertIn(old, GOOD, "the test itself is wrong")
        with self.assertRaisesRegex(TableError, message):
            statements.parse(GOOD.replace(old, new))

    def test_good(self) -> None:
        (statement,) = statements.parse(GOOD)
        self.assertEqual("vcpu.rst, 2.1", statement.place)
        self.assertEqual(("timer_irq.no_ppi",), statement.rules)
        self.assertEqual("", statement.reason)

    def test_reason_in_place_of_rules(self) -> None:
        (statement,) = statements.parse(GOOD.replace('rules = ["timer_irq.no_ppi"]',
                                                     'reason = "no machine has it"'))
        self.assertEqual((), statement.rules)
        self.assertEqual("no machine has it", statement.reason)

    def test_neither_rules_nor_reason(self) -> None:
        self.assert_refused('rules = ["timer_irq.no_ppi"]', "", "expected rules, or a reason")
        self.assert_refused('["timer_irq.no_ppi"]', "[]", "expected rules, or a reason")

    def test_rules_and_a_reason(self) -> None:
        self.assert_refused('no_ppi"]', 'no_ppi"]\nreason = "none"', "expected rules, or a reason")

    def test_unknown_file(self) -> None:
        self.assert_refused("vcpu.rst", "vcpus.rst", "got 'vcpus.rst'")

    def test_unknown_key(self) -> None:
        self.assert_refused("section", "chapter", "unknown key 'chapter'")

    def test_missing_key(self) -> None:
        self.assert_refused('section = "2.1"', "", "lacks 'section'")

    def test_sentence(self) -> None:
        self.assert_refused("a PPI.", "a PPI", "full stop")

    def test_rule_named_twice(self) -> None:
        self.assert_refused('no_ppi"', 'no_ppi", "timer_irq.no_ppi"', "names a rule twice")

    def test_statement_twice(self) -> None:
        with self.assertRaisesRegex(TableError, "the statement once"):
            statements.parse(GOOD + GOOD)

    def test_unknown_table(self) -> None:
        with self.assertRaisesRegex(TableError, "unknown table 'statements'"):
            statements.parse(GOOD.replace("[[statement]]", "[[statements]]"))

    def test_not_toml(self) -> None:
        self.assert_refused("[[statement]]", "[[statement]", "not TOML")


class BothWays(unittest.TestCase):
    def problems(self, listed: str = GOOD, table: str = RULE) -> list[str]:
        return statements.compare(statements.parse(listed), rules.parse_table(table))

    def test_agreement(self) -> None:
        self.assertEqual([], self.problems())

    def test_no_such_rule(self) -> None:
        self.assertEqual(["vcpu.rst, 2.1: there is no rule timer_irq.none",
                          "rule timer_irq.no_ppi names vcpu.rst, but no statement of it names "
                          "the rule"], self.problems(GOOD.replace("no_ppi", "none")))

    def test_rule_of_another_document(self) -> None:
        self.assertEqual(["vm.rst, 2.1: the source of timer_irq.no_ppi does not name vm.rst",
                          "rule timer_irq.no_ppi names vcpu.rst, but no statement of it names "
                          "the rule"], self.problems(GOOD.replace("vcpu.rst", "vm.rst")))

    def test_each_document_of_a_rule_counts(self) -> None:
        self.assertEqual(["rule timer_irq.no_ppi names api.rst, but no statement of it names "
                          "the rule"],
                         self.problems(table=RULE.replace("2.1: EINVAL", "2.1; api.rst 4.80")))

    def test_name_within_another_name(self) -> None:
        self.assertEqual({"arm-vgic-v3.rst"}, statements.documents_of(
            rules.parse_table(RULE.replace("vcpu.rst", "arm-vgic-v3.rst"))[0]))

    def test_rules_of_other_sources_need_none(self) -> None:
        self.assertEqual([], self.problems("", RULE.replace("UAPI: vcpu.rst", "ARM IHI 0048B.b")))


class Counts(unittest.TestCase):
    def test_by_document(self) -> None:
        other = GOOD.replace("PPI.", "PPI of it.").replace('rules = ["timer_irq.no_ppi"]',
                                                           'reason = "none"')
        self.assertEqual("vcpu.rst: 2 statements, 1 with rules\n"
                         "all: 2 statements, 1 with rules\n",
                         statements.render_counts(statements.parse(GOOD + other)))


class ThisProject(Sources):
    """The list of this project, which does not copy the kernel's text."""

    def test_agrees_with_the_rules(self) -> None:
        self.assertEqual([], statements.compare(statements.load(), rules.load()))

    def test_no_text_of_the_kernel(self) -> None:
        kernel_runs = self.runs_of_documents()
        for statement in statements.load():
            for text in (statement.text, statement.reason):
                self.assertEqual([], self.common(text, kernel_runs), f"{statement.place}: {text}")

    def test_quotations_are_short(self) -> None:
        for statement in statements.load():
            for quotation in self.QUOTATION.findall(statement.text):
                self.assertLessEqual(len(self.WORD.findall(quotation)), self.QUOTED)

    def test_each_document_has_statements(self) -> None:
        self.assertEqual(set(statements.DOCUMENTS), {s.file for s in statements.load()})

    def test_sections_of_api_have_numbers(self) -> None:
        for statement in statements.load():
            if statement.file == "api.rst":
                self.assertRegex(statement.section, re.compile(r"^\d+(\.\d+)?(, .+)?$"))


del Sources  # its own tests are in test_rules


if __name__ == "__main__":
    unittest.main()
