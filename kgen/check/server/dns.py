"""Rules of the API server about pods: the names a pod has, and how it looks up others."""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.server import addresses
from kgen.check.server.errors import forbidden, invalid, required, too_long, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import dns_label, dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_POLICIES = frozenset({"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"})
_MOST_NAMESERVERS = 3
_LONGEST_OVERRIDE = 64
_LONGEST_SUBDOMAIN = 253
_SINCE_LONGER_SEARCHES = (1, 26)
_SINCE_RELAXED_SEARCHES = (1, 33)
_SINCE_OVERRIDE = (1, 35)
_LABEL = r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"


def policy(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with ``dnsPolicy``, and with ``dnsConfig`` where it asks for one."""
    del context
    value = spec["dnsPolicy"] or "ClusterFirst"
    if value not in _POLICIES:
        yield unsupported("POD006", (*at, "dnsPolicy"), value, _POLICIES)
    elif value == "None":
        config = spec.get("dnsConfig")
        if config is None:
            yield required("POD007", (*at, "dnsConfig"), "with `dnsPolicy: None`")
        elif not config.get("nameservers"):
            yield required("POD007", (*at, "dnsConfig", "nameservers"), "with `dnsPolicy: None`")


def config(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with ``dnsConfig``."""
    value = part(spec, "dnsConfig")
    at = (*at, "dnsConfig")
    nameservers = entries(value, "nameservers")
    if len(nameservers) > _MOST_NAMESERVERS:
        message = f"must have at most {_MOST_NAMESERVERS} entries, but has {len(nameservers)}"
        yield invalid("POD008", (*at, "nameservers"), message)
    for index, address in enumerate(nameservers):
        if wrong := addresses.ip(address or "", context.version):
            yield invalid("POD008", (*at, "nameservers", index), wrong)
    if searches := entries(value, "searches"):
        yield from _searches(searches, (*at, "searches"), context)
    for index, option in enumerate(entries(value, "options")):
        if not (option or {}).get("name"):
            yield required("POD010", (*at, "options", index), "with a `name`")


def _searches(searches: Sequence[str | None], at: Path, context: Context) -> Iterator[Fault]:
    is_newer = context.version >= _SINCE_LONGER_SEARCHES
    most, longest = (32, 2048) if is_newer else (6, 256)
    if len(searches) > most:
        yield invalid("POD009", at, f"must have at most {most} entries, but has {len(searches)}")
    length = sum(len(search or "") for search in searches) + len(searches) - 1
    if length > longest:
        yield invalid("POD009", at, f"must have at most {longest} characters in all, but has {length}")
    check = search_domain if context.version >= _SINCE_RELAXED_SEARCHES else _old_search_domain
    for index, search in enumerate(searches):
        if wrong := check(search or ""):
            yield invalid("POD009", (*at, index), wrong)


def _old_search_domain(text: str) -> str:
    return dns_subdomain(text.removesuffix("."))


@lru_cache(maxsize=1000)
def search_domain(text: str) -> str:
    """
    Say what is wrong with a domain that names are searched in: there may be `_`, and `.` alone stands for the root.

    >>> search_domain("."), search_domain("_tcp.svc_a.example."), search_domain("..")[:15]
    ('', '', 'must consist of')
    """
    domain = text.removesuffix(".")
    if text == ".":
        return ""
    if len(domain) > _LONGEST_SUBDOMAIN:
        return f"must have at most {_LONGEST_SUBDOMAIN} characters, but has {len(domain)}"
    if re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", domain):
        return ""
    return f"must consist of `a` to `z`, `0` to `9`, `-`, `_` and `.`, with no `-` at the ends, but is `{text}`"


def hostname(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with ``hostname``; the controller of a StatefulSet overwrites it."""
    if context.kind != "StatefulSet" and (value := spec["hostname"]) and (wrong := dns_label(value)):
        yield invalid("POD011", (*at, "hostname"), wrong)


def subdomain(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with ``subdomain``; the controller of a StatefulSet overwrites it."""
    if context.kind != "StatefulSet" and (value := spec["subdomain"]) and (wrong := dns_label(value)):
        yield invalid("POD012", (*at, "subdomain"), wrong)


def hostname_override(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with ``hostnameOverride``."""
    value = spec["hostnameOverride"]
    if value is None or context.version < _SINCE_OVERRIDE:
        return
    at = (*at, "hostnameOverride")
    if len(value.encode("utf-8", "replace")) > _LONGEST_OVERRIDE:
        yield too_long("POD013", at, _LONGEST_OVERRIDE, len(value.encode("utf-8", "replace")), "bytes")
    elif wrong := dns_subdomain(value):
        yield invalid("POD013", at, wrong)
    for other in ("setHostnameAsFQDN", "hostNetwork"):
        if spec.get(other):
            yield forbidden("POD013", at, f"may not be set with `{other}: true`")


def host_aliases(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with ``hostAliases``."""
    seen = set()
    for index, alias in enumerate(entries(spec, "hostAliases")):
        entry = alias or {}
        address = entry.get("ip") or ""
        if wrong := addresses.ip(address, context.version):
            yield invalid("POD014", (*at, "hostAliases", index, "ip"), wrong)
        elif address in seen:
            message = f"has the value `{address}` again: put all its hostnames into one entry"
            yield invalid("POD015", (*at, "hostAliases", index, "ip"), message)
        seen.add(address)
        for number, name in enumerate(entries(entry, "hostnames")):
            if wrong := dns_subdomain(name or ""):
                yield invalid("POD014", (*at, "hostAliases", index, "hostnames", number), wrong)
