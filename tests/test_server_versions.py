# ruff: noqa: E501  # tables: a case is a line
"""
Rules of the server that came or went with a version of Kubernetes: an object on both sides of each.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/features/kube_features.go
"""

from __future__ import annotations

from functools import cache
from textwrap import indent

import pytest

from kgen.check.fault import Keyword
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.read import careful


def pod(spec: str, *, container: str = "", kind: str = "containers") -> str:
    main = indent("- name: main\n  image: web:1\n" + ("" if kind != "containers" else indent(container, "  ")), "  ")
    first = indent(f"- name: first\n  image: web:1\n{indent(container, '  ')}", "  ")
    more = f"  {kind}:\n{first}\n" if kind != "containers" else ""
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n{main}\n{more}{indent(spec, '  ')}"
    )


def job(spec: str) -> str:
    template = "  template:\n    spec: {restartPolicy: Never, containers: [{name: main, image: web:1}]}\n"
    return f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: web}}\nspec:\n{template}{indent(spec, '  ')}"


def stateful_set(spec: str) -> str:
    template = (
        "  serviceName: web\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {containers: [{name: main, image: web:1}]}\n"
    )
    return f"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: web}}\nspec:\n{template}{indent(spec, '  ')}"


def service(spec: str, name: str = "web") -> str:
    start = f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec:\n  ports: [{{port: 80}}]\n"
    return f"{start}{indent(spec, '  ')}"


def claim(spec: str) -> str:
    start = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: web}\nspec:\n  accessModes: [ReadWriteOnce]\n"
    )
    return f"{start}  resources: {{requests: {{storage: 1Gi}}}}\n{indent(spec, '  ')}"


SPREAD = "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, "
AFFINITY = "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
FAILURES = "podFailurePolicy: {rules: [{action: Nothing, onExitCodes: {operator: In, values: [1]}}]}"
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 2
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  behavior: {scaleUp: {tolerance: -1}}
"""
NONE = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 0
  maxReplicas: 2
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: External, external: {metric: {name: jobs}, target: {type: Value, value: 1}}}]
"""
DRIVER = """\
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: web}
spec: {nodeAllocatableUpdatePeriodSeconds: 1}
"""
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object}}
    selectableFields: [{jsonPath: .spec.name}]
"""
QUOTA = """\
apiVersion: v1
kind: ResourceQuota
metadata: {name: web}
spec: {scopeSelector: {matchExpressions: [{scopeName: VolumeAttributesClass, operator: Exists}]}}
"""

CAME: dict[str, tuple[str, int, str]] = {
    "addresses without leading zeros": ("SVC026", 36, service("externalIPs: [010.0.0.1]")),
    "networks without bits of hosts": ("SVC028", 36, service("type: LoadBalancer\nloadBalancerSourceRanges: [10.0.0.1/8]")),
    "resources of pods": ("RES006", 34, pod("resources: {requests: {cpu: 2}, limits: {cpu: 1}}")),
    "restart rules": ("CTR055", 35, pod("", container="restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]")),
    "mounts that are read-only all through": ("CTR047", 31, pod("volumes: [{name: data, emptyDir: {}}]", container="volumeMounts: [{name: data, mountPath: /data, recursiveReadOnly: Foo}]")),
    "resizing": ("CTR050", 33, pod("", container="resizePolicy: [{resourceName: cpu, restartPolicy: Sometimes}]")),
    "other host names": ("POD013", 35, pod("hostnameOverride: A_b")),
    "tolerance of autoscalers": ("HPA020", 35, SCALER),
    "distribution of traffic": ("SVC035", 31, service("trafficDistribution: Nearest")),
    "updates of what a node can attach": ("CLS015", 35, DRIVER),
    "volumes of images": ("VOL035", 35, pod("volumes: [{name: data, image: {pullPolicy: Always}}]")),
    "trust bundles": ("VOL033", 37, pod("volumes: [{name: data, projected: {sources: [{secret: {name: x}}, {clusterTrustBundle: {}}]}}]")),
    "certificates of pods": ("VOL034", 37, pod("volumes: [{name: data, projected: {sources: [{secret: {name: x}}, {podCertificate: {}}]}}]")),
    "policy of supplemental groups": ("SEC004", 33, pod("securityContext: {supplementalGroupsPolicy: Lax}")),
    "policy of SELinux": ("SEC005", 33, pod("securityContext: {seLinuxChangePolicy: Never}")),
    "policy of failures": ("JOB015", 26, job(FAILURES)),
    "limit of an index": ("JOB008", 29, job("backoffLimitPerIndex: 1")),
    "policy of replacement": ("JOB019", 29, job("podReplacementPolicy: Never")),
    "policy of success": ("JOB021", 31, job("completionMode: Indexed\ncompletions: 1\nsuccessPolicy: {rules: []}")),
    "another controller": ("JOB012", 32, job("managedBy: nobody")),
    "pods of a StatefulSet that may be missing": ("WRK019", 37, stateful_set("updateStrategy: {rollingUpdate: {maxUnavailable: 0}}")),
    "share of the pods of a StatefulSet": ("WRK012", 37, stateful_set("updateStrategy: {rollingUpdate: {maxUnavailable: 101%}}")),
    "retention of claims": ("WRK020", 27, stateful_set("persistentVolumeClaimRetentionPolicy: {whenDeleted: Never}")),
    "first ordinal": ("WRK021", 27, stateful_set("ordinals: {start: -1}")),
    "scheduling gates": ("POD027", 27, pod("schedulingGates: [{name: 'a b'}]")),
    "policies of spread": ("SCH024", 26, pod(f"topologySpreadConstraints: [{SPREAD}nodeTaintsPolicy: Never}}]")),
    "domains of spread": ("SCH023", 27, pod(f"topologySpreadConstraints: [{SPREAD}minDomains: 0}}]")),
    "label keys of spread": ("SCH025", 27, pod(f"topologySpreadConstraints: [{SPREAD}matchLabelKeys: ['a b']}}]")),
    "label keys of affinity": ("SCH017", 31, pod(f"{AFFINITY}labelSelector: {{}}, matchLabelKeys: ['a b']}}]}}}}")),
    "claims to devices": ("RES011", 34, pod("", container="resources: {claims: [{name: other}]}")),
    "classes of attributes": ("PVC011", 34, claim("volumeAttributesClassName: A_b")),
    "fields to select by": ("CRD026", 31, DEFINITION),
}  # fmt: skip
"""What the server looks at: the row, the first minor version that does, and an object that it refuses."""

WENT: dict[str, tuple[str, int, str]] = {
    "services start with a letter": ("META004", 36, service("", name="1web")),
    "variables have plain names": ("CTR022", 32, pod("", container="env: [{name: 'a b', value: x}]")),
    "search domains have no underscore": ("POD009", 33, pod("dnsConfig: {searches: [_a.b]}")),
    "restarts of main containers": ("CTR053", 34, pod("", container="restartPolicy: Always")),
    "restart rules of sidecars": ("CTR057", 36, pod("", container="restartPolicy: Always\nrestartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]", kind="initContainers")),
    "restarts of all containers": ("CTR056", 36, pod("", container="restartPolicy: Never\nrestartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}]")),
    "no sleep is no action": ("PRB013", 33, pod("", container="lifecycle: {preStop: {sleep: {seconds: 0}}}")),
    "traffic to the same node": ("SVC035", 34, service("trafficDistribution: PreferSameNode")),
    "volumes are labelled file by file": ("SEC005", 37, pod("securityContext: {seLinuxChangePolicy: MountOption}")),
    "an app has one pod at least": ("HPA002", 37, NONE),
    "quotas of classes of attributes": ("QTA007", 34, QUOTA),
}  # fmt: skip
"""What the server takes: the row that it broke before, the first minor version that takes it, and the object."""


WARNINGS = ("META038", "VOL039")
"""What the server takes, but not gladly: odd addresses, sources that it drops."""


@cache
def objects(minor: int) -> Objects:
    return Objects(Store(default_directory()), (f"1.{minor}",), lambda *_: None)


def rows(text: str, minor: int) -> set[str]:
    """Return the rows that an object breaks; ``unknown`` if that version does not know one of its fields."""
    value, unreadable = careful.read(text.encode())
    assert not unreadable
    known = objects(minor)
    faults = known.faults(value, known.kind(value["apiVersion"], value["kind"]))
    return {fault.row or str(fault.keyword) for fault in faults if fault.keyword is not Keyword.DUPLICATE}


@pytest.mark.parametrize(("row", "since", "text"), CAME.values(), ids=CAME)
def test_a_rule_holds_from_its_version_on(row: str, since: int, text: str) -> None:
    assert row in rows(text, since)
    assert row in rows(text, max(since, 36))
    assert rows(text, since - 1) <= {"unknown", *WARNINGS}


@pytest.mark.parametrize(("row", "since", "text"), WENT.values(), ids=WENT)
def test_a_rule_holds_up_to_its_version(row: str, since: int, text: str) -> None:
    assert row in rows(text, since - 1)
    assert rows(text, since) == set()
    assert rows(text, max(since, 36)) == set()


def test_only_sidecars_had_a_policy_of_their_own_for_some_versions() -> None:
    text = pod("", container="restartPolicy: Never", kind="initContainers")
    assert [minor for minor in range(28, 37) if "CTR052" in rows(text, minor)] == [29, 30, 31, 32, 33]
    text = pod("", container="restartPolicy: Sometimes")
    assert [minor for minor in range(28, 37) if "CTR053" in rows(text, minor)] == [29, 30, 31, 32, 33]
    assert [minor for minor in range(28, 37) if "CTR054" in rows(text, minor)] == [35, 36]


def test_certificates_are_checked_in_full() -> None:
    def found(*sources: str) -> list[str]:
        return sorted(rows(pod(f"volumes: [{{name: data, projected: {{sources: [{', '.join(sources)}]}}}}]"), 37))

    bundle = "{clusterTrustBundle: {signerName: example.com/mine, labelSelector: {matchLabels: {a: b}}, path: ca.pem}}"
    own = "{podCertificate: {signerName: example.com/mine, keyType: ED25519, keyPath: key.pem, certificateChainPath: ca.pem}}"
    assert found(bundle) == found(own) == []
    assert found(bundle, own) == ["VOL028"]
    assert found(bundle.replace("mine", "Mine")) == found(bundle.replace("example.com/mine", "x/y")) == ["VOL033"]
    assert (
        found(bundle.replace("signerName", "name: x, signerName"))
        == found(bundle.replace("a: b", "a b: c"))
        == ["VOL033"]
    )
    assert found("{clusterTrustBundle: {name: 'example.com:mine:v1', path: x}}") == []
    assert (
        found("{clusterTrustBundle: {name: Mine, path: x}}")
        == found("{clusterTrustBundle: {name: '', path: x}}")
        == ["VOL033"]
    )
    assert found(own.replace("keyPath", "maxExpirationSeconds: 60, keyPath")) == ["VOL034"]
    assert found(own.replace("keyPath: key.pem, certificateChainPath: ca.pem", "keyPath: ../x")) == ["VOL034"]
