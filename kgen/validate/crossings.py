"""Findings on several objects, at their places. Nothing here is imported for a run without such a finding."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from kgen.check import catalogue
from kgen.check.cross.resources import Finding
from kgen.check.fault import field
from kgen.check.fields import steps, written
from kgen.check.reading import text
from kgen.check.resource import Resource
from kgen.check.store import Store
from kgen.diag import Diagnostic, Label, Rule, Severity
from kgen.diag import Path as FieldPath
from kgen.read.places import Places
from kgen.read.split import Chunk
from kgen.validate.document import Document, Verdict
from kgen.validate.together import Place

TOO_MANY_OBJECTS = Rule(
    code="KG1112",
    name="too-many-objects",
    severity=Severity.WARNING,
    explain="Rules over several objects need all of them in memory, so there is a limit.",
)
RULES = (TOO_MANY_OBJECTS,)

_MIB = 1024 * 1024
_STANDARDS = "KG70"
_NAMESPACE_RULE = catalogue.rule("XQTA001").name


class Names:
    """Writes fields of objects as people know them: keys of maps stand in brackets."""

    def __init__(self, store: Store, version: str) -> None:
        self._store = store
        self._version = version

    def written(self, resource: Resource, path: FieldPath) -> str:
        """Return the field of ``resource`` at ``path``."""
        name = self._store.schema(self._version, text(resource.value, "apiVersion"), resource.kind)
        return written(steps(path, {"$ref": name} if name else {}, self._store.definition))


def put(found: Iterable[Finding], chunk_of: Callable[[Place], Chunk | None], names: Names) -> None:
    """Put ``found`` into the documents that they are about, each once."""
    places: dict[int, Places] = {}

    def label(resource: Resource, path: FieldPath, said: str = "") -> Label | None:
        place: Place = resource.place
        chunk = chunk_of(place)
        if chunk is None:
            return None
        known = places.get(id(chunk))
        if known is None:
            known = places[id(chunk)] = Places(chunk.text)
        return _label(known, chunk, place, path, said)

    for finding in found:
        place: Place = finding.resource.place
        at = label(finding.resource, finding.fault.path)
        if at is None:
            continue
        others = [label(*each) for each in finding.related]
        made = _diagnostic(finding, at, tuple(each for each in others if each), names)
        for document in place.verdict.documents:
            if document.index == place.index and not any(_is_same(made, each) for each in document.found):
                document.found = (*document.found, made)
                place.verdict.line = b""


def _is_same(made: Diagnostic, other: Diagnostic) -> bool:
    """Tell whether ``other`` says it already: a namespace asks for a standard that the profile asks for too."""
    asked_twice = made.rule.name == _NAMESPACE_RULE and other.rule.code.startswith(_STANDARDS)
    return made == other or (asked_twice and made.at.path == other.at.path)


def _label(places: Places, chunk: Chunk, place: Place, path: FieldPath, said: str) -> Label:
    where = (*place.at, *path)
    span = places.span(where)
    on_key = span.end_line > span.line
    span = places.span(where, on_key=True) if on_key else span
    moved = replace(span, line=span.line + chunk.line, end_line=span.end_line + chunk.line)
    return Label(where, said, on="key" if on_key else "value", file=place.path, span=moved)


def _diagnostic(finding: Finding, at: Label, related: tuple[Label, ...], names: Names) -> Diagnostic:
    fault = finding.fault
    name = names.written(finding.resource, fault.path)
    if before := field(finding.resource.place.at):
        name = f"{before}.{name}" if name else before
    return Diagnostic(
        rule=catalogue.rule(fault.row),
        message=f"`{name}` {fault.message}" if name else f"the object {fault.message}",
        at=replace(at, field=name),
        related=related,
        help=fault.help,
    )


def too_many(objects: int, size: int) -> Verdict:
    """Return what to say if there are too many objects to be compared."""
    document = Document(0, 1)
    document.found = (
        Diagnostic(
            rule=TOO_MANY_OBJECTS,
            message=f"there are more than {objects:,} objects or {size // _MIB} MiB: they were not compared",
            at=Label(),
            help="validate the folders of one environment at a time: references and selectors are checked then",
        ),
    )
    made = Verdict("", [document])
    made.is_news = True
    return made
