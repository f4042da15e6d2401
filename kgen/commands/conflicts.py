"""What is wrong with several apps, or several environments, together."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from kgen.diag import Diagnostic, Label, Rule, Severity
from kgen.pipeline import Compiled
from kgen.quotas import Taken, shared
from kgen.words import suggestion
from kgen.write.lock import NAME as LOCK

UNKNOWN_ENVIRONMENT = Rule(
    code="KG1102", name="unknown-environment", explain="`--env` names an environment of the app files."
)
SAME_OUTPUT = Rule(code="KG1103", name="apps-with-one-output", explain="Two apps would overwrite each other's output.")
SEVERAL_ENVIRONMENTS = Rule(
    code="KG1105",
    name="several-environments-to-print",
    explain="Printed in one stream, staging and production would be applied together.",
)
SAME_NAMESPACE = Rule(
    code="KG1120",
    name="namespace-made-twice",
    explain="One object belongs to one app: Argo CD lets two Applications fight over it, or refuses the second one.",
)
SAME_OBJECT = Rule(
    code="KG1121",
    name="object-made-by-two-apps",
    explain="One object belongs to one app: Argo CD lets two Applications fight over it, or refuses the second one.",
)
UNUSED_DIGEST = Rule(
    code="KG1141",
    name="unused-digest",
    severity=Severity.WARNING,
    explain="An entry that no Dockerfile of kgen's starts from misleads whoever looks for what is in use.",
)
RULES = (UNUSED_DIGEST, UNKNOWN_ENVIRONMENT, SAME_OUTPUT, SEVERAL_ENVIRONMENTS, SAME_NAMESPACE, SAME_OBJECT)

_OF_SECRETS = ("ExternalSecret", "SealedSecret", "SecretProviderClass", "Secret")
"""Kinds of objects that Secrets are made from, under the name of the Secret."""


def unknown_environments(names: Sequence[str], compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield the ``names`` (``--env``) that no app has."""
    known = sorted({name for each in compiled for name in each.known_environments})
    for name in names:
        if name not in known:
            yield Diagnostic(
                rule=UNKNOWN_ENVIRONMENT,
                message=f"no app has an environment `{name}`",
                at=Label(file="--env"),
                help=suggestion(name, known, "environments"),
            )


def several_environments(compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield a finding if what would be printed belongs to more than one environment of an app."""
    names = max(([part.name for part in each.environments] for each in compiled), key=len, default=[])
    if len(names) > 1:
        yield Diagnostic(
            rule=SEVERAL_ENVIRONMENTS,
            message=f"there are {len(names)} environments, and only one can be printed",
            at=Label(file="--stdout"),
            help=f"choose one: `--env {names[0]}`",
        )


def same_output(compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield the pairs of apps that would write one file or one folder, each pair once."""
    writers: dict[Path, Compiled] = {}
    told: set[tuple[str, str]] = set()
    for each in compiled:
        for tree in each.trees:
            root = tree.root.absolute()
            owned = [tree.root] if tree.out and tree.lock == LOCK else []  # one of several locks: a part of a folder
            for path in (*owned, *(root / name for name in (*tree.files, tree.lock))):
                other = writers.setdefault(path.absolute(), each)
                if other is each or (other.file, each.file) in told:
                    continue
                told.add((other.file, each.file))
                shown = path if path == tree.root else tree.root / path.relative_to(root)
                yield Diagnostic(
                    rule=SAME_OUTPUT,
                    message=f"`{other.file}` and `{each.file}` would both write `{shown.as_posix()}`",
                    at=Label(("name",), file=each.file),
                    related=(Label(("name",), "the other app", file=other.file),),
                    help="give the apps different names, and folders of their own"
                    if tree.out
                    else "move one of them into a folder of its own, or give its file another name: "
                    "`compose: {output: …}`, `build: {output: …}`",
                )


def same_namespace(compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield the pairs of apps that would both make one Namespace."""
    makers: dict[tuple[str, str], Compiled] = {}
    for each in compiled:
        for part in each.environments:
            made = any(one.manifest["kind"] == "Namespace" for one in part.objects)
            other = makers.setdefault((part.name, part.namespace), each) if made else each
            if other is not each and other.app != each.app:  # of one name: that is another finding
                way_out = f"`namespace: {{name: {part.namespace}, create: false}}`"
                yield Diagnostic(
                    rule=SAME_NAMESPACE,
                    message=f"`{other.file}` and `{each.file}` would both make the namespace `{part.namespace}`",
                    at=Label(("namespace",), file=each.file),
                    related=(Label(("namespace",), "the other app", file=other.file),),
                    help=f"leave it to one of them, and write {way_out} here",
                )


def same_objects(compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield the objects but Namespaces that two apps of one environment would both make, as in a shared namespace."""
    makers: dict[tuple[Path, str, str, str, str, str], Compiled] = {}
    for each in compiled:
        for part in each.environments:
            for one in part.objects:
                group, _, _ = one.manifest["apiVersion"].rpartition("/")
                kind, metadata = one.manifest["kind"], one.manifest["metadata"]
                inside, name = metadata.get("namespace", ""), metadata["name"]
                other = makers.setdefault((each.out.absolute(), part.name, group, kind, inside, name), each)
                if kind == "Namespace" or other.app == each.app:  # those are other findings
                    continue
                where = f" in the namespace `{inside}`" if inside else ""
                existing = f"`secrets: {{{name}: {{keys: […], provider: existing}}}}`"
                yield Diagnostic(
                    rule=SAME_OBJECT,
                    message=f"`{other.file}` and `{each.file}` would both make {kind} `{name}`{where}",
                    at=one.source
                    or Label(one.origin or ("name",), file=each.file, on="key" if one.origin else "value"),
                    related=(Label(("name",), "the other app", file=other.file),),
                    help=f"leave it to one of them, and write {existing} here"
                    if kind in _OF_SECRETS and not one.source
                    else "rename one of the two, or put the apps into namespaces of their own",
                )


def quotas_of_several(compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the quotas of namespaces that several apps of one environment share."""
    groups: dict[tuple[Path, str, str], list[Taken]] = {}
    for each in compiled:
        for environment in each.environments:
            taken = environment.taken
            groups.setdefault((each.out.absolute(), environment.name, taken.namespace), []).append(taken)
    for group in groups.values():
        yield from shared(group)


def unused_digests(paths: Sequence[Path], compiled: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Yield entries of lock files that none of the repository's apps uses, if all of them were compiled."""
    named = {os.path.abspath(path) for path in paths}
    used: dict[Path, set[str]] = {}
    for each in compiled:
        if each.image_lock:
            used.setdefault(each.image_lock.path, set()).update(each.base_images)
    locks = {each.image_lock.path: each.image_lock for each in compiled if each.image_lock}
    for path, lock in locks.items():
        if named.isdisjoint(map(str, Path(os.path.abspath(path)).parents)):
            continue
        for image in sorted(lock.digests.keys() - used[path]):
            yield Diagnostic(
                rule=UNUSED_DIGEST,
                message=f"no app is built from `{image}`",
                at=Label(file=path.as_posix()),
                help="remove it: `kgen lock`",
            )
