"""Ports on the developer's machine, of which every one is used once."""

from kgen.model.plan import Plan

_PRIVILEGED = 1024
_MOVED = 8000


def published_ports(plan: Plan) -> dict[str, dict[tuple[int, str], int]]:
    """
    Return component → port in the container and its protocol → port on the developer's machine.

    Components with routes are reachable, or all of `web` if none has one. Two that listen on the same number
    get the next free one. Ports that only root may open are moved: 80 is 8080.
    """
    web = [workload for workload in plan.workloads if workload.type == "web"]
    routed = [workload for workload in web if workload.ingresses or workload.gateway or workload.public] or web
    taken: set[tuple[int, str]] = set()
    made: dict[str, dict[tuple[int, str], int]] = {}
    for workload in routed:
        for port in workload.service:
            host = port.port if port.port >= _PRIVILEGED else _MOVED + port.port
            while (host, port.protocol) in taken:
                host += 1
            taken.add((host, port.protocol))
            made.setdefault(workload.target.component, {})[port.port, port.protocol] = host
    return made


def browser_ports(plan: Plan, taken: set[int]) -> dict[str, int]:
    """Return need → port on the developer's machine, for those that have something to see."""
    made: dict[str, int] = {}
    for need in plan.needs:
        if need.published:
            host = need.published
            while host in {*taken, *made.values()}:
                host += 1
            made[need.name] = host
    return made
