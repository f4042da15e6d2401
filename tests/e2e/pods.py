"""Pods of the lab: what a Deployment, Job or CronJob describes, run by podman, looked at and stopped."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from containers import HOME, podman, printed
from projects import Compiled, free_port

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

DATABASE = "/database"
"""A folder that stands in for a database server: pods that ask for it find the same files there."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A pod of the lab."""

    container: str
    grace: int
    url: str = ""


@contextmanager
def running(
    app: Compiled,
    component: str,
    values: Mapping[str, str] | None = None,
    *,
    database: bool = False,
    gets_ready: bool = True,
) -> Iterator[Running]:
    """
    Start the pod of a component's Deployment, and wait until all its probes succeed.

    Args:
        app: What was compiled; its image is built.
        component: Name of the component.
        values: What variables hold that come from Secrets, which podman's versions keep in different ways, or name
            what only a cluster has.
        database: Whether the pod finds ``DATABASE``.
        gets_ready: Whether it has all that it waits for; else only the other probes have to succeed.
    """
    template = app.object("deployment", component)["spec"]["template"]["spec"]
    (container,) = template["containers"]
    port = container["ports"][0]["containerPort"] if container.get("ports") else 0
    with _pod(app, component, playable(app, template, values or {}, database=database)) as name:
        pod = Running(
            container=f"{name}-{container['name']}",
            grace=template.get("terminationGracePeriodSeconds", 30),
            url=f"http://127.0.0.1:{port}" if port else "",
        )
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            if kind in container and (gets_ready or kind != "readinessProbe"):
                wait_until_healthy(container[kind], pod)
        yield pod


def run(
    app: Compiled, job: dict[str, Any], values: Mapping[str, str] | None = None, *, database: bool = False
) -> tuple[int, str]:
    """Run the pod of a Job to its end, and return the exit code and what it printed."""
    template = job["spec"]["template"]["spec"]
    (container,) = template["containers"]
    with _pod(app, "job", playable(app, template, values or {}, database=database)) as name:
        code = podman("wait", f"{name}-{container['name']}")
        return int(code), printed(f"{name}-{container['name']}")


def playable(
    app: Compiled, spec: dict[str, Any], values: Mapping[str, str], *, database: bool = False
) -> dict[str, Any]:
    """
    Return the pod's spec without what only a cluster can do.

    podman turns probes into calls of ``curl`` inside the container, which a good image does not have, and publishes no
    ports on the host's network. User, file system, capabilities and volumes stay as they were generated.
    """
    lost = {"ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"}
    mounts = [{"name": "database", "mountPath": DATABASE}] if database else []
    claim = {"claimName": database_of(app)}
    volumes = [{"name": "database", "persistentVolumeClaim": claim}] if database else []
    containers = [
        {key: value for key, value in container.items() if key not in lost}
        | {
            "imagePullPolicy": "Never",
            "env": [_plain(variable, values) for variable in container.get("env", ())],
            "volumeMounts": [*container.get("volumeMounts", ()), *mounts],
        }
        for container in spec["containers"]
    ]
    cluster = {"serviceAccountName", "topologySpreadConstraints"}
    rest = {key: value for key, value in spec.items() if key not in cluster}
    return rest | {"containers": containers, "volumes": [*spec.get("volumes", ()), *volumes], "hostNetwork": True}


def database_of(app: Compiled) -> str:
    """Return the name of the volume that pods of ``app`` find at ``DATABASE``."""
    return f"{app.name}-database"


def remove_volumes(app: Compiled) -> None:
    """Remove what pods of ``app`` have kept."""
    claims = [each["metadata"]["name"] for each in app.configuration if each["kind"] == "PersistentVolumeClaim"]
    podman("volume", "rm", "--force", *claims, database_of(app))


def assert_restricted(pod: Running) -> None:
    """See from inside that the pod is what the Deployment promises."""
    seen = json.loads(podman("exec", pod.container, "python", "-c", INSIDE))
    assert seen == {
        "uid": 65532,
        "gid": 65532,
        "name": "nonroot",
        "first process": 65532,
        "capabilities": 0,
        "new privileges": False,
        "writable": ["/tmp"],  # noqa: S108  # a folder of the container, named as the test expects to see it
    }


def assert_stops(pod: Running) -> float:
    """Stop the container as a kubelet does; it has to leave by itself before it would be killed. Return the seconds."""
    before = time.monotonic()
    podman("stop", "--time", str(pod.grace), pod.container)
    took = time.monotonic() - before
    assert took < pod.grace / 2
    assert podman("inspect", "--format", "{{.State.ExitCode}}", pod.container).strip() == "0", logs(pod)
    return took


def wait_until_healthy(probe: Mapping[str, Any], pod: Running) -> None:
    """Wait until the probe succeeds, a minute at most."""
    end = time.monotonic() + 60
    while (wrong := _failure(probe, pod)) and time.monotonic() < end:
        time.sleep(0.25)
    if wrong:
        pytest.fail(f"{wrong}\n{logs(pod)}")


def logs(pod: Running) -> str:
    """Return what the container printed."""
    return printed(pod.container)


def get(url: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Return the status and the text that ``url`` answers with; no proxy of the environment stands between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data, dict(headers or {})), timeout=15) as answer:  # noqa: S310  # loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()


def get_json(url: str, data: Any = None) -> tuple[int, Any]:
    """Return the status and the JSON that ``url`` answers with, to ``data`` if there is some."""
    body = None if data is None else json.dumps(data).encode()
    status, text = get(url, body, {"Content-Type": "application/json"} if body else {})
    return status, json.loads(text)


def _failure(probe: Mapping[str, Any], pod: Running) -> str:
    """Return what a kubelet would complain about; empty if the probe succeeds."""
    try:
        if "httpGet" in probe:
            status, text = get(pod.url + probe["httpGet"]["path"])
            return "" if 200 <= status < 400 else f"{probe['httpGet']['path']} answers {status}: {text[:200]}"
        if "exec" in probe:
            podman("exec", pod.container, *probe["exec"]["command"])
        else:
            socket.create_connection(("127.0.0.1", int(pod.url.rpartition(":")[2])), timeout=5).close()
    except (OSError, RuntimeError) as error:
        return str(error)
    return ""


def _plain(variable: dict[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Return a variable with its value here; what is left has to have one of its own."""
    if variable["name"] in values:
        return {"name": variable["name"], "value": values[variable["name"]]}
    assert "secretKeyRef" not in variable.get("valueFrom", {}), variable
    return variable


@contextmanager
def _pod(app: Compiled, component: str, spec: dict[str, Any]) -> Iterator[str]:
    """Start a pod and what it refers to; yield its name, and remove it."""
    name = f"{app.name}-{component}-{free_port()}"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
    manifest = HOME / f"{name}.yaml"  # JSON documents are YAML documents
    manifest.write_text("\n---\n".join(json.dumps(each) for each in (*app.configuration, pod)), "utf-8")
    try:
        podman("kube", "play", str(manifest))
        yield name
    finally:
        manifest.unlink()
        podman("pod", "rm", "--force", "--time", "0", "--ignore", name)
