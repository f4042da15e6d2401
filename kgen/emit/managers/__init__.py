"""
Python packages in a Dockerfile's builder: what each package manager needs to fill one virtual environment.

Locked packages first, from the lock files alone, then the project: a changed line of code installs nothing again.
A manager is a module with two functions: ``locked`` returns the blocks that install what is locked without the
project, ``project`` what is left to do once the source is there.
"""

from collections.abc import Callable, Mapping

from kgen.emit.instructions import env
from kgen.emit.managers import bare, pdm, pip, pipenv, poetry, pylock, uv
from kgen.emit.managers.words import VENV, compiled
from kgen.model.packages import Installer, Packages

__all__ = ["VENV", "compiled", "locked", "project"]

_LOCKED: Mapping[Installer, Callable[[Packages, str], list[list[str]]]] = {
    "pip": pip.locked,
    "uv": uv.locked,
    "poetry": poetry.locked,
    "pdm": pdm.locked,
    "pipenv": pipenv.locked,
    "pylock": pylock.locked,
    "project": bare.locked,
}
_PROJECT: Mapping[Installer, Callable[[Packages], list[str]]] = {
    "pip": pip.project,
    "uv": uv.project,
    "poetry": poetry.project,
    "pdm": pdm.project,
    "pipenv": pipenv.project,
    "pylock": pylock.project,
    "project": bare.project,
}


def locked(packages: Packages, interpreter: str) -> list[list[str]]:
    """
    Return the blocks that install what is locked, without the project itself.

    Args:
        packages: What is installed, and by what.
        interpreter: What uv takes for Python.
    """
    return _LOCKED[packages.installer](packages, interpreter)


def project(packages: Packages) -> list[str]:
    """
    Return what is left to install once the source is there.

    A build backend that takes the version from Git does not find it: history is in no image. Whoever builds a release
    says it with ``--build-arg VERSION=…``.
    """
    steps = _PROJECT[packages.installer](packages)
    if not (steps and packages.version_variable):
        return steps
    return ["ARG VERSION=0.0.0", env(**{packages.version_variable: "$VERSION"}), *steps]
