"""
Poetry.

Source: https://python-poetry.org/docs/faq/
"""

from kgen.emit.instructions import command_line, env
from kgen.emit.managers.words import VENV, compiled, first, install, tool
from kgen.model.packages import Packages

_CACHE = "/root/.cache/pypoetry"


def locked(packages: Packages, _interpreter: str) -> list[list[str]]:
    """Install from ``poetry.lock``."""
    settings = env(POETRY_NO_INTERACTION="1", VIRTUAL_ENV=VENV)
    sync = install(packages, _sync(packages, "--no-root --no-directory"), cache=_CACHE)
    return [[tool("poetry", packages), settings], first(packages, sync, compiled(f"{VENV}/lib"))]


def project(packages: Packages) -> list[str]:
    """Run again even if the project is no package: path dependencies were left out before."""
    return [install(packages, _sync(packages, "" if packages.installs_project else "--no-root"), cache=_CACHE)]


def _sync(packages: Packages, how: str) -> str:
    """Return the call of Poetry. Before 2.0 there is no ``sync``; in a new environment ``install`` does the same."""
    verb = "install" if packages.tool.startswith("poetry==1.") else "sync"
    groups = ",".join(("main", *packages.groups))
    line = command_line(f"/poetry/bin/poetry {verb}", ("--only", [groups]), ("--extras", packages.extras))
    return f"{line} {how}".rstrip()
