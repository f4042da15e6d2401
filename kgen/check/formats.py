"""
Rules about a single value: ``format``, ``enum``, bounds, ``pattern``.

Each builder takes a schema and returns a check, or ``None`` if the schema does not ask for it. ``RULES`` says
for which JSON types a keyword means anything; values of other types are left to ``type``.

Source: https://spec.openapis.org/registry/format/
"""

from __future__ import annotations

import re
from functools import cache

from kgen.check.fault import Fault, Keyword, short, shown, type_of
from kgen.words import listed, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias

    Check: TypeAlias = Callable[[Any], Sequence[Fault]]
    """Return what is wrong with a value: nothing, as a rule."""

    Builder: TypeAlias = Callable[[Mapping[str, Any]], Check | None]

    ValueRule: TypeAlias = tuple[frozenset[str], Builder]

STRING = frozenset({"string"})
INTEGER = frozenset({"integer"})
NUMBER = frozenset({"integer", "number"})
ANY = frozenset({"string", "integer", "number", "boolean", "null", "object", "array"})

_BLANK = r"[ \x85\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]*"
_EXPONENT = r"0*[0-9]{1,18}"
_SUFFIX = rf"[KMGTPE]i|[numkMGTPE]|[eE][+-]?{_EXPONENT}"
_SUFFIX_ALONE = rf"[KMGT]i|[numkMGTPE]|[eE](?:\+?{_EXPONENT}|-0*[0-9])"
_QUANTITY = (
    rf"{_BLANK}(?!{_BLANK}\Z)[+-]?"
    rf"(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:{_SUFFIX})?|\.?(?:{_SUFFIX_ALONE})?){_BLANK}"
)
"""A sign, a point or a suffix without digits is 0, unless the suffix is too large or too small."""

_TIME = (
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60))"
)
_SHORTEST = 28
"""Days that every month has."""

_MOST_PADDING = 2
"""Characters ``=`` at the end of base64."""


def bits(bits: int) -> Check:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def check(value: Any) -> Sequence[Fault]:
        if low <= value <= high:
            return ()
        return (Fault(keyword=Keyword.RANGE, message=f"must be between {low} and {high}, but is {short(value)}"),)

    return check


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when a value first needs it: most runs need few of them."""
    return re.compile(pattern)


def _looks_like(pattern: str, wanted: str) -> Check:
    def check(value: Any) -> Sequence[Fault]:
        if _compiled(pattern).fullmatch(value):
            return ()
        return (Fault(keyword=Keyword.FORMAT, message=f"must be {wanted}, but is {shown(value)}"),)

    return check


def _time(value: Any) -> Sequence[Fault]:
    if found := _compiled(_TIME).fullmatch(value):
        year, month, day = map(int, found.groups())
        if day <= _SHORTEST:
            return ()
        from kgen.check.cel.times import is_date  # noqa: PLC0415  # rarely needed

        if is_date(year, month, day):
            return ()
    message = f"must be a time such as `2006-01-02T15:04:05Z`, but is {shown(value)}"
    return (Fault(keyword=Keyword.FORMAT, message=message),)


def _base64(value: Any) -> Sequence[Fault]:
    """Check the text of a ``[]byte``. Go ignores line ends. The value may be a secret: it is not shown."""
    text = value.replace("\n", "").replace("\r", "")
    digits = text.rstrip("=")
    is_whole = len(text) % 4 == 0 and len(text) - len(digits) <= _MOST_PADDING
    if is_whole and _compiled("[A-Za-z0-9+/]*").fullmatch(digits):
        return ()
    return (Fault(keyword=Keyword.FORMAT, message="must be base64, but is not"),)


_FORMATS: Mapping[tuple[str, str], Check] = {
    ("int32", "integer"): bits(32),
    ("int64", "integer"): bits(64),
    ("int-or-string", "integer"): bits(32),
    ("byte", "string"): _base64,
    ("date-time", "string"): _time,
    ("quantity", "string"): _looks_like(_QUANTITY, "a quantity such as `500m` or `128Mi`"),
}
"""Checks by format and JSON type. Formats that are not here accept everything, as the API server does."""


def _format(schema: Mapping[str, Any], json_type: str) -> Check | None:
    return _FORMATS.get((schema.get("format", ""), json_type))


def _enum(schema: Mapping[str, Any]) -> Check | None:
    if "enum" not in schema:
        return None
    allowed = [(type_of(value), value) for value in schema["enum"]]
    names = [short(value) for _, value in allowed]
    must = f"must be {'one of ' if len(names) > 1 else ''}{listed(sorted(names), 'or')}"

    def check(value: Any) -> Sequence[Fault]:
        if (type_of(value), value) in allowed:
            return ()
        helped = suggestion(value, names) if isinstance(value, str) and len(names) > 1 else ""
        near = helped if helped.startswith("did") else ""  # the message already lists all of them
        return (Fault(keyword=Keyword.ENUM, message=f"{must}, but is {shown(value)}", help=near),)

    return check


def _minimum(schema: Mapping[str, Any]) -> Check | None:
    low = schema.get("minimum")
    if low is None:
        return None
    strict = schema.get("exclusiveMinimum") is True
    wanted = f"more than {low}" if strict else f"at least {low}"

    def check(value: Any) -> Sequence[Fault]:
        if value > low or (value == low and not strict):
            return ()
        return (Fault(keyword=Keyword.RANGE, message=f"must be {wanted}, but is {short(value)}"),)

    return check


def _maximum(schema: Mapping[str, Any]) -> Check | None:
    high = schema.get("maximum")
    if high is None:
        return None
    strict = schema.get("exclusiveMaximum") is True
    wanted = f"less than {high}" if strict else f"at most {high}"

    def check(value: Any) -> Sequence[Fault]:
        if value < high or (value == high and not strict):
            return ()
        return (Fault(keyword=Keyword.RANGE, message=f"must be {wanted}, but is {short(value)}"),)

    return check


def _pattern(schema: Mapping[str, Any]) -> Check | None:
    if "pattern" not in schema:
        return None
    pattern = re.compile(schema["pattern"])

    def check(value: Any) -> Sequence[Fault]:
        if pattern.search(value):
            return ()
        message = f"must match `{pattern.pattern}`, but is {shown(value)}"
        return (Fault(keyword=Keyword.PATTERN, message=message),)

    return check


BOUNDS: tuple[ValueRule, ...] = ((ANY, _enum), (NUMBER, _minimum), (NUMBER, _maximum))
RULES: tuple[ValueRule, ...] = (
    (INTEGER, lambda schema: _format(schema, "integer")),
    (STRING, lambda schema: _format(schema, "string")),
    *BOUNDS,
    (STRING, _pattern),
)
"""What is asked of values, in the order in which faults are reported."""
