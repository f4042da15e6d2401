"""What the builders of all package managers have in common."""

import shlex

from kgen.emit.instructions import copy, run
from kgen.model.image_plan import ImagePlan

VENV = "/venv"
"""Not below ``/app``: a folder of a developer that is mounted there (compose) must not hide it."""

EMPTY_VENV = f"python -m venv --without-pip {VENV}"
"""The environment gets no pip of its own: whatever installs into it lives outside, and stays in the builder."""

PIP_CACHE = "/root/.cache/pip"

FIRST = "# Packages first: this layer is built again only if these files change."


def compiled(path: str) -> str:
    """
    Return the compilation of everything below ``path``.

    The bytecode depends on the source alone, not on its time stamp, and is never compared with it again: the image does
    not change. Failures do not count: packages ship files that are no Python of this version (templates, tests of
    parsers), and what has no bytecode can still be imported.
    """
    return f"RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash {path} || true"


def tool(name: str, requirement: str) -> str:
    """Return the installation of a package manager in an environment of its own, which the runtime stage never sees."""
    install = f"/{name}/bin/pip install {shlex.quote(requirement)}"
    return run(f"python -m venv /{name}", install, EMPTY_VENV, cache=PIP_CACHE)


def first(plan: ImagePlan, *installation: str) -> list[str]:
    """Return the layer of locked packages: the lock files alone, then ``installation``."""
    return [FIRST, copy(plan.lock_files, "./"), *installation]
