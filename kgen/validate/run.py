"""
All files to verdicts, in the order in which they were named.

A long file is never held as a whole: its documents come in parts. Documents of a kind that nobody knows are held
back until the end, since a CustomResourceDefinition further on may declare it.
"""

from __future__ import annotations

from kgen.read.split import chunks
from kgen.validate import sorts
from kgen.validate.document import Document, Verdict
from kgen.validate.files import STDIN, is_dockerfile, long, read, shown
from kgen.validate.kustomize import Patches, generators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from typing import Any, BinaryIO, TypeAlias

    from kgen.read.split import Chunk
    from kgen.validate.cache import Cache
    from kgen.validate.judge import Judge

    Answer: TypeAlias = tuple[bytes, bytes, bytes] | list[Verdict]
    """Line, digest and objects of the only verdict on a file, if it has a line; or all of them."""

    Share: TypeAlias = tuple[list[Answer], list[bytes]]
    """For each file the answer; lines for the cache."""

_PART = 1000
"""Documents of a long file that are looked at together."""

_NOTHING = frozenset({sorts.EMPTY, sorts.NOT_KUBERNETES})
"""What a stream holds that a failed command was to fill."""

_MOST_HELD = 100_000
_MOST_HELD_BYTES = 32 * 1024 * 1024
"""Documents that are held back, and the text of those of unknown kinds; above, a later definition comes too late."""


class Examiner:
    """Looks at files. The judge is called when the first document has to be judged, and not remembered."""

    def __init__(
        self,
        judge: Callable[[], Judge],
        news: list[Verdict],
        cache: Cache | None,
        stdin: BinaryIO,
        *,
        profile: str,
        streams: Container[str] = (STDIN,),
    ) -> None:
        """
        Args:
            news: Verdicts that the judge has come to on the way: on definitions of custom kinds.
            profile: For Dockerfiles.
            streams: Paths that are no regular files, and can be read once only.
        """
        self._judge = judge
        self._news = news
        self._cache = cache
        self._stdin = stdin
        self._profile = profile
        self._patches = Patches()
        self._streams = streams

    def verdicts(self, paths: Iterable[str]) -> Iterator[Verdict]:
        """Yield what is to be said about each of the files ``paths``, part by part."""
        for path in paths:
            yield from self._file(path)
            if self._news:
                yield from self._news
                self._news.clear()

    def share(self, paths: Sequence[str]) -> Share:
        """Return the same at once, in a form that travels light from process to process, and lines for the cache."""
        before = len(self._cache.added) if self._cache else 0
        answers: list[Answer] = []
        for path in paths:
            made = list(self.verdicts((path,)))
            answers.append(_packed(made[0]) if len(made) == 1 and made[0].line else made)
        return answers, self._cache.added[before:] if self._cache else []

    def _file(self, path: str) -> Iterator[Verdict]:
        name = shown(path)
        if sort := sorts.of_file(path) or (sorts.PATCH if self._patches.has(path) else ""):
            yield self._passed_over(path, name, sort)
            return
        try:
            data = None if path in self._streams else read(path)
        except OSError as error:
            yield _unreadable(name, error)
            return
        if data is not None and is_dockerfile(path):
            from kgen.validate import dockerfiles  # noqa: PLC0415  # most runs have none

            yield dockerfiles.verdict(path, data, self._profile)
            return
        if data is None or self._cache is None:
            yield from self._parts(path, name, data)
            return
        digest = self._cache.digest(data, name)
        known = self._cache.get(digest, name)
        if known is None:
            parts = enumerate(separate(chunks(data)))
            known = Verdict(name, [self._judge().document(chunk, at, name) for at, chunk in parts])
            self._cache.add(digest, known)
        known.digest = digest
        yield known

    def _passed_over(self, path: str, name: str, sort: str) -> Verdict:
        made = Document(0, 1, skipped=sort)
        resource = generators(path) if sort == sorts.KUSTOMIZATION else None
        if resource:
            made.objects = (((), resource),)
        verdict = Verdict(name, [made])
        if self._cache:  # what other files say together depends on what a kustomization says
            verdict.digest = self._cache.digest(repr(resource.value).encode() if resource else sort.encode(), name)
        return verdict

    def _parts(self, path: str, name: str, data: bytes | None) -> Iterator[Verdict]:
        judge = self._judge()
        made: list[Document] = []
        is_empty = path in self._streams
        try:
            for index, chunk in enumerate(separate(chunks(data) if data is not None else long(path, self._stdin))):
                made.append(judge.document(chunk, index, name))
                if path in self._streams:  # nobody can read it a second time
                    made[-1].chunk = chunk
                is_empty = is_empty and made[-1].skipped in _NOTHING
                if len(made) == _PART:
                    yield Verdict(name, made)
                    made = []
        except OSError as error:
            yield _unreadable(name, error, made)
            return
        if made:
            yield Verdict(name, made)
        if is_empty:
            from kgen.validate.unreadable import without_objects  # noqa: PLC0415  # only after a fault

            yield Verdict(name, [], (without_objects(name),))


def separate(found: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield ``found``, with each object of a JSON stream on its own, as kubectl reads them."""
    for chunk in found:
        if chunk.text.startswith(b"{") and b"}" in chunk.text[:-2]:
            from kgen.read.jsontext import separate  # noqa: PLC0415  # few manifests are JSON

            yield from separate(chunk)
        else:
            yield chunk


def _packed(verdict: Verdict) -> tuple[bytes, bytes, bytes]:
    if not verdict.is_judged:
        return verdict.line, verdict.digest, b""
    import marshal  # noqa: PLC0415  # between two processes of this program, and twice as fast as pickle

    objects = [
        (document.index, [(at, resource.value) for at, resource in document.objects])
        for document in verdict.documents
        if document.objects
    ]
    return verdict.line, verdict.digest, marshal.dumps(objects) if objects else b""


def unpacked(paths: Sequence[str], answers: Sequence[Answer]) -> Iterator[Verdict]:
    """Yield the verdicts on ``paths`` again."""
    for path, answer in zip(paths, answers, strict=True):
        if isinstance(answer, tuple):
            line, digest, objects = answer
            made = Verdict(shown(path), None, line=line)
            made.digest, made.objects = digest, objects
            yield made
        else:
            yield from answer


def _unreadable(name: str, error: OSError, made: Sequence[Document] = ()) -> Verdict:
    from kgen.validate.unreadable import unreadable  # noqa: PLC0415  # only after a fault

    return Verdict(name, list(made), (unreadable(name, error),))


def settled(
    found: Iterable[Verdict], again: Callable[[Sequence[Mapping[str, Any]]], Judge], own: Container[str] = ()
) -> Iterator[Verdict]:
    """
    Yield the same verdicts, with those on unknown kinds thought over once all definitions were seen.

    Args:
        again: Returns a judge who knows the kinds of these CustomResourceDefinitions too.
        own: Files that have verdicts of their own: news of them would be said twice.
    """
    declared: list[Mapping[str, Any]] = []
    told: set[tuple[str, int]] = set()
    held: list[Verdict] = []
    count = size = 0
    for verdict in found:
        if verdict.line and not held:  # remembered: there is nothing to think over
            yield verdict
            continue
        if not verdict.is_judged:
            held.append(verdict)
            count += 1
            continue
        if verdict.is_news:  # several processes may look at one definition
            place = verdict.path, verdict.documents[0].line
            if place in told or verdict.path in own:
                continue
            told.add(place)
        for each in verdict.documents:
            declared += each.declares
        if held or any(each.is_unknown for each in verdict.documents):
            held.append(verdict)
            count += len(verdict.documents)
            size += sum(len(each.chunk.text) for each in verdict.documents if each.chunk)
        else:
            yield verdict
        if count > _MOST_HELD or size > _MOST_HELD_BYTES:
            yield from held
            held, count, size = [], 0, 0
    judge = again(declared) if declared and held else None
    yield from (_reviewed(verdict, judge) if judge else verdict for verdict in held)


def _reviewed(verdict: Verdict, judge: Judge) -> Verdict:
    if not verdict.is_judged:
        return verdict
    made = [
        judge.document(each.chunk, each.index, verdict.path) if each.is_unknown and each.chunk else each
        for each in verdict.documents
    ]
    again = Verdict(verdict.path, made, verdict.found)
    again.digest = verdict.digest
    return again
