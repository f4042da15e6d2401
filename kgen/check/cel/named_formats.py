"""
Formats that have a name in expressions: ``format.dns1123Label().validate(self)``.

Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from kgen.check.cel.urls import is_url
from kgen.check.cel.values import NOTHING, Maybe, Opaque, Overloads
from kgen.check.string_formats import FORMATS

_Validate: TypeAlias = Callable[[str], list[str]]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LONGEST_LABEL = 63
_LONGEST_NAME = 253


class NamedFormat(Opaque):
    __slots__ = ("name", "validate")
    cel_type = "kubernetes.NamedFormat"

    def __init__(self, name: str, validate: _Validate) -> None:
        self.name = name
        self.validate = validate

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedFormat) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def _name(pattern: str, longest: int, what: str, *, is_prefix: bool = False) -> _Validate:
    """Return a check of names. A prefix may end in a dash: something comes after it."""
    fits = re.compile(pattern)
    example = "must be no more than"

    def validate(text: str) -> list[str]:
        whole = f"{text[:-1]}a" if is_prefix and text.endswith("-") and len(text) > 1 else text
        found = [] if len(text) <= longest else [f"{example} {longest} characters"]
        if not fits.fullmatch(whole):
            found.append(f"{what} (regex used for validation is '{pattern}')")
        return found

    return validate


_DNS_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_DNS_NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_OLD_LABEL = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character"
)
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_PART = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_is_subdomain = _name(_SUBDOMAIN, _LONGEST_NAME, _DNS_NAME)
_is_name = _name(_QUALIFIED, _LONGEST_LABEL, f"name part {_PART}")


def _qualified_name(text: str) -> list[str]:
    prefix, slash, name = text.rpartition("/")
    if text.count("/") > 1:
        return [f"a qualified name {_PART}, with an optional DNS subdomain prefix and '/'"]
    found = [f"prefix part {fault}" for fault in _is_subdomain(prefix)] if slash else []
    return [*found, *(_is_name(name) if name else ["name part must be non-empty"])]


def _label_value(text: str) -> list[str]:
    return _name(f"({_QUALIFIED})?", _LONGEST_LABEL, f"a valid label must be an empty string or {_PART}")(text)


def _by_schema(name: str, fault: str) -> _Validate:
    is_valid = FORMATS[name]
    return lambda text: [] if is_valid(text) else [fault]


_OLD = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_FORMATS = {
    each.name: each
    for each in (
        NamedFormat("dns1123Label", _name(_LABEL, _LONGEST_LABEL, _DNS_LABEL)),
        NamedFormat("dns1123LabelPrefix", _name(_LABEL, _LONGEST_LABEL, _DNS_LABEL, is_prefix=True)),
        NamedFormat("dns1123Subdomain", _is_subdomain),
        NamedFormat("dns1123SubdomainPrefix", _name(_SUBDOMAIN, _LONGEST_NAME, _DNS_NAME, is_prefix=True)),
        NamedFormat("dns1035Label", _name(_OLD, _LONGEST_LABEL, _OLD_LABEL)),
        NamedFormat("dns1035LabelPrefix", _name(_OLD, _LONGEST_LABEL, _OLD_LABEL, is_prefix=True)),
        NamedFormat("qualifiedName", _qualified_name),
        NamedFormat("labelValue", _label_value),
        NamedFormat("uri", lambda text: [] if is_url(text) else ["invalid URI"]),
        NamedFormat("uuid", _by_schema("uuid", "does not match the UUID format")),
        NamedFormat("byte", _by_schema("byte", "invalid base64")),
        NamedFormat("date", _by_schema("date", "invalid date")),
        NamedFormat("datetime", _by_schema("datetime", "invalid datetime")),
    )
}


def _constant(made: NamedFormat) -> Callable[[], NamedFormat]:
    return lambda: made


def _validated(made: NamedFormat, text: str) -> Maybe:
    found = made.validate(text)
    return Maybe(found) if found else NOTHING


FUNCTIONS: Overloads = {
    "format.named": (((str,), lambda name: Maybe(_FORMATS[name]) if name in _FORMATS else NOTHING),),
    **{f"format.{name}": (((), _constant(made)),) for name, made in _FORMATS.items()},
}
METHODS: Overloads = {"validate": (((NamedFormat, str), _validated),)}
