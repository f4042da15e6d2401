"""
Rules of practice on bindings: who gets a role.

Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kgen.check.practice.advice import advice
from kgen.check.reading import mappings, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

_ALL_POWERFUL = "system:masters"
_NOT_LOGGED_IN = frozenset({"system:anonymous", "system:unauthenticated"})
_WRITING_ROLES = frozenset({"cluster-admin", "admin", "edit"})


def administrators(resource: Resource, _version: Version) -> Iterator[Fault]:
    if text(resource.value, "roleRef", "name") == "cluster-admin":
        message = "must not be `cluster-admin`, which may do everything, also with what comes later"
        yield advice("RBP02", ("roleRef", "name"), message, "make a role with what is needed")


def risky_subjects(resource: Resource, _version: Version) -> Iterator[Fault]:
    role = text(resource.value, "roleRef", "name")
    for index, subject in mappings(resource.value, "subjects"):
        name, kind = text(subject, "name"), text(subject, "kind")
        if kind == "ServiceAccount":
            continue
        if name == _ALL_POWERFUL:
            message = f"must not be `{name}`: the group may do everything, whatever the roles say"
        elif name in _NOT_LOGGED_IN:
            message = f"must not be `{name}`: that is everybody who can reach the API server"
        elif name == "system:authenticated" and role in _WRITING_ROLES:
            message = f"must not be `{name}` with the role `{role}`: that is everybody with any account"
        else:
            continue
        yield advice("RBP12", ("subjects", index, "name"), message, "name the users or groups that need it")


def default_accounts(resource: Resource, _version: Version) -> Iterator[Fault]:
    for index, subject in mappings(resource.value, "subjects"):
        if text(subject, "kind") == "ServiceAccount" and text(subject, "name") == "default":
            message = "must not be `default`: every pod that names no ServiceAccount gets the role"
            yield advice(
                "RBP13", ("subjects", index, "name"), message, "make a ServiceAccount for the pods that need it"
            )


DEFAULT = ()
STRICT = (administrators, risky_subjects, default_accounts)
OFF = ()
