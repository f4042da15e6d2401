"""
compose.yaml: the same plan for local work, with containers for the backing services.

Commands, ports, users and writable paths are those of the manifests. Passwords in here are for containers on a
developer's machine; secrets of the user's own come from the shell or from `.env`, by name.

Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.emit.backing import container
from kgen.emit.backing import escaped as _escaped
from kgen.features.secrets import SecretFiles
from kgen.model.plan import Address, Check, ConfigKey, Container, Part, Plan, PodField, SecretKey, Variable, Workload
from kgen.model.security import Hardening

_HTTP_CHECK = "import urllib.request as u; u.urlopen({url!r}, timeout={timeout})"
_TCP_CHECK = "import socket; socket.create_connection(('127.0.0.1', {port}), {timeout})"
_LOCAL = "local"
"""What a pod's fields are on a developer's machine."""

_ON_DEMAND = "jobs"
"""Profile of what does not start with `docker compose up`."""


def compose(plan: Plan) -> dict[str, Any]:
    """Return compose.yaml for ``plan`` as a mapping, keys in the order in which they are written."""
    published = _published(plan)
    browsers = _browsers(plan, {host for ports in published.values() for host in ports.values()})
    services: dict[str, Any] = {}
    for workload in plan.workloads:
        services |= _services(plan, workload, published.get(workload.target.component, {}))
    backing = {need.name: container(need, browsers.get(need.name)) for need in plan.needs}
    volumes = [f"{need.name}-data" for need in plan.needs if need.data]
    for workload in plan.workloads:
        volumes += [_volume(workload, name) for name in _kept(workload)]
    made: dict[str, Any] = {"name": plan.app, "services": services | backing}
    if volumes:
        made["volumes"] = {name: {} for name in volumes}
    if configs := _configs(plan):
        made["configs"] = configs
    if secrets := {_shell_name(name, key) for each in plan.workloads for name, key, _ in _secret_files(each)}:
        made["secrets"] = {name: {"environment": name} for name in sorted(secrets)}
    return made


def _services(plan: Plan, workload: Workload, published: Mapping[tuple[int, str], int]) -> dict[str, Any]:
    """
    Return the containers of ``workload`` as services: its own, what runs before it, and what shares its network.

    In the cluster a sidecar may start before an init container; here, none starts before the component's own.
    """
    name = workload.target.component
    made = {name: _service(plan, workload, workload.container, published=published)}
    before = ""
    for each in workload.init:
        made[_of(workload, each)] = _service(plan, workload, each, after=before)
        before = _of(workload, each)
    for each in (*workload.early_sidecars, *workload.sidecars):
        made[_of(workload, each)] = _service(plan, workload, each, network=f"service:{name}")
    return made


def _of(workload: Workload, container: Container) -> str:
    return f"{workload.target.component}_{container.name}"


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
        made["entrypoint"] = [_word(plan, workload, run, word) for word in run.command]
    if run.args:
        made["command"] = [_word(plan, workload, run, word) for word in run.args]
    if run.variables:
        made["environment"] = {variable.name: _value(plan, workload, variable) for variable in run.variables}
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
    if conditions := _conditions(plan, workload, run, after):
        made["depends_on"] = conditions
    if check := _health(run, has_python=workload.image is not None and run.same_image):
        made["healthcheck"] = check
    made |= _mounts(workload, run)
    made["user"] = f"{run.user}:{run.user}"
    made["read_only"] = run.read_only_root
    made |= _rights(run.hardening)
    made["stop_grace_period"] = f"{run.stop_seconds}s"
    if workload.run and not _runs_first(workload):
        made["profiles"] = [_ON_DEMAND]
    return made


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


def _mounts(workload: Workload, run: Container) -> dict[str, Any]:
    """Return the volumes, files and scratch space of one container."""
    kept = _kept(workload)
    made: dict[str, Any] = {}
    if mounts := [
        f"{_volume(workload, mount.name)}:{mount.path}{':ro' if mount.read_only else ''}"
        for mount in run.mounts
        if mount.name in kept
    ]:
        made["volumes"] = mounts
    made |= _files(workload, run)
    scratch = {mount.path: mount.size for mount in run.mounts if mount.name not in kept}
    if scratch:
        made["tmpfs"] = [f"{path}:size={_tmpfs_size(size)}" if size else path for path, size in scratch.items()]
    return made


def _kept(workload: Workload) -> list[str]:
    """Return the volumes that are more than a container's own scratch space."""
    mounts = [mount for each in workload.containers for mount in each.mounts]
    names = [mount.name for mount in mounts]
    return list(dict.fromkeys(mount.name for mount in mounts if mount.is_persistent or names.count(mount.name) > 1))


def _extra_hosts(run: Container) -> dict[str, list[str]]:
    """Return where another app is found, which runs on the same machine; by itself, only Docker Desktop knows that."""
    parts = (part for variable in run.variables for part in variable.parts)
    is_called = any(isinstance(part, Address) and part.app for part in parts)
    return {"extra_hosts": ["host.docker.internal:host-gateway"]} if is_called else {}


def _image(workload: Workload, run: Container) -> dict[str, Any]:
    build = workload.build
    if build is None or not run.same_image:
        return {"image": run.image}
    made: dict[str, Any] = {"context": build.context}
    if build.dockerfile:
        made["dockerfile"] = build.dockerfile
    if build.target:
        made["target"] = build.target
    if build.args:
        made["args"] = {name: _escaped(text) for name, text in build.args.items()}
    return {"build": made if len(made) > 1 else build.context}


def _word(plan: Plan, workload: Workload, run: Container, word: str) -> str:
    """Return a word of a command with what Kubernetes replaces in it, ``$(NAME)``, replaced."""
    known = {variable.name: variable for variable in run.variables}
    parts = re.split(r"(\$\([\w.-]+\))", word)
    return "".join(
        _value(plan, workload, known[part[2:-1]]) if part[:2] == "$(" and part[2:-1] in known else _escaped(part)
        for part in parts
    )


def _value(plan: Plan, workload: Workload, variable: Variable) -> str:
    return "".join(_part(plan, workload, part) for part in variable.parts)


def _part(plan: Plan, workload: Workload, part: Part) -> str:
    match part:
        case str():
            return _escaped(part)
        case Address(app=app, output=output) if app:
            return f"${{{_shell_name(app, output)}:-{part.in_compose}}}"
        case Address():
            return part.in_compose
        case SecretKey(need=need, output=output) if need:
            return _escaped(next(backing for backing in plan.needs if backing.name == need).outputs[output])
        case SecretKey(secret=name, key=key) | ConfigKey(config=name, key=key):
            return f"${{{_shell_name(name, key)}:-}}"
        case PodField(path=path):
            fields = {"metadata.name": workload.target.component, "metadata.namespace": plan.app}
            return fields.get(path, _LOCAL)


def _shell_name(name: str, key: str) -> str:
    """
    Return the variable that brings a secret to a developer's machine.

    >>> _shell_name("sentry", "dsn")
    'SENTRY_DSN'
    """
    made = "".join(letter if letter.isalnum() else "_" for letter in f"{name}_{key}").upper()
    return f"_{made}" if made[0].isdecimal() else made


def _runs_first(workload: Workload) -> bool:
    """Tell whether the others wait until this one has ended."""
    return workload.run is not None and workload.run.when == "pre-deploy"


def _conditions(plan: Plan, workload: Workload, run: Container, after: str) -> dict[str, dict[str, str]]:
    parts = [part for variable in run.variables for part in variable.parts]
    used = {part.need for part in parts if isinstance(part, SecretKey)}
    used |= {part.component for part in parts if isinstance(part, Address)}
    made = {need.name: {"condition": "service_healthy"} for need in plan.needs if need.name in used}
    if not _runs_first(workload):
        for first in filter(_runs_first, plan.workloads):
            made[first.target.component] = {"condition": "service_completed_successfully"}
    before = [_of(workload, each) for each in workload.init] if run is workload.container else [after]
    made |= {name: {"condition": "service_completed_successfully"} for name in before if name}
    return made


def _health(run: Container, *, has_python: bool) -> dict[str, Any]:
    """Return the check of readiness, or else another; with Python itself, since slim images have no curl."""
    check = next((run.probes[kind] for kind in ("readiness", "liveness", "startup") if kind in run.probes), None)
    if check is None or check.grpc_port or not (check.command or has_python):
        return {}
    start = run.probes.get("startup", check)
    return {
        "test": ["CMD", *_test(run, check)],
        "interval": f"{check.period}s",
        "timeout": f"{check.timeout}s",
        "retries": check.failures,
        "start_period": f"{start.period * start.failures}s",
        "start_interval": f"{start.period}s",
    }


def _test(run: Container, check: Check) -> tuple[str, ...]:
    if check.command:
        return tuple(_escaped(word) for word in check.command)
    port = next((port.port for port in run.ports if port.name == check.port), check.port)
    url = f"http://127.0.0.1:{port}{check.path}"
    script = _HTTP_CHECK if check.path else _TCP_CHECK
    return ("python", "-c", _escaped(script.format(port=port, url=url, timeout=check.timeout)))


def _volume(workload: Workload, name: str) -> str:
    return f"{workload.target.component}_{name}"  # no name of a component or a need has this sign


def _config(workload: Workload, key: str) -> str:
    return f"{workload.target.component}_{key}"


def _configs(plan: Plan) -> dict[str, Any]:
    return {
        _config(workload, key): {"content": _escaped(text)}
        for workload in plan.workloads
        for key, text in workload.configuration.files.items()
    }


def _files(workload: Workload, run: Container) -> dict[str, Any]:
    """Return the files of a service that are neither in its image nor in a volume."""
    configs = [{"source": _config(workload, file.key), "target": file.path} for file in run.files]
    wanted = _secret_files(workload) if run is workload.container else ()
    secrets = [{"source": _shell_name(name, key), "target": path} for name, key, path in wanted]
    return {name: files for name, files in (("configs", configs), ("secrets", secrets)) if files}


def _secret_files(workload: Workload) -> Iterator[tuple[str, str, str]]:
    """Yield Secret, key and path of files; each comes from a variable of the shell, as other secrets do."""
    for mount in workload.secret_mounts:
        if isinstance(mount, SecretFiles):
            yield from ((mount.secret, key, path) for key, path in mount.files)


def _tmpfs_size(size: str) -> str:
    """
    Return a memory quantity as the kernel reads it.

    >>> _tmpfs_size("64Mi"), _tmpfs_size("1G")
    ('64m', '1g')
    """
    return size.removesuffix("i").lower()


def _published(plan: Plan) -> dict[str, dict[tuple[int, str], int]]:
    """
    Return component → port in the container and its protocol → port on the developer's machine.

    Components with routes are reachable, or all of `web` if none has one. Two that listen on the same number
    get the next free one.
    """
    web = [workload for workload in plan.workloads if workload.type == "web"]
    routed = [workload for workload in web if workload.ingresses or workload.gateway or workload.public] or web
    taken: set[tuple[int, str]] = set()
    made: dict[str, dict[tuple[int, str], int]] = {}
    for workload in routed:
        for port in workload.service:
            host = port.port
            while (host, port.protocol) in taken:
                host += 1
            taken.add((host, port.protocol))
            made.setdefault(workload.target.component, {})[port.port, port.protocol] = host
    return made


def _browsers(plan: Plan, taken: set[int]) -> dict[str, int]:
    """Return need → port on the developer's machine, for those that have something to see."""
    made: dict[str, int] = {}
    for need in plan.needs:
        if need.published:
            host = need.published
            while host in {*taken, *made.values()}:
                host += 1
            made[need.name] = host
    return made
