"""
What the API server itself calls: webhooks, conversions, extension servers, admission policies.

Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from __future__ import annotations

from kgen.check.cross.near import unresolved
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import mappings, number, part, text
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_ADMISSION = "admissionregistration.k8s.io"
_HTTPS = 443
_POLICIES = (
    ("ValidatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy"),
    ("MutatingAdmissionPolicyBinding", "MutatingAdmissionPolicy"),
)


def missing_services_of_callbacks(resources: Resources) -> Iterator[Finding]:
    """Yield Services that the API server is to call and are not there, or not at this port."""
    for resource, path, called in _calls(resources):
        yield from _service(resources, resource, path, called, plain=True)


def possibly_missing_services_of_callbacks(resources: Resources) -> Iterator[Finding]:
    """Yield Services that the API server is to call and are not there, though the set keeps none."""
    for resource, path, called in _calls(resources):
        yield from _service(resources, resource, path, called, plain=False)


def bindings_without_policy(resources: Resources) -> Iterator[Finding]:
    """Yield bindings whose policy is not there, where the set keeps policies."""
    yield from _bindings(resources, plain=True)


def bindings_possibly_without_policy(resources: Resources) -> Iterator[Finding]:
    """Yield bindings whose policy is not there, though the set keeps none."""
    yield from _bindings(resources, plain=False)


def bindings_unlike_their_policy(resources: Resources) -> Iterator[Finding]:
    """Yield bindings with parameters for a policy that takes none, and the other way round."""
    for kind, policy_kind in _POLICIES:
        for binding in resources.of(_ADMISSION, kind):
            policy = resources.get(_ADMISSION, policy_kind, "", text(binding.spec, "policyName"))
            if policy is None or bool(part(policy.spec, "paramKind")) is bool(part(binding.spec, "paramRef")):
                continue
            at: Path = ("spec", "paramRef")
            if part(policy.spec, "paramKind"):
                kind_taken = text(policy.spec, "paramKind", "kind")
                message = f"is missing, so {policy} is asked without the `{kind_taken}` that it takes"
                helped = "name the parameters, or take `paramKind` out of the policy"
            else:
                message = f"gives parameters to {policy}, which takes none"
                helped = "remove it, or give the policy a `paramKind`"
            fault = Fault(keyword=Keyword.INVALID, path=at, message=message, help=helped, row="XREF025")
            yield Finding(binding, fault, [(policy, ("spec",), "the policy")])


def _service(
    resources: Resources, resource: Resource, path: Path, called: Mapping[str, Any], *, plain: bool
) -> Iterator[Finding]:
    name, namespace = text(called, "name"), text(called, "namespace")
    service = resources.get("", "Service", namespace, name)
    if service is None:
        target = ("", "Service", namespace, name)
        yield from unresolved("XREF018", resources, resource, (*path, "name"), target, plain=plain)
        return
    port = number(called, "port") or _HTTPS
    ports = [each["port"] for _, each in mappings(service.spec, "ports") if isinstance(each.get("port"), int)]
    if plain and ports and port not in ports:
        message = f"is {port}{'' if 'port' in called else ' unless set'}, which is no port of {service}"
        helped = f"it has {listed(list(map(str, ports)), 'and')}"
        fault = Fault(keyword=Keyword.NOT_FOUND, path=(*path, "port"), message=message, help=helped, row="XREF024")
        yield Finding(resource, fault, [(service, ("spec", "ports"), "the ports of this Service")])


def _calls(resources: Resources) -> Iterator[tuple[Resource, Path, Mapping[str, Any]]]:
    for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        for each in resources.of(_ADMISSION, kind):
            for index, webhook in mappings(each.value, "webhooks"):
                if called := part(webhook, "clientConfig", "service"):
                    yield each, ("webhooks", index, "clientConfig", "service"), called
    for each in resources.of("apiextensions.k8s.io", "CustomResourceDefinition"):
        if called := part(each.spec, "conversion", "webhook", "clientConfig", "service"):
            yield each, ("spec", "conversion", "webhook", "clientConfig", "service"), called
    for each in resources.of("apiregistration.k8s.io", "APIService"):
        if called := part(each.spec, "service"):
            yield each, ("spec", "service"), called


def _bindings(resources: Resources, *, plain: bool) -> Iterator[Finding]:
    for kind, policy_kind in _POLICIES:
        for binding in resources.of(_ADMISSION, kind):
            target = (_ADMISSION, policy_kind, "", text(binding.spec, "policyName"))
            yield from unresolved("XREF019", resources, binding, ("spec", "policyName"), target, plain=plain)


DEFAULT = (missing_services_of_callbacks, bindings_without_policy, bindings_unlike_their_policy)
STRICT = (possibly_missing_services_of_callbacks, bindings_possibly_without_policy)
OFF = ()
