"""A field in the wrong place gets a finding that names the right one."""

import pytest

from kgen.check.misplaced import way_out
from kgen.check.store import Store, default_directory
from kgen.diag import Path
from kgen.read import careful

STORE = Store(default_directory())
VERSION = "1.34"

CASES: tuple[tuple[str, Path, str], ...] = (
    # another version of the API has it: the autoscaler of the articles that people copy
    ("{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler}", ("spec", "metrics"),
     "this field exists in `autoscaling/v2`"),
    ("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler}", ("spec", "targetCPUUtilizationPercentage"),
     "this field exists in `autoscaling/v1`"),
    # it has been called otherwise
    ("{apiVersion: networking.k8s.io/v1, kind: Ingress}",
     ("spec", "rules", 0, "http", "paths", 0, "backend", "serviceName"),
     "since `networking.k8s.io/v1` it is `service.name`"),
    ("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler}",
     ("spec", "metrics", 0, "resource", "target", "operator"),
     "there is no operator: a target is an average (`averageUtilization`, `averageValue`)"),
    # one level too high
    ("{apiVersion: v1, kind: Pod, spec: {containers: [{}]}}", ("spec", "image"), "it belongs in `spec.containers[]`"),
    ("{apiVersion: v1, kind: Pod, spec: {containers: [{}]}}", ("spec", "volumeMounts"),
     "it belongs in `spec.containers[]`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 1, "limits"),
     "it belongs in `spec.containers[1].resources`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "runAsNonRoot"),
     "it belongs in `spec.containers[0].securityContext`"),
    ("{apiVersion: batch/v1, kind: CronJob}", ("spec", "jobTemplate", "spec", "containers"),
     "it belongs in `spec.jobTemplate.spec.template.spec`"),
    ("{apiVersion: apps/v1, kind: Deployment}", ("replicas",), "it belongs in `spec`"),
    ("{apiVersion: apps/v1, kind: Deployment, metadata: {}}", ("name",), "it belongs in `metadata`"),
    # too deep
    ("{apiVersion: apps/v1, kind: Deployment}", ("spec", "template", "metadata", "spec"),
     "indented too far: did you mean `spec.template.spec`?"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "volumes"),
     "indented too far: did you mean `spec.volumes`?"),
    ("{apiVersion: v1, kind: Service}", ("spec", "ports", 0, "selector"),
     "indented too far: did you mean `spec.selector`?"),
    # nobody can tell
    ("{apiVersion: v1, kind: Pod}", ("spec", "foo"), ""),
    ("{apiVersion: v1, kind: Pod}", ("spec", "name"), ""),
    ("{apiVersion: acme.example/v1, kind: Widget}", ("spec", "image"), ""),
    ("{apiVersion: v1, kind: Pod}", ("metadata", "labels", "foo", "bar"), ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path", "said"), CASES, ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else ""
)
def test_the_right_place_is_named(text: str, path: Path, said: str) -> None:
    value, _ = careful.read(text.encode())
    assert way_out(value, path, STORE, VERSION) .help if False else way_out(value, path, STORE, VERSION).help == said
