"""Quotas: of several apps together, and whether what kgen sizes holds what it was sized for."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kgen.commands.compile import Request, run
from kgen.emit.footprint import parts
from kgen.emit.room import declared, quota_objects
from kgen.features.quota import SIZED_TWICE, TOO_SMALL, Limits, Quota
from kgen.k8s import Emitted, Manifest, Target
from kgen.units import cpu_millis, memory_bytes
from kgen.usage import total

APP = """
apiVersion: kgen/v1
name: {name}
namespace: {{name: shared, create: {first}}}
image: ghcr.io/acme/shop:1.0.0
components:
  worker: {{type: worker, resources: {{cpu: 500m, memory: 512Mi}}, replicas: 2}}
"""


def compiled(folder: Path, platform: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Compile apps that share a namespace, and return the exit code and what is said."""
    monkeypatch.chdir(folder)
    (folder / ".git").mkdir()
    (folder / "kgen.yaml").write_text(platform, "utf-8")
    for name in names:
        (folder / name).mkdir()
        (folder / name / "app.yaml").write_text(APP.format(name=name, first=str(name == "one").lower()), "utf-8")
    err = io.StringIO()
    return run(Request(paths=[Path()]), io.StringIO(), err), err.getvalue()


def test_apps_of_a_namespace_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = compiled(tmp_path, "quota: {cpu: 2500m, memory: 4Gi}\n", ("one", "two"), monkeypatch)
    assert code == 1
    assert re.findall(r"^error\[(KG\d+)\]: (.*)$", said, re.MULTILINE) == [
        (
            TOO_SMALL.code,
            "`shared` requests 3 CPU at its largest, while everything is rolled out, and the quota is 2500m",
        )
    ]
    assert {"one/app.yaml", "two/app.yaml"} <= set(re.findall(r"[a-z]+/app\.yaml", said))


def test_apps_of_a_namespace_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled(tmp_path, "quota: {cpu: 3, memory: 4Gi}\n", ("one", "two"), monkeypatch) == (0, "")


def test_a_quota_is_not_sized_for_one_of_two_apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = compiled(tmp_path, "quota: auto\n", ("one", "two"), monkeypatch)
    assert code == 1
    assert re.findall(r"^error\[(KG\d+)\]", said, re.MULTILINE) == [SIZED_TWICE.code]


def test_amounts_for_all_apps_may_be_written_into_a_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = "quota: {cpu: 3, memory: 4Gi, pods: 20, objects: true}\n"
    assert compiled(tmp_path, chosen, ("one", "two"), monkeypatch) == (0, "")


def deployment(resources: Mapping[str, Any], replicas: int) -> Emitted:
    template = {"spec": {"containers": [{"resources": resources}]}}
    spec = {"replicas": replicas, "template": template}
    return Emitted(manifest=Manifest({"kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}))


@pytest.mark.parametrize("replicas", [0, 1, 3, 50])
@pytest.mark.parametrize(
    "resources",
    [
        {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"memory": "1Mi"}},
        {"requests": {"cpu": "1500m", "memory": "3Gi"}, "limits": {"cpu": "2", "memory": "5Gi"}},
        {"requests": {"cpu": 2, "memory": "1G"}},
    ],
)
def test_a_sized_quota_holds_the_peak(resources: Mapping[str, Any], replicas: int) -> None:
    objects = [deployment(resources, replicas)]
    target = Target(app="shop", component="", name="shop", namespace="shop")
    defaults = {"cpu": "100m", "memory": "256Mi"}
    quota, limits = (each.manifest for each in quota_objects(Quota(objects=True), objects, target, defaults, None))
    peak = total(part.footprint.peak for part in parts(objects))
    hard = quota["spec"]["hard"]
    assert peak.cpu <= (cpu_millis(hard["requests.cpu"]) or 0)
    assert peak.memory <= (memory_bytes(hard["requests.memory"]) or 0)
    assert peak.pods + 2 <= int(hard["pods"])
    assert ("limits.cpu" in hard) == bool(peak.cpu_limit), "every container would need one"
    assert ("limits.memory" in hard) == bool(peak.memory_limit)
    (bounds,) = limits["spec"]["limits"]
    assert ("max" in bounds) == ("limits" in resources)


def test_amounts_of_a_quota_are_read_as_kubernetes_does() -> None:
    asked = Quota(cpu="2000", memory="1Gi", pods=3, limits=Limits(cpu="1500m"))
    assert dict(declared(asked)) == {("cpu",): 2_000_000, ("memory",): 2**30, ("limits", "cpu"): 1500, ("pods",): 3}
