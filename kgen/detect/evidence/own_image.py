"""The variables that the project's own image sets for the program."""

import re
from collections.abc import Mapping

from kgen.detect.found import Fact
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container, containers
from kgen.detect.source.image import Image
from kgen.detect.source.values import is_port
from kgen.secret_text import is_secret_name, known_secret

_LOCAL = re.compile(r"\$|localhost|127\.0\.0\.1|://|dev|test|debug|local|change|your|example", re.IGNORECASE)
"""What is in values that are not those of production."""

_OTHERS = re.compile(r"PYTHON|PIP_|POETRY_|UV_|PIPENV_|PDM_|VIRTUAL_ENV|DEBIAN_|LC_|LANG|.*DEBUG")
"""Variables of tools, not of the program."""


_PORT = re.compile(r"(?:(?:EXPORTER|METRICS|PROMETHEUS|LISTEN|HTTP|SERVER|WEB|APP|SERVICE)_)?PORT")


def port(project: Project) -> Fact | None:
    """Return the port that the image tells the program to listen on by a variable; ``None`` if it does not."""
    found = (
        Fact(int(value), f"{container.file}: {name}")
        for container in _own(project)
        for name, value in container.env.items()
        if _PORT.fullmatch(name) and value.isdecimal() and is_port(int(value))
    )
    return next(found, None)


_FOLDER = re.compile(r"/(?!(?:usr|bin|opt|proc|sys|dev|root|tmp|app|venv|etc/ssl|lib)(?:/|$))[\w-]+(?:/[\w-]+)*/?")
"""A folder that an image has for a program, and not one of the system, or of its packages."""


def variables(project: Project) -> Mapping[str, Fact]:
    """Return the variables that the image sets for the program, with values that are right anywhere."""
    return {
        name: Fact(Image(project, container).here(value), container.file)
        for container in _own(project)
        for name, value in container.env.items()
        if value and _is_plain(name, value, container)
    }


def folders(project: Project) -> Mapping[str, Fact]:
    """Return the variables that are folders which only that image has, as for data and logs."""
    return {
        name: Fact(value, container.file)
        for container in _own(project)
        for name, value in container.env.items()
        if _FOLDER.fullmatch(value) and not _OTHERS.match(name) and not f"{value}/".startswith(f"{container.workdir}/")
    }


def _is_plain(name: str, value: str, container: Container) -> bool:
    if _OTHERS.match(name) or is_secret_name(name) or known_secret(value) or _LOCAL.search(value):
        return False
    return not value.startswith("/") or value.startswith(f"{container.workdir}/")


def _own(project: Project) -> tuple[Container, ...]:
    """Return the Dockerfile that the project is run with, if there is one."""
    return tuple(each for each in containers(project.tree, project.folder) if each.start)[:1]
