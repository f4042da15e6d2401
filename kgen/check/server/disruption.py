"""Rules of the API server about PodDisruptionBudgets."""

from __future__ import annotations

from kgen.check.server import selectors
from kgen.check.server.amounts import percent
from kgen.check.server.errors import invalid, unsupported
from kgen.check.server.kinds import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context

_AMOUNTS = ("minAvailable", "maxUnavailable")
_UNHEALTHY = ("AlwaysAllow", "IfHealthyBudget")
_WHOLE = 100


def disruption_budget(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a PodDisruptionBudget."""
    spec = part(value, "spec")
    amounts = [(key, spec[key]) for key in _AMOUNTS if spec.get(key) is not None]
    if len(amounts) == len(_AMOUNTS):
        yield invalid("PDB001", ("spec",), "must not have `minAvailable` and `maxUnavailable` both")
    for key, amount in amounts:
        if isinstance(amount, str):
            share = percent(amount)
            if share is None:
                message = f"must be a number of pods, or a percentage such as `50%`, but is `{amount}`"
                yield invalid("PDB002", ("spec", key), message)
            elif share > _WHOLE:
                yield invalid("PDB003", ("spec", key), f"must be at most `100%`, but is `{amount}`")
        elif amount < 0:
            yield invalid("PDB002", ("spec", key), f"must be at least 0, but is {amount}")
    yield from selectors.label_selector(part(spec, "selector"), ("spec", "selector"), context)
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in _UNHEALTHY:
        yield unsupported("PDB005", ("spec", "unhealthyPodEvictionPolicy"), policy, _UNHEALTHY)
