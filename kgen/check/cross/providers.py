"""
Objects that make others: a SealedSecret becomes a Secret, a Certificate keeps its key in one.

Sources: https://external-secrets.io/latest/api/externalsecret/, https://cert-manager.io/docs/usage/certificate/,
https://github.com/bitnami-labs/sealed-secrets, https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
"""

from __future__ import annotations

from kgen.check.reading import entries, mappings, number, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

    Known: TypeAlias = Mapping[str, Mapping[str, Resource]]

EVERYWHERE = "*"
"""Namespace of what is made in all of them."""

_NAMED_ITSELF = ("metadata", "name")
_SECRET_NAMES: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("bitnami.com", "SealedSecret"): (("spec", "template", "metadata", "name"), _NAMED_ITSELF),
    ("cert-manager.io", "Certificate"): (("spec", "secretName"),),
    ("external-secrets.io", "ClusterExternalSecret"): (("spec", "externalSecretName"), _NAMED_ITSELF),
    ("external-secrets.io", "ExternalSecret"): (("spec", "target", "name"), _NAMED_ITSELF),
    ("k8s.bitwarden.com", "BitwardenSecret"): (("spec", "secretName"),),
    ("kafka.strimzi.io", "KafkaUser"): (_NAMED_ITSELF,),
    ("kubernetes-client.io", "ExternalSecret"): (_NAMED_ITSELF,),
    ("onepassword.com", "OnePasswordItem"): (_NAMED_ITSELF,),
    ("ricoberger.de", "VaultSecret"): (_NAMED_ITSELF,),
    ("secrets.doppler.com", "DopplerSecret"): (("spec", "managedSecret", "name"),),
    ("secrets.hashicorp.com", "VaultDynamicSecret"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultPKISecret"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultStaticSecret"): (("spec", "destination", "name"),),
    ("secrets.infisical.com", "InfisicalSecret"): (("spec", "managedSecretReference", "secretName"),),
}
"""Kind → where the name of its Secret stands; the first that is filled counts."""

_LISTED_SECRETS: Mapping[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("isindir.github.com", "SopsSecret"): (("spec", "secretTemplates"), "name"),
    ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): (("spec", "secretObjects"), "secretName"),
}
_GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
_MOST_PODS = 100
"""Of a StatefulSet: nobody names the claims of later ones."""

_OWN_DOMAINS = ("app.kubernetes.io/", "k8s.io/")
"""Of labels that people give to their own pods."""

_ALWAYS_THERE = {
    "ConfigMap": frozenset({"kube-root-ca.crt", "openshift-service-ca.crt"}),
    "ServiceAccount": frozenset({"default"}),
}
MAKES_NOTHING = frozenset(
    {
        *("AuthorizationPolicy", "DestinationRule", "Gateway", "GRPCRoute", "HTTPRoute", "Ingress", "IngressRoute"),
        *("Middleware", "PeerAuthentication", "PodMonitor", "PrometheusRule", "ScaledJob", "ScaledObject"),
        *("ServiceMonitor", "TCPRoute", "TLSRoute", "TriggerAuthentication", "VirtualService", "Rollout"),
    }
)
"""Custom kinds whose controllers only set things up; others may make any object that is called after theirs."""


def known(resources: Resources, group: str, kind: str) -> Known:
    """Return the objects of a kind and those that make one, by namespace and by the name of what is there then."""
    memo = f"known {group}/{kind}"
    found: dict[str, dict[str, Resource]] | None = resources.memo.get(memo)
    if found is None:
        found = resources.memo[memo] = {}
        for each in resources.of(group, kind):
            found.setdefault(each.namespace, {}).setdefault(each.name, each)
        for namespace, name, maker in _made(resources, kind) if not group else ():
            found.setdefault(namespace, {}).setdefault(name, maker)
    return found


def exists(resources: Resources, group: str, kind: str, namespace: str, name: str) -> bool:
    """Tell whether an object is there, is made by one that is, is always there, or was declared to exist outside."""
    if resources.has(group, kind, namespace, name) or (not group and name in _ALWAYS_THERE.get(kind, ())):
        return True
    there = known(resources, group, kind)
    return name in there.get(namespace, ()) or name in there.get(EVERYWHERE, ())


def may_be_made(resources: Resources, namespace: str, name: str) -> bool:
    """
    Tell whether something in the set probably makes an object of this name while it runs: an operator whose custom
    resource is called alike, or a program that has the name among its arguments.
    """
    return is_called_after_custom(resources, namespace, name) or name in _mentioned(resources, namespace)


def is_made(resources: Resources, kind: str, namespace: str, name: str) -> bool:
    """Tell whether another object makes, or fills, the core object of this name."""
    return any(made == name and where in {namespace, EVERYWHERE} for where, made, _ in _made(resources, kind))


def _made(resources: Resources, kind: str) -> Iterator[tuple[str, str, Resource]]:
    if kind in _GENERATORS:
        for each in resources.of("kustomize.config.k8s.io", "Kustomization"):
            for _, generator in mappings(each.value, _GENERATORS[kind]):
                yield EVERYWHERE, text(generator, "name"), each
    if kind == "Secret":
        yield from _secrets(resources)
    elif kind == "ConfigMap":
        for each in resources.of("trust.cert-manager.io", "Bundle"):
            yield EVERYWHERE, each.name, each
    elif kind == "PersistentVolumeClaim":
        yield from _claims(resources)


def _claims(resources: Resources) -> Iterator[tuple[str, str, Resource]]:
    for each in resources.of("apps", "StatefulSet"):
        for _, claim in mappings(each.value, "spec", "volumeClaimTemplates"):
            for ordinal in range(min(number(each.value, "spec", "replicas") or 1, _MOST_PODS)):
                yield each.namespace, f"{text(claim, 'metadata', 'name')}-{each.name}-{ordinal}", each


def _secrets(resources: Resources) -> Iterator[tuple[str, str, Resource]]:
    for key, paths in _SECRET_NAMES.items():
        for each in resources.of(*key):
            name = next((found for path in paths if (found := text(each.value, *path))), "")
            yield each.namespace or EVERYWHERE, name, each
    for key, (path, inner) in _LISTED_SECRETS.items():
        for each in resources.of(*key):
            for _, listed in mappings(each.value, *path):
                yield each.namespace, text(listed, inner), each
    yield from _of_certificates(resources)


def _of_certificates(resources: Resources) -> Iterator[tuple[str, str, Resource]]:
    """Yield the Secrets that cert-manager makes for what is annotated so."""
    for group in ("networking.k8s.io", "extensions"):
        for each in resources.of(group, "Ingress"):
            if _is_annotated(each):
                for _, tls in mappings(each.value, "spec", "tls"):
                    yield each.namespace, text(tls, "secretName"), each
    for each in resources.of("gateway.networking.k8s.io", "Gateway"):
        if _is_annotated(each):
            for _, listener in mappings(each.value, "spec", "listeners"):
                for _, reference in mappings(listener, "tls", "certificateRefs"):
                    yield each.namespace, text(reference, "name"), each


def _is_annotated(resource: Resource) -> bool:
    annotations = part(resource.value, "metadata", "annotations")
    return any(str(key).startswith("cert-manager.io/") or key == "kubernetes.io/tls-acme" for key in annotations)


def is_called_after_custom(resources: Resources, namespace: str, name: str) -> bool:
    """Tell whether a name is, starts or ends with that of a custom resource: its operator calls what it makes so."""
    owners: dict[str, set[str]] | None = resources.memo.get("custom names")
    if owners is None:
        owners = resources.memo["custom names"] = {}
        for group, kind in resources.kinds:
            if "." in group and not group.endswith("k8s.io") and kind not in MAKES_NOTHING:
                for each in resources.of(group, kind):
                    owners.setdefault(each.namespace, set()).add(each.name)
    here = owners.get(namespace)
    if not here:
        return False
    parts = name.replace(".", "-").split("-")
    starts = ("-".join(parts[:end]) for end in range(1, len(parts) + 1))
    ends = ("-".join(parts[start:]) for start in range(len(parts)))
    return any(each in here for each in (*starts, *ends, *parts))


def are_given_by_program(resources: Resources, namespace: str, labels: Iterable[str]) -> bool:
    """
    Tell whether a program gives the labels of these keys to pods: they are of its domain, as `longhorn.io/component`,
    and no template of the namespace has them, with any value.
    """
    own = [key for key in labels if "/" in key and not key.startswith(_OWN_DOMAINS)]
    return bool(own) and not any(key in _label_keys(resources, namespace) for key in own)


def _label_keys(resources: Resources, namespace: str) -> set[str]:
    memo = f"label keys {namespace}"
    keys: set[str] | None = resources.memo.get(memo)
    if keys is None:
        keys = {key for each in resources.workloads(namespace) if each.template for key in each.template.labels}
        resources.memo[memo] = keys
    return keys


def _mentioned(resources: Resources, namespace: str) -> set[str]:
    memo = f"mentioned {namespace}"
    words: set[str] | None = resources.memo.get(memo)
    if words is None:
        words = resources.memo[memo] = set()
        for each in resources.workloads(namespace):
            for _, container in each.template.containers() if each.template else ():
                for value in _words_of(container):
                    words.update(value.replace("=", " ").replace("/", " ").replace(",", " ").replace(":", " ").split())
    return words


def _words_of(container: Mapping[str, object]) -> Iterable[str]:
    for key in ("command", "args"):
        for each in entries(container, key):
            if isinstance(each, str):
                yield each
    for _, variable in mappings(container, "env"):
        if "SECRET" in text(variable, "name"):
            yield text(variable, "value")
