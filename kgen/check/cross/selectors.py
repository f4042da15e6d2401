"""
Services, and the pods that their selectors match.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service
"""

from __future__ import annotations

from kgen.check.cross.near import is_typo
from kgen.check.cross.providers import are_given_by_program, is_called_after_custom, may_be_made
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.labels import ADDED_LATER, has_all
from kgen.check.reading import part, text, texts
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Related: TypeAlias = Sequence[tuple[Resource, Path, str]]

_AT: Path = ("spec", "selector")
_BATCH = frozenset({("batch", "Job"), ("batch", "CronJob")})
_OWNERS = ("app.kubernetes.io/name", "app", "k8s-app")
_CHANGING = frozenset(
    {"helm.sh/chart", "chart", "app.kubernetes.io/version", "pod-template-hash", "controller-revision-hash"}
)
_SELECTING = (
    ("", "Service", ("spec", "selector")),
    ("policy", "PodDisruptionBudget", ("spec", "selector", "matchLabels")),
    ("networking.k8s.io", "NetworkPolicy", ("spec", "podSelector", "matchLabels")),
)
_LEADERS = frozenset({"active", "leader", "master", "primary", "replica", "standby"})
_MOST_SHOWN = 3
_MOST_COMPARED = 50


def services_without_pods(resources: Resources) -> Iterator[Finding]:
    """Yield Services that select no pods of the set, in a namespace that has some."""
    for service, pairs in _unmatched(resources):
        if not _is_elsewhere(resources, service, pairs):
            helped, related = _meant(resources, service, pairs)
            row = "XSEL001" if related else "XSEL012"
            yield _without_pods(row, service, pairs, helped or _ways_out(service), related)


def services_without_pods_in_the_set(resources: Resources) -> Iterator[Finding]:
    """Yield Services of namespaces for which the set has no pods at all."""
    for service, pairs in _unmatched(resources):
        if _is_elsewhere(resources, service, pairs):
            yield _without_pods("XSEL013", service, pairs, _ways_out(service))


def services_without_selector(resources: Resources) -> Iterator[Finding]:
    """Yield Services for which neither a selector nor an object says where they lead to."""
    slices: set[tuple[str, str]] | None = None
    for service in resources.of("", "Service"):
        spec = service.spec
        if part(spec, "selector") or spec.get("type") == "ExternalName" or "ports" not in spec:
            continue
        slices = _with_endpoints(resources) if slices is None else slices
        here = (service.namespace, service.name)
        if here in slices or resources.external.has("Endpoints", *here) or may_be_made(resources, *here):
            continue
        message = "is missing, and there are neither Endpoints nor an EndpointSlice for this Service"
        helped = "select pods by their labels, or add an EndpointSlice with the label `kubernetes.io/service-name`"
        yield Finding(service, Fault(keyword=Keyword.REQUIRED, path=_AT, message=message, help=helped, row="XSEL002"))


def services_that_match_pods_of_jobs(resources: Resources) -> Iterator[Finding]:
    """Yield Services that send traffic to pods of Jobs as well as to those of an app."""
    if not any(resources.of(*kind) for kind in _BATCH):
        return
    for service, matched in _matching_services(resources):
        jobs = [each for each in matched if each.key in _BATCH]
        if jobs and len(jobs) < len(matched):
            message = f"also matches the pods of {_names(jobs)}, which get traffic while they run"
            helped = f"give the pods of {jobs[0]} other labels, or select by one more label that only the app has"
            fault = Fault(keyword=Keyword.INVALID, path=_AT, message=message, help=helped, row="XSEL003")
            yield Finding(service, fault, _labels_of(jobs))


def services_of_several_apps(resources: Resources) -> Iterator[Finding]:
    """Yield Services that spread traffic over pods of different apps."""
    for service, matched in _matching_services(resources):
        apps = [each for each in matched if each.key not in _BATCH]
        if len(apps) > 1 and len({_app(each) for each in apps}) > 1:
            message = f"matches the pods of {_names(apps)}, which are different apps"
            helped = "select by one more label, if the traffic is not meant for all of them"
            fault = Fault(keyword=Keyword.INVALID, path=_AT, message=message, help=helped, row="XSEL004")
            yield Finding(service, fault, _labels_of(apps))


def selectors_that_change_with_releases(resources: Resources) -> Iterator[Finding]:
    """Yield selectors by labels that the next release changes."""
    for group, kind, path in _SELECTING:
        for resource in resources.of(group, kind):
            for key in part(resource.value, *path):
                if key in _CHANGING:
                    message = "changes with each release, and then no longer matches the pods of one of the two"
                    helped = "select by labels that stay, as `app.kubernetes.io/name` and `app.kubernetes.io/instance`"
                    where = (*path, key)
                    fault = Fault(keyword=Keyword.INVALID, path=where, message=message, help=helped, row="XSEL005")
                    yield Finding(resource, fault)


def _unmatched(resources: Resources) -> Iterator[tuple[Resource, dict[str, str]]]:
    for service in resources.of("", "Service"):
        pairs = texts(part(service.spec, "selector"))
        if not pairs or service.spec.get("type") == "ExternalName" or resources.selected(service.namespace, pairs):
            continue
        if not pairs.keys().isdisjoint(ADDED_LATER) or _names_leader(resources, service, pairs):
            continue
        if service.namespace.startswith("kube-") or resources.external.has("Pod", service.namespace, service.name):
            continue  # pods of the control plane are no objects of anybody's
        if not any(is_called_after_custom(resources, service.namespace, value) for value in pairs.values()):
            yield service, pairs


def _is_elsewhere(resources: Resources, service: Resource, pairs: Mapping[str, str]) -> bool:
    """Tell whether the pods are none of the set: it has none here, or a program gives them labels of its own."""
    here = resources.workloads(service.namespace)
    if not here:
        other = _in_another_namespace(resources, service, pairs)
        return other is None or not _are_apart(service, other)
    return are_given_by_program(resources, service.namespace, pairs)


def _are_apart(one: Resource, other: Resource) -> bool:
    """Tell whether both name a namespace: an object without one may be put into any when it is applied."""
    return bool(text(one.value, "metadata", "namespace") and text(other.value, "metadata", "namespace"))


def _names_leader(resources: Resources, service: Resource, pairs: Mapping[str, str]) -> bool:
    """Tell whether a label is left that pods give themselves while they run: which of them leads the others."""
    for key, value in pairs.items():
        if value in _LEADERS:
            others = {name: each for name, each in pairs.items() if name != key}
            matched = resources.selected(service.namespace, others) if others else ()
            return any(key not in each.template.labels for each in matched if each.template)
    return False


def _in_another_namespace(resources: Resources, service: Resource, pairs: Mapping[str, str]) -> Resource | None:
    index: dict[tuple[str, str], list[Resource]] | None = resources.memo.get("labels of pods")
    if index is None:
        index = resources.memo["labels of pods"] = {}
        for each in resources.all_workloads():
            for pair in each.template.labels.items() if each.template else ():
                index.setdefault(pair, []).append(each)
    having = min((index.get(pair, []) for pair in pairs.items()), key=len)
    for each in having[:_MOST_COMPARED]:
        if each.namespace != service.namespace and each.template and has_all(pairs, each.template.labels):
            return each
    return None


def _meant(resources: Resources, service: Resource, pairs: dict[str, str]) -> tuple[str, Related]:
    """Return the way out, and the workload that is meant, if one is near enough to be sure."""
    other = _in_another_namespace(resources, service, pairs)
    if other:
        helped = f"{other} has these labels in namespace `{other.namespace}`: a Service only finds pods of its own"
        # many apps have a plain `app: nginx`
        is_sure = _are_apart(service, other) and (other.name == service.name or len(pairs) > 1)
        return helped, _labels_of([other]) if is_sure else ()
    nearest: tuple[int, str, Resource] | None = None
    for workload in _comparable(resources, service, pairs):
        labels = workload.template.labels if workload.template else {}
        wrong = [(key, value) for key, value in pairs.items() if labels.get(key) != value]
        if len(wrong) == 1 and (helped := _slip(workload, labels, *wrong[0], pairs=pairs)):
            score = 0 if workload.name == service.name else 1
            if nearest is None or score < nearest[0]:
                nearest = (score, helped, workload)
    return (nearest[1], _labels_of([nearest[2]])) if nearest else ("", ())


def _slip(workload: Resource, labels: Mapping[str, str], key: str, value: str, *, pairs: Mapping[str, str]) -> str:
    """Return the way out if the pods of a workload are apart from a selector by a slip in one label."""
    own = labels.get(key)
    if own is not None and is_typo(value, own):
        return f"did you mean `{key}: {own}`? The pods of {workload} have it"
    if own is None:
        for near, found in labels.items():
            if found == value and near not in pairs and (is_typo(near, key) or near.endswith(f"/{key}")):
                return f"did you mean `{near}: {value}`? The pods of {workload} have it"
        if has_all(pairs, texts(part(workload.value, "metadata", "labels"))):
            return (
                f"{workload} has these labels itself, but its template has no `{key}`: pods get those of the template"
            )
    return ""


def _comparable(resources: Resources, service: Resource, pairs: dict[str, str]) -> Iterator[Resource]:
    """Yield the workloads worth comparing: all of a small namespace, those of the same name of a large one."""
    here = resources.workloads(service.namespace)
    if len(here) <= _MOST_COMPARED:
        yield from here
    else:
        for pair in pairs.items():
            yield from list(resources.selected(service.namespace, dict([pair])))[:_MOST_COMPARED]


def _without_pods(row: str, service: Resource, pairs: dict[str, str], helped: str, related: Related = ()) -> Finding:
    selector = ",".join(f"{key}={value}" for key, value in pairs.items())
    message = f"`{selector}` matches no pods in namespace `{service.namespace}`"
    return Finding(service, Fault(keyword=Keyword.NOT_FOUND, path=_AT, message=message, help=helped, row=row), related)


def _ways_out(service: Resource) -> str:
    outside = f"`external: [Pod/{service.name}]`"
    return f"name labels that pods have, or declare in kgen.yaml that they come from elsewhere: {outside}"


def _matching_services(resources: Resources) -> Iterator[tuple[Resource, Sequence[Resource]]]:
    """Yield the Services with a selector that matches several workloads, and these."""
    for service in resources.of("", "Service"):
        pairs = part(service.spec, "selector")
        if pairs and service.spec.get("type") != "ExternalName":
            matched = resources.selected(service.namespace, texts(pairs))
            if len(matched) > 1:
                yield service, matched


def _with_endpoints(resources: Resources) -> set[tuple[str, str]]:
    found = {(each.namespace, each.name) for each in resources.of("", "Endpoints")}
    for each in resources.of("discovery.k8s.io", "EndpointSlice"):
        found.add((each.namespace, text(each.value, "metadata", "labels", "kubernetes.io/service-name")))
    return found


def _app(resource: Resource) -> str:
    labels = resource.template.labels if resource.template else {}
    return next((labels[key] for key in _OWNERS if key in labels), "")


def _names(found: Sequence[Resource]) -> str:
    more = len(found) - _MOST_SHOWN
    names = [f"{each.kind} {each.name}" for each in found[:_MOST_SHOWN]]
    return listed(names, "and") if more <= 0 else f"{listed(names)} and {more} more"


def _labels_of(found: Sequence[Resource]) -> Related:
    return [
        (each, (*each.template.at, "metadata", "labels"), "the labels of these pods")
        for each in found[:_MOST_SHOWN]
        if each.template is not None
    ]


DEFAULT = (
    services_without_pods,
    services_that_match_pods_of_jobs,
)
STRICT = (
    services_without_pods_in_the_set,
    services_without_selector,
    services_of_several_apps,
    selectors_that_change_with_releases,
)
OFF = ()
