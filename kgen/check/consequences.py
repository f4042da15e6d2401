"""
Faults that follow from another one: what is missing because it stands there under a wrong name, or elsewhere.

One mistake is one finding. Nothing here is imported before there is a fault.
"""

from collections.abc import Iterator, Mapping

from kgen.check.fault import Fault, Keyword
from kgen.check.misplaced import Way
from kgen.check.reading import at
from kgen.diag import Path
from kgen.words import nearest

_MOST_PAIRS = 10_000
"""With more unknown fields and other faults than that in one object, nobody reads them all: they are not compared."""


def consequences(value: object, faults: Mapping[Fault, tuple[str, ...]], ways: Mapping[Fault, Way]) -> frozenset[Fault]:
    """
    Return those of ``faults`` that go away with the wrong fields.

    Args:
        value: The object.
        ways: Unknown fields, each with the way out.
    """
    if len(ways) * len(faults) > _MOST_PAIRS:
        return frozenset()
    return frozenset(
        fault
        for fault, versions in faults.items()
        if fault.keyword is Keyword.REQUIRED or (fault not in ways and at(value, fault.path) is None)
        for unknown, way in ways.items()
        if set(versions) <= set(faults[unknown]) and _follows(fault.path, unknown.path, way, value)
    )


def _follows(missing: Path, unknown: Path, way: Way, value: object) -> bool:
    """Tell whether what is ``missing`` is there if the ``unknown`` field moves to where it belongs."""
    for place in _places(missing, unknown, way):
        length = len(place)
        if not all(step in ("", str(given)) for step, given in zip(place, missing, strict=False)):
            continue
        if len(missing) <= length or at(value, (*unknown, *missing[length:])) is not None:
            return True
    return False


def _places(missing: Path, unknown: Path, way: Way) -> Iterator[list[str]]:
    """Yield where the unknown field may belong, as steps; an empty one is any entry of a list."""
    if way.place:
        yield [step.removesuffix("]") for step in way.place.replace("[", ".").split(".")]
    *above, name = unknown
    depth = len(above)
    if missing[:depth] == tuple(above) and len(missing) > depth and nearest(str(name), [str(missing[depth])]):
        yield [*map(str, above), str(missing[depth])]
