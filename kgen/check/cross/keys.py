"""Keys of ConfigMaps and Secrets that somebody needs, and Secrets that are of the wrong type for their use."""

from __future__ import annotations

from kgen.check.cross.providers import is_made
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import mappings, part, text
from kgen.check.slim import CONTENTS
from kgen.words import listed, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105  # a type, not a secret
_TLS = "kubernetes.io/tls"
_TLS_KEYS = ("tls.crt", "tls.key")
_PULL_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_ROWS = {"ConfigMap": "XREF002", "Secret": "XREF004"}


def missing_keys(
    resources: Resources, resource: Resource, source: Resource, keys: Iterable[tuple[str, Path]]
) -> Iterator[Finding]:
    """Yield the keys that an object names of a ConfigMap or Secret that does not have them."""
    present: set[str] | None = None
    for key, path in keys:
        if not key or any(key in part(source.value, each) for each in CONTENTS):
            continue
        present = contents(resources, source) if present is None else present
        if present and key not in present:
            message = f"names the key `{key}`, which {source} does not have"
            helped = suggestion(key, present, "it has") or f"add the key to {source}"
            fault = Fault(keyword=Keyword.NOT_FOUND, path=path, message=message, help=helped, row=_ROWS[source.kind])
            yield Finding(resource, fault, [(source, ("metadata", "name"), "this one is named")])


def contents(resources: Resources, source: Resource) -> set[str]:
    """
    Return the keys of a ConfigMap or Secret, and of all others of its name: the set may have one for each place.

    There are none if something else may put more of them into it.
    """
    if text(source.value, "type") == _TOKEN or is_made(resources, source.kind, source.namespace, source.name):
        return set()
    memo = f"keys {source.kind}"
    keys: dict[str, set[str]] | None = resources.memo.get(memo)
    if keys is None:
        keys = resources.memo[memo] = {}
        for each in resources.of("", source.kind):
            here = keys.setdefault(each.name, set())
            here.update(str(key) for field in CONTENTS for key in part(each.value, field))
    return keys.get(source.name, set())


def pull_secrets_of_wrong_type(resources: Resources) -> Iterator[Finding]:
    """Yield pull secrets that the kubelet does not look at, since their type is another."""
    if not resources.of("", "Secret"):
        return
    for resource in resources.all_workloads():
        template = resource.template
        if template is not None and "imagePullSecrets" in template.spec:
            for index, each in mappings(template.spec, "imagePullSecrets"):
                path = (*template.at_spec, "imagePullSecrets", index, "name")
                yield from _wrong_type(resources, resource, text(each, "name"), path)
    for account in resources.of("", "ServiceAccount"):
        for index, each in mappings(account.value, "imagePullSecrets"):
            yield from _wrong_type(resources, account, text(each, "name"), ("imagePullSecrets", index, "name"))


def certificates_without_keys(resources: Resources) -> Iterator[Finding]:
    """Yield Secrets that are to hold a certificate and its key, and have not got them."""
    if not resources.of("", "Secret"):
        return
    for ingress in resources.of("networking.k8s.io", "Ingress"):
        for index, tls in mappings(ingress.value, "spec", "tls"):
            name = text(tls, "secretName")
            yield from _no_certificate(resources, ingress, name, ("spec", "tls", index, "secretName"))
    for gateway in resources.of("gateway.networking.k8s.io", "Gateway"):
        for index, listener in mappings(gateway.value, "spec", "listeners"):
            for number, each in mappings(listener, "tls", "certificateRefs"):
                if (text(each, "kind") or "Secret") == "Secret" and not text(each, "namespace"):
                    path = ("spec", "listeners", index, "tls", "certificateRefs", number, "name")
                    yield from _no_certificate(resources, gateway, text(each, "name"), path)


def _wrong_type(resources: Resources, resource: Resource, name: str, path: Path) -> Iterator[Finding]:
    secret = resources.get("", "Secret", resource.namespace, name)
    if secret is None:
        return
    kind = text(secret.value, "type") or "Opaque"
    if kind not in _PULL_TYPES:
        message = f"names {secret} of type `{kind}`, which is not used for pulling images"
        helped = f"make it with `kubectl create secret docker-registry`: its type has to be {listed(_PULL_TYPES, 'or')}"
        fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row="XREF006")
        yield Finding(resource, fault, [(secret, ("type",) if "type" in secret.value else ("kind",), "its type")])


def _no_certificate(resources: Resources, resource: Resource, name: str, path: Path) -> Iterator[Finding]:
    secret = resources.get("", "Secret", resource.namespace, name)
    if secret is None or text(secret.value, "type") == _TLS:
        return
    present = contents(resources, secret)
    lacking = [key for key in _TLS_KEYS if key not in present]
    if present and lacking:
        message = f"names {secret}, which has no {listed(lacking, 'and no')}"
        helped = "make it with `kubectl create secret tls`"
        fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row="XREF007")
        yield Finding(resource, fault, [(secret, ("metadata", "name"), "this Secret")])


DEFAULT = (pull_secrets_of_wrong_type, certificates_without_keys)
STRICT = ()
OFF = ()
