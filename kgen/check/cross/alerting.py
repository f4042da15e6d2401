"""
Rules for Prometheus, in the form that its operator takes.

Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from __future__ import annotations

from kgen.check.cross.monitors import GROUP
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, text
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_UNITS = ("y", "w", "d", "h", "m", "s", "ms")
"""In the order in which a duration has them."""


def unusable_rules(resources: Resources) -> Iterator[Finding]:
    """Yield the rules without expression or with a wrong duration, and the groups with the name of another one."""
    for resource in resources.of(GROUP, "PrometheusRule"):
        names: dict[str, int] = {}
        for index, group in mappings(resource.value, "spec", "groups"):
            at = ("spec", "groups", index)
            first = names.setdefault(text(group, "name"), index)
            if first != index:
                message = f"is `{text(group, 'name')}`, as that of an earlier group"
                fault = invalid("XMON005", (*at, "name"), message, "give each group of the file its own name")
                yield Finding(resource, fault, [(resource, ("spec", "groups", first, "name"), "the earlier one")])
            yield from _durations(resource, group, at, ("interval", "query_offset"))
            for place, rule in mappings(group, "rules"):
                yield from _rule(resource, rule, (*at, "rules", place))


def _rule(resource: Resource, rule: Mapping[str, Any], at: Path) -> Iterator[Finding]:
    expression = rule.get("expr")
    if expression is None or (isinstance(expression, str) and not expression.strip()):
        message = "is missing or empty: the rule says nothing"
        fault = invalid("XMON005", (*at, "expr") if "expr" in rule else at, message, "write a query in PromQL")
        yield Finding(resource, fault)
    yield from _durations(resource, rule, at, ("for", "keep_firing_for"))


def _durations(resource: Resource, value: Mapping[str, Any], at: Path, keys: tuple[str, ...]) -> Iterator[Finding]:
    for key in keys:
        written = value.get(key)
        if written is not None and not (isinstance(written, str) and is_duration(written)):
            message = f"is `{written}`, which is no duration of Prometheus"
            out = "write whole numbers with units, the larger ones first: `90s`, `5m`, `1h30m`"
            yield Finding(resource, invalid("XMON005", (*at, key), message, out))


def is_duration(written: str) -> bool:
    """
    Tell whether a text is a duration as Prometheus reads it.

    >>> [is_duration(each) for each in ("5m", "1h30m", "0", "", "1.5h", "30m1h", "5 m", "10")]
    [True, True, True, True, False, False, False, False]
    """
    if written in ("", "0"):
        return True
    digits, units, rest = "", list(_UNITS), written
    while rest:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        rest = rest[len(digits) :]
        unit = rest[: len(rest) - len(rest.lstrip("ywdhms"))]
        rest = rest[len(unit) :]
        if not digits or unit not in units:
            return False
        units = units[units.index(unit) + 1 :]
    return True


DEFAULT = (unusable_rules,)
STRICT = ()
OFF = ()
