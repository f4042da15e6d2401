"""Which Secrets a pod mounts: for the files that it has from them, and for the driver that makes them then."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from kgen.diag import Diagnostic
from kgen.features.routes import IngressPlan
from kgen.features.secrets import SecretFiles, SecretFolder, SecretMount
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.plan import Variable
from kgen.resolve import references, secret_uses
from kgen.resolve.secrets import Setting

DRIVER_FOLDER = "/mnt/secrets-store"
"""Where the documentation of the Secrets Store CSI driver mounts: pods need not read it."""

_LONGEST = 63


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield files from keys of Secrets that are not declared."""
    for name, component in app.components.items():
        for path, file in component.files.items():
            if file.secret:
                yield from references.secret_faults(app, file.secret, ("components", name, "files", path, "secret"))


def files(component: Component) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return Secret → key and path of each file from it."""
    made: dict[str, tuple[tuple[str, str], ...]] = {}
    for path, file in component.files.items():
        if file.secret:
            secret, key = file.secret.split("/")
            made[secret] = (*made.get(secret, ()), (key, path))
    return made


def mounts(
    setting: Setting, component: Component | None, variables: Iterable[Variable], ingresses: Iterable[IngressPlan] = ()
) -> tuple[SecretMount, ...]:
    """
    Return what pods mount.

    Args:
        setting: The app in its environment.
        component: What runs; ``None`` for the release.
        variables: Its variables: the CSI driver makes a Secret only while a pod mounts it.
        ingresses: Its routes: nobody but these pods could have it make their certificates.
    """
    given = files(component) if component else {}
    taken = set(component.volumes) | {"files", "kgen-files", "tmp"} if component else {"tmp"}
    made = [
        SecretFiles(volume=_volume(f"secret-{secret}", taken), secret=secret, files=items)
        for secret, items in given.items()
    ]
    uses = (*secret_uses.of_variables(variables), *secret_uses.of_routes(ingresses))
    used = dict.fromkeys((*given, *(secret for secret, _ in uses)))
    by_driver = () if setting.is_base else tuple(name for name in used if setting.provider(name) == "csi")
    folders = [
        SecretFolder(volume=_volume(f"store-{name}", taken), secret_class=name, path=f"{DRIVER_FOLDER}/{name}")
        for name in by_driver
    ]
    return (*made, *folders)


def _volume(name: str, taken: Collection[str]) -> str:
    """Return a name for a volume, which may have neither dots nor the length that names of Secrets have."""
    made = name.replace(".", "-")
    if made != name or len(made) > _LONGEST or made in taken:
        made = f"{made[: _LONGEST - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return made
