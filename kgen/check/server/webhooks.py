"""Rules of the API server about webhook configurations."""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.fault import field
from kgen.check.server.admission_rules import (
    FAILURE_POLICIES,
    MATCH_POLICIES,
    REINVOCATION_POLICIES,
    Scope,
    choice,
    conditions,
    rule,
    selector_faults,
)
from kgen.check.server.errors import duplicate, invalid, required, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.ports import number
from kgen.check.server.texts import dns_1035_label, dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_SIDE_EFFECTS = ("None", "NoneOnDryRun")
_REVIEWS = ("v1", "v1beta1")
_LONGEST_TIMEOUT = 30
_LEAST_SEGMENTS = 3
_SCOPE = Scope(frozenset({"object", "oldObject", "request", "namespaceObject", "authorizer"}))


def webhooks(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a configuration of webhooks."""
    seen: set[str] = set()
    for index, each in enumerate(entries(value, "webhooks")):
        hook, at = each or {}, ("webhooks", index)
        name = hook.get("name") or ""
        yield from _name(name, (*at, "name"))
        if name in seen:
            yield duplicate("ADM015", (*at, "name"), name)
        seen.add(name)
        yield from _hook(hook, at, context)
        yield from _client(hook.get("clientConfig") or {}, (*at, "clientConfig"))


def _name(name: str, at: Path) -> Iterator[Fault]:
    if not name:
        yield required("ADM015", at)
    elif wrong := dns_subdomain(name):
        yield invalid("ADM015", at, wrong)
    elif name.count(".") < _LEAST_SEGMENTS - 1:
        yield invalid("ADM015", at, f"must be a domain of at least {_LEAST_SEGMENTS} labels, but is `{name}`")


def _hook(hook: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    yield from choice("ADM001", hook, "failurePolicy", FAILURE_POLICIES, at)
    yield from choice("ADM001", hook, "matchPolicy", MATCH_POLICIES, at)
    if context.kind == "MutatingWebhookConfiguration":
        yield from choice("ADM001", hook, "reinvocationPolicy", REINVOCATION_POLICIES, at)
    for index, each in enumerate(entries(hook, "rules")):
        yield from rule(each or {}, (*at, "rules", index))
    effects = hook.get("sideEffects")
    if effects is None:
        yield required("ADM016", (*at, "sideEffects"), "and must be `None` or `NoneOnDryRun`")
    elif effects not in _SIDE_EFFECTS:
        yield unsupported("ADM016", (*at, "sideEffects"), effects, _SIDE_EFFECTS)
    yield from _reviews(entries(hook, "admissionReviewVersions"), (*at, "admissionReviewVersions"))
    seconds = hook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= _LONGEST_TIMEOUT:
        message = f"must be between 1 and {_LONGEST_TIMEOUT}, but is {seconds}"
        yield invalid("ADM018", (*at, "timeoutSeconds"), message)
    yield from selector_faults(hook, at, context)
    yield from conditions(hook, at, _SCOPE)


def _reviews(versions: Any, at: Path) -> Iterator[Fault]:
    if not versions:
        yield required("ADM017", at, "with `v1` or `v1beta1`")
        return
    seen: set[str] = set()
    for index, each in enumerate(versions):
        version = each or ""
        if wrong := dns_1035_label(version):
            yield invalid("ADM017", (*at, index), wrong)
        elif version in seen:
            yield duplicate("ADM017", (*at, index), version)
        seen.add(version)
    if not seen & set(_REVIEWS):
        yield invalid("ADM017", at, "must have `v1` or `v1beta1`")


def _client(client: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    url, service = client.get("url"), client.get("service")
    if (url is None) is (service is None):
        yield required("ADM019", at, "with one of `service` and `url`")
    elif url is not None:
        if wrong := _url(url):
            yield invalid("ADM020", (*at, "url"), wrong)
    elif service is not None:
        yield from _service(service, (*at, "service"))


@lru_cache(maxsize=1000)
def _url(text: str) -> str:
    """
    Say what is wrong with the URL of a webhook.

    Source: https://github.com/kubernetes/apiserver/blob/master/pkg/util/webhook/validation.go
    """
    if not text.startswith("https://"):
        return f"must start with `https://`, but is `{text}`"
    if re.search(r"%(?![0-9A-Fa-f]{2})|[\x00-\x20\x7f]", text.partition("#")[0].partition("?")[0].rstrip(" ")):
        return f"must be a URL, but is `{text}`"
    before, _, fragment = text.removeprefix("https://").partition("#")
    before, _, query = before.partition("?")
    host = before.partition("/")[0]
    if "@" in host:
        return f"must not name a user, but is `{text}`"
    if not host:
        return f"must name a host, but is `{text}`"
    if query or fragment:
        return f"must have nothing behind the path, but is `{text}`"
    port = re.search(r":([^:\]]*)$", host)
    return f"must have a port that is a number, but is `{text}`" if port and not _is_port(port.group(1)) else ""


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def _service(service: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    # the server mixes these two up, and names the other one
    for key, other in (("name", "namespace"), ("namespace", "name")):
        if not service.get(key):
            yield required("ADM021", (*at, key)).named(field((*at, other)))
    port = service.get("port")
    if port is not None and (wrong := number(port)):
        yield invalid("ADM021", (*at, "port"), wrong)
    path = service.get("path")
    if path and (wrong := _path(path)):
        yield invalid("ADM021", (*at, "path"), wrong)


@lru_cache(maxsize=1000)
def _path(text: str) -> str:
    if text == "/":
        return ""
    if not text.startswith("/"):
        return f"must start with `/`, but is `{text}`"
    for segment in text.removesuffix("/")[1:].split("/"):
        if wrong := dns_subdomain(segment) if segment else "must not be empty":
            return f"has a part that {wrong}"
    return ""
