"""
compose.yaml: the same plan for local work, with containers for the backing services.

Commands, ports, users and writable paths are those of the manifests. Passwords in here are for containers on a
developer's machine; secrets of the user's own come from the shell or from `.env`, by name.

Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

from typing import Any

from kgen.emit.compose.backing import container
from kgen.emit.compose.example import env_example
from kgen.emit.compose.names import volume
from kgen.emit.compose.networks import NETWORKS, joined
from kgen.emit.compose.ports import browser_ports, published_ports
from kgen.emit.compose.services import services
from kgen.emit.compose.storage import build_secrets, copies, kept_volumes, secrets
from kgen.model.plan import Plan

__all__ = ["beside", "compose"]


def compose(plan: Plan) -> dict[str, Any]:
    """Return compose.yaml for ``plan`` as a mapping, keys in the order in which they are written."""
    published = published_ports(plan)
    browsers = browser_ports(plan, {host for ports in published.values() for host in ports.values()})
    made_services: dict[str, Any] = {}
    for workload in plan.workloads:
        made_services |= services(plan, workload, published.get(workload.target.component, {}))
    backing = {need.name: container(need, browsers.get(need.name)) for need in plan.needs}
    volumes = [f"{need.name}-data" for need in plan.needs if need.data]
    for workload in plan.workloads:
        volumes += [volume(workload, name) for name in kept_volumes(workload)]
    made: dict[str, Any] = {"name": plan.app, "services": made_services | backing}
    if volumes:
        made["volumes"] = {name: {} for name in volumes}
    if any(joined(each, run) for each in plan.workloads for run in each.containers):
        made["networks"] = NETWORKS
    if files := secrets(plan) | build_secrets(plan):
        made["secrets"] = files
    return made


def beside(plan: Plan, header: str) -> dict[str, str]:
    """Return what compose.yaml refers to, and kgen makes, by its name: files to mount, and the example of `.env`."""
    return copies(plan) | env_example(plan, header)
