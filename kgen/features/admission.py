"""
Admission: what the cluster itself refuses in an app's namespace, whoever asks for it.

Emits a ValidatingAdmissionPolicy with its binding, or a Kyverno Policy with the same rules: only images of the allowed
registries, each with a tag that is not `latest`, and no folder of the node. What kgen makes is held to the same rules
when it compiles.

Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

import json
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.scalars import Repository
from kgen.spec import Spec

Engine: TypeAlias = Literal["validating-admission-policy", "kyverno"]


class SecurityChoices(Spec):
    """What the organisation allows."""

    registries: tuple[Repository, ...] = ()
    """Where images may come from, as `ghcr.io/acme` or `docker.io/library`; anywhere if left out."""

    policies: Engine | None = None
    """
    What refuses other images, `latest`, and folders of the node in the cluster: the API server (1.30 and later) or
    Kyverno; nothing if left out. That holds for all pods of the app's namespace, also for those that operators and
    cert-manager make there, so `registries` has to name those of their images as well.
    """


RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rules of a namespace, with every question answered."""

    engine: Engine
    namespace: str
    app: str
    """App that has the rules for itself, in a namespace that somebody else makes; empty: they are the namespace's."""

    registries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An expression that must hold for every pod, and what is said if it does not."""

    expression: str
    message: str


_CONTAINERS = (
    "object.spec.containers"
    " + (has(object.spec.initContainers) ? object.spec.initContainers : [])"
    " + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : [])"
)
# an image without a registry is one of Docker Hub, without a slash one of its library
_IMAGES = (
    "variables.containers.map(c, "
    "!c.image.contains('/') ? 'docker.io/library/' + c.image : "
    "c.image.split('/')[0].matches('[.:]|^localhost$') ? c.image : 'docker.io/' + c.image)"
)
# a pod that is older than the rules can still be labelled, and deleted
CHANGED = {"name": "new-or-changed", "expression": "request.operation == 'CREATE' || object.spec != oldObject.spec"}
VARIABLES = (("containers", _CONTAINERS), ("images", _IMAGES))
"""Name and expression; each may use those before it."""


def checks(registries: tuple[str, ...]) -> tuple[Check, ...]:
    """Return what is asked of every pod."""
    made = [
        Check(
            expression="variables.images.all(i, i.matches('@sha256:|:[^/:]+$') && !i.endsWith(':latest'))",
            message="every image needs a tag other than latest, or a digest",
        ),
        Check(
            expression="!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))",
            message="folders of the node cannot be mounted",
        ),
    ]
    if registries:
        starts = json.dumps([f"{each}/" for each in registries]).replace('"', "'")
        made.insert(
            0,
            Check(
                expression=f"variables.images.all(i, {starts}.exists(r, i.startsWith(r)))",
                message=f"images must come from {' or '.join(registries)}",
            ),
        )
    return tuple(made)


def emit(guard: Guard, target: Target) -> Iterator[Manifest]:
    """Build the policy of ``guard``'s namespace."""
    if guard.engine == "kyverno":
        yield _kyverno(guard, target)
    else:
        yield from _validating(guard, target)


def _validating(guard: Guard, target: Target) -> Iterator[Manifest]:
    """Build the policy and its binding; both are of the whole cluster, so the namespace is in their names."""
    # no namespace has a dot in its name
    name, api = f"{guard.app}.{guard.namespace}-pods".lstrip("."), "admissionregistration.k8s.io/v1"
    pods = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["pods", "pods/ephemeralcontainers"],
    }
    yield manifest(api, "ValidatingAdmissionPolicy", target, name=name, spec={
        "matchConstraints": {"resourceRules": [pods]},
        "matchConditions": [CHANGED],
        "variables": [{"name": name, "expression": expression} for name, expression in VARIABLES],
        "validations": _validations(guard),
    })  # fmt: skip
    yield manifest(api, "ValidatingAdmissionPolicyBinding", target, name=name, spec={
        "policyName": name,
        "validationActions": ["Deny"],
        "matchResources": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": guard.namespace}},
        },
    })  # fmt: skip


def _kyverno(guard: Guard, target: Target) -> Manifest:
    """
    Build a Policy, which is of its namespace only.

    It is asked about pods alone: for what makes pods, Kyverno would derive rules of its own from these.

    Source: https://kyverno.io/docs/policy-types/cluster-policy/validate/#common-expression-language-cel
    """
    alone = {"pod-policies.kyverno.io/autogen-controllers": "none"}
    body: dict[str, Any] = {
        "variables": [{"name": name, "expression": expression} for name, expression in VARIABLES],
        "expressions": _validations(guard),
    }
    name = f"{guard.app}-pods".lstrip("-")
    return manifest("kyverno.io/v1", "Policy", target, name=name, annotations=alone, spec={
        "background": True,
        "rules": [
            {
                "name": "pods",
                "match": {"any": [{"resources": {"kinds": ["Pod"], "operations": ["CREATE", "UPDATE"]}}]},
                "celPreconditions": [CHANGED],
                # what the API server writes in within a list, Argo CD would show as a difference for ever
                "skipBackgroundRequests": True,
                "validate": {"allowExistingViolations": True, "failureAction": "Enforce", "cel": body},
            }
        ],
    })  # fmt: skip


def _validations(guard: Guard) -> list[dict[str, str]]:
    return [{"expression": each.expression, "message": each.message} for each in checks(guard.registries)]
