"""Peers that users name in `network`: whether they are one, and whether they are there."""

from collections.abc import Iterator, Sequence

from kgen.diag import Diagnostic, Label, Path
from kgen.features import network
from kgen.features.network import EgressPeer, IngressPeer, Network
from kgen.model.app import App
from kgen.model.component import Component
from kgen.resolve import externals, names
from kgen.resolve.fields import unread
from kgen.resolve.references import listens
from kgen.resolve.rules import NO_PORT, UNKNOWN_REFERENCE, WITHOUT_EFFECT
from kgen.spec import CHOOSE_ONE
from kgen.words import listed, suggestion


def faults(app: App, environment: str) -> Iterator[Diagnostic]:
    """
    Yield peers that are none, or that are not there, and lists that nothing would come of.

    What components inherit is looked at in each of them: it stands at one place of the file, and is found once.
    """
    yield from _peers(app, environment, app.network, ("network",))
    if app.release:
        at: Path = ("release", "network")
        yield from _peers(app, environment, app.release.network, at)
        yield from _unreachable(app, "release", app.release.network, at)
    for name, component in app.components.items():
        at = ("components", name, "network")
        yield from _peers(app, environment, component.network, at)
        if listens(component):
            yield from _ports(name, component, at)
        else:
            yield from _unreachable(app, name, component.network, at)


def _peers(app: App, environment: str, given: Network, at: Path) -> Iterator[Diagnostic]:
    lists: tuple[tuple[str, Sequence[EgressPeer | IngressPeer]], ...] = (
        ("egress", given.egress),
        ("ingress", given.ingress),
    )
    for field, peers in lists:
        for index, peer in enumerate(peers):
            where = (*at, field, index)
            yield from _one_sort(peer, where)
            yield from network.faults(peer, where)
            if not peer.cidr:
                yield from unread(peer, {"besides"}, where, "a peer without `cidr`")
            if peer.app and not peer.namespace:
                place = names.usual_namespace(peer.app, environment)
                yield from names.too_long(f"the namespace of `{peer.app}`", place, names.LONGEST, (*where, "app"))
            if peer.app or not peer.namespace:
                yield from unread(peer, {"labels"}, where, "a peer that is no namespace")
            if peer.component and not peer.app and peer.component in app.components and field == "ingress":
                yield from externals.without_pods(app, peer.component, (*where, "component"))
            elif peer.component and not peer.app and peer.component not in app.components:
                yield Diagnostic(
                    rule=UNKNOWN_REFERENCE,
                    message=f"there is no component `{peer.component}`",
                    at=Label((*where, "component")),
                    help=suggestion(peer.component, app.components, "there are"),
                )


def _one_sort(peer: EgressPeer | IngressPeer, at: Path) -> Iterator[Diagnostic]:
    """Yield a finding unless a peer is said in one way: a word, a range, an app, a component, a namespace."""
    given = {
        "to" if isinstance(peer, EgressPeer) else "from": peer.to if isinstance(peer, EgressPeer) else peer.origin,
        "cidr": peer.cidr,
        "app": peer.app,
        "component": None if peer.app else peer.component,
        "namespace": None if peer.app else peer.namespace,
    }
    keys = [key for key, value in given.items() if value]
    if len(keys) == 1:
        return
    names = listed(list(given), "or")
    wrong = f"{listed(keys, 'and')} are given together" if keys else f"one of {names} is missing"
    yield Diagnostic(
        rule=CHOOSE_ONE,
        message=wrong,
        at=Label((*at, keys[1]) if keys else at, on="key"),
        related=tuple(Label((*at, key), "the other one", on="key") for key in keys[:1]),
        help=f"give one of {names}; only beside `app` may be `component` and `namespace`",
    )


def _ports(name: str, component: Component, at: Path) -> Iterator[Diagnostic]:
    for index, peer in enumerate(component.network.ingress):
        for position, port in enumerate(peer.ports):
            if port not in listens(component):
                yield Diagnostic(
                    rule=NO_PORT,
                    message=f"`{name}` has no port `{port}`",
                    at=Label((*at, "ingress", index, "ports", position)),
                    help=suggestion(port, listens(component), "ports there"),
                )


def _unreachable(app: App, name: str, given: Network, at: Path) -> Iterator[Diagnostic]:
    if given.ingress and given.ingress != app.network.ingress:  # what is meant for all is not meant for this one
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message=f"`{name}` has no port that anybody could call",
            at=Label((*at, "ingress"), on="key"),
            help="remove `ingress`" if name == "release" else "remove `ingress`, or add a port",
        )
