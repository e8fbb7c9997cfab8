# SPDX-License-Identifier: GPL-2.0-only
"""Imports between modules: tools/ is pure, and there are no cycles."""

from __future__ import annotations

import ast
import graphlib
import sys
import unittest
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.test_static import tracked

ROOT = Path(__file__).resolve().parent.parent

# Modules that start processes, wait for events, or open connections.
IMPURE_MODULES = frozenset((
    "asyncio", "concurrent", "ctypes", "fcntl", "ftplib", "http", "imaplib", "importlib",
    "multiprocessing", "poplib", "pty", "runpy", "select", "selectors", "smtplib", "socket",
    "socketserver", "ssl", "subprocess", "threading", "urllib", "xmlrpc"))
# Functions of other modules that do the same.
IMPURE_CALLS = frozenset((
    "os.execv", "os.execve", "os.execvp", "os.fork", "os.kill", "os.killpg", "os.popen",
    "os.posix_spawn", "os.system", "signal.signal", "webbrowser.open"))


def imports(text: str) -> Iterator[str]:
    """All modules that a source imports, at the top or within functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            # `from tools import ktap` imports a module, `from tools.ktap import Result` a name.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def impure(text: str) -> list[str]:
    """Imports and calls in a source that are not allowed in tools/."""
    found = [name for name in imports(text)
             if name.partition(".")[0] in IMPURE_MODULES | {"scripts", "tests"}]
    other = [name for name in imports(text) if name.partition(".")[0] != "tools"
             and name.partition(".")[0] not in sys.stdlib_module_names | {"yaml"}]
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(text))
             if isinstance(node, ast.Call)
             and ast.unparse(node.func) in IMPURE_CALLS | {"__import__"}]
    return found + other + calls


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """The nodes of a cycle in order, the first one repeated at the end; empty without a cycle."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


class Border(unittest.TestCase):
    def test_tools_are_pure(self) -> None:
        sources = tracked("tools/*")
        self.assertIn("tools/ktap.py", sources)
        self.assertEqual([], [name for name in sources if not name.endswith(".py")])
        for name in sources:
            with self.subTest(name):
                self.assertEqual([], impure(text_of(name)))

    def test_scripts_need_no_tests(self) -> None:
        for name in tracked("scripts/*.py"):
            with self.subTest(name):
                self.assertEqual([], [module for module in imports(text_of(name))
                                      if module.partition(".")[0] == "tests"])

    def test_detects_violations(self) -> None:
        for text in ("import subprocess", "from scripts import fetch", "import scripts.fetch",
                     "def f():\n    from urllib.parse import quote", "import os.path, socket",
                     "import os\nos.system('true')", "__import__('ssl')", "import numpy",
                     "from tests.test_pure import SUBJECTS"):
            with self.subTest(text):
                self.assertTrue(impure(text))
        self.assertEqual([], impure("import os\nfrom tools import ktap\nos.replace('a', 'b')"))


class Names(unittest.TestCase):
    def test_module_names_are_unique(self) -> None:
        names = Counter(Path(name).stem for name in tracked("*.py"))
        self.assertIn("ktap", names)
        self.assertEqual([], [name for name, times in names.items()
                              if times > 1 and name != "__init__"])


class Circles(unittest.TestCase):
    def test_no_import_cycle(self) -> None:
        """No module imports itself, directly or through other modules."""
        modules = {name.removesuffix(".py").replace("/", "."): name for name in tracked("*.py")}
        graph = {module: {other for other in imports(text_of(name)) if other in modules}
                 for module, name in modules.items()}
        self.assertIn("tools.results", graph["tools.ktap"])
        self.assertEqual([], cycle(graph))

    def test_detects_violations(self) -> None:
        self.assertEqual({"b", "c"}, set(cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}})))
        self.assertEqual([], cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}))


if __name__ == "__main__":
    unittest.main()
