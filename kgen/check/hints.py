"""
The way out of a value that is wrong: how it would have to be written.

Most wrong values are right somewhere else: a command as in a shell, ports and variables as in Compose, sizes as in
everyday life. Nothing here is imported before there is a fault.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.check.fault import LONGEST_VALUE, Fault, Keyword, short
from kgen.check.misplaced import Named, along, type_name
from kgen.check.reading import at
from kgen.check.store import Store
from kgen.diag import Path
from kgen.words import listed

QUOTES = "put quotes around it"
ENCODED = "encode it as base64"
IN_DATA: Mapping[str, str] = {
    "Secret": f"put plain text below `stringData`, or {ENCODED}",
    "ConfigMap": f"put plain text below `data`, or {ENCODED}",
}
"""Where text goes in the kinds that have their data in base64."""

ENTRIES: Mapping[str, str] = {
    "ConfigMapEnvSource": "name",
    "ConfigMapVolumeSource": "name",
    "ContainerPort": "containerPort",
    "EnvVar": "name",
    "IngressBackend": "service",
    "IngressServiceBackend": "name",
    "LocalObjectReference": "name",
    "SecretEnvSource": "name",
    "SecretVolumeSource": "secretName",
    "ServicePort": "port",
    "TCPSocketAction": "port",
}
"""Types that people write as a single value → the field that the value is of."""

PAIRS: Mapping[str, tuple[str, str, str]] = {
    "ContainerPort": (":", "hostPort", "containerPort"),
    "EnvVar": ("=", "name", "value"),
    "ServicePort": (":", "port", "targetPort"),
    "VolumeMount": (":", "name", "mountPath"),
}
"""Types that Docker and Compose write as two values in one text → the sign between them, and the two fields."""

EMPTY = frozenset({"EmptyDirVolumeSource"})
"""Types that are of use without any field."""

INSTEAD: Mapping[tuple[str, str], str] = {
    ("EnvVar", "value"): "write `valueFrom` in place of `value` for a reference",
    ("ConfigMap", "data"): "a value is text: write `|` after the key, and the text below it",
    ("ServiceSpec", "selector"): "a Service selects by labels alone: write them directly below `selector`",
    ("ReplicationControllerSpec", "selector"): "write the labels directly below `selector`",
    ("PodSpec", "nodeSelector"): "write the labels directly below `nodeSelector`",
}
"""Type and field → what to do with a mapping or a list where there has to be text."""

MISSING: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(
        ((kind, "selector") for kind in ("DaemonSetSpec", "DeploymentSpec", "ReplicaSetSpec", "StatefulSetSpec")),
        "add `matchLabels`, with labels of the template",
    ),
    ("HTTPIngressPath", "pathType"): "add `pathType: Prefix`, or `Exact` for this path alone",
    ("RoleRef", "apiGroup"): "add `apiGroup: rbac.authorization.k8s.io`",
}
"""Type and field → what to add where the field is missing."""

_UNITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("b", "byte", "bytes", "core", "cores", "cpu", "cpus", "vcpu"), ("",)),
    **dict.fromkeys(("mcpu", "millicore", "millicores", "millicpu"), ("m",)),
    **{f"{letter.lower()}i": (f"{letter}i",) for letter in "KMGTPE"},
    **{f"{letter.lower()}ib": (f"{letter}i",) for letter in "KMGTPE"},
    **{letter.lower(): (letter,) for letter in "GTPE"},
    **{f"{letter.lower()}b": (letter, f"{letter}i") for letter in "MGTPE"},
    **dict.fromkeys(("k", "kb"), ("k", "Ki")),
}
"""Units in lower case, as people write them → as Kubernetes does."""

_EXACT = frozenset({"", "m", "M"})
"""Units that are right already."""

_MOST_MODE = 0o777
_FRACTION = "should be a whole number of bytes"
_OF_SHELLS = re.compile(r"[|&;<>$`*\n]")


class _Spot:
    """What is known about the place of a fault: of custom kinds, nothing but the value."""

    def __init__(self, value: Mapping[str, Any], path: Path, store: Store, version: str) -> None:
        definition = store.schema(version, value.get("apiVersion", ""), value.get("kind", ""))
        schemas = list(along(store, definition, path)) if definition else []
        is_known = len(schemas) > len(path)
        self.value = at(value, path)
        self.type: Named = schemas[-1] if is_known else ("", {})
        """Of the value; of a list, that of its entries."""

        # keys of a map and numbers of entries are nobody's fields: what counts is whose field the map or the list is
        steps = range(len(path) - 1 if is_known else len(schemas) - 2, -1, -1)
        step = next((step for step in steps if isinstance(path[step], str)), None)
        self.owner, self.key = ("", "") if step is None else (type_name(schemas[step]), str(path[step]))
        self.is_entry = isinstance(path[-1], int)

    @property
    def fields(self) -> Mapping[str, Any]:
        found = self.type[1].get("properties", {})
        return found if isinstance(found, dict) else {}

    @property
    def main(self) -> str:
        """Return the field that a single value is of."""
        required = self.type[1].get("required", ())
        return ENTRIES.get(type_name(self.type), required[0] if len(required) == 1 else "")


def hint(fault: Fault, value: Mapping[str, Any], store: Store, version: str) -> str:
    """Return what to do about ``fault`` of the object ``value``; empty if there is nothing to say."""
    if not fault.path:
        return ""
    spot = _Spot(value, fault.path, store, version)
    if fault.keyword is Keyword.TYPE:
        return _about_type(fault.message, spot)
    if fault.keyword is Keyword.REQUIRED:
        return MISSING.get((spot.owner, spot.key), "")
    if fault.keyword is Keyword.FORMAT and fault.message.startswith("must be base64"):
        return IN_DATA.get(str(value.get("kind")), ENCODED)
    if isinstance(spot.value, str):
        return _about_text(fault, spot)
    return _about_mode(fault, spot) if type(spot.value) is int else ""


def of_secret(fault: Fault) -> str:
    """Return what to do about ``fault`` of the data of a Secret, without a word of the value."""
    if fault.keyword is Keyword.FORMAT:
        return IN_DATA["Secret"]
    is_scalar = fault.message.endswith("`")
    return QUOTES if is_scalar and fault.message.startswith("must be a string") else ""


def _about_type(message: str, spot: _Spot) -> str:
    value = spot.value
    if message.startswith("must be a list"):
        return _list_of(value, spot)
    if message.startswith("must be a mapping"):
        return _mapping_of(value, spot)
    if message.startswith("must be a string"):
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str | int):
            return f"there can be one only: write `{short(value[0])}` without `- ` and brackets"
        if isinstance(value, dict | list):
            return INSTEAD.get((spot.owner, spot.key), "")
    return ""


def _list_of(value: Any, spot: _Spot) -> str:
    """Say how a list would be written that has ``value`` in it."""
    if isinstance(value, dict):
        return _list_of_pairs(value, spot)
    if value is None or isinstance(value, bool):
        return ""
    if spot.fields:
        return _entry_of(value, spot, "- ")
    if not isinstance(value, str):
        return ""
    words = _words(value) if spot.owner == "Container" and spot.key in {"command", "args"} else [value]
    quoted = ", ".join(f'"{word}"' for word in words)
    if len(quoted) > LONGEST_VALUE or '"' in value or "\\" in value:
        return "write a list: each entry on a line of its own after `- `"
    return f"write a list: `[{quoted}]`"


def _words(text: str) -> list[str]:
    """Return the words of a command; what only a shell understands is left to one."""
    if _OF_SHELLS.search(text):
        return ["sh", "-c", text]
    import shlex  # noqa: PLC0415  # seldom needed

    try:
        return shlex.split(text)
    except ValueError:  # a quote without its other half
        return ["sh", "-c", text]


def _list_of_pairs(value: Mapping[str, Any], spot: _Spot) -> str:
    """Say how a list of named things would be written that stands there as a mapping from name to thing."""
    if not value or not spot.fields:
        return ""
    if value.keys() & spot.fields.keys():
        return "write a list: `- ` before the first field of each entry"
    key, item = next(iter(value.items()))
    if "name" not in spot.fields:
        return ""
    if "value" in spot.fields and isinstance(item, str | int | float):
        return f"write a list: `- name: {short(key)}`, with `value: {short(_as_text(item))}` below `name`"
    return f"write a list: `- name: {short(key)}`, with the other fields below `name`"


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str) else f'"{short(value)}"'


def _mapping_of(value: Any, spot: _Spot) -> str:
    """Say how a mapping would be written that has ``value`` in it."""
    if isinstance(value, list):
        is_pairs = all(isinstance(each, dict) for each in value)
        return "it is no list: write its fields without `- `" if value and is_pairs else ""
    if type_name(spot.type) in EMPTY:
        return "write `{}`"
    if value is None or isinstance(value, bool):
        return ""
    return _entry_of(value, spot, "- " if spot.is_entry else "")


def _entry_of(value: Any, spot: _Spot, dash: str) -> str:
    """Return the mapping that a single value stands for, as an entry of a list if there is a ``dash``."""
    name = type_name(spot.type)
    sign, first, second = PAIRS.get(name, ("", "", ""))
    left, found, right = value.partition(sign) if sign and isinstance(value, str) else ("", "", "")
    if found:
        if ":" in right or (sign == ":" and first != "name" and not (left + right).isdecimal()):
            return ""
        return f"write `{dash}{first}: {short(left)}`, with `{second}: {short(right)}` below `{first}`"
    if name == "ServiceBackendPort":
        return f"write `{'number' if isinstance(value, int) else 'name'}: {short(value)}` below it"
    main = spot.main
    kinds = spot.fields.get(main, {}).get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if not main or kinds & {"array", "object"}:
        return ""
    if "integer" in kinds and "string" not in kinds and not str(value).isdecimal():
        return ""
    said = f"write `{dash}{main}: {short(value)}`"
    return said if dash else f"{said} below it"


def _about_text(fault: Fault, spot: _Spot) -> str:
    text = spot.value
    if fault.message.startswith(("must be a quantity", _FRACTION)):
        return _quantity(text, is_fraction=fault.message.startswith(_FRACTION))
    if text.isdecimal() and spot.type[1].get("format") == "int-or-string":
        return "remove the quotes"
    if fault.message.startswith(("must consist of `a` to `z`", "must start with a letter")):
        return _name(text, with_dots="`.`" in fault.message)
    return ""


def _quantity(text: str, *, is_fraction: bool) -> str:
    """
    Return the quantities that ``text`` was probably meant to be.

    >>> _quantity("256MB", is_fraction=False), _quantity("1,5 gi", is_fraction=False), _quantity("x", is_fraction=False)
    ('did you mean `256M` or `256Mi`?', 'did you mean `1.5Gi`?', '')
    """
    found = re.fullmatch(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*([A-Za-z]*)\s*", text, re.ASCII)
    if found is None:
        return ""
    number, unit = found[1].replace(",", "."), found[2]
    if is_fraction:
        return f"`m` is a thousandth: did you mean `{number}Mi`?" if unit == "m" else ""
    units = (unit,) if unit in _EXACT else _UNITS.get(unit.lower(), ())
    return f"did you mean {listed([number + each for each in units], 'or')}?" if units else ""


def _name(text: str, *, with_dots: bool) -> str:
    """
    Return the name that is nearest to ``text``.

    >>> _name("My_App", with_dots=True), _name("web.v1", with_dots=False), _name("http://a.b/c", with_dots=True)
    ('did you mean `my-app`?', 'did you mean `web-v1`?', 'did you mean `a.b`?')
    """
    rest = text.partition("://")[2].partition("/")[0] if "://" in text else text
    made = "".join(_characters(rest.lower(), with_dots=with_dots)).strip("-.")
    fits = re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", made) is not None
    return f"did you mean `{made}`?" if fits and made != text else ""


def _characters(text: str, *, with_dots: bool) -> Iterator[str]:
    for each in text:
        yield "-" if each in "_ " or (each == "." and not with_dots) else each


def _about_mode(fault: Fault, spot: _Spot) -> str:
    """Return the octal number that was meant with the digits of a decimal one."""
    digits = str(spot.value)
    if spot.key not in {"defaultMode", "mode"} or fault.keyword is not Keyword.INVALID or set(digits) - set("01234567"):
        return ""
    meant = int(digits, 8)
    return f"write it in octal, as `0{digits}`, or in decimal, as `{meant}`" if meant <= _MOST_MODE else ""
