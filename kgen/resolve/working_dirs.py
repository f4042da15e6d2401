"""
The folder that the program of a container starts in.

An image that kgen builds starts where the component does that it runs by itself; what starts elsewhere says so.
"""

from collections.abc import Mapping

from kgen.model.app import App
from kgen.model.companions import InitContainer, Sidecar
from kgen.model.component import Component
from kgen.model.container import Build
from kgen.model.image_plan import APP
from kgen.resolve import images, outputs


def of_component(app: App, component: Component, started: Mapping[outputs.Key, str]) -> str:
    """
    Return where ``component`` starts, empty where its image says so.

    Args:
        app: Its app.
        component: Its own choice counts.
        started: Where images start that kgen builds.
    """
    return component.working_dir or _back(images.build_of(app, component), started)


def of_companion(
    app: App, component: Component, companion: InitContainer | Sidecar, started: Mapping[outputs.Key, str]
) -> str:
    """Return where a container beside that of ``component`` starts."""
    is_same = companion.image.repository == component.image.repository
    return companion.working_dir or (_back(images.build_of(app, component), started) if is_same else "")


def of_release(app: App, started: Mapping[outputs.Key, str]) -> str:
    """Return where the release starts: by default, where the component does that its image is made for."""
    own = app.release.working_dir if app.release else None
    first = images.main([each for each in app.components.values() if _has_image_of(app, each)])
    return own or (first.working_dir if first else None) or _back(app.build, started)


def _has_image_of(app: App, component: Component) -> bool:
    is_same = component.build is None and component.image.repository == app.image.repository
    return is_same and component.type != "external"


def _back(build: Build | None, started: Mapping[outputs.Key, str]) -> str:
    """Return ``/app`` where the image of ``build`` would start elsewhere by itself."""
    is_elsewhere = build is not None and build.dockerfile is None and started.get(outputs.key(build), APP) != APP
    return APP if is_elsewhere else ""
