"""
Dockerfile: two stages, so that the image has the app and its packages but none of the tools that installed them.

``builder`` fills a virtual environment; ``runtime`` copies it to the same path, since the paths inside are absolute.

What the text keeps to, so that BuildKit and buildah both build it:

- lock files come by ``COPY``: bind mounts with relative targets mean different things to the two;
- targets of cache mounts are absolute: buildah does not know ``~``;
- no heredocs, which the buildah of current distributions cannot read.

Source: https://docs.docker.com/reference/dockerfile/, https://docs.docker.com/build/building/best-practices/
"""

import shlex
from collections.abc import Sequence

from kgen.emit.dockerignore import dockerignore, header
from kgen.emit.instructions import command_line, env, exec_form, run
from kgen.emit.managers import VENV, compiled, packages, project
from kgen.model.image_plan import UID, ImagePlan

__all__ = ["dockerfile", "dockerignore"]


def dockerfile(plan: ImagePlan) -> str:
    """Return the text of the Dockerfile of ``plan``."""
    blocks = [
        ["# syntax=docker/dockerfile:1", header(plan)],
        *([[f"FROM {plan.uv_image} AS uv"]] if plan.manager == "uv" else []),
        [f"FROM {plan.base} AS builder"],
        *_apt(plan.build_packages),
        ["WORKDIR /app"],
        *packages(plan),
        _source(plan),
        [f"FROM {plan.base} AS runtime"],
        *_apt(plan.system_packages),
        *_runtime(plan),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _source(plan: ImagePlan) -> list[str]:
    """
    Return how the source gets in.

    The modes must not depend on the umask of whoever checked it out, and the app's user has to read every file.
    """
    return ["COPY . .", *project(plan), *_commands(plan), "RUN chmod -R u=rwX,go=rX /app", compiled("/app")]


def _commands(plan: ImagePlan) -> list[str]:
    """Return the user's own commands, which find the project's programs as they would in the image that runs."""
    runs = [f"RUN {exec_form(command)}" for command in plan.commands]
    return [env(PATH=f"{VENV}/bin:$PATH"), *runs] if runs else []


def _runtime(plan: ImagePlan) -> list[list[str]]:
    """
    Return the end of the runtime stage.

    The user has a name, since libraries look it up (``getpass``, ``pwd``), and ``/tmp`` as its home, the one place that
    is writable under a read-only root. ``USER`` is a number, since Kubernetes cannot prove that a name is not root.
    Files belong to root, so that the app cannot change itself. ``PYTHONDONTWRITEBYTECODE`` spares Python the attempt to
    write bytecode where it may not, and keeps it out of a developer's folder that compose mounts at ``/app``.
    Folders of volumes exist and are the user's, since a new volume of Docker takes over the owner of what it covers.
    """
    useradd = (
        f"useradd --no-log-init --no-create-home --home-dir /tmp --shell /usr/sbin/nologin --uid {UID} --gid {UID}"
    )
    install = command_line(f"install --directory --owner={UID} --group={UID}", *map(shlex.quote, plan.data))
    data = [install] if plan.data else []
    return [
        [run(f"groupadd --gid {UID} nonroot", f"{useradd} nonroot", *data)],
        [env(PATH=f"{VENV}/bin:$PATH", PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1")],
        ["WORKDIR /app", f"COPY --from=builder {VENV} {VENV}", "COPY --from=builder /app /app"],
        [
            f"USER {UID}:{UID}",
            *([f"EXPOSE {' '.join(plan.ports)}"] if plan.ports else []),
            *([f"ENTRYPOINT {exec_form(plan.entrypoint)}"] if plan.entrypoint else []),
            *([f"CMD {exec_form(plan.command)}"] if plan.command else []),
        ],
    ]


def _apt(names: Sequence[str]) -> list[list[str]]:
    """
    Return the installation of Debian packages.

    No cache mounts: Debian's base images delete downloaded packages themselves, and would have to be told not to.
    """
    if not names:
        return []
    install = " \\\n        ".join(["apt-get install --yes --no-install-recommends", *map(shlex.quote, names)])
    return [
        [
            "# No versions: Debian's mirrors drop one as soon as its security fix is out. The base image decides.",
            "# hadolint ignore=DL3008",
            run("apt-get update", install, "rm -rf /var/lib/apt/lists/*"),
        ]
    ]
