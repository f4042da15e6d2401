"""
What schemas of custom resources ask of single values.

Patterns are Go's, formats are upstream's ``strfmt``, and a number with a format has that many bits.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apiserver/validation/formats.go
"""

from __future__ import annotations

from kgen.check import re2
from kgen.check.fault import Fault, Keyword, shown
from kgen.check.formats import BOUNDS, INTEGER, STRING, bits
from kgen.check.sizes import SIZES
from kgen.check.string_formats import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from kgen.check.formats import Check, ValueRule

_EXAMPLES = {
    "byte": "base64",
    "cidr": "a network such as `10.0.0.0/8`",
    "date": "a date such as `2006-01-02`",
    "datetime": "a time such as `2006-01-02T15:04:05Z`",
    "duration": "a duration such as `1h30m`",
    "uri": "an absolute URL",
}
_SECRET = frozenset({"byte", "password"})


def string_format(schema: Mapping[str, Any]) -> str:
    """Return the format that texts of ``schema`` have to have, by its name in ``FORMATS``, or nothing."""
    name = str(schema.get("format", "")).replace("-", "")
    is_text = schema.get("type", "string") == "string" and not schema.get("x-kubernetes-int-or-string")
    return name if is_text and name in FORMATS else ""


def _format(schema: Mapping[str, Any]) -> Check | None:
    name = string_format(schema)
    if not name:
        return None
    wanted = _EXAMPLES.get(name, f"of the format `{schema['format']}`")
    is_valid = FORMATS[name]

    def check(value: Any) -> Sequence[Fault]:
        if is_valid(value):
            return ()
        is_ = "is not" if name in _SECRET else f"is {shown(value)}"
        return (Fault(keyword=Keyword.FORMAT, message=f"must be {wanted}, but {is_}"),)

    return check


def _size(schema: Mapping[str, Any]) -> Check | None:
    if schema.get("type") != "integer" or schema.get("x-kubernetes-int-or-string"):
        return None
    return bits(32) if schema.get("format") == "int32" else bits(64)


def _pattern(schema: Mapping[str, Any]) -> Check | None:
    pattern = schema.get("pattern")
    if not pattern:
        return None

    def check(value: Any) -> Sequence[Fault]:
        try:
            if re2.compiled(pattern).search(value):
                return ()
        except re2.PatternError:
            return ()  # a fault of the definition, told where it stands
        return (Fault(keyword=Keyword.PATTERN, message=f"must match `{pattern}`, but is {shown(value)}"),)

    return check


RULES: tuple[ValueRule, ...] = ((INTEGER, _size), (STRING, _format), *BOUNDS, *SIZES, (STRING, _pattern))
"""What is asked of values, in the order in which faults are reported."""
