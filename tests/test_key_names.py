"""Keys of objects that YAML makes something else of."""

import pytest

from kgen.validate.key_names import renamed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data: {on: a}", ["the key `on` is read as `true`"]),
        ("data:\n  No: a\n  1e3: b", ["the key `No` is read as `false`", "the key `1e3` is read as `1000`"]),
        ("items: [{012: a}]", ["the key `012` is read as `10`"]),
        ("data: {'on': a, \"1e3\": b, !!str yes: c}", []),
        ("data: {8080: a, true: b, one: c}", []),
        ("a: &x {y: b}\nc: *x\nd: {<<: *x}", ["the key `y` is read as `true`"]),
        ("on: [", []),
        ("", []),
    ],
)
def test_renamed(text: str, found: list[str]) -> None:
    assert [each.message for each in renamed(text.encode())] == found


def test_where_a_key_stands() -> None:
    (found,) = renamed(b"data:\n  a: b\n  off: c\n")
    assert found.at.path == ("data", "false")
    assert found.at.span is not None
    assert (found.at.span.line, found.at.span.column) == (3, 3)
