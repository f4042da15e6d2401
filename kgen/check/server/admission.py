"""Rules of the API server about admission policies and their bindings; ``webhooks`` has those about webhooks."""

from __future__ import annotations

import re

from kgen.check.fault import field
from kgen.check.server.admission_rules import (
    FAILURE_POLICIES,
    REINVOCATION_POLICIES,
    Scope,
    choice,
    conditions,
    constraints,
    expression,
    param_reference,
)
from kgen.check.server.errors import duplicate, forbidden, invalid, required, too_long, too_many, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import dns_1035_label, dns_subdomain, qualified_name
from kgen.check.server.webhooks import webhooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

__all__ = ["binding", "policy", "webhooks"]

_BASE = frozenset({"object", "oldObject", "request", "namespaceObject"})
_AUTHORIZED = _BASE | {"authorizer"}
_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS = ("Audit", "Deny", "Warn")
_PATCHES = {"ApplyConfiguration": ("applyConfiguration", "Object"), "JSONPatch": ("jsonPatch", "list")}
"""Types of patches, with the field of each, and what its expression gives."""

_MOST_ANNOTATIONS = 20
_LONGEST_EXPRESSION = 5 * 1024
_RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let"),
        *("loop", "namespace", "null", "package", "return", "true", "var", "void", "while"),
    )
)


def policy(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about an admission policy."""
    spec, at = part(value, "spec"), ("spec",)
    yield from choice("ADM001", spec, "failurePolicy", FAILURE_POLICIES, at)
    kind = spec.get("paramKind")
    if kind is not None:
        yield from _param_kind(kind, ("spec", "paramKind"))
    names = _AUTHORIZED if kind is None else _AUTHORIZED | {"params"}
    yield from _constraints(spec, context)
    yield from conditions(spec, at, Scope(names))
    scope = Scope(names, _types_of_variables(spec))
    yield from _variables(spec, names)
    if context.kind == "MutatingAdmissionPolicy":
        yield from _mutations(spec, scope)
        return
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        for key in ("validations", "auditAnnotations"):
            yield required(
                "ADM003", ("spec", key), "unless there are the other of `validations` and `auditAnnotations`"
            )
    for index, validation in enumerate(entries(spec, "validations")):
        yield from _validation(validation or {}, ("spec", "validations", index), scope)
    yield from _annotations(spec, part(value, "metadata").get("name") or "", scope)


def _constraints(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    at = ("spec", "matchConstraints")
    matched = spec.get("matchConstraints")
    if matched is None:
        yield required("ADM002", at)
        return
    if not matched.get("resourceRules"):
        yield required("ADM002", (*at, "resourceRules"))
    yield from constraints(matched, at, context)
    if context.kind != "MutatingAdmissionPolicy":
        return
    for index, rule in enumerate(entries(matched, "resourceRules")):
        if "DELETE" in entries(rule or {}, "operations"):
            place = (*at, "resourceRules", index, "operations")
            found = unsupported("ADM014", place, "DELETE", ("*", "CONNECT", "CREATE", "UPDATE"))
            yield found.named(field((*at, "resourceRules", "operations")))  # the server leaves out the index


def _param_kind(kind: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    version = kind.get("apiVersion") or ""
    group, _, number = version.rpartition("/")
    if not version:
        yield required("ADM010", (*at, "apiVersion"))
    elif "/" in group:
        yield invalid("ADM010", (*at, "apiVersion"), f"must be as `apps/v1`, but is `{version}`")
    else:
        if group and (wrong := dns_subdomain(group)):
            yield invalid("ADM010", (*at, "apiVersion"), f"has a group that {wrong}")
        if not number:
            yield invalid("ADM010", (*at, "apiVersion"), f"must end with a version, but is `{version}`")
        elif wrong := dns_1035_label(number):
            yield invalid("ADM010", (*at, "apiVersion"), f"has a version that {wrong}")
    name = kind.get("kind") or ""
    if not name:
        yield required("ADM010", (*at, "kind"))
    elif wrong := dns_1035_label(name.lower()):
        yield invalid("ADM010", (*at, "kind"), wrong)


def _types_of_variables(spec: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return the types of the policy's own variables, or ``None`` if it has none."""
    listed = entries(spec, "variables")
    if not listed:
        return None
    from kgen.check.server.expressions import type_of  # noqa: PLC0415  # few objects have expressions

    made: dict[str, str] = {}
    for each in listed:
        made[(each or {}).get("name") or ""] = type_of((each or {}).get("expression") or "", made)
    return made


def _variables(spec: Mapping[str, Any], names: frozenset[str]) -> Iterator[Fault]:
    known: dict[str, str] = {}
    for index, each in enumerate(entries(spec, "variables")):
        at = ("spec", "variables", index)
        name = (each or {}).get("name") or ""
        if not name.strip():
            yield required("ADM008", (*at, "name"))
        elif name in _RESERVED or not re.fullmatch(r"[_a-zA-Z][_a-zA-Z0-9]*", name):
            yield invalid("ADM008", (*at, "name"), f"must be a name in CEL, but is `{name}`")
        source = (each or {}).get("expression") or ""
        yield from expression("ADM008", source, (*at, "expression"), Scope(names, known), ())
        known[name] = ""


def _validation(validation: Mapping[str, Any], at: Path, scope: Scope) -> Iterator[Fault]:
    source = validation.get("expression") or ""
    yield from expression("ADM004", source, (*at, "expression"), scope, ("bool",))
    if message := validation.get("messageExpression") or "":
        place = (*at, "messageExpression")
        if message.strip():
            inner = Scope(scope.names - {"authorizer"}, scope.variables)
            yield from expression("ADM004", message, place, inner, ("string",))
        else:
            yield invalid("ADM004", place, "must not be blank")
    if text := validation.get("message") or "":
        if not text.strip():
            yield invalid("ADM005", (*at, "message"), "must not be blank")
        elif "\n" in text.strip() or "\r" in text.strip():
            yield invalid("ADM005", (*at, "message"), "must be one line")
    yield from choice("ADM006", validation, "reason", _REASONS, at)


def _annotations(spec: Mapping[str, Any], name: str, scope: Scope) -> Iterator[Fault]:
    listed = entries(spec, "auditAnnotations")
    if len(listed) > _MOST_ANNOTATIONS:
        yield too_many("ADM009", ("spec", "auditAnnotations"), _MOST_ANNOTATIONS, len(listed))
    seen: set[str] = set()
    for index, each in enumerate(listed):
        at = ("spec", "auditAnnotations", index)
        key = (each or {}).get("key") or ""
        # without a name that is a fault of its own
        if wrong := qualified_name(f"{name or 'name'}/{key}"):
            yield invalid("ADM009", (*at, "key"), f"comes after the name of the policy and `/`, and the whole {wrong}")
        if key in seen:
            yield duplicate("ADM009", (*at, "key"), key)
        seen.add(key)
        source = (each or {}).get("valueExpression") or ""
        place = (*at, "valueExpression")
        size = len(source.strip().encode())
        if size > _LONGEST_EXPRESSION:
            yield too_long("ADM009", place, _LONGEST_EXPRESSION, size, "bytes")
        else:
            yield from expression("ADM009", source, place, scope, ("string", "null_type"))


def _mutations(spec: Mapping[str, Any], scope: Scope) -> Iterator[Fault]:
    listed = entries(spec, "mutations")
    if not listed:
        yield required("ADM022", ("spec", "mutations"))
    for index, each in enumerate(listed):
        yield from _mutation(each or {}, ("spec", "mutations", index), scope)
    at = ("spec", "reinvocationPolicy")
    if not (again := spec.get("reinvocationPolicy")):
        yield required("ADM022", at)
    elif again not in REINVOCATION_POLICIES:
        yield unsupported("ADM022", at, again, REINVOCATION_POLICIES)


def _mutation(mutation: Mapping[str, Any], at: Path, scope: Scope) -> Iterator[Fault]:
    patch = mutation.get("patchType") or ""
    if not patch:
        yield required("ADM022", (*at, "patchType"))
    elif patch not in _PATCHES:
        yield unsupported("ADM022", (*at, "patchType"), patch, _PATCHES)
    for of_type, (key, gives) in _PATCHES.items():
        block = mutation.get(key)
        if of_type == patch and block is None:
            yield required("ADM022", (*at, key), f"with patch type `{patch}`")
        elif of_type == patch:
            source = part(mutation, key).get("expression") or ""
            yield from expression("ADM022", source, (*at, key, "expression"), scope, (gives,))
        elif patch in _PATCHES and block is not None:
            yield forbidden("ADM022", (*at, key), f"may not be set with patch type `{patch}`")


def binding(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a binding of an admission policy."""
    spec = part(value, "spec")
    if not (name := spec.get("policyName")):
        yield required("ADM011", ("spec", "policyName"))
    elif wrong := dns_subdomain(name):
        yield invalid("ADM011", ("spec", "policyName"), wrong)
    if (reference := spec.get("paramRef")) is not None:
        yield from param_reference(reference, ("spec", "paramRef"), context)
    if (matched := spec.get("matchResources")) is not None:
        yield from constraints(matched, ("spec", "matchResources"), context)
    if context.kind == "ValidatingAdmissionPolicyBinding":
        yield from _actions([each or "" for each in entries(spec, "validationActions")])


def _actions(actions: list[str]) -> Iterator[Fault]:
    at = ("spec", "validationActions")
    if not actions:
        yield required("ADM012", at)
    seen: set[str] = set()
    for index, action in enumerate(actions):
        if action not in _ACTIONS:
            yield unsupported("ADM012", (*at, index), action, _ACTIONS)
        if action in seen:
            yield duplicate("ADM012", (*at, index), action)
        seen.add(action)
    if {"Deny", "Warn"} <= seen:
        yield invalid("ADM012", at, "must not have `Deny` and `Warn` both: a denial tells the same")
