"""
Volumes, files and scratch space of services.

Source: https://github.com/compose-spec/compose-spec/blob/main/08-configs.md
"""

from collections.abc import Iterator
from typing import Any

from kgen.emit.compose.names import file_name, volume
from kgen.emit.compose.values import escaped, shell_name
from kgen.features.secrets import SecretFiles
from kgen.model.plan import Container, Mount, Plan, Workload
from kgen.units import memory_bytes


def mounted(workload: Workload, run: Container) -> dict[str, Any]:
    """Return the volumes, files and scratch space of one container."""
    kept = kept_volumes(workload)
    made: dict[str, Any] = {}
    if volumes := [
        f"{volume(workload, mount.name)}:{mount.path}{':ro' if mount.read_only else ''}"
        for mount in run.mounts
        if mount.name in kept
    ]:
        made["volumes"] = volumes
    made |= _files(workload, run)
    if scratch := [_scratch(mount) for mount in run.mounts if mount.name not in kept]:
        made["tmpfs"] = scratch
    return made


def kept_volumes(workload: Workload) -> list[str]:
    """Return the volumes that are more than a container's own scratch space."""
    mounts = [mount for each in workload.containers for mount in each.mounts]
    names = [mount.name for mount in mounts]
    return list(dict.fromkeys(mount.name for mount in mounts if mount.is_persistent or names.count(mount.name) > 1))


def is_read_only(workload: Workload, run: Container) -> bool:
    """
    Tell whether the root file system is read-only, as in the cluster.

    Not if compose has to put files there: it mounts those of the developer's folder, but it copies texts and values of
    variables into the container, and Docker copies nothing into a read-only one. They are root's all the same, and the
    app is not: what it may write to besides is what any image leaves open to everybody, as `/var/tmp`.

    Source: https://github.com/docker/compose/issues/12031
    """
    copied = any(not file.source for file in run.files)
    return run.read_only_root and not copied and not (run is workload.container and any(secret_files(workload)))


def _files(workload: Workload, run: Container) -> dict[str, Any]:
    """Return the files of a service that are neither in its image nor in a volume."""
    configs = [{"source": file_name(workload, file.key), "target": file.path} for file in run.files]
    wanted = secret_files(workload) if run is workload.container else ()
    secrets = [{"source": shell_name(name, key), "target": path} for name, key, path in wanted]
    return {name: files for name, files in (("configs", configs), ("secrets", secrets)) if files}


def secret_files(workload: Workload) -> Iterator[tuple[str, str, str]]:
    """Yield Secret, key and path of files; each comes from a variable of the shell, as other secrets do."""
    for mount in workload.secret_mounts:
        if isinstance(mount, SecretFiles):
            yield from ((mount.secret, key, path) for key, path in mount.files)


def configs(plan: Plan) -> dict[str, Any]:
    """Return the files that services mount: those beside the app file as they are, others with their text."""
    return {
        file_name(workload, file.key): {"file": f"./{file.source}"}
        if file.source
        else {"content": escaped(workload.configuration.files[file.key])}
        for workload in plan.workloads
        for each in workload.containers
        for file in each.files
    }


def _scratch(mount: Mount) -> str:
    return f"{mount.path}:size={size(mount.size)}" if mount.size else mount.path


def size(memory: str) -> str:
    """
    Return a memory quantity as Docker and the kernel read it, to both of whom `m` is 2²⁰.

    >>> size("64Mi"), size("0.5Gi"), size("2Gi"), size("1G")
    ('64m', '512m', '2g', '1000000000')
    """
    number = memory_bytes(memory) or 0
    for power, suffix in ((30, "g"), (20, "m"), (10, "k")):
        if number % 2**power == 0:
            return f"{number >> power}{suffix}"
    return str(number)
