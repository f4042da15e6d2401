"""
Kinds that go: those of the objects themselves, and those that objects refer to.

A reference names a kind and holds nothing of it, so that its ``apiVersion`` may always follow; an object inside of
another one (a template in a custom resource) is left to a person.
"""

from collections.abc import Mapping
from typing import Any

from kgen.check import catalogue
from kgen.check.lifecycle.kinds import is_deprecated, is_near, is_served, until
from kgen.check.lifecycle.removals import Version, advice, removal, replacement, written
from kgen.diag import Path
from kgen.upgrade.items import Edit, Item, State
from kgen.upgrade.where import Where

_FIELD = "apiVersion"
_OF_OBJECTS = frozenset({"metadata", "spec", "data"})
"""Fields that no reference has."""


def item(value: Mapping[str, Any], at: Path, target: Version, where: Where, *, is_object: bool) -> Item | None:
    """
    Return what becomes of the kind that ``value`` is of, or names; without what --write could do about it.

    Args:
        is_object: It is one of the objects of the document, and not something in one of them.
    """
    gone = removal(value[_FIELD], value["kind"])
    if gone is None:
        return None
    path = (*at, _FIELD)
    if not is_served(gone, target):
        state, row = State.REMOVED, "LIF01"
        since = f" since Kubernetes {written(gone.removed)}" if gone.removed else ""
        message = f"`{gone.kind}` in `{gone.api_version}` is gone{since}"
    elif is_deprecated(gone, target) or is_near(gone, target):
        state, row = State.DEPRECATED, "LIF02" if is_deprecated(gone, target) else "LIF03"
        message = f"`{gone.kind}` in `{gone.api_version}` {until(gone)}"
    else:
        return None
    found = replacement(gone, target)
    return Item(
        state=state,
        rule=catalogue.rule(row),
        message=message,
        path=path,
        span=where.span(path),
        help=advice(gone, target) if is_object or found is None else f"write `{found.api_version}`",
        since=written(gone.deprecated) if gone.deprecated else "",
        gone=written(gone.removed) if gone.removed else "",
        replacement=found.api_version if found else "",
    )


def follows(value: Mapping[str, Any], at: Path, target: Version, *, is_object: bool) -> Edit | None:
    """Return the change of ``apiVersion`` after which ``value`` still is, or names, what it did; if there is one."""
    gone = removal(value[_FIELD], value["kind"])
    found = replacement(gone, target) if gone else None
    if gone is None or found is None or found.kind != gone.kind or value["kind"] != gone.kind:
        return None
    is_safe = found.keeps(value) if is_object else _OF_OBJECTS.isdisjoint(value)
    return Edit(path=(*at, _FIELD), old=gone.api_version, new=found.api_version) if is_safe else None


def lost(value: Mapping[str, Any], at: Path, target: Version, where: Where, help: str) -> Item:  # noqa: A002  # as in `Item`
    """Return the finding for a kind that the newer version lacks, of which nobody knows more."""
    path = (*at, _FIELD)
    message = f"Kubernetes {written(target)} has no `{value['kind']}` in `{value[_FIELD]}`"
    rule = catalogue.rule("LIF01")
    return Item(state=State.REMOVED, rule=rule, message=message, path=path, span=where.span(path), help=help)
