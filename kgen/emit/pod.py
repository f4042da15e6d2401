"""
The pod template that Deployments, CronJobs and Jobs share.

Key order is fixed: what runs, with which input, with how much, how it is checked, what it may do, what it sees.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

import itertools
from typing import Any

from kgen.emit import hardening, placement
from kgen.features import secrets
from kgen.model.container import Amounts
from kgen.model.plan import Address, Check, ConfigKey, Container, Mount, Part, PodField, SecretKey, Workload
from kgen.model.pod_plan import Hook

_GRACE = 30
"""Kubernetes' own `terminationGracePeriodSeconds`."""


def template(workload: Workload, account: str, restart: str | None = None) -> dict[str, Any]:
    """
    Return the pod template of ``workload``.

    Args:
        workload: What runs.
        account: Name of the ServiceAccount.
        restart: ``restartPolicy``; ``None`` for pods that run for ever.
    """
    metadata: dict[str, Any] = {"labels": workload.target.labels}
    if notes := workload.configuration.annotations:
        metadata["annotations"] = notes
    return {"metadata": metadata, "spec": _spec(workload, account, restart)}


def _spec(workload: Workload, account: str, restart: str | None) -> dict[str, Any]:
    container = workload.container
    mounts = _volumes(workload)
    claims = any(mount.is_persistent for mount in mounts)
    spec: dict[str, Any] = {
        "serviceAccountName": account,
        "automountServiceAccountToken": workload.account is not None and workload.account.has_token,
        "enableServiceLinks": False,  # or every Service of the namespace becomes variables of the app
        "securityContext": hardening.identity(
            container, has_claims=claims, has_secret_files=secrets.has_files(workload.secret_mounts)
        ),
    }
    if container.hardening.host_network:
        spec["hostNetwork"] = True
        spec["dnsPolicy"] = "ClusterFirstWithHostNet"  # or names of Services would be asked of the node's DNS
    spec |= placement.names(workload.placement)
    if restart:
        spec["restartPolicy"] = restart
    if (grace := container.stop_seconds + container.drain_seconds) != _GRACE:
        spec["terminationGracePeriodSeconds"] = grace
    if before := _before(workload):
        spec["initContainers"] = before
    spec["containers"] = [_container(workload, container)]
    spec |= placement.place(workload)
    volumes = [_volume(mount) for mount in mounts if mount.kind != "template"]
    if container.files:
        source = {"name": workload.configuration.files_name(workload.target)}
        volumes.append({"name": container.files_volume, "configMap": source})
    volumes += secrets.volumes(workload.secret_mounts)
    if volumes:
        spec["volumes"] = volumes
    return spec


def _volumes(workload: Workload) -> list[Mount]:
    """Return the volumes of the pod, each once."""
    made: dict[str, Mount] = {}
    for each in workload.containers:
        for mount in each.mounts:
            made.setdefault(mount.name, mount)
    return list(made.values())


def _before(workload: Workload) -> list[dict[str, Any]]:
    """
    Return the init containers; one that is restarted for ever is a sidecar.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
    """
    always = "Always"
    parts = [(each, always) for each in workload.early_sidecars]
    parts += [(each, "") for each in workload.init]
    parts += [(each, always) for each in workload.sidecars]
    return [_container(workload, each, restart) for each, restart in parts]


def _container(workload: Workload, container: Container, restart: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"name": container.name, "image": container.image}
    if restart:
        made["restartPolicy"] = restart
    made |= _start(container)
    if container.ports:
        made["ports"] = [_port(port.name, port.port, port.protocol) for port in container.ports]
    if container.shared:
        made["envFrom"] = [{"configMapRef": {"name": workload.configuration.env_name(workload.target)}}]
    if env := _env(container):
        made["env"] = env
    made["resources"] = {
        "requests": _amounts(container.resources.requests),
        "limits": _amounts(container.resources.limits),
    }
    for kind, check in container.probes.items():
        made[f"{kind}Probe"] = _probe(check)
    if container.hooks:
        made["lifecycle"] = {moment: _hook(hook) for moment, hook in container.hooks}
    made["securityContext"] = hardening.rights(container, workload.container)
    mounts: list[dict[str, Any]] = [_mount(mount) for mount in container.mounts]
    # one file each, so that the other files of its folder stay visible
    volume = container.files_volume
    mounts += [
        {"name": volume, "mountPath": file.path, "subPath": file.key, "readOnly": True} for file in container.files
    ]
    if container is workload.container:
        mounts += secrets.volume_mounts(workload.secret_mounts)
    made["volumeMounts"] = mounts
    return made


def _start(container: Container) -> dict[str, Any]:
    given = {"command": [*container.command], "args": [*container.args], "workingDir": container.working_dir}
    return {name: value for name, value in given.items() if value}


def _hook(hook: Hook) -> dict[str, Any]:
    if hook.command:
        return {"exec": {"command": list(hook.command)}}
    return {"httpGet": {"path": hook.path, "port": hook.port}} if hook.path else {"sleep": {"seconds": hook.sleep}}


def _mount(mount: Mount) -> dict[str, Any]:
    made: dict[str, Any] = {"name": mount.name, "mountPath": mount.path}
    return made | {"readOnly": True} if mount.read_only else made


def _port(name: str, number: int, protocol: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "containerPort": number}
    return made if protocol == "TCP" else made | {"protocol": protocol}


def _amounts(amounts: Amounts) -> dict[str, str]:
    given = {"cpu": amounts.cpu, "memory": amounts.memory}
    return {name: amount for name, amount in given.items() if amount}


def _env(container: Container) -> list[dict[str, Any]]:
    """
    Return the variables that a ConfigMap cannot hold, in the order written.

    A value that mixes text with outside values is put together by the kubelet from auxiliary variables,
    which have to stand before it.

    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    made: list[dict[str, Any]] = []
    known: dict[Part, str] = {}
    taken = {variable.name for variable in container.variables}
    for variable in container.variables:
        if variable.name in container.shared and variable.text == container.shared[variable.name]:
            continue
        if len(variable.parts) == 1 and variable.text is None:
            made.append({"name": variable.name, "valueFrom": _source(variable.parts[0])})
            continue
        text = ""
        for part in variable.parts:
            if isinstance(part, str | Address):
                literal = part if isinstance(part, str) else part.in_cluster
                text += literal.replace("$", "$$")  # the kubelet reads $$ as one $
                continue
            if part not in known:
                known[part] = _auxiliary(part, taken | set(known.values()))
                made.append({"name": known[part], "valueFrom": _source(part)})
            text += f"$({known[part]})"
        made.append({"name": variable.name, "value": text})
    return made


def _auxiliary(part: Part, taken: set[str]) -> str:
    """Return a name that is not ``taken`` for the variable that holds one outside value."""
    match part:
        case SecretKey(need=need, output=output) if need:
            words = f"{need}_{output}"
        case SecretKey(secret=secret, key=key):
            words = f"{secret}_{key}"
        case ConfigKey(config=config, key=key):
            words = f"{config}_{key}"
        case _:
            raise TypeError(part)
    name = "KGEN_" + "".join(letter if letter.isalnum() else "_" for letter in words).upper()
    return next(
        free
        for free in itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
        if free not in taken
    )


def _source(part: Part) -> dict[str, Any]:
    match part:
        case SecretKey(secret=secret, key=key):
            return {"secretKeyRef": {"name": secret, "key": key}}
        case ConfigKey(config=config, key=key):
            return {"configMapKeyRef": {"name": config, "key": key}}
        case PodField(path=path):
            return {"fieldRef": {"fieldPath": path}}
        case _:
            raise TypeError(part)


def _probe(check: Check) -> dict[str, Any]:
    """Return a probe without the values that are Kubernetes' own defaults."""
    made: dict[str, Any]
    if check.path:
        made = {"httpGet": {"path": check.path, "port": check.port}}
    elif check.command:
        made = {"exec": {"command": list(check.command)}}
    elif check.grpc_port:
        made = {"grpc": {"port": check.grpc_port}}
    else:
        made = {"tcpSocket": {"port": check.port}}
    numbers = (
        ("initialDelaySeconds", check.initial_delay, 0),
        ("periodSeconds", check.period, 10),
        ("timeoutSeconds", check.timeout, 1),
        ("successThreshold", check.successes, 1),
        ("failureThreshold", check.failures, 3),
    )
    return made | {name: value for name, value, default in numbers if value != default}


def _volume(mount: Mount) -> dict[str, Any]:
    if mount.kind == "claim":
        return {"name": mount.name, "persistentVolumeClaim": {"claimName": mount.claim}}
    limits: dict[str, str] = {"medium": "Memory"} if mount.kind == "memory" else {}
    if mount.size:
        limits["sizeLimit"] = mount.size
    return {"name": mount.name, "emptyDir": limits}
