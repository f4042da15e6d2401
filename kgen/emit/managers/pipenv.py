"""
Pipenv.

Source: https://pipenv.pypa.io/en/latest/docker.html
"""

from kgen.emit.instructions import command_line, env, run
from kgen.emit.managers.words import VENV, compiled, first, tool
from kgen.model.image_plan import ImagePlan

_PIPENV = "pipenv>=2023.12,<2027"
"""The newest that runs on the image's Python, none newer than the years that were tried."""

_CACHE = "/root/.cache/pipenv"


def packages(plan: ImagePlan) -> list[list[str]]:
    """
    Install from ``Pipfile.lock``, and fail if it is out of date.

    ``sync``, since ``install`` may lock anew. A negative verbosity spares the log a courtesy notice on the environment,
    which is the one that is meant.
    """
    settings = env(PIPENV_NOSPIN="1", PIPENV_VERBOSITY="-1", VIRTUAL_ENV=VENV)
    categories = [" ".join(("packages", *plan.groups))] if plan.groups else []
    sync = command_line("/pipenv/bin/pipenv sync", ("--categories", categories))
    install = run("/pipenv/bin/pipenv verify", sync, cache=_CACHE)
    return [[tool("pipenv", _PIPENV), settings], first(plan, install, compiled(f"{VENV}/lib"))]


def project(_plan: ImagePlan) -> list[str]:
    """Install nothing: a project of Pipenv is no package."""
    return []
