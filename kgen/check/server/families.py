"""Rules of the API server about a Service's own addresses and their families."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server import addresses
from kgen.check.server.errors import duplicate, forbidden, invalid, too_many, unsupported
from kgen.check.server.kinds import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_FAMILIES = ("IPv4", "IPv6")
_AT = ("spec", "clusterIPs")
_MOST = 2


def is_headless(spec: Mapping[str, Any]) -> bool:
    """Tell whether a Service has no address of its own."""
    return _addresses(spec) == ["None"]


def _addresses(spec: Mapping[str, Any]) -> list[str]:
    """Return the addresses as the server fills them in: ``clusterIP`` alone is copied."""
    own = [address or "" for address in entries(spec, "clusterIPs")]
    if own or not (first := spec.get("clusterIP")):
        return own
    return [first]


def _place(spec: Mapping[str, Any], index: int) -> Path:
    """Return where an address was written; the server looks at ``clusterIPs`` only."""
    return (*_AT, index) if entries(spec, "clusterIPs") else ("spec", "clusterIP")


def _families(spec: Mapping[str, Any]) -> list[str]:
    return [family or "" for family in entries(spec, "ipFamilies")]


def faults(spec: Mapping[str, Any], of_type: str, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about addresses and families."""
    own = _addresses(spec)
    if of_type == "ExternalName":
        for key, is_set in (
            ("clusterIPs", own),
            ("ipFamilies", spec.get("ipFamilies")),
            ("ipFamilyPolicy", spec.get("ipFamilyPolicy") is not None),
        ):
            if is_set:
                at = _place(spec, 0)[:2] if key == "clusterIPs" else ("spec", key)
                yield forbidden("SVC005", at, "may not be set with type `ExternalName`").named(field(("spec", key)))
        return
    if own == ["None"] and of_type in ("LoadBalancer", "NodePort"):
        message = f"must not be `None` with type `{of_type}`"
        yield invalid("SVC003", _place(spec, 0), message).named(field((*_AT, 0)))
    if not own and not spec.get("ipFamilies") and spec.get("ipFamilyPolicy") is None:
        return
    wrong = [*_family_faults(spec), *_own_faults(spec, own, context)]
    if not wrong:
        wrong = [*_mismatches(spec, own, _families(spec))] or [*_single_stack(spec, own)]
    yield from wrong


def _family_faults(spec: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, family in enumerate(_families(spec)):
        if family not in _FAMILIES:
            yield unsupported("SVC023", ("spec", "ipFamilies", index), family, _FAMILIES)
        elif family in seen:
            yield duplicate("SVC023", ("spec", "ipFamilies", index), family)
        seen.add(family)
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in _POLICIES:
        yield unsupported("SVC024", ("spec", "ipFamilyPolicy"), policy, _POLICIES)


def _own_faults(spec: Mapping[str, Any], own: Sequence[str], context: Context) -> Iterator[Fault]:
    first = spec.get("clusterIP") or ""
    if own and not first:
        yield invalid("SVC021", _AT, "must not be set without `clusterIP`")
    elif own and own[0] != first:
        yield invalid("SVC021", _AT, f"must start with `clusterIP`, `{first}`, but starts with `{own[0]}`")
    is_wrong = False
    for index, text in enumerate(own):
        if index == 0 and text == "None":
            if len(own) > 1:
                is_wrong = True
                yield invalid("SVC021", _AT, "must have no more values beside `None`")
        elif wrong := addresses.ip(text, context.version):
            is_wrong = True
            yield invalid("SVC022", _place(spec, index), wrong).named(field((*_AT, index)))
    if len(own) > _MOST:
        yield too_many("SVC021", _AT, _MOST, len(own))
    elif len(own) == _MOST and not is_wrong and _family(own[0]) == _family(own[1]):
        yield invalid("SVC021", _AT, f"must have one address for each family, but has two for {_family(own[0])}")


def _family(text: str) -> str:
    return "IPv6" if ":" in text else "IPv4"


def _mismatches(spec: Mapping[str, Any], own: Sequence[str], families: Sequence[str]) -> Iterator[Fault]:
    if own == ["None"]:
        return
    for index, (text, family) in enumerate(zip(own, families, strict=False)):
        if _family(text) != family:
            message = f"must be an {family} address, as `ipFamilies` has it, but is `{text}`"
            yield invalid("SVC023", _place(spec, index), message).named(field((*_AT, index)))


def _single_stack(spec: Mapping[str, Any], own: Sequence[str]) -> Iterator[Fault]:
    if (spec.get("ipFamilyPolicy") or "SingleStack") != "SingleStack" or (own == ["None"] and not spec.get("selector")):
        return
    for key, count in (("clusterIPs", len(own)), ("ipFamilies", len(_families(spec)))):
        if count == _MOST:
            message = f"must be `PreferDualStack` or `RequireDualStack`, as there are two `{key}`"
            yield invalid("SVC025", ("spec", "ipFamilyPolicy"), message)
            return
