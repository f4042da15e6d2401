"""What the builders of all package managers have in common."""

import shlex
from posixpath import dirname

from kgen.emit.instructions import command_line, copy, env, run
from kgen.model.packages import BuildSecret, Packages

VENV = "/venv"
"""Not below ``/app``: a folder of a developer that is mounted there (compose) must not hide it."""

EMPTY_VENV = f"python -m venv --without-pip {VENV}"
"""The environment gets no pip of its own: whatever installs into it lives outside, and stays in the builder."""

PIP_CACHE = "/root/.cache/pip"
UV_CACHE = "/root/.cache/uv"

FIRST = "# Packages first: this layer is built again only if these files change."


def empty_venv(packages: Packages, installation: str) -> list[str]:
    """
    Return how the environment is made with what belongs into every one.

    Args:
        packages: What is installed.
        installation: The command that installs into it.
    """
    seeds = [command_line(installation, *map(shlex.quote, packages.seeds))] if packages.seeds else []
    return [EMPTY_VENV, *seeds]


def compiled(path: str) -> str:
    """
    Return the compilation of everything below ``path``.

    The bytecode depends on the source alone, not on its time stamp, and is never compared with it again: the image does
    not change. Failures do not count: packages ship files that are no Python of this version (templates, tests of
    parsers), and what has no bytecode can still be imported.
    """
    return f"RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash {path} || true"


def tool(name: str, packages: Packages) -> str:
    """Return the installation of a package manager in an environment of its own, which the runtime stage never sees."""
    return install(
        packages,
        f"python -m venv /{name}",
        f"/{name}/bin/pip install {shlex.quote(packages.tool)}",
        EMPTY_VENV,
        cache=PIP_CACHE,
    )


def uv(interpreter: str, **settings: str) -> list[str]:
    """
    Return how uv gets in, and what is said to it.

    ``UV_PYTHON`` wins over a ``.python-version`` of the project, which may name another patch release than the base
    image has.

    Args:
        interpreter: Python, by version or path, or the environment that is filled.
        settings: More variables.
    """
    always = {
        "UV_LINK_MODE": "copy",
        "UV_COMPILE_BYTECODE": "1",
        "PYC_INVALIDATION_MODE": "UNCHECKED_HASH",
    }
    return [
        "COPY --from=uv /uv /usr/local/bin/uv",
        env(UV_PYTHON=interpreter, UV_PYTHON_DOWNLOADS="0", **settings, **always),
    ]


def install(packages: Packages, *commands: str, cache: str) -> str:
    """Return a RUN that reaches package indexes, with the secrets that they ask for."""
    reads = [f'{secret.variable}="$(cat /run/secrets/{secret.name})"' for secret in packages.secrets if secret.variable]
    exports = [f"export {secret.variable}" for secret in packages.secrets if secret.variable]
    mounts = [_mount(secret) for secret in packages.secrets]
    return run(*reads, *exports, *commands, cache=cache, mounts=mounts)


def first(packages: Packages, *installation: str) -> list[str]:
    """Return the layer of locked packages: files that lock alone, each in its folder, then ``installation``."""
    folders: dict[str, list[str]] = {}
    for name in (*packages.lock_files, *packages.vendored):
        folders.setdefault(dirname(name), []).append(name)
    return [
        FIRST,
        *(copy(names, f"{folder}/" if folder else "./") for folder, names in folders.items()),
        *(copy([folder], f"{folder}/") for folder in packages.folders),
        *installation,
    ]


def _mount(secret: BuildSecret) -> str:
    """
    Return the mount of ``secret``; the build says so if it is not given.

    Not as a variable by BuildKit (``env=``), which the Buildah of current distributions does not know.
    """
    target = f",target={secret.file}" if secret.file else ""
    return f"--mount=type=secret,id={secret.name}{target},required=true"
