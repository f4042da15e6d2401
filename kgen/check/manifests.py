"""
Check the objects that kgen made against upstream's schemas, for every version that the user declared.

What a user writes is checked before objects are made from it. So a fault here is a bug of kgen, and says so,
but for a kind that a declared version does not have: that is a choice the user can change.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from kgen.check.fault import Fault, Keyword, field
from kgen.check.rules import UNKNOWN_KUBERNETES_KIND
from kgen.check.schema import Compiler
from kgen.check.store import Store
from kgen.check.whereabouts import having, is_built_in, joined, where_it_is
from kgen.diag import Diagnostic, Label, Rule
from kgen.k8s import Emitted, Manifest

if TYPE_CHECKING:
    from kgen.check.shipped import Shipped, ShippedKind

KGEN_MADE_AN_INVALID_OBJECT = Rule(
    code="KG9001",
    name="kgen-made-an-invalid-object",
    explain="The app file is fine, but an object made from it does not have the form that Kubernetes asks for.",
)
RULES = (KGEN_MADE_AN_INVALID_OBJECT,)


def check(objects: Iterable[Emitted], versions: tuple[str, ...], store: Store) -> Iterator[Diagnostic]:
    """
    Yield what Kubernetes would reject, each fault once with all versions that reject it.

    Kinds of groups that no Kubernetes version serves come from CRDs: they are checked against the schemas of one
    release of their operator, which come with kgen.

    Raises:
        KeyError: One of ``versions`` is not in ``store``.
    """
    for made in objects:
        yield from _missing_kind(made, versions, store)
        yield from _invalid(made, versions, store)
        if not any(store.schema(version, *_names(made.manifest)) for version in versions):
            yield from _invalid_custom(made, versions, store)


@lru_cache(maxsize=4)
def _compiler(store: Store) -> Compiler:
    """Return one compiler per store: the apps of a repository share what was compiled for the first of them."""
    return Compiler(store.definition)


def _invalid(made: Emitted, versions: tuple[str, ...], store: Store) -> Iterator[Diagnostic]:
    by_definition: dict[str, list[str]] = {}
    for version in versions:
        if known := store.schema(version, *_names(made.manifest)):
            by_definition.setdefault(known, []).append(version)
    found: dict[Fault, list[str]] = {}
    for name, alike in by_definition.items():
        for fault in _compiler(store).definition(name)(made.manifest):
            found.setdefault(fault, []).extend(alike)
    for fault, rejecting in found.items():
        yield _bug(made, fault, f"Kubernetes {joined(rejecting)}")


@lru_cache(maxsize=4)
def _shipped(store: Store) -> "Shipped":
    from kgen.check.shipped import Shipped  # noqa: PLC0415  # most apps have no custom kinds

    return Shipped(store.directory)


@lru_cache(maxsize=256)
def _custom(api_version: str, kind: str, version: str, store: Store) -> "ShippedKind | None":
    """Return a custom kind whose schema comes with kgen, with metadata as Kubernetes ``version`` has it."""
    from kgen.check.crd import metadata_check  # noqa: PLC0415  # most apps have no custom kinds

    return _shipped(store).find(api_version, kind, metadata_check(store, version))


def _invalid_custom(made: Emitted, versions: tuple[str, ...], store: Store) -> Iterator[Diagnostic]:
    known = _custom(*_names(made.manifest), versions[-1], store)
    if known:
        yield from (_bug(made, fault, known.release) for fault in known.strict(made.manifest))


def _bug(made: Emitted, fault: Fault, rejecting: str) -> Diagnostic:
    _, kind = _names(made.manifest)
    metadata = made.manifest.get("metadata")
    name = metadata.get("name", "") if isinstance(metadata, dict) else ""
    when = " on server-side apply" if fault.keyword is Keyword.DUPLICATE else ""
    message = f"kgen made a {kind} `{name}` that {rejecting} would reject{when}: `{field(fault.path)}` {fault.message}"
    ask = "this is a bug in kgen: report it with this message and the part of the app file shown"
    return Diagnostic(
        rule=KGEN_MADE_AN_INVALID_OBJECT,
        message=message,
        at=Label(made.origin, on="key"),
        help=f"{fault.help} {ask}".lstrip(),
    )


def _missing_kind(made: Emitted, versions: tuple[str, ...], store: Store) -> Iterator[Diagnostic]:
    api_version, kind = _names(made.manifest)
    lacking = [version for version in versions if store.schema(version, api_version, kind) is None]
    if not lacking or not is_built_in(api_version, store):
        return
    yield Diagnostic(
        rule=UNKNOWN_KUBERNETES_KIND,
        message=f"Kubernetes {having(lacking)} no `{kind}` in `{api_version}`",
        at=Label(made.origin, on="key"),
        help=where_it_is(api_version, kind, lacking[0], store),
    )


def _names(manifest: Manifest) -> tuple[str, str]:
    return str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
