"""
Manifests: Kubernetes objects of your own, put through as they are, but for the namespace.

They go into the folder of each environment and are checked like everything else: schemas, what an API server
refuses, and how they fit the objects that kgen made. They get no labels and no wave: beside a release they come before
it, unless they have a `sync-wave` of their own. Kinds for the whole cluster need a line in kgen.yaml; Secrets with
values never pass.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgen.check.resource import is_cluster_wide
from kgen.diag import Diagnostic, Label, Path, Rule, Span
from kgen.k8s import Emitted, Manifest
from kgen.read import careful
from kgen.read.places import Places
from kgen.read.split import Chunk, chunks
from kgen.record import dataclass, replace

NOTHING_THERE = Rule(
    code="KG3223",
    name="manifests-match-nothing",
    explain="Objects that somebody believes to be deployed, and that are not there, are missed by those who need them.",
)
NO_OBJECT = Rule(
    code="KG3224",
    name="manifest-without-name",
    explain="An object is known by `apiVersion`, `kind` and `metadata.name`, so that Argo CD finds it again.",
)
OTHER_NAMESPACE = Rule(
    code="KG3225",
    name="manifest-in-other-namespace",
    explain="An app's folder holds what is in its namespace; who deploys it may have no right to any other.",
)
OUTSIDE = Rule(
    code="KG3226",
    name="manifest-outside-of-namespaces",
    explain="An object for the whole cluster is nothing that an app decides alone: kgen.yaml says which kinds may be.",
)
SECRET = Rule(
    code="KG3227",
    name="secret-in-manifest",
    explain="The output is committed to Git, where a value is no secret any more.",
    is_confidential=True,
)
RULES = (NOTHING_THERE, NO_OBJECT, OTHER_NAMESPACE, OUTSIDE, SECRET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a user brings to an app in one environment."""

    namespace: str
    texts: Mapping[str, Mapping[str, str | None]]
    """Pattern → files, as findings name them → text."""

    cluster_wide: tuple[str, ...] = ()
    """Kinds outside of namespaces that are allowed."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: tells where its values stand."""

    file: str
    chunk: Chunk
    places: Places

    def value(self, path: Path) -> Label:
        """Return the place of the value at ``path``."""
        return self._label(path, self.places.span(path))

    def key(self, path: Path) -> Label:
        """Return the place of the key of the value at ``path``."""
        return self._label(path, self.places.span(path, on_key=True))

    def _label(self, path: Path, span: Span) -> Label:
        line = self.chunk.line
        return Label(path, file=self.file, span=replace(span, line=span.line + line, end_line=span.end_line + line))


def brought(patterns: Sequence[str], given: Brought) -> tuple[list[tuple[Emitted, Document]], list[Diagnostic]]:
    """Return the objects in the files that ``patterns`` name, and what is wrong with them."""
    made: list[tuple[Emitted, Document]] = []
    found: list[Diagnostic] = []
    seen: set[str] = set()
    for number, pattern in enumerate(patterns):
        texts = given.texts.get(pattern, {})
        if not texts:
            message = f"`{pattern}` is no file below the app file's folder"
            found.append(_at_pattern(number, message, "the path is relative to the app file"))
        for file, text in texts.items():
            if text is None:
                found.append(_at_pattern(number, f"`{file}` cannot be read as text", "is it outside of the folder?"))
            elif file not in seen:
                seen.add(file)
                objects, faults = _of_file(file, text, given)
                made += objects
                found += faults
    return made, found


def _at_pattern(number: int, message: str, way_out: str) -> Diagnostic:
    return Diagnostic(rule=NOTHING_THERE, message=message, at=Label(("manifests", number)), help=way_out)


def _of_file(file: str, text: str, given: Brought) -> tuple[list[tuple[Emitted, Document]], list[Diagnostic]]:
    made = []
    found: list[Diagnostic] = []
    for chunk in chunks(text.encode()):
        value, faults = careful.read(chunk.text)
        document = Document(file, chunk, Places(chunk.text))
        if faults:
            found += [_moved(each, document) for each in faults]
        elif value is not None:
            wrong = list(_faults(value, document, given))
            found += wrong
            if not wrong:
                manifest = _in_namespace(value, given.namespace)
                made.append((Emitted(manifest=manifest, source=document.value(("kind",))), document))
    return made, found


def _moved(found: Diagnostic, document: Document) -> Diagnostic:
    span, line = found.at.span, document.chunk.line
    if span:
        span = replace(span, line=span.line + line, end_line=span.end_line + line)
    return replace(found, at=replace(found.at, file=document.file, span=span), related=())


def _faults(value: Any, document: Document, given: Brought) -> Iterator[Diagnostic]:
    """Yield the first reason why a document cannot be put through."""
    missing = [key for key in ("apiVersion", "kind", "metadata.name") if not isinstance(_get(value, key), str)]
    if missing:
        is_list = _get(value, "kind") == "List"
        way_out = "write its items one by one, with `---` between them" if is_list else "name only files of objects"
        message = f"this is no object that kgen can put through: `{missing[0]}` is missing"
        yield Diagnostic(rule=NO_OBJECT, message=message, at=document.value(()), help=way_out)
        return
    kind, namespace = value["kind"], value["metadata"].get("namespace")
    if _is_wide(value):
        if kind not in given.cluster_wide:
            yield Diagnostic(
                rule=OUTSIDE,
                message=f"a `{kind}` is outside of namespaces, and kgen.yaml does not allow it",
                at=document.value(("kind",)),
                help=f"if apps may bring it, add `manifests: {{clusterWide: [{kind}]}}` to kgen.yaml",
            )
    elif namespace not in {None, "", given.namespace}:
        yield Diagnostic(
            rule=OTHER_NAMESPACE,
            message=f"the object is in the namespace `{namespace}`, the app in `{given.namespace}`",
            at=document.value(("metadata", "namespace")),
            help="remove `namespace`: kgen puts in the one of the environment",
        )
    if kind == "Secret" and (held := next((key for key in ("data", "stringData") if value.get(key)), "")):
        yield Diagnostic(
            rule=SECRET,
            message="a Secret with its values would be written to the output",
            at=document.key((held,)),
            help="name the Secret below `secrets`, and let a provider of kgen.yaml bring its values",
        )


def _is_wide(value: Mapping[str, Any]) -> bool:
    return is_cluster_wide(value["apiVersion"].rpartition("/")[0], value["kind"])


def _get(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value or None


def _in_namespace(value: dict[str, Any], namespace: str) -> Manifest:
    """Return the object with its namespace behind its name."""
    if _is_wide(value):
        return Manifest(value)
    metadata = {key: item for key, item in value["metadata"].items() if key != "namespace"}
    placed: dict[str, Any] = {}
    for key, item in metadata.items():
        placed[key] = item
        if key == "name":
            placed["namespace"] = namespace
    return Manifest({**value, "metadata": placed})
