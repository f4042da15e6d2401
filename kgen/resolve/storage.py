"""Volumes and files of a container."""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features.volumes import Claim
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.facts import Facts
from kgen.model.plan import File, Mount
from kgen.model.platform import Platform
from kgen.resolve.fields import is_single, runs_several
from kgen.resolve.rules import (
    CONFIG_TOO_LARGE,
    FILE_NOT_READABLE,
    NAME_TAKEN,
    NOT_FOR_TYPE,
    PATH_TAKEN,
    SHARED_VOLUME,
    VOLUME_WITHOUT_SIZE,
)

SCRATCH = Mount(name="tmp", path="/tmp", kind="ephemeral", size="64Mi")  # noqa: S108  # in the container
"""The writable path that nearly every program needs, when the root file system is read-only."""

_MAX_CONFIG = 1024 * 1024


def faults(app: App, facts: Facts) -> Iterator[Diagnostic]:
    """Yield volumes and files that cannot be."""
    for name, component in app.components.items():
        at: Path = ("components", name)
        yield from _volume_faults(component, at)
        yield from _file_faults(component, facts, at)
        yield from _path_faults(component, at)


def _path_faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    if SCRATCH.path in component.files:
        yield Diagnostic(
            rule=PATH_TAKEN,
            message=f"`{SCRATCH.path}` is a folder in every container",
            at=Label((*at, "files", SCRATCH.path), on="key"),
            help="choose another path",
        )
    taken: dict[str, Path] = {}
    places = [(volume.path, (*at, "volumes", name, "path")) for name, volume in component.volumes.items()]
    for path, where in [*places, *((path, (*at, "files", path)) for path in component.files)]:
        if path in taken:
            yield Diagnostic(
                rule=PATH_TAKEN,
                message=f"`{path}` is taken",
                at=Label(where, on="key" if "files" in where else "value"),
                related=(Label(taken[path], "mounted here as well"),),
                help="choose another path",
            )
        taken.setdefault(path, where)


def _volume_faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    for name, volume in component.volumes.items():
        where = (*at, "volumes", name)
        if volume.type != "persistent":
            continue
        if component.when == "post-deploy":
            yield Diagnostic(
                rule=NOT_FOR_TYPE,
                message=f"a post-deploy job cannot have a persistent volume, as `{name}` is",
                at=Label(where, on="key"),
                help="use `type: ephemeral`: Argo CD would wait for the volume before it starts the job",
            )
        if volume.size is None:
            yield Diagnostic(
                rule=VOLUME_WITHOUT_SIZE,
                message=f"the persistent volume `{name}` has no `size`",
                at=Label(where, on="key"),
                help="add one, as `size: 10Gi`, or say `type: ephemeral` for scratch space",
            )
        several = not isinstance(component.replicas, int | None) or runs_several(component)
        if component.type == "daemon" and is_single(volume.access):
            yield Diagnostic(
                rule=SHARED_VOLUME,
                message=f"the volume `{name}` is {volume.access}, but `{at[-1]}` runs on every node",
                at=Label((*where, "access")),
                related=(Label((*at, "type"), "every node"),),
                help="use `access: ReadWriteMany` if the storage can do it, or `type: ephemeral`",
            )
        if is_single(volume.access) and several and component.type in {"web", "worker"}:
            yield Diagnostic(
                rule=SHARED_VOLUME,
                message=f"the volume `{name}` is {volume.access}, but `{at[-1]}` runs several pods",
                at=Label((*where, "access")),
                related=(Label((*at, "replicas"), "several pods"),),
                help="use `access: ReadWriteMany` if the storage can do it, or `replicas: 1`",
            )


def _file_faults(component: Component, facts: Facts, at: Path) -> Iterator[Diagnostic]:
    keys: dict[str, str] = {}
    total = 0
    for path, file in component.files.items():
        where = (*at, "files", path)
        text = facts.files.get(file.source) if file.source else file.content
        if file.source and file.content is None and text is None:
            yield Diagnostic(
                rule=FILE_NOT_READABLE,
                message=f"the file `{file.source}` is not there, or is not text in UTF-8",
                at=Label((*where, "source")),
                help="the path is relative to the app file",
            )
        if file.secret:
            continue
        if other := keys.get(_key(path)):
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"`{path}` and `{other}` would have the same key in the ConfigMap",
                at=Label(where, on="key"),
                help="rename one of the files",
            )
        keys[_key(path)] = path
        total += len((text or "").encode())
    if total > _MAX_CONFIG:
        yield Diagnostic(
            rule=CONFIG_TOO_LARGE,
            message=f"the files of `{at[-1]}` have {total} bytes, a ConfigMap holds {_MAX_CONFIG}",
            at=Label((*at, "files"), on="key"),
            help="put large files into the image",
        )


def mounts(component: Component, target_name: str) -> tuple[Mount, ...]:
    """Return the volumes in the order written, and scratch space at ``/tmp`` if none of them is there."""
    made = []
    of_each_pod = component.type == "stateful"
    for name, volume in component.volumes.items():
        kept = volume.type == "persistent"
        made.append(
            Mount(
                name=name,
                path=volume.path,
                kind=volume.type if volume.type != "persistent" else "template" if of_each_pod else "claim",
                claim=f"{target_name}-{name}" if kept and not of_each_pod else "",
                size=volume.size or "",
            )
        )
    return with_scratch(tuple(made))


def with_scratch(given: tuple[Mount, ...]) -> tuple[Mount, ...]:
    if any(mount.path == SCRATCH.path for mount in given):
        return given
    taken = {mount.name for mount in given}
    name = next(free for free in ("tmp", *(f"tmp-{number}" for number in range(len(taken) + 1))) if free not in taken)
    return (Mount(name=name, path=SCRATCH.path, kind="ephemeral", size=SCRATCH.size), *given)


def claims(component: Component, target_name: str, platform: Platform) -> tuple[Claim, ...]:
    """Return the claims that all pods share."""
    if component.type == "stateful":
        return ()
    return tuple(
        Claim(
            name=f"{target_name}-{name}",
            size=volume.size or "",
            access=volume.access,
            storage_class=volume.storage_class or platform.storage.storage_class,
        )
        for name, volume in component.volumes.items()
        if volume.type == "persistent"
    )


def files(component: Component) -> tuple[File, ...]:
    return tuple(
        File(path=path, key=_key(path), source=file.source or "")
        for path, file in component.files.items()
        if not file.secret
    )


def files_volume(component: Component) -> str:
    """Return the name of the volume that holds the files; a volume of the user's may have it already."""
    return "files" if "files" not in component.volumes else "kgen-files"


def contents(component: Component, facts: Facts) -> Mapping[str, str]:
    """Return key in the ConfigMap → text of each file."""
    return {
        _key(path): (facts.files.get(file.source) if file.source else file.content) or ""
        for path, file in component.files.items()
        if not file.secret
    }


def _key(path: str) -> str:
    """
    Return the key of a file in the ConfigMap.

    >>> _key("/etc/shop/features.toml")
    'etc.shop.features.toml'
    """
    name = path.lstrip("/").replace("/", ".")
    return "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in name)
