"""One document of a file, and what became of it."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.resource import Resource
    from kgen.diag import Diagnostic, Path
    from kgen.read.split import Chunk

    Identity: TypeAlias = tuple[str, str, str, str]
    """``apiVersion``, ``kind``, name, namespace; empty for what is not given."""


class Document:
    """One document: valid, invalid (``found`` has an error), or skipped (``skipped`` says why)."""

    __slots__ = ("chunk", "declares", "found", "identity", "index", "is_unknown", "line", "objects", "size", "skipped")

    def __init__(self, index: int, line: int, *, skipped: str = "", identity: Identity = ("", "", "", "")) -> None:
        self.index = index
        """Counts the documents of the file, from 0."""

        self.line = line
        """Where its first value stands, from 1."""

        self.size = 0
        """Of its text, in bytes; 0 where nobody has looked at it in this run."""

        self.skipped = skipped
        self.identity = identity
        self.found: tuple[Diagnostic, ...] = ()
        self.chunk: Chunk | None = None
        """Its text, if there is a finding to be shown in it."""

        self.is_unknown = False
        """Whether nothing declared its kind (yet): its schema may have come with kgen."""

        self.declares: tuple[Mapping[str, Any], ...] = ()
        """The CustomResourceDefinitions in it."""

        self.objects: Sequence[tuple[Path, Resource]] = ()
        """What rules over several objects have to know of those in it, each with its place in the document."""

    @property
    def is_valid(self) -> bool:
        return not self.skipped and not any(each.rule.severity == "error" for each in self.found)

    @property
    def kind(self) -> str:
        return self.identity[1]


class Verdict:
    """A file, or a part of a long one, and its documents."""

    __slots__ = ("_documents", "digest", "found", "is_judged", "is_news", "line", "objects", "path")

    def __init__(
        self, path: str, documents: list[Document] | None, found: tuple[Diagnostic, ...] = (), line: bytes = b""
    ) -> None:
        """
        Args:
            documents: ``None`` if they are still to be read from ``line``.
            line: What an earlier run remembered of a file without findings: how many valid documents, if there are no
                others, and all of them.
        """
        self.path = path
        self._documents = documents
        self.is_judged = documents is not None
        """Whether somebody has looked at the documents in this run, so that they have their objects."""

        self.found = found
        """What is wrong with the file itself: it cannot be read."""

        self.line = line
        self.digest = b""
        """Of the content of the file, if it is one whose verdicts are remembered."""

        self.objects = b""
        """Those of all documents, as they travel between processes: only where the documents are not there."""

        self.is_news = False
        """Whether it is about a definition of a custom kind, which nobody asked to look at but a document."""

    @property
    def documents(self) -> list[Document]:
        if self._documents is None:
            self._documents = [_revived(row) for row in json.loads(self.line.partition(b" ")[2])]
        return self._documents

    @property
    def valid(self) -> int:
        """How many documents there are, if all are known to be valid without having a look at them; else 0."""
        return int(self.line.partition(b" ")[0] or 0)


def remembered(verdict: Verdict) -> bytes | None:
    """Return the ``line`` for ``verdict``, or ``None`` if there is something in it that has to be looked at again."""
    documents = verdict.documents
    # text is kept where a comment speaks to kgen: whether it is still of use has to be found out each time
    if verdict.found or any(each.found or each.is_unknown or each.declares or each.chunk for each in documents):
        return None
    valid = b"" if any(each.skipped for each in documents) else b"%d" % len(documents)
    rows = [[each.index, each.line, each.skipped, *each.identity] for each in documents]
    return valid + b" " + json.dumps(rows, separators=(",", ":")).encode()


def _revived(row: list[Any]) -> Document:
    index, line, skipped, *identity = row
    api_version, kind, name, namespace = identity
    return Document(index, line, skipped=skipped, identity=(api_version, kind, name, namespace))
