"""What kgen read from the repository besides the app file: a Python project's files, the files to mount."""

from collections.abc import Mapping
from typing import Any

from kgen.model.image_plan import Manager
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a build context says about its Python project."""

    exists: bool = True
    locks: Mapping[Manager, str] = field(default_factory=dict)
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
class OwnDockerfile:
    """A Dockerfile that a user wrote."""

    text: str | None
    """``None`` if it cannot be read as text."""

    ignored: str | None = None
    """Text of the .dockerignore that counts for it: its own, or the one of its context."""

    ignore_file: str = ""
    """Where that stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFile:
    """A file of an encrypted Secret. Nobody prints anything of it but names."""

    shown: str
    """Its path, as findings name it."""

    text: str = field(repr=False)
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The object in it; empty if there is none."""

    problem: str = ""
    """Why there is none."""

    encrypted: tuple[str, ...] = ()
    """Keys with encrypted values."""

    plain: tuple[str, ...] = ()
    """Keys with values that are not encrypted."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        metadata = self.document.get("metadata")
        return metadata if isinstance(metadata, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it, by path relative to the app file."""

    app_file: str = "app.yaml"
    """Name of the app file, without its folder."""

    digests: Mapping[str, str] | None = None
    """Base image → digest; ``None`` if nobody has locked any."""

    projects: Mapping[str, Project] = field(default_factory=dict)
    files: Mapping[str, str | None] = field(default_factory=dict)
    """Text of each file to mount; ``None`` if it cannot be read as text."""

    dockerfiles: Mapping[str, OwnDockerfile] = field(default_factory=dict)

    secret_files: Mapping[str, SecretFile] = field(default_factory=dict)
    """Files of encrypted Secrets that are there."""

    manifests: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """Pattern → the files of objects that it names, with their text; ``None`` if it cannot be read as text."""
