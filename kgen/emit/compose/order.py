"""
What starts after what.

Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#depends_on
"""

from collections.abc import Mapping

from kgen.emit.compose.health import health_check
from kgen.emit.compose.names import companion
from kgen.model.plan import Address, Container, Plan, SecretKey, Workload

_HEALTHY = "service_healthy"
_STARTED = "service_started"
_ENDED = "service_completed_successfully"


def runs_first(workload: Workload) -> bool:
    """Tell whether the others wait until this one has ended."""
    return workload.run is not None and workload.run.when == "pre-deploy"


def is_on_demand(workload: Workload) -> bool:
    """Tell whether it runs only when somebody asks for it."""
    return workload.run is not None and not runs_first(workload)


def conditions(plan: Plan, workload: Workload, run: Container, after: str) -> dict[str, dict[str, str]]:
    """
    Return what has to be there before ``run`` starts: what it calls, what runs first, and the companion ``after``.

    Components that call each other start side by side, as they do in the cluster.
    """
    parts = [part for variable in run.variables for part in variable.parts]
    used = {part.need for part in parts if isinstance(part, SecretKey)}
    used |= {part.component for part in parts if isinstance(part, Address)}
    made = {need.name: _HEALTHY for need in plan.needs if need.name in used}
    if not runs_first(workload):
        made |= {first.target.component: _ENDED for first in plan.workloads if runs_first(first)}
        made |= _called(plan, workload, used)
    before = [companion(workload, each) for each in workload.init] if run is workload.container else [after]
    made |= {name: _ENDED for name in before if name}
    return {name: {"condition": condition} for name, condition in made.items()}


def _called(plan: Plan, workload: Workload, used: set[str]) -> dict[str, str]:
    """Return the components among ``used`` that ``workload`` can wait for: those that do not wait for it."""
    own = workload.target.component
    calls = {each.target.component: _calls(each) for each in plan.workloads}
    return {
        each.target.component: _HEALTHY if health_check(each, each.container) else _STARTED
        for each in plan.workloads
        if each.target.component in used - {own}
        and each.run is None
        and own not in _reached(calls, each.target.component)
    }


def _calls(workload: Workload) -> set[str]:
    parts = (part for each in workload.containers for variable in each.variables for part in variable.parts)
    return {part.component for part in parts if isinstance(part, Address)}


def _reached(calls: Mapping[str, set[str]], start: str) -> set[str]:
    """
    Return all that ``start`` calls, directly or by others.

    >>> sorted(_reached({"web": {"api"}, "api": {"web", "auth"}}, "web"))
    ['api', 'auth', 'web']
    """
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = calls.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
