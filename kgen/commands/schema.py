"""``kgen schema``: which kinds the stored schemas know, and what their fields look like."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from kgen.check.shipped import Shipped
from kgen.check.store import Store, default_directory
from kgen.commands import custom_kinds, fields, kinds, notes
from kgen.diag import Diagnostic
from kgen.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where the answer goes, and how it is written."""

    out: TextIO
    err: TextIO
    as_json: bool = False
    colour: bool = False

    def refuse(self, found: Sequence[Diagnostic]) -> int:
        """Say what is wrong with the question, and return the exit code."""
        if self.as_json:
            from kgen.report import json as json_report  # noqa: PLC0415  # only for this format

            self.out.write(json_report.render_all(found, {}) + "\n")
        else:
            from kgen.report import text as text_report  # noqa: PLC0415  # only if there is something to say

            self.err.write(text_report.render_all(found, {}, colour=self.colour) + "\n")
        return 2


def list_kinds(versions: Sequence[str], output: Output) -> int:
    """Print the versions and custom kinds there are, or the kinds of ``versions``, and return the exit code."""
    store = Store(default_directory())
    if found := kinds.unknown_versions(store, versions):
        return output.refuse(found)
    chosen = [version for version in store.versions() if version in versions]
    having = {version: kinds.kinds(store, version) for version in chosen or store.versions()}
    shipped = Shipped(store.directory)
    if output.as_json:
        listing = _listing(having, with_kinds=bool(chosen)) | (
            {} if chosen else {"custom": custom_kinds.listing(shipped)}
        )
        output.out.write(json.dumps(listing, indent=2) + "\n")
        return 0
    rows = _kind_rows(having) if chosen else _version_rows(having)
    output.out.writelines(_aligned(list(rows)))
    if not chosen:
        output.out.writelines(["\n", *_aligned(list(custom_kinds.rows(shipped)))])
    return 0


def show(target: str, *, version: str | None, api_version: str | None, output: Output) -> int:
    """
    Print what is known of a kind or a field, and return the exit code.

    Args:
        target: ``deploy.spec.replicas``; the kind may have its API version in front, as in ``apps/v1/Deployment``.
        version: The Kubernetes version; the newest one if there is none.
        api_version: Which one, if the kind has several. Only if ``target`` names none.
    """
    store = Store(default_directory())
    version = version or store.versions()[-1]
    if found := kinds.unknown_versions(store, [version]):
        return output.refuse(found)
    stated, _, path = target.rpartition("/")
    word, *names = path.removesuffix(".").split(".")
    kind = kinds.find(store, version, word, stated or api_version or "")
    lookup = store.definition
    if isinstance(kind, Diagnostic):
        shipped = Shipped(store.directory)
        custom = custom_kinds.find(shipped, word, stated or api_version or "", kinds.by_word(store, version))
        kind, lookup = custom or kind, shipped.definition
    if isinstance(kind, Diagnostic):
        return output.refuse([kind])
    field = fields.find(kind, names, lookup)
    if isinstance(field, Diagnostic):
        return output.refuse([field])
    if output.as_json:
        output.out.write(json.dumps(fields.json_schema(field, lookup), indent=2) + "\n")
    else:
        note = notes.of_kind(field.kind.name, field.path)
        output.out.write(fields.text(field, lookup) + (f"\n{note}\n" if note else ""))
    return 0


def _listing(having: Mapping[str, Sequence[tuple[str, str]]], *, with_kinds: bool) -> dict[str, Any]:
    """Return the same for programs. New keys may come, these stay."""
    counts = [{"version": version, "kinds": len(pairs)} for version, pairs in having.items()]
    found = [
        {
            "apiVersion": api,
            "kind": kind,
            "kubernetes": [version for version in having if (api, kind) in having[version]],
        }
        for api, kind in sorted({pair for pairs in having.values() for pair in pairs})
    ]
    return {"version": 1, "kubernetes": counts, **({"kinds": found} if with_kinds else {})}


def _version_rows(having: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[tuple[str, ...]]:
    yield "kubernetes", "kinds"
    yield from ((version, str(len(pairs))) for version, pairs in having.items())


def _kind_rows(having: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each kind; a column for each version only if there are several."""
    several = list(having) if len(having) > 1 else []
    yield "apiVersion", "kind", *several
    stored = {version: frozenset(pairs) for version, pairs in having.items()}
    for pair in sorted(frozenset[tuple[str, str]]().union(*stored.values())):
        yield *pair, *("yes" if pair in stored[version] else "-" for version in several)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield ``rows`` as lines, each column as wide as its widest word."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{word:{width}}" for word, width in zip(row, widths, strict=True)).rstrip() + "\n"
