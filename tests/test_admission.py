"""The rules that kgen has the cluster enforce, asked of pods: the expressions themselves are run."""

from typing import Any, Final

import pytest

from kgen.check.cel.program import Meter, Program
from kgen.features.admission import CHANGED, VARIABLES, checks

ALLOWED: Final = ("ghcr.io/acme", "docker.io/library")


def refused(pod: dict[str, Any], registries: tuple[str, ...] = ALLOWED) -> list[str]:
    """Return what the cluster would say about ``pod``."""
    known: dict[str, Any] = {"object": {"spec": pod}, "variables": {}}
    names = frozenset(known)
    for name, expression in VARIABLES:
        known["variables"][name] = Program(expression, names).value(known, Meter(10_000))
    return [
        each.message
        for each in checks(registries)
        if Program(each.expression, names).value(known, Meter(10_000)) is not True
    ]


def of(*images: str, **more: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": image} for image in images], **more}


@pytest.mark.parametrize(
    "image",
    [
        *("ghcr.io/acme/shop:1.0.0", "ghcr.io/acme/a/b@sha256:" + "0" * 64, "redis:8.0.0", "docker.io/library/redis:8"),
        "ghcr.io/acme/shop:latest@sha256:" + "0" * 64,
    ],
)
def test_allowed_images_pass(image: str) -> None:
    assert refused(of(image)) == []


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("ghcr.io/acme-evil/shop:1", ["images must come from ghcr.io/acme or docker.io/library"]),
        ("grafana/loki:3", ["images must come from ghcr.io/acme or docker.io/library"]),
        ("localhost:5000/ghcr.io/acme/shop:1", ["images must come from ghcr.io/acme or docker.io/library"]),
        ("redis", ["every image needs a tag other than latest, or a digest"]),
        ("ghcr.io/acme/shop:latest", ["every image needs a tag other than latest, or a digest"]),
    ],
)
def test_other_images_are_refused(image: str, said: list[str]) -> None:
    assert refused(of("redis:8", image)) == said
    assert refused(of("redis:8", initContainers=of(image)["containers"])) == said
    assert refused(of("redis:8", ephemeralContainers=of(image)["containers"])) == said


def test_a_registry_with_a_port_has_no_tag() -> None:
    assert refused(of("localhost:5000/shop"), ()) == ["every image needs a tag other than latest, or a digest"]
    assert refused(of("localhost:5000/shop:1"), ()) == []


def test_folders_of_the_node_are_refused() -> None:
    assert refused(of("redis:8", volumes=[{"name": "a", "emptyDir": {}}])) == []
    assert refused(of("redis:8", volumes=[{"name": "a", "hostPath": {"path": "/"}}])) == [
        "folders of the node cannot be mounted"
    ]


@pytest.mark.parametrize(
    ("operation", "old", "asked"), [("CREATE", None, True), ("UPDATE", {"a": 1}, False), ("UPDATE", {"a": 2}, True)]
)
def test_pods_that_only_get_a_label_are_not_asked(operation: str, old: Any, *, asked: bool) -> None:
    known = {"request": {"operation": operation}, "object": {"spec": {"a": 1}}, "oldObject": {"spec": old}}
    assert Program(CHANGED["expression"], frozenset(known)).value(known, Meter(1_000)) is asked
