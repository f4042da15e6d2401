"""The stored schemas: where they are from, that they are complete, and that little of them is read."""

import hashlib
import json
import re
import subprocess
import sys
import time
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from kgen.check import store as module
from kgen.check.schema import Compiler
from kgen.check.store import Store, default_directory

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
SOURCES: dict[str, Any] = tomllib.loads((SCHEMAS / "SOURCES.toml").read_text("utf-8"))
VERSIONS = tuple(f"1.{minor}" for minor in range(25, 38))
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "example.com/web:1"}]},
        },
    },
}

same_package = pytest.mark.skipif(
    distribution(SOURCES["package"]).version != SOURCES["version"],
    reason="another version of the upstream package is installed",
)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_file_is_the_one_that_was_made() -> None:
    files = {path.relative_to(SCHEMAS).as_posix(): path for path in SCHEMAS.rglob("*") if path.is_file()}
    del files["SOURCES.toml"]
    assert {name: digest(path) for name, path in files.items()} == SOURCES["made"] | SOURCES["custom-made"]


def test_sources_say_where_the_facts_are_from() -> None:
    assert SOURCES["licence"] == "Apache-2.0"
    assert SOURCES["url"] == f"https://pypi.org/project/{SOURCES['package']}/{SOURCES['version']}/"


@same_package
def test_what_was_read_is_what_is_installed() -> None:
    folder = Path(str(distribution(SOURCES["package"]).locate_file(SOURCES["folder"])))
    assert {name: digest(folder / name) for name in SOURCES["read"]} == SOURCES["read"]
    assert len(SOURCES["read"]) == len(VERSIONS)


@same_package
def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "1.2.json").write_text("{}", "utf-8")  # a stale file goes away
    (tmp_path / "SOURCES.toml").write_bytes((SCHEMAS / "SOURCES.toml").read_bytes())  # half of it is another script's
    script = ROOT / "scripts" / "build_schemas.py"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, capture_output=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    files = [path.relative_to(SCHEMAS) for path in SCHEMAS.rglob("*") if path.is_file()]
    assert made == {path: (SCHEMAS / path).read_bytes() for path in files if path.parts[0] != "custom"}


def test_the_data_is_small_and_made_of_lines() -> None:
    files = [path for path in SCHEMAS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_500_000
    lines = (SCHEMAS / "definitions.jsonl").read_text("utf-8").splitlines()
    names = [json.loads(line)[0] for line in lines]
    assert names == sorted(set(names))
    assert max(map(len, lines)) < 10_000


def test_every_reference_is_stored_and_every_definition_is_used() -> None:
    stored = dict(json.loads(line) for line in (SCHEMAS / "definitions.jsonl").read_text("utf-8").splitlines())
    store = Store(SCHEMAS)
    wanted = {str(made) for version in store.versions() for made in store.kinds(version).values()}
    for schema in stored.values():
        wanted |= set(re.findall(r'"\$ref":"([^"]+)"', json.dumps(schema, separators=(",", ":"))))
    assert wanted == stored.keys()


def test_versions_are_in_the_order_of_their_numbers() -> None:
    assert Store(SCHEMAS).versions() == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_the_kinds_that_apps_are_made_of(version: str) -> None:
    core = {
        "apps/v1": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
        "autoscaling/v2": ("HorizontalPodAutoscaler",),
        "batch/v1": ("CronJob", "Job"),
        "networking.k8s.io/v1": ("Ingress", "IngressClass", "NetworkPolicy"),
        "policy/v1": ("PodDisruptionBudget",),
        "rbac.authorization.k8s.io/v1": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
        "scheduling.k8s.io/v1": ("PriorityClass",),
        "storage.k8s.io/v1": ("StorageClass",),
        "apiextensions.k8s.io/v1": ("CustomResourceDefinition",),
        "v1": (
            *("ConfigMap", "LimitRange", "Namespace", "PersistentVolume", "PersistentVolumeClaim", "Pod"),
            *("ResourceQuota", "Secret", "Service", "ServiceAccount"),
        ),
    }
    store = Store(SCHEMAS)
    for api_version, kinds in core.items():
        for kind in kinds:
            name = store.schema(version, api_version, kind)
            assert name is not None
            group, _, number = api_version.rpartition("/")
            identity = {"group": group, "version": number, "kind": kind}
            assert store.definition(name)["x-kubernetes-group-version-kind"] == [identity]


def test_a_kind_may_be_missing_in_a_version() -> None:
    store = Store(SCHEMAS)
    assert store.schema("1.25", "autoscaling/v2beta2", "HorizontalPodAutoscaler")
    assert store.schema("1.26", "autoscaling/v2beta2", "HorizontalPodAutoscaler") is None
    assert ("v1", "DeleteOptions") not in store.kinds("1.34")


def test_definitions_that_did_not_change_are_shared_by_versions() -> None:
    store = Store(SCHEMAS)
    assert store.schema("1.30", "v1", "ConfigMap") == store.schema("1.37", "v1", "ConfigMap")
    assert store.schema("1.25", "v1", "Pod") != store.schema("1.37", "v1", "Pod")


def test_prose_is_gone_but_a_field_may_be_called_description() -> None:
    store = Store(SCHEMAS)
    name = next(
        made[0]
        for line in (SCHEMAS / "definitions.jsonl").read_text("utf-8").splitlines()
        if (made := json.loads(line))[0].startswith("JSONSchemaProps-")
    )
    schema = store.definition(name)
    assert "description" not in schema
    assert {"description", "$ref", "default", "enum"} <= schema["properties"].keys()
    assert schema["properties"]["not"] == {"$ref": name}


def test_ports_have_the_protocol_that_they_get_by_default() -> None:
    names = ("ContainerPort-", "ServicePort-")
    lines = (SCHEMAS / "definitions.jsonl").read_text("utf-8").splitlines()
    ports = [json.loads(line)[1] for line in lines if line[2:].startswith(names)]
    assert ports
    assert all(port["properties"]["protocol"]["default"] == "TCP" for port in ports)


def test_only_what_an_object_has_is_read() -> None:
    store = Store(SCHEMAS)
    deployment = store.schema("1.34", "apps/v1", "Deployment")
    assert deployment
    assert store.definitions_read == 0
    assert list(Compiler(store.definition).definition(deployment)(DEPLOYMENT)) == []
    assert (
        store.definitions_read == 7
    )  # Deployment, its spec, ObjectMeta, LabelSelector, PodTemplateSpec, PodSpec, Container


def test_a_first_check_takes_few_milliseconds() -> None:
    """Measured: below 2 ms. The bound leaves room for slow machines."""
    started = time.process_time()
    store = Store(SCHEMAS)
    deployment = store.schema("1.34", "apps/v1", "Deployment")
    assert deployment
    assert not Compiler(store.definition).definition(deployment)(DEPLOYMENT)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize("version", ["1.24", "1.3", "", "../../schemas/kinds/1.34"])
def test_an_unknown_version_is_a_bug_of_the_caller(version: str) -> None:
    with pytest.raises(KeyError):
        Store(SCHEMAS).schema(version, "v1", "Pod")


@pytest.mark.parametrize("name", ["", "A", "Pod", "zzz", '"', "\n"])
def test_an_unknown_definition_is_a_bug_of_the_caller(name: str) -> None:
    with pytest.raises(KeyError):
        Store(SCHEMAS).definition(name)


def test_every_definition_is_found() -> None:
    store = Store(SCHEMAS)
    for line in (SCHEMAS / "definitions.jsonl").read_text("utf-8").splitlines():
        name, schema = json.loads(line)
        assert store.definition(name) == schema


def test_the_directory_is_found_in_a_checkout_and_in_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(default_directory()) == SCHEMAS
    monkeypatch.setattr(module, "__file__", str(tmp_path / "kgen" / "check" / "store.py"))
    assert Path(default_directory()) == tmp_path / "schemas"
    (tmp_path / "kgen" / "schemas").mkdir(parents=True)
    assert Path(default_directory()) == tmp_path / "kgen" / "schemas"
