"""The container of a component: probes, resources, security, stop."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from kgen.features.service import PortSpec
from kgen.model.app import App, Release
from kgen.model.container import Amounts, Probe, Probes, Resources
from kgen.model.image_plan import UID
from kgen.model.plan import Check, Container, Variable
from kgen.model.platform import Platform
from kgen.model.security import Security
from kgen.record import replace
from kgen.resolve import images, placement, security, storage
from kgen.resolve.kinds import SERVES
from kgen.resolve.names import RELEASE
from kgen.resolve.ports import own_ports
from kgen.resolve.programs import has_programs
from kgen.resolve.references import listens
from kgen.units import seconds

ProbeKind: TypeAlias = Literal["startup", "readiness", "liveness"]

DEFAULT_CPU = "100m"
DEFAULT_MEMORY = "256Mi"
DRAIN_SECONDS = 5
"""Time that load balancers get to see that a pod is going; they learn it at the same moment as the pod."""

_DEFAULTS: Mapping[ProbeKind, Check] = {
    # a minute to start, looked at often so that a fast start is seen at once
    "startup": Check(period=2, timeout=2, failures=30),
    "readiness": Check(period=10, timeout=2, failures=3),
    # a minute, twice as long as readiness: without requests it may recover, and a restart under load makes the load of
    # the others worse
    "liveness": Check(period=10, timeout=5, failures=6),
}
_EXEC_TIMEOUT = 10
"""Starting an interpreter takes seconds on a busy node."""


def of_component(
    app: App,
    name: str,
    *,
    target_name: str,
    variables: tuple[Variable, ...],
    shared: Mapping[str, str],
    platform: Platform,
    has_service: bool,
    working_dir: str,
) -> Container:
    """Return the container of component ``name``, whose objects are called ``target_name``."""
    component = app.components[name]
    wait = DRAIN_SECONDS if has_service else 0
    beside = {name: port for name, port in listens(component).items() if name not in component.ports}
    return Container(
        name=name,
        image=images.reference(component.image, images.default_repository(app, name, platform)),
        command=component.command or (),
        args=component.args or (),
        working_dir=working_dir,
        ports=own_ports(component.ports),
        variables=variables,
        shared=shared,
        resources=resources(component.resources),
        probes=probes_of(component.probes, component.ports, beside, by_default=component.type in SERVES),
        mounts=storage.mounts(component, target_name),
        files=storage.files(component),
        files_volume=storage.files_volume(component),
        user=user_of(component.security),
        hardening=security.hardening(component.security),
        read_only_root=component.security.read_only_root_filesystem,
        stop_seconds=seconds(component.stop_grace_period or "") or placement.STOP_SECONDS,
        drain_seconds=placement.waits(component, by_default=wait),
        hooks=placement.hooks(
            component, platform, waits=wait, has_programs=has_programs(images.build_of(app, component))
        ),
    )


def of_release(
    app: App,
    release: Release,
    *,
    variables: tuple[Variable, ...],
    shared: Mapping[str, str],
    platform: Platform,
    working_dir: str,
) -> Container:
    """Return the container of the release: the app's image with a command of its own."""
    return Container(
        name=RELEASE,
        image=images.reference(app.image, images.default_repository(app, "", platform)),
        command=release.command,
        args=release.args or (),
        working_dir=working_dir,
        ports=(),
        variables=variables,
        shared=shared,
        resources=resources(release.resources),
        probes={},
        mounts=storage.with_scratch(()),
        files=(),
        files_volume="",
        user=user_of(app.security),
        hardening=security.hardening(app.security),
        read_only_root=app.security.read_only_root_filesystem,
        stop_seconds=placement.STOP_SECONDS,
        drain_seconds=0,
    )


def user_of(given: Security) -> int:
    """Return the user and group of a process."""
    return UID if given.run_as_user is None else given.run_as_user


def resources(given: Resources) -> Resources:
    """
    Return ``given`` with what it leaves out.

    Memory always has a limit, the request by default: a pod that grows is killed alone instead of with its node.
    CPU has one only on request: throttling gains nothing on a node with idle cores.
    """
    memory = given.requests.memory or given.limits.memory or DEFAULT_MEMORY
    requests = Amounts(cpu=given.requests.cpu or given.limits.cpu or DEFAULT_CPU, memory=memory)
    return Resources(requests=requests, limits=Amounts(cpu=given.limits.cpu, memory=given.limits.memory or memory))


def probes_of(
    given: Probes, own: Mapping[str, PortSpec], beside: Mapping[str, PortSpec], *, by_default: bool
) -> Mapping[ProbeKind, Check]:
    """
    Return the probes of a container.

    Args:
        given: What the user says.
        own: The ports of the container: a probe may name them.
        beside: The ports of other containers of the pod: the kubelet knows them by number only.
        by_default: Whether to ask the first port by TCP where nothing is said.
    """
    ports = {name: port for name, port in {**own, **beside}.items() if port.protocol == "TCP"}
    called = {name: name if name in own else port.port for name, port in ports.items()}
    first = next(iter(ports), "")
    made: dict[ProbeKind, Check] = {}
    for kind, default in _DEFAULTS.items():
        probe: Probe | None = getattr(given, kind)
        if probe is None and by_default and first:
            made[kind] = replace(default, port=called[first])
        elif probe is not None and not probe.off:
            number = ports[probe.grpc].port if probe.grpc else None
            named = "" if probe.exec or probe.grpc else probe.tcp or probe.port or first
            made[kind] = _check(default, probe, called.get(named, ""), number)
    return made


def _check(default: Check, probe: Probe, port: str | int, grpc_port: int | None) -> Check:
    timeout = max(_EXEC_TIMEOUT, default.timeout) if probe.exec else default.timeout
    period = max(default.period, _EXEC_TIMEOUT) if probe.exec else default.period
    return Check(
        port=port,
        path=probe.http or "",
        command=probe.exec or (),
        grpc_port=grpc_port,
        period=seconds(probe.period or "") or period,
        timeout=seconds(probe.timeout or "") or timeout,
        failures=probe.failures or default.failures,
        successes=probe.successes or 1,
        initial_delay=seconds(probe.initial_delay or "") or 0,
    )
