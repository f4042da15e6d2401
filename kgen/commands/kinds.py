"""Kinds by the words that people use: ``Deployment``, ``deployments``, ``deploy``, with or without an API version."""

import re
from collections.abc import Iterable, Mapping, Sequence

from kgen.check.store import Store
from kgen.diag import Diagnostic, Label, Rule
from kgen.record import dataclass
from kgen.words import listed, nearest

VERSION_NOT_STORED = Rule(
    code="KG1106",
    name="version-not-stored",
    explain="kgen knows the Kubernetes versions that it carries the schemas of, and asks no cluster.",
)
KIND_NOT_STORED = Rule(
    code="KG1107",
    name="kind-not-stored",
    explain="A kind, or an API version of it, comes with one version of Kubernetes and goes with another.",
)
RULES = (VERSION_NOT_STORED, KIND_NOT_STORED)

SHORT_NAMES: Mapping[str, str] = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "crd": "CustomResourceDefinition",
    "crds": "CustomResourceDefinition",
    "csr": "CertificateSigningRequest",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ep": "Endpoints",
    "ev": "Event",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "limits": "LimitRange",
    "netpol": "NetworkPolicy",
    "no": "Node",
    "ns": "Namespace",
    "pc": "PriorityClass",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rc": "ReplicationController",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sc": "StorageClass",
    "sts": "StatefulSet",
    "svc": "Service",
}
"""Source: ``kubectl api-resources``, column SHORTNAMES."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of one Kubernetes version, or a custom one of one release of its operator."""

    release: str
    """As ``Kubernetes 1.36``."""

    api_version: str
    name: str
    definition: str
    is_partial: bool = False
    """Not all fields are known."""

    others: tuple[str, ...] = ()
    """The other API versions that have a kind of this name, the best first."""


def unknown_versions(store: Store, versions: Sequence[str]) -> list[Diagnostic]:
    """Return a finding for each of ``versions`` that ``store`` has no schemas of."""
    known = store.versions()
    return [
        Diagnostic(
            rule=VERSION_NOT_STORED,
            message=f"kgen has no schemas of Kubernetes `{version}`",
            at=Label(file="-k"),
            help=_meant(version, known),
        )
        for version in dict.fromkeys(versions)
        if version not in known
    ]


def _meant(version: str, known: Sequence[str]) -> str:
    """Return the way out for a version that is none of ``known``: `v1.33.4` is what clusters call themselves."""
    found = re.match(r"v?(\d+\.\d+)", version.strip())
    if found and found[1] in known:
        several = "; repeat -k for several" if "," in version else ""
        return f"did you mean `{found[1]}`?{several}"
    return f"versions: `{known[0]}` to `{known[-1]}`"


def kinds(store: Store, version: str) -> list[tuple[str, str]]:
    """Return the pairs of API version and kind, sorted, without the lists that only an API answers with."""
    stored = store.kinds(version)
    return sorted((api, kind) for api, kind in stored if not is_list(api, kind, stored))


def is_list(api_version: str, kind: str, stored: Mapping[tuple[str, str], object]) -> bool:
    """Tell whether ``kind`` only holds many of another one, as ``DeploymentList`` does."""
    return kind.endswith("List") and (api_version, kind.removesuffix("List")) in stored


def find(store: Store, version: str, word: str, api_version: str = "") -> Kind | Diagnostic:
    """
    Return the kind that ``word`` means in ``version``, or why there is none.

    Args:
        api_version: Which one, if there are several; the stable and newest one otherwise.
    """
    name = by_word(store, version).get(word.lower())
    if name is None:
        return _no_kind(store, version, word)
    stored = store.kinds(version)
    having = sorted((api for api, kind in stored if kind == name), key=preference)
    chosen = api_version or having[0]
    if chosen not in having:
        return _no_api_version(store, version, name, chosen, having)
    others = tuple(api for api in having if api != chosen)
    definition = str(stored[chosen, name])
    release = f"Kubernetes {version}"
    return Kind(release=release, api_version=chosen, name=name, definition=definition, others=others)


def by_word(store: Store, version: str) -> dict[str, str]:
    """Return the kind that each word, in lower case, stands for."""
    names = {kind for _, kind in store.kinds(version)}
    short = {word: kind for word, kind in SHORT_NAMES.items() if kind in names}
    return short | {plural(name): name for name in names} | {name.lower(): name for name in names}


def plural(kind: str) -> str:
    """
    Return the name of ``kind`` in URLs and RBAC rules.

    >>> plural("Ingress"), plural("NetworkPolicy"), plural("Gateway"), plural("Endpoints")
    ('ingresses', 'networkpolicies', 'gateways', 'endpoints')
    """
    name = kind.lower()
    if name == "endpoints":
        return name
    if name.endswith("s"):
        return f"{name}es"
    return f"{name[:-1]}ies" if re.search(r"[^aeiou]y$", name) else f"{name}s"


def preference(api_version: str) -> tuple[object, ...]:
    """
    Return what sorts stable before beta before alpha, new before old, and the core before other groups.

    >>> sorted(["events.k8s.io/v1", "a/v3alpha1", "a/v1beta2", "v1", "a/v2"], key=preference)
    ['a/v2', 'v1', 'events.k8s.io/v1', 'a/v1beta2', 'a/v3alpha1']
    """
    group, _, version = api_version.rpartition("/")
    number, stage, step = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?|.*", version).groups()  # type: ignore[union-attr]  # matches anything
    return {None: 0, "beta": 1}.get(stage, 2), -int(number or 0), -int(step or 0), group


def _no_kind(store: Store, version: str, word: str) -> Diagnostic:
    elsewhere = [other for other in store.versions() if word.lower() in by_word(store, other)]
    near = nearest(word.lower(), known := by_word(store, version))
    if elsewhere:
        way_out = f"it is in Kubernetes {_listed(elsewhere)}"
    elif near:
        way_out = f"did you mean `{known[near]}`?"
    else:
        way_out = f"`kgen schema list -k {version}` names those there are"
    message = f"Kubernetes {version} has no kind `{word}`" if word else "no kind is named"
    return Diagnostic(rule=KIND_NOT_STORED, message=message, at=Label(), help=way_out)


def _no_api_version(store: Store, version: str, name: str, wanted: str, having: Iterable[str]) -> Diagnostic:
    way_out = f"it is in {listed(sorted(having), 'and')}"
    if elsewhere := [other for other in store.versions() if store.schema(other, wanted, name)]:
        way_out += f"; `{wanted}` has it in Kubernetes {_listed(elsewhere)}"
    message = f"{name} is not in `{wanted}` in Kubernetes {version}"
    return Diagnostic(rule=KIND_NOT_STORED, message=message, at=Label(), help=way_out)


def _listed(versions: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(versions[:-1]), versions[-1]]))
