"""
Verdicts completed by what only shows when all objects of a run are there: references, selectors, clashes.

All verdicts are held until the last one has come, up to a limit: above it, objects are not compared, and the run
says so.
"""

from __future__ import annotations

import io
import os

from kgen.check.cross.families import findings
from kgen.check.cross.resources import External, Resources
from kgen.check.resource import Resource
from kgen.check.slim import slim
from kgen.read.split import chunks
from kgen.validate.files import is_dockerfile, long, read
from kgen.validate.judge import document, parts
from kgen.validate.run import separate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from kgen.check.cross.resources import Finding
    from kgen.check.store import Store
    from kgen.diag import Path
    from kgen.read.split import Chunk
    from kgen.validate.cache import Cache
    from kgen.validate.document import Document, Verdict

    Objects: TypeAlias = Iterable[tuple[int, Sequence[tuple[Path, Resource]]]]

MOST_OBJECTS = 30_000
MOST_BYTES = 16 * 1024 * 1024
"""Documents that are compared with each other, and their text."""


class Place:
    """Where an object stands: a document of a file, and where in it."""

    __slots__ = ("at", "index", "verdict")

    def __init__(self, verdict: Verdict, index: int, at: Path) -> None:
        self.verdict = verdict
        self.index = index
        self.at = at

    @property
    def path(self) -> str:
        return self.verdict.path


class Comparison:
    """Compares the objects of a run."""

    def __init__(
        self, store: Store, version: str, *, profile: str, external: Iterable[str] = (), cache: Cache | None = None
    ) -> None:
        """
        Args:
            version: Of Kubernetes, for how fields are written.
        """
        self._store = store
        self._version = version
        self._profile = profile
        self._external = External(external)
        self._cache = cache
        self.held: list[Verdict] = []
        """All verdicts of the run, until the last one has come."""

    def completed(
        self, found: Iterable[Verdict], more: Callable[[Sequence[Resource]], Iterable[Finding]] | None = None
    ) -> Iterator[Verdict]:
        """
        Yield ``found`` again, with what is wrong with several objects.

        Args:
            more: Returns further findings on all objects of the run.
        """
        held = self.held
        count = size = 0
        verdicts = iter(found)
        for verdict in verdicts:
            held.append(verdict)
            if not verdict.is_judged:
                count += verdict.valid or 1
                size += _size(verdict.path)
            else:
                documents = verdict.documents
                count += len(documents)
                for document_ in documents:
                    size += document_.size
            if count > MOST_OBJECTS or size > MOST_BYTES:
                break
        else:
            self._compare(held, more)
            yield from held
            return
        yield from held
        yield from verdicts
        from kgen.validate.crossings import too_many  # noqa: PLC0415  # nearly never

        yield too_many(MOST_OBJECTS, MOST_BYTES)

    def _compare(self, held: Sequence[Verdict], more: Callable[[Sequence[Resource]], Iterable[Finding]] | None) -> None:
        """Put into the verdicts what is wrong with their objects together."""
        digest = b""
        if self._cache and not more and all(each.digest for each in held):
            from kgen.validate.cache import whole  # noqa: PLC0415  # hashing

            digest = whole((each.path, each.digest) for each in held)
            if self._cache.has(digest):
                return
        resources = list(_gathered(held))
        made = list(self._found(resources, held))
        if any(is_dockerfile(each.path) for each in held):
            from kgen.validate.builds import disagreements  # noqa: PLC0415  # most runs have no Dockerfile

            made += disagreements(resources, held, self._profile)
        if more:
            made += more(resources)
        if made:
            from kgen.validate.crossings import Names, put  # noqa: PLC0415  # only after a fault

            put(made, Texts(), Names(self._store, self._version))
        elif digest and self._cache:
            self._cache.note(digest)

    def _found(self, resources: list[Resource], held: Sequence[Verdict]) -> Iterator[Finding]:
        """Yield what is wrong with the objects that belong together."""
        if len({verdict.path.rpartition("/")[0] for verdict in held}) == 1:  # all in one folder
            yield from findings(Resources(resources, self._external), self._profile)
            return
        from kgen.validate.sets import together  # noqa: PLC0415  # only for several files

        for members in together(resources, lambda each: each.place.path):
            found = findings(Resources(members, self._external), self._profile)
            yield from filter(members.concerns, found)


def _gathered(held: Iterable[Verdict]) -> Iterator[Resource]:
    for verdict in held:
        if not verdict.is_news:
            if not verdict.is_judged:
                found = _remembered(verdict)
            else:
                found = [(each.index, each.objects) for each in verdict.documents]
            for index, objects in found:
                for at, resource in objects:
                    resource.place = Place(verdict, index, at)
                    yield resource


def _remembered(verdict: Verdict) -> Objects:
    if verdict.objects:
        import marshal  # noqa: PLC0415  # between two processes of this program

        packed = marshal.loads(verdict.objects)  # noqa: S302
        return [(index, [(at, Resource(value)) for at, value in objects]) for index, objects in packed]
    return _read_again(verdict) if verdict.digest else ()


def _read_again(verdict: Verdict) -> Objects:
    """Return the objects of a file of which an earlier run has said that they are valid."""
    skipped = {each.index for each in verdict.documents if each.skipped}
    made = []
    for index, chunk in enumerate(_chunks(verdict.path)):
        if index not in skipped:
            value, _, unreadable = document(chunk, verdict.path)
            if not unreadable:
                objects = [(at, Resource(slim(part))) for at, part in parts(value) if isinstance(part, dict)]
                made.append((index, objects))
    return made


def _chunks(path: str) -> list[Chunk]:
    try:
        data = read(path)
        return list(separate(chunks(data) if data is not None else long(path, io.BytesIO())))
    except OSError:  # somebody has removed it since
        return []


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


class Texts:
    """The text of documents, which nobody has kept; each file is read once."""

    def __init__(self) -> None:
        self._of_file: dict[str, list[Chunk]] = {}
        self._of_place: dict[tuple[int, int], Chunk | None] = {}

    def chunk_of(self, place: Place) -> Chunk | None:
        """Return the text of the document that an object stands in; ``None`` if nobody can tell any more."""
        key = id(place.verdict), place.index
        if key not in self._of_place:
            self._of_place[key] = self._chunk_of(place)
        return self._of_place[key]

    def _chunk_of(self, place: Place) -> Chunk | None:
        document = document_of(place)
        if document is None or document.chunk is not None:
            return document.chunk if document else None
        if place.path not in self._of_file:
            self._of_file[place.path] = _chunks(place.path)
        texts = self._of_file[place.path]
        document.chunk = texts[place.index] if place.index < len(texts) else None
        return document.chunk


def document_of(place: Place) -> Document | None:
    """Return the document that an object stands in; those of a verdict count on from the first of them."""
    documents = place.verdict.documents
    at = place.index - documents[0].index if documents else 0
    if 0 <= at < len(documents) and documents[at].index == place.index:
        return documents[at]
    return next((each for each in documents if each.index == place.index), None)
