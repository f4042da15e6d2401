"""
A workload as services: its own container, what runs before it, and what runs beside it.

Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from collections.abc import Mapping
from typing import Any

from kgen.emit.compose.health import health_check
from kgen.emit.compose.names import companion
from kgen.emit.compose.networks import joined
from kgen.emit.compose.order import conditions, is_on_demand
from kgen.emit.compose.storage import checksum, mounted, size
from kgen.emit.compose.values import escaped, filled, text_of
from kgen.model.image_plan import DOCKERFILE
from kgen.model.plan import Container, Plan, Workload
from kgen.model.security import Hardening
from kgen.units import memory_bytes

_ON_DEMAND = "jobs"
"""Profile of what does not start with `docker compose up`."""

_LEAST_MEMORY = 6 * 2**20
"""Docker refuses a limit below that."""


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
    made |= _command(plan, workload, run)
    if run.working_dir:
        made["working_dir"] = run.working_dir
    if run.variables:
        made["environment"] = {variable.name: text_of(plan, workload, variable) for variable in run.variables}
    if published:
        made["ports"] = [
            f"127.0.0.1:{host}:{inside}{'' if protocol == 'TCP' else '/' + protocol.lower()}"
            for (inside, protocol), host in published.items()
        ]
    made |= {"network_mode": network} if network else _names(workload, run)
    if waits := conditions(plan, workload, run, after):
        made["depends_on"] = waits
    if check := health_check(workload, run):
        made["healthcheck"] = check
    made |= mounted(plan, workload, run)
    made |= checksum(workload, run)
    made["user"] = f"{run.user}:{run.user}"
    made["read_only"] = run.read_only_root
    made |= _rights(run.hardening)
    made |= _memory(run)
    made["stop_grace_period"] = f"{run.stop_seconds}s"
    if is_on_demand(workload):
        made["profiles"] = [_ON_DEMAND]
    if workload.run is None and run not in workload.init:
        made |= _watch(workload, run)
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
    if build.secrets:
        made["secrets"] = [*build.secrets]
    return {"build": made if len(made) > 1 else build.context}


def _command(plan: Plan, workload: Workload, run: Container) -> dict[str, Any]:
    """
    Return what Kubernetes calls ``command`` and ``args``, and Docker ``entrypoint`` and ``command``.

    Where the image is known to have no entrypoint, all is ``command``: ``docker compose run web sh`` replaces that.
    """
    command, args = ([filled(plan, workload, run, word) for word in words] for words in (run.command, run.args))
    if workload.image and run.same_image and not workload.image.entrypoint:
        return {"command": command + args} if command or args else {}
    return {key: words for key, words in (("entrypoint", command), ("command", args)) if words}


def _names(workload: Workload, run: Container) -> dict[str, Any]:
    """
    Return whom the container finds by name.

    A pod that shares the network of its node (`hostNetwork`) does not share that of the developer's machine: it would
    find no other service by name, and none would find it.
    """
    aliases = workload.placement.host_aliases
    return joined(workload, run) | ({"extra_hosts": dict(aliases)} if aliases else {})


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
    return made


def _memory(run: Container) -> dict[str, str]:
    """
    Return the limit of memory, without swap, so that what grows too large is killed here as it would be there.

    No limit of CPU: Docker refuses one that the machine does not have.
    """
    limit = run.resources.limits.memory
    if limit is None or (memory_bytes(limit) or 0) < _LEAST_MEMORY:
        return {}
    return {"mem_limit": size(limit), "memswap_limit": size(limit)}


def _watch(workload: Workload, run: Container) -> dict[str, Any]:
    """
    Return what `docker compose up --watch` does when the source changes: build, and replace the container.

    Only the layers of the source are built again. ``sync`` would be faster, and cannot work: Docker copies nothing into
    a container with a read-only root, and the app's user may not delete what is root's. What is no part of the
    image is in .dockerignore, which holds for watching too.

    Source: https://github.com/compose-spec/compose-spec/blob/main/develop.md
    """
    if workload.image is None or not run.same_image:
        return {}
    return {"develop": {"watch": [{"path": workload.image.context, "action": "rebuild"}]}}
