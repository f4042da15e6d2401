"""
Read upstream's schemas: which kinds a Kubernetes version has, and what their objects look like.

``schemas/`` holds one sorted line per definition (see its ``SOURCES.toml``). A definition is looked up by
bisection in the bytes of the file and parsed when it is first needed: most of the 1 MB is never looked at.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    DefinitionId: TypeAlias = str
    """Name of a stored definition. It is made from all content below it: equal ids accept the same objects."""

    Schema: TypeAlias = Mapping[str, Any]
    """A JSON Schema with Kubernetes' extensions. A ``$ref`` holds a ``DefinitionId``."""


class Store:
    """The schemas in one directory. Files are read once, and only when they are needed."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = os.fspath(directory)
        self._versions: tuple[str, ...] = ()
        self._lines = b""
        self._definitions: dict[str, Schema] = {}
        self._kinds: dict[str, dict[tuple[str, str], DefinitionId]] = {}

    @property
    def directory(self) -> str:
        return self._directory

    @property
    def definitions_read(self) -> int:
        """How many definitions were parsed so far."""
        return len(self._definitions)

    def versions(self) -> tuple[str, ...]:
        """Return the Kubernetes versions, oldest first."""
        if not self._versions:
            names = [name.removesuffix(".json") for name in os.listdir(self._path("kinds")) if name.endswith(".json")]
            self._versions = tuple(sorted(names, key=lambda name: tuple(map(int, name.split(".")))))
        return self._versions

    def kinds(self, version: str) -> Mapping[tuple[str, str], DefinitionId]:
        """
        Return the definition of each pair of ``apiVersion`` and ``kind`` that ``version`` has built in.

        Raises:
            KeyError: ``version`` is none of ``versions()``.
        """
        if version not in self._kinds:
            if version not in self.versions():
                raise KeyError(version)
            index: dict[str, DefinitionId] = json.loads(_read(self._path("kinds", f"{version}.json")))
            self._kinds[version] = {(api, kind): made for name, made in index.items() for api, kind in [name.split()]}
        return self._kinds[version]

    def schema(self, version: str, api_version: str, kind: str) -> DefinitionId | None:
        """Return the definition of a kind in ``version``, or ``None`` if it is not built in there."""
        return self.kinds(version).get((api_version, kind))

    def definition(self, name: str) -> Schema:
        """
        Return the schema called ``name``.

        Raises:
            KeyError: There is none.
        """
        if name not in self._definitions:
            self._definitions[name] = self._parsed(name)
        return self._definitions[name]

    def _path(self, *names: str) -> str:
        return os.path.join(self._directory, *names)

    def _parsed(self, name: str) -> Schema:
        """Find the line ``["<name>",<schema>]`` and parse it."""
        if not self._lines:
            self._lines = _read(self._path("definitions.jsonl"))
        lines = self._lines

        def name_at(offset: int) -> bytes:
            start = lines.rfind(b"\n", 0, offset) + len('\n["')
            return lines[start : lines.index(b'"', start)]

        wanted = name.encode()
        start = bisect_left(range(len(lines)), wanted, key=name_at)
        if start == len(lines) or name_at(start) != wanted:
            raise KeyError(name)
        schema: Schema = json.loads(lines[start : lines.index(b"\n", start)])[1]
        return schema


def default_directory() -> str:
    """Return where the schemas are: inside the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "schemas")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "schemas")


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
