"""Names, labels and waves: whom each object is made for."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path
from kgen.k8s import Target
from kgen.model.app import App
from kgen.resolve.rules import NAME_TAKEN, NAME_TOO_LONG

RELEASE = "release"
_LIMITS = {"cron": 52, "web": 63, "worker": 63, "job": 63}
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
    return app.namespace or (f"{app.name}-{environment}" if environment else app.name)


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield names that are too long or taken."""
    for name, component in app.components.items():
        made, limit = object_name(app.name, name), _LIMITS.get(component.type, 63)
        if len(made) > limit:
            yield Diagnostic(
                rule=NAME_TOO_LONG,
                message=f"objects of `{name}` would be called `{made}`: {len(made)} characters, {limit} are allowed",
                at=Label(("components", name), on="key"),
                help="choose a shorter name for the component or the app",
            )
    if app.release and RELEASE in app.components:
        yield Diagnostic(
            rule=NAME_TAKEN,
            message="a component cannot be called `release` beside a `release`",
            at=Label(("components", RELEASE), on="key"),
            related=(Label(("release",), "its objects have that name", on="key"),),
            help="rename the component",
        )


def has_waves(app: App) -> bool:
    """Tell whether something runs before the pods, so that Argo CD has to keep an order."""
    return app.release is not None or any(component.when == "pre-deploy" for component in app.components.values())


def target(app: App, environment: str, component: str, origin: Path, when: str = "") -> Target:
    """
    Return whom the objects of ``component`` are made for.

    Waves: -1 what a release needs to run, 1 the release, 2 everything else. Not PreSync: on the first
    installation such a hook would run before its own ConfigMap exists.

    Args:
        app: The app.
        environment: Its environment.
        component: Name, empty for the objects of the whole app.
        origin: Where the component stands in the app file.
        when: ``early`` for what a release needs, ``pre-deploy`` and ``post-deploy`` for jobs.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    notes: dict[str, str] = {}
    if when == "post-deploy":
        notes = {_HOOK: "PostSync", _DELETE: "BeforeHookCreation"}
    elif when == "pre-deploy":
        notes = {_HOOK: "Sync", _DELETE: "BeforeHookCreation", _WAVE: "1"}
    elif has_waves(app):
        notes = {_WAVE: "-1" if when == "early" else "2"}
    return Target(
        app=app.name,
        component=component,
        name=object_name(app.name, component) if component else app.name,
        namespace=namespace(app, environment),
        origin=origin,
        annotations=notes,
    )
