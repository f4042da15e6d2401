"""
Which modules look at objects of which kind. A module is imported when an object of one of its kinds comes.

Each module has ``DEFAULT``, ``STRICT`` and ``OFF``: tuples of functions that take a ``Resource`` and the version of
Kubernetes (``(1, 34)``) and yield ``Fault``s, by the first profile in which they are asked.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from kgen.check.profiles import ANY, PARTS, WORKLOAD
from kgen.check.templates import TEMPLATES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Rule: TypeAlias = Callable[[Resource, tuple[int, int]], Iterable[Fault]]

MODULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "pod_security": (WORKLOAD,),
    "starting": (WORKLOAD,),
    "hardening": (WORKLOAD,),
    "host_access": (WORKLOAD,),
    "secrets": (WORKLOAD,),
    "config_maps": (("", "ConfigMap"),),
    "secret_objects": (("", "Secret"),),
    "images": (WORKLOAD,),
    "resources": (WORKLOAD, ("", "PersistentVolumeClaim")),
    "probes": (WORKLOAD,),
    "environment": (WORKLOAD,),
    "reliability": (WORKLOAD,),
    "services": (("", "Service"),),
    "ingresses": (("networking.k8s.io", "Ingress"),),
    "network_policies": (("networking.k8s.io", "NetworkPolicy"),),
    "roles": (("rbac.authorization.k8s.io", "Role"), ("rbac.authorization.k8s.io", "ClusterRole")),
    "bindings": (("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding")),
    "metadata": (ANY,),
    "sizes": (("", "ConfigMap"), ("", "Secret"), ("apiextensions.k8s.io", "CustomResourceDefinition")),
}
"""Module → kinds that it cares for."""

DEFAULT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "images": MODULES["images"],
    "resources": MODULES["resources"],
    "environment": MODULES["environment"],
    "starting": MODULES["starting"],
    "network_policies": MODULES["network_policies"],
    "services": MODULES["services"],
    "sizes": (("apiextensions.k8s.io", "CustomResourceDefinition"),),
}
"""The same, of those with functions for the profile ``default``: the others are not even imported for it."""


@lru_cache(maxsize=1000)
def checks(key: tuple[str, str], profile: str) -> tuple[Rule, ...]:
    """Return the functions for objects of a kind, given as API group and kind."""
    wanted = {key, ANY, WORKLOAD} if key in TEMPLATES else {key, ANY}
    modules = DEFAULT if profile == "default" else MODULES
    return tuple(
        rule
        for name, kinds in modules.items()
        if not wanted.isdisjoint(kinds)
        for part in PARTS[profile]
        for rule in getattr(import_module(f"kgen.check.practice.{name}"), part, ())
    )


_STABLE = ("v1", "v2")
"""Versions that stay; what is said of those few of their kinds that do not is in ``_GOING``."""

_GOING = frozenset({"ComponentStatus", "Endpoints"})
"""Kinds of stable versions that are deprecated. A test compares them with the table, which takes a moment to read."""


@lru_cache(maxsize=1000)
def rules(api_version: str, kind: str, profile: str) -> tuple[Rule, ...]:
    """Return the functions for objects of a kind in one version of its API."""
    group, _, version = api_version.rpartition("/")
    made = checks((group, kind), profile)
    if profile == "default" and version in _STABLE and kind not in _GOING:
        return made
    module = import_module("kgen.check.practice.versions")
    return (*made, *(rule for part in PARTS[profile] for rule in getattr(module, part)))
