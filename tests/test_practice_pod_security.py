"""The Pod Security Standards, control by control: corners that the admission controller's own fixtures have."""

import pytest

from kgen.check.practice.pod_security import violations
from kgen.check.resource import Resource
from kgen.read import careful

RESTRICTED = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
NEWEST = (1, 36)
LOCALHOST = "{seccompProfile: {type: Localhost}}"


def pod(text: str) -> Resource:
    spec = careful.read(text.encode())[0]
    metadata = spec.pop("metadata", {})
    spec.setdefault("containers", [{"name": "web"}])
    return Resource({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def broken(resource: Resource, level: str, version: tuple[int, int] = NEWEST) -> set[str]:
    assert resource.template is not None
    return {fault.row for fault in violations(resource.template, level, version)}


def safe(text: str) -> Resource:
    """A pod that is restricted, but for what ``text`` says."""
    made = pod(text)
    spec = made.value["spec"]
    spec["securityContext"] = RESTRICTED | spec.get("securityContext", {})
    for key in ("containers", "initContainers", "ephemeralContainers"):
        for each in spec.get(key, ()):
            each["securityContext"] = CONTAINER | each.get("securityContext", {})
    return made


@pytest.mark.parametrize(
    ("text", "level", "version", "rows"),
    [
        # containers of every sort
        ("initContainers: [{securityContext: {privileged: true}}]", "baseline", NEWEST, {"PSSB03"}),
        ("ephemeralContainers: [{securityContext: {privileged: true}}]", "baseline", NEWEST, {"PSSB03"}),
        ("containers: [{securityContext: {windowsOptions: {hostProcess: true}}}]", "baseline", NEWEST, {"PSSB01"}),
        ("securityContext: {windowsOptions: {hostProcess: true}}", "baseline", NEWEST, {"PSSB01"}),
        ("{hostNetwork: true, hostIPC: false}", "baseline", NEWEST, {"PSSB02"}),
        ("containers: [{ports: [{hostPort: 0}]}]", "baseline", NEWEST, set()),
        ("containers: [{ports: [{hostPort: 80}]}]", "baseline", NEWEST, {"PSSB06"}),
        # hosts of probes and hooks, from 1.34
        ("containers: [{lifecycle: {preStop: {tcpSocket: {host: db}}}}]", "baseline", (1, 33), set()),
        ("containers: [{lifecycle: {preStop: {tcpSocket: {host: db}}}}]", "baseline", (1, 34), {"PSSB07"}),
        ('containers: [{startupProbe: {httpGet: {host: ""}}}]', "baseline", (1, 34), set()),
        # profiles
        ("securityContext: {appArmorProfile: {type: Unconfined}}", "baseline", NEWEST, {"PSSB08"}),
        ("securityContext: {appArmorProfile: {}}", "baseline", NEWEST, {"PSSB08"}),
        (
            "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/web: unconfined}}",
            *("baseline", NEWEST, {"PSSB08"}),
        ),
        (
            'metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/web: ""}}',
            *("baseline", NEWEST, set()),
        ),
        ("securityContext: {seccompProfile: {type: Unconfined}}", "baseline", (1, 19), {"PSSB11"}),
        ("securityContext: {seccompProfile: {type: Unconfined}}", "baseline", (1, 18), set()),
        (
            "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}",
            *("baseline", (1, 18), {"PSSB11"}),
        ),
        ("metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: x}}", "baseline", (1, 19), set()),
        # SELinux
        ("securityContext: {seLinuxOptions: {type: container_engine_t}}", "baseline", (1, 30), {"PSSB09"}),
        ("securityContext: {seLinuxOptions: {type: container_engine_t}}", "baseline", (1, 31), set()),
        ("containers: [{securityContext: {seLinuxOptions: {role: sysadm_r}}}]", "baseline", NEWEST, {"PSSB09"}),
        ("securityContext: {seLinuxOptions: {level: s0}}", "baseline", NEWEST, set()),
        # sysctls by version
        ("securityContext: {sysctls: [{name: net.ipv4.ip_local_reserved_ports}]}", "baseline", (1, 26), {"PSSB12"}),
        ("securityContext: {sysctls: [{name: net.ipv4.ip_local_reserved_ports}]}", "baseline", (1, 27), set()),
        ("securityContext: {sysctls: [{name: net.ipv4.tcp_fin_timeout}]}", "baseline", (1, 28), {"PSSB12"}),
        ("securityContext: {sysctls: [{name: net.ipv4.tcp_fin_timeout}]}", "baseline", (1, 29), set()),
        ("securityContext: {sysctls: [{name: net.ipv4.tcp_rmem}]}", "baseline", (1, 31), {"PSSB12"}),
        ("securityContext: {sysctls: [{name: net.ipv4.tcp_rmem}]}", "baseline", (1, 32), set()),
        # a name in the wrong form is none of those that are allowed
        ("containers: [{securityContext: {capabilities: {add: [CAP_CHOWN]}}}]", "baseline", NEWEST, {"PSSB04"}),
        # what is masked in /proc
        ("containers: [{securityContext: {procMount: Unmasked}}]", "baseline", (1, 34), {"PSSB10"}),
        ("{hostUsers: false, containers: [{securityContext: {procMount: Unmasked}}]}", "baseline", (1, 34), {"PSSB10"}),
        ("{hostUsers: false, containers: [{securityContext: {procMount: Unmasked}}]}", "baseline", (1, 35), set()),
        ("hostPID: true", "privileged", NEWEST, set()),
    ],
)
def test_baseline(text: str, level: str, version: tuple[int, int], rows: set[str]) -> None:
    assert broken(pod(text), level, version) == rows


@pytest.mark.parametrize(
    ("text", "version", "rows"),
    [
        ("{}", NEWEST, set()),
        # the container decides over the pod
        ("containers: [{securityContext: {runAsNonRoot: false}}]", NEWEST, {"PSSR03"}),
        (
            "{securityContext: {runAsNonRoot: null}, containers: [{securityContext: {runAsNonRoot: true}}]}",
            NEWEST,
            set(),
        ),
        (
            "{securityContext: {runAsNonRoot: false}, containers: [{securityContext: {runAsNonRoot: true}}]}",
            *(NEWEST, {"PSSR03"}),
        ),
        ("containers: [{securityContext: {runAsUser: 0}}]", NEWEST, {"PSSR04"}),
        ("containers: [{securityContext: {runAsUser: 0}}]", (1, 22), set()),
        ("containers: [{securityContext: {seccompProfile: {type: Unconfined}}}]", NEWEST, {"PSSB11"}),
        ("{securityContext: {seccompProfile: null}}", NEWEST, {"PSSR05"}),
        (
            f"{{securityContext: {{seccompProfile: null}}, containers: [{{securityContext: {LOCALHOST}}}]}}",
            NEWEST,
            set(),
        ),
        # user namespaces, from 1.35
        ("{hostUsers: false, securityContext: {runAsNonRoot: false, runAsUser: 0}}", (1, 34), {"PSSR03", "PSSR04"}),
        ("{hostUsers: false, securityContext: {runAsNonRoot: false, runAsUser: 0}}", (1, 35), set()),
        ("{hostUsers: false, containers: [{securityContext: {procMount: Unmasked}}]}", (1, 35), {"PSSR07"}),
        # Windows, from 1.25
        ("{os: {name: windows}, containers: [{securityContext: {allowPrivilegeEscalation: null}}]}", (1, 25), set()),
        ("{os: {name: windows}, containers: [{securityContext: {capabilities: null}}]}", (1, 24), {"PSSR06"}),
        ("{os: {name: windows}, containers: [{securityContext: {runAsNonRoot: false}}]}", (1, 25), {"PSSR03"}),
        # init and ephemeral containers
        ("initContainers: [{securityContext: {allowPrivilegeEscalation: true}}]", NEWEST, {"PSSR02"}),
        ("ephemeralContainers: [{securityContext: {capabilities: null}}]", NEWEST, {"PSSR06"}),
        ("containers: [{securityContext: {allowPrivilegeEscalation: null}}]", (1, 7), set()),
        # each capability is said once, with the level that it breaks
        ("containers: [{securityContext: {capabilities: {drop: [ALL], add: [CHOWN]}}}]", NEWEST, {"PSSR06"}),
        ("containers: [{securityContext: {capabilities: {drop: [ALL], add: [SYS_TIME]}}}]", NEWEST, {"PSSB04"}),
        ("containers: [{securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}]", NEWEST, set()),
        ("containers: [{securityContext: {capabilities: {drop: [all]}}}]", NEWEST, {"PSSR06"}),
        # volumes; without a source, the server makes it an emptyDir
        ("volumes: [{name: a, hostPath: {path: /a}}]", NEWEST, {"PSSB05"}),
        ("volumes: [{name: a, nfs: {server: a, path: /a}}]", NEWEST, {"PSSR01"}),
        ("volumes: [{name: a, ephemeral: {}}, {name: b, image: {reference: b}}, {name: c}]", NEWEST, set()),
    ],
)
def test_restricted(text: str, version: tuple[int, int], rows: set[str]) -> None:
    assert broken(safe(text), "restricted", version) == rows


def test_what_all_containers_lack_is_said_once_for_the_pod() -> None:
    both = pod("containers: [{name: a}, {name: b}]")
    assert both.template is not None
    paths = [fault.path for fault in violations(both.template, "restricted", NEWEST) if fault.row == "PSSR03"]
    assert paths == [("spec", "securityContext", "runAsNonRoot")]


def test_what_some_containers_lack_is_said_for_each_of_them() -> None:
    some = pod("containers: [{name: a, securityContext: {runAsNonRoot: true}}, {name: b}, {name: c}]")
    assert some.template is not None
    paths = [fault.path for fault in violations(some.template, "restricted", NEWEST) if fault.row == "PSSR03"]
    assert [path[2] for path in paths] == [1, 2]
