"""What pods name, and what has to be there before they start: configuration, secrets, claims, accounts."""

from __future__ import annotations

from kgen.check.cross.keys import missing_keys
from kgen.check.cross.near import ELSEWHERE, dangling, is_missing, is_near
from kgen.check.cross.providers import exists, known
from kgen.check.reading import entries, mappings, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from typing import Any, TypeAlias

    from kgen.check.cross.resources import Finding, Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

    Keys: TypeAlias = tuple[tuple[str, Path], ...]
    Reference: TypeAlias = tuple[str, str, str, str, Path, Keys]
    """Row, API group, kind and name of what is named, where, and which keys of it are."""

_ENV = (("configMapKeyRef", "ConfigMap", "XREF001"), ("secretKeyRef", "Secret", "XREF003"))
_ENV_FROM = (("configMapRef", "ConfigMap", "XREF001"), ("secretRef", "Secret", "XREF003"))
_FILES = (("configMap", "ConfigMap", "name", "XREF001"), ("secret", "Secret", "secretName", "XREF003"))
_DRA = "resource.k8s.io"
_NAMING = frozenset({"imagePullSecrets", "resourceClaims", "serviceAccountName", "volumes"})
"""Fields of pods with the names of other objects, beside those of containers."""

_FEWEST = 2


def missing_objects_of_pods(resources: Resources) -> Iterator[Finding]:
    """
    Yield what pods name and is not there, and missing keys of what is.

    Where nothing says that such objects are kept in the set, the row is ``ELSEWHERE``, and said once an object.
    """
    elsewhere: set[tuple[str, str, str]] = set()
    for resource in resources.all_workloads():
        if resource.template is not None and _names_others(resource.template):
            yield from _missing(resources, resource, resource.template, elsewhere)


def _names_others(template: Template) -> bool:
    """Tell whether pods may name anything: most do not, and finding out what they name takes longer."""
    if not _NAMING.isdisjoint(template.spec):
        return True
    for _, container in template.containers():
        if "envFrom" in container:
            return True
        for variable in entries(container, "env") if "env" in container else ():
            if isinstance(variable, dict) and "valueFrom" in variable:
                return True
    return False


def missing_pull_secrets_of_accounts(resources: Resources) -> Iterator[Finding]:
    """Yield pull secrets of ServiceAccounts that are not there."""
    for account in resources.of("", "ServiceAccount"):
        for index, secret in mappings(account.value, "imagePullSecrets"):
            target = ("", "Secret", account.namespace, text(secret, "name"))
            if is_missing(resources, *target):
                row = "XREF005" if is_near(resources, *target) else ELSEWHERE
                yield from dangling(row, resources, account, ("imagePullSecrets", index, "name"), target)


def of_pods(template: Template, hidden: AbstractSet[str] = frozenset()) -> Iterator[Reference]:
    """
    Yield what pods name, apart from what they can do without.

    Args:
        hidden: Names of volumes whose place claim templates take.
    """
    spec = template.spec
    for path, container in template.containers():
        if "env" in container or "envFrom" in container:
            yield from _of_environment(container, path)
    for index, volume in mappings(spec, "volumes") if "volumes" in spec else ():
        if hidden and text(volume, "name") in hidden:
            continue
        yield from _of_volume(volume, (*template.at, "spec", "volumes", index))
    for index, secret in mappings(spec, "imagePullSecrets") if "imagePullSecrets" in spec else ():
        yield "XREF005", "", "Secret", text(secret, "name"), (*template.at_spec, "imagePullSecrets", index, "name"), ()
    account = text(spec, "serviceAccountName")
    if account:
        yield "XREF009", "", "ServiceAccount", account, (*template.at_spec, "serviceAccountName"), ()
    for index, claim in mappings(spec, "resourceClaims") if "resourceClaims" in spec else ():
        at = (*template.at_spec, "resourceClaims", index)
        for key, kind in (
            ("resourceClaimName", "ResourceClaim"),
            ("resourceClaimTemplateName", "ResourceClaimTemplate"),
        ):
            yield "XREF017", _DRA, kind, text(claim, key), (*at, key), ()


def _missing(
    resources: Resources, resource: Resource, template: Template, elsewhere: set[tuple[str, str, str]]
) -> Iterator[Finding]:
    seen: set[tuple[str, str, str]] = set()
    hidden = _claim_templates(resource) if "volumes" in template.spec else frozenset()
    for row, group, kind, name, path, keys in of_pods(template, hidden):
        target = (group, kind, resource.namespace, name)
        source = resources.get(*target)
        if source is not None:
            if keys:
                yield from missing_keys(resources, resource, source, keys)
            continue
        # one finding for an object that is named again and again
        if target[1:] in seen or target[1:] in elsewhere or not is_missing(resources, *target):
            continue
        seen.add(target[1:])
        if _is_only_one(resources, *target) or is_near(resources, *target):
            yield from dangling(row, resources, resource, path, target)
        else:
            elsewhere.add(target[1:])
            yield from dangling(ELSEWHERE, resources, resource, path, target)


def _is_only_one(resources: Resources, group: str, kind: str, namespace: str, name: str) -> bool:
    """Tell whether all other objects of the kind that pods in the namespace name are there, so this one should be."""
    if kind not in {"ConfigMap", "Secret"} or (kind == "Secret" and not _are_made(resources, namespace)):
        return False  # accounts and claims are often made once, by hand
    memo = f"named {kind} {namespace}"
    lacking: tuple[int, set[str]] | None = resources.memo.get(memo)
    if lacking is None:
        there: set[str] = set()
        missing: set[str] = set()
        for resource in resources.workloads(namespace):
            for each, _ in of_kind(resource, kind):
                (there if exists(resources, group, kind, namespace, each) else missing).add(each)
        lacking = resources.memo[memo] = (len(there), missing)
    return lacking[0] >= _FEWEST and lacking[1] == {name}


def _are_made(resources: Resources, namespace: str) -> bool:
    """Tell whether Secrets of a namespace are kept in the set in a form that may be read; others seldom are."""
    return any(each.kind != "Secret" for each in known(resources, "", "Secret").get(namespace, {}).values())


def _claim_templates(resource: Resource) -> AbstractSet[str]:
    if resource.kind != "StatefulSet":
        return frozenset()
    return {text(claim, "metadata", "name") for _, claim in mappings(resource.value, "spec", "volumeClaimTemplates")}


def _of_environment(container: Mapping[str, Any], path: Path) -> Iterator[Reference]:
    for index, variable in enumerate(entries(container, "env")):
        source = variable.get("valueFrom") if isinstance(variable, dict) else None
        if isinstance(source, dict):
            for field, kind, row in _ENV:
                found = source.get(field)
                if isinstance(found, dict) and found.get("optional") is not True:
                    at = (*path, "env", index, "valueFrom", field)
                    yield row, "", kind, text(found, "name"), (*at, "name"), ((text(found, "key"), (*at, "key")),)
    for index, source in mappings(container, "envFrom") if "envFrom" in container else ():
        for field, kind, row in _ENV_FROM:
            found = source.get(field)
            if isinstance(found, dict) and found.get("optional") is not True:
                yield row, "", kind, text(found, "name"), (*path, "envFrom", index, field, "name"), ()


def _of_volume(volume: Mapping[str, Any], path: Path) -> Iterator[Reference]:
    for field, kind, naming, row in _FILES:
        if field in volume:
            yield from _of_files(part(volume, field), (*path, field), kind, naming, row)
    if "persistentVolumeClaim" in volume:
        name = text(volume, "persistentVolumeClaim", "claimName")
        yield "XREF008", "", "PersistentVolumeClaim", name, (*path, "persistentVolumeClaim", "claimName"), ()
    elif "projected" in volume:
        for index, source in mappings(volume, "projected", "sources"):
            for field, kind, _, row in _FILES:
                if field in source:
                    at = (*path, "projected", "sources", index, field)
                    yield from _of_files(part(source, field), at, kind, "name", row)
    elif "csi" in volume:
        name = text(volume, "csi", "nodePublishSecretRef", "name")
        yield "XREF003", "", "Secret", name, (*path, "csi", "nodePublishSecretRef", "name"), ()


def _of_files(source: Mapping[str, Any], path: Path, kind: str, naming: str, row: str) -> Iterable[Reference]:
    if source.get("optional") is True:
        return ()
    items = mappings(source, "items") if "items" in source else ()
    keys = tuple((text(item, "key"), (*path, "items", index, "key")) for index, item in items)
    return ((row, "", kind, text(source, naming), (*path, naming), keys),)


def of_kind(resource: Resource, kind: str) -> Iterator[tuple[str, Path]]:
    """Yield the names of the objects of a kind that the pods of a workload need, and where they stand."""
    if resource.template is not None:
        for _, _, found, name, path, _ in of_pods(resource.template):
            if found == kind and name:
                yield name, path


DEFAULT = (missing_objects_of_pods, missing_pull_secrets_of_accounts)
STRICT = ()
OFF = ()
