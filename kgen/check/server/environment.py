"""Rules of the API server about pods: environment variables of containers."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from kgen.check.server.amounts import amount
from kgen.check.server.errors import invalid, not_found, required, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.texts import (
    backstep,
    config_key,
    dns_label,
    dns_subdomain,
    environment_name,
    qualified_name,
    strict_environment_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
PATHS = frozenset(
    {
        *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"),
        *("status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
    }
)
SUBSCRIPTED = frozenset({"metadata.labels", "metadata.annotations"})
KNOWN_PATHS = frozenset({*PATHS, *SUBSCRIPTED, "spec.host", "spec.restartPolicy", "spec.schedulerName", "status.phase"})
"""What the server knows of a pod, but does not give to environment variables either."""

RESOURCES = frozenset(
    {
        *("limits.cpu", "limits.memory", "limits.ephemeral-storage"),
        *("requests.cpu", "requests.memory", "requests.ephemeral-storage"),
    }
)
HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_CPU_DIVISORS = frozenset({Fraction(1), Fraction(1, 1000)})
_DIVISORS = frozenset(Fraction(1000**power) for power in range(7))
_BINARY_DIVISORS = frozenset(Fraction(1024**power) for power in range(1, 7))
_RELAXED = (1, 32)
_WITH_FILES = (1, 35)


def faults(ctr: Mapping[str, Any], at: Path, volumes: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about ``env`` and ``envFrom`` of the container at ``at``."""
    strict = context.version < _RELAXED
    name_of = strict_environment_name if strict else environment_name
    earlier = set()
    for index, variable in enumerate(entries(ctr, "env")):
        variable = variable or {}  # noqa: PLW2901  # an entry may be null
        name = variable.get("name")
        if not name:
            yield required("CTR020", (*at, "env", index, "name"))
        elif wrong := name_of(name):
            yield invalid("CTR022" if strict else "CTR021", (*at, "env", index, "name"), wrong)
        elif name in earlier and _hides(variable, name):
            message = f"sets `{name}` again: this hides the earlier value, and an apply may drop it"
            yield invalid("CTR037", (*at, "env", index), message)
        earlier.add(name)
        if variable.get("valueFrom") is not None:
            yield from _value_from_faults(variable, (*at, "env", index, "valueFrom"), volumes, context)
    for index, source in enumerate(entries(ctr, "envFrom")):
        yield from _env_from_faults(source or {}, (*at, "envFrom"), index, name_of)


def _hides(variable: Mapping[str, Any], name: str) -> bool:
    value = variable.get("value") or ""
    own = f"$({name})"
    return variable.get("valueFrom") is not None or value == own or own not in value


def _value_from_faults(
    variable: Mapping[str, Any], at: Path, volumes: Mapping[str, Any], context: Context
) -> Iterator[Fault]:
    source = variable["valueFrom"]
    given = [key for key in SOURCES if source.get(key) is not None]
    if context.version < _WITH_FILES and "fileKeyRef" in given:
        given.remove("fileKeyRef")  # before, the server drops it
    for key in given:
        match key:
            case "fieldRef":
                yield from _field_faults(source[key], (*at, key))
            case "resourceFieldRef":
                yield from _resource_faults(source[key], (*at, key))
            case "fileKeyRef":
                yield from _file_faults(source[key], (*at, key), volumes)
            case _:
                yield from _key_faults(source[key], (*at, key))
    if not given:
        yield invalid(
            "CTR023", at, "must have one of `configMapKeyRef`, `fieldRef`, `resourceFieldRef`, `secretKeyRef`"
        )
    elif variable.get("value"):
        yield invalid("CTR025", at, "may not be set beside `value`")
    elif len(given) > 1:
        yield invalid("CTR024", at, f"must have one source only, but has {' and '.join(f'`{key}`' for key in given)}")


def _field_faults(reference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    path = reference.get("fieldPath")
    if not path:
        yield required("CTR027", (*at, "fieldPath"))
        return
    if (version := reference.get("apiVersion") or "v1") != "v1":
        yield invalid("CTR026", (*at, "fieldPath"), f"must be a path of apiVersion `v1`, but is one of `{version}`")
    elif path not in PATHS and path != "spec.host":
        yield from _rare_field_faults(path, at)


def _rare_field_faults(path: str, at: Path) -> Iterator[Fault]:
    name, opened, key = path.partition("['")
    if name and opened and path.endswith("']"):
        key = key[:-2]
        if name not in SUBSCRIPTED:
            yield invalid("CTR026", (*at, "fieldPath"), f"may have no key in brackets for `{name}`, but is `{path}`")
        elif wrong := qualified_name(key.lower() if name == "metadata.annotations" else key):
            yield invalid("CTR026", at, f"has a key in brackets that {wrong}")
    elif path in KNOWN_PATHS:
        yield unsupported("CTR026", (*at, "fieldPath"), path, (*PATHS, *_subscripts()))
    else:
        fault = unsupported("CTR026", (*at, "fieldPath"), path, (*PATHS, *_subscripts()))
        yield invalid("CTR026", fault.path, fault.message, fault.help)


def _subscripts() -> Iterator[str]:
    return (f"{name}['key']" for name in SUBSCRIPTED)


def _resource_faults(reference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    resource = reference.get("resource")
    if not resource:
        yield required("CTR028", (*at, "resource"))
        return
    if resource not in RESOURCES and not resource.startswith(HUGE_PAGES):
        yield unsupported(
            "CTR028", (*at, "resource"), resource, (*RESOURCES, *(f"{name}<size>" for name in HUGE_PAGES))
        )
    elif (divisor := reference.get("divisor")) is not None and not _is_divisor(divisor, resource):
        most = "`1` or `1m`" if resource.endswith(".cpu") else "`1`, `1k` to `1E`, or `1Ki` to `1Ei`"
        yield invalid("CTR029", (*at, "divisor"), f"must be {most} for `{resource}`, but is `{divisor}`")


@lru_cache(maxsize=1000)
def _is_divisor(divisor: str | float, resource: str) -> bool:
    """Tell whether the server's spelling of a divisor is one that it knows."""
    divided = amount(divisor)
    text = str(divisor)
    if not divided:
        return True
    if re.search(r"[eE][+-]?[0-9]+$", text):
        return False  # it keeps the exponent
    is_cpu = resource.endswith(".cpu")
    if text.endswith("i") and divided >= 1024:  # noqa: PLR2004  # below, it writes no suffix
        return not is_cpu and divided in _BINARY_DIVISORS
    return divided in (_CPU_DIVISORS if is_cpu else _DIVISORS)


def _key_faults(reference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield the faults of a ``configMapKeyRef`` or ``secretKeyRef``."""
    if wrong := dns_subdomain(reference.get("name") or ""):
        yield invalid("CTR030", (*at, "name"), wrong)
    key = reference.get("key")
    if not key:
        yield required("CTR031", (*at, "key"))
    elif wrong := config_key(key):
        yield invalid("CTR031", (*at, "key"), wrong)


def _file_faults(reference: Mapping[str, Any], at: Path, volumes: Mapping[str, Any]) -> Iterator[Fault]:
    checks: tuple[tuple[str, Callable[[str], str]], ...]
    checks = (("key", environment_name), ("volumeName", dns_label), ("path", backstep))
    for field, check in checks:
        value = reference.get(field)
        if not value:
            yield required("CTR032", (*at, field))
        elif wrong := check(value):
            yield invalid("CTR032", (*at, field), wrong)
    name = reference.get("volumeName")
    if not name:
        return
    if name not in volumes:
        yield not_found("CTR033", (*at, "volumeName"), name, volumes)
    elif volumes[name] not in ("", "emptyDir"):
        message = f"must name a volume with `emptyDir`, but `{name}` is one with `{volumes[name]}`"
        yield invalid("CTR033", (*at, "volumeName"), message)


def _env_from_faults(source: Mapping[str, Any], at: Path, index: int, check: Callable[[str], str]) -> Iterator[Fault]:
    prefix = source.get("prefix")
    if prefix and (wrong := check(prefix)):
        yield invalid("CTR036", (*at, index, "prefix"), wrong)
    given = [key for key in ("configMapRef", "secretRef") if source.get(key) is not None]
    for key in given:
        name = source[key].get("name")
        if not name:
            yield required("CTR035", (*at, index, key, "name"))
        # the server takes it for the beginning of a name, which may end in a dash
        elif wrong := dns_subdomain(f"{name[:-2]}a" if len(name) > 1 and name.endswith("-") else name):
            yield invalid("CTR035", (*at, index, key, "name"), wrong)
    if len(given) != 1:
        many = "both" if given else "neither"
        message = f"must have either `configMapRef` or `secretRef` in entry {index}, but has {many}"
        yield invalid("CTR034", at, message)
