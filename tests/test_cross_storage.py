"""Claims, volumes and the pods that mount them: the corners of the rules."""

import pytest

from test_cross_rules import found_in, rows


def claim(modes: str, *, name: str = "data", more: str = "") -> str:
    return f"""---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: {name}}}
spec: {{accessModes: [{modes}], {more}}}
"""


def workload(spec: str = "", *, kind: str = "Deployment", name: str = "web", pod: str = "", volume: str = "") -> str:
    return f"""---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}}}
spec:
  {spec}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      {pod}
      volumes: [{{name: data, persistentVolumeClaim: {{claimName: data, {volume}}}}}]
      containers: [{{name: web, image: web, volumeMounts: [{{name: data, mountPath: /data}}]}}]
"""


RECREATE = "strategy: {type: Recreate}"
TOGETHER = "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: []}, nodeAffinity: {}}"
SCALER = """---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""


def own(text: str, profile: str = "default") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith("XVOL")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(claim("ReadWriteOnce") + workload(RECREATE), [], id="one pod"),
        pytest.param(claim("ReadWriteOnce") + workload("replicas: 0"), [], id="no pod"),
        pytest.param(claim("ReadWriteOnce") + workload("replicas: 3"), ["XVOL001"], id="one cause, one finding"),
        pytest.param(claim("ReadWriteOnce, ReadWriteMany") + workload("replicas: 3"), [], id="several modes"),
        pytest.param(claim("ReadWriteOnce") + workload("replicas: 3", volume="readOnly: true"), [], id="only read"),
        pytest.param(claim("ReadWriteOnce") + workload(RECREATE) + SCALER, ["XVOL001"], id="scaled up"),
        pytest.param(claim("ReadWriteOnce") + workload("strategy: {rollingUpdate: {maxSurge: 0}}"), [], id="no surge"),
        pytest.param(
            claim("ReadWriteOnce") + workload("strategy: {rollingUpdate: {maxSurge: []}}"), ["XVOL002"], id="odd"
        ),
        pytest.param(
            claim("ReadWriteOnce") + workload(pod="nodeSelector: {kubernetes.io/hostname: a}"), [], id="one node"
        ),
        pytest.param(claim("ReadWriteOncePod") + workload(), ["XVOL003"], id="one pod for ever"),
        pytest.param(
            claim("ReadWriteOncePod") + workload(RECREATE) + workload(RECREATE, name="b"), ["XVOL003"], id="two apps"
        ),
        pytest.param(claim("ReadWriteOnce", name="other") + workload("replicas: 3"), [], id="another claim"),
        pytest.param(
            claim("ReadWriteOnce") + workload(kind="StatefulSet"), [], id="pods of a set have claims of their own"
        ),
    ],
)
def test_claims_and_their_pods(text: str, expected: list[str]) -> None:
    assert own(text) == expected


VOLUME = """---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 10Gi}, accessModes: [ReadWriteOnce], storageClassName: slow}
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("volumeName: disk", 0),
        ("volumeName: disk, storageClassName: slow, resources: {requests: {storage: 10240Mi}}", 0),
        ("volumeName: disk, storageClassName: ''", 1),
        ("volumeName: disk, volumeMode: Block, resources: {requests: {storage: 11Gi}}", 2),
        ("volumeName: other, volumeMode: Block", 0),
        ("volumeName: disk, resources: {requests: {storage: a lot}}", 0),
    ],
)
def test_claims_and_the_volumes_meant_for_them(more: str, expected: int) -> None:
    assert own(VOLUME + claim("ReadWriteOnce", more=more)) == ["XVOL008"] * expected


@pytest.mark.parametrize(
    ("volume", "limits", "expected"),
    [
        ("medium: Memory", "{}", ["XVOL015"]),
        ("medium: Memory, sizeLimit: 1Gi", "{memory: 512Mi}", ["XVOL015"]),
        ("medium: Memory, sizeLimit: 1Gi", "{memory: 2Gi}", []),
        ("medium: Memory, sizeLimit: 1Gi", "{}", []),
        ("sizeLimit: 1Gi", "{memory: 512Mi}", []),
    ],
)
def test_files_in_memory(volume: str, limits: str, expected: list[str]) -> None:
    text = f"""
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  volumes: [{{name: a, emptyDir: {{{volume}}}}}]
  containers: [{{name: web, image: web, resources: {{limits: {limits}}}, volumeMounts: [{{name: a, mountPath: /a}}]}}]
"""
    assert own(text, "strict") == expected
