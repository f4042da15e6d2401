"""
Pipenv: a hash of the ``Pipfile``, whose form it checks first.

Source: ``Pipfile.get_hash`` and ``models`` in https://github.com/sarugaku/plette, ``calculate_hash`` in
https://github.com/pypa/pipenv/blob/main/pipenv/utils/pipfile.py
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgen.distributions import canonical
from kgen.locking import Belonging, Files

_HASH = re.compile(r'"hash":\s*\{\s*"sha256":\s*"([0-9a-f]{64})"')
_DEFAULT = ({"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True},)
_SECTIONS = frozenset({"source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv"})
"""Tables that are no categories of packages of the user's own."""

_SOURCE = {"name": str, "url": str}
_PACKAGE = {"editable": bool, "version": str, "extras": list}
_REQUIRES = {"python_version": str, "python_full_version": str}
_OPTIONS = re.compile(
    "git|svn|hg|bzr|ref|subdirectory|name|version|extras|editable|(os_)?markers|hashes|index|no_binary|pip_args|path|file"
    "|skip_resolver|os_name|sys_platform|python_(full_)?version|implementation_(name|version)"
    "|platform_(machine|python_implementation|release|system|version)"
)
"""What the newest Pipenv takes about a package; older ones took anything."""


def belonging(lock: str, files: Files) -> Belonging:
    """
    Return by which versions of Pipenv ``Pipfile.lock`` belongs to the ``Pipfile``.

    ``plain``: before 2026.4, which take names of packages as they are written, and every source must say
    ``verify_ssl``. ``canonical``: from then on.
    """
    pipfile, hashed = files("Pipfile"), _HASH.search(lock)
    if not pipfile or hashed is None:
        return Belonging()
    ways = {
        way
        for way, named in (("plain", dict), ("canonical", _canonical))
        if _hash(pipfile, named) == hashed[1]  # what plette makes of a Pipfile without `[[source]]` is in it, too
    }
    if "source" in pipfile and not all("verify_ssl" in source for source in pipfile["source"]):
        ways.discard("plain")
    refused = next(_faults(pipfile), "")
    unknown = next(_unknown(pipfile), "")
    if unknown and "plain" in ways:
        ways.discard("canonical")
    return Belonging(ways=frozenset(ways), refused=refused or (unknown if "plain" not in ways else ""))


def _hash(pipfile: Mapping[str, Any], named: Callable[[Mapping[str, Any]], dict[str, Any]]) -> str:
    content = {
        "_meta": {"sources": pipfile.get("source", _DEFAULT), "requires": pipfile.get("requires", {})},
        "default": named(pipfile.get("packages", {})),
        "develop": named(pipfile.get("dev-packages", {})),
    }
    own = {name: named(table) for name, table in pipfile.items() if name not in _SECTIONS | {"default", "develop"}}
    return hashlib.sha256(json.dumps(content | own, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _canonical(packages: Mapping[str, Any]) -> dict[str, Any]:
    return {canonical(name): wanted for name, wanted in packages.items()}


def _faults(pipfile: Mapping[str, Any]) -> Iterator[str]:
    """Yield what every Pipenv since 2024 refuses."""
    for source in pipfile.get("source", ()):
        yield from (f"a `[[source]]` has no `{key}`" for key in _SOURCE if key not in source)
        yield from _types(source, {**_SOURCE, "verify_ssl": bool}, "[[source]]")
    yield from _types(pipfile.get("requires", {}), _REQUIRES, "[requires]")
    yield from _types(pipfile.get("pipenv", {}), {"allow_prereleases": bool}, "[pipenv]")
    for name, wanted in _packages(pipfile):
        if isinstance(wanted, dict):
            yield from _types(wanted, _PACKAGE, name)


def _unknown(pipfile: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the newest Pipenv refuses."""
    for name, wanted in _packages(pipfile):
        if isinstance(wanted, dict):
            unknown = (key for key in wanted if not _OPTIONS.fullmatch(key))
            yield from (f"`{name}` has an unknown option, `{key}`" for key in unknown)


def _packages(pipfile: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    tables = (table for name, table in pipfile.items() if name.endswith("packages") or name not in _SECTIONS)
    return (each for table in tables if isinstance(table, dict) for each in table.items())


_CALLED: Mapping[type, str] = {str: "a text", bool: "`true` or `false`", list: "a list"}


def _types(table: Mapping[str, Any], types: Mapping[str, type], where: str) -> Iterator[str]:
    for key, wanted in types.items():
        if key in table and not isinstance(table[key], wanted):
            yield f"`{key}` of `{where}` is not {_CALLED[wanted]}"
