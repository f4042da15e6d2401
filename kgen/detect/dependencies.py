"""What a project depends on, parsed from the files of every package manager."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from kgen.detect.project import Dependency
from kgen.detect.texts import origin, table, toml
from kgen.detect.tree import Tree, join

_INCLUDE = re.compile(r"^\s*(?:-r\s*|--requirement[\s=]+)(\S+)")
_DEVELOPMENT = frozenset(
    {"dev", "develop", "development", "test", "tests", "testing", "lint", "docs", "doc", "typing", "ci", "style"}
)
"""Groups and extras that no image needs."""


def dependencies(tree: Tree, folder: str) -> Mapping[str, Dependency]:
    """Return canonical name → dependency; where several files name one, the one that is always installed wins."""
    found: dict[str, Dependency] = {}
    for each in _all(tree, folder):
        if each.group.lower() not in _DEVELOPMENT and (
            each.name not in found or (found[each.name].group and not each.group)
        ):
            found[each.name] = each
    return found


def _all(tree: Tree, folder: str) -> Iterator[Dependency]:
    yield from _pyproject(tree, join(folder, "pyproject.toml"))
    yield from _pipfile(tree, join(folder, "Pipfile"))
    for name in tree.here(folder):
        if re.fullmatch(r"requirements[\w.-]*\.(txt|in)", name) and not _is_development(name):
            yield from _requirements(tree, join(folder, name), frozenset())


def _is_development(name: str) -> bool:
    return not _DEVELOPMENT.isdisjoint(re.split(r"[\W_]+", name.lower()))


def _pyproject(tree: Tree, file: str) -> Iterator[Dependency]:
    text = tree.text(file) or ""
    data = toml(text)
    project = table(data, "project")
    yield from _parsed(project.get("dependencies"), file, text, "")
    for group, wanted in table(project, "optional-dependencies").items():
        yield from _parsed(wanted, file, text, group)
    for group, wanted in table(data, "dependency-groups").items():
        yield from _parsed(wanted, file, text, group)
    poetry = table(data, "tool", "poetry")
    yield from _tables(table(poetry, "dependencies"), file, text, "")
    for group, about in table(poetry, "group").items():
        yield from _tables(table(about, "dependencies"), file, text, group)


def _pipfile(tree: Tree, file: str) -> Iterator[Dependency]:
    text = tree.text(file) or ""
    data = toml(text)
    yield from _tables(table(data, "packages"), file, text, "")


def _requirements(tree: Tree, file: str, seen: frozenset[str]) -> Iterator[Dependency]:
    """Yield what a requirements file names, and the files that it includes."""
    for number, line in enumerate((tree.text(file) or "").splitlines(), 1):
        included = _INCLUDE.match(line)
        if included:
            other = posixpath.normpath(posixpath.join(posixpath.dirname(file), included[1]))
            if other not in seen:
                yield from _requirements(tree, other, seen | {file, other})
        elif made := dependency(line.split(" #")[0].split(" --")[0].rstrip("\\ "), f"{file}:{number}"):
            yield made


def _parsed(wanted: Any, file: str, text: str, group: str) -> Iterator[Dependency]:
    for each in wanted if isinstance(wanted, list) else ():
        if isinstance(each, str) and (made := dependency(each, origin(file, text, each), group)):
            yield made


def _tables(wanted: Mapping[str, Any], file: str, text: str, group: str) -> Iterator[Dependency]:
    """Yield what Poetry's or Pipenv's tables name: name → version, or a table about it."""
    for name, about in wanted.items():
        if name.lower() != "python":
            extras: Iterable[str] = about.get("extras", ()) if isinstance(about, Mapping) else ()
            version = about.get("version", "") if isinstance(about, Mapping) else about
            yield Dependency(
                name=canonicalize_name(name),
                origin=origin(file, text, f"\n{name} ").replace(":0", ""),
                extras=frozenset(map(str, extras)),
                group=group,
                specifier=str(version),
            )


def dependency(text: str, where: str, group: str = "") -> Dependency | None:
    """
    Return the requirement that ``text`` is, or ``None``.

    >>> dependency("Flask[async]>=3", "requirements.txt:1").name
    'flask'
    """
    try:
        asked = Requirement(text.strip())
    except InvalidRequirement:
        return None
    return Dependency(
        name=canonicalize_name(asked.name),
        origin=where,
        extras=frozenset(asked.extras),
        group=group,
        specifier=str(asked.specifier),
    )
