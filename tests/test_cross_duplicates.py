"""Objects that are there twice, and namespaces: the corners of the rules."""

import pytest

from kgen.check.cross.families import findings
from kgen.check.cross.resources import Finding, Resources
from kgen.check.resource import Resource
from test_cross_rules import found_in, resources, rows


def thing(kind: str, name: str, *, version: str = "v1", namespace: str = "", more: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{where}}}\n{more}\n"


def own(text: str, profile: str = "strict") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith("XDUP")]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(thing("Service", "web"), thing("Service", "web", namespace="default"), ["XDUP001"], id="default"),
        pytest.param(
            thing("Service", "web", namespace="one"), thing("Service", "web", namespace="two"), [], id="apart"
        ),
        pytest.param(thing("Service", "web"), thing("Secret", "web"), [], id="other kinds"),
        pytest.param(thing("Job", "web", version="batch/v1"), thing("Job", "web", version="x.io/v1"), [], id="groups"),
        pytest.param(
            thing("Ingress", "web", version="extensions/v1beta1"),
            thing("Ingress", "web", version="networking.k8s.io/v1"),
            ["XDUP002"],
            id="former group",
        ),
        pytest.param(thing("Service", "web"), thing("Service", "web"), ["XDUP003"], id="the same"),
        pytest.param(thing("Secret", "web"), thing("Secret", "web"), ["XDUP001"], id="nobody sees the values"),
        pytest.param(thing("Namespace", "_"), thing("Namespace", "_"), [], id="a placeholder"),
        pytest.param(
            thing("ClusterRole", "web", version="rbac.authorization.k8s.io/v1", namespace="one"),
            thing("ClusterRole", "web", version="rbac.authorization.k8s.io/v1", namespace="two", more="rules: []"),
            ["XDUP001"],
            id="outside of namespaces",
        ),
    ],
)
def test_identity_is_kind_namespace_and_name(one: str, other: str, expected: list[str]) -> None:
    assert own(one + other) == expected


def in_files(texts: dict[str, str], profile: str = "default") -> list[Finding]:
    made = []
    for path, text in texts.items():
        for each in resources(text).all:
            each.place = Place(path)
            made.append(each)
    return list(findings(Resources(made), profile))


def test_two_files_with_the_same_objects_are_one_finding() -> None:
    texts = {
        "all.yaml": thing("Secret", "db") + thing("Secret", "web") + thing("Secret", "api"),
        "small.yaml": thing("Secret", "db") + thing("Secret", "web") + thing("Secret", "api"),
        "db.yaml": thing("Secret", "db"),
        "old/db.yaml": thing("Secret", "db"),
    }
    found = [each for each in in_files(texts) if each.fault.row == "XDUP015"]
    assert [str(each.resource.place.path) for each in found] == ["small.yaml", "db.yaml"]
    assert "as 2 more of this file" in found[0].fault.message
    assert " more of this file" not in found[1].fault.message


def workload(kind: str, name: str, *, namespace: str = "") -> str:
    labels = "{app: web}"
    pod = f"{{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: web, image: example.com/web:1}}]}}}}"
    spec = f"spec: {{selector: {{matchLabels: {labels}}}, template: {pod}}}"
    return thing(kind, name, version="apps/v1", namespace=namespace, more=spec)


@pytest.mark.parametrize(
    ("texts", "is_found"),
    [
        pytest.param({"web.yaml": workload("Deployment", "web"), "api.yaml": workload("Deployment", "api")}, True),
        pytest.param({"web.yaml": workload("Deployment", "web") + workload("DaemonSet", "web")}, True),
        pytest.param({"web.yaml": workload("Deployment", "web"), "each.yaml": workload("DaemonSet", "web")}, False),
        pytest.param({"a/web.yaml": workload("Deployment", "web"), "b/api.yaml": workload("Deployment", "api")}, False),
        pytest.param(
            {
                "a/web.yaml": workload("Deployment", "web", namespace="shop"),
                "b/api.yaml": workload("Deployment", "api", namespace="shop"),
            },
            True,
        ),
    ],
)
def test_selectors_of_alternatives_may_overlap(texts: dict[str, str], *, is_found: bool) -> None:
    assert ("XSEL006" in rows(in_files(texts))) is is_found


SHOP = thing("Namespace", "shop-prod")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(thing("Secret", "db", namespace="shop"), [], id="no Namespace at all"),
        pytest.param(SHOP + thing("Secret", "db", namespace="shop-prdo"), ["XDUP004"], id="a slip"),
        pytest.param(SHOP + thing("Secret", "db", namespace="kube-system"), [], id="there in each cluster"),
        pytest.param(SHOP + thing("Secret", "db"), [], id="default"),
        pytest.param(thing("Secret", "db", namespace="shop-prod") + SHOP, ["XDUP007"], id="too early"),
    ],
)
def test_namespaces_in_the_default_profile(text: str, expected: list[str]) -> None:
    assert own(text, "default") == expected


def test_one_finding_for_all_objects_in_an_unknown_namespace() -> None:
    text = SHOP + thing("Secret", "one", namespace="monitoring") + thing("Secret", "two", namespace="monitoring")
    assert own(text) == ["XDUP004"]
    assert own(text, "default") == []


class Place:
    def __init__(self, path: str) -> None:
        self.path = path


def placed(path: str, kind: str, name: str, **more: object) -> Resource:
    metadata = {"name": name, "namespace": "shop"} if kind != "Namespace" else {"name": name}
    return Resource({"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}, Place(path))


def test_the_order_of_files_does_not_matter() -> None:
    objects = [placed("a.yaml", "Secret", "db"), placed("b.yaml", "Namespace", "shop")]
    assert list(findings(Resources(objects), "default")) == []


@pytest.mark.parametrize(
    ("other", "default", "strict"),
    [
        ("web/a.yaml", ["XDUP001"], ["XDUP001"]),
        ("web/b.yaml", ["XDUP015"], ["XDUP015"]),
        ("overlay/a.yaml", [], ["XDUP015"]),
    ],
)
def test_only_in_one_file_it_is_sure_that_both_are_applied(other: str, default: list[str], strict: list[str]) -> None:
    made = Resources([placed("web/a.yaml", "Service", "web"), placed(other, "Service", "web", spec={"ports": []})])
    for profile, expected in (("default", default), ("strict", strict)):
        found = [each.fault.row for each in findings(made, profile)]
        assert [row for row in found if row.startswith("XDUP")] == expected


def test_names_of_stateful_sets_end_after_52_characters() -> None:
    assert own(thing("StatefulSet", "d" * 52, version="apps/v1"), "default") == []
    assert own(thing("StatefulSet", "d" * 53, version="apps/v1"), "default") == ["XDUP011"]
