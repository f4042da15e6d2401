"""
Python packages in a Dockerfile's builder: what each package manager needs to fill one virtual environment.

Locked packages first, from the lock files alone, then the project: a changed line of code installs nothing again.
A manager is a module with two functions: ``packages`` returns the blocks that install what is locked without the
project, ``project`` what is left to do once the source is there.
"""

from collections.abc import Callable, Mapping

from kgen.emit.managers import pdm, pip, pipenv, poetry, uv
from kgen.emit.managers.words import VENV, compiled
from kgen.model.image_plan import ImagePlan, Manager

__all__ = ["VENV", "compiled", "packages", "project"]

_PACKAGES: Mapping[Manager, Callable[[ImagePlan], list[list[str]]]] = {
    "pip": pip.packages,
    "uv": uv.packages,
    "poetry": poetry.packages,
    "pdm": pdm.packages,
    "pipenv": pipenv.packages,
}
_PROJECT: Mapping[Manager, Callable[[ImagePlan], list[str]]] = {
    "pip": pip.project,
    "uv": uv.project,
    "poetry": poetry.project,
    "pdm": pdm.project,
    "pipenv": pipenv.project,
}


def packages(plan: ImagePlan) -> list[list[str]]:
    """Return the blocks that install what is locked, without the project itself."""
    return _PACKAGES[plan.manager](plan)


def project(plan: ImagePlan) -> list[str]:
    """Return what is left to install once the source is there."""
    return _PROJECT[plan.manager](plan)
