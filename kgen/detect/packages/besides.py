"""Packages that the project's own Dockerfile installs by name, and that stand in no file with its dependencies."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from packaging.utils import canonicalize_name

from kgen.detect.commands.shell import commands, filled
from kgen.detect.found import Doubt, Part
from kgen.detect.packages import installed
from kgen.detect.packages.managers import Managed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers

_NAME = re.compile(r"([A-Za-z][\w.-]*)(?:\[[\w,.-]*\])?(?:[=<>!~]=?.*)?")
_FLAGS = frozenset(
    {
        *("-U", "--upgrade", "-q", "-qq", "--quiet", "-v", "--verbose", "--no-cache-dir", "--no-cache", "--no-deps"),
        *("--user", "--system", "--pre", "--force-reinstall", "--break-system-packages", "--no-compile", "--compile"),
        *("--prefer-binary", "--disable-pip-version-check", "--ignore-installed", "-I", "--no-build-isolation"),
        *("--no-warn-script-location", "--no-input", "--no-clean", "--compile-bytecode", "--no-build", "--reinstall"),
    }
)
"""Options without a value: what comes after another one is no package."""

_OF_DEVELOPERS = re.compile(r"(?:pytest|flake8|types|sphinx)(?:-.*)?|py?lint|autopep8|.*-stubs")
_TOOLS = frozenset(
    {
        *("pip", "setuptools", "wheel", "uv", "poetry", "poetry-core", "pipenv", "pdm", "hatch", "hatchling", "build"),
        *("pip-tools", "virtualenv", "twine", "supervisor", "cython", "setuptools-scm", "maturin", "micropipenv"),
        *(
            "ruff",
            "mypy",
            "ipython",
            "debugpy",
            "nose",
            "black",
            "coverage",
            "isort",
            "pre-commit",
            "httpie",
            "ptpython",
        ),
        *("cx-freeze", "patchelf-wrapper", "watchdog", "ipdb", "pudb", "jupyter", "notebook", "bandit"),
        *("gunicorn", "uvicorn", "uwsgi", "hypercorn", "waitress", "daphne"),  # which the command asks for
        *("poetry-plugin-export", "uv-build", "setuptools-rust", "pyinstaller", "awscli", "pytest", "flake8", "tox"),
    }
)
"""What builds and installs, or starts other programs, and is no part of one."""


def part(project: Project, managed: Managed | None) -> Part:
    """Return the doubt about such packages; where nothing says what to install, all of them are asked for anyway."""
    found = dict(_named(project)) if managed and project.dependencies else {}
    if not found:
        return Part()
    doubt = Doubt(
        path=("build", "python"),
        question=f"{next(iter(found.values()))} also installs {', '.join(found)} with pip, which nothing else asks for",
        help="add what the app needs to the dependencies",
    )
    return Part(doubts=(doubt,))


def _named(project: Project) -> Iterator[tuple[str, str]]:
    own = canonicalize_name(installed.name(project) or "-")
    for container in [each for each in containers(project.tree, project.folder)[:1] if each.start]:
        for text, line in container.steps:
            for each in commands(filled(text, container.variables)) if "install" in text else ():
                for word in _listed(list(each.words)):
                    name = canonicalize_name(word)
                    if not (name in _TOOLS or _OF_DEVELOPERS.fullmatch(name) or name == own or project.has(name)):
                        yield name, f"{container.file}:{line}"


def _listed(words: list[str]) -> Iterator[str]:
    """Yield the distributions that a command of pip, or uv, names."""
    place = next((n + 1 for n, (one, two) in enumerate(pairwise(words)) if _is_pip(one) and two == "install"), 0)
    rest = iter(words[place + 1 :] if place else ())
    for word in rest:
        if word.startswith(("$(", "`")):  # names that another command says
            next((each for each in chain((word,), rest) if each.endswith((")", "`")) or ")$" in each), "")
        elif word.startswith("-") and "=" not in word:
            if word not in _FLAGS:
                next(rest, "")
        elif len(word) > 1 and (match := _NAME.fullmatch(word)) and not word.endswith((".whl", ".txt", ".gz", ".zip")):
            yield match[1]


def _is_pip(word: str) -> bool:
    return re.fullmatch(r"(?:.*/)?pip[\d.]*", word) is not None
