"""
Custom resources: what the API server asks of an object whose kind comes from a CustomResourceDefinition.

The steps are the server's own for a dry-run create with strict field validation: read the object (unknown fields,
null, defaults), compare it with the schema, and, unless that went wrong, evaluate the rules in CEL.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from kgen.check.crd_formats import RULES
from kgen.check.crd_rules import broken_rules
from kgen.check.fault import Fault, Keyword, shown
from kgen.check.schema import Compiler
from kgen.check.structural import PRESERVE, Reader, copied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.formats import Check
    from kgen.check.store import Store
    from kgen.diag import Path

    Schema: TypeAlias = Mapping[str, Any]

    KindId: TypeAlias = tuple[str, str]
    """``apiVersion`` and ``kind``."""

_GOES_ON = frozenset({Keyword.RANGE, Keyword.PATTERN, Keyword.REPEATED})
"""Faults after which the server still evaluates rules."""
_MOST_REPLICAS = 2**31 - 1
_OPEN: Mapping[str, Any] = {"type": "object", PRESERVE: True}


class Verdict:
    """What is wrong with an object, and which of its rules kgen could not evaluate."""

    __slots__ = ("faults", "unchecked")

    def __init__(self, faults: Sequence[Fault], unchecked: Sequence[Fault] = ()) -> None:
        self.faults = faults
        """What the API server would reject the object for."""
        self.unchecked = unchecked
        """Why a rule was not checked. This is not the user's fault: no reason to reject the object."""


class CustomKind:
    """One served version of a CustomResourceDefinition."""

    __slots__ = ("_check", "_metadata", "_schema", "_subresources", "namespaced")

    def __init__(self, *, schema: Schema, namespaced: bool, subresources: Mapping[str, Any], metadata: Check) -> None:
        """
        Args:
            schema: The version's ``openAPIV3Schema``.
            namespaced: Whether objects live in a namespace.
            subresources: The version's subresources: with ``status``, a create ignores the status.
            metadata: The check of ``ObjectMeta``.
        """
        self.namespaced = namespaced
        self._schema = schema
        self._subresources = subresources
        self._metadata = metadata
        self._check: Check | None = None

    def check(self, value: Any) -> Sequence[Fault]:
        """Return what the server would reject ``value`` for. Rules that could not be evaluated are left out."""
        return self.verdict(value).faults

    def verdict(self, value: Any) -> Verdict:
        """Return what the server would reject ``value`` for, and what kgen could not find out."""
        if not isinstance(value, dict):
            return Verdict((Fault(keyword=Keyword.TYPE, message=f"must be a mapping, but is {shown(value)}"),))
        try:
            return self._verdict(value)
        except RecursionError:
            message = "was not checked: it is nested too deeply for kgen"
            return Verdict((), (Fault(keyword=Keyword.RULE, message=message),))

    def _verdict(self, value: Mapping[str, Any]) -> Verdict:
        reader = Reader(self._metadata)
        made = reader.root(value, self._schema)
        made.setdefault("metadata", {})  # the server has put the time and more into it by now
        if "status" in self._subresources:
            made.pop("status", None)
        if self._check is None:
            self._check = checker(self._schema)
        found = [*reader.found, *self._check(made), *_scale_faults(made, self._subresources.get("scale"))]
        if any(fault.keyword not in _GOES_ON for fault in found):
            return Verdict(found)
        broken, unchecked = broken_rules(made, self._schema)
        return Verdict([*found, *broken], unchecked)


def custom_kinds(document: Any, metadata: Check) -> dict[KindId, CustomKind]:
    """
    Return the kinds that a CustomResourceDefinition serves.

    What is no definition at all serves no kinds. The schemas are not looked at before there is an object to check: by
    then ``crd_faults.definition_faults`` has to say that they are fine.

    Args:
        document: The whole CustomResourceDefinition of ``apiextensions.k8s.io/v1``.
        metadata: The check of ``ObjectMeta``; ``metadata_check`` makes one.
    """
    spec = _mapping(_mapping(document).get("spec"))
    group, kind = spec.get("group"), _mapping(spec.get("names")).get("kind")
    versions = spec.get("versions")
    made: dict[KindId, CustomKind] = {}
    for version in versions if isinstance(versions, list) else ():
        name = _mapping(version).get("name")
        if not (isinstance(name, str) and isinstance(group, str) and isinstance(kind, str)) or not version.get(
            "served"
        ):
            continue
        made[f"{group}/{name}", kind] = CustomKind(
            schema=_mapping(_mapping(version.get("schema")).get("openAPIV3Schema")) or _OPEN,
            namespaced=spec.get("scope") != "Cluster",
            subresources=_mapping(version.get("subresources")),
            metadata=metadata,
        )
    return made


class _Broken(CustomKind):
    """A kind whose definition is broken: what it asks for, nobody knows."""

    __slots__ = ()

    def verdict(self, value: Any) -> Verdict:
        del value
        message = "belongs to a kind whose CustomResourceDefinition is broken, so nobody knows whether it is right"
        return Verdict((Fault(keyword=Keyword.DEFINITION, message=message),))


def broken_kind(metadata: Check) -> CustomKind:
    """Return the kind of a broken definition: none of its objects can be checked."""
    return _Broken(schema=_OPEN, namespaced=True, subresources={}, metadata=metadata)


def metadata_check(store: Store, version: str) -> Check:
    """Return the check of ``ObjectMeta`` in a Kubernetes ``version``."""
    kind = store.schema(version, "v1", "ConfigMap")
    schema = store.definition(kind)["properties"]["metadata"] if kind else {}
    return Compiler(store.definition).node(schema)


def checker(schema: Schema) -> Check:
    """Return the check of values by a schema of a CustomResourceDefinition; they were read before."""
    return Compiler(_no_definition, rules=RULES, is_custom=True).node(schema)


def _no_definition(name: str) -> Schema:
    del name
    return _OPEN  # references are not allowed, and reported with the definition


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _scale_faults(value: Mapping[str, Any], scale: Any) -> Iterator[Fault]:
    """Yield what is wrong with the fields that the ``scale`` subresource reads."""
    for name in ("specReplicasPath", "statusReplicasPath"):
        path = _scale_path(scale, name)
        found: Any = value
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        if found is None or not path:
            continue
        if type(found) is not int:
            message = f"must be an integer, but is {shown(copied(found))}"
            yield Fault(path=path, keyword=Keyword.TYPE, message=message)
        elif not 0 <= found <= _MOST_REPLICAS:
            message = f"must be between 0 and {_MOST_REPLICAS}, but is {found}"
            yield Fault(path=path, keyword=Keyword.RANGE, message=message)


def _scale_path(scale: Any, name: str) -> Path:
    written = _mapping(scale).get(name)
    return tuple(written.strip(".").split(".")) if isinstance(written, str) and written.strip(".") else ()
