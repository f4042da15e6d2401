"""Requirements as ``pyproject.toml`` and ``uv.lock`` write them, and whether two lists of them mean the same."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kgen.distributions import canonical
from kgen.record import dataclass

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^]]*)\])?\s*\(?([^;()]*)\)?\s*(?:;.*)?", re.DOTALL)
_SPECIFIER = re.compile(r"(>=|<|==|~=)(\d+(?:\.\d+)*)(\.\*)?")
_PLAIN = frozenset({"name", "extras", "marker", "specifier", "index", "conflict"})
"""What the lock file says about a requirement that comes from an index, as most do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One requirement, without its marker."""

    name: str
    extras: frozenset[str] = frozenset()
    versions: str | None = None
    """A version specifier without spaces; ``None`` if it comes from somewhere that has no versions."""


def requirement(text: str) -> Wanted:
    """
    Return what a text asks for; a ``ValueError`` if it is no requirement.

    >>> requirement("Flask[async] >=3, <4; python_version > '3'") == Wanted(
    ...     name="flask", extras=frozenset({"async"}), versions=">=3,<4"
    ... )
    True
    """
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        if "@" in text and (name := re.match(r"\s*([A-Za-z0-9][\w.-]*)", text)):
            return Wanted(name=canonical(name[1]))
        raise ValueError(text)
    versions = None if "@" in found[3] else re.sub(r"\s", "", found[3])
    return Wanted(name=canonical(found[1]), extras=_extras((found[2] or "").split(",")), versions=versions)


def wanted(entry: Mapping[str, Any]) -> Wanted:
    """Return what an entry of a lock file asks for."""
    versions = re.sub(r"\s", "", entry.get("specifier", "")) if entry.keys() <= _PLAIN else None
    return Wanted(name=canonical(entry["name"]), extras=_extras(entry.get("extras", ())), versions=versions)


def differing(
    said: Collection[Wanted], locked: Collection[Wanted], itself: Collection[str], replaced: Collection[str]
) -> Iterator[str]:
    """
    Yield how the lists differ.

    Args:
        said: What the project asks for now.
        locked: What it asked for when it was locked.
        itself: Names that do not count.
        replaced: Names of what comes from elsewhere: only whether they are there counts.
    """
    now, then = ({each.name for each in each_list} - {*itself} for each_list in (said, locked))
    for name in sorted(now - then):
        yield f"it does not know `{name}`"
    for name in sorted(then - now):
        yield f"it still has `{name}`"
    for name in sorted((now & then) - {*replaced}):
        new, old = ([each for each in each_list if each.name == name] for each_list in (said, locked))
        if any(each.versions is None for each in (*new, *old)):
            continue
        if not _have(new, old) or not _have(old, new):
            yield f"it has {_shown(name, old)}, not {_shown(name, new)}"


def _have(some: Collection[Wanted], others: Collection[Wanted]) -> bool:
    """Tell whether each of ``some`` may be among ``others``."""
    return all(
        any(one.extras == other.extras and _may_be_same(one.versions, other.versions) for other in others)
        for one in some
    )


def _may_be_same(one: str | None, other: str | None) -> bool:
    return one == other or same_versions(one or "", other or "") is not False


def same_versions(one: str, other: str) -> bool | None:
    """
    Tell whether two version specifiers are the same; ``None`` if they are nothing that can be compared.

    >>> same_versions(">=3.11,<4", "<4.0, >=3.11"), same_versions(">=3.11", ">=3.12"), same_versions("new", ">=1")
    (True, False, None)
    """
    if "".join(one.split()) == "".join(other.split()):
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  # seldom needed

    try:
        return SpecifierSet(one) == SpecifierSet(other)
    except InvalidSpecifier:
        return None


def same_pythons(one: str, other: str) -> bool | None:
    """
    Tell whether two specifiers of Python's versions have the same bounds, as uv sees them; ``None`` for unusual ones.

    >>> same_pythons(">=3.11,<4.0", ">=3.11, <4"), same_pythons("==3.12.*", ">=3.12,<3.13")
    (True, True)
    >>> same_pythons(">=3.11", ">=3.12"), same_pythons(">=3.11", "!=3.12")
    (False, None)
    """
    bounds = [_bounds(text) for text in (one, other)]
    return None if None in bounds else bounds[0] == bounds[1]


def _bounds(text: str) -> Mapping[str, tuple[int, ...]] | None:
    """Return the lower and the upper bound, each without zeros at its end."""
    found: dict[str, tuple[int, ...]] = {}
    for each in "".join(text.split()).split(","):
        match = _SPECIFIER.fullmatch(each)
        if match is None or (match[1] == "==") != bool(match[3]):
            return None
        version = tuple(map(int, match[2].split(".")))
        kept = version if match[1] == "==" else version[:-1]
        ends = {} if match[1] == "<" else {">=": version}
        if match[1] != ">=":
            ends["<"] = version if match[1] == "<" else (*kept[:-1], kept[-1] + 1)
        if found.keys() & ends:
            return None
        found |= ends
    return {end: _trimmed(version) for end, version in found.items()}


def _trimmed(version: tuple[int, ...]) -> tuple[int, ...]:
    return _trimmed(version[:-1]) if version and version[-1] == 0 else version


def _shown(name: str, entries: Collection[Wanted]) -> str:
    extras = {each: f"[{','.join(sorted(each.extras))}]" if each.extras else "" for each in entries}
    return " and ".join(sorted({f"`{name}{extras[each]}{each.versions}`" for each in entries}))


def _extras(names: Collection[str]) -> frozenset[str]:
    return frozenset(canonical(name) for name in map(str.strip, names) if name)
