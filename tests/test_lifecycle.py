"""What goes with which Kubernetes version: the data against the schemas and the table that it is from; the rules."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.fault import Fault
from kgen.check.lifecycle import fields, kinds, removals
from kgen.check.lifecycle.removals import Removal, advice, removal, replacement, version, written
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.check.templates import TEMPLATES

TABLE = Path(__file__).parents[2] / "shared" / "rules" / "deprecations.csv"
STORE = Store(default_directory())
VERSIONS = STORE.versions()
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]
ALL = tuple(removals.removals().values())
FIELDS = tuple(fields.fields())
ENTRIES = tuple(catalogue.family("lifecycle").values())

NOT_IN_THE_DATA = {("v1", "Status"): "nobody writes one: it is what a server answers"}
"""Kinds that left the schemas without being removed from an API."""

OTHER_REPLACEMENTS = {("coordination.k8s.io/v1beta1", "LeaseCandidate"): "v1alpha2 goes before v1beta1"}
"""Rows of the table whose replacement is none."""

by_kind = pytest.mark.parametrize("gone", ALL, ids=lambda gone: f"{gone.api_version}-{gone.kind}")


@cache
def table() -> list[dict[str, str]]:
    if not TABLE.exists():
        pytest.skip("the table is not part of the repository")
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_kind(row: Mapping[str, str]) -> bool:
    return row["kind"].isalpha()


def test_every_kind_of_the_table_is_in_the_data() -> None:
    rows = {(row["apiVersion"], row["kind"]): row for row in table() if is_kind(row)}
    assert rows.keys() == removals.removals().keys()
    for name, row in rows.items():
        gone = removals.removals()[name]
        assert (written(gone.removed) if gone.removed else "") == row["removed_in"], name
        named = " ".join(gone.replacement) if gone.replacement else ""
        assert named == ("" if name in OTHER_REPLACEMENTS else row["replacement"]), name
        deprecated = row["deprecated_in"]
        # the lifecycle tags say so of some kinds that went before
        is_late = bool(deprecated and gone.removed and version(deprecated) > gone.removed)
        assert (written(gone.deprecated) if gone.deprecated else "") == ("" if is_late else deprecated), name


def test_every_field_of_the_table_is_in_the_data() -> None:
    rows = [row for row in table() if not is_kind(row)]
    assert (len(rows), len(FIELDS)) == (22, 23), "one row has fields of two rules"
    names = [name.removesuffix("*") for each in FIELDS for name in each.names]
    for row in rows:
        last = row["kind"].replace("|", " ").replace("[", " ").replace("]", " ").replace("=", " ").split()
        assert any(word.rstrip("*").rpartition(".")[2] in name for word in last for name in names), row["kind"]


@by_kind
def test_a_removed_kind_is_in_the_schemas_until_it_goes(gone: Removal) -> None:
    having = [each for each in VERSIONS if STORE.schema(each, gone.api_version, gone.kind)]
    expected = [each for each in VERSIONS if gone.removed is None or version(each) < gone.removed]
    assert [each for each in having if each not in expected] == []
    if expected and having:
        assert having[-1] == expected[-1]
    assert bool(having) == bool(expected)


def test_no_kind_leaves_the_schemas_unnoticed() -> None:
    for older, newer in pairwise(VERSIONS):
        left = {pair for pair in STORE.kinds(older) if pair not in STORE.kinds(newer)} - NOT_IN_THE_DATA.keys()
        told = {pair for pair in left if (gone := removal(*pair)) and gone.removed == version(newer)}
        assert left == told


@by_kind
def test_a_replacement_is_available_when_the_data_says_so(gone: Removal) -> None:
    if gone.replacement is None:
        assert not gone.has_same_shape
        return
    having = [each for each in VERSIONS if STORE.schema(each, *gone.replacement)]
    if having:
        first = version(having[0])
        assert gone.available == ((0, 0) if having[0] == OLDEST else first)


def differences(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """Yield what an object may have by the schema ``old``, but not by ``new``; a status is the server's affair."""
    old, new = resolved(old), resolved(new)
    if old == new or at == ".status":
        return
    for key in old.get("properties", {}).keys() - {"apiVersion", "kind"}:
        if key not in new.get("properties", {}):
            yield f"{at}.{key} is gone"
        else:
            yield from differences(old["properties"][key], new["properties"][key], f"{at}.{key}")
    for key in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{at}.{key} is required"
    for key in ("items", "additionalProperties"):
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            yield from differences(old[key], new[key], f"{at}[]")
    if not types(old) <= types(new) and "properties" not in old:
        yield f"{at} has another type"


def resolved(schema: Any) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        schema = STORE.definition(schema["$ref"])
    return schema


def types(schema: Mapping[str, Any]) -> set[str]:
    named = schema.get("type", [])
    return set(named if isinstance(named, list) else [named])


@by_kind
def test_the_same_shape_is_one_that_the_replacement_takes(gone: Removal) -> None:
    if gone.replacement is None:
        return
    old = [found for each in VERSIONS if (found := STORE.schema(each, gone.api_version, gone.kind))]
    both = [each for each in VERSIONS if old and STORE.schema(each, gone.api_version, gone.kind)]
    new = [each for each in VERSIONS if STORE.schema(each, *gone.replacement)]
    if not old or not new:
        return
    common = [each for each in both if each in new]
    before = STORE.schema(common[-1] if common else both[-1], gone.api_version, gone.kind)
    after = STORE.schema(common[-1] if common else new[0], *gone.replacement)
    assert before
    assert after
    lost = list(differences({"$ref": before}, {"$ref": after}))
    assert gone.has_same_shape == (not lost and gone.kind == gone.replacement[1]), lost


def test_only_a_kind_of_the_same_name_has_the_same_shape() -> None:
    assert [each for each in ALL if each.has_same_shape and each.replacement and each.replacement[1] != each.kind] == []


@pytest.mark.parametrize(
    ("api_version", "kind", "at", "expected"),
    [
        ("policy/v1beta1", "PodDisruptionBudget", "1.36", "policy/v1"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", "1.27", "flowcontrol.apiserver.k8s.io/v1beta3"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", "1.36", "flowcontrol.apiserver.k8s.io/v1"),
        ("resource.k8s.io/v1alpha3", "DeviceClass", "1.36", "resource.k8s.io/v1"),
        ("resource.k8s.io/v1alpha3", "DeviceClass", "1.33", "resource.k8s.io/v1beta1"),
        ("networking.k8s.io/v1alpha1", "IPAddress", "1.31", None),
        ("extensions/v1beta1", "PodSecurityPolicy", "1.36", None),
        ("extensions/v1beta1", "PodSecurityPolicy", "1.20", "policy/v1beta1"),
        ("v1", "ComponentStatus", "1.36", None),
    ],
)
def test_the_last_replacement_that_is_served_is_named(api_version: str, kind: str, at: str, expected: str) -> None:
    gone = removal(api_version, kind)
    assert gone
    found = replacement(gone, version(at))
    assert (found.api_version if found else None) == expected


def test_one_step_that_changes_fields_makes_the_whole_way_change_them() -> None:
    for name, same in (("DeviceClass", True), ("ResourceClaim", False)):
        gone = removal("resource.k8s.io/v1alpha3", name)
        assert gone
        assert gone.has_same_shape
        found = replacement(gone, version("1.36"))
        assert found
        assert found.has_same_shape is same


@pytest.mark.parametrize(("selector", "expected"), [({"matchLabels": {"app": "web"}}, True), ({}, False), (None, True)])
def test_an_empty_field_can_mean_something_else_in_the_replacement(selector: Any, expected: bool) -> None:  # noqa: FBT001
    gone = removal("policy/v1beta1", "PodDisruptionBudget")
    assert gone
    found = replacement(gone, version("1.36"))
    assert found
    assert found.keeps({"spec": {"selector": selector}}) is expected


@by_kind
def test_there_is_advice_in_words(gone: Removal) -> None:
    for at in VERSIONS:
        words = advice(gone, version(at))
        assert words
        assert words.count("`") % 2 == 0
        assert not words.endswith(".")


@pytest.mark.parametrize(
    ("api_version", "kind", "at", "expected"),
    [
        ("policy/v1beta1", "PodSecurityPolicy", "1.36", "it is gone since Kubernetes 1.25: use Pod Security Admission"),
        ("batch/v1beta1", "CronJob", "1.36", "it is gone since Kubernetes 1.25: write `batch/v1`, no field changes"),
        ("networking.k8s.io/v1beta1", "IPAddress", "1.36", ""),
        ("example.com/v1", "Bundle", "1.36", ""),
    ],
)
def test_the_words_for_a_kind_that_is_gone(api_version: str, kind: str, at: str, expected: str) -> None:
    assert removals.farewell(api_version, kind, version(at)) == expected


def test_groups_are_those_of_the_schemas() -> None:
    stored = {api.rpartition("/")[0] for each in VERSIONS for api, _ in STORE.kinds(each)}
    assert stored == kinds.GROUPS


def rows(api_version: str, kind: str, at: str) -> list[str]:
    value = {"apiVersion": api_version, "kind": kind}
    number = version(at)
    return [fault.row for check in (kinds.deprecated, kinds.outlook) for fault in check(value, number)]


@pytest.mark.parametrize(
    ("api_version", "kind", "at", "expected"),
    [
        ("apps/v1", "Deployment", "1.36", []),
        ("v1", "Endpoints", "1.32", []),
        ("v1", "Endpoints", "1.33", ["LIF02"]),
        ("v1", "EndpointsList", "1.33", ["LIF02"]),
        ("networking.k8s.io/v1beta1", "IPAddress", "1.33", ["LIF05"]),
        ("networking.k8s.io/v1beta1", "IPAddress", "1.36", ["LIF02", "LIF05"]),
        ("networking.k8s.io/v1beta1", "IPAddress", "1.37", ["LIF05"]),
        ("scheduling.k8s.io/v1alpha2", "Workload", "1.36", ["LIF03", "LIF05"]),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.28", []),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.29", ["LIF02"]),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity", "1.25", ["LIF02"]),
        ("storage.k8s.io/v1beta1", "VolumeAttributesClass", "1.31", ["LIF05"]),
        ("cert-manager.io/v1alpha2", "Certificate", "1.36", []),
        ("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", "1.36", []),
        ("autoscaling.k8s.io/v1beta2", "VerticalPodAutoscaler", "1.36", []),
    ],
)
def test_what_is_said_of_an_api_version(api_version: str, kind: str, at: str, expected: list[str]) -> None:
    assert rows(api_version, kind, at) == expected


def test_what_is_said_names_both_versions_and_the_way_out() -> None:
    fault = next(kinds.deprecated({"apiVersion": "networking.k8s.io/v1beta1", "kind": "IPAddress"}, (1, 36)))
    assert fault.path == ("apiVersion",)
    assert fault.message == (
        "names `networking.k8s.io/v1beta1`, where `IPAddress` is deprecated since Kubernetes 1.34, and goes in 1.37"
    )
    assert fault.help == "write `networking.k8s.io/v1`, no field changes"


def found(text: str, at: str) -> list[Fault]:
    value = yaml.safe_load(text)
    number = version(at)
    checks = (kinds.deprecated, kinds.outlook, fields.deprecated_fields)
    return [fault for check in checks for fault in check(value, number)]


SHOWN = tuple(entry for entry in ENTRIES if entry.fails)
by_entry = pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)


def test_every_rule_has_examples_or_names_the_one_that_says_it() -> None:
    assert [entry.row for entry in ENTRIES] == [f"LIF0{number}" for number in range(1, 6)]
    assert [entry.row for entry in ENTRIES if entry.elsewhere] == ["LIF01"]
    assert all(bool(entry.fails and entry.passes) is not bool(entry.elsewhere) for entry in ENTRIES)


@by_entry
def test_the_example_that_fails_breaks_the_rule(entry: Entry) -> None:
    assert entry.row in [fault.row for fault in found(entry.fails, entry.version or NEWEST)]


@by_entry
def test_the_example_that_passes_breaks_none(entry: Entry) -> None:
    assert found(entry.passes, entry.version or NEWEST) == []


@by_entry
def test_a_server_takes_the_examples(entry: Entry) -> None:
    objects = Objects(STORE, (entry.version or NEWEST,), lambda *_: None)
    for text in (entry.fails, entry.passes):
        value = yaml.safe_load(text)
        known = objects.kind(value["apiVersion"], value["kind"])
        assert not known.lacking
        severities = {catalogue.rule(fault.row).severity if fault.row else "" for fault in objects.faults(value, known)}
        assert severities <= {"warning"}


@pytest.mark.parametrize("each", FIELDS, ids=lambda each: each.names[0])
def test_every_field_has_a_rule_that_reports_it(each: fields.Field) -> None:
    assert catalogue.rule(each.rule)
    for name in each.names:
        assert fields.reported(each.rule, name.replace("*", "main")) is each


def pod_with(spec: Mapping[str, Any], kind: tuple[str, str]) -> tuple[dict[str, Any], tuple[str | int, ...]]:
    """Return an object of a kind whose pods have ``spec``, and where that is."""
    group, name = kind
    at = TEMPLATES[kind]
    value: dict[str, Any] = {"spec": spec}
    for key in reversed(at):
        value = {str(key): value}
    return {"apiVersion": f"{group}/v1" if group else "v1", "kind": name, **value}, at


@pytest.mark.parametrize("kind", TEMPLATES)
def test_fields_of_pods_are_found_once_wherever_pods_are_described(kind: tuple[str, str]) -> None:
    value, at = pod_with({"serviceAccount": "web"}, kind)
    assert [fault.path for fault in fields.deprecated_fields(value, (1, 36))] == [(*at, "spec", "serviceAccount")]


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("{apiVersion: v1, kind: Service, spec: {loadBalancerIP: 192.0.2.1}}", "1.23", []),
        ("{apiVersion: v1, kind: Service, spec: {loadBalancerIP: 192.0.2.1}}", "1.24", ["spec.loadBalancerIP"]),
        ("{apiVersion: v1, kind: Service, spec: {loadBalancerIP: ''}}", "1.24", []),
        ("{apiVersion: example.com/v1, kind: Service, spec: {loadBalancerIP: 192.0.2.1}}", "1.24", []),
        ("{apiVersion: v1, kind: Service, spec: null}", "1.24", []),
        ("{apiVersion: v1, kind: Service, spec: [wrong]}", "1.24", []),
        (
            "{apiVersion: v1, kind: PersistentVolume, metadata: {annotations: {volume.alpha.kubernetes.io/x: a}}}",
            "1.36",
            ["metadata.annotations.volume.alpha.kubernetes.io/x"],
        ),
        # the server warns about these itself
        ("{apiVersion: v1, kind: Service, spec: {externalIPs: [192.0.2.1]}}", "1.36", []),
        ("{apiVersion: v1, kind: Pod, spec: {volumes: [{name: a, rbd: {}}]}}", "1.36", []),
    ],
)
def test_deprecated_fields(text: str, at: str, expected: list[str]) -> None:
    faults = fields.deprecated_fields(yaml.safe_load(text), version(at))
    assert [".".join(map(str, fault.path)) for fault in faults] == expected
