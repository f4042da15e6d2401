"""One fault per copy of a good object, for tests that want to know which of them a checker sees."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from kgen.diag import Path
from kgen.k8s import Manifest

Change: TypeAlias = Callable[[Any, Any], object]
"""Changes what a parent (a mapping, or a list by its numbers) has under a key."""

WORD = re.compile(r"[A-Z][A-Za-z]+")
QUANTITY = re.compile(r"\d+(\.\d+)?([mkMGT]|[KMGT]i)?")
SHARE = re.compile(r"\d+%")
PROTOCOLS = {"TCP": "UDP", "UDP": "TCP"}
LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Mutant:
    """A copy of an object with one fault."""

    sort: str
    place: str
    """Kind and keys, as ``Deployment.spec.template``; ``[]`` for any place in a list."""

    make: Callable[[], Manifest]
    """Makes the copy: most mutants are of a place that was broken before, and never made."""


def place(manifest: Mapping[str, Any], path: Path) -> str:
    """Return ``path`` in words that are the same for all items of a list."""
    steps = ("[]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{manifest['kind']}{''.join(steps)}"


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value below ``value`` with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from walk(item, (*path, key))


def mutants(manifest: Manifest) -> Iterator[Mutant]:
    """Yield every copy of ``manifest`` with one fault."""
    for path, value in walk(manifest):
        where = place(manifest, path)
        for sort, other in wrong(value):
            yield Mutant(sort, where, _changed(manifest, path, _put(other)))
        yield Mutant("null", where, _changed(manifest, path, _put(None)))
        yield Mutant("left out", where, _changed(manifest, path, lambda parent, key: parent.pop(key)))
        if isinstance(path[-1], str):
            yield Mutant("key misspelt", where, _changed(manifest, path, _renamed(f"{path[-1]}s")))
            yield Mutant("key in other case", where, _changed(manifest, path, _renamed(path[-1].swapcase())))


def wrong(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield sorts of fault and what stands in place of ``value`` then."""
    match value:
        case bool():
            yield "text for a boolean", str(value).lower()
            yield "number for a boolean", int(value)
            yield "the opposite", not value
        case int():
            yield from _wrong_numbers(value)
        case str():
            yield "number for a text", 1
            yield "boolean for a text", True
            yield "empty text", ""
            yield from _wrong_texts(value)
        case dict():
            yield "list for a mapping", []
            yield "text for a mapping", "x"
            yield "empty mapping", {}
        case [first, *_]:
            yield "mapping for a list", {}
            yield "empty list", []
            yield "one item for a list", first
            yield "repeated item", [*value, first]


def _wrong_numbers(value: int) -> Iterator[tuple[str, Any]]:
    yield "text for a number", f"{value}x"
    yield "negative number", -1 - value
    yield "zero", 0
    yield "one more", value + 1
    yield "fraction", value + 0.5
    yield "number of 17 bits", LAST_PORT + 1
    yield "number of 40 bits", 2**40


def _wrong_texts(value: str) -> Iterator[tuple[str, Any]]:
    if WORD.fullmatch(value):
        yield "unknown word", f"{value}s"
        yield "word in lower case", value.lower()
    elif SHARE.fullmatch(value):
        yield "share above all", "150%"
        yield "share without sign", value.rstrip("%")
        yield "negative share", f"-{value}"
    elif QUANTITY.fullmatch(value):
        yield "unknown unit", f"{value}B"
        yield "negative quantity", f"-{value}"
        yield "tiny quantity", "1m"
    else:
        yield "text of other characters", f"{value} Ü!"
        yield "long text", f"{value}{'x' * 300}"
        yield "letters swapped", swapped(value)
    if value in PROTOCOLS:
        yield "other protocol", PROTOCOLS[value]
    if value.startswith("/"):
        yield "relative path", value[1:] or "x"


def swapped(text: str) -> str:
    """
    Return ``text`` with two letters changed round, as somebody types in a hurry; the last two that differ.

    >>> swapped("shop-web"), swapped("aa")
    ('shop-wbe', 'aax')
    """
    for at in range(len(text) - 2, -1, -1):
        one, other = text[at], text[at + 1]
        if one != other and one.isalnum() and other.isalnum():
            return f"{text[:at]}{other}{one}{text[at + 2 :]}"
    return f"{text}x"


def _put(other: Any) -> Change:
    return lambda parent, key: parent.update({key: other})


def _renamed(near: str) -> Change:
    return lambda parent, key: parent.update({near: parent.pop(key)})


def _changed(manifest: Manifest, path: Path, change: Change) -> Callable[[], Manifest]:
    """Return what makes a copy of ``manifest`` whose value at ``path`` went through ``change``."""

    def make() -> Manifest:
        made = copy.deepcopy(manifest)
        parent: Any = made
        for step in path[:-1]:
            parent = parent[step]
        if isinstance(parent, list):
            items = dict(enumerate(parent))
            change(items, path[-1])
            parent[:] = items.values()
        else:
            change(parent, path[-1])
        return made

    return make
