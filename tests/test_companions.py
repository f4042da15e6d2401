"""What init containers and sidecars take from their component."""

from typing import Any

import pytest

from test_properties import good, manifests

APP = {"apiVersion": "kgen/v1", "name": "shop", "image": "shop:1", "secrets": {"token": ["key"]}}


def first(companion: dict[str, Any], **component: Any) -> dict[str, Any]:
    """Return the init container that is made of ``companion``."""
    worker = {"type": "worker", "command": ["work"], "init": {"setup": companion}} | component
    made = good(APP | {"components": {"worker": worker}})
    (deployment,) = (each for each in manifests(made) if each["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["initContainers"]
    return dict(container)


ENV = {"MODE": "fast", "TOKEN": {"secret": "token/key"}}


def test_the_same_image_gets_the_environment() -> None:
    made = first({"command": "setup"}, env=ENV)
    assert made["image"] == "shop:1"
    assert made["envFrom"] == [{"configMapRef": {"name": "shop-worker-env"}}]
    assert [each["name"] for each in made["env"]] == ["TOKEN"]


@pytest.mark.parametrize("image", ["fetch:2", {"repository": "fetch", "tag": "2"}])
def test_an_image_of_somebody_else_gets_nothing(image: Any) -> None:
    made = first({"image": image, "env": {"OWN": "1"}}, env=ENV, security={"runAsUser": 1000})
    assert "envFrom" not in made
    assert made["env"] == [{"name": "OWN", "value": "1"}]
    assert made["securityContext"]["runAsUser"] == 65532


def test_another_tag_is_the_same_image() -> None:
    made = first({"image": {"tag": "2"}, "command": "setup"}, env=ENV)
    assert made["image"] == "shop:2"
    assert "envFrom" in made


def test_a_dollar_in_a_value_stays_one() -> None:
    made = first({"command": "setup", "env": {"PRICE": "$(MODE) $5"}}, env={"MODE": "fast"})
    assert made["env"] == [{"name": "PRICE", "value": "$$(MODE) $$5"}]


def test_a_variable_that_is_taken_back_is_not_there() -> None:
    made = first({"command": "setup", "env": {"MODE": None, "OTHER": "1"}}, env={"MODE": "fast"})
    assert "envFrom" not in made
    assert made["env"] == [{"name": "OTHER", "value": "1"}]
