# SPDX-License-Identifier: GPL-2.0-only
"""Which module imports which: tools/ is pure, and no module depends on itself."""

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
WORLD = frozenset((
    "asyncio", "concurrent", "ctypes", "fcntl", "ftplib", "http", "imaplib", "importlib",
    "multiprocessing", "poplib", "pty", "runpy", "select", "selectors", "smtplib", "socket",
    "socketserver", "ssl", "subprocess", "threading", "urllib", "xmlrpc"))
# ... and such functions of other modules.
CALLS = frozenset((
    "os.execv", "os.execve", "os.execvp", "os.fork", "os.kill", "os.killpg", "os.popen",
    "os.posix_spawn", "os.system", "signal.signal", "webbrowser.open"))


def imports(text: str) -> Iterator[str]:
    """Each module that a source imports, at its top or within a function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            # `from tools import ktap` imports a module, `from tools.ktap import Result` a name.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def impure(text: str) -> list[str]:
    """Imports and calls of a source that tools/ must not have."""
    found = [name for name in imports(text)
             if name.partition(".")[0] in WORLD | {"scripts", "tests"}]
    other = [name for name in imports(text) if name.partition(".")[0] != "tools"
             and name.partition(".")[0] not in sys.stdlib_module_names | {"yaml"}]
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(text))
             if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS | {"__import__"}]
    return found + other + calls


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The nodes of a circle, in order and the first one twice; none if there is no circle."""
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

    def test_would_be_found(self) -> None:
        for text in ("import subprocess", "from scripts import fetch", "import scripts.fetch",
                     "def f():\n    from urllib.parse import quote", "import os.path, socket",
                     "import os\nos.system('true')", "__import__('ssl')", "import numpy",
                     "from tests.test_pure import SUBJECTS"):
            with self.subTest(text):
                self.assertTrue(impure(text))
        self.assertEqual([], impure("import os\nfrom tools import ktap\nos.replace('a', 'b')"))


class Names(unittest.TestCase):
    def test_no_two_modules_have_one_name(self) -> None:
        names = Counter(Path(name).stem for name in tracked("*.py"))
        self.assertIn("ktap", names)
        self.assertEqual([], [name for name, times in names.items()
                              if times > 1 and name != "__init__"])


class Circles(unittest.TestCase):
    def test_no_module_imports_itself(self) -> None:
        """Neither directly nor through others."""
        modules = {name.removesuffix(".py").replace("/", "."): name for name in tracked("*.py")}
        graph = {module: {other for other in imports(text_of(name)) if other in modules}
                 for module, name in modules.items()}
        self.assertIn("tools.results", graph["tools.ktap"])
        self.assertEqual([], circle(graph))

    def test_would_be_found(self) -> None:
        self.assertEqual({"b", "c"}, set(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}})))
        self.assertEqual([], circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}))


if __name__ == "__main__":
    unittest.main()
