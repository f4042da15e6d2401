"""Patches do what the two standards say, and say so where they cannot."""

from typing import Any

import pytest

from kgen.handmade.json_patch import NotApplicableError, applied
from kgen.handmade.merge import merged
from kgen.handmade.patches import blamed
from kgen.model.patches import Operation, Patch


@pytest.mark.parametrize(
    ("value", "patch", "wanted"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_table_of_rfc_7386(value: Any, patch: Any, wanted: Any) -> None:
    assert merged(value, patch) == wanted


@pytest.mark.parametrize(
    ("value", "step", "wanted"),
    [
        ({"foo": "bar"}, {"op": "add", "path": "/baz", "value": "qux"}, {"foo": "bar", "baz": "qux"}),
        ({"foo": ["bar", "baz"]}, {"op": "add", "path": "/foo/1", "value": "qux"}, {"foo": ["bar", "qux", "baz"]}),
        ({"foo": ["bar"]}, {"op": "add", "path": "/foo/-", "value": ["a"]}, {"foo": ["bar", ["a"]]}),
        ({"foo": "bar", "baz": 1}, {"op": "remove", "path": "/baz"}, {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, {"op": "remove", "path": "/foo/1"}, {"foo": ["bar", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, {"op": "replace", "path": "/baz", "value": "boo"}, {"baz": "boo", "foo": "bar"}),
        ({"a": {"b": 1}, "c": {}}, {"op": "move", "from": "/a/b", "path": "/c/d"}, {"a": {}, "c": {"d": 1}}),
        ({"foo": ["all", "grass", "cows"]}, {"op": "move", "from": "/foo/1", "path": "/foo/2"}, None),
        ({"a": {"b": [1]}}, {"op": "copy", "from": "/a/b", "path": "/c"}, {"a": {"b": [1]}, "c": [1]}),
        ({"baz": "qux", "foo": ["a", 2]}, {"op": "test", "path": "/foo/1", "value": 2}, None),
        ({"/": 9, "~1": 10}, {"op": "test", "path": "/~01", "value": 10}, None),
        ({"foo": 1}, {"op": "add", "path": "", "value": {"bar": 2}}, {"bar": 2}),
        ({"foo": None}, {"op": "replace", "path": "/foo", "value": None}, {"foo": None}),
    ],
)
def test_the_examples_of_rfc_6902(value: Any, step: dict[str, Any], wanted: Any) -> None:
    before = repr(value)
    done = applied(value, Operation.model_validate(step))
    assert repr(value) == before, "what is given stays"
    if step["op"] == "move" and wanted is None:
        wanted = {"foo": ["all", "cows", "grass"]}
    assert done == (value if wanted is None else wanted)


@pytest.mark.parametrize(
    ("value", "step", "key", "words"),
    [
        ({"foo": "bar"}, {"op": "add", "path": "/baz/bat", "value": 1}, "path", "there is no `/baz`"),
        ({"a": []}, {"op": "add", "path": "/a/1", "value": 1}, "path", "the list has 0 items"),
        ({"a": [1, 2]}, {"op": "remove", "path": "/a/01"}, "path", "there is no `/a/01`"),
        ({"a": [1]}, {"op": "remove", "path": "/a/-"}, "path", "there is no `/a/-`"),
        ({"a": 1}, {"op": "replace", "path": "/b", "value": 1}, "path", "there is no `/b`"),
        ({"a": 1}, {"op": "replace", "path": "a", "value": 1}, "path", "does not start with `/`"),
        ({"a": 1}, {"op": "remove", "path": "/~2"}, "path", "`~0`"),
        ({"a": 1}, {"op": "remove", "path": "/a/b"}, "path", "no mapping and no list"),
        ({"a": 1}, {"op": "test", "path": "/a", "value": True}, "value", "is not `true` but `1`"),
        ({"a": {"b": 1}}, {"op": "move", "from": "/a", "path": "/a/b"}, "from", "into itself"),
        ({"a": 1}, {"op": "copy", "from": "/b", "path": "/c"}, "from", "there is no `/b`"),
    ],
)
def test_a_step_that_cannot_be_done_says_why(value: Any, step: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(NotApplicableError) as error:
        applied(value, Operation.model_validate(step))
    assert words in str(error.value)
    assert error.value.key == key


def test_a_fault_is_said_at_the_patch_that_speaks_of_it() -> None:
    target = {"kind": "Deployment"}
    patches = {
        0: Patch.model_validate({"target": target, "merge": {"spec": {"replicas": 3}}}),
        1: Patch.model_validate({"target": target, "merge": {"metadata": {"labels": {"a": "b"}}}}),
        2: Patch.model_validate({"target": target, "json": ({"op": "remove", "path": "/spec/paused"},)}),
    }
    numbers = (0, 1, 2)
    assert blamed(patches, numbers, ("spec", "replicas")) == ("patches", 0, "merge", "spec", "replicas")
    assert blamed(patches, numbers, ("metadata", "labels", "a", "b"))[1] == 1
    assert blamed(patches, numbers, ("spec", "paused")) == ("patches", 2, "json", 0)
    assert blamed(patches, (0, 1), ("status",)) == ("patches", 1)
