"""Read what a build context says about its Python project; nothing of it is run."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath
from typing import Any

from kgen.load.folders import absent, working_dirs
from kgen.load.locks import locks
from kgen.load.packaging import packaging
from kgen.load.requirements import read
from kgen.load.text import text_of
from kgen.model.app import App
from kgen.model.container import Build
from kgen.model.facts import Facts, NodeProject, Project

_BY_PIP = ("pylock.toml", "requirements.txt")
_CONDA = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml")
_MINOR = re.compile(r"(?:cpython-)?(\d+\.\d+)")
_CARET = re.compile(r"\^(\d+)(\.\d+)*")
_RELEASE = re.compile(r"\d+\.\d+\.\d+")
_TILDE = re.compile(r"~(\d+)\.(\d+)(\.\d+)*")


def look(apps: Collection[App], folder: Path, app_file: str) -> Facts:
    """Return what the repository says about all build contexts and mounted files that ``apps`` name."""
    builds: list[Build] = []
    files: set[str] = set()
    for app in apps:
        builds += [build for build in (app.build, *(each.build for each in app.components.values())) if build]
        specs = [spec for component in app.components.values() for spec in component.files.values()]
        files |= {spec.source for spec in specs if spec.source}
        boards = [component.dashboards for component in app.components.values() if component.dashboards]
        files |= {source for given in boards for source in given.files.values()}
    folders = working_dirs(apps)
    asked: dict[str, set[tuple[str, ...]]] = {}
    for build in builds:
        asked.setdefault(build.context, set()).add(build.python.requirements)
    return Facts(
        app_file=app_file,
        projects={context: project(folder / context, names, folders) for context, names in sorted(asked.items())},
        frontends=_frontends(builds, folder),
        files={name: text_of(folder / name, folder) for name in sorted(files)},
    )


def _frontends(builds: Iterable[Build], folder: Path) -> Mapping[str, NodeProject]:
    """Return what the repository says about front ends, by folder relative to the app file."""
    wanted = sorted({normpath(join(build.context, build.frontend.path)) for build in builds if build.frontend})
    if not wanted:
        return {}
    from kgen.load.frontend import frontend  # noqa: PLC0415  # few have one

    return {name: frontend(folder / name) for name in wanted}


def project(folder: Path, asked: Iterable[tuple[str, ...]] = (), folders: Iterable[str] = ()) -> Project:
    """
    Return what the files of ``folder`` say about the Python project in it.

    Args:
        folder: The build context.
        asked: Requirements files that builds name.
        folders: Folders in containers that commands start in.
    """
    if not folder.is_dir():
        return Project(exists=False)
    pip = next((name for name in _BY_PIP if (folder / name).is_file()), "")
    conda = next((name for name in _CONDA if (folder / name).is_file()), "")
    wanted = {(pip,)} if pip else set()
    files = lru_cache(maxsize=None)(lambda name: _toml(folder / name))
    pyproject, pipfile = files("pyproject.toml"), files("Pipfile")
    version = _MINOR.match((text_of(folder / ".python-version") or "").strip())
    return Project(
        locks=locks(folder, files),
        pip=pip,
        conda=conda,
        requirements={names: read(folder, names) for names in {*asked, *wanted} if names},
        packaging=packaging(folder, pyproject, pipfile),
        python=version[1] if version else "",
        requires_python=_requires_python(pyproject, pipfile),
        folders=absent(folders, folder),
    )


def _requires_python(pyproject: Mapping[str, Any], pipfile: Mapping[str, Any]) -> str:
    """Return which versions of Python the project is for, as a version specifier."""
    places = (
        ((pyproject, "project", "requires-python"), "{}"),
        ((pyproject, "tool", "poetry", "dependencies", "python"), "{}"),
        ((pipfile, "requires", "python_version"), "=={}.*"),
    )
    for (data, *names), form in places:
        value: Any = data
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            return form.format(_specifier(value))
    return ""


def _specifier(text: str) -> str:
    """
    Translate Poetry's short forms.

    >>> _specifier("^3.11"), _specifier("~3.11"), _specifier(">=3.9,<4"), _specifier("3.11.7"), _specifier("*")
    ('>=3.11,<4', '>=3.11,<3.12', '>=3.9,<4', '==3.11.7', '')
    """
    if _RELEASE.fullmatch(text):
        return f"=={text}"
    if caret := _CARET.fullmatch(text):
        return f">={text[1:]},<{int(caret[1]) + 1}"
    if tilde := _TILDE.fullmatch(text):
        return f">={text[1:]},<{tilde[1]}.{int(tilde[2]) + 1}"
    return "" if text == "*" else text


def _toml(path: Path) -> Mapping[str, Any]:
    text = text_of(path)
    if text is None:
        return {}
    import tomllib  # noqa: PLC0415  # only for projects that have the file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}  # the package manager will say so, with a better message than ours
