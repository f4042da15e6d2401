"""Findings on several objects, at their places. Nothing here is imported for a run without such a finding."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from kgen.check import catalogue
from kgen.check.cross.resources import Finding
from kgen.check.fault import field
from kgen.check.resource import Resource
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


def put(found: Iterable[Finding], chunk_of: Callable[[Place], Chunk | None]) -> None:
    """Put ``found`` into the documents that they are about, each once."""
    places: dict[int, Places] = {}

    def label(resource: Resource, path: FieldPath, text: str = "") -> Label | None:
        place: Place = resource.place
        chunk = chunk_of(place)
        if chunk is None:
            return None
        known = places.get(id(chunk))
        if known is None:
            known = places[id(chunk)] = Places(chunk.text)
        return _label(known, chunk, place, path, text)

    for finding in found:
        place: Place = finding.resource.place
        at = label(finding.resource, finding.fault.path)
        if at is None:
            continue
        others = [label(*each) for each in finding.related]
        made = _diagnostic(finding, at, tuple(each for each in others if each))
        for document in place.verdict.documents:
            if document.index == place.index and made not in document.found:
                document.found = (*document.found, made)
                place.verdict.line = b""


def _label(places: Places, chunk: Chunk, place: Place, path: FieldPath, text: str) -> Label:
    where = (*place.at, *path)
    span = places.span(where)
    on_key = span.end_line > span.line
    span = places.span(where, on_key=True) if on_key else span
    moved = replace(span, line=span.line + chunk.line, end_line=span.end_line + chunk.line)
    return Label(where, text, on="key" if on_key else "value", file=place.path, span=moved)


def _diagnostic(finding: Finding, at: Label, related: tuple[Label, ...]) -> Diagnostic:
    fault = finding.fault
    subject = f"`{field(at.path)}`" if at.path else "the object"
    return Diagnostic(
        rule=catalogue.rule(fault.row),
        message=f"{subject} {fault.message}",
        at=at,
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
