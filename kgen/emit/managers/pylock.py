"""
``pylock.toml``, the lock file of no manager in particular. By uv: of pip, only the newest reads it, as an experiment.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

import shlex

from kgen.emit.instructions import command_line
from kgen.emit.managers.words import EMPTY_VENV, UV_CACHE, VENV, first, install, uv
from kgen.model.packages import Packages


def locked(packages: Packages, _interpreter: str) -> list[list[str]]:
    """Install exactly what the file says."""
    files = " ".join(map(shlex.quote, packages.requirements))
    sync = command_line(f"uv pip sync {files}", ("--extra", packages.extras), ("--group", packages.groups))
    layer = install(packages, EMPTY_VENV, sync, cache=UV_CACHE)
    return [uv(VENV), first(packages, layer)]


def project(packages: Packages) -> list[str]:
    """Install the project itself, whose dependencies are all there."""
    command = "uv pip install --no-deps ."
    return [install(packages, command, cache=UV_CACHE)] if packages.installs_project else []
