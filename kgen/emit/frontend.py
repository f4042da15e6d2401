"""
The stage of a front end: Node.js, its packages and tools stay in it.

Source: https://docs.docker.com/guides/nodejs/containerize/, https://pnpm.io/docker
"""

from posixpath import join

from kgen.emit.instructions import copy, exec_form, run
from kgen.model.image_plan import APP, FrontendPlan


def stage(plan: FrontendPlan) -> list[list[str]]:
    """
    Return the blocks below ``FROM``.

    The folders are where they are in the repository, so that what one refers to in another is found.
    """
    folder = APP if plan.path == "." else join(APP, plan.path)
    source = [copy([plan.path if plan.path == "." else f"{plan.path}/"], "./")]
    source += (copy([f"{each}/"], join(APP, f"{each}/")) for each in plan.sources)
    install = run(plan.install, cache=plan.cache)
    # --force: some images of Node.js have a `yarn` already
    tool = [[run(f"npm install --global --force {plan.tool}", cache="/root/.npm")]] if plan.tool else []
    build = f"RUN {exec_form(plan.command)}"
    if not plan.lock_files:  # the installation needs more of the folder than two files
        return [[f"WORKDIR {folder}"], *tool, [*source, install, build]]
    first = "# Packages first: this layer is built again only if these files change."
    return [[f"WORKDIR {folder}"], *tool, [first, copy(plan.lock_files, "./"), install], [*source, build]]


def result(plan: FrontendPlan) -> str:
    """Return how the result gets into another stage."""
    return copy([f"{join(APP, plan.output)}/"], f"{join(APP, plan.to)}/", "frontend")
