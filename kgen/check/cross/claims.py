"""
Pods and the claims that they mount: how many nodes may use a volume at once, and how.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import entries, mappings, number, part, text
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

    Mounted: TypeAlias = tuple[Mapping[str, Any], Path, Resource]
    """A volume, where it stands, and the claim that it names."""

_ONE_NODE, _ONE_POD, _READ_ONLY = "ReadWriteOnce", "ReadWriteOncePod", "ReadOnlyMany"
_SEVERAL_NODES = frozenset({"ReadWriteMany", "ReadOnlyMany"})
_ONCE = frozenset({"Deployment", "Rollout", "ReplicaSet", "ReplicationController"})
_MOST_RELATED = 3


def claims_of_one_node_by_several(resources: Resources) -> Iterator[Finding]:
    """Yield claims that only one node, or one pod, may use, and several are to."""
    highest: dict[tuple[str, str, str], int] | None = None
    for resource, template, mounted in _workloads(resources):
        for volume, path, claim in mounted:
            modes = _modes(claim)
            if not modes or not modes.isdisjoint(_SEVERAL_NODES):
                continue
            at = (*path, "persistentVolumeClaim", "claimName")
            if resource.kind == "DaemonSet":
                message = f"names {claim}, which is for one {_only(modes)}, and a DaemonSet has a pod on each node"
                helped = "use `ReadWriteMany` storage, or a volume of the node"
                yield _finding(resource, claim, "XVOL004", (at, message, helped))
            elif resource.kind in _ONCE and not _is_read_only(volume):
                highest = _highest(resources) if highest is None else highest
                pods = max(
                    number(resource.spec.get("replicas")) or 1 if resource.spec.get("replicas") != 0 else 0,
                    highest.get((resource.namespace, resource.kind, resource.name), 0),
                )
                yield from _of_replicas(resource, template, at, claim, pods)


def claims_shared_by_workloads(resources: Resources) -> Iterator[Finding]:
    """Yield claims for one node that the pods of several workloads mount."""
    users: dict[tuple[str, str], list[tuple[Resource, Path]]] = {}
    claims: dict[tuple[str, str], Resource] = {}
    for resource, template, mounted in _workloads(resources):
        for _, path, claim in mounted:
            modes = _modes(claim)
            if modes and modes.isdisjoint(_SEVERAL_NODES) and (_ONE_POD in modes or not _is_placed(template)):
                key = (claim.namespace, claim.name)
                claims[key] = claim
                known = users.setdefault(key, [])
                if not any(other is resource for other, _ in known):
                    known.append((resource, (*path, "persistentVolumeClaim", "claimName")))
    for key, using in users.items():
        if len(using) > 1:
            claim, (first, _), (resource, path) = claims[key], using[0], using[1]
            is_pod = _ONE_POD in _modes(claim)
            message = f"names {claim}, which is for one {_only(_modes(claim))}, and {first} mounts it too"
            helped = "use `ReadWriteMany` storage" + (
                "" if is_pod else ", or keep the pods on one node by a `podAffinity`"
            )
            others = [(other, at, "the other use") for other, at in (using[0], *using[2 : _MOST_RELATED + 1])]
            row = "XVOL003" if is_pod else "XVOL005"
            fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row=row)
            yield Finding(resource, fault, [(claim, ("spec", "accessModes"), "for whom it is"), *others])


def claims_read_only_but_written(resources: Resources) -> Iterator[Finding]:
    """Yield mounts that may write of claims that may only be read."""
    for resource, template, mounted in _workloads(resources):
        for volume, _, claim in mounted:
            if _modes(claim) == {_READ_ONLY} and not _is_read_only(volume):
                for path, mount in _uses(template, "volumeMounts", text(volume, "name")):
                    if mount.get("readOnly") is not True:
                        message = f"is not set, but {claim} can only be read: its only access mode is `{_READ_ONLY}`"
                        where = (*path, "readOnly")
                        yield _finding(resource, claim, "XVOL006", (where, message, "set `readOnly: true`"))


def claims_used_in_the_wrong_way(resources: Resources) -> Iterator[Finding]:
    """Yield block devices that are mounted as if they had files, and the other way round."""
    for resource, template, mounted in _workloads(resources):
        for volume, _, claim in mounted:
            yield from _wrong_way(resource, template, text(volume, "name"), claim, text(claim.spec, "volumeMode"))
    for resource in resources.of("apps", "StatefulSet"):
        for _, made in mappings(resource.value, "spec", "volumeClaimTemplates"):
            if resource.template is not None:
                name, mode = text(made, "metadata", "name"), text(made, "spec", "volumeMode")
                yield from _wrong_way(resource, resource.template, name, None, mode)


def _of_replicas(resource: Resource, template: Template, at: Path, claim: Resource, pods: int) -> Iterator[Finding]:
    modes = _modes(claim)
    is_pod = _ONE_POD in modes
    if pods > 1 and (is_pod or not _is_placed(template)):
        message = f"names {claim}, which is for one {_only(modes)}, and there are {pods} pods"
        helped = "use `ReadWriteMany` storage, one replica, or a StatefulSet with a claim for each pod"
        yield _finding(resource, claim, "XVOL003" if is_pod else "XVOL001", (at, message, helped))
    elif pods and resource.kind == "Deployment" and _starts_first(resource) and (is_pod or not _is_placed(template)):
        message = (
            f"names {claim}, which is for one {_only(modes)}, and a rollout starts the new pod before the old one ends"
        )
        helped = "set `strategy: {type: Recreate}`"
        yield _finding(resource, claim, "XVOL003" if is_pod else "XVOL002", (at, message, helped))


def _starts_first(resource: Resource) -> bool:
    strategy = part(resource.spec, "strategy")
    if (text(strategy, "type") or "RollingUpdate") != "RollingUpdate":
        return False
    return part(strategy, "rollingUpdate").get("maxSurge", 1) not in (0, "0%", "0")


def _wrong_way(
    resource: Resource, template: Template, name: str, claim: Resource | None, mode: str
) -> Iterator[Finding]:
    wrong = "volumeMounts" if mode == "Block" else "volumeDevices"
    right = "volumeDevices" if mode == "Block" else "volumeMounts"
    for path, _ in _uses(template, wrong, name) if name else ():
        what = "a block device" if mode == "Block" else "a file system"
        message = f"uses `{name}`, which is {what}, so it belongs to `{right}`"
        fault = Fault(
            keyword=Keyword.INVALID,
            path=(*path, "name"),
            message=message,
            help=f"move it to `{right}`, or change `volumeMode` of the claim",
            row="XVOL007",
        )
        yield Finding(resource, fault, [(claim, ("spec",), "the claim")] if claim else ())


def _workloads(resources: Resources) -> Sequence[tuple[Resource, Template, list[Mounted]]]:
    """Return the workloads that mount claims of the set, with their volumes."""
    found: list[tuple[Resource, Template, list[Mounted]]] | None = resources.memo.get("mounted claims")
    if found is None:
        is_any = bool(resources.of("", "PersistentVolumeClaim"))
        found = resources.memo["mounted claims"] = list(_mounting(resources)) if is_any else []
    return found


def _mounting(resources: Resources) -> Iterator[tuple[Resource, Template, list[Mounted]]]:
    for resource in resources.all_workloads():
        template = resource.template
        if template is None or "volumes" not in template.spec:
            continue
        mounted: list[Mounted] = []
        for index, volume in mappings(template.spec, "volumes"):
            name = text(volume, "persistentVolumeClaim", "claimName")
            claim = resources.get("", "PersistentVolumeClaim", resource.namespace, name) if name else None
            if claim is not None:
                mounted.append((volume, (*template.at_spec, "volumes", index), claim))
        if mounted:
            yield resource, template, mounted


def _highest(resources: Resources) -> dict[tuple[str, str, str], int]:
    """Return how many pods autoscalers may make of a workload."""
    found = {}
    for each in resources.of("autoscaling", "HorizontalPodAutoscaler"):
        target = part(each.spec, "scaleTargetRef")
        found[each.namespace, text(target, "kind"), text(target, "name")] = number(each.spec, "maxReplicas") or 0
    return found


def _uses(template: Template, field: str, name: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for at, container in template.containers():
        for index, use in mappings(container, field) if field in container else ():
            if use.get("name") == name:
                yield (*at, field, index), use


def _modes(claim: Resource) -> set[str]:
    return {mode for mode in entries(claim.spec, "accessModes") if isinstance(mode, str)}


def _only(modes: set[str]) -> str:
    return "pod" if _ONE_POD in modes else "node"


def _is_read_only(volume: Mapping[str, Any]) -> bool:
    return part(volume, "persistentVolumeClaim").get("readOnly") is True


def _is_placed(template: Template) -> bool:
    """Tell whether the pods are kept together, so that one node is enough."""
    spec = template.spec
    selector = part(spec, "nodeSelector")
    return bool(part(spec, "affinity", "podAffinity") or spec.get("nodeName") or "kubernetes.io/hostname" in selector)


def _finding(resource: Resource, claim: Resource, row: str, fault: tuple[Path, str, str]) -> Finding:
    path, message, helped = fault
    made = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row=row)
    modes = listed([mode for mode in entries(claim.spec, "accessModes") if isinstance(mode, str)])
    return Finding(resource, made, [(claim, ("spec", "accessModes"), f"its access modes: {modes}")])


DEFAULT = (
    claims_of_one_node_by_several,
    claims_shared_by_workloads,
    claims_read_only_but_written,
    claims_used_in_the_wrong_way,
)
STRICT = ()
OFF = ()
