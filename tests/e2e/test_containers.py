"""The examples, compiled, built and run for real: what the Deployment describes answers, and stops when told."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lab
import pytest
import yaml

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(lab.problem()), reason=lab.problem() or "-")]

INSIDE = """
import json, os, pwd
def writable(folder):
    try:
        with open(os.path.join(folder, "probe"), "w"):
            return True
    except OSError:
        return False
status = dict(line.split(":\\t", 1) for line in open("/proc/1/status").read().splitlines())
print(json.dumps({
    "uid": os.getuid(), "gid": os.getgid(), "name": pwd.getpwuid(os.getuid()).pw_name,
    "first process": int(status["Uid"].split()[0]), "capabilities": int(status["CapEff"], 16),
    "new privileges": status["NoNewPrivs"] == "0",
    "writable": [folder for folder in ("/", "/app", "/venv", "/etc", "/tmp") if writable(folder)],
}))
"""
"""What the app's own Python sees in its container."""


SECRETS = {
    "DATABASE_URL": "postgresql://shop:secret@127.0.0.1:1/shop",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "SENTRY_DSN": "https://key@127.0.0.1/1",
}
"""What the cluster would keep: addresses where nobody listens."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A pod of the lab."""

    container: str
    url: str
    grace: int


def test_hello_runs_as_its_deployment_says(tmp_path: Path) -> None:
    app = compiled("hello", tmp_path)
    with running(app, env="default", name="hello") as pod:
        assert get(f"{pod.url}/healthz") == (200, {"status": "ok"})
        status, found = get(f"{pod.url}/?url=http://localhost:1/")
        assert (status, found["host"]) == (200, "localhost")
        assert get(f"{pod.url}/?url=nonsense")[0] == 400
        assert_restricted(pod)
        assert_stops(pod)


def test_shop_answers_without_its_database(tmp_path: Path) -> None:
    app = compiled("shop", tmp_path)
    with running(app, env="staging", name="shop") as pod:
        assert get(f"{pod.url}/healthz") == (200, {"status": "ok"})
        assert get(f"{pod.url}/readyz") == (503, {"database": "unreachable", "broker": "unreachable"})
        assert_restricted(pod)
        assert_stops(pod)


def compiled(example: str, folder: Path) -> Path:
    """
    Compile a copy of ``example`` for the lab's Python and a port that is free: the pod shares the host's network.

    The port is changed in the sources, so that command, EXPOSE and containerPort still have to agree by themselves.
    """
    app = folder / example
    shutil.copytree(ROOT / "examples" / example, app, ignore=shutil.ignore_patterns(".venv", "__pycache__", "deploy"))
    (app / ".python-version").write_text(lab.python_version() + "\n", "ascii")
    port = str(free_port())
    for file in (app / "app.yaml", app / "gunicorn.conf.py"):
        if file.exists():
            file.write_text(file.read_text("utf-8").replace("8000", port), "utf-8")
    command = [sys.executable, "-m", "kgen", "compile", str(app)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    return app


@contextmanager
def running(app: Path, *, env: str, name: str) -> Iterator[Running]:
    """Build the image of the web component, start its pod, and wait until it answers."""
    folder = app / "deploy" / env / name
    deployment = document(folder / f"deployment-{name}-web.yaml")
    spec = deployment["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    port = container["ports"][0]["containerPort"]
    lab.build(app, container["image"])
    maps = [document(file) for file in sorted(folder.glob("configmap-*.yaml"))]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"{name}-{port}"}, "spec": playable(spec)}
    started = Running(
        container=f"{name}-{port}-{container['name']}",
        url=f"http://127.0.0.1:{port}",
        grace=spec["terminationGracePeriodSeconds"],
    )
    try:
        lab.play(pod, maps)
        wait_for(f"{started.url}{container['startupProbe']['httpGet']['path']}", started)
        yield started
    finally:
        lab.remove(f"{name}-{port}", container["image"])


def playable(spec: dict[str, Any]) -> dict[str, Any]:
    """
    Return the pod's spec without what only a cluster can do.

    podman turns probes into calls of ``curl`` inside the container, which a good image does not have, and publishes no
    ports on the host's network. User, file system, capabilities and volumes stay as they were generated.
    """
    lost = {"ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"}
    containers = [
        {key: value for key, value in container.items() if key not in lost}
        | {"imagePullPolicy": "Never", "env": [plain(variable) for variable in container.get("env", ())]}
        for container in spec["containers"]
    ]
    cluster = {"serviceAccountName", "topologySpreadConstraints"}
    rest = {key: value for key, value in spec.items() if key not in cluster}
    return rest | {"containers": containers, "hostNetwork": True}


def plain(variable: dict[str, Any]) -> dict[str, Any]:
    """Return a variable with a value instead of a Secret's key: podman's versions differ in how they keep Secrets."""
    if "secretKeyRef" not in variable.get("valueFrom", {}):
        return variable
    return {"name": variable["name"], "value": SECRETS[variable["name"]]}


def assert_restricted(pod: Running) -> None:
    """See from inside that the pod is what the Deployment promises."""
    seen = json.loads(lab.podman("exec", pod.container, "python", "-c", INSIDE))
    assert seen == {
        "uid": 65532,
        "gid": 65532,
        "name": "nonroot",
        "first process": 65532,
        "capabilities": 0,
        "new privileges": False,
        "writable": ["/tmp"],  # noqa: S108  # a folder of the container, named as the test expects to see it
    }


def assert_stops(pod: Running) -> None:
    """Stop the container as a kubelet does; it has to leave by itself before it would be killed."""
    before = time.monotonic()
    lab.podman("stop", "--time", str(pod.grace), pod.container)
    assert time.monotonic() - before < pod.grace / 2
    assert lab.podman("inspect", "--format", "{{.State.ExitCode}}", pod.container).strip() == "0"


def wait_for(url: str, pod: Running) -> None:
    """Wait for an answer, half a minute at most."""
    for _ in range(120):
        try:
            get(url)
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail(f"no answer from {url}:\n{lab.podman('logs', pod.container)}")


def get(url: str) -> tuple[int, Any]:
    """Return the status and the JSON that ``url`` answers with; no proxy of the environment stands between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=15) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.load(answer)


def document(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return loaded


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
