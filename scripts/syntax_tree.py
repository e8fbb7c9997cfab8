# SPDX-License-Identifier: GPL-2.0-only
"""Parses C sources with libclang, for tools/mutants.py.

Debian's python3-clang has the bindings. From gcc's command line in the kernel's build, clang gets
only the options that concern the language.
"""

from __future__ import annotations

import bisect
import ctypes
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import SetupError
from tools.mutants import MACRO, UNKNOWN, Node, Source, Token

# Options of a gcc command that clang needs, too. Those in PAIRS are followed by their value.
WORDS = ("-I", "-D", "-U", "-std=", "-march=", "-nostdinc", "-fshort-wchar", "-funsigned-char",
         "-marm", "-mthumb", "-msoft-float", "-mlittle-endian", "-mgeneral-regs-only")
PAIRS = ("-include", "-isystem", "-iquote")
COMPILER = "-gcc"

# Kinds of types that count, by clang's names.
POINTERS = {"POINTER", "INCOMPLETEARRAY", "CONSTANTARRAY"}
INTEGERS = {"CHAR_U", "UCHAR", "USHORT", "UINT", "ULONG", "ULONGLONG", "CHAR_S", "SCHAR", "SHORT",
            "INT", "LONG", "LONGLONG", "ENUM"}

# Kinds of nodes that keep the expression around them from being constant.
CHANGING = {"CALL_EXPR", "MEMBER_REF_EXPR", "StmtExpr"}

PAIRS_OF_BRACKETS = {"(": ")", "[": "]", "{": "}"}

# Where Debian's packages have modules of Python.
DEBIAN_MODULES = "/usr/lib/python3/dist-packages"

# clang's number of the severity at which it gives up.
FATAL = 4


@dataclass(frozen=True)
class Expansion:
    """A macro that is used in the source. begin to end: with its arguments."""

    begin: int
    end: int
    name: str


def clang_words(command: Sequence[str], folder: Path) -> list[str]:
    """The words of a gcc command for clang. folder: where gcc runs."""
    def absolute(path: str) -> str:
        return str(folder / path)

    words = []
    prefix = command[0].rpartition("/")[2].removesuffix(COMPILER)
    if prefix != command[0].rpartition("/")[2]:
        words.append(f"--target={prefix}")
    rest = iter(command[1:])
    for word in rest:
        if word in PAIRS:
            words += [word, absolute(next(rest))]
        elif word.startswith("-I"):
            words.append(f"-I{absolute(word[2:])}")
        elif word.startswith(WORDS):
            words.append(word)
    return words


class Clang:
    """libclang; one index for all sources."""

    def __init__(self) -> None:
        if DEBIAN_MODULES not in sys.path:
            # At the end, so that a Python that is not Debian's finds its own modules first.
            sys.path.append(DEBIAN_MODULES)
        try:
            from clang import cindex
        except ImportError as error:
            raise SetupError("expected Debian's package python3-clang, found none; "
                             "apt-get install python3-clang") from error
        self.cindex = cindex
        try:
            self._index = cindex.Index.create()
        except cindex.LibclangError as error:
            raise SetupError(f"cannot use libclang: {error}") from error
        # The bindings only have the location of the macro, and not of its argument.
        self._locate = cindex.conf.lib.clang_getFileLocation
        self._locate.argtypes = [cindex.SourceLocation, *[ctypes.c_void_p] * 4]
        self._locate.restype = None

    def offset(self, location: Any) -> int:
        """The offset at which a token is written, even if it is in an argument of a macro."""
        found = ctypes.c_uint()
        self._locate(location, None, None, None, ctypes.byref(found))
        return found.value

    def parse(self, file: str, path: Path, words: Sequence[str]) -> Source:
        """The source in path, which is called `file` in results.

        Raises SetupError if clang cannot parse it.
        """
        text = path.read_text(encoding="latin-1")
        kinds = self.cindex.TranslationUnit
        try:
            unit = self._index.parse(str(path), list(words),
                                     options=kinds.PARSE_DETAILED_PROCESSING_RECORD)
        except self.cindex.TranslationUnitLoadError as error:
            raise SetupError(f"{path}: clang cannot parse it: {error}") from error
        for diagnostic in unit.diagnostics:
            if diagnostic.severity >= FATAL:
                raise SetupError(f"{path}: expected clang to parse it, got: {diagnostic}")
        return _Reader(self, unit, file, path, text).source()


class _Reader:
    """Turns clang's tree into nodes whose text is known."""

    def __init__(self, clang: Clang, unit: Any, file: str, path: Path, text: str) -> None:
        self._clang = clang
        self._unit = unit
        self._file = file
        self._path = str(path)
        self._text = text
        comment = clang.cindex.TokenKind.COMMENT
        self._tokens = [
            Token(token.extent.start.offset, token.extent.end.offset, token.spelling)
            for token in unit.get_tokens(extent=unit.cursor.extent) if token.kind != comment]
        self._begins = [token.begin for token in self._tokens]
        self._expansions = self._macros()
        # Macros that are the beginning of a statement, such as list_for_each_entry().
        self._heads: set[Expansion] = set()

    def source(self) -> Source:
        nodes = [self._node(cursor) for cursor in self._own(self._unit.cursor)
                 if cursor.kind.is_declaration()]
        return Source(self._file, self._text, self._tokens, nodes)

    def _own(self, cursor: Any) -> Iterator[Any]:
        for child in cursor.get_children():
            if child.location.file and child.location.file.name == self._path:
                yield child

    def _macros(self) -> list[Expansion]:
        kind = self._clang.cindex.CursorKind.MACRO_INSTANTIATION
        return sorted((Expansion(cursor.extent.start.offset, cursor.extent.end.offset,
                                 cursor.spelling)
                       for cursor in self._own(self._unit.cursor) if cursor.kind == kind),
                      key=lambda each: (each.begin, -each.end))

    # ---- one node ----

    def _node(self, cursor: Any) -> Node:
        kind = cursor.kind.name
        begin, end = (self._clang.offset(place)
                      for place in (cursor.extent.start, cursor.extent.end))
        if kind.endswith("_STMT"):
            self._heads.update(each for each in self._expansions
                               if each.begin == begin and each.end < end)
        children = tuple(self._node(child) for child in cursor.get_children())
        if kind in ("UNEXPOSED_EXPR", "UNEXPOSED_DECL") and len(children) == 1:
            # A conversion, which has no text of its own.
            return children[0]
        typed = cursor.result_type if kind == "FUNCTION_DECL" else cursor.type
        name = cursor.spelling if kind in ("FUNCTION_DECL", "CALL_EXPR") else ""
        constant = self._is_constant(cursor, kind) and all(child.constant for child in children)
        node = Node(kind, begin, end, children, name, self._type(typed), constant)
        macro = next((each for each in self._expansions
                      if (each.begin, each.end) == (begin, end)), None)
        if macro in self._heads:
            return Node(UNKNOWN, -1, -1, children, name)
        if macro:
            # Nodes in an expansion belong to the macro, unless they are written in an argument.
            return Node(MACRO, begin, end, tuple(self._within(children, macro)), macro.name,
                        node.type, constant)
        return node if self._is_sound(node) else Node(UNKNOWN, -1, -1, children, name)

    def _within(self, nodes: Sequence[Node], macro: Expansion) -> Iterator[Node]:
        for node in nodes:
            if node.kind != UNKNOWN and (node.begin, node.end) != (macro.begin, macro.end):
                yield node
            else:
                yield from self._within(node.children, macro)

    def _type(self, type_: Any) -> str:
        kind = type_.get_canonical().kind.name
        return ("bool" if kind == "BOOL" else "int" if kind in INTEGERS else
                "pointer" if kind in POINTERS else "")

    def _is_constant(self, cursor: Any, kind: str) -> bool:
        if kind == "DECL_REF_EXPR":
            return bool(cursor.referenced) and cursor.referenced.kind.name == "ENUM_CONSTANT_DECL"
        return kind == "TYPE_REF" or cursor.kind.is_expression() and kind not in CHANGING

    def _is_sound(self, node: Node) -> bool:
        """True if the text from begin to end is exactly that of the node."""
        if node.end <= node.begin:
            return False
        for each in self._expansions:
            if each.begin >= node.end:
                break
            inside = each.begin < node.begin and node.end < each.end
            around = node.begin <= each.begin and each.end <= node.end
            if each.end > node.begin and not inside and not around:
                return False
        first, last = (bisect.bisect_left(self._begins, place) for place in (node.begin, node.end))
        here = [token.text for token in self._tokens[first:last]]
        if node.kind == "INTEGER_LITERAL" and (len(here) != 1 or not here[0][0].isdigit()):
            return False
        if node.kind == "DECL_REF_EXPR" and len(here) != 1:
            return False
        return self._is_balanced(here, node.kind in ("CALL_EXPR", "INIT_LIST_EXPR") or
                                 node.kind.endswith(("STMT", "DECL")))

    @staticmethod
    def _is_balanced(words: Sequence[str], lists: bool) -> bool:
        """lists: whether a comma outside of brackets is allowed."""
        waiting: list[str] = []
        for word in words:
            if word in PAIRS_OF_BRACKETS:
                waiting.append(PAIRS_OF_BRACKETS[word])
            elif word in PAIRS_OF_BRACKETS.values():
                if not waiting or waiting.pop() != word:
                    return False
            elif word == "," and not waiting and not lists:
                return False
        return not waiting
