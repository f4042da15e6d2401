"""
pip, with requirements files.

Source: https://pip.pypa.io/en/stable/topics/repeatable-installs/
"""

import re
import shlex

from kgen.emit.instructions import command_line
from kgen.emit.managers.words import PIP_CACHE, VENV, compiled, empty_venv, first, install
from kgen.model.packages import Packages

_SPECIAL = re.compile(r"[][.*^$/\\]")
"""What means something in a pattern of sed."""

_OPTION = re.compile(r"^(-e\s*|--editable[\s=]+)")
_END = r"\(\s.*\)\?$"
"""Comments and options may follow."""


def locked(packages: Packages, _interpreter: str) -> list[list[str]]:
    """
    Install the requirements files, which stand for the lock: extras and groups are what they name.

    The pip of the base image installs into the environment. Lines that name folders of the project are taken out of
    the builder's copies of the files; with the source, the files come again as they are.
    """
    environment = empty_venv(packages, f"pip --python {VENV} install --no-compile")
    layer = install(packages, *environment, *_without_folders(packages), _install(packages), cache=PIP_CACHE)
    return [first(packages, layer, compiled(f"{VENV}/lib"))]


def project(packages: Packages) -> list[str]:
    """Install what is there only now: folders that requirements files name, and the project itself."""
    commands = [_of_folders(packages)] if packages.postponed else []
    if packages.installs_project:
        commands.append(f"pip --python {VENV} install --no-compile --no-deps .")
    return [install(packages, *commands, cache=PIP_CACHE), compiled(f"{VENV}/lib")] if commands else []


def _install(packages: Packages) -> str:
    return command_line(
        f"pip --python {VENV} install --no-compile",
        *(["--require-hashes"] if packages.hashes else []),
        ("--requirement", packages.requirements),
    )


def _of_folders(packages: Packages) -> str:
    """
    Return the installation of folders that requirements files name, with what they ask for and is not there yet.

    Where everything else has a hash, they alone are named: folders have none, and pip would refuse the whole file.
    """
    if not packages.hashes:
        return _install(packages)
    words = (
        shlex.quote(word) for line in packages.postponed for word in _OPTION.sub("--editable ", line).split(" ", 1)
    )
    return command_line(f"pip --python {VENV} install --no-compile --no-deps", *words)


def _without_folders(packages: Packages) -> list[str]:
    r"""
    Return the command that takes lines out of requirements files.

    >>> _without_folders(Packages(installer="pip", lock_files=("a.txt",), postponed=("-e .",)))
    ["sed --in-place --expression='/^-e \\.\\(\\s.*\\)\\?$/d' a.txt"]
    """
    if not packages.postponed:
        return []
    patterns = [_SPECIAL.sub(r"\\\g<0>", line) + _END for line in packages.postponed]
    deletions = [f"--expression={shlex.quote(f'/^{pattern}/d')}" for pattern in patterns]
    return [command_line("sed --in-place", *deletions, *map(shlex.quote, packages.lock_files))]
