"""Rules over several objects look at objects of any shape, and never fail."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from kgen.check.catalogue import Entry
from kgen.check.cross.families import findings
from kgen.check.cross.resources import Resources
from kgen.check.reading import at
from kgen.check.resource import Resource
from kgen.read import careful, split
from test_cross_rules import SHOWN

ODD: tuple[Any, ...] = (None, 1, "x", [{}], [[]], {"": [None]})


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from places(each, (*path, key))


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_no_shape_stops_a_rule(entry: Entry) -> None:
    objects = [careful.read(chunk.text)[0] for chunk in split.chunks(entry.fails.encode())]
    for index, each in enumerate(objects):
        for count, path in enumerate(places(each)):
            changed = deepcopy(objects)
            at(changed[index], path[:-1])[path[-1]] = ODD[count % len(ODD)]
            for finding in findings(Resources(map(Resource, changed)), "off"):
                assert finding.fault.message
