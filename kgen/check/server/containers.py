"""Rules of the API server about pods: containers."""

from __future__ import annotations

from kgen.check.server import container_ports, environment, mounts, probes, restarts
from kgen.check.server.errors import duplicate, forbidden, invalid, not_found, required, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.texts import dns_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

    Placed: TypeAlias = tuple[Path, Mapping[str, Any]]
    """A container, and its path."""

LISTS = ("containers", "initContainers", "ephemeralContainers")
CHOICES = (
    ("CTR007", "imagePullPolicy", frozenset({"Always", "IfNotPresent", "Never"})),
    ("CTR008", "terminationMessagePolicy", frozenset({"File", "FallbackToLogsOnError"})),
)
"""Enumerations that have a default: empty is as good as missing."""

NOT_EPHEMERAL = (
    *("ports", "resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"),
    *("resizePolicy", "restartPolicy", "restartPolicyRules"),
)

_STARTUP = frozenset({*probes.PROBES, "lifecycle", "resizePolicy", "restartPolicy", "restartPolicyRules"})
"""Fields about how a container starts, and starts again."""


def faults(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the pod at ``at``."""
    is_pod = context.kind == "Pod"
    placed = [
        ((*at, key, index), ctr or {}) for key in LISTS if key in spec for index, ctr in enumerate(entries(spec, key))
    ]
    if not entries(spec, "containers"):
        yield required("CTR001", (*at, "containers"), "with at least one container")
    if entries(spec, "ephemeralContainers"):
        yield _ephemeral_fault((*at, "ephemeralContainers"), is_pod=is_pod)
    volumes = mounts.Volumes(spec, has_claims=context.kind == "StatefulSet")
    names: set[str] = set()
    has_rare_ports = container_ports.are_rare(spec, placed)
    for place, ctr in placed:
        yield from _common_faults(ctr, place, names, is_pod=is_pod)
        if has_rare_ports and ctr.get("ports"):
            yield from container_ports.faults(ctr, place)
        if ctr.get("env") or ctr.get("envFrom"):
            yield from environment.faults(ctr, place, volumes, context)
        if ctr.get("volumeMounts") or ctr.get("volumeDevices"):
            yield from mounts.faults(ctr, place, volumes, context)
        if place[-2] == "ephemeralContainers" or not _STARTUP.isdisjoint(ctr):
            yield from _startup_faults(ctr, place, spec, context)
    if has_rare_ports:
        yield from container_ports.host_port_faults(spec, at, is_pod=is_pod)
        yield from container_ports.warnings(spec, placed, is_pod=is_pod)
    if entries(spec, "ephemeralContainers"):
        yield from _target_faults(spec, placed)


def _common_faults(ctr: Mapping[str, Any], at: Path, names: set[str], *, is_pod: bool) -> Iterator[Fault]:
    name = ctr.get("name")
    if not name:
        yield required("CTR002", (*at, "name"))
    else:
        if wrong := dns_label(name):
            yield invalid("CTR003", (*at, "name"), wrong)
        if name in names:
            yield duplicate("CTR004", (*at, "name"), name, "another container of the pod")
        names.add(name)
    image = ctr.get("image")
    if not image:
        yield required("CTR005", (*at, "image"))
    elif is_pod and image != image.strip():
        yield invalid("CTR006", (*at, "image"), f"must not begin or end with white space, but is {image!a}")
    for row, field, allowed in CHOICES:
        value = ctr.get(field)
        if value and value not in allowed:
            yield unsupported(row, (*at, field), value, allowed)


def _startup_faults(ctr: Mapping[str, Any], at: Path, spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the fields that not every sort of container may have."""
    match at[-2]:
        case "ephemeralContainers":
            yield from _not_ephemeral_faults(ctr, at)
            return
        case "initContainers" if ctr.get("restartPolicy") != "Always":
            for key in (*probes.PROBES, "lifecycle"):
                if ctr.get(key) is not None:
                    message = "may be set only for init containers with restartPolicy `Always`"
                    yield forbidden("CTR051", (*at, key), message)
        case _:
            yield from probes.faults(ctr, at, spec, context)
    yield from restarts.faults(ctr, at, context, spec.get("restartPolicy") or "Always")


def _ephemeral_fault(at: Path, *, is_pod: bool) -> Fault:
    if is_pod:
        return forbidden("CTR059", at, "may not be set when a Pod is created, only added to a running one")
    return forbidden("CTR060", at, "may not be set in a pod template")


def _not_ephemeral_faults(ctr: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for key in NOT_EPHEMERAL:
        if ctr.get(key):
            yield forbidden("CTR061", (*at, key), "may not be set for an ephemeral container")
    for index, mount in enumerate(entries(ctr, "volumeMounts")):
        for key in ("subPath", "subPathExpr"):
            if mount and mount.get(key):
                message = "may not be set for an ephemeral container"
                yield forbidden("CTR061", (*at, "volumeMounts", index, key), message)


def _target_faults(spec: Mapping[str, Any], placed: Sequence[Placed]) -> Iterator[Fault]:
    known = {ctr.get("name") for key in LISTS[:2] for ctr in entries(spec, key) if ctr}
    for at, ctr in placed:
        target = ctr.get("targetContainerName")
        if target and at[-2] == "ephemeralContainers" and target not in known:
            row = "CTR062"
            yield not_found(row, (*at, "targetContainerName"), target, [name for name in known if name])
