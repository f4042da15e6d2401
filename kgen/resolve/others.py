"""Other apps that this one calls: where they are, and whether anybody does."""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features.network import Edge, Peer, PeerPort
from kgen.model.app import App
from kgen.model.container import Env
from kgen.model.plan import Address, Variable
from kgen.resolve import names
from kgen.resolve.rules import WITHOUT_EFFECT


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield apps that no environment variable of the base refers to: nothing would be opened for them."""
    texts = [text for env in _environments(app) for text in env.values() if isinstance(text, str)]
    for name in app.apps:
        if not any(f"${{apps.{name}." in text for text in texts):
            yield Diagnostic(
                rule=WITHOUT_EFFECT,
                message=f"nobody calls `{name}`",
                at=Label(("apps", name), on="key"),
                help=f"use it, as `env: {{…: ${{apps.{name}.url}}}}`, or remove it",
            )


def name_faults(app: App, environment: str) -> Iterator[Diagnostic]:
    """Yield apps whose objects or namespace cannot be called as they would have to be."""
    for name, other in app.apps.items():
        at: Path = ("apps", name)
        called = names.object_name(name, other.component)
        yield from names.too_long(f"the Service of `{name}`", called, names.LONGEST, at)
        yield from names.too_long(f"the namespace of `{name}`", _namespace(app, environment, name), names.LONGEST, at)


def _environments(app: App) -> Iterator[Env]:
    yield app.env
    if app.release:
        yield app.release.env
    for component in app.components.values():
        yield component.env
        yield from (container.env for container in component.init.values())
        yield from (sidecar.env for sidecar in component.sidecars.values())


def address(app: App, environment: str, name: str, output: str) -> Address:
    """Return where the other app ``name`` is called: its namespace is the one that it names, or the usual one."""
    other = app.apps[name]
    return Address(
        app=name,
        component="",
        host=f"{names.object_name(name, other.component)}.{_namespace(app, environment, name)}.svc",
        port=other.port,
        container_port=other.container_port or other.port,
        output="url" if output == "url" else "host" if output == "host" else "port",
    )


def edges(app: App, environment: str, variables: tuple[Variable, ...]) -> Iterator[Edge]:
    """Yield the edges to the apps that ``variables`` refer to."""
    called: Mapping[str, Address] = {
        part.app: part for variable in variables for part in variable.parts if isinstance(part, Address) and part.app
    }
    for name, other in app.apps.items():
        if name in called:
            labels = {"app.kubernetes.io/component": other.component, "app.kubernetes.io/name": name}
            peer = Peer(pods=labels, namespace=_namespace(app, environment, name))
            yield Edge(peers=(peer,), ports=(PeerPort(port=called[name].container_port),))


def _namespace(app: App, environment: str, name: str) -> str:
    return app.apps[name].namespace or names.usual_namespace(name, environment)
