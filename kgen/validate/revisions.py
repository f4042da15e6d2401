"""
The manifests as they are applied now, and what is wrong with the way from them to those of the run.

An object of the run is a new revision of the one with the same group, kind, namespace and name. Where that is there
several times, as in folders of environments, the folder tells which one.
"""

from __future__ import annotations

import os

from kgen.check.cross.resources import Resources
from kgen.check.reading import at
from kgen.check.resource import Resource
from kgen.check.revisions.families import rollouts, updates
from kgen.check.revisions.pairs import pairs
from kgen.check.slim import CONTENTS
from kgen.read.split import chunks
from kgen.validate import sorts
from kgen.validate.document import Document, Verdict
from kgen.validate.files import long, read, search, shown
from kgen.validate.judge import document, parts
from kgen.validate.run import separate
from kgen.validate.sets import together
from kgen.validate.together import Place, Texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from kgen.check.cross.resources import Finding
    from kgen.read.split import Chunk


class Revision:
    """The objects of an earlier revision."""

    __slots__ = ("_relative", "resources")

    def __init__(self, resources: Iterable[tuple[Resource, str]]) -> None:
        """
        Args:
            resources: Objects, each with its file as seen from the top of the revision.
        """
        self._relative = dict(resources)
        self.resources = tuple(self._relative)

    def findings(self, resources: Sequence[Resource], profile: str) -> Iterator[Finding]:
        """
        Yield what is wrong with the way from this revision to ``resources``.

        Args:
            resources: All objects of the run; ``place`` is a ``Place``.
            profile: One of ``default``, ``strict`` and ``off``, which is all rules.
        """
        paired = pairs(self.resources, resources, self._path)
        yield from updates({_whole(new) if _is_immutable(old) else new: old for new, old in paired.items()})
        for members in together(resources, _path):
            known = {each: paired[each] for each in members if each in paired}
            yield from rollouts(known, Resources(members), profile)

    def _path(self, resource: Resource) -> str:
        return self._relative.get(resource) or _path(resource)


def _path(resource: Resource) -> str:
    path: str = resource.place.path
    return path


def _is_immutable(resource: Resource) -> bool:
    return resource.kind in ("ConfigMap", "Secret") and resource.value.get("immutable") is True


def _whole(resource: Resource) -> Resource:
    """Return ``resource`` with the values of its data, which the run does not keep."""
    place: Place = resource.place
    chunk = Texts().chunk_of(place)
    if chunk is None:
        return resource
    value, _, _ = document(chunk, place.path)
    found = at(value, place.at)
    data = found if isinstance(found, dict) else {}
    return Resource({**resource.value, **{key: data[key] for key in CONTENTS if key in data}}, place)


def revision(path: str, stdin: BinaryIO) -> Revision:
    """
    Return the objects in the file ``path``, or in the folder and below. What is no object does not matter here.

    Args:
        path: Of a file or a folder, as one that ``git worktree`` or ``git archive`` has made.
        stdin: Read if ``path`` is ``-``.

    Raises:
        OSError: Something cannot be read.
    """
    if os.path.isdir(path):
        top = path.rstrip("/" + os.sep) + os.sep
        return Revision(found for file in search(path) for found in _objects(file, file.removeprefix(top), stdin))
    return Revision(_objects(path, os.path.basename(path), stdin))


def _objects(path: str, relative: str, stdin: BinaryIO) -> Iterator[tuple[Resource, str]]:
    """Yield the objects of a file, each with ``relative``."""
    name = shown(path)
    if sorts.of_file(path):
        return
    for index, chunk in enumerate(_chunks(path, stdin)):
        if sorts.is_template(chunk.text, name):
            continue
        value, line, unreadable = document(chunk, name)
        if unreadable or sorts.of_value(value):
            continue
        made = Document(index, chunk.line + line + 1)
        made.chunk = chunk
        verdict = Verdict(name, [made])
        for where, each in parts(value):
            if isinstance(each, dict):
                yield Resource(each, Place(verdict, index, where)), relative.replace(os.sep, "/")


def _chunks(path: str, stdin: BinaryIO) -> Iterable[Chunk]:
    data = read(path) if os.path.isfile(path) else None
    return separate(chunks(data) if data is not None else long(path, stdin))
