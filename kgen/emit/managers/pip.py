"""
pip.

Source: https://pip.pypa.io/en/stable/topics/repeatable-installs/
"""

import shlex
from posixpath import dirname

from kgen.emit.instructions import copy, run
from kgen.emit.managers.words import EMPTY_VENV, FIRST, PIP_CACHE, VENV, compiled
from kgen.model.image_plan import ImagePlan


def packages(plan: ImagePlan) -> list[list[str]]:
    """
    Install the requirements file, which stands for the lock: extras and groups are what it names.

    The pip of the base image installs into the environment.
    """
    hashes = "--require-hashes " if plan.hashes else ""
    folders: dict[str, list[str]] = {}
    for name in plan.lock_files:
        folders.setdefault(dirname(name), []).append(name)
    return [
        [
            FIRST,
            *(copy(names, f"{folder}/" if folder else "./") for folder, names in folders.items()),
            run(
                EMPTY_VENV,
                f"pip --python {VENV} install --no-compile {hashes}--requirement {shlex.quote(plan.requirements)}",
                cache=PIP_CACHE,
            ),
            compiled(f"{VENV}/lib"),
        ]
    ]


def project(plan: ImagePlan) -> list[str]:
    """Install the project itself, whose dependencies are all there."""
    install = f"pip --python {VENV} install --no-compile --no-deps ."
    return [run(install, cache=PIP_CACHE), compiled(f"{VENV}/lib")] if plan.installs_project else []
