"""What breaks while a new revision is rolled out, though the server takes it."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import owners
from kgen.check.labels import has_all, selects, shown
from kgen.check.reading import number, part, text, texts
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Pairs: TypeAlias = Mapping[Resource, Resource]

_SELECTORS: Mapping[tuple[str, str], tuple[Path, str]] = {
    ("", "Service"): (("spec", "selector"), "sends no requests to"),
    ("policy", "PodDisruptionBudget"): (("spec", "selector"), "no longer protects"),
    ("networking.k8s.io", "NetworkPolicy"): (("spec", "podSelector"), "no longer applies to"),
}


def lost_labels(pairs: Pairs, after: Resources) -> Iterator[Finding]:
    """Yield labels that a template has lost while a selector still needs them."""
    changed: dict[str, list[tuple[Resource, Resource]]] = {}
    for new, old in pairs.items():
        if new.template is not None and old.template is not None and old.template.labels and new.template.labels:
            lost = old.template.labels.items() - new.template.labels.items()
            if lost:
                changed.setdefault(new.namespace, []).append((new, old))
    if not changed:
        return
    for kind, (path, outcome) in _SELECTORS.items():
        for each in after.of(*kind):
            if each in pairs:
                for new, old in changed.get(each.namespace, ()):
                    if _matches(each, path, old) and not _matches(each, path, new):
                        yield _lost(each, path, outcome, (new, old))


def _matches(resource: Resource, path: Path, workload: Resource) -> bool:
    labels = workload.template.labels if workload.template is not None else {}
    selector = part(resource.value, *map(str, path))
    if resource.kind == "Service":
        return bool(selector) and has_all(texts(selector), labels)
    return bool(selector) and selects(selector, labels)


def _lost(resource: Resource, path: Path, outcome: str, workloads: tuple[Resource, Resource]) -> Finding:
    new, old = workloads
    labels = [each.template.labels if each.template is not None else {} for each in workloads]
    lost = sorted(f"`{key}: {value}`" for key, value in labels[1].items() if labels[0].get(key) != value)
    selector = part(resource.value, *map(str, path))
    words = shown({"matchLabels": selector} if resource.kind == "Service" else selector)
    at: Path = (*(new.template.at if new.template is not None else ()), "metadata", "labels")
    message = f"no longer has {' and '.join(lost)}, so {resource}, which selects `{words}`, {outcome} the new pods"
    helped = "keep the label, or change the selector first, to labels that the pods of both revisions have"
    fault = invalid("XREV019", at, message, helped)
    return Finding(new, fault, [(old, at, "as it was"), (resource, path, "still needed here")])


def handed_to_autoscaler(pairs: Pairs, after: Resources) -> Iterator[Finding]:
    """Yield workloads that lose their number of replicas in the revision that brings their autoscaler."""
    for workload, autoscaler in owners(after).items():
        old = pairs.get(workload)
        if old is None or autoscaler in pairs or "replicas" in workload.spec:
            continue
        count = number(old.spec, "replicas")
        if count is not None and count > 1:
            message = (
                f"was {count} and is gone, now that {autoscaler} is there: `kubectl apply` goes down to 1 pod first"
            )
            helped = "take it out of the last applied configuration before: `kubectl apply edit-last-applied`"
            fault = invalid("XREV020", ("spec", "replicas"), message, helped)
            related: list[tuple[Resource, Path, str]] = [
                (old, ("spec", "replicas"), "as it was"),
                (autoscaler, ("metadata", "name"), "new here"),
            ]
            yield Finding(workload, fault, related)


def renamed_containers(pairs: Pairs, after: Resources) -> Iterator[Finding]:
    """Yield containers that have another name than before."""
    del after
    for new, old in pairs.items():
        if new.template is None or old.template is None or new.kind in ("Pod", "Job"):
            continue
        earlier, now = list(old.template.containers("containers")), list(new.template.containers("containers"))
        if len(earlier) != len(now):
            continue
        names = [{text(each, "name") for _, each in some} for some in (earlier, now)]
        for (path, container), (old_path, one) in zip(now, earlier, strict=True):
            name, was = text(container, "name"), text(one, "name")
            if name not in names[0] and was not in names[1] and _image(container) == _image(one):
                message = f"is `{name}`, but was `{was}`: patches for `{was}` would add a second container"
                helped = f"look for patches, and for `kubectl` commands in scripts, that name `{was}`"
                fault = invalid("XREV021", (*path, "name"), message, helped)
                yield Finding(new, fault, [(old, (*old_path, "name"), "as it was")])


def _image(container: Mapping[str, object]) -> str:
    """
    Return the image without its tag.

    >>> _image({"image": "example.com:5000/web:1.2"})
    'example.com:5000/web'
    """
    folder, slash, name = text(container, "image").partition("@")[0].rpartition("/")
    return folder + slash + name.partition(":")[0]


DEFAULT = (lost_labels, handed_to_autoscaler)
STRICT = (renamed_containers,)
OFF = ()
