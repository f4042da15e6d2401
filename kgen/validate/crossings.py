"""Findings on several objects, at their places. Nothing here is imported for a run without such a finding."""

from collections.abc import Iterable

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
from kgen.record import replace
from kgen.validate.document import Document, Verdict
from kgen.validate.together import Place, Texts, document_of

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


def put(found: Iterable[Finding], texts: Texts, names: Names) -> None:
    """Put ``found`` into the documents that they are about, each once."""
    labels = _Labels(texts)
    by_document: dict[int, _Told] = {}
    for finding in found:
        place: Place = finding.resource.place
        document = document_of(place)
        if document is None:
            continue
        told = by_document.get(id(document))
        if told is None:
            told = by_document[id(document)] = _Told(document)
        others = tuple(labels.of(*each) for each in finding.related)
        told.add(_diagnostic(finding, labels.of(finding.resource, finding.fault.path), others, names))
        place.verdict.line = b""
    for told in by_document.values():
        told.document.found = tuple(told.found)


class _Told:
    """What is said about one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found = list(document.found)
        self._known = {self._key(each) for each in self.found}
        self._standards = {each.at.path for each in self.found if each.rule.code.startswith(_STANDARDS)}

    @staticmethod
    def _key(made: Diagnostic) -> tuple[str, FieldPath, str]:
        return made.rule.code, made.at.path, made.message

    def add(self, made: Diagnostic) -> None:
        """Take ``made``, unless it is said already; the profile may ask for a standard that a namespace asks for."""
        asked_twice = made.rule.name == _NAMESPACE_RULE and made.at.path in self._standards
        if self._key(made) not in self._known and not asked_twice:
            self._known.add(self._key(made))
            self.found.append(made)


class _Labels:
    """Places in files, each document being read once."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._places: dict[int, Places] = {}

    def of(self, resource: Resource, path: FieldPath, said: str = "") -> Label:
        """Return the label at ``path`` in ``resource``; without a line if the file is gone since."""
        place: Place = resource.place
        where = (*place.at, *path)
        chunk = self._texts.chunk_of(place)
        if chunk is None:
            return Label(where, said, file=place.path)
        places = self._places.get(id(chunk))
        if places is None:
            places = self._places[id(chunk)] = Places(chunk.text)
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
        is_confidential=finding.resource.kind == "Secret",
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
