"""Whether somebody watches how much a component needs."""

from collections.abc import Iterator

from kgen.diag import Diagnostic
from kgen.features.vertical_scaling import API_VERSION
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.resolve import installed
from kgen.resolve.kinds import RUNS_FOR_EVER


def is_watched(component: Component, platform: Platform) -> bool:
    """Tell whether a VerticalPodAutoscaler watches ``component``."""
    wanted = component.vertical_scaling or platform.scaling.vertical_scaling
    return wanted == "recommend" and component.type in RUNS_FOR_EVER


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield components that want one in a cluster that has none; a platform that wants one has it."""
    for name, component in app.components.items():
        if component.vertical_scaling == "recommend" and not platform.scaling.vertical_scaling:
            at = ("components", name, "verticalScaling")
            yield from installed.faults(platform, API_VERSION, "VerticalPodAutoscaler", at)
