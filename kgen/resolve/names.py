"""Names, labels and waves: whom each object is made for."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from kgen.diag import Diagnostic, Label, Path
from kgen.k8s import Target
from kgen.model.app import App
from kgen.resolve.rules import NAME_TAKEN, NAME_TOO_LONG

RELEASE = "release"

When: TypeAlias = Literal["", "early", "server", "volume", "pre-deploy", "post-deploy"]
"""
When an object is made: before a release, as a database for it, with the volumes of its jobs, as a job itself, or with
all the others.
"""

LONGEST = 63
_LIMITS = {"cron": 52, "stateful": 52}
"""A name gets a suffix: the minute of a run, the hash of a revision in a label."""
_WAVES: Mapping[When, str] = {"early": "-1", "server": "0", "volume": "1"}
_WAVE = "argocd.argoproj.io/sync-wave"
_HOOK = "argocd.argoproj.io/hook"
_DELETE = "argocd.argoproj.io/hook-delete-policy"


def object_name(app: str, component: str) -> str:
    """
    Return the name of a component's objects.

    >>> object_name("shop", "web"), object_name("hello", "hello")
    ('shop-web', 'hello')
    """
    return app if app == component else f"{app}-{component}"


def namespace(app: App, environment: str) -> str:
    """Return the namespace: the one given, or the app's name, with the environment's so that they cannot mix."""
    return app.namespace.name or usual_namespace(app.name, environment)


def usual_namespace(app: str, environment: str) -> str:
    """Return the namespace of an app that names none; of another app, too, since all keep the same rule."""
    return f"{app}-{environment}" if environment else app


def faults(app: App, environment: str) -> Iterator[Diagnostic]:
    """Yield names that are too long or taken."""
    yield from too_long("the namespace", namespace(app, environment), LONGEST, ("name",))
    if app.release:
        yield from too_long("the release", object_name(app.name, RELEASE), LONGEST, ("name",))
    for name, component in app.components.items():
        limit = _LIMITS.get(component.type, LONGEST)
        yield from too_long(f"objects of `{name}`", object_name(app.name, name), limit, ("components", name))
    for name in app.needs:
        if name in app.components or (name == RELEASE and app.release):
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"`{name}` is the name of a component and of a need",
                at=Label(("needs", name), on="key"),
                related=(Label(("components", name), "the component", on="key"),),
                help="rename one of them: in compose.yaml both are services",
            )
    if app.release and RELEASE in app.components:
        yield Diagnostic(
            rule=NAME_TAKEN,
            message="a component cannot be called `release` beside a `release`",
            at=Label(("components", RELEASE), on="key"),
            related=(Label(("release",), "its objects have that name", on="key"),),
            help="rename the component",
        )


def too_long(what: str, made: str, limit: int, at: Path) -> Iterator[Diagnostic]:
    """Yield a finding if ``made``, the name of ``what``, has more than ``limit`` characters."""
    if len(made) > limit:
        yield Diagnostic(
            rule=NAME_TOO_LONG,
            message=f"{what} would be called `{made}`: {len(made)} characters, {limit} are allowed",
            at=Label(at, on="key" if len(at) > 1 else "value"),
            help="choose a shorter name for the app" + (" or the component" if len(at) > 1 else ""),
        )


def has_waves(app: App) -> bool:
    """Tell whether something runs before the pods, so that Argo CD has to keep an order."""
    return app.release is not None or any(component.when == "pre-deploy" for component in app.components.values())


def target(app: App, environment: str, component: str, origin: Path, when: When = "") -> Target:
    """
    Return whom the objects of ``component`` are made for.

    Waves: -1 what a release needs to run, 1 the release, 2 everything else. Not PreSync: on the first
    installation such a hook would run before its own ConfigMap exists.

    Args:
        app: The app.
        environment: Its environment.
        component: Name, empty for the objects of the whole app.
        origin: Where the component stands in the app file.
        when: When they are made.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    notes: dict[str, str] = {}
    if when == "post-deploy":
        notes = {_HOOK: "PostSync", _DELETE: "BeforeHookCreation"}
    elif when == "pre-deploy":
        notes = {_HOOK: "Sync", _DELETE: "BeforeHookCreation", _WAVE: "1"}
    elif has_waves(app):
        # a volume in an earlier wave than its pod would wait for the pod for ever
        notes = {_WAVE: _WAVES.get(when, "2")}
    return Target(
        app=app.name,
        component=component,
        name=object_name(app.name, component) if component else app.name,
        namespace=namespace(app, environment),
        origin=origin,
        annotations=notes,
    )
