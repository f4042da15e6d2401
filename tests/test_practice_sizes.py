"""How large an object is as JSON, as Go writes it."""

import pytest

from kgen.check.practice import sizes
from kgen.check.resource import Resource

VERSION = (1, 36)


def config_map(text: str) -> Resource:
    return Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": text}})


EMPTY = len('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"},"data":{"a":""}}')
ROOM = sizes.LARGEST_ANNOTATION - EMPTY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * ROOM, 0),
        ("x" * (ROOM + 1), 1),
        ("é" * (ROOM // 2 + 1), 1),
        ("<" * (ROOM // 6), 0),
        ("<" * (ROOM // 6 + 1), 1),
        ("\n" * (ROOM // 2 + 1), 1),
        ("x" * sizes.LARGEST_REQUEST, 0),  # the server refuses it for another reason
    ],
)
def test_what_fits_into_an_annotation(text: str, expected: int) -> None:
    assert len(list(sizes.objects_too_large_to_apply(config_map(text), VERSION))) == expected
