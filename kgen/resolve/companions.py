"""Init containers and sidecars: what they take from their component, and what cannot be."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from kgen.diag import Diagnostic, Label, Path
from kgen.model.app import App
from kgen.model.companions import InitContainer, Sidecar
from kgen.model.component import Component
from kgen.model.container import EnvSource
from kgen.model.plan import Container, Mount, Variable
from kgen.model.platform import Platform
from kgen.resolve import container, images, outputs, placement, references, security, storage, working_dirs
from kgen.resolve.fields import amounts, exactly_one, probe_faults
from kgen.resolve.ports import own_ports
from kgen.resolve.rules import (
    NAME_TAKEN,
    NAME_TOO_LONG,
    NEEDED_FOR_TYPE,
    NO_PORT,
    NOT_FOR_TYPE,
    PATH_TAKEN,
    UNKNOWN_REFERENCE,
    WITHOUT_EFFECT,
)
from kgen.resolve.versions import too_old
from kgen.words import listed

Companion: TypeAlias = InitContainer | Sidecar
SIDECARS_SINCE = "1.29"
_LONGEST = 63


def all_of(component: Component) -> Iterator[tuple[str, str, Companion]]:
    """Yield section, name and value of each container beside the component's own."""
    yield from (("init", name, each) for name, each in component.init.items())
    yield from (("sidecars", name, each) for name, each in component.sidecars.items())


def runs_same_image(component: Component, companion: Companion) -> bool:
    """Tell whether both run the same program, so that what is meant for one is meant for the other."""
    return companion.image.repository == component.image.repository


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield containers beside a component's own that cannot be."""
    for name, component in app.components.items():
        at: Path = ("components", name)
        if component.sidecars:
            yield from too_old(platform, "a sidecar", SIDECARS_SINCE, (*at, "sidecars"))
        taken: dict[str, Path] = {name: at}
        for section, companion_name, companion in all_of(component):
            where = (*at, section, companion_name)
            yield from _name_faults(companion_name, taken, where)
            yield from _value_faults(app, component, companion, where)
            yield from _mount_faults(component, companion, where)
            if isinstance(companion, Sidecar):
                yield from _sidecar_faults(component, companion, where)


def _name_faults(name: str, taken: dict[str, Path], at: Path) -> Iterator[Diagnostic]:
    if name in taken:
        yield Diagnostic(
            rule=NAME_TAKEN,
            message=f"the pod has two containers called `{name}`",
            at=Label(at, on="key"),
            related=(Label(taken[name], "the other one", on="key"),),
            help="rename one of them",
        )
    taken.setdefault(name, at)
    if len(f"tmp-{name}") > _LONGEST:
        yield Diagnostic(
            rule=NAME_TOO_LONG,
            message=f"the scratch volume of `{name}` would have a name of {len(name) + 4} characters, 63 are allowed",
            at=Label(at, on="key"),
            help="choose a shorter name",
        )


def _value_faults(app: App, component: Component, companion: Companion, at: Path) -> Iterator[Diagnostic]:
    yield from references.faults(app, companion.env, (*at, "env"))
    for key, value in companion.env.items():
        if isinstance(value, EnvSource):
            yield from exactly_one(value, ("secret", "config", "field"), (*at, "env", key))
    for field in ("command", "args"):
        yield from references.in_words(getattr(companion, field), (*at, field))
    yield from amounts(companion.resources, (*at, "resources"))
    if companion.security.host_network and not component.security.host_network:
        yield Diagnostic(
            rule=NOT_FOR_TYPE,
            message="`hostNetwork` is the whole pod's",
            at=Label((*at, "security", "hostNetwork"), on="key"),
            help=f"say it in `security` of `{at[1]}`",
        )
    if not runs_same_image(component, companion):
        yield from images.untagged(companion.image, (*at, "image"))
    elif not (companion.command or companion.args):
        yield Diagnostic(
            rule=NEEDED_FOR_TYPE,
            message=f"`{at[-1]}` runs the image of `{at[1]}` and needs a `command`",
            at=Label(at, on="key"),
            help="add `command`, or an `image` of its own",
        )


def _mount_faults(component: Component, companion: Companion, at: Path) -> Iterator[Diagnostic]:
    taken: dict[str, Path] = {}
    for name, shared in companion.volumes.items():
        where = (*at, "volumes", name)
        if name not in component.volumes:
            yield Diagnostic(
                rule=UNKNOWN_REFERENCE,
                message=f"`{at[1]}` has no volume `{name}`",
                at=Label(where, on="key"),
                help=f"volumes here: {listed(list(component.volumes)) or 'none'}",
            )
            continue
        yield from _taken(shared.path or component.volumes[name].path, taken, where)
    for index, path in enumerate(companion.files):
        known = [each for each, file in component.files.items() if not file.secret]
        if path not in known:
            yield Diagnostic(
                rule=UNKNOWN_REFERENCE,
                message=f"`{at[1]}` has no file `{path}`" + (" but from a Secret" if path in component.files else ""),
                at=Label((*at, "files", index)),
                help=f"files here: {listed(known) or 'none'}",
            )
        yield from _taken(path, taken, (*at, "files", index))


def _taken(path: str, taken: dict[str, Path], at: Path) -> Iterator[Diagnostic]:
    if path in taken:
        yield Diagnostic(
            rule=PATH_TAKEN,
            message=f"`{path}` is taken",
            at=Label(at, on="key" if "volumes" in at else "value"),
            related=(Label(taken[path], "mounted here as well"),),
            help="choose another path",
        )
    taken.setdefault(path, at)


def _sidecar_faults(component: Component, sidecar: Sidecar, at: Path) -> Iterator[Diagnostic]:
    if sidecar.before_init and not component.init:
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message="`beforeInit` means nothing without `init` containers",
            at=Label((*at, "beforeInit"), on="key"),
            help="remove it",
        )
    tcp = [name for name, port in sidecar.ports.items() if port.protocol == "TCP"]
    for kind in ("startup", "readiness", "liveness"):
        probe = getattr(sidecar.probes, kind)
        if probe is None:
            continue
        where = (*at, "probes", kind)
        yield from probe_faults(kind, probe, where)
        named = [name for name in (probe.port, probe.tcp, probe.grpc) if name is not None]
        if any(name not in tcp for name in named) or (probe.http and not tcp):
            wanted = next((f" `{name}`" for name in named if name not in tcp), " that an HTTP probe could ask")
            yield Diagnostic(
                rule=NO_PORT,
                message=f"`{at[-1]}` has no TCP port{wanted}",
                at=Label(where),
                help=f"its ports: {listed(tcp) or 'none'}",
            )


def variables(app: App, component: Component, platform: Platform, environment: str) -> Iterator[Variable]:
    """Yield the environment variables of all containers beside the component's own."""
    for _, _, companion in all_of(component):
        yield from references.variables(app, companion.env, platform, environment)


def containers(
    app: App,
    name: str,
    *,
    environment: str,
    target_name: str,
    shared: Mapping[str, str],
    platform: Platform,
    started: Mapping[outputs.Key, str],
) -> tuple[tuple[Container, ...], ...]:
    """
    Return the sidecars that start first, the init containers, and the other sidecars.

    Args:
        app: The app.
        name: The component.
        environment: Its environment.
        target_name: Name of its objects.
        shared: What its ConfigMap says: a container that wants all of it, and maybe more, takes it from there.
        platform: The choices of kgen.yaml.
        started: Where images start that kgen builds.
    """
    component = app.components[name]
    made: dict[str, list[Container]] = {"first": [], "init": [], "sidecars": []}
    for section, own_name, companion in all_of(component):
        first = isinstance(companion, Sidecar) and companion.before_init
        used = references.variables(app, companion.env, platform, environment)
        known = {variable.name for variable in used if variable.text is not None}
        made["first" if first else section].append(
            _container(
                app,
                (name, own_name),
                companion,
                used=used,
                shared=shared if known >= shared.keys() else {},
                target_name=target_name,
                platform=platform,
                working_dir=working_dirs.of_companion(app, component, companion, started),
            )
        )
    return tuple(tuple(each) for each in made.values())


def _container(
    app: App,
    names: tuple[str, str],
    companion: Companion,
    *,
    used: tuple[Variable, ...],
    shared: Mapping[str, str],
    target_name: str,
    platform: Platform,
    working_dir: str,
) -> Container:
    component = app.components[names[0]]
    ports = companion.ports if isinstance(companion, Sidecar) else {}
    probes = companion.probes if isinstance(companion, Sidecar) else None
    return Container(
        name=names[1],
        image=images.reference(companion.image, images.default_repository(app, names[0], platform)),
        command=companion.command or (),
        args=companion.args or (),
        working_dir=working_dir,
        ports=own_ports(ports),
        variables=used,
        shared=shared,
        resources=container.resources(companion.resources),
        probes=container.probes_of(probes, ports, {}, by_default=True) if probes else {},
        mounts=_mounts(component, companion, names[1], target_name),
        files=tuple(file for file in storage.files(component) if file.path in companion.files),
        files_volume=storage.files_volume(component),
        user=container.user_of(companion.security),
        read_only_root=companion.security.read_only_root_filesystem,
        stop_seconds=placement.STOP_SECONDS,
        drain_seconds=0,
        hardening=security.hardening(companion.security),
        same_image=runs_same_image(component, companion),
    )


def _mounts(component: Component, companion: Companion, name: str, target_name: str) -> tuple[Mount, ...]:
    """Return the component's volumes that the container wants, and scratch space of its own at ``/tmp``."""
    there = {mount.name: mount for mount in storage.mounts(component, target_name)}
    wanted = tuple(
        there[volume].at(shared.path or there[volume].path, read_only=shared.read_only)
        for volume, shared in companion.volumes.items()
    )
    scratch = storage.SCRATCH
    if any(mount.path == scratch.path for mount in wanted):
        return wanted
    own = f"tmp-{name}"
    while own in component.volumes:
        own = own[:-1] if len(own) > _LONGEST - 1 else f"{own}x"
    return (Mount(name=own, path=scratch.path, kind="ephemeral", size=scratch.size), *wanted)
