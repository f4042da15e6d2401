"""
Python packages in a Dockerfile's builder: what pip, uv and Poetry each need to fill one virtual environment.

Locked packages first, from the lock file alone, then the project: a changed line of code installs nothing again.

Source: https://docs.astral.sh/uv/guides/integration/docker/, https://python-poetry.org/docs/faq/,
https://pip.pypa.io/en/stable/topics/repeatable-installs/
"""

import shlex
from posixpath import dirname
from typing import assert_never

from kgen.emit.dockerignore import copied_by_name
from kgen.emit.instructions import command_line, copy, env, run
from kgen.model.image_plan import ImagePlan

VENV = "/venv"
"""Not below ``/app``: a folder of a developer that is mounted there (compose) must not hide it."""

PIP_CACHE = "/root/.cache/pip"
UV_CACHE = "/root/.cache/uv"
POETRY_CACHE = "/root/.cache/pypoetry"

FIRST = "# Packages first: this layer is built again only if these files change."


def compiled(path: str) -> str:
    """
    Return the compilation of everything below ``path``.

    The bytecode depends on the source alone, not on its time stamp, and is never compared with it again: the image does
    not change. Failures do not count: packages ship files that are no Python of this version (templates, tests of
    parsers), and what has no bytecode can still be imported.
    """
    return f"RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash {path} || true"


def packages(plan: ImagePlan) -> list[list[str]]:
    """Return the blocks that install what is locked, without the project itself."""
    match plan.manager:
        case "pip":
            return _pip(plan)
        case "uv":
            return _uv(plan)
        case "poetry":
            return _poetry(plan)
        case other:
            assert_never(other)


def project(plan: ImagePlan) -> list[str]:
    """
    Return what is left to install once the source is there.

    uv and Poetry run again even if the project is no package: path dependencies were left out before.
    """
    match plan.manager:
        case "pip":
            install = f"pip --python {VENV} install --no-compile --no-deps ."
            return [run(install, cache=PIP_CACHE), compiled(f"{VENV}/lib")] if plan.installs_project else []
        case "uv":
            what = "--no-editable" if plan.installs_project else "--no-editable --no-install-project"
            return [run(_uv_sync(plan, f"--locked {what}"), cache=UV_CACHE)]
        case "poetry":
            return [run(_poetry_sync(plan, "" if plan.installs_project else "--no-root"), cache=POETRY_CACHE)]
        case other:
            assert_never(other)


def _pip(plan: ImagePlan) -> list[list[str]]:
    """
    Install the requirements file, which stands for the lock: extras and groups are what it names.

    The environment gets no pip of its own; the one of the base image installs into it.
    """
    hashes = "--require-hashes " if plan.hashes else ""
    folders: dict[str, list[str]] = {}
    for name in copied_by_name(plan):
        folders.setdefault(dirname(name), []).append(name)
    return [
        [
            FIRST,
            *(copy(names, f"{folder}/" if folder else "./") for folder, names in folders.items()),
            run(
                f"python -m venv --without-pip {VENV}",
                f"pip --python {VENV} install --no-compile {hashes}--requirement {shlex.quote(plan.requirements)}",
                cache=PIP_CACHE,
            ),
            compiled(f"{VENV}/lib"),
        ]
    ]


def _uv(plan: ImagePlan) -> list[list[str]]:
    """
    Install from ``uv.lock``.

    ``UV_PYTHON`` wins over a ``.python-version`` of the project, which may name another patch release than the base
    image has. The first run leaves out everything local and is ``--frozen``, since the folders of workspace members and
    path dependencies are not there yet; the second is ``--locked`` and fails if the lock file is out of date.
    """
    settings = env(
        UV_PYTHON=plan.python,
        UV_PYTHON_DOWNLOADS="0",
        UV_PROJECT_ENVIRONMENT=VENV,
        UV_LINK_MODE="copy",
        UV_COMPILE_BYTECODE="1",
        PYC_INVALIDATION_MODE="UNCHECKED_HASH",
    )
    install = run(_uv_sync(plan, "--frozen --no-install-local"), cache=UV_CACHE)
    return [
        ["COPY --from=uv /uv /usr/local/bin/uv", settings],
        [FIRST, copy(copied_by_name(plan), "./"), install],
    ]


def _uv_sync(plan: ImagePlan, how: str) -> str:
    """Return the call of uv: default groups (``dev``) are never installed, only what the plan names."""
    return command_line(f"uv sync {how} --no-default-groups", ("--extra", plan.extras), ("--group", plan.groups))


def _poetry(plan: ImagePlan) -> list[list[str]]:
    """Install from ``poetry.lock``. Poetry lives in an environment of its own, which the runtime stage never sees."""
    tool = run(
        "python -m venv /poetry",
        f"/poetry/bin/pip install poetry=={plan.poetry_version}",
        f"python -m venv --without-pip {VENV}",
        cache=PIP_CACHE,
    )
    install = run(_poetry_sync(plan, "--no-root --no-directory"), cache=POETRY_CACHE)
    return [
        [tool, env(POETRY_NO_INTERACTION="1", VIRTUAL_ENV=VENV)],
        [FIRST, copy(copied_by_name(plan), "./"), install, compiled(f"{VENV}/lib")],
    ]


def _poetry_sync(plan: ImagePlan, how: str) -> str:
    """Return the call of Poetry. Before 2.0 there is no ``sync``; in a new environment ``install`` does the same."""
    verb = "install" if plan.poetry_version.split(".")[0] == "1" else "sync"
    groups = ",".join(("main", *plan.groups))
    line = command_line(f"/poetry/bin/poetry {verb}", ("--only", [groups]), ("--extras", plan.extras))
    return f"{line} {how}".rstrip()
