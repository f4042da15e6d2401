"""The ports that pods list, and the Services before them: what rules about ports have in common."""

from __future__ import annotations

from kgen.check.reading import entries, mappings, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

HEADLESS = "None"
_SEVERAL = 2

INJECTED = frozenset(
    {"dapr-grpc", "dapr-http", "dapr-internal", "dapr-metrics", "http-envoy-prom", "linkerd-admin", "linkerd-proxy"}
)
"""Port names of the containers that meshes add to pods when these are created."""


class Exposed:
    """What the containers of some pods list as ports."""

    __slots__ = ("complete", "names", "numbers", "pods")

    def __init__(self, pods: Iterable[Resource]) -> None:
        self.pods = tuple(pods)
        self.names: dict[str, dict[str, set[int]]] = {}
        """Name → protocol → numbers."""

        self.numbers: dict[int, set[str]] = {}
        """Number → protocols."""

        self.complete = bool(self.pods)
        """Every pod lists a port: then those who wrote them down meant to write down all."""

        for pod in self.pods:
            self.complete = self._add(pod) and self.complete

    def _add(self, pod: Resource) -> bool:
        """Add the ports of a pod, and tell whether it lists one."""
        found = False
        for _, container in pod.template.serving() if pod.template else ():
            for port in entries(container, "ports") if "ports" in container else ():
                listed = port.get("containerPort") if isinstance(port, dict) else None
                if not isinstance(listed, int):
                    continue
                found = True
                protocol = (text(port, "protocol") or "TCP") if "protocol" in port else "TCP"
                self.numbers.setdefault(listed, set()).add(protocol)
                if "name" in port and (name := text(port, "name")):
                    self.names.setdefault(name, {}).setdefault(protocol, set()).add(listed)
        return found

    def has(self, wanted: Any, protocol: str) -> bool:
        """Tell whether a name or a number is among the ports."""
        if isinstance(wanted, str):
            return protocol in self.names.get(wanted, ()) or wanted in INJECTED
        return isinstance(wanted, int) and protocol in self.numbers.get(wanted, ())


def selector(service: Resource) -> dict[str, str]:
    """Return which pods a Service sends connections to; nothing if that is not decided by labels."""
    spec = service.spec
    pairs = spec.get("selector")
    return texts(pairs) if isinstance(pairs, dict) and spec.get("type") != "ExternalName" else {}


def service_ports(service: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the ports of a Service, each with its place."""
    for index, port in mappings(service.spec, "ports"):
        yield ("spec", "ports", index), port


def target(port: Mapping[str, Any]) -> int | str | None:
    """Return the port of the pod that a port of a Service leads to: its own number, if it names none."""
    wanted = port.get("targetPort") or port.get("port")
    if isinstance(wanted, str):
        return int(wanted) if wanted.isdecimal() else wanted
    return wanted if isinstance(wanted, int) else None


def find(service: Resource, wanted: Any) -> Mapping[str, Any] | None:
    """Return the port of a Service that has a number or a name. An empty name is the name of no port."""
    is_number = isinstance(wanted, int)
    for port in entries(service.spec, "ports"):
        if isinstance(port, dict) and wanted == (port.get("port") if is_number else text(port, "name")):
            return port
    return None


def port_words(service: Resource) -> list[str]:
    """Return what the ports of a Service can be called by, for people."""
    words = []
    for _, port in service_ports(service):
        name = text(port, "name")
        words.append(f"`{port.get('port')}` (`{name}`)" if name else f"`{port.get('port')}`")
    return words


def exposed_by(resources: Resources, service: Resource, known: dict[Any, Exposed]) -> Exposed | None:
    """
    Return the ports of the pods that a Service selects; nothing if it selects none of the set.

    Args:
        known: What was found before: many Services may select the same pods.
    """
    labels = selector(service)
    if not labels:
        return None
    pods = resources.selected(service.namespace, labels)
    if len(pods) < _SEVERAL:
        return exposed_by_one(resources, pods[0]) if pods else None
    key = (service.namespace, *(sorted(labels.items()) if len(labels) > 1 else labels.items()))
    found = known.get(key)
    if found is None:
        found = known[key] = Exposed(pods)
    return found


def exposed_by_one(resources: Resources, workload: Resource) -> Exposed:
    """Return the ports of the pods of one workload: Services and policies ask for the same ones."""
    made: dict[int, Exposed] | None = resources.memo.get("exposed")
    if made is None:
        made = resources.memo["exposed"] = {}
    found = made.get(id(workload))
    if found is None:
        found = made[id(workload)] = Exposed((workload,))
    return found
