"""
Pods that no node can take, whatever its labels.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import entries, mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.diag import Path

_WHERE = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")


def pods_for_no_node(resources: Resources) -> Iterator[Finding]:
    """Yield pods that ask for a label with two values, or with a value and without it."""
    for resource in resources.all_workloads():
        template = resource.template
        if template is None or "affinity" not in template.spec:
            continue
        terms = mappings(template.spec, *_WHERE)
        selector = texts(part(template.spec, "nodeSelector"))
        at = (*template.at_spec, *_WHERE)
        wrong = [found for index, term in terms if (found := _contradiction(term, (*at, index), selector))]
        # one of the terms is enough
        if wrong and len(wrong) == len(terms):
            path, message = wrong[0]
            helped = "no node meets both: remove one of the two"
            fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row="XWRK020")
            related = [(resource, (*template.at_spec, "nodeSelector"), "what is asked for too")] if selector else []
            yield Finding(resource, fault, related)


def _contradiction(term: Mapping[str, Any], at: Path, selector: Mapping[str, str]) -> tuple[Path, str] | None:
    allowed: dict[str, set[str]] = {key: {value} for key, value in selector.items()}
    for index, each in mappings(term, "matchExpressions"):
        key, operator = text(each, "key"), text(each, "operator")
        values = {value for value in entries(each, "values") if isinstance(value, str)}
        path = (*at, "matchExpressions", index)
        before = allowed.get(key)
        if operator == "In" and values:
            allowed[key] = values if before is None else before & values
        elif operator == "NotIn" and before is not None:
            allowed[key] = before - values
        elif operator == "DoesNotExist" and before is not None:
            allowed[key] = set()
        if before and not allowed[key]:
            return (
                path,
                f"asks for nodes whose `{key}` {_words(operator, sorted(values))}, but it has to be {_or(before)}",
            )
    return None


def _words(operator: str, values: Sequence[str]) -> str:
    if operator == "DoesNotExist":
        return "is not set"
    return ("is " if operator == "In" else "is not ") + _or(values)


def _or(values: Sequence[str] | set[str]) -> str:
    return " or ".join(f"`{value}`" for value in sorted(values))


DEFAULT = (pods_for_no_node,)
STRICT = ()
OFF = ()
