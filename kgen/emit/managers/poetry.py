"""
Poetry.

Source: https://python-poetry.org/docs/faq/
"""

from kgen.emit.instructions import command_line, env, run
from kgen.emit.managers.words import VENV, compiled, first, tool
from kgen.model.image_plan import ImagePlan

_CACHE = "/root/.cache/pypoetry"


def packages(plan: ImagePlan) -> list[list[str]]:
    """Install from ``poetry.lock``."""
    settings = env(POETRY_NO_INTERACTION="1", VIRTUAL_ENV=VENV)
    install = run(_sync(plan, "--no-root --no-directory"), cache=_CACHE)
    return [
        [tool("poetry", f"poetry=={plan.poetry_version}"), settings],
        first(plan, install, compiled(f"{VENV}/lib")),
    ]


def project(plan: ImagePlan) -> list[str]:
    """Run again even if the project is no package: path dependencies were left out before."""
    return [run(_sync(plan, "" if plan.installs_project else "--no-root"), cache=_CACHE)]


def _sync(plan: ImagePlan, how: str) -> str:
    """Return the call of Poetry. Before 2.0 there is no ``sync``; in a new environment ``install`` does the same."""
    verb = "install" if plan.poetry_version.split(".")[0] == "1" else "sync"
    groups = ",".join(("main", *plan.groups))
    line = command_line(f"/poetry/bin/poetry {verb}", ("--only", [groups]), ("--extras", plan.extras))
    return f"{line} {how}".rstrip()
