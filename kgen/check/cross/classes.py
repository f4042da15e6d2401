"""
Classes that objects name: of storage, Ingresses, priorities, runtimes. They are the cluster's, and seldom in a set.

So a missing one is only sure if the set has almost this one.
"""

from __future__ import annotations

from kgen.check.cross.near import is_typo, near_miss
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import mappings, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Use: TypeAlias = tuple[Resource, Path, str, str, str]
    """Who names what: the object, where, row, API group and kind of the class."""

_STORAGE = "storage.k8s.io"
_SYSTEM = frozenset({"system-node-critical", "system-cluster-critical"})
_KINDS = (
    ("scheduling.k8s.io", "PriorityClass"),
    ("node.k8s.io", "RuntimeClass"),
    (_STORAGE, "StorageClass"),
    (_STORAGE, "VolumeAttributesClass"),
    ("networking.k8s.io", "IngressClass"),
)
_ANNOTATION = "kubernetes.io/ingress.class"
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"


def classes_misspelt(resources: Resources) -> Iterator[Finding]:
    """Yield names of classes that the set has not got, but almost."""
    if not any(resources.of(*kind) for kind in _KINDS):
        return
    for resource, path, row, group, kind in _uses(resources):
        name = _missing(resources, resource, path, (group, kind))
        if name and any(is_typo(name, each.name) for each in resources.of(group, kind)):
            helped, near = near_miss(resources, group, kind, "", name)
            message = f"names the {kind} `{name}`, which is not there"
            fault = Fault(keyword=Keyword.NOT_FOUND, path=path, message=message, help=helped, row=row)
            yield Finding(resource, fault, [(near, ("metadata", "name"), "this one is there")] if near else ())


def classes_not_in_the_set(resources: Resources) -> Iterator[Finding]:
    """Yield names of classes that have to be in the cluster already, the first time that each is named."""
    seen: set[tuple[str, str]] = set()
    for resource, path, _, group, kind in _uses(resources):
        name = _missing(resources, resource, path, (group, kind))
        if not name or (kind, name) in seen or any(is_typo(name, each.name) for each in resources.of(group, kind)):
            continue
        seen.add((kind, name))
        message = f"names the {kind} `{name}`, which has to be in the cluster already"
        helped = f"declare it in kgen.yaml, so that a slip in the name is found: `external: [{kind}/{name}]`"
        yield Finding(
            resource, Fault(keyword=Keyword.NOT_FOUND, path=path, message=message, help=helped, row="XREF023")
        )


def ingresses_without_class(resources: Resources) -> Iterator[Finding]:
    """Yield Ingresses that only a default class of the cluster serves."""
    classes = resources.of("networking.k8s.io", "IngressClass")
    if any(part(each.value, "metadata", "annotations").get(_DEFAULT) == "true" for each in classes):
        return
    for ingress in resources.of("networking.k8s.io", "Ingress"):
        annotations = part(ingress.value, "metadata", "annotations")
        if not text(ingress.spec, "ingressClassName") and _ANNOTATION not in annotations:
            message = "is missing, so the Ingress is served only if the cluster has a default IngressClass"
            helped = "name the class of the controller, as in `ingressClassName: nginx`"
            path = ("spec", "ingressClassName")
            yield Finding(
                ingress, Fault(keyword=Keyword.REQUIRED, path=path, message=message, help=helped, row="XREF014")
            )


def _missing(resources: Resources, resource: Resource, path: Path, kind: tuple[str, str]) -> str:
    value: object = resource.value
    for key in path:
        value = value[key]  # type: ignore[index]  # _uses has been there
    name = str(value)
    return "" if name in _SYSTEM or resources.has(*kind, "", name) else name


def _uses(resources: Resources) -> Iterator[Use]:
    for resource in resources.all_workloads():
        template = resource.template
        if template is not None:
            for key, row, (group, kind) in (
                ("priorityClassName", "XREF010", _KINDS[0]),
                ("runtimeClassName", "XREF011", _KINDS[1]),
            ):
                if text(template.spec, key):
                    yield resource, (*template.at_spec, key), row, group, kind
    yield from _of_storage(resources)
    for ingress in resources.of("networking.k8s.io", "Ingress"):
        if text(ingress.spec, "ingressClassName"):
            yield ingress, ("spec", "ingressClassName"), "XREF013", "networking.k8s.io", "IngressClass"


def _of_storage(resources: Resources) -> Iterator[Use]:
    classes_of_volumes = {text(each.spec, "storageClassName") for each in resources.of("", "PersistentVolume")}
    places: list[tuple[Resource, Path, object]] = [
        (each, ("spec",), each.spec) for each in resources.of("", "PersistentVolumeClaim")
    ]
    for each in resources.of("apps", "StatefulSet"):
        for index, claim in mappings(each.value, "spec", "volumeClaimTemplates"):
            places.append((each, ("spec", "volumeClaimTemplates", index, "spec"), part(claim, "spec")))
    for resource, path, spec in places:
        name = text(spec, "storageClassName")
        if name and name not in classes_of_volumes:
            yield resource, (*path, "storageClassName"), "XREF012", _STORAGE, "StorageClass"
        if text(spec, "volumeAttributesClassName"):
            yield resource, (*path, "volumeAttributesClassName"), "XREF016", _STORAGE, "VolumeAttributesClass"


DEFAULT = (classes_misspelt,)
STRICT = (classes_not_in_the_set, ingresses_without_class)
OFF = ()
