"""
Pipenv.

Source: https://pipenv.pypa.io/en/latest/docker.html
"""

from kgen.emit.instructions import command_line, env
from kgen.emit.managers.words import VENV, compiled, first, install, tool
from kgen.model.packages import Packages

_LISTED = "/tmp/requirements.txt"  # noqa: S108  # in the builder, where nobody else is
_CACHE = "/root/.cache/pipenv"


def locked(packages: Packages, _interpreter: str) -> list[list[str]]:
    """
    Install from ``Pipfile.lock``, and fail if it is out of date.

    A negative verbosity spares the log a courtesy notice on the environment, which is the one that is meant.
    """
    settings = env(PIPENV_NOSPIN="1", PIPENV_VERBOSITY="-1", VIRTUAL_ENV=VENV)
    fill = _without_folders(packages) if packages.postponed else [_sync(packages)]
    sync = install(packages, "/pipenv/bin/pipenv verify", *fill, cache=_CACHE)
    return [[tool("pipenv", packages), settings], first(packages, sync, compiled(f"{VENV}/lib"))]


def project(packages: Packages) -> list[str]:
    """Install folders that the lock file names, as ``-e .``; a project of Pipenv is no package by itself."""
    if not packages.postponed:
        return []
    return [install(packages, _sync(packages), cache=_CACHE), compiled(f"{VENV}/lib")]


def _sync(packages: Packages) -> str:
    """Return the call of Pipenv: ``sync``, since ``install`` may lock anew."""
    return command_line("/pipenv/bin/pipenv sync", _categories(packages))


def _without_folders(packages: Packages) -> list[str]:
    """Return the installation of everything but folders, which Pipenv itself cannot leave out."""
    hashes = ["--hash"] if packages.hashes else []
    return [
        command_line("/pipenv/bin/pipenv requirements", *hashes, _categories(packages), f"> {_LISTED}"),
        f"sed --in-place --expression='/^\\(-e \\)\\?\\./d' {_LISTED}",
        f"pip --python {VENV} install --no-compile --no-deps --requirement {_LISTED}",
    ]


def _categories(packages: Packages) -> tuple[str, list[str]]:
    """Return the option for groups, which Pipenv calls categories."""
    return "--categories", [" ".join(("packages", *packages.groups))] if packages.groups else []
