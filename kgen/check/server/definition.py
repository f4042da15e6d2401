"""
Rules of the API server about CustomResourceDefinitions, beside those of ``check/crd_faults.py``.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apis/apiextensions/validation/validation.go
"""

from __future__ import annotations

from kgen.check.server.definition_schema import schema_faults
from kgen.check.server.definition_versions import version_faults
from kgen.check.server.errors import forbidden, invalid, required, too_long, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import dns_1035_label, dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_SCOPES = ("Cluster", "Namespaced")
_STRATEGIES = ("None", "Webhook")
_REVIEWS = frozenset({"v1", "v1beta1"})
_LONGEST_WARNING = 256
_MOST_PORT = 65535
_APPROVAL = "api-approved.kubernetes.io"
_PROTECTED = (".k8s.io", ".kubernetes.io")


def definition(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a CustomResourceDefinition."""
    spec = part(value, "spec")
    yield from _group(spec)
    yield from _approval(value, spec.get("group") or "")
    scope = spec.get("scope")
    if not scope:
        yield required("CRD002", ("spec", "scope"))
    elif scope not in _SCOPES:
        yield unsupported("CRD002", ("spec", "scope"), scope, _SCOPES)
    yield from _names(part(spec, "names"), ("spec", "names"))
    if spec.get("preserveUnknownFields"):
        path = ("spec", "preserveUnknownFields")
        yield invalid("CRD018", path, "must not be `true`", "write `x-kubernetes-preserve-unknown-fields` into schemas")
    yield from _versions(spec)
    yield from version_faults(spec, context)
    for index, version in enumerate(entries(spec, "versions")):
        yield from schema_faults(version or {}, ("spec", "versions", index))
    yield from _conversion(part(spec, "conversion"), ("spec", "conversion"))


def _group(spec: Mapping[str, Any]) -> Iterator[Fault]:
    group = spec.get("group") or ""
    if not group:
        yield required("CRD001", ("spec", "group"))
    elif wrong := dns_subdomain(group):
        yield invalid("CRD001", ("spec", "group"), wrong)
    elif "." not in group:
        yield invalid("CRD001", ("spec", "group"), f"must be a domain with at least one dot, but is `{group}`")


def _approval(value: Mapping[str, Any], group: str) -> Iterator[Fault]:
    if not f".{group}".endswith(_PROTECTED):
        return
    text = part(part(value, "metadata"), "annotations").get(_APPROVAL) or ""
    path = ("metadata", "annotations", _APPROVAL)
    if not text:
        yield required("CRD028", path, f"since the group `{group}` belongs to Kubernetes")
    elif not text.startswith("unapproved") and not _is_url(text):
        yield invalid("CRD028", path, f"must be a URL, or start with `unapproved`, but is `{text}`")


def _is_url(text: str) -> bool:
    scheme, colon, rest = text.partition("://")
    return bool(colon) and scheme.isascii() and scheme.isalpha() and bool(rest) and rest[0] not in "/?#"


def _names(names: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the names; a missing ``singular`` or ``listKind`` is made from ``kind``."""
    kind = names.get("kind") or ""
    given = {
        "plural": names.get("plural") or "",
        "singular": names.get("singular") or kind.lower(),
        "kind": kind,
        "listKind": names.get("listKind") or (f"{kind}List" if kind else ""),
    }
    for key, name in given.items():
        if not name:
            if key in ("plural", "kind"):
                yield required("CRD003", (*at, key))
        elif wrong := dns_1035_label(name.lower() if key.endswith("ind") else name):
            yield invalid("CRD003", (*at, key), wrong)
    if kind and given["listKind"] == kind:
        yield invalid("CRD003", (*at, "listKind"), f"must not be the same as `kind`, which is `{kind}`")
    for key in ("shortNames", "categories"):
        for index, name in enumerate(entries(names, key)):
            if wrong := dns_1035_label(name or ""):
                yield invalid("CRD003", (*at, key, index), wrong)


def _versions(spec: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, entry in enumerate(entries(spec, "versions")):
        version = entry or {}
        at = ("spec", "versions", index)
        name = version.get("name") or ""
        if wrong := dns_1035_label(name):
            yield invalid("CRD004", (*at, "name"), wrong)
        elif name in seen:
            yield invalid("CRD005", ("spec", "versions"), f"must have each version once, but has `{name}` again")
        seen.add(name)
        warning = version.get("deprecationWarning")
        if warning is not None:
            yield from _deprecation(warning, (*at, "deprecationWarning"), is_deprecated=bool(version.get("deprecated")))


def _deprecation(text: str, at: Path, *, is_deprecated: bool) -> Iterator[Fault]:
    if not is_deprecated:
        yield invalid("CRD008", at, "must only be set with `deprecated: true`")
    if not text:
        yield invalid("CRD008", at, "must not be empty")
    elif (length := len(text.encode(errors="surrogatepass"))) > _LONGEST_WARNING:
        yield too_long("CRD008", at, _LONGEST_WARNING, length, "bytes")
    elif not text.isprintable():
        yield invalid("CRD008", at, "must have only characters that can be printed, on one line")


def _conversion(conversion: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not conversion:
        return
    strategy = conversion.get("strategy")
    webhook = conversion.get("webhook") or {}
    if not strategy:
        yield required("CRD027", (*at, "strategy"))
    elif strategy not in _STRATEGIES:
        yield unsupported("CRD027", (*at, "strategy"), strategy, _STRATEGIES)
    if strategy == "Webhook":
        yield from _client(webhook.get("clientConfig"), (*at, "webhookClientConfig"))
        yield from _reviews(entries(webhook, "conversionReviewVersions"), (*at, "conversionReviewVersions"))
        return
    for key, name in (("clientConfig", "webhookClientConfig"), ("conversionReviewVersions",) * 2):
        given = webhook.get(key)
        if given or (given is not None and key == "clientConfig"):
            yield forbidden("CRD027", (*at, name), f"may not be set with the strategy `{strategy}`")


def _client(client: Mapping[str, Any] | None, at: Path) -> Iterator[Fault]:
    if client is None:
        yield required("CRD027", at, "with the strategy `Webhook`")
        return
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        yield required("CRD027", at, "with one of `url` and `service`")
    elif url is not None:
        yield from _url(url, (*at, "url"))
    elif service is not None:
        for key in ("name", "namespace"):
            if not service.get(key):
                yield required("CRD027", (*at, "service", key))
        port = service.get("port")
        if port is not None and not 1 <= port <= _MOST_PORT:
            yield invalid("CRD027", (*at, "service", "port"), f"must be between 1 and {_MOST_PORT}, but is {port}")


def _url(url: str, at: Path) -> Iterator[Fault]:
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    if scheme.lower() != "https":
        yield invalid("CRD027", at, f"must start with `https://`, but is `{url}`")
    elif not host or any(sign in rest.rstrip("?#") for sign in "?#") or "@" in host:
        yield invalid("CRD027", at, f"must be a host and a path only, but is `{url}`")


def _reviews(versions: Any, at: Path) -> Iterator[Fault]:
    if not versions:
        yield required("CRD027", at, "with the strategy `Webhook`")
        return
    seen: set[str] = set()
    for index, entry in enumerate(versions):
        name = entry or ""
        if name in seen:
            yield invalid("CRD027", (*at, index), f"must not have `{name}` again")
        elif wrong := dns_1035_label(name):
            yield invalid("CRD027", (*at, index), wrong)
        seen.add(name)
    if not seen & _REVIEWS:
        yield invalid("CRD027", at, "must have one that the server knows: `v1` or `v1beta1`")
