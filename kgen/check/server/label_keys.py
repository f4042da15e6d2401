"""Rules of the API server about ``matchLabelKeys``, which add labels of the pod itself to a selector."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.errors import forbidden, invalid
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_SINCE = {"SCH017": (1, 31), "SCH025": (1, 27)}
"""Before, the server drops the fields unseen."""

_SINCE_MERGE = {"SCH017": (1, 31), "SCH025": (1, 34)}
"""Since then the server writes the labels of the pod into the selector, and only then looks for repeats."""


def label_keys(
    row: str, term: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any]
) -> Iterator[Fault]:
    """
    Yield what is wrong with the keys of a term of an affinity, or of a spread constraint.

    Args:
        labels: Those of the Pod; none in a template.
    """
    if context.version < _SINCE[row]:
        return
    other = entries(term, "mismatchLabelKeys") if row == "SCH017" else ()
    for name in ("matchLabelKeys", "mismatchLabelKeys") if row == "SCH017" else ("matchLabelKeys",):
        keys = entries(term, name)
        if keys and term.get("labelSelector") is None:
            yield forbidden(row, (*at, name), "may not be set without `labelSelector`")
        for index, key in enumerate(keys):
            if wrong := qualified_name(key or ""):
                yield invalid(row, (*at, name, index), wrong)
            elif name == "matchLabelKeys" and key in other:
                yield invalid(row, (*at, name, index), f"is `{key}`, which `mismatchLabelKeys` has as well")
    if term.get("labelSelector"):
        yield from _repeats(row, term, at, context, labels)


def _repeats(
    row: str, term: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any]
) -> Iterator[Fault]:
    """Yield the keys that the selector has already; the server names the term, with the number of the key."""
    selector = part(term, "labelSelector")
    is_merged = context.version >= _SINCE_MERGE[row]
    named = [(expression or {}).get("key") for expression in entries(selector, "matchExpressions")]
    named += part(selector, "matchLabels")
    for index, key in enumerate(entries(term, "matchLabelKeys")):
        count = named.count(key)
        if not is_merged and count:
            yield invalid(row, (*at, "matchLabelKeys", index), f"is `{key}`, which `labelSelector` has as well")
        elif is_merged and count + (bool(key) and key in labels) > 1:
            where = "twice" if count > 1 else "as well, and the pod has a label of that key"
            message = f"is `{key}`, which `labelSelector` names {where}"
            yield invalid(row, (*at, "matchLabelKeys", index), message).named(field((*at, index)))
