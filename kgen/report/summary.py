"""What a run of ``kgen compile`` did: for people, and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder of output and how it differs from what was on disk."""

    root: str
    environment: str = ""
    """Empty for the files beside the source."""

    namespace: str = ""
    objects: int = 0
    files: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    is_clean: bool = True
    is_for_argocd: bool = False
    """Whether it holds what Argo CD is told, and no object of the app."""

    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Secrets that have to exist in the namespace, with their keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one app."""

    app: str
    folders: tuple[Folder, ...]
    builds: tuple[tuple[str, str], ...] = ()
    """Build context and image."""

    has_release: bool = False
    """Whether something has to run before the rest, which only Argo CD looks after."""


def summary(apps: Sequence[Written], *, only_checked: bool) -> str:
    """Return the text; ``only_checked``: nothing was written (``--check``)."""
    lines = [line for app in apps for line in _app(app, only_checked=only_checked)]
    stale = any(not folder.is_clean for app in apps for folder in app.folders)
    if only_checked:
        lines.append("not up to date: run `kgen compile` and commit the result" if stale else "up to date")
    elif not stale:
        lines.append("everything is up to date, nothing was written")
    else:
        lines += [*_secrets(apps), *_next_steps(apps)]
    return "\n".join(lines) + "\n"


def _app(app: Written, *, only_checked: bool) -> Iterator[str]:
    counted = [folder for folder in app.folders if folder.objects]
    environments = "1 environment" if len(counted) == 1 else f"{len(counted)} environments"
    objects = sum(folder.objects for folder in counted)
    yield f"{app.app}: {objects} objects in {environments}"
    for folder in app.folders:
        if folder.is_clean:
            continue
        verb = "stale" if only_checked else "wrote"
        if not folder.files:
            yield f"  {'left over' if only_checked else 'removed'} {folder.root}/: {_afterwards(app)}"
            continue
        yield f"  {verb} {folder.root}/ ({_counts(folder)})"
        for sign, names in (("+", folder.created), ("~", folder.changed), ("-", folder.removed)):
            if only_checked or not folder.environment or sign != "+":
                yield from (f"    {sign} {name}" for name in names)


def _afterwards(app: Written) -> str:
    """Return what becomes of the objects in the cluster when their folder goes."""
    if any(folder.is_for_argocd for folder in app.folders):
        return "its objects stay in the cluster until somebody deletes them"
    return "Argo CD deletes what it made from it"


def _counts(folder: Folder) -> str:
    if not (folder.created or folder.changed or folder.removed):
        return "only .kgen.lock: what goes in has changed, what comes out has not"
    counts = (("new", folder.created), ("changed", folder.changed), ("removed", folder.removed))
    return ", ".join(f"{len(names)} {word}" for word, names in counts if names)


def _secrets(apps: Sequence[Written]) -> Iterator[str]:
    wanted = [folder for app in apps for folder in app.folders if folder.secrets]
    if not wanted:
        return
    yield ""
    yield "these Secrets have to be in the cluster; kgen never sees their values:"
    for folder in wanted:
        for name, keys in folder.secrets.items():
            yield f"  {folder.namespace}/{name}: {', '.join(keys)}"


def _next_steps(apps: Sequence[Written]) -> Iterator[str]:
    """Yield commands that can be copied, for the first app."""
    app = apps[0]
    beside = next((folder for folder in app.folders if not folder.environment), None)
    first = next((folder for folder in app.folders if folder.environment), None)
    yield ""
    yield "next:" if len(apps) == 1 else f"next, for {app.app}:"
    if beside and "compose.yaml" in beside.files:
        yield f"  docker compose --file {beside.root}/compose.yaml up --build   # run it on this machine"
    for context, image in app.builds if beside else ():
        folder = beside.root if beside and context == "." else f"{beside.root if beside else ''}/{context}"
        yield f"  docker build --tag {image} {folder}"
    if first and app.has_release:
        yield f"  git add {first.root}   # and commit it: Argo CD runs the release first, and then the rest"
    elif first:
        # kubectl takes the files of a folder by name, and the others need the namespace
        namespace = f"{first.root}/namespace-{first.namespace}.yaml"
        yield f"  kubectl apply -f {namespace} -f {first.root}   # or commit it, for Argo CD to read"


def as_data(apps: Sequence[Written]) -> list[dict[str, Any]]:
    """Return the same as plain data, for ``--format json``."""
    return [
        {
            "app": app.app,
            "folders": [
                {
                    "root": folder.root,
                    "environment": folder.environment or None,
                    "namespace": folder.namespace or None,
                    "objects": folder.objects,
                    "created": list(folder.created),
                    "changed": list(folder.changed),
                    "removed": list(folder.removed),
                    "secrets": {name: list(keys) for name, keys in folder.secrets.items()},
                }
                for folder in app.folders
            ],
        }
        for app in apps
    ]
