"""What the rules about Services, routes, autoscalers and admission say in some versions only, or in many forms."""

from functools import cache
from typing import Any

import pytest

from kgen.check.objects import Objects
from kgen.check.server.expressions import ALWAYS, fault
from kgen.check.store import Store, default_directory

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
PORTS = [{"port": 80}]
INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}}
BACKEND = {"service": {"name": "1web", "port": {"number": 80}}}
AUTOSCALER = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}}
TARGET = {"kind": "Deployment", "name": "web"}


@cache
def objects(version: str) -> Objects:
    return Objects(Store(default_directory()), (version,), lambda *_: None)


def rows(value: dict[str, Any], version: str = "1.36") -> list[str]:
    known = objects(version)
    return sorted(fault.row for fault in known.faults(value, known.kind(value["apiVersion"], value["kind"])))


@pytest.mark.parametrize(
    ("value", "row", "other", "version"),
    [
        ({**SERVICE, "spec": {"ports": PORTS, "trafficDistribution": "PreferSameZone"}}, "SVC035", "1.33", "1.34"),
        ({**INGRESS, "spec": {"defaultBackend": BACKEND}}, "ING015", "1.35", "1.36"),
        ({**AUTOSCALER, "spec": {"maxReplicas": 3, "scaleTargetRef": TARGET}}, "HPA005", "1.34", "1.33"),
        ({**SERVICE, "spec": {"ports": PORTS, "clusterIP": "10.096.0.7"}}, "SVC022", "1.36", "1.35"),
    ],
)
def test_versions_differ(value: dict[str, Any], row: str, other: str, version: str) -> None:
    assert rows(value, other) == [row]
    assert rows(value, version) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        # the form of a cluster address makes the questions about its family moot
        ({"clusterIP": "x", "ipFamilies": ["IPv6"]}, ["SVC022"]),
        ({"clusterIP": "fd00::1", "ipFamilies": ["IPv4"]}, ["SVC023"]),
        ({"clusterIP": "None", "ipFamilies": ["IPv4", "IPv6"]}, []),
        ({"clusterIP": "None", "ipFamilies": ["IPv4", "IPv6"], "selector": {"app": "web"}}, ["SVC025"]),
        # a missing target is the port itself, and no fault of its own
        ({"ports": [{"port": 0}]}, ["SVC009"]),
    ],
)
def test_one_fault_of_a_service_hides_what_follows_from_it(spec: dict[str, Any], expected: list[str]) -> None:
    assert rows({**SERVICE, "spec": {"ports": PORTS, **spec}}) == expected


@pytest.mark.parametrize(
    ("source", "variables", "expected"),
    [
        ("object.spec.replicas > 1 && has(oldObject.spec)", None, ""),
        ("object.items.all(item, item.name != request.name)", None, ""),
        ("sets.contains(object.a, ['b']) || authority.unknown(object)", None, ""),
        ("type(object.a) == google.protobuf.Timestamp", None, ""),
        ("Object{spec: Object.spec{replicas: 1}} == object", None, ""),
        ("unknownFunction(object) == 1", None, ""),
        ("object.spec.paused", None, "must give a bool, but gives a dyn"),
        ("'a' && true", None, "must have a bool beside `&&`, but has a string"),
        ("item.name == 'a'", None, "speaks of `item`, which is not there"),
        ("variables.a == 1", None, "speaks of `variables`, but there are none"),
        ("variables.b == 1", {"a": "int"}, "speaks of `variables.b`, which is not there"),
        ("variables.a", {"a": "int"}, "must give a bool, but gives an int"),
        ("variables.a", {"a": ""}, ""),
    ],
)
def test_only_certain_faults_of_an_expression_are_told(
    source: str, variables: dict[str, str] | None, expected: str
) -> None:
    assert fault(source, ALWAYS, ("bool",), variables) == expected
