"""
PDM.

Source: https://pdm-project.org/en/latest/usage/advanced/#use-pdm-in-a-multi-stage-dockerfile
"""

from kgen.emit.instructions import command_line, env
from kgen.emit.managers.words import VENV, compiled, first, install, tool
from kgen.model.packages import Packages

_CACHE = "/root/.cache/pdm"


def locked(packages: Packages, _interpreter: str) -> list[list[str]]:
    """
    Install from ``pdm.lock``, and fail if it is out of date.

    The settings win over a ``pdm.toml`` of the project and over a ``.pdm-python`` that names a developer's interpreter.
    """
    settings = env(
        PDM_CHECK_UPDATE="0", PDM_IGNORE_SAVED_PYTHON="1", PDM_USE_UV="0", PDM_USE_VENV="1", VIRTUAL_ENV=VENV
    )
    sync = install(packages, "/pdm/bin/pdm lock --check", _sync(packages, "--no-self"), cache=_CACHE)
    return [[tool("pdm", packages), settings], first(packages, sync, compiled(f"{VENV}/lib"))]


def project(packages: Packages) -> list[str]:
    """Install the project itself."""
    if not packages.installs_project:
        return []
    return [install(packages, _sync(packages), cache=_CACHE), compiled(f"{VENV}/lib")]


def _sync(packages: Packages, *how: str) -> str:
    """
    Return the call of PDM, without the project's hooks: they are a developer's (``pre-commit install``).

    Without ``--prod`` or the name of a group, all of them are installed. ``--prod`` and names exclude each other.
    """
    groups = (("--group", packages.groups),) if packages.groups else ("--prod",)
    return command_line("/pdm/bin/pdm sync --no-editable --skip :all", *groups, ("--group", packages.extras), *how)
