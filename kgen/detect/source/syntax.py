"""
The project's Python files as syntax trees: read, never run.

Parsing is slow, looking for a word in a file is not: only files that mention a word are parsed, each once.
"""

import ast
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from kgen.detect.source.copied import copied
from kgen.detect.source.excerpt import excerpt
from kgen.detect.source.parse import MOST, parsed, whole
from kgen.detect.source.tree import Tree
from kgen.detect.source.words import Sought, places, sign, sought, words
from kgen.record import dataclass

_TESTS = frozenset({"test", "tests", "testing", "fixtures", "e2e"})
"""Folders of tests: nothing in there is ever part of the program."""

SIDE = _TESTS | {
    *("doc", "docs", "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials"),
    *("benchmark", "benchmarks", "scripts", "tools", "notebooks", "extras", "contrib", "load_tests", "loadtests"),
    *("docs_src", "doc_src", "examples_src", "archive", "archived"),
}
"""Folders beside the program: what is in there is started by developers, not by users."""


NOWHERE: Sought = ()
"""What no function has: a module's own statements are all that is asked for."""

IMPORTING = sought("import")
"""What functions have that import something."""


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
        others = tuple(f"{each}/" for each in (*without, *copied(tree, folder)))
        own = (name for name in tree.below(folder) if name.endswith(".py") and not name.startswith(others))
        start = len(folder) + 1 if folder else 0  # below, a dot begins what is the repository's: workflows, tools
        paths = tuple(name for name in own if not name.startswith(".", start) and tree.size(name) <= MOST)
        self.paths = tuple(path for path in paths if not self._is_test(path)) or paths
        """Tests, which are large and many, only if there is nothing else."""
        self._parsed: dict[str, ast.Module | None] = {}
        self._parts: dict[tuple[str, Sought], ast.Module | None] = {}
        self._side: dict[str, bool] = {}
        self._all: list[bytes] = []
        self.notes: dict[str, Any] = {}
        """What finders have seen in a file, by its path, so that they look at it once."""

    def mentioning(self, *texts: str, stems: Container[str] = ()) -> Iterator[Module]:
        """
        Yield the modules whose text has one of ``texts``, those of the program itself first.

        Args:
            texts: What stands in the text of a module.
            stems: Names of files, without ``.py``, that alone are asked for; none: all.
        """
        asked = [path for path in self.paths if path.rpartition("/")[2][:-3] in stems] if stems else self.paths
        return self.those(self.having(*texts, among=asked))

    def about(self, *texts: str) -> Iterator[Module]:
        """Yield what `mentioning` does, but that functions may be empty whose text has none of ``texts``."""
        return self.those(self.having(*texts), sought(*texts))

    def having(self, *texts: str, among: Iterable[str] | None = None) -> Iterator[str]:
        """Yield the files, of all or ``among`` some, whose text has one of ``texts``: nothing is parsed."""
        known = self._words()
        wanted = [each for each in map(str.encode, texts) if sign(each) in known]
        if wanted:
            yield from (path for path in (self.paths if among is None else among) if self.tree.mentions(path, wanted))

    def _words(self) -> bytes:
        """Return the words of all files."""
        if not self._all:
            self._all.append(words(b"".join(map(self.tree.words, self.paths))))
        return self._all[0]

    def matching(
        self, pattern: re.Pattern[bytes], marks: Sequence[bytes], among: Iterable[str] | None = None
    ) -> Iterator[str]:
        """
        Yield the files, of all or ``among`` some, whose text has what ``pattern`` says: nothing is parsed.

        A pattern that begins with a letter, or with one of some, is looked for several times as fast as any other.

        Args:
            pattern: What they are to have.
            marks: See `Tree.matches`.
            among: The files that are asked for.
        """
        known = self._words()
        if any(mark in known for mark in marks):
            yield from (
                path for path in (self.paths if among is None else among) if self.tree.matches(path, pattern, marks)
            )

    def telling(self, wanted: Sought, among: Iterable[str]) -> Iterator[str]:
        """Yield the files ``among`` some that have one of ``wanted``: nothing is parsed."""
        known = self._words()
        if near := tuple(each for each in wanted if each[0] in known):
            yield from (path for path in among if self.tree.tells(path, near))

    def those(self, paths: Iterable[str], wanted: Sought | None = None) -> Iterator[Module]:
        """Yield the modules of ``paths``, those of the program itself first; see `part` for ``wanted``."""
        for path in sorted(paths, key=lambda path: (self.is_side(path), path.count("/"), path)):
            if module := self.module(path) if wanted is None else self.part(path, wanted):
                yield module

    def module(self, path: str) -> Module | None:
        """Return the module of a file; ``None`` if it is not there, or no Python that can be read."""
        if path not in self._parsed:
            text = self.tree.text(path)
            self._parsed[path] = None if text is None else parsed(text)
        tree = self._parsed[path]
        return Module(path=path, tree=tree, is_side=self.is_side(path)) if tree else None

    def part(self, path: str, wanted: Sought) -> Module | None:
        """Return the module of a file, but that functions may be empty whose text has none of ``wanted``."""
        key = path, wanted
        if path not in self._parsed and key not in self._parts:
            content = self.tree.content(path)
            shorter = excerpt(content, places(content, self.tree.words(path), wanted))
            self._parts[key] = None if shorter is None else whole(shorter)
        tree = None if path in self._parsed else self._parts[key]
        return Module(path=path, tree=tree, is_side=self.is_side(path)) if tree else self.module(path)

    def is_side(self, path: str) -> bool:
        """Tell whether a file stands beside the program."""
        if path not in self._side:
            folders = path.removeprefix(f"{self.folder}/").split("/")[:-1]
            self._side[path] = not SIDE.isdisjoint(folders) or self._is_test(path)
        return self._side[path]

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
    known = _NODES.get(tree)
    if known is None:
        known = _NODES[tree] = _below(tree)
    return known


Kind = TypeVar("Kind", bound=ast.AST)


def nodes(tree: ast.Module, *kinds: type[Kind]) -> tuple[Kind, ...]:
    """
    Return the nodes of a module that are of ``kinds``, the outer ones first.

    >>> [call.func.id for call in nodes(ast.parse("print(len(name))"), ast.Call)]
    ['print', 'len']
    """
    known = _OF_KINDS.setdefault(tree, {})
    if kinds not in known:
        known[kinds] = tuple(node for node in walk(tree) if node.__class__ in kinds)
    return cast("tuple[Kind, ...]", known[kinds])


_NODES: WeakKeyDictionary[ast.Module, list[ast.AST]] = WeakKeyDictionary()
_OF_KINDS: WeakKeyDictionary[ast.Module, dict[tuple[type[ast.AST], ...], tuple[ast.AST, ...]]] = WeakKeyDictionary()

_LEAVES = frozenset({"Constant", "Name", "alias", "Global", "Nonlocal"})
"""Kinds of nodes that have no nodes in them that say anything: whether a name is read or written does not."""

_PLAIN = frozenset(
    {"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "op", "ops"}
)
"""Fields of nodes that are no nodes, or marks: an operator is asked for where it stands."""


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """Kind of a node → its fields that have nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        made = () if kind.__name__ in _LEAVES else tuple(each for each in kind._fields if each not in _PLAIN)
        self[kind] = made
        return made


_FIELDS = _Fields()


def _below(tree: ast.AST) -> list[ast.AST]:
    """Return the nodes that `ast.walk` yields, but for those that say nothing, in under half of the time."""
    found = [tree]
    for node in found:
        for name in _FIELDS[node.__class__]:
            value = getattr(node, name, None)
            if value.__class__ is list:
                found += value if None not in value else [each for each in value if each is not None]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


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
    known = _NAMES.get(tree)
    if known is None:
        known = _NAMES[tree] = dict(_imports(tree))
    return dict(known)


_NAMES: WeakKeyDictionary[ast.Module, dict[str, str]] = WeakKeyDictionary()


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in nodes(tree, ast.Import, ast.ImportFrom):
        match node:
            case ast.Import(names=aliases):
                for each in aliases:
                    first = each.name.partition(".")[0]
                    yield (each.asname, each.name) if each.asname else (first, first)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                start = "." * level + (module or "")
                joint = "" if start.endswith(".") else "."
                yield from ((each.asname or each.name, f"{start}{joint}{each.name}") for each in aliases)
            case _:
                pass


def meaning(node: ast.AST, names: dict[str, str]) -> str:
    """
    Return the full name of what an expression names, by the imports ``names`` of its module.

    >>> meaning(ast.parse("F()").body[0].value.func, {"F": "fastapi.FastAPI"})
    'fastapi.FastAPI'
    """
    first, _, rest = name_of(node).partition(".")
    start = names.get(first, first)
    return f"{start}.{rest}" if rest else start
