"""
Monitors and annotations that find nothing to scrape.

Source: https://prometheus-operator.dev/docs/developer/getting-started/
"""

from __future__ import annotations

from kgen.check.cross.monitors import GROUP, namespaces, pods, services
from kgen.check.cross.pod_ports import INJECTED, Exposed, selector, service_ports
from kgen.check.cross.policies import may_be_others
from kgen.check.cross.resources import Finding
from kgen.check.labels import is_empty, shown
from kgen.check.reading import mappings, part, text, texts
from kgen.check.server.errors import invalid
from kgen.words import listed, nearest, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_SCRAPE, _PORT = "prometheus.io/scrape", "prometheus.io/port"
_SELECTOR = ("spec", "selector")
_MOST = 100
"""As many Services or pods of one monitor are enough to find out what was meant; they are alike."""


def _monitors_without_service(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for monitor in resources.of(GROUP, "ServiceMonitor"):
        wanted = part(monitor.value, *_SELECTOR)
        if is_empty(wanted) or services(resources, monitor) or may_be_others(resources, monitor.namespace, wanted):
            continue
        where = namespaces(monitor)
        if _is_of_the_cluster(wanted, where):
            continue
        there = [each for each in resources.of("", "Service") if where is None or each.namespace in where]
        if bool(there) is evident:
            names = "any namespace" if where is None else f"namespace {listed(where, 'or')}"
            message = f"is `{shown(wanted)}`, but no Service in {names} has these labels"
            fault = invalid("XMON001", _SELECTOR, message, _service_meant(resources, wanted, there))
            yield Finding(monitor, fault)


def _is_of_the_cluster(wanted: Any, where: Sequence[str] | None) -> bool:
    """Tell whether Services of the control plane are meant, which are in nobody's documents."""
    is_server = text(wanted, "matchLabels", "component") == "apiserver"
    return is_server or any(name.startswith("kube-") for name in where or ())


def _service_meant(resources: Resources, wanted: Any, there: Sequence[Resource]) -> str:
    pairs = texts(part(wanted, "matchLabels"))
    for each in there[:_MOST]:
        if pairs and selector(each).items() >= pairs.items():
            return f"{each} selects pods with them, but has to have them itself, in `metadata.labels`"
    labels = [texts(part(each.value, "metadata", "labels")) for each in there[:_MOST]]
    for key, value in pairs.items():
        if near := nearest(value, {own[key] for own in labels if key in own} - {value}):
            return f"did you mean `{key}={near}`?"
    elsewhere = next((each for each in resources.of("", "Service")[:_MOST] if _has(each, pairs)), None)
    if pairs and elsewhere is not None:
        return f"there is one in `{elsewhere.namespace}`: add it to `namespaceSelector.matchNames`"
    return "set labels that the Service itself has, in its `metadata.labels`"


def _has(service: Resource, pairs: dict[str, str]) -> bool:
    return texts(part(service.value, "metadata", "labels")).items() >= pairs.items()


def monitors_without_service(resources: Resources) -> Iterator[Finding]:
    """Yield the ServiceMonitors that select no Service, though the set has some in their namespaces."""
    yield from _monitors_without_service(resources, evident=True)


def monitors_possibly_without_service(resources: Resources) -> Iterator[Finding]:
    """Yield the ServiceMonitors that select no Service of the set, which may well be elsewhere."""
    yield from _monitors_without_service(resources, evident=False)


def unknown_service_ports(resources: Resources) -> Iterator[Finding]:
    """Yield the ports of ServiceMonitors that no selected Service, or none of its pods, has."""
    for monitor in resources.of(GROUP, "ServiceMonitor"):
        found = services(resources, monitor)[:_MOST]
        if not found or may_be_others(resources, monitor.namespace, part(monitor.value, *_SELECTOR)):
            continue  # an operator may make the Service with that port
        names = {text(port, "name") for each in found for _, port in service_ports(each)} - {""}
        for index, endpoint in mappings(monitor.value, "spec", "endpoints"):
            wanted = text(endpoint, "port")
            if wanted and wanted not in names:
                message = f"is `{wanted}`, but {_which(found)} no port of this name"
                out = suggestion(wanted, names, "the ports are called") or "give the port of the Service this name"
                fault = invalid("XMON002", ("spec", "endpoints", index, "port"), message, out)
                yield Finding(monitor, fault, [(found[0], ("spec", "ports"), "its ports")])
            target = endpoint.get("targetPort")
            if isinstance(target, str) and target and not wanted:
                exposed = Exposed(pod for each in found for pod in _behind(resources, each))
                if exposed.pods and target not in exposed.names:
                    message = f"is `{target}`, but no pod behind {_which(found).partition(' has')[0]} has it"
                    out = suggestion(target, exposed.names, "their ports are called")
                    fault = invalid("XMON002", ("spec", "endpoints", index, "targetPort"), message, out)
                    yield Finding(monitor, fault, [(found[0], ("spec", "ports"), "its Service")])


def _behind(resources: Resources, service: Resource) -> Sequence[Resource]:
    labels = selector(service)
    return resources.selected(service.namespace, labels) if labels else ()


def _which(found: Sequence[Resource]) -> str:
    return f"{found[0]} has" if len(found) == 1 else f"the {len(found)} Services that it selects have"


def unknown_pod_ports(resources: Resources) -> Iterator[Finding]:
    """Yield the ports of PodMonitors that no selected pod has."""
    for monitor in resources.of(GROUP, "PodMonitor"):
        if is_empty(part(monitor.value, *_SELECTOR)):
            continue  # all pods, of which the set may have few
        found = pods(resources, monitor)[:_MOST]
        names = {
            text(port, "name")
            for each in found
            for _, container in (each.template.containers() if each.template else ())
            for _, port in mappings(container, "ports")
        } - {""}
        for index, endpoint in mappings(monitor.value, "spec", "podMetricsEndpoints"):
            wanted = text(endpoint, "port")
            if found and wanted and wanted not in names and wanted not in INJECTED:
                message = f"is `{wanted}`, but no container of the selected pods has a port of this name"
                out = suggestion(wanted, names, "their ports are called") or "give the container port this name"
                fault = invalid("XMON003", ("spec", "podMetricsEndpoints", index, "port"), message, out)
                pod = found[0]
                place = (*pod.template.at_spec, "containers") if pod.template else ()
                yield Finding(monitor, fault, [(pod, place, "selected by this monitor")])


def misplaced_annotations(resources: Resources) -> Iterator[Finding]:
    """Yield the annotations that ask for the pods to be scraped and that the pods do not have."""
    for workload in resources.all_workloads():
        template = workload.template
        if template is None or not template.at:
            continue
        annotations = part(workload.value, "metadata", "annotations")
        if _SCRAPE in annotations and _SCRAPE not in part(template.value, "metadata", "annotations"):
            message = f"is at the {workload.kind}, but Prometheus looks at the pods"
            out = f"move it to `{'.'.join(map(str, template.at))}.metadata.annotations`"
            fault = invalid("XMON004", ("metadata", "annotations", _SCRAPE), message, out)
            yield Finding(workload, fault)


def unlisted_annotated_ports(resources: Resources) -> Iterator[Finding]:
    """Yield the annotated ports that no container of the pod lists."""
    for workload in resources.all_workloads():
        template = workload.template
        if template is None:
            continue
        annotations = part(template.value, "metadata", "annotations")
        wanted = annotations.get(_PORT)
        if not isinstance(wanted, str) or text(annotations, _SCRAPE) != "true":
            continue
        exposed = Exposed([workload])
        if exposed.complete and not (wanted.isdecimal() and int(wanted) in exposed.numbers):
            known = listed([str(each) for each in sorted(exposed.numbers)], "and")
            message = f"is `{wanted}`, but the containers list {known} as their ports"
            out = "set the number of the port with the metrics, and list it in its container"
            path = (*template.at, "metadata", "annotations", _PORT)
            yield Finding(workload, invalid("XMON004", path, message, out))


DEFAULT = (monitors_without_service, unknown_service_ports, unknown_pod_ports, misplaced_annotations)
STRICT = (monitors_possibly_without_service, unlisted_annotated_ports)
OFF = ()
