"""
Volumes, files and scratch space of services.

Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes
"""

import re
from collections.abc import Iterator
from typing import Any

from kgen.emit.compose.names import volume
from kgen.emit.compose.values import escaped, shell_name
from kgen.features.secrets import SecretFiles
from kgen.model.plan import Container, File, Mount, Plan, Workload
from kgen.record import replace
from kgen.units import memory_bytes


def mounted(plan: Plan, workload: Workload, run: Container) -> dict[str, Any]:
    """
    Return the volumes, files and scratch space of one container.

    Files are mounted, all of them. Texts (``configs``) and values of variables (``secrets``) would be copied into the
    container, and Docker copies nothing into one with a read-only root; podman-compose knows of neither.

    Source: https://github.com/docker/compose/issues/12031
    """
    kept = kept_volumes(workload)
    volumes = [
        f"{volume(workload, mount.name)}:{mount.path}{':ro' if mount.read_only else ''}"
        for mount in run.mounts
        if mount.name in kept
    ]
    volumes += [f"./{file.source or _copy(plan, workload, file)}:{escaped(file.path)}:ro" for file in run.files]
    wanted = secret_files(workload) if run is workload.container else ()
    secrets = [{"source": path_name(name, key), "target": path} for name, key, path in wanted]
    scratch = [_scratch(mount) for mount in run.mounts if mount.name not in kept]
    made = {"volumes": volumes, "secrets": secrets, "tmpfs": scratch}
    return {key: values for key, values in made.items() if values}


def kept_volumes(workload: Workload) -> list[str]:
    """Return the volumes that are more than a container's own scratch space."""
    mounts = [mount for each in workload.containers for mount in each.mounts]
    names = [mount.name for mount in mounts]
    return list(dict.fromkeys(mount.name for mount in mounts if mount.is_persistent or names.count(mount.name) > 1))


def copies(plan: Plan) -> dict[str, str]:
    """Return the files whose text stands in the app file, by their names beside the compose file."""
    return {
        _copy(plan, workload, file): workload.configuration.files[file.key]
        for workload in plan.workloads
        for run in workload.containers
        for file in run.files
        if not file.source
    }


def _copy(plan: Plan, workload: Workload, file: File) -> str:
    """Return the name of such a file; its ending is none that linters of the project would look at."""
    folder = plan.compose.removesuffix(".yaml").removesuffix(".yml")
    return f"{folder}.files/{workload.target.component}_{file.key}.txt"


def checksum(workload: Workload, run: Container) -> dict[str, Any]:
    """Return a label that changes with the files, as in the manifests: by itself, compose looks into no mounted one."""
    return {"labels": replace(workload.configuration, is_immutable=False).annotations} if run.files else {}


def secret_files(workload: Workload) -> Iterator[tuple[str, str, str]]:
    """Yield Secret, key and path of files; where each is on the developer's machine, a variable of the shell says."""
    for mount in workload.secret_mounts:
        if isinstance(mount, SecretFiles):
            yield from ((mount.secret, key, path) for key, path in mount.files)


def secrets(plan: Plan) -> dict[str, Any]:
    """Return the files of secrets; empty ones, if nobody says where they are."""
    names = {path_name(name, key) for workload in plan.workloads for name, key, _ in secret_files(workload)}
    return {name: {"file": f"${{{name}:-/dev/null}}"} for name in sorted(names)}


def path_name(secret: str, key: str) -> str:
    """
    Return the variable that says where the file of a secret is.

    >>> path_name("mail", "tls.key")
    'MAIL_TLS_KEY_FILE'
    """
    return f"{shell_name(secret, key)}_FILE"


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


def build_secrets(plan: Plan) -> dict[str, Any]:
    """
    Return what images are built with: from the developer's environment, or a file that is where it is in the builder.

    The home of the builder's user is the developer's own.
    """
    builds = [each.build for each in plan.workloads if each.build]
    return {
        name: {"environment": secret.env} if secret.env else {"file": re.sub(r"^/root/", "${HOME}/", secret.file or "")}
        for build in builds
        for name, secret in build.secrets.items()
    }
