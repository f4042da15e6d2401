"""
The custom kinds that a run knows: from CustomResourceDefinitions in files, and in the documents themselves.

A folder of definitions may have tens of megabytes. So nothing is read before a document is of a kind that is not
built in, and then only those texts are parsed that contain its name and its group.
"""

from __future__ import annotations

import re

from kgen.check.crd import broken_kind, custom_kinds
from kgen.check.crd_faults import definition_faults
from kgen.read.split import chunks
from kgen.validate.document import Document, Verdict
from kgen.validate.files import shown
from kgen.validate.judge import document, is_definition, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.crd import CustomKind
    from kgen.check.fault import Fault
    from kgen.check.formats import Check
    from kgen.diag import Diagnostic, Path
    from kgen.read.split import Chunk

_DEFINITION = b"CustomResourceDefinition"
_GROUP = rb"\bgroup[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z0-9.-]+)"


def _anything(_value: object) -> tuple[Fault, ...]:
    return ()


class Definitions:
    """Looks kinds up. What is wrong with a definition is said when it is needed."""

    def __init__(
        self, files: Sequence[str], documents: Sequence[Mapping[str, Any]] = (), *, news: list[Verdict]
    ) -> None:
        """
        Args:
            files: Paths of files with definitions; other documents in them do not matter.
            documents: Definitions that were read already. Those in files win.
            news: Where to put what is wrong with definitions in files.
        """
        self._files = files
        self._documents = documents
        self._texts: list[tuple[str, Chunk]] | None = None
        self._by_group: dict[bytes, list[int]] = {}
        """Which of ``_texts`` may define kinds of an API group."""

        self._read: dict[int, list[tuple[Path, Mapping[str, Any]]]] = {}
        """By place in ``_texts``, the objects of the texts that were parsed."""

        self._news = news

    def find(self, api_version: str, kind: str, metadata: Check) -> CustomKind | None:
        """
        Return the kind, if a definition serves it.

        Args:
            metadata: The check of ``ObjectMeta``.
        """
        group, wanted = api_version.partition("/")[0].encode(), kind.encode()
        for path, chunk, at, given in self._about(group, wanted):
            if made := custom_kinds(given, metadata).get((api_version, kind)):
                faults = definition_faults(given, metadata)
                if chunk is not None:
                    self._examine(path, chunk, at, faults)
                return broken_kind(metadata) if faults else made
        return None

    def kinds(self, api_version: str) -> list[tuple[str, str]]:
        """Return all pairs of ``apiVersion`` and ``kind`` that are declared in the group of ``api_version``."""
        group = api_version.partition("/")[0]
        found: set[tuple[str, str]] = set()
        for _, _, _, given in self._about(group.encode(), b""):
            found |= custom_kinds(given, _anything).keys()
        return sorted(pair for pair in found if pair[0].partition("/")[0] == group)

    def _about(self, group: bytes, wanted: bytes) -> Iterator[tuple[str, Chunk | None, Path, Mapping[str, Any]]]:
        """Yield definitions that may be of a kind, those in files first, each with its place."""
        texts = self._chunks()
        for number in self._by_group.get(group, ()):
            path, chunk = texts[number]
            if wanted not in chunk.text:
                continue
            if number not in self._read:
                self._read[number] = self._definitions(path, chunk)
            for at, given in self._read[number]:
                yield path, chunk, at, given
        for given in self._documents:
            yield "", None, (), given

    def _chunks(self) -> list[tuple[str, Chunk]]:
        if self._texts is None:
            self._texts = []
            for path in self._files:
                try:
                    with open(path, "rb") as file:
                        data = file.read()
                except OSError as error:
                    from kgen.validate.unreadable import unreadable  # noqa: PLC0415  # only after a fault

                    self._tell(shown(path), Document(0, 1), (unreadable(shown(path), error),))
                    continue
                self._texts += [(shown(path), chunk) for chunk in chunks(data) if _DEFINITION in chunk.text]
            for number, (_, chunk) in enumerate(self._texts):
                for group in set(re.findall(_GROUP, chunk.text)):
                    self._by_group.setdefault(group, []).append(number)
        return self._texts

    def _definitions(self, path: str, chunk: Chunk) -> list[tuple[Path, Mapping[str, Any]]]:
        value, _, found = document(chunk, path)
        if found:
            self._blame(path, chunk, found)
        return [(at, part) for at, part in parts(value) if is_definition(part)]

    def _examine(self, path: str, chunk: Chunk, at: Path, faults: Sequence[Fault]) -> None:
        if faults:
            from kgen.validate import findings  # noqa: PLC0415  # only after a fault

            self._blame(path, chunk, findings.of_faults(faults, at, chunk, path))

    def _blame(self, path: str, chunk: Chunk, found: tuple[Diagnostic, ...]) -> None:
        made = Document(0, chunk.line + 1)
        made.chunk = chunk
        self._tell(path, made, found)

    def _tell(self, path: str, made: Document, found: tuple[Diagnostic, ...]) -> None:
        made.found = found
        verdict = Verdict(path, [made])
        verdict.is_news = True
        self._news.append(verdict)
