"""
uv: the metadata of the project's packages as they were when they were locked.

Only differences for which there is no way around are told: uv compares more (markers, sources, its own settings).

Source: ``Lock::satisfies`` in https://github.com/astral-sh/uv/blob/main/crates/uv-resolver/src/lock/mod.rs,
``ValidatedLock::validate`` in https://github.com/astral-sh/uv/blob/main/crates/uv/src/commands/project/lock.rs
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import join, normpath
from typing import Any

from kgen.distributions import canonical
from kgen.locking import Belonging, Files
from kgen.locking.requirements import Wanted, differing, requirement, same_pythons, same_versions, wanted

_LOCAL = re.compile(r'^source = \{ (editable|directory|virtual) = "([^"]+)" \}', re.MULTILINE)
_START, _WITH_EXTRAS, _MAYBE_WITHOUT_METADATA = "[[package]]\n", 1, 4
"""What starts a package; revisions of the format from which on it lists extras, and may leave metadata out."""

_MINOR = re.compile(r">=(\d+\.\d+)")
_DYNAMIC = frozenset({"dependencies", "optional-dependencies"})


def belonging(lock: str, files: Files) -> Belonging:
    """Return whether ``uv.lock`` belongs to ``pyproject.toml`` and those of the workspace's members."""
    lock = lock.replace("\r\n", "\n")
    head = tomllib.loads(lock[: max(lock.find(_START), 0)])
    root = files("pyproject.toml")
    if head.get("version") != 1 or not root:
        return Belonging()
    members = {
        path: package
        for path, package in _local(lock)
        if path == "." or package["name"] in head.get("manifest", {}).get("members", ())
    }
    projects = {path: files(normpath(join(path, "pyproject.toml"))) for path in members}
    found, python = _python(head, [*projects.values(), root]) if members else ("", "")
    for path, package in members.items():
        if not found and projects[path].get("project"):
            found = next(_differences(package, projects[path], root, head.get("revision", 0)), "")
    return Belonging(ways=frozenset(() if found else {"uv"}), why=found, python=python)


def _local(lock: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the folders of packages that the repository holds, each with what the lock file says about it."""
    for source in _LOCAL.finditer(lock):
        start, end = lock.rfind(_START, 0, source.start()), lock.find(f"\n{_START}", source.start())
        package = tomllib.loads(lock[start : end if end >= 0 else None])["package"][0]
        yield normpath(source[2]), package


def _python(head: Mapping[str, Any], projects: Collection[Mapping[str, Any]]) -> tuple[str, str]:
    """
    Return what is different about the versions of Python, and the one that alone is not.

    Only if all packages that name some name the same ones. If none does, uv takes the version that it runs with.
    """
    said = {each["project"]["requires-python"] for each in projects if "requires-python" in each.get("project", {})}
    locked = head.get("requires-python", "").replace(" ", "")
    if not all(projects) or any("dependency-groups" in _uv(each) for each in projects) or len(said) > 1:
        return "", ""
    if not said:
        minor = _MINOR.fullmatch(locked)
        return "", minor[1] if minor else ""
    text = said.pop()
    return (f"it is for Python {locked}, not {text}" if same_pythons(text, locked) is False else ""), ""


def _differences(
    package: Mapping[str, Any], pyproject: Mapping[str, Any], root: Mapping[str, Any], revision: int
) -> Iterator[str]:
    """Yield what is different about one package of the project."""
    project, metadata = pyproject["project"], package.get("metadata")
    dynamic = {*project.get("dynamic", ())}
    if metadata is None and (revision >= _MAYBE_WITHOUT_METADATA or "metadata" in package):
        return
    metadata = metadata or {}
    name = package["name"]
    said, locked = project.get("version"), package.get("version")
    if isinstance(said, str) and isinstance(locked, str) and same_versions(f"=={said}", f"=={locked}") is False:
        yield f"it has version {locked} of `{name}`, not {said}"
    sources = {canonical(key) for each in (root, pyproject) for key in _uv(each).get("sources", {})}
    if not dynamic & _DYNAMIC:
        extras = project.get("optional-dependencies", {})
        texts = [*project.get("dependencies", ()), *(text for extra in extras.values() for text in extra)]
        yield from differing(_read(texts), _locked(metadata.get("requires-dist", ())), {name}, sources)
        provided = {canonical(extra) for extra in metadata.get("provides-extras", ())}
        for extra in sorted({canonical(extra) for extra in extras} ^ provided if revision >= _WITH_EXTRAS else ()):
            yield f"it {'still has' if extra in provided else 'does not have'} the extra `{extra}`"
    groups, held = _groups(pyproject), metadata.get("requires-dev", {})
    for group in sorted({*groups} | {canonical(each) for each in held}):
        entries = next((held[each] for each in held if canonical(each) == group), ())
        yield from differing(groups.get(group, []), _locked(entries), set(), sources)


def _groups(pyproject: Mapping[str, Any]) -> dict[str, list[Wanted]]:
    """Return what the groups ask for, with those that they include."""
    written = {canonical(name): entries for name, entries in pyproject.get("dependency-groups", {}).items()}
    own = _uv(pyproject).get("dev-dependencies")
    found = {name: _read(_flat(name, written, ())) for name in written}
    return found | ({"dev": [*found.get("dev", ()), *_read(own)]} if own is not None else {})


def _flat(name: str, groups: Mapping[str, Any], above: tuple[str, ...]) -> list[str]:
    if name in above:
        raise ValueError(f"{name} includes itself")  # uv says so, too
    texts: list[str] = []
    for entry in groups[name] if name in groups else _missing(name):
        texts += [entry] if isinstance(entry, str) else _flat(canonical(entry["include-group"]), groups, (*above, name))
    return texts


def _missing(name: str) -> list[Any]:
    raise ValueError(f"there is no group {name}")  # uv says so, too


def _read(texts: Iterable[str]) -> list[Wanted]:
    return [requirement(text) for text in texts]


def _locked(entries: Iterable[Mapping[str, Any]]) -> list[Wanted]:
    return [wanted(entry) for entry in entries]


def _uv(pyproject: Mapping[str, Any]) -> Mapping[str, Any]:
    found = pyproject.get("tool", {}).get("uv", {})
    return found if isinstance(found, dict) else {}
