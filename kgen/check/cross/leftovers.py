"""Traces of something that is no longer there: owners from a cluster, unused configuration, stale declarations."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_NAME = ("metadata", "name")
_PLAIN_LABELS = ("app.kubernetes.io/", "helm.sh/", "kustomize.toolkit.fluxcd.io/", "argocd.argoproj.io/")
_APP_LABELS = frozenset({"app", "k8s-app", "name", "chart", "release", "heritage", "component", "tier", "version"})
_READ_BY_TYPE = "kubernetes.io/"


def objects_with_owner(resources: Resources) -> Iterator[Finding]:
    """Yield objects with an owner, which only a cluster can give them: its identity is another in each."""
    for each in resources.all:
        if each.has_owner and each.name:
            message = "names an owner by the identity that it has in one cluster: elsewhere the object is deleted again"
            helped = "remove it: the controller that owns the object sets it"
            path = ("metadata", "ownerReferences")
            yield Finding(
                each, Fault(keyword=Keyword.FORBIDDEN, path=path, message=message, help=helped, row="XREF015")
            )


def declared_and_there(resources: Resources) -> Iterator[Finding]:
    """Yield objects that kgen.yaml declares to come from elsewhere, by their full name, though the set has them."""
    for declared in resources.external:
        kind, *between, name = declared.split("/")
        if "*" in declared or "?" in declared:
            continue
        for (_, known), objects in ((key, resources.of(*key)) for key in resources.kinds):
            for each in objects if known == kind else ():
                if each.name == name and all(each.namespace == namespace for namespace in between):
                    message = f"is declared to come from elsewhere: `external: [{declared}]`"
                    helped = "remove the declaration from kgen.yaml: it would hide that the object is gone one day"
                    fault = Fault(keyword=Keyword.INVALID, path=_NAME, message=message, help=helped, row="XREF020")
                    yield Finding(each, fault)


def configuration_without_use(resources: Resources) -> Iterator[Finding]:
    """Yield ConfigMaps and Secrets whose name stands nowhere else in the set."""
    configuration = [*resources.of("", "ConfigMap"), *resources.of("", "Secret")]
    candidates = [each for each in configuration if each.name and not _is_found_by_label(each)]
    if not candidates or not next(resources.all_workloads(), None):
        return
    words: set[str] = set()
    for each in resources.all:
        for key, value in each.value.items():
            if key != "metadata" and each.key[1] not in {"ConfigMap", "Secret"}:
                _collect(value, words)
        _collect(part(each.value, "metadata").get("annotations"), words)
    for each in candidates:
        if each.name not in words:
            message = f"stands nowhere else in the set, so nothing seems to use this {each.kind}"
            helped = "remove it, or look for a slip in the name where it was meant"
            fault = Fault(keyword=Keyword.INVALID, path=_NAME, message=message, help=helped, row="XREF021")
            yield Finding(each, fault)


def _is_found_by_label(resource: Resource) -> bool:
    """Tell whether a controller probably finds the object by its labels or type, or it is one of the cluster's own."""
    labels = part(resource.value, "metadata", "labels")
    kind = resource.value.get("type")
    is_typed = isinstance(kind, str) and kind != "Opaque" and not kind.startswith(_READ_BY_TYPE)
    has_own = any(key not in _APP_LABELS and not str(key).startswith(_PLAIN_LABELS) for key in labels)
    return has_own or is_typed or resource.namespace.startswith("kube-")


def _collect(value: object, words: set[str]) -> None:
    """Add all texts in ``value``, whole and in parts: names stand in arguments and addresses too."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            words.add(each)
            if not each.isalnum():
                words.update(each.replace("=", " ").replace("/", " ").replace(",", " ").replace(":", " ").split())
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


DEFAULT = (objects_with_owner,)
STRICT = (declared_and_there, configuration_without_use)
OFF = ()
