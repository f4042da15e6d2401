"""
Which labels a selector matches.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from __future__ import annotations

from kgen.check.reading import entries, mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


ADDED_LATER = frozenset(
    {
        *("apps.kubernetes.io/pod-index", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"),
        *("batch.kubernetes.io/job-completion-index", "controller-revision-hash", "controller-uid", "job-name"),
        *("pod-template-generation", "pod-template-hash", "rollouts-pod-template-hash"),
        *("statefulset.kubernetes.io/pod-name", "topology.kubernetes.io/region", "topology.kubernetes.io/zone"),
    }
)
"""Labels that pods get from their controllers: no template has them."""


def has_all(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Tell whether ``labels`` has all pairs of ``wanted``, as the selector of a Service asks."""
    for key, value in wanted.items():  # noqa: SIM110  # a generator takes twice as long, and this is asked often
        if labels.get(key) != value:
            return False
    return True


def selects(selector: Any, labels: Mapping[str, str]) -> bool:
    """
    Tell whether a LabelSelector (``matchLabels``, ``matchExpressions``) matches; an empty one matches all.

    >>> selects({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}, {"app": "web"})
    True
    """
    if not isinstance(selector, dict):
        return False  # null selects nothing
    if not has_all(texts(part(selector, "matchLabels")), labels):
        return False
    if not selector.get("matchExpressions"):
        return True
    return all(_holds(each, labels) for _, each in mappings(selector, "matchExpressions"))


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = text(expression, "key"), entries(expression, "values")
    match text(expression, "operator"):
        case "In":
            return labels.get(key) in values and key in labels
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False


def is_empty(selector: Any) -> bool:
    """Tell whether a LabelSelector matches everything."""
    return (
        isinstance(selector, dict) and not part(selector, "matchLabels") and not entries(selector, "matchExpressions")
    )


def shown(selector: Mapping[str, Any]) -> str:
    """
    Return a selector in the words of kubectl.

    >>> shown({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]})
    'app=web,tier'
    """
    pairs = [f"{key}={value}" for key, value in texts(part(selector, "matchLabels")).items()]
    for _, each in mappings(selector, "matchExpressions"):
        key, values = text(each, "key"), ",".join(map(str, entries(each, "values")))
        words = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }
        pairs.append(words.get(text(each, "operator"), key))
    return ",".join(pairs)
