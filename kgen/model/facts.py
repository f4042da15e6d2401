"""What kgen read from the repository besides the app file: a Python project's files, the files to mount."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a build context says about its Python project."""

    exists: bool = True
    locks: Mapping[str, str] = field(default_factory=dict)
    """Package manager → the lock file that speaks for it. A ``requirements.txt`` beside another lock is not listed."""

    python: str = ""
    """Minor version that `.python-version` asks for."""

    requires_python: str = ""
    """`requires-python` of `pyproject.toml`."""

    installs_project: bool = False
    """Whether `pyproject.toml` has a build system, so that the project is a package."""

    poetry_version: str = ""
    """Version that wrote `poetry.lock`."""

    requirements: tuple[str, ...] = ()
    """`requirements.txt` and the files that it includes (`-r`, `-c`), relative to the context."""

    missing: tuple[str, ...] = ()
    """Files that they include and that are not there."""

    hashes: bool = False
    """Whether every requirement in them has a hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it, by path relative to the app file."""

    app_file: str = "app.yaml"
    """Name of the app file, without its folder."""

    projects: Mapping[str, Project] = field(default_factory=dict)
    files: Mapping[str, str | None] = field(default_factory=dict)
    """Text of each file to mount; ``None`` if it cannot be read as text."""
