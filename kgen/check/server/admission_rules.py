"""Rules of the API server about what policies and webhooks are asked for: resources, operations, and conditions."""

from __future__ import annotations

from kgen.check.server import selectors
from kgen.check.server.errors import duplicate, invalid, required, too_many, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import path_segment, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

FAILURE_POLICIES = ("Fail", "Ignore")
MATCH_POLICIES = ("Equivalent", "Exact")
REINVOCATION_POLICIES = ("IfNeeded", "Never")
_OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")
_MOST_CONDITIONS = 64
_SELECTORS = ("namespaceSelector", "objectSelector")


class Scope:
    """What an expression can speak of."""

    __slots__ = ("names", "variables")

    def __init__(self, names: frozenset[str], variables: Mapping[str, str] | None = None) -> None:
        self.names = names
        self.variables = variables
        """The types of the policy's own variables, ``""`` where that is not certain; ``None`` if there are none."""


def choice(row: str, value: Mapping[str, Any], key: str, allowed: Sequence[str], at: Path) -> Iterator[Fault]:
    """Yield the fault of a field that has none of the values that are ``allowed``; it may be missing."""
    chosen = value.get(key)
    if chosen is not None and chosen not in allowed:
        yield unsupported(row, (*at, key), chosen, allowed)


def selector_faults(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the selectors of a policy or a webhook."""
    for key in _SELECTORS:
        if (selector := value.get(key)) is not None:
            yield from selectors.label_selector(selector, (*at, key), context)


def constraints(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the ``matchConstraints`` or ``matchResources`` at ``at``."""
    yield from choice("ADM001", value, "matchPolicy", MATCH_POLICIES, at)
    yield from selector_faults(value, at, context)
    for key in ("resourceRules", "excludeResourceRules"):
        for index, each in enumerate(entries(value, key)):
            yield from rule(each or {}, (*at, key, index))
            yield from _resource_names(each or {}, (*at, key, index))


def _resource_names(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, each in enumerate(entries(value, "resourceNames")):
        name = each or ""
        if wrong := path_segment(name):
            yield invalid("ADM014", (*at, "resourceNames", index), wrong)
        if name in seen:
            yield duplicate("ADM014", (*at, "resourceNames", index), name)
        seen.add(name)


def rule(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with one rule about groups, versions, operations and resources."""
    for key in ("apiGroups", "apiVersions", "operations"):
        listed = entries(value, key)
        if not listed:
            yield required("ADM014", (*at, key))
        elif len(listed) > 1 and "*" in listed:
            yield invalid("ADM014", (*at, key), "must have nothing beside `*`")
        for index, each in enumerate(listed):
            if key == "apiVersions" and not each:
                yield required("ADM014", (*at, key, index))
            elif key == "operations" and each not in _OPERATIONS:
                yield unsupported("ADM014", (*at, key, index), each or "", _OPERATIONS)
    yield from _resources([each or "" for each in entries(value, "resources")], (*at, "resources"))
    yield from choice("ADM014", value, "scope", _SCOPES, at)


def _resources(resources: Sequence[str], at: Path) -> Iterator[Fault]:
    if not resources:
        yield required("ADM014", at)
    for index, each in enumerate(resources):
        if not each:
            yield required("ADM014", (*at, index))
        elif cover := _cover(each, resources[:index]):
            yield invalid("ADM014", (*at, index), f"must not have `{each}` beside `{cover}`")
    if len(resources) > 1 and "*/*" in resources:
        yield invalid("ADM014", at, "must have nothing beside `*/*`")
    elif "*" in resources and any("/" not in each and each != "*" for each in resources):
        yield invalid("ADM014", at, "must have only subresources beside `*`")


def _cover(resource: str, before: Sequence[str]) -> str:
    """Return which of the resources ``before`` covers this subresource already, if there is one."""
    name, slash, subresource = resource.partition("/")
    if not slash:
        return ""
    covers = (f"{name}/*", f"*/{subresource}")
    return next((each for each in before if each in covers), "")


def conditions(value: Mapping[str, Any], at: Path, scope: Scope) -> Iterator[Fault]:
    """Yield what is wrong with the ``matchConditions`` of a policy or webhook, which are asked before all else."""
    listed = entries(value, "matchConditions")
    if not listed:
        return
    place = (*at, "matchConditions")
    if len(listed) > _MOST_CONDITIONS:
        yield too_many("ADM007", place, _MOST_CONDITIONS, len(listed))
    seen: set[str] = set()
    for index, each in enumerate(listed):
        name = (each or {}).get("name") or ""
        if not name:
            yield required("ADM007", (*place, index, "name"))
        elif wrong := qualified_name(name):
            yield invalid("ADM007", (*place, index, "name"), wrong)
        elif name in seen:
            yield duplicate("ADM007", (*place, index, "name"), name)
        seen.add(name)
        source = (each or {}).get("expression") or ""
        yield from expression("ADM007", source, (*place, index, "expression"), scope, ("bool",))


def expression(row: str, source: str, at: Path, scope: Scope, allowed: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what is wrong with an expression that has to be there."""
    if not source.strip():
        yield required(row, at)
        return
    from kgen.check.server.expressions import fault  # noqa: PLC0415  # few objects have expressions

    if wrong := fault(source, scope.names, allowed, scope.variables):
        yield invalid(row, at, wrong)


def param_reference(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the ``paramRef`` of a binding."""
    name, selector = value.get("name") or "", value.get("selector")
    if name and selector is not None:
        for key in ("name", "selector"):
            yield invalid("ADM013", (*at, key), "must not be set beside the other of `name` and `selector`")
    elif not name and selector is None:
        yield required("ADM013", at, "with `name` or `selector`")
    if name and (wrong := path_segment(name)):
        yield invalid("ADM013", (*at, "name"), wrong)
    yield from selectors.label_selector(part(value, "selector"), (*at, "selector"), context)
    if not value.get("parameterNotFoundAction"):
        yield required("ADM013", (*at, "parameterNotFoundAction"))
    else:
        yield from choice("ADM013", value, "parameterNotFoundAction", ("Allow", "Deny"), at)
