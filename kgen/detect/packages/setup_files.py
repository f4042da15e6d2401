"""What ``setup.py`` and ``setup.cfg`` say about a project: literals in a syntax tree, and an INI file."""

import ast
from collections.abc import Iterator, Mapping
from configparser import ConfigParser, Error
from typing import Any

from kgen.detect.source.texts import origin
from kgen.detect.source.tree import Tree, join
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A project's metadata in the old files."""

    name: str = ""
    version: str = ""
    """As written; empty if it is computed."""

    requires_python: str = ""
    install: tuple[str, ...] = ()
    """Requirements."""

    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    """Command → ``module:function``, or the path of the script."""

    classifiers: tuple[str, ...] = ()
    file: str = ""
    """Which of the files says it, by its path in the tree."""

    text: str = ""

    @property
    def is_package(self) -> bool:
        """Whether it says something about a package; most `setup.cfg` have settings of tools only."""
        return bool(self.name or self.install or self.scripts or self.requires_python)

    def origin(self, needle: str) -> str:
        return origin(self.file, self.text, needle)


def setups(tree: Tree, folder: str) -> Iterator[Setup]:
    """Yield what the two files say; ``setup.cfg`` first."""
    for name, read in (("setup.cfg", _cfg), ("setup.py", _py)):
        file = join(folder, name)
        text = tree.text(file)
        if text and (made := read(file, text)):
            yield made


def _cfg(file: str, text: str) -> Setup | None:
    parser = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text)
    except Error:
        return None

    def lines(section: str, key: str) -> tuple[str, ...]:
        value = parser.get(section, key, fallback="") or ""
        return tuple(line.strip() for line in value.splitlines() if line.strip() and not line.strip().startswith("#"))

    extras = parser.options("options.extras_require") if parser.has_section("options.extras_require") else []
    return Setup(
        name=parser.get("metadata", "name", fallback="") or "",
        version=parser.get("metadata", "version", fallback="") or "",
        requires_python=parser.get("options", "python_requires", fallback="") or "",
        install=lines("options", "install_requires"),
        extras={each: lines("options.extras_require", each) for each in extras},
        scripts=_entry_points(lines("options.entry_points", "console_scripts")),
        classifiers=lines("metadata", "classifiers"),
        file=file,
        text=text,
    )


def _py(file: str, text: str) -> Setup | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    names = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=ast.Constant(value=str())) if (
                name in names
            ):
                names[name] = ast.BinOp(names[name], ast.Add(), node.value)
            case _:
                pass
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node.func) == "setup"]
    if not calls:
        return None
    given = {key.arg: _literal(key.value, names) for key in calls[-1].keywords if key.arg}
    extras = given.get("extras_require")
    scripts = _entry_points(_console_scripts(given.get("entry_points")))
    return Setup(
        name=_string(given.get("name")),
        version="" if _is_run(tree, calls[-1]) else _string(given.get("version")),
        requires_python=_string(given.get("python_requires")),
        install=_strings(given.get("install_requires")),
        extras={str(key): _strings(value) for key, value in extras.items()} if isinstance(extras, dict) else {},
        scripts=scripts | {each.rpartition("/")[2]: each for each in _strings(given.get("scripts"))},
        classifiers=_strings(given.get("classifiers")),
        file=file,
        text=text,
    )


def _console_scripts(points: Any) -> tuple[str, ...]:
    '''
    Return the lines of the commands among entry points, which are a mapping, or a text as INI files are.

    >>> _console_scripts("""
    ...     [console_scripts]
    ...     shop = shop.cli:main
    ... """)
    ('shop = shop.cli:main',)
    '''
    if isinstance(points, str):
        section, found = "", []
        for line in map(str.strip, points.splitlines()):
            section = line.strip("[]") if line.startswith("[") else section
            found += [line] if section == "console_scripts" and "=" in line else []
        return tuple(found)
    return _strings(points.get("console_scripts")) if isinstance(points, dict) else ()


def _is_run(tree: ast.Module, setup: ast.Call) -> bool:
    """Tell whether the version has a name, and a file that is run may give it another value."""
    runs = any(isinstance(node, ast.Call) and _called(node.func) == "exec" for node in ast.walk(tree))
    return runs and any(key.arg == "version" and isinstance(key.value, ast.Name) for key in setup.keywords)


def _called(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _literal(node: ast.expr, names: Mapping[str, ast.expr], depth: int = 0) -> Any:
    """Return the value that ``node`` is as far as it stands in the file; what is computed is left out."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [value for each in elements if (value := _literal(each, names, depth)) is not None]
        case ast.Dict() | ast.Call(func=ast.Name(id="dict"), args=[]):
            made = {_literal(key, names): value for key, value in _items(node)}
            return {key: _literal(value, names, depth) for key, value in made.items() if isinstance(key, str)}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(_literal(left, names, depth), _literal(right, names, depth))
        case ast.Name(id=name) if name in names and depth < _DEEPEST:
            return _literal(names[name], names, depth + 1)
        case _:
            return None


def _items(node: ast.Dict | ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the keys and values of a mapping, which may be written as ``dict(key=value)``."""
    if isinstance(node, ast.Call):
        yield from ((ast.Constant(each.arg), each.value) for each in node.keywords if each.arg)
    else:
        yield from ((key, value) for key, value in zip(node.keys, node.values, strict=True) if key)


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, str) and isinstance(other, str):
        return one + other
    lists = [each for each in (one, other) if isinstance(each, list)]
    return [value for each in lists for value in each] if lists else None


_DEEPEST = 5


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _entry_points(lines: tuple[str, ...]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): target.strip() for name, sign, target in pairs if sign}
