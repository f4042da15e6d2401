"""
How long a text may be, how many entries and fields there may be, and of what a number is a multiple.

Built-in kinds have none of this in their schemas; custom resources do. Builders are made like those in ``formats``.

Source: https://github.com/kubernetes/kube-openapi/blob/master/pkg/validation/validate/values.go
"""

from __future__ import annotations

import json

from kgen.check.fault import Fault, Keyword, short, type_of
from kgen.check.formats import NUMBER, STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from kgen.check.formats import Builder, Check, ValueRule

_LIST = frozenset({"array"})
_MAPPING = frozenset({"object"})


def _at_most(keyword: str, unit: str) -> Builder:
    def build(schema: Mapping[str, Any]) -> Check | None:
        most = schema.get(keyword)
        if most is None:
            return None
        wanted = f"must have at most {_counted(most, unit)}, but has"

        def check(value: Any) -> Sequence[Fault]:
            if len(value) <= most:
                return ()
            return (Fault(keyword=Keyword.TOO_LARGE, message=f"{wanted} {len(value)}"),)

        return check

    return build


def _at_least(keyword: str, unit: str) -> Builder:
    def build(schema: Mapping[str, Any]) -> Check | None:
        least = schema.get(keyword)
        if not least:
            return None
        wanted = f"must have at least {_counted(least, unit)}, but has"

        def check(value: Any) -> Sequence[Fault]:
            if len(value) >= least:
                return ()
            return (Fault(keyword=Keyword.RANGE, message=f"{wanted} {len(value) or 'none'}"),)

        return check

    return build


def _counted(count: int, unit: str) -> str:
    if count == 1:
        return f"1 {unit}"
    return f"{count} {unit[:-1]}ies" if unit.endswith("y") else f"{count} {unit}s"


def _multiple(schema: Mapping[str, Any]) -> Check | None:
    factor = schema.get("multipleOf")
    if factor is None:
        return None

    def check(value: Any) -> Sequence[Fault]:
        if isinstance(value, int) and int(factor) > 0:
            fits = value % int(factor) == 0  # the server cuts off the factor's fraction here
        else:
            fits = (1 / factor * value if factor < 1 else value / factor).is_integer()
        if fits:
            return ()
        return (Fault(keyword=Keyword.RANGE, message=f"must be a multiple of {factor}, but is {short(value)}"),)

    return check


def _unique(schema: Mapping[str, Any]) -> Check | None:
    if not schema.get("uniqueItems"):
        return None

    def check(value: Any) -> Sequence[Fault]:
        made = {(type_of(item), json.dumps(item, sort_keys=True, default=str)) for item in value}
        if len(made) == len(value):
            return ()
        return (Fault(keyword=Keyword.REPEATED, message="must not have the same entry twice"),)

    return check


SIZES: tuple[ValueRule, ...] = (
    (NUMBER, _multiple),
    (STRING, _at_most("maxLength", "character")),
    (STRING, _at_least("minLength", "character")),
    (_LIST, _at_most("maxItems", "entry")),
    (_LIST, _at_least("minItems", "entry")),
    (_LIST, _unique),
    (_MAPPING, _at_most("maxProperties", "field")),
    (_MAPPING, _at_least("minProperties", "field")),
)
"""What is asked of sizes, in the order in which faults are reported."""
