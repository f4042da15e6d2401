"""What a run of ``kgen compile`` did: for people, and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgen.record import dataclass, field, replace
from kgen.units import cpu
from kgen.usage import NONE, Footprint, Usage, short_size
from kgen.usage import as_data as usage_data


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

    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Entries that have to be in a store of secrets, with their fields."""

    footprint: Footprint = NONE
    is_per_node: bool = False
    """Whether a part of the footprint is taken on every node, and is counted once."""

    closed: tuple[str, ...] = ()
    """Components whose pods may call nothing but what the app file refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one app."""

    app: str
    folders: tuple[Folder, ...]
    compose: str = ""
    """Name of the compose file; empty: there is none."""

    builds: tuple[tuple[str, str, str, str], ...] = ()
    """Build context, Dockerfile, image, and the options with secrets."""

    is_locked: bool = False
    """Whether there is a lock file of base images."""

    has_release: bool = False
    """Whether something has to run before the rest, which only Argo CD looks after."""


def summary(apps: Sequence[Written], *, only_checked: bool) -> str:
    """Return the text; ``only_checked``: nothing was written (``--check``)."""
    lines = [line for app in apps for line in _app(app, only_checked=only_checked)]
    lines += _footprint(apps)
    stale = any(not folder.is_clean for app in apps for folder in app.folders)
    if only_checked:
        lines += ["", "not up to date: run `kgen compile` and commit the result" if stale else "up to date"]
    elif not stale:
        lines += ["", "everything is up to date, nothing was written"]
    else:
        lines += [*_secrets(apps), *_network(apps), *_next_steps(apps)]
    return "\n".join(lines) + "\n"


def _app(app: Written, *, only_checked: bool) -> Iterator[str]:
    counted = [folder for folder in app.folders if folder.objects]
    environments = "1 environment" if len(counted) == 1 else f"{len(counted)} environments"
    objects = sum(folder.objects for folder in counted)
    yield f"{app.app}: {objects} objects in {environments}"
    for folder in _by_root(app.folders):
        verb = "stale" if only_checked else "wrote"
        if not folder.files:
            yield f"  {'left over' if only_checked else 'removed'} {folder.root}/: {_afterwards(app)}"
            continue
        yield f"  {verb} {folder.root}/ ({_counts(folder)})"
        for sign, names in (("+", folder.created), ("~", folder.changed), ("-", folder.removed)):
            if only_checked or not folder.environment or sign != "+":
                yield from (f"    {sign} {name}" for name in names)


def _by_root(folders: Sequence[Folder]) -> Iterator[Folder]:
    """Yield folders with changes, one a path: what Argo CD is told has several locks in one folder."""
    made: dict[str, Folder] = {}
    for folder in (folder for folder in folders if not folder.is_clean):
        other = made.get(folder.root)
        made[folder.root] = folder if other is None else _both(other, folder)
    yield from made.values()


def _both(one: Folder, other: Folder) -> Folder:
    return replace(
        one,
        files=(*one.files, *other.files),
        created=(*one.created, *other.created),
        changed=(*one.changed, *other.changed),
        removed=(*one.removed, *other.removed),
    )


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


def _totals(apps: Sequence[Written]) -> dict[str, Footprint]:
    """Return environment → what all apps together take in it."""
    made: dict[str, Footprint] = {}
    for folder in (folder for app in apps for folder in app.folders if folder.objects):
        made[folder.environment] = made.get(folder.environment, NONE) + folder.footprint
    return made


def _footprint(apps: Sequence[Written]) -> Iterator[str]:
    """Yield a table of what is requested at least and at most."""
    rows = [("requests", "", "CPU", "limit", "memory", "limit", "pods", "volumes")]
    for name, footprint in _totals(apps).items():
        same = footprint.least == footprint.most
        rows.append((name, "always" if same else "at least", *_amounts(footprint.least)))
        if not same:
            rows.append(("", "at most", *_amounts(footprint.most)))
    if len(rows) == 1:
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield ""
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
        cells += [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        yield f"  {'  '.join(cells)}"
    if any(folder.is_per_node for app in apps for folder in app.folders):
        yield "  what runs on every node is counted once"


def _amounts(usage: Usage) -> tuple[str, str, str, str, str, str]:
    return (
        cpu(usage.cpu),
        "none" if usage.cpu_limit is None else cpu(usage.cpu_limit),
        short_size(usage.memory),
        "none" if usage.memory_limit is None else short_size(usage.memory_limit),
        str(usage.pods),
        short_size(usage.storage) if usage.storage else "-",
    )


def _secrets(apps: Sequence[Written]) -> Iterator[str]:
    folders = [folder for app in apps for folder in app.folders]
    if wanted := [folder for folder in folders if folder.secrets]:
        yield ""
        yield "these Secrets have to be in the cluster; kgen never sees their values:"
        for folder in wanted:
            for name, keys in folder.secrets.items():
                yield f"  {folder.namespace}/{name}: {', '.join(keys)}"
    if entries := {entry: fields for folder in folders for entry, fields in folder.entries.items()}:
        yield ""
        yield "these entries have to be in the store of secrets; kgen never sees their values:"
        for entry, fields in entries.items():
            yield f"  {entry}: {', '.join(fields)}" if fields else f"  {entry}"


def _network(apps: Sequence[Written]) -> Iterator[str]:
    """Yield, where policies are new, what an app that calls somebody else has to say."""
    for app in apps:
        closed = dict.fromkeys(
            name
            for folder in app.folders
            for name in folder.closed
            if any(file.startswith("networkpolicy-") for file in folder.created)
        )
        if closed:
            yield ""
            yield f"{app.app}: {', '.join(closed)} may call DNS and what app.yaml refers to, and nothing else;"
            yield "  an app that calls others says so: `network: {egress: [internet]}`"


def _next_steps(apps: Sequence[Written]) -> Iterator[str]:
    """Yield commands that can be copied, for the first app."""
    app = apps[0]
    beside = next((folder for folder in app.folders if not folder.environment), None)
    first = next((folder for folder in app.folders if folder.environment), None)
    yield ""
    yield "next:" if len(apps) == 1 else f"next, for {app.app}:"
    if beside and app.compose:
        yield f"  docker compose --file {beside.root}/{app.compose} up --build   # run it on this machine"
    if beside and app.builds and not app.is_locked:
        yield f"  kgen lock {beside.root}   # pin the base images of Dockerfiles by digest"
    for context, dockerfile, image, secrets in app.builds if beside else ():
        folder = beside.root if beside and context == "." else f"{beside.root if beside else ''}/{context}"
        name = dockerfile.rpartition("/")[2]
        file = "" if name == "Dockerfile" else f"--file {folder}/{name} "
        yield f"  docker build {file}{secrets}--tag {image} {folder}"
    told = next((folder for folder in app.folders if folder.is_for_argocd), None)
    if first and told:
        yield "  git add --all   # and commit it, for Argo CD to read; once for each environment:"
        yield f"  kubectl apply -f {told.root}/_root.yaml"
    elif first and app.has_release:
        yield "  git add --all   # and commit it: Argo CD runs the release first, and then the rest"
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
                    "secretEntries": {name: list(fields) for name, fields in folder.entries.items()},
                    "footprint": _footprint_data(folder.footprint) if folder.objects else None,
                }
                for folder in app.folders
            ],
        }
        for app in apps
    ]


def footprints(apps: Sequence[Written]) -> dict[str, Any]:
    """Return environment → what all apps together take in it, for ``--format json``."""
    return {name: _footprint_data(footprint) for name, footprint in _totals(apps).items()}


def _footprint_data(footprint: Footprint) -> dict[str, Any]:
    return {
        "minimum": usage_data(footprint.least),
        "maximum": usage_data(footprint.most),
        "peak": usage_data(footprint.peak),
    }
