"""What examples of the catalogue cannot show about metadata: other versions, long texts, custom kinds."""

from __future__ import annotations

from typing import Any

import pytest

from kgen.check.fault import field
from kgen.check.objects import Objects
from kgen.check.server import addresses, metadata, selectors
from kgen.check.server.kinds import Context
from kgen.check.store import Store, default_directory
from test_crd import ID, METADATA, definition

NEWEST = (1, 36)
KIB = 1024


def broken(own: dict[str, Any], kind: str = "ConfigMap", version: tuple[int, int] = NEWEST) -> list[tuple[str, str]]:
    """Return the rows that an object with this ``metadata`` breaks, and where."""
    context = Context(version, "", kind, is_namespaced=True)
    return [(fault.row, fault.field or field(fault.path)) for fault in metadata.faults({"metadata": own}, context)]


@pytest.mark.parametrize(("name", "old", "new"), [("0-web", "META004", ""), ("web.x", "META004", "META005")])
def test_the_name_of_a_service_may_start_with_a_digit_since_1_36(name: str, old: str, new: str) -> None:
    assert [row for row, _ in broken({"name": name}, "Service", (1, 35))] == [old]
    assert [row for row, _ in broken({"name": name}, "Service")] == ([new] if new else [])


def test_annotations_are_measured_in_bytes() -> None:
    assert broken({"name": "a", "annotations": {"key": "é" * (128 * KIB - 2)}}) == []
    too_long = {"name": "a", "annotations": {"key": "é" * (128 * KIB - 1)}}
    assert broken(too_long) == [("META017", "metadata.annotations")]


@pytest.mark.parametrize(
    ("prefix", "fields"),
    [
        ("notes-", []),
        ("foo_-", ["metadata.name"]),
        ("foo__-", ["metadata.generateName"]),
        ("a" * 253, []),
        ("-", ["metadata.generateName"]),
    ],
)
def test_one_more_sign_than_the_last_dash_of_a_generated_name_is_hidden(prefix: str, fields: list[str]) -> None:
    assert broken({"generateName": prefix}) == [("META010", field) for field in fields]


def test_owners_of_one_uid_are_one_owner() -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "1", "controller": True}
    assert broken({"name": "a", "ownerReferences": [owner, owner]}) == []
    assert broken({"name": "a", "ownerReferences": [owner, {**owner, "uid": "2"}]}) == [
        ("META026", "metadata.ownerReferences")
    ]


def test_of_a_template_the_server_leaves_out_metadata() -> None:
    context = Context(NEWEST, "apps", "Deployment", is_namespaced=True)
    own = {"labels": {"a b": "c"}, "annotations": {"d e": "f"}}
    found = list(metadata.template_metadata(own, ("spec", "template", "metadata"), context))
    assert [fault.field for fault in found] == ["spec.template.labels", "spec.template.annotations"]
    assert [fault.path[2:] for fault in found] == [("metadata", "labels"), ("metadata", "annotations")]


@pytest.mark.parametrize(
    ("own", "fields"),
    [
        ({"name": "a", "finalizers": ["hook"], "generation": -1, "namespace": "a"}, []),
        ({"name": "A", "labels": {"a": "b c"}}, ["metadata.labels", "metadata.name"]),
        ({"name": "a", "labels": {"a": 1}}, ["metadata.labels.a"]),
    ],
)
def test_metadata_of_custom_kinds_is_checked(own: dict[str, Any], fields: list[str]) -> None:
    from kgen.check.crd import custom_kinds  # noqa: PLC0415  # as where it is used

    made = custom_kinds(definition({"type": "string"}), METADATA)
    known = Objects(Store(default_directory()), ("1.36",), lambda api, kind, _: made.get((api, kind)))
    value = {"apiVersion": ID[0], "kind": ID[1], "metadata": own}
    assert sorted(field(fault.path) for fault in known.faults(value, known.kind(*ID))) == fields


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("10.0.0.1", True, True),
        ("010.0.0.1", True, False),
        ("::ffff:1.2.3.4", True, False),
        ("fe80::1%eth0", False, False),
        ("1.2.3", False, False),
        ("1.2.3.256", False, False),
        ("٣.2.3.4", False, False),
        ("", False, False),
    ],
)
def test_addresses_are_read_strictly_since_1_36(text: str, *, old: bool, new: bool) -> None:
    assert (addresses.ip(text, (1, 35)) == "") is old
    assert (addresses.ip(text, NEWEST) == "") is new


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("10.0.0.0/8", True, True),
        ("::/0", True, True),
        ("10.0.0.1/8", True, False),
        ("10.0.0.0/08", True, False),
        ("2001:db8::1/64", True, False),
        ("10.0.0.0/33", False, False),
        ("10.0.0.0", False, False),
        ("10.0.0.0/255.0.0.0", False, False),
    ],
)
def test_networks_are_read_strictly_since_1_36(text: str, *, old: bool, new: bool) -> None:
    assert (addresses.cidr(text, (1, 35)) == "") is old
    assert (addresses.cidr(text, NEWEST) == "") is new


@pytest.mark.parametrize(
    ("operator", "values", "selected"),
    [
        ("In", ["web"], [True, False, False]),
        ("NotIn", ["web"], [False, True, True]),
        ("Exists", None, [True, True, False]),
        ("DoesNotExist", None, [False, False, True]),
        ("Is", ["web"], [False, False, False]),
    ],
)
def test_selectors_match_as_the_server_does(operator: str, values: list[str] | None, selected: list[bool]) -> None:
    selector = {"matchExpressions": [{"key": "app", "operator": operator, "values": values}]}
    own: list[dict[str, str]] = [{"app": "web"}, {"app": "api"}, {}]
    assert [selectors.matches(selector, labels) for labels in own] == selected
    assert selectors.matches({"matchLabels": {"app": "web"}, **selector}, {"app": "api"}) is False
