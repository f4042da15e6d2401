"""Schedules, hooks and placement: the corners of the rules."""

import pytest

from test_cross_rules import found_in, rows


def own(text: str, profile: str = "strict") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith("XWRK")]


def cron(schedule: str, more: str = "concurrencyPolicy: Forbid") -> str:
    return f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: report}}
spec: {{schedule: '{schedule}', {more}}}
"""


@pytest.mark.parametrize(
    ("schedule", "never"),
    [
        ("0 0 30 2 *", True),
        ("0 0 30,31 feb *", True),
        ("0 0 31 4-6 *", False),
        ("0 0 31 */2 *", False),
        ("0 0 31 2,4,6,9,11 ?", True),
        ("0 0 29 2 *", False),
        ("0 0 30 2 mon", False),
        ("0 0 30-99 2 *", False),
        ("@yearly", False),
        ("", False),
    ],
)
def test_days_that_no_month_has(schedule: str, *, never: bool) -> None:
    assert own(cron(schedule)) == (["XWRK013"] if never else [])


@pytest.mark.parametrize(
    ("zone", "schedule", "expected"),
    [
        ("Europe/Berlin", "30 2 * * *", ["XWRK014"]),
        ("Europe/Berlin", "0 3 * * *", []),
        ("America/New_York", "15 1 * * *", ["XWRK014"]),
        ("Asia/Tokyo", "30 2 * * *", []),
        ("Mars/Base", "30 2 * * *", []),
        ("../../etc/passwd", "30 2 * * *", []),
        ("Europe/Berlin", "30 * * * *", []),
    ],
)
def test_hours_that_are_left_out_or_come_twice(zone: str, schedule: str, expected: list[str]) -> None:
    assert own(cron(schedule, f"concurrencyPolicy: Forbid, timeZone: {zone}")) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("suspend: false", []),
        ("concurrencyPolicy: Allow", []),
        ("jobTemplate: {spec: {activeDeadlineSeconds: 60}}", []),
        ("jobTemplate: {spec: {activeDeadlineSeconds: 600}}", ["XWRK011"]),
        ("concurrencyPolicy: Replace", []),
    ],
)
def test_runs_that_pile_up(more: str, expected: list[str]) -> None:
    assert own(cron("*/5 * * * *", more)) == expected


@pytest.mark.parametrize(
    ("grace", "hook", "expected"),
    [
        ("", "exec: {command: [sleep, '29']}", []),
        ("", "exec: {command: [/bin/sh, -c, 'sleep 30; nginx -s quit']}", ["XWRK009"]),
        ("", "exec: {command: [sh, -c, sleep 1m]}", ["XWRK009"]),
        ("terminationGracePeriodSeconds: 60", "exec: {command: [sleep, '40']}", []),
        ("", "exec: {command: [echo, sleep, '40']}", []),
        ("", "sleep: {seconds: 30}", ["XWRK009"]),
        ("", "sleep: {seconds: 31}", []),
        ("", "exec: {command: [sleep, infinity]}", []),
    ],
)
def test_hooks_and_the_grace_period(grace: str, hook: str, expected: list[str]) -> None:
    text = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  template:
    spec:
      {grace}
      containers: [{{name: web, image: web, lifecycle: {{preStop: {{{hook}}}}}}}]
"""
    assert own(text, "default") == expected


def term(*expressions: str) -> str:
    return f"{{matchExpressions: [{', '.join(f'{{{each}}}' for each in expressions)}]}}"


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([term("key: disk, operator: In, values: [hdd]")], ["XWRK020"]),
        ([term("key: disk, operator: In, values: [ssd, hdd]")], []),
        ([term("key: disk, operator: NotIn, values: [ssd]")], ["XWRK020"]),
        ([term("key: disk, operator: DoesNotExist")], ["XWRK020"]),
        ([term("key: disk, operator: DoesNotExist"), term("key: disk, operator: Exists")], []),
        ([term("key: zone, operator: In, values: [a]", "key: zone, operator: In, values: [b]")], ["XWRK020"]),
        ([term("key: zone, operator: NotIn, values: [a]", "key: zone, operator: NotIn, values: [b]")], []),
        ([], []),
    ],
)
def test_labels_that_no_node_can_have(terms: list[str], expected: list[str]) -> None:
    wanted = f"requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{', '.join(terms)}]}}"
    text = f"""
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec: {{nodeSelector: {{disk: ssd}}, affinity: {{nodeAffinity: {{{wanted}}}}}}}
"""
    assert own(text, "default") == expected


@pytest.mark.parametrize(
    ("selector", "profile", "expected"),
    [
        ("app: db", "default", ["XWRK001"]),
        ("app: db", "strict", ["XWRK001"]),
        # as far as its name goes, it may be anything
        ("app: web", "default", []),
    ],
)
def test_a_service_for_the_pods_that_has_almost_the_name(selector: str, profile: str, expected: list[str]) -> None:
    text = f"""
apiVersion: v1
kind: Service
metadata: {{name: db}}
spec: {{clusterIP: None, selector: {{{selector}}}, ports: [{{port: 5432}}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: dbb
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec: {{containers: [{{name: db, image: "example.com/db:1"}}]}}
"""
    assert [row for row in own(text, profile) if row == "XWRK001"] == expected
