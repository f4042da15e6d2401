"""
Dockerfile: two stages, so that the image has the app and its packages but none of the tools that installed them.

``builder`` fills a virtual environment; ``runtime`` copies it to the same path, since the paths inside are absolute.

What the text keeps to, so that BuildKit and buildah both build it:

- lock files come by ``COPY``: bind mounts with relative targets mean different things to the two;
- targets of cache mounts are absolute: buildah does not know ``~``;
- no heredocs, which the buildah of current distributions cannot read.

Source: https://docs.docker.com/reference/dockerfile/, https://docs.docker.com/build/building/best-practices/
"""

import re
import shlex
from collections.abc import Sequence

from kgen.emit import frontend
from kgen.emit.dockerignore import dockerignore, header
from kgen.emit.instructions import command_line, env, exec_form, label, run
from kgen.emit.managers import VENV, compiled, locked, project
from kgen.model.image_plan import UID, ImagePlan

__all__ = ["dockerfile", "dockerignore"]

_USERADD = f"useradd --no-log-init --no-create-home --home-dir /tmp --shell /usr/sbin/nologin --uid {UID} --gid {UID}"
_DEBIAN_PYTHON = ("python-is-python3", "python3-pip", "python3-venv")
_DATA = "/volumes"
"""Where the builder keeps empty folders for a stage that cannot make any."""

_PLAIN = re.compile(r"[\w./:=@%+,-]+", re.ASCII)
"""A word that means the same with and without a shell."""


def dockerfile(plan: ImagePlan) -> str:
    """Return the text of the Dockerfile of ``plan``."""
    blocks = [
        ["# syntax=docker/dockerfile:1", header(plan)],
        *([_from(plan.uv_image, "uv")] if plan.packages.uses_uv else []),
        *([_from(plan.frontend.image, "frontend"), *frontend.stage(plan.frontend)] if plan.frontend else []),
        *_builder(plan),
        ["WORKDIR /app"],
        *locked(plan.packages, plan.interpreter),
        _source(plan),
        *_runtime(plan),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _from(image: str, stage: str) -> list[str]:
    """Return the start of a stage."""
    is_latest = re.fullmatch(r".*:latest(-dev)?", image) is not None
    why = ["# The only tag that everybody may pull. A digest would keep it from changing: `kgen lock`."]
    return [*([*why, "# hadolint ignore=DL3007"] if is_latest else []), f"FROM {image} AS {stage}"]


def _builder(plan: ImagePlan) -> list[list[str]]:
    """
    Return the start of the stage that installs.

    For distroless it is Debian with the very Python that distroless images have, and for Chainguard their image with
    tools, as root: the two stages share paths, and bytecode.
    """
    start = _from(plan.builder, "builder")
    match plan.variant:
        case "slim":
            return [start, *_apt(plan.build_packages)]
        case "distroless":
            tools = [start, *_apt((*_DEBIAN_PYTHON, *plan.build_packages))]
        case "chainguard":
            tools = [[*start, "# Only of this stage, which nobody runs.", "# hadolint ignore=DL3002", "USER 0"]]
            if plan.build_packages:  # what fetches dependencies from repositories: it has the same names there
                add = command_line("apk add --no-cache", *map(shlex.quote, plan.build_packages))
                tools.append(["# No versions: Chainguard keeps the newest only.", "# hadolint ignore=DL3018", run(add)])
    return [*tools, *([["RUN " + _folders([_DATA + path for path in plan.data])]] if plan.data else [])]


def _source(plan: ImagePlan) -> list[str]:
    """
    Return how the source gets in.

    The modes must not depend on the umask of whoever checked it out, and the app's user has to read every file.
    """
    built = [frontend.result(plan.frontend)] if plan.frontend else []
    return ["COPY . .", *built, *project(plan.packages), *_commands(plan), compiled("/app")]


def _commands(plan: ImagePlan) -> list[str]:
    """
    Return the user's own commands, which find the project's programs as they would in the image that runs, and who may
    read what is there then.

    Words that a shell would look into are kept from it.
    """
    modes = "chmod -R u=rwX,go=rX /app"
    if not plan.commands:
        return [run(modes)]
    path = env(PATH=f"{VENV}/bin:$PATH")
    is_plain = all(_PLAIN.fullmatch(word) for command in plan.commands for word in command)
    if is_plain and not any("=" in command[0] for command in plan.commands):  # which a shell would set
        return [path, run(*map(" ".join, plan.commands), modes)]
    first, *others = (f"RUN {exec_form(command)}" for command in plan.commands)
    steps = [step for each in (*others, run(modes)) for step in ("# hadolint ignore=DL3059", each)]
    return [path, first, "# A step of its own: a shell would look into some of the words.", *steps]


def _runtime(plan: ImagePlan) -> list[list[str]]:
    """
    Return the stage that runs.

    The user has a name, since libraries look it up (``getpass``, ``pwd``), and ``/tmp`` as its home, the one place that
    is writable under a read-only root. ``USER`` is a number, since Kubernetes cannot prove that a name is not root.
    Files belong to root, so that the app cannot change itself. ``PYTHONDONTWRITEBYTECODE`` spares Python the attempt to
    write bytecode where it may not, and keeps it out of a developer's folder that compose mounts at ``/app``.
    Folders of volumes exist and are the user's, since a new volume of Docker takes over the owner of what it covers.
    """
    settings = {"PATH": f"{VENV}/bin:$PATH", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    copied = [f"COPY --from=builder {VENV} {VENV}", "COPY --from=builder /app /app"]
    start, start_in = _from(plan.base, "runtime"), f"WORKDIR {plan.working_dir}"
    labels = [[label(plan.labels)]] if plan.labels else []
    if plan.variant == "slim":
        data = [_folders(plan.data)] if plan.data else []
        user = run(f"groupadd --gid {UID} nonroot", f"{_USERADD} nonroot", *data)
        copied = [start_in, *copied]
        return [start, *_apt(plan.system_packages), [user], [env(**settings)], *labels, copied, _start(plan)]
    # nothing can run here: the user is the image's, its home comes from the environment, folders from the builder;
    # WORKDIR comes last, since it would make the folder the user's
    data = [f"COPY --from=builder --chown={UID}:{UID} {_DATA}{path} {path}" for path in plan.data]
    return [start, [env(HOME="/tmp", **settings)], *labels, [*copied, *data, start_in], _start(plan)]  # noqa: S108  # there


def _start(plan: ImagePlan) -> list[str]:
    """Return what is run, and by whom. The entrypoint of an image that has Python as its own is taken back."""
    no_entrypoint = [] if plan.variant == "slim" else ["ENTRYPOINT []"]
    return [
        f"USER {UID}:{UID}",
        *([f"EXPOSE {' '.join(plan.ports)}"] if plan.ports else []),
        *([f"STOPSIGNAL {plan.stop_signal}"] if plan.stop_signal else []),
        *([f"ENTRYPOINT {exec_form(plan.entrypoint)}"] if plan.entrypoint else no_entrypoint),
        *([f"CMD {exec_form(plan.command)}"] if plan.command else []),
    ]


def _folders(paths: Sequence[str]) -> str:
    """Return the making of folders that the app's user may write to."""
    return command_line(f"install --directory --owner={UID} --group={UID}", *map(shlex.quote, paths))


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
