"""
uv.

Source: https://docs.astral.sh/uv/guides/integration/docker/
"""

from kgen.emit.instructions import command_line, env, run
from kgen.emit.managers.words import VENV, first
from kgen.model.image_plan import ImagePlan

_CACHE = "/root/.cache/uv"


def packages(plan: ImagePlan) -> list[list[str]]:
    """
    Install from ``uv.lock``.

    ``UV_PYTHON`` wins over a ``.python-version`` of the project, which may name another patch release than the base
    image has. The first run leaves out everything local and is ``--frozen``, since the folders of workspace members and
    path dependencies are not there yet; the second is ``--locked`` and fails if the lock file is out of date.
    """
    settings = env(
        UV_PYTHON=plan.interpreter,
        UV_PYTHON_DOWNLOADS="0",
        UV_PROJECT_ENVIRONMENT=VENV,
        UV_LINK_MODE="copy",
        UV_COMPILE_BYTECODE="1",
        PYC_INVALIDATION_MODE="UNCHECKED_HASH",
    )
    install = run(_sync(plan, "--frozen --no-install-local"), cache=_CACHE)
    return [["COPY --from=uv /uv /usr/local/bin/uv", settings], first(plan, install)]


def project(plan: ImagePlan) -> list[str]:
    """
    Run again even if the project is no package: path dependencies were left out before.

    ``--refresh``, or the cache of an earlier build would answer with the project as it was: uv takes it for unchanged
    as long as its ``pyproject.toml`` is.

    Source: https://docs.astral.sh/uv/concepts/cache/#dynamic-metadata
    """
    what = "--no-editable" if plan.installs_project else "--no-editable --no-install-project"
    return [run(_sync(plan, f"--locked --refresh {what}"), cache=_CACHE)]


def _sync(plan: ImagePlan, how: str) -> str:
    """Return the call of uv: default groups (``dev``) are never installed, only what the plan names."""
    return command_line(f"uv sync {how} --no-default-groups", ("--extra", plan.extras), ("--group", plan.groups))
