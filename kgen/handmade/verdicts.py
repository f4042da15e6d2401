"""
What API servers say about objects that a user wrote or changed.

Objects that kgen made alone can only be wrong by a bug of kgen. These are checked by everything that ``kgen validate``
knows an API server to refuse, and together with the others by the rules over several objects. A finding is said where
the user wrote what is wrong. Warnings about one object are left to ``kgen validate``, which can be told to be silent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from kgen.check import catalogue
from kgen.check.cross.families import findings
from kgen.check.cross.resources import External, Finding, Resources
from kgen.check.fault import Fault, Keyword, field
from kgen.check.objects import Kind, Objects
from kgen.check.resource import Resource
from kgen.check.rules import BY_KEYWORD, UNKNOWN_KUBERNETES_KIND
from kgen.check.store import Store
from kgen.check.whereabouts import having, is_built_in, joined, where_it_is
from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.k8s import Manifest
from kgen.record import dataclass

if TYPE_CHECKING:
    from kgen.check.shipped import Shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What the objects are for."""

    store: Store
    versions: tuple[str, ...]
    custom: tuple[str, ...]
    """Group and version of the custom resources that are installed."""

    external: tuple[str, ...]
    """Objects that are there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """An object that a user wrote or changed."""

    manifest: Manifest
    place: Callable[[Path], Label]
    """Tells where the user speaks of a path in it."""

    key: Callable[[Path], Label]
    """The same for the key of what is there."""

    words: str
    """How a finding starts, before its kind."""


@lru_cache(maxsize=8)
def _objects(store: Store, versions: tuple[str, ...]) -> Objects:
    @cache
    def shipped() -> "Shipped":
        from kgen.check.shipped import Shipped  # noqa: PLC0415  # most objects are of no custom kind

        return Shipped(store.directory)

    return Objects(store, versions, lambda *_: None, shipped=lambda *kind: shipped().find(*kind))


def refusals(made: ByHand, cluster: Cluster) -> Iterator[Diagnostic]:
    """Yield why API servers refuse one object."""
    objects = _objects(cluster.store, cluster.versions)
    api_version, kind = made.manifest["apiVersion"], made.manifest["kind"]
    known = objects.kind(api_version, kind)
    if not known.checks and api_version not in cluster.custom:
        yield _unknown(made, cluster)
        return
    found = objects.faults(made.manifest, known)
    for fault, versions in found.items():
        rule = _rule(fault)
        if fault.keyword is Keyword.UNCHECKED or rule.severity is not Severity.ERROR or _may_pass(fault, known):
            continue
        since = f" in Kubernetes {joined(versions)}" if len(versions) < len(cluster.versions) else ""
        yield _diagnostic(made, fault, rule, since)


def _may_pass(fault: Fault, known: Kind) -> bool:
    """Tell whether another release of an operator than the one that kgen knows may take what is a fault to that one."""
    if not known.release or fault.row:
        return False
    from kgen.check.shipped import is_certain  # noqa: PLC0415  # most objects are of no custom kind

    return not is_certain(fault)


def _unknown(made: ByHand, cluster: Cluster) -> Diagnostic:
    api_version, kind = made.manifest["apiVersion"], made.manifest["kind"]
    if is_built_in(api_version, cluster.store):
        versions = list(cluster.versions)
        message = f"Kubernetes {having(versions)} no `{kind}` in `{api_version}`"
        help_ = where_it_is(api_version, kind, versions[0], cluster.store)
    else:
        message = f"kgen.yaml does not say that `{kind}` of `{api_version}` is installed"
        help_ = f"if it is, add `crds: [{api_version}]` to kgen.yaml"
    return Diagnostic(rule=UNKNOWN_KUBERNETES_KIND, message=message, at=made.place(("kind",)), help=help_)


def disagreements(
    before: Sequence[Manifest], made: Sequence[Manifest], by_hand: Mapping[int, ByHand], cluster: Cluster
) -> Iterator[Diagnostic]:
    """
    Yield what does not fit together and did before anything was done by hand.

    Args:
        before: What kgen made.
        made: The same with what the user changed and added.
        by_hand: Those of ``made`` that the user changed or wrote, by their numbers.
        cluster: What they are for.
    """
    known = {_key(each) for each in _crossed(before, cluster)}
    for finding in _crossed(made, cluster):
        rule = _rule(finding.fault)
        if _key(finding) in known or rule.severity is Severity.INFO:
            continue
        involved = [finding.resource, *(each for each, _, _ in finding.related)]
        blamed = [by_hand[each.place] for each in involved if each.place in by_hand]
        culprit = blamed[0] if blamed else by_hand[max(by_hand)]
        if finding.resource.place in by_hand:
            yield _diagnostic(by_hand[finding.resource.place], finding.fault, rule, "")
        else:
            name = f"{culprit.words}{culprit.manifest['kind']} `{culprit.manifest['metadata']['name']}`"
            message = f"{name} and {finding.resource}: `{field(finding.fault.path)}` {finding.fault.message}"
            yield Diagnostic(rule=rule, message=message, at=culprit.place(()), help=finding.fault.help)


def _crossed(manifests: Sequence[Manifest], cluster: Cluster) -> Iterator[Finding]:
    resources = [Resource(dict(each), number) for number, each in enumerate(manifests)]
    yield from findings(Resources(resources, External(cluster.external)), "default")


def _key(finding: Finding) -> tuple[str, str, Path, str]:
    return finding.fault.row, str(finding.resource), finding.fault.path, finding.fault.message


def _diagnostic(made: ByHand, fault: Fault, rule: Rule, since: str) -> Diagnostic:
    name = made.manifest["metadata"]["name"]
    subject = f"`{field(fault.path)}`" if fault.path else "the object"
    message = f"{made.words}{made.manifest['kind']} `{name}`: {subject} {fault.message}{since}"
    at = made.key(fault.path) if fault.keyword is Keyword.UNKNOWN else made.place(fault.path)
    return Diagnostic(rule=rule, message=message, at=at, help=fault.help)


def _rule(fault: Fault) -> Rule:
    return catalogue.rule(fault.row) if fault.row else BY_KEYWORD[fault.keyword]
