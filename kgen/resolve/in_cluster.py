"""Backing services that kgen itself runs in the cluster: one pod with a volume, and nobody but the app comes near."""

from collections.abc import Mapping

from kgen.features.network import Access, Edge, PeerPort
from kgen.features.service import ServicePort
from kgen.features.stateful import Governing
from kgen.features.volumes import Claim
from kgen.model.container import Amounts, Resources
from kgen.model.placement import Spread
from kgen.model.plan import Check, Container, Mount, Variable, Workload
from kgen.model.pod_plan import Replacement
from kgen.model.providers import NeedClass
from kgen.record import replace
from kgen.resolve import names, needs, network, placement, secret_mounts, workload
from kgen.resolve.container import ProbeKind
from kgen.resolve.images import of_server
from kgen.resolve.servers import SERVERS, SIZES
from kgen.resolve.servers.server import Server, Size
from kgen.resolve.stateful import service_name

_DATA = "data"


def servers(known: workload.Known) -> tuple[Workload, ...]:
    """Return the pods of all needs that are met so."""
    return tuple(
        _server(known, name, given)
        for name in known.app.needs
        if (given := needs.met_by(known.app, known.platform, name)).provider in needs.HERE
    )


def _server(known: workload.Known, name: str, given: NeedClass) -> Workload:
    app, platform = known.app, known.platform
    kind = app.needs[name].type
    amounts = resources(given.resources, kind_size := SIZES[kind])
    server = SERVERS[kind](needs.ask(app, name, amounts.limits.memory or ""))
    at = ("needs", name)
    target = names.target(app, known.environment, name, at, "server")
    variables = tuple(
        Variable(name=key, parts=parts) for key, parts in {**server.variables, **server.cluster_variables}.items()
    )
    ports = _ports(server)
    claim = Claim(
        name=_DATA,
        size=given.size or kind_size.storage,
        access="ReadWriteOnce",
        storage_class=given.storage_class or platform.storage.storage_class,
    )
    return Workload(
        type="stateful" if server.data else "worker",
        kind="StatefulSet" if server.data else "Deployment",
        target=target,
        early=names.target(app, known.environment, name, at, "early"),
        storage=target,
        container=_container(
            target.component,
            server,
            image=of_server(given.image, server.image),
            variables=variables,
            ports=ports,
            resources=amounts,
        ),
        replicas=1,
        replacement=Replacement(strategy="RollingUpdate" if server.data else "Recreate"),
        spread=Spread(when="none"),
        placement=placement.of_release(app),
        spread_by_revision=False,
        run=None,
        configuration=workload.configuration(platform, workload.plain(variables), {}),
        secret_mounts=secret_mounts.mounts(workload.setting(known), None, variables),
        service=ports,
        network=_access(known, name, ports) if platform.network.policies else None,
        claim_templates=(claim,) if server.data else (),
        governing=_governing(target.name, ports) if server.data else None,
    )


def _container(
    name: str,
    server: Server,
    *,
    image: str,
    variables: tuple[Variable, ...],
    ports: tuple[ServicePort, ...],
    resources: Resources,
) -> Container:
    data = [Mount(name=_DATA, path=server.data, kind="template")] if server.data else []
    scratch = [_scratch(path) for path in ("/tmp", *server.scratch)]  # noqa: S108  # in the container
    return Container(
        name=name,
        image=image,
        command=server.command,
        args=(*server.args, *server.cluster_args),
        ports=ports,
        variables=variables,
        shared=workload.plain(variables),
        resources=resources,
        probes=_probes(server),
        mounts=(*data, *scratch),
        files=(),
        files_volume="",
        user=server.user,
        read_only_root=server.read_only_root,
        stop_seconds=server.stop_seconds,
        drain_seconds=0,
    )


def _scratch(path: str) -> Mount:
    name = path.strip("/").replace("/", "-")
    if path == "/dev/shm":  # noqa: S108  # in the container
        return Mount(name=name, path=path, kind="memory", size="128Mi")
    return Mount(name=name, path=path, kind="ephemeral", size="1Gi")


def _probes(server: Server) -> Mapping[ProbeKind, Check]:
    port = next(iter(server.ports))
    by_command = not (server.probe_by_port or server.health_path)
    asked = Check(
        port="" if by_command else port,
        path=server.health_path,
        command=server.check if by_command else (),
        timeout=5,
    )
    return {
        # half an hour: who is killed while it puts right what a crash left behind starts over, for ever
        "startup": replace(asked, period=5, failures=360 if server.data else 12),
        "readiness": asked,
        # only whether the process accepts connections: one that is busy is no better after a restart
        "liveness": Check(port=port, timeout=5, failures=6),
    }


def resources(given: Resources, size: Size) -> Resources:
    """Return ``given`` with what it leaves out; memory has a limit, as everywhere."""
    memory = given.requests.memory or given.limits.memory or size.memory
    requests = Amounts(cpu=given.requests.cpu or given.limits.cpu or size.cpu, memory=memory)
    return Resources(requests=requests, limits=Amounts(cpu=given.limits.cpu, memory=given.limits.memory or memory))


def _ports(server: Server) -> tuple[ServicePort, ...]:
    return tuple(
        ServicePort(name=name, port=number, service_port=number, protocol="TCP", app_protocol=None)
        for name, number in server.ports.items()
    )


def _governing(target_name: str, ports: tuple[ServicePort, ...]) -> Governing:
    return Governing(
        service=service_name(target_name),
        ports=tuple((port.name, port.port, port.protocol) for port in ports),
        parallel=False,
        when_deleted="Retain",
        when_scaled="Retain",
    )


def _access(known: workload.Known, name: str, ports: tuple[ServicePort, ...]) -> Access:
    """Return who comes near: what refers to it, at the port for clients; it calls nobody, but asks for names."""
    callers = network.callers(known.app, name, known.used)
    edges = (Edge(peers=callers, ports=(PeerPort(port=ports[0].name),)),) if callers else ()
    return Access(incoming=edges, outgoing=(network.dns(known.platform),))
