"""
One document to its verdict.

Documents without fault, which nearly all are, take the short way: no place is looked up, and no finding made.
"""

from __future__ import annotations

from kgen.check.fault import Keyword
from kgen.check.objects import DEFINITION, HIDING_NOTHING, Kind
from kgen.check.practice.families import rules
from kgen.check.resource import Resource
from kgen.check.slim import slim
from kgen.check.sound import sound
from kgen.read.quick import SYNTAX, Unusual, quick
from kgen.read.split import LARGEST
from kgen.validate import sorts
from kgen.validate.document import Document
from kgen.validate.files import STDIN_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.objects import Objects, Versions
    from kgen.check.server.kinds import Context
    from kgen.diag import Diagnostic, Path
    from kgen.read.split import Chunk

_OF_THE_FILE = frozenset({"text-after-separator", "yaml-directive"})
"""Faults that say nothing about the object."""

_MEANING = "KG1002"
"""The first code of a fault that is not of syntax: what is not YAML at all is KG1001."""

_BRACES = "key-not-a-string"
"""What ``{{ x }}`` is as YAML: a mapping as the key of a mapping."""

_LIST = "List"
_WITH_LISTS = frozenset({"strict", "off"})
"""Profiles that have something to say of a List itself."""

_SILENCE = b"kgen:"
"""What a comment to kgen starts with, after `#`."""


class Problem:
    """What is wrong with an object, the document's or one in its list, or may be once its kind is declared."""

    __slots__ = ("at", "faults", "kind", "value")

    def __init__(self, at: Path, value: Any, kind: Kind | None, faults: Mapping[Fault, Versions]) -> None:
        self.at = at
        """Where the object is in its document."""

        self.value = value
        self.kind = kind
        """``None`` if the object does not say what it is."""

        self.faults = faults

    @property
    def is_fault(self) -> bool:
        return bool(self.faults) or self.kind is None or bool(self.kind.lacking)


class Judge:
    """Gives verdicts on documents."""

    def __init__(self, objects: Objects, *, profile: str) -> None:
        """
        Args:
            profile: ``server`` drops what only breaks a server-side apply, and asks nothing that a server does not;
                ``off`` asks all rules of practice.
        """
        self._objects = objects
        self._profile = profile
        self._only_server = profile == "server"

    def document(self, chunk: Chunk, index: int, path: str) -> Document:
        """Return the verdict on one document of the file ``path``."""
        keys: tuple[Diagnostic, ...] = ()
        try:
            value, line = _read(chunk)
            found = keys
        except (SYNTAX, Unusual, RecursionError):
            from kgen.validate import findings  # noqa: PLC0415  # only if something is unusual

            value, line, found = findings.of_text(chunk, path)
            keys = () if found or self._only_server else findings.of_keys(chunk, path)
        line += chunk.line + 1
        if sorts.is_template(chunk.text, path):
            return Document(index, line, skipped=sorts.TEMPLATE)
        if found:
            if skipped := _excuse(found, chunk.text, path):
                return Document(index, line, skipped=skipped)
            return self._unreadable(value, Document(index, line, identity=_identity(value)), found, chunk)
        if skipped := sorts.of_value(value):
            made = Document(index, line, skipped=skipped)
            made.chunk = chunk if _speaks_to_kgen(chunk.text) else None
            return made
        made = self._object(value, Document(index, line, identity=_identity(value)), chunk, path)
        if keys and not made.skipped:
            told = {each.at.path for each in made.found}
            self._blamed(made, (*made.found, *(each for each in keys if each.at.path not in told)), chunk)
        return made

    def _unreadable(self, value: Any, made: Document, found: tuple[Diagnostic, ...], chunk: Chunk) -> Document:
        """Return the verdict on a document whose text has faults; what can be read of it is there for the others."""
        if isinstance(value, dict) and not self._only_server:
            made.objects = [(at, Resource(slim(part))) for at, part in parts(value) if isinstance(part, dict)]
            made.size = len(chunk.text)
        return self._blamed(made, found, chunk)

    def _object(self, value: Mapping[str, Any], made: Document, chunk: Chunk, path: str) -> Document:
        try:
            kept: list[tuple[Path, Resource]] = []
            made.objects = kept
            made.size = len(chunk.text)
            problems = list(self._problems(value, kept))
        except RecursionError:
            from kgen.validate import findings  # noqa: PLC0415  # only after a fault

            return self._blamed(made, (findings.too_deep(chunk, path),), chunk)
        if sorts.is_in_chart(path):  # its fellows are templates, so nobody knows what it goes with
            made.objects = ()
        if any(fault.path and fault.path[-1] == "$patch" for problem in problems for fault in problem.faults):
            return Document(made.index, made.line, skipped=sorts.PATCH)
        if any(problem.is_fault for problem in problems):
            from kgen.validate import findings  # noqa: PLC0415  # only after a fault

            found = findings.of_problems(problems, self._objects, chunk, path)
            self._blamed(made, found, chunk)
        if any(problem.kind and (problem.kind.lacking or problem.kind.release) for problem in problems):
            made.is_unknown, made.chunk = True, chunk
        if _speaks_to_kgen(chunk.text):
            made.chunk = chunk
        if b"CustomResourceDefinition" in chunk.text:
            made.declares = tuple(part for _, part in parts(value) if is_definition(part))
        return made

    def _blamed(self, made: Document, found: tuple[Diagnostic, ...], chunk: Chunk) -> Document:
        made.found, made.chunk = found, chunk
        return made

    def _problems(self, value: Mapping[str, Any], kept: list[tuple[Path, Resource]]) -> Iterator[Problem]:
        """Yield what is wrong; ``kept`` takes what rules over several objects have to know."""
        is_list = isinstance(value, dict) and value.get("kind") == _LIST
        if is_list and self._profile in _WITH_LISTS and type(value.get("apiVersion")) is str:
            contexts = self._objects.kind("v1", "ConfigMap").contexts  # every version has it
            if found := self._asked(Resource(dict(value)), contexts):
                yield Problem((), value, Kind((), needs_name=False), found)
        for at, part in parts(value):
            api_version, kind = (part.get("apiVersion"), part.get("kind")) if isinstance(part, dict) else ("", "")
            if not (api_version and kind and type(api_version) is str and type(kind) is str):
                yield Problem(at, part, None, {})
                continue
            known = self._objects.kind(api_version, kind)
            faults = self._objects.faults(part, known)
            if faults and self._only_server:
                faults = {fault: since for fault, since in faults.items() if fault.keyword is not Keyword.DUPLICATE}
            if not self._only_server:
                resource, faults = self._practice(part, known, faults)
                resource.value = slim(resource.value)
                kept.append((at, resource))
            if faults or known.lacking or known.release:
                yield Problem(at, part, known, faults)

    def _practice(
        self, value: dict[str, Any], known: Kind, faults: Mapping[Fault, Versions]
    ) -> tuple[Resource, Mapping[Fault, Versions]]:
        """Return what is sound of an object, and all its faults: those of practice too."""
        if faults:
            # what breaks a rule of the server is there all the same; what breaks the schema could be anything
            broken = [fault.path for fault in faults if not fault.row and fault.keyword not in HIDING_NOTHING]
            if known.release:  # what only another release has is there all the same
                broken = [fault.path for fault in faults if not fault.row and fault.keyword is Keyword.TYPE]
            value = sound(value, broken) if broken else value
        resource = Resource(value)
        more = self._asked(resource, known.contexts)
        return resource, {**faults, **more} if more else faults

    def _asked(self, resource: Resource, contexts: Sequence[Context]) -> dict[Fault, Versions]:
        """Return what rules of practice say of an object, each fault with the versions that it is one in."""
        found: dict[Fault, Versions] = {}
        for rule in rules(resource.value["apiVersion"], resource.kind, self._profile):
            for context in contexts:
                for fault in rule(resource, context.version):
                    found[fault] = (*found.get(fault, ()), "{}.{}".format(*context.version))
        return found


def _speaks_to_kgen(text: bytes) -> bool:
    return _SILENCE in text and b"#" in text


def _excuse(found: tuple[Diagnostic, ...], text: bytes, path: str) -> str:
    """Return why broken ``text`` is no fault: it becomes YAML when something renders it, or is no object at all."""
    rule = found[0].rule
    is_text = rule.code < _MEANING or rule.name == _BRACES
    if is_text and path != STDIN_NAME and b"{{" in text and sorts.has_open_braces(text):
        return sorts.TEMPLATE
    return "" if rule.name in _OF_THE_FILE or sorts.seems_an_object(text) else sorts.BROKEN


def is_definition(value: Any) -> bool:
    """Tell whether ``value`` declares a custom kind."""
    return isinstance(value, dict) and (value.get("apiVersion"), value.get("kind")) == DEFINITION


def document(chunk: Chunk, path: str) -> tuple[Any, int, tuple[Diagnostic, ...]]:
    """Return the value of a document, its line in the chunk from 0, and what is wrong with its text."""
    try:
        return *_read(chunk), ()
    except (SYNTAX, Unusual, RecursionError):
        from kgen.validate import findings  # noqa: PLC0415  # only if something is unusual

        return findings.of_text(chunk, path)


def _read(chunk: Chunk) -> tuple[Any, int]:
    if chunk.after or chunk.size > LARGEST:
        raise Unusual
    text = chunk.text
    if text.startswith(b"{") or text[:64].lstrip().startswith(b"{"):
        from kgen.read.jsontext import read_json  # noqa: PLC0415  # few manifests are JSON

        return read_json(text)
    return quick(text)


def parts(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the objects of a document: those of a list, and of lists in it, or itself."""
    kind = value.get("kind") if isinstance(value, dict) else None
    items = value.get("items") if isinstance(kind, str) and kind.endswith(_LIST) else None
    if not (kind == _LIST and items is None) and not isinstance(items, list):
        yield at, value
        return
    # entries of a list of one kind need not say it again
    own = {} if kind == _LIST else {"apiVersion": value.get("apiVersion"), "kind": str(kind).removesuffix(_LIST)}
    for index, item in enumerate(items or ()):
        yield from parts(own | item if isinstance(item, dict) else item, (*at, "items", index))


def _identity(value: Any) -> tuple[str, str, str, str]:
    if not isinstance(value, dict):
        return "", "", "", ""
    metadata = value.get("metadata")
    name, namespace = (metadata.get("name"), metadata.get("namespace")) if isinstance(metadata, dict) else ("", "")
    return _text(value.get("apiVersion")), _text(value.get("kind")), _text(name), _text(namespace)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
