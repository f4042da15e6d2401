"""
The network on which apps of one machine find each other; those of one compose.yaml share its default one anyway.

Every app that calls another one, or lets another one in, names the same network. Whichever is started first makes it.
There, a component has the name of its Service in the cluster. (The other way round, by a port of the machine, would
need ports that the whole network of the developer sees.)

Source: https://github.com/compose-spec/compose-spec/blob/main/06-networks.md
"""

from typing import Any

from kgen.model.plan import Address, Container, Workload

_APPS = "apps"
NETWORKS: dict[str, Any] = {"default": {}, _APPS: {"name": "kgen"}}


def joined(workload: Workload, run: Container) -> dict[str, Any]:
    """Return the networks of ``run``; none if the default one will do."""
    own = run is workload.container
    # sidecars share the network of the component's own container
    callers = (run, *workload.early_sidecars, *workload.sidecars) if own else (run,)
    if own and workload.is_called_by_apps:
        return {"networks": {"default": {}, _APPS: {"aliases": [workload.target.name]}}}
    return {"networks": ["default", _APPS]} if any(map(_calls_apps, callers)) else {}


def _calls_apps(run: Container) -> bool:
    parts = (part for variable in run.variables for part in variable.parts)
    return any(isinstance(part, Address) and part.app for part in parts)
