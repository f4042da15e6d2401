"""A workload as services: its own container, what runs before it, and what runs beside it."""

from collections.abc import Mapping
from typing import Any

from kgen.emit.compose.health import health_check
from kgen.emit.compose.names import companion
from kgen.emit.compose.order import conditions, runs_first
from kgen.emit.compose.storage import mounted
from kgen.emit.compose.values import escaped, filled, text_of
from kgen.model.image_plan import DOCKERFILE
from kgen.model.plan import Address, Container, Plan, Workload
from kgen.model.security import Hardening

_ON_DEMAND = "jobs"
"""Profile of what does not start with `docker compose up`."""


def services(plan: Plan, workload: Workload, published: Mapping[tuple[int, str], int]) -> dict[str, Any]:
    """
    Return the containers of ``workload`` as services: its own, what runs before it, and what shares its network.

    In the cluster a sidecar may start before an init container; here, none starts before the component's own.
    """
    name = workload.target.component
    made = {name: _service(plan, workload, workload.container, published=published)}
    before = ""
    for each in workload.init:
        made[companion(workload, each)] = _service(plan, workload, each, after=before)
        before = companion(workload, each)
    for each in (*workload.early_sidecars, *workload.sidecars):
        made[companion(workload, each)] = _service(plan, workload, each, network=f"service:{name}")
    return made


def _service(
    plan: Plan,
    workload: Workload,
    run: Container,
    *,
    published: Mapping[tuple[int, str], int] | None = None,
    after: str = "",
    network: str = "",
) -> dict[str, Any]:
    made = _image(workload, run)
    if run.command:
        made["entrypoint"] = [filled(plan, workload, run, word) for word in run.command]
    if run.args:
        made["command"] = [filled(plan, workload, run, word) for word in run.args]
    if run.variables:
        made["environment"] = {variable.name: text_of(plan, workload, variable) for variable in run.variables}
    made |= _extra_hosts(run)
    if published:
        made["ports"] = [
            f"127.0.0.1:{host}:{inside}{'' if protocol == 'TCP' else '/' + protocol.lower()}"
            for (inside, protocol), host in published.items()
        ]
    if network:
        made["network_mode"] = network
    elif hosts := workload.placement.host_aliases:
        made["extra_hosts"] = dict(hosts)
    if waits := conditions(plan, workload, run, after):
        made["depends_on"] = waits
    if check := health_check(run, has_python=workload.image is not None and run.same_image):
        made["healthcheck"] = check
    made |= mounted(workload, run)
    made["user"] = f"{run.user}:{run.user}"
    made["read_only"] = run.read_only_root
    made |= _rights(run.hardening)
    made["stop_grace_period"] = f"{run.stop_seconds}s"
    if workload.run and not runs_first(workload):
        made["profiles"] = [_ON_DEMAND]
    return made


def _image(workload: Workload, run: Container) -> dict[str, Any]:
    build = workload.build
    if build is None or not run.same_image:
        return {"image": run.image}
    made: dict[str, Any] = {"context": build.context}
    if build.dockerfile or build.output != DOCKERFILE:
        made["dockerfile"] = build.dockerfile or build.output
    if build.target:
        made["target"] = build.target
    if build.args:
        made["args"] = {name: escaped(text) for name, text in build.args.items()}
    return {"build": made if len(made) > 1 else build.context}


def _extra_hosts(run: Container) -> dict[str, list[str]]:
    """Return where another app is found, which runs on the same machine; by itself, only Docker Desktop knows that."""
    parts = (part for variable in run.variables for part in variable.parts)
    is_called = any(isinstance(part, Address) and part.app for part in parts)
    return {"extra_hosts": ["host.docker.internal:host-gateway"]} if is_called else {}


def _rights(hardening: Hardening) -> dict[str, Any]:
    """Return what a container may do, as in the manifests."""
    options = [] if hardening.escalation else ["no-new-privileges:true"]
    options += ["seccomp:unconfined"] if hardening.unconfined else []
    made: dict[str, Any] = {"privileged": True} if hardening.privileged else {}
    made["cap_drop"] = ["ALL"]
    if hardening.capabilities:
        made["cap_add"] = list(hardening.capabilities)
    if options:
        made["security_opt"] = options
    if hardening.host_network:
        made["network_mode"] = "host"
    return made
