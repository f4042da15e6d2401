"""
PDM.

Source: https://pdm-project.org/en/latest/usage/advanced/#use-pdm-in-a-multi-stage-dockerfile
"""

from kgen.emit.instructions import command_line, env, run
from kgen.emit.managers.words import VENV, compiled, first, tool
from kgen.model.image_plan import ImagePlan

_PDM = "pdm[locked]>=2.20,<2.30"
"""
The newest that runs on the image's Python, none newer than the one that was tried.

``locked`` is PDM as its authors tested it: with newer releases of its own dependencies it breaks now and then.
"""

_CACHE = "/root/.cache/pdm"


def packages(plan: ImagePlan) -> list[list[str]]:
    """
    Install from ``pdm.lock``, and fail if it is out of date.

    The settings win over a ``pdm.toml`` of the project and over a ``.pdm-python`` that names a developer's interpreter.
    """
    settings = env(
        PDM_CHECK_UPDATE="0", PDM_IGNORE_SAVED_PYTHON="1", PDM_USE_UV="0", PDM_USE_VENV="1", VIRTUAL_ENV=VENV
    )
    install = run("/pdm/bin/pdm lock --check", _sync(plan, "--no-self"), cache=_CACHE)
    return [[tool("pdm", _PDM), settings], first(plan, install, compiled(f"{VENV}/lib"))]


def project(plan: ImagePlan) -> list[str]:
    """Install the project itself."""
    return [run(_sync(plan), cache=_CACHE), compiled(f"{VENV}/lib")] if plan.installs_project else []


def _sync(plan: ImagePlan, *how: str) -> str:
    """
    Return the call of PDM, without the project's hooks: they are a developer's (``pre-commit install``).

    Without ``--prod`` or the name of a group, all of them are installed. ``--prod`` and names exclude each other.
    """
    groups = (("--group", plan.groups),) if plan.groups else ("--prod",)
    return command_line("/pdm/bin/pdm sync --no-editable --skip :all", *groups, ("--group", plan.extras), *how)
