"""
uv.

Source: https://docs.astral.sh/uv/guides/integration/docker/
"""

import re

from kgen.emit.instructions import command_line
from kgen.emit.managers.words import UV_CACHE, VENV, first, install, uv
from kgen.model.packages import Packages

_OLD = re.compile(r"uv==0\.[0-8](\.|$)")
"""Versions of uv that may not know how to leave out path dependencies, only workspace members."""


def locked(packages: Packages, interpreter: str) -> list[list[str]]:
    """
    Install from ``uv.lock``.

    The first run leaves out everything local and is ``--frozen``, since the folders of workspace members and path
    dependencies are not there yet; the second is ``--locked`` and fails if the lock file is out of date.
    """
    old = _OLD.match(packages.tool)
    local = "--no-install-workspace" if old else "--no-install-local"
    sync = install(packages, _sync(packages, f"--frozen {local}"), cache=UV_CACHE)
    return [uv(interpreter, UV_PROJECT_ENVIRONMENT=VENV), first(packages, sync)]


def project(packages: Packages) -> list[str]:
    """
    Run again even if the project is no package: path dependencies were left out before.

    ``--refresh``, or the cache of an earlier build would answer with the project as it was: uv takes it for unchanged
    as long as its ``pyproject.toml`` is.

    Source: https://docs.astral.sh/uv/concepts/cache/#dynamic-metadata
    """
    virtual = "" if packages.installs_project or packages.member else " --no-install-project"
    return [install(packages, _sync(packages, f"--locked --refresh --no-editable{virtual}"), cache=UV_CACHE)]


def _sync(packages: Packages, how: str) -> str:
    """Return the call of uv: default groups (``dev``) are never installed, only what the plan names."""
    return command_line(
        f"uv sync {how} --no-default-groups",
        ("--package", [packages.member] if packages.member else []),
        ("--extra", packages.extras),
        ("--group", packages.groups),
    )
