"""
Formats of texts in custom resources, each as a test.

They are those of upstream's ``strfmt``, with their oddities: a duration may be ``1 week``, an e-mail may have a name.

Source: https://github.com/kubernetes/kube-openapi/tree/master/pkg/validation/strfmt
"""

from __future__ import annotations

import re
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Test: TypeAlias = Callable[[str], bool]

_HEX = "[0-9a-fA-F]"
_CHANNEL = r"\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"
_NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_HOSTNAME = (
    r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|"
    r"([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$"
)
_LONGEST_HOSTNAME = 255
_LONGEST_LABEL = 63
_LONGEST_NAME = 253
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CLOCK = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))"
_GO_DURATION = r"[+-]?(0|(([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)"
_DURATION = r"(?<![0-9])[0-9]+\s*([A-Za-zµ]+)"
_UNITS = frozenset({"ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"})
_UNIT_STARTS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_CARD = (
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14}"
)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _like(pattern: str) -> Test:
    return lambda text: _pattern(pattern).fullmatch(text) is not None


def _uuid(version: str = _HEX, variant: str = _HEX) -> Test:
    return _like(rf"{_HEX}{{8}}-?{_HEX}{{4}}-?{version}{_HEX}{{3}}-?{variant}{_HEX}{{3}}-?{_HEX}{{12}}")


def _is_hostname(text: str) -> bool:
    from kgen.check import re2  # noqa: PLC0415  # rarely needed

    if not re2.compiled(_HOSTNAME).search(text) or len(text.encode()) > _LONGEST_HOSTNAME:
        return False
    return all(len(part.encode()) <= _LONGEST_LABEL for part in text.split("."))


def _is_uri(text: str) -> bool:
    from kgen.check.cel.urls import is_url  # noqa: PLC0415  # rarely needed

    return is_url(text)


def _is_email(text: str) -> bool:
    address = text.strip(" \t")
    if address.endswith(">"):
        address = address.rpartition("<")[2][:-1]
    return _like(rf'({_ATOM}(\.{_ATOM})*|"[^"\\\n]+")@({_ATOM}(\.{_ATOM})*|\[[^\]\\\[]*\])')(address)


def _is_ipv4(text: str) -> bool:
    if ":" in text:
        return "." in text and _is_ipv6(text)
    parts = text.split(".")  # leading zeros were fine before Go 1.17, so they still are
    return len(parts) == 4 and all(_like("0*[0-9]{1,3}")(part) and int(part[-3:]) < 256 for part in parts)  # noqa: PLR2004


def _is_ipv6(text: str) -> bool:
    from ipaddress import IPv6Address  # noqa: PLC0415  # slow to import, and rarely needed

    if "%" in text:
        return False
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_cidr(text: str) -> bool:
    address, _, bits = text.partition("/")
    if not _like("[0-9]{1,3}")(bits):
        return False
    return (":" in address and _is_ipv6(address) and int(bits) <= 128) or (  # noqa: PLR2004
        ":" not in address and _is_ipv4(address) and int(bits) <= 32  # noqa: PLR2004
    )


def _is_mac(text: str) -> bool:
    counts = "{5}|{7}|{19}"
    ways = [rf"{_HEX}{{2}}({sign}{_HEX}{{2}}){count}" for sign in ":-" for count in counts.split("|")]
    ways += [rf"{_HEX}{{4}}(\.{_HEX}{{4}}){count}" for count in ("{2}", "{3}", "{9}")]
    return any(_like(way)(text) for way in ways)


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not _like("[0-9]{9}[0-9X]")(digits):
        return False
    return sum((place + 1) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    return (
        _like("[0-9]{13}")(digits)
        and sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10 == 0
    )


def _is_card(text: str) -> bool:
    digits = re.sub("[^0-9]+", "", text)
    if not _pattern(_CARD).fullmatch(digits):
        return False
    doubled = [int(digit) * (1, 2)[place % 2] for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_date(text: str) -> bool:
    from kgen.check.cel.times import is_date  # noqa: PLC0415  # rarely needed

    found = _pattern(_DATE).fullmatch(text)
    return found is not None and is_date(int(found[1]), int(found[2]), int(found[3]))


def _is_datetime(text: str) -> bool:
    day, _, clock = text.lower().partition("t")
    found = _pattern(_CLOCK).fullmatch(clock.partition("t")[0])
    return found is not None and _is_date(day) and found[1] <= "23" and found[2] <= "59" and found[3] <= "59"


def _is_duration(text: str) -> bool:
    if _pattern(_GO_DURATION).fullmatch(text):
        return True
    units = [found[1].lower() for found in _pattern(_DURATION).finditer(text)]
    return any(unit in _UNITS or unit.startswith(_UNIT_STARTS) for unit in units)


def _named(pattern: str, longest: int) -> Test:
    return lambda text: len(text) <= longest and _like(pattern)(text)


FORMATS: Mapping[str, Test] = {
    "bsonobjectid": _like(f"{_HEX}{{24}}"),
    "byte": _like("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"),
    "cidr": _is_cidr,
    "creditcard": _is_card,
    "date": _is_date,
    "datetime": _is_datetime,
    "duration": _is_duration,
    "email": _is_email,
    "hexcolor": _like(f"#?({_HEX}{{3}}|{_HEX}{{6}})"),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "k8slongname": _named(rf"{_NAME}(\.{_NAME})*", _LONGEST_NAME),
    "k8sshortname": _named(_NAME, _LONGEST_LABEL),
    "mac": _is_mac,
    "password": lambda _: True,
    "rgbcolor": _like(rf"rgb\({_CHANNEL},{_CHANNEL},{_CHANNEL}\)"),
    "ssn": _like(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "uri": _is_uri,
    "uuid": _uuid(),
    "uuid3": _uuid("3"),
    "uuid4": _uuid("4", "[89abAB]"),
    "uuid5": _uuid("5", "[89abAB]"),
}
"""By name without dashes. Formats that are not here accept everything."""
