"""Rules about volumes, resources and claims that depend on the version, or on where the object stands."""

import pytest

from kgen.check.server import resources, storage, volumes
from kgen.check.server.definition_types import type_fault
from kgen.check.server.kinds import Context


def context(version: tuple[int, int], kind: str = "Pod") -> Context:
    return Context(version, "", kind, is_namespaced=True)


NEWEST = context((1, 36))
BAD_POD_RESOURCES = {"resources": {"limits": {"storage": "1Gi"}}, "resourceClaims": [{"name": "gpu"}]}


@pytest.mark.parametrize(("version", "rows"), [((1, 33), []), ((1, 34), ["RES012", "RES013"])])
def test_older_versions_drop_claims_and_resources_of_pods(version: tuple[int, int], rows: list[str]) -> None:
    found = resources.faults(BAD_POD_RESOURCES, ("spec",), context(version))
    assert sorted(fault.row for fault in found) == rows


@pytest.mark.parametrize(("version", "rows"), [((1, 33), []), ((1, 34), ["PVC011"])])
def test_older_versions_drop_classes_of_volume_attributes(version: tuple[int, int], rows: list[str]) -> None:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "volumeAttributesClassName": "A",
    }
    assert [fault.row for fault in storage.claim_spec(spec, (), context(version))] == rows


@pytest.mark.parametrize(("version", "rows"), [((1, 27), []), ((1, 28), ["VOL040"])])
def test_volumes_are_deprecated_from_a_version_on(version: tuple[int, int], rows: list[str]) -> None:
    spec = {"volumes": [{"name": "data", "rbd": {"monitors": ["a"], "image": "b"}}]}
    assert [fault.row for fault in volumes.faults(spec, (), context(version))] == rows


@pytest.mark.parametrize(("kind", "rows"), [("Pod", ["RES014"]), ("Deployment", [])])
def test_only_in_pods_limits_count_as_requests(kind: str, rows: list[str]) -> None:
    spec = {
        "containers": [{"name": "app", "resources": {"limits": {"cpu": "200m"}}}],
        "resources": {"requests": {"cpu": "100m"}},
    }
    assert [fault.row for fault in resources.faults(spec, (), context((1, 36), kind))] == rows


@pytest.mark.parametrize(("order", "total"), [("Always", "120m"), (None, "60m")])
def test_sidecars_add_to_the_containers_and_other_init_containers_do_not(order: str | None, total: str) -> None:
    asked = {"resources": {"requests": {"cpu": "60m"}}}
    for given, is_enough in ((total, True), ("59m", False)):
        spec = {
            "containers": [asked],
            "initContainers": [{**asked, "restartPolicy": order}],
            "resources": {"requests": {"cpu": given}},
        }
        found = list(resources.faults(spec, (), NEWEST))
        assert (found == []) is is_enough


def test_of_several_sources_the_first_one_is_checked_in_the_order_of_the_server() -> None:
    volume = {"name": "data", "secret": {"secretName": "a"}, "hostPath": {"path": ".."}, "emptyDir": {}}
    found = [(fault.row, fault.path[2:]) for fault in volumes.faults({"volumes": [volume]}, (), NEWEST)]
    assert found == [("VOL005", ("hostPath",)), ("VOL005", ("secret",))]


@pytest.mark.parametrize(
    ("resource", "divisor", "is_taken"),
    [
        *(("limits.cpu", "1000m", True), ("limits.cpu", "2", False), ("limits.cpu", "0", True)),
        *(("limits.memory", "1024Ki", True), ("limits.memory", "1000", True), ("limits.memory", "1024", False)),
        *(("limits.memory", "1e3", False), ("requests.hugepages-2Mi", "1Mi", True)),
    ],
)
def test_a_divisor_is_compared_in_its_shortest_form(resource: str, divisor: str, *, is_taken: bool) -> None:
    reference = {"containerName": "app", "resource": resource, "divisor": divisor}
    item = {"path": "a", "resourceFieldRef": reference}
    spec = {"volumes": [{"name": "info", "downwardAPI": {"items": [item]}}]}
    found = list(volumes.faults(spec, (), NEWEST))
    assert (found == []) is is_taken


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("self.name == 1", "compares a string with a number"),
        ("self.name", "gives a string, but must give a boolean"),
        ("self.name && true", "uses a string with `&&`, which takes booleans"),
        ("foo(self)", "calls `foo`, a function that there is not"),
        ("self.tags.all(name, name == 1)", ""),
        ("self.port == 1 || self.port == 'http'", ""),
        ("self.when > timestamp('2024-01-01T00:00:00Z')", ""),
        ("has(self.name) ? self.name != '' : true", ""),
        ("oldSelf.hasValue() || self.name == 'a'", ""),
    ],
)
def test_types_of_rules_are_followed_as_far_as_they_are_certain(rule: str, wrong: str) -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "integer"}},
            "port": {"x-kubernetes-int-or-string": True},
            "when": {"type": "string", "format": "date-time"},
        },
    }
    assert type_fault(rule, schema, "bool", may_lack_old=True) == wrong
