"""What a newer version says about an object that an older one does not: fields that go, rules that come."""

from collections.abc import Iterable, Iterator, Sequence

from kgen.check.fault import Fault, Keyword
from kgen.check.lifecycle.fields import Field, deprecated_fields, reported
from kgen.check.lifecycle.removals import version, written
from kgen.check.objects import Objects
from kgen.diag import Diagnostic, Severity, Span
from kgen.upgrade.items import Item, State
from kgen.upgrade.where import Part
from kgen.validate.findings import of_problems
from kgen.validate.judge import Problem

_START = Span(line=1, column=1, end_line=1, end_column=1)


def items(part: Part, versions: Sequence[Objects]) -> Iterator[Item]:
    """
    Yield what is deprecated in the newer version, and what else it says that the older one does not.

    Args:
        part: An object.
        versions: What checks it for each version, from the older one to the newer one.
    """
    target = versions[-1]
    known = target.kind(part.value["apiVersion"], part.value["kind"])
    found = [*target.faults(part.value, known)] if not known.lacking else []
    found += deprecated_fields(part.value, version(target.versions[0]))
    before = _said(part, versions[0]) if found else frozenset()
    for fault in found:
        field = reported(fault.row, str(fault.path[-1])) if fault.path else None
        if field:
            yield from (_deprecated(each, field, versions) for each in _findings(part, [fault], target))
        elif _key(fault) not in before:
            since = next((each.versions[0] for each in versions[1:] if _key(fault) in _said(part, each)), "")
            yield from (_new(each, fault, since) for each in _findings(part, [fault], target))


def errors(part: Part, target: Objects) -> tuple[Diagnostic, ...]:
    """Return why the newer version would refuse an object."""
    faults = target.faults(part.value, target.kind(part.value["apiVersion"], part.value["kind"]))
    return tuple(each for each in _findings(part, faults, target) if each.rule.severity is Severity.ERROR)


def _said(part: Part, objects: Objects) -> frozenset[tuple[object, ...]]:
    """Return what a version says about an object; of a kind that it lacks it says nothing."""
    known = objects.kind(part.value["apiVersion"], part.value["kind"])
    return frozenset() if known.lacking else frozenset(map(_key, objects.faults(part.value, known)))


def _key(fault: Fault) -> tuple[object, ...]:
    return fault.path, fault.keyword, fault.row


def _findings(part: Part, faults: Iterable[Fault], target: Objects) -> tuple[Diagnostic, ...]:
    found = dict.fromkeys(faults, target.versions)
    known = target.kind(part.value["apiVersion"], part.value["kind"])
    return of_problems([Problem(part.at, part.value, known, found)], target, part.chunk, part.file) if found else ()


def _new(finding: Diagnostic, fault: Fault, since: str) -> Item:
    """Return the item for what only the newer version says."""
    is_error = finding.rule.severity is Severity.ERROR
    is_gone = fault.keyword is Keyword.UNKNOWN
    message = finding.message.replace(" that Kubernetes knows", "")
    return Item(
        state=State.REMOVED if is_gone else State.REFUSED if is_error else State.WARNED,
        rule=finding.rule,
        message=f"from Kubernetes {since} on, {message}" if since else message,
        path=finding.at.path,
        span=finding.at.span or _START,
        help=finding.help,
        gone=since if is_gone else "",
    )


def _deprecated(finding: Diagnostic, field: Field, versions: Sequence[Objects]) -> Item:
    """Return the item for a field of which the deprecation is known."""
    older, newer = version(versions[0].versions[0]), version(versions[-1].versions[0])
    is_gone = field.removed is not None and field.removed <= newer
    note = f", and {field.note} since {written(field.removed)}" if field.note and field.removed and is_gone else ""
    is_named = field.replacement.strip("`").rpartition(".")[2] in finding.message
    return Item(
        state=State.REMOVED if is_gone and field.removed and older < field.removed else State.DEPRECATED,
        rule=finding.rule,
        message=finding.message + note,
        path=finding.at.path,
        span=finding.at.span or _START,
        help=finding.help or ("" if is_named else f"in its place there is {field.replacement}"),
        since=written(field.deprecated) if field.deprecated else "",
        gone=written(field.removed) if field.removed else "",
        replacement=field.replacement.strip("`"),
    )
