"""Types of components, and the kinds of objects that run them."""

from collections.abc import Mapping
from typing import Final

from kgen.model.component import Component
from kgen.model.plan import Kind

REPLICATED: Final = ("web", "worker", "stateful")
"""Types with a number of pods that somebody chooses."""

RUNS_FOR_EVER: Final = (*REPLICATED, "daemon")
SERVES: Final = ("web", "stateful")
"""Types whose ports are asked by kgen's own probes where the user gives none."""

ENDS: Final = ("cron", "job")
HAS_PODS: Final = (*RUNS_FOR_EVER, *ENDS)

_KINDS: Mapping[str, Kind] = {
    "web": "Deployment",
    "worker": "Deployment",
    "stateful": "StatefulSet",
    "daemon": "DaemonSet",
    "cron": "CronJob",
    "job": "Job",
}


def kind_of(component: Component) -> Kind:
    """Return the kind of the object that runs ``component``."""
    return _KINDS[component.type]
