"""Names of what a component has besides its own service; no name of a component or a need has their underscore."""

from kgen.model.plan import Container, Workload


def companion(workload: Workload, container: Container) -> str:
    return f"{workload.target.component}_{container.name}"


def volume(workload: Workload, name: str) -> str:
    return f"{workload.target.component}_{name}"
