"""Rules of the API server about Namespaces and ResourceQuotas."""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.server.amounts import quantity
from kgen.check.server.errors import invalid, renamed, required
from kgen.check.server.kinds import entries, part
from kgen.check.server.limits import limit_range
from kgen.check.server.standard import INTEGERS, is_extended, is_quota, wrong_resource
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

__all__ = ["limit_range", "namespace", "resource_quota"]

_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
_SECURITY = "pod-security.kubernetes.io/"
_LEVELS = ("privileged", "baseline", "restricted")
_MODES = ("enforce", "audit", "warn")

_OF_PODS = frozenset(
    {"pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"},
)
SCOPES: Mapping[str, frozenset[str]] = {
    "BestEffort": frozenset({"pods"}),
    "NotBestEffort": _OF_PODS,
    "Terminating": _OF_PODS,
    "NotTerminating": _OF_PODS,
    "PriorityClass": _OF_PODS,
    "CrossNamespacePodAffinity": _OF_PODS,
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
"""Scope → what can be counted in it, of what has no prefix."""

_SINCE = {"VolumeAttributesClass": (1, 34)}
_WITH_VALUES = frozenset({"PriorityClass", "VolumeAttributesClass"})
_OPPOSITES = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))


def namespace(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Namespace."""
    del context
    for finalizer in entries(part(value, "spec"), "finalizers"):
        if wrong := qualified_name(finalizer or ""):
            yield invalid("QTA001", ("spec", "finalizers"), f"has an entry that {wrong}")
        elif "/" not in finalizer and finalizer not in _FINALIZERS:
            message = f"must have entries with `/`, or `kubernetes`, but has `{finalizer}`"
            yield invalid("QTA001", ("spec", "finalizers"), message)
    labels = part(part(value, "metadata"), "labels")
    for mode in _MODES if labels else ():
        at = ("metadata", "labels", _SECURITY + mode)
        if at[-1] in labels and (level := labels[at[-1]]) not in _LEVELS:
            message = f"must be one of `baseline`, `privileged` or `restricted`, but is `{level or ''}`"
            yield invalid("APL008", at, message)
        at = ("metadata", "labels", f"{_SECURITY}{mode}-version")
        if at[-1] in labels and not _is_version(version := labels[at[-1]] or ""):
            yield invalid("APL008", at, f"must be `latest` or a version such as `v1.36`, but is `{version}`")


@lru_cache(maxsize=100)
def _is_version(text: str) -> bool:
    return text == "latest" or bool(re.fullmatch(r"v1\.(0|[1-9][0-9]*)", text))


def resource_quota(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a ResourceQuota."""
    spec = part(value, "spec")
    hard = part(spec, "hard")
    for name, amount in hard.items():
        yield from _counted(name, amount or 0)
    counted = [name for name in hard if is_quota(name)]
    if scopes := entries(spec, "scopes"):
        yield from _scopes([scope or "" for scope in scopes], counted, ("spec", "scopes"), context)
    if expressions := entries(part(spec, "scopeSelector"), "matchExpressions"):
        yield from _scope_selector(expressions, counted, ("spec", "scopeSelector", "matchExpressions"), context)
    yield from _requests_above_limits(hard)


def _counted(name: str, amount: str | float) -> Iterator[Fault]:
    at = ("spec", "hard", name)
    if wrong := wrong_resource(name, is_quota):
        yield invalid("QTA002", at, wrong)
    exact = quantity(amount)
    if exact < 0:
        yield invalid("QTA003", at, f"must be at least 0, but is `{amount}`")
    elif (name in INTEGERS or is_extended(name)) and exact.denominator != 1:
        yield invalid("QTA003", at, f"must be a whole number, but is `{amount}`")


def _is_known(scope: str, context: Context) -> bool:
    return scope in SCOPES and context.version >= _SINCE.get(scope, (1, 0))


def _scopes(scopes: Sequence[Any], counted: Collection[str], at: Path, context: Context) -> Iterator[Fault]:
    for scope in dict.fromkeys(scopes):
        if not _is_known(scope, context):
            yield invalid("QTA004", at, f"has the unknown scope `{scope}`")
        else:
            yield from _not_counted(scope, counted, at)
    yield from _conflicts(scopes, at)


def _not_counted(scope: str, counted: Collection[str], at: Path) -> Iterator[Fault]:
    for name in counted:
        if name not in SCOPES[scope]:
            yield invalid("QTA005", at, f"has the scope `{scope}`, in which `{name}` is not counted")


def _conflicts(scopes: Collection[Any], at: Path) -> Iterator[Fault]:
    for one, other in _OPPOSITES:
        if one in scopes and other in scopes:
            yield invalid("QTA006", at, f"has the scopes `{one}` and `{other}`, and nothing is in both")


def _scope_selector(
    expressions: Sequence[Any], counted: Collection[str], at: Path, context: Context
) -> Iterator[Fault]:
    scopes = []
    for index, entry in enumerate(expressions):
        expression = entry or {}
        scope = expression.get("scopeName") or ""
        scopes.append(scope)
        if _is_known(scope, context):
            yield from _not_counted(scope, counted, at)
        yield from renamed(_expression(expression, scope, (*at, index), context), (*at, index), at)
    yield from _conflicts(scopes, at)


def _expression(expression: Mapping[str, Any], scope: str, at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with one expression of a selector of scopes; the server does not tell which."""
    operator, values = expression.get("operator") or "", bool(expression.get("values"))
    if not _is_known(scope, context):
        yield invalid("QTA007", (*at, "scopeName"), f"is the unknown scope `{scope}`")
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        message = f"must be one of `DoesNotExist`, `Exists`, `In` or `NotIn`, but is `{operator}`"
        yield invalid("QTA007", (*at, "operator"), message)
    elif operator != "Exists" and scope in SCOPES and scope not in _WITH_VALUES:
        yield invalid("QTA007", (*at, "operator"), f"must be `Exists` with scope `{scope}`, but is `{operator}`")
    elif operator in ("In", "NotIn") and not values:
        yield required("QTA007", (*at, "values"), f"with operator `{operator}`")
    if values and operator in ("Exists", "DoesNotExist"):
        yield invalid("QTA007", (*at, "values"), f"may not be set with operator `{operator}`")


def _requests_above_limits(hard: Mapping[str, Any]) -> Iterator[Fault]:
    for resource in ("cpu", "memory", "ephemeral-storage"):
        limit = hard.get(f"limits.{resource}")
        for name in (resource, f"requests.{resource}") if limit is not None else ():
            if name in hard and quantity(hard[name] or 0) > quantity(limit):
                message = f"is `{hard[name]}`, but should be at most `limits.{resource}`, which is `{limit}`"
                yield invalid("QTA008", ("spec", "hard", name), message)
