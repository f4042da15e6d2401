"""
A project that locks nothing: what its metadata asks for, as new as the index has it on the day of the build.

By uv, which can install what a ``pyproject.toml`` asks for while the source is not there yet. pip cannot.

Source: https://docs.astral.sh/uv/pip/packages/#installing-packages-from-files
"""

import shlex

from kgen.emit.instructions import command_line, run
from kgen.emit.managers.words import EMPTY_VENV, UV_CACHE, VENV, empty_venv, first, install, uv
from kgen.model.packages import Packages


def locked(packages: Packages, _interpreter: str) -> list[list[str]]:
    """Install what the project asks for, as far as that can be read without running its code."""
    line = command_line(
        "uv pip install",
        ("--requirements", packages.requirements),
        ("--extra", packages.extras if packages.requirements else ()),
        ("--group", packages.groups),
        *map(shlex.quote, packages.listed),
    )
    if packages.is_nothing:
        return [[run(EMPTY_VENV)]]
    settings = uv(VENV)
    environment = empty_venv(packages, "uv pip install")
    if not (packages.requirements or packages.listed or packages.groups):
        return [settings, [install(packages, *environment, cache=UV_CACHE) if packages.seeds else run(EMPTY_VENV)]]
    return [settings, first(packages, install(packages, *environment, line, cache=UV_CACHE))]


def project(packages: Packages) -> list[str]:
    """Install the project itself, and what it asks for and is not there yet."""
    what = f".[{','.join(packages.extras)}]" if packages.extras else "."
    command = f"uv pip install {shlex.quote(what)}"
    return [install(packages, command, cache=UV_CACHE)] if packages.installs_project else []
