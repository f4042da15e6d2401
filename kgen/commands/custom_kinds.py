"""The custom kinds whose schemas come with kgen, for ``kgen schema``."""

from collections.abc import Iterable, Iterator
from typing import Any

from kgen.check.shipped import Shipped
from kgen.commands.kinds import KIND_NOT_STORED, Kind, plural, preference
from kgen.diag import Diagnostic, Label
from kgen.words import listed, nearest


def find(shipped: Shipped, word: str, api_version: str, known: Iterable[str]) -> Kind | Diagnostic | None:
    """
    Return the kind that ``word`` means, why there is none of that name, or nothing if no name is near.

    Args:
        api_version: Which one, if there are several; empty: the stable and newest one.
        known: Words for kinds of Kubernetes: what is meant may be one of them.
    """
    names = {kind for _, kind in shipped.index()}
    words = {plural(name): name for name in names} | {name.lower(): name for name in names}
    name = words.get(word.lower())
    if name is None:
        near = nearest(word.lower(), [*known, *words])
        if near not in words:
            return None
        message, meant = f"kgen knows no kind `{word}`", f"did you mean `{words[near]}`?"
        return Diagnostic(rule=KIND_NOT_STORED, message=message, at=Label(), help=meant)
    having = sorted((api for api, kind in shipped.index() if kind == name), key=preference)
    chosen = api_version or having[0]
    if chosen not in having:
        message = f"kgen knows no {name} in `{chosen}`"
        return Diagnostic(rule=KIND_NOT_STORED, message=message, at=Label(), help=f"it is in {listed(having, 'and')}")
    facts = shipped.index()[chosen, name]
    return Kind(
        release=facts["release"],
        api_version=chosen,
        name=name,
        definition=facts["definition"],
        is_partial="own" in facts,
        others=tuple(api for api in having if api != chosen),
    )


def listing(shipped: Shipped) -> list[dict[str, Any]]:
    """Return all of them for programs."""
    return [
        {"apiVersion": api, "kind": kind, "release": facts["release"], "isPartial": "own" in facts}
        for (api, kind), facts in sorted(shipped.index().items())
    ]


def rows(shipped: Shipped) -> Iterator[tuple[str, ...]]:
    """Yield a row for each of them, and first one with what stands in them."""
    yield "apiVersion", "kind", "of"
    for (api, kind), facts in sorted(shipped.index().items()):
        yield api, kind, facts["release"] + (", in part" if "own" in facts else "")
