# SPDX-License-Identifier: GPL-2.0-only
"""Files, anchors, commands and variables that the documentation names exist."""

from __future__ import annotations

import re
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path

from tests import browser, marks
from tests.test_static import tracked
from tools import rules, summary
from tools.results import FAILED, OUTCOMES, Result

ROOT = Path(__file__).resolve().parent.parent

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.@+-]+(?:/[\w.@*+-]+)*/?")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"\bmake ((?:[A-Z]+=\S+ )*)([a-z][\w-]*)((?: [A-Z]+=)?)")
VARIABLE = re.compile(r"(?<![\w$-])([A-Z]{3,})=")
# A path from the top, in commands and in text, but not the end of a longer path.
PATH_FROM_TOP = re.compile(r"(?<![\w./$<>*-])[\w.-]+/[\w./*+-]*[\w/*]")
FILE_NAME = re.compile(r"[\w-]+\.(?:c|h|S|py|sh|toml)")
FUNCTION = re.compile(r"(\w+)\(\)")
# Paths of the Linux tree that look like paths of this one, and variables of its build.
LINUX = "tools/testing/"
LINUX_VARIABLES = {"TARGETS", "ARCH", "CROSS_COMPILE", "INSTALL_MOD_PATH"}


def pages() -> list[str]:
    return [name for name in tracked("*.md")]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """Text in backticks, and indented lines."""
    indented = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return CODE.findall(text) + indented


def targets_and_variables() -> tuple[set[str], set[str]]:
    makefile = text_of("Makefile")
    named = re.findall(r"^([a-z][\w -]*):(?!=)", makefile, re.MULTILINE)
    named += re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    return ({word for line in named for word in line.split()},
            set(re.findall(r"\b([A-Z]+)\b", makefile)))


def places(name: str) -> set[str]:
    return {rules.anchor(heading.replace("`", "")) for heading in HEADING.findall(text_of(name))}


def exists(path: str, beside: str) -> bool:
    """Whether a path or pattern exists below the top folder or the folder of page `beside`."""
    for folder in (ROOT, (ROOT / beside).parent):
        if (folder / path).exists() or ("*" in path and any(folder.glob(path))):
            return True
    return False


class Names(unittest.TestCase):
    def test_pages(self) -> None:
        self.assertLessEqual({"README.md", "CONTRIBUTING.md", "CHANGELOG.md",
                              "Documentation/tutorial.md", "Documentation/architecture.md",
                              "Documentation/report.md", "Documentation/abi/reference.md"},
                             set(pages()))

    def test_links(self) -> None:
        for name in pages():
            for target in LINK.findall(text_of(name)):
                if "://" in target:
                    continue
                path, _, place = target.partition("#")
                with self.subTest(page=name, link=target):
                    there = (ROOT / name).parent / path if path else ROOT / name
                    self.assertTrue(there.exists(), "expected the file to exist")
                    if place:
                        self.assertIn(place, places(str(there.resolve().relative_to(ROOT))))

    def test_paths(self) -> None:
        top = {path.split("/")[0] for path in tracked()}
        for name in pages():
            for code in CODE.findall(text_of(name)):
                path = re.sub(r":\d+$", "", code)
                # A path from the top, or a file in the page's folder.
                from_top = path.split("/")[0] in top and ("/" in path or "." in path)
                beside = path.endswith(".md") and "/" not in path
                if (PATH.fullmatch(path) and not path.startswith(LINUX)
                        and (from_top or beside)):
                    with self.subTest(page=name, path=path):
                        self.assertTrue(exists(path, name), "expected it to exist")

    def test_paths_in_commands_and_text(self) -> None:
        top = {path.split("/")[0] for path in tracked() if "/" in path}
        found = set()
        for name in pages():
            # ".../" stands for the folder of this tree.
            for path in PATH_FROM_TOP.findall(text_of(name).replace(".../", " ")):
                if path.split("/")[0] in top and not path.startswith(LINUX):
                    found.add(path)
                    with self.subTest(page=name, path=path):
                        self.assertTrue(exists(path, name), "expected it to exist")
        self.assertLessEqual({"scripts/bisect_rule.py", "scripts/into_kernel_tree.sh",
                              "virt/kvm/device_address.c"}, found)

    def test_file_names_without_a_folder(self) -> None:
        names = {Path(path).name for path in tracked()}
        found = 0
        for page in pages():
            for code in CODE.findall(text_of(page)):
                if FILE_NAME.fullmatch(code):
                    found += 1
                    with self.subTest(page=page, file=code):
                        self.assertTrue(code in names, "expected a file of this name")
        self.assertGreater(found, 20)

    def test_functions_of_the_reference_kernel(self) -> None:
        """All functions that Documentation/reference-kernel.md names exist."""
        words = {word for path in tracked("arch/*", "virt/*", "include/*")
                 for word in re.findall(r"\w+", text_of(path))}
        named = {match[1] for code in CODE.findall(text_of("Documentation/reference-kernel.md"))
                 if (match := FUNCTION.fullmatch(code))}
        self.assertGreater(len(named), 40)
        self.assertEqual(set(), named - words)

    def test_commands(self) -> None:
        targets, variables = targets_and_variables()
        found = 0
        for name in pages():
            for command in commands(text_of(name)):
                if not re.match(r"(\$ )?(ssh \S+ )?make\b", command) or " -C " in command:
                    continue
                command = command.partition("  #")[0]
                for _, target, _ in MAKE.findall(command):
                    found += 1
                    with self.subTest(page=name, command=command):
                        self.assertIn(target, targets)
                for variable in VARIABLE.findall(command):
                    with self.subTest(page=name, command=command):
                        self.assertIn(variable, variables | LINUX_VARIABLES)
        self.assertGreater(found, 50)

    def test_help_names_existing_goals(self) -> None:
        targets, _ = targets_and_variables()
        shown = re.findall(r"@echo '  make ([\w-]+)", text_of("Makefile"))
        self.assertGreater(len(shown), 10)
        self.assertLessEqual(set(shown), targets)

    def test_detects_missing_names(self) -> None:
        self.assertFalse(exists("scripts/no_such.py", "README.md"))
        self.assertTrue(exists("matrix.md", "Documentation/report.md"))
        self.assertNotIn("no-such-target", targets_and_variables()[0])
        self.assertIn("from-a-rule-to-a-result", places("Documentation/architecture.md"))


class Fields(unittest.TestCase):
    """Documentation/report.md has each field of summary.json and each exit status."""

    def table(self, heading: str, first: str) -> list[str]:
        """The first column of each table below a heading, if that column's head is `first`."""
        text = text_of("Documentation/report.md").partition(f"## {heading}\n")[2]
        text = text.partition("\n## ")[0]
        tables = re.findall(r"^\| (\w+) \|.*\n\|---\|---\|\n((?:\|.*\n)+)", text, re.MULTILINE)
        self.assertTrue(tables)
        return [row.split("|")[1] for head, rows in tables if head == first
                for row in rows.splitlines()]

    def test_summary(self) -> None:
        results = [Result("kernel.log", "", FAILED, "a stall", log=["its trace"], culprit="a.b.c",
                          files={"a.b.c-1.c": ["int main(void)"]})]
        found = summary.summarize("t", "6.1", 1.0, results)
        named = [name for cell in self.table("summary.json", "field")
                 for name in re.findall(r"`(\w+)`", cell)]
        self.assertEqual(sorted([*found, *found["results"][0]]), sorted(named))
        for outcome in OUTCOMES:
            self.assertIn(outcome, found)

    def test_exit_statuses(self) -> None:
        named = {int(cell) for cell in self.table("Exit statuses", "status")}
        self.assertEqual({summary.EXIT_GREEN, summary.EXIT_UNEXPECTED, summary.EXIT_USAGE,
                          summary.EXIT_INTERRUPTED}, named)


class Samples(unittest.TestCase):
    """Sample output in the documentation is up to date and has no counts that become stale."""

    def test_no_counts(self) -> None:
        for name in pages():
            for line in text_of(name).splitlines():
                if line.startswith("    "):
                    self.assertNotRegex(
                        line, r"\b[1-9]\d* (passed|failed|skipped|xfailed|variants)\b",
                        f"{name}: counts become stale")

    def test_table_of_the_readme(self) -> None:
        line = next(line for line in text_of("README.md").splitlines()
                    if line.startswith("    target "))
        self.assertEqual(list(summary.COLUMNS), re.split(r"  +", line.strip()))
        self.assertNotRegex(text_of("README.md"), r"\n    arm\S+ +\d", "expected no counts")


class Shape(unittest.TestCase):
    def test_readme_is_short(self) -> None:
        self.assertLess(len(text_of("README.md").splitlines()), 200)

    @marks.slow
    def test_diagram(self) -> None:
        path = ROOT / "Documentation/architecture.svg"
        diagram = xml.dom.minidom.parse(str(path)).documentElement
        self.assertEqual("svg", diagram.tagName)
        for name in ("title", "desc"):
            self.assertTrue(diagram.getElementsByTagName(name))
        with tempfile.TemporaryDirectory() as folder:
            size = "--window-size=960,600"
            light = browser.screenshot(path, Path(folder, "light.png"), size)
            dark = browser.screenshot(path, Path(folder, "dark.png"), size, browser.DARK)
        self.assertGreater(min(len(light), len(dark)), browser.MIN_SCREENSHOT_BYTES)
        self.assertNotEqual(light, dark)

    def test_paths_in_the_diagram(self) -> None:
        for words in re.findall(r'class="code"[^>]*>([^<]+)<', text_of(
                "Documentation/architecture.svg")):
            for word in re.split(r"[,\s]+", words):
                if "/" in word:
                    with self.subTest(word):
                        self.assertTrue(exists(word, "README.md"))


if __name__ == "__main__":
    unittest.main()
