"""
Rules of the API server about the annotations of pods and pod templates.

Some are older than the fields that replaced them: then annotation and field have to say the same.
"""

from __future__ import annotations

import re

from kgen.check.fault import field
from kgen.check.server.errors import forbidden, invalid, renamed
from kgen.check.server.kinds import entries, part
from kgen.check.server.tolerations import tolerations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

_MIRROR = "kubernetes.io/config.mirror"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations"
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/"
_APPARMOR_OF = "container.apparmor.security.beta.kubernetes.io/"
_LOCAL = "localhost/"
_LONGEST_PROFILE = 4095
_MOST = 2**31 - 1
_DEPRECATED = (
    ("scheduler.alpha.kubernetes.io/critical-pod", "priorityClassName"),
    ("security.alpha.kubernetes.io/sysctls", "securityContext.sysctls"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "securityContext.sysctls"),
)
_PROFILES = {
    "Unconfined": ("unconfined",),
    "RuntimeDefault": ("runtime/default", "docker/default"),
}
_NAMES = frozenset(name for names in _PROFILES.values() for name in names)
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def faults(pod: Mapping[str, Any], at: Path, *, is_template: bool) -> Iterator[Fault]:
    """Yield what is wrong with the annotations of the pod at ``at``."""
    annotations, spec = part(part(pod, "metadata"), "annotations"), part(pod, "spec")
    here = (*at, "metadata", "annotations")
    # of a template, the server leaves out `metadata`
    there = (*at, "annotations") if is_template else here
    if _MIRROR in annotations:
        yield from renamed(_mirror(spec, (*here, _MIRROR), is_template=is_template), here, there)
    if _DELETION_COST in annotations and not _is_integer(text := annotations[_DELETION_COST] or ""):
        cost = invalid("PANN002", (*here, _DELETION_COST), f"must be a whole number of 32 bits, but is `{text}`")
        yield from renamed([cost], here, there)
    if text := annotations.get(_TOLERATIONS):
        yield from _tolerations(text, here, field(there))
    containers = [
        (entry or {}, (*at, "spec", key, index))
        for key in _CONTAINERS
        for index, entry in enumerate(entries(spec, key))
    ]
    yield from _seccomp_values(annotations, here, field(there))
    yield from _seccomp_fields(annotations, spec, at, containers)
    names = {container.get("name") for container, _ in containers}
    yield from renamed(_apparmor_values(annotations, names, here), here, there)
    yield from _apparmor_fields(annotations, spec, containers, is_template=is_template)
    yield from _deprecated(annotations, spec, containers, here)


def _mirror(spec: Mapping[str, Any], at: Path, *, is_template: bool) -> Iterator[Fault]:
    if not spec.get("nodeName"):
        yield invalid("PANN001", at, "may only be set with `spec.nodeName`")
    elif not is_template and spec.get("serviceAccountName"):
        yield invalid("PANN001", at, "may not be set with `spec.serviceAccountName`")


def _is_integer(text: str) -> bool:
    if not re.fullmatch(r"-[0-9]+|0|[1-9][0-9]*", text):
        return False
    digits = text.lstrip("-").lstrip("0") or "0"
    return len(digits) <= len(str(_MOST)) and int(digits) <= _MOST + text.startswith("-")


def _tolerations(text: str, at: Path, named: str) -> Iterator[Fault]:
    values = _parsed(text)
    if values is None:
        message = "must hold a JSON list of tolerations"
        yield invalid("PANN008", (*at, _TOLERATIONS), message).named(named)
        return
    for fault in tolerations(values, ()):
        inside = field(fault.path)
        message = f"holds `{inside}`, which {fault.message}"
        yield invalid("PANN008", (*at, _TOLERATIONS), message).named(f"{named}.{_TOLERATIONS}{fault.field or inside}")


_OF_TOLERATION = {name.lower(): name for name in ("key", "operator", "value", "effect", "tolerationSeconds")}


def _parsed(text: str) -> list[Mapping[str, Any]] | None:
    """Return the tolerations that ``text`` holds; ``None`` if it does not. Upper and lower case are one to Go."""
    import json  # noqa: PLC0415  # few objects hold JSON

    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list | None) or not all(isinstance(value, dict | None) for value in values or ()):
        return None
    made: list[Mapping[str, Any]] = []
    for value in values or ():
        toleration = {_OF_TOLERATION.get(key.lower(), key): each for key, each in (value or {}).items()}
        if not all(isinstance(toleration.get(name), str | None) for name in ("key", "operator", "value", "effect")):
            return None
        if type(toleration.get("tolerationSeconds")) not in (int, type(None)):
            return None
        made.append(toleration)
    return made


def _seccomp_values(annotations: Mapping[str, Any], at: Path, named: str) -> Iterator[Fault]:
    for key, value in annotations.items():
        if key == _SECCOMP or key.startswith(_SECCOMP_OF):
            text = value or ""
            path = text.removeprefix(_LOCAL)
            message = ""
            if text.startswith(_LOCAL) and (path.startswith("/") or ".." in path.split("/")):
                message = f"must be a relative path without `..`, but is `{path}`"
            elif not text.startswith(_LOCAL) and text not in _NAMES:
                message = f"must be `runtime/default`, `unconfined` or `localhost/` and a path, but is `{text}`"
            if message:
                yield invalid("PANN003", (*at, key), message).named(f"{named}.{key}")


def _seccomp_fields(
    annotations: Mapping[str, Any], spec: Mapping[str, Any], at: Path, containers: list[tuple[Mapping[str, Any], Path]]
) -> Iterator[Fault]:
    if _SECCOMP in annotations:
        profile = part(spec, "securityContext").get("seccompProfile")
        where = (*at, "spec", "securityContext", "seccompProfile")
        yield from _difference("PANN004", annotations[_SECCOMP] or "", profile, where)
    for container, place in containers:
        key = f"{_SECCOMP_OF}{container.get('name')}"
        if key in annotations:
            field = part(container, "securityContext").get("seccompProfile")
            where = (*place, "securityContext", "seccompProfile")
            yield from _difference("PANN004", annotations[key] or "", field, where)


def _difference(row: str, text: str, field: Mapping[str, Any] | None, at: Path) -> Iterator[Fault]:
    """Yield how a field is unlike its annotation; one that is no profile is a fault of its own."""
    kind = (field or {}).get("type")
    if not field or (text and text not in _NAMES and not text.startswith(_LOCAL)):
        return
    if kind == "Localhost" and text.startswith(_LOCAL):
        if field.get("localhostProfile") != text.removeprefix(_LOCAL):
            yield forbidden(row, (*at, "localhostProfile"), f"must be as in the annotation, which is `{text}`")
    elif kind == "Localhost" or (kind in _PROFILES and text not in _PROFILES[kind]):
        yield forbidden(row, (*at, "type"), f"must be as in the annotation, which is `{text}`, but is `{kind}`")


def _apparmor_values(annotations: Mapping[str, Any], names: set[str | None], at: Path) -> Iterator[Fault]:
    for key, value in annotations.items():
        if key.startswith(_APPARMOR_OF):
            if (name := key.removeprefix(_APPARMOR_OF)) not in names:
                yield invalid("PANN005", (*at, key), f"is about the container `{name}`, which is not there")
            text = value or ""
            if text not in ("", "runtime/default", "unconfined") and not text.startswith(_LOCAL):
                message = f"must be `runtime/default`, `unconfined` or `localhost/` and a name, but is `{text}`"
                yield invalid("PANN006", (*at, key), message)


def _apparmor_fields(
    annotations: Mapping[str, Any],
    spec: Mapping[str, Any],
    containers: list[tuple[Mapping[str, Any], Path]],
    *,
    is_template: bool,
) -> Iterator[Fault]:
    if part(spec, "os").get("name") == "windows":
        return
    of_pod = part(spec, "securityContext").get("appArmorProfile")
    for container, place in containers:
        key = f"{_APPARMOR_OF}{container.get('name')}"
        if key in annotations:
            text = annotations[key] or ""
            field = part(container, "securityContext").get("appArmorProfile")
            if not field and not is_template and _is_usable(text):
                continue  # the server makes the field from the annotation
            yield from _difference("PANN007", text, field or of_pod, (*place, "securityContext", "appArmorProfile"))


def _is_usable(text: str) -> bool:
    profile = text.removeprefix(_LOCAL)
    if profile == text:
        return text in ("runtime/default", "unconfined")
    return 0 < len(profile) <= _LONGEST_PROFILE and profile.strip() == profile


def _deprecated(
    annotations: Mapping[str, Any],
    spec: Mapping[str, Any],
    containers: list[tuple[Mapping[str, Any], Path]],
    at: Path,
) -> Iterator[Fault]:
    found = [(key, field) for key, field in _DEPRECATED if key in annotations]
    of_pod = part(spec, "securityContext")
    if _SECCOMP in annotations and not of_pod.get("seccompProfile"):
        found.append((_SECCOMP, "securityContext.seccompProfile"))
    for container, _ in containers:
        context, name = part(container, "securityContext"), container.get("name")
        if f"{_SECCOMP_OF}{name}" in annotations and not context.get("seccompProfile"):
            found.append((f"{_SECCOMP_OF}{name}", "securityContext.seccompProfile"))
        key = f"{_APPARMOR_OF}{name}"
        if key in annotations and not context.get("appArmorProfile") and not _is_same(annotations[key], of_pod):
            found.append((key, "securityContext.appArmorProfile"))
    for key, other in found:
        yield invalid("PANN009", (*at, key), f"is deprecated, set `{other}` instead")


def _is_same(text: str | None, of_pod: Mapping[str, Any]) -> bool:
    field = of_pod.get("appArmorProfile")
    return bool(field) and not any(_difference("", text or "", field, ()))
