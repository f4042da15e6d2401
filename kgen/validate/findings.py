"""Faults to findings at their places. Nothing here is imported, or done, for a document without fault."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from kgen.check import misplaced
from kgen.check.consequences import consequences
from kgen.check.fault import Fault, Keyword, field, short, shown
from kgen.check.hints import QUOTES, hint, hint_of_secret
from kgen.check.lifecycle.removals import farewell
from kgen.check.lifecycle.removals import version as _number
from kgen.check.objects import Objects
from kgen.check.rules import BY_KEYWORD, NO_KIND, OTHER_RELEASE, UNKNOWN_KUBERNETES_KIND
from kgen.check.shipped import is_certain
from kgen.check.whereabouts import having, is_built_in, joined, where_it_is
from kgen.diag import Diagnostic, Label, Path, Rule, Span
from kgen.read import careful
from kgen.read.places import Places
from kgen.read.rules import DOCUMENT_TOO_LARGE, TEXT_AFTER_SEPARATOR
from kgen.read.scalar import plain
from kgen.read.split import LARGEST, Chunk
from kgen.record import replace
from kgen.syntax.lines import Lines
from kgen.syntax.rules import code
from kgen.validate.fields import Fields
from kgen.validate.judge import Problem
from kgen.words import listed, nearest

Versions: TypeAlias = tuple[str, ...]
_MIB = 1024 * 1024
_BUT = ", but is "
"""What a message says before the value."""


def of_text(chunk: Chunk, path: str) -> tuple[Any, int, tuple[Diagnostic, ...]]:
    """Return the value of an unusual document, its line in the document from 0, and the faults of its text."""
    if chunk.size > LARGEST:
        return None, 0, (_moved(_too_large(chunk), chunk, path),)
    value, found = careful.read(chunk.text)
    if chunk.after:
        found = (_after(chunk), *found)
    line = len(chunk.text) - len(chunk.text.lstrip())
    return value, chunk.text.count(b"\n", 0, line), tuple(_moved(each, chunk, path) for each in found)


def of_keys(chunk: Chunk, path: str) -> tuple[Diagnostic, ...]:
    """Return the findings for keys that are read as another text than they are written."""
    from kgen.validate.key_names import renamed  # noqa: PLC0415  # only for what is unusual

    return tuple(_moved(each, chunk, path) for each in renamed(chunk.text))


def too_deep(chunk: Chunk, path: str) -> Diagnostic:
    """Return the finding for an object whose values lie too deep in each other."""
    return _moved(careful.too_deep(Lines.of(chunk.text.decode())), chunk, path)


def of_problems(problems: Sequence[Problem], objects: Objects, chunk: Chunk, path: str) -> tuple[Diagnostic, ...]:
    """Return the findings for ``problems``."""
    places = Places(chunk.text)
    found = [each for problem in problems for each in _of_problem(problem, objects, places)]
    return tuple(_moved(each, chunk, path) for each in found)


def of_faults(faults: Sequence[Fault], at: Path, chunk: Chunk, path: str) -> tuple[Diagnostic, ...]:
    """Return the findings for ``faults`` of the object at ``at`` that do not depend on a version."""
    places = Places(chunk.text)
    made = ((_of_fault(fault, None, "", at, places), _about_quotes(fault, at, places)) for fault in faults)
    return tuple(_moved(replace(found, help=found.help or quotes), chunk, path) for found, quotes in made)


def _of_problem(problem: Problem, objects: Objects, places: Places) -> Iterator[Diagnostic]:
    if problem.kind is None:
        yield _without_kind(problem, places)
        return
    if problem.kind.lacking:
        yield _unknown_kind(problem, problem.kind.lacking, objects, places)
    fields: dict[str, Fields] = {}
    ways = dict(_ways_out(problem, objects))
    dropped = consequences(problem.value, problem.faults, ways)
    for fault, versions in problem.faults.items():
        if fault in dropped:
            continue
        since = f" in Kubernetes {joined(versions)}" if len(versions) < len(objects.versions) else ""
        if problem.kind.release and not fault.row and fault.path[:1] != ("metadata",):
            since = f" ({problem.kind.release})"
        if versions[-1] not in fields:
            fields[versions[-1]] = Fields(problem, objects, versions[-1])
        made = _of_fault(fault, fields[versions[-1]], since, problem.at, places)
        if _is_secret(fault, problem.value):
            yield _without_secret(made, fault)
            continue
        helped = ways[fault].help if fault in ways else ""
        helped = helped or made.help or _about_quotes(fault, problem.at, places)
        made = replace(made, help=helped or hint(fault, problem.value, objects.store, versions[-1]))
        yield _of_release(made, fault) if problem.kind.release else made


def _of_release(made: Diagnostic, fault: Fault) -> Diagnostic:
    """Return a finding on an object of which kgen knows only what one release of its operator says."""
    if fault.row or is_certain(fault):
        return made
    ask = "if yours is another release, add its definition: `kgen schema add FILE`"
    return replace(made, rule=OTHER_RELEASE, help=f"{made.help} {ask}".lstrip())


def _ways_out(problem: Problem, objects: Objects) -> Iterator[tuple[Fault, misplaced.Way]]:
    """Yield the unknown fields, each with the place where it would be right, if there is one."""
    for fault, versions in problem.faults.items():
        if fault.keyword is Keyword.UNKNOWN and fault.path:
            yield fault, misplaced.way_out(problem.value, fault.path, objects.store, versions[-1])


def _is_secret(fault: Fault, value: Mapping[str, Any]) -> bool:
    is_there = fault.keyword is not Keyword.REQUIRED
    return is_there and value.get("kind") == "Secret" and fault.path[:1] in {("data",), ("stringData",)}


def _without_secret(made: Diagnostic, fault: Fault) -> Diagnostic:
    """Return a finding on the data of a Secret without what it says of the value."""
    message, _, _ = made.message.partition(_BUT)
    return replace(made, message=message, help=made.help or hint_of_secret(fault), is_confidential=True)


def _of_fault(fault: Fault, fields: Fields | None, since: str, at: Path, places: Places) -> Diagnostic:
    where = (*at, *fault.path)
    shown_as = fields.shown(fault.path) if fields else field(where)
    subject = f"`{shown_as}`" if where else "the object"
    span = places.span(where)
    # of a block, the key says more than the first of its lines
    on_key = fault.keyword is Keyword.UNKNOWN or span.end_line > span.line
    span = places.span(where, on_key=True) if on_key else span
    named = fields.named(fault) if fields else ""
    return Diagnostic(
        rule=_rule(fault),
        message=_shorter(f"{subject} {fault.message}{since}"),
        at=Label(where, on="key" if on_key else "value", span=span, field=named),
        help=fault.help,
    )


def _shorter(message: str) -> str:
    """Return a message on an unknown field that names once who does not know it."""
    message = message.replace("that Kubernetes knows in Kubernetes", "in Kubernetes")
    return re.sub(r"that the CustomResourceDefinition knows \((.*)\)$", r"that \1 knows", message)


def _rule(fault: Fault) -> Rule:
    if not fault.row:
        return BY_KEYWORD[fault.keyword]
    from kgen.check import catalogue  # noqa: PLC0415  # many rules, seldom needed

    return catalogue.rule(fault.row)


def _about_quotes(fault: Fault, at: Path, places: Places) -> str:
    """Return the way out where only quotes are wrong: they decide what a scalar is."""
    text = places.scalar((*at, *fault.path)) if fault.keyword is Keyword.TYPE else ""
    if not text or "\n" in text:
        return ""
    is_quoted = text[0] in "\"'"
    if not is_quoted and fault.message.startswith("must be a string"):
        quoted = f'"{text}"'
        return f"{QUOTES}: {code(quoted)}"
    inner = plain(text[1:-1]) if is_quoted else None
    fits = {"an integer": int, "a boolean": bool, "a number": int | float}
    wanted = next((kind for words, kind in fits.items() if fault.message.startswith(f"must be {words}")), None)
    if wanted is None or not isinstance(inner, wanted) or isinstance(inner, bool) is not (wanted is bool):
        return ""
    return "remove the quotes"


def _without_kind(problem: Problem, places: Places) -> Diagnostic:
    at, value = problem.at, problem.value
    subject = f"`{field(at)}`" if at else "the object"
    if not isinstance(value, dict):
        message = f"{subject} must be a mapping with `apiVersion` and `kind`, but is {shown(value)}"
        is_list = not at and isinstance(value, list)
        helped = "put `---` between objects, or make them the `items` of a `kind: List`" if is_list else ""
        return Diagnostic(rule=NO_KIND, message=message, at=Label(at, span=places.span(at)), help=helped)
    wrong = [key for key in ("apiVersion", "kind") if not isinstance(value.get(key), str) or not value[key]]
    given = [key for key in wrong if value.get(key) not in (None, "")]
    if given:
        where = (*at, given[0])
        message = f"`{field(where)}` must be a string, but is {code(short(value[given[0]]))}"
        return Diagnostic(rule=NO_KIND, message=message, at=Label(where, span=places.span(where)))
    where = (*at, wrong[0])
    names = " and ".join(f"`{key}`" for key in wrong)
    message = f"{subject} has no {names}, so nobody knows what it is"
    keys = [key for key in value if isinstance(key, str)]
    near = {meant: key for meant in wrong if (key := nearest(meant, keys)) and key not in ("apiVersion", "kind")}
    if not near:
        return Diagnostic(rule=NO_KIND, message=message, at=Label(where, span=places.span(where)))
    where = (*at, next(iter(near.values())))
    label = Label(where, on="key", span=places.span(where, on_key=True))
    return Diagnostic(rule=NO_KIND, message=message, at=label, help=f"did you mean {listed([*near], 'and')}?")


def _unknown_kind(problem: Problem, lacking: Versions, objects: Objects, places: Places) -> Diagnostic:
    api_version, kind = problem.value["apiVersion"], problem.value["kind"]
    message = f"Kubernetes {having(lacking)} no {code(kind)} in {code(api_version)}"
    helped = farewell(api_version, kind, _number(lacking[-1])) or where_it_is(
        api_version, kind, lacking[-1], objects.store
    )
    if not helped and not is_built_in(api_version, objects.store):
        message = f"nothing declares the kind {code(kind)} in {code(api_version)}"
        helped = _declared(api_version, kind, objects.declared(api_version))
    where = (*problem.at, "kind")
    return Diagnostic(
        rule=UNKNOWN_KUBERNETES_KIND,
        message=message,
        at=Label(where, span=places.span(where)),
        help=helped,
    )


def _declared(api_version: str, kind: str, declared: Sequence[tuple[str, str]]) -> str:
    """Return the way out for a custom kind: the near one that is ``declared`` in its group."""
    if versions := [version for version, name in declared if name == kind]:
        return f"it is declared in {listed(versions, 'and')}"
    near = nearest(kind, {name for _, name in declared})
    if near is None:
        return "declare it: `--crds FILE` for this run, `kgen schema add FILE` for good"
    versions = [version for version, name in declared if name == near]
    return f"did you mean `{near}`" + ("?" if api_version in versions else f" in {listed(versions, 'or')}?")


def _after(chunk: Chunk) -> Diagnostic:
    start = len("---")
    at = Label(span=Span(line=0, column=start + 1, end_line=0, end_column=start + 2 + len(chunk.after)))
    message = f"{code(chunk.after)} stands after `---`, where kubectl accepts nothing but a comment"
    return Diagnostic(rule=TEXT_AFTER_SEPARATOR, message=message, at=at, help="start it on a line of its own")


def _too_large(chunk: Chunk) -> Diagnostic:
    message = f"the document has {chunk.size / _MIB:.1f} MiB, and the API server takes {LARGEST // _MIB} MiB"
    is_list = re.search(rb"(?m)^kind: \w*List\s|[\"]kind[\"]: ?[\"]\w*List[\"]", chunk.text) is not None
    return Diagnostic(
        rule=DOCUMENT_TOO_LARGE,
        message=message,
        at=Label(span=Span(line=1, column=1, end_line=1, end_column=1)),
        help="give the objects of the list documents of their own: together they are too large" if is_list else "",
    )


def _moved(found: Diagnostic, chunk: Chunk, path: str) -> Diagnostic:
    """Return ``found`` in the file: its spans count from the first line of the document."""

    def put(label: Label) -> Label:
        span = label.span
        if span and chunk.line:
            span = replace(span, line=span.line + chunk.line, end_line=span.end_line + chunk.line)
        return replace(label, file=path, span=span)

    return replace(found, at=put(found.at), related=tuple(put(label) for label in found.related))
