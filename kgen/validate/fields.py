"""The fields of one object that has faults, as people and programs are told of them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from kgen.check.fault import Fault, Keyword, field
from kgen.check.fields import Schema, decoded, dotted, steps, written
from kgen.check.objects import DEFINITION, HIDING_NOTHING, Objects
from kgen.check.sound import sound
from kgen.diag import Path
from kgen.validate.judge import Problem

_DECODING = frozenset({Keyword.TYPE, Keyword.RANGE})
"""What a built-in kind's schema says of values that the server cannot decode: another type, too large a number."""

_WITH_KEYS = frozenset({Keyword.RULE, Keyword.UNCHECKED, Keyword.REPEATED, Keyword.NAME})
"""Faults of custom resources whose place the server knows as more than text."""

_MOVED = {
    "schema": "validation",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
    "selectableFields": "selectableFields",
}
"""Fields of a definition's versions → what the server calls them if all versions have the same."""

_VERSIONED = 4
"""Steps of ``spec.versions[0].schema``."""


class Fields:
    """Writes the fields of one object."""

    def __init__(self, problem: Problem, objects: Objects, version: str) -> None:
        """
        Args:
            problem: With an object of a known kind.
            version: Of Kubernetes, one that has the kind.
        """
        self._problem = problem
        self._version = version
        self._value: Mapping[str, Any] = problem.value
        self._at = problem.at
        self._is_custom = problem.kind is not None and problem.kind.custom is not None
        self._definition = objects.store.definition
        self._kind = (problem.value["apiVersion"], problem.value["kind"])
        self._schema = self._schema_of(objects, version)

    def _schema_of(self, objects: Objects, version: str) -> Schema:
        if not self._is_custom:
            name = objects.store.schema(version, *self._kind)
            return {"$ref": name} if name else {}
        # every kind has the same metadata
        name = objects.store.schema(version, "v1", "ConfigMap")
        return {"properties": {"metadata": self._definition(name)["properties"]["metadata"]}} if name else {}

    def shown(self, path: Path) -> str:
        """Return the field at ``path`` for people; nothing for the object itself."""
        return self._below(written(steps(path, self._schema, self._definition)))

    def named(self, fault: Fault) -> str:
        """Return the field that ``fault`` is about as the API server writes it."""
        return self._below(fault.field or self._named(fault))

    def _below(self, text: str) -> str:
        """Return the field called ``text`` in the object, as seen from the document."""
        above = field(self._at)
        return f"{above}.{text}" if above and text else above or text

    def _named(self, fault: Fault) -> str:
        path = fault.path
        if fault.keyword is Keyword.UNKNOWN:
            return dotted(path)
        made = list(steps(path, self._schema, self._definition))
        if asked := self._asked(fault):
            return asked
        if self._is_undecodable(fault):
            # of a custom resource, the server decodes the metadata alone
            return decoded(made[1:] if self._is_custom else made) or written(made)
        if self._is_custom and not fault.row and fault.keyword not in _WITH_KEYS:
            return dotted(path)
        # what a version has to have is asked of each
        is_whole = fault.keyword is Keyword.REQUIRED and len(path) <= _VERSIONED + 1
        return written(made) if is_whole else self._moved(written(made), path)

    def _is_undecodable(self, fault: Fault) -> bool:
        """Tell whether the server cannot even read the value; null is no value to it."""
        if fault.row or fault.keyword not in _DECODING or (self._is_custom and fault.path[:1] != ("metadata",)):
            return False
        return not self._is_null(fault.path)

    def _is_null(self, path: Path) -> bool:
        """Tell whether nothing stands at ``path``, which may lead to a default."""
        value: Any = self._value
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            else:
                value = value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None
        return value is None

    def _asked(self, fault: Fault) -> str:
        """
        Return the field that the server's code asks for in place of what is missing, if it does.

        To the server, what is missing is empty: without ``spec``, it misses the fields that ``spec`` has to have.
        """
        is_missing = fault.keyword is Keyword.REQUIRED or (fault.keyword is Keyword.TYPE and self._is_null(fault.path))
        if fault.row or not is_missing:
            return ""
        for other in self._of_server:
            if other.path[: len(fault.path)] == fault.path:
                return other.field or self._named(other)
        return ""

    @cached_property
    def _of_server(self) -> Sequence[Fault]:
        """What the server's code says of the object without what its schema refuses."""
        kind = self._problem.kind
        if kind is None:
            return ()
        # whoever asks may want some of the faults only
        found = [*self._problem.faults, *(fault for check, _ in kind.checks for fault in check(self._value))]
        rest = sound(self._value, [each.path for each in found if not each.row and each.keyword not in HIDING_NOTHING])
        return [
            fault
            for context in kind.contexts
            if "{}.{}".format(*context.version) == self._version
            for check in kind.server
            for fault in check(rest, context)
        ]

    def _moved(self, text: str, path: Path) -> str:
        """Return ``text``, or what the server makes of it in a definition: what all versions have is not theirs."""
        if self._kind != DEFINITION or path[:2] != ("spec", "versions") or len(path) < _VERSIONED:
            return text
        key = str(path[3])
        given = [each.get(key) if isinstance(each, dict) else None for each in self._value["spec"]["versions"]]
        if key not in _MOVED or any(each != given[0] for each in given):
            return text
        return f"spec.{_MOVED[key]}" + text.removeprefix(f"spec.versions[{path[2]}].{key}")
