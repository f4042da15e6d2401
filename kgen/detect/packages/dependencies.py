"""What a project depends on, parsed from the files of every package manager."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from kgen.detect.packages.managers import ENVIRONMENTS, LOCKS
from kgen.detect.packages.requirements import dependency, is_development, requirements, requirements_files
from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Dependency
from kgen.detect.source.texts import origin, table, toml, yaml
from kgen.detect.source.tree import Tree, join


def dependencies(tree: Tree, folder: str, requirements_file: str = "") -> Mapping[str, Dependency]:
    """
    Return canonical name → dependency; where several files name one, the one that is always installed wins.

    Args:
        tree: Where to look.
        folder: The project's.
        requirements_file: The file that pip installs, relative to ``folder``: then no other one counts.
    """
    found: dict[str, Dependency] = {}
    for each in _all(tree, folder, requirements_file):
        if not is_development(each.group) and (each.name not in found or (found[each.name].group and not each.group)):
            found[each.name] = each
    return found


def _all(tree: Tree, folder: str, requirements_file: str) -> Iterator[Dependency]:
    yield from _pyproject(tree, join(folder, "pyproject.toml"))
    yield from _pipfile(tree, join(folder, "Pipfile"))
    for setup in setups(tree, folder):
        for group, wanted in {"": setup.install, **setup.extras}.items():
            yield from (
                made for each in wanted if (made := dependency(each, setup.origin(each), group, is_extra=bool(group)))
            )
    for name in ENVIRONMENTS:
        yield from _environment(tree, folder, name)
    if not requirements_file and any(join(folder, lock) in tree for lock in LOCKS.values()):
        return  # what is beside a lock file is not installed
    for name in [requirements_file] if requirements_file else requirements_files(tree, folder):
        yield from requirements(tree, join(folder, name))


def _pyproject(tree: Tree, file: str) -> Iterator[Dependency]:
    text = tree.text(file) or ""
    data = toml(text)
    project = table(data, "project")
    yield from _parsed(project.get("dependencies"), file, text)
    for group, wanted in table(project, "optional-dependencies").items():
        yield from _parsed(wanted, file, text, group, is_extra=True)
    for group, wanted in table(data, "dependency-groups").items():
        yield from _parsed(wanted, file, text, group)
    for group, wanted in table(data, "tool", "pdm", "dev-dependencies").items():
        yield from _parsed(wanted, file, text, f"dev-{group}")
    poetry = table(data, "tool", "poetry")
    yield from _tables(table(poetry, "dependencies"), file, text, "", _extras_of(poetry))
    yield from _tables(table(poetry, "dev-dependencies"), file, text, "dev")
    for group, about in table(poetry, "group").items():
        yield from _tables(table(about, "dependencies"), file, text, group)


def _extras_of(poetry: Mapping[str, Any]) -> dict[str, str]:
    """Return optional dependency → the extra that has it."""
    extras = table(poetry, "extras")
    return {
        canonicalize_name(str(name)): extra
        for extra, names in extras.items()
        if isinstance(names, list)
        for name in names
    }


def _pipfile(tree: Tree, file: str) -> Iterator[Dependency]:
    text = tree.text(file) or ""
    data = toml(text)
    yield from _tables(table(data, "packages"), file, text, "")
    for group, wanted in data.items():
        if group not in {"packages", "dev-packages", "requires", "scripts", "pipenv", "source"}:
            yield from _tables(table(wanted), file, text, group)


def _environment(tree: Tree, folder: str, name: str) -> Iterator[Dependency]:
    """Yield what conda's file names, and pip's part of it."""
    file = join(folder, name)
    text = tree.text(file)
    wanted = table(yaml(text)).get("dependencies") if text else None
    for each in wanted if isinstance(wanted, list) else ():
        if isinstance(each, str):
            plain = each.rpartition("::")[2]
            made = dependency(re.sub(r"\s*=+\s*([\d.*]+)(?:=\S*)?$", r"==\1", plain), origin(file, text or "", each))
            if made and made.name not in {"python", "pip"}:
                yield made
        elif isinstance(each, dict) and isinstance(each.get("pip"), list):
            for line in map(str, each["pip"]):
                if line.startswith("-r"):
                    yield from requirements(tree, join(folder, line[2:].strip()))
                elif made := dependency(line, origin(file, text or "", line)):
                    yield made


def _parsed(wanted: Any, file: str, text: str, group: str = "", *, is_extra: bool = False) -> Iterator[Dependency]:
    for each in wanted if isinstance(wanted, list) else ():
        if isinstance(each, str) and (made := dependency(each, origin(file, text, each), group, is_extra=is_extra)):
            yield made


def _tables(
    wanted: Mapping[str, Any], file: str, text: str, group: str, extras: Mapping[str, str] | None = None
) -> Iterator[Dependency]:
    """Yield what Poetry's or Pipenv's tables name: name → version, or a table about it, or several."""
    for name, about in wanted.items():
        first = about[0] if isinstance(about, list) and about else about
        more = first if isinstance(first, Mapping) else {}
        given = more.get("extras", ())
        extra = (extras or {}).get(canonicalize_name(name), "") if more.get("optional") else ""
        if name.lower() != "python" and (extra or not more.get("optional")):
            yield Dependency(
                name=canonicalize_name(name),
                origin=origin(file, text, _key(text, name), skip=1),
                extras=frozenset(map(str, given)) if isinstance(given, list) else frozenset(),
                group=group or extra,
                specifier=str(more.get("version", "") if more else first),
                is_extra=bool(extra),
                source="git" if "git" in more else "path" if "path" in more else "",
            )


def _key(text: str, name: str) -> str:
    """Return the start of the line that sets the key ``name``, with the end of the line before it."""
    match = re.search(rf"""\n\s*["']?{re.escape(name)}["']?\s*=""", text)
    return match[0] if match else f"\n{name}"
