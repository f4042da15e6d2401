"""What starts after what."""

from kgen.emit.compose.names import companion
from kgen.model.plan import Address, Container, Plan, SecretKey, Workload


def runs_first(workload: Workload) -> bool:
    """Tell whether the others wait until this one has ended."""
    return workload.run is not None and workload.run.when == "pre-deploy"


def conditions(plan: Plan, workload: Workload, run: Container, after: str) -> dict[str, dict[str, str]]:
    parts = [part for variable in run.variables for part in variable.parts]
    used = {part.need for part in parts if isinstance(part, SecretKey)}
    used |= {part.component for part in parts if isinstance(part, Address)}
    made = {need.name: {"condition": "service_healthy"} for need in plan.needs if need.name in used}
    if not runs_first(workload):
        for first in filter(runs_first, plan.workloads):
            made[first.target.component] = {"condition": "service_completed_successfully"}
    before = [companion(workload, each) for each in workload.init] if run is workload.container else [after]
    made |= {name: {"condition": "service_completed_successfully"} for name in before if name}
    return made
