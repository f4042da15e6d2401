"""Rules of the API server about label selectors, and about labels wherever they stand."""

from __future__ import annotations

from kgen.check.server.errors import forbidden, invalid, required
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import label_value, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_WITH_VALUES = frozenset({"In", "NotIn"})
_WITHOUT_VALUES = frozenset({"Exists", "DoesNotExist"})


def labels(labels: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with labels; the server names only the map, so the message names the key."""
    for key, value in labels.items():
        if wrong := qualified_name(key):
            yield invalid("META014", at, f"has a key that {wrong}")
        if value and (wrong := label_value(value)):
            yield invalid("META015", at, f"has a value at `{key}` that {wrong}")


def are_right(labels: Mapping[str, Any]) -> bool:
    """Tell whether ``labels`` are right, as nearly all are: that is known sooner than what is wrong."""
    for key, value in labels.items():  # noqa: SIM110  # a generator takes twice as long
        if qualified_name(key) or (value and label_value(value)):
            return False
    return True


def label_selector(selector: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the ``LabelSelector`` at ``at``."""
    if (match_labels := selector.get("matchLabels")) and not are_right(match_labels):
        yield from labels(match_labels, (*at, "matchLabels"))
    for index, expression in enumerate(entries(selector, "matchExpressions")):
        yield from _expression(expression or {}, (*at, "matchExpressions", index), context)


def _expression(expression: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    operator = expression.get("operator") or ""
    values = expression.get("values") or ()
    if operator in _WITH_VALUES:
        if not values:
            yield required("META031", (*at, "values"), f"with operator `{operator}`")
    elif operator in _WITHOUT_VALUES:
        if values:
            yield forbidden("META032", (*at, "values"), f"may not be set with operator `{operator}`")
    else:
        message = f"must be one of `DoesNotExist`, `Exists`, `In` or `NotIn`, but is `{operator}`"
        yield invalid("META030", (*at, "operator"), message)
    if wrong := qualified_name(expression.get("key") or ""):
        yield invalid("META033", (*at, "key"), wrong)
    for index, value in enumerate(values):
        if value and (wrong := label_value(value)):
            yield invalid("META034", (*at, "values", index), wrong)


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """
    Tell whether a ``LabelSelector`` selects what has ``labels``. An empty one selects everything.

    >>> matches({"matchLabels": {"app": "a"}}, {"app": "a", "tier": "b"})
    True
    >>> matches({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, {})
    True
    """
    for key, value in part(selector, "matchLabels").items():
        if key not in labels or (labels[key] or "") != (value or ""):
            return False
    if not selector.get("matchExpressions"):
        return True
    return all(_holds(expression or {}, labels) for expression in entries(selector, "matchExpressions"))


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key = expression.get("key") or ""
    values = [value or "" for value in entries(expression, "values")]
    match expression.get("operator"):
        case "In":
            return key in labels and (labels[key] or "") in values
        case "NotIn":
            return key not in labels or (labels[key] or "") not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
