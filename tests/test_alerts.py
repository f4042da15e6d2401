"""Corners of alerts and objectives that goldens do not show."""

import pytest

from kgen.k8s import Target
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.model.replicas import Autoscaling
from kgen.resolve import alert_rules, alerts
from kgen.resolve.alert_rules import Subject


def subject(**given: object) -> Subject:
    component = Component.model_validate({"type": "web", "ports": {"http": {"port": 8000}}} | given)
    target = Target(app="shop", component="web", name="shop-web", namespace="live")
    return alerts.subject(component, "web", target, by_service=True)


def names(about: Subject) -> set[str]:
    return {rule.name for rule in alert_rules.rules(about)}


@pytest.mark.parametrize(
    ("replicas", "there"),
    [
        (Autoscaling(min=2, max=5), True),
        (Autoscaling(min=3, max=3), False),  # being at its maximum is no news
        (4, False),
    ],
)
def test_an_autoscaler_is_watched_only_if_it_has_a_choice(replicas: object, there: bool) -> None:  # noqa: FBT001
    assert ("AutoscalerAtMaximum" in names(subject(replicas=replicas))) == there


def test_throttling_is_watched_only_where_a_limit_can_throttle() -> None:
    assert "CpuThrottled" not in names(subject())
    assert "CpuThrottled" in names(subject(resources={"limits": {"cpu": "1"}}))


def test_no_metrics_of_a_component_without_pods_are_no_fault() -> None:
    def query(replicas: int) -> str:
        about = subject(replicas=replicas, metrics={"path": "/metrics"})
        (rule,) = [rule for rule in alert_rules.rules(about) if rule.name == "MetricsMissing"]
        return rule.expr

    assert "absent(" in query(1)
    assert "absent(" not in query(0)


def test_pods_with_a_long_name_are_found_by_what_is_left_of_it() -> None:
    long = "a" * 60
    assert alerts.pods_of("Deployment", long) == f"{'a' * 46}.*"
    assert alerts.pods_of("StatefulSet", long) == f"{long}-[0-9]+"


@pytest.mark.parametrize(
    "more", [{"release": {"command": ("migrate",)}}, {"components": {"release": {"type": "worker"}}}]
)
def test_alerts_of_the_app_do_not_take_the_name_of_a_component_or_the_release(more: dict[str, object]) -> None:
    rules = {"QueueTooLong": {"expr": "vector(1)", "summary": "long"}}
    fields = {"apiVersion": "kgen/v1", "name": "release", "components": {"web": {"type": "worker"}}}
    app = App.model_validate(fields | {"alerts": {"rules": rules}} | more)
    watch = alerts.of_app(app, Platform())
    assert watch
    assert watch.name == "release-app"
