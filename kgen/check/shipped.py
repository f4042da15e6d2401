"""
Custom kinds whose schemas come with kgen: those that it makes objects of, each as one release of its operator has it.

What an operator's API has changes with its releases, and nobody here knows which one a cluster runs. So definitions
that a user gives win, and a kind from here says which release it is of.
"""

from __future__ import annotations

import json
import os

from kgen.check.crd import CustomKind, Verdict
from kgen.check.fault import Keyword
from kgen.check.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.formats import Check

    Schema: TypeAlias = Mapping[str, Any]

FOLDER = "custom"
_CERTAIN = frozenset({Keyword.TYPE, Keyword.NAME, Keyword.UNCHECKED})


class ShippedKind(CustomKind):
    """A custom kind as one release of its operator has it."""

    __slots__ = ("is_partial", "release")

    def __init__(self, *, schema: Schema, namespaced: bool, metadata: Check, release: str, is_partial: bool) -> None:
        """
        Args:
            release: Name and version of what the schema is of.
            is_partial: The schema has not all fields: it is kgen's own, of the fields that kgen writes.
        """
        super().__init__(schema=schema, namespaced=namespaced, subresources={"status": {}}, metadata=metadata)
        self.release = release
        self.is_partial = is_partial

    def strict(self, value: Any) -> Sequence[Fault]:
        """Return what that very release would refuse ``value`` for."""
        return super().verdict(value).faults

    def verdict(self, value: Any) -> Verdict:
        """Return the same without what follows from fields that another release, or a whole schema, may know."""
        found = super().verdict(value)
        unknown = [fault.path for fault in found.faults if fault.keyword is Keyword.UNKNOWN and not is_certain(fault)]
        if not unknown:
            return found
        faults = [
            fault
            for fault in found.faults
            if (fault.path in unknown and not self.is_partial)
            or not any(path[: len(fault.path)] == fault.path for path in unknown)
        ]
        return Verdict(faults, found.unchecked)


def is_certain(fault: Fault) -> bool:
    """
    Tell whether what is wrong is wrong in every release.

    Types stay within a version of an API, and all kinds have the same metadata. Fields come and go, and what is
    required or allowed may be less or more in the next release.
    """
    return fault.path[:1] == ("metadata",) or fault.keyword in _CERTAIN


class Shipped:
    """The custom kinds in one directory of schemas. Nothing is read before the first question."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = os.path.join(directory, FOLDER)
        self._store = Store(self._directory)
        self._index: dict[tuple[str, str], Mapping[str, Any]] | None = None
        self._whole: dict[str, Schema] = {}

    def index(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """Return what is known of each pair of ``apiVersion`` and ``kind``."""
        if self._index is None:
            with open(os.path.join(self._directory, "kinds.json"), "rb") as file:
                found: dict[str, Mapping[str, Any]] = json.load(file)
            self._index = {(api, kind): facts for name, facts in found.items() for api, kind in [name.split()]}
        return self._index

    def kinds(self, api_version: str) -> list[tuple[str, str]]:
        """Return all pairs of ``apiVersion`` and ``kind`` in the group of ``api_version``."""
        group = api_version.partition("/")[0]
        return sorted(pair for pair in self.index() if pair[0].partition("/")[0] == group)

    def find(self, api_version: str, kind: str, metadata: Check) -> ShippedKind | None:
        """
        Return the kind, if its schema is here.

        Args:
            metadata: The check of ``ObjectMeta``.
        """
        facts = self.index().get((api_version, kind))
        if facts is None:
            return None
        return ShippedKind(
            schema=self.schema(api_version, kind),
            namespaced="cluster" not in facts,
            metadata=metadata,
            release=facts["release"],
            is_partial="own" in facts,
        )

    def definition(self, name: str) -> Schema:
        """
        Return the schema called ``name``, as it is stored: a ``$ref`` names another one.

        Raises:
            KeyError: There is none.
        """
        return self._store.definition(name)

    def schema(self, api_version: str, kind: str) -> Schema:
        """
        Return the whole schema of a kind, without references.

        Raises:
            KeyError: It is not here.
        """
        return self._definition(self.index()[api_version, kind]["definition"])

    def _definition(self, name: str) -> Schema:
        if name not in self._whole:
            self._whole[name] = self._expanded(self._store.definition(name))
        return self._whole[name]

    def _expanded(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            return self._definition(schema["$ref"])
        made = dict(schema)
        if "properties" in schema:
            made["properties"] = {name: self._expanded(part) for name, part in schema["properties"].items()}
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                made[key] = self._expanded(schema[key])
        return made
