"""What the server says of the time that rules of custom kinds may take."""

from __future__ import annotations

from typing import Any

import pytest

from kgen.check.fault import field
from kgen.check.objects import DEFINITION, Objects
from kgen.check.server.definition_costs import MOST, MOST_OF_ALL, rule_cost
from kgen.check.store import Store, default_directory
from test_crd import definition, obj

PAIRS = "self.all(x, self.all(y, x != y))"
NUMBERS = {"type": "array", "items": {"type": "integer"}}
SPEC = "spec.versions[0].schema.openAPIV3Schema"


def texts(count: int, rule: str = PAIRS) -> dict[str, Any]:
    items = {"type": "string", "maxLength": 10}
    return {"type": "array", "maxItems": count, "items": items, "x-kubernetes-validations": [{"rule": rule}]}


def places(schema: dict[str, Any]) -> list[str]:
    """Return where the check of a definition with ``spec`` of this schema finds faults."""
    objects = Objects(Store(default_directory()), ("1.36",), lambda *_: None)
    return [field(fault.path) for fault in objects.faults(definition(schema), objects.kind(*DEFINITION))]


def test_a_rule_takes_as_many_steps_as_the_server_says() -> None:
    """A server calls eleven of these "1.098300x" of what a schema may take, and takes 1053 entries, but not 1054."""
    cost = rule_cost({"rule": PAIRS}, texts(1053), 1)
    assert f"{11 * cost / MOST_OF_ALL:f}" == "1.098300"
    assert rule_cost({"rule": PAIRS}, texts(1054), 1) > MOST > cost


@pytest.mark.parametrize(("count", "places_of_faults"), [(1053, []), (1054, [f"{SPEC}.properties.spec"])])
def test_a_rule_may_take_so_long(count: int, places_of_faults: list[str]) -> None:
    assert places(texts(count)) == [f"{place}.x-kubernetes-validations[0].rule" for place in places_of_faults]


def test_all_rules_together_may_take_so_long() -> None:
    assert places(obj(**{f"l{number}": texts(1053) for number in range(10)})) == []
    found = places(obj(**{f"l{number}": texts(1053) for number in range(11)}))
    assert len(found) == 5, "the four longest rules, and the schema"
    assert found[-1] == SPEC


def test_rules_count_as_often_as_there_are_values() -> None:
    inner = {"type": "object", "additionalProperties": texts(400), "maxProperties": 6}
    assert places(inner) == places({**inner, "maxProperties": 0}) == []
    assert places({**inner, "maxProperties": 100})


@pytest.mark.parametrize(
    ("rule", "schema", "cost"),
    [
        ("true", {"type": "integer"}, 0),
        ("self > 1", {"type": "integer"}, 2),
        ("self == 1", {"type": "integer"}, 1),
        ("self.a == 'abc'", obj(a={"type": "string"}), 3),
        ("self.a == self.b", obj(a={"type": "string", "maxLength": 5}, b={"type": "string", "enum": ["x"]}), 5),
        ("has(self.a) && self.a.size() < 3", obj(a={"type": "string"}), 5),
        ("self.matches('^[a-z]+$')", {"type": "string", "maxLength": 10}, 11),
        ("self in ['a', 'b', 'c']", {"type": "string"}, 14),
        ("self.exists(x, x > 1) ? true : self.size() == 0", {**NUMBERS, "maxItems": 2}, 17),
    ],
)  # fmt: skip
def test_steps(rule: str, schema: dict[str, Any], cost: int) -> None:
    assert rule_cost({"rule": rule}, schema, 1) == cost


@pytest.mark.parametrize("rule", ["self >", "self.frobnicate(x, y)", "nothing + 1"])
def test_what_cannot_be_read_takes_no_time(rule: str) -> None:
    assert rule_cost({"rule": rule}, {"type": "array"}, None) <= MOST
