"""
Rules in CEL of a custom resource: ``x-kubernetes-validations`` wherever they stand in its schema.

The language itself is loaded when an object first has a rule.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import re

from kgen.check.fault import Fault, Keyword
from kgen.check.structural import EMBEDDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.diag import Path

    Schema: TypeAlias = Mapping[str, Any]

VALIDATIONS = "x-kubernetes-validations"
_STEP = re.compile(r"\.([^.\[\]']+)|\['((?:[^'\\]|\\.)*)'\]")


class Place:
    """A value that has rules."""

    __slots__ = ("path", "schema", "value")

    def __init__(self, path: Path, value: Any, schema: Schema) -> None:
        self.path = path
        self.value = value
        self.schema = schema


def broken_rules(value: Mapping[str, Any], schema: Schema) -> tuple[Sequence[Fault], Sequence[Fault]]:
    """
    Return the rules that an object breaks, and those that kgen could not evaluate.

    Args:
        value: The object, with defaults, and in the form that its schema asks for.
        schema: Its whole schema.
    """
    places = list(_places(value, {**schema, EMBEDDED: True}, ()))
    if not places:
        return (), ()
    from kgen.check.cel.rules import Evaluation  # noqa: PLC0415  # most objects have no rules

    evaluation = Evaluation(value, {**schema, EMBEDDED: True})
    for place in places:
        evaluation.run(place)
    return evaluation.broken, evaluation.unchecked


def _places(value: Any, schema: Schema, path: Path) -> Iterator[Place]:
    """Yield the values with rules, the outer ones first. Rules say nothing about null."""
    if value is None:
        return
    if schema.get(VALIDATIONS):
        yield Place(path, value, schema)
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        others = schema.get("additionalProperties")
        for key, item in value.items():
            inner = properties.get(key, others)
            if isinstance(inner, dict):
                yield from _places(item, inner, (*path, key))
    elif isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from _places(item, items, (*path, index))


def rule_path(written: str) -> Path | None:
    """
    Return the steps of a rule's ``fieldPath``, or ``None`` if it cannot be read.

    >>> rule_path(".spec.ports"), rule_path(".labels['a.b']"), rule_path("spec")
    (('spec', 'ports'), ('labels', 'a.b'), None)
    """
    steps = list(_STEP.finditer(written))
    if "".join(step.group() for step in steps) != written:
        return None
    return tuple(step[1] or step[2].replace("\\'", "'").replace("\\\\", "\\") for step in steps)


def broken(place: Place, rule: Mapping[str, Any], message: str) -> Fault:
    """Return the fault for a rule that ``place`` breaks."""
    path = (*place.path, *(rule_path(rule.get("fieldPath", "")) or ()))
    return Fault(path=path, keyword=Keyword.RULE, message=f"breaks a rule of its kind: {message}")
