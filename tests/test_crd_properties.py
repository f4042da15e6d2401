"""A second opinion on schemas of custom resources: where jsonschema's draft 4 means the same, it says the same."""

from collections.abc import Mapping
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from kgen.check.crd import checker

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.sampled_from([0.5, -1.5, "", "a", "ab", "äb", "10", "abcd"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
SMALL = st.integers(0, 3)
BOUNDS: dict[str, st.SearchStrategy[Any]] = {
    "enum": st.lists(VALUES.filter(lambda value: value is not None), min_size=1, max_size=3),
    "minimum": SMALL,
    "maximum": SMALL,
    "multipleOf": st.integers(1, 4),
    "minLength": SMALL,
    "maxLength": SMALL,
    "pattern": st.sampled_from(["a", "^a", "b$", "^[a-z]+$", "[0-9]{2}", "^.b"]),
    "minItems": SMALL,
    "maxItems": SMALL,
    "uniqueItems": st.booleans(),
    "minProperties": SMALL,
    "maxProperties": SMALL,
    "required": st.lists(NAMES, min_size=1, max_size=2, unique=True),
}
TYPES = st.sampled_from(["array", "boolean", "integer", "number", "object", "string"])


def wider(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return schemas with ``inner`` ones in them."""
    parts = st.lists(inner, min_size=1, max_size=3)
    fields = {"properties": st.dictionaries(NAMES, inner, max_size=2), "additionalProperties": inner, "items": inner}
    junctors = {"allOf": parts, "anyOf": parts, "oneOf": parts, "not": inner}
    return st.fixed_dictionaries({}, optional={"type": TYPES, **fields, **junctors, **BOUNDS})


def with_strict_bounds(schema: dict[str, Any]) -> dict[str, Any]:
    made = dict(schema)
    for bound, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if bound in made:
            made[strict] = made[bound] % 2 == 0
    return made


SCHEMAS = st.recursive(st.fixed_dictionaries({}, optional={"type": TYPES, **BOUNDS}), wider, max_leaves=6).map(
    with_strict_bounds
)


@given(SCHEMAS, VALUES)
@settings(max_examples=500)
@example({"enum": [1]}, True)  # noqa: FBT003  # a value like any other
@example({"uniqueItems": True}, [1, True, "1", {"a": 1}, {"a": True}])
@example({"minimum": 1, "exclusiveMinimum": True}, 1)
def test_verdicts_agree_with_jsonschema(schema: Mapping[str, Any], value: object) -> None:
    assert (not checker(schema)(value)) == Draft4Validator(schema).is_valid(value)


def test_the_second_opinion_sees_faults() -> None:
    assert not Draft4Validator({"minimum": 1, "exclusiveMinimum": True}).is_valid(1)
