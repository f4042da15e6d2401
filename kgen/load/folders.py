"""Look whether the folders that programs start in are in a build context."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from posixpath import join

from kgen.model.app import App
from kgen.model.image_plan import APP


def working_dirs(apps: Iterable[App]) -> frozenset[str]:
    """Return all folders in containers that commands of ``apps`` start in."""
    return frozenset(folder for app in apps for folder in _named(app) if folder)


def _named(app: App) -> Iterator[str | None]:
    yield app.release.working_dir if app.release else None
    for component in app.components.values():
        yield component.working_dir
        yield from (each.working_dir for each in component.init.values())
        yield from (each.working_dir for each in component.sidecars.values())


def absent(folders: Iterable[str], context: Path) -> Mapping[str, tuple[str, ...]]:
    """
    Return those of ``folders`` that an image of ``context`` would not have, each with those that may be meant instead.

    Args:
        folders: Paths in the container.
        context: What the image has at ``/app``.
    """
    return {each: tuple(_meant(each, context)) for each in sorted(folders) if not _is_there(each, context)}


def _is_there(folder: str, context: Path) -> bool:
    return folder == APP or (folder.startswith(f"{APP}/") and (context / folder.removeprefix(f"{APP}/")).is_dir())


def _meant(folder: str, context: Path) -> Iterator[str]:
    """Yield folders beside the first one on the way that is not there."""
    steps = folder.removeprefix(f"{APP}/").strip("/").split("/")
    if not folder.startswith(f"{APP}/") and (context / "/".join(steps)).is_dir():
        yield join(APP, *steps)
        return
    here = 0
    while here < len(steps) and (context / "/".join(steps[: here + 1])).is_dir():
        here += 1
    for name in _folders(context / "/".join(steps[:here])):
        rest = [name, *steps[here + 1 :]]
        known = rest if (context / "/".join(steps[:here]) / "/".join(rest)).is_dir() else rest[:1]
        yield join(APP, *steps[:here], *known)


def _folders(folder: Path) -> list[str]:
    """Return the names of the folders in ``folder`` that can hold source."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.name[0] not in "._" and entry.is_dir())
