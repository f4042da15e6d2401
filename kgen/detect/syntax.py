"""
The project's Python files as syntax trees: read, never run.

Parsing is slow, looking for a word in a file is not: only files that mention a word are parsed, each once.
"""

import ast
from collections.abc import Container, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from kgen.detect.parse import parsed
from kgen.detect.tree import Tree
from kgen.record import dataclass

_TESTS = frozenset({"test", "tests", "testing", "fixtures", "e2e"})
"""Folders of tests: nothing in there is ever part of the program."""

SIDE = _TESTS | {
    *("doc", "docs", "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials"),
    *("benchmark", "benchmarks", "scripts", "tools", "notebooks", "extras", "contrib", "load_tests", "loadtests"),
}
"""Folders beside the program: what is in there is started by developers, not by users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file."""

    path: str
    """Relative to the tree."""

    tree: ast.Module

    is_side: bool
    """Whether it stands beside the program: documentation, examples, tests."""


class Modules:
    """The Python files in ``folder`` of ``tree`` and below."""

    def __init__(self, tree: Tree, folder: str = "", without: tuple[str, ...] = ()) -> None:
        """
        Args:
            tree: Where they are.
            folder: Where to start.
            without: Folders below it whose files are another project's.
        """
        self.tree = tree
        self.folder = folder
        others = tuple(f"{each}/" for each in without)
        paths = tuple(name for name in tree.below(folder) if name.endswith(".py") and not name.startswith(others))
        self.paths = tuple(path for path in paths if not self._is_test(path)) or paths
        """Tests, which are large and many, only if there is nothing else."""
        self._parsed: dict[str, ast.Module | None] = {}
        self.notes: dict[str, Any] = {}
        """What finders have seen in a file, by its path, so that they look at it once."""

    def mentioning(self, *words: str, stems: Container[str] = ()) -> Iterator[Module]:
        """
        Yield the modules whose text has one of ``words``, those of the program itself first.

        Args:
            words: What stands in the text of a module.
            stems: Names of files, without ``.py``, that alone are asked for; none: all.
        """
        wanted = [word.encode() for word in words]
        asked = [path for path in self.paths if path.rpartition("/")[2][:-3] in stems] if stems else self.paths
        mentioning = [path for path in asked if self.tree.mentions(path, wanted)]
        for path in sorted(mentioning, key=lambda path: (self.is_side(path), path.count("/"), path)):
            if module := self.module(path):
                yield module

    def module(self, path: str) -> Module | None:
        """Return the module of a file; ``None`` if it is not there, or no Python that can be read."""
        if path not in self._parsed:
            text = self.tree.text(path)
            self._parsed[path] = None if text is None else parsed(text)
        tree = self._parsed[path]
        return Module(path=path, tree=tree, is_side=self.is_side(path)) if tree else None

    def is_side(self, path: str) -> bool:
        folders = path.removeprefix(f"{self.folder}/").split("/")[:-1]
        return not SIDE.isdisjoint(folders) or self._is_test(path)

    def _is_test(self, path: str) -> bool:
        *folders, name = path.removeprefix(f"{self.folder}/").split("/")
        return (
            not _TESTS.isdisjoint(folders)
            or name == "conftest.py"
            or name.startswith("test_")
            or name.endswith("_test.py")
        )

    def dotted(self, path: str, source: str = "") -> str:
        """
        Return how ``path`` is imported if ``source`` (``src``) is where imports start.

        ``src/shop/web.py`` is ``shop.web``, and the ``__init__.py`` of a package is the package.
        """
        start = "/".join(each for each in (self.folder, source) if each)
        below = path.removeprefix(f"{start}/") if start else path
        return below.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def walk(tree: ast.Module) -> list[ast.AST]:
    """Return all nodes of a module, the outer ones first: found once, since everybody asks for them."""
    nodes = _NODES.get(tree)
    if nodes is None:
        nodes = _NODES[tree] = _below(tree)
    return nodes


_NODES: WeakKeyDictionary[ast.Module, list[ast.AST]] = WeakKeyDictionary()

_MARKS = (ast.Load, ast.Store, ast.Del)


def _below(tree: ast.AST) -> list[ast.AST]:
    """Return the nodes that `ast.walk` yields, but for those that say nothing, in a third of the time."""
    nodes = [tree]
    for node in nodes:
        for value in vars(node).values():
            if isinstance(value, list):
                nodes += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, _MARKS):
                nodes.append(value)
    return nodes


def name_of(node: ast.AST) -> str:
    """
    Return the dotted name that an expression is, or nothing.

    >>> name_of(ast.parse("flask.Flask(__name__)").body[0].value.func)
    'flask.Flask'
    """
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            start = name_of(value)
            return f"{start}.{attr}" if start else ""
        case _:
            return ""


def imported(tree: ast.Module) -> dict[str, str]:
    """
    Return local name → what it stands for, for all imports of a module, those in functions too.

    >>> imported(ast.parse("from fastapi import FastAPI as F; import flask"))
    {'F': 'fastapi.FastAPI', 'flask': 'flask'}
    """
    names: dict[str, str] = {}
    for node in walk(tree):
        match node:
            case ast.Import(names=aliases):
                names |= {
                    (a.asname or a.name.split(".")[0]): (a.name if a.asname else a.name.split(".")[0]) for a in aliases
                }
            case ast.ImportFrom(module=module, names=aliases, level=level):
                start = "." * level + (module or "")
                joint = "" if start.endswith(".") else "."
                names |= {(a.asname or a.name): f"{start}{joint}{a.name}" for a in aliases}
            case _:
                pass
    return names


def meaning(node: ast.AST, names: dict[str, str]) -> str:
    """
    Return the full name of what an expression names, by the imports ``names`` of its module.

    >>> meaning(ast.parse("F()").body[0].value.func, {"F": "fastapi.FastAPI"})
    'fastapi.FastAPI'
    """
    first, _, rest = name_of(node).partition(".")
    start = names.get(first, first)
    return f"{start}.{rest}" if rest else start
