"""Volumes, files and scratch space of services."""

from collections.abc import Iterator
from typing import Any

from kgen.emit.compose.names import volume
from kgen.emit.compose.values import escaped, shell_name
from kgen.features.secrets import SecretFiles
from kgen.model.plan import Container, Plan, Workload


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
    scratch = {mount.path: mount.size for mount in run.mounts if mount.name not in kept}
    if scratch:
        made["tmpfs"] = [f"{path}:size={_tmpfs_size(size)}" if size else path for path, size in scratch.items()]
    return made


def kept_volumes(workload: Workload) -> list[str]:
    """Return the volumes that are more than a container's own scratch space."""
    mounts = [mount for each in workload.containers for mount in each.mounts]
    names = [mount.name for mount in mounts]
    return list(dict.fromkeys(mount.name for mount in mounts if mount.is_persistent or names.count(mount.name) > 1))


def _files(workload: Workload, run: Container) -> dict[str, Any]:
    """Return the files of a service that are neither in its image nor in a volume."""
    configs = [{"source": _config(workload, file.key), "target": file.path} for file in run.files]
    wanted = secret_files(workload) if run is workload.container else ()
    secrets = [{"source": shell_name(name, key), "target": path} for name, key, path in wanted]
    return {name: files for name, files in (("configs", configs), ("secrets", secrets)) if files}


def secret_files(workload: Workload) -> Iterator[tuple[str, str, str]]:
    """Yield Secret, key and path of files; each comes from a variable of the shell, as other secrets do."""
    for mount in workload.secret_mounts:
        if isinstance(mount, SecretFiles):
            yield from ((mount.secret, key, path) for key, path in mount.files)


def configs(plan: Plan) -> dict[str, Any]:
    return {
        _config(workload, key): {"content": escaped(text)}
        for workload in plan.workloads
        for key, text in workload.configuration.files.items()
    }


def _config(workload: Workload, key: str) -> str:
    return f"{workload.target.component}_{key}"


def _tmpfs_size(size: str) -> str:
    """
    Return a memory quantity as the kernel reads it.

    >>> _tmpfs_size("64Mi"), _tmpfs_size("1G")
    ('64m', '1g')
    """
    return size.removesuffix("i").lower()
