"""
The way out of a value that is wrong: how it would have to be written.

Most wrong values are right somewhere else: a command as in a shell, ports and variables as in Compose, sizes as in
everyday life. Nothing here is imported before there is a fault.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kgen.check.fault import LONGEST_VALUE, Fault, Keyword, short
from kgen.check.meant import meant
from kgen.check.misplaced import Named, along, type_name
from kgen.check.reading import at
from kgen.check.store import Store
from kgen.diag import Path

WITHOUT_DASH = "it is no list: write its fields without `- `"
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
    "DaemonSetUpdateStrategy": "type",
    "DeploymentStrategy": "type",
    "EnvVar": "name",
    "IngressServiceBackend": "name",
    "LocalObjectReference": "name",
    "NetworkPolicyPort": "port",
    "SecretEnvSource": "name",
    "SecretVolumeSource": "secretName",
    "ServicePort": "port",
    "StatefulSetUpdateStrategy": "type",
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

LISTS: Mapping[str, str] = {"Capabilities": "add", "ExecAction": "command"}
"""Types that people write as a list, or a text, → the field that has the list."""

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

_OF_USER = "write the number, which `id` prints in the container: a server knows no names of users and groups"
NUMBERS: Mapping[tuple[str, str], str] = {
    (kind, key): _OF_USER
    for kind in ("PodSecurityContext", "SecurityContext")
    for key in ("fsGroup", "runAsGroup", "runAsUser")
}
"""Type and field → what to write in place of a word."""

MISSING: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(
        ((kind, "selector") for kind in ("DaemonSetSpec", "DeploymentSpec", "ReplicaSetSpec", "StatefulSetSpec")),
        "add `matchLabels`, with labels of the template",
    ),
    ("HTTPIngressPath", "pathType"): "add `pathType: Prefix`, or `Exact` for this path alone",
    ("RoleRef", "apiGroup"): "add `apiGroup: rbac.authorization.k8s.io`",
}
"""Type and field → what to add where the field is missing."""

_OF_SHELLS = re.compile(r"[|&;<>$`*\n]")


class _Spot:
    """What is known about the place of a fault: of custom kinds, nothing but the value."""

    def __init__(self, value: Mapping[str, Any], path: Path, store: Store, version: str) -> None:
        definition = store.schema(version, value.get("apiVersion", ""), value.get("kind", ""))
        schemas = list(along(store, definition, path)) if definition else []
        self.is_known = len(schemas) > len(path)
        self.value = at(value, path)
        self.type: Named = schemas[-1] if self.is_known else ("", {})
        """Of the value; of a list, that of its entries."""

        # keys of a map and numbers of entries are nobody's fields: what counts is whose field the map or the list is
        steps = range(len(path) - 1 if self.is_known else len(schemas) - 2, -1, -1)
        step = next((step for step in steps if isinstance(path[step], str)), None)
        self.owner, self.key = ("", "") if step is None else (type_name(schemas[step]), str(path[step]))
        self.is_entry = isinstance(path[-1], int)
        self._store = store

    @property
    def fields(self) -> Mapping[str, Any]:
        found = self.type[1].get("properties", {})
        return found if isinstance(found, dict) else {}

    @property
    def main(self) -> str:
        """Return the field that a single value is of."""
        required = self.type[1].get("required", ())
        return ENTRIES.get(type_name(self.type), required[0] if len(required) == 1 else "")

    def kinds(self, name: str) -> frozenset[str]:
        """Return the JSON types that the field ``name`` takes."""
        schema = self.fields.get(name, {})
        schema = self._store.definition(schema["$ref"]) if "$ref" in schema else schema
        found = schema.get("type", ())
        return frozenset({found} if isinstance(found, str) else found)


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
    accepts_both = spot.type[1].get("format") == "int-or-string"
    if accepts_both and isinstance(spot.value, str) and spot.value.isdecimal():
        return "remove the quotes"
    return meant(fault.message, spot.value, spot.key)


def hint_of_secret(fault: Fault) -> str:
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
    if message.startswith("must be an integer") and isinstance(value, str):
        number = re.fullmatch(r"(\d+) ?(%|s|secs?|seconds?)", value, re.ASCII)
        return f"write `{number[1]}`" if number else NUMBERS.get((spot.owner, spot.key), "")
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
    if not (isinstance(value, str) and spot.is_known):
        return ""
    words = _words(value) if spot.owner == "Container" and spot.key in {"command", "args"} else [value]
    listed_ = _in_brackets(words)
    return f"write a list: `{listed_}`" if listed_ else "write a list: each entry on a line of its own after `- `"


def _in_brackets(words: Sequence[str]) -> str:
    """Return a list of texts on one line; nothing if they are too long or too difficult for that."""
    made = ", ".join(f'"{word}"' for word in words)
    return "" if len(made) > LONGEST_VALUE or any(sign in word for word in words for sign in '"\\') else f"[{made}]"


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
        written = short(item) if isinstance(item, str) else f'"{short(item)}"'
        return f"write a list: `- name: {short(key)}`, with `value: {written}` below `name`"
    return f"write a list: `- name: {short(key)}`, with the other fields below `name`"


def _mapping_of(value: Any, spot: _Spot) -> str:
    """Say how a mapping would be written that has ``value`` in it."""
    name = type_name(spot.type)
    others = spot.type[1].get("additionalProperties")
    if isinstance(others, dict) and "type" in others:
        return _pairs(value)
    if name in LISTS and isinstance(value, list | str):
        words = _words(value) if isinstance(value, str) else [str(each) for each in value]
        made = _in_brackets(words)
        return f"write `{LISTS[name]}: {made}` below it" if made else ""
    if isinstance(value, list):
        return WITHOUT_DASH if _is_of_mappings(value) else ""
    if name in EMPTY:
        return "write `{}`"
    if value is None or isinstance(value, bool):
        return ""
    return _entry_of(value, spot, "- " if spot.is_entry else "")


def _is_of_mappings(value: Sequence[Any]) -> bool:
    return bool(value) and all(isinstance(each, dict) for each in value)


def _pairs(value: Any) -> str:
    """Say how labels and the like would be written that stand there as text, or as a list."""
    if isinstance(value, list) and _is_of_mappings(value):
        return WITHOUT_DASH
    first = value[0] if isinstance(value, list) and value else value
    found = re.fullmatch(r"([^\s=:]+)[=:]\s*([^\s=,]+).*", first) if isinstance(first, str) else None
    return (
        f"write `{short(found[1])}: {short(found[2])}` below it" if found else "write pairs below it, as `name: value`"
    )


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
    kinds = spot.kinds(main)
    if not kinds or kinds & {"array", "object"}:
        return ""
    if "integer" in kinds and "string" not in kinds and not str(value).isdecimal():
        return ""
    said = f"write `{dash}{main}: {short(value)}`"
    return said if dash else f"{said} below it"
