"""Workloads of several pods that no PodDisruptionBudget is about."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.labels import shown
from kgen.check.reading import part
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources


def workloads_without_budget(resources: Resources) -> Iterator[Finding]:
    """Yield workloads of several pods that may all be evicted at once."""
    from kgen.check.cross.disruption import budgets  # noqa: PLC0415  # the profile `default` asks nothing here
    from kgen.check.cross.scaling import owners, replicas  # noqa: PLC0415  # likewise

    guarded = {(each.namespace, each.key, each.name) for _, selected in budgets(resources) for each in selected}
    autoscalers = owners(resources)
    for kind in ("Deployment", "StatefulSet"):
        for each in resources.of("apps", kind):
            count = replicas(each, autoscalers)
            if each.template is None or count is None or count < 2 or (each.namespace, each.key, each.name) in guarded:  # noqa: PLR2004
                continue
            is_given = "replicas" in each.spec
            message = (
                f"{f'is {count}' if is_given else f'describes {count} pods'}, "
                "but no PodDisruptionBudget selects them: a drain may stop all of them at once"
            )
            helped = f"add one with `maxUnavailable: 1` for `{shown(part(each.spec, 'selector'))}`"
            at = ("spec", "replicas") if is_given else ("spec",)
            yield Finding(each, invalid("XPDB008", at, message, helped))


DEFAULT = ()
STRICT = (workloads_without_budget,)
OFF = ()
