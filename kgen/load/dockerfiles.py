"""Read the Dockerfiles that users wrote, and look whether what they copy is there; nothing of it is run."""

import posixpath
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from kgen.load.text import text_of
from kgen.model.app import App
from kgen.model.container import Build
from kgen.model.facts import OwnDockerfile

_IGNORE = ".dockerignore"
_WILDCARDS = frozenset("*?[")


def own_dockerfiles(apps: Iterable[App], folder: Path) -> dict[str, OwnDockerfile]:
    """Return the Dockerfiles that ``apps`` name, by their paths relative to the app file's ``folder``."""
    made: dict[str, OwnDockerfile] = {}
    for build in _builds(apps):
        path = path_of(build)
        if path and path not in made:
            context = folder / build.context
            own, shared = text_of(folder / (path + _IGNORE), folder), text_of(context / _IGNORE, folder)
            ignored, name = (own, path + _IGNORE) if own is not None else (shared, f"{build.context}/{_IGNORE}")
            made[path] = OwnDockerfile(
                text=text_of(folder / path, folder), ignored=ignored, ignore_file=posixpath.normpath(name)
            )
    return made


def _builds(apps: Iterable[App]) -> Iterator[Build]:
    for app in apps:
        yield from (build for build in (app.build, *(each.build for each in app.components.values())) if build)


def path_of(build: Build) -> str:
    """Return the path of the Dockerfile of a ``build``, relative to the app file, or "" if kgen writes it."""
    return posixpath.normpath(f"{build.context}/{build.dockerfile}") if build.dockerfile else ""


def texts(paths: Iterable[str], context: Path) -> dict[str, str]:
    """Return the text of those ``paths`` that are files in the folder ``context``."""
    found = {path: text_of(context / path, context) for path in dict.fromkeys(paths)}
    return {path: text for path, text in found.items() if text is not None}


def absent(sources: Iterable[str], context: Path) -> frozenset[str]:
    """Return those of the ``sources`` of COPY that name nothing in the folder ``context``."""
    root = context.resolve()
    return frozenset(source for source in sources if not _is_there(source, root))


def _is_there(source: str, context: Path) -> bool:
    path = posixpath.normpath(f"/{source}").lstrip("/") or "."  # `..` stays within the context, as in Docker
    try:
        # a pattern may fit nothing, as `poetry.lock*`, but its folder has to be there
        parts = path.split("/")
        plain = list(takewhile(lambda part: not _WILDCARDS & set(part), parts))
        found = context.joinpath(*plain)
        # nothing is read, but what is outside is none of kgen's business: a link counts as what it is
        return found.is_symlink() or found.exists()
    except (OSError, ValueError):
        return True
