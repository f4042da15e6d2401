"""
Lock files that are out of date: whether one belongs to the project's own file, as its manager decides it.

What an image is built with stops at a lock file that does not belong to its project any more. All of it is in the
files, so it can be told without the manager, and without the network.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from kgen.record import dataclass

Files: TypeAlias = Callable[[str], Mapping[str, Any]]
"""What the TOML file of a name says, relative to the project; nothing if it is not there, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """How far a lock file belongs to its project."""

    ways: frozenset[str] | None = None
    """
    Ways to compare by which it does; managers changed theirs over the years. ``None`` if nobody can tell.

    poetry: ``1 2 2.3``, the versions from which on it is used. pipenv: ``plain canonical``. pdm, uv: their names.
    """

    why: str = ""
    """What is different, if more is known than that something is."""

    python: str = ""
    """The minor version of Python with which alone it does, where the project does not say which ones it is for."""

    refused: str = ""
    """What the manager does not take about the project's own file, whatever the lock file says."""


def belonging(manager: str, lock: str, files: Files) -> Belonging:
    """
    Return how far a lock file belongs to its project.

    Args:
        manager: Whose it is: ``uv poetry pdm pipenv``.
        lock: Its text.
        files: The project's own files.
    """
    # Only the one of the manager is imported. The records of a project can hold values of any type, wherever somebody
    # wrote nonsense: managers say so better than kgen, and nothing is certain then.
    try:
        match manager:
            case "poetry":
                from kgen.locking import poetry  # noqa: PLC0415

                return poetry.belonging(lock, files)
            case "pdm":
                from kgen.locking import pdm  # noqa: PLC0415

                return pdm.belonging(lock, files)
            case "pipenv":
                from kgen.locking import pipenv  # noqa: PLC0415

                return pipenv.belonging(lock, files)
            case "uv":
                from kgen.locking import uv  # noqa: PLC0415

                return uv.belonging(lock, files)
            case _:
                return Belonging()
    except (TypeError, AttributeError, ValueError, LookupError):
        return Belonging()
